//! When a call is tried again, and after how long.
//!
//! Source: Google's best practices: 5xx exponentially from 1 s, 429 not before 30 s, everything else not at all; a broken connection as
//! 5xx. The quota of the day is never tried again. Waits carry up to a half more at random, so that programs do not march in step.

use crate::error::{Error, ErrorKind, OauthKind, Result};
use crate::transport::{Failure, Reach};
use crate::wire::Wire;
use std::time::Duration;

/// First wait after 5xx or a broken connection; doubles each time.
const UNAVAILABLE_FIRST: Duration = Duration::from_secs(1);
/// First wait after 429; doubles each time.
const THROTTLED_FIRST: Duration = Duration::from_secs(30);

/// Whether carrying a call out twice does harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Twice is as good as once.
    Always,
    /// Only where the server has certainly not carried it out.
    Undone,
}

/// Calls until it succeeds, fails for good, or the tries are used up.
pub(crate) fn run<T>(wire: &Wire, repeat: Repeat, mut call: impl FnMut() -> std::result::Result<T, Failure>) -> Result<T> {
    let mut tried = 0;
    loop {
        if (wire.stop)() {
            return Err(Error::Stopped);
        }
        let failure = match call() {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        tried += 1;
        let Some(wait) = delay(&failure, repeat, tried, wire.limits.retry_after_max) else { return Err(failure.error) };
        if tried >= wire.limits.tries {
            return Err(failure.error);
        }
        wire.wait(wait)?;
    }
}

/// Returns how long to wait before the next try, after `tried` tries; `None` if there is to be none.
fn delay(failure: &Failure, repeat: Repeat, tried: u32, asked_max: Duration) -> Option<Duration> {
    let may_repeat = repeat == Repeat::Always;
    let (first, asked) = match &failure.error {
        Error::Api(error) => match error.kind {
            ErrorKind::Unavailable if may_repeat => (UNAVAILABLE_FIRST, error.retry_after),
            ErrorKind::Throttled => (THROTTLED_FIRST, error.retry_after),
            _ => return None,
        },
        Error::Oauth(error) if error.kind == OauthKind::Unavailable => {
            (if error.http == 429 { THROTTLED_FIRST } else { UNAVAILABLE_FIRST }, None)
        }
        Error::Transport { .. } | Error::Timeout { .. } => match failure.reach {
            Reach::Unsent => (UNAVAILABLE_FIRST, None),
            Reach::MaybeSent if may_repeat => (UNAVAILABLE_FIRST, None),
            Reach::MaybeSent | Reach::Final => return None,
        },
        _ => return None,
    };
    if asked.is_some_and(|asked| asked > asked_max) {
        return None;
    }
    let backoff = first.saturating_mul(1 << tried.saturating_sub(1).min(10));
    Some((backoff + backoff.mul_f64(jitter() / 2.0)).max(asked.unwrap_or_default()))
}

/// Returns a random number of 0 to 1; 0 where there is no randomness, which only costs politeness.
fn jitter() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.0,
    }
}
