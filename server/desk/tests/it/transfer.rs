//! Everything goes out and comes into another deployment: the same there as it was here, or nothing.

use crate::world::*;
use desk::alone::Alone;
use desk::indicators::{Named, show};
use desk::transfer::{export, import};
use desk::vault::Vault;
use desk::{Desk, Settings, Step};
use domain::indicators::Period;
use domain::ticket::Change;
use domain::{Act, Span, Status};
use sqlx::{AnyPool, AssertSqlSafe, Executor, Row};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Another deployment, with nothing in it.
struct Elsewhere {
    data: PathBuf,
    database: String,
}

impl Elsewhere {
    fn sqlite(world: &World, name: &str) -> Elsewhere {
        let data = world.folder().join(name);
        std::fs::create_dir(&data).unwrap();
        Elsewhere { database: format!("sqlite:{}", data.join("recado.db").display()), data }
    }

    async fn count(&self, sql: &str) -> i64 {
        let pool = AnyPool::connect(&self.database).await.unwrap();
        let count = pool.fetch_one(AssertSqlSafe(sql.to_owned())).await.unwrap().try_get(0).unwrap();
        pool.close().await;
        count
    }

    /// What everybody counts, in numbers.
    async fn numbers(&self, now: domain::Time) -> String {
        numbers(&self.database, now).await
    }

    async fn does(&self, sql: &'static str) {
        let pool = AnyPool::connect(&self.database).await.unwrap();
        pool.execute(sql).await.unwrap();
        pool.close().await;
    }

    async fn takes(&self, from: &Path) -> desk::transfer::Imported {
        import(&self.database, &self.data, from, false).await.unwrap()
    }

    /// The program is ended when all bytes are there and no row is.
    async fn breaks_off(&self, from: &Path) {
        let has_bytes = || [self.data.join("files"), self.data.join("files/arriving")].iter().any(|at| has_files(at));
        let until_it_has = async {
            while !has_bytes() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            done = import(&self.database, &self.data, from, false) => drop(done.unwrap()),
            () = until_it_has => {}
        }
        // What it had open is let go of in its own time.
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while !self.is_free().await {
            assert!(std::time::Instant::now() < until, "the database was not let go of");
            tokio::task::yield_now().await;
        }
    }

    async fn is_free(&self) -> bool {
        let Ok(pool) = AnyPool::connect(&self.database).await else { return false };
        let is_free = pool.execute("select count(*) from agents").await.is_ok();
        pool.close().await;
        is_free
    }

    async fn refuses(&self, from: &Path) -> String {
        import(&self.database, &self.data, from, false).await.unwrap_err().to_string()
    }
}

async fn numbers(database: &str, now: domain::Time) -> String {
    let report = show(database, Period::ThisMonth, &Named { begun: true, ..Named::default() }, now).await.unwrap();
    format!("{report:?}")
}

fn has_files(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|entries| entries.flatten().any(|entry| entry.path().is_file()))
}

/// The key that the world's vault is of.
pub fn put_key(data: &Path) {
    let path = data.join("recado.key");
    std::fs::write(&path, "07".repeat(32)).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
}

/// Chats, tickets, files and messages of every kind.
async fn a_busy_house() -> World {
    let (mut world, chat) = World::with_conversation().await;
    put_key(world.folder());
    world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    world.says("ana", &chat, "¿Y la «lámpara»? \"dos\"\nlíneas").await;
    world.wait(Span::secs(60)).await;
    world.says(INES, &chat, "Aquí").await;
    world.does(INES, &chat, Act::Aside { whisper: false, text: "una nota".into() }).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let changes = vec![Change::Status(Status::Resolved), Change::Tags(vec!["rotura".into()])];
    world.changes(INES, &ticket, changes).await.unwrap();
    let gone = world.starts("bruno", "returns").await;
    world.says("bruno", &gone, "me voy").await;
    world.wait(Span::secs(40)).await;
    world.does("bruno", &gone, Act::Close).await.unwrap();
    world.starts("carla", "returns").await;
    for email in [INES, TOMAS, LUCIA, MARTA] {
        world.leaves(email).await;
    }
    world.wait(Span::secs(60)).await;
    world.desk.leave_message(&token("dora"), &world.message("dora", "¿Abren?")).await.unwrap();
    for asked in [
        "insert into api_once (token_id, key, request, created_at, answer) values ('t', 'k', 'r', 1, '{\"number\":1}')",
        "insert into api_done (act, at) values ('a', 1)",
    ] {
        world.look().await.execute(asked).await.unwrap();
    }
    world
}

fn file(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap()
}

/// The names of all nouns, but for the log: an export and an import are written down in it.
fn nouns(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter_map(|name| name.strip_suffix(".jsonl").map(str::to_owned)).collect();
    names.retain(|name| !name.starts_with("audit"));
    names.sort();
    names
}

#[tokio::test]
async fn nothing_comes_in_beside_a_server() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let mut targets = vec![Elsewhere::sqlite(&world, "otra")];
    if let Ok(server) = std::env::var("RECADO_TEST_POSTGRES") {
        let data = world.folder().join("tercera");
        std::fs::create_dir(&data).unwrap();
        targets.push(Elsewhere { data, database: postgres(&server).await });
    }
    for other in targets {
        let serving = Alone::hold(&other.database).await.unwrap().unwrap();

        let refused = other.refuses(&out).await;
        serving.let_go().await;
        let imported = other.takes(&out).await;
        let free = Alone::hold(&other.database).await.unwrap();

        assert!(refused.contains("stop it first"), "{refused}");
        assert!(imported.lines > 0 && imported.after.is_none(), "{imported:?}");
        assert!(free.is_some(), "the lock was kept");
    }
}

#[tokio::test]
async fn what_goes_out_is_the_same_where_it_comes_in_whichever_databases_these_are() {
    let world = a_busy_house().await;
    let now = world.desk.now();
    let out = world.beside("fuera");
    let exported = export(&world.settings.database, world.folder(), &out, true, now).await.unwrap();
    let before = numbers(&world.settings.database, now).await;
    let mut targets = vec![Elsewhere::sqlite(&world, "otra")];
    if let Ok(server) = std::env::var("RECADO_TEST_POSTGRES") {
        for name in ["tercera", "cuarta"] {
            let data = world.folder().join(name);
            std::fs::create_dir(&data).unwrap();
            targets.push(Elsewhere { data, database: postgres(&server).await });
        }
    }

    let mut from = out.clone();
    for (n, target) in targets.iter().enumerate() {
        let imported = target.takes(&from).await;
        let again = world.folder().join(format!("fuera-{n}"));
        export(&target.database, &target.data, &again, true, now).await.unwrap();

        assert_eq!((imported.files, imported.left.len()), (exported.files, 0));
        assert_eq!(target.numbers(now).await, before);
        assert!(before.contains("Figures"), "{before}");
        let names = nouns(&out);
        assert!(names.len() > 30 && nouns(&again) == names, "{names:?}");
        for name in names {
            assert_eq!(file(&again, &name), file(&out, &name), "{name} on {}", target.database);
        }
        assert!(file(&again, "audit").starts_with(&file(&out, "audit")));
        from = again;
    }

    let other = &targets[0];
    for table in ["api_once", "api_done"] {
        assert_eq!(other.count(&format!("select count(*) from {table}")).await, 1, "it would be done twice: {table}");
    }
    let settings = Settings {
        database: other.database.clone(),
        files: other.data.join("files"),
        vault: Vault::in_folder(&other.data).unwrap(),
        ..world.settings.clone()
    };
    let desk = Desk::open(settings).await.unwrap();
    assert!(matches!(desk.sign_in(INES, PASSWORD, &here()).await.unwrap(), Step::Session(_)));
    assert_eq!(
        desk.visitor(&world.token("ana")).await.unwrap(),
        world.desk.visitor(&world.token("ana")).await.unwrap()
    );
    let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while other.count("select count(*) from tickets_to_index").await > 0 {
        assert!(std::time::Instant::now() < until, "the words of tickets were not made");
        tokio::task::yield_now().await;
    }
    assert!(other.count("select count(*) from ticket_addresses").await > 0, "no words of tickets were made");
    desk.stop().await;
    let found = desk::doctor::look(&other.database, &other.data, now).await.unwrap();
    let ills: Vec<_> = found.iter().filter(|finding| finding.wrong.is_some()).collect();
    assert!(ills.is_empty(), "{ills:?}");
}

#[tokio::test]
async fn every_table_goes_along_or_somebody_has_decided_that_it_stays() {
    let world = World::empty().await;
    put_key(world.folder());
    let pool = world.look().await;
    pool.execute("create table surprises (id text primary key)").await.unwrap();

    let out = world.beside("fuera");
    let refused = export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await;

    assert!(refused.unwrap_err().to_string().contains("surprises"));
    assert!(!out.exists());
}

#[tokio::test]
async fn nothing_comes_in_where_something_is() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");
    other.takes(&out).await;

    let twice = other.refuses(&out).await;
    let third = Elsewhere::sqlite(&world, "tercera");
    std::fs::create_dir(third.data.join("files")).unwrap();
    std::fs::write(third.data.join("files/0badc0de"), "mío").unwrap();
    let files = third.refuses(&out).await;

    assert!(twice.contains("already"), "{twice}");
    assert!(files.contains("files"), "{files}");
    assert_eq!(std::fs::read_to_string(third.data.join("files/0badc0de")).unwrap(), "mío");
}

#[tokio::test]
async fn a_line_that_is_wrong_is_named_and_nothing_is_imported() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");
    let whole: Vec<(String, String)> = nouns(&out).into_iter().map(|name| (name.clone(), file(&out, &name))).collect();
    let of = |noun: &str| whole.iter().find(|(name, _)| name == noun).unwrap().1.clone();
    let line = |noun: &str, n: usize, change: &dyn Fn(&str) -> String| {
        let lines = of(noun);
        let lines: Vec<String> =
            lines.lines().enumerate().map(|(i, l)| if i + 1 == n { change(l) } else { l.to_owned() }).collect();
        lines.join("\n") + "\n"
    };
    let cases: Vec<(&str, String, &str)> = vec![
        ("events", line("events", 2, &|l| l.replace("\"seq\":2", "\"seq\":\"dos\"")), "events.jsonl, line 2: `seq`"),
        ("events", line("events", 2, &|_| "{".into()), "events.jsonl, line 2: it is not an object"),
        ("events", line("events", 2, &|l| l.replace("\"at\":", "\"when\":")), "events.jsonl, line 2: `at` is missing"),
        (
            "events",
            line("events", 3, &|l| {
                l.replace("{\"act\"", "{\"more\":1,\"act\"").replace("{\"chat_id\"", "{\"more\":1,\"chat_id\"")
            }),
            "events.jsonl, line 3: `more` is not known",
        ),
        (
            "events",
            line("events", 2, &|l| l.replace("\"body\":{", "\"body\":{\"Nothing\":{},")),
            "events.jsonl, line 2: `body`",
        ),
        ("events", of("events").lines().skip(1).collect::<Vec<_>>().join("\n") + "\n", "lines"),
        (
            "files",
            line("files", 1, &|l| l.replace("\"id\":\"", "\"id\":\"../../")),
            "files.jsonl, line 1: `id` is not as files are called",
        ),
        (
            "chats",
            line("chats", 1, &|l| l.replace("\"group_id\":\"returns\"", "\"group_id\":\"nowhere\"")),
            "chats.jsonl, line 1: it names something",
        ),
        (
            "chats",
            line("chats", 2, &|_| of("chats").lines().next().unwrap().to_owned()),
            "chats.jsonl, line 2: it is there twice",
        ),
        (
            "tickets",
            line("tickets", 1, &|l| l.replace("\"via\":\"OnlineChat\"", "\"via\":\"Pigeon\"")),
            "tickets.jsonl, line 1",
        ),
    ];

    for (noun, text, says) in cases {
        assert_ne!(text, of(noun), "nothing was broken: {says}");
        std::fs::write(out.join(format!("{noun}.jsonl")), &text).unwrap();
        resum(&out);
        let refused = other.refuses(&out).await;
        assert!(refused.contains(says), "{says}: {refused}");
        assert_eq!(other.count("select count(*) from agents").await, 0, "{says}");
        assert!(!other.data.join("recado.key").exists(), "{says}");
        std::fs::write(out.join(format!("{noun}.jsonl")), of(noun)).unwrap();
    }
    std::fs::write(out.join("agents.jsonl"), of("agents").replace("Inés", "Otra")).unwrap();
    let hash = other.refuses(&out).await;
    assert!(hash.contains("agents.jsonl is not what was written"), "{hash}");
    std::fs::write(out.join("agents.jsonl"), of("agents")).unwrap();
    resum(&out);
    other.takes(&out).await;
}

/// Writes the hashes anew, as who changes an export by hand would.
fn resum(folder: &Path) {
    let sums = std::process::Command::new("sh")
        .args(["-c", "sha256sum $(cut -c67- SHA256SUMS) > sums && mv sums SHA256SUMS"])
        .current_dir(folder)
        .status()
        .unwrap();
    assert!(sums.success());
}

#[tokio::test]
async fn secrets_that_the_key_does_not_open_are_left_only_when_that_is_said() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, false, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");

    let refused = other.refuses(&out).await;
    let taken = import(&other.database, &other.data, &out, true).await.unwrap();
    let third = Elsewhere::sqlite(&world, "tercera");
    put_key(&third.data);
    let with_key = third.takes(&out).await;

    assert!(!out.join("recado.key").exists());
    assert!(refused.contains("--leave-secrets"), "{refused}");
    assert!(taken.left.iter().all(|left| left.starts_with("a key with which a site signs")), "{taken:?}");
    assert_eq!(taken.left.len(), 1);
    assert_eq!(other.count("select count(*) from identity_keys").await, 0);
    assert_eq!(third.count("select count(*) from identity_keys").await, 1);
    assert_eq!(with_key.left.len(), 0);
}

#[tokio::test]
async fn an_import_that_broke_off_is_in_the_way_of_no_other() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    let exported = export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    // On a busy machine one may be done before it can be broken off.
    let mut n = 0;
    let other = loop {
        let other = Elsewhere::sqlite(&world, &format!("otra-{n}"));
        other.breaks_off(&out).await;
        if other.count("select count(*) from agents").await == 0 {
            break other;
        }
        n += 1;
        assert!(n < 20, "none was broken off");
    };

    let imported = other.takes(&out).await;

    assert_eq!((imported.files, imported.after), (exported.files, None));
    assert!(has_files(&other.data.join("files")) && !has_files(&other.data.join("files/arriving")));
    assert!(!other.data.join("recado.key.partial").exists());
}

#[tokio::test]
async fn nothing_is_exported_into_what_it_is_an_export_of() {
    let world = World::empty().await;
    let export =
        async |into: &Path| export(&world.settings.database, world.folder(), into, true, world.desk.now()).await;

    let inside = export(&world.folder().join("fuera")).await.unwrap_err().to_string();
    let nowhere = export(&world.beside("nada").join("fuera")).await.unwrap_err().to_string();

    assert!(inside.contains("lies in the data folder"), "{inside}");
    assert!(nowhere.contains("there is no folder"), "{nowhere}");
    assert!(!world.folder().join("fuera").exists() && !world.beside("nada").exists());
}

/// A server that was started once has made one, with which nothing is sealed.
#[tokio::test]
async fn a_key_that_comes_along_takes_the_place_of_one_that_opens_nothing() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");
    let settings = Settings {
        database: other.database.clone(),
        files: other.data.join("files"),
        vault: Vault::in_folder(&other.data).unwrap(),
        ..world.settings.clone()
    };
    Desk::open(settings).await.unwrap().stop().await;

    let imported = other.takes(&out).await;

    assert_eq!(imported.left.len(), 0);
    assert_eq!(std::fs::read_to_string(other.data.join("recado.key")).unwrap(), "07".repeat(32));
    let found = desk::doctor::look(&other.database, &other.data, world.desk.now()).await.unwrap();
    assert!(found.iter().any(|finding| finding.what == "seals" && finding.wrong.is_none()), "{found:?}");
}

#[tokio::test]
async fn a_key_of_before_is_lost_neither_by_an_import_nor_by_one_that_fails() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");
    let (key, old) = (other.data.join("recado.key"), other.data.join("recado.key.before"));
    Vault::in_folder(&other.data).unwrap();
    let mine = std::fs::read_to_string(&key).unwrap();
    // All is well until the transaction ends.
    desk::make_as_of(&other.database, i64::MAX).await.unwrap();
    for sql in [
        "create table there (id text primary key)",
        "create table odd (id text references there (id) deferrable initially deferred)",
        "create trigger oddly after insert on audit begin insert into odd values ('x'); end",
    ] {
        other.does(sql).await;
    }

    let refused = other.refuses(&out).await;
    let left = (std::fs::read_to_string(&key).unwrap(), old.exists(), has_files(&other.data.join("files/arriving")));
    other.does("drop trigger oddly").await;
    let imported = other.takes(&out).await;

    assert!(refused.contains("FOREIGN KEY"), "{refused}");
    assert_eq!(left, (mine.clone(), false, false));
    assert_eq!(imported.old_key.as_ref(), Some(&old));
    assert_eq!(std::fs::read_to_string(&old).unwrap(), mine);
    assert_eq!(std::fs::read_to_string(&key).unwrap(), "07".repeat(32));
}

#[tokio::test]
async fn no_house_loses_its_key_to_another_that_comes_into_its_folder() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let house = Elsewhere::sqlite(&world, "otra");
    desk::make_as_of(&house.database, i64::MAX).await.unwrap();
    Vault::in_folder(&house.data).unwrap();
    let key = std::fs::read_to_string(house.data.join("recado.key")).unwrap();
    let second = format!("sqlite:{}", house.data.join("segunda.db").display());
    let guest = Elsewhere { data: house.data.clone(), database: second };

    let refused = guest.refuses(&out).await;
    std::fs::write(house.data.join("recado.key.before"), "").unwrap();
    let full = house.refuses(&out).await;

    assert!(refused.contains("is another key, and that of"), "{refused}");
    assert!(full.contains("recado.key.before is there already"), "{full}");
    assert_eq!(std::fs::read_to_string(house.data.join("recado.key")).unwrap(), key);
    assert!(!house.data.join("segunda.db").exists());
}

/// Who is not root can give nobody anything: whatever is his stays so.
#[cfg(unix)]
#[tokio::test]
async fn what_root_imports_belongs_to_whom_the_folder_belongs() {
    use std::os::unix::fs::{MetadataExt, chown};
    const SERVICE: u32 = 65_532;
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");
    let is_root = chown(&other.data, Some(SERVICE), Some(SERVICE)).is_ok();
    let owner = std::fs::metadata(&other.data).unwrap().uid();
    assert_eq!(owner == SERVICE, is_root);
    // Another takes its place.
    std::fs::write(other.data.join("recado.key"), "08".repeat(32)).unwrap();

    other.takes(&out).await;

    let files = std::fs::read_dir(other.data.join("files")).unwrap().map(|entry| entry.unwrap().path());
    let named = ["recado.db", "recado.db-serving", "recado.key", "files"].map(|name| other.data.join(name));
    let all: Vec<PathBuf> = named.into_iter().chain(files).collect();
    assert!(all.len() > 5, "{all:?}");
    for path in all {
        assert_eq!(std::fs::metadata(&path).unwrap().uid(), owner, "{}", path.display());
    }
}

/// Who is not root can give nobody anything: there is nothing to see then.
#[cfg(unix)]
#[tokio::test]
async fn a_refused_import_hands_over_no_database_that_it_did_not_make() {
    use std::os::unix::fs::{MetadataExt, chown};
    const SERVICE: u32 = 65_532;
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, false, world.desk.now()).await.unwrap();
    let (new, old) = (Elsewhere::sqlite(&world, "otra"), Elsewhere::sqlite(&world, "tercera"));
    desk::make_as_of(&old.database, i64::MAX).await.unwrap();
    let before = std::fs::metadata(old.data.join("recado.db")).unwrap().uid();
    for data in [&new.data, &old.data] {
        let _ = chown(data, Some(SERVICE), Some(SERVICE));
    }

    for other in [&new, &old] {
        assert!(other.refuses(&out).await.contains("--leave-secrets"));
    }

    let uid = |path: PathBuf| std::fs::metadata(path).unwrap().uid();
    assert_eq!(uid(new.data.join("recado.db")), uid(new.data.clone()));
    assert_eq!(uid(old.data.join("recado.db")), before);
}

#[tokio::test]
async fn all_lines_that_are_wrong_are_named_at_once() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");
    let chats = file(&out, "chats");
    let chats = chats.lines().enumerate().map(|(n, line)| match n {
        0 => line.replacen("\"group_id\":\"returns\"", "\"group_id\":\"nowhere\"", 1),
        1 => line.replacen("\"waiting_messages\":", "\"waiting\":", 1),
        _ => line.to_owned(),
    });
    let chats = chats.collect::<Vec<_>>().join("\n") + "\n";
    let events = file(&out, "events").replacen("\"at\":", "\"at\":-", 1);
    std::fs::write(out.join("chats.jsonl"), chats).unwrap();
    std::fs::write(out.join("events.jsonl"), events).unwrap();
    resum(&out);

    let refused = other.refuses(&out).await;

    assert_eq!(
        refused,
        "3 things are wrong:\nchats.jsonl, line 1: it names something that is not there\n\
         chats.jsonl, line 2: `waiting_messages` is missing\nevents.jsonl, line 1: `at` is before 1970"
    );
    assert_eq!(other.count("select count(*) from agents").await, 0);
}

#[tokio::test]
async fn what_no_line_says_by_itself_is_found_and_named_by_its_id() {
    let world = a_busy_house().await;
    let out = world.beside("fuera");
    export(&world.settings.database, world.folder(), &out, true, world.desk.now()).await.unwrap();
    let other = Elsewhere::sqlite(&world, "otra");
    // As many as there should be, and the last is not the last: {"chat_id":"…","aside":0,"seq":2, …
    let events = file(&out, "events");
    let chat = events.split('"').nth(3).unwrap().to_owned();
    let its = format!("{{\"chat_id\":\"{chat}\",\"aside\":0,\"seq\":");
    let last = events.matches(&its).count();
    let gap = events.replacen(&format!("{its}{last},"), &format!("{its}{},", last + 1), 1);
    let customer = |noun: &str| file(&out, noun).replacen("\"customer_id\":\"", "\"customer_id\":\"no", 1);
    let id = |noun: &str| file(&out, noun).split('"').nth(3).unwrap().to_owned();
    let cases = [
        ("events", gap, format!("chats.jsonl, {chat}: its log in events.jsonl is not whole")),
        ("chats", customer("chats"), format!("chats.jsonl, {}: its customer is not there", id("chats"))),
        ("tickets", customer("tickets"), format!("tickets.jsonl, {}: its customer is not there", id("tickets"))),
    ];

    for (noun, text, says) in cases {
        let whole = file(&out, noun);
        assert_ne!(text, whole, "nothing was broken: {says}");
        std::fs::write(out.join(format!("{noun}.jsonl")), &text).unwrap();
        resum(&out);
        assert_eq!(other.refuses(&out).await, says);
        std::fs::write(out.join(format!("{noun}.jsonl")), whole).unwrap();
    }
}
