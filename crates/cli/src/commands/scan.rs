//! `lookalike scan`.

use super::{World, relations, stop_on_ctrl_c};
use crate::args::ScanArgs;
use crate::config::{FFMPEG, find_tool};
use crate::failure::Result;
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, plural, safe, size, span};
use pipeline::{Depth, ScanOptions, ScanReport, needs_crops, removing, scan};
use std::io::Write as _;
use std::time::Instant;

pub(crate) fn run(world: &World, args: ScanArgs) -> Result<()> {
    let stop = stop_on_ctrl_c();
    let catalog = world.catalog()?;
    let options = ScanOptions {
        paths: args.paths,
        exclude: world.config.exclude.iter().cloned().chain(args.exclude).collect(),
        name: args.name,
        reference: args.reference,
        workers: args.threads.map(usize::from),
        retry: args.retry,
        depth: match (args.exact, args.quick) {
            (true, _) => Depth::Exact,
            (_, true) => Depth::Quick,
            _ => Depth::Whole,
        },
        with_crops: needs_crops(&relations(&args.with)?),
        ffmpeg: find_tool(FFMPEG),
        now_utc_seconds: jiff::Timestamp::now().as_second(),
    };
    let began = Instant::now();
    let progress = Progress::new(world.quiet);
    if let Err(error) = removing::catch_up(&catalog, &world.places.state) {
        say(&format!("note: what earlier runs of `remove` did could not be taken in: {error}"));
    }
    let outcome = scan(&catalog, &options, &progress, &stop);
    progress.finish();
    let report = outcome?;
    if args.json {
        let mut out = Out::new();
        out.json(&report)?;
        out.flush()?;
    } else if !world.quiet {
        tell(&report, began.elapsed().as_secs(), world.verbose)?;
    }
    if report.interrupted { Err(pipeline::Error::Interrupted.into()) } else { Ok(()) }
}

/// Tells what a scan did, in words.
pub(crate) fn tell(report: &ScanReport, seconds: u64, verbose: bool) -> Result<()> {
    let mut out = Out::new();
    let tally = report.tally;
    let sources: Vec<String> = report.sources.iter().map(|name| format!("`{}`", safe(name))).collect();
    out.line(format!("{}: {} found", sources.join(", "), plural(tally.found(), "file")))?;
    out.line(format!("  {:>9} done", count(tally.done)))?;
    for outcome in ["skipped", "failed"] {
        let number = if outcome == "skipped" { tally.skipped } else { tally.failed };
        let mut causes: Vec<(String, u64)> = Vec::new();
        for cause in report.causes.iter().filter(|cause| cause.outcome == outcome) {
            match causes.iter_mut().find(|(code, _)| *code == cause.cause) {
                Some((_, sum)) => *sum += cause.count,
                None => causes.push((cause.cause.clone(), cause.count)),
            }
        }
        causes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let shown: Vec<String> = causes.iter().map(|(code, number)| format!("{} {code}", count(*number))).collect();
        let why = if shown.is_empty() { String::new() } else { format!(" ({})", shown.join(", ")) };
        out.line(format!("  {:>9} {outcome}{why}", count(number)))?;
    }
    out.line(format!(
        "read {} ({}) in {}; {} drawn",
        plural(report.files_read, "file"),
        size(report.bytes_read),
        span(seconds),
        plural(report.fingerprints_drawn, "fingerprint")
    ))?;
    if report.glanced > 0 {
        out.line(format!(
            "{} only glanced at, since nothing looks like them; `lookalike scan` reads them whole",
            plural(report.glanced, "photo")
        ))?;
    }
    if report.removed > 0 {
        out.line(format!("{} gone since the last scan", plural(report.removed, "file")))?;
    }
    if !report.interrupted {
        out.line(format!(
            "{}; {}; {} may go ({})",
            plural(report.assets, "photo"),
            plural(report.groups, "group"),
            plural(report.offered, "copy"),
            size(report.offered_bytes)
        ))?;
    }
    out.flush()?;
    if tally.failed > 0 {
        say("hint: `lookalike status --ledger --problems` lists what failed, and why");
    }
    if !report.interrupted && report.groups > 0 {
        say("next: `lookalike review` shows them side by side, `lookalike groups` as text, `lookalike plan` what would go");
    }
    if verbose {
        say(&format!("{} drawn", plural(report.edges_drawn, "edge")));
    }
    Ok(())
}
