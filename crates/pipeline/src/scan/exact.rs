//! The exact scan (`--exact`): byte copies only, for the price of their own bytes. Sizes first, then heads, then whole contents, and each
//! step only for files that the step before could not tell apart. Nothing is decoded.
//!
//! A file that is told apart ends as skipped, with the step that did it; the next ordinary scan reads it. What is read whole gets its
//! content hash and a fingerprint of recipe [`UNDRAWN`], which says its format and nothing more, so that the ordinary scan draws it.
//! Members of a tgz cannot be opened one by one, so they are left to the ordinary reading.
//!
//! **Invariant:** two files end with one content only if all their bytes hash alike.

use super::classify::{self, Head};
use super::read::Job;
use super::rounds::each;
use crate::Result;
use crate::watch::{Stop, Watch};
use catalog::Catalog;
use model::{Cause, ContentHash, FileKind, Fingerprint, Format, Outcome};
use rustc_hash::{FxHashMap, FxHashSet};
use sources::Reader;
use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};

/// Recipe of a fingerprint that was not drawn.
pub(crate) const UNDRAWN: u32 = 0;

/// Causes by which this scan leaves a file; another scan takes it up again.
pub(crate) const CAUSES: &[&str] = &[SIZE_IS_UNIQUE, HEAD_IS_UNIQUE];
const SIZE_IS_UNIQUE: &str = "size-is-unique";
const HEAD_IS_UNIQUE: &str = "head-is-unique";

/// Bytes of a head. Camera files of one size differ within their metadata (time, counter, thumbnail), which begin here; one page of disk.
const HEAD_BYTES: usize = 4096;

/// What one step found of a file.
enum Seen {
    Ended(FileKind, Outcome),
    Head([u8; 32]),
    Whole(Format, u64, ContentHash),
}

/// What an exact scan did.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) files_read: u64,
    pub(crate) bytes_read: u64,
    /// Files that ended.
    pub(crate) ended: u64,
}

/// Tells the files apart, and hashes those that cannot be; `known_sizes` are those of files whose content is known already.
pub(crate) fn read(
    catalog: &Catalog,
    jobs: Vec<Job>,
    known_sizes: &FxHashSet<u64>,
    workers: usize,
    watch: &dyn Watch,
    stop: &Stop,
) -> Result<Told> {
    let mut told = Told::default();
    let count = jobs.len() as u64;
    let (single, shared) = apart(jobs, |job| job.size_bytes, |size| known_sizes.contains(size));
    end_all(catalog, &single, &Cause::new(SIZE_IS_UNIQUE, "no other file has its size, so it was not opened (`--exact`)"), &mut told)?;
    let bytes = AtomicU64::new(0);
    let reached = AtomicU64::new(count - shared.len() as u64);
    let heads = each(&shared, workers, stop, |reader, job| {
        let seen = head_of(reader, job, &bytes);
        if !matches!(seen, Seen::Head(..)) {
            watch.reach(reached.fetch_add(1, Ordering::Relaxed) + 1, bytes.load(Ordering::Relaxed));
        }
        seen
    })?;
    let mut begun = Vec::new();
    write(catalog, shared.into_iter().zip(heads), &mut told, |job, seen| {
        if let Seen::Head(head) = seen {
            begun.push((job, *head));
        }
    })?;
    let (single, shared) = apart(begun, |(job, head)| (job.size_bytes, *head), |(size, _)| known_sizes.contains(size));
    let single: Vec<Job> = single.into_iter().map(|(job, _)| job).collect();
    end_all(
        catalog,
        &single,
        &Cause::new(HEAD_IS_UNIQUE, "no other file of its size begins alike, so it was not read (`--exact`)"),
        &mut told,
    )?;
    reached.fetch_add(single.len() as u64, Ordering::Relaxed);
    let shared: Vec<Job> = shared.into_iter().map(|(job, _)| job).collect();
    let wholes = each(&shared, workers, stop, |reader, job| {
        let seen = whole_of(reader, job, &bytes);
        watch.reach(reached.fetch_add(1, Ordering::Relaxed) + 1, bytes.load(Ordering::Relaxed));
        seen
    })?;
    write(catalog, shared.into_iter().zip(wholes), &mut told, |_, _| {})?;
    told.bytes_read = bytes.into_inner();
    Ok(told)
}

/// Parts what no other shares a key with from what some do (or what `known` says), each in its order.
fn apart<T, K: std::hash::Hash + Eq>(all: Vec<T>, key: impl Fn(&T) -> K, known: impl Fn(&K) -> bool) -> (Vec<T>, Vec<T>) {
    let mut count: FxHashMap<K, u32> = FxHashMap::default();
    for one in &all {
        *count.entry(key(one)).or_default() += 1;
    }
    all.into_iter().partition(|one| count[&key(one)] == 1 && !known(&key(one)))
}

fn head_of(reader: &mut Reader, job: &Job, bytes: &AtomicU64) -> Seen {
    let read = reader.open(&job.path, |stream, _| {
        let mut head = Vec::with_capacity(HEAD_BYTES);
        stream.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
        Ok(head)
    });
    let head = match read {
        Ok(head) => head,
        Err(error) => return Seen::Ended(FileKind::Media, Outcome::Failed(error.cause())),
    };
    bytes.fetch_add(head.len() as u64, Ordering::Relaxed);
    match classify::by_head(&head[..head.len().min(fingerprints::SNIFF_BYTES)], &job.path.file_name()) {
        Head::Still(_) | Head::Film(_) => Seen::Head(fingerprints::name_bytes(&head).0),
        Head::Unknown(outcome, kind) => Seen::Ended(kind, outcome),
    }
}

fn whole_of(reader: &mut Reader, job: &Job, bytes: &AtomicU64) -> Seen {
    let read = reader.open(&job.path, |stream, _| {
        let (mut naming, mut buffer, mut size, mut format) = (fingerprints::Naming::new(), vec![0; 256 << 10], 0u64, None);
        loop {
            match stream.read(&mut buffer) {
                Ok(0) => return Ok((format, size, naming.finish())),
                Ok(came) => {
                    format = format.or_else(|| fingerprints::sniff(&buffer[..came.min(fingerprints::SNIFF_BYTES)]));
                    naming.update(&buffer[..came]);
                    size += came as u64;
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    });
    match read {
        Ok((Some(format), size, hash)) => {
            bytes.fetch_add(size, Ordering::Relaxed);
            Seen::Whole(format, size, hash)
        }
        Ok((None, ..)) => {
            let cause = Cause::new("unreadable", "it changed while it was read; scan again");
            Seen::Ended(FileKind::Media, Outcome::Failed(cause))
        }
        Err(error) => Seen::Ended(FileKind::Media, Outcome::Failed(error.cause())),
    }
}

fn end_all(catalog: &Catalog, jobs: &[Job], cause: &Cause, told: &mut Told) -> Result<()> {
    let ids: Vec<i64> = jobs.iter().map(|job| job.ledger_id).collect();
    catalog.batch(|| catalog.skip_all(&ids, cause))?;
    told.ended += ids.len() as u64;
    Ok(())
}

/// Writes how files ended, and hands on the others.
fn write(catalog: &Catalog, seen: impl Iterator<Item = (Job, Seen)>, told: &mut Told, mut other: impl FnMut(Job, &Seen)) -> Result<()> {
    Ok(catalog.batch(|| {
        for (job, seen) in seen {
            match &seen {
                Seen::Head(..) => {
                    other(job, &seen);
                    continue;
                }
                Seen::Ended(kind, outcome) => catalog.end_ledger(job.ledger_id, *kind, outcome, None)?,
                Seen::Whole(format, size, hash) => {
                    let content = catalog.add_content(*size, *hash, None)?;
                    catalog.save_fingerprint_if_none(content, &undrawn(*format))?;
                    catalog.end_ledger(job.ledger_id, FileKind::Media, &Outcome::Done, Some(content))?;
                    told.files_read += 1;
                }
            }
            told.ended += 1;
        }
        Ok(())
    })?)
}

fn undrawn(format: Format) -> Fingerprint {
    Fingerprint { recipe: UNDRAWN, undecoded: None, ..classify::undecoded(format, "") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shares_its_key_stays_together() {
        let (single, shared) = apart(vec![3, 1, 3, 2, 9], |n| *n, |n| *n == 9);
        assert_eq!((single, shared), (vec![1, 2], vec![3, 3, 9]));
        assert_eq!(apart(Vec::<u8>::new(), |n| *n, |_| false), (vec![], vec![]));
    }
}
