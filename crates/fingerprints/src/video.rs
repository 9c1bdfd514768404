//! Fingerprints a film of any size in one pass over its bytes: content, SHA-1 and payload hash, what its index says, and which of its
//! bytes to read again for its frames. Films that are not of the MP4 and QuickTime family get their content hash only.
//!
//! **Invariant:** memory stays within [`MOOV_MAX_BYTES`] and a buffer, however large the film and whatever it claims. A film whose boxes
//! cannot be followed to its end has no payload hash. Source: ISO/IEC 14496-12 §4.2.

use crate::bmff;
use crate::digest::Digests;
use crate::film::index::has_sound;
use crate::film::reach::{self, Defaults};
use crate::metadata::{self, XMP_UUID, Xmp};
use crate::payload::FilmHasher;
use crate::{Drawn, FilmPlan};
use model::{ContentHash, Damage, Encoding, Fingerprint, Format, Metadata, PayloadHash, Sha1Hash};
use std::io::{self, Read};

/// Largest index (`moov`) kept, bytes: hours of film have some megabytes.
pub const MOOV_MAX_BYTES: u64 = 64 << 20;
/// Largest index of a fragment (`moof`) kept, bytes.
const MOOF_MAX_BYTES: u64 = 16 << 20;
/// Largest `uuid` box kept, bytes: XMP packets.
const UUID_MAX_BYTES: u64 = 4 << 20;
/// Most boxes walked at the top of a film; a day in fragments of a second has 180,000.
const TOP_BOXES_MAX: usize = 1_000_000;
const BUFFER_BYTES: usize = 128 * 1024;

/// A film that passed through.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamedFilm {
    /// What was learnt; its frames are still to be drawn, see [`finished`](Self::finished).
    pub fingerprint: Fingerprint,
    /// How to draw its frames.
    pub plan: FilmPlan,
    /// Names all its bytes.
    pub content: ContentHash,
    /// Names all its bytes, as Google does.
    pub sha1: Sha1Hash,
    /// How many bytes came.
    pub size_bytes: u64,
}

impl StreamedFilm {
    /// Returns the whole fingerprint, with the frames that were drawn or the reason why there are none, and the damage met on the way.
    #[must_use]
    pub fn finished(&self, drawn: Drawn) -> Fingerprint {
        let (key_frames, undecoded) = match drawn.frames {
            Ok(frames) if !frames.is_empty() => (frames, None),
            Ok(_) => (Vec::new(), Some(self.plan.wanted())),
            Err(why) => (Vec::new(), Some(why)),
        };
        let mut fingerprint = Fingerprint { key_frames, undecoded, ..self.fingerprint.clone() };
        fingerprint.encoding.damage = fingerprint.encoding.damage.or(drawn.damage);
        fingerprint
    }
}

/// Reads a film to its end and returns what was learnt. Cost: one sequential pass; about 1.2 ms a MB, most of it SHA-1's.
///
/// # Errors
/// Only those of the reader; damage inside the film is told by what is missing in the fingerprint.
pub fn fingerprint_stream(reader: &mut dyn Read, format: Format) -> io::Result<StreamedFilm> {
    let mut pass = Pass { reader, digests: Digests::new(), size_bytes: 0, buffer: vec![0; BUFFER_BYTES] };
    let index = match format {
        Format::Mp4 | Format::Mov | Format::ThreeGp => walk(&mut pass, format)?,
        _ => Index::default(),
    };
    // What the walk did not reach.
    pass.through(None, |_| {})?;
    let moov = index.moov.as_deref();
    let facts = metadata::film::read(moov.unwrap_or_default());
    let mut metadata = facts.metadata;
    index.xmp.iter().for_each(|packet| Xmp::parse(packet).tell_curation(&mut metadata));
    let reach = index.reach.max(moov.and_then(reach::of_index));
    let damage = reach.filter(|reach| *reach > pass.size_bytes).map(|_| Damage::EndsEarly);
    let plan = FilmPlan::of(moov, format, metadata.duration_ms, facts.orientation);
    let fingerprint = Fingerprint {
        recipe: crate::RECIPE,
        format,
        width: facts.width,
        height: facts.height,
        orientation: facts.orientation,
        frames: 1,
        metadata: Metadata { duration_ms: metadata.duration_ms, ..metadata },
        payload: index.payload,
        picture: None,
        key_frames: Vec::new(),
        encoding: Encoding { sound: moov.map(has_sound), damage, ..Encoding::default() },
        has_embedded_video: false,
        undecoded: Some(plan.wanted()),
    };
    let (content, sha1) = pass.digests.finish();
    Ok(StreamedFilm { fingerprint, plan, content, sha1, size_bytes: pass.size_bytes })
}

/// What was kept of a film.
#[derive(Default)]
struct Index {
    moov: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    payload: Option<PayloadHash>,
    /// What the boxes of the index say of samples in fragments.
    defaults: Defaults,
    /// The place behind the last sample of all fragments, and behind boxes without which the film tells nothing; as far as known.
    reach: Option<u64>,
}

fn walk(pass: &mut Pass<'_>, format: Format) -> io::Result<Index> {
    let (mut index, mut hasher, mut whole) = (Index::default(), FilmHasher::new(), false);
    for _ in 0..TOP_BOXES_MAX {
        let start = pass.size_bytes;
        let head = pass.head()?;
        if head.is_empty() {
            whole = true;
            break;
        }
        let Some(header) = bmff::header(&head) else {
            // A few zeros behind the last box are a harmless habit of some cameras.
            whole = head.iter().all(|&b| b == 0) && index.moov.is_some() && pass.through(None, |_| {})? == 0;
            break;
        };
        if !take_box(pass, &header, start, &mut index, &mut hasher)? {
            // Samples without an index that follows are as lost as an index that is not whole.
            let is_needed = matches!(&header.kind, b"moov" | b"moof") || (header.kind == *b"mdat" && index.moov.is_none());
            let told = header.body_bytes.filter(|_| is_needed).map(|body| start.saturating_add(header.header_bytes).saturating_add(body));
            index.reach = index.reach.max(told);
            break;
        }
    }
    if let Some(moov) = index.moov.as_deref().filter(|_| whole) {
        index.payload = hasher.finish(moov, format);
    }
    Ok(index)
}

/// Takes one box, which begins at `start`; tells whether it was whole and small enough.
fn take_box(pass: &mut Pass<'_>, header: &bmff::BoxHeader, start: u64, index: &mut Index, hasher: &mut FilmHasher) -> io::Result<bool> {
    let length = header.body_bytes;
    let short = |max: u64| length.is_some_and(|length| length <= max);
    match &header.kind {
        b"moov" | b"moof" | b"uuid" => {
            let max = [(b"moov", MOOV_MAX_BYTES), (b"moof", MOOF_MAX_BYTES), (b"uuid", UUID_MAX_BYTES)];
            let max = max.into_iter().find(|(kind, _)| **kind == header.kind).map_or(0, |(_, max)| max);
            if !short(max) {
                let passed = pass.through(length, |_| {})?;
                return Ok(header.kind == *b"uuid" && length == Some(passed));
            }
            let mut body = Vec::new();
            let passed = pass.through(length, |bytes| body.extend_from_slice(bytes))?;
            match &header.kind {
                b"moof" => {
                    hasher.fragment(&body);
                    index.reach = index.reach.max(reach::of_fragment(&body, start, &index.defaults));
                }
                b"uuid" => index.xmp = body.strip_prefix(XMP_UUID).map(<[u8]>::to_vec).or(index.xmp.take()),
                _ if index.moov.is_none() => {
                    index.defaults = Defaults::of(&body);
                    index.moov = Some(body);
                }
                _ => {}
            }
            Ok(length == Some(passed))
        }
        b"mdat" => {
            let passed = pass.through(length, |bytes| hasher.samples(bytes))?;
            if passed > 0 {
                hasher.end_of_box();
            }
            Ok(length.is_none_or(|length| length == passed))
        }
        _ => {
            let passed = pass.through(length, |_| {})?;
            Ok(length.is_none_or(|length| length == passed))
        }
    }
}

/// Bytes that pass by, each seen by the digests.
struct Pass<'a> {
    reader: &'a mut dyn Read,
    digests: Digests,
    size_bytes: u64,
    buffer: Vec<u8>,
}

impl Pass<'_> {
    /// Lets `length` bytes (all that are left, if `None`) through; returns how many came.
    fn through(&mut self, length: Option<u64>, mut see: impl FnMut(&[u8])) -> io::Result<u64> {
        let mut passed = 0;
        while length.is_none_or(|length| passed < length) {
            let left = length.map_or(u64::MAX, |length| length - passed);
            let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(self.buffer.len());
            let came = match self.reader.read(&mut self.buffer[..wanted]) {
                Ok(0) => break,
                Ok(came) => came,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let bytes = &self.buffer[..came];
            self.digests.update(bytes);
            see(bytes);
            passed += came as u64;
            self.size_bytes += came as u64;
        }
        Ok(passed)
    }

    /// Returns the next box's header bytes: 8, or 16 where the size is wide; fewer at the end.
    fn head(&mut self) -> io::Result<Vec<u8>> {
        let mut head = Vec::with_capacity(16);
        self.through(Some(8), |bytes| head.extend_from_slice(bytes))?;
        if head.starts_with(&[0, 0, 0, 1]) && head.len() == 8 {
            self.through(Some(8), |bytes| head.extend_from_slice(bytes))?;
        }
        Ok(head)
    }
}
