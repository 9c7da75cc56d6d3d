//! Mail: kept, sent to who is known, tried again, and never in anybody's way.

use crate::post::{Post, Says};
use crate::world::*;
use desk::mail::{CHAT_LIMIT, Mail};
use domain::application::{Answer, Field, FieldKind};
use domain::ticket::Change;
use domain::wire::Open;
use domain::{Act, Refusal, Span, Ticket, TicketAct, TicketEvent};
use sqlx::Executor;

fn mail(id: &str, subject: &str, text: &str) -> Mail {
    Mail { id: format!("mail-of-the-story-{id}"), subject: subject.into(), text: text.into() }
}

async fn over(post: &Post) -> (World, String) {
    let mut world = World::with_post(post).await;
    let chat = world.starts("ana", "returns").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();
    (world, chat)
}

async fn send(world: &World, who: &str, chat: &str, mail: &Mail) -> Result<String, desk::Error> {
    world.desk.mail(&world.desk.visitor(&token(who)).await.unwrap(), chat, mail).await
}

#[tokio::test]
async fn it_goes_to_the_address_of_the_form_and_to_no_other() {
    let mut post = Post::open([]).await;
    let (mut world, chat) = over(&post).await;

    let to =
        send(&world, "ana", &chat, &mail("a", "Tu conversación", "Hola.\n.\nRCPT TO:<x@evil.example>")).await.unwrap();
    let letter = post.letter().await;

    assert_eq!((to.as_str(), letter.to.as_slice()), ("ana@correo.example", &["ana@correo.example".to_owned()][..]));
    assert_eq!(letter.header("Message-ID"), "<mail-of-the-story-a@casanogal.example>");
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    assert!(letter.header("From").contains("hola@casanogal.example"));
    assert_eq!(letter.text(), "Hola.\n.\nRCPT TO:<x@evil.example>");
    world.starts("bruno", "returns").await;
    assert_eq!(refusal(send(&world, "bruno", &chat, &mail("b", "x", "x")).await), Refusal::NotYours);
}

/// S29.
#[tokio::test]
async fn a_line_break_in_a_subject_begins_no_header() {
    let mut post = Post::open([]).await;
    let (world, chat) = over(&post).await;

    let hostile = "Hola\r\nBcc: todos@evil.example\r\n\r\n<script>\u{2028}Á";
    send(&world, "ana", &chat, &mail("a", hostile, "Hola.")).await.unwrap();
    let letter = post.letter().await;

    assert!(letter.header("Bcc").is_empty(), "{}", letter.raw);
    assert_eq!(letter.to, ["ana@correo.example"]);
    assert_eq!(letter.text(), "Hola.");
}

/// R38 of quality.md: it is tried again, later each time, under the same Message-ID.
#[tokio::test]
async fn what_is_not_taken_is_tried_again_until_it_is_and_survives_a_stop() {
    let mut post = Post::open([Says::Busy, Says::HangUp]).await;
    let (mut world, chat) = over(&post).await;

    send(&world, "ana", &chat, &mail("a", "x", "Hola.")).await.unwrap();
    post.refused().await;
    world.until_tried("mail-of-the-story-a", 1).await;
    world.wait(Span::minutes(1)).await;
    post.refused().await;
    world.until_tried("mail-of-the-story-a", 2).await;
    world.restart(Span::minutes(2)).await;
    let letter = post.letter().await;
    world.until_tried("mail-of-the-story-a", 3).await;

    assert_eq!(letter.header("Message-ID"), "<mail-of-the-story-a@casanogal.example>");
    assert_eq!(
        world.count("select count(*) from mails where due_at is null and sent_at is not null and body = ''").await,
        1
    );
}

#[tokio::test]
async fn an_address_that_the_server_will_never_take_is_given_up() {
    let mut post = Post::open([Says::Never]).await;
    let (world, chat) = over(&post).await;

    send(&world, "ana", &chat, &mail("a", "x", "Hola.")).await.unwrap();
    post.refused().await;
    world.until_tried("mail-of-the-story-a", 1).await;

    assert_eq!(world.count("select count(*) from mails where due_at is null and sent_at is null").await, 1);
}

/// R38 of quality.md: a server that says nothing holds no chat up.
#[tokio::test]
async fn a_silent_server_of_mail_is_in_nobody_s_way() {
    let mut post = Post::open([Says::Nothing]).await;
    let (mut world, chat) = over(&post).await;
    send(&world, "ana", &chat, &mail("a", "x", "Hola.")).await.unwrap();
    post.called().await;

    let next = world.starts("bruno", "returns").await;
    world.does(INES, &next, Act::Attend).await.unwrap();
    for n in 0..50 {
        world.says("bruno", &next, &n.to_string()).await;
    }

    assert_eq!(world.chat(&next).await.last_words, "49");
    assert_eq!(world.count("select count(*) from mails where tries = 0").await, 1);
}

#[tokio::test]
async fn a_chat_has_so_many_mails_and_a_repeated_one_is_one() {
    let mut post = Post::open([]).await;
    let (world, chat) = over(&post).await;

    for n in 0..CHAT_LIMIT {
        let one = mail(&n.to_string(), "x", "Hola.");
        send(&world, "ana", &chat, &one).await.unwrap();
        send(&world, "ana", &chat, &one).await.unwrap();
        post.letter().await;
    }

    let more = send(&world, "ana", &chat, &mail("more", "x", "Hola.")).await;
    assert_eq!(refusal(more), Refusal::Full { limit: CHAT_LIMIT as u32 });
    assert_eq!(world.count("select count(*) from mails").await, CHAT_LIMIT as i64);
}

/// What looks like an address in another answer is anybody's; and of two that were asked for, one may be blank.
#[tokio::test]
async fn it_goes_only_where_an_address_was_asked_for() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let asks = |key: &str, kind| Field {
        key: key.into(),
        label: key.into(),
        kind,
        required: false,
        options: Vec::new(),
        consent: None,
    };
    let form = [asks("account", FieldKind::Text), asks("email", FieldKind::Email), asks("work", FieldKind::Email)];
    world.sets(|settings| settings.form = form.into()).await;
    let says = |key: &str, value: &str| Answer { key: key.into(), value: value.into(), ..Answer::default() };
    let mut sent = Vec::new();
    for (who, answers) in [
        ("ana", vec![says("account", "bruno@correo.example")]),
        ("eva", vec![says("account", "bruno@correo.example"), says("work", "eva@trabajo.example")]),
    ] {
        let open = Open { answers, ..world.form(who, "returns") };
        world.desk.open_chat(&token(who), &open).await.unwrap();
        world.comes(who).await;
        world.does(INES, &open.id, Act::Attend).await.unwrap();
        world.does(INES, &open.id, Act::Close).await.unwrap();
        sent.push(send(&world, who, &open.id, &mail(who, "x", "Hola.")).await);
    }

    let eva = sent.pop().unwrap().unwrap();
    assert_eq!(refusal(sent.pop().unwrap()), Refusal::NoAddress);
    assert_eq!((eva.as_str(), post.letter().await.to), ("eva@trabajo.example", vec!["eva@trabajo.example".to_owned()]));
    assert_eq!(world.count("select count(*) from customers where email = 'eva@trabajo.example'").await, 1);
}

/// Words of a stranger, in the name of the house, to whoever he names: not even once.
#[tokio::test]
async fn what_nobody_of_ours_has_seen_is_mailed_to_no_typed_address() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let chat = world.starts("ana", "returns").await;
    world.says("ana", &chat, "Gana un premio: https://evil.example").await;
    world.does("ana", &chat, Act::Close).await.unwrap();

    let sent = send(&world, "ana", &chat, &mail("a", "x", "Hola.")).await;

    assert_eq!(refusal(sent), Refusal::NotAsked);
    assert_eq!(world.count("select count(*) from mails").await, 0);
}

#[tokio::test]
async fn an_address_gets_so_many_a_day_whoever_asks() {
    let mut post = Post::open([]).await;
    let (mut world, first) = over(&post).await;
    for n in 0..CHAT_LIMIT {
        send(&world, "ana", &first, &mail(&n.to_string(), "x", "Hola.")).await.unwrap();
        post.letter().await;
    }
    let second = world.starts("ana", "returns").await;
    world.does(INES, &second, Act::Attend).await.unwrap();
    world.does(INES, &second, Act::Close).await.unwrap();

    let more = send(&world, "ana", &second, &mail("more", "x", "Hola.")).await;
    world.wait(Span::hours(25)).await;
    let tomorrow = send(&world, "ana", &second, &mail("more", "x", "Hola.")).await;

    assert!(matches!(refusal(more), Refusal::TooMany { .. }));
    assert_eq!(tomorrow.unwrap(), "ana@correo.example");
}

#[tokio::test]
async fn nothing_is_mailed_while_it_runs_or_where_mail_is_off() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let chat = world.starts("ana", "returns").await;
    let one = mail("a", "x", "Hola.");

    assert_eq!(refusal(send(&world, "ana", &chat, &one).await), Refusal::NotEnded);
    world.does("ana", &chat, Act::Close).await.unwrap();
    assert_eq!(refusal(send(&world, "ana", &chat, &one).await), Refusal::NotAsked);

    let (off, chat) = World::with_conversation().await;
    off.does(INES, &chat, Act::Close).await.unwrap();
    assert_eq!(refusal(send(&off, "ana", &chat, &one).await), Refusal::NotAsked);
    assert!(world.desk.application(desk::demo::SHOP_KEY, "es").await.unwrap().mails);
    assert!(!off.desk.application(desk::demo::SHOP_KEY, "es").await.unwrap().mails);
}

#[tokio::test]
async fn who_gave_no_address_is_told_so() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let chat = world.starts_without_address("ana").await;
    world.does(LUCIA, &chat, Act::Attend).await.unwrap();
    world.does(LUCIA, &chat, Act::Close).await.unwrap();

    assert_eq!(refusal(send(&world, "ana", &chat, &mail("a", "x", "Hola.")).await), Refusal::NoAddress);
}

fn reply(text: &str) -> TicketAct {
    TicketAct::Reply { text: text.into() }
}

#[tokio::test]
async fn an_agent_answers_a_ticket_at_the_address_that_is_known_and_at_no_other() {
    let mut post = Post::open([]).await;
    let (mut world, chat) = over(&post).await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let answer = async |world: &World, who: &str, ticket: &Ticket, wish: &str, text: &str| {
        world.desk.save_ticket(world.agent(who), &ticket.id, wish, &reply(text)).await
    };
    assert_eq!(
        refusal(answer(&world, INES, &ticket, &world.id(), "x").await),
        Refusal::NotAsked,
        "it is not saved yet"
    );
    world.changes(INES, &ticket, vec![Change::Subject("Lámpara\u{2028}rota".into())]).await.unwrap();

    let wish = world.id();
    answer(&world, INES, &ticket, &wish, "Le mandamos otra.").await.unwrap();
    answer(&world, INES, &ticket, &wish, "Le mandamos otra.").await.unwrap();
    let letter = post.letter().await;

    assert_eq!(letter.to, ["ana@correo.example"]);
    assert_eq!(letter.header("Message-ID"), format!("<{wish}@casanogal.example>"));
    assert_eq!(letter.header("Auto-Submitted"), "", "a person wrote it");
    assert!(letter.text().starts_with("Le mandamos otra.\n\n--"), "{}", letter.raw);
    assert_eq!(world.count("select count(*) from mails").await, 1);
    let history = world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap();
    let last = history.last().unwrap();
    assert!(matches!(&last.event, TicketEvent::Replied { to, .. } if to == "ana@correo.example"), "{last:?}");
    assert_eq!(refusal(answer(&world, LUCIA, &ticket, &world.id(), "x").await), Refusal::NotYours);
    assert_eq!(refusal(answer(&world, INES, &ticket, &world.id(), " ").await), Refusal::Empty);

    // Of whom nothing is known, whatever is typed in his name, nobody is written to.
    let unknown = world.opens_ticket(INES, "orders", "Mesa de bruno@correo.example").await;
    assert_eq!(refusal(answer(&world, INES, &unknown, &world.id(), "x").await), Refusal::NoAddress);
    let without = world.starts_without_address("eva").await;
    world.does("eva", &without, Act::Post { text: "eva@correo.example".into() }).await.unwrap();
    world.does("eva", &without, Act::Close).await.unwrap();
    let left = world.desk.ticket_of_chat(world.agent(LUCIA), &without).await.unwrap().unwrap();
    assert_eq!(refusal(answer(&world, LUCIA, &left, &world.id(), "x").await), Refusal::NoAddress);
}

#[tokio::test]
async fn an_answer_that_nobody_takes_is_told_of_on_its_ticket() {
    let mut post = Post::open([Says::Never]).await;
    let (world, chat) = over(&post).await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    world.changes(INES, &ticket, vec![Change::Subject("Lámpara".into())]).await.unwrap();

    world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &reply("Le mandamos otra.")).await.unwrap();
    post.refused().await;
    world.until("select count(*) from mails where due_at is null and body = ''", 1).await;

    let history = world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap();
    let told = TicketEvent::Returned { to: "ana@correo.example".into(), tries: 1 };
    assert_eq!(history.last().map(|entry| &entry.event), Some(&told));
}

/// Of whatever else is wrong with one, another has nothing to fear.
#[tokio::test]
async fn a_mail_that_comes_back_for_a_ticket_that_does_not_read_holds_up_no_other() {
    let mut post = Post::open([Says::Busy, Says::Never]).await;
    let (world, chat) = over(&post).await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    world.changes(INES, &ticket, vec![Change::Subject("Lámpara".into())]).await.unwrap();
    let wish = world.id();
    world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &reply("Le mandamos otra.")).await.unwrap();
    post.refused().await;
    world.until_tried(&wish, 1).await;

    world.look().await.execute("update tickets set state = '{'").await.unwrap();
    world.wait(Span::minutes(1)).await;
    post.refused().await;
    world.until("select count(*) from mails where due_at is null and body = ''", 1).await;

    send(&world, "ana", &chat, &mail("a", "x", "Hola.")).await.unwrap();
    assert_eq!(post.letter().await.to, ["ana@correo.example"]);
}

#[tokio::test]
async fn an_answer_that_comes_back_is_told_of_by_the_ticket_that_took_its_own_in() {
    let mut post = Post::open([Says::Busy, Says::Never]).await;
    let (world, chat) = over(&post).await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    world.changes(INES, &ticket, vec![Change::Subject("Lámpara".into())]).await.unwrap();
    let into = world.opens_ticket(INES, "returns", "Mesa").await;
    let wish = world.id();
    world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &reply("Le mandamos otra.")).await.unwrap();
    post.refused().await;
    world.until_tried(&wish, 1).await;

    let merge = TicketAct::Merge { number: into.number };
    world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &merge).await.unwrap();
    world.wait(Span::minutes(1)).await;
    post.refused().await;
    world.until("select count(*) from mails where due_at is null and body = ''", 1).await;

    let history = world.desk.ticket_history(world.agent(INES), &into.id).await.unwrap();
    let told = TicketEvent::Returned { to: "ana@correo.example".into(), tries: 2 };
    assert_eq!(history.last().map(|entry| &entry.event), Some(&told));
}

#[tokio::test]
async fn what_agents_write_takes_nothing_from_what_a_customer_may_ask_for() {
    let mut post = Post::open([]).await;
    let (world, chat) = over(&post).await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    world.changes(INES, &ticket, vec![]).await.unwrap();
    for n in 0..CHAT_LIMIT + 1 {
        world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &reply(&format!("{n}"))).await.unwrap();
        post.letter().await;
    }

    send(&world, "ana", &chat, &mail("a", "Tu conversación", "Hola.")).await.unwrap();

    assert_eq!(post.letter().await.text(), "Hola.");
}
