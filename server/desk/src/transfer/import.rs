//! The way in: into a deployment in which there is nothing, in one transaction. Every line that is wrong is told
//! with its file and its number, and then nothing was imported.

use super::bad::Bad;
use super::line::{Column, columns, has_rows, read};
use super::noun::{NOUNS, Noun};
use super::whole::whole;
use super::{FORMAT, MANIFEST, Manifest};
use crate::alone::{Alone, must_be_left, path_beside};
use crate::audit::note_settings;
use crate::backup::{
    ARRIVING, DATABASE, FILES, beside, cannot, check_sums, copy_file, hand_over, is_file_id, make_folder_anew, path_of,
    read_sums, sync_folder, take_back,
};
use crate::database::{Database, ROWS, places};
use crate::indicators::{self, Bound, bind};
use crate::{Fault, factor, identity, vault, webhook};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Connection, Executor, Row, Transaction};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;
use vault::Vault;

/// For so long it is asked whether a transaction whose end was not heard of was kept, and so long is waited in between.
const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN: Duration = Duration::from_secs(1);
/// What is put behind the name of a key whose place another takes.
const BEFORE: &str = "before";

/// What came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub lines: u64,
    pub files: u64,
    /// Sealed secrets that were left out, a line each.
    pub left: Vec<String>,
    /// Files whose bytes were not in the export.
    pub missing: Vec<String>,
    /// Files that are shorter or longer there than their rows say.
    pub damaged: Vec<String>,
    /// What the key is called now that was there before.
    pub old_key: Option<PathBuf>,
    /// It is not known whether it is there: neither the end of the transaction was heard of nor could it be asked for, and
    /// files and key are left for it.
    pub unknown: Option<String>,
    /// All of it is there; and this went wrong afterwards.
    pub after: Option<String>,
}

/// What an import makes.
#[derive(Default)]
struct Made {
    paths: Vec<PathBuf>,
    old_key: Option<PathBuf>,
}

impl Made {
    /// As if nothing had been imported.
    fn take_back(&mut self, data: &Path) -> Result<(), Fault> {
        let taken = take_back(&self.paths);
        if let Some(old) = self.old_key.take() {
            let key = data.join(vault::FILE);
            std::fs::rename(&old, &key).map_err(|why| cannot("name", &key, &why))?;
            self.paths.retain(|path| *path != key);
        }
        taken
    }
}

/// Is this an export, of a format that we know?
pub fn look(from: &Path) -> Result<(), Fault> {
    read_manifest(from).map(|_| ())
}

fn read_manifest(from: &Path) -> Result<Manifest, Fault> {
    let path = from.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|why| cannot("read", &path, &why))?;
    let manifest: Manifest =
        serde_json::from_str(&text).map_err(|_| Fault::new(format!("{} is not that of an export", path.display())))?;
    if manifest.format != FORMAT {
        return Err(Fault::new(format!("{} is of a format that this program does not know", path.display())));
    }
    Ok(manifest)
}

/// Takes an export in. `leave`: secrets that the key here does not open are left out, and told.
pub async fn import(url: &str, data: &Path, from: &Path, leave: bool) -> Result<Imported, Fault> {
    let (mut made, mut alone, owner) = (Made::default(), None, std::fs::metadata(data).ok());
    let is_new = path_of(url).is_some_and(|path| is_new(&path));
    let done = within(url, data, from, leave, &mut made, &mut alone).await;
    if let Some(database) = path_of(url) {
        made.paths.push(path_beside(&database));
        // Also where nothing was imported, if the database was made for it. Another stays whose it is.
        if is_new || done.is_ok() {
            made.paths.extend(["", "-wal", "-shm", "-journal"].map(|end| {
                let mut path = database.clone().into_os_string();
                path.push(end);
                PathBuf::from(path)
            }));
        }
    }
    let handed = owner.map_or(Ok(()), |owner| hand_over(&made.paths, &owner));
    // Not before: a server that starts opens all of it.
    if let Some(alone) = alone {
        alone.let_go().await;
    }
    let mut imported = done?;
    imported.after = imported.after.or(handed.err().map(|why| why.to_string()));
    Ok(imported)
}

/// There is no database yet, or what was made for one and has nothing in it.
fn is_new(database: &Path) -> bool {
    match std::fs::metadata(database) {
        Ok(is) => is.len() == 0,
        Err(why) => why.kind() == std::io::ErrorKind::NotFound,
    }
}

/// What is made of it is told, and who holds the database is left to do so.
async fn within(
    url: &str,
    data: &Path,
    from: &Path,
    leave: bool,
    made: &mut Made,
    alone: &mut Option<Alone>,
) -> Result<Imported, Fault> {
    let manifest = read_manifest(from)?;
    let is_ours = |name: &str| {
        [MANIFEST, vault::FILE].contains(&name)
            || name.strip_suffix(".jsonl").is_some_and(|name| NOUNS.iter().any(|noun| noun.name == name))
            || name.strip_prefix("files/").is_some_and(is_file_id)
    };
    let sums = read_sums(from, is_ours)?;
    if let Some(noun) = NOUNS.iter().find(|noun| !sums.contains_key(&format!("{}.jsonl", noun.name))) {
        return Err(Fault::new(format!("{}.jsonl is missing", noun.name)));
    }
    check_sums(from, &sums)?;
    let files: Vec<&str> = sums.keys().filter_map(|name| name.strip_prefix("files/")).collect();
    if files.len() as u64 != manifest.files {
        return Err(Fault::new(format!("it has {} files, and says that it had {}", files.len(), manifest.files)));
    }
    let store = data.join(FILES);
    if is_used(&store)? {
        return Err(Fault::new(format!("there are files in {} already: name a new data folder", store.display())));
    }
    key_may_give_way(url, data, from)?;
    *alone = Some(hold(url).await?);
    let database = Database::open_alone(url).await?;
    let schema = database.schema().await?.last;
    let taken = match schema == manifest.schema {
        true => take(&database, &manifest, from, data, &files, leave, made).await,
        false => Err(Fault::new(format!(
            "it was made by version {} of the schema, and this program has {schema}: export it anew with this very program",
            manifest.schema
        ))),
    };
    let ended = match taken {
        Ok((imported, tx)) => Ok((imported, tx.commit().await)),
        Err(why) => Err(why),
    };
    if ended.is_err() {
        made.take_back(data)?;
    }
    let closed = database.close_alone().await;
    let (mut imported, committed) = ended?;
    if let Err(why) = committed {
        match is_kept(url).await {
            Ok(true) => {}
            Ok(false) => {
                made.take_back(data)?;
                return Err(why.into());
            }
            Err(unasked) => {
                imported.unknown = Some(format!("{}; and then: {unasked}", Fault::from(why)));
                return Ok(imported);
            }
        }
    }
    let settled = match closed {
        Ok(()) => settle(url).await,
        broken => broken,
    };
    let settled = move_up(&store, &files, &mut made.paths).and(settled);
    imported.after = settled.err().map(|why| why.to_string());
    Ok(imported)
}

/// A server that starts meanwhile would take away files whose rows are not kept yet, and find files that it cannot open.
async fn hold(url: &str) -> Result<Alone, Fault> {
    // Of an embedded database that is known without waiting.
    path_of(url).map_or(Ok(()), |path| must_be_left(&path))?;
    match Alone::hold(url).await? {
        Some(alone) => Ok(alone),
        None => Err(Fault::new("a server runs with this database: stop it first")),
    }
}

/// Asked over a new line, for as long as a server needs that starts again.
async fn is_kept(url: &str) -> Result<bool, Fault> {
    let until = Instant::now() + PATIENCE;
    loop {
        match ask_whether_kept(url).await {
            Err(_) if Instant::now() < until => tokio::time::sleep(BETWEEN).await,
            asked => return asked,
        }
    }
}

async fn ask_whether_kept(url: &str) -> Result<bool, Fault> {
    let mut line = AnyConnection::connect(url).await?;
    if !url.starts_with("sqlite:") {
        // What is still being kept is waited for.
        line.execute("begin; set local lock_timeout = '30s'; lock table audit in share mode").await?;
    }
    // There was none, and every import is written down there.
    let kept = has_rows(&mut line, "audit", "1 = 1").await?;
    line.close().await?;
    Ok(kept)
}

/// Their rows are kept. What does not move up here does when a server starts; one that runs `--beside-another` may have
/// been faster.
fn move_up(store: &Path, files: &[&str], made: &mut Vec<PathBuf>) -> Result<(), Fault> {
    for id in files {
        let into = store.join(id);
        made.push(into.clone());
        match std::fs::rename(store.join(ARRIVING).join(id), &into) {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound && into.is_file() => {}
            done => done.map_err(|why| cannot("name", &into, &why))?,
        }
    }
    sync_folder(store)
}

async fn settle(url: &str) -> Result<(), Fault> {
    let database = Database::open(url).await?;
    let settled = indicators::settle(&database, false).await;
    database.close().await;
    settled
}

/// Is there any file in this store?
fn is_used(store: &Path) -> Result<bool, Fault> {
    match std::fs::read_dir(store) {
        Ok(entries) => Ok(entries.flatten().any(|entry| entry.path().is_file())),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(false),
        Err(why) => Err(cannot("read", store, &why)),
    }
}

/// All but the end of the transaction.
async fn take(
    database: &Database,
    manifest: &Manifest,
    from: &Path,
    data: &Path,
    files: &[&str],
    leave: bool,
    made: &mut Made,
) -> Result<(Imported, Transaction<'static, Any>), Fault> {
    let mut tx = database.begin_at_length().await?;
    for noun in NOUNS.iter().filter(|noun| !noun.replaces) {
        if has_rows(&mut tx, noun.table, noun.condition()).await? {
            let says = format!("there is something here already ({}): an import wants an empty database", noun.name);
            return Err(Fault::new(says));
        }
    }
    let (mut imported, mut bad) = (Imported::default(), Bad::default());
    for noun in NOUNS {
        let columns = columns(&mut tx, database.embedded, noun.table).await?;
        let lines = take_noun(&mut tx, database.embedded, noun, &columns, from, &mut bad).await?;
        let said = manifest.nouns.iter().find(|counted| counted.noun == noun.name).map(|counted| counted.lines);
        if said != Some(lines) {
            bad.add(format!("{}.jsonl has {lines} lines, and {MANIFEST} says otherwise", noun.name));
        }
        imported.lines += lines;
    }
    bad.tell()?;
    whole(&mut tx, files, &mut bad).await?;
    bad.tell()?;
    for row in sqlx::query("select id, size from files order by id").fetch_all(&mut *tx).await? {
        let (id, size): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        if files.binary_search(&id.as_str()).is_err() {
            imported.missing.push(id);
            continue;
        }
        let path = from.join(FILES).join(&id);
        let is = std::fs::metadata(&path).map_err(|why| cannot("look at", &path, &why))?.len();
        if i64::try_from(is) != Ok(size) {
            imported.damaged.push(id);
        }
    }

    let arriving = data.join(FILES).join(ARRIVING);
    make_folder_anew(&arriving, &mut made.paths)?;
    let brought = take_key(from, data, made)?;
    let opened = match &brought {
        Some(brought) => Vault::of_file(brought)?,
        None => Vault::in_folder(data)?,
    };
    imported.left = seals(&mut tx, &opened, leave).await?;
    // What is left there of an import that broke off is in the way of no other, nor of a server.
    for id in files {
        let into = arriving.join(id);
        take_back(std::slice::from_ref(&into))?;
        copy_file(&from.join(FILES).join(id), &into)?;
        made.paths.push(into);
        imported.files += 1;
    }
    sync_folder(&arriving)?;
    sync_folder(&data.join(FILES))?;

    // Words, addresses and numbers are made anew.
    let again = [
        "insert into tickets_to_index (ticket_id, seq) select id, seq from tickets where true \
         on conflict (ticket_id) do update set seq = excluded.seq",
        "insert into chores (name) values ('indicators') on conflict (name) do nothing",
    ];
    for sql in again {
        sqlx::query(sql).execute(&mut *tx).await?;
    }
    note_settings(&mut tx, "import").await?;
    if let Some(brought) = brought {
        put_key(&brought, data, made)?;
        imported.old_key = made.old_key.clone();
    }
    // What is sealed with it may not outlive it.
    sync_folder(data)?;
    Ok((imported, tx))
}

/// The key that came along, beside the place that it takes at the end. None: the one that is there stays.
fn take_key(from: &Path, data: &Path, made: &mut Made) -> Result<Option<PathBuf>, Fault> {
    let (key, brought) = (data.join(vault::FILE), from.join(vault::FILE));
    let partial = beside(&key, "partial")?;
    take_back(std::slice::from_ref(&partial))?;
    if !key.exists() {
        made.paths.push(key.clone());
    }
    if !brought.exists() || key.exists() && !differ(&key, &brought)? {
        return Ok(None);
    }
    copy_file(&brought, &partial)?;
    made.paths.push(partial.clone());
    Ok(Some(partial))
}

/// What is there may open nothing, made by a server that has done nothing; or all that a database elsewhere seals.
fn put_key(brought: &Path, data: &Path, made: &mut Made) -> Result<(), Fault> {
    let key = data.join(vault::FILE);
    if key.exists() {
        let old = beside(&key, BEFORE)?;
        std::fs::rename(&key, &old).map_err(|why| cannot("name", &old, &why))?;
        made.old_key = Some(old);
    }
    std::fs::rename(brought, &key).map_err(|why| cannot("name", &key, &why))?;
    made.paths.push(key);
    Ok(())
}

/// A house that lives in this folder keeps its key, and no old key takes the place of one that is older still.
fn key_may_give_way(url: &str, data: &Path, from: &Path) -> Result<(), Fault> {
    let (key, brought) = (data.join(vault::FILE), from.join(vault::FILE));
    if !key.exists() || !brought.exists() || !differ(&key, &brought)? {
        return Ok(());
    }
    let here = data.join(DATABASE);
    if here.exists() && path_of(url).and_then(|path| path.canonicalize().ok()) != here.canonicalize().ok() {
        let (key, here) = (key.display(), here.display());
        return Err(Fault::new(format!("{key} is another key, and that of {here}: name a new data folder")));
    }
    let old = beside(&key, BEFORE)?;
    match std::fs::symlink_metadata(&old) {
        Ok(_) => Err(Fault::new(format!(
            "{} is another key, and {} is there already: put that elsewhere first",
            key.display(),
            old.display()
        ))),
        Err(_) => Ok(()),
    }
}

fn differ(key: &Path, other: &Path) -> Result<bool, Fault> {
    let read = |path: &Path| std::fs::read(path).map_err(|why| cannot("read", path, &why));
    Ok(read(key)?.trim_ascii() != read(other)?.trim_ascii())
}

/// Reads all of a file, and keeps what is good in it.
async fn take_noun(
    conn: &mut AnyConnection,
    embedded: bool,
    noun: &Noun,
    columns: &[Column],
    from: &Path,
    bad: &mut Bad,
) -> Result<u64, Fault> {
    // Whatever names a line that was not kept would be wrong, too: then what follows is only read.
    let keeps = bad.is_empty();
    let name = format!("{}.jsonl", noun.name);
    let path = from.join(&name);
    let file = File::open(&path).map_err(|why| cannot("read", &path, &why))?;
    let (mut number, mut rows) = (0, Vec::with_capacity(ROWS));
    for line in BufReader::new(file).lines() {
        number += 1;
        let row = match line {
            Ok(line) => read(noun, columns, &line),
            Err(why) if why.kind() == std::io::ErrorKind::InvalidData => Err("it is not UTF-8".into()),
            Err(why) => return Err(cannot("read", &path, &why)),
        };
        let wrong = match row {
            Ok(row) => {
                rows.extend(keeps.then_some((number, row)));
                None
            }
            Err(why) => Some(format!("{name}, line {number}: {why}")),
        };
        // Those before it first: what is wrong with them is told before.
        if rows.len() == ROWS || wrong.is_some() {
            keep(conn, embedded, noun, columns, &rows, bad).await?;
            rows.clear();
        }
        if let Some(wrong) = wrong {
            bad.add(wrong);
        }
    }
    keep(conn, embedded, noun, columns, &rows, bad).await?;
    Ok(number)
}

/// Keeps these rows; where the database takes them not, those that it takes, and says which it does not.
async fn keep(
    conn: &mut AnyConnection,
    embedded: bool,
    noun: &Noun,
    columns: &[Column],
    rows: &[(u64, Vec<Bound>)],
    bad: &mut Bad,
) -> Result<(), Fault> {
    if rows.is_empty() {
        return Ok(());
    }
    // PostgreSQL gives a transaction up at the first error.
    let mark = async |conn: &mut AnyConnection, sql: &'static str| -> Result<(), Fault> {
        if !embedded {
            sqlx::query(sql).execute(conn).await?;
        }
        Ok(())
    };
    mark(conn, "savepoint part").await?;
    if insert(conn, noun, columns, rows).await.is_ok() {
        return mark(conn, "release savepoint part").await;
    }
    mark(conn, "rollback to savepoint part").await?;
    for row in rows {
        mark(conn, "savepoint line").await?;
        if let Err(error) = insert(conn, noun, columns, std::slice::from_ref(row)).await {
            let said = error.as_database_error();
            let why = match said {
                Some(said) if said.is_unique_violation() => "it is there twice".to_owned(),
                Some(said) if said.is_foreign_key_violation() => "it names something that is not there".to_owned(),
                Some(said) if said.is_check_violation() => "a value of it may not stand there".to_owned(),
                Some(said) => said.message().to_owned(),
                None => return Err(error.into()),
            };
            bad.add(format!("{}.jsonl, line {}: {why}", noun.name, row.0));
            mark(conn, "rollback to savepoint line").await?;
        }
        mark(conn, "release savepoint line").await?;
    }
    mark(conn, "release savepoint part").await
}

async fn insert(
    conn: &mut AnyConnection,
    noun: &Noun,
    columns: &[Column],
    rows: &[(u64, Vec<Bound>)],
) -> Result<(), sqlx::Error> {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let mut sql =
        format!("insert into {} ({}) values {}", noun.table, names.join(", "), places(rows.len(), columns.len()));
    if noun.replaces {
        let sets: Vec<String> = names.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        sql.push_str(&format!(" on conflict ({}) do update set {}", noun.order, sets.join(", ")));
    }
    let bound: Vec<Bound> = rows.iter().flat_map(|(_, values)| values.iter().cloned()).collect();
    bind(&sql, &bound).execute(conn).await.map(|_| ())
}

type Use = fn(&str) -> String;

/// Where sealed secrets are: how they are read, what they are, for which use they are sealed, and how they are left out.
pub const SEALED: [(&str, &str, Use, &[&str]); 4] = [
    (
        "select id, material from identity_keys where algorithm = 'HS256' order by id",
        "a key with which a site signs",
        identity::used_for,
        &["delete from identity_keys where id = $1"],
    ),
    (
        "select id, factor from agents where factor is not null order by id",
        "the second factor of an agent",
        factor::used_for,
        &[
            "update agents set factor = null, factor_since = null, factor_asked = null where id = $1",
            "delete from paper_codes where agent_id = $1",
        ],
    ),
    (
        "select id, secret from triggers where secret is not null order by id",
        "the secret of a trigger's webhooks",
        webhook::used_for,
        &["update triggers set secret = null, secret_wish = null where id = $1"],
    ),
    (
        "select id, secret from webhook_subscriptions order by id",
        "a webhook of the house",
        webhook::subscription::used_for,
        &[
            "delete from webhook_deliveries where subscription_id = $1",
            "delete from webhook_subscriptions where id = $1",
        ],
    ),
];

/// Sealed secrets that the key here does not open: nothing is imported, or they are left out.
async fn seals(conn: &mut AnyConnection, vault: &Vault, leave: bool) -> Result<Vec<String>, Fault> {
    let mut left = Vec::new();
    for (sql, what, used_for, without) in SEALED {
        let rows = sqlx::query(sql).fetch_all(&mut *conn).await?;
        for row in rows {
            let (id, text): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            if vault.open(&text, &used_for(&id)).is_ok() {
                continue;
            }
            left.push(format!("{what}: {id}"));
            for sql in without {
                sqlx::query(AssertSqlSafe((*sql).to_owned())).bind(id.clone()).execute(&mut *conn).await?;
            }
        }
    }
    match left.is_empty() || leave {
        true => Ok(left),
        false => Err(Fault::new(format!(
            "the key here does not open {} sealed secrets: put the {} of the old deployment into the data folder, or \
             say --leave-secrets",
            left.len(),
            vault::FILE
        ))),
    }
}
