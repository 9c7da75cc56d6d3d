//! One server for one database. A second one would read the first one's conversations as those of a start before it,
//! and end them when their grace is over.

use crate::Fault;
use crate::backup::path_of;
use sqlx::{AnyConnection, Connection, Row};
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// A server that was told to stop needs so long to leave, and so does the line of a machine that died ([`LINE`]): whoever
/// takes its place waits for it.
const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN: Duration = Duration::from_millis(100);
/// What is put behind the name of the database: the lock is on a file of its own, for SQLite has locks on its own.
pub const BESIDE: &str = "-serving";
/// Ours among the locks that anybody may take in a PostgreSQL database.
const NUMBER: i64 = 0x7265_6361_646f;
/// PostgreSQL gives the lock away eleven seconds after nobody is at this end of the line any more, and not for silence.
const LINE: [&str; 4] = [
    "set tcp_keepalives_idle = 5",
    "set tcp_keepalives_interval = 2",
    "set tcp_keepalives_count = 3",
    "set idle_session_timeout = 0",
];
/// How often it is asked whether the line still holds the lock, and how long an answer may take.
const LOOK: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(5);

/// Held as long as a server serves this database; whatever ends the process lets go of it.
pub enum Alone {
    File(File),
    Line(Line),
    /// A database in memory is nobody else's.
    Memory,
}

/// A line that has the lock, and is looked after.
pub struct Line {
    /// Dropped: the lock is let go of.
    leave: oneshot::Sender<()>,
    lost: watch::Receiver<bool>,
    looking: JoinHandle<()>,
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
        let mut line = connect(database).await.map_err(unreached)?;
        while !try_lock(&mut line).await? {
            if Instant::now() >= until {
                return Ok(None);
            }
            tokio::time::sleep(BETWEEN).await;
        }
        Ok(Some(Alone::Line(Line::look_after(database.to_owned(), line))))
    }

    /// Returns when another server has it; of what nobody can take away, never.
    pub fn lost(&self) -> impl Future<Output = ()> + Send + use<> {
        let lost = match self {
            Alone::Line(line) => Some(line.lost.clone()),
            Alone::File(_) | Alone::Memory => None,
        };
        async move {
            let Some(mut lost) = lost else { return std::future::pending().await };
            let let_go = lost.wait_for(|lost| *lost).await.is_err();
            if let_go {
                std::future::pending().await
            }
        }
    }

    /// From now on another may have it.
    pub async fn let_go(self) {
        match self {
            Alone::File(file) => drop(file),
            Alone::Line(line) => {
                drop(line.leave);
                if let Err(error) = line.looking.await {
                    tracing::debug!("nobody looked after the line any more: {error}");
                }
            }
            Alone::Memory => {}
        }
    }
}

impl Line {
    fn look_after(database: String, line: AnyConnection) -> Line {
        let (leave, left) = oneshot::channel();
        let (gone, lost) = watch::channel(false);
        let looking = tokio::spawn(look_after(database, line, left, gone));
        Line { leave, lost, looking }
    }
}

async fn look_after(
    database: String,
    mut line: AnyConnection,
    mut left: oneshot::Receiver<()>,
    gone: watch::Sender<bool>,
) {
    loop {
        tokio::select! {
            _ = &mut left => break,
            () = tokio::time::sleep(LOOK) => {}
        }
        let answer = tokio::select! {
            // Nobody who leaves waits for a database that does not answer: the lock goes with the line.
            _ = &mut left => return,
            answer = timeout(ANSWER, sqlx::query("select 1").execute(&mut line)) => answer,
        };
        match answer {
            Ok(Ok(_)) => continue,
            Ok(Err(why)) => {
                tracing::warn!("the lock on the database is lost, and asked for again: {}", Fault::from(why))
            }
            Err(_) => tracing::warn!("the line that has the lock on the database is silent, and it is asked for again"),
        }
        drop(line);
        let again = tokio::select! {
            _ = &mut left => return,
            again = hold_again(&database) => again,
        };
        match again {
            Some(new) => line = new,
            None => {
                tracing::error!("another server has this database by now: this one stops");
                gone.send_replace(true);
                return;
            }
        }
        tracing::info!("the lock on the database is held again");
    }
    if let Err(error) = line.close().await {
        tracing::debug!("the database had let go before: {error}");
    }
}

/// Where the database cannot be reached nobody else can have it, and it is asked again. None: another has it, and stays;
/// what we had ourselves is given up by then.
async fn hold_again(database: &str) -> Option<AnyConnection> {
    let mut until = None;
    loop {
        let tried = async {
            let mut line = connect(database).await?;
            Ok::<_, sqlx::Error>(try_lock(&mut line).await?.then_some(line))
        };
        match timeout(ANSWER, tried).await {
            Ok(Ok(Some(line))) => return Some(line),
            Ok(Ok(None)) if Instant::now() >= *until.get_or_insert_with(|| Instant::now() + PATIENCE) => return None,
            Ok(Ok(None)) => {}
            Ok(Err(_)) | Err(_) => until = None,
        }
        tokio::time::sleep(BETWEEN * 5).await;
    }
}

/// A line of its own.
async fn connect(database: &str) -> Result<AnyConnection, sqlx::Error> {
    let mut line = AnyConnection::connect(database).await?;
    for set in LINE {
        if let Err(why) = sqlx::query(set).execute(&mut line).await {
            tracing::debug!("this database does not know how to {set}: {why}");
        }
    }
    Ok(line)
}

async fn try_lock(line: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let row = sqlx::query("select cast(case when pg_try_advisory_lock($1) then 1 else 0 end as bigint)")
        .bind(NUMBER)
        .fetch_one(line)
        .await?;
    Ok(row.try_get::<i64, _>(0)? == 1)
}

/// The file of the lock on an embedded database.
pub fn path_beside(database: &Path) -> PathBuf {
    let mut path = OsString::from(database);
    path.push(BESIDE);
    path.into()
}

/// No server has this embedded database right now.
pub fn must_be_left(database: &Path) -> Result<(), Fault> {
    let file = match OpenOptions::new().append(true).open(path_beside(database)) {
        Ok(file) => file,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(cannot(database, &why)),
    };
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            Err(Fault::new(format!("a server runs with {}: stop it first", database.display())))
        }
        Err(TryLockError::Error(why)) => Err(cannot(database, &why)),
    }
}

/// It stays where it is: who takes a lock's file away may take it from under somebody who waits for it.
fn file_beside(database: &Path) -> Result<File, Fault> {
    let path = path_beside(database);
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
