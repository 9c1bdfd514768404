//! The Library: what is listed in which era, how it pages, what batches refuse.
#![allow(clippy::unwrap_used)] // a panic is a test's report

mod common;

use std::collections::BTreeSet;

use common::{FULL, REMAINING, add, album, get, legacy, pages, post, send, started};
use google_sim::{AppCreated, Era, Options, PageQuirks, Simulator};
use serde_json::json;

fn url(google: &Simulator, path: &str) -> String {
    format!("{}/v1/{path}", google.library_url())
}

#[test]
fn in_2022_everything_is_listed() {
    let (google, token) = legacy(230);
    let pages = pages(&google, &token, 100);
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 30]);
    let item = pages.iter().flatten().find(|item| item["mediaMetadata"]["photo"]["exposureTime"].is_string()).unwrap();
    assert!(item["mediaMetadata"]["width"].is_string() && item["id"].as_str().unwrap().len() > 90, "{item}");
    assert!(pages.iter().flatten().all(|item| item["filename"].is_string() && item["mimeType"].is_string()));
    assert!(pages.iter().flatten().any(|item| item["mediaMetadata"]["photo"] == json!({})), "a screenshot without camera");
    assert_eq!(google.requests_to("mediaItems.list"), 3);
}

#[test]
fn every_oddity_of_paging_still_yields_each_item_once() {
    let quirks = [
        PageQuirks { short: true, ..PageQuirks::NONE },
        PageQuirks { empty: true, ..PageQuirks::NONE },
        PageQuirks { trailing: true, ..PageQuirks::NONE },
        PageQuirks { repeated: true, ..PageQuirks::NONE },
        PageQuirks::ALL,
    ];
    let (google, token) = legacy(470);
    for quirks in quirks {
        google.set_page_quirks(quirks);
        let pages = pages(&google, &token, 50);
        let ids: Vec<&str> = pages.iter().flatten().map(|item| item["id"].as_str().unwrap()).collect();
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), 470, "{quirks:?}");
        assert_eq!(ids.len() > 470, quirks.repeated, "{quirks:?}");
        assert_eq!(pages.last().unwrap().is_empty(), quirks.trailing, "{quirks:?}");
        assert_eq!(pages[..pages.len() - 1].iter().any(Vec::is_empty), quirks.empty, "{quirks:?}");
    }
}

#[test]
fn a_page_token_holds_for_the_same_parameters_only() {
    let (google, token) = legacy(100);
    let next = get(&url(&google, "mediaItems?pageSize=10"), &token).json()["nextPageToken"].as_str().unwrap().to_owned();
    let changed = get(&url(&google, &format!("mediaItems?pageSize=20&pageToken={next}")), &token);
    assert_eq!(
        (changed.status, changed.message().as_str()),
        (400, "When using a page token, you must use the same parameters as the previous request.")
    );
    assert_eq!(google.last_error().unwrap(), format!("mediaItems.list: 400 {}", changed.message()));
    assert_eq!(get(&url(&google, &format!("mediaItems?pageSize=10&pageToken={next}")), &token).status, 200);
}

#[test]
fn since_2025_the_old_scopes_are_refused_and_foreign_items_are_not_there() {
    let google = started(Options { items: 100, ..Options::default() });
    let old = google.access_token(FULL);
    let refused = get(&url(&google, "mediaItems"), &old);
    assert_eq!((refused.status, refused.message().as_str()), (403, "Request had insufficient authentication scopes."));
    assert_eq!(refused.json()["error"]["status"], "PERMISSION_DENIED");
    let token = google.access_token(REMAINING);
    assert_eq!(get(&url(&google, "mediaItems"), &token).json(), json!({}));
    let item = google.item_id(0);
    assert_eq!(get(&url(&google, &format!("mediaItems/{item}")), &token).status, 404);
    let batch = get(&url(&google, &format!("mediaItems:batchGet?mediaItemIds={item}")), &token).json();
    assert_eq!(batch["mediaItemResults"][0]["status"]["code"], 5);
    assert_eq!(get(&url(&google, "albums"), &token).json(), json!({}));
    google.set_era(Era::Legacy2022);
    assert_eq!(get(&url(&google, "mediaItems"), &old).status, 200);
}

#[test]
fn what_the_program_created_itself_is_listed_since_2025() {
    let google = started(Options { items: 100, app_created: AppCreated::EveryNth(7), ..Options::default() });
    let token = google.access_token(REMAINING);
    assert_eq!(pages(&google, &token, 10).iter().map(Vec::len).sum::<usize>(), 15);
}

#[test]
fn adding_to_an_album_is_all_or_nothing_in_both_eras() {
    for (era, scope) in [(Era::Legacy2022, FULL), (Era::Since2025, REMAINING)] {
        let google = started(Options { era, items: 100, app_created: AppCreated::EveryNth(2), ..Options::default() });
        let token = google.access_token(scope);
        let album = album(&google, &token);
        let ids = |places: &[u64]| places.iter().map(|place| google.item_id(*place)).collect::<Vec<_>>();
        let count = || get(&url(&google, &format!("albums/{album}")), &token).json()["mediaItemsCount"].clone();
        let check = |ids: &[String], message: &str| {
            let answer = add(&google, &token, &album, ids);
            assert_eq!((answer.status, answer.message().as_str()), (400, message));
            assert_eq!(count(), json!(null));
        };
        check(&ids(&[0, 2, 3]), "Request contains an invalid media item id.");
        check(&[format!("{}\n", google.item_id(0))], "Request contains an invalid media item id.");
        check(&ids(&(0..51).collect::<Vec<_>>()), "Request must have less than 50 items.");
        check(&[], "Request contains an invalid argument.");
        assert_eq!(add(&google, &token, &album, &ids(&[0, 2, 4])).json(), json!({}));
        assert_eq!(count(), json!("3"));
        let remove = url(&google, &format!("albums/{album}:batchRemoveMediaItems"));
        assert_eq!(post(&remove, &token, &json!({"mediaItemIds": ids(&[0, 6])})).status, 400);
        assert_eq!(post(&remove, &token, &json!({"mediaItemIds": ids(&[0, 2])})).status, 200);
        assert_eq!(count(), json!("1"));
        let found = post(&url(&google, "mediaItems:search"), &token, &json!({"albumId": album})).json();
        assert_eq!(found["mediaItems"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn foreign_albums_are_seen_in_2022_but_not_changed() {
    let (google, token) = legacy(100);
    let albums = get(&url(&google, "albums"), &token).json();
    let foreign = albums["albums"][0]["id"].as_str().unwrap();
    assert!(albums["albums"][0]["mediaItemsCount"].is_string() && albums["albums"][0].get("isWriteable").is_none());
    assert_eq!(add(&google, &token, foreign, &[google.item_id(0)]).message(), "No permission to add media items to this album.");
    let found = post(&url(&google, "mediaItems:search"), &token, &json!({"albumId": foreign, "pageSize": 3})).json();
    assert_eq!(found["mediaItems"].as_array().unwrap().len(), 3);
}

#[test]
fn albums_are_renamed_and_titles_bounded() {
    let google = started(Options::default());
    let token = google.access_token(REMAINING);
    let album = album(&google, &token);
    let bearer = format!("Bearer {token}");
    let patch = |mask: &str, body: &str| {
        send("PATCH", &url(&google, &format!("albums/{album}?updateMask={mask}")), &[("authorization", &bearer)], body.as_bytes()).unwrap()
    };
    assert_eq!(patch("title", r#"{"title":"other"}"#).json()["title"], "other");
    assert_eq!(patch("mood", r#"{"title":"other"}"#).status, 400);
    let long = json!({"album": {"title": "x".repeat(501)}});
    assert_eq!(post(&url(&google, "albums"), &token, &long).status, 400);
}

#[test]
fn searches_filter_and_refuse_an_album_with_filters() {
    let (google, token) = legacy(300);
    let search = |body: serde_json::Value| post(&url(&google, "mediaItems:search"), &token, &body);
    let both = search(json!({"albumId": "x", "filters": {}}));
    assert_eq!((both.status, both.message().as_str()), (400, "Request contains an invalid argument."));
    assert_eq!(search(json!({"albumId": ""})).status, 400);
    let unknown = search(json!({"album": "x"}));
    assert_eq!(unknown.message(), "Invalid JSON payload received. Unknown name \"album\": Cannot find field.");
    let films = search(json!({"pageSize": 100, "filters": {"mediaTypeFilter": {"mediaTypes": ["VIDEO"]}}})).json();
    let films = films["mediaItems"].as_array().unwrap();
    assert_eq!(films.len() as u64, google.library_facts().videos);
    assert!(films.iter().all(|film| film["mediaMetadata"].get("video").is_some() || film.get("mediaMetadata").is_none()));
    let day = json!({"dateFilter": {"ranges": [{"startDate": {"year": 2022, "month": 4, "day": 20}, "endDate": {"year": 2022, "month": 4, "day": 22}}]}});
    let found = search(json!({"pageSize": 100, "filters": day, "orderBy": "MediaMetadata.creation_time"})).json();
    let times: Vec<&str> =
        found["mediaItems"].as_array().unwrap().iter().filter_map(|item| item["mediaMetadata"]["creationTime"].as_str()).collect();
    assert!(!times.is_empty() && times.is_sorted() && times.iter().all(|time| ("2022-04-20".."2022-04-23").contains(time)), "{times:?}");
    assert_eq!(search(json!({"orderBy": "MediaMetadata.creation_time"})).status, 400);
}

#[test]
fn single_items_and_batches_answer_for_each_id() {
    let (google, token) = legacy(60);
    let (first, second) = (google.item_id(0), google.item_id(1));
    assert_eq!(get(&url(&google, &format!("mediaItems/{first}")), &token).json()["id"], first.as_str());
    let malformed = get(&url(&google, "mediaItems/short"), &token);
    assert_eq!((malformed.status, malformed.message().as_str()), (400, "Invalid media item ID."));
    let batch = |ids: &[&str]| {
        let query: Vec<String> = ids.iter().map(|id| format!("mediaItemIds={id}")).collect();
        get(&url(&google, &format!("mediaItems:batchGet?{}", query.join("&"))), &token)
    };
    let results = batch(&[&second, "short", &first]).json()["mediaItemResults"].clone();
    assert_eq!(
        (&results[0]["mediaItem"]["id"], &results[1]["status"]["code"], &results[2]["mediaItem"]["id"]),
        (&json!(second), &json!(3), &json!(first))
    );
    assert_eq!(batch(&[&first, &first]).status, 400);
    assert_eq!(batch(&[]).status, 400);
    let many: Vec<String> = (0..51).map(|place| google.item_id(place)).collect();
    assert_eq!(batch(&many.iter().map(String::as_str).collect::<Vec<_>>()).message(), "Request must have less than 50 items.");
    google.poison(&second);
    assert_eq!(batch(&[&first, &second]).status, 500);
    assert_eq!(batch(&[&first]).status, 200);
}

#[test]
fn uploads_become_items_the_program_owns() {
    let google = started(Options { items: 10, ..Options::default() });
    let token = google.access_token(REMAINING);
    let bearer = format!("Bearer {token}");
    let upload = |headers: &[(&str, &str)], address: &str, body: &[u8]| {
        let all: Vec<_> = headers.iter().copied().chain([("authorization", bearer.as_str())]).collect();
        send("POST", address, &all, body).unwrap()
    };
    let raw = |body: &[u8]| String::from_utf8(upload(&[("x-goog-upload-protocol", "raw")], &url(&google, "uploads"), body).bytes).unwrap();
    let (good, same, bad) = (raw(b"\xff\xd8\xff photo"), raw(b"\xff\xd8\xff photo"), raw(b"no picture"));
    let album = album(&google, &token);
    let item = |token: &str| json!({"simpleMediaItem": {"fileName": "a.jpg", "uploadToken": token}});
    let create = |items: Vec<serde_json::Value>| {
        post(&url(&google, "mediaItems:batchCreate"), &token, &json!({"albumId": album, "newMediaItems": items}))
    };
    let answer = create(vec![item(&good), item(&bad), item(&same)]);
    let results = answer.json()["newMediaItemResults"].clone();
    assert_eq!(answer.status, 207);
    assert_eq!(results[0]["status"], json!({"message": "Success"}));
    assert_eq!(results[1]["status"], json!({"code": 3, "message": "Failed: There was an error while trying to create this media item."}));
    assert_eq!(results[2]["mediaItem"]["id"], results[0]["mediaItem"]["id"], "the same bytes are the same item");
    assert_eq!(pages(&google, &token, 100)[0].len(), 1);
    assert_eq!(get(&format!("{}=d", results[0]["mediaItem"]["baseUrl"].as_str().unwrap()), "").bytes, b"\xff\xd8\xff photo");
    assert_eq!(create(vec![item(&good)]).status, 207, "an upload token is good once");
}

#[test]
fn an_upload_in_pieces_can_be_taken_up_again() {
    let google = started(Options::default());
    let token = google.access_token(REMAINING);
    let bearer = format!("Bearer {token}");
    let send = |address: &str, more: &[(&str, &str)], body: &[u8]| {
        let headers: Vec<_> = more.iter().copied().chain([("authorization", bearer.as_str())]).collect();
        send("POST", address, &headers, body).unwrap()
    };
    let size = (262_144 + 5).to_string();
    let start = [("x-goog-upload-protocol", "resumable"), ("x-goog-upload-command", "start"), ("x-goog-upload-raw-size", size.as_str())];
    let address = send(&url(&google, "uploads"), &start, b"").upload_url.unwrap();
    let photo: Vec<u8> = b"\xff\xd8\xff".iter().copied().chain((0..262_146).map(|at| at as u8)).collect();
    let piece = |offset: &str, command: &str, body: &[u8]| {
        send(&address, &[("x-goog-upload-command", command), ("x-goog-upload-offset", offset)], body)
    };
    assert_eq!(piece("0", "upload", &photo[..100]).status, 400, "no multiple of the granularity");
    assert_eq!(piece("0", "upload", &photo[..262_144]).status, 200);
    assert_eq!(piece("0", "query", b"").received.as_deref(), Some("262144"));
    assert_eq!(piece("7", "upload, finalize", &photo[262_144..]).status, 400, "a hole");
    let done = piece("262144", "upload, finalize", &photo[262_144..]);
    let item = json!({"simpleMediaItem": {"fileName": "a.jpg", "uploadToken": String::from_utf8(done.bytes).unwrap()}});
    let created = post(&url(&google, "mediaItems:batchCreate"), &token, &json!({"newMediaItems": [item]})).json();
    let base = created["newMediaItemResults"][0]["mediaItem"]["baseUrl"].as_str().unwrap().to_owned();
    assert!(get(&format!("{base}=d"), "").bytes == photo);
}

#[test]
fn a_disabled_api_and_a_used_up_day_say_so() {
    let google = started(Options { items: 10, library_enabled: false, ..Options::default() });
    let refused = get(&url(&google, "mediaItems"), &google.access_token(REMAINING));
    assert!(refused.message().starts_with("Photos Library API has not been used in project"), "{}", refused.message());
    assert_eq!(refused.json()["error"]["details"][1]["reason"], "SERVICE_DISABLED");

    let google = started(Options { items: 10, ..Options::default() });
    google.set_requests_today(9_999);
    assert_eq!(get(&url(&google, "mediaItems"), &google.access_token(REMAINING)).status, 200);
    let over = get(&url(&google, "mediaItems"), &google.access_token(REMAINING));
    assert!(over.status == 429 && over.message().contains("All requests per day"));
    google.advance(24 * 3600);
    assert_eq!(get(&url(&google, "mediaItems"), &google.access_token(REMAINING)).status, 200);
}

#[test]
fn answers_can_be_masked_and_discovery_names_the_methods() {
    let (google, token) = legacy(30);
    let body = get(&url(&google, "mediaItems?pageSize=5&fields=mediaItems(id)"), &token).json();
    assert_eq!(body["mediaItems"][0].as_object().unwrap().keys().collect::<Vec<_>>(), ["id"]);
    assert!(body.get("nextPageToken").is_none());
    let document = get(&google.discovery_url(), "").json();
    assert_eq!(document["rootUrl"], format!("{}/", google.library_url()));
    let method = |resource: &str, name: &str| document["resources"][resource]["methods"][name]["path"].as_str().map(str::to_owned);
    assert_eq!(method("mediaItems", "list").as_deref(), Some("v1/mediaItems"));
    assert_eq!(method("albums", "create").as_deref(), Some("v1/albums"));
    assert_eq!(method("albums", "batchAddMediaItems").as_deref(), Some("v1/albums/{+albumId}:batchAddMediaItems"));
    assert_eq!(get(&format!("{}/discovery/v1/apis/photoslibrary/v1/rest", google.library_url()), "").json(), document);
}

#[test]
fn two_simulators_of_one_seed_list_the_same() {
    let listed = || {
        let (google, token) = legacy(120);
        pages(&google, &token, 100)
            .into_iter()
            .flatten()
            .map(|mut item| {
                item["baseUrl"] = json!("");
                item
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(), listed());
}
