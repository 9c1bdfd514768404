//! The review as the whole program serves it, without a browser: who gets in, what is decided there holds for all commands, and how it ends.

#![allow(clippy::disallowed_methods)] // tests take away what they drew themselves

mod world;

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Child;
use std::time::Duration;
use world::World;

const TREE: &str = r#"
beach.jpg        picture=3 size=1200x900 jpeg=92 camera=pixel taken="2020:09:20 13:12:07"
beach-copy.jpg   same=beach.jpg
beach-small.jpg  picture=3 size=1200x900 fit=320 jpeg=80
"#;

/// A review that is being served, and someone who is in.
struct Served {
    child: Child,
    address: SocketAddr,
    cookie: String,
}

impl Served {
    fn start(world: &World, arguments: &[&str]) -> Self {
        let mut child = world.start(&[&["review", "--no-open"], arguments].concat());
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("an address");
        let rest = line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("no address: {line}"));
        let (address, first) = rest.split_once('/').expect("a path");
        let address = address.parse().expect("a socket address");
        let answer = ask(address, &format!("GET /{first} HTTP/1.1\r\nHost: {address}\r\n"), "");
        assert!(answer.head.starts_with("HTTP/1.1 303"), "{}", answer.head);
        let set = answer.header("set-cookie").expect("a cookie");
        for flag in ["HttpOnly", "SameSite=Strict"] {
            assert!(set.contains(flag), "{set}");
        }
        Self { child, address, cookie: set.split(';').next().unwrap_or_default().to_owned() }
    }

    fn get(&self, path: &str) -> Answer {
        let Self { address, cookie, .. } = self;
        ask(*address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n"), "")
    }

    fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert!(answer.head.starts_with("HTTP/1.1 200"), "{path}: {}", answer.head);
        serde_json::from_slice(&answer.body).expect("JSON")
    }

    fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let (Self { address, cookie, .. }, body) = (self, body.to_string());
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\nOrigin: http://{address}\r\nX-Lookalike: 1\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n",
            body.len()
        );
        let answer = ask(*address, &head, &body);
        let code = answer.head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a code");
        (code, serde_json::from_slice(&answer.body).unwrap_or(Value::Null))
    }

    /// Presses Ctrl-C; returns the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let told = std::process::Command::new("/bin/kill").arg("-INT").arg(self.child.id().to_string()).status().expect("kill runs");
        assert!(told.success());
        self.child.wait().expect("ended").code()
    }
}

struct Answer {
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

fn ask(address: SocketAddr, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("set");
    stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer");
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut body = bytes.split_off(end + 4);
    if head.to_lowercase().contains("transfer-encoding: chunked") {
        body = unchunked(&body);
    }
    Answer { head, body }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&body[..end]).expect("a size"), 16).expect("a size");
        if size == 0 {
            break;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 4 + size..];
    }
    whole
}

fn scanned() -> World {
    let world = World::with(TREE);
    world.ok(&["scan", "photos"]);
    world
}

/// Verdict and whether the person is the reason, of each member by its file's name.
fn verdicts(world: &World) -> Vec<(String, String, bool)> {
    let groups = world.json(&["groups", "--json"]);
    let members = groups["groups"][0]["members"].as_array().expect("members");
    let of = |member: &Value| {
        let text = |name: &str| member[name].as_str().expect("text").to_owned();
        let by_person =
            member["reasons"].as_array().expect("reasons").iter().any(|why| why.as_str().is_some_and(|why| why.starts_with("person:")));
        (text("path").rsplit('/').next().expect("a name").to_owned(), text("verdict"), by_person)
    };
    members.iter().map(of).collect()
}

#[test]
fn what_is_decided_on_the_page_holds_for_all_commands() {
    let world = scanned();
    let served = Served::start(&world, &[]);
    let page = served.get("/groups?state=open");
    assert!(page.head.starts_with("HTTP/1.1 200"), "{}", page.head);
    let list = served.json("/api/v1/groups");
    let group = &list["groups"][0];
    assert_eq!((&list["total"], &group["removals"]), (&json!(1), &json!(2)));
    let whole = served.json(&format!("/api/v1/groups/{}", group["id"]));
    let small =
        whole["all"].as_array().expect("members").iter().find(|member| member["name"] == "beach-small.jpg").expect("a member")["asset"]
            .clone();
    let decide = format!("/api/v1/groups/{}/decide", group["id"]);
    let wish = json!({ "version": group["version"], "wish": { "kind": "verdicts", "verdicts": [[small, "keep"]] } });
    let (code, decided) = served.post(&decide, &wish);
    assert_eq!(code, 200, "{decided}");
    assert_eq!(decided["history"]["undo"]["kind"], "verdicts");
    let (code, told) = served.post(&decide, &wish);
    assert_eq!((code, told["error"]["code"].as_str()), (409, Some("conflict")), "{told}");
    let expected = |small: &str, by_person| {
        [("beach.jpg", "keep", false), ("beach-copy.jpg", "remove", false), ("beach-small.jpg", small, by_person)]
            .map(|(name, verdict, by_person)| (name.to_owned(), verdict.to_owned(), by_person))
    };
    assert_eq!(verdicts(&world), expected("keep", true));
    assert_eq!(world.json(&["plan", "--json"])["total"]["assets"], 1);
    // A scan beside it keeps the verdict, and the page hears of it.
    testkit::tree::build("more.jpg picture=9 size=900x700\nmore-copy.jpg same=more.jpg\n", &world.path("photos")).expect("a tree");
    world.ok(&["scan", "photos"]);
    assert_eq!(served.json("/api/v1/groups")["total"], 2);
    assert_eq!(served.json(&format!("/api/v1/groups/{}", group["id"]))["all"][2]["decided"], true);
    assert_eq!(served.interrupt(), Some(0), "Ctrl-C is how it ends");
    let again = Served::start(&world, &[]);
    let last = again.json("/api/v1/history")["undo"]["id"].clone();
    assert_eq!(again.post("/api/v1/undo", &json!({ "id": last })).0, 200);
    assert_eq!(again.interrupt(), Some(0));
    assert_eq!(world.json(&["plan", "--json"])["total"]["assets"], 3);
}

#[test]
fn keep_rules_go_by_the_command_line_then_the_review_then_the_config_file() {
    let world = scanned();
    std::fs::create_dir_all(world.path("config/lookalike")).expect("a folder");
    std::fs::write(world.path("config/lookalike/config.toml"), "keep = \"path:**/*copy*,pixels\"\n").expect("written");
    let keeper = |arguments: &[&str]| {
        let groups = world.json(&[&["groups", "--json"], arguments].concat());
        groups["groups"][0]["keeper"].as_str().expect("a path").rsplit('/').next().expect("a name").to_owned()
    };
    assert_eq!(keeper(&[]), "beach-copy.jpg");
    let served = Served::start(&world, &[]);
    assert_eq!(served.json("/api/v1/groups")["groups"][0]["members"][0]["name"], "beach-copy.jpg");
    let (code, answer) = served.post("/api/v1/rules", &json!({ "rules": "path:**/*small*,pixels" }));
    assert_eq!(code, 200, "{answer}");
    assert_eq!(keeper(&[]), "beach-small.jpg");
    assert_eq!(keeper(&["--keep", "pixels,path"]), "beach.jpg");
    assert_eq!(served.interrupt(), Some(0));
    // Rules of the command line cannot be changed on the page.
    let served = Served::start(&world, &["--keep", "pixels,path"]);
    assert_eq!(served.json("/api/v1/groups")["groups"][0]["members"][0]["name"], "beach.jpg");
    assert_eq!(served.post("/api/v1/rules", &json!({ "rules": "pixels" })).0, 400);
    assert_eq!(served.interrupt(), Some(0));
}

#[test]
fn without_the_token_nobody_gets_in_and_nothing_is_told() {
    let world = scanned();
    let served = Served::start(&world, &[]);
    let address = served.address;
    for path in ["/", "/groups", "/api/v1/overview", "/pictures/1/small", "/assets/style.css", "/?token=00"] {
        for cookie in ["", "Cookie: lookalike=0\r\n"] {
            let answer = ask(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{cookie}"), "");
            assert!(answer.head.starts_with("HTTP/1.1 403"), "{path}: {}", answer.head);
            assert!(!String::from_utf8_lossy(&answer.body).contains("beach"), "{path}");
        }
    }
    let rebound = ask(address, &format!("GET / HTTP/1.1\r\nHost: evil.example\r\nCookie: {}\r\n", served.cookie), "");
    assert!(!rebound.head.starts_with("HTTP/1.1 200"), "{}", rebound.head);
    assert_eq!(served.interrupt(), Some(0));
}

#[test]
fn a_review_needs_a_catalog_and_an_address_that_is_free() {
    let world = World::new();
    let said = world.run(&["review", "--no-open"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("there is no catalog") && said.err.contains("lookalike scan"), "{}", said.err);
    world.ok(&["scan", "photos"]);
    let served = Served::start(&world, &[]);
    let said = world.run(&["review", "--no-open", "--port", &served.address.port().to_string()]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("cannot listen on"), "{}", said.err);
    assert_eq!(served.interrupt(), Some(0));
}
