//! Bytes in, fingerprint out: which format a file is, what its picture looks like, which coded picture it holds, what it says of its
//! taking, and its digests.
//!
//! Does **not** open files, see a database, look at names or sidecars, or judge whether two pictures are alike.
//!
//! **Invariants:** no input makes it panic, loop or take memory beyond its bounds; a picture that cannot be decoded is a fingerprint with
//! words in `undecoded`, never an error; the same bytes give the same fingerprint.

mod bmff;
mod chunks;
mod colour;
pub mod decode;
mod detail;
mod digest;
mod encoding;
mod film;
mod metadata;
mod payload;
pub mod perceptual;
pub mod planes;
mod quick;
mod raw;
pub mod render;
mod rows;
mod sides;
mod sniff;
mod square;
mod support;
mod tiff;
mod video;

pub use detail::{DETAIL_CHROMA_SIDE, DETAIL_SIDE_MAX, DETAIL_SIDE_MIN, detail, detail_cost_bytes};
pub use digest::{Digests, Naming, name_bytes};
pub use film::{Drawn, FilmPlan, MOMENTS_MAX, PLAN_MAX_BYTES, WANTS_FFMPEG, plan_of_parts, poster_outside};
pub use quick::{QUICK_HEAD_BYTES, QUICK_RECIPE, quick};
pub use sniff::{SNIFF_BYTES, refine, sniff};
pub use support::{FormatSupport, Tested, support};
pub use video::{MOOV_MAX_BYTES, StreamedFilm, fingerprint_stream};

use decode::{COARSE_SIDE_MIN, DecodeError, Decoded};
use metadata::Facts;
use model::{BlockSteps, Damage, DecodedFrom, Encoding, Fingerprint, Format, Turn};
use raw::Preview;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Version of the recipe by which fingerprints are drawn. Raise it whenever a fingerprint of the same bytes would differ: stored ones
/// are then drawn anew.
pub const RECIPE: u32 = 6;

/// Returns all that the bytes of a file tell. `format` is [`refine`]'s. Never panics, never fails: a picture that cannot be decoded is
/// told in words in [`Fingerprint::undecoded`].
#[must_use]
pub fn fingerprint(bytes: &[u8], format: Format) -> Fingerprint {
    if format.is_video() {
        let film = fingerprint_stream(&mut &bytes[..], format).expect("memory is read without error");
        return film.finished(film.plan.draw(&[(0, bytes)]));
    }
    let drawn = catch_unwind(AssertUnwindSafe(|| fingerprint_still(bytes, format)));
    drawn.unwrap_or_else(|_| undrawn(format, "reading it failed inside; please report this file's kind".to_owned()))
}

/// Estimates the memory that [`fingerprint`] takes at its peak beside the bytes themselves, in bytes.
#[must_use]
pub fn cost_bytes(bytes: &[u8], format: Format) -> u64 {
    let estimate = || match format {
        _ if format.is_video() => STRUCTURE_COST_BYTES,
        _ if format.is_raw() => {
            let previews = raw::previews(bytes, format);
            match raw::choose(&previews, (0, 0)) {
                Some(preview) => decode::cost_bytes(preview.jpeg, Format::Jpeg),
                None => RENDER_COST_BYTES,
            }
        }
        _ => decode::cost_bytes(bytes, format),
    };
    cost_of(estimate)
}

/// Returns an estimate from the headers, with what every reading takes.
fn cost_of(estimate: impl FnOnce() -> u64) -> u64 {
    catch_unwind(AssertUnwindSafe(estimate)).unwrap_or(0).saturating_add(STRUCTURE_COST_BYTES)
}

/// Memory for lists of segments, texts and tables, bytes.
const STRUCTURE_COST_BYTES: u64 = 4 << 20;
/// Memory for rendering sensor data: a band of tiles, a decoded tile and the planes, bytes.
const RENDER_COST_BYTES: u64 = 64 << 20;

fn undrawn(format: Format, why: String) -> Fingerprint {
    Fingerprint {
        recipe: RECIPE,
        format,
        width: 0,
        height: 0,
        orientation: 1,
        frames: 1,
        metadata: model::Metadata::default(),
        payload: None,
        picture: None,
        key_frames: Vec::new(),
        encoding: Encoding::default(),
        has_embedded_video: false,
        undecoded: Some(why),
    }
}

fn fingerprint_still(bytes: &[u8], format: Format) -> Fingerprint {
    let facts = metadata::read(bytes, format);
    let orientation = applied_orientation(&facts, format);
    let turn = Turn::from_exif(orientation);
    // A decoder that dies takes the picture, not what the file says.
    let decode = catch_unwind(AssertUnwindSafe(|| decode_any(bytes, format, &facts)));
    let died = || (Err(DecodeError::Damaged("its decoder gave up inside".to_owned())), sides::told(bytes, format).unwrap_or((0, 0)));
    let (decoded, stored) = decode.unwrap_or_else(|_| died());
    let mut out = undrawn(format, String::new());
    (out.width, out.height) = if turn.swaps_sides() { (stored.1, stored.0) } else { stored };
    out.orientation = orientation;
    let jpeg = if format == Format::Jpeg { chunks::jpeg(bytes) } else { None };
    out.payload = match &jpeg {
        Some(walk) => payload::of_jpeg(walk, orientation),
        None => payload::of(bytes, format, orientation),
    };
    out.has_embedded_video = carries_film(bytes, format, jpeg.as_ref(), facts.says_motion);
    out.encoding = encoding_of(bytes, format);
    out.metadata = facts.metadata;
    match decoded {
        Ok(decoded) => {
            out.frames = decoded.frames.max(1);
            (out.encoding.block_grid, out.encoding.detail) = (decoded.block_grid, decoded.detail);
            out.encoding.damage = decoded.is_cut.then_some(Damage::PictureCut);
            out.encoding.steps = decoded.steps;
            out.encoding.earlier_quality = decoded.steps.and_then(earlier_quality);
            out.picture = Some(perceptual::draw(&decoded.planes, turn, decoded.from));
            out.undecoded = None;
        }
        Err(error) => out.undecoded = Some(error.to_string()),
    }
    out
}

/// HEIC, AVIF and JPEG XL keep their turn in the picture; EXIF's is to be ignored (ISO/IEC 23008-12 §6.5.10, ISO/IEC 18181-1).
fn applied_orientation(facts: &Facts, format: Format) -> u16 {
    if matches!(format, Format::Heic | Format::Avif | Format::Jxl) { 1 } else { facts.orientation }
}

/// Decodes a still, and returns its sides as stored (not turned), 0 if unknown.
fn decode_any(bytes: &[u8], format: Format, facts: &Facts) -> (Result<Decoded, DecodeError>, (u32, u32)) {
    if format.is_raw() {
        let previews = raw::previews(bytes, format);
        let stored = raw::sides(bytes, format, &facts.metadata, &previews);
        return (decode_raw(bytes, format, &previews, stored), stored);
    }
    if format == Format::Tiff && sniff::is_sensor_tiff(bytes) {
        // Its first page is only a thumbnail of what it is.
        let unknown = DecodeError::Unsupported("the RAW format of this camera".to_owned());
        return (Err(unknown), (0, 0));
    }
    let decoded = decode::decode_still(bytes, format);
    let stored = match &decoded {
        Ok(decoded) => (decoded.width, decoded.height),
        Err(_) => sides::told(bytes, format).unwrap_or((0, 0)),
    };
    (decoded, stored)
}

fn decode_raw(bytes: &[u8], format: Format, previews: &[Preview<'_>], stored: (u32, u32)) -> Result<Decoded, DecodeError> {
    if let Some(preview) = raw::choose(previews, stored) {
        let decoded = decode::decode_jpeg(preview.jpeg, COARSE_SIDE_MIN)?;
        // Traces in the preview's coding tell nothing of the RAW.
        return Ok(Decoded {
            from: DecodedFrom::Preview,
            frames: 1,
            block_grid: None,
            detail: None,
            is_cut: false,
            steps: None,
            ..decoded
        });
    }
    if format != Format::Dng {
        return Err(DecodeError::Unsupported("a RAW without a preview large enough to compare".to_owned()));
    }
    let planes = raw::render::render(bytes)?;
    let (width, height) = stored;
    Ok(Decoded { planes, from: DecodedFrom::Full, width, height, frames: 1, block_grid: None, detail: None, is_cut: false, steps: None })
}

fn encoding_of(bytes: &[u8], format: Format) -> Encoding {
    let coding = if format == Format::Jpeg { encoding::jpeg(bytes) } else { None };
    Encoding {
        jpeg_quality: coding.map(|c| c.quality),
        standard_tables: coding.map(|c| c.standard_tables),
        progressive: coding.map(|c| c.progressive),
        colour: colour::of(bytes, format),
        ..Encoding::default()
    }
}

fn earlier_quality(steps: BlockSteps) -> Option<u8> {
    if steps.is_resaved() { encoding::quality_of_step(steps.shown) } else { None }
}

/// Tells a still that carries a film: bytes behind the picture that begin like one (or are marked by Samsung), or, where XMP says so,
/// anything behind it. XMP alone is not believed: it outlives the film in copies.
fn carries_film(bytes: &[u8], format: Format, jpeg: Option<&chunks::JpegSegments<'_>>, says_motion: bool) -> bool {
    match format {
        Format::Jpeg => {
            let trailer = jpeg.and_then(|walk| walk.trailer).unwrap_or_default();
            (says_motion && !trailer.is_empty()) || holds_film(trailer)
        }
        Format::Heic | Format::Avif => bmff::find(bytes, b"mpvd").is_some_and(|film| !film.is_empty()) || samsung_mark(bytes),
        _ => false,
    }
}

fn samsung_mark(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(SAMSUNG_TAIL_BYTES)..];
    memchr::memmem::find(tail, b"MotionPhoto_Data").is_some()
}

/// Bytes at a HEIC's end in which Samsung's directory of what it appended lies.
const SAMSUNG_TAIL_BYTES: usize = 4096;
/// Longest `ftyp` box believed, bytes.
const FTYP_MAX_BYTES: u32 = 1024;

fn holds_film(trailer: &[u8]) -> bool {
    let plausible = |at: usize| at >= 4 && bmff::be32(trailer, at - 4).is_some_and(|size| (8..=FTYP_MAX_BYTES).contains(&size));
    memchr::memmem::find(trailer, b"MotionPhoto_Data").is_some() || memchr::memmem::find_iter(trailer, b"ftyp").any(plausible)
}
