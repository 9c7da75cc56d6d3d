//! The parameters of a deployment, as they are kept.

use crate::application::NotSet;
use crate::database::Database;
use crate::{Fault, audit, indicators};
use domain::parameters::Parameters;
use sqlx::{AnyExecutor, Row};

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
    let database = Database::open(database).await?;
    let parameters = read(&database.reader).await?;
    database.close().await;
    Ok(parameters)
}

/// Sets them. In another zone the sums of indicators are made anew, in the same transaction.
pub async fn set(database: &str, parameters: &Parameters) -> Result<(), NotSet> {
    domain::indicators::Zone::of(&parameters.zone).map_err(NotSet::Wrong)?;
    let database = Database::open(database).await?;
    let mut tx = database.begin().await?;
    let before = read(&mut *tx).await?;
    sqlx::query(
        "insert into settings (name, value) values ('parameters', $1) on conflict (name) do update set value = excluded.value",
    )
    .bind(serde_json::to_string(parameters)?)
    .execute(&mut *tx)
    .await?;
    if before.zone != parameters.zone {
        indicators::rezone(&mut tx, &parameters.zone).await?;
    }
    audit::note_settings(&mut tx, "parameters").await?;
    tx.commit().await?;
    database.close().await;
    Ok(())
}
