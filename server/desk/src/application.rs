//! Applications: what the widget needs to know, and where it may stand.

use crate::database::{Database, can_hold, is_set};
use crate::{Answer, Desk, Fault, audit, group, queue, ticket_index};
use domain::application::{ApplicationView, Field, Settings, Setup, Terms, WaitAs, WhenAway, Wrong};
use domain::channel::Channel;
use domain::group::{Named, Subject};
use domain::hours::{Closed, Timetable};
use domain::wire::ApplicationLine;
use domain::{Refusal, Span, Time};
use sqlx::{AnyExecutor, Row};

/// What a chat needs of its application when it starts.
pub struct Ground {
    pub application: Named,
    pub fields: Vec<Field>,
    pub terms: Terms,
    pub setup: Setup,
}

/// Reads the settings of an application as they are kept.
pub fn read_setup(application: &str, kept: &str) -> Result<Setup, Fault> {
    // The message names a setting and never what it is set to.
    serde_json::from_str(kept).map_err(|why| {
        Fault::new(format!(
            "the settings of application {application} do not read, at column {} of applications.setup",
            why.column()
        ))
    })
}

/// The settings of an application by its id.
pub async fn setup_of<'c>(on: impl AnyExecutor<'c>, application: &str) -> Result<Setup, Fault> {
    let row = sqlx::query("select setup from applications where id = $1").bind(application).fetch_one(on).await?;
    read_setup(application, row.try_get(0)?)
}

/// Is it outside the hours of an application (R15)?
pub fn closed(application: &str, setup: &Setup, now: Time) -> Result<Option<Closed>, Fault> {
    let Some(hours) = &setup.hours else { return Ok(None) };
    let timetable = Timetable::of(hours).map_err(|Wrong { path, why }| {
        Fault::new(format!("the hours of application {application} cannot be meant: {path}: {why}"))
    })?;
    Ok(timetable.closed(now))
}

pub async fn ground<'c>(on: impl AnyExecutor<'c>, key: &str) -> Result<Option<Ground>, Fault> {
    if !can_hold(key) {
        return Ok(None);
    }
    let row = sqlx::query("select id, name, fields, patience, setup from applications where key = $1")
        .bind(key)
        .fetch_optional(on)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let application = Named { id: row.try_get(0)?, name: row.try_get(1)? };
    let setup = read_setup(&application.id, row.try_get(4)?)?;
    Ok(Some(Ground {
        application,
        fields: serde_json::from_str(row.try_get(2)?)?,
        terms: Terms {
            patience: Span(row.try_get(3)?),
            documents: setup.documents,
            rating: setup.rating,
            files: setup.files,
        },
        setup,
    }))
}

/// The application that has this key.
pub async fn id_of<'c>(on: impl AnyExecutor<'c>, key: &str) -> Answer<String> {
    if !can_hold(key) {
        return Err(Refusal::NotYours.into());
    }
    let row = sqlx::query("select id from applications where key = $1").bind(key).fetch_optional(on).await?;
    Ok(row.ok_or(Refusal::NotYours)?.try_get(0)?)
}

/// One of the application's groups; none when it is not one of them.
pub async fn group_of<'c>(
    on: impl AnyExecutor<'c>,
    application: &str,
    group: &str,
) -> Result<Option<Named>, sqlx::Error> {
    if !can_hold(group) {
        return Ok(None);
    }
    let row = sqlx::query(
        "select g.id, g.name from application_groups ag join groups g on g.id = ag.group_id \
         where ag.application_id = $1 and ag.group_id = $2",
    )
    .bind(application)
    .bind(group)
    .fetch_optional(on)
    .await?;
    row.map(|row| Ok(Named { id: row.try_get(0)?, name: row.try_get(1)? })).transpose()
}

/// Why settings were not taken.
#[derive(Debug)]
pub enum NotSet {
    /// There is no application with this key.
    NoSuch,
    Wrong(Wrong),
    Broken(Fault),
}

impl<E: Into<Fault>> From<E> for NotSet {
    fn from(error: E) -> NotSet {
        NotSet::Broken(error.into())
    }
}

/// The settings of an application, for whoever runs this deployment. Beside a running server, too:
/// it reads them whenever it needs them.
pub async fn settings(database: &str, key: &str) -> Result<Settings, NotSet> {
    let database = Database::open(database).await?;
    let row = sqlx::query("select fields, wait_shows, setup, id from applications where key = $1")
        .bind(key)
        .fetch_optional(&database.reader)
        .await?
        .ok_or(NotSet::NoSuch)?;
    let settings = Settings {
        form: serde_json::from_str(row.try_get(0)?)?,
        wait_shows: queue::wait_shows(row.try_get(1)?)?,
        setup: read_setup(row.try_get(3)?, row.try_get(2)?)?,
    };
    database.close().await;
    Ok(settings)
}

/// Sets them, when all of them can be meant.
pub async fn set(database: &str, key: &str, settings: &Settings) -> Result<(), NotSet> {
    settings.check().map_err(NotSet::Wrong)?;
    if let Some(hours) = &settings.setup.hours {
        Timetable::of(hours).map_err(|wrong| NotSet::Wrong(wrong.within("setup.hours")))?;
    }
    let database = Database::open(database).await?;
    let fields = serde_json::to_string(&settings.form)?;
    let set = async {
        let mut tx = database.begin().await?;
        let row = sqlx::query("select id, fields from applications where key = $1")
            .bind(key)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Err(NotSet::NoSuch) };
        sqlx::query("update applications set fields = $1, wait_shows = $2, setup = $3 where key = $4")
            .bind(fields.as_str())
            .bind(queue::wait_shows_word(settings.wait_shows))
            .bind(serde_json::to_string(&settings.setup)?)
            .bind(key)
            .execute(&mut *tx)
            .await?;
        // Another field may be the one that asks for an address.
        if row.try_get::<String, _>(1)? != fields {
            ticket_index::again_in(&mut tx, row.try_get(0)?, Time(crate::clock::wall())).await?;
        }
        audit::note_settings(&mut tx, &format!("application {key}")).await?;
        tx.commit().await?;
        Ok(())
    };
    let set = set.await;
    database.close().await;
    set
}

impl Desk {
    /// What the widget needs before anybody is asked for anything (R1-R15).
    pub async fn application(&self, key: &str) -> Answer<ApplicationView> {
        let reader = &self.0.database.reader;
        if !can_hold(key) {
            return Err(Refusal::NotYours.into());
        }
        let row = sqlx::query(
            "select id, name, accent, expanded, title, fields, wait_shows, setup from applications where key = $1",
        )
        .bind(key)
        .fetch_optional(reader)
        .await?
        .ok_or(Refusal::NotYours)?;
        let id: String = row.try_get(0)?;
        let setup = read_setup(&id, row.try_get(7)?)?;
        let closed = closed(&id, &setup, self.now())?;
        let groups = sqlx::query(
            "select g.id, g.name from application_groups ag join groups g on g.id = ag.group_id \
             where ag.application_id = $1 order by ag.place, g.name",
        )
        .bind(&id)
        .fetch_all(reader)
        .await?;
        let mut subjects = Vec::new();
        for group in groups {
            let (id, name): (String, String) = (group.try_get(0)?, group.try_get(1)?);
            let online = group::online(reader, &self.0.presence, &id).await?;
            subjects.push(Subject { id, name, online });
        }
        Ok(ApplicationView {
            id,
            name: row.try_get(1)?,
            accent: row.try_get(2)?,
            expanded: is_set(&row, 3)?,
            title: row.try_get(4)?,
            fields: serde_json::from_str(row.try_get(5)?)?,
            subjects,
            wait_shows: queue::wait_shows(row.try_get(6)?)?,
            channels: setup.channels.iter().filter_map(Channel::view).collect(),
            takes_messages: setup.when_away == WhenAway::Message,
            closed,
            wait_ranges: setup.wait_as == WaitAs::Range,
            kind: setup.kind,
            rating: setup.rating,
            mails: setup.transcript_by_mail && self.0.mails.is_open(),
            notices: setup.browser_notices,
        })
    }

    /// The sites that may show this application: exact origins.
    pub async fn sites(&self, key: &str) -> Answer<Vec<String>> {
        let id = id_of(&self.0.database.reader, key).await?;
        self.sites_of(&id).await
    }

    async fn sites_of(&self, application: &str) -> Answer<Vec<String>> {
        let rows = sqlx::query("select origin from application_sites where application_id = $1 order by origin")
            .bind(application)
            .fetch_all(&self.0.database.reader)
            .await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// Every application, for the console's list and the snippet.
    pub async fn applications(&self) -> Answer<Vec<ApplicationLine>> {
        let rows =
            sqlx::query("select id, name, key, accent, title, expanded, setup from applications order by name, id")
                .fetch_all(&self.0.database.reader)
                .await?;
        let mut lines = Vec::new();
        for row in rows {
            let id: String = row.try_get(0)?;
            let setup = read_setup(&id, row.try_get(6)?)?;
            lines.push(ApplicationLine {
                sites: self.sites_of(&id).await?,
                id,
                name: row.try_get(1)?,
                key: row.try_get(2)?,
                accent: row.try_get(3)?,
                title: row.try_get(4)?,
                expanded: is_set(&row, 5)?,
                launcher: setup.launcher,
            });
        }
        Ok(lines)
    }
}
