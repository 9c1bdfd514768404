//! Checks for those who build Lookalike: `cargo xtask tidy`. Also run as a test, so that `cargo test` holds the house in shape.

mod tidy;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut err = std::io::stderr().lock();
    if std::env::args().nth(1).as_deref() != Some("tidy") {
        drop(writeln!(err, "usage: cargo xtask tidy"));
        return ExitCode::from(2);
    }
    let faults = tidy::faults(&root());
    for fault in &faults {
        drop(writeln!(err, "{fault}"));
    }
    if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns the workspace's root.
fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| ".".into(), Path::to_owned)
}
