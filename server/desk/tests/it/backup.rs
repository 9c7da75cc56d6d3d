//! A backup is made while everybody works, and put back; and the doctor says what is wrong.

use crate::world::*;
use desk::backup::{check, make, restore};
use desk::doctor::{Finding, look};
use desk::{Desk, Settings};
use domain::Span;
use domain::wire::Lists;
use sqlx::{AnyPool, AssertSqlSafe, Executor, Row};
use std::path::{Path, PathBuf};

impl World {
    /// The folder in which a server would keep all this, with its key.
    fn data(&self) -> PathBuf {
        crate::transfer::put_key(self.folder());
        self.folder().to_owned()
    }

    async fn backed_up(&self, name: &str) -> PathBuf {
        let into = self.beside(name);
        make(&self.settings.database, &self.data(), &into, self.desk.now()).await.unwrap();
        into
    }

    async fn looked(&self) -> Vec<Finding> {
        look(&self.settings.database, &self.data(), self.desk.now()).await.unwrap()
    }

    /// A desk on what was put back there.
    async fn opened(&self, data: &Path) -> Desk {
        let database = format!("sqlite:{}", data.join("recado.db").display());
        Desk::open(Settings { database, files: data.join("files"), ..self.settings.clone() }).await.unwrap()
    }

    async fn breaks(&self, sql: &str) {
        self.look().await.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    }
}

fn sqlite(data: &Path) -> String {
    format!("sqlite:{}", data.join("recado.db").display())
}

async fn count(data: &Path, sql: &str) -> i64 {
    let pool = AnyPool::connect(&sqlite(data)).await.unwrap();
    let count = pool.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap().try_get(0).unwrap();
    pool.close().await;
    count
}

async fn mode(data: &Path) -> String {
    let pool = AnyPool::connect(&sqlite(data)).await.unwrap();
    let mode = pool.fetch_one("pragma journal_mode").await.unwrap().try_get(0).unwrap();
    pool.close().await;
    mode
}

/// What is wrong, by its name. The PostgreSQL of stories runs without `fsync`, which the doctor sees.
fn ills(found: &[Finding]) -> Vec<&'static str> {
    let wrong = found.iter().filter(|finding| finding.wrong.is_some()).map(|finding| finding.what);
    wrong.filter(|what| *what != "fsync").collect()
}

#[tokio::test]
async fn a_backup_made_while_people_write_holds_one_moment_and_comes_back_whole() {
    let (world, chat) = World::with_conversation().await;
    if world.is_on_a_server() {
        return;
    }
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    world.says("ana", &chat, "antes").await;
    let writes = async {
        for n in 0..20 {
            world.says("ana", &chat, &format!("mientras {n}")).await;
        }
    };

    let (from, ()) = tokio::join!(world.backed_up("copia"), writes);
    let data = world.folder().join("otra");
    let copied = restore(&from, &data, &sqlite(&data)).await.unwrap();

    assert_eq!((copied.files, copied.erased), (1, 0));
    assert_eq!(mode(&data).await, "wal");
    let (kept, last) = (
        count(&data, "select count(*) from events").await,
        count(&data, "select sum(seq + aside_seq) from chats").await,
    );
    assert_eq!(kept, last, "the log and the chats are of another moment");
    assert!(count(&data, "select count(*) from events where body like '%antes%'").await == 1);
    let desk = world.opened(&data).await;
    let lists: Lists = desk.lists(world.agent(INES)).await.unwrap();
    assert_eq!(lists.cards.iter().map(|card| card.chat.as_str()).collect::<Vec<_>>(), [chat.as_str()]);
    desk.stop().await;
    let found = look(&sqlite(&data), &data, world.desk.now()).await.unwrap();
    assert_eq!(ills(&found), Vec::<&str>::new(), "{found:?}");
}

/// Who is not root can give nobody anything: whatever is his stays so.
#[cfg(unix)]
#[tokio::test]
async fn what_root_puts_back_belongs_to_whom_the_folder_belongs() {
    use std::os::unix::fs::{MetadataExt, chown};
    const SERVICE: u32 = 65_532;
    let (world, chat) = World::with_conversation().await;
    if world.is_on_a_server() {
        return;
    }
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    let from = world.backed_up("copia").await;
    let whole = check(&from).await.unwrap();
    assert!(whole.bytes > std::fs::metadata(from.join("recado.db")).unwrap().len(), "its files, too: {whole:?}");
    let data = world.folder().join("otra");
    std::fs::create_dir(&data).unwrap();
    let is_root = chown(&data, Some(SERVICE), Some(SERVICE)).is_ok();
    let owner = std::fs::metadata(&data).unwrap().uid();
    assert_eq!(owner == SERVICE, is_root);

    restore(&from, &data, &sqlite(&data)).await.unwrap();

    let files = std::fs::read_dir(data.join("files")).unwrap().map(|file| file.unwrap().path());
    let all: Vec<_> =
        ["recado.db", "recado.key", "files"].map(|name| data.join(name)).into_iter().chain(files).collect();
    assert_eq!(all.len(), 4);
    for path in all {
        assert_eq!(std::fs::metadata(&path).unwrap().uid(), owner, "{}", path.display());
    }
}

#[tokio::test]
async fn nothing_is_put_back_over_anything_nor_from_a_backup_that_was_changed() {
    let (world, chat) = World::with_conversation().await;
    if world.is_on_a_server() {
        return;
    }
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    let from = world.backed_up("copia").await;
    let data = world.folder().join("otra");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("algo"), "mío").unwrap();

    let over = restore(&from, &data, &sqlite(&data)).await.unwrap_err().to_string();
    let again = make(&world.settings.database, &world.data(), &from, world.desk.now()).await.unwrap_err().to_string();
    std::fs::remove_file(data.join("algo")).unwrap();
    let file = std::fs::read_dir(from.join("files")).unwrap().next().unwrap().unwrap().path();
    let was = std::fs::read(&file).unwrap();
    let mut refused = Vec::new();
    std::fs::write(&file, "otra cosa").unwrap();
    refused.push(restore(&from, &data, &sqlite(&data)).await.unwrap_err().to_string());
    std::fs::remove_file(&file).unwrap();
    refused.push(restore(&from, &data, &sqlite(&data)).await.unwrap_err().to_string());
    std::fs::write(&file, was).unwrap();
    let sums = std::fs::read_to_string(from.join("SHA256SUMS")).unwrap();
    std::fs::write(from.join("SHA256SUMS"), sums.replace("files/", "files/../")).unwrap();
    refused.push(restore(&from, &data, &sqlite(&data)).await.unwrap_err().to_string());
    std::fs::write(from.join("SHA256SUMS"), &sums).unwrap();

    assert!(over.contains("is not empty") && again.contains("is not empty"), "{over} {again}");
    assert!(refused[0].contains("is not what was written"), "{refused:?}");
    assert!(refused[1].contains("cannot read"), "{refused:?}");
    assert!(refused[2].contains("SHA256SUMS, line 2"), "{refused:?}");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0, "something was left there");
    let apart = world.folder().join("aparte");
    std::fs::create_dir(&apart).unwrap();
    for end in ["", "-wal", "-shm", "-journal", ".partial"] {
        let old = apart.join(format!("recado.db{end}"));
        std::fs::write(&old, "mío").unwrap();
        restore(&from, &data, &sqlite(&apart)).await.unwrap_err();
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "mío", "{end}");
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0, "{end}: something was left there");
        std::fs::remove_file(&old).unwrap();
    }
    check(&from).await.unwrap();
    restore(&from, &data, &sqlite(&data)).await.unwrap();
}

#[tokio::test]
async fn a_backup_lies_in_a_folder_that_is_there_and_outside_of_what_it_is_of() {
    let world = World::empty().await;
    if world.is_on_a_server() {
        return;
    }
    let (data, link, missing) = (world.data(), world.beside("enlace"), world.beside("no/existe"));
    std::os::unix::fs::symlink(&data, &link).unwrap();
    let (url, now) = (&world.settings.database, world.desk.now());

    for (data, into) in [
        (&data, data.join("copia")),
        (&data, link.join("copia")),
        (&link, data.join("copia")),
        (&data, link.clone()),
        (&data, data.clone()),
    ] {
        let refused = make(url, data, &into, now).await.unwrap_err().to_string();
        assert!(refused.contains("lies in the data folder"), "{}: {refused}", into.display());
        assert!(!data.join("copia").exists() && !data.join("copia.partial").exists());
    }
    let nowhere = make(url, &data, &missing.join("copia"), now).await.unwrap_err().to_string();
    assert!(nowhere.contains(&format!("there is no folder {}", missing.display())), "{nowhere}");
    assert!(!world.beside("no").exists(), "it made what was missing");
    // Its name begins alike, and that is all.
    check(&world.backed_up("data-copia").await).await.unwrap();
}

#[tokio::test]
async fn a_row_that_names_a_file_elsewhere_takes_nothing_along() {
    let (world, chat) = World::with_conversation().await;
    if world.is_on_a_server() {
        return;
    }
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    world.breaks("update files set id = '../recado.key'").await;
    let into = world.beside("copia");

    let made = make(&world.settings.database, &world.data(), &into, world.desk.now()).await;

    assert!(made.unwrap_err().to_string().contains("not called as files are"));
    assert!(!into.exists());
}

#[tokio::test]
async fn a_file_without_bytes_is_named_and_stops_no_backup_and_no_move() {
    let (world, chat) = World::with_conversation().await;
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    world.sends("ana", &chat, "otra.txt", "adiós").await.unwrap();
    let kept = std::fs::read_dir(world.folder().join("files")).unwrap().map(|entry| entry.unwrap().path());
    let lost = kept.filter(|path| path.is_file()).min().unwrap();
    let name = vec![lost.file_name().unwrap().to_str().unwrap().to_owned()];
    std::fs::remove_file(&lost).unwrap();
    let now = world.desk.now();
    let (out, other) = (world.beside("fuera"), world.folder().join("otra"));

    let exported = desk::transfer::export(&world.settings.database, &world.data(), &out, true, now).await.unwrap();
    std::fs::create_dir(&other).unwrap();
    let imported = desk::transfer::import(&sqlite(&other), &other, &out, false).await.unwrap();

    assert_eq!((exported.files, exported.missing), (1, name.clone()));
    assert_eq!((imported.files, imported.missing, imported.after), (1, name.clone(), None));
    if world.is_on_a_server() {
        return;
    }
    let from = world.beside("copia");
    let copied = make(&world.settings.database, &world.data(), &from, now).await.unwrap();
    let checked = check(&from).await.unwrap();
    assert_eq!((copied.files, copied.missing), (1, name.clone()));
    assert_eq!((checked.files, checked.erased, checked.missing), (1, 0, name));
}

#[tokio::test]
async fn a_file_that_was_cut_is_named_and_stops_no_backup_and_no_move() {
    let (world, chat) = World::with_conversation().await;
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    world.sends("ana", &chat, "otra.txt", "adiós").await.unwrap();
    let kept = std::fs::read_dir(world.folder().join("files")).unwrap().map(|entry| entry.unwrap().path());
    let cut = kept.filter(|path| path.is_file()).min().unwrap();
    let name = vec![cut.file_name().unwrap().to_str().unwrap().to_owned()];
    std::fs::write(&cut, "ho").unwrap();
    let now = world.desk.now();
    let (out, other) = (world.beside("fuera"), world.folder().join("otra"));

    let exported = desk::transfer::export(&world.settings.database, &world.data(), &out, true, now).await.unwrap();
    std::fs::create_dir(&other).unwrap();
    let imported = desk::transfer::import(&sqlite(&other), &other, &out, false).await.unwrap();

    assert_eq!((exported.files, exported.missing.len(), exported.damaged), (2, 0, name.clone()));
    assert_eq!((imported.files, imported.missing.len(), imported.damaged), (2, 0, name.clone()));
    assert_eq!(std::fs::read_to_string(other.join("files").join(&name[0])).unwrap(), "ho");
    if world.is_on_a_server() {
        return;
    }
    let (from, back) = (world.beside("copia"), world.beside("vuelta"));
    let copied = make(&world.settings.database, &world.data(), &from, now).await.unwrap();
    let restored = restore(&from, &back, &sqlite(&back)).await.unwrap();
    assert_eq!((copied.files, copied.missing.len(), copied.damaged), (2, 0, name.clone()));
    assert_eq!((restored.files, restored.damaged), (2, name));
}

#[tokio::test]
async fn the_doctor_tries_the_key_on_what_is_sealed() {
    let world = World::empty().await;
    world.data();
    let path = world.folder().join("recado.key");
    std::fs::write(&path, "08".repeat(32)).unwrap();

    let found = look(&world.settings.database, world.folder(), world.desk.now()).await.unwrap();

    assert_eq!(ills(&found), ["seals"], "{found:?}");
}

#[tokio::test]
async fn a_backup_by_a_newer_program_is_left_alone() {
    let world = World::empty().await;
    if world.is_on_a_server() {
        return;
    }
    world.breaks("insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (9999, 'later', 1, x'00', 0)").await;
    let from = world.backed_up("copia").await;
    let data = world.folder().join("otra");

    let refused = restore(&from, &data, &sqlite(&data)).await.unwrap_err().to_string();

    assert!(refused.contains("newer program"), "{refused}");
    assert!(!data.exists());
}

#[tokio::test]
async fn a_server_of_postgresql_is_told_what_copies_it() {
    let world = World::empty().await;
    let into = world.beside("copia");

    let made = make("postgres://nobody@127.0.0.1:1/none", world.folder(), &into, world.desk.now()).await;

    assert!(made.unwrap_err().to_string().contains("pg_dump"));
    assert!(!into.exists());
}

#[tokio::test]
async fn the_doctor_finds_nothing_wrong_in_a_house_that_works_and_writes_nothing() {
    let (world, chat) = World::with_conversation().await;
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    world.does(INES, &chat, domain::Act::Close).await.unwrap();
    let before = world.count("select count(*) from settings").await;

    let found = world.looked().await;

    assert_eq!(ills(&found), Vec::<&str>::new(), "{found:?}");
    for what in ["disk", "key", "schema", "clock", "upgrade", "files", "audit log", "indicators"] {
        assert!(found.iter().any(|finding| finding.what == what), "{what}: {found:?}");
    }
    assert_eq!(world.count("select count(*) from settings").await, before);
}

/// As a database is between an upgrade's migrations and its first whole start.
#[tokio::test]
async fn the_doctor_says_where_sums_are_not_made_yet() {
    let (world, chat) = World::with_conversation().await;
    world.does(INES, &chat, domain::Act::Close).await.unwrap();
    world.breaks("update indicator_zone set zone = ''").await;

    let found = world.looked().await;

    let finding = found.iter().find(|finding| finding.what == "indicators").unwrap();
    assert!(finding.wrong.is_some() && finding.says.contains("not made yet"), "{found:?}");
}

#[tokio::test]
async fn the_doctor_names_each_thing_that_is_wrong_and_says_what_to_do() {
    let (world, chat) = World::with_conversation().await;
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    world.sends("ana", &chat, "otra.txt", "adiós").await.unwrap();
    world.does(INES, &chat, domain::Act::Close).await.unwrap();
    let files = world.folder().join("files");
    let mut kept: Vec<PathBuf> =
        std::fs::read_dir(&files).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    kept.sort();
    std::fs::remove_file(&kept[0]).unwrap();
    std::fs::write(&kept[1], "más largo que antes").unwrap();
    std::fs::write(files.join("0badc0de"), "de nadie").unwrap();
    world.breaks("update indicator_days set attended = attended + 1").await;
    world.breaks("update chat_facts set waiting_messages = 9").await;
    world.breaks("update audit_head set number = number + 1").await;
    world.breaks("insert into chores (name) values ('something')").await;
    std::fs::remove_file(world.data().join("recado.key")).unwrap();
    let early = domain::Time(world.desk.now().0 - Span::hours(1).0);

    let found = look(&world.settings.database, world.folder(), early).await.unwrap();

    assert_eq!(
        ills(&found),
        ["key", "clock", "upgrade", "files", "files", "files", "audit log", "indicators"],
        "{found:?}"
    );
    let says =
        |what: &str| found.iter().filter(|f| f.what == what).map(|f| f.says.as_str()).collect::<Vec<_>>().join("\n");
    assert!(says("files").contains("0badc0de"), "{found:?}");
    assert!(says("indicators").contains("sums of") && says("indicators").contains(&chat), "{found:?}");
    assert!(!world.folder().join("recado.key").exists(), "it made a key");
}

#[tokio::test]
async fn the_doctor_names_what_was_left_of_uploads_and_not_what_is_still_coming() {
    let (world, _) = World::with_conversation().await;
    let arriving = world.folder().join("files/arriving");
    let now = world.desk.now();
    let began = |name: &str, age: Span| {
        let file = std::fs::File::create(arriving.join(name)).unwrap();
        let at = u64::try_from(now.0 - age.0).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_millis(at)).unwrap();
    };
    began("c0m1ng", Span::hours(23));

    let coming = look(&world.settings.database, world.folder(), now).await.unwrap();
    began("1eft", Span::hours(25));
    let left = look(&world.settings.database, world.folder(), now).await.unwrap();

    let files = |found: &[Finding]| found.iter().find(|finding| finding.what == "files").cloned().unwrap();
    assert_eq!(files(&coming).wrong, None);
    assert!(files(&left).says.ends_with(": 1eft") && files(&left).wrong.is_some(), "{left:?}");
}

#[tokio::test]
async fn the_doctor_says_that_an_older_or_a_newer_program_has_been_there() {
    let world = World::empty().await;
    let old = world.count("select max(version) from _sqlx_migrations").await;
    world.breaks(&format!("update _sqlx_migrations set version = 9999 where version = {old}")).await;

    let newer = world.looked().await;
    world.breaks("delete from _sqlx_migrations where version = 9999").await;
    let older = world.looked().await;

    let schema = |found: &[Finding]| found.iter().find(|finding| finding.what == "schema").unwrap().says.clone();
    assert_eq!((ills(&newer), ills(&older)), (vec!["schema"], vec!["schema"]));
    assert!(schema(&newer).contains("newer") && schema(&newer).contains("9999"), "{newer:?}");
    assert!(schema(&older).contains("older") && schema(&older).contains(&old.to_string()), "{older:?}");
    assert_eq!(world.count("select count(*) from _sqlx_migrations where version >= 9999").await, 0);
}
