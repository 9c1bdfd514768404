//! The person's account at Google: signing in, what is kept of it, and signing out.
//!
//! The client file, as downloaded from the Cloud console, is copied once; the login itself lies in the system's keyring where there is one,
//! else in a file of the person's own. Permissions are asked for when a command first needs them.

use super::wire_error;
use crate::output::keep_private;
use crate::watch::Stop;
use crate::{Error, Result};
use google::oauth::{self, LoginOptions};
use google::store::{FileStore, KeyringStore};
use google::{ClientSecret, Endpoints, Session, Token, TokenStore, Wire, World, scope};
use serde::Serialize;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Longest client file taken, bytes; Google's has some 500.
const CLIENT_FILE_MAX_BYTES: u64 = 64 << 10;

/// Where an account is kept, and how Google is reached.
#[derive(Clone)]
pub struct AccountPlace {
    /// A folder of the person's own, for the client file and, without a keyring, the login.
    pub folder: PathBuf,
    /// Google's addresses.
    pub endpoints: Endpoints,
    /// Whether the system's keyring is used where there is one.
    pub with_keyring: bool,
    /// Clock, sleep and browser.
    pub world: Arc<dyn World>,
}

/// How a consent is asked for in the browser.
pub struct Consent<'a> {
    /// Port to listen on; 0: any free one.
    pub port: u16,
    /// Whether the browser is opened; else the person opens the address that `show` is given.
    pub opens_browser: bool,
    /// Given the address of Google's page.
    pub show: &'a dyn Fn(&str),
    /// How long the person is waited for.
    pub timeout: Duration,
}

/// An account on this machine, logged in or not.
struct Account {
    wire: Wire,
    client: ClientSecret,
    store: Arc<dyn TokenStore>,
}

/// What a login gave.
#[derive(Debug, Clone, Serialize)]
pub struct LoginReport {
    /// Where the login is kept, in words ("in the file …").
    pub kept_in: String,
    /// Permissions granted, in words.
    pub granted: Vec<String>,
    /// Permissions that were asked for and not granted, in words.
    pub missing: Vec<String>,
}

/// How an account stands.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AccountStatus {
    /// Whether there is a client file.
    pub has_client: bool,
    /// The Cloud project of the client, where its file names it.
    pub project: Option<String>,
    /// Whether there is a login.
    pub logged_in: bool,
    /// Where the login is, or would be, kept, in words ("in the file …").
    pub kept_in: String,
    /// Permissions granted, in words.
    pub granted: Vec<String>,
    /// When the person consented, seconds of UTC.
    pub since_utc_seconds: Option<i64>,
    /// When the login ends, seconds of UTC, where Google told it: 7 days after the consent for an app in "Testing".
    pub ends_utc_seconds: Option<i64>,
}

/// Returns a permission in words.
fn scope_words(scope: &str) -> String {
    let words = match scope {
        scope::LIBRARY_READ_APP_CREATED => "list what this Cloud project uploaded",
        scope::LIBRARY_APPEND => "upload, and make albums",
        scope::LIBRARY_EDIT_APP_CREATED => "change what this Cloud project uploaded",
        scope::PICKER => "see photos picked by hand",
        scope::LIBRARY_READONLY | scope::LIBRARY_FULL => "list the whole library (refused by Google since 31 March 2025)",
        other => return other.to_owned(),
    };
    words.to_owned()
}

impl Account {
    /// Opens the account of `place`.
    ///
    /// # Errors
    /// [`Error::User`] where there is no client file, or it cannot be used.
    fn open(place: &AccountPlace, client: Option<ClientSecret>, stop: &Stop) -> Result<Self> {
        let client = client.map_or_else(|| kept_client(place), |client| Ok(Some(client)))?.ok_or_else(|| {
            Error::user(
                "there is no OAuth client yet",
                "make one of type \"Desktop app\" in the Google Cloud console, download its file, and run \
                 `lookalike google login --client-secret FILE`",
            )
        })?;
        Ok(Self { wire: wire(place, stop)?, client, store: store(place) })
    }

    fn log_in(&self, scopes: &[&str], consent: &Consent<'_>) -> Result<(Session, LoginReport)> {
        let options = LoginOptions {
            port: consent.port,
            opens_browser: consent.opens_browser,
            timeout: consent.timeout,
            ..LoginOptions::new(scopes)
        };
        let login = oauth::login(&self.wire, &self.client, &options, consent.show).map_err(|error| wire_error(&error))?;
        let report =
            LoginReport { kept_in: self.store.words(), granted: in_words(&login.token.scopes), missing: in_words(&login.missing_scopes) };
        let session = Session::start(self.wire.clone(), self.client.clone(), Arc::clone(&self.store), login.token);
        Ok((session.map_err(|error| wire_error(&error))?, report))
    }
}

fn in_words(scopes: &[String]) -> Vec<String> {
    scopes.iter().map(|scope| scope_words(scope)).collect()
}

fn wire(place: &AccountPlace, stop: &Stop) -> Result<Wire> {
    let stop = stop.clone();
    Wire::new(place.endpoints.clone(), Arc::clone(&place.world), Arc::new(move || stop.asked())).map_err(|error| wire_error(&error))
}

fn store(place: &AccountPlace) -> Arc<dyn TokenStore> {
    let keyring = if place.with_keyring { KeyringStore::open(place.folder.join("login")) } else { None };
    match keyring {
        Some(keyring) => Arc::new(keyring),
        None => Arc::new(FileStore::new(place.folder.join("login.json"))),
    }
}

fn client_file(place: &AccountPlace) -> PathBuf {
    place.folder.join("client_secret.json")
}

fn kept_client(place: &AccountPlace) -> Result<Option<ClientSecret>> {
    let file = client_file(place);
    if !file.exists() {
        return Ok(None);
    }
    parse(&read(&file)?).map(Some)
}

fn read(file: &Path) -> Result<String> {
    let failed = |why: String| Error::World {
        path: file.to_owned(),
        why,
        hint: Some("name the file that the Google Cloud console gave for download".to_owned()),
    };
    let mut text = String::new();
    let opened = std::fs::File::open(file).map_err(|error| failed(error.to_string()))?;
    opened.take(CLIENT_FILE_MAX_BYTES + 1).read_to_string(&mut text).map_err(|error| failed(error.to_string()))?;
    if text.len() as u64 > CLIENT_FILE_MAX_BYTES {
        return Err(failed("it is too long for a client file".to_owned()));
    }
    Ok(text)
}

fn parse(text: &str) -> Result<ClientSecret> {
    ClientSecret::parse(text).map_err(|problem| wire_error(&google::Error::from(problem)))
}

/// Signs in in the browser, and keeps the login. `client_secret`: the file as downloaded, needed the first time.
///
/// # Errors
/// [`Error::User`] where the file cannot be used, the person declines, or nobody comes back; [`Error::Interrupted`] on a stop.
pub fn log_in(
    place: &AccountPlace,
    client_secret: Option<&Path>,
    scopes: &[&str],
    consent: &Consent<'_>,
    stop: &Stop,
) -> Result<LoginReport> {
    let text = client_secret.map(read).transpose()?;
    let client = text.as_deref().map(parse).transpose()?;
    let account = Account::open(place, client, stop)?;
    let before = account.store.load().ok().flatten().filter(|token| token.client_id == account.client.client_id);
    let (_, report) = account.log_in(&joined(before.as_ref(), scopes), consent)?;
    // Only now is the file known to be good: till here the former login counts.
    text.map_or(Ok(()), |text| keep_private(&client_file(place), &text))?;
    Ok(report)
}

/// Returns the scopes granted before, of ours, and those of `scopes`: a new consent takes the place of the old one.
fn joined<'a>(before: Option<&'a Token>, scopes: &[&'a str]) -> Vec<&'a str> {
    let mut all: Vec<&str> = scopes.to_vec();
    all.extend(before.into_iter().flat_map(|token| token.scopes.iter().map(String::as_str)));
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns a session with these permissions; those that are missing are asked for in the browser, where `consent` is given.
///
/// # Errors
/// [`Error::User`] without a login or a permission, [`Error::Interrupted`] on a stop.
pub fn open_session(place: &AccountPlace, scopes: &[&str], consent: Option<&Consent<'_>>, stop: &Stop) -> Result<Session> {
    let account = Account::open(place, None, stop)?;
    let opened = Session::open(account.wire.clone(), account.client.clone(), Arc::clone(&account.store));
    let session = opened.map_err(|error| wire_error(&error))?;
    let token = session.as_ref().map(Session::token);
    match (session, consent) {
        (Some(session), _) if session.token().missing_scopes(scopes).is_empty() => Ok(session),
        (_, Some(consent)) => {
            let (session, report) = account.log_in(&joined(token.as_ref(), scopes), consent)?;
            if session.token().missing_scopes(scopes).is_empty() {
                return Ok(session);
            }
            let missing = report.missing.join("; ");
            Err(Error::user(
                format!("you did not allow what this needs: {missing}"),
                "run the command again and tick all boxes in the browser",
            ))
        }
        (None, None) => Err(wire_error(&google::Error::NotLoggedIn)),
        (Some(_), None) => Err(Error::user(
            "the login does not allow this yet, and nobody is there to ask",
            "run the command at a terminal, or with `--no-browser` and open the address that it prints",
        )),
    }
}

/// Returns how the account stands; asks Google nothing.
///
/// # Errors
/// [`Error::User`] where what is kept cannot be read.
pub fn account_status(place: &AccountPlace) -> Result<AccountStatus> {
    let (client, store) = (kept_client(place)?, store(place));
    let token = store.load().map_err(|error| wire_error(&error))?;
    let token = token.filter(|token| client.as_ref().is_some_and(|client| client.client_id == token.client_id));
    Ok(AccountStatus {
        has_client: client.is_some(),
        project: client.and_then(|client| client.project_id),
        logged_in: token.is_some(),
        kept_in: store.words(),
        granted: token.as_ref().map(|token| in_words(&token.scopes)).unwrap_or_default(),
        since_utc_seconds: token.as_ref().map(|token| token.obtained_at),
        ends_utc_seconds: token.and_then(|token| token.refresh_expires_at),
    })
}

/// Signs out: withdraws the login at Google and forgets it here, even where Google could not be told. Returns false where there was none.
///
/// # Errors
/// [`Error::User`] where Google could not be told, or what is kept cannot be deleted.
pub fn log_out(place: &AccountPlace, stop: &Stop) -> Result<bool> {
    let (store, wire) = (store(place), wire(place, stop)?);
    // A login that cannot be read is forgotten all the same, and whose client it was does not matter.
    let kept = store.load();
    let was = !matches!(kept, Ok(None));
    let told = kept.and_then(|token| token.map_or(Ok(()), |token| oauth::revoke(&wire, &token.refresh)));
    store.delete().map_err(|error| wire_error(&error))?;
    match told {
        Ok(()) => Ok(was),
        Err(error) => Err(Error::user(
            format!("the login is forgotten here, but Google could not be told: {error}"),
            "withdraw it at myaccount.google.com/connections",
        )),
    }
}
