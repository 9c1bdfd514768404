//! Decodes PNG row by row, so that even the largest takes only some megabytes; interlaced ones whole, within the memory bound.
//!
//! Checksums are kept on: a PNG with a flipped bit is damaged, not another picture.

use super::traces::traced;
use super::{DecodeError, Decoded, MAX_DECODE_BYTES, MAX_FRAMES, check_memory, check_size};
use crate::planes::{Cells, Layout};
use crate::rows::{Given, Rows};
use png::{ColorType, Decoder, DecodingError, Limits, Transformations};
use std::io::Cursor;

/// Bytes of rows, tables and planes beside the pixels of an interlaced PNG.
const OVERHEAD_BYTES: u64 = 8 << 20;

fn decoder(bytes: &[u8]) -> Decoder<Cursor<&[u8]>> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: MAX_DECODE_BYTES as usize / 2 });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder
}

fn fault(error: DecodingError) -> DecodeError {
    match error {
        DecodingError::LimitsExceeded => DecodeError::TooMuchMemory { needed: MAX_DECODE_BYTES + 1, max: MAX_DECODE_BYTES },
        other => DecodeError::damage(&other),
    }
}

/// Returns the memory of a decode in bytes; 0 if there is no header.
pub(super) fn cost_bytes(bytes: &[u8]) -> u64 {
    let mut decoder = decoder(bytes);
    let Ok(info) = decoder.read_header_info() else { return 0 };
    let pixels = u64::from(info.width) * u64::from(info.height);
    let row = u64::from(info.width) * 16;
    OVERHEAD_BYTES + row + if info.interlaced { pixels * 4 } else { 0 }
}

/// Decodes the first picture of a PNG.
pub(super) fn decode(bytes: &[u8], cells: Cells) -> Result<Decoded, DecodeError> {
    traced(cells, |to| rows(bytes, to))
}

/// Hands its rows over.
pub(super) fn rows(bytes: &[u8], to: &mut dyn Rows) -> Result<Given, DecodeError> {
    let mut decoder = decoder(bytes);
    let info = decoder.read_header_info().map_err(fault)?;
    let (width, height, interlaced) = (info.width, info.height, info.interlaced);
    check_size(u64::from(width), u64::from(height))?;
    let mut reader = decoder.read_info().map_err(fault)?;
    let frames = reader.info().animation_control.map_or(1, |control| control.num_frames.clamp(1, MAX_FRAMES));
    let layout = match reader.output_color_type().0 {
        ColorType::Grayscale => Layout::Luma,
        ColorType::GrayscaleAlpha => Layout::LumaAlpha,
        ColorType::Rgb => Layout::Rgb,
        ColorType::Rgba => Layout::Rgba,
        ColorType::Indexed => return Err(DecodeError::Unsupported("a PNG whose palette cannot be read".to_owned())),
    };
    to.begin(width as usize, height as usize)?;
    if interlaced {
        let row_bytes = width as usize * layout.samples();
        check_memory((row_bytes * height as usize) as u64)?;
        let mut pixels = vec![0; reader.output_buffer_size().unwrap_or(0)];
        reader.next_frame(&mut pixels).map_err(fault)?;
        pixels.chunks_exact(row_bytes).for_each(|row| to.push(row, layout));
    } else {
        // An animation whose default picture is no frame of it still shows that picture to plain viewers.
        for _ in 0..height {
            let Some(row) = reader.next_row().map_err(fault)? else { break };
            to.push(row.data(), layout);
        }
    }
    Ok(Given { frames, lossless: true })
}
