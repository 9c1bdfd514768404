//! Picking by hand: the person chooses photos in Google's own page, and what was chosen comes here with its pixels.
//!
//! Nothing tells that the person closed the page: it is asked again and again until Google's own time is over. Base URLs of what was
//! picked live for 60 minutes and need the bearer, so the pictures are fetched at once.

use super::item::listed;
use super::sync::source_for;
use super::{ITEMS_A_PAGE, pixels, wire_error};
use crate::watch::{Phase, Stop, Watch};
use crate::{Error, Result, group, weigh};
use catalog::{Catalog, Listing};
use google::{ErrorKind, MediaItem, Picker, PickingSession, Session};
use model::AssetId;
use serde::Serialize;
use std::collections::HashMap;
use std::time::Duration;

/// Most photos of one picking: Google's own bound.
pub const PICKED_MAX: u32 = 2000;
/// How often it is asked whether the person is done, where Google does not say.
const POLL: Duration = Duration::from_secs(5);
/// Shortest time between two such questions.
const POLL_MIN: Duration = Duration::from_secs(1);
/// Longest time between them, whatever Google says.
const POLL_MAX: Duration = Duration::from_secs(30);
/// Longest wait for the person, where Google does not say: 30 minutes, as its own answers give.
const WAIT_MAX_SECONDS: i64 = 1800;

/// What picking did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PickReport {
    /// The source's name.
    pub source: String,
    /// Photos picked.
    pub picked: u64,
    /// Of these: new or changed.
    pub changed: u64,
    /// Pictures drawn.
    pub drawn: u64,
    /// Entries that could not be read.
    pub damaged: u64,
    /// Groups in the whole catalog.
    pub groups: u64,
}

/// Lets the person pick at most `items_max` photos into the source `name`. `show` is given the address of Google's page, to be opened.
///
/// # Errors
/// [`Error::User`] where Google refuses or the time is over, [`Error::Interrupted`] on a stop; the picking is ended at Google in any case.
#[allow(clippy::too_many_arguments)]
pub fn pick(
    catalog: &Catalog,
    session: &Session,
    name: &str,
    items_max: u32,
    now_utc_seconds: i64,
    show: &dyn Fn(&str),
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<PickReport> {
    let source = source_for(catalog, name)?;
    let picker = Picker::new(session);
    let picking = picker.create_session(items_max.min(PICKED_MAX)).map_err(|error| wire_error(&error))?;
    let picked = wait(&picker, session, &picking, show, watch, stop).and_then(|()| items(&picker, &picking.id));
    let ended = |picker: &Picker<'_>| drop(picker.delete_session(&picking.id));
    let (found, damaged) = picked.inspect_err(|_| ended(&picker))?;
    let mut report = PickReport { source: name.to_owned(), picked: found.len() as u64, damaged, ..PickReport::default() };
    let outcome = keep(catalog, session, source, &found, now_utc_seconds, watch, stop, &mut report);
    ended(&picker);
    outcome?;
    report.groups = catalog.sum_of_groups()?.0;
    Ok(report)
}

/// Waits until the person is done.
fn wait(
    picker: &Picker<'_>,
    session: &Session,
    picking: &PickingSession,
    show: &dyn Fn(&str),
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<()> {
    let Some(uri) = picking.picker_uri.as_deref() else {
        return Err(Error::user("Google opened no page to pick photos on", "try again later"));
    };
    // What is opened in the person's browser must be Google's own page.
    if !session.wire().is_google_page(uri) {
        return Err(Error::user("the page to pick photos on is not at Google", "nothing was opened; try again later"));
    }
    show(uri);
    watch.begin(Phase::Pick, None, None);
    let wire = session.wire();
    let began = wire.now();
    let over = || {
        Error::user(
            "nothing was picked within the time that Google gives for it",
            "run `lookalike google pick` again, choose the photos and press Done; a page that was closed tells nothing",
        )
    };
    let mut state = picking.clone();
    // As Google says at first, so that an answer that stays the same comes to an end.
    let allowed = picking.timeout_in.map_or(WAIT_MAX_SECONDS, |time| time.as_secs().min(86_400).cast_signed());
    let until = picking.expires.map_or(began + allowed, |expires| expires.seconds.min(began + allowed));
    while !state.is_finished {
        if wire.now() >= until || state.timeout_in == Some(Duration::ZERO) {
            return Err(over());
        }
        wire.wait(state.poll_interval.unwrap_or(POLL).clamp(POLL_MIN, POLL_MAX)).map_err(|_| Error::Interrupted)?;
        if stop.asked() {
            return Err(Error::Interrupted);
        }
        state = match picker.session(&picking.id) {
            Ok(state) => state,
            Err(error) if matches!(error.kind(), Some(ErrorKind::NotFound | ErrorKind::PermissionDenied)) => return Err(over()),
            Err(error) => return Err(wire_error(&error)),
        };
    }
    Ok(())
}

/// Returns all that was picked, each once, and how many entries could not be read.
fn items(picker: &Picker<'_>, session: &str) -> Result<(Vec<MediaItem>, u64)> {
    let (mut found, mut damaged): (HashMap<String, MediaItem>, _) = (HashMap::new(), 0);
    let mut token: Option<String> = None;
    // Twice what a picking may hold, since pages may be empty.
    for _ in 0..2 * PICKED_MAX {
        let page = picker.items_page(session, ITEMS_A_PAGE, token.as_deref()).map_err(|error| wire_error(&error))?;
        damaged += u64::from(page.damaged);
        found.extend(page.items.into_iter().map(|item| (item.id.clone(), item)));
        token = page.next_page_token;
        if token.is_none() {
            let mut found: Vec<MediaItem> = found.into_values().collect();
            found.sort_by(|a, b| a.id.cmp(&b.id));
            return Ok((found, damaged));
        }
    }
    Err(Error::user("Google's list of what was picked does not end", "try again later"))
}

#[allow(clippy::too_many_arguments)]
fn keep(
    catalog: &Catalog,
    session: &Session,
    source: model::SourceId,
    found: &[MediaItem],
    now_utc_seconds: i64,
    watch: &dyn Watch,
    stop: &Stop,
    report: &mut PickReport,
) -> Result<()> {
    let number = catalog.listing(source)?.map_or(1, |last| last.number + 1);
    let listing = Listing {
        number,
        scope: "picked".to_owned(),
        page_size: ITEMS_A_PAGE,
        page_token: None,
        is_done: true,
        pages: 0,
        items: found.len() as u64,
    };
    let rows: Vec<_> = found.iter().map(listed).collect();
    report.changed = catalog.batch(|| {
        let changed = catalog.save_listed(source, number, &rows)?;
        catalog.set_listing(source, &listing)?;
        catalog.set_scanned(source, now_utc_seconds)?;
        Ok(changed)
    })?;
    let without: HashMap<String, AssetId> = catalog.listed_without_pixels(source)?.into_iter().map(|(asset, id)| (id, asset)).collect();
    let wanted: Vec<(AssetId, MediaItem)> = found.iter().filter_map(|item| Some((*without.get(&item.id)?, item.clone()))).collect();
    watch.begin(Phase::Look, Some(wanted.len() as u64), None);
    for some in wanted.chunks(ITEMS_A_PAGE as usize) {
        let bearer = session.access().map_err(|error| wire_error(&error))?;
        report.drawn += pixels::draw(catalog, session.wire(), some, Some(&bearer), stop)?.drawn;
        watch.reach(report.drawn, 0);
    }
    weigh::weigh(catalog, watch, stop)?;
    group::regroup(catalog)
}
