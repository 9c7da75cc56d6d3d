//! One server for one database. A second one would read the first one's conversations as those of a start before it,
//! and end them when their twenty seconds are over.

use crate::Fault;
use crate::backup::path_of;
use sqlx::{AnyConnection, Connection, Row};
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// A server that was told to stop needs so long to leave: whoever takes its place waits for it.
const PATIENCE: Duration = Duration::from_secs(12);
const BETWEEN: Duration = Duration::from_millis(100);
/// What is put behind the name of the database: the lock is on a file of its own, for SQLite has locks on its own.
const BESIDE: &str = "-serving";
/// Ours among the locks that anybody may take in a PostgreSQL database.
const NUMBER: i64 = 0x7265_6361_646f;

/// Held as long as a server serves this database; whatever ends the process lets go of it.
pub enum Alone {
    File(File),
    Line(Mutex<AnyConnection>),
    /// A database in memory is nobody else's.
    Memory,
}

impl Alone {
    /// Waits for whoever is just leaving. None: somebody stays.
    pub async fn hold(database: &str) -> Result<Option<Alone>, Fault> {
        let until = Instant::now() + PATIENCE;
        if database.starts_with("sqlite:") {
            let Some(path) = path_of(database) else { return Ok(Some(Alone::Memory)) };
            let file = file_beside(&path)?;
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(Some(Alone::File(file))),
                    Err(TryLockError::Error(why)) => return Err(cannot(&path, &why)),
                    Err(TryLockError::WouldBlock) if Instant::now() >= until => return Ok(None),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN).await,
                }
            }
        }
        sqlx::any::install_default_drivers();
        let unreached = |why: sqlx::Error| Fault::new(format!("the database cannot be reached: {why}"));
        let mut line = AnyConnection::connect(database).await.map_err(unreached)?;
        loop {
            let row = sqlx::query("select cast(case when pg_try_advisory_lock($1) then 1 else 0 end as bigint)")
                .bind(NUMBER)
                .fetch_one(&mut line)
                .await?;
            if row.try_get::<i64, _>(0)? == 1 {
                return Ok(Some(Alone::Line(Mutex::new(line))));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            tokio::time::sleep(BETWEEN).await;
        }
    }

    /// From now on another may have it.
    pub async fn let_go(self) {
        match self {
            Alone::File(file) => drop(file),
            Alone::Line(line) => {
                let line = line.into_inner().unwrap_or_else(PoisonError::into_inner);
                if let Err(error) = line.close().await {
                    tracing::debug!("the database had let go before: {error}");
                }
            }
            Alone::Memory => {}
        }
    }
}

/// It stays where it is: who takes a lock's file away may take it from under somebody who waits for it.
fn file_beside(database: &Path) -> Result<File, Fault> {
    let mut path = OsString::from(database);
    path.push(BESIDE);
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).map_err(|why| cannot(database, &why))
}

fn cannot(database: &Path, why: &std::io::Error) -> Fault {
    let database = database.display();
    Fault::new(format!("{database}{BESIDE}, which says that a server has this database, cannot be locked: {why}"))
}
