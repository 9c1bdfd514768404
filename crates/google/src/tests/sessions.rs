//! Renewing an access token: when, how often, by whom, and what is kept.

use super::*;
use crate::oauth;
use crate::{Error, ErrorKind, Library, OauthKind, Secret, Token};

const RENEWED: &str = r#"{"access_token":"ya29.second","expires_in":3599,"token_type":"Bearer"}"#;

fn opened(wire: &Wire, folder: &tempfile::TempDir, token: &Token) -> (Session, FileStore) {
    let store = FileStore::new(folder.path().join("token.json"));
    store.save(token).unwrap();
    (Session::open(wire.clone(), client(), Arc::new(store.clone())).unwrap().unwrap(), store)
}

fn token_requests(server: &Server) -> usize {
    server.seen().iter().filter(|seen| seen.target == "/token").count()
}

#[test]
fn a_token_is_renewed_when_less_than_a_minute_is_left() {
    for (left, requests) in [(61, 0), (60, 0), (59, 1), (-10, 1)] {
        let server = Server::start(|_, _| json(200, RENEWED));
        let folder = tempfile::tempdir().unwrap();
        let token = test_token("ya29.first", "1//refresh", NOW + left);
        let (session, store) = opened(&wire(&server, &TestWorld::new()), &folder, &token);
        let access = session.access().unwrap();
        assert_eq!(access.reveal(), if requests == 0 { "ya29.first" } else { "ya29.second" }, "{left}");
        assert_eq!(session.access().unwrap(), access);
        assert_eq!(token_requests(&server), requests, "{left}");
        let kept = store.load().unwrap().unwrap();
        assert_eq!((kept.access, kept.refresh.reveal()), (access, "1//refresh"), "the refresh token stays where no new one comes");
        if requests == 1 {
            let seen = &server.seen()[0];
            let form = ["grant_type", "refresh_token", "client_id", "client_secret"].map(|name| seen.form(name).unwrap());
            assert_eq!(form, ["refresh_token", "1//refresh", "id", "GOCSPX-hush"]);
            assert_eq!(kept.expires_at, NOW + 3599);
            assert_eq!(kept.scopes, token.scopes);
        }
    }
}

#[test]
fn a_new_refresh_token_replaces_the_old() {
    let body =
        r#"{"access_token":"ya29.second","expires_in":"10","refresh_token":"1//new","refresh_token_expires_in":604799,"scope":"b a"}"#;
    let server = Server::start(move |_, _| json(200, body));
    let folder = tempfile::tempdir().unwrap();
    let (session, store) = opened(&wire(&server, &TestWorld::new()), &folder, &test_token("ya29.first", "1//old", NOW));
    session.access().unwrap();
    let kept = store.load().unwrap().unwrap();
    assert_eq!((kept.refresh.reveal(), kept.expires_at, kept.refresh_expires_at), ("1//new", NOW + 10, Some(NOW + 604_799)));
    assert_eq!(kept.scopes, ["a", "b"]);
}

#[test]
fn a_rejected_token_is_renewed_once_and_the_call_repeated() {
    let server = Server::start(|seen, _| match (seen.target.as_str(), seen.bearer()) {
        ("/token", _) => json(200, RENEWED),
        (_, Some("ya29.second")) => json(200, r#"{"mediaItems":[{"id":"AG1"}]}"#),
        _ => api_error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."),
    });
    let (session, _folder) = session(&wire(&server, &TestWorld::new()));
    assert_eq!(Library::new(&session).list_page(25, None).unwrap().items.len(), 1);
    assert_eq!((token_requests(&server), server.seen().len()), (1, 3));
}

#[test]
fn a_token_that_stays_rejected_is_an_error() {
    let server = Server::start(|seen, _| match seen.target.as_str() {
        "/token" => json(200, RENEWED),
        _ => api_error(401, "UNAUTHENTICATED", "no ya29.second"),
    });
    let (session, _folder) = session(&wire(&server, &TestWorld::new()));
    let error = Library::new(&session).list_page(25, None).unwrap_err();
    assert_eq!(error.kind(), Some(ErrorKind::Unauthenticated));
    assert_eq!((token_requests(&server), server.seen().len()), (1, 3));
    assert!(!error.to_string().contains("ya29"), "{error}");
}

#[test]
fn two_sessions_on_one_store_renew_once() {
    let server = Server::start(|_, at| {
        // The second refresh token is the only good one afterwards.
        std::thread::sleep(Duration::from_millis(30));
        json(200, &format!(r#"{{"access_token":"ya29.{at}","expires_in":3599,"refresh_token":"1//{at}"}}"#))
    });
    let folder = tempfile::tempdir().unwrap();
    let wire = wire(&server, &TestWorld::new());
    let old = test_token("ya29.old", "1//old", NOW);
    let (one, store) = opened(&wire, &folder, &old);
    let (other, _) = opened(&wire, &folder, &old);
    let all: Vec<Secret> = std::thread::scope(|scope| {
        let running: Vec<_> = [&one, &one, &other, &other].map(|session| scope.spawn(|| session.access().unwrap())).into();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().all(|access| access.reveal() == "ya29.0"), "all have what the first got");
    assert_eq!(token_requests(&server), 1);
    assert_eq!(store.load().unwrap().unwrap().refresh.reveal(), "1//0");
    assert_eq!((one.token(), other.token()), (store.load().unwrap().unwrap(), store.load().unwrap().unwrap()));
}

#[test]
fn threads_that_are_rejected_together_renew_once() {
    let server = Server::start(|seen, _| match (seen.target.as_str(), seen.bearer()) {
        ("/token", _) => json(200, RENEWED),
        (_, Some("ya29.second")) => json(200, "{}"),
        _ => api_error(401, "UNAUTHENTICATED", "no"),
    });
    let (session, _folder) = session(&wire(&server, &TestWorld::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Library::new(&session).list_page(25, None).unwrap());
        }
    });
    assert_eq!(token_requests(&server), 1);
}

#[test]
fn a_login_that_is_over_is_told_in_words() {
    for (http, body, kind, words) in [
        (400, r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#, OauthKind::LoginOver, "7 days"),
        (400, r#"{"error":"invalid_grant","error_subtype":"invalid_rapt"}"#, OauthKind::SignInAgain, "new sign-in"),
        (401, r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#, OauthKind::ClientUnknown, "download"),
        (401, r#"{"error":"deleted_client"}"#, OauthKind::ClientDeleted, "has deleted this client"),
        (403, r#"{"error":"org_internal"}"#, OauthKind::Forbidden, "organisation"),
        (400, r#"{"error":"unauthorized_client"}"#, OauthKind::WrongClientType, "Desktop app"),
        (400, r#"{"error":"invalid_request","error_description":"1//refresh GOCSPX-hush"}"#, OauthKind::Other, "refuses"),
        (404, r#"{"error":{"message":"nested"}}"#, OauthKind::Other, "refuses"),
    ] {
        let server = Server::start(move |_, _| json(http, body));
        let folder = tempfile::tempdir().unwrap();
        let (session, store) = opened(&wire(&server, &TestWorld::new()), &folder, &test_token("ya29.first", "1//refresh", NOW));
        let error = session.access().unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(matches!(&error, Error::Oauth(error) if error.kind == kind && error.http == http), "{said}");
        assert!(said.contains(words) && !said.contains("1//") && !said.contains("GOCSPX"), "{said}");
        assert_eq!(server.seen().len(), 1, "none of these passes by");
        assert!(store.load().unwrap().is_some(), "what to do with the login is the caller's");
    }
}

#[test]
fn a_token_endpoint_in_trouble_is_tried_again() {
    let server = Server::script(vec![typed(502, "text/html", b"<html>"), Reply::Nothing, json(200, RENEWED)]);
    let folder = tempfile::tempdir().unwrap();
    let world = TestWorld::new();
    let (session, _) = opened(&wire(&server, &world), &folder, &test_token("ya29.first", "1//refresh", NOW));
    session.access().unwrap();
    assert!(world.slept() >= Duration::from_secs(3));
}

#[test]
fn answers_without_a_usable_token_are_refused() {
    for body in ["{}", r#"{"access_token":""}"#, r#"{"access_token":"a\r\nb"}"#, r#"{"access_token":"a","token_type":"mac"}"#] {
        let server = Server::start(move |_, _| json(200, body));
        let folder = tempfile::tempdir().unwrap();
        let (session, store) = opened(&wire(&server, &TestWorld::new()), &folder, &test_token("ya29.first", "1//refresh", NOW));
        assert!(matches!(session.access(), Err(Error::Unexpected { .. })), "{body}");
        assert_eq!(store.load().unwrap().unwrap().access.reveal(), "ya29.first");
    }
}

#[test]
fn a_store_emptied_meanwhile_ends_the_session_and_another_client_has_none() {
    let server = Server::script(vec![]);
    let folder = tempfile::tempdir().unwrap();
    let wire = wire(&server, &TestWorld::new());
    let (session, store) = opened(&wire, &folder, &test_token("ya29.first", "1//refresh", NOW));
    let foreign = ClientSecret { client_id: "other".into(), ..client() };
    assert!(Session::open(wire, foreign, Arc::new(store.clone())).unwrap().is_none());
    store.delete().unwrap();
    assert!(matches!(session.access(), Err(Error::NotLoggedIn)));
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn a_login_given_back_is_forgotten_unless_google_did_not_hear_it() {
    for (reply, is_done) in [
        (json(200, "{}"), true),
        (json(400, r#"{"error":"invalid_token","error_description":"Token expired or revoked"}"#), true),
        (json(400, r#"{"error":"invalid_request"}"#), false),
    ] {
        let server = Server::script(vec![reply]);
        let (session, folder) = session(&wire(&server, &TestWorld::new()));
        assert_eq!(session.revoke().is_ok(), is_done);
        assert_eq!(folder.path().join("token.json").exists(), !is_done);
        assert_eq!((server.seen()[0].target.as_str(), server.seen()[0].form("token").as_deref()), ("/revoke", Some("1//refresh")));
    }
    let server = Server::script(vec![json(200, "{}")]);
    oauth::revoke(&wire(&server, &TestWorld::new()), &"ya29.first".into()).unwrap();
}

#[test]
fn nothing_public_shows_a_secret() {
    let server = Server::script(vec![]);
    let wire = wire(&server, &TestWorld::new());
    let (session, _folder) = session(&wire);
    let token = test_token("ya29.hush", "1//hush", 5);
    let login = oauth::Login { token: token.clone(), missing_scopes: vec![] };
    let item = crate::NewItem { upload_token: "hush".into(), filename: "a".into(), description: None };
    let shown = [
        format!("{session:?} {wire:?} {token:?} {login:?} {item:?}"),
        format!("{:?} {:?} {}", client(), Secret::new("hush"), Secret::new("hush")),
        format!("{:?}", Library::new(&session)),
        format!("{:?}", crate::Picker::new(&session)),
    ];
    for shown in shown {
        assert!(!["hush", "ya29", "1//", "GOCSPX"].iter().any(|secret| shown.contains(secret)), "{shown}");
    }
    assert!(serde_json::to_string(&token).unwrap().contains("1//hush"), "the store alone writes it");
}
