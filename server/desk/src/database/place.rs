//! Where an embedded database lies: what is amiss there is said with the name of the place and with what to do, and not
//! in the words of SQLite.

use crate::Fault;
use crate::backup::{folder_of, path_of};
use sqlx::any::AnyConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor};
use std::io::{Error, ErrorKind};
use std::path::{Path, absolute};

/// What whoever named another place than he meant can do.
const NAME: &str = "name the data folder with --data or RECADO_DATA, or the database with --database";
/// And whoever meant this one, where nothing is yet.
const START: &str = ", or start `recado serve` there once";

/// What whoever has a backup of it can do; a copy may still hold what came since.
const RESTORE: &str = "stop the server, keep a copy of it and of what lies beside it, and put the last backup in its \
                       place (docs/backup.md)";

/// What SQLite says was the matter, without what more it knows of it.
const PERM: i32 = 3;
const BUSY: i32 = 5;
const READONLY: i32 = 8;
const CORRUPT: i32 = 11;
const CANTOPEN: i32 = 14;
const NOTADB: i32 = 26;
/// The one that is told apart by what more it knows: whoever may only read cannot take back what was broken off.
const READONLY_ROLLBACK: i32 = 776;

/// Is a deployment there? Whoever mistyped its name is told so before anything is made for him.
pub fn must_be_deployed(data: &Path, url: &str) -> Result<(), Fault> {
    match data.metadata() {
        Ok(about) if about.is_dir() => path_of(url).map_or(Ok(()), |path| must_be_there(&path)),
        Ok(_) => Err(no_folder(data)),
        Err(why) => Err(unseen("folder", data, &why, START)),
    }
}

/// A file; whether it is one of ours is seen by who opens it. Only looked for: who closes a file gives up every lock that
/// this program has on it, those of SQLite too.
pub fn must_be_there(path: &Path) -> Result<(), Fault> {
    see(path, START)
}

/// `start`: what is said besides where no database is.
fn see(path: &Path, start: &str) -> Result<(), Fault> {
    match path.metadata() {
        Ok(about) if about.is_file() => Ok(()),
        Ok(_) => Err(Fault::advice(format!("{} is no file: {NAME}", shown(path)))),
        Err(why) => match folder_of(path).metadata() {
            Ok(about) if about.is_dir() => Err(unseen("database at", path, &why, start)),
            Ok(_) => Err(no_folder(folder_of(path))),
            // A server makes a folder for its data, and none for a database that is named by itself.
            Err(why) => Err(unseen("folder", folder_of(path), &why, "")),
        },
    }
}

fn no_folder(path: &Path) -> Fault {
    Fault::advice(format!("{} is no folder: {NAME}", shown(path)))
}

/// A pool tries again for half a minute what breaks as it begins, and says then that this took too long. So it is tried
/// before; whoever has the database alone may be about to leave, and is waited for there.
pub async fn must_open(url: &str, options: &AnyConnectOptions) -> Result<(), Fault> {
    let tried = async {
        let mut conn = options.connect().await?;
        conn.fetch_one("select count(*) from sqlite_master").await?;
        conn.close().await
    };
    match tried.await {
        Err(error) if code(&error) != Some(BUSY) => Err(unopened(path_of(url).as_deref(), &error)),
        _ => Ok(()),
    }
}

/// What a database said that could not be opened. None: it is on a server, or in memory.
pub fn unopened(path: Option<&Path>, error: &sqlx::Error) -> Fault {
    let Some(path) = path else { return Fault::new(format!("the database cannot be opened: {error}")) };
    let at = shown(path);
    Fault::advice(match code(error) {
        Some(NOTADB) => format!("{at} is no database: {NAME}; or, where it was one, {RESTORE}"),
        Some(CORRUPT) => format!("{at} is damaged: {RESTORE}"),
        Some(BUSY) => format!("somebody has {at} alone, as an import has: ask again when that is over"),
        Some(READONLY_ROLLBACK) => format!(
            "a write to {at} was broken off, as when an import is killed: start the server, or do the import again, which \
             takes it back"
        ),
        Some(PERM | READONLY | CANTOPEN) => match see(path, "") {
            // Also to a server, which makes one.
            Err(why) => return why,
            Ok(()) => {
                format!(
                    "this user may not open {at}, or what lies beside it, or not write to it: be the user of the server, \
                     or {NAME}"
                )
            }
        },
        _ => return Fault::new(format!("the database {at} cannot be opened: {error}")),
    })
}

/// The same of one that was read before: who is in the way has it not alone, he writes.
pub fn unwritten(path: Option<&Path>, error: &sqlx::Error) -> Fault {
    match path {
        Some(path) if code(error) == Some(BUSY) => {
            Fault::advice(format!("somebody writes to {} right now: try again", shown(path)))
        }
        _ => unopened(path, error),
    }
}

/// No release of ours has been in this database.
pub fn not_ours(path: Option<&Path>) -> Fault {
    match path {
        Some(path) => Fault::advice(format!("there is no Recado in the database {}: {NAME}{START}", shown(path))),
        None => Fault::advice(
            "there is no Recado in this database: name another with --database or RECADO_DATABASE, or start \
             `recado serve` with it once",
        ),
    }
}

fn code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(if code == READONLY_ROLLBACK { code } else { code & 0xff })
}

fn unseen(what: &str, path: &Path, why: &Error, start: &str) -> Fault {
    let at = shown(path);
    Fault::advice(match why.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => format!("there is no {what} {at}: {NAME}{start}"),
        ErrorKind::PermissionDenied => format!("this user may not look at {at}: be the user of the server, or {NAME}"),
        _ => return Fault::new(format!("{at} cannot be looked at: {why}")),
    })
}

/// From the root on: whoever is somewhere else than he thought sees it.
fn shown(path: &Path) -> String {
    absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Database;
    use std::fs;

    fn url(data: &Path) -> String {
        format!("sqlite:{}", data.join("recado.db").display())
    }

    #[test]
    fn whoever_mistyped_a_place_is_told_which_it_was_and_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let [nowhere, file, empty, odd] = ["nowhere", "file", "empty", "odd"].map(|name| folder.path().join(name));
        fs::write(&file, "").unwrap();
        fs::create_dir(&empty).unwrap();
        fs::create_dir_all(odd.join("recado.db")).unwrap();
        let at = |data: &Path| data.join("recado.db").display().to_string();

        for (data, says, start) in [
            (&nowhere, format!("there is no folder {}: {NAME}", nowhere.display()), START),
            (&file, format!("{} is no folder: {NAME}", file.display()), ""),
            (&empty, format!("there is no database at {}: {NAME}{START}", at(&empty)), ""),
            (&odd, format!("{} is no file: {NAME}", at(&odd)), ""),
        ] {
            let whole = must_be_deployed(data, &url(data)).unwrap_err().to_string();
            let alone = must_be_there(&data.join("recado.db")).unwrap_err().to_string();
            assert_eq!([&whole, &alone], [&format!("{says}{start}"), &says]);
        }
        // Of a database that is named by itself, its own folder.
        let beside = must_be_deployed(&empty, &url(&nowhere)).unwrap_err().to_string();
        assert_eq!(beside, format!("there is no folder {}: {NAME}", nowhere.display()));
    }

    /// A server makes what is not there: it is told of no other that should.
    #[tokio::test]
    async fn a_server_is_not_told_to_start_a_server() {
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("nowhere");

        let why = Database::open(&url(&nowhere)).await.err().unwrap().to_string();

        assert_eq!(why, format!("there is no folder {}: {NAME}", nowhere.display()));
    }

    /// Whoever runs stories may be root, who may look at everything.
    #[test]
    fn whoever_may_not_look_is_not_told_that_nothing_is_there() {
        let why = unseen("folder", Path::new("/srv/recado"), &ErrorKind::PermissionDenied.into(), START).to_string();

        assert!(why.starts_with("this user may not look at /srv/recado: ") && !why.contains(START), "{why}");
    }

    #[tokio::test]
    async fn what_is_no_database_or_none_of_ours_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let url = url(folder.path());
        let path = folder.path().join("recado.db").display().to_string();
        fs::write(&path, "Lista de la compra: zanahorias, y algo más.").unwrap();
        let said = |done: Result<Database, Fault>| done.err().unwrap().to_string();

        let no_database = [said(Database::look(&url).await), said(Database::open(&url).await)];
        fs::write(&path, "").unwrap();
        let not_ours = [said(Database::read(&url).await), said(Database::open_as_it_is(&url).await)];

        assert!(
            no_database
                .iter()
                .all(|why| *why == format!("{path} is no database: {NAME}; or, where it was one, {RESTORE}"))
        );
        let says = format!("there is no Recado in the database {path}: {NAME}{START}");
        assert!(not_ours.iter().all(|why| *why == says), "{not_ours:?}");
        assert_eq!(fs::metadata(&path).unwrap().len(), 0, "something was made in it");
    }

    /// Whoever runs stories may be root, who may write everywhere but where SQLite is told not to.
    #[tokio::test]
    async fn whoever_may_read_and_not_write_is_told_before_he_sets_anything() {
        let folder = tempfile::tempdir().unwrap();
        let url = url(folder.path());
        Database::open(&url).await.unwrap().close().await;

        let database = Database::look_in(&url, "ro").await.unwrap();
        let why = database.check_write().await.unwrap_err().to_string();
        database.leave().await;

        let path = folder.path().join("recado.db").display().to_string();
        assert!(
            why.starts_with(&format!("this user may not open {path}, ")) && why.contains("not write to it"),
            "{why}"
        );
    }

    #[tokio::test]
    async fn whoever_comes_while_another_writes_is_told_to_try_again() {
        let folder = tempfile::tempdir().unwrap();
        let url = url(folder.path());
        let other = Database::open(&url).await.unwrap();
        let database = Database::look_in(&url, "rw").await.unwrap();
        database.writer.execute("pragma busy_timeout = 0").await.unwrap();

        let writes = other.begin().await.unwrap();
        let why = database.check_write().await.unwrap_err().to_string();
        writes.rollback().await.unwrap();
        let then = database.check_write().await;

        let path = folder.path().join("recado.db").display().to_string();
        assert_eq!(why, format!("somebody writes to {path} right now: try again"));
        assert!(then.is_ok(), "{then:?}");
        database.leave().await;
        other.close().await;
    }

    /// A copy of a database and of its journal in the midst of a write is what a kill leaves.
    #[tokio::test]
    async fn what_was_broken_off_is_told_to_whoever_looks_and_taken_back_by_whoever_writes() {
        let [whole, first, second] = [(); 3].map(|()| tempfile::tempdir().unwrap());
        Database::open(&url(whole.path())).await.unwrap().close().await;
        let alone = Database::open_alone(&url(whole.path())).await.unwrap();
        // What does not fit goes to the file before it is kept.
        alone.writer.execute("pragma cache_size = 1").await.unwrap();
        let mut tx = alone.begin().await.unwrap();
        let sql =
            "delete from _sqlx_migrations; create table much (words blob); insert into much values (zeroblob(1000000))";
        tx.execute(sql).await.unwrap();
        for folder in [&first, &second] {
            for name in ["recado.db", "recado.db-journal"] {
                fs::copy(whole.path().join(name), folder.path().join(name)).unwrap();
            }
        }
        drop(tx);
        alone.leave().await;

        let looked = Database::look(&url(first.path())).await.err().unwrap().to_string();
        let opened = Database::open_as_it_is(&url(first.path())).await.map(|_| ());
        let lines = second.path().join("lines");
        fs::write(&lines, "no line\n").unwrap();
        let imported = crate::history::import(&url(second.path()), &lines, domain::Time(0), |_| {}).await;

        let at = first.path().join("recado.db").display().to_string();
        assert!(looked.starts_with(&format!("a write to {at} was broken off, ")), "{looked}");
        assert!(opened.is_ok(), "{opened:?}");
        let imported = imported.unwrap();
        assert!(matches!(imported, crate::history::Outcome::Refused { .. }), "{imported:?}");
    }

    #[tokio::test]
    async fn whoever_has_a_damaged_database_is_told_to_keep_it_and_to_restore() {
        let folder = tempfile::tempdir().unwrap();
        let url = url(folder.path());
        let path = folder.path().join("recado.db");
        Database::open(&url).await.unwrap().close().await;
        // The head of the file is whole, and its first page is none.
        let mut bytes = fs::read(&path).unwrap();
        bytes[100] = 0xff;
        fs::write(&path, bytes).unwrap();

        let read = Database::read(&url).await.err().unwrap();
        let open = Database::open(&url).await.err().unwrap();
        let looked = crate::doctor::look(&url, folder.path(), domain::Time(0)).await.unwrap();

        let says = format!("{} is damaged: {RESTORE}", path.display());
        assert_eq!([read.to_string(), open.to_string()], [says.clone(), says.clone()]);
        assert_eq!(looked.iter().map(|one| (&one.says, one.wrong.as_deref())).collect::<Vec<_>>(), [(&says, Some(""))]);
    }
}
