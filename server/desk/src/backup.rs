//! A backup: a copy of the database as it was at one moment, of the files it names, and of the key that opens its
//! secrets, made beside a server that runs. And the way back, into an empty folder.
//!
//! `SHA256SUMS` names everything with its hash, as `sha256sum -c` reads it.

use crate::alone::{BESIDE, must_be_left};
use crate::database::{Database, read_only};
use crate::{Fault, vault};
use domain::Time;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, ConnectOptions, Connection, Executor, Row};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// How a backup is laid out. Another number is another layout.
const FORMAT: u32 = 1;
const MANIFEST: &str = "backup.json";
pub const SUMS: &str = "SHA256SUMS";
pub const DATABASE: &str = "recado.db";
pub const FILES: &str = "files";
/// Among the files, those that have no row yet: a server that starts moves up what has one by then, and takes the rest away.
pub const ARRIVING: &str = "arriving";
/// Rows that are read at once.
const MANY: i64 = 500;
/// Bytes that are read at once.
const PIECE: usize = 256 * 1024;
/// For so long the database is copied at a time, and then so many times as long not: whoever makes a message durable
/// meanwhile waits behind few bytes.
const SLICE: Duration = Duration::from_millis(4);
const REST: u32 = 3;
/// Steps of the copy between two looks at the clock.
const STEPS: i32 = 500;

/// What it says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The version of the program that made it.
    program: String,
    /// The last migration of its database.
    schema: i64,
    made_at: i64,
    files: u64,
    /// Files that had lost their bytes before.
    #[serde(default)]
    missing: Vec<String>,
    /// Files whose bytes had another length before than their rows say.
    #[serde(default)]
    damaged: Vec<String>,
}

/// What was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    pub files: u64,
    pub bytes: u64,
    /// Files that were erased with whoever they belonged to while they were being copied.
    pub erased: u64,
    /// Files whose bytes are not where they should be. All else is whole.
    pub missing: Vec<String>,
    /// Files that are shorter or longer than their rows say: they are copied as they are.
    pub damaged: Vec<String>,
}

/// Copies everything into a new folder. Until it is whole that folder has another name.
pub async fn make(url: &str, data: &Path, into: &Path, now: Time) -> Result<Copied, Fault> {
    if !url.starts_with("sqlite:") {
        return Err(Fault::new("a database on a PostgreSQL server is copied by pg_dump: docs/backup.md says how"));
    }
    must_lie_apart(into, data)?;
    must_be_empty(into)?;
    let partial = beside(into, "partial")?;
    if partial.exists() {
        return Err(Fault::new(format!("{} is left of a backup that broke off; remove it first", partial.display())));
    }
    let database = Database::look(url).await?;
    let made = copy(url, &database, data, &partial, now).await;
    database.leave().await;
    let finished = made.and_then(|copied| finish(&partial, into).map(|()| copied));
    if finished.is_err() && partial.exists() {
        fs::remove_dir_all(&partial).map_err(|why| cannot("remove", &partial, &why))?;
    }
    finished
}

/// It lies in a folder that is there: one that is made for a slip of the pen, or for a disk that is not mounted, is not
/// looked for. And outside of what it is a copy of: what takes that away would take both, and it is put back into an
/// empty folder alone.
pub fn must_lie_apart(into: &Path, data: &Path) -> Result<(), Fault> {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    let folder = folder_of(into);
    let real = match folder.canonicalize() {
        Ok(real) if real.is_dir() => real,
        Err(why) if ![NotFound, NotADirectory].contains(&why.kind()) => return Err(cannot("look at", folder, &why)),
        _ => return Err(Fault::new(format!("there is no folder {} to make it in", folder.display()))),
    };
    let data = data.canonicalize().map_err(|why| cannot("look at", data, &why))?;
    // Its own name may be a link, too.
    if real.starts_with(&data) || into.canonicalize().is_ok_and(|into| into.starts_with(&data)) {
        let (into, data) = (into.display(), data.display());
        return Err(Fault::new(format!("{into} lies in the data folder {data}: name a place outside of it")));
    }
    Ok(())
}

/// What is whole gets its name.
pub fn finish(partial: &Path, into: &Path) -> Result<(), Fault> {
    if into.exists() {
        fs::remove_dir(into).map_err(|why| cannot("remove the empty folder", into, &why))?;
    }
    fs::rename(partial, into).map_err(|why| cannot("name", into, &why))?;
    sync_folder(folder_of(into))
}

async fn copy(url: &str, database: &Database, data: &Path, into: &Path, now: Time) -> Result<Copied, Fault> {
    let schema = database.schema().await?;
    make_folder(&into.join(FILES))?;
    let copy = into.join(DATABASE);
    let path = copy.to_str().ok_or_else(|| Fault::new("the folder has a name that is not UTF-8"))?.to_owned();
    vacuum(url, &path).await?;
    only_ours(&copy)?;
    let mut sums = BTreeMap::new();
    let mut copied = Copied::default();
    let seen = Database::look(&format!("sqlite:{path}")).await?;
    let done = copy_files(&seen, database, &data.join(FILES), into, &mut sums, &mut copied).await;
    seen.leave().await;
    done?;
    let key = data.join(vault::FILE);
    sums.insert(vault::FILE.to_owned(), copy_file(&key, &into.join(vault::FILE))?.hash);
    let whole = hashed(&copy)?;
    copied.bytes += whole.size;
    sums.insert(DATABASE.to_owned(), whole.hash);
    let program = env!("CARGO_PKG_VERSION").into();
    let (schema, made_at, files) = (schema.last, now.0, copied.files);
    let (missing, damaged) = (copied.missing.clone(), copied.damaged.clone());
    let manifest = Manifest { format: FORMAT, program, schema, made_at, files, missing, damaged };
    write(&into.join(MANIFEST), &serde_json::to_string_pretty(&manifest)?)?;
    sums.insert(MANIFEST.to_owned(), hashed(&into.join(MANIFEST))?.hash);
    write_sums(&into.join(SUMS), &sums)?;
    File::open(&copy).and_then(|file| file.sync_all()).map_err(|why| cannot("make durable", &copy, &why))?;
    sync_folder(&into.join(FILES))?;
    sync_folder(into)?;
    Ok(copied)
}

/// Copies a database as it is at this moment, little by little.
async fn vacuum(url: &str, into: &str) -> Result<(), Fault> {
    let mut conn = SqliteConnectOptions::from_str(&read_only(url))?.connect().await?;
    // What is held back until the end would come all at once.
    conn.execute("pragma busy_timeout = 5000; pragma cache_size = -2000").await?;
    let (growing, mut began) = (into.to_owned(), Instant::now());
    let rests = move || {
        if began.elapsed() >= SLICE {
            // What is not brought to the disk now is, or is told, at the end.
            let _ = File::open(&growing).and_then(|file| file.sync_data());
            std::thread::sleep(began.elapsed() * REST);
            began = Instant::now();
        }
        true
    };
    conn.lock_handle().await?.set_progress_handler(STEPS, rests);
    sqlx::query("vacuum into $1").bind(into.to_owned()).execute(&mut conn).await?;
    Ok(conn.close().await?)
}

/// Every file that the copied database names. A kept file never changes; it only comes, and goes when its owner is
/// erased.
async fn copy_files(
    seen: &Database,
    lives: &Database,
    from: &Path,
    into: &Path,
    sums: &mut BTreeMap<String, String>,
    copied: &mut Copied,
) -> Result<(), Fault> {
    let mut after = String::new();
    loop {
        let sql = "select id, size from files where id > $1 order by id limit $2";
        let rows = sqlx::query(sql).bind(after.as_str()).bind(MANY).fetch_all(&seen.reader).await?;
        for row in &rows {
            let (id, size): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            must_be_file_id(&id)?;
            match find(from, &id) {
                Some(path) => {
                    let began = Instant::now();
                    let whole = copy_file(&path, &into.join(FILES).join(&id))?;
                    // Others have the disk in between.
                    tokio::time::sleep(began.elapsed()).await;
                    if i64::try_from(whole.size) != Ok(size) {
                        copied.damaged.push(id.clone());
                    }
                    copied.files += 1;
                    copied.bytes += whole.size;
                    sums.insert(format!("{FILES}/{id}"), whole.hash);
                }
                None if is_there(lives, &id).await? => copied.missing.push(id.clone()),
                None => copied.erased += 1,
            }
            after = id;
        }
        if rows.is_empty() {
            return Ok(());
        }
    }
}

/// Where a kept file lies: it may not have moved up yet.
pub fn find(folder: &Path, id: &str) -> Option<PathBuf> {
    // It may move up between the two looks, so the first place is looked at again.
    let arriving = folder.join(ARRIVING).join(id);
    [folder.join(id), arriving, folder.join(id)].into_iter().find(|path| path.is_file())
}

pub async fn is_there(database: &Database, id: &str) -> Result<bool, Fault> {
    let row = sqlx::query("select 1 from files where id = $1").bind(id).fetch_optional(&database.reader).await?;
    Ok(row.is_some())
}

/// Looks at all of a backup: every hash, the database from inside, and that each file it names is there.
pub async fn check(from: &Path) -> Result<Copied, Fault> {
    let manifest = read_manifest(from)?;
    let sums = read_sums(from, is_ours)?;
    for needed in [DATABASE, vault::FILE, MANIFEST] {
        if !sums.contains_key(needed) {
            return Err(Fault::new(format!("{SUMS} does not name {needed}")));
        }
    }
    check_sums(from, &sums)?;
    let database = Database::look(&format!("sqlite:{}", from.join(DATABASE).display())).await?;
    let looked = look_inside(&database, &manifest, &sums).await;
    database.leave().await;
    let path = from.join(DATABASE);
    let database = fs::metadata(&path).map_err(|why| cannot("look at", &path, &why))?.len();
    looked.map(|copied| Copied { bytes: copied.bytes + database, ..copied })
}

async fn look_inside(
    database: &Database,
    manifest: &Manifest,
    sums: &BTreeMap<String, String>,
) -> Result<Copied, Fault> {
    let row = database.reader.fetch_one("pragma integrity_check(1)").await?;
    let said: String = row.try_get(0)?;
    if said != "ok" {
        return Err(Fault::new(format!("the database in it is damaged: {said}")));
    }
    let schema = database.schema().await?;
    if schema.last != manifest.schema || !schema.broken_off.is_empty() {
        return Err(Fault::new("the database in it is not the one that was copied"));
    }
    if !schema.unknown.is_empty() {
        let by = &manifest.program;
        return Err(Fault::new(format!("it was made by a newer program, {by}: use that one, or a newer one")));
    }
    let mut copied = Copied { damaged: manifest.damaged.clone(), ..Copied::default() };
    let mut after = String::new();
    loop {
        let sql = "select id, size from files where id > $1 order by id limit $2";
        let rows = sqlx::query(sql).bind(after.as_str()).bind(MANY).fetch_all(&database.reader).await?;
        for row in &rows {
            let (id, size): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            must_be_file_id(&id)?;
            match sums.contains_key(&format!("{FILES}/{id}")) {
                true => {
                    copied.files += 1;
                    copied.bytes += u64::try_from(size).map_err(|_| Fault::new("a file has an impossible size"))?;
                }
                false if manifest.missing.contains(&id) => copied.missing.push(id.clone()),
                false => copied.erased += 1,
            }
            after = id;
        }
        if rows.is_empty() {
            break;
        }
    }
    if copied.files != manifest.files {
        let (has, said) = (copied.files, manifest.files);
        return Err(Fault::new(format!("it has {has} files, and says that it had {said}")));
    }
    Ok(copied)
}

/// Whoever restores as root does it for the service that the folder belongs to, which could open nothing of root's. The
/// service may put anything there meanwhile: what is looked at is what is given away, and never what a link leads to,
/// nor what has a second name elsewhere.
#[cfg(unix)]
pub fn hand_over(made: &[PathBuf], owner: &fs::Metadata) -> Result<(), Fault> {
    use rustix::fs::{Mode, OFlags, open};
    use rustix::io::Errno;
    use std::os::unix::fs::{MetadataExt, fchown};
    if owner.uid() == 0 {
        return Ok(());
    }
    let only_itself = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    for path in made {
        let cannot = |why: std::io::Error| cannot("hand over", path, &why);
        let file = match open(path.as_path(), only_itself, Mode::empty()) {
            Ok(file) => File::from(file),
            // What has another name by now is there under that one.
            Err(Errno::NOENT | Errno::LOOP) => continue,
            Err(why) => return Err(cannot(why.into())),
        };
        let is = file.metadata().map_err(cannot)?;
        if is.uid() == 0 && (is.is_dir() || is.is_file() && is.nlink() == 1) {
            fchown(&file, Some(owner.uid()), Some(owner.gid())).map_err(cannot)?;
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub fn hand_over(_: &[PathBuf], _: &fs::Metadata) -> Result<(), Fault> {
    Ok(())
}

/// Puts a backup back: checked first, and into folders in which there is nothing. What broke off leaves nothing.
pub async fn restore(from: &Path, data: &Path, url: &str) -> Result<Copied, Fault> {
    let database = path_of(url)
        .ok_or_else(|| Fault::new("a database on a PostgreSQL server is restored by pg_restore: docs/backup.md"))?;
    must_be_left(&database)?;
    must_be_free(data)?;
    must_be_new(&database)?;
    let checked = check(from).await?;
    let sums = read_sums(from, is_ours)?;
    let (mut made, owner) = (Vec::new(), fs::metadata(data).ok());
    let put = put_back(from, data, &database, &sums, &mut made).await;
    let put = put.and_then(|()| owner.as_ref().map_or(Ok(()), |owner| hand_over(&made, owner)));
    if put.is_err() {
        take_back(&made)?;
    }
    put.map(|()| checked)
}

/// Nothing is in the folder of a deployment but what a server of before leaves beside its database: its lock.
fn must_be_free(data: &Path) -> Result<(), Fault> {
    let entries = match fs::read_dir(data) {
        Ok(entries) => entries,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(cannot("read", data, &why)),
    };
    for entry in entries {
        let name = entry.map_err(|why| cannot("read", data, &why))?.file_name();
        if !name.as_encoded_bytes().ends_with(BESIDE.as_bytes()) {
            return Err(not_empty(data));
        }
    }
    Ok(())
}

/// Nothing of a database lies there. What SQLite keeps beside one would be written into another that gets its name.
fn must_be_new(database: &Path) -> Result<(), Fault> {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut path = database.as_os_str().to_owned();
        path.push(end);
        if fs::symlink_metadata(&path).is_ok() {
            let path = Path::new(&path).display();
            return Err(Fault::new(format!("there is a database already, or what is left of one: {path}")));
        }
    }
    Ok(())
}

/// Takes away what was made, the last first; where others have put something meanwhile, it stays.
pub fn take_back(made: &[PathBuf]) -> Result<(), Fault> {
    use std::io::ErrorKind::{DirectoryNotEmpty, NotFound};
    for path in made.iter().rev() {
        match if path.is_dir() { fs::remove_dir(path) } else { fs::remove_file(path) } {
            Err(why) if ![NotFound, DirectoryNotEmpty].contains(&why.kind()) => {
                return Err(cannot("remove", path, &why));
            }
            _ => {}
        }
    }
    Ok(())
}

/// What is made of it is told.
pub fn make_folder_anew(folder: &Path, made: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let mut missing: Vec<PathBuf> = folder.ancestors().take_while(is_missing).map(Path::to_owned).collect();
    make_folder(folder)?;
    missing.reverse();
    made.append(&mut missing);
    Ok(())
}

/// A copy is not in the mode in which a server has its database.
async fn set_mode(path: &Path) -> Result<(), Fault> {
    let mut conn = AnyConnection::connect(&format!("sqlite:{}?mode=rw", path.display())).await?;
    let mode: String = conn.fetch_one("pragma journal_mode = wal").await?.try_get(0)?;
    conn.close().await?;
    match mode.as_str() {
        "wal" => Ok(()),
        _ => Err(Fault::new(format!("journal_mode is {mode} and must be wal: that disk cannot do it"))),
    }
}

async fn put_back(
    from: &Path,
    data: &Path,
    database: &Path,
    sums: &BTreeMap<String, String>,
    made: &mut Vec<PathBuf>,
) -> Result<(), Fault> {
    make_folder_anew(&data.join(FILES), made)?;
    make_folder_anew(folder_of(database), made)?;
    let partial = beside(database, "partial")?;
    // The database last, and under its name only when it is whole: without it a folder is no deployment.
    for (name, hash) in sums.iter().filter(|(name, _)| *name != MANIFEST) {
        let into = if name == DATABASE { partial.clone() } else { data.join(name) };
        let whole = copy_file(&from.join(name), &into)?;
        made.push(into);
        if whole.hash != *hash {
            return Err(Fault::new(format!("{} is not what was written", from.join(name).display())));
        }
    }
    set_mode(&partial).await?;
    sync_folder(&data.join(FILES))?;
    sync_folder(data)?;
    // That took a while.
    must_be_new(database)?;
    fs::rename(&partial, database).map_err(|why| cannot("name", database, &why))?;
    made.push(database.to_owned());
    sync_folder(folder_of(database))
}

/// The file of an embedded database.
pub fn path_of(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default();
    (!path.is_empty() && !path.starts_with(':')).then(|| path.into())
}

fn read_manifest(from: &Path) -> Result<Manifest, Fault> {
    let path = from.join(MANIFEST);
    let text = fs::read_to_string(&path).map_err(|why| cannot("read", &path, &why))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|why| Fault::new(format!("{} does not read as that of a backup: {why}", path.display())))?;
    if manifest.format != FORMAT {
        return Err(Fault::new(format!("{} is of a format that this program does not know", path.display())));
    }
    Ok(manifest)
}

fn is_ours(name: &str) -> bool {
    [DATABASE, vault::FILE, MANIFEST].contains(&name) || name.strip_prefix("files/").is_some_and(is_file_id)
}

/// As files are called: nothing that leads out of their folder.
pub fn is_file_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A row may have been written by somebody else: nothing outside the folder of files is read or written for it.
pub fn must_be_file_id(id: &str) -> Result<(), Fault> {
    match is_file_id(id) {
        true => Ok(()),
        false => Err(Fault::new("the database names a file that is not called as files are")),
    }
}

/// Hashes by name, each of which is one of ours.
pub fn read_sums(from: &Path, is_ours: impl Fn(&str) -> bool) -> Result<BTreeMap<String, String>, Fault> {
    let path = from.join(SUMS);
    let text = fs::read_to_string(&path).map_err(|why| cannot("read", &path, &why))?;
    let mut sums = BTreeMap::new();
    for (n, line) in text.lines().enumerate() {
        let wrong = || Fault::new(format!("{}, line {}: it is not a hash and a name of ours", path.display(), n + 1));
        let (hash, name) = line.split_once("  ").ok_or_else(wrong)?;
        if hash.len() != 64 || !is_ours(name) || sums.insert(name.to_owned(), hash.to_owned()).is_some() {
            return Err(wrong());
        }
    }
    Ok(sums)
}

pub fn write_sums(path: &Path, sums: &BTreeMap<String, String>) -> Result<(), Fault> {
    let lines: String = sums.iter().map(|(name, hash)| format!("{hash}  {name}\n")).collect();
    write(path, &lines)
}

/// Is everything what was written?
pub fn check_sums(from: &Path, sums: &BTreeMap<String, String>) -> Result<(), Fault> {
    for (name, hash) in sums {
        let path = from.join(name);
        if hashed(&path)?.hash != *hash {
            return Err(Fault::new(format!("{} is not what was written", path.display())));
        }
    }
    Ok(())
}

/// A file's size and hash.
pub struct Whole {
    pub size: u64,
    pub hash: String,
}

/// Copies for this program alone, and durably; the copy is hashed as it was read. What broke off is taken away.
pub fn copy_file(from: &Path, into: &Path) -> Result<Whole, Fault> {
    let read = File::open(from).map_err(|why| cannot("read", from, &why))?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(into).map_err(|why| cannot("write", into, &why))?;
    let whole = pieces(read, from, |piece| written.write_all(piece).map_err(|why| cannot("write", into, &why)));
    let durable = |whole| written.sync_all().map(|()| whole).map_err(|why| cannot("make durable", into, &why));
    let done = whole.and_then(durable);
    if done.is_err() {
        take_back(&[into.to_owned()])?;
    }
    done
}

pub fn hashed(path: &Path) -> Result<Whole, Fault> {
    let read = File::open(path).map_err(|why| cannot("read", path, &why))?;
    pieces(read, path, |_| Ok(()))
}

fn pieces(mut read: File, path: &Path, mut each: impl FnMut(&[u8]) -> Result<(), Fault>) -> Result<Whole, Fault> {
    let (mut hash, mut size, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
    loop {
        let length = read.read(&mut piece).map_err(|why| cannot("read", path, &why))?;
        if length == 0 {
            return Ok(Whole { size, hash: crate::random::hex(&hash.finalize()) });
        }
        hash.update(&piece[..length]);
        size += length as u64;
        each(&piece[..length])?;
    }
}

/// Nothing is there, or a folder with nothing in it.
pub fn must_be_empty(folder: &Path) -> Result<(), Fault> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => true,
        Err(why) => return Err(cannot("read", folder, &why)),
    };
    if is_empty { Ok(()) } else { Err(not_empty(folder)) }
}

fn not_empty(folder: &Path) -> Fault {
    Fault::new(format!("{} is not empty: name a new folder", folder.display()))
}

/// For this program alone.
pub fn make_folder(folder: &Path) -> Result<(), Fault> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|why| cannot("make", folder, &why))
}

/// The folder in which this lies.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A name beside this one.
pub fn beside(path: &Path, end: &str) -> Result<PathBuf, Fault> {
    let name = path.file_name().ok_or_else(|| Fault::new(format!("{} has no name", path.display())))?;
    let mut name = name.to_owned();
    name.push(".");
    name.push(end);
    Ok(path.with_file_name(name))
}

fn only_ours(path: &Path) -> Result<(), Fault> {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
        .map_err(|why| cannot("keep to ourselves", path, &why))?;
    Ok(())
}

pub fn write(path: &Path, text: &str) -> Result<(), Fault> {
    fs::write(path, text).map_err(|why| cannot("write", path, &why))?;
    File::open(path).and_then(|file| file.sync_all()).map_err(|why| cannot("make durable", path, &why))?;
    only_ours(path)
}

/// The entry of a new file outlives a power cut.
pub fn sync_folder(folder: &Path) -> Result<(), Fault> {
    #[cfg(unix)]
    File::open(folder).and_then(|file| file.sync_all()).map_err(|why| cannot("make durable", folder, &why))?;
    Ok(())
}

pub fn cannot(what: &str, path: &Path, why: &std::io::Error) -> Fault {
    Fault::new(format!("cannot {what} {}: {why}", path.display()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::{MetadataExt, chown, symlink};

    /// Who is not root can give nobody anything: there is nothing to see then.
    #[test]
    fn what_a_link_leads_to_is_handed_over_to_nobody() {
        const SERVICE: u32 = 65_532;
        let folder = tempfile::tempdir().unwrap();
        let [data, ours, roots, link, twin] =
            ["data", "data/ours", "roots", "data/link", "data/twin"].map(|name| folder.path().join(name));
        fs::create_dir(&data).unwrap();
        fs::write(&ours, "").unwrap();
        fs::write(&roots, "").unwrap();
        symlink(&roots, &link).unwrap();
        fs::hard_link(&roots, &twin).unwrap();
        let is_root = chown(&data, Some(SERVICE), Some(SERVICE)).is_ok();
        let (owner, before) = (fs::metadata(&data).unwrap(), fs::metadata(&roots).unwrap().uid());

        hand_over(&[ours.clone(), link, twin, data.join("gone")], &owner).unwrap();

        assert_eq!(fs::metadata(&ours).unwrap().uid(), if is_root { SERVICE } else { owner.uid() });
        assert_eq!(fs::metadata(&roots).unwrap().uid(), before);
    }
}
