//! Everything that is kept about one person, for himself (S83): one text of JSON that any program reads.

use super::{About, Selves, accounts, deeds, keep_deed};
use crate::database::Database;
use crate::{Answer, Fault, chat, ticket};
use domain::customer::{Deed, Done};
use domain::{Chat, Face, Refusal, Time};
use serde_json::{Value, json};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// All of it, or none where nobody has that id. That it was taken is written down.
pub async fn export(conn: &mut AnyConnection, id: &str, by: Option<&Face>, now: Time) -> Result<Option<String>, Fault> {
    let Some(selves) = Selves::of(conn, id).await? else { return Ok(None) };
    let done = Done { deed: Deed::Exported, at: now, by: by.cloned(), reason: String::new() };
    keep_deed(conn, &selves.id, &done).await?;
    let about = About::of(conn, &selves).await?;
    let mut talks = Vec::new();
    for id in &about.chats {
        let chat = chat::load(&mut *conn, id).await?.ok_or_else(|| Fault::new("a chat of his is gone"))?;
        talks.push(talk(conn, &chat).await?);
    }
    let all = json!({
        "exported_at": now,
        "customer": people(conn, &selves).await?,
        "known_as": accounts(conn, &selves).await?,
        "browsers": browsers(conn, &selves).await?,
        "chats": talks,
        "tickets": tickets(conn, &about).await?,
        "done_about_him": deeds(conn, &selves).await?,
    });
    Ok(Some(serde_json::to_string_pretty(&all)?))
}

/// What this asks about all of his ids; they stand between the two halves.
async fn rows(conn: &mut AnyConnection, selves: &Selves, head: &str, tail: &str) -> Result<Vec<AnyRow>, Fault> {
    let mut query = sqlx::query(AssertSqlSafe([head, &selves.places(), tail].concat()));
    for id in &selves.all {
        query = query.bind(id.as_str());
    }
    Ok(query.fetch_all(conn).await?)
}

async fn people(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<Value>, Fault> {
    let head = "select id, name, email, verified, created_at, attributes, became, blocked_at, erased_at from customers where id in (";
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
        }))
    };
    rows(conn, selves, head, ") order by created_at, id").await?.iter().map(one).collect()
}

/// Since when his browsers are known. What they are known by is nobody's to read.
async fn browsers(conn: &mut AnyConnection, selves: &Selves) -> Result<Vec<Value>, Fault> {
    let head = "select application_id, created_at from visitors where customer_id in (";
    let one = |row: &AnyRow| -> Result<Value, Fault> {
        Ok(json!({ "application": row.try_get::<String, _>(0)?, "since": row.try_get::<i64, _>(1)? }))
    };
    rows(conn, selves, head, ") order by created_at, token_hash").await?.iter().map(one).collect()
}

async fn talk(conn: &mut AnyConnection, chat: &Chat) -> Result<Value, Fault> {
    let said = chat::all_told(&mut *conn, &chat.id).await?;
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
    }))
}

async fn tickets(conn: &mut AnyConnection, about: &About) -> Result<Vec<Value>, Fault> {
    let mut all = Vec::new();
    for id in &about.tickets {
        let ticket = ticket::load(&mut *conn, id).await?.ok_or_else(|| Fault::new("a ticket of his is gone"))?;
        let history: Vec<Value> = ticket::history(&mut *conn, &ticket.id)
            .await?
            .iter()
            .map(|kept| json!({ "at": kept.at, "event": kept.event }))
            .collect();
        all.push(json!({ "ticket": ticket, "history": history }));
    }
    Ok(all)
}

/// The same without a desk, beside a server that may run: for the command line.
pub async fn export_in(database: &str, id: &str, now: Time) -> Answer<String> {
    let database = Database::open(database).await?;
    let exported = async {
        let mut tx = database.begin().await?;
        let all = export(&mut tx, id, None, now).await?.ok_or(Refusal::NotYours)?;
        tx.commit().await?;
        Answer::Ok(all)
    };
    let exported = exported.await;
    database.close().await;
    exported
}
