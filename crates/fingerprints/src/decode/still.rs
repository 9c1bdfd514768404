//! Decodes WebP, GIF, BMP and TIFF with the `image` crate, whole, within the memory bound; the first frame or page of several.

use super::traces::traced;
use super::{DecodeError, Decoded, MAX_DECODE_BYTES, MAX_SIDE_PX, check_memory, check_size, frames};
use crate::planes::{Cells, Layout};
use crate::rows::{Given, Rows};
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use model::Format;
use std::io::Cursor;

/// Returns how much memory a decoder takes for each hundred bytes of pixels that it gives, with some room. Measured 2026-11 on a photo
/// resized to 48 MP: WebP 155 lossy and 225 lossless, TIFF 190, GIF and BMP 100.
fn working_percent(format: Format) -> u64 {
    match format {
        Format::WebP => 240,
        Format::Tiff => 200,
        _ => 110,
    }
}

/// Returns the memory that `decoder` will take, in bytes.
fn needed(decoder: &impl ImageDecoder, format: Format) -> u64 {
    decoder.total_bytes().saturating_mul(working_percent(format)) / 100
}

fn reader(bytes: &[u8], format: Format) -> Option<ImageReader<Cursor<&[u8]>>> {
    let format = match format {
        Format::WebP => ImageFormat::WebP,
        Format::Gif => ImageFormat::Gif,
        Format::Bmp => ImageFormat::Bmp,
        Format::Tiff => ImageFormat::Tiff,
        _ => return None,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODE_BYTES);
    limits.max_image_width = Some(MAX_SIDE_PX as u32);
    limits.max_image_height = Some(MAX_SIDE_PX as u32);
    reader.limits(limits);
    Some(reader)
}

fn fault(error: ImageError) -> DecodeError {
    match error {
        ImageError::Limits(_) => DecodeError::TooMuchMemory { needed: MAX_DECODE_BYTES + 1, max: MAX_DECODE_BYTES },
        ImageError::Unsupported(what) => DecodeError::Unsupported(what.to_string()),
        other => DecodeError::damage(&other),
    }
}

/// Returns the memory of a decode in bytes; 0 if the header cannot be read.
pub(super) fn cost_bytes(bytes: &[u8], format: Format) -> u64 {
    let decoder = reader(bytes, format).and_then(|reader| reader.into_decoder().ok());
    decoder.map_or(0, |decoder| needed(&decoder, format))
}

/// Decodes the first frame or page.
pub(super) fn decode(bytes: &[u8], format: Format, cells: Cells) -> Result<Decoded, DecodeError> {
    traced(cells, |to| rows(bytes, format, to))
}

/// Hands the rows of the first frame or page over.
pub(super) fn rows(bytes: &[u8], format: Format, to: &mut dyn Rows) -> Result<Given, DecodeError> {
    let reader = reader(bytes, format).ok_or_else(|| DecodeError::Unsupported(format!("{format} is not decoded here")))?;
    let decoder = reader.into_decoder().map_err(fault)?;
    let (width, height) = decoder.dimensions();
    check_size(u64::from(width), u64::from(height))?;
    check_memory(needed(&decoder, format))?;
    let picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    let (frames, lossless) = match format {
        Format::Gif => (frames::of_gif(bytes), false),
        Format::WebP => frames::of_webp(bytes),
        Format::Tiff => (frames::of_tiff(bytes), true),
        _ => (1, true),
    };
    push_rows(&picture, to)?;
    Ok(Given { frames, lossless })
}

/// Pushes the rows of any kind of picture, cut to 8 bits a sample.
fn push_rows(picture: &DynamicImage, to: &mut dyn Rows) -> Result<(), DecodeError> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    to.begin(width, height)?;
    let mut bytes = |samples: &[u8], layout: Layout| {
        samples.chunks_exact(width * layout.samples()).for_each(|row| to.push(row, layout));
    };
    match picture {
        DynamicImage::ImageLuma8(image) => bytes(image, Layout::Luma),
        DynamicImage::ImageLumaA8(image) => bytes(image, Layout::LumaAlpha),
        DynamicImage::ImageRgb8(image) => bytes(image, Layout::Rgb),
        DynamicImage::ImageRgba8(image) => bytes(image, Layout::Rgba),
        DynamicImage::ImageLuma16(image) => push_deep(to, width, image, Layout::Luma),
        DynamicImage::ImageLumaA16(image) => push_deep(to, width, image, Layout::LumaAlpha),
        DynamicImage::ImageRgb16(image) => push_deep(to, width, image, Layout::Rgb),
        DynamicImage::ImageRgba16(image) => push_deep(to, width, image, Layout::Rgba),
        other => bytes(&other.to_rgba8(), Layout::Rgba),
    }
    Ok(())
}

/// Pushes rows of 16-bit samples by their upper bytes.
fn push_deep(to: &mut dyn Rows, width: usize, samples: &[u16], layout: Layout) {
    let mut row = Vec::new();
    for deep in samples.chunks_exact(width * layout.samples()) {
        row.clear();
        row.extend(deep.iter().map(|&sample| (sample >> 8) as u8));
        to.push(&row, layout);
    }
}
