//! Disconnection and abandonment (R33-R37, R63): charged to people's silence, never to ours.

use crate::world::*;
use domain::presence::{HOLD, PATIENCE};
use domain::{Act, Event, Reason, Span, Stage, Status, Time};

#[tokio::test]
async fn a_deserted_chat_is_abandoned_after_the_hold() {
    let (mut world, chat) = World::with_waiting_customer().await;

    world.leaves("ana").await;
    world.wait(HOLD).await;
    let held = world.chat(&chat).await.stage;
    world.wait(Span(1)).await;

    assert_eq!(held, Stage::Waiting);
    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::Connection));
}

#[tokio::test]
async fn who_comes_back_in_time_keeps_his_place() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.starts("eva", "returns").await;

    world.leaves("ana").await;
    world.wait(Span::secs(19)).await;
    world.comes("ana").await;
    world.wait(Span::minutes(5)).await;

    let back = world.chat(&chat).await;
    assert_eq!((back.stage, back.gone_since), (Stage::Waiting, None));
    let ana = world.desk.visitor(&token("ana")).await.unwrap();
    assert_eq!(world.desk.wait(&ana, &chat).await.unwrap().place, Some(1));
}

#[tokio::test]
async fn one_of_two_tabs_closing_means_nothing() {
    let (mut world, chat) = World::with_waiting_customer().await;
    let second = world.desk.listen(&world.caller("ana").await).await.unwrap();
    world.settle().await;

    world.leaves("ana").await;
    world.wait(Span::minutes(1)).await;

    assert_eq!(world.chat(&chat).await.gone_since, None);
    drop(second);
    world.settle().await;
    assert!(world.chat(&chat).await.gone_since.is_some());
}

#[tokio::test]
async fn an_absence_begins_when_he_was_last_heard() {
    let (mut world, chat) = World::with_waiting_customer().await;
    let heard: Time = world.desk.now();
    let ear = world.desk.listen(&world.caller("ana").await).await.unwrap();
    world.leaves("ana").await;

    world.wait(Span::secs(12)).await;
    ear.gone(heard);
    world.settle().await;

    assert_eq!(world.chat(&chat).await.gone_since, Some(heard));
    world.wait(Span(8_001)).await;
    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::Connection));
}

#[tokio::test]
async fn an_attended_customer_is_waited_for_with_more_patience() {
    let (mut world, chat) = World::with_conversation().await;

    world.leaves("ana").await;
    world.wait(PATIENCE).await;
    let held = world.chat(&chat).await.stage;
    world.wait(Span(1)).await;

    assert_eq!(held, Stage::Attending);
    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::Connection));
}

#[tokio::test]
async fn a_lost_agents_chat_becomes_one_ticket_in_his_queue() {
    let (mut world, chat) = World::with_conversation().await;

    world.leaves(INES).await;
    world.wait(HOLD).await;
    let held = world.chat(&chat).await.stage;
    world.wait(Span(1)).await;

    assert_eq!(held, Stage::Attending);
    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::AgentLost));
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!(
        (ticket.status, ticket.is_saved(), ticket.owner.as_ref()),
        (Status::New, true, Some(&world.agent(INES).face))
    );
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn an_agent_who_reloads_finds_his_conversation() {
    let (mut world, chat) = World::with_conversation().await;

    world.leaves(INES).await;
    world.wait(Span::secs(19)).await;
    world.comes(INES).await;
    world.wait(Span::minutes(5)).await;

    let back = world.chat(&chat).await;
    assert_eq!((back.stage, back.agents[0].gone_since), (Stage::Attending, None));
    assert_eq!(world.count("select count(*) from tickets").await, 0);
}

#[tokio::test]
async fn a_second_agent_goes_on_without_the_lost_one() {
    let (mut world, chat) = World::with_conversation().await;
    world.does(MARTA, &chat, Act::Join).await.unwrap();

    world.leaves(INES).await;
    world.wait(Span::secs(21)).await;

    let chat = world.chat(&chat).await;
    assert_eq!(chat.stage, Stage::Attending);
    assert_eq!(chat.agents.iter().map(|a| a.face.name.as_str()).collect::<Vec<_>>(), ["Marta Ortiz"]);
}

#[tokio::test]
async fn an_unsaved_ticket_is_saved_for_an_agent_who_does_not_come_back() {
    let (mut world, chat) = World::with_conversation().await;
    world.does("ana", &chat, Act::Close).await.unwrap();

    world.leaves(INES).await;
    world.wait(HOLD).await;
    let before = world.desk.ticket_of_chat(world.agent(MARTA), &chat).await.unwrap().unwrap();
    world.wait(Span(1)).await;
    let after = world.desk.ticket_of_chat(world.agent(MARTA), &chat).await.unwrap().unwrap();

    assert!(!before.is_saved());
    assert_eq!((after.first_status, after.owner), (Some(Status::New), Some(world.agent(INES).face.clone())));
}

#[tokio::test]
async fn a_crash_of_ours_never_makes_a_deserter() {
    let (mut world, chat) = World::with_conversation().await;
    let waiting = world.starts("eva", "orders").await;

    for _ in 0..10 {
        world.restart(Span::minutes(7)).await;
        world.wait(Span::secs(20)).await;
    }

    assert_eq!(world.chat(&waiting).await.stage, Stage::Waiting);
    assert_eq!(world.chat(&chat).await.stage, Stage::Attending);
}

#[tokio::test]
async fn who_stops_being_there_watches_no_more() {
    let (mut world, chat) = World::with_conversation().await;
    world.does(MARTA, &chat, Act::Watch).await.unwrap();

    world.leaves(MARTA).await;

    assert!(world.chat(&chat).await.watchers.is_empty());
    assert!(matches!(world.screen(INES, &chat).await.told.last().unwrap().event, Event::Unwatched { .. }));
}
