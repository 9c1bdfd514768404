//! The Photos Library API: which method a request is for, which scopes it needs in which era, and what a token's owner may see.

mod albums;
mod items;
pub(crate) mod paging;
mod render;
mod shelf;
mod uploads;

use std::sync::MutexGuard;

use serde_json::Value;

use crate::errors;
use crate::options::{AppCreated, Era};
use crate::wire::{Call, Reply};
use crate::world::{State, World};

pub(crate) use render::{film_is_ready, time_text};
pub(crate) use shelf::Shelf;

/// The service's name, as its errors give it.
pub(crate) const SERVICE: &str = "photoslibrary.googleapis.com";

/// An item: one of the made-up library, or one that was uploaded since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Made(u64),
    Uploaded(usize),
}

/// A request that may be answered, and how much its token may see.
pub(crate) struct Visit<'a> {
    pub(crate) world: &'a World,
    pub(crate) call: &'a Call,
    /// Whether items and albums of others are seen.
    sees_all: bool,
}

impl<'a> Visit<'a> {
    fn state(&self) -> MutexGuard<'a, State> {
        self.world.state()
    }

    /// Tells whether the program that asks has created the item.
    fn owns(&self, which: Which) -> bool {
        match which {
            Which::Uploaded(_) => true,
            Which::Made(place) => match self.world.options.app_created {
                AppCreated::None => false,
                AppCreated::All => true,
                AppCreated::EveryNth(n) => n > 0 && place.is_multiple_of(n),
            },
        }
    }

    fn sees(&self, which: Which) -> bool {
        self.sees_all || self.owns(which)
    }

    /// Returns the item of an id, seen or not.
    fn find(&self, state: &State, id: &str) -> Option<Which> {
        state.shelf.place(id).map(Which::Uploaded).or_else(|| self.world.library.place(id).map(Which::Made))
    }

    /// Returns the item of an id, if it may be seen.
    fn find_seen(&self, state: &State, id: &str) -> Option<Which> {
        self.find(state, id).filter(|which| self.sees(*which))
    }

    /// Returns the body as an object with no other keys than these; an empty body is an empty object.
    fn body(&self, keys: &[&str]) -> Result<Value, Reply> {
        object(&self.call.body, keys)
    }
}

/// Reads a JSON object with no other keys than these.
pub(crate) fn object(body: &[u8], keys: &[&str]) -> Result<Value, Reply> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(map)) => match map.keys().find(|key| !keys.contains(&key.as_str())) {
            Some(unknown) => Err(errors::unknown_field(unknown, "")),
            None => Ok(Value::Object(map)),
        },
        _ => Err(errors::invalid("Invalid JSON payload received. Unexpected token.")),
    }
}

/// Returns a whole number that JSON or a query may give as text.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Names the method of a request to the Library, if it is one.
pub(crate) fn method(call: &Call) -> Option<&'static str> {
    let path = call.path.strip_prefix("/v1/")?;
    let action = path.rsplit_once(':').map(|(_, action)| action);
    let (collection, rest) = path.split_once('/').map_or((path, None), |(collection, rest)| (collection, Some(rest)));
    Some(match (call.verb.as_str(), collection, rest, action) {
        ("GET", "mediaItems", None, _) => "mediaItems.list",
        ("GET", "mediaItems:batchGet", None, _) => "mediaItems.batchGet",
        ("POST", "mediaItems:search", None, _) => "mediaItems.search",
        ("POST", "mediaItems:batchCreate", None, _) => "mediaItems.batchCreate",
        ("GET", "mediaItems", Some(_), _) => "mediaItems.get",
        ("PATCH", "mediaItems", Some(_), _) => "mediaItems.patch",
        ("GET", "albums", None, _) => "albums.list",
        ("POST", "albums", None, _) => "albums.create",
        ("GET", "albums", Some(_), _) => "albums.get",
        ("PATCH", "albums", Some(_), _) => "albums.patch",
        ("POST", "albums", Some(_), Some("batchAddMediaItems")) => "albums.batchAddMediaItems",
        ("POST", "albums", Some(_), Some("batchRemoveMediaItems")) => "albums.batchRemoveMediaItems",
        ("POST", "albums", Some(_), Some("addEnrichment")) => "albums.addEnrichment",
        ("POST", "albums", Some(_), Some("share" | "unshare")) => "albums.share",
        (_, "sharedAlbums" | "sharedAlbums:join" | "sharedAlbums:leave", _, _) => "sharedAlbums.any",
        ("POST", "uploads", None, _) => "uploads.upload",
        _ => return None,
    })
}

/// Returns the scopes of which one is enough for a method.
fn scopes(era: Era, method: &str) -> &'static [&'static str] {
    const READ: &str = "photoslibrary.readonly.appcreateddata";
    const APPEND: &str = "photoslibrary.appendonly";
    const EDIT: &str = "photoslibrary.edit.appcreateddata";
    const FULL: &str = "photoslibrary";
    let old = era == Era::Legacy2022;
    match method {
        "mediaItems.list" | "mediaItems.search" | "mediaItems.get" | "mediaItems.batchGet" | "albums.list" | "albums.get" => {
            if old {
                &[FULL, "photoslibrary.readonly", READ]
            } else {
                &[READ]
            }
        }
        "mediaItems.batchCreate" | "albums.create" | "uploads.upload" => {
            if old {
                &[FULL, APPEND]
            } else {
                &[APPEND]
            }
        }
        "mediaItems.patch" | "albums.patch" => {
            if old {
                &[FULL, EDIT]
            } else {
                &[EDIT]
            }
        }
        "albums.batchAddMediaItems" | "albums.batchRemoveMediaItems" | "albums.addEnrichment" => {
            if old {
                &[FULL, APPEND]
            } else {
                &[APPEND, EDIT]
            }
        }
        _ => &[],
    }
}

/// Answers a request to the Library. `granted` are the scopes of its token, without prefix.
pub(crate) fn answer(world: &World, call: &Call, method: &str, granted: &[String]) -> Reply {
    if !world.options.library_enabled {
        return errors::disabled(SERVICE, "Photos Library API");
    }
    if !world.within_daily_quota() {
        return errors::day_quota(world.options.daily_quota);
    }
    if matches!(method, "albums.share" | "sharedAlbums.any") {
        return errors::no_permission();
    }
    let era = world.state().era;
    if !scopes(era, method).iter().any(|scope| granted.iter().any(|granted| granted == scope)) {
        return errors::insufficient_scopes(SERVICE, method);
    }
    let full = |scope: &String| scope == "photoslibrary" || scope == "photoslibrary.readonly";
    let visit = Visit { world, call, sees_all: era == Era::Legacy2022 && granted.iter().any(full) };
    let reply = match method {
        "mediaItems.list" => items::list(&visit),
        "mediaItems.search" => items::search(&visit),
        "mediaItems.get" => items::get(&visit),
        "mediaItems.batchGet" => items::batch_get(&visit),
        "mediaItems.patch" => items::patch(&visit),
        "mediaItems.batchCreate" => uploads::batch_create(&visit),
        "uploads.upload" => uploads::upload(&visit),
        "albums.list" => albums::list(&visit),
        "albums.create" => albums::create(&visit),
        "albums.get" => albums::get(&visit),
        "albums.patch" => albums::patch(&visit),
        "albums.batchAddMediaItems" => albums::batch_add(&visit),
        "albums.batchRemoveMediaItems" => albums::batch_remove(&visit),
        "albums.addEnrichment" => albums::add_enrichment(&visit),
        _ => Err(errors::html_not_found()),
    };
    reply.unwrap_or_else(|refusal| refusal)
}
