//! The bytes of an asset as they lie, in parts: for what browsers show themselves, and for films, which are asked for piece by piece.

use super::no_picture::{CopyError, NoPicture};
use crate::place::is_long_stream;
use catalog::AssetPlace;
use fingerprints::Naming;
use model::{ContentHash, Format, LocationPath};
use sources::Reader;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write};
use std::ops::Range;
use std::time::SystemTime;

/// Bytes read at a time.
const PIECE_BYTES: usize = 128 << 10;

/// Largest still whose bytes are hashed before they are handed out: some 25 ms from memory. Films are asked for piece by piece, too often for it.
const HASHED_STILL_MAX_BYTES: u64 = 64 << 20;

/// An original that can be read.
#[derive(Debug)]
pub struct Original {
    /// Its MIME type.
    pub media_type: &'static str,
    /// Its bytes.
    pub size_bytes: u64,
    /// Whether the usual browsers show the format. Of films they do not show every coding.
    pub is_shown_by_browsers: bool,
    /// The content that its bytes are known to be; `None` where only their number was compared.
    pub vouched: Option<ContentHash>,
    /// When the file that holds it was last written.
    pub written: Option<SystemTime>,
    place: LocationPath,
    reader: Reader,
}

impl Original {
    /// Finds a place readable and of the size that was catalogued; of a still that is not too long, also of the content.
    pub(super) fn find(place: &AssetPlace, format: Option<Format>, mut reader: Reader) -> Result<Self, NoPicture> {
        let AssetPlace { path, size_bytes, content_hash, .. } = place;
        if is_long_stream(path) {
            return Err(NoPicture::DeepInTgz);
        }
        let written = std::fs::metadata(&path.file).and_then(|facts| facts.modified()).ok();
        let (size, format, found) = reader.open(path, |bytes, size| {
            let mut head = Vec::new();
            bytes.take(fingerprints::SNIFF_BYTES as u64).read_to_end(&mut head)?;
            let format = format.or_else(|| fingerprints::sniff(&head));
            let is_hashed = size == *size_bytes && size <= HASHED_STILL_MAX_BYTES && !format.is_some_and(Format::is_video);
            let found = if is_hashed && content_hash.is_some() { Some(name_of(&head, bytes)?) } else { None };
            Ok((size, format, found))
        })?;
        if size != *size_bytes || (found.is_some() && found != *content_hash) {
            return Err(NoPicture::Changed);
        }
        Ok(Self {
            media_type: format.map_or("application/octet-stream", Format::mime),
            size_bytes: *size_bytes,
            is_shown_by_browsers: format.is_some_and(is_shown_by_browsers),
            vouched: found,
            written,
            place: path.clone(),
            reader,
        })
    }

    /// Copies the bytes of that range; what lies beyond the end is left out. Memory: one buffer. Cost: of a plain file, a seek; of a member
    /// of an archive, all that lies before the range is unpacked.
    ///
    /// # Errors
    /// [`CopyError`]; [`NoPicture::Changed`] before the first byte where the file has another size than the catalogued one.
    pub fn copy(&mut self, range: Range<u64>, to: &mut dyn Write) -> Result<(), CopyError> {
        let range = range.start.min(self.size_bytes)..range.end.min(self.size_bytes);
        let size_bytes = self.size_bytes;
        if self.place.member.is_none() {
            // Opened by the reader first, which refuses what is no plain file.
            let file = &self.place.file;
            let mut file = self.reader.open(&self.place, |_, _| File::open(file)).map_err(NoPicture::from)?;
            let size = file.metadata().and_then(|facts| file.seek(SeekFrom::Start(range.start)).map(|_| facts.len()));
            return match size {
                Ok(size) if size == size_bytes => pass(&mut file, range.end.saturating_sub(range.start), to),
                Ok(_) => Err(NoPicture::Changed.into()),
                Err(error) => Err(unreadable(&error).into()),
            };
        }
        let mut outcome = Ok(());
        let opened = self.reader.open(&self.place, |stream, size| {
            outcome = if size == size_bytes { skip_and_pass(stream, &range, to) } else { Err(NoPicture::Changed.into()) };
            Ok(())
        });
        outcome.and(opened.map_err(|error| NoPicture::from(error).into()))
    }
}

/// Returns the name of the bytes that begin with `head`.
fn name_of(head: &[u8], rest: &mut dyn Read) -> io::Result<ContentHash> {
    let (mut naming, mut buffer) = (Naming::new(), vec![0; PIECE_BYTES]);
    naming.update(head);
    loop {
        match rest.read(&mut buffer)? {
            0 => return Ok(naming.finish()),
            count => naming.update(&buffer[..count]),
        }
    }
}

fn skip_and_pass(stream: &mut dyn Read, range: &Range<u64>, to: &mut dyn Write) -> Result<(), CopyError> {
    pass(stream, range.start, &mut io::sink())?;
    pass(stream, range.end.saturating_sub(range.start), to)
}

/// Copies so many bytes.
fn pass(from: &mut dyn Read, mut left: u64, to: &mut dyn Write) -> Result<(), CopyError> {
    let mut buffer = vec![0; usize::try_from(left).unwrap_or(usize::MAX).min(PIECE_BYTES)];
    while left > 0 {
        let wanted = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        match from.read(&mut buffer[..wanted]) {
            Ok(0) => return Err(NoPicture::Changed.into()),
            Ok(count) => {
                to.write_all(&buffer[..count]).map_err(CopyError::Receiver)?;
                left -= count as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(&error).into()),
        }
    }
    Ok(())
}

fn unreadable(error: &io::Error) -> NoPicture {
    NoPicture::Unreadable(format!("cannot read it: {error}"))
}

/// Formats that Chromium, Firefox and Safari show.
fn is_shown_by_browsers(format: Format) -> bool {
    use Format::{Avif, Bmp, Gif, Jpeg, Matroska, Mov, Mp4, Png, WebP};
    matches!(format, Jpeg | Png | WebP | Gif | Bmp | Avif | Mp4 | Mov | Matroska)
}
