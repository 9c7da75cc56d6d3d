//! What is behind a number: chats, or offline messages, the newest first. Behind the longest of a length the longest.

use super::fact::{self, Bound, bind};
use super::read::{self, GAVE_UP, Where, length};
use crate::{Fault, database};
use domain::group::Named;
use domain::indicators::{After, Fact, Filter, Indicator, Message, Page, Row, STILL, Stretch};
use domain::ticket::Pointer;
use domain::{Chat, Origin, Span, Ticket, Time};
use sqlx::{AnyConnection, Row as _};
use std::collections::HashMap;

/// So many ids are asked for at once.
const MANY: usize = 64;

/// A page of at most so many; `least`: of a desertion that counts. Of what no agent is asked for nothing is listed where agents are: it has no number.
pub async fn page(
    conn: &mut AnyConnection,
    (within, least, now): (Stretch, Span, Time),
    filter: &Filter,
    indicator: Indicator,
    after: Option<&After>,
    most: usize,
) -> Result<Page, Fault> {
    let says_nothing = !filter.agents.is_empty() && !indicator.is_of_agents();
    if within.is_empty() || says_nothing {
        return Ok(Page { rows: Vec::new(), after: None });
    }
    let names = Names::read(conn).await?;
    match indicator {
        Indicator::Offline => {
            let mut found = messages(conn, within, filter, after, most).await?;
            let more = found.len() > most;
            found.truncate(most);
            let after = found.last().filter(|_| more).map(|last| After { at: last.at, id: last.ticket.clone() });
            Ok(Page { rows: message_rows(conn, &names, &found).await?, after })
        }
        _ => {
            let mut found = chats(conn, (within, least, now), filter, indicator, after, most).await?;
            let more = found.len() > most;
            found.truncate(most);
            let ends = |last: &Fact| After { at: last.place(indicator), id: last.chat.clone() };
            let after = found.last().filter(|_| more).map(ends);
            Ok(Page { rows: chat_rows(conn, &names, &found).await?, after })
        }
    }
}

/// Before that place in the list.
fn before(asked: &mut Where, (at, id): (&str, &str), after: Option<&After>) {
    if let Some(after) = after {
        let (moment, name) = (asked.place(Bound::Number(after.at.0)), asked.place(Bound::Text(after.id.clone())));
        asked.and(&format!("({at} < {moment} or {at} = {moment} and {id} < {name})"));
    }
}

async fn messages(
    conn: &mut AnyConnection,
    within: Stretch,
    filter: &Filter,
    after: Option<&After>,
    most: usize,
) -> Result<Vec<Message>, Fault> {
    let mut asked = read::messages(within, filter);
    before(&mut asked, ("f.at", "f.ticket_id"), after);
    let sql = format!("{} order by f.at desc, f.ticket_id desc limit {}", asked.sql, most + 1);
    fact::find_messages(conn, &sql, &asked.bound).await
}

/// One more than a page: those that run, which are few, among those that are over.
async fn chats(
    conn: &mut AnyConnection,
    (within, least, now): (Stretch, Span, Time),
    filter: &Filter,
    indicator: Indicator,
    after: Option<&After>,
    most: usize,
) -> Result<Vec<Fact>, Fault> {
    let mut asked = read::facts(within, filter);
    counts(&mut asked, indicator, &filter.agents, now);
    if least > Span(0) {
        not_brief(&mut asked, least);
    }
    let by = place(indicator);
    before(&mut asked, (by.as_str(), "f.chat_id"), after);
    let sql = format!("{} order by {by} desc, f.chat_id desc limit {}", asked.sql, most + 1);
    let mut found = fact::find(conn, &sql, &asked.bound).await?;
    let is_next = |fact: &Fact| {
        after.is_none_or(|after| (fact.place(indicator), fact.chat.as_str()) < (after.at, after.id.as_str()))
    };
    let living = fact::living(conn, within.from, within.to).await?;
    let counts = |fact: &Fact| filter.shows(fact) && fact.counts(indicator, &filter.agents, now);
    found.extend(living.into_iter().filter(|fact| counts(fact) && is_next(fact)));
    found.sort_by(|one, other| (other.place(indicator), &other.chat).cmp(&(one.place(indicator), &one.chat)));
    Ok(found)
}

/// What `Fact::place` says, in SQL, of what a number counts.
fn place(indicator: Indicator) -> String {
    match indicator {
        Indicator::LongestTalk => length("f.ended_at", "f.attended_at"),
        Indicator::LongestWait => length("f.attended_at", "f.queued_at"),
        Indicator::LongestDesertion => length(GAVE_UP, "f.queued_at"),
        _ => "f.queued_at".into(),
    }
}

/// The set of an indicator, of chats that are over: what `Fact::counts` says, in SQL.
fn counts(asked: &mut Where, indicator: Indicator, agents: &[String], now: Time) {
    let took_part = |asked: &mut Where| {
        if !agents.is_empty() {
            let places = asked.places(agents);
            asked.and(&format!(
                "exists (select 1 from chat_fact_agents a where a.chat_id = f.chat_id and a.agent_id in ({places}))"
            ));
        }
    };
    let attended = "f.attended_at is not null";
    let deserted = "f.attended_at is null and f.end_reason in ('customer', 'connection')";
    match indicator {
        Indicator::Attended | Indicator::LongestTalk | Indicator::MeanTalk => {
            asked.and(attended);
            took_part(asked);
        }
        Indicator::Resolved => resolved(asked, agents),
        Indicator::StillResolved | Indicator::Reopened => {
            resolved(asked, agents);
            let (before, long) = (asked.place(Bound::Number(now.0 - STILL.0)), asked.place(Bound::Number(STILL.0)));
            asked.and(&format!("f.first_saved_at <= {before}"));
            asked.and(&match indicator {
                Indicator::Reopened => format!("f.reopened_at < f.first_saved_at + {long}"),
                _ => format!("(f.reopened_at is null or f.reopened_at >= f.first_saved_at + {long})"),
            });
        }
        Indicator::Unresolved => {
            asked.and(attended);
            asked.and("f.first_status in ('New', 'InAttendance', 'Stopped')");
            asked.any_of("f.saved_by", agents);
        }
        Indicator::Unanswered => {
            asked.and(attended);
            asked.and("f.first_reply_at is null");
            took_part(asked);
        }
        Indicator::FirstReply => {
            asked.and(attended);
            asked.and("f.first_reply_at is not null");
            asked.any_of("f.attended_by", agents);
        }
        Indicator::Removed => asked.and("f.attended_at is null and f.end_reason = 'staff'"),
        Indicator::LongestWait | Indicator::MeanWait | Indicator::UsualWait => {
            asked.and(attended);
            asked.and("f.origin in ('Widget', 'TicketCustomer')");
            asked.any_of("f.attended_by", agents);
        }
        Indicator::Deserted | Indicator::LongestDesertion | Indicator::MeanDesertion => asked.and(deserted),
        Indicator::WithMessage => {
            asked.and(deserted);
            asked.and("f.waiting_messages > 0");
        }
        Indicator::Offline => asked.and("1 = 0"),
    }
}

fn resolved(asked: &mut Where, agents: &[String]) {
    asked.and("f.attended_at is not null and f.first_status in ('Resolved', 'Closed')");
    asked.any_of("f.saved_by", agents);
}

/// What `Fact::is_brief` says, in SQL, of the others.
fn not_brief(asked: &mut Where, least: Span) {
    let least = asked.place(Bound::Number(least.0));
    asked.and(&format!(
        "(f.attended_at is not null or f.end_reason not in ('customer', 'connection') or f.waiting_messages > 0 \
         or {GAVE_UP} - f.queued_at >= {least})"
    ));
}

/// The names of groups and applications: a handful.
struct Names(HashMap<String, String>);

impl Names {
    async fn read(conn: &mut AnyConnection) -> Result<Names, Fault> {
        let mut names = HashMap::new();
        for sql in ["select id, name from groups", "select id, name from applications"] {
            for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
                names.insert(row.try_get(0)?, row.try_get(1)?);
            }
        }
        Ok(Names(names))
    }

    fn of(&self, id: &str) -> Named {
        Named { id: id.into(), name: self.0.get(id).cloned().unwrap_or_default() }
    }
}

async fn chat_rows(conn: &mut AnyConnection, names: &Names, facts: &[Fact]) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::with_capacity(facts.len());
    for part in facts.chunks(MANY) {
        let ids: Vec<Bound> = part.iter().map(|fact| Bound::Text(fact.chat.clone())).collect();
        let places = database::places(1, part.len());
        let mut chats: HashMap<String, Chat> = HashMap::new();
        let sql = format!("select state from chats where id in {places}");
        for row in bind(&sql, &ids).fetch_all(&mut *conn).await? {
            let chat = crate::chat::read_state(&row, 0)?;
            chats.insert(chat.id.clone(), chat);
        }
        let mut tickets: HashMap<String, Pointer> = HashMap::new();
        for (column, of) in [
            ("chat_id", ids),
            ("id", part.iter().filter_map(|f| f.saved.as_ref()).map(|s| Bound::Text(s.ticket.clone())).collect()),
        ] {
            if of.is_empty() {
                continue;
            }
            let places = database::places(1, of.len());
            let sql = format!("select {column}, id, number from tickets where {column} in {places}");
            for row in bind(&sql, &of).fetch_all(&mut *conn).await? {
                tickets.insert(row.try_get(0)?, Pointer { id: row.try_get(1)?, number: row.try_get(2)? });
            }
        }
        for fact in part {
            let chat = chats.remove(&fact.chat).ok_or_else(|| Fault::new("a fact of a chat that is gone"))?;
            let ticket = fact.saved.as_ref().and_then(|saved| tickets.get(&saved.ticket));
            let ticket = ticket.or_else(|| tickets.get(&fact.chat)).cloned();
            rows.push(row(names, fact, chat, ticket));
        }
    }
    Ok(rows)
}

fn row(names: &Names, fact: &Fact, chat: Chat, ticket: Option<Pointer>) -> Row {
    let seconds = |span: Span| span.as_secs().max(0) as u64;
    // What is spoken of among agents is nobody else's while they speak.
    let hidden = fact.origin == Origin::AgentAgent && fact.end.is_none();
    Row {
        id: fact.chat.clone(),
        is_chat: true,
        number: chat.number,
        at: fact.queued_at,
        customer: if hidden { Named { id: String::new(), name: String::new() } } else { chat.customer },
        group: names.of(&fact.group),
        application: names.of(&fact.application),
        wait: fact.wait().map(seconds),
        talk: fact.length(Indicator::MeanTalk).map(seconds),
        reply: fact.reply().map(seconds),
        attended: fact.attended_at.is_some(),
        end: fact.end.map(|end| end.reason),
        messages: fact.waiting_messages,
        ticket,
    }
}

async fn message_rows(conn: &mut AnyConnection, names: &Names, messages: &[Message]) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::with_capacity(messages.len());
    for part in messages.chunks(MANY) {
        let ids: Vec<Bound> = part.iter().map(|message| Bound::Text(message.ticket.clone())).collect();
        let sql = format!("select state from tickets where id in {}", database::places(1, part.len()));
        let mut tickets: HashMap<String, Ticket> = HashMap::new();
        for row in bind(&sql, &ids).fetch_all(&mut *conn).await? {
            let ticket: Ticket = serde_json::from_str(row.try_get(0)?)?;
            tickets.insert(ticket.id.clone(), ticket);
        }
        for message in part {
            let ticket = tickets.remove(&message.ticket);
            let ticket = ticket.ok_or_else(|| Fault::new("a fact of a message that is gone"))?;
            rows.push(Row {
                id: message.ticket.clone(),
                is_chat: false,
                number: ticket.number,
                at: Time(message.at.0),
                customer: ticket.customer,
                group: names.of(&message.group),
                application: names.of(&message.application),
                wait: None,
                talk: None,
                reply: None,
                attended: false,
                end: None,
                messages: 0,
                ticket: Some(Pointer { id: ticket.id, number: ticket.number }),
            });
        }
    }
    Ok(rows)
}
