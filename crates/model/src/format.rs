//! File formats, told by content. Which bytes mean which format is the fingerprint room's; here are only the names.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Broad class of a format: what can be asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// A still picture that a program rendered.
    Rendered,
    /// Sensor data (or a preview of such) of a camera.
    Raw,
    /// A film.
    Video,
}

macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident $name:literal $mime:literal $family:ident;)*) => {
        /// A file format that Lookalike knows by its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Format {
            $($(#[$doc])* $variant,)*
        }

        impl Format {
            /// All formats, in the order of their declaration.
            pub const ALL: &'static [Format] = &[$(Format::$variant,)*];

            /// Returns the short lower-case name, as stored in the catalog.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Format::$variant => $name,)* }
            }

            /// Returns the MIME type that Google's interfaces use for it.
            #[must_use]
            pub fn mime(self) -> &'static str {
                match self { $(Format::$variant => $mime,)* }
            }

            /// Returns the broad class.
            #[must_use]
            pub fn family(self) -> Family {
                match self { $(Format::$variant => Family::$family,)* }
            }
        }
    };
}

formats! {
    /// JPEG, baseline or progressive.
    Jpeg "jpeg" "image/jpeg" Rendered;
    /// PNG.
    Png "png" "image/png" Rendered;
    /// WebP, lossy or lossless.
    WebP "webp" "image/webp" Rendered;
    /// GIF.
    Gif "gif" "image/gif" Rendered;
    /// Windows bitmap.
    Bmp "bmp" "image/bmp" Rendered;
    /// TIFF that is no RAW.
    Tiff "tiff" "image/tiff" Rendered;
    /// HEIC/HEIF.
    Heic "heic" "image/heif" Rendered;
    /// AVIF.
    Avif "avif" "image/avif" Rendered;
    /// JPEG XL.
    Jxl "jxl" "image/jxl" Rendered;
    /// Adobe DNG.
    Dng "dng" "image/x-adobe-dng" Raw;
    /// Canon RAW, TIFF based.
    Cr2 "cr2" "image/x-canon-cr2" Raw;
    /// Canon RAW, BMFF based.
    Cr3 "cr3" "image/x-canon-cr3" Raw;
    /// Nikon RAW.
    Nef "nef" "image/x-nikon-nef" Raw;
    /// Sony RAW.
    Arw "arw" "image/x-sony-arw" Raw;
    /// Fujifilm RAW.
    Raf "raf" "image/x-fuji-raf" Raw;
    /// Olympus RAW.
    Orf "orf" "image/x-olympus-orf" Raw;
    /// Panasonic RAW.
    Rw2 "rw2" "image/x-panasonic-rw2" Raw;
    /// MP4 and M4V.
    Mp4 "mp4" "video/mp4" Video;
    /// QuickTime.
    Mov "mov" "video/quicktime" Video;
    /// 3GP.
    ThreeGp "3gp" "video/3gpp" Video;
    /// AVI: catalogued and matched by bytes.
    Avi "avi" "video/x-msvideo" Video;
    /// Matroska and WebM: catalogued and matched by bytes.
    Matroska "mkv" "video/x-matroska" Video;
    /// MPEG program or transport stream: catalogued and matched by bytes.
    Mpeg "mpeg" "video/mpeg" Video;
    /// Windows Media: catalogued and matched by bytes.
    Wmv "wmv" "video/x-ms-wmv" Video;
}

impl Format {
    /// Returns the format with that [`name`](Format::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Format> {
        Self::ALL.iter().copied().find(|format| format.name() == name)
    }

    /// Tells a film from a still.
    #[must_use]
    pub fn is_video(self) -> bool {
        self.family() == Family::Video
    }

    /// Tells a camera's sensor data from a rendered picture.
    #[must_use]
    pub fn is_raw(self) -> bool {
        self.family() == Family::Raw
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_come_back() {
        for &format in Format::ALL {
            assert_eq!(Format::from_name(format.name()), Some(format));
        }
    }
}
