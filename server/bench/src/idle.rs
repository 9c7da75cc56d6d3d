//! `idle`: what a socket costs that listens and hears nothing.

use crate::listener::{Listener, Person, Times};
use crate::program::{Program, new_folder};
use crate::report::histogram;
use crate::world::new_token;
use crate::{Depth, Outcome};
use rusqlite::{Connection, OpenFlags, params};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// The most a socket may cost, in bytes.
const GATE: f64 = 12.0 * 1024.0;
/// Sockets that are opened at a time.
const AT_ONCE: usize = 64;
/// Two pulses of the program, so that every socket was asked and has answered.
const SETTLED: Duration = Duration::from_secs(13);

pub async fn run(depth: Depth) -> Outcome<()> {
    let count = depth.pick(1_000, 5_000);
    let program = Program::start(&new_folder("idle")?, &["--demo", "--shop-listen", "127.0.0.1:0"])?;
    let tokens = plant(&program.database(), count)?;
    let unused: Times = Arc::new(Mutex::new(histogram()));
    // What the first sockets make the program set up once is not theirs alone.
    let warm = open(&program, &tokens[..AT_ONCE], &unused).await?;
    let before = program.memory()?;
    let begun = Instant::now();
    let sockets = open(&program, &tokens[AT_ONCE..], &unused).await?;
    let took = begun.elapsed();
    let used = program.processor()?;
    sleep(SETTLED).await;
    let after = program.memory()?;
    let used = program.processor()? - used;
    for socket in warm.iter().chain(&sockets) {
        if let Some(wrong) = &socket.heard().wrong {
            return Err(wrong.clone());
        }
    }
    let each = after.saturating_sub(before) as f64 / sockets.len() as f64;
    println!("{} sockets opened in {:.1} s, idle for {} s", sockets.len(), took.as_secs_f64(), SETTLED.as_secs());
    println!("memory   {} → {} KiB: {each:.0} bytes each, at most {GATE}", before / 1024, after / 1024);
    let seconds = SETTLED.as_secs_f64() * (sockets.len() + warm.len()) as f64;
    println!("work     {:.1} µs of a processor per second each", 1e6 * used / seconds);
    drop((warm, sockets));
    program.stop()?;
    if depth == Depth::Full && each > GATE {
        return Err(format!("an idle socket costs {each:.0} bytes"));
    }
    Ok(())
}

/// Visitors who have been here before: thousands of chats first would blur what is measured.
fn plant(database: &Path, count: usize) -> Outcome<Vec<String>> {
    let cannot = |why: rusqlite::Error| format!("the visitors were not planted: {why}");
    let mut kept = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(cannot)?;
    kept.busy_timeout(Duration::from_secs(10)).map_err(cannot)?;
    let tx = kept.transaction().map_err(cannot)?;
    let mut tokens = Vec::with_capacity(count);
    for n in 0..count {
        let (token, customer) = (new_token()?, format!("bench-customer-{n}"));
        let hash: String = Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        tx.execute(
            "insert into customers (id, name, email, verified, created_at) values (?1, 'Ana', 'ana@correo.example', 0, 0)",
            params![customer],
        )
        .map_err(cannot)?;
        tx.execute(
            "insert into visitors (token_hash, customer_id, application_id, created_at) values (?1, ?2, 'shop', 0)",
            params![hash, customer],
        )
        .map_err(cannot)?;
        tokens.push(token);
    }
    tx.commit().map_err(cannot)?;
    Ok(tokens)
}

async fn open(program: &Program, tokens: &[String], unused: &Times) -> Outcome<Vec<Listener>> {
    let (at, begun) = (program.at, Instant::now());
    let mut sockets = Vec::with_capacity(tokens.len());
    let mut opening = JoinSet::new();
    let mut waiting = tokens.iter();
    loop {
        while opening.len() < AT_ONCE
            && let Some(token) = waiting.next()
        {
            let (token, unused) = (token.clone(), unused.clone());
            opening.spawn(async move { Listener::open(at, Person::Customer { token: &token }, begun, unused).await });
        }
        match opening.join_next().await {
            Some(opened) => sockets.push(opened.map_err(|why| format!("a socket broke off: {why}"))??),
            None => return Ok(sockets),
        }
    }
}
