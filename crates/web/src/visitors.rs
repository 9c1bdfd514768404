//! Who is connected: where all places are taken, the oldest connection that never showed the cookie gives way, so that strangers who only hold
//! connections open keep nobody out.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::Notify;

/// Who is at the other end of a connection.
#[derive(Default)]
pub(crate) struct Visitor {
    is_known: AtomicBool,
    leaving: Notify,
}

impl Visitor {
    /// Notes that it showed what opens the page.
    pub(crate) fn know(&self) {
        self.is_known.store(true, Ordering::Relaxed);
    }

    /// Returns when it has to give way.
    pub(crate) async fn leaves(&self) {
        self.leaving.notified().await;
    }
}

/// All that are connected, the oldest first.
#[derive(Default)]
pub(crate) struct Visitors(Mutex<VecDeque<Weak<Visitor>>>);

impl Visitors {
    /// Returns the visitor of a new connection, which lasts as long as it is held.
    pub(crate) fn come(&self) -> Arc<Visitor> {
        let visitor = Arc::default();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.strong_count() > 0);
        all.push_back(Arc::downgrade(&visitor));
        visitor
    }

    /// Sends away who came first of those that are not known.
    pub(crate) fn make_room(&self) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(one) = all.pop_front() {
            if let Some(stranger) = one.upgrade().filter(|one| !one.is_known.load(Ordering::Relaxed)) {
                stranger.leaving.notify_one();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Waker};

    fn is_sent_away(visitor: &Visitor) -> bool {
        pin!(visitor.leaves()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[test]
    fn the_oldest_stranger_gives_way_and_nobody_who_is_known() {
        let visitors = Visitors::default();
        let all: Vec<_> = (0..4).map(|_| visitors.come()).collect();
        all[0].know();
        drop(visitors.come());
        let away = || all.iter().map(|one| is_sent_away(one)).collect::<Vec<_>>();
        visitors.make_room();
        assert_eq!(away(), [false, true, false, false]);
        all[2].know();
        visitors.make_room();
        assert_eq!(away(), [false, false, false, true]);
        visitors.make_room();
        assert_eq!(away(), [false; 4], "all that are left are known");
    }
}
