//! Films: one pass over the bytes for what identifies them, and a second look into the file for the few parts its frames need.
//!
//! Small films are kept in memory from the first pass. Larger plain files are opened again and read only where frames lie; larger members
//! of zips are streamed by once more; larger members of tgzs are given up, since each would unpack the archive from its start. What is not
//! decoded here goes to ffmpeg, where there is one: a plain file by its path, a member through a file of its own in the state place.
//!
//! **Invariant:** what is held of a film stays within [`KEPT_MAX_BYTES`] and `fingerprints::PLAN_MAX_BYTES`; a file made for ffmpeg is
//! removed when it has been read. ffmpeg never changes the frames of a film that is decoded here.

use super::ffmpeg::Ffmpeg;
use crate::Stop;
use fingerprints::{Drawn, FilmPlan, StreamedFilm, fingerprint_stream};
use model::{Damage, Fingerprint, Format, LocationPath};
use sources::Reader;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Films of up to so many bytes are kept in memory while they pass.
const KEPT_MAX_BYTES: u64 = 32 << 20;
/// The same for a member of a tgz, which cannot be reached a second time; one at a time is read.
const KEPT_OF_TGZ_MAX_BYTES: u64 = 128 << 20;
/// Largest member that is put into a file for ffmpeg, bytes.
const UNPACKED_MAX_BYTES: u64 = 4 << 30;

/// How films are read in this scan.
#[derive(Debug, Default)]
pub(crate) struct FilmRoom {
    /// The outside decoder.
    pub(crate) ffmpeg: Option<Ffmpeg>,
    /// Where members are unpacked for it.
    pub(crate) state: PathBuf,
}

impl FilmRoom {
    /// Takes the ffmpeg at that place, if any; what it needs unpacked goes beside the catalog.
    pub(crate) fn open(ffmpeg: Option<PathBuf>, catalog: &Path) -> Self {
        Self { ffmpeg: ffmpeg.map(Ffmpeg::at), state: catalog.parent().unwrap_or(Path::new(".")).to_owned() }
    }
}

/// Where a film can be reached again.
pub(crate) enum Again<'a> {
    /// At this place.
    At(&'a LocationPath, &'a mut Reader),
    /// Nowhere: it came by in the stream of a tgz.
    Gone,
}

/// A film that passed once.
pub(crate) struct Passed {
    /// What the pass told.
    pub(crate) film: StreamedFilm,
    /// Its bytes, where they were few enough to keep.
    bytes: Option<Vec<u8>>,
}

/// Lets a film pass, keeping its bytes where they are few.
pub(crate) fn pass(stream: &mut dyn Read, format: Format, size_bytes: u64, is_gone_after: bool) -> io::Result<Passed> {
    let max = if is_gone_after { KEPT_OF_TGZ_MAX_BYTES } else { KEPT_MAX_BYTES };
    if size_bytes > max {
        return Ok(Passed { film: fingerprint_stream(stream, format)?, bytes: None });
    }
    let mut bytes = Vec::new();
    let mut kept = stream.take(max);
    kept.read_to_end(&mut bytes)?;
    let stream = kept.into_inner();
    let mut all = bytes.as_slice().chain(stream);
    let film = fingerprint_stream(&mut all, format)?;
    let is_whole = film.size_bytes == bytes.len() as u64;
    Ok(Passed { film, bytes: is_whole.then_some(bytes) })
}

/// Returns the fingerprint of a film with its frames, or with the reason why it has none.
pub(crate) fn finish(passed: Passed, mut again: Again<'_>, room: &FilmRoom, stop: &Stop) -> Fingerprint {
    let (film, plan) = (&passed.film, &passed.film.plan);
    let own = if plan.ranges().is_empty() { Err(plan.wanted()).into() } else { draw_here(&passed, &mut again) };
    let damage = own.damage;
    let without = |why: String| film.finished(Drawn { frames: Err(why), damage });
    let why = match own.frames {
        Ok(frames) => return film.finished(Drawn { frames: Ok(frames), damage }),
        Err(why) if !plan.may_be_drawn_outside() => return without(why),
        Err(why) => why,
    };
    let Some(ffmpeg) = &room.ffmpeg else {
        let wants = plan.wanted();
        return without(if why == wants { why } else { format!("{why}; {wants}") });
    };
    match with_file(&passed, again, room, |path| draw_outside(ffmpeg, path, film, damage, stop)) {
        Ok(Some(print)) => print,
        Ok(None) => without("ffmpeg gave no frame of it".to_owned()),
        Err(error) => without(format!("it could not be handed to ffmpeg: {error}")),
    }
}

fn draw_here(passed: &Passed, again: &mut Again<'_>) -> Drawn {
    let plan = &passed.film.plan;
    if let Some(bytes) = &passed.bytes {
        return plan.draw(&[(0, bytes)]);
    }
    let read = match again {
        Again::At(place, reader) => {
            read_parts(place, reader, &plan.ranges()).map_err(|error| format!("it could not be read again: {error}"))
        }
        Again::Gone => Err(format!("a film of more than {} MiB inside a tgz; unpacked it could be read", KEPT_OF_TGZ_MAX_BYTES >> 20)),
    };
    let parts = match read {
        Ok(parts) => parts,
        Err(why) => return Err(why).into(),
    };
    let parts: Vec<(u64, &[u8])> = parts.iter().map(|(start, bytes)| (*start, bytes.as_slice())).collect();
    plan.draw(&parts)
}

/// Reads parts of a film, in order; a part that the file no longer has whole is cut or missing.
fn read_parts(place: &LocationPath, reader: &mut Reader, ranges: &[Range<u64>]) -> Result<Vec<(u64, Vec<u8>)>, sources::Error> {
    if place.member.is_none() {
        // Opened by the reader first, which refuses what is no plain file.
        let file = reader.open(place, |_, _| File::open(&place.file))?;
        return parts_of_file(file, ranges).map_err(|source| sources::Error::Receiver { path: place.clone(), source });
    }
    reader.open(place, |stream, _| {
        let (mut parts, mut at) = (Vec::new(), 0);
        for range in ranges {
            io::copy(&mut Read::take(&mut *stream, range.start - at), &mut io::sink())?;
            let mut bytes = Vec::new();
            Read::take(&mut *stream, range.end - range.start).read_to_end(&mut bytes)?;
            at = range.end;
            parts.push((range.start, bytes));
        }
        Ok(parts)
    })
}

fn parts_of_file(mut file: File, ranges: &[Range<u64>]) -> io::Result<Vec<(u64, Vec<u8>)>> {
    let mut parts = Vec::new();
    for range in ranges {
        file.seek(SeekFrom::Start(range.start))?;
        let mut bytes = Vec::new();
        Read::take(&mut file, range.end - range.start).read_to_end(&mut bytes)?;
        parts.push((range.start, bytes));
    }
    Ok(parts)
}

/// Hands a film over as a file: its own, or one made for this and removed after.
fn with_file<T>(passed: &Passed, again: Again<'_>, room: &FilmRoom, work: impl FnOnce(&Path) -> T) -> io::Result<T> {
    if let Again::At(LocationPath { file, member: None }, _) = &again {
        return std::path::absolute(file).map(|path| work(&path));
    }
    let mut unpacked = tempfile::Builder::new().prefix("film-").tempfile_in(&room.state)?;
    match (&passed.bytes, again) {
        (Some(bytes), _) => drop(io::copy(&mut bytes.as_slice(), &mut unpacked)?),
        (None, Again::At(place, reader)) if passed.film.size_bytes <= UNPACKED_MAX_BYTES => {
            reader.open(place, |stream, _| io::copy(stream, &mut unpacked)).map_err(io::Error::other)?;
        }
        _ => return Err(io::Error::other("it is too large inside its archive; unpacked it could be read")),
    }
    Ok(work(unpacked.path()))
}

/// Lets ffmpeg draw the frames; `None` where it gives none.
fn draw_outside(ffmpeg: &Ffmpeg, path: &Path, film: &StreamedFilm, damage: Option<Damage>, stop: &Stop) -> Option<Fingerprint> {
    let told = film.fingerprint.metadata.duration_ms;
    let duration_ms = told.or_else(|| ffmpeg.duration_ms(path))?;
    let plan: FilmPlan = film.plan.clone().lasting(duration_ms);
    let (frames, sides) = FilmPlan::draw_outside(&ffmpeg.pictures(path, &plan.moments(), &|| !stop.asked()));
    if frames.is_empty() {
        return None;
    }
    let mut print = film.finished(Drawn { frames: Ok(frames), damage });
    print.metadata.duration_ms = Some(duration_ms);
    if let (0, Some((width, height))) = (print.width, sides) {
        (print.width, print.height) = (width, height);
    }
    Some(print)
}
