//! `lookalike plan`: prints what would go and why; changes nothing.

use super::{World, group_options};
use crate::args::PlanArgs;
use crate::commands::groups::show_findings;
use crate::failure::Result;
use crate::printer::{Out, say};
use crate::words::{count, plural, safe, size};
use pipeline::{Findings, Formed, Plan, form, lightroom_previews};
use serde_json::json;
use std::io::Write as _;

pub(crate) fn run(world: &World, args: PlanArgs) -> Result<()> {
    let options = group_options(world, &args.decide, Some(&args.filter))?;
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
