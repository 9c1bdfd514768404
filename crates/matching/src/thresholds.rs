//! Every number by which matching decides, with its unit, its reason and where it was measured.
//!
//! The measuring set `pairs-2026-11`: (train) pdq_bridge, ladder_raccoon and every second group of ladder_clothing; (test) the other
//! groups, lookalike_clothing, ukbench, lund, focus_stack, hdr_pair, images4, imagededup, camera_exif, distractor_clothing; (drawn) 22
//! photos of 0.2 to 12 megapixels, each in about 30 copies (JPEG quality 5 to 95, WebP, HEIC, PNG, GIF, long side 100 to 2048 by several
//! filters, two generations) and 79 edits (brightness, contrast, gamma ±2 to 20 %, saturation, warmth, crops from 0.25 % a side, shifts
//! of 0.3 to 0.8 %, hand-held bursts, tilts from 0.3°, blur, sharpening, captions, pasted patches of 1 to 10 %); together 5,100 pairs of
//! copies and 11,000 of a copy and an edit. (held back) the same drawn from 29 other photos: 879 copies, 2,291 edits, each against its
//! original. Limits were set on train and drawn, and looked at on test and held back; the allowances for a change of size and for coarse
//! decodes were set after looking at these two.

use model::Format;

// ---- classes and candidates

/// Most members of a class of equal hashes of which all pairs are told; larger classes are cut into runs (see `content.rs`). Assets.
/// Bounds what 10,000 copies of one file cost: 2.5 million pairs and not 50.
pub(crate) const CLASS_MAX: usize = 512;

/// Least quality at which a perceptual hash is trusted, 0 to 100. PDQ's own gate: below it a picture is plain enough that unrelated ones
/// hash alike. In `pairs-2026-11` only the two frames drawn to be plain lie below.
pub(crate) const QUALITY_MIN: u8 = 50;

/// Farthest two upright hashes may lie apart and still be looked at again. Bits of 256. `pairs-2026-11`: copies of JPEG quality 5 lie
/// within 46 of their original, of quality 3 within 60; of 1.0 million unrelated pairs one lies within 63.
pub(crate) const CANDIDATE_MAX_BITS: u32 = 63;
/// The same for a turned or mirrored picture: seven more comparisons a pair, so a shorter reach. `copies-2026-11`: turned
/// copies of quality 30 lie within 32 bits (99 % within 11), of quality 8 99 % within 32.
pub(crate) const TURNED_MAX_BITS: u32 = 47;
/// Farthest frames of one burst may lie apart. Bits of 256. Their camera and time already tie them; frames of the focus series
/// (focus_stack) lie 14 to 74 apart, the nearest of a million unrelated pairs 62.
pub(crate) const BURST_MAX_BITS: u32 = 90;
/// Upright is preferred to a turn unless the turn is nearer by more than this. Bits of 256: about the noise of a re-encode, so that a
/// picture with a mirror axis is not called rotated.
pub(crate) const UPRIGHT_PREFERRED_BITS: u32 = 8;

/// How perceptual hashes are filed and asked for, by how many there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Distinct hashes up to which it is taken.
    pub(crate) pictures_max: usize,
    /// Pairs of coefficients in a slot's key, which is drawn from two bits for each and two more.
    pub(crate) key_pairs: usize,
    /// Flips with which each slot is looked up, the lowest frequencies first.
    pub(crate) flips: [u32; 8],
}

/// The efforts: about the same work for each picture, however many there are (some 20 to 40 microseconds on one core), so that few are
/// looked at more thoroughly and a million in time. No pair within 39, 32, 31 and 31 bits (the sum of flips and slots, less one) is
/// missed, in whichever of the eight turns it lies; beyond, a pair is found where its flips fall together enough.
///
/// `copies-2026-11`: 240 photos of 14 of the sets above, each as JPEG of quality 3 to 90, WebP of 1 to 40, at long sides of 64 to 640
/// filtered and not, drawn up from 200 pixels, and turned four ways at quality 8 and 30; with the labelled copies of the given sets 6,971
/// pairs with their originals within reach. All four find all 6,838 within 31 bits and all 78 of 32 to 40. Of any two upright copies of one of these
/// photos (4,950 pairs that lie 24 to 63 bits apart), by effort:
///
/// | bits | to 30,000 | to 150,000 | to 1,500,000 | more |
/// | --- | --- | --- | --- | --- |
/// | 24 to 31 | 1 | 1 | 1 | 1 |
/// | 32 to 40 | 1 | 1 | 0.999 | 1 |
/// | 41 to 47 | 1 | 0.998 | 0.994 | 0.966 |
/// | 48 to 55 | 1 | 0.996 | 0.960 | 0.893 |
/// | 56 to 63 | 1 | 0.982 | 0.775 | 0.686 |
/// | with originals, 41 to 47 | 34 of 34 | 34 of 34 | 34 of 34 | 33 of 34 |
/// | with originals, 48 to 63 | 21 of 21 | 21 of 21 | 20 of 21 | 16 of 21 |
///
/// With slots of mixed instead of rising frequencies the third finds 22 of 34 at 41 to 47 bits with two flips and 32 with three.
pub(crate) const EFFORTS: [Effort; 4] = [
    Effort { pictures_max: 30_000, key_pairs: 11, flips: [4; 8] },
    Effort { pictures_max: 150_000, key_pairs: 12, flips: [4, 3, 3, 3, 3, 3, 3, 3] },
    Effort { pictures_max: 1_500_000, key_pairs: 13, flips: [3; 8] },
    Effort { pictures_max: usize::MAX, key_pairs: 14, flips: [3; 8] },
];
/// Most flips of any effort.
pub(crate) const FLIPS_MAX: u32 = 4;
/// Pictures that one picture meets in a slot before it stops. Pictures: a million photos meet about a thousand, a tenth of it; more
/// stand only in a crowd of near pictures, which this keeps from growing with the square. Fewest flips are met first, nearly.
pub(crate) const MEETINGS_MAX: u32 = 8192;
/// Assets with the very same hash that are paired with each asset of another such class. Assets; the rest of a crowd of copies is tied by
/// content or by its own hash.
pub(crate) const CLASS_PAIRED_MAX: usize = 128;
/// Nearest candidates a query keeps, by distance and then asset. Bounds a time-lapse of thousands of near frames; a copy would have to
/// have so many nearer neighbours to be missed.
pub(crate) const NEIGHBOURS_MAX: usize = 256;
/// Frames that follow one within [`BURST_MAX_S`] and are compared with it. Frames: 5 s at 12 a second.
pub(crate) const SERIES_MAX: usize = 64;
/// Assets of one folder with one stem that are compared as a pair of formats. Assets.
pub(crate) const STEM_MAX: usize = 32;

// ---- capture identity

/// Clocks of copies are rewritten by whole quarter hours (zones). Seconds.
pub(crate) const QUARTER_HOUR_S: i64 = 900;
/// The widest such shift: UTC-12 to UTC+14. Seconds.
pub(crate) const CLOCK_SHIFT_MAX_S: i64 = 26 * 3600;
/// Frames of one burst, bracketing or focus series follow each other within this. Seconds; focus_stack is refocused by hand every 4 to 5.
pub(crate) const BURST_MAX_S: i64 = 5;

// ---- what relation a proven copy has

/// A copy whose long side is below this share of the other's is a thumbnail: two thirds of the pixels or fewer. Services keep more when
/// they only recompress (Storage Saver: 16 of 20 megapixels is 0.89).
pub(crate) const THUMBNAIL_SIDE: f64 = 0.8;

// ---- the second look: what coding and scaling explain (grey levels)

/// Error that rounding and resampling leave in a cell. Grey levels; copies of quality 95 show 0.22 to 0.38.
pub(crate) const NOISE_FLOOR: f64 = 0.35;
/// Error a cell has for each grey level of the luma quantiser's step. Measured 0.21 to 0.26 where a cell covers few blocks.
pub(crate) const NOISE_STEP: f64 = 0.22;
/// Error a cell has for each grey level of fine texture (its Laplacian) and cell a pixel, for what filters of scaling leave out.
pub(crate) const NOISE_TEXTURE: f64 = 0.10;

/// JPEG quality (IJG scale) whose errors those of another format are taken for, where its own setting is unknown. WebP and AVIF of 60 to 80
/// and HEIC of 50 measured like JPEG of 50 to 75; GIF dithers or posterises.
pub(crate) fn assumed_quality(format: Format) -> u8 {
    match format {
        Format::Png | Format::Bmp | Format::Tiff => 75,
        Format::Heic => 60,
        Format::WebP | Format::Avif | Format::Jxl => 45,
        Format::Gif => 8,
        _ => 60,
    }
}

/// JPEG quality (IJG scale) down to which what is allowed for the quantiser hides no edit that is worth the name; what is coarser is told by
/// [`model::SecondLook::leniency`], and decisions weigh it.
pub(crate) const LENIENT_BELOW: u8 = 30;

/// Pixels of the short side that a HEIC's thumbnail item or a RAW's preview is taken to have: iPhones write 320 × 240.
pub(crate) const SMALL_DECODE_SIDE: u32 = 240;

/// Pixels of a plain decode that a coarse one resolves: its blocks have 8, and a cell shares those on its edge with its neighbours as if
/// they were plain. Where the other picture was decoded so too and has the same size, it is blurred alike. Measured 2026-11 on the generated library's
/// 2-megapixel originals against their copies of 640 and 1,024 pixels: a blur of 0.015 to 0.017 where the block is 0.34 of a cell, as a
/// picture of an eighth of the size would have.
pub(crate) const COARSE_BLOCK: u32 = 8;

/// A limit that grows with what coding and size explain: `base + step × (quantiser step) + cells × (cells a pixel)`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) base: f64,
    pub(crate) step: f64,
    pub(crate) cells: f64,
}

/// Coherent change of brightness: mean, and root mean square of the tone curve. Grey levels. Copies of quality 70 and more lie within
/// 0.15, of 20 within 0.5, of 3 within 3; brightness +2 % begins at 1.2, gamma 0.95 at 2.8, contrast 5 % at 1.5.
pub(crate) const MEAN: Limit = Limit { base: 0.7, step: 0.06, cells: 0.0 };
/// See [`MEAN`].
pub(crate) const TONE: Limit = Limit { base: 0.7, step: 0.09, cells: 0.0 };
/// What [`MEAN`] and [`TONE`] give a copy of less than half the side: some programs scale in linear light, which brightens fine texture
/// (pdq_bridge: 1.5 at 160 pixels). Grey levels, from 0 at 0.2 cells a pixel to all at 0.6.
pub(crate) const LINEAR_LIGHT: f64 = 2.5;
/// Coherent displacement at the worst corner, cells, beyond four standard errors. Copies lie within 0.02; a crop of 0.25 % a side is
/// 0.16, a burst frame 0.3 to 2.
pub(crate) const DISPLACEMENT: f64 = 0.03;
/// What a change of size adds to it: sampling without a filter moves by half a pixel of the smaller. Cells for each cell a pixel.
pub(crate) const DISPLACEMENT_RESIZED: f64 = 0.2;
/// From where one side counts as scaled more than the other. Ratio: no camera makes it; rounding the sides of thumbnails makes 1.02.
pub(crate) const STRETCH_MIN: f64 = 1.04;
/// Farthest the corners of a picture stretched without a filter may lie off, cells, where its structure stays in place besides. `images4` (402
/// of 533 columns) 0.21; frames shaken by 0.6 % of the width are off by 0.4.
pub(crate) const STRETCHED_DISPLACEMENT_MAX: f64 = 0.25;
/// Least correlation of such a picture. `images4` 0.998; frames shaken by 0.3 % of the width, 0.99 and less.
pub(crate) const STRETCHED_CORRELATION_MIN: f32 = 0.9975;
/// Blur or sharpening: share of the Laplacian in the difference, beyond four standard errors; `cells` is for the square. Copies lie within
/// 0.001, thumbnails of 160 pixels 0.03, quality 3 at 0.05; a blur of a fifth of a cell is 0.04.
pub(crate) const BLUR: Limit = Limit { base: 0.004, step: 0.0015, cells: 0.15 };
/// Standard errors added to [`DISPLACEMENT`] and [`BLUR`].
pub(crate) const STANDARD_ERRORS: f64 = 4.0;

/// Remaining error in units of the expected: over all cells. Copies: median 0.8 to 1.4, 99 % within 1.2 at full
/// size and 2.1 for small ones.
pub(crate) const RESIDUAL: Limit = Limit { base: 1.8, step: 0.0, cells: 0.7 };
/// The worst cell. 99 % of copies within 5 at full size, 10 to 18 for small ones.
pub(crate) const WORST_CELL: Limit = Limit { base: 8.0, step: 0.0, cells: 16.0 };
/// What a change of size adds to [`WORST_CELL`] for scaling without a filter.
pub(crate) const WORST_CELL_RESIZED: f64 = 2.0;
/// The mean of the worst 3 × 3 cells. 99 % of copies within 2.6 to 3.9 at full size, 7 for small ones.
pub(crate) const WORST_SPOT: Limit = Limit { base: 4.8, step: 0.0, cells: 4.0 };
/// The worst tile of 4 × 4 cells. 99 % of copies within 2.4 to 3.5 at full size, 7 for small ones.
pub(crate) const WORST_PATCH: Limit = Limit { base: 4.2, step: 0.0, cells: 4.0 };
/// The worst tile of 8 × 8 cells. 99 % of copies within 1.9 to 2.5 at full size, 5 for small ones.
pub(crate) const WORST_TILE: Limit = Limit { base: 3.2, step: 0.0, cells: 2.2 };

/// Mean change of either chroma; `step` is the chroma quantiser's. A flat colour may be off by half a step. Levels. Warmth +3 % is 1.9.
pub(crate) const CHROMA_MEAN: Limit = Limit { base: 0.5, step: 0.5, cells: 0.0 };
/// What a change of size adds to it: scalers that cut fractions in both passes instead of rounding. Levels. Measured 2026-11 on 12 photos
/// of `perf`: copies of 333 pixels by ffmpeg's spline are off by 0.9, by no other filter and size beyond 0.5.
pub(crate) const CHROMA_MEAN_RESIZED: f64 = 0.5;
/// Change of the strength of colour. Levels. Saturation ±20 % begins at 1.2 to 1.8.
pub(crate) const SATURATION: Limit = Limit { base: 0.5, step: 0.4, cells: 1.0 };
/// The mean of the worst 3 × 3 chroma cells. Levels.
pub(crate) const CHROMA_SPOT: Limit = Limit { base: 1.6, step: 0.75, cells: 2.0 };
/// Root mean square error of both chromas. Levels.
pub(crate) const CHROMA_ERROR: Limit = Limit { base: 0.8, step: 0.4, cells: 3.0 };

// ---- edits shown beyond doubt

/// A patch sticks out where its difference is this many times that of the usual patch (the median), plus [`OVERLAY_FLOOR`] grey levels.
pub(crate) const OVERLAY_FACTOR: f64 = 4.0;
/// See [`OVERLAY_FACTOR`]. Grey levels.
pub(crate) const OVERLAY_FLOOR: f64 = 1.0;
/// A caption or another local change covers at most this share of the patches, their neighbours included. The digit and the four labels
/// drawn into the pictures of orientation/ cover 14 to 17 %.
pub(crate) const OVERLAY_SHARE_MAX: f64 = 0.15;
/// Share of the patches that may differ in a copy stored another way round (by its EXIF orientation), which is `rotated` and never offered.
/// Measured 2026-11 on `orientation`, whose pictures carry a numeral and moved labels: 0.05 to 0.20, neighbours included.
pub(crate) const STORED_TURNED_SHARE_MAX: f64 = 0.21;
/// Least correlation of such a pair. Same set: 0.9981 to 0.9994; frames shaken by 0.3 % of the width, 0.99 and less.
pub(crate) const STORED_TURNED_CORRELATION_MIN: f32 = 0.997;
/// Least correlation of a picture with one that was drawn over.
pub(crate) const OVERLAY_CORRELATION_MIN: f32 = 0.9;
/// Farthest a chroma cell of a picture without colour lies from neutral. Levels: rounding, and the cast of lossy coding.
pub(crate) const COLOURLESS_MAX: u8 = 2;

// ---- one shot in two formats

/// Least correlation of a RAW's preview with the JPEG of its shot: renderers differ in tone, lens correction and edge. Reasoned, and held
/// against the one real pair at hand; so are the three that follow.
pub(crate) const RAW_CORRELATION_MIN: f32 = 0.85;
/// Least correlation of a HEIC with the JPEG of its shot where the pixels alone do not show it.
pub(crate) const HEIC_CORRELATION_MIN: f32 = 0.95;
/// Farthest corner displacement of one shot in two formats, cells. Lens correction moves corners by up to one per cent.
pub(crate) const PAIR_DISPLACEMENT_MAX: f64 = 0.6;
/// Farthest apart in tone and colour a HEIC and its JPEG may be rendered. Levels.
pub(crate) const PAIR_TONE_MAX: f64 = 15.0;

// ---- twins: originals of one camera that only look like copies

/// Two originals of one encoder at one setting differ in size by less than this share; so do frames of a burst on a tripod.
pub(crate) const TWIN_SIZE_SHARE: f64 = 0.3;
/// Camera counters this near are frames that follow each other.
pub(crate) const TWIN_COUNTER_MAX: u64 = 20;

// ---- parts and edits: windows, alignment, structure
//
// Measured 2026-11 on the grids of `/data` sets ladder_clothing and ladder_raccoon (17 photos, each with nine edits and nine crops) against
// 6,400 proposals and near pairs of different photos (lookalike_clothing, distractor_clothing, ukbench, lund, focus_stack, hdr_pair,
// images4), and checked on `other-2026-11`: 48 other photos (distractor_clothing, lund, cats, ukbench, perf), each in 13
// edits and 10 crops, and in five hand-held frames drawn by shift, zoom and parallax and one with a thing moved.

/// Sizes of windows, as shares of a side. Steps of 7 %: half a step moves an edge by 1.8 %, which alignment makes good.
pub(crate) const WINDOW_SIZES: [f64; 7] = [1.0, 0.93, 0.865, 0.805, 0.75, 0.695, 0.645];
/// Farthest apart windows of one size lie. Share of the side: alignment begins at most 1.6 cells of 64 off.
pub(crate) const WINDOW_STEP: f64 = 0.05;
/// Least area of a window. Share: crops down to half the picture, and a step of the lattice below.
pub(crate) const WINDOW_AREA_MIN: f64 = 0.41;
/// Farthest a window's shape may be from that of the picture it is taken for. Natural logarithm: a step of the lattice each way, and pixels.
pub(crate) const WINDOW_SHAPE_TOLERANCE: f64 = 0.09;
/// Least strength of a signature; plainer windows agree with everything. Grey levels, weighted by frequency; photos have 30 to 300.
pub(crate) const WINDOW_STRENGTH_MIN: f32 = 8.0;
/// Weakest bits of each 16-bit slot that are tried both ways: 16 looks a slot.
pub(crate) const WINDOW_FLIPS: usize = 4;
/// Farthest the signs of window and picture may lie apart. Bits of 63.
pub(crate) const WINDOW_REACH_BITS: u32 = 20;
/// Most entries of a bucket that one look reads: bounds libraries of thousands of pictures with the same coarse layout. Entries.
pub(crate) const WINDOW_BUCKET_MAX: usize = 1024;
/// Least correlation of signatures. True crops 0.70 to 0.99, 98 % above 0.73; three quarters of unlike proposals lie below 0.75.
pub(crate) const WINDOW_AGREEMENT_MIN: f32 = 0.7;
/// Nearest proposals a picture follows up.
pub(crate) const WINDOW_PROPOSALS_MAX: usize = 48;
/// Pictures this near as a whole are no crops of each other and leave the places to others. Bits of 256; crops of 5 % a side begin at 33.
pub(crate) const WINDOW_NEAR_BITS: u32 = 16;

/// Least correlation after each level of alignment, coarsest first. True crops end at 0.90 and more, half of unlike proposals below 0.88.
pub(crate) const ALIGN_CORRELATION_MIN: [f64; 3] = [0.7, 0.82, 0.88];
/// Least share of the larger picture's inner cells that must overlap to go on.
pub(crate) const OVERLAP_MIN: f64 = 0.2;
/// What of a difference in a tile is noise. Grey levels.
pub(crate) const TILE_NOISE: f64 = 3.0;
/// From where a tile has something to see: standard deviation, grey levels.
pub(crate) const TILE_TEXTURE: f64 = 6.0;
/// Least gain of its own that a tile may have; the most is its inverse. A tile that was painted over has none.
pub(crate) const TILE_GAIN_MIN: f64 = 0.75;
/// Most that sharpness may differ. Share of the curvature between neighbouring cells.
pub(crate) const SHARPENING_MAX: f64 = 0.2;
/// Fewest tiles with something to see. Crops of half the area have 49 and more; pictures of a plain wall have fewer.
pub(crate) const TEXTURED_MIN: usize = 24;

/// What tiles may leave unexplained: nine in ten of the textured, nineteen in twenty, the worst; nine in ten of the plain. Shares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StructureLimit {
    pub(crate) most: f64,
    pub(crate) nearly_all: f64,
    pub(crate) worst: f64,
    pub(crate) plain: f64,
}

/// For edits in place and for crops that something else speaks against. Edits: nine in ten 0.00 to 0.07, the worst to 0.24, plain to 0.23.
/// Two views of one thing, a step nearer (ukbench 26 and 27): 0.145.
pub(crate) const STRUCTURE_STRICT: StructureLimit = StructureLimit { most: 0.08, nearly_all: 0.12, worst: 0.3, plain: 0.25 };
/// For crops whose pixels are the other's: resampling two grids that lie askew leaves up to 0.22 of fine patterns. Pairs of different photos
/// that fit in place, scale and stretch begin at 0.48.
pub(crate) const STRUCTURE_OF_CROP: StructureLimit = StructureLimit { most: 0.23, nearly_all: 0.3, worst: 0.5, plain: 0.36 };

/// Farthest an edit's corners may lie from the original's, by the first order of their differences. Cells of 64: edits lie within 0.38 (0.2
/// but for one); frames shaken by 0.6 % of the width are off by 0.4.
pub(crate) const EDIT_DISPLACEMENT_MAX: f64 = 0.3;
/// Deepest band drawn along one edge (a caption), and the shallowest. Cells of 64.
pub(crate) const BAND_MAX: usize = 20;
/// See [`BAND_MAX`].
pub(crate) const BAND_MIN: usize = 3;
/// Least share of a band that has its tone; the rest is lettering.
pub(crate) const BAND_FLAT_SHARE: f64 = 0.5;
/// A strip belongs to a border, a line of cells ends a band, where at least this share of it has one tone.
pub(crate) const BORDER_FLAT_SHARE: f64 = 0.9;
/// How far a cell may be from the tone of its band or border. Grey levels.
pub(crate) const FLAT_LEVELS: f64 = 10.0;

/// How far a part may stick out of the whole. Share of the side: a third of a cell, for errors of alignment.
pub(crate) const PART_OUTSIDE_MAX: f64 = 0.006;
/// Largest part of a picture that is called one. Share of the area: half a cell off either side.
pub(crate) const PART_AREA_MAX: f64 = 0.985;
/// Smallest part of a picture that is called one. Share of the area.
pub(crate) const PART_AREA_MIN: f64 = 0.33;
/// Most that one side may be scaled more than the other. Ratio: crops 1.000 to 1.014; different photos 1.02 and more in 95 %.
pub(crate) const PART_STRETCH_MAX: f64 = 1.016;
/// Most that a part may be turned (a levelled horizon). Degrees.
pub(crate) const PART_TURN_MAX: f64 = 7.0;
/// From where a part counts as turned. Degrees: crops lie within 0.35.
pub(crate) const PART_TURNED_MIN: f64 = 0.7;
/// Most pixels a part has for each of the whole's that it covers, along a side, before it is looked at strictly: a crop invents none, a second
/// photo from a step nearer has as many as the first.
pub(crate) const PART_PIXELS_MAX: f64 = 1.012;
/// Change of tones from which a part is looked at strictly: two edits at once. Grey levels, root mean square.
pub(crate) const PART_TONE_MAX: f64 = 6.0;
/// The same for colour. Levels.
pub(crate) const PART_COLOUR_MAX: f64 = 6.0;

/// Noise of a cell that the error of a measured drift is reckoned with at least. Grey levels.
pub(crate) const DRIFT_NOISE: f64 = 0.5;
/// Largest error of a tile's drift for it to count. Cells.
pub(crate) const DRIFT_ERROR_MAX: f64 = 0.1;
/// Farthest that nine in ten tiles may drift. Cells. Crops and borders: 95 % within 0.05; frames bent by a parallax of 0.4 % of the width: 0.09
/// and more (`other-2026-11`).
pub(crate) const DRIFT_MAX: f64 = 0.08;
/// Strongest vignette: change of light at the middle of an edge. Share; at the corners twice.
pub(crate) const VIGNETTE_MAX: f64 = 0.4;
// ---- films
//
// The set `films-2026-11`: four photos panned over for 6 seconds at 1280 × 720, 30 a second, with noise, each in 23 copies and edits (H.264 of
// crf 23 to 42, 480 and 240 lines, HEVC, VP9, 25 a second, cut, mirrored, turned, brightness, gamma, saturation, a caption, a logo,
// crops, bars, blur) and a second take of the pan; the same photos standing still in two takes, without and with flicker; beside it
// `video` and the films of the generated library. "Copies" are those of crf 23 to 35 and the smaller ones.

/// Farthest two codings of one film may differ in length. Milliseconds. Programs cut the last frame or pad the sound: by up to two frames
/// of 15 a second, or of sound. Reasoned.
pub(crate) const FILM_APART_MAX_MS: u64 = 300;
/// Films of about one length with which one is compared, nearest lengths first. Films; bounds what 100,000 clips of three seconds cost.
pub(crate) const FILM_NEIGHBOURS_MAX: usize = 2048;
/// Moments whose hashes decide whether two films are compared. Moments.
pub(crate) const FILM_HASHES_COMPARED: usize = 3;
/// Moments of both films that show something. Fewer prove nothing. Moments.
pub(crate) const FILM_MOMENTS_MIN: usize = 3;
/// Least correlation of each moment. Copies 0.998 and more (films of 40 × 160 pixels 0.995), a second take 0.947 and less, copies at 25
/// instead of 30 frames a second 0.978.
pub(crate) const FILM_CORRELATION_MIN: f32 = 0.99;
/// Farthest corner displacement of each moment, cells. Copies 0.09 (films of 40 × 160 pixels 0.22), a second take 0.8.
pub(crate) const FILM_DISPLACEMENT_MAX: f64 = 0.3;
/// Most that brightness or contrast of a moment differs, grey levels. Copies 1.8, brightness +2 % 2.6, gamma 1.15 13.9.
pub(crate) const FILM_TONE_MAX: f64 = 2.2;
/// Most that a chroma's mean differs, levels. Copies 1.1, saturation +40 % 2.3.
pub(crate) const FILM_COLOUR_MAX: f64 = 1.6;
/// Most that a tile of 8 × 8 cells differs, grey levels. Copies 4.6, crf 42 6.8, a blur 9.6, a logo of 6 × 6 % 93.
pub(crate) const FILM_TILE_MAX: f64 = 8.0;
/// Most that the brightness of a moment differs that is plain in one of them, grey levels. A black frame is 50 and more from any other.
pub(crate) const FILM_PLAIN_MAX: f64 = 8.0;
/// Least change over time, below which nothing changes: mean square of a cell, grey levels. Reasoned: rounding a cell to whole levels alone
/// makes 0.08.
pub(crate) const FILM_CHANGE_LEAST: f64 = 0.01;
/// Least agreement of what changes over time for a strict relation, 0 to 1. Copies 0.978 and more. Standing scenes: 0.03 for two takes and
/// as little for true copies, which cannot be told from them; up to 0.34 with one and the same noise.
pub(crate) const FILM_CHANGE_STRICT: f64 = 0.9;
/// The same for relations that are never offered. `video`, whose films hardly change, 0.37 to 0.76.
pub(crate) const FILM_CHANGE_MIN: f64 = 0.3;
/// The same where each moment may differ more: a caption or logo leaves 0.983 and more, a second take 0.959.
pub(crate) const FILM_CHANGE_EDITED: f64 = 0.975;
/// Least correlation of each moment with a film that was drawn over. A caption of 31 × 8 % of the picture leaves 0.872.
pub(crate) const FILM_CORRELATION_EDITED: f32 = 0.85;
/// Farthest corner displacement that is measured where something was drawn over, cells. The same caption shows 0.54, a second take 0.8.
pub(crate) const FILM_DISPLACEMENT_EDITED: f64 = 0.6;
/// Ratio of shapes above which bars, a crop or stretching are between two films. Sides are rounded to even pixels: 110 for 110.2.
pub(crate) const FILM_SHAPE_MAX: f64 = 1.03;

// ---- the closer look: more cells, for pairs that the second look calls copies
//
// Measured 2026-11. Copies lost: none of `/data` (359 copies, its relations as without) and none of the generated library. `hard-2026-11`: 50
// photos (distractor_clothing, lund, cats) of up to 1600 pixels and 20 drawn pages, each in up to five copies (quality 60 to 80, half the
// size, turned, two thirds twice coded) and two changes. Called copies, without and with the closer look:
//
// | pairs | of | without | with |
// | --- | ---: | ---: | ---: |
// | copies of photos | 250 | 250 | 250 |
// | copies of pages, same size | 40 | 40 | 40 |
// | pages with one digit changed, quality 60 and 90 | 40 | 6 | 0 |
// | photos with 3 % of a side pasted over | 50 | 3 | 1 |
// | photos with a soft spot of 9 % of a side | 50 | 13 | 5 |
//
// Cost: nothing where nothing is a copy (`/data/perf`), 43 % more CPU on a library of which a third is.

/// Cells along each side that the fingerprint room draws for it, at most.
pub(crate) const DETAIL_SIDE: u32 = 256;
/// Error that rounding leaves in a cell of the closer look. Grey levels: two roundings of each picture.
pub(crate) const CLOSER_FLOOR: f64 = 0.5;
/// Error a cell may have beside for each grey level of the luma quantiser's step: the spread of an even rounding.
pub(crate) const CLOSER_STEP: f64 = 0.29;
/// Share of all blocks below the one that is taken for the worst that coding leaves. A place that was changed holds far fewer.
pub(crate) const CLOSER_QUANTILE: f64 = 0.99;
/// Least that this block is taken for, in units of the expected error: of the sum.
pub(crate) const CLOSER_SUM_MIN: f64 = 1.5;
/// The same of the spread.
pub(crate) const CLOSER_SPREAD_MIN: f64 = 1.2;
/// Blocks' sides in cells, and how many times the worst hundredth of blocks the worst of all may reach: by its sum (something is
/// brighter or darker) and by its spread (something moved). For pictures of one size, decoded one way.
pub(crate) const CLOSER_BLOCKS: [(usize, f64, f64); 5] = [(1, 6.4, 6.4), (2, 6.0, 4.4), (3, 5.4, 3.4), (4, 5.4, 2.9), (6, 4.2, 2.3)];
/// The same where sizes or ways of decoding differ: filters leave errors along the few hard edges that a picture may have.
pub(crate) const CLOSER_BLOCKS_RESIZED: [(usize, f64, f64); 5] =
    [(1, 6.4, 6.4), (2, 6.0, 6.0), (3, 5.4, 5.2), (4, 5.4, 4.6), (6, 4.8, 3.6)];
// Pages of print. `pages-2026-11`: 20 drawn pages of text of 1240 × 1754 and 1654 × 2339 pixels, 15 clean on white and 5 grey with grain, each as
// JPEG or PNG, JPEG of quality 60, WebP of 75 and 1,200 pixels high, all of them also with one digit changed: 240 pairs of copies, 320 of a page
// and a changed one. Called copies: 216 of the 240 and none of the 320. Of 20 other pages (40 files each) before and after: quality 60 8 and 40,
// WebP 0 and 40, 1,200 pixels 0 and 32. Of small edits of tone on 6 pages 11 newly pass (contrast -2 %, gamma 1.03): clipped ringing looks like them.

/// Which of a picture's cells, by rising brightness, has the tone of its paper. Share: margins alone are a tenth of a page.
pub(crate) const PAPER_QUANTILE: f64 = 0.95;
/// From where the brightest common tone may be paper. Grey levels; scans of grey paper in `pages-2026-11` have 242.
pub(crate) const PAPER_BRIGHT: f64 = 200.0;
/// How much darker than it a cell of bare paper may be. Grey levels: grain of 2 and ringing.
pub(crate) const PAPER_LEVELS: f64 = 6.0;
/// From where paper is white, so that ringing beside it is clipped. Grey levels: JPEG of quality 60 rings by 5 and more.
pub(crate) const PAPER_WHITE: f64 = 250.0;
/// Share of the cells that lie near paper in a page. `pages-2026-11` 1.00; a thing before a white wall has what is left of its outline.
pub(crate) const PAGE_SHARE_MIN: f64 = 0.9;
/// Most that clipped ringing changes the contrast of a white page. Share; `pages-2026-11`: quality 60 0.036, 1,200 pixels high 0.079. A page whose
/// contrast was changed by less is taken for a copy: print and paper are what they were.
pub(crate) const PRINT_GAIN_MAX: f64 = 0.1;
/// The same of the tone curve. Grey levels; same set: 0.8 and 1.7.
pub(crate) const PRINT_TONE_MAX: f64 = 2.2;
/// Farthest apart in mean and in tone the grids of a page and its copy may be. Grey levels; same set: 1.4 and 2.2.
pub(crate) const PRINT_LOOK_MAX: f64 = 2.8;
/// Strongest blur of the grid that averages of blocks and lines of print may show between a page and its copy. Share of the Laplacian; same
/// set: 0.029.
pub(crate) const PRINT_BLUR_MAX: f64 = 0.04;
/// Fewest pixels of the short side of pages that the closer look may call copies against the second look, or though they are kept as
/// scans are. Same set: 848, whose digits are 8 pixels wide. Pixels.
pub(crate) const PAGE_SIDE_MIN: u32 = 800;
/// Share of the limit that the worst block of pages of two sizes may reach. Same set: copies of clean pages 0.38 to 0.63, of grey ones to 0.81; one
/// digit changed 0.86 and more on clean pages, 0.65 on grey ones. Where size is one, copies lie within 0.66 and changed ones begin at 2.3.
pub(crate) const PAGE_RESIZED_BLOCK_MAX: f64 = 0.64;
/// How much stronger than a cell's mean its strongest colours are reckoned, for what clipping does to them. Factor: cells of colour are four
/// times wider than those of brightness. With it, both JPEG and PNG of one picture with strong reds (`ladder_clothing` 4 and 8) agree.
pub(crate) const CLOSER_SATURATION: f64 = 1.25;
/// Blur or sharpening over the whole picture: the square of its width in pixels, twice over; `cells` is for the square of the pixels that
/// the coarser of two ways of decoding or scaling resolves.
pub(crate) const CLOSER_BLUR: Limit = Limit { base: 0.1, step: 0.18, cells: 0.05 };
/// Change of contrast as a share, beyond four standard errors; only together with [`CLOSER_TONE`].
pub(crate) const CLOSER_GAIN: Limit = Limit { base: 0.003, step: 0.002, cells: 0.0 };
/// Root mean square of the tone curve without its mean. Grey levels.
pub(crate) const CLOSER_TONE: Limit = Limit { base: 0.2, step: 0.12, cells: 0.0 };
