//! A conversation among agents about a ticket: it has neither a customer nor a queue, and its words go to the ticket
//! when it is over (R66, R69, R70).

use super::batch::{Batch, Before};
use super::opening::next_number;
use super::{Got, Keeper, Live};
use crate::audit::Hidden;
use crate::presence::Person;
use crate::{Answer, application, chat, parameters, ticket};
use domain::application::Terms;
use domain::event::Opening;
use domain::group::Named;
use domain::identity::Related;
use domain::person::Agent;
use domain::{Chat, Event, Origin, Refusal, Told};
use sqlx::{AnyConnection, Row};
use std::collections::HashSet;
use std::sync::Arc;

impl Keeper {
    /// The chat's id names the wish: repeated, it is answered with the chat it has started.
    pub(super) async fn inner(
        &mut self,
        batch: &mut Batch,
        agent: &Agent,
        lang: &str,
        about: &str,
        id: &str,
    ) -> Answer<Got> {
        if !domain::id::is_sound(id) {
            return Err(Refusal::Malformed.into());
        }
        batch.flush().await?;
        if let Some(chat) = chat::load(&mut *batch.tx, id).await? {
            if !chat.is_inner() || chat.served.first().is_none_or(|first| first.id != agent.face.id) {
                return Err(Refusal::NotYours.into());
            }
            return Ok(Got::Told(chat::told_of_act(&mut *batch.tx, id, id).await?));
        }
        if !parameters::read(&mut *batch.tx).await?.invite_owner {
            return Err(Refusal::NotYours.into());
        }
        let ticket = ticket::load(&mut *batch.tx, about).await?.ok_or(Refusal::NotYours)?;
        if !ticket.may_read(agent) {
            return Ok(Got::Hidden(Hidden::from(&agent.face, about)));
        }
        if !ticket.is_saved() {
            return Err(Refusal::NotYours.into());
        }
        let application = match ticket.application.id.as_str() {
            "" => application_of(&mut batch.tx, &ticket.group.id).await?.ok_or(Refusal::TooLate)?,
            _ => ticket.application.clone(),
        };
        let setup = application::setup_of(&mut *batch.tx, &application.id).await?;
        let number = next_number(batch).await?;
        let opening = Opening {
            number,
            origin: Origin::AgentAgent,
            application,
            group: ticket.group.clone(),
            // Nobody: what stands where his name would is what they speak of.
            customer: Named { id: String::new(), name: format!("Ticket {} · {}", ticket.number, ticket.subject) },
            verified: false,
            answers: Vec::new(),
            page: String::new(),
            lang: lang.into(),
            terms: Terms { files: setup.files, documents: setup.documents, ..Terms::default() },
            attributes: Vec::new(),
            related: Some(Related { id: ticket.id, number: ticket.number, subject: ticket.subject }),
        };
        let mut chat = Chat::open(id.into(), batch.now, &opening);
        let before = Before::of(&chat);
        let mut told = vec![Told::of(&chat, batch.now, id, Event::Opened(Box::new(opening)))];
        let attended = Event::Attended { by: agent.face.clone() };
        chat.apply(batch.now, &attended);
        told.push(Told::of(&chat, batch.now, id, attended));
        let chat = Arc::new(chat);
        batch.note(&before, &chat, &told);
        self.expect(Person::Agent(agent.face.id.clone()), batch.now);
        self.memory.hold(Live { chat, acts: HashSet::from([id.to_owned()]) });
        Ok(Got::Told(told))
    }
}

/// A ticket that was opened by hand may be of no application, and a conversation is of one: of the first that offers its
/// group, else of the oldest. None: the house has none.
async fn application_of(conn: &mut AnyConnection, group: &str) -> Answer<Option<Named>> {
    let row = sqlx::query(
        "select a.id, a.name from applications a \
         left join application_groups g on g.application_id = a.id and g.group_id = $1 \
         order by case when a.retired_at is null then 0 else 1 end, case when g.group_id is null then 1 else 0 end, \
         a.created_at, a.id limit 1",
    )
    .bind(group)
    .fetch_optional(conn)
    .await?;
    let one = row.map(|row| Ok::<_, sqlx::Error>(Named { id: row.try_get(0)?, name: row.try_get(1)? }));
    Ok(one.transpose()?)
}
