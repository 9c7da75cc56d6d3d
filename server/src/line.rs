//! The line to one browser: frames in its encoding, and a last word before it is cut. It is a
//! socket, or where those are blocked a stream.

use crate::encoding::Encoding;
use crate::stream::Stream;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use desk::Frame;
use domain::Refusal;
use domain::wire::{Bye, Down, FRAME_LIMIT, Up};
use futures_util::SinkExt;
use std::time::Duration;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

/// Who takes nothing for so long does not keep up.
const PATIENCE: Duration = Duration::from_secs(5);
/// The last word is worth waiting for, but not long.
const LAST_WORD: Duration = Duration::from_secs(1);

// The codes of RFC 6455, and one of our own.
const WRONG: u16 = 1002;
const REFUSED: u16 = 1008;
const TOO_BIG: u16 = 1009;
const BROKEN: u16 = 1011;
const RESTART: u16 = 1012;
const SLOW: u16 = 4008;

pub struct Line {
    wire: Wire,
    encoding: Encoding,
}

#[expect(clippy::large_enum_variant, reason = "nearly all lines are sockets: a box would spare nothing")]
enum Wire {
    Socket(WebSocket),
    Stream(Stream),
}

/// What came up the line.
pub enum Sound {
    Frame(Up),
    /// A sign of life without words.
    Sign,
    /// The other end is gone.
    Closed,
    /// What no client of ours sends.
    Wrong(Close),
}

/// Why we close, and what we say before.
pub struct Close {
    code: u16,
    bye: Option<Bye>,
}

impl Close {
    pub fn saying(bye: Bye) -> Close {
        let code = match bye {
            Bye::Version | Bye::Refused(_) => REFUSED,
            Bye::Slow => SLOW,
            Bye::Restart { .. } => RESTART,
        };
        Close { code, bye: Some(bye) }
    }

    pub fn slow() -> Close {
        Close::saying(Bye::Slow)
    }

    /// Not what the protocol says.
    pub fn wrong() -> Close {
        Close { code: WRONG, bye: Some(Bye::Refused(Refusal::Malformed)) }
    }

    /// A fault of ours.
    pub fn broken() -> Close {
        Close { code: BROKEN, bye: None }
    }
}

impl Line {
    /// For who counts them.
    pub fn kind(&self) -> &'static str {
        match self.wire {
            Wire::Socket(_) => "socket",
            Wire::Stream(_) => "stream",
        }
    }

    pub fn socket(wire: WebSocket, encoding: Encoding) -> Line {
        Line { wire: Wire::Socket(wire), encoding }
    }

    pub fn stream(wire: Stream, encoding: Encoding) -> Line {
        Line { wire: Wire::Stream(wire), encoding }
    }

    pub async fn hear(&mut self) -> Sound {
        let socket = match &mut self.wire {
            Wire::Socket(socket) => socket,
            Wire::Stream(stream) => return stream.hear().await.map_or(Sound::Closed, Sound::Frame),
        };
        let read = match socket.recv().await {
            None | Some(Ok(Message::Close(_))) => return Sound::Closed,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Sound::Sign,
            Some(Ok(Message::Text(text))) if self.encoding == Encoding::Json => self.encoding.read(text.as_bytes()),
            Some(Ok(Message::Binary(bytes))) if self.encoding == Encoding::Postcard => self.encoding.read(&bytes),
            Some(Ok(Message::Text(_) | Message::Binary(_))) => Err(Refusal::Malformed),
            Some(Err(error)) => return wrong(error),
        };
        read.map_or_else(|_| Sound::Wrong(Close::wrong()), Sound::Frame)
    }

    pub async fn tell(&mut self, down: &Down) -> Result<(), Close> {
        let bytes = self.encoding.write(down).map_err(|fault| {
            tracing::error!(%fault, "a frame was not written");
            Close::broken()
        })?;
        self.put(bytes.into()).await?;
        self.flush().await
    }

    /// Passes a frame on that is encoded once for all; it may lie here until [`Line::flush`].
    pub async fn pass(&mut self, frame: &Frame) -> Result<(), Close> {
        let bytes = match self.encoding {
            Encoding::Json => frame.json(),
            Encoding::Postcard => frame.postcard(),
        };
        self.put(bytes.ok_or_else(Close::broken)?).await
    }

    async fn put(&mut self, bytes: Bytes) -> Result<(), Close> {
        match &mut self.wire {
            Wire::Socket(socket) => {
                let message = match self.encoding {
                    Encoding::Json => Message::Text(Utf8Bytes::try_from(bytes).map_err(|_| Close::broken())?),
                    Encoding::Postcard => Message::Binary(bytes),
                };
                give(socket.feed(message)).await
            }
            Wire::Stream(stream) => give(stream.tell(self.encoding, &bytes)).await,
        }
    }

    /// Sends what was passed on.
    pub async fn flush(&mut self) -> Result<(), Close> {
        match &mut self.wire {
            Wire::Socket(socket) => give(socket.flush()).await,
            Wire::Stream(_) => Ok(()),
        }
    }

    /// Asks for a sign of life. On a socket browsers answer by themselves, even from a tab that
    /// sleeps; on a stream the page does.
    pub async fn ask(&mut self) -> Result<(), Close> {
        match &mut self.wire {
            Wire::Socket(socket) => give(socket.send(Message::Ping(Bytes::new()))).await,
            Wire::Stream(stream) => give(stream.ask()).await,
        }
    }

    /// Answers a goodbye.
    pub async fn end(self) {
        let Wire::Socket(mut socket) = self.wire else { return };
        let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
        let _ = timeout(LAST_WORD, answered).await;
    }

    /// Says why, says goodbye, and waits a moment for the answer.
    pub async fn close(mut self, close: Close) {
        let last_word = async {
            if let Some(bye) = &close.bye
                && self.tell(&Down::Bye(bye.clone())).await.is_err()
            {
                return;
            }
            // A stream has no code; its end says the rest.
            let Wire::Socket(socket) = &mut self.wire else { return };
            let frame = CloseFrame { code: close.code, reason: Utf8Bytes::from_static("") };
            if socket.send(Message::Close(Some(frame))).await.is_ok() {
                while let Some(Ok(_)) = socket.recv().await {}
            }
        };
        // Whoever does not even take his goodbye is cut off.
        let _ = timeout(LAST_WORD, last_word).await;
    }
}

/// Waits until it is taken, but not for ever. Where the other end is gone, the next hearing finds
/// out, and nothing more can be said.
async fn give<T>(taken: impl Future<Output = T>) -> Result<(), Close> {
    timeout(PATIENCE, taken).await.map(|_| ()).map_err(|_| Close::slow())
}

/// Broken off, or broken rules?
fn wrong(error: axum::Error) -> Sound {
    use tungstenite::Error;
    match error.into_inner().downcast_ref::<Error>() {
        Some(Error::Capacity(_)) => {
            let limit = FRAME_LIMIT as u32;
            Sound::Wrong(Close { code: TOO_BIG, bye: Some(Bye::Refused(Refusal::TooBig { limit })) })
        }
        Some(Error::Protocol(tungstenite::error::ProtocolError::ResetWithoutClosingHandshake)) => Sound::Closed,
        Some(Error::Protocol(_) | Error::Utf8(_)) => Sound::Wrong(Close::wrong()),
        _ => Sound::Closed,
    }
}
