//! `cargo xtask measure`: what the program finds and what it costs, so that anyone can repeat it.
//!
//! It goes through the program as a person would (its commands and their JSON) and never through the inside of a room; only the drawing of
//! test libraries is `testkit`'s. It decides nothing about pictures and cites no threshold: thresholds cite its reports.

#![allow(clippy::disallowed_methods)] // reports and drawn libraries, all below folders that the caller names or that are temporary

mod bounds;
mod curves;
mod distances;
mod groups;
mod machine;
mod program;
mod quality;
mod report;
mod score;
mod speed;
mod truth;

use clap::Subcommand;
use std::io::Write as _;

/// Why a measurement could not be taken, in words.
pub(crate) type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[derive(Debug, Subcommand)]
pub(crate) enum Measure {
    /// Scan a library whose truth is known, and tell how much was found, what was wrongly found, and the curves of each measurement
    Quality(Box<quality::Args>),
    /// Take time, CPU time and memory of whole runs, beside those of other programs, and write them down
    Speed(Box<speed::Args>),
    /// Draw a large folder of photos or files to measure on
    Draw(speed::DrawArgs),
}

/// Measures; returns what fell short of its bound.
pub(crate) fn run(what: Measure) -> Result<Vec<String>> {
    match what {
        Measure::Quality(args) => quality::run(&args),
        Measure::Speed(args) => speed::run(&args).map(|()| Vec::new()),
        Measure::Draw(args) => speed::draw(&args).map(|()| Vec::new()),
    }
}

/// Prints an answer on standard output.
fn print(text: &str) {
    drop(writeln!(std::io::stdout().lock(), "{}", text.trim_end()));
}

/// Says on standard error what is being done, for those who wait.
fn say(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}
