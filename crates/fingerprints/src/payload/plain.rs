//! Formats with a plain structure: GIF, BMP, JPEG XL. Sources: GIF89a specification; Microsoft's BITMAPINFOHEADER pages; ISO/IEC 18181-2.

use crate::bmff;
use crate::chunks::CHUNKS_MAX;
use crate::digest::PartHasher;
use model::PayloadHash;

/// Returns the payload hash of a whole GIF: all but comments and application blocks, of which only the loop count stays.
pub(super) fn gif(bytes: &[u8]) -> Option<PayloadHash> {
    let screen = bytes.get(6..13)?;
    let mut hasher = PartHasher::new("gif");
    hasher.part("screen", screen);
    let mut at = 13;
    at += colour_table(&mut hasher, bytes, at, screen[4])?;
    let mut pictures = 0;
    for _ in 0..CHUNKS_MAX {
        match *bytes.get(at)? {
            0x3b => return (pictures > 0).then(|| hasher.finish()),
            0x21 => {
                let label = *bytes.get(at + 1)?;
                let (blocks, end) = blocks(bytes, at + 2)?;
                let looping = blocks.first().is_some_and(|b| matches!(&b[..], b"NETSCAPE2.0" | b"ANIMEXTS1.0"));
                if matches!(label, 0xf9 | 0x01) || (label == 0xff && looping) {
                    hasher.pieces(&format!("extension {label:02x}"), &blocks);
                }
                at = end;
            }
            0x2c => {
                let descriptor = bytes.get(at + 1..at + 10)?;
                hasher.part("picture", descriptor);
                at += 10;
                at += colour_table(&mut hasher, bytes, at, descriptor[8])?;
                hasher.part("code size", bytes.get(at..at + 1)?);
                let (blocks, end) = blocks(bytes, at + 1)?;
                hasher.pieces("codes", &blocks);
                at = end;
                pictures += 1;
            }
            _ => return None,
        }
    }
    None
}

/// Hashes the colour table that `flags` announce; returns its length.
fn colour_table(hasher: &mut PartHasher, bytes: &[u8], at: usize, flags: u8) -> Option<usize> {
    if flags & 0x80 == 0 {
        return Some(0);
    }
    let length = 3 << ((flags & 7) + 1);
    hasher.part("colours", bytes.get(at..at + length)?);
    Some(length)
}

/// Returns the sub-blocks from `at` on, and where their end mark ends.
fn blocks(bytes: &[u8], mut at: usize) -> Option<(Vec<&[u8]>, usize)> {
    let mut found = Vec::new();
    loop {
        let length = usize::from(*bytes.get(at)?);
        if length == 0 {
            return Some((found, at + 1));
        }
        found.push(bytes.get(at + 1..at + 1 + length)?);
        at += 1 + length;
    }
}

/// Returns the payload hash of a whole BMP: header without the resolution, palette and pixels.
pub(super) fn bmp(bytes: &[u8]) -> Option<PayloadHash> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let (pixels_at, header_bytes) = (word(10)?, word(14)?);
    let header = bytes.get(14..14usize.checked_add(header_bytes)?).filter(|header| header.len() >= 12)?;
    let mut header = header.to_vec();
    if let Some(resolution) = header.get_mut(24..32) {
        resolution.fill(0);
    }
    let (width, height, bits) = if header_bytes < 16 {
        (usize::from(u16::from_le_bytes([header[4], header[5]])), usize::from(u16::from_le_bytes([header[6], header[7]])), 24)
    } else {
        let bits = usize::from(u16::from_le_bytes(bytes.get(28..30)?.try_into().ok()?));
        (word(18)?, (word(22)? as i32).unsigned_abs() as usize, bits)
    };
    // Rows are padded to four bytes; compressed ones tell their own size.
    let packed = header_bytes >= 40 && matches!(word(30)?, 1 | 2 | 4 | 5);
    let needed = if packed { word(34)? } else { width.checked_mul(bits)?.div_ceil(32).checked_mul(4)?.checked_mul(height)? };
    let whole = needed > 0 && bytes.len().checked_sub(pixels_at)? >= needed;
    let mut hasher = PartHasher::new("bmp");
    hasher.part("header", &header);
    hasher.part("rest", bytes.get(14 + header_bytes..)?);
    whole.then(|| hasher.finish())
}

/// Returns the payload hash of a JPEG XL: the codestream, bare or in boxes, and a gain map.
pub(super) fn jxl(bytes: &[u8]) -> Option<PayloadHash> {
    let mut hasher = PartHasher::new("jxl");
    if bytes.starts_with(&[0xff, 0x0a]) {
        hasher.part("codestream", bytes);
        return Some(hasher.finish());
    }
    let mut pieces = Vec::new();
    let (mut complete, mut read) = (false, 0);
    for part in bmff::boxes(bytes) {
        read = part.body.as_ptr() as usize - bytes.as_ptr() as usize + part.body.len();
        match &part.kind {
            b"jxlc" => {
                pieces.push(part.body);
                complete = true;
            }
            // The highest bit of the number marks the last part.
            b"jxlp" => {
                complete |= *part.body.first()? & 0x80 != 0;
                pieces.push(part.body.get(4..)?);
            }
            _ => {}
        }
    }
    hasher.pieces("codestream", &pieces);
    for part in bmff::boxes(bytes).filter(|b| b.kind == *b"jhgm") {
        hasher.part("gain map", part.body);
    }
    (complete && read == bytes.len()).then(|| hasher.finish())
}
