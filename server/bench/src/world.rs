//! The world that is measured: teams of one agent each, and customers who talk with them.
//!
//! Teams are planted in the database, for there is no door yet that makes them; everything else
//! comes in by the doors, as browsers do it.

use crate::Outcome;
use crate::line::{Head, Line, postcard};
use crate::listener::{Listener, Person, Times};
use crate::program::Program;
use crate::report::histogram;
use domain::application::Answer as FormAnswer;
use domain::event::Wish;
use domain::wire::{Open, Page};
use domain::{Act, Time};
use rusqlite::{Connection, OpenFlags, params};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep};

/// Every agent of a group hears of each change in it; a team of ten people has groups.
const TEAMS: usize = 10;
const PASSWORD: &str = "una-clave-de-muestra";
/// A demo agent whose password the teams share.
pub const MODEL: &str = "lucia@casanogal.example";

pub struct World {
    pub program: Program,
    pub chats: Vec<Talk>,
    agents: Vec<Listener>,
    /// Messages carry the moments they were meant for, counted from here.
    pub begun: Instant,
    /// From intended sending until an agent has heard it.
    pub heard: Times,
}

/// A customer in conversation.
pub struct Talk {
    pub id: String,
    /// The customer's.
    pub token: String,
    pub head: Head,
    pub line: Line,
    /// The messages the program has acknowledged, in their order.
    pub acked: Vec<u64>,
    customer: Listener,
    agent: usize,
}

impl World {
    /// Starts the program on an empty folder, and brings so many customers into conversation.
    pub async fn new(folder: &Path, customers: usize) -> Outcome<World> {
        let program = Program::start(folder, &["--demo", "--shop-listen", "127.0.0.1:0"])?;
        let key = plant(&program.database())?;
        let (at, begun) = (program.at, Instant::now());
        let heard: Times = Arc::new(Mutex::new(histogram()));
        let mut sessions = Vec::new();
        let mut agents = Vec::new();
        for team in 0..TEAMS {
            let session = sign_in(at, &email(team)).await?;
            agents.push(Listener::open(at, Person::Agent { session: &session }, begun, heard.clone()).await?);
            sessions.push(session);
        }
        // What customers hear is checked, and timed by nobody.
        let unused: Times = Arc::new(Mutex::new(histogram()));
        let mut chats = Vec::new();
        for n in 0..customers {
            let (id, token) = (new_id()?, new_token()?);
            let mut line = Line::to(at);
            open(&mut line, at, &token, &id, &key, &group(n % TEAMS)).await?;
            let customer = Listener::open(at, Person::Customer { token: &token }, begun, unused.clone()).await?;
            let head = Head::post(at, &format!("/w/v1/chats/{id}/acts"))
                .header("Authorization", &format!("Bearer {token}"))
                .postcard();
            attend(at, &sessions[n % TEAMS], &id).await?;
            chats.push(Talk { id, token, head, line, acked: Vec::new(), customer, agent: n % TEAMS });
        }
        Ok(World { program, chats, agents, begun, heard })
    }

    /// Waits until both ends of every chat have heard as much as was acknowledged.
    pub async fn delivered(&self, patience: Duration) -> Outcome<()> {
        let begun = Instant::now();
        loop {
            let late = self.chats.iter().find(|talk| {
                self.ends(talk).iter().any(|end| {
                    let heard = end.heard();
                    heard.chats.get(&talk.id).map_or(0, |stream| stream.messages.len()) < talk.acked.len()
                })
            });
            self.sound()?;
            match late {
                None => return Ok(()),
                Some(talk) if begun.elapsed() > patience => {
                    return Err(format!("the chat {} was not delivered whole in {patience:?}", talk.id));
                }
                Some(_) => sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// Nobody has heard what must not happen.
    fn sound(&self) -> Outcome<()> {
        let all = self.agents.iter().chain(self.chats.iter().map(|talk| &talk.customer));
        all.map(|end| end.heard().wrong.clone()).find_map(|wrong| wrong).map_or(Ok(()), Err)
    }

    /// Each end of every chat has heard exactly these messages, in this order.
    pub fn heard_exactly(&self, talk: &Talk) -> bool {
        self.ends(talk).iter().all(|end| {
            let heard = end.heard();
            heard.chats.get(&talk.id).map_or(&[][..], |stream| &stream.messages[..]) == talk.acked
        })
    }

    fn ends<'a>(&'a self, talk: &'a Talk) -> [&'a Listener; 2] {
        [&talk.customer, &self.agents[talk.agent]]
    }

    pub fn listeners(&self) -> usize {
        self.agents.len() + self.chats.len()
    }
}

fn group(team: usize) -> String {
    format!("bench-team-{team}")
}

fn email(team: usize) -> String {
    format!("team{team}@bench.example")
}

/// Adds the teams to the demo's shop, and tells the shop's key.
fn plant(database: &Path) -> Outcome<String> {
    let cannot = |why: rusqlite::Error| format!("the teams were not planted: {why}");
    let mut kept = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(cannot)?;
    kept.busy_timeout(Duration::from_secs(10)).map_err(cannot)?;
    let tx = kept.transaction().map_err(cannot)?;
    for team in 0..TEAMS {
        let (group, agent) = (group(team), format!("bench-agent-{team}"));
        tx.execute("insert into groups (id, name) values (?1, ?2)", params![group, format!("Equipo {team}")])
            .map_err(cannot)?;
        tx.execute(
            "insert into application_groups (application_id, group_id, place) values ('shop', ?1, ?2)",
            params![group, 100 + team as i64],
        )
        .map_err(cannot)?;
        hire(&tx, &agent, &format!("Agente {team}"), &email(team))?;
        tx.execute(
            "insert into memberships (group_id, agent_id, attendant, administrator) values (?1, ?2, 1, 0)",
            params![group, agent],
        )
        .map_err(cannot)?;
    }
    let key = tx.query_row("select key from applications where id = 'shop'", [], |row| row.get(0)).map_err(cannot)?;
    tx.commit().map_err(cannot)?;
    Ok(key)
}

/// Somebody more who works here, with the password of the demo.
pub fn hire(kept: &Connection, id: &str, name: &str, email: &str) -> Outcome<()> {
    let hired = kept.execute(
        "insert into agents (id, name, email, password, lang, sequence, system, online, disabled, created_at) \
         select ?1, ?2, ?3, password, 'es', 0, 0, 1, 0, created_at from agents where email = ?4",
        params![id, name, email, MODEL],
    );
    match hired.map_err(|why| format!("an agent was not planted: {why}"))? {
        1 => Ok(()),
        _ => Err(format!("the demo has no {MODEL} any more")),
    }
}

pub async fn sign_in(at: std::net::SocketAddr, email: &str) -> Outcome<String> {
    let head = Head::post(at, "/sign-in").header("Content-Type", "application/x-www-form-urlencoded");
    let form = format!("email={}&password={PASSWORD}&next=%2Fchat", email.replace('@', "%40"));
    let answer = Line::to(at).ask(&head, form.as_bytes()).await?;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()?.strip_prefix("recado="));
    cookie.map(Into::into).ok_or_else(|| format!("{email} was not signed in: {}", answer.status))
}

pub async fn open(
    line: &mut Line,
    at: std::net::SocketAddr,
    token: &str,
    id: &str,
    key: &str,
    group: &str,
) -> Outcome<()> {
    let answer = |key: &str, value: &str| FormAnswer { key: key.into(), value: value.into(), ..FormAnswer::default() };
    let open = Open {
        id: id.into(),
        key: key.into(),
        group: group.into(),
        answers: vec![answer("name", "Ana Pereira"), answer("email", "ana@correo.example")],
        page: "https://casanogal.example/mesas/nogal-extensible".into(),
        lang: "es".into(),
        attributes: Vec::new(),
        related: None,
    };
    let head = Head::post(at, "/w/v1/chats").header("Authorization", &format!("Bearer {token}")).postcard();
    let page: Page = line.ask(&head, &postcard(&open)?).await?.postcard()?;
    if page.told.len() == 1 { Ok(()) } else { Err("a chat was not opened".into()) }
}

async fn attend(at: std::net::SocketAddr, session: &str, chat: &str) -> Outcome<()> {
    let head = Head::post(at, "/api/chat/act").header("Cookie", &format!("recado={session}")).json();
    let asked = serde_json::json!({ "chat": chat, "wish": Wish { id: new_id()?, act: Act::Attend } });
    let answer = Line::to(at).ask(&head, asked.to_string().as_bytes()).await?;
    if answer.status == 200 {
        Ok(())
    } else {
        Err(format!("a chat was not attended: {} {}", answer.status, String::from_utf8_lossy(&answer.body)))
    }
}

/// An id as a browser makes it.
pub fn new_id() -> Outcome<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| "the clock is before 1970")?;
    let millis = i64::try_from(now.as_millis()).map_err(|_| "the clock is too far ahead")?;
    Ok(domain::id::new(Time(millis), &random()?))
}

/// A visitor's token as a browser makes it: 43 letters of base64url.
pub fn new_token() -> Outcome<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let random: [u8; domain::wire::TOKEN_LENGTH] = random()?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect())
}

fn random<const N: usize>() -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|why| format!("no randomness: {why}"))?;
    Ok(bytes)
}
