//! Sends one request and takes one bounded answer; no retry, no redirect, no meaning.
//!
//! **Invariant:** no error holds an address beyond its host, nor a header.

use crate::endpoints::{host_words, is_loopback, parse};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::wire::Limits;
use std::io::{ErrorKind, Read};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use ureq::http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use ureq::http::{HeaderMap, Method, Uri};
use ureq::{Agent, Timeout};

/// Most of an error's body that is read, in bytes; the rest is left unread.
const ERROR_BODY_MAX_BYTES: u64 = 64 * 1024;
/// Longest head of an answer, in bytes.
const HEAD_MAX_BYTES: usize = 64 * 1024;
/// Longest bearer, in bytes; Google's page on tokens says 2,048.
const BEARER_MAX_BYTES: usize = 8 * 1024;

/// One request.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    pub(crate) url: &'a str,
    pub(crate) bearer: Option<&'a Secret>,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: Option<&'a [u8]>,
    /// Longest successful body; an error's body is cut instead.
    pub(crate) max_bytes: u64,
}

/// One answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) host: String,
    pub(crate) http: u16,
    /// In lower case, without parameters; empty if not told.
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// How far a request came that got no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The server has not seen it.
    Unsent,
    /// The server may have carried it out.
    MaybeSent,
    /// Trying again gives the same.
    Final,
}

/// An error with what it means for another try.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) reach: Reach,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, reach: Reach::Final }
    }
}

/// The two ways out: through the proxy of the environment, and never so for this machine itself.
#[derive(Clone)]
pub(crate) struct Transport {
    outside: Agent,
    local: Agent,
}

impl Transport {
    pub(crate) fn new(limits: &Limits) -> Self {
        let config = || {
            Agent::config_builder()
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .max_response_header_size(HEAD_MAX_BYTES)
                .timeout_connect(Some(limits.connect))
                .timeout_per_read(Some(limits.read))
                .timeout_per_write(Some(limits.read))
                .timeout_global(Some(limits.call))
                .user_agent(concat!("lookalike/", env!("CARGO_PKG_VERSION")))
        };
        Self { outside: config().build().new_agent(), local: config().proxy(None).build().new_agent() }
    }

    /// Sends `request`; `stop` is asked while the body comes in.
    pub(crate) fn send(&self, request: Request<'_>, stop: &dyn Fn() -> bool) -> std::result::Result<Answer, Failure> {
        let uri = parse(request.url).map_err(|reason| Error::Endpoint { address: host_words(request.url), reason })?;
        let host = uri.host().unwrap_or_default().to_owned();
        let built = build(request, uri)?;
        let agent = if is_loopback(&host) { &self.local } else { &self.outside };
        let sent = run(agent, built, request.body, stop).ok_or(Error::Stopped)?;
        let mut response = sent.map_err(|error| failure(&host, error))?;
        let http = response.status().as_u16();
        let headers = response.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let mut answer = Answer {
            host: host.clone(),
            http,
            content_type: text(CONTENT_TYPE).and_then(|kind| kind.split(';').next().map(plain_type)).unwrap_or_default(),
            retry_after: text(RETRY_AFTER),
            location: text(LOCATION),
            body: Vec::new(),
        };
        let is_success = (200..300).contains(&http);
        if (300..400).contains(&http) {
            return Ok(answer);
        }
        let max = if is_success { request.max_bytes } else { ERROR_BODY_MAX_BYTES };
        if is_success && declared_length(headers).is_some_and(|length| length > max) {
            return Err(Error::TooLarge { host, bound_bytes: max }.into());
        }
        match read(response.body_mut().as_reader(), max, stop) {
            Ok((body, is_whole)) if is_whole || !is_success => answer.body = body,
            Ok(_) => return Err(Error::TooLarge { host, bound_bytes: max }.into()),
            Err(ReadError::Stopped) => return Err(Error::Stopped.into()),
            // The status and its headers are known, which is what counts in an error.
            Err(ReadError::Io(_)) if !is_success => {}
            Err(ReadError::Io(error)) => return Err(failure(&host, ureq::Error::from(error))),
        }
        Ok(answer)
    }
}

/// How often a wish to stop is asked for while a server says nothing.
const STOP_STEP: Duration = Duration::from_millis(200);

/// Runs a request on a thread of its own, so that a silent server keeps nobody from stopping; `None` on a stop. The thread then ends by the
/// limits of time.
fn run(
    agent: &Agent,
    built: ureq::http::Request<()>,
    body: Option<&[u8]>,
    stop: &dyn Fn() -> bool,
) -> Option<std::result::Result<ureq::http::Response<ureq::Body>, ureq::Error>> {
    let (sender, receiver) = mpsc::channel();
    let (agent, body) = (agent.clone(), body.map(<[u8]>::to_vec));
    std::thread::spawn(move || {
        let sent = match body {
            Some(body) => agent.run(built.map(|()| body)),
            None => agent.run(built),
        };
        // After a stop nobody listens.
        drop(sender.send(sent));
    });
    loop {
        match receiver.recv_timeout(STOP_STEP) {
            Ok(sent) => return Some(sent),
            Err(RecvTimeoutError::Timeout) if stop() => return None,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Some(Err(ureq::Error::from(std::io::Error::other("the request broke off")))),
        }
    }
}

fn plain_type(kind: &str) -> String {
    kind.trim().to_ascii_lowercase()
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn build(request: Request<'_>, uri: Uri) -> Result<ureq::http::Request<()>> {
    let mut builder = ureq::http::Request::builder().method(request.method).uri(uri);
    for (name, value) in request.headers {
        builder = builder.header(*name, *value);
    }
    if let Some(bearer) = request.bearer {
        let token = bearer.reveal();
        if token.is_empty() || token.len() > BEARER_MAX_BYTES || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Argument("the access token is damaged"));
        }
        builder = builder.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    builder.body(()).map_err(|_| Error::Argument("a value does not fit into a request"))
}

enum ReadError {
    Stopped,
    Io(std::io::Error),
}

/// Reads up to `max` bytes and tells whether that was all.
fn read(mut reader: impl Read, max: u64, stop: &dyn Fn() -> bool) -> std::result::Result<(Vec<u8>, bool), ReadError> {
    let mut body = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        if stop() {
            return Err(ReadError::Stopped);
        }
        let count = match reader.read(&mut chunk) {
            Ok(0) => return Ok((body, true)),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(ReadError::Io(error)),
        };
        let room = usize::try_from(max.saturating_sub(body.len() as u64)).unwrap_or(usize::MAX);
        body.extend_from_slice(&chunk[..count.min(room)]);
        if count > room {
            return Ok((body, false));
        }
    }
}

/// Turns an error of the transport into ours. Its own words are not used where they may hold an address.
fn failure(host: &str, error: ureq::Error) -> Failure {
    let transport = |reach, reason: String| Failure { error: Error::Transport { host: host.to_owned(), reason }, reach };
    match error {
        ureq::Error::Timeout(at) => {
            let reach = if matches!(at, Timeout::Resolve | Timeout::Connect) { Reach::Unsent } else { Reach::MaybeSent };
            Failure { error: Error::Timeout { host: host.to_owned() }, reach }
        }
        ureq::Error::HostNotFound => transport(Reach::Unsent, "there is no such host, or no connection to the internet".to_owned()),
        ureq::Error::ConnectionFailed => transport(Reach::Unsent, "no connection".to_owned()),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => {
            transport(Reach::Final, "the proxy of this machine does not let it through".to_owned())
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::Pem(_) | ureq::Error::TlsRequired => {
            transport(Reach::Final, "the connection cannot be trusted (wrong certificate)".to_owned())
        }
        ureq::Error::LargeResponseHeader(..) => Error::TooLarge { host: host.to_owned(), bound_bytes: HEAD_MAX_BYTES as u64 }.into(),
        ureq::Error::Io(error) => of_system(host, &error),
        ureq::Error::Protocol(_) => transport(Reach::MaybeSent, "it does not speak HTTP, or broke off".to_owned()),
        ureq::Error::Decompress(..) => transport(Reach::MaybeSent, "its answer cannot be unpacked".to_owned()),
        _ => transport(Reach::Final, "the request could not be made".to_owned()),
    }
}

fn of_system(host: &str, error: &std::io::Error) -> Failure {
    let transport = |reach, reason: &str| Failure { error: Error::Transport { host: host.to_owned(), reason: reason.to_owned() }, reach };
    match error.kind() {
        ErrorKind::ConnectionRefused => transport(Reach::Unsent, "it refuses the connection"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown | ErrorKind::AddrNotAvailable => {
            transport(Reach::Unsent, "there is no way to it from here")
        }
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure { error: Error::Timeout { host: host.to_owned() }, reach: Reach::MaybeSent },
        ErrorKind::InvalidData => transport(Reach::Final, "the connection cannot be trusted"),
        _ => transport(Reach::MaybeSent, "the connection broke"),
    }
}

/// How long `Retry-After` asks to wait: seconds, or a date of HTTP.
pub(crate) fn retry_after(written: &str, now: i64) -> Option<Duration> {
    let written = written.trim();
    if let Ok(seconds) = written.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(written).ok()?;
    Some(Duration::from_secs(u64::try_from(date.as_second().saturating_sub(now)).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after("120", 0), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:40 GMT", 40), Some(Duration::from_secs(60)));
        assert_eq!(retry_after("Thu, 01 Jan 1970 00:01:40 GMT", 4000), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", 0), None);
        assert_eq!(retry_after("-5", 0), None);
    }

    #[test]
    fn a_silent_server_keeps_nobody_from_stopping() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1/mediaItems", listener.local_addr().unwrap());
        let transport = Transport::new(&Limits::default());
        let request = Request { method: &Method::GET, url: &url, bearer: None, headers: &[], body: None, max_bytes: 1000 };
        let began = Instant::now();
        let failure = transport.send(request, &|| began.elapsed() > Duration::from_millis(300)).err().unwrap();
        assert!(matches!(failure.error, Error::Stopped), "{failure:?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
