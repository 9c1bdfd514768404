//! Progress on standard error: one living line on a terminal, plain lines when piped, nothing with `--quiet`.

use crate::printer::say;
use crate::words::{count, safe, size, span};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pipeline::{Phase, Watch};
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a plain line is written when piped.
const PLAIN_EVERY: Duration = Duration::from_secs(10);
/// How often the living line is drawn anew.
const DRAW_EVERY: Duration = Duration::from_millis(100);
/// The first seconds of a phase tell nothing of its rate.
const RATE_AFTER: Duration = Duration::from_secs(1);

/// Shows progress.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    quiet: bool,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    began: Instant,
    said: Instant,
    items: Option<u64>,
    bytes: Option<u64>,
}

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        let living = !quiet && std::io::stderr().is_terminal();
        let bar = living.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
            bar.set_style(ProgressStyle::with_template("{spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        Self { bar, quiet, state: Mutex::new(State { phase: Phase::Find, began: now, said: now, items: None, bytes: None }) }
    }

    /// Takes the living line away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Returns the line of a phase.
fn line(state: &State, items: u64, bytes: u64, now: Instant) -> String {
    let number = Phase::ALL.iter().position(|phase| *phase == state.phase).map(|at| format!("{}/{} ", at + 1, Phase::ALL.len()));
    let mut line = number.unwrap_or_default() + state.phase.words();
    match state.items {
        Some(total) => line += &format!(": {} of {}", count(items), count(total)),
        None if items > 0 => line += &format!(": {}", count(items)),
        None => {}
    }
    let passed = now.duration_since(state.began);
    if passed < RATE_AFTER || !matches!(state.phase, Phase::Read | Phase::Match | Phase::Crop) {
        return line;
    }
    let seconds = passed.as_secs_f64();
    if state.phase == Phase::Read {
        line += &format!(" · {:.0} photos/s · {}/s", items as f64 / seconds, size((bytes as f64 / seconds) as u64));
    }
    if let Some(left) = seconds_left(state, items, bytes, seconds) {
        line += &format!(" · {} left", span(left));
    }
    line
}

/// Estimates by bytes, since photos differ in size.
fn seconds_left(state: &State, items: u64, bytes: u64, seconds: f64) -> Option<u64> {
    let (behind, total) = match state.bytes {
        Some(total) if bytes > 0 => (bytes, total),
        _ => (items, state.items?),
    };
    (behind > 0 && total > behind).then(|| (seconds * (total - behind) as f64 / behind as f64) as u64)
}

impl Watch for Progress {
    fn begin(&self, phase: Phase, items: Option<u64>, bytes: Option<u64>) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = State { phase, began: now, said: now, items, bytes };
        let line = line(&state, 0, 0, now);
        match &self.bar {
            Some(bar) => bar.set_message(line),
            None if !self.quiet && items != Some(0) => say(&line),
            None => {}
        }
    }

    fn reach(&self, items: u64, bytes: u64) {
        if self.quiet {
            return;
        }
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let every = if self.bar.is_some() { DRAW_EVERY } else { PLAIN_EVERY };
        if now.duration_since(state.said) < every {
            return;
        }
        state.said = now;
        let line = line(&state, items, bytes, now);
        match &self.bar {
            Some(bar) => bar.set_message(line),
            None => say(&line),
        }
    }

    fn note(&self, words: &str) {
        if self.quiet {
            return;
        }
        let line = format!("note: {}", safe(words));
        match &self.bar {
            Some(bar) => bar.suspend(|| say(&line)),
            None => say(&line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_rate_and_time_left_by_bytes() {
        let began = Instant::now();
        let state = State { phase: Phase::Read, began, said: began, items: Some(1000), bytes: Some(4_000_000_000) };
        let after = began + Duration::from_secs(10);
        assert_eq!(line(&state, 500, 1_000_000_000, after), "3/6 reading photos: 500 of 1,000 · 50 photos/s · 100.0 MB/s · 30 s left");
        assert_eq!(line(&state, 0, 0, began), "3/6 reading photos: 0 of 1,000");
        let state = State { phase: Phase::Crop, bytes: None, ..state };
        assert_eq!(line(&state, 500, 0, after), "looking for crops: 500 of 1,000 · 10 s left");
        let state = State { phase: Phase::Match, ..state };
        assert_eq!(line(&state, 500, 0, after), "5/6 comparing: 500 of 1,000 · 10 s left");
        assert_eq!(line(&State { items: None, ..state }, 500, 0, after), "5/6 comparing: 500");
    }
}
