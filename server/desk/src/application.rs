//! Applications: what the widget needs to know, and where it may stand. A retired one is not there.

use crate::database::{can_hold, is_set};
use crate::{Answer, Desk, Fault, group};
use domain::application::{ApplicationView, Field, Settings, Setup, Terms, WaitAs, WhenAway, Wrong};
use domain::channel::Channel;
use domain::group::{Named, Subject};
use domain::hours::{Closed, Timetable};
use domain::wire::ApplicationLine;
use domain::{Refusal, Span, Time};
use sqlx::{AnyExecutor, Row};

mod draft;
pub mod holidays;
mod settings;
pub use draft::{Drafted, Drafts, drafted_chat, is_draft};
pub use settings::{Calls, set, settings};

/// What a chat needs of its application when it starts.
#[derive(Clone)]
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

/// `lang`: that in which its form is read.
pub async fn ground<'c>(on: impl AnyExecutor<'c>, key: &str, lang: &str) -> Result<Option<Ground>, Fault> {
    if !can_hold(key) {
        return Ok(None);
    }
    let row =
        sqlx::query("select id, name, fields, patience, setup from applications where key = $1 and retired_at is null")
            .bind(key)
            .fetch_optional(on)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let application = Named { id: row.try_get(0)?, name: row.try_get(1)? };
    let setup = read_setup(&application.id, row.try_get(4)?)?;
    Ok(Some(Ground {
        application,
        fields: setup.form_in(lang, serde_json::from_str(row.try_get(2)?)?),
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
    let row = sqlx::query("select id from applications where key = $1 and retired_at is null")
        .bind(key)
        .fetch_optional(on)
        .await?;
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
         where ag.application_id = $1 and ag.group_id = $2 and g.retired = 0",
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
    /// Of a group: these are called so, each with the names of the applications that offer it.
    Several(Vec<(String, Vec<String>)>),
    Wrong(Wrong),
    /// Somebody changed it since it was read; his name, empty: on the command line.
    Overtaken(String),
    Broken(Fault),
}

impl<E: Into<Fault>> From<E> for NotSet {
    fn from(error: E) -> NotSet {
        NotSet::Broken(error.into())
    }
}

impl Desk {
    /// What the widget needs before anybody is asked for anything (R1-R15), as it is read in this language. Also of a
    /// draft, for who has its key.
    pub async fn application(&self, key: &str, lang: &str) -> Answer<ApplicationView> {
        if is_draft(key) {
            return self.draft(key, lang);
        }
        self.shown(key, lang, false).await
    }

    /// The same of one that is retired, for who is in the middle of a conversation: nothing new begins with it.
    pub async fn retired_application(&self, key: &str, lang: &str) -> Answer<ApplicationView> {
        self.shown(key, lang, true).await
    }

    async fn shown(&self, key: &str, lang: &str, retired: bool) -> Answer<ApplicationView> {
        let mut conn = self.0.database.reader.acquire().await?;
        let kept = settings::find(&mut conn, "key", key).await?.filter(|kept| kept.retired == retired);
        let kept = kept.ok_or(Refusal::NotYours)?;
        let closed = closed(&kept.id, &kept.settings.setup, self.now())?;
        let mut subjects = Vec::new();
        for id in &kept.settings.groups {
            // A group is never deleted while an application offers it.
            let Some(Named { id, name }) = kept.offered.iter().find(|group| group.id == *id).cloned() else { continue };
            let online = group::online(&mut *conn, &self.0.presence, &id).await?;
            subjects.push(Subject { id, name, online });
        }
        Ok(view(kept.id, kept.settings, lang, subjects, closed, self.0.mails.is_open()))
    }

    /// The sites that may show this application: exact origins.
    pub async fn sites(&self, key: &str) -> Answer<Vec<String>> {
        let id = id_of(&self.0.database.reader, key).await?;
        Ok(sites_of(&self.0.database.reader, &id).await?)
    }

    /// Where the snippet of an application may still stand that is retired; none: it is not.
    pub async fn sites_of_retired(&self, key: &str) -> Answer<Option<Vec<String>>> {
        if !can_hold(key) {
            return Ok(None);
        }
        let reader = &self.0.database.reader;
        let row = sqlx::query("select id from applications where key = $1 and retired_at is not null")
            .bind(key)
            .fetch_optional(reader)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(sites_of(reader, row.try_get(0)?).await?))
    }

    /// Every application, for the console's list and the snippet; retired ones last.
    pub async fn applications(&self) -> Answer<Vec<ApplicationLine>> {
        let rows = sqlx::query(
            "select id, name, key, accent, title, expanded, setup, retired_at from applications \
             order by case when retired_at is null then 0 else 1 end, name, id",
        )
        .fetch_all(&self.0.database.reader)
        .await?;
        let mut lines = Vec::new();
        for row in rows {
            let id: String = row.try_get(0)?;
            let setup = read_setup(&id, row.try_get(6)?)?;
            lines.push(ApplicationLine {
                sites: sites_of(&self.0.database.reader, &id).await?,
                retired: row.try_get::<Option<i64>, _>(7)?.is_some(),
                id,
                name: row.try_get(1)?,
                key: row.try_get(2)?,
                accent: row.try_get(3)?,
                title: row.try_get(4)?,
                expanded: is_set(&row, 5)?,
                titles: setup.titles(),
                launcher: setup.launcher,
            });
        }
        Ok(lines)
    }
}

/// What a widget is told of these settings, in this language.
fn view(
    id: String,
    settings: Settings,
    lang: &str,
    subjects: Vec<Subject>,
    closed: Option<Closed>,
    mails_are_open: bool,
) -> ApplicationView {
    let Settings { name, accent, title, expanded, form, wait_shows, setup, .. } = settings;
    ApplicationView {
        id,
        name,
        accent,
        expanded,
        title,
        fields: setup.form_in(lang, form),
        subjects,
        wait_shows,
        channels: setup.channels.iter().filter_map(Channel::view).collect(),
        takes_messages: setup.when_away == WhenAway::Message,
        closed,
        wait_ranges: setup.wait_as == WaitAs::Range,
        kind: setup.kind,
        rating: setup.rating,
        mails: setup.transcript_by_mail && mails_are_open,
        notices: setup.browser_notices,
        greeting: setup.greeting(lang).to_owned(),
    }
}

/// The origins of an application, in the order of their letters.
async fn sites_of<'c>(on: impl AnyExecutor<'c>, application: &str) -> Result<Vec<String>, Fault> {
    let rows = sqlx::query("select origin from application_sites where application_id = $1 order by origin")
        .bind(application)
        .fetch_all(on)
        .await?;
    Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}
