//! What staff sees and the customer never does (R45, R46, R51).

use crate::world::*;
use crate::{Act, Event, Refusal};

#[test]
fn watching_and_asides_never_touch_the_public_counter() {
    let mut world = World::attended();
    let (seq, stage, words) = (world.chat.seq, world.chat.stage, world.chat.last_words.clone());

    for (who, act) in [
        (ELENA, Act::Watch),
        (ELENA, note("she wants a refund")),
        (ELENA, Act::Aside { whisper: true, text: "offer the blue one".into() }),
        (CARLA, invite(DIEGO)),
        (ELENA, Act::Unwatch),
    ] {
        let events = world.act(who, act).unwrap();
        assert!(events.iter().all(Event::is_aside), "{events:?}");
    }

    let chat = &world.chat;
    assert_eq!((chat.seq, chat.stage, chat.last_words.clone()), (seq, stage, words));
    assert_eq!(chat.aside_seq, 5);
}

#[test]
fn what_the_customer_may_hear_touches_the_public_counter_alone() {
    let mut world = World::waiting();

    for (who, act) in [
        (CUSTOMER, post("hola")),
        (CARLA, Act::Attend),
        (CARLA, post("buenos días")),
        (ELENA, Act::Join),
        (ELENA, Act::Part),
        (CUSTOMER, Act::Leave { since: START }),
        (CUSTOMER, Act::Return),
        (CARLA, Act::Leave { since: START }),
        (CARLA, Act::Return),
        ("clock", Act::Resume),
        (CARLA, to_agent(DIEGO)),
        (DIEGO, to_group("post")),
        (CUSTOMER, Act::Close),
    ] {
        let before = world.chat.seq;
        let events = world.act(who, act).unwrap();
        assert!(events.len() == 1 && !events[0].is_aside(), "{events:?}");
        assert_eq!(world.chat.seq, before + 1);
    }

    assert_eq!(world.chat.aside_seq, 0);
}

#[test]
fn watching_attends_nobody() {
    let world = World::waiting().then(ELENA, Act::Watch);

    assert_eq!((world.chat.attended_at, world.inside().len(), world.chat.served.len()), (None, 0, 0));
}

#[test]
fn one_watches_once_and_unwatches_once() {
    let mut world = World::attended();

    assert_eq!(world.act(ELENA, Act::Watch), Ok(vec![Event::Watched { by: face(ELENA) }]));
    assert_eq!(world.act(ELENA, Act::Watch), Ok(vec![]));
    assert_eq!(world.act(ELENA, Act::Unwatch), Ok(vec![Event::Unwatched { by: face(ELENA) }]));
    assert_eq!(world.act(ELENA, Act::Unwatch), Ok(vec![]));
    assert!(world.chat.watchers.is_empty());
}

#[test]
fn whoever_enters_watches_no_more() {
    for world in [
        World::attended().then(MARTA, Act::Watch).then(MARTA, Act::Join),
        World::waiting().then(MARTA, Act::Watch).then(MARTA, Act::Attend),
        World::waiting().then(MARTA, Act::Watch).then(ELENA, to_agent(MARTA)),
    ] {
        assert!(world.chat.is_inside(MARTA) && world.chat.watchers.is_empty());
    }
}

#[test]
fn whoever_is_inside_has_nothing_to_watch() {
    let mut world = World::waiting().then(MARTA, Act::Attend);

    assert_eq!(world.act(MARTA, Act::Watch), Ok(vec![]));
    assert!(world.chat.watchers.is_empty());
}

#[test]
fn a_watcher_is_known_by_his_id_when_he_changes_his_name() {
    let mut world = World::attended().then(ELENA, Act::Watch);
    let mut seat = world.seat(ELENA);
    seat.face.name = "Doña Elena".into();
    let renamed = crate::Who::Agent(seat);

    assert_eq!(world.act_as(&renamed, Act::Watch), Ok(vec![]));
    world.act_as(&renamed, Act::Unwatch).unwrap();

    assert!(world.chat.watchers.is_empty());
}

#[test]
fn a_note_and_a_whisper_are_words_with_the_limits_of_words() {
    let mut world = World::attended();

    let whisper = |text: &str| Act::Aside { whisper: true, text: text.into() };
    assert_eq!(world.act(CARLA, note(" careful ")), Ok(vec![Event::Noted { by: face(CARLA), text: "careful".into() }]));
    assert_eq!(world.act(ELENA, whisper("now")), Ok(vec![Event::Whispered { by: face(ELENA), text: "now".into() }]));
    assert_eq!(world.act(CARLA, note("  \n")), Err(Refusal::Empty));
    assert_eq!(world.act(CARLA, whisper(&"a".repeat(4_001))), Err(Refusal::TooLong { limit: 4_000 }));
}

#[test]
fn whoever_may_read_it_is_mentioned_and_nobody_else() {
    let mut world = World::with_two();
    let mention = |who: &str| note(&format!("mira esto, @[{who}]"));

    let of_two = world.act(CARLA, note("@[diego] y @[elena], @[diego]")).unwrap();
    assert_eq!(of_two[1..], [Event::Mentioned { by: face(CARLA), agents: vec![face(DIEGO), face(ELENA)] }]);
    assert!(matches!(&of_two[0], Event::Noted { text, .. } if text == "@[diego] y @[elena], @[diego]"));
    for stranger in [FABIO, OLGA] {
        let refused = Err(Refusal::NoReader { name: face(stranger).name });
        assert_eq!(world.act(CARLA, mention(stranger)), refused, "{stranger}");
    }
    assert!(world.act(CARLA, mention(SIMON)).is_ok());
    assert_eq!(world.act(CARLA, mention(CARLA)).unwrap().len(), 1, "nobody tells himself");
    assert_eq!(world.chat.invited, [], "it gives no right");
}

#[test]
fn only_whom_a_note_mentions_counts_against_its_limit() {
    let world = World::attended();
    let administrator = |n: usize| crate::Seat {
        face: crate::Face { id: format!("a{n}"), name: format!("A{n}") },
        attendant: false,
        administrator: true,
        sequence: false,
    };
    let carla = agent(CARLA).seat("sales");
    let says = |count: usize, strangers: usize| {
        let text: String = (0..strangers).map(|n| format!("@[nobody{n}] ")).collect();
        let text: String = text + &(0..count).map(|n| format!("@[a{n}] ")).collect::<String>() + "@[carla]";
        let named = (0..count).map(administrator).chain([carla.clone()]).collect();
        let scene = crate::Scene { named, ..crate::Scene::at(world.now) };
        world.chat.decide(&crate::Who::Agent(carla.clone()), &note(&text), &scene)
    };
    let limit = crate::mention::MENTIONS_LIMIT;

    let events = says(limit, 100).unwrap();
    assert!(matches!(&events[1], Event::Mentioned { agents, .. } if agents.len() == limit), "{events:?}");
    assert_eq!(says(limit + 1, 0), Err(Refusal::Full { limit: limit as u32 }));
}

#[test]
fn a_whisper_mentions_nobody_and_neither_does_whoever_may_write_no_note() {
    let mut world = World::attended();

    let whisper = Act::Aside { whisper: true, text: "@[carla] ofrece la azul".into() };
    assert_eq!(world.act(ELENA, whisper).unwrap().len(), 1);
    assert_eq!(world.act(DIEGO, note("@[carla]")), Err(Refusal::NotInside));
    assert_eq!(world.act(CUSTOMER, note("@[carla]")), Err(Refusal::NotYours));
}
