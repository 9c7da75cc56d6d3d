//! What lines are called, and which line may name another: the ticket that a chat went on with is one of this file, for
//! what happened to one that was there before is not written anew.

use super::Bad;
use super::line::{Kind, Line};
use super::record::Left;
use crate::database::places;
use crate::indicators::{Bound, bind};
use crate::{Fault, ticket};
use domain::{Origin, Status, Time};
use sqlx::{AnyConnection, Row};

/// What lines below need to know of one.
pub struct Above {
    number: u64,
    id: String,
    customer: Option<String>,
    ticket: Option<Stands>,
}

/// How a ticket stands by what was read until now, and since when; without a status it waits to be saved.
struct Stands {
    status: Option<Status>,
    since: Time,
}

impl Above {
    pub fn of(number: u64, line: Line) -> Above {
        let stands = |status, since| Some(Stands { status, since });
        let ticket = match &line.kind {
            Kind::OfflineMessage(_) => stands(Some(Status::New), line.at),
            Kind::Chat(past) => match &past.left {
                Left::Saved(saved) => match saved.reopened_at {
                    Some(at) => stands(Some(Status::InAttendance), at),
                    None => stands(Some(saved.status), saved.at),
                },
                Left::Unsaved => stands(None, past.course.ended.0),
                Left::Nothing | Left::WentOn(_) => None,
            },
        };
        Above { number, id: line.id, customer: line.customer.id, ticket }
    }
}

/// For this connection's own use.
pub async fn begin(conn: &mut AnyConnection) -> Result<(), Fault> {
    let sql = "create temporary table in_this_file \
               (foreign_id text primary key, customer text, status text, since bigint)";
    sqlx::query(sql).execute(conn).await?;
    Ok(())
}

/// Which of these were named before, in this file or by an import. The others are named now.
pub async fn check(conn: &mut AnyConnection, lines: &[Above]) -> Result<Vec<Bad>, Fault> {
    let mut bad = Vec::new();
    if lines.is_empty() {
        return Ok(bad);
    }
    // Two of one name in one statement are no conflict to it but a fault.
    let mut fresh: Vec<&Above> = Vec::with_capacity(lines.len());
    for line in lines {
        match fresh.iter().any(|other| other.id == line.id) {
            true => bad.push(Bad::new(line.number, "id", "it is in this file twice")),
            false => fresh.push(line),
        }
    }
    let ids: Vec<Bound> = fresh.iter().map(|line| Bound::Text(line.id.clone())).collect();
    let sql = format!("select foreign_id from imported_chats where foreign_id in {}", places(1, fresh.len()));
    let before = texts(&mut *conn, &sql, &ids).await?;
    let sql = format!(
        "insert into in_this_file (foreign_id, customer, status, since) values {} \
         on conflict (foreign_id) do nothing returning foreign_id",
        places(fresh.len(), 4)
    );
    let bound: Vec<Bound> = fresh.iter().flat_map(|line| bound(line)).collect();
    let new = texts(&mut *conn, &sql, &bound).await?;
    for line in fresh {
        if before.contains(&line.id) {
            bad.push(Bad::new(line.number, "id", "it was imported before"));
        } else if !new.contains(&line.id) {
            bad.push(Bad::new(line.number, "id", "it is in this file twice"));
        }
    }
    Ok(bad)
}

fn bound(line: &Above) -> [Bound; 4] {
    let customer = line.customer.clone().map_or(Bound::NoText, Bound::Text);
    let (status, since) = match &line.ticket {
        Some(Stands { status, since }) => (Bound::Text(word(*status)), Bound::Number(since.0)),
        None => (Bound::NoText, Bound::NoNumber),
    };
    [Bound::Text(line.id.clone()), customer, status, since]
}

/// How a status is noted; none is an empty word.
fn word(status: Option<Status>) -> String {
    status.map_or("", ticket::status_word).into()
}

async fn texts(conn: &mut AnyConnection, sql: &str, bound: &[Bound]) -> Result<Vec<String>, Fault> {
    let rows = bind(sql, bound).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?)
}

/// What is wrong with the ticket that this line goes on with: that of the line `above`. If nothing is, it stands from
/// now on as this line leaves it.
pub async fn check_related(
    conn: &mut AnyConnection,
    number: u64,
    line: &Line,
    above: &str,
) -> Result<Option<Bad>, Fault> {
    let Kind::Chat(past) = &line.kind else { return Ok(None) };
    let wrong = |field: &str, why: &str| Ok(Some(Bad::new(number, field, why)));
    let sql = "select customer, status, since from in_this_file where foreign_id = $1";
    let row = bind(sql, &[Bound::Text(above.into())]).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return wrong("related", "no line above is called so, or something is wrong with it") };
    let (customer, stood): (Option<String>, Option<String>) = (row.try_get(0)?, row.try_get(1)?);
    let Some(stood) = stood else { return wrong("related", "that line left no ticket of its own") };
    let Some(stood) = Status::ALL.into_iter().find(|status| ticket::status_word(*status) == stood) else {
        return wrong("related", "its ticket waits to be saved");
    };
    let since = Time(row.try_get(2)?);
    if past.origin != Origin::AgentAgent && customer != line.customer.id {
        return wrong("related", "its ticket is of another customer");
    }
    if line.at < since {
        return wrong("related", "the lines above say of its ticket what was only after this chat began");
    }
    if past.origin == Origin::Widget && !stood.is_open() {
        return wrong("related", "its ticket was not open any more when this chat began");
    }
    let Left::WentOn(went) = &past.left else { return Ok(None) };
    let stands = went.status.unwrap_or(stood);
    if stands != stood && went.by.is_none() {
        return wrong("first_saved_base_status", "nobody attended, so its ticket stood as before");
    }
    // Who resolved it is told, with the line of then, that it was opened again.
    let said_above = "its ticket was resolved before: the line that resolved it says when it was opened again";
    let was_resolved = matches!(stood, Status::Resolved | Status::Closed);
    if was_resolved && stands != stood {
        return wrong("first_saved_base_status", said_above);
    }
    if was_resolved && went.reopened_at.is_some() {
        return wrong("reopened_at", said_above);
    }
    let (stands, since) = match went.reopened_at {
        Some(at) => (Status::InAttendance, at),
        None => (stands, past.course.ended.0),
    };
    let sql = "update in_this_file set status = $1, since = $2 where foreign_id = $3";
    let bound = [Bound::Text(word(Some(stands))), Bound::Number(since.0), Bound::Text(above.into())];
    bind(sql, &bound).execute(conn).await?;
    Ok(None)
}
