//! Base URLs and the Picker: signatures, expiry, bearers, redirects, sessions.
#![allow(clippy::unwrap_used)] // a panic is a test's report

mod common;

use common::{Answer, PICKER, PREFIX, get, legacy, post, send, started};
use google_sim::{Fault, Options, PageQuirks, Picking, Picks, Simulator, browse, open_browser};
use serde_json::{Value, json};

fn plain(url: &str) -> Answer {
    send("GET", url, &[], b"").unwrap()
}

fn base_urls(google: &Simulator, token: &str) -> Vec<(Value, String)> {
    let body = get(&format!("{}/v1/mediaItems?pageSize=100", google.library_url()), token).json();
    body["mediaItems"].as_array().unwrap().iter().map(|item| (item.clone(), item["baseUrl"].as_str().unwrap().to_owned())).collect()
}

/// Returns width and height of a baseline JPEG.
fn jpeg_size(bytes: &[u8]) -> (u16, u16) {
    let at = bytes.windows(2).position(|two| two == [0xFF, 0xC0]).expect("a baseline JPEG");
    let number = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    (number(at + 7), number(at + 5))
}

#[test]
fn sized_pictures_are_jpegs_of_that_size_and_a_preview_shows_its_original() {
    let (google, token) = legacy(100);
    let items = base_urls(&google, &token);
    let preview = items.iter().position(|(item, _)| item["filename"].as_str().unwrap().ends_with(".dng")).unwrap();
    let (large, small) = (&items[preview - 1].1, &items[preview].1);
    assert_eq!(jpeg_size(&plain(&format!("{small}=w64-h32-c")).bytes), (64, 32));
    let original = plain(&format!("{large}=w300-h300"));
    assert_eq!((original.status, original.kind.as_str(), jpeg_size(&original.bytes).0), (200, "image/jpeg", 300));
    let copy = plain(&format!("{small}=w300-h300"));
    assert!(jpeg_size(&original.bytes) == jpeg_size(&copy.bytes) && original.bytes == copy.bytes);
    assert!(original.bytes != plain(&format!("{}=w300-h300", items[preview + 1].1)).bytes);
    let head = send("HEAD", &format!("{large}=w300-h300"), &[], b"").unwrap();
    assert_eq!((head.status, head.length, head.bytes.len()), (200, Some(original.bytes.len() as u64), 0));
    assert_eq!(plain(&format!("{large}=q")).status, 400);
    assert_eq!(google.requests_to("media.head"), 1);
}

#[test]
fn a_download_has_the_item_s_size_and_camera() {
    let (google, token) = legacy(30);
    let items = base_urls(&google, &token);
    let (item, url) = items.iter().find(|(item, _)| item["mimeType"] == "image/x-adobe-dng").unwrap();
    let bytes = plain(&format!("{url}=d")).bytes;
    let (width, height) = jpeg_size(&bytes);
    assert_eq!(
        (json!(width.to_string()), json!(height.to_string())),
        (item["mediaMetadata"]["width"].clone(), item["mediaMetadata"]["height"].clone())
    );
    let model = item["mediaMetadata"]["photo"]["cameraModel"].as_str().unwrap().as_bytes();
    assert!(bytes.windows(model.len()).any(|window| window == model));
}

#[test]
fn films_come_when_they_are_ready() {
    let (google, token) = legacy(600);
    let waiting = |token: &str| {
        let pages = common::pages(&google, token, 100);
        pages.iter().flatten().filter(|item| item["mediaMetadata"]["video"]["status"] == "PROCESSING").count()
    };
    let early = google.item_id(0);
    assert!(waiting(&token) > 0);
    google.advance(601);
    assert_eq!((waiting(&token), google.item_id(0)), (0, early));
    let items = base_urls(&google, &token);
    let (_, film) = items.iter().find(|(item, _)| item["mediaMetadata"]["video"]["status"] == "READY").unwrap();
    let answer = plain(&format!("{film}=dv"));
    assert_eq!((answer.status, answer.kind.as_str(), &answer.bytes[4..8]), (200, "video/mp4", b"ftyp".as_slice()));
    assert_ne!(plain(&format!("{film}=w200-h200")).bytes, plain(&format!("{film}=w200-h200-no")).bytes, "the play button");
    let (_, photo) = items.iter().find(|(item, _)| item["mimeType"] == "image/jpeg").unwrap();
    assert_eq!(plain(&format!("{photo}=dv")).status, 404);
}

#[test]
fn base_urls_die_after_an_hour_as_pictures_and_cannot_be_forged() {
    let (google, token) = legacy(10);
    let url = base_urls(&google, &token)[0].1.clone();
    google.advance(3599);
    assert_eq!(plain(&format!("{url}=w50")).status, 200);
    google.advance(1);
    let dead = plain(&format!("{url}=w50"));
    assert_eq!((dead.status, dead.kind.as_str(), &dead.bytes[1..4]), (403, "image/png", b"PNG".as_slice()));
    let forged = url.replacen("AAJ1Lkm0", "AAJ1Lkm1", 1);
    assert_ne!(forged, url);
    assert_eq!(plain(&format!("{forged}=w50")).status, 404);
    let again = get(&format!("{}/v1/mediaItems", google.library_url()), &google.access_token(&format!("{PREFIX}photoslibrary")));
    assert_ne!(again.json()["mediaItems"][0]["baseUrl"], json!(url), "each listing hands out fresh ones");
}

struct Session {
    google: Simulator,
    token: String,
    body: Value,
}

impl Session {
    fn of(options: Options, body: &Value) -> Self {
        let google = started(options);
        let token = google.access_token(PICKER);
        let answer = post(&format!("{}/v1/sessions", google.picker_url()), &token, body);
        assert_eq!(answer.status, 200);
        Self { body: answer.json(), google, token }
    }

    fn id(&self) -> &str {
        self.body["id"].as_str().unwrap()
    }

    fn poll(&self) -> Answer {
        get(&format!("{}/v1/sessions/{}", self.google.picker_url(), self.id()), &self.token)
    }

    fn list(&self, query: &str) -> Answer {
        get(&format!("{}/v1/mediaItems?sessionId={}{query}", self.google.picker_url(), self.id()), &self.token)
    }
}

#[test]
fn a_session_waits_for_the_person_and_then_lists_what_was_picked() {
    let session = Session::of(Options { items: 300, picking: Picking::OnOpen { count: 120 }, ..Options::default() }, &json!({}));
    assert_eq!(session.body["pollingConfig"], json!({"pollInterval": "5s", "timeoutIn": "1800s"}));
    assert_eq!((&session.body["mediaItemsSet"], &session.body["pickingConfig"]["maxItemCount"]), (&json!(false), &json!("2000")));
    let early = session.list("");
    assert_eq!((early.status, &early.json()["error"]["status"]), (400, &json!("FAILED_PRECONDITION")));
    assert_eq!(browse(session.body["pickerUri"].as_str().unwrap()).unwrap().status, 200);
    let done = session.poll().json();
    assert!(done["mediaItemsSet"] == true && done.get("pollingConfig").is_none());
    let first = session.list("").json();
    assert_eq!(first["mediaItems"].as_array().unwrap().len(), 50);
    let token = first["nextPageToken"].as_str().unwrap();
    assert_eq!(session.list(&format!("&pageSize=100&pageToken={token}")).status, 400);
    assert_eq!(session.list(&format!("&pageToken={token}")).json()["mediaItems"].as_array().unwrap().len(), 50);
    assert_eq!(session.list("&pageSize=500").json()["mediaItems"].as_array().unwrap().len(), 100);
    assert_eq!(session.list("&pageSize=-1").status, 400);
    let item = &first["mediaItems"][0];
    assert_eq!(item["id"], session.google.picker_item_id(0));
    assert!(item["createTime"].is_string() && item["mediaFile"]["mediaFileMetadata"]["width"].is_u64(), "{item}");
    session.google.set_page_quirks(PageQuirks { empty: true, ..PageQuirks::NONE });
    let bearer = format!("Bearer {}", session.token);
    let address = format!("{}/v1/sessions/{}", session.google.picker_url(), session.id());
    assert_eq!(send("DELETE", &address, &[("authorization", &bearer)], b"").unwrap().json(), json!({}));
    assert_eq!(session.poll().status, 404);
}

#[test]
fn a_browser_opened_in_the_background_picks_as_well() {
    let session = Session::of(Options { items: 30, ..Options::default() }, &json!({}));
    open_browser(session.body["pickerUri"].as_str().unwrap());
    let patience = std::time::Instant::now();
    while session.poll().json()["mediaItemsSet"] != true {
        assert!(patience.elapsed().as_secs() < 20, "the browser never came");
    }
}

#[test]
fn the_person_takes_their_time_or_never_comes() {
    let session = Session::of(Options { items: 30, picking: Picking::AfterPolls { polls: 2, count: 5 }, ..Options::default() }, &json!({}));
    let answers: Vec<bool> = (0..3).map(|_| session.poll().json()["mediaItemsSet"] == true).collect();
    assert_eq!(answers, [false, false, true]);

    let session = Session::of(
        Options { items: 30, picking: Picking::ClosesTab, ..Options::default() },
        &json!({"pickingConfig": {"maxItemCount": "3"}}),
    );
    assert_eq!(browse(session.body["pickerUri"].as_str().unwrap()).unwrap().status, 200);
    assert_eq!(session.poll().json()["mediaItemsSet"], false);
    session.google.advance(1801);
    assert_eq!(session.poll().json()["pollingConfig"]["timeoutIn"], "0s");
    let Session { google, body, .. } = &session;
    let id = body["id"].as_str().unwrap();
    assert_eq!(google.pick(id, &Picks::Places(vec![1, 2, 2, 3, 9, 10])), Some(3));
    assert_eq!(google.pick(id, &Picks::Newest(1)), None);
}

#[test]
fn sessions_expire_and_bounds_hold() {
    let session = Session::of(Options { session_life_s: 600, ..Options::default() }, &json!({"pickingConfig": {"maxItemCount": 5000}}));
    assert_eq!(session.body["pickingConfig"]["maxItemCount"], "2000");
    assert_eq!(session.body["expireTime"], "2026-01-01T12:10:00Z");
    session.google.advance(600);
    assert_eq!(session.poll().status, 403);
    session.google.advance(1800);
    assert_eq!(session.poll().status, 403);
    session.google.advance(1800);
    assert_eq!(get(&format!("{}/v1/sessions/x", session.google.picker_url()), &session.google.access_token(PICKER)).status, 404);
    let token = session.google.access_token(PICKER);
    let create = format!("{}/v1/sessions", session.google.picker_url());
    assert_eq!(post(&create, &token, &json!({"pickingConfig": {"maxItemCount": "-1"}})).status, 400);
    let other = session.google.access_token(&format!("{PREFIX}photoslibrary.appendonly"));
    assert_eq!(post(&create, &other, &json!({})).message(), "Request had insufficient authentication scopes.");
}

#[test]
fn picked_pictures_need_the_bearer_and_films_lead_to_another_host() {
    let session = Session::of(Options { items: 200, picking: Picking::OnOpen { count: 100 }, ..Options::default() }, &json!({}));
    browse(session.body["pickerUri"].as_str().unwrap()).unwrap();
    let items = session.list("&pageSize=100").json()["mediaItems"].clone();
    let url = |item: &Value| item["mediaFile"]["baseUrl"].as_str().unwrap().to_owned();
    let photo = format!("{}=w60-h60", url(&items[0]));
    assert_eq!(get(&photo, &session.token).status, 200);
    let bare = plain(&photo);
    assert_eq!((bare.status, bare.kind.as_str()), (403, "image/png"));
    let ready = |item: &&Value| item["mediaFile"]["mediaFileMetadata"]["videoMetadata"]["processingStatus"] == "READY";
    let film = items.as_array().unwrap().iter().find(ready).unwrap();
    let redirect = get(&format!("{}=dv", url(film)), &session.token);
    let target = redirect.location.unwrap();
    assert!(redirect.status == 302 && target.starts_with(&session.google.urls().elsewhere));
    assert_eq!(plain(&target).kind, "video/mp4");
    assert!(session.google.bearer_leaks().is_empty());
    get(&target, &session.token);
    assert_eq!(session.google.bearer_leaks().len(), 1);
}

#[test]
fn a_disabled_picker_says_so_and_faults_reach_media() {
    let google = started(Options { picker_enabled: false, ..Options::default() });
    let refused = post(&format!("{}/v1/sessions", google.picker_url()), &google.access_token(PICKER), &json!({}));
    assert!(refused.message().starts_with("Google Photos Picker API has not been used in project"));
    let (google, token) = legacy(10);
    let url = format!("{}=w40", base_urls(&google, &token)[0].1);
    for (fault, status, kind) in [
        (Fault::ImageForbidden, 403, "image/png"),
        (Fault::ImageNotFound, 404, "image/png"),
        (Fault::HtmlForbidden, 403, "text/html; charset=utf-8"),
        (Fault::HtmlNotFound, 404, "text/html; charset=utf-8"),
    ] {
        google.fail(fault, fault.usual_target(), 1);
        let answer = plain(&url);
        assert_eq!((answer.status, answer.kind.as_str()), (status, kind));
        assert_eq!(plain(&url).status, 200);
    }
}
