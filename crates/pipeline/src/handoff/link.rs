//! Names under which Google knows a photo: the link that opens it, and the key by which its trash goes.
//!
//! **Invariant:** what becomes a link begins with [`HOME`] and holds nothing that could end an attribute or a line; any other address that a
//! sidecar gives is shown as text.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Sha1Hash;

/// The only place that links lead to.
pub(crate) const HOME: &str = "https://photos.google.com";

/// Highest account index that can be chosen. Google's own list of signed-in accounts ends at ten.
pub const ACCOUNT_MAX: u8 = 9;

/// Returns the part of a sidecar's address after [`HOME`], without an account index; `None` where it may not become a link.
pub(crate) fn path(url: &str) -> Option<&str> {
    let path = url.strip_prefix(HOME)?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~%?=&+:@".contains(&byte);
    if !path.starts_with('/') || path.starts_with("//") || !path.bytes().all(is_plain) {
        return None;
    }
    match path.strip_prefix("/u/").map(|rest| rest.split_once('/')) {
        Some(Some((account, _))) if !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(&path["/u/".len() + account.len()..])
        }
        _ => Some(path),
    }
}

/// Returns the link to a photo, for the account of that index where one is chosen; `None` where its address may not become a link.
pub(crate) fn link(url: &str, account: Option<u8>) -> Option<String> {
    let path = path(url)?;
    Some(match account {
        Some(account) => format!("{HOME}/u/{account}{path}"),
        None => url.to_owned(),
    })
}

/// Returns Google's `dedupKey`: the SHA-1 of the bytes in URL-safe base64 without padding (as tools that drive the web page take it).
pub(crate) fn dedup_key(sha1: &Sha1Hash) -> String {
    URL_SAFE_NO_PAD.encode(sha1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_google_photos_becomes_a_link() {
        for (url, account, expected) in [
            ("https://photos.google.com/photo/AF1Qip_a-b", None, Some("https://photos.google.com/photo/AF1Qip_a-b")),
            ("https://photos.google.com/photo/AF1Qip", Some(1), Some("https://photos.google.com/u/1/photo/AF1Qip")),
            ("https://photos.google.com/u/0/photo/AF1Qip", Some(2), Some("https://photos.google.com/u/2/photo/AF1Qip")),
            ("https://photos.google.com/u/x/photo/AF1Qip", Some(2), Some("https://photos.google.com/u/2/u/x/photo/AF1Qip")),
            ("http://photos.google.com/photo/AF1Qip", None, None),
            ("https://photos.google.com.evil.example/photo/AF1Qip", None, None),
            ("https://photos.google.com@evil.example/photo/AF1Qip", None, None),
            ("https://photos.google.com//evil.example", None, None),
            ("https://photos.google.com/photo/\"onclick=", None, None),
            ("https://photos.google.com/photo/<b>", None, None),
            ("https://photos.google.com/photo/a b", None, None),
            ("javascript:alert(1)", None, None),
            ("", Some(1), None),
        ] {
            assert_eq!(link(url, account).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn a_dedup_key_has_27_signs_and_no_padding() {
        let sha1: Sha1Hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709".parse().expect("a hash");
        assert_eq!(dedup_key(&sha1), "2jmj7l5rSw0yVb_vlWAYkK_YBwk");
    }
}
