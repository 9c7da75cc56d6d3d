//! What time it is. Wall time is read once; from then on only the monotonic clock counts, so a
//! wall clock that is set back or forth abandons nobody (R24 of quality.md). Set back while we
//! were down, it is not believed: time begins where what is kept has ended. Monotonic time stands
//! still while the machine is suspended; that is caught up with.

use domain::{Span, Time};
use sqlx::{AnyExecutor, Row};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;

/// The longest sleep before the clock looks again, in case a deadline was missed.
const LOOK: Duration = Duration::from_secs(30);

/// So far ahead the wall clock was not corrected: the machine slept, or somebody set it.
const ASLEEP: Span = Span::minutes(1);

#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System {
        wall: i64,
        start: Instant,
        offset: AtomicI64,
        moved: Notify,
    },
    /// `ahead`: how far a wall clock has gone on without us.
    Hands {
        now: AtomicI64,
        ahead: AtomicI64,
        moved: Notify,
    },
}

impl Clock {
    /// The machine's own.
    pub fn system() -> Clock {
        Clock(Arc::new(Kind::System {
            wall: wall(),
            start: Instant::now(),
            offset: AtomicI64::new(0),
            moved: Notify::new(),
        }))
    }

    /// A clock that stands still until it is moved: for stories.
    pub fn hands(now: Time) -> Clock {
        Clock(Arc::new(Kind::Hands { now: AtomicI64::new(now.0), ahead: AtomicI64::new(0), moved: Notify::new() }))
    }

    pub fn now(&self) -> Time {
        match &*self.0 {
            Kind::System { wall, start, offset, .. } => {
                Time(wall + start.elapsed().as_millis() as i64 + offset.load(Ordering::Acquire))
            }
            Kind::Hands { now, .. } => Time(now.load(Ordering::Acquire)),
        }
    }

    /// Returns when so much has passed.
    pub async fn wait(&self, span: Span) {
        let due = self.now() + span;
        while self.now() < due {
            self.wait_until(Some(due)).await;
        }
    }

    /// Moves the hands: for stories, in browsers too.
    pub fn advance(&self, span: Span) {
        match &*self.0 {
            Kind::System { offset, moved, .. } => {
                offset.fetch_add(span.0, Ordering::AcqRel);
                moved.notify_waiters();
            }
            Kind::Hands { now, moved, .. } => {
                now.fetch_add(span.0, Ordering::AcqRel);
                moved.notify_waiters();
            }
        }
    }

    /// The machine sleeps for so long: for stories.
    pub fn suspend(&self, span: Span) {
        match &*self.0 {
            Kind::Hands { ahead, .. } => drop(ahead.fetch_add(span.0, Ordering::AcqRel)),
            Kind::System { .. } => {}
        }
    }

    /// Takes over a wall clock that is more than a minute ahead, and says how far; one that is
    /// behind it never follows.
    pub fn catch_up(&self) -> Option<Span> {
        let behind = match &*self.0 {
            Kind::System { .. } => Time(wall()) - self.now(),
            Kind::Hands { ahead, .. } => Span(ahead.swap(0, Ordering::AcqRel)),
        };
        if behind <= ASLEEP {
            return None;
        }
        self.advance(behind);
        Some(behind)
    }

    /// It is this late at the least.
    pub fn not_before(&self, kept: Time) {
        let behind = kept - self.now();
        if behind.0 > 0 {
            tracing::warn!(ms = behind.0, "the machine's clock was set back; time goes on from the last moment kept");
            self.advance(behind);
        }
    }

    /// Returns when it may be `due`, or earlier; whoever waits looks at [`Clock::now`] again.
    pub async fn wait_until(&self, due: Option<Time>) {
        // It listens before it looks: a move in between would wake nobody.
        match &*self.0 {
            Kind::System { moved, .. } => {
                let notified = moved.notified();
                let left = due.map(|due| due - self.now());
                let left = left.map_or(LOOK, |span| Duration::from_millis(span.0.max(0) as u64).min(LOOK));
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    () = notified => {}
                }
            }
            Kind::Hands { moved, .. } => {
                let notified = moved.notified();
                if due.is_some_and(|due| due <= self.now()) {
                    return;
                }
                notified.await;
            }
        }
    }
}

/// What the machine's clock says, in milliseconds: for whoever works beside the server.
pub fn wall() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// The last moment of all that is kept: of what happened in chats and to tickets, and of sessions.
pub async fn last_kept<'c>(on: impl AnyExecutor<'c>) -> Result<Time, sqlx::Error> {
    // An event of an ended chat is no later than its end, or than the change of its ticket that it led
    // to, so the long history is not looked at.
    let row = sqlx::query(
        "select coalesce(max(at), 0) from ( \
           select max(ended_at) as at from chats where ended_at is not null \
           union all select max(at) from events where chat_id in (select id from chats where ended_at is null) \
           union all select max(changed_at) from tickets \
           union all select max(seen_at) from sessions \
         ) as kept",
    )
    .fetch_one(on)
    .await?;
    Ok(Time(row.try_get(0)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_clock_is_followed_forwards_and_not_for_a_correction() {
        let clock = Clock::hands(Time(0));

        for (moved, caught_up) in [(Span::hours(-1), None), (ASLEEP, None), (Span::hours(1), Some(Span::hours(1)))] {
            clock.suspend(moved);
            assert_eq!(clock.catch_up(), caught_up, "{moved:?}");
        }

        assert_eq!((clock.now(), clock.catch_up()), (Time(3_600_000), None));
    }

    #[test]
    fn the_machines_own_clock_has_nothing_to_catch_up_with() {
        let clock = Clock::system();

        clock.advance(Span::hours(1));

        assert_eq!(clock.catch_up(), None);
    }
}
