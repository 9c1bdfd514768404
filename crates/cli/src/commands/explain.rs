//! `lookalike explain A B`.

use super::{World, group_options};
use crate::args::ExplainArgs;
use crate::failure::Result;
use crate::printer::Out;
use crate::words::safe;
use pipeline::{Explanation, explain};
use serde_json::json;
use std::io::Write as _;

pub(crate) fn run(world: &World, args: ExplainArgs) -> Result<()> {
    let options = group_options(world, &args.decide, None)?;
    let explanation = explain(&world.catalog_with_crops(&options)?, &args.a, &args.b, &options)?;
    let mut out = Out::new();
    if args.json {
        out.json(&as_json(&explanation))?;
    } else {
        show(&mut out, &explanation)?;
    }
    out.flush()?;
    Ok(())
}

fn show(out: &mut Out, explanation: &Explanation) -> Result<()> {
    out.line(format!("A  {}", safe(&explanation.a.1)))?;
    out.line(format!("B  {}", safe(&explanation.b.1)))?;
    for words in &explanation.damaged {
        out.line(safe(words))?;
    }
    match &explanation.together {
        Some(together) => {
            out.line(format!("one group: {}, with the keeper {}", together.group, safe(&together.keeper)))?;
            for (letter, (relation, verdict, reasons)) in ["A", "B"].iter().zip(&together.members) {
                let relation = relation.map_or("keeper", |relation| relation.name());
                out.line(format!("  {letter}  {relation}, {}", verdict.name()))?;
                for reason in reasons {
                    out.line(format!("     - {}", safe(reason)))?;
                }
            }
        }
        None => {
            out.line("not one group:")?;
            for words in &explanation.apart {
                out.line(format!("  {}", safe(words)))?;
            }
        }
    }
    let Some(comparison) = &explanation.comparison else {
        out.line("nothing to compare:")?;
        for words in &explanation.unread {
            out.line(format!("  {}", safe(words)))?;
        }
        return Ok(());
    };
    out.line("compared directly:")?;
    for step in &comparison.steps {
        let mark = if step.passed { "yes" } else { "no" };
        out.line(format!("  {mark:<4} {:<20} {}", step.name, safe(&step.words)))?;
    }
    match &comparison.evidence {
        Some(edge) => out.line(format!("so: {}{}", edge.relation, if edge.strict { "" } else { ", not proven" }))?,
        None => out.line("so: no relation")?,
    }
    Ok(())
}

fn as_json(explanation: &Explanation) -> serde_json::Value {
    let together = explanation.together.as_ref().map(|together| {
        let member = |at: usize| {
            let (relation, verdict, reasons) = &together.members[at];
            json!({ "relation": relation.map_or("keeper", |r| r.name()), "verdict": verdict.name(), "reasons": reasons })
        };
        json!({ "group": together.group, "keeper": together.keeper, "a": member(0), "b": member(1) })
    });
    let comparison = explanation.comparison.as_ref().map(|comparison| {
        let steps: Vec<_> =
            comparison.steps.iter().map(|step| json!({ "name": step.name, "passed": step.passed, "words": step.words })).collect();
        json!({ "evidence": comparison.evidence, "second_look": comparison.second_look, "steps": steps })
    });
    json!({
        "version": 1,
        "a": { "asset": explanation.a.0, "path": explanation.a.1 },
        "b": { "asset": explanation.b.0, "path": explanation.b.1 },
        "together": together,
        "apart": explanation.apart,
        "comparison": comparison,
        "damaged": explanation.damaged,
        "unread": explanation.unread,
    })
}
