//! `races`: who reaches for the same chat at the same time (quality.md R14, R15). Over real connections to the real
//! program; what it kept must be what the rules lead to in some order, and each who lost must know it.
//!
//! The second of two processes on one database needs `--beside-another`, and that has its price: each knows its own
//! sockets alone, and ends the conversations of whoever has had none there for twenty seconds. So each agent has a
//! console open at both, and each customer his line where he came in, as he has it in a browser.

use crate::line::{Answer, Head, Line, postcard};
use crate::listener::{Listener, Person, Times};
use crate::program::{Program, new_folder};
use crate::report::histogram;
use crate::world::{MODEL, new_id, new_token, open as open_chat, sign_in};
use crate::{Depth, Outcome};
use domain::act::Target;
use domain::event::{Destination, Wish};
use domain::group::Named;
use domain::{Act, Chat, Event, Face, Refusal, Scene, Seat, Stage, TicketAct, Time, Trouble, Who};
use futures_util::future::join_all;
use serde::Serialize;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyPool, AssertSqlSafe, Executor, Row};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};
use tokio::time::Instant;

const AGENTS: usize = 4;
const GROUP: &str = "bench-race";
const OTHER: &str = "bench-other";

/// A PostgreSQL beside the benchmark, in which a database is made for each run: `postgres://…/postgres`.
const POSTGRES: &str = "RECADO_BENCH_POSTGRES";

/// Whoever asks, with a line of his own.
struct Racer {
    seat: Seat,
    session: String,
    line: Line,
    at: SocketAddr,
}

/// Where customers come in, one after the other.
struct Entrance<'a> {
    at: SocketAddr,
    key: &'a str,
    line: Line,
    /// What they hear is timed by nobody.
    unused: Times,
}

/// A customer in the queue. His line is open until he is dropped: whoever is slow to reach for him finds him there.
struct Waiter {
    token: String,
    chat: String,
    _line: Listener,
}

/// What was kept, as it is read beside the programs that write it.
type Record = AnyPool;

pub async fn run(depth: Depth) -> Outcome<()> {
    install_default_drivers();
    let count = depth.pick(200, 10_000);
    for processes in [1, 2] {
        let folder = new_folder("races")?;
        let url = format!("sqlite:{}", folder.join("recado.db").display());
        println!("SQLite, {}", said(processes));
        on(&folder, None, &url, processes, count).await?;
    }
    let Ok(server) = std::env::var(POSTGRES) else {
        println!("PostgreSQL: not tried, {POSTGRES} names none");
        return Ok(());
    };
    for processes in [1, 2] {
        let name = format!("recado_races_{}_{processes}", std::process::id());
        let (within, _) = server.rsplit_once('/').ok_or("the address of PostgreSQL names no database")?;
        let url = format!("{within}/{name}");
        let admin = pool(&server).await?;
        admin.execute(AssertSqlSafe(format!("create database {name}"))).await.map_err(cannot)?;
        println!("PostgreSQL, {}", said(processes));
        let raced = on(&new_folder("races")?, Some(&url), &url, processes, count).await;
        admin.execute(AssertSqlSafe(format!("drop database {name} with (force)"))).await.map_err(cannot)?;
        raced?;
    }
    Ok(())
}

fn said(processes: usize) -> &'static str {
    if processes == 1 { "one process" } else { "two processes on one database" }
}

async fn pool(url: &str) -> Outcome<AnyPool> {
    AnyPoolOptions::new().max_connections(2).connect(url).await.map_err(cannot)
}

async fn on(folder: &Path, database: Option<&str>, url: &str, processes: usize, count: usize) -> Outcome<()> {
    let mut words = vec!["--demo", "--shop-listen", "127.0.0.1:0"];
    if let Some(database) = database {
        words.extend(["--database", database]);
    }
    let first = Program::start(folder, &words)?;
    let record = pool(url).await?;
    let key = plant(&record).await?;
    words.push("--beside-another");
    let second = if processes == 2 { Some(Program::start(folder, &words)?) } else { None };
    let raced = race(&first, second.as_ref(), &record, &key, count).await;
    record.close().await;
    if let Some(second) = second {
        second.keeps_its_folder().stop()?;
    }
    first.stop()?;
    raced
}

async fn race(first: &Program, second: Option<&Program>, record: &Record, key: &str, count: usize) -> Outcome<()> {
    let mut racers = Vec::new();
    let unused: Times = Arc::new(Mutex::new(histogram()));
    let mut consoles = Vec::new();
    for n in 0..AGENTS {
        // Of two processes each has two of them.
        let at = second.filter(|_| n % 2 == 1).unwrap_or(first).at;
        let session = sign_in(at, &email(n)).await?;
        // Without an open console nobody is there, and nobody may begin.
        for program in [Some(first), second].into_iter().flatten() {
            let person = Person::Agent { session: &session };
            consoles.push(Listener::open(program.at, person, Instant::now(), unused.clone()).await?);
        }
        racers.push(Racer { seat: seat(n), session, line: Line::to(at), at });
    }
    let mut entrance = Entrance { at: first.at, key, line: Line::to(first.at), unused };
    attends(&mut entrance, record, &mut racers, count).await?;
    all_at_once(&mut entrance, record, &mut racers, count).await
}

/// R14: one wins, and the others are told who.
async fn attends(entrance: &mut Entrance<'_>, record: &Record, racers: &mut [Racer], count: usize) -> Outcome<()> {
    let mut told = 0;
    for _ in 0..count {
        let waiter = entrance.lets_in().await?;
        let chat = &waiter.chat;
        let answers = join_all(racers.iter_mut().map(|racer| racer.asks(chat, Act::Attend))).await;
        let answers: Vec<Answer> = answers.into_iter().collect::<Outcome<_>>()?;
        let winners: Vec<usize> = (0..AGENTS).filter(|n| answers[*n].status == 200).collect();
        let [winner] = winners[..] else { return Err(format!("of the chat {chat}, {} won", winners.len())) };
        for answer in answers.iter().filter(|answer| answer.status != 200) {
            let why = refusal(answer)?;
            if answer.status != 409 || why != (Refusal::AlreadyAttended { by: face(winner).name }) {
                return Err(format!("who lost the chat {chat} was told {why:?}"));
            }
            told += 1;
        }
        // It is over: who looks again reads few that run.
        let closed = racers[winner].asks(chat, Act::Close).await?;
        if closed.status != 200 {
            return Err(format!("who won the chat {chat} could not close it: {:?}", refusal(&closed)?));
        }
        racers[winner].saves_ticket_of(chat, record).await?;
    }
    let row = sqlx::query(
        "select count(*), count(distinct e.chat_id) from events e join chats c on c.id = e.chat_id \
         where c.group_id = $1 and e.body like '{\"Attended\"%'",
    )
    .bind(GROUP)
    .fetch_one(record)
    .await
    .map_err(cannot)?;
    let kept: [i64; 2] = [row.try_get(0).map_err(cannot)?, row.try_get(1).map_err(cannot)?];
    if kept != [count as i64; 2] {
        return Err(format!("of {count} chats {} are kept as attended, {} times", kept[1], kept[0]));
    }
    println!(
        "{count} chats, {AGENTS} agents at once: {count} with one winner, {told} told who it was, 0 attended twice"
    );
    Ok(())
}

/// R15: attended, closed, left and redirected in one moment; what is kept is one order of it.
async fn all_at_once(entrance: &mut Entrance<'_>, record: &Record, racers: &mut [Racer], count: usize) -> Outcome<()> {
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut second = Line::to(entrance.at);
    for _ in 0..count {
        let waiter = entrance.lets_in().await?;
        let (token, chat) = (&waiter.token, &waiter.chat);
        let [first, other, administrator, ..] = racers else { return Err("there are too few agents".into()) };
        let redirect = Act::Redirect { to: Target::Group(OTHER.into()) };
        let head = Head::post(entrance.at, &format!("/w/v1/chats/{chat}/acts"))
            .header("Authorization", &format!("Bearer {token}"))
            .postcard();
        let close = postcard(&Wish { id: new_id()?, act: Act::Close })?;
        let (one, two, moved, closed) = tokio::join!(
            first.asks(chat, Act::Attend),
            other.asks(chat, Act::Attend),
            administrator.asks(chat, redirect.clone()),
            second.ask(&head, &close),
        );
        let asked = [
            (Who::Agent(first.seat.clone()), Act::Attend, one?),
            (Who::Agent(other.seat.clone()), Act::Attend, two?),
            (Who::Agent(administrator.seat.clone()), redirect, moved?),
            (Who::Customer(String::new()), Act::Close, closed?),
        ];
        let outcome = explained(record, chat, &asked).await?;
        *outcomes.entry(outcome).or_default() += 1;
        administrator.saves_ticket_of(chat, record).await?;
    }
    println!(
        "{count} chats, two attend, one redirects and the customer closes at once: each kept as one order of them"
    );
    outcomes.iter().for_each(|(outcome, n)| println!("  {n:>6} {outcome}"));
    Ok(())
}

/// Looks whether the answers are those of the acts in the order of the record; tells how it ended.
async fn explained(record: &Record, id: &str, asked: &[(Who, Act, Answer)]) -> Outcome<&'static str> {
    let told = told(record, id).await?;
    let Some((_, Event::Opened(opening))) = told.first() else { return Err(format!("the chat {id} does not begin")) };
    let mut chats = vec![Chat::open(id.into(), told[0].0, opening)];
    for (at, event) in &told[1..] {
        let mut next = chats[chats.len() - 1].clone();
        next.apply(*at, event);
        chats.push(next);
    }
    for (who, act, answer) in asked {
        let who = match who {
            Who::Customer(_) => Who::Customer(chats[0].customer.id.clone()),
            other => other.clone(),
        };
        let scene = Scene { target: Some(Destination::Group(named(OTHER))), ..Scene::at(Time(i64::MAX / 2)) };
        let could = |chat: &Chat| {
            let who = match &who {
                Who::Agent(seat) => Who::Agent(in_group(seat, &chat.group.id)),
                other => other.clone(),
            };
            chat.decide(&who, act, &scene)
        };
        let explained = match answer.status {
            200 => chats.iter().any(|chat| could(chat).is_ok()),
            _ => {
                let why = refusal(answer)?;
                chats.iter().any(|chat| could(chat) == Err(why.clone()))
            }
        };
        if !explained {
            return Err(format!("in the chat {id} the answer {} to {act:?} belongs to no order", answer.status));
        }
    }
    let last = &chats[chats.len() - 1];
    Ok(match (last.stage, last.attended_at.is_some(), last.group.id == OTHER) {
        (Stage::Ended(_), true, _) => "closed after it was attended",
        (Stage::Ended(_), false, true) => "redirected, and closed in the other queue",
        (Stage::Ended(_), false, false) => "closed in its queue",
        _ => return Err(format!("the chat {id} did not end, though its customer closed it")),
    })
}

async fn told(record: &Record, id: &str) -> Outcome<Vec<(Time, Event)>> {
    let rows = sqlx::query("select at, body from events where chat_id = $1 order by after_seq, aside, seq")
        .bind(id)
        .fetch_all(record)
        .await
        .map_err(cannot)?;
    let one = |row: &sqlx::any::AnyRow| {
        let body: String = row.try_get(1).map_err(cannot)?;
        let event = serde_json::from_str(&body).map_err(|why| format!("an event does not read: {why}"))?;
        Ok((Time(row.try_get(0).map_err(cannot)?), event))
    };
    rows.iter().map(one).collect()
}

impl Entrance<'_> {
    async fn lets_in(&mut self) -> Outcome<Waiter> {
        let (token, chat) = (new_token()?, new_id()?);
        open_chat(&mut self.line, self.at, &token, &chat, self.key, GROUP).await?;
        let person = Person::Customer { token: &token };
        let line = Listener::open(self.at, person, Instant::now(), self.unused.clone()).await?;
        Ok(Waiter { token, chat, _line: line })
    }
}

impl Racer {
    async fn asks(&mut self, chat: &str, act: Act) -> Outcome<Answer> {
        self.ask("/api/chat/act", &(chat, Wish { id: new_id()?, act })).await
    }

    /// Whoever finds that another process wrote first reads all that are not saved again, and thousands of them would
    /// hold up each race.
    async fn saves_ticket_of(&mut self, chat: &str, record: &Record) -> Outcome<()> {
        let unsaved = sqlx::query("select id from tickets where chat_id = $1 and saved_at is null")
            .bind(chat)
            .fetch_optional(record)
            .await
            .map_err(cannot)?;
        let Some(row) = unsaved else { return Ok(()) };
        let ticket: String = row.try_get(0).map_err(cannot)?;
        let save = TicketAct::Save { changes: Vec::new(), note: String::new() };
        let answer = self.ask("/api/ticket/save", &(ticket, new_id()?, save)).await?;
        match answer.status {
            200 => Ok(()),
            _ => Err(format!("the ticket of the chat {chat} was not saved: {:?}", refusal(&answer)?)),
        }
    }

    async fn ask<T: Serialize>(&mut self, door: &str, question: &T) -> Outcome<Answer> {
        let head = Head::post(self.at, door).header("Cookie", &format!("recado={}", self.session)).postcard();
        self.line.ask(&head, &postcard(question)?).await
    }
}

fn refusal(answer: &Answer) -> Outcome<Refusal> {
    match postcard::from_bytes(&answer.body) {
        Ok(Trouble::Refused(why)) => Ok(why),
        other => Err(format!("an answer of {} is no refusal: {other:?}", answer.status)),
    }
}

fn face(n: usize) -> Face {
    Face { id: format!("bench-racer-{n}"), name: format!("Agente {n}") }
}

fn email(n: usize) -> String {
    format!("racer{n}@bench.example")
}

fn named(id: &str) -> Named {
    Named { id: id.into(), name: id.into() }
}

/// The third one administers, too.
fn seat(n: usize) -> Seat {
    Seat { face: face(n), attendant: true, administrator: n == 2, sequence: false }
}

/// In the other group he is nobody.
fn in_group(seat: &Seat, group: &str) -> Seat {
    let here = group == GROUP;
    Seat { attendant: here && seat.attendant, administrator: here && seat.administrator, ..seat.clone() }
}

fn cannot(why: sqlx::Error) -> String {
    format!("the record does not read: {why}")
}

/// Adds the groups and their agents to the demo's shop, and tells the shop's key.
async fn plant(record: &Record) -> Outcome<String> {
    for (place, group) in [GROUP, OTHER].iter().enumerate() {
        let sql = "insert into groups (id, name) values ($1, $1)";
        record.execute(sqlx::query(sql).bind(*group)).await.map_err(cannot)?;
        let sql = "insert into application_groups (application_id, group_id, place) values ('shop', $1, $2)";
        record.execute(sqlx::query(sql).bind(*group).bind(200 + place as i64)).await.map_err(cannot)?;
    }
    for n in 0..AGENTS {
        let Face { id, name } = face(n);
        let sql = "insert into agents (id, name, email, password, lang, sequence, system, online, disabled, created_at) \
                   select $1, $2, $3, password, 'es', 0, 0, 1, 0, created_at from agents where email = $4";
        let hire = sqlx::query(sql).bind(id.clone()).bind(name).bind(email(n)).bind(MODEL);
        record.execute(hire).await.map_err(cannot)?;
        let sql = "insert into memberships (group_id, agent_id, attendant, administrator) values ($1, $2, 1, $3)";
        record.execute(sqlx::query(sql).bind(GROUP).bind(id).bind(i64::from(n == 2))).await.map_err(cannot)?;
    }
    let key = sqlx::query("select key from applications where id = 'shop'").fetch_one(record).await;
    key.and_then(|row| row.try_get(0)).map_err(cannot)
}
