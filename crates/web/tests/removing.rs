//! Removing from the page: a plan, its run, the run taken back; and all that is refused on the way.

mod page;

use page::{Answer, Page, send};
use pipeline::{Catalog, ScanOptions, Silent, Stop, removal, removing, scan};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use ureq::http::{Method, Request};

const TREE: &str = r#"
a/beach.jpg        picture=3 size=1200x900 jpeg=92 camera=pixel taken="2020:09:20 13:12:07"
a/beach-copy.jpg   same=a/beach.jpg
a/beach-small.jpg  picture=3 size=1200x900 fit=320 jpeg=80 describe="<b>sunset</b>"
b/<b>&hill.jpg     picture=5 size=1200x900 jpeg=92 camera=pixel taken="2019:01:02 03:04:05"
b/hill-again.jpg   same="b/<b>&hill.jpg"
"#;

/// Waits until what goes on has ended.
fn ended(page: &Page) -> Value {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let work = page.get("/api/v1/work").json()["work"].clone();
        if work["is_done"] == true {
            return work;
        }
        assert!(Instant::now() < until, "never ended: {work}");
        std::thread::yield_now();
    }
}

fn frozen(page: &Page, from_rules: bool) -> Value {
    let begun = page.post("plan", &json!({ "from_rules": from_rules }));
    assert_eq!((begun.status, &begun.json()["kind"]), (200, &json!("freeze")), "{}", begun.text());
    assert_eq!(ended(page)["failed"], Value::Null);
    page.get("/api/v1/plan").json()["plan"].clone()
}

fn accept(page: &Page) {
    let group = page.beaches();
    let decided = page.post(&format!("groups/{}/decide", group["id"]), &json!({"version": group["version"], "wish": {"kind": "accept"}}));
    assert_eq!(decided.status, 200, "{}", decided.text());
}

fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"]["code"].as_str().expect("a code").to_owned())
}

/// Every file below a folder with its bytes, but for trashes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != removal::TRASH_NAME) {
            found.extend(files(&path));
        } else if path.is_file() {
            found.insert(path.clone(), std::fs::read(&path).expect("a file"));
        }
    }
    found
}

#[test]
fn a_plan_is_looked_at_applied_and_taken_back() {
    let page = Page::of(TREE);
    let photos = page.folder.path().join("photos");
    let before = files(&photos);
    assert_eq!(page.get("/api/v1/plan").json(), json!({ "plan": null }));
    assert_eq!(page.get("/api/v1/work").json(), json!({ "work": null }));
    assert_eq!(page.get("/plan.json").status, 404);
    let nothing = frozen(&page, false);
    assert_eq!(nothing["sums"]["removals"], 0, "nothing is decided yet");
    assert_eq!(frozen(&page, true)["sums"]["removals"], 3, "what the rules offer");
    accept(&page);
    let plan = frozen(&page, false);
    let id = plan["id"].as_str().expect("a name");
    assert_eq!((&plan["sums"]["removals"], &plan["sums"]["carried"]), (&json!(2), &json!(1)), "{plan}");
    assert_eq!(plan["by_relation"].as_array().expect("relations").len(), 2);

    let rows = page.get(&format!("/api/v1/plan/removals?plan={id}")).json();
    let small = rows["removals"].as_array().expect("rows").iter().find(|row| row["relation"] == "thumbnail").expect("the small one");
    assert!(small["carried"].to_string().contains("<b>sunset</b>") && small["keeper"]["path"] != small["photo"]["path"], "{small}");
    let picture = small["photo"]["picture"].as_str().expect("a key");
    assert_eq!(page.get(&format!("/pictures/{}/small?v={picture}", small["photo"]["asset"])).status, 200);
    let second = page.get(&format!("/api/v1/plan/removals?plan={id}&at=1&limit=1")).json();
    assert_eq!((&second["total"], second["removals"].as_array().map(Vec::len)), (&json!(2), Some(1)));
    for (query, expected) in [("at=x", 400), ("limit=0", 400), ("limit=201", 400), ("page=1", 400), ("at=99", 200)] {
        assert_eq!(page.get(&format!("/api/v1/plan/removals?plan={id}&{query}")).status, expected, "{query}");
    }
    assert_eq!(page.get("/api/v1/plan/removals?plan=other").status, 409);
    let file = page.get("/plan.json");
    assert_eq!((file.status, file.header("content-disposition")), (200, "attachment; filename=\"plan.json\""));
    assert_eq!(removal::Plan::read(&file.body).expect("a plan").id, id);

    for (wish, expected) in [
        (json!({"plan": id, "photos": 3}), (400, "count")),
        (json!({"plan": id, "photos": 0}), (400, "count")),
        (json!({"plan": "0".repeat(32), "photos": 2}), (409, "plan")),
        (json!({"plan": id, "photos": -2}), (400, "request")),
        (json!({"plan": id}), (400, "request")),
    ] {
        let (status, code) = refusal(&page.post("remove", &wish));
        assert_eq!((status, code.as_str()), expected, "{wish}");
    }
    assert!(files(&photos) == before, "nothing refused changed anything");

    let epoch = page.get("/api/v1/pulse").json()["epoch"].clone();
    let begun = page.post("remove", &json!({"plan": id, "photos": 2}));
    assert_eq!((begun.status, &begun.json()["kind"]), (200, &json!("remove")), "{}", begun.text());
    let removed = ended(&page)["removed"].clone();
    assert_eq!((&removed["removed"], &removed["run"], &removed["left"]), (&json!(2), &json!(1), &json!([])), "{removed}");
    let pulse = page.get("/api/v1/pulse").json();
    assert_ne!(pulse["epoch"], epoch, "other pages are told");
    assert_eq!(pulse["is_busy"], false, "it was no other program");
    assert_eq!(page.get("/api/v1/groups?state=").json()["total"], 1, "the group is gone");
    let gone = |path: &Path| !path.exists();
    assert_eq!(before.keys().filter(|path| gone(path)).count(), 2);
    assert_eq!(refusal(&page.post("remove", &json!({"plan": id, "photos": 2}))), (409, "plan".to_owned()), "a plan is applied once");
    let html = page.get("/plan").text();
    assert!(html.contains("2 photos removed") && html.contains("data-run=\"1\""), "{html}");

    let run = page.get("/api/v1/runs/1").json();
    assert_eq!((&run["total"], &run["sums"]["removed"], &run["photos"][0]["state"]), (&json!(2), &json!(2), &json!("removed")), "{run}");
    assert_eq!(page.get("/api/v1/runs").json()["runs"][0], run["sums"]);
    assert_eq!(page.get("/api/v1/trash").json()["total"], 2);
    for address in ["/runs", "/runs/1", "/trash", "/trash?at=1"] {
        let html = page.get(address);
        assert_eq!(html.status, 200, "{address}");
        assert!(!html.text().contains("<b>sunset"), "{address}");
    }
    assert!(page.get("/runs/1").text().contains("&lt;b&gt;sunset"), "what the keeper gained");
    for address in ["/runs/2", "/api/v1/runs/2", "/runs/x", "/api/v1/runs/x"] {
        assert_eq!(page.get(address).status, 404, "{address}");
    }
    for (run, photos, expected) in
        [("1", 1, (400, "count")), ("1", 0, (400, "count")), ("2", 2, (404, "user")), ("x", 2, (404, "not-found"))]
    {
        let (status, code) = refusal(&page.post(&format!("runs/{run}/undo"), &json!({ "photos": photos })));
        assert_eq!((status, code.as_str()), expected, "run {run}");
    }
    assert_eq!(page.post("runs/1/undo", &json!({"photos": 2})).status, 200);
    let undone = ended(&page)["undone"].clone();
    assert_eq!((&undone["photos"], &undone["left"]), (&json!(2), &json!([])), "{undone}");
    let after = files(&photos);
    assert!(after == before, "{:?} against {:?}", after.keys(), before.keys());
    assert_eq!(page.get("/api/v1/groups?state=").json()["total"], 2, "the group is back");
    assert_eq!(refusal(&page.post("runs/1/undo", &json!({"photos": 2}))), (400, "count".to_owned()), "nothing is left to bring back");
}

#[test]
fn what_a_keeper_gained_is_among_its_facts() {
    let page = Page::of(TREE);
    accept(&page);
    let plan = frozen(&page, false);
    // The copy stays where it is: its group is there to be looked at.
    let group = page.beaches();
    let copy = group["all"].as_array().expect("members").iter().find(|member| member["relation"] == "identical").expect("a copy").clone();
    let keep = json!({"version": group["version"], "wish": {"kind": "verdicts", "verdicts": [[copy["asset"], "keep"]]}});
    assert_eq!(page.post(&format!("groups/{}/decide", group["id"]), &keep).status, 200);
    let stale = page.post("remove", &json!({"plan": plan["id"], "photos": 2}));
    assert_eq!(refusal(&stale), (409, "conflict".to_owned()), "{}", stale.text());
    assert!(stale.text().contains(copy["name"].as_str().expect("a name")), "the difference is named: {}", stale.text());
    let plan = frozen(&page, false);
    assert_eq!(page.post("remove", &json!({"plan": plan["id"], "photos": 1})).status, 200);
    assert_eq!(ended(&page)["removed"]["removed"], 1);
    let keeper = page.get(&format!("/api/v1/groups/{}", copy["asset"])).json()["all"][0].clone();
    assert!(keeper["inherits"].to_string().contains("<b>sunset</b>"), "{keeper}");
    let html = page.get(&format!("/groups/{}", copy["asset"])).text();
    assert!(html.contains("&lt;b&gt;sunset") && !html.contains("<b>sunset"), "{html}");
}

#[test]
fn another_program_at_work_is_told_and_nothing_begins() {
    let page = Page::of(TREE);
    accept(&page);
    let plan = frozen(&page, false);
    let remove = json!({"plan": plan["id"], "photos": 2});
    let held = removal::lock(&page.folder.path().join("state")).expect("the lock");
    let refused = page.post("remove", &remove);
    assert_eq!(refusal(&refused), (409, "conflict".to_owned()), "{}", refused.text());
    drop(held);
    assert_eq!(page.post("remove", &remove).status, 200, "the plan is still held");
    assert_eq!(ended(&page)["removed"]["removed"], 2);
    let held = removal::lock(&page.folder.path().join("state")).expect("the lock");
    assert_eq!(refusal(&page.post("runs/1/undo", &json!({"photos": 2}))), (409, "conflict".to_owned()));
    drop(held);
}

/// Begins a removal that cannot write to the catalog before `meanwhile` is done, and so is at work all that time.
fn held_up(page: &Page, meanwhile: impl FnOnce(&Value)) {
    accept(page);
    let plan = frozen(page, false);
    let other = Catalog::open(&page.folder.path().join("catalog.sqlite")).expect("the catalog");
    let held: pipeline::Result<()> = other.transaction(|| {
        let begun = page.post("remove", &json!({"plan": plan["id"], "photos": 2}));
        assert_eq!(begun.status, 200, "{}", begun.text());
        meanwhile(&begun.json());
        Ok(())
    });
    held.expect("nothing was written");
}

#[test]
fn one_at_a_time_and_stopped_by_its_number() {
    let page = Page::of(TREE);
    let before = files(&page.folder.path().join("photos"));
    held_up(&page, |begun| {
        for (path, body) in [
            ("plan", json!({"from_rules": false})),
            ("remove", json!({"plan": "0".repeat(32), "photos": 2})),
            ("runs/1/undo", json!({"photos": 2})),
        ] {
            assert_eq!(refusal(&page.post(path, &body)), (409, "at-work".to_owned()), "{path}");
        }
        let html = page.get("/plan").text();
        assert!(html.contains("id=\"stop\"") && html.contains("data-kind=\"remove\""), "a page opened now shows it");
        assert_eq!(page.get("/").status, 200, "pages are answered meanwhile");
        assert_eq!(refusal(&page.post("work/stop", &json!({"id": 99}))), (409, "ended".to_owned()));
        let stopping = page.post("work/stop", &json!({"id": begun["id"]}));
        assert_eq!((stopping.status, &stopping.json()["is_stopping"]), (200, &json!(true)), "{}", stopping.text());
    });
    let removed = ended(&page)["removed"].clone();
    assert_eq!((&removed["is_stopped"], &removed["removed"], &removed["waiting"]), (&json!(true), &json!(0), &json!(2)), "{removed}");
    assert!(files(&page.folder.path().join("photos")) == before);
    assert_eq!(refusal(&page.post("work/stop", &json!({"id": removed["run"]}))), (409, "ended".to_owned()));
    let plan = frozen(&page, false);
    assert_eq!(page.post("remove", &json!({"plan": plan["id"], "photos": 2})).status, 200, "and it goes on by another plan");
    assert_eq!(ended(&page)["removed"]["removed"], 2);
}

#[test]
fn the_end_of_the_program_closes_the_journal() {
    let page = Page::of(TREE);
    let state = page.folder.path().join("state");
    let before = files(&page.folder.path().join("photos"));
    held_up(&page, |_| {
        page.stop.ask();
        // Nobody listens any more: the work was asked to stop before.
        while TcpStream::connect(page.base.trim_start_matches("http://")).is_ok() {
            std::thread::yield_now();
        }
    });
    // The folder outlives the server.
    let folder = page.end();
    let homes = removing::Homes { state, trashes: Vec::new() };
    let runs = removing::runs(&homes).expect("runs");
    let ends: Vec<_> = runs.iter().map(|run| (run.is_closed, run.removed)).collect();
    assert_eq!(ends, [(true, 0)], "it was stopped before its first photo");
    assert!(files(&folder.path().join("photos")) == before);
}

#[test]
fn every_change_needs_the_page_itself() {
    let page = Page::of(TREE);
    let origin = page.base.clone();
    for path in ["plan", "remove", "work/stop", "runs/1/undo"] {
        let address = format!("/api/v1/{path}");
        let json = ("content-type", "application/json");
        for (lines, status) in [
            (vec![json, ("x-lookalike", "1")], 403),
            (vec![json, ("origin", origin.as_str())], 403),
            (vec![json, ("origin", "http://evil.example"), ("x-lookalike", "1")], 403),
            (vec![("content-type", "text/plain"), ("origin", origin.as_str()), ("x-lookalike", "1")], 415),
            (vec![json, ("host", "evil.example"), ("origin", origin.as_str()), ("x-lookalike", "1")], 421),
        ] {
            assert_eq!(page.ask(Method::POST, &address, &lines, b"{\"from_rules\":true}").status, status, "{path} {lines:?}");
        }
        let stranger = Request::post(format!("{origin}{address}")).header("origin", &origin).header("x-lookalike", "1");
        assert_eq!(
            send(stranger.header("content-type", "application/json").body(b"{}".to_vec()).expect("a request")).status,
            403,
            "{path}"
        );
    }
    for path in ["/plan", "/plan.json", "/runs", "/runs/1", "/trash", "/api/v1/plan", "/api/v1/work", "/api/v1/runs", "/api/v1/trash"] {
        assert_eq!(send(Request::get(format!("{origin}{path}")).body(Vec::new()).expect("a request")).status, 403, "{path}");
    }
    for path in ["/api/v1/remove", "/api/v1/work/stop", "/api/v1/runs/1/undo"] {
        assert_eq!(page.get(path).status, 405, "GET {path} does nothing");
    }
    assert_eq!(page.get("/api/v1/work").json(), json!({ "work": null }), "nothing was begun");
}

#[test]
fn what_is_missing_is_found_and_left_on_purpose() {
    let page = Page::of(TREE);
    let elsewhere = page.folder.path().join("elsewhere");
    testkit::tree::build("beach.jpg picture=3 size=1200x900 jpeg=92 camera=pixel taken=\"2020:09:20 13:12:07\"", &elsewhere)
        .expect("a tree");
    let catalog = Catalog::open(&page.folder.path().join("catalog.sqlite")).expect("the catalog");
    let options = ScanOptions { paths: vec![elsewhere], ..ScanOptions::default() };
    scan(&catalog, &options, &Silent, &Stop::default()).expect("scanned");
    assert_eq!(page.get("/api/v1/missing").json(), json!({ "missing": null }));
    assert_eq!(page.get("/missing").status, 200);
    for (from, but_not_in) in [(json!([]), json!(["elsewhere"])), (json!(["photos"]), json!([])), (json!(["photos"]), json!(["photos"]))] {
        assert_eq!(page.post("missing", &json!({"from": from, "but_not_in": but_not_in, "originals": false})).status, 400);
    }
    let search = |from: &str| {
        let begun = page.post("missing", &json!({"from": [from], "but_not_in": ["elsewhere"], "originals": false}));
        assert_eq!((begun.status, &begun.json()["kind"]), (200, &json!("missing")), "{}", begun.text());
        ended(&page)
    };
    assert!(search("nowhere")["failed"]["what"].as_str().is_some_and(|what| what.contains("nowhere")), "an unknown source is told");
    assert_eq!(search("photos")["failed"], Value::Null);
    let found = page.get("/api/v1/missing").json()["missing"].clone();
    assert_eq!(found["found"]["sums"]["missing"], 2, "the hills: {found}");
    let rows = |more: &str| page.get(&format!("/api/v1/missing/rows?search={}{more}", found["id"]));
    let hills = rows("").json();
    assert_eq!(hills["total"], 2, "{hills}");
    assert!(rows("&with_derived=1").json()["total"].as_u64() > Some(2), "the small one is there only in part");
    assert_eq!(rows("&limit=1&at=1").json()["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!((rows("&limit=0").status, rows("&page=1").status), (400, 400));
    assert_eq!(page.get("/api/v1/missing/rows?search=99").status, 409);
    let row = &hills["rows"][0];
    let address = format!("/pictures/{}/small?v={}", row["asset"], row["picture"].as_str().expect("a key"));
    assert_eq!(page.get(&address).status, 200);
    let ignore = |is_ignored: bool| page.post("missing/ignore", &json!({"asset": row["asset"], "is_ignored": is_ignored})).status;
    assert_eq!((ignore(true), rows("").json()["total"].as_u64()), (200, Some(1)));
    assert_eq!(rows("&with_ignored=1").json()["total"], 2);
    assert_eq!((ignore(false), rows("").json()["total"].as_u64()), (200, Some(2)));
    assert_eq!(page.post("missing/ignore", &json!({"asset": 999_999, "is_ignored": true})).status, 400);
}
