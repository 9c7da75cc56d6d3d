//! A browser as the server sees it: requests, answers, sockets.

use crate::world::World;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::wire::{Down, POSTCARD, PROTOCOL_JSON, PROTOCOL_POSTCARD, Up};
use domain::{Refusal, Trouble};
use futures_util::{SinkExt, StreamExt};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Longer than anything here may take.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// One request, to be sent.
pub struct Ask {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

pub fn get(path: impl Into<String>) -> Ask {
    Ask { method: Method::GET, path: path.into(), headers: HeaderMap::new(), body: Bytes::new() }
}

pub fn post(path: impl Into<String>) -> Ask {
    Ask { method: Method::POST, ..get(path) }
}

impl Ask {
    pub fn method(mut self, method: &str) -> Ask {
        self.method = method.parse().unwrap();
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Ask {
        self.headers.insert(name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap());
        self
    }

    pub fn bearer(self, token: &str) -> Ask {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub fn cookie(self, token: &str) -> Ask {
        self.header("cookie", &format!("recado={token}"))
    }

    pub fn json(self, value: &impl serde::Serialize) -> Ask {
        self.body("application/json", serde_json::to_vec(value).unwrap())
    }

    pub fn postcard(self, value: &impl serde::Serialize) -> Ask {
        self.body(POSTCARD, postcard::to_allocvec(value).unwrap()).header("accept", POSTCARD)
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Ask {
        let body = serde_urlencoded::to_string(fields).unwrap();
        self.body("application/x-www-form-urlencoded", body)
    }

    pub fn body(mut self, kind: &str, body: impl Into<Bytes>) -> Ask {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// As a page of ours asks.
    pub fn own(self, at: SocketAddr) -> Ask {
        self.header("origin", &format!("http://{at}")).header("sec-fetch-site", "same-origin")
    }

    pub async fn send(self, at: SocketAddr) -> Answer {
        let (response, _line) = self.begin(at, false).await;
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    /// The head of the answer, and the line that it comes by.
    async fn begin(self, at: SocketAddr, narrow: bool) -> (Response<Incoming>, Cut) {
        let stream = connect(at, narrow).await;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        let line = Cut(tokio::spawn(connection).abort_handle());
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.path.parse().unwrap();
        *request.headers_mut() = self.headers;
        request.headers_mut().entry(header::HOST).or_insert(at.to_string().parse().unwrap());
        let response = timeout(PATIENCE, sender.send_request(request)).await.unwrap().unwrap();
        (response, line)
    }
}

/// Cuts a connection when dropped.
struct Cut(AbortHandle);

impl Drop for Cut {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The value, in whichever encoding it came.
    pub fn value<T: DeserializeOwned>(&self) -> T {
        match self.header("content-type") {
            POSTCARD => postcard::from_bytes(&self.body).unwrap(),
            "application/json" => serde_json::from_slice(&self.body).unwrap(),
            other => panic!("{other}: {}", self.text()),
        }
    }

    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{:?}", String::from_utf8_lossy(&self.body));
        self.value()
    }

    /// It was refused like this.
    pub fn refused(&self, status: u16, why: Refusal) {
        assert_eq!((self.status.as_u16(), self.value::<Trouble>()), (status, Trouble::Refused(why)));
    }

    /// The session in the cookie that was set.
    pub fn session(&self) -> String {
        let cookie = self.header("set-cookie");
        cookie.split(';').next().unwrap().strip_prefix("recado=").unwrap_or_else(|| panic!("{self:?}")).into()
    }
}

/// A socket, speaking one of the two encodings.
pub struct Socket {
    pub wire: WebSocketStream<TcpStream>,
    postcard: bool,
}

/// What a handshake may differ in.
pub struct Knock<'a> {
    pub origin: Option<&'a str>,
    pub session: Option<&'a str>,
    pub postcard: bool,
    /// The system keeps next to nothing for him: who does not read, is behind at once.
    pub narrow: bool,
}

async fn connect(at: SocketAddr, narrow: bool) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    if narrow {
        socket.set_recv_buffer_size(4 * 1024).unwrap();
    }
    socket.connect(at).await.unwrap()
}

pub async fn knock(at: SocketAddr, knock: &Knock<'_>) -> Result<Socket, StatusCode> {
    let stream = connect(at, knock.narrow).await;
    let mut request = format!("ws://{at}/socket").into_client_request().unwrap();
    let headers = request.headers_mut();
    let protocol = if knock.postcard { PROTOCOL_POSTCARD } else { PROTOCOL_JSON };
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol.parse().unwrap());
    if let Some(origin) = knock.origin {
        headers.insert(header::ORIGIN, origin.parse().unwrap());
    }
    if let Some(session) = knock.session {
        headers.insert(header::COOKIE, format!("recado={session}").parse().unwrap());
    }
    match tokio_tungstenite::client_async(request, stream).await {
        Ok((wire, response)) => {
            assert_eq!(response.headers()[header::SEC_WEBSOCKET_PROTOCOL], protocol);
            Ok(Socket { wire, postcard: knock.postcard })
        }
        Err(Error::Http(response)) => Err(response.status()),
        Err(other) => panic!("{other}"),
    }
}

impl Socket {
    pub async fn say(&mut self, up: &Up) {
        let message = if self.postcard {
            Message::binary(postcard::to_allocvec(up).unwrap())
        } else {
            Message::text(serde_json::to_string(up).unwrap())
        };
        self.send(message).await;
    }

    pub async fn send(&mut self, message: Message) {
        self.wire.send(message).await.unwrap();
    }

    /// The next frame; a close is its code.
    pub async fn hear(&mut self) -> Result<Down, u16> {
        loop {
            match timeout(PATIENCE, self.wire.next()).await.expect("the socket says nothing") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Binary(bytes))) => return Ok(postcard::from_bytes(&bytes).unwrap()),
                Some(Ok(Message::Close(close))) => return Err(close.map_or(1005, |close| close.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(1006),
            }
        }
    }

    /// Waits for a frame like this; others may come before.
    pub async fn until<T>(&mut self, pick: impl Fn(Down) -> Option<T>) -> T {
        loop {
            let down = self.hear().await.unwrap();
            if let Some(found) = pick(down) {
                return found;
            }
        }
    }

    /// The goodbye, and the code of the close behind it.
    pub async fn farewell(&mut self) -> (domain::wire::Bye, u16) {
        let bye = loop {
            match self.hear().await {
                Ok(Down::Bye(bye)) => break bye,
                Ok(_) => {}
                Err(code) => panic!("closed with {code} and without a goodbye"),
            }
        };
        let code = self.hear().await.unwrap_err();
        (bye, code)
    }
}

/// What stands in for a socket: an event stream down, and a request for each frame up.
pub struct Stream {
    at: SocketAddr,
    path: String,
    headers: HeaderMap,
    postcard: bool,
    body: Incoming,
    unread: Vec<u8>,
    /// Does he answer when the server asks for a sign of life?
    pub alive: bool,
    _line: Cut,
}

impl Ask {
    /// Listens to `/stream/…`, or hears why not.
    pub async fn listen(self, at: SocketAddr, narrow: bool) -> Result<Stream, Answer> {
        let (path, mut headers) = (self.path.clone(), self.headers.clone());
        headers.insert(header::ORIGIN, format!("http://{at}").parse().unwrap());
        let (response, line) = self.begin(at, narrow).await;
        let (parts, body) = response.into_parts();
        if parts.status != StatusCode::OK {
            let body = body.collect().await.unwrap().to_bytes();
            return Err(Answer { status: parts.status, headers: parts.headers, body });
        }
        assert_eq!(parts.headers[header::CONTENT_TYPE], "text/event-stream");
        let postcard = path.contains("postcard=true");
        Ok(Stream { at, path, headers, postcard, body, unread: Vec::new(), alive: true, _line: line })
    }
}

impl Stream {
    /// A request of the same person for the same stream.
    pub fn up(&self) -> Ask {
        Ask { headers: self.headers.clone(), ..post(self.path.split('?').next().unwrap()) }
    }

    pub async fn say(&self, up: &Up) {
        let ask = if self.postcard { self.up().postcard(up) } else { self.up().json(up) };
        let answer = ask.send(self.at).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }

    /// The next event: its kind, and its data.
    async fn event(&mut self) -> Option<(String, String)> {
        loop {
            if let Some(end) = self.unread.windows(2).position(|two| two == b"\n\n") {
                let event = String::from_utf8(self.unread.drain(..end + 2).collect()).unwrap();
                let field =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("").to_owned();
                return Some((field("event: "), field("data: ")));
            }
            let frame = timeout(PATIENCE, self.body.frame()).await.expect("the stream says nothing")?.ok()?;
            self.unread.extend_from_slice(&frame.into_data().unwrap());
        }
    }

    /// The next frame; none: the stream has ended. Questions are answered on the way.
    pub async fn hear(&mut self) -> Option<Down> {
        loop {
            let (kind, data) = self.event().await?;
            if kind != "ping" {
                let frame = if self.postcard {
                    postcard::from_bytes(&BASE64_STANDARD.decode(data).unwrap()).unwrap()
                } else {
                    serde_json::from_str(&data).unwrap()
                };
                return Some(frame);
            }
            if self.alive {
                self.say(&Up::Ping(0)).await;
            }
        }
    }

    /// Waits for a frame like this; others may come before.
    pub async fn until<T>(&mut self, pick: impl Fn(Down) -> Option<T>) -> T {
        loop {
            let down = self.hear().await.expect("the stream has ended");
            if let Some(found) = pick(down) {
                return found;
            }
        }
    }

    /// The goodbye; nothing comes after it.
    pub async fn farewell(&mut self) -> domain::wire::Bye {
        let bye = self.until(|down| if let Down::Bye(bye) = down { Some(bye) } else { None }).await;
        assert_eq!(self.hear().await, None);
        bye
    }
}

/// How a browser is connected.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    Socket,
    Stream,
}

/// The line of a browser, whichever way it goes.
pub enum Line {
    Socket(Socket),
    Stream(Stream),
}

impl Line {
    pub async fn of_console(world: &World, way: Way, session: &str) -> Line {
        match way {
            Way::Socket => Line::Socket(world.console_socket(session).await),
            Way::Stream => Line::Stream(world.console_stream(session).await),
        }
    }

    pub async fn of_widget(world: &World, way: Way, token: &str) -> Line {
        match way {
            Way::Socket => Line::Socket(world.widget_socket(token).await),
            Way::Stream => Line::Stream(world.widget_stream(token).await),
        }
    }

    pub async fn say(&mut self, up: &Up) {
        match self {
            Line::Socket(socket) => socket.say(up).await,
            Line::Stream(stream) => stream.say(up).await,
        }
    }

    /// Waits for a frame like this; others may come before.
    pub async fn until<T>(&mut self, pick: impl Fn(Down) -> Option<T>) -> T {
        match self {
            Line::Socket(socket) => socket.until(pick).await,
            Line::Stream(stream) => stream.until(pick).await,
        }
    }
}
