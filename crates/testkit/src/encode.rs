//! Canvases as files: JPEG in its variants, PNG, BMP and plain TIFF, with metadata where the format takes it.
//!
//! DNGs are in `dng`, films in `film`. Everything is deterministic: the same canvas and options give the same bytes.

use crate::canvas::Canvas;
use crate::exif::Exif;
use crate::tiff::{Tiff, Value};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// How often the colour of a JPEG is stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sampling {
    /// Once for four pixels, as most cameras and messengers do.
    #[default]
    Quarter,
    /// Once for two pixels side by side.
    Half,
    /// For every pixel.
    Full,
}

/// What goes into a JPEG beside the pixels.
#[derive(Debug, Clone, Default)]
pub struct JpegOptions {
    /// Metadata; none: no APP1 segment.
    pub exif: Option<Exif>,
    /// How often the colour is stored.
    pub sampling: Sampling,
    /// Whether it is written in several passes.
    pub progressive: bool,
    /// Blocks between restart markers; 0: none.
    pub restart_interval: u16,
    /// A colour profile.
    pub icc: Option<Vec<u8>>,
    /// Further APP segments: number and payload.
    pub segments: Vec<(u8, Vec<u8>)>,
    /// Bytes after the end of the picture: a motion photo's film.
    pub trailer: Vec<u8>,
}

impl JpegOptions {
    /// Returns options with that metadata and nothing else unusual.
    #[must_use]
    pub fn with(exif: Exif) -> Self {
        Self { exif: Some(exif), ..Self::default() }
    }
}

/// Returns the canvas as JPEG of `quality` 1 to 100.
#[must_use]
pub fn jpeg(canvas: &Canvas, quality: u8, options: &JpegOptions) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(match options.sampling {
        Sampling::Quarter => SamplingFactor::F_2_2,
        Sampling::Half => SamplingFactor::F_2_1,
        Sampling::Full => SamplingFactor::F_1_1,
    });
    encoder.set_progressive(options.progressive);
    encoder.set_restart_interval(options.restart_interval);
    if let Some(exif) = &options.exif {
        encoder.add_app_segment(1, exif.to_app1()).expect("our EXIF fits a segment");
    }
    for (number, payload) in &options.segments {
        encoder.add_app_segment(*number, payload.clone()).expect("a segment of less than 64 KiB");
    }
    if let Some(profile) = &options.icc {
        encoder.add_icc_profile(profile).expect("a profile of less than 16 MiB");
    }
    let (width, height) = (u16::try_from(canvas.width).expect("JPEG's limit"), u16::try_from(canvas.height).expect("JPEG's limit"));
    encoder.encode(&canvas.rgb, width, height, ColorType::Rgb).expect("writing to memory");
    bytes.extend_from_slice(&options.trailer);
    bytes
}

/// Returns the canvas as PNG, with an eXIf chunk where `exif` is given.
#[must_use]
pub fn png(canvas: &Canvas, exif: Option<&Exif>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, canvas.width as u32, canvas.height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().expect("writing to memory");
    if let Some(exif) = exif {
        writer.write_chunk(png::chunk::ChunkType(*b"eXIf"), &exif.to_tiff()).expect("writing to memory");
    }
    writer.write_image_data(&canvas.rgb).expect("as many bytes as pixels");
    writer.finish().expect("writing to memory");
    bytes
}

/// Returns the canvas as a 24-bit BMP.
#[must_use]
pub fn bmp(canvas: &Canvas) -> Vec<u8> {
    let padded = (3 * canvas.width).next_multiple_of(4);
    let size = (54 + padded * canvas.height) as u32;
    let mut bytes = [b"BM".as_slice(), &size.to_le_bytes(), &[0; 4], &54u32.to_le_bytes(), &40u32.to_le_bytes()].concat();
    bytes.extend_from_slice(&(canvas.width as u32).to_le_bytes());
    bytes.extend_from_slice(&(canvas.height as u32).to_le_bytes());
    bytes.extend_from_slice(&[1, 0, 24, 0]);
    bytes.resize(54, 0);
    for row in canvas.rgb.chunks_exact(3 * canvas.width).rev() {
        bytes.extend(row.chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]));
        bytes.resize(bytes.len() + padded - row.len(), 0);
    }
    bytes
}

/// Returns the canvas as an uncompressed TIFF of one strip.
#[must_use]
pub fn tiff(canvas: &Canvas, exif: Option<&Exif>) -> Vec<u8> {
    let mut tiff = Tiff::default();
    let strip = tiff.add(&canvas.rgb);
    let (width, height) = (canvas.width as u32, canvas.height as u32);
    let mut main = exif.map(Exif::main_directory).unwrap_or_default();
    main.extend([
        (256, Value::Longs(vec![width])),
        (257, Value::Longs(vec![height])),
        (258, Value::Shorts(vec![8, 8, 8])),
        (259, Value::Shorts(vec![1])),
        (262, Value::Shorts(vec![2])),
        (273, Value::Longs(vec![strip])),
        (277, Value::Shorts(vec![3])),
        (278, Value::Longs(vec![height])),
        (279, Value::Longs(vec![canvas.rgb.len() as u32])),
        (284, Value::Shorts(vec![1])),
    ]);
    if let Some(exif) = exif {
        exif.add_sub_directories(&mut tiff, &mut main);
    }
    let first = tiff.directory(&main, 0);
    tiff.finish(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Moment;
    use crate::exif::Camera;
    use crate::scene::Scene;
    use zune_jpeg::JpegDecoder;
    use zune_jpeg::zune_core::bytestream::ZCursor;

    fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
    }

    fn variants() -> Vec<(&'static str, JpegOptions)> {
        let exif = Camera::named("pixel").unwrap().exif(Moment(1_600_000_000), 3);
        vec![
            ("plain", JpegOptions::default()),
            ("exif", JpegOptions::with(exif)),
            ("full colour", JpegOptions { sampling: Sampling::Full, ..JpegOptions::default() }),
            ("half colour", JpegOptions { sampling: Sampling::Half, ..JpegOptions::default() }),
            ("progressive", JpegOptions { progressive: true, ..JpegOptions::default() }),
            ("restarts", JpegOptions { restart_interval: 7, ..JpegOptions::default() }),
            ("profile", JpegOptions { icc: Some(vec![9; 400]), ..JpegOptions::default() }),
            ("trailer", JpegOptions { trailer: b"film".to_vec(), ..JpegOptions::default() }),
        ]
    }

    #[test]
    fn jpegs_decode_elsewhere_and_look_the_same() {
        let canvas = Scene::new(4).draw(203, 151);
        for (name, options) in variants() {
            let bytes = jpeg(&canvas, 92, &options);
            let decoded = JpegDecoder::new(ZCursor::new(&bytes)).decode().unwrap_or_else(|error| panic!("{name}: {error}"));
            assert!(mean_difference(&canvas.rgb, &decoded) < 6.0, "{name}");
            assert_eq!(bytes, jpeg(&canvas, 92, &options), "{name}");
        }
    }

    #[test]
    fn lossless_formats_come_back_as_they_were() {
        let canvas = Scene::new(9).draw(61, 47);
        let exif = Camera::named("sony").unwrap().exif(Moment(1_500_000_000), 8);
        for (name, bytes) in [
            ("png", png(&canvas, None)),
            ("png with exif", png(&canvas, Some(&exif))),
            ("bmp", bmp(&canvas)),
            ("tiff", tiff(&canvas, None)),
            ("tiff with exif", tiff(&canvas, Some(&exif))),
        ] {
            let decoded = image::load_from_memory(&bytes).unwrap_or_else(|error| panic!("{name}: {error}")).to_rgb8();
            assert_eq!(decoded.as_raw(), &canvas.rgb, "{name}");
        }
    }

    #[test]
    fn a_foreign_reader_finds_the_exif_in_each_container() {
        let canvas = Scene::new(2).draw(40, 30);
        let exif = Camera::named("nikon").unwrap().exif(Moment(1_500_000_000), 8);
        for bytes in [jpeg(&canvas, 80, &JpegOptions::with(exif.clone())), png(&canvas, Some(&exif)), tiff(&canvas, Some(&exif))] {
            let read = exif::Reader::new().read_from_container(&mut std::io::Cursor::new(bytes)).unwrap();
            let model = read.get_field(exif::Tag::Model, exif::In::PRIMARY).unwrap();
            assert_eq!(model.display_value().to_string(), "\"NIKON D5300\"");
        }
    }
}
