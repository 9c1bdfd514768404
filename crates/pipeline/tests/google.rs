//! The road through Google with everything that can go wrong on it: each fault is borne or told, and leaves nothing that the next run does not
//! put right. Against the simulator, with a clock that only sleeping moves.

use google_sim::{AppCreated, Consent as Person, Era, Fault, Options, PageQuirks, Picking, Simulator};
use pipeline::google::{
    AccountPlace, AlbumTarget, Consent, Endpoints, Library, ListingScope, PickReport, Session, SyncReport, World, add_to_album,
    draw_listed, log_in, open_session, pick, scope, source_id, sync,
};
use pipeline::{Catalog, Error, Result, Silent, Stop};
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

/// 2026-11-01, when the clock of a test begins.
const BEGIN: i64 = 1_793_491_200;
const DAY_S: i64 = 86_400;
const SCOPES: &[&str] = &[scope::LIBRARY_READONLY, scope::LIBRARY_READ_APP_CREATED, scope::LIBRARY_APPEND, scope::PICKER];

/// A clock that sleeping moves, together with the simulator's, and a browser that belongs to the scripted person.
struct Sleepless {
    google: Arc<Simulator>,
    slept: Mutex<Duration>,
}

impl World for Sleepless {
    fn now(&self) -> i64 {
        self.google.now()
    }

    fn sleep(&self, time: Duration) {
        let mut slept = self.slept.lock().expect("no panic");
        let before = slept.as_secs();
        *slept += time;
        self.google.advance((slept.as_secs() - before).cast_signed());
    }

    fn open_browser(&self, url: &str) -> std::io::Result<()> {
        google_sim::open_browser(url);
        Ok(())
    }
}

struct Road {
    google: Arc<Simulator>,
    clock: Arc<Sleepless>,
    place: AccountPlace,
    catalog: Catalog,
    stop: Stop,
    _home: tempfile::TempDir,
}

impl Road {
    fn with(options: Options) -> Self {
        let google = Arc::new(Simulator::start(Options { clock: Some(BEGIN), ..options }).expect("a simulator"));
        let home = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(Sleepless { google: Arc::clone(&google), slept: Mutex::default() });
        let place = AccountPlace {
            folder: home.path().join("google"),
            endpoints: Endpoints {
                auth: google.auth_url(),
                token: google.token_url(),
                revoke: google.revoke_url(),
                library: google.library_url(),
                picker: google.picker_url(),
            },
            with_keyring: false,
            world: Arc::clone(&clock) as Arc<dyn World>,
        };
        let catalog = Catalog::open(&home.path().join("c.sqlite")).expect("a catalog");
        write(&home.path().join("client.json"), &google.client_secret_json());
        Self { google, clock, place, catalog, stop: Stop::default(), _home: home }
    }

    fn sign_in(&self) -> Result<()> {
        let client = self.place.folder.with_file_name("client.json");
        let consent = Consent { port: 0, opens_browser: true, show: &|_| {}, timeout: Duration::from_millis(700) };
        log_in(&self.place, Some(&client), SCOPES, &consent, &self.stop).map(drop)
    }

    fn session(&self) -> Session {
        open_session(&self.place, SCOPES, None, &self.stop).expect("signed in")
    }

    fn list(&self) -> Result<SyncReport> {
        let session = self.session();
        sync(&self.catalog, &Library::new(&session), "google", ListingScope::Whole, BEGIN, &Silent, &self.stop)
    }

    fn pick(&self) -> Result<PickReport> {
        let session = self.session();
        pick(&self.catalog, &session, "picked", 2000, BEGIN, &|uri| google_sim::open_browser(uri), &Silent, &self.stop)
    }

    fn slept(&self) -> Duration {
        *self.clock.slept.lock().expect("no panic")
    }

    /// The words of an error, of which none may be a secret.
    fn words(&self, error: &Error) -> String {
        let words = format!("{error} {} {error:?}", error.hint().unwrap_or_default());
        let token = self.session().token();
        for secret in [token.access.reveal(), token.refresh.reveal(), "GOCSPX"] {
            assert!(!words.contains(secret), "a secret stands in an error");
        }
        words
    }
}

#[allow(clippy::disallowed_methods, reason = "a file of the test's own")]
fn write(path: &std::path::Path, text: &str) {
    std::fs::write(path, text).expect("written");
}

fn legacy(items: u64) -> Options {
    Options { era: Era::Legacy2022, items, slow: Duration::from_millis(20), ..Options::default() }
}

/// What a fault comes to.
enum End {
    /// The listing is whole all the same.
    Borne,
    /// The listing ends with an error of these words; the next one is whole.
    Told(&'static str),
}

#[test]
fn each_fault_of_a_listing_is_borne_or_told_and_the_next_listing_is_whole() {
    use End::{Borne, Told};
    let faults = [
        (Fault::MinuteQuota, 1, Borne),
        (Fault::DayQuota, 1, Told("per day")),
        (Fault::Internal, 2, Borne),
        (Fault::Internal, 50, Told("does not keep up")),
        (Fault::Unavailable, 2, Borne),
        (Fault::Unauthenticated, 1, Borne),
        (Fault::Unauthenticated, 2, Told("google login")),
        (Fault::Drop, 1, Borne),
        (Fault::CutShort, 1, Borne),
        (Fault::EndlessBody, 1, Told("longer than")),
        (Fault::HugeString, 1, Told("longer than")),
        (Fault::NotJson, 1, Told("cannot understand")),
        (Fault::Redirect, 1, Told("redirect")),
        (Fault::HtmlForbidden, 1, Told("HTTP 403")),
        (Fault::HtmlNotFound, 1, Told("HTTP 404")),
        (Fault::ImageForbidden, 1, Told("HTTP 403")),
        (Fault::ImageNotFound, 1, Told("HTTP 404")),
        (Fault::Slow, 3, Borne),
        (Fault::EndlessPages, u64::MAX, Told("does not end")),
        (Fault::BareItems, 1, Borne),
        (Fault::WrongTypes, 1, Borne),
    ];
    for (fault, count, end) in faults {
        let road = Road::with(legacy(250));
        road.sign_in().expect("signed in");
        road.google.fail(fault, "mediaItems.list", count);
        let outcome = road.list();
        assert!(road.google.fired(fault) > 0, "{fault} did not fire");
        match (&outcome, end) {
            (Ok(report), Borne) => {
                let whole = report.items + report.damaged >= 250 || fault == Fault::WrongTypes;
                assert!(!report.interrupted && whole, "{fault}: {report:?}");
            }
            (Err(error), Told(words)) => {
                let said = road.words(error);
                assert!(said.contains(words), "{fault}: {said}");
                assert!(fault != Fault::DayQuota || road.google.requests_to("mediaItems.list") == 1, "the day's quota is not asked again");
            }
            (outcome, _) => panic!("{fault} × {count}: {outcome:?}"),
        }
        if fault == Fault::MinuteQuota {
            assert!(road.slept() >= Duration::from_secs(30), "{:?}", road.slept());
        }
        road.google.heal();
        let report = road.list().expect("the next listing");
        assert_eq!((report.items, report.assets), (250, 250), "{fault}: {report:?}");
        assert_eq!(road.google.bearer_leaks(), Vec::<String>::new(), "{fault}");
    }
}

#[test]
fn what_google_shows_no_more_is_offline_and_what_could_not_be_read_proves_nothing() {
    let road = Road::with(Options { app_created: AppCreated::EveryNth(2), ..legacy(200) });
    road.sign_in().expect("signed in");
    road.list().expect("listed");
    road.google.fail(Fault::WrongTypes, "mediaItems.list", 1);
    let report = road.list().expect("listed with unreadable entries");
    assert!(report.unlisted == 0 || report.damaged == 0, "{report:?}");
    road.google.heal();
    // With a live permission beside the dead one, Google shows only its own since 2025.
    road.google.set_era(Era::Since2025);
    let report = road.list().expect("listed");
    assert_eq!((report.items, report.unlisted, report.assets), (100, 100, 200), "nothing is removed: {report:?}");
    road.google.set_era(Era::Legacy2022);
    let report = road.list().expect("listed");
    assert_eq!((report.items, report.changed, report.unlisted), (200, 100, 0), "they are back: {report:?}");
}

#[test]
fn a_refused_page_token_begins_the_listing_anew() {
    let road = Road::with(Options { page_quirks: PageQuirks::ALL, ..legacy(400) });
    road.sign_in().expect("signed in");
    road.list().expect("listed");
    let source = source_id(&road.catalog, "google").expect("read").expect("a source");
    let mut listing = road.catalog.listing(source).expect("read").expect("a listing");
    (listing.is_done, listing.page_token) = (false, Some("a token of yesterday".to_owned()));
    road.catalog.set_listing(source, &listing).expect("written");
    let report = road.list().expect("listed");
    assert_eq!((report.resumed, report.items, report.assets), (true, 400, 400), "{report:?}");
}

#[test]
fn pictures_that_cannot_be_had_are_told_never_taken_for_photos_and_had_later() {
    let faults = [
        Fault::ImageForbidden,
        Fault::ImageNotFound,
        Fault::HtmlForbidden,
        Fault::HtmlNotFound,
        Fault::NotJson,
        Fault::EndlessBody,
        Fault::Redirect,
    ];
    for fault in faults {
        let road = Road::with(legacy(60));
        road.sign_in().expect("signed in");
        road.list().expect("listed");
        let (session, source) = (road.session(), source_id(&road.catalog, "google").expect("read").expect("a source"));
        let look = || draw_listed(&road.catalog, &Library::new(&session), session.wire(), source, &Silent, &road.stop).expect("looked at");
        road.google.fail(fault, "media", 5);
        let first = look();
        assert_eq!(first.drawn + first.failed, first.wanted, "{fault}: {first:?}");
        // A 403 means that an address is over: then the item is asked for anew, at once.
        let is_over = matches!(fault, Fault::ImageForbidden | Fault::HtmlForbidden);
        let had = if is_over { first.failed < 5 } else { first.failed >= 5 };
        assert!(had, "{fault}: {first:?}");
        road.google.heal();
        let second = look();
        assert!(second.wanted == first.failed && (is_over || second.drawn >= 5), "{fault}: {second:?}");
        assert_eq!(road.google.bearer_leaks(), Vec::<String>::new(), "{fault}");
    }
}

#[test]
fn one_id_that_google_cannot_bear_costs_its_own_picture_only() {
    let road = Road::with(legacy(60));
    road.sign_in().expect("signed in");
    road.list().expect("listed");
    let (session, source) = (road.session(), source_id(&road.catalog, "google").expect("read").expect("a source"));
    road.google.poison(&road.google.item_id(7));
    let report = draw_listed(&road.catalog, &Library::new(&session), session.wire(), source, &Silent, &road.stop).expect("looked at");
    assert!(report.drawn >= 50 && report.failed >= 1, "{report:?}");
}

#[test]
fn every_answer_of_the_person_to_the_consent_is_met() {
    for (person, words) in [
        (Person::Denies, "declined in the browser"),
        (Person::NeverRedirects, "did not come back"),
        (Person::WrongState, "did not come back"),
    ] {
        let road = Road::with(Options { consent: person.clone(), ..legacy(10) });
        let error = road.sign_in().expect_err("no login");
        assert!(error.to_string().contains(words), "{person:?}: {error}");
    }
    let road = Road::with(Options { consent: Person::Narrows(vec![scope::PICKER.to_owned()]), ..legacy(10) });
    road.sign_in().expect("signed in");
    let error = open_session(&road.place, SCOPES, None, &road.stop).map(drop).expect_err("not allowed");
    assert!(error.to_string().contains("does not allow"), "{error}");
}

#[test]
fn a_login_that_died_says_so_and_a_live_one_is_renewed() {
    let road = Road::with(legacy(30));
    road.sign_in().expect("signed in");
    road.google.advance(3 * 3600);
    assert_eq!(road.list().expect("listed").items, 30, "the access token is renewed");
    road.google.advance(8 * DAY_S);
    let error = road.list().expect_err("dead after seven days in testing");
    let words = road.words(&error);
    assert!(words.contains("7 days") && words.contains("google login"), "{words}");
    road.sign_in().expect("signed in again");
    assert_eq!(road.list().expect("listed").items, 30);
    road.google.revoke_all();
    assert!(road.words(&road.list().expect_err("withdrawn")).contains("google login"));
}

#[test]
fn picking_ends_well_late_or_not_at_all_and_always_at_google() {
    let since = |picking| Options { era: Era::Since2025, items: 300, picking, poll_interval_s: 2.0, ..Options::default() };
    let road = Road::with(since(Picking::AfterPolls { polls: 5, count: 120 }));
    road.sign_in().expect("signed in");
    let report = road.pick().expect("picked");
    assert!(report.picked == 120 && report.drawn >= 100, "{report:?}");
    assert!(road.slept() >= Duration::from_secs(8), "it polls as told: {:?}", road.slept());

    let road = Road::with(since(Picking::ClosesTab));
    road.sign_in().expect("signed in");
    let error = road.pick().expect_err("nothing picked");
    assert!(error.to_string().contains("within the time"), "{error}");
    assert_eq!(road.google.requests_to("picker.sessions.delete"), 1);

    let road = Road::with(Options { session_life_s: 30, ..since(Picking::ClosesTab) });
    road.sign_in().expect("signed in");
    let error = road.pick().expect_err("the session expired");
    assert!(error.to_string().contains("within the time"), "{error}");

    let road = Road::with(Options { picker_enabled: false, ..since(Picking::ClosesTab) });
    road.sign_in().expect("signed in");
    let error = road.pick().expect_err("switched off");
    assert!(error.hint().is_some_and(|hint| hint.contains("switch the interface on")), "{error:?}");
}

#[test]
fn an_album_whose_making_was_not_answered_is_found_again_and_no_item_asked_for_twice() {
    let road = Road::with(Options { app_created: AppCreated::All, ..legacy(130) });
    road.sign_in().expect("signed in");
    let session = road.session();
    let library = Library::new(&session);
    let ids: Vec<String> = (0..130).map(|place| road.google.item_id(place)).collect();
    let target = AlbumTarget::Title("Doubles".to_owned());
    let add = || add_to_album(&road.catalog, &library, &target, &ids, &Silent, &road.stop);
    road.google.fail(Fault::CutShort, "albums.create", 1);
    add().expect_err("the answer was cut");
    road.google.fail(Fault::DayQuota, "albums.batchAddMediaItems", 1);
    let error = add().expect_err("the quota of the day");
    assert!(road.words(&error).contains("per day"));
    let report = add().expect("added");
    assert_eq!((report.added, report.refused.len(), report.left), (130, 0, 0), "{report:?}");
    assert_eq!(road.google.requests_to("albums.create"), 1, "one album, though its answer was lost");
    assert_eq!(add().expect("again").already, 130);
    let odd = ["two words".to_owned(), "=1+1".to_owned(), road.google.item_id(0)];
    let report = add_to_album(&road.catalog, &library, &target, &odd, &Silent, &road.stop).expect("the others go on");
    assert_eq!((report.refused.len(), report.already), (2, 1), "{report:?}");
}
