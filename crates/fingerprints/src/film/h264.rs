//! Decodes the planned pictures of an H.264 film with rust_h264, the only file that calls it.
//!
//! Pictures that no other leans on are passed over unless they are drawn. **Invariant:** no input makes it panic, and the sides and
//! reference frames that a stream asks for are bounded before a picture is decoded. Sources: ITU-T H.264 §7.3, §C.4; ISO/IEC 14496-15.

use super::frame::{Frame, Plane};
use super::index::Sample;
use super::plan::{Run, WITNESS_BYTES};
use super::poster::Colours;
use rust_h264::decoder::Decoder;
use rust_h264::error::DecodeError;
use rust_h264::nal::{NalUnit, NalUnitType, parse_avcc, parse_avcc_config, parse_sps_info};

/// Most pixels of a coded picture: 4096 × 2304.
const PICTURE_PIXELS_MAX: u64 = 4096 * 2304;
/// Most pixels of all pictures that a stream asks to keep: sixteen of 1080p, five of 4K. Times 1.5 to 4 bytes.
const KEPT_PIXELS_MAX: u64 = 17 * 1920 * 1088;

/// Gives the bytes of a sample, by offset and size.
pub(super) type Fetch<'a> = dyn Fn(u64, u32) -> Option<&'a [u8]> + 'a;

/// What came of the runs of a film.
#[derive(Default)]
pub(super) struct Decoded {
    /// The frames with their moments; fewer where bytes are missing or damaged.
    pub(super) frames: Vec<(u64, Frame)>,
    /// Whether bytes that should be a coded picture are no such thing, or break its rules though other pictures of the film keep them.
    pub(super) is_broken: bool,
}

/// How the decoding of a run ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// At its last picture, or where the file or what is decoded here ends.
    Sound,
    /// At bytes that are no coded picture.
    NoPicture,
    /// At a coded picture that breaks the rules, as far as our decoder knows them.
    Rules,
}

/// Returns the frames of all runs. `witnesses` are pictures that are not decoded; only whether they begin as coded pictures do is seen.
///
/// # Errors
/// In words, where the stream is of a kind that is not decoded.
pub(super) fn frames(setup: &[u8], runs: &[Run], witnesses: &[Sample], fetch: &Fetch<'_>) -> Result<Decoded, String> {
    let mut frames = Vec::new();
    let (length_size, ends) = pictures(setup, runs, fetch, &mut |moment, planes, colours| {
        frames.extend(Frame::of(planes, colours.full_range).map(|frame| (moment, frame)));
    })?;
    let heads = witnesses.iter().filter_map(|sample| Some((sample, fetch(sample.offset, sample.size.min(WITNESS_BYTES))?)));
    let is_no_picture = heads.into_iter().any(|(sample, head)| !begins_as_picture(head, sample.size, length_size));
    // A decoder that reads no picture at all may be what is wrong.
    let breaks_rules = !frames.is_empty() && ends.contains(&End::Rules);
    Ok(Decoded { frames, is_broken: is_no_picture || breaks_rules || ends.contains(&End::NoPicture) })
}

/// Hands the pictures of all runs over, each with its moment: planes Y, Cb and Cr, and how they stand for colours. Returns the bytes of a
/// unit's length, and how each run ended.
///
/// # Errors
/// In words, where the stream is of a kind that is not decoded.
pub(super) fn pictures(
    setup: &[u8],
    runs: &[Run],
    fetch: &Fetch<'_>,
    take: &mut dyn FnMut(u64, [Plane<'_>; 3], Colours),
) -> Result<(usize, Vec<End>), String> {
    let config = parse_avcc_config(setup).map_err(|_| "the decoder's setup is damaged".to_owned())?;
    if !matches!(config.length_size, 1 | 2 | 4) {
        return Err("the decoder's setup is of a kind that is not decoded".to_owned());
    }
    let mut colours = Colours { full_range: false, matrix: 2 };
    for sps in &config.sps_nals {
        colours = check(sps)?;
    }
    let mut ends = Vec::new();
    for run in runs {
        let mut decoder = Decoder::new();
        for nal in config.sps_nals.iter().chain(&config.pps_nals) {
            decoder.decode_nal(nal).map_err(|error| error.to_string())?;
        }
        ends.push(decode(&mut decoder, config.length_size, run, fetch, &mut |moment, picture| {
            take(moment, planes_of(&picture), colours);
        }));
    }
    Ok((config.length_size, ends))
}

/// Tells whether a sample of `size` bytes that begins so can be units, each after its length. Samples of no bytes repeat the picture before;
/// zeros alone are what is left of lost ones.
fn begins_as_picture(head: &[u8], size: u32, length_size: usize) -> bool {
    let Some(length) = head.get(..length_size) else { return head.is_empty() || head.iter().any(|&b| b != 0) };
    let length = length.iter().fold(0u64, |length, &b| length << 8 | u64::from(b));
    length + length_size as u64 <= u64::from(size) && head.iter().any(|&b| b != 0)
}

/// Tells whether the units of a sample, each after its length, end where it does, and there is one.
fn holds_units(mut bytes: &[u8], length_size: usize) -> bool {
    let mut units = 0;
    while let Some((length, rest)) = bytes.split_at_checked(length_size) {
        let length = length.iter().fold(0usize, |length, &b| length << 8 | usize::from(b));
        let Some(after) = rest.get(length..) else { return false };
        units += usize::from(length > 0);
        bytes = after;
    }
    units > 0
}

/// Checks what a stream asks for; returns how its samples stand for colours.
fn check(sps: &NalUnit<'_>) -> Result<Colours, String> {
    let asked = parse_sps_info(sps).map_err(|error| error.to_string())?;
    let pixels = u64::from(asked.coded_width) * u64::from(asked.coded_height);
    if pixels == 0 || pixels > PICTURE_PIXELS_MAX || pixels.saturating_mul(u64::from(asked.reference_frames) + 1) > KEPT_PIXELS_MAX {
        return Err(format!("H.264 of {} × {} pixels is larger than is decoded", asked.width, asked.height));
    }
    Ok(Colours { full_range: asked.full_range, matrix: asked.matrix })
}

/// Feeds a run and hands over the pictures of its moments; ends at damage.
fn decode(
    decoder: &mut Decoder,
    length_size: usize,
    run: &Run,
    fetch: &Fetch<'_>,
    take: &mut dyn FnMut(u64, rust_h264::decoder::Frame),
) -> End {
    let moment_of = |place: usize| run.moments.iter().filter(move |moment| moment.0 == place).map(|moment| moment.1);
    // A picture comes out when the next begins.
    let mut pending: Option<usize> = None;
    let mut end = End::Sound;
    for (place, sample) in run.samples.iter().enumerate() {
        let Some(bytes) = fetch(sample.offset, sample.size) else { break };
        if !bytes.is_empty() && !holds_units(bytes, length_size) {
            end = End::NoPicture;
        }
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
                Err(error) => return if end == End::Sound && breaks_rules(&error) { End::Rules } else { end },
            }
            if is_slice {
                pending = Some(place);
            }
        }
    }
    if let (Some(picture), Some(moment)) = (decoder.flush(), pending.and_then(|done| moment_of(done).next())) {
        take(moment, picture);
    }
    end
}

/// Tells errors of the bytes themselves. What wants a picture or a setup that was not fed is none, since a key frame need not stand alone;
/// neither is what the decoder does not know, or gives up on.
fn breaks_rules(error: &DecodeError) -> bool {
    match error {
        DecodeError::Unsupported(_) => false,
        DecodeError::InvalidSyntax(words) => !["empty ref", "PPS available", "SPS", "panicked"].iter().any(|part| words.contains(part)),
        DecodeError::UnexpectedEof => true,
    }
}

fn planes_of(picture: &rust_h264::decoder::Frame) -> [Plane<'_>; 3] {
    let bytes = picture.bytes_per_sample();
    let (width, height) = (picture.width as usize, picture.height as usize);
    let (wide, high) = (picture.chroma_width() as usize, picture.chroma_height() as usize);
    let luma = Plane { samples: &picture.y, width, height, bytes };
    let [blue, red] = [&picture.u, &picture.v].map(|samples| Plane { samples, width: wide, height: high, bytes });
    [luma, blue, red]
}
