//! Error answers, word by word as Google gives them, in its nested envelope; OAuth's flat ones stand in `oauth`.

use serde_json::{Value, json};

use crate::wire::Reply;

/// The project that everything is counted for.
pub(crate) const PROJECT: &str = "407408718192";

pub(crate) const INVALID_ITEM_ID: &str = "Request contains an invalid media item id.";
pub(crate) const INVALID_ID: &str = "Invalid media item ID.";
pub(crate) const TOO_MANY: &str = "Request must have less than 50 items.";
pub(crate) const OTHER_PARAMETERS: &str = "When using a page token, you must use the same parameters as the previous request.";
pub(crate) const FOREIGN_ALBUM: &str = "No permission to add media items to this album.";
pub(crate) const INVALID_ARGUMENT: &str = "Request contains an invalid argument.";

/// Returns an error answer; `details` may be empty.
fn error(code: u16, status: &str, message: &str, reason: &str, details: &[Value]) -> Reply {
    let mut body = json!({"code": code, "message": message, "status": status});
    if !reason.is_empty() {
        body["errors"] = json!([{"message": message, "domain": "global", "reason": reason}]);
    }
    if !details.is_empty() {
        body["details"] = json!(details);
    }
    Reply::json(code, &json!({ "error": body }))
}

fn error_info(reason: &str, metadata: &Value) -> Value {
    json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": metadata})
}

pub(crate) fn invalid(message: &str) -> Reply {
    error(400, "INVALID_ARGUMENT", message, "", &[])
}

pub(crate) fn failed_precondition(message: &str) -> Reply {
    error(400, "FAILED_PRECONDITION", message, "", &[])
}

pub(crate) fn unknown_field(name: &str, path: &str) -> Reply {
    let field = if path.is_empty() { String::new() } else { format!(" at '{path}'") };
    let text = format!("Invalid JSON payload received. Unknown name \"{name}\"{field}: Cannot find field.");
    let violation =
        json!({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": path, "description": text}]});
    error(400, "INVALID_ARGUMENT", &text, "", &[violation])
}

pub(crate) fn not_found() -> Reply {
    error(404, "NOT_FOUND", "Requested entity was not found.", "", &[])
}

pub(crate) fn no_permission() -> Reply {
    error(403, "PERMISSION_DENIED", "The caller does not have permission", "", &[])
}

pub(crate) fn unauthenticated() -> Reply {
    let message = "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid \
                   authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.";
    error(401, "UNAUTHENTICATED", message, "", &[])
        .with("www-authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"")
}

pub(crate) fn insufficient_scopes(service: &str, method: &str) -> Reply {
    let info = error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", &json!({"service": service, "method": method}));
    error(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes.", "", &[info])
}

pub(crate) fn disabled(service: &str, title: &str) -> Reply {
    let link = format!("https://console.developers.google.com/apis/api/{service}/overview?project={PROJECT}");
    let message = format!(
        "{title} has not been used in project {PROJECT} before or it is disabled. Enable it by visiting {link} then retry. If you enabled \
         this API recently, wait a few minutes for the action to propagate to our systems and retry."
    );
    let help = json!({"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description": "Google developers console API activation", "url": link}]});
    let info = error_info("SERVICE_DISABLED", &json!({"service": service, "consumer": format!("projects/{PROJECT}")}));
    error(403, "PERMISSION_DENIED", &message, "", &[help, info])
}

pub(crate) fn day_quota(limit: u64) -> Reply {
    let message = format!(
        "Quota exceeded for quota metric 'All requests' and limit 'All requests per day' of service 'photoslibrary.googleapis.com' for \
         consumer 'project_number:{PROJECT}'."
    );
    quota(&message, "ApiCallsPerProjectPerDay", limit)
}

pub(crate) fn minute_quota() -> Reply {
    let message = format!(
        "Quota exceeded for quota metric 'All requests' and limit 'All requests per minute per user' of service \
         'photoslibrary.googleapis.com' for consumer 'project_number:{PROJECT}'."
    );
    quota(&message, "ApiCallsPerMinutePerUser", 600)
}

fn quota(message: &str, limit: &str, value: u64) -> Reply {
    let metadata = json!({
        "quota_limit_value": value.to_string(),
        "consumer": format!("projects/{PROJECT}"),
        "quota_metric": "photoslibrary.googleapis.com/all_requests",
        "quota_limit": limit,
        "service": "photoslibrary.googleapis.com",
    });
    error(429, "RESOURCE_EXHAUSTED", message, "rateLimitExceeded", &[error_info("RATE_LIMIT_EXCEEDED", &metadata)])
}

pub(crate) fn exhausted(message: &str) -> Reply {
    error(429, "RESOURCE_EXHAUSTED", message, "", &[])
}

pub(crate) fn internal() -> Reply {
    error(500, "INTERNAL", "Internal error encountered.", "", &[])
}

pub(crate) fn unavailable() -> Reply {
    error(503, "UNAVAILABLE", "The service is currently unavailable.", "", &[])
}

/// Returns the page that Google shows where no program was meant to look.
pub(crate) fn html_error(status: u16, title: &str, text: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<title>Error {status} ({title})!!1</title>\n<p><b>{status}.</b> \
         <ins>That’s an error.</ins>\n<p>{text} <ins>That’s all we know.</ins>\n</html>\n"
    );
    Reply::html(status, &page)
}

pub(crate) fn html_forbidden() -> Reply {
    html_error(403, "Forbidden", "Your client does not have permission to get this URL from this server.")
}

pub(crate) fn html_not_found() -> Reply {
    html_error(404, "Not Found", "The requested URL was not found on this server.")
}
