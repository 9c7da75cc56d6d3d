//! `races`: who reaches for the same chat at the same time (quality.md R14, R15). Over real connections to the real
//! program; what it kept must be what the rules lead to in some order, and each who lost must know it.

use crate::line::{Answer, Head, Line, postcard};
use crate::listener::{Listener, Person, Times};
use crate::program::{Program, new_folder};
use crate::record::open as open_record;
use crate::report::histogram;
use crate::world::{hire, new_id, new_token, open as open_chat, sign_in};
use crate::{Depth, Outcome};
use domain::act::Target;
use domain::event::{Destination, Wish};
use domain::group::Named;
use domain::{Act, Chat, Event, Face, Refusal, Scene, Seat, Stage, Time, Trouble, Who};
use futures_util::future::join_all;
use rusqlite::{Connection, OpenFlags, params};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::time::Instant;

const AGENTS: usize = 4;
const GROUP: &str = "bench-race";
const OTHER: &str = "bench-other";

/// Whoever asks, with a line of his own.
struct Racer {
    seat: Seat,
    session: String,
    line: Line,
}

pub async fn run(depth: Depth) -> Outcome<()> {
    let count = depth.pick(200, 10_000);
    let program = Program::start(&new_folder("races")?, &["--demo", "--shop-listen", "127.0.0.1:0"])?;
    let raced = race(&program, count).await;
    program.stop()?;
    raced
}

async fn race(program: &Program, count: usize) -> Outcome<()> {
    let key = plant(program)?;
    let mut racers = Vec::new();
    // Without an open console nobody is there, and nobody may begin.
    let unused: Times = Arc::new(Mutex::new(histogram()));
    let mut consoles = Vec::new();
    for n in 0..AGENTS {
        let session = sign_in(program.at, &email(n)).await?;
        let person = Person::Agent { session: &session };
        consoles.push(Listener::open(program.at, person, Instant::now(), unused.clone()).await?);
        racers.push(Racer { seat: seat(n), session, line: Line::to(program.at) });
    }
    let mut customer = Line::to(program.at);
    attends(program, &mut racers, &mut customer, &key, count).await?;
    all_at_once(program, &mut racers, &mut customer, &key, count).await
}

/// R14: one wins, and the others are told who.
async fn attends(program: &Program, racers: &mut [Racer], customer: &mut Line, key: &str, count: usize) -> Outcome<()> {
    let mut told = 0;
    for _ in 0..count {
        let (token, chat) = (new_token()?, new_id()?);
        open_chat(customer, program.at, &token, &chat, key, GROUP).await?;
        let at = program.at;
        let answers = join_all(racers.iter_mut().map(|racer| racer.asks(at, &chat, Act::Attend))).await;
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
    }
    let record = open_record(&program.database())?;
    let twice: i64 = record
        .query_row(
            "select count(*) from (select chat_id from events where body like '{\"Attended\"%' group by chat_id having count(*) <> 1)",
            [],
            |row| row.get(0),
        )
        .map_err(cannot)?;
    if twice != 0 {
        return Err(format!("{twice} chats are kept as attended more than once"));
    }
    println!(
        "{count} chats, {AGENTS} agents at once: {count} with one winner, {told} told who it was, 0 attended twice"
    );
    Ok(())
}

/// R15: attended, closed, left and redirected in one moment; what is kept is one order of it.
async fn all_at_once(
    program: &Program,
    racers: &mut [Racer],
    customer: &mut Line,
    key: &str,
    count: usize,
) -> Outcome<()> {
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut second = Line::to(program.at);
    for _ in 0..count {
        let (token, chat) = (new_token()?, new_id()?);
        open_chat(customer, program.at, &token, &chat, key, GROUP).await?;
        let at = program.at;
        let [first, other, administrator, ..] = racers else { return Err("there are too few agents".into()) };
        let redirect = Act::Redirect { to: Target::Group(OTHER.into()) };
        let head = Head::post(at, &format!("/w/v1/chats/{chat}/acts"))
            .header("Authorization", &format!("Bearer {token}"))
            .postcard();
        let close = postcard(&Wish { id: new_id()?, act: Act::Close })?;
        let (one, two, moved, closed) = tokio::join!(
            first.asks(at, &chat, Act::Attend),
            other.asks(at, &chat, Act::Attend),
            administrator.asks(at, &chat, redirect.clone()),
            second.ask(&head, &close),
        );
        let asked = [
            (Who::Agent(first.seat.clone()), Act::Attend, one?),
            (Who::Agent(other.seat.clone()), Act::Attend, two?),
            (Who::Agent(administrator.seat.clone()), redirect, moved?),
            (Who::Customer(String::new()), Act::Close, closed?),
        ];
        let outcome = explained(&program.database(), &chat, &asked)?;
        *outcomes.entry(outcome).or_default() += 1;
    }
    println!(
        "{count} chats, two attend, one redirects and the customer closes at once: each kept as one order of them"
    );
    outcomes.iter().for_each(|(outcome, n)| println!("  {n:>6} {outcome}"));
    Ok(())
}

/// Looks whether the answers are those of the acts in the order of the record; tells how it ended.
fn explained(database: &std::path::Path, id: &str, asked: &[(Who, Act, Answer)]) -> Outcome<&'static str> {
    let told = record(database, id)?;
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

fn record(database: &std::path::Path, id: &str) -> Outcome<Vec<(Time, Event)>> {
    let record = open_record(database)?;
    let mut all = record
        .prepare("select at, body from events where chat_id = ?1 order by after_seq, aside, seq")
        .map_err(cannot)?;
    let rows = all.query_map([id], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).map_err(cannot)?;
    rows.map(|row| {
        let (at, body) = row.map_err(cannot)?;
        Ok((Time(at), serde_json::from_str(&body).map_err(|why| format!("an event does not read: {why}"))?))
    })
    .collect()
}

impl Racer {
    async fn asks(&mut self, at: SocketAddr, chat: &str, act: Act) -> Outcome<Answer> {
        let head = Head::post(at, "/api/chat/act").header("Cookie", &format!("recado={}", self.session)).postcard();
        let body = postcard(&(chat, Wish { id: new_id()?, act }))?;
        self.line.ask(&head, &body).await
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

fn cannot(why: rusqlite::Error) -> String {
    format!("the record does not read: {why}")
}

/// Adds the groups and their agents to the demo's shop, and tells the shop's key.
fn plant(program: &Program) -> Outcome<String> {
    let kept = Connection::open_with_flags(program.database(), OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(cannot)?;
    kept.busy_timeout(std::time::Duration::from_secs(10)).map_err(cannot)?;
    for (place, group) in [GROUP, OTHER].iter().enumerate() {
        kept.execute("insert into groups (id, name) values (?1, ?1)", params![group]).map_err(cannot)?;
        kept.execute(
            "insert into application_groups (application_id, group_id, place) values ('shop', ?1, ?2)",
            params![group, 200 + place as i64],
        )
        .map_err(cannot)?;
    }
    for n in 0..AGENTS {
        let Face { id, name } = face(n);
        hire(&kept, &id, &name, &email(n))?;
        kept.execute(
            "insert into memberships (group_id, agent_id, attendant, administrator) values (?1, ?2, 1, ?3)",
            params![GROUP, id, i64::from(n == 2)],
        )
        .map_err(cannot)?;
    }
    kept.query_row("select key from applications where id = 'shop'", [], |row| row.get(0)).map_err(cannot)
}
