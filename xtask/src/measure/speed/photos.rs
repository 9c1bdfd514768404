//! A full scan of photos beside czkawka's search for similar pictures.

use super::super::Result;
use super::super::machine::answer;
use super::super::report::{number, table};
use super::cost::Cost;
use super::draw::{Fill, apart};
use super::{Bench, warm};
use serde_json::Value;

/// Photos that are drawn where none are given.
const DRAWN: u32 = 24;

pub(super) fn measure(bench: &Bench<'_>) -> Result<String> {
    let (folder, whose) = match &bench.args.photos {
        Some(folder) => (std::path::absolute(folder)?, "given by `--photos`"),
        None => {
            let folder = bench.folder.join("photos");
            apart(Fill::Photos, &folder, 0..DRAWN)?;
            (folder, "drawn, 12 megapixels each")
        }
    };
    warm(&folder)?;
    let ours = bench.scan("photos-catalog", &[], std::slice::from_ref(&folder))?;
    let program = bench.fresh("photos-catalog")?;
    program.scan(std::slice::from_ref(&folder))?;
    let sums = program.ask("SELECT count(*) AS photos, sum(width * height) / 1e6 AS megapixels FROM assets WHERE width > 0")?;
    let sum = |name: &str| sums.first().and_then(|row| row.get(name)).and_then(Value::as_f64).unwrap_or(0.0);
    let (photos, megapixels) = (sum("photos"), sum("megapixels"));
    if photos == 0.0 {
        return Err(format!("no photos in `{}`", folder.display()).into());
    }
    let row = |name: &str, cost: Cost| {
        vec![
            name.to_owned(),
            number(photos / cost.wall_s()),
            number(cost.cpu_ms() / photos),
            number(cost.cpu_ms() / megapixels),
            number(cost.peak_mb()),
            format!("{:.2} ×", cost.cpu_ms() / ours.cpu_ms()),
        ]
    };
    let mut rows = vec![row("lookalike scan", ours)];
    let mut note = String::new();
    match answer(&bench.args.czkawka, &["--version"]) {
        Some(version) => {
            let theirs = bench.cost(|| {
                let mut command = bench.other(&bench.args.czkawka);
                // -H: no cache; -N and -M: print nothing; -W: success though something was found; -m: small files too.
                command.args(["image", "-H", "-N", "-M", "-W", "-m", "1", "-d"]).arg(&folder);
                Ok(command)
            })?;
            rows.push(row(&format!("{version}, `image -H`"), theirs));
        }
        None => note = "czkawka is left out: it was not found.\n\n".to_owned(),
    }
    let head = ["program", "photos/s", "CPU ms a photo", "CPU ms a megapixel", "peak MB", "CPU to ours"];
    Ok(format!(
        "## A full scan\n\n{photos:.0} photos, {megapixels:.0} megapixels in sum ({whose}). Lookalike also takes content hashes, metadata and the small \
         pictures of the second look.\n\n{}{note}",
        table(&head, &rows)
    ))
}
