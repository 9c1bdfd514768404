//! Decodes all pixels of a JPEG with zune-jpeg: small pictures, and those whose colour the coarse way does not know.

use super::coarse::Coarse;
use super::markers::{Colour, Frame};
use super::{DecodeError, Decoded, check_memory, check_size};
use crate::decode::guarded;
use crate::decode::traces::traced;
use crate::planes::{Cells, Layout};
use crate::rows::{Given, Rows};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Returns the memory of a full decode: the pixels, and in a progressive file two bytes for each coefficient.
pub(super) fn cost_bytes(frame: &Frame) -> u64 {
    let pixels = (frame.width * frame.height) as u64;
    let components = frame.components.len() as u64;
    pixels * components.clamp(3, 4) + if frame.progressive { pixels * components * 2 } else { 0 }
}

/// Decodes in full. `coarse` is what the coarse way found, if it went through.
pub(super) fn decode(bytes: &[u8], coarse: Option<&Coarse>, cells: Cells) -> Result<Decoded, DecodeError> {
    guarded(|| traced(cells, |to| rows(bytes, coarse, to)))
}

/// Hands all rows over; a decoder that panics is not caught here.
pub(super) fn rows(bytes: &[u8], coarse: Option<&Coarse>, to: &mut dyn Rows) -> Result<Given, DecodeError> {
    let options = DecoderOptions::default().set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    // Nobody has judged how much of the picture came: then the decoder must, and refuse what is not whole.
    let options = options.set_strict_mode(coarse.is_none());
    let damaged = |error: zune_jpeg::errors::DecodeErrors| DecodeError::damage(&error);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let info = decoder.info().ok_or_else(|| DecodeError::Damaged("it has no frame".to_owned()))?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    check_size(width as u64, height as u64)?;
    check_memory(coarse.map_or(width as u64 * height as u64 * 12, |coarse| cost_bytes(&coarse.frame)))?;
    let colour = coarse.map(|coarse| coarse.tables.colour());
    let (space, layout) = match colour {
        Some(Colour::Grey) => (ColorSpace::Luma, Layout::Luma),
        Some(Colour::Ycbcr) => (ColorSpace::YCbCr, Layout::Ycbcr),
        _ => (ColorSpace::RGB, Layout::Rgb),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let pixels = decoder.decode().map_err(damaged)?;
    let row_bytes = width * layout.samples();
    if pixels.len() < row_bytes * height {
        return Err(DecodeError::Unsupported("a JPEG whose colour cannot be taken over".to_owned()));
    }
    to.begin(width, height)?;
    pixels.chunks_exact(row_bytes).take(height).for_each(|row| to.push(row, layout));
    Ok(Given { frames: 1, lossless: false })
}
