//! Measures a scan of a thousand new photos beside a large catalog: they are read, assembled, matched against all, and grouped:
//! `cargo bench -p pipeline --bench joining`. The largest catalog takes 7 GB below the system's temporary folder.
//!
//! The catalog's own photos are rows only, with hashes drawn by chance; each fifth is a byte copy of the one before it. They lie in another
//! source, which is not walked. What is timed is the whole of [`pipeline::scan`] on a folder of a thousand small drawn files.

#![allow(clippy::disallowed_methods)] // it draws below a temporary folder of its own

use catalog::{Catalog, LedgerEntry, LocationRow, RootKind, SavedAsset};
use model::{
    AssetId, ContentHash, DecodedFrom, Encoding, FileKind, Fingerprint, Format, Metadata, Outcome, PerceptualHash, Picture, PictureGrid,
    SourceKind,
};
use pipeline::{ScanOptions, ScanReport, Silent, Stop, scan};
use std::error::Error;
use std::path::{Path, PathBuf};
use testkit::library::bulk::small_photos;
use testkit::rng::mix;

/// Photos known before. The exponent from the first to the last should be well below 1.
const COUNTS: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Photos that join.
const FRESH: usize = 1000;
/// Rows written in one transaction.
const BATCH: usize = 10_000;

fn main() {
    divan::main();
}

#[divan::bench(args = COUNTS, sample_count = 3, sample_size = 1)]
fn a_thousand_joining(bencher: divan::Bencher<'_, '_>, count: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let catalog = known(folder.path(), count).expect("the catalog can be drawn");
    let mut from = 0;
    bencher
        .with_inputs(|| {
            let fresh = folder.path().join(format!("fresh-{from}"));
            small_photos(&fresh, 7, from..from + FRESH).expect("photos can be drawn");
            from += FRESH;
            fresh
        })
        .bench_local_values(|fresh| {
            let report = join(&catalog, fresh).expect("a drawn folder can be scanned");
            assert_eq!(report.fingerprints_drawn, FRESH as u64);
        });
}

fn join(catalog: &Catalog, folder: PathBuf) -> pipeline::Result<ScanReport> {
    scan(catalog, &ScanOptions { paths: vec![folder], ..ScanOptions::default() }, &Silent, &Stop::default())
}

/// Returns a catalog of so many photos, matched and grouped.
fn known(folder: &Path, count: usize) -> Result<Catalog, Box<dyn Error>> {
    let catalog = Catalog::open(&folder.join("catalog.sqlite"))?;
    let source = catalog.add_source("known", SourceKind::Folder)?;
    let root = catalog.add_root(source, RootKind::Folder, Path::new("/known"))?;
    let number = catalog.begin_scan()?;
    let mut assets = Vec::with_capacity(count);
    for first in (0..count).step_by(BATCH) {
        catalog.batch(|| {
            for at in first..(first + BATCH).min(count) {
                let name = name(at);
                let entry = LedgerEntry {
                    path: Path::new(&name),
                    kind: FileKind::Media,
                    size_bytes: 3_000_000,
                    modified_ns: Some(0),
                    crc32: None,
                    hard_link: None,
                    outcome: None,
                    document: None,
                };
                catalog.write_ledger(root, &entry, number)?;
            }
            Ok(())
        })?;
    }
    let rows = catalog.ledger_of(root)?;
    for (rows, first) in rows.chunks(BATCH).zip((0..count).step_by(BATCH)) {
        catalog.batch(|| {
            for (row, at) in rows.iter().zip(first..) {
                let original = if at % 5 == 4 { at - 1 } else { at };
                let content = catalog.add_content(3_000_000, ContentHash(drawn(original)), None)?.0;
                if original == at {
                    catalog.save_fingerprint(content, &print(at))?;
                }
                catalog.end_ledger(row.id, FileKind::Media, &Outcome::Done, Some(content))?;
                assets.push(SavedAsset {
                    identity: format!("path:{}", name(at)),
                    filename: name(at),
                    format: Some(Format::Jpeg),
                    content: Some(content),
                    size_bytes: 3_000_000,
                    size_px: Some((4000, 3000)),
                    metadata: Metadata::default(),
                    taken: None,
                    sidecar: None,
                    folder_flags: (false, false, false),
                    albums: Vec::new(),
                    locations: vec![LocationRow { ledger_id: row.id, role: model::Role::Original, sidecar_id: None, rule: None }],
                });
            }
            Ok(())
        })?;
    }
    catalog.batch(|| catalog.save_assets(source, &assets, &[]))?;
    let empty = folder.join("empty");
    std::fs::create_dir(&empty)?;
    join(&catalog, empty)?;
    assert_eq!(catalog.assets_to_regroup(1)?, Vec::<AssetId>::new());
    Ok(catalog)
}

fn name(at: usize) -> String {
    format!("{:04}/IMG_{at:07}.jpg", at / 1000)
}

/// Draws 32 bytes for a number.
fn drawn(at: usize) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (word, chunk) in bytes.chunks_exact_mut(8).enumerate() {
        chunk.copy_from_slice(&mix((at * 4 + word) as u64).to_le_bytes());
    }
    bytes
}

fn print(at: usize) -> Fingerprint {
    let cells = drawn(at).repeat(PictureGrid::BYTES.div_ceil(32));
    let words = drawn(at + 1);
    let mut hash = PerceptualHash([0; 4]);
    for (word, chunk) in hash.0.iter_mut().zip(words.chunks_exact(8)) {
        *word = u64::from_le_bytes(chunk.try_into().expect("a chunk has eight bytes"));
    }
    Fingerprint {
        recipe: fingerprints::RECIPE,
        format: Format::Jpeg,
        width: 4000,
        height: 3000,
        orientation: 1,
        frames: 1,
        metadata: Metadata::default(),
        payload: None,
        picture: Some(Picture {
            hash,
            quality: 100,
            grid: PictureGrid::from_bytes(&cells[..PictureGrid::BYTES]).expect("as many bytes as a grid has"),
            from: DecodedFrom::Coarse,
        }),
        key_frames: Vec::new(),
        encoding: Encoding::default(),
        has_embedded_video: false,
        undecoded: None,
    }
}
