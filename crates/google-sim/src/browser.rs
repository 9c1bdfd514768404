//! The browser of the scripted person: fetches a page, follows its redirects, as far as the listener of the program that asked.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longest way of redirects.
const REDIRECTS_MAX: usize = 8;
/// Longest wait for a listener.
const PATIENCE: Duration = Duration::from_secs(20);
/// Most of a page that is read. Bytes.
const PAGE_MAX: u64 = 1 << 20;

/// The page at which a way of redirects ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// HTTP status.
    pub status: u16,
    /// The address in the end.
    pub url: String,
    /// The text.
    pub body: String,
}

/// Opens `url` like a browser would, in a thread, and follows redirects: to a consent screen of the simulator it is the whole consent, to a
/// `pickerUri` the whole picking. Nobody hears of failures, as with a real browser.
pub fn open_browser(url: &str) {
    let url = url.to_owned();
    drop(std::thread::spawn(move || {
        if let Ok(page) = browse(&url) {
            // Browsers ask for the site's icon as well, and a program's listener must not take that for the answer.
            drop(fetch(&origin(&page.url), "/favicon.ico"));
        }
    }));
}

/// Fetches `url` (plain HTTP only), follows redirects, and returns where that ends.
///
/// # Errors
/// When nobody listens, or an address is none.
pub fn browse(url: &str) -> io::Result<Page> {
    let mut url = url.to_owned();
    for _ in 0..REDIRECTS_MAX {
        let origin = origin(&url);
        let path = url.get(origin.len()..).filter(|path| !path.is_empty()).unwrap_or("/");
        let path = path.split('#').next().unwrap_or("/");
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (status, head, body) = fetch(&origin, &path)?;
        let target = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
        });
        match target {
            Some(target) if (300..400).contains(&status) => {
                url = if target.starts_with('/') { format!("{origin}{target}") } else { target };
            }
            _ => return Ok(Page { status, url, body }),
        }
    }
    Err(io::Error::other("too many redirects"))
}

/// Returns scheme, host and port of an address.
fn origin(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    url[..end].to_owned()
}

/// Returns status, head and body.
fn fetch(origin: &str, path: &str) -> io::Result<(u16, String, String)> {
    let host = origin.strip_prefix("http://").ok_or_else(|| io::Error::other("only plain HTTP is spoken here"))?;
    let with_port = if host.rsplit(']').next().is_some_and(|end| end.contains(':')) { host.to_owned() } else { format!("{host}:80") };
    let mut stream = TcpStream::connect(with_port)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // In one piece: simple listeners read once.
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.take(PAGE_MAX).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(|| io::Error::other("no HTTP answer"))?;
    Ok((status, head.to_owned(), body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_end_where_the_path_begins() {
        assert_eq!(origin("http://127.0.0.1:80/a?b"), "http://127.0.0.1:80");
        assert_eq!(origin("http://localhost:80?b"), "http://localhost:80");
        assert_eq!(origin("http://[::1]:80"), "http://[::1]:80");
        assert!(browse("https://example.org/").is_err());
    }
}
