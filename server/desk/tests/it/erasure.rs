//! A person is erased: nothing that he was or said is anywhere, and no number changes (S82); and before
//! that he takes all of it with him (S83).

use crate::post::{Post, Says};
use crate::ticket_list::numbers as numbers_of;
use crate::world::{INES, LUCIA, MARTA, World, here, refusal};
use desk::Error;
use desk::mail::Mail;
use domain::customer::Deed;
use domain::identity::Attribute;
use domain::rating::Score;
use domain::ticket::Change;
use domain::ticket_list::{Filter, Wanted};
use domain::trigger::{Action, Condition, Trigger, What, When, Whom};
use domain::{Act, Refusal, Span, Status, Ticket, TicketAct};
use serde_json::Value;
use sqlx::{Executor, Row};
use std::path::Path;

/// In everything that is said of her, and in nothing else.
pub const WORD: &str = "zanahoria";

pub fn said(what: &str) -> String {
    format!("{what} {WORD} {what}")
}

/// She wrote, was answered, sent a file, rated, asked for a mail, left a message; then her site named her.
async fn with_past(post: &Post) -> World {
    let mut world = World::with_post(post).await;
    let chat = world.starts(WORD, "returns").await;
    world.says(WORD, &chat, &said("mi pedido")).await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let described =
        Act::Describe { attributes: vec![Attribute { key: "cart".into(), value: WORD.into(), signed: false }] };
    world.does(WORD, &chat, described).await.unwrap();
    world.says(INES, &chat, &said("hola")).await;
    for whisper in [true, false] {
        world.does(INES, &chat, Act::Aside { whisper, text: said("ojo") }).await.unwrap();
    }
    world.sends(WORD, &chat, &format!("{WORD}.txt"), &said("adjunto")).await.unwrap();
    // Kept again and again: what the database wrote over before is gone too.
    for n in 0..40 {
        world.says(WORD, &chat, &format!("{} {n}", said(&"muy largo ".repeat(n)))).await;
    }
    world.clock.advance(Span::minutes(3));
    world.does(WORD, &chat, Act::Close).await.unwrap();
    world.does(WORD, &chat, Act::Rate { score: Score::Stars(2), comment: said("regular") }).await.unwrap();
    // What triggers tell of her waits to be sent, and stands in her ticket.
    let reply = Action::Mail { to: Whom::Customer, subject: "{{subject}}".into(), text: "Hola, {{customer}}".into() };
    let actions = vec![reply, Action::Webhook { url: "http://127.0.0.1:1/".into() }];
    let all = vec![Condition { what: What::Base(Status::Resolved), is: true }];
    let trigger =
        Trigger { id: world.id(), name: "Aviso".into(), on: true, when: When::Begins, all, any: vec![], actions };
    world.desk.save_trigger(world.session(MARTA), &world.id(), trigger, None, &here()).await.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    for status in [Status::InAttendance, Status::Resolved] {
        let order = Change::Field { id: "order".into(), value: WORD.into() };
        let changes = vec![Change::Subject(said("pedido")), Change::Status(status), order];
        does(&world, &ticket, TicketAct::Save { changes, note: said("nota") }).await;
    }
    does(&world, &ticket, TicketAct::Reply { text: said("respuesta") }).await;
    let mail = Mail { id: "mail-of-the-erased-one".into(), subject: said("copia"), text: said("todo") };
    let visitor = world.desk.visitor(&world.token(WORD)).await.unwrap();
    world.desk.mail(&visitor, &chat, &mail).await.unwrap();
    world.desk.leave_message(&world.token(WORD), &world.message(WORD, &said("mensaje"))).await.unwrap();
    // An agent puts words of hers to a ticket of another's.
    let other = world.opens_ticket(INES, "returns", "De otro").await;
    does(&world, &other, TicketAct::Link { number: ticket.number }).await;
    let message = ids(&world, "select id from tickets where via = 'OfflineMessage'").await.remove(0);
    let message = world.desk.ticket(world.agent(INES), &message).await.unwrap();
    does(&world, &message, TicketAct::Merge { number: other.number }).await;
    world.identifies(WORD, WORD).await.unwrap();
    world.talks(WORD, "returns", INES, &said("otra vez")).await;
    world.talks("bruno", "returns", INES, "Soy otro.").await;
    world.until_indexed().await;
    assert_eq!(found(&world).await, 4);
    assert_eq!(world.count("select count(*) from webhooks where body <> ''").await, 1);
    world
}

pub async fn does(world: &World, ticket: &Ticket, act: TicketAct) {
    world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &act).await.unwrap();
}

async fn ids(world: &World, sql: &'static str) -> Vec<String> {
    world.look().await.fetch_all(sql).await.unwrap().iter().map(|row| row.try_get(0).unwrap()).collect()
}

/// How many tickets are found by her word.
pub async fn found(world: &World) -> usize {
    let filter = Filter { words: WORD.into(), status: Wanted::Any, ..Filter::default() };
    numbers_of(world, MARTA, &filter).await.len()
}

/// Does anything in this folder hold the word?
pub fn holds(folder: &Path, word: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(holds(&path, word));
        } else if std::fs::read(&path).unwrap().windows(word.len()).any(|part| part == word.as_bytes()) {
            all.push(path.display().to_string());
        }
    }
    all
}

/// Every text of every table, as one.
pub async fn everything(world: &World) -> String {
    let pool = world.look().await;
    let mut all = String::new();
    for sql in [
        "select id || name || email || attributes from customers",
        "select application_id || subject || customer_id from identities",
        "select state from chats",
        "select body from events",
        "select state from tickets",
        "select body from ticket_events",
        "select recipient || subject || body from mails",
        "select name from files",
        "select reason from customer_deeds",
        "select body from webhooks",
    ] {
        for row in pool.fetch_all(sql).await.unwrap() {
            all.push_str(row.try_get(0).unwrap());
            all.push('\n');
        }
    }
    all
}

/// What the indicators are made of.
pub async fn numbers(world: &World) -> Vec<String> {
    let pool = world.look().await;
    let mut all = Vec::new();
    for (sql, columns) in [
        (
            "select id, number, application_id, group_id, requested_group_id, origin, customer_id, stage, end_reason, queued_at, \
          attended_at, attended_by, first_reply_at, disconnected_at, ended_at, waiting_messages, seq, aside_seq from chats order by id",
            18,
        ),
        (
            "select id, number, chat_id, group_id, application_id, customer_id, owner_id, status, first_status, created_at, changed_at, \
          saved_at, seq from tickets order by id",
            13,
        ),
        ("select chat_id, aside, seq, after_seq, at, act from events order by chat_id, aside, seq", 6),
        ("select ticket_id, seq, at, act from ticket_events order by ticket_id, seq", 4),
        ("select id, verified, created_at from customers order by id", 3),
    ] {
        for row in pool.fetch_all(sql).await.unwrap() {
            let cell = |n| match row.try_get::<Option<i64>, _>(n) {
                Ok(number) => format!("{number:?}"),
                Err(_) => row.try_get::<Option<String>, _>(n).unwrap().unwrap_or("none".into()),
            };
            all.push((0..columns).map(cell).collect::<Vec<_>>().join(" "));
        }
    }
    all
}

#[tokio::test]
async fn who_is_erased_is_in_no_table_and_no_file_and_every_number_stays() {
    let post = Post::open([]).await;
    let mut world = with_past(&post).await;
    let id = world.customer_of(WORD).await;
    let before = numbers(&world).await;
    assert!(everything(&world).await.contains(WORD));
    assert_eq!(world.count("select count(*) from files").await, 1);

    world.desk.erase_customer(world.agent(MARTA), &id, &here()).await.unwrap();

    let left = everything(&world).await;
    assert!(!left.contains(WORD), "{left}");
    assert!(!left.contains("ana@correo.example\n") && left.contains("Soy otro."));
    assert_eq!(numbers(&world).await, before);
    assert_eq!(world.count("select count(*) from files").await, 0);
    assert_eq!(world.count("select count(*) from erased_files").await, 0);
    let files = std::fs::read_dir(world.files()).unwrap().filter(|e| e.as_ref().unwrap().path().is_file());
    assert_eq!(files.count(), 0);
    assert_eq!(found(&world).await, 0, "before her tickets are indexed again, too");
    // Nor in pages that the database has given up, nor in its log.
    assert_eq!(holds(world.folder(), WORD), Vec::<String>::new());
    assert_eq!(holds(world.folder(), "zanahori"), Vec::<String>::new());
    world.until_indexed().await;
    assert_eq!(found(&world).await, 0);
    let seen = world.desk.customer(world.agent(INES), &id).await.unwrap();
    assert!(seen.erased && seen.name.is_empty() && seen.email.is_empty() && seen.known_as.is_empty());
    assert_eq!((seen.deeds[0].deed, seen.deeds[0].by.as_ref().unwrap().name.as_str()), (Deed::Erased, "Marta Ortiz"));
    // Nothing comes back from what anybody knew by heart.
    let visitor = world.desk.visitor(&world.token(WORD)).await;
    assert_eq!(refusal(visitor), Refusal::SignedOut);
    world.restart(Span::hours(1)).await;
    assert!(!everything(&world).await.contains(WORD));
    let rows = world.desk.tickets_of_customer(world.agent(INES), &id, None).await.unwrap();
    assert!(rows.len() == 3 && rows.iter().all(|row| row.subject == domain::erasure::ERASED), "{rows:?}");
}

#[tokio::test]
async fn whose_conversation_runs_is_not_erased_until_it_is_over() {
    let (world, chat) = World::with_conversation().await;
    let id = world.customer_of("ana").await;

    assert_eq!(refusal(world.desk.erase_customer(world.agent(MARTA), &id, &here()).await), Refusal::StillRunning);
    assert_eq!(world.chat(&chat).await.customer.name, "ana");
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.desk.erase_customer(world.agent(MARTA), &id, &here()).await.unwrap();

    assert_eq!(world.chat(&chat).await.customer.name, "");
}

/// Asked by two at once, and again after a stop in between.
#[tokio::test]
async fn who_is_erased_is_erased_once_and_asked_again_what_is_left_of_it_is_done() {
    let mut world = World::open().await;
    world.talks("ana", "returns", INES, "Hola.").await;
    let (id, marta) = (world.customer_of("ana").await, world.agent(MARTA).clone());
    let erase = async || world.desk.erase_customer(&marta, &id, &here()).await.unwrap();
    tokio::join!(erase(), erase());
    let seen = world.desk.customer(&marta, &id).await.unwrap();
    world.look().await.execute("insert into erased_files (id) values ('left')").await.unwrap();

    erase().await;

    assert_eq!(world.count("select count(*) from erased_files").await, 0);
    assert_eq!(world.desk.customer(&marta, &id).await.unwrap(), seen);
    assert_eq!(seen.deeds.len(), 1);
    assert_eq!(world.count("select count(*) from audit where kind = 'erased'").await, 1);
}

#[tokio::test]
async fn what_agents_say_among_themselves_about_her_ticket_is_gone_too() {
    let mut world = World::open().await;
    let chat = world.talks("ana", "returns", INES, "La lámpara.").await;
    let id = world.customer_of("ana").await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let changes = vec![Change::Subject(said("pedido")), Change::Status(Status::Resolved)];
    does(&world, &ticket, TicketAct::Save { changes, note: String::new() }).await;
    let inner = world.id();
    world.begins(INES, &ticket.id, &inner).await.unwrap();
    world.says(INES, &inner, &said("entre nosotros")).await;

    let running = refusal(world.desk.erase_customer(world.agent(MARTA), &id, &here()).await);
    world.does(INES, &inner, Act::Close).await.unwrap();
    world.desk.erase_customer(world.agent(MARTA), &id, &here()).await.unwrap();

    assert_eq!(running, Refusal::StillRunning);
    let left = everything(&world).await;
    assert!(!left.contains(WORD) && left.contains("AgentAgent"), "{left}");
}

/// They were spoken while another's ticket took hers in, and belong to that one.
#[tokio::test]
async fn what_they_say_of_her_ticket_is_gone_from_the_one_that_took_it_in() {
    let mut world = World::open().await;
    let chat = world.talks("ana", "returns", INES, "La lámpara.").await;
    let hers = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let changes = vec![Change::Subject(said("pedido")), Change::Status(Status::InAttendance)];
    does(&world, &hers, TicketAct::Save { changes, note: String::new() }).await;
    let bruno = world.talks("bruno", "returns", INES, "Soy otro.").await;
    let his = world.desk.ticket_of_chat(world.agent(INES), &bruno).await.unwrap().unwrap();
    does(&world, &his, TicketAct::Save { changes: vec![Change::Status(Status::InAttendance)], note: String::new() })
        .await;
    let inner = world.id();
    world.begins(INES, &hers.id, &inner).await.unwrap();
    world.says(INES, &inner, &said("entre nosotros")).await;
    does(&world, &hers, TicketAct::Merge { number: his.number }).await;
    world.does(INES, &inner, Act::Close).await.unwrap();
    world.until_indexed().await;
    let (ana, bruno) = (world.customer_of("ana").await, world.customer_of("bruno").await);
    let taken = world.desk.export_customer(world.agent(MARTA), &bruno, &here()).await.unwrap();
    assert!(!taken.contains(WORD), "what was said of hers is not his: {taken}");
    assert!(world.desk.export_customer(world.agent(MARTA), &ana, &here()).await.unwrap().contains("entre nosotros"));

    world.desk.erase_customer(world.agent(MARTA), &ana, &here()).await.unwrap();

    let left = everything(&world).await;
    assert!(!left.contains(WORD) && left.contains("Soy otro."), "{left}");
    assert_eq!(found(&world).await, 0);
}

#[tokio::test]
async fn what_a_stop_left_undone_of_it_is_done_at_the_next_start() {
    let mut world = World::open().await;
    if world.is_on_a_server() {
        return;
    }
    world.desk.stop().await;
    let pool = world.look().await;
    for sql in [
        "insert into ticket_index (rowid, words) values (900001, 'zanahoria')",
        "delete from ticket_index where rowid = 900001",
        "insert into chores (name) values ('rewrite the index of tickets')",
    ] {
        pool.execute(sql).await.unwrap();
    }
    pool.close().await;
    assert_ne!(holds(world.folder(), WORD), Vec::<String>::new());

    world.restart(Span(0)).await;

    world.until("select count(*) from chores", 0).await;
    world.desk.stop().await;
    assert_eq!(holds(world.folder(), WORD), Vec::<String>::new());
}

#[tokio::test]
async fn a_letter_to_her_that_waits_for_its_turn_is_not_sent() {
    let mut post = Post::open([Says::Busy, Says::Busy, Says::Holds]).await;
    let mut world = World::with_post(&post).await;
    let write = async |world: &World, who: &str, chat: &str, text: &str| {
        let mail = Mail { id: world.id(), subject: "Copia".into(), text: text.into() };
        let visitor = world.desk.visitor(&world.token(who)).await.unwrap();
        world.desk.mail(&visitor, chat, &mail).await.unwrap();
    };
    let his = world.talks("bruno", "returns", INES, "Soy otro.").await;
    let hers = world.talks("ana", "returns", INES, "Hola.").await;
    write(&world, "bruno", &his, "para Bruno").await;
    post.refused().await;
    write(&world, "ana", &hers, "para Ana").await;
    post.refused().await;
    let ana = world.customer_of("ana").await;
    world.until("select count(*) from mails where tries = 1", 2).await;
    world.clock.advance(Span::minutes(1));
    post.called().await;

    world.desk.erase_customer(world.agent(MARTA), &ana, &here()).await.unwrap();
    post.goes_on();
    let first = post.taken().await;
    write(&world, "bruno", &his, "otra vez para Bruno").await;

    assert_eq!((first.text(), post.letter().await.text()), ("para Bruno".into(), "otra vez para Bruno".into()));
}

/// Its words are in the hands of who wraps it up, and in the keeper's memory.
#[tokio::test]
async fn the_ticket_that_waits_to_be_saved_has_lost_his_words_too() {
    let (mut world, chat) = World::with_conversation().await;
    world.says("ana", &chat, &said("mi pedido")).await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let id = world.customer_of("ana").await;

    world.desk.erase_customer(world.agent(MARTA), &id, &here()).await.unwrap();
    world.leaves(INES).await;
    world.wait(Span::minutes(1)).await;

    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert!(ticket.is_saved());
    assert!(!everything(&world).await.contains(WORD));
}

#[tokio::test]
async fn whoever_comes_back_after_it_is_somebody_new() {
    let mut world = World::open().await;
    world.talks("ana", "returns", INES, "Hola.").await;
    let id = world.customer_of("ana").await;
    world.desk.erase_customer(world.agent(MARTA), &id, &here()).await.unwrap();

    let chat = world.starts("ana", "returns").await;
    world.says("ana", &chat, "Otra vez yo.").await;

    assert_ne!(world.customer_of("ana").await, id);
    assert_eq!(world.screen("ana", &chat).await.chat.unwrap().customer.name, "ana");
}

/// On the command line, beside a server that runs and knows her by heart.
#[tokio::test]
async fn erased_beside_a_server_that_runs_she_is_gone_there_as_well() {
    let mut world = World::open().await;
    let old = world.talks("ana", "returns", INES, &said("mi pedido")).await;
    let id = world.customer_of("ana").await;

    let erase = || desk::customer::erase_in(&world.settings.database, &world.settings.files, &id, world.desk.now());
    erase().await.unwrap();
    let chat = world.starts("ana", "returns").await;
    world.says("ana", &chat, "Otra vez yo.").await;

    assert!(!everything(&world).await.contains(WORD));
    assert!(matches!(
        world.desk.events(&world.caller("ana").await, &old, 0, 0).await,
        Err(Error::Refused(Refusal::NotYours))
    ));
    let nobody = desk::customer::erase_in(&world.settings.database, &world.settings.files, "nobody", world.desk.now());
    assert_eq!(refusal(nobody.await), Refusal::NotYours);
}

#[tokio::test]
async fn what_is_kept_about_somebody_is_one_file_for_him() {
    let post = Post::open([]).await;
    let world = with_past(&post).await;
    let id = world.customer_of(WORD).await;

    let all = world.desk.export_customer(world.agent(MARTA), &id, &here()).await.unwrap();

    let all: Value = serde_json::from_str(&all).unwrap();
    let text = all.to_string();
    for said in
        ["mi pedido", "ojo", "regular", "nota", "respuesta", "copia", "mensaje", "otra vez", "zanahoria@shop.example"]
    {
        assert!(text.contains(said), "{said}");
    }
    assert!(!text.contains("Soy otro.") && !text.contains("token"));
    let chat = &all["chats"][0];
    assert_eq!(chat["files"][0]["name"], format!("{WORD}.txt"));
    assert_eq!(chat["files"][0]["size"], said("adjunto").len());
    assert_eq!((all["chats"].as_array().unwrap().len(), all["tickets"].as_array().unwrap().len()), (2, 3));
    assert_eq!(all["customer"].as_array().unwrap().len(), 2, "before and after her site named her");
    let seen = world.desk.customer(world.agent(LUCIA), &id).await;
    assert_eq!(refusal(seen), Refusal::NotYours);
    let seen = world.desk.customer(world.agent(INES), &id).await.unwrap();
    assert_eq!(seen.deeds[0].deed, Deed::Exported);
}

#[tokio::test]
async fn ten_thousand_messages_are_taken_along_and_erased_within_a_minute() {
    let mut world = World::open().await;
    let chat = world.talks("ana", "returns", INES, "Hola.").await;
    let (id, at) = (world.customer_of("ana").await, world.desk.now().0);
    let many = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < 10000) insert into events \
         (chat_id, aside, seq, after_seq, at, act, body) select '{chat}', 0, 100 + i, 100 + i, {at}, 'act-' || i, \
         '{{\"Posted\":{{\"by\":null,\"text\":\"{WORD} ' || i || '\"}}}}' from n"
    );
    world.look().await.execute(sqlx::AssertSqlSafe(many)).await.unwrap();
    let start = std::time::Instant::now();

    let all = world.desk.export_customer(world.agent(MARTA), &id, &here()).await.unwrap();
    let taken = start.elapsed();
    world.desk.erase_customer(world.agent(MARTA), &id, &here()).await.unwrap();

    println!("10,000 messages: taken along in {taken:?}, erased in {:?}", start.elapsed() - taken);
    assert_eq!(all.matches(WORD).count(), 10_000);
    assert!(start.elapsed().as_secs() < 60);
    assert!(!everything(&world).await.contains(WORD));
}
