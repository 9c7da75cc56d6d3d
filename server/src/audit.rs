//! `recado audit`, the log of who did what; and which answers of our doors are counted in it.

use crate::config::At;
use crate::indicators::table;
use crate::program::{API, Program};
use axum::http::StatusCode;
use clap::Subcommand;
use desk::audit::{Log, Note, Verdict};
use desk::{Error, Whence};
use domain::audit::{About, By, Filter, Kind, Line};
use domain::group::Named;
use domain::{Face, Refusal};
use serde_json::{Map, Value, json};

#[derive(Subcommand)]
pub enum Audit {
    /// Print the last rows of the log, the newest first; times are universal
    List {
        #[command(flatten)]
        at: At,
        /// Only of this kind, like `signed-in`
        #[arg(long, value_name = "KIND")]
        kind: Option<String>,
        /// Only what this agent did, by the address he signs in with
        #[arg(long, value_name = "EMAIL")]
        agent: Option<String>,
        /// So many rows
        #[arg(long, value_name = "N", default_value_t = 50)]
        most: usize,
    },
    /// Look whether any row was changed, taken out or cut off; it fails where one was
    #[command(
        after_help = "It prints the number and the hash of the last row. Written down where nobody who can change \
                            the database can, they prove later, by --known, that nothing before has changed since."
    )]
    Verify {
        #[command(flatten)]
        at: At,
        /// A number and a hash that were printed before
        #[arg(long, value_name = "NUMBER:HASH")]
        known: Option<String>,
    },
}

impl Audit {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        let (Audit::List { at, .. } | Audit::Verify { at, .. }) = &self;
        let database = at.database()?;
        let log = Log::open(&database).await.map_err(broken)?;
        let done = self.work(&log).await;
        log.close().await;
        done
    }

    async fn work(&self, log: &Log) -> Result<String, String> {
        match self {
            Audit::List { kind, agent, most, .. } => {
                let kind = match kind {
                    Some(word) => Some(Kind::of_word(word).ok_or_else(|| {
                        let all: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
                        format!("There is no kind `{word}`. There are: {}.", all.join(", "))
                    })?),
                    None => None,
                };
                let by = match agent {
                    Some(email) => Some(log.agent(email).await.map_err(said)?),
                    None => None,
                };
                let lines = log.list(&Filter { kind, by, ..Filter::default() }, *most).await.map_err(said)?;
                Ok(lines.iter().map(line).collect::<Vec<_>>().join("\n"))
            }
            Audit::Verify { known, .. } => {
                let known = known.as_deref().map(read_known).transpose()?;
                let known = known.as_ref().map(|(number, hash)| (*number, hash.as_str()));
                match log.verify(known).await.map_err(broken)? {
                    Verdict::Whole { number, hash } => {
                        Ok(format!("{number} rows, none of them changed. {number}:{hash}"))
                    }
                    Verdict::Broken { number } => {
                        Err(format!("The log was tampered with: row {number} is not what was written, or is missing."))
                    }
                }
            }
        }
    }
}

fn read_known(text: &str) -> Result<(i64, String), String> {
    let known = text.split_once(':').and_then(|(number, hash)| Some((number.parse().ok()?, hash.to_owned())));
    known
        .filter(|(number, hash)| *number >= 1 && hash.len() == 64)
        .ok_or_else(|| format!("`{text}` is not NUMBER:HASH as it was printed."))
}

/// The columns of the log as a file.
const COLUMNS: [&str; 13] = [
    "number",
    "at",
    "kind",
    "by",
    "by_name",
    "by_email",
    "about_kind",
    "about",
    "about_name",
    "group",
    "group_name",
    "address",
    "times",
];

fn cells(line: &Line) -> [Value; 13] {
    let (by, by_name) = match &line.by {
        By::Agent(face) => (face.id.as_str(), face.name.as_str()),
        By::Operator => ("operator", ""),
        By::Clock => ("clock", ""),
        By::Token(token) => (token.id.as_str(), token.name.as_str()),
        By::Nobody => ("", ""),
    };
    let (about_kind, about, about_name) = match &line.about {
        About::Nothing => ("", "", ""),
        About::Agent(face) => ("agent", face.id.as_str(), face.name.as_str()),
        About::Customer(customer) => ("customer", customer.id.as_str(), customer.name.as_str()),
        About::Chat(chat) => ("chat", chat.as_str(), ""),
        About::Thing(thing) => ("thing", thing.as_str(), ""),
    };
    let group = |part: fn(&Named) -> &str| line.group.as_ref().map_or("", part);
    [
        json!(line.number),
        json!(line.at.utc()),
        json!(line.word),
        json!(by),
        json!(by_name),
        json!(line.by_email),
        json!(about_kind),
        json!(about),
        json!(about_name),
        json!(group(|group| &group.id)),
        json!(group(|group| &group.name)),
        json!(line.address),
        json!(line.times),
    ]
}

/// One object a line.
pub fn lines_json(lines: &[Line]) -> String {
    let one = |line| COLUMNS.iter().map(|name| (*name).to_owned()).zip(cells(line)).collect::<Map<String, Value>>();
    lines.iter().map(|line| Value::Object(one(line)).to_string() + "\n").collect()
}

/// A row a line, whose cells are safe to open.
pub fn lines_table(lines: &[Line]) -> String {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    let mut all = vec![COLUMNS.map(str::to_owned).to_vec()];
    all.extend(lines.iter().map(|line| cells(line).map(text).to_vec()));
    table(&all)
}

fn line(line: &Line) -> String {
    let by = match &line.by {
        By::Agent(face) => agent(face, &line.by_email),
        By::Operator => "operator".into(),
        By::Nobody => "-".into(),
        By::Clock => "clock".into(),
        By::Token(token) => format!("api {} ({})", token.name, token.id),
    };
    // Whoever reads a terminal need not know what a customer is called.
    let about = match &line.about {
        About::Nothing => String::new(),
        About::Agent(face) => format!("agent {}", agent(face, &line.about_email)),
        About::Customer(customer) => format!("customer {}", customer.id),
        About::Chat(chat) => format!("chat {chat}"),
        About::Thing(thing) => thing.clone(),
    };
    let times = if line.times > 1 { format!("×{}", line.times) } else { String::new() };
    let group = line.group.as_ref().map(|group| format!("group {} ({})", group.name, group.id)).unwrap_or_default();
    let parts = [line.at.utc(), line.word.clone(), by, about, group, line.address.clone(), times];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    format!("{}  {}", line.number, parts.join("  "))
}

/// His name may be another by now: his id is not, and where he signs in tells him from his namesakes.
fn agent(face: &Face, email: &str) -> String {
    let parts = [face.name.as_str(), email, &face.id].into_iter().filter(|part| !part.is_empty());
    match parts.collect::<Vec<_>>().as_slice() {
        [one] => (*one).into(),
        [first, rest @ ..] => format!("{first} ({})", rest.join(", ")),
        [] => String::new(),
    }
}

fn broken(why: desk::Fault) -> String {
    format!("The log cannot be reached: {why}.")
}

fn said(error: Error) -> String {
    match error {
        Error::Refused(Refusal::NotYours) => "Nobody signs in with that address.".into(),
        Error::Refused(why) => words::of("en").refusal(&why),
        Error::Broken(fault) => broken(fault),
    }
}

/// Doors of administrators: there even what is not found may have been looked for.
const OF_ADMINISTRATORS: [&str; 5] = [
    "/api/application/list",
    "/api/audit/list",
    "/api/customer/block",
    "/api/customer/erase",
    "/people/{customer}/export",
];

/// What an answer is counted as (S88); none: it is nobody's business. `hidden`: something is there that was answered as
/// if it were not.
fn kind_of(route: &str, status: StatusCode, hidden: bool) -> Option<Kind> {
    let is_line = ["/socket", "/stream/{line}"].contains(&route);
    let is_staffs = ["/api/", "/people/", "/indicators/"].iter().any(|start| route.starts_with(start));
    match status {
        StatusCode::TOO_MANY_REQUESTS => Some(Kind::LimitHit),
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED | StatusCode::BAD_REQUEST if is_line => {
            Some(Kind::HandshakeRefused)
        }
        StatusCode::FORBIDDEN if is_staffs => Some(Kind::Denied),
        // A token that is none, or opens nothing any more: it may be a guess.
        StatusCode::UNAUTHORIZED if route.starts_with(API) => Some(Kind::Denied),
        StatusCode::NOT_FOUND if hidden || OF_ADMINISTRATORS.contains(&route) => Some(Kind::Denied),
        _ => None,
    }
}

/// Who asked, as far as it is to be written down.
pub struct Asker<'a> {
    /// The token of a session, which may be anybody's.
    pub session: Option<&'a str>,
    /// A token of the API acted: as whom.
    pub actor: Option<String>,
    /// What he was told is not there, is, and is not for him: the agent of this id.
    pub hidden: Option<String>,
    /// The gate refused in memory: then nobody looks into the database who it was, or refusing would cost a question.
    pub at_gate: bool,
    pub from: &'a Whence,
}

impl Asker<'_> {
    /// Who it was, where the answer has said so: then nobody is looked up.
    fn known(&self) -> Option<&str> {
        self.actor.as_deref().or(self.hidden.as_deref())
    }
}

/// Counts an answer, where it is one to be counted. Of customers no address is written down.
pub async fn count(program: &Program, route: &str, status: StatusCode, asker: &Asker<'_>) {
    let Some(kind) = kind_of(route, status, asker.hidden.is_some()) else { return };
    if let Some(agent) = asker.known() {
        return program.desk.count(Note::by(agent, kind).about_thing(route).from(asker.from));
    }
    let signed = match asker.session {
        Some(token) if is_looked_up(status, asker.at_gate) => program.desk.session(token).await.ok(),
        _ => None,
    };
    let note = signed.map_or_else(|| Note::by_nobody(kind), |signed| Note::by(&signed.agent.face.id, kind));
    let note = note.about_thing(route);
    let is_ours = asker.session.is_some() || route.starts_with("/sign-in") || route.starts_with(API);
    program.desk.count(if is_ours { note.from(asker.from) } else { note });
}

/// Is it looked up who asked? Only where a door refused who came in: that it asked the database, limits have counted.
fn is_looked_up(status: StatusCode, at_gate: bool) -> bool {
    !at_gate && status != StatusCode::TOO_MANY_REQUESTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_at_a_door_of_staff_s_is_counted_and_a_customer_s_slip_is_not() {
        let count = |route, status, hidden| kind_of(route, StatusCode::from_u16(status).unwrap(), hidden);
        for (route, status, kind) in [
            ("/api/chat/act", 403, Some(Kind::Denied)),
            ("/api/chat/act", 404, None),
            ("/api/customer/erase", 404, Some(Kind::Denied)),
            ("/people/{customer}/export", 403, Some(Kind::Denied)),
            ("/indicators/export", 403, Some(Kind::Denied)),
            ("/api/v1/chats", 401, Some(Kind::Denied)),
            ("/api/chat/act", 401, None),
            ("/w/v1/chats", 429, Some(Kind::LimitHit)),
            ("/w/v1/chats/{chat}/acts", 403, None),
            ("/socket", 403, Some(Kind::HandshakeRefused)),
            ("/stream/{line}", 401, Some(Kind::HandshakeRefused)),
            ("/api/chat/act", 200, None),
        ] {
            assert_eq!(count(route, status, false), kind, "{route} {status}");
        }
        assert_eq!(count("/api/chat/events", 404, true), Some(Kind::Denied), "there is one, and it is not his");
        assert_eq!(count("/api/chat/events", 200, true), None);
    }

    #[test]
    fn what_was_printed_is_read() {
        let hash = "0".repeat(64);
        assert_eq!(read_known(&format!("12:{hash}")), Ok((12, hash.clone())));
        assert!(read_known("12").is_err() && read_known("x:y").is_err());
        // There is no row of that number: it would prove nothing.
        assert!(read_known(&format!("0:{hash}")).is_err() && read_known(&format!("-1:{hash}")).is_err());
    }

    #[test]
    fn a_request_over_the_limit_costs_no_question() {
        for (status, at_gate, is) in [(403, false, true), (403, true, false), (429, false, false), (429, true, false)] {
            assert_eq!(is_looked_up(StatusCode::from_u16(status).unwrap(), at_gate), is, "{status} {at_gate}");
        }
    }

    /// Or what is there and not his would take longer than what is not there.
    #[test]
    fn who_asked_for_what_is_not_his_is_known_without_a_question() {
        let from = Whence::default();
        let asker = |hidden: Option<&str>| Asker {
            session: Some("token"),
            actor: None,
            hidden: hidden.map(Into::into),
            at_gate: false,
            from: &from,
        };

        assert_eq!(asker(Some("lucia")).known(), Some("lucia"));
        assert_eq!(asker(None).known(), None);
        assert_eq!(Asker { actor: Some("robot".into()), ..asker(Some("lucia")) }.known(), Some("robot"));
    }
}
