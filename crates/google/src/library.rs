//! The Photos Library API: lists, albums, and uploads, as far as Google still lets a program see.
//!
//! Since 31 March 2025 it shows only what this same Cloud project uploaded: a whole library "succeeds" with empty pages.
//! It does not page, isolate a bad id, or explain an empty answer: the caller does.

use crate::answer::unexpected;
use crate::error::{Error, Result};
use crate::media_item::MediaItem;
use crate::page::Page;
use crate::retry::Repeat;
use crate::secret::Secret;
use crate::session::{Body, Call, Session};
use crate::values::{TEXT_MAX_BYTES, has_long_text, plain, segment, text, whole};
use form_urlencoded::Serializer;
use serde_json::{Value, json};
use ureq::http::Method;

/// Longest id that is sent, in bytes; Google's have about 100.
const ID_MAX_BYTES: usize = 1024;

/// The calls of the Library API, with one login.
#[derive(Debug, Clone, Copy)]
pub struct Library<'a> {
    session: &'a Session,
}

/// An album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Album {
    /// Google's id.
    pub id: String,
    /// Its title; `None` if untitled.
    pub title: Option<String>,
    /// Its page in the browser.
    pub product_url: Option<String>,
    /// How many items are in it; absent means none.
    pub items_count: u64,
    /// Whether this program may put items into it.
    pub is_writeable: bool,
}

/// Why one item of a batch failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemFailure {
    /// A code of `google.rpc.Code`: 3 invalid, 5 not found, 7 denied, 13 internal, 14 unavailable; 2 where the entry is unreadable.
    pub code: i64,
    /// The server's words, bounded and cleaned.
    pub message: String,
}

/// An uploaded photo that is to become an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// What [`Library::upload`] gave.
    pub upload_token: Secret,
    /// The name that it will have.
    pub filename: String,
    /// The description, below 1,000 characters.
    pub description: Option<String>,
}

impl<'a> Library<'a> {
    /// Most items of a page.
    pub const PAGE_MAX: u32 = 100;
    /// Most albums of a page.
    pub const ALBUMS_PAGE_MAX: u32 = 50;
    /// Most ids of one batch.
    pub const BATCH_MAX: usize = 50;
    /// Longest title of an album, in characters.
    pub const TITLE_MAX_CHARS: usize = 500;

    /// Returns the calls of `session`.
    #[must_use]
    pub fn new(session: &'a Session) -> Self {
        Self { session }
    }

    /// Returns a page of all items; `page_size` (1 to [`Self::PAGE_MAX`]) must be the same for all pages of one listing.
    ///
    /// # Errors
    /// [`PageParametersChanged`](crate::ErrorKind::PageParametersChanged) and any 400 of a later page: begin the listing again.
    pub fn list_page(&self, page_size: u32, page_token: Option<&str>) -> Result<Page<MediaItem>> {
        let query = page_query(page_size, Self::PAGE_MAX, page_token)?;
        self.items(&Call {
            method: Method::GET,
            url: self.url(&format!("mediaItems?{query}")),
            body: Body::Nothing,
            repeat: Repeat::Always,
        })
    }

    /// Returns a page of an album's items; as [`Library::list_page`].
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) or [`PermissionDenied`](crate::ErrorKind::PermissionDenied) for an album of others.
    pub fn search_page(&self, album_id: &str, page_size: u32, page_token: Option<&str>) -> Result<Page<MediaItem>> {
        page_query(page_size, Self::PAGE_MAX, page_token)?;
        let mut body = json!({ "albumId": checked_id(album_id)?, "pageSize": page_size });
        if let Some(token) = page_token {
            body["pageToken"] = token.into();
        }
        self.items(&Call { method: Method::POST, url: self.url("mediaItems:search"), body: Body::Json(body), repeat: Repeat::Always })
    }

    /// Returns one item.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) also for an item of others.
    pub fn get(&self, id: &str) -> Result<MediaItem> {
        let item = self.get_json(&format!("mediaItems/{}", segment(checked_id(id)?)))?;
        MediaItem::of_library(&item).ok_or_else(|| self.damaged("the item is damaged"))
    }

    /// Returns the items of 1 to [`Self::BATCH_MAX`] ids, none twice, or why one cannot be had; in the order of `ids`.
    ///
    /// # Errors
    /// One broken item can make the whole call fail (400 or 5xx): then ask for them one by one.
    pub fn batch_get(&self, ids: &[String]) -> Result<Vec<std::result::Result<MediaItem, ItemFailure>>> {
        check_batch(ids)?;
        let mut query = Serializer::new(String::new());
        for id in ids {
            query.append_pair("mediaItemIds", id);
        }
        let answer = self.get_json(&format!("mediaItems:batchGet?{}", query.finish()))?;
        let results = list(&answer, "mediaItemResults");
        if results.len() != ids.len() {
            return Err(self.damaged("it tells of another number of items than was asked for"));
        }
        Ok(results.iter().map(item_result).collect())
    }

    /// Returns a page of the albums; `page_size` is 1 to [`Self::ALBUMS_PAGE_MAX`].
    ///
    /// # Errors
    /// As [`Library::list_page`].
    pub fn albums_page(&self, page_size: u32, page_token: Option<&str>) -> Result<Page<Album>> {
        let query = page_query(page_size, Self::ALBUMS_PAGE_MAX, page_token)?;
        let answer = self.get_json(&format!("albums?{query}"))?;
        page(&answer, "albums", Album::read).ok_or_else(|| self.damaged("the page token is too long"))
    }

    /// Returns one album.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) also for an album of others.
    pub fn album(&self, id: &str) -> Result<Album> {
        let album = self.get_json(&format!("albums/{}", segment(checked_id(id)?)))?;
        Album::read(&album).ok_or_else(|| self.damaged("the album is damaged"))
    }

    /// Makes an album. It cannot be deleted by a program, so this is not tried again once Google may have made it.
    ///
    /// # Errors
    /// [`Error::Argument`] for a title that is empty or longer than [`Self::TITLE_MAX_CHARS`]. After [`Error::Transport`],
    /// [`Error::Timeout`] or 5xx the album may exist: look before making another.
    pub fn create_album(&self, title: &str) -> Result<Album> {
        if title.trim().is_empty() || title.chars().count() > Self::TITLE_MAX_CHARS {
            return Err(Error::Argument("the title of an album has 1 to 500 characters"));
        }
        let body = Body::Json(json!({ "album": { "title": title } }));
        let album = self.session.json(&Call { method: Method::POST, url: self.url("albums"), body, repeat: Repeat::Undone })?;
        Album::read(&album).ok_or_else(|| self.damaged("the album is damaged"))
    }

    /// Puts 1 to [`Self::BATCH_MAX`] items into an album, none twice; album and items must have been made by this same app.
    ///
    /// # Errors
    /// [`InvalidItemId`](crate::ErrorKind::InvalidItemId): at least one id is not of this app, and **none** was put in.
    pub fn batch_add(&self, album_id: &str, ids: &[String]) -> Result<()> {
        check_batch(ids)?;
        let url = self.url(&format!("albums/{}:batchAddMediaItems", segment(checked_id(album_id)?)));
        let body = Body::Json(json!({ "mediaItemIds": ids }));
        self.session.json(&Call { method: Method::POST, url, body, repeat: Repeat::Always })?;
        Ok(())
    }

    /// Uploads the bytes of a photo (`mime_type` as `image/jpeg`) and returns their upload token, good for a day. Nothing is visible
    /// before [`Library::batch_create`].
    ///
    /// # Errors
    /// [`Error::Argument`] without bytes or with an odd type.
    pub fn upload(&self, bytes: &[u8], mime_type: &str) -> Result<Secret> {
        let is_plain = mime_type.contains('/') && mime_type.bytes().all(|byte| byte.is_ascii_graphic());
        if bytes.is_empty() || !is_plain {
            return Err(Error::Argument("a photo to upload has bytes and a type such as `image/jpeg`"));
        }
        let body = Body::Photo(bytes, mime_type);
        let answer = self.session.answer(&Call { method: Method::POST, url: self.url("uploads"), body, repeat: Repeat::Always })?;
        let token = std::str::from_utf8(&answer.body).map(str::trim).unwrap_or_default();
        if token.is_empty() || token.len() > TEXT_MAX_BYTES || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(unexpected(&answer, "it holds no upload token".to_owned()));
        }
        Ok(Secret::new(token))
    }

    /// Makes 1 to [`Self::BATCH_MAX`] items of uploaded bytes, in the order of `items`, and puts them into `album_id`. Never call it from
    /// two threads for one person. Bytes that Google has already give the existing item.
    ///
    /// # Errors
    /// As [`Library::create_album`]; what concerns one item is in its result.
    pub fn batch_create(&self, album_id: Option<&str>, items: &[NewItem]) -> Result<Vec<std::result::Result<MediaItem, ItemFailure>>> {
        if items.is_empty() || items.len() > Self::BATCH_MAX {
            return Err(Error::Argument("a batch has 1 to 50 items"));
        }
        let new = |item: &NewItem| {
            let mut new = json!({ "simpleMediaItem": { "fileName": item.filename, "uploadToken": item.upload_token.reveal() } });
            if let Some(description) = &item.description {
                new["description"] = description.as_str().into();
            }
            new
        };
        let mut body = json!({ "newMediaItems": items.iter().map(new).collect::<Vec<_>>() });
        if let Some(album_id) = album_id {
            body["albumId"] = checked_id(album_id)?.into();
        }
        let url = self.url("mediaItems:batchCreate");
        let answer = self.session.json(&Call { method: Method::POST, url, body: Body::Json(body), repeat: Repeat::Undone })?;
        let results = list(&answer, "newMediaItemResults");
        if results.len() != items.len() {
            return Err(self.damaged("it tells of another number of items than was sent"));
        }
        // Nobody promises the order here, but each result carries its upload token.
        let of = |item: &NewItem, at: usize| {
            let named = |result: &&Value| result.get("uploadToken").and_then(Value::as_str) == Some(item.upload_token.reveal());
            item_result(results.iter().find(named).unwrap_or(&results[at]))
        };
        Ok(items.iter().enumerate().map(|(at, item)| of(item, at)).collect())
    }

    fn items(&self, call: &Call<'_>) -> Result<Page<MediaItem>> {
        let answer = self.session.json(call)?;
        page(&answer, "mediaItems", MediaItem::of_library).ok_or_else(|| self.damaged("the page token is too long"))
    }

    fn get_json(&self, rest: &str) -> Result<Value> {
        self.session.json(&Call { method: Method::GET, url: self.url(rest), body: Body::Nothing, repeat: Repeat::Always })
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/v1/{rest}", self.session.wire().endpoints().library)
    }

    fn damaged(&self, reason: &str) -> Error {
        let host = crate::endpoints::host_words(&self.session.wire().endpoints().library);
        Error::Unexpected { host, reason: reason.to_owned() }
    }
}

impl Album {
    fn read(album: &Value) -> Option<Self> {
        if has_long_text(album) {
            return None;
        }
        Some(Self {
            id: text(album, "id")?,
            title: text(album, "title"),
            product_url: text(album, "productUrl"),
            items_count: whole(album, "mediaItemsCount").unwrap_or(0),
            is_writeable: album.get("isWriteable").and_then(Value::as_bool).unwrap_or(false),
        })
    }
}

/// Returns the query of a page, after checking its size and token.
pub(crate) fn page_query(page_size: u32, page_max: u32, page_token: Option<&str>) -> Result<String> {
    if page_size == 0 || page_size > page_max {
        return Err(Error::Argument("the size of a page is beyond what Google takes"));
    }
    let mut query = Serializer::new(String::new());
    query.append_pair("pageSize", &page_size.to_string());
    if let Some(token) = page_token {
        query.append_pair("pageToken", token);
    }
    Ok(query.finish())
}

/// Reads a page; `None` if its token is beyond the bound, without which the listing cannot go on.
pub(crate) fn page<T>(answer: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Page<T>> {
    let next_page_token = text(answer, "nextPageToken");
    if next_page_token.as_ref().is_some_and(|token| token.len() > TEXT_MAX_BYTES) {
        return None;
    }
    let entries = list(answer, name);
    let items: Vec<T> = entries.iter().filter_map(read).collect();
    let damaged = u32::try_from(entries.len() - items.len()).unwrap_or(u32::MAX);
    Some(Page { items, next_page_token, damaged })
}

fn list<'v>(answer: &'v Value, name: &str) -> &'v [Value] {
    answer.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn item_result(result: &Value) -> std::result::Result<MediaItem, ItemFailure> {
    if let Some(item) = result.get("mediaItem").and_then(MediaItem::of_library) {
        return Ok(item);
    }
    let status = result.get("status").unwrap_or(&Value::Null);
    let code = status.get("code").and_then(Value::as_i64).filter(|code| *code != 0).unwrap_or(2);
    Err(ItemFailure { code, message: plain(&text(status, "message").unwrap_or_default()) })
}

/// Refuses what cannot be an id, above all one with the end of a line still on it, for which Google's own words are misleading.
pub(crate) fn checked_id(id: &str) -> Result<&str> {
    let is_id =
        !id.is_empty() && id.len() <= ID_MAX_BYTES && !id.chars().any(|c| c.is_whitespace() || c.is_control()) && id != "." && id != "..";
    if is_id { Ok(id) } else { Err(Error::Argument("an id is empty, too long, or holds blanks or line ends")) }
}

fn check_batch(ids: &[String]) -> Result<()> {
    if ids.is_empty() || ids.len() > Library::BATCH_MAX {
        return Err(Error::Argument("a batch has 1 to 50 ids"));
    }
    let mut sorted: Vec<_> = ids.iter().collect();
    sorted.sort();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::Argument("an id is twice in a batch"));
    }
    ids.iter().try_for_each(|id| checked_id(id).map(|_| ()))
}
