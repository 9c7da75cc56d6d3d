//! What time it is. Wall time is read once; from then on only the monotonic clock counts, so a
//! wall clock that is set back or forth abandons nobody (R24 of quality.md).

use domain::{Span, Time};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;

/// The longest sleep before the clock looks again, in case a deadline was missed.
const LOOK: Duration = Duration::from_secs(30);

#[derive(Clone, Debug)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System { wall: i64, start: Instant, offset: AtomicI64, moved: Notify },
    Hands { now: AtomicI64, moved: Notify },
}

impl Clock {
    /// The machine's own.
    pub fn system() -> Clock {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
        Clock(Arc::new(Kind::System { wall, start: Instant::now(), offset: AtomicI64::new(0), moved: Notify::new() }))
    }

    /// A clock that stands still until it is moved: for stories.
    pub fn hands(now: Time) -> Clock {
        Clock(Arc::new(Kind::Hands { now: AtomicI64::new(now.0), moved: Notify::new() }))
    }

    pub fn now(&self) -> Time {
        match &*self.0 {
            Kind::System { wall, start, offset, .. } => {
                Time(wall + start.elapsed().as_millis() as i64 + offset.load(Ordering::Acquire))
            }
            Kind::Hands { now, .. } => Time(now.load(Ordering::Acquire)),
        }
    }

    /// Moves the hands: for stories, in browsers too.
    pub fn advance(&self, span: Span) {
        match &*self.0 {
            Kind::System { offset, moved, .. } => {
                offset.fetch_add(span.0, Ordering::AcqRel);
                moved.notify_waiters();
            }
            Kind::Hands { now, moved } => {
                now.fetch_add(span.0, Ordering::AcqRel);
                moved.notify_waiters();
            }
        }
    }

    /// Returns when it may be `due`, or earlier; whoever waits looks at [`Clock::now`] again.
    pub async fn wait_until(&self, due: Option<Time>) {
        let left = due.map(|due| due - self.now());
        match &*self.0 {
            Kind::System { moved, .. } => {
                let left = left.map_or(LOOK, |span| Duration::from_millis(span.0.max(0) as u64).min(LOOK));
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    () = moved.notified() => {}
                }
            }
            Kind::Hands { moved, .. } => {
                let notified = moved.notified();
                if left.is_some_and(|span| span.0 <= 0) {
                    return;
                }
                notified.await;
            }
        }
    }
}
