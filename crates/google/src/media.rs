//! Takes the bytes of a photo from its base URL.
//!
//! Google serves its errors there as pictures too: a placeholder must never pass for a photo, or thousands would look alike. So only an
//! answer of success with a type of `image/…` gives bytes.
//!
//! **Invariant:** the bearer goes to Google's own picture servers (or, where the addresses are a simulator's, to this machine) and there to
//! the first only; a redirect to another drops it for good. From outside no address leads to this machine.

use crate::answer;
use crate::endpoints::{is_loopback, origin, parse};
use crate::error::{Error, Result};
use crate::retry::{self, Repeat};
use crate::secret::Secret;
use crate::transport::{Answer, Failure, Request};
use crate::values::plain;
use crate::wire::Wire;
use ureq::http::{Method, Uri};

/// Most redirects that are followed.
const REDIRECTS_MAX: u32 = 5;

/// The bytes of a photo, as Google rendered it; not the original, and never equal to it byte by byte.
#[derive(Clone, PartialEq, Eq)]
pub struct Media {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The MIME type (`image/…`), in lower case.
    pub mime_type: String,
}

impl std::fmt::Debug for Media {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Media").field("bytes", &self.bytes.len()).field("mime_type", &self.mime_type).finish()
    }
}

/// Takes the photo at `base_url` in the form that `suffix` says: `=w512-h512` fits it into that, `=d` downloads it. `bearer` is needed
/// for the Picker's base URLs and not for the Library's. Costs one request of the quota for base URLs.
///
/// # Errors
/// [`Error::MediaExpired`] after 60 minutes, or for a missing bearer; [`Error::MediaMissing`]; [`Error::TooLarge`] beyond `max_bytes`;
/// [`Error::Unexpected`] for what is no picture; [`Error::Redirect`]; otherwise as calls.
pub fn fetch(wire: &Wire, base_url: &Secret, suffix: &str, bearer: Option<&Secret>, max_bytes: u64) -> Result<Media> {
    let is_suffix = suffix.starts_with('=') && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'=' | b'-'));
    if !is_suffix {
        return Err(Error::Argument("the form of a photo is written as `=w512-h512` or `=d`"));
    }
    let url = format!("{}{suffix}", base_url.reveal());
    let host = url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_ascii_lowercase)).unwrap_or_default();
    if !wire.is_picture_host(&host) {
        let reason = "photos are taken from Google's own servers only";
        return Err(Error::Endpoint { address: crate::endpoints::host_words(&url), reason });
    }
    retry::run(wire, Repeat::Always, || follow(wire, &url, bearer, max_bytes))
}

fn follow(wire: &Wire, first: &str, bearer: Option<&Secret>, max_bytes: u64) -> std::result::Result<Media, Failure> {
    let mut url = first.to_owned();
    let mut bearer = bearer;
    for _ in 0..=REDIRECTS_MAX {
        let headers = [("accept", "image/*")];
        let request = Request { method: &Method::GET, url: &url, bearer, headers: &headers, body: None, max_bytes };
        let answer = wire.transport.send(request, &*wire.stop)?;
        if !matches!(answer.http, 301 | 302 | 303 | 307 | 308) {
            return Ok(photo(answer, bearer, wire.now())?);
        }
        let refused = || Error::Redirect { host: answer.host.clone() };
        let here: Uri = url.parse().map_err(|_| refused())?;
        let next = answer.location.as_deref().and_then(|location| resolve(&here, location)).ok_or_else(refused)?;
        let there = parse(&next).map_err(|_| refused())?;
        let leads_inwards = is_loopback(there.host().unwrap_or_default()) && !is_loopback(here.host().unwrap_or_default());
        let is_weaker = here.scheme_str() == Some("https") && there.scheme_str() != Some("https");
        if leads_inwards || is_weaker {
            return Err(refused().into());
        }
        if origin(&here) != origin(&there) {
            bearer = None;
        }
        url = next;
    }
    Err(Error::Redirect { host: crate::endpoints::host_words(&url) }.into())
}

fn photo(answer: Answer, bearer: Option<&Secret>, now: i64) -> Result<Media> {
    match answer.http {
        http @ (401 | 403) => {
            // A quota may be told as 403 too; everything else there means that the address is over.
            match answer::checked(answer, bearer, now) {
                Err(Error::Api(error)) if matches!(error.kind, crate::ErrorKind::DailyQuota | crate::ErrorKind::Throttled) => {
                    Err(Error::Api(error))
                }
                _ => Err(Error::MediaExpired { http }),
            }
        }
        http @ (404 | 410) => Err(Error::MediaMissing { http }),
        200 if answer.content_type.starts_with("image/") && !answer.body.is_empty() => {
            Ok(Media { mime_type: plain(&answer.content_type), bytes: answer.body })
        }
        200..300 => {
            let reason = format!("it is `{}` with {} bytes and no picture", plain(&answer.content_type), answer.body.len());
            Err(answer::unexpected(&answer, reason))
        }
        _ => Err(match answer::checked(answer, bearer, now) {
            Err(error) => error,
            Ok(answer) => answer::unexpected(&answer, "it is no picture".to_owned()),
        }),
    }
}

/// Returns the address that `location` means, seen from `here`; fragments are dropped.
fn resolve(here: &Uri, location: &str) -> Option<String> {
    let location = location.split('#').next().unwrap_or_default();
    let scheme = here.scheme_str()?;
    match location {
        "" => None,
        _ if location.starts_with("https://") || location.starts_with("http://") => Some(location.to_owned()),
        _ if location.starts_with("//") => Some(format!("{scheme}:{location}")),
        _ if location.starts_with('/') => Some(format!("{scheme}://{}{location}", here.authority()?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations() {
        let here: Uri = "https://a.example:1/b/c?d".parse().unwrap();
        for (location, expected) in [
            ("https://b.example/x#y", Some("https://b.example/x")),
            ("//b.example/x", Some("https://b.example/x")),
            ("/x?y", Some("https://a.example:1/x?y")),
            ("x", None),
            ("javascript:alert(1)", None),
            ("file:///etc/passwd", None),
            ("", None),
        ] {
            assert_eq!(resolve(&here, location).as_deref(), expected, "{location}");
        }
    }
}
