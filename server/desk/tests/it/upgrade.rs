//! A database that an earlier release wrote is brought up to date, and nothing in it is lost.

use crate::ticket_list::numbers;
use crate::world::{MARTA, World, postgres};
use desk::audit::Log;
use desk::indicators::{Named as Asked, show};
use desk::people::Staff;
use desk::token::Tokens;
use domain::application::Terms;
use domain::event::Opening;
use domain::group::{Named, Settings as Group};
use domain::identity::Related;
use domain::indicators::Period;
use domain::parameters::Parameters;
use domain::ticket::{Birth, Linked, Via};
use domain::ticket_list::{Filter, Wanted};
use domain::{Chat, Origin, Ticket, Time};
use sqlx::{AnyPool, AssertSqlSafe, Executor, Row};

fn named(id: &str) -> Named {
    Named { id: id.into(), name: id.into() }
}

/// An offline message of then, to which somebody linked a conversation.
fn old_ticket() -> Ticket {
    let birth = Birth {
        number: 900_001,
        chat: None,
        via: Via::OfflineMessage,
        application: named("shop-of-old"),
        group: named("team-of-old"),
        customer: named("customer-of-old"),
        subject: "Zanahorias de antes".into(),
        owner: None,
        message: None,
    };
    let mut ticket = Ticket::open("ticket-of-old".into(), Time(1), &birth);
    ticket.chats = vec![Linked { chat: "chat-of-old".into(), number: 900_000, by_hand: true }];
    ticket
}

/// Agents spoke about it among themselves.
fn old_chat() -> Chat {
    let opening = Opening {
        number: 900_000,
        origin: Origin::AgentAgent,
        application: named("shop-of-old"),
        group: named("team-of-old"),
        customer: named(""),
        verified: false,
        answers: Vec::new(),
        page: String::new(),
        lang: "es".into(),
        terms: Terms::default(),
        attributes: Vec::new(),
        related: Some(Related { id: "ticket-of-old".into(), number: 900_001, subject: "Zanahorias".into() }),
    };
    Chat::open("chat-of-old".into(), Time(1), &opening)
}

/// Before tickets knew where else a person is spoken of, and as when they were not indexed at all.
async fn written_by_an_earlier_release(url: &str) {
    desk::make_as_of(url, 15).await.unwrap();
    let pool = AnyPool::connect(url).await.unwrap();
    let state = serde_json::to_string(&old_ticket()).unwrap();
    let chat = serde_json::to_string(&old_chat()).unwrap();
    for sql in [
        "insert into groups (id, name) values ('team-of-old', 'Antes')".to_owned(),
        "insert into applications (id, key, name, accent, expanded, title, fields, wait_shows, patience, created_at) \
         values ('shop-of-old', 'key-of-old', 'Antes', '#000000', 0, '', '[]', 'Both', 0, 1)"
            .to_owned(),
        "insert into customers (id, name, email, verified, created_at) values ('customer-of-old', 'Eva', '', 0, 1)"
            .to_owned(),
        format!(
            "insert into tickets (id, number, group_id, application_id, customer_id, status, created_at, changed_at, saved_at, seq, state) \
             values ('ticket-of-old', 900001, 'team-of-old', 'shop-of-old', 'customer-of-old', 'New', 1, 1, 1, 1, '{state}')"
        ),
        format!(
            "insert into chats (id, number, application_id, group_id, requested_group_id, origin, customer_id, stage, queued_at, \
             waiting_messages, seq, aside_seq, ended_at, end_reason, state) values ('chat-of-old', 900000, 'shop-of-old', 'team-of-old', \
             'team-of-old', 'AgentAgent', '', 'ended', 1, 0, 1, 0, 1, 'agent', '{chat}')"
        ),
    ] {
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    pool.close().await;
}

#[tokio::test]
async fn tickets_of_an_earlier_release_are_found_and_know_how_they_came() {
    let world = World::after(written_by_an_earlier_release).await;
    world.until_indexed().await;

    let words = Filter { words: "zanahorias".into(), status: Wanted::Any, ..Filter::default() };
    assert_eq!(numbers(&world, MARTA, &words).await, [900_001]);
    assert_eq!(world.count("select count(*) from tickets where via = 'OfflineMessage'").await, 1);
    assert_eq!(world.count("select count(*) from ticket_chats where chat_id = 'chat-of-old'").await, 1);
    assert_eq!(world.count("select count(*) from chats where related_id = 'ticket-of-old'").await, 1);
}

#[tokio::test]
async fn chats_keep_why_they_ended_and_from_now_on_may_end_by_us() {
    let world = World::after(written_by_an_earlier_release).await;
    let pool = world.look().await;

    assert_eq!(world.count("select count(*) from chats where id = 'chat-of-old' and end_reason = 'agent'").await, 1);
    pool.execute("update chats set end_reason = 'system' where id = 'chat-of-old'").await.unwrap();
    assert!(pool.execute("update chats set end_reason = 'nobody' where id = 'chat-of-old'").await.is_err());
}

#[tokio::test]
async fn who_only_asks_brings_no_database_up_to_date() {
    let world = World::empty().await;
    let old = match std::env::var("RECADO_TEST_POSTGRES") {
        Ok(server) => postgres(&server).await,
        Err(_) => format!("sqlite:{}", world.folder().join("old.db").display()),
    };
    let (now, out) = (world.desk.now(), world.beside("fuera"));
    desk::make_as_of(&old, 57).await.unwrap();

    let answers = [
        format!("{:?}", Log::open(&old).await.err()),
        format!("{:?}", Tokens::look(&old).await.err()),
        format!("{:?}", Staff::look(&old).await.err()),
        format!("{:?}", desk::identity::list(&old, "key").await.err()),
        format!("{:?}", desk::customer::export_in(&old, "nobody", now).await.err()),
        format!("{:?}", desk::trigger::list(&old).await.err()),
        format!("{:?}", desk::parameters::parameters(&old).await.err()),
        format!("{:?}", desk::distribution::settings(&old, "returns").await.err()),
        format!("{:?}", desk::application::settings(&old, "key").await.err()),
        format!("{:?}", show(&old, Period::Today, &Asked::default(), now).await.err()),
        format!("{:?}", desk::transfer::export(&old, world.folder(), &out, false, now).await.err()),
    ];

    for answer in answers {
        assert!(answer.contains("older release"), "{answer}");
    }
    let pool = AnyPool::connect(&old).await.unwrap();
    let last: i64 = pool.fetch_one("select max(version) from _sqlx_migrations").await.unwrap().try_get(0).unwrap();
    pool.close().await;
    assert!(last <= 57, "{last}");
    assert!(!out.exists());
    // Of our own release everybody who asks is answered.
    let tokens = Tokens::look(&world.settings.database).await.unwrap();
    assert!(tokens.list(now).await.unwrap().is_empty());
    tokens.close().await;
}

/// A server of the release before may still run on it, to which a newer schema would be a fault.
#[tokio::test]
async fn who_sets_something_brings_no_database_up_to_date_either() {
    let world = World::empty().await;
    let (old, none) = match std::env::var("RECADO_TEST_POSTGRES") {
        Ok(server) => (postgres(&server).await, postgres(&server).await),
        Err(_) => {
            let at = |name: &str| format!("sqlite:{}", world.folder().join(name).display());
            (at("old.db"), at("none.db"))
        }
    };
    let now = world.desk.now();
    let parameters = Parameters::default();
    let (application, _) = desk::application::settings(&world.settings.database, desk::demo::SHOP_KEY).await.unwrap();
    desk::make_as_of(&old, 57).await.unwrap();
    let lines = world.folder().join("lines.jsonl");
    std::fs::write(&lines, "").unwrap();

    let answers = [
        format!("{:?}", desk::history::import(&old, &lines, now, |_| {}).await.err()),
        format!("{:?}", Tokens::open(&old).await.err()),
        format!("{:?}", Staff::open(&old).await.err()),
        format!("{:?}", desk::identity::Keys::open(&old, world.folder(), world.clock.clone()).await.err()),
        format!("{:?}", desk::customer::erase_in(&old, world.folder(), "nobody", now).await.err()),
        format!("{:?}", desk::parameters::set(&old, &parameters, &parameters).await.err()),
        format!("{:?}", desk::distribution::set(&old, "returns", &Group::default(), &Group::default()).await.err()),
        format!("{:?}", desk::application::set(&old, "key", 1, &application).await.err()),
    ];

    for answer in answers {
        assert!(answer.contains("older release"), "{answer}");
    }
    let pool = AnyPool::connect(&old).await.unwrap();
    let last: i64 = pool.fetch_one("select max(version) from _sqlx_migrations").await.unwrap().try_get(0).unwrap();
    pool.close().await;
    assert!(last <= 57, "{last}");
    // Nor is anything made where there is none of ours: its name may be mistyped.
    let empty = format!("sqlite:{}", world.folder().join("empty.db").display());
    std::fs::write(world.folder().join("empty.db"), b"").unwrap();
    for database in [&none, &empty, &none] {
        let why = Tokens::open(database).await.err().unwrap().to_string();
        let imported = desk::history::import(database, &lines, now, |_| {}).await.err().unwrap().to_string();
        assert!([&why, &imported].iter().all(|why| why.contains("start `recado serve`")), "{why}; {imported}");
    }
    assert!(!world.folder().join("none.db").exists());
    assert_eq!(world.folder().join("empty.db").metadata().unwrap().len(), 0, "something was made in it");
}

/// As the release before the portal opened tickets left it: all migrations of now but that one.
async fn written_before_tickets_came_by_the_portal(url: &str) {
    desk::make_as_of(url, 26).await.unwrap();
    let pool = AnyPool::connect(url).await.unwrap();
    let state = serde_json::to_string(&old_ticket()).unwrap();
    for sql in [
        "drop index tickets_of_group_by_via".to_owned(),
        "alter table tickets add column was text not null default 'OnlineChat' \
         check (was in ('OnlineChat', 'OfflineMessage', 'Agent'))"
            .to_owned(),
        "alter table tickets drop column via".to_owned(),
        "alter table tickets rename column was to via".to_owned(),
        "create index tickets_of_group_by_via on tickets (group_id, via, changed_at, id)".to_owned(),
        "delete from _sqlx_migrations where version = 18".to_owned(),
        "insert into groups (id, name) values ('team-of-old', 'Antes')".to_owned(),
        format!(
            "insert into tickets (id, number, group_id, application_id, customer_id, status, created_at, changed_at, saved_at, \
             seq, via, own_id, stands_since, state) values ('ticket-of-old', 900001, 'team-of-old', 'shop-of-old', \
             'customer-of-old', 'New', 1, 2, 3, 1, 'OfflineMessage', 'own', 4, '{state}')"
        ),
    ] {
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    let refused = pool.execute("update tickets set via = 'Portal'").await;
    assert!(refused.is_err(), "that release knew no such ticket");
    pool.close().await;
}

#[tokio::test]
async fn tickets_keep_how_they_came_and_from_now_on_may_come_by_the_portal() {
    let world = World::after(written_before_tickets_came_by_the_portal).await;
    let pool = world.look().await;

    let kept = "select count(*) from tickets where id = 'ticket-of-old' and via = 'OfflineMessage' and own_id = 'own' \
                and stands_since = 4 and changed_at = 2 and saved_at = 3";
    assert_eq!(world.count(kept).await, 1);
    pool.execute("update tickets set via = 'Portal' where id = 'ticket-of-old'").await.unwrap();
    assert!(pool.execute("update tickets set via = 'Nowhere' where id = 'ticket-of-old'").await.is_err());
    let index = match world.is_on_a_server() {
        true => "select count(*) from pg_indexes where indexname = 'tickets_of_group_by_via'",
        false => "select count(*) from sqlite_master where type = 'index' and name = 'tickets_of_group_by_via'",
    };
    assert_eq!(world.count(index).await, 1);
}

/// Sites of before: whose customers came in by a session or have opened a ticket in the portal, and whose came by mail.
async fn written_before_it_was_known_who_hands_over(url: &str) {
    desk::make_as_of(url, 30).await.unwrap();
    let pool = AnyPool::connect(url).await.unwrap();
    let state = serde_json::to_string(&old_ticket()).unwrap();
    let application = |id: &str| {
        format!(
            "insert into applications (id, key, name, accent, expanded, title, fields, wait_shows, patience, created_at) \
             values ('{id}', 'key-{id}', 'Antes', '#000000', 0, '', '[]', 'Both', 0, 1)"
        )
    };
    for sql in [
        "insert into groups (id, name) values ('team-of-old', 'Antes')".to_owned(),
        application("by-session"),
        application("by-ticket"),
        application("by-widget"),
        "insert into customers (id, name, email, verified, created_at) values ('eva', '', '', 1, 1), \
         ('bea', '', '', 1, 1), ('lia', '', '', 1, 1)"
            .to_owned(),
        "insert into identities (application_id, subject, customer_id) values ('by-session', '1', 'eva'), \
         ('by-ticket', '1', 'bea'), ('by-widget', '1', 'lia')"
            .to_owned(),
        "insert into portal_sessions (token_hash, customer_id, address, created_at, seen_at) values \
         ('signed', 'eva', null, 1, 1), ('mailed', 'lia', 'lia@correo.example', 1, 1)"
            .to_owned(),
        format!(
            "insert into tickets (id, number, group_id, application_id, customer_id, status, created_at, changed_at, saved_at, \
             seq, via, own_id, stands_since, state) values ('ticket-of-old', 900001, 'team-of-old', 'by-ticket', 'bea', \
             'New', 1, 2, 3, 1, 'Portal', null, 4, '{state}')"
        ),
    ] {
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    pool.close().await;
}

#[tokio::test]
async fn a_site_that_has_handed_anybody_over_before_is_known_to() {
    let world = World::after(written_before_it_was_known_who_hands_over).await;

    let known = "select count(*) from applications where hands_over = 1 and id in ('by-session', 'by-ticket')";
    assert_eq!(world.count(known).await, 2);
    assert_eq!(world.count("select count(*) from applications where hands_over = 1").await, 2);
}

/// One of a customer whose address is known, and one of nobody's: neither waits to be indexed.
async fn written_before_addresses_were_found(url: &str) {
    desk::make_as_of(url, 31).await.unwrap();
    let pool = AnyPool::connect(url).await.unwrap();
    let hers = old_ticket();
    let other = Ticket { id: "other-of-old".into(), number: 900_002, subject: "Nabos de antes".into(), ..old_ticket() };
    let ticket = |ticket: &Ticket, customer: &str| {
        let (id, number, state) = (&ticket.id, ticket.number, serde_json::to_string(ticket).unwrap());
        format!(
            "insert into tickets (id, number, group_id, application_id, customer_id, status, created_at, changed_at, saved_at, \
             seq, via, own_id, stands_since, state) values ('{id}', {number}, 'team-of-old', 'shop-of-old', '{customer}', \
             'New', 1, 2, 3, 1, 'OfflineMessage', null, 4, '{state}')"
        )
    };
    for sql in [
        "insert into groups (id, name) values ('team-of-old', 'Antes')".to_owned(),
        "insert into customers (id, name, email, verified, created_at) values \
         ('customer-of-old', 'Eva', 'Eva@correo.example', 1, 1), ('nobody', '', '', 0, 1)"
            .to_owned(),
        ticket(&hers, "customer-of-old"),
        ticket(&other, "nobody"),
        "insert into ticket_addresses (ticket_id, address, changed_at) values ('ticket-of-old', 'eva@correo.example', 2)"
            .to_owned(),
    ] {
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    pool.close().await;
}

#[tokio::test]
async fn tickets_with_an_address_are_found_by_it_after_the_upgrade_and_no_other_is_indexed_for_that() {
    let world = World::after(written_before_addresses_were_found).await;
    world.until_indexed().await;
    let find = async |words: &str| {
        numbers(&world, MARTA, &Filter { words: words.into(), status: Wanted::Any, ..Filter::default() }).await
    };

    assert_eq!(find("eva@correo.example").await, [900_001]);
    assert_eq!(find("zanahorias").await, [900_001]);
    // Its words were never made: only what waits is made anew.
    assert_eq!(find("nabos").await, [0; 0]);
}

/// One who never wrote, one who did, and who that one was before anybody knew.
async fn written_before_it_was_known_who_was_here(url: &str) {
    desk::make_as_of(url, 58).await.unwrap();
    let pool = AnyPool::connect(url).await.unwrap();
    let state = serde_json::to_string(&old_ticket()).unwrap();
    let ticket = |id: &str, number: i64, customer: &str, changed_at: i64| {
        format!(
            "insert into tickets (id, number, group_id, application_id, customer_id, status, created_at, changed_at, saved_at, \
             seq, via, own_id, stands_since, state) values ('{id}', {number}, 'team-of-old', 'shop-of-old', '{customer}', \
             'Closed', 1, {changed_at}, 3, 1, 'OfflineMessage', null, 4, '{state}')"
        )
    };
    for sql in [
        "insert into groups (id, name) values ('team-of-old', 'Antes')".to_owned(),
        "insert into customers (id, name, email, verified, created_at, became) values ('quiet', '', '', 0, 5, null), \
         ('eva', '', '', 1, 1, null), ('nobody', '', '', 0, 2, 'eva')"
            .to_owned(),
        ticket("ticket-of-eva", 900_001, "eva", 700),
        ticket("ticket-of-nobody", 900_002, "nobody", 1_000),
    ] {
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    pool.close().await;
}

#[tokio::test]
async fn whoever_was_here_before_was_here_when_something_of_his_changed_last() {
    let world = World::after(written_before_it_was_known_who_was_here).await;

    for (id, seen) in [("quiet", 5), ("nobody", 1_000), ("eva", 1_000)] {
        assert_eq!(world.count(&format!("select seen_at from customers where id = '{id}'")).await, seen, "{id}");
    }
}
