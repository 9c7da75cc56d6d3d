//! The queue of a group: whose turn it is, and how long one waits.

use crate::{Chat, Refusal, Span, Stage, Time};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_is_silent_until_three_were_attended() {
        assert_eq!(average(&[Span::secs(10), Span::secs(20)]), None);
        assert_eq!(average(&[Span::secs(10), Span::secs(20), Span::secs(30)]), Some(Span::secs(20)));
    }

    #[test]
    fn the_average_looks_at_the_last_twenty_only() {
        let mut waits = vec![Span::secs(5); SAMPLE];
        waits.push(Span::hours(9));

        assert_eq!(average(&waits), Some(Span::secs(5)));
    }
}
