//! Tags that get another name: what was decided of one, and tickets that somebody changes before they have it.

use super::batch::Batch;
use super::{Got, Keeper};
use crate::audit::Note;
use crate::session::{Signed, Whence};
use crate::trigger::Task;
use crate::{Answer, tag};
use domain::audit::Kind;
use domain::tag::{Change, renamed, replaced};
use domain::{Ticket, TicketAct};

impl Keeper {
    pub(super) async fn change_tag(
        &mut self,
        batch: &mut Batch,
        signed: &Signed,
        change: &Change,
        from: &Whence,
    ) -> Answer<Got> {
        batch.flush().await?;
        let said = tag::change(&mut batch.tx, signed, change).await?;
        if !said.is_empty() {
            let note =
                |what: &String| Note::by(&signed.agent.face.id, Kind::SettingsChanged).about_thing(what).from(from);
            batch.notes.extend(said.iter().map(note));
            self.read_triggers(batch).await?;
            self.memory.renames = tag::pending(&mut batch.tx).await?;
        }
        Ok(Got::Done)
    }

    /// These have their turn.
    pub(super) async fn retag(&mut self, batch: &mut Batch, from: &str, tickets: &[String]) -> Answer<Got> {
        batch.flush().await?;
        if tag::retag(&mut batch.tx, from, tickets, batch.now).await? {
            self.memory.renames = tag::pending(&mut batch.tx).await?;
        }
        batch.reindexes();
        Ok(Got::Done)
    }

    /// As it will be called: so that triggers, which speak by the new names, know it.
    pub(super) fn by_new_names(&self, ticket: &mut Ticket) {
        for (from, to) in &self.memory.renames {
            if ticket.tags.contains(from) {
                ticket.tags = replaced(&ticket.tags, from, to);
            }
        }
    }

    /// What somebody wants by the old names is meant by the new ones.
    pub(super) fn meant(&self, act: &TicketAct) -> TicketAct {
        let mut act = act.clone();
        if let TicketAct::Save { changes, .. } = &mut act {
            for (from, to) in &self.memory.renames {
                changes.iter_mut().for_each(|change| renamed(change, from, to));
            }
        }
        act
    }

    /// The same of a trigger: who saves it may have read it before. That the tag is called otherwise is nobody's change
    /// of the trigger, as long as what is meant is known.
    pub(super) fn task_meant(&self, task: &Task) -> Task {
        let mut task = task.clone();
        if let Task::Save { trigger, read, .. } = &mut task {
            for (from, to) in &self.memory.renames {
                trigger.rename_tag(from, to);
                if let Some(read) = read {
                    read.rename_tag(from, to);
                }
            }
        }
        task
    }
}
