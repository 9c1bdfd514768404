//! Memory that threads share: each takes what it will need, and waits until that is free.
//!
//! **Invariant:** no more is given out than there is, but for one who needs more than all: he gets it alone. Who came first is served first,
//! so that nobody waits for ever.

use crate::place::locked;
use std::sync::{Condvar, Mutex, PoisonError};

/// A room of so many bytes.
pub(super) struct Room {
    max_bytes: u64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    used_bytes: u64,
    /// Number of the next to come.
    next: u64,
    /// Number of the next to be served.
    served: u64,
}

/// A part of a room; given back when dropped.
#[must_use]
pub(super) struct Share<'r> {
    room: &'r Room,
    bytes: u64,
}

impl Room {
    pub(super) fn of(max_bytes: u64) -> Self {
        Self { max_bytes, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits for a part.
    pub(super) fn take(&self, bytes: u64) -> Share<'_> {
        let mut state = locked(&self.state);
        let number = state.next;
        state.next += 1;
        while state.served != number || (state.used_bytes > 0 && state.used_bytes.saturating_add(bytes) > self.max_bytes) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.served += 1;
        state.used_bytes = state.used_bytes.saturating_add(bytes);
        self.changed.notify_all();
        Share { room: self, bytes }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        let mut state = locked(&self.room.state);
        state.used_bytes = state.used_bytes.saturating_sub(self.bytes);
        self.room.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn no_more_is_used_than_there_is_but_by_one_alone() {
        let room = Room::of(100);
        let (used, worst) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..8u64 {
                let (room, used, worst) = (&room, &used, &worst);
                scope.spawn(move || {
                    for n in 0..50u64 {
                        let bytes = (thread * 31 + n * 17) % 130 + 1;
                        let share = room.take(bytes);
                        let now = used.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        assert!(now <= 100 || now == bytes, "{now}");
                        worst.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        used.fetch_sub(bytes, Ordering::SeqCst);
                        drop(share);
                    }
                });
            }
        });
        assert!(worst.into_inner() > 100, "the largest had their turn");
        assert_eq!(room.state.into_inner().unwrap().used_bytes, 0);
    }
}
