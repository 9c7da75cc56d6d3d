//! Files: kept before they are told, once, and found again after whatever happens.

use crate::world::{INES, TOMAS, World, refusal};
use desk::Error;
use desk::file::{Announced, Begun};
use desk::vault::Vault;
use domain::file::{FILE_LIMIT, PASS};
use domain::wire::Down;
use domain::{Act, Event, File, FileKind, Refusal, Span, Told};
use sqlx::{AssertSqlSafe, Executor, Row};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt;

impl World {
    pub fn files(&self) -> PathBuf {
        self.folder().join("files")
    }

    pub async fn sends(&self, who: &str, chat: &str, name: &str, text: &str) -> Result<Vec<Told>, Error> {
        self.sends_again(&self.id(), who, chat, name, text).await
    }

    async fn sends_again(&self, id: &str, who: &str, chat: &str, name: &str, text: &str) -> Result<Vec<Told>, Error> {
        let said = Announced { id: id.into(), name: name.into(), declared: "text/plain".into(), size: None };
        match self.desk.begin_file(&self.caller(who).await, chat, &said).await? {
            Begun::Told(told) => Ok(told),
            Begun::Arriving(mut arriving) => {
                arriving.write(text.as_bytes()).await?;
                arriving.finish().await
            }
        }
    }

    /// Returns when so many files lie there that are not known to be kept.
    async fn until_arriving(&self, count: usize) {
        let until = Instant::now() + Duration::from_secs(20);
        while std::fs::read_dir(self.files().join("arriving")).unwrap().count() != count {
            assert!(Instant::now() < until, "it never came to be");
            tokio::task::yield_now().await;
        }
    }

    /// The same, however many minutes it takes.
    async fn until_arriving_later(&self, count: usize) {
        let until = Instant::now() + Duration::from_secs(20);
        while std::fs::read_dir(self.files().join("arriving")).unwrap().count() != count {
            assert!(Instant::now() < until, "it never came to be");
            self.clock.advance(Span::minutes(1));
            self.settle().await;
        }
    }

    async fn reads(&self, file: &File, pass: &str) -> Result<String, Error> {
        let mut opened = self.desk.open_file(&file.id, pass, None).await?;
        let mut text = String::new();
        opened.body.read_to_string(&mut text).await.unwrap();
        Ok(text)
    }
}

fn file(told: &[Told]) -> File {
    match &told[0].event {
        Event::Attached { file, .. } => file.clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_file_is_kept_with_its_row_and_told_to_both_sides() {
    let (mut world, chat) = World::with_conversation().await;

    let told = world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();

    let file = file(&told);
    assert_eq!((file.name.as_str(), file.kind, file.size), ("nota.txt", FileKind::Txt, 4));
    for who in ["ana", INES] {
        let heard = world.hears_next(who, |down| match down {
            Down::Told(told) if matches!(told.event, Event::Attached { .. }) => Some(told.clone()),
            _ => None,
        });
        assert_eq!(heard.await, told[0]);
    }
    assert_eq!(world.count("select count(*) from files where agent_id is null and size = 4").await, 1);
    let pass = world.desk.pass(&world.caller("ana").await, None, &chat).await.unwrap();
    assert_eq!(world.reads(&file, &pass).await.unwrap(), "hola");
    let card = world.chat(&chat).await;
    assert_eq!((card.last_words.as_str(), card.files), ("nota.txt", 1));
}

#[tokio::test]
async fn a_file_while_waiting_makes_a_ticket_as_a_message_does() {
    let (world, chat) = World::with_waiting_customer().await;
    world.sends("ana", &chat, "factura.txt", "hola").await.unwrap();

    world.does("ana", &chat, Act::Close).await.unwrap();

    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn a_repeated_file_is_answered_with_the_first() {
    let (world, chat) = World::with_conversation().await;
    let id = world.id();

    let first = world.sends_again(&id, "ana", &chat, "nota.txt", "hola").await.unwrap();
    let second = world.sends_again(&id, "ana", &chat, "nota.txt", "otra cosa").await.unwrap();

    assert_eq!(first, second);
    assert_eq!(world.count("select count(*) from files").await, 1);
}

#[tokio::test]
async fn the_byte_too_many_ends_it() {
    let (world, chat) = World::with_conversation().await;
    let said = Announced { id: world.id(), name: "a.txt".into(), declared: String::new(), size: None };
    let Begun::Arriving(mut arriving) = world.desk.begin_file(&world.caller("ana").await, &chat, &said).await.unwrap()
    else {
        panic!("it has not come before")
    };

    for _ in 0..FILE_LIMIT / 65_536 {
        arriving.write(&[b'a'; 65_536]).await.unwrap();
    }

    assert_eq!(refusal(arriving.write(b"a").await), Refusal::TooBig { limit: FILE_LIMIT });
    drop(arriving);
    assert_eq!(std::fs::read_dir(world.files().join("arriving")).unwrap().count(), 0);
}

#[tokio::test]
async fn who_may_not_write_may_not_attach_nor_look() {
    let (world, chat) = World::with_conversation().await;
    let tomas = world.caller(TOMAS).await;

    assert_eq!(refusal(world.sends(TOMAS, &chat, "a.txt", "x").await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.pass(&tomas, Some("session"), &chat).await), Refusal::NotYours);
    world.does("ana", &chat, Act::Close).await.unwrap();
    assert_eq!(refusal(world.sends("ana", &chat, "a.txt", "x").await), Refusal::Ended);
}

#[tokio::test]
async fn a_pass_outlives_a_restart_and_not_its_time() {
    let (mut world, chat) = World::with_conversation().await;
    let file = file(&world.sends("ana", &chat, "nota.txt", "hola").await.unwrap());
    let pass = world.desk.pass(&world.caller("ana").await, None, &chat).await.unwrap();

    world.restart(Span(0)).await;

    assert_eq!(world.reads(&file, &pass).await.unwrap(), "hola");
    world.clock.advance(PASS);
    assert_eq!(refusal(world.reads(&file, &pass).await), Refusal::LinkExpired);
}

/// His pictures do not break, and what he was sending is not lost, because his site says who he is.
#[tokio::test]
async fn a_pass_and_a_file_on_its_way_outlive_his_becoming_somebody() {
    let (world, chat) = World::with_conversation().await;
    let ana = world.caller("ana").await;
    let sent = file(&world.sends("ana", &chat, "nota.txt", "hola").await.unwrap());
    let pass = world.desk.pass(&ana, None, &chat).await.unwrap();
    let said = Announced { id: world.id(), name: "otra.txt".into(), declared: String::new(), size: None };
    let Begun::Arriving(mut arriving) = world.desk.begin_file(&ana, &chat, &said).await.unwrap() else {
        panic!("it has not come before")
    };
    arriving.write(b"hola ").await.unwrap();

    world.identifies("ana", "u1").await.unwrap();

    assert_eq!(world.reads(&sent, &pass).await.unwrap(), "hola");
    arriving.write(b"otra vez").await.unwrap();
    let other = file(&arriving.finish().await.unwrap());
    assert_eq!(world.reads(&other, &pass).await.unwrap(), "hola otra vez");
    assert!(world.chat(&chat).await.verified);
}

#[tokio::test]
async fn a_file_on_its_way_goes_to_nobody_elses_conversation() {
    let (mut world, chat) = World::with_conversation().await;
    let theirs = world.starts("eva", "returns").await;
    let file = file(&world.sends("eva", &theirs, "nota.txt", "de Eva").await.unwrap());
    let said = Announced { id: world.id(), name: "a.txt".into(), declared: String::new(), size: None };

    let begun = world.desk.begin_file(&world.caller("ana").await, &theirs, &said).await;
    let pass = world.desk.pass(&world.caller("ana").await, None, &chat).await.unwrap();

    assert_eq!(begun.err().map(|why| refusal::<()>(Err(why))), Some(Refusal::NotYours));
    assert_eq!(refusal(world.reads(&file, &pass).await), Refusal::NotYours);
}

/// R32 of quality.md: a crash leaves files behind; a start knows which of them were kept.
#[tokio::test]
async fn a_start_finishes_what_was_kept_and_removes_the_rest() {
    let (mut world, chat) = World::with_conversation().await;
    let file = file(&world.sends("ana", &chat, "nota.txt", "hola").await.unwrap());
    let pass = world.desk.pass(&world.caller("ana").await, None, &chat).await.unwrap();
    let (files, arriving) = (world.files(), world.files().join("arriving"));
    std::fs::rename(files.join(&file.id), arriving.join(&file.id)).unwrap();
    std::fs::write(arriving.join("0".repeat(32)), "half of something").unwrap();
    assert_eq!(world.reads(&file, &pass).await.unwrap(), "hola", "until then it is found where it is");

    world.restart(Span(0)).await;

    assert_eq!(std::fs::read_dir(arriving).unwrap().count(), 0);
    assert!(files.join(&file.id).is_file());
    assert_eq!(world.reads(&file, &pass).await.unwrap(), "hola");
}

#[tokio::test]
async fn tries_that_break_leave_nothing_once_it_is_known_what_was_kept() {
    let (world, chat) = World::with_conversation().await;
    let (id, ana) = (world.id(), world.caller("ana").await);
    let renames = async |from: &str, to: &str| {
        world.look().await.execute(AssertSqlSafe(format!("alter table {from} rename to {to}"))).await.unwrap();
    };
    let mut tries = Vec::new();
    for _ in 0..3 {
        let said = Announced { id: id.clone(), name: "nota.txt".into(), declared: String::new(), size: None };
        let begun = world.desk.begin_file(&ana, &chat, &said).await.unwrap();
        let Begun::Arriving(mut arriving) = begun else { panic!("it has not come before") };
        arriving.write(b"hola").await.unwrap();
        tries.push(arriving);
    }

    renames("events", "elsewhere").await;
    for arriving in tries {
        assert!(matches!(arriving.finish().await, Err(Error::Broken(_))));
    }
    renames("elsewhere", "events").await;
    world.settle().await;
    world.until_arriving(3).await;
    // Nobody can look now, and it is tried again.
    renames("files", "elsewhere").await;
    world.clock.advance(Span::minutes(1));
    world.settle().await;
    renames("elsewhere", "files").await;
    let told = world.sends_again(&id, "ana", &chat, "nota.txt", "hola").await.unwrap();

    world.until_arriving_later(0).await;
    let pass = world.desk.pass(&world.caller("ana").await, None, &chat).await.unwrap();
    assert_eq!(world.reads(&file(&told), &pass).await.unwrap(), "hola");
}

#[tokio::test]
async fn a_copy_of_the_database_writes_no_passes() {
    let (mut world, chat) = World::with_conversation().await;
    let told = world.sends("ana", &chat, "nota.txt", "hola").await.unwrap();
    let pass = world.desk.pass(&world.caller("ana").await, None, &chat).await.unwrap();
    let key = "select value from settings where name = 'pass-key'";
    let kept: String = world.look().await.fetch_one(key).await.unwrap().get(0);

    world.restart(Span(0)).await;
    assert_eq!(world.reads(&file(&told), &pass).await.unwrap(), "hola", "the key is the one that was kept");

    world.settings.vault = Vault::of([8; 32]).unwrap();
    world.restart(Span(0)).await;
    assert_eq!(refusal(world.reads(&file(&told), &pass).await), Refusal::NotYours);
    let replaced: String = world.look().await.fetch_one(key).await.unwrap().get(0);
    assert_ne!(kept, replaced, "what no vault of ours opens is of no use");
}

#[tokio::test]
async fn an_application_without_files_takes_none() {
    let mut world = World::open().await;
    world.look().await.execute("update applications set setup = '{\"files\":false}'").await.unwrap();
    let chat = world.starts("ana", "returns").await;

    assert_eq!(refusal(world.sends("ana", &chat, "nota.txt", "hola").await), Refusal::NoFiles);
}

#[tokio::test]
async fn documents_are_taken_where_the_application_says_so() {
    let mut world = World::open().await;
    let more = "update applications set setup = '{\"documents\":true}'";
    world.look().await.execute(more).await.unwrap();
    let chat = world.starts("ana", "returns").await;
    let said = |id| Announced { id, name: "a.pdf".into(), declared: "application/pdf".into(), size: None };

    let begun = world.desk.begin_file(&world.caller("ana").await, &chat, &said(world.id())).await.unwrap();

    let Begun::Arriving(mut arriving) = begun else { panic!("it has not come before") };
    arriving.write(b"%PDF-1.7\n").await.unwrap();
    assert_eq!(file(&arriving.finish().await.unwrap()).kind, FileKind::Pdf);
}
