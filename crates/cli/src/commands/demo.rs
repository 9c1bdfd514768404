//! `lookalike demo`: draws a small library, scans it, shows what was found, says what to try next.

use super::{World, groups, plan, scan, stop_on_ctrl_c};
use crate::args::DemoArgs;
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{plural, safe};
use pipeline::{Catalog, GroupOptions, ScanOptions, form, lightroom_previews};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// The demo draws the same pictures each time.
const SEED: u64 = 1;
/// How many groups and removals are shown; the rest is counted.
const SHOWN: usize = 3;

pub(crate) fn run(world: &World, args: DemoArgs) -> Result<()> {
    let stop = stop_on_ctrl_c();
    let folder = folder(args.folder)?;
    if args.google {
        return super::demo_google::run(world, &folder, &stop);
    }
    if !world.quiet {
        say(&format!("drawing a photo library in {}", safe(&folder.display().to_string())));
    }
    let library = testkit::demo::DemoLibrary::draw(&folder, SEED, &mut |_done, _all| !stop.asked())?;
    if stop.asked() {
        return Err(pipeline::Error::Interrupted.into());
    }
    let catalog_path = folder.join("catalog.sqlite");
    let catalog = Catalog::open(&catalog_path).map_err(pipeline::Error::from)?;
    let options =
        ScanOptions { paths: library.archives.clone(), now_utc_seconds: jiff::Timestamp::now().as_second(), ..ScanOptions::default() };
    let began = Instant::now();
    let progress = Progress::new(world.quiet);
    let report = pipeline::scan(&catalog, &options, &progress, &stop);
    progress.finish();
    let report = report?;
    let mut out = Out::new();
    out.line(format!(
        "{} in {}:",
        plural(library.rows.len() as u64, "photo and film file"),
        plural(library.archives.len() as u64, "Takeout archive")
    ))?;
    out.flush()?;
    drop(out);
    scan::tell(&report, began.elapsed().as_secs(), false)?;
    if report.interrupted {
        return Err(pipeline::Error::Interrupted.into());
    }
    let formed = form(&catalog, &GroupOptions::default())?;
    let mut out = Out::new();
    out.line("")?;
    groups::show(&mut out, &formed, SHOWN)?;
    out.line("\nthe plan")?;
    plan::show(&mut out, &formed, &formed.plan(), &lightroom_previews(&formed), SHOWN)?;
    next_steps(&mut out, &catalog_path)?;
    out.flush()?;
    Ok(())
}

fn folder(wanted: Option<PathBuf>) -> Result<PathBuf> {
    match wanted {
        Some(folder) => {
            if std::fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(Failure::usage(
                    format!("`{}` is not empty", folder.display()),
                    "name a new folder; the demo writes only into its own",
                ));
            }
            Ok(folder)
        }
        None => Ok(tempfile::Builder::new().prefix("lookalike-demo-").tempdir()?.keep()),
    }
}

fn next_steps(out: &mut Out, catalog: &Path) -> Result<()> {
    let name = std::env::current_exe().ok().map_or("lookalike".to_owned(), |path| path.display().to_string());
    let catalog = catalog.display();
    out.line("\ntry next:")?;
    out.line(format!("  export LOOKALIKE_CATALOG={catalog}"))?;
    for (command, what) in [
        ("review", "the same side by side in your browser, to decide on"),
        ("groups --relation burst", "the burst, which is kept"),
        ("groups --finder lightroom-previews", "Lightroom's previews that a sync program uploaded"),
        ("sql \"SELECT camera_model, count(*) FROM photos GROUP BY 1\"", "your own question"),
        ("status --ledger --problems", "files that failed or were left out, and why"),
        ("plan --prefer jpeg", "the same plan with your choice for RAW+JPEG pairs"),
    ] {
        out.line(format!("  {name} {command}"))?;
        out.line(format!("      {what}"))?;
    }
    out.line("and then your own: lookalike scan ~/Pictures takeout-*.zip (without the demo's LOOKALIKE_CATALOG)")?;
    Ok(())
}
