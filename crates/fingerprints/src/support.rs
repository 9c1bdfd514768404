//! What is read of each format, and how sure we are: for `doctor` and for the page that says so. Honest: a format of which no real
//! file could be had is [`Tested::Untested`], however well its drawn samples pass.

use model::Format;

/// How a format's reading was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tested {
    /// On files of real cameras or programs.
    RealSample,
    /// Only on files that our own tests draw.
    Drawn,
    /// On nothing but damage.
    Untested,
}

/// What is read of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FormatSupport {
    /// The format.
    pub format: Format,
    /// Whether its pixels are compared; else only bytes, payload and metadata are.
    pub pixels: bool,
    /// How its reading was tried.
    pub tested: Tested,
    /// What to know, in words for people.
    pub note: &'static str,
}

/// Returns what is read of each format, in the order of [`Format::ALL`].
#[must_use]
pub fn support() -> Vec<FormatSupport> {
    Format::ALL.iter().map(|&format| of(format)).collect()
}

fn of(format: Format) -> FormatSupport {
    use Tested::{Drawn, RealSample, Untested};
    let (pixels, tested, note) = match format {
        Format::Jpeg => (true, RealSample, "motion photos, gain maps and further pictures behind the first count as part of it"),
        Format::Png => (true, RealSample, "animations match by bytes or coded picture only"),
        Format::WebP => (true, RealSample, "animations match by bytes or coded picture only"),
        Format::Gif => (true, RealSample, "animations match by bytes or coded picture only"),
        Format::Bmp => (true, Drawn, ""),
        Format::Tiff => (true, Drawn, "documents of several pages match by bytes or coded pictures only"),
        Format::Heic => (true, RealSample, "grids of tiles as phones write them; image sequences match by bytes only"),
        Format::Avif => (false, Untested, "matched by bytes, coded picture and metadata; no decoder yet"),
        Format::Jxl => (true, Untested, "no real sample could be had for a test; compressed metadata boxes are not read"),
        Format::Dng => (true, RealSample, "by its preview, else by its sensor data where plain, lossy JPEG or JPEG XL"),
        Format::Cr2 | Format::Nef | Format::Arw => (true, Untested, "by its JPEG preview; no real sample could be had for a test"),
        Format::Cr3 | Format::Raf => (true, Untested, "by its JPEG preview; no real sample could be had for a test"),
        Format::Orf | Format::Rw2 => (true, Untested, "by its JPEG preview; no real sample could be had for a test"),
        Format::Mp4 | Format::Mov => (true, RealSample, "H.264 is decoded here; HEVC, VP9, AV1 and others by ffmpeg where it is found"),
        Format::ThreeGp => (true, Drawn, "H.264 is decoded here; H.263 and MPEG-4 by ffmpeg where it is found"),
        Format::Avi | Format::Matroska | Format::Mpeg | Format::Wmv => {
            (false, Untested, "frames by ffmpeg where it is found; else matched by bytes only; its metadata is not read")
        }
    };
    FormatSupport { format, pixels, tested, note }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_listed_once() {
        let listed = support();
        assert_eq!(listed.iter().map(|s| s.format).collect::<Vec<_>>(), Format::ALL);
        assert!(listed.iter().all(|s| s.pixels || !s.note.is_empty()));
    }
}
