//! The frames of a film: which are drawn ([`FilmPlan`]), and how they look. H.264 in MP4 and QuickTime files is decoded here; for all else
//! the caller may ask an outside decoder for the same moments and hand its pictures over as YUV4MPEG2.
//!
//! Nothing here opens a file or starts a program. **Invariants:** a plan's bytes and work are bounded; no input makes it panic; the same
//! bytes give the same frames.

mod frame;
mod h264;
pub(crate) mod index;
mod plan;
mod poster;
pub(crate) mod reach;

use frame::{Frame, Plane};
use index::{Sample, Track};
use model::{Damage, Format, KeyFrame, Turn};
use plan::Run;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use plan::{MOMENTS_MAX, PLAN_MAX_BYTES};
pub use poster::{plan_of_parts, poster_outside};

/// Ends the words in `undecoded` of a film that an outside decoder could have read: so it is found again when there is one.
pub const WANTS_FFMPEG: &str = "needs ffmpeg, which was not found";
/// Longest side of an outside decoder's picture that is taken, pixels.
const Y4M_SIDE_MAX: usize = 8192;
/// Longest header of an outside decoder's picture, bytes.
const Y4M_HEADER_MAX: usize = 512;

/// Which frames of a film to draw, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmPlan {
    coding: String,
    duration_ms: Option<u64>,
    turn: Turn,
    way: Way,
}

/// What drawing the frames of a film came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// The frames, in order of time, or in words for people why there is not one.
    pub frames: Result<Vec<KeyFrame>, String>,
    /// Damage that was met on the way.
    pub damage: Option<Damage>,
}

impl From<Result<Vec<KeyFrame>, String>> for Drawn {
    fn from(frames: Result<Vec<KeyFrame>, String>) -> Self {
        Self { frames, damage: None }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Way {
    /// By our own decoder.
    Own { setup: Vec<u8>, runs: Vec<Run>, witnesses: Vec<Sample> },
    /// By another's.
    Outside,
    /// Not at all; the reason.
    Closed(&'static str),
}

impl FilmPlan {
    /// Plans the frames of a film with that index.
    pub(crate) fn of(moov: Option<&[u8]>, format: Format, duration_ms: Option<u64>, orientation: u16) -> Self {
        let boxed = matches!(format, Format::Mp4 | Format::Mov | Format::ThreeGp);
        let turn = Turn::from_exif(orientation);
        let plan = |coding: &str, way| Self { coding: coding.to_owned(), duration_ms, turn, way };
        let Some(moov) = moov.filter(|_| boxed) else {
            return plan(format.name(), if boxed { Way::Closed("its index is missing") } else { Way::Outside });
        };
        let Some(track) = index::track(moov) else { return plan(format.name(), Way::Closed("its index tells of no pictures")) };
        let coding = coding_of(&track).to_owned();
        let Some(duration_ms) = duration_ms else { return plan(&coding, Way::Outside) };
        if coding != "H.264" || track.samples.is_empty() {
            return plan(&coding, Way::Outside);
        }
        match plan::runs(&track, duration_ms) {
            runs if runs.is_empty() => plan(&coding, Way::Outside),
            runs => {
                let witnesses = plan::witnesses(&track);
                plan(&coding, Way::Own { setup: track.setup, runs, witnesses })
            }
        }
    }

    /// Returns the parts of the file to hand to [`draw`](Self::draw), in order; none where the film is not decoded here.
    #[must_use]
    pub fn ranges(&self) -> Vec<Range<u64>> {
        match &self.way {
            Way::Own { runs, witnesses, .. } => plan::ranges(runs, witnesses),
            _ => Vec::new(),
        }
    }

    /// Draws the frames from parts of the file, each with the place where it begins.
    ///
    /// Cost: up to some seconds; see `plan.rs`.
    #[must_use]
    pub fn draw(&self, parts: &[(u64, &[u8])]) -> Drawn {
        let Way::Own { setup, runs, witnesses } = &self.way else { return Err(self.wanted()).into() };
        let fetch = |offset: u64, size: u32| bytes_of(parts, offset, size);
        let decoded = catch_unwind(AssertUnwindSafe(|| h264::frames(setup, runs, witnesses, &fetch)))
            .unwrap_or_else(|_| Err("its decoder gave up inside".to_owned()));
        let decoded = match decoded {
            Ok(decoded) => decoded,
            Err(why) => return Err(why).into(),
        };
        let drawn = frame::draw(&decoded.frames, self.turn);
        let frames = if drawn.is_empty() { Err("no frame of it could be decoded".to_owned()) } else { Ok(drawn) };
        Drawn { frames, damage: decoded.is_broken.then_some(Damage::PictureBroken) }
    }

    /// Returns the moments, in ms, of which an outside decoder is to give the first frame not before; none where its length is unknown.
    #[must_use]
    pub fn moments(&self) -> Vec<u64> {
        self.duration_ms.map(plan::moments).unwrap_or_default()
    }

    /// Returns the same plan for a film whose length an outside decoder told.
    #[must_use]
    pub fn lasting(self, duration_ms: u64) -> Self {
        Self { duration_ms: Some(duration_ms), ..self }
    }

    /// Draws pictures of an outside decoder, upright already: each a YUV4MPEG2 stream of one frame (8 bits, 4:2:0), with its moment.
    /// What is no such stream is left out. The second value is the width and height of the first.
    #[must_use]
    pub fn draw_outside(pictures: &[(u64, Vec<u8>)]) -> (Vec<KeyFrame>, Option<(u32, u32)>) {
        let read: Vec<(u64, Frame, (u32, u32))> =
            pictures.iter().filter_map(|(moment, bytes)| y4m(bytes).map(|(frame, sides)| (*moment, frame, sides))).collect();
        let sides = read.first().map(|first| first.2);
        let frames: Vec<(u64, Frame)> = read.into_iter().map(|(moment, frame, _)| (moment, frame)).collect();
        (frame::draw(&frames, Turn::Upright), sides)
    }

    /// Tells whether an outside decoder could help: not where the file itself is broken.
    #[must_use]
    pub fn may_be_drawn_outside(&self) -> bool {
        !matches!(self.way, Way::Closed(_))
    }

    /// Says why there are no frames, where nobody has drawn them.
    #[must_use]
    pub fn wanted(&self) -> String {
        match self.way {
            Way::Closed(why) => why.to_owned(),
            _ => format!("{} {WANTS_FFMPEG}", self.coding),
        }
    }
}

/// Returns bytes of the file that lie in one of its parts.
fn bytes_of<'a>(parts: &[(u64, &'a [u8])], offset: u64, size: u32) -> Option<&'a [u8]> {
    let part = parts.iter().rfind(|part| part.0 <= offset)?;
    let start = usize::try_from(offset - part.0).ok()?;
    part.1.get(start..start.checked_add(size as usize)?)
}

/// Returns the name of a coding for people; the four letters where it is none of the usual.
fn coding_of(track: &Track) -> &str {
    match &track.codec {
        b"avc1" | b"avc3" if !track.setup.is_empty() => "H.264",
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" => "HEVC",
        b"vp08" => "VP8",
        b"vp09" => "VP9",
        b"av01" => "AV1",
        b"mp4v" => "MPEG-4",
        b"s263" | b"h263" => "H.263",
        b"mjpa" | b"mjpb" | b"jpeg" => "motion JPEG",
        letters if letters.iter().all(u8::is_ascii_alphanumeric) => std::str::from_utf8(letters).unwrap_or("its coding"),
        _ => "its coding",
    }
}

/// Reads the first frame of a YUV4MPEG2 stream and its sides in pixels.
fn y4m(bytes: &[u8]) -> Option<(Frame, (u32, u32))> {
    let (planes, full_range) = y4m_planes(bytes)?;
    let sides = (planes[0].width as u32, planes[0].height as u32);
    Some((Frame::of(planes, full_range)?, sides))
}

/// Returns the planes of the first frame, and whether they have full range.
fn y4m_planes(bytes: &[u8]) -> Option<([Plane<'_>; 3], bool)> {
    let line = |from: usize| {
        let rest = bytes.get(from..)?;
        rest.iter().take(Y4M_HEADER_MAX).position(|&b| b == b'\n').map(|end| (&rest[..end], from + end + 1))
    };
    let (header, after) = line(0)?;
    let header = std::str::from_utf8(header.strip_prefix(b"YUV4MPEG2")?).ok()?;
    let field = |letter: char| header.split(' ').find_map(|field| field.strip_prefix(letter));
    let side = |letter| field(letter)?.parse::<usize>().ok().filter(|side| (1..=Y4M_SIDE_MAX).contains(side));
    let (width, height) = (side('W')?, side('H')?);
    field('C').filter(|kind| matches!(*kind, "420" | "420jpeg" | "420mpeg2" | "420paldv"))?;
    let (mark, start) = line(after)?;
    let (wide, high) = (width.div_ceil(2), height.div_ceil(2));
    let samples = bytes.get(start..).filter(|_| mark.starts_with(b"FRAME"))?;
    let (luma, colour) = samples.split_at_checked(width * height)?;
    let (blue, red) = colour.split_at_checked(wide * high)?;
    let plane = |samples, width, height| Plane { samples, width, height, bytes: 1 };
    let planes = [plane(luma, width, height), plane(blue, wide, high), plane(red, wide, high)];
    Some((planes, header.contains("XCOLORRANGE=FULL")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_pictures_are_read_or_left_out() {
        let picture = |header: &str, bytes: usize| {
            let samples: Vec<u8> = (0..bytes).map(|n| (n * 31 % 200 + 20) as u8).collect();
            [header.as_bytes(), b"FRAME\n", &samples].concat()
        };
        let drawn = |bytes: Vec<u8>| FilmPlan::draw_outside(&[(7, bytes)]);
        for kind in ["420jpeg", "420mpeg2", "420paldv", "420"] {
            let (frames, sides) = drawn(picture(&format!("YUV4MPEG2 W40 H30 F25:1 Ip A1:1 C{kind} XCOLORRANGE=LIMITED\n"), 1800));
            assert_eq!((frames.len(), frames[0].at_ms, sides), (1, 7, Some((40, 30))), "{kind}");
        }
        for (header, bytes) in [
            ("YUV4MPEG2 W40 H30 C420jpeg\n", 1799),
            ("YUV4MPEG2 W40 H30 C444\n", 3600),
            ("YUV4MPEG2 W40 H30 C420p10\n", 3600),
            ("YUV4MPEG2 W0 H30 C420\n", 1800),
            ("YUV4MPEG2 W9999 H99999999999999999999 C420\n", 1800),
            ("YUV4MPEG2 W40\n", 1800),
            ("", 1800),
        ] {
            assert_eq!(drawn(picture(header, bytes)), (Vec::new(), None), "{header}");
        }
    }

    #[test]
    fn films_that_nobody_draws_say_why() {
        let plan = |moov, format| FilmPlan::of(moov, format, Some(1000), 1).wanted();
        assert_eq!(plan(None, Format::Mp4), "its index is missing");
        assert_eq!(plan(Some(&b"junk"[..]), Format::Mov), "its index tells of no pictures");
        assert_eq!(plan(None, Format::Matroska), format!("{} {WANTS_FFMPEG}", Format::Matroska.name()));
    }
}
