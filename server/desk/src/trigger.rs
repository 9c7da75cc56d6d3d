//! Triggers: how they are kept, changed and tried.
//!
//! What they do is in `keeper/trigger.rs`, in the transaction of what they answer.

use crate::database::{self, Database};
use crate::keeper::{Got, Want};
use crate::session::{Signed, Whence};
use crate::settings::{hold_as, say_who};
use crate::{Answer, Desk, Error, Fault, house, ticket};
use domain::person::Agent;
use domain::settings::may_keep;
use domain::trigger::{Action, Deed, Failed, Kept, Known, Line, Mishap, Sent, TRIAL, Tried, Trigger, Triggered};
use domain::wire::Choices;
use domain::{Refusal, Ticket, TicketEvent, Time};
use sqlx::{AnyConnection, Row};

mod crossing;
mod letter;

pub use crossing::{Crossings, Looked, Standing, has_chased, has_crossed, keep_crossing, keep_place};
pub use letter::{keep_letter, letter};

/// What an administrator wants of the triggers. Each is written down, but that he has seen what went wrong.
#[derive(Clone, Debug)]
pub enum Task {
    /// `read`: as it was before the asker's eyes; none: it is new. `sealed`: what its webhooks are signed with, if it
    /// has no such secret yet or goes elsewhere from now on.
    Save {
        trigger: Box<Trigger>,
        read: Option<Box<Trigger>>,
        sealed: String,
        wish: String,
    },
    /// None: behind all others.
    Move {
        id: String,
        before: Option<String>,
    },
    Switch {
        id: String,
        on: bool,
    },
    Delete {
        id: String,
    },
    Renew {
        id: String,
        sealed: String,
    },
    /// Whoever administers it has seen what went wrong.
    Seen {
        id: String,
    },
}

impl Task {
    /// Which trigger it is about.
    pub fn about(&self) -> &str {
        match self {
            Task::Save { trigger, .. } => &trigger.id,
            Task::Move { id, .. }
            | Task::Switch { id, .. }
            | Task::Delete { id }
            | Task::Renew { id, .. }
            | Task::Seen { id } => id,
        }
    }

    /// What the log calls it. Who saves over another is told who changed what stands in it, and that is not who moved it,
    /// switched it or gave it another secret.
    pub fn said(&self) -> String {
        let about = about(self.about());
        let what = match self {
            Task::Save { .. } | Task::Delete { .. } | Task::Seen { .. } => return about,
            Task::Move { .. } => " moved",
            Task::Switch { .. } => " switched",
            Task::Renew { .. } => " secret",
        };
        about + what
    }
}

/// What came of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// A setting is another than it was.
    pub changed: bool,
    /// Its secret is to be told to who asks.
    pub tells: bool,
}

impl Settled {
    fn of(changed: bool) -> Settled {
        Settled { changed, tells: false }
    }
}

impl Desk {
    /// All of them, in their order. Only for system administrators, as all that follows.
    pub async fn triggers(&self, agent: &Agent) -> Answer<Vec<Line>> {
        administers(agent)?;
        lines(&mut *self.0.database.reader.acquire().await?).await
    }

    /// Makes one, or another of the one that was `read`: its id is made by who asks. One that is there stays on or off as
    /// it is, one that was deleted stays so, and one that somebody has changed since is not written over. Asked again
    /// under the same wish, it tells the secret again that this wish has made: its answer may have been lost.
    pub async fn save_trigger(
        &self,
        signed: &Signed,
        wish: &str,
        trigger: Trigger,
        read: Option<Trigger>,
        from: &Whence,
    ) -> Answer<Kept> {
        administers(&signed.agent)?;
        if !domain::id::is_sound(wish) {
            return Err(Refusal::Malformed.into());
        }
        let trigger = self.checked(trigger).await?;
        let id = trigger.id.clone();
        let (_, sealed) = self.0.hooks.new_secret(&id)?;
        let task = Task::Save { trigger: Box::new(trigger), read: read.map(Box::new), sealed, wish: wish.into() };
        let tells = self.task(signed, task, from).await?;
        let secret = if tells { self.0.hooks.secret(&id).await? } else { None };
        let line = self.triggers(&signed.agent).await?.into_iter().find(|line| line.trigger.id == id);
        // Somebody else may have deleted it by now.
        Ok(Kept { line: line.ok_or(Refusal::NotYours)?, secret })
    }

    /// Before another one, or behind all of them: asked twice, it is where it was.
    pub async fn move_trigger(
        &self,
        signed: &Signed,
        id: &str,
        before: Option<&str>,
        from: &Whence,
    ) -> Answer<Vec<Line>> {
        self.tasked(signed, Task::Move { id: id.into(), before: before.map(Into::into) }, from).await
    }

    pub async fn switch_trigger(&self, signed: &Signed, id: &str, on: bool, from: &Whence) -> Answer<Vec<Line>> {
        self.tasked(signed, Task::Switch { id: id.into(), on }, from).await
    }

    /// With what of it waits to be sent.
    pub async fn delete_trigger(&self, signed: &Signed, id: &str, from: &Whence) -> Answer<Vec<Line>> {
        self.tasked(signed, Task::Delete { id: id.into() }, from).await
    }

    pub async fn see_mishap(&self, signed: &Signed, id: &str) -> Answer<Vec<Line>> {
        self.tasked(signed, Task::Seen { id: id.into() }, &Whence::default()).await
    }

    /// Another secret for its webhooks, told once; the old one is dead at once.
    pub async fn renew_secret(&self, signed: &Signed, id: &str, from: &Whence) -> Answer<String> {
        administers(&signed.agent)?;
        let (secret, sealed) = self.0.hooks.new_secret(id)?;
        self.task(signed, Task::Renew { id: id.into(), sealed }, from).await?;
        Ok(secret)
    }

    /// Was a webhook of this trigger taken, just now? Why not is not told (S62).
    pub async fn try_webhook(&self, agent: &Agent, id: &str) -> Answer<bool> {
        administers(agent)?;
        self.0.hooks.tries(id).await
    }

    /// What it would do now with the tickets that changed last. Nothing is changed, and nothing sent.
    pub async fn try_trigger(&self, agent: &Agent, trigger: Trigger) -> Answer<Vec<Tried>> {
        administers(agent)?;
        let trigger = self.checked(trigger).await?;
        let mut conn = self.0.database.reader.acquire().await?;
        let mut known = known(&mut conn, self.now()).await?;
        let rows = sqlx::query(
            "select state from tickets where saved_at is not null order by changed_at desc, id desc limit $1",
        )
        .bind(TRIAL as i64)
        .fetch_all(&mut *conn)
        .await?;
        let mut tried = Vec::new();
        for row in rows {
            let ticket = ticket::read_state(&row)?;
            if ticket.merged.is_some() {
                continue;
            }
            known.verified = is_verified(&mut conn, &ticket).await?;
            if trigger.holds(&ticket, known.now, known.verified) {
                let would = self.would(&mut conn, &trigger, &ticket, &known).await?;
                let Ticket { id, number, subject, .. } = ticket;
                tried.push(Tried { ticket: id, number, subject, would });
            }
        }
        Ok(tried)
    }

    async fn would(
        &self,
        conn: &mut AnyConnection,
        trigger: &Trigger,
        ticket: &Ticket,
        known: &Known,
    ) -> Answer<Triggered> {
        let (edits, mut failed) = trigger.edits(ticket, known);
        // What is sent tells of the ticket as it is left.
        let mut then = ticket.clone();
        if !edits.is_empty() {
            let done =
                Triggered { trigger: trigger.named(), edits: edits.clone(), sent: Vec::new(), failed: Vec::new() };
            then.apply(known.now, &TicketEvent::Triggered(Box::new(done)));
        }
        let mut sent = Vec::new();
        for action in &trigger.actions {
            let outcome = match action {
                Action::Mail { .. } if !self.0.mails.is_open() => Err(Refusal::NotAsked),
                Action::Mail { to, subject, text } => {
                    // To nobody, and so within every limit.
                    let letter = letter(conn, &then, *to, subject, text).await?;
                    letter.map(|letter| Sent::Mail { to: *to, subject: letter.subject, text: letter.text })
                }
                Action::Webhook { url } => self.0.hooks.host(url).map(|host| Sent::Webhook { host }),
                _ => continue,
            };
            match outcome {
                Ok(one) => sent.push(one),
                Err(why) => failed.push(Failed { what: deed(action), why }),
            }
        }
        Ok(Triggered { trigger: trigger.named(), edits, sent, failed })
    }

    async fn checked(&self, trigger: Trigger) -> Answer<Trigger> {
        if !domain::id::is_sound(&trigger.id) || !can_hold(&trigger) {
            return Err(Refusal::Malformed.into());
        }
        let trigger = trigger.checked(&self.choices().await?)?;
        for (place, action) in trigger.actions.iter().enumerate() {
            if let Action::Webhook { url } = action {
                let wrong = |_| Refusal::FieldWrong { field: format!("actions.{place}") };
                self.0.hooks.host(url).map_err(wrong)?;
            }
        }
        Ok(trigger)
    }

    async fn tasked(&self, signed: &Signed, task: Task, from: &Whence) -> Answer<Vec<Line>> {
        administers(&signed.agent)?;
        self.task(signed, task, from).await?;
        self.triggers(&signed.agent).await
    }

    /// Answers whether its secret is to be told to who asks.
    async fn task(&self, signed: &Signed, task: Task, from: &Whence) -> Answer<bool> {
        let want = Want::Triggers { signed: Box::new(signed.clone()), from: from.clone(), task: Box::new(task) };
        match self.0.keeper.ask(want).await? {
            Got::Sealed(fresh) => {
                self.0.crossings.wake();
                Ok(fresh)
            }
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }
}

/// Whoever does not administer the system knows of no trigger.
fn administers(agent: &Agent) -> Answer<()> {
    if agent.system { Ok(()) } else { Err(Refusal::NotYours.into()) }
}

/// PostgreSQL takes no NUL; what people may type is looked at word by word.
fn can_hold(trigger: &Trigger) -> bool {
    serde_json::to_string(trigger).is_ok_and(|body| !body.contains("\\u0000"))
}

/// What the log calls one that is another now, or is gone.
pub fn about(id: &str) -> String {
    ["trigger ", id].concat()
}

/// What a kind of action is called in a history.
pub fn deed(action: &Action) -> Deed {
    match action {
        Action::Status(_) | Action::Own { .. } => Deed::Status,
        Action::Group(_) => Deed::Group,
        Action::Owner(_) => Deed::Owner,
        Action::AddTags(_) | Action::RemoveTags(_) => Deed::Tags,
        Action::Field { id, .. } => Deed::Field(id.clone()),
        Action::Mail { to, .. } => Deed::Mail(*to),
        Action::Webhook { .. } => Deed::Webhook,
    }
}

/// In their order. One that does not read is left out and told of: it stops no ticket.
pub async fn load(conn: &mut AnyConnection) -> Result<Vec<Trigger>, Fault> {
    let rows = sqlx::query("select id, body from triggers order by place, id").fetch_all(conn).await?;
    let mut triggers = Vec::new();
    for row in rows {
        match serde_json::from_str(row.try_get(1)?) {
            Ok(trigger) => triggers.push(trigger),
            Err(_) => {
                tracing::error!(trigger = row.try_get::<String, _>(0)?, "a trigger does not read, and does nothing")
            }
        }
    }
    Ok(triggers)
}

async fn lines(conn: &mut AnyConnection) -> Answer<Vec<Line>> {
    let rows = sqlx::query(
        "select t.body, t.mishap, (select count(*) from webhooks w where w.trigger_id = t.id and w.due_at is not null) \
         from triggers t order by t.place, t.id",
    )
    .fetch_all(conn)
    .await?;
    let mut lines = Vec::new();
    for row in rows {
        // What does not read is told of where it is loaded.
        let Ok(trigger) = serde_json::from_str(row.try_get(0)?) else { continue };
        let mishap: Option<String> = row.try_get(1)?;
        lines.push(Line {
            trigger,
            waiting: u32::try_from(row.try_get::<i64, _>(2)?).unwrap_or(u32::MAX),
            mishap: mishap.map(|text| serde_json::from_str(&text)).transpose()?,
        });
    }
    Ok(lines)
}

/// The same without a desk, beside a server that may run: for the command line.
pub async fn list(database: &str) -> Answer<Vec<Line>> {
    let database = Database::read(database).await?;
    let lines = lines(&mut *database.reader.acquire().await?).await;
    database.close().await;
    lines
}

/// Does it, in the keeper's transaction, if whoever asks still may.
pub async fn fulfil(conn: &mut AnyConnection, signed: &Signed, task: &Task) -> Answer<Settled> {
    administers(&hold_as(&mut *conn, signed).await?)?;
    let mut all = load(&mut *conn).await?;
    let place = |id: &str| all.iter().position(|one| one.id == *id).ok_or(Refusal::NotYours);
    match task {
        Task::Save { trigger, read, sealed, wish } => {
            let before = all.iter().find(|one| one.id == trigger.id);
            return save(conn, before, all.len(), read.as_deref(), trigger, [sealed, wish]).await;
        }
        Task::Move { id, before } => {
            let at = place(id)?;
            before.as_deref().map(place).transpose()?;
            let moved = all.remove(at);
            let to = before.as_ref().map_or(all.len(), |before| {
                // Before itself: where it is.
                all.iter().position(|one| one.id == *before).unwrap_or(at)
            });
            all.insert(to, moved);
            if to == at {
                return Ok(Settled::of(false));
            }
            for (place, one) in all.iter().enumerate() {
                sqlx::query("update triggers set place = $1 where id = $2")
                    .bind(place as i64)
                    .bind(one.id.as_str())
                    .execute(&mut *conn)
                    .await?;
            }
        }
        Task::Switch { id, on } => {
            let at = place(id)?;
            if all[at].on == *on {
                return Ok(Settled::of(false));
            }
            let trigger = Trigger { on: *on, ..all.swap_remove(at) };
            sqlx::query("update triggers set body = $1 where id = $2")
                .bind(serde_json::to_string(&trigger)?)
                .bind(id.as_str())
                .execute(conn)
                .await?;
        }
        Task::Delete { id } => {
            // Also one that does not read.
            let id = if database::can_hold(id) { id.as_str() } else { "" };
            let deleted = sqlx::query("delete from triggers where id = $1").bind(id).execute(&mut *conn).await?;
            if deleted.rows_affected() == 0 {
                return Err(Refusal::NotYours.into());
            }
            for sql in [
                "delete from trigger_crossings where trigger_id = $1",
                "delete from webhooks where trigger_id = $1",
                "insert into triggers_gone (id) values ($1)",
            ] {
                sqlx::query(sql).bind(id).execute(&mut *conn).await?;
            }
        }
        Task::Renew { id, sealed } => {
            let at = place(id)?;
            if all[at].url().is_none() {
                return Err(Refusal::NotAsked.into());
            }
            sqlx::query("update triggers set secret = $1, secret_wish = null where id = $2")
                .bind(sealed.as_str())
                .bind(id.as_str())
                .execute(conn)
                .await?;
            return Ok(Settled { changed: true, tells: true });
        }
        Task::Seen { id } => {
            place(id)?;
            sqlx::query("update triggers set mishap = null where id = $1").bind(id.as_str()).execute(conn).await?;
            return Ok(Settled::of(false));
        }
    }
    Ok(Settled::of(true))
}

async fn save(
    conn: &mut AnyConnection,
    before: Option<&Trigger>,
    count: usize,
    read: Option<&Trigger>,
    trigger: &Trigger,
    [sealed, wish]: [&str; 2],
) -> Answer<Settled> {
    let limit = domain::trigger::TRIGGERS;
    if before.is_none() {
        let gone = sqlx::query("select 1 from triggers_gone where id = $1")
            .bind(trigger.id.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        if gone.is_some() {
            return Err(Refusal::NotYours.into());
        }
        if count >= limit {
            return Err(Refusal::Full { limit: limit as u32 }.into());
        }
    }
    // Whether it is on is asked for itself: who saves may not know how that is by now.
    let on = before.map_or(trigger.on, |before| before.on);
    let trigger = &Trigger { on, ..trigger.clone() };
    let read = read.map(|read| Trigger { on, ..read.clone() });
    // Sent again because its answer was lost, it is as it was.
    let changed = say_who(conn, &about(&trigger.id), may_keep(before, read.as_ref(), trigger)).await?;
    let body = serde_json::to_string(trigger)?;
    // Who heard it before is not to sign for who hears it from now on.
    let goes_elsewhere = before.and_then(Trigger::url) != trigger.url();
    sqlx::query(
        "insert into triggers (id, place, body, crossed_at, crossed_id) \
         select $1, coalesce(max(place), -1) + 1, $2, 0, '' from triggers where 1 = 1 \
         on conflict (id) do update set body = excluded.body",
    )
    .bind(trigger.id.as_str())
    .bind(body)
    .execute(&mut *conn)
    .await?;
    if goes_elsewhere {
        sqlx::query("update triggers set secret = $1, secret_wish = $2 where id = $3")
            .bind(trigger.url().map(|_| sealed))
            .bind(trigger.url().map(|_| wish))
            .bind(trigger.id.as_str())
            .execute(&mut *conn)
            .await?;
        // What waits goes where it goes from now on: its secret is not for who heard it before.
        match trigger.url() {
            Some(url) => {
                sqlx::query("update webhooks set url = $1 where trigger_id = $2 and due_at is not null")
                    .bind(url)
                    .bind(trigger.id.as_str())
                    .execute(&mut *conn)
                    .await?
            }
            None => {
                sqlx::query("delete from webhooks where trigger_id = $1 and due_at is not null")
                    .bind(trigger.id.as_str())
                    .execute(&mut *conn)
                    .await?
            }
        };
    }
    // It asks something else: who has stood for long is looked at anew. Whom it has let run for once stands in
    // `trigger_crossings`.
    if before.is_some_and(|one| one.all != trigger.all || one.any != trigger.any) {
        sqlx::query("update triggers set crossed_at = 0, crossed_id = '' where id = $1")
            .bind(trigger.id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    if trigger.url().is_none() {
        return Ok(Settled::of(changed));
    }
    let row =
        sqlx::query("select secret_wish from triggers where id = $1").bind(trigger.id.as_str()).fetch_one(conn).await?;
    let tells = row.try_get::<Option<String>, _>(0)?.is_some_and(|made| made == wish);
    Ok(Settled { changed, tells })
}

/// Keeps what went wrong, for who administers it.
pub async fn keep_mishap(conn: &mut AnyConnection, trigger: &str, mishap: &Mishap) -> Result<(), Fault> {
    tracing::warn!(trigger, ticket = mishap.number, what = ?mishap.what, "a trigger went wrong");
    sqlx::query("update triggers set mishap = $1 where id = $2")
        .bind(serde_json::to_string(mishap)?)
        .bind(trigger)
        .execute(conn)
        .await?;
    Ok(())
}

/// All that the rules have to know, but who the customer is.
pub async fn known(conn: &mut AnyConnection, now: Time) -> Result<Known, Fault> {
    let Choices { house, groups, owners, .. } = house::choices(conn).await?;
    Ok(Known { now, house, groups, owners, verified: false })
}

/// Has the site of its customer proved who he is?
pub async fn is_verified(conn: &mut AnyConnection, ticket: &Ticket) -> Result<bool, Fault> {
    let row = sqlx::query("select verified from customers where id = $1")
        .bind(ticket.customer.id.as_str())
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| database::is_set(&row, 0)).transpose()?.unwrap_or(false))
}
