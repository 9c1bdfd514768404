//! Where Google's services are, and which addresses may be spoken to at all.
//!
//! **Invariant:** nothing is sent over plain http except to this machine itself.

use crate::error::{Error, Result};
use ureq::http::Uri;

/// The base addresses of the services. `Default` gives Google's; a simulator gives its own, with or without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The consent page, opened in the browser.
    pub auth: String,
    /// Where codes and refresh tokens become access tokens.
    pub token: String,
    /// Where a token is given back.
    pub revoke: String,
    /// The Photos Library API, without `/v1`.
    pub library: String,
    /// The Photos Picker API, without `/v1`.
    pub picker: String,
}

impl Default for Endpoints {
    fn default() -> Self {
        Self {
            auth: "https://accounts.google.com/o/oauth2/v2/auth".to_owned(),
            token: "https://oauth2.googleapis.com/token".to_owned(),
            revoke: "https://oauth2.googleapis.com/revoke".to_owned(),
            library: "https://photoslibrary.googleapis.com".to_owned(),
            picker: "https://photospicker.googleapis.com".to_owned(),
        }
    }
}

impl Endpoints {
    /// Returns the addresses without slashes at the end, or says which may not be used.
    pub(crate) fn checked(mut self) -> Result<Self> {
        for address in [&mut self.auth, &mut self.token, &mut self.revoke, &mut self.library, &mut self.picker] {
            let uri = parse(address).map_err(|reason| Error::Endpoint { address: crate::values::plain(address), reason })?;
            if uri.query().is_some() {
                return Err(Error::Endpoint { address: crate::values::plain(address), reason: "it must have no `?`" });
            }
            address.truncate(address.trim_end_matches('/').len());
        }
        Ok(self)
    }
}

/// Parses an address that may be spoken to: https, or http on this machine; without a name or password in it.
pub(crate) fn parse(address: &str) -> std::result::Result<Uri, &'static str> {
    let uri: Uri = address.parse().map_err(|_| "it is no web address")?;
    let host = uri.host().ok_or("it names no host")?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("it holds a name or password");
    }
    match uri.scheme_str() {
        Some("https") => Ok(uri),
        Some("http") if is_loopback(host) => Ok(uri),
        Some("http") => Err("plain http is taken for this machine only (127.0.0.1, [::1] or localhost); use https"),
        _ => Err("it must begin with `https://`"),
    }
}

/// Tells whether `host` is this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// Returns scheme, host and port: two addresses with the same origin are one server.
pub(crate) fn origin(uri: &Uri) -> (String, String, u16) {
    let scheme = uri.scheme_str().unwrap_or_default().to_owned();
    let port = uri.port_u16().unwrap_or(if scheme == "http" { 80 } else { 443 });
    (scheme, uri.host().unwrap_or_default().to_ascii_lowercase(), port)
}

/// Returns the host of an address for messages, never its path.
pub(crate) fn host_words(address: &str) -> String {
    let host = address.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    host.unwrap_or_else(|| "an unreadable address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in ["https://a.example", "http://127.0.0.1:8080", "http://[::1]:1/x", "http://localhost"] {
            assert!(parse(good).is_ok(), "{good}");
        }
        let bad = [
            "http://a.example",
            "http://127.0.0.1.a.example",
            "http://localhost.a.example",
            "http://127.0.0.1@a.example/",
            "ftp://a",
            "a",
            "",
        ];
        for bad in bad {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_default_is_accepted_and_a_wrong_one_is_named() {
        assert_eq!(Endpoints::default().checked().unwrap(), Endpoints::default());
        let slashed = Endpoints { library: "http://127.0.0.1:1/".into(), ..Endpoints::default() };
        assert_eq!(slashed.checked().unwrap().library, "http://127.0.0.1:1");
        let wrong = Endpoints { picker: "http://picker.example".into(), ..Endpoints::default() };
        let said = wrong.checked().unwrap_err().to_string();
        assert!(said.contains("`http://picker.example`") && said.contains("this machine only"), "{said}");
    }
}
