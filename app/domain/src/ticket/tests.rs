//! Stories of a ticket: when one is owed, who may save it, and what of it never changes.

use super::*;
use crate::house::{OwnField, OwnKind, OwnStatus};
use crate::identity::Related;
use crate::presence::{Graces, HOLD};
use crate::world::*;
use crate::{Act, Span, Target};

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
        assert_eq!(saved, Some(TicketEvent::saved_for_nobody(subject)));
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
fn what_was_said_in_a_chat_that_went_on_with_a_ticket_is_kept_in_that_one() {
    let about = Related { id: "before".into(), number: 3, subject: "Chairs".into() };
    let with = |mut world: World| {
        world.chat.related = Some(about.clone());
        world
    };
    let attended = with(World::attended());
    let silent = with(World::waiting()).then(CUSTOMER, Act::Close);

    assert_eq!(attended.chat.kept_in(), None, "it runs");
    for end in [attended.clone().then(CARLA, Act::Close), lost(attended)] {
        assert_eq!(end.chat.kept_in(), Some(&about));
    }
    assert_eq!(silent.chat.kept_in(), None, "nothing was said");
    assert_eq!(World::ended().chat.kept_in(), None, "it has a ticket of its own");
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
    let (subject, note) = ("Chairs".into(), String::new());
    let event = TicketEvent::Saved { by, subject, status, note, edits: Vec::new() };
    ticket.apply(START + Span::secs(60), &event);
    ticket
}

fn save(status: Status) -> TicketAct {
    let changes = vec![Change::Subject("Chairs".into()), Change::Status(status)];
    TicketAct::Save { changes, note: "  two of them ".into() }
}

fn change(change: Change) -> TicketAct {
    TicketAct::Save { changes: vec![change], note: String::new() }
}

fn ground() -> Ground {
    Ground::at(START)
}

fn decide(ticket: &Ticket, who: &str, act: &TicketAct) -> Result<Vec<TicketEvent>, Refusal> {
    ticket.decide(&World::waiting().who(who), act, &ground())
}

#[test]
fn a_ticket_is_born_in_the_hands_of_its_owner() {
    let ticket = unsaved();

    assert!(ticket.is_owned_by(CARLA) && !ticket.is_owned_by(DIEGO));
    assert_eq!((ticket.is_saved(), ticket.status, ticket.first_status, ticket.seq), (false, Status::New, None, 1));
}

#[test]
fn whoever_a_conversation_was_given_to_owns_its_ticket_whoever_else_stayed() {
    let given = |world: World| world.then(MARTA, Act::Redirect { to: Target::Agent(DIEGO.into()) });
    let among_three = given(World::attended().then(MARTA, Act::Join));
    let from_outside = given(World::attended());

    let inside: Vec<&str> = among_three.chat.agents.iter().map(|a| a.face.id.as_str()).collect();
    assert_eq!(inside, [DIEGO, CARLA]);
    for world in [among_three, from_outside] {
        assert_eq!(owed(&world.then(DIEGO, Act::Close)), Some((Some(DIEGO), false)));
    }
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
    ticket.apply(START + Span::hours(25), &TicketEvent::saved_for_nobody("x".into()));

    assert_eq!((ticket.first_status, ticket.saved_at), (Some(Status::Resolved), first));
}

#[test]
fn a_ticket_has_a_subject_and_both_have_limits() {
    let with = |subject: String, note: String| TicketAct::Save { changes: vec![Change::Subject(subject)], note };
    let ticket = unsaved();

    assert_eq!(decide(&ticket, CARLA, &with(" \n ".into(), String::new())), Err(Refusal::Empty));
    let too_long = |limit: usize| Err(Refusal::TooLong { limit: limit as u32 });
    assert_eq!(decide(&ticket, CARLA, &with("ñ".repeat(SUBJECT_LIMIT + 1), String::new())), too_long(SUBJECT_LIMIT));
    assert_eq!(decide(&ticket, CARLA, &with("Chairs".into(), "ñ".repeat(NOTE_LIMIT + 1))), too_long(NOTE_LIMIT));
    decide(&ticket, CARLA, &with("ñ".repeat(SUBJECT_LIMIT), "ñ".repeat(NOTE_LIMIT))).unwrap();
}

#[test]
fn a_subject_is_one_line_without_what_no_screen_can_show() {
    let changes = vec![Change::Subject(" Two\r\nBcc: chairs\u{0} ".into())];
    let act = TicketAct::Save { changes, note: "one\ntwo\u{0}\u{1b}".into() };

    let events = decide(&unsaved(), CARLA, &act).unwrap();

    let by = Some(face(CARLA));
    let (subject, note) = ("Two Bcc: chairs".into(), "one\ntwo".into());
    let edits = vec![Edit::Subject { from: "Group sales".into(), to: "Two Bcc: chairs".into() }];
    assert_eq!(events, [TicketEvent::Saved { by, subject, status: Status::New, note, edits }]);
}

#[test]
fn the_clock_saves_for_an_owner_who_is_gone_for_more_than_twenty_seconds() {
    let ticket = unsaved();
    let keep = TicketAct::Keep { owner_gone_since: START };
    let at = |span: Span| ticket.decide(&Who::Clock, &keep, &Ground::at(START + span));

    assert_eq!(at(Span::secs(20)), Err(Refusal::TooSoon));
    let subject = ticket.subject.clone();
    assert_eq!(at(Span(20_001)), Ok(vec![TicketEvent::saved_for_nobody(subject)]));
}

#[test]
fn the_clock_waits_for_an_owner_for_as_long_as_the_house_says() {
    let ticket = unsaved();
    let keep = TicketAct::Keep { owner_gone_since: START };
    let graces = Graces { agent: Span::minutes(2), ..Graces::default() };
    let at = |span: Span| ticket.decide(&Who::Clock, &keep, &Ground { graces, ..Ground::at(START + span) });

    assert_eq!(at(Span::minutes(2)), Err(Refusal::TooSoon));
    assert!(at(just_over(Span::minutes(2))).is_ok_and(|events| events.len() == 1));
}

#[test]
fn what_is_saved_is_not_saved_by_the_clock() {
    let keep = TicketAct::Keep { owner_gone_since: START };
    let ticket = saved_as(Status::Canceled);

    assert_eq!(ticket.decide(&Who::Clock, &keep, &Ground::at(START + Span::hours(1))), Ok(vec![]));
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

/// A status that asks why, one that does not, and two fields, one of them required.
fn house() -> House {
    let status =
        |id: &str, base, asks| OwnStatus { id: id.into(), name: id.to_uppercase(), base, asks, reasons: Vec::new() };
    let field = |id: &str, kind, required| OwnField {
        id: id.into(),
        label: id.to_uppercase(),
        kind,
        required,
        options: Vec::new(),
    };
    House {
        statuses: vec![status("part", Status::Stopped, true), status("refunded", Status::Resolved, false)],
        fields: vec![field("order", OwnKind::Number, true), field("note", OwnKind::Text, false)],
    }
}

fn with_house(changes: Vec<Change>) -> (TicketAct, Ground) {
    (TicketAct::Save { changes, note: String::new() }, Ground { house: house(), ..ground() })
}

fn order(value: &str) -> Change {
    Change::Field { id: "order".into(), value: value.into() }
}

#[test]
fn a_status_of_the_house_is_its_base_to_every_rule() {
    let mut ticket = unsaved();
    let own = |id: &str, reason: &str| Change::Own { id: id.into(), reason: reason.into() };
    let tries = |ticket: &Ticket, change: Change| {
        let (act, ground) = with_house(vec![change, order("7")]);
        ticket.decide(&World::waiting().who(CARLA), &act, &ground)
    };

    assert_eq!(tries(&ticket, own("part", " ")), Err(Refusal::FieldMissing { field: "reason".into() }));
    assert_eq!(tries(&ticket, own("gone", "")), Err(Refusal::FieldWrong { field: "status".into() }));
    let events = tries(&ticket, own("refunded", "")).unwrap();
    ticket.apply(START, &events[0]);
    assert_eq!((ticket.status, ticket.first_status), (Status::Resolved, Some(Status::Resolved)));
    assert_eq!(ticket.own.as_ref().map(|own| own.name.as_str()), Some("REFUNDED"));

    let events = tries(&ticket, own("part", "supplier")).unwrap();
    ticket.apply(START, &events[0]);
    assert_eq!((ticket.status, ticket.reason.as_str()), (Status::Stopped, "supplier"));
    let events = tries(&ticket, Change::Status(Status::New)).unwrap();
    ticket.apply(START, &events[0]);
    assert_eq!((ticket.status, ticket.own.clone(), ticket.reason.as_str()), (Status::New, None, ""));
}

#[test]
fn no_person_saves_without_a_required_field_and_the_clock_does() {
    let ticket = unsaved();
    let missing = Err(Refusal::FieldMissing { field: "order".into() });
    let tries = |changes| {
        let (act, ground) = with_house(changes);
        ticket.decide(&World::waiting().who(CARLA), &act, &ground)
    };

    assert_eq!(tries(vec![]), missing);
    assert_eq!(tries(vec![order("7"), order("")]), missing);
    assert_eq!(tries(vec![order("seven")]), Err(Refusal::FieldWrong { field: "order".into() }));
    assert!(tries(vec![order("7")]).is_ok());
    let note = TicketAct::Save { changes: vec![], note: "later".into() };
    let alone = saved_as(Status::New).decide(&World::waiting().who(CARLA), &note, &with_house(vec![]).1);
    assert!(alone.is_ok(), "a note alone");
    let keep = TicketAct::Keep { owner_gone_since: START };
    let late = Ground { now: START + Span::hours(1), house: house(), ..ground() };
    assert!(ticket.decide(&Who::Clock, &keep, &late).is_ok_and(|events| events.len() == 1));
}

#[test]
fn a_tag_more_and_a_tag_less_leave_the_others_and_are_told_once() {
    let mut ticket = saved_as(Status::New);
    let texts = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    ticket.tags = texts(&["theirs", "old"]);
    let decide = |ticket: &Ticket, changes: Vec<Change>| {
        let (act, ground) = with_house([vec![order("07")], changes].concat());
        ticket.decide(&World::waiting().who(DIEGO), &act, &ground).map(|events| {
            let Some(TicketEvent::Changed { edits, .. }) = events.first() else { panic!("{events:?}") };
            edits.iter().filter(|edit| matches!(edit, Edit::Tags { .. })).cloned().collect::<Vec<_>>()
        })
    };
    let (more, less) = (|tag: &str| Change::Tag(tag.into()), |tag: &str| Change::Untag(tag.into()));

    let told = Edit::Tags { from: texts(&["theirs", "old"]), to: texts(&["theirs", "mine"]) };
    assert_eq!(decide(&ticket, vec![more(" Mine"), more("theirs"), less("OLD"), less("gone")]), Ok(vec![told]));
    assert_eq!(decide(&ticket, vec![more("mine"), less("mine")]), Ok(vec![]));
    ticket.tags = (0..crate::house::TAGS).map(|n| n.to_string()).collect();
    assert_eq!(decide(&ticket, vec![more("one")]), Err(Refusal::Full { limit: crate::house::TAGS as u32 }));
}

#[test]
fn what_was_changed_is_told_from_what_to_what_and_what_was_not_is_not() {
    let mut ticket = saved_as(Status::New);
    let (act, ground) = with_house(vec![
        Change::Subject("Chairs".into()),
        order("07"),
        Change::Tags(vec!["Broken".into(), " broken".into()]),
        Change::Owner(None),
    ]);

    let events = ticket.decide(&World::waiting().who(DIEGO), &act, &ground).unwrap();
    ticket.apply(START, &events[0]);

    let TicketEvent::Changed { by, edits, .. } = &events[0] else { panic!("{events:?}") };
    let field = Edit::Field { id: "order".into(), label: "ORDER".into(), from: String::new(), to: "7".into() };
    let tags = Edit::Tags { from: vec![], to: vec!["broken".into()] };
    assert_eq!(
        (by, edits.as_slice()),
        (&face(DIEGO), &[field, tags, Edit::Owner { from: Some(face(CARLA)), to: None }][..])
    );
    assert_eq!((ticket.filled("order"), ticket.owner.clone()), ("7", None));
    assert_eq!(ticket.decide(&World::waiting().who(DIEGO), &act, &ground), Ok(vec![]), "all is so already");
}

#[test]
fn whoever_is_slower_is_told_whose_it_is_and_nothing_of_his_save_is_done() {
    let ticket = saved_as(Status::New);
    let take = |seen: Option<&str>, to: &str| {
        let owner = Change::OwnerOf { seen: seen.map(Into::into), to: Some(to.into()) };
        let act = TicketAct::Save { changes: vec![Change::Subject("Sillas".into()), owner], note: String::new() };
        let ground = Ground { owner: Some(agent(to)), ..ground() };
        ticket.decide(&World::waiting().who(DIEGO), &act, &ground).map(|events| events.len())
    };

    assert_eq!(take(Some(CARLA), DIEGO), Ok(1));
    assert_eq!(take(None, DIEGO), Err(Refusal::HeldBy { by: face(CARLA).name }));
    assert_eq!(take(Some(FABIO), DIEGO), Err(Refusal::HeldBy { by: face(CARLA).name }));
    assert_eq!(take(None, CARLA), Ok(1), "what is so already undoes nobody's work");
}

#[test]
fn whoever_owns_it_sees_its_group() {
    let tries = |group: Option<&str>, owner: &str| {
        let mut changes: Vec<Change> = group.map(|g| Change::Group(g.into())).into_iter().collect();
        changes.push(Change::Owner(Some(owner.into())));
        let ground = Ground { group: group.map(named), owner: Some(agent(owner)), ..ground() };
        let act = TicketAct::Save { changes, note: String::new() };
        saved_as(Status::New).decide(&World::waiting().who(CARLA), &act, &ground).map(|events| events.len())
    };

    assert_eq!(tries(None, DIEGO), Ok(1));
    assert_eq!(tries(None, OLGA), Err(Refusal::FieldWrong { field: "owner".into() }));
    assert_eq!(tries(Some("post"), OLGA), Ok(1));
    assert_eq!(tries(Some("post"), DIEGO), Err(Refusal::FieldWrong { field: "owner".into() }));
    let unknown = saved_as(Status::New);
    assert_eq!(
        decide(&unknown, CARLA, &change(Change::Group("gone".into()))),
        Err(Refusal::FieldWrong { field: "group".into() })
    );
}

#[test]
fn a_ticket_opened_by_hand_is_not_over_at_its_first_save_and_a_chat_s_may_be() {
    let by_hand = Ticket { via: Via::Agent, ..unsaved() };

    for status in Status::ALL {
        let refused = Err(Refusal::FieldWrong { field: "status".into() });
        let saved = decide(&by_hand, CARLA, &change(Change::Status(status)));
        assert_eq!(saved.is_ok(), status.is_open(), "{status:?}");
        assert!(saved.is_ok() || saved == refused);
        assert!(decide(&unsaved(), CARLA, &change(Change::Status(status))).is_ok());
    }
    let mut saved = by_hand.clone();
    saved.apply(START, &TicketEvent::saved_for_nobody("x".into()));
    assert!(decide(&saved, CARLA, &change(Change::Status(Status::Resolved))).is_ok());
}

fn other(id: &str, number: i64) -> Ticket {
    Ticket { id: id.into(), number, chat: Some(format!("chat of {id}")), ..saved_as(Status::New) }
}

fn merge(from: &mut Ticket, into: &mut Ticket, who: &str) -> Result<(), Refusal> {
    let seat = |group: &str| agent(who).seat(group);
    let (out, taken) = from.merge(into, [&seat(&from.group.id), &seat(&into.group.id)])?;
    from.apply(START, &out);
    into.apply(START, &taken);
    Ok(())
}

#[test]
fn a_merged_ticket_is_closed_and_points_to_the_one_that_has_its_conversations() {
    let (mut lamp, mut shade) = (other("lamp", 1), other("shade", 2));
    lamp.apply(START, &TicketEvent::WentOn { chat: "more".into(), number: 3 });

    merge(&mut lamp, &mut shade, CARLA).unwrap();

    assert_eq!((lamp.status, lamp.merged.as_ref().map(|p| p.number)), (Status::Closed, Some(2)));
    assert_eq!(shade.chats.iter().map(|l| l.chat.as_str()).collect::<Vec<_>>(), ["chat of lamp", "more"]);
    assert_eq!(decide(&lamp, CARLA, &save(Status::New)), Err(Refusal::TooLate));
}

#[test]
fn no_ticket_is_merged_twice_into_itself_or_in_a_ring() {
    let (mut lamp, mut shade, mut chair) = (other("lamp", 1), other("shade", 2), other("chair", 3));
    let mut again = lamp.clone();

    assert_eq!(merge(&mut again, &mut lamp, CARLA), Err(Refusal::NotYours), "into itself");
    merge(&mut lamp, &mut shade, CARLA).unwrap();
    assert_eq!(merge(&mut lamp, &mut shade, CARLA), Err(Refusal::TooLate), "twice");
    assert_eq!(merge(&mut shade, &mut lamp, CARLA), Err(Refusal::TooLate), "back");
    assert_eq!(merge(&mut chair, &mut lamp, CARLA), Err(Refusal::TooLate), "into one that is gone");
    merge(&mut shade, &mut chair, CARLA).unwrap();
}

#[test]
fn whoever_may_not_change_one_of_both_merges_neither_way() {
    let (mut lamp, mut letter) = (other("lamp", 1), Ticket { group: named("post"), owner: None, ..other("letter", 2) });

    for who in [DIEGO, OLGA] {
        assert_eq!(merge(&mut lamp, &mut letter, who), Err(Refusal::NotYours));
        assert_eq!(merge(&mut letter, &mut lamp, who), Err(Refusal::NotYours));
    }
    let mut waits = Ticket { id: "waits".into(), ..unsaved() };
    assert_eq!(merge(&mut waits, &mut lamp, CARLA), Err(Refusal::TooLate), "it is not saved yet");
    merge(&mut lamp, &mut letter, SIMON).unwrap();
}

#[test]
fn only_what_was_linked_by_hand_is_unlinked() {
    let mut ticket = saved_as(Status::New);
    ticket.apply(START, &TicketEvent::WentOn { chat: "more".into(), number: 8 });
    let link = TicketAct::Link { number: 9 };
    let found = Ground { chat: Some(Pointer { id: "nine".into(), number: 9 }), ..ground() };
    let carla = World::waiting().who(CARLA);

    assert_eq!(decide(&ticket, CARLA, &link), Err(Refusal::NotYours), "there is no such conversation");
    let events = ticket.decide(&carla, &link, &found).unwrap();
    ticket.apply(START, &events[0]);
    assert_eq!(ticket.decide(&carla, &link, &found), Ok(vec![]), "it is there");
    let unlink = |ticket: &Ticket, chat: &str| decide(ticket, CARLA, &TicketAct::Unlink { chat: chat.into() });
    assert_eq!(unlink(&ticket, "more"), Err(Refusal::NotYours));
    let events = unlink(&ticket, "nine").unwrap();
    ticket.apply(START, &events[0]);
    assert_eq!(ticket.chats.len(), 1);
}

/// Her ticket, saved with this status; she has come through the portal.
fn answered(status: Status, text: &str) -> Result<(Ticket, Vec<TicketEvent>), Refusal> {
    let mut ticket = saved_as(status);
    let ana = Named { id: "portal-ana".into(), name: "Ana".into() };
    let ground = Ground { guest: Some(ana.clone()), ..ground() };
    let events = ticket.decide(&Who::Customer(ana.id), &TicketAct::Answer { text: text.into() }, &ground)?;
    events.iter().for_each(|event| ticket.apply(ground.now, event));
    Ok((ticket, events))
}

#[test]
fn a_customer_s_answer_wakes_what_waited_for_him_and_what_was_thought_to_be_resolved() {
    use Status::{Canceled, Closed, InAttendance, New, Resolved, Stopped};
    for (was, is) in [
        (New, Ok(New)),
        (InAttendance, Ok(InAttendance)),
        (Stopped, Ok(InAttendance)),
        (Resolved, Ok(InAttendance)),
        (Closed, Err(Refusal::TooLate)),
        (Canceled, Err(Refusal::TooLate)),
    ] {
        assert_eq!(answered(was, "Sigue rota").map(|(ticket, _)| ticket.status), is, "{was:?}");
    }
}

#[test]
fn a_customer_s_answer_says_something_and_has_a_limit() {
    assert_eq!(answered(Status::Stopped, " \n").unwrap_err(), Refusal::Empty);
    let long = "a".repeat(NOTE_LIMIT + 1);
    assert_eq!(answered(Status::Stopped, &long).unwrap_err(), Refusal::TooLong { limit: NOTE_LIMIT as u32 });
    assert!(answered(Status::Stopped, &long[1..]).is_ok());
}

#[test]
fn nobody_but_the_guest_whose_ticket_it_is_answers_in_a_customer_s_name() {
    let (ticket, act) = (saved_as(Status::Stopped), TicketAct::Answer { text: "Sigue rota".into() });
    let guest = |id: &str| Ground { guest: Some(Named { id: id.into(), name: String::new() }), ..ground() };

    for (who, ground) in [
        (Who::Customer(CUSTOMER.into()), ground()),
        (Who::Customer(CUSTOMER.into()), guest("another customer")),
        (Who::Agent(agent(CARLA).seat("sales")), guest(CARLA)),
        (Who::Clock, guest("clock")),
    ] {
        assert_eq!(ticket.decide(&who, &act, &ground), Err(Refusal::NotYours), "{who:?}");
    }
}

#[test]
fn what_waits_to_be_saved_or_was_merged_is_not_answered() {
    let mut merged = saved_as(Status::Stopped);
    merged.apply(START, &TicketEvent::Merged { by: face(CARLA), into: Pointer { id: "x".into(), number: 9 } });
    merged.status = Status::Stopped;

    assert!(!unsaved().may_be_answered() && !merged.may_be_answered());
}

/// R66: whoever reads it is answered, by whichever way that is.
#[test]
fn a_customer_is_written_to_by_mail_or_where_he_reads_it_and_else_it_is_said_why_not() {
    let (ticket, act) = (saved_as(Status::Stopped), TicketAct::Reply { text: " Sale mañana ".into() });
    let address = || Some("ana@correo.example".to_owned());
    let to = |address: Option<String>, mails: bool, portal: bool| {
        let ground = Ground { address, mails, portal, ..ground() };
        ticket.decide(&World::waiting().who(CARLA), &act, &ground)
    };
    let wrote =
        |to: &str| Ok(vec![TicketEvent::Replied { by: face(CARLA), to: to.into(), text: "Sale mañana".into() }]);

    assert_eq!(to(address(), true, false), wrote("ana@correo.example"));
    assert_eq!(to(address(), true, true), wrote("ana@correo.example"));
    for (address, mails) in [(None, true), (None, false), (address(), false)] {
        assert_eq!(to(address, mails, true), wrote(""), "he reads it in the portal");
    }
    assert_eq!(to(None, true, false), Err(Refusal::NoAddress));
    assert_eq!(to(address(), false, false), Err(Refusal::NotAsked));
    assert_eq!(to(None, false, false), Err(Refusal::NotAsked));
    let waits = unsaved().decide(&World::waiting().who(CARLA), &act, &Ground { portal: true, ..ground() });
    assert_eq!(waits, Err(Refusal::NotAsked), "it is not in the portal yet");
}

/// R65: whoever opens a ticket directly has it go through attention first, whichever way it came.
#[test]
fn only_what_a_conversation_left_is_first_saved_as_over() {
    for via in Via::ALL {
        let ticket = Ticket { via, ..unsaved() };
        let save = |status| {
            decide(&ticket, CARLA, &TicketAct::Save { changes: vec![Change::Status(status)], note: String::new() })
        };
        let over = [Status::Resolved, Status::Canceled].map(|status| save(status).is_ok());

        assert_eq!(over, [!via.is_direct(); 2], "{via:?}");
        assert!(save(Status::InAttendance).is_ok());
    }
    assert_eq!(Via::ALL.map(Via::is_direct), [false, false, true, true, true]);
}
