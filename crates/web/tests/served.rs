//! The page as a browser meets it: a real server over a small catalog of drawn photos.
#![allow(clippy::disallowed_methods)] // a test empties files of its own

mod page;

use page::{Page, send};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use ureq::http::{Method, Request};

const TREE: &str = r#"
a/beach.jpg        picture=3 size=1200x900 jpeg=92 camera=pixel taken="2020:09:20 13:12:07"
a/beach-copy.jpg   same=a/beach.jpg
a/beach-small.jpg  picture=3 size=1200x900 fit=320 jpeg=80
b/<b>&hill.jpg     picture=5 size=1200x900 jpeg=92 camera=pixel taken="2019:01:02 03:04:05"
b/hill-again.jpg   picture=5 size=1200x900 jpeg=60
"#;

#[test]
fn the_token_moves_into_a_cookie() {
    let page = Page::of(TREE);
    let token = &page.token;
    let session = page.cookie.split('=').nth(1).expect("a session");
    assert_ne!(token, session);
    let welcome = send(Request::get(format!("{}/?token={token}", page.base)).body(Vec::new()).expect("a request"));
    assert_eq!((welcome.status, welcome.header("location")), (303, "/"));
    assert_eq!(welcome.header("set-cookie"), format!("{}; HttpOnly; SameSite=Strict; Path=/", page.cookie));
    for path in ["/", "/groups?state=open", "/assets/page.js", "/api/v1/pulse", "/pictures/1/small"] {
        let locked = send(Request::get(format!("{}{path}", page.base)).body(Vec::new()).expect("a request"));
        assert_eq!(locked.status, 403, "{path}");
        assert!(!locked.text().contains(token) && !locked.text().contains(session), "{path}");
        assert!(locked.text().contains("lookalike review"), "{path} does not say how to come in");
    }
}

#[test]
fn an_address_that_opens_once_says_that_it_was_used() {
    let page = Page::with(TREE, web::Options { opens_once: true, ..web::Options::default() });
    let again = send(Request::get(format!("{}/?token={}", page.base, page.token)).body(Vec::new()).expect("a request"));
    assert_eq!((again.status, again.header("set-cookie")), (403, ""));
    assert!(again.text().contains("used already") && again.text().contains("starting it again gives a new address"), "{}", again.text());
    assert_eq!(page.get("/").status, 200, "who came first stays in");
}

#[test]
fn every_answer_carries_the_headers() {
    let page = Page::of(TREE);
    let group = page.beaches()["id"].clone();
    for path in [
        "/",
        "/groups?state=open",
        &format!("/groups/{group}?state=open"),
        "/parted",
        "/rules",
        "/plan",
        "/runs",
        "/trash",
        "/missing",
        "/assets/page.js",
        "/api/v1/pulse",
        "/nothing",
    ] {
        let answer = page.get(path);
        assert_eq!(answer.status, if path == "/nothing" { 404 } else { 200 }, "{path}: {}", answer.text());
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        if !path.starts_with("/assets") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
    assert_eq!(page.get("/groups").header("location"), "/groups?state=open");
}

#[test]
fn a_hostile_name_is_text_on_its_page() {
    let page = Page::of(TREE);
    let groups = page.get("/api/v1/groups?folder=").json();
    let hill = groups["groups"].as_array().expect("groups").iter().find(|row| row["members_count"] == 2).expect("the hills")["id"].clone();
    let html = page.get(&format!("/groups/{hill}")).text();
    assert!(html.contains("&lt;b&gt;&amp;hill.jpg") && !html.contains("<b>"), "{html}");
}

#[test]
fn deciding_is_kept_undone_and_refused_when_stale() {
    let page = Page::of(TREE);
    let group = page.beaches();
    let (id, version) = (group["id"].clone(), group["version"].clone());
    let small =
        group["all"].as_array().expect("members").iter().find(|member| member["name"] == "beach-small.jpg").expect("a member")["asset"]
            .clone();
    let keep = json!({"version": version, "wish": {"kind": "verdicts", "verdicts": [[small, "keep"]]}});
    let path = format!("groups/{id}/decide");
    let decided = page.post(&path, &keep);
    assert_eq!(decided.status, 200, "{}", decided.text());
    assert_eq!(decided.json()["history"]["undo"]["kind"], "verdicts");
    let stale = page.post(&path, &keep);
    assert_eq!((stale.status, &stale.json()["error"]["code"]), (409, &json!("conflict")));
    assert_eq!(stale.json()["group"]["id"], id, "the group as it stands now");
    let none = json!({"version": stale.json()["group"]["version"], "wish": {"kind": "verdicts", "verdicts": group["all"].as_array().expect("members").iter().map(|member| json!([member["asset"], "remove"])).collect::<Vec<_>>()}});
    assert_eq!(page.post(&path, &none).status, 400, "one has to stay");
    let undone = page.post("undo", &json!({"id": decided.json()["history"]["undo"]["id"]}));
    assert_eq!((undone.status, &undone.json()["history"]["undo"]), (200, &Value::Null));
    assert_eq!(page.post("redo", &json!({"id": undone.json()["history"]["redo"]["id"]})).status, 200);
    // What cannot be meant is refused with words.
    for (path, body, status) in [
        ("groups/x/decide", json!({"version": 1, "wish": {"kind": "accept"}}), 404),
        (path.as_str(), json!({"version": 1, "wish": {"kind": "burn"}}), 400),
        (path.as_str(), json!({"version": 1, "wish": {"kind": "accept"}, "more": 1}), 400),
        ("undo", json!({"id": "1"}), 400),
        ("accept/preview", json!({"query": "page=2", "relations": ["identical"]}), 400),
        ("accept/preview", json!({"relations": ["twin"]}), 400),
        ("rules/preview", json!({"rules": "largest"}), 400),
    ] {
        let refused = page.post(path, &body);
        assert_eq!(refused.status, status, "{path} {body}: {}", refused.text());
        assert!(refused.json()["error"]["what"].as_str().is_some_and(|what| !what.is_empty()), "{path}");
    }
}

#[test]
fn many_are_accepted_as_previewed() {
    let page = Page::of(TREE);
    let relations = json!(["identical", "thumbnail"]);
    let preview = page.post("accept/preview", &json!({"query": "state=open", "relations": relations})).json();
    assert_eq!(preview["assets"], 2, "{preview}");
    assert_eq!(page.post("accept", &json!({"query": "state=open", "relations": relations, "token": "0"})).status, 409);
    let accepted = page.post("accept", &json!({"query": "state=open", "relations": relations, "token": preview["token"]}));
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    assert_eq!(page.post("accept", &json!({"query": "state=open", "relations": relations, "token": preview["token"]})).status, 409);
}

#[test]
fn rules_are_counted_line_by_line() {
    let page = Page::of(TREE);
    let counted = page.post("rules/preview", &json!({"rules": "path"}));
    assert_eq!((counted.status, counted.header("content-type")), (200, "application/x-ndjson"));
    let lines: Vec<Value> = counted.text().lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect();
    assert_eq!(lines.last().expect("a line")["done_per_mille"], 1000);
}

#[test]
fn a_list_comes_by_page() {
    let page = Page::of(TREE);
    let first = page.get("/api/v1/groups?sort=members&limit=1").json();
    assert_eq!((&first["total"], &first["at"]), (&json!(2), &json!(0)));
    let cursor: String = form(first["next"].as_str().expect("a cursor"));
    let second = page.get(&format!("/api/v1/groups?sort=members&limit=1&after={cursor}")).json();
    assert_eq!(second["at"], 1);
    assert_eq!(second, page.get("/api/v1/groups?sort=members&limit=1&at=1").json());
    assert_ne!(first["groups"][0]["id"], second["groups"][0]["id"]);
    for (query, status) in [("limit=200", 200), ("limit=201", 400), ("limit=0", 400), ("at=-1", 400), ("at=99", 200), ("page=2", 400)] {
        assert_eq!(page.get(&format!("/api/v1/groups?{query}")).status, status, "{query}");
    }
    assert_eq!(page.get("/api/v1/groups/999999").status, 404);
    assert_eq!(page.get("/groups/999999").status, 404);
    assert_eq!(page.get("/groups?sort=size").status, 400);
    let unknown = page.get("/api/v1/groups?source=elsewhere");
    assert_eq!((unknown.status, &unknown.json()["error"]["code"]), (400, &json!("user")), "{}", unknown.text());
}

fn form(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { (byte as char).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[test]
fn pictures_come_whole_and_in_parts() {
    let page = Page::of(TREE);
    let group = page.beaches();
    let keeper = &group["all"][0];
    let path = |size: &str| format!("/pictures/{}/{size}?v={}", keeper["asset"], keeper["picture"].as_str().expect("a key"));
    for size in ["small", "large"] {
        let picture = page.get(&path(size));
        assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"), "{size}");
        assert_eq!(picture.header("cache-control"), "private, max-age=31536000, immutable");
        let known = page.ask(Method::GET, &path(size), &[("if-none-match", picture.header("etag"))], b"");
        assert_eq!((known.status, known.body.len()), (304, 0), "{size}");
    }
    let file = std::fs::read(keeper["path"].as_str().expect("a path")).expect("the photo");
    let size = file.len();
    for which in ["original", "full"] {
        let whole = page.get(&path(which));
        assert_eq!((whole.status, whole.header("content-length")), (200, size.to_string().as_str()));
        assert!(whole.body == file, "{which}");
    }
    let rows = [
        ("bytes=0-0", 206, &file[..1], format!("bytes 0-0/{size}")),
        ("bytes=10-19", 206, &file[10..20], format!("bytes 10-19/{size}")),
        ("bytes=-5", 206, &file[size - 5..], format!("bytes {}-{}/{size}", size - 5, size - 1)),
        ("bytes=99999999-", 416, &file[..0], format!("bytes */{size}")),
        ("bytes=5-2", 200, &file[..], String::new()),
    ];
    for (range, status, bytes, told) in rows {
        let part = page.ask(Method::GET, &path("original"), &[("range", range)], b"");
        assert_eq!((part.status, part.header("content-range")), (status, told.as_str()), "{range}");
        assert!(part.body == bytes, "{range}");
    }
    let head = page.ask(Method::HEAD, &path("original"), &[], b"");
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, size.to_string().as_str(), 0));
    let other = page.ask(Method::GET, &path("original"), &[("range", "bytes=0-0"), ("if-range", "\"another\"")], b"");
    assert_eq!(other.status, 200, "a part of another file is of no use");
    // Only what is asked for by its own key, and is of that content, is kept for good.
    let lasting = "private, max-age=31536000, immutable";
    for which in ["small", "large", "full", "original"] {
        assert_eq!(page.get(&path(which)).header("cache-control"), lasting, "{which}");
        let asset = &keeper["asset"];
        for other in [
            format!("/pictures/{asset}/{which}"),
            format!("/pictures/{asset}/{which}?v="),
            format!("/pictures/{asset}/{which}?v=0123456789abcdef"),
            format!("{}0", path(which)),
        ] {
            assert_eq!(page.get(&other).header("cache-control"), "private, no-cache", "{other}");
        }
    }
    assert_eq!(page.get(&path("huge")).status, 404);
    assert_eq!(page.get(&path("clip")).status, 404);
    assert_eq!(page.get("/pictures/999999/small").status, 404);
    assert_eq!(page.get("/pictures/..%2f..%2fetc%2fpasswd/small").status, 404);
}

#[test]
fn a_photo_that_is_gone_says_why() {
    let page = Page::of(TREE);
    let group = page.beaches();
    let keeper = &group["all"][0];
    // Its equal has the same bytes, and would do.
    for member in group["all"].as_array().expect("members") {
        testkit::tree::build("other.jpg picture=1 size=64x64", &page.folder.path().join("elsewhere")).expect("a tree");
        std::fs::OpenOptions::new().write(true).truncate(true).open(member["path"].as_str().expect("a path")).expect("emptied");
    }
    let gone = page.get(&format!("/pictures/{}/original", keeper["asset"]));
    assert_eq!((gone.status, &gone.json()["error"]), (404, &json!("changed")), "{}", gone.text());
    assert!(gone.json()["why"].as_str().is_some_and(|why| why.contains("changed since the scan")));
}

#[test]
fn files_that_changed_places_are_told_and_never_shown_as_each_other() {
    let page = Page::of("1.bmp picture=1 size=640x480\n1-copy.bmp same=1.bmp\n2.bmp picture=2 size=640x480\n2-copy.bmp same=2.bmp\n");
    let groups = page.get("/api/v1/groups").json();
    let keeper = |at: usize| page.get(&format!("/api/v1/groups/{}", groups["groups"][at]["id"])).json()["all"][0].clone();
    let (one, two) = (&keeper(0), &keeper(1));
    let (first, second) = (one["path"].as_str().expect("a path"), two["path"].as_str().expect("a path"));
    assert_eq!(one["size_bytes"], two["size_bytes"], "of one size");
    let aside = page.folder.path().join("aside");
    std::fs::rename(first, &aside).expect("moved");
    std::fs::rename(second, first).expect("moved");
    std::fs::rename(&aside, second).expect("moved");
    for member in [one, two] {
        for which in ["full", "original", "large"] {
            let answer = page.get(&format!("/pictures/{}/{which}?v={}", member["asset"], member["picture"].as_str().expect("a key")));
            assert_eq!((answer.status, &answer.json()["error"]), (404, &json!("changed")), "{which}");
            assert_eq!(answer.header("cache-control"), "no-store");
        }
    }
}

#[test]
fn bodies_have_a_bound() {
    let page = Page::of(TREE);
    let padded = |size: usize| format!("{{\"id\":1{}}}", " ".repeat(size - "{\"id\":1}".len()));
    let lines = [("content-type", "application/json"), ("x-lookalike", "1"), ("origin", page.base.as_str())];
    let undo = |size| page.ask(Method::POST, "/api/v1/undo", &lines, padded(size).as_bytes()).status;
    assert_eq!(undo(256 << 10), 409, "there is nothing to undo");
    assert_eq!(undo((256 << 10) + 1), 413);
}

#[test]
fn a_stop_ends_open_connections() {
    let page = Page::of(TREE);
    let mut idle = TcpStream::connect(page.base.trim_start_matches("http://")).expect("a connection");
    idle.write_all(b"GET / HTTP/1.1\r\nHost: ").expect("half a request");
    drop(page);
    let mut rest = Vec::new();
    // Closed or reset: either way it has ended, and the server is gone.
    drop(idle.read_to_end(&mut rest));
    assert_eq!(rest, b"");
}

#[test]
fn strangers_who_hold_connections_open_keep_nobody_out() {
    let page = Page::of(TREE);
    let connect = || {
        let idle = TcpStream::connect(page.base.trim_start_matches("http://")).expect("a connection");
        idle.set_nonblocking(true).expect("asked, not waited for");
        idle
    };
    let idle: Vec<TcpStream> = (0..256).map(|_| connect()).collect();
    assert_eq!(page.get("/").status, 200);
    let is_open = |mut stream: &TcpStream| stream.read(&mut [0]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
    assert!(!is_open(&idle[0]), "the oldest gave way");
    assert!(is_open(&idle[255]), "before anyone's time was up");
}
