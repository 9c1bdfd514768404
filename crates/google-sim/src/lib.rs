//! A local server that behaves like Google's OAuth, Photos Library and Photos Picker services, for tests and the demo.
//!
//! It shows the services as they were in 2022 and as they are since 31 March 2025, with a made-up library of any size, a scripted person
//! in front of the browser, a clock that tests may turn, and faults that fire exactly as often as asked. It listens on loopback only, keeps
//! nothing on disk, and never talks to Google. Where Google's behaviour is not known, it takes the harsher reading.
//!
//! **Invariant:** the library follows from its size and seed alone; items are made when asked for, never stored.
//!
//! ```
//! # fn main() -> std::io::Result<()> {
//! use google_sim::{Era, Options, Simulator};
//! let google = Simulator::start(Options { era: Era::Legacy2022, items: 1_000, ..Options::default() })?;
//! assert!(google.library_url().starts_with("http://127.0.0.1:"));
//! # Ok(())
//! # }
//! ```

mod browser;
mod discovery;
mod errors;
mod faults;
mod generated;
mod library;
mod media;
mod oauth;
mod options;
mod picker;
mod pictures;
mod server;
mod simulator;
mod wire;
mod world;

pub use browser::{Page, browse, open_browser};
pub use faults::Fault;
pub use generated::LibraryFacts;
pub use options::{AppCreated, Consent, Era, Options, PageQuirks, Picking};
pub use simulator::{Picks, Simulator, Urls};
