//! Sources by name: list, rename, move, forget.

use crate::{Error, Result, group};
use catalog::Catalog;
use model::SourceKind;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A source as listed.
#[derive(Debug, Clone, Serialize)]
pub struct SourceAnswer {
    /// Its name.
    pub name: String,
    /// `folder` or `takeout`.
    pub kind: &'static str,
    /// Where it lies.
    pub roots: Vec<PathBuf>,
    /// Whether it was there when last looked for.
    pub online: bool,
    /// Whether its photos are never offered.
    pub reference: bool,
    /// How many assets it holds.
    pub assets: u64,
}

/// Returns all sources, by name.
///
/// # Errors
/// [`Error::Catalog`].
pub fn list(catalog: &Catalog) -> Result<Vec<SourceAnswer>> {
    catalog
        .sources()?
        .into_iter()
        .map(|source| {
            Ok(SourceAnswer {
                assets: catalog.count_assets(Some(&[source.id]))?,
                name: source.name,
                kind: source.kind.name(),
                roots: source.roots,
                online: source.online,
                reference: source.reference,
            })
        })
        .collect()
}

/// Gives a source another name.
///
/// # Errors
/// [`Error::User`] for an empty name; [`Error::Catalog`] where the old name is unknown or the new one taken.
pub fn rename(catalog: &Catalog, name: &str, new: &str) -> Result<()> {
    if new.trim().is_empty() {
        return Err(Error::user("a source needs a name", "give one that is not empty"));
    }
    let source = catalog.source_named(name)?;
    catalog.rename_source(source.id, new)?;
    // Reasons name sources.
    group::regroup(catalog)
}

/// Tells the catalog that a source lies elsewhere now. For Takeout the folder in which all its archives lie.
///
/// # Errors
/// [`Error::User`] where nothing is at the new place; [`Error::Catalog`].
pub fn relocate(catalog: &Catalog, name: &str, to: &Path) -> Result<u64> {
    let source = catalog.source_named(name)?;
    let to = std::fs::canonicalize(to)
        .map_err(|_| Error::user(format!("cannot find `{}`", to.display()), "connect the drive first, or move the photos there first"))?;
    if source.kind == SourceKind::Google {
        return Err(Error::user(format!("`{name}` is listed at Google and lies in no folder"), "`lookalike google sync` lists it anew"));
    }
    let roots: Vec<_> = catalog.roots()?.into_iter().filter(|root| root.source == source.id).collect();
    let mut moves = Vec::new();
    for root in &roots {
        let is_takeout = source.kind == SourceKind::Takeout;
        let target = if is_takeout { to.join(root.path.file_name().unwrap_or_default()) } else { to.clone() };
        if target.exists() {
            moves.push((root.id, target));
        }
    }
    if moves.is_empty() {
        return Err(Error::user(
            format!("none of the archives of `{name}` lies in `{}`", to.display()),
            "name the folder that holds the archives themselves",
        ));
    }
    catalog.batch(|| {
        for (root, target) in &moves {
            catalog.move_root(*root, target)?;
            catalog.set_root_online(*root, true)?;
        }
        Ok(())
    })?;
    Ok(moves.len() as u64)
}

/// Forgets a source. Its photos are not touched.
///
/// # Errors
/// [`Error::Catalog`] where the name is unknown.
pub fn forget(catalog: &Catalog, name: &str) -> Result<u64> {
    let source = catalog.source_named(name)?;
    let assets = catalog.count_assets(Some(&[source.id]))?;
    catalog.batch(|| catalog.forget_source(source.id))?;
    group::regroup(catalog)?;
    Ok(assets)
}
