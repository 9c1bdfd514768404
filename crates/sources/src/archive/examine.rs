//! Tells an export from any other archive, by content.
//!
//! A name never proves anything here: browsers rename downloads, and people rename what they find.

use super::{Directory, MemberName, any_of_first, open_member};
use crate::Error;
use crate::takeout::{ContainerKind, TAKEOUT_FOLDER, document, sidecar};
use flate2::read::MultiGzDecoder;
use model::{LocationPath, SidecarDocument};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// JSON members of a zip that are opened to find an item's sidecar where no member lies in a folder `Takeout`.
pub(crate) const SIDECARS_TRIED: usize = 16;

/// Members at the start of a tgz that are looked at for the same. Exports put `Takeout/` before every name, so the first tells.
pub(crate) const TGZ_MEMBERS_TRIED: u64 = 64;

/// The first bytes of a file, as far as they tell an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Magic {
    /// `PK` and the signature of a local header, of an empty archive's end, or of a volume (APPNOTE 4.3.6 to 4.3.16).
    Zip,
    /// gzip (RFC 1952 §2.3.1).
    Gzip,
    /// Anything else.
    Other,
}

impl Magic {
    /// Reads the first bytes of a file.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let mut head = Vec::new();
        File::open(path)?.take(4).read_to_end(&mut head)?;
        Ok(match head.as_slice() {
            [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] | [b'P', b'K', 7, 8] => Magic::Zip,
            [0x1f, 0x8b, 8, _] => Magic::Gzip,
            _ => Magic::Other,
        })
    }
}

/// What a file turned out to be.
#[derive(Debug)]
pub(crate) enum Examined {
    /// A Takeout archive of that kind.
    Takeout(ContainerKind),
    /// An archive that is no export or cannot be opened; the error says which.
    Refused(Error),
    /// No archive.
    File,
}

/// Looks into the file at `path`.
///
/// # Errors
/// [`Error::Stopped`] only; what is wrong with the file is part of the answer.
pub(crate) fn examine(path: &Path, stop: &dyn Fn() -> bool) -> Result<Examined, Error> {
    let magic = match Magic::of(path) {
        Ok(magic) => magic,
        Err(e) => return Ok(Examined::Refused(Error::of_system(path, e))),
    };
    let (kind, found) = match magic {
        Magic::Zip => (ContainerKind::Zip, zip_is_export(path, stop)),
        Magic::Gzip => (ContainerKind::Tgz, tgz_is_export(path, stop)),
        Magic::Other if looks_like_a_failed_download(path) => return Ok(Examined::Refused(failed_download(path))),
        Magic::Other => return Ok(Examined::File),
    };
    match found {
        Ok(true) => Ok(Examined::Takeout(kind)),
        Ok(false) => Ok(Examined::Refused(Error::NotTakeout { path: path.to_path_buf() })),
        Err(Error::Stopped) => Err(Error::Stopped),
        Err(error) => Ok(Examined::Refused(error)),
    }
}

/// Tells a file that is called as Takeout calls its archives; one that is none is a download gone wrong, often a page of HTML.
fn looks_like_a_failed_download(path: &Path) -> bool {
    crate::takeout::parts::is_part_name(&path.file_name().unwrap_or_default().to_string_lossy())
}

fn failed_download(path: &Path) -> Error {
    let reason = "it is called like a part of an export and is no archive; download this part again".to_owned();
    Error::Damaged { path: LocationPath::file(path), reason }
}

fn lies_in_takeout(name: &str) -> bool {
    name.rsplit('/').skip(1).any(|folder| folder == TAKEOUT_FOLDER)
}

fn zip_is_export(path: &Path, stop: &dyn Fn() -> bool) -> Result<bool, Error> {
    let directory = Directory::open(path)?;
    let mut sidecars = Vec::new();
    for at in 0..directory.len() {
        let Some(member) = directory.member(at) else { continue };
        let MemberName::File(name) = member.name else { continue };
        if lies_in_takeout(&name) {
            return Ok(true);
        }
        if sidecars.len() < SIDECARS_TRIED && document::wanted(&name, member.size_bytes) {
            sidecars.push((at, name));
        }
    }
    let mut file = File::open(path).map_err(|e| Error::of_system(path, e))?;
    for (at, name) in sidecars {
        if stop() {
            return Err(Error::Stopped);
        }
        let place = LocationPath::member(path, name);
        let parsed = open_member(&directory, &mut file, at, &place, |bytes, _| {
            let mut json = Vec::new();
            bytes.read_to_end(&mut json).map(|_| sidecar::parse(&json))
        });
        if matches!(parsed, Ok(Ok(SidecarDocument::Item(_)))) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn tgz_is_export(path: &Path, stop: &dyn Fn() -> bool) -> Result<bool, Error> {
    if !may_be_tar(path) {
        return Ok(false);
    }
    any_of_first(path, TGZ_MEMBERS_TRIED, stop, &mut |found, bytes| {
        let name = found.path.member.as_deref().unwrap_or_default();
        if lies_in_takeout(name) {
            return Ok(true);
        }
        if !document::wanted(name, found.size_bytes) {
            return Ok(false);
        }
        let mut json = Vec::new();
        bytes.read_to_end(&mut json)?;
        Ok(matches!(sidecar::parse(&json), Ok(SidecarDocument::Item(_))))
    })
}

/// Tells a packed tar from any other packed file by the word `ustar` in its first header, which pax and GNU tar both write (POSIX.1-2001,
/// ustar interchange format). One that cannot be unpacked may have been a tar: its damage is told when it is read.
fn may_be_tar(path: &Path) -> bool {
    let mut header = Vec::new();
    let unpacked = File::open(path).and_then(|file| MultiGzDecoder::new(file).take(512).read_to_end(&mut header));
    unpacked.is_err() || header.get(257..262) == Some(b"ustar")
}
