//! `cargo xtask measure draw`: a large drawn folder, for measuring by hand; `measure speed` calls it as a process of its own.

use super::super::{Result, say};
use clap::ValueEnum;
use std::ops::Range;
use std::path::{Path, PathBuf};
use testkit::library::bulk;

/// Seed of drawn folders.
const SEED: u64 = 11;

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fill {
    /// Photos of 12 megapixels
    Photos,
    /// Photos of 3 to 6 kB that all differ
    Small,
    /// Files of 3 to 60 kB of which some are byte copies
    Copies,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to draw
    #[arg(value_enum)]
    fill: Fill,
    /// The folder to fill
    folder: PathBuf,
    /// Number of files
    count: u32,
    /// Number of the first; a folder can grow so
    #[arg(long, default_value_t = 0)]
    from: u32,
}

/// Draws.
pub(crate) fn run(args: &Args) -> Result<()> {
    let (from, count) = (args.from as usize, args.count as usize);
    let bytes = match args.fill {
        Fill::Photos => bulk::large_photos(&args.folder, SEED, from..from + count)?,
        Fill::Small => bulk::small_photos(&args.folder, SEED, from..from + count)?,
        Fill::Copies => bulk::files_with_copies(&args.folder, SEED, count)?.bytes,
    };
    say(&format!("{count} files, {} MB", bytes / 1_000_000));
    Ok(())
}

/// Draws in a process of its own.
pub(super) fn apart(fill: Fill, folder: &Path, numbers: Range<u32>) -> Result<()> {
    let name = fill.to_possible_value().expect("no value is hidden").get_name().to_owned();
    let mut command = std::process::Command::new(std::env::current_exe()?);
    command.args(["measure", "draw", &name]).arg(folder).arg(numbers.len().to_string());
    let status = command.arg("--from").arg(numbers.start.to_string()).status()?;
    if status.success() { Ok(()) } else { Err(format!("drawing failed: {status}").into()) }
}
