//! Paths as they stand in a plan and a journal: text where they are text, and the raw bytes beside it where they are not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::ffi::OsString;
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// A path that survives being written as JSON, whatever bytes it has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PathText(pub PathBuf);

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Text(String),
    Raw { path: String, path_base64: String },
}

impl Deref for PathText {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl From<&Path> for PathText {
    fn from(path: &Path) -> Self {
        Self(path.to_owned())
    }
}

impl From<PathBuf> for PathText {
    fn from(path: PathBuf) -> Self {
        Self(path)
    }
}

impl fmt::Display for PathText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

impl Serialize for PathText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.to_str() {
            Some(text) => serializer.serialize_str(text),
            None => Form::Raw {
                path: self.0.to_string_lossy().into_owned(),
                path_base64: STANDARD.encode(self.0.as_os_str().as_encoded_bytes()),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for PathText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Form::deserialize(deserializer)? {
            Form::Text(text) => Ok(Self(PathBuf::from(text))),
            Form::Raw { path_base64, .. } => {
                let bytes = STANDARD.decode(path_base64).map_err(serde::de::Error::custom)?;
                os_string(bytes)
                    .map(|name| Self(PathBuf::from(name)))
                    .ok_or_else(|| serde::de::Error::custom("a path that cannot be on this system"))
            }
        }
    }
}

#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    Some(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStringExt as _;

    #[test]
    fn any_path_survives() {
        for name in [b"/a/\xF0\x9F\x8C\xB2\n\"x".to_vec(), b"/a/\xff\xfe".to_vec(), Vec::new()] {
            let path = PathText(PathBuf::from(OsString::from_vec(name)));
            let text = serde_json::to_string(&path).unwrap();
            assert!(!text.contains('\n'), "one line in a journal");
            assert_eq!(serde_json::from_str::<PathText>(&text).unwrap(), path);
        }
    }
}
