//! The Photos Picker API: sessions, the page that the person picks on, and what was picked.

use serde_json::{Value, json};

use crate::errors;
use crate::generated::{Item, Kind};
use crate::library::paging::{self, OtherParameters};
use crate::library::{Which, film_is_ready, object, time_text, whole};
use crate::media::{self, Api};
use crate::options::Picking;
use crate::simulator::Picks;
use crate::wire::{Call, Reply, html_escaped};
use crate::world::World;

const SERVICE: &str = "photospicker.googleapis.com";
const SCOPE: &str = "photospicker.mediaitems.readonly";
const PAGE_DEFAULT: u64 = 50;
const PAGE_MAX: u64 = 100;
/// Most items of a session.
const PICKS_MAX: i64 = 2000;
/// Most sessions that live at a time.
const SESSIONS_MAX: usize = 100;
/// How long a client may poll. Seconds.
const POLLING_S: i64 = 1800;
/// How long an expired session is told from one that never was. Seconds.
const REMEMBERED_S: i64 = 3600;

/// A picking session.
#[derive(Debug)]
pub(crate) struct Session {
    created: i64,
    expires: i64,
    items_max: i64,
    polls: u64,
    picked: Option<Vec<u64>>,
}

/// Names the method of a request to the Picker, if it is one.
pub(crate) fn method(call: &Call) -> Option<&'static str> {
    let path = call.path.as_str();
    Some(match (call.verb.as_str(), path.strip_prefix("/v1/")) {
        ("GET", None) if path.starts_with("/picker/") => "picker.page",
        ("POST", Some("sessions")) => "picker.sessions.create",
        ("GET", Some("mediaItems")) => "picker.mediaItems.list",
        (verb, Some(rest)) => match (verb, rest.strip_prefix("sessions/").filter(|id| !id.contains('/'))) {
            ("GET", Some(_)) => "picker.sessions.get",
            ("DELETE", Some(_)) => "picker.sessions.delete",
            _ => return None,
        },
        _ => return None,
    })
}

/// Answers a request to the Picker. `granted` are the scopes of its token, without prefix.
pub(crate) fn answer(world: &World, call: &Call, method: &str, granted: &[String]) -> Reply {
    if !world.options.picker_enabled {
        return errors::disabled(SERVICE, "Google Photos Picker API");
    }
    if !granted.iter().any(|scope| scope == SCOPE) {
        return errors::insufficient_scopes(SERVICE, method);
    }
    let reply = match method {
        "picker.sessions.create" => create(world, call),
        "picker.sessions.get" => get(world, call),
        "picker.sessions.delete" => delete(world, call),
        _ => list(world, call),
    };
    reply.unwrap_or_else(|refusal| refusal)
}

fn create(world: &World, call: &Call) -> Result<Reply, Reply> {
    let body = object(&call.body, &["pickingConfig"])?;
    let asked = match &body["pickingConfig"]["maxItemCount"] {
        Value::Null => PICKS_MAX,
        value => whole(value).filter(|count| *count >= 0).ok_or_else(|| errors::invalid(errors::INVALID_ARGUMENT))?,
    };
    let items_max = if asked == 0 { PICKS_MAX } else { asked.min(PICKS_MAX) };
    let now = world.now();
    let mut state = world.state();
    state.sessions.retain(|_, session| now < session.expires + REMEMBERED_S);
    if state.sessions.values().filter(|session| now < session.expires).count() >= SESSIONS_MAX {
        return Err(errors::exhausted("Too many picking sessions are active for this user."));
    }
    let id = state.fresh("", 36);
    let session = Session { created: now, expires: now + world.options.session_life_s, items_max, polls: 0, picked: None };
    let shown = shown(world, &id, &session);
    state.sessions.insert(id, session);
    Ok(Reply::json(200, &shown))
}

fn shown(world: &World, id: &str, session: &Session) -> Value {
    let mut value = json!({
        "id": id,
        "pickerUri": format!("{}/picker/{id}", world.urls.picker),
        "expireTime": time_text(session.expires, 0),
        "pickingConfig": {"maxItemCount": session.items_max.to_string()},
        "mediaItemsSet": session.picked.is_some(),
    });
    if session.picked.is_none() {
        let left = (session.created + POLLING_S - world.now()).max(0);
        value["pollingConfig"] = json!({"pollInterval": format!("{}s", world.options.poll_interval_s), "timeoutIn": format!("{left}s")});
    }
    value
}

fn path_id(call: &Call) -> &str {
    call.path.strip_prefix("/v1/sessions/").unwrap_or("")
}

fn get(world: &World, call: &Call) -> Result<Reply, Reply> {
    let id = path_id(call);
    let mut state = world.state();
    let picking = state.picking;
    let session = live(world, state.sessions.get_mut(id))?;
    if let Picking::AfterPolls { polls, count } = picking
        && session.picked.is_none()
        && session.polls >= polls
    {
        session.take(world, &Picks::Newest(count));
    }
    session.polls += 1;
    Ok(Reply::json(200, &shown(world, id, session)))
}

/// Returns the session while it lives; refuses otherwise.
fn live<'a>(world: &World, session: Option<&'a mut Session>) -> Result<&'a mut Session, Reply> {
    let session = session.ok_or_else(errors::not_found)?;
    match world.now() - session.expires {
        ..0 => Ok(session),
        0..REMEMBERED_S => Err(errors::no_permission()),
        _ => Err(errors::not_found()),
    }
}

fn delete(world: &World, call: &Call) -> Result<Reply, Reply> {
    let removed = world.state().sessions.remove(path_id(call));
    removed.map(|_| Reply::json(200, &json!({}))).ok_or_else(errors::not_found)
}

fn list(world: &World, call: &Call) -> Result<Reply, Reply> {
    let refuse = || errors::invalid(errors::INVALID_ARGUMENT);
    let id = call.query("sessionId").filter(|id| !id.is_empty()).ok_or_else(refuse)?;
    let size = match call.query("pageSize").map(str::parse::<i64>) {
        None | Some(Ok(0)) => PAGE_DEFAULT,
        Some(Ok(size)) if size > 0 => (size as u64).min(PAGE_MAX),
        Some(_) => return Err(refuse()),
    };
    let mut state = world.state();
    let quirks = state.page_quirks;
    let session = live(world, state.sessions.get_mut(id))?;
    let picked = session.picked.as_ref();
    let picked = picked.ok_or_else(|| errors::failed_precondition("The user has not finished picking media items for this session."))?;
    let parameters = format!("picker {id} {size}");
    let page = paging::page(call.query("pageToken"), &parameters, size, quirks, picked.len() as u64, |_| true);
    let page = page.map_err(|OtherParameters| errors::invalid(errors::OTHER_PARAMETERS))?;
    let mut body = json!({});
    if !page.positions.is_empty() {
        body["mediaItems"] = page.positions.iter().map(|position| item(world, picked[*position as usize])).collect();
    }
    if let Some(next) = page.next {
        body["nextPageToken"] = json!(next);
    }
    Ok(Reply::json(200, &body))
}

/// Returns an item as the Picker gives it: other names than the Library's, and numbers as numbers.
fn item(world: &World, place: u64) -> Value {
    let item = world.library.item(place);
    let film = item.kind == Kind::Video;
    json!({
        "id": world.library.picker_id(place),
        "createTime": time_text(item.taken, item.millis),
        "type": if film { "VIDEO" } else { "PHOTO" },
        "mediaFile": {
            "baseUrl": media::base_url(world, Which::Made(place), Api::Picker),
            "mimeType": item.mime_type,
            "filename": item.filename,
            "mediaFileMetadata": metadata(world, &item),
        },
    })
}

fn metadata(world: &World, item: &Item) -> Value {
    let mut value = json!({"width": item.width, "height": item.height});
    let camera = item.camera.map(|camera| (json!(camera.make), json!(camera.model)));
    let mut inner = json!({});
    // The reference puts the camera outside; answers were seen with it inside.
    let inside = item.luck.is_multiple_of(7);
    if let Some((make, model)) = camera {
        let place = if inside { &mut inner } else { &mut value };
        place["cameraMake"] = make;
        place["cameraModel"] = model;
    }
    if item.kind == Kind::Video {
        inner["fps"] = json!(29.97);
        inner["processingStatus"] = json!(if film_is_ready(world, item) { "READY" } else { "PROCESSING" });
        value["videoMetadata"] = inner;
    } else if let Some(camera) = item.camera {
        inner["focalLength"] = json!(camera.focal_length);
        inner["apertureFNumber"] = json!(camera.f_number);
        inner["isoEquivalent"] = json!(item.iso);
        inner["exposureTime"] = json!(item.exposure);
        value["photoMetadata"] = inner;
    }
    value
}

impl Session {
    /// Ends the picking with what the library and the session's bound allow; repeated places count once.
    fn take(&mut self, world: &World, picks: &Picks) {
        let mut places: Vec<u64> = match picks {
            Picks::Newest(count) => (0..*count).take(self.items_max as usize).collect(),
            Picks::Places(places) => places.clone(),
        };
        places.retain(|place| *place < world.library.items);
        places.sort_unstable();
        places.dedup();
        places.truncate(self.items_max as usize);
        self.picked = Some(places);
    }
}

/// Lets the person pick; `None` if the session is gone or done.
pub(crate) fn pick(world: &World, id: &str, picks: &Picks) -> Option<u64> {
    let mut state = world.state();
    let session = live(world, state.sessions.get_mut(id)).ok()?;
    if session.picked.is_some() {
        return None;
    }
    session.take(world, picks);
    session.picked.as_ref().map(|places| places.len() as u64)
}

/// Answers the page behind `pickerUri`: opening it lets the scripted person do as told.
pub(crate) fn page(world: &World, call: &Call) -> Reply {
    let id = call.path.trim_start_matches("/picker/").trim_end_matches("/autoclose");
    let (known, picking) = {
        let state = world.state();
        (state.sessions.contains_key(id), state.picking)
    };
    if !known {
        return errors::html_not_found();
    }
    let text = match picking {
        Picking::OnOpen { count } => match pick(world, id, &Picks::Newest(count)) {
            Some(picked) => format!("The simulated person has picked {picked} photos. This page may be closed."),
            None => "The picking is over.".to_owned(),
        },
        Picking::AfterPolls { .. } => "The simulated person is still looking.".to_owned(),
        Picking::ClosesTab => "The simulated person has closed this tab.".to_owned(),
    };
    let text = html_escaped(&text);
    Reply::html(
        200,
        &format!("<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Simulated Picker</title>\n<p>{text}\n</html>\n"),
    )
}
