//! The listing of a Google library: page after page into the catalog, resumable between pages.
//!
//! Google's listing has traps (an empty page with a token, a last empty answer, an item repeated at the head of the next page, a token that
//! is not taken any more); the token alone tells the end. A token that is refused begins the listing anew: writing an item twice changes
//! nothing.
//!
//! **Invariant:** what Google no longer lists is kept as offline: it may be deleted, or Google may show less than before, as it does since
//! March 2025. Absence proves nothing.

use super::item::listed;
use super::{ITEMS_A_PAGE, wire_error};
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result, group, weigh};
use catalog::{Catalog, Listing};
use google::{ErrorKind, Library, MediaItem, Page};
use model::{SourceId, SourceKind};
use serde::Serialize;
use std::collections::HashSet;

/// Pages without any item that may follow each other; of one library 80 pages were empty. More are a server that never ends.
const EMPTY_PAGES_MAX: u32 = 1000;
/// Most pages of one listing: a million items of a library of 10 million, at 100 a page, and as many empty ones.
const PAGES_MAX: u64 = 200_000;

/// Which permission a listing uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListingScope {
    /// What this program's own Cloud project uploaded: all that Google still shows a program, since 31 March 2025.
    #[default]
    AppCreated,
    /// The whole library, as until March 2025.
    Whole,
}

impl ListingScope {
    /// Returns the name, as stored and as given on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            ListingScope::AppCreated => "app-created",
            ListingScope::Whole => "whole",
        }
    }

    /// Returns the OAuth scope.
    #[must_use]
    pub fn oauth(self) -> &'static str {
        match self {
            ListingScope::AppCreated => google::scope::LIBRARY_READ_APP_CREATED,
            ListingScope::Whole => google::scope::LIBRARY_READONLY,
        }
    }
}

/// What a listing did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SyncReport {
    /// The source's name.
    pub source: String,
    /// What was asked for: `app-created` or `whole`.
    pub scope: &'static str,
    /// Pages asked for now.
    pub pages: u64,
    /// Items on all pages of this listing, an earlier part of it included.
    pub items: u64,
    /// Items that were new or had changed.
    pub changed: u64,
    /// Entries that could not be read.
    pub damaged: u64,
    /// Items listed before and not this time; kept as offline.
    pub unlisted: u64,
    /// Whether it went on where an earlier one had stopped.
    pub resumed: bool,
    /// Assets of the source now.
    pub assets: u64,
    /// Groups in the whole catalog.
    pub groups: u64,
    /// What an empty answer means, where it is one.
    pub explanation: Option<String>,
    /// Whether a stop was asked for before all was done.
    pub interrupted: bool,
}

/// Lists the library into the source `name`; makes that source as needed. On a stop the report says so, and the next listing goes on.
///
/// # Errors
/// [`Error::User`] where Google refuses, with what can be done; [`Error::Catalog`].
pub fn sync(
    catalog: &Catalog,
    library: &Library<'_>,
    name: &str,
    scope: ListingScope,
    now_utc_seconds: i64,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<SyncReport> {
    let source = source_for(catalog, name)?;
    let mut report = SyncReport { source: name.to_owned(), scope: scope.name(), ..SyncReport::default() };
    watch.begin(Phase::List, None, None);
    let before = catalog.listing(source)?;
    let mut listing = match &before {
        Some(open) if !open.is_done && open.scope == scope.name() && open.page_size == ITEMS_A_PAGE && open.page_token.is_some() => {
            report.resumed = true;
            open.clone()
        }
        other => Listing {
            number: other.as_ref().map_or(1, |last| last.number + 1),
            scope: scope.name().to_owned(),
            page_size: ITEMS_A_PAGE,
            page_token: None,
            is_done: false,
            pages: 0,
            items: 0,
        },
    };
    match list(catalog, library, source, &mut listing, watch, stop, &mut report) {
        Err(Error::Interrupted) => report.interrupted = true,
        other => other?,
    }
    report.items = listing.items;
    if !report.interrupted {
        // What could not be read may be one of those that seem to be missing.
        if report.damaged == 0 {
            report.unlisted = catalog.batch(|| catalog.mark_unlisted_offline(source, listing.number))?;
        }
        if listing.items == 0 {
            report.explanation = Some(empty_means(scope).to_owned());
        }
        catalog.batch(|| catalog.set_scanned(source, now_utc_seconds))?;
        match weigh::weigh(catalog, watch, stop).and_then(|_| group::regroup(catalog)) {
            Err(Error::Interrupted) => report.interrupted = true,
            other => other?,
        }
        catalog.optimize()?;
    }
    report.assets = catalog.count_assets(Some(&[source]))?;
    report.groups = catalog.sum_of_groups()?.0;
    Ok(report)
}

/// Returns the Google source of that name, if there is one.
///
/// # Errors
/// [`Error::Catalog`].
pub fn source_id(catalog: &Catalog, name: &str) -> Result<Option<SourceId>> {
    Ok(catalog.sources()?.into_iter().find(|source| source.name == name && source.kind == SourceKind::Google).map(|source| source.id))
}

/// Returns the source of that name, made as needed.
pub(super) fn source_for(catalog: &Catalog, name: &str) -> Result<SourceId> {
    match catalog.sources()?.into_iter().find(|source| source.name == name) {
        Some(source) if source.kind == SourceKind::Google => Ok(source.id),
        Some(source) => Err(Error::user(
            format!("the source `{name}` is a {} and no Google library", source.kind.name()),
            "give the library another name with `--name NAME`",
        )),
        None => Ok(catalog.batch(|| catalog.add_source(name, SourceKind::Google))?),
    }
}

/// Asks for page after page.
fn list(
    catalog: &Catalog,
    library: &Library<'_>,
    source: SourceId,
    listing: &mut Listing,
    watch: &dyn Watch,
    stop: &Stop,
    report: &mut SyncReport,
) -> Result<()> {
    let (mut empty, mut restarted) = (0, false);
    let mut asked_with: HashSet<String> = HashSet::new();
    let mut last_id: Option<String> = None;
    loop {
        if stop.asked() {
            return Err(Error::Interrupted);
        }
        let page = match library.list_page(listing.page_size, listing.page_token.as_deref()) {
            Ok(page) => page,
            Err(error) if listing.page_token.is_some() && !restarted && is_token_refused(&error) => {
                // Nobody knows how long a token lives: what was listed stays, and the rest comes by beginning anew.
                restarted = true;
                (listing.page_token, listing.pages, listing.items) = (None, 0, 0);
                asked_with.clear();
                continue;
            }
            Err(error) => return Err(wire_error(&error)),
        };
        report.pages += 1;
        report.damaged += u64::from(page.damaged);
        let Page { items, next_page_token, .. } = page;
        empty = if items.is_empty() { empty + 1 } else { 0 };
        let repeats = next_page_token.as_ref().is_some_and(|token| !asked_with.insert(token.clone()));
        let is_endless = repeats || empty > EMPTY_PAGES_MAX || listing.pages >= PAGES_MAX;
        if is_endless {
            // The next listing begins anew.
            listing.page_token = None;
            catalog.batch(|| catalog.set_listing(source, listing))?;
            return Err(Error::user(
                "Google's listing does not end: it repeats itself, or has page after page without a photo",
                "what was listed is kept; try again later",
            ));
        }
        // The first item of a page may be the last of the page before.
        let fresh = items.iter().filter(|item| Some(&item.id) != last_id.as_ref()).count() as u64;
        last_id = items.last().map(|item| item.id.clone()).or(last_id);
        listing.pages += 1;
        listing.items += fresh;
        listing.is_done = next_page_token.is_none();
        listing.page_token = next_page_token;
        report.changed += save(catalog, source, listing, &items)?;
        watch.reach(listing.items, 0);
        if listing.is_done {
            return Ok(());
        }
    }
}

fn save(catalog: &Catalog, source: SourceId, listing: &Listing, items: &[MediaItem]) -> Result<u64> {
    let rows: Vec<_> = items.iter().map(listed).collect();
    Ok(catalog.batch(|| {
        let changed = catalog.save_listed(source, listing.number, &rows)?;
        catalog.set_listing(source, listing)?;
        Ok(changed)
    })?)
}

/// Tells a page token that is not taken (any more): 400, in more than one wording, or that it is unknown.
fn is_token_refused(error: &google::Error) -> bool {
    match error {
        google::Error::Api(api) => matches!(api.http, 400 | 404 | 410) && !matches!(api.kind, ErrorKind::FailedPrecondition),
        _ => false,
    }
}

fn empty_means(scope: ListingScope) -> &'static str {
    match scope {
        ListingScope::AppCreated => {
            "Google shows this program only what its own Cloud project uploaded, and that is nothing: since 31 March 2025 no program may list \
             a person's library. This does not mean that the library is empty. To see all of it, scan a Takeout export (`lookalike scan \
             takeout-….zip`); for some photos, pick them by hand (`lookalike google pick`)"
        }
        ListingScope::Whole => {
            "Google lists nothing. Since 31 March 2025 no program may list a person's library, so this does not mean that the library is empty: \
             to see all of it, scan a Takeout export (`lookalike scan takeout-….zip`)"
        }
    }
}
