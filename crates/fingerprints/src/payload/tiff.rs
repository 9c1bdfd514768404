//! TIFF: strips and tiles of all pages. RAW: strips or tiles of the sensor's picture, never of previews. With each go the tags that
//! change how the numbers are shown. Sources: TIFF 6.0; DNG 1.7.

use crate::digest::PartHasher;
use crate::raw;
use crate::tiff::{Directory, Tiff};
use model::{Format, PayloadHash};

/// Tags that change what a viewer shows of a picture: sides, bits, compression, colours, tables, levels, crops, opcodes. No offsets.
const SHOWING: &[u16] = &[
    256, 257, 258, 259, 262, 266, 277, 278, 284, 301, 317, 318, 319, 320, 322, 323, 332, 338, 339, 347, 529, 530, 531, 532, 33421, 33422,
    34675, 50711, 50712, 50713, 50714, 50717, 50718, 50719, 50720, 50752, 50829, 51008, 51009, 51022,
];
const NEW_SUBFILE_TYPE: u16 = 254;
const OLD_SUBFILE_TYPE: u16 = 255;
const DIRECTORY_KIND: &str = "tag";

/// Returns the payload hash of all pages of a whole TIFF; reduced copies of a page are left out.
pub(super) fn pages(bytes: &[u8], orientation: u16) -> Option<PayloadHash> {
    let tiff = Tiff::open(bytes)?;
    let reduced = |d: &Directory<'_>| d.uint(NEW_SUBFILE_TYPE).unwrap_or(0) & 1 == 1 || d.uint(OLD_SUBFILE_TYPE) == Some(2);
    let pictures = |d: &Directory<'_>| d.get(raw::STRIP_OFFSETS).is_some() || d.get(raw::TILE_OFFSETS).is_some();
    let pages: Vec<_> = tiff.directories().into_iter().filter(|d| pictures(d) && !reduced(d)).collect();
    let mut hasher = PartHasher::new("tiff");
    for page in &pages {
        tags(&mut hasher, page);
        let pieces = raw::pieces(&tiff, page)?;
        if pieces.iter().all(|piece| piece.is_empty()) {
            return None;
        }
        hasher.pieces("picture", &pieces);
    }
    hasher.number("orientation", u64::from(orientation));
    (!pages.is_empty()).then(|| hasher.finish())
}

/// Returns the payload hash of a RAW's sensor picture.
pub(super) fn sensor(bytes: &[u8], format: Format, orientation: u16) -> Option<PayloadHash> {
    let pieces = raw::sensor_pieces(bytes, format)?;
    let mut hasher = PartHasher::new(format.name());
    if let Some(directory) = Tiff::open(bytes).and_then(|tiff| raw::sensor(&tiff)) {
        tags(&mut hasher, &directory);
    }
    hasher.pieces("picture", &pieces);
    hasher.number("orientation", u64::from(orientation));
    pieces.iter().any(|piece| !piece.is_empty()).then(|| hasher.finish())
}

fn tags(hasher: &mut PartHasher, directory: &Directory<'_>) {
    for entry in SHOWING.iter().filter_map(|&tag| directory.get(tag)) {
        hasher.number(DIRECTORY_KIND, u64::from(entry.tag));
        hasher.part("value", entry.value);
    }
}
