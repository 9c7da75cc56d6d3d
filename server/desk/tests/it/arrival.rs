//! Who acts before his socket is open, and who never comes: he has gone, too.

use crate::world::*;
use domain::presence::{ARRIVAL, HOLD};
use domain::{Act, Reason, Span, Stage, Status};

#[tokio::test]
async fn who_starts_a_chat_and_never_comes_is_abandoned_as_if_he_had_left_then() {
    let mut world = World::open().await;
    let chat = world.sends_the_form("ana", "returns").await;
    let next = world.starts("eva", "returns").await;

    world.wait(HOLD).await;
    let held = world.chat(&chat).await;
    world.wait(Span(1)).await;

    assert_eq!((held.stage, held.gone_since), (Stage::Waiting, Some(held.queued_at)));
    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::Connection));
    let eva = world.desk.visitor(&token("eva")).await.unwrap();
    assert_eq!(world.desk.wait(&eva, &next).await.unwrap().place, Some(1));
}

#[tokio::test]
async fn nobody_hears_of_an_absence_that_is_only_the_way_in() {
    let mut world = World::open().await;
    let chat = world.sends_the_form("ana", "returns").await;

    world.wait(Span(ARRIVAL.0 - 1)).await;
    world.comes("ana").await;
    world.wait(Span::minutes(5)).await;

    assert_eq!(world.chat(&chat).await.stage, Stage::Waiting);
    assert_eq!(world.screen("ana", &chat).await.told.len(), 1);
}

#[tokio::test]
async fn who_comes_late_but_in_time_keeps_his_place() {
    let mut world = World::open().await;
    let chat = world.sends_the_form("ana", "returns").await;

    world.wait(Span::secs(19)).await;
    world.comes("ana").await;
    world.wait(Span::minutes(5)).await;

    let chat = world.chat(&chat).await;
    assert_eq!((chat.stage, chat.gone_since), (Stage::Waiting, None));
}

#[tokio::test]
async fn a_socket_closed_before_the_start_does_not_count_for_the_chat() {
    let (mut world, first) = World::with_waiting_customer().await;
    world.does("ana", &first, Act::Close).await.unwrap();
    world.leaves("ana").await;

    let chat = world.sends_the_form("ana", "returns").await;
    world.wait(just_over(HOLD)).await;

    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::Connection));
}

#[tokio::test]
async fn a_socket_of_another_visitor_is_nobody_elses_presence() {
    let mut world = World::open().await;
    let chat = world.sends_the_form("ana", "returns").await;

    world.starts("eva", "orders").await;
    world.wait(just_over(HOLD)).await;

    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::Connection));
}

#[tokio::test]
async fn an_agent_who_attends_without_a_socket_has_the_usual_grace() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.leaves(INES).await;
    world.wait(Span::minutes(3)).await;

    world.does(INES, &chat, Act::Attend).await.unwrap();

    world.sees_it_end(&chat, HOLD, Stage::Attending, Reason::AgentLost).await;
}

#[tokio::test]
async fn a_console_that_comes_back_after_attending_goes_on() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.leaves(INES).await;
    world.wait(Span::secs(15)).await;

    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.wait(Span::secs(19)).await;
    world.comes(INES).await;
    world.wait(Span::minutes(5)).await;

    let chat = world.chat(&chat).await;
    assert_eq!((chat.stage, chat.agents[0].gone_since), (Stage::Attending, None));
}

#[tokio::test]
async fn a_second_agent_who_joins_and_never_comes_is_let_go() {
    let (mut world, chat) = World::with_conversation().await;
    world.leaves(MARTA).await;

    world.does(MARTA, &chat, Act::Join).await.unwrap();
    world.wait(just_over(HOLD)).await;

    let chat = world.chat(&chat).await;
    assert_eq!((chat.stage, chat.agents.len()), (Stage::Attending, 1));
}

#[tokio::test]
async fn who_watches_without_listening_is_not_among_the_watchers_for_long() {
    let (mut world, chat) = World::with_conversation().await;
    world.leaves(MARTA).await;

    world.does(MARTA, &chat, Act::Watch).await.unwrap();
    world.wait(ARRIVAL).await;

    assert!(world.chat(&chat).await.watchers.is_empty());
}

#[tokio::test]
async fn a_ticket_is_saved_for_an_owner_who_was_not_there_when_it_was_born() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.restart(Span::minutes(1)).await;
    world.comes("ana").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    world.wait(Span::secs(10)).await;

    world.does(INES, &chat, Act::Close).await.unwrap();
    world.wait(HOLD).await;
    let before = world.desk.ticket_of_chat(world.agent(MARTA), &chat).await.unwrap().unwrap();
    world.wait(Span(1)).await;
    let after = world.desk.ticket_of_chat(world.agent(MARTA), &chat).await.unwrap().unwrap();

    assert!(!before.is_saved());
    assert_eq!((after.first_status, after.owner), (Some(Status::New), Some(world.agent(INES).face.clone())));
}
