//! Damaged and hostile files: what a careful reader must survive. All are drawn here; none is a recorded attack.

use crate::canvas::Canvas;
use crate::encode::{JpegOptions, jpeg};
use crate::rng::Rng;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Returns the first `length` bytes.
#[must_use]
pub fn cut(bytes: &[u8], length: usize) -> Vec<u8> {
    bytes[..length.min(bytes.len())].to_vec()
}

/// Returns the bytes with `count` bits turned over, somewhere after the first `spared` bytes.
#[must_use]
pub fn flipped(bytes: &[u8], seed: u64, count: usize, spared: usize) -> Vec<u8> {
    let (rng, mut damaged) = (Rng::new(seed), bytes.to_vec());
    let room = bytes.len().saturating_sub(spared) as u64;
    if room > 0 {
        for _ in 0..count {
            damaged[spared + rng.below(room) as usize] ^= 1 << rng.below(8);
        }
    }
    damaged
}

/// Returns a JPEG that claims 65,500 × 65,500 pixels (12.9 GB of colours) and holds a few.
#[must_use]
pub fn vast_jpeg() -> Vec<u8> {
    let mut bytes = jpeg(&Canvas::plain(16, 16, [120, 130, 140]), 80, &JpegOptions::default());
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a baseline JPEG has a frame header");
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xDC, 0xFF, 0xDC]);
    bytes
}

/// Returns a PNG that claims `width` × `height` RGB pixels and ends soon after its header.
#[must_use]
pub fn vast_png(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    // An empty zlib stream: header, one final stored block of no bytes, Adler-32 of nothing.
    let empty = [0x78, 0x01, 0x01, 0, 0, 0xFF, 0xFF, 0, 0, 0, 1];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &header), chunk(b"IDAT", &empty), chunk(b"IEND", &[])].concat()
}

fn chunk(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(content);
    [&(content.len() as u32).to_be_bytes(), kind.as_slice(), content, &crc.sum().to_be_bytes()].concat()
}

/// Returns text, to be written under a photo's name.
#[must_use]
pub fn text() -> Vec<u8> {
    b"<html><body>Sign in to see this photo</body></html>\n".to_vec()
}

/// Returns a zip with those members, whatever their names; contents are deflated.
#[must_use]
pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let time = zip::DateTime::from_date_and_time(2024, 5, 1, 10, 15, 0).expect("a date after 1980");
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(time);
    for (name, content) in members {
        writer.start_file(*name, options).expect("writing to memory");
        writer.write_all(content).expect("writing to memory");
    }
    writer.finish().expect("writing to memory").into_inner()
}

/// Returns a Takeout zip whose member names leave its root in every way names can.
#[must_use]
pub fn climbing_zip() -> Vec<u8> {
    let names = [
        "../outside.jpg",
        "Takeout/Google Photos/../../../etc/outside.jpg",
        "/absolute.jpg",
        "C:\\Windows\\outside.jpg",
        "Takeout\\Google Photos\\backslashes.jpg",
        "Takeout/Google Photos/Photos from 2020/./dot.jpg",
        "Takeout/Google Photos/Photos from 2020/good.jpg",
    ];
    zip(&names.map(|name| (name, b"not a photo".as_slice())))
}

/// Returns a zip with one member of `size_bytes` zeros under a photo's name: about a thousandth of that when packed.
#[must_use]
pub fn bomb(size_bytes: usize) -> Vec<u8> {
    zip(&[("Takeout/Google Photos/Photos from 2020/bomb.jpg", vec![0; size_bytes].as_slice())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_as_described_and_the_same_twice() {
        let whole: Vec<u8> = (0..200).collect();
        assert_eq!(cut(&whole, 7), &whole[..7]);
        assert_eq!(cut(&whole, 999), whole);
        let damaged = flipped(&whole, 3, 5, 20);
        assert_eq!(damaged, flipped(&whole, 3, 5, 20));
        assert_eq!(damaged[..20], whole[..20]);
        let bits: u32 = damaged.iter().zip(&whole).map(|(a, b)| (a ^ b).count_ones()).sum();
        assert!((1..=5).contains(&bits), "{bits}");
        assert_eq!(flipped(&[], 1, 5, 0), Vec::<u8>::new());
    }

    #[test]
    fn vast_pictures_claim_what_they_say() {
        let reader = image::ImageReader::new(Cursor::new(vast_png(60_000, 60_000))).with_guessed_format().unwrap();
        assert_eq!(reader.into_dimensions().unwrap(), (60_000, 60_000));
        let bytes = vast_jpeg();
        let options = zune_jpeg::zune_core::options::DecoderOptions::default().set_max_width(70_000).set_max_height(70_000);
        let mut decoder = zune_jpeg::JpegDecoder::new_with_options(zune_jpeg::zune_core::bytestream::ZCursor::new(&bytes), options);
        decoder.decode_headers().unwrap();
        assert_eq!(decoder.dimensions(), Some((65_500, 65_500)));
    }

    #[test]
    fn hostile_zips_open_and_hold_their_names() {
        let mut archive = zip::ZipArchive::new(Cursor::new(climbing_zip())).unwrap();
        let names: Vec<String> = (0..archive.len()).map(|index| archive.by_index_raw(index).unwrap().name().unwrap().to_string()).collect();
        assert!(names.iter().any(|name| name == "../outside.jpg"), "{names:?}");
        assert!(names.iter().any(|name| name.starts_with('/')), "{names:?}");
        let packed = bomb(10_000_000);
        assert!(packed.len() < 20_000, "{}", packed.len());
        assert_eq!(zip::ZipArchive::new(Cursor::new(packed)).unwrap().by_index(0).unwrap().size(), 10_000_000);
        let whole = climbing_zip();
        assert!(zip::ZipArchive::new(Cursor::new(cut(&whole, whole.len() / 2))).is_err());
    }
}
