//! The entries that judge: the evidence of pairs proposed (`propose.rs`), all evidence among many subjects, and all that can be said of one
//! pair. Which pairs are worth judging is not decided here.

use crate::candidates::workers;
use crate::judge::{Comparison, Desk, judge};
use crate::{Pictures, Signature, Subject, propose};
use model::{AssetId, Evidence};
use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Pairs a worker takes at a time: enough that the first grid of a pair is mostly at hand already.
const BATCH: usize = 128;

/// Returns all evidence among `subjects`, sorted by `(a, b)`; with `fresh`, only of pairs that touch one of these assets.
///
/// [`propose`] and [`judge_pairs`] in one, for those who have all subjects at hand. `tick` is told how much is done of how much (in no unit
/// a person would know) and stops the search by `false`; what was found till then is returned. It and `pictures` are called from several
/// threads. Fresh evidence equals the full evidence filtered, unless a crowd of near pictures exceeds the bounds of `thresholds.rs`.
///
/// # Panics
///
/// Panics if a subject is empty (0 bytes) or an asset stands twice.
pub fn find(
    subjects: &[Subject],
    fresh: Option<&HashSet<AssetId>>,
    pictures: &dyn Pictures,
    tick: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Vec<Evidence> {
    let sorted = by_asset(subjects);
    let signatures: Vec<Signature> = sorted.iter().flat_map(|subject| Signature::of(subject)).collect();
    // Proposing is told as the first half of the way, judging as the second.
    let steps = sorted.len() as u64;
    let share = |done: u64, of: u64| steps.saturating_mul(done) / of.max(1);
    let stopped = AtomicBool::new(false);
    let pairs = propose(&signatures, fresh, &|done, of| {
        let going = tick(share(done, of), 2 * steps);
        stopped.fetch_or(!going, Ordering::Relaxed);
        going
    });
    if stopped.load(Ordering::Relaxed) {
        return Vec::new();
    }
    judge_all(&sorted, &pairs, pictures, &|done, of| tick(steps + share(done, of), 2 * steps))
}

/// Returns the evidence of `pairs`, sorted by `(a, b)`. `subjects` are those that occur in them, in any order; a pair of which one is
/// missing is passed over, and so is an asset with itself. `tick` is told how many of how many pairs are done and stops by `false`;
/// what was found till then is returned. It and `pictures` are called from several threads. Sorted pairs cost the fewest pictures.
///
/// # Panics
///
/// Panics if a subject is empty (0 bytes) or an asset stands twice.
pub fn judge_pairs(
    pairs: &[(AssetId, AssetId)],
    subjects: &[Subject],
    pictures: &dyn Pictures,
    tick: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Vec<Evidence> {
    judge_all(&by_asset(subjects), pairs, pictures, tick)
}

/// Returns the subjects by asset.
fn by_asset(subjects: &[Subject]) -> Vec<&Subject> {
    let mut sorted: Vec<&Subject> = subjects.iter().collect();
    sorted.sort_by_key(|subject| subject.asset);
    sorted.iter().for_each(|subject| assert_not_empty(subject));
    assert!(sorted.windows(2).all(|two| two[0].asset < two[1].asset), "an asset stands twice");
    sorted
}

fn judge_all(
    subjects: &[&Subject],
    pairs: &[(AssetId, AssetId)],
    pictures: &dyn Pictures,
    tick: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Vec<Evidence> {
    let (next, done, stopped) = (AtomicUsize::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let found = Mutex::new(Vec::new());
    let subject = |asset: AssetId| subjects.binary_search_by_key(&asset, |subject| subject.asset).ok().map(|place| subjects[place]);
    let work = || {
        let mut desk = Desk::new(pictures);
        let mut mine = Vec::new();
        loop {
            let start = next.fetch_add(BATCH, Ordering::Relaxed);
            if start >= pairs.len() || stopped.load(Ordering::Relaxed) {
                break;
            }
            let batch = &pairs[start..(start + BATCH).min(pairs.len())];
            let two = batch.iter().filter(|(a, b)| a != b).filter_map(|&(a, b)| subject(a.min(b)).zip(subject(a.max(b))));
            mine.extend(two.filter_map(|(first, second)| judge(first, second, &mut desk, false).evidence));
            let count = done.fetch_add(batch.len() as u64, Ordering::Relaxed) + batch.len() as u64;
            if !tick(count, pairs.len() as u64) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
        if let Ok(mut found) = found.lock() {
            found.append(&mut mine);
        }
    };
    std::thread::scope(|scope| (0..workers()).for_each(|_| drop(scope.spawn(work))));
    let mut evidence: Vec<Evidence> = found.into_inner().unwrap_or_default();
    evidence.sort_unstable_by_key(|edge| (edge.a, edge.b));
    evidence
}

/// Returns everything that can be measured of one pair: the evidence, or why there is none. The same whichever comes first.
///
/// # Panics
///
/// Panics if both are one asset or one is empty (0 bytes).
pub fn compare(a: &Subject, b: &Subject, grids: &dyn Pictures) -> Comparison {
    assert_not_empty(a);
    assert_not_empty(b);
    assert!(a.asset != b.asset, "an asset is not compared with itself");
    let (first, second) = if a.asset < b.asset { (a, b) } else { (b, a) };
    judge(first, second, &mut Desk::new(grids), true)
}

fn assert_not_empty(subject: &Subject) {
    assert!(subject.size_bytes > 0 || subject.contents.is_empty(), "asset {} is empty: empty files never match", subject.asset);
}

#[cfg(test)]
pub(crate) mod fixture {
    use crate::Subject;
    use model::{AssetId, ContentHash, DecodedFrom, Encoding, Format, Metadata};

    /// Returns a JPEG of 4000 × 3000 pixels without hashes or metadata and with bytes of its own.
    pub(crate) fn subject(asset: i64) -> Subject {
        let mut content = [0; 32];
        content[..8].copy_from_slice(&asset.to_le_bytes());
        Subject {
            asset: AssetId(asset),
            contents: vec![ContentHash(content)],
            payloads: Vec::new(),
            size_bytes: 3_000_000,
            format: Format::Jpeg,
            width: 4000,
            height: 3000,
            orientation: 1,
            frames: 1,
            metadata: Metadata::default(),
            hash: None,
            quality: 100,
            from: Some(DecodedFrom::Coarse),
            encoding: Encoding { jpeg_quality: Some(90), ..Encoding::default() },
            frame_hashes: Vec::new(),
            name: format!("picture-{asset}.jpg"),
            folder: "photos".to_owned(),
        }
    }
}
