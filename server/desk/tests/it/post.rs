//! A small server of mail on this machine: takes letters, or says why not.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What it says to the next caller instead of taking his letter.
#[derive(Clone, Copy, Debug)]
pub enum Says {
    /// Later, please.
    Busy,
    /// Not to this address, ever.
    Never,
    HangUp,
    Nothing,
    /// Nothing until the story lets him go on; then he takes it.
    Holds,
}

/// What it took.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    pub to: Vec<String>,
    pub raw: String,
}

impl Letter {
    /// Empty: there is none of that name.
    pub fn header(&self, name: &str) -> &str {
        let head = self.raw.split("\r\n\r\n").next().unwrap();
        let found = head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        found.unwrap_or("")
    }

    /// The text, with its encoding undone where it has one.
    pub fn text(&self) -> String {
        let (_, body) = self.raw.split_once("\r\n\r\n").unwrap();
        assert!(["7bit", "quoted-printable"].contains(&self.header("Content-Transfer-Encoding")), "{}", self.raw);
        body.replace("=\r\n", "").replace("=3D", "=").replace("\r\n", "\n").trim_end().to_owned()
    }
}

enum Happened {
    Called,
    Refused,
    Took(Letter),
}

pub struct Post {
    /// `smtp://…`
    pub url: String,
    happened: UnboundedReceiver<Happened>,
    held: Arc<Notify>,
}

impl Post {
    /// Opens; the first callers hear this.
    pub async fn open(first: impl IntoIterator<Item = Says>) -> Post {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (tell, happened) = unbounded_channel();
        let mut says: Vec<Says> = first.into_iter().collect();
        says.reverse();
        let says = Arc::new(Mutex::new(says));
        let held = Arc::new(Notify::new());
        let holds = held.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let says = says.lock().unwrap().pop();
                tokio::spawn(answer(stream, says, tell.clone(), holds.clone()));
            }
        });
        Post { url, happened, held }
    }

    async fn next(&mut self) -> Happened {
        tokio::time::timeout(PATIENCE, self.happened.recv()).await.expect("nobody calls").unwrap()
    }

    pub async fn called(&mut self) {
        assert!(matches!(self.next().await, Happened::Called));
    }

    pub async fn refused(&mut self) {
        self.called().await;
        assert!(matches!(self.next().await, Happened::Refused));
    }

    /// Whoever is held goes on.
    pub fn goes_on(&self) {
        self.held.notify_one();
    }

    pub async fn letter(&mut self) -> Letter {
        self.called().await;
        self.taken().await
    }

    /// Of whoever has called already.
    pub async fn taken(&mut self) -> Letter {
        match self.next().await {
            Happened::Took(letter) => letter,
            _ => panic!("it was not taken"),
        }
    }
}

async fn answer(stream: TcpStream, says: Option<Says>, tell: UnboundedSender<Happened>, held: Arc<Notify>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).split(b'\n');
    let (mut letter, mut in_data) = (Letter::default(), false);
    let _ = tell.send(Happened::Called);
    match says {
        Some(Says::Nothing) => return std::future::pending().await,
        Some(Says::HangUp) => return drop(tell.send(Happened::Refused)),
        Some(Says::Holds) => held.notified().await,
        _ => {}
    }
    write.write_all(b"220 here\r\n").await.unwrap();
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8(line).unwrap();
        let line = line.trim_end_matches('\r');
        if in_data {
            if line == "." {
                in_data = false;
                write.write_all(b"250 taken\r\n").await.unwrap();
                let _ = tell.send(Happened::Took(std::mem::take(&mut letter)));
                continue;
            }
            letter.raw.push_str(line.strip_prefix('.').unwrap_or(line));
            letter.raw.push_str("\r\n");
            continue;
        }
        let refuses = line.starts_with("RCPT") && matches!(says, Some(Says::Busy | Says::Never));
        let reply: &[u8] = match (line.get(..4).unwrap_or(""), says) {
            ("EHLO", _) => b"250-here\r\n250 8BITMIME\r\n",
            ("RCPT", Some(Says::Busy)) => b"451 later\r\n",
            ("RCPT", Some(Says::Never)) => b"550 no such user\r\n",
            ("RCPT", _) => {
                let address = line.split(['<', '>']).nth(1).unwrap();
                letter.to.push(address.into());
                b"250 yes\r\n"
            }
            ("DATA", _) => {
                in_data = true;
                b"354 go on\r\n"
            }
            ("QUIT", _) => b"221 bye\r\n",
            _ => b"250 yes\r\n",
        };
        let gone = write.write_all(reply).await.is_err();
        if refuses {
            let _ = tell.send(Happened::Refused);
        }
        if gone {
            return;
        }
    }
}
