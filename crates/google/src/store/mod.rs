//! Where a login is kept between runs.
//!
//! It holds at most one token, of whichever client; [`Session::open`](crate::Session::open) leaves that of another client alone.

mod file;
mod keyring;

pub use file::FileStore;
pub use keyring::KeyringStore;

use crate::error::{Error, Result};
use crate::token::Token;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest kept token that is read, in bytes; a real one has about 1,500.
const KEPT_MAX_BYTES: usize = 64 * 1024;
/// Longest wait for another run that is just renewing the token: all its tries, and some more.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(120);
/// How often the lock is tried. Real time, since there is another program on the other side.
const LOCK_STEP: Duration = Duration::from_millis(20);

/// A place for one token.
pub trait TokenStore: Send + Sync {
    /// Returns the token, if there is one.
    ///
    /// # Errors
    /// [`Error::Store`] if the place cannot be read, or what is there is damaged.
    fn load(&self) -> Result<Option<Token>>;

    /// Keeps `token` in place of the one before: whole, or not at all. To be called under [`TokenStore::lock`].
    ///
    /// # Errors
    /// [`Error::Store`].
    fn save(&self, token: &Token) -> Result<()>;

    /// Forgets the token; where there is none, that is fine.
    ///
    /// # Errors
    /// [`Error::Store`].
    fn delete(&self) -> Result<()>;

    /// Returns where it is kept, in words for a person.
    fn words(&self) -> String;

    /// Waits until no other thread or program holds the lock, and takes it; for load, renew, save in one.
    ///
    /// # Errors
    /// [`Error::Stopped`], or [`Error::Store`] if another program holds it for two minutes.
    fn lock(&self, stop: &dyn Fn() -> bool) -> Result<StoreLock>;
}

/// A lock on a store; let go when dropped.
#[must_use]
#[derive(Debug)]
pub struct StoreLock {
    _file: Option<File>,
}

impl StoreLock {
    /// Returns a lock that locks nothing, for stores that only one program sees.
    pub fn none() -> Self {
        Self { _file: None }
    }
}

/// Takes the lock file at `path`, which stays there: deleting it would let two in.
fn lock_file(path: &Path, words: &str, stop: &dyn Fn() -> bool) -> Result<StoreLock> {
    let failed = |reason: String| Error::Store { place: words.to_owned(), reason };
    file::make_folder(path).map_err(|error| failed(error.to_string()))?;
    let file = file::open_lock(path).map_err(|error| failed(error.to_string()))?;
    let since = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(StoreLock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) if since.elapsed() < LOCK_WAIT_MAX => {}
            Err(TryLockError::WouldBlock) => return Err(failed("another run holds it and does not let go".to_owned())),
            Err(TryLockError::Error(error)) => return Err(failed(error.to_string())),
        }
        if stop() {
            return Err(Error::Stopped);
        }
        std::thread::sleep(LOCK_STEP);
    }
}

/// Reads a kept token. The parser's own words are not used: they quote what they read.
fn parse(kept: &str, words: &str) -> Result<Token> {
    let damaged = || Error::Store { place: words.to_owned(), reason: "what is kept there is damaged; log in again".to_owned() };
    if kept.len() > KEPT_MAX_BYTES {
        return Err(damaged());
    }
    serde_json::from_str(kept).map_err(|_| damaged())
}

fn written(token: &Token, words: &str) -> Result<String> {
    serde_json::to_string(token).map_err(|_| Error::Store { place: words.to_owned(), reason: "the token cannot be written".to_owned() })
}

#[cfg(test)]
pub(crate) fn test_token(access: &str, refresh: &str, expires_at: i64) -> Token {
    Token {
        access: access.into(),
        refresh: refresh.into(),
        expires_at,
        refresh_expires_at: None,
        scopes: vec![crate::scope::PICKER.to_owned()],
        client_id: "id".to_owned(),
        obtained_at: 0,
    }
}
