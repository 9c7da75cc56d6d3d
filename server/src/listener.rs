//! The listener: connections in, requests to the doors, and a stop that lets them finish.

use crate::program::{Peer, stopped};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::time::Duration;
use tokio::io::AsyncWrite;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_io_timeout::TimeoutWriter;
use tower_service::Service;

/// How long the head of a request may take to arrive, and an idle connection may stay.
const HEAD: Duration = Duration::from_secs(20);
/// How long somebody may take nothing of what is sent to him.
const TAKING: Duration = Duration::from_secs(30);
const HEAD_LIMIT: usize = 16 * 1024;
const HEADERS_LIMIT: usize = 64;
/// Out of descriptors or memory: trying again at once would only burn the processor.
const BREATH: Duration = Duration::from_millis(200);

/// Accepts until the program stops.
pub async fn accept(listener: TcpListener, doors: Router, mut stopping: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stopping) => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(attend(stream, peer, doors.clone(), stopping.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// One connection. It holds its receiver until its end: that is what a stop waits for.
async fn attend(stream: TcpStream, peer: SocketAddr, doors: Router, mut stopping: watch::Receiver<bool>) {
    // A message is small and somebody waits for it.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(Peer(peer));
        let mut doors = doors.clone();
        async move { doors.call(Request::from_parts(parts, Body::new(body))).await.map_err(|never: Infallible| never) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_LIMIT).max_headers(HEADERS_LIMIT);
    let mut connection = pin!(http.serve_connection(TokioIo::new(patient(stream, TAKING)), service).with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Browsers break connections off all day.
        tracing::trace!(%error, "a connection broke off");
    }
}

/// Patient with a reader, and not for ever: who takes nothing of what is meant for him holds a
/// descriptor that others need.
fn patient<T: AsyncWrite>(stream: T, patience: Duration) -> Pin<Box<TimeoutWriter<T>>> {
    let mut stream = Box::pin(TimeoutWriter::new(stream));
    stream.as_mut().set_timeout_pinned(Some(patience));
    stream
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    #[tokio::test]
    async fn who_takes_nothing_is_cut_off() {
        let (ours, _his) = duplex(4);
        let mut line = patient(ours, Duration::from_millis(1));

        assert_eq!(line.write_all(b"too much").await.map_err(|why| why.kind()), Err(ErrorKind::TimedOut));
    }

    #[tokio::test]
    async fn who_reads_in_time_hears_all() {
        let (ours, mut his) = duplex(4);
        let mut line = patient(ours, Duration::from_secs(600));
        let mut heard = [0; 8];

        let (said, read) = tokio::join!(line.write_all(b"not much"), his.read_exact(&mut heard));

        assert!(said.is_ok() && read.is_ok());
        assert_eq!(&heard, b"not much");
    }
}
