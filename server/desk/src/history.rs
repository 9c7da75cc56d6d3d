//! Chats of before, from another program: a file of JSON Lines becomes conversations with their tickets and their
//! numbers. All of it or nothing, in one transaction. `docs/import.md` tells what a line holds.

mod fields;
mod json;
mod line;
mod names;
mod past;
mod record;

use crate::audit::note_settings;
use crate::database::{Database, ROWS, is_set, places};
use crate::indicators::{self, Adding, Bound, bind};
use crate::{Fault, application, chat, parameters, random, ticket};
use domain::application::FieldKind;
use domain::group::Named;
use domain::parameters::kept_since;
use domain::{Face, Ticket, Time, text};
use line::{Kind, Line};
use names::Above;
use past::{Made, Past};
use ring::hmac;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Row};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

/// The longest line: no conversation is longer.
const LINE_LIMIT: usize = 8 << 20;
/// Chats that are kept together; fewer where their lines have more bytes than this.
const TOGETHER: usize = 64;
const TOGETHER_BYTES: usize = 8 << 20;
/// So often it is said how far it is.
const SAY: u64 = 10_000;
/// So many characters of a field are told: what nobody has asked for is called as whoever wrote the file liked.
const FIELD_LIMIT: usize = 200;

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    pub line: u64,
    /// Empty: the line itself.
    pub field: String,
    pub why: String,
}

impl Bad {
    fn new(line: u64, field: &str, why: impl Into<String>) -> Bad {
        // One line without signs that would be orders to a terminal.
        let field = text::line(&field.chars().take(FIELD_LIMIT).collect::<String>());
        Bad { line, field, why: why.into() }
    }
}

impl std::fmt::Display for Bad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.field.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.why),
            field => write!(f, "line {}, {field}: {}", self.line, self.why),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Imported {
        chats: u64,
        messages: u64,
        /// So many of the chats ended before what the house keeps: the first clean-up takes their words.
        past: u64,
    },
    /// All of it was imported; and this went wrong afterwards.
    ImportedBut { chats: u64, messages: u64, why: String },
    /// Nothing was imported: so many things are wrong, and each was told.
    Refused { count: u64 },
}

/// How far it is, and what is wrong, in the order of the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    Checked(u64),
    Wrong(Bad),
    Kept(u64),
}

/// What lines may name. All of it is small.
pub struct House {
    applications: HashMap<String, Arc<application::Ground>>,
    groups: HashMap<String, Vec<Named>>,
    agents: HashMap<String, Face>,
    /// The ids of those who work here no more.
    gone: HashSet<String>,
    now: Time,
    /// Before then words of conversations are not kept; none: they are for ever.
    since: Option<Time>,
    /// Ids are made with it, and nobody has it once this import is over: no id of ours leads back to what somebody was
    /// called elsewhere (S83).
    secret: hmac::Key,
}

impl House {
    async fn read(conn: &mut AnyConnection, now: Time) -> Result<House, Fault> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, &random::bytes::<32>()?);
        let (applications, groups, agents) = (HashMap::new(), HashMap::new(), HashMap::new());
        let since = kept_since(parameters::read(&mut *conn).await?.keep_messages, now);
        let mut house = House { applications, groups, agents, gone: HashSet::new(), now, since, secret };
        for row in sqlx::query("select key from applications").fetch_all(&mut *conn).await? {
            let key: String = row.try_get(0)?;
            if let Some(mut ground) = application::ground(&mut *conn, &key, "").await? {
                ground.fields.retain(|field| matches!(field.kind, FieldKind::Name | FieldKind::Email));
                house.applications.insert(key, Arc::new(ground));
            }
        }
        // One that is retired is meant only where none in use is called so.
        let sql = "select id, name from groups g where retired = 0 \
                   or not exists (select 1 from groups used where used.name = g.name and used.retired = 0)";
        for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
            let group = Named { id: row.try_get(0)?, name: row.try_get(1)? };
            house.groups.entry(group.name.clone()).or_default().push(group);
        }
        for row in sqlx::query("select id, name, email, disabled from agents").fetch_all(&mut *conn).await? {
            let face = Face { id: row.try_get(0)?, name: row.try_get(1)? };
            if is_set(&row, 3)? {
                house.gone.insert(face.id.clone());
            }
            house.agents.insert(row.try_get(2)?, face);
        }
        Ok(house)
    }
}

/// Imports a file. Of SQLite nobody else may have the database open meanwhile.
pub async fn import(url: &str, path: &Path, now: Time, mut tell: impl FnMut(Progress)) -> Result<Outcome, Fault> {
    // The file first: whoever mistyped its name need not stop a server.
    let mut lines = Lines::open(path)?;
    let database = Database::open_alone_as_it_is(url).await?;
    let done = within(&database, path, &mut lines, now, &mut tell).await;
    let closed = database.close_alone().await;
    match (done?, closed) {
        (Outcome::Imported { chats, messages, .. }, Err(why)) => {
            Ok(Outcome::ImportedBut { chats, messages, why: why.to_string() })
        }
        (done, closed) => closed.map(|()| done),
    }
}

/// Looks whether all of a file could be imported, also beside a server that runs: the database stays as it is, and
/// is not brought up to date either.
pub async fn look(url: &str, path: &Path, now: Time, mut tell: impl FnMut(Progress)) -> Result<Outcome, Fault> {
    let mut lines = Lines::open(path)?;
    let database = Database::read(url).await?;
    let done = async {
        let mut conn = database.writer.acquire().await?;
        let house = House::read(&mut conn, now).await?;
        Ok::<_, Fault>(check(&mut conn, &house, &mut lines, &mut tell).await?.1)
    };
    let done = done.await;
    database.leave().await;
    done
}

async fn within(
    database: &Database,
    path: &Path,
    lines: &mut Lines,
    now: Time,
    tell: &mut impl FnMut(Progress),
) -> Result<Outcome, Fault> {
    indicators::settle(database, false).await?;
    let mut tx = database.begin_at_length().await?;
    let house = House::read(&mut tx, now).await?;
    let (all, outcome) = check(&mut tx, &house, lines, tell).await?;
    let checked = lines.digest();
    if let Outcome::Refused { .. } = outcome {
        return Ok(outcome);
    }
    // Whoever starts a chat meanwhile must not wait for our end, so the numbers are taken at once where that can be;
    // should we fail, nobody has them.
    let mut number = match database.embedded {
        true => first_number(&mut tx, all).await?,
        false => first_number(&mut *database.writer.acquire().await?, all).await?,
    };
    let mut adding = Adding::begin(&mut tx, database.embedded).await?;
    let (mut kept, mut bytes) = (0, 0);
    let mut together = Vec::with_capacity(TOGETHER);
    let mut lines = Lines::open(path)?;
    while let Some((at, text)) = lines.next()? {
        let changed = || Fault::new(format!("line {at} is not what it was a moment ago"));
        let (line, long) =
            text.and_then(|text| Ok((Line::read(at, text, &house)?, text.len()))).map_err(|_| changed())?;
        if at > all {
            return Err(changed());
        }
        let is_full = together.len() == TOGETHER || bytes + long > TOGETHER_BYTES;
        // By then the line that it names is kept, and whatever else went on with that ticket.
        if is_full || line.related().is_some() {
            keep(&mut tx, &mut together, &mut adding).await?;
            bytes = 0;
        }
        kept += 1;
        bytes += long;
        together.push((line, number));
        number += 1;
        if at % SAY == 0 {
            tell(Progress::Kept(at));
        }
    }
    keep(&mut tx, &mut together, &mut adding).await?;
    if kept != all {
        return Err(Fault::new("the file is shorter than it was a moment ago"));
    }
    // What is good line by line may still be another file: what lines say of one another was checked only then.
    if lines.digest() != checked {
        return Err(Fault::new("the file is not what it was a moment ago"));
    }
    adding.end(&mut tx).await?;
    note_settings(&mut tx, "history").await?;
    tx.commit().await?;
    Ok(outcome)
}

/// Looks at every line, and says how many there are and what would come of them. Nothing is kept but for the
/// connection's own use.
async fn check(
    conn: &mut AnyConnection,
    house: &House,
    lines: &mut Lines,
    tell: &mut impl FnMut(Progress),
) -> Result<(u64, Outcome), Fault> {
    names::begin(conn).await?;
    let mut found = Found::default();
    let (mut all, mut chats, mut messages, mut past) = (0, 0, 0, 0);
    while let Some((number, text)) = lines.next()? {
        all = number;
        match text.and_then(|text| Line::read(number, text, house)) {
            Ok(line) => {
                match &line.kind {
                    Kind::Chat(chat) => {
                        chats += 1;
                        past += u64::from(house.since.is_some_and(|since| chat.course.ended.0 < since));
                    }
                    Kind::OfflineMessage(_) => messages += 1,
                }
                if let Some(above) = line.related() {
                    found.settle(conn, tell).await?;
                    found.wrong.extend(names::check_related(conn, number, &line, above).await?);
                }
                found.names.push(Above::of(number, line));
            }
            Err(bad) => found.wrong.extend(bad),
        }
        if found.names.len() == ROWS || found.wrong.len() >= ROWS {
            found.settle(conn, tell).await?;
        }
        if number % SAY == 0 {
            tell(Progress::Checked(number));
        }
    }
    found.settle(conn, tell).await?;
    if found.count > 0 {
        return Ok((all, Outcome::Refused { count: found.count }));
    }
    Ok((all, Outcome::Imported { chats, messages, past }))
}

/// What is not settled yet: what lines are called, and what is wrong with lines.
#[derive(Default)]
struct Found {
    names: Vec<Above>,
    wrong: Vec<Bad>,
    /// So much was wrong until now.
    count: u64,
}

impl Found {
    /// However long a file is and however much is wrong with it, little of that is held at once.
    async fn settle(&mut self, conn: &mut AnyConnection, tell: &mut impl FnMut(Progress)) -> Result<(), Fault> {
        self.wrong.extend(names::check(conn, &self.names).await?);
        self.names.clear();
        self.wrong.sort_by_key(|bad| bad.line);
        self.count += self.wrong.len() as u64;
        self.wrong.drain(..).for_each(|bad| tell(Progress::Wrong(bad)));
        Ok(())
    }
}

/// The first of so many protocol numbers.
async fn first_number(conn: &mut AnyConnection, many: u64) -> Result<i64, Fault> {
    let many = i64::try_from(many).map_err(|_| Fault::new("there are too many lines"))?;
    let row = sqlx::query("update counters set n = n + $1 where name = 'protocol' returning n")
        .bind(many)
        .fetch_one(conn)
        .await?;
    Ok(row.try_get::<i64, _>(0)? - many + 1)
}

/// Keeps under which names these were.
async fn keep_names(conn: &mut AnyConnection, lines: &[(Line, i64)]) -> Result<(), Fault> {
    for part in lines.chunks(ROWS) {
        let sql = format!(
            "insert into imported_chats (foreign_id, chat_id) values {} on conflict (foreign_id) do nothing",
            places(part.len(), 2)
        );
        let bound: Vec<Bound> =
            part.iter().flat_map(|(line, _)| [line.id.clone(), line.kept_as()].map(Bound::Text)).collect();
        let kept = bind(&sql, &bound).execute(&mut *conn).await?;
        if kept.rows_affected() != part.len() as u64 {
            return Err(Fault::new("somebody else has just imported some of it"));
        }
    }
    Ok(())
}

/// By what he was called, the customer whom these lines name: the same in every import, until he is erased.
async fn people(conn: &mut AnyConnection, lines: &[(Line, i64)]) -> Result<HashMap<String, String>, Fault> {
    let mut named: Vec<(&str, Time)> =
        lines.iter().filter_map(|(line, _)| Some((line.customer.id.as_deref()?, line.at))).collect();
    named.sort_unstable();
    named.dedup_by_key(|(id, _)| *id);
    let mut known = HashMap::with_capacity(named.len());
    for part in named.chunks(ROWS) {
        let sql = format!(
            "insert into imported_customers (foreign_id, customer_id) values {} on conflict (foreign_id) \
             do update set customer_id = imported_customers.customer_id returning foreign_id, customer_id",
            places(part.len(), 2)
        );
        let mut bound = Vec::with_capacity(2 * part.len());
        for (id, at) in part {
            bound.extend([(*id).to_owned(), random::id(*at)?].map(Bound::Text));
        }
        for row in bind(&sql, &bound).fetch_all(&mut *conn).await? {
            known.insert(row.try_get(0)?, row.try_get(1)?);
        }
    }
    Ok(known)
}

/// Keeps these lines, each under its number, in few statements.
async fn keep(conn: &mut AnyConnection, lines: &mut Vec<(Line, i64)>, adding: &mut Adding) -> Result<(), Fault> {
    keep_names(conn, lines).await?;
    let people = people(conn, lines).await?;
    let mut made = Made::default();
    for (line, number) in lines.drain(..) {
        let known = line.customer.id.as_ref().and_then(|id| people.get(id)).cloned();
        let goes_on = match line.related() {
            Some(above) => Some(ticket_of(conn, above).await?),
            None => None,
        };
        made.add(Past::of(line, number, known, goes_on)?);
    }
    for part in made.customers.chunks(ROWS) {
        let sql = format!(
            "insert into customers (id, name, email, verified, created_at, seen_at) values {} on conflict (id) do nothing",
            places(part.len(), 6)
        );
        let bound: Vec<Bound> = part
            .iter()
            .flat_map(|who| {
                let [id, name, email] = [&who.id, &who.name, &who.email].map(|text| Bound::Text(text.clone()));
                [id, name, email, Bound::Number(0), Bound::Number(who.at.0), Bound::Number(who.at.0)]
            })
            .collect();
        bind(&sql, &bound).execute(&mut *conn).await?;
    }
    chat::keep_states(conn, &made.chats).await?;
    chat::keep_events(conn, &made.told).await?;
    ticket::keep_states(conn, &made.tickets).await?;
    ticket::keep_events(conn, &made.history).await?;
    for part in made.tickets.chunks(ROWS) {
        let sql = format!(
            "insert into imported_tickets (ticket_id, seq) values {} \
             on conflict (ticket_id) do update set seq = excluded.seq",
            places(part.len(), 2)
        );
        let mut bound = Vec::with_capacity(2 * part.len());
        for ticket in part {
            bound.extend([Bound::Text(ticket.id.clone()), Bound::Number(i64::from(ticket.seq))]);
        }
        bind(&sql, &bound).execute(&mut *conn).await?;
    }
    adding.add(conn, &made.facts, &made.messages).await
}

/// The ticket of a line above, as it stands by now.
async fn ticket_of(conn: &mut AnyConnection, above: &str) -> Result<Ticket, Fault> {
    let gone = || Fault::new("a chat went on with a ticket that was not kept");
    let sql = "select chat_id from imported_chats where foreign_id = $1";
    let row = bind(sql, &[Bound::Text(above.into())]).fetch_optional(&mut *conn).await?.ok_or_else(gone)?;
    // Of an offline message it is the ticket itself.
    let sql = "select state from tickets where chat_id = $1 or id = $1";
    let row = bind(sql, &[Bound::Text(row.try_get(0)?)]).fetch_optional(conn).await?.ok_or_else(gone)?;
    ticket::read_state(&row)
}

/// A line with its number, or what is wrong with it.
type Numbered<'a> = (u64, Result<&'a str, Vec<Bad>>);

/// The lines of a file, however long it is.
struct Lines {
    read: BufReader<File>,
    number: u64,
    line: Vec<u8>,
    /// Of every byte that was read.
    hash: Sha256,
}

impl Lines {
    fn open(path: &Path) -> Result<Lines, Fault> {
        let file = File::open(path).map_err(|why| crate::backup::cannot("read", path, &why))?;
        Ok(Lines { read: BufReader::with_capacity(1 << 20, file), number: 0, line: Vec::new(), hash: Sha256::new() })
    }

    /// The same for two that were read, only if all their lines were.
    fn digest(&self) -> Vec<u8> {
        self.hash.clone().finalize().to_vec()
    }

    /// The next one with its number, or what is wrong with it.
    fn next(&mut self) -> Result<Option<Numbered<'_>>, Fault> {
        self.line.clear();
        let cannot = |why: std::io::Error| Fault::new(format!("the file cannot be read: {why}"));
        let length = (&mut self.read).take(LINE_LIMIT as u64).read_until(b'\n', &mut self.line).map_err(cannot)?;
        if length == 0 {
            return Ok(None);
        }
        self.hash.update(&self.line);
        self.number += 1;
        let number = self.number;
        let bad = |why: &str| vec![Bad::new(number, "", why)];
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if length == LINE_LIMIT {
            loop {
                let buffer = self.read.fill_buf().map_err(cannot)?;
                let end = buffer.iter().position(|byte| *byte == b'\n');
                let (used, done) = (end.map_or(buffer.len(), |end| end + 1), end.is_some() || buffer.is_empty());
                self.hash.update(&buffer[..used]);
                self.read.consume(used);
                if done {
                    break;
                }
            }
            return Ok(Some((number, Err(bad("it is too long")))));
        }
        let line = match number {
            // Some programs mark what is UTF-8.
            1 => self.line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.line),
            _ => &self.line,
        };
        if line.trim_ascii().is_empty() {
            // Whoever ends a file with one means nothing by it; in between a chat may be missing.
            let is_last = self.read.fill_buf().map_err(cannot)?.is_empty();
            return Ok((!is_last).then(|| (number, Err(bad("it is empty")))));
        }
        let text = std::str::from_utf8(line).map_err(|_| bad("it is not UTF-8: save the file in that encoding"));
        Ok(Some((number, text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_only_if_all_its_lines_are() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chats.jsonl");
        let digest = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let mut lines = Lines::open(&path).unwrap();
            while lines.next().unwrap().is_some() {}
            lines.digest()
        };

        let whole = digest(b"{\"id\":\"a\"}\n{\"id\":\"b\"}\n");

        assert_eq!(digest(b"{\"id\":\"a\"}\n{\"id\":\"b\"}\n"), whole);
        assert_ne!(digest(b"{\"id\":\"a\"}\n{\"id\":\"c\"}\n"), whole);
        assert_ne!(digest(b"{\"id\":\"a\"}\n"), whole);
        let long = |last: u8| [&vec![b'a'; LINE_LIMIT][..], &[last, b'\n']].concat();
        assert_ne!(digest(&long(b'b')), digest(&long(b'c')));
    }
}
