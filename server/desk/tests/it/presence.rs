//! Disconnection and abandonment (R33-R37, R63): charged to people's silence, never to ours.

use crate::world::*;
use domain::parameters::Parameters;
use domain::presence::{HOLD, PATIENCE};
use domain::{Act, Event, Reason, Refusal, Span, Stage, Status, Target, Time};
use sqlx::Executor;

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

/// An operator sets them beside the server, which looks at them now and then.
async fn sets_graces(world: &World, customer_grace: u32, agent_grace: u32) {
    world.sets_parameters(Parameters { customer_grace, agent_grace, ..Parameters::default() }).await;
    world.desk.follow_parameters().await.unwrap();
    world.settle().await;
}

#[tokio::test]
async fn a_longer_grace_holds_for_who_is_gone_when_it_is_set_and_over_a_restart() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.leaves("ana").await;
    world.wait(Span::secs(19)).await;

    sets_graces(&world, 60, 20).await;
    world.wait(Span::secs(40)).await;
    let held = world.chat(&chat).await.stage;
    world.restart(Span(0)).await;

    assert_eq!(held, Stage::Waiting);
    world.sees_it_end(&chat, Span::secs(60), Stage::Waiting, Reason::System).await;
}

#[tokio::test]
async fn a_shorter_grace_holds_for_who_is_gone_when_it_is_set() {
    let (mut world, chat) = World::with_waiting_customer().await;
    sets_graces(&world, 60, 20).await;
    world.leaves("ana").await;
    world.wait(Span::secs(21)).await;
    let before = world.chat(&chat).await.stage;

    sets_graces(&world, 20, 20).await;

    assert_eq!((before, world.chat(&chat).await.stage), (Stage::Waiting, Stage::Ended(Reason::Connection)));
}

#[tokio::test]
async fn an_agent_is_waited_for_as_long_as_the_house_says_in_a_conversation_and_with_a_ticket_to_save() {
    let (mut world, chat) = World::with_conversation().await;
    let other = world.starts("eva", "returns").await;
    world.does(INES, &other, Act::Attend).await.unwrap();
    world.does(INES, &other, Act::Close).await.unwrap();
    sets_graces(&world, 20, 90).await;
    let unsaved = "select count(*) from tickets where saved_at is null";

    world.leaves(INES).await;
    world.wait(Span::secs(90)).await;
    let held = (world.chat(&chat).await.stage, world.count(unsaved).await);
    world.wait(Span(1)).await;

    assert_eq!(held, (Stage::Attending, 1));
    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::AgentLost));
    assert_eq!(world.count(unsaved).await, 0);
}

/// However long the house waits for him, customers are told after a change of page.
#[tokio::test]
async fn an_agent_for_whom_is_waited_is_not_connected() {
    let (mut world, chat) = World::with_conversation().await;
    sets_graces(&world, 20, 600).await;
    let tomas = world.agent(TOMAS).face.id.clone();

    world.leaves(TOMAS).await;
    world.wait(just_over(HOLD)).await;

    let to_him = Act::Redirect { to: Target::Agent(tomas) };
    assert_eq!(refusal(world.does(INES, &chat, to_him).await), Refusal::NoSuchTarget);
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
async fn who_is_back_and_lost_again_at_once_has_his_whole_grace_again() {
    let (mut world, chat) = World::with_waiting_customer().await;
    let ana = world.caller("ana").await;
    world.leaves("ana").await;
    world.wait(Span::secs(19)).await;

    // The keeper hears of both in one.
    drop(world.desk.listen(&ana).await.unwrap());
    world.settle().await;

    world.sees_it_end(&chat, HOLD, Stage::Waiting, Reason::Connection).await;
}

#[tokio::test]
async fn an_agent_who_is_back_and_lost_again_at_once_has_his_whole_grace_again() {
    let (mut world, chat) = World::with_conversation().await;
    let ines = world.caller(INES).await;
    world.leaves(INES).await;
    world.wait(Span::secs(19)).await;

    drop(world.desk.listen(&ines).await.unwrap());
    world.settle().await;

    world.sees_it_end(&chat, HOLD, Stage::Attending, Reason::AgentLost).await;
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

    world.sees_it_end(&chat, PATIENCE, Stage::Attending, Reason::Connection).await;
}

#[tokio::test]
async fn a_lost_agents_chat_becomes_one_ticket_in_his_queue() {
    let (mut world, chat) = World::with_conversation().await;

    world.leaves(INES).await;

    world.sees_it_end(&chat, HOLD, Stage::Attending, Reason::AgentLost).await;
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
async fn a_machine_that_sleeps_abandons_nobody() {
    let (mut world, chat) = World::with_conversation().await;
    let waiting = world.starts("eva", "orders").await;
    let awaited = world.sends_the_form("iris", "orders").await;
    world.leaves("eva").await;
    world.wait(Span::secs(4)).await;
    let before = world.desk.now();

    world.clock.suspend(Span::hours(8));
    world.settle().await;
    world.comes("iris").await;
    world.wait(HOLD).await;
    let held = world.chat(&waiting).await.stage;
    world.wait(Span(1)).await;

    assert_eq!(world.desk.now(), before + Span::hours(8) + just_over(HOLD));
    assert_eq!(held, Stage::Waiting);
    assert_eq!(world.chat(&waiting).await.stage, Stage::Ended(Reason::System));
    assert_eq!(world.chat(&awaited).await.stage, Stage::Waiting);
    let talk = world.chat(&chat).await;
    assert_eq!((talk.stage, talk.gone_since, talk.agents[0].gone_since), (Stage::Attending, None, None));
}

#[tokio::test]
async fn who_stops_being_there_watches_no_more() {
    let (mut world, chat) = World::with_conversation().await;
    world.does(MARTA, &chat, Act::Watch).await.unwrap();

    world.leaves(MARTA).await;

    assert!(world.chat(&chat).await.watchers.is_empty());
    assert!(matches!(world.screen(INES, &chat).await.told.last().unwrap().event, Event::Unwatched { .. }));
}

#[tokio::test]
async fn nobody_is_handed_a_chat_or_called_into_one_who_is_not_there() {
    let (mut world, chat) = World::with_conversation().await;
    let tomas = world.agent(TOMAS).face.id.clone();
    world.leaves(TOMAS).await;
    world.wait(just_over(HOLD)).await;

    for act in [Act::Redirect { to: Target::Agent(tomas.clone()) }, Act::Invite { agent: tomas.clone() }] {
        assert_eq!(refusal(world.does(INES, &chat, act).await), Refusal::NoSuchTarget);
    }

    let chat = world.chat(&chat).await;
    assert_eq!((chat.stage, chat.agents[0].face.clone()), (Stage::Attending, world.agent(INES).face.clone()));
}

/// R46: his socket is cut, and what he presses still comes.
#[tokio::test]
async fn nobody_takes_a_conversation_over_who_is_not_there() {
    let (mut world, chat) = World::with_conversation().await;
    let (ines, marta) = (world.agent(INES).face.clone(), world.agent(MARTA).face.clone());
    let to = |id: &str| Target::Agent(id.into());
    let take = Act::HandOn { to: to(&marta.id), note: String::new(), seen: to(&ines.id) };
    world.leaves(MARTA).await;
    world.wait(just_over(HOLD)).await;

    assert_eq!(refusal(world.does(MARTA, &chat, take.clone()).await), Refusal::NoSuchTarget);

    world.wait(just_over(HOLD)).await;
    let now = world.chat(&chat).await;
    assert_eq!((now.stage, now.agents[0].face.clone()), (Stage::Attending, ines));
    world.comes(MARTA).await;
    world.does(MARTA, &chat, take).await.unwrap();
    assert_eq!(world.chat(&chat).await.agents[0].face, marta);
}

#[tokio::test]
async fn a_chat_is_handed_to_an_agent_who_changes_his_page() {
    let (mut world, chat) = World::with_conversation().await;
    let tomas = world.agent(TOMAS).face.clone();
    world.leaves(TOMAS).await;
    world.wait(Span::secs(19)).await;

    world.does(INES, &chat, Act::Redirect { to: Target::Agent(tomas.id.clone()) }).await.unwrap();

    assert_eq!(world.chat(&chat).await.agents[0].face, tomas);
}

#[tokio::test]
async fn a_ticket_waits_for_an_owner_who_comes_back_in_time() {
    let (mut world, chat) = World::with_conversation().await;
    world.leaves(INES).await;
    world.does("ana", &chat, Act::Close).await.unwrap();

    world.wait(Span::secs(19)).await;
    world.comes(INES).await;
    world.wait(Span::minutes(5)).await;

    assert!(!world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap().is_saved());
}

#[tokio::test]
async fn an_agent_is_the_same_under_a_new_name() {
    let (mut world, chat) = World::with_conversation().await;
    world.does(MARTA, &chat, Act::Watch).await.unwrap();
    let rename = "update agents set name = 'Marta Ortiz de Nogal' where name = 'Marta Ortiz'";
    assert_eq!(world.look().await.execute(rename).await.unwrap().rows_affected(), 1);

    world.leaves(MARTA).await;

    assert!(world.chat(&chat).await.watchers.is_empty());
}

#[tokio::test]
async fn an_agent_who_may_work_here_no_more_still_leaves() {
    let (mut world, chat) = World::with_conversation().await;
    world.look().await.execute("update agents set disabled = 1 where name = 'Inés Robledo'").await.unwrap();

    world.leaves(INES).await;
    world.wait(just_over(HOLD)).await;

    assert_eq!(world.chat(&chat).await.stage, Stage::Ended(Reason::AgentLost));
}
