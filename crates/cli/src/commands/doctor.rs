//! `lookalike doctor`: formats, optional tools, places, and the catalog's health.

use super::World;
use crate::args::JsonArgs;
use crate::config::{FFMPEG, find_tool};
use crate::failure::Result;
use crate::printer::Out;
use crate::words::{count, plural, safe};
use pipeline::{Catalog, StatusAnswer, format_support, status};
use serde_json::json;
use std::io::Write as _;

/// Programs that would help, and with what. None is needed.
const TOOLS: &[(&str, &[&str], &str)] = &[
    ("ffmpeg", FFMPEG, "gives the frames of films in HEVC, VP9, AV1 and others; H.264 is decoded without it"),
    ("browser", &["chromium", "google-chrome", "firefox", "chrome.exe"], "`lookalike review` opens in the one that your system prefers"),
];

pub(crate) fn run(world: &World, args: JsonArgs) -> Result<()> {
    let catalog = if world.places.catalog.exists() { Some(world.catalog_to_read()?) } else { None };
    let standing = catalog.as_ref().map(status).transpose()?;
    let faults = catalog.as_ref().map(Catalog::check).transpose().map_err(pipeline::Error::from)?;
    let undecoded = catalog.as_ref().map(Catalog::undecoded_by_format).transpose().map_err(pipeline::Error::from)?.unwrap_or_default();
    let mut out = Out::new();
    if args.json {
        let formats: Vec<_> = format_support()
            .iter()
            .map(|format| json!({ "format": format.format, "pixels": format.pixels, "tested": tested(format.tested), "note": format.note }))
            .collect();
        let tools: Vec<_> =
            TOOLS.iter().map(|(name, names, note)| json!({ "tool": name, "found": find_tool(names), "note": note })).collect();
        let undecoded: Vec<_> = undecoded.iter().map(|(format, count)| json!({ "format": format, "files": count })).collect();
        out.json(&json!({
            "version": env!("CARGO_PKG_VERSION"),
            "formats": formats,
            "tools": tools,
            "places": { "catalog": world.places.catalog, "config": world.places.config, "pictures": world.places.pictures, "journals": world.places.state },
            "catalog": standing,
            "undecoded": undecoded,
            "faults": faults,
        }))?;
    } else {
        formats(&mut out)?;
        out.line("\noptional tools")?;
        for (name, names, note) in TOOLS {
            let found = find_tool(names).map_or("not found".to_owned(), |path| path.display().to_string());
            out.line(format!("  {name:<10} {found}: {note}"))?;
        }
        out.line("\nplaces")?;
        out.line(format!("  catalog    {}", safe(&world.places.catalog.display().to_string())))?;
        out.line(format!("  config     {}", safe(&world.places.config.display().to_string())))?;
        out.line(format!("  journals   {}", safe(&world.places.state.display().to_string())))?;
        out.line(format!("  pictures   {}", safe(&world.places.pictures.display().to_string())))?;
        health(&mut out, standing.as_ref(), faults.as_deref(), &undecoded)?;
    }
    out.flush()?;
    Ok(())
}

fn formats(out: &mut Out) -> Result<()> {
    out.line("formats")?;
    for format in format_support() {
        let pixels = if format.pixels { "compared by eye" } else { "by bytes only" };
        out.line(format!("  {:<10} {pixels:<16} {:<30} {}", format.format.name(), tested(format.tested), format.note))?;
    }
    Ok(())
}

fn health(out: &mut Out, standing: Option<&StatusAnswer>, faults: Option<&[String]>, undecoded: &[(String, u64)]) -> Result<()> {
    let Some(standing) = standing else {
        out.line("\nno catalog yet; `lookalike scan PATH` makes one")?;
        return Ok(());
    };
    out.line(format!("\ncatalog: {}, {}", plural(standing.assets, "photo"), plural(standing.tally.found(), "file")))?;
    for (format, number) in undecoded {
        out.line(format!("  {:>9} {format} whose picture cannot be read; matched by bytes only", count(*number)))?;
    }
    for cause in standing.causes.iter().filter(|cause| cause.outcome == "failed") {
        out.line(format!("  {:>9} {} failed ({})", count(cause.count), cause.kind.name(), cause.cause))?;
    }
    match faults {
        Some([]) => out.line("  sound: integrity and references checked")?,
        Some(faults) => faults.iter().try_for_each(|fault| out.line(format!("  fault: {}", safe(fault))))?,
        None => {}
    }
    Ok(())
}

fn tested(tested: pipeline::Tested) -> &'static str {
    match tested {
        pipeline::Tested::RealSample => "tested on real files",
        pipeline::Tested::Drawn => "tested on drawn files only",
        pipeline::Tested::Untested => "untested",
    }
}
