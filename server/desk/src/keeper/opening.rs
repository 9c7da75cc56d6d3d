//! How a chat begins: the visitor, the form, the subject, the queue.

use super::identity::{self, Customer};
use super::{Got, Keeper, Live};
use crate::application::Ground;
use crate::keeper::batch::{Batch, Before};
use crate::presence::Person;
use crate::{Answer, Fault, Visitor, application, chat, customer, group, portal, random, ticket, visitor};
use domain::application::{Answer as FormAnswer, FieldKind, email_of, fill, prove};
use domain::event::Opening;
use domain::group::Named;
use domain::hours::Closed;
use domain::identity::{Related, merge, proved_mail, unsigned};
use domain::wire::Open;
use domain::{Chat, Event, Origin, Refusal, Told, text};
use sqlx::Row;
use std::collections::HashSet;
use std::sync::Arc;

/// The longest page address that is kept, in characters.
const PAGE_LIMIT: usize = 500;

impl Keeper {
    /// The chat's id names the wish: repeated, it is answered with the chat it has started.
    pub(super) async fn open(&mut self, batch: &mut Batch, token_hash: &str, open: &Open) -> Answer<Got> {
        let (ground, known) = ground(batch, token_hash, open).await?;
        if let Some(chat) = chat::load(&mut *batch.tx, &open.id).await? {
            let mine = known.is_some_and(|v| v.customer == chat.customer.id);
            if !mine {
                return Err(Refusal::NotYours.into());
            }
            return Ok(Got::Told(chat::told_of_act(&mut *batch.tx, &open.id, &open.id).await?));
        }
        if let Some(visitor) = &known
            && let Some(chat) = chat::open_chat_of(&mut *batch.tx, &visitor.customer).await?
        {
            return Err(Refusal::AlreadyOpen { chat }.into());
        }
        let chosen = application::group_of(&mut *batch.tx, &ground.application.id, &open.group).await?;
        let group = chosen.ok_or(Refusal::NotYours)?;
        may_begin(batch, known.as_ref()).await?;
        let person = proved(batch, known.as_ref()).await?;
        let answers = fill(&ground.fields, &answers_of(&ground, person.as_ref(), &open.answers))?;
        if let Some(Closed { next }) = application::closed(&ground.application.id, &ground.setup, batch.now)? {
            return Err(Refusal::Closed { next }.into());
        }
        let related = self.related(batch, known.as_ref().filter(|_| person.is_some()), open).await?;
        let mut attributes = person.as_ref().map_or(Vec::new(), |person| person.attributes.clone());
        merge(&mut attributes, &unsigned(&open.attributes)?);
        if let Some(visitor) = &known {
            let mail = portal::mail_of(&mut batch.tx, &visitor.customer).await?;
            attributes.extend(mail.as_deref().map(proved_mail));
        }
        if group::online(&mut *batch.tx, &self.room, &group.id).await?.is_empty() {
            return Err(Refusal::NobodyOnline.into());
        }
        let name = name_of(&ground, person.as_ref(), &answers);
        let email = email_of(&ground.fields, &answers).to_owned();
        let customer = self.customer(batch, token_hash, &ground.application.id, known, &name, &email).await?;
        let opening = Opening {
            number: next_number(batch).await?,
            origin: Origin::Widget,
            application: ground.application,
            group,
            customer: Named { id: customer, name },
            verified: person.is_some(),
            answers,
            page: page(&open.page),
            lang: language(&open.lang).into(),
            terms: ground.terms,
            attributes,
            related,
        };
        let chat = Arc::new(Chat::open(open.id.clone(), batch.now, &opening));
        let told = vec![Told::of(&chat, batch.now, &open.id, Event::Opened(Box::new(opening)))];
        batch.note(&Before::of(&chat), &chat, &told);
        self.expect(Person::Customer(chat.customer.id.clone()), batch.now);
        self.memory.hold(Live { chat, acts: HashSet::from([open.id.clone()]) });
        Ok(Got::Told(told))
    }

    /// The person behind the token. What is typed names the chat; it never edits or reveals
    /// somebody who was there before.
    pub(super) async fn customer(
        &self,
        batch: &mut Batch,
        token_hash: &str,
        application: &str,
        known: Option<Visitor>,
        name: &str,
        email: &str,
    ) -> Result<String, Fault> {
        if let Some(visitor) = known {
            return Ok(visitor.customer);
        }
        let id = random::id(batch.now)?;
        sqlx::query(
            "insert into customers (id, name, email, verified, created_at, seen_at) values ($1, $2, $3, 0, $4, $4)",
        )
        .bind(id.as_str())
        .bind(name)
        .bind(email)
        .bind(batch.now.0)
        .execute(&mut *batch.tx)
        .await?;
        visitor::keep(batch, token_hash, &id, application).await?;
        // It may have stood for somebody who was erased meanwhile, on the command line.
        self.visitors.forget(token_hash);
        Ok(id)
    }

    /// The ticket that he wants to go on with. Not his, completed and not there are the same answer (S19d).
    async fn related(&self, batch: &mut Batch, proved: Option<&Visitor>, open: &Open) -> Answer<Option<Related>> {
        let Some(id) = &open.related else { return Ok(None) };
        let visitor = proved.ok_or(Refusal::NotYours)?;
        let ticket = ticket::load(&mut *batch.tx, id).await?.filter(|ticket| ticket.may_go_on(&visitor.customer));
        let ticket = ticket.ok_or(Refusal::NotYours)?;
        Ok(Some(Related { id: ticket.id, number: ticket.number, subject: ticket.subject }))
    }
}

/// What an application settles for whoever begins something in it, and who he is if he was here before.
pub(super) async fn ground(batch: &mut Batch, token_hash: &str, open: &Open) -> Answer<(Ground, Option<Visitor>)> {
    if !domain::id::is_sound(&open.id) {
        return Err(Refusal::Malformed.into());
    }
    batch.flush().await?;
    let ground =
        application::ground(&mut *batch.tx, &open.key, language(&open.lang)).await?.ok_or(Refusal::NotYours)?;
    if !ground.setup.kind.has_chat() {
        return Err(Refusal::NotYours.into());
    }
    let known = visitor::find(&mut *batch.tx, token_hash).await?;
    if known.as_ref().is_some_and(|v| v.application != ground.application.id) {
        return Err(Refusal::SignedOut.into());
    }
    Ok((ground, known))
}

/// Not who was blocked. Whoever comes without a token is somebody new to us.
pub(super) async fn may_begin(batch: &mut Batch, visitor: Option<&Visitor>) -> Answer<()> {
    match visitor {
        Some(visitor) if customer::is_blocked(&mut batch.tx, &visitor.customer).await? => Err(Refusal::Blocked.into()),
        _ => Ok(()),
    }
}

/// Who the visitor is, when his site has proved it.
pub(super) async fn proved(batch: &mut Batch, visitor: Option<&Visitor>) -> Result<Option<Customer>, Fault> {
    let Some(visitor) = visitor else { return Ok(None) };
    Ok(identity::load(&mut *batch.tx, &visitor.customer).await?.filter(|customer| customer.verified))
}

/// What he answered; of what his site has signed, that.
pub(super) fn answers_of(ground: &Ground, proved: Option<&Customer>, answers: &[FormAnswer]) -> Vec<FormAnswer> {
    match proved {
        Some(person) => prove(&ground.fields, answers, &person.name, &person.email),
        None => answers.to_vec(),
    }
}

/// What he is called. Where identity is required, whoever is not proved is nobody: what he says of his
/// name stays an answer (S73).
pub(super) fn name_of(ground: &Ground, proved: Option<&Customer>, answers: &[FormAnswer]) -> String {
    match proved {
        Some(person) => person.name.clone(),
        None if ground.setup.identity_required => String::new(),
        None => {
            let field = ground.fields.iter().find(|f| f.kind == FieldKind::Name);
            let answer = field.and_then(|f| answers.iter().find(|a| a.key == f.key));
            answer.map_or(String::new(), |a| a.value.clone())
        }
    }
}

/// The next protocol number: dense, since it is raised in the transaction that uses it. A chat
/// that leaves no ticket keeps its number, so ticket numbers may have gaps and never repeat.
pub(super) async fn next_number(batch: &mut Batch) -> Result<i64, Fault> {
    let row = sqlx::query("update counters set n = n + 1 where name = 'protocol' returning n")
        .fetch_one(&mut *batch.tx)
        .await?;
    Ok(row.try_get(0)?)
}

pub(super) fn page(page: &str) -> String {
    text::line(page).chars().take(PAGE_LIMIT).collect()
}

pub(super) fn language(lang: &str) -> &'static str {
    match lang.get(..2) {
        Some("pt") => "pt",
        Some("en") => "en",
        _ => "es",
    }
}
