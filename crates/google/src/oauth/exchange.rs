//! The token endpoint: a code or a refresh token becomes an access token, and a login is given back.
//!
//! Its errors are flat JSON (`{"error":"invalid_grant"}`), unlike those of the APIs.

use crate::answer::{is_json, unexpected};
use crate::client_secret::ClientSecret;
use crate::error::{Error, OauthError, OauthKind, Result};
use crate::retry::{self, Repeat};
use crate::secret::Secret;
use crate::token::Token;
use crate::transport::{Answer, Request};
use crate::values::{TEXT_MAX_BYTES, plain, text, whole};
use crate::wire::Wire;
use form_urlencoded::Serializer;
use serde_json::Value;
use ureq::http::Method;

/// Life of an access token where Google does not tell, in seconds.
const LIFE_DEFAULT_SECONDS: u64 = 3600;
/// Longest life that is believed, in seconds.
const LIFE_MAX_SECONDS: u64 = 24 * 3600;
/// Longest life of a refresh token that is believed, in seconds (ten years).
const REFRESH_LIFE_MAX_SECONDS: u64 = 10 * 366 * 24 * 3600;
/// Longest answer, in bytes.
const ANSWER_MAX_BYTES: u64 = 256 * 1024;

/// What the token endpoint gives.
pub(super) struct Granted {
    pub(super) access: Secret,
    pub(super) refresh: Option<Secret>,
    pub(super) expires_at: i64,
    pub(super) refresh_expires_at: Option<i64>,
    /// Sorted; `None` where it is the same as was asked for.
    pub(super) scopes: Option<Vec<String>>,
}

/// What a code is exchanged with.
pub(super) struct Code<'a> {
    pub(super) code: &'a Secret,
    pub(super) verifier: &'a Secret,
    /// The very text that the browser was sent with.
    pub(super) redirect_uri: &'a str,
}

/// Exchanges a code.
pub(super) fn exchange(wire: &Wire, client: &ClientSecret, code: &Code<'_>) -> Result<Granted> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.code.reveal()),
        ("client_id", &client.client_id),
        ("client_secret", client.client_secret.reveal()),
        ("code_verifier", code.verifier.reveal()),
        ("redirect_uri", code.redirect_uri),
    ];
    let answer = post(wire, &wire.endpoints.token, &form, &[code.code, code.verifier, &client.client_secret])?;
    granted(&answer, wire.now())
}

/// Returns `token` with a new access token, and a new refresh token where Google gives one.
///
/// # Errors
/// [`Error::Oauth`], above all [`OauthKind::LoginOver`].
pub(crate) fn refresh(wire: &Wire, client: &ClientSecret, token: &Token) -> Result<Token> {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.refresh.reveal()),
        ("client_id", &client.client_id),
        ("client_secret", client.client_secret.reveal()),
    ];
    let answer = post(wire, &wire.endpoints.token, &form, &[&token.refresh, &client.client_secret])?;
    let granted = granted(&answer, wire.now())?;
    Ok(Token {
        access: granted.access,
        refresh_expires_at: granted.refresh_expires_at.or(token.refresh_expires_at),
        refresh: granted.refresh.unwrap_or_else(|| token.refresh.clone()),
        expires_at: granted.expires_at,
        scopes: granted.scopes.unwrap_or_else(|| token.scopes.clone()),
        client_id: token.client_id.clone(),
        obtained_at: token.obtained_at,
    })
}

/// Gives `token` (access or refresh) back, and with it the whole login. One that Google does not know any more counts as given back.
///
/// # Errors
/// [`Error::Oauth`] or of the transport.
pub fn revoke(wire: &Wire, token: &Secret) -> Result<()> {
    match post(wire, &wire.endpoints.revoke, &[("token", token.reveal())], &[token]) {
        Err(Error::Oauth(error)) if error.code == "invalid_token" => Ok(()),
        other => other.map(|_| ()),
    }
}

fn post(wire: &Wire, url: &str, form: &[(&str, &str)], secrets: &[&Secret]) -> Result<Answer> {
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "application/json")];
    let request =
        Request { method: &Method::POST, url, bearer: None, headers: &headers, body: Some(body.as_bytes()), max_bytes: ANSWER_MAX_BYTES };
    retry::run(wire, Repeat::Always, || {
        let answer = wire.transport.send(request, &*wire.stop)?;
        match answer.http {
            200..300 => Ok(answer),
            300..400 => Err(Error::Redirect { host: answer.host }.into()),
            _ => Err(Error::Oauth(Box::new(oauth_error(&answer, secrets))).into()),
        }
    })
}

fn granted(answer: &Answer, now: i64) -> Result<Granted> {
    let damaged = |reason: &str| unexpected(answer, reason.to_owned());
    let told = crate::answer::json(answer)?;
    let token = |name| {
        let token = text(&told, name).filter(|token| token.len() <= TEXT_MAX_BYTES && token.bytes().all(|byte| byte.is_ascii_graphic()));
        token.map(Secret::new)
    };
    if text(&told, "token_type").is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(damaged("the token is of a type that is not known"));
    }
    let later = |seconds: u64, max: u64| now.saturating_add(i64::try_from(seconds.min(max)).unwrap_or(0));
    let scopes = text(&told, "scope").map(|scopes| {
        let mut scopes: Vec<_> = scopes.split_ascii_whitespace().map(plain).collect();
        scopes.sort();
        scopes.dedup();
        scopes
    });
    Ok(Granted {
        access: token("access_token").ok_or_else(|| damaged("it holds no access token"))?,
        refresh: token("refresh_token"),
        expires_at: later(whole(&told, "expires_in").unwrap_or(LIFE_DEFAULT_SECONDS), LIFE_MAX_SECONDS),
        refresh_expires_at: whole(&told, "refresh_token_expires_in").map(|seconds| later(seconds, REFRESH_LIFE_MAX_SECONDS)),
        scopes,
    })
}

fn oauth_error(answer: &Answer, secrets: &[&Secret]) -> OauthError {
    let told = if is_json(answer) { serde_json::from_slice(&answer.body).unwrap_or(Value::Null) } else { Value::Null };
    let shown = |said: String| plain(&secrets.iter().fold(said, |said, secret| secret.hidden_in(&said)));
    let code = shown(text(&told, "error").unwrap_or_default());
    let subtype = text(&told, "error_subtype").unwrap_or_default();
    let kind = match (answer.http, code.as_str()) {
        (429 | 500..600, _) => OauthKind::Unavailable,
        (_, "invalid_rapt") => OauthKind::SignInAgain,
        _ if subtype == "invalid_rapt" => OauthKind::SignInAgain,
        (_, "invalid_grant") => OauthKind::LoginOver,
        (_, "invalid_client") => OauthKind::ClientUnknown,
        (_, "deleted_client") => OauthKind::ClientDeleted,
        (_, "org_internal" | "admin_policy_enforced" | "access_denied") => OauthKind::Forbidden,
        (_, "redirect_uri_mismatch" | "unauthorized_client") => OauthKind::WrongClientType,
        (_, "invalid_scope") => OauthKind::ScopeUnknown,
        _ => OauthKind::Other,
    };
    OauthError { http: answer.http, code, description: shown(text(&told, "error_description").unwrap_or_default()), kind }
}
