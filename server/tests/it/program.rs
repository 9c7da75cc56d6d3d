//! The program itself, as an operator meets it.

use crate::client::{get, post};
use crate::world::SMTP;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

fn recado(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_recado"));
    command.args(words).env_clear();
    command
}

pub fn run(words: &[&str]) -> Output {
    recado(words).output().unwrap()
}

pub type Lines = std::io::Lines<BufReader<std::process::ChildStdout>>;

/// Starts it, and reads what it prints until it is ready.
pub fn start(data: &Path, more: &[&str]) -> (Child, SocketAddr, Lines) {
    ready(spawn(data, more))
}

fn spawn(data: &Path, more: &[&str]) -> Child {
    let data = data.display().to_string();
    let words = [&["serve", "--data", &data, "--listen", "127.0.0.1:0"], more].concat();
    recado(&words).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn ready(mut child: Child) -> (Child, SocketAddr, Lines) {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.next().unwrap().unwrap();
    let at = ready.rsplit_once("http://").unwrap().1.parse().unwrap();
    (child, at, lines)
}

#[test]
fn help_names_every_setting_and_its_variable() {
    let help = String::from_utf8(run(&["serve", "--help"]).stdout).unwrap();

    for setting in [
        "data",
        "listen",
        "database",
        "url",
        "demo",
        "shop-listen",
        "trusted-proxy",
        "smtp",
        "mail-from",
        "session-idle",
        "session-life",
        "keep-addresses",
        "beside-another",
        "metrics",
        "otlp",
        "limits",
        "log",
        "log-format",
        "config",
    ] {
        assert!(help.contains(&format!("--{setting}")), "{setting}: {help}");
        assert!(help.contains(&format!("RECADO_{}", setting.to_uppercase().replace('-', "_"))), "{setting}: {help}");
    }
}

#[test]
fn a_wrong_setting_is_one_clear_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    for (words, named) in [
        (vec!["--listen", "nowhere"], "`listen`"),
        (vec!["--log", "a=b=c"], "`log`"),
        (vec!["--database", "sqlite:/nowhere/at/all.db"], "database"),
    ] {
        let output = run(&[&["serve", "--data", &data], &words[..]].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(said.contains(named) && said.trim().lines().count() == 1, "{said}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_kept_is_nobody_elses_business() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("made/by/recado");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;

    let (child, _, _) = start(&data, &[]);
    let modes = ["recado.db", "recado.db-wal", "recado.db-shm"].map(|file| mode(&data.join(file)));
    stop(child);
    std::fs::set_permissions(data.join("recado.db"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let refused = run(&["serve", "--data", &data.display().to_string()]);

    assert_eq!((mode(&data), modes), (0o700, [0o600; 3]));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("chmod 600"));
}

#[tokio::test]
async fn the_first_start_prints_a_link_that_makes_the_first_administrator_once() {
    let folder = tempfile::tempdir().unwrap();
    let begun = Instant::now();
    let (child, at, mut lines) = start(&folder.path().join("data"), &[]);
    let first = get("/health").send(at).await;
    println!("start to first 200: {:?} (debug build: {})", begun.elapsed(), cfg!(debug_assertions));
    let line = lines.next().unwrap().unwrap();
    let link = line.split_whitespace().last().unwrap();
    let path = format!("/{}", link.split_once("://").unwrap().1.split_once('/').unwrap().1);
    let form =
        |password| post(&path).own(at).form(&[("name", "Ana"), ("email", "ana@x.example"), ("password", password)]);

    let page = get(&path).send(at).await;
    let weak = form("12345678").send(at).await;
    let made = form("una clave bien larga").send(at).await;
    let again = form("una clave bien larga").send(at).await;

    assert_eq!((first.status.as_u16(), page.status.as_u16(), weak.status.as_u16()), (200, 200, 422));
    assert!(weak.text().contains("<input"), "{}", weak.text());
    assert_eq!(get("/").cookie(&made.session()).send(at).await.header("location"), "");
    assert_eq!(again.status, 410);
    assert_eq!(stop(child), Some(0));
}

/// Asks it to stop as a supervisor does; answers with its exit code.
pub fn stop(mut child: Child) -> Option<i32> {
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    child.wait().unwrap().code()
}

#[tokio::test]
async fn a_term_signal_stops_it_and_the_next_start_finds_everything_folded_in() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (child, at, _) = start(&data, &["--demo", "--shop-listen", "127.0.0.1:0"]);
    assert_eq!(get("/health").send(at).await.status, 200);

    let code = stop(child);

    assert_eq!(code, Some(0));
    let log = data.join("recado.db-wal");
    assert!(!log.exists() || log.metadata().unwrap().len() == 0, "the log was not folded into the database");
    let (child, at, _) = start(&data, &[]);
    assert_eq!(get("/health").send(at).await.status, 200);
    assert_eq!(stop(child), Some(0));
}

#[test]
fn who_starts_it_with_mail_and_without_its_address_is_told_who_is_mailed_a_link() {
    const ALL: &str = "nobody is mailed a link into the portal";
    const FAR: &str = "only who calls us by a name of this machine is mailed a link";
    for (more, told) in [
        (vec![], Some(FAR)),
        (vec!["--trusted-proxy", "10.0.0.0/8"], Some(ALL)),
        (vec!["--url", "https://chat.example.com"], None),
        (vec!["--demo", "--shop-listen", "127.0.0.1:0"], None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data").display().to_string();
        let basis = ["serve", "--data", &data, "--listen", "127.0.0.1:0"];
        let mut command = recado(&[&basis[..], &SMTP[..], &more[..]].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = child.stderr.take().unwrap();
        // Where it is found is its first line; it may be an address that is not here.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        lines.next().unwrap().unwrap();
        assert_eq!(stop(child), Some(0));
        let mut written = String::new();
        log.read_to_string(&mut written).unwrap();

        let said: Vec<&str> = [ALL, FAR].into_iter().filter(|what| written.contains(*what)).collect();

        assert_eq!(said, Vec::from_iter(told), "{more:?}: {written}");
    }
}

#[tokio::test]
async fn an_operator_is_told_once_that_people_come_by_another_address() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let mut command = recado(&["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = child.stderr.take().unwrap();
    let (child, at, _lines) = ready(child);
    let far = || post("/sign-in").header("host", "chat.example").header("sec-fetch-site", "same-origin");

    for _ in 0..3 {
        let form = [("email", "ana@x.example"), ("password", "una clave bien larga")];
        let answer = far().header("origin", "https://chat.example").form(&form).send(at).await;
        assert_eq!(answer.status, 403);
    }
    assert_eq!(stop(child), Some(0));
    let mut written = String::new();
    log.read_to_string(&mut written).unwrap();

    let warned: Vec<&str> = written.lines().filter(|line| line.contains("WARN") && line.contains("--url")).collect();
    assert_eq!(warned.len(), 1, "{written}");
    for said in ["https://chat.example", "http://chat.example", "--trusted-proxy"] {
        assert!(warned[0].contains(said), "{said}: {warned:?}");
    }
}

#[tokio::test]
async fn a_second_server_of_a_database_is_refused_unless_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (first, at, _) = start(&data, &[]);
    let database = format!("sqlite:{}", data.join("recado.db").display());
    let other = folder.path().join("other").display().to_string();

    // Wherever it keeps the rest.
    let refused = run(&["serve", "--data", &other, "--database", &database, "--listen", "127.0.0.1:0"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(said.contains("--beside-another") && said.trim().lines().count() == 1, "{said}");
    assert_eq!(get("/health").send(at).await.status, 200);

    let (beside, there, _) = start(&data, &["--beside-another"]);
    assert_eq!(get("/health").send(there).await.status, 200);
    assert_eq!((stop(beside), stop(first)), (Some(0), Some(0)));
}

#[tokio::test]
async fn who_takes_the_place_of_a_server_waits_until_it_has_left() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (first, _, _) = start(&data, &[]);

    // The next one stands before what the first holds.
    let mut next = spawn(&data, &[]);
    let until = Instant::now() + std::time::Duration::from_secs(20);
    while cfg!(target_os = "linux") && !has_open(&next, "recado.db-serving") {
        assert_eq!(next.try_wait().unwrap(), None, "it waits");
        assert!(Instant::now() < until, "it never asked");
        std::thread::yield_now();
    }
    let left = stop(first);
    let (next, at, _) = ready(next);

    assert_eq!(left, Some(0));
    assert_eq!(get("/health").send(at).await.status, 200);
    assert_eq!(stop(next), Some(0));
}

/// Has this process a file open whose name ends so?
fn has_open(child: &Child, name: &str) -> bool {
    let Ok(open) = std::fs::read_dir(format!("/proc/{}/fd", child.id())) else { return false };
    open.flatten().any(|fd| std::fs::read_link(fd.path()).is_ok_and(|file| file.display().to_string().ends_with(name)))
}
