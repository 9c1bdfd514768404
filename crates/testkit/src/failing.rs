//! Readers that fail on purpose, for tests of what happens when a disk or an archive does.

use std::io::{self, Read, Seek, SeekFrom};

/// A reader that fails at one byte: everything before it reads well, that byte and all after it do not.
#[derive(Debug)]
pub struct FailingReader<R> {
    inner: R,
    at: u64,
    fails_at: u64,
    kind: io::ErrorKind,
    fired: bool,
}

impl<R> FailingReader<R> {
    /// Returns a reader that fails at byte `fails_at`, counted from 0, with an error of `ErrorKind::Other`.
    pub fn new(inner: R, fails_at: u64) -> Self {
        Self { inner, at: 0, fails_at, kind: io::ErrorKind::Other, fired: false }
    }

    /// Returns the reader with another kind of error.
    #[must_use]
    pub fn with_kind(mut self, kind: io::ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// Tells whether the fault was met.
    pub fn fired(&self) -> bool {
        self.fired
    }
}

impl<R: Read> Read for FailingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let left = self.fails_at.saturating_sub(self.at);
        if left == 0 {
            self.fired = true;
            return Err(io::Error::new(self.kind, format!("drawn fault at byte {}", self.fails_at)));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for FailingReader<R> {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.at = self.inner.seek(position)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn bytes_before_the_fault_read_well() {
        let mut reader = FailingReader::new(Cursor::new(vec![7; 10]), 4);
        let mut read = Vec::new();
        let error = reader.read_to_end(&mut read).unwrap_err();
        assert_eq!((read, error.kind()), (vec![7; 4], io::ErrorKind::Other));
        assert!(reader.fired());
        reader.seek(SeekFrom::Start(0)).unwrap();
        assert_eq!(reader.read(&mut [0; 9]).unwrap(), 4);
    }

    #[test]
    fn a_fault_beyond_the_end_is_never_met() {
        let mut reader = FailingReader::new(Cursor::new(vec![7; 10]), 11).with_kind(io::ErrorKind::TimedOut);
        assert_eq!(reader.read_to_end(&mut Vec::new()).unwrap(), 10);
        assert!(!reader.fired());
    }
}
