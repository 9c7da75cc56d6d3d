//! What an agent said and then said otherwise, or took back: what he may still change, and how the conversation
//! stands after it.
//!
//! Nothing that was said is changed in the record: staff reads in it what it was before. A customer who reads
//! again is told how it stands, so that what was taken back reaches nobody anew.

use crate::{Event, Span, Told};

/// Long enough to see one's slip; short enough that nobody changes what was long agreed.
pub const AMEND_FOR: Span = Span::minutes(10);

/// Makes these events as the conversation stands after all these amendments, of which the last of a message counts.
pub fn stand(told: &mut [Told], amendments: &[Event]) {
    let last = |of: u32| {
        amendments.iter().rev().find_map(|event| match event {
            Event::Amended { seq, text } if *seq == of => Some(text),
            _ => None,
        })
    };
    for told in told {
        let (of, said) = match &mut told.event {
            Event::Posted { text, .. } => (told.seq, text),
            Event::Amended { seq, text } => (*seq, text),
            _ => continue,
        };
        if let Some(text) = last(of) {
            said.clone_from(text);
        }
    }
}

/// All that was said in one message, from what it was first to what it is now; empty: it was taken back.
pub fn versions<'t>(told: &'t [Told], of: &'t Told) -> Vec<&'t str> {
    let Event::Posted { text, .. } = &of.event else { return Vec::new() };
    let later = told.iter().filter_map(|later| match &later.event {
        Event::Amended { seq, text } if *seq == of.seq => Some(text.as_str()),
        _ => None,
    });
    std::iter::once(text.as_str()).chain(later).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::presence::HOLD;
    use crate::world::*;
    use crate::{Act, Refusal};

    fn amend(seq: u32, text: &str) -> Act {
        Act::Amend { seq, text: text.into() }
    }

    /// Carla has said this last; its number.
    fn said(text: &str) -> (World, u32) {
        let world = World::with_two().then(CUSTOMER, post("hola")).then(CARLA, post(text));
        let seq = world.chat.seq;
        (world, seq)
    }

    #[test]
    fn whoever_said_it_says_it_otherwise_or_takes_it_back() {
        let (mut world, seq) = said("son 30 €");

        assert_eq!(
            world.act(CARLA, amend(seq, " son 20 € ")),
            Ok(vec![Event::Amended { seq, text: "son 20 €".into() }])
        );
        assert_eq!((world.chat.last_words.as_str(), world.chat.seq), ("son 20 €", seq + 1));
        assert_eq!(world.act(CARLA, Act::Retract { seq }), Ok(vec![Event::Amended { seq, text: String::new() }]));
        assert_eq!(world.chat.last_words, "");
        for again in [amend(seq, "x"), Act::Retract { seq }] {
            assert_eq!(world.act(CARLA, again), Err(Refusal::TooLate), "what was taken back is gone");
        }
        let all = world.told.iter().find(|told| told.seq == seq && !told.event.is_aside()).unwrap();
        assert_eq!(versions(&world.told, all), ["son 30 €", "son 20 €", ""]);
    }

    #[test]
    fn only_he_and_only_words() {
        let (mut world, seq) = said("son 30 €");
        world.act(CARLA, attach("guía.txt", 10)).unwrap();
        let (file, customers) = (world.chat.seq, seq - 1);

        for (who, seq, why) in [
            (DIEGO, seq, Refusal::TooLate),
            (CARLA, customers, Refusal::TooLate),
            (CARLA, file, Refusal::TooLate),
            (CARLA, 1, Refusal::TooLate),
            (CARLA, 999, Refusal::TooLate),
            (FABIO, seq, Refusal::NotInside),
            (ELENA, seq, Refusal::NotInside),
            (CUSTOMER, seq, Refusal::NotYours),
            (OLGA, seq, Refusal::NotYours),
        ] {
            assert_eq!(world.act(who, amend(seq, "x")), Err(why.clone()), "{who} {seq}");
            assert_eq!(world.act(who, Act::Retract { seq }), Err(why), "{who} {seq}");
        }
        assert_eq!(world.act(CARLA, amend(seq, " ")), Err(Refusal::Empty));
        let limit = crate::act::MESSAGE_LIMIT;
        let too_long = Err(Refusal::TooLong { limit: limit as u32 });
        assert_eq!(world.act(CARLA, amend(seq, &"x".repeat(limit + 1))), too_long);
    }

    #[test]
    fn for_ten_minutes_of_the_last_few_and_while_the_conversation_runs() {
        let (mut world, seq) = said("uno");
        world.wait(AMEND_FOR);
        assert!(world.act(CARLA, amend(seq, "dos")).is_ok());
        assert!(world.chat.may_amend(CARLA, seq, world.now));
        world.wait(Span(1));
        assert!(!world.chat.may_amend(CARLA, seq, world.now));
        assert_eq!(world.act(CARLA, amend(seq, "tres")), Err(Refusal::TooLate));

        let (mut world, seq) = said("uno");
        (0..crate::chat::RECENT).for_each(|_| drop(world.act(CARLA, post("más")).unwrap()));
        assert_eq!(world.act(CARLA, amend(seq, "dos")), Err(Refusal::TooLate));

        let (mut world, seq) = said("uno");
        world.act(CARLA, Act::Close).unwrap();
        assert_eq!(world.act(CARLA, amend(seq, "dos")), Err(Refusal::Ended));
        assert!(AMEND_FOR > HOLD);
    }

    #[test]
    fn what_is_said_after_it_stays_the_last_and_nobody_is_asked_about_what_was_taken_back() {
        let (mut world, seq) = said("uno");
        let seen = seq - 1;
        world.act(CUSTOMER, post("¿perdón?")).unwrap();
        world.act(CARLA, amend(seq, "dos")).unwrap();

        assert_eq!(world.chat.last_words, "¿perdón?");
        assert!(matches!(world.act(DIEGO, answer("hola", seen)), Err(Refusal::Overtaken { .. })));
        world.act(CARLA, Act::Retract { seq }).unwrap();
        assert!(world.act(DIEGO, answer("hola", seen)).is_ok());
    }

    #[test]
    fn whoever_reads_again_reads_how_it_stands_and_nothing_of_what_was_taken_back() {
        let (mut world, first) = said("la clave es 1234");
        world.act(CARLA, post("son 30 €")).unwrap();
        let second = world.chat.seq;
        for act in [amend(first, "la clave es 123"), amend(second, "son 20 €"), Act::Retract { seq: first }] {
            world.act(CARLA, act).unwrap();
        }
        let amendments: Vec<Event> = world.told.iter().map(|told| told.event.clone()).collect();

        let mut told = world.told.clone();
        stand(&mut told, &amendments);

        let words: String = told.iter().map(|told| format!("{:?}", told.event)).collect();
        assert!(!words.contains("clave") && !words.contains("30") && words.contains("son 20 €"), "{words}");
        assert_eq!(told.len(), world.told.len(), "there is no gap");
        let mut thread = crate::Thread::default();
        assert!(thread.hear_all(&told));
        assert_eq!(thread.chat.unwrap().seq, world.chat.seq);
    }

    #[test]
    fn what_was_taken_back_is_unread_by_nobody() {
        let (mut world, seq) = said("uno");
        let unread = |world: &World| {
            let mut thread = crate::Thread::default();
            assert!(thread.hear_all(&world.told));
            thread.unread(seq - 1, None)
        };
        world.act(CARLA, amend(seq, "dos")).unwrap();
        assert_eq!(unread(&world), 1, "changed words are one message");

        world.act(CARLA, Act::Retract { seq }).unwrap();

        assert_eq!(unread(&world), 0);
    }
}
