//! Lists of groups, a page at a time. The order of a list is computed once, held in memory while no group changes, and cut by key, so that a
//! page begins where the last one ended even when groups before it are gone.

use super::{
    Confidence, GroupFilter, GroupPage, GroupRow, GroupState, ListQuery, MemberRow, Neighbours, PAGE_MAX, Review, VIEWS_HELD, locked,
};
use crate::records::bit;
use crate::{Error, Result};
use catalog::{Catalog, GroupQuery, ListedGroup, ListedMember, OrderKey};
use model::{Relation, SourceId};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// Members shown in a row.
const MEMBERS_IN_ROW: usize = 6;
/// Hex digits that name a picture in its address.
const PICTURE_NAME_LENGTH: usize = 16;

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageFrom {
    /// At this place of the list; 0 is the first.
    Place(u64),
    /// Behind the cursor of another page.
    After(String),
}

/// A list in order.
pub(super) struct View {
    pub(super) epoch: i64,
    pub(super) groups: Vec<(OrderKey, i64)>,
    is_descending: bool,
}

impl View {
    pub(super) fn ids(&self) -> Vec<i64> {
        self.groups.iter().map(|(_, id)| *id).collect()
    }

    /// Returns how many groups stand before one with this key and number, itself included where `with` says so.
    fn before(&self, key: &(OrderKey, i64), with: bool) -> usize {
        self.groups.partition_point(|other| {
            let order = compare(other, key, self.is_descending);
            order == Ordering::Less || with && order == Ordering::Equal
        })
    }
}

/// Compares as the catalog orders: what is unknown comes last whichever way round, ties go by number.
fn compare(a: &(OrderKey, i64), b: &(OrderKey, i64), is_descending: bool) -> Ordering {
    let keys = match (&a.0, &b.0) {
        (OrderKey::Unknown, _) | (_, OrderKey::Unknown) => a.0.cmp(&b.0),
        (a, b) if is_descending => b.cmp(a),
        (a, b) => a.cmp(b),
    };
    keys.then(a.1.cmp(&b.1))
}

impl Review {
    /// Returns a page of at most `limit` groups (and at most [`PAGE_MAX`]).
    ///
    /// # Errors
    /// [`Error::User`] for a cursor or source that is none, [`Error::Catalog`].
    pub fn page(&self, query: &ListQuery, from: &PageFrom, limit: usize) -> Result<GroupPage> {
        self.reading(|catalog| {
            let view = self.view(catalog, query)?;
            let start = match from {
                PageFrom::Place(at) => usize::try_from(*at).unwrap_or(usize::MAX).min(view.groups.len()),
                PageFrom::After(cursor) => view.before(&read_cursor(cursor)?, true),
            };
            let end = start.saturating_add(limit.clamp(1, PAGE_MAX)).min(view.groups.len());
            let ids: Vec<i64> = view.groups[start..end].iter().map(|(_, id)| *id).collect();
            let next = view.groups[start..end].last().filter(|_| end < view.groups.len()).map(cursor);
            let groups = rows_of(catalog, &ids)?;
            Ok(GroupPage { total: view.groups.len() as u64, at: start as u64, epoch: view.epoch, groups, next })
        })
    }

    /// Returns a group's place in a list, and its neighbours there.
    ///
    /// # Errors
    /// [`Error::User`] for an unknown source, [`Error::Catalog`].
    pub fn neighbours(&self, query: &ListQuery, group: i64) -> Result<Neighbours> {
        self.reading(|catalog| {
            let view = self.view(catalog, query)?;
            let alone = GroupQuery { id: Some(group), ..GroupQuery::default() };
            let key = catalog.list_groups(&alone, query.sort, query.reverse)?.pop().unwrap_or((OrderKey::Unknown, group));
            let at = view.before(&key, false);
            let is_listed = view.groups.get(at).is_some_and(|found| found.1 == group);
            let next = if is_listed { at + 1 } else { at };
            let id = |at: usize| view.groups.get(at).map(|(_, id)| *id);
            let previous = at.checked_sub(1).and_then(id);
            Ok(Neighbours { total: view.groups.len() as u64, at: at as u64, is_listed, previous, next: id(next) })
        })
    }

    /// Returns a list as it stands now.
    pub(super) fn view(&self, catalog: &Catalog, query: &ListQuery) -> Result<Arc<View>> {
        let epoch = catalog.epoch()?;
        {
            let mut views = locked(&self.views);
            views.retain(|(_, of, _)| *of == epoch);
            if let Some(at) = views.iter().position(|(of, ..)| of == query) {
                let found = views.remove(at);
                let view = Arc::clone(&found.2);
                views.insert(0, found);
                return Ok(view);
            }
        }
        let view = Arc::new(ordered(catalog, query, epoch)?);
        let mut views = locked(&self.views);
        views.insert(0, (query.clone(), epoch, Arc::clone(&view)));
        views.truncate(VIEWS_HELD);
        Ok(view)
    }
}

/// Computes a list.
pub(super) fn ordered(catalog: &Catalog, query: &ListQuery, epoch: i64) -> Result<View> {
    let groups = catalog.list_groups(&query_of(catalog, &query.filter)?, query.sort, query.reverse)?;
    Ok(View { epoch, groups, is_descending: query.sort.is_descending() != query.reverse })
}

/// Seconds of a day.
const DAY_S: i64 = 86_400;

fn query_of(catalog: &Catalog, filter: &GroupFilter) -> Result<GroupQuery> {
    let midnight = |day: &Option<String>| {
        let date: Option<jiff::civil::Date> = day.as_ref().and_then(|day| day.parse().ok());
        date.and_then(|date| date.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|day| day.timestamp().as_second())
    };
    let source = filter.source.as_deref().map(|name| catalog.source_named(name)).transpose()?.map(|source| source.id);
    let folders = match &filter.folder {
        Some(folder) => Some(Catalog::folders_below(&catalog.roots()?, folder)),
        None => None,
    };
    Ok(GroupQuery {
        relations: filter.relations.iter().fold(0, |bits, relation| bits | bit(*relation)),
        source,
        folders,
        album: filter.album.clone(),
        camera: filter.camera.clone(),
        from_s: midnight(&filter.from),
        before_s: midnight(&filter.until).map(|day| day + DAY_S),
        undated: filter.undated,
        min_bytes: filter.min_bytes,
        confidence: filter.confidence.iter().fold(0, |bits, confidence| bits | 1 << *confidence as u32),
        state: filter.state.map(|state| state.state() as u8),
        id: None,
    })
}

/// Returns a cursor: the kind of the key, the number, the key.
fn cursor((key, id): &(OrderKey, i64)) -> String {
    match key {
        OrderKey::Number(number) => format!("n{id}.{number}"),
        OrderKey::Text(text) => format!("t{id}.{text}"),
        OrderKey::Unknown => format!("u{id}."),
    }
}

fn read_cursor(text: &str) -> Result<(OrderKey, i64)> {
    let read = || {
        let (kind, rest) = (text.get(..1)?, text.get(1..)?);
        let (id, key) = rest.split_once('.')?;
        let key = match kind {
            "n" => OrderKey::Number(key.parse().ok()?),
            "t" => OrderKey::Text(key.into()),
            "u" if key.is_empty() => OrderKey::Unknown,
            _ => return None,
        };
        Some((key, id.parse().ok()?))
    };
    read().ok_or_else(|| Error::user(format!("`{text}` is no place in a list"), "open the list anew"))
}

/// Returns these groups as a list shows them, in that order.
pub(super) fn rows_of(catalog: &Catalog, ids: &[i64]) -> Result<Vec<GroupRow>> {
    let sources: HashMap<SourceId, String> = catalog.sources()?.into_iter().map(|source| (source.id, source.name)).collect();
    let groups = catalog.listed_groups(ids)?;
    groups
        .into_iter()
        .map(|group| {
            let members = catalog.listed_members(group.id, MEMBERS_IN_ROW)?.iter().map(member_row).collect();
            Ok(group_row(group, members, &sources))
        })
        .collect()
}

pub(super) fn group_row(group: ListedGroup, members: Vec<MemberRow>, sources: &HashMap<SourceId, String>) -> GroupRow {
    GroupRow {
        id: group.id,
        version: group.version,
        state: [GroupState::Open, GroupState::Decided, GroupState::Settled]
            .into_iter()
            .find(|s| *s as u8 == group.state)
            .unwrap_or_default(),
        confidence: confidence_of(group.confidence),
        members_count: group.members_count,
        members,
        open: group.open,
        removals: group.removals,
        removals_bytes: group.removals_bytes,
        relations: Relation::ALL.iter().filter(|relation| group.relations & bit(**relation) != 0).map(|relation| relation.name()).collect(),
        taken_utc: group.taken_utc_seconds.and_then(utc_text),
        camera: group.camera,
        source: sources.get(&group.source).cloned().unwrap_or_default(),
        folder: group.folder,
    }
}

/// Returns `2019-07-14 12:00:00`.
pub(super) fn utc_text(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|stamp| stamp.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

pub(super) fn confidence_of(number: u8) -> Confidence {
    Confidence::ALL.into_iter().find(|confidence| *confidence as u8 == number).unwrap_or(Confidence::Weak)
}

pub(super) fn member_row(member: &ListedMember) -> MemberRow {
    MemberRow {
        asset: member.asset.0,
        name: member.name.clone(),
        relation: member.relation.map_or("keeper", |relation| relation.name()),
        verdict: member.verdict.name(),
        decided: member.recorded.is_some(),
        size_bytes: member.size_bytes,
        picture: picture_name(member.content_hash.as_deref()),
        is_film: member.mime_type.as_deref().is_some_and(|mime| mime.starts_with("video/")),
    }
}

/// Returns what names a picture in its address: the beginning of its content hash.
pub(super) fn picture_name(hash: Option<&[u8]>) -> String {
    hash.into_iter()
        .flatten()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .take(PICTURE_NAME_LENGTH)
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}
