//! Rounds of the scans that look at parts of files before they open any whole: the same work for many files, on several threads.

use super::read::Job;
use crate::watch::Stop;
use crate::{Error, Result};
use sources::Reader;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Files a worker takes at a time.
const BATCH: usize = 64;

/// Does `work` for each job on several threads; answers in the order of the jobs.
pub(super) fn each<T: Send>(jobs: &[Job], workers: usize, stop: &Stop, work: impl Fn(&mut Reader, &Job) -> T + Sync) -> Result<Vec<T>> {
    let (next, answers) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(jobs.len())));
    let reader = Reader::new();
    let run = |mut reader: Reader| {
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= jobs.len() || stop.asked() {
                return;
            }
            let batch = jobs.iter().enumerate().skip(start).take(BATCH);
            let mine: Vec<(usize, T)> = batch.map(|(at, job)| (at, work(&mut reader, job))).collect();
            answers.lock().unwrap_or_else(PoisonError::into_inner).extend(mine);
        }
    };
    std::thread::scope(|scope| (0..workers.max(1)).for_each(|_| drop(scope.spawn(|| run(reader.clone())))));
    if stop.asked() {
        return Err(Error::Interrupted);
    }
    let mut answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    answers.sort_unstable_by_key(|(at, _)| *at);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}
