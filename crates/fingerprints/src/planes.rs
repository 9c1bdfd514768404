//! The pixels of a picture as brightness and colour planes, for drawing the hash and the small grid.
//!
//! Every decoder ends here: it pushes rows (or block averages) in the stored orientation and gets full-range BT.601 planes, as a
//! JPEG stores them (ITU-T T.871, §7). A plane may be *reduced*: a cell is then the average of a square of pixels. Nothing here
//! turns a picture, and nothing here manages colour: ICC profiles are not applied, so one picture saved in two colour spaces
//! differs a little in its planes.
//!
//! **Invariant:** the average over any part of a reduced plane is the average of the pixels under it, to the rounding of a cell.
//! The last column and row of cells may lie only partly over the picture; [`Extent`] says how far, so nothing is stretched.
//!
//! Transparent pixels are laid on white, as viewers and messengers do that turn such a picture into a JPEG.

use crate::detail::DETAIL_SIDE_MAX;
use crate::square::Squarer;

/// How many cells of a plane the picture covers, with fractions: 125.125 columns means that the 126th covers an eighth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// Columns of cells covered; more than `width - 1`, at most `width`.
    pub columns: f64,
    /// Rows of cells covered; more than `height - 1`, at most `height`.
    pub rows: f64,
}

impl Extent {
    /// Returns the extent of a plane whose cells are all covered.
    #[must_use]
    pub fn whole(width: usize, height: usize) -> Self {
        Self { columns: width as f64, rows: height as f64 }
    }
}

/// Full-range BT.601 planes of a picture as stored (not turned), possibly reduced.
///
/// Shape: `luma` row-major `width × height`; `blue` and `red` (JPEG's Cb and Cr, 128 is neutral) row-major
/// `chroma_width × chroma_height`; a grey picture has chroma planes of one neutral cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Planes {
    /// Cells of a row of [`luma`](Self::luma).
    pub width: usize,
    /// Rows of [`luma`](Self::luma).
    pub height: usize,
    /// Brightness, 0 to 255.
    pub luma: Vec<u8>,
    /// Cells of a row of [`blue`](Self::blue) and [`red`](Self::red).
    pub chroma_width: usize,
    /// Rows of [`blue`](Self::blue) and [`red`](Self::red).
    pub chroma_height: usize,
    /// Blue difference (Cb).
    pub blue: Vec<u8>,
    /// Red difference (Cr).
    pub red: Vec<u8>,
    /// How much of the brightness plane the picture covers.
    pub luma_extent: Extent,
    /// How much of the colour planes the picture covers.
    pub chroma_extent: Extent,
}

impl Planes {
    /// Returns the planes of interleaved RGB pixels, row-major, three bytes a pixel; brightness is not reduced.
    ///
    /// # Panics
    /// If a side is zero or `rgb` does not hold `width × height` pixels: the caller's mistake.
    #[must_use]
    pub fn from_rgb8(width: usize, height: usize, rgb: &[u8]) -> Self {
        assert!(width > 0 && height > 0 && rgb.len() == width * height * 3, "RGB pixels fill the picture");
        let mut builder = PlaneBuilder::new(width, height, 1);
        rgb.chunks_exact(width * 3).for_each(|row| builder.push(row, Layout::Rgb));
        builder.finish().expect("every row was pushed")
    }

    /// Returns the planes of grey pixels, row-major, one byte a pixel; not reduced.
    ///
    /// # Panics
    /// If a side is zero or `luma` does not hold `width × height` pixels: the caller's mistake.
    #[must_use]
    pub fn from_luma8(width: usize, height: usize, luma: &[u8]) -> Self {
        assert!(width > 0 && height > 0 && luma.len() == width * height, "grey pixels fill the picture");
        Self::grey(width, height, luma.to_vec(), Extent::whole(width, height))
    }

    /// Returns planes of the given brightness and no colour.
    pub(crate) fn grey(width: usize, height: usize, luma: Vec<u8>, luma_extent: Extent) -> Self {
        let (blue, red) = (vec![NEUTRAL], vec![NEUTRAL]);
        Self { width, height, luma, chroma_width: 1, chroma_height: 1, blue, red, luma_extent, chroma_extent: Extent::whole(1, 1) }
    }
}

/// A blue or red difference of no colour.
pub(crate) const NEUTRAL: u8 = 128;

/// Shortest side, in cells, that a reduced plane keeps. A grid has 64: eight cells for each keep the error of a cell that straddles
/// two below one grey level.
const REDUCED_SIDE_MIN: usize = 512;

/// Shortest side, in cells, to which colour is reduced further than brightness.
const CHROMA_SIDE_MIN: usize = 64;

/// Into which cells the brightness of a full decode is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    /// Squares of whole pixels, as many as leave 512 cells: for the stored grid.
    Reduced,
    /// The square of [`detail`](crate::detail), straight from the pixels.
    Square,
}

/// How the samples of a pushed row lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// One grey byte.
    Luma,
    /// Grey, then opacity.
    LumaAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, opacity.
    Rgba,
    /// Brightness, blue and red difference, full range.
    Ycbcr,
}

impl Layout {
    /// Returns the bytes of a pixel.
    pub(crate) fn samples(self) -> usize {
        match self {
            Layout::Luma => 1,
            Layout::LumaAlpha => 2,
            Layout::Rgb | Layout::Ycbcr => 3,
            Layout::Rgba => 4,
        }
    }
}

/// Draws [`Planes`] from rows of pixels, top to bottom, holding no more than the planes and one row.
pub(crate) struct PlaneBuilder {
    width: usize,
    height: usize,
    rows: usize,
    luma: Brightness,
    /// Averages of the three colour samples as they came: differences are linear, so they are computed from the averages.
    colour: Shrinker,
    layout: Option<Layout>,
    luma_row: Vec<u8>,
    flat_row: Vec<u8>,
}

impl PlaneBuilder {
    /// Returns an empty builder whose cells average `step × step` pixels. Sides and step are at least 1.
    pub(crate) fn new(width: usize, height: usize, step: usize) -> Self {
        let halves = width.min(height) / (step * 2) >= CHROMA_SIDE_MIN;
        let chroma_step = if halves { step * 2 } else { step };
        Self {
            width,
            height,
            rows: 0,
            luma: Brightness::Reduced(Shrinker::new(width, height, step, 1)),
            colour: Shrinker::new(width, height, chroma_step, 3),
            layout: None,
            luma_row: vec![0; width],
            flat_row: Vec::new(),
        }
    }

    /// Returns an empty builder that reduces as far as the grid allows: both sides keep 512 cells, where there are so many pixels.
    pub(crate) fn reduced(width: usize, height: usize) -> Self {
        Self::new(width, height, (width.min(height) / REDUCED_SIDE_MIN).max(1))
    }

    /// Returns an empty builder of the given cells; colour is reduced as far as the grid allows in either.
    pub(crate) fn to(width: usize, height: usize, cells: Cells) -> Self {
        let reduced = Self::reduced(width, height);
        match cells {
            Cells::Reduced => reduced,
            Cells::Square => {
                let side = width.min(height).min(DETAIL_SIDE_MAX);
                Self { luma: Brightness::Square(Squarer::new(width, height, side)), ..reduced }
            }
        }
    }

    /// Takes the next row. Rows past the last, and rows too short, are not taken. All rows have one layout.
    pub(crate) fn push(&mut self, row: &[u8], layout: Layout) {
        let Some(row) = row.get(..self.width * layout.samples()) else { return };
        if self.rows >= self.height {
            return;
        }
        self.rows += 1;
        match layout {
            Layout::Luma => self.luma_row.copy_from_slice(row),
            Layout::LumaAlpha => {
                for (out, pixel) in self.luma_row.iter_mut().zip(row.chunks_exact(2)) {
                    *out = over_white(pixel[0], pixel[1]);
                }
            }
            Layout::Rgb | Layout::Ycbcr => self.push_colour(row, layout),
            Layout::Rgba => {
                let mut flat = std::mem::take(&mut self.flat_row);
                flat.resize(self.width * 3, 0);
                for (out, pixel) in flat.chunks_exact_mut(3).zip(row.chunks_exact(4)) {
                    for (sample, &colour) in out.iter_mut().zip(pixel) {
                        *sample = over_white(colour, pixel[3]);
                    }
                }
                self.push_colour(&flat, Layout::Rgb);
                self.flat_row = flat;
            }
        }
        self.layout = Some(layout);
        match &mut self.luma {
            Brightness::Reduced(shrinker) => shrinker.push(&self.luma_row),
            Brightness::Square(squarer) => squarer.push(&self.luma_row),
        }
    }

    fn push_colour(&mut self, row: &[u8], layout: Layout) {
        for (out, pixel) in self.luma_row.iter_mut().zip(row.chunks_exact(3)) {
            *out = if layout == Layout::Ycbcr { pixel[0] } else { luma_of(pixel[0], pixel[1], pixel[2]) };
        }
        self.colour.push(row);
    }

    /// Returns the brightness of the row pushed last, one byte a pixel.
    pub(crate) fn last_luma(&self) -> &[u8] {
        &self.luma_row
    }

    /// Returns the planes; `None` if rows are missing.
    pub(crate) fn finish(self) -> Option<Planes> {
        if self.rows < self.height {
            return None;
        }
        let (width, height, luma_extent, luma) = self.luma.finish();
        let (chroma_width, chroma_height, chroma_extent) = self.colour.shape();
        let [first, second, third] = self.colour.cells.as_slice() else { return None };
        let cells = first.iter().zip(second).zip(third);
        let (blue, red): (Vec<u8>, Vec<u8>) = match self.layout? {
            Layout::Luma | Layout::LumaAlpha => return Some(Planes::grey(width, height, luma, luma_extent)),
            Layout::Ycbcr => cells.map(|((_, &blue), &red)| (blue.round() as u8, red.round() as u8)).unzip(),
            Layout::Rgb | Layout::Rgba => cells.map(|((&r, &g), &b)| chroma_of(r, g, b)).unzip(),
        };
        Some(Planes { width, height, luma, chroma_width, chroma_height, blue, red, luma_extent, chroma_extent })
    }
}

/// What becomes of brightness.
enum Brightness {
    Reduced(Shrinker),
    Square(Squarer),
}

impl Brightness {
    /// Returns columns, rows, how much of them the picture covers, and the cells.
    fn finish(self) -> (usize, usize, Extent, Vec<u8>) {
        match self {
            Brightness::Reduced(shrinker) => {
                let (width, height, extent) = shrinker.shape();
                (width, height, extent, shrinker.cells.iter().flatten().map(|&value| value.round() as u8).collect())
            }
            Brightness::Square(squarer) => {
                let (side, cells) = squarer.finish();
                (side, side, Extent::whole(side, side), cells)
            }
        }
    }
}

/// Averages squares of samples as rows come in: first down the columns, which is done row by row and fast, then along the rows.
struct Shrinker {
    width: usize,
    height: usize,
    step: usize,
    rows: usize,
    /// Sums down the columns of the rows since the last cells, samples interleaved. Bytes of 257 rows fit; steps stay below 70, with
    /// 300 MP and 512 cells a side.
    sums: Vec<u16>,
    /// Averages of each of the interleaved samples.
    cells: Vec<Vec<f32>>,
}

impl Shrinker {
    /// Returns an empty one for rows of `samples` interleaved samples a pixel.
    fn new(width: usize, height: usize, step: usize, samples: usize) -> Self {
        Self { width, height, step, rows: 0, sums: vec![0; width * samples], cells: vec![Vec::new(); samples] }
    }

    fn shape(&self) -> (usize, usize, Extent) {
        let extent = Extent { columns: self.width as f64 / self.step as f64, rows: self.height as f64 / self.step as f64 };
        (self.width.div_ceil(self.step), self.height.div_ceil(self.step), extent)
    }

    fn push(&mut self, row: &[u8]) {
        for (sum, &sample) in self.sums.iter_mut().zip(row) {
            *sum += u16::from(sample);
        }
        self.rows += 1;
        if self.rows.is_multiple_of(self.step) || self.rows == self.height {
            self.close_row();
        }
    }

    fn close_row(&mut self) {
        let rows = (self.rows - 1) % self.step + 1;
        let samples = self.cells.len();
        for (offset, cells) in self.cells.iter_mut().enumerate() {
            cells.extend(self.sums.chunks(self.step * samples).map(|chunk| {
                let sum: u32 = chunk.iter().skip(offset).step_by(samples).map(|&sum| u32::from(sum)).sum();
                sum as f32 / (chunk.len() / samples * rows) as f32
            }));
        }
        self.sums.fill(0);
    }
}

/// Returns the sample as seen before white.
pub(crate) fn over_white(sample: u8, opacity: u8) -> u8 {
    let (sample, opacity) = (u32::from(sample), u32::from(opacity));
    ((sample * opacity + 255 * (255 - opacity) + 127) / 255) as u8
}

/// Returns BT.601 brightness in 16-bit fixed point (T.871: 0.299, 0.587, 0.114).
pub(crate) fn luma_of(red: u8, green: u8, blue: u8) -> u8 {
    ((19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue) + 32_768) >> 16) as u8
}

/// Returns blue and red difference of averaged colour (T.871).
pub(crate) fn chroma_of(red: f32, green: f32, blue: f32) -> (u8, u8) {
    let cb = 128.0 - 0.168_735_9 * red - 0.331_264_1 * green + 0.5 * blue;
    let cr = 128.0 + 0.5 * red - 0.418_687_6 * green - 0.081_312_4 * blue;
    (cb.round() as u8, cr.round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primaries_have_the_differences_of_the_jpeg_standard() {
        for (rgb, expected) in [
            ([255, 0, 0], (76, 85, 255)),
            ([0, 255, 0], (150, 44, 21)),
            ([0, 0, 255], (29, 255, 107)),
            ([255, 255, 255], (255, 128, 128)),
            ([0, 0, 0], (0, 128, 128)),
        ] {
            let planes = Planes::from_rgb8(1, 1, &rgb);
            assert_eq!((planes.luma[0], planes.blue[0], planes.red[0]), expected, "{rgb:?}");
        }
    }

    #[test]
    fn cells_average_their_pixels_and_the_last_ones_only_what_they_cover() {
        let mut builder = PlaneBuilder::new(5, 3, 2);
        for row in [[0, 10, 20, 30, 200], [20, 30, 40, 50, 100], [1, 3, 5, 7, 9]] {
            builder.push(&row, Layout::Luma);
        }
        let planes = builder.finish().unwrap();
        assert_eq!((planes.width, planes.height), (3, 2));
        assert_eq!(planes.luma, [15, 35, 150, 2, 6, 9]);
        assert_eq!(planes.luma_extent, Extent { columns: 2.5, rows: 1.5 });
        assert_eq!(planes.blue, [NEUTRAL]);
    }

    #[test]
    fn a_missing_row_is_no_picture() {
        let mut builder = PlaneBuilder::new(2, 2, 1);
        builder.push(&[1, 2], Layout::Luma);
        builder.push(&[1], Layout::Luma);
        assert!(builder.finish().is_none());
    }

    #[test]
    fn what_cannot_be_seen_is_white() {
        let mut builder = PlaneBuilder::new(3, 1, 1);
        builder.push(&[9, 9, 9, 0, 9, 9, 9, 255, 0, 0, 0, 128], Layout::Rgba);
        assert_eq!(builder.finish().unwrap().luma, [255, 9, 127]);
        let mut builder = PlaneBuilder::new(2, 1, 1);
        builder.push(&[9, 0, 9, 255], Layout::LumaAlpha);
        assert_eq!(builder.finish().unwrap().luma, [255, 9]);
    }

    #[test]
    fn large_pictures_are_reduced_to_512_cells_and_not_below() {
        for (side, cells) in [(511, 511), (512, 512), (1023, 1023), (1024, 512), (1025, 513)] {
            assert!(matches!(PlaneBuilder::reduced(side, side).luma, Brightness::Reduced(shrinker) if shrinker.shape().0 == cells));
        }
    }
}
