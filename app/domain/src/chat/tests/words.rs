//! Words: what is kept of them, and what is counted (R23, indicators.md e.0).

use crate::act::MESSAGE_LIMIT;
use crate::chat::{RECENT, WORDS_SHOWN};
use crate::world::*;
use crate::{Act, Event, Origin, Refusal, Span};

#[test]
fn blank_words_are_refused() {
    let mut world = World::waiting();

    for text in ["", "   ", "\n\t ", "\u{0}", "\u{7}\u{1b}"] {
        assert_eq!(world.act(CUSTOMER, post(text)), Err(Refusal::Empty), "{text:?}");
    }
}

#[test]
fn words_have_a_limit_in_characters_and_not_in_bytes() {
    let mut world = World::waiting();

    world.act(CUSTOMER, post(&"ñ".repeat(MESSAGE_LIMIT))).unwrap();

    let limit = MESSAGE_LIMIT as u32;
    assert_eq!(world.act(CUSTOMER, post(&"a".repeat(MESSAGE_LIMIT + 1))), Err(Refusal::TooLong { limit }));
}

#[test]
fn words_are_kept_as_they_are_but_for_what_no_screen_can_show() {
    let mut world = World::waiting();
    let text = "<script>alert('ñ 👋')</script>\n\tok";

    let sent = format!("  {}\u{0}\u{1b}\r\n", text);

    assert_eq!(world.act(CUSTOMER, post(&sent)), Ok(vec![Event::Posted { by: None, text: text.into() }]));
}

#[test]
fn what_he_writes_while_he_waits_is_counted_until_he_is_attended() {
    let mut world = World::waiting().then(CUSTOMER, post("one")).then(CUSTOMER, post("two"));
    assert_eq!(world.chat.waiting_messages, 2);

    world.act(CARLA, Act::Attend).unwrap();
    world.act(CARLA, post("hola")).unwrap();
    world.act(CUSTOMER, post("three")).unwrap();
    world.act(CARLA, to_group("post")).unwrap();
    world.act(CUSTOMER, post("four")).unwrap();

    assert_eq!(world.chat.waiting_messages, 2);
}

#[test]
fn what_staff_writes_aside_is_not_a_message_of_his() {
    let world = World::waiting().then(ELENA, note("who is that?"));

    assert_eq!((world.chat.waiting_messages, world.chat.first_words.as_str()), (0, ""));
}

#[test]
fn the_first_reply_is_an_agent_s_and_set_once() {
    let mut world = World::waiting().then(CUSTOMER, post("hola")).then(CARLA, Act::Attend);
    assert_eq!(world.chat.first_reply_at, None);

    world.wait(Span::secs(7));
    world.act(CARLA, post("buenos días")).unwrap();
    world.wait(Span::secs(7));
    world.act(CARLA, post("sigo aquí")).unwrap();

    assert_eq!(world.chat.first_reply_at, Some(START + Span::secs(7)));
}

#[test]
fn a_list_shows_his_first_and_the_last_words_and_not_all_of_them() {
    let long = "ñ".repeat(WORDS_SHOWN + 1);

    let world = World::waiting()
        .then(CUSTOMER, post(&long))
        .then(CUSTOMER, post("second"))
        .then(CARLA, Act::Attend)
        .then(CARLA, post("reply"));

    assert_eq!(world.chat.first_words, "ñ".repeat(WORDS_SHOWN));
    assert_eq!(world.chat.last_words, "reply");
}

#[test]
fn whoever_has_not_seen_what_a_colleague_just_said_is_told_so_and_then_says_it() {
    let mut world = World::with_two().then(CUSTOMER, post("hola"));
    let seen = world.chat.seq;

    world.act(CARLA, answer("lo miro", seen)).unwrap();
    let overtaken = world.act(DIEGO, answer("lo miro yo", seen));
    let again = world.act(DIEGO, answer("vale, tú", seen + 1)).unwrap();

    assert_eq!(overtaken, Err(Refusal::Overtaken { by: face(CARLA).name }));
    assert_eq!(again, [Event::Posted { by: Some(face(DIEGO)), text: "vale, tú".into() }]);
}

#[test]
fn neither_the_customer_s_words_nor_one_s_own_nor_those_of_staff_hold_up_an_answer() {
    let mut world = World::with_two();
    let seen = world.chat.seq;
    for (who, act) in [(CUSTOMER, post("¿hola?")), (CARLA, post("un momento")), (DIEGO, note("es cliente nuevo"))] {
        world.act(who, act).unwrap();
    }

    assert!(world.act(CARLA, answer("ya está", seen)).is_ok());
    assert!(world.act(CARLA, answer("y esto", seen)).is_ok());
}

#[test]
fn a_file_of_a_colleague_s_is_to_be_seen_as_his_words_are() {
    let mut world = World::with_two();
    let seen = world.chat.seq;
    world.act(CARLA, attach("guía.txt", 10)).unwrap();

    assert_eq!(world.act(DIEGO, answer("mira la guía", seen)), Err(Refusal::Overtaken { by: face(CARLA).name }));
}

#[test]
fn who_said_much_meanwhile_was_still_overtaken_by_a_colleague_s_single_word() {
    let mut world = World::with_two();
    let seen = world.chat.seq;
    world.act(CARLA, post("yo")).unwrap();
    (0..30).for_each(|_| drop(world.act(DIEGO, post("y otra cosa")).unwrap()));

    assert_eq!(world.act(DIEGO, answer("fin", seen)), Err(Refusal::Overtaken { by: face(CARLA).name }));
    assert_eq!(world.chat.recent.len(), 1 + RECENT);
}

#[test]
fn agents_among_themselves_overtake_nobody() {
    let mut world = World::with_two();
    world.chat.origin = Origin::AgentAgent;
    let seen = world.chat.seq;
    world.act(CARLA, answer("¿lo miras tú?", seen)).unwrap();

    assert!(world.act(DIEGO, answer("¿lo miro?", seen)).is_ok());
}

#[test]
fn an_answer_is_an_agent_s_who_is_inside_and_says_something() {
    let mut world = World::attended();
    let seen = world.chat.seq;

    assert_eq!(world.act(CUSTOMER, answer("hola", seen)), Err(Refusal::NotYours));
    assert_eq!(world.act(DIEGO, answer("hola", seen)), Err(Refusal::NotInside));
    assert_eq!(world.act(CARLA, answer(" ", seen)), Err(Refusal::Empty));
    world.act(CARLA, Act::Close).unwrap();
    assert_eq!(world.act(CARLA, answer("hola", seen)), Err(Refusal::Ended));
}
