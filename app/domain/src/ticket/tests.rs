//! Stories of a ticket: when one is owed, who may save it, and what of it never changes.

use super::*;
use crate::presence::HOLD;
use crate::world::*;
use crate::{Act, Span};

fn owed(world: &World) -> Option<(Option<&'static str>, bool)> {
    let owed = world.chat.ticket_owed()?;
    let owner =
        owed.birth.owner.map(|o| [CARLA, DIEGO, OLGA].into_iter().find(|id| *id == o.id).expect("one of the team"));
    Some((owner, owed.saved.is_some()))
}

/// Its customer is lost, and the clock looks.
fn lost(world: World) -> World {
    let mut world = world.loses(CUSTOMER);
    world.wait(just_over(crate::presence::PATIENCE));
    world.then("clock", Act::Abandon)
}

/// All its agents are lost, and the clock looks.
fn left_alone(mut world: World) -> World {
    for agent in world.chat.agents.clone() {
        world = world.loses(&agent.face.id);
    }
    world.wait(just_over(HOLD));
    world.then("clock", Act::Abandon)
}

#[test]
fn a_running_conversation_owes_no_ticket() {
    for world in [World::waiting().then(CUSTOMER, post("hola")), World::attended(), World::with_two()] {
        assert_eq!(world.chat.ticket_owed(), None);
    }
}

#[test]
fn who_waited_without_a_word_leaves_no_ticket() {
    assert_eq!(owed(&World::waiting().then(CUSTOMER, Act::Close)), None);
    assert_eq!(owed(&lost(World::waiting())), None);
}

#[test]
fn who_leaves_a_word_in_the_queue_leaves_a_new_ticket_without_an_owner() {
    let waiting = World::waiting().then(CUSTOMER, post("is anybody there?"));

    for world in [waiting.clone().then(CUSTOMER, Act::Close), lost(waiting)] {
        assert_eq!(owed(&world), Some((None, true)));
        let saved = world.chat.ticket_owed().and_then(|o| o.saved);
        let subject = "is anybody there?".to_owned();
        assert_eq!(saved, Some(TicketEvent::Saved { by: None, subject, status: Status::New, note: String::new() }));
    }
}

#[test]
fn what_staff_takes_out_of_the_queue_owes_nothing() {
    let waiting = World::waiting().then(CUSTOMER, post("hola"));

    assert_eq!(owed(&waiting.clone().then(CARLA, Act::Remove)), None);
    assert_eq!(owed(&waiting.then(ELENA, Act::Close)), None);
}

#[test]
fn an_attended_chat_owes_a_ticket_that_waits_for_its_agent() {
    for end in [
        World::attended().then(CARLA, Act::Close),
        World::attended().then(CUSTOMER, Act::Close),
        lost(World::attended()),
        World::with_two().then(DIEGO, Act::Close),
    ] {
        assert_eq!(owed(&end), Some((Some(CARLA), false)));
    }
}

#[test]
fn whose_browser_is_gone_finds_the_ticket_saved_in_his_queue() {
    assert_eq!(owed(&left_alone(World::attended())), Some((Some(CARLA), true)));
    assert_eq!(owed(&left_alone(World::with_two())), Some((Some(CARLA), true)));
}

#[test]
fn whoever_it_was_handed_to_owns_it() {
    let world = World::attended().then(CARLA, to_agent(DIEGO)).then(CUSTOMER, Act::Close);

    assert_eq!(owed(&world), Some((Some(DIEGO), false)));
}

#[test]
fn an_attended_chat_that_ends_in_another_queue_is_saved_for_the_team() {
    let queued_again = World::attended().then(CARLA, to_group("post"));

    for world in [
        queued_again.clone().then(CUSTOMER, Act::Close),
        queued_again.clone().then(OLGA, Act::Remove),
        lost(queued_again),
    ] {
        assert_eq!(owed(&world), Some((None, true)));
        assert_eq!(world.chat.ticket_owed().map(|o| o.birth.group), Some(named("post")));
    }
}

#[test]
fn a_ticket_carries_the_number_of_its_chat() {
    let birth = World::ended().chat.ticket_owed().expect("one is owed").birth;

    assert_eq!((birth.number, birth.chat.as_deref(), birth.via), (7, Some("chat"), Via::OnlineChat));
}

#[test]
fn a_ticket_is_called_after_his_first_line_or_his_subject() {
    let silent = World::waiting();
    let wordy = World::waiting().then(CUSTOMER, post("First line  \nsecond")).then(CUSTOMER, post("third"));
    let long = World::waiting().then(CUSTOMER, post(&"ñ".repeat(900)));

    assert_eq!(silent.chat.subject(), "Group sales");
    assert_eq!(wordy.chat.subject(), "First line");
    assert!(long.chat.subject().chars().count() <= SUBJECT_LIMIT);
}

/// The unsaved ticket of a chat that Carla attended, in her hands.
fn unsaved() -> Ticket {
    let world = World::ended();
    let owed = world.chat.ticket_owed().expect("one is owed");
    Ticket::open("ticket".into(), world.now, &owed.birth)
}

fn saved_as(status: Status) -> Ticket {
    let mut ticket = unsaved();
    let by = Some(face(CARLA));
    let event = TicketEvent::Saved { by, subject: "Chairs".into(), status, note: String::new() };
    ticket.apply(START + Span::secs(60), &event);
    ticket
}

fn save(status: Status) -> TicketAct {
    TicketAct::Save { subject: "Chairs".into(), status, note: "  two of them ".into() }
}

fn decide(ticket: &Ticket, who: &str, act: &TicketAct) -> Result<Vec<TicketEvent>, Refusal> {
    ticket.decide(&World::waiting().who(who), act, START)
}

#[test]
fn a_ticket_is_born_in_the_hands_of_its_owner() {
    let ticket = unsaved();

    assert!(ticket.is_owned_by(CARLA) && !ticket.is_owned_by(DIEGO));
    assert_eq!((ticket.is_saved(), ticket.status, ticket.first_status, ticket.seq), (false, Status::New, None, 1));
}

#[test]
fn until_it_is_saved_it_is_in_the_hands_of_who_attended() {
    let may = |ticket: &Ticket, who| decide(ticket, who, &save(Status::Stopped)).is_ok();
    let (before, after) = (unsaved(), saved_as(Status::New));

    for (who, before_it_is_saved, afterwards) in [
        (CARLA, true, true),
        (DIEGO, false, true),
        (ELENA, true, true),
        (MARTA, true, true),
        (SERGIO, false, true),
        (SIMON, true, true),
        (OLGA, false, false),
        (CUSTOMER, false, false),
        ("clock", false, false),
    ] {
        assert_eq!((may(&before, who), may(&after, who)), (before_it_is_saved, afterwards), "{who}");
    }
}

#[test]
fn whoever_may_not_save_learns_nothing_of_it() {
    assert_eq!(decide(&unsaved(), DIEGO, &save(Status::New)), Err(Refusal::NotYours));
    assert_eq!(decide(&unsaved(), CUSTOMER, &save(Status::New)), Err(Refusal::NotYours));
}

#[test]
fn a_chat_s_ticket_can_first_be_saved_with_any_status() {
    for status in Status::ALL {
        let mut ticket = unsaved();
        let events = decide(&ticket, CARLA, &save(status)).unwrap();
        let [TicketEvent::Saved { by, subject, note, .. }] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((by, subject.as_str(), note.as_str()), (&Some(face(CARLA)), "Chairs", "two of them"));

        ticket.apply(START + Span::secs(9), &events[0]);

        assert_eq!((ticket.status, ticket.first_status), (status, Some(status)));
        assert_eq!((ticket.saved_at, ticket.changed_at), (Some(START + Span::secs(9)), START + Span::secs(9)));
    }
}

#[test]
fn the_first_saved_status_is_kept_for_ever() {
    let mut ticket = saved_as(Status::Resolved);
    let first = ticket.saved_at;

    for status in [Status::InAttendance, Status::Canceled, Status::Closed] {
        let events = decide(&ticket, DIEGO, &save(status)).unwrap();
        assert!(matches!(events.as_slice(), [TicketEvent::Changed { .. }]), "{events:?}");
        ticket.apply(START + Span::hours(24), &events[0]);
        assert_eq!(ticket.status, status);
    }
    let again = TicketEvent::Saved { by: None, subject: "x".into(), status: Status::New, note: String::new() };
    ticket.apply(START + Span::hours(25), &again);

    assert_eq!((ticket.first_status, ticket.saved_at), (Some(Status::Resolved), first));
}

#[test]
fn a_ticket_has_a_subject_and_both_have_limits() {
    let with = |subject: String, note: String| TicketAct::Save { subject, status: Status::New, note };
    let ticket = unsaved();

    assert_eq!(decide(&ticket, CARLA, &with(" \n ".into(), String::new())), Err(Refusal::Empty));
    let too_long = |limit: usize| Err(Refusal::TooLong { limit: limit as u32 });
    assert_eq!(decide(&ticket, CARLA, &with("ñ".repeat(SUBJECT_LIMIT + 1), String::new())), too_long(SUBJECT_LIMIT));
    assert_eq!(decide(&ticket, CARLA, &with("Chairs".into(), "ñ".repeat(NOTE_LIMIT + 1))), too_long(NOTE_LIMIT));
    decide(&ticket, CARLA, &with("ñ".repeat(SUBJECT_LIMIT), "ñ".repeat(NOTE_LIMIT))).unwrap();
}

#[test]
fn a_subject_is_one_line_without_what_no_screen_can_show() {
    let act = TicketAct::Save {
        subject: " Two\r\nBcc: chairs\u{0} ".into(),
        status: Status::New,
        note: "one\ntwo\u{0}\u{1b}".into(),
    };

    let events = decide(&unsaved(), CARLA, &act).unwrap();

    let by = Some(face(CARLA));
    let (subject, note) = ("Two Bcc: chairs".into(), "one\ntwo".into());
    assert_eq!(events, [TicketEvent::Saved { by, subject, status: Status::New, note }]);
}

#[test]
fn the_clock_saves_for_an_owner_who_is_gone_for_more_than_twenty_seconds() {
    let ticket = unsaved();
    let keep = TicketAct::Keep { owner_gone_since: START };
    let at = |span: Span| ticket.decide(&Who::Clock, &keep, START + span);

    assert_eq!(at(Span::secs(20)), Err(Refusal::TooSoon));
    let subject = ticket.subject.clone();
    let saved = TicketEvent::Saved { by: None, subject, status: Status::New, note: String::new() };
    assert_eq!(at(Span(20_001)), Ok(vec![saved]));
}

#[test]
fn what_is_saved_is_not_saved_by_the_clock() {
    let keep = TicketAct::Keep { owner_gone_since: START };
    let ticket = saved_as(Status::Canceled);

    assert_eq!(ticket.decide(&Who::Clock, &keep, START + Span::hours(1)), Ok(vec![]));
}

#[test]
fn only_the_clock_keeps() {
    let keep = TicketAct::Keep { owner_gone_since: START };

    for who in [CARLA, ELENA, SIMON, CUSTOMER] {
        assert_eq!(decide(&unsaved(), who, &keep), Err(Refusal::NotYours));
    }
}

#[test]
fn not_completed_is_new_in_attendance_and_stopped() {
    let open: Vec<Status> = Status::ALL.into_iter().filter(|s| s.is_open()).collect();

    assert_eq!(open, [Status::New, Status::InAttendance, Status::Stopped]);
}

#[test]
fn who_waits_no_longer_leaves_his_words_and_one_ticket() {
    let mut world = World::waiting().then(CUSTOMER, post("La lámpara llegó rota"));

    let events = world.act(CUSTOMER, leave_message("Llámenme mañana")).unwrap();

    assert_eq!(events.len(), 2, "his last words and the end are one act");
    assert_eq!(world.chat.stage, Stage::Ended(Reason::Customer));
    let owed = world.chat.ticket_owed().unwrap();
    // A desertion with a message, and no offline message beside it (indicators.md e.1-4, 10).
    assert_eq!((owed.birth.via, owed.birth.owner), (Via::OnlineChat, None));
    assert_eq!((owed.birth.subject.as_str(), world.chat.waiting_messages), ("La lámpara llegó rota", 2));
    assert_eq!(world.act(CUSTOMER, leave_message("otra vez")), Err(Refusal::Ended));
}

#[test]
fn who_has_said_nothing_has_no_message_to_leave() {
    let mut silent = World::waiting();

    assert_eq!(silent.act(CUSTOMER, leave_message(" \n ")), Err(Refusal::Empty));
    assert_eq!(silent.chat.stage, Stage::Waiting, "he keeps his place");
    silent.then(CUSTOMER, post("hola")).then(CUSTOMER, leave_message(""));
}

#[test]
fn an_agent_who_was_faster_is_not_left_by_a_message() {
    let mut attended = World::attended();

    assert_eq!(attended.act(CUSTOMER, leave_message("llámenme")), Err(Refusal::NotWaiting));
    assert_eq!(attended.chat.stage, Stage::Attending);
}
