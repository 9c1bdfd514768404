//! Listening: an own runtime, a bounded number of connections, time limits for slow clients, a clean end.

use crate::guard::Guard;
use crate::patient::Patient;
use crate::problem::Problem;
use crate::routes;
use crate::visitors::{Visitor, Visitors};
use crate::work::Desk;
use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use pipeline::review::Review;
use pipeline::{Pictures, Stop};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{interval, sleep, timeout};

/// Connections at work at once; a browser opens six to one host. Of the others, strangers give way.
const CONNECTIONS_MAX: usize = 256;
/// Pictures drawn at once: as many as cores help, and few enough to bound the memory of large ones.
const DRAWN_AT_ONCE_MAX: usize = 4;
/// Files sent at once; each holds a thread.
const SENT_AT_ONCE_MAX: usize = 24;
/// Threads that wait for the library, above those that send files.
const THREADS_MAX: usize = SENT_AT_ONCE_MAX + 24;
/// How long the head of a request may take, and how long an idle connection lives.
const HEAD_WAIT: Duration = Duration::from_secs(5);
/// How long a client may read nothing of an answer.
const WRITE_WAIT: Duration = Duration::from_secs(60);
/// How long requests may go on after a stop was asked for.
const END_WAIT: Duration = Duration::from_secs(2);
/// How often a stop is looked for.
const STOP_EVERY: Duration = Duration::from_millis(50);
/// Room for the head of a request: an address of 16 KiB and its headers.
const HEAD_MAX_BYTES: usize = 64 << 10;

/// Where to listen, and where runs are written down.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether the first address opens the page once only, as where the program itself hands it to a browser.
    pub opens_once: bool,
    /// The folder of the lock and the journals of removals.
    pub state: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        Self { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), opens_once: false, state: PathBuf::new() }
    }
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on `{address}`: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The system gives no threads or no randomness.
    #[error("cannot start the page: {0}")]
    Start(io::Error),
}

/// What all requests share.
pub(crate) struct App {
    pub(crate) review: Review,
    pub(crate) pictures: Pictures,
    pub(crate) drawing: Semaphore,
    pub(crate) sending: Arc<Semaphore>,
    pub(crate) stop: Stop,
    pub(crate) desk: Desk,
}

/// The same, counted.
pub(crate) type Shared = Arc<App>;

impl App {
    /// Asks the library, on a thread that may wait.
    pub(crate) async fn ask<T, F>(self: &Arc<Self>, question: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&Review) -> pipeline::Result<T> + Send + 'static,
    {
        let app = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || question(&app.review)).await;
        Ok(asked.map_err(|_| Problem::bug("a question to the library ended early"))??)
    }
}

/// Serves the review until a stop is asked for; `on_ready` is given the address to open first, with this start's token in it.
///
/// # Errors
/// [`Error::Listen`] when the address is taken or not ours, [`Error::Start`] when the system gives no threads.
pub fn serve(review: Review, pictures: Pictures, options: &Options, stop: &Stop, on_ready: impl FnOnce(&str)) -> Result<(), Error> {
    let listen = |source| Error::Listen { address: options.listen, source };
    let listener = std::net::TcpListener::bind(options.listen).map_err(listen)?;
    listener.set_nonblocking(true).map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let guard = Guard::new(address, options.opens_once).map_err(|error| Error::Start(io::Error::other(error.to_string())))?;
    let first = guard.first_url(address);
    let app = Arc::new(App {
        review,
        pictures,
        drawing: Semaphore::new(DRAWN_AT_ONCE_MAX),
        sending: Arc::new(Semaphore::new(SENT_AT_ONCE_MAX)),
        stop: stop.clone(),
        desk: Desk::new(&options.state),
    });
    let router = routes::router(Arc::clone(&app), Arc::new(guard));
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let runtime = threads.worker_threads(2).max_blocking_threads(THREADS_MAX).enable_all().build().map_err(Error::Start)?;
    let served = runtime.block_on(async {
        let listener = TcpListener::from_std(listener).map_err(listen)?;
        on_ready(&first);
        accept(&listener, router, stop, &app.desk).await;
        Ok(())
    });
    runtime.shutdown_timeout(END_WAIT);
    app.desk.wait();
    served
}

async fn accept(listener: &TcpListener, router: Router, stop: &Stop, desk: &Desk) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let (ending, ended) = watch::channel(false);
    let mut tick = interval(STOP_EVERY);
    let visitors = Visitors::default();
    let mut at_door = None;
    while !stop.asked() {
        tokio::select! {
            came = listener.accept(), if at_door.is_none() => match came {
                Ok((stream, _)) => {
                    if places.available_permits() == 0 {
                        visitors.make_room();
                    }
                    at_door = Some(stream);
                }
                // Out of file handles, mostly: others will be closed.
                Err(_) => sleep(STOP_EVERY).await,
            },
            place = Arc::clone(&places).acquire_owned(), if at_door.is_some() => if let Some(stream) = at_door.take() {
                let (visitor, router, ended) = (visitors.come(), router.clone(), ended.clone());
                tokio::spawn(async move {
                    talk(stream, visitor, router, ended).await;
                    drop(place);
                });
            },
            _ = tick.tick() => {}
        }
    }
    desk.close();
    // Nobody listening is fine: then all connections have ended.
    let _nobody = ending.send(true);
    let _unfinished = timeout(END_WAIT, places.acquire_many(CONNECTIONS_MAX as u32)).await;
}

async fn talk(stream: TcpStream, visitor: Arc<Visitor>, router: Router, mut ended: watch::Receiver<bool>) {
    let _slower = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WAIT).max_buf_size(HEAD_MAX_BYTES);
    let io = TokioIo::new(Patient::new(stream, WRITE_WAIT));
    let router = TowerToHyperService::new(router);
    let service = service_fn(|mut request| {
        request.extensions_mut().insert(Arc::clone(&visitor));
        router.call(request)
    });
    let mut connection = std::pin::pin!(http.serve_connection(io, service));
    // How a connection ends is the client's affair.
    tokio::select! {
        _done = connection.as_mut() => {}
        () = visitor.leaves() => {}
        () = end(&mut ended) => {
            connection.as_mut().graceful_shutdown();
            let _done = timeout(END_WAIT, connection).await;
        }
    }
}

/// Returns when connections are to end.
async fn end(ended: &mut watch::Receiver<bool>) {
    drop(ended.wait_for(|ended| *ended).await);
}
