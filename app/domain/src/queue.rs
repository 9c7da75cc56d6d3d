//! The queue of a group: whose turn it is, and how long one waits.

use crate::{Chat, Refusal, Span, Stage, Time};
use serde::{Deserialize, Serialize};

/// A place in the queue: when he came, and his id where two came at once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub queued_at: Time,
    pub chat: String,
}

/// What his place in the queue is: one more than those who came before (R22).
/// It is counted each time and stored nowhere, so it can never be wrong; desk asks the
/// database the same question in SQL (`desk/src/queue.rs`), and a story holds both together.
pub fn position<'a>(waiting: impl Iterator<Item = &'a Chat>, chat: &Chat) -> Option<u32> {
    let mine = place(chat)?;
    let before = waiting.filter(|other| other.group.id == chat.group.id).filter_map(place).filter(|p| *p < mine);
    u32::try_from(before.count()).ok().map(|n| n + 1)
}

fn place(chat: &Chat) -> Option<Place> {
    (chat.stage == Stage::Waiting).then(|| Place { queued_at: chat.queued_at, chat: chat.id.clone() })
}

/// An agent with *sequence* may attend only the first of the list (R53).
pub fn may_take(sequence: bool, place: u32) -> Result<(), Refusal> {
    if sequence && place > 1 {
        return Err(Refusal::NotFirst { place });
    }
    Ok(())
}

/// How many attended chats the average looks back at.
pub const SAMPLE: usize = 20;
/// How old they may be.
pub const SAMPLE_AGE: Span = Span::hours(24);
/// With fewer than this nothing is shown: we do not know yet.
pub const SAMPLE_LEAST: usize = 3;

/// The average wait of a group over its last attended chats, newest first
/// (indicators.md e.2). None: we do not know yet.
pub fn average(waits: &[Span]) -> Option<Span> {
    let sample = &waits[..waits.len().min(SAMPLE)];
    if sample.len() < SAMPLE_LEAST {
        return None;
    }
    let sum: i64 = sample.iter().map(|s| s.0.max(0)).sum();
    Some(Span(sum / sample.len() as i64))
}

/// With fewer than this no range is shown: it would be somebody's wait, not everybody's.
pub const RANGE_LEAST: usize = 5;

/// From how long to how long one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    pub least: Span,
    pub most: Span,
}

/// Between which waits at least four of five of the group's last ones lay, newest first, in whole minutes: down from
/// the shorter and up from the longer, so that rounding never promises too much. None: we do not
/// know yet.
pub fn range(waits: &[Span]) -> Option<Range> {
    let mut sample: Vec<i64> = waits.iter().take(SAMPLE).map(|s| s.0.max(0)).collect();
    if sample.len() < RANGE_LEAST {
        return None;
    }
    sample.sort_unstable();
    // A tenth of them may have been faster, and a tenth slower.
    let out = sample.len() / 10;
    let (least, most) = (*sample.get(out)?, *sample.get(sample.len() - 1 - out)?);
    let minute = Span::minutes(1).0;
    // The longer a wait, the less a minute says.
    let step = match most {
        most if most <= 10 * minute => minute,
        most if most <= 60 * minute => 5 * minute,
        _ => 15 * minute,
    };
    let (least, most) = (least / step * step, (most + step - 1) / step * step);
    Some(Range { least: Span(least), most: Span(most.max(step)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::*;
    use crate::{Act, presence::HOLD};

    /// Chats that wait, by their ids and when they came.
    fn queue(places: &[(&str, i64)]) -> Vec<World> {
        let came = |&(id, at): &(&str, i64)| {
            let mut world = World::waiting();
            (world.chat.id, world.chat.queued_at) = (id.into(), Time(at));
            world
        };
        places.iter().map(came).collect()
    }

    fn positions(queue: &[World]) -> Vec<Option<u32>> {
        queue.iter().map(|w| position(queue.iter().map(|w| &w.chat), &w.chat)).collect()
    }

    #[test]
    fn whoever_came_first_is_first_and_ids_part_those_who_came_at_once() {
        let queue = queue(&[("d", 30), ("b", 10), ("a", 20), ("c", 20)]);

        assert_eq!(positions(&queue), [Some(4), Some(1), Some(2), Some(3)]);
    }

    #[test]
    fn each_group_has_a_queue_of_its_own() {
        let mut queue = queue(&[("a", 10), ("b", 20), ("c", 30)]);

        queue[1].act(ELENA, to_group("post")).unwrap();

        assert_eq!(positions(&queue), [Some(1), Some(1), Some(2)]);
    }

    #[test]
    fn whoever_is_attended_or_gone_takes_no_place() {
        let mut queue = queue(&[("a", 10), ("b", 20), ("c", 30), ("d", 40)]);

        queue[0].act(CARLA, Act::Attend).unwrap();
        queue[1] = queue[1].clone().loses(CUSTOMER);
        assert_eq!(positions(&queue), [None, Some(1), Some(2), Some(3)]);
        queue[1].wait(just_over(HOLD));
        queue[1].look().unwrap();

        assert_eq!(positions(&queue), [None, None, Some(1), Some(2)]);
    }

    #[test]
    fn whoever_is_sent_to_another_queue_stands_there_by_the_time_he_first_came() {
        let mut queue = queue(&[("a", 10), ("b", 20)]);
        for chat in &mut queue {
            chat.act(CARLA, Act::Attend).unwrap();
        }

        queue[1].act(CARLA, to_group("post")).unwrap();
        queue[0].wait(Span::secs(9));
        queue[0].act(CARLA, to_group("post")).unwrap();

        assert_eq!(positions(&queue), [Some(1), Some(2)]);
    }

    #[test]
    fn only_sequence_minds_the_place() {
        assert_eq!(may_take(false, 9), Ok(()));
        assert_eq!(may_take(true, 1), Ok(()));
        assert_eq!(may_take(true, 2), Err(Refusal::NotFirst { place: 2 }));
    }

    #[test]
    fn a_wait_is_never_less_than_nothing() {
        assert_eq!(average(&[Span::secs(-30), Span::secs(30), Span::secs(60)]), Some(Span::secs(30)));
    }

    #[test]
    fn the_average_is_silent_until_three_were_attended() {
        assert_eq!(average(&[Span::secs(10), Span::secs(20)]), None);
        assert_eq!(average(&[Span::secs(10), Span::secs(20), Span::secs(30)]), Some(Span::secs(20)));
    }

    fn minutes(waits: &[i64]) -> Option<(i64, i64)> {
        let waits: Vec<Span> = waits.iter().map(|&secs| Span::secs(secs)).collect();
        range(&waits).map(|r| (r.least.0 / 60_000, r.most.0 / 60_000))
    }

    #[test]
    fn a_range_is_silent_until_five_were_attended() {
        assert_eq!(minutes(&[240, 250, 260, 270]), None);
        assert_eq!(minutes(&[240, 250, 260, 270, 359]), Some((4, 6)));
    }

    #[test]
    fn a_range_is_rounded_so_that_it_promises_less() {
        assert_eq!(minutes(&[0; 5]), Some((0, 1)));
        assert_eq!(minutes(&[61, 62, 63, 64, 119]), Some((1, 2)));
        assert_eq!(minutes(&[61, 62, 63, 64, 720]), Some((0, 15)));
        assert_eq!(minutes(&[3_700; 5]), Some((60, 75)));
    }

    #[test]
    fn one_who_waited_for_hours_does_not_stretch_the_range_of_twenty() {
        let mut waits = vec![240; 18];
        waits.extend([36_000, 1]);

        assert_eq!(minutes(&waits), Some((4, 4)));
    }

    proptest::proptest! {
        #[test]
        fn a_range_holds_four_of_five(waits in proptest::collection::vec(0..9_000i64, 5..30)) {
            let (least, most) = minutes(&waits).unwrap();

            let sample = &waits[..waits.len().min(SAMPLE)];
            let held = sample.iter().filter(|w| (least * 60..=most * 60).contains(w)).count();
            proptest::prop_assert!(least <= most && held * 5 >= sample.len() * 4);
        }
    }

    #[test]
    fn the_average_looks_at_the_last_twenty_only() {
        let mut waits = vec![Span::secs(5); SAMPLE];
        waits.push(Span::hours(9));

        assert_eq!(average(&waits), Some(Span::secs(5)));
    }
}
