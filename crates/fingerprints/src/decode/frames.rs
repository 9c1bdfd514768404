//! Counts frames and pages from the container alone, without decoding, so that animations and documents are told from plain pictures.
//!
//! Counting is bounded by [`MAX_FRAMES`] and by the bytes there are; a container that breaks off counts what came.
//! Sources: GIF89a specification; WebP container specification; TIFF 6.0, section 2; PNG third edition, 11.3.

use super::MAX_FRAMES;

/// Returns the frames of a GIF: its image descriptors.
pub(super) fn of_gif(bytes: &[u8]) -> u32 {
    let palette = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + bytes.get(10).map_or(0, |&flags| palette(flags));
    let mut frames = 0;
    while frames < MAX_FRAMES {
        match bytes.get(at) {
            Some(0x21) => at += 2,
            Some(0x2C) => {
                frames += 1;
                at += 11 + bytes.get(at + 9).map_or(0, |&flags| palette(flags));
            }
            _ => break,
        }
        // Sub-blocks until an empty one.
        while let Some(&length) = bytes.get(at) {
            at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
    frames.max(1)
}

/// Returns the frames of a WebP and whether it is lossless.
pub(super) fn of_webp(bytes: &[u8]) -> (u32, bool) {
    let (mut at, mut frames, mut lossless) = (12usize, 0, false);
    while let Some(head) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        match &head[..4] {
            b"ANMF" => frames += 1,
            b"VP8L" => lossless = true,
            _ => {}
        }
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let Some(next) = at.checked_add(8 + (length & 1)).and_then(|at| at.checked_add(length)) else { break };
        at = next;
        if frames >= MAX_FRAMES {
            break;
        }
    }
    (frames.max(1), lossless)
}

/// Returns the pages of a TIFF: directories whose subfile type (tag 254) is not a reduced picture or a mask.
pub(super) fn of_tiff(bytes: &[u8]) -> u32 {
    let little = bytes.starts_with(b"II");
    let u16_at = |at: usize| {
        let two = *bytes.get(at..)?.first_chunk::<2>()?;
        Some(if little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    };
    let u32_at = |at: usize| {
        let four = *bytes.get(at..)?.first_chunk::<4>()?;
        Some(if little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    };
    let (mut next, mut pages) = (u32_at(4), 0);
    // A chain that bites its tail ends at the bound.
    for _ in 0..MAX_FRAMES {
        let Some(at) = next.filter(|&at| at != 0).map(|at| at as usize) else { break };
        let Some(count) = u16_at(at).map(usize::from) else { break };
        let entries = (0..count).map(|n| at + 2 + n * 12);
        let subfile = entries.clone().find(|&entry| u16_at(entry) == Some(254)).and_then(|entry| u32_at(entry + 8));
        if subfile.unwrap_or(0) & 0b101 == 0 {
            pages += 1;
        }
        next = u32_at(at + 2 + count * 12);
    }
    pages.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_go_round_end_and_reduced_pictures_do_not_count() {
        // Directories at 8 and 26: the first plain, the second reduced, pointing back to the first.
        let entry =
            |tag: u16, value: u32| [&tag.to_le_bytes()[..], &4u16.to_le_bytes(), &1u32.to_le_bytes(), &value.to_le_bytes()].concat();
        let plain = [&1u16.to_le_bytes()[..], &entry(256, 10), &26u32.to_le_bytes()].concat();
        let reduced = |next: u32| [&1u16.to_le_bytes()[..], &entry(254, 1), &next.to_le_bytes()].concat();
        let file = |next: u32| [&b"II*\0"[..], &8u32.to_le_bytes(), &plain, &reduced(next)].concat();
        assert_eq!(of_tiff(&file(0)), 1);
        assert_eq!(of_tiff(&file(8)), MAX_FRAMES / 2);
        assert_eq!(of_tiff(b"II*\0"), 1);
    }

    #[test]
    fn broken_containers_count_at_least_one() {
        for bytes in [&b""[..], b"GIF89a", b"RIFF\xFF\xFF\xFF\xFFWEBPANMF\xFF\xFF\xFF\xFF"] {
            assert_eq!((of_gif(bytes), of_webp(bytes).0, of_tiff(bytes)), (1, 1, 1));
        }
    }
}
