//! Random histories of a small town never break the laws of the product.

mod town;

use domain::indicators::{Again, Fact, Filter, Indicator, Stretch, figures};
use domain::{Act, Chat, Reason, Stage, Time, Who};
use proptest::prelude::*;
use town::{Town, agent, laws, steps};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn no_history_breaks_a_law(steps in steps()) {
        let mut town = Town::new();
        for step in steps {
            let before: Vec<Chat> = town.kept.iter().map(|k| k.chat.clone()).collect();
            step.happen(&mut town);
            town.laws_hold(&before);
        }
        town.kept.iter().for_each(laws::screens_agree);
    }

    /// Fifty agents in sequence grab at random; the chats are attended as they came (R16).
    #[test]
    fn in_sequence_first_come_is_first_served(chats in 1..12_usize, grabs in prop::collection::vec(any::<prop::sample::Index>(), 1..80)) {
        let mut town = Town::new();
        (0..chats).for_each(|_| town.open(0));
        let seat = agent(4).seat("sales");
        prop_assert!(seat.sequence);

        let mut served = Vec::new();
        for grab in grabs {
            let n = grab.index(chats);
            if town.act(&Who::Agent(seat.clone()), n, &Act::Attend).is_ok_and(|events| !events.is_empty()) {
                served.push(n);
            }
        }

        prop_assert_eq!(&served, &(0..served.len()).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(config(150))]

    /// What is kept of a chat for the numbers says of it what it says itself, and the sums close (indicators.md e.4).
    #[test]
    fn the_numbers_of_a_history_close(steps in steps()) {
        let mut town = Town::new();
        steps.iter().for_each(|step| step.happen(&mut town));

        let facts: Vec<Fact> = town.kept.iter().map(|k| Fact::of(&k.chat, &Again::of(&k.told))).collect();
        let within = Stretch { from: Time(0), to: Time(i64::MAX) };
        let all = figures(&facts, &[], within, &Filter::default(), town.now);
        let b = &all.beside;
        let sum = |parts: &[Option<u64>]| parts.iter().map(|part| part.unwrap()).sum::<u64>();

        prop_assert_eq!(b.requests, Some(town.kept.len() as u64));
        let by_us = town.kept.iter().filter(|k| k.chat.stage == Stage::Ended(Reason::System)).count();
        prop_assert_eq!(b.lost, Some(by_us as u64));
        let parts = [all.of(Indicator::Attended), all.of(Indicator::Deserted), b.removed, b.lost, b.waiting];
        prop_assert_eq!(b.requests.unwrap(), sum(&parts));
        for (kept, fact) in town.kept.iter().zip(&facts) {
            prop_assert!(kept.chat.requeued_at.is_some() || fact.group == kept.chat.group.id);
            prop_assert_eq!(fact.group.as_str(), kept.chat.counted_group());
            prop_assert!(kept.chat.requeued_at.is_some() || fact.waited_again.0 == 0);
            prop_assert!(fact.attended_by.iter().all(|by| fact.agents.contains(by)));
            let owes = !kept.tickets.is_empty();
            let wrote = fact.counts(Indicator::WithMessage, &[], town.now) || fact.is_lost() && fact.waiting_messages > 0;
            prop_assert_eq!(owes, fact.is_unsaved() || wrote);
        }
    }
}
