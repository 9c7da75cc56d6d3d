//! What a customer says of a conversation that is over: as the application asks, once, and for a day
//! otherwise.

use crate::act::MESSAGE_LIMIT;
use crate::{Chat, Event, Refusal, Span, Time, text};
use serde::{Deserialize, Serialize};

/// Who has slept on it may say it otherwise; after that it counts.
pub const CHANGEABLE: Span = Span::hours(24);
/// The longest comment, in characters.
pub const COMMENT_LIMIT: usize = 1_000;
const _: () = assert!(COMMENT_LIMIT <= MESSAGE_LIMIT);

/// How an application asks. Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// It does not; nor did it when what is kept was written before this could be set.
    #[default]
    None,
    /// One to five.
    Stars,
    /// Satisfied or not.
    Satisfied,
}

/// What he chose. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Score {
    Stars(u8),
    Satisfied(bool),
}

impl Scale {
    fn takes(self, score: Score) -> bool {
        match (self, score) {
            (Scale::Stars, Score::Stars(stars)) => (1..=5).contains(&stars),
            (Scale::Satisfied, Score::Satisfied(_)) => true,
            _ => false,
        }
    }
}

/// A choice, and what he said to it; the comment may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    pub score: Score,
    pub comment: String,
}

/// What a chat keeps of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    pub rating: Rating,
    /// When he said it first.
    pub at: Time,
}

impl Chat {
    /// May it be rated at all? Where nobody attended there was nothing that could be good or bad.
    pub fn is_to_rate(&self) -> bool {
        self.leaves_ticket() && self.attended_at.is_some() && self.terms.rating != Scale::None
    }

    pub(crate) fn rate(&self, score: Score, comment: &str, now: Time) -> Result<Vec<Event>, Refusal> {
        if !self.is_over() {
            return Err(Refusal::NotEnded);
        }
        if !self.is_to_rate() {
            return Err(Refusal::NotAsked);
        }
        if !self.terms.rating.takes(score) {
            return Err(Refusal::Malformed);
        }
        let comment = text::words(comment);
        if comment.chars().count() > COMMENT_LIMIT {
            return Err(Refusal::TooLong { limit: COMMENT_LIMIT as u32 });
        }
        let rating = Rating { score, comment };
        match &self.rated {
            Some(before) if before.rating == rating => Ok(Vec::new()),
            Some(before) if now - before.at > CHANGEABLE => Err(Refusal::TooLate),
            _ => Ok(vec![Event::Rated(rating)]),
        }
    }

    pub(crate) fn keep_rating(&mut self, at: Time, rating: &Rating) {
        let at = self.rated.as_ref().map_or(at, |before| before.at);
        self.rated = Some(Rated { rating: rating.clone(), at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;
    use crate::{Act, Stage};

    fn asked(scale: Scale) -> World {
        let mut opening = opening();
        opening.terms.rating = scale;
        World::opened(&opening)
    }

    /// Carla attended, and ended it.
    fn over(scale: Scale) -> World {
        let mut world = asked(scale);
        world.act(CARLA, Act::Attend).unwrap();
        world.act(CARLA, Act::Close).unwrap();
        world
    }

    fn stars(stars: u8) -> Act {
        Act::Rate { score: Score::Stars(stars), comment: " Muy amable. ".into() }
    }

    fn satisfied(yes: bool) -> Act {
        Act::Rate { score: Score::Satisfied(yes), comment: String::new() }
    }

    #[test]
    fn the_customer_rates_as_the_application_asks() {
        for (scale, act, score) in
            [(Scale::Stars, stars(4), Score::Stars(4)), (Scale::Satisfied, satisfied(false), Score::Satisfied(false))]
        {
            let mut world = over(scale);
            let end = world.chat.clone();

            world.act(CUSTOMER, act).unwrap();

            assert_eq!(world.chat.rated.as_ref().map(|rated| rated.rating.score), Some(score));
            assert_eq!((world.chat.stage, world.chat.ended_at, world.chat.seq), (end.stage, end.ended_at, end.seq + 1));
        }
    }

    #[test]
    fn a_comment_is_kept_as_words_are() {
        let mut world = over(Scale::Stars);

        world.act(CUSTOMER, stars(5)).unwrap();

        assert_eq!(world.chat.rated.unwrap().rating.comment, "Muy amable.");
    }

    #[test]
    fn nobody_but_the_customer_rates() {
        let mut world = over(Scale::Stars);

        for who in [CARLA, DIEGO, ELENA, SIMON] {
            assert_eq!(world.act(who, stars(5)), Err(Refusal::NotYours), "{who}");
        }
        assert_eq!(world.act("another customer", stars(5)), Err(Refusal::NotYours));
        assert_eq!(world.chat.rated, None);
    }

    #[test]
    fn what_runs_is_not_rated_yet() {
        let mut world = asked(Scale::Stars);

        assert_eq!(world.act(CUSTOMER, stars(5)), Err(Refusal::NotEnded));
        world.act(CARLA, Act::Attend).unwrap();
        assert_eq!(world.act(CUSTOMER, stars(5)), Err(Refusal::NotEnded));
    }

    #[test]
    fn what_nobody_attended_has_nothing_to_rate() {
        let left = asked(Scale::Stars).then(CUSTOMER, Act::Close);
        let wrote = asked(Scale::Stars).then(CUSTOMER, post("¿Hola?")).then(CUSTOMER, Act::Close);

        assert!(!left.chat.leaves_ticket() && wrote.chat.leaves_ticket());
        for mut world in [left, wrote] {
            assert!(matches!(world.chat.stage, Stage::Ended(_)));
            assert_eq!(world.act(CUSTOMER, stars(1)), Err(Refusal::NotAsked));
        }
    }

    #[test]
    fn what_is_not_asked_is_not_taken() {
        assert_eq!(over(Scale::None).act(CUSTOMER, stars(5)), Err(Refusal::NotAsked));
        for odd in [stars(0), stars(6), stars(255), satisfied(true)] {
            assert_eq!(over(Scale::Stars).act(CUSTOMER, odd), Err(Refusal::Malformed));
        }
        assert_eq!(over(Scale::Satisfied).act(CUSTOMER, stars(5)), Err(Refusal::Malformed));
    }

    #[test]
    fn a_comment_has_a_limit_in_characters() {
        let rate =
            |n: usize| over(Scale::Stars).act(CUSTOMER, Act::Rate { score: Score::Stars(3), comment: "ñ".repeat(n) });

        rate(COMMENT_LIMIT).unwrap();
        assert_eq!(rate(COMMENT_LIMIT + 1), Err(Refusal::TooLong { limit: COMMENT_LIMIT as u32 }));
    }

    #[test]
    fn he_may_say_it_otherwise_for_a_day_from_the_first_time() {
        let mut world = over(Scale::Stars);
        world.wait(Span::hours(24 * 30));
        world.act(CUSTOMER, stars(1)).unwrap();

        world.wait(Span::hours(12));
        world.act(CUSTOMER, stars(2)).unwrap();
        world.wait(Span::hours(12));
        world.act(CUSTOMER, stars(5)).unwrap();
        world.wait(Span(1));

        assert_eq!(world.act(CUSTOMER, stars(3)), Err(Refusal::TooLate));
        assert_eq!(world.chat.rated.as_ref().map(|rated| rated.rating.score), Some(Score::Stars(5)));
    }

    #[test]
    fn the_same_again_is_nothing_new() {
        let mut world = over(Scale::Stars);
        world.act(CUSTOMER, stars(5)).unwrap();
        world.wait(Span::hours(48));

        assert_eq!(world.act(CUSTOMER, stars(5)), Ok(Vec::new()));
    }
}
