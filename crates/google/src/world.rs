//! What lies outside the program and is injected: the clock, waiting between tries, and the person's browser.
//!
//! The time limits of sockets, and the wait for the browser to come back, are real time: there is a real other side.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The outside.
pub trait World: Send + Sync {
    /// Returns the time now, in UTC seconds since 1970.
    fn now(&self) -> i64;
    /// Waits; only ever in steps of at most a quarter of a second, between which the stop callback is asked.
    fn sleep(&self, time: Duration);
    /// Opens `url` (http or https) in the person's browser without waiting for it.
    ///
    /// # Errors
    /// No browser could be started.
    fn open_browser(&self, url: &str) -> io::Result<()>;
}

/// The real outside.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemWorld;

impl World for SystemWorld {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    }

    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn open_browser(&self, url: &str) -> io::Result<()> {
        // The system's opener takes paths and programs too: nothing but a web address may reach it.
        if !(url.starts_with("https://") || url.starts_with("http://")) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a web address"));
        }
        open::that_detached(url)
    }
}
