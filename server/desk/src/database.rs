//! The database: SQLite by default, PostgreSQL by URL, the same words to both.

mod place;

pub use place::must_be_deployed;

use crate::Fault;
use crate::backup::path_of;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Executor, Row, SqlSafeStr, Transaction};
use std::borrow::Cow;
use std::fmt::Write;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

const READERS: u32 = 6;
/// PostgreSQL lets several write at once; SQLite has one writer, whoever asks.
const POSTGRES_WRITERS: u32 = 4;

/// Two pools: who writes, and who reads beside him.
#[derive(Clone)]
pub struct Database {
    pub writer: AnyPool,
    pub reader: AnyPool,
    pub embedded: bool,
    /// The file of an embedded one that is not in memory.
    path: Option<PathBuf>,
    /// It is only looked at.
    looks: bool,
}

/// What every statement of SQLite's is run under. FULL: an acknowledged message outlives a
/// power cut. Secure: what is erased is overwritten, and not only left out.
const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000; \
     pragma foreign_keys = on; pragma secure_delete = on; pragma temp_store = memory; pragma cache_size = -65536; \
     pragma mmap_size = 268435456; pragma wal_autocheckpoint = 2000;";

impl Database {
    pub async fn open(url: &str) -> Result<Database, Fault> {
        Database::open_as_of(url, i64::MAX).await
    }

    async fn open_as_of(url: &str, last: i64) -> Result<Database, Fault> {
        sqlx::any::install_default_drivers();
        let embedded = is_embedded(url)?;
        let database = if embedded { open_embedded(url).await? } else { open_server(url).await? };
        let cannot = |e: &dyn std::fmt::Display| Fault::new(format!("the schema could not be brought up to date: {e}"));
        let mut conn = database.writer.acquire().await.map_err(|e| cannot(&e))?;
        if !embedded {
            // Of two that start at once one waits for the other, however long that is.
            conn.execute("set lock_timeout = 0").await.map_err(|e| cannot(&e))?;
        }
        migrations(embedded, last)?.run(&mut *conn).await.map_err(|e| cannot(&e))?;
        if !embedded {
            be_patient(&mut conn).await.map_err(|e| cannot(&e))?;
        }
        drop(conn);
        Ok(database)
    }

    /// A transaction that may write. SQLite takes its lock at once: a lock taken later can fail.
    pub async fn begin(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.writer.begin_with(if self.embedded { "begin immediate" } else { "begin" }).await
    }

    /// The same, for a great deal: between its statements it may take its time.
    pub async fn begin_at_length(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.at_length(self.begin().await?).await
    }

    /// `snapshot`, for a great deal.
    pub async fn snapshot_at_length(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.at_length(self.snapshot().await?).await
    }

    /// A file that is read or copied, and a slow disk, are no writer that hangs.
    async fn at_length(&self, mut tx: Transaction<'static, Any>) -> Result<Transaction<'static, Any>, sqlx::Error> {
        if !self.embedded {
            tx.execute("set local idle_in_transaction_session_timeout = 0").await?;
        }
        Ok(tx)
    }

    /// A transaction that reads, and to which the database stays as it was at its first question.
    pub async fn snapshot(&self) -> Result<Transaction<'static, Any>, sqlx::Error> {
        self.reader.begin_with(if self.embedded { "begin" } else { "begin isolation level repeatable read" }).await
    }

    /// Folds the log into the database: what was erased is in neither. False: somebody still reads what the
    /// log replaces.
    pub async fn fold(&self) -> Result<bool, sqlx::Error> {
        if !self.embedded {
            return Ok(true);
        }
        let row = self.writer.acquire().await?.fetch_one("pragma wal_checkpoint(truncate)").await?;
        row.try_get::<i64, _>(0).map(|busy| busy == 0)
    }

    pub async fn close(&self) {
        if self.looks {
            return self.leave().await;
        }
        self.reader.close().await;
        match self.fold().await {
            Ok(true) => {}
            Ok(false) => tracing::warn!("the log was not folded into the database: somebody reads it"),
            Err(error) => tracing::warn!("the log was not folded into the database: {error}"),
        }
        self.writer.close().await;
    }
}

/// What a great deal is written under at once, by one who has the database to himself: what is new goes where it stays,
/// and a broken-off write is taken back by whoever opens it next.
const ALONE: &str = "pragma busy_timeout = 0; pragma locking_mode = exclusive; pragma journal_mode = delete; pragma synchronous = full; pragma foreign_keys = on; \
     pragma secure_delete = off; pragma temp_store = file; pragma cache_size = -131072";

/// So often it is tried to have a database alone, and so long is waited in between.
const TRIES: usize = 20;
const BETWEEN: Duration = Duration::from_millis(50);

impl Database {
    /// Brought up to date, and held alone: fails where a server or anybody else has it open. PostgreSQL lets others in.
    pub async fn open_alone(url: &str) -> Result<Database, Fault> {
        Database::open(url).await?.close().await;
        if !url.starts_with("sqlite:") {
            return open_server(url).await;
        }
        let path = path_of(url);
        let cannot = |e: sqlx::Error| place::unopened(path.as_deref(), &e);
        let options = AnyConnectOptions::from_str(&in_mode(url, "rw")).map_err(cannot)?;
        let pool = AnyPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(cannot)?;
        // Whoever is just leaving it is waited for.
        for _ in 0..TRIES {
            if is_alone(&pool).await {
                return Ok(Database { writer: pool.clone(), reader: pool, embedded: true, path, looks: false });
            }
            tokio::time::sleep(BETWEEN).await;
        }
        pool.close().await;
        Err(Fault::new("the database is in use: stop the server, and whatever else has it open, first"))
    }

    /// Gives it back as others want it.
    pub async fn close_alone(&self) -> Result<(), Fault> {
        // The lock is let go of at the next look, and before there is a log of writes.
        let sql = "pragma locking_mode = normal; select count(*) from sqlite_master; pragma journal_mode = wal";
        let given = if self.embedded { self.writer.execute(sql).await.map(|_| ()) } else { Ok(()) };
        self.leave().await;
        Ok(given?)
    }
}

async fn is_alone(pool: &AnyPool) -> bool {
    if pool.execute(ALONE).await.is_err() {
        return false;
    }
    let mode = pool.fetch_one("pragma journal_mode").await.and_then(|row| row.try_get::<String, _>(0));
    mode.is_ok_and(|mode| mode == "delete")
}

/// What the schema of a database lacks, or has and nobody here knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// The highest number of all that were done.
    pub last: i64,
    /// Of this program, and not done there.
    pub missing: Vec<i64>,
    /// Begun, and not ended.
    pub broken_off: Vec<i64>,
    /// Done by a newer program.
    pub unknown: Vec<i64>,
}

impl Schema {
    pub fn is_ours(&self) -> bool {
        self.missing.is_empty() && self.broken_off.is_empty() && self.unknown.is_empty()
    }
}

impl Database {
    /// As it is: it is neither made nor brought up to date, and nothing in it is ever written.
    pub async fn look(url: &str) -> Result<Database, Fault> {
        Database::look_in(url, "ro").await
    }

    /// In a mode of SQLite's that makes none.
    async fn look_in(url: &str, mode: &str) -> Result<Database, Fault> {
        sqlx::any::install_default_drivers();
        if !url.starts_with("sqlite:") {
            return Ok(Database { looks: true, ..open_server(url).await? });
        }
        let path = path_of(url);
        path.as_deref().map_or(Ok(()), place::must_be_there)?;
        let cannot = |e: sqlx::Error| place::unopened(path.as_deref(), &e);
        let options = AnyConnectOptions::from_str(&in_mode(url, mode)).map_err(cannot)?;
        place::must_open(url, &options).await?;
        let pool = |n, pragmas: &'static str| {
            AnyPoolOptions::new()
                .max_connections(n)
                .acquire_timeout(Duration::from_secs(30))
                .after_connect(move |conn, _| Box::pin(async move { conn.execute(pragmas).await.map(|_| ()) }))
                .connect_with(options.clone())
        };
        let writer = pool(1, "pragma busy_timeout = 5000").await.map_err(cannot)?;
        let reader = pool(2, "pragma busy_timeout = 5000; pragma query_only = on; pragma temp_store = memory");
        Ok(Database { writer, reader: reader.await.map_err(cannot)?, embedded: true, path, looks: true })
    }

    /// `look`, for what reads rows: those of another release are none that this program knows.
    pub async fn read(url: &str) -> Result<Database, Fault> {
        let database = Database::look(url).await?;
        match database.check_release().await {
            Ok(()) => Ok(database),
            Err(why) => {
                database.leave().await;
                Err(why)
            }
        }
    }

    /// `open`, for a command: none makes a database, for its name may be mistyped, nor brings one up to date, for a server
    /// of the release before may still run, to which a schema of ours would be a fault.
    pub async fn open_as_it_is(url: &str) -> Result<Database, Fault> {
        Database::must_be_ours(url).await?;
        Database::open(url).await
    }

    /// `open_alone`, for a command.
    pub async fn open_alone_as_it_is(url: &str) -> Result<Database, Fault> {
        Database::must_be_ours(url).await?;
        Database::open_alone(url).await
    }

    /// Of this very release, and this user may write to it: before anybody does. A write that was broken off is taken back
    /// by that, as by whoever opens it next: an import that was killed can be done again.
    async fn must_be_ours(url: &str) -> Result<(), Fault> {
        let database = Database::look_in(url, "rw").await?;
        let is_ours = match database.check_release().await {
            Ok(()) => database.check_write().await,
            not => not,
        };
        database.leave().await;
        is_ours
    }

    /// SQLite opens what cannot be written as what is only read, even for a transaction that is to write, and says so no
    /// sooner than somebody writes: here no row.
    async fn check_write(&self) -> Result<(), Fault> {
        if !self.embedded {
            return Ok(());
        }
        let tried = async {
            let mut tx = self.begin().await?;
            tx.execute("delete from _sqlx_migrations where 0").await?;
            tx.rollback().await
        };
        tried.await.map_err(|e| place::unwritten(self.path.as_deref(), &e))
    }

    /// Has any release of ours been here?
    async fn is_begun(&self) -> Result<bool, Fault> {
        let sql = match self.embedded {
            true => "select count(*) from sqlite_master where name = '_sqlx_migrations'",
            false => "select cast(case when to_regclass('_sqlx_migrations') is null then 0 else 1 end as bigint)",
        };
        let row = self.reader.fetch_one(sql).await.map_err(|e| place::unopened(self.path.as_deref(), &e))?;
        Ok(row.try_get::<i64, _>(0)? > 0)
    }

    async fn check_release(&self) -> Result<(), Fault> {
        match self.schema().await? {
            schema if schema.is_ours() => Ok(()),
            schema if !schema.unknown.is_empty() => {
                Err(Fault::new("the database is of a newer release: use the program of that one"))
            }
            _ => Err(Fault::new(
                "the database is of an older release, and no command changes that: start this server on it once, which \
                 brings it up to date",
            )),
        }
    }

    /// Lets go of what was only looked at.
    pub async fn leave(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }

    pub async fn schema(&self) -> Result<Schema, Fault> {
        if !self.is_begun().await? {
            return Err(place::not_ours(self.path.as_deref()));
        }
        let sql =
            "select version, cast(case when success then 1 else 0 end as bigint) from _sqlx_migrations order by 1";
        let mut schema = Schema::default();
        let mut done = Vec::new();
        for row in self.reader.fetch_all(sql).await? {
            let (number, whole): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
            done.push(number);
            if whole == 0 {
                schema.broken_off.push(number);
            }
        }
        let ours: Vec<i64> = migrations(self.embedded, i64::MAX)?.iter().map(|one| one.version).collect();
        schema.last = done.iter().copied().max().unwrap_or_default();
        schema.missing = ours.iter().copied().filter(|number| !done.contains(number)).collect();
        schema.unknown = done.into_iter().filter(|number| !ours.contains(number)).collect();
        Ok(schema)
    }
}

fn is_embedded(url: &str) -> Result<bool, Fault> {
    let embedded = url.starts_with("sqlite:");
    if !embedded && !url.starts_with("postgres:") && !url.starts_with("postgresql:") {
        return Err(Fault::new("the database must be `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`"));
    }
    Ok(embedded)
}

async fn open_embedded(url: &str) -> Result<Database, Fault> {
    let options = AnyConnectOptions::from_str(&in_mode(url, "rwc"))
        .map_err(|e| Fault::new(format!("the database address does not read: {e}")))?;
    place::must_open(url, &options).await?;
    let path = path_of(url);
    let cannot = |e: sqlx::Error| place::unopened(path.as_deref(), &e);
    // A file does not hang up while nobody looks, so it is not asked before each use.
    let writer = AnyPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .after_connect(|conn, _| Box::pin(prepare(conn, false)))
        .connect_with(options.clone())
        .await
        .map_err(cannot)?;
    let reader = AnyPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .after_connect(|conn, _| Box::pin(prepare(conn, true)))
        .connect_with(options)
        .await
        .map_err(cannot)?;
    Ok(Database { writer, reader, embedded: true, path, looks: false })
}

/// Sets what durability needs and reads it back: a setting that silently did not take is the
/// way messages are lost.
async fn prepare(conn: &mut AnyConnection, read_only: bool) -> Result<(), sqlx::Error> {
    conn.execute(PRAGMAS).await?;
    if read_only {
        conn.execute("pragma query_only = on").await?;
    }
    let journal: String = conn.fetch_one("pragma journal_mode").await?.try_get(0)?;
    let synchronous: i64 = conn.fetch_one("pragma synchronous").await?.try_get(0)?;
    if journal != "wal" || synchronous != 2 {
        return Err(sqlx::Error::Configuration(
            format!("journal_mode is {journal} and synchronous is {synchronous}, and must be wal and 2 (FULL): nothing acknowledged may be lost").into(),
        ));
    }
    Ok(())
}

/// One writer that hangs does not stop all others: they get a fault, and it loses its transaction.
async fn be_patient(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    conn.execute("set lock_timeout = '5s'; set idle_in_transaction_session_timeout = '30s'").await?;
    Ok(())
}

async fn open_server(url: &str) -> Result<Database, Fault> {
    let options =
        AnyConnectOptions::from_str(url).map_err(|e| Fault::new(format!("the database address does not read: {e}")))?;
    let pool = |n| {
        AnyPoolOptions::new()
            .max_connections(n)
            .acquire_timeout(Duration::from_secs(30))
            .after_connect(|conn, _| Box::pin(be_patient(conn)))
            .connect_with(options.clone())
    };
    let cannot = |e: sqlx::Error| Fault::new(format!("the database cannot be reached: {e}"));
    let writer = pool(POSTGRES_WRITERS).await.map_err(cannot)?;
    let reader = pool(READERS).await.map_err(cannot)?;
    let row = writer.fetch_one("select current_setting('synchronous_commit')").await.map_err(cannot)?;
    let synchronous: String = row.try_get(0).map_err(cannot)?;
    if synchronous == "off" {
        return Err(Fault::new("synchronous_commit is off, and must be on: nothing acknowledged may be lost"));
    }
    Ok(Database { writer, reader, embedded: false, path: None, looks: false })
}

/// The same embedded database, of which nothing can be written.
pub fn read_only(url: &str) -> String {
    in_mode(url, "ro")
}

fn in_mode(url: &str, mode: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}mode={mode}")
}

/// Makes a database as the release left it whose last migration this was: what an upgrade finds.
pub async fn make_as_of(url: &str, last: i64) -> Result<(), Fault> {
    Database::open_as_of(url, last).await?.close().await;
    Ok(())
}

/// Full-text search is the one thing that each database has its own words for.
const ARTICLES_EMBEDDED: &str =
    concat!(include_str!("../migrations/0006_articles.sql"), include_str!("../migrations/0006_articles.sqlite.sql"));
const ARTICLES_SERVER: &str =
    concat!(include_str!("../migrations/0006_articles.sql"), include_str!("../migrations/0006_articles.postgres.sql"));

const TICKETS_EMBEDDED: &str =
    concat!(include_str!("../migrations/0009_tickets.sql"), include_str!("../migrations/0009_tickets.sqlite.sql"));
const TICKETS_SERVER: &str =
    concat!(include_str!("../migrations/0009_tickets.sql"), include_str!("../migrations/0009_tickets.postgres.sql"));

const SPOKEN_OF_EMBEDDED: &str =
    concat!(include_str!("../migrations/0026_spoken_of.sql"), include_str!("../migrations/0026_spoken_of.sqlite.sql"));
const SPOKEN_OF_SERVER: &str = concat!(
    include_str!("../migrations/0026_spoken_of.sql"),
    include_str!("../migrations/0026_spoken_of.postgres.sql")
);

const AUDIT_EMBEDDED: &str =
    concat!(include_str!("../migrations/0024_audit.sql"), include_str!("../migrations/0024_audit.sqlite.sql"));
const AUDIT_SERVER: &str =
    concat!(include_str!("../migrations/0024_audit.sql"), include_str!("../migrations/0024_audit.postgres.sql"));

/// In the order of their numbers, up to `last`.
fn migrations(embedded: bool, last: i64) -> Result<Migrator, Fault> {
    let all = [
        (1, "house", include_str!("../migrations/0001_house.sql")),
        (2, "the living", include_str!("../migrations/0002_the_living.sql")),
        (3, "setup", include_str!("../migrations/0003_setup.sql")),
        (4, "files", include_str!("../migrations/0004_files.sql")),
        (6, "articles", if embedded { ARTICLES_EMBEDDED } else { ARTICLES_SERVER }),
        (7, "ratings", include_str!("../migrations/0007_ratings.sql")),
        (9, "tickets", if embedded { TICKETS_EMBEDDED } else { TICKETS_SERVER }),
        (10, "replies", include_str!("../migrations/0010_replies.sql")),
        (8, "recipients", include_str!("../migrations/0008_recipients.sql")),
        (11, "distribution", include_str!("../migrations/0011_distribution.sql")),
        (12, "alarm", include_str!("../migrations/0012_alarm.sql")),
        (15, "waits since", include_str!("../migrations/0015_waits_since.sql")),
        (16, "triggers", include_str!("../migrations/0016_triggers.sql")),
        (17, "webhooks", include_str!("../migrations/0017_webhooks.sql")),
        (5, "identity", include_str!("../migrations/0005_identity.sql")),
        (13, "people", include_str!("../migrations/0013_people.sql")),
        (14, "erasure", include_str!("../migrations/0014_erasure.sql")),
        (26, "spoken of", if embedded { SPOKEN_OF_EMBEDDED } else { SPOKEN_OF_SERVER }),
        (21, "canned answers", include_str!("../migrations/0021_canned.sql")),
        (22, "mentions", include_str!("../migrations/0022_mentions.sql")),
        (19, "portal", include_str!("../migrations/0019_portal.sql")),
        (23, "account", include_str!("../migrations/0023_account.sql")),
        (24, "audit", if embedded { AUDIT_EMBEDDED } else { AUDIT_SERVER }),
        (18, "via portal", include_str!("../migrations/0018_via_portal.sql")),
        (30, "indicators", include_str!("../migrations/0030_indicators.sql")),
        (45, "applications", include_str!("../migrations/0045_applications.sql")),
        (54, "shared", include_str!("../migrations/0054_shared.sql")),
        (40, "retired", include_str!("../migrations/0040_retired.sql")),
        (41, "groups", include_str!("../migrations/0041_groups.sql")),
        (42, "invitations", include_str!("../migrations/0042_invitations.sql")),
        (50, "imported chats", include_str!("../migrations/0050_imported.sql")),
        (48, "knowledge", include_str!("../migrations/0048_knowledge.sql")),
        (49, "searches", include_str!("../migrations/0049_searches.sql")),
        (51, "retention", include_str!("../migrations/0051_retention.sql")),
        (52, "key use", include_str!("../migrations/0052_key_use.sql")),
        (53, "audit about", include_str!("../migrations/0053_audit_about.sql")),
        (71, "tags", include_str!("../migrations/0071_tags.sql")),
        (46, "tokens", include_str!("../migrations/0046_tokens.sql")),
        (47, "subscriptions", include_str!("../migrations/0047_subscriptions.sql")),
        (73, "site calls", include_str!("../migrations/0073_site_calls.sql")),
        (69, "attended group", include_str!("../migrations/0069_attended_group.sql")),
        (70, "indicator choices", include_str!("../migrations/0070_indicator_choices.sql")),
        (58, "imported customers", include_str!("../migrations/0058_imported_customers.sql")),
        (59, "seen", include_str!("../migrations/0059_seen.sql")),
        (62, "via api", include_str!("../migrations/0062_via_api.sql")),
        (63, "api done", include_str!("../migrations/0063_api_done.sql")),
        (75, "ended by us", include_str!("../migrations/0075_ended_by_us.sql")),
        (29, "identities of customer", include_str!("../migrations/0029_identities_of_customer.sql")),
        (31, "hands over", include_str!("../migrations/0031_hands_over.sql")),
        (32, "addresses found", include_str!("../migrations/0032_addresses_found.sql")),
        (74, "days of agents", include_str!("../migrations/0074_days_of_agents.sql")),
    ];
    let all = all.into_iter().filter(|(n, ..)| *n <= last).map(|(n, name, sql)| {
        Migration::new(
            n,
            Cow::Borrowed(name),
            MigrationType::Simple,
            AssertSqlSafe(sql.to_string()).into_sql_str(),
            false,
        )
    });
    Ok(Migrator::with_migrations(all.collect()))
}

/// The most rows of one statement. Few enough that a statement of each length is prepared once and
/// found again; and SQLite looks a place up by its name from the first on, so that twice the rows
/// take four times as long.
pub const ROWS: usize = 16;

/// `($1, $2), ($3, $4)`: the places of a statement that writes many rows at once.
pub fn places(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 6);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..columns {
            if column > 0 {
                text.push_str(", ");
            }
            // A text takes all that is written to it.
            let _ = write!(text, "${}", row * columns + column + 1);
        }
        text.push(')');
    }
    text
}

/// PostgreSQL takes no NUL in a text: what has one in it names nothing.
pub fn can_hold(text: &str) -> bool {
    !text.contains('\0')
}

/// A yes or no as it is kept.
pub fn flag(yes: bool) -> i64 {
    i64::from(yes)
}

/// Reads a yes or no.
pub fn is_set(row: &AnyRow, column: usize) -> Result<bool, sqlx::Error> {
    row.try_get::<i64, _>(column).map(|n| n != 0)
}

#[cfg(test)]
mod tests {
    /// A file alone changes no database.
    #[test]
    fn every_migration_is_made() {
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        for file in files {
            let name = file.unwrap().file_name().into_string().unwrap();
            assert!(include_str!("database.rs").contains(&format!("/migrations/{name}\"")), "{name} is nowhere made");
        }
    }
}
