//! What holds after every step of every history.

use super::steps::SECRET;
use super::{AGENTS, GROUPS, Kept, PATIENCE, Town, agent};
use domain::chat::Inside;
use domain::event::Destination;
use domain::presence::Graces;
use domain::{Act, Chat, Event, Face, Reason, Refusal, Scene, Span, Stage, Thread, Time, Told, Who};
use std::collections::BTreeSet;

/// Nobody does what his place or his rights do not allow.
pub fn of_a_decision(before: &Chat, who: &Who, scene: &Scene, events: &[Event]) {
    let says_how_it_was = matches!((events, who), ([Event::Rated(_)], Who::Customer(_)));
    assert!(
        events.is_empty() || before.is_over() == says_how_it_was,
        "an ended chat is rated, and no more: {events:?}"
    );
    for event in events {
        match (event, who) {
            (Event::Attended { by }, Who::Agent(seat)) => {
                assert!(seat.attendant && seat.face == *by);
                assert_eq!(before.stage, Stage::Waiting, "one wins");
                assert!(!seat.sequence || scene.place == 1, "one in sequence takes the first");
            }
            (Event::Attended { by }, Who::Clock) => {
                assert_eq!((before.stage, before.gone_since), (Stage::Waiting, None), "he is there to be greeted");
                assert_eq!(scene.target, Some(Destination::Agent(by.clone())));
            }
            (Event::Joined { by }, Who::Agent(seat)) => {
                assert!(seat.face == *by && (seat.administrator || before.invited.contains(by)));
            }
            (Event::Ended { reason: Reason::Customer, .. }, Who::Customer(_)) => {}
            (Event::Ended { reason: Reason::Agent, .. }, Who::Agent(seat)) => assert!(before.is_inside(&seat.face.id)),
            (Event::Ended { reason: Reason::Staff, .. }, Who::Agent(seat)) => {
                assert!(seat.is_staff() && before.stage == Stage::Waiting);
            }
            (Event::Ended { reason: Reason::Connection, .. }, Who::Clock) => {
                // Whose agent vanished before he wrote is as good as in the queue.
                let alone = before.assigned.is_some() && before.agents.iter().all(|agent| is_lost(agent, scene));
                let hold = if before.stage == Stage::Waiting || alone { Span::secs(20) } else { PATIENCE };
                assert!(before.gone_since.is_some_and(|since| scene.now - since > hold));
            }
            (Event::Ended { reason: Reason::System, .. }, Who::Clock) => {
                assert_eq!((before.stage, before.attended_at), (Stage::Waiting, None));
                assert!(before.gone_since.is_some_and(|since| scene.now - since > Span::secs(20)));
            }
            (Event::Ended { reason: Reason::AgentLost, .. }, Who::Clock) => {
                assert!(before.agents.iter().all(|agent| is_lost(agent, scene)), "nobody is left");
                assert_eq!(before.assigned, None, "nobody takes with him what he never answered");
            }
            (Event::Parted { by }, Who::Clock) => {
                let lost = before.agents.iter().any(|agent| agent.face == *by && is_lost(agent, scene));
                assert!(lost || was_late(before, scene) && before.agents.len() > 1);
            }
            (Event::Unanswered { by } | Event::Redirected { by, .. }, Who::Clock) => {
                assert!(before.assigned.as_ref().is_some_and(|assigned| assigned.agent == *by));
                assert!(was_late(before, scene) || before.agents.iter().all(|agent| is_lost(agent, scene)));
            }
            (Event::Redirected { .. }, Who::Agent(seat)) => {
                assert!(seat.administrator || before.is_inside(&seat.face.id));
            }
            (Event::Watched { .. }, Who::Agent(seat)) => assert!(seat.administrator),
            (Event::Mentioned { by, agents }, Who::Agent(seat)) => {
                assert!(seat.face == *by && !agents.contains(by));
                let may_read = |face: &Face| {
                    let rights = (0..AGENTS).map(agent).find(|a| a.face == *face).map(|a| a.seat(&before.group.id));
                    let administers = rights.is_some_and(|seat| seat.administrator);
                    administers || before.served.contains(face) || before.invited.contains(face)
                };
                assert!(!agents.is_empty() && agents.iter().all(may_read), "{agents:?}");
            }
            (Event::Mentioned { .. }, _) => panic!("{who:?}: {event:?}"),
            (Event::Posted { by: Some(by), .. }, Who::Agent(seat)) => {
                assert!(seat.face == *by && before.is_inside(&by.id));
            }
            (Event::Posted { by: None, .. }, Who::Customer(id)) => assert_eq!(*id, before.customer.id),
            (Event::Posted { .. } | Event::Attended { .. } | Event::Joined { .. }, _) => panic!("{who:?}: {event:?}"),
            (Event::Ended { .. } | Event::Redirected { .. } | Event::Watched { .. }, _) => panic!("{who:?}: {event:?}"),
            _ => {}
        }
        if let (Who::Customer(_), true) = (who, event.is_aside()) {
            panic!("no customer does what is staff's: {event:?}");
        }
    }
}

/// Nobody answers past a colleague's words that he had not seen.
pub fn of_an_answer(told: &[Told], who: &Who, act: &Act) {
    let (Act::Answer { seen, .. }, Who::Agent(seat)) = (act, who) else { return };
    let unseen = told.iter().filter(|t| t.seq > *seen).find_map(|t| match &t.event {
        Event::Posted { by: Some(by), .. } if by.id != seat.face.id => Some(by),
        _ => None,
    });
    assert_eq!(unseen, None);
}

/// Nobody changes what another said, nor what he took back, nor what he said long ago.
pub fn of_an_amendment(told: &[Told], who: &Who, now: Time, events: &[Event]) {
    for event in events {
        let (Event::Amended { seq, .. }, Who::Agent(seat)) = (event, who) else {
            assert!(!matches!(event, Event::Amended { .. }), "{who:?}");
            continue;
        };
        let said = told.iter().find(|t| t.seq == *seq && !t.event.is_aside()).expect("it was said");
        assert!(matches!(&said.event, Event::Posted { by: Some(by), .. } if *by == seat.face));
        assert!(now - said.at <= Span::minutes(10));
        let gone = |t: &Told| matches!(&t.event, Event::Amended { seq: of, text } if of == seq && text.is_empty());
        assert!(!told.iter().any(gone), "what was taken back is gone");
    }
}

/// What lists show of a chat is what stands of the last words.
fn last_words_stand(kept: &Kept) {
    let last = kept.told.iter().rev().find_map(|t| match &t.event {
        Event::Posted { text, .. } => Some((t.seq, text.as_str())),
        _ => None,
    });
    let stands = last.map(|(seq, first)| {
        let later = kept.told.iter().rev().find_map(|t| match &t.event {
            Event::Amended { seq: of, text } if *of == seq => Some(text.as_str()),
            _ => None,
        });
        later.unwrap_or(first)
    });
    assert_eq!(kept.chat.last_words, stands.unwrap_or_default());
}

fn is_lost(agent: &Inside, scene: &Scene) -> bool {
    agent.gone_since.is_some_and(|since| scene.now - since > Span::secs(20))
}

fn was_late(before: &Chat, scene: &Scene) -> bool {
    before.assigned.as_ref().is_some_and(|assigned| assigned.answer_by.is_some_and(|by| by <= scene.now))
}

impl Town {
    /// After a step that found the chats as they were `before`.
    pub fn laws_hold(&self, before: &[Chat]) {
        self.places_are_dense();
        self.sums_close();
        for (n, kept) in self.kept.iter().enumerate() {
            if before.get(n) == Some(&kept.chat) {
                continue;
            }
            before.get(n).inspect(|before| only_grew(before, &kept.chat));
            nobody_is_in_two_states(&kept.chat);
            deadlines_agree(&kept.chat);
            numbers_are_dense(&kept.told);
            tickets_are_as_owed(kept);
            no_outage_makes_a_deserter(kept);
            last_words_stand(kept);
        }
    }

    /// Positions of a group are 1…n in the order of their coming; nobody else has one (R36, R17).
    fn places_are_dense(&self) {
        for group in GROUPS {
            let waits = |c: &Chat| c.stage == Stage::Waiting && c.group.id == group;
            let mut queue: Vec<usize> = (0..self.kept.len()).filter(|n| waits(&self.kept[*n].chat)).collect();
            queue.sort_by_key(|n| (self.kept[*n].chat.queued_at, &self.kept[*n].chat.id));
            let places: Vec<_> = queue.iter().map(|n| self.place(*n)).collect();
            assert_eq!(places, (1..=queue.len() as u32).map(Some).collect::<Vec<_>>());
        }
        let out = (0..self.kept.len()).filter(|n| self.kept[*n].chat.stage != Stage::Waiting);
        assert!(out.map(|n| self.place(n)).all(|place| place.is_none()));
    }
}

fn nobody_is_in_two_states(chat: &Chat) {
    let ids = |faces: &mut dyn Iterator<Item = &String>| faces.cloned().collect::<Vec<_>>();
    let inside = ids(&mut chat.agents.iter().map(|a| &a.face.id));
    let watching = ids(&mut chat.watchers.iter().map(|f| &f.id));
    let invited = ids(&mut chat.invited.iter().map(|f| &f.id));
    let served = ids(&mut chat.served.iter().map(|f| &f.id));
    for list in [&inside, &watching, &invited, &served] {
        assert_eq!(list.iter().collect::<BTreeSet<_>>().len(), list.len(), "once each: {list:?}");
    }
    let apart = |ids: &[String]| ids.iter().all(|id| !inside.contains(id));
    assert!(apart(&watching) && apart(&invited), "inside {inside:?}, watching {watching:?}, invited {invited:?}");
    assert!(inside.iter().all(|id| served.contains(id)));
    assert_eq!(chat.attended_at.is_some(), chat.attended_by.is_some());
    assert!(chat.gone_since.is_none_or(|since| since >= chat.queued_at), "no wait is negative");
    match chat.stage {
        Stage::Waiting => assert!(inside.is_empty() && invited.is_empty()),
        Stage::Attending => assert!(!inside.is_empty() && chat.attended_at.is_some()),
        Stage::Ended(reason) => {
            assert!(watching.is_empty() && invited.is_empty());
            let by_an_agent = matches!(reason, Reason::Agent | Reason::AgentLost);
            assert!(!by_an_agent || !inside.is_empty() && chat.attended_at.is_some());
        }
    }
    assert!(chat.assigned.as_ref().is_none_or(|assigned| inside.contains(&assigned.agent.id)));
    assert_eq!(chat.is_over(), chat.ended_at.is_some());
    assert_eq!(chat.is_over(), chat.end_text().is_some());
}

/// The clock may act when it is due, and not a millisecond before.
fn deadlines_agree(chat: &Chat) {
    let ask = |now| chat.decide(&Who::Clock, &Act::Abandon, &Scene::at(now));
    match chat.due(Graces::default()) {
        None if chat.is_over() => assert_eq!(ask(chat.queued_at), Err(Refusal::Ended)),
        None => assert_eq!(ask(chat.queued_at + Span::hours(1_000_000)), Err(Refusal::TooSoon)),
        Some(due) => {
            assert_eq!(ask(due + Span(-1)), Err(Refusal::TooSoon));
            assert!(ask(due).is_ok_and(|events| !events.is_empty()));
        }
    }
}

fn numbers_are_dense(told: &[Told]) {
    for aside in [false, true] {
        let seqs: Vec<u32> = told.iter().filter(|t| t.event.is_aside() == aside).map(|t| t.seq).collect();
        assert_eq!(seqs, (1..=seqs.len() as u32).collect::<Vec<_>>());
    }
}

/// What a history says about a chat, worked out without it.
#[derive(Default)]
struct Tale {
    inside: BTreeSet<String>,
    attended: bool,
    messages_before: u32,
    /// We were down, and he has not come back.
    unseen: bool,
    end: Option<Reason>,
}

fn tale(told: &[Told]) -> Tale {
    let mut tale = Tale::default();
    for event in told.iter().map(|t| &t.event) {
        match event {
            Event::Posted { by: None, .. } if !tale.attended => tale.messages_before += 1,
            Event::Attended { by } | Event::Joined { by } => {
                tale.attended = true;
                tale.inside.insert(by.id.clone());
            }
            Event::Parted { by } => {
                tale.inside.remove(&by.id);
            }
            Event::Redirected { to: Destination::Group(_), .. } => tale.inside.clear(),
            Event::Redirected { by, to: Destination::Agent(agent) } => {
                if !tale.inside.remove(&by.id) {
                    tale.inside.clear();
                }
                tale.attended = true;
                tale.inside.insert(agent.id.clone());
            }
            Event::Resumed => tale.unseen = true,
            Event::Returned => tale.unseen = false,
            Event::Ended { reason, .. } => tale.end = Some(*reason),
            _ => {}
        }
    }
    tale
}

/// Exactly one ticket, or none is owed (indicators.md e.1-9, 10; R56, R63).
fn tickets_are_as_owed(kept: &Kept) {
    let tale = tale(&kept.told);
    let inside: BTreeSet<String> = kept.chat.agents.iter().map(|a| a.face.id.clone()).collect();
    assert_eq!((inside, kept.chat.waiting_messages), (tale.inside.clone(), tale.messages_before));
    let Some(reason) = tale.end else {
        assert!(kept.tickets.is_empty() && kept.chat.ticket_owed().is_none(), "its ticket is born at the end");
        return;
    };
    let owed = tale.attended || tale.messages_before > 0 && reason != Reason::Staff;
    assert_eq!(kept.tickets.len(), usize::from(owed));
    for ticket in &kept.tickets {
        let left_alone = tale.inside.is_empty() || reason == Reason::AgentLost;
        assert_eq!(ticket.is_saved(), left_alone);
        assert_eq!(ticket.owner.is_some(), !tale.inside.is_empty());
        assert!(ticket.owner.as_ref().is_none_or(|owner| tale.inside.contains(&owner.id)));
        assert_eq!(ticket.number, kept.chat.number);
    }
}

/// Who waited when we went down, and was not seen again, is lost by us; nobody else is (indicators.md e.1-9).
fn no_outage_makes_a_deserter(kept: &Kept) {
    let tale = tale(&kept.told);
    let lost_by_us = tale.unseen && !tale.attended;
    assert!(tale.end != Some(Reason::Connection) || !lost_by_us);
    assert!(tale.end != Some(Reason::System) || lost_by_us);
}

/// What is set once stays.
fn only_grew(before: &Chat, after: &Chat) {
    if before.is_over() {
        let said = Chat { rated: after.rated.clone(), seq: after.seq, ..before.clone() };
        assert_eq!(&said, after, "the end is the end, but for what the customer says of it");
    }
    fn kept<T: PartialEq + std::fmt::Debug>(before: &Option<T>, after: &Option<T>) {
        assert!(before.is_none() || before == after, "{before:?} became {after:?}");
    }
    kept(&before.attended_at, &after.attended_at);
    kept(&before.attended_by, &after.attended_by);
    kept(&before.first_reply_at, &after.first_reply_at);
    kept(&before.ended_at, &after.ended_at);
    assert_eq!(
        (before.queued_at, before.number, &before.requested_group, &before.customer),
        (after.queued_at, after.number, &after.requested_group, &after.customer)
    );
    assert!(after.served.starts_with(&before.served));
    assert!(after.seq >= before.seq && after.aside_seq >= before.aside_seq);
}

/// Screens that heard all know the chat as it is; the customer's knows nothing of staff's asides.
pub fn screens_agree(kept: &Kept) {
    let heard = |told: Vec<&Told>| {
        let mut thread = Thread::default();
        assert!(told.into_iter().all(|t| thread.hear(t)), "nothing was missed");
        thread
    };
    let staff = heard(kept.told.iter().collect());
    assert_eq!(staff.chat.as_ref(), Some(&kept.chat));
    let mut read: Vec<&Told> = kept.told.iter().collect();
    read.sort_by_key(|t| t.order());
    assert_eq!(heard(read), staff);

    let customer = heard(kept.told.iter().filter(|t| !t.event.is_aside()).collect());
    // Whose turn it was and is among the agents is the agents' own.
    let passed = customer.chat.as_ref().map_or(Vec::new(), |chat| chat.passed.clone());
    let (watchers, invited) = (Vec::new(), Vec::new());
    let seen = Chat { watchers, invited, passed, assigned: None, aside_seq: 0, ..kept.chat.clone() };
    assert_eq!(customer.chat.as_ref(), Some(&seen));
    let heard_words = serde_json::to_string(&customer.told).expect("it can be written");
    assert!(!heard_words.contains(SECRET));
}
