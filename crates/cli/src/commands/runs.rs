//! `lookalike runs` and `lookalike trash`: what was removed, when, and what waits in the trash.

use super::{World, homes, is_agreed, stop_on_ctrl_c};
use crate::args::{RunsArgs, RunsCommand, TrashArgs, TrashCommand};
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, now_utc_seconds, parse_span, plural, safe, size, utc};
use pipeline::removing::{self, EmptyOptions, RunSummary, UnitState};
use std::io::{IsTerminal as _, Write as _};

pub(crate) fn run(world: &World, args: RunsArgs) -> Result<()> {
    let homes = homes(world, &args.trash)?;
    let mut out = Out::new();
    match args.command {
        None => {
            let runs = removing::runs(&homes)?;
            if args.json {
                out.json(&serde_json::json!({ "version": 1, "runs": runs }))?;
            } else if runs.is_empty() {
                say("there are no runs yet");
            }
            for run in runs.iter().filter(|_| !args.json) {
                out.line(line(run))?;
            }
        }
        Some(RunsCommand::Show { run }) => {
            let run = removing::run(&homes, &run)?;
            if args.json {
                out.json(&run)?;
            } else {
                out.line(line(&run.sums))?;
                for photo in &run.photos {
                    out.line(format!("{} {}", state(photo.state), safe(&photo.path)))?;
                    out.line(format!("  {} of {} · {}", photo.relation, safe(&photo.keeper), size(photo.size_bytes)))?;
                    for words in photo.carried.iter().chain(&photo.why).chain(&photo.notes) {
                        out.line(format!("  - {}", safe(words)))?;
                    }
                }
                for photo in &run.refused {
                    out.line(format!("left {}\n  - {}: {}", safe(&photo.path), photo.code, safe(&photo.why)))?;
                }
            }
        }
    }
    Ok(out.flush()?)
}

fn line(run: &RunSummary) -> String {
    let mut parts = vec![format!("{} in the trash ({})", plural(run.removed, "photo"), size(run.size_bytes))];
    for (photos, words) in [(run.undone, "undone"), (run.emptied, "emptied"), (run.left, "left")] {
        if photos > 0 {
            parts.push(format!("{} {words}", count(photos)));
        }
    }
    if !run.is_closed {
        parts.push("cut short".to_owned());
    }
    if run.torn_lines > 0 {
        parts.push(format!("{} of its journal torn", plural(run.torn_lines, "line")));
    }
    format!("run {} · {} · {}", run.number, utc(run.at_s), parts.join(" · "))
}

fn state(state: UnitState) -> &'static str {
    match state {
        UnitState::Removed => "in the trash",
        UnitState::Left => "left",
        UnitState::Undone => "undone",
        UnitState::Emptied => "emptied",
    }
}

pub(crate) fn trash(world: &World, args: TrashArgs) -> Result<()> {
    let homes = homes(world, &args.trash)?;
    match args.command {
        TrashCommand::List => {
            let waiting = removing::trashed(&homes)?;
            let mut out = Out::new();
            if args.json {
                out.json(&serde_json::json!({ "version": 1, "files": waiting }))?;
                return Ok(out.flush()?);
            }
            for file in &waiting {
                let missing = if file.is_there { "" } else { " · not there" };
                out.line(format!(
                    "{}\n  run {} · {} · {}{missing}",
                    safe(&file.path.to_string()),
                    file.number,
                    utc(file.at_s),
                    size(file.size_bytes)
                ))?;
            }
            out.flush()?;
            let bytes = waiting.iter().filter(|file| file.is_there).map(|file| file.size_bytes).sum();
            say(&format!("{} in the trash ({})", plural(waiting.iter().filter(|file| file.is_there).count() as u64, "file"), size(bytes)));
            Ok(())
        }
        TrashCommand::Empty { older_than, yes, dry_run, with_last_copies } => {
            let age_s = parse_span(&older_than)
                .ok_or_else(|| Failure::usage(format!("`{older_than}` is no time"), "write it as 60d, 8w or 12h"))?;
            let older_than_s = now_utc_seconds().saturating_sub(age_s);
            let options = |is_dry| EmptyOptions { older_than_s, with_last_copies, is_dry };
            let (progress, stop) = (Progress::new(world.quiet), stop_on_ctrl_c());
            if !yes {
                let would = removing::empty_trash(&homes, options(true), &progress, &stop)?;
                progress.finish();
                say(&format!("{} ({}) would be gone for good", plural(would.files, "file"), size(would.size_bytes)));
                if dry_run || would.files == 0 {
                    return Ok(());
                }
                if !std::io::stdin().is_terminal() {
                    return Err(Failure::usage("nobody is there to agree", "say `--yes`"));
                }
                if !is_agreed(would.files)? {
                    return Ok(());
                }
            }
            let progress = Progress::new(world.quiet);
            let answer = removing::empty_trash(&homes, options(dry_run), &progress, &stop);
            progress.finish();
            let answer = answer?;
            if args.json {
                let mut out = Out::new();
                out.json(&answer)?;
                out.flush()?;
            } else {
                for file in &answer.left {
                    say(&format!("stays: {}: {}", safe(&file.path), safe(&file.why)));
                }
                let verb = if dry_run { "would be" } else { "are" };
                say(&format!("{} ({}) {verb} gone for good", plural(answer.files, "file"), size(answer.size_bytes)));
            }
            if answer.is_stopped { Err(pipeline::Error::Interrupted.into()) } else { Ok(()) }
        }
    }
}
