//! What triggers do about a ticket, in the transaction of what they answer (R41).

use super::batch::Batch;
use super::{Got, Keeper};
use crate::ticket as tickets;
use crate::trigger::{self, Standing, Task};
use crate::{Answer, Fault, random, webhook};
use domain::group::Named;
use domain::trigger::{
    Action, Failed, Known, Mischance, Mishap, Occasion, Sent, Step, Trigger, Triggered, cycle, is_answered,
};
use domain::{Refusal, Ticket, TicketEvent};
use sqlx::Row;
use std::sync::Arc;

impl Keeper {
    /// What triggers do about all that has happened to tickets since this was asked last; the tickets that
    /// they have changed.
    pub(super) async fn answer_triggers(&mut self, batch: &mut Batch) -> Answer<Vec<Ticket>> {
        let moved = batch.take_moved();
        let triggers = self.memory.triggers.clone();
        let mut changed = Vec::new();
        if triggers.iter().all(|trigger| !trigger.on) {
            return Ok(changed);
        }
        for (before, after) in moved {
            let occasion = Occasion::Changed { before: before.as_ref(), after: &after };
            changed.extend(self.answer_with(batch, &triggers, &occasion, &after).await?.0);
        }
        Ok(changed)
    }

    /// The ticket as they leave it, if they do anything about it; and the triggers that ran.
    async fn answer_with(
        &mut self,
        batch: &mut Batch,
        triggers: &[Trigger],
        occasion: &Occasion<'_>,
        ticket: &Ticket,
    ) -> Answer<(Option<Ticket>, Vec<String>)> {
        let verified = triggers.iter().any(Trigger::asks_who_the_customer_is)
            && trigger::is_verified(&mut batch.tx, ticket).await?;
        if !is_answered(triggers, occasion, batch.now, verified) {
            return Ok((None, Vec::new()));
        }
        batch.flush().await?;
        let verified = trigger::is_verified(&mut batch.tx, ticket).await?;
        let known = Known { verified, ..trigger::known(&mut batch.tx, batch.now).await? };
        let steps = cycle(triggers, occasion, &known);
        // What is sent tells of the ticket as all of them leave it.
        let mut then = ticket.clone();
        for step in &steps {
            if let Step::Ran { place, edits, .. } = step {
                let event = done(triggers[*place].named(), edits.clone(), Vec::new(), Vec::new());
                then.apply(batch.now, &event);
            }
        }
        let (mut events, mut ran) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Ran { place, edits, mut failed } => {
                    let one = &triggers[place];
                    ran.push(one.id.clone());
                    let sent = self.send(batch, one, &then, verified, &mut failed).await?;
                    if !edits.is_empty() || !sent.is_empty() || !failed.is_empty() {
                        events.push(done(one.named(), edits, sent, failed));
                    }
                }
                Step::Cut { place, why } => {
                    let one = &triggers[place];
                    let mishap = mishap(batch, Mischance::Cut(why), ticket);
                    trigger::keep_mishap(&mut batch.tx, &one.id, &mishap).await?;
                    events.push(TicketEvent::Cut { trigger: one.named(), why });
                }
            }
        }
        if events.is_empty() {
            return Ok((None, ran));
        }
        let mut ticket = ticket.clone();
        let act = random::id(batch.now)?;
        batch.change(&mut ticket, &act, events);
        // A trigger answers what others do, and nothing that triggers did.
        drop(batch.take_moved());
        Ok((Some(ticket), ran))
    }

    /// Hands in what goes outside.
    async fn send(
        &mut self,
        batch: &mut Batch,
        one: &Trigger,
        ticket: &Ticket,
        verified: bool,
        failed: &mut Vec<Failed>,
    ) -> Answer<Vec<Sent>> {
        let mut sent = Vec::new();
        for action in &one.actions {
            let outcome = match action {
                Action::Mail { .. } if !self.mails.is_open() => Err(Refusal::NotAsked),
                Action::Mail { to, subject, text } => {
                    match trigger::letter(&mut batch.tx, ticket, *to, subject, text).await? {
                        Ok(letter) => {
                            let kept =
                                trigger::keep_letter(&mut batch.tx, &one.id, ticket, *to, &letter, batch.now).await?;
                            batch.sends_mail();
                            kept.map(|()| Sent::Mail { to: *to, subject: letter.subject, text: letter.text })
                        }
                        Err(why) => Err(why),
                    }
                }
                Action::Webhook { url } => match self.hooks.target(url) {
                    Ok(target) => {
                        let trigger = one.named();
                        let kept = webhook::keep(&mut batch.tx, &trigger, ticket, verified, &target, batch.now).await?;
                        batch.sends_webhooks();
                        kept.map(|()| Sent::Webhook { host: target.host() })
                    }
                    Err(why) => Err(why),
                },
                _ => continue,
            };
            match outcome {
                Ok(one) => sent.push(one),
                Err(why) => failed.push(Failed { what: trigger::deed(action), why }),
            }
        }
        Ok(sent)
    }

    /// These have stood for as long as a trigger waits for.
    pub(super) async fn crossed(&mut self, batch: &mut Batch, id: &str, ids: &[String], to: &Standing) -> Answer<Got> {
        let triggers = self.memory.triggers.clone();
        let Some(one) = triggers.iter().find(|one| one.id == *id && one.on) else { return Ok(Got::Done) };
        batch.flush().await?;
        for ticket in ids {
            let Some(ticket) = tickets::load(&mut *batch.tx, ticket).await? else { continue };
            // Somebody may have changed it meanwhile.
            let is_due = one.due(&ticket).is_some_and(|due| due <= batch.now);
            if !is_due || trigger::has_crossed(&mut *batch.tx, id, &ticket).await? {
                continue;
            }
            let occasion = Occasion::Crossed { trigger: id, ticket: &ticket };
            let (_, ran) = self.answer_with(batch, &triggers, &occasion, &ticket).await?;
            if ran.iter().any(|ran| ran == id) {
                trigger::keep_crossing(&mut *batch.tx, id, &ticket.id, ticket.stands_since()).await?;
            }
        }
        trigger::keep_place(&mut *batch.tx, id, to).await?;
        Ok(Got::Done)
    }

    /// A webhook was tried for long enough: its ticket tells of it, and whoever administers its trigger sees it.
    pub(super) async fn give_up(&mut self, batch: &mut Batch, webhook: &str, tries: u32) -> Answer<Got> {
        batch.flush().await?;
        let row = sqlx::query("select trigger_id, ticket_id, url from webhooks where id = $1 and due_at is not null")
            .bind(webhook)
            .fetch_optional(&mut *batch.tx)
            .await?;
        let Some(row) = row else { return Ok(Got::Done) };
        let (id, ticket, url): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        sqlx::query("update webhooks set tries = $1, due_at = null, body = '' where id = $2")
            .bind(i64::from(tries))
            .bind(webhook)
            .execute(&mut *batch.tx)
            .await?;
        let Some(mut ticket) = tickets::load(&mut *batch.tx, &ticket).await? else { return Ok(Got::Done) };
        let mishap = mishap(batch, Mischance::Undelivered, &ticket);
        trigger::keep_mishap(&mut batch.tx, &id, &mishap).await?;
        if ticket.merged.is_some() {
            return Ok(Got::Done);
        }
        let known = self.memory.triggers.iter().find(|one| one.id == id).map(Trigger::named);
        let trigger = known.unwrap_or(Named { id, name: String::new() });
        let host = self.hooks.host(&url).unwrap_or_default();
        let act = random::id(batch.now)?;
        batch.change(&mut ticket, &act, vec![TicketEvent::Undelivered { trigger, host, tries }]);
        drop(batch.take_moved());
        Ok(Got::Done)
    }

    pub(super) async fn set_triggers(&mut self, batch: &mut Batch, task: &Task) -> Answer<Got> {
        let fresh = trigger::fulfil(&mut batch.tx, task).await?;
        self.read_triggers(batch).await?;
        Ok(Got::Sealed(fresh))
    }

    async fn read_triggers(&mut self, batch: &mut Batch) -> Result<(), Fault> {
        self.memory.triggers = Arc::new(trigger::load(&mut batch.tx).await?);
        Ok(())
    }
}

fn done(trigger: Named, edits: Vec<domain::ticket::Edit>, sent: Vec<Sent>, failed: Vec<Failed>) -> TicketEvent {
    TicketEvent::Triggered(Box::new(Triggered { trigger, edits, sent, failed }))
}

fn mishap(batch: &Batch, what: Mischance, ticket: &Ticket) -> Mishap {
    Mishap { at: batch.now, what, ticket: ticket.id.clone(), number: ticket.number }
}
