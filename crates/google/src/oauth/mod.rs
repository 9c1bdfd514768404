//! The login of a person in their own browser, for a program on their desktop (RFC 8252), and what becomes of it.
//!
//! Written here and not taken from the crate `oauth2`: that brings 80 crates and neither the listener on this machine, nor the retry, nor
//! Google's own errors, which is most of it; what remains is two forms.
//!
//! Google shows errors of the consent page in the browser and never sends them back: they can only be waited out.

mod exchange;
mod listener;
mod pkce;

pub(crate) use exchange::refresh;
pub use exchange::revoke;

use crate::client_secret::ClientSecret;
use crate::error::{LoginProblem, Result};
use crate::token::Token;
use crate::wire::Wire;
use exchange::{Code, exchange};
use form_urlencoded::Serializer;
use listener::Listener;
use std::sync::Arc;
use std::time::Duration;

/// How to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginOptions<'a> {
    /// The permissions to ask for. Photos permissions alone: Google refuses them together with those of Drive.
    pub scopes: &'a [&'a str],
    /// The port on 127.0.0.1 that the browser comes back to; 0 for any free one. A fixed one is for tunnels from another machine.
    pub port: u16,
    /// Asks for the consent again even if it was given before; otherwise it is asked again only where no refresh token came.
    pub always_consent: bool,
    /// Whether to open the browser, or only to show the address.
    pub opens_browser: bool,
    /// The account, as an e-mail address, to spare the person the choice.
    pub account: Option<&'a str>,
    /// How long to wait for the browser, in real time.
    pub timeout: Duration,
}

impl<'a> LoginOptions<'a> {
    /// Returns the usual: any free port, the browser opened, five minutes.
    #[must_use]
    pub fn new(scopes: &'a [&'a str]) -> Self {
        Self { scopes, port: 0, always_consent: false, opens_browser: true, account: None, timeout: Duration::from_secs(300) }
    }
}

/// A login that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// What Google gave; not kept anywhere yet.
    pub token: Token,
    /// Permissions that were asked for and not granted: the person may untick them.
    pub missing_scopes: Vec<String>,
}

/// Logs in: shows the address of Google's consent page through `show`, opens it in the browser, waits until the browser comes back to
/// this machine, and exchanges what it brings for a token. A browser that cannot be opened is no error, since the address was shown.
/// `show` is called a second time if Google gave no refresh token and the consent has to be asked again.
///
/// # Errors
/// [`Error::Login`](crate::Error::Login), [`Error::Oauth`](crate::Error::Oauth), [`Error::Stopped`](crate::Error::Stopped), or of the
/// transport.
pub fn login(wire: &Wire, client: &ClientSecret, options: &LoginOptions<'_>, show: &dyn Fn(&str)) -> Result<Login> {
    let listener = Listener::bind(options.port)?;
    let mut asks_consent = options.always_consent;
    loop {
        let (verifier, state) = (pkce::random_text()?, pkce::random_text()?);
        let url = consent_url(wire, client, options, &listener, &pkce::challenge(&verifier), state.reveal(), asks_consent);
        show(&url);
        if options.opens_browser {
            // On its own thread: some openers return only when the browser is closed.
            let world = Arc::clone(&wire.world);
            std::thread::spawn(move || world.open_browser(&url).ok());
        }
        let code = listener.wait(&state, options.timeout, &*wire.stop)?;
        let obtained_at = wire.now();
        let granted = exchange(wire, client, &Code { code: &code, verifier: &verifier, redirect_uri: listener.redirect_uri() })?;
        let Some(refresh) = granted.refresh else {
            if asks_consent {
                return Err(LoginProblem::NoRefreshToken.into());
            }
            asks_consent = true;
            continue;
        };
        listener.close();
        let asked = || options.scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let token = Token {
            access: granted.access,
            refresh,
            expires_at: granted.expires_at,
            refresh_expires_at: granted.refresh_expires_at,
            scopes: granted.scopes.unwrap_or_else(asked),
            client_id: client.client_id.clone(),
            obtained_at,
        };
        return Ok(Login { missing_scopes: token.missing_scopes(options.scopes), token });
    }
}

fn consent_url(
    wire: &Wire,
    client: &ClientSecret,
    options: &LoginOptions<'_>,
    listener: &Listener,
    challenge: &str,
    state: &str,
    asks_consent: bool,
) -> String {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("client_id", &client.client_id)
        .append_pair("redirect_uri", listener.redirect_uri())
        .append_pair("response_type", "code")
        .append_pair("scope", &options.scopes.join(" "))
        .append_pair("state", state)
        .append_pair("code_challenge", challenge)
        .append_pair("code_challenge_method", "S256")
        .append_pair("access_type", "offline");
    if asks_consent {
        query.append_pair("prompt", "consent");
    }
    if let Some(account) = options.account {
        query.append_pair("login_hint", account);
    }
    format!("{}?{}", wire.endpoints.auth, query.finish())
}
