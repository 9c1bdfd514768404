//! The outer structure of JPEG, PNG and RIFF files: where each segment or chunk lies. What is inside is for others to read.
//!
//! **Invariant:** no slice reaches beyond the bytes given; a walk that met damage says so and keeps what came before.
//! Sources: ITU-T T.81 annex B; PNG 3rd edition §5; RIFF (WebP container specification).

/// Most segments or chunks read of one file; a progressive JPEG with an ICC profile has some dozens, a PNG in 8 KiB chunks some thousands.
pub(crate) const CHUNKS_MAX: usize = 262_144;

/// One segment of a JPEG.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Segment<'a> {
    /// The second byte of its marker.
    pub(crate) marker: u8,
    /// What follows the length.
    pub(crate) body: &'a [u8],
    /// For SOS: the entropy-coded bytes after it, restart markers included.
    pub(crate) scan: &'a [u8],
}

/// The segments of a JPEG up to its end.
#[derive(Debug, Clone)]
pub(crate) struct JpegSegments<'a> {
    /// In file order, without SOI and EOI.
    pub(crate) segments: Vec<Segment<'a>>,
    /// What follows EOI; `None` where the walk met damage or the end of the bytes before it.
    pub(crate) trailer: Option<&'a [u8]>,
}

/// Returns the segments of the JPEG that starts `bytes`; `None` for what is no JPEG. Cost: one search through all of it.
pub(crate) fn jpeg(bytes: &[u8]) -> Option<JpegSegments<'_>> {
    jpeg_until(bytes, |_| false)
}

/// Returns the segments before the first scan, where all metadata and tables of a plain JPEG lie; `None` for what is no JPEG.
pub(crate) fn jpeg_head(bytes: &[u8]) -> Option<Vec<Segment<'_>>> {
    jpeg_until(bytes, |marker| marker == 0xda).map(|walk| walk.segments)
}

fn jpeg_until(bytes: &[u8], is_enough: impl Fn(u8) -> bool) -> Option<JpegSegments<'_>> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let (mut segments, mut at) = (Vec::new(), 2);
    while segments.len() < CHUNKS_MAX {
        let Some((marker, after)) = next_marker(bytes, at).filter(|(marker, _)| !is_enough(*marker)) else { break };
        match marker {
            0xd9 => return Some(JpegSegments { segments, trailer: bytes.get(after..) }),
            0x01 | 0xd0..=0xd8 => {
                at = after;
                continue;
            }
            _ => {}
        }
        let Some(body) = segment_body(bytes, after) else { break };
        let end = after + 2 + body.len();
        let scan = if marker == 0xda { scan_bytes(bytes, end) } else { &[] };
        at = end + scan.len();
        segments.push(Segment { marker, body, scan });
    }
    Some(JpegSegments { segments, trailer: None })
}

/// Returns the marker at `at` (fill bytes skipped) and where it ends; `None` where there is none, which is damage.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    if *bytes.get(at)? != 0xff {
        return None;
    }
    let fill = bytes.get(at..)?.iter().position(|&b| b != 0xff)?;
    let marker = *bytes.get(at + fill)?;
    (marker != 0).then_some((marker, at + fill + 1))
}

fn segment_body(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let length = usize::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    bytes.get(at + 2..at + length.max(2)).filter(|_| length >= 2)
}

/// Returns the bytes from `start` to the next marker that is no restart; to the end where there is none.
fn scan_bytes(bytes: &[u8], start: usize) -> &[u8] {
    let rest = bytes.get(start..).unwrap_or_default();
    for found in memchr::memchr_iter(0xff, rest) {
        match rest.get(found + 1) {
            Some(0 | 0xd0..=0xd7 | 0xff) => {}
            Some(_) => return &rest[..found],
            None => break,
        }
    }
    rest
}

/// One chunk of a PNG or RIFF file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    /// Its four letters.
    pub(crate) kind: [u8; 4],
    /// What it holds.
    pub(crate) body: &'a [u8],
}

/// The chunks of a PNG or RIFF file.
#[derive(Debug, Clone)]
pub(crate) struct Chunks<'a> {
    /// In file order.
    pub(crate) chunks: Vec<Chunk<'a>>,
    /// What follows the last chunk; `None` where the walk met damage before it.
    pub(crate) trailer: Option<&'a [u8]>,
}

impl<'a> Chunks<'a> {
    /// Returns the body of the first chunk of that kind.
    pub(crate) fn find(&self, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.chunks.iter().find(|chunk| chunk.kind == *kind).map(|chunk| chunk.body)
    }
}

/// First bytes of every PNG.
pub(crate) const PNG_MARK: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// Returns the chunks of the PNG that starts `bytes`, up to IEND; checksums are not looked at. `None` for what is no PNG.
pub(crate) fn png(bytes: &[u8]) -> Option<Chunks<'_>> {
    let mut rest = bytes.strip_prefix(PNG_MARK)?;
    let mut chunks = Vec::new();
    while chunks.len() < CHUNKS_MAX {
        let Some(chunk) = png_chunk(rest) else { break };
        rest = &rest[12 + chunk.body.len()..];
        if chunk.kind == *b"IEND" {
            return Some(Chunks { chunks, trailer: Some(rest) });
        }
        chunks.push(chunk);
    }
    Some(Chunks { chunks, trailer: None })
}

fn png_chunk(rest: &[u8]) -> Option<Chunk<'_>> {
    let length = usize::try_from(u32::from_be_bytes(rest.get(..4)?.try_into().ok()?)).ok()?;
    let kind = rest.get(4..8)?.try_into().ok()?;
    let _checksum = rest.get(8usize.checked_add(length)?..length.checked_add(12)?)?;
    Some(Chunk { kind, body: &rest[8..8 + length] })
}

/// Returns the chunks of the RIFF file that starts `bytes`; `None` for what is none. The trailer is what lies beyond RIFF's own length.
pub(crate) fn riff(bytes: &[u8]) -> Option<Chunks<'_>> {
    let length = usize::try_from(u32::from_le_bytes(bytes.strip_prefix(b"RIFF")?.get(..4)?.try_into().ok()?)).ok()?;
    let end = length.checked_add(8)?;
    let whole = bytes.len() >= end;
    let mut rest = bytes.get(12..end.min(bytes.len()))?;
    let mut chunks = Vec::new();
    while rest.len() >= 8 && chunks.len() < CHUNKS_MAX {
        let length = u32::from_le_bytes(rest[4..8].try_into().ok()?) as usize;
        let Some(body) = 8usize.checked_add(length).and_then(|end| rest.get(8..end)) else {
            return Some(Chunks { chunks, trailer: None });
        };
        chunks.push(Chunk { kind: rest[..4].try_into().ok()?, body });
        rest = rest.get(8 + length + (length & 1)..).unwrap_or_default();
    }
    let trailer = (whole && rest.len() < 8).then(|| bytes.get(end + (end & 1)..).unwrap_or_default());
    Some(Chunks { chunks, trailer })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jpeg_segments_scans_and_trailer() {
        let bytes = [&b"\xff\xd8\xff\xe1\0\x04ab\xff\xff\xdb\0\x03Q\xff\xda\0\x02s1\xff\0s2\xff\xd0s3\xff\xd9"[..], b"tail"].concat();
        let walk = jpeg(&bytes).expect("a JPEG");
        let seen: Vec<_> = walk.segments.iter().map(|s| (s.marker, s.body, s.scan)).collect();
        let none: &[u8] = &[];
        assert_eq!(seen, [(0xe1, &b"ab"[..], none), (0xdb, b"Q", none), (0xda, none, b"s1\xff\0s2\xff\xd0s3")]);
        assert_eq!(walk.trailer, Some(&b"tail"[..]));
        for cut in 2..bytes.len() - 4 {
            assert_eq!(jpeg(&bytes[..cut]).expect("still a JPEG").trailer, None, "cut at {cut}");
        }
        assert_eq!(jpeg_head(&bytes).map(|segments| segments.len()), Some(2), "up to the scan");
        assert!(jpeg(b"\xff").is_none());
        assert!(jpeg(b"\xff\xd8\xff\xe1\0\x01x").expect("a JPEG").segments.is_empty(), "a length below two is damage");
    }

    #[test]
    fn png_and_riff_chunks() {
        let png_bytes = [&PNG_MARK[..], b"\0\0\0\x02IDATxy....", b"\0\0\0\0IEND....", b"more"].concat();
        let walk = png(&png_bytes).expect("a PNG");
        assert_eq!(walk.find(b"IDAT"), Some(&b"xy"[..]));
        assert_eq!(walk.trailer, Some(&b"more"[..]));
        assert_eq!(png(&png_bytes[..25]).expect("a PNG").trailer, None);
        let riff_bytes = b"RIFF\x16\0\0\0WEBPVP8 \x01\0\0\0x\0EXIF\0\0\0\0";
        let walk = riff(riff_bytes).expect("a RIFF");
        assert_eq!(walk.chunks.len(), 2);
        assert_eq!(walk.find(b"VP8 "), Some(&b"x"[..]));
        assert!(walk.trailer.is_some());
        assert!(riff(&riff_bytes[..24]).expect("a RIFF").trailer.is_none());
    }

    #[test]
    fn chunks_are_bounded() {
        let mut bytes = PNG_MARK.to_vec();
        for _ in 0..CHUNKS_MAX {
            bytes.extend(b"\0\0\0\0teXt....");
        }
        assert_eq!(png(&bytes).expect("a PNG").chunks.len(), CHUNKS_MAX);
        bytes.extend(b"\0\0\0\0teXt....\0\0\0\0IEND....");
        let walk = png(&bytes).expect("a PNG");
        assert_eq!((walk.chunks.len(), walk.trailer), (CHUNKS_MAX, None));
    }
}
