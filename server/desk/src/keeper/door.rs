//! Where the keeper is asked, and how he answers.

use super::{Got, Want};
use crate::presence::{Note, Person};
use crate::span::word;
use crate::worker::Worker;
use crate::{Answer, Error, Fault};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::timeout;
use tracing::Span as Trace;

/// So long a stop waits for what was asked before: longer than a writer of SQLite's waits for another, and short enough
/// that the desk has time for what comes after ([`crate::LAST`]).
const LAST: Duration = Duration::from_secs(6);

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
pub struct Door {
    jobs: mpsc::Sender<Job>,
    /// The keeper himself.
    pub(super) task: Arc<Worker>,
    /// Held by who stops him; true from the first who did.
    stopped: Arc<Mutex<bool>>,
}

impl Door {
    pub(super) fn new(jobs: mpsc::Sender<Job>) -> Door {
        Door { jobs, task: Arc::default(), stopped: Arc::default() }
    }

    pub async fn ask(&self, want: Want) -> Answer<Got> {
        let closed = || Error::Broken(Fault::new("the keeper has stopped"));
        let (reply, answer) = oneshot::channel();
        let span = crate::span!("keeper", wish = want.word());
        self.jobs.send(Job { want, reply: Some(reply), span }).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    pub async fn check(&self) -> Answer<()> {
        self.ask(Want::Check).await.map(|_| ())
    }

    /// Returns when everything asked before is kept, or cannot be kept in time: whoever asked for that is told of a fault,
    /// and what is being committed at that moment may be kept all the same.
    pub async fn stop(&self) {
        if let Err(why) = self.stop_within(LAST).await {
            tracing::warn!("the keeper did not stop as it should: {why}");
        }
    }

    /// Stopped again, it is nothing but to wait for the first.
    async fn stop_within(&self, patience: Duration) -> Result<(), &'static str> {
        let mut stopped = self.stopped.lock().await;
        let ended = if std::mem::replace(&mut *stopped, true) {
            Ok(())
        } else if self.jobs.is_closed() {
            Err("it had broken before")
        } else {
            match timeout(patience, self.ask(Want::Stop)).await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(_)) => Err("it broke before everything was kept"),
                Err(_) => Err("it did not say in time that everything is kept"),
            }
        };
        self.task.stop().await;
        ended
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, poll_fn};
    use std::pin::pin;
    use std::task::Poll;

    /// One that does this with the first that is asked of it.
    fn keeper<F: Future<Output = ()> + Send + 'static>(does: impl FnOnce(Job) -> F + Send + 'static) -> Door {
        let (jobs, mut asked) = mpsc::channel(1);
        let door = Door::new(jobs);
        door.task.start(async move {
            if let Some(job) = asked.recv().await {
                does(job).await;
            }
        });
        door
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_a_keeper_that_does_not_end() {
        let held = Arc::new(());
        let its = held.clone();
        let door = keeper(|job| async move {
            let _its = (job, its);
            pending().await
        });

        let ended = door.stop_within(Duration::ZERO).await;

        assert_eq!(ended, Err("it did not say in time that everything is kept"));
        assert_eq!(Arc::strong_count(&held), 1, "it is still at work");
        assert_eq!(door.stop_within(LAST).await, Ok(()), "it was stopped already");
    }

    #[tokio::test]
    async fn a_keeper_that_breaks_as_it_stops_is_told() {
        let broke = keeper(|job| async { drop(job) });
        let whole = keeper(|job| async { answer(job, Ok(Got::Done)) });

        assert_eq!(broke.stop_within(LAST).await, Err("it broke before everything was kept"));
        assert_eq!(whole.stop_within(LAST).await, Ok(()));
    }

    #[tokio::test]
    async fn a_keeper_that_had_broken_is_told_when_it_is_stopped() {
        let door = keeper(|job| async { drop(job) });
        assert!(door.check().await.is_err());
        door.jobs.closed().await;

        assert_eq!(door.stop_within(LAST).await, Err("it had broken before"));
        assert_eq!(door.stop_within(LAST).await, Ok(()), "it was told already");
    }

    #[tokio::test]
    async fn a_second_stop_waits_for_the_first() {
        let (let_go, wait) = oneshot::channel::<()>();
        let door = keeper(|job| async move {
            wait.await.unwrap();
            answer(job, Ok(Got::Done));
        });
        let mut first = pin!(door.stop_within(LAST));
        let mut second = pin!(door.stop_within(LAST));

        let early = poll_fn(|context| {
            let first = first.as_mut().poll(context).is_ready();
            Poll::Ready(second.as_mut().poll(context).is_ready() || first)
        });
        assert!(!early.await, "it did not wait");
        let_go.send(()).unwrap();

        assert_eq!(first.await, Ok(()));
        assert_eq!(second.await, Ok(()));
    }
}
