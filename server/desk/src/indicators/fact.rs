//! Facts as they are kept: one row a chat that is over, and who took part in it.

use crate::{Fault, database};
use domain::indicators::{Again, End, Fact, Message, Saved};
use domain::{Chat, Event, Origin, Reason, Span, Stage, Status, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::HashMap;

pub const COLUMNS: &str = "chat_id, application_id, group_id, requested_group_id, origin, queued_at, attended_at, \
     attended_by, first_reply_at, disconnected_at, ended_at, end_reason, waiting_messages, waited_again, left_with, \
     ticket_id, first_saved_at, first_status, saved_by, reopened_at";
const MANY: usize = 20;

/// A chat as the numbers see it now. Only of one that went into a queue again is its log asked.
pub async fn of(conn: &mut AnyConnection, chat: &Chat) -> Result<Fact, Fault> {
    let again = match chat.requeued_at {
        Some(_) => Again::of(&crate::chat::all_told(conn, &chat.id).await?),
        None => Again::default(),
    };
    Ok(Fact::of(chat, &again))
}

/// The chats that run, of this condition.
pub async fn living(conn: &mut AnyConnection, from: Time, to: Time) -> Result<Vec<Fact>, Fault> {
    let rows = sqlx::query("select state from chats where ended_at is null and queued_at >= $1 and queued_at < $2")
        .bind(from.0)
        .bind(to.0)
        .fetch_all(&mut *conn)
        .await?;
    let mut facts = Vec::with_capacity(rows.len());
    for row in rows {
        facts.push(of(conn, &crate::chat::read_state(&row, 0)?).await?);
    }
    Ok(facts)
}

/// A chat as its log tells it, from its opening on; none: there is no log of it, or it goes on.
pub async fn from_log(conn: &mut AnyConnection, id: &str) -> Result<Option<Fact>, Fault> {
    let told = crate::chat::all_told(conn, id).await?;
    let Some((first, rest)) = told.split_first() else { return Ok(None) };
    let Event::Opened(opening) = &first.event else { return Err(Fault::new("a chat does not begin with its opening")) };
    let mut chat = Chat::open(id.into(), first.at, opening);
    rest.iter().for_each(|told| chat.apply(told.at, &told.event));
    let again = if chat.requeued_at.is_some() { Again::of(&told) } else { Again::default() };
    Ok(matches!(chat.stage, Stage::Ended(_)).then(|| Fact::of(&chat, &again)))
}

/// Keeps new ones, in few statements.
pub async fn insert(conn: &mut AnyConnection, facts: &[&Fact]) -> Result<(), Fault> {
    for part in facts.chunks(database::ROWS) {
        let sql =
            format!("insert into chat_facts ({COLUMNS}, several) values {}", database::places(part.len(), MANY + 1));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for fact in part {
            let end = fact.end.ok_or_else(|| Fault::new("a fact of a chat that goes on"))?;
            let saved = fact.saved.as_ref();
            query = query
                .bind(fact.chat.clone())
                .bind(fact.application.clone())
                .bind(fact.group.clone())
                .bind(fact.requested_group.clone())
                .bind(format!("{:?}", fact.origin))
                .bind(fact.queued_at.0)
                .bind(fact.attended_at.map(|at| at.0))
                .bind(fact.attended_by.clone())
                .bind(fact.first_reply_at.map(|at| at.0))
                .bind(fact.disconnected_at.map(|at| at.0))
                .bind(end.at.0)
                .bind(crate::chat::reason_word(end.reason))
                .bind(i64::from(fact.waiting_messages))
                .bind(fact.waited_again.0)
                .bind(fact.left_with.clone())
                .bind(saved.map(|saved| saved.ticket.clone()))
                .bind(saved.map(|saved| saved.at.0))
                .bind(saved.map(|saved| format!("{:?}", saved.status)))
                .bind(saved.and_then(|saved| saved.by.clone()))
                .bind(saved.and_then(|saved| saved.reopened_at).map(|at| at.0))
                .bind(database::flag(fact.agents.len() > 1));
        }
        query.execute(&mut *conn).await?;
    }
    let agents: Vec<(&Fact, &str)> =
        facts.iter().flat_map(|fact| fact.agents.iter().map(|agent| (*fact, agent.as_str()))).collect();
    for part in agents.chunks(database::ROWS) {
        let sql =
            format!("insert into chat_fact_agents (chat_id, agent_id) values {}", database::places(part.len(), 2));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (fact, agent) in part {
            query = query.bind(fact.chat.clone()).bind((*agent).to_owned());
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// Keeps what is said of its ticket: the only thing of it that is ever written later.
pub async fn update_saved(conn: &mut AnyConnection, fact: &Fact) -> Result<(), Fault> {
    let saved = fact.saved.as_ref();
    sqlx::query(
        "update chat_facts set ticket_id = $1, first_saved_at = $2, first_status = $3, saved_by = $4, reopened_at = $5 \
         where chat_id = $6",
    )
    .bind(saved.map(|saved| saved.ticket.clone()))
    .bind(saved.map(|saved| saved.at.0))
    .bind(saved.map(|saved| format!("{:?}", saved.status)))
    .bind(saved.and_then(|saved| saved.by.clone()))
    .bind(saved.and_then(|saved| saved.reopened_at).map(|at| at.0))
    .bind(fact.chat.clone())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes these away, with who took part in them.
pub async fn delete(conn: &mut AnyConnection, chat: &str) -> Result<(), Fault> {
    for sql in ["delete from chat_facts where chat_id = $1", "delete from chat_fact_agents where chat_id = $1"] {
        sqlx::query(sql).bind(chat).execute(&mut *conn).await?;
    }
    Ok(())
}

/// What a condition is bound to.
#[derive(Clone, Debug)]
pub enum Bound {
    Text(String),
    Number(i64),
    NoText,
    NoNumber,
}

/// The facts of a condition on `f`, whatever stands after it.
pub async fn find(conn: &mut AnyConnection, condition: &str, bound: &[Bound]) -> Result<Vec<Fact>, Fault> {
    let columns: Vec<String> = COLUMNS.split(", ").map(|column| format!("f.{}", column.trim())).collect();
    let sql = format!("select {} from chat_facts f where {condition}", columns.join(", "));
    let rows = bind(&sql, bound).fetch_all(&mut *conn).await?;
    let mut facts = rows.iter().map(read).collect::<Result<Vec<Fact>, Fault>>()?;
    let mut agents: HashMap<String, Vec<String>> = HashMap::new();
    for part in facts.chunks(MANY_IDS) {
        let sql = format!(
            "select chat_id, agent_id from chat_fact_agents where chat_id in {} order by chat_id, agent_id",
            database::places(1, part.len())
        );
        let ids: Vec<Bound> = part.iter().map(|fact| Bound::Text(fact.chat.clone())).collect();
        for row in bind(&sql, &ids).fetch_all(&mut *conn).await? {
            agents.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
        }
    }
    for fact in &mut facts {
        fact.agents = agents.remove(&fact.chat).unwrap_or_default();
    }
    Ok(facts)
}

/// So many ids are asked for at once.
const MANY_IDS: usize = 64;

pub fn bind(sql: &str, bound: &[Bound]) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
    let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
    for bound in bound {
        query = match bound {
            Bound::Text(text) => query.bind(text.clone()),
            Bound::Number(number) => query.bind(*number),
            Bound::NoText => query.bind(None::<String>),
            Bound::NoNumber => query.bind(None::<i64>),
        };
    }
    query
}

fn read(row: &AnyRow) -> Result<Fact, Fault> {
    let time = |column| row.try_get::<Option<i64>, _>(column).map(|at| at.map(Time));
    let wrong = || Fault::new("a fact of a chat does not read");
    let origin: &str = row.try_get(4)?;
    let origins = [Origin::Widget, Origin::TicketCustomer, Origin::TicketAgent, Origin::AgentAgent];
    let status: Option<&str> = row.try_get(17)?;
    let saved = match (row.try_get(15)?, time(16)?, status) {
        (Some(ticket), Some(at), Some(status)) => Some(Saved {
            ticket,
            at,
            status: Status::ALL.into_iter().find(|s| format!("{s:?}") == status).ok_or_else(wrong)?,
            by: row.try_get(18)?,
            reopened_at: time(19)?,
        }),
        _ => None,
    };
    Ok(Fact {
        chat: row.try_get(0)?,
        application: row.try_get(1)?,
        group: row.try_get(2)?,
        requested_group: row.try_get(3)?,
        origin: origins.into_iter().find(|o| format!("{o:?}") == origin).ok_or_else(wrong)?,
        queued_at: Time(row.try_get(5)?),
        attended_at: time(6)?,
        attended_by: row.try_get(7)?,
        first_reply_at: time(8)?,
        disconnected_at: time(9)?,
        end: Some(End { at: Time(row.try_get(10)?), reason: reason_of(row.try_get(11)?).ok_or_else(wrong)? }),
        waiting_messages: u32::try_from(row.try_get::<i64, _>(12)?).map_err(|_| wrong())?,
        waited_again: Span(row.try_get(13)?),
        agents: Vec::new(),
        left_with: row.try_get(14)?,
        saved,
    })
}

fn reason_of(word: &str) -> Option<Reason> {
    let all = [Reason::Customer, Reason::Agent, Reason::Connection, Reason::Staff, Reason::AgentLost, Reason::System];
    all.into_iter().find(|reason| crate::chat::reason_word(*reason) == word)
}

pub async fn insert_messages(conn: &mut AnyConnection, messages: &[Message]) -> Result<(), Fault> {
    for part in messages.chunks(database::ROWS) {
        let sql = format!(
            "insert into offline_facts (ticket_id, application_id, group_id, at) values {}",
            database::places(part.len(), 4)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for message in part {
            query = query
                .bind(message.ticket.clone())
                .bind(message.application.clone())
                .bind(message.group.clone())
                .bind(message.at.0);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}

/// The messages of a condition on `f`, whatever stands after it.
pub async fn find_messages(conn: &mut AnyConnection, condition: &str, bound: &[Bound]) -> Result<Vec<Message>, Fault> {
    let sql = format!("select f.ticket_id, f.application_id, f.group_id, f.at from offline_facts f where {condition}");
    let rows = bind(&sql, bound).fetch_all(conn).await?;
    let one = |row: &AnyRow| {
        let (ticket, application, group) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Message { ticket, application, group, at: Time(row.try_get(3)?) })
    };
    rows.iter().map(one).collect()
}
