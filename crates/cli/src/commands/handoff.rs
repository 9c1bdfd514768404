//! `lookalike handoff`: writes a page of links and lists for photos that only their owner can remove.

use super::{World, group_options, read_list, stop_on_ctrl_c};
use crate::args::HandoffArgs;
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, plural, safe, size};
use pipeline::{HandoffOptions, HandoffReport, hand_off, ids_of};
use std::io::Write as _;
use std::path::Path;

/// Most photos named one by one that are left out, and most unknown ids.
const NAMED_MAX: usize = 10;

pub(crate) fn run(world: &World, args: HandoffArgs) -> Result<()> {
    let groups = group_options(world, &args.decide, Some(&args.filter))?;
    let ids = args.ids_from.as_deref().map(read_ids).transpose()?;
    let catalog = world.catalog_with_crops(&groups)?;
    let options = HandoffOptions { groups, ids, account: args.account, folder: args.out };
    let stop = stop_on_ctrl_c();
    let progress = Progress::new(world.quiet || args.json);
    let outcome = hand_off(&catalog, &options, &progress, &stop);
    progress.finish();
    let report = outcome?;
    let mut out = Out::new();
    if args.json {
        out.json(&report)?;
    } else {
        tell(&mut out, &report)?;
    }
    out.flush()?;
    if !args.json && !world.quiet && report.photos == 0 {
        say("nothing to hand off: `lookalike plan` shows what is offered, and `--ids-from FILE` takes photos of your own choice");
    } else if !args.json && !world.quiet {
        say("nothing was removed: open the page, and press # (Shift+3) in Google Photos for each photo");
    }
    Ok(())
}

fn read_ids(path: &Path) -> Result<Vec<String>> {
    let ids = ids_of(&String::from_utf8_lossy(&read_list(path)?));
    if ids.is_empty() {
        return Err(Failure::usage(format!("`{}` holds no id", path.display()), "write one id a line, as `lookalike sql --ids` does"));
    }
    Ok(ids)
}

fn tell(out: &mut Out, report: &HandoffReport) -> Result<()> {
    if report.former > 0 {
        out.line(format!("{} of the {} handed off before are gone", count(report.gone), count(report.former)))?;
    }
    let bytes = if report.size_bytes > 0 || report.photos == 0 { format!(" ({})", size(report.size_bytes)) } else { String::new() };
    out.line(format!("{}{bytes} in {}", plural(report.photos, "photo"), plural(report.steps, "step")))?;
    if report.with_losses > 0 {
        out.line(format!(
            "  {} with an album, favourite, caption or more that would be lost; the page names them",
            count(report.with_losses)
        ))?;
    }
    if report.without_link > 0 {
        out.line(format!("  {} without a link: search for their names in Google Photos", count(report.without_link)))?;
    }
    if report.sources.len() > 1 {
        let sources: Vec<String> =
            report.sources.iter().map(|source| format!("{} in {}", count(source.photos), safe(&source.name))).collect();
        out.line(format!("  {}; one hand-off for each account is easier: `--source NAME --account N`", sources.join(", ")))?;
    }
    if !report.left_out.is_empty() {
        out.line(format!("{} left out:", count(report.left_out.len() as u64)))?;
        for one in report.left_out.iter().take(NAMED_MAX) {
            out.line(format!("  {} ({}): {}", safe(&one.name), safe(&one.id), safe(&one.why)))?;
        }
        more(out, report.left_out.len())?;
        if report.left_out.iter().any(|one| one.rule == "other-source") {
            out.line("  `--across KEEP:REMOVE` lets a photo of the one source justify removing its copy in the other")?;
        }
    }
    if !report.unknown_ids.is_empty() {
        out.line(format!("{} that the catalog does not know:", plural(report.unknown_ids.len() as u64, "id")))?;
        for id in report.unknown_ids.iter().take(NAMED_MAX) {
            out.line(format!("  {}", safe(id)))?;
        }
        more(out, report.unknown_ids.len())?;
    }
    out.line(format!("open {}", safe(&report.page.display().to_string())))?;
    Ok(())
}

fn more(out: &mut Out, all: usize) -> Result<()> {
    if all > NAMED_MAX {
        out.line(format!("  … and {} more; handoff.json lists them", count((all - NAMED_MAX) as u64)))?;
    }
    Ok(())
}
