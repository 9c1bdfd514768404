//! The face in the terminal: reads arguments, config and environment, calls the library, and turns answers into words.
//!
//! It computes nothing: no rule, no threshold, no SQL. Answers go to standard output, words and progress to standard error.
//! Exit codes: 0 done, 1 error, 2 usage, 130 interrupted with the state saved.

mod args;
mod commands;
mod config;
mod failure;
mod printer;
mod progress;
mod words;

use clap::Parser as _;
use failure::Failure;
use std::process::ExitCode;

/// Runs the program with the process's own arguments; returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // clap's own texts: help and version to stdout with 0, mistakes to stderr with 2.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let quiet = arguments.quiet;
    match commands::run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => end(&failure, quiet),
    }
}

fn end(failure: &Failure, quiet: bool) -> ExitCode {
    if failure.is_closed_pipe() {
        return ExitCode::SUCCESS;
    }
    if !(quiet && failure.is_interrupt()) {
        printer::complain(failure);
    }
    ExitCode::from(failure.exit_code())
}
