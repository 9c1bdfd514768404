//! A login in use: gives an access token that is still good, and asks again once when Google says that it is not.
//!
//! **Invariant:** a refresh happens under the store's lock and starts from what the store holds then, so that of two programs at once the
//! second takes what the first got, and no newer refresh token is overwritten by an older one.

use crate::answer;
use crate::client_secret::ClientSecret;
use crate::error::{Error, ErrorKind, Result};
use crate::oauth;
use crate::retry::{self, Repeat};
use crate::secret::Secret;
use crate::store::TokenStore;
use crate::token::Token;
use crate::transport::{Answer, Request};
use crate::wire::Wire;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ureq::http::Method;

/// An access token with less left than this is renewed first, in seconds.
const LEFT_MIN_SECONDS: i64 = 60;

/// A login in use, from any number of threads.
pub struct Session {
    wire: Wire,
    client: ClientSecret,
    store: Arc<dyn TokenStore>,
    current: Mutex<Token>,
}

/// One call of an API.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) body: Body<'a>,
    pub(crate) repeat: Repeat,
}

/// What a call carries.
pub(crate) enum Body<'a> {
    Nothing,
    Json(Value),
    /// Bytes of a photo with their MIME type, for the upload.
    Photo(&'a [u8], &'a str),
}

impl Session {
    /// Returns the session of the token in `store`; `None` if there is none, or one of another client.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn open(wire: Wire, client: ClientSecret, store: Arc<dyn TokenStore>) -> Result<Option<Self>> {
        let token = store.load()?.filter(|token| token.client_id == client.client_id);
        Ok(token.map(|token| Self { wire, client, store, current: Mutex::new(token) }))
    }

    /// Keeps `token`, fresh from [`oauth::login`], in `store` and returns its session.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn start(wire: Wire, client: ClientSecret, store: Arc<dyn TokenStore>, token: Token) -> Result<Self> {
        {
            let _lock = store.lock(&*wire.stop)?;
            store.save(&token)?;
        }
        Ok(Self { wire, client, store, current: Mutex::new(token) })
    }

    /// Returns the wire that calls go over.
    #[must_use]
    pub fn wire(&self) -> &Wire {
        &self.wire
    }

    /// Returns a copy of the token as it is known now.
    #[must_use]
    pub fn token(&self) -> Token {
        self.current().clone()
    }

    /// Returns an access token that is good for a minute at least, as far as is known.
    ///
    /// # Errors
    /// As [`oauth`] tells, above all `invalid_grant`: the login is over; [`Error::NotLoggedIn`] if the store was emptied meanwhile.
    pub fn access(&self) -> Result<Secret> {
        let mut current = self.current();
        if self.is_good(&current) {
            return Ok(current.access.clone());
        }
        self.renew(&mut current, None)
    }

    /// Returns another access token after Google has rejected `rejected`: the store's, if someone has renewed it meanwhile, or a new one.
    fn access_instead_of(&self, rejected: &Secret) -> Result<Secret> {
        self.renew(&mut self.current(), Some(rejected))
    }

    /// Gives the login back to Google, then deletes it from the store. A token that Google no longer knows counts as given back.
    ///
    /// # Errors
    /// [`Error::Oauth`] or of the transport, and the store is as it was; or [`Error::Store`].
    pub fn revoke(&self) -> Result<()> {
        let current = self.current();
        let _lock = self.store.lock(&*self.wire.stop)?;
        let kept = self.store.load()?.filter(|token| token.client_id == self.client.client_id);
        oauth::revoke(&self.wire, &kept.as_ref().unwrap_or(&current).refresh)?;
        self.store.delete()
    }

    fn renew(&self, current: &mut Token, rejected: Option<&Secret>) -> Result<Secret> {
        let _lock = self.store.lock(&*self.wire.stop)?;
        let kept = self.store.load()?.filter(|token| token.client_id == self.client.client_id).ok_or(Error::NotLoggedIn)?;
        if rejected == Some(&kept.access) || !self.is_good(&kept) {
            *current = oauth::refresh(&self.wire, &self.client, &kept)?;
            self.store.save(current)?;
        } else {
            *current = kept;
        }
        Ok(current.access.clone())
    }

    fn is_good(&self, token: &Token) -> bool {
        token.expires_at.saturating_sub(self.wire.now()) >= LEFT_MIN_SECONDS
    }

    fn current(&self) -> MutexGuard<'_, Token> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls and returns the JSON of the answer.
    pub(crate) fn json(&self, call: &Call<'_>) -> Result<Value> {
        answer::json(&self.answer(call)?)
    }

    /// Calls, once more with a new access token if Google rejects the first.
    pub(crate) fn answer(&self, call: &Call<'_>) -> Result<Answer> {
        let bearer = self.access()?;
        match self.answer_with(call, &bearer) {
            Err(error) if error.kind() == Some(ErrorKind::Unauthenticated) => self.answer_with(call, &self.access_instead_of(&bearer)?),
            other => other,
        }
    }

    fn answer_with(&self, call: &Call<'_>, bearer: &Secret) -> Result<Answer> {
        let written;
        let mut headers = vec![("accept", "application/json")];
        let body = match &call.body {
            Body::Nothing => None,
            Body::Json(value) => {
                written = value.to_string();
                headers.push(("content-type", "application/json"));
                Some(written.as_bytes())
            }
            Body::Photo(bytes, mime) => {
                headers = vec![
                    ("content-type", "application/octet-stream"),
                    ("x-goog-upload-content-type", mime),
                    ("x-goog-upload-protocol", "raw"),
                ];
                Some(*bytes)
            }
        };
        let max_bytes = self.wire.limits.json_max_bytes;
        let request = Request { method: &call.method, url: &call.url, bearer: Some(bearer), headers: &headers, body, max_bytes };
        retry::run(&self.wire, call.repeat, || {
            let answer = self.wire.transport.send(request, &*self.wire.stop)?;
            Ok(answer::checked(answer, Some(bearer), self.wire.now())?)
        })
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("wire", &self.wire).field("client", &self.client).finish_non_exhaustive()
    }
}
