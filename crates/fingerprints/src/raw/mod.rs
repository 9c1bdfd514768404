//! Cameras' RAW files: the JPEG previews inside, the sensor's picture, and how large it is. Sensor data is only rendered where no
//! preview is large enough (see [`render`]); no maker's own compression is read.
//!
//! **Invariant:** every offset is checked; what cannot be followed gives no preview, never a panic. Sources: TIFF/EP; DNG 1.7; exiftool's
//! tag tables and notes on RAF, ORF, RW2 and CR3 (read 2026-11; facts only). Only DNG was tried on real samples: see `support.rs`.

mod places;
pub(crate) mod render;
mod tone;

use crate::bmff;
use crate::chunks;
use crate::tiff::{Directory, Order, Tiff};
use model::{Format, Metadata};

/// Shortest long side of a preview that is used, pixels: below, cameras keep thumbnails, often with black bars.
const PREVIEW_SIDE_MIN: u32 = 512;
/// Long side above which a smaller preview is as good, pixels: the hash needs 512 cells at most, and decoding costs by the byte.
const PREVIEW_SIDE_GOOD: u32 = 1000;
/// Largest difference in shape at which a preview shows the whole sensor picture: masked borders of the sensor take up to about 3 %.
const SHAPE_TOLERANCE: f64 = 0.04;

/// A JPEG inside a RAW.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Preview<'a> {
    /// The JPEG.
    pub(crate) jpeg: &'a [u8],
    /// Its width, not turned.
    pub(crate) width: u32,
    /// Its height, not turned.
    pub(crate) height: u32,
}

impl<'a> Preview<'a> {
    /// Returns the preview that `jpeg` is; `None` for lossless JPEG (sensor data) and anything else.
    fn of(jpeg: &'a [u8]) -> Option<Self> {
        let (width, height) = jpeg_sides(jpeg)?;
        Some(Self { jpeg, width, height })
    }

    fn long_side(&self) -> u32 {
        self.width.max(self.height)
    }
}

/// Returns width and height that a JPEG's frame header tells; `None` for lossless frames.
pub(crate) fn jpeg_sides(jpeg: &[u8]) -> Option<(u32, u32)> {
    let segments = chunks::jpeg_head(jpeg)?;
    let frame = segments.iter().find(|s| matches!(s.marker, 0xc0..=0xcf) && !matches!(s.marker, 0xc4 | 0xc8 | 0xcc))?;
    let lossy = matches!(frame.marker, 0xc0..=0xc2 | 0xc9 | 0xca);
    let (height, width) = (bmff::be16(frame.body, 1)?, bmff::be16(frame.body, 3)?);
    (lossy && width > 0 && height > 0).then_some((u32::from(width), u32::from(height)))
}

/// Returns the JPEGs inside a RAW, thumbnails included, largest first.
pub(crate) fn previews(bytes: &[u8], format: Format) -> Vec<Preview<'_>> {
    let mut found: Vec<_> = places::jpegs(bytes, format).into_iter().filter_map(Preview::of).collect();
    found.sort_by_key(|preview| std::cmp::Reverse((u64::from(preview.width) * u64::from(preview.height), preview.jpeg.len())));
    found.dedup();
    found
}

/// Returns the largest JPEG inside a RAW.
pub(crate) fn largest_preview(bytes: &[u8], format: Format) -> Option<&[u8]> {
    previews(bytes, format).first().map(|preview| preview.jpeg)
}

/// Chooses the preview to draw from: of the shape of the sensor's picture where one is, then the smallest that is large enough, then
/// the largest. `sides` are those of the sensor's picture, 0 if unknown.
pub(crate) fn choose<'a>(previews: &[Preview<'a>], sides: (u32, u32)) -> Option<Preview<'a>> {
    choose_large(previews, sides, PREVIEW_SIDE_GOOD)
}

/// The same, where a long side of `good` pixels is large enough.
pub(crate) fn choose_large<'a>(previews: &[Preview<'a>], (width, height): (u32, u32), good: u32) -> Option<Preview<'a>> {
    let shape = |w: u32, h: u32| f64::from(w.max(1)) / f64::from(h.max(1));
    let fits =
        |p: &Preview<'_>| width == 0 || height == 0 || (shape(p.width, p.height) / shape(width, height) - 1.0).abs() <= SHAPE_TOLERANCE;
    let rank = |p: &Preview<'_>| {
        let good = p.long_side() >= good;
        (fits(p), good, if good { -i64::from(p.long_side()) } else { i64::from(p.long_side()) })
    };
    previews.iter().filter(|p| p.long_side() >= PREVIEW_SIDE_MIN).max_by_key(|p| rank(p)).copied()
}

pub(crate) const WIDTH: u16 = 256;
pub(crate) const HEIGHT: u16 = 257;
pub(crate) const BITS: u16 = 258;
pub(crate) const COMPRESSION: u16 = 259;
pub(crate) const PHOTOMETRIC: u16 = 262;
pub(crate) const STRIP_OFFSETS: u16 = 273;
pub(crate) const SAMPLES: u16 = 277;
pub(crate) const STRIP_BYTES: u16 = 279;
pub(crate) const TILE_WIDTH: u16 = 322;
pub(crate) const TILE_HEIGHT: u16 = 323;
pub(crate) const TILE_OFFSETS: u16 = 324;
pub(crate) const TILE_BYTES: u16 = 325;
const NEW_SUBFILE_TYPE: u16 = 254;
const CR2_SLICES: u16 = 50752;
const DEFAULT_CROP: u16 = 50720;
/// A colour filter array.
pub(crate) const CFA: u64 = 32803;
/// Sensor data with all colours at each pixel.
pub(crate) const LINEAR_RAW: u64 = 34892;

/// How often, on average, a file's bytes may be shared by strips or tiles: plain tiles may be stored once.
const SHARING_MAX: u64 = 4;
/// Most strips or tiles read of one picture; a 100-megapixel DNG in tiles of 256 has about 1,600.
pub(crate) const PIECES_MAX: usize = 262_144;

/// Returns the directory of the sensor's picture: marked as sensor data where any is, else the largest full picture.
pub(crate) fn sensor<'a>(tiff: &Tiff<'a>) -> Option<Directory<'a>> {
    let area = |d: &Directory<'_>| u64::from(d.u32(WIDTH).unwrap_or(0)) * u64::from(d.u32(HEIGHT).unwrap_or(0));
    let rank = |d: &Directory<'_>| {
        let main = d.uint(NEW_SUBFILE_TYPE).unwrap_or(0) == 0;
        let marked = matches!(d.uint(PHOTOMETRIC), Some(CFA | LINEAR_RAW)) || d.get(CR2_SLICES).is_some();
        (marked && main, main, area(d))
    };
    let has_pieces = |d: &Directory<'_>| d.get(STRIP_OFFSETS).is_some() || d.get(TILE_OFFSETS).is_some();
    // The first of equals: `max_by_key` takes the last.
    tiff.directories().into_iter().filter(has_pieces).rev().max_by_key(rank)
}

/// Returns where the pieces (strips or tiles) of a directory's picture lie, in order; `None` where any lies outside the file, and beyond
/// [`PIECES_MAX`].
pub(crate) fn pieces<'a>(tiff: &Tiff<'a>, directory: &Directory<'a>) -> Option<Vec<&'a [u8]>> {
    let pair = [(TILE_OFFSETS, TILE_BYTES), (STRIP_OFFSETS, STRIP_BYTES)];
    let (offsets, lengths) = pair.into_iter().find_map(|(at, n)| Some((directory.get(at)?, directory.get(n)?)))?;
    // One more than the bound is read, to tell that there are more: a part of the pieces is not the picture.
    let (offsets, lengths) = (offsets.uints(PIECES_MAX + 1), lengths.uints(PIECES_MAX + 1));
    let all = lengths.iter().try_fold(0u64, |sum, length| sum.checked_add(*length))?;
    let endless = all > (tiff.bytes.len() as u64).saturating_mul(SHARING_MAX);
    if offsets.is_empty() || offsets.len() != lengths.len() || offsets.len() > PIECES_MAX || endless {
        return None;
    }
    offsets.iter().zip(&lengths).map(|(&offset, &length)| tiff.slice(offset, length)).collect()
}

/// Returns width and height of the sensor's picture as stored (not turned); 0 where unknown.
pub(crate) fn sides(bytes: &[u8], format: Format, metadata: &Metadata, previews: &[Preview<'_>]) -> (u32, u32) {
    let claimed = || metadata.claimed_width.zip(metadata.claimed_height);
    let told = match format {
        Format::Raf => places::raf_sides(bytes).or_else(claimed),
        Format::Cr3 => places::cr3_sides(bytes).or_else(claimed),
        Format::Dng => dng_sides(bytes),
        Format::Rw2 => Tiff::open(bytes).and_then(|t| places::rw2_sides(&t.main()?)).or_else(claimed),
        _ => full_preview_sides(bytes, previews).or_else(claimed).or_else(|| sensor_sides(bytes)),
    };
    told.or_else(|| previews.first().map(|p| (p.width, p.height))).unwrap_or((0, 0))
}

fn sensor_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let directory = sensor(&Tiff::open(bytes)?)?;
    Some((directory.u32(WIDTH)?, directory.u32(HEIGHT)?))
}

fn dng_sides(bytes: &[u8]) -> Option<(u32, u32)> {
    let directory = sensor(&Tiff::open(bytes)?)?;
    let crop = directory.get(DEFAULT_CROP).and_then(|e| Some((e.number(0)?, e.number(1)?)));
    let crop = crop.filter(|(w, h)| *w >= 1.0 && *h >= 1.0).map(|(w, h)| (w.round() as u32, h.round() as u32));
    crop.or_else(|| Some((directory.u32(WIDTH)?, directory.u32(HEIGHT)?)))
}

/// A preview nearly as large as the sensor's data is the picture the camera means: the data has borders.
fn full_preview_sides(bytes: &[u8], previews: &[Preview<'_>]) -> Option<(u32, u32)> {
    let (width, _) = sensor_sides(bytes)?;
    let largest = previews.first()?;
    let share = f64::from(largest.width) / f64::from(width.max(1));
    (0.95..=1.0).contains(&share).then_some((largest.width, largest.height))
}

/// Returns the sensor's coded data, for the payload hash: strips, tiles, or the camera's own block.
pub(crate) fn sensor_pieces(bytes: &[u8], format: Format) -> Option<Vec<&[u8]>> {
    match format {
        Format::Raf => places::raf_sensor(bytes).map(|data| vec![data]),
        Format::Cr3 => places::cr3_sensor(bytes),
        Format::Rw2 => places::rw2_sensor(bytes).map(|data| vec![data]),
        _ => {
            let tiff = Tiff::open(bytes)?;
            pieces(&tiff, &sensor(&tiff)?)
        }
    }
}

/// Returns the order of a maker note's numbers, marked at `at`.
fn order_at(bytes: &[u8], at: usize) -> Option<Order> {
    Order::of_mark(bytes.get(at..at.checked_add(2)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_chosen_is_large_enough_of_the_right_shape_and_cheap() {
        let of = |width, height| Preview { jpeg: &[], width, height };
        let check = |previews: &[(u32, u32)], sides: (u32, u32), expected: Option<u32>| {
            let previews: Vec<_> = previews.iter().map(|&(w, h)| of(w, h)).collect();
            assert_eq!(choose(&previews, sides).map(|p| p.width), expected, "{previews:?}");
        };
        let full = (6000, 4000);
        check(&[(6000, 4000), (1620, 1080), (160, 120)], full, Some(1620));
        check(&[(6000, 4000), (1024, 768)], full, Some(6000)); // the smaller one has black bars
        check(&[(640, 424), (570, 375)], full, Some(640));
        check(&[(512, 341)], full, Some(512));
        check(&[(511, 341)], full, None);
        check(&[(1024, 768)], (0, 0), Some(1024));
        check(&[], full, None);
    }

    #[test]
    fn sensor_data_is_no_preview() {
        let frame = |marker: u8| [&b"\xff\xd8\xff"[..], &[marker], b"\0\x0b\x08\x02\x00\x03\x00\x01\x01\x11\0"].concat();
        assert_eq!(jpeg_sides(&frame(0xc0)), Some((768, 512)));
        assert_eq!(jpeg_sides(&frame(0xc2)), Some((768, 512)));
        assert_eq!(jpeg_sides(&frame(0xc3)), None);
        assert_eq!(jpeg_sides(b"\xff\xd8"), None);
    }

    #[test]
    fn pieces_are_bounded_and_never_hashed_in_part() {
        let drawn = |count: u32, length: u32| {
            let mut bytes = b"II*\0\x08\0\0\0\x02\0".to_vec();
            for (tag, at) in [(STRIP_OFFSETS, 40), (STRIP_BYTES, 40 + 4 * count)] {
                bytes.extend([&tag.to_le_bytes()[..], &4u16.to_le_bytes(), &count.to_le_bytes(), &at.to_le_bytes()].concat());
            }
            bytes.resize(40, 0);
            bytes.extend((0..count).flat_map(|_| 0u32.to_le_bytes()));
            bytes.extend((0..count).flat_map(|_| length.to_le_bytes()));
            bytes
        };
        let found = |bytes: &[u8]| {
            let tiff = Tiff::open(bytes)?;
            pieces(&tiff, &tiff.main()?).map(|pieces| pieces.len())
        };
        assert_eq!(found(&drawn(PIECES_MAX as u32, 1)), Some(PIECES_MAX));
        assert_eq!(found(&drawn(PIECES_MAX as u32 + 1, 1)), None);
        assert_eq!(found(&drawn(100, 840)), None, "each piece is the whole file");
    }
}
