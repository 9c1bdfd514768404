//! What a caller can choose before the simulator starts.

use std::time::Duration;

/// Which rules the services follow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Era {
    /// Before 31 March 2025: `photoslibrary` and `photoslibrary.readonly` list the whole library.
    Legacy2022,
    /// Since then: the old scopes are refused, and only what the program itself uploaded is seen.
    #[default]
    Since2025,
}

/// Which items the OAuth project in use has created itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AppCreated {
    /// None: the person's phone and other programs brought them all.
    #[default]
    None,
    /// All of them.
    All,
    /// Every n-th, beginning with the newest; 0 means none.
    EveryNth(u64),
}

/// Which oddities of real listings are shown; each happens in turn on different pages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageQuirks {
    /// Some pages hold fewer items than asked for.
    pub short: bool,
    /// Some pages hold nothing but a token.
    pub empty: bool,
    /// The last page with items has a token still; behind it comes `{}`.
    pub trailing: bool,
    /// Some pages begin with the last item of the page before.
    pub repeated: bool,
}

impl PageQuirks {
    /// Plain paging.
    pub const NONE: Self = Self { short: false, empty: false, trailing: false, repeated: false };
    /// Every oddity.
    pub const ALL: Self = Self { short: true, empty: true, trailing: true, repeated: true };
}

/// What the person in front of the browser does with the consent screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Consent {
    /// Agrees at once.
    #[default]
    Agrees,
    /// Refuses: `error=access_denied` comes back.
    Denies,
    /// Agrees, but another `state` than the one asked with comes back, as from a forged page.
    WrongState,
    /// Google shows its own error page and never comes back: the account is no test user of the project.
    NeverRedirects,
    /// Unticks all but these scopes.
    Narrows(Vec<String>),
    /// A page with two links asks whoever looks at it: for demonstrations.
    Asks,
}

/// What the person does with a Picker page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picking {
    /// Picks the newest `count` items as soon as the page is opened.
    OnOpen {
        /// How many.
        count: u64,
    },
    /// Picks the newest `count` items when the session was polled `polls` times, opened or not.
    AfterPolls {
        /// How often `sessions.get` answers "not yet" before.
        polls: u64,
        /// How many.
        count: u64,
    },
    /// Closes the tab: nothing is ever picked, unless a test calls [`crate::Simulator::pick`].
    ClosesTab,
}

/// How a simulator is set up. Most tests change two or three fields of the default.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Which rules hold.
    pub era: Era,
    /// How many items the made-up library has.
    pub items: u64,
    /// What the library and all tokens follow from.
    pub seed: u64,
    /// Which items count as uploaded by the program that signs in.
    pub app_created: AppCreated,
    /// The first of four ports in a row; `None` takes free ones.
    pub port: Option<u16>,
    /// Oddities of listings.
    pub page_quirks: PageQuirks,
    /// Seconds since 1970 at which the clock stands until it is turned; `None` lets it run with the machine's.
    pub clock: Option<i64>,
    /// The person's answer to the consent screen.
    pub consent: Consent,
    /// What the person does with a Picker page.
    pub picking: Picking,
    /// Whether the consent screen is in "Testing": refresh tokens die after seven days.
    pub testing: bool,
    /// Whether a client without a PKCE challenge is refused; Google accepts it.
    pub pkce_required: bool,
    /// Whether the Photos Library API is enabled in the project.
    pub library_enabled: bool,
    /// Whether the Photos Picker API is enabled in the project.
    pub picker_enabled: bool,
    /// Library requests a day before the daily 429.
    pub daily_quota: u64,
    /// Seconds between two polls that a picking session asks for.
    pub poll_interval_s: f64,
    /// Seconds until a picking session expires.
    pub session_life_s: i64,
    /// How long an answer under [`crate::Fault::Slow`] takes.
    pub slow: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            era: Era::default(),
            items: 0,
            seed: 1,
            app_created: AppCreated::default(),
            port: None,
            page_quirks: PageQuirks::NONE,
            clock: None,
            consent: Consent::default(),
            picking: Picking::OnOpen { count: 25 },
            testing: true,
            pkce_required: false,
            library_enabled: true,
            picker_enabled: true,
            daily_quota: 10_000,
            poll_interval_s: 5.0,
            session_life_s: 24 * 3600,
            slow: Duration::from_secs(2),
        }
    }
}
