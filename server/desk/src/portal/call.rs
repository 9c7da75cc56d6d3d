//! A conversation that begins before a customer's eyes: who can be called to one, whose page waits for it, and the
//! token with which the frame in a page of the portal speaks.

use super::ticket::address_of;
use crate::database::can_hold;
use crate::hub::{Heard, Topic};
use crate::keeper::{Beginner, Want};
use crate::presence::{Person, Room};
use crate::{Answer, Desk, Fault, Signed, chat, parameters, random, ticket, visitor};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::group::Named;
use domain::portal::{Guest, Reach, awaited_until};
use domain::wire::{Bye, Down};
use domain::{Event, Face, Refusal, Seat, Ticket, Told};
use sqlx::{AnyConnection, Row};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// What a page of the portal needs to show a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub chat: String,
    /// The public key of the application that it belongs to.
    pub key: String,
    pub accent: String,
    /// The token of a visitor, for the frame.
    pub token: String,
}

/// Like one that a browser makes.
pub(super) fn frame_token() -> Result<String, Fault> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<32>()?))
}

/// Somebody who can be called.
pub struct Callee {
    pub customer: Named,
    /// His site has signed who he is.
    pub verified: bool,
    /// The address whose mail he reads.
    pub mail: Option<String>,
}

/// Those who may be meant by the customer of a ticket, whoever has proved more first: who reads his mail, and
/// who was spoken with.
async fn meant(conn: &mut AnyConnection, ticket: &Ticket) -> Result<Vec<Callee>, Fault> {
    let mut all = Vec::new();
    let address = address_of(&mut *conn, ticket).await?.unwrap_or_default();
    for (sql, whom) in [
        (
            "select c.id, c.name, c.verified, a.address from addresses a join customers c on c.id = a.customer_id \
             where a.address = $1",
            &address,
        ),
        (
            "select c.id, c.name, c.verified, a.address from customers c left join addresses a on a.customer_id = c.id \
             where c.id = $1 and c.erased_at is null",
            &ticket.customer.id,
        ),
    ] {
        for row in sqlx::query(sql).bind(whom.as_str()).fetch_all(&mut *conn).await? {
            let customer = Named { id: row.try_get(0)?, name: row.try_get(1)? };
            all.push(Callee { customer, verified: crate::database::is_set(&row, 2)?, mail: row.try_get(3)? });
        }
    }
    Ok(all)
}

/// Whom an agent reaches who wants to speak with the customer of a ticket (R67), and how it stands.
pub async fn reach_of(
    conn: &mut AnyConnection,
    room: &Room,
    ticket: &Ticket,
    seat: &Seat,
) -> Result<(Reach, Option<Callee>), Fault> {
    if !parameters::read(&mut *conn).await?.invite_customer {
        return Ok((Reach::Off, None));
    }
    match ticket.may_call(seat) {
        Ok(()) => {}
        Err(Refusal::OnlyAttendants) => return Ok((Reach::Attendants, None)),
        Err(_) => return Ok((Reach::Unready, None)),
    }
    let mut reach = Reach::Away;
    for callee in meant(&mut *conn, ticket).await? {
        if room.is_reachable(&callee.customer.id) {
            if chat::open_chat_of(&mut *conn, &callee.customer.id).await?.is_none() {
                return Ok((Reach::Here, Some(callee)));
            }
            reach = Reach::Busy;
        }
    }
    Ok((reach, None))
}

/// The owner of a ticket, if he attends in its group, is online and connected (R68).
pub async fn owner_is_there(conn: &mut AnyConnection, room: &Room, ticket: &Ticket) -> Result<Option<Face>, Fault> {
    let Some(owner) = ticket.owner.as_ref().filter(|owner| room.is_connected(&owner.id)) else { return Ok(None) };
    let row = sqlx::query(
        "select a.name from agents a join memberships m on m.agent_id = a.id and m.group_id = $2 and m.attendant = 1 \
         where a.id = $1 and a.online = 1 and a.disabled = 0",
    )
    .bind(owner.id.as_str())
    .bind(ticket.group.id.as_str())
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Ok::<_, sqlx::Error>(Face { id: owner.id.clone(), name: row.try_get(0)? })).transpose()?)
}

/// Whoever is asked to speak as its owner: only while the ticket is worth it.
pub async fn talks_with(conn: &mut AnyConnection, room: &Room, ticket: &Ticket) -> Answer<Face> {
    if !ticket.may_talk() {
        return Err(Refusal::TooLate.into());
    }
    Ok(owner_is_there(conn, room, ticket).await?.ok_or(Refusal::NobodyOnline)?)
}

impl Desk {
    /// Can this agent begin to speak with the customer of a ticket that he may read?
    pub async fn reach(&self, signed: &Signed, id: &str) -> Answer<Reach> {
        let ticket = self.ticket(&signed.agent, id).await?;
        let mut conn = self.0.database.reader.acquire().await?;
        let seat = signed.agent.seat(&ticket.group.id);
        Ok(reach_of(&mut conn, &self.0.presence, &ticket, &seat).await?.0)
    }

    /// An agent begins to speak with the customer of a ticket (R67); asked again with the same id, it is the
    /// same conversation.
    pub async fn call_customer(&self, signed: &Signed, ticket: &str, id: &str) -> Answer<Vec<Told>> {
        let by = Box::new(Beginner::Agent(signed.agent.clone()));
        let want = Want::Outer { by, lang: signed.lang.clone(), ticket: ticket.into(), id: id.into() };
        self.0.keeper.ask(want).await.and_then(|got| self.told(got))
    }

    /// A guest begins to speak with the owner of a ticket of his (R68).
    pub async fn call_owner(&self, guest: &Guest, lang: &str, ticket: &str, id: &str) -> Answer<Vec<Told>> {
        self.may_act(guest).await?;
        let by = Box::new(Beginner::Guest(guest.clone()));
        let want = Want::Outer { by, lang: lang.into(), ticket: ticket.into(), id: id.into() };
        self.0.keeper.ask(want).await.and_then(|got| self.told(got))
    }

    /// Returns when another conversation than `have` runs with him, or none, or after so long; he can be called
    /// until then. Answers with the one that runs.
    pub async fn called(&self, customer: &str, have: &str, most: Duration) -> Answer<Option<String>> {
        let _here = self.0.presence.visits(customer);
        let mut ear = self.0.hub.listen(vec![Topic::Customer(customer.into())]);
        let until = Instant::now() + most;
        loop {
            let runs = chat::open_chat_of(&self.0.database.reader, customer).await?;
            if runs.as_deref().unwrap_or("") != have {
                return Ok(runs);
            }
            loop {
                match timeout_at(until, ear.hear()).await {
                    Err(_) | Ok(Heard::Slow | Heard::Broken(_)) => return Ok(runs),
                    Ok(Heard::Frame(frame)) => match frame.down() {
                        // One of his browsers has signed out; whoever waits here asks for himself who he is.
                        Down::Bye(Bye::Refused(_)) => return Ok(runs),
                        Down::Told(told) if matches!(told.event, Event::Opened(_) | Event::Ended { .. }) => break,
                        _ => {}
                    },
                }
            }
        }
    }

    /// Whoever was called to this conversation types in a form that nobody has yet: he is waited for, but not for ever.
    pub async fn types(&self, customer: &str, chat: &str) -> Answer<()> {
        if !can_hold(chat) {
            return Err(Refusal::NotYours.into());
        }
        let chat = chat::load(&self.0.database.reader, chat).await?.filter(|chat| chat.customer.id == customer);
        let until = awaited_until(&chat.ok_or(Refusal::NotYours)?, customer, self.now()).ok_or(Refusal::TooLate)?;
        self.0.presence.wait_until(&Person::Customer(customer.into()), until);
        Ok(())
    }

    /// What a page of his needs to show the conversation that runs; none: none runs. A session that has ended
    /// meanwhile gives its frame nothing.
    pub async fn call_of(&self, guest: &Guest, session: &str) -> Answer<Option<Call>> {
        // Of most who look none runs, and nothing is written.
        let Some(id) = chat::open_chat_of(&self.0.database.reader, &guest.customer.id).await? else {
            return Ok(None);
        };
        let mut tx = self.0.database.begin().await?;
        // Locks the session: what is given to its frame ends with it.
        let held = sqlx::query("update portal_sessions set seen_at = seen_at where token_hash = $1")
            .bind(random::hash(session))
            .execute(&mut *tx)
            .await?;
        if held.rows_affected() == 0 {
            return Err(Refusal::SignedOut.into());
        }
        let chat = chat::load(&mut *tx, &id).await?.ok_or_else(|| Fault::new("a chat that runs is gone"))?;
        let row = sqlx::query("select key, accent from applications where id = $1")
            .bind(chat.application.id.as_str())
            .fetch_one(&mut *tx)
            .await?;
        let (key, accent) = (row.try_get(0)?, row.try_get(1)?);
        // The same for all pages of a session, so that none forgets what another has kept, and another for each
        // conversation, so that none finds what an earlier one has left; kept by nobody, as it is made of what
        // only his browser holds.
        let token = self.0.seal.token(session, &chat.id);
        let hash = visitor::checked_hash(&token)?;
        if visitor::find(&mut *tx, &hash).await?.is_none() {
            sqlx::query(
                "insert into visitors (token_hash, customer_id, application_id, created_at) values ($1, $2, $3, $4)",
            )
            .bind(hash.as_str())
            .bind(guest.customer.id.as_str())
            .bind(chat.application.id.as_str())
            .bind(self.now().0)
            .execute(&mut *tx)
            .await?;
            sqlx::query("insert into portal_frames (visitor_hash, session_hash) values ($1, $2)")
                .bind(hash.as_str())
                .bind(random::hash(session))
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(Some(Call { chat: id, key, accent, token }))
    }
}

/// The key of the application in which a conversation about a ticket is held: its own, or where its group is.
pub async fn key_for(conn: &mut AnyConnection, ticket: &Ticket) -> Result<Option<String>, Fault> {
    key_in(conn, &ticket.application.id, &ticket.group.id).await
}

/// The same for any ticket of this application and group.
pub(super) async fn key_in(conn: &mut AnyConnection, application: &str, group: &str) -> Result<Option<String>, Fault> {
    let own = sqlx::query("select key from applications where id = $1 and retired_at is null")
        .bind(application)
        .fetch_optional(&mut *conn)
        .await?;
    let found = match own {
        Some(own) => Some(own),
        None => {
            sqlx::query(
                "select a.key from applications a join application_groups g on g.application_id = a.id \
                 where g.group_id = $1 and a.retired_at is null order by a.name, a.id limit 1",
            )
            .bind(group)
            .fetch_optional(conn)
            .await?
        }
    };
    Ok(found.map(|row| row.try_get(0)).transpose()?)
}

/// The language in which the customer of a ticket was spoken with.
pub async fn language_of(conn: &mut AnyConnection, ticket: &Ticket) -> Result<Option<String>, Fault> {
    if let Some(id) = &ticket.chat {
        return Ok(chat::load(&mut *conn, id).await?.map(|chat| chat.lang));
    }
    Ok(ticket::message(conn, &ticket.id).await?.map(|message| message.lang))
}
