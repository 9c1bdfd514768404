//! Measures forming groups from drawn evidence, from ten thousand to a million assets: `cargo bench -p decisions --bench grouping`.
//!
//! Half of the assets stand alone; the others are a photo with one to nine copies. In two of three such families all pairs have evidence,
//! in the third only the pairs with the original; one in a hundred assets is near something foreign as well (`look-alike`). Drawing is not
//! counted.

use decisions::{AssetFacts, Options, groups};
use model::{AssetId, Encoding, Evidence, Format, Metadata, Proof, Relation, SourceId, SourceKind};

/// Assets of each run. The exponent from the first to the last should be near 1.
const COUNTS: [usize; 4] = [10_000, 30_000, 100_000, 1_000_000];

fn main() {
    divan::main();
}

#[divan::bench(args = COUNTS, sample_count = 3, sample_size = 1)]
fn forming(bencher: divan::Bencher<'_, '_>, count: usize) {
    let assets: Vec<AssetFacts> = (0..count).map(asset).collect();
    let evidence = evidence(count);
    let options = Options::default();
    bencher.bench_local(|| groups(&assets, &evidence, &options).len());
}

/// Mixes 64 bits (splitmix64's finalizer), so that sizes and families look drawn by chance and are the same each time.
fn mix(value: usize) -> usize {
    let mut z = (value as u64).wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as usize
}

fn asset(number: usize) -> AssetFacts {
    let side = 600 + (mix(number) % 3400) as u32;
    AssetFacts {
        asset: AssetId(number as i64),
        source: SourceId(1),
        source_name: "photos".to_owned(),
        source_kind: SourceKind::Folder,
        online: true,
        reference: false,
        path: format!("/photos/{:04}/IMG_{number:07}.jpg", number / 1000),
        name: format!("IMG_{number:07}.jpg"),
        format: Some(Format::Jpeg),
        width: side,
        height: side * 3 / 4,
        orientation: 1,
        size_bytes: u64::from(side) * u64::from(side) / 5,
        content: None,
        sha1: None,
        metadata: Metadata::default(),
        encoding: Encoding { jpeg_quality: Some(60 + (mix(number) % 36) as u8), ..Encoding::default() },
        taken: None,
        uploaded_utc_seconds: None,
        albums: Vec::new(),
        favourite: false,
        archived: false,
        trashed: false,
        locked: false,
        partner: false,
        caption: None,
        people: Vec::new(),
        place: None,
        origin: None,
        companions: 0,
        renditions: 0,
        in_library_package: false,
        recorded: None,
        is_chosen: false,
        removed_before: None,
    }
}

fn evidence(count: usize) -> Vec<Evidence> {
    let edge = |a: usize, b: usize, relation: Relation| Evidence {
        a: AssetId(a as i64),
        b: AssetId(b as i64),
        relation,
        strict: relation != Relation::LookAlike,
        proof: Proof::Payload,
        notes: vec!["the same picture, coded anew".to_owned()],
    };
    let (mut edges, mut first) = (Vec::new(), 0);
    while first < count {
        let alone = mix(first) % 13 < 11;
        let size = if alone { 1 } else { 2 + mix(first) % 9 }.min(count - first);
        for a in first..first + size {
            for b in a + 1..first + size {
                if a == first || !first.is_multiple_of(3) {
                    edges.push(edge(a, b, if mix(b).is_multiple_of(2) { Relation::ReEncoded } else { Relation::Thumbnail }));
                }
            }
        }
        first += size;
    }
    for number in (0..count.saturating_sub(50)).step_by(100) {
        edges.push(edge(number, number + 1 + mix(number) % 48, Relation::LookAlike));
    }
    edges
}
