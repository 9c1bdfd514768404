//! Keeps the token in the keyring of the system (Secret Service, Keychain, Credential Manager), where there is one.
//!
//! The feature `keyring` brings the real one. Without it, or on a machine whose keyring does not answer, [`KeyringStore::open`] says
//! `None`, and a [`FileStore`](super::FileStore) does.

use super::{StoreLock, TokenStore, lock_file, parse, written};
use crate::error::{Error, Result};
use crate::token::Token;
use std::fmt;
use std::path::PathBuf;

/// One entry of a keyring. Errors are words without secrets.
trait Entry: Send + Sync {
    fn get(&self) -> std::result::Result<Option<String>, String>;
    fn set(&self, text: &str) -> std::result::Result<(), String>;
    fn delete(&self) -> std::result::Result<(), String>;
}

/// A token in the keyring of the system.
pub struct KeyringStore {
    entry: Box<dyn Entry>,
    lock: PathBuf,
}

impl KeyringStore {
    /// Returns the keyring's entry of this program; `None` if there is no keyring that answers. Keyrings know no locks, so the file `lock`
    /// (made if missing, always empty) keeps two programs apart.
    #[must_use]
    pub fn open(lock: impl Into<PathBuf>) -> Option<Self> {
        Self::of(system_entry()?, lock.into())
    }

    fn of(entry: Box<dyn Entry>, lock: PathBuf) -> Option<Self> {
        // A keyring that is there but locked or mute is none: better to know before the login than after.
        entry.get().ok()?;
        Some(Self { entry, lock })
    }

    fn failed(&self, reason: String) -> Error {
        Error::Store { place: self.words(), reason }
    }
}

impl TokenStore for KeyringStore {
    fn load(&self) -> Result<Option<Token>> {
        let kept = self.entry.get().map_err(|reason| self.failed(reason))?;
        kept.map(|kept| parse(&kept, &self.words())).transpose()
    }

    fn save(&self, token: &Token) -> Result<()> {
        self.entry.set(&written(token, &self.words())?).map_err(|reason| self.failed(reason))
    }

    fn delete(&self) -> Result<()> {
        self.entry.delete().map_err(|reason| self.failed(reason))
    }

    fn words(&self) -> String {
        "in the keyring of this system".to_owned()
    }

    fn lock(&self, stop: &dyn Fn() -> bool) -> Result<StoreLock> {
        lock_file(&self.lock, &self.words(), stop)
    }
}

impl fmt::Debug for KeyringStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringStore").field("lock", &self.lock).finish_non_exhaustive()
    }
}

#[cfg(not(feature = "keyring"))]
fn system_entry() -> Option<Box<dyn Entry>> {
    None
}

#[cfg(feature = "keyring")]
fn system_entry() -> Option<Box<dyn Entry>> {
    let entry = keyring::v1::Entry::new("lookalike", "google").ok()?;
    Some(Box::new(SystemEntry(entry)))
}

#[cfg(feature = "keyring")]
struct SystemEntry(keyring::v1::Entry);

#[cfg(feature = "keyring")]
impl Entry for SystemEntry {
    fn get(&self) -> std::result::Result<Option<String>, String> {
        match self.0.get_password() {
            Ok(text) => Ok(Some(text)),
            Err(keyring::v1::Error::NoEntry) => Ok(None),
            Err(error) => Err(words(&error)),
        }
    }

    fn set(&self, text: &str) -> std::result::Result<(), String> {
        self.0.set_password(text).map_err(|error| words(&error))
    }

    fn delete(&self) -> std::result::Result<(), String> {
        match self.0.delete_credential() {
            Ok(()) | Err(keyring::v1::Error::NoEntry) => Ok(()),
            Err(error) => Err(words(&error)),
        }
    }
}

/// Says what went wrong; the keyring's own words may quote the entry.
#[cfg(feature = "keyring")]
fn words(error: &keyring::v1::Error) -> String {
    match error {
        keyring::v1::Error::NoStorageAccess(_) => "it is locked",
        keyring::v1::Error::TooLong(..) => "it takes no text as long as the token",
        _ => "it does not answer",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::test_token;
    use super::*;
    use std::sync::Mutex;

    struct Fake(Mutex<Option<String>>);

    impl Entry for Fake {
        fn get(&self) -> std::result::Result<Option<String>, String> {
            Ok(self.0.lock().unwrap().clone())
        }
        fn set(&self, text: &str) -> std::result::Result<(), String> {
            *self.0.lock().unwrap() = Some(text.to_owned());
            Ok(())
        }
        fn delete(&self) -> std::result::Result<(), String> {
            *self.0.lock().unwrap() = None;
            Ok(())
        }
    }

    struct Mute;

    impl Entry for Mute {
        fn get(&self) -> std::result::Result<Option<String>, String> {
            Err("no".into())
        }
        fn set(&self, _: &str) -> std::result::Result<(), String> {
            Err("no".into())
        }
        fn delete(&self) -> std::result::Result<(), String> {
            Err("no".into())
        }
    }

    #[test]
    fn it_keeps_one_token() {
        let folder = tempfile::tempdir().unwrap();
        let store = KeyringStore::of(Box::new(Fake(Mutex::new(None))), folder.path().join("lock")).unwrap();
        assert_eq!(store.load().unwrap(), None);
        let _lock = store.lock(&|| false).unwrap();
        store.save(&test_token("ya29.hush", "r", 5)).unwrap();
        assert_eq!(store.load().unwrap(), Some(test_token("ya29.hush", "r", 5)));
        assert!(!format!("{store:?}").contains("hush"));
        store.delete().unwrap();
        assert_eq!(store.load().unwrap(), None);
    }

    #[test]
    fn a_keyring_that_does_not_answer_is_none() {
        assert!(KeyringStore::of(Box::new(Mute), "lock".into()).is_none());
    }

    #[test]
    fn what_is_damaged_is_not_quoted() {
        let store = KeyringStore::of(Box::new(Fake(Mutex::new(Some("ya29.hush".into())))), "lock".into()).unwrap();
        let said = store.load().unwrap_err().to_string();
        assert!(said.contains("damaged") && !said.contains("hush"), "{said}");
    }
}
