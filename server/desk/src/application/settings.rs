//! What is set of an application: read, changed and saved as one value, by its administrators and by operators.
//!
//! Who saves says which revision he has read, so that a colleague's newer change is never lost without a word.

use super::{NotSet, read_setup, sites_of};
use crate::audit::{self, Note};
use crate::database::{Database, can_hold, flag, is_set};
use crate::session::{Signed, Whence};
use crate::settings::{hold, hold_as};
use crate::{Answer, Desk, Error, Fault, group, queue, random, ticket_index};
use domain::application::{APPLICATIONS, Called, Foreseen, Kept, Settings, Wrong};
use domain::audit::Kind;
use domain::group::{Named, Subject};
use domain::hours::{Calendar, Clock, Day, Hours, Minute, Timetable};
use domain::person::Agent;
use domain::{Refusal, Span, Time, id};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::HashMap;
use std::sync::Mutex;

/// So long is nothing written down of another call of the same application.
const QUIET: Span = Span::secs(60);

/// When each application was last written down as called, and by which of its sites.
pub type Calls = Mutex<HashMap<(String, String), Time>>;

/// Who changes something.
enum By<'a> {
    Agent(&'a Agent, &'a Whence),
    Operator,
}

impl By<'_> {
    fn id(&self) -> Option<&str> {
        match self {
            By::Agent(agent, _) => Some(&agent.face.id),
            By::Operator => None,
        }
    }

    /// In the log.
    fn note(&self, what: &str) -> Note {
        match self {
            By::Agent(agent, from) => Note::by(&agent.face.id, Kind::SettingsChanged).from(from),
            By::Operator => Note::by_operator(Kind::SettingsChanged),
        }
        .about_thing(what)
    }
}

impl From<NotSet> for Error {
    fn from(why: NotSet) -> Error {
        match why {
            NotSet::NoSuch => Refusal::NotYours.into(),
            NotSet::Several(_) => Refusal::FieldWrong { field: "group".into() }.into(),
            NotSet::Wrong(Wrong { path, .. }) => Refusal::FieldWrong { field: path }.into(),
            NotSet::Overtaken(by) => Refusal::Overtaken { by }.into(),
            NotSet::Broken(fault) => Error::Broken(fault),
        }
    }
}

/// Whoever does not administer the system changes no application, and knows of no setting.
pub(super) fn administers(agent: &Agent) -> Answer<()> {
    if agent.system { Ok(()) } else { Err(Refusal::NotYours.into()) }
}

/// The settings of an application and their revision, for whoever runs this deployment. Beside a running server,
/// too: it reads them whenever it needs them.
pub async fn settings(database: &str, key: &str) -> Result<(Settings, u32), NotSet> {
    let database = Database::read(database).await?;
    let read = async {
        let mut conn = database.snapshot().await?;
        let kept = find(&mut conn, "key", key).await?.ok_or(NotSet::NoSuch)?;
        Ok((kept.settings, kept.revision))
    };
    let read = read.await;
    database.close().await;
    read
}

/// Sets them in the place of that revision, when all of them can be meant. A group may be named by its name.
pub async fn set(database: &str, key: &str, revision: u32, settings: &Settings) -> Result<(), NotSet> {
    let database = Database::open_as_it_is(database).await?;
    let set = async {
        let mut tx = database.begin().await?;
        hold(&mut tx).await?;
        let before = find(&mut tx, "key", key).await?.ok_or(NotSet::NoSuch)?;
        let now = Time(crate::clock::wall());
        save(&mut tx, &By::Operator, &before, revision, settings.clone(), now).await?;
        tx.commit().await?;
        Ok(())
    };
    let set = set.await;
    database.close().await;
    set
}

/// By its id or its key.
pub(super) async fn find(conn: &mut AnyConnection, column: &'static str, value: &str) -> Result<Option<Kept>, Fault> {
    if !can_hold(value) {
        return Ok(None);
    }
    let sql = format!(
        "select id, key, name, accent, title, expanded, patience, fields, wait_shows, setup, revision, retired_at, \
         called_at, called_from from applications where {column} = $1"
    );
    let row = sqlx::query(AssertSqlSafe(sql)).bind(value).fetch_optional(&mut *conn).await?;
    let Some(row) = row else { return Ok(None) };
    let id: String = row.try_get(0)?;
    let groups = sqlx::query(
        "select ag.group_id from application_groups ag join groups g on g.id = ag.group_id \
             where ag.application_id = $1 and g.retired = 0 order by ag.place, ag.group_id",
    )
    .bind(id.as_str())
    .fetch_all(&mut *conn)
    .await?;
    let settings = Settings {
        name: row.try_get(2)?,
        accent: row.try_get(3)?,
        title: row.try_get(4)?,
        expanded: is_set(&row, 5)?,
        patience: u32::try_from(row.try_get::<i64, _>(6)? / 1_000).unwrap_or(u32::MAX),
        sites: sites_of(&mut *conn, &id).await?,
        groups: groups.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?,
        form: serde_json::from_str(row.try_get(7)?)?,
        wait_shows: queue::wait_shows(row.try_get(8)?)?,
        setup: read_setup(&id, row.try_get(9)?)?,
    };
    Ok(Some(Kept {
        key: row.try_get(1)?,
        settings,
        revision: revision(&row, 10)?,
        retired: row.try_get::<Option<i64>, _>(11)?.is_some(),
        called: called(&row)?,
        sites_called: sites_called(conn, &id).await?,
        offered: offered(conn).await?,
        id,
    }))
}

fn revision(row: &AnyRow, column: usize) -> Result<u32, Fault> {
    u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| Fault::new("a revision is out of its range"))
}

fn called(row: &AnyRow) -> Result<Option<Called>, Fault> {
    let at: Option<i64> = row.try_get(12)?;
    at.map(|at| Ok(Called { at: Time(at), from: row.try_get(13)? })).transpose()
}

async fn sites_called(conn: &mut AnyConnection, id: &str) -> Result<Vec<Called>, Fault> {
    let rows = sqlx::query(
        "select called_at, origin from application_sites where application_id = $1 and called_at is not null order by origin",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Ok(Called { at: Time(row.try_get(0)?), from: row.try_get(1)? })).collect()
}

pub(super) async fn offered(conn: &mut AnyConnection) -> Result<Vec<Named>, Fault> {
    let rows = sqlx::query("select id, name from groups where retired = 0 order by name, id").fetch_all(conn).await?;
    rows.iter().map(|row| Ok(Named { id: row.try_get(0)?, name: row.try_get(1)? })).collect()
}

/// What can be meant, in this house: each group by its id, whether it was named by that or by its name.
pub(super) fn meant(settings: Settings, offered: &[Named]) -> Result<Settings, NotSet> {
    let mut groups = Vec::new();
    for (n, asked) in settings.groups.iter().enumerate() {
        let found = offered.iter().find(|group| group.id == *asked);
        let found = found.or_else(|| offered.iter().find(|group| group.name == *asked));
        let wrong = || NotSet::Wrong(Wrong::at(&format!("groups[{n}]"), "there is no such group"));
        groups.push(found.ok_or_else(wrong)?.id.clone());
    }
    let settings = Settings { groups, ..settings }.checked().map_err(NotSet::Wrong)?;
    if let Some(hours) = &settings.setup.hours {
        Timetable::of(hours).map_err(|wrong| NotSet::Wrong(wrong.within("setup.hours")))?;
    }
    // PostgreSQL takes no NUL; names and labels are lines, the rest is looked at as a whole.
    if serde_json::to_string(&settings)?.contains("\\u0000") {
        return Err(NotSet::Wrong(Wrong::at("setup", "it holds a character that cannot be kept")));
    }
    Ok(settings)
}

/// What a console and the command line share: in the place of that revision, or not at all.
async fn save(
    conn: &mut AnyConnection,
    by: &By<'_>,
    before: &Kept,
    revision: u32,
    settings: Settings,
    now: Time,
) -> Result<(), NotSet> {
    let settings = meant(settings, &before.offered)?;
    let changed = before.settings.changed(&settings);
    // Asked again after a lost answer: it is so already, whatever revision it has by now.
    if changed.is_empty() {
        return Ok(());
    }
    has_subject(&settings)?;
    // Held from here on: of two who save at once the second finds another revision.
    let held = sqlx::query(
        "update applications set name = $1, accent = $2, title = $3, expanded = $4, patience = $5, fields = $6, \
         wait_shows = $7, setup = $8, revision = revision + 1, changed_by = $9 where id = $10 and revision = $11",
    )
    .bind(settings.name.as_str())
    .bind(settings.accent.as_str())
    .bind(settings.title.as_str())
    .bind(flag(settings.expanded))
    .bind(i64::from(settings.patience) * 1_000)
    .bind(serde_json::to_string(&settings.form)?)
    .bind(queue::wait_shows_word(settings.wait_shows))
    .bind(serde_json::to_string(&settings.setup)?)
    .bind(by.id())
    .bind(before.id.as_str())
    .bind(i64::from(revision))
    .execute(&mut *conn)
    .await?;
    if held.rows_affected() == 0 {
        return Err(NotSet::Overtaken(last_changed_by(conn, &before.id).await?));
    }
    put_sites_and_groups(conn, &before.id, &settings).await?;
    // Another field may be the one that asks for an address.
    if changed.contains(&"form") {
        ticket_index::again_in(&mut *conn, &before.id, now).await?;
    }
    let what = format!("application {}: {}", before.key, changed.join(", "));
    Ok(audit::append(conn, now, &[by.note(&what)]).await?)
}

/// A window without a subject is a dead end.
fn has_subject(settings: &Settings) -> Result<(), NotSet> {
    if settings.setup.kind.has_chat() && settings.groups.is_empty() {
        return Err(NotSet::Wrong(Wrong::at("groups", "where customers chat there is a group to choose")));
    }
    Ok(())
}

/// His name; empty: it was done on the command line.
async fn last_changed_by(conn: &mut AnyConnection, id: &str) -> Result<String, Fault> {
    let row = sqlx::query("select g.name from applications a join agents g on g.id = a.changed_by where a.id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or_else(String::new))
}

async fn put_sites_and_groups(conn: &mut AnyConnection, id: &str, settings: &Settings) -> Result<(), Fault> {
    let kept = sites_of(&mut *conn, id).await?;
    for site in kept.iter().filter(|site| !settings.sites.contains(site)) {
        sqlx::query("delete from application_sites where application_id = $1 and origin = $2")
            .bind(id)
            .bind(site.as_str())
            .execute(&mut *conn)
            .await?;
    }
    for sql in [
        // A retired group keeps its place, for the day it is back.
        "delete from application_groups where application_id = $1 and group_id in (select id from groups where retired = 0)",
    ] {
        sqlx::query(sql).bind(id).execute(&mut *conn).await?;
    }
    for site in settings.sites.iter().filter(|site| !kept.contains(site)) {
        sqlx::query("insert into application_sites (application_id, origin) values ($1, $2)")
            .bind(id)
            .bind(site.as_str())
            .execute(&mut *conn)
            .await?;
    }
    for (place, group) in settings.groups.iter().enumerate() {
        sqlx::query("insert into application_groups (application_id, group_id, place) values ($1, $2, $3)")
            .bind(id)
            .bind(group.as_str())
            .bind(place as i64)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

impl Desk {
    /// All that is set of an application. Only for system administrators, as all that follows.
    pub async fn application_settings(&self, agent: &Agent, id: &str) -> Answer<Kept> {
        administers(agent)?;
        let mut conn = self.0.database.snapshot().await?;
        Ok(find(&mut conn, "id", id).await?.ok_or(Refusal::NotYours)?)
    }

    /// In the place of the revision that was read. Refused: `FieldWrong` with the path of what cannot be meant, or
    /// `Overtaken` by who changed it since; empty: an operator did.
    pub async fn save_application(
        &self,
        signed: &Signed,
        id: &str,
        revision: u32,
        settings: Settings,
        from: &Whence,
    ) -> Answer<Kept> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let before = find(&mut tx, "id", id).await?.ok_or(Refusal::NotYours)?;
        save(&mut tx, &By::Agent(&agent, from), &before, revision, settings, self.now()).await?;
        tx.commit().await?;
        self.application_settings(&agent, id).await
    }

    /// Makes one; its id is made by who asks. Asked again, it is the one that was made.
    pub async fn create_application(
        &self,
        signed: &Signed,
        id: &str,
        settings: Settings,
        from: &Whence,
    ) -> Answer<Kept> {
        administers(&signed.agent)?;
        self.make(signed, id, settings, None, from).await
    }

    /// Makes another one with the settings, and the articles, of one. Its key is its own, and so are the keys that
    /// sign identities: it has none.
    pub async fn duplicate_application(
        &self,
        signed: &Signed,
        of: &str,
        id: &str,
        name: &str,
        from: &Whence,
    ) -> Answer<Kept> {
        let pattern = self.application_settings(&signed.agent, of).await?;
        let settings = Settings { name: name.into(), ..pattern.settings };
        self.make(signed, id, settings, Some(&pattern.id), from).await
    }

    async fn make(
        &self,
        signed: &Signed,
        id: &str,
        settings: Settings,
        pattern: Option<&str>,
        from: &Whence,
    ) -> Answer<Kept> {
        if !id::is_sound(id) {
            return Err(Refusal::Malformed.into());
        }
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        if let Some(kept) = find(&mut tx, "id", id).await? {
            return Ok(kept);
        }
        let row = sqlx::query("select count(*) from applications").fetch_one(&mut *tx).await?;
        if row.try_get::<i64, _>(0)? >= APPLICATIONS as i64 {
            return Err(Refusal::Full { limit: APPLICATIONS as u32 }.into());
        }
        let settings = meant(settings, &offered(&mut tx).await?)?;
        // One that is made from nothing has no site yet, and gets its groups with them. A copy has sites at once, and the
        // last group of its pattern may be retired by now.
        if pattern.is_some() {
            has_subject(&settings)?;
        }
        let key = format!("pk_{}", random::hex(&random::bytes::<12>()?));
        sqlx::query(
            "insert into applications (id, key, name, accent, expanded, title, fields, wait_shows, patience, \
             created_at, setup, changed_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(id)
        .bind(key.as_str())
        .bind(settings.name.as_str())
        .bind(settings.accent.as_str())
        .bind(flag(settings.expanded))
        .bind(settings.title.as_str())
        .bind(serde_json::to_string(&settings.form)?)
        .bind(queue::wait_shows_word(settings.wait_shows))
        .bind(i64::from(settings.patience) * 1_000)
        .bind(self.now().0)
        .bind(serde_json::to_string(&settings.setup)?)
        .bind(agent.face.id.as_str())
        .execute(&mut *tx)
        .await?;
        put_sites_and_groups(&mut tx, id, &settings).await?;
        if let Some(pattern) = pattern {
            sqlx::query(
                "insert into article_applications (application_id, article_id) \
                 select $1, article_id from article_applications where application_id = $2",
            )
            .bind(id)
            .bind(pattern)
            .execute(&mut *tx)
            .await?;
            // Where they are shown stands in them: who read one before has not read this.
            sqlx::query(
                "update knowledge set revision = revision + 1, changed_at = $1, changed_by = $2 where id in \
                 (select a.knowledge_id from articles a join article_applications s on s.article_id = a.id \
                 where s.application_id = $3)",
            )
            .bind(self.now().0)
            .bind(agent.face.id.as_str())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        }
        let note = By::Agent(&agent, from).note(&format!("application {key}: created"));
        audit::append(&mut tx, self.now(), &[note]).await?;
        tx.commit().await?;
        self.application_settings(&agent, id).await
    }

    /// From now on its widget is not there, or is again. Its conversations stay, and those that run go on.
    pub async fn retire_application(&self, signed: &Signed, id: &str, retired: bool, from: &Whence) -> Answer<Kept> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let before = find(&mut tx, "id", id).await?.ok_or(Refusal::NotYours)?;
        if before.retired != retired {
            if !retired {
                // The last of its groups may have been retired since.
                has_subject(&before.settings)?;
            }
            sqlx::query(
                "update applications set retired_at = $1, revision = revision + 1, changed_by = $2 where id = $3",
            )
            .bind(retired.then(|| self.now().0))
            .bind(agent.face.id.as_str())
            .bind(id)
            .execute(&mut *tx)
            .await?;
            let what = if retired { "retired" } else { "in use again" };
            let note = By::Agent(&agent, from).note(&format!("application {}: {what}", before.key));
            audit::append(&mut tx, self.now(), &[note]).await?;
            tx.commit().await?;
        }
        self.application_settings(&agent, id).await
    }

    /// What a customer would see on this day at this minute, on the clock of these hours, by the rule that the
    /// widget is answered with. Who attends then nobody knows: told is who does now, and whether that is then.
    pub async fn foresee(
        &self,
        agent: &Agent,
        hours: &Hours,
        groups: &[String],
        day: Day,
        minute: Minute,
    ) -> Answer<Foreseen> {
        administers(agent)?;
        let wrong = |wrong: Wrong| Error::from(NotSet::Wrong(wrong.within("setup.hours")));
        let timetable = Timetable::of(hours).map_err(wrong)?;
        let at = timetable.at(day, minute).ok_or(Refusal::FieldWrong { field: "when".into() })?;
        if groups.len() > domain::application::GROUPS_LIMIT {
            return Err(Refusal::FieldWrong { field: "groups".into() }.into());
        }
        let mut conn = self.0.database.reader.acquire().await?;
        let offered = offered(&mut conn).await?;
        let mut subjects = Vec::new();
        for Named { id, name } in groups.iter().filter_map(|id| offered.iter().find(|group| group.id == *id)) {
            let online = group::online(&mut *conn, &self.0.presence, id).await?;
            subjects.push(Subject { id: id.clone(), name: name.clone(), online });
        }
        let is_now = (at..at + Span::secs(60)).contains(&self.now());
        Ok(Foreseen { at, closed: timetable.closed(at), subjects, special: timetable.special(day), is_now })
    }

    /// The holidays of a calendar on the clock of this zone, and what in it was not understood.
    pub fn read_holidays(&self, agent: &Agent, file: &str, zone: &str) -> Answer<Calendar> {
        administers(agent)?;
        let clock = Clock::of(zone).ok_or(Refusal::FieldWrong { field: "setup.hours.zone".into() })?;
        Ok(super::holidays::read(file, clock)?)
    }

    /// Remembers that the widget of an application was asked for, and by a page of which of its sites. At most one
    /// write a minute and site; what is not one of its own is none, and takes the place of none that is.
    pub async fn asked_for(&self, key: &str, from: Option<&str>) -> Answer<()> {
        let now = self.now();
        let is_quiet = |last: &Time| now - *last < QUIET;
        // There are none but its own sites, and that of no site of its own.
        if self.calls().get(&(key.to_owned(), from.unwrap_or_default().to_owned())).is_some_and(is_quiet) {
            return Ok(());
        }
        let sites = self.sites(key).await?;
        let from = from.filter(|from| sites.iter().any(|site| site == from)).unwrap_or_default();
        let call = (key.to_owned(), from.to_owned());
        {
            let mut calls = self.calls();
            // Two at the same moment: one of them writes.
            if calls.get(&call).is_some_and(is_quiet) {
                return Ok(());
            }
            // What is quiet no longer says nothing, so there are no more than sites.
            calls.retain(|_, last| is_quiet(last));
            calls.insert(call, now);
        }
        let mut tx = self.0.database.begin().await?;
        sqlx::query(
            "update applications set called_at = $1, called_from = $2 \
             where key = $3 and ($2 <> '' or coalesce(called_from, '') = '')",
        )
        .bind(now.0)
        .bind(from)
        .bind(key)
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "update application_sites set called_at = $1 where origin = $2 \
             and application_id = (select id from applications where key = $3)",
        )
        .bind(now.0)
        .bind(from)
        .bind(key)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    fn calls(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Time>> {
        self.0.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
