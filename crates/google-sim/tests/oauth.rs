//! Signing in: the good way and each of the bad ones.
#![allow(clippy::unwrap_used)] // a panic is a test's report

mod common;

use common::{FULL, PICKER, REMAINING, client, consent, form, get, started, value};
use google_sim::{Consent, Era, Options, Simulator, browse};

/// A verifier and its challenge, from RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: [(&str, &str); 2] = [("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("code_challenge_method", "S256")];

/// Exchanges a code with these changes to the good form.
fn exchange(google: &Simulator, code: &str, redirect_uri: &str, changes: &[(&str, &str)]) -> common::Answer {
    let (id, secret) = client(google);
    let good = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", redirect_uri),
        ("client_id", &id),
        ("client_secret", &secret),
        ("code_verifier", VERIFIER),
    ];
    let changed = good.map(|(key, value)| (key, changes.iter().find(|(name, _)| *name == key).map_or(value, |(_, value)| value)));
    let kept: Vec<_> = changed.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    form(&google.token_url(), &kept)
}

fn refresh(google: &Simulator, token: &str) -> common::Answer {
    let (id, secret) = client(google);
    form(&google.token_url(), &[("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", &id), ("client_secret", &secret)])
}

/// Signs in; returns the token endpoint's answer.
fn sign_in(google: &Simulator, scope: &str, more: &[(&str, &str)]) -> serde_json::Value {
    let (uri, query) = consent(google, scope, more);
    let query = query.unwrap();
    assert_eq!(value(&query, "state"), Some("s 1"));
    let answer = exchange(google, value(&query, "code").unwrap(), &uri, &[]);
    assert_eq!(answer.status, 200);
    answer.json()
}

fn text<'a>(body: &'a serde_json::Value, key: &str) -> &'a str {
    body[key].as_str().unwrap_or_default()
}

#[test]
fn a_person_agrees_and_the_token_works_until_it_expires_and_is_refreshed() {
    let google = started(Options { era: Era::Legacy2022, items: 5, ..Options::default() });
    let granted = sign_in(&google, FULL, &CHALLENGE);
    assert_eq!((text(&granted, "scope"), text(&granted, "token_type"), granted["expires_in"].as_i64()), (FULL, "Bearer", Some(3599)));
    let list = format!("{}/v1/mediaItems", google.library_url());
    assert_eq!(get(&list, text(&granted, "access_token")).status, 200);
    google.advance(3600);
    let expired = get(&list, text(&granted, "access_token"));
    assert_eq!(expired.status, 401);
    assert!(expired.message().starts_with("Request had invalid authentication credentials. Expected OAuth 2 access token"));
    let renewed = refresh(&google, text(&granted, "refresh_token")).json();
    assert_eq!(get(&list, text(&renewed, "access_token")).status, 200);
    assert!(renewed.get("refresh_token").is_none());
}

#[test]
fn a_client_without_pkce_is_let_in_unless_told_otherwise() {
    let google = started(Options::default());
    let (uri, query) = consent(&google, REMAINING, &[]);
    assert_eq!(exchange(&google, value(&query.unwrap(), "code").unwrap(), &uri, &[("code_verifier", "")]).status, 200);
    let strict = started(Options { pkce_required: true, ..Options::default() });
    assert_eq!(consent(&strict, REMAINING, &[]).1, None);
}

#[test]
fn what_does_not_fit_at_the_token_endpoint_is_refused_flatly() {
    let google = started(Options::default());
    let check = |changes: &[(&str, &str)], status: u16, error: &str, description: &str| {
        let (uri, query) = consent(&google, PICKER, &CHALLENGE);
        let answer = exchange(&google, value(&query.unwrap(), "code").unwrap(), &uri, changes);
        let body = answer.json();
        assert_eq!((answer.status, text(&body, "error"), text(&body, "error_description")), (status, error, description), "{changes:?}");
    };
    check(&[("code_verifier", "a-verifier-of-forty-three-letters-but-another")], 400, "invalid_grant", "Invalid code verifier.");
    check(&[("code_verifier", "")], 400, "invalid_grant", "Missing code verifier.");
    check(&[("redirect_uri", "http://127.0.0.1:1/back")], 400, "redirect_uri_mismatch", "Bad Request");
    check(&[("client_id", "someone")], 401, "invalid_client", "The OAuth client was not found.");
    check(&[("client_secret", "wrong")], 401, "invalid_client", "Unauthorized");
    check(&[("code", "4/0Aunknown")], 400, "invalid_grant", "Bad Request");
    check(&[("code", "")], 400, "invalid_request", "Missing required parameter: code");
    check(&[("grant_type", "password")], 400, "unsupported_grant_type", "Invalid grant_type: password");
}

#[test]
fn a_code_is_good_once_and_for_ten_minutes() {
    let google = started(Options::default());
    let (uri, query) = consent(&google, PICKER, &CHALLENGE);
    let code = value(query.as_ref().unwrap(), "code").unwrap();
    assert_eq!(exchange(&google, code, &uri, &[]).status, 200);
    assert_eq!(text(&exchange(&google, code, &uri, &[]).json(), "error"), "invalid_grant");
    let (uri, query) = consent(&google, PICKER, &CHALLENGE);
    google.advance(601);
    assert_eq!(exchange(&google, value(&query.unwrap(), "code").unwrap(), &uri, &[]).status, 400);
}

#[test]
fn the_person_does_as_scripted() {
    let google = started(Options::default());
    google.set_consent(Consent::Denies);
    let query = consent(&google, PICKER, &CHALLENGE).1.unwrap();
    assert_eq!((value(&query, "error"), value(&query, "code"), value(&query, "state")), (Some("access_denied"), None, Some("s 1")));
    google.set_consent(Consent::WrongState);
    let query = consent(&google, PICKER, &CHALLENGE).1.unwrap();
    assert!(value(&query, "code").is_some() && value(&query, "state") != Some("s 1"));
    google.set_consent(Consent::NeverRedirects);
    assert_eq!(consent(&google, PICKER, &CHALLENGE).1, None);
    google.set_consent(Consent::Narrows(vec!["photoslibrary.appendonly".to_owned()]));
    let granted = sign_in(&google, REMAINING, &CHALLENGE);
    assert_eq!(text(&granted, "scope"), "https://www.googleapis.com/auth/photoslibrary.appendonly");
    assert_eq!(get(&format!("{}/v1/mediaItems", google.library_url()), text(&granted, "access_token")).status, 403);
}

#[test]
fn google_shows_its_own_errors_and_does_not_come_back() {
    let google = started(Options::default());
    let drive = "https://www.googleapis.com/auth/drive.readonly";
    for scope in [&format!("{PICKER} {drive}"), "https://www.googleapis.com/auth/nonsense", ""] {
        assert_eq!(consent(&google, scope, &CHALLENGE).1, None, "{scope}");
    }
    let page =
        browse(&format!("{}?client_id={}&response_type=code&scope=email&redirect_uri=https://a.b/", google.auth_url(), client(&google).0));
    assert!(page.unwrap().body.contains("Error 400: redirect_uri_mismatch"));
    let page = browse(&format!("{}?client_id=x", google.auth_url())).unwrap();
    assert_eq!(page.status, 401);
}

#[test]
fn a_second_consent_brings_a_refresh_token_only_when_asked() {
    let google = started(Options::default());
    assert!(sign_in(&google, PICKER, &CHALLENGE).get("refresh_token").is_some());
    assert!(sign_in(&google, PICKER, &CHALLENGE).get("refresh_token").is_none());
    let asked = [CHALLENGE[0], CHALLENGE[1], ("prompt", "consent")];
    assert!(sign_in(&google, PICKER, &asked).get("refresh_token").is_some());
}

#[test]
fn refresh_tokens_of_a_testing_project_die_after_seven_days() {
    for (testing, status) in [(true, 400), (false, 200)] {
        let google = started(Options { testing, ..Options::default() });
        let granted = sign_in(&google, PICKER, &CHALLENGE);
        google.advance(7 * 86_400 - 1);
        assert_eq!(refresh(&google, text(&granted, "refresh_token")).status, 200);
        google.advance(1);
        let answer = refresh(&google, text(&granted, "refresh_token"));
        assert_eq!(answer.status, status);
        if testing {
            assert_eq!(text(&answer.json(), "error_description"), "Token has been expired or revoked.");
        }
    }
}

#[test]
fn a_revoked_token_is_dead_with_all_others() {
    let google = started(Options::default());
    let granted = sign_in(&google, REMAINING, &CHALLENGE);
    assert_eq!(form(&google.revoke_url(), &[("token", text(&granted, "refresh_token"))]).status, 200);
    let again = form(&google.revoke_url(), &[("token", text(&granted, "refresh_token"))]);
    assert_eq!((again.status, text(&again.json(), "error")), (400, "invalid_token"));
    assert_eq!(get(&format!("{}/v1/mediaItems", google.library_url()), text(&granted, "access_token")).status, 401);
    assert_eq!(refresh(&google, text(&granted, "refresh_token")).status, 400);
}

#[test]
fn a_demonstration_asks_whoever_looks() {
    let google = started(Options { consent: Consent::Asks, ..Options::default() });
    let id = client(&google).0;
    let url = format!("{}?client_id={id}&response_type=code&scope=email&redirect_uri=http://127.0.0.1:1/", google.auth_url());
    let page = browse(&url).unwrap();
    assert!(page.status == 200 && page.body.contains("simulated_answer=allow"));
}
