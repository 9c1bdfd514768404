//! What can go wrong on the wire, told apart by what a caller could do about it.
//!
//! **Invariant:** messages are one line; texts of a server are cut at 500 characters, without control characters and without secrets.

use crate::client_secret::ClientSecretProblem;
use std::fmt;
use std::time::Duration;

/// The result of this room.
pub type Result<T> = std::result::Result<T, Error>;

/// An error of this room.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stop callback said so.
    #[error("stopped")]
    Stopped,
    /// An address that may not be spoken to.
    #[error("cannot use the address `{address}`: {reason}")]
    Endpoint {
        /// The address as given.
        address: String,
        /// Why.
        reason: &'static str,
    },
    /// The file with the OAuth client cannot be used.
    #[error("cannot use the client file: {0}")]
    ClientSecret(#[from] ClientSecretProblem),
    /// The login in the browser came to nothing.
    #[error("cannot log in: {0}")]
    Login(#[from] LoginProblem),
    /// The token or revocation endpoint refused.
    #[error("cannot get access: {0}")]
    Oauth(Box<OauthError>),
    /// There is no token in the store (any more).
    #[error("not logged in to Google")]
    NotLoggedIn,
    /// The token could not be kept, read or deleted.
    #[error("cannot use the kept login ({place}): {reason}")]
    Store {
        /// Where it is kept, in words.
        place: String,
        /// Why.
        reason: String,
    },
    /// The call was not sent: what it would say is wrong.
    #[error("cannot ask Google: {0}")]
    Argument(&'static str),
    /// The server could not be reached, or the connection broke.
    #[error("cannot reach {host}: {reason}")]
    Transport {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// The server took too long.
    #[error("{host} took too long to answer")]
    Timeout {
        /// The host.
        host: String,
    },
    /// The answer is longer than is taken.
    #[error("the answer of {host} is longer than the {bound_bytes} bytes that are taken")]
    TooLarge {
        /// The host.
        host: String,
        /// The bound.
        bound_bytes: u64,
    },
    /// The server sends elsewhere where that is not followed: calls never, photos at most five times and never to plain http.
    #[error("{host} answers with a redirect, which is not followed")]
    Redirect {
        /// The host.
        host: String,
    },
    /// A successful answer that is not what was asked for.
    #[error("cannot understand the answer of {host}: {reason}")]
    Unexpected {
        /// The host.
        host: String,
        /// What is wrong.
        reason: String,
    },
    /// An error of an API.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// The base URL is older than 60 minutes, or needs the bearer of the account that picked it (HTTP 401 or 403).
    #[error("the address of the photo is no longer valid (HTTP {http})")]
    MediaExpired {
        /// The HTTP status.
        http: u16,
    },
    /// There is no photo at the base URL (HTTP 404 or 410).
    #[error("there is no photo at its address (HTTP {http})")]
    MediaMissing {
        /// The HTTP status.
        http: u16,
    },
}

impl Error {
    /// Returns what an API's error means; `None` for errors that are no API's.
    #[must_use]
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Api(error) => Some(error.kind.clone()),
            _ => None,
        }
    }
}

/// An error as an API tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub http: u16,
    /// The name of the code (`PERMISSION_DENIED`); empty where the answer was not an API's.
    pub status: String,
    /// The server's words, bounded and cleaned.
    pub message: String,
    /// The reason of `details` or `errors` (`SERVICE_DISABLED`, `rateLimitExceeded`).
    pub reason: Option<String>,
    /// What it means.
    pub kind: ErrorKind,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Google refuses (HTTP {}", self.http)?;
        if !self.status.is_empty() {
            write!(f, " {}", self.status)?;
        }
        write!(f, "): {}", self.message)
    }
}

/// What an API's error means. Decided by reason and message, since several share a status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErrorKind {
    /// 401, although the token was renewed.
    Unauthenticated,
    /// 403: the token lacks the permission, or the permission is dead; only a new consent helps.
    ScopeMissing,
    /// 403: the API is switched off in the Cloud project.
    ApiDisabled {
        /// Where it is switched on: an https address of google.com, if one was told.
        link: Option<String>,
    },
    /// 403 for another reason: not made by this app, or a session that has ended.
    PermissionDenied,
    /// 404: unknown, deleted, or not made by this app.
    NotFound,
    /// 400 of a batch with an id that is foreign, unknown or malformed. All or nothing: no item was changed.
    InvalidItemId,
    /// 400: the listing must be begun again.
    PageParametersChanged,
    /// 400: not now; with the Picker's items: the person has not finished yet.
    FailedPrecondition,
    /// 429 until midnight Pacific time; never retried.
    DailyQuota,
    /// 429 for a short while.
    Throttled,
    /// 5xx.
    Unavailable,
    /// Anything else.
    Other,
}

/// Why a login in the browser came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginProblem {
    /// The fixed port is taken.
    #[error("port {port} is in use by another program; choose another, or 0 for any free one")]
    PortTaken {
        /// The port.
        port: u16,
    },
    /// The system does not let us listen.
    #[error("this machine does not allow listening on 127.0.0.1: {reason}")]
    CannotListen {
        /// What the system said.
        reason: String,
    },
    /// The person said no.
    #[error("access was declined in the browser")]
    Denied,
    /// Google sent the browser back with another error.
    #[error("Google sent the browser back with the error `{code}`")]
    Refused {
        /// Google's word for it.
        code: String,
    },
    /// Nobody came back. Google shows errors of the consent page there and never sends them back.
    #[error(
        "the browser did not come back within {} seconds; if it shows an error (redirect_uri_mismatch, access_denied for an account that is no test user, invalid_scope), that is the cause",
        waited.as_secs()
    )]
    TimedOut {
        /// How long was waited.
        waited: Duration,
    },
    /// No refresh token came, even after the consent was asked for expressly.
    #[error("Google gave no refresh token; remove the app's access at myaccount.google.com/connections and log in again")]
    NoRefreshToken,
    /// No randomness.
    #[error("this machine gives no random numbers")]
    NoRandomness,
}

/// An error of the token or revocation endpoint (flat JSON).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthError {
    /// The HTTP status.
    pub http: u16,
    /// Google's word (`invalid_grant`); empty where the answer was no JSON.
    pub code: String,
    /// The server's words, bounded and cleaned; may be empty.
    pub description: String,
    /// What it means.
    pub kind: OauthKind,
}

impl fmt::Display for OauthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP {}", self.kind.words(), self.http)?;
        if !self.code.is_empty() {
            write!(f, " {}", self.code)?;
        }
        if !self.description.is_empty() {
            write!(f, ": {}", self.description)?;
        }
        f.write_str(")")
    }
}

/// What an error of the token endpoint means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OauthKind {
    /// `invalid_grant`: the login is over, or the code was used or too old.
    LoginOver,
    /// `invalid_rapt`: a Workspace rule wants the person to sign in anew.
    SignInAgain,
    /// `invalid_client`: id or secret are wrong.
    ClientUnknown,
    /// `deleted_client`: Google deletes clients that nobody used for six months.
    ClientDeleted,
    /// `org_internal`, `admin_policy_enforced`: the account's organisation does not allow it.
    Forbidden,
    /// `redirect_uri_mismatch`, `unauthorized_client`: the client is of another type than "Desktop app".
    WrongClientType,
    /// `invalid_scope`: a permission that does not exist.
    ScopeUnknown,
    /// 429 or 5xx, after the tries.
    Unavailable,
    /// Anything else.
    Other,
}

impl OauthKind {
    /// Returns it in words for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::LoginOver => {
                "the login is over: access was withdrawn, unused for six months, or the project is in \"Testing\", where Google ends every login after 7 days; log in again"
            }
            Self::SignInAgain => "the account's organisation wants a new sign-in; log in again",
            Self::ClientUnknown => "Google does not know this client, or its secret is wrong; download the client file again",
            Self::ClientDeleted => "Google has deleted this client; make a new one of type \"Desktop app\"",
            Self::Forbidden => "the account's organisation does not allow this app",
            Self::WrongClientType => "the client does not fit; it must be of type \"Desktop app\"",
            Self::ScopeUnknown => "Google does not know a permission that was asked for",
            Self::Unavailable => "Google's login service does not answer at the moment; try again later",
            Self::Other => "Google's login service refuses",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_line_without_a_full_stop() {
        let all = [
            Error::Stopped,
            Error::NotLoggedIn,
            Error::Login(LoginProblem::TimedOut { waited: Duration::from_secs(300) }),
            Error::Login(LoginProblem::NoRefreshToken),
            Error::Login(LoginProblem::PortTaken { port: 8000 }),
            Error::Timeout { host: "a.example".into() },
            Error::MediaExpired { http: 403 },
        ];
        for error in all {
            let words = error.to_string();
            assert!(!words.ends_with('.') && !words.contains('\n') && !words.contains("  "), "{words}");
        }
    }

    #[test]
    fn an_oauth_error_keeps_googles_word() {
        let error = OauthError { http: 400, code: "invalid_grant".into(), description: "Bad Request".into(), kind: OauthKind::LoginOver };
        let said = Error::Oauth(Box::new(error)).to_string();
        assert!(said.contains("7 days") && said.ends_with("(HTTP 400 invalid_grant: Bad Request)"), "{said}");
    }
}
