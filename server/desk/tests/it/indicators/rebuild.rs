//! What is counted wrong, or was not counted at all, is made anew from the log: by who asks, and after an upgrade.

use super::*;
use domain::group::Named;
use domain::identity::Related;
use domain::ticket::{Birth, Via};
use domain::{Chat, Event, Face};

#[tokio::test]
async fn a_rebuild_finds_what_is_wrong_and_puts_it_right() {
    let (world, chat) = World::with_conversation().await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.saves(INES, &chat, Status::Resolved).await.unwrap();
    world.desk.leave_message(&world.token("eva"), &world.message("eva", "¿Hola?")).await.ok();
    let before = world.figures().await;
    let rebuild = async || desk::indicators::rebuild(&world.settings.database).await.unwrap();
    let healthy = rebuild().await;

    for sql in [
        "update chat_facts set attended_at = attended_at + 7000",
        "update indicator_days set attended = attended + 1",
        "update indicator_agents set attended = attended + 1",
    ] {
        world.look().await.execute(sql).await.unwrap();
    }
    let wrong = world.figures().await;
    let sick = rebuild().await;

    assert_eq!((healthy.chats, healthy.differences), (1, Vec::<String>::new()));
    assert_ne!(wrong, before);
    assert_eq!(sick.differences.len(), 3, "{:?}", sick.differences);
    assert_eq!(world.figures().await, before);
    assert!(rebuild().await.differences.is_empty());
}

#[tokio::test]
async fn a_rebuild_looks_into_the_days_of_agents() {
    let mut world = World::open().await;
    shared(&mut world).await;
    let rebuild = async || desk::indicators::rebuild(&world.settings.database).await.unwrap().differences;
    assert_eq!(rebuild().await, Vec::<String>::new());

    for sql in [
        "update indicator_agents set teams = ''",
        "update chat_facts set several = 1 - several",
        "update indicator_agents set parts = replace(parts, 'shop', 'catalogue')",
        "update indicator_agents set talk_longest = 0",
        "insert into indicator_agents select 'nobody', day + 5000, group_id, queued, requests, attended, unanswered, \
         resolved, unresolved, cancelled, unsaved, deserted, with_message, removed, lost, offline, talks, talk_total, \
         waits, wait_total, desertion_total, replies, reply_total, talk_longest, wait_longest, desertion_longest, parts, \
         teams from indicator_agents limit 1",
    ] {
        world.look().await.execute(sql).await.unwrap();
        assert!(!rebuild().await.is_empty(), "{sql}");
        assert_eq!(rebuild().await, Vec::<String>::new(), "{sql}");
    }
}

#[tokio::test]
async fn an_offline_message_that_is_not_there_is_counted_no_more() {
    let world = World::open().await;
    world.desk.leave_message(&world.token("eva"), &world.message("eva", "¿Hola?")).await.unwrap();
    let before = world.figures().await;
    world.look().await.execute("update offline_facts set ticket_id = 'nothing'").await.unwrap();
    let rebuild = async || desk::indicators::rebuild(&world.settings.database).await.unwrap().differences;

    let sick = rebuild().await;

    assert!(sick[0].starts_with("message nothing: it has a fact"), "{sick:?}");
    assert_eq!(world.figures().await, before);
    assert_eq!(rebuild().await, Vec::<String>::new());
}

fn named(id: &str) -> Named {
    Named { id: id.into(), name: id.into() }
}

/// A conversation of before there were facts, resolved at once and opened again two days later.
async fn before_there_were_facts(url: &str) {
    desk::make_as_of(url, 29).await.unwrap();
    let luis = Face { id: "luis-of-old".into(), name: "Luis".into() };
    let opening = domain::event::Opening {
        number: 900_000,
        origin: Origin::Widget,
        application: named("shop-of-old"),
        group: named("team-of-old"),
        customer: named("customer-of-old"),
        verified: false,
        answers: Vec::new(),
        page: String::new(),
        lang: "es".into(),
        terms: Default::default(),
        attributes: Vec::new(),
        related: None::<Related>,
    };
    let start = 1_790_000_000_000;
    let mut chat = Chat::open("chat-of-old".into(), Time(start), &opening);
    let mut told = vec![Told::of(&chat, Time(start), "a1", Event::Opened(Box::new(opening)))];
    for (second, event) in [
        (30, Event::Attended { by: luis.clone() }),
        (90, Event::Ended { reason: Reason::Agent, by: Some(luis.clone()) }),
    ] {
        let at = Time(start + second * 1_000);
        chat.apply(at, &event);
        told.push(Told::of(&chat, at, "a2", event));
    }
    let birth = Birth {
        number: 900_000,
        chat: Some("chat-of-old".into()),
        via: Via::OnlineChat,
        application: named("shop-of-old"),
        group: named("team-of-old"),
        customer: named("customer-of-old"),
        subject: "Antes".into(),
        owner: Some(luis.clone()),
        message: None,
    };
    let mut ticket = Ticket::open("ticket-of-old".into(), Time(start + 90_000), &birth);
    let said = |status| (luis.clone(), "Antes".to_owned(), status, String::new(), Vec::new());
    let (by, subject, status, note, edits) = said(Status::Resolved);
    let saved = TicketEvent::Saved { by: Some(by), subject, status, note, edits };
    let (by, subject, status, note, edits) = said(Status::InAttendance);
    let changed = TicketEvent::Changed { by, subject, status, note, edits };
    let mut history = vec![(1, Time(start + 90_000), TicketEvent::Born(Box::new(birth)))];
    for (seq, at, event) in [(2, Time(start + 95_000), saved), (3, Time(start + 2 * 86_400_000), changed)] {
        ticket.apply(at, &event);
        history.push((seq, at, event));
    }
    let pool = sqlx::AnyPool::connect(url).await.unwrap();
    for sql in [
        "insert into groups (id, name) values ('team-of-old', 'Antes')",
        "insert into applications (id, key, name, accent, expanded, title, fields, wait_shows, patience, created_at) \
         values ('shop-of-old', 'key-of-old', 'Antes', '#000000', 0, '', '[]', 'Both', 0, 1)",
        "insert into customers (id, name, email, verified, created_at) values ('customer-of-old', 'Eva', '', 0, 1)",
    ] {
        pool.execute(sql).await.unwrap();
    }
    let chats = format!(
        "insert into chats (id, number, application_id, group_id, requested_group_id, origin, customer_id, stage, queued_at, \
         attended_at, waiting_messages, seq, aside_seq, ended_at, end_reason, state) values ('chat-of-old', 900000, 'shop-of-old', \
         'team-of-old', 'team-of-old', 'Widget', 'customer-of-old', 'ended', {start}, {}, 0, 3, 0, {}, 'agent', '{}')",
        start + 30_000,
        start + 90_000,
        json(&chat)
    );
    pool.execute(AssertSqlSafe(chats)).await.unwrap();
    for t in &told {
        let sql = format!(
            "insert into events (chat_id, aside, seq, after_seq, at, act, body) values ('chat-of-old', 0, {}, {}, {}, '{}', '{}')",
            t.seq,
            t.after,
            t.at.0,
            t.act,
            json(&t.event)
        );
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    let tickets = format!(
        "insert into tickets (id, number, chat_id, group_id, application_id, customer_id, owner_id, status, first_status, created_at, \
         changed_at, saved_at, seq, state, via) values ('ticket-of-old', 900000, 'chat-of-old', 'team-of-old', 'shop-of-old', \
         'customer-of-old', 'luis-of-old', 'InAttendance', 'Resolved', 1, 1, 1, 3, '{}', 'OnlineChat')",
        json(&ticket)
    );
    pool.execute(AssertSqlSafe(tickets)).await.unwrap();
    for (seq, at, event) in &history {
        let sql = format!(
            "insert into ticket_events (ticket_id, seq, at, act, body) values ('ticket-of-old', {seq}, {}, 'a', '{}')",
            at.0,
            json(event)
        );
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    pool.close().await;
}

/// As it stands in a statement.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap().replace('\'', "''")
}

#[tokio::test]
async fn what_ended_before_there_were_facts_is_counted_after_an_upgrade() {
    let world = World::after(before_there_were_facts).await;

    let numbers = world.figures().await;

    assert_eq!((numbers.of(Indicator::Attended), numbers.of(Indicator::Resolved)), (Some(1), Some(1)));
    assert_eq!((numbers.of(Indicator::LongestWait), numbers.of(Indicator::LongestTalk)), (Some(30), Some(60)));
    assert_eq!((numbers.beside.settled, numbers.beside.still_resolved), (Some(1), Some(0)));
    assert_eq!(world.count("select count(*) from chores where name = 'indicators'").await, 0);
    assert!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences.is_empty());
}

#[tokio::test]
async fn what_ended_without_being_counted_is_counted_at_the_next_start() {
    let (mut world, chat) = World::with_conversation().await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.saves(INES, &chat, Status::Resolved).await.unwrap();
    world.desk.leave_message(&world.token("eva"), &world.message("eva", "¿Hola?")).await.unwrap();
    let before = world.figures().await;

    // As a process of an older release leaves it that ran on.
    for table in ["chat_facts", "chat_fact_agents", "offline_facts", "indicator_days", "indicator_agents"] {
        world.look().await.execute(AssertSqlSafe(format!("delete from {table}"))).await.unwrap();
    }
    let without = world.figures().await;
    world.restart(Span(0)).await;

    assert_ne!(without, before);
    assert_eq!((before.of(Indicator::Resolved), before.of(Indicator::Offline)), (Some(1), Some(1)));
    assert_eq!(world.figures().await, before);
    assert!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences.is_empty());
}

#[tokio::test]
async fn a_rebuild_finds_nothing_wrong_beside_everybody_who_works() {
    let mut world = World::open().await;
    weeks(&mut world, 20).await;
    let url = world.settings.database.clone();

    let (rebuilt, many) = meanwhile(&mut world, desk::indicators::rebuild(&url)).await;

    assert!(many > 1, "nobody could work: {many}");
    assert_eq!(rebuilt.unwrap().differences, Vec::<String>::new());
    assert_eq!(world.figures().await.of(Indicator::Attended), Some(20 + many as u64));
}
