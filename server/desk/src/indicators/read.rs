//! How numbers are read: few rows of sums for whole days, and facts for what is left.

use super::fact::{Bound, bind};
use super::zone::Days;
use super::{agents, fold};
use crate::Fault;
use domain::indicators::{Fact, Filter, Indicator, Ranks, STILL, Stretch, Sums, Tally};
use domain::{Span, Time};
use sqlx::{AnyConnection, Row};

/// What customers began, and waited for (`Fact::queues`).
const QUEUED: &str = "f.origin in ('Widget', 'TicketCustomer')";

/// A condition and what it is bound to.
#[derive(Clone, Debug, Default)]
pub struct Where {
    pub sql: String,
    pub bound: Vec<Bound>,
}

impl Where {
    /// From then on and before then, by this column.
    pub fn within(column: &str, from: i64, to: i64) -> Where {
        let bound = vec![Bound::Number(from), Bound::Number(to)];
        Where { sql: format!("{column} >= $1 and {column} < $2"), bound }
    }

    pub fn and(&mut self, sql: &str) {
        self.sql.push_str(" and ");
        self.sql.push_str(sql);
    }

    /// The place of one more value.
    pub fn place(&mut self, bound: Bound) -> String {
        self.bound.push(bound);
        format!("${}", self.bound.len())
    }

    /// One of these; of none named: any.
    pub fn any_of(&mut self, column: &str, ids: &[String]) {
        if !ids.is_empty() {
            let places = self.places(ids);
            self.and(&format!("{column} in ({places})"));
        }
    }

    pub fn places(&mut self, ids: &[String]) -> String {
        let places: Vec<String> = ids.iter().map(|id| self.place(Bound::Text(id.clone()))).collect();
        places.join(", ")
    }

    /// What a filter asks of application, group and origin.
    fn means(&mut self, filter: &Filter) {
        self.any_of("f.application_id", &filter.applications);
        self.any_of("f.group_id", &filter.groups);
    }
}

/// What a filter asks of facts `f`, but for agents.
pub fn facts(within: Stretch, filter: &Filter) -> Where {
    let mut asked = Where::within("f.queued_at", within.from.0, within.to.0);
    asked.means(filter);
    if !filter.begun {
        asked.and(QUEUED);
    }
    asked
}

/// What a filter asks of offline messages `f`.
pub fn messages(within: Stretch, filter: &Filter) -> Where {
    let mut asked = Where::within("f.at", within.from.0, within.to.0);
    asked.means(filter);
    asked
}

/// The sums of a period, each with a moment in it: one of each whole day and of what is left of a day; where `hourly` is
/// wanted, one of each hour from its beginning. `living`: the chats that run, of this period at least.
pub async fn sums(
    conn: &mut AnyConnection,
    kept: Days,
    within: Stretch,
    filter: &Filter,
    living: &[Fact],
    hourly: bool,
) -> Result<Vec<(Time, Sums)>, Fault> {
    if within.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let (first, last) = kept.zone.whole_days(within);
    if hourly || first >= last {
        let each = if hourly { Span::hours(1) } else { within.to - within.from };
        parts_of_day(conn, kept, within, each, filter, &mut found).await?;
    } else {
        let (from, to) = (kept.zone.start(first), kept.zone.start(last));
        for part in [Stretch { from: within.from, to: from }, Stretch { from: to, to: within.to }] {
            parts_of_day(conn, kept, part, part.to - part.from, filter, &mut found).await?;
        }
        days(conn, kept, (first, last), filter, &mut found).await?;
    }
    let living = living.iter().filter(|fact| within.holds(fact.queued_at) && filter.shows(fact));
    found.extend(living.map(|fact| (fact.queued_at, Sums::by(fact, &filter.agents))));
    Ok(found)
}

/// What is left of a day, or the hours of one, `each` so long, added up where they lie: they may have tens of thousands
/// of chats, and none of them is asked for. As [`Sums::by`] of each fact, in plain SQL.
async fn parts_of_day(
    conn: &mut AnyConnection,
    kept: Days,
    within: Stretch,
    each: Span,
    filter: &Filter,
    found: &mut Vec<(Time, Sums)>,
) -> Result<(), Fault> {
    if within.is_empty() {
        return Ok(());
    }
    let mut asked = facts(within, filter);
    let all = filter.agents.is_empty();
    let mut by = |column: &str| match all {
        true => "1 = 1".to_owned(),
        false => format!("{column} in ({})", asked.places(&filter.agents)),
    };
    let (saved_by, entered) = (by("f.saved_by"), by("f.attended_by"));
    let part = match all {
        true => "1 = 1".to_owned(),
        // Whoever was alone in it attended it: few are looked up.
        false => {
            let among = by("a.agent_id");
            let shared = format!("exists (select 1 from chat_fact_agents a where a.chat_id = f.chat_id and {among})");
            format!("({entered} or f.several = 1 and {shared})")
        }
    };
    if !all {
        // Of all others nothing is counted.
        asked.and(&format!("({part} or {saved_by} or {entered})"));
    }
    let gave_up = length(GAVE_UP, "f.queued_at");
    let least = asked.place(Bound::Number(kept.least.0));
    asked.and(&format!("not ({LEFT} and f.waiting_messages = 0 and {gave_up} < {least})"));
    let attended = "f.attended_at is not null";
    let saved = |statuses: &str| {
        count(&format!("{attended} and f.first_saved_at is not null and f.first_status in ({statuses}) and {saved_by}"))
    };
    // What is asked of agents tells nothing of who was attended by none.
    let of_all = |condition: &str| if all { count(condition) } else { "0".to_owned() };
    let (talk, talked) = (length("f.ended_at", "f.attended_at"), format!("{attended} and {part}"));
    let (wait, waited) = (length("f.attended_at", "f.queued_at"), format!("{attended} and {entered} and {QUEUED}"));
    let (reply, replied) = (
        length("f.first_reply_at", "f.attended_at"),
        format!("{attended} and {entered} and f.first_reply_at is not null"),
    );
    let deserted = if all { LEFT } else { "1 = 0" };
    // In the order of `Sums::COLUMNS`.
    let columns = [
        of_all("1 = 1"),
        count(&talked),
        count(&format!("{talked} and f.first_reply_at is null")),
        saved("'Resolved', 'Closed'"),
        saved("'New', 'InAttendance', 'Stopped'"),
        saved("'Canceled'"),
        count(&format!("{talked} and f.first_saved_at is null")),
        of_all(LEFT),
        of_all(&format!("{LEFT} and f.waiting_messages > 0")),
        of_all("f.attended_at is null and f.end_reason = 'staff'"),
        of_all("f.attended_at is null and f.end_reason not in ('customer', 'connection', 'staff')"),
        "0".to_owned(),
        count(&talked),
        total(&talked, &talk),
        count(&waited),
        total(&waited, &wait),
        total(deserted, &gave_up),
        count(&replied),
        total(&replied, &reply),
        longest(&talked, &talk),
        longest(&waited, &wait),
        longest(deserted, &gave_up),
    ];
    let columns: Vec<String> = columns.iter().map(|column| format!("cast({column} as bigint)")).collect();
    let columns = columns.join(", ");
    let from = |part: i64| within.from + Span(each.0 * part);
    let step = part_of("f.queued_at", each, &mut asked);
    let sql = format!("select {step}, {columns} from chat_facts f where {} group by 1", asked.sql);
    for row in bind(&sql, &asked.bound).fetch_all(&mut *conn).await? {
        found.push((from(row.try_get(0)?), fold::sums(&row, 1)?));
    }
    if all {
        let mut asked = messages(within, filter);
        let step = part_of("f.at", each, &mut asked);
        let sql = format!("select {step}, count(*) from offline_facts f where {} group by 1", asked.sql);
        for row in bind(&sql, &asked.bound).fetch_all(&mut *conn).await? {
            found.push((from(row.try_get(0)?), Sums { offline: row.try_get(1)?, ..Sums::default() }));
        }
    }
    Ok(())
}

/// Which part of the stretch that begins at `$1` it is in, from 0; each is so long. Nothing is before `$1`, so that
/// what a division leaves is left out.
fn part_of(column: &str, each: Span, asked: &mut Where) -> String {
    format!("({column} - $1) / {}", asked.place(Bound::Number(each.0)))
}

/// When whoever deserted left: the grace is not his wait (e.1-11).
pub const GAVE_UP: &str =
    "case when f.end_reason = 'connection' then coalesce(f.disconnected_at, f.ended_at) else f.ended_at end";

/// Who gave up in the queue (`Fact::is_deserted`).
const LEFT: &str = "f.attended_at is null and f.end_reason in ('customer', 'connection')";

fn count(condition: &str) -> String {
    format!("coalesce(sum(case when {condition} then 1 else 0 end), 0)")
}

fn total(condition: &str, length: &str) -> String {
    format!("coalesce(sum(case when {condition} then {length} else 0 end), 0)")
}

fn longest(condition: &str, length: &str) -> String {
    format!("coalesce(max(case when {condition} then {length} else 0 end), 0)")
}

/// From one moment to the other; never less than nothing.
pub fn length(to: &str, from: &str) -> String {
    format!("(case when ({to}) > {from} then ({to}) - {from} else 0 end)")
}

/// Whole days, from the first on and before the last.
async fn days(
    conn: &mut AnyConnection,
    kept: Days,
    (first, last): (i64, i64),
    filter: &Filter,
    found: &mut Vec<(Time, Sums)>,
) -> Result<(), Fault> {
    if !filter.agents.is_empty() {
        let mut agents = filter.agents.clone();
        agents.sort_unstable();
        agents.dedup();
        return agents::days(conn, kept, (first, last), filter, &agents, found).await;
    }
    let mut asked = Where::within("f.day", kept.kept(first), kept.kept(last));
    asked.means(filter);
    if !filter.begun {
        asked.and("f.queued = 1");
    }
    let sql = format!("select f.day, {} from indicator_days f where {} group by f.day", fold::together("f"), asked.sql);
    for row in bind(&sql, &asked.bound).fetch_all(conn).await? {
        found.push((kept.start(row.try_get(0)?), fold::sums(&row, 1)?));
    }
    Ok(())
}

/// What only a walk over all facts of the period tells. `living` as for [`sums`].
pub async fn ranks(
    conn: &mut AnyConnection,
    within: Stretch,
    filter: &Filter,
    living: &[Fact],
    now: Time,
) -> Result<Ranks, Fault> {
    let (waits, replies) = lengths(conn, within, filter, living).await?;
    let still = still(conn, within, filter, now).await?;
    Ok(Ranks::of(&waits, &replies, still))
}

/// Every wait, and every time to the first reply.
async fn lengths(
    conn: &mut AnyConnection,
    within: Stretch,
    filter: &Filter,
    living: &[Fact],
) -> Result<(Tally, Tally), Fault> {
    if within.is_empty() {
        return Ok((Tally::default(), Tally::default()));
    }
    let mut asked = facts(within, filter);
    asked.and("f.attended_at is not null");
    asked.any_of("f.attended_by", &filter.agents);
    let (wait, reply) = (length("f.attended_at", "f.queued_at"), length("f.first_reply_at", "f.attended_at"));
    let mut waits = tally(conn, &wait, QUEUED, &asked).await?;
    let mut replies = tally(conn, &reply, "f.first_reply_at is not null", &asked).await?;
    let meant = |fact: &&Fact| within.holds(fact.queued_at) && filter.shows(fact);
    for fact in living.iter().filter(meant).filter(|fact| fact.entered_first(&filter.agents)) {
        waits.extend(fact.length(Indicator::MeanWait));
        replies.extend(fact.reply());
    }
    Ok((waits, replies))
}

/// The lengths of the facts that have one, counted where they lie: a year may have millions.
async fn tally(conn: &mut AnyConnection, length: &str, has: &str, asked: &Where) -> Result<Tally, Fault> {
    // To the second as `Span::as_secs` says it.
    let sql =
        format!("select ({length} + 500) / 1000, count(*) from chat_facts f where {} and {has} group by 1", asked.sql);
    let mut tally = Tally::default();
    for row in bind(&sql, &asked.bound).fetch_all(conn).await? {
        let many: i64 = row.try_get(1)?;
        tally.add(Span::secs(row.try_get(0)?), many.max(0) as u64);
    }
    Ok(tally)
}

/// How many were resolved at least seven days ago, and how many of those were not opened again within seven days.
async fn still(conn: &mut AnyConnection, within: Stretch, filter: &Filter, now: Time) -> Result<(u64, u64), Fault> {
    if within.is_empty() {
        return Ok((0, 0));
    }
    let mut asked = facts(within, filter);
    asked.and("f.attended_at is not null and f.first_status in ('Resolved', 'Closed')");
    asked.any_of("f.saved_by", &filter.agents);
    let before = asked.place(Bound::Number(now.0 - STILL.0));
    asked.and(&format!("f.first_saved_at <= {before}"));
    let long = asked.place(Bound::Number(STILL.0));
    let sql = format!(
        "select count(*), coalesce(cast(sum(case when f.reopened_at is null or f.reopened_at >= f.first_saved_at + {long} \
         then 1 else 0 end) as bigint), 0) from chat_facts f where {}",
        asked.sql
    );
    let row = bind(&sql, &asked.bound).fetch_one(conn).await?;
    let count = |column| row.try_get::<i64, _>(column).map(|many| many.max(0) as u64);
    Ok((count(0)?, count(1)?))
}
