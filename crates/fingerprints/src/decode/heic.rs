//! Decodes HEIC with heifer: the file's own thumbnail where it has a good one, since a whole photo costs sixty times a JPEG; and the main
//! picture where somebody asks for it, since a thumbnail says nothing of what became of the picture since.
//!
//! Crops, turns and mirrors that the file asks for (clap, irot, imir) are applied: the picture comes upright, and its EXIF
//! orientation must be ignored. heifer is called in this file only, so that another decoder can take its place.
//!
//! **Invariant:** a thumbnail is used only if it is large enough, has the shape of the picture and is turned by the same
//! properties; else all pixels are decoded. Source: ISO/IEC 23008-12, 6.4 and 6.5.

use super::traces::traced;
use super::{DecodeError, Decoded, MAX_DECODE_BYTES, MAX_FRAMES, check_memory, check_size};
use crate::planes::{Cells, Layout};
use crate::rows::{Given, Rows};
use heifer::heifer_isobmff::boxes::Property;
use heifer::heifer_isobmff::{HeifFile, ItemId};
use model::DecodedFrom;

/// Shortest side in pixels of a thumbnail that is used. iPhones write 320 × 240; measured 2026-11 on `data/heic`.
const THUMBNAIL_SIDE_MIN_PX: u32 = 160;
/// How far the shape of a thumbnail may be off, as a share of a side: rounding of 240 to whole pixels, not a letterbox.
const SHAPE_TOLERANCE: f64 = 0.02;
/// Bytes a pixel in a full decode: samples of 16 bits with half the colour (3), and the picture with opacity (4).
const FULL_BYTES_PER_PIXEL: u64 = 7;

fn fault(error: heifer::Error) -> DecodeError {
    match error {
        heifer::Error::Unsupported(what) => DecodeError::Unsupported(format!("a HEIC with {what}")),
        other => DecodeError::damage(&other),
    }
}

fn parse(bytes: &[u8]) -> Result<HeifFile<'_>, DecodeError> {
    HeifFile::parse(bytes).map_err(|error| DecodeError::damage(&error))
}

/// Returns the memory of a decode in bytes; 0 if the boxes cannot be read.
pub(super) fn cost_bytes(bytes: &[u8]) -> u64 {
    let Ok(file) = parse(bytes) else { return 0 };
    full_cost_bytes(thumbnail(&file).and_then(|id| size_of(&file, id)).or_else(|| size_of(&file, file.primary_id)))
}

/// Returns the memory of [`decode_main`] in bytes; 0 if the boxes cannot be read.
pub(super) fn cost_of_main_bytes(bytes: &[u8]) -> u64 {
    parse(bytes).map_or(0, |file| full_cost_bytes(size_of(&file, file.primary_id)))
}

fn full_cost_bytes(size: Option<(u32, u32)>) -> u64 {
    let (width, height) = size.unwrap_or((0, 0));
    u64::from(width).saturating_mul(u64::from(height)).saturating_mul(FULL_BYTES_PER_PIXEL)
}

/// Decodes the primary picture, from its thumbnail where there is a good one.
pub(super) fn decode(bytes: &[u8], cells: Cells) -> Result<Decoded, DecodeError> {
    let file = parse(bytes)?;
    let (coded_width, coded_height) = checked_size(&file)?;
    let frames = frames_of(&file);
    // A thumbnail that breaks is no reason to give the photo up.
    if let Some(image) = thumbnail(&file).and_then(|id| heifer::decode_item(&file, id, 0).ok()) {
        let (width, height) = upright_size(&file, file.primary_id, coded_width, coded_height);
        let picture = traced(cells, |to| push(image.width, image.height, &image.to_rgba8(), frames, to))?;
        return Ok(Decoded { from: DecodedFrom::Thumbnail, width, height, detail: None, steps: None, ..picture });
    }
    traced(cells, |to| all_rows(bytes, &file, 1, to))
}

/// Decodes the primary picture from its own pixels, all tiles of it, whatever thumbnails there are: a thumbnail outlives damage and edits
/// of the picture that it was made from. Takes all cores, since such decodes are large and few.
pub(super) fn decode_main(bytes: &[u8], cells: Cells) -> Result<Decoded, DecodeError> {
    traced(cells, |to| rows(bytes, to))
}

/// Hands the rows of [`decode_main`]'s picture over.
pub(super) fn rows(bytes: &[u8], to: &mut dyn Rows) -> Result<Given, DecodeError> {
    all_rows(bytes, &parse(bytes)?, 0, to)
}

/// `threads` is 0 for as many as there are cores.
fn all_rows(bytes: &[u8], file: &HeifFile<'_>, threads: usize, to: &mut dyn Rows) -> Result<Given, DecodeError> {
    let (width, height) = checked_size(file)?;
    check_memory(full_cost_bytes(Some((width, height))))?;
    let options = heifer::Options { max_threads: threads, max_pixels: MAX_DECODE_BYTES / FULL_BYTES_PER_PIXEL };
    let image = heifer::decode_rgba8(bytes, &options).map_err(fault)?;
    push(image.width, image.height, &image.data, frames_of(file), to)
}

fn checked_size(file: &HeifFile<'_>) -> Result<(u32, u32), DecodeError> {
    let (width, height) = size_of(file, file.primary_id).ok_or_else(|| DecodeError::Damaged("it has no size".to_owned()))?;
    check_size(u64::from(width), u64::from(height))?;
    Ok((width, height))
}

fn frames_of(file: &HeifFile<'_>) -> u32 {
    (file.top_level_image_ids().len() as u32).clamp(1, MAX_FRAMES)
}

fn push(width: u32, height: u32, rgba: &[u8], frames: u32, to: &mut dyn Rows) -> Result<Given, DecodeError> {
    check_size(u64::from(width), u64::from(height))?;
    to.begin(width as usize, height as usize)?;
    rgba.chunks_exact(width as usize * 4).for_each(|row| to.push(row, Layout::Rgba));
    Ok(Given { frames, lossless: false })
}

fn size_of(file: &HeifFile<'_>, id: ItemId) -> Option<(u32, u32)> {
    file.image_size(id).ok().flatten()
}

/// Returns the thumbnail to decode instead of the primary picture, if there is a good one: the smallest of those large enough.
fn thumbnail(file: &HeifFile<'_>) -> Option<ItemId> {
    let (width, height) = size_of(file, file.primary_id)?;
    let turns = turns_of(file, file.primary_id)?;
    let good = |id: &ItemId| {
        let Some((wide, tall)) = size_of(file, *id) else { return false };
        let shape = f64::from(wide) * f64::from(height) / (f64::from(tall) * f64::from(width));
        wide.min(tall) >= THUMBNAIL_SIDE_MIN_PX
            && u64::from(wide) * u64::from(tall) < u64::from(width) * u64::from(height)
            && (shape - 1.0).abs() <= SHAPE_TOLERANCE
            && turns_of(file, *id).as_ref() == Some(&turns)
    };
    let mut thumbnails: Vec<ItemId> = file.referencing_items(file.primary_id, b"thmb").into_iter().filter(good).collect();
    thumbnails.sort_unstable();
    thumbnails.into_iter().min_by_key(|&id| size_of(file, id))
}

/// Returns the turns of an item, in order; `None` if it is cropped, for then a thumbnail's shape says nothing.
fn turns_of(file: &HeifFile<'_>, id: ItemId) -> Option<Vec<(u8, Option<bool>)>> {
    let mut turns = Vec::new();
    for property in file.item_properties(id).ok()? {
        match property {
            Property::CleanAperture { .. } => return None,
            Property::Rotation(quarters) if *quarters > 0 => turns.push((*quarters, None)),
            Property::Mirror(top_bottom) => turns.push((0, Some(*top_bottom))),
            _ => {}
        }
    }
    Some(turns)
}

/// Returns the size of an item after its turns.
fn upright_size(file: &HeifFile<'_>, id: ItemId, width: u32, height: u32) -> (u32, u32) {
    let quarters: u32 = turns_of(file, id).unwrap_or_default().iter().map(|&(quarters, _)| u32::from(quarters)).sum();
    if quarters.is_multiple_of(2) { (width, height) } else { (height, width) }
}
