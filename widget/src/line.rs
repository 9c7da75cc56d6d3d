//! A conversation as lines: what is drawn of each event, and of each message on its way.
//!
//! Pure, so that its stories need no browser; [`crate::log`] draws them.

use crate::outbox::Unsent;
use ::line::upload::Sending;
use domain::chat::EndText;
use domain::event::Told;
use domain::{Chat, Event, Face, File, Stage, Thread, Time};

/// What is drawn of one event, or of one message that is on its way.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub struct Line {
    pub key: String,
    pub kind: Kind,
    /// Said right after the line above, by the same person: part of the same turn.
    pub next: bool,
}

#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub enum Kind {
    /// His own, by the id of the act.
    Mine(What),
    /// An answer of the form: what was asked, and what he said.
    Answer(String, String),
    Theirs(Face, What, Time),
    Came(Face),
    Parted(Face),
    Gone(Face),
    Back(Face),
    Moved(domain::event::Destination),
    /// He can write already.
    Wait,
    Ended(EndText, Time),
}

/// What somebody sent.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub enum What {
    Text(String),
    File(File),
    /// What an agent says now instead; empty: he took it back.
    Amended(String),
}

/// The lines of a conversation, and behind them what is on its way.
pub fn lines(thread: &Thread, unsent: &[Unsent], files: &[Sending]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |key: String, kind: Kind| {
        let next = lines.last().is_some_and(|last| is_same_voice(&last.kind, &kind));
        // The key holds the form, as a line that changes place may begin or go on a turn.
        lines.push(Line { key: if next { [&key, "+"].concat() } else { key }, kind, next });
    };
    let is_waiting = thread.chat.as_ref().is_some_and(|chat| chat.stage == Stage::Waiting);
    let mut chat: Option<Chat> = None;
    for told in &thread.told {
        match (&mut chat, &told.event) {
            (None, Event::Opened(opening)) => chat = Some(Chat::open(told.chat.clone(), told.at, opening)),
            (Some(chat), event) => chat.apply(told.at, event),
            _ => {}
        }
        each(told, thread, chat.as_ref(), is_waiting, &mut add);
    }
    let here = |unsent: &&Unsent| thread.chat.as_ref().is_some_and(|chat| chat.id == unsent.chat);
    for unsent in unsent.iter().filter(here) {
        if !thread.told.iter().any(|told| told.act == unsent.id) {
            add(unsent.id.clone(), Kind::Mine(What::Text(unsent.text.clone())));
        }
    }
    for file in files {
        if !thread.told.iter().any(|told| told.act == file.id) {
            add(file.id.clone(), Kind::Mine(What::File(file.about.clone())));
        }
    }
    lines
}

fn each(told: &Told, thread: &Thread, chat: Option<&Chat>, is_waiting: bool, add: &mut impl FnMut(String, Kind)) {
    let key = || told.seq.to_string();
    match &told.event {
        Event::Opened(opening) => {
            for answer in &opening.answers {
                add(["a-", &answer.key].concat(), Kind::Answer(answer.label.clone(), answer.value.clone()));
            }
            if is_waiting {
                add(key(), Kind::Wait);
            }
        }
        Event::Posted { by, text } => {
            let now = thread.amended(told.seq).map(|now| What::Amended(now.into()));
            said(told, by.as_ref(), now.unwrap_or_else(|| What::Text(text.clone())), add);
        }
        Event::Attached { by, file } => said(told, by.as_ref(), What::File(file.clone()), add),
        Event::Attended { by } | Event::Joined { by } => add(key(), Kind::Came(by.clone())),
        Event::Parted { by } => add(key(), Kind::Parted(by.clone())),
        Event::AgentGone { by, .. } => add(key(), Kind::Gone(by.clone())),
        Event::AgentBack { by } => add(key(), Kind::Back(by.clone())),
        Event::Redirected { to, .. } => add(key(), Kind::Moved(to.clone())),
        Event::Ended { .. } => {
            if let Some(text) = chat.and_then(Chat::end_text) {
                add(key(), Kind::Ended(text, told.at));
            }
        }
        // His own comings and goings are no news to him; the rest is not for his eyes.
        _ => {}
    }
}

fn said(told: &Told, by: Option<&Face>, what: What, add: &mut impl FnMut(String, Kind)) {
    match by {
        None => add(told.act.clone(), Kind::Mine(what)),
        Some(by) => {
            // What is said otherwise is another line, in the same place.
            let mut key = told.seq.to_string();
            if let What::Amended(now) = &what {
                key.push('.');
                key.push_str(now);
            }
            add(key, Kind::Theirs(by.clone(), what, told.at));
        }
    }
}

fn is_same_voice(above: &Kind, below: &Kind) -> bool {
    match (above, below) {
        (Kind::Mine(_), Kind::Mine(_)) | (Kind::Answer(..), Kind::Answer(..)) => true,
        (Kind::Theirs(above, ..), Kind::Theirs(below, ..)) => above.id == below.id,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Mark;
    use ::line::upload;
    use domain::application::{Answer, Terms};
    use domain::event::Opening;
    use domain::group::Named;
    use domain::{FileKind, Origin, Reason};

    fn named(name: &str) -> Named {
        Named { id: name.to_lowercase(), name: name.into() }
    }

    fn opening() -> Event {
        Event::Opened(Box::new(Opening {
            number: 7,
            origin: Origin::Widget,
            application: named("Casa Nogal"),
            group: named("Facturas"),
            customer: named("Ana"),
            verified: false,
            answers: vec![Answer {
                key: "name".into(),
                label: "Nombre".into(),
                value: "Ana".into(),
                ..Answer::default()
            }],
            page: String::new(),
            lang: "es".into(),
            terms: Terms::default(),
            attributes: Vec::new(),
            related: None,
        }))
    }

    fn thread(events: &[Event]) -> Thread {
        let mut thread = Thread::default();
        for (i, event) in std::iter::once(&opening()).chain(events).enumerate() {
            let seq = i as u32 + 1;
            let told = Told {
                chat: "c".into(),
                seq,
                after: seq,
                at: Time(i64::from(seq)),
                act: format!("act{seq}"),
                event: event.clone(),
            };
            assert!(thread.hear(&told));
        }
        thread
    }

    fn ines() -> Face {
        Face { id: "ines".into(), name: "Inés".into() }
    }

    fn posted(by: Option<Face>) -> Event {
        Event::Posted { by, text: "hola".into() }
    }

    #[test]
    fn words_of_one_person_in_a_row_are_one_turn() {
        let thread = thread(&[
            Event::Attended { by: ines() },
            posted(Some(ines())),
            posted(Some(ines())),
            posted(None),
            posted(Some(ines())),
        ]);

        let turns: Vec<bool> = lines(&thread, &[], &[]).iter().map(|line| line.next).collect();

        assert_eq!(turns, [false, false, false, true, false, false]);
    }

    #[test]
    fn a_message_keeps_its_line_when_it_has_been_told() {
        let unsent = Unsent { id: "act3".into(), chat: "c".into(), text: "hola".into(), mark: Mark::Sending };
        let before = lines(&thread(&[posted(None)]), std::slice::from_ref(&unsent), &[]);
        let after = lines(&thread(&[posted(None), posted(None)]), &[unsent], &[]);

        assert_eq!(before, after);
    }

    #[test]
    fn what_was_not_sent_is_never_said_in_another_conversation() {
        let unsent = Unsent { id: "x".into(), chat: "another".into(), text: "hola".into(), mark: Mark::Sending };

        assert_eq!(lines(&thread(&[]), &[unsent], &[]), lines(&thread(&[]), &[], &[]));
    }

    #[test]
    fn a_file_keeps_its_line_when_it_has_been_told_and_goes_on_a_turn() {
        let about = File { id: String::new(), name: "a.png".into(), kind: FileKind::Png, size: 9, width: 4, height: 3 };
        let sending =
            Sending { id: "act3".into(), about: about.clone(), address: String::new(), mark: upload::Mark::Sends };
        let attached = Event::Attached { by: None, file: File { id: "f".into(), ..about } };
        let keys = |lines: Vec<Line>| lines.into_iter().map(|line| line.key).collect::<Vec<_>>();

        let before = keys(lines(&thread(&[posted(None)]), &[], std::slice::from_ref(&sending)));
        let after = keys(lines(&thread(&[posted(None), attached]), &[], &[sending]));

        assert_eq!(before, after);
        assert_eq!(before.last().map(String::as_str), Some("act3+"));
    }

    #[test]
    fn what_an_agent_says_otherwise_stands_in_its_place_and_is_drawn_anew() {
        let (before, amended) =
            ([posted(Some(ines())), posted(Some(ines()))], |text: &str| Event::Amended { seq: 2, text: text.into() });
        let drawn = |more: &[Event]| {
            let all: Vec<Event> = before.iter().chain(more).cloned().collect();
            let lines = lines(&thread(&all), &[], &[]).into_iter();
            lines
                .filter(|line| matches!(line.kind, Kind::Theirs(..)))
                .map(|line| (line.key, line.kind))
                .collect::<Vec<_>>()
        };
        let (first, otherwise, gone) =
            (drawn(&[]), drawn(&[amended("adiós")]), drawn(&[amended("adiós"), amended("")]));

        let what = |lines: &[(String, Kind)]| match &lines[0].1 {
            Kind::Theirs(_, what, _) => what.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(what(&first), What::Text("hola".into()));
        assert_eq!(what(&otherwise), What::Amended("adiós".into()));
        assert_eq!(what(&gone), What::Amended(String::new()));
        assert_eq!((first.len(), &first[1], &gone[1]), (2, &otherwise[1], &first[1]), "the other one stays");
        assert!(first[0].0 != otherwise[0].0 && first[0].0 != gone[0].0 && otherwise[0].0 != gone[0].0);
    }

    #[test]
    fn his_own_absence_is_no_news_to_him() {
        let quiet = lines(&thread(&[]), &[], &[]);

        assert_eq!(lines(&thread(&[Event::Left { since: Time(1) }, Event::Returned, Event::Resumed]), &[], &[]), quiet);
    }

    #[test]
    fn the_end_has_the_sentence_of_its_reason() {
        let end = |reason| lines(&thread(&[Event::Ended { reason, by: None }]), &[], &[]).pop().map(|line| line.kind);

        assert!(matches!(end(Reason::Connection), Some(Kind::Ended(EndText::Connection, _))));
        assert!(matches!(end(Reason::Customer), Some(Kind::Ended(EndText::QueueCustomer, _))));
    }
}
