//! Stories of a conversation on a screen.

use super::*;
use crate::world::*;
use crate::{Act, Time};

/// A conversation with everything in it, each event a second after the other.
fn history() -> World {
    let mut world = World::waiting();
    for (who, act) in [
        (CUSTOMER, post("hola")),
        (ELENA, Act::Watch),
        (CARLA, Act::Attend),
        (CARLA, post("buenos días")),
        (ELENA, note("she is a regular")),
        (CUSTOMER, post("one chair")),
        (CARLA, invite(DIEGO)),
        (DIEGO, Act::Join),
        (CUSTOMER, post("and a table")),
        (CARLA, to_agent(FABIO)),
        (CUSTOMER, Act::Close),
    ] {
        world.wait(crate::Span::secs(1));
        world = world.then(who, act);
    }
    world
}

fn public(told: &[Told]) -> Vec<Told> {
    told.iter().filter(|t| !t.event.is_aside()).cloned().collect()
}

fn heard(told: &[Told]) -> Thread {
    let mut thread = Thread::default();
    assert!(thread.hear_all(told), "nothing is missing");
    thread
}

#[test]
fn a_screen_that_heard_everything_knows_the_chat_as_it_is() {
    let world = history();

    let thread = heard(&world.told);

    assert_eq!(thread.chat, Some(world.chat.clone()));
    assert_eq!(thread.heard(), (world.chat.seq, world.chat.aside_seq));
    assert_eq!(thread.told, world.told);
}

#[test]
fn before_the_first_event_nothing_is_known() {
    let world = history();
    let mut thread = Thread::default();

    assert_eq!(thread.heard(), (0, 0));
    assert!(world.told[1..].iter().all(|told| !thread.hear(told)));
    assert_eq!(thread, Thread::default());
}

#[test]
fn a_gap_is_said_and_changes_nothing() {
    let told = public(&history().told);
    let mut thread = heard(&told[..2]);
    let before = thread.clone();

    assert!(!thread.hear(&told[3]));
    assert_eq!(thread, before);

    assert!(thread.hear_all(&told[2..]));
    assert_eq!(thread, heard(&told));
}

#[test]
fn a_gap_among_asides_is_said_too() {
    let told = history().told;
    let missed = told.iter().position(|t| t.event.is_aside()).expect("there are asides");
    let mut thread = heard(&told[..missed]);

    assert!(!thread.hear_all(&told[missed + 1..]));
    assert!(thread.hear_all(&told[missed..]));

    assert_eq!(thread.told.len(), told.len());
}

#[test]
fn an_aside_about_what_was_not_heard_yet_is_a_gap_among_public_events() {
    let world = World::attended().then(CARLA, post("hola")).then(CARLA, note("careful"));
    let (last, before) = world.told.split_last().expect("there is an aside");
    let mut thread = heard(&before[..2]);

    assert!(!thread.hear(last));
    assert!(thread.hear_all(&world.told));

    assert_eq!(thread.chat, Some(world.chat));
}

#[test]
fn what_was_heard_before_changes_nothing() {
    let told = history().told;
    let mut thread = heard(&told);
    let before = thread.clone();

    assert!(thread.hear_all(&told));
    assert!(thread.hear(&told[0]));

    assert_eq!(thread, before);
}

#[test]
fn another_chat_is_none_of_its_business() {
    let told = history().told;
    let mut thread = heard(&told[..3]);
    let before = thread.clone();

    assert!(thread.hear(&Told { chat: "another".into(), seq: 90, ..told[4].clone() }));

    assert_eq!(thread, before);
}

#[test]
fn asides_and_public_events_meet_by_number_however_they_arrive() {
    let told = history().told;
    let (asides, public): (Vec<Told>, Vec<Told>) = told.iter().cloned().partition(|t| t.event.is_aside());

    let late_asides = heard(&[public, asides].concat());

    assert_eq!(late_asides.told, told);
}

#[test]
fn what_happened_in_the_same_moment_stands_in_the_same_order_on_every_screen() {
    let mut world = World::attended();
    for (who, act) in [(CARLA, note("one")), (CARLA, post("two")), (ELENA, note("three")), (CUSTOMER, post("four"))] {
        world = world.then(who, act);
    }
    let (asides, public): (Vec<Told>, Vec<Told>) = world.told.iter().cloned().partition(|t| t.event.is_aside());

    let live = heard(&world.told);
    let read = heard(&[public, asides].concat());

    assert_eq!(live.told, read.told);
}

/// A server whose clock was set back while it was down.
#[test]
fn numbers_order_a_conversation_and_not_clocks() {
    let mut world = World::attended().then(CARLA, post("first"));
    world.now = Time(START.0 - 60_000);
    world = world.then(CUSTOMER, post("second")).then(CARLA, note("aside")).then(CARLA, post("third"));

    let thread = heard(&world.told);

    let told = public(&thread.told);
    let words: Vec<&str> = told.iter().filter_map(|t| t.event.words()).collect();
    assert_eq!(words, ["first", "second", "third"]);
}

/// He was told live that she came, and reads only afterwards what he had missed before.
#[test]
fn a_guest_is_not_invited_any_more_when_the_invitation_is_heard_after_he_came() {
    let world = World::attended().then(MARTA, Act::Watch).then(CARLA, invite(MARTA)).then(MARTA, Act::Join);
    let (asides, public): (Vec<Told>, Vec<Told>) = world.told.iter().cloned().partition(|t| t.event.is_aside());

    let thread = heard(&[public, asides].concat());

    assert_eq!(thread.chat, Some(world.chat));
}

#[test]
fn customer_and_staff_agree_on_all_that_is_public() {
    let world = history();

    let (staff, customer) = (heard(&world.told), heard(&public(&world.told)));

    assert_eq!(public(&staff.told), customer.told);
    let mut seen = staff.chat.expect("staff heard it");
    assert_eq!(seen.aside_seq, 3);
    seen.aside_seq = 0;
    assert_eq!(Some(seen), customer.chat);
}

#[test]
fn a_customer_has_no_gap_and_no_trace_where_staff_has_asides() {
    let told = public(&history().told);

    let thread = heard(&told);

    let seqs: Vec<u32> = thread.told.iter().map(|t| t.seq).collect();
    assert_eq!(seqs, (1..=told.len() as u32).collect::<Vec<_>>());
    assert_eq!(thread.heard().1, 0);
    assert!(thread.told.iter().all(|t| t.event.words() != Some("she is a regular")));
}

#[test]
fn unread_are_the_words_of_others_after_what_was_read() {
    let thread = heard(&history().told);

    // For Carla: three by Ana. For Ana (`None`): one by Carla.
    assert_eq!(thread.unread(0, Some(CARLA)), 3);
    assert_eq!(thread.unread(0, None), 1);
    assert_eq!(thread.unread(0, Some(DIEGO)), 4);
    let (last, _) = thread.heard();
    assert_eq!(thread.unread(last, Some(CARLA)), 0);
    let second = thread.told.iter().find(|t| t.event.words() == Some("one chair")).expect("she wrote it").seq;
    assert_eq!(thread.unread(second, Some(CARLA)), 1);
    assert_eq!(thread.unread(second - 1, Some(CARLA)), 2);
}

#[test]
fn a_file_is_unread_as_words_are() {
    let told = World::attended().then(CUSTOMER, attach("foto.txt", 9)).then(CARLA, attach("etiqueta.txt", 9)).told;

    assert_eq!((heard(&told).unread(0, Some(CARLA)), heard(&told).unread(0, None)), (1, 1));
}

#[test]
fn a_whisper_is_unread_by_whom_it_is_for_until_he_has_read_it_and_never_by_who_whispered() {
    let whisper = |text: &str| Act::Aside { whisper: true, text: text.into() };
    let world = World::attended().then(ELENA, whisper("ask for the order")).then(ELENA, note("a note is none"));

    let thread = heard(&world.told);
    let (_, asides) = thread.heard();

    assert_eq!((thread.whispers(0, CARLA), thread.whispers(0, ELENA)), (1, 0));
    assert_eq!(thread.whispers(asides, CARLA), 0);
    assert_eq!(thread.unread(0, Some(CARLA)), 0, "the customer's words are counted apart");
}

#[test]
fn a_conversation_waits_for_who_is_invited_and_for_who_is_in_it_and_has_said_nothing() {
    let attended = World::attended().then(CUSTOMER, post("hola"));
    let awaits = |world: &World, agent: &str| heard(&world.told).awaits(agent);
    assert!(awaits(&attended, CARLA));
    assert!(!awaits(&attended, DIEGO));

    let invited = attended.then(CARLA, post("buenos días")).then(CARLA, invite(DIEGO));
    assert!(!awaits(&invited, CARLA));
    assert!(awaits(&invited, DIEGO));

    let joined = invited.then(DIEGO, Act::Join);
    assert!(awaits(&joined, DIEGO));
    assert!(!awaits(&joined.then(DIEGO, post("aquí estoy")).then(CUSTOMER, Act::Close), DIEGO));
}

#[test]
fn asides_and_what_the_system_says_are_never_unread() {
    let world = World::attended().then(ELENA, note("psst")).then(CUSTOMER, Act::Close);

    assert_eq!(heard(&world.told).unread(0, Some(CARLA)), 0);
}
