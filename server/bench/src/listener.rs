//! A listener on the program's socket: what it heard, in which order, and how late.

use crate::Outcome;
use crate::load::Words;
use domain::wire::{Down, PROTOCOL_JSON, PROTOCOL_POSTCARD, Up, VERSION};
use domain::{Event, Told};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use hdrhistogram::Histogram;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue, header};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

const PATIENCE: Duration = Duration::from_secs(20);
/// Left alone a client takes 128 KiB for each of thousands of sockets.
const BUFFER: usize = 1024;

/// Who listens: a customer by his token, or an agent by his session.
pub enum Person<'a> {
    Customer { token: &'a str },
    Agent { session: &'a str },
}

/// What was heard of one chat.
#[derive(Default)]
pub struct Stream {
    /// The last event; every next one must be the next number.
    last: u32,
    /// The numbers of the messages, as they came.
    pub messages: Vec<u64>,
}

#[derive(Default)]
pub struct Heard {
    pub chats: HashMap<String, Stream>,
    /// What must not happen: a gap, a double, a goodbye.
    pub wrong: Option<String>,
}

/// An open socket; it ends when dropped.
pub struct Listener {
    heard: Arc<Mutex<Heard>>,
    task: AbortHandle,
}

/// From the moment a message was meant to be sent until it was heard, in microseconds.
pub type Times = Arc<Mutex<Histogram<u64>>>;

impl Listener {
    /// Opens a socket, says who it is, and listens from then on.
    pub async fn open(at: SocketAddr, person: Person<'_>, begun: Instant, times: Times) -> Outcome<Listener> {
        let opened = timeout(PATIENCE, greet(at, &person)).await;
        let wire = opened.map_err(|_| "a socket was not opened in time")??;
        let heard = Arc::new(Mutex::new(Heard::default()));
        let task = tokio::spawn(listen(wire, heard.clone(), begun, times)).abort_handle();
        Ok(Listener { heard, task })
    }

    pub fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Opens a socket and says who it is; the next frame is the first that it is told.
pub async fn greet(at: SocketAddr, person: &Person<'_>) -> Outcome<WebSocketStream<TcpStream>> {
    let cannot = |why: &dyn std::fmt::Display| format!("a socket was not opened: {why}");
    let mut request = format!("ws://{at}/socket").into_client_request().map_err(|why| cannot(&why))?;
    let mut set = |name: HeaderName, value: &str| {
        let value = HeaderValue::from_str(value).map_err(|why| cannot(&why))?;
        request.headers_mut().insert(name, value);
        Ok::<_, String>(())
    };
    set(header::ORIGIN, &format!("http://{at}"))?;
    let hello = |token: Option<&str>| Up::Hello { version: VERSION, token: token.map(Into::into) };
    let first = match person {
        Person::Customer { token } => {
            set(header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL_POSTCARD)?;
            Message::binary(crate::line::postcard(&hello(Some(token)))?)
        }
        Person::Agent { session } => {
            set(header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL_JSON)?;
            set(header::COOKIE, &format!("recado={session}"))?;
            Message::text(serde_json::to_string(&hello(None)).map_err(|why| cannot(&why))?)
        }
    };
    let stream = TcpStream::connect(at).await.map_err(|why| cannot(&why))?;
    stream.set_nodelay(true).map_err(|why| cannot(&why))?;
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(0);
    let (mut wire, _) =
        tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await.map_err(|why| cannot(&why))?;
    wire.send(first).await.map_err(|why| cannot(&why))?;
    match wire.next().await {
        Some(Ok(message)) => match down(&message)? {
            Some(Down::Welcome { .. }) => Ok(wire),
            other => Err(format!("a socket was not welcomed: {other:?}")),
        },
        other => Err(format!("a socket was not welcomed: {other:?}")),
    }
}

async fn listen(wire: WebSocketStream<TcpStream>, heard: Arc<Mutex<Heard>>, begun: Instant, times: Times) {
    let (mut mouth, mut ear) = wire.split();
    let why = loop {
        let Some(Ok(message)) = ear.next().await else { break "a socket broke off".to_string() };
        if message.is_ping() {
            answer(&mut mouth).await;
            continue;
        }
        match told(&message) {
            Ok(Some(Down::Told(told))) => {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                hear(&mut heard, told, begun, &times);
            }
            Ok(Some(Down::Bye(bye))) => break format!("a socket was told to go: {bye:?}"),
            Ok(_) => {}
            Err(why) => break why,
        }
    };
    heard.lock().unwrap_or_else(PoisonError::into_inner).wrong.get_or_insert(why);
}

/// The pong was queued when the ping was read; this lets it go.
async fn answer(mouth: &mut SplitSink<WebSocketStream<TcpStream>, Message>) {
    let _ = mouth.flush().await;
}

/// Reads what concerns a message. The rows of the lists, which a console hears too, only pass:
/// reading them would measure this generator.
fn told(message: &Message) -> Outcome<Option<Down>> {
    match message {
        Message::Text(text) if !text.starts_with("{\"Told\"") && !text.starts_with("{\"Bye\"") => Ok(None),
        message => down(message),
    }
}

fn down(message: &Message) -> Outcome<Option<Down>> {
    match message {
        Message::Text(text) => serde_json::from_str(text).map(Some).map_err(|why| format!("a frame: {why}")),
        Message::Binary(bytes) => postcard::from_bytes(bytes).map(Some).map_err(|why| format!("a frame: {why}")),
        _ => Ok(None),
    }
}

fn hear(heard: &mut Heard, told: Told, begun: Instant, times: &Times) {
    let stream = heard.chats.entry(told.chat.clone()).or_default();
    // Who comes later begins where he comes.
    if stream.last != 0 && told.seq != stream.last + 1 {
        heard.wrong.get_or_insert(format!("of a chat, {} was heard after {}", told.seq, stream.last));
    }
    stream.last = told.seq;
    if let Event::Posted { text, .. } = &told.event
        && let Some(words) = Words::read(text)
    {
        stream.messages.push(words.number);
        let late = begun.elapsed().saturating_sub(words.meant);
        times.lock().unwrap_or_else(PoisonError::into_inner).saturating_record(late.as_micros() as u64);
    }
}
