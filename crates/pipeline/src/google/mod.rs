//! Google, from account to catalog: signing in, listing, picking, and adding to an album. What Google refuses is said with what works
//! instead; what no interface can do is left to the hand-off.
//!
//! **Invariant:** tokens, codes and base URLs never reach the catalog, a report or a message.

mod account;
mod album;
mod item;
mod pick;
mod pixels;
mod sync;

pub use account::{AccountPlace, AccountStatus, Consent, LoginReport, account_status, log_in, log_out, open_session};
pub use album::{AlbumReport, AlbumTarget, add_to_album, ids_of, ids_of_plan, preview_album};
pub use google::{Endpoints, Library, Session, SystemWorld, World, scope};
pub use pick::{PICKED_MAX, PickReport, pick};
pub use pixels::{PixelsReport, draw_listed};
pub use sync::{ListingScope, SyncReport, source_id, sync};

use crate::{Error, Result};
use google::ErrorKind;
use std::path::Path;

/// Items asked for a page: the most that Google gives.
const ITEMS_A_PAGE: u32 = 100;

/// Writes ids, one a line.
///
/// # Errors
/// [`Error::World`] where the file cannot be written.
pub fn write_ids(path: &Path, ids: &[String]) -> Result<()> {
    crate::output::write_lines(path, ids)
}

/// Puts an error of the wire into words for a person, with the next step.
pub(crate) fn wire_error(error: &google::Error) -> Error {
    let words = error.to_string();
    let login = "run `lookalike google login`";
    let hint = match (error, error.kind()) {
        (google::Error::Stopped, _) => return Error::Interrupted,
        (_, Some(ErrorKind::ScopeMissing)) => {
            "since 31 March 2025 Google lets no program list a person's library, whatever was consented to: scan a Takeout export, pick photos \
             by hand with `lookalike google pick`, or list what your own Cloud project uploaded with `lookalike google sync`; if you have not \
             consented to this permission yet, `lookalike google login` asks for it"
                .to_owned()
        }
        (_, Some(ErrorKind::ApiDisabled { link })) => format!(
            "switch the interface on for your Cloud project{}, wait a few minutes, and try again",
            link.map(|link| format!(" at {link}")).unwrap_or_default()
        ),
        (_, Some(ErrorKind::DailyQuota)) => {
            "your Cloud project has used up the requests of this day; the count begins anew at midnight Pacific time, and the same command \
             then goes on where it stopped"
                .to_owned()
        }
        (_, Some(ErrorKind::Throttled | ErrorKind::Unavailable)) => {
            "Google does not keep up; the same command goes on where it stopped".to_owned()
        }
        (_, Some(ErrorKind::NotFound)) => "it is unknown to Google, was deleted, or was not made by your own Cloud project".to_owned(),
        (_, Some(ErrorKind::PermissionDenied)) => "only what your own Cloud project made can be changed by it".to_owned(),
        (_, Some(ErrorKind::Unauthenticated)) | (google::Error::NotLoggedIn | google::Error::Oauth(_), _) => login.to_owned(),
        (google::Error::Transport { .. } | google::Error::Timeout { .. }, _) => {
            "check the connection; the same command goes on where it stopped".to_owned()
        }
        (google::Error::ClientSecret(_), _) => {
            "make an OAuth client of type \"Desktop app\" in the Google Cloud console and download its file".to_owned()
        }
        _ => return Error::User { what: words, hint: None },
    };
    Error::User { what: words, hint: Some(hint) }
}
