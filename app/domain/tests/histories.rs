//! Random histories of a small town never break the laws of the product.

mod town;

use domain::{Act, Chat, Who};
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
