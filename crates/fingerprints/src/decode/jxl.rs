//! Decodes JPEG XL with jxl-oxide, strip by strip, within the memory bound; the first frame of an animation. The picture comes upright.

use super::traces::traced;
use super::{DecodeError, Decoded, MAX_DECODE_BYTES, MAX_FRAMES, check_size};
use crate::planes::{Cells, Layout};
use crate::rows::{Given, Rows};
use jxl_oxide::{AllocTracker, CropInfo, InitializeResult, JxlImage, JxlImageBuilder, JxlThreadPool};

/// Most pixels rendered at once.
const STRIP_PIXELS: u32 = 4 << 20;
/// Rows by which strips are cut: the side of a JPEG XL's groups.
const STRIP_ROWS: u32 = 256;
/// Bytes a pixel of a strip: three planes of floats, and as much again while they are filtered and turned into samples.
const STRIP_BYTES_PER_PIXEL: u64 = 24;
/// Bytes a pixel that are kept for the whole picture: three planes of whole numbers in a lossless one. Measured 2026-11 on a resized
/// photo: 3 to 48 MP lossy took 84 to 222 MB of memory in all.
const KEPT_BYTES_PER_PIXEL: u64 = 12;

/// Tells what the decoder says; it has words only, and these for having met our bound.
fn fault(error: impl std::fmt::Display) -> DecodeError {
    let words = error.to_string();
    if words.contains("failed to allocate") {
        return DecodeError::TooMuchMemory { needed: MAX_DECODE_BYTES + 1, max: MAX_DECODE_BYTES };
    }
    DecodeError::Damaged(words)
}

fn builder() -> JxlImageBuilder {
    JxlImage::builder().pool(JxlThreadPool::none()).alloc_tracker(AllocTracker::with_limit(MAX_DECODE_BYTES as usize))
}

/// Reads the header alone.
fn open(bytes: &[u8]) -> Result<JxlImage, DecodeError> {
    let mut image =
        JxlImage::builder().pool(JxlThreadPool::none()).alloc_tracker(AllocTracker::with_limit(MAX_DECODE_BYTES as usize)).build_uninit();
    let mut rest = bytes;
    // The header lies at the front; feeding it in parts keeps a huge file from being taken in before its size is known.
    for part in bytes.chunks(1 << 16) {
        let taken = image.feed_bytes(part).map_err(fault)?;
        rest = rest.get(taken..).unwrap_or_default();
        match image.try_init().map_err(fault)? {
            InitializeResult::Initialized(image) => return Ok(image),
            InitializeResult::NeedMoreData(waiting) => image = waiting,
        }
    }
    Err(DecodeError::Damaged("it ends within its header".to_owned()))
}

/// Returns the memory of a decode in bytes; 0 if the header cannot be read.
pub(super) fn cost_bytes(bytes: &[u8]) -> u64 {
    let Ok(image) = open(bytes) else { return 0 };
    let pixels = u64::from(image.width()) * u64::from(image.height());
    pixels.min(u64::from(STRIP_PIXELS)) * STRIP_BYTES_PER_PIXEL + pixels * KEPT_BYTES_PER_PIXEL
}

/// Decodes the first frame.
pub(super) fn decode(bytes: &[u8], cells: Cells) -> Result<Decoded, DecodeError> {
    traced(cells, |to| rows(bytes, to))
}

/// Returns the ICC profile of the colours that [`rows`] gives.
pub(super) fn profile(bytes: &[u8]) -> Option<Vec<u8>> {
    open(bytes).ok().map(|image| image.rendered_icc())
}

/// Hands the rows of the first frame over.
pub(super) fn rows(bytes: &[u8], to: &mut dyn Rows) -> Result<Given, DecodeError> {
    let header = open(bytes)?;
    let (width, height) = (u64::from(header.width()), u64::from(header.height()));
    check_size(width, height)?;
    drop(header);
    let mut image = builder().read(bytes).map_err(fault)?;
    if !image.is_loading_done() || image.num_loaded_keyframes() == 0 {
        return Err(DecodeError::Damaged("the file ends before its first frame does".to_owned()));
    }
    let frames = u32::try_from(image.num_loaded_keyframes()).unwrap_or(MAX_FRAMES).clamp(1, MAX_FRAMES);
    let (width, height) = (image.width(), image.height());
    to.begin(width as usize, height as usize)?;
    let strip = (STRIP_PIXELS / width / STRIP_ROWS * STRIP_ROWS).max(STRIP_ROWS);
    for top in (0..height).step_by(strip as usize) {
        image.set_image_region(CropInfo { width, height: strip.min(height - top), left: 0, top });
        push_rendered(&image, to)?;
    }
    Ok(Given { frames, lossless: false })
}

/// Renders the region set on `image` and pushes its rows.
fn push_rendered(image: &JxlImage, to: &mut dyn Rows) -> Result<(), DecodeError> {
    let render = image.render_frame(0).map_err(fault)?;
    let mut stream = render.stream();
    let layout = match stream.channels() {
        1 => Layout::Luma,
        2 => Layout::LumaAlpha,
        3 => Layout::Rgb,
        4 if !image.pixel_format().has_black() => Layout::Rgba,
        _ => return Err(DecodeError::Unsupported("a JPEG XL of printing colours".to_owned())),
    };
    let mut row = vec![0u8; stream.width() as usize * layout.samples()];
    for _ in 0..stream.height() {
        stream.write_to_buffer(&mut row);
        to.push(&row, layout);
    }
    Ok(())
}
