//! The clock of the triggers that wait for a time. Each has its place in the order in which tickets came to
//! stand as they do, and reads only who has passed since.

use super::load;
use crate::database::Database;
use crate::keeper::{Door, Want};
use crate::{Answer, Clock, Fault, ticket};
use domain::trigger::{Trigger, What};
use domain::{Span, Status, Ticket, Time};
use sqlx::{AnyExecutor, AssertSqlSafe, Row};
use std::sync::Arc;
use tokio::sync::Notify;

/// The most tickets of one look of the clock.
const LOOK: i64 = 50;
/// After a fault the clock looks again this much later.
const PAUSE: Span = Span::secs(5);

/// Has the clock let it run for this ticket, as long as that stands as it does? Then it does not again.
pub async fn has_crossed<'c>(on: impl AnyExecutor<'c>, trigger: &str, ticket: &Ticket) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("select 1 from trigger_crossings where trigger_id = $1 and ticket_id = $2 and since = $3")
        .bind(trigger)
        .bind(ticket.id.as_str())
        .bind(ticket.stands_since().0)
        .fetch_optional(on)
        .await?;
    Ok(row.is_some())
}

pub async fn keep_crossing<'c>(
    on: impl AnyExecutor<'c>,
    trigger: &str,
    ticket: &str,
    since: Time,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into trigger_crossings (trigger_id, ticket_id, since) values ($1, $2, $3) \
         on conflict (trigger_id, ticket_id) do update set since = excluded.since",
    )
    .bind(trigger)
    .bind(ticket)
    .bind(since.0)
    .execute(on)
    .await?;
    Ok(())
}

/// The place of a ticket in the order in which they came to stand as they do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub since: Time,
    pub id: String,
}

pub async fn keep_place<'c>(on: impl AnyExecutor<'c>, trigger: &str, to: &Standing) -> Result<(), sqlx::Error> {
    sqlx::query("update triggers set crossed_at = $1, crossed_id = $2 where id = $3")
        .bind(to.since.0)
        .bind(to.id.as_str())
        .bind(trigger)
        .execute(on)
        .await?;
    Ok(())
}

/// The clock of the triggers that wait for a time.
#[derive(Clone)]
pub struct Crossings {
    wake: Arc<Notify>,
    task: Arc<tokio::task::AbortHandle>,
}

impl Crossings {
    pub fn start(database: Database, clock: Clock, keeper: Door) -> Crossings {
        let wake = Arc::new(Notify::new());
        let task = tokio::spawn(watch(database, clock, keeper, wake.clone()));
        Crossings { wake, task: Arc::new(task.abort_handle()) }
    }

    /// The triggers are others now.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    pub fn stop(&self) {
        self.task.abort();
    }
}

async fn watch(database: Database, clock: Clock, keeper: Door, wake: Arc<Notify>) {
    loop {
        let next = match look(&database, &clock, &keeper).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!("the clock of the triggers did not look: {error}");
                Some(clock.now() + PAUSE)
            }
        };
        tokio::select! {
            () = wake.notified() => {}
            () = clock.wait_until(next) => {}
        }
    }
}

/// Asks for every ticket that has stood for long enough; answers when the next one will have.
async fn look(database: &Database, clock: &Clock, keeper: &Door) -> Answer<Option<Time>> {
    let mut next = None::<Time>;
    let waiting = load(&mut *database.reader.acquire().await?).await?;
    for trigger in waiting.iter().filter(|trigger| trigger.on) {
        let Some(span) = trigger.waits() else { continue };
        let now = clock.now();
        let until = Time(now.0 - span.0);
        loop {
            let page = standing(database, trigger, Some(until), LOOK).await?;
            let full = page.len() as i64 == LOOK;
            let to = match page.last() {
                Some(last) if full => last.clone(),
                // Who stands since then, in another status than it asks for, is not looked through again.
                _ => Standing { since: until, id: String::new() },
            };
            let tickets = page.into_iter().map(|one| one.id).collect();
            keeper.ask(Want::Crossed { trigger: trigger.id.clone(), tickets, to }).await?;
            if !full {
                break;
            }
        }
        // Whoever comes to stand so from now on is not due before that.
        let first = standing(database, trigger, None, 1).await?.pop();
        let due = first.map_or(now + span, |first| (first.since + span).max(Time(now.0 + 1)));
        next = Some(next.map_or(due, |next| next.min(due)));
    }
    Ok(next)
}

/// The tickets after the place up to which it has looked, those that stand longest first.
async fn standing(
    database: &Database,
    trigger: &Trigger,
    until: Option<Time>,
    most: i64,
) -> Result<Vec<Standing>, Fault> {
    let statuses: Vec<String> =
        statuses(trigger).into_iter().map(|status| format!("'{}'", ticket::status_word(status))).collect();
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select k.stands_since, k.id from tickets k join triggers t on t.id = $1 \
         where (k.stands_since > t.crossed_at or k.stands_since = t.crossed_at and k.id > t.crossed_id) \
         and k.stands_since >= t.crossed_at and k.stands_since <= $2 and k.status in ({}) \
         order by k.stands_since, k.id limit $3",
        statuses.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(trigger.id.as_str())
        .bind(until.map_or(i64::MAX, |at| at.0))
        .bind(most)
        .fetch_all(&database.reader)
        .await?;
    rows.iter().map(|row| Ok(Standing { since: Time(row.try_get(0)?), id: row.try_get(1)? })).collect()
}

/// In which statuses all of its conditions can hold at all.
fn statuses(trigger: &Trigger) -> Vec<Status> {
    let may = |status: &Status| {
        trigger.all.iter().all(|condition| match condition.what {
            What::Base(base) => (base == *status) == condition.is,
            _ => true,
        })
    };
    Status::ALL.into_iter().filter(may).collect()
}
