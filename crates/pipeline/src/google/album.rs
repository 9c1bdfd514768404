//! Adding items to an album of our own at Google, 50 at a time: what the seed's last script tried.
//!
//! Google takes a batch whole or not at all, and says not which item it refuses: a refused batch is halved until the items are found. Only
//! items that this program's own Cloud project uploaded are taken; the rest is for the hand-off.
//!
//! **Invariant:** what is asked for is noted before and after each request, so that the same command goes on where it stopped, and a
//! second run asks for nothing twice.

use super::wire_error;
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Formed, Result};
use catalog::{Addition, Catalog};
use google::{ErrorKind, Library};
use model::{Relation, SourceKind, Verdict};
use serde::Serialize;
use std::collections::{BTreeSet, HashSet};

/// Items a request: Google takes 50, though its message says "less than 50".
const BATCH: usize = 50;
/// Albums a page: the most Google gives.
const ALBUMS_A_PAGE: u32 = 50;
/// Pages of albums looked through for one whose making was not answered.
const ALBUM_PAGES_MAX: u32 = 1000;
/// Most items of an album, by Google's own documents.
const ALBUM_ITEMS_MAX: usize = 20_000;

/// Which album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlbumTarget {
    /// One of ours by this title; made if there is none.
    Title(String),
    /// One that is there.
    Id(String),
}

/// What adding to an album did, or would do.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AlbumReport {
    /// The album; `None` where it is not made yet.
    pub album_id: Option<String>,
    /// Ids given, each once.
    pub asked: u64,
    /// Of these: in the album since an earlier run.
    pub already: u64,
    /// Added now.
    pub added: u64,
    /// Refused by Google, now or before.
    pub refused: Vec<String>,
    /// Not asked for yet.
    pub left: u64,
    /// Requests sent.
    pub requests: u64,
    /// Whether a stop was asked for before all was done.
    pub interrupted: bool,
}

/// Returns the ids of a file of one id a line: blanks around them are taken off, empty lines and repetitions left out.
#[must_use]
pub fn ids_of(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    let ids = text.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '"'));
    ids.filter(|id| !id.is_empty() && seen.insert(*id)).map(str::to_owned).collect()
}

/// Returns Google's ids of what the plan removes in listed sources, and of members of these relations whatever their verdict: what is only
/// listed is never offered by itself. Their keeper is listed in the same source, and no keeper is among them.
#[must_use]
pub fn ids_of_plan(formed: &Formed, relations: &BTreeSet<Relation>) -> Vec<String> {
    let id_of = |asset| formed.asset(asset).and_then(|row| row.google_id.clone());
    // One item may be listed in two sources: what is a keeper anywhere stays.
    let mut seen: HashSet<String> = formed.groups.iter().filter_map(|group| id_of(group.keeper())).collect();
    let mut ids = Vec::new();
    for group in &formed.groups {
        let Some(keeper) = formed.facts_of(group.keeper()).filter(|keeper| keeper.online) else { continue };
        for member in &group.members {
            let is_wanted = member.verdict == Verdict::Remove || member.relation.is_some_and(|relation| relations.contains(&relation));
            let facts = formed.facts_of(member.asset);
            let is_ours = facts.is_some_and(|facts| facts.source_kind == SourceKind::Google && facts.source == keeper.source);
            ids.extend(id_of(member.asset).filter(|id| is_wanted && is_ours && seen.insert(id.clone())));
        }
    }
    ids
}

/// Says what [`add_to_album`] would do; asks Google nothing.
///
/// # Errors
/// [`Error::User`] for more ids than an album holds; [`Error::Catalog`].
pub fn preview_album(catalog: &Catalog, target: &AlbumTarget, ids: &[String]) -> Result<AlbumReport> {
    if ids.len() > ALBUM_ITEMS_MAX {
        return Err(Error::user(
            format!("an album holds at most {ALBUM_ITEMS_MAX} items, and these are {}", ids.len()),
            "split the list and use two albums",
        ));
    }
    let album_id = match target {
        AlbumTarget::Id(id) => Some(id.clone()),
        AlbumTarget::Title(title) => catalog.google_album(title)?.flatten(),
    };
    let mut report = AlbumReport { asked: ids.len() as u64, ..AlbumReport::default() };
    for id in ids {
        match album_id.as_deref().map(|album| catalog.addition(album, id)).transpose()?.flatten() {
            Some(Addition::Added) => report.already += 1,
            Some(Addition::Refused) => report.refused.push(id.clone()),
            Some(Addition::Asked) | None => report.left += 1,
        }
    }
    report.album_id = album_id;
    Ok(report)
}

/// Adds items to an album. On a stop the report says so, and the same call goes on.
///
/// # Errors
/// [`Error::User`] where Google refuses all, with what can be done; [`Error::Catalog`].
pub fn add_to_album(
    catalog: &Catalog,
    library: &Library<'_>,
    target: &AlbumTarget,
    ids: &[String],
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<AlbumReport> {
    preview_album(catalog, target, ids)?;
    let mut requests = 0;
    let album = match target {
        AlbumTarget::Id(id) => id.clone(),
        AlbumTarget::Title(title) => album_titled(catalog, library, title, &mut requests)?,
    };
    let mut report = preview_album(catalog, &AlbumTarget::Id(album.clone()), ids)?;
    let mut wanted = Vec::new();
    for id in ids {
        if matches!(catalog.addition(&album, id)?, Some(Addition::Added | Addition::Refused)) {
            continue;
        }
        if google::is_id(id) {
            wanted.push(id.clone());
        } else {
            // Google would refuse a whole batch for it.
            report.refused.push(id.clone());
            report.left -= 1;
        }
    }
    watch.begin(Phase::Add, Some(wanted.len() as u64), None);
    let mut adding = Adding { catalog, library, album: &album, stop, requests, report: &mut report };
    let mut outcome = Ok(());
    for batch in wanted.chunks(BATCH) {
        outcome = adding.add(batch);
        if outcome.is_err() {
            break;
        }
        watch.reach(wanted.len() as u64 - adding.report.left, 0);
    }
    report.requests = adding.requests;
    match outcome {
        Err(Error::Interrupted) => report.interrupted = true,
        other => other?,
    }
    Ok(report)
}

/// Returns our album of that title, made as needed.
fn album_titled(catalog: &Catalog, library: &Library<'_>, title: &str, requests: &mut u64) -> Result<String> {
    match catalog.google_album(title)? {
        Some(Some(id)) => {
            *requests += 1;
            match library.album(&id) {
                Ok(_) => return Ok(id),
                // The person deleted it at Google.
                Err(error) if matches!(error.kind(), Some(ErrorKind::NotFound)) => {}
                Err(error) => return Err(wire_error(&error)),
            }
        }
        // It was asked for, and the answer was never seen: it may be there.
        Some(None) => {
            if let Some(id) = find_album(library, title, requests)? {
                catalog.batch(|| catalog.set_google_album(title, Some(&id)))?;
                return Ok(id);
            }
        }
        None => {}
    }
    catalog.batch(|| catalog.set_google_album(title, None))?;
    *requests += 1;
    let album = library.create_album(title).map_err(|error| wire_error(&error))?;
    catalog.batch(|| catalog.set_google_album(title, Some(&album.id)))?;
    Ok(album.id)
}

fn find_album(library: &Library<'_>, title: &str, requests: &mut u64) -> Result<Option<String>> {
    let mut token: Option<String> = None;
    for _ in 0..ALBUM_PAGES_MAX {
        *requests += 1;
        let page = library.albums_page(ALBUMS_A_PAGE, token.as_deref()).map_err(|error| wire_error(&error))?;
        if let Some(album) = page.items.into_iter().find(|album| album.is_writeable && album.title.as_deref() == Some(title)) {
            return Ok(Some(album.id));
        }
        token = page.next_page_token;
        if token.is_none() {
            break;
        }
    }
    Ok(None)
}

/// An adding under way.
struct Adding<'a> {
    catalog: &'a Catalog,
    library: &'a Library<'a>,
    album: &'a str,
    stop: &'a Stop,
    requests: u64,
    report: &'a mut AlbumReport,
}

impl Adding<'_> {
    /// Adds what Google takes of these.
    fn add(&mut self, items: &[String]) -> Result<()> {
        if self.stop.asked() {
            return Err(Error::Interrupted);
        }
        self.note(items, Addition::Asked)?;
        self.requests += 1;
        match self.library.batch_add(self.album, items) {
            Ok(()) => {
                self.report.added += items.len() as u64;
                self.report.left -= items.len() as u64;
                self.note(items, Addition::Added)
            }
            Err(error) if matches!(error.kind(), Some(ErrorKind::InvalidItemId)) => match items {
                [one] => {
                    self.report.refused.push(one.clone());
                    self.report.left -= 1;
                    self.note(items, Addition::Refused)
                }
                _ => {
                    let (first, second) = items.split_at(items.len() / 2);
                    self.add(first)?;
                    self.add(second)
                }
            },
            Err(error) => Err(wire_error(&error)),
        }
    }

    fn note(&self, items: &[String], state: Addition) -> Result<()> {
        Ok(self.catalog.batch(|| self.catalog.set_additions(self.album, items, state))?)
    }
}

#[cfg(test)]
mod tests {
    use super::ids_of;

    #[test]
    fn ids_are_trimmed_and_each_is_taken_once() {
        assert_eq!(ids_of("\u{feff}a\r\n b \n\n\"c\"\na\n"), ["a", "b", "c"]);
        assert_eq!(ids_of(""), Vec::<String>::new());
    }
}
