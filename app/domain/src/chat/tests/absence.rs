//! Who is gone for too long, to the millisecond (R34-R37, R63, Q1, Q5, Q8).

use crate::presence::{Graces, HOLD, PATIENCE};
use crate::world::*;
use crate::{Act, Chat, Event, Reason, Refusal, Span, Stage, Time};

const ENDED_BY_CONNECTION: Event = Event::Ended { reason: Reason::Connection, by: None };
const ENDED_BY_US: Event = Event::Ended { reason: Reason::System, by: None };

#[test]
fn a_place_in_the_queue_is_held_for_twenty_seconds_and_not_a_millisecond_more() {
    let mut world = World::waiting().loses(CUSTOMER);

    world.wait(Span::secs(20));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    world.wait(Span(1));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
    assert_eq!(world.chat.stage, Stage::Ended(Reason::Connection));
}

#[test]
fn an_attended_customer_may_be_gone_for_two_minutes() {
    let mut world = World::attended().loses(CUSTOMER);

    world.wait(Span::minutes(2));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    world.wait(Span(1));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
}

#[test]
fn an_application_sets_its_own_patience() {
    let mut world = World::with_patience(Span::secs(45)).then(CARLA, Act::Attend).loses(CUSTOMER);

    world.wait(Span::secs(45));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    world.wait(Span(1));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
}

#[test]
fn a_patience_of_zero_lasts_for_ever() {
    let mut world = World::with_patience(Span(0)).then(CARLA, Act::Attend).loses(CUSTOMER);

    world.wait(Span::hours(24 * 365));

    assert_eq!(world.due(), None);
    assert_eq!(world.look(), Err(Refusal::TooSoon));
}

#[test]
fn patience_is_for_who_is_attended_and_not_for_the_queue() {
    let mut world = World::with_patience(Span(0)).loses(CUSTOMER);

    world.wait(just_over(HOLD));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
}

#[test]
fn whoever_is_attended_while_he_is_gone_gets_the_patience_of_a_conversation() {
    let mut world = World::waiting().loses(CUSTOMER);
    let gone = world.now;

    world.wait(Span::secs(19));
    world.act(CARLA, Act::Attend).unwrap();

    assert_eq!(world.due(), Some(gone + PATIENCE + Span(1)));
}

#[test]
fn back_in_time_annuls_the_disconnection_and_keeps_the_place() {
    let mut world = World::waiting().loses(CUSTOMER);
    let queued = world.chat.queued_at;

    world.wait(Span(19_900));
    world.act(CUSTOMER, Act::Return).unwrap();

    assert_eq!((world.chat.gone_since, world.due(), world.chat.queued_at), (None, None, queued));
    world.wait(Span::minutes(5));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    assert_eq!(world.chat.stage, Stage::Waiting);
}

#[test]
fn each_absence_has_twenty_seconds_of_its_own() {
    let mut world = World::waiting();

    for _ in 0..5 {
        world = world.loses(CUSTOMER);
        world.wait(HOLD);
        assert_eq!(world.look(), Err(Refusal::TooSoon));
        world.act(CUSTOMER, Act::Return).unwrap();
    }

    assert_eq!(world.chat.stage, Stage::Waiting);
}

#[test]
fn the_house_sets_how_long_who_waits_and_an_agent_may_be_gone() {
    let graces = Graces { customer: Span::secs(45), agent: Span::secs(90) };
    let lost = |world: World, who: &str, grace: Span| {
        let mut world = World { graces, ..world }.loses(who);
        world.wait(grace);
        assert_eq!(world.look(), Err(Refusal::TooSoon), "{who}");
        world.wait(Span(1));
        assert_eq!(world.due(), Some(world.now), "{who}");
        world.look().unwrap()
    };

    let agent_lost = Event::Ended { reason: Reason::AgentLost, by: Some(face(CARLA)) };
    assert_eq!(lost(World::waiting(), CUSTOMER, graces.customer), [ENDED_BY_CONNECTION]);
    assert_eq!(lost(World::attended(), CARLA, graces.agent), [agent_lost]);
    assert_eq!(lost(World::attended(), CUSTOMER, PATIENCE), [ENDED_BY_CONNECTION]);
}

#[test]
fn another_grace_holds_for_who_is_gone_already() {
    let mut world = World::waiting().loses(CUSTOMER);
    let gone = world.now;

    world.graces.customer = Span::minutes(1);
    world.wait(just_over(HOLD));
    assert_eq!((world.due(), world.look()), (Some(gone + Span::minutes(1) + Span(1)), Err(Refusal::TooSoon)));
    world.graces.customer = HOLD;

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
}

#[test]
fn grace_runs_from_when_he_was_last_heard_and_not_from_when_it_was_noticed() {
    let mut world = World::waiting();
    let heard = world.now + Span::secs(30);

    world.wait(Span::secs(42));
    world.act(CUSTOMER, Act::Leave { since: heard }).unwrap();

    assert_eq!(world.due(), Some(heard + HOLD + Span(1)));
}

#[test]
fn a_second_loss_does_not_prolong_the_first() {
    let mut world = World::waiting().loses(CUSTOMER);
    let due = world.due();

    world.wait(Span::secs(10));
    let since = world.now;

    assert_eq!(world.act(CUSTOMER, Act::Leave { since }), Ok(vec![]));
    assert_eq!(world.due(), due);
}

#[test]
fn nobody_is_gone_since_the_future() {
    let mut world = World::with_two();
    let now = world.now;

    world.act(CUSTOMER, Act::Leave { since: now + HOLD }).unwrap();
    world.act(CARLA, Act::Leave { since: now + HOLD }).unwrap();

    assert_eq!(world.chat.gone_since, Some(now));
    assert_eq!(world.chat.agents[0].gone_since, Some(now));
}

/// His socket was last heard before he asked for a chat: the wait until he gave up is nought,
/// and never less (indicators.md e.0, e.1-11).
#[test]
fn nobody_leaves_a_queue_before_he_came() {
    let mut world = World::waiting();

    world.act(CUSTOMER, Act::Leave { since: Time(START.0 - 5_000) }).unwrap();

    assert_eq!(world.chat.gone_since, Some(START));
}

#[test]
fn the_only_agent_gone_for_twenty_seconds_ends_it() {
    let mut world = World::attended().loses(CARLA);

    world.wait(Span::secs(20));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    world.wait(Span(1));

    assert_eq!(world.look(), Ok(vec![Event::Ended { reason: Reason::AgentLost, by: Some(face(CARLA)) }]));
}

#[test]
fn an_agent_who_is_back_in_time_goes_on() {
    let mut world = World::attended().loses(CARLA);

    world.wait(HOLD);
    assert_eq!(world.act(CARLA, Act::Return), Ok(vec![Event::AgentBack { by: face(CARLA) }]));
    world.wait(HOLD);

    assert_eq!(world.look(), Err(Refusal::TooSoon));
    assert_eq!(world.inside(), [CARLA]);
}

#[test]
fn of_two_agents_the_lost_one_parts_and_the_other_goes_on() {
    let mut world = World::with_two().loses(CARLA);

    world.wait(just_over(HOLD));

    assert_eq!(world.look(), Ok(vec![Event::Parted { by: face(CARLA) }]));
    assert_eq!((world.inside(), world.chat.stage, world.due()), (vec![DIEGO], Stage::Attending, None));
}

#[test]
fn agents_lost_at_the_same_time_end_it_for_the_first_of_them() {
    let mut world = World::with_two().loses(CARLA).loses(DIEGO);

    world.wait(just_over(HOLD));

    assert_eq!(world.look(), Ok(vec![Event::Ended { reason: Reason::AgentLost, by: Some(face(CARLA)) }]));
}

#[test]
fn the_clock_looks_again_when_the_first_of_all_deadlines_is_over() {
    let mut world = World::with_two().loses(CUSTOMER);
    let customer = world.now;
    world.wait(Span::secs(110));
    world = world.loses(DIEGO);
    assert_eq!(world.due(), Some(customer + PATIENCE + Span(1)));

    world.act(CUSTOMER, Act::Return).unwrap();
    let diego = world.now;
    world.wait(Span::secs(5));
    world = world.loses(CARLA);

    assert_eq!(world.due(), Some(diego + HOLD + Span(1)));
}

#[test]
fn when_all_are_gone_the_customer_s_loss_names_the_end() {
    let mut world = World::attended().loses(CUSTOMER).loses(CARLA);

    world.wait(just_over(PATIENCE));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
}

#[test]
fn after_a_boot_everybody_has_a_fresh_grace() {
    let mut world = World::with_two().then(ELENA, Act::Watch).loses(CUSTOMER).loses(CARLA);
    world.wait(Span::hours(3));

    world.act("clock", Act::Resume).unwrap();

    let boot = world.now;
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    assert_eq!(world.chat.gone_since, Some(boot));
    assert!(world.chat.agents.iter().all(|a| a.gone_since == Some(boot)));
    assert!(world.chat.watchers.is_empty());
    world.wait(HOLD);
    assert_eq!(world.look(), Err(Refusal::TooSoon));
}

/// He may have given up on our outage, and not on the queue (indicators.md e.1-9).
#[test]
fn whoever_waited_and_does_not_come_back_after_a_boot_is_lost_by_us() {
    for mut world in [World::waiting(), World::waiting().loses(CUSTOMER)] {
        world.wait(Span::hours(3));
        world.act("clock", Act::Resume).unwrap();

        world.wait(just_over(HOLD));

        assert_eq!(world.look(), Ok(vec![ENDED_BY_US]));
    }
}

#[test]
fn whoever_came_back_after_a_boot_and_leaves_is_gone_like_anybody() {
    let mut world = World::waiting().then("clock", Act::Resume).then(CUSTOMER, Act::Return).loses(CUSTOMER);

    world.wait(just_over(HOLD));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
}

#[test]
fn each_boot_asks_anew_whether_he_comes_back() {
    let mut world = World::waiting().then("clock", Act::Resume).then(CUSTOMER, Act::Return).then("clock", Act::Resume);

    world.wait(just_over(HOLD));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_US]));
}

#[test]
fn whoever_was_attended_ends_by_his_connection_after_a_boot_too() {
    let mut world = World::attended().then("clock", Act::Resume).then(CARLA, Act::Return);
    let mut waits_again = world.clone().then(CARLA, to_group("post"));

    world.wait(just_over(PATIENCE));
    waits_again.wait(just_over(HOLD));

    assert_eq!(world.look(), Ok(vec![ENDED_BY_CONNECTION]));
    assert_eq!(waits_again.look(), Ok(vec![ENDED_BY_CONNECTION]));
}

/// As a chat was kept that was opened before anybody asked whether we were down.
#[test]
fn a_chat_of_an_earlier_release_was_not_lost_by_us() {
    let now = serde_json::to_string(&World::waiting().chat).unwrap();
    let then = now.replace(",\"lost_by_us\":false", "");

    let chat: Chat = serde_json::from_str(&then).unwrap();

    assert_ne!(now, then);
    assert!(!chat.lost_by_us);
}

#[test]
fn whoever_comes_back_after_a_boot_goes_on() {
    let mut world = World::attended();
    world.act("clock", Act::Resume).unwrap();

    world.wait(HOLD);
    world.act(CUSTOMER, Act::Return).unwrap();
    world.act(CARLA, Act::Return).unwrap();

    assert_eq!(world.due(), None);
    assert_eq!(world.chat.stage, Stage::Attending);
}

#[test]
fn an_ended_chat_waits_for_nobody() {
    let world = World::attended().loses(CUSTOMER).then(CARLA, Act::Close);

    assert_eq!(world.due(), None);
    assert!(world.chat.gone_since.is_some(), "until when he was there is still known");
}
