//! `recado health`: asks a server that runs whether it is well, for whoever watches it and has no other program.

use clap::Args;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The server tries for five seconds itself.
const PATIENCE: Duration = Duration::from_secs(6);
/// No answer of that door is longer.
const ANSWER: u64 = 16 * 1024;

#[derive(Args)]
pub struct Health {
    /// Where it listens
    #[arg(long, env = "RECADO_LISTEN", value_name = "ADDR", default_value = "127.0.0.1:8080")]
    at: String,
}

impl Health {
    /// Answers with what to print; fails where it is not well, or nobody answers.
    pub async fn run(self) -> Result<String, String> {
        let at = self.at;
        let answer = timeout(PATIENCE, ask(&at)).await.map_err(|_| format!("Nobody answers at {at} in time."))?;
        let answer = answer.map_err(|why| format!("Nobody answers at {at}: {why}."))?;
        let status = answer.split(' ').nth(1).unwrap_or_default();
        if status == "200" { Ok("It is well.".into()) } else { Err(format!("It is not well: it answers {status}.")) }
    }
}

async fn ask(at: &str) -> std::io::Result<String> {
    let mut line = TcpStream::connect(at).await?;
    let request = format!("GET /health HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n\r\n");
    line.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    line.take(ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
