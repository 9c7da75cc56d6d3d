//! `fanout`: a long queue that many agents watch, while people join and leave it (quality.md BM7). Every change is
//! seen by everybody it concerns, soon, and costs what changed and not the length of the queue.

use crate::line::{Head, Line, postcard};
use crate::listener::{Person, greet};
use crate::program::{Program, new_folder};
use crate::report::{histogram, leave, milliseconds, times};
use crate::world::{hire, new_id, new_token, open as open_chat, sign_in};
use crate::{Depth, Outcome};
use domain::Act;
use domain::event::Wish;
use domain::wire::{Down, Wait};
use futures_util::{SinkExt, StreamExt};
use hdrhistogram::Histogram;
use rusqlite::{Connection, OpenFlags, params};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_tungstenite::tungstenite::Message;

const GROUP: &str = "bench-fan";
/// Changes of the queue in a second: joins and leaves by turns.
const RATE: u32 = 20;
/// The latest that nearly every change may be seen.
const SOON: Duration = Duration::from_secs(1);
/// A waiter is told no more often than this.
const APART: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_secs(10);

/// Who waits, and what he was told.
struct Waiter {
    chat: String,
    told: Arc<Mutex<Told>>,
    head: Head,
    task: AbortHandle,
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Default)]
struct Told {
    place: Option<u32>,
    frames: u64,
    bytes: u64,
    last: Option<Instant>,
    /// The least time between two frames.
    apart: Option<Duration>,
}

/// What all agents together have seen.
struct Seen {
    /// When each change was meant to happen, by chat: its coming and its leaving.
    meant: HashMap<String, [Option<Instant>; 2]>,
    times: Histogram<u64>,
    changes: u64,
    frames: u64,
    bytes: u64,
    wrong: Option<String>,
}

type Shared = Arc<Mutex<Seen>>;

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

pub async fn run(depth: Depth) -> Outcome<()> {
    let (agents, waiting, changes) = depth.pick((5, 50, 40), (50, 1_000, 600));
    let program = Program::start(&new_folder("fanout")?, &["--demo", "--shop-listen", "127.0.0.1:0"])?;
    let key = plant(&program, agents)?;
    let seen: Shared = Arc::new(Mutex::new(Seen {
        meant: HashMap::new(),
        times: histogram(),
        changes: 0,
        frames: 0,
        bytes: 0,
        wrong: None,
    }));
    let mut watching = Vec::new();
    for n in 0..agents {
        let session = sign_in(program.at, &email(n)).await?;
        let wire = greet(program.at, &Person::Agent { session: &session }).await?;
        watching.push(tokio::spawn(watch(wire, seen.clone())).abort_handle());
    }
    let mut line = Line::to(program.at);
    let mut queue = Vec::with_capacity(waiting);
    for _ in 0..waiting {
        queue.push(join(program.at, &mut line, &key).await?);
    }
    settled(&queue).await?;
    {
        let mut seen = lock(&seen);
        (seen.frames, seen.bytes) = (0, 0);
    }
    let told_before: (u64, u64) = sums(&queue);
    let (mut gone_frames, mut gone_bytes) = (0, 0);
    let used = program.processor()?;
    let begun = Instant::now();
    for n in 0..changes {
        // Open loop: each change has its moment, however long the one before took.
        let meant = begun + Duration::from_secs(1) * n / RATE;
        sleep_until(meant).await;
        if n % 2 == 0 {
            // Of all that wait, one from another part of the queue each time.
            let leaves = queue.remove((n as usize * 7919) % queue.len());
            lock(&seen).meant.entry(leaves.chat.clone()).or_default()[1] = Some(meant);
            let close = Wish { id: new_id()?, act: Act::Close };
            let answer = line.ask(&leaves.head, &postcard(&close)?).await?;
            if answer.status != 200 {
                return Err(format!("a chat was not closed: {}", answer.status));
            }
            let told = lock(&leaves.told);
            gone_frames += told.frames;
            gone_bytes += told.bytes;
        } else {
            let (token, chat) = (new_token()?, new_id()?);
            lock(&seen).meant.entry(chat.clone()).or_default()[0] = Some(meant);
            queue.push(join_as(program.at, &mut line, &key, token, chat).await?);
        }
    }
    let took = begun.elapsed();
    all_seen(&seen, u64::from(changes) * agents as u64).await?;
    settled(&queue).await?;
    let used = program.processor()? - used;
    let (frames, bytes) = sums(&queue);
    let (frames, bytes) = (frames + gone_frames - told_before.0, bytes + gone_bytes - told_before.1);
    let apart = queue.iter().filter_map(|waiter| lock(&waiter.told).apart).min();
    let seen = lock(&seen);
    leave("fanout", &seen.times)?;
    let each = f64::from(changes) * agents as f64;
    println!(
        "{waiting} wait, {agents} watch, {changes} changes in {:.1} s: {:.1} a second, the processor busy for {:.1} s",
        took.as_secs_f64(),
        f64::from(changes) / took.as_secs_f64(),
        used
    );
    println!("seen     {} by all, {}   (p99 at most {})", seen.changes, times(&seen.times), milliseconds(1_000_000));
    println!(
        "agents   {:.2} frames and {:.0} bytes a change each   (at most 2 frames, whatever waits)",
        seen.frames as f64 / each,
        seen.bytes as f64 / each
    );
    println!(
        "waiters  {frames} frames of {:.0} bytes, {:.2} a second each, at least {} apart   (at least {})",
        bytes as f64 / frames.max(1) as f64,
        frames as f64 / took.as_secs_f64() / waiting as f64,
        apart.map_or("-".into(), |apart| milliseconds(apart.as_micros() as u64)),
        milliseconds(APART.as_micros() as u64)
    );
    let late = seen.times.value_at_quantile(0.99);
    let too_many = seen.frames as f64 / each > 2.0;
    drop(seen);
    watching.iter().for_each(AbortHandle::abort);
    drop(queue);
    program.stop()?;
    if depth == Depth::Full && late > SOON.as_micros() as u64 {
        return Err(format!("of a hundred changes one was seen after {}", milliseconds(late)));
    }
    if too_many {
        return Err("agents were told more than what changed".into());
    }
    // A little less, for two frames are not equally long under way.
    if depth == Depth::Full && apart.is_some_and(|apart| apart < APART * 4 / 5) {
        return Err("who waits was told again too soon".into());
    }
    Ok(())
}

fn sums(queue: &[Waiter]) -> (u64, u64) {
    queue.iter().fold((0, 0), |(frames, bytes), waiter| {
        let told = lock(&waiter.told);
        (frames + told.frames, bytes + told.bytes)
    })
}

/// Waits until everybody was told the place that he has.
async fn settled(queue: &[Waiter]) -> Outcome<()> {
    let begun = Instant::now();
    loop {
        let wrong = queue.iter().zip(1..).find(|(waiter, place)| lock(&waiter.told).place != Some(*place));
        match wrong {
            None => return Ok(()),
            Some((waiter, place)) if begun.elapsed() > PATIENCE => {
                let told = lock(&waiter.told).place;
                return Err(format!("number {place} of the queue was last told that he is {told:?}"));
            }
            Some(_) => sleep(Duration::from_millis(5)).await,
        }
    }
}

async fn all_seen(seen: &Shared, wanted: u64) -> Outcome<()> {
    let begun = Instant::now();
    loop {
        {
            let seen = lock(seen);
            if let Some(wrong) = &seen.wrong {
                return Err(wrong.clone());
            }
            if seen.changes == wanted {
                return Ok(());
            }
            if seen.changes > wanted || begun.elapsed() > PATIENCE {
                return Err(format!("{} of {wanted} changes were seen", seen.changes));
            }
        }
        sleep(Duration::from_millis(5)).await;
    }
}

type Wire = tokio_tungstenite::WebSocketStream<tokio::net::TcpStream>;

/// An agent's console. A row is read as far as it must be: reading all of it would measure this generator.
async fn watch(wire: Wire, seen: Shared) {
    let (mut mouth, mut ear) = wire.split();
    let why = loop {
        match ear.next().await {
            Some(Ok(Message::Text(text))) => {
                let now = Instant::now();
                let Some(row) = text.strip_prefix(r#"{"Card":{"chat":""#) else { continue };
                let Some((chat, rest)) = row.split_once('"') else { break "a row names no chat".to_owned() };
                let mut seen = lock(&seen);
                seen.frames += 1;
                seen.bytes += text.len() as u64;
                let over = rest.contains(r#""stage":{"Ended""#);
                if let Some(meant) = seen.meant.get(chat).and_then(|meant| meant[usize::from(over)]) {
                    seen.changes += 1;
                    let late = now.saturating_duration_since(meant).as_micros() as u64;
                    seen.times.saturating_record(late);
                }
            }
            Some(Ok(Message::Ping(_))) => drop(mouth.flush().await),
            Some(Ok(_)) => {}
            _ => break "a console's socket broke off".to_owned(),
        }
    };
    lock(&seen).wrong.get_or_insert(why);
}

async fn join(at: SocketAddr, line: &mut Line, key: &str) -> Outcome<Waiter> {
    join_as(at, line, key, new_token()?, new_id()?).await
}

async fn join_as(at: SocketAddr, line: &mut Line, key: &str, token: String, chat: String) -> Outcome<Waiter> {
    open_chat(line, at, &token, &chat, key, GROUP).await?;
    let wire = greet(at, &Person::Customer { token: &token }).await?;
    let told: Arc<Mutex<Told>> = Arc::default();
    let task = tokio::spawn(wait(wire, told.clone())).abort_handle();
    // As a widget does: what was told before the socket was open is read.
    let ask = Head::get(at, &format!("/w/v1/chats/{chat}/wait")).header("Authorization", &format!("Bearer {token}"));
    let read: Wait = line.ask(&ask.postcard(), &[]).await?.postcard()?;
    lock(&told).place.get_or_insert(read.place.unwrap_or(0));
    let head = Head::post(at, &format!("/w/v1/chats/{chat}/acts"))
        .header("Authorization", &format!("Bearer {token}"))
        .postcard();
    Ok(Waiter { chat, told, head, task })
}

/// A widget that waits.
async fn wait(wire: Wire, told: Arc<Mutex<Told>>) {
    let (mut mouth, mut ear) = wire.split();
    while let Some(Ok(message)) = ear.next().await {
        match message {
            Message::Binary(bytes) => {
                if let Ok(Down::Wait(wait)) = postcard::from_bytes(&bytes) {
                    let mut told = lock(&told);
                    let now = Instant::now();
                    if let Some(last) = told.last {
                        let apart = now - last;
                        told.apart = Some(told.apart.map_or(apart, |least| least.min(apart)));
                    }
                    told.last = Some(now);
                    told.frames += 1;
                    told.bytes += bytes.len() as u64;
                    told.place = wait.place;
                }
            }
            Message::Ping(_) => drop(mouth.flush().await),
            _ => {}
        }
    }
}

fn email(n: usize) -> String {
    format!("fan{n}@bench.example")
}

/// Adds the group and its agents to the demo's shop, and tells the shop's key.
fn plant(program: &Program, agents: usize) -> Outcome<String> {
    let cannot = |why: rusqlite::Error| format!("the group was not planted: {why}");
    let kept = Connection::open_with_flags(program.database(), OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(cannot)?;
    kept.busy_timeout(Duration::from_secs(10)).map_err(cannot)?;
    kept.execute("insert into groups (id, name) values (?1, 'Equipo')", params![GROUP]).map_err(cannot)?;
    kept.execute(
        "insert into application_groups (application_id, group_id, place) values ('shop', ?1, 300)",
        params![GROUP],
    )
    .map_err(cannot)?;
    for n in 0..agents {
        let id = format!("bench-fan-{n}");
        hire(&kept, &id, &format!("Agente {n}"), &email(n))?;
        kept.execute(
            "insert into memberships (group_id, agent_id, attendant, administrator) values (?1, ?2, 1, 0)",
            params![GROUP, id],
        )
        .map_err(cannot)?;
    }
    kept.query_row("select key from applications where id = 'shop'", [], |row| row.get(0)).map_err(cannot)
}
