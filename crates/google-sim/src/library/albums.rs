//! `albums`: list, create, get, patch, and putting items in and out, all or nothing.

use serde_json::{Value, json};

use super::items::{Answer, asked_size, check_batch, page_size};
use super::paging::{self, OtherParameters};
use super::shelf::Album;
use super::{Visit, render};
use crate::errors;
use crate::wire::Reply;
use crate::world::State;

const PAGE_DEFAULT: u64 = 20;
const PAGE_MAX: u64 = 50;
/// Most characters of a title.
const TITLE_MAX: usize = 500;
/// Most items of an album.
const ALBUM_MAX: usize = 20_000;

pub(super) fn list(visit: &Visit<'_>) -> Answer {
    let size = page_size(asked_size(visit.call)?, PAGE_DEFAULT, PAGE_MAX)?;
    let own_only = visit.call.query("excludeNonAppCreatedData") == Some("true");
    let state = visit.state();
    let albums = &state.shelf.albums;
    let keep = |position: u64| albums[position as usize].own || (visit.sees_all && !own_only);
    let parameters = format!("albums {size} {own_only}");
    let total = albums.len() as u64;
    let page = paging::page(visit.call.query("pageToken"), &parameters, size, state.page_quirks, total, keep);
    let page = page.map_err(|OtherParameters| errors::invalid(errors::OTHER_PARAMETERS))?;
    let mut body = json!({});
    if !page.positions.is_empty() {
        let shown = page.positions.iter().map(|position| render::album(visit, &state, &albums[*position as usize]));
        body["albums"] = shown.collect();
    }
    if let Some(next) = page.next {
        body["nextPageToken"] = json!(next);
    }
    Ok(Reply::json(200, &body))
}

pub(super) fn create(visit: &Visit<'_>) -> Answer {
    let body = visit.body(&["album"])?;
    let title = body["album"]["title"].as_str().filter(|title| title.chars().count() <= TITLE_MAX);
    let title = title.ok_or_else(|| errors::invalid(errors::INVALID_ARGUMENT))?.to_owned();
    let mut state = visit.state();
    let id = state.fresh("AGj1epA", 90);
    let album = Album { id, title, own: true, items: Vec::new(), cover: None };
    let shown = render::album(visit, &state, &album);
    state.shelf.albums.push(album);
    Ok(Reply::json(200, &shown))
}

/// Returns the album's id in the path, without the action.
fn path_id<'a>(visit: &'a Visit<'_>) -> &'a str {
    let rest = visit.call.path.strip_prefix("/v1/albums/").unwrap_or("");
    rest.split_once(':').map_or(rest, |(id, _)| id)
}

fn seen(visit: &Visit<'_>, state: &State) -> Result<usize, Reply> {
    let id = path_id(visit);
    let found = state.shelf.albums.iter().position(|album| album.id == id && (album.own || visit.sees_all));
    found.ok_or_else(errors::not_found)
}

pub(super) fn get(visit: &Visit<'_>) -> Answer {
    let state = visit.state();
    let album = seen(visit, &state)?;
    Ok(Reply::json(200, &render::album(visit, &state, &state.shelf.albums[album])))
}

pub(super) fn patch(visit: &Visit<'_>) -> Answer {
    let body: Value = serde_json::from_slice(&visit.call.body).map_err(|_| errors::invalid(errors::INVALID_ARGUMENT))?;
    let mut state = visit.state();
    let number = seen(visit, &state)?;
    if !state.shelf.albums[number].own {
        return Err(errors::no_permission());
    }
    let refuse = || errors::invalid(errors::INVALID_ARGUMENT);
    match visit.call.query("updateMask") {
        Some("title") => {
            let title = body["title"].as_str().filter(|title| title.chars().count() <= TITLE_MAX).ok_or_else(refuse)?;
            state.shelf.albums[number].title = title.to_owned();
        }
        Some("coverPhotoMediaItemId") => {
            let id = body["coverPhotoMediaItemId"].as_str().filter(|id| state.shelf.albums[number].items.iter().any(|item| item == id));
            let id = id.ok_or_else(|| errors::invalid(errors::INVALID_ITEM_ID))?;
            state.shelf.albums[number].cover = Some(id.to_owned());
        }
        _ => return Err(refuse()),
    }
    Ok(Reply::json(200, &render::album(visit, &state, &state.shelf.albums[number])))
}

/// Returns the ids of the body, checked but for whom they belong to.
fn ids(visit: &Visit<'_>, distinct: bool) -> Result<Vec<String>, Reply> {
    let body = visit.body(&["mediaItemIds"])?;
    let ids = body["mediaItemIds"].as_array().cloned().unwrap_or_default();
    let ids: Option<Vec<&str>> = ids.iter().map(Value::as_str).collect();
    let ids = ids.ok_or_else(|| errors::invalid(errors::INVALID_ARGUMENT))?;
    check_batch(&ids, distinct)?;
    Ok(ids.into_iter().map(str::to_owned).collect())
}

pub(super) fn batch_add(visit: &Visit<'_>) -> Answer {
    let ids = ids(visit, false)?;
    let mut state = visit.state();
    let number = seen(visit, &state)?;
    if !state.shelf.albums[number].own {
        return Err(errors::invalid(errors::FOREIGN_ALBUM));
    }
    // In both eras, and whatever may be seen: the program must have created each.
    if !ids.iter().all(|id| visit.find(&state, id).is_some_and(|which| visit.owns(which))) {
        return Err(errors::invalid(errors::INVALID_ITEM_ID));
    }
    let items = &mut state.shelf.albums[number].items;
    let new: Vec<String> = ids.into_iter().filter(|id| !items.contains(id)).collect();
    if items.len() + new.len() > ALBUM_MAX {
        return Err(errors::invalid(errors::INVALID_ARGUMENT));
    }
    items.extend(new);
    Ok(Reply::json(200, &json!({})))
}

pub(super) fn batch_remove(visit: &Visit<'_>) -> Answer {
    let ids = ids(visit, true)?;
    let mut state = visit.state();
    let number = seen(visit, &state)?;
    if !state.shelf.albums[number].own {
        return Err(errors::invalid(errors::FOREIGN_ALBUM));
    }
    let items = &mut state.shelf.albums[number].items;
    if !ids.iter().all(|id| items.contains(id)) {
        return Err(errors::invalid(errors::INVALID_ITEM_ID));
    }
    items.retain(|item| !ids.contains(item));
    Ok(Reply::json(200, &json!({})))
}

pub(super) fn add_enrichment(visit: &Visit<'_>) -> Answer {
    drop(visit.body(&["newEnrichmentItem", "albumPosition"])?);
    let mut state = visit.state();
    let number = seen(visit, &state)?;
    if !state.shelf.albums[number].own {
        return Err(errors::no_permission());
    }
    let id = state.fresh("AGj1epE", 90);
    Ok(Reply::json(200, &json!({"enrichmentItem": {"id": id}})))
}
