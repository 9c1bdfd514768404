//! Where each format keeps its EXIF, XMP and IPTC. Only finds and unpacks; reading is next door. Sources: Exif 2.32 §4.7; XMP
//! specification part 3; PNG 3rd edition §11.3; WebP container specification; ISO/IEC 23008-12 annex A; ISO/IEC 18181-2 §9; exiftool's
//! notes on CR3 and RAF.

use super::iptc;
use crate::bmff::{self, Heif};
use crate::chunks;
use crate::raw;
use crate::tiff::Tiff;
use model::Format;
use std::borrow::Cow;
use std::io::Read;

/// Largest EXIF, XMP or IPTC block unpacked or put together, bytes.
const BLOCK_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Most blocks read of one file, and of one kind in a HEIF: each may be unpacked to [`BLOCK_MAX_BYTES`].
const BLOCKS_MAX: usize = 16;

/// A block of metadata.
#[derive(Debug)]
pub(crate) enum Block<'a> {
    /// A TIFF structure with EXIF's directories.
    Exif(Cow<'a, [u8]>),
    /// A TIFF structure whose first directory is Exif's.
    ExifPart(&'a [u8]),
    /// A TIFF structure whose first directory is GPS's.
    GpsPart(&'a [u8]),
    /// A TIFF structure whose first directory is a Canon maker note.
    CanonPart(&'a [u8]),
    /// An XMP packet.
    Xmp(Cow<'a, [u8]>),
    /// IPTC records.
    Iptc(Cow<'a, [u8]>),
}

/// Returns the blocks of a still, the most trusted first.
pub(crate) fn blocks(bytes: &[u8], format: Format) -> Vec<Block<'_>> {
    let mut found = match format {
        Format::Jpeg => in_jpeg(bytes),
        Format::Png => in_png(bytes),
        Format::WebP => in_webp(bytes),
        Format::Heic | Format::Avif => in_heif(bytes),
        Format::Jxl => in_jxl(bytes),
        Format::Tiff | Format::Dng | Format::Cr2 | Format::Nef | Format::Arw | Format::Orf => in_tiff(bytes),
        Format::Rw2 => {
            [in_tiff(bytes), raw::largest_preview(bytes, format).map(in_jpeg).unwrap_or_default()].into_iter().flatten().collect()
        }
        Format::Raf => raw::largest_preview(bytes, format).map(in_jpeg).unwrap_or_default(),
        Format::Cr3 => in_cr3(bytes),
        _ => Vec::new(),
    };
    found.truncate(BLOCKS_MAX);
    found
}

/// Returns an EXIF block without the `Exif\0\0` that some formats put before it.
fn exif(bytes: &[u8]) -> Block<'_> {
    Block::Exif(Cow::Borrowed(bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes)))
}

const XMP_NAME: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED_NAME: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const PHOTOSHOP_NAME: &[u8] = b"Photoshop 3.0\0";

fn in_jpeg(bytes: &[u8]) -> Vec<Block<'_>> {
    let Some(segments) = chunks::jpeg_head(bytes) else { return Vec::new() };
    let bodies = |marker: u8, name: &'static [u8]| {
        segments.iter().filter(move |s| s.marker == marker).filter_map(move |s| s.body.strip_prefix(name))
    };
    let mut found: Vec<_> = bodies(0xe1, b"Exif\0").filter_map(|body| body.get(1..)).map(exif).collect();
    found.extend(bodies(0xe1, XMP_NAME).map(|packet| Block::Xmp(Cow::Borrowed(packet))));
    found.extend(extended_xmp(bodies(0xe1, EXTENDED_NAME)).map(|packet| Block::Xmp(Cow::Owned(packet))));
    // Photoshop's resources may go on over several segments.
    let resources: Vec<u8> = bodies(0xed, PHOTOSHOP_NAME).flatten().copied().take(BLOCK_MAX_BYTES).collect();
    found.extend(iptc::in_photoshop(&resources).map(|records| Block::Iptc(Cow::Owned(records.to_vec()))));
    found
}

/// Puts an extended packet together: each part tells the packet's name, its full length and where the part belongs.
fn extended_xmp<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Option<Vec<u8>> {
    let part = |body: &'a [u8]| Some((body.get(..32)?, bmff::be32(body, 32)? as usize, bmff::be32(body, 36)? as usize, body.get(40..)?));
    let parts: Vec<_> = parts.filter_map(part).collect();
    let &(name, length, _, _) = parts.first()?;
    if length > BLOCK_MAX_BYTES {
        return None;
    }
    let mut packet = vec![b' '; length];
    for (_, _, at, text) in parts.iter().filter(|(other, ..)| *other == name) {
        if let Some(place) = at.checked_add(text.len()).and_then(|end| packet.get_mut(*at..end)) {
            place.copy_from_slice(text);
        }
    }
    Some(packet)
}

fn in_png(bytes: &[u8]) -> Vec<Block<'_>> {
    let Some(walk) = chunks::png(bytes) else { return Vec::new() };
    let mut found: Vec<_> = walk.find(b"eXIf").map(exif).into_iter().collect();
    for chunk in walk.chunks.iter().filter(|c| matches!(&c.kind, b"iTXt" | b"zTXt" | b"tEXt")).take(BLOCKS_MAX) {
        let Some((keyword, text)) = png_text(&chunk.kind, chunk.body) else { continue };
        match keyword {
            b"XML:com.adobe.xmp" => found.push(Block::Xmp(text)),
            b"Raw profile type exif" | b"Raw profile type APP1" => match raw_profile(&text) {
                Some(profile) if profile.starts_with(XMP_NAME) => found.push(Block::Xmp(Cow::Owned(profile[XMP_NAME.len()..].to_vec()))),
                Some(profile) => found.push(Block::Exif(Cow::Owned(profile.strip_prefix(b"Exif\0\0").unwrap_or(&profile).to_vec()))),
                None => {}
            },
            _ => {}
        }
    }
    found
}

/// Returns keyword and text of a PNG text chunk, inflated where it is compressed.
fn png_text<'a>(kind: &[u8; 4], body: &'a [u8]) -> Option<(&'a [u8], Cow<'a, [u8]>)> {
    let end = body.iter().take(80).position(|&b| b == 0)?;
    let (keyword, rest) = (&body[..end], &body[end + 1..]);
    let (packed, text) = match kind {
        b"tEXt" => (false, rest),
        b"zTXt" => (true, rest.get(1..)?),
        _ => {
            let mut parts = rest.get(2..)?.splitn(3, |&b| b == 0);
            (*rest.first()? == 1, parts.nth(2)?)
        }
    };
    Some((keyword, if packed { Cow::Owned(inflated(text)?) } else { Cow::Borrowed(text) }))
}

fn inflated(packed: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    flate2::read::ZlibDecoder::new(packed).take(BLOCK_MAX_BYTES as u64).read_to_end(&mut out).ok()?;
    Some(out)
}

/// Unpacks ImageMagick's text form: a newline, the profile's name, its length, then hexadecimal digits.
fn raw_profile(text: &[u8]) -> Option<Vec<u8>> {
    let mut lines = text.splitn(4, |&b| b == b'\n');
    let digits = lines.nth(3)?.iter().filter(|b| !b.is_ascii_whitespace()).take(2 * BLOCK_MAX_BYTES);
    let values: Vec<u8> = digits.map(|&b| char::from(b).to_digit(16).map(|v| v as u8)).collect::<Option<_>>()?;
    Some(values.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn in_webp(bytes: &[u8]) -> Vec<Block<'_>> {
    let Some(walk) = chunks::riff(bytes) else { return Vec::new() };
    let mut found: Vec<_> = walk.find(b"EXIF").map(exif).into_iter().collect();
    found.extend(walk.find(b"XMP ").map(|packet| Block::Xmp(Cow::Borrowed(packet))));
    found
}

fn in_heif(bytes: &[u8]) -> Vec<Block<'_>> {
    let Some(heif) = Heif::open(bytes) else { return Vec::new() };
    // A block may describe a gain map instead of the picture.
    let describes_other = |id: u32| {
        let mut described = heif.references.iter().filter(|r| r.kind == *b"cdsc" && r.from == id).peekable();
        described.peek().is_some() && !described.any(|r| r.to.contains(&heif.primary))
    };
    let whole = |id: u32| {
        let pieces = heif.pieces(heif.items.get(&id)?)?;
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        (length <= BLOCK_MAX_BYTES).then(|| pieces.concat())
    };
    let ids = |kind: &'static [u8; 4]| {
        heif.items.values().filter(move |i| i.kind == *kind && !describes_other(i.id)).map(|i| i.id).take(BLOCKS_MAX)
    };
    let mut found: Vec<_> = ids(b"Exif")
        .filter_map(whole)
        .filter_map(|item| {
            // Four bytes say how far the TIFF structure lies behind them.
            let skip = usize::try_from(bmff::be32(&item, 0)?).ok()?.checked_add(4)?;
            let tiff = item.get(skip..)?;
            Some(Block::Exif(Cow::Owned(tiff.strip_prefix(b"Exif\0\0").unwrap_or(tiff).to_vec())))
        })
        .collect();
    let packets = ids(b"mime").filter(|id| heif.items.get(id).is_some_and(|i| i.content_type == b"application/rdf+xml"));
    found.extend(packets.filter_map(whole).map(|packet| Block::Xmp(Cow::Owned(packet))));
    found
}

fn in_jxl(bytes: &[u8]) -> Vec<Block<'_>> {
    let mut found: Vec<_> = bmff::find(bytes, b"Exif").and_then(|body| body.get(4..)).map(exif).into_iter().collect();
    found.extend(bmff::find(bytes, b"xml ").map(|packet| Block::Xmp(Cow::Borrowed(packet))));
    found
}

const XMP_TAG: u16 = 700;
const IPTC_TAG: u16 = 33723;

fn in_tiff(bytes: &[u8]) -> Vec<Block<'_>> {
    let mut found = vec![Block::Exif(Cow::Borrowed(bytes))];
    if let Some(main) = Tiff::open(bytes).and_then(|tiff| tiff.main()) {
        found.extend(main.get(XMP_TAG).map(|entry| Block::Xmp(Cow::Borrowed(entry.value))));
        found.extend(main.get(IPTC_TAG).map(|entry| Block::Iptc(Cow::Borrowed(entry.value))));
    }
    found
}

/// The `uuid` box with Canon's blocks inside `moov`.
pub(crate) const CANON_UUID: &[u8; 16] = b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48";
/// The `uuid` box with an XMP packet (XMP specification part 3, §1.2.7.1).
pub(crate) const XMP_UUID: &[u8; 16] = b"\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac";

fn in_cr3(bytes: &[u8]) -> Vec<Block<'_>> {
    let canon = bmff::find(bytes, b"moov").and_then(|moov| bmff::find_uuid(moov, CANON_UUID)).unwrap_or_default();
    let parts = bmff::boxes(canon).filter_map(|b| match &b.kind {
        b"CMT1" => Some(exif(b.body)),
        b"CMT2" => Some(Block::ExifPart(b.body)),
        b"CMT3" => Some(Block::CanonPart(b.body)),
        b"CMT4" => Some(Block::GpsPart(b.body)),
        _ => None,
    });
    let mut found: Vec<_> = parts.collect();
    found.extend(bmff::find_uuid(bytes, XMP_UUID).map(|packet| Block::Xmp(Cow::Borrowed(packet))));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imagemagick_profile_is_unpacked() {
        assert_eq!(raw_profile(b"\nexif\n       4\n4d4d\n002a\n").as_deref(), Some(&b"MM\0*"[..]));
        assert_eq!(raw_profile(b"\nexif\n       4\nzz"), None);
        assert_eq!(raw_profile(b"exif"), None);
    }

    #[test]
    fn extended_packets_are_put_together_within_their_bound() {
        let part = |name: u8, length: usize, at: u32, text: &[u8]| {
            [&[name; 32][..], &(length as u32).to_be_bytes(), &at.to_be_bytes(), text].concat()
        };
        let parts = [part(b'a', 6, 3, b"def"), part(b'b', 6, 0, b"xyz"), part(b'a', 6, 0, b"abc"), part(b'a', 6, 5, b"out")];
        assert_eq!(extended_xmp(parts.iter().map(Vec::as_slice)).as_deref(), Some(&b"abcdef"[..]));
        let at_bound = [part(b'a', BLOCK_MAX_BYTES, 0, b"x")];
        assert!(extended_xmp(at_bound.iter().map(Vec::as_slice)).is_some());
        let over = [part(b'a', BLOCK_MAX_BYTES + 1, 0, b"x")];
        assert!(extended_xmp(over.iter().map(Vec::as_slice)).is_none());
    }

    #[test]
    fn compressed_texts_are_inflated() {
        let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, b"<x/>").expect("in memory");
        let body = [&b"XML:com.adobe.xmp\0\x01\0en\0name\0"[..], &packed.finish().expect("in memory")].concat();
        assert_eq!(png_text(b"iTXt", &body).map(|(k, t)| (k, t.into_owned())), Some((&b"XML:com.adobe.xmp"[..], b"<x/>".to_vec())));
        assert!(png_text(b"zTXt", b"key\0\0garbage").is_none());
    }
}
