//! Names of bytes, read through the disk.

use crate::disk::{Disk, Output};
use model::ContentHash;
use std::io::{self, Read};
use std::path::Path;

/// Read at a time. Larger saves no time: BLAKE3 goes as fast as memory from 16 KiB on (its documentation of `Hasher::update`).
const CHUNK_BYTES: usize = 1 << 17;

/// Returns what names these bytes.
#[must_use]
pub fn hash_of(bytes: &[u8]) -> ContentHash {
    ContentHash(*blake3::hash(bytes).as_bytes())
}

/// Returns the content hash of a plain file and how many bytes it has.
pub(crate) fn hash_file(disk: &dyn Disk, path: &Path) -> io::Result<(ContentHash, u64)> {
    hash_into(&mut *disk.open(path)?, None)
}

/// Returns what names all that can be read, and writes it where there is a place for it.
pub(crate) fn hash_into(from: &mut dyn Read, mut to: Option<&mut dyn Output>) -> io::Result<(ContentHash, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut size_bytes = 0;
    loop {
        let read = match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&chunk[..read]);
        if let Some(to) = &mut to {
            to.write(&chunk[..read])?;
        }
        size_bytes += read as u64;
    }
    Ok((ContentHash(*hasher.finalize().as_bytes()), size_bytes))
}
