//! `mediaItems`: list, search, get, batchGet, patch.

use serde_json::{Value, json};
use testkit::clock::Moment;

use super::paging::{self, OtherParameters};
use super::{Visit, Which, render, whole};
use crate::errors;
use crate::generated::Kind;
use crate::wire::Reply;
use crate::world::State;

const PAGE_DEFAULT: u64 = 25;
const PAGE_MAX: u64 = 100;
/// Most ids of one call.
pub(super) const BATCH_MAX: usize = 50;

pub(super) type Answer = Result<Reply, Reply>;

/// Returns the page size meant by what was asked: absent or 0 is the default, too large is cut, negative is refused.
pub(crate) fn page_size(asked: Option<i64>, default: u64, max: u64) -> Result<u64, Reply> {
    match asked {
        None | Some(0) => Ok(default),
        Some(size) => u64::try_from(size).map(|size| size.min(max)).map_err(|_| errors::invalid(errors::INVALID_ARGUMENT)),
    }
}

/// Returns `pageSize` of the query.
pub(crate) fn asked_size(visit: &crate::wire::Call) -> Result<Option<i64>, Reply> {
    match visit.query("pageSize") {
        None | Some("") => Ok(None),
        Some(text) => {
            text.parse().map(Some).map_err(|_| errors::invalid(&format!("Invalid value at 'page_size' (TYPE_INT32), \"{text}\"")))
        }
    }
}

pub(super) fn list(visit: &Visit<'_>) -> Answer {
    let size = page_size(asked_size(visit.call)?, PAGE_DEFAULT, PAGE_MAX)?;
    let sought = Sought { parameters: format!("list {size}"), ascending: false, size, token: visit.call.query("pageToken") };
    sought.page(visit, |which| visit.sees(which))
}

struct Sought<'a> {
    parameters: String,
    ascending: bool,
    size: u64,
    token: Option<&'a str>,
}

impl Sought<'_> {
    /// Returns the page of the whole library's items that `keep` holds for.
    fn page(&self, visit: &Visit<'_>, keep: impl Fn(Which) -> bool) -> Answer {
        let state = visit.state();
        let uploaded = state.shelf.uploaded.len() as u64;
        let total = uploaded + visit.world.library.items;
        let which = |position: u64| {
            let position = if self.ascending { total - 1 - position } else { position };
            if position < uploaded { Which::Uploaded((uploaded - 1 - position) as usize) } else { Which::Made(position - uploaded) }
        };
        let page = paging::page(self.token, &self.parameters, self.size, state.page_quirks, total, |position| keep(which(position)));
        let page = page.map_err(|OtherParameters| errors::invalid(errors::OTHER_PARAMETERS))?;
        Ok(listing(visit, &state, page.positions.iter().map(|position| which(*position)), page.next))
    }
}

/// Returns a listing's answer: what is empty is left out.
fn listing(visit: &Visit<'_>, state: &State, items: impl Iterator<Item = Which>, next: Option<String>) -> Reply {
    let items: Vec<Value> = items.map(|which| render::item(visit, state, which)).collect();
    let mut body = json!({});
    if !items.is_empty() {
        body["mediaItems"] = Value::Array(items);
    }
    if let Some(next) = next {
        body["nextPageToken"] = json!(next);
    }
    Reply::json(200, &body)
}

pub(super) fn search(visit: &Visit<'_>) -> Answer {
    let body = visit.body(&["albumId", "pageSize", "pageToken", "orderBy", "filters"])?;
    let size = page_size(body.get("pageSize").and_then(whole), PAGE_DEFAULT, PAGE_MAX)?;
    let token = body["pageToken"].as_str();
    let refuse = || errors::invalid(errors::INVALID_ARGUMENT);
    if let Some(album) = body.get("albumId") {
        let album = album.as_str().filter(|album| !album.is_empty()).ok_or_else(refuse)?;
        if body.get("filters").is_some() || body.get("orderBy").is_some() {
            return Err(refuse());
        }
        return search_album(visit, album, size, token);
    }
    let filters = body.get("filters").cloned().unwrap_or_else(|| json!({}));
    let ascending = match body["orderBy"].as_str() {
        None => false,
        Some(_) if filters.get("dateFilter").is_none() => return Err(refuse()),
        Some("MediaMetadata.creation_time") => true,
        Some("MediaMetadata.creation_time desc") => false,
        Some(_) => return Err(refuse()),
    };
    let filter = Filter::read(&filters).ok_or_else(refuse)?;
    let sought = Sought { parameters: format!("search {size} {ascending} {filters}"), ascending, size, token };
    sought.page(visit, |which| visit.sees(which) && filter.keeps(visit, which))
}

fn search_album(visit: &Visit<'_>, id: &str, size: u64, token: Option<&str>) -> Answer {
    let state = visit.state();
    let album = state.shelf.albums.iter().find(|album| album.id == id && (album.own || visit.sees_all));
    let items = &album.ok_or_else(errors::not_found)?.items;
    let which = |position: u64| items.get(position as usize).and_then(|id| visit.find_seen(&state, id));
    let parameters = format!("album {id} {size}");
    let total = items.len() as u64;
    let page = paging::page(token, &parameters, size, state.page_quirks, total, |position| which(position).is_some());
    let page = page.map_err(|OtherParameters| errors::invalid(errors::OTHER_PARAMETERS))?;
    Ok(listing(visit, &state, page.positions.iter().filter_map(|position| which(*position)), page.next))
}

/// What a search asks for.
struct Filter {
    /// `Some(true)`: films only; `Some(false)`: photos only.
    films: Option<bool>,
    screenshots: Option<bool>,
    favourites: bool,
    own_only: bool,
    /// First and last day, each as a pattern of year, month, day with 0 for any; a single day is both.
    days: Vec<([i64; 3], [i64; 3])>,
}

impl Filter {
    fn read(filters: &Value) -> Option<Self> {
        let listed = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let films = match listed(&filters["mediaTypeFilter"]["mediaTypes"]).as_slice() {
            [] => None,
            [one] => match one.as_str()? {
                "ALL_MEDIA" => None,
                "VIDEO" => Some(true),
                "PHOTO" => Some(false),
                _ => return None,
            },
            _ => return None,
        };
        let has = |value: &Value, name: &str| value.as_array().is_some_and(|names| names.iter().any(|one| one == name));
        let content = &filters["contentFilter"];
        let screenshots = match (content["includedContentCategories"].as_array(), &content["excludedContentCategories"]) {
            (Some(names), _) if !names.is_empty() => Some(has(&content["includedContentCategories"], "SCREENSHOTS")),
            (_, excluded) if has(excluded, "SCREENSHOTS") => Some(false),
            _ => None,
        };
        let mut days = Vec::new();
        let (dates, ranges) = (listed(&filters["dateFilter"]["dates"]), listed(&filters["dateFilter"]["ranges"]));
        if dates.len() > 5 || ranges.len() > 5 {
            return None;
        }
        for date in dates {
            days.push((day(&date)?, day(&date)?));
        }
        for range in ranges {
            days.push((day(&range["startDate"])?, day(&range["endDate"])?));
        }
        Some(Self {
            films,
            screenshots,
            favourites: has(&filters["featureFilter"]["includedFeatures"], "FAVORITES"),
            own_only: filters["excludeNonAppCreatedData"] == true,
            days,
        })
    }

    fn keeps(&self, visit: &Visit<'_>, which: Which) -> bool {
        let Which::Made(place) = which else { return self.days.is_empty() && self.films != Some(true) && !self.favourites };
        let item = visit.world.library.item(place);
        let [year, month, day, ..] = Moment(item.taken).parts();
        let taken = [year, month, day];
        let within =
            |(first, last): &([i64; 3], [i64; 3])| at_least(&taken, first) && at_least(&masked(last, &taken), &masked(&taken, &taken));
        self.films.is_none_or(|films| films == (item.kind == Kind::Video))
            && self.screenshots.is_none_or(|wanted| wanted == (item.kind == Kind::Screenshot))
            && (!self.favourites || item.luck.is_multiple_of(50))
            && (!self.own_only || visit.owns(which))
            && (self.days.is_empty() || self.days.iter().any(within))
    }
}

/// Returns year, month and day; 0 stands for any, but not for all three.
fn day(value: &Value) -> Option<[i64; 3]> {
    let part = |name: &str| value.get(name).map_or(Some(0), whole);
    let day = [part("year")?, part("month")?, part("day")?];
    (value.is_object() && day != [0; 3] && (0..=12).contains(&day[1]) && (0..=31).contains(&day[2])).then_some(day)
}

/// Returns the pattern with its open parts taken from `taken`.
fn masked(pattern: &[i64; 3], taken: &[i64; 3]) -> [i64; 3] {
    [0, 1, 2].map(|part| if pattern[part] == 0 { taken[part] } else { pattern[part] })
}

fn at_least(taken: &[i64; 3], pattern: &[i64; 3]) -> bool {
    *taken >= masked(pattern, taken)
}

/// Returns the id at the end of the path.
fn path_id<'a>(visit: &'a Visit<'_>) -> &'a str {
    visit.call.path.strip_prefix("/v1/mediaItems/").unwrap_or("")
}

pub(super) fn get(visit: &Visit<'_>) -> Answer {
    let id = path_id(visit);
    let state = visit.state();
    if state.poison.contains(id) {
        return Err(errors::internal());
    }
    match visit.find_seen(&state, id) {
        Some(which) => Ok(Reply::json(200, &render::item(visit, &state, which))),
        None if is_malformed(id) => Err(errors::invalid(errors::INVALID_ID)),
        None => Err(errors::not_found()),
    }
}

fn is_malformed(id: &str) -> bool {
    id.len() < 60 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

pub(super) fn batch_get(visit: &Visit<'_>) -> Answer {
    let ids: Vec<&str> = visit.call.query.iter().filter(|(key, _)| key == "mediaItemIds").map(|(_, id)| id.as_str()).collect();
    check_batch(&ids, true)?;
    let state = visit.state();
    if ids.iter().any(|id| state.poison.contains(*id)) {
        return Err(errors::internal());
    }
    let result = |id: &&str| match visit.find_seen(&state, id) {
        Some(which) => json!({"mediaItem": render::item(visit, &state, which)}),
        None if is_malformed(id) => json!({"status": {"code": 3, "message": errors::INVALID_ID}}),
        None => json!({"status": {"code": 5, "message": "Requested entity was not found."}}),
    };
    Ok(Reply::json(200, &json!({"mediaItemResults": ids.iter().map(result).collect::<Vec<_>>()})))
}

/// Refuses too many, none, and repeated ids.
pub(super) fn check_batch(ids: &[&str], distinct: bool) -> Result<(), Reply> {
    if ids.len() > BATCH_MAX {
        return Err(errors::invalid(errors::TOO_MANY));
    }
    let repeated = distinct && ids.iter().enumerate().any(|(at, id)| ids[..at].contains(id));
    if ids.is_empty() || repeated { Err(errors::invalid(errors::INVALID_ARGUMENT)) } else { Ok(()) }
}

pub(super) fn patch(visit: &Visit<'_>) -> Answer {
    let id = path_id(visit).to_owned();
    let body: Value = serde_json::from_slice(&visit.call.body).map_err(|_| errors::invalid(errors::INVALID_ARGUMENT))?;
    let text = body["description"].as_str().filter(|text| visit.call.query("updateMask") == Some("description") && text.len() < 1000);
    let text = text.ok_or_else(|| errors::invalid(errors::INVALID_ARGUMENT))?.to_owned();
    let mut state = visit.state();
    let which = visit.find_seen(&state, &id).ok_or_else(errors::not_found)?;
    match which {
        _ if !visit.owns(which) => return Err(errors::no_permission()),
        Which::Made(place) => drop(state.shelf.descriptions.insert(place, text)),
        Which::Uploaded(number) => {
            if let Some(item) = state.shelf.uploaded.get_mut(number) {
                item.description = Some(text);
            }
        }
    }
    Ok(Reply::json(200, &render::item(visit, &state, which)))
}
