//! What was so lately: in memory, so much of it, and what was not so for longest goes first.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many are kept for certain, and at the most twice as many: a house's whole day in a few megabytes.
const KEPT: usize = 50_000;

/// By their hashes, whose key nobody knows: of two things one is not taken for the other on purpose.
#[derive(Default)]
pub struct Lately {
    key: RandomState,
    /// The newer ones, and those before.
    hashes: Mutex<[HashSet<u64>; 2]>,
}

impl Lately {
    pub fn note(&self, what: impl Hash) {
        let hash = self.key.hash_one(what);
        let mut hashes = self.lock();
        let [newer, older] = &mut *hashes;
        if newer.len() >= KEPT && !newer.contains(&hash) {
            *older = std::mem::take(newer);
        }
        newer.insert(hash);
    }

    pub fn holds(&self, what: impl Hash) -> bool {
        let hash = self.key.hash_one(what);
        self.lock().iter().any(|part| part.contains(&hash))
    }

    fn lock(&self) -> MutexGuard<'_, [HashSet<u64>; 2]> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_lately_is_held_and_what_was_not_for_long_is_forgotten() {
        let lately = Lately::default();
        lately.note(("ines", "first"));
        lately.note(("ines", "again"));

        assert!(lately.holds(("ines", "first")) && !lately.holds(("tomas", "first")));
        (0..KEPT).for_each(|n| lately.note(n));
        lately.note(("ines", "again"));
        assert!(lately.holds(("ines", "first")), "so many are kept for certain");
        (0..KEPT).for_each(|n| lately.note(KEPT + n));
        assert!(!lately.holds(("ines", "first")));
        assert!(lately.holds(("ines", "again")));
    }
}
