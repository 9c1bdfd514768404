//! What a camera writes about a photo, as an EXIF block for JPEG (APP1), PNG (eXIf) and, through its directories, DNG.
//!
//! Fields that are `None` are left out of the block. Tags: CIPA DC-008 (Exif 2.32); ImageNumber 0x9211: TIFF/EP (ISO 12234-2).

use crate::clock::Moment;
use crate::tiff::{Directory, Tiff, Value};

/// What the block says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Exif {
    /// Camera maker.
    pub make: Option<String>,
    /// Camera model.
    pub model: Option<String>,
    /// Serial number of the body.
    pub serial: Option<String>,
    /// Lens model.
    pub lens: Option<String>,
    /// Clock reading, as EXIF writes it: `2020:09:20 13:12:07`.
    pub taken: Option<String>,
    /// Digits after the second's point.
    pub subsec: Option<String>,
    /// Zone of the reading: `+02:00`.
    pub offset: Option<String>,
    /// 1 to 8.
    pub orientation: Option<u16>,
    /// Millimetres.
    pub focal_length_mm: Option<f64>,
    /// F-number.
    pub f_number: Option<f64>,
    /// ISO speed.
    pub iso: Option<u16>,
    /// Exposure time in seconds.
    pub exposure_s: Option<f64>,
    /// Latitude and longitude in degrees, north and east positive.
    pub place: Option<(f64, f64)>,
    /// The program that wrote the file.
    pub software: Option<String>,
    /// Width and height that the block claims, pixels.
    pub pixels: Option<(u32, u32)>,
    /// The camera's count of frames.
    pub image_number: Option<u32>,
    /// Caption.
    pub caption: Option<String>,
    /// A small JPEG of the picture, in the block's second directory.
    pub preview: Option<Vec<u8>>,
}

/// A kind of camera, for libraries that look real.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Camera {
    /// Short name, as used in fixture trees.
    pub name: &'static str,
    make: &'static str,
    model: &'static str,
    serial: Option<&'static str>,
    lens: &'static str,
    f_number: f64,
    focal_length_mm: f64,
    /// Whether it knows place and zone.
    pub phone: bool,
}

/// The cameras fixtures can name.
pub const CAMERAS: [Camera; 6] = [
    Camera {
        name: "pixel",
        make: "Google",
        model: "Pixel 6",
        serial: None,
        lens: "Pixel 6 back camera 6.81mm f/1.85",
        f_number: 1.85,
        focal_length_mm: 6.81,
        phone: true,
    },
    Camera {
        name: "iphone",
        make: "Apple",
        model: "iPhone 12",
        serial: None,
        lens: "iPhone 12 back camera 4.2mm f/1.6",
        f_number: 1.6,
        focal_length_mm: 4.2,
        phone: true,
    },
    Camera {
        name: "samsung",
        make: "samsung",
        model: "SM-G991B",
        serial: None,
        lens: "",
        f_number: 1.8,
        focal_length_mm: 5.4,
        phone: true,
    },
    Camera {
        name: "canon",
        make: "Canon",
        model: "Canon EOS 70D",
        serial: Some("053021004417"),
        lens: "EF-S18-135mm f/3.5-5.6 IS STM",
        f_number: 5.6,
        focal_length_mm: 50.0,
        phone: false,
    },
    Camera {
        name: "nikon",
        make: "NIKON CORPORATION",
        model: "NIKON D5300",
        serial: Some("4419023"),
        lens: "18.0-55.0 mm f/3.5-5.6",
        f_number: 5.6,
        focal_length_mm: 35.0,
        phone: false,
    },
    Camera {
        name: "sony",
        make: "SONY",
        model: "ILCE-6000",
        serial: Some("3305117"),
        lens: "E PZ 16-50mm F3.5-5.6 OSS",
        f_number: 5.0,
        focal_length_mm: 23.0,
        phone: false,
    },
];

impl Camera {
    /// Returns the camera of that short name.
    #[must_use]
    pub fn named(name: &str) -> Option<Camera> {
        CAMERAS.into_iter().find(|camera| camera.name == name)
    }

    /// Returns the name such a camera gives the photo of that moment, its `number`-th.
    #[must_use]
    pub fn file_name(&self, taken: Moment, number: u32) -> String {
        match self.name {
            "pixel" => format!("PXL_{}{:03}.jpg", taken.compact(), number * 37 % 1000),
            "samsung" => format!("{}.jpg", taken.compact()),
            "nikon" => format!("DSC_{:04}.JPG", number % 10_000),
            "sony" => format!("DSC{:05}.JPG", number % 100_000),
            _ => format!("IMG_{:04}.JPG", number % 10_000),
        }
    }

    /// Returns what it writes of a photo taken at that moment of its clock; the settings follow from `number`.
    #[must_use]
    pub fn exif(&self, taken: Moment, number: u32) -> Exif {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let number_of_choices = number as usize;
        Exif {
            make: given(self.make),
            model: given(self.model),
            serial: self.serial.map(str::to_owned),
            lens: given(self.lens),
            taken: Some(taken.exif()),
            subsec: Some(format!("{:02}", number * 37 % 100)),
            orientation: Some(1),
            focal_length_mm: Some(self.focal_length_mm),
            f_number: Some(self.f_number),
            iso: Some([50, 100, 200, 400, 800][number_of_choices % 5]),
            exposure_s: Some([0.002, 0.004, 0.008, 0.0167, 0.0333, 0.001][number_of_choices % 6]),
            image_number: self.serial.is_some().then_some(number),
            ..Exif::default()
        }
    }
}

impl Exif {
    /// Returns the block: a TIFF without pictures but for the preview, as a PNG's eXIf chunk takes it.
    #[must_use]
    pub fn to_tiff(&self) -> Vec<u8> {
        let mut tiff = Tiff::default();
        let mut main = self.main_directory();
        self.add_sub_directories(&mut tiff, &mut main);
        let second = self.preview.as_ref().map_or(0, |jpeg| {
            let compressed_by_jpeg = Value::Shorts(vec![6]);
            let (at, length) = (Value::Longs(vec![tiff.add(jpeg)]), Value::Longs(vec![jpeg.len() as u32]));
            tiff.directory(&Directory::from([(0x0103, compressed_by_jpeg), (0x0201, at), (0x0202, length)]), 0)
        });
        let first = tiff.directory(&main, second);
        tiff.finish(first)
    }

    /// Returns the payload of a JPEG's APP1 segment.
    #[must_use]
    pub fn to_app1(&self) -> Vec<u8> {
        [b"Exif\0\0", self.to_tiff().as_slice()].concat()
    }

    /// Returns the entries of the main directory: camera, orientation, program, time of the last change.
    #[must_use]
    pub fn main_directory(&self) -> Directory {
        let mut main = Directory::new();
        let texts = [(0x010E, &self.caption), (0x010F, &self.make), (0x0110, &self.model), (0x0131, &self.software), (0x0132, &self.taken)];
        add_texts(&mut main, texts);
        if let Some(orientation) = self.orientation {
            main.insert(0x0112, Value::Shorts(vec![orientation]));
        }
        main
    }

    /// Adds the Exif and GPS directories to `tiff` and their pointers to `main`.
    pub fn add_sub_directories(&self, tiff: &mut Tiff, main: &mut Directory) {
        let exif = self.exif_directory();
        main.insert(0x8769, Value::Longs(vec![tiff.directory(&exif, 0)]));
        if let Some((latitude, longitude)) = self.place {
            let mut gps = Directory::new();
            gps.insert(0, Value::Bytes(vec![2, 3, 0, 0]));
            gps.insert(1, Value::Text(if latitude < 0.0 { "S" } else { "N" }.to_owned()));
            gps.insert(2, degrees(latitude));
            gps.insert(3, Value::Text(if longitude < 0.0 { "W" } else { "E" }.to_owned()));
            gps.insert(4, degrees(longitude));
            main.insert(0x8825, Value::Longs(vec![tiff.directory(&gps, 0)]));
        }
    }

    fn exif_directory(&self) -> Directory {
        let mut exif = Directory::new();
        exif.insert(0x9000, Value::Raw(b"0231".to_vec()));
        add_texts(&mut exif, [(0x9003, &self.taken), (0x9004, &self.taken), (0xA431, &self.serial), (0xA434, &self.lens)]);
        add_texts(
            &mut exif,
            [(0x9010, &self.offset), (0x9011, &self.offset), (0x9012, &self.offset), (0x9291, &self.subsec), (0x9292, &self.subsec)],
        );
        for (tag, number) in [(0x829A, self.exposure_s), (0x829D, self.f_number), (0x920A, self.focal_length_mm)] {
            if let Some(number) = number {
                exif.insert(tag, Value::ratio(number));
            }
        }
        if let Some(iso) = self.iso {
            exif.insert(0x8827, Value::Shorts(vec![iso]));
        }
        if let Some(number) = self.image_number {
            exif.insert(0x9211, Value::Longs(vec![number]));
        }
        if let Some((width, height)) = self.pixels {
            exif.insert(0xA002, Value::Longs(vec![width]));
            exif.insert(0xA003, Value::Longs(vec![height]));
        }
        exif
    }
}

fn add_texts<const N: usize>(directory: &mut Directory, texts: [(u16, &Option<String>); N]) {
    for (tag, text) in texts {
        if let Some(text) = text {
            directory.insert(tag, Value::Text(text.clone()));
        }
    }
}

/// Degrees, minutes and hundredths of seconds.
fn degrees(angle: f64) -> Value {
    let hundredths = (angle.abs() * 360_000.0).round() as u32;
    Value::Ratios(vec![(hundredths / 360_000, 1), (hundredths / 6000 % 60, 1), (hundredths % 6000, 100)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use exif::{In, Reader, Tag};

    fn full() -> Exif {
        let taken = Moment::of(2020, 9, 20, 13, 12, 7);
        let canon = Camera::named("canon").expect("in the table").exif(taken, 4711);
        Exif {
            offset: Some("+03:00".to_owned()),
            orientation: Some(6),
            place: Some((-33.925, 18.4241)),
            software: Some("Lookalike".to_owned()),
            pixels: Some((1600, 1200)),
            caption: Some("At the lake".to_owned()),
            ..canon
        }
    }

    #[test]
    fn a_foreign_reader_finds_every_field() {
        let read = Reader::new().read_raw(full().to_tiff()).unwrap();
        let shown = |tag: Tag| read.get_field(tag, In::PRIMARY).unwrap_or_else(|| panic!("{tag}")).display_value().to_string();
        for (tag, expected) in [
            (Tag::Make, "\"Canon\""),
            (Tag::Model, "\"Canon EOS 70D\""),
            (Tag::BodySerialNumber, "\"053021004417\""),
            (Tag::LensModel, "\"EF-S18-135mm f/3.5-5.6 IS STM\""),
            (Tag::DateTimeOriginal, "2020-09-20 13:12:07"),
            (Tag::SubSecTimeOriginal, "\"07\""),
            (Tag::OffsetTimeOriginal, "\"+03:00\""),
            (Tag::Orientation, "row 0 at right and column 0 at top"),
            (Tag::FocalLength, "50"),
            (Tag::FNumber, "5.6"),
            (Tag::PhotographicSensitivity, "100"),
            (Tag::GPSLatitudeRef, "S"),
            (Tag::GPSLatitude, "33 deg 55 min 30 sec"),
            (Tag::GPSLongitude, "18 deg 25 min 26.76 sec"),
            (Tag::Software, "\"Lookalike\""),
            (Tag::PixelXDimension, "1600"),
            (Tag::ImageDescription, "\"At the lake\""),
        ] {
            assert_eq!(shown(tag), expected, "{tag}");
        }
        let number = read.get_field(Tag(exif::Context::Exif, 0x9211), In::PRIMARY).unwrap();
        assert_eq!(number.value.get_uint(0), Some(4711));
    }

    #[test]
    fn what_is_not_known_is_not_written() {
        let read = Reader::new().read_raw(Exif::default().to_tiff()).unwrap();
        assert_eq!(read.fields().count(), 1, "the version alone");
    }

    #[test]
    fn names_follow_the_camera() {
        let taken = Moment::of(2021, 5, 1, 9, 8, 7);
        let name = |camera: &str| Camera::named(camera).unwrap().file_name(taken, 12);
        assert_eq!(name("pixel"), "PXL_20210501_090807444.jpg");
        assert_eq!(name("samsung"), "20210501_090807.jpg");
        assert_eq!(name("sony"), "DSC00012.JPG");
        assert_eq!(name("iphone"), "IMG_0012.JPG");
    }
}
