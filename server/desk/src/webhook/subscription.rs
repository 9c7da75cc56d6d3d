//! Webhooks of the house: set by who administers the system, kept with what they tell of, sent like those of triggers.

use super::{Hooks, KEPT, Outcome, PREFIX, Post, TURN, in_turn, send};
use crate::audit::{self, Note};
use crate::database::{ROWS, can_hold, flag, is_set, places};
use crate::keeper::Want;
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as, say_who};
use crate::{Answer, Desk, Fault, random};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::audit::Kind;
use domain::person::Agent;
use domain::settings::may_keep;
use domain::subscription::{Change, Delivery, Happened, Kept, LIMIT, Line, Occasion, Payload, SHOWN, Sheet};
use domain::webhook::{WAITING, again};
use domain::{Refusal, Span, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AnyExecutor, AssertSqlSafe, Row};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where too many wait it is looked so often whether there is room again.
const LOOK_EVERY: Span = Span::secs(10);

pub(crate) fn used_for(subscription: &str) -> String {
    ["webhook of the house ", subscription].concat()
}

fn sheet(row: &AnyRow) -> Result<Sheet, Fault> {
    Ok(Sheet {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        url: row.try_get(2)?,
        occasions: serde_json::from_str(row.try_get(3)?)?,
        on: is_set(row, 4)?,
    })
}

/// All of them, by name.
async fn load<'c>(on: impl AnyExecutor<'c>) -> Result<Vec<Sheet>, Fault> {
    let rows = sqlx::query("select id, name, url, occasions, is_on from webhook_subscriptions order by name, id")
        .fetch_all(on)
        .await?;
    rows.iter().map(sheet).collect()
}

async fn lines(conn: &mut AnyConnection) -> Result<Vec<Line>, Fault> {
    let rows = sqlx::query(
        "select s.id, s.name, s.url, s.occasions, s.is_on, \
         (select count(*) from webhook_deliveries d where d.subscription_id = s.id and d.due_at is not null), \
         (select count(*) from webhook_deliveries d where d.subscription_id = s.id and d.due_at is null and d.taken_at is null), \
         s.full_since, s.dropped from webhook_subscriptions s order by s.name, s.id",
    )
    .fetch_all(conn)
    .await?;
    let one = |row: &AnyRow| {
        let count = |column| Ok::<_, sqlx::Error>(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX));
        let full_since = row.try_get::<Option<i64>, _>(7)?.map(Time);
        Ok(Line { sheet: sheet(row)?, waiting: count(5)?, failed: count(6)?, full_since, dropped: count(8)? })
    };
    rows.iter().map(one).collect()
}

fn payload(id: &str, now: Time, happened: Option<&Happened>) -> Result<String, Fault> {
    let kind = happened.map_or("test", |happened| happened.occasion.word());
    let payload = Payload { id, kind, created_date: now.utc_exact(), test: happened.is_none(), happened };
    Ok(serde_json::to_string(&payload)?)
}

/// One that is set, as the keeper knows it.
pub struct Watched {
    pub sheet: Sheet,
    room: Mutex<Room>,
}

/// How much room there is for more of one, without counting for each of them.
#[derive(Clone, Copy)]
struct Room {
    /// So many wait at the most: what was sent since is not known here.
    waiting: usize,
    /// So many wait that no more are taken, and until then nobody looks again.
    full_until: Option<Time>,
}

/// For who keeps what happens.
pub async fn watch<'c>(on: impl AnyExecutor<'c>) -> Result<Vec<Watched>, Fault> {
    let all = load(on).await?;
    // How many wait is counted when the first is told.
    let room = Room { waiting: WAITING, full_until: None };
    Ok(all.into_iter().map(|sheet| Watched { sheet, room: Mutex::new(room) }).collect())
}

impl Watched {
    fn room(&self) -> MutexGuard<'_, Room> {
        self.room.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Do so many wait that these are not taken?
    async fn is_full(&self, conn: &mut AnyConnection, more: usize, now: Time) -> Result<bool, Fault> {
        let room = *self.room();
        if room.full_until.is_some_and(|until| now < until) {
            return Ok(true);
        }
        let waiting = match room.waiting + more <= WAITING {
            true => room.waiting,
            false => count(conn, &self.sheet, now).await?,
        };
        let full = waiting >= WAITING;
        *self.room() = Room { waiting: waiting + more, full_until: full.then(|| now + LOOK_EVERY) };
        Ok(full)
    }
}

/// Keeps what these are to be told, in the transaction in which it happened. Is there anything to be sent?
pub async fn keep(conn: &mut AnyConnection, all: &[Watched], happened: &[Happened], now: Time) -> Result<bool, Fault> {
    let mut some = false;
    for one in all {
        let sheet = &one.sheet;
        let wanted: Vec<&Happened> = happened.iter().filter(|one| sheet.wants(one.occasion)).collect();
        if wanted.is_empty() {
            continue;
        }
        if one.is_full(&mut *conn, wanted.len(), now).await? {
            sqlx::query("update webhook_subscriptions set dropped = dropped + $1 where id = $2")
                .bind(wanted.len() as i64)
                .bind(sheet.id.as_str())
                .execute(&mut *conn)
                .await?;
            continue;
        }
        let mut ordinal =
            sqlx::query("select coalesce(max(ordinal), 0) from webhook_deliveries where subscription_id = $1")
                .bind(sheet.id.as_str())
                .fetch_one(&mut *conn)
                .await?
                .try_get::<i64, _>(0)?;
        for part in wanted.chunks(ROWS) {
            let sql = format!(
                "insert into webhook_deliveries (id, subscription_id, ordinal, occasion, number, body, created_at, tries, due_at) values {}",
                places(part.len(), 9)
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for one in part {
                let id = random::id(now)?;
                let body = payload(&id, now, Some(one))?;
                ordinal += 1;
                query = query
                    .bind(id)
                    .bind(sheet.id.clone())
                    .bind(ordinal)
                    .bind(one.occasion.word())
                    .bind(one.number)
                    .bind(body)
                    .bind(now.0)
                    .bind(0_i64)
                    .bind(now.0);
            }
            query.execute(&mut *conn).await?;
        }
        some = true;
    }
    Ok(some)
}

/// How many wait, up to the most. Where they are too many it is written down for who administers it, until there is
/// room again.
async fn count(conn: &mut AnyConnection, sheet: &Sheet, now: Time) -> Result<usize, Fault> {
    let waiting = sqlx::query(
        "select count(*) from (select 1 as one from webhook_deliveries where subscription_id = $1 and due_at is not null limit $2) as few",
    )
    .bind(sheet.id.as_str())
    .bind(WAITING as i64)
    .fetch_one(&mut *conn)
    .await?
    .try_get::<i64, _>(0)?;
    let waiting = usize::try_from(waiting).unwrap_or(WAITING);
    let sql = match waiting >= WAITING {
        true => "update webhook_subscriptions set full_since = $1 where id = $2 and full_since is null",
        false => {
            "update webhook_subscriptions set full_since = null where $1 > 0 and id = $2 and full_since is not null"
        }
    };
    sqlx::query(sql).bind(now.0).bind(sheet.id.as_str()).execute(conn).await?;
    if waiting >= WAITING {
        tracing::warn!(subscription = sheet.id, "so many webhooks wait that no more are taken");
    }
    Ok(waiting)
}

/// What came of a change, and as what it is written down; as nothing: it was so already.
struct Changed {
    id: String,
    kinds: Vec<Kind>,
    /// The one that was made, or that is told again.
    secret: Option<String>,
}

impl Changed {
    fn settings(id: &str, secret: Option<String>) -> Changed {
        Changed { id: id.into(), kinds: vec![Kind::SettingsChanged], secret }
    }
}

/// As the log names it.
fn about(id: &str) -> String {
    ["webhook ", id].concat()
}

/// Who set it last, by his id. Who only switched it has set nothing, and has no claim to its secret.
async fn set_last(conn: &mut AnyConnection, id: &str) -> Result<Option<String>, Fault> {
    let row = sqlx::query("select who from audit where kind = $1 and about = $2 order by number desc limit 1")
        .bind(Kind::SettingsChanged.word())
        .bind(about(id))
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// As what it is written down that one was like this, or not there, and is like that. Whoever looks for when it fell
/// silent is not to look through all that was set.
fn kinds(was: Option<&Sheet>, is: &Sheet) -> Vec<Kind> {
    let switched = was.filter(|was| was.on != is.on).map(|_| if is.on { Kind::WebhookOn } else { Kind::WebhookOff });
    let other = was.is_none_or(|was| Sheet { on: is.on, ..was.clone() } != *is);
    other.then_some(Kind::SettingsChanged).into_iter().chain(switched).collect()
}

/// One that is to be sent.
struct Due {
    id: String,
    body: String,
    tries: u32,
    sealed: String,
    url: String,
    on: bool,
}

impl Hooks {
    /// A secret for this subscription, and the same sealed.
    fn new_house_secret(&self, subscription: &str) -> Result<(String, String), Fault> {
        let bytes = random::bytes::<32>()?;
        let sealed = self.0.vault.close(&bytes, &used_for(subscription))?;
        Ok(([PREFIX, &BASE64_STANDARD.encode(bytes)].concat(), sealed))
    }

    /// The one that it has.
    async fn house_secret(&self, conn: &mut AnyConnection, subscription: &str) -> Result<String, Fault> {
        let row = sqlx::query("select secret from webhook_subscriptions where id = $1")
            .bind(subscription)
            .fetch_one(conn)
            .await?;
        let bytes = self.0.vault.open(row.try_get(0)?, &used_for(subscription))?;
        Ok([PREFIX, &BASE64_STANDARD.encode(bytes)].concat())
    }

    /// Whose turn may come, and when.
    pub(super) async fn due_of_house(&self) -> Result<Vec<(String, Time)>, Fault> {
        let rows = sqlx::query(
            "select d.subscription_id, min(d.due_at) from webhook_deliveries d join webhook_subscriptions s \
             on s.id = d.subscription_id where d.due_at is not null and s.is_on = 1 group by d.subscription_id",
        )
        .fetch_all(&self.0.database.reader)
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, Time(row.try_get(1)?)))).collect()
    }

    /// What is due of one. `hung`: its receiver did in its last turn; does he now?
    pub(super) async fn turn_of_house(&self, subscription: &str, hung: bool) -> Answer<bool> {
        let database = &self.0.database;
        let rows = sqlx::query(
            "select id from webhook_deliveries where subscription_id = $1 and due_at <= $2 order by due_at, ordinal limit $3",
        )
        .bind(subscription)
        .bind(self.0.clock.now().0)
        .bind(TURN)
        .fetch_all(&database.reader)
        .await?;
        let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?;
        let hung = in_turn(ids, hung, |id| {
            let (hooks, subscription) = (self.clone(), subscription.to_owned());
            self.held(async move { hooks.send_one_of_house(&subscription, &id).await })
        });
        let hung = hung.await?;
        sqlx::query("delete from webhook_deliveries where due_at is null and created_at < $1")
            .bind(self.0.clock.now().0 - KEPT.0)
            .execute(&database.writer)
            .await?;
        Ok(hung)
    }

    /// Read when its turn comes: another address or secret holds at once, and so does that it is off.
    async fn send_one_of_house(&self, subscription: &str, id: &str) -> Answer<Option<Outcome>> {
        let Some(due) = self.due(id).await?.filter(|due| due.on) else { return Ok(None) };
        let at = self.0.clock.now();
        let outcome = self.sends(subscription, &due).await?;
        self.note_of_house(&due, at, outcome).await?;
        Ok(Some(outcome))
    }

    async fn sends(&self, subscription: &str, due: &Due) -> Result<Outcome, Fault> {
        let Ok(target) = self.target(&due.url) else { return Ok(Outcome::Gone) };
        let secret = self.0.vault.open(&due.sealed, &used_for(subscription))?;
        let post = Post { id: &due.id, body: &due.body, at: self.0.clock.now() };
        Ok(send(&self.0.connector, &target, &secret, &post).await)
    }

    async fn due(&self, id: &str) -> Result<Option<Due>, Fault> {
        let row = sqlx::query(
            "select d.id, d.body, d.tries, s.secret, s.url, s.is_on from webhook_deliveries d \
             join webhook_subscriptions s on s.id = d.subscription_id where d.id = $1 and d.due_at is not null",
        )
        .bind(id)
        .fetch_optional(&self.0.database.reader)
        .await?;
        let read = |row: AnyRow| -> Result<Due, Fault> {
            Ok(Due {
                id: row.try_get(0)?,
                body: row.try_get(1)?,
                tries: u32::try_from(row.try_get::<i64, _>(2)?).unwrap_or(u32::MAX),
                sealed: row.try_get(3)?,
                url: row.try_get(4)?,
                on: is_set(&row, 5)?,
            })
        };
        row.map(read).transpose()
    }

    /// What came of a try that began at this moment, from which on the next one is counted.
    async fn note_of_house(&self, due: &Due, at: Time, outcome: Outcome) -> Result<(), Fault> {
        let _alone = self.0.noting.lock().await;
        let (answer, tries) = (outcome.status(), due.tries.saturating_add(1));
        let (next, taken) = match outcome {
            Outcome::Taken(_) => (None, Some(self.0.clock.now())),
            Outcome::NotTaken(_) | Outcome::Hung => {
                tracing::warn!(webhook = due.id, answer, tries, "a webhook of the house was not taken");
                (again(tries, at), None)
            }
            Outcome::Gone => (None, None),
        };
        sqlx::query("update webhook_deliveries set tries = $1, due_at = $2, taken_at = $3, answer = $4 where id = $5")
            .bind(i64::from(tries))
            .bind(next.map(|at| at.0))
            .bind(taken.map(|at| at.0))
            .bind(answer.map(i64::from))
            .bind(due.id.as_str())
            .execute(&self.0.database.writer)
            .await?;
        Ok(())
    }
}

impl Desk {
    /// All of them. Only for system administrators, as all that follows.
    pub async fn subscriptions(&self, agent: &Agent) -> Answer<Vec<Line>> {
        administers(agent)?;
        Ok(lines(&mut *self.0.database.reader.acquire().await?).await?)
    }

    /// Sets one, switches it, gives it another secret, or takes it away.
    pub async fn change_subscription(&self, signed: &Signed, change: &Change, from: &Whence) -> Answer<Kept> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let Changed { id, kinds, secret } = self.changed(&mut tx, &agent.face.id, change).await?;
        let about = about(&id);
        let note = |kind| Note::by(&agent.face.id, kind).about_thing(&about).from(from);
        let notes: Vec<Note> = kinds.into_iter().map(note).collect();
        audit::append(&mut tx, self.now(), &notes).await?;
        tx.commit().await?;
        // What happens from now on is told by the new ones.
        self.0.keeper.ask(Want::Subscriptions).await?;
        self.0.hooks.wake();
        Ok(Kept { lines: self.subscriptions(&agent).await?, secret })
    }

    /// `by`: who asks, by his id.
    async fn changed(&self, conn: &mut AnyConnection, by: &str, change: &Change) -> Answer<Changed> {
        let all = load(&mut *conn).await?;
        let find = |id: &str| all.iter().find(|one| one.id == id).ok_or(Refusal::NotYours);
        match change {
            Change::Keep { sheet, read } => {
                let sheet = sheet.checked()?;
                if !can_hold(&sheet.name) || !can_hold(&sheet.url) {
                    return Err(Refusal::Malformed.into());
                }
                self.0.hooks.target(&sheet.url).map_err(|_| Refusal::FieldWrong { field: "url".into() })?;
                let now = all.iter().find(|one| one.id == sheet.id);
                if now.is_none() && all.len() >= LIMIT {
                    return Err(Refusal::Full { limit: LIMIT as u32 }.into());
                }
                if !say_who(&mut *conn, &about(&sheet.id), may_keep(now, read.as_ref(), &sheet)).await? {
                    // It is so already. Who set this address may not have heard its secret: it is told again, to him
                    // alone, and that is written down. Another one would be the end of the one that a colleague has
                    // just heard.
                    let moved = read.as_ref().is_none_or(|read| read.url != sheet.url);
                    if !moved || set_last(&mut *conn, &sheet.id).await?.is_none_or(|who| who != by) {
                        return Ok(Changed { id: sheet.id, kinds: Vec::new(), secret: None });
                    }
                    let secret = self.0.hooks.house_secret(&mut *conn, &sheet.id).await?;
                    return Ok(Changed { id: sheet.id, kinds: vec![Kind::SecretToldAgain], secret: Some(secret) });
                }
                // Who heard it before is not to sign for who hears it from now on.
                let fresh = now.is_none_or(|now| now.url != sheet.url);
                let (secret, sealed) = self.0.hooks.new_house_secret(&sheet.id)?;
                sqlx::query(
                    "insert into webhook_subscriptions (id, name, url, occasions, is_on, secret, created_at) \
                     values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do update set name = excluded.name, \
                     url = excluded.url, occasions = excluded.occasions, is_on = excluded.is_on",
                )
                .bind(sheet.id.as_str())
                .bind(sheet.name.as_str())
                .bind(sheet.url.as_str())
                .bind(serde_json::to_string(&sheet.occasions)?)
                .bind(flag(sheet.on))
                .bind(sealed.as_str())
                .bind(self.now().0)
                .execute(&mut *conn)
                .await?;
                if fresh {
                    reseal(conn, &sheet.id, &sealed).await?;
                }
                Ok(Changed { kinds: kinds(now, &sheet), secret: fresh.then_some(secret), id: sheet.id })
            }
            Change::Switch { id, on } => {
                let now = find(id)?;
                sqlx::query("update webhook_subscriptions set is_on = $1 where id = $2")
                    .bind(flag(*on))
                    .bind(id.as_str())
                    .execute(conn)
                    .await?;
                let kinds = kinds(Some(now), &Sheet { on: *on, ..now.clone() });
                Ok(Changed { id: id.clone(), kinds, secret: None })
            }
            Change::Renew { id } => {
                find(id)?;
                let (secret, sealed) = self.0.hooks.new_house_secret(id)?;
                reseal(conn, id, &sealed).await?;
                Ok(Changed::settings(id, Some(secret)))
            }
            Change::Drop { id } => {
                find(id)?;
                for sql in [
                    "delete from webhook_deliveries where subscription_id = $1",
                    "delete from webhook_subscriptions where id = $1",
                ] {
                    sqlx::query(sql).bind(id.as_str()).execute(&mut *conn).await?;
                }
                Ok(Changed::settings(id, None))
            }
        }
    }

    /// The last that were sent to one, or are to be, the newest first.
    pub async fn deliveries(&self, agent: &Agent, subscription: &str) -> Answer<Vec<Delivery>> {
        administers(agent)?;
        let id = if can_hold(subscription) { subscription } else { "" };
        let rows = sqlx::query(
            "select id, occasion, number, created_at, tries, due_at, taken_at, answer from webhook_deliveries \
             where subscription_id = $1 order by created_at desc, ordinal desc, id desc limit $2",
        )
        .bind(id)
        .bind(SHOWN as i64)
        .fetch_all(&self.0.database.reader)
        .await?;
        let one = |row: &AnyRow| {
            let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Time));
            Ok(Delivery {
                id: row.try_get(0)?,
                occasion: Occasion::of_word(row.try_get(1)?),
                number: row.try_get(2)?,
                created_at: Time(row.try_get(3)?),
                tries: u32::try_from(row.try_get::<i64, _>(4)?).unwrap_or(u32::MAX),
                due_at: time(5)?,
                taken_at: time(6)?,
                answer: row.try_get::<Option<i64>, _>(7)?.and_then(|status| u16::try_from(status).ok()),
            })
        };
        Ok(rows.iter().map(one).collect::<Result<_, sqlx::Error>>()?)
    }

    /// Sends one that says it is a test, at once and once; what came of it is among the deliveries.
    pub async fn test_subscription(&self, signed: &Signed, subscription: &str, from: &Whence) -> Answer<Vec<Delivery>> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let all = load(&mut *tx).await?;
        let sheet = all.into_iter().find(|one| one.id == subscription).ok_or(Refusal::NotYours)?;
        let now = self.now();
        let row = sqlx::query("select secret from webhook_subscriptions where id = $1")
            .bind(sheet.id.as_str())
            .fetch_one(&mut *tx)
            .await?;
        let sealed = row.try_get(0)?;
        // What is outside cannot be taken back, and so it is written down before.
        let note = Note::by(&agent.face.id, Kind::WebhookSent).about_thing(&about(&sheet.id)).from(from);
        audit::append(&mut tx, now, &[note]).await?;
        tx.commit().await?;
        let id = random::id(now)?;
        let body = payload(&id, now, None)?;
        let due = Due { id, body, tries: 0, sealed, url: sheet.url, on: sheet.on };
        let outcome = self.0.hooks.sends(subscription, &due).await?;
        let taken = matches!(outcome, Outcome::Taken(_)).then(|| self.now().0);
        // It is not tried again: nothing happened.
        sqlx::query(
            "insert into webhook_deliveries (id, subscription_id, ordinal, occasion, number, body, created_at, tries, taken_at, answer) \
             select $1, id, 0, '', 0, '', $2, 1, $3, $4 from webhook_subscriptions where id = $5",
        )
        .bind(due.id.as_str())
        .bind(now.0)
        .bind(taken)
        .bind(outcome.status().map(i64::from))
        .bind(subscription)
        .execute(&self.0.database.writer)
        .await?;
        self.deliveries(&agent, subscription).await
    }

    /// Sends one again that was taken or given up, under the same id.
    pub async fn send_again(
        &self,
        signed: &Signed,
        subscription: &str,
        delivery: &str,
        from: &Whence,
    ) -> Answer<Vec<Delivery>> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let now = self.now();
        let (one, of) =
            (if can_hold(delivery) { delivery } else { "" }, if can_hold(subscription) { subscription } else { "" });
        let found = sqlx::query(
            "update webhook_deliveries set due_at = $1, tries = 0, taken_at = null, answer = null \
             where id = $2 and subscription_id = $3 and occasion <> ''",
        )
        .bind(now.0)
        .bind(one)
        .bind(of)
        .execute(&mut *tx)
        .await?;
        if found.rows_affected() == 0 {
            return Err(Refusal::NotYours.into());
        }
        let note = Note::by(&agent.face.id, Kind::WebhookSent).about_thing(&about(of)).from(from);
        audit::append(&mut tx, now, &[note]).await?;
        tx.commit().await?;
        self.0.hooks.wake();
        self.deliveries(&agent, subscription).await
    }
}

async fn reseal(conn: &mut AnyConnection, id: &str, sealed: &str) -> Result<(), Fault> {
    sqlx::query("update webhook_subscriptions set secret = $1 where id = $2")
        .bind(sealed)
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}
