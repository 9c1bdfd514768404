//! What the tests share: a small HTTP client that reports every status, and a program that signs in.
#![allow(dead_code, clippy::unwrap_used)] // each test binary uses its own part; a panic is a test's report

use std::io::{Read, Write};
use std::net::TcpListener;

use google_sim::{Era, Options, Simulator, browse};
use serde_json::Value;

pub(crate) const PREFIX: &str = "https://www.googleapis.com/auth/";
pub(crate) const FULL: &str = "https://www.googleapis.com/auth/photoslibrary";
pub(crate) const PICKER: &str = "https://www.googleapis.com/auth/photospicker.mediaitems.readonly";
/// The three scopes that are left of the Library's.
pub(crate) const REMAINING: &str = "https://www.googleapis.com/auth/photoslibrary.appendonly \
     https://www.googleapis.com/auth/photoslibrary.readonly.appcreateddata https://www.googleapis.com/auth/photoslibrary.edit.appcreateddata";
/// 2026-01-01 12:00:00 UTC.
pub(crate) const NOON: i64 = 1_767_268_800;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) location: Option<String>,
    pub(crate) length: Option<u64>,
    /// Where the pieces of an upload go, and how much has arrived.
    pub(crate) upload_url: Option<String>,
    pub(crate) received: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    pub(crate) fn message(&self) -> String {
        self.json()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false).build().new_agent()
}

/// Sends a request; headers as pairs.
pub(crate) fn send(verb: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer, ureq::Error> {
    let mut request = ureq::http::Request::builder().method(verb).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent().run(request.body(body.to_vec())?)?;
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (kind, location) = (header("content-type").unwrap_or_default(), header("location"));
    let length = header("content-length").and_then(|length| length.parse().ok());
    let (upload_url, received) = (header("x-goog-upload-url"), header("x-goog-upload-size-received"));
    let status = response.status().as_u16();
    let bytes = response.body_mut().with_config().limit(64 << 20).read_to_vec()?;
    Ok(Answer { status, kind, location, length, upload_url, received, bytes })
}

pub(crate) fn get(url: &str, token: &str) -> Answer {
    send("GET", url, &[("authorization", &format!("Bearer {token}"))], b"").unwrap()
}

pub(crate) fn post(url: &str, token: &str, body: &Value) -> Answer {
    let headers = [("authorization", format!("Bearer {token}")), ("content-type", "application/json".to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send("POST", url, &headers, body.to_string().as_bytes()).unwrap()
}

pub(crate) fn form(url: &str, pairs: &[(&str, &str)]) -> Answer {
    let coded: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={}", escaped(value))).collect();
    send("POST", url, &[("content-type", "application/x-www-form-urlencoded")], coded.join("&").as_bytes()).unwrap()
}

pub(crate) fn escaped(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Starts a simulator whose clock stands still.
pub(crate) fn started(options: Options) -> Simulator {
    Simulator::start(Options { clock: Some(NOON), ..options }).unwrap()
}

/// Starts one of 2022 with so many items, and signs in to all of it.
pub(crate) fn legacy(items: u64) -> (Simulator, String) {
    let google = started(Options { era: Era::Legacy2022, items, ..Options::default() });
    let token = google.access_token(FULL);
    (google, token)
}

/// Reads the client out of the client secret file: id and secret.
pub(crate) fn client(google: &Simulator) -> (String, String) {
    let file: Value = serde_json::from_str(&google.client_secret_json()).unwrap();
    let text = |name: &str| file["installed"][name].as_str().unwrap().to_owned();
    (text("client_id"), text("client_secret"))
}

/// Opens the consent screen with a listener behind it; returns the query that came back, `None` if nothing did.
pub(crate) fn consent(google: &Simulator, scope: &str, more: &[(&str, &str)]) -> (String, Option<Vec<(String, String)>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let redirect_uri = format!("http://127.0.0.1:{}/back", listener.local_addr().unwrap().port());
    listener.set_nonblocking(true).unwrap();
    let id = client(google).0;
    let mut url = google.auth_url();
    let pairs =
        [("client_id", id.as_str()), ("redirect_uri", &redirect_uri), ("response_type", "code"), ("scope", scope), ("state", "s 1")];
    for (at, (key, value)) in pairs.iter().chain(more).enumerate() {
        url.push_str(&format!("{}{key}={}", if at == 0 { '?' } else { '&' }, escaped(value)));
    }
    let browser = std::thread::spawn(move || browse(&url));
    let mut query = None;
    while query.is_none() && !browser.is_finished() {
        match listener.accept() {
            Ok((mut stream, _)) => {
                stream.set_nonblocking(false).unwrap();
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap();
                let line = String::from_utf8_lossy(&request[..length]).lines().next().unwrap().to_owned();
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").unwrap();
                let target = line.split(' ').nth(1).unwrap().split_once('?').unwrap().1.to_owned();
                let pair = |piece: &str| piece.split_once('=').map(|(key, value)| (key.to_owned(), unescaped(value))).unwrap();
                query = Some(target.split('&').map(pair).collect());
            }
            Err(_) => std::thread::yield_now(),
        }
    }
    browser.join().unwrap().unwrap();
    (redirect_uri, query)
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

pub(crate) fn value<'a>(pairs: &'a [(String, String)], key: &str) -> Option<&'a str> {
    pairs.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
}

/// Lists everything; returns the items of each page.
pub(crate) fn pages(google: &Simulator, token: &str, size: u64) -> Vec<Vec<Value>> {
    let (mut pages, mut next) = (Vec::new(), String::new());
    loop {
        let answer = get(&format!("{}/v1/mediaItems?pageSize={size}&pageToken={next}", google.library_url()), token);
        assert_eq!(answer.status, 200, "{}", answer.message());
        let body = answer.json();
        pages.push(body["mediaItems"].as_array().cloned().unwrap_or_default());
        match body["nextPageToken"].as_str() {
            Some(token) => next = token.to_owned(),
            None => return pages,
        }
    }
}

pub(crate) fn add(google: &Simulator, token: &str, album: &str, ids: &[String]) -> Answer {
    post(&format!("{}/v1/albums/{album}:batchAddMediaItems", google.library_url()), token, &serde_json::json!({"mediaItemIds": ids}))
}

pub(crate) fn album(google: &Simulator, token: &str) -> String {
    let answer = post(&format!("{}/v1/albums", google.library_url()), token, &serde_json::json!({"album": {"title": "unwanted"}}));
    assert_eq!(answer.status, 200);
    answer.json()["id"].as_str().unwrap().to_owned()
}
