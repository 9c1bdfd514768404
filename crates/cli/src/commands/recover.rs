//! `lookalike recover`: writes what is missing from archives into a folder.

use super::{World, missing, stop_on_ctrl_c};
use crate::args::RecoverArgs;
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, plural, safe, size};
use pipeline::{Layout, RecoverOptions, RecoverReport, System, recover};
use std::io::Write as _;

/// Most files named one by one that could not be written.
const NAMED_MAX: usize = 10;

pub(crate) fn run(world: &World, args: RecoverArgs) -> Result<()> {
    let to = std::path::absolute(&args.to)
        .map_err(|error| Failure::usage(format!("`{}` is no folder: {error}", args.to.display()), "name another with `--to DIR`"))?;
    let options = RecoverOptions {
        missing: missing::options(&args.sides),
        sure: missing::sure(&args.sides)?,
        with_ignored: args.sides.with_ignored,
        with_trashed: args.with_trashed,
        to,
        layout: Layout::parse(&args.layout)?,
        dry_run: args.dry_run,
    };
    let catalog = world.catalog_to_read()?;
    let stop = stop_on_ctrl_c();
    let progress = Progress::new(world.quiet || args.json);
    let outcome = recover(&catalog, &world.places.state, &System, &options, &progress, &stop);
    progress.finish();
    let report = outcome?;
    let mut out = Out::new();
    if args.json {
        out.json(&report)?;
    } else {
        tell(&mut out, &report, &options)?;
    }
    out.flush()?;
    match (report.interrupted, report.failed.len() as u64) {
        (true, _) => Err(pipeline::Error::Interrupted.into()),
        (false, 0) => Ok(()),
        (false, failed) => Err(Failure::Library(pipeline::Error::User {
            what: format!("{} could not be written", plural(failed, "file")),
            hint: Some("the same command tries them again and writes nothing twice".to_owned()),
        })),
    }
}

fn tell(out: &mut Out, report: &RecoverReport, options: &RecoverOptions) -> Result<()> {
    let to = options.to.display().to_string();
    let (written, bytes) = (plural(report.written, "file"), size(report.written_bytes));
    if options.dry_run {
        out.line(format!("{written} ({bytes}) of {} would be written to {}", plural(report.photos, "missing photo"), safe(&to)))?;
    } else {
        let sidecars = if report.sidecars > 0 { format!(", with {}", plural(report.sidecars, "sidecar")) } else { String::new() };
        out.line(format!("{written} ({bytes}) of {} written to {}{sidecars}", plural(report.photos, "missing photo"), safe(&to)))?;
    }
    for (number, words) in [
        (report.already, "were there already, with the same bytes"),
        (report.trashed, "lie in Google's trash and were passed over; `--with-trashed` takes them too"),
        (report.without_bytes, "are listed by Google only: download them there"),
        (report.sidecars_left.len() as u64, "sidecars stood there with other facts and were left as they are"),
    ] {
        if number > 0 {
            out.line(format!("{} {words}", count(number)))?;
        }
    }
    for one in report.failed.iter().take(NAMED_MAX) {
        say(&format!("failed {}: {}", safe(&one.path), safe(&one.why)));
    }
    if report.failed.len() > NAMED_MAX {
        say(&format!("… and {} more; `--json` lists them", count((report.failed.len() - NAMED_MAX) as u64)));
    }
    Ok(())
}
