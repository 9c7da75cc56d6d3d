use super::*;
use crate::presence::HOLD;
use crate::world::*;
use crate::{Act, Reason};
use proptest::prelude::*;

fn candidate(id: &str, busy: u32) -> Candidate {
    Candidate { face: face(id), here: busy, busy, limit: None, last: None }
}

fn chosen(order: Order, candidates: &[Candidate]) -> Option<String> {
    let distribution = Distribution { order, limit: 3, answer_within: 0 };
    distribution.choose(candidates, &World::waiting().chat).map(|c| c.face.id.clone())
}

#[test]
fn in_sequence_the_first_who_has_room_gets_it_however_much_he_has() {
    let team = [candidate(CARLA, 3), candidate(DIEGO, 2), candidate(FABIO, 0)];

    assert_eq!(chosen(Order::Sequence, &team).as_deref(), Some(DIEGO));
}

#[test]
fn the_least_busy_gets_it_and_of_those_who_got_none_for_longest() {
    let mut team = [candidate(CARLA, 1), candidate(DIEGO, 1), candidate(FABIO, 2)];
    assert_eq!(chosen(Order::LeastBusy, &team).as_deref(), Some(CARLA), "the order of the group parts the others");

    team[0].last = Some(Time(9));
    assert_eq!(chosen(Order::LeastBusy, &team).as_deref(), Some(DIEGO), "who never had one comes first");
    team[1].last = Some(Time(10));
    assert_eq!(chosen(Order::LeastBusy, &team).as_deref(), Some(CARLA));
}

#[test]
fn where_all_have_enough_nobody_gets_it() {
    let mut team = [candidate(CARLA, 3), candidate(DIEGO, 2)];
    team[1].limit = Some(2);

    assert_eq!(chosen(Order::Sequence, &team), None);
    assert_eq!(chosen(Order::LeastBusy, &team), None);
}

#[test]
fn one_of_his_own_limit_counts_what_he_has_in_other_groups() {
    let mut team = [candidate(CARLA, 0), candidate(DIEGO, 0)];
    (team[0].busy, team[0].limit) = (2, Some(2));

    assert_eq!(chosen(Order::Sequence, &team).as_deref(), Some(DIEGO));
}

#[test]
fn whoever_is_handed_it_attends_and_the_customer_hears_no_more_than_that() {
    let world = World::assigned();

    assert_eq!((world.chat.stage, world.inside()), (Stage::Attending, vec![CARLA]));
    assert_eq!(world.chat.attended_at, Some(START));
    let public: Vec<_> = world.told.iter().filter(|t| !t.event.is_aside()).map(|t| &t.event).collect();
    assert!(matches!(public[..], [Event::Opened(_), Event::Attended { .. }]));
}

#[test]
fn what_was_taken_in_the_meantime_is_not_handed_out() {
    let mut world = World::attended();

    assert_eq!(world.act("clock", assign(DIEGO)), Ok(Vec::new()));
}

#[test]
fn nobody_is_handed_a_customer_who_is_not_there() {
    let mut world = World::waiting().loses(CUSTOMER);

    assert_eq!(world.act("clock", assign(CARLA)), Ok(Vec::new()));
    let mut world = world.then(CUSTOMER, Act::Return);
    assert_eq!(world.act("clock", assign(CARLA)).map(|events| events.len()), Ok(2));
}

#[test]
fn only_the_clock_hands_out() {
    let mut world = World::waiting();

    for who in [CUSTOMER, CARLA, MARTA] {
        assert_eq!(world.act(who, assign(CARLA)), Err(Refusal::NotYours));
    }
    assert_eq!(world.act("clock", assign("nobody")), Err(Refusal::NoSuchTarget));
}

#[test]
fn an_answer_in_time_keeps_it() {
    let mut world = World::assigned().then(CARLA, post("hola"));

    assert_eq!((world.due(), &world.chat.assigned), (None, &None));
    assert!(world.chat.was_seen());
    world.wait(Span::hours(1));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
}

#[test]
fn the_customers_own_words_are_no_answer() {
    let world = World::assigned().then(CUSTOMER, post("¿hay alguien?"));

    assert_eq!(world.due(), Some(START + Span::minutes(1)));
}

#[test]
fn without_an_answer_it_goes_to_the_next() {
    let mut world = World::assigned();
    world.next = Some(DIEGO);

    world.wait(Span(Span::minutes(1).0 - 1));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    world.wait(Span(1));
    world.answer_by = Some(world.now + Span::minutes(1));
    world.look().unwrap();

    assert_eq!(world.inside(), [DIEGO]);
    assert_eq!(world.chat.passed, [face(CARLA)]);
    assert_eq!(world.due(), world.answer_by, "he is to answer, too");
}

#[test]
fn without_anybody_next_it_is_in_the_queue_again_with_its_old_place() {
    let mut world = World::assigned();

    world.wait(Span::minutes(1));
    world.look().unwrap();

    assert_eq!((world.chat.stage, world.chat.queued_at), (Stage::Waiting, START));
    let team = [candidate(CARLA, 0), candidate(DIEGO, 0)];
    let next = Distribution::default().choose(&team, &world.chat).map(|c| c.face.id.clone());
    assert_eq!(next.as_deref(), Some(DIEGO), "who left it unanswered does not get it again");
    world.act(CARLA, Act::Attend).expect("but he may take it himself");
}

#[test]
fn whoever_gives_one_back_to_his_own_queue_does_not_get_it_again() {
    let world = World::assigned().then(CARLA, post("hola")).then(CARLA, to_group("sales"));
    assert_eq!(world.chat.passed, [face(CARLA)]);

    let world = world.then(MARTA, to_group("post"));
    assert_eq!(world.chat.passed, [], "another queue has other people");
    let away = World::assigned().then(CARLA, post("hola")).then(CARLA, to_group("post"));
    assert_eq!(away.chat.passed, [face(CARLA)], "who belongs to both does not get it back");
}

#[test]
fn whoever_vanishes_without_a_word_takes_no_conversation_with_him() {
    let mut world = World::assigned().loses(CARLA);
    world.next = Some(DIEGO);

    world.wait(just_over(HOLD));
    world.look().unwrap();

    assert_eq!((world.chat.stage, world.inside()), (Stage::Attending, vec![DIEGO]));
    assert_eq!(world.chat.passed, [], "a lost line is no answer left out");
    let mut spoken = World::assigned().then(CARLA, post("hola")).loses(CARLA);
    spoken.wait(just_over(HOLD));
    spoken.look().unwrap();
    assert_eq!(spoken.chat.stage, Stage::Ended(Reason::AgentLost), "who spoke leaves a ticket (R63)");
}

#[test]
fn however_long_the_house_waits_for_an_agent_whoever_has_not_spoken_has_a_change_of_page() {
    let mut world = World::assigned().loses(CARLA);
    world.graces.agent = Span::minutes(10);
    world.chat.assigned.as_mut().unwrap().answer_by = None;
    world.next = Some(DIEGO);

    world.wait(HOLD);
    let early = world.look();
    world.wait(Span(1));
    let due = world.due();
    world.look().unwrap();

    assert_eq!((early, due), (Err(Refusal::TooSoon), Some(world.now)));
    assert_eq!((world.chat.stage, world.inside()), (Stage::Attending, vec![DIEGO]));
    let mut spoken = World::assigned().then(CARLA, post("hola")).loses(CARLA);
    spoken.graces.agent = Span::minutes(10);
    spoken.wait(just_over(HOLD));
    assert_eq!(spoken.look(), Err(Refusal::TooSoon), "who spoke is waited for");
}

#[test]
fn whoever_came_in_beside_him_and_vanished_as_well_takes_none_either() {
    let later = |first, then| {
        let mut world = World::assigned().then(MARTA, Act::Join).loses(first);
        world.wait(Span::secs(5));
        let mut world = world.loses(then);
        world.wait(just_over(Span(HOLD.0 - 5_000)));
        world
    };
    let mut at_once = World::assigned().then(MARTA, Act::Join).loses(CARLA).loses(MARTA);
    at_once.wait(just_over(HOLD));
    let mut last = later(MARTA, CARLA);
    assert_eq!(last.look().map(|events| events.len()), Ok(1), "Marta is gone, and Carla may come back");
    last.wait(Span::secs(5));

    for world in [at_once, later(CARLA, MARTA), last] {
        for next in [None, Some(DIEGO)] {
            let mut world = world.clone();
            world.next = next;

            world.look().unwrap();

            let stage = if next.is_some() { Stage::Attending } else { Stage::Waiting };
            assert_eq!((world.chat.stage, world.inside()), (stage, Vec::from_iter(next)));
            assert_eq!(world.look(), Err(Refusal::TooSoon), "and nothing else is due");
        }
    }
}

/// Marta's line was gone for a moment when Carla's time was over.
#[test]
fn whoever_is_late_beside_one_who_is_gone_leaves_it_to_the_next() {
    let mut world = World::assigned().then(MARTA, Act::Join).loses(MARTA);
    world.next = Some(DIEGO);
    let due = world.chat.assigned.as_ref().unwrap().answer_by.unwrap();
    world.chat.agents.iter_mut().find(|a| a.face.id == MARTA).unwrap().gone_since = Some(Time(due.0 - 1_000));
    world.now = due;

    world.look().unwrap();

    assert_eq!((world.chat.stage, world.inside()), (Stage::Attending, vec![DIEGO]));
}

#[test]
fn whoever_is_alone_gets_again_what_he_lost_with_his_line() {
    let mut world = World::assigned().loses(CARLA);

    world.wait(just_over(HOLD));
    world.look().unwrap();

    assert_eq!((world.chat.stage, &world.chat.passed), (Stage::Waiting, &vec![]));
    world.act("clock", assign(CARLA)).unwrap();
    assert_eq!(world.inside(), [CARLA]);
}

#[test]
fn whoever_vanishes_while_the_customer_is_away_leaves_him_his_place() {
    let mut world = World::assigned().loses(CARLA);
    world.next = Some(DIEGO);
    world.wait(Span::secs(15));
    let mut world = world.loses(CUSTOMER);

    world.wait(Span(5_001));
    world.look().unwrap();

    assert_eq!((world.chat.stage, world.chat.gone_since.is_some()), (Stage::Waiting, true));
    world.act(CUSTOMER, Act::Return).unwrap();
    assert_eq!(world.act("clock", assign(DIEGO)).map(|events| events.len()), Ok(2));
}

#[test]
fn he_has_his_place_for_as_long_as_the_house_keeps_it() {
    let mut world = World::assigned().loses(CUSTOMER).loses(CARLA);
    world.graces.customer = Span::minutes(1);

    world.wait(just_over(HOLD));
    world.look().unwrap();
    let kept = world.chat.stage;
    world.wait(Span::secs(40));
    world.look().unwrap();

    assert_eq!((kept, world.chat.stage), (Stage::Waiting, Stage::Ended(Reason::Connection)));
}

#[test]
fn our_own_downtime_is_nobodys_silence() {
    let mut world = World::assigned();

    world.wait(Span::hours(1));
    world.act("clock", Act::Resume).unwrap();
    world.act(CUSTOMER, Act::Return).unwrap();
    world.act(CARLA, Act::Return).unwrap();

    assert_eq!(world.look(), Err(Refusal::TooSoon));
    assert_eq!(world.due(), Some(world.now + HOLD));
}

#[test]
fn what_was_only_handed_out_was_seen_by_nobody() {
    let left = World::assigned().then(CUSTOMER, post("compre ya")).then(CUSTOMER, Act::Close);
    assert!(!left.chat.is_to_mail(), "his words would go to any address in our name");

    let mut passed = World::assigned().then(CUSTOMER, post("compre ya"));
    passed.wait(Span::minutes(1));
    passed.look().unwrap();
    assert!(!passed.then(CUSTOMER, Act::Close).chat.is_to_mail());
    assert!(World::assigned().then(CARLA, post("hola")).then(CUSTOMER, Act::Close).chat.is_to_mail());
    assert!(World::attended().then(CUSTOMER, Act::Close).chat.is_to_mail(), "she chose it, so she has seen it");
}

#[test]
fn a_customer_who_is_gone_for_good_is_handed_to_nobody_else() {
    let mut world = World::assigned().loses(CUSTOMER);
    world.next = Some(DIEGO);

    world.wait(Span::minutes(3));
    world.look().unwrap();

    assert_eq!(world.chat.stage, Stage::Ended(Reason::Connection));
}

#[test]
fn while_the_customer_is_gone_nobody_is_late_to_answer() {
    let mut world = World::assigned().loses(CUSTOMER);
    world.next = Some(DIEGO);

    world.wait(Span::secs(90));
    assert_eq!(world.look(), Err(Refusal::TooSoon));
    world.act(CUSTOMER, Act::Return).unwrap();
    world.look().unwrap();

    assert_eq!(world.inside(), [DIEGO]);
}

#[test]
fn whoever_came_in_to_help_goes_on_with_it() {
    let mut world = World::assigned().then(MARTA, Act::Join);
    world.next = Some(DIEGO);

    world.wait(Span::minutes(1));
    world.look().unwrap();

    assert_eq!(world.inside(), [MARTA]);
}

#[test]
fn a_setting_without_sense_is_refused_by_its_name() {
    let refused = |distribution: Distribution| match distribution.check() {
        Err(wrong) => wrong.path,
        other => panic!("{other:?}"),
    };

    assert_eq!(Distribution::default().check(), Ok(()));
    assert_eq!(refused(Distribution { limit: 0, ..Distribution::default() }), "limit");
    assert_eq!(refused(Distribution { limit: LIMIT_MOST + 1, ..Distribution::default() }), "limit");
    assert_eq!(refused(Distribution { answer_within: ANSWER_MOST + 1, ..Distribution::default() }), "answer_within");
}

proptest! {
    #[test]
    fn whoever_is_chosen_has_room_and_nobody_less_busy_has(
        loads in prop::collection::vec((0..5_u32, 0..3_u32, prop::option::of(0..6_u32)), 0..8),
        limit in 1..4_u32,
    ) {
        let team: Vec<Candidate> = loads
            .iter()
            .enumerate()
            .map(|(n, &(here, elsewhere, limit))| Candidate {
                face: face(&n.to_string()), here, busy: here + elsewhere, limit, last: None,
            })
            .collect();
        let distribution = Distribution { order: Order::LeastBusy, limit, answer_within: 0 };
        let able = |c: &&Candidate| c.here < limit && c.limit.is_none_or(|own| c.busy < own);

        match distribution.choose(&team, &World::waiting().chat) {
            Some(chosen) => {
                prop_assert!(able(&chosen));
                prop_assert!(team.iter().filter(able).all(|c| c.busy >= chosen.busy));
            }
            None => prop_assert!(!team.iter().any(|c| able(&c))),
        }
    }
}
