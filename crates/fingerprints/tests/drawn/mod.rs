//! Draws the bytes the tests read: pictures by formula, EXIF and TIFF structures, JPEG, PNG, WebP, GIF, HEIC, JPEG XL, DNG and film files.
//! Nothing here decodes.
#![allow(dead_code)] // each test file uses its part
#![allow(clippy::print_stderr)] // a skipped test says so

pub(crate) mod dng;
pub(crate) mod film;

/// A value of a TIFF entry.
#[derive(Clone)]
pub(crate) enum Value {
    /// ASCII, a NUL is added.
    Text(&'static str),
    /// SHORT.
    Short(Vec<u16>),
    /// LONG.
    Long(Vec<u32>),
    /// RATIONAL.
    Ratio(Vec<(u32, u32)>),
    /// BYTE or UNDEFINED.
    Bytes(u16, Vec<u8>),
}

impl Value {
    fn encoded(&self) -> (u16, u32, Vec<u8>) {
        match self {
            Value::Text(text) => (2, text.len() as u32 + 1, [text.as_bytes(), b"\0"].concat()),
            Value::Short(values) => (3, values.len() as u32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Value::Long(values) => (4, values.len() as u32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Value::Ratio(values) => {
                (5, values.len() as u32, values.iter().flat_map(|(a, b)| [a.to_le_bytes(), b.to_le_bytes()].concat()).collect())
            }
            Value::Bytes(kind, bytes) => (*kind, bytes.len() as u32, bytes.clone()),
        }
    }
}

/// A little-endian TIFF structure that grows.
pub(crate) struct TiffWriter {
    /// The bytes so far.
    pub(crate) bytes: Vec<u8>,
}

impl TiffWriter {
    pub(crate) fn new(mark: &[u8; 4]) -> Self {
        Self { bytes: [&mark[..], &[0; 4]].concat() }
    }

    /// Adds bytes; returns where they lie.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> u32 {
        if self.bytes.len() % 2 == 1 {
            self.bytes.push(0);
        }
        self.bytes.extend(bytes);
        (self.bytes.len() - bytes.len()) as u32
    }

    /// Adds a directory; returns where it lies.
    pub(crate) fn directory(&mut self, entries: &[(u16, Value)]) -> u32 {
        let mut entries: Vec<_> = entries.iter().map(|(tag, value)| (*tag, value.encoded())).collect();
        entries.sort_by_key(|(tag, _)| *tag);
        let mut rows = (entries.len() as u16).to_le_bytes().to_vec();
        for (tag, (kind, count, mut value)) in entries {
            if value.len() > 4 {
                value = self.add(&value).to_le_bytes().to_vec();
            }
            value.resize(4, 0);
            rows.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value].concat());
        }
        rows.extend([0; 4]);
        self.add(&rows)
    }

    /// Returns the structure whose first directory lies at `first`.
    pub(crate) fn done(mut self, first: u32) -> Vec<u8> {
        self.bytes[4..8].copy_from_slice(&first.to_le_bytes());
        self.bytes
    }
}

/// An EXIF block: first directory, Exif and GPS.
pub(crate) fn exif(main: &[(u16, Value)], exif: &[(u16, Value)], gps: &[(u16, Value)]) -> Vec<u8> {
    let mut tiff = TiffWriter::new(b"II*\0");
    let mut main = main.to_vec();
    for (pointer, entries) in [(0x8769, exif), (0x8825, gps)] {
        if !entries.is_empty() {
            let at = tiff.directory(entries);
            main.push((pointer, Value::Long(vec![at])));
        }
    }
    let first = tiff.directory(&main);
    tiff.done(first)
}

/// An EXIF block that tells nothing but an orientation.
pub(crate) fn turned(orientation: u16) -> Vec<u8> {
    exif(&[(0x0112, Value::Short(vec![orientation]))], &[], &[])
}

/// RGB pixels with patches and waves in them, so that hashes have something to hold on to at every frequency. The same picture comes at
/// every size.
pub(crate) fn pixels(width: usize, height: usize, seed: usize) -> Vec<u8> {
    // A patch's brightness, by a multiplicative hash of its place.
    let patch = |column: usize, row: usize, n: usize| {
        let mixed = ((column * 29 + row) * 3 + n * usize::from(row.is_multiple_of(5)) + seed * 7919).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 40 & 0x7f) as f64
    };
    let sample = |px: usize, py: usize, n: usize| {
        let (x, y) = ((px as f64 + 0.5) / width as f64, (py as f64 + 0.5) / height as f64);
        let wave = 40.0 * (x * (9.0 + n as f64) + seed as f64).sin() * (y * 7.0).cos();
        90.0 + wave + patch((x * 23.0) as usize, (y * 19.0) as usize, n)
    };
    (0..width * height * 3).map(|at| sample(at / 3 % width, at / 3 / width, at % 3).clamp(0.0, 255.0) as u8).collect()
}

/// A JPEG of [`pixels`].
pub(crate) fn jpeg_of(width: u16, height: u16, seed: usize, progressive: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 90);
    encoder.set_progressive(progressive);
    encoder.set_restart_interval(4);
    encoder.encode(&pixels(width.into(), height.into(), seed), width, height, jpeg_encoder::ColorType::Rgb).expect("sides fit");
    out
}

/// A small JPEG.
pub(crate) fn jpeg() -> Vec<u8> {
    jpeg_of(64, 48, 1, false)
}

/// `jpeg` with further segments after SOI.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut out = jpeg[..2].to_vec();
    for (marker, body) in segments {
        out.extend([0xff, *marker]);
        out.extend((body.len() as u16 + 2).to_be_bytes());
        out.extend(body);
    }
    out.extend(&jpeg[2..]);
    out
}

/// `jpeg` with an EXIF block.
pub(crate) fn with_exif(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    with_segments(jpeg, &[(0xe1, [b"Exif\0\0", exif].concat())])
}

fn png_chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut check = flate2::Crc::new();
    check.update(kind);
    check.update(body);
    [&(body.len() as u32).to_be_bytes()[..], kind, body, &check.sum().to_be_bytes()].concat()
}

/// A PNG whose picture data come in chunks of `cut` bytes, with further chunks before them.
pub(crate) fn png(cut: usize, before: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let (width, height) = (64u32, 48u32);
    let rows: Vec<u8> = pixels(64, 48, 1).chunks(64 * 3).flat_map(|row| [&[0], row].concat()).collect();
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &rows).expect("in memory");
    let packed = packed.finish().expect("in memory");
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let mut out = [b"\x89PNG\r\n\x1a\n".to_vec(), png_chunk(b"IHDR", &header)].concat();
    before.iter().for_each(|(kind, body)| out.extend(png_chunk(kind, body)));
    packed.chunks(cut).for_each(|piece| out.extend(png_chunk(b"IDAT", piece)));
    out.extend(png_chunk(b"IEND", b""));
    out
}

/// A WebP (lossless), with further chunks behind its picture; an extended header comes first where there are any.
pub(crate) fn webp(more: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut plain = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut plain);
    encoder.encode(&pixels(64, 48, 1), 64, 48, image::ExtendedColorType::Rgb8).expect("in memory");
    if more.is_empty() {
        return plain;
    }
    let mut chunks = b"VP8X\x0a\0\0\0\x08\0\0\0\x3f\0\0\x2f\0\0".to_vec();
    chunks.extend(&plain[12..]);
    for (kind, body) in more {
        chunks.extend([&kind[..], &(body.len() as u32).to_le_bytes(), body].concat());
        chunks.resize(chunks.len().next_multiple_of(2), 0);
    }
    [b"RIFF", &(chunks.len() as u32 + 4).to_le_bytes()[..], b"WEBP", &chunks].concat()
}

/// A picture coded by the image crate.
pub(crate) fn coded(format: image::ImageFormat) -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let buffer = image::RgbImage::from_raw(64, 48, pixels(64, 48, 1)).expect("as many pixels");
    buffer.write_to(&mut out, format).expect("in memory");
    out.into_inner()
}

/// A box.
pub(crate) fn bmff_box(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// What a drawn HEIC holds.
#[derive(Clone)]
pub(crate) struct Heic {
    /// Bytes of the two tiles.
    pub(crate) tiles: [Vec<u8>; 2],
    /// Bytes of a gain map.
    pub(crate) gain_map: Option<Vec<u8>>,
    /// Bytes of a thumbnail.
    pub(crate) thumbnail: Option<Vec<u8>>,
    /// A TIFF structure.
    pub(crate) exif: Option<Vec<u8>>,
    /// An XMP packet.
    pub(crate) xmp: Option<Vec<u8>>,
    /// Quarter turns of `irot`.
    pub(crate) quarters: u8,
    /// Added to all items' numbers.
    pub(crate) first_id: u16,
}

impl Default for Heic {
    fn default() -> Self {
        let tiles = [b"first tile".to_vec(), b"second tile".to_vec()];
        Self { tiles, gain_map: None, thumbnail: None, exif: None, xmp: None, quarters: 0, first_id: 1 }
    }
}

impl Heic {
    /// Returns the file: a grid of two tiles (not decodable), and what else was asked for.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        // (id, kind, bytes); the grid first.
        let id = |n: u16| self.first_id + n;
        let mut items: Vec<(u16, &[u8; 4], Vec<u8>)> = vec![
            (id(0), b"grid", b"\0\0\0\x01\0\x80\0\x40".to_vec()),
            (id(1), b"hvc1", self.tiles[0].clone()),
            (id(2), b"hvc1", self.tiles[1].clone()),
        ];
        let mut references = reference(b"dimg", id(0), &[id(1), id(2)]);
        let mut add = |n: u16, kind: &'static [u8; 4], bytes: &Option<Vec<u8>>, role: &[u8; 4]| {
            if let Some(bytes) = bytes {
                items.push((id(n), kind, bytes.clone()));
                references.extend(reference(role, id(n), &[id(0)]));
            }
        };
        add(3, b"hvc1", &self.gain_map, b"auxl");
        add(4, b"hvc1", &self.thumbnail, b"thmb");
        add(5, b"Exif", &self.exif.as_ref().map(|tiff| [b"\0\0\0\x06Exif\0\0", &tiff[..]].concat()), b"cdsc");
        add(6, b"mime", &self.xmp, b"cdsc");
        let mut out = Vec::new();
        // Twice: the first pass tells how long the index is.
        for _ in 0..2 {
            let data_at = out.len().saturating_sub(items.iter().map(|(_, _, bytes)| bytes.len()).sum());
            out = self.drawn(&items, &references, data_at);
        }
        out
    }

    fn drawn(&self, items: &[(u16, &[u8; 4], Vec<u8>)], references: &[u8], data_at: usize) -> Vec<u8> {
        let infe = |(id, kind, _): &(u16, &[u8; 4], Vec<u8>)| {
            let content: &[u8] = if *kind == b"mime" { b"\0application/rdf+xml\0" } else { b"\0" };
            bmff_box(b"infe", &[b"\x02\0\0\0", &id.to_be_bytes()[..], b"\0\0", &kind[..], content].concat())
        };
        let count = (items.len() as u16).to_be_bytes();
        let mut place = data_at as u32;
        let iloc = |(id, _, bytes): &(u16, &[u8; 4], Vec<u8>)| {
            let row = [&id.to_be_bytes()[..], b"\0\0\0\x01", &place.to_be_bytes(), &(bytes.len() as u32).to_be_bytes()].concat();
            place += bytes.len() as u32;
            row
        };
        let places: Vec<u8> = items.iter().flat_map(iloc).collect();
        let ipco = bmff_box(b"ipco", &[bmff_box(b"ispe", b"\0\0\0\0\0\0\0\x80\0\0\0\x40"), bmff_box(b"irot", &[self.quarters])].concat());
        let ipma = bmff_box(b"ipma", &[b"\0\0\0\0\0\0\0\x01", &self.first_id.to_be_bytes()[..], b"\x02\x01\x82"].concat());
        let meta = [
            b"\0\0\0\0".to_vec(),
            bmff_box(b"hdlr", b"\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            bmff_box(b"pitm", &[b"\0\0\0\0", &self.first_id.to_be_bytes()[..]].concat()),
            bmff_box(b"iinf", &[b"\0\0\0\0", &count[..], &items.iter().flat_map(infe).collect::<Vec<u8>>()].concat()),
            bmff_box(b"iloc", &[b"\0\0\0\0\x44\0", &count[..], &places].concat()),
            bmff_box(b"iref", &[b"\0\0\0\0", references].concat()),
            bmff_box(b"iprp", &[ipco, ipma].concat()),
        ]
        .concat();
        let data: Vec<u8> = items.iter().flat_map(|(_, _, bytes)| bytes.clone()).collect();
        [bmff_box(b"ftyp", b"heic\0\0\0\0mif1heic"), bmff_box(b"meta", &meta), bmff_box(b"mdat", &data)].concat()
    }
}

fn reference(kind: &[u8; 4], from: u16, to: &[u16]) -> Vec<u8> {
    let to_bytes: Vec<u8> = to.iter().flat_map(|id| id.to_be_bytes()).collect();
    bmff_box(kind, &[&from.to_be_bytes()[..], &(to.len() as u16).to_be_bytes(), &to_bytes].concat())
}

/// Where the real samples lie; says loudly that a test is skipped where they do not.
pub(crate) fn shared(path: &str) -> Option<std::path::PathBuf> {
    let path = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}

/// The fingerprint of a file by its content.
pub(crate) fn fingerprint(bytes: &[u8]) -> model::Fingerprint {
    let format = fingerprints::sniff(bytes).unwrap_or_else(|| panic!("no format: {}", bytes[..bytes.len().min(16)].escape_ascii()));
    fingerprints::fingerprint(bytes, fingerprints::refine(bytes, format))
}
