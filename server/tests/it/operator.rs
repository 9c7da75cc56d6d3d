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

const DEMO: [&str; 3] = ["--demo", "--shop-listen", "127.0.0.1:0"];

#[tokio::test]
async fn a_backup_of_a_running_server_is_served_where_it_was_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("data"), folder.path().join("other"));
    let (child, _, _lines) = start(&data, &DEMO);

    let made = done(&data, &["backup", &path(folder.path(), "copy")]);
    let again = refused(&data, &["backup", &path(folder.path(), "copy")]);
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
    assert!(looked.lines().all(|line| line.starts_with("good ")), "{looked}");
    assert_eq!(health.status, 200);
    assert!(ill.contains("WRONG  key") && ill.contains("One thing is wrong."), "{ill}");
}
