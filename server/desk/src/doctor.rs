//! Is everything in order? It looks and never writes, beside a server that runs or without one.

use crate::audit::Verdict;
use crate::backup::{FILES, find, path_of};
use crate::database::Database;
use crate::transfer::SEALED;
use crate::{Fault, audit, clock, indicators, vault};
use domain::{Span, Time};
use sqlx::{Executor, Row};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Less room than this on a disk is told.
const ROOM: u64 = 1 << 30;
/// A clock may be so far behind what is kept: two machines are seldom nearer.
const SLACK: Span = Span::secs(5);
/// What has not arrived by then does not any more.
const ARRIVES: Span = Span::hours(24);
/// Of one kind so many things are told by name.
const NAMED: usize = 5;
/// Rows, and names in a folder, that are looked at together.
const MANY: usize = 500;

/// What was looked at, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: &'static str,
    pub says: String,
    /// What to do, which may be said already; none: it is in order.
    pub wrong: Option<String>,
}

fn fine(what: &'static str, says: impl Into<String>) -> Finding {
    Finding { what, says: says.into(), wrong: None }
}

fn wrong(what: &'static str, says: impl Into<String>, so: impl Into<String>) -> Finding {
    Finding { what, says: says.into(), wrong: Some(so.into()) }
}

/// `so`: what to do, where the fault does not say it.
fn broken(what: &'static str, why: &Fault, so: &str) -> Finding {
    wrong(what, why.to_string(), if why.advises { "" } else { so })
}

/// Looks at everything; what cannot be looked at because something else is wrong is left out.
pub async fn look(url: &str, data: &Path, now: Time) -> Result<Vec<Finding>, Fault> {
    let mut all = Vec::new();
    let database = match Database::look(url).await {
        Ok(database) => database,
        Err(why) => {
            all.push(broken("database", &why, "See that it is there, and that this user may read it."));
            return Ok(all);
        }
    };
    let looked = look_at(&database, url, data, now, &mut all).await;
    database.leave().await;
    looked.map(|()| all)
}

async fn look_at(database: &Database, url: &str, data: &Path, now: Time, all: &mut Vec<Finding>) -> Result<(), Fault> {
    match database.embedded {
        true => all.extend(embedded(database).await?),
        false => all.extend(server(database).await?),
    }
    all.extend(room(data, path_of(url).as_deref()));
    all.push(key(data));
    let schema = match database.schema().await {
        Ok(schema) => schema,
        Err(why) => {
            all.push(broken("schema", &why, "Start `recado serve` with this database once."));
            return Ok(());
        }
    };
    let numbers = |all: &[i64]| all.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    all.push(match &schema {
        schema if !schema.broken_off.is_empty() => wrong(
            "schema",
            format!("migrations were begun and not ended: {}", numbers(&schema.broken_off)),
            "Put the backup of before back (docs/backup.md), and start again.",
        ),
        schema if !schema.unknown.is_empty() => wrong(
            "schema",
            format!("a newer program has been here: its migrations {} are unknown", numbers(&schema.unknown)),
            "Use that program, or a newer one.",
        ),
        schema if !schema.missing.is_empty() => wrong(
            "schema",
            format!("an older program has been here: the migrations {} are missing", numbers(&schema.missing)),
            "Make a backup, then start `recado serve`: it brings the schema up to date.",
        ),
        schema => fine("schema", format!("version {}, as this program knows it", schema.last)),
    });
    if !schema.is_ours() {
        return Ok(());
    }
    all.extend(seals(database, data).await?);
    all.push(hour(database, now).await?);
    all.push(chores(database).await?);
    all.extend(files(database, &data.join(FILES), now).await?);
    all.push(log(database).await?);
    all.push(numbers_of(database).await?);
    Ok(())
}

async fn embedded(database: &Database) -> Result<Vec<Finding>, Fault> {
    let mut all = Vec::new();
    let text =
        async |sql: &'static str| -> Result<String, Fault> { Ok(database.reader.fetch_one(sql).await?.try_get(0)?) };
    let mode = text("pragma journal_mode").await?;
    all.push(match mode.as_str() {
        "wal" => fine("journal mode", "wal"),
        _ => wrong(
            "journal mode",
            format!("it is {mode}, and must be wal: readers would hold up who writes"),
            "Start `recado serve`, which sets it; if it does not stay, the folder lies on a disk that cannot do it.",
        ),
    });
    // It is of a line and not of the file, so it is set as the server sets it for each, and read back.
    let mut line = database.reader.acquire().await?;
    line.execute("pragma synchronous = full").await?;
    let synchronous: i64 = line.fetch_one("pragma synchronous").await?.try_get(0)?;
    drop(line);
    all.push(match synchronous {
        2 => fine("synchronous", "full, as the server sets it for every line to the database"),
        other => wrong(
            "synchronous",
            format!("it is {other} where 2 (full) was set: what is acknowledged may be lost in a power cut"),
            "Use a program of ours with the SQLite that it was built with.",
        ),
    });
    let mut found = Vec::new();
    for row in database.reader.fetch_all("pragma integrity_check(20)").await? {
        found.push(row.try_get::<String, _>(0)?);
    }
    all.push(match found.as_slice() {
        [ok] if ok == "ok" => fine("integrity", "every page and every index is sound"),
        _ => wrong(
            "integrity",
            format!("the database is damaged: {}", found.join("; ")),
            "Stop the server, keep a copy of recado.db*, and put the last backup back (docs/backup.md).",
        ),
    });
    let broken = database.reader.fetch_all("pragma foreign_key_check").await?.len();
    all.push(match broken {
        0 => fine("references", "no row names another that is not there"),
        _ => wrong(
            "references",
            format!("{broken} rows name others that are not there"),
            "Put the last backup back (docs/backup.md), or ask whoever changed the database by hand.",
        ),
    });
    Ok(all)
}

async fn server(database: &Database) -> Result<Vec<Finding>, Fault> {
    let mut all = Vec::new();
    for (name, must) in [("synchronous_commit", "on"), ("fsync", "on"), ("full_page_writes", "on")] {
        let sql = "select current_setting($1)";
        let set: String = sqlx::query(sql).bind(name).fetch_one(&database.reader).await?.try_get(0)?;
        // Stricter than `on` is as good.
        let is_good = set == must || name == "synchronous_commit" && set == "remote_apply";
        all.push(match is_good {
            true => fine(name, set),
            false => wrong(
                name,
                format!("it is {set}, and must be {must}: what is acknowledged may be lost in a power cut"),
                format!("Set `{name} = {must}` in postgresql.conf, and reload."),
            ),
        });
    }
    Ok(all)
}

#[cfg(unix)]
fn room(data: &Path, database: Option<&Path>) -> Vec<Finding> {
    let mut all = Vec::new();
    let beside = database.and_then(Path::parent).filter(|parent| *parent != data && parent.is_dir());
    for folder in std::iter::once(data).chain(beside) {
        match rustix::fs::statvfs(folder) {
            Ok(about) => {
                let free = about.f_bavail.saturating_mul(about.f_frsize);
                let says = format!("{} MiB are free in {}", free >> 20, folder.display());
                all.push(match free >= ROOM {
                    true => fine("disk", says),
                    false => wrong(
                        "disk",
                        says,
                        "Make room: where nothing more can be written, nothing more is acknowledged.",
                    ),
                });
            }
            Err(why) => all.push(wrong(
                "disk",
                format!("{} cannot be looked at: {why}", folder.display()),
                "See that the data folder (--data) is there, and is this user's.",
            )),
        }
    }
    all
}

#[cfg(not(unix))]
fn room(_: &Path, _: Option<&Path>) -> Vec<Finding> {
    Vec::new()
}

/// Only looked for: whoever opens a vault makes a key where there is none.
fn key(data: &Path) -> Finding {
    let path = data.join(vault::FILE);
    if !path.is_file() {
        let says = format!("{} is missing: sealed secrets cannot be opened", path.display());
        return wrong("key", says, "Put it back from a backup before the server is started: it would make another.");
    }
    match vault::Vault::in_folder(data) {
        Ok(_) => fine("key", "it reads, and is nobody else's"),
        Err(why) => wrong("key", why.to_string(), "Do as it says, or put the key back from a backup."),
    }
}

/// Nothing where there is no key, which is said already.
async fn seals(database: &Database, data: &Path) -> Result<Option<Finding>, Fault> {
    if !data.join(vault::FILE).is_file() {
        return Ok(None);
    }
    let Ok(vault) = vault::Vault::in_folder(data) else { return Ok(None) };
    let (count, shut) = opened(database, &vault).await?;
    Ok(Some(match shut.count {
        0 => fine("seals", format!("the key opens all {count} of them")),
        n => {
            let says = format!("the key does not open {n} of {count}: {shut}");
            wrong("seals", says, "Stop the server, and put back the key with which they were sealed, from a backup.")
        }
    }))
}

/// How many secrets are sealed, and which of them this key does not open.
async fn opened(database: &Database, vault: &vault::Vault) -> Result<(u64, Found), Fault> {
    let (mut count, mut shut) = (0, Found::default());
    for (sql, what, used_for, _) in SEALED {
        for row in sqlx::query(sql).fetch_all(&database.reader).await? {
            let (id, text): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            count += 1;
            if vault.open(&text, &used_for(&id)).is_err() {
                shut.add(&format!("{what} {id}"));
            }
        }
    }
    Ok((count, shut))
}

/// Said at each start: a key that is missing is made, and what another sealed stays shut for good.
pub(crate) async fn warn_of_seals(database: &Database, vault: &vault::Vault) -> Result<(), Fault> {
    let (count, shut) = opened(database, vault).await?;
    if shut.count > 0 {
        tracing::error!(
            "{} opens {} of the {count} secrets that are sealed: stop the server, and put back the key with which they \
             were sealed, from a backup; `recado doctor` names them",
            vault::FILE,
            count - shut.count,
        );
    }
    Ok(())
}

async fn hour(database: &Database, now: Time) -> Result<Finding, Fault> {
    let last = clock::last_kept(&database.reader).await?;
    let ahead = last - now;
    Ok(match ahead > SLACK {
        true => wrong(
            "clock",
            format!("it is {} s behind the last moment that is kept", ahead.0 / 1000),
            "Set this machine's clock, by NTP. Until it has caught up, all that happens has that last moment.",
        ),
        false => fine("clock", "it is past every moment that is kept"),
    })
}

async fn chores(database: &Database) -> Result<Finding, Fault> {
    let mut left = Vec::new();
    for row in database.reader.fetch_all("select name from chores order by name").await? {
        left.push(row.try_get::<String, _>(0)?);
    }
    Ok(match left.is_empty() {
        true => fine("upgrade", "nothing is left to do"),
        false => {
            let says = format!("of an upgrade is left to do: {}", left.join(", "));
            wrong("upgrade", says, "Start `recado serve`, which goes on with it.")
        }
    })
}

/// Both ways: rows without bytes, and bytes without a row.
async fn files(database: &Database, folder: &Path, now: Time) -> Result<Vec<Finding>, Fault> {
    let (mut missing, mut other, mut count) = (Found::default(), Found::default(), 0_u64);
    let mut after = String::new();
    loop {
        let sql = format!("select id, size from files where id > $1 order by id limit {MANY}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(after.as_str()).fetch_all(&database.reader).await?;
        for row in &rows {
            let (id, size): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            count += 1;
            let about = find(folder, &id).and_then(|path| path.metadata().ok());
            match about {
                Some(about) if i64::try_from(about.len()) == Ok(size) => {}
                Some(_) => other.add(&id),
                // Erased since the row was read: then there is no row by now.
                None if is_row(database, &id).await? => missing.add(&id),
                None => {}
            }
            after = id;
        }
        if rows.is_empty() {
            break;
        }
    }
    let mut alone = Found::default();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => Some(entries),
        // Made when the server first starts.
        Err(why) if why.kind() == std::io::ErrorKind::NotFound && count == 0 => None,
        Err(why) => return Err(crate::backup::cannot("read", folder, &why)),
    };
    for entry in entries.into_iter().flatten() {
        let entry = entry.map_err(|why| crate::backup::cannot("read", folder, &why))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // What arrives has no row yet, and is looked at by itself.
        if name != "arriving" && !is_row(database, &name).await? && entry.path().exists() {
            alone.add(&name);
        }
    }
    let left = left(database, &folder.join("arriving"), now).await?;
    let mut all = Vec::new();
    if missing.count > 0 {
        let so = "Copy them from a backup into the folder `files`. What is in none is lost: erase it, or leave it.";
        all.push(wrong("files", format!("{} have a row and no bytes: {missing}", missing.count), so));
    }
    if other.count > 0 {
        let so = "Somebody changed them. Copy them from a backup into the folder `files`.";
        all.push(wrong("files", format!("{} have another size than was kept: {other}", other.count), so));
    }
    if alone.count > 0 {
        let so = "Nobody can open them. Remove them from the folder `files`, once you know where they come from.";
        all.push(wrong("files", format!("{} have bytes and no row: {alone}", alone.count), so));
    }
    if left.count > 0 {
        let so = "Start the server anew: it removes what never arrived.";
        all.push(wrong("files", format!("{} were left of uploads more than a day ago: {left}", left.count), so));
    }
    if all.is_empty() {
        all.push(fine("files", format!("{count}, each with its row and its size")));
    }
    Ok(all)
}

/// What lies where files arrive, belongs to nobody, and is too old to be still coming.
async fn left(database: &Database, arriving: &Path, now: Time) -> Result<Found, Fault> {
    let mut left = Found::default();
    let entries = match std::fs::read_dir(arriving) {
        Ok(entries) => entries,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(left),
        Err(why) => return Err(crate::backup::cannot("read", arriving, &why)),
    };
    for entry in entries {
        let entry = entry.map_err(|why| crate::backup::cannot("read", arriving, &why))?;
        // It has arrived meanwhile, or broken off.
        let Ok(written) = entry.metadata().and_then(|about| about.modified()) else { continue };
        let since = written.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis());
        let is_old = i64::try_from(since).is_ok_and(|since| now - Time(since) > ARRIVES);
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_old && !is_row(database, &name).await? && entry.path().exists() {
            left.add(&name);
        }
    }
    Ok(left)
}

async fn is_row(database: &Database, id: &str) -> Result<bool, Fault> {
    let row = sqlx::query("select 1 from files where id = $1").bind(id).fetch_optional(&database.reader).await?;
    Ok(row.is_some())
}

/// How many there are, and the first of them by name.
#[derive(Default)]
struct Found {
    count: u64,
    first: Vec<String>,
}

impl Found {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(name.to_owned());
        }
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.first.join(", "))?;
        match self.count - self.first.len() as u64 {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

async fn log(database: &Database) -> Result<Finding, Fault> {
    Ok(match audit::verify(database, None).await? {
        Verdict::Whole { number, .. } => fine("audit log", format!("{number} rows, none of them changed")),
        Verdict::Broken { number } => wrong(
            "audit log",
            format!("row {number} is not what was written, or is missing"),
            "Somebody changed the log. Keep a copy of the database, and compare with the last backup.",
        ),
    })
}

async fn numbers_of(database: &Database) -> Result<Finding, Fault> {
    let differences = indicators::check(database, NAMED + 1).await?;
    Ok(match differences.len() {
        0 => fine("indicators", "facts are as the log says, and sums as the facts say"),
        n => {
            let more = if n > NAMED { "; and there are more" } else { "" };
            let first: Vec<&str> = differences.iter().take(NAMED).map(String::as_str).collect();
            let so = "Run `recado indicators rebuild`: it makes them as the log says. It may be done while serving.";
            wrong("indicators", format!("{}{more}", first.join("; ")), so)
        }
    })
}
