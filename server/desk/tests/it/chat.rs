//! Chats: opening, acting once and only once, races, and what a restart may not change.

use crate::world::*;
use domain::event::{Destination, Wish};
use domain::wire::Down;
use domain::{Act, Event, Reason, Refusal, Span, Stage, Thread};
use sqlx::{Executor, Row};
use std::sync::Arc;

#[tokio::test]
async fn a_repeated_start_is_answered_with_the_first_chat() {
    let world = World::open().await;
    let form = world.form("ana", "returns");

    let first = world.desk.open_chat(&token("ana"), &form).await.unwrap();
    let again = world.desk.open_chat(&token("ana"), &form).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(world.count("select count(*) from chats").await, 1);
}

#[tokio::test]
async fn a_second_open_chat_is_refused_with_the_first() {
    let (world, chat) = World::with_waiting_customer().await;

    let second = world.desk.open_chat(&token("ana"), &world.form("ana", "orders")).await;

    assert_eq!(refusal(second), Refusal::AlreadyOpen { chat });
    assert_eq!(world.count("select count(*) from chats").await, 1);
}

#[tokio::test]
async fn nobody_can_take_the_id_of_somebody_elses_chat() {
    let (world, chat) = World::with_waiting_customer().await;
    let mut form = world.form("eva", "returns");
    form.id = chat;

    assert_eq!(refusal(world.desk.open_chat(&token("eva"), &form).await), Refusal::NotYours);
}

#[tokio::test]
async fn a_start_with_a_fault_in_the_form_leaves_nothing_behind() {
    let world = World::open().await;
    let mut form = world.form("ana", "returns");
    form.answers[1].value = "ana@correo".into();

    let refused = world.desk.open_chat(&token("ana"), &form).await;

    assert_eq!(refusal(refused), Refusal::FieldWrong { field: "email".into() });
    for table in ["chats", "customers", "visitors", "events"] {
        assert_eq!(world.count(&format!("select count(*) from {table}")).await, 0, "{table}");
    }
}

#[tokio::test]
async fn the_page_he_wrote_from_is_one_line_of_a_length() {
    let world = World::open().await;
    let mut form = world.form("ana", "returns");
    form.page = format!("http://shop.example/\u{0}\u{202e}\r\n{}", "x".repeat(600));

    world.desk.open_chat(&token("ana"), &form).await.unwrap();

    let page = world.chat(&form.id).await.page;
    assert!(page.starts_with("http://shop.example/ xxx"), "{page:?}");
    assert_eq!(page.chars().count(), 500);
}

#[tokio::test]
async fn nobody_online_in_that_group_is_said_before_anybody_waits() {
    let mut world = World::open().await;
    world.leaves(LUCIA).await;
    world.wait(Span::secs(21)).await;

    let refused = world.desk.open_chat(&token("ana"), &world.form("ana", "choose")).await;

    assert_eq!(refusal(refused), Refusal::NobodyOnline);
}

#[tokio::test]
async fn a_repeated_message_is_kept_once_for_ever() {
    let (mut world, chat) = World::with_waiting_customer().await;
    let wish = domain::event::Wish { id: world.id(), act: Act::Post { text: "Hola".into() } };
    let ana = world.caller("ana").await;

    let first = world.desk.act(&ana, &chat, &wish).await.unwrap();
    let again = world.desk.act(&ana, &chat, &wish).await.unwrap();
    world.restart(Span::hours(1)).await;
    let later = world.desk.act(&ana, &chat, &wish).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(first, later);
    assert_eq!(world.chat(&chat).await.waiting_messages, 1);
}

#[tokio::test]
async fn a_hundred_copies_of_one_message_at_once_are_one_message() {
    let (world, chat) = World::with_waiting_customer().await;
    let (world, ana) = (Arc::new(world), Arc::new("ana"));
    let wish = domain::event::Wish { id: world.id(), act: Act::Post { text: "Hola".into() } };

    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (world, ana, wish, chat) = (world.clone(), ana.clone(), wish.clone(), chat.clone());
        tasks.spawn(async move { world.desk.act(&world.caller(&ana).await, &chat, &wish).await.unwrap() });
    }
    let answers = tasks.join_all().await;

    assert!(answers.iter().all(|a| *a == answers[0]));
    assert_eq!(world.chat(&chat).await.waiting_messages, 1);
}

#[tokio::test]
async fn of_two_agents_one_wins_and_the_other_learns_who() {
    let (world, chat) = World::with_waiting_customer().await;

    let (one, other) = tokio::join!(world.does(INES, &chat, Act::Attend), world.does(TOMAS, &chat, Act::Attend));

    let inside = world.chat(&chat).await.agents;
    let winner = inside[0].face.name.clone();
    assert_eq!(inside.len(), 1);
    let lost = if one.is_ok() { other } else { one };
    assert_eq!(refusal(lost), Refusal::AlreadyAttended { by: winner });
}

#[tokio::test]
async fn of_two_who_redirect_at_once_one_wins_and_the_other_learns_where_it_is() {
    let (world, chat) = World::with_conversation().await;
    let seen = world.chat(&chat).await.held();
    let to = |to: domain::Target| Act::HandOn { to, note: String::new(), seen: seen.clone() };
    let tomas = domain::Target::Agent(world.agent(TOMAS).face.id.clone());
    let orders = domain::Target::Group("orders".into());

    let (one, other) = tokio::join!(world.does(MARTA, &chat, to(tomas)), world.does(INES, &chat, to(orders)));

    let now = world.chat(&chat).await;
    let winner = now.agents.first().map_or(now.group.name.clone(), |agent| agent.face.name.clone());
    let lost = if one.is_ok() { other } else { one };
    assert_eq!(refusal(lost), Refusal::HeldBy { by: winner });
}

/// R46: nobody is left out of the numbers, and its ticket is whose it was at last.
#[tokio::test]
async fn of_two_who_take_a_conversation_over_at_once_one_has_it_and_whoever_had_it_learns_who() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.does(TOMAS, &chat, Act::Attend).await.unwrap();
    world.administers(INES, "returns").await;
    let seen = world.chat(&chat).await.held();
    let take = |who: &str| {
        let to = domain::Target::Agent(world.agent(who).face.id.clone());
        Act::HandOn { to, note: String::new(), seen: seen.clone() }
    };
    let acts = (take(MARTA), take(INES));

    let (one, other) = tokio::join!(world.does(MARTA, &chat, acts.0), world.does(INES, &chat, acts.1));

    let now = world.chat(&chat).await;
    let winner = now.agents[0].face.clone();
    assert_eq!(now.agents.len(), 1);
    let lost = if one.is_ok() { other } else { one };
    assert_eq!(refusal(lost), Refusal::HeldBy { by: winner.name.clone() });
    let told = |down: &Down| match down {
        Down::Told(told) => match &told.event {
            Event::Redirected { to: Destination::Agent(agent), .. } => Some(agent.clone()),
            _ => None,
        },
        _ => None,
    };
    assert_eq!(world.hears_next(TOMAS, told).await, winner);
    let has_it = if winner == world.agent(MARTA).face { MARTA } else { INES };
    world.does(has_it, &chat, Act::Close).await.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(MARTA), &chat).await.unwrap().unwrap();
    assert_eq!(ticket.owner, Some(winner));
    assert_eq!(world.count("select count(*) from chat_fact_agents").await, 2, "he who had it, and who took it");
}

#[tokio::test]
async fn five_hundred_races_have_five_hundred_winners() {
    let mut world = World::open().await;
    let mut chats = Vec::new();
    for n in 0..500 {
        let name = format!("customer{n}");
        let open = world.form(&name, "orders");
        world.desk.open_chat(&token(&name), &open).await.unwrap();
        chats.push(open.id);
    }
    // Tomás must take the first of the list, so the race is Inés against herself in many tabs.
    world.comes(INES).await;
    let world = Arc::new(world);
    let mut tasks = tokio::task::JoinSet::new();
    for chat in chats.clone() {
        for who in [INES, TOMAS, INES] {
            let (world, chat) = (world.clone(), chat.clone());
            tasks.spawn(async move { drop(world.does(who, &chat, Act::Attend).await) });
        }
    }
    tasks.join_all().await;

    let pool = world.look().await;
    let rows = pool.fetch_all("select chat_id from events where body like '{\"Attended\"%'").await.unwrap();
    let mut attended: Vec<String> = rows.iter().map(|r| r.try_get(0).unwrap()).collect();
    attended.sort();
    chats.sort();
    assert_eq!(attended, chats);
}

#[tokio::test]
async fn what_is_kept_is_the_fold_of_what_happened() {
    let (mut world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "Hola").await;
    world.says(INES, &chat, "Buenos días").await;
    world.does(MARTA, &chat, Act::Watch).await.unwrap();
    world.does(MARTA, &chat, Act::Aside { whisper: true, text: "Ofrécele el cambio".into() }).await.unwrap();
    world.leaves("ana").await;
    world.comes("ana").await;
    world.does("ana", &chat, Act::Close).await.unwrap();

    let told = world.screen(MARTA, &chat).await;
    let kept: String = world.look().await.fetch_one("select state from chats").await.unwrap().try_get(0).unwrap();

    assert_eq!(serde_json::from_str::<domain::Chat>(&kept).unwrap(), told.chat.unwrap());
}

#[tokio::test]
async fn a_customer_hears_nothing_of_a_watch_or_a_whisper() {
    let (world, chat) = World::with_conversation().await;
    world.does(MARTA, &chat, Act::Watch).await.unwrap();
    world.does(MARTA, &chat, Act::Aside { whisper: true, text: "Ofrécele el cambio".into() }).await.unwrap();
    world.says(INES, &chat, "Se lo cambiamos").await;

    let (his, hers) = (world.screen("ana", &chat).await, world.screen(INES, &chat).await);

    assert!(his.told.iter().all(|t| !t.event.is_aside()));
    assert_eq!(hers.told.iter().filter(|t| t.event.is_aside()).count(), 2);
    let public = |t: &Thread| t.told.iter().filter(|t| !t.event.is_aside()).cloned().collect::<Vec<_>>();
    assert_eq!(public(&his), public(&hers));
}

#[tokio::test]
async fn a_long_conversation_is_read_page_by_page() {
    let (world, chat) = World::with_conversation().await;
    for n in 0..450 {
        world.says(if n % 2 == 0 { "ana" } else { INES }, &chat, &format!("mensaje {n}")).await;
    }

    let thread = world.screen("ana", &chat).await;

    let words: Vec<_> = thread.told.iter().filter_map(|t| t.event.words()).map(str::to_string).collect();
    assert_eq!(words, (0..450).map(|n| format!("mensaje {n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn another_customer_can_neither_read_nor_write() {
    let (mut world, chat) = World::with_conversation().await;
    world.starts("eva", "orders").await;
    let eva = world.caller("eva").await;

    assert_eq!(refusal(world.does("eva", &chat, Act::Post { text: "hola".into() }).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.events(&eva, &chat, 0, 0).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.events(&eva, "0000000000000000", 0, 0).await), Refusal::NotYours);
}

#[tokio::test]
async fn an_agent_of_another_group_does_not_know_the_chat() {
    let (world, chat) = World::with_conversation().await;
    let lucia = world.caller(LUCIA).await;

    for act in [Act::Attend, Act::Close, Act::Watch, Act::Remove, Act::Join, Act::Post { text: "hola".into() }] {
        assert_eq!(refusal(world.does(LUCIA, &chat, act).await), Refusal::NotYours);
    }
    assert_eq!(refusal(world.desk.events(&lucia, &chat, 0, 0).await), Refusal::NotYours);
    assert!(world.desk.lists(world.agent(LUCIA)).await.unwrap().cards.is_empty());
}

#[tokio::test]
async fn what_only_the_house_may_ask_comes_through_no_door() {
    let (world, chat) = World::with_conversation().await;

    for act in [Act::Leave { since: world.desk.now() }, Act::Return, Act::Abandon, Act::Resume] {
        assert_eq!(refusal(world.does("ana", &chat, act).await), Refusal::NotYours);
    }
}

#[tokio::test]
async fn an_ended_chat_takes_no_more_words() {
    let (world, chat) = World::with_conversation().await;
    world.does("ana", &chat, Act::Close).await.unwrap();
    let before = world.screen("ana", &chat).await;

    let refused = world.does("ana", &chat, Act::Post { text: "¿hola?".into() }).await;

    assert_eq!(refusal(refused), Refusal::Ended);
    assert_eq!(world.screen("ana", &chat).await, before);
}

#[tokio::test]
async fn a_restart_changes_nothing_but_the_grace() {
    let (mut world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "Hola").await;
    let waiting = world.starts("eva", "returns").await;
    world.leaves("eva").await;
    world.wait(Span::secs(15)).await;

    world.restart(Span::hours(2)).await;
    world.comes(INES).await;
    world.comes("ana").await;
    world.wait(Span::secs(20)).await;
    let still = world.chat(&waiting).await;
    world.wait(Span(1)).await;

    assert_eq!(still.stage, Stage::Waiting);
    assert_eq!(world.chat(&waiting).await.stage, Stage::Ended(Reason::System));
    let chat = world.chat(&chat).await;
    assert_eq!((chat.stage, chat.gone_since, chat.agents[0].gone_since), (Stage::Attending, None, None));
}

#[tokio::test]
async fn a_redirected_chat_waits_in_the_other_queue_with_its_first_time() {
    let (world, chat) = World::with_conversation().await;
    let queued_at = world.chat(&chat).await.queued_at;
    world.wait(Span::minutes(3)).await;

    world.does(INES, &chat, Act::Redirect { to: domain::Target::Group("orders".into()) }).await.unwrap();

    let moved = world.chat(&chat).await;
    assert_eq!((moved.stage, moved.group.id.as_str(), moved.queued_at), (Stage::Waiting, "orders", queued_at));
    assert!(moved.agents.is_empty());
    assert!(world.desk.lists(world.agent(TOMAS)).await.unwrap().cards.iter().any(|c| c.chat == chat));
}

#[tokio::test]
async fn nobody_is_redirected_to_who_does_not_attend_the_group() {
    let (world, chat) = World::with_conversation().await;
    let lucia = world.agent(LUCIA).face.id.clone();

    for to in [domain::Target::Agent(lucia), domain::Target::Group("nowhere".into())] {
        assert_eq!(refusal(world.does(INES, &chat, Act::Redirect { to }).await), Refusal::NoSuchTarget);
    }
}

#[tokio::test]
async fn protocol_numbers_are_dense_in_the_order_of_starting() {
    let mut world = World::open().await;
    let mut numbers = Vec::new();
    for name in ["ana", "eva", "iris"] {
        let chat = world.starts(name, "orders").await;
        numbers.push(world.chat(&chat).await.number);
    }

    assert_eq!(numbers, [1, 2, 3]);
    assert!(matches!(
        world.screen("ana", &world.desk.open_chat_of(&visitor(&world, "ana").await).await.unwrap().unwrap()).await.told
            [0]
        .event,
        Event::Opened(_)
    ));
}

async fn visitor(world: &World, name: &str) -> desk::Visitor {
    world.desk.visitor(&token(name)).await.unwrap()
}

/// The machine's clock was set back while we were down (R24): nobody waits for less than nothing.
#[tokio::test]
async fn time_goes_on_from_the_last_moment_that_is_kept() {
    let (mut world, chat) = World::with_conversation().await;
    world.wait(Span::minutes(5)).await;
    let said = world.says("ana", &chat, "Hola").await[0].at;
    world.restart(Span::hours(-24)).await;
    assert!(world.desk.now() >= said);

    world.wait(Span::secs(10)).await;
    world.does("ana", &chat, Act::Close).await.unwrap();
    let ended = world.chat(&chat).await.ended_at.unwrap();
    world.restart(Span::hours(-24)).await;
    assert!(world.desk.now() >= ended);

    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    world.wait(Span::minutes(1)).await;
    let saved = world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap().changed_at;
    world.restart(Span::hours(-24)).await;
    assert!(world.desk.now() >= saved);
    assert!(ended >= said && saved > ended);
}

/// What is asked all the time must not read the whole history. SQLite says how it would look.
#[tokio::test]
async fn chats_that_run_are_found_without_those_that_have_ended() {
    let world = World::empty().await;
    if world.is_on_a_server() {
        return;
    }
    for (sql, index) in [
        ("select state from chats where ended_at is null order by queued_at, id", "chats_running"),
        ("select act from events where chat_id in (select id from chats where ended_at is null)", "events_in_order"),
        ("select max(ended_at) from chats where ended_at is not null", "chats_by_end"),
        ("select state from tickets where saved_at is null", "tickets_to_save"),
    ] {
        let plan =
            world.look().await.fetch_all(sqlx::AssertSqlSafe(format!("explain query plan {sql}"))).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|row| row.try_get("detail").unwrap()).collect();
        assert!(plan[0].contains(index), "{sql}: {plan:?}");
        assert!(!plan.iter().any(|step| step.starts_with("SCAN") && !step.contains("INDEX")), "{sql}: {plan:?}");
    }
}

#[tokio::test]
async fn a_repeated_whisper_tells_the_customer_nothing() {
    let (world, chat) = World::with_conversation().await;
    let whisper = Act::Aside { whisper: true, text: "Ofrécele el cambio".into() };
    let wish = domain::event::Wish { id: world.id(), act: whisper };
    world.desk.act(&world.caller(INES).await, &chat, &wish).await.unwrap();

    let replayed = world.desk.act(&world.caller("ana").await, &chat, &wish).await.unwrap();

    assert_eq!(replayed, []);
}

/// PostgreSQL takes no NUL; a name with one in it is no fault of ours, only nobody's.
#[tokio::test]
async fn what_no_database_can_hold_is_not_there() {
    let (world, chat) = World::with_conversation().await;
    let (nul, ana, ines) = ("0123456789\u{0}abcdef", world.caller("ana").await, world.agent(INES));
    let mut forms = [world.form("eva", "returns"), world.form("eva", "returns")];
    forms[0].key = nul.into();
    forms[1].group = nul.into();

    for form in &forms {
        assert_eq!(refusal(world.desk.open_chat(&token("eva"), form).await), Refusal::NotYours);
    }
    assert_eq!(refusal(world.does("ana", nul, Act::Close).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.events(&ana, nul, 0, 0).await), Refusal::NotYours);
    for to in [domain::Target::Group(nul.into()), domain::Target::Agent(nul.into())] {
        assert_eq!(refusal(world.does(INES, &chat, Act::Redirect { to }).await), Refusal::NoSuchTarget);
    }
    let save = domain::TicketAct::Save { changes: Vec::new(), note: "x".into() };
    assert_eq!(refusal(world.desk.save_ticket(ines, nul, &world.id(), &save).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.ticket(ines, nul).await), Refusal::NotYours);
    let after = domain::ticket_list::After { at: world.desk.now().0, id: nul.into() };
    let list = world.desk.tickets(ines, "es", &domain::ticket_list::Filter::default(), Some(&after)).await;
    assert_eq!(refusal(list), Refusal::Malformed);
    assert_eq!(refusal(world.desk.application(nul, "es").await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.sites(nul).await), Refusal::NotYours);
    assert_eq!(world.desk.attendants(nul).await.unwrap(), []);
    assert_eq!(refusal(world.desk.sign_in(nul, PASSWORD, &here()).await), Refusal::WrongPassword);
}

#[tokio::test]
async fn what_a_wish_has_led_to_is_told_to_who_may_see_it_and_to_nobody_who_repeats_its_id() {
    let (world, chat) = World::with_conversation().await;
    let theirs = Wish { id: chat.clone(), act: Act::Watch };

    assert_eq!(refusal(world.desk.act(&world.caller(TOMAS).await, &chat, &theirs).await), Refusal::NotYours);
    assert_eq!(world.desk.act(&world.caller(INES).await, &chat, &theirs).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_agents_who_answer_at_once_one_reads_first_what_the_other_said() {
    let (world, chat) = World::with_conversation().await;
    let tomas = world.agent(TOMAS).face.id.clone();
    world.does(INES, &chat, Act::Invite { agent: tomas }).await.unwrap();
    world.does(TOMAS, &chat, Act::Join).await.unwrap();
    let seen = world.chat(&chat).await.seq;
    let answer = |text: &str| Act::Answer { text: text.into(), seen };
    let (ines, other) = (world.caller(INES).await, world.caller(TOMAS).await);
    let wish = Wish { id: world.id(), act: answer("Le mando otra.") };

    world.desk.act(&ines, &chat, &wish).await.unwrap();
    let overtaken = world.does(TOMAS, &chat, answer("Le devuelvo el dinero.")).await;
    let again = world.desk.act(&ines, &chat, &wish).await.unwrap();

    assert_eq!(refusal(overtaken), Refusal::Overtaken { by: world.agent(INES).face.name.clone() });
    assert_eq!(again.len(), 1, "asked again, it is the first answer");
    let after = Act::Answer { text: "Te la manda hoy.".into(), seen: seen + 1 };
    assert_eq!(world.desk.act(&other, &chat, &Wish { id: world.id(), act: after }).await.unwrap().len(), 1);
    assert_eq!(world.chat(&chat).await.seq, seen + 2);
}
