//! Which files of an export are read as Takeout's JSON, and what becomes of each.
//!
//! The parsing itself is `sidecar`'s. Here is only who is asked: every `.json` that is small enough. Inside a folder of Google Photos one
//! that cannot be parsed is a loss and said so; among other Google products a JSON is a stranger's file like any other.

use super::{localised, sidecar};
use crate::LeftOut;
use model::{Cause, FoundFile, SidecarDocument};

/// What a JSON turned out to be.
pub(crate) enum Judged {
    /// It was parsed.
    Document(SidecarDocument),
    /// It should have been one.
    Failed(LeftOut),
    /// It is no document of Google Photos.
    NotOurs,
}

/// Tells whether a file of that name and size is read as a document.
pub(crate) fn wanted(name: &str, size_bytes: u64) -> bool {
    is_json(name) && size_bytes <= sidecar::MAX_SIDECAR_BYTES
}

/// Tells a JSON by its name.
pub(crate) fn is_json(name: &str) -> bool {
    let at = name.len().saturating_sub(".json".len());
    name.as_bytes().get(at..).is_some_and(|end| end.eq_ignore_ascii_case(b".json"))
}

/// Judges the bytes of a wanted file.
pub(crate) fn judge(found: &FoundFile, json: &[u8]) -> Judged {
    match sidecar::parse(json) {
        Ok(document) => Judged::Document(document),
        Err(_) if is_strangers(found) => Judged::NotOurs,
        Err(error) => {
            let cause = Cause::new("sidecar-damaged", format!("a description of Google's that cannot be read ({error})"));
            Judged::Failed(LeftOut::failed(found.path.clone(), found.size_bytes, cause))
        }
    }
}

/// Tells a member that lies in `Takeout`, and in no folder of Google Photos there that we know by name.
fn is_strangers(found: &FoundFile) -> bool {
    let Some(member) = &found.path.member else { return false };
    let mut folders = member.split('/').rev().skip(1);
    folders.clone().any(|folder| folder == super::TAKEOUT_FOLDER) && !folders.any(localised::is_product_folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::LocationPath;

    fn found(member: &str) -> FoundFile {
        FoundFile { path: LocationPath::member("/p/t.zip", member), size_bytes: 9, modified_ns: None, crc32: None, hard_link: None }
    }

    #[test]
    fn wanted_at_and_over_the_bound() {
        assert!(wanted("a/IMG_1.jpg.JSON", sidecar::MAX_SIDECAR_BYTES));
        assert!(!wanted("a/IMG_1.jpg.json", sidecar::MAX_SIDECAR_BYTES + 1));
        assert!(!wanted("json", 1) && !wanted("a.json.jpg", 1) && !wanted("", 1));
    }

    #[test]
    fn broken_json_counts_as_lost_in_google_photos_only() {
        let judged = |member: &str| judge(&found(member), b"{\"title\": ");
        assert!(matches!(judged("Takeout/Google Photos/Rome/a.jpg.json"), Judged::Failed(_)));
        assert!(matches!(judged("Google Fotos/Rom/a.jpg.json"), Judged::Failed(_)));
        assert!(matches!(judged("Rome/a.jpg.json"), Judged::Failed(_)));
        assert!(matches!(judged("Takeout/Drive/tsconfig.json"), Judged::NotOurs));
    }
}
