//! What all services share: the options, the clock, the library, and everything that changes while it runs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use testkit::rng::mix;

use crate::faults::Faults;
use crate::generated::Generated;
use crate::library::Shelf;
use crate::oauth::Grants;
use crate::options::{Consent, Era, Options, PageQuirks, Picking};
use crate::picker::Session;
use crate::simulator::Urls;

/// Pacific standard time: quotas begin anew at its midnight.
const PACIFIC_OFFSET_S: i64 = -8 * 3600;
const DAY_S: i64 = 24 * 3600;

/// The world behind the services.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) urls: Urls,
    pub(crate) library: Generated,
    pub(crate) started: i64,
    /// Seconds by which the clock was turned.
    turned: AtomicI64,
    /// How many base URLs were handed out: none is like another.
    urls_made: AtomicU64,
    state: Mutex<State>,
}

/// What changes.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) era: Era,
    pub(crate) consent: Consent,
    pub(crate) picking: Picking,
    pub(crate) page_quirks: PageQuirks,
    pub(crate) faults: Faults,
    pub(crate) poison: BTreeSet<String>,
    pub(crate) requests: BTreeMap<String, u64>,
    pub(crate) last_error: Option<String>,
    pub(crate) leaks: Vec<String>,
    pub(crate) grants: Grants,
    pub(crate) shelf: Shelf,
    pub(crate) sessions: BTreeMap<String, Session>,
    /// The Pacific day that is counted, and its library requests.
    today: (i64, u64),
    /// How many opaque texts were handed out.
    drawn: u64,
    seed: u64,
}

impl World {
    pub(crate) fn new(options: Options, urls: Urls) -> Self {
        let library = Generated::new(options.items, options.seed);
        let state = State {
            era: options.era,
            consent: options.consent.clone(),
            picking: options.picking,
            page_quirks: options.page_quirks,
            faults: Faults::default(),
            poison: BTreeSet::new(),
            requests: BTreeMap::new(),
            last_error: None,
            leaks: Vec::new(),
            grants: Grants::default(),
            shelf: Shelf::of(&library),
            sessions: BTreeMap::new(),
            today: (0, 0),
            drawn: 0,
            seed: options.seed,
        };
        let started = options.clock.unwrap_or_else(machine_clock);
        Self { options, urls, library, started, turned: AtomicI64::new(0), urls_made: AtomicU64::new(0), state: Mutex::new(state) }
    }

    /// Returns what changes, for a short while.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> i64 {
        self.options.clock.unwrap_or_else(machine_clock) + self.turned.load(Ordering::SeqCst)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.turned.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Returns a number that no base URL had before.
    pub(crate) fn next_url(&self) -> u64 {
        self.urls_made.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn set_requests_today(&self, count: u64) {
        let day = pacific_day(self.now());
        self.state().today = (day, count);
    }

    /// Counts one library request; false if the day's quota is used up.
    pub(crate) fn within_daily_quota(&self) -> bool {
        let day = pacific_day(self.now());
        let mut state = self.state();
        let used = if state.today.0 == day { state.today.1 } else { 0 };
        state.today = (day, used + 1);
        used < self.options.daily_quota
    }
}

impl State {
    /// Returns a text of `length` URL-safe characters after `prefix` that was never handed out before.
    pub(crate) fn fresh(&mut self, prefix: &str, length: usize) -> String {
        self.drawn += 1;
        let seed = mix(self.seed ^ mix(self.drawn) ^ 0x0f0f);
        format!("{prefix}{}", opaque(seed, length))
    }
}

/// Returns `length` URL-safe characters that follow from `seed`.
pub(crate) fn opaque(seed: u64, length: usize) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    (0..length as u64)
        .map(|place| {
            let word = mix(seed.wrapping_add(mix(place / 10)));
            LETTERS[(word >> (6 * (place % 10)) & 63) as usize] as char
        })
        .collect()
}

fn machine_clock() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

fn pacific_day(now: i64) -> i64 {
    (now + PACIFIC_OFFSET_S).div_euclid(DAY_S)
}
