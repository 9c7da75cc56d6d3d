//! What has been kept for as long as the house keeps it is erased (S84): once an hour, in small pieces, by the one
//! place that writes. Numbers stay, for they are made of facts and those hold no words.

use crate::audit::{self, Note};
use crate::customer::{self, Erased, Selves, Whole, erase_chat, erase_taken_in, erase_ticket, rewrite_chat, strings};
use crate::database::Database;
use crate::file::Store;
use crate::keeper::{Door, Want};
use crate::presence::Room;
use crate::ticket_index::{self, Indexer};
use crate::visitor::{BEHIND, Known};
use crate::worker::Worker;
use crate::{Answer, Clock, Error, Fault, indicators, parameters, ticket};
use domain::audit::Kind;
use domain::parameters::{Parameters, kept_since};
use domain::{Event, Refusal, Span, Time};
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::sync::Arc;
use std::time::Instant;
use tracing::Instrument;

/// So often it is looked for what has been kept for long enough.
const EVERY: Span = Span::hours(1);
/// After somebody changed a parameter nothing is erased for so long: who mistyped a number has time to put it right.
const GRACE: Span = Span::hours(1);
/// After a fault it is looked again this much later.
const PAUSE: Span = Span::minutes(1);
/// Of one transaction, for which others wait.
const AT_ONCE: usize = 8;
/// People of one: each may have years of conversations, and nobody reads or writes any meanwhile.
const PEOPLE_AT_ONCE: usize = 1;

/// No ticket that it belongs to is still to be done: whoever does it needs its words.
const NOT_NEEDED: &str = "\
    not exists (select 1 from tickets t where t.chat_id = c.id \
      and (t.saved_at is null or t.status in ('New', 'InAttendance', 'Stopped'))) \
    and not exists (select 1 from ticket_chats h join tickets t on t.id = h.ticket_id where h.chat_id = c.id \
      and (t.saved_at is null or t.status in ('New', 'InAttendance', 'Stopped'))) \
    and not exists (select 1 from tickets t where t.id = c.related_id \
      and (t.saved_at is null or t.status in ('New', 'InAttendance', 'Stopped')))";

/// What is to be erased in one transaction, by id.
#[derive(Clone, Debug)]
pub enum Due {
    Chats(Vec<String>),
    /// In these conversations, what was sent before.
    Files(Vec<String>),
    Tickets(Vec<String>),
    /// Customers, as they are by now.
    People(Vec<String>),
}

/// Who is here at this moment.
pub struct Here<'k> {
    pub room: &'k Room,
    pub visitors: &'k Known,
}

impl Here<'_> {
    /// Is he, or was he since then?
    fn is(&self, customer: &str, since: Time) -> bool {
        self.room.is_reachable(customer) || self.visitors.has_seen(customer, since)
    }
}

impl Due {
    fn of(parameter: &str, ids: Vec<String>) -> Due {
        match parameter {
            "keep_messages" => Due::Chats(ids),
            "keep_files" => Due::Files(ids),
            "keep_tickets" => Due::Tickets(ids),
            _ => Due::People(ids),
        }
    }

    /// The parameter that says for how long.
    fn parameter(&self) -> &'static str {
        match self {
            Due::Chats(_) => "keep_messages",
            Due::Files(_) => "keep_files",
            Due::Tickets(_) => "keep_tickets",
            Due::People(_) => "keep_people",
        }
    }

    /// How many of them make one transaction.
    fn at_once(&self) -> usize {
        if matches!(self, Due::People(_)) { PEOPLE_AT_ONCE } else { AT_ONCE }
    }

    fn ids(&self) -> &[String] {
        let (Due::Chats(ids) | Due::Files(ids) | Due::Tickets(ids) | Due::People(ids)) = self;
        ids
    }

    /// Which are due, kept since before `$1`: rows `c`, and the moment by which they are in order.
    fn rows(&self) -> (&'static str, String) {
        match self {
            // Those that are over and have words.
            Due::Chats(_) => (
                "c.ended_at",
                format!(
                    "chats c where c.ended_at is not null and c.expired_at is null and c.ended_at < $1 and {NOT_NEEDED}"
                ),
            ),
            // Those that are over and have files of before.
            Due::Files(_) => (
                "cast(0 as bigint)",
                format!(
                    "chats c where c.id in (select chat_id from files where created_at < $1) \
                     and c.ended_at is not null and {NOT_NEEDED}"
                ),
            ),
            // Those that are complete and have words.
            Due::Tickets(_) => (
                "c.changed_at",
                "tickets c where c.expired_at is null and c.changed_at < $1 \
                 and c.saved_at is not null and c.status in ('Resolved', 'Closed', 'Canceled')"
                    .into(),
            ),
            // Those who were not here since, and of whom nothing is newer or still to be done. Who is kept out stays
            // known, or he would be let in.
            Due::People(_) => (
                "c.seen_at",
                "customers c where c.erased_at is null and c.became is null and c.blocked_at is null and c.seen_at < $1 \
                 and not exists (select 1 from customers s join chats h on h.customer_id = s.id \
                   where (s.id = c.id or s.became = c.id) and (h.ended_at is null or h.ended_at >= $1)) \
                 and not exists (select 1 from customers s join tickets t on t.customer_id = s.id \
                   where (s.id = c.id or s.became = c.id) and (t.changed_at >= $1 or t.saved_at is null \
                   or t.status in ('New', 'InAttendance', 'Stopped')))"
                    .into(),
            ),
        }
    }

    /// A few of them after a moment and an id.
    fn query(&self) -> String {
        let (at, rows) = self.rows();
        format!("select c.id, {at} from {rows} and ({at} > $2 or {at} = $2 and c.id > $3) order by {at}, c.id limit $4")
    }

    /// Whether this one is.
    fn still(&self) -> String {
        format!("select 1 from {} and c.id = $2", self.rows().1)
    }
}

/// Before this moment nothing is kept, as the house says by now. None: for ever, or somebody changed a parameter only
/// just.
async fn before(conn: &mut AnyConnection, parameter: &str, now: Time) -> Result<Option<Time>, Fault> {
    // They are read first: a change that comes in between has it wait. The other way round it would be followed at
    // once, without its grace.
    let kept = parameters::read(&mut *conn).await?.kept();
    let row = sqlx::query("select max(at) from audit where kind = $1 and about = 'parameters'")
        .bind(Kind::SettingsChanged.word())
        .fetch_one(conn)
        .await?;
    if row.try_get::<Option<i64>, _>(0)?.is_some_and(|changed| now < Time(changed) + GRACE) {
        return Ok(None);
    }
    // What is known of when somebody was here last may lie behind.
    let behind = if parameter == "keep_people" { BEHIND } else { Span(0) };
    let days = kept.into_iter().find(|(name, _)| *name == parameter).map_or(0, |(_, days)| days);
    Ok(kept_since(days, now).map(|before| Time(before.0 - behind.0)))
}

/// What whoever knows it by heart must forget.
#[derive(Debug, Default)]
pub struct Expired {
    pub chats: Vec<String>,
    pub people: Vec<Erased>,
}

/// Erases what is due still, and counts it. In the keeper's transaction: since it was found the house may keep it for
/// longer, a ticket may have been opened again, somebody may have come.
pub async fn expire(conn: &mut AnyConnection, due: &Due, now: Time, here: &Here<'_>) -> Answer<Expired> {
    customer::lock(conn).await?;
    let Some(before) = before(conn, due.parameter(), now).await? else { return Ok(Expired::default()) };
    let (mut expired, mut times) = (Expired::default(), 0);
    for id in due.ids() {
        let still = sqlx::query(AssertSqlSafe(due.still())).bind(before.0).bind(id.as_str());
        if still.fetch_optional(&mut *conn).await?.is_none() {
            continue;
        }
        match due {
            Due::Chats(_) => {
                erase_chat(conn, id, now).await?;
                find_again(conn, id, now).await?;
                expired.chats.push(id.clone());
                times += 1;
            }
            Due::Files(_) => {
                times += erase_files(conn, id, before).await?;
                find_again(conn, id, now).await?;
                expired.chats.push(id.clone());
            }
            Due::People(_) => {
                let whole = customer::whole(conn, id).await?;
                if !has_left(conn, &whole, before, here).await? {
                    continue;
                }
                match customer::take_away(conn, whole, now).await {
                    Ok(erased) => expired.people.push(erased),
                    // About his ticket somebody speaks at this moment: another time.
                    Err(Error::Refused(Refusal::StillRunning)) => continue,
                    Err(error) => return Err(error),
                }
                times += 1;
            }
            Due::Tickets(_) => {
                let ticket = erase_ticket(conn, id, now).await?;
                ticket_index::forget(conn, ticket.number).await?;
                if let Some(into) = &ticket.merged {
                    erase_taken_in(conn, &into.id, std::slice::from_ref(id)).await?;
                    forget_words(conn, &into.id, now).await?;
                }
                times += 1;
            }
        }
    }
    if times == 0 {
        return Ok(expired);
    }
    sqlx::query("update counters set n = n + 1 where name = 'expired'").execute(&mut *conn).await?;
    sqlx::query(
        "insert into expired (what, since, times) values ($1, $2, $3) \
         on conflict (what) do update set times = expired.times + excluded.times",
    )
    .bind(due.parameter())
    .bind(now.0)
    .bind(times)
    .execute(conn)
    .await?;
    Ok(expired)
}

/// Was nobody here who was he, also by the mail of his address, and is nothing about him newer or still to be done?
async fn has_left(conn: &mut AnyConnection, whole: &Whole, before: Time, here: &Here<'_>) -> Result<bool, Fault> {
    let mut all = whole.selves.all.clone();
    // What is read at his address may be the words of another, who typed it: while that one has not left they stay.
    let chats = whole.about.chats.iter().map(|id| ("select customer_id from chats where id = $1", id));
    let tickets = whole.about.tickets.iter().map(|id| ("select customer_id from tickets where id = $1", id));
    for (sql, id) in chats.chain(tickets) {
        for whose in strings(conn, sql, id).await? {
            if !all.contains(&whose)
                && let Some(other) = Selves::of(conn, &whose).await?
            {
                all.extend(other.all);
            }
        }
    }
    if all.iter().any(|id| here.is(id, before)) {
        return Ok(false);
    }
    let seen = "select 1 from customers where id = $1 \
                and (blocked_at is not null or seen_at is null or seen_at >= $2)";
    let chat = "select 1 from chats where id = $1 and (ended_at is null or ended_at >= $2)";
    let ticket = "select 1 from tickets where id = $1 and (changed_at >= $2 or saved_at is null \
                  or status in ('New', 'InAttendance', 'Stopped'))";
    let all = all.iter().map(|id| (seen, id));
    let all = all.chain(whole.about.chats.iter().map(|id| (chat, id)));
    for (sql, id) in all.chain(whole.about.tickets.iter().map(|id| (ticket, id))) {
        let stays = sqlx::query(sql).bind(id.as_str()).bind(before.0).fetch_optional(&mut *conn).await?;
        if stays.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How many they were.
async fn erase_files(conn: &mut AnyConnection, chat: &str, before: Time) -> Result<i64, Fault> {
    let rows = sqlx::query("select id from files where chat_id = $1 and created_at < $2")
        .bind(chat)
        .bind(before.0)
        .fetch_all(&mut *conn)
        .await?;
    let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    rewrite_chat(conn, chat, |event| match event {
        Event::Attached { file, .. } if ids.contains(&file.id) => event.erased(),
        _ => event.clone(),
    })
    .await?;
    for sql in [
        "insert into erased_files (id) select id from files where chat_id = $1 and created_at < $2",
        "delete from files where chat_id = $1 and created_at < $2",
    ] {
        sqlx::query(sql).bind(chat).bind(before.0).execute(&mut *conn).await?;
    }
    Ok(ids.len() as i64)
}

/// Tickets that hold this conversation are found by what is left of it.
async fn find_again(conn: &mut AnyConnection, chat: &str, now: Time) -> Result<(), Fault> {
    let holding =
        "select id from tickets where chat_id = $1 union select ticket_id from ticket_chats where chat_id = $1";
    for id in strings(conn, holding, chat).await? {
        forget_words(conn, &id, now).await?;
    }
    Ok(())
}

async fn forget_words(conn: &mut AnyConnection, ticket: &str, now: Time) -> Result<(), Fault> {
    if let Some(ticket) = ticket::load(&mut *conn, ticket).await? {
        ticket_index::forget(conn, ticket.number).await?;
        ticket_index::again_one(conn, &ticket.id, now).await?;
    }
    Ok(())
}

/// The one task that looks, until the desk stops.
#[derive(Clone)]
pub struct Retention(Arc<Inside>);

struct Inside {
    database: Database,
    clock: Clock,
    keeper: Door,
    files: Store,
    words: Indexer,
    worker: Worker,
}

impl Retention {
    pub fn start(database: Database, clock: Clock, keeper: Door, files: Store, words: Indexer) -> Retention {
        let inside = Inside { database, clock, keeper, files, words, worker: Worker::default() };
        let retention = Retention(Arc::new(inside));
        retention.0.worker.start(retention.clone().run());
        retention
    }

    pub async fn stop(&self) {
        self.0.worker.stop().await;
    }

    async fn run(self) {
        loop {
            // Counted from before the look: what time passes while it looks belongs to the next.
            let began = self.0.clock.now();
            let pause = match self.look().instrument(crate::span!("retention")).await {
                Ok(()) => EVERY,
                Err(error) => {
                    tracing::error!("what has been kept for long enough was not erased: {error}");
                    PAUSE
                }
            };
            let next = began + pause;
            while self.0.clock.now() < next {
                self.0.clock.wait_until(Some(next)).await;
            }
        }
    }

    async fn look(&self) -> Answer<()> {
        let Inside { database, clock, files, words, .. } = &*self.0;
        for (parameter, _) in Parameters::default().kept() {
            let before = before(&mut *database.reader.acquire().await?, parameter, clock.now()).await?;
            if let Some(before) = before {
                self.expire_all(parameter, before).await?;
            }
        }
        // What an earlier run had no time to say, too.
        if self.note().await? {
            customer::sweep(&database.writer, files).await?;
            words.wake();
        }
        Ok(())
    }

    /// Piece by piece: others have their turn between.
    async fn expire_all(&self, parameter: &'static str, before: Time) -> Answer<()> {
        let Inside { database, keeper, .. } = &*self.0;
        let any = Due::of(parameter, Vec::new());
        let (query, at_once) = (any.query(), any.at_once());
        let mut after = (0_i64, String::new());
        loop {
            let began = Instant::now();
            let rows = sqlx::query(AssertSqlSafe(query.clone()))
                .bind(before.0)
                .bind(after.0)
                .bind(after.1.as_str())
                .bind(at_once as i64)
                .fetch_all(&database.reader)
                .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.try_get(1)?, last.try_get(0)?);
            let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            let due = |ids| Want::Expire { due: Due::of(parameter, ids) };
            if let Err(error) = keeper.ask(due(ids.clone())).await {
                tracing::warn!("{} of {parameter} were not erased together: {error}", ids.len());
                for id in ids {
                    if let Err(error) = keeper.ask(due(vec![id.clone()])).await {
                        // It keeps no other waiting, and is tried again with the next look.
                        tracing::error!("{id} of {parameter} was not erased: {error}");
                    }
                }
            }
            indicators::rest(began).await;
        }
    }

    /// Writes down how many of what are gone. False: none.
    async fn note(&self) -> Result<bool, Fault> {
        let Inside { database, .. } = &*self.0;
        let sql = "select what, since, times from expired where times > 0 order by what";
        if sqlx::query(sql).fetch_optional(&database.reader).await?.is_none() {
            return Ok(false);
        }
        let mut tx = database.begin().await?;
        let mut notes = Vec::new();
        for row in sqlx::query(sql).fetch_all(&mut *tx).await? {
            let (what, since, times): (String, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let note = Note::by_clock(Kind::Expired).about_thing(&what);
            notes.push((note, Time(since), u32::try_from(times).unwrap_or(u32::MAX)));
        }
        sqlx::query("delete from expired").execute(&mut *tx).await?;
        // Once in a run: rewriting goes through the whole index.
        ticket_index::owe_rewriting(&mut tx).await?;
        audit::append_counted(&mut tx, &notes).await?;
        tx.commit().await?;
        Ok(true)
    }
}
