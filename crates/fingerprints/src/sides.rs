//! Width and height as a file's header tells them, for pictures that could not be decoded. Not to be trusted further than that.

use crate::bmff::{Heif, be32};
use crate::chunks;
use crate::raw;
use crate::tiff::Tiff;
use model::Format;

/// Returns width and height in pixels as stored (upright for HEIC and AVIF); `None` where the header does not tell.
pub(crate) fn told(bytes: &[u8], format: Format) -> Option<(u32, u32)> {
    let little16 = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    let sides = match format {
        Format::Jpeg => raw::jpeg_sides(bytes)?,
        Format::Png => (be32(bytes, 16)?, be32(bytes, 20)?),
        Format::Gif => (little16(6)?, little16(8)?),
        Format::WebP => webp(bytes)?,
        Format::Tiff => {
            let main = Tiff::open(bytes)?.main()?;
            (main.u32(raw::WIDTH)?, main.u32(raw::HEIGHT)?)
        }
        Format::Heic | Format::Avif => heif(bytes)?,
        _ => return None,
    };
    (sides.0 > 0 && sides.1 > 0).then_some(sides)
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let canvas = chunks::riff(bytes)?.find(b"VP8X")?;
    let side = |at: usize| Some(u32::from_le_bytes([*canvas.get(at)?, *canvas.get(at + 1)?, *canvas.get(at + 2)?, 0]) + 1);
    Some((side(4)?, side(7)?))
}

fn heif(bytes: &[u8]) -> Option<(u32, u32)> {
    let heif = Heif::open(bytes)?;
    let extent = heif.property(heif.primary, b"ispe")?;
    let (width, height) = (be32(extent, 4)?, be32(extent, 8)?);
    let quarter = heif.property(heif.primary, b"irot").and_then(|turn| turn.first()).is_some_and(|turn| turn & 1 == 1);
    Some(if quarter { (height, width) } else { (width, height) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell() {
        assert_eq!(told(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0", Format::Png), Some((640, 480)));
        assert_eq!(told(b"GIF89a\x80\x02\xe0\x01", Format::Gif), Some((640, 480)));
        assert_eq!(told(b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0", Format::WebP), Some((640, 480)));
        assert_eq!(told(b"GIF89a", Format::Gif), None);
    }
}
