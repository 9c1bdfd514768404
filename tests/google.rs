//! The road through Google, whole program against the simulator: signing in, listing, picking, filling an album, in both eras.

#![allow(clippy::disallowed_methods)] // tests write only below their own folder

mod world;

use google_sim::{AppCreated, Era, Fault, Options, PageQuirks, Picking, Simulator};
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use world::{SEED_QUESTION, Said, World};

/// A home, and a Google beside it.
struct Road {
    world: World,
    google: Simulator,
}

impl Road {
    fn with(options: Options) -> Self {
        Self { world: World::new(), google: Simulator::start(options).expect("a simulator") }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.world.command(arguments);
        let urls = self.google.urls();
        command.env("LOOKALIKE_GOOGLE", format!("{},{}", urls.api, urls.picker));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let output = self.command(arguments).output().expect("the program starts");
        Said { code: output.status.code(), out: self.world.words(&output.stdout), err: self.world.words(&output.stderr) }
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {said}");
        said.out
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(arguments)).expect("JSON")
    }

    /// Runs a command that shows an address, and opens that as the person's browser would.
    fn with_browser(&self, arguments: &[&str]) -> Said {
        let mut child = self.command(&[arguments, &["--no-browser"]].concat()).spawn().expect("the program starts");
        let mut words = String::new();
        let mut lines = BufReader::new(child.stderr.take().expect("its words")).lines();
        for line in lines.by_ref().map_while(Result::ok) {
            words += &line;
            words.push('\n');
            if let Some((_, url)) = line.split_once("if the browser does not: ") {
                google_sim::open_browser(url.trim());
            }
        }
        let output = child.wait_with_output().expect("its end");
        Said { code: output.status.code(), out: self.world.words(&output.stdout), err: words }
    }

    fn sign_in(&self, more: &[&str]) -> Said {
        let file = self.world.path("client_secret.json");
        std::fs::write(&file, self.google.client_secret_json()).expect("a client file");
        let said = self.with_browser(&[&["google", "login", "--client-secret", file.to_str().expect("text")], more].concat());
        assert_eq!(said.code, Some(0), "{said}");
        said
    }

    fn ids(&self, query: &str) -> BTreeSet<String> {
        self.ok(&["sql", "--ids", query]).lines().map(str::to_owned).collect()
    }

    /// The folder of the account at this Google.
    fn account(&self) -> std::path::PathBuf {
        let mut entries = std::fs::read_dir(self.world.path("data/lookalike")).expect("the program's folder").flatten();
        entries.find(|entry| entry.file_name().to_string_lossy().starts_with("google-at-")).expect("the account's folder").path()
    }

    fn listed(&self) -> u64 {
        self.google.requests_to("mediaItems.list")
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("a number, not {value}"))
}

fn legacy(items: u64) -> Options {
    Options { era: Era::Legacy2022, items, ..Options::default() }
}

#[test]
fn a_login_is_kept_shown_and_withdrawn_and_its_secrets_are_nowhere_else() {
    let road = Road::with(legacy(120));
    let said = road.run(&["google", "sync"]);
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.err.contains("--client-secret"), "{said}");
    road.sign_in(&["--whole"]);
    let status = road.json(&["google", "status", "--json"]);
    assert_eq!(status["logged_in"], true);
    road.ok(&["google", "sync", "--whole"]);
    assert_eq!(road.listed(), 2, "120 items are two pages of 100, and no more is asked for");
    let kept = std::fs::read_to_string(road.account().join("login.json")).expect("the login");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    let secrets: Vec<&str> = ["access", "refresh"].iter().map(|name| kept[*name].as_str().expect("a secret")).collect();
    #[cfg(unix)]
    for file in ["login.json", "client_secret.json"] {
        use std::os::unix::fs::PermissionsExt as _;
        let about = std::fs::metadata(road.account().join(file)).expect("the file");
        assert_eq!(about.permissions().mode() & 0o777, 0o600, "{file}");
    }
    let catalog = std::fs::read(road.world.catalog()).expect("the catalog");
    let again = road.run(&["google", "status", "--verbose"]);
    for secret in secrets {
        assert!(!catalog.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "a secret lies in the catalog");
        assert!(!again.out.contains(secret) && !again.err.contains(secret), "a secret was shown");
    }
    assert!(!catalog.windows(8).any(|bytes| bytes == b"/lh3/sig"), "a base URL lies in the catalog");
    road.ok(&["google", "logout"]);
    assert_eq!(road.json(&["google", "status", "--json"])["logged_in"], false);
    assert!(!road.account().join("login.json").exists());
    assert!(!road.world.path("data/lookalike/google").exists(), "a simulator's login lies apart from the real one");
}

#[test]
fn the_library_of_2022_is_listed_whole_over_every_oddity_and_the_seeds_query_finds_its_thumbnails() {
    let road = Road::with(Options { page_quirks: PageQuirks::ALL, ..legacy(1234) });
    road.sign_in(&["--whole"]);
    let report = road.json(&["google", "sync", "--whole", "--json"]);
    assert_eq!((number(&report["sync"]["items"]), number(&report["sync"]["assets"])), (1234, 1234), "{report}");
    assert_eq!(road.ids("SELECT id FROM photos").len(), 1234);
    let found = road.ids(SEED_QUESTION);
    let facts = road.google.library_facts();
    assert_eq!(found.len() as u64, facts.previews, "{facts:?}");
    let again = road.json(&["google", "sync", "--whole", "--json"]);
    assert_eq!((number(&again["sync"]["changed"]), number(&again["sync"]["unlisted"])), (0, 0), "nothing is new: {again}");
    let groups = road.json(&["groups", "--json"]);
    let verdicts: BTreeSet<&str> = groups["groups"]
        .as_array()
        .expect("groups")
        .iter()
        .flat_map(|group| group["members"].as_array().expect("members"))
        .map(verdict)
        .collect();
    assert!(!groups["groups"].as_array().expect("groups").is_empty(), "items of one shot are grouped");
    assert!(!verdicts.contains("remove"), "nothing that is only listed is offered: {verdicts:?}");
}

fn verdict(member: &Value) -> &str {
    member["verdict"].as_str().expect("a verdict")
}

#[test]
fn since_2025_an_empty_answer_and_a_refusal_are_explained() {
    let road = Road::with(Options { era: Era::Since2025, items: 300, ..Options::default() });
    road.sign_in(&[]);
    let report = road.json(&["google", "sync", "--json"]);
    let words = report["sync"]["explanation"].as_str().expect("an explanation");
    assert!(words.contains("Takeout") && words.contains("31 March 2025"), "{words}");
    let report: Value = serde_json::from_str(&road.with_browser(&["google", "sync", "--whole", "--json"]).out).expect("JSON");
    assert!(
        report["sync"]["explanation"].as_str().is_some_and(|words| words.contains("Takeout")),
        "with a live permission beside it: {report}"
    );
    let road = Road::with(Options { era: Era::Since2025, items: 300, ..Options::default() });
    road.sign_in(&["--whole"]);
    let said = road.run(&["google", "sync", "--whole"]);
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.err.contains("insufficient authentication scopes") && said.err.contains("Takeout"), "{said}");
}

#[test]
fn a_listing_killed_at_any_page_goes_on_with_nothing_lost_or_doubled() {
    let road = Road::with(Options { slow: Duration::from_millis(40), ..legacy(5000) });
    road.sign_in(&["--whole"]);
    let mut asked_before = 0;
    for pages in [1, 4, 9, 15] {
        road.google.fail(Fault::Slow, "mediaItems.list", 1_000);
        let mut child = road.command(&["google", "sync", "--whole"]).spawn().expect("the program starts");
        let began = Instant::now();
        while road.listed() < pages + asked_before && began.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        road.google.heal();
        asked_before = road.listed();
    }
    let report = road.json(&["google", "sync", "--whole", "--json"]);
    assert_eq!((number(&report["sync"]["items"]), number(&report["sync"]["assets"])), (5000, 5000), "{report}");
    assert_eq!(report["sync"]["resumed"], true);
    assert_eq!(road.ids("SELECT id FROM photos").len(), 5000);
    assert_eq!(road.ok(&["sql", "--ids", "SELECT count(*) FROM assets"]).trim(), "5000");
}

#[test]
fn an_album_takes_what_is_ours_and_the_rest_is_told_and_kept_for_the_hand_off() {
    let road = Road::with(Options { app_created: AppCreated::EveryNth(3), ..legacy(150) });
    road.sign_in(&["--whole"]);
    road.ok(&["google", "sync", "--whole"]);
    let ids = road.ids("SELECT id FROM photos");
    // Trailing blanks and line ends of Windows are what the seed's script stumbled over.
    let file = road.world.path("ids.txt");
    std::fs::write(&file, ids.iter().map(|id| format!("{id} \r\n")).collect::<String>()).expect("a list");
    let arguments = ["google", "album", "add", "--title", "To delete", "--ids-from", "ids.txt", "--refused-to", "refused.txt"];
    let dry = road.json(&[&arguments[..], &["--dry-run", "--json"]].concat());
    assert_eq!((number(&dry["left"]), number(&dry["requests"])), (150, 0), "{dry}");
    let said = road.run(&arguments);
    assert_eq!(said.code, Some(2), "it does not act without being told: {said}");
    let report: Value = serde_json::from_str(&road.with_browser(&[&arguments[..], &["--yes", "--json"]].concat()).out).expect("JSON");
    assert_eq!((number(&report["added"]), report["refused"].as_array().expect("ids").len()), (50, 100), "{report}");
    let refused: BTreeSet<String> =
        std::fs::read_to_string(road.world.path("refused.txt")).expect("ids").lines().map(str::to_owned).collect();
    assert!(refused.len() == 100 && refused.is_subset(&ids));
    for taken in ["ids.txt", "photos.jpg"] {
        std::fs::write(road.world.path("photos.jpg"), b"\xff\xd8\xff not to be lost").expect("a photo");
        let said = road.run(&["google", "album", "add", "--title", "To delete", "--ids-from", "ids.txt", "--yes", "--refused-to", taken]);
        assert!(said.code == Some(2) && said.err.contains("is there already"), "{said}");
    }
    assert_eq!(std::fs::read(road.world.path("photos.jpg")).expect("the photo").len(), 18);
    let before = road.google.requests_to("albums.batchAddMediaItems");
    let again = road.json(&[&arguments[..], &["--yes", "--json"]].concat());
    assert_eq!((number(&again["already"]), number(&again["added"])), (50, 0), "{again}");
    assert_eq!(road.google.requests_to("albums.batchAddMediaItems"), before, "nothing is asked for twice");
    assert_eq!(road.google.requests_to("albums.create"), 1);
}

#[test]
fn the_seeds_thumbnails_are_refused_as_foreign_and_all_of_them_reach_the_hand_off() {
    let road = Road::with(legacy(600));
    road.sign_in(&["--whole"]);
    road.ok(&["google", "sync", "--whole"]);
    let ids = road.ids(SEED_QUESTION);
    assert!(ids.len() > 10, "{} thumbnails", ids.len());
    let file = road.world.path("ids.txt");
    std::fs::write(&file, road.ok(&["sql", "--ids", SEED_QUESTION])).expect("a list");
    let said = road.with_browser(&["google", "album", "add", "--title", "Old", "--ids-from", "ids.txt", "--yes", "--refused-to", "no.txt"]);
    assert_eq!(said.code, Some(0), "{said}");
    assert!(said.err.contains("only what its own Cloud project uploaded"), "{said}");
    road.ok(&["handoff", "--ids-from", "no.txt", "--out", "links"]);
    let handed: BTreeSet<String> =
        std::fs::read_to_string(road.world.path("links/ids.txt")).expect("ids").lines().map(str::to_owned).collect();
    assert_eq!(handed, ids);
    let page = std::fs::read_to_string(road.world.path("links/index.html")).expect("the page");
    assert!(page.matches("https://photos.google.com/lr/photo/").count() >= ids.len());
}

#[test]
fn what_is_picked_by_hand_comes_with_its_pixels() {
    let road = Road::with(Options {
        era: Era::Since2025,
        items: 400,
        picking: Picking::OnOpen { count: 130 },
        poll_interval_s: 0.1,
        ..Options::default()
    });
    road.sign_in(&[]);
    let said = road.with_browser(&["google", "pick", "--json"]);
    assert_eq!(said.code, Some(0), "{said}");
    let report: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(number(&report["picked"]), 130, "{report}");
    assert!(number(&report["drawn"]) >= 120, "{report}");
    assert_eq!(road.google.requests_to("picker.sessions.delete"), 1, "the picking is ended at Google");
    assert_eq!(road.google.bearer_leaks(), Vec::<String>::new());
}

#[test]
fn pictures_by_url_find_a_thumbnail_beside_its_photo() {
    let road = Road::with(legacy(200));
    road.sign_in(&["--whole"]);
    let report = road.json(&["google", "sync", "--whole", "--pictures", "--json"]);
    assert!(number(&report["pictures"]["drawn"]) > 150, "{report}");
    let found = road.ids(SEED_QUESTION);
    assert!(!found.is_empty());
    let groups = road.ok(&["groups", "--json"]);
    let grouped = found.iter().filter(|id| groups.contains(&format!("google:{id}"))).count();
    assert!(grouped * 10 >= found.len() * 9, "{grouped} of {} thumbnails stand in a group", found.len());
    let album = ["google", "album", "add", "--title", "T", "--from-plan", "--dry-run", "--json"];
    assert_eq!(road.run(&album).code, Some(2), "nothing is offered by itself");
    let chosen = road.json(&[&album[..], &["--relation", "thumbnail,raw+jpeg,same-shot"]].concat());
    let left = number(&chosen["left"]);
    assert!(left as usize >= grouped / 2, "{chosen}");
    road.ok(&["google", "sync", "--whole", "--name", "once-more"]);
    let again = road.json(&[&album[..], &["--relation", "thumbnail,raw+jpeg,same-shot"]].concat());
    assert!(number(&again["left"]) <= left, "an item listed in two sources is no copy of itself: {again}");
    assert_eq!(road.google.bearer_leaks(), Vec::<String>::new());
}
