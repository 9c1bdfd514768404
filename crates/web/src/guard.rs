//! The door: who may ask at all. Decides from method, host, origin, cookie and headers, before any handler runs.
//!
//! A page of another site can make the browser send requests here, and can even give this address a name of its own (DNS rebinding). So a
//! request passes only with the cookie of this start, to a host that is ours, from a page that is ours. The cookie is given for the token in the
//! first address, which other users of the machine may see among the arguments of a browser: where we open it ourselves, it is good for one use.
//!
//! **Invariant:** token and cookie stand in no log, page or message; GET and HEAD never need the headers that POST does, for they change nothing.

use crate::problem::Problem;
use crate::visitors::Visitor;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use subtle::ConstantTimeEq;

/// Random bytes of a secret. 256 bits cannot be guessed.
const TOKEN_BYTES: usize = 32;
/// Longest address of a request. Bytes: a folder filter may hold a path of Linux, percent-encoded.
const URI_MAX_BYTES: usize = 16 << 10;
/// What a page may load: only what lies here, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Headers of every answer.
const HEADERS: &[(&str, &str)] = &[
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// What is known of the right visitor.
pub(crate) struct Guard {
    /// Good for the first address only.
    token: String,
    /// Whether the token is good for one use, and whether it was used.
    opens_once: bool,
    was_used: AtomicBool,
    /// Good for all else, in the cookie of that name.
    session: String,
    cookie: String,
    hosts: Vec<String>,
    /// Any address of this machine is ours: we listen on all. A name never is, so rebinding still fails.
    any_address: Option<u16>,
}

/// What is to be done with a request.
#[derive(Debug)]
enum Entry {
    Pass,
    /// The first address of this start: the token moves from the address into a cookie.
    Welcome,
    Refuse(Problem),
}

impl Guard {
    /// Returns the guard of a server on that address, with new secrets.
    pub(crate) fn new(address: SocketAddr, opens_once: bool) -> Result<Self, getrandom::Error> {
        Ok(Self::with_secrets(address, opens_once, random()?, random()?))
    }

    fn with_secrets(address: SocketAddr, opens_once: bool, token: String, session: String) -> Self {
        let port = address.port();
        let mut hosts: Vec<String> = ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")).into();
        hosts.push(address.to_string());
        if port == 80 {
            hosts.extend(hosts.clone().iter().map(|host| host.trim_end_matches(":80").to_owned()));
        }
        // Browsers share cookies between the ports of a host, so two reviews at once need two names.
        let cookie = format!("lookalike-{port}");
        let any_address = address.ip().is_unspecified().then_some(port);
        Self { token, opens_once, was_used: AtomicBool::new(false), session, cookie, hosts, any_address }
    }

    /// Returns the address to open first.
    pub(crate) fn first_url(&self, address: SocketAddr) -> String {
        let ip = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        format!("http://{}/?token={}", SocketAddr::new(ip, address.port()), self.token)
    }

    fn is_own_host(&self, host: &str) -> bool {
        let is_address = |port| host.parse::<SocketAddr>().is_ok_and(|address| address.port() == port);
        self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) || self.any_address.is_some_and(is_address)
    }

    /// Takes a token: a good one opens, but for those that were used up.
    fn open(&self, given: &str) -> Entry {
        if !is_same(given, &self.token) {
            return locked();
        }
        if self.opens_once && self.was_used.swap(true, Ordering::SeqCst) {
            let hint = "if it was not you who used it, end `lookalike review` with Ctrl-C; starting it again gives a new address";
            let what = "this address was used already, and is good for one use";
            return Entry::Refuse(Problem::new(StatusCode::FORBIDDEN, "used", what, Some(hint.to_owned())));
        }
        Entry::Welcome
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let all = headers.get_all(header::COOKIE);
        let mut pairs =
            all.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.any(|(name, value)| name.trim() == self.cookie && is_same(value.trim(), &self.session))
    }

    fn judge(&self, method: &Method, path: &str, query: Option<&str>, headers: &HeaderMap) -> Entry {
        let refuse = |status, code, what: &str| Entry::Refuse(Problem::new(status, code, what, None));
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = match (hosts.next().and_then(|host| host.to_str().ok()), hosts.next()) {
            (Some(host), None) if self.is_own_host(host) => host,
            _ => return refuse(StatusCode::MISDIRECTED_REQUEST, "host", "this server answers only to its own address"),
        };
        let is_post = method == Method::POST;
        if !is_post && method != Method::GET && method != Method::HEAD {
            return refuse(StatusCode::METHOD_NOT_ALLOWED, "method", "only GET, HEAD and POST are known here");
        }
        if path.len() + query.map_or(0, str::len) > URI_MAX_BYTES {
            return refuse(StatusCode::URI_TOO_LONG, "uri", "the address is longer than 16 KiB");
        }
        let origin = text(header::ORIGIN);
        let is_own_origin = |origin: &str| origin.strip_prefix("http://").is_some_and(|rest| rest.eq_ignore_ascii_case(host));
        let site = text(HeaderName::from_static("sec-fetch-site"));
        if origin.is_some_and(|origin| !is_own_origin(origin)) || site.is_some_and(|site| site != "same-origin" && site != "none") {
            return refuse(StatusCode::FORBIDDEN, "origin", "another page asked for this");
        }
        if !self.has_cookie(headers) {
            let given = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).find(|(name, _)| name == "token");
            return match given {
                Some((_, given)) if *method == Method::GET && path == "/" => self.open(&given),
                _ => locked(),
            };
        }
        if is_post {
            if origin.is_none() || text(HeaderName::from_static("x-lookalike")) != Some("1") {
                return refuse(StatusCode::FORBIDDEN, "origin", "a change needs the headers `Origin` and `X-Lookalike: 1`");
            }
            let media_type = text(header::CONTENT_TYPE).and_then(|text| text.split(';').next()).unwrap_or_default();
            if !media_type.trim().eq_ignore_ascii_case("application/json") {
                return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", "a change is sent as `application/json`");
            }
        } else if path == "/" && query.is_some_and(|query| query.contains("token=")) {
            return Entry::Welcome;
        }
        Entry::Pass
    }
}

/// Returns a secret that cannot be guessed.
fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; TOKEN_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(blake3::Hash::from_bytes(bytes).to_hex().to_string())
}

fn is_same(given: &str, secret: &str) -> bool {
    given.as_bytes().ct_eq(secret.as_bytes()).into()
}

fn locked() -> Entry {
    let what = "this page opens only with the address that `lookalike review` printed";
    Entry::Refuse(Problem::new(StatusCode::FORBIDDEN, "token", what, None))
}

/// Lets a request through or not, and puts the headers of every answer on it.
pub(crate) async fn stand(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let is_api = uri.path().starts_with("/api/") || uri.path().starts_with("/pictures/");
    let entry = guard.judge(request.method(), uri.path(), uri.query(), request.headers());
    if let (Entry::Pass | Entry::Welcome, Some(visitor)) = (&entry, request.extensions().get::<Arc<Visitor>>()) {
        visitor.know();
    }
    let mut response = match entry {
        Entry::Pass => next.run(request).await,
        Entry::Welcome => welcome(&guard),
        Entry::Refuse(problem) if is_api || request.method() == Method::POST => problem.into_response(),
        Entry::Refuse(problem) => crate::pages::refused(&problem),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

fn welcome(guard: &Guard) -> Response {
    let cookie = format!("{}={}; HttpOnly; SameSite=Strict; Path=/", guard.cookie, guard.session);
    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, "/".to_owned())]).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    const SESSION: &str = "aa112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    /// A request, the lines in which it differs from a good one, and what becomes of it.
    type Row<'a> = (&'a str, &'a [(&'a str, Option<&'a str>)], &'a str);

    fn at(address: &str) -> Guard {
        Guard::with_secrets(address.parse().expect("an address"), false, TOKEN.to_owned(), SESSION.to_owned())
    }

    /// Returns what is done with a request whose lines differ from those of a good one: `None` takes a line away.
    fn judge(guard: &Guard, request: &str, changes: &[(&str, Option<&str>)]) -> String {
        let (method, address) = request.split_once(' ').expect("method and address");
        let (path, query) = address.split_once('?').map_or((address, None), |(path, query)| (path, Some(query)));
        let cookie = format!("a=b; lookalike-4711={SESSION}");
        let mut lines = vec![("host", "127.0.0.1:4711"), ("cookie", cookie.as_str())];
        if method == "POST" {
            lines.extend([("origin", "http://127.0.0.1:4711"), ("x-lookalike", "1"), ("content-type", "application/json")]);
        }
        for (name, value) in changes {
            lines.retain(|(line, _)| line != name);
            lines.extend(value.map(|value| (*name, value)));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_bytes(name.as_bytes()).expect("a name"), HeaderValue::from_str(value).expect("a value"));
        }
        match guard.judge(&method.parse().expect("a method"), path, query, &headers) {
            Entry::Pass => "pass".to_owned(),
            Entry::Welcome => "welcome".to_owned(),
            Entry::Refuse(problem) => format!("{} {}", problem.status.as_u16(), problem.code),
        }
    }

    #[test]
    fn who_may_come_in() {
        let guard = at("127.0.0.1:4711");
        let right = format!("GET /?token={TOKEN}");
        let wrong = format!("GET /?token={}", TOKEN.replace('0', "1"));
        let elsewhere = format!("GET /groups?token={TOKEN}");
        let long = format!("GET /groups?folder={}", "a".repeat(URI_MAX_BYTES - "/groupsfolder=".len()));
        let longer = format!("{long}a");
        let other_cookie = format!("lookalike-4712={SESSION}");
        let token_cookie = format!("lookalike-4711={TOKEN}");
        let session = format!("GET /?token={SESSION}");
        let own = [("host", Some("LOCALHOST:4711")), ("origin", Some("http://localhost:4711"))];
        let rows: &[Row<'_>] = &[
            ("GET /", &[], "pass"),
            ("HEAD /pictures/1/small", &[], "pass"),
            ("POST /api/v1/undo", &[], "pass"),
            // hosts
            ("GET /", &[("host", Some("localhost:4711"))], "pass"),
            ("GET /", &[("host", Some("[::1]:4711"))], "pass"),
            ("GET /", &[("host", Some("127.0.0.1"))], "421 host"),
            ("GET /", &[("host", Some("127.0.0.1:4712"))], "421 host"),
            ("GET /", &[("host", Some("evil.example:4711"))], "421 host"),
            ("GET /", &[("host", Some("127.0.0.1.evil.example:4711"))], "421 host"),
            ("GET /", &[("host", Some("192.168.1.5:4711"))], "421 host"),
            ("GET /", &[("host", None)], "421 host"),
            // methods
            ("PUT /api/v1/undo", &[], "405 method"),
            ("DELETE /groups/1", &[], "405 method"),
            ("OPTIONS /", &[("origin", Some("https://evil.example"))], "405 method"),
            ("TRACE /", &[], "405 method"),
            // origins
            ("GET /", &[("origin", Some("http://127.0.0.1:4711"))], "pass"),
            ("GET /", &[("origin", Some("http://127.0.0.1:80"))], "403 origin"),
            ("GET /", &[("origin", Some("https://127.0.0.1:4711"))], "403 origin"),
            ("GET /", &[("origin", Some("null"))], "403 origin"),
            ("GET /", &[("sec-fetch-site", Some("same-origin"))], "pass"),
            ("GET /", &[("sec-fetch-site", Some("none"))], "pass"),
            ("GET /", &[("sec-fetch-site", Some("same-site"))], "403 origin"),
            ("GET /pictures/1/small", &[("sec-fetch-site", Some("cross-site"))], "403 origin"),
            ("POST /api/v1/undo", &[("origin", Some("http://localhost:4711"))], "403 origin"),
            ("POST /api/v1/undo", &own, "pass"),
            ("POST /api/v1/undo", &[("origin", None)], "403 origin"),
            ("POST /api/v1/undo", &[("sec-fetch-site", Some("cross-site"))], "403 origin"),
            // the token
            ("GET /", &[("cookie", None)], "403 token"),
            ("GET /", &[("cookie", Some("lookalike-4711=0"))], "403 token"),
            ("GET /", &[("cookie", Some(&other_cookie))], "403 token"),
            ("GET /", &[("cookie", Some(&token_cookie))], "403 token"),
            (&session, &[("cookie", None)], "403 token"),
            (&right, &[("cookie", None)], "welcome"),
            (&right, &[("cookie", None)], "welcome"),
            (&right, &[("cookie", None), ("sec-fetch-site", Some("cross-site"))], "403 origin"),
            (&right, &[], "welcome"),
            (&wrong, &[("cookie", None)], "403 token"),
            (&elsewhere, &[("cookie", None)], "403 token"),
            ("POST /api/v1/undo", &[("cookie", None)], "403 token"),
            // what a change needs
            ("POST /api/v1/undo", &[("x-lookalike", None)], "403 origin"),
            ("POST /api/v1/undo", &[("x-lookalike", Some("0"))], "403 origin"),
            ("POST /api/v1/undo", &[("content-type", None)], "415 content-type"),
            ("POST /api/v1/undo", &[("content-type", Some("text/plain"))], "415 content-type"),
            ("POST /api/v1/undo", &[("content-type", Some("application/x-www-form-urlencoded"))], "415 content-type"),
            ("POST /api/v1/undo", &[("content-type", Some("application/json; charset=utf-8"))], "pass"),
            // bounds
            (&long, &[], "pass"),
            (&longer, &[], "414 uri"),
        ];
        for (request, changes, expected) in rows {
            assert_eq!(judge(&guard, request, changes), *expected, "{} {changes:?}", &request[..request.len().min(60)]);
        }
    }

    #[test]
    fn other_places_to_listen() {
        let host = |guard: &Guard, host: &str| judge(guard, "GET /", &[("host", Some(host))]);
        let all = at("0.0.0.0:4711");
        assert_eq!(host(&all, "192.168.1.5:4711"), "pass");
        assert_eq!(host(&all, "evil.example:4711"), "421 host", "rebinding needs a name");
        assert_eq!(host(&all, "192.168.1.5:4712"), "421 host");
        let one = at("192.168.1.5:4711");
        assert_eq!(host(&one, "192.168.1.5:4711"), "pass");
        assert_eq!(host(&one, "192.168.1.6:4711"), "421 host");
        let plain = at("127.0.0.1:80");
        assert!(plain.is_own_host("localhost") && plain.is_own_host("localhost:80"));
        assert!(all.first_url("0.0.0.0:4711".parse().expect("an address")).starts_with("http://127.0.0.1:4711/?token="));
    }

    #[test]
    fn tokens_are_long_and_never_twice() {
        let address = "127.0.0.1:1".parse().expect("an address");
        let (a, b) = (Guard::new(address, true).expect("entropy"), Guard::new(address, true).expect("entropy"));
        let all = [a.token, a.session, b.token, b.session];
        assert!(all.iter().all(|secret| secret.len() == 2 * TOKEN_BYTES));
        assert_eq!(std::collections::BTreeSet::from(all).len(), 4, "the cookie is not the token either");
    }

    #[test]
    fn where_we_open_the_browser_the_token_is_good_for_one_use() {
        let guard = Guard { opens_once: true, ..at("127.0.0.1:4711") };
        let right = format!("GET /?token={TOKEN}");
        let wrong = format!("GET /?token={}", TOKEN.replace('0', "1"));
        let strange = [("cookie", None)];
        assert_eq!(judge(&guard, &wrong, &strange), "403 token", "a wrong one uses nothing up");
        assert_eq!(judge(&guard, &format!("HEAD /?token={TOKEN}"), &strange), "403 token");
        assert_eq!(judge(&guard, &right, &[("cookie", None), ("sec-fetch-site", Some("cross-site"))]), "403 origin");
        assert_eq!(judge(&guard, &right, &strange), "welcome");
        assert_eq!(judge(&guard, &right, &strange), "403 used");
        assert_eq!(judge(&guard, &wrong, &strange), "403 token");
        assert_eq!(judge(&guard, &right, &[]), "welcome", "who is in may open it again");
        assert_eq!(judge(&guard, "GET /", &[]), "pass");
    }
}
