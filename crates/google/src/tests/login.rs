//! The login, with a browser that is played: what it asks for, who may answer, and what comes of it.

use super::*;
use crate::oauth::{Login, LoginOptions, login};
use crate::{Error, LoginProblem, OauthKind, scope};
use base64::Engine;
use sha2::Digest;

const SCOPES: &[&str] = &[scope::PICKER, scope::LIBRARY_APPEND];

/// The consent page as the browser was sent to it.
struct Consent(Vec<(String, String)>);

impl Consent {
    fn of(url: &str) -> Self {
        let query = url.split_once('?').unwrap().1;
        Self(form_urlencoded::parse(query.as_bytes()).map(|(key, value)| (key.into_owned(), value.into_owned())).collect())
    }

    fn field(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn port(&self) -> u16 {
        self.field("redirect_uri").unwrap().rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Goes to `target` on the listener and returns status line, headers and page.
    fn visit(&self, target: &str) -> String {
        said_to(self.port(), format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").as_bytes())
    }

    fn come_back(&self, query: &str) -> String {
        self.visit(&format!("/?state={}&{query}", self.field("state").unwrap()))
    }
}

fn said_to(port: u16, request: &[u8]) -> String {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return String::new() };
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let mut said = Vec::new();
    if stream.write_all(request).is_ok() {
        stream.read_to_end(&mut said).ok();
    }
    String::from_utf8_lossy(&said).into_owned()
}

fn granted(scopes: &str) -> String {
    format!(r#"{{"access_token":"ya29.hush","expires_in":3599,"refresh_token":"1//hush","scope":"{scopes}","token_type":"Bearer"}}"#)
}

fn all() -> String {
    granted(&SCOPES.join(" "))
}

/// Logs in with a browser that does `browse`, against a server that answers with `replies`.
fn log_in(
    replies: Vec<Reply>,
    timeout: Duration,
    browse: impl Fn(&Consent) + Send + Sync + 'static,
) -> (crate::Result<Login>, Vec<Seen>, Vec<String>) {
    let server = Server::script(replies);
    let world = TestWorld::with_browser(move |url| browse(&Consent::of(url)));
    let shown = Mutex::new(Vec::new());
    let options = LoginOptions { timeout, ..LoginOptions::new(SCOPES) };
    let result = login(&wire(&server, &world), &client(), &options, &|url| shown.lock().unwrap().push(url.to_owned()));
    (result, server.seen(), shown.into_inner().unwrap())
}

const LONG: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(80);

#[test]
fn a_login_from_the_first_to_the_last_step() {
    let page = Arc::new(Mutex::new(String::new()));
    let shown_page = Arc::clone(&page);
    let (login, seen, shown) = log_in(vec![json(200, &all())], LONG, move |consent| {
        *shown_page.lock().unwrap() = consent.come_back("code=4%2F0Ahush%2B&scope=x");
    });
    let login = login.unwrap();
    assert_eq!((login.token.access.reveal(), login.token.refresh.reveal()), ("ya29.hush", "1//hush"));
    assert_eq!((login.token.expires_at, login.token.obtained_at, login.token.client_id.as_str()), (NOW + 3599, NOW, "id"));
    assert_eq!(login.token.scopes, [scope::LIBRARY_APPEND, scope::PICKER], "sorted");
    assert!(login.missing_scopes.is_empty());

    let consent = Consent::of(&shown[0]);
    assert_eq!((shown.len(), consent.field("client_id"), consent.field("response_type")), (1, Some("id"), Some("code")));
    assert_eq!(consent.field("scope").unwrap(), SCOPES.join(" "));
    assert_eq!((consent.field("access_type"), consent.field("prompt")), (Some("offline"), None));
    assert_eq!(consent.field("include_granted_scopes"), None);
    assert!(!shown[0].contains("GOCSPX"));

    let form = ["grant_type", "code", "client_id", "client_secret", "redirect_uri"].map(|name| seen[0].form(name).unwrap());
    let redirect_uri = consent.field("redirect_uri").unwrap();
    assert_eq!(form, ["authorization_code", "4/0Ahush+", "id", "GOCSPX-hush", redirect_uri]);
    assert_eq!(redirect_uri, format!("http://127.0.0.1:{}", consent.port()));
    let verifier = seen[0].form("code_verifier").unwrap();
    let expected = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier));
    assert_eq!((consent.field("code_challenge").unwrap(), consent.field("code_challenge_method")), (expected.as_str(), Some("S256")));

    let page = page.lock().unwrap();
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("close this tab") && !page.contains("hush"), "{page}");
}

#[test]
fn only_the_right_state_counts_and_other_visits_do_no_harm() {
    let pages = Arc::new(Mutex::new(Vec::new()));
    let seen_pages = Arc::clone(&pages);
    let (login, seen, _) = log_in(vec![json(200, &all())], LONG, move |consent| {
        let state = consent.field("state").unwrap();
        let idle = TcpStream::connect(("127.0.0.1", consent.port())).unwrap();
        let mut half = TcpStream::connect(("127.0.0.1", consent.port())).unwrap();
        half.write_all(b"GET /?code=half").unwrap();
        let visits = [
            consent.visit("/favicon.ico"),
            consent.visit(&format!("/other?state={state}&code=other")),
            consent.visit("/?state=wrong&code=forged"),
            consent.visit("/?code=forged"),
            consent.visit("/?state=wrong&error=access_denied"),
            consent.visit(&format!("/?state=wrong&state={state}&code=forged")),
            consent.visit(&format!("/?state={state}")),
            consent.visit(&format!("/?state={state}&code=")),
            said_to(consent.port(), format!("POST /?state={state}&code=forged HTTP/1.1\r\n\r\n").as_bytes()),
            said_to(consent.port(), b"\r\n\r\n"),
            said_to(consent.port(), &[b'x'; 16 * 1024 + 1]),
        ];
        let states: Vec<String> = visits.iter().map(|page| page.split(' ').nth(1).unwrap_or_default().to_owned()).collect();
        *seen_pages.lock().unwrap() = states;
        consent.come_back("code=right");
        drop((idle, half));
    });
    login.unwrap();
    assert_eq!(seen[0].form("code").as_deref(), Some("right"));
    let pages = pages.lock().unwrap();
    assert_eq!(*pages, ["404", "404", "400", "400", "400", "400", "400", "400", "405", "405", "431"]);
}

#[test]
fn a_second_tab_changes_nothing() {
    let (login, seen, _) = log_in(vec![json(200, &all())], LONG, |consent| {
        consent.come_back("code=first");
        consent.come_back("code=second");
    });
    login.unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].form("code").as_deref(), Some("first"));
}

#[test]
fn no_is_no() {
    let (login, seen, _) = log_in(vec![], LONG, |consent| {
        let page = consent.come_back("error=access_denied");
        assert!(page.contains("No access was given"), "{page}");
    });
    assert!(matches!(login, Err(Error::Login(LoginProblem::Denied))));
    assert_eq!(seen.len(), 0);
    let (login, _, _) = log_in(vec![], LONG, |consent| drop(consent.come_back("error=server%0Aerror")));
    assert!(matches!(login, Err(Error::Login(LoginProblem::Refused { code })) if code == "server error"));
}

#[test]
fn nobody_comes_back() {
    let (login, _, shown) = log_in(vec![], SHORT, |consent| drop(consent.visit("/?state=wrong&code=x")));
    assert!(matches!(login, Err(Error::Login(LoginProblem::TimedOut { waited: SHORT }))));
    assert_eq!(shown.len(), 1);
}

#[test]
fn a_stop_ends_the_waiting_and_the_browser_stays_closed_if_told_so() {
    let server = Server::script(vec![]);
    let world = TestWorld::with_browser(|_| panic!("not to be opened"));
    let asked = AtomicUsize::new(0);
    let stop: Stop = Arc::new(move || asked.fetch_add(1, Ordering::SeqCst) >= 2);
    let wire = Wire::new(endpoints(&server.address), world, stop).unwrap();
    let options = LoginOptions { opens_browser: false, ..LoginOptions::new(SCOPES) };
    assert!(matches!(login(&wire, &client(), &options, &|_| {}), Err(Error::Stopped)));
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let server = Server::script(vec![]);
    let options = LoginOptions { port, ..LoginOptions::new(SCOPES) };
    let result = login(&wire(&server, &TestWorld::new()), &client(), &options, &|_| panic!("nothing to show"));
    assert!(matches!(result, Err(Error::Login(LoginProblem::PortTaken { port: told })) if told == port));
}

#[test]
fn permissions_that_were_unticked_are_told_and_others_are_no_matter() {
    let reply = json(200, &granted(&format!("openid  {}", scope::PICKER)));
    let (login, _, _) = log_in(vec![reply], LONG, |consent| drop(consent.come_back("code=c")));
    let login = login.unwrap();
    assert_eq!(login.missing_scopes, [scope::LIBRARY_APPEND]);
    assert_eq!(login.token.scopes, [scope::PICKER, "openid"]);
    let silent = json(200, r#"{"access_token":"a","refresh_token":"r","refresh_token_expires_in":604799}"#);
    let (login, _, _) = log_in(vec![silent], LONG, |consent| drop(consent.come_back("code=c")));
    let login = login.unwrap();
    assert!(login.missing_scopes.is_empty(), "not told means as asked for (RFC 6749, 5.1)");
    assert_eq!(login.token.refresh_expires_at, Some(NOW + 604_799));
}

#[test]
fn without_a_refresh_token_the_consent_is_asked_for_once_more() {
    let bare = r#"{"access_token":"a","expires_in":3599}"#;
    let (login, seen, shown) = log_in(vec![json(200, bare), json(200, &all())], LONG, |consent| drop(consent.come_back("code=c")));
    login.unwrap();
    let asked: Vec<_> = shown.iter().map(|url| Consent::of(url)).collect();
    assert_eq!((seen.len(), shown.len()), (2, 2));
    assert_eq!((asked[0].field("prompt"), asked[1].field("prompt")), (None, Some("consent")));
    assert_ne!((asked[0].field("state"), asked[0].field("code_challenge")), (asked[1].field("state"), asked[1].field("code_challenge")));
    let (login, seen, _) = log_in(vec![json(200, bare), json(200, bare)], LONG, |consent| drop(consent.come_back("code=c")));
    assert!(matches!(login, Err(Error::Login(LoginProblem::NoRefreshToken))));
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_code_that_google_refuses_is_not_quoted() {
    let refused = json(400, r#"{"error":"invalid_grant","error_description":"Malformed auth code: 4/hush"}"#);
    let (login, seen, _) = log_in(vec![refused], LONG, |consent| drop(consent.come_back("code=4/hush")));
    let error = login.unwrap_err();
    assert!(matches!(&error, Error::Oauth(error) if error.kind == OauthKind::LoginOver));
    assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
    assert_eq!(seen.len(), 1);
}
