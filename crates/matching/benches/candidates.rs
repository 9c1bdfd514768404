//! Measures how long proposing pairs takes and what memory it needs, for 10 thousand, 100 thousand and a million drawn hashes, and for
//! a thousand fresh ones among them: `cargo bench -p matching --bench candidates`, or with the numbers wanted as arguments. What is found of
//! the pairs planted is told beside; times alone: `propose.rs`.
//!
//! Four fifths of the hashes are drawn evenly; each of the others lies 0 to 63 bits from an earlier one, half of them turned. Real photos
//! crowd a little more. Judging is not included: it opens pictures, and how many depends on the collection and not on this search.
//! Memory is the most the process held beyond what it held before the signatures were made, as Linux tells it; elsewhere it is 0.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod drawn;

use drawn::draw;
use matching::propose;
use model::AssetId;
use std::collections::HashSet;
use std::time::Instant;

/// Numbers of assets that are measured unless told otherwise.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Fresh assets among them.
const FRESH: usize = 1000;

/// Returns a figure of this process's memory in bytes: `VmHWM` is the most it held, `VmRSS` what it holds.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok()).map_or(0, |kilobytes| kilobytes * 1024)
}

/// Returns the CPU time of all threads so far in seconds, as Linux tells it: on a busy machine it says more than the clock.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets; the 12th and 13th are user and system time in hundredths.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// Returns what `work` gives, the time on the clock, and the CPU time, both in seconds.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64, f64) {
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let out = work();
    (out, start.elapsed().as_secs_f64(), cpu_seconds() - cpu)
}

fn main() {
    let wanted: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let mut last: Option<(usize, f64)> = None;
    for &count in if wanted.is_empty() { &SIZES[..] } else { &wanted } {
        let before = memory("VmRSS");
        let (signatures, planted) = draw(count);
        let (pairs, seconds, cpu) = timed(|| propose(&signatures, None, &|_, _| true));
        let bytes = memory("VmHWM").saturating_sub(before) as f64 / count as f64;
        println!("{count} assets: {seconds:.2} s, CPU {cpu:.2} s, {bytes:.0} bytes an asset, {} pairs", pairs.len());
        if let Some((fewer, less)) = last {
            println!("  grows with exponent {:.2} of CPU time", (cpu / less).ln() / (count as f64 / fewer as f64).ln());
        }
        last = Some((count, cpu));
        for (turned, words, reaches) in [(false, "upright", [31, 40, 47, 55, 63]), (true, "turned", [15, 23, 31, 40, 47])] {
            let mut from = 0;
            for to in reaches {
                let all = planted.iter().filter(|(_, _, bits, also)| *also == turned && (from..=to).contains(bits));
                let (mut count, mut found) = (0, 0);
                for (a, b, ..) in all {
                    count += 1;
                    found += usize::from(pairs.binary_search(&(*a, *b)).is_ok());
                }
                println!("  {words} {from} to {to} bits: {found} of {count}");
                from = to + 1;
            }
        }
        let fresh: HashSet<AssetId> = (0..FRESH.min(count)).map(|n| AssetId((n * count / FRESH.min(count)) as i64)).collect();
        let (some, seconds, cpu) = timed(|| propose(&signatures, Some(&fresh), &|_, _| true));
        println!("  {} fresh: {seconds:.2} s, CPU {cpu:.2} s, {} pairs", fresh.len(), some.len());
    }
}
