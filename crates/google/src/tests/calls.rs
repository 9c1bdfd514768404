//! What the calls of Library and Picker send, and how they read what comes back.

use super::*;
use crate::{Error, ErrorKind, Library, MediaKind, NewItem, Picker, Secret};

fn ids(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("AG{at}")).collect()
}

fn with_library<T>(reply: Reply, call: impl FnOnce(Library<'_>) -> T) -> (T, Vec<Seen>) {
    let server = Server::script(vec![reply]);
    let (session, _folder) = session(&wire(&server, &TestWorld::new()));
    (call(Library::new(&session)), server.seen())
}

#[test]
fn a_page_of_items() {
    let body = r#"{"mediaItems":[{"id":"AG1","mediaMetadata":{"width":"40","photo":{}}},{"filename":"no id"},7,{"id":"AG2"}],"nextPageToken":"t/+"}"#;
    let (page, seen) = with_library(json(200, body), |library| library.list_page(100, Some("a&b=c")));
    let page = page.unwrap();
    assert_eq!(page.items.iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["AG1", "AG2"]);
    assert_eq!((page.items[0].width, page.items[0].kind, page.damaged), (Some(40), MediaKind::Photo, 2));
    assert_eq!(page.next_page_token.as_deref(), Some("t/+"));
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("GET", "/v1/mediaItems?pageSize=100&pageToken=a%26b%3Dc"));
    assert_eq!(seen[0].bearer(), Some("ya29.first"));
}

#[test]
fn an_empty_object_is_an_empty_last_page() {
    for body in ["{}", "", r#"{"nextPageToken":""}"#] {
        let (page, _) = with_library(json(200, body), |library| library.list_page(25, None));
        let page = page.unwrap();
        assert_eq!((page.items.len(), page.next_page_token, page.damaged), (0, None, 0), "{body}");
    }
}

#[test]
fn a_text_of_ten_megabytes_is_refused_where_it_stands() {
    let body = format!(r#"{{"mediaItems":[{{"id":"AG1"}},{{"id":"AG2","description":"{}"}}]}}"#, "x".repeat(7_000_000));
    let (page, _) = with_library(json(200, &body), |library| library.list_page(25, None));
    let page = page.unwrap();
    assert_eq!((page.items.len(), page.damaged), (1, 1));
    let token = format!(r#"{{"nextPageToken":"{}"}}"#, "x".repeat(1_000_000));
    let (page, _) = with_library(json(200, &token), |library| library.list_page(25, None));
    assert!(matches!(page, Err(Error::Unexpected { .. })));
    let body = format!(r#"{{"mediaItems":[{{"id":"{}"}}]}}"#, "x".repeat(10_000_000));
    let (page, _) = with_library(json(200, &body), |library| library.list_page(25, None));
    assert!(matches!(page, Err(Error::TooLarge { .. })), "beyond the bound of a page");
}

#[test]
fn what_is_wrong_is_not_sent() {
    let server = Server::script(vec![]);
    let (session, _folder) = session(&wire(&server, &TestWorld::new()));
    let (library, picker) = (Library::new(&session), Picker::new(&session));
    let refused = |result: crate::Result<()>| assert!(matches!(result, Err(Error::Argument(_))), "{result:?}");
    refused(library.list_page(101, None).map(drop));
    refused(library.list_page(0, None).map(drop));
    refused(library.albums_page(51, None).map(drop));
    refused(library.batch_get(&ids(51)).map(drop));
    refused(library.batch_get(&[]).map(drop));
    refused(library.batch_add("album", &ids(51)));
    refused(library.batch_add("album", &["AG1".into(), "AG1".into()]));
    refused(library.batch_add("album", &["AG1\n".into()]));
    refused(library.get("..").map(drop));
    refused(library.get("").map(drop));
    refused(library.create_album(" ").map(drop));
    refused(library.create_album(&"x".repeat(501)).map(drop));
    refused(library.upload(b"", "image/jpeg").map(drop));
    refused(library.upload(b"x", "image/jpeg\r\nx: y").map(drop));
    refused(picker.create_session(0).map(drop));
    refused(picker.create_session(2001).map(drop));
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn a_batch_tells_of_each_id() {
    let body = r#"{"mediaItemResults":[{"mediaItem":{"id":"AG0"}},{"status":{"code":5,"message":"Not\nfound"}},{}]}"#;
    let (results, seen) = with_library(json(200, body), |library| library.batch_get(&ids(3)));
    let results = results.unwrap();
    assert_eq!(results[0].as_ref().unwrap().id, "AG0");
    let failures: Vec<_> = results[1..].iter().map(|result| result.as_ref().unwrap_err().clone()).collect();
    assert_eq!((failures[0].code, failures[0].message.as_str(), failures[1].code), (5, "Not found", 2));
    assert_eq!(seen[0].target, "/v1/mediaItems:batchGet?mediaItemIds=AG0&mediaItemIds=AG1&mediaItemIds=AG2");
    let (short, _) = with_library(json(200, r#"{"mediaItemResults":[]}"#), |library| library.batch_get(&ids(1)));
    assert!(matches!(short, Err(Error::Unexpected { .. })));
}

#[test]
fn albums() {
    let body =
        r#"{"id":"AL1","title":"Trip","productUrl":"https://photos.google.com/lr/album/AL1","isWriteable":true,"mediaItemsCount":"17"}"#;
    let (album, seen) = with_library(json(200, body), |library| library.create_album("Trip"));
    let album = album.unwrap();
    assert_eq!((album.id.as_str(), album.title.as_deref(), album.items_count, album.is_writeable), ("AL1", Some("Trip"), 17, true));
    assert_eq!(
        (seen[0].method.as_str(), seen[0].target.as_str(), seen[0].body.as_str()),
        ("POST", "/v1/albums", r#"{"album":{"title":"Trip"}}"#)
    );
    let (bare, seen) = with_library(json(200, r#"{"id":"A/1"}"#), |library| library.album("A/1"));
    assert_eq!((bare.unwrap().items_count, seen[0].target.as_str()), (0, "/v1/albums/A%2F1"));
    let (page, _) = with_library(json(200, r#"{"albums":[{"id":"AL1"},{}]}"#), |library| library.albums_page(50, None));
    let page = page.unwrap();
    assert_eq!((page.items.len(), page.damaged), (1, 1));
    let (page, seen) = with_library(json(200, "{}"), |library| library.search_page("AL1", 100, Some("t")));
    page.unwrap();
    assert_eq!(seen[0].target, "/v1/mediaItems:search");
    assert!(["\"albumId\":\"AL1\"", "\"pageSize\":100", "\"pageToken\":\"t\""].iter().all(|part| seen[0].body.contains(part)));
    assert!(!seen[0].body.contains("filters"), "an album together with filters is refused by Google");
}

#[test]
fn fifty_ids_go_into_an_album_and_a_foreign_one_is_told() {
    let (added, seen) = with_library(json(200, "{}"), |library| library.batch_add("AL1", &ids(50)));
    added.unwrap();
    assert_eq!(seen[0].target, "/v1/albums/AL1:batchAddMediaItems");
    assert_eq!(seen[0].body.matches("AG").count(), 50);
    let reply = api_error(400, "INVALID_ARGUMENT", "Request contains an invalid media item id.");
    let (refused, _) = with_library(reply, |library| library.batch_add("AL1", &ids(1)));
    assert_eq!(refused.unwrap_err().kind(), Some(ErrorKind::InvalidItemId));
}

#[test]
fn an_upload_gives_a_token_and_the_token_an_item() {
    let (token, seen) = with_library(typed(200, "text/plain", b" up/hush \n"), |library| library.upload(b"bytes", "image/png"));
    let token = token.unwrap();
    assert_eq!(token.reveal(), "up/hush");
    assert_eq!((seen[0].target.as_str(), seen[0].body.as_str()), ("/v1/uploads", "bytes"));
    assert_eq!(seen[0].header("x-goog-upload-protocol"), Some("raw"));
    assert_eq!(seen[0].header("x-goog-upload-content-type"), Some("image/png"));
    let item = |token: &str| NewItem { upload_token: Secret::new(token), filename: format!("{token}.png"), description: None };
    // Out of order, with HTTP 207, one good and one not.
    let body = r#"{"newMediaItemResults":[{"uploadToken":"b","status":{"code":3,"message":"Failed"}},
        {"uploadToken":"a","status":{"message":"Success"},"mediaItem":{"id":"AG1"}}]}"#;
    let (results, seen) = with_library(json(207, body), |library| library.batch_create(Some("AL1"), &[item("a"), item("b")]));
    let results = results.unwrap();
    assert_eq!((results[0].as_ref().unwrap().id.as_str(), results[1].as_ref().unwrap_err().code), ("AG1", 3));
    assert!(seen[0].body.contains(r#""albumId":"AL1""#));
    let (none, _) = with_library(typed(200, "text/html", b"<html> no token"), |library| library.upload(b"bytes", "image/png"));
    assert!(matches!(none, Err(Error::Unexpected { .. })));
}

#[test]
fn a_session_of_picking_until_it_is_finished() {
    let waiting = r#"{"id":"S1","pickerUri":"https://photos.google.com/picker/S1","pollingConfig":{"pollInterval":"3.5s","timeoutIn":"0s"},
        "expireTime":"2026-10-01T10:00:00Z","pickingConfig":{"maxItemCount":"50"}}"#;
    let items = r#"{"mediaItems":[{"id":"AP1","type":"PHOTO","mediaFile":{"mediaFileMetadata":{"width":10}}}]}"#;
    let server = Server::script(vec![
        json(200, waiting),
        api_error(400, "FAILED_PRECONDITION", "The user has not finished."),
        json(200, r#"{"id":"S1","mediaItemsSet":true,"pickingConfig":{"maxItemCount":50},"pickerUri":"javascript:alert(1)"}"#),
        json(200, items),
        json(200, "{}"),
        api_error(404, "NOT_FOUND", "Requested entity was not found."),
    ]);
    let (session, _folder) = session(&wire(&server, &TestWorld::new()));
    let picker = Picker::new(&session);
    let begun = picker.create_session(50).unwrap();
    assert_eq!(
        (begun.is_finished, begun.poll_interval, begun.timeout_in),
        (false, Some(Duration::from_millis(3500)), Some(Duration::ZERO))
    );
    assert_eq!((begun.items_max, begun.expires.unwrap().seconds), (Some(50), 1_790_848_800));
    assert_eq!(picker.items_page("S1", 100, None).unwrap_err().kind(), Some(ErrorKind::FailedPrecondition));
    let finished = picker.session("S1").unwrap();
    assert_eq!((finished.is_finished, finished.poll_interval, finished.items_max), (true, None, Some(50)));
    assert_eq!(finished.picker_uri, None, "only a web address may be opened");
    assert_eq!(picker.items_page("S1", 100, Some("t")).unwrap().items[0].width, Some(10));
    picker.delete_session("S1").unwrap();
    picker.delete_session("S1").unwrap();
    let sent: Vec<_> = server.seen().iter().map(|seen| format!("{} {}", seen.method, seen.target)).collect();
    let expected = [
        "POST /v1/sessions",
        "GET /v1/mediaItems?sessionId=S1&pageSize=100",
        "GET /v1/sessions/S1",
        "GET /v1/mediaItems?sessionId=S1&pageSize=100&pageToken=t",
        "DELETE /v1/sessions/S1",
        "DELETE /v1/sessions/S1",
    ];
    assert_eq!(sent, expected);
    assert_eq!(server.seen()[0].body, r#"{"pickingConfig":{"maxItemCount":"50"}}"#);
}

#[test]
fn a_redirect_of_a_call_is_not_followed() {
    let other = Server::script(vec![]);
    let (page, _) = with_library(redirect(&other.address), |library| library.list_page(25, None));
    assert!(matches!(page, Err(Error::Redirect { .. })));
    assert_eq!(other.seen().len(), 0);
}
