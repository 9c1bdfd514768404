//! Byte copies alone, beside fclones.

use super::super::Result;
use super::super::machine::answer;
use super::super::report::{number, table};
use super::cost::Cost;
use super::draw::{Fill, apart};
use super::{Bench, warm};
use std::process::Command;

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let count = bench.args.exact_files;
    let folder = bench.folder.join("copies");
    apart(Fill::Copies, &folder, 0..count)?;
    warm(&folder)?;
    let row = |name: &str, cost: Cost| {
        vec![
            name.to_owned(),
            number(f64::from(count) / cost.wall_s()),
            number(cost.wall_s()),
            number(cost.cpu_ms() / 1e3),
            number(cost.peak_mb()),
        ]
    };
    let (mut rows, mut note) = (Vec::new(), String::new());
    let help = Command::new(&bench.program).args(["scan", "--help"]).output()?;
    if String::from_utf8_lossy(&help.stdout).contains("--exact") {
        rows.push(row("lookalike scan --exact", bench.scan("exact-catalog", &["--exact"], std::slice::from_ref(&folder))?));
    } else {
        note += "This build of lookalike has no `scan --exact`.\n\n";
    }
    match answer(&bench.args.fclones, &["--version"]) {
        Some(version) => {
            let theirs = bench.cost(|| {
                let mut command = bench.other(&bench.args.fclones);
                command.arg("group").arg(&folder);
                Ok(command)
            })?;
            rows.push(row(&format!("{version}, `group`"), theirs));
        }
        None => note += "fclones is left out: it was not found.\n\n",
    }
    let measured = if rows.is_empty() { String::new() } else { table(&["program", "files/s", "wall s", "CPU s", "peak MB"], &rows) };
    Ok(format!(
        "## Byte copies alone\n\n{count} drawn files of 3 to 60 kB; of each twenty, two are byte copies, four have the size of another, one has also \
         its head.\n\n{measured}{note}"
    ))
}
