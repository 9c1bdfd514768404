//! `lookalike plan`: prints what would go and why, or freezes it into a file; changes nothing else.

use super::{World, group_options, stop_on_ctrl_c};
use crate::args::PlanArgs;
use crate::commands::groups::show_findings;
use crate::failure::Result;
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, plural, safe, size};
use pipeline::removal::Plan as Frozen;
use pipeline::removing::{FreezeOptions, freeze, write_plan};
use pipeline::{Findings, Formed, GroupOptions, Plan, form, lightroom_previews};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

pub(crate) fn run(world: &World, args: PlanArgs) -> Result<()> {
    let options = group_options(world, &args.decide, Some(&args.filter))?;
    if let Some(path) = &args.out {
        return freeze_into(world, path, &args, options);
    }
    let formed = form(&world.catalog_with_crops(&options)?, &options)?;
    let plan = formed.plan();
    let findings = lightroom_previews(&formed);
    let mut out = Out::new();
    if args.json {
        out.json(&as_json(&formed, &plan, &findings))?;
    } else {
        show(&mut out, &formed, &plan, &findings, usize::MAX)?;
    }
    out.flush()?;
    Ok(())
}

/// Freezes a plan into a file, and tells what is in it.
fn freeze_into(world: &World, path: &Path, args: &PlanArgs, groups: GroupOptions) -> Result<()> {
    let options = FreezeOptions { groups, from_rules: args.from_rules, now_utc_seconds: jiff::Timestamp::now().as_second() };
    let catalog = world.catalog_with_crops(&options.groups)?;
    let progress = Progress::new(world.quiet);
    let plan = freeze(&catalog, &options, &progress, &stop_on_ctrl_c());
    progress.finish();
    let plan = plan?;
    write_plan(path, &plan)?;
    let mut out = Out::new();
    if args.json {
        out.json(&json!({ "version": 1, "file": path.display().to_string(), "id": plan.id, "from": plan.from, "sums": plan.sums,
                          "handoff": plan.handoff, "left": plan.left }))?;
    } else {
        show_frozen(&mut out, path, &plan)?;
    }
    out.flush()?;
    if plan.removals.is_empty() && !args.from_rules {
        say("nothing that you decided to remove; decide with `lookalike review`, or take what the rules offer with --from-rules");
    }
    say("no photo was changed");
    Ok(())
}

fn show_frozen(out: &mut Out, path: &Path, plan: &Frozen) -> Result<()> {
    let sums = &plan.sums;
    out.line(format!("wrote {}: {} ({})", safe(&path.display().to_string()), plural(sums.removals, "removal"), size(sums.size_bytes)))?;
    if sums.carried > 0 {
        out.line(format!("{} carry something over to their keepers", count(sums.carried)))?;
    }
    for (what, rows) in [("left", &plan.left), ("for the hand-off", &plan.handoff)] {
        let mut counts: BTreeMap<(&str, &str), (u64, &str)> = BTreeMap::new();
        for row in rows {
            counts.entry((&row.code, &row.source)).or_insert((0, &row.why)).0 += 1;
        }
        for ((code, source), (number, why)) in counts {
            out.line(format!("{} {what}: {code} in {}, such as: {}", count(number), safe(source), safe(why)))?;
        }
    }
    Ok(())
}

/// Shows a plan as readable text, at most so many removals.
pub(crate) fn show(out: &mut Out, formed: &Formed, plan: &Plan, findings: &Findings, most: usize) -> Result<()> {
    for removal in plan.removals.iter().take(most) {
        out.line(format!("remove {}", safe(&formed.path_of(removal.asset))))?;
        out.line(format!("  {} of {} · {}", removal.relation, safe(&formed.path_of(removal.keeper)), size(removal.size_bytes)))?;
        for reason in &removal.reasons {
            out.line(format!("  - {}: {}", reason.rule, safe(&reason.words)))?;
        }
    }
    if plan.removals.len() > most {
        out.line(format!("… and {} more", count((plan.removals.len() - most) as u64)))?;
    }
    if !plan.removals.is_empty() {
        out.line("")?;
    }
    for (relation, sum) in &plan.by_relation {
        out.line(format!("{:>8} {:<12} {:>10}", sum.assets, relation.name(), size(sum.size_bytes)))?;
    }
    out.line(format!(
        "{} of {} would go ({}); {} undecided",
        plural(plan.total.assets, "copy"),
        plural(plan.groups, "group"),
        size(plan.total.size_bytes),
        plan.undecided.assets
    ))?;
    let exported = plan.removals.iter().filter(|removal| formed.is_in_export(removal.source)).count() as u64;
    if exported > 0 {
        out.line(format!(
            "{} of them in exports, which no program can change: `lookalike handoff` writes a list for you",
            count(exported)
        ))?;
    }
    if !findings.found.is_empty() {
        out.line("")?;
        show_findings(out, findings, most)?;
    }
    out.flush()?;
    say("nothing was changed");
    Ok(())
}

fn as_json(formed: &Formed, plan: &Plan, findings: &Findings) -> serde_json::Value {
    let removals: Vec<_> = plan
        .removals
        .iter()
        .map(|removal| {
            let reasons: Vec<String> = removal.reasons.iter().map(|reason| format!("{}: {}", reason.rule, reason.words)).collect();
            json!({
                "path": formed.path_of(removal.asset),
                "asset": removal.asset,
                "keeper": formed.path_of(removal.keeper),
                "group": removal.group,
                "source": formed.source_name(removal.source),
                "relation": removal.relation,
                "size_bytes": removal.size_bytes,
                "handoff": formed.is_in_export(removal.source),
                "reasons": reasons,
            })
        })
        .collect();
    let sums: Vec<_> = plan
        .by_relation
        .iter()
        .map(|(relation, sum)| json!({ "relation": relation, "assets": sum.assets, "size_bytes": sum.size_bytes }))
        .collect();
    json!({
        "version": 1,
        "removals": removals,
        "by_relation": sums,
        "total": plan.total,
        "undecided": plan.undecided,
        "groups": plan.groups,
        "findings": [findings],
    })
}
