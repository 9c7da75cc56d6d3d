//! How an offline message becomes a ticket: the visitor, the form, the subject, the words.

use super::opening::{answers_of, ground, language, may_begin, name_of, next_number, page, proved};
use super::{Got, Keeper};
use crate::keeper::batch::Batch;
use crate::{Answer, application, ticket};
use domain::Refusal;
use domain::application::email_of;
use domain::group::Named;
use domain::offline::{Message, Offline, Receipt, birth};
use domain::ticket::Owed;
use domain::wire::Open;

impl Keeper {
    /// The ticket's id names the wish: repeated, it is answered with the number it was given.
    pub(super) async fn offline(&mut self, batch: &mut Batch, token_hash: &str, offline: &Offline) -> Answer<Got> {
        let open = &offline.open;
        let (ground, known) = ground(batch, token_hash, open).await?;
        if let Some(ticket) = ticket::load(&mut *batch.tx, &open.id).await? {
            let mine = known.is_some_and(|v| v.customer == ticket.customer.id) && ticket.chat.is_none();
            let receipt = Receipt { number: ticket.number };
            return if mine { Ok(Got::Receipt(receipt)) } else { Err(Refusal::NotYours.into()) };
        }
        let chosen = application::group_of(&mut *batch.tx, &ground.application.id, &open.group).await?;
        let group = chosen.ok_or(Refusal::NotYours)?;
        may_begin(batch, known.as_ref()).await?;
        let person = proved(batch, known.as_ref()).await?;
        let open = Open { answers: answers_of(&ground, person.as_ref(), &open.answers), ..open.clone() };
        let (answers, text) =
            Offline { open: open.clone(), ..offline.clone() }.accept(&ground.fields, &ground.setup)?;
        let name = name_of(&ground, person.as_ref(), &answers);
        let email = email_of(&ground.fields, &answers).to_owned();
        let customer = self.customer(batch, token_hash, &ground.application.id, known, &name, &email).await?;
        let number = next_number(batch).await?;
        let message = Message {
            text,
            answers,
            page: page(&open.page),
            lang: language(&open.lang).into(),
            verified: person.is_some(),
        };
        let (birth, saved) = birth(number, ground.application, group, Named { id: customer, name }, message);
        batch.bear(open.id.clone(), &open.id, Owed { birth, saved: Some(saved) });
        Ok(Got::Receipt(Receipt { number }))
    }
}
