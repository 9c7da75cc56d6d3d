//! How a person is erased (S82): his words, and all that says who he is, are gone from every table; when he
//! was here and how it ended stays, so that no number changes.
//!
//! What is kept of a chat and of a ticket is made anew from its erased events: it can hold no word that they
//! do not. What has been kept for long enough is erased in the same way, without a person to ask for it (S84).

use super::{About, Selves, keep_deed};
use crate::audit::{self, Note};
use crate::database::Database;
use crate::file::Store;
use crate::{Answer, Fault, chat, portal, ticket, ticket_index};
use domain::audit::Kind;
use domain::customer::{Deed, Done};
use domain::{Chat, Event, Face, Refusal, Ticket, TicketEvent, Time};
use sqlx::{AnyConnection, AnyPool, Row};
use std::path::Path;
use std::sync::Arc;

/// What whoever knows it by heart must forget, or learn anew.
#[derive(Debug, Default)]
pub struct Erased {
    pub customers: Vec<String>,
    /// Hashes of tokens that stand for nobody any more, and for whom they stood.
    pub tokens: Vec<(String, String)>,
    pub tickets: Vec<Ticket>,
}

/// All that somebody was, and all that is about him.
pub struct Whole {
    pub selves: Selves,
    pub about: About,
    /// Whose mail only he reads.
    addresses: Vec<String>,
}

/// In a transaction. Who has a conversation that runs is refused: it ends first, and for whom it is. None: he was erased
/// before, and nothing was done.
pub async fn erase(conn: &mut AnyConnection, id: &str, by: Option<&Face>, now: Time) -> Answer<Option<Erased>> {
    lock(conn).await?;
    let whole = whole(conn, id).await?;
    let id = whole.selves.id.clone();
    let before = sqlx::query("select 1 from customers where id = $1 and erased_at is not null")
        .bind(id.as_str())
        .fetch_optional(&mut *conn)
        .await?;
    if before.is_some() {
        return Ok(None);
    }
    let erased = take_away(conn, whole, now).await?;
    let done = Done { deed: Deed::Erased, at: now, by: by.cloned(), reason: String::new() };
    keep_deed(conn, &id, &done).await?;
    Ok(Some(erased))
}

/// Whoever read the mail of his address, and has no other ticket there, was he.
pub async fn whole(conn: &mut AnyConnection, id: &str) -> Answer<Whole> {
    let mut selves = Selves::of(conn, id).await?.ok_or(Refusal::NotYours)?;
    let mut about = About::of(conn, &selves).await?;
    let addresses = portal::addresses_of(conn, &about.tickets).await?;
    let mut guests = portal::holders_of(conn, &addresses).await?;
    guests.retain(|guest| !selves.all.contains(guest));
    if !guests.is_empty() {
        selves.all.extend(guests);
        about = About::of(conn, &selves).await?;
    }
    Ok(Whole { selves, about, addresses })
}

/// Everything of it, and nobody is said to have done it. The caller holds the lock.
pub async fn take_away(conn: &mut AnyConnection, whole: Whole, now: Time) -> Answer<Erased> {
    let Whole { selves, about, addresses } = whole;
    if is_running(conn, &selves, &about).await? {
        return Err(Refusal::StillRunning.into());
    }
    let mut erased = Erased { customers: selves.all.clone(), ..Erased::default() };
    for chat in &about.chats {
        erase_chat(conn, chat, now).await?;
    }
    for ticket in &about.tickets {
        erased.tickets.push(erase_ticket(conn, ticket, now).await?);
    }
    // What they were called where they came from leads to him.
    for kept_as in about.chats.iter().chain(&about.tickets) {
        sqlx::query("delete from imported_chats where chat_id = $1").bind(kept_as.as_str()).execute(&mut *conn).await?;
    }
    portal::forget_tickets(conn, &about.tickets).await?;
    portal::forget_links(conn, &addresses).await?;
    let others = elsewhere(conn, &about, &erased.tickets).await?;
    for ticket in &about.answered {
        erased.tickets.extend(erase_answers(conn, ticket, &selves).await?);
    }
    for ticket in others.iter().chain(&erased.tickets) {
        ticket_index::forget(conn, ticket.number).await?;
    }
    ticket::keep_states(conn, &others).await?;
    for id in &selves.all {
        let tokens = strings(conn, "select token_hash from visitors where customer_id = $1", id).await?;
        erased.tokens.extend(tokens.into_iter().map(|hash| (hash, id.clone())));
        portal::forget(conn, id).await?;
        for sql in [
            "delete from visitors where customer_id = $1",
            "delete from identities where customer_id = $1",
            "delete from imported_customers where customer_id = $1",
            "update customer_deeds set reason = '' where customer_id = $1",
        ] {
            sqlx::query(sql).bind(id.as_str()).execute(&mut *conn).await?;
        }
        sqlx::query("update customers set name = '', email = '', attributes = '[]', erased_at = $1 where id = $2")
            .bind(now.0)
            .bind(id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    ticket_index::owe_rewriting(conn).await?;
    Ok(erased)
}

/// Does a conversation of his run, or one about him alone?
async fn is_running(conn: &mut AnyConnection, selves: &Selves, about: &About) -> Result<bool, Fault> {
    let his = "select id from chats where ended_at is null and customer_id = $1 limit 1";
    let related = "select id from chats where ended_at is null and related_id = $1 limit 1";
    let his = selves.all.iter().map(|id| (his, id));
    for (sql, id) in his.chain(about.tickets.iter().map(|id| (related, id))) {
        if !strings(conn, sql, id).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// PostgreSQL lets another write meanwhile what he had read before, and the words would be back.
pub async fn lock(conn: &mut AnyConnection) -> Result<(), Fault> {
    if conn.backend_name() == "PostgreSQL" {
        sqlx::query(
            "lock table chats, events, tickets, ticket_events, ticket_index, ticket_addresses, ticket_guests, mails, webhooks in access exclusive mode",
        )
        .execute(conn)
        .await?;
    }
    Ok(())
}

pub async fn strings(conn: &mut AnyConnection, sql: &'static str, of: &str) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query(sql).bind(of).fetch_all(conn).await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

/// Its words, its form, its files and the copies of it that wait to be sent.
pub async fn erase_chat(conn: &mut AnyConnection, id: &str, now: Time) -> Result<(), Fault> {
    rewrite_chat(conn, id, Event::erased).await?;
    for sql in [
        "insert into erased_files (id) select id from files where chat_id = $1",
        "delete from files where chat_id = $1",
        "delete from mails where chat_id = $1",
    ] {
        sqlx::query(sql).bind(id).execute(&mut *conn).await?;
    }
    sqlx::query("update chats set expired_at = $1 where id = $2").bind(now.0).bind(id).execute(conn).await?;
    Ok(())
}

/// Makes it anew of what is left of its events.
pub async fn rewrite_chat(conn: &mut AnyConnection, id: &str, left: impl Fn(&Event) -> Event) -> Result<(), Fault> {
    let mut told = chat::all_told(&mut *conn, id).await?;
    told.iter_mut().for_each(|told| told.event = left(&told.event));
    let Some((first, rest)) = told.split_first() else { return Err(Fault::new("a chat has no beginning")) };
    let Event::Opened(opening) = &first.event else { return Err(Fault::new("a chat does not begin with its opening")) };
    let mut now = Chat::open(id.into(), first.at, opening);
    rest.iter().for_each(|told| now.apply(told.at, &told.event));
    sqlx::query("delete from events where chat_id = $1").bind(id).execute(&mut *conn).await?;
    chat::keep_events(conn, &told).await?;
    chat::keep_states(conn, &[Arc::new(now)]).await
}

/// Its words, and what of it waits to be sent.
pub async fn erase_ticket(conn: &mut AnyConnection, id: &str, now: Time) -> Result<Ticket, Fault> {
    let mut kept = ticket::history(&mut *conn, id).await?;
    kept.iter_mut().for_each(|kept| kept.event = kept.event.erased());
    let ticket = keep_anew(conn, id, kept).await?;
    for sql in ["delete from mails where ticket_id = $1", "delete from webhooks where ticket_id = $1"] {
        sqlx::query(sql).bind(id).execute(&mut *conn).await?;
    }
    sqlx::query("update tickets set expired_at = $1 where id = $2").bind(now.0).bind(id).execute(conn).await?;
    Ok(ticket)
}

/// What he wrote to the ticket of another, which was at his address then. None: there is no such ticket any more.
async fn erase_answers(conn: &mut AnyConnection, id: &str, selves: &Selves) -> Result<Option<Ticket>, Fault> {
    let mut kept = ticket::history(&mut *conn, id).await?;
    if kept.is_empty() {
        return Ok(None);
    }
    for kept in &mut kept {
        if matches!(&kept.event, TicketEvent::Answered { by, .. } if selves.all.contains(&by.id)) {
            kept.event = kept.event.erased();
        }
    }
    keep_anew(conn, id, kept).await.map(Some)
}

async fn keep_anew(conn: &mut AnyConnection, id: &str, kept: Vec<ticket::Kept>) -> Result<Ticket, Fault> {
    let Some((first, rest)) = kept.split_first() else { return Err(Fault::new("a ticket has no beginning")) };
    let TicketEvent::Born(birth) = &first.event else {
        return Err(Fault::new("a ticket does not begin with its birth"));
    };
    let mut now = Ticket::open(id.into(), first.at, birth);
    rest.iter().for_each(|kept| now.apply(kept.at, &kept.event));
    sqlx::query("delete from ticket_events where ticket_id = $1").bind(id).execute(&mut *conn).await?;
    ticket::keep_events(conn, &kept).await?;
    ticket::keep_states(conn, std::slice::from_ref(&now)).await?;
    Ok(now)
}

/// Tickets of others that hold a conversation of his, or took in a ticket of his: they are found by his words.
async fn elsewhere(conn: &mut AnyConnection, about: &About, his: &[Ticket]) -> Result<Vec<Ticket>, Fault> {
    let mut ids: Vec<String> = his.iter().filter_map(|t| t.merged.as_ref()).map(|into| into.id.clone()).collect();
    for chat in &about.chats {
        ids.extend(strings(conn, "select ticket_id from ticket_chats where chat_id = $1", chat).await?);
    }
    ids.retain(|id| !about.tickets.contains(id));
    ids.sort();
    ids.dedup();
    let mut others = Vec::new();
    for id in &ids {
        others.extend(ticket::load(&mut *conn, id).await?);
        erase_taken_in(conn, id, &about.tickets).await?;
    }
    Ok(others)
}

/// What a ticket says of these, which it took in.
pub async fn erase_taken_in(conn: &mut AnyConnection, id: &str, these: &[String]) -> Result<(), Fault> {
    for kept in ticket::history(&mut *conn, id).await? {
        if matches!(&kept.event, TicketEvent::TookIn { other, .. } if these.contains(&other.id)) {
            sqlx::query("update ticket_events set body = $1 where ticket_id = $2 and seq = $3")
                .bind(serde_json::to_string(&kept.event.erased())?)
                .bind(id)
                .bind(i64::from(kept.seq))
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(())
}

/// Removes the bytes of files whose rows are gone. A file that does not go now goes at the next start.
pub async fn sweep(on: &AnyPool, store: &Store) -> Result<(), Fault> {
    let rows = sqlx::query("select id from erased_files").fetch_all(on).await?;
    for row in rows {
        let id: String = row.try_get(0)?;
        if store.erase(&id).await {
            sqlx::query("delete from erased_files where id = $1").bind(id).execute(on).await?;
        }
    }
    Ok(())
}

/// The same without a desk, beside a server that may run: for the command line.
pub async fn erase_in(database: &str, files: &Path, id: &str, now: Time) -> Answer<()> {
    let database = Database::open_as_it_is(database).await?;
    let erased = async {
        let mut tx = database.begin().await?;
        if erase(&mut tx, id, None, now).await?.is_some() {
            audit::append(&mut tx, now, &[Note::by_operator(Kind::Erased).about_customer(id)]).await?;
        }
        tx.commit().await?;
        sweep(&database.writer, &Store::open(files).await?).await?;
        ticket_index::rewrite(&database).await?;
        Answer::Ok(())
    };
    let erased = erased.await;
    database.close().await;
    erased
}
