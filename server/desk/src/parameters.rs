//! The parameters of a deployment, as they are kept.

use crate::application::NotSet;
use crate::audit::Note;
use crate::database::Database;
use crate::keeper::Want;
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold, hold_as, overtaken, say_who};
use crate::{Answer, Desk, Fault, audit, indicators};
use domain::Refusal;
use domain::application::Wrong;
use domain::audit::Kind;
use domain::parameters::{Addresses, Parameters};
use domain::person::Agent;
use domain::settings::may_keep;
use sqlx::{AnyConnection, AnyExecutor, Row};
use std::sync::{MutexGuard, PoisonError};

/// What is set, and what is not as it comes.
pub async fn read<'c>(on: impl AnyExecutor<'c>) -> Result<Parameters, Fault> {
    let row = sqlx::query("select value from settings where name = 'parameters'").fetch_optional(on).await?;
    match row {
        Some(row) => Ok(serde_json::from_str(row.try_get(0)?)?),
        None => Ok(Parameters::default()),
    }
}

/// For whoever runs this deployment. Beside a running server, too: it reads them whenever it needs them.
pub async fn parameters(database: &str) -> Result<Parameters, NotSet> {
    let database = Database::read(database).await?;
    let parameters = read(&database.reader).await?;
    database.close().await;
    Ok(parameters)
}

/// Sets them in the place of those that were read, `before`. In another zone, or with another minimum of a wait, the
/// sums of indicators are made anew before this returns; those of before are read until then.
pub async fn set(database: &str, before: &Parameters, parameters: &Parameters) -> Result<(), NotSet> {
    let parameters = &parameters.clone().checked().map_err(NotSet::Wrong)?;
    domain::indicators::Zone::of(&parameters.zone).map_err(NotSet::Wrong)?;
    if let Some(field) = parameters.wrong() {
        let why = match field {
            "minimum_wait" => "it is a number of seconds, from 0 to 3600",
            "customer_grace" | "agent_grace" => "it is a number of seconds, from 20 to 600",
            _ => "it is a number of days, from 0 (for ever) to 36500",
        };
        return Err(NotSet::Wrong(Wrong::at(field, why)));
    }
    let database = Database::open_as_it_is(database).await?;
    let set = async {
        let mut tx = database.begin().await?;
        hold(&mut tx).await?;
        if read(&mut *tx).await? != *before {
            return Err(overtaken(&mut tx, "parameters").await?);
        }
        keep(&mut tx, parameters).await?;
        audit::note_settings(&mut tx, "parameters").await?;
        tx.commit().await?;
        indicators::settle_zone(&database, true).await?;
        Ok(())
    };
    let set = set.await;
    database.close().await;
    set
}

async fn keep(conn: &mut AnyConnection, parameters: &Parameters) -> Result<(), Fault> {
    sqlx::query(
        "insert into settings (name, value) values ('parameters', $1) on conflict (name) do update set value = excluded.value",
    )
    .bind(serde_json::to_string(parameters)?)
    .execute(conn)
    .await?;
    Ok(())
}

impl Desk {
    /// What the house is called, for its customers; empty: nobody has said so.
    pub async fn organisation(&self) -> Answer<String> {
        Ok(read(&self.0.database.reader).await?.organisation)
    }

    /// What the house wants to be kept of addresses (S85).
    pub fn addresses(&self) -> Addresses {
        self.known().keep_addresses
    }

    /// As they were last looked at.
    fn known(&self) -> MutexGuard<'_, Parameters> {
        self.0.parameters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it is kept by now: an operator, who is another process, tells nobody.
    pub async fn follow_parameters(&self) -> Answer<()> {
        let _alone = self.0.following.lock().await;
        let now = read(&self.0.database.reader).await?;
        self.0.presence.allow(now.graces());
        let took_room = self.known().unsaved_takes_room;
        let gives_room = took_room && !now.unsaved_takes_room;
        // That it gives room is known once it is done: what failed is asked again at the next look.
        *self.known() = Parameters { unsaved_takes_room: took_room, ..now.clone() };
        if gives_room {
            self.0.keeper.ask(Want::HandOut).await?;
        }
        *self.known() = now;
        Ok(())
    }

    /// Only for system administrators.
    pub async fn parameters(&self, agent: &Agent) -> Answer<Parameters> {
        administers(agent)?;
        Ok(read(&self.0.database.reader).await?)
    }

    /// Keeps them, as on the command line; they count from the next act on. `before`: as they were when he read them.
    pub async fn keep_parameters(
        &self,
        signed: &Signed,
        parameters: &Parameters,
        before: &Parameters,
        from: &Whence,
    ) -> Answer<Parameters> {
        administers(&signed.agent)?;
        let parameters = &parameters.clone().checked().map_err(NotSet::Wrong)?;
        if domain::indicators::Zone::of(&parameters.zone).is_err() {
            return Err(Refusal::FieldWrong { field: "zone".into() }.into());
        }
        if let Some(field) = parameters.wrong() {
            return Err(Refusal::FieldWrong { field: field.into() }.into());
        }
        let mut tx = self.0.database.begin().await?;
        administers(&hold_as(&mut tx, signed).await?)?;
        let now = read(&mut *tx).await?;
        let is_new = say_who(&mut tx, "parameters", may_keep(Some(&now), Some(before), parameters)).await?;
        if is_new {
            keep(&mut tx, parameters).await?;
            let note = Note::by(&signed.agent.face.id, Kind::SettingsChanged).about_thing("parameters").from(from);
            audit::append(&mut tx, self.now(), &[note]).await?;
            tx.commit().await?;
            if indicators::wanted(&now) != indicators::wanted(parameters) {
                self.settle_zone();
            }
            self.follow_parameters().await?;
        }
        Ok(parameters.clone())
    }

    /// Beside everybody who works: in a large house it takes a while.
    fn settle_zone(&self) {
        let database = self.0.database.clone();
        tokio::spawn(async move {
            if let Err(fault) = indicators::settle_zone(&database, true).await {
                tracing::warn!("the numbers are not counted in the new way before the next start: {fault}");
            }
        });
    }
}
