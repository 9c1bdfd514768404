//! Draws two sources for measuring `missing` at any size: `cargo run --release -p pipeline --example drawn_missing -- CATALOG ASSETS`.
//!
//! Rows only, half of them in each source: of the first source's photos 40 % have the same bytes in the second, 10 % are edges of evidence, the rest
//! is missing. Hashes are drawn, one in fifty near another, so that comparing has what a real library has to do.

#![allow(clippy::print_stderr)] // it tells what it drew and how long it took

use catalog::{Catalog, LedgerEntry, LocationRow, RootKind, SavedAsset};
use model::{
    Bits, ContentHash, DecodedFrom, Encoding, Evidence, FileKind, Fingerprint, Format, Metadata, Outcome, PayloadHash, PerceptualHash,
    Picture, PictureGrid, Proof, Relation, Role, SecondLook, SourceKind, Turn,
};
use std::error::Error;
use std::path::Path;
use std::time::Instant;
use testkit::rng::mix;

const BATCH: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, assets] = arguments.as_slice() else { return Err("give a path for the catalog and a number of assets".into()) };
    let (path, half) = (Path::new(path), assets.parse::<u64>()? / 2);
    if !path.exists() {
        draw(path, half)?;
    }
    let catalog = Catalog::open(path)?;
    for (from, against) in [("one", "other"), ("other", "one")] {
        let options = pipeline::MissingOptions { from: vec![from.to_owned()], against: vec![against.to_owned()], originals: false };
        let began = Instant::now();
        let answer = pipeline::find_missing(&catalog, &options, &pipeline::Silent, &pipeline::Stop::default())?;
        eprintln!("{from}: {:?} in {:.2} s", answer.sums, began.elapsed().as_secs_f64());
    }
    Ok(())
}

fn draw(path: &Path, half: u64) -> Result<(), Box<dyn Error>> {
    let catalog = Catalog::open(path)?;
    let scan = catalog.begin_scan()?;
    for (side, name) in [(0, "one"), (1, "other")] {
        let source = catalog.add_source(name, SourceKind::Folder)?;
        let root = catalog.add_root(source, RootKind::Folder, Path::new(&format!("/drawn/{name}")))?;
        for first in (0..half).step_by(BATCH as usize) {
            catalog.batch(|| {
                (first..(first + BATCH).min(half)).try_for_each(|n| {
                    let place = format!("{:03}/{side}-{n}.jpg", n % 500);
                    let entry = LedgerEntry {
                        path: Path::new(&place),
                        kind: FileKind::Media,
                        size_bytes: 3_000_000 + seed_of(n, side, half),
                        modified_ns: Some(0),
                        crc32: None,
                        hard_link: None,
                        outcome: None,
                        document: None,
                    };
                    catalog.write_ledger(root, &entry, scan)
                })
            })?;
        }
        let mut assets = Vec::new();
        for rows in catalog.ledger_of(root)?.chunks(BATCH as usize) {
            catalog.batch(|| {
                for row in rows {
                    let name = row.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                    let seed = seed_of(number_in(&name), side, half);
                    let (content, is_new) = catalog.add_content(3_000_000 + seed, ContentHash(bytes(seed)), None)?;
                    if is_new {
                        catalog.save_fingerprint(content, &print(seed))?;
                    }
                    catalog.end_ledger(row.id, FileKind::Media, &Outcome::Done, Some(content))?;
                    assets.push(SavedAsset {
                        identity: row.path.display().to_string(),
                        filename: name,
                        format: Some(Format::Jpeg),
                        content: Some(content),
                        size_bytes: 3_000_000 + seed,
                        size_px: Some((4000, 3000)),
                        metadata: Metadata::default(),
                        taken: None,
                        sidecar: None,
                        folder_flags: (false, false, false),
                        albums: Vec::new(),
                        locations: vec![LocationRow { ledger_id: row.id, role: Role::Original, sidecar_id: None, rule: None }],
                    });
                }
                Ok(())
            })?;
        }
        catalog.batch(|| catalog.save_assets(source, &assets, &[]))?;
    }
    eprintln!("drawn");
    sign(&catalog)
}

/// The same bytes on both sides for two of five.
fn seed_of(n: u64, side: u64, half: u64) -> u64 {
    if n % 5 < 2 { n } else { n + side * half }
}

fn number_in(name: &str) -> u64 {
    name.split('-').nth(1).and_then(|rest| rest.trim_end_matches(".jpg").parse().ok()).unwrap_or_default()
}

/// Signs all as a scan would, and ties one in ten by evidence.
fn sign(catalog: &Catalog) -> Result<(), Box<dyn Error>> {
    let sources = catalog.sources()?;
    let mut ids = Vec::new();
    for source in &sources {
        let mut signs = catalog.signs_of(source.id)?;
        signs.sort_by_key(|sign| number_in(&sign.filename));
        ids.push(signs.into_iter().map(|sign| sign.asset).collect::<Vec<_>>());
    }
    let all = catalog.unmatched()?;
    catalog.batch(|| {
        for some in all.chunks(4096) {
            for row in catalog.assets_of(some)? {
                let print = row.print.as_ref().expect("drawn");
                let (hash, quality, from) = print.picture.expect("drawn");
                let subject = matching::Subject {
                    asset: row.id,
                    contents: row.places.iter().filter_map(|place| place.content_hash).collect(),
                    payloads: row.places.iter().filter_map(|place| place.payload).collect(),
                    size_bytes: row.size_bytes,
                    format: print.print.format,
                    width: print.print.width,
                    height: print.print.height,
                    orientation: 1,
                    frames: 1,
                    metadata: Metadata::default(),
                    hash: Some(hash),
                    quality,
                    from: Some(from),
                    encoding: Encoding::default(),
                    frame_hashes: Vec::new(),
                    name: row.filename.clone(),
                    folder: String::new(),
                };
                let bytes: Vec<u8> = matching::Signature::of(&subject).iter().flat_map(matching::Signature::to_bytes).collect();
                catalog.save_signature(row.id, &bytes)?;
            }
        }
        catalog.set_matched(&all)
    })?;
    let look = SecondLook {
        distance_bits: Bits(6),
        turn: Turn::Upright,
        correlation: 0.999,
        gain: 1.0,
        offset: 0.0,
        luma_error: 0.5,
        worst_tile: 1.0,
        chroma_error: 0.5,
        leniency: None,
        worst_place: None,
    };
    // What is near was judged by the scan.
    let edge = |n: usize, other: usize, relation| Evidence {
        a: ids[0][n].min(ids[1][other]),
        b: ids[0][n].max(ids[1][other]),
        relation,
        strict: relation == Relation::ReEncoded,
        proof: Proof::Perceptual(look),
        notes: vec!["drawn".to_owned()],
    };
    let copies = (0..ids[0].len()).filter(|n| n % 10 == 4).map(|n| edge(n, n, Relation::ReEncoded));
    let near = (0..ids[0].len()).filter(|n| n % 50 == 7).map(|n| edge(n, n - 1, Relation::LookAlike));
    let edges: Vec<Evidence> = copies.chain(near).collect();
    catalog.batch(|| catalog.save_evidence(&edges, 0))?;
    Ok(())
}

fn bytes(seed: u64) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (at, word) in bytes.chunks_exact_mut(8).enumerate() {
        word.copy_from_slice(&mix(seed * 8 + at as u64).to_le_bytes());
    }
    bytes
}

fn print(seed: u64) -> Fingerprint {
    // One in fifty is near the one before it.
    let (of, flip) = if seed % 50 == 7 { (seed - 1, 0xff) } else { (seed, 0) };
    let word = |at: u64| mix(of * 16 + at);
    Fingerprint {
        recipe: fingerprints::RECIPE,
        format: Format::Jpeg,
        width: 4000,
        height: 3000,
        orientation: 1,
        frames: 1,
        metadata: Metadata::default(),
        payload: Some(PayloadHash(bytes(seed ^ 0x5555_0000_0000))),
        picture: Some(Picture {
            hash: PerceptualHash([word(0) ^ flip, word(1), word(2), word(3)]),
            quality: 100,
            grid: PictureGrid::from_bytes(&[(seed % 251) as u8; PictureGrid::BYTES]).expect("as long as a grid is"),
            from: DecodedFrom::Coarse,
        }),
        key_frames: Vec::new(),
        encoding: Encoding::default(),
        has_embedded_video: false,
        undecoded: None,
    }
}
