//! Decodes the planned pictures of an H.264 film with rust_h264, the only file that calls it.
//!
//! Pictures that no other leans on are passed over unless they are drawn. **Invariant:** no input makes it panic, and the sides and
//! reference frames that a stream asks for are bounded before a picture is decoded. Sources: ITU-T H.264 §7.3, §C.4; ISO/IEC 14496-15.

use super::frame::{Frame, Plane};
use super::plan::Run;
use rust_h264::decoder::Decoder;
use rust_h264::nal::{NalUnit, NalUnitType, parse_avcc, parse_avcc_config, parse_sps_info};

/// Most pixels of a coded picture: 4096 × 2304.
const PICTURE_PIXELS_MAX: u64 = 4096 * 2304;
/// Most pixels of all pictures that a stream asks to keep: sixteen of 1080p, five of 4K. Times 1.5 to 4 bytes.
const KEPT_PIXELS_MAX: u64 = 17 * 1920 * 1088;

/// Gives the bytes of a sample, by offset and size.
pub(super) type Fetch<'a> = dyn Fn(u64, u32) -> Option<&'a [u8]> + 'a;

/// Returns the frames of all runs with their moments; fewer where bytes are missing or damaged.
///
/// # Errors
/// In words, where the stream is of a kind that is not decoded.
pub(super) fn frames(setup: &[u8], runs: &[Run], fetch: &Fetch<'_>) -> Result<Vec<(u64, Frame)>, String> {
    let config = parse_avcc_config(setup).map_err(|_| "the decoder's setup is damaged".to_owned())?;
    let mut full_range = false;
    for sps in &config.sps_nals {
        full_range = check(sps)?;
    }
    let mut drawn = Vec::new();
    for run in runs {
        let mut decoder = Decoder::new();
        for nal in config.sps_nals.iter().chain(&config.pps_nals) {
            decoder.decode_nal(nal).map_err(|error| error.to_string())?;
        }
        decode(&mut decoder, config.length_size, run, fetch, &mut |moment, picture| {
            drawn.extend(small(picture, full_range).map(|frame| (moment, frame)));
        });
    }
    Ok(drawn)
}

/// Checks what a stream asks for; returns whether its samples have full range.
fn check(sps: &NalUnit<'_>) -> Result<bool, String> {
    let asked = parse_sps_info(sps).map_err(|error| error.to_string())?;
    let pixels = u64::from(asked.coded_width) * u64::from(asked.coded_height);
    if pixels == 0 || pixels > PICTURE_PIXELS_MAX || pixels.saturating_mul(u64::from(asked.reference_frames) + 1) > KEPT_PIXELS_MAX {
        return Err(format!("H.264 of {} × {} pixels is larger than is decoded", asked.width, asked.height));
    }
    Ok(asked.full_range)
}

/// Feeds a run and hands over the pictures of its moments; ends at damage.
fn decode(decoder: &mut Decoder, length_size: usize, run: &Run, fetch: &Fetch<'_>, take: &mut dyn FnMut(u64, rust_h264::decoder::Frame)) {
    let moment_of = |place: usize| run.moments.iter().filter(move |moment| moment.0 == place).map(|moment| moment.1);
    // A picture comes out when the next begins.
    let mut pending: Option<usize> = None;
    for (place, sample) in run.samples.iter().enumerate() {
        let Some(bytes) = fetch(sample.offset, sample.size) else { break };
        let is_drawn = moment_of(place).next().is_some();
        for nal in parse_avcc(bytes, length_size) {
            let is_slice = matches!(nal.nal_unit_type, NalUnitType::Slice | NalUnitType::SliceIdr);
            if (is_slice && nal.nal_ref_idc == 0 && !is_drawn) || (nal.nal_unit_type == NalUnitType::Sps && check(&nal).is_err()) {
                continue;
            }
            match decoder.decode_nal(&nal) {
                Ok(Some(picture)) => {
                    if let Some(moment) = pending.take().and_then(|done| moment_of(done).next()) {
                        take(moment, picture);
                    }
                }
                Ok(None) => {}
                Err(_) => return,
            }
            if is_slice {
                pending = Some(place);
            }
        }
    }
    if let (Some(picture), Some(moment)) = (decoder.flush(), pending.and_then(|done| moment_of(done).next())) {
        take(moment, picture);
    }
}

fn small(picture: rust_h264::decoder::Frame, full_range: bool) -> Option<Frame> {
    let bytes = picture.bytes_per_sample();
    let (width, height) = (picture.width as usize, picture.height as usize);
    let (wide, high) = (picture.chroma_width() as usize, picture.chroma_height() as usize);
    let luma = Plane { samples: &picture.y, width, height, bytes };
    let [blue, red] = [&picture.u, &picture.v].map(|samples| Plane { samples, width: wide, height: high, bytes });
    Frame::of([luma, blue, red], full_range)
}
