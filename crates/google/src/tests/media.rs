//! Bytes of photos: never those of an error, never to the wrong server, never without end.

use super::*;
use crate::media::fetch;
use crate::{Error, ErrorKind, Secret};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n placeholder";

fn base(server: &Server) -> Secret {
    Secret::new(format!("{}/lr/AAJ-hush", server.address))
}

/// Takes the photo of a server that answers by `replies`.
fn fetched(replies: Vec<Reply>) -> (crate::Result<crate::media::Media>, Vec<Seen>, Duration) {
    let server = Server::script(replies);
    let world = TestWorld::new();
    let result = fetch(&wire(&server, &world), &base(&server), "=w512-h512", Some(&"ya29.hush".into()), 1000);
    (result, server.seen(), world.slept())
}

#[test]
fn a_photo_comes_with_its_type() {
    let (media, seen, _) = fetched(vec![typed(200, "image/JPEG; x=y", b"bytes")]);
    let media = media.unwrap();
    assert_eq!((media.bytes.as_slice(), media.mime_type.as_str()), (b"bytes".as_slice(), "image/jpeg"));
    assert_eq!((seen[0].target.as_str(), seen[0].bearer()), ("/lr/AAJ-hush=w512-h512", Some("ya29.hush")));
}

#[test]
fn a_picture_served_as_an_error_is_no_photo() {
    for (http, is_expired) in [(401, true), (403, true), (404, false), (410, false)] {
        let (media, seen, _) = fetched(vec![typed(http, "image/png", PNG)]);
        match media.unwrap_err() {
            Error::MediaExpired { http: told } => assert!(is_expired && told == http),
            Error::MediaMissing { http: told } => assert!(!is_expired && told == http),
            other => panic!("{http}: {other:?}"),
        }
        assert_eq!(seen.len(), 1);
    }
    let (media, _, _) = fetched(vec![typed(403, "text/html", b"<!DOCTYPE html>Error 403 (Forbidden)!!1")]);
    assert!(matches!(media, Err(Error::MediaExpired { http: 403 })));
    let (media, _, waited) = fetched(vec![typed(500, "image/png", PNG), typed(200, "image/png", b"real")]);
    assert_eq!((media.unwrap().bytes.as_slice(), waited >= Duration::from_secs(1)), (b"real".as_slice(), true));
}

#[test]
fn what_is_no_picture_is_refused() {
    for (kind, body) in [("text/html", PNG), ("video/mp4", PNG), ("", PNG), ("image/png", b"".as_slice())] {
        let (media, _, _) = fetched(vec![typed(200, kind, body)]);
        assert!(matches!(media, Err(Error::Unexpected { .. })), "{kind}");
    }
}

#[test]
fn a_photo_is_bounded() {
    let (media, _, _) = fetched(vec![typed(200, "image/png", &[0; 1000])]);
    assert_eq!(media.unwrap().bytes.len(), 1000);
    for reply in [typed(200, "image/png", &[0; 1001]), Reply::Endless("image/png")] {
        let (media, seen, _) = fetched(vec![reply]);
        assert!(matches!(media, Err(Error::TooLarge { bound_bytes: 1000, .. })));
        assert_eq!(seen.len(), 1);
    }
}

#[test]
fn the_bearer_does_not_follow_to_another_server() {
    let other = Server::script(vec![typed(200, "image/png", b"bytes")]);
    let (media, seen, _) = fetched(vec![redirect("/same"), redirect(&format!("{}/elsewhere", other.address))]);
    assert_eq!(media.unwrap().bytes, b"bytes");
    assert_eq!(seen.iter().map(|seen| seen.bearer()).collect::<Vec<_>>(), [Some("ya29.hush"); 2], "the same server may have it");
    assert_eq!(other.seen()[0].bearer(), None);
    assert_eq!(other.seen()[0].target, "/elsewhere");
}

#[test]
fn a_bearer_once_dropped_does_not_come_back() {
    let home = Arc::new(Mutex::new(String::new()));
    let back = Arc::clone(&home);
    let other = Server::start(move |_, _| redirect(&format!("{}/again", back.lock().unwrap())));
    let away = format!("{}/away", other.address);
    let server = Server::start(move |_, at| if at == 0 { redirect(&away) } else { typed(200, "image/png", b"bytes") });
    *home.lock().unwrap() = server.address.clone();
    fetch(&wire(&server, &TestWorld::new()), &base(&server), "=d", Some(&"ya29.hush".into()), 1000).unwrap();
    assert_eq!(server.seen().iter().map(|seen| seen.bearer().is_some()).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn redirects_are_bounded_and_lead_only_to_where_they_may() {
    let (media, seen, _) = fetched((0..9).map(|_| redirect("/round")).collect());
    assert!(matches!(media, Err(Error::Redirect { .. })));
    assert_eq!(seen.len(), 6);
    for to in ["http://photos.example/x", "file:///etc/passwd", "relative", "https://user@photos.example/"] {
        let (media, _, _) = fetched(vec![redirect(to)]);
        assert!(matches!(media, Err(Error::Redirect { .. })), "{to}");
    }
    let (media, _, _) = fetched(vec![Reply::Full(302, String::new(), Vec::new())]);
    assert!(matches!(media, Err(Error::Redirect { .. })));
}

#[test]
fn quotas_are_told_and_the_form_is_checked() {
    let (media, seen, waited) = fetched(vec![typed(429, "text/html", b"Quota exceeded: requests per day")]);
    assert_eq!(media.unwrap_err().kind(), Some(ErrorKind::DailyQuota));
    assert_eq!((seen.len(), waited), (1, Duration::ZERO));
    let server = Server::script(vec![]);
    let wire = wire(&server, &TestWorld::new());
    for suffix in ["", "w512", "=w5/../x", "=d?x"] {
        assert!(matches!(fetch(&wire, &base(&server), suffix, None, 1000), Err(Error::Argument(_))), "{suffix}");
    }
    let error = fetch(&wire, &"http://photos.example/hush".into(), "=d", None, 1000).unwrap_err();
    assert!(matches!(&error, Error::Endpoint { address, .. } if address == "photos.example"), "{error:?}");
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn from_google_itself_no_address_leads_to_another_server_or_this_machine() {
    let server = Server::script(vec![]);
    let wire = Wire::new(Endpoints::default(), TestWorld::new(), Arc::new(|| false)).unwrap();
    let here = base(&server).reveal().to_owned();
    for address in
        [here.as_str(), "https://evil.example/x", "https://googleusercontent.com.evil.example/x", "https://evilgoogleusercontent.com/x"]
    {
        let error = fetch(&wire, &address.into(), "=d", Some(&"ya29.bearer".into()), 1000).unwrap_err();
        assert!(matches!(error, Error::Endpoint { .. }), "{address}: {error:?}");
    }
    assert_eq!(server.seen().len(), 0);
    for (page, is_googles) in [
        ("https://photos.google.com/picker/x", true),
        ("https://google.com.evil.example/x", false),
        ("http://photos.google.com/x", false),
        ("javascript:alert(1)", false),
    ] {
        assert_eq!(wire.is_google_page(page), is_googles, "{page}");
    }
}
