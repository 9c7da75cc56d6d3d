//! A small server of another house on this machine: takes webhooks, or says why not.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What it says to the next caller instead of taking it.
#[derive(Clone, Debug)]
pub enum Says {
    Status(u16),
    /// Ask there.
    Moved(String),
    HangUp,
    Nothing,
    /// It takes it, and does not end what it says.
    GoesOn,
    /// It takes it when it is told to.
    Waits(Arc<Notify>),
}

/// What it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub path: String,
    head: Vec<String>,
    pub body: String,
}

impl Sent {
    pub fn header(&self, name: &str) -> &str {
        let found = self.head.iter().find_map(|line| {
            let (known, value) = line.split_once(": ")?;
            known.eq_ignore_ascii_case(name).then_some(value)
        });
        found.unwrap_or("")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// As whoever got the secret checks it.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let signed = [self.header("webhook-id"), self.header("webhook-timestamp"), &self.body].join(".");
        let tag = BASE64_STANDARD.decode(self.header("webhook-signature").strip_prefix("v1,").unwrap()).unwrap();
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes(), &tag).is_ok()
    }
}

pub struct Hook {
    /// `http://127.0.0.1:PORT/hook`
    pub url: String,
    came: UnboundedReceiver<Sent>,
}

impl Hook {
    /// Opens; the first callers hear this, all others that it was taken.
    pub async fn open(first: impl IntoIterator<Item = Says>) -> Hook {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?from=recado", listener.local_addr().unwrap());
        let (tell, came) = unbounded_channel();
        let mut says: Vec<Says> = first.into_iter().collect();
        says.reverse();
        let says = Arc::new(Mutex::new(says));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let says = says.lock().unwrap().pop();
                tokio::spawn(answer(stream, says, tell.clone()));
            }
        });
        Hook { url, came }
    }

    pub async fn next(&mut self) -> Sent {
        tokio::time::timeout(PATIENCE, self.came.recv()).await.expect("nothing came").unwrap()
    }

    /// What came, and was not looked at yet.
    pub fn is_silent(&mut self) -> bool {
        self.came.try_recv().is_err()
    }
}

async fn answer(stream: TcpStream, says: Option<Says>, tell: UnboundedSender<Sent>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    let (mut head, mut line) = (Vec::new(), String::new());
    while lines.read_line(&mut line).await.unwrap() > 2 {
        head.push(std::mem::take(&mut line).trim_end().to_owned());
    }
    let path = head[0].strip_prefix("POST ").unwrap().strip_suffix(" HTTP/1.1").unwrap().to_owned();
    let sent = Sent { path, head, body: String::new() };
    let mut body = vec![0; sent.header("content-length").parse().unwrap()];
    lines.read_exact(&mut body).await.unwrap();
    let _ = tell.send(Sent { body: String::from_utf8(body).unwrap(), ..sent });
    let more = match says {
        None => "HTTP/1.1 204 No Content\r\n".to_owned(),
        Some(Says::Status(status)) => format!("HTTP/1.1 {status} So\r\nContent-Length: 0\r\n"),
        Some(Says::Moved(to)) => format!("HTTP/1.1 307 So\r\nLocation: {to}\r\nContent-Length: 0\r\n"),
        Some(Says::HangUp) => return,
        Some(Says::Nothing) => return std::future::pending().await,
        Some(Says::GoesOn) => {
            write.write_all(b"HTTP/1.1 200 So\r\nContent-Length: 10\r\n\r\nx").await.unwrap();
            return std::future::pending().await;
        }
        Some(Says::Waits(until)) => {
            until.notified().await;
            "HTTP/1.1 204 No Content\r\n".to_owned()
        }
    };
    let _ = write.write_all(format!("{more}\r\n").as_bytes()).await;
}
