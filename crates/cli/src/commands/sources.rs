//! `lookalike sources list|rename|move|forget`.

use super::World;
use crate::args::{JsonArgs, SourcesArgs, SourcesCommand};
use crate::failure::Result;
use crate::printer::{Out, say};
use crate::words::{plural, safe};
use std::io::Write as _;

pub(crate) fn run(world: &World, args: SourcesArgs) -> Result<()> {
    match args.command.unwrap_or(SourcesCommand::List(JsonArgs { json: false })) {
        SourcesCommand::List(args) => list(world, args.json),
        SourcesCommand::Rename { name, new } => {
            pipeline::rename(&world.catalog()?, &name, &new)?;
            said(world, &format!("`{name}` is called `{new}` now"))
        }
        SourcesCommand::Move { name, path } => {
            let moved = pipeline::relocate(&world.catalog()?, &name, &path)?;
            said(world, &format!("{} of `{name}` moved; nothing has to be read again", plural(moved, "place")))
        }
        SourcesCommand::Forget { name } => {
            let assets = pipeline::forget(&world.catalog()?, &name)?;
            said(world, &format!("`{name}` with {} is forgotten; the photos themselves are untouched", plural(assets, "photo")))
        }
    }
}

fn said(world: &World, words: &str) -> Result<()> {
    if !world.quiet {
        say(&safe(words));
    }
    Ok(())
}

fn list(world: &World, json: bool) -> Result<()> {
    let sources = pipeline::list_sources(&world.catalog_to_read()?)?;
    let mut out = Out::new();
    if json {
        out.json(&sources)?;
    } else {
        for source in &sources {
            let marks = [(!source.online, "away"), (source.reference, "reference")];
            let marks: Vec<&str> = marks.into_iter().filter(|(holds, _)| *holds).map(|(_, mark)| mark).collect();
            let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
            out.line(format!("{}{marks}: {}, {}", safe(&source.name), source.kind, plural(source.assets, "photo")))?;
            for root in &source.roots {
                out.line(format!("  {}", safe(&root.display().to_string())))?;
            }
        }
    }
    out.flush()?;
    Ok(())
}
