//! What an operator does with everything at once: copies it, puts it back, looks at it, takes it elsewhere.

use crate::client::get;
use crate::program::{run, start, stop};
use std::path::Path;
use std::process::Output;

/// `recado …` on this data folder: whether it was done, and what it printed.
fn does(data: &Path, words: &[&str]) -> (bool, String) {
    let data = data.display().to_string();
    let Output { status, stdout, stderr } = run(&[words, &["--data", &data]].concat());
    let said = [stdout, stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    (status.success(), said)
}

fn done(data: &Path, words: &[&str]) -> String {
    let (done, said) = does(data, words);
    assert!(done, "{words:?}: {said}");
    said
}

fn refused(data: &Path, words: &[&str]) -> String {
    let (done, said) = does(data, words);
    assert!(!done, "{words:?}: {said}");
    said
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).display().to_string()
}

/// `--data` of none of these: a folder that is not there, a file, a folder of something else, one in which something else
/// is called as ours, and one where that is empty.
#[test]
fn whoever_names_a_wrong_place_is_told_which_it_was_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let [nowhere, file, empty, other, blank] =
        ["nowhere", "file", "empty", "other", "blank"].map(|name| folder.path().join(name));
    let [settings, out] = ["settings.json", "out"].map(|name| path(folder.path(), name));
    let (settings, out) = (settings.as_str(), out.as_str());
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/import.example.jsonl");
    std::fs::write(settings, "{}").unwrap();
    std::fs::write(&file, "").unwrap();
    std::fs::create_dir(&empty).unwrap();
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("recado.db"), "This has never been a database.").unwrap();
    std::fs::create_dir(&blank).unwrap();
    std::fs::write(blank.join("recado.db"), "").unwrap();

    for words in [
        &["application", "show", "--key", "pk"][..],
        &["application", "set", "--key", "pk", settings],
        &["group", "show", "--group", "returns"],
        &["group", "set", "--group", "returns", settings],
        &["parameters", "show"],
        &["parameters", "set", settings],
        &["identity", "list", "--key", "pk"],
        &["identity", "add", "--key", "pk"],
        &["identity", "revoke", "--key", "pk", "kid"],
        &["person", "export", "ana"],
        &["person", "erase", "ana"],
        &["trigger", "list"],
        &["agent", "list"],
        &["agent", "rights", "ines@casa.example", "--system", "on"],
        &["agent", "password", "ines@casa.example"],
        &["audit", "list"],
        &["audit", "verify"],
        &["indicators", "show"],
        &["indicators", "rebuild"],
        &["backup", out],
        &["export", out],
        &["import-history", example],
        &["import-history", "--dry-run", example],
        &["doctor"],
        &["token", "list"],
        &["token", "make", "ERP", "--scope", "tickets:read"],
        &["token", "revoke", "0123"],
    ] {
        for data in [&nowhere, &file, &empty, &other, &blank] {
            let said = refused(data, words);
            let here = data.display().to_string();
            let names = [here.as_str(), "--data or RECADO_DATA"];
            assert!(names.iter().all(|name| said.contains(name)), "{words:?}: {said}");
            // Where something else is a server would not start either; a folder it makes for its data, and for no
            // database: what asks for that alone does not speak of it.
            let is_free = ![&file, &other].contains(&data);
            assert!(data == &nowhere || said.contains("recado serve") == is_free, "{words:?}: {said}");
            assert!(words == ["doctor"] || said.trim().lines().count() == 1, "{words:?}: {said}");
            assert!(!said.contains("from database"), "SQLite says it: {words:?}: {said}");
        }
    }

    assert!(!nowhere.exists() && !Path::new(out).exists());
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0, "something was made there");
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1, "something was made there");
    assert_eq!(std::fs::read_dir(&blank).unwrap().count(), 1, "something was made there");
    assert_eq!(blank.join("recado.db").metadata().unwrap().len(), 0, "something was made in it");
}

/// The folder of `--data` is not there.
#[test]
fn what_needs_the_database_alone_asks_for_no_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (data, nowhere) = (folder.path().join("data"), folder.path().join("nowhere"));
    let (child, _, _lines) = start(&data, &DEMO);
    stop(child);
    let database = format!("sqlite:{}", path(&data, "recado.db"));
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/import.example.jsonl");

    for words in [
        &["agent", "list"][..],
        &["audit", "verify"],
        &["token", "list"],
        &["token", "make", "ERP", "--scope", "tickets:read"],
        &["identity", "list", "--key", desk::demo::SHOP_KEY],
        &["application", "show", "--key", desk::demo::SHOP_KEY],
        &["group", "show", "--group", "Devoluciones y garantías"],
        &["parameters", "show"],
        &["trigger", "list"],
        &["indicators", "show"],
        &["import-history", example],
    ] {
        done(&nowhere, &[words, &["--database", &database]].concat());
    }
    let backup = refused(&nowhere, &["backup", &path(folder.path(), "copy"), "--database", &database]);

    assert!(backup.contains("there is no folder"), "{backup}");
    assert!(!nowhere.exists());
}

const DEMO: [&str; 3] = ["--demo", "--shop-listen", "127.0.0.1:0"];

#[tokio::test]
async fn a_backup_of_a_running_server_is_served_where_it_was_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let (child, _, _lines) = start(&data, &DEMO);

    let made = done(&data, &["backup", &path(folder.path(), "copy")]);
    let again = refused(&data, &["backup", &path(folder.path(), "copy")]);
    let inside = refused(&data, &["backup", &path(&data, "copy")]);
    let nowhere = refused(&data, &["backup", &path(folder.path(), "not/there/copy")]);
    let looked = done(&data, &["doctor"]);
    stop(child);
    let checked = done(&data, &["restore", "--check", &path(folder.path(), "copy")]);
    let over = refused(&data, &["restore", &path(folder.path(), "copy")]);
    done(&other, &["restore", &path(folder.path(), "copy")]);
    let (child, at, _lines) = start(&other, &[]);
    let health = get("/health").send(at).await;
    stop(child);
    std::fs::remove_file(other.join("recado.key")).unwrap();
    let ill = refused(&other, &["doctor"]);

    assert!(made.contains("is a backup") && checked.contains("is whole"), "{made} {checked}");
    assert!(again.contains("is not empty") && over.contains("is not empty"), "{again} {over}");
    assert!(inside.contains("lies in the data folder"), "{inside}");
    assert!(nowhere.contains(&format!("there is no folder {}", path(folder.path(), "not/there"))), "{nowhere}");
    assert!(!data.join("copy").exists() && !folder.path().join("not").exists());
    assert!(looked.lines().all(|line| line.starts_with("good ")), "{looked}");
    assert_eq!(health.status, 200);
    assert!(ill.contains("WRONG  key") && ill.contains("One thing is wrong."), "{ill}");
}

#[tokio::test]
async fn everything_goes_elsewhere_and_counts_the_same_there() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let out = path(folder.path(), "out");
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/import.example.jsonl");
    let (child, _, _lines) = start(&data, &DEMO);

    let running = refused(&data, &["import-history", example]);
    stop(child);
    let tried = done(&data, &["import-history", "--dry-run", example]);
    let imported = done(&data, &["import-history", example]);
    let twice = refused(&data, &["import-history", example]);
    done(&data, &["export", "--with-key", &out]);
    done(&other, &["import", &out]);
    let full = refused(&data, &["import", &out]);
    let all = ["indicators", "show", "--from", "2000-01-01", "--to", "2100-01-01", "--json"];
    let (here, there) = (done(&data, &all), done(&other, &all));
    let looked = done(&other, &["doctor"]);
    let (child, at, _lines) = start(&other, &[]);
    let health = get("/health").send(at).await;
    stop(child);

    assert!(running.contains("stop the server"), "{running}");
    assert!(tried.contains("3 chats and 1 offline messages could be imported"), "{tried}");
    assert!(imported.contains("3 chats and 1 offline messages are imported"), "{imported}");
    assert!(twice.contains("line 1, id: it was imported before") && twice.contains("Nothing was imported."), "{twice}");
    assert!(full.contains("Nothing was imported"), "{full}");
    assert_eq!(here, there);
    assert!(here.contains("\"attended\": 2") && here.contains("\"requests\": 3"), "{here}");
    assert!(!looked.contains("WRONG"), "{looked}");
    assert_eq!(health.status, 200);
}

#[tokio::test]
async fn a_backup_is_put_back_where_a_server_was_and_not_where_one_is() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (child, _, _lines) = start(&data, &DEMO);
    done(&data, &["backup", &path(folder.path(), "copy")]);
    let beside = refused(&data, &["restore", &path(folder.path(), "copy")]);
    stop(child);
    for entry in std::fs::read_dir(&data).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => std::fs::remove_dir_all(entry.path()).unwrap(),
            false if entry.file_name() == "recado.db-serving" => {}
            false => std::fs::remove_file(entry.path()).unwrap(),
        }
    }

    done(&data, &["restore", &path(folder.path(), "copy")]);

    let (child, at, _lines) = start(&data, &[]);
    let health = get("/health").send(at).await;
    stop(child);
    assert!(beside.contains("stop it first"), "{beside}");
    assert_eq!(health.status, 200);
}
