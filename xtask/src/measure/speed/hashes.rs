//! Matching and grouping alone, from thousands to a million: runs the rooms' own benchmarks and reads their tables.
//!
//! A benchmark is `cargo bench -p ROOM --bench NAME` by divan, whose rows have the number of assets as argument. A room without one is
//! said to be left out. This is the only part that does not go through the program: a million photos would take a day to draw.

use super::super::report::{number, table};
use super::super::{Result, say};
use super::Bench;
use super::growth::exponent;
use std::process::Command;

/// Benchmarks by room and name.
const BENCHMARKS: [(&str, &str); 3] = [("matching", "propose"), ("decisions", "grouping"), ("pipeline", "joining")];

/// One row of a benchmark.
#[derive(Debug, Clone, PartialEq)]
struct Timing {
    name: String,
    count: f64,
    median_s: f64,
}

pub(super) fn measure(_: &Bench<'_>) -> Result<String> {
    let mut text =
        "## Matching and grouping alone\n\nMedians of the rooms' own benchmarks on drawn hashes and drawn evidence, one core unless a \
                    benchmark says otherwise. An exponent of 1 is linear.\n\n"
            .to_owned();
    for (room, benchmark) in BENCHMARKS {
        let source = crate::root().join("crates").join(room).join("benches").join(benchmark).with_extension("rs");
        if !source.is_file() {
            text += &format!("`{room}` is left out: it has no benchmark `{benchmark}` yet.\n\n");
            continue;
        }
        say(&format!("cargo bench -p {room} --bench {benchmark}"));
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo).args(["bench", "-q", "-p", room, "--bench", benchmark]).current_dir(crate::root()).output()?;
        if !output.status.success() {
            return Err(format!("the benchmark `{benchmark}` failed: {}", String::from_utf8_lossy(&output.stderr)).into());
        }
        text += &told(room, &timings(&String::from_utf8_lossy(&output.stdout)));
    }
    Ok(text)
}

fn told(room: &str, timings: &[Timing]) -> String {
    let mut names: Vec<&str> = timings.iter().map(|timing| timing.name.as_str()).collect();
    names.dedup();
    let mut rows = Vec::new();
    for name in names {
        let own: Vec<&Timing> = timings.iter().filter(|timing| timing.name == name).collect();
        let power = exponent(&own.iter().map(|timing| (timing.count, timing.median_s)).collect::<Vec<_>>());
        for timing in own {
            rows.push(vec![
                format!("{room}: {name}"),
                format!("{:.0}", timing.count),
                number(timing.median_s),
                number(timing.median_s * 1e6 / timing.count),
                format!("{power:.2}"),
            ]);
        }
    }
    table(&["benchmark", "assets", "median s", "µs an asset", "exponent"], &rows)
}

/// Returns the rows of divan's tables whose argument is a number.
fn timings(text: &str) -> Vec<Timing> {
    let mut name = String::new();
    let mut timings = Vec::new();
    for line in text.lines() {
        let own = line.trim_start_matches(|sign: char| sign.is_whitespace() || "├╰│─".contains(sign));
        let columns: Vec<&str> = own.split('│').map(str::trim).collect();
        let Some(label) = columns.first().and_then(|first| first.split_whitespace().next()) else { continue };
        match (label.replace('_', "").parse::<f64>(), columns.get(2).and_then(|median| seconds(median))) {
            (Ok(count), Some(median_s)) => timings.push(Timing { name: name.clone(), count, median_s }),
            (Err(_), _) => name = label.to_owned(),
            _ => {}
        }
    }
    timings
}

/// Returns the seconds of `12.3 ms`.
fn seconds(text: &str) -> Option<f64> {
    let (value, unit) = text.split_once(' ')?;
    let factor = match unit.trim() {
        "ns" => 1e-9,
        "µs" | "μs" | "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        _ => return None,
    };
    Some(value.parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_benchmarks_table_is_read() {
        let text = "Timer precision: 20 ns\n\
            grouping       fastest       │ slowest       │ median        │ mean          │ samples │ iters\n\
            ├─ groups                    │               │               │               │         │\n\
            │  ├─ 10000    9.1 ms        │ 11 ms         │ 10 ms         │ 10.1 ms       │ 100     │ 100\n\
            │  ╰─ 100000   90 ms         │ 140 ms        │ 100 ms        │ 101 ms        │ 50      │ 50\n\
            ╰─ stars                     │               │               │               │         │\n\
               ╰─ 1000000  1.1 s         │ 1.3 s         │ 1.25 s        │ 1.2 s         │ 3       │ 3\n";
        let timing = |name: &str, count, median_s| Timing { name: name.to_owned(), count, median_s };
        let read = timings(text);
        assert_eq!(read, [timing("groups", 1e4, 0.01), timing("groups", 1e5, 0.1), timing("stars", 1e6, 1.25)]);
        let report = told("decisions", &read);
        assert!(report.contains("| decisions: groups | 10000 | 0.0100 | 1.00 | 1.00 |"), "{report}");
        assert_eq!(seconds("3.5 µs"), Some(3.5e-6));
        assert_eq!(seconds("fast"), None);
    }
}
