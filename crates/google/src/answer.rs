//! Tells what an API's answer means: JSON, or an error of a kind.
//!
//! Errors come as nested JSON, as HTML and even as images; only JSON is parsed, the others are known by their status.

use crate::error::{ApiError, Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::transport::{Answer, retry_after};
use crate::values::{plain, text};
use serde_json::Value;

/// Returns the JSON of a successful answer; an empty body is an empty object.
pub(crate) fn json(answer: &Answer) -> Result<Value> {
    if answer.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    if !is_json(answer) {
        let reason = format!("it is `{}` and no JSON; a network that wants a login of its own may answer so", plain(&answer.content_type));
        return Err(unexpected(answer, reason));
    }
    let value: Value = serde_json::from_slice(&answer.body).map_err(|_| unexpected(answer, "its JSON is damaged".to_owned()))?;
    if value.is_object() { Ok(value) } else { Err(unexpected(answer, "its JSON is no object".to_owned())) }
}

/// Returns a successful answer, or its error.
pub(crate) fn checked(answer: Answer, bearer: Option<&Secret>, now: i64) -> Result<Answer> {
    match answer.http {
        200..300 => Ok(answer),
        300..400 => Err(Error::Redirect { host: answer.host }),
        _ => Err(Error::Api(Box::new(api_error(&answer, bearer, now)))),
    }
}

pub(crate) fn unexpected(answer: &Answer, reason: String) -> Error {
    Error::Unexpected { host: answer.host.clone(), reason }
}

pub(crate) fn is_json(answer: &Answer) -> bool {
    let kind = answer.content_type.as_str();
    let is_named = kind == "application/json" || kind == "text/json" || kind.ends_with("+json");
    is_named || (kind.is_empty() && answer.body.trim_ascii_start().first() == Some(&b'{'))
}

fn api_error(answer: &Answer, bearer: Option<&Secret>, now: i64) -> ApiError {
    let told = if is_json(answer) { serde_json::from_slice::<Value>(&answer.body).ok() } else { None };
    let error = told.as_ref().and_then(|told| told.get("error")).filter(|error| error.is_object()).unwrap_or(&Value::Null);
    let status = plain(&text(error, "status").unwrap_or_default());
    let said = text(error, "message").unwrap_or_default();
    let said = bearer.map_or_else(|| said.clone(), |bearer| bearer.hidden_in(&said));
    let details = error.get("details").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let old_style = error.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let reason = details.iter().chain(old_style).find_map(|entry| text(entry, "reason")).map(|reason| plain(&reason));
    let limit = details.iter().filter_map(|entry| entry.get("metadata")).find_map(|metadata| text(metadata, "quota_limit"));
    let kind = kind(answer, &status, &said, reason.as_deref(), limit.as_deref(), details);
    let message = if said.is_empty() { wordless(answer) } else { plain(&said) };
    let retry_after = answer.retry_after.as_deref().and_then(|written| retry_after(written, now));
    ApiError { http: answer.http, status, message, reason, kind, retry_after }
}

fn wordless(answer: &Answer) -> String {
    match answer.content_type.as_str() {
        "" => "it does not say why".to_owned(),
        kind => format!("it does not say why (the answer is `{}`)", plain(kind)),
    }
}

fn kind(answer: &Answer, status: &str, said: &str, reason: Option<&str>, limit: Option<&str>, details: &[Value]) -> ErrorKind {
    let said_lower = said.to_ascii_lowercase();
    // Proxies and media hosts write "per day" into pages that are no JSON.
    let page = if said.is_empty() { String::from_utf8_lossy(&answer.body).to_ascii_lowercase() } else { String::new() };
    let says = |words: &str| said_lower.contains(words);
    let has_reason = |names: &[&str]| reason.is_some_and(|reason| names.contains(&reason));
    let quota = || {
        let is_daily = says("per day")
            || page.contains("per day")
            || limit.is_some_and(|limit| limit.contains("PerDay"))
            || has_reason(&["dailyLimitExceeded", "quotaExceeded"]);
        if is_daily { ErrorKind::DailyQuota } else { ErrorKind::Throttled }
    };
    match answer.http {
        401 => ErrorKind::Unauthenticated,
        429 => quota(),
        403 if says("insufficient authentication scopes")
            || has_reason(&["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"]) =>
        {
            ErrorKind::ScopeMissing
        }
        403 if says("has not been used in project")
            || says("it is disabled")
            || has_reason(&["SERVICE_DISABLED", "accessNotConfigured"]) =>
        {
            ErrorKind::ApiDisabled { link: link(details, said) }
        }
        403 if status == "RESOURCE_EXHAUSTED" || has_reason(&["rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded"]) => {
            quota()
        }
        403 => ErrorKind::PermissionDenied,
        404 => ErrorKind::NotFound,
        500..600 => ErrorKind::Unavailable,
        400 if status == "FAILED_PRECONDITION" => ErrorKind::FailedPrecondition,
        400 if says("invalid media item id") => ErrorKind::InvalidItemId,
        400 if says("same parameters as the previous request") => ErrorKind::PageParametersChanged,
        _ => ErrorKind::Other,
    }
}

/// Returns where the API is switched on, from the details or else the message; only an address of Google's console.
fn link(details: &[Value], said: &str) -> Option<String> {
    let links = details.iter().filter_map(|entry| entry.get("links")?.as_array()).flatten();
    let told = links.filter_map(|link| text(link, "url"));
    let written = said.split_whitespace().map(|word| word.trim_end_matches(['.', ',']).to_owned());
    told.chain(written).find(|link| is_console(link))
}

fn is_console(link: &str) -> bool {
    let is_plain = link.len() <= 500 && link.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && ["https://console.developers.google.com/", "https://console.cloud.google.com/"].iter().any(|start| link.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn answer(http: u16, content_type: &str, body: &str) -> Answer {
        Answer {
            host: "h".into(),
            http,
            content_type: content_type.into(),
            retry_after: Some("7".into()),
            location: None,
            body: body.into(),
        }
    }

    fn told(http: u16, content_type: &str, body: &str) -> ApiError {
        match checked(answer(http, content_type, body), Some(&Secret::new("ya29.hush")), 0) {
            Err(Error::Api(error)) => *error,
            _ => panic!("{http} must be an error of the API"),
        }
    }

    fn envelope(status: &str, message: &str, rest: &str) -> String {
        format!(r#"{{"error":{{"code":1,"status":"{status}","message":"{message}"{rest}}}}}"#)
    }

    #[test]
    fn each_kind_is_told_by_what_google_says() {
        const LINK: &str = "https://console.developers.google.com/apis/api/photoslibrary.googleapis.com/overview?project=1";
        let disabled =
            format!("Photos Library API has not been used in project 1 before or it is disabled. Enable it by visiting {LINK} then retry.");
        let day = "Quota exceeded for quota metric 'All requests' and limit 'All requests per day' of service 'x'.";
        let minute = "Quota exceeded for quota metric 'W' and limit 'W per minute per user' of service 'x'.";
        let per_day_limit = r#","details":[{"reason":"RATE_LIMIT_EXCEEDED","metadata":{"quota_limit":"ApiCallsPerProjectPerDay"}}]"#;
        let help = format!(r#","details":[{{"links":[{{"url":"{LINK}"}}]}},{{"reason":"SERVICE_DISABLED"}}]"#);
        let evil = r#","details":[{"links":[{"url":"https://evil.example/"}]},{"reason":"SERVICE_DISABLED"}]"#;
        let scope = r#","details":[{"reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]"#;
        let disabled_at = |link: Option<&str>| ErrorKind::ApiDisabled { link: link.map(str::to_owned) };
        for (http, status, message, rest, expected) in [
            (401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", "", ErrorKind::Unauthenticated),
            (403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", "", ErrorKind::ScopeMissing),
            (403, "PERMISSION_DENIED", "No.", scope, ErrorKind::ScopeMissing),
            (403, "PERMISSION_DENIED", &disabled, "", disabled_at(Some(LINK))),
            (403, "PERMISSION_DENIED", "Off.", &help, disabled_at(Some(LINK))),
            (403, "PERMISSION_DENIED", "Off.", evil, disabled_at(None)),
            (403, "PERMISSION_DENIED", "The caller does not have permission", "", ErrorKind::PermissionDenied),
            (404, "NOT_FOUND", "Requested entity was not found.", "", ErrorKind::NotFound),
            (400, "INVALID_ARGUMENT", "Request contains an invalid media item id.", "", ErrorKind::InvalidItemId),
            (400, "INVALID_ARGUMENT", "Invalid media item ID.", "", ErrorKind::InvalidItemId),
            (
                400,
                "INVALID_ARGUMENT",
                "When using a page token, you must use the same parameters as the previous request.",
                "",
                ErrorKind::PageParametersChanged,
            ),
            (400, "FAILED_PRECONDITION", "Not yet.", "", ErrorKind::FailedPrecondition),
            (400, "INVALID_ARGUMENT", "Request must have less than 50 items.", "", ErrorKind::Other),
            (429, "RESOURCE_EXHAUSTED", day, "", ErrorKind::DailyQuota),
            (429, "RESOURCE_EXHAUSTED", "Quota.", per_day_limit, ErrorKind::DailyQuota),
            (429, "RESOURCE_EXHAUSTED", minute, "", ErrorKind::Throttled),
            (500, "INTERNAL", "Internal error encountered.", "", ErrorKind::Unavailable),
            (503, "UNAVAILABLE", "The service is currently unavailable.", "", ErrorKind::Unavailable),
            (409, "ABORTED", "x", "", ErrorKind::Other),
        ] {
            let error = told(http, "application/json", &envelope(status, message, rest));
            assert_eq!((error.kind, error.status.as_str(), error.http), (expected, status, http), "{message}");
            assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
        }
    }

    #[test]
    fn pages_and_images_served_as_errors_are_not_parsed() {
        for (http, kind, body, expected) in [
            (403, "text/html", "<!DOCTYPE html><title>Error 403 (Forbidden)!!1</title>", ErrorKind::PermissionDenied),
            (404, "image/png", "\u{1}PNG", ErrorKind::NotFound),
            (502, "text/html", "<html>", ErrorKind::Unavailable),
            (429, "text/html", "Quota per day", ErrorKind::DailyQuota),
            (500, "application/json", "{{{", ErrorKind::Unavailable),
            (400, "application/json", r#"{"error":"invalid_grant"}"#, ErrorKind::Other),
            (403, "text/html", r#"{"error":{"message":"Request had insufficient authentication scopes."}}"#, ErrorKind::PermissionDenied),
        ] {
            let error = told(http, kind, body);
            assert_eq!(error.kind, expected, "{http} {kind}");
            assert!(error.message.starts_with("it does not say why"), "{}", error.message);
        }
    }

    #[test]
    fn words_of_the_server_are_bounded_clean_and_without_the_bearer() {
        let error = told(400, "application/json", &envelope("X", &format!("ya29.hush \\u001b[2J\\n{}", "y".repeat(5000)), ""));
        assert!(error.message.chars().count() <= 501 && !error.message.chars().any(char::is_control), "{}", error.message);
        assert!(!error.message.contains("hush"));
    }

    #[test]
    fn a_success_must_be_an_object() {
        let read = |kind, body| json(&answer(200, kind, body));
        assert_eq!(read("application/json", r#"{"a":1}"#).unwrap()["a"], 1);
        assert_eq!(read("", "").unwrap(), serde_json::json!({}));
        for (kind, body) in [("text/html", "<html>"), ("application/json", "[]"), ("application/json", "{"), ("image/png", "{}")] {
            assert!(matches!(read(kind, body), Err(Error::Unexpected { .. })), "{kind} {body}");
        }
        let deep = format!(r#"{{"a":{}}}"#, "[".repeat(100_000));
        assert!(matches!(read("application/json", &deep), Err(Error::Unexpected { .. })), "deep nesting must not break the stack");
        assert!(matches!(checked(answer(302, "", ""), None, 0), Err(Error::Redirect { .. })));
    }
}
