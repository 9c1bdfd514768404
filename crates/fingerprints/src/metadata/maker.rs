//! Maker notes, where a fact of identity lies there plainly: Apple's burst and live-photo identifiers, Canon's file and serial number,
//! Nikon's serial number and shutter count. Encrypted or undocumented parts are left alone. Sources: exiftool's tag tables (Apple,
//! Canon, Nikon), read 2026-11; facts only.

use super::{fill, text};
use crate::tiff::{Directory, Entry, Order, Tiff};
use model::Metadata;

/// Reads the maker note `note` of the structure `tiff`. The camera's make, which tells the note's kind for Canon, must be known already.
pub(crate) fn read(tiff: &Tiff<'_>, note: &Entry<'_>, known: &mut Metadata) {
    let bytes = note.value;
    if bytes.starts_with(b"Apple iOS\0") {
        let directory = bytes.get(12..14).and_then(Order::of_mark).and_then(|order| Tiff::bare(bytes, order).directory(14));
        directory.iter().for_each(|d| apple(d, known));
    } else if bytes.starts_with(b"Nikon\0\x02") {
        let directory = bytes.get(10..).and_then(Tiff::open).and_then(|inner| inner.main());
        directory.iter().for_each(|d| nikon(d, known));
    } else if known.make.as_ref().is_some_and(|make| make.eq_ignore_ascii_case("canon")) {
        let directory = u32::try_from(note.at).ok().and_then(|at| tiff.directory(at));
        directory.iter().for_each(|d| canon(d, known));
    }
}

/// Reads a Canon maker note that stands as a TIFF structure of its own (`CMT3`).
pub(crate) fn read_canon_part(bytes: &[u8], known: &mut Metadata) {
    let directory = Tiff::open(bytes).and_then(|tiff| tiff.main());
    directory.iter().for_each(|d| canon(d, known));
}

fn apple(note: &Directory<'_>, known: &mut Metadata) {
    fill(&mut known.burst_id, note.text(0x000b));
    fill(&mut known.content_identifier, note.text(0x0011));
}

fn canon(note: &Directory<'_>, known: &mut Metadata) {
    // Folder number times 10,000 plus file number: 1002533.
    fill(&mut known.image_number, note.uint(0x0008).filter(|n| *n > 0));
    fill(&mut known.serial, note.uint(0x000c).and_then(|n| text::serial(&n.to_string())));
}

fn nikon(note: &Directory<'_>, known: &mut Metadata) {
    fill(&mut known.serial, note.text(0x001d).and_then(|s| text::serial(s.trim_start_matches("NO=").trim())));
    fill(&mut known.image_number, note.uint(0x00a7).filter(|n| *n > 0 && *n < u64::from(u32::MAX)));
}
