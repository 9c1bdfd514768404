//! Opens an asset's bytes, makes sure that they are what the scan saw, and draws them.

use super::no_picture::NoPicture;
use super::room::Room;
use crate::place::{is_long_stream, locked};
use crate::scan::STILL_FILE_MAX_BYTES;
use crate::scan::ffmpeg::Ffmpeg;
use catalog::AssetPlace;
use fingerprints::render::{MAX_PICTURE_BYTES, Rendered, render, render_cost_bytes};
use fingerprints::{FilmPlan, Naming, decode, name_bytes};
use jpeg_encoder::{ColorType, Encoder};
use model::{ContentHash, Format};
use sources::Reader;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Memory for the bytes of files that are drawn. One larger than that is read alone: [`STILL_FILE_MAX_BYTES`] at most.
const FILES_BYTES: u64 = 256 << 20;
/// Memory for decoding. A larger decode is alone: [`LARGEST_DECODE_BYTES`] at most.
const DECODES_BYTES: u64 = 256 << 20;
/// Most memory of one decode and its picture.
const LARGEST_DECODE_BYTES: u64 = decode::MAX_DECODE_BYTES + MAX_PICTURE_BYTES;
/// Memory for a film's poster: parts of the file (`fingerprints::PLAN_MAX_BYTES`), the decoder's pictures and ours.
const POSTER_BYTES: u64 = 224 << 20;
/// Largest film that is hashed whole for its poster: a tenth of a second from memory, a second from a disk.
const HASHED_FILM_MAX_BYTES: u64 = 256 << 20;
/// Largest film inside an archive whose poster is drawn: it is unpacked into memory.
const PACKED_FILM_MAX_BYTES: u64 = 128 << 20;
/// Begins the names of films that are unpacked for ffmpeg.
pub(super) const UNPACKED_PREFIX: &str = "film-";
/// Longest side of a JPEG, pixels.
const JPEG_SIDE_MAX: u32 = 65_535;

/// A picture as JPEG.
pub(super) struct Drawn {
    pub(super) jpeg: Vec<u8>,
    /// Whether all bytes it was drawn from are known to be the content's.
    pub(super) is_vouched: bool,
}

/// Draws pictures. Memory: files of [`FILES_BYTES`] and decodes of [`DECODES_BYTES`] side by side; together with one that is larger than
/// these, at most 512 MiB and 768 MiB.
pub(super) struct Drawer {
    /// Where members are unpacked for ffmpeg.
    folder: PathBuf,
    ffmpeg: Option<Ffmpeg>,
    first: Reader,
    readers: Mutex<Vec<Reader>>,
    files: Room,
    decodes: Room,
    /// How many pictures were begun.
    #[cfg(test)]
    begun: std::sync::atomic::AtomicU64,
}

impl Drawer {
    pub(super) fn new(folder: &Path, ffmpeg: Option<PathBuf>) -> Self {
        Self {
            folder: folder.to_owned(),
            ffmpeg: ffmpeg.map(Ffmpeg::at),
            first: Reader::new(),
            readers: Mutex::default(),
            files: Room::of(FILES_BYTES),
            decodes: Room::of(DECODES_BYTES),
            #[cfg(test)]
            begun: std::sync::atomic::AtomicU64::new(0),
        }
    }

    /// Returns a reader that shares the lists of archives.
    pub(super) fn reader(&self) -> Reader {
        self.first.clone()
    }

    /// Returns how many pictures were begun.
    #[cfg(test)]
    pub(super) fn drawn(&self) -> u64 {
        self.begun.load(std::sync::atomic::Ordering::SeqCst)
    }

    /// Draws what lies at a place.
    pub(super) fn draw(&self, place: &AssetPlace, format: Option<Format>, side_max: Option<u32>, quality: u8) -> Result<Drawn, NoPicture> {
        if is_long_stream(&place.path) {
            return Err(NoPicture::DeepInTgz);
        }
        #[cfg(test)]
        self.begun.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let mut reader = locked(&self.readers).pop().unwrap_or_else(|| self.first.clone());
        let drawn = self.draw_with(&mut reader, place, format, side_max.unwrap_or(JPEG_SIDE_MAX), quality);
        locked(&self.readers).push(reader);
        drawn
    }

    fn draw_with(
        &self,
        reader: &mut Reader,
        place: &AssetPlace,
        format: Option<Format>,
        side_max: u32,
        quality: u8,
    ) -> Result<Drawn, NoPicture> {
        let format = match format {
            Some(format) => Some(format),
            None => reader.open(&place.path, |bytes, _| head_of(bytes)).map(|head| fingerprints::sniff(&head))?,
        };
        if format.is_some_and(Format::is_video) && place.path.member.is_none() {
            return self.poster_of_file(reader, place, format.unwrap_or(Format::Mp4), side_max, quality);
        }
        let max_bytes = if format.is_some_and(Format::is_video) { PACKED_FILM_MAX_BYTES } else { STILL_FILE_MAX_BYTES };
        if place.size_bytes > max_bytes {
            let most = max_bytes >> 20;
            return Err(match format.is_some_and(Format::is_video) {
                true => {
                    NoPicture::Unreadable(format!("a film of more than {most} MiB inside an archive; unpack it to see its first frame"))
                }
                false => NoPicture::TooLarge(format!("a picture file of more than {most} MiB")),
            });
        }
        let _file = self.files.take(place.size_bytes);
        let bytes = reader.read_all(&place.path, max_bytes)?;
        if bytes.len() as u64 != place.size_bytes || place.content_hash.is_some_and(|hash| name_bytes(&bytes) != hash) {
            return Err(NoPicture::Changed);
        }
        let head = &bytes[..bytes.len().min(fingerprints::SNIFF_BYTES)];
        let unknown = || NoPicture::Undecodable("its format is not known".to_owned());
        let format = fingerprints::refine(&bytes, fingerprints::sniff(head).or(format).ok_or_else(unknown)?);
        let picture = if format.is_video() {
            let _decode = self.decodes.take(POSTER_BYTES);
            let mut parts = |at: u64, count: usize| {
                let start = usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
                Ok(bytes[start..start.saturating_add(count).min(bytes.len())].to_vec())
            };
            self.poster(&mut parts, format, side_max, &mut |work| self.unpacked(&bytes, work))?
        } else {
            let cost = render_cost_bytes(&bytes, format, Some(side_max)).min(LARGEST_DECODE_BYTES);
            let _decode = self.decodes.take(cost);
            return Ok(Drawn {
                jpeg: encoded(&render(&bytes, format, Some(side_max))?, quality)?,
                is_vouched: place.content_hash.is_some(),
            });
        };
        Ok(Drawn { jpeg: encoded(&picture, quality)?, is_vouched: place.content_hash.is_some() })
    }

    /// Draws the poster of a film in a file of its own, of which only parts are read; all of it is hashed where it is not too long.
    fn poster_of_file(
        &self,
        reader: &mut Reader,
        place: &AssetPlace,
        format: Format,
        side_max: u32,
        quality: u8,
    ) -> Result<Drawn, NoPicture> {
        let path = &place.path.file;
        // Opened by the reader first, which refuses what is no plain file.
        let mut file = reader.open(&place.path, |_, _| File::open(path))?;
        let unreadable = |error: io::Error| NoPicture::Unreadable(format!("cannot read `{}`: {error}", path.display()));
        if file.metadata().map_err(unreadable)?.len() != place.size_bytes {
            return Err(NoPicture::Changed);
        }
        let is_vouched = match place.content_hash {
            Some(hash) if place.size_bytes <= HASHED_FILM_MAX_BYTES => {
                if hash_of(&mut file).map_err(unreadable)? != hash {
                    return Err(NoPicture::Changed);
                }
                true
            }
            _ => false,
        };
        let _decode = self.decodes.take(POSTER_BYTES);
        let mut parts = |at: u64, count: usize| {
            file.seek(SeekFrom::Start(at))?;
            let mut bytes = Vec::new();
            Read::take(&mut file, count as u64).read_to_end(&mut bytes).map(|_| bytes)
        };
        let mut as_file = |work: &mut dyn FnMut(&Path)| work(&std::path::absolute(path).unwrap_or_else(|_| path.clone()));
        let picture = self.poster(&mut parts, format, side_max, &mut as_file)?;
        Ok(Drawn { jpeg: encoded(&picture, quality)?, is_vouched })
    }

    /// Draws a film's poster: here, else by ffmpeg where there is one.
    fn poster(&self, parts: &mut Parts<'_>, format: Format, side_max: u32, as_file: &mut AsFile<'_>) -> Result<Rendered, NoPicture> {
        let unreadable = |error: io::Error| NoPicture::Unreadable(format!("cannot read it: {error}"));
        let plan: FilmPlan = fingerprints::plan_of_parts(parts, format).map_err(unreadable)?;
        let mut read = Vec::new();
        for range in plan.poster_ranges() {
            read.push((range.start, parts(range.start, usize::try_from(range.end - range.start).unwrap_or(0)).map_err(unreadable)?));
        }
        let read: Vec<(u64, &[u8])> = read.iter().map(|(start, bytes)| (*start, bytes.as_slice())).collect();
        let why = match plan.poster(&read, Some(side_max)) {
            Ok(picture) => return Ok(picture),
            Err(why) => why,
        };
        let Some(ffmpeg) = self.ffmpeg.as_ref().filter(|_| plan.may_be_drawn_outside()) else { return Err(NoPicture::Undecodable(why)) };
        let mut pictures = Vec::new();
        as_file(&mut |path| pictures = ffmpeg.pictures(path, &[0], &|| true));
        let outside = pictures.first().and_then(|(_, picture)| fingerprints::poster_outside(picture, Some(side_max)));
        outside.ok_or_else(|| NoPicture::Undecodable("ffmpeg gave no frame of it".to_owned()))
    }

    /// Hands bytes over as a file that is removed after.
    fn unpacked(&self, bytes: &[u8], work: &mut dyn FnMut(&Path)) {
        let file = tempfile::Builder::new().prefix(UNPACKED_PREFIX).tempfile_in(&self.folder);
        if let Ok(mut file) = file
            && file.write_all(bytes).is_ok()
        {
            work(file.path());
        }
    }
}

/// Gives so many bytes of a film from a place on.
type Parts<'a> = dyn FnMut(u64, usize) -> io::Result<Vec<u8>> + 'a;
/// Hands a film over as a file.
type AsFile<'a> = dyn FnMut(&mut dyn FnMut(&Path)) + 'a;

fn head_of(bytes: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    bytes.take(fingerprints::SNIFF_BYTES as u64).read_to_end(&mut head).map(|_| head)
}

fn hash_of(file: &mut File) -> io::Result<ContentHash> {
    let (mut naming, mut buffer) = (Naming::new(), vec![0; 256 << 10]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(naming.finish()),
            count => naming.update(&buffer[..count]),
        }
    }
}

/// Returns a picture as JPEG, with its colour profile.
fn encoded(picture: &Rendered, quality: u8) -> Result<Vec<u8>, NoPicture> {
    let failed = |error: jpeg_encoder::EncodingError| NoPicture::Undecodable(format!("it cannot be shown as a JPEG: {error}"));
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    if let Some(profile) = &picture.icc {
        encoder.add_icc_profile(profile).map_err(failed)?;
    }
    let side = |side: u32| u16::try_from(side).map_err(|_| NoPicture::TooLarge(format!("a side of {side} pixels")));
    encoder.encode(&picture.rgb, side(picture.width)?, side(picture.height)?, ColorType::Rgb).map_err(failed)?;
    Ok(bytes)
}
