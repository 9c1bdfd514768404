//! `lookalike demo --google`: the road of the person who had thousands of thumbnails in Google Photos, against a simulated Google on this
//! machine: as it was in 2022, and what stands in for it since March 2025.

use super::World;
use crate::failure::Result;
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, plural, safe};
use google_sim::{AppCreated, Era, Options, PageQuirks, Picking, Simulator};
use pipeline::google::{
    AccountPlace, AlbumTarget, Consent, Endpoints, Library, ListingScope, PICKED_MAX, SystemWorld, World as Outside, add_to_album, log_in,
    log_out, open_session, pick, scope, sync,
};
use pipeline::{Catalog, Cell, Stop};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Photos and films of the simulated library.
const ITEMS: u64 = 1200;
/// Of these every so many was uploaded by the person's own program.
const OWN_EVERY: u64 = 4;
/// Photos that the simulated person picks by hand.
const PICKED: u64 = 40;

/// What the seed asked of its table.
const SEED_QUERY: &str = "SELECT * FROM photos AS main WHERE filename LIKE '________-____-____-____-____________.dng' AND EXISTS(SELECT id FROM \
                          photos WHERE creation_time = main.creation_time AND camera_make = main.camera_make AND camera_model = \
                          main.camera_model AND id != main.id)";

/// The machine's clock, and a browser that belongs to the simulated person.
struct SimulatedPerson;

impl Outside for SimulatedPerson {
    fn now(&self) -> i64 {
        SystemWorld.now()
    }

    fn sleep(&self, time: Duration) {
        SystemWorld.sleep(time);
    }

    fn open_browser(&self, url: &str) -> std::io::Result<()> {
        google_sim::open_browser(url);
        Ok(())
    }
}

pub(super) fn run(world: &World, folder: &Path, stop: &Stop) -> Result<()> {
    let google = Simulator::start(Options {
        era: Era::Legacy2022,
        items: ITEMS,
        app_created: AppCreated::EveryNth(OWN_EVERY),
        page_quirks: PageQuirks::ALL,
        picking: Picking::OnOpen { count: PICKED },
        poll_interval_s: 1.0,
        ..Options::default()
    })?;
    let place = AccountPlace {
        folder: folder.join("google"),
        endpoints: Endpoints {
            auth: google.auth_url(),
            token: google.token_url(),
            revoke: google.revoke_url(),
            library: google.library_url(),
            picker: google.picker_url(),
        },
        with_keyring: false,
        world: Arc::new(SimulatedPerson),
    };
    let catalog_path = folder.join("catalog.sqlite");
    pipeline::make_catalog_folder(&catalog_path)?;
    let catalog = Catalog::open(&catalog_path).map_err(pipeline::Error::from)?;
    let mut walk = Walk { world, google: &google, place, catalog: &catalog, stop, out: Out::new() };
    walk.as_in_2022(folder)?;
    walk.since_2025()?;
    walk.out.line(format!("\nall of this lies in {}", safe(&folder.display().to_string())))?;
    walk.out.flush()?;
    Ok(())
}

struct Walk<'a> {
    world: &'a World,
    google: &'a Simulator,
    place: AccountPlace,
    catalog: &'a Catalog,
    stop: &'a Stop,
    out: Out,
}

impl Walk<'_> {
    /// Sign in, list everything, ask for the thumbnails in SQL, gather them in an album.
    fn as_in_2022(&mut self, folder: &Path) -> Result<()> {
        self.title("2022: sign in with your own OAuth client and list the library")?;
        let client = folder.join("client_secret.json");
        let kept = self.google.client_secret_json();
        pipeline::google::write_ids(&client, &[kept])?;
        let scopes = [ListingScope::Whole.oauth(), scope::LIBRARY_APPEND, scope::LIBRARY_READ_APP_CREATED];
        let login = log_in(&self.place, Some(&client), &scopes, &consent(), self.stop)?;
        self.out.line(format!("signed in; the login is kept {}", safe(&login.kept_in)))?;
        let session = open_session(&self.place, &scopes, None, self.stop)?;
        let library = Library::new(&session);
        let progress = Progress::new(self.world.quiet);
        let listed = sync(self.catalog, &library, "google", ListingScope::Whole, now(), &progress, self.stop);
        progress.finish();
        let listed = listed?;
        self.out.line(format!("{} listed in {}", plural(listed.items, "item"), plural(listed.pages, "page")))?;

        self.title("the thumbnails, found with one question in SQL")?;
        let ids = self.ask(SEED_QUERY)?;
        self.out.line(format!("{} of Lightroom's thumbnails have their photo beside them", count(ids.len() as u64)))?;

        self.title("gather them in an album")?;
        let target = AlbumTarget::Title("Thumbnails to delete".to_owned());
        let progress = Progress::new(self.world.quiet);
        let added = add_to_album(self.catalog, &library, &target, &ids, &progress, self.stop);
        progress.finish();
        let added = added?;
        self.out.line(format!(
            "{} added, {} refused: Google takes only what your own program uploaded",
            count(added.added),
            count(added.refused.len() as u64)
        ))?;
        self.out.line("the others are for `lookalike handoff --ids-from FILE`: a page of links, one click a photo")?;
        Ok(())
    }

    /// What the same commands meet now, and what works instead.
    fn since_2025(&mut self) -> Result<()> {
        self.google.set_era(Era::Since2025);
        self.title("since 31 March 2025: the same listing again")?;
        log_out(&self.place, self.stop)?;
        log_in(&self.place, None, &[ListingScope::Whole.oauth()], &consent(), self.stop)?;
        let session = open_session(&self.place, &[ListingScope::Whole.oauth()], None, self.stop)?;
        let progress = Progress::new(self.world.quiet);
        let refused = sync(self.catalog, &Library::new(&session), "google", ListingScope::Whole, now(), &progress, self.stop);
        progress.finish();
        match refused {
            Err(error) => {
                self.out.line(format!("{error}"))?;
                self.out.line(format!("hint: {}", error.hint().unwrap_or_default()))?;
            }
            Ok(_) => self.out.line("Google listed it all the same")?,
        }

        self.title("what works instead, for some photos: pick them by hand")?;
        let consent = consent();
        let session = open_session(&self.place, &[scope::PICKER], Some(&consent), self.stop)?;
        let show = |uri: &str| google_sim::open_browser(uri);
        let progress = Progress::new(self.world.quiet);
        let picked = pick(self.catalog, &session, "google-picked", PICKED_MAX, now(), &show, &progress, self.stop);
        progress.finish();
        let picked = picked?;
        self.out.line(format!("{} picked, {} seen", plural(picked.picked, "item"), plural(picked.drawn, "picture")))?;

        self.title("and for all of them: a Takeout export")?;
        self.out.line("`lookalike demo` shows that road; `lookalike scan takeout-….zip` walks it with your own photos")?;
        Ok(())
    }

    fn title(&mut self, words: &str) -> Result<()> {
        self.out.line(format!("\n{words}"))?;
        self.out.flush()?;
        if self.stop.asked() { Err(pipeline::Error::Interrupted.into()) } else { Ok(()) }
    }

    /// Returns the ids that a question answers.
    fn ask(&self, question: &str) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        let answered = self.catalog.ask(
            question,
            |_| {},
            |row| {
                if let Some(Cell::Text(id)) = row.first() {
                    ids.push(id.clone());
                }
                true
            },
        );
        answered.map_err(pipeline::Error::from)?;
        Ok(ids)
    }
}

fn consent() -> Consent<'static> {
    let show: &dyn Fn(&str) = &|_| say("(the simulated person agrees in the browser)");
    Consent { port: 0, opens_browser: true, show, timeout: Duration::from_secs(60) }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
