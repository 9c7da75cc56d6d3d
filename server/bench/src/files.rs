//! `files`: what a file costs in memory while it is received, many at a time.

use crate::program::{Program, new_folder};
use crate::world::{Talk, World, new_id};
use crate::{Depth, Outcome};
use domain::file::FILE_LIMIT;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Barrier, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Files at a time, each of a customer of his own.
const FILES: usize = 20;
/// The most that one may cost while it is received, in bytes.
const GATE: f64 = 256.0 * 1024.0;
const PIECE: usize = 64 * 1024;
const LOOKS: Duration = Duration::from_millis(10);

pub async fn run(depth: Depth) -> Outcome<()> {
    let size = depth.pick(FILE_LIMIT / 10, FILE_LIMIT) as usize;
    let world = World::new(&new_folder("files")?, FILES).await?;
    // Threads that wait for the disk are made once, and not for each file.
    send(&world.program, &world.chats, PIECE).await?;
    sleep(Duration::from_secs(1)).await;
    let before = world.program.memory()?;
    let (most, took) = send(&world.program, &world.chats, size).await?;
    let each = most.saturating_sub(before) as f64 / FILES as f64;
    println!("{FILES} files of {size} bytes at once, received and kept in {:.1} s", took.as_secs_f64());
    println!(
        "memory   {} → {} KiB at the most while receiving: {each:.0} bytes each, at most {GATE}",
        before / 1024,
        most / 1024
    );
    world.program.stop()?;
    if depth == Depth::Full && each > GATE {
        return Err(format!("a file costs {each:.0} bytes while it is received"));
    }
    Ok(())
}

/// Sends a text in every chat at once: all of them but their last pieces, which go together. Answers
/// with the most memory that was seen meanwhile, and how long all of it took.
async fn send(program: &Program, chats: &[Talk], size: usize) -> Outcome<(u64, Duration)> {
    let (at, begun) = (program.at, Instant::now());
    let together = Arc::new(Barrier::new(chats.len()));
    let (all_here, mut here) = watch::channel(false);
    let mut files = JoinSet::new();
    for talk in chats {
        let head = head(talk, size)?;
        files.spawn(one(at, head, size, together.clone(), all_here.clone()));
    }
    let mut most = 0;
    while !*here.borrow_and_update() {
        most = most.max(program.memory()?);
        sleep(LOOKS).await;
        if let Some(ended) = files.try_join_next() {
            ended.map_err(|why| format!("a file broke off: {why}"))??;
        }
    }
    while let Some(ended) = files.join_next().await {
        ended.map_err(|why| format!("a file broke off: {why}"))??;
    }
    Ok((most, begun.elapsed()))
}

fn head(talk: &Talk, size: usize) -> Outcome<String> {
    Ok(format!(
        "PUT /w/v1/chats/{}/files/{} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nX-File-Name: a.txt\r\n\
         Content-Type: text/plain\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n",
        talk.id,
        new_id()?,
        talk.token
    ))
}

async fn one(
    at: SocketAddr,
    head: String,
    size: usize,
    together: Arc<Barrier>,
    all_here: watch::Sender<bool>,
) -> Outcome<()> {
    let cannot = |why: std::io::Error| format!("a file was not sent: {why}");
    let mut line = TcpStream::connect(at).await.map_err(cannot)?;
    line.write_all(head.as_bytes()).await.map_err(cannot)?;
    let piece = vec![b'a'; PIECE];
    let mut left = size;
    while left > PIECE {
        line.write_all(&piece).await.map_err(cannot)?;
        left -= PIECE;
    }
    if together.wait().await.is_leader() {
        all_here.send_replace(true);
    }
    line.write_all(&piece[..left]).await.map_err(cannot)?;
    let mut said = String::new();
    line.read_to_string(&mut said).await.map_err(cannot)?;
    if said.starts_with("HTTP/1.1 200") { Ok(()) } else { Err(format!("a file was not kept: {said}")) }
}
