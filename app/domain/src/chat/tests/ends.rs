//! How a chat ends, and which sentence says so (R38-R40, Q3).

use crate::chat::EndText;
use crate::presence::{HOLD, PATIENCE};
use crate::world::*;
use crate::{Act, Reason, Refusal, Span, Stage};

fn end(world: &World) -> (Stage, Option<EndText>) {
    (world.chat.stage, world.chat.end_text())
}

#[test]
fn the_customer_who_was_attended_ends_the_conversation() {
    let world = World::attended().then(CUSTOMER, Act::Close);

    assert_eq!(end(&world), (Stage::Ended(Reason::Customer), Some(EndText::Customer)));
}

#[test]
fn the_customer_in_the_queue_ends_the_chat() {
    let world = World::waiting().then(CUSTOMER, Act::Close);

    assert_eq!(end(&world), (Stage::Ended(Reason::Customer), Some(EndText::QueueCustomer)));
}

#[test]
fn an_agent_ends_the_conversation() {
    let world = World::attended().then(CARLA, Act::Close);

    assert_eq!(end(&world), (Stage::Ended(Reason::Agent), Some(EndText::Agent)));
}

#[test]
fn an_agent_ends_the_chat_in_the_queue_by_closing_or_removing_it() {
    for act in [Act::Close, Act::Remove] {
        let world = World::waiting().then(DIEGO, act);

        assert_eq!(end(&world), (Stage::Ended(Reason::Staff), Some(EndText::QueueAgent)));
    }
}

#[test]
fn a_lost_connection_has_its_own_sentence_in_the_queue_and_in_a_conversation() {
    for mut world in [World::waiting().loses(CUSTOMER), World::attended().loses(CUSTOMER)] {
        world.wait(just_over(PATIENCE));
        world.look().unwrap();

        assert_eq!(end(&world), (Stage::Ended(Reason::Connection), Some(EndText::Connection)));
    }
}

/// For who reads it, it is what it is to him: his line was gone (R39, R40).
#[test]
fn an_outage_of_ours_has_the_sentence_of_a_lost_connection() {
    let mut world = World::waiting().then(CUSTOMER, post("¿Hola?")).then("clock", Act::Resume);
    world.wait(just_over(HOLD));
    world.look().unwrap();

    assert_eq!(end(&world), (Stage::Ended(Reason::System), Some(EndText::Connection)));
    assert!(world.chat.ticket_owed().unwrap().saved.is_some(), "his words lie in the queue of the group");
}

#[test]
fn a_lost_agent_ended_the_conversation() {
    let mut world = World::attended().loses(CARLA);
    world.wait(just_over(HOLD));
    world.look().unwrap();

    assert_eq!(end(&world), (Stage::Ended(Reason::AgentLost), Some(EndText::Agent)));
}

#[test]
fn whoever_was_attended_before_he_waits_again_ends_a_conversation() {
    let queued_again = World::attended().then(CARLA, to_group("post"));

    let by_customer = queued_again.clone().then(CUSTOMER, Act::Close);
    let by_staff = queued_again.then(OLGA, Act::Remove);

    assert_eq!(end(&by_customer).1, Some(EndText::Customer));
    assert_eq!(end(&by_staff).1, Some(EndText::Agent));
}

#[test]
fn there_is_no_last_sentence_while_it_runs() {
    assert_eq!(World::waiting().chat.end_text(), None);
    assert_eq!(World::attended().chat.end_text(), None);
}

#[test]
fn it_ends_once() {
    let mut world = World::attended().then(CUSTOMER, Act::Close);
    let before = world.chat.clone();

    world.wait(Span::secs(5));
    for who in [CUSTOMER, CARLA] {
        assert_eq!(world.act(who, Act::Close), Err(Refusal::Ended));
    }
    assert_eq!(world.look(), Err(Refusal::Ended));

    assert_eq!(world.chat, before);
}

#[test]
fn the_end_keeps_who_was_inside_and_lets_watchers_and_invitations_go() {
    let world = World::with_two().then(ELENA, Act::Watch).then(CARLA, invite(FABIO)).then(DIEGO, Act::Close);

    assert_eq!(world.inside(), [CARLA, DIEGO]);
    assert!(world.chat.watchers.is_empty() && world.chat.invited.is_empty());
    assert_eq!(world.chat.ended_at, Some(world.now));
}

#[test]
fn of_close_and_attend_the_first_decides() {
    let mut closed = World::waiting().then(CUSTOMER, Act::Close);
    let mut attended = World::waiting().then(CARLA, Act::Attend);

    assert_eq!(closed.act(CARLA, Act::Attend), Err(Refusal::Ended));
    attended.act(CUSTOMER, Act::Close).unwrap();
    assert_eq!(attended.chat.end_text(), Some(EndText::Customer));
}
