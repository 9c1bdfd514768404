//! Renders the sensor's picture of a DNG that brings no preview: tiles of lossy JPEG or JPEG XL (Lightroom's smart previews, phones),
//! plain colour samples, and plain colour filter arrays by averaging squares of 2 × 2. Other compressions are refused with a word.
//!
//! **Invariant:** memory stays within the reduced planes, one band of tiles and one decoded tile. Source: DNG 1.7, chapter 4.

use super::tone::Tone;
use super::*;
use crate::decode::{self, DecodeError};
use crate::planes::{Layout, PlaneBuilder, Planes};
use crate::rows::Rows;
use crate::tiff::Order;

const ROWS_PER_STRIP: u16 = 278;
const DEFAULT_CROP_ORIGIN: u16 = 50719;
const ACTIVE_AREA: u16 = 50829;
const CFA_REPEAT: u16 = 33421;
const CFA_PATTERN: u16 = 33422;
/// Most bytes of one band of tiles.
const BAND_MAX_BYTES: usize = 256 << 20;
/// Longest side of a sensor's picture, pixels.
const SIDE_MAX: usize = 65_535;

/// The part of the sensor's picture that is shown.
#[derive(Debug, Clone, Copy)]
struct Crop {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

/// Draws the planes of the sensor's picture in a DNG, not turned.
///
/// # Errors
/// [`DecodeError`], also for every compression not read here.
pub(crate) fn render(bytes: &[u8]) -> Result<Planes, DecodeError> {
    let mut reduced = Reduced(None);
    rows(bytes, &mut reduced)?;
    reduced.0.and_then(PlaneBuilder::finish).ok_or_else(|| DecodeError::Damaged("rows are missing".to_owned()))
}

/// Takes rows for planes.
struct Reduced(Option<PlaneBuilder>);

impl Rows for Reduced {
    fn begin(&mut self, width: usize, height: usize) -> Result<(), DecodeError> {
        self.0 = Some(PlaneBuilder::reduced(width, height));
        Ok(())
    }

    fn push(&mut self, row: &[u8], layout: Layout) {
        if let Some(builder) = &mut self.0 {
            builder.push(row, layout);
        }
    }
}

/// Hands the rows of the sensor's picture in a DNG over, not turned.
///
/// # Errors
/// As of [`render`], and those of `to`.
pub(crate) fn rows(bytes: &[u8], to: &mut dyn Rows) -> Result<(), DecodeError> {
    let damaged = || DecodeError::Damaged("its sensor data cannot be followed".to_owned());
    let tiff = Tiff::open(bytes).ok_or_else(damaged)?;
    let (main, sensor) = (tiff.main().ok_or_else(damaged)?, sensor(&tiff).ok_or_else(damaged)?);
    let side = |tag: u16| sensor.u32(tag).map(|n| n as usize).filter(|n| (2..=SIDE_MAX).contains(n)).ok_or_else(damaged);
    let (width, height) = (side(WIDTH)?, side(HEIGHT)?);
    if width as u64 * height as u64 > decode::MAX_PIXELS {
        return Err(DecodeError::TooManyPixels { width: width as u64, height: height as u64, max: decode::MAX_PIXELS });
    }
    let picture = Sensor { pieces: pieces(&tiff, &sensor).ok_or_else(damaged)?, order: tiff.order, directory: &sensor, width, height };
    let compression = sensor.uint(COMPRESSION).unwrap_or(1);
    let samples = sensor.uint(SAMPLES).unwrap_or(1);
    match (compression, sensor.uint(PHOTOMETRIC), samples) {
        (7 | 34892 | 52546, _, 3) => picture.tiles(&Tone::of(&main, &sensor, 256), compression, to),
        (1, Some(CFA), 1) => picture.mosaic(&Tone::of(&main, &sensor, picture.levels()?), to),
        (1, Some(LINEAR_RAW), 3) => picture.linear(&Tone::of(&main, &sensor, picture.levels()?), to),
        _ => Err(DecodeError::Unsupported(format!(
            "sensor data with compression {compression}, and no preview of {PREVIEW_SIDE_MIN} pixels"
        ))),
    }
}

struct Sensor<'a> {
    pieces: Vec<&'a [u8]>,
    order: Order,
    directory: &'a Directory<'a>,
    width: usize,
    height: usize,
}

impl Sensor<'_> {
    /// Returns how many numbers a plain sample can be.
    fn levels(&self) -> Result<usize, DecodeError> {
        match self.directory.uint(BITS).unwrap_or(8) {
            8 => Ok(256),
            16 => Ok(65_536),
            bits => Err(DecodeError::Unsupported(format!("plain sensor data of {bits} bits"))),
        }
    }

    /// Returns the shown part, its corner and sides at multiples of `step`; all of it where what is told does not fit.
    fn crop(&self, step: usize) -> Crop {
        let pair = |tag: u16| self.directory.get(tag).and_then(|e| Some((e.number(0)?, e.number(1)?)));
        let active = self.directory.get(ACTIVE_AREA).and_then(|e| Some((e.number(0)?, e.number(1)?))).unwrap_or((0.0, 0.0));
        let origin = pair(DEFAULT_CROP_ORIGIN).unwrap_or((0.0, 0.0));
        let whole = Crop { left: 0, top: 0, width: self.width / step * step, height: self.height / step * step };
        let Some(size) = pair(DEFAULT_CROP) else { return whole };
        let down = |value: f64| value.clamp(0.0, SIDE_MAX as f64) as usize / step * step;
        let crop = Crop { left: down(origin.0 + active.1), top: down(origin.1 + active.0), width: down(size.0), height: down(size.1) };
        let inside = crop.left + crop.width <= self.width && crop.top + crop.height <= self.height;
        if inside && crop.width > 0 && crop.height > 0 { crop } else { whole }
    }

    /// Returns the bytes of a row of plain strips.
    fn row(&self, y: usize, row_bytes: usize) -> Result<&[u8], DecodeError> {
        let rows = self.directory.u32(ROWS_PER_STRIP).map_or(self.height, |n| n as usize).clamp(1, self.height);
        let start = y % rows * row_bytes;
        let piece = self.pieces.get(y / rows).filter(|_| self.directory.get(TILE_OFFSETS).is_none());
        piece
            .and_then(|piece| piece.get(start..start + row_bytes))
            .ok_or_else(|| DecodeError::Damaged("its sensor data ends early".to_owned()))
    }

    fn sample(&self, row: &[u8], index: usize, wide: bool) -> usize {
        match wide {
            false => usize::from(row[index]),
            true => usize::from(self.order.u16(row, index * 2).unwrap_or(0)),
        }
    }

    fn linear(&self, tone: &Tone, to: &mut dyn Rows) -> Result<(), DecodeError> {
        let wide = self.levels()? > 256;
        let crop = self.crop(1);
        to.begin(crop.width, crop.height)?;
        let mut shown = vec![0; crop.width * 3];
        for y in crop.top..crop.top + crop.height {
            let row = self.row(y, self.width * 3 * (1 + usize::from(wide)))?;
            for (index, out) in shown.iter_mut().enumerate() {
                *out = tone.shown(index % 3, self.sample(row, crop.left * 3 + index, wide));
            }
            to.push(&shown, Layout::Rgb);
        }
        Ok(())
    }

    /// Averages each square of 2 × 2 filters into one pixel.
    fn mosaic(&self, tone: &Tone, to: &mut dyn Rows) -> Result<(), DecodeError> {
        let colours = self.pattern()?;
        let wide = self.levels()? > 256;
        let crop = self.crop(2);
        to.begin(crop.width / 2, crop.height / 2)?;
        let mut shown = vec![0; crop.width / 2 * 3];
        let row_bytes = self.width * (1 + usize::from(wide));
        for y in (crop.top..crop.top + crop.height).step_by(2) {
            let rows = [self.row(y, row_bytes)?, self.row(y + 1, row_bytes)?];
            for (cell, out) in shown.chunks_exact_mut(3).enumerate() {
                let x = crop.left + cell * 2;
                let (mut sums, mut counts) = ([0; 3], [0; 3]);
                for (place, &colour) in colours.iter().enumerate() {
                    sums[colour] += self.sample(rows[place / 2], x + place % 2, wide);
                    counts[colour] += 1;
                }
                for (colour, value) in out.iter_mut().enumerate() {
                    *value = tone.shown(colour, sums[colour] / counts[colour]);
                }
            }
            to.push(&shown, Layout::Rgb);
        }
        Ok(())
    }

    /// Returns the colours of the 2 × 2 filters, row by row: 0 red, 1 green, 2 blue, each there at least once.
    fn pattern(&self) -> Result<[usize; 4], DecodeError> {
        let repeat = self.directory.get(CFA_REPEAT).map(|e| e.uints(2)).unwrap_or_default();
        let told = self.directory.get(CFA_PATTERN).map(|e| e.uints(5)).unwrap_or_default();
        let colours: Option<[u64; 4]> = told.try_into().ok();
        match colours.map(|c| c.map(|n| n as usize)) {
            Some(colours) if repeat == [2, 2] && [0, 1, 2].iter().all(|n| colours.contains(n)) && colours.iter().all(|n| *n < 3) => {
                Ok(colours)
            }
            _ => Err(DecodeError::Unsupported("a colour filter that is not of 2 × 2 red, green and blue".to_owned())),
        }
    }

    fn tiles(&self, tone: &Tone, compression: u64, to: &mut dyn Rows) -> Result<(), DecodeError> {
        let whole = |tag: u16, all: usize| self.directory.u32(tag).map_or(all, |n| n as usize);
        let (tile_width, tile_height) = match self.directory.get(TILE_OFFSETS) {
            Some(_) => (whole(TILE_WIDTH, self.width), whole(TILE_HEIGHT, self.height)),
            None => (self.width, whole(ROWS_PER_STRIP, self.height).min(self.height)),
        };
        let band_bytes = self.width.saturating_mul(tile_height).saturating_mul(3);
        if tile_width == 0 || tile_height == 0 || band_bytes > BAND_MAX_BYTES {
            return Err(DecodeError::TooMuchMemory { needed: band_bytes as u64, max: BAND_MAX_BYTES as u64 });
        }
        let (across, down) = (self.width.div_ceil(tile_width), self.height.div_ceil(tile_height));
        let crop = self.crop(1);
        to.begin(crop.width, crop.height)?;
        let mut band = vec![0; band_bytes];
        for tile_row in 0..down {
            let first = tile_row * tile_height;
            for tile_column in 0..across {
                let piece = self.pieces.get(tile_row * across + tile_column);
                let piece = piece.ok_or_else(|| DecodeError::Damaged("tiles are missing".to_owned()))?;
                let (planes, rows) = tile_planes(piece, compression, (tile_width, tile_height), self.height - first)?;
                paint(&mut band, self.width, tile_column * tile_width, (tile_width, rows), &planes, tone);
            }
            for y in first.max(crop.top)..(first + tile_height).min(crop.top + crop.height) {
                let start = ((y - first) * self.width + crop.left) * 3;
                to.push(&band[start..start + crop.width * 3], Layout::Rgb);
            }
        }
        Ok(())
    }
}

/// Decodes one tile and checks that it is as large as the directory says (a last strip may be lower). Returns its rows too.
fn tile_planes(piece: &[u8], compression: u64, (width, height): (usize, usize), rows_left: usize) -> Result<(Planes, usize), DecodeError> {
    // All pixels: averages before the tone is applied would not be those after.
    let decoded = if compression == 52546 { decode::decode_still(piece, Format::Jxl)? } else { decode::decode_jpeg(piece, usize::MAX)? };
    let fits = decoded.width as usize == width && (decoded.height as usize >= height.min(rows_left));
    if fits {
        Ok((decoded.planes, decoded.height as usize))
    } else {
        Err(DecodeError::Damaged("a tile has another size than told".to_owned()))
    }
}

/// Paints a tile, its tone applied, into a band of RGB rows `width` pixels wide, from column `left` on.
fn paint(band: &mut [u8], width: usize, left: usize, (tile_width, tile_height): (usize, usize), planes: &Planes, tone: &Tone) {
    let index =
        |at: usize, cells: usize, covered: f64, side: usize| ((at as f64 + 0.5) * covered / side as f64).min(cells as f64 - 1.0) as usize;
    let columns: Vec<(usize, usize)> = (0..tile_width.min(width.saturating_sub(left)))
        .map(|x| {
            let luma = index(x, planes.width, planes.luma_extent.columns, tile_width);
            (luma, index(x, planes.chroma_width, planes.chroma_extent.columns, tile_width))
        })
        .collect();
    for (y, row) in band.chunks_exact_mut(width * 3).take(tile_height).enumerate() {
        let luma_row = index(y, planes.height, planes.luma_extent.rows, tile_height) * planes.width;
        let chroma_row = index(y, planes.chroma_height, planes.chroma_extent.rows, tile_height) * planes.chroma_width;
        for (out, &(luma, chroma)) in row[left * 3..].chunks_exact_mut(3).zip(&columns) {
            let rgb = rgb_of(planes.luma[luma_row + luma], planes.blue[chroma_row + chroma], planes.red[chroma_row + chroma]);
            for (colour, value) in out.iter_mut().enumerate() {
                *value = tone.shown(colour, usize::from(rgb[colour]));
            }
        }
    }
}

/// Returns red, green and blue of full-range BT.601 (ITU-T T.871 §7).
pub(crate) fn rgb_of(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(luma), f32::from(blue) - 128.0, f32::from(red) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|v| v.round().clamp(0.0, 255.0) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_comes_back_from_brightness_and_differences() {
        for (ycc, rgb) in [((255, 128, 128), [255; 3]), ((0, 128, 128), [0; 3]), ((76, 85, 255), [254, 0, 0])] {
            assert_eq!(rgb_of(ycc.0, ycc.1, ycc.2), rgb);
        }
    }

    /// Measured 2026-11 on `data/raw/canon_eos_6d.dng` (Adobe, lossy tiles): 22 bits to its preview, 16 to another program's rendering;
    /// those two lie 20 apart.
    #[test]
    fn lossy_tiles_of_a_real_dng_look_like_its_preview() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/raw/canon_eos_6d");
        let (Ok(dng), Ok(jpeg)) = (std::fs::read(format!("{path}.dng")), std::fs::read(format!("{path}.jpg"))) else {
            eprintln!("SKIPPED: {path}.dng is not there");
            return;
        };
        let rendered = crate::perceptual::draw(&render(&dng).expect("tiles"), model::Turn::Upright, model::DecodedFrom::Full);
        let of = |jpeg: &[u8]| {
            let planes = decode::decode_jpeg(jpeg, 0).expect("a JPEG").planes;
            crate::perceptual::draw(&planes, model::Turn::Upright, model::DecodedFrom::Full)
        };
        let preview = of(choose(&previews(&dng, Format::Dng), (1224, 816)).expect("a preview").jpeg);
        let bits = [preview.hash, of(&jpeg).hash].map(|hash| rendered.hash.distance(&hash).0);
        eprintln!("to the preview and to another program's rendering: {bits:?} bits of 256");
        assert!(bits[0] <= 24 && bits[1] <= 24, "{bits:?}");
    }
}
