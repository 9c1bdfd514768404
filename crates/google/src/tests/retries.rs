//! What is tried again, how often, and after how long; and that no answer can hold us up.

use super::*;
use crate::{Error, ErrorKind, Library};
use std::time::Instant;

/// What a call gave, how many requests it took, and how many seconds were waited.
fn tried(
    reply: impl Fn(usize) -> Reply + Send + Sync + 'static,
    call: impl Fn(Library<'_>) -> crate::Result<()>,
) -> (crate::Result<()>, usize, u64) {
    let server = Server::start(move |_, at| reply(at));
    let world = TestWorld::new();
    let (session, _folder) = session(&wire(&server, &world));
    (call(Library::new(&session)), server.seen().len(), world.slept().as_secs())
}

fn list(library: Library<'_>) -> crate::Result<()> {
    library.list_page(25, None).map(drop)
}

fn create(library: Library<'_>) -> crate::Result<()> {
    library.create_album("Trip").map(drop)
}

fn busy() -> Reply {
    api_error(503, "UNAVAILABLE", "The service is currently unavailable.")
}

#[test]
fn what_passes_by_is_tried_again() {
    let (result, requests, waited) = tried(|at| if at < 2 { busy() } else { json(200, "{}") }, list);
    result.unwrap();
    assert_eq!(requests, 3);
    assert!((3..=4).contains(&waited), "1 s and 2 s, and up to a half more: {waited}");
}

#[test]
fn the_tries_are_bounded() {
    let (result, requests, waited) = tried(|_| busy(), list);
    assert_eq!(result.unwrap_err().kind(), Some(ErrorKind::Unavailable));
    assert_eq!(requests, 5);
    assert!((15..=22).contains(&waited), "{waited}");
}

#[test]
fn a_broken_connection_is_tried_again() {
    let (result, requests, _) = tried(|at| if at == 0 { Reply::Nothing } else { json(200, "{}") }, list);
    result.unwrap();
    assert_eq!(requests, 2);
}

#[test]
fn what_may_have_been_done_is_not_done_twice() {
    for reply in [|| Reply::Nothing, busy as fn() -> Reply] {
        let (result, requests, _) = tried(move |_| reply(), create);
        assert!(result.is_err());
        assert_eq!(requests, 1);
    }
    let minute = "Quota exceeded for limit 'Writes per minute'.";
    let album = r#"{"id":"AL1"}"#;
    let reply = move |at| if at == 0 { api_error(429, "RESOURCE_EXHAUSTED", minute) } else { json(200, album) };
    let (result, requests, _) = tried(reply, create);
    result.unwrap();
    assert_eq!(requests, 2, "what was refused was not done");
}

#[test]
fn a_server_that_is_not_there_is_tried_again_even_to_create() {
    let server = Server { address: "http://127.0.0.1:1".into(), seen: Arc::default() };
    let world = TestWorld::new();
    let (session, _folder) = session(&wire(&server, &world));
    let error = create(Library::new(&session)).unwrap_err();
    assert!(matches!(error, Error::Transport { .. }), "{error:?}");
    assert!(world.slept() >= Duration::from_secs(15), "{:?}", world.slept());
}

#[test]
fn short_quotas_are_waited_out_and_the_quota_of_the_day_is_not() {
    let minute = "Quota exceeded for limit 'W per minute per user'.";
    let (result, requests, waited) =
        tried(move |at| if at == 0 { api_error(429, "RESOURCE_EXHAUSTED", minute) } else { json(200, "{}") }, list);
    result.unwrap();
    assert_eq!(requests, 2);
    assert!((30..=45).contains(&waited), "{waited}");
    let day = "Quota exceeded for limit 'All requests per day' of service 'x'.";
    let (result, requests, waited) = tried(move |_| api_error(429, "RESOURCE_EXHAUSTED", day), list);
    assert_eq!(result.unwrap_err().kind(), Some(ErrorKind::DailyQuota));
    assert_eq!((requests, waited), (1, 0));
}

#[test]
fn a_wait_that_is_asked_for_is_kept_within_a_bound() {
    let asking = |seconds: &'static str| {
        move |at| if at == 0 { Reply::Full(503, format!("Retry-After: {seconds}\r\n"), Vec::new()) } else { json(200, "{}") }
    };
    let (result, requests, waited) = tried(asking("90"), list);
    result.unwrap();
    assert_eq!((requests, waited), (2, 90));
    let (result, requests, waited) = tried(asking("86400"), list);
    assert_eq!(result.unwrap_err().kind(), Some(ErrorKind::Unavailable));
    assert_eq!((requests, waited), (1, 0));
}

#[test]
fn what_stays_is_told_at_once() {
    for (http, status) in [(400, "INVALID_ARGUMENT"), (403, "PERMISSION_DENIED"), (404, "NOT_FOUND"), (409, "ABORTED")] {
        let (result, requests, waited) = tried(move |_| api_error(http, status, "x"), list);
        assert!(matches!(result, Err(Error::Api(error)) if error.http == http));
        assert_eq!((requests, waited), (1, 0), "{http}");
    }
    let (result, requests, _) = tried(|_| typed(200, "text/html", b"<html>Please log in to the hotel"), list);
    assert!(matches!(result, Err(Error::Unexpected { .. })));
    assert_eq!(requests, 1);
}

#[test]
fn a_stop_ends_the_waiting() {
    let server = Server::start(|_, _| busy());
    let world = TestWorld::new();
    let waiting = Arc::clone(&world);
    let stop: Stop = Arc::new(move || waiting.slept() >= Duration::from_millis(500));
    let wire = Wire::new(endpoints(&server.address), Arc::<TestWorld>::clone(&world), stop).unwrap();
    let (session, _folder) = session(&wire);
    assert!(matches!(list(Library::new(&session)), Err(Error::Stopped)));
    assert_eq!((server.seen().len(), world.slept()), (1, Duration::from_millis(500)));
}

#[test]
fn an_answer_without_end_is_ended() {
    let server = Server::start(|_, _| Reply::Endless("application/json"));
    let (session, _folder) = session(&limited(&server, Limits { json_max_bytes: 100_000, ..Limits::default() }));
    let error = list(Library::new(&session)).unwrap_err();
    assert!(matches!(error, Error::TooLarge { bound_bytes: 100_000, .. }), "{error:?}");
    let said = error.to_string();
    assert!(said.contains("longer than the 100000 bytes"), "{said}");
}

#[test]
fn a_stop_ends_a_long_answer() {
    let server = Server::start(|_, _| Reply::Endless("application/json"));
    let asked = AtomicUsize::new(0);
    let stop: Stop = Arc::new(move || asked.fetch_add(1, Ordering::SeqCst) > 20);
    let wire = Wire::new(endpoints(&server.address), TestWorld::new(), stop).unwrap();
    let (session, _folder) = session(&wire);
    assert!(matches!(list(Library::new(&session)), Err(Error::Stopped)));
}

#[test]
fn a_silent_server_is_not_waited_for_long() {
    let server = Server::start(|_, _| Reply::Silence);
    let limits = Limits { read: Duration::from_millis(50), tries: 2, ..Limits::default() };
    let (session, _folder) = session(&limited(&server, limits));
    let since = Instant::now();
    let error = list(Library::new(&session)).unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    assert!(since.elapsed() < Duration::from_secs(2));
    assert_eq!(server.seen().len(), 2);
}
