//! Drawn hashes for the benches of proposing: four fifths even, each of the others 0 to 63 bits from an earlier one, half of them turned.

use matching::{Signature, Subject};
use model::{AssetId, ContentHash, Encoding, Format, Metadata, PerceptualHash, Turn};

/// Returns a stream of numbers (SplitMix64).
fn stream(mut seed: u64) -> impl FnMut() -> u64 {
    move || {
        seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A planted pair: the assets, how many bits were flipped, and whether it was turned.
pub(crate) type Planted = (AssetId, AssetId, u64, bool);

/// Returns the signatures of so many assets, and the pairs planted among them.
pub(crate) fn draw(count: usize) -> (Vec<Signature>, Vec<Planted>) {
    let mut next = stream(count as u64);
    let (mut signatures, mut planted) = (Vec::with_capacity(count), Vec::new());
    let mut hashes: Vec<PerceptualHash> = Vec::with_capacity(count);
    for n in 0..count {
        let mut hash = PerceptualHash([next(), next(), next(), next()]);
        if n % 5 == 4 {
            let (other, bits, turned) = ((next() % n as u64) as usize, next() % 64, next().is_multiple_of(2));
            hash = hashes[other].turned(Turn::ALL[if turned { 1 + (next() % 7) as usize } else { 0 }]);
            let mut places: Vec<u8> = (0..=255).collect();
            for k in 0..bits as usize {
                places.swap(k, k + (next() % (256 - k as u64)) as usize);
                hash.0[usize::from(places[k] / 64)] ^= 1 << (places[k] % 64);
            }
            planted.push((AssetId(other as i64), AssetId(n as i64), bits, turned));
        }
        hashes.push(hash);
        signatures.extend(Signature::of(&subject(n, hash)));
    }
    (signatures, planted)
}

fn subject(n: usize, hash: PerceptualHash) -> Subject {
    let mut content = [0; 32];
    content[..8].copy_from_slice(&(n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes());
    Subject {
        asset: AssetId(n as i64),
        contents: vec![ContentHash(content)],
        payloads: Vec::new(),
        size_bytes: 3_000_000,
        format: Format::Jpeg,
        width: 4000,
        height: 3000,
        orientation: 1,
        frames: 1,
        metadata: Metadata::default(),
        hash: Some(hash),
        quality: 100,
        from: None,
        encoding: Encoding::default(),
        frame_hashes: Vec::new(),
        name: format!("picture-{n}.jpg"),
        folder: "photos".to_owned(),
    }
}
