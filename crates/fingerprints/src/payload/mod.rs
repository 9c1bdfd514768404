//! Names the coded picture of a file, whatever the metadata around it (the design's §4.2): two files with one payload hash show the
//! same pixels bit for bit, and stripping or adding metadata changes nothing. One file a family of formats.
//!
//! **Invariant:** a part that changes what a viewer shows is in; EXIF (but its orientation), XMP, IPTC, comments, thumbnails and
//! indices of offsets are out; where the structure cannot be followed to its end there is no hash at all. A hash may differ for equal
//! pixels (tables written in another order), which only costs a match that the perceptual hash makes up for.

mod film;
mod heif;
mod jpeg;
mod plain;
mod png;
mod tiff;
mod webp;

pub(crate) use film::FilmHasher;
pub(crate) use jpeg::payload as of_jpeg;

use crate::chunks;
use model::{Format, PayloadHash};

/// Returns the payload hash of a still; `orientation` is EXIF's, as applied. `None` for damaged files and for films.
pub(crate) fn of(bytes: &[u8], format: Format, orientation: u16) -> Option<PayloadHash> {
    match format {
        Format::Jpeg => of_jpeg(&chunks::jpeg(bytes)?, orientation),
        Format::Png => png::payload(bytes, orientation),
        Format::WebP => webp::payload(bytes, orientation),
        Format::Gif => plain::gif(bytes),
        Format::Bmp => plain::bmp(bytes),
        Format::Jxl => plain::jxl(bytes),
        Format::Heic | Format::Avif => heif::payload(bytes, format),
        Format::Tiff => tiff::pages(bytes, orientation),
        _ if format.is_raw() => tiff::sensor(bytes, format, orientation),
        _ => None,
    }
}
