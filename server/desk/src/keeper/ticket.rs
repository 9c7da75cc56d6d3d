//! What is wanted of tickets: saved, opened by hand, merged, linked, answered, and kept for who is gone.

use super::batch::Batch;
use super::opening::next_number;
use super::{Got, Keeper};
use crate::audit::Hidden;
use crate::mail::{Reply, keep_reply, known_address, may_reply};
use crate::people;
use crate::ticket as tickets;
use crate::{Answer, chat, customer, database, house, portal, random};
use domain::group::Named;
use domain::person::Agent;
use domain::portal::{Guest, Request};
use domain::profile::NAME_LIMIT;
use domain::ticket::{Birth, Change, Ground, Owed, Pointer, Via, Way, subject};
use domain::token::of_actor;
use domain::wire::NewTicket;
use domain::{Refusal, Ticket, TicketAct, TicketEvent, Time, Who, text};
use sqlx::{AnyConnection, Row};

impl Keeper {
    pub(super) async fn ticket(
        &mut self,
        batch: &mut Batch,
        agent: &Agent,
        id: &str,
        wish: &str,
        act: &TicketAct,
    ) -> Answer<Got> {
        if !domain::id::is_sound(wish) {
            return Err(Refusal::Malformed.into());
        }
        batch.flush().await?;
        let Some(mut ticket) = tickets::load(&mut *batch.tx, id).await? else {
            return Err(Refusal::NotYours.into());
        };
        // Also before a first result is answered again: his rights may have changed since.
        if !ticket.may_read(agent) {
            return Ok(Got::Hidden(Hidden::from(&agent.face, id)));
        }
        if tickets::is_done(&mut *batch.tx, id, wish).await? {
            return Ok(Got::Ticket(Box::new(ticket)));
        }
        // Until it is saved it is in the hands of who attended, and of no program.
        if of_actor(&agent.face.id).is_some() && !ticket.is_saved() {
            return Err(Refusal::StillRunning.into());
        }
        self.by_new_names(&mut ticket);
        if let TicketAct::Merge { number } = act {
            return self.merge(batch, agent, ticket, *number, wish).await;
        }
        let act = &self.meant(act);
        let known = Ground { mails: self.mails.is_open(), ..Ground::at(batch.now) };
        let mut ground = ground(&mut batch.tx, &ticket, act, known).await?;
        let mut hidden = None;
        if let TicketAct::Link { number } = act {
            (ground.chat, hidden) = over(&mut batch.tx, agent, *number).await?;
        }
        let who = Who::Agent(agent.seat(&ticket.group.id));
        let events = match (ticket.decide(&who, act, &ground), hidden) {
            // In all else it is answered as if there were none of this number.
            (Err(Refusal::NotYours), Some(hidden)) => return Ok(Got::Hidden(hidden)),
            (decided, _) => decided?,
        };
        for event in &events {
            let TicketEvent::Replied { by, to, text } = event else { continue };
            may_reply(&mut batch.tx, &ticket, batch.now).await?;
            // What he reads in the portal alone goes nowhere.
            if !to.is_empty() {
                let reply = Reply { id: wish, ticket: &ticket, by, to, text, now: batch.now };
                keep_reply(&mut batch.tx, &reply).await?;
            }
        }
        batch.change(&mut ticket, wish, events);
        self.watch_over(ticket.clone(), batch.now);
        Ok(Got::Ticket(Box::new(ticket)))
    }

    /// Its customer writes to it (R66).
    pub(super) async fn answer_ticket(
        &mut self,
        batch: &mut Batch,
        guest: &Guest,
        id: &str,
        wish: &str,
        text: &str,
    ) -> Answer<Got> {
        if !domain::id::is_sound(wish) || !database::can_hold(text) {
            return Err(Refusal::Malformed.into());
        }
        batch.flush().await?;
        let mut ticket = tickets::load(&mut *batch.tx, id).await?.ok_or(Refusal::NotYours)?;
        if !portal::may_read(&mut batch.tx, guest, &ticket).await? {
            return Err(Refusal::NotYours.into());
        }
        if tickets::is_done(&mut *batch.tx, id, wish).await? {
            return Ok(Got::Ticket(Box::new(ticket)));
        }
        // Whoever was kept out as nobody is not let in by his address.
        if customer::is_blocked(&mut batch.tx, &ticket.customer.id).await? {
            return Err(Refusal::Blocked.into());
        }
        self.by_new_names(&mut ticket);
        let by = super::outer::named(guest.customer.clone(), &ticket);
        let who = Who::Customer(by.id.clone());
        let ground = Ground { guest: Some(by), ..Ground::at(batch.now) };
        let events = ticket.decide(&who, &TicketAct::Answer { text: text.into() }, &ground)?;
        portal::count_answer(&mut batch.tx, guest, id).await?;
        batch.change(&mut ticket, wish, events);
        Ok(Got::Ticket(Box::new(ticket)))
    }

    /// A guest of the portal opens one (R66). The ticket's id names the wish: repeated, it is answered with the ticket
    /// it has opened.
    pub(super) async fn guest_ticket(&mut self, batch: &mut Batch, guest: &Guest, request: &Request) -> Answer<Got> {
        let texts = [&request.topic, &request.subject, &request.text];
        if !domain::id::is_sound(&request.id) || !texts.iter().all(|text| database::can_hold(text)) {
            return Err(Refusal::Malformed.into());
        }
        batch.flush().await?;
        if let Some(ticket) = tickets::load(&mut *batch.tx, &request.id).await? {
            let mine = ticket.via == Via::Portal && ticket.customer.id == guest.customer.id;
            return if mine { Ok(Got::Ticket(Box::new(ticket))) } else { Err(Refusal::NotYours.into()) };
        }
        if customer::is_blocked(&mut batch.tx, &guest.customer.id).await? {
            return Err(Refusal::Blocked.into());
        }
        request.checked()?;
        portal::may_open_more(&mut batch.tx, guest, batch.now).await?;
        let topic = portal::topic(&mut batch.tx, guest, &request.topic).await?;
        let (birth, saved) = request.birth(next_number(batch).await?, topic, guest)?;
        let ticket = batch.bear(request.id.clone(), &request.id, Owed { birth, saved: Some(saved) });
        Ok(Got::Ticket(Box::new(ticket)))
    }

    /// Both change in one transaction; the answer is the one that is left.
    async fn merge(
        &mut self,
        batch: &mut Batch,
        agent: &Agent,
        mut from: Ticket,
        number: i64,
        wish: &str,
    ) -> Answer<Got> {
        let mut into = tickets::by_number(&mut *batch.tx, number).await?.ok_or(Refusal::NotYours)?;
        if !into.may_read(agent) {
            return Ok(Got::Hidden(Hidden::from(&agent.face, &into.id)));
        }
        self.by_new_names(&mut into);
        let (out, taken) = from.merge(&into, [&agent.seat(&from.group.id), &agent.seat(&into.group.id)])?;
        batch.change(&mut from, wish, vec![out]);
        batch.change(&mut into, wish, vec![taken]);
        Ok(Got::Ticket(Box::new(into)))
    }

    /// The ticket's id names the wish: repeated, it is answered with the ticket it has opened.
    pub(super) async fn new_ticket(&mut self, batch: &mut Batch, agent: &Agent, new: &NewTicket) -> Answer<Got> {
        if !domain::id::is_sound(&new.id) || !database::can_hold(&new.group) {
            return Err(Refusal::Malformed.into());
        }
        batch.flush().await?;
        if let Some(ticket) = tickets::load(&mut *batch.tx, &new.id).await? {
            return match ticket.via {
                _ if !ticket.may_read(agent) => Ok(Got::Hidden(Hidden::from(&agent.face, &new.id))),
                Via::Agent => Ok(Got::Ticket(Box::new(ticket))),
                _ => Err(Refusal::NotYours.into()),
            };
        }
        let seat = agent.seat(&new.group);
        let group = group(&mut batch.tx, &new.group).await?.filter(|_| seat.is_staff()).ok_or(Refusal::NotYours)?;
        let about = match &new.of_ticket {
            Some(id) => {
                let known = tickets::load(&mut *batch.tx, id).await?.ok_or(Refusal::NotYours)?;
                if !known.may_read(agent) {
                    return Ok(Got::Hidden(Hidden::from(&agent.face, id)));
                }
                (known.customer, known.application)
            }
            None => (named(batch, &new.customer)?, Named { id: String::new(), name: String::new() }),
        };
        let (customer, application) = about;
        let birth = Birth {
            number: next_number(batch).await?,
            chat: None,
            via: Via::Agent,
            application,
            subject: subject("", &group),
            group,
            customer,
            owner: Some(agent.face.clone()),
            message: None,
        };
        let ticket = Ticket::open(new.id.clone(), batch.now, &birth);
        let act = self.meant(&TicketAct::Save { changes: new.changes.clone(), note: new.note.clone() });
        let ground = ground(&mut batch.tx, &ticket, &act, Ground::at(batch.now)).await?;
        let saved = ticket.decide(&Who::Agent(seat), &act, &ground)?.pop();
        // Only now: a refusal leaves nobody behind.
        if new.of_ticket.is_none() {
            sqlx::query(
                "insert into customers (id, name, email, verified, created_at, seen_at) values ($1, $2, '', 0, $3, $3)",
            )
            .bind(birth.customer.id.as_str())
            .bind(birth.customer.name.as_str())
            .bind(batch.now.0)
            .execute(&mut *batch.tx)
            .await?;
        }
        let ticket = batch.bear(new.id.clone(), &new.id, Owed { birth, saved });
        Ok(Got::Ticket(Box::new(ticket)))
    }

    pub(super) async fn keep_ticket(&mut self, batch: &mut Batch, id: &str, since: Time) -> Answer<Got> {
        batch.flush().await?;
        let Some(mut ticket) = tickets::load(&mut *batch.tx, id).await? else {
            self.memory.unsaved.remove(id);
            return Ok(Got::Done);
        };
        self.by_new_names(&mut ticket);
        let wish = random::id(batch.now)?;
        let keep = TicketAct::Keep { owner_gone_since: since };
        let known = Ground { graces: self.memory.graces, ..Ground::at(batch.now) };
        let events = ticket.decide(&Who::Clock, &keep, &known)?;
        batch.change(&mut ticket, &wish, events);
        self.watch_over(ticket, batch.now);
        Ok(Got::Done)
    }

    /// A mail is tried no more: the ticket for which it was written tells of it, or the one that took that in.
    pub(super) async fn return_mail(&mut self, batch: &mut Batch, mail: &str, tries: u32) -> Answer<Got> {
        batch.flush().await?;
        let row = sqlx::query("select ticket_id, recipient from mails where id = $1 and due_at is not null")
            .bind(mail)
            .fetch_optional(&mut *batch.tx)
            .await?;
        let Some(row) = row else { return Ok(Got::Done) };
        let (ticket, to): (Option<String>, String) = (row.try_get(0)?, row.try_get(1)?);
        sqlx::query("update mails set tries = $1, due_at = null, body = '' where id = $2")
            .bind(i64::from(tries))
            .bind(mail)
            .execute(&mut *batch.tx)
            .await?;
        let Some(ticket) = ticket else { return Ok(Got::Done) };
        match tickets::load_whole(&mut batch.tx, &ticket).await {
            Ok(Some(mut ticket)) => {
                let act = random::id(batch.now)?;
                batch.change(&mut ticket, &act, vec![TicketEvent::Returned { to, tries }]);
                // Nobody did it: a letter of a trigger that comes back must not send another.
                drop(batch.take_moved());
            }
            Ok(None) => {}
            // The mail is done with all the same, or it would be given up again for ever.
            Err(fault) => {
                tracing::error!(ticket, "a ticket does not read, and tells of no mail that came back: {fault}")
            }
        }
        Ok(Got::Done)
    }
}

/// What the rules have to know for this act, besides what is known already.
pub(super) async fn ground(
    conn: &mut AnyConnection,
    ticket: &Ticket,
    act: &TicketAct,
    mut ground: Ground,
) -> Answer<Ground> {
    match act {
        TicketAct::Save { changes, .. } => {
            ground.house = house::read(&mut *conn).await?;
            for change in changes {
                match change {
                    Change::Group(id) => ground.group = group(&mut *conn, id).await?,
                    Change::Owner(Some(id)) | Change::OwnerOf { to: Some(id), .. } => {
                        ground.owner = owner(&mut *conn, id).await?
                    }
                    _ => {}
                }
            }
        }
        TicketAct::Reply { .. } => {
            ground.address = known_address(&mut *conn, ticket).await?;
            // Where there is a way without the portal, it is the one.
            if Way::of(ground.mails, ground.address.is_some(), false).is_err() {
                ground.portal = portal::is_signed(&mut *conn, ticket).await?;
            }
        }
        // Which conversation is meant, whoever links it asks for himself.
        TicketAct::Link { .. }
        | TicketAct::Unlink { .. }
        | TicketAct::Merge { .. }
        | TicketAct::Keep { .. }
        | TicketAct::GoOn { .. }
        | TicketAct::Answer { .. } => {}
    }
    Ok(ground)
}

pub(super) async fn group(conn: &mut AnyConnection, id: &str) -> Answer<Option<Named>> {
    if !database::can_hold(id) {
        return Ok(None);
    }
    let row =
        sqlx::query("select id, name from groups where id = $1 and retired = 0").bind(id).fetch_optional(conn).await?;
    let named = row.map(|row| Ok::<_, sqlx::Error>(Named { id: row.try_get(0)?, name: row.try_get(1)? }));
    Ok(named.transpose()?)
}

/// An agent who works here.
async fn owner(conn: &mut AnyConnection, id: &str) -> Answer<Option<Agent>> {
    if !database::can_hold(id) {
        return Ok(None);
    }
    let works =
        sqlx::query("select 1 from agents where id = $1 and disabled = 0").bind(id).fetch_optional(&mut *conn).await?;
    Ok(if works.is_some() { people::agent_in(conn, id).await? } else { None })
}

/// A conversation of this number that is over and that he may read: any other is not there. Or the one that he may not.
async fn over(conn: &mut AnyConnection, agent: &Agent, number: i64) -> Answer<(Option<Pointer>, Option<Hidden>)> {
    let Some(chat) = chat::by_number(conn, number).await? else { return Ok((None, None)) };
    if !chat.may_see(&agent.seat(&chat.group.id)) {
        return Ok((None, Some(Hidden::from(&agent.face, &chat.id))));
    }
    Ok((chat.is_over().then_some(Pointer { id: chat.id, number: chat.number }), None))
}

/// A customer of whom nobody knows more than the name that an agent typed.
fn named(batch: &Batch, name: &str) -> Answer<Named> {
    let name = text::line(name);
    if name.chars().count() > NAME_LIMIT {
        return Err(Refusal::FieldTooLong { field: "customer".into(), limit: NAME_LIMIT as u32 }.into());
    }
    Ok(Named { id: random::id(batch.now)?, name })
}
