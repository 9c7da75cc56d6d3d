//! Read marks: a hint for who is in the conversation, kept lazily.

use crate::world::*;
use domain::wire::{Down, Read};
use domain::{Act, Span};

fn read(down: &Down) -> Option<Read> {
    if let Down::Read(read) = down { Some(read.clone()) } else { None }
}

#[tokio::test]
async fn each_side_learns_how_far_the_other_has_read() {
    let (mut world, chat) = World::with_conversation().await;
    world.follows(INES, &chat).await;
    let seq = world.says("ana", &chat, "Hola").await[0].seq;

    assert_eq!(world.has_read(INES, &chat, seq).await, None);
    assert_eq!(world.hears_next("ana", read).await, Read { chat: chat.clone(), customer: 0, agents: seq });
    world.has_read("ana", &chat, seq - 1).await;
    let heard = world.hears_next(INES, |down| read(down).filter(|read| read.customer > 0)).await;

    assert_eq!(heard, Read { chat, customer: seq - 1, agents: seq });
}

#[tokio::test]
async fn what_moves_nothing_is_for_the_asker_alone() {
    let (world, chat) = World::with_conversation().await;
    world.has_read("ana", &chat, 2).await;

    let again = world.has_read("ana", &chat, 1).await;

    assert_eq!(again, Some(Read { chat: chat.clone(), customer: 2, agents: 0 }));
    // More than there is cannot be read.
    world.has_read("ana", &chat, u32::MAX).await;
    assert_eq!(world.has_read("ana", &chat, 0).await.map(|read| read.customer), Some(world.chat(&chat).await.seq));
}

/// S12, R45: neither a look nor a whisper leaves a trace.
#[tokio::test]
async fn who_only_looks_on_has_read_nothing() {
    let (mut world, chat) = World::with_conversation().await;
    world.does(MARTA, &chat, Act::Watch).await.unwrap();
    let seq = world.says("ana", &chat, "Hola").await[0].seq;
    world.does(MARTA, &chat, Act::Aside { whisper: true, text: "psst".into() }).await.unwrap();

    let looked = world.has_read(MARTA, &chat, seq).await;

    assert_eq!(looked, Some(Read { chat: chat.clone(), customer: 0, agents: 0 }));
    assert_eq!(refusal(world.tries_to_read(LUCIA, &chat, seq).await), domain::Refusal::NotYours);
    world.starts("bruno", "returns").await;
    assert_eq!(refusal(world.tries_to_read("bruno", &chat, seq).await), domain::Refusal::NotYours);
}

#[tokio::test]
async fn what_was_read_outlives_a_stop() {
    let (mut world, chat) = World::with_conversation().await;
    let before = world.count("select count(*) from events").await;
    world.has_read("ana", &chat, 2).await;
    assert_eq!(world.count("select count(*) from events").await, before, "it is no event");

    world.restart(Span(0)).await;
    world.comes("ana").await;

    assert_eq!(world.has_read("ana", &chat, 0).await.map(|read| read.customer), Some(2));
    assert_eq!(world.count("select count(*) from reads").await, 1);
}
