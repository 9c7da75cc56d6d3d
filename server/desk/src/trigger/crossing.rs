//! The clock of the triggers that wait for a time. Each has its place in the order in which tickets came to
//! stand as they do, and reads only who has passed since.

use super::load;
use crate::database::Database;
use crate::keeper::{Door, Got, Want};
use crate::worker::Worker;
use crate::{Answer, Clock, Fault, ticket};
use domain::trigger::{DEPTH, TRIGGERS, Trigger, What};
use domain::{Span, Status, Ticket, TicketEvent, Time};
use sqlx::{AnyConnection, AnyExecutor, AssertSqlSafe, Row};
use std::sync::Arc;
use tokio::sync::Notify;
use tracing::Instrument;

/// The most tickets of one look of the clock: each is a transaction that conversations wait for.
const LOOK: i64 = 8;
/// After a fault the clock looks again this much later.
const PAUSE: Span = Span::secs(5);

/// Has it run for this ticket, as long as that stands as it does? Then the clock does not let it run again.
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

/// What one look of the clock has found.
#[derive(Clone, Debug)]
pub struct Looked {
    /// As it was when it was looked for.
    pub trigger: Trigger,
    pub tickets: Vec<String>,
    /// Up to where it had been looked before, and has been now.
    pub from: Standing,
    pub to: Standing,
}

/// False: it is not where this look began; who changed it has it begin anew.
pub async fn keep_place<'c>(on: impl AnyExecutor<'c>, looked: &Looked) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query(
        "update triggers set crossed_at = $1, crossed_id = $2 where id = $3 and crossed_at = $4 and crossed_id = $5",
    )
    .bind(looked.to.since.0)
    .bind(looked.to.id.as_str())
    .bind(looked.trigger.id.as_str())
    .bind(looked.from.since.0)
    .bind(looked.from.id.as_str())
    .execute(on)
    .await?;
    Ok(kept.rows_affected() == 1)
}

async fn place(database: &Database, trigger: &Trigger) -> Result<Option<Standing>, Fault> {
    let row = sqlx::query("select crossed_at, crossed_id from triggers where id = $1")
        .bind(trigger.id.as_str())
        .fetch_optional(&database.reader)
        .await?;
    row.map(|row| Ok(Standing { since: Time(row.try_get(0)?), id: row.try_get(1)? })).transpose()
}

/// Has nothing but triggers moved this ticket of late, more than may follow from each other, and this one among
/// them? Then the clock would have them chase each other for ever.
pub async fn has_chased(conn: &mut AnyConnection, trigger: &str, ticket: &Ticket) -> Result<bool, Fault> {
    let rows = sqlx::query("select body from ticket_events where ticket_id = $1 order by seq desc limit $2")
        .bind(ticket.id.as_str())
        .bind(TRIGGERS as i64)
        .fetch_all(conn)
        .await?;
    let (mut ran, mut among_them) = (0, false);
    for row in rows {
        match serde_json::from_str(row.try_get(0)?)? {
            TicketEvent::Triggered(done) => {
                ran += 1;
                among_them |= done.trigger.id == trigger;
            }
            TicketEvent::Cut { .. } | TicketEvent::Undelivered { .. } | TicketEvent::Returned { .. } => {}
            _ => break,
        }
    }
    Ok(ran >= DEPTH && among_them)
}

/// The clock of the triggers that wait for a time.
#[derive(Clone)]
pub struct Crossings {
    wake: Arc<Notify>,
    worker: Arc<Worker>,
}

impl Crossings {
    pub fn start(database: Database, clock: Clock, keeper: Door) -> Crossings {
        let (wake, worker) = (Arc::new(Notify::new()), Arc::new(Worker::default()));
        worker.start(watch(database, clock, keeper, wake.clone()));
        Crossings { wake, worker }
    }

    /// The triggers are others now.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    pub async fn stop(&self) {
        self.worker.stop().await;
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
        let looked = look_for(database, clock, keeper, trigger, span).instrument(crate::span!("trigger clock"));
        let due = match looked.await {
            Ok(due) => due,
            // It is in nobody else's way.
            Err(error) => {
                tracing::error!(trigger = trigger.id, "the clock of a trigger did not look: {error}");
                Some(clock.now() + PAUSE)
            }
        };
        next = next.into_iter().chain(due).min();
    }
    Ok(next)
}

/// The same for one of them, page by page: others have their turn between. None: it is another by now, and
/// whoever changed it has woken the clock.
async fn look_for(
    database: &Database,
    clock: &Clock,
    keeper: &Door,
    trigger: &Trigger,
    span: Span,
) -> Answer<Option<Time>> {
    let now = clock.now();
    let until = Time(now.0 - span.0);
    let from = loop {
        let Some(from) = place(database, trigger).await? else { return Ok(None) };
        let page = standing(database, trigger, &from, Some(until), LOOK).await?;
        let full = page.len() as i64 == LOOK;
        let to = match page.last() {
            Some(last) if full => last.clone(),
            // Who stands since then, in another status than it asks for, is not looked through again. Never back.
            last if from.since >= until => last.unwrap_or(&from).clone(),
            _ => Standing { since: until, id: String::new() },
        };
        // Where nobody is passed there is nothing to keep: a look that finds nothing writes nothing.
        if !page.is_empty() || passes(database, &from, &to).await? {
            let tickets = page.into_iter().map(|one| one.id).collect();
            let looked = Looked { trigger: trigger.clone(), tickets, from, to: to.clone() };
            match keeper.ask(Want::Crossed { looked: Box::new(looked) }).await? {
                Got::Looked(true) => {}
                _ => return Ok(None),
            }
        }
        if !full {
            break to;
        }
        tokio::task::yield_now().await;
    };
    // Whoever comes to stand so from now on is not due before that.
    let first = standing(database, trigger, &from, None, 1).await?.pop();
    Ok(Some(first.map_or(now + span, |first| (first.since + span).max(Time(now.0 + 1)))))
}

/// Does any ticket, in whatever status, lie between these places?
async fn passes(database: &Database, from: &Standing, to: &Standing) -> Result<bool, Fault> {
    let row = sqlx::query(
        "select 1 from tickets where (stands_since > $1 or stands_since = $1 and id > $2) and stands_since >= $1 \
         and stands_since <= $3 limit 1",
    )
    .bind(from.since.0)
    .bind(from.id.as_str())
    .bind(to.since.0)
    .fetch_optional(&database.reader)
    .await?;
    Ok(row.is_some())
}

/// The tickets after the place up to which it has looked, those that stand longest first. What was imported and
/// nobody has touched since is over: nobody is written to about it.
async fn standing(
    database: &Database,
    trigger: &Trigger,
    from: &Standing,
    until: Option<Time>,
    most: i64,
) -> Result<Vec<Standing>, Fault> {
    let statuses: Vec<String> =
        statuses(trigger).into_iter().map(|status| format!("'{}'", ticket::status_word(status))).collect();
    if statuses.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "select stands_since, id from tickets where (stands_since > $1 or stands_since = $1 and id > $2) \
         and stands_since >= $1 and stands_since <= $3 and status in ({}) \
         and not exists (select 1 from imported_tickets i where i.ticket_id = tickets.id and i.seq = tickets.seq) \
         order by stands_since, id limit $4",
        statuses.join(", ")
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(from.since.0)
        .bind(from.id.as_str())
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
