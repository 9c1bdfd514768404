//! From a request to its answer: which method it is for, the faults on its way, the token's worth, and what is counted.

use serde_json::{Value, json};

use super::Site;
use crate::faults::Fault;
use crate::library::paging::ENDLESS;
use crate::wire::{Call, Content, Reply};
use crate::world::World;
use crate::{discovery, errors, library, media, oauth, picker};

/// Size of the string that [`Fault::HugeString`] puts in. Bytes.
const HUGE: usize = 10_000_000;

pub(super) fn answer(world: &World, site: Site, call: &Call) -> Reply {
    let method = method(site, call);
    let fault = {
        let mut state = world.state();
        *state.requests.entry(method.to_owned()).or_default() += 1;
        let several = call.query.iter().filter(|(key, _)| key == "mediaItemIds").count() > 1;
        let lists = method.ends_with("list") || method.ends_with("search");
        state.faults.take(method, |fault| match fault {
            Fault::Poison => several,
            Fault::EndlessPages | Fault::BareItems => lists,
            _ => true,
        })
    };
    let reply = match fault.and_then(|fault| instead(world, fault)) {
        Some(reply) => reply,
        None => {
            let reply = masked(call, honest(world, site, call, method));
            match fault {
                Some(fault) => spoiled(world, fault, reply),
                None => reply,
            }
        }
    };
    if reply.status >= 400 {
        world.state().last_error = Some(format!("{method}: {} {}", reply.status, message(&reply)));
    }
    reply
}

fn message(reply: &Reply) -> String {
    let body = reply.value().unwrap_or_default();
    let text = body["error"]["message"].as_str().or_else(|| body["error"].as_str());
    text.map_or_else(|| "(no JSON)".to_owned(), str::to_owned)
}

fn method(site: Site, call: &Call) -> &'static str {
    let get = matches!(call.verb.as_str(), "GET" | "HEAD");
    let found = match site {
        Site::Api => match call.path.as_str() {
            "/o/oauth2/v2/auth" | "/o/oauth2/auth" if get => Some("oauth.auth"),
            "/token" | "/oauth2/v4/token" if !get => Some("oauth.token"),
            "/revoke" | "/o/oauth2/revoke" if !get => Some("oauth.revoke"),
            "/tokeninfo" | "/oauth2/v1/tokeninfo" | "/oauth2/v3/tokeninfo" => Some("oauth.tokeninfo"),
            "/$discovery/rest" | "/discovery/v1/apis/photoslibrary/v1/rest" if get => Some("discovery.rest"),
            _ => library::method(call),
        },
        Site::Picker => picker::method(call),
        Site::Media if call.verb == "HEAD" => Some("media.head"),
        Site::Media if get => Some("media.get"),
        Site::Elsewhere if call.path.starts_with("/videoplayback/") => Some("elsewhere.film"),
        Site::Elsewhere => Some("elsewhere.any"),
        Site::Media => None,
    };
    found.unwrap_or("unknown")
}

/// Returns the answer as it is without faults.
fn honest(world: &World, site: Site, call: &Call, method: &str) -> Reply {
    match method {
        "oauth.auth" => oauth::authorize(world, call),
        "oauth.token" => oauth::token(world, call),
        "oauth.revoke" => oauth::revoke(world, call),
        "oauth.tokeninfo" => oauth::token_info(world, call),
        "discovery.rest" => Reply::json(200, &discovery::document(&world.urls.api)),
        "picker.page" => picker::page(world, call),
        "media.get" | "media.head" => media::answer(world, call),
        "elsewhere.film" | "elsewhere.any" => {
            if call.header("authorization").is_some() {
                world.state().leaks.push(call.path.clone());
            }
            if method == "elsewhere.film" { media::film(world, call) } else { Reply::html(200, "<!DOCTYPE html>\n<p>another host\n") }
        }
        "unknown" => errors::html_not_found(),
        _ => match oauth::scopes_of(world, call.bearer()) {
            None => errors::unauthenticated(),
            Some(granted) if site == Site::Picker => picker::answer(world, call, method, &granted),
            Some(granted) => library::answer(world, call, method, &granted),
        },
    }
}

/// Returns what a fault answers in place of the service.
fn instead(world: &World, fault: Fault) -> Option<Reply> {
    let endless = || Reply { content: Content::Endless, ..Reply::bytes(200, "application/json; charset=UTF-8", "") };
    Some(match fault {
        Fault::MinuteQuota => errors::minute_quota(),
        Fault::DayQuota => errors::day_quota(world.options.daily_quota),
        Fault::Internal | Fault::Poison => errors::internal(),
        Fault::Unavailable => errors::unavailable(),
        Fault::Unauthenticated => errors::unauthenticated(),
        Fault::Drop => Reply { content: Content::Dropped, ..Reply::text(200, "") },
        Fault::EndlessBody => endless(),
        Fault::NotJson => Reply::bytes(200, "application/json; charset=UTF-8", "<html>this is no JSON"),
        Fault::Redirect => Reply::redirect(&format!("{}/redirected", world.urls.elsewhere)),
        Fault::HtmlForbidden => errors::html_forbidden(),
        Fault::HtmlNotFound => errors::html_not_found(),
        Fault::ImageForbidden => media::placeholder(403),
        Fault::ImageNotFound => media::placeholder(404),
        Fault::CutShort | Fault::HugeString | Fault::WrongTypes | Fault::Slow | Fault::EndlessPages | Fault::BareItems => return None,
    })
}

/// Returns the service's answer, spoiled.
fn spoiled(world: &World, fault: Fault, mut reply: Reply) -> Reply {
    match fault {
        Fault::Slow => reply.delay = Some(world.options.slow),
        Fault::CutShort => {
            if let Content::Bytes(bytes) = &mut reply.content {
                reply.headers.push(("content-length", bytes.len().max(2).to_string()));
                bytes.truncate(bytes.len() / 2);
                reply.content = Content::CutShort(std::mem::take(bytes));
            }
        }
        _ => {
            if let Some(mut body) = reply.value() {
                spoil_json(world, fault, &mut body);
                reply.content = Content::Bytes(body.to_string().into_bytes());
            }
        }
    }
    reply
}

fn spoil_json(world: &World, fault: Fault, body: &mut Value) {
    match fault {
        Fault::HugeString => {
            let huge = json!("x".repeat(HUGE));
            match body["mediaItems"].as_array_mut().and_then(|items| items.first_mut()) {
                Some(item) => item["description"] = huge,
                None => body["description"] = huge,
            }
        }
        Fault::WrongTypes => match body["mediaItems"].as_array_mut() {
            Some(items) => {
                for (at, item) in items.iter_mut().enumerate() {
                    match at % 3 {
                        0 => item["id"] = json!(17),
                        1 => item["mediaMetadata"] = json!("none"),
                        _ => item["mediaMetadata"]["width"] = json!({"pixels": true}),
                    }
                }
            }
            None => *body = json!({"mediaItems": {"not": "a list"}, "albums": 3, "nextPageToken": ["no"], "id": 5}),
        },
        Fault::EndlessPages if body.get("nextPageToken").is_none() => {
            body["nextPageToken"] = json!(world.state().fresh(ENDLESS, 30));
        }
        Fault::BareItems => {
            for item in body["mediaItems"].as_array_mut().into_iter().flatten() {
                *item = json!({"id": item["id"]});
            }
        }
        _ => {}
    }
}

/// Leaves in a good JSON answer what the `fields` parameter asks for.
fn masked(call: &Call, reply: Reply) -> Reply {
    let Some(mask) = call.query("fields").filter(|_| reply.status == 200) else { return reply };
    match reply.value() {
        Some(body) => {
            let kept = masked_value(&body, mask);
            Reply { content: Content::Bytes(kept.to_string().into_bytes()), ..reply }
        }
        None => reply,
    }
}

/// Returns the parts of `value` that a mask names: `a,b(c,d),e/f`, `*` for all.
fn masked_value(value: &Value, mask: &str) -> Value {
    match value {
        Value::Array(values) => values.iter().map(|value| masked_value(value, mask)).collect(),
        Value::Object(map) => {
            let mut kept = serde_json::Map::new();
            for part in split_mask(mask) {
                let end = part.find(['(', '/']).unwrap_or(part.len());
                let (name, rest) = part.split_at(end);
                let inner = rest.strip_prefix('/').or_else(|| rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')));
                for (key, value) in map.iter().filter(|(key, _)| name == "*" || *key == name) {
                    kept.insert(key.clone(), inner.map_or_else(|| value.clone(), |inner| masked_value(value, inner)));
                }
            }
            Value::Object(kept)
        }
        other => other.clone(),
    }
}

/// Splits at the commas outside parentheses.
fn split_mask(mask: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (at, letter) in mask.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&mask[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&mask[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_what_they_name() {
        let body = json!({"nextPageToken": "t", "mediaItems": [{"id": 1, "filename": "a", "m": {"w": 1, "h": 2}}]});
        let check = |mask: &str, expected: Value| assert_eq!(masked_value(&body, mask), expected, "{mask}");
        check("nextPageToken", json!({"nextPageToken": "t"}));
        check("nextPageToken,mediaItems(id,m/w)", json!({"nextPageToken": "t", "mediaItems": [{"id": 1, "m": {"w": 1}}]}));
        check("mediaItems/filename", json!({"mediaItems": [{"filename": "a"}]}));
        check("*", body.clone());
    }
}
