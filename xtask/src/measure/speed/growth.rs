//! Ever more photos: what a scan costs at a tenth, three tenths and all of them, and what a rescan of unchanged ones costs.

use super::super::Result;
use super::super::report::{number, table};
use super::cost::Cost;
use super::draw::{Fill, apart};
use super::{Bench, warm};
use std::path::PathBuf;

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let most = bench.args.files;
    let (mut paths, mut from) = (Vec::new(), 0);
    let (mut rows, mut costs) = (Vec::new(), Vec::new());
    for files in [most / 10, most * 3 / 10, most] {
        let folder = bench.folder.join(format!("small-{files}"));
        apart(Fill::Small, &folder, from..files)?;
        warm(&folder)?;
        from = files;
        paths.push(folder);
        let cost = bench.scan("growth-catalog", &[], &paths)?;
        rows.push(row("scan", files, cost));
        costs.push((f64::from(files), cost));
    }
    rows.push(row("rescan, nothing changed", most, rescan(bench, &paths)?));
    let of = |figure: fn(Cost) -> f64| exponent(&costs.iter().map(|&(files, cost)| (files, figure(cost))).collect::<Vec<_>>());
    Ok(format!(
        "## Growth\n\nDrawn photos of 96 to 160 pixels and 3 to 6 kB, all different: small, so that what grows with their number shows. Exponents (1 is \
         linear; least squares of the logarithms): wall time {:.2}, CPU time {:.2}, peak memory {:.2}.\n\n{}",
        of(Cost::wall_s),
        of(Cost::cpu_ms),
        of(Cost::peak_mb),
        table(&["run", "photos", "photos/s", "wall s", "CPU s", "CPU ms a photo", "peak MB"], &rows)
    ))
}

fn rescan(bench: &Bench<'_>, paths: &[PathBuf]) -> Result<Cost> {
    let program = bench.fresh("rescan-catalog")?;
    program.scan(paths)?;
    bench.cost(|| {
        let mut command = program.command();
        command.arg("scan").args(paths);
        Ok(command)
    })
}

fn row(name: &str, files: u32, cost: Cost) -> Vec<String> {
    let count = f64::from(files);
    vec![
        name.to_owned(),
        files.to_string(),
        number(count / cost.wall_s()),
        number(cost.wall_s()),
        number(cost.cpu_ms() / 1e3),
        number(cost.cpu_ms() / count),
        number(cost.peak_mb()),
    ]
}

/// Returns the exponent `e` of `y = c × x^e` by least squares of the logarithms; 0 for fewer than two different `x`.
pub(super) fn exponent(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| (x.ln(), y.ln())).collect();
    let count = logs.len().max(1) as f64;
    let (mean_x, mean_y) = (logs.iter().map(|(x, _)| x).sum::<f64>() / count, logs.iter().map(|(_, y)| y).sum::<f64>() / count);
    let across: f64 = logs.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    let both: f64 = logs.iter().map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
    if across > 0.0 { both / across } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_of_powers_are_found() {
        for wanted in [0.5, 1.0, 2.0] {
            let points: Vec<(f64, f64)> = [10.0, 30.0, 100.0].map(|x: f64| (x, 7.0 * x.powf(wanted))).to_vec();
            assert!((exponent(&points) - wanted).abs() < 1e-9, "{wanted}");
        }
        assert_eq!(exponent(&[(10.0, 3.0)]), 0.0);
        assert_eq!(exponent(&[]), 0.0);
    }
}
