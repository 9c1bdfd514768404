//! `lookalike groups`.

use super::{World, group_options};
use crate::args::{Finder, GroupsArgs};
use crate::failure::Result;
use crate::printer::{Out, say};
use crate::words::{count, plural, safe, size};
use pipeline::model::{Relation, Verdict};
use pipeline::{Findings, Formed, GroupAnswer, MemberAnswer, answer, form, lightroom_previews};
use std::io::Write as _;

/// Most assets shown that were near a group and set aside. A series of look-alikes would bury the group.
const ASIDE_MAX: usize = 3;

pub(crate) fn run(world: &World, args: GroupsArgs) -> Result<()> {
    let options = group_options(world, &args.decide, Some(&args.filter))?;
    let formed = form(&world.catalog_with_crops(&options)?, &options)?;
    let mut out = Out::new();
    match (args.finder, args.json) {
        (Some(Finder::LightroomPreviews), true) => out.json(&lightroom_previews(&formed))?,
        (Some(Finder::LightroomPreviews), false) => show_findings(&mut out, &lightroom_previews(&formed), usize::MAX)?,
        (None, true) => out.json(&answer(&formed))?,
        (None, false) => show(&mut out, &formed, usize::MAX)?,
    }
    out.flush()?;
    Ok(())
}

/// Shows groups as readable text, at most so many.
pub(crate) fn show(out: &mut Out, formed: &Formed, most: usize) -> Result<()> {
    let answer = answer(formed);
    if answer.groups.is_empty() {
        say("no groups; `lookalike groups --help` shows what the filters and `--with` can change");
        return Ok(());
    }
    for group in answer.groups.iter().take(most) {
        show_group(out, group)?;
    }
    let left = answer.groups.len().saturating_sub(most);
    if left > 0 {
        out.line(format!("… and {} more", count(left as u64)))?;
    }
    Ok(())
}

fn show_group(out: &mut Out, group: &GroupAnswer) -> Result<()> {
    let going: Vec<&MemberAnswer> = group.members.iter().filter(|member| member.verdict == Verdict::Remove.name()).collect();
    let bytes = going.iter().map(|member| member.size_bytes).sum();
    let head = if going.is_empty() {
        plural(group.members.len() as u64, "photo")
    } else {
        format!("{}, {} may go ({})", plural(group.members.len() as u64, "photo"), going.len(), size(bytes))
    };
    out.line(format!("group {}: {head}", group.id))?;
    let is_opt_in = |member: &&MemberAnswer| Relation::from_name(member.relation).is_some_and(Relation::is_opt_in);
    for member in group.members.iter().filter(|member| !is_opt_in(member)) {
        show_member(out, member)?;
    }
    let asked: Vec<&MemberAnswer> = group.members.iter().filter(is_opt_in).collect();
    if !asked.is_empty() {
        out.line("  shown since you asked with `--with`, never offered:")?;
    }
    for member in asked {
        show_member(out, member)?;
    }
    for aside in group.set_aside.iter().take(ASIDE_MAX) {
        out.line(format!("  set aside  {}: {}", safe(&aside.other), safe(&aside.why)))?;
    }
    if group.set_aside.len() > ASIDE_MAX {
        out.line(format!("  set aside  … and {} more; `--json` lists them", group.set_aside.len() - ASIDE_MAX))?;
    }
    out.line("")?;
    Ok(())
}

fn show_member(out: &mut Out, member: &MemberAnswer) -> Result<()> {
    out.line(format!("  {:<9} {:<10} {}", member.verdict, member.relation, safe(&member.path)))?;
    out.line(format!("            {}", facts(member)))?;
    for reason in &member.reasons {
        out.line(format!("            - {}", safe(reason)))?;
    }
    for place in &member.also_at {
        out.line(format!("            also at {}", safe(place)))?;
    }
    for companion in &member.companions {
        out.line(format!("            with {}", safe(companion)))?;
    }
    Ok(())
}

fn facts(member: &MemberAnswer) -> String {
    let mut parts = Vec::new();
    parts.extend(member.filename.as_ref().map(|name| safe(name).into_owned()));
    if let (Some(width), Some(height)) = (member.width, member.height) {
        parts.push(format!("{width} × {height}"));
    }
    parts.extend(member.format.map(str::to_uppercase));
    // What is only listed has no size that we know of.
    if member.size_bytes > 0 {
        parts.push(size(member.size_bytes));
    }
    parts.extend(member.taken_utc.as_ref().map(|taken| format!("taken {taken} UTC")));
    let measured = member.evidence.as_ref().and_then(|evidence| evidence.get("distance_bits")).and_then(serde_json::Value::as_u64);
    parts.extend(measured.map(|bits| format!("{bits} of 256 bits apart")));
    parts.push(format!("in {}", safe(&member.source)));
    parts.join(" · ")
}

/// Shows what a finder names, at most so many.
pub(crate) fn show_findings(out: &mut Out, findings: &Findings, most: usize) -> Result<()> {
    let bytes = findings.found.iter().map(|found| found.size_bytes).sum();
    out.line(format!("{}: {} ({})", findings.finder, plural(findings.found.len() as u64, "file"), size(bytes)))?;
    for found in findings.found.iter().take(most) {
        out.line(format!("  {}", safe(&found.path)))?;
        out.line(format!("            - {}", safe(&found.why)))?;
        out.line(format!("            - partner {}", safe(&found.partner)))?;
        if let Some(url) = &found.product_url {
            out.line(format!("            - {}", safe(url)))?;
        }
    }
    let left = findings.found.len().saturating_sub(most);
    if left > 0 {
        out.line(format!("  … and {} more", count(left as u64)))?;
    }
    if !findings.found.is_empty() {
        for origin in &findings.origin {
            out.line(format!("where they came from: {}", safe(origin)))?;
        }
        out.line(format!("how to stop more from coming: {}", findings.prevention))?;
    }
    Ok(())
}
