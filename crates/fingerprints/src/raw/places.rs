//! Where each RAW format keeps its JPEGs, its sensor data and its size. One function a format and question.

use super::{STRIP_BYTES, STRIP_OFFSETS, TILE_OFFSETS, order_at};
use crate::bmff::{self, be16, be32, be64};
use crate::tiff::{Directory, Tiff};
use model::Format;

const COMPRESSION: u16 = 259;
const JPEG_OFFSET: u16 = 513;
const JPEG_BYTES: u16 = 514;
/// Panasonic: a whole JPEG as the value of a tag.
const JPG_FROM_RAW: u16 = 0x002e;
const EXIF_DIRECTORY: u16 = 0x8769;
const MAKER_NOTE: u16 = 0x927c;
/// Most boxes of tracks looked at in a CR3; Canon writes four.
const TRACKS_MAX: usize = 16;

/// Returns what looks like a JPEG in a RAW, in no order.
pub(super) fn jpegs(bytes: &[u8], format: Format) -> Vec<&[u8]> {
    let mut found = match format {
        Format::Raf => raf_jpeg(bytes).into_iter().collect(),
        Format::Cr3 => cr3_jpegs(bytes),
        _ => Tiff::open(bytes).map(|tiff| tiff_jpegs(&tiff)).unwrap_or_default(),
    };
    found.retain(|jpeg| jpeg.starts_with(&[0xff, 0xd8, 0xff]));
    found
}

fn tiff_jpegs<'a>(tiff: &Tiff<'a>) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    for directory in tiff.directories() {
        let span = |offset: u16, bytes: u16| tiff.slice(directory.uint(offset)?, directory.uint(bytes)?);
        found.extend(span(JPEG_OFFSET, JPEG_BYTES));
        let one_strip = directory.get(STRIP_OFFSETS).is_some_and(|e| e.count == 1) && directory.get(TILE_OFFSETS).is_none();
        // 6 and 7 are JPEG; 34892 lossy JPEG of DNG 1.4.
        if one_strip && matches!(directory.uint(COMPRESSION), Some(6 | 7 | 34892)) {
            found.extend(span(STRIP_OFFSETS, STRIP_BYTES));
        }
        found.extend(directory.get(JPG_FROM_RAW).map(|entry| entry.value));
    }
    found.extend(olympus_preview(tiff));
    found
}

/// Olympus keeps its preview in the camera-settings directory of the maker note, whose offsets count from the note's start.
fn olympus_preview<'a>(tiff: &Tiff<'a>) -> Option<&'a [u8]> {
    let exif = tiff.directory(tiff.main()?.u32(EXIF_DIRECTORY)?)?;
    let note = exif.get(MAKER_NOTE)?;
    let (mark, start) = match note.value {
        value if value.starts_with(b"OLYMPUS\0") => (8, 12),
        value if value.starts_with(b"OM SYSTEM\0") => (12, 16),
        _ => return None,
    };
    // Previews lie behind the note.
    let inner = Tiff::bare(tiff.bytes.get(note.at..)?, order_at(note.value, mark)?);
    let settings = inner.directory(start)?.get(0x2020)?;
    let offset = if settings.count > 1 { u32::try_from(settings.at).ok()? } else { u32::try_from(settings.uint(0)?).ok()? };
    let settings = inner.directory(offset)?;
    inner.slice(settings.uint(0x0101)?, settings.uint(0x0102)?)
}

fn raf_span(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let (start, length) = (be32(bytes, at)? as usize, be32(bytes, at + 4)? as usize);
    bytes.get(start..start.checked_add(length)?)
}

fn raf_jpeg(bytes: &[u8]) -> Option<&[u8]> {
    raf_span(bytes, 84)
}

/// Returns Fujifilm's sensor block.
pub(super) fn raf_sensor(bytes: &[u8]) -> Option<&[u8]> {
    raf_span(bytes, 100).filter(|data| !data.is_empty())
}

/// Most records read of a RAF's directory; cameras write about 20.
const RAF_RECORDS_MAX: u32 = 256;

/// Returns the sides in Fujifilm's directory: a count, then records of tag, length and value; 0x0111 is the cropped height and width.
pub(super) fn raf_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let directory = raf_span(bytes, 92)?;
    let mut at = 4;
    for _ in 0..be32(directory, 0)?.min(RAF_RECORDS_MAX) {
        let (tag, length) = (be16(directory, at)?, usize::from(be16(directory, at + 2)?));
        if tag == 0x0111 {
            let (height, width) = (be16(directory, at + 4)?, be16(directory, at + 6)?);
            return (width > 0 && height > 0).then_some((u32::from(width), u32::from(height)));
        }
        at += 4 + length;
    }
    None
}

/// Returns the sides between Panasonic's sensor borders.
pub(super) fn rw2_sides(main: &Directory<'_>) -> Option<(u32, u32)> {
    let [top, left, bottom, right] = [4, 5, 6, 7].map(|tag| main.u32(tag));
    let (width, height) = (right?.checked_sub(left?)?, bottom?.checked_sub(top?)?);
    (width > 0 && height > 0).then_some((width, height))
}

/// Returns Panasonic's sensor block: it reaches to the end of the file.
pub(super) fn rw2_sensor(bytes: &[u8]) -> Option<&[u8]> {
    let main = Tiff::open(bytes)?.main()?;
    let offset = main.uint(0x0118).filter(|offset| *offset > 0).or_else(|| main.uint(STRIP_OFFSETS))?;
    bytes.get(usize::try_from(offset).ok()?..).filter(|data| !data.is_empty())
}

/// The `uuid` box with Canon's preview.
const PREVIEW_UUID: &[u8; 16] = b"\xea\xf4\x2b\x5e\x1c\x98\x4b\x88\xb9\xfb\xb7\xdc\x40\x6e\x4d\x16";

fn cr3_jpegs(bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    // Eight bytes, then a box PRVW: sixteen bytes of its own, then the JPEG.
    let preview = bmff::find_uuid(bytes, PREVIEW_UUID).and_then(|body| bmff::find(body.get(8..)?, b"PRVW")).and_then(|body| body.get(16..));
    found.extend(preview);
    found.extend(cr3_samples(bytes).into_iter().flatten());
    found
}

/// Returns the first sample of each track.
fn cr3_samples(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let moov = bmff::find(bytes, b"moov")?;
    let sample = |trak: &[u8]| {
        let table = bmff::path(trak, &[b"mdia", b"minf", b"stbl"])?;
        let sizes = bmff::find(table, b"stsz")?;
        let size = match be32(sizes, 4)? {
            0 => be32(sizes, 12)?,
            all => all,
        };
        let offset = match bmff::find(table, b"co64") {
            Some(offsets) => be64(offsets, 8)?,
            None => u64::from(be32(bmff::find(table, b"stco")?, 8)?),
        };
        let start = usize::try_from(offset).ok()?;
        bytes.get(start..start.checked_add(size as usize)?)
    };
    Some(bmff::boxes(moov).filter(|b| b.kind == *b"trak").take(TRACKS_MAX).filter_map(|b| sample(b.body)).collect())
}

/// Returns Canon's sensor data: the samples that are neither JPEG nor timed metadata, which is small.
pub(super) fn cr3_sensor(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let samples: Vec<_> = cr3_samples(bytes)?.into_iter().filter(|s| !s.starts_with(&[0xff, 0xd8, 0xff])).collect();
    let largest = samples.iter().max_by_key(|s| s.len()).copied()?;
    (!largest.is_empty()).then(|| vec![largest])
}

/// Returns the sides in the first directory of Canon's block.
pub(super) fn cr3_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let canon = bmff::find_uuid(bmff::find(bytes, b"moov")?, crate::metadata::CANON_UUID)?;
    let main = Tiff::open(bmff::find(canon, b"CMT1")?)?.main()?;
    let sides = (main.u32(super::WIDTH)?, main.u32(super::HEIGHT)?);
    (sides.0 > 0 && sides.1 > 0).then_some(sides)
}
