//! `cargo xtask measure speed`: time, CPU time and memory of whole runs of the program, beside other finders on the same files, and how
//! they grow with the number of photos.
//!
//! Each figure is the median of several runs, each with a catalog of its own and without another program's cache; files are read once
//! before, so that all find them in the system's file cache. Libraries are drawn by a process of its own, for Linux counts the memory of a
//! program's parent before it started into its peak. What another program found is not looked at here: that is `measure quality`.

mod cost;
mod draw;
mod exact;
mod growth;
mod hashes;
mod photos;

pub(crate) use draw::{Args as DrawArgs, run as draw};

use super::machine::Machine;
use super::program::{Program, built};
use super::{Result, print, say};
use clap::ValueEnum;
use cost::Cost;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Parts that can be measured alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Part {
    /// A full scan beside czkawka
    Photos,
    /// Byte copies beside fclones
    Exact,
    /// Ever more photos, and a rescan of them
    Growth,
    /// Matching and grouping alone, by their benchmarks
    Hashes,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Photos for the comparison with czkawka [default: drawn ones of 12 megapixels]
    #[arg(long, value_name = "DIR")]
    photos: Option<PathBuf>,
    /// Most photos of the growth; a tenth and three tenths of them come before
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=2_000_000))]
    files: u32,
    /// Files of the comparison with fclones
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    exact_files: u32,
    /// Runs of which the median is told
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// Only these parts
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    only: Vec<Part>,
    /// czkawka's program for the terminal
    #[arg(long, value_name = "PATH", default_value = "czkawka_cli")]
    czkawka: PathBuf,
    /// fclones
    #[arg(long, value_name = "PATH", default_value = "fclones")]
    fclones: PathBuf,
    /// The program to measure [default: this workspace's, built for release]
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// Draw and scan below this folder, on whose disk there must be room for 1 GB [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
    /// Write the tables as Markdown
    #[arg(long, value_name = "FILE.md")]
    out: Option<PathBuf>,
}

/// What all parts need.
struct Bench<'a> {
    args: &'a Args,
    program: PathBuf,
    folder: &'a Path,
}

impl Bench<'_> {
    /// Returns the program with a catalog that is not there yet.
    fn fresh(&self, name: &str) -> Result<Program> {
        let folder = self.folder.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(Program { path: self.program.clone(), catalog: folder.join("catalog.sqlite") })
    }

    /// Returns the median cost of the rounds; `command` makes each anew.
    fn cost(&self, mut command: impl FnMut() -> Result<Command>) -> Result<Cost> {
        let mut costs = Vec::new();
        for _ in 0..self.args.rounds {
            costs.push(cost::run(&mut command()?)?);
        }
        Ok(Cost::median(&costs))
    }

    /// Returns the median cost of scanning with a fresh catalog each time.
    fn scan(&self, name: &str, args: &[&str], paths: &[PathBuf]) -> Result<Cost> {
        self.cost(|| {
            let mut command = self.fresh(name)?.command();
            command.arg("scan").args(args).args(paths);
            Ok(command)
        })
    }

    /// Returns another program, kept from reading and writing what it remembers of earlier runs.
    fn other(&self, path: &Path) -> Command {
        let mut command = Command::new(path);
        for place in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
            command.env(place, self.folder.join("other"));
        }
        command
    }
}

/// Measures and writes the report.
pub(crate) fn run(args: &Args) -> Result<()> {
    let work = match &args.scratch {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let bench = Bench { args, program: built(args.program.as_deref())?, folder: work.path() };
    let wanted = |part: Part| args.only.is_empty() || args.only.contains(&part);
    let mut text = heading(args);
    for (part, measure) in [
        (Part::Photos, photos::measure as fn(&Bench<'_>) -> Result<String>),
        (Part::Exact, exact::measure),
        (Part::Growth, growth::measure),
        (Part::Hashes, hashes::measure),
    ] {
        if wanted(part) {
            say(&format!("measuring: {part:?}"));
            text += &measure(&bench)?;
        }
    }
    match &args.out {
        Some(out) => std::fs::write(out, &text)?,
        None => print(&text),
    }
    Ok(())
}

fn heading(args: &Args) -> String {
    let photos = if args.photos.is_some() { " --photos DIR" } else { "" };
    let command =
        format!("cargo xtask measure speed{photos} --files {} --exact-files {} --rounds {}", args.files, args.exact_files, args.rounds);
    format!(
        "# Benchmarks\n\nWritten by a program; not edited by hand. To make this page on your machine:\n\n```\n{command} --out \
         BENCHMARKS.md\n```\n\n(`--photos DIR` measures on photos of your own; `--czkawka PATH` and `--fclones PATH` name the other programs where \
         they are not on the PATH. On a busy machine wall times say little; CPU times hold better.)\n\n{}- each figure: the median of {} runs of \
         the whole program, with catalogs and caches fresh, files in the system's file cache, all cores; CPU time is user and system together; a \
         peak is the resident memory of the process\n\n",
        Machine::here().lines(),
        args.rounds
    )
}

/// Reads every file once, so that no program has to wait for the disk.
fn warm(folder: &Path) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            warm(&path)?;
        } else {
            std::io::copy(&mut std::fs::File::open(path)?, &mut std::io::sink())?;
        }
    }
    Ok(())
}
