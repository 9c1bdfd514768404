//! A first fingerprint for the price of a file's head: the preview that cameras put into a JPEG's EXIF.
//!
//! It is only for finding what to open: previews have 160 × 120 pixels, outlive an edit, and some programs write a wrong one. So nothing
//! is ever called a copy by it. What betrays a stale one cheaply is asked here: its picture, black bars cut away, has another aspect ratio
//! than the file's; or the EXIF beside it does not tell the file's sides, since a program that crops and carries over an old preview carries
//! over these too. Other formats, and JPEGs without a preview that can be trusted, are opened whole.
//!
//! Source: Exif 2.32 §4.5.5 (the first IFD's thumbnail), DCF 2.0 (160 × 120 with bars).

use crate::decode::{COARSE_SIDE_MIN, decode_jpeg};
use crate::metadata::{self, exif_block};
use crate::perceptual;
use crate::planes::{Extent, Planes};
use crate::tiff::Tiff;
use crate::{chunks, encoding_of, sides, undrawn};
use model::{DecodedFrom, Fingerprint, Format, Turn};

/// Bytes of a file's head that hold its EXIF, its preview and the frame header. An EXIF segment has at most 64 kB; the same again is for
/// what lies before and behind it (XMP, ICC, tables).
pub const QUICK_HEAD_BYTES: usize = 128 << 10;

/// Recipe of a fingerprint that tells too little to match by: never that of a whole one.
pub const QUICK_RECIPE: u32 = 1_000_000 + crate::RECIPE;

/// Largest preview decoded, in pixels of a side. DCF asks for 160; some write 320 and 640.
const SIDE_MAX_PX: usize = 1024;
/// Brightness up to which a bar is black, grey levels: JPEG's ringing beside the picture.
const BAR_MAX: u32 = 24;
/// Farthest the aspect ratios of a preview and its file may lie apart: half a cell of 120 rounded, twice.
const ASPECT_SLACK: f64 = 0.03;

/// Returns what the head of a file tells, with the hash of its preview; `None` where there is no preview that can be trusted to show the
/// picture's layout. The payload is unknown, and the recipe is [`QUICK_RECIPE`].
#[must_use]
pub fn quick(head: &[u8], format: Format) -> Option<Fingerprint> {
    if format != Format::Jpeg {
        return None;
    }
    let (width, height) = sides::told(head, format)?;
    let facts = metadata::read(head, format);
    if (facts.metadata.claimed_width, facts.metadata.claimed_height) != (Some(width), Some(height)) {
        return None;
    }
    let exif = exif_block(head)?;
    let preview = preview_in(&exif)?;
    let decoded = decode_jpeg(preview, COARSE_SIDE_MIN).ok().filter(|decoded| decoded.width.max(decoded.height) <= SIDE_MAX_PX as u32)?;
    let planes = without_bars(decoded.planes, f64::from(width) / f64::from(height))?;
    let turn = Turn::from_exif(facts.orientation);
    let mut print = undrawn(format, String::new());
    print.recipe = QUICK_RECIPE;
    (print.width, print.height) = if turn.swaps_sides() { (height, width) } else { (width, height) };
    print.orientation = facts.orientation;
    print.metadata = facts.metadata;
    print.encoding = encoding_of(head, format);
    print.picture = Some(perceptual::draw(&planes, turn, DecodedFrom::Embedded));
    print.undecoded = None;
    Some(print)
}

/// Returns the preview of an EXIF block: the JPEG of the directory behind the first.
fn preview_in(exif: &[u8]) -> Option<&[u8]> {
    const OFFSET: u16 = 0x0201;
    const LENGTH: u16 = 0x0202;
    let tiff = Tiff::open(exif)?;
    let place = |directory: &crate::tiff::Directory<'_>| Some((directory.uint(OFFSET)?, directory.uint(LENGTH)?));
    let (offset, length) = tiff.directories().iter().skip(1).find_map(place)?;
    tiff.slice(offset, length).filter(|jpeg| chunks::jpeg_head(jpeg).is_some())
}

/// Cuts black bars away so that the picture has the aspect ratio wanted; `None` where it would not.
fn without_bars(planes: Planes, aspect: f64) -> Option<Planes> {
    let has = planes.width as f64 / planes.height as f64;
    let fits = |has: f64| (has / aspect - 1.0).abs() <= ASPECT_SLACK;
    if fits(has) {
        return Some(planes);
    }
    let (width, height) = (planes.width as f64, planes.height as f64);
    let (wide, tall) = if aspect > has { (width, width / aspect) } else { (height * aspect, height) };
    let (left, top) = (((width - wide) / 2.0).round() as usize, ((height - tall) / 2.0).round() as usize);
    let (right, bottom) = (planes.width - left, planes.height - top);
    let row = |y: usize| &planes.luma[y * planes.width..][..planes.width];
    let is_dark = |cells: &mut dyn Iterator<Item = u8>| {
        let (sum, count) = cells.fold((0u32, 0u32), |(sum, count), cell| (sum + u32::from(cell), count + 1));
        count == 0 || sum / count <= BAR_MAX
    };
    let bars = is_dark(&mut (0..top.saturating_sub(1)).chain(bottom + 1..planes.height).flat_map(|y| row(y).iter().copied()))
        && is_dark(
            &mut (0..planes.height).flat_map(|y| row(y)[..left.saturating_sub(1)].iter().chain(row(y).iter().skip(right + 1)).copied()),
        );
    if !bars || right <= left + 1 || bottom <= top + 1 {
        return None;
    }
    Some(cut(&planes, (left, top, right, bottom)))
}

/// Returns a part of the planes; colour is cut to the nearest of its cells.
fn cut(planes: &Planes, (left, top, right, bottom): (usize, usize, usize, usize)) -> Planes {
    let across = |x: usize| (x * planes.chroma_width + planes.width / 2) / planes.width;
    let down = |y: usize| (y * planes.chroma_height + planes.height / 2) / planes.height;
    let (from_x, from_y) = (across(left).min(planes.chroma_width - 1), down(top).min(planes.chroma_height - 1));
    let (to_x, to_y) = (across(right).max(from_x + 1), down(bottom).max(from_y + 1));
    let part = |cells: &[u8], width: usize, x: std::ops::Range<usize>, y: std::ops::Range<usize>| -> Vec<u8> {
        y.flat_map(|y| cells[y * width..][x.clone()].iter().copied()).collect()
    };
    let (width, height, chroma_width, chroma_height) = (right - left, bottom - top, to_x - from_x, to_y - from_y);
    Planes {
        width,
        height,
        luma: part(&planes.luma, planes.width, left..right, top..bottom),
        chroma_width,
        chroma_height,
        blue: part(&planes.blue, planes.chroma_width, from_x..to_x, from_y..to_y),
        red: part(&planes.red, planes.chroma_width, from_x..to_x, from_y..to_y),
        luma_extent: Extent::whole(width, height),
        chroma_extent: Extent::whole(chroma_width, chroma_height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn barred(bar: u8) -> Planes {
        let mut luma = vec![bar; 160 * 120];
        luma[160 * 15..160 * 105].fill(130);
        Planes::from_luma8(160, 120, &luma)
    }

    #[test]
    fn bars_are_cut_where_the_ratio_asks_for_it() {
        let cut = without_bars(barred(3), 16.0 / 9.0).expect("a preview with bars");
        assert_eq!((cut.width, cut.height, cut.luma.len()), (160, 90, 160 * 90));
        assert!(cut.luma.iter().all(|&v| v == 130));
        assert!(without_bars(barred(90), 16.0 / 9.0).is_none(), "what is cut away is no bar");
        assert!(without_bars(barred(3), 3.0 / 4.0).is_none(), "a turned picture with an unturned preview");
        assert_eq!(without_bars(barred(3), 4.0 / 3.0).expect("whole").height, 120);
    }

    #[test]
    fn without_a_preview_there_is_nothing_quick() {
        assert!(quick(b"\xff\xd8\xff\xd9", Format::Jpeg).is_none());
        assert!(quick(b"", Format::Heic).is_none());
    }
}
