//! What proposing pairs needs of an asset, small enough that a million fit a pocket: its perceptual hash and keys of all else by which two
//! assets may belong together. A key is 64 bits of a hash, so two assets may agree in one by chance; that costs a judgement, which looks
//! at the whole, and nothing else.
//!
//! It does not say who belongs together (that is `propose.rs`), and it keeps no name, path or place.
//!
//! **Invariant:** a signature is a function of its subject, [`RECIPE`] and nothing else: the same on every machine, so it may be stored.

use crate::capture::{camera_key, own_time};
use crate::names::stem;
use crate::thresholds::QUALITY_MIN;
use crate::{RECIPE, Subject};
use model::{AssetId, Format, PerceptualHash};

/// Content and payload hashes that one row has room for: most assets have one of each, an album's copy with other bytes two.
const KEYS: usize = 4;
/// Told apart from contents, whose hashes are drawn by the same function.
const PAYLOAD: u64 = 0x7061_796c_6f61_6400;

const STILL: u8 = 1;
const ELIGIBLE: u8 = 2;
const SPECIAL: u8 = 4;
const TIMED: u8 = 8;
/// A row of one moment of a film.
const MOMENT: u8 = 16;

/// What a row tells of one moment of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FilmMoment<'s> {
    /// Length of the film in ms.
    pub(crate) length_ms: u64,
    /// The moment in ms.
    pub(crate) at_ms: u64,
    /// What it shows.
    pub(crate) hash: &'s PerceptualHash,
}

/// A row of what proposing pairs needs of an asset. 112 bytes; [`LENGTH`](Self::LENGTH) when stored.
///
/// **Invariant:** of several rows of one asset only the first has more than content keys; those of a film's moments have none, and nothing
/// but the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    asset: AssetId,
    hash: PerceptualHash,
    /// Keys of contents and payloads; 0 is none.
    keys: [u64; KEYS],
    /// Key of make and model; 0 is none. Of a `MOMENT`: the film's length in ms.
    camera: u64,
    /// Key of the burst's identifier; 0 is none.
    burst: u64,
    /// Key of folder and stem; 0 is none.
    stem: u64,
    /// Time of taking by the camera's clock; 0 unless `TIMED`. Of a `MOMENT`: its place in the film in ms.
    seconds: i64,
    flags: u8,
}

impl Signature {
    /// Bytes of a stored row.
    pub const LENGTH: usize = 4 + 8 + 32 + 8 * KEYS + 4 * 8 + 1;

    /// Returns the rows of `subject`: one, one more for every four content and payload hashes beyond the first four, and one for each
    /// moment of a film that shows something.
    #[must_use]
    pub fn of(subject: &Subject) -> Vec<Self> {
        let head = |bytes: &[u8; 32]| u64::from_le_bytes(*bytes.first_chunk().expect("a hash has 32 bytes"));
        let contents = subject.contents.iter().map(|content| head(&content.0));
        let payloads = subject.payloads.iter().map(|payload| head(&payload.0) ^ PAYLOAD);
        let mut keys: Vec<u64> = contents.chain(payloads).map(|key| key.max(1)).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut rows: Vec<Self> = keys.chunks(KEYS).map(|keys| Self::bare(subject.asset, keys)).collect();
        if rows.is_empty() {
            rows.push(Self::bare(subject.asset, &[]));
        }
        rows[0].describe(subject);
        if let Some(length_ms) = subject.metadata.duration_ms {
            let telling = subject.frame_hashes.iter().filter(|frame| frame.2 >= QUALITY_MIN);
            rows.extend(telling.map(|&(at_ms, hash, _)| Self {
                hash,
                camera: length_ms,
                seconds: at_ms.cast_signed(),
                flags: MOMENT,
                ..Self::bare(subject.asset, &[])
            }));
        }
        rows
    }

    fn bare(asset: AssetId, some: &[u64]) -> Self {
        let mut keys = [0; KEYS];
        keys[..some.len()].copy_from_slice(some);
        Self { asset, hash: PerceptualHash::default(), keys, camera: 0, burst: 0, stem: 0, seconds: 0, flags: 0 }
    }

    fn describe(&mut self, subject: &Subject) {
        let time = own_time(&subject.metadata);
        let special = subject.format.is_raw() || subject.format == Format::Heic || subject.hash.is_none();
        let set = |flag: u8, set: bool| if set { flag } else { 0 };
        self.flags =
            set(STILL, subject.is_still()) | set(ELIGIBLE, is_eligible(subject)) | set(SPECIAL, special) | set(TIMED, time.is_some());
        self.hash = subject.hash.unwrap_or_default();
        self.camera = camera_key(&subject.metadata).map_or(0, |camera| key_of(&[&camera]));
        self.burst = subject.metadata.burst_id.as_deref().map_or(0, |burst| key_of(&[burst]));
        self.stem = if subject.name.is_empty() { 0 } else { key_of(&[&subject.folder, &stem(&subject.name)]) };
        self.seconds = time.map_or(0, |time| time.local_seconds);
    }

    /// Returns the asset.
    #[must_use]
    pub fn asset(&self) -> AssetId {
        self.asset
    }

    /// Returns the row as it is stored: the recipe, then the fields in order, all little-endian.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LENGTH] {
        let mut bytes = Vec::with_capacity(Self::LENGTH);
        bytes.extend(RECIPE.to_le_bytes());
        bytes.extend(self.asset.0.to_le_bytes());
        bytes.extend(self.hash.to_bytes());
        for key in self.keys.into_iter().chain([self.camera, self.burst, self.stem]) {
            bytes.extend(key.to_le_bytes());
        }
        bytes.extend(self.seconds.to_le_bytes());
        bytes.push(self.flags);
        bytes.try_into().expect("the fields are as long as `LENGTH` says")
    }

    /// Returns the row of [`to_bytes`](Self::to_bytes); `None` for another length or another recipe's row.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::LENGTH] = bytes.try_into().ok()?;
        let (recipe, rest) = bytes.split_first_chunk::<4>()?;
        let (asset, rest) = rest.split_first_chunk::<8>()?;
        let (hash, rest) = rest.split_first_chunk::<32>()?;
        let words = rest.chunks_exact(8);
        let flags = *words.remainder().first()?;
        let mut words = words.map(|word| u64::from_le_bytes(word.try_into().expect("chunks of eight bytes")));
        let mut next = || words.next();
        let mut keys = [0; KEYS];
        for key in &mut keys {
            *key = next()?;
        }
        let (camera, burst, stem, seconds) = (next()?, next()?, next()?, next()?.cast_signed());
        let (asset, hash) = (AssetId(i64::from_le_bytes(*asset)), PerceptualHash::from_bytes(hash)?);
        (u32::from_le_bytes(*recipe) == RECIPE).then_some(Self { asset, hash, keys, camera, burst, stem, seconds, flags })
    }

    /// Returns the hash, if it may be trusted.
    pub(crate) fn hash(&self) -> Option<&PerceptualHash> {
        (self.flags & ELIGIBLE != 0).then_some(&self.hash)
    }

    /// Returns the keys of contents and payloads.
    pub(crate) fn content_keys(&self) -> impl Iterator<Item = u64> {
        self.keys.into_iter().filter(|&key| key != 0)
    }

    /// Tells a plain still picture from films, animations and documents.
    pub(crate) fn is_still(&self) -> bool {
        self.flags & STILL != 0
    }

    /// Tells what a name may tie to another: a RAW, a HEIC or what has no pixels.
    pub(crate) fn is_special(&self) -> bool {
        self.flags & SPECIAL != 0
    }

    /// Returns the key of make and model.
    pub(crate) fn camera(&self) -> Option<u64> {
        Some(self.camera).filter(|&key| key != 0 && self.flags & MOMENT == 0)
    }

    /// Returns the moment of a film that this row tells of.
    pub(crate) fn moment(&self) -> Option<FilmMoment<'_>> {
        let moment = FilmMoment { length_ms: self.camera, at_ms: self.seconds.cast_unsigned(), hash: &self.hash };
        (self.flags & MOMENT != 0).then_some(moment)
    }

    /// Returns the key of the burst's identifier.
    pub(crate) fn burst(&self) -> Option<u64> {
        Some(self.burst).filter(|&key| key != 0)
    }

    /// Returns the key of folder and stem.
    pub(crate) fn stem(&self) -> Option<u64> {
        Some(self.stem).filter(|&key| key != 0)
    }

    /// Returns the time of taking, seconds by the camera's clock.
    pub(crate) fn seconds(&self) -> Option<i64> {
        (self.flags & TIMED != 0).then_some(self.seconds)
    }
}

/// Tells whether a subject's perceptual hash may be trusted: a still that could be decoded and is not too plain.
#[must_use]
pub fn is_eligible(subject: &Subject) -> bool {
    subject.is_still() && subject.hash.is_some() && subject.quality >= QUALITY_MIN
}

/// Returns 64 bits that tell `parts` from others, never 0: FNV-1a (Fowler, Noll, Vo), which is the same everywhere and forever. A byte
/// that no UTF-8 has ends each part.
fn key_of(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325_u64, |key, byte| (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::fixture::subject;
    use model::{CaptureTime, ContentHash, PayloadHash, TimeSource};
    use proptest::prelude::*;

    #[test]
    fn a_million_are_small() {
        assert_eq!(Signature::LENGTH, 109);
        assert!(size_of::<Signature>() <= 112);
    }

    #[test]
    fn an_asset_with_many_bytes_has_many_rows() {
        let mut many = subject(7);
        many.contents = (0..6).map(|n| ContentHash([n; 32])).collect();
        many.payloads = (0..3).map(|n| PayloadHash([n; 32])).collect();
        many.hash = Some(PerceptualHash([1; 4]));
        let rows = Signature::of(&many);
        assert_eq!(rows.len(), 3, "nine keys, four a row");
        assert!(rows.iter().all(|row| row.asset() == AssetId(7)));
        assert_eq!(
            rows.iter().flat_map(Signature::content_keys).collect::<std::collections::HashSet<_>>().len(),
            9,
            "a payload is no content"
        );
        assert!(rows[0].hash().is_some() && rows[1].hash().is_none() && rows[1].stem().is_none());
        many.contents.truncate(3);
        many.payloads.truncate(1);
        assert_eq!(Signature::of(&many).len(), 1, "four fit one row");
        many.contents.clear();
        many.payloads.clear();
        assert_eq!(Signature::of(&many).len(), 1, "what has no hash yet is there all the same");
    }

    #[test]
    fn a_film_has_a_row_for_each_moment_that_shows_something() {
        let mut film = subject(7);
        (film.format, film.metadata.duration_ms) = (Format::Mp4, Some(2000));
        film.frame_hashes = vec![(0, PerceptualHash([1; 4]), QUALITY_MIN - 1), (1036, PerceptualHash([2; 4]), QUALITY_MIN)];
        let rows = Signature::of(&film);
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].moment(), None);
        assert_eq!(rows[1].moment(), Some(FilmMoment { length_ms: 2000, at_ms: 1036, hash: &PerceptualHash([2; 4]) }));
        assert!(rows[1].hash().is_none() && rows[1].camera().is_none() && rows[1].seconds().is_none() && !rows[1].is_still());
        assert_eq!(Signature::from_bytes(&rows[1].to_bytes()), Some(rows[1]));
        film.metadata.duration_ms = None;
        assert_eq!(Signature::of(&film).len(), 1, "without a length it is compared with none");
    }

    #[test]
    fn a_weak_hash_is_none() {
        let mut weak = subject(1);
        weak.hash = Some(PerceptualHash([1; 4]));
        weak.quality = QUALITY_MIN - 1;
        assert_eq!(Signature::of(&weak)[0].hash(), None);
        weak.quality = QUALITY_MIN;
        assert_eq!(Signature::of(&weak)[0].hash(), weak.hash.as_ref());
        weak.frames = 2;
        assert_eq!(Signature::of(&weak)[0].hash(), None);
    }

    #[test]
    fn keys_tell_parts_apart() {
        assert_eq!(key_of(&[""]), key_of(&[""]));
        assert_ne!(key_of(&["ab", "c"]), key_of(&["a", "bc"]));
        assert_eq!(key_of(&[]), 0xcbf2_9ce4_8422_2325, "stored keys must not change");
    }

    proptest! {
        #[test]
        fn rows_come_back(asset in any::<i64>(), hash in any::<[u64; 4]>(), seconds in any::<i64>(), name in ".{0,12}", quality in 0u8..=100) {
            let mut some = subject(asset);
            some.hash = Some(PerceptualHash(hash));
            some.name = name;
            some.quality = quality;
            some.metadata.model = Some("EOS 6D".to_owned());
            some.metadata.taken =
                Some(CaptureTime { local_seconds: seconds, subsecond: None, offset_minutes: None, source: TimeSource::ExifOriginal });
            for row in Signature::of(&some) {
                prop_assert_eq!(Signature::from_bytes(&row.to_bytes()), Some(row));
                let mut other = row.to_bytes();
                other[0] ^= 1;
                prop_assert_eq!(Signature::from_bytes(&other), None, "another recipe");
                prop_assert_eq!(Signature::from_bytes(&row.to_bytes()[1..]), None);
            }
        }
    }
}
