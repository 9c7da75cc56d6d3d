//! The first run of a house: what is missing of it, and its end.

use crate::audit::{self, Note};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as};
use crate::{Answer, Desk, Fault, parameters};
use domain::Time;
use domain::application::Called;
use domain::audit::Kind;
use domain::first_run::FirstRun;
use domain::group::Named;
use domain::person::Agent;
use sqlx::{AnyConnection, AnyExecutor, Row};

/// Where it stands that it has begun.
const NAME: &str = "first_run";

/// With the first administrator. A house that was begun otherwise, like the demo, has none.
pub async fn begin(conn: &mut AnyConnection) -> Result<(), Fault> {
    sqlx::query("insert into settings (name, value) values ($1, '') on conflict (name) do nothing")
        .bind(NAME)
        .execute(conn)
        .await?;
    Ok(())
}

async fn is_begun<'c>(on: impl AnyExecutor<'c>) -> Result<bool, Fault> {
    Ok(sqlx::query("select 1 from settings where name = $1").bind(NAME).fetch_optional(on).await?.is_some())
}

/// Is it his to finish?
pub async fn is_for<'c>(on: impl AnyExecutor<'c>, agent: &Agent) -> Result<bool, Fault> {
    Ok(agent.system && is_begun(on).await?)
}

impl Desk {
    /// What there is of it. Only for system administrators.
    pub async fn first_run(&self, agent: &Agent) -> Answer<FirstRun> {
        administers(agent)?;
        let mut conn = self.0.database.reader.acquire().await?;
        let group = sqlx::query("select id, name from groups where retired = 0 order by id limit 1")
            .fetch_optional(&mut *conn)
            .await?;
        let group =
            group.map(|row| Ok::<_, Fault>(Named { id: row.try_get(0)?, name: row.try_get(1)? })).transpose()?;
        // The one that called in last, else the first that was made.
        let row = sqlx::query(
            "select id, name, called_at, called_from, (select count(*) from application_sites s where s.application_id = a.id) \
             from applications a where retired_at is null \
             order by case when called_from is null or called_from = '' then 1 else 0 end, coalesce(called_at, 0) desc, id limit 1",
        )
        .fetch_optional(&mut *conn)
        .await?;
        let (mut application, mut called, mut has_site) = (None, None, false);
        if let Some(row) = row {
            let at: Option<i64> = row.try_get(2)?;
            called = at.map(|at| Ok::<_, Fault>(Called { at: Time(at), from: row.try_get(3)? })).transpose()?;
            has_site = row.try_get::<i64, _>(4)? > 0;
            application = Some(Named { id: row.try_get(0)?, name: row.try_get(1)? });
        }
        let organisation = parameters::read(&mut *conn).await?.organisation;
        Ok(FirstRun { begun: is_begun(&mut *conn).await?, organisation, group, application, has_site, called })
    }

    /// It is finished, or nobody wants it.
    pub async fn end_first_run(&self, signed: &Signed, from: &Whence) -> Answer<()> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        administers(&hold_as(&mut tx, signed).await?)?;
        let ended = sqlx::query("delete from settings where name = $1").bind(NAME).execute(&mut *tx).await?;
        if ended.rows_affected() == 1 {
            let note = Note::by(&signed.agent.face.id, Kind::SettingsChanged).about_thing("first run").from(from);
            audit::append(&mut tx, self.now(), &[note]).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
