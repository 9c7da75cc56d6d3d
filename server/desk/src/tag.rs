//! The tags of the house: how many tickets carry each, and what an administrator makes of one.
//!
//! A tag that gets another name gets it at once in what triggers say, and on tickets in small pieces by the one place
//! that writes. No trigger answers that and no history tells of it: what a ticket was called by is another word for the
//! same. A ticket that somebody changes meanwhile has the new name before (`keeper/tag.rs`).

use crate::database::{Database, can_hold};
use crate::keeper::{Door, Want};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as};
use crate::trigger::Crossings;
use crate::worker::Worker;
use crate::{Answer, Desk, Fault, indicators, ticket, ticket_index, trigger};
use domain::person::Agent;
use domain::tag::{Change, Line, OFFERED, SHOWN, checked, replaced};
use domain::{Refusal, Time};
use sqlx::{AnyConnection, Row};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// Tickets of one transaction, for which others wait.
const AT_ONCE: usize = 16;
/// After a fault it is tried again this much later.
const PAUSE: Duration = Duration::from_secs(5);

/// A name that goes, and the one that takes its place.
pub type Rename = (String, String);

/// Those that are not on all tickets yet.
pub async fn pending(conn: &mut AnyConnection) -> Result<Vec<Rename>, Fault> {
    let rows = sqlx::query("select from_tag, to_tag from tags_renamed order by from_tag").fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
}

/// What is offered to who tags a ticket. From one to the next by the index: tickets are not read.
pub async fn offered(conn: &mut AnyConnection) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query(
        "with recursive t (tag) as (select min(tag) from ticket_tags union all \
           select (select min(x.tag) from ticket_tags x where x.tag > t.tag) from t where t.tag is not null) \
         select tag from t where tag is not null and not exists (select 1 from tags_retired r where r.tag = t.tag) \
           and not exists (select 1 from tags_renamed r where r.from_tag = t.tag) limit $1",
    )
    .bind(OFFERED as i64)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

async fn lines(conn: &mut AnyConnection) -> Result<Vec<Line>, Fault> {
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let of = |tag: &str| Line { tag: tag.into(), tickets: 0, retired: false, becomes: None };
    let rows = sqlx::query("select tag, count(*) from ticket_tags group by tag order by tag limit $1")
        .bind(SHOWN as i64)
        .fetch_all(&mut *conn)
        .await?;
    for row in rows {
        let tag: String = row.try_get(0)?;
        let tickets = u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX);
        lines.insert(tag.clone(), Line { tickets, ..of(&tag) });
    }
    for row in sqlx::query("select tag from tags_retired order by tag").fetch_all(&mut *conn).await? {
        let tag: String = row.try_get(0)?;
        lines.entry(tag.clone()).or_insert_with(|| of(&tag)).retired = true;
    }
    for (from, to) in pending(conn).await? {
        lines.entry(to.clone()).or_insert_with(|| of(&to));
        lines.entry(from.clone()).or_insert_with(|| of(&from)).becomes = Some(to);
    }
    Ok(lines.into_values().collect())
}

/// Somebody has it, or it waits for who does.
async fn is_there(conn: &mut AnyConnection, tag: &str) -> Result<bool, Fault> {
    let row = sqlx::query(
        "select 1 where exists (select 1 from ticket_tags where tag = $1) or exists (select 1 from tags_retired \
         where tag = $1) or exists (select 1 from tags_renamed where to_tag = $1)",
    )
    .bind(tag)
    .fetch_optional(conn)
    .await?;
    Ok(row.is_some())
}

/// In the keeper's transaction, and nothing is written before all of it may be. The answer: what the log says of it;
/// nothing, if it was so already.
pub async fn change(conn: &mut AnyConnection, signed: &Signed, change: &Change) -> Answer<Vec<String>> {
    administers(&hold_as(conn, signed).await?)?;
    match change {
        Change::Retire { tag, retired } => {
            if !can_hold(tag) || !is_there(conn, tag).await? {
                return Err(Refusal::NotYours.into());
            }
            let sql = match retired {
                true => "insert into tags_retired (tag) values ($1) on conflict (tag) do nothing",
                false => "delete from tags_retired where tag = $1",
            };
            let done = sqlx::query(sql).bind(tag.as_str()).execute(conn).await?;
            let said = if *retired { "tag retired" } else { "tag restored" };
            Ok((done.rows_affected() > 0).then(|| said.to_owned()).into_iter().collect())
        }
        Change::Rename { tag, to } => rename(conn, tag, to, false).await,
        Change::Merge { tag, into } => rename(conn, tag, into, true).await,
    }
}

/// `merges`: whether there is one of that name. The answer as that of [`change`]; who has a trigger before him that
/// speaks of it learns by whom it is another now.
async fn rename(conn: &mut AnyConnection, tag: &str, to: &str, merges: bool) -> Answer<Vec<String>> {
    if !can_hold(tag) || !is_there(conn, tag).await? {
        return Err(Refusal::NotYours.into());
    }
    let to = checked(to)?;
    if to == tag {
        return Ok(Vec::new());
    }
    // One that is still going, or coming back, would chase the other.
    if pending(conn).await?.iter().any(|(from, _)| *from == tag || *from == to) {
        return Err(Refusal::StillRunning.into());
    }
    if !can_hold(&to) || is_there(conn, &to).await? != merges {
        return Err(Refusal::FieldWrong { field: "to".into() }.into());
    }
    if !merges {
        sqlx::query("insert into tags_retired (tag) select $1 from tags_retired where tag = $2")
            .bind(to.as_str())
            .bind(tag)
            .execute(&mut *conn)
            .await?;
    }
    sqlx::query("delete from tags_retired where tag = $1").bind(tag).execute(&mut *conn).await?;
    for sql in [
        // What was on its way to the old name goes to the new one.
        "update tags_renamed set to_tag = $1 where to_tag = $2",
        "insert into tags_renamed (to_tag, from_tag) values ($1, $2)",
    ] {
        sqlx::query(sql).bind(to.as_str()).bind(tag).execute(&mut *conn).await?;
    }
    let mut said = vec![if merges { "tag merged" } else { "tag renamed" }.to_owned()];
    for mut one in trigger::load(&mut *conn).await? {
        if one.rename_tag(tag, &to) {
            said.push(trigger::about(&one.id));
            sqlx::query("update triggers set body = $1 where id = $2")
                .bind(serde_json::to_string(&one)?)
                .bind(one.id.as_str())
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(said)
}

/// Gives these tickets the new name. True: no ticket carries the old one any more, and it is forgotten. In the keeper's
/// transaction.
pub async fn retag(conn: &mut AnyConnection, from: &str, tickets: &[String], now: Time) -> Result<bool, Fault> {
    let row = sqlx::query("select to_tag from tags_renamed where from_tag = $1")
        .bind(from)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let to: String = row.try_get(0)?;
    for id in tickets {
        match ticket::load(&mut *conn, id).await {
            Ok(Some(mut ticket)) if ticket.tags.iter().any(|tag| tag == from) => {
                ticket.tags = replaced(&ticket.tags, from, &to);
                sqlx::query("update tickets set state = $1 where id = $2")
                    .bind(serde_json::to_string(&ticket)?)
                    .bind(id.as_str())
                    .execute(&mut *conn)
                    .await?;
            }
            Ok(_) => {}
            // It keeps no other waiting; whoever reads it is told the same.
            Err(fault) => tracing::error!(ticket = id, "a ticket does not read, and keeps a tag's old name: {fault}"),
        }
        for sql in [
            "insert into ticket_tags (tag, changed_at, ticket_id) select $1, changed_at, ticket_id from ticket_tags \
             where tag = $2 and ticket_id = $3 on conflict do nothing",
            "delete from ticket_tags where tag <> $1 and tag = $2 and ticket_id = $3",
        ] {
            sqlx::query(sql).bind(to.as_str()).bind(from).bind(id.as_str()).execute(&mut *conn).await?;
        }
        ticket_index::again_one(conn, id, now).await?;
    }
    let left =
        sqlx::query("select 1 from ticket_tags where tag = $1 limit 1").bind(from).fetch_optional(&mut *conn).await?;
    if left.is_some() {
        return Ok(false);
    }
    sqlx::query("delete from tags_renamed where from_tag = $1").bind(from).execute(&mut *conn).await?;
    // Tickets that it passed by while they had the old name are looked at again.
    for one in trigger::load(&mut *conn).await?.iter().filter(|one| one.waits().is_some() && one.names_tag(&to)) {
        sqlx::query("update triggers set crossed_at = 0, crossed_id = '' where id = $1")
            .bind(one.id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(true)
}

impl Desk {
    /// All of them, by their names. Only for system administrators.
    pub async fn tags(&self, agent: &Agent) -> Answer<Vec<Line>> {
        administers(agent)?;
        // In one picture: between two, a ticket may come to have the new name, and the tag would have neither.
        Ok(lines(&mut *self.0.database.snapshot().await?).await?)
    }

    /// Changes one; answers with all as they are then. Tickets follow in a while.
    pub async fn change_tag(&self, signed: &Signed, change: &Change, from: &Whence) -> Answer<Vec<Line>> {
        administers(&signed.agent)?;
        let (signed, change) = (Box::new(signed.clone()), change.clone());
        self.0.keeper.ask(Want::ChangeTag { signed: signed.clone(), change, from: from.clone() }).await?;
        self.0.retagger.wake();
        self.tags(&signed.agent).await
    }
}

/// The one task that gives tickets the new names, until the desk stops.
#[derive(Clone)]
pub struct Retagger(Arc<Inside>);

struct Inside {
    database: Database,
    keeper: Door,
    crossings: Crossings,
    wake: Notify,
    worker: Worker,
}

impl Retagger {
    pub fn start(database: Database, keeper: Door, crossings: Crossings) -> Retagger {
        let inside = Inside { database, keeper, crossings, wake: Notify::new(), worker: Worker::default() };
        let retagger = Retagger(Arc::new(inside));
        retagger.0.worker.start(retagger.clone().run());
        // Whatever an earlier run has left.
        retagger.wake();
        retagger
    }

    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    pub async fn stop(&self) {
        self.0.worker.stop().await;
    }

    async fn run(self) {
        loop {
            self.0.wake.notified().await;
            while let Err(error) = self.all().await {
                tracing::error!("tickets were not given a tag's new name: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Piece by piece: others have their turn between.
    async fn all(&self) -> Answer<()> {
        let Inside { database, keeper, crossings, .. } = &*self.0;
        let mut any = false;
        loop {
            let began = Instant::now();
            let next = pending(&mut *database.reader.acquire().await?).await?.into_iter().next();
            let Some((from, _)) = next else {
                if any {
                    crossings.wake();
                }
                return Ok(());
            };
            any = true;
            let rows =
                sqlx::query("select ticket_id from ticket_tags where tag = $1 order by changed_at, ticket_id limit $2")
                    .bind(from.as_str())
                    .bind(AT_ONCE as i64)
                    .fetch_all(&database.reader)
                    .await?;
            let tickets: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
            keeper.ask(Want::Retag { from, tickets }).await?;
            indicators::rest(began).await;
        }
    }
}
