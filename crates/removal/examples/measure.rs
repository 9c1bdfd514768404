//! What removing and undoing cost: `cargo run --release -p removal --example measure -- FOLDER [COPIES] [KILOBYTES]` draws so many pairs of equal
//! files in a new folder below FOLDER, 500 copies a folder, removes the copies, takes them back, and tells time and waits for the disk.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement draws its own files and tells")]

use removal::{
    Homes, PLAN_FORMAT, PLAN_VERSION, Plan, PlanFrom, PlanSums, PlannedFile, PlannedKeeper, Removal, RemoveOptions, System, UndoWitness,
    Witness, hash_of,
};
use std::path::{Path, PathBuf};
use std::time::Instant;

struct Silent;

impl Witness for Silent {
    fn is_stopped(&self) -> bool {
        false
    }
    fn before(&mut self, _run: &str, _units: &[(u64, &Removal)]) -> Result<(), String> {
        Ok(())
    }
    fn after(&mut self, _run: &str, _ended: &[removal::Ended]) -> Result<(), String> {
        Ok(())
    }
    fn reach(&mut self, _units: u64, _bytes: u64) {}
}

impl UndoWitness for Silent {
    fn is_stopped(&self) -> bool {
        false
    }
    fn restored(&mut self, _run: &str, _units: &[(u64, &Removal)]) -> Result<(), String> {
        Ok(())
    }
    fn reach(&mut self, _files: u64) {}
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder")?);
    let copies: u32 = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let size: usize = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let base = std::fs::canonicalize(&folder)?.join(format!("removal-{}", std::process::id()));
    let root = base.join("photos");
    let mut removals = Vec::new();
    for number in 0..copies {
        let inner = root.join(format!("{:03}", number / 500));
        std::fs::create_dir_all(&inner)?;
        let mut bytes = vec![0u8; size * 1000];
        let step = bytes.len().div_ceil(64).max(8);
        for part in bytes.chunks_exact_mut(step) {
            part[..4].copy_from_slice(&number.to_le_bytes());
        }
        let (keeper, copy) = (inner.join(format!("{number}.jpg")), inner.join(format!("{number} (1).jpg")));
        std::fs::write(&keeper, &bytes)?;
        std::fs::write(&copy, &bytes)?;
        removals.push(removal(&root, &copy, &keeper, &bytes));
    }
    let plan = plan(removals);
    let (state, options) =
        (base.join("state"), RemoveOptions { threads: std::thread::available_parallelism()?.get(), ..RemoveOptions::default() });
    let began = Instant::now();
    let report = removal::remove(&System, &state, &plan, &options, &mut Silent)?;
    let removed = report.ended.iter().filter(|end| end.refusal.is_none()).count();
    println!("{removed} of {copies} removed in {:.2} s, {} waits for the disk", began.elapsed().as_secs_f64(), report.waits);
    let began = Instant::now();
    let homes = Homes { state, trashes: Vec::new() };
    let report = removal::undo(&System, &homes, None, &mut Silent)?;
    println!("{} of {copies} back in {:.2} s, {} waits for the disk", report.units.len(), began.elapsed().as_secs_f64(), report.waits);
    std::fs::remove_dir_all(&base)?;
    Ok(())
}

fn plan(removals: Vec<Removal>) -> Plan {
    Plan {
        format: PLAN_FORMAT.to_owned(),
        version: PLAN_VERSION,
        id: "0123456789abcdef0123456789abcdef".to_owned(),
        made_at: String::new(),
        catalog: Path::new("").into(),
        from: PlanFrom::Rules,
        keep: None,
        across: Vec::new(),
        with: Vec::new(),
        sums: PlanSums::default(),
        removals,
        handoff: Vec::new(),
        left: Vec::new(),
    }
}

fn removal(root: &Path, copy: &Path, keeper: &Path, bytes: &[u8]) -> Removal {
    let planned = |path: &Path| PlannedFile { path: path.into(), size_bytes: bytes.len() as u64, content_hash: hash_of(bytes) };
    Removal {
        asset: 2,
        group: 1,
        source: "photos".to_owned(),
        root: root.into(),
        relation: model::Relation::Identical,
        reasons: Vec::new(),
        files: vec![planned(copy)],
        companions: Vec::new(),
        keeper: PlannedKeeper { asset: 1, source: "photos".to_owned(), root: root.into(), file: planned(keeper) },
        carry: removal::xmp::Curation::default(),
        carry_words: Vec::new(),
        sidecar: None,
        sha1: None,
        payload_hash: None,
    }
}
