//! Measures proposing pairs among drawn hashes, all of them and a thousand fresh ones: `cargo bench -p matching --bench propose`.
//! Memory, and what is found of the pairs planted: `candidates.rs`.

mod drawn;

use drawn::draw;
use matching::propose;
use model::AssetId;
use std::collections::HashSet;

/// Assets of each run. The exponent from the first to the last should be near 1.
const COUNTS: [usize; 4] = [10_000, 30_000, 100_000, 1_000_000];
/// Fresh assets among them.
const FRESH: usize = 1000;

fn main() {
    divan::main();
}

#[divan::bench(args = COUNTS, sample_count = 3, sample_size = 1)]
fn proposing(bencher: divan::Bencher<'_, '_>, count: usize) {
    let (signatures, _) = draw(count);
    bencher.bench_local(|| propose(&signatures, None, &|_, _| true).len());
}

#[divan::bench(args = COUNTS, sample_count = 3, sample_size = 1)]
fn proposing_a_thousand_fresh(bencher: divan::Bencher<'_, '_>, count: usize) {
    let (signatures, _) = draw(count);
    let fresh: HashSet<AssetId> = (0..FRESH).map(|n| AssetId((n * count / FRESH) as i64)).collect();
    bencher.bench_local(|| propose(&signatures, Some(&fresh), &|_, _| true).len());
}
