//! `cargo xtask measure quality`: scans a library whose truth is known, scores the groups, holds them against bounds, writes the curves.

use super::bounds::Bounds;
use super::groups::members;
use super::machine::Machine;
use super::program::{Program, built};
use super::score::{Score, score};
use super::truth::{Sets, Truth};
use super::{Result, curves, distances, print, say};
use std::path::{Path, PathBuf};
use testkit::library::Library;

/// Seed of the drawn library.
const DRAWN_SEED: u64 = 20_261;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is true of the files: a CSV with the columns set,path,group,kind
    #[arg(long, value_name = "TRUTH.csv", requires = "root", conflicts_with = "drawn")]
    truth: Option<PathBuf>,
    /// The folder below which the truth's paths lie
    #[arg(long, value_name = "DIR", requires = "truth")]
    root: Option<PathBuf>,
    /// Scan these instead of the root: archives whose members the truth names (may be given several times)
    #[arg(long, value_name = "PATH", requires = "truth")]
    scan: Vec<PathBuf>,
    /// Draw a library and measure on it; no shared photos are needed
    #[arg(long, required_unless_present = "truth")]
    drawn: bool,
    /// With --drawn: so many photos are drawn, each with its copies
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(6..=5_000))]
    photos: u32,
    /// Opt-in relations that groups show too, such as edited,cropped
    #[arg(long, value_name = "RELATIONS", value_delimiter = ',')]
    with: Vec<String>,
    /// Only these sets
    #[arg(long, value_name = "SETS", value_delimiter = ',')]
    only: Vec<String>,
    /// All sets but these
    #[arg(long, value_name = "SETS", value_delimiter = ',')]
    without: Vec<String>,
    #[command(flatten)]
    bounds: Bounds,
    /// Print so many faults of each kind
    #[arg(long, value_name = "N", default_value_t = 10)]
    show: usize,
    /// Write the curves and the table as Markdown
    #[arg(long, value_name = "FILE.md")]
    out: Option<PathBuf>,
    /// Keep the catalog here; where it is already, only what changed is read again [default: a fresh one each time]
    #[arg(long, value_name = "PATH")]
    catalog: Option<PathBuf>,
    /// The program to measure [default: this workspace's, built for release]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// Measures; returns what fell short of its bound.
pub(crate) fn run(args: &Args) -> Result<Vec<String>> {
    let work = tempfile::tempdir()?;
    let path = built(args.program.as_deref())?;
    let program = Program { path, catalog: args.catalog.clone().unwrap_or_else(|| work.path().join("catalog.sqlite")) };
    let sets = Sets { only: args.only.iter().cloned().collect(), without: args.without.iter().cloned().collect() };
    let (truth, root) = match (&args.truth, &args.root) {
        (Some(truth), Some(root)) => (Truth::read(truth, root, &sets)?, root.clone()),
        _ => drawn(args, work.path(), &sets)?,
    };
    if truth.rows.is_empty() {
        return Err("the truth has no rows of these sets".into());
    }
    say("scanning");
    program.scan(if args.scan.is_empty() { std::slice::from_ref(&root) } else { &args.scan })?;
    let score = score(&truth, &members(&program.groups(&args.with)?)?)?;
    print(&format!("{}{}", score.table(), score.faults(&truth, args.show)));
    if let Some(out) = &args.out {
        std::fs::write(out, report(args, &program, &truth, &score)?)?;
        say(&format!("the curves are in {}", out.display()));
    }
    let missed = args.bounds.missed_by(&score);
    Ok(if missed.is_empty() { Vec::new() } else { vec![format!("short of: {}", missed.join("; "))] })
}

fn drawn(args: &Args, work: &Path, sets: &Sets) -> Result<(Truth, PathBuf)> {
    let root = work.join("library");
    say(&format!("drawing {} photos and their copies", args.photos));
    let library = Library::draw(&root, DRAWN_SEED, args.photos)?;
    Ok((Truth::parse(&library.truth_csv(), &root, sets)?, root))
}

fn report(args: &Args, program: &Program, truth: &Truth, score: &Score) -> Result<String> {
    let library = match &args.truth {
        Some(path) => format!("`{}`", path.display()),
        None => format!("drawn (seed {DRAWN_SEED}, {} photos)", args.photos),
    };
    let sets = match (args.only.is_empty(), args.without.is_empty()) {
        (true, true) => String::new(),
        (false, _) => format!(", only {}", args.only.join(", ")),
        (true, false) => format!(", without {}", args.without.join(", ")),
    };
    let with = if args.with.is_empty() { String::new() } else { format!(", with {}", args.with.join(", ")) };
    let mut text = format!(
        "# Quality\n\n- library: {library}{sets}{with}: {} files, {} groups\n{}\n```\n{}```\n\n",
        truth.rows.len(),
        truth.groups.len(),
        Machine::here().lines(),
        score.table()
    );
    text += &distances::report(program, truth)?;
    text += "## Curves of the second look\n\nA row of a table is a rule by that statistic alone: what it would find of the kind, and how many measured \
             pairs of other photos, and of an edit with its original or a copy, it would let in.\n\n";
    let edges = curves::edges(program, truth)?;
    for kind in curves::KINDS {
        text += &curves::of_kind(truth, &edges, kind);
    }
    Ok(text)
}
