//! The front door: parse, choose a face, exit code. Nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
