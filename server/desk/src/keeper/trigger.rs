//! What triggers do about a ticket, in the transaction of what they answer (R41).

use super::batch::Batch;
use super::{Got, Keeper};
use crate::audit::Note;
use crate::session::{Signed, Whence};
use crate::ticket as tickets;
use crate::trigger::{self, Looked, Task};
use crate::{Answer, Fault, random, webhook};
use domain::audit::Kind;
use domain::group::Named;
use domain::trigger::{
    Action, Cut, Failed, Known, Mischance, Mishap, Occasion, Sent, Step, Trigger, Triggered, cycle, is_answered,
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
        let mut known = None;
        for (before, after) in moved {
            let occasion = Occasion::Changed { before: before.as_ref(), after: &after };
            changed.extend(self.answer_with(batch, &triggers, &occasion, &after, &mut known).await?);
        }
        Ok(changed)
    }

    /// The ticket as they leave it, if they do anything about it. `known`: of the house, read once for many
    /// tickets.
    async fn answer_with(
        &mut self,
        batch: &mut Batch,
        triggers: &[Trigger],
        occasion: &Occasion<'_>,
        ticket: &Ticket,
        known: &mut Option<Known>,
    ) -> Answer<Option<Ticket>> {
        let asks = triggers.iter().any(Trigger::asks_who_the_customer_is);
        let mut verified = asks && trigger::is_verified(&mut batch.tx, ticket).await?;
        if !is_answered(triggers, occasion, batch.now, verified) {
            return Ok(None);
        }
        batch.flush().await?;
        if !asks {
            verified = trigger::is_verified(&mut batch.tx, ticket).await?;
        }
        let known = match known {
            Some(known) => known,
            None => known.insert(trigger::known(&mut batch.tx, batch.now).await?),
        };
        known.verified = verified;
        let steps = cycle(triggers, occasion, known);
        // What is sent tells of the ticket as all of them leave it.
        let mut then = ticket.clone();
        for step in &steps {
            if let Step::Ran { place, edits, .. } = step {
                let event = done(triggers[*place].named(), edits.clone(), Vec::new(), Vec::new());
                then.apply(batch.now, &event);
            }
        }
        let mut events = Vec::new();
        for step in steps {
            match step {
                Step::Ran { place, edits, mut failed } => {
                    let one = &triggers[place];
                    if one.waits().is_some() {
                        // Whatever it answered: the clock does not have it do the same again.
                        trigger::keep_crossing(&mut *batch.tx, &one.id, &then.id, then.stands_since()).await?;
                    }
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
            return Ok(None);
        }
        let mut ticket = ticket.clone();
        let act = random::id(batch.now)?;
        batch.change(&mut ticket, &act, events);
        // A trigger answers what others do, and nothing that triggers did.
        drop(batch.take_moved());
        Ok(Some(ticket))
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

    /// These have stood for as long as a trigger waits for. Answers whether the look may go on.
    pub(super) async fn crossed(&mut self, batch: &mut Batch, looked: &Looked) -> Answer<Got> {
        let triggers = self.memory.triggers.clone();
        let asked = &looked.trigger;
        let is_the_same = |one: &&Trigger| one.on && one.all == asked.all && one.any == asked.any;
        let now = triggers.iter().find(|one| one.id == asked.id).filter(is_the_same);
        let Some(one) = now else { return Ok(Got::Looked(false)) };
        if !trigger::keep_place(&mut *batch.tx, looked).await? {
            return Ok(Got::Looked(false));
        }
        batch.flush().await?;
        let mut known = None;
        for ticket in &looked.tickets {
            let Some(mut ticket) = tickets::load(&mut *batch.tx, ticket).await? else { continue };
            self.by_new_names(&mut ticket);
            // Somebody may have changed it meanwhile.
            let is_due = one.due(&ticket).is_some_and(|due| due <= batch.now);
            if !is_due || trigger::has_crossed(&mut *batch.tx, &one.id, &ticket).await? {
                continue;
            }
            if !self.cut_chase(batch, one, &ticket).await? {
                let occasion = Occasion::Crossed { trigger: &one.id, ticket: &ticket };
                self.answer_with(batch, &triggers, &occasion, &ticket, &mut known).await?;
            }
        }
        Ok(Got::Looked(true))
    }

    /// Triggers that wait for a time begin it anew for each other: what would go on like that for ever is cut
    /// here, and reported. It goes on when somebody changes the ticket's status.
    async fn cut_chase(&mut self, batch: &mut Batch, one: &Trigger, ticket: &Ticket) -> Answer<bool> {
        let verified = one.asks_who_the_customer_is() && trigger::is_verified(&mut batch.tx, ticket).await?;
        let occasion = Occasion::Crossed { trigger: &one.id, ticket };
        let answers = is_answered(std::slice::from_ref(one), &occasion, batch.now, verified);
        // What was done in this batch is asked for too.
        batch.flush().await?;
        if !answers || !trigger::has_chased(&mut batch.tx, &one.id, ticket).await? {
            return Ok(false);
        }
        let mishap = mishap(batch, Mischance::Cut(Cut::Loop), ticket);
        trigger::keep_mishap(&mut batch.tx, &one.id, &mishap).await?;
        trigger::keep_crossing(&mut *batch.tx, &one.id, &ticket.id, ticket.stands_since()).await?;
        let act = random::id(batch.now)?;
        let cut = TicketEvent::Cut { trigger: one.named(), why: Cut::Loop };
        batch.change(&mut ticket.clone(), &act, vec![cut]);
        drop(batch.take_moved());
        Ok(true)
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
        let mut ticket = match tickets::load(&mut *batch.tx, &ticket).await {
            Ok(Some(ticket)) => ticket,
            Ok(None) => return Ok(Got::Done),
            // The webhook is done with all the same, or it would be given up again for ever.
            Err(fault) => {
                tracing::error!(ticket, "a ticket does not read, and tells of no webhook that was given up: {fault}");
                return Ok(Got::Done);
            }
        };
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

    /// What changes a setting is written down as such, whoever asks twice for it.
    pub(super) async fn set_triggers(
        &mut self,
        batch: &mut Batch,
        signed: &Signed,
        from: &Whence,
        task: &Task,
    ) -> Answer<Got> {
        let task = &self.task_meant(task);
        let settled = trigger::fulfil(&mut batch.tx, signed, task).await?;
        if settled.changed {
            let note = Note::by(&signed.agent.face.id, Kind::SettingsChanged).about_thing(&task.said()).from(from);
            batch.notes.push(note);
        }
        self.read_triggers(batch).await?;
        Ok(Got::Sealed(settled.tells))
    }

    pub(super) async fn read_triggers(&mut self, batch: &mut Batch) -> Result<(), Fault> {
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
