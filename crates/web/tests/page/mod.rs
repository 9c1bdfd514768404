//! A real server over a small catalog of drawn photos, and how to speak to it.
#![allow(dead_code, reason = "each test file needs another part")]

use pipeline::review::Review;
use pipeline::{Catalog, GroupOptions, PictureOptions, Pictures, ScanOptions, Silent, Stop, scan};
use serde_json::Value;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use ureq::http::{Method, Request, Response};

pub(crate) struct Page {
    pub(crate) folder: Rc<tempfile::TempDir>,
    pub(crate) base: String,
    pub(crate) token: String,
    pub(crate) cookie: String,
    pub(crate) stop: Stop,
    served: Option<JoinHandle<Result<(), web::Error>>>,
}

impl Drop for Page {
    fn drop(&mut self) {
        self.stop.ask();
        self.served.take().expect("served once").join().expect("no panic").expect("a clean end");
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.head.get(name).map_or("", |value| value.to_str().expect("a text"))
    }
}

pub(crate) fn send(request: Request<Vec<u8>>) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
    let mut response: Response<ureq::Body> = agent.run(request).expect("an answer");
    let body = response.body_mut().read_to_vec().expect("a body");
    Answer { status: response.status().as_u16(), head: response.headers().clone(), body }
}

impl Page {
    pub(crate) fn of(tree: &str) -> Self {
        Self::with(tree, web::Options::default())
    }

    pub(crate) fn with(tree: &str, options: web::Options) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let options = web::Options { state: folder.path().join("state"), ..options };
        let (photos, path) = (folder.path().join("photos"), folder.path().join("catalog.sqlite"));
        testkit::tree::build(tree, &photos).expect("a tree");
        let catalog = Catalog::open(&path).expect("a catalog");
        scan(&catalog, &ScanOptions { paths: vec![photos], ..ScanOptions::default() }, &Silent, &Stop::default()).expect("scanned");
        let review = Review::open(&path, GroupOptions::default(), || 1_800_000_000).expect("a review");
        let kept = PictureOptions { folder: folder.path().join("cache"), budget_bytes: 10_000_000, ffmpeg: None };
        let pictures = Pictures::open(kept).expect("pictures");
        let (stop, (sender, receiver)) = (Stop::default(), mpsc::channel());
        let asked = stop.clone();
        let served = std::thread::spawn(move || {
            web::serve(review, pictures, &options, &asked, |url| sender.send(url.to_owned()).expect("a listener"))
        });
        let url = receiver.recv_timeout(Duration::from_secs(60)).expect("served");
        let (base, token) = url.split_once("/?token=").expect("a token");
        let welcome = send(Request::get(&url).body(Vec::new()).expect("a request"));
        let (cookie, _) = welcome.header("set-cookie").split_once(';').expect("a cookie");
        let folder = Rc::new(folder);
        Self { base: base.to_owned(), token: token.to_owned(), cookie: cookie.to_owned(), folder, stop, served: Some(served) }
    }

    pub(crate) fn ask(&self, method: Method, path: &str, lines: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base)).header("cookie", &self.cookie);
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        send(request.body(body.to_vec()).expect("a request"))
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], b"")
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        let lines = [("content-type", "application/json"), ("x-lookalike", "1"), ("origin", self.base.as_str())];
        self.ask(Method::POST, &format!("/api/v1/{path}"), &lines, body.to_string().as_bytes())
    }

    /// Ends the server, and returns its folder.
    pub(crate) fn end(self) -> Rc<tempfile::TempDir> {
        Rc::clone(&self.folder)
    }

    /// The group of beaches: three members.
    pub(crate) fn beaches(&self) -> Value {
        let page = self.get("/api/v1/groups?sort=members&limit=200").json();
        let row = page["groups"].as_array().expect("groups").iter().find(|row| row["members_count"] == 3).expect("the beaches");
        self.get(&format!("/api/v1/groups/{}", row["id"])).json()
    }
}
