//! A conversation with the customer of a ticket: an agent calls him (R67), or he calls its owner (R68). It has no
//! queue and is attended at once, and its words go to the ticket when it is over (Q6).

use super::batch::{Batch, Before};
use super::opening::{language, next_number};
use super::{Got, Keeper, Live};
use crate::audit::Hidden;
use crate::portal::{self, Callee, reach_of};
use crate::presence::Person;
use crate::{Answer, Fault, application, chat, customer, parameters, ticket};
use domain::event::Opening;
use domain::group::Named;
use domain::identity::{Related, proved_mail};
use domain::person::Agent;
use domain::portal::{Guest, Reach};
use domain::{Chat, Event, Face, Origin, Refusal, Ticket, Told};
use std::collections::HashSet;
use std::sync::Arc;

/// Who begins it.
#[derive(Clone, Debug)]
pub enum Beginner {
    Agent(Agent),
    Guest(Guest),
}

/// Who speaks with whom.
struct Pair {
    origin: Origin,
    customer: Named,
    verified: bool,
    /// The address whose mail he reads.
    mail: Option<String>,
    agent: Face,
}

impl Keeper {
    /// The chat's id names the wish: repeated, it is answered with the chat it has started.
    pub(super) async fn outer(
        &mut self,
        batch: &mut Batch,
        by: &Beginner,
        lang: &str,
        about: &str,
        id: &str,
    ) -> Answer<Got> {
        if !domain::id::is_sound(id) {
            return Err(Refusal::Malformed.into());
        }
        batch.flush().await?;
        if let Some(chat) = chat::load(&mut *batch.tx, id).await? {
            let mine = match by {
                Beginner::Agent(agent) => {
                    chat.origin == Origin::TicketAgent && chat.served.first().is_some_and(|f| f.id == agent.face.id)
                }
                Beginner::Guest(guest) => {
                    chat.origin == Origin::TicketCustomer && chat.customer.id == guest.customer.id
                }
            };
            if !mine {
                return Err(Refusal::NotYours.into());
            }
            return Ok(Got::Told(chat::told_of_act(&mut *batch.tx, id, id).await?));
        }
        let ticket = ticket::load(&mut *batch.tx, about).await?.ok_or(Refusal::NotYours)?;
        if let Beginner::Agent(agent) = by
            && !ticket.may_read(agent)
        {
            return Ok(Got::Hidden(Hidden::from(&agent.face, about)));
        }
        let pair = match by {
            Beginner::Agent(agent) => self.with_customer(batch, agent, &ticket).await?,
            Beginner::Guest(guest) => self.with_owner(batch, guest, &ticket).await?,
        };
        if let Some(chat) = chat::open_chat_of(&mut *batch.tx, &pair.customer.id).await? {
            return Err(Refusal::AlreadyOpen { chat }.into());
        }
        let key = portal::key_for(&mut batch.tx, &ticket).await?.ok_or(Refusal::NotAsked)?;
        let ground = application::ground(&mut *batch.tx, &key, "").await?;
        let ground = ground.ok_or_else(|| Fault::new("the application of a ticket is gone"))?;
        if !ground.setup.kind.has_chat() {
            return Err(Refusal::NotAsked.into());
        }
        let spoken = match by {
            Beginner::Agent(_) => portal::language_of(&mut batch.tx, &ticket).await?,
            Beginner::Guest(_) => None,
        };
        let opening = Opening {
            number: next_number(batch).await?,
            origin: pair.origin,
            application: ground.application,
            group: ticket.group.clone(),
            customer: pair.customer,
            verified: pair.verified,
            answers: Vec::new(),
            page: String::new(),
            lang: language(spoken.as_deref().unwrap_or(lang)).into(),
            terms: ground.terms,
            attributes: pair.mail.iter().map(|mail| proved_mail(mail)).collect(),
            related: Some(Related { id: ticket.id, number: ticket.number, subject: ticket.subject }),
        };
        let mut chat = Chat::open(id.into(), batch.now, &opening);
        let before = Before::of(&chat);
        let mut told = vec![Told::of(&chat, batch.now, id, Event::Opened(Box::new(opening)))];
        let attended = Event::Attended { by: pair.agent };
        chat.apply(batch.now, &attended);
        told.push(Told::of(&chat, batch.now, id, attended));
        let chat = Arc::new(chat);
        batch.note(&before, &chat, &told);
        for person in chat.agents.iter().map(|inside| Person::Agent(inside.face.id.clone())) {
            self.expect(person, batch.now);
        }
        self.expect(Person::Customer(chat.customer.id.clone()), batch.now);
        self.memory.hold(Live { chat, acts: HashSet::from([id.to_owned()]) });
        Ok(Got::Told(told))
    }

    /// An agent who may read it.
    async fn with_customer(&self, batch: &mut Batch, agent: &Agent, ticket: &Ticket) -> Answer<Pair> {
        let (reach, found) = reach_of(&mut batch.tx, &self.room, ticket, &agent.seat(&ticket.group.id)).await?;
        match (reach, found) {
            (_, Some(Callee { customer, verified, mail })) => {
                let (customer, agent) = (named(customer, ticket), agent.face.clone());
                Ok(Pair { origin: Origin::TicketAgent, customer, verified, mail, agent })
            }
            (Reach::Off, None) => Err(Refusal::NotYours.into()),
            (Reach::Unready, None) => Err(Refusal::TooLate.into()),
            (Reach::Attendants, None) => Err(Refusal::OnlyAttendants.into()),
            (_, None) => Err(Refusal::NoSuchTarget.into()),
        }
    }

    async fn with_owner(&self, batch: &mut Batch, guest: &Guest, ticket: &Ticket) -> Answer<Pair> {
        let his = portal::may_read(&mut batch.tx, guest, ticket).await?;
        if !his || !parameters::read(&mut *batch.tx).await?.invite_owner {
            return Err(Refusal::NotYours.into());
        }
        // Whoever was kept out as nobody is not let in by his address.
        if customer::is_blocked(&mut batch.tx, &ticket.customer.id).await? {
            return Err(Refusal::Blocked.into());
        }
        let agent = portal::talks_with(&mut batch.tx, &self.room, ticket).await?;
        let customer = named(guest.customer.clone(), ticket);
        // Whoever reads the mail of an address has not proved by that who he is.
        let (verified, mail) = (guest.address.is_none(), guest.address.clone());
        Ok(Pair { origin: Origin::TicketCustomer, customer, verified, mail, agent })
    }
}

/// Under the name that he has in the ticket, where he has no other and is the one of whom it was said.
pub(super) fn named(customer: Named, ticket: &Ticket) -> Named {
    let his = customer.id == ticket.customer.id;
    if his && customer.name.is_empty() { Named { name: ticket.customer.name.clone(), ..customer } } else { customer }
}
