//! A conversation moves: to a group, to an agent (R46, R59; indicators.md e.1-7).

use crate::chat::AGENTS_LIMIT;
use crate::event::Destination;
use crate::world::*;
use crate::{Act, Event, Refusal, Scene, Span, Stage, Target};

#[test]
fn to_a_group_is_back_into_a_queue_with_the_time_he_first_came() {
    let mut world = World::attended();
    world.wait(Span::minutes(4));
    let moved = world.now;

    world.act(CARLA, to_group("post")).unwrap();

    let chat = &world.chat;
    assert_eq!((chat.stage, chat.queued_at, chat.requeued_at), (Stage::Waiting, START, Some(moved)));
    assert_eq!((chat.group.id.as_str(), chat.requested_group.as_str()), ("post", "sales"));
    assert!(chat.agents.is_empty());
}

#[test]
fn to_another_queue_while_he_waits_is_not_waiting_again() {
    let world = World::waiting().then(ELENA, to_group("post"));

    assert_eq!((world.chat.requeued_at, world.chat.attended_at, world.chat.queued_at), (None, None, START));
}

#[test]
fn rights_are_those_of_the_group_it_has_come_to() {
    let mut world = World::waiting().then(ELENA, to_group("post"));

    assert_eq!(world.act(DIEGO, Act::Attend), Err(Refusal::NotYours));
    world.act(OLGA, Act::Attend).unwrap();

    assert_eq!(world.inside(), [OLGA]);
}

#[test]
fn the_first_attendance_is_kept_for_ever() {
    let mut world = World::waiting();
    world.wait(Span::secs(30));
    world.act(CARLA, Act::Attend).unwrap();
    let first = (world.chat.attended_at, world.chat.attended_by.clone());
    assert_eq!(first, (Some(START + Span::secs(30)), Some(face(CARLA))));

    world.wait(Span::secs(30));
    world.act(CARLA, to_group("post")).unwrap();
    world.wait(Span::secs(30));
    world.act(OLGA, Act::Attend).unwrap();

    assert_eq!((world.chat.attended_at, world.chat.attended_by.clone()), first);
    assert_eq!(world.inside(), [OLGA]);
}

#[test]
fn to_the_queue_it_stands_in_is_where_it_is() {
    let mut world = World::waiting();

    assert_eq!(world.act(ELENA, to_group("sales")), Ok(vec![]));
}

#[test]
fn whoever_hands_over_leaves_and_his_colleague_takes_his_place() {
    let world = World::with_two().then(CARLA, to_agent(FABIO));

    assert_eq!(world.inside(), [FABIO, DIEGO]);
    assert_eq!(world.chat.stage, Stage::Attending);
}

#[test]
fn whoever_hands_over_to_a_colleague_inside_just_leaves() {
    let world = World::with_two().then(CARLA, to_agent(DIEGO));

    assert_eq!(world.inside(), [DIEGO]);
}

#[test]
fn nobody_hands_over_to_himself() {
    let mut world = World::with_two();

    assert_eq!(world.act(CARLA, to_agent(CARLA)), Ok(vec![]));
    assert_eq!(world.inside(), [CARLA, DIEGO]);
}

#[test]
fn an_administrator_from_outside_gives_it_to_one_alone() {
    let world = World::with_two().then(ELENA, to_agent(FABIO));

    assert_eq!(world.inside(), [FABIO]);
}

#[test]
fn an_administrator_gives_a_waiting_chat_to_an_attendant() {
    let mut world = World::waiting();
    world.wait(Span::secs(9));

    let to = Destination::Agent(face(CARLA));
    assert_eq!(world.act(ELENA, to_agent(CARLA)), Ok(vec![Event::Redirected { by: face(ELENA), to }]));

    assert_eq!((world.inside(), world.chat.stage), (vec![CARLA], Stage::Attending));
    assert_eq!(world.chat.attended_at, Some(START + Span::secs(9)));
    assert_eq!(world.chat.attended_by, Some(face(CARLA)));
}

#[test]
fn to_who_attends_it_alone_is_where_it_is() {
    let mut world = World::attended();

    assert_eq!(world.act(ELENA, to_agent(CARLA)), Ok(vec![]));
}

#[test]
fn nobody_can_be_meant_who_does_not_attend_that_group() {
    let mut world = World::attended();

    for act in [to_agent(OLGA), to_agent(ELENA), to_agent("nobody"), to_group("nothing"), invite(OLGA)] {
        assert_eq!(world.act(CARLA, act), Err(Refusal::NoSuchTarget));
    }
}

#[test]
fn an_invitation_never_means_a_group() {
    let world = World::attended();
    let scene = crate::Scene { target: Some(Destination::Group(named("post"))), ..crate::Scene::at(world.now) };

    assert_eq!(world.chat.decide(&world.who(CARLA), &invite("post"), &scene), Err(Refusal::NoSuchTarget));
}

#[test]
fn a_move_to_a_group_lets_watchers_and_invitations_go() {
    let world = World::attended().then(ELENA, Act::Watch).then(CARLA, invite(DIEGO)).then(CARLA, to_group("post"));

    assert!(world.chat.watchers.is_empty() && world.chat.invited.is_empty());
}

#[test]
fn an_invitation_lets_in_once() {
    let mut world = World::attended();

    assert_eq!(world.act(DIEGO, Act::Join), Err(Refusal::OnlyAdministrators));
    world.act(CARLA, invite(DIEGO)).unwrap();
    assert_eq!(world.act(FABIO, Act::Join), Err(Refusal::OnlyAdministrators), "it is for Diego");
    assert_eq!(world.act(DIEGO, Act::Join), Ok(vec![Event::Joined { by: face(DIEGO) }]));
    assert_eq!(world.act(DIEGO, Act::Join), Ok(vec![]));
    assert_eq!(world.act(CARLA, invite(DIEGO)), Ok(vec![]));
    world.act(DIEGO, Act::Part).unwrap();

    assert_eq!(world.act(DIEGO, Act::Join), Err(Refusal::OnlyAdministrators));
}

#[test]
fn who_is_asked_again_is_told_again_and_is_one_guest() {
    let mut world = World::attended().then(CARLA, invite(DIEGO));
    let asked = |by: &str| Ok(vec![Event::Invited { by: face(by), agent: face(DIEGO) }]);

    assert_eq!(world.act(CARLA, invite(DIEGO)), asked(CARLA));
    assert_eq!(world.act(ELENA, invite(DIEGO)), asked(ELENA));

    assert_eq!(world.chat.invited, [face(DIEGO)]);
    world.act(DIEGO, Act::Decline).unwrap();
    assert_eq!(world.chat.invited, []);
}

#[test]
fn an_invitation_knows_its_guest_by_his_id_when_he_changes_his_name() {
    let mut world = World::attended().then(CARLA, invite(DIEGO));
    let mut seat = world.seat(DIEGO);
    seat.face.name = "Don Diego".into();

    world.act_as(&crate::Who::Agent(seat), Act::Join).unwrap();

    assert_eq!(world.inside(), [CARLA, DIEGO]);
    assert_eq!(world.chat.invited, []);
}

#[test]
fn the_last_agent_cannot_just_leave() {
    let mut world = World::with_two();

    world.act(CARLA, Act::Part).unwrap();

    assert_eq!(world.act(DIEGO, Act::Part), Err(Refusal::LastAgent));
    assert_eq!(world.inside(), [DIEGO]);
}

#[test]
fn whoever_has_left_has_served() {
    let world = World::with_two().then(CARLA, Act::Part);

    assert_eq!(world.chat.served, [face(CARLA), face(DIEGO)]);
}

#[test]
fn a_room_holds_twenty_agents_invited_ones_included() {
    let mut world = World::attended();
    let administrator = |n: usize| {
        let seat =
            crate::Seat { face: face(&format!("boss {n}")), attendant: false, administrator: true, sequence: false };
        crate::Who::Agent(seat)
    };
    let full = Err(Refusal::Full { limit: AGENTS_LIMIT as u32 });

    for n in 2..AGENTS_LIMIT {
        world.act_as(&administrator(n), Act::Join).unwrap();
    }
    world.act(CARLA, invite(DIEGO)).unwrap();
    assert_eq!(world.act(CARLA, invite(FABIO)), full);
    world.act(CARLA, invite(DIEGO)).unwrap();
    world.act_as(&administrator(AGENTS_LIMIT), Act::Join).unwrap();

    assert_eq!(world.chat.agents.len(), AGENTS_LIMIT);
    assert_eq!(world.act(DIEGO, Act::Join), full);
}

#[test]
fn whoever_hands_over_leaves_words_that_his_colleague_finds_first_and_the_customer_never() {
    let mut world = World::attended();

    let events = world.act(CARLA, hand_over(Target::Agent(DIEGO.into()), " Pidió factura ")).unwrap();

    assert_eq!(events[0], Event::Noted { by: face(CARLA), text: "Pidió factura".into() });
    assert!(matches!(events[1..], [Event::Redirected { .. }]) && events[0].is_aside());
    assert_eq!(world.inside(), [DIEGO]);
}

#[test]
fn without_words_it_is_handed_over_as_it_is() {
    let mut world = World::attended();

    assert_eq!(world.act(CARLA, hand_over(Target::Group("post".into()), " ")).map(|events| events.len()), Ok(1));
    assert_eq!(world.chat.stage, Stage::Waiting);
}

#[test]
fn a_note_that_is_too_long_hands_nothing_over() {
    let mut world = World::attended();
    let long = "a".repeat(crate::act::MESSAGE_LIMIT + 1);

    let refused = world.act(CARLA, hand_over(Target::Agent(DIEGO.into()), &long));

    assert!(matches!(refused, Err(Refusal::TooLong { .. })));
    assert_eq!(world.inside(), [CARLA]);
    assert_eq!(world.act(DIEGO, hand_over(Target::Agent(DIEGO.into()), "")), Err(Refusal::OnlyAdministrators));
}

#[test]
fn whoever_declines_is_invited_no_more_and_can_be_asked_again() {
    let mut world = World::attended().then(CARLA, invite(DIEGO)).then(DIEGO, Act::Decline);

    assert_eq!(world.chat.invited, []);
    assert_eq!(world.act(DIEGO, Act::Join), Err(Refusal::OnlyAdministrators));
    assert_eq!(world.act(DIEGO, Act::Decline), Ok(vec![]), "once is enough");
    assert_eq!(world.act(FABIO, Act::Decline), Ok(vec![]), "nobody declines for another");
    world.then(CARLA, invite(DIEGO)).then(DIEGO, Act::Join);
}

fn hand_on(to: Target, seen: &Target) -> Act {
    Act::HandOn { to, note: String::new(), seen: seen.clone() }
}

#[test]
fn of_two_who_hand_it_on_at_once_the_second_is_told_where_it_went() {
    let (diego, fabio) = (Target::Agent(DIEGO.into()), Target::Agent(FABIO.into()));
    let mut world = World::attended();
    let seen = world.chat.held();

    world.act(ELENA, hand_on(diego, &seen)).unwrap();

    let told = Err(Refusal::HeldBy { by: face(DIEGO).name });
    assert_eq!(world.act(MARTA, hand_on(fabio.clone(), &seen)), told);
    assert_eq!(world.act(CARLA, hand_on(fabio.clone(), &seen)), told, "whoever had it reads who has it");
    assert_eq!(world.inside(), [DIEGO]);
    let seen = world.chat.held();
    world.act(MARTA, hand_on(fabio, &seen)).unwrap();
    assert_eq!(world.inside(), [FABIO]);
}

/// R46.
#[test]
fn an_administrator_takes_it_over_from_outside_and_beside_whom_he_is_in_it_with() {
    let elena = Target::Agent(ELENA.into());
    let mut world = World::with_two();
    let seen = world.chat.held();

    let taken = Event::Redirected { by: face(ELENA), to: Destination::Agent(face(ELENA)) };
    assert_eq!(world.act(ELENA, hand_on(elena.clone(), &seen)), Ok(vec![taken.clone()]), "she does not attend there");

    assert_eq!((world.inside(), world.chat.attended_by.clone()), (vec![ELENA], Some(face(CARLA))));
    let seen = world.chat.held();
    assert_eq!(world.act(ELENA, hand_on(elena.clone(), &seen)), Ok(vec![]), "it is hers");
    let mut world = World::with_two().then(ELENA, Act::Join);
    assert_eq!(world.inside(), [CARLA, DIEGO, ELENA]);
    let seen = world.chat.held();
    assert_eq!(world.act(ELENA, hand_on(elena, &seen)), Ok(vec![taken]));
    assert_eq!(world.inside(), [ELENA, CARLA, DIEGO], "they stay beside her");
    let owner = world.then(ELENA, Act::Close).chat.ticket_owed().and_then(|owed| owed.birth.owner);
    assert_eq!(owner, Some(face(ELENA)));
}

#[test]
fn nobody_but_an_administrator_takes_it_over_and_nobody_takes_what_waits_without_attending() {
    let mut world = World::with_two();
    let seen = world.chat.held();
    let mut take = |who: &str| world.act(who, hand_on(Target::Agent(who.into()), &seen));

    assert_eq!(take(FABIO), Err(Refusal::OnlyAdministrators));
    assert_eq!(take(DIEGO), Ok(vec![]), "a guest stays one");
    assert_eq!(take(OLGA), Err(Refusal::NotYours));
    assert_eq!(world.inside(), [CARLA, DIEGO]);
    let mut waiting = World::waiting();
    let seen = waiting.chat.held();
    let take = hand_on(Target::Agent(ELENA.into()), &seen);
    assert_eq!(waiting.act(ELENA, take), Err(Refusal::NoSuchTarget), "who waits is attended by attendants");
}

/// He would be missed at once, and it would be over in twenty seconds.
#[test]
fn whoever_is_not_connected_takes_nothing_over() {
    let mut world = World::with_two();
    let take = hand_on(Target::Agent(ELENA.into()), &world.chat.held());
    let alone = Scene::at(world.now);

    assert_eq!(world.chat.decide(&world.who(ELENA), &take, &alone), Err(Refusal::NoSuchTarget));

    world.act(ELENA, take).unwrap();
    let again = hand_on(Target::Agent(ELENA.into()), &world.chat.held());
    assert_eq!(world.chat.decide(&world.who(ELENA), &again, &alone), Ok(vec![]), "it is hers");
}

#[test]
fn of_two_who_take_it_over_at_once_one_has_it_and_the_other_is_told_who() {
    let mut world = World::attended();
    let seen = world.chat.held();

    world.act(ELENA, hand_on(Target::Agent(ELENA.into()), &seen)).unwrap();

    let told = Err(Refusal::HeldBy { by: face(ELENA).name });
    assert_eq!(world.act(MARTA, hand_on(Target::Agent(MARTA.into()), &seen)), told);
    assert_eq!(world.act(CARLA, hand_on(Target::Group("post".into()), &seen)), told, "whoever had it, too");
    assert_eq!(world.inside(), [ELENA]);
}

#[test]
fn whoever_saw_an_agent_with_it_is_told_of_the_queue_to_which_it_went() {
    let mut world = World::attended();
    let seen = world.chat.held();

    world.act(CARLA, hand_on(Target::Group("post".into()), &seen)).unwrap();

    let told = Err(Refusal::HeldBy { by: named("post").name });
    assert_eq!(world.act(CARLA, hand_on(Target::Agent(DIEGO.into()), &seen)), told);
    assert_eq!(world.chat.stage, Stage::Waiting);
}
