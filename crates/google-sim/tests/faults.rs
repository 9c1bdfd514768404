//! Faults on the wire: each shows as described, exactly as often as armed.
#![allow(clippy::unwrap_used)] // a panic is a test's report

mod common;

use std::time::{Duration, Instant};

use common::{form, get, legacy, send, started};
use google_sim::{Era, Fault, Options, Simulator};

fn list(google: &Simulator) -> String {
    format!("{}/v1/mediaItems?pageSize=5", google.library_url())
}

#[test]
fn faults_with_a_status_fire_exactly_as_often_as_armed() {
    let (google, token) = legacy(20);
    for (fault, status, message) in [
        (Fault::Internal, 500, "Internal error encountered."),
        (Fault::Unavailable, 503, "The service is currently unavailable."),
        (Fault::MinuteQuota, 429, "per minute"),
        (Fault::DayQuota, 429, "limit 'All requests per day' of service 'photoslibrary.googleapis.com'"),
        (Fault::Unauthenticated, 401, "Request had invalid authentication credentials."),
    ] {
        google.fail(fault, "mediaItems.list", 3);
        for _ in 0..3 {
            let answer = get(&list(&google), &token);
            assert!(answer.status == status && answer.message().contains(message), "{fault}: {}", answer.message());
        }
        assert_eq!(get(&list(&google), &token).status, 200, "{fault}");
        assert_eq!(google.fired(fault), 3);
    }
    let quota = {
        google.fail(Fault::DayQuota, "*", 1);
        get(&list(&google), &token).json()
    };
    assert_eq!(quota["error"]["details"][0]["metadata"]["quota_limit"], "ApiCallsPerProjectPerDay");
    assert_eq!(quota["error"]["errors"][0]["reason"], "rateLimitExceeded");
    google.fail(Fault::Internal, "*", 100);
    google.heal();
    assert_eq!(get(&list(&google), &token).status, 200);
}

#[test]
fn a_dropped_or_cut_connection_is_an_error_of_the_wire() {
    let (google, token) = legacy(20);
    let bearer = format!("Bearer {token}");
    for fault in [Fault::Drop, Fault::CutShort] {
        google.fail(fault, "mediaItems.list", 1);
        assert!(send("GET", &list(&google), &[("authorization", &bearer)], b"").is_err(), "{fault}");
        assert_eq!(get(&list(&google), &token).status, 200);
    }
}

#[test]
fn an_endless_body_passes_any_bound() {
    let (google, token) = legacy(20);
    google.fail(Fault::EndlessBody, "mediaItems.list", 1);
    let answer = send("GET", &list(&google), &[("authorization", &format!("Bearer {token}"))], b"");
    assert!(matches!(answer, Err(ureq::Error::BodyExceedsLimit(_))), "{answer:?}");
}

#[test]
fn good_answers_are_spoiled_inside() {
    let (google, token) = legacy(20);
    let spoiled = |fault: Fault| {
        google.fail(fault, fault.usual_target(), 1);
        get(&list(&google), &token)
    };
    assert_eq!(spoiled(Fault::HugeString).json()["mediaItems"][0]["description"].as_str().unwrap().len(), 10_000_000);
    assert_eq!(spoiled(Fault::WrongTypes).json()["mediaItems"][0]["id"], 17);
    assert_eq!(spoiled(Fault::BareItems).json()["mediaItems"][0].as_object().unwrap().len(), 1);
    assert!(serde_json::from_slice::<serde_json::Value>(&spoiled(Fault::NotJson).bytes).is_err());
    assert_eq!(spoiled(Fault::HtmlForbidden).status, 200, "meant for media");
    google.heal();
    let redirect = spoiled(Fault::Redirect);
    assert!(redirect.status == 302 && redirect.location.unwrap().starts_with(&google.urls().elsewhere));
    google.fail(Fault::HtmlForbidden, "library", 1);
    assert!(get(&list(&google), &token).kind.starts_with("text/html"));
}

#[test]
fn pages_go_on_as_long_as_armed() {
    let (google, token) = legacy(5);
    google.fail(Fault::EndlessPages, "mediaItems.list", 4);
    assert_eq!(common::pages(&google, &token, 100).len(), 5);
}

#[test]
fn poison_spares_single_ids_and_slowness_slows() {
    let google = started(Options { era: Era::Legacy2022, items: 5, slow: Duration::from_millis(60), ..Options::default() });
    let token = google.access_token(common::FULL);
    let batch = |places: &[u64]| {
        let query: String = places.iter().map(|place| format!("&mediaItemIds={}", google.item_id(*place))).collect();
        get(&format!("{}/v1/mediaItems:batchGet?{}", google.library_url(), &query[1..]), &token).status
    };
    google.fail(Fault::Poison, Fault::Poison.usual_target(), 1);
    assert_eq!((batch(&[0]), batch(&[0, 1]), batch(&[0, 1])), (200, 500, 200));
    google.fail(Fault::Slow, "library", 1);
    let start = Instant::now();
    assert_eq!(batch(&[0]), 200);
    assert!(start.elapsed() >= Duration::from_millis(60));
}

#[test]
fn sign_in_fails_as_well_when_told() {
    let google = started(Options::default());
    google.fail(Fault::Internal, "oauth.token", 1);
    assert_eq!(form(&google.token_url(), &[]).status, 500);
    assert_eq!(form(&google.token_url(), &[]).json()["error"], "invalid_request");
    assert_eq!(google.requests_to("oauth.token"), 2);
}

#[test]
fn a_stopped_simulator_is_gone() {
    let google = started(Options::default());
    let url = google.auth_url();
    drop(google);
    assert!(google_sim::browse(&url).is_err());
}
