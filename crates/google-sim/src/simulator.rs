//! A running simulator: its addresses, and what a test does to it while a client talks to it.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::faults::Fault;
use crate::generated::LibraryFacts;
use crate::options::{Consent, Era, Options, PageQuirks, Picking};
use crate::picker;
use crate::server;
use crate::world::World;

/// Where the services listen. Each is another host for a client: another port of 127.0.0.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    /// Sign-in, the Library and the discovery document; no slash at the end, like the others.
    pub api: String,
    /// The Picker.
    pub picker: String,
    /// Pictures and films.
    pub media: String,
    /// Where redirects lead that leave a host; no bearer should ever arrive here.
    pub elsewhere: String,
}

/// What a person picks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picks {
    /// The newest so many items.
    Newest(u64),
    /// Items by their place in the library, 0 the newest.
    Places(Vec<u64>),
}

/// A running simulator; dropping it stops it.
#[derive(Debug)]
pub struct Simulator {
    world: Arc<World>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Simulator {
    /// Starts it on 127.0.0.1.
    ///
    /// # Errors
    /// When a port is taken or no thread can be had.
    pub fn start(options: Options) -> io::Result<Self> {
        let running = server::start(options)?;
        Ok(Self { world: running.world, stop: Some(running.stop), thread: Some(running.thread) })
    }

    /// Returns where everything listens.
    #[must_use]
    pub fn urls(&self) -> &Urls {
        &self.world.urls
    }

    /// Returns the address of the consent screen.
    #[must_use]
    pub fn auth_url(&self) -> String {
        format!("{}/o/oauth2/v2/auth", self.world.urls.api)
    }

    /// Returns the address tokens are had from.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}/token", self.world.urls.api)
    }

    /// Returns the address tokens are given back to.
    #[must_use]
    pub fn revoke_url(&self) -> String {
        format!("{}/revoke", self.world.urls.api)
    }

    /// Returns what stands for `https://photoslibrary.googleapis.com`.
    #[must_use]
    pub fn library_url(&self) -> String {
        self.world.urls.api.clone()
    }

    /// Returns what stands for `https://photospicker.googleapis.com`.
    #[must_use]
    pub fn picker_url(&self) -> String {
        self.world.urls.picker.clone()
    }

    /// Returns what stands for `https://lh3.googleusercontent.com`.
    #[must_use]
    pub fn media_url(&self) -> String {
        self.world.urls.media.clone()
    }

    /// Returns the discovery document's address, as Python's client takes it.
    #[must_use]
    pub fn discovery_url(&self) -> String {
        format!("{}/$discovery/rest?version=v1", self.world.urls.api)
    }

    /// Returns the text of a `client_secret.json` of a desktop program whose addresses are this simulator's.
    #[must_use]
    pub fn client_secret_json(&self) -> String {
        crate::oauth::client_secret(&self.world.urls)
    }

    /// Returns an access token for these scopes (space separated, full names) without any consent, for tests of the other services.
    #[must_use]
    pub fn access_token(&self, scopes: &str) -> String {
        crate::oauth::grant_directly(&self.world, scopes)
    }

    /// Turns the clock forward.
    pub fn advance(&self, seconds: i64) {
        self.world.advance(seconds);
    }

    /// Returns the clock, seconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.world.now()
    }

    /// Lets `fault` happen to the next `count` requests to `target`: a method (`mediaItems.list`), a group (`library`, `picker`, `media`,
    /// `oauth`) or `*`.
    pub fn fail(&self, fault: Fault, target: &str, count: u64) {
        self.world.state().faults.arm(fault, target, count);
    }

    /// Disarms all faults.
    pub fn heal(&self) {
        self.world.state().faults.clear();
    }

    /// Returns how often `fault` has happened.
    #[must_use]
    pub fn fired(&self, fault: Fault) -> u64 {
        self.world.state().faults.fired(fault)
    }

    /// Makes an item spoil every `mediaItems.batchGet` that asks for it together with others; alone it answers 500.
    pub fn poison(&self, id: &str) {
        self.world.state().poison.insert(id.to_owned());
    }

    /// Changes the person's answer to the consent screen.
    pub fn set_consent(&self, consent: Consent) {
        self.world.state().consent = consent;
    }

    /// Changes what the person does with Picker pages.
    pub fn set_picking(&self, picking: Picking) {
        self.world.state().picking = picking;
    }

    /// Changes the oddities of listings.
    pub fn set_page_quirks(&self, quirks: PageQuirks) {
        self.world.state().page_quirks = quirks;
    }

    /// Changes the rules, as 31 March 2025 did: tokens and library stay.
    pub fn set_era(&self, era: Era) {
        self.world.state().era = era;
    }

    /// Lets the person finish picking in a session. Returns how many items were picked; `None` if there is no such session or it is done.
    pub fn pick(&self, session: &str, picks: &Picks) -> Option<u64> {
        picker::pick(&self.world, session, picks)
    }

    /// Ends all grants, as the person can in the settings of the account.
    pub fn revoke_all(&self) {
        self.world.state().grants.revoke_all();
    }

    /// Counts so many library requests as made today.
    pub fn set_requests_today(&self, count: u64) {
        self.world.set_requests_today(count);
    }

    /// Returns how often each method was called, refused calls included.
    #[must_use]
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.world.state().requests.clone()
    }

    /// Returns how often `method` was called.
    #[must_use]
    pub fn requests_to(&self, method: &str) -> u64 {
        self.world.state().requests.get(method).copied().unwrap_or(0)
    }

    /// Returns method, status and message of the last answer that was an error.
    #[must_use]
    pub fn last_error(&self) -> Option<String> {
        self.world.state().last_error.clone()
    }

    /// Returns the paths at which an `Authorization` header arrived at a host that must not see one.
    #[must_use]
    pub fn bearer_leaks(&self) -> Vec<String> {
        self.world.state().leaks.clone()
    }

    /// Returns the Library's id of the item at `place`, 0 the newest of the made-up library.
    #[must_use]
    pub fn item_id(&self, place: u64) -> String {
        self.world.library.id(place)
    }

    /// Returns the Picker's id of the item at `place`; the Library knows it by another one.
    #[must_use]
    pub fn picker_item_id(&self, place: u64) -> String {
        self.world.library.picker_id(place)
    }

    /// Counts what the made-up library holds. Cost: makes every item once.
    #[must_use]
    pub fn library_facts(&self) -> LibraryFacts {
        self.world.library.facts()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the thread has ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
