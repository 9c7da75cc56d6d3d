//! Where the keeper is asked, and how he answers.

use super::{Got, Want};
use crate::presence::{Note, Person};
use crate::span::word;
use crate::{Answer, Error, Fault};
use tokio::sync::{mpsc, oneshot};
use tracing::Span as Trace;

pub(super) struct Job {
    pub(super) want: Want,
    /// None: nobody waits for the answer.
    reply: Option<oneshot::Sender<Answer<Got>>>,
    /// It lasts until that is answered.
    span: Trace,
}

impl Job {
    pub(super) fn of_the_clock(want: Want) -> Job {
        Job { want, reply: None, span: Trace::none() }
    }

    /// In the trace of the first that was asked for in one; the others are linked with it.
    pub(super) fn transaction(jobs: &[Job]) -> Trace {
        let mut traced = jobs.iter().map(|job| &job.span).filter(|span| !span.is_disabled());
        let first = traced.next();
        let span = crate::span!(parent: first.and_then(Trace::id), "transaction", wishes = jobs.len());
        for other in traced {
            span.follows_from(other);
        }
        span
    }
}

impl Want {
    /// For a span: which it is, and of an act which of those.
    fn word(&self) -> String {
        match self {
            Want::Act { wish, .. } => word(&wish.act),
            Want::Ticket { act, .. } => word(act),
            other => word(other),
        }
    }
}

pub(super) fn noted(notes: Vec<(Person, Note)>) -> impl Iterator<Item = Job> {
    notes.into_iter().map(|(person, note)| Job::of_the_clock(Want::Presence { person, note }))
}

/// Where to ask the keeper.
#[derive(Clone)]
pub struct Door(pub(super) mpsc::Sender<Job>);

impl Door {
    pub async fn ask(&self, want: Want) -> Answer<Got> {
        let closed = || Error::Broken(Fault::new("the keeper has stopped"));
        let (reply, answer) = oneshot::channel();
        let span = crate::span!("keeper", wish = want.word());
        self.0.send(Job { want, reply: Some(reply), span }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    pub async fn check(&self) -> Answer<()> {
        self.ask(Want::Check).await.map(|_| ())
    }

    /// Returns when everything asked before is kept.
    pub async fn stop(&self) {
        if let Err(error) = self.ask(Want::Stop).await {
            tracing::debug!("the keeper had stopped before: {error}");
        }
    }
}

pub(super) fn answer(job: Job, got: Answer<Got>) {
    match (job.reply, got) {
        // Whoever asked may have hung up; what he asked for is kept all the same.
        (Some(reply), got) => drop(reply.send(got)),
        (None, Err(Error::Broken(fault))) => tracing::error!("what the clock asked for broke: {fault}"),
        (None, _) => {}
    }
}
