//! Rounds of the scans that look at parts of files before they open any whole: the same work for many files, on several threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Files a worker takes at a time.
const BATCH: usize = 64;

/// Does `work` for each job on several threads, each with what `begin` gives it; answers in the order of the jobs. `None` where a stop was
/// asked for first.
pub(super) fn each<J: Sync, W, T: Send>(
    jobs: &[J],
    workers: usize,
    is_stopped: &(impl Fn() -> bool + Sync),
    begin: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &J) -> T + Sync,
) -> Option<Vec<T>> {
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(jobs.len())));
    let run = || {
        let mut worker = begin();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= jobs.len() || is_stopped() {
                return;
            }
            let batch = jobs.iter().enumerate().skip(start).take(BATCH);
            let mine: Vec<(usize, T)> = batch.map(|(at, job)| (at, work(&mut worker, job))).collect();
            answers.lock().unwrap_or_else(PoisonError::into_inner).extend(mine);
        }
    };
    std::thread::scope(|scope| (0..workers.max(1)).for_each(|_| drop(scope.spawn(run))));
    if is_stopped() {
        return None;
    }
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_unstable_by_key(|(at, _)| *at);
    Some(answers.into_iter().map(|(_, answer)| answer).collect())
}
