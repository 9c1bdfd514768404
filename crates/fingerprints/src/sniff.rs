//! Tells a file's format by its content; its name is never looked at (Takeout writes JPEG bytes under `.HEIC`). Tells only: whether the
//! bytes are whole is for those who read on. Sources: the signatures in each format's specification; MP4 registration authority (brands).

use crate::tiff::{Directory, Tiff};
use model::Format;

/// Bytes of a file's head that [`sniff`] needs to see.
pub const SNIFF_BYTES: usize = 4096;

type Rule = (usize, &'static [u8], Format);

/// Signatures at fixed places, tried in order.
const MARKS: &[Rule] = &[
    (0, b"\xff\xd8\xff", Format::Jpeg),
    (0, b"\x89PNG\r\n\x1a\n", Format::Png),
    (0, b"GIF87a", Format::Gif),
    (0, b"GIF89a", Format::Gif),
    (0, b"\xff\x0a", Format::Jxl),
    (0, b"\0\0\0\x0cJXL \r\n\x87\n", Format::Jxl),
    (0, b"FUJIFILMCCD-RAW", Format::Raf),
    (0, b"IIRO", Format::Orf),
    (0, b"IIRS", Format::Orf),
    (0, b"MMOR", Format::Orf),
    (0, b"IIU\0", Format::Rw2),
    (0, b"\x1a\x45\xdf\xa3", Format::Matroska),
    (0, b"\0\0\x01\xba", Format::Mpeg),
    (0, b"\0\0\x01\xb3", Format::Mpeg),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Format::Wmv),
];

/// Brands of an `ftyp` box and the format they name.
const BRANDS: &[(&[u8; 4], Format)] = &[
    (b"avif", Format::Avif),
    (b"avis", Format::Avif),
    (b"heic", Format::Heic),
    (b"heix", Format::Heic),
    (b"heim", Format::Heic),
    (b"heis", Format::Heic),
    (b"hevc", Format::Heic),
    (b"hevx", Format::Heic),
    (b"crx ", Format::Cr3),
    (b"qt  ", Format::Mov),
    (b"isom", Format::Mp4),
    (b"avc1", Format::Mp4),
    (b"dash", Format::Mp4),
    (b"f4v ", Format::Mp4),
    (b"XAVC", Format::Mp4),
    (b"MSNV", Format::Mp4),
    (b"mmp4", Format::Mp4),
    (b"NDSC", Format::Mp4),
];

/// Returns the format that a file's first bytes tell ([`SNIFF_BYTES`] are enough); `None` for what is no photo or film we know.
/// A TIFF may turn out to be a RAW: see [`refine`].
#[must_use]
pub fn sniff(head: &[u8]) -> Option<Format> {
    let mark = |at: usize, mark: &[u8]| head.get(at..).is_some_and(|rest| rest.starts_with(mark));
    if let Some(&(_, _, format)) = MARKS.iter().find(|(at, bytes, _)| mark(*at, bytes)) {
        return Some(format);
    }
    if mark(0, b"II*\0") || mark(0, b"MM\0*") || mark(0, b"II+\0") || mark(0, b"MM\0+") {
        return Some(if mark(8, b"CR\x02") { Format::Cr2 } else { Format::Tiff });
    }
    if mark(0, b"RIFF") {
        return [(b"WEBP", Format::WebP), (b"AVI ", Format::Avi)].into_iter().find(|(kind, _)| mark(8, *kind)).map(|(_, format)| format);
    }
    if mark(0, b"BM") && head.get(15..18) == Some(&[0, 0, 0]) && head.get(14).is_some_and(|size| BMP_HEADERS.contains(size)) {
        return Some(Format::Bmp);
    }
    if mark(4, b"ftyp") {
        return brand(head);
    }
    if is_bare_quicktime(head) {
        return Some(Format::Mov);
    }
    is_transport_stream(head).then_some(Format::Mpeg)
}

/// Sizes of the header that follows a BMP's file header.
const BMP_HEADERS: &[u8] = &[12, 16, 40, 52, 56, 64, 108, 124];

fn brand(head: &[u8]) -> Option<Format> {
    let size = u32::from_be_bytes(head.get(..4)?.try_into().ok()?) as usize;
    let brands = || [head.get(8..12)].into_iter().flatten().chain(head.get(16..size.min(head.len())).unwrap_or_default().chunks_exact(4));
    if let Some(format) = format_of_brand(head.get(8..12)?) {
        return Some(format);
    }
    let picture = brands().any(|b| matches!(b, b"mif1" | b"msf1" | b"mif2" | b"miaf"));
    let told = brands().find_map(|b| format_of_brand(b).filter(|format| !picture || matches!(format, Format::Heic | Format::Avif)));
    told.or(picture.then_some(Format::Heic))
}

fn format_of_brand(brand: &[u8]) -> Option<Format> {
    if let Some(&(_, format)) = BRANDS.iter().find(|(name, _)| &name[..] == brand) {
        return Some(format);
    }
    let starts = |prefix: &[u8]| brand.starts_with(prefix);
    if starts(b"3g") {
        return Some(Format::ThreeGp);
    }
    // `iso2` to `iso9`, `mp41`, `mp42`, `mp71`, `M4V `, `M4VH`, `M4VP`; not `M4A ` and its like, which hold sound only.
    (starts(b"iso") || starts(b"mp4") || starts(b"mp7") || starts(b"M4V")).then_some(Format::Mp4)
}

/// QuickTime before `ftyp` came (2005): a known box leads.
fn is_bare_quicktime(head: &[u8]) -> bool {
    let Some(kind) = head.get(4..8) else { return false };
    let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
    match kind {
        b"moov" | b"mdat" => size >= 8 || size <= 1,
        b"wide" | b"free" | b"skip" | b"pnot" => {
            let next = head.get(size as usize + 4..).and_then(|rest| rest.get(..4));
            size >= 8 && next.is_none_or(|next| matches!(next, b"moov" | b"mdat" | b"wide" | b"free" | b"skip" | b"PICT"))
        }
        _ => false,
    }
}

/// Packets of 188 bytes (192 with a time stamp before each) that start with 0x47.
fn is_transport_stream(head: &[u8]) -> bool {
    let packets = |start: usize, step: usize| (0..4).all(|n| head.get(start + n * step) == Some(&0x47));
    packets(0, 188) || packets(4, 192)
}

const DNG_VERSION: u16 = 50706;
const COMPRESSION: u16 = 259;
const PHOTOMETRIC: u16 = 262;
const MAKE: u16 = 271;

/// Tells the RAW formats that look like TIFF at their head apart, with the whole file at hand. Any other format comes back as it is, so
/// does a TIFF of a camera whose RAW we do not know (see `is_sensor_tiff`).
#[must_use]
pub fn refine(bytes: &[u8], format: Format) -> Format {
    if format != Format::Tiff {
        return format;
    }
    let Some(tiff) = Tiff::open(bytes) else { return format };
    let Some(main) = tiff.main() else { return format };
    if main.get(DNG_VERSION).is_some() {
        return Format::Dng;
    }
    if !is_sensor_tiff(bytes) {
        return format;
    }
    let make = main.text(MAKE).unwrap_or_default().to_uppercase();
    if make.starts_with("NIKON") {
        Format::Nef
    } else if make.starts_with("SONY") {
        Format::Arw
    } else {
        format
    }
}

/// Tells a TIFF that holds sensor data: a colour filter array, or a camera maker's own compression. A picture exported to TIFF keeps
/// its camera's name, so the name alone says nothing.
pub(crate) fn is_sensor_tiff(bytes: &[u8]) -> bool {
    let sensor = |directory: &Directory<'_>| {
        directory.uint(PHOTOMETRIC) == Some(32803) || matches!(directory.uint(COMPRESSION), Some(32767 | 32769 | 32770 | 34713 | 65535))
    };
    Tiff::open(bytes).is_some_and(|tiff| tiff.directories().iter().any(sensor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        let check = |head: &[u8], expected: Option<Format>| assert_eq!(sniff(head), expected, "{}", head.escape_ascii());
        check(b"\xff\xd8\xff\xe0", Some(Format::Jpeg));
        check(b"\xff\xd8\x00", None);
        check(b"\x89PNG\r\n\x1a\n", Some(Format::Png));
        check(b"GIF89a", Some(Format::Gif));
        check(b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0", Some(Format::Bmp));
        check(b"BMW drivers club, a text", None);
        check(b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::WebP));
        check(b"RIFF\0\0\0\0AVI LIST", Some(Format::Avi));
        check(b"RIFF\0\0\0\0WAVEfmt ", None);
        check(b"II*\0\x08\0\0\0", Some(Format::Tiff));
        check(b"MM\0*\0\0\0\x08", Some(Format::Tiff));
        check(b"II*\0\x10\0\0\0CR\x02\0", Some(Format::Cr2));
        check(b"IIRO\x08\0\0\0", Some(Format::Orf));
        check(b"IIU\0\x18\0\0\0", Some(Format::Rw2));
        check(b"FUJIFILMCCD-RAW 0201", Some(Format::Raf));
        check(b"\xff\x0a", Some(Format::Jxl));
        check(b"\0\0\0\x0cJXL \r\n\x87\n", Some(Format::Jxl));
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Some(Format::Heic));
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", Some(Format::Avif));
        check(b"\0\0\0\x18ftypmif1\0\0\0\0isommif1", Some(Format::Heic));
        check(b"\0\0\0\x18ftypmsf1\0\0\0\0isomhevc", Some(Format::Heic));
        check(b"\0\0\0\x14ftypavis\0\0\0\0avif", Some(Format::Avif));
        check(b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", Some(Format::Cr3));
        check(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Some(Format::Mov));
        check(b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", Some(Format::ThreeGp));
        check(b"\0\0\0\x18ftypM4V \0\0\0\0M4V isom", Some(Format::Mp4));
        check(b"\0\0\0\x18ftypM4A \0\0\0\0M4A ", None);
        check(b"\0\0\0\x18ftypZZZZ\0\0\0\0mp42isom", Some(Format::Mp4));
        check(b"\0\0\0\x08wide\0\0\x12\x34mdat", Some(Format::Mov));
        check(b"\0\0\x12\x34moov", Some(Format::Mov));
        check(b"free text, and more of it", None);
        check(b"\0\0\0\x08free of charge", None);
        check(b"\x1a\x45\xdf\xa3", Some(Format::Matroska));
        check(b"\0\0\x01\xba", Some(Format::Mpeg));
        check(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Some(Format::Wmv));
        check(b"", None);
        check(b"{\"title\": 1}", None);
        let mut stream = vec![0; 1000];
        (0..5).for_each(|n| stream[n * 188] = 0x47);
        check(&stream, Some(Format::Mpeg));
        check(&stream[..500], None);
    }
}
