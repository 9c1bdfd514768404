//! A reader that holds what it reads to its word: no byte more, and no byte less, than was declared.
//!
//! It remembers the first thing that went wrong, so that the one who opened the bytes can tell a fault of the bytes from a fault of
//! whoever was reading them.

use crate::Error;
use crate::error::{CHECKSUM_WORDS, CUT_SHORT_WORDS, system_words};
use model::LocationPath;
use std::io::{self, Read};

/// What went wrong with bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is more than was declared.
    Lies,
    /// There is less than was declared.
    CutShort,
    /// The checksum does not fit.
    Checksum,
    /// They cannot be unpacked, or the disk failed; in words.
    Broken(String),
    /// The caller asked to stop.
    Stopped,
}

impl Fault {
    /// Names the fault of a failed read. The readers below us tell a wrong checksum by their words only (a test holds them).
    pub(crate) fn of(source: &io::Error) -> Self {
        let said = source.to_string();
        if source.kind() == io::ErrorKind::UnexpectedEof {
            Fault::CutShort
        } else if said.contains("larger than its declared") {
            Fault::Lies
        } else if said.to_ascii_lowercase().contains("checksum") {
            Fault::Checksum
        } else {
            Fault::Broken(system_words(source))
        }
    }

    /// Returns the error of this fault at `path`.
    pub(crate) fn at(&self, path: &LocationPath) -> Error {
        let path = path.clone();
        match self {
            Fault::Lies => Error::Lies { path, reason: "it unpacks to more than it declares; it was left alone".to_owned() },
            Fault::CutShort => Error::Damaged { path, reason: CUT_SHORT_WORDS.to_owned() },
            Fault::Checksum => Error::Damaged { path, reason: CHECKSUM_WORDS.to_owned() },
            Fault::Broken(words) => Error::Damaged { path, reason: format!("it cannot be unpacked ({words}); download this part again") },
            Fault::Stopped => Error::Stopped,
        }
    }

    /// Returns it as a reader tells it.
    pub(crate) fn as_io(&self) -> io::Error {
        let words = match self {
            Fault::Lies => "there are more bytes than were declared",
            Fault::CutShort => "the bytes end too early",
            Fault::Checksum => "wrong checksum",
            Fault::Broken(words) => words,
            Fault::Stopped => "stopped",
        };
        let kind = if *self == Fault::CutShort { io::ErrorKind::UnexpectedEof } else { io::ErrorKind::InvalidData };
        io::Error::new(kind, words.to_owned())
    }
}

/// Delivers exactly the bytes declared, or a fault. When all are delivered it looks one byte further, which also makes the reader
/// below check its checksum.
pub(crate) struct Measured<'a> {
    inner: &'a mut dyn Read,
    left: u64,
    ended: bool,
    fault: Option<Fault>,
}

impl<'a> Measured<'a> {
    /// Measures `inner` against the number of bytes declared.
    pub(crate) fn new(inner: &'a mut dyn Read, declared: u64) -> Self {
        Self { inner, left: declared, ended: false, fault: None }
    }

    /// Returns the first fault met. Where all bytes were delivered the end is looked at first; where some were not asked for, nothing is
    /// said of the rest.
    pub(crate) fn finish(mut self) -> Option<Fault> {
        if self.left == 0 && self.fault.is_none() {
            // What it says is kept in `fault`.
            let _seen = self.read(&mut [0]);
        }
        self.fault
    }

    fn fail(&mut self, fault: Fault) -> io::Error {
        let said = fault.as_io();
        self.fault = Some(fault);
        said
    }

    /// Reads below; an interrupted call is tried again.
    fn read_below(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.inner.read(buffer) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(self.fail(Fault::of(&e))),
                Ok(n) => return Ok(n),
            }
        }
    }
}

impl Read for Measured<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &self.fault {
            return Err(fault.as_io());
        }
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            if self.read_below(&mut [0])? > 0 {
                return Err(self.fail(Fault::Lies));
            }
            self.ended = true;
            return Ok(0);
        }
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let n = self.read_below(&mut buffer[..room])?;
        if n == 0 {
            return Err(self.fail(Fault::CutShort));
        }
        self.left -= n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(bytes: &[u8], declared: u64) -> (Vec<u8>, Option<Fault>) {
        let mut inner = bytes;
        let mut measured = Measured::new(&mut inner, declared);
        let mut got = Vec::new();
        let read = measured.read_to_end(&mut got);
        let fault = measured.finish();
        assert_eq!(read.is_err(), fault.is_some());
        (got, fault)
    }

    #[test]
    fn exactly_what_was_declared() {
        assert_eq!(measure(b"abc", 3), (b"abc".to_vec(), None));
        assert_eq!(measure(b"", 0), (Vec::new(), None));
        assert_eq!(measure(b"abcd", 3), (b"abc".to_vec(), Some(Fault::Lies)));
        assert_eq!(measure(b"ab", 3), (b"ab".to_vec(), Some(Fault::CutShort)));
        assert_eq!(measure(b"a", 0), (Vec::new(), Some(Fault::Lies)));
    }

    #[test]
    fn the_end_is_looked_at_even_by_who_stops_there() {
        let mut inner: &[u8] = b"abcd";
        let mut measured = Measured::new(&mut inner, 3);
        measured.read_exact(&mut [0; 3]).unwrap();
        assert_eq!(measured.finish(), Some(Fault::Lies));
        let mut inner: &[u8] = b"abcd";
        let mut measured = Measured::new(&mut inner, 4);
        measured.read_exact(&mut [0; 3]).unwrap();
        assert_eq!(measured.finish(), None, "who reads a head only is told nothing of the rest");
    }
}
