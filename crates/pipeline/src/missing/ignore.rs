//! Photos that a person leaves missing on purpose: noted by content hash, or Google's key where the bytes are not known, so that a moved or
//! renamed copy is not told again.

use crate::Result;
use crate::group::asset_named;
use catalog::Catalog;
use model::AssetId;

/// What noting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Ignored {
    /// Photos that were noted, or are noted no more.
    pub changed: u64,
    /// Photos for which nothing changed.
    pub unchanged: u64,
}

/// Notes that these photos are left missing on purpose. `photos` are paths, `ARCHIVE!MEMBER`, Google's keys or `asset:N`; all of them are
/// noted, or on an error none.
///
/// # Errors
/// [`crate::Error::User`] where a text names nothing known, [`crate::Error::Catalog`].
pub fn ignore(catalog: &Catalog, photos: &[String], now_utc_seconds: i64) -> Result<Ignored> {
    each(catalog, photos, |catalog, key, name| catalog.ignore(key, name, now_utc_seconds))
}

/// Takes [`ignore`] back.
///
/// # Errors
/// The same.
pub fn ignore_no_more(catalog: &Catalog, photos: &[String]) -> Result<Ignored> {
    each(catalog, photos, |catalog, key, _| catalog.ignore_no_more(key))
}

fn each(
    catalog: &Catalog,
    photos: &[String],
    change: impl Fn(&Catalog, &catalog::PhotoKey, &str) -> catalog::Result<bool>,
) -> Result<Ignored> {
    let known = catalog.assets()?;
    let wanted = photos.iter().map(|photo| asset_named(catalog, &known, photo)).collect::<Result<Vec<AssetId>>>()?;
    let names = catalog.names_of_photos(&wanted)?;
    let mut ignored = Ignored { changed: 0, unchanged: 0 };
    catalog.batch(|| {
        for (asset, key) in &names {
            let name = known.binary_search_by_key(asset, |row| row.id).map_or("", |at| known[at].filename.as_str());
            let is_changed = change(catalog, key, name)?;
            ignored.changed += u64::from(is_changed);
            ignored.unchanged += u64::from(!is_changed);
        }
        Ok(())
    })?;
    Ok(ignored)
}
