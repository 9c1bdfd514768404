//! All that calls have in common: the addresses, the outside, the limits, and whether to stop.

use crate::endpoints::Endpoints;
use crate::error::{Error, Result};
use crate::transport::Transport;
use crate::world::World;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Says whether the caller wants to stop; asked between tries, while waiting, and while a long answer comes in.
pub type Stop = Arc<dyn Fn() -> bool + Send + Sync>;

/// Bounds of what is taken and how long is waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest JSON answer, in bytes after unpacking. A page of 100 items is about 200 KB.
    pub json_max_bytes: u64,
    /// Longest wait for a connection.
    pub connect: Duration,
    /// Longest silence of the server.
    pub read: Duration,
    /// Longest whole call, one try.
    pub call: Duration,
    /// Tries of a call that may be repeated, the first included.
    pub tries: u32,
    /// Longest wait that a server may ask for; where it asks for more, its error is returned at once.
    pub retry_after_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json_max_bytes: 8 << 20,
            connect: Duration::from_secs(15),
            read: Duration::from_secs(60),
            call: Duration::from_secs(300),
            tries: 5,
            retry_after_max: Duration::from_secs(300),
        }
    }
}

/// The shared part of all calls; cheap to clone, and usable from several threads.
#[derive(Clone)]
pub struct Wire {
    pub(crate) endpoints: Arc<Endpoints>,
    pub(crate) world: Arc<dyn World>,
    pub(crate) stop: Stop,
    pub(crate) limits: Limits,
    pub(crate) transport: Transport,
}

impl Wire {
    /// Returns a wire to `endpoints`.
    ///
    /// # Errors
    /// [`Error::Endpoint`] for an address that is no https address; plain http is taken for this machine only.
    pub fn new(endpoints: Endpoints, world: Arc<dyn World>, stop: Stop) -> Result<Self> {
        Self::with_limits(endpoints, world, stop, Limits::default())
    }

    /// Returns a wire with other limits than the usual.
    ///
    /// # Errors
    /// As [`Wire::new`].
    pub fn with_limits(endpoints: Endpoints, world: Arc<dyn World>, stop: Stop, limits: Limits) -> Result<Self> {
        Ok(Self { endpoints: Arc::new(endpoints.checked()?), world, stop, limits, transport: Transport::new(&limits) })
    }

    /// Tells whether the addresses in use are a simulator's, on this machine.
    fn is_simulated(&self) -> bool {
        let host = self.endpoints.library.parse::<ureq::http::Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
        host.is_some_and(|host| crate::endpoints::is_loopback(&host))
    }

    /// Tells a host that pictures may be taken from: Google's, or this machine where a simulator stands for Google.
    pub(crate) fn is_picture_host(&self, host: &str) -> bool {
        if self.is_simulated() { crate::endpoints::is_loopback(host) } else { host.ends_with(".googleusercontent.com") }
    }

    /// Tells a page of Google's own, which may be opened in the person's browser; or one of this machine where a simulator stands for it.
    #[must_use]
    pub fn is_google_page(&self, address: &str) -> bool {
        let Ok(uri) = address.parse::<ureq::http::Uri>() else { return false };
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        if self.is_simulated() {
            return crate::endpoints::is_loopback(&host);
        }
        uri.scheme_str() == Some("https") && (host == "google.com" || host.ends_with(".google.com"))
    }

    /// Returns the addresses in use.
    #[must_use]
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// Returns the time now, in UTC seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.world.now()
    }

    /// Waits, unless asked to stop.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub fn wait(&self, time: Duration) -> Result<()> {
        const STEP: Duration = Duration::from_millis(250);
        let mut left = time;
        loop {
            if (self.stop)() {
                return Err(Error::Stopped);
            }
            if left.is_zero() {
                return Ok(());
            }
            let step = left.min(STEP);
            self.world.sleep(step);
            left -= step;
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("endpoints", &self.endpoints).field("limits", &self.limits).finish_non_exhaustive()
    }
}
