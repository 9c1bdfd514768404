//! JPEG: tables, frame, scans, colour profile, and all that follows the end of the picture (a film, further pictures, a gain map). The
//! MPF index (APP2) is left out, since its offsets move when metadata does; the pictures it points to stay in. Source: ITU-T T.81.

use crate::chunks::{JpegSegments, Segment};
use crate::digest::PartHasher;
use model::PayloadHash;

/// Returns the payload hash of a whole JPEG.
pub(crate) fn payload(walk: &JpegSegments<'_>, orientation: u16) -> Option<PayloadHash> {
    let trailer = walk.trailer?;
    let mut hasher = PartHasher::new("jpeg");
    let mut rest = walk.segments.iter().filter(|segment| is_coding(segment.marker)).peekable();
    let mut scans = 0;
    while let Some(segment) = rest.next() {
        let mut bodies = vec![segment.body];
        // Tables are one part however many segments they were written in.
        while let Some(more) = rest.next_if(|next| matches!(next.marker, 0xc4 | 0xdb) && next.marker == segment.marker) {
            bodies.push(more.body);
        }
        hasher.pieces(&format!("segment {:02x}", segment.marker), &bodies);
        if segment.marker == 0xda {
            hasher.part("scan", segment.scan);
            scans += 1;
        }
    }
    if scans == 0 {
        return None;
    }
    if let Some(transform) = adobe_transform(&walk.segments) {
        hasher.number("adobe", u64::from(transform));
    }
    hasher.pieces("profile", &profile(&walk.segments));
    hasher.number("orientation", u64::from(orientation));
    hasher.part("trailer", trailer);
    Some(hasher.finish())
}

/// Frames, Huffman and arithmetic tables, DQT, DNL, DRI, DHP, EXP and SOS.
fn is_coding(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf | 0xda..=0xdf)
}

/// Adobe's APP14 says how colours are coded: part of the picture.
fn adobe_transform(segments: &[Segment<'_>]) -> Option<u8> {
    segments.iter().filter(|s| s.marker == 0xee).find_map(|s| s.body.strip_prefix(b"Adobe")?.get(6).copied())
}

/// Returns the pieces of the colour profile in the order they number themselves.
fn profile<'a>(segments: &[Segment<'a>]) -> Vec<&'a [u8]> {
    let pieces = segments.iter().filter(|s| s.marker == 0xe2).filter_map(|s| s.body.strip_prefix(b"ICC_PROFILE\0"));
    let mut pieces: Vec<_> = pieces.filter_map(|body| Some((body.first()?, body.get(2..)?))).collect();
    pieces.sort_by_key(|(number, _)| **number);
    pieces.into_iter().map(|(_, piece)| piece).collect()
}
