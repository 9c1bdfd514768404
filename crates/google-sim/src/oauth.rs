//! Sign-in: the consent screen, the token endpoint, revocation; and which access token is worth what.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::errors::html_error;
use crate::options::{Consent, Era};
use crate::simulator::Urls;
use crate::wire::{Call, Reply, escaped, first, html_escaped, unescaped};
use crate::world::World;

const CLIENT_ID: &str = "407408718192-lookalike0simulator.apps.googleusercontent.com";
const CLIENT_SECRET: &str = "GOCSPX-simulated_secret_not_secret";

/// What every scope's name begins with.
pub(crate) const SCOPE_PREFIX: &str = "https://www.googleapis.com/auth/";
const SCOPES: [&str; 10] = [
    "photoslibrary",
    "photoslibrary.readonly",
    "photoslibrary.sharing",
    "photoslibrary.appendonly",
    "photoslibrary.readonly.appcreateddata",
    "photoslibrary.edit.appcreateddata",
    "photospicker.mediaitems.readonly",
    "drive",
    "drive.readonly",
    "userinfo.email",
];

const CODE_LIFE_S: i64 = 600;
const ACCESS_LIFE_S: i64 = 3599;
const TESTING_LIFE_S: i64 = 7 * 24 * 3600;

/// What was agreed to so far.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    codes: BTreeMap<String, Code>,
    access: BTreeMap<String, Access>,
    refresh: BTreeMap<String, Refresh>,
    /// Whether the person has agreed once: then no second refresh token comes unasked.
    agreed_before: bool,
}

#[derive(Debug)]
struct Code {
    redirect_uri: String,
    challenge: Option<String>,
    scopes: String,
    expires: i64,
    with_refresh: bool,
}

#[derive(Debug)]
struct Access {
    scopes: String,
    expires: i64,
}

#[derive(Debug)]
struct Refresh {
    scopes: String,
    agreed: i64,
}

impl Grants {
    pub(crate) fn revoke_all(&mut self) {
        self.codes.clear();
        self.access.clear();
        self.refresh.clear();
        self.agreed_before = false;
    }
}

/// Returns the scopes of a live access token, without their prefix.
pub(crate) fn scopes_of(world: &World, token: Option<&str>) -> Option<Vec<String>> {
    let now = world.now();
    let state = world.state();
    let access = state.grants.access.get(token?)?;
    let short = |scope: &str| scope.strip_prefix(SCOPE_PREFIX).unwrap_or(scope).to_owned();
    (now < access.expires).then(|| access.scopes.split_whitespace().map(short).collect())
}

pub(crate) fn grant_directly(world: &World, scopes: &str) -> String {
    let now = world.now();
    let mut state = world.state();
    let token = state.fresh("ya29.a0", 160);
    state.grants.access.insert(token.clone(), Access { scopes: scopes.to_owned(), expires: now + ACCESS_LIFE_S });
    token
}

pub(crate) fn client_secret(urls: &Urls) -> String {
    let api = &urls.api;
    let value = json!({"installed": {
        "client_id": CLIENT_ID,
        "project_id": "lookalike-simulator",
        "auth_uri": format!("{api}/o/oauth2/auth"),
        "token_uri": format!("{api}/token"),
        "auth_provider_x509_cert_url": format!("{api}/oauth2/v1/certs"),
        "client_secret": CLIENT_SECRET,
        "redirect_uris": ["http://localhost"],
    }});
    value.to_string()
}

/// Answers the consent screen's address.
pub(crate) fn authorize(world: &World, call: &Call) -> Reply {
    let refused = |status, error: &str, text: &str| consent_error(status, error, text);
    if call.query("client_id") != Some(CLIENT_ID) {
        return refused(401, "invalid_client", "The OAuth client was not found.");
    }
    if call.query("response_type") != Some("code") {
        return refused(400, "invalid_request", "Required parameter is missing: response_type");
    }
    let Some(redirect_uri) = call.query("redirect_uri").filter(|uri| is_loopback(uri)) else {
        return refused(400, "redirect_uri_mismatch", "The redirect URI in the request does not match a registered redirect URI.");
    };
    let scope = call.query("scope").unwrap_or("");
    let (era, answer) = {
        let state = world.state();
        (state.era, state.consent.clone())
    };
    if scope.is_empty() {
        return refused(400, "invalid_request", "Missing required parameter: scope");
    }
    if let Some(unknown) = scope.split_whitespace().find(|scope| !is_known(scope)) {
        return refused(400, "invalid_scope", &format!("Some requested scopes were invalid: {unknown}"));
    }
    if era == Era::Since2025 && scope.contains("auth/photos") && scope.contains("auth/drive") {
        return refused(400, "invalid_request", "This request contains scopes that cannot be requested together.");
    }
    let challenge = call.query("code_challenge").map(str::to_owned);
    if challenge.is_some() && call.query("code_challenge_method") != Some("S256") {
        return refused(400, "invalid_request", "Only the S256 challenge is accepted here.");
    }
    if challenge.is_none() && world.options.pkce_required {
        return refused(400, "invalid_request", "Missing required parameter: code_challenge");
    }
    let state = call.query("state");
    let agree = |scopes: &str, state: Option<&str>| {
        let code = new_code(world, call, redirect_uri, challenge.clone(), scopes);
        back(redirect_uri, state, &[("code", &code), ("scope", scopes)])
    };
    let deny = || back(redirect_uri, state, &[("error", "access_denied")]);
    match answer {
        Consent::Agrees => agree(scope, state),
        Consent::Denies => deny(),
        Consent::WrongState => agree(scope, Some("forged-state")),
        Consent::NeverRedirects => {
            refused(403, "access_denied", "The app is currently being tested and can only be accessed by developer-approved testers.")
        }
        Consent::Narrows(kept) => {
            let stays = |scope: &&str| kept.iter().any(|kept| kept == scope || scope.strip_prefix(SCOPE_PREFIX) == Some(kept));
            let left: Vec<&str> = scope.split_whitespace().filter(stays).collect();
            if left.is_empty() { deny() } else { agree(&left.join(" "), state) }
        }
        Consent::Asks => match call.query("simulated_answer") {
            Some("allow") => agree(scope, state),
            Some(_) => deny(),
            None => consent_page(call, scope),
        },
    }
}

fn new_code(world: &World, call: &Call, redirect_uri: &str, challenge: Option<String>, scopes: &str) -> String {
    let expires = world.now() + CODE_LIFE_S;
    let mut state = world.state();
    let code = state.fresh("4/0A", 68);
    let asked_again = call.query("prompt").is_some_and(|prompt| prompt.split(' ').any(|word| word == "consent"));
    let with_refresh = call.query("access_type") != Some("online") && (asked_again || !state.grants.agreed_before);
    state.grants.agreed_before = true;
    let kept = Code { redirect_uri: redirect_uri.to_owned(), challenge, scopes: scopes.to_owned(), expires, with_refresh };
    state.grants.codes.insert(code.clone(), kept);
    code
}

/// Returns the way back to the program's listener.
fn back(redirect_uri: &str, state: Option<&str>, pairs: &[(&str, &str)]) -> Reply {
    let mut target = redirect_uri.to_owned();
    let state = state.map(|state| ("state", state));
    for (key, value) in state.iter().chain(pairs) {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str(&format!("{key}={}", escaped(value)));
    }
    Reply::redirect(&target)
}

fn consent_error(status: u16, error: &str, text: &str) -> Reply {
    html_error(status, error, &format!("Access blocked: Authorization Error. {} Error {status}: {error}.", html_escaped(text)))
}

fn consent_page(call: &Call, scope: &str) -> Reply {
    let query: Vec<String> = call.query.iter().map(|(key, value)| format!("{}={}", escaped(key), escaped(value))).collect();
    let link = html_escaped(&format!("{}?{}", call.path, query.join("&")));
    let scopes: String = scope.split_whitespace().map(|scope| format!("<li><code>{}</code>", html_escaped(scope))).collect();
    let page = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Simulated sign-in</title>\n<h1>A program wants to see your \
         photos</h1>\n<p>This is a simulator; there is no account behind it. It asks for:\n<ul>{scopes}</ul>\n<p><a \
         href=\"{link}&amp;simulated_answer=allow\">Allow</a> <a href=\"{link}&amp;simulated_answer=deny\">Cancel</a>\n</html>\n"
    );
    Reply::html(200, &page)
}

fn is_known(scope: &str) -> bool {
    matches!(scope, "openid" | "email" | "profile") || scope.strip_prefix(SCOPE_PREFIX).is_some_and(|short| SCOPES.contains(&short))
}

fn is_loopback(uri: &str) -> bool {
    let Some(rest) = uri.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host == *name || host.strip_prefix(name).is_some_and(|port| port.starts_with(':')))
}

/// Returns a token endpoint's error: flat, unlike those of the other services.
fn flat(status: u16, error: &str, description: &str) -> Reply {
    Reply::json(status, &json!({"error": error, "error_description": description}))
}

/// Answers the token endpoint.
pub(crate) fn token(world: &World, call: &Call) -> Reply {
    let form = call.form();
    let basic = basic_credentials(call);
    let given = |key: &str, place: usize| first(&form, key).map(str::to_owned).or_else(|| basic.as_ref().map(|pair| pair[place].clone()));
    match (given("client_id", 0), given("client_secret", 1)) {
        (None, _) => return flat(400, "invalid_request", "Could not determine client ID from request."),
        (Some(id), _) if id != CLIENT_ID => return flat(401, "invalid_client", "The OAuth client was not found."),
        (_, None) => return flat(400, "invalid_request", "client_secret is missing."),
        (_, Some(secret)) if secret != CLIENT_SECRET => return flat(401, "invalid_client", "Unauthorized"),
        _ => {}
    }
    match first(&form, "grant_type") {
        Some("authorization_code") => exchange(world, &form),
        Some("refresh_token") => refresh(world, &form),
        Some(other) => flat(400, "unsupported_grant_type", &format!("Invalid grant_type: {other}")),
        None => flat(400, "invalid_request", "Missing required parameter: grant_type"),
    }
}

fn basic_credentials(call: &Call) -> Option<[String; 2]> {
    let coded = call.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some([unescaped(id), unescaped(secret)])
}

fn exchange(world: &World, form: &[(String, String)]) -> Reply {
    let Some(code) = first(form, "code") else { return flat(400, "invalid_request", "Missing required parameter: code") };
    let now = world.now();
    let mut state = world.state();
    // Taken out whatever comes: a code is good for one try.
    let Some(code) = state.grants.codes.remove(code).filter(|code| now < code.expires) else {
        return flat(400, "invalid_grant", "Bad Request");
    };
    if first(form, "redirect_uri") != Some(&code.redirect_uri) {
        return flat(400, "redirect_uri_mismatch", "Bad Request");
    }
    if let Some(challenge) = &code.challenge {
        match first(form, "code_verifier") {
            None => return flat(400, "invalid_grant", "Missing code verifier."),
            Some(verifier) if !verifier_fits(verifier, challenge) => return flat(400, "invalid_grant", "Invalid code verifier."),
            Some(_) => {}
        }
    }
    let access = state.fresh("ya29.a0", 160);
    let refresh = code.with_refresh.then(|| state.fresh("1//0g", 98));
    let mut body = token_body(&access, &code.scopes);
    if let Some(refresh) = refresh {
        body["refresh_token"] = json!(refresh);
        if world.options.testing {
            body["refresh_token_expires_in"] = json!(TESTING_LIFE_S - 1);
        }
        state.grants.refresh.insert(refresh, Refresh { scopes: code.scopes.clone(), agreed: now });
    }
    state.grants.access.insert(access, Access { scopes: code.scopes, expires: now + ACCESS_LIFE_S });
    Reply::json(200, &body)
}

fn token_body(access: &str, scopes: &str) -> Value {
    json!({"access_token": access, "expires_in": ACCESS_LIFE_S, "scope": scopes, "token_type": "Bearer"})
}

/// Tells whether the verifier is one and hashes to the challenge (RFC 7636 §4.1, §4.6).
fn verifier_fits(verifier: &str, challenge: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len())
        && verifier.bytes().all(allowed)
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
}

fn refresh(world: &World, form: &[(String, String)]) -> Reply {
    let Some(token) = first(form, "refresh_token") else {
        return flat(400, "invalid_request", "Missing required parameter: refresh_token");
    };
    let now = world.now();
    let mut state = world.state();
    let alive = |refresh: &&Refresh| !world.options.testing || now < refresh.agreed + TESTING_LIFE_S;
    let Some(scopes) = state.grants.refresh.get(token).filter(alive).map(|refresh| refresh.scopes.clone()) else {
        return flat(400, "invalid_grant", "Token has been expired or revoked.");
    };
    let access = state.fresh("ya29.a0", 160);
    let body = token_body(&access, &scopes);
    state.grants.access.insert(access, Access { scopes, expires: now + ACCESS_LIFE_S });
    Reply::json(200, &body)
}

/// Answers the revocation: all that the program was granted ends.
pub(crate) fn revoke(world: &World, call: &Call) -> Reply {
    let form = call.form();
    let token = first(&form, "token").or_else(|| call.query("token")).unwrap_or("");
    let now = world.now();
    let mut state = world.state();
    let grants = &mut state.grants;
    let alive = grants.access.get(token).is_some_and(|access| now < access.expires) || grants.refresh.contains_key(token);
    if !alive {
        return flat(400, "invalid_token", "Token expired or revoked");
    }
    grants.revoke_all();
    Reply::json(200, &json!({}))
}

/// Answers what a token is worth.
pub(crate) fn token_info(world: &World, call: &Call) -> Reply {
    let now = world.now();
    let state = world.state();
    match call.query("access_token").and_then(|token| state.grants.access.get(token)).filter(|access| now < access.expires) {
        Some(access) => {
            Reply::json(200, &json!({"aud": CLIENT_ID, "scope": access.scopes, "expires_in": (access.expires - now).to_string()}))
        }
        None => flat(400, "invalid_token", "Invalid Value"),
    }
}
