//! Everything that is kept about one person, for himself (S83): one text of JSON that any program reads.

use super::{About, Selves, accounts, deeds, keep_deed};
use crate::audit::{self, Note};
use crate::database::Database;
use crate::{Answer, Fault, Whence, chat, ticket};
use domain::amend;
use domain::audit::Kind;
use domain::customer::{Deed, Done};
use domain::{Chat, Event, Face, Refusal, TicketEvent, Time};
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// All of it, as it stands at one moment; read beside whoever writes. That it was taken is written down.
pub async fn export(database: &Database, id: &str, by: Option<&Face>, from: &Whence, now: Time) -> Answer<String> {
    let mut reads = database.reader.begin_with(if database.embedded { "begin" } else { SNAPSHOT }).await?;
    let selves = Selves::of(&mut reads, id).await?.ok_or(Refusal::NotYours)?;
    let done = Done { deed: Deed::Exported, at: now, by: by.cloned(), reason: String::new() };
    let mut done_about_him = vec![done.clone()];
    done_about_him.extend(deeds(&mut reads, &selves).await?);
    let about = About::of(&mut reads, &selves).await?;
    let mut talks = Vec::new();
    for id in &about.chats {
        let chat = chat::load(&mut *reads, id).await?.ok_or_else(|| Fault::new("a chat of his is gone"))?;
        if about.is_his(&selves, &chat) {
            talks.push(talk(&mut reads, &chat).await?);
        }
    }
    let all = json!({
        "exported_at": now,
        "customer": people(&mut reads, &selves).await?,
        "known_as": accounts(&mut reads, &selves).await?,
        "imported_as": imported(&mut reads, &selves).await?,
        "browsers": browsers(&mut reads, &selves).await?,
        "chats": talks,
        "tickets": tickets(&mut reads, &about).await?,
        "answers": answers(&mut reads, &about, &selves).await?,
        "portal": portal(&mut reads, &selves).await?,
        "done_about_him": done_about_him,
    });
    let all = serde_json::to_string_pretty(&all).map_err(Fault::from)?;
    drop(reads);
    let mut tx = database.begin().await?;
    keep_deed(&mut tx, &selves.id, &done).await?;
    let note = by.map_or_else(|| Note::by_operator(Kind::Exported), |by| Note::by(&by.id, Kind::Exported));
    audit::append(&mut tx, now, &[note.from(from).about_customer(&selves.id)]).await?;
    tx.commit().await?;
    Ok(all)
}

const SNAPSHOT: &str = "begin isolation level repeatable read read only";

/// What this asks about all of his ids; they stand between the two halves.
async fn rows(conn: &mut AnyConnection, selves: &Selves, head: &str, tail: &str) -> Result<Vec<AnyRow>, Fault> {
    let mut query = sqlx::query(AssertSqlSafe([head, &selves.places(), tail].concat()));
    for id in &selves.all {
        query = query.bind(id.as_str());
    }
    Ok(query.fetch_all(conn).await?)
}

async fn people(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<Value>, Fault> {
    let head = "select id, name, email, verified, created_at, attributes, became, blocked_at, erased_at, seen_at from customers where id in (";
    let one = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({
            "id": row.try_get::<String, _>(0)?,
            "name": row.try_get::<String, _>(1)?,
            "email": row.try_get::<String, _>(2)?,
            "verified": row.try_get::<i64, _>(3)? != 0,
            "since": row.try_get::<i64, _>(4)?,
            "attributes": serde_json::from_str::<Value>(row.try_get(5)?)?,
            "became": row.try_get::<Option<String>, _>(6)?,
            "blocked_at": row.try_get::<Option<i64>, _>(7)?,
            "erased_at": row.try_get::<Option<i64>, _>(8)?,
            "seen_at": row.try_get::<Option<i64>, _>(9)?,
        }))
    };
    rows(conn, selves, head, ") order by created_at, id").await?.iter().map(one).collect()
}

/// What he was called where his history came from.
async fn imported(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<String>, Fault> {
    let head = "select foreign_id from imported_customers where customer_id in (";
    rows(conn, selves, head, ") order by foreign_id").await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Since when his browsers are known. What they are known by is nobody's to read.
async fn browsers(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<Value>, Fault> {
    let head = "select application_id, created_at from visitors where customer_id in (";
    let one = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({ "application": row.try_get::<String, _>(0)?, "since": row.try_get::<i64, _>(1)? }))
    };
    rows(conn, selves, head, ") order by created_at, token_hash").await?.iter().map(one).collect()
}

/// By what address he comes into the portal, the links that went there, and his sessions.
async fn portal(conn: &mut AnyConnection, selves: &Selves) -> Result<Value, Fault> {
    let address = |row: &AnyRow| -> Result<String, Fault> { Ok(row.try_get(0)?) };
    let link = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({ "sent_at": row.try_get::<i64, _>(0)?, "used_at": row.try_get::<Option<i64>, _>(1)? }))
    };
    let session = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({ "since": row.try_get::<i64, _>(0)?, "seen_at": row.try_get::<i64, _>(1)? }))
    };
    let addresses = rows(conn, selves, "select address from addresses where customer_id in (", ") order by address");
    let addresses = addresses.await?.iter().map(address).collect::<Result<Vec<_>, _>>()?;
    let head = "select l.created_at, l.used_at from portal_links l join addresses a on a.address = l.address where a.customer_id in (";
    let links = rows(conn, selves, head, ") order by l.created_at").await?;
    let head = "select created_at, seen_at from portal_sessions where customer_id in (";
    let sessions = rows(conn, selves, head, ") order by created_at").await?;
    Ok(json!({
        "addresses": addresses,
        "links": links.iter().map(link).collect::<Result<Vec<_>, _>>()?,
        "sessions": sessions.iter().map(session).collect::<Result<Vec<_>, _>>()?,
    }))
}

async fn talk(conn: &mut AnyConnection, chat: &Chat) -> Result<Value, Fault> {
    let mut said = chat::all_told(&mut *conn, &chat.id).await?;
    // What was taken back may have been about somebody else.
    let events: Vec<Event> = said.iter().map(|told| told.event.clone()).collect();
    amend::stand(&mut said, &events);
    let said: Vec<Value> = said.iter().map(|told| json!({ "at": told.at, "event": told.event })).collect();
    let about = async |conn: &mut AnyConnection, sql: &'static str| {
        sqlx::query(sql).bind(chat.id.as_str()).fetch_all(conn).await
    };
    let files = about(
        conn,
        "select name, kind, size, agent_id, created_at from files where chat_id = $1 order by created_at, id",
    )
    .await?;
    let mails = about(
        conn,
        "select recipient, subject, body, created_at, sent_at from mails where chat_id = $1 order by created_at, id",
    )
    .await?;
    let imported = about(conn, "select foreign_id from imported_chats where chat_id = $1").await?;
    let read = about(conn, "select customer, agents from reads where chat_id = $1").await?;
    let file = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({
            "name": row.try_get::<String, _>(0)?,
            "kind": row.try_get::<String, _>(1)?,
            "size": row.try_get::<i64, _>(2)?,
            "sent_by": if row.try_get::<Option<String>, _>(3)?.is_some() { "agent" } else { "customer" },
            "at": row.try_get::<i64, _>(4)?,
        }))
    };
    let mail = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({
            "recipient": row.try_get::<String, _>(0)?,
            "subject": row.try_get::<String, _>(1)?,
            "body": row.try_get::<String, _>(2)?,
            "asked_at": row.try_get::<i64, _>(3)?,
            "sent_at": row.try_get::<Option<i64>, _>(4)?,
        }))
    };
    let reads = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({ "customer": row.try_get::<i64, _>(0)?, "agents": row.try_get::<i64, _>(1)? }))
    };
    Ok(json!({
        "chat": chat,
        "events": said,
        "files": files.iter().map(file).collect::<Result<Vec<_>, _>>()?,
        "mails": mails.iter().map(mail).collect::<Result<Vec<_>, _>>()?,
        "read_up_to": read.first().map(reads).transpose()?,
        "imported_as": imported.first().map(|row| row.try_get::<String, _>(0)).transpose()?,
    }))
}

async fn tickets(conn: &mut AnyConnection, about: &About) -> Result<Vec<Value>, Fault> {
    let mut all = Vec::new();
    for id in &about.tickets {
        let ticket = ticket::load(&mut *conn, id).await?.ok_or_else(|| Fault::new("a ticket of his is gone"))?;
        let mut history = ticket::history(&mut *conn, &ticket.id).await?;
        // What another's ticket was about is that other's.
        for kept in &mut history {
            if matches!(&kept.event, TicketEvent::TookIn { other, .. } if !about.tickets.contains(&other.id)) {
                kept.event = kept.event.erased();
            }
        }
        let history: Vec<Value> = history.iter().map(|kept| json!({ "at": kept.at, "event": kept.event })).collect();
        all.push(json!({ "ticket": ticket, "history": history }));
    }
    Ok(all)
}

/// What he wrote to tickets that are another's by now.
async fn answers(conn: &mut AnyConnection, about: &About, selves: &Selves) -> Result<Vec<Value>, Fault> {
    let mut all = Vec::new();
    for id in &about.answered {
        for kept in ticket::history(&mut *conn, id).await? {
            if let TicketEvent::Answered { by, text, .. } = &kept.event
                && selves.all.contains(&by.id)
            {
                all.push(json!({ "ticket": id, "at": kept.at, "text": text }));
            }
        }
    }
    Ok(all)
}

/// The same without a desk, beside a server that may run: for the command line.
pub async fn export_in(database: &str, id: &str, now: Time) -> Answer<String> {
    let database = Database::open_as_it_is(database).await?;
    let exported = export(&database, id, None, &Whence::default(), now).await;
    database.close().await;
    exported
}
