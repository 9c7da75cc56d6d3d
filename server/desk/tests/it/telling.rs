//! Telling: durable first, to those who may hear, and never more than one can bear.

use crate::world::*;
use desk::Heard;
use domain::wire::Down;
use domain::{Act, Event};

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
