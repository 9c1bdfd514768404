//! Checks and measurements for those who build Lookalike: `cargo xtask tidy` (also run as a test, so that `cargo test` holds the house in
//! shape) and `cargo xtask measure`. It is no part of the program and no crate of it depends on this one.

mod measure;
mod tidy;

use clap::{Parser, Subcommand};
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// Checks and measurements for those who build Lookalike.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell which files are silent or too long and which arrows between crates are wrong
    Tidy,
    /// Measure what the program finds, or what it costs
    #[command(subcommand)]
    Measure(measure::Measure),
}

fn main() -> ExitCode {
    let faults = match Arguments::parse().command {
        Command::Tidy => tidy::faults(&root()),
        Command::Measure(what) => match measure::run(what) {
            Ok(faults) => faults,
            Err(error) => vec![format!("error: {error}")],
        },
    };
    let mut err = std::io::stderr().lock();
    for fault in &faults {
        drop(writeln!(err, "{fault}"));
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns the workspace's root.
fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| ".".into(), Path::to_owned)
}
