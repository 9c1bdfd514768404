//! Draws a catalog for measuring the review at any size: `cargo run --release -p pipeline --example drawn_review -- CATALOG GROUPS`.
//!
//! Three photos a group, rows only: none of their files is there, so pictures come from the small squares that the catalog keeps. Of ten groups
//! seven have a byte copy and a thumbnail, two an encode that a person must look at, one is a burst. Dates, cameras, folders, sizes and
//! albums vary as in a library of twelve years.

#![allow(clippy::print_stderr)] // it tells what it drew

use catalog::{AlbumRow, Catalog, LedgerEntry, LocationRow, RootKind, SavedAsset};
use model::{
    Bits, ContentHash, Evidence, FileKind, Fingerprint, Format, Instant, Metadata, Outcome, Proof, Relation, Role, SecondLook, SourceKind,
    TimeSource, Turn,
};
use pipeline::GroupOptions;
use pipeline::review::Review;
use std::error::Error;
use std::path::Path;
use testkit::rng::mix;
use testkit::{Scene, encode};

/// Photos of one group.
const MEMBERS: usize = 3;
/// Different pictures drawn.
const PICTURES: usize = 120;
/// Rows written in one transaction.
const BATCH: usize = 9_999;
const CAMERAS: [(&str, &str); 5] =
    [("Canon", "EOS 5D Mark III"), ("Google", "Pixel 4a"), ("Apple", "iPhone 8"), ("NIKON", "D700"), ("SONY", "ILCE-7M3")];
const ALBUMS: [&str; 4] = ["Kyoto in April", "Été à la mer", "Family & friends", "Garden"];
/// 2010-01-01, and the seconds of twelve years.
const BEGIN_S: i64 = 1_262_304_000;
const SPAN_S: u64 = 378_691_200;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, path, groups] = arguments.as_slice() else { return Err("give a path for the catalog and a number of groups".into()) };
    let (path, groups) = (Path::new(path), groups.parse::<usize>()?);
    if path.exists() {
        return Err("there is a catalog already".into());
    }
    let pictures: Vec<Fingerprint> = (0..PICTURES).map(picture).collect();
    let catalog = Catalog::open(path)?;
    let source = catalog.add_source("photos", SourceKind::Folder)?;
    let root = catalog.add_root(source, RootKind::Folder, Path::new("/drawn"))?;
    let scan = catalog.begin_scan()?;
    let count = groups * MEMBERS;
    for first in (0..count).step_by(BATCH) {
        catalog.batch(|| {
            (first..(first + BATCH).min(count)).try_for_each(|at| {
                let name = place(at);
                let entry = LedgerEntry {
                    path: Path::new(&name),
                    kind: FileKind::Media,
                    size_bytes: size_bytes(at),
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
    let mut assets = Vec::with_capacity(count);
    let rows = catalog.ledger_of(root)?;
    for (rows, first) in rows.chunks(BATCH).zip((0..count).step_by(BATCH)) {
        catalog.batch(|| {
            for (row, at) in rows.iter().zip(first..) {
                let is_twin = kind(at / MEMBERS) == Kind::Copies && at % MEMBERS == 1;
                let original = if is_twin { at - 1 } else { at };
                let print = print(&pictures, original);
                let content = catalog.add_content(size_bytes(original), hash(original), None)?.0;
                if !is_twin {
                    catalog.save_fingerprint(content, &print)?;
                }
                catalog.end_ledger(row.id, FileKind::Media, &Outcome::Done, Some(content))?;
                let locations = vec![LocationRow { ledger_id: row.id, role: Role::Original, sidecar_id: None, rule: None }];
                assets.push(saved(at, &print, content, locations));
            }
            Ok(())
        })?;
    }
    let albums: Vec<AlbumRow> =
        ALBUMS.iter().map(|title| AlbumRow { folder: (*title).to_owned(), title: (*title).to_owned(), caption: None }).collect();
    catalog.batch(|| catalog.save_assets(source, &assets, &albums))?;
    drop(assets);
    let ids: Vec<_> = catalog.unmatched()?;
    for ids in ids.chunks(BATCH) {
        catalog.batch(|| {
            for group in ids.chunks_exact(MEMBERS) {
                catalog.save_evidence(&edges(group[0].0 as usize / MEMBERS, group), 1)?;
            }
            catalog.set_matched(ids)
        })?;
    }
    catalog.optimize()?;
    let review = Review::open(path, GroupOptions::default(), || BEGIN_S)?;
    let progress = review.overview()?.progress;
    eprintln!("{} groups, {} open, {} photos may go", progress.groups, progress.open, progress.removals);
    Ok(())
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Copies,
    Look,
    Burst,
}

fn kind(group: usize) -> Kind {
    match group % 10 {
        0..7 => Kind::Copies,
        7..9 => Kind::Look,
        _ => Kind::Burst,
    }
}

fn place(at: usize) -> String {
    let (group, member) = (at / MEMBERS, at % MEMBERS);
    let folder = ["Camera", "Old disk/Pictures", "Phone backup"][mix(group as u64) as usize % 3];
    format!("{folder}/{:03}/IMG_{group:07}{}.jpg", group / 500, ["", " (1)", "-small"][member])
}

fn size_bytes(at: usize) -> u64 {
    let (group, member) = (at / MEMBERS, at % MEMBERS);
    let whole = 1_500_000 + mix(group as u64 + 7) % 7_000_000;
    if member == 2 { whole / 9 } else { whole }
}

fn hash(at: usize) -> ContentHash {
    let mut bytes = [0; 32];
    bytes.chunks_exact_mut(8).zip(1..).for_each(|(part, n)| part.copy_from_slice(&mix((at as u64) << 3 | n).to_le_bytes()));
    ContentHash(bytes)
}

/// Returns what is known of a drawn picture.
fn picture(seed: usize) -> Fingerprint {
    let jpeg = encode::jpeg(&Scene::new(seed as u64).draw(640, 480), 85, &encode::JpegOptions::default());
    fingerprints::fingerprint(&jpeg, Format::Jpeg)
}

fn print(pictures: &[Fingerprint], at: usize) -> Fingerprint {
    let (group, member) = (at / MEMBERS, at % MEMBERS);
    let mut print = pictures[mix(group as u64) as usize % PICTURES].clone();
    let (make, model) = CAMERAS[mix(group as u64 + 3) as usize % CAMERAS.len()];
    (print.width, print.height) = if member == 2 { (1024, 768) } else { (4000, 3000) };
    if member < 2 || kind(group) == Kind::Burst {
        (print.metadata.make, print.metadata.model) = (Some(make.to_owned()), Some(model.to_owned()));
    }
    print
}

fn saved(at: usize, print: &Fingerprint, content: model::ContentId, locations: Vec<LocationRow>) -> SavedAsset {
    let (group, member) = (at / MEMBERS, at % MEMBERS);
    let name = place(at).rsplit('/').next().unwrap_or_default().to_owned();
    let taken = (!group.is_multiple_of(50)).then(|| Instant {
        utc_seconds: BEGIN_S + (mix(group as u64 + 11) % SPAN_S) as i64,
        nanos: 0,
        offset_minutes: Some(120),
        source: TimeSource::ExifOriginal,
        why: Instant::why_of(""),
    });
    let album = mix(at as u64 + 5).is_multiple_of(9).then(|| ALBUMS[group % ALBUMS.len()].to_owned());
    SavedAsset {
        identity: format!("path:{}", place(at)),
        filename: name,
        format: Some(Format::Jpeg),
        content: Some(content),
        size_bytes: size_bytes(at),
        size_px: Some((print.width, print.height)),
        metadata: Metadata { caption: (member == 1 && group.is_multiple_of(7)).then(|| "By the sea".to_owned()), ..print.metadata.clone() },
        taken,
        sidecar: None,
        folder_flags: (false, false, false),
        albums: album.into_iter().collect(),
        locations,
    }
}

fn edges(group: usize, members: &[model::AssetId]) -> Vec<Evidence> {
    let edge = |b: usize, relation, proof| Evidence { a: members[0], b: members[b], relation, strict: true, proof, notes: Vec::new() };
    let look = |worst_place| {
        Proof::Perceptual(SecondLook {
            distance_bits: Bits((mix(group as u64) % 9) as u32),
            turn: Turn::Upright,
            correlation: 0.9987,
            gain: 1.0,
            offset: 0.0,
            luma_error: 1.2,
            worst_tile: 2.4,
            chroma_error: 0.8,
            leniency: Some(0.4),
            worst_place: Some(worst_place),
        })
    };
    match kind(group) {
        Kind::Copies => vec![edge(1, Relation::Identical, Proof::Content), edge(2, Relation::Thumbnail, look(0.5))],
        Kind::Look => vec![edge(1, Relation::ReEncoded, look(1.4)), edge(2, Relation::Thumbnail, look(1.2))],
        Kind::Burst => vec![edge(1, Relation::Burst, Proof::Capture), edge(2, Relation::Burst, Proof::Capture)],
    }
}
