//! `lookalike remove`: applies a plan, after it was shown and agreed to.

use super::{World, group_options, is_agreed, stop_on_ctrl_c};
use crate::args::{RemoveArgs, Replace};
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, now_utc_seconds, plural, safe, size};
use pipeline::Catalog;
use pipeline::removing::{self, Act, Checked, FreezeOptions, LeftAnswer, Plan, PlanFrom, Removal, RemoveAnswer, RemoveOptions, Step, Way};
use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};

/// Paths named of each cause; the rest is counted.
const NAMED_MAX: usize = 3;

pub(crate) fn run(world: &World, args: RemoveArgs) -> Result<()> {
    // Before anything else is said: a plan that is none.
    let read = args.plan.as_deref().map(removing::read_plan).transpose()?;
    if !args.yes && !args.dry_run && !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            "`remove` asks before it moves anything, and nobody is there to answer",
            "look with `--dry-run`, then say `--yes`",
        ));
    }
    let catalog = world.catalog()?;
    let groups = group_options(world, &args.decide, None)?;
    let (progress, stop) = (Progress::new(world.quiet), stop_on_ctrl_c());
    let plan = match read {
        Some(plan) => plan,
        None => {
            let options = FreezeOptions { groups: groups.clone(), from_rules: args.from_rules, now_utc_seconds: now_utc_seconds() };
            let plan = removing::freeze(&catalog, &options, &progress, &stop);
            progress.finish();
            plan?
        }
    };
    let options = RemoveOptions {
        way: match (args.system_trash, args.replace) {
            (true, _) => Way::SystemTrash,
            (false, Some(Replace::Hardlink)) => Way::HardLink,
            (false, Some(Replace::Reflink)) => Way::Reflink,
            (false, None) => Way::Trash,
        },
        trash: args.trash.as_deref().map(std::path::absolute).transpose()?,
        allow_copy: args.copy,
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        ..RemoveOptions::default()
    };
    if args.dry_run {
        return dry_run(&catalog, &plan, &groups.usual_rules, &options, args.json);
    }
    if args.plan.is_some() {
        removing::ensure_fresh(&catalog, &plan, &groups.usual_rules)?;
    }
    if !args.json {
        show_sums(&plan, &options);
    }
    if plan.removals.is_empty() {
        if args.json {
            let mut out = Out::new();
            out.json(&serde_json::json!({ "version": 1, "run": null, "removed": 0, "removed_bytes": 0, "left": plan.left }))?;
            out.flush()?;
        }
        return Ok(());
    }
    if !args.yes && !is_agreed(plan.removals.len() as u64)? {
        return Ok(());
    }
    let progress = Progress::new(world.quiet);
    let answer = removing::remove(&catalog, &world.places.state, &plan, &groups.usual_rules, &options, &progress, &stop);
    progress.finish();
    told(answer?, args.json)
}

/// Says what would go, before it is asked.
fn show_sums(plan: &Plan, options: &RemoveOptions) {
    let mut by_relation: BTreeMap<_, (u64, u64)> = BTreeMap::new();
    for removal in &plan.removals {
        let sum = by_relation.entry(removal.relation).or_default();
        *sum = (sum.0 + 1, sum.1 + size_of(removal));
    }
    for (relation, (photos, bytes)) in by_relation {
        say(&format!("{photos:>8} {:<12} {:>10}", relation.name(), size(bytes)));
    }
    let carried = plan.removals.iter().filter(|removal| !removal.carry_words.is_empty()).count() as u64;
    if carried > 0 {
        let gain = if carried == 1 { "keeper gains" } else { "keepers gain" };
        say(&format!("{} {gain} facts of a copy first; `--dry-run` shows which", count(carried)));
    }
    if !plan.handoff.is_empty() {
        say(&format!("{} in archives or at Google are not touched: `lookalike handoff` lists them", count(plan.handoff.len() as u64)));
    }
    by_cause(plan.left.iter().map(|left| (left.code.as_str(), left.path.as_str(), left.why.as_str())));
    if plan.removals.is_empty() {
        let more = if plan.from == PlanFrom::Rules { "" } else { ", or add --from-rules" };
        say(&format!("nothing is to be removed: decide in `lookalike review`{more}"));
        return;
    }
    let way = match options.way {
        Way::Trash if options.trash.is_some() => "into the trash that you named",
        Way::Trash => "into the trash in the folder that was scanned",
        Way::SystemTrash => "into the system's trash",
        Way::HardLink => "into the trash, with hard links of their keepers in their places",
        Way::Reflink => "into the trash, with copies that share their keepers' bytes in their places",
    };
    let bytes: u64 = plan.removals.iter().map(size_of).sum();
    say(&format!(
        "{} ({}) will go {way}; `lookalike undo` brings back what went",
        plural(plan.removals.len() as u64, "photo"),
        size(bytes)
    ));
}

fn size_of(removal: &Removal) -> u64 {
    removal.files.first().map_or(0, |file| file.size_bytes)
}

/// Says causes with their counts, and a few paths of each.
fn by_cause<'a>(left: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
    let mut causes: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for (code, path, why) in left {
        causes.entry(code).or_default().push((path, why));
    }
    for (code, photos) in causes {
        let verb = if photos.len() == 1 { "stays" } else { "stay" };
        say(&format!("{} {verb} ({code}):", plural(photos.len() as u64, "photo")));
        for (path, why) in photos.iter().take(NAMED_MAX) {
            say(&format!("  {}: {}", safe(path), safe(why)));
        }
        if photos.len() > NAMED_MAX {
            say(&format!("  … and {} more", count((photos.len() - NAMED_MAX) as u64)));
        }
    }
}

fn told(answer: RemoveAnswer, is_json: bool) -> Result<()> {
    if is_json {
        let mut out = Out::new();
        out.json(&answer)?;
        out.flush()?;
    } else {
        for note in &answer.notes {
            say(&format!("{}: {}", safe(&note.path), safe(&note.note)));
        }
        by_cause(answer.left.iter().map(|LeftAnswer { path, code, why }| (*code, path.as_str(), why.as_str())));
        let back = answer.run.filter(|_| answer.removed > 0);
        let run = back.map(|run| format!("; run {run}, `lookalike undo {run}` brings back what went")).unwrap_or_default();
        say(&format!("{} removed ({}){run}", plural(answer.removed, "photo"), size(answer.removed_bytes)));
    }
    match (answer.error, answer.is_stopped) {
        (Some(error), _) => Err(Failure::ended(
            format!("the run ended early: {error}"),
            "what went is in the journal; run the same command again to go on, or `lookalike undo`",
        )),
        (None, true) => Err(pipeline::Error::Interrupted.into()),
        (None, false) => Ok(()),
    }
}

/// Prints each step that a run would take now.
fn dry_run(catalog: &Catalog, plan: &Plan, usual: &pipeline::KeepRules, options: &RemoveOptions, is_json: bool) -> Result<()> {
    let mut out = Out::new();
    let mut failed = None;
    let (mut going, mut bytes, mut left) = (0u64, 0u64, 0u64);
    removing::rehearse(catalog, plan, usual, options, &mut |removal, checked| {
        match checked.refusal {
            Some(_) => left += 1,
            None => (going, bytes) = (going + 1, bytes + size_of(removal)),
        }
        let shown = if is_json { as_json(&mut out, removal, &checked) } else { show(&mut out, removal, &checked) };
        failed = shown.err();
        failed.is_none()
    })?;
    if let Some(failure) = failed {
        return Err(failure);
    }
    out.flush()?;
    say(&format!("{} would go ({}), {} would stay; nothing was changed", plural(going, "photo"), size(bytes), count(left)));
    Ok(())
}

fn show(out: &mut Out, removal: &Removal, checked: &Checked) -> Result<()> {
    let path = removal.files.first().map(|file| file.path.to_string()).unwrap_or_default();
    match &checked.refusal {
        Some(refusal) => out.line(format!("leave {}\n  - {}: {}", safe(&path), refusal.code.name(), safe(&refusal.why)))?,
        None => {
            out.line(format!("{} of {}", safe(&path), safe(&removal.keeper.file.path.to_string())))?;
            for step in &checked.steps {
                out.line(format!("  {} {}", verb(step), safe(&step.path.to_string())))?;
            }
            for words in &removal.carry_words {
                out.line(format!("  - {}", safe(words)))?;
            }
        }
    }
    for note in &checked.notes {
        out.line(format!("  - {}", safe(note)))?;
    }
    Ok(())
}

fn verb(step: &Step) -> &'static str {
    match (step.act, step.before) {
        (Act::Move, _) => "move",
        (Act::Copy, _) => "copy, compare and take away",
        (Act::SystemTrash, _) => "hand to the system's trash",
        (Act::HardLink, _) => "move, and put a hard link at",
        (Act::Reflink, _) => "move, and put a reflink at",
        (Act::Sidecar, None) => "write",
        (Act::Sidecar, Some(_)) => "add to",
    }
}

/// One line of JSON a photo: a plan may be long.
fn as_json(out: &mut Out, removal: &Removal, checked: &Checked) -> Result<()> {
    out.json(&serde_json::json!({
        "path": removal.files.first().map(|file| &file.path),
        "keeper": removal.keeper.file.path,
        "refusal": checked.refusal,
        "steps": checked.steps,
        "carry": removal.carry,
        "notes": checked.notes,
    }))
}
