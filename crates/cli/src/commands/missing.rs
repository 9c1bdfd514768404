//! `lookalike missing`: what one source has and another has not.

use super::{World, read_list, stop_on_ctrl_c};
use crate::args::{MissingArgs, MissingCommand, SidesArgs};
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, plural, safe, size};
use pipeline::{
    MissingAnswer, MissingFilter, MissingOptions, MissingRow, NearestRow, Sure, find_missing, ignore, ignore_no_more, missing_csv,
};
use serde_json::json;
use std::io::Write as _;

pub(crate) fn run(world: &World, mut args: MissingArgs) -> Result<()> {
    match (args.command.take(), &args.sides) {
        (Some(MissingCommand::Ignore { mut photos, from_file, undo }), _) => {
            if let Some(file) = from_file {
                let text = String::from_utf8_lossy(&read_list(&file)?).into_owned();
                photos.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
            }
            leave(world, &photos, undo)
        }
        (None, Some(sides)) => show(world, &args, sides),
        (None, None) => Err(Failure::usage("no source is named", "write `lookalike missing --in SOURCE --but-not-in SOURCE`")),
    }
}

fn leave(world: &World, photos: &[String], undo: bool) -> Result<()> {
    let catalog = world.catalog()?;
    let done = if undo { ignore_no_more(&catalog, photos)? } else { ignore(&catalog, photos, jiff::Timestamp::now().as_second())? };
    if !world.quiet {
        let (is, was) = if undo { ("told again", "were not left out") } else { ("left out from now on", "were left out already") };
        let rest = if done.unchanged > 0 { format!("; {} {was}", count(done.unchanged)) } else { String::new() };
        say(&format!("{} {is}{rest}", plural(done.changed, "photo")));
    }
    Ok(())
}

/// Returns what the library is asked.
pub(crate) fn options(sides: &SidesArgs) -> MissingOptions {
    MissingOptions { from: sides.from.clone(), against: sides.against.clone(), originals: sides.originals }
}

/// Returns how sure the rows wanted are.
pub(crate) fn sure(sides: &SidesArgs) -> Result<Vec<Sure>> {
    let named = |name: &String| {
        Sure::ALL
            .into_iter()
            .find(|sure| sure.name() == name.trim())
            .ok_or_else(|| Failure::usage(format!("`--sure {name}` names no degree"), "known are certain, likely, unsure"))
    };
    sides.sure.iter().map(named).collect()
}

fn show(world: &World, args: &MissingArgs, sides: &SidesArgs) -> Result<()> {
    let filter = MissingFilter { sure: sure(sides)?, with_derived: args.with_derived, with_ignored: sides.with_ignored };
    let catalog = world.catalog_to_read()?;
    let stop = stop_on_ctrl_c();
    let progress = Progress::new(world.quiet || args.json || args.csv);
    let outcome = find_missing(&catalog, &options(sides), &progress, &stop);
    progress.finish();
    let answer = outcome?;
    let most = args.limit.unwrap_or(usize::MAX);
    let mut out = Out::new();
    if args.json {
        let (rows, count) = answer.page(&filter, 0, most);
        out.json(&json!({
            "version": answer.version,
            "in": answer.from,
            "but_not_in": answer.but_not_in,
            "sums": answer.sums,
            "notes": answer.notes,
            "count": count,
            "rows": rows,
        }))?;
    } else if args.csv {
        missing_csv(answer.rows_of(&filter).take(most), &mut out)?;
    } else {
        tell(&mut out, &answer, &filter, most)?;
    }
    out.flush()?;
    if !args.json && !world.quiet {
        answer.notes.iter().for_each(|note| say(&format!("note: {}", safe(note))));
    }
    Ok(())
}

fn tell(out: &mut Out, answer: &MissingAnswer, filter: &MissingFilter, most: usize) -> Result<()> {
    let (rows, all) = answer.page(filter, 0, most);
    for row in &rows {
        tell_row(out, row)?;
    }
    if all > rows.len() {
        out.line(format!("… and {} more", count((all - rows.len()) as u64)))?;
    }
    if !rows.is_empty() {
        out.line("")?;
    }
    sum_up(out, answer)
}

fn tell_row(out: &mut Out, row: &MissingRow) -> Result<()> {
    let how = row.sure.map_or("there", Sure::name);
    out.line(format!("{how:<8} {}", safe(&row.path)))?;
    out.line(format!("         {}", facts(row)))?;
    for words in &row.words {
        out.line(format!("         - {}", safe(words)))?;
    }
    if let Some(near) = &row.nearest {
        out.line(format!("         nearest {}", nearest(near)))?;
    }
    Ok(())
}

fn facts(row: &MissingRow) -> String {
    let mut parts = Vec::new();
    if !row.path.ends_with(&row.filename) {
        parts.push(safe(&row.filename).into_owned());
    }
    if let (Some(width), Some(height)) = (row.width, row.height) {
        parts.push(format!("{width} × {height}"));
    }
    parts.extend(row.format.map(str::to_uppercase));
    if row.size_bytes > 0 {
        parts.push(size(row.size_bytes));
    }
    parts.extend(row.taken_utc.as_ref().map(|taken| format!("taken {taken} UTC")));
    parts.push(format!("in {}", safe(&row.source)));
    let marks = [(row.ignored, "left out on purpose"), (row.trashed, "in Google's trash"), (row.offline, "its drive or archive is away")];
    parts.extend(marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark.to_owned()));
    parts.join(" · ")
}

fn nearest(near: &NearestRow) -> String {
    let relation = near.relation.map(|relation| relation.name().to_owned());
    let bits = near.distance_bits.map(|bits| format!("{bits} of 256 bits apart"));
    let parts: Vec<String> = [relation, bits, Some(format!("in {}", safe(&near.source)))].into_iter().flatten().collect();
    format!("{} ({})", safe(&near.path), parts.join(", "))
}

fn sum_up(out: &mut Out, answer: &MissingAnswer) -> Result<()> {
    let sums = &answer.sums;
    let (from, against) = (answer.from.join(", "), answer.but_not_in.join(", "));
    let sure: Vec<String> = [(sums.certain, "certain"), (sums.likely, "likely"), (sums.unsure, "unsure")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| format!("{} {name}", count(number)))
        .collect();
    let how = if sure.is_empty() { String::new() } else { format!(": {}", sure.join(", ")) };
    out.line(format!(
        "{} of the {} in {} are not in {} ({}){how}",
        count(sums.missing),
        plural(sums.looked_for, "photo"),
        safe(&from),
        safe(&against),
        size(sums.missing_bytes)
    ))?;
    out.line(format!("{} are there with the same bytes or coded picture", count(sums.same)))?;
    if sums.derived > 0 {
        let by: Vec<String> = sums.derived_by_relation.iter().map(|(relation, number)| format!("{} {relation}", count(*number))).collect();
        out.line(format!("{} are there only otherwise ({}); `--with-derived` lists them", count(sums.derived), by.join(", ")))?;
    }
    for (number, words) in [
        (sums.only_in_trash, "of those that are there lie in Google's trash only"),
        (sums.only_offline, "of those that are there lie where the drive or archive is away now"),
        (sums.missing_trashed, "of the missing lie in Google's trash"),
        (sums.ignored, "more are missing and left out on purpose; `--with-ignored` shows them"),
    ] {
        if number > 0 {
            out.line(format!("{} {words}", count(number)))?;
        }
    }
    Ok(())
}
