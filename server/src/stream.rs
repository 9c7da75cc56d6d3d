//! The line where WebSocket is blocked: an event stream down, and a request for each frame up.
//!
//! The browser names its line, and says in every request who it is, as at any door. What is told is
//! what a socket is told; a heartbeat is an event of its own, and is answered like a question.

use crate::encoding::Encoding;
use axum::body::{Body, Bytes};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::Refusal;
use domain::wire::Up;
use futures_util::stream::unfold;
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;

/// Frames up that may wait. Who says more at once is asked to slow down.
const BACKLOG: usize = 16;
const HEARTBEAT: &[u8] = b"event: ping\ndata: 0\n\n";

/// Who says that he is at the other end of a line.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    Visitor(String),
    Session(String),
}

/// The open streams of this process, by the names that browsers gave them.
#[derive(Clone, Default)]
pub struct Streams(Arc<Mutex<Lines>>);

#[derive(Default)]
struct Lines {
    last: u64,
    open: HashMap<String, End>,
}

/// Where to put what comes up.
struct End {
    number: u64,
    credential: Credential,
    ups: mpsc::Sender<Up>,
}

impl Streams {
    /// A new stream, and the body it is told by. The name of one's own older stream is taken over:
    /// a browser that comes again has lost it.
    pub fn open(&self, name: &str, credential: Credential) -> Result<(Stream, Body), Refusal> {
        let (ups, said) = mpsc::channel(BACKLOG);
        // One at a time: whoever reads slowly makes us wait, and is known by it.
        let (downs, told) = mpsc::channel(1);
        let mut lines = self.lock();
        if lines.open.get(name).is_some_and(|end| end.credential != credential) {
            return Err(Refusal::NotYours);
        }
        lines.last += 1;
        let number = lines.last;
        lines.open.insert(name.into(), End { number, credential, ups });
        let name = Name { streams: self.clone(), name: name.into(), number };
        let body = unfold(told, |mut told: mpsc::Receiver<Bytes>| async move {
            told.recv().await.map(|event| (Ok::<_, Infallible>(event), told))
        });
        Ok((Stream { ups: said, downs, _name: name }, Body::from_stream(body)))
    }

    /// A frame up one's own stream.
    pub fn say(&self, name: &str, credential: &Credential, up: Up) -> Result<(), Refusal> {
        let lines = self.lock();
        let end = lines.open.get(name).filter(|end| end.credential == *credential).ok_or(Refusal::NotYours)?;
        end.ups.try_send(up).map_err(|why| match why {
            mpsc::error::TrySendError::Full(_) => Refusal::TooMany { seconds: 1 },
            mpsc::error::TrySendError::Closed(_) => Refusal::NotYours,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A name among the streams, given up when dropped.
struct Name {
    streams: Streams,
    name: String,
    number: u64,
}

impl Drop for Name {
    fn drop(&mut self) {
        let mut lines = self.streams.lock();
        if lines.open.get(&self.name).is_some_and(|end| end.number == self.number) {
            lines.open.remove(&self.name);
        }
    }
}

/// Our end of one stream.
pub struct Stream {
    ups: mpsc::Receiver<Up>,
    downs: mpsc::Sender<Bytes>,
    _name: Name,
}

impl Stream {
    /// The next frame up; none: the other end is gone.
    pub async fn hear(&mut self) -> Option<Up> {
        tokio::select! {
            up = self.ups.recv() => up,
            () = self.downs.closed() => None,
        }
    }

    /// Tells one frame; false: the other end is gone.
    pub async fn tell(&self, encoding: Encoding, frame: &[u8]) -> bool {
        self.downs.send(event(encoding, frame)).await.is_ok()
    }

    /// Asks for a sign of life: any frame up.
    pub async fn ask(&self) -> bool {
        self.downs.send(Bytes::from_static(HEARTBEAT)).await.is_ok()
    }
}

/// A frame as an event. JSON has no line breaks of its own; postcard may hold any byte.
fn event(encoding: Encoding, frame: &[u8]) -> Bytes {
    let mut event = Vec::with_capacity(frame.len() * 4 / 3 + 12);
    event.extend_from_slice(b"data: ");
    match encoding {
        Encoding::Json => event.extend_from_slice(frame),
        Encoding::Postcard => event.extend_from_slice(BASE64_STANDARD.encode(frame).as_bytes()),
    }
    event.extend_from_slice(b"\n\n");
    event.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(token: &str) -> Credential {
        Credential::Visitor(token.into())
    }

    #[tokio::test]
    async fn only_who_opened_a_stream_is_heard_on_it() {
        let streams = Streams::default();
        let (mut ana, _body) = streams.open("line", visitor("ana")).unwrap();

        assert_eq!(streams.say("line", &visitor("eva"), Up::Ping(1)), Err(Refusal::NotYours));
        assert_eq!(streams.say("line", &Credential::Session("ana".into()), Up::Ping(2)), Err(Refusal::NotYours));
        assert_eq!(streams.open("line", visitor("eva")).err(), Some(Refusal::NotYours));
        streams.say("line", &visitor("ana"), Up::Ping(3)).unwrap();

        assert_eq!(ana.hear().await, Some(Up::Ping(3)));
    }

    #[tokio::test]
    async fn a_stream_that_has_ended_leaves_nothing_behind() {
        let streams = Streams::default();
        let (mut first, body) = streams.open("line", visitor("ana")).unwrap();
        let (second, _body) = streams.open("line", visitor("ana")).unwrap();
        assert_eq!(first.hear().await, None);
        drop((first, body));

        assert_eq!(streams.say("line", &visitor("ana"), Up::Ping(1)), Ok(()));
        drop(second);

        assert_eq!(streams.say("line", &visitor("ana"), Up::Ping(1)), Err(Refusal::NotYours));
        assert!(streams.lock().open.is_empty());
    }

    #[tokio::test]
    async fn who_says_too_much_at_once_is_asked_to_slow_down() {
        let streams = Streams::default();
        let (_stream, _body) = streams.open("line", visitor("ana")).unwrap();

        let said = (0..100).filter(|n| streams.say("line", &visitor("ana"), Up::Ping(*n)).is_ok()).count();

        assert_eq!(said, BACKLOG);
    }

    #[tokio::test]
    async fn a_body_that_is_dropped_is_somebody_who_has_gone() {
        let (mut stream, body) = Streams::default().open("line", visitor("ana")).unwrap();

        drop(body);

        assert_eq!(stream.hear().await, None);
        assert!(!stream.ask().await);
    }

    #[test]
    fn a_frame_is_one_event_in_either_encoding() {
        assert_eq!(event(Encoding::Json, b"{\"Pong\":1}"), "data: {\"Pong\":1}\n\n");
        assert_eq!(event(Encoding::Postcard, b"\n\n\x01"), "data: CgoB\n\n");
    }
}
