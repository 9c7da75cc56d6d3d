//! A guest's tickets: which are his, what he sees of one, and what he writes to it.

use super::call::owner_is_there;
use crate::database::can_hold;
use crate::keeper::{Got, Want};
use crate::{Answer, Desk, Error, Fault, chat, parameters, ticket};
use domain::customer::Earlier;
use domain::portal::{Guest, PAGE, Row as Line, SHOWN, Sheet, lines};
use domain::{Refusal, Status, Ticket, Time};
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

/// Is it a ticket of his?
pub async fn may_read(conn: &mut AnyConnection, guest: &Guest, ticket: &Ticket) -> Result<bool, Fault> {
    let address = address_of(conn, &ticket.id).await?;
    Ok(guest.may_read(ticket, address.as_deref()))
}

/// Where the customer of a ticket can be written to, in small letters.
async fn address_of(conn: &mut AnyConnection, ticket: &str) -> Result<Option<String>, Fault> {
    let row = sqlx::query("select address from ticket_addresses where ticket_id = $1")
        .bind(ticket)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Keeps the address of a ticket with its words, or that it has none. What waits to be saved has none yet.
pub async fn addresses_in(conn: &mut AnyConnection, ticket: &Ticket, address: Option<&str>) -> Result<(), Fault> {
    let address = address.and_then(domain::portal::address).filter(|_| ticket.is_saved());
    let Some(address) = address else {
        sqlx::query("delete from ticket_addresses where ticket_id = $1").bind(ticket.id.as_str()).execute(conn).await?;
        return Ok(());
    };
    sqlx::query(
        "insert into ticket_addresses (ticket_id, address, changed_at) values ($1, $2, $3) on conflict (ticket_id) \
         do update set address = excluded.address, changed_at = excluded.changed_at",
    )
    .bind(ticket.id.as_str())
    .bind(address)
    .bind(ticket.changed_at.0)
    .execute(conn)
    .await?;
    Ok(())
}

/// The last ticket of an address.
async fn last_at(conn: &mut AnyConnection, address: &str) -> Result<Option<Ticket>, Fault> {
    let row = sqlx::query(
        "select t.state from ticket_addresses a join tickets t on t.id = a.ticket_id where a.address = $1 \
         order by a.changed_at desc, a.ticket_id desc limit 1",
    )
    .bind(address)
    .fetch_optional(conn)
    .await?;
    row.as_ref().map(ticket::read_state).transpose()
}

/// The name of the application of the last ticket of an address; none: nobody is known there.
pub(super) async fn house_of(conn: &mut AnyConnection, address: &str) -> Result<Option<String>, Fault> {
    Ok(last_at(conn, address).await?.map(|ticket| ticket.application.name))
}

pub(super) async fn name_at(conn: &mut AnyConnection, address: &str) -> Result<String, Fault> {
    Ok(last_at(conn, address).await?.map_or(String::new(), |ticket| ticket.customer.name))
}

impl Desk {
    /// A page of his tickets, open and over, last changed first; a shorter one is the last.
    pub async fn tickets_of_guest(&self, guest: &Guest, before: Option<Earlier>) -> Answer<Vec<Line>> {
        let before = before.unwrap_or(Earlier { at: Time(i64::MAX), id: String::new() });
        if !can_hold(&before.id) {
            return Err(Refusal::Malformed.into());
        }
        let (sql, whose) = match &guest.address {
            Some(address) => (
                "select t.state from ticket_addresses a join tickets t on t.id = a.ticket_id where a.address = $1 \
                 and (a.changed_at, a.ticket_id) < ($2, $3) order by a.changed_at desc, a.ticket_id desc limit $4",
                address,
            ),
            None => (
                "select state from tickets where customer_id = $1 and (changed_at, id) < ($2, $3) \
                 and saved_at is not null order by changed_at desc, id desc limit $4",
                &guest.customer.id,
            ),
        };
        let rows = sqlx::query(sql)
            .bind(whose.as_str())
            .bind(before.at.0)
            .bind(before.id)
            .bind(PAGE as i64)
            .fetch_all(&self.0.database.reader)
            .await?;
        Ok(rows.iter().map(|row| ticket::read_state(row).map(|ticket| Line::of(&ticket))).collect::<Result<_, _>>()?)
    }

    /// A ticket of his, what was said in it, and by conversation the passes for its files. Not his and not there
    /// are the same answer.
    pub async fn ticket_of_guest(&self, guest: &Guest, id: &str) -> Answer<(Sheet, HashMap<String, String>)> {
        let mut conn = self.0.database.reader.acquire().await?;
        let ticket = his(&mut conn, guest, id).await?;
        let history: Vec<_> =
            ticket::history(&mut *conn, id).await?.into_iter().map(|kept| (kept.at, kept.event)).collect();
        let (mut chats, mut passes) = (Vec::new(), HashMap::new());
        for id in ticket.chat.iter().chain(ticket.chats.iter().map(|linked| &linked.chat)) {
            if let Some(chat) = chat::load(&mut *conn, id).await?.filter(|chat| guest.may_see(&ticket, chat)) {
                let mut told = chat::all_told(&mut *conn, id).await?;
                told.retain(|told| !told.event.is_aside());
                let spare = told.len().saturating_sub(SHOWN + 1);
                told.drain(..spare);
                passes.insert(chat.id.clone(), self.pass_for_customer(&chat.id));
                chats.push((chat, told));
            }
        }
        let (lines, cut) = lines(guest, &ticket, &history, &chats);
        let talks = parameters::read(&mut *conn).await?.invite_owner
            && may_talk(&ticket)
            && chat::open_chat_of(&mut *conn, &guest.customer.id).await?.is_none()
            && owner_is_there(&mut conn, &self.0.presence, &ticket).await?.is_some();
        let sheet = Sheet {
            row: Line::of(&ticket),
            created_at: ticket.created_at,
            may_answer: ticket.may_be_answered(),
            may_talk: talks,
            owner: ticket.owner,
            lines,
            cut,
        };
        Ok((sheet, passes))
    }

    /// He writes to a ticket of his. A repeated wish changes nothing.
    pub async fn answer_ticket(&self, guest: &Guest, ticket: &str, wish: &str, text: &str) -> Answer<()> {
        self.may_act(guest).await?;
        let (ticket, wish, text) = (ticket.into(), wish.into(), text.into());
        match self.0.keeper.ask(Want::Answer { guest: guest.clone(), ticket, wish, text }).await? {
            Got::Ticket(_) => Ok(()),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }
}

/// Is it still worth a conversation?
pub fn may_talk(ticket: &Ticket) -> bool {
    ticket.is_saved() && ticket.merged.is_none() && !matches!(ticket.status, Status::Closed | Status::Canceled)
}

async fn his(conn: &mut AnyConnection, guest: &Guest, id: &str) -> Answer<Ticket> {
    let found = ticket::load(&mut *conn, id).await?.ok_or(Refusal::NotYours)?;
    if may_read(conn, guest, &found).await? { Ok(found) } else { Err(Refusal::NotYours.into()) }
}
