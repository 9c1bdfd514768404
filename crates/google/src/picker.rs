//! The Photos Picker API: the person picks photos in their browser, and the program may read those.
//!
//! It does not poll: the caller asks for the session as often as [`PickingSession::poll_interval`] says.

use crate::endpoints::host_words;
use crate::error::{Error, ErrorKind, Result};
use crate::library::{checked_id, page, page_query};
use crate::media_item::{MediaItem, UtcTime};
use crate::page::Page;
use crate::retry::Repeat;
use crate::session::{Body, Call, Session};
use crate::values::{duration, has_long_text, segment, text, time, whole};
use form_urlencoded::Serializer;
use serde_json::{Value, json};
use std::time::Duration;
use ureq::http::Method;

/// The calls of the Picker API, with one login.
#[derive(Debug, Clone, Copy)]
pub struct Picker<'a> {
    session: &'a Session,
}

/// A session of picking.
#[derive(Debug, Clone, PartialEq)]
pub struct PickingSession {
    /// Google's id.
    pub id: String,
    /// The page to open in the browser that is logged in to the same account.
    pub picker_uri: Option<String>,
    /// Whether the person has finished.
    pub is_finished: bool,
    /// How long to wait before asking again; absent once finished.
    pub poll_interval: Option<Duration>,
    /// How much longer to ask at all; zero means to stop.
    pub timeout_in: Option<Duration>,
    /// When the session ends.
    pub expires: Option<UtcTime>,
    /// How many items may be picked.
    pub items_max: Option<u64>,
}

impl<'a> Picker<'a> {
    /// Most items of a page.
    pub const PAGE_MAX: u32 = 100;
    /// Most items of a session; Google lowers a larger number to it.
    pub const ITEMS_MAX: u32 = 2000;

    /// Returns the calls of `session`.
    #[must_use]
    pub fn new(session: &'a Session) -> Self {
        Self { session }
    }

    /// Begins a session in which at most `items_max` (1 to [`Self::ITEMS_MAX`]) items may be picked. Not tried again once Google may have
    /// begun it.
    ///
    /// # Errors
    /// [`FailedPrecondition`](crate::ErrorKind::FailedPrecondition): the account has no Google Photos;
    /// [`Throttled`](crate::ErrorKind::Throttled) also for too many sessions at once.
    pub fn create_session(&self, items_max: u32) -> Result<PickingSession> {
        if items_max == 0 || items_max > Self::ITEMS_MAX {
            return Err(Error::Argument("between 1 and 2,000 items can be picked at once"));
        }
        let body = Body::Json(json!({ "pickingConfig": { "maxItemCount": items_max.to_string() } }));
        self.picking(&Call { method: Method::POST, url: self.url("sessions"), body, repeat: Repeat::Undone })
    }

    /// Returns how a session stands.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) or, once it has ended, [`PermissionDenied`](crate::ErrorKind::PermissionDenied).
    pub fn session(&self, id: &str) -> Result<PickingSession> {
        let url = self.url(&format!("sessions/{}", segment(checked_id(id)?)));
        self.picking(&Call { method: Method::GET, url, body: Body::Nothing, repeat: Repeat::Always })
    }

    /// Ends a session; one that is gone already counts as ended.
    ///
    /// # Errors
    /// Of the transport and the login.
    pub fn delete_session(&self, id: &str) -> Result<()> {
        let url = self.url(&format!("sessions/{}", segment(checked_id(id)?)));
        match self.session.json(&Call { method: Method::DELETE, url, body: Body::Nothing, repeat: Repeat::Always }) {
            Err(error) if error.kind() == Some(ErrorKind::NotFound) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    /// Returns a page of what was picked; `page_size` (1 to [`Self::PAGE_MAX`]) must be the same for all pages. Base URLs need the bearer.
    ///
    /// # Errors
    /// [`FailedPrecondition`](crate::ErrorKind::FailedPrecondition): the person has not finished yet.
    pub fn items_page(&self, session_id: &str, page_size: u32, page_token: Option<&str>) -> Result<Page<MediaItem>> {
        let id = Serializer::new(String::new()).append_pair("sessionId", checked_id(session_id)?).finish();
        let url = self.url(&format!("mediaItems?{id}&{}", page_query(page_size, Self::PAGE_MAX, page_token)?));
        let answer = self.session.json(&Call { method: Method::GET, url, body: Body::Nothing, repeat: Repeat::Always })?;
        page(&answer, "mediaItems", MediaItem::of_picker).ok_or_else(|| self.damaged("the page token is too long"))
    }

    fn picking(&self, call: &Call<'_>) -> Result<PickingSession> {
        let answer = self.session.json(call)?;
        PickingSession::read(&answer).ok_or_else(|| self.damaged("the session is damaged"))
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/v1/{rest}", self.session.wire().endpoints().picker)
    }

    fn damaged(&self, reason: &str) -> Error {
        Error::Unexpected { host: host_words(&self.session.wire().endpoints().picker), reason: reason.to_owned() }
    }
}

impl PickingSession {
    fn read(session: &Value) -> Option<Self> {
        if has_long_text(session) {
            return None;
        }
        let polling = session.get("pollingConfig").unwrap_or(&Value::Null);
        let is_web = |uri: &String| crate::endpoints::parse(uri).is_ok();
        Some(Self {
            id: text(session, "id")?,
            picker_uri: text(session, "pickerUri").filter(is_web),
            is_finished: session.get("mediaItemsSet").and_then(Value::as_bool).unwrap_or(false),
            poll_interval: duration(polling, "pollInterval"),
            timeout_in: duration(polling, "timeoutIn"),
            expires: time(session, "expireTime"),
            items_max: session.get("pickingConfig").and_then(|config| whole(config, "maxItemCount")),
        })
    }
}
