//! Waits on this machine for the browser to come back from Google's consent page.
//!
//! Anyone on this machine can knock: only a request with the right state counts, all others are answered and forgotten. Browsers open
//! connections ahead and send nothing, so visitors are served side by side. **Invariant:** visitors, their bytes and their time are bounded.

use crate::error::{Error, LoginProblem, Result};
use crate::secret::Secret;
use crate::values::plain;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// Longest head of a request, in bytes.
const HEAD_MAX_BYTES: usize = 16 * 1024;
/// Most visitors at once; the oldest has to go.
const VISITORS_MAX: usize = 32;
/// How long a visitor may take to say what it wants.
const VISITOR_TIME: Duration = Duration::from_secs(10);
/// How long an answer may take; it fits into the buffers of any system.
const WRITE_TIME: Duration = Duration::from_secs(1);
/// How often is looked for something new.
const STEP: Duration = Duration::from_millis(10);

/// A listener on 127.0.0.1.
pub(super) struct Listener {
    socket: TcpListener,
    redirect_uri: String,
}

/// A connection whose request is not complete yet.
struct Visitor {
    stream: TcpStream,
    head: Vec<u8>,
    since: Instant,
}

/// What a request means.
enum Visit {
    Code(Secret),
    Denied,
    Refused(String),
    Other(Page),
}

/// What a visitor gets to see.
struct Page {
    status: &'static str,
    title: &'static str,
    text: &'static str,
}

const DONE: Page = Page {
    status: "200 OK",
    title: "Thank you",
    text: "The answer has arrived. You can close this tab and go back to where you started the login.",
};
const DECLINED: Page =
    Page { status: "200 OK", title: "No access", text: "No access was given, and nothing was changed. You can close this tab." };
const NOT_HERE: Page = Page { status: "404 Not Found", title: "Not found", text: "There is nothing here." };
const NOT_OURS: Page = Page {
    status: "400 Bad Request",
    title: "Not this login",
    text: "This answer does not belong to the login that is going on. Please use the address that was shown last.",
};
const NOT_GET: Page = Page { status: "405 Method Not Allowed", title: "Not possible", text: "Only a browser is expected here." };
const TOO_LONG: Page = Page { status: "431 Request Header Fields Too Large", title: "Too long", text: "This request is too long." };

impl Listener {
    /// Binds `port`, or any free one for 0.
    pub(super) fn bind(port: u16) -> std::result::Result<Self, LoginProblem> {
        let problem = |error: std::io::Error| match error.kind() {
            ErrorKind::AddrInUse => LoginProblem::PortTaken { port },
            _ => LoginProblem::CannotListen { reason: plain(&error.to_string()) },
        };
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(problem)?;
        socket.set_nonblocking(true).map_err(problem)?;
        let bound = socket.local_addr().map_err(problem)?.port();
        Ok(Self { socket, redirect_uri: format!("http://127.0.0.1:{bound}") })
    }

    /// Returns the address that the browser is sent back to; the token endpoint must be told the very same.
    pub(super) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Waits for the code.
    pub(super) fn wait(&self, state: &Secret, timeout: Duration, stop: &dyn Fn() -> bool) -> Result<Secret> {
        let since = Instant::now();
        let mut visitors: Vec<Visitor> = Vec::new();
        loop {
            self.admit(&mut visitors);
            for mut visitor in std::mem::take(&mut visitors) {
                match visitor.visit(state) {
                    None => visitors.push(visitor),
                    Some(Visit::Other(page)) => visitor.answer(&page),
                    Some(Visit::Code(code)) => {
                        visitor.answer(&DONE);
                        return Ok(code);
                    }
                    Some(Visit::Denied) => {
                        visitor.answer(&DECLINED);
                        return Err(LoginProblem::Denied.into());
                    }
                    Some(Visit::Refused(code)) => {
                        visitor.answer(&DECLINED);
                        return Err(LoginProblem::Refused { code }.into());
                    }
                }
            }
            visitors.retain(|visitor| visitor.since.elapsed() < VISITOR_TIME);
            if stop() {
                return Err(Error::Stopped);
            }
            if since.elapsed() >= timeout {
                return Err(LoginProblem::TimedOut { waited: timeout }.into());
            }
            std::thread::sleep(STEP);
        }
    }

    /// Answers those who came too late, as a second tab does, and stops listening.
    pub(super) fn close(self) {
        let mut late = Vec::new();
        self.admit(&mut late);
        for mut visitor in late {
            // What is left unread would break the answer off.
            let mut request = [0; HEAD_MAX_BYTES];
            if visitor.stream.read(&mut request).is_ok_and(|count| count > 0) {
                visitor.answer(&DONE);
            }
        }
    }

    fn admit(&self, visitors: &mut Vec<Visitor>) {
        for _ in 0..VISITORS_MAX {
            // An error here is the visitor's (gone already) or passes by itself; the time limit holds in any case.
            let Ok((stream, _)) = self.socket.accept() else { return };
            if stream.set_nonblocking(true).is_err() {
                continue;
            }
            if visitors.len() >= VISITORS_MAX {
                visitors.remove(0);
            }
            visitors.push(Visitor { stream, head: Vec::new(), since: Instant::now() });
        }
    }
}

impl Visitor {
    /// Reads what is there; `None` while the request is not complete.
    fn visit(&mut self, state: &Secret) -> Option<Visit> {
        let mut chunk = [0; 4096];
        loop {
            match self.stream.read(&mut chunk) {
                // Gone without a request: the answer goes nowhere.
                Ok(0) => return Some(Visit::Other(NOT_HERE)),
                Ok(count) => self.head.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return Some(Visit::Other(NOT_HERE)),
            }
            if self.head.len() > HEAD_MAX_BYTES {
                return Some(Visit::Other(TOO_LONG));
            }
            if self.head.windows(4).any(|end| end == b"\r\n\r\n") {
                return Some(meaning(&self.head, state));
            }
        }
    }

    fn answer(mut self, page: &Page) {
        let body = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{0}</title>\
             <style>body{{font:1.1em sans-serif;max-width:32em;margin:4em auto;padding:0 1em}}</style><h1>{0}</h1><p>{1}</p></html>",
            page.title, page.text
        );
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n",
            page.status,
            body.len()
        );
        // A visitor that does not take its answer loses nothing but the answer.
        self.stream.set_nonblocking(false).ok();
        self.stream.set_write_timeout(Some(WRITE_TIME)).ok();
        if self.stream.write_all(format!("{head}{body}").as_bytes()).is_ok() {
            self.stream.shutdown(Shutdown::Write).ok();
        }
    }
}

fn meaning(head: &[u8], state: &Secret) -> Visit {
    let line = head.split(|byte| *byte == b'\r').next().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method != "GET" {
        return Visit::Other(NOT_GET);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if path != "/" {
        return Visit::Other(NOT_HERE);
    }
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    // Given twice is given not at all: nobody honest does it.
    let field = |name: &str| {
        let mut found = pairs.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_ref());
        found.next().filter(|value| found.next().is_none() && !value.is_empty())
    };
    if field("state") != Some(state.reveal()) {
        return Visit::Other(NOT_OURS);
    }
    match (field("error"), field("code")) {
        (Some("access_denied"), _) => Visit::Denied,
        (Some(code), _) => Visit::Refused(plain(code).chars().take(100).collect()),
        (None, Some(code)) => Visit::Code(Secret::new(code)),
        (None, None) => Visit::Other(NOT_OURS),
    }
}
