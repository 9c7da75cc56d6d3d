//! The way out: one picture of the database, written row by row, beside a server that runs.

use super::line::{columns, tables, write};
use super::noun::{NOUNS, STAY};
use super::{Counted, FORMAT, MANIFEST, Manifest};
use crate::audit::{Note, append};
use crate::backup::{
    self, FILES, SUMS, beside, cannot, copy_file, find, hashed, make_folder, must_be_empty, must_lie_apart,
    sync_folder, write_sums,
};
use crate::database::Database;
use crate::{Fault, vault};
use domain::Time;
use domain::audit::Kind;
use futures_util::TryStreamExt;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::Path;

/// What went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    pub lines: u64,
    pub files: u64,
    /// Files that were erased with whoever they belonged to meanwhile.
    pub erased: u64,
    /// Files whose bytes are not where they should be. All else is whole.
    pub missing: Vec<String>,
    /// Files that are shorter or longer than their rows say: they go out as they are.
    pub damaged: Vec<String>,
}

/// Writes everything into a new folder; with the key, what is sealed can be opened there. Until it is whole that
/// folder has another name.
pub async fn export(url: &str, data: &Path, into: &Path, key: bool, now: Time) -> Result<Exported, Fault> {
    must_lie_apart(into, data)?;
    must_be_empty(into)?;
    let partial = beside(into, "partial")?;
    if partial.exists() {
        return Err(Fault::new(format!("{} is left of an export that broke off; remove it first", partial.display())));
    }
    let database = Database::open_as_it_is(url).await?;
    let written = everything(&database, data, &partial, key, now).await;
    let written = match written {
        Ok(written) => note(&database, now).await.map(|()| written),
        broken => broken,
    };
    database.close().await;
    let finished = written.and_then(|exported| backup::finish(&partial, into).map(|()| exported));
    if finished.is_err() && partial.exists() {
        std::fs::remove_dir_all(&partial).map_err(|why| cannot("remove", &partial, &why))?;
    }
    finished
}

/// That everything was taken out is in the log of who did what.
async fn note(database: &Database, now: Time) -> Result<(), Fault> {
    let mut tx = database.begin().await?;
    append(&mut tx, now, &[Note::by_operator(Kind::Exported).about_thing("everything")]).await?;
    Ok(tx.commit().await?)
}

async fn everything(database: &Database, data: &Path, into: &Path, key: bool, now: Time) -> Result<Exported, Fault> {
    for table in tables(database).await? {
        if !STAY.contains(&table.as_str()) && !NOUNS.iter().any(|noun| noun.table == table) {
            return Err(Fault::new(format!("nobody has decided whether the table {table} goes along")));
        }
    }
    make_folder(&into.join(FILES))?;
    let mut sums = BTreeMap::new();
    let mut nouns = Vec::new();
    let mut exported = Exported { lines: 0, files: 0, erased: 0, missing: Vec::new(), damaged: Vec::new() };
    let schema = database.schema().await?.last;
    let mut picture = database.snapshot_at_length().await?;
    for noun in NOUNS {
        let name = format!("{}.jsonl", noun.name);
        let path = into.join(&name);
        let columns = columns(&mut picture, database.embedded, noun.table).await?;
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
        let sql = format!(
            "select {} from {} where {} order by {}",
            names.join(", "),
            noun.table,
            noun.condition(),
            noun.order
        );
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|why| cannot("write", &path, &why))?;
        let mut file = BufWriter::new(file);
        let (mut lines, mut line) = (0, Vec::new());
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *picture);
        while let Some(row) = rows.try_next().await? {
            line.clear();
            write(&mut line, noun, &columns, &row)?;
            file.write_all(&line).map_err(|why| cannot("write", &path, &why))?;
            lines += 1;
        }
        drop(rows);
        let file = file.into_inner().map_err(|why| cannot("write", &path, why.error()))?;
        file.sync_all().map_err(|why| cannot("make durable", &path, &why))?;
        sums.insert(name, hashed(&path)?.hash);
        exported.lines += lines;
        nouns.push(Counted { noun: noun.name.into(), lines });
    }
    copy_files(&mut picture, database, &data.join(FILES), into, &mut sums, &mut exported).await?;
    drop(picture);
    if key {
        sums.insert(vault::FILE.into(), copy_file(&data.join(vault::FILE), &into.join(vault::FILE))?.hash);
    }
    let program = env!("CARGO_PKG_VERSION").into();
    let manifest = Manifest { format: FORMAT, program, schema, made_at: now.0, nouns, files: exported.files };
    backup::write(&into.join(MANIFEST), &serde_json::to_string_pretty(&manifest)?)?;
    sums.insert(MANIFEST.into(), hashed(&into.join(MANIFEST))?.hash);
    write_sums(&into.join(SUMS), &sums)?;
    sync_folder(&into.join(FILES))?;
    sync_folder(into)?;
    Ok(exported)
}

/// The bytes of every file that stands in this picture.
async fn copy_files(
    picture: &mut AnyConnection,
    database: &Database,
    from: &Path,
    into: &Path,
    sums: &mut BTreeMap<String, String>,
    exported: &mut Exported,
) -> Result<(), Fault> {
    let mut rows = sqlx::query("select id, size from files order by id").fetch(picture);
    while let Some(row) = rows.try_next().await? {
        let (id, size): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
        backup::must_be_file_id(&id)?;
        match find(from, &id) {
            Some(path) => {
                let whole = copy_file(&path, &into.join(FILES).join(&id))?;
                sums.insert(format!("{FILES}/{id}"), whole.hash);
                exported.files += 1;
                if i64::try_from(whole.size) != Ok(size) {
                    exported.damaged.push(id);
                }
            }
            None if backup::is_there(database, &id).await? => exported.missing.push(id),
            None => exported.erased += 1,
        }
    }
    Ok(())
}
