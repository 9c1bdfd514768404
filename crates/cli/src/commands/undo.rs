//! `lookalike undo`: takes a run back.

use super::{World, homes, stop_on_ctrl_c};
use crate::args::UndoArgs;
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{plural, safe};
use pipeline::{Catalog, removing};
use std::io::Write as _;

pub(crate) fn run(world: &World, args: UndoArgs) -> Result<()> {
    // Works without a catalog; where there is one, it is told.
    let catalog = if world.places.catalog.exists() {
        Catalog::open(&world.places.catalog)
            .inspect_err(|error| say(&format!("note: the catalog cannot be told ({error}); a scan will find what is back")))
            .ok()
    } else {
        None
    };
    let (progress, stop) = (Progress::new(world.quiet), stop_on_ctrl_c());
    let answer = removing::take_back(catalog.as_ref(), &homes(world, &args.trash)?, args.run.as_deref(), &progress, &stop);
    progress.finish();
    let answer = answer?;
    if args.json {
        let mut out = Out::new();
        out.json(&answer)?;
        out.flush()?;
    } else {
        for file in &answer.left {
            say(&format!("not back: {}: {}", safe(&file.path), safe(&file.why)));
        }
        let files = if answer.files == answer.photos { String::new() } else { format!(" ({} in all)", plural(answer.files, "file")) };
        let places = if answer.photos == 1 { "its place" } else { "their places" };
        say(&format!("run {}: {} back at {places}{files}", answer.run, plural(answer.photos, "photo")));
    }
    if let Some(error) = answer.error {
        return Err(Failure::ended(format!("the undo ended early: {error}"), "run the same command again to go on"));
    }
    if answer.is_stopped {
        return Err(pipeline::Error::Interrupted.into());
    }
    match answer.left.len() as u64 {
        0 => Ok(()),
        left => Err(Failure::ended(
            format!("{} could not be brought back", plural(left, "file")),
            "each line above says why; run it again when the cause is gone",
        )),
    }
}
