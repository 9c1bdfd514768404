//! A film's poster: its first key frame that can be decoded, for the eye. Unlike the frames that are compared, its colours are computed, and
//! black bars stay.

use super::frame::Plane;
use super::{FilmPlan, Way, h264, y4m_planes};
use crate::bmff;
use crate::decode::DecodeError;
use crate::metadata;
use crate::planes::Layout;
use crate::raw::render::rgb_of;
use crate::render::Rendered;
use crate::render::raster::Raster;
use crate::rows::Rows as _;
use crate::video::MOOV_MAX_BYTES;
use model::{Format, Turn};
use std::io;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Most key frames that are tried.
const TRIED_MAX: usize = 3;
/// Most boxes looked at for the index: those of a film in fragments lie behind it.
const TOP_BOXES_MAX: usize = 1024;
/// Long side in pixels from which a film that names no matrix is taken to be coded by BT.709, as players do; below by BT.601.
const HD_SIDE_MIN: usize = 1024;

/// Returns the plan of a film, reading only the heads of its boxes and its index. `read` gives so many bytes of the file from a place on, or
/// fewer at its end.
///
/// # Errors
/// Those of `read`.
pub fn plan_of_parts(read: &mut dyn FnMut(u64, usize) -> io::Result<Vec<u8>>, format: Format) -> io::Result<FilmPlan> {
    let (mut at, mut moov) = (0u64, None);
    for _ in 0..TOP_BOXES_MAX {
        if !matches!(format, Format::Mp4 | Format::Mov | Format::ThreeGp) {
            break;
        }
        let head = read(at, 16)?;
        let Some(header) = bmff::header(&head) else { break };
        let Some(body) = header.body_bytes else { break };
        let start = at.saturating_add(header.header_bytes);
        if header.kind == *b"moov" {
            if body <= MOOV_MAX_BYTES {
                moov = Some(read(start, body as usize)?).filter(|bytes| bytes.len() as u64 == body);
            }
            break;
        }
        let Some(next) = start.checked_add(body) else { break };
        at = next;
    }
    let facts = metadata::film::read(moov.as_deref().unwrap_or_default());
    Ok(FilmPlan::of(moov.as_deref(), format, facts.metadata.duration_ms, facts.orientation))
}

impl FilmPlan {
    /// Returns the parts of the file to hand to [`poster`](Self::poster); none where the film is not decoded here.
    #[must_use]
    pub fn poster_ranges(&self) -> Vec<Range<u64>> {
        match &self.way {
            Way::Own { runs, .. } => super::plan::ranges(&first_frames(runs), &[]),
            _ => Vec::new(),
        }
    }

    /// Draws the first key frame that can be decoded, upright, from parts of the file, each with the place where it begins.
    ///
    /// # Errors
    /// In words for people; [`wanted`](Self::wanted) where the film is not decoded here.
    pub fn poster(&self, parts: &[(u64, &[u8])], side_max: Option<u32>) -> Result<Rendered, String> {
        let Way::Own { setup, runs, .. } = &self.way else { return Err(self.wanted()) };
        let fetch = |offset: u64, size: u32| super::bytes_of(parts, offset, size);
        let mut why = "no frame of it could be decoded".to_owned();
        for run in first_frames(runs) {
            let mut picture = None;
            let decoded = catch_unwind(AssertUnwindSafe(|| {
                h264::pictures(setup, &[run], &fetch, &mut |_, planes, colour| {
                    picture = picture.take().or_else(|| draw(planes, colour, self.turn, side_max).ok());
                })
            }));
            match decoded {
                Ok(Ok(_)) => {}
                Ok(Err(words)) => why = words,
                Err(_) => "its decoder gave up inside".clone_into(&mut why),
            }
            if let Some(picture) = picture {
                return Ok(picture);
            }
        }
        Err(why)
    }
}

/// Draws a picture of an outside decoder, upright already: a YUV4MPEG2 stream of one frame (8 bits, 4:2:0); `None` for what is no such stream.
#[must_use]
pub fn poster_outside(picture: &[u8], side_max: Option<u32>) -> Option<Rendered> {
    let (planes, full_range) = y4m_planes(picture)?;
    draw(planes, Colours { full_range, matrix: 2 }, Turn::Upright, side_max).ok()
}

/// Returns runs of one picture each: the first key frames that are drawn.
fn first_frames(runs: &[super::plan::Run]) -> Vec<super::plan::Run> {
    let alone = |run: &super::plan::Run| super::plan::Run { samples: run.samples[..1].to_vec(), moments: vec![(0, 0)] };
    runs.iter().filter(|run| !run.samples.is_empty()).take(TRIED_MAX).map(alone).collect()
}

/// How a film's samples stand for colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colours {
    /// Whether samples run from 0 to 255.
    pub(super) full_range: bool,
    /// ITU-T H.273's number of the matrix; 2 is not told.
    pub(super) matrix: u8,
}

/// Draws planes Y, Cb and Cr.
fn draw(planes: [Plane<'_>; 3], colours: Colours, turn: Turn, side_max: Option<u32>) -> Result<Rendered, DecodeError> {
    let [luma, blue, red] = planes;
    let is_whole =
        |plane: &Plane<'_>| plane.width > 0 && plane.height > 0 && plane.samples.len() >= plane.width * plane.height * plane.bytes;
    if !planes.iter().all(is_whole) || (blue.width, blue.height) != (red.width, red.height) {
        return Err(DecodeError::Damaged("its planes are not whole".to_owned()));
    }
    let is_bt709 = colours.matrix == 1 || (colours.matrix == 2 && luma.width.max(luma.height) >= HD_SIDE_MIN);
    let (low, of_luma, of_colour) = if colours.full_range { (0.0, 1.0, 1.0) } else { (16.0, 255.0 / 219.0, 255.0 / 224.0) };
    let mut raster = Raster::new(turn, side_max);
    raster.begin(luma.width, luma.height)?;
    let mut row = vec![0; luma.width * 3];
    for y in 0..luma.height {
        let of_row = y * blue.height / luma.height * blue.width;
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let of_pixel = of_row + x * blue.width / luma.width;
            let brightness = (sample(luma, y * luma.width + x) - low) * of_luma;
            let [cb, cr] = [blue, red].map(|plane| (sample(plane, of_pixel) - 128.0) * of_colour);
            let colour = if is_bt709 {
                [brightness + 1.5748 * cr, brightness - 0.187_324 * cb - 0.468_124 * cr, brightness + 1.8556 * cb].map(level)
            } else {
                rgb_of(level(brightness), level(cb + 128.0), level(cr + 128.0))
            };
            pixel.copy_from_slice(&colour);
        }
        raster.push(&row, Layout::Rgb);
    }
    raster.finish()
}

/// Returns a sample as one of 8 bits.
fn sample(plane: Plane<'_>, at: usize) -> f32 {
    match plane.bytes {
        2 => f32::from(u16::from_le_bytes([plane.samples[at * 2], plane.samples[at * 2 + 1]])) / 4.0,
        _ => f32::from(plane.samples[at]),
    }
}

fn level(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_follow_range_and_matrix() {
        let of = |samples: [u8; 3], colours: Colours| {
            let planes = [&samples[0..1], &samples[1..2], &samples[2..3]].map(|samples| Plane { samples, width: 1, height: 1, bytes: 1 });
            draw(planes, colours, Turn::Upright, None).unwrap().rgb
        };
        let told = |full_range, matrix| Colours { full_range, matrix };
        assert_eq!(of([16, 128, 128], told(false, 1)), [0; 3]);
        assert_eq!(of([235, 128, 128], told(false, 6)), [255; 3]);
        assert_eq!(of([235, 128, 128], told(true, 6)), [235; 3]);
        // Red by either matrix.
        assert!(of([63, 102, 240], told(false, 1)).iter().zip([255, 0, 0]).all(|(a, b)| a.abs_diff(b) <= 3));
        assert!(of([81, 90, 240], told(false, 6)).iter().zip([255, 0, 0]).all(|(a, b)| a.abs_diff(b) <= 3));
        assert!(of([81, 90, 240], told(false, 2)).iter().zip([255, 0, 0]).all(|(a, b)| a.abs_diff(b) <= 3), "a small film");
    }

    #[test]
    fn what_is_no_picture_has_no_poster() {
        assert!(poster_outside(b"YUV4MPEG2 W40 H30 C420jpeg\nFRAME\n too few", None).is_none());
        let mut none = |_: u64, _: usize| Ok(Vec::new());
        let plan = plan_of_parts(&mut none, Format::Mp4).unwrap();
        assert!(plan.poster_ranges().is_empty());
        assert_eq!(plan.poster(&[], None).unwrap_err(), "its index is missing");
    }
}
