//! The numbers for whoever runs this deployment: `recado indicators show` and `rebuild`. Beside a running server, too.

use super::rebuild::{count, facts, settle, sums};
use crate::Fault;
use crate::database::Database;
use domain::Time;
use domain::indicators::{Filter, Period, Report};
use sqlx::{AnyConnection, Row};

/// What was made anew, and what was not as the log says.
#[derive(Debug)]
pub struct Rebuilt {
    pub chats: i64,
    pub messages: i64,
    /// One line each; none in a healthy house.
    pub differences: Vec<String>,
}

/// Makes facts from the log and sums from facts. Where something was otherwise it is put right, and told.
pub async fn rebuild(database: &str) -> Result<Rebuilt, Fault> {
    let database = Database::open_as_it_is(database).await?;
    settle(&database, true).await?;
    let mut differences = facts(&database).await?;
    differences.extend(sums(&database).await?);
    let counts = count(&database).await?;
    let of = |what| counts.get(what).copied().unwrap_or_default();
    let rebuilt = Rebuilt { chats: of("chats"), messages: of("messages"), differences };
    database.close().await;
    Ok(rebuilt)
}

/// What people call groups, applications and agents.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Names.
    pub groups: Vec<String>,
    /// Public keys.
    pub applications: Vec<String>,
    /// Addresses with which they sign in.
    pub agents: Vec<String>,
    pub begun: bool,
}

#[derive(Debug)]
pub enum NotFound {
    /// Nothing is called so.
    NoSuch(String),
    Broken(Fault),
}

impl<E: Into<Fault>> From<E> for NotFound {
    fn from(error: E) -> NotFound {
        NotFound::Broken(error.into())
    }
}

/// The numbers of a period, of all groups or of these.
pub async fn show(database: &str, period: Period, named: &Named, now: Time) -> Result<Report, NotFound> {
    let database = Database::open_as_it_is(database).await?;
    settle(&database, true).await?;
    let mut tx = database.snapshot().await?;
    let filter = Filter {
        groups: ids(&mut tx, "select id from groups where name = $1", &named.groups).await?,
        applications: ids(&mut tx, "select id from applications where key = $1", &named.applications).await?,
        agents: ids(&mut tx, "select id from agents where email = $1", &named.agents).await?,
        begun: named.begun,
    };
    let report = super::whole(&mut tx, period, Some(&filter), now).await?;
    drop(tx);
    database.close().await;
    Ok(report)
}

async fn ids(conn: &mut AnyConnection, sql: &'static str, names: &[String]) -> Result<Vec<String>, NotFound> {
    let mut all = Vec::new();
    for name in names {
        let rows = sqlx::query(sql).bind(name.trim().to_owned()).fetch_all(&mut *conn).await?;
        if rows.is_empty() {
            return Err(NotFound::NoSuch(name.clone()));
        }
        for row in rows {
            all.push(row.try_get(0)?);
        }
    }
    Ok(all)
}
