//! The listeners: four ports of 127.0.0.1 on a thread of their own, and how answers, odd ones among them, get onto the wire.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::http::{Request, Response};
use axum::serve::{IncomingStream, Listener};
use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::options::Options;
use crate::simulator::Urls;
use crate::wire::{Call, Content, Reply, pairs, unescaped};
use crate::world::World;

mod answer;

/// Longest request body. Bytes.
const BODY_MAX: usize = 256 << 20;

/// Which of the hosts a request came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    Api,
    Picker,
    Media,
    Elsewhere,
}

const SITES: [Site; 4] = [Site::Api, Site::Picker, Site::Media, Site::Elsewhere];

pub(crate) struct Running {
    pub(crate) world: Arc<World>,
    pub(crate) stop: oneshot::Sender<()>,
    pub(crate) thread: JoinHandle<()>,
}

pub(crate) fn start(options: Options) -> io::Result<Running> {
    let mut listeners = Vec::new();
    let mut addresses = Vec::new();
    for place in 0..SITES.len() as u16 {
        let port = match options.port {
            None => 0,
            Some(first) => first.checked_add(place).ok_or_else(|| io::Error::other("the simulator needs four ports in a row"))?,
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        addresses.push(format!("http://{}", listener.local_addr()?));
        listeners.push(listener);
    }
    let [api, picker, media, elsewhere] = addresses.try_into().map_err(|_| io::Error::other("one address a host"))?;
    let world = Arc::new(World::new(options, Urls { api, picker, media, elsewhere }));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let (stop, stopped) = oneshot::channel();
    let shared = Arc::clone(&world);
    let thread = Builder::new().name("google-sim".to_owned()).spawn(move || {
        runtime.block_on(async move {
            for (listener, site) in listeners.into_iter().zip(SITES) {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
                tokio::spawn(serve(listener, site, Arc::clone(&shared)));
            }
            // Ends when the simulator says so or is gone.
            drop(stopped.await);
        });
        runtime.shutdown_background();
    })?;
    Ok(Running { world, stop, thread })
}

async fn serve(listener: tokio::net::TcpListener, site: Site, world: Arc<World>) {
    let app = Router::new().fallback(move |ConnectInfo(line): ConnectInfo<Line>, request: Request<Body>| {
        let world = Arc::clone(&world);
        async move { handle(&world, site, request, &line).await }
    });
    let service = app.into_make_service_with_connect_info::<Line>();
    // Ends with the runtime only.
    drop(axum::serve(Lines(listener), service).await);
}

async fn handle(world: &Arc<World>, site: Site, request: Request<Body>, line: &Line) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_MAX).await else {
        return respond(Reply::text(413, "too large"), line);
    };
    let call = Call {
        verb: head.method.as_str().to_owned(),
        path: unescaped(head.uri.path()),
        query: pairs(head.uri.query().unwrap_or("")),
        headers: head
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect(),
        body: body.to_vec(),
    };
    let world = Arc::clone(world);
    // Pictures are drawn while the client waits, which would hold up the other connections.
    let reply = tokio::task::spawn_blocking(move || answer::answer(&world, site, &call)).await;
    let reply = reply.unwrap_or_else(|_| Reply::text(500, "the simulator itself failed"));
    if let Some(delay) = reply.delay {
        tokio::time::sleep(delay).await;
    }
    respond(reply, line)
}

fn respond(reply: Reply, line: &Line) -> Response<Body> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(*name, value);
    }
    let body = match reply.content {
        Content::Bytes(bytes) => {
            response = response.header("content-length", bytes.len());
            Body::from(bytes)
        }
        Content::Endless => Body::from_stream(Pieces::Endless),
        Content::CutShort(bytes) => Body::from_stream(Pieces::CutShort(Some(bytes))),
        Content::Dropped => {
            line.cut();
            Body::empty()
        }
    };
    response.body(body).unwrap_or_default()
}

/// A body that is no plain bytes.
enum Pieces {
    Endless,
    CutShort(Option<Vec<u8>>),
}

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(Some(match &mut *self {
            Self::Endless => Ok(Bytes::from_static(&[b' '; 16 << 10])),
            Self::CutShort(bytes) => bytes.take().map(Bytes::from).ok_or_else(|| io::Error::other("cut short")),
        }))
    }
}

/// A connection's handle by which an answer can close it.
#[derive(Debug, Clone)]
struct Line(Arc<AtomicBool>);

impl Line {
    fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn error(&self) -> Option<io::Error> {
        self.0.load(Ordering::SeqCst).then(|| io::ErrorKind::ConnectionReset.into())
    }
}

/// A listener whose connections can be cut.
struct Lines(tokio::net::TcpListener);

impl Listener for Lines {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.0.accept().await {
                Ok((stream, address)) => {
                    // Small answers go out at once; without it each costs a client that reuses its connection 40 ms.
                    drop(stream.set_nodelay(true));
                    return (CuttableStream { stream, line: Line(Arc::default()) }, address);
                }
                // Too many open files, most likely: some will close.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Lines>> for Line {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.io().line.clone()
    }
}

struct CuttableStream {
    stream: TcpStream,
    line: Line,
}

impl AsyncRead for CuttableStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.line.error() {
            Some(error) => Poll::Ready(Err(error)),
            None => Pin::new(&mut self.stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
