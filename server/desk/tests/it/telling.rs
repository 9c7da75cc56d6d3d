//! Telling: durable first, to those who may hear, and never more than one can bear.

use crate::world::*;
use desk::Heard;
use domain::wire::Down;
use domain::{Act, Event, Target};
use sqlx::Executor;

#[tokio::test]
async fn words_reach_the_other_side_and_the_writer() {
    let (mut world, chat) = World::with_conversation().await;

    let said = world.says("ana", &chat, "Hola").await;

    let same = |down: &Down| matches!(down, Down::Told(t) if *t == said[0]).then_some(());
    world.hears_next("ana", same).await;
    world.hears_next(INES, same).await;
}

#[tokio::test]
async fn staff_of_the_group_sees_the_row_and_others_do_not() {
    let (mut world, chat) = World::with_waiting_customer().await;
    let row = |down: &Down| matches!(down, Down::Card(card) if card.chat == chat).then_some(());

    world.hears_next(INES, row).await;
    world.hears_next(MARTA, row).await;
    world.starts("eva", "choose").await;
    let heard = world.hears_next(LUCIA, |down| match down {
        Down::Card(card) => Some(card.customer.name.clone()),
        _ => None,
    });
    assert_eq!(heard.await, "eva");
}

#[tokio::test]
async fn who_does_not_keep_up_is_let_go() {
    let (world, chat) = World::with_conversation().await;
    let mut slow = world.desk.listen(&world.caller("ana").await).await.unwrap();

    for n in 0..300 {
        world.says(INES, &chat, &format!("mensaje {n}")).await;
    }

    let mut frames = 0;
    while let Heard::Frame(_) = slow.hear().await {
        frames += 1;
    }
    assert_eq!(frames, 256);
}

#[tokio::test]
async fn a_follower_hears_a_whisper_and_its_customer_does_not() {
    let (mut world, chat) = World::with_conversation().await;
    let mut marta = world.desk.listen(&world.caller(MARTA).await).await.unwrap();
    marta.follow(&chat).await.unwrap();

    world.does(MARTA, &chat, Act::Aside { whisper: true, text: "Ofrécele el cambio".into() }).await.unwrap();
    world.says(INES, &chat, "Se lo cambiamos").await;

    loop {
        if let Heard::Frame(frame) = marta.hear().await
            && matches!(frame.down(), Down::Told(t) if matches!(t.event, Event::Whispered { .. }))
        {
            break;
        }
    }
    let next = world.hears_next("ana", |down| match down {
        Down::Told(t) => t.event.words().map(str::to_string),
        _ => None,
    });
    assert_eq!(next.await, "Se lo cambiamos");
}

#[tokio::test]
async fn typing_is_heard_by_the_other_side_only_from_who_is_inside() {
    let (mut world, chat) = World::with_conversation().await;
    let mut ines = world.desk.listen(&world.caller(INES).await).await.unwrap();
    let mut marta = world.desk.listen(&world.caller(MARTA).await).await.unwrap();
    ines.follow(&chat).await.unwrap();
    marta.follow(&chat).await.unwrap();

    marta.typing(&chat).await.unwrap();
    ines.typing(&chat).await.unwrap();

    let who = world.hears_next("ana", |down| match down {
        Down::Typing { by, .. } => by.clone(),
        _ => None,
    });
    assert_eq!(who.await.name, "Inés Robledo");
}

#[tokio::test]
async fn one_cannot_follow_what_one_may_not_read() {
    let (world, chat) = World::with_conversation().await;
    let mut lucia = world.desk.listen(&world.caller(LUCIA).await).await.unwrap();

    assert_eq!(refusal(lucia.follow(&chat).await), domain::Refusal::NotYours);
}

#[tokio::test]
async fn a_colleague_neither_reads_nor_follows_a_running_conversation() {
    let (world, chat) = World::with_conversation().await;
    let tomas = world.caller(TOMAS).await;
    let mut ear = world.desk.listen(&tomas).await.unwrap();
    let read = || world.desk.events(&tomas, &chat, 0, 0);

    assert_eq!(refusal(read().await), domain::Refusal::NotYours);
    assert_eq!(refusal(ear.follow(&chat).await), domain::Refusal::NotYours);
    let id = world.agent(TOMAS).face.id.clone();
    world.does(INES, &chat, Act::Invite { agent: id }).await.unwrap();
    assert!(!read().await.unwrap().told.is_empty());
    ear.follow(&chat).await.unwrap();
}

#[tokio::test]
async fn a_colleague_reads_who_is_attended_and_not_what_is_said() {
    let (world, chat) = World::with_conversation().await;
    let mut ears = Vec::new();
    for who in [INES, TOMAS] {
        ears.push(world.desk.listen(&world.caller(who).await).await.unwrap());
    }
    world.says("ana", &chat, "Solo para Inés").await;

    for (who, words) in [(INES, "Solo para Inés"), (TOMAS, ""), (MARTA, "Solo para Inés")] {
        let lists = world.desk.lists(world.agent(who)).await.unwrap();
        assert_eq!(lists.cards.iter().map(|c| c.words.as_str()).collect::<Vec<_>>(), [words], "{who}");
    }
    for (ear, words) in ears.iter_mut().zip(["Solo para Inés", ""]) {
        let heard = card_of(ear, &chat).await;
        assert_eq!((heard.words.as_str(), heard.agents.len()), (words, 1));
    }
}

#[tokio::test]
async fn a_row_says_who_was_asked_in_until_he_has_answered() {
    let (world, chat) = World::with_conversation().await;
    let tomas = world.agent(TOMAS).face.clone();
    let mut ear = world.desk.listen(&world.caller(TOMAS).await).await.unwrap();

    world.does(INES, &chat, Act::Invite { agent: tomas.id.clone() }).await.unwrap();
    let asked = card_of(&mut ear, &chat).await;
    world.does(TOMAS, &chat, Act::Decline).await.unwrap();
    let answered = card_of(&mut ear, &chat).await;

    assert_eq!((asked.invited, answered.invited), (vec![tomas], vec![]));
}

#[tokio::test]
async fn the_row_of_who_waits_has_what_he_answered_and_wrote_first_until_he_is_attended() {
    let (world, chat) = World::with_waiting_customer().await;
    world.says("ana", &chat, "Llegó rota").await;
    world.says("ana", &chat, "¿Hola?").await;

    let waits = world.desk.lists(world.agent(TOMAS)).await.unwrap().cards.remove(0);
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let attended = world.desk.lists(world.agent(TOMAS)).await.unwrap().cards.remove(0);

    assert_eq!((waits.first_words.as_str(), waits.words.as_str()), ("Llegó rota", "¿Hola?"));
    assert_eq!(waits.answers.iter().map(|said| said.value.as_str()).collect::<Vec<_>>(), ["ana@correo.example"]);
    assert_eq!((attended.first_words.as_str(), attended.answers.len()), ("", 0));
}

/// The next row of this chat that somebody hears.
async fn card_of(ear: &mut desk::Ear, chat: &str) -> domain::wire::Card {
    loop {
        let Heard::Frame(frame) = ear.hear().await else { panic!("nothing more is heard") };
        if let Down::Card(card) = frame.down()
            && card.chat == chat
        {
            return card.clone();
        }
    }
}

/// What somebody hears until the card of this chat.
async fn heard_until(ear: &mut desk::Ear, chat: &str) -> Vec<Down> {
    let mut all = Vec::new();
    loop {
        let Heard::Frame(frame) = ear.hear().await else { panic!("nothing more is heard") };
        if matches!(frame.down(), Down::Card(card) if card.chat == chat) {
            return all;
        }
        all.push(frame.down().clone());
    }
}

#[tokio::test]
async fn who_follows_a_chat_hears_that_it_went_to_a_group_that_is_not_his_and_nothing_more() {
    let (mut world, chat) = World::with_conversation().await;
    world.administers(TOMAS, "returns").await;
    let mut tomas = world.desk.listen(&world.caller(TOMAS).await).await.unwrap();
    tomas.follow(&chat).await.unwrap();

    world.does(INES, &chat, Act::Redirect { to: Target::Group("choose".into()) }).await.unwrap();
    world.says("ana", &chat, "Solo para vosotros").await;
    world.does(MARTA, &chat, Act::Aside { whisper: false, text: "Solo para vosotros".into() }).await.unwrap();
    let marker = world.starts("eva", "orders").await;

    let heard = heard_until(&mut tomas, &marker).await;
    let told: Vec<_> = heard.iter().filter_map(|d| if let Down::Told(t) = d { Some(&t.event) } else { None }).collect();
    assert!(matches!(told[..], [Event::Redirected { .. }]), "{told:?}");
    assert_eq!(refusal(tomas.follow(&chat).await), domain::Refusal::NotYours);
}

#[tokio::test]
async fn who_is_called_back_into_a_chat_hears_it_again() {
    let (mut world, chat) = World::with_conversation().await;
    world.administers(TOMAS, "returns").await;
    let mut tomas = world.desk.listen(&world.caller(TOMAS).await).await.unwrap();
    tomas.follow(&chat).await.unwrap();
    let to = |group: &str| Act::Redirect { to: Target::Group(group.into()) };

    world.does(INES, &chat, to("choose")).await.unwrap();
    let marker = world.starts("iris", "orders").await;
    heard_until(&mut tomas, &marker).await;
    world.does(MARTA, &marker, Act::Remove).await.unwrap();
    world.does(LUCIA, &chat, Act::Attend).await.unwrap();
    world.does(LUCIA, &chat, to("orders")).await.unwrap();
    world.does(TOMAS, &chat, Act::Attend).await.unwrap();
    world.says("ana", &chat, "Hola otra vez").await;
    let marker = world.starts("eva", "orders").await;

    let heard = heard_until(&mut tomas, &marker).await;
    assert!(heard.iter().any(|d| matches!(d, Down::Told(t) if t.event.words() == Some("Hola otra vez"))), "{heard:?}");
}

#[tokio::test]
async fn rights_that_change_count_on_an_open_socket_too() {
    let (mut world, chat) = World::with_conversation().await;
    world.administers(TOMAS, "returns").await;
    let session = world.signs_in(TOMAS).await;
    let mut tomas = world.desk.listen(&world.caller(TOMAS).await).await.unwrap();
    tomas.follow(&chat).await.unwrap();
    let tomas_id = world.agent(TOMAS).face.id.clone();
    let less = format!("delete from memberships where agent_id = '{tomas_id}' and group_id = 'returns'");
    world.look().await.execute(sqlx::AssertSqlSafe(less)).await.unwrap();

    tomas.renew(world.desk.session(&session).await.unwrap().agent, false).await.unwrap();
    let unheard = world.starts("iris", "returns").await;
    world.says("ana", &chat, "Solo para vosotros").await;
    let marker = world.starts("eva", "orders").await;

    let heard = heard_until(&mut tomas, &marker).await;
    assert!(!heard.iter().any(|d| matches!(d, Down::Card(card) if card.chat == unheard)), "{heard:?}");
    assert!(!heard.iter().any(|d| matches!(d, Down::Told(_))), "{heard:?}");
}
