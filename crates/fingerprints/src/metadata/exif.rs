//! EXIF: the facts of a TIFF structure's first directory, its Exif and GPS directories. Maker notes are next door. Sources: Exif 2.32
//! (CIPA DC-008-2019) tables 3 to 15; MWG guidelines 2.0 for what belongs together.

use super::{Reading, add_keyword, camera, fill, maker, text};
use crate::tiff::{Directory, Entry, Tiff};
use model::{CaptureTime, GeoPoint, Subsecond, TimeSource};

const ORIENTATION: u16 = 0x0112;
const EXIF_DIRECTORY: u16 = 0x8769;
const GPS_DIRECTORY: u16 = 0x8825;
const MAKER_NOTE: u16 = 0x927c;

/// Reads the EXIF block `bytes`, a whole TIFF structure.
pub(crate) fn read(bytes: &[u8], reading: &mut Reading) {
    let Some(tiff) = Tiff::open(bytes) else { return };
    let Some(main) = tiff.main() else { return };
    let nested = |tag| main.u32(tag).and_then(|offset| tiff.directory(offset));
    let exif = nested(EXIF_DIRECTORY);
    // Some writers put Exif's tags into the first directory.
    let tags = Tags { main: Some(&main), exif: exif.as_ref().or(Some(&main)) };
    tags.tell(reading);
    if let Some(gps) = nested(GPS_DIRECTORY) {
        fill(&mut reading.metadata.place, place(&gps));
    }
    let note = exif.as_ref().unwrap_or(&main).get(MAKER_NOTE);
    if let Some(note) = note {
        maker::read(&tiff, &note, &mut reading.metadata);
    }
}

/// Reads an Exif directory that stands as a TIFF structure of its own (Canon's `CMT2`).
pub(crate) fn read_part(bytes: &[u8], reading: &mut Reading) {
    if let Some(exif) = Tiff::open(bytes).and_then(|tiff| tiff.main()) {
        Tags { main: None, exif: Some(&exif) }.tell(reading);
    }
}

/// Reads a GPS directory that stands as a TIFF structure of its own (Canon's `CMT4`).
pub(crate) fn read_gps_part(bytes: &[u8], reading: &mut Reading) {
    if let Some(gps) = Tiff::open(bytes).and_then(|tiff| tiff.main()) {
        fill(&mut reading.metadata.place, place(&gps));
    }
}

struct Tags<'a> {
    main: Option<&'a Directory<'a>>,
    exif: Option<&'a Directory<'a>>,
}

impl<'a> Tags<'a> {
    /// Returns a tag of the Exif directory, else of the first.
    fn exif(&self, tag: u16) -> Option<Entry<'a>> {
        self.exif.and_then(|d| d.get(tag)).or_else(|| self.main(tag))
    }

    fn main(&self, tag: u16) -> Option<Entry<'a>> {
        self.main.and_then(|d| d.get(tag))
    }

    /// Returns a number that is more than zero.
    fn positive(&self, tag: u16) -> Option<f64> {
        self.exif(tag)?.number(0).filter(|n| *n > 0.0)
    }

    fn text(&self, tag: u16) -> Option<String> {
        self.exif(tag)?.text()
    }

    fn tell(&self, reading: &mut Reading) {
        let known = &mut reading.metadata;
        fill(&mut reading.orientation, self.main(ORIENTATION).and_then(|e| u16::try_from(e.uint(0)?).ok()));
        fill(&mut known.make, self.main(0x010f).and_then(|e| e.text()));
        fill(&mut known.model, self.main(0x0110).and_then(|e| e.text()));
        fill(&mut known.software, self.main(0x0131).and_then(|e| e.text()).filter(|s| Some(s) != known.model.as_ref()));
        fill(&mut known.serial, self.text(0xa431).or_else(|| self.text(0xc62f)).and_then(|s| text::serial(&s)));
        // Adobe writes 0 where it does not know.
        fill(&mut known.image_number, self.exif(0x9211).and_then(|e| e.uint(0)).filter(|n| *n > 0));
        fill(&mut known.lens, self.text(0xa434).filter(|lens| lens.chars().any(|c| c.is_ascii_alphanumeric())));
        fill(&mut known.focal_length_mm, self.positive(0x920a));
        fill(&mut known.f_number, self.positive(0x829d));
        fill(&mut known.exposure_s, self.positive(0x829a));
        fill(&mut known.iso, self.iso());
        fill(&mut known.claimed_width, self.side(0xa002));
        fill(&mut known.claimed_height, self.side(0xa003));
        fill(&mut known.rating, self.main(0x4746).and_then(|e| camera::rating(e.uint(0)? as f64)));
        self.tell_words(reading);
        self.tell_times(reading);
    }

    fn tell_words(&self, reading: &mut Reading) {
        let wide = |tag| self.main(tag).map(|e| utf16_text(e.value)).filter(|text| !text.trim().is_empty());
        let told = self.main(0x010e).and_then(|e| e.text());
        // Windows' own description and title, where the standard's is empty.
        fill(&mut reading.exif_caption, told.or_else(|| wide(0x9c9c)).or_else(|| wide(0x9c9b)));
        for keyword in wide(0x9c9e).unwrap_or_default().split(';') {
            add_keyword(&mut reading.metadata.keywords, keyword);
        }
    }

    fn tell_times(&self, reading: &mut Reading) {
        fill(&mut reading.original, self.time([0x9003, 0x9291, 0x9011], TimeSource::ExifOriginal));
        fill(&mut reading.digitized, self.time([0x9004, 0x9292, 0x9012], TimeSource::ExifDigitized));
        fill(&mut reading.modified, self.time([0x0132, 0x9290, 0x9010], TimeSource::ExifModified));
    }

    /// Returns a reading with the fraction and zone that belong to it and to no other.
    fn time(&self, [reading, fraction, zone]: [u16; 3], source: TimeSource) -> Option<CaptureTime> {
        let mut time = CaptureTime::parse_reading(&self.text(reading)?, source)?;
        time.subsecond = self.text(fraction).and_then(|text| Subsecond::parse(&text));
        time.offset_minutes = self.text(zone).and_then(|text| CaptureTime::parse_offset(&text));
        Some(time)
    }

    /// 65535 says "see the longer tags" (Exif 2.32 §4.6.7).
    fn iso(&self) -> Option<u32> {
        let told = |tag| self.exif(tag)?.uint(0).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        told(0x8827).filter(|n| *n != 65535).or_else(|| told(0x8833)).or_else(|| told(0x8832)).or_else(|| told(0x8831))
    }

    fn side(&self, tag: u16) -> Option<u32> {
        self.exif(tag)?.uint(0).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0)
    }
}

/// Returns the text of little-endian 16-bit units up to the first NUL (Windows' XP tags).
fn utf16_text(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .take_while(|unit| *unit != 0)
        .take(crate::tiff::TEXT_MAX_BYTES)
        .collect();
    String::from_utf16_lossy(&units)
}

/// Returns the place of a GPS directory; `None` where either coordinate or its hemisphere is missing, beyond the Earth, or both are 0.
fn place(gps: &Directory<'_>) -> Option<GeoPoint> {
    let coordinate = |reference: u16, value: u16, negative: char| {
        let sign = match gps.text(reference)?.chars().next()?.to_ascii_uppercase() {
            letter if letter == negative => -1.0,
            'N' | 'E' => 1.0,
            _ => return None,
        };
        let value = gps.get(value)?;
        // Minutes and seconds may be left out (as 0/0), degrees may not.
        let degrees = value.number(0)? + value.number(1).unwrap_or(0.0) / 60.0 + value.number(2).unwrap_or(0.0) / 3600.0;
        Some(sign * degrees)
    };
    let (latitude, longitude) = (coordinate(1, 2, 'S')?, coordinate(3, 4, 'W')?);
    let below = gps.uint(5) == Some(1);
    let altitude_m = gps.get(6).and_then(|e| e.number(0)).map(|metres| if below { -metres } else { metres });
    camera::geo_point(latitude, longitude, altitude_m)
}
