//! `lookalike status`.

use super::World;
use crate::args::StatusArgs;
use crate::failure::{Failure, Result};
use crate::printer::Out;
use crate::words::{count, plural, safe};
use pipeline::{LedgerAnswer, ledger, status};
use std::io::Write as _;

pub(crate) fn run(world: &World, args: StatusArgs) -> Result<()> {
    let catalog = world.catalog_to_read()?;
    let mut out = Out::new();
    if args.ledger {
        let mut failed: Option<Failure> = None;
        let mut first = true;
        ledger(&catalog, |row| {
            if args.problems && row.outcome == "done" {
                return true;
            }
            let shown = if args.json { json_row(&mut out, &row, first) } else { text_row(&mut out, &row) };
            first = false;
            shown.map_err(|error| failed = Some(error)).is_ok()
        })?;
        failed.map_or(Ok(()), Err)?;
        if args.json {
            out.line(if first { "[]" } else { "\n]" })?;
        }
    } else {
        let answer = status(&catalog)?;
        if args.json {
            out.json(&answer)?;
        } else {
            out.line(format!("catalog {}", safe(&answer.catalog)))?;
            for source in &answer.sources {
                let away = if source.online { "" } else { " (away)" };
                out.line(format!("  {}{away}: {}, {}", safe(&source.name), source.kind, plural(source.assets, "photo")))?;
            }
            let tally = answer.tally;
            out.line(format!(
                "{} found = {} done + {} skipped + {} failed",
                plural(tally.found(), "file"),
                count(tally.done),
                count(tally.skipped),
                count(tally.failed)
            ))?;
            if answer.glanced > 0 {
                out.line(format!("{} only glanced at; `lookalike scan` reads them whole", plural(answer.glanced, "photo")))?;
            }
            for cause in answer.causes.iter().filter(|cause| cause.outcome != "done") {
                out.line(format!("  {:>9} {} {} ({})", count(cause.count), cause.kind.name(), cause.outcome, cause.cause))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

fn text_row(out: &mut Out, row: &LedgerAnswer) -> Result<()> {
    let why = row.why.as_deref().map(|why| format!(": {}", safe(why))).unwrap_or_default();
    let presence = if row.presence == "present" { String::new() } else { format!(" ({})", row.presence) };
    Ok(out.line(format!("{:<7} {:<12} {}{presence}{why}", row.outcome, row.kind, safe(&row.path)))?)
}

fn json_row(out: &mut Out, row: &LedgerAnswer, first: bool) -> Result<()> {
    out.write_all(if first { b"[\n" } else { b",\n" })?;
    serde_json::to_writer(&mut *out, row)?;
    Ok(())
}
