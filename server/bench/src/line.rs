//! A line to the program's doors: HTTP/1.1 kept open, as a browser keeps it, and as light as can
//! be, for what the generator costs is taken from the program.

use crate::Outcome;
use domain::wire::POSTCARD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a browser says besides, for the program has to read it.
const USUAL: &str = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36\r\n\
     Accept-Language: es-AR,es;q=0.9,en;q=0.8\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\n\
     Sec-Fetch-Dest: empty\r\n";

/// A request before its body: written once, sent often.
#[derive(Clone)]
pub struct Head(String);

impl Head {
    pub fn get(at: SocketAddr, path: &str) -> Head {
        Head::new("GET", at, path)
    }

    pub fn post(at: SocketAddr, path: &str) -> Head {
        Head::new("POST", at, path)
    }

    fn new(method: &str, at: SocketAddr, path: &str) -> Head {
        Head(format!("{method} {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\n{USUAL}"))
    }

    pub fn header(mut self, name: &str, value: &str) -> Head {
        self.0 += &format!("{name}: {value}\r\n");
        self
    }

    pub fn postcard(self) -> Head {
        self.header("Content-Type", POSTCARD).header("Accept", POSTCARD)
    }

    pub fn json(self) -> Head {
        self.header("Content-Type", "application/json").header("Accept", "application/json")
    }

    fn with(&self, body: &[u8]) -> Vec<u8> {
        let mut request = Vec::with_capacity(self.0.len() + 32 + body.len());
        request.extend_from_slice(self.0.as_bytes());
        request.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        request.extend_from_slice(body);
        request
    }
}

pub struct Answer {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// The value of a good answer.
    pub fn postcard<T: DeserializeOwned>(&self) -> Outcome<T> {
        if self.status != 200 {
            return Err(format!("answered with {}: {}", self.status, String::from_utf8_lossy(&self.body)));
        }
        postcard::from_bytes(&self.body).map_err(|why| format!("an answer does not read: {why}"))
    }
}

pub fn postcard<T: Serialize>(value: &T) -> Outcome<Vec<u8>> {
    postcard::to_allocvec(value).map_err(|why| format!("a question was not written: {why}"))
}

pub struct Line {
    at: SocketAddr,
    stream: Option<TcpStream>,
    /// How often it had to be opened again.
    pub broken: usize,
}

impl Line {
    pub fn to(at: SocketAddr) -> Line {
        Line { at, stream: None, broken: 0 }
    }

    /// Asks, and asks once more when the line broke: every wish has an id, so a retry is safe.
    pub async fn ask(&mut self, head: &Head, body: &[u8]) -> Outcome<Answer> {
        let request = head.with(body);
        match self.try_ask(&request).await {
            Ok(answer) => Ok(answer),
            Err(_) => {
                self.broken += 1;
                self.stream = None;
                self.try_ask(&request).await.map_err(|why| format!("no answer: {why}"))
            }
        }
    }

    async fn try_ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.at).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        let Some(stream) = &mut self.stream else { return Err(ErrorKind::NotConnected.into()) };
        stream.write_all(request).await?;
        timeout(PATIENCE, read(stream)).await?
    }
}

async fn read(stream: &mut TcpStream) -> io::Result<Answer> {
    let wrong = |what: &str| io::Error::new(ErrorKind::InvalidData, what);
    let mut bytes = Vec::with_capacity(2048);
    let end = loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let body = bytes.split_off(end);
    let head = String::from_utf8(bytes).map_err(|_| wrong("the head is not text"))?;
    let status = head.get(9..12).and_then(|code| code.parse().ok()).ok_or_else(|| wrong("no status"))?;
    let length = header(&head, "content-length").and_then(|value| value.parse::<usize>().ok()).unwrap_or(0);
    let mut answer = Answer { status, head, body };
    while answer.body.len() < length {
        if stream.read_buf(&mut answer.body).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(answer)
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}
