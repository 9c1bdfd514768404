//! A server of canned answers on this machine, an outside without real waiting, and the tests that need them.

mod calls;
mod login;
mod media;
mod retries;
mod sessions;

use crate::store::{FileStore, TokenStore, test_token};
use crate::{ClientSecret, Endpoints, Limits, Session, Stop, Wire, World};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// When the tests take place, in UTC seconds.
const NOW: i64 = 1_800_000_000;

/// A request as it came in.
#[derive(Clone)]
struct Seen {
    method: String,
    target: String,
    head: String,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1);
        lines.filter_map(|line| line.split_once(':')).find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn bearer(&self) -> Option<&str> {
        self.header("authorization").and_then(|value| value.strip_prefix("Bearer "))
    }

    fn form(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.body.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// An answer.
enum Reply {
    /// Status, headers as lines, body.
    Full(u16, String, Vec<u8>),
    /// A head of success, then bytes without end.
    Endless(&'static str),
    /// The connection is closed without a word.
    Nothing,
    /// The request is taken and never answered.
    Silence,
}

fn json(http: u16, body: &str) -> Reply {
    Reply::Full(http, "Content-Type: application/json; charset=UTF-8\r\n".into(), body.into())
}

fn typed(http: u16, kind: &str, body: &[u8]) -> Reply {
    Reply::Full(http, format!("Content-Type: {kind}\r\n"), body.into())
}

fn redirect(to: &str) -> Reply {
    Reply::Full(302, format!("Location: {to}\r\n"), Vec::new())
}

fn api_error(http: u16, status: &str, message: &str) -> Reply {
    json(http, &format!(r#"{{"error":{{"code":{http},"status":"{status}","message":"{message}"}}}}"#))
}

/// A server that answers the n-th request by `reply(request, n)`.
struct Server {
    address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    fn start(reply: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (log, reply, count) = (Arc::clone(&seen), Arc::new(reply), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, reply, count) = (Arc::clone(&log), Arc::clone(&reply), Arc::clone(&count));
                std::thread::spawn(move || serve(stream, &log, &*reply, &count));
            }
        });
        Self { address, seen }
    }

    /// Answers with `replies` one after the other; any request beyond them is a mistake.
    fn script(replies: Vec<Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter());
        Self::start(move |_, _| replies.lock().unwrap().next().unwrap_or_else(|| typed(418, "text/plain", b"beyond the script")))
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, reply: &(dyn Fn(&Seen, usize) -> Reply + Sync), count: &AtomicUsize) {
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let Some(seen) = read_request(&mut stream) else { return };
    log.lock().unwrap().push(seen.clone());
    let at = count.fetch_add(1, Ordering::SeqCst);
    match reply(&seen, at) {
        Reply::Full(http, headers, body) => {
            let head = format!("HTTP/1.1 {http} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body)).ok();
        }
        Reply::Endless(kind) => {
            stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n").as_bytes()).ok();
            while stream.write_all(&[b' '; 64 * 1024]).is_ok() {}
        }
        Reply::Nothing => {}
        Reply::Silence => std::thread::sleep(Duration::from_secs(3)),
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut words = head.split(' ').map(str::to_owned);
            let (method, target) = (words.next()?, words.next()?);
            let seen = Seen { method, target, head, body: String::new() };
            let length: usize = seen.header("content-length").unwrap_or("0").parse().ok()?;
            while bytes.len() < end + 4 + length {
                let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
                bytes.extend_from_slice(&chunk[..count]);
            }
            return Some(Seen { body: String::from_utf8_lossy(&bytes[end + 4..]).into_owned(), ..seen });
        }
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
    }
}

type Browser = Box<dyn Fn(&str) + Send + Sync>;

/// An outside whose clock goes on only by waiting, and which never waits.
struct TestWorld {
    slept: Mutex<Duration>,
    browser: Browser,
}

impl TestWorld {
    fn new() -> Arc<Self> {
        Self::with_browser(|_| {})
    }

    fn with_browser(browser: impl Fn(&str) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { slept: Mutex::default(), browser: Box::new(browser) })
    }

    fn slept(&self) -> Duration {
        *self.slept.lock().unwrap()
    }
}

impl World for TestWorld {
    fn now(&self) -> i64 {
        NOW + i64::try_from(self.slept().as_secs()).unwrap()
    }

    fn sleep(&self, time: Duration) {
        *self.slept.lock().unwrap() += time;
    }

    fn open_browser(&self, url: &str) -> std::io::Result<()> {
        (self.browser)(url);
        Ok(())
    }
}

fn never() -> Stop {
    Arc::new(|| false)
}

fn endpoints(address: &str) -> Endpoints {
    Endpoints {
        auth: format!("{address}/auth"),
        token: format!("{address}/token"),
        revoke: format!("{address}/revoke"),
        library: address.to_owned(),
        picker: address.to_owned(),
    }
}

fn wire(server: &Server, world: &Arc<TestWorld>) -> Wire {
    Wire::new(endpoints(&server.address), Arc::<TestWorld>::clone(world), never()).unwrap()
}

fn limited(server: &Server, limits: Limits) -> Wire {
    Wire::with_limits(endpoints(&server.address), TestWorld::new(), never(), limits).unwrap()
}

fn client() -> ClientSecret {
    ClientSecret { client_id: "id".into(), client_secret: "GOCSPX-hush".into(), project_id: None }
}

/// A session with a good token, and the folder that it is kept in.
fn session(wire: &Wire) -> (Session, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("token.json"));
    store.save(&test_token("ya29.first", "1//refresh", NOW + 3600)).unwrap();
    (Session::open(wire.clone(), client(), Arc::new(store)).unwrap().unwrap(), folder)
}
