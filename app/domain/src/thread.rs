//! A conversation on a screen: the same on every screen, because it only listens.

use crate::{Chat, Event, Told};

/// What a screen knows of one chat. It changes through [`Thread::hear`] alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// None until the first event was heard.
    pub chat: Option<Chat>,
    /// All that was heard, in the order of its happening; asides among it for staff.
    pub told: Vec<Told>,
}

impl Thread {
    /// Where to read on from, and from which aside.
    pub fn heard(&self) -> (u32, u32) {
        self.chat.as_ref().map_or((0, 0), |chat| (chat.seq, chat.aside_seq))
    }

    /// Hears one event. What was heard before changes nothing; false means that something was
    /// missed: read again after [`Thread::heard`].
    pub fn hear(&mut self, told: &Told) -> bool {
        let Some(chat) = &mut self.chat else {
            let Event::Opened(opening) = &told.event else {
                return false;
            };
            self.chat = Some(Chat::open(told.chat.clone(), told.at, opening));
            self.told.push(told.clone());
            return true;
        };
        if told.chat != chat.id {
            return true;
        }
        let heard = if told.event.is_aside() { chat.aside_seq } else { chat.seq };
        if told.seq <= heard {
            return true;
        }
        let next = told.seq == heard + 1;
        // An aside of what is not heard yet says that something public was missed.
        if !next || told.event.is_aside() && told.after > chat.seq {
            return false;
        }
        chat.apply(told.at, &told.event);
        let here = self.told.iter().rposition(|t| t.order() < told.order()).map_or(0, |i| i + 1);
        self.told.insert(here, told.clone());
        true
    }

    /// Hears a page of history; false as for one.
    pub fn hear_all(&mut self, page: &[Told]) -> bool {
        page.iter().all(|told| self.hear(told))
    }

    /// Messages of others after `seq`: a subtraction that own words and the system's never enter, and what was
    /// taken back neither.
    pub fn unread(&self, seq: u32, mine: Option<&str>) -> u32 {
        let theirs = self.told.iter().filter(|t| t.seq > seq).filter(|t| match &t.event {
            Event::Posted { by, .. } | Event::Attached { by, .. } => {
                by.as_ref().map(|f| f.id.as_str()) != mine && self.amended(t.seq) != Some("")
            }
            _ => false,
        });
        u32::try_from(theirs.count()).unwrap_or(u32::MAX)
    }

    /// What others whispered after this aside: it is said to who is in the conversation, so he has to read it as he does
    /// the customer's words.
    #[cfg(feature = "staff")]
    pub fn whispers(&self, aside: u32, mine: &str) -> u32 {
        let theirs = |told: &&Told| match &told.event {
            Event::Whispered { by, .. } => told.seq > aside && by.id != mine,
            _ => false,
        };
        u32::try_from(self.told.iter().filter(theirs).count()).unwrap_or(u32::MAX)
    }

    /// Does it wait for this agent? He is invited, or in it without having said a word in it.
    #[cfg(feature = "staff")]
    pub fn awaits(&self, agent: &str) -> bool {
        let Some(chat) = self.chat.as_ref().filter(|chat| !chat.is_over()) else { return false };
        let is_his = |told: &Told| match &told.event {
            Event::Posted { by: Some(by), .. } | Event::Attached { by: Some(by), .. } => by.id == agent,
            _ => false,
        };
        chat.invited.iter().any(|face| face.id == agent) || chat.is_inside(agent) && !self.told.iter().any(is_his)
    }

    /// What the words of this event have become; empty: they were taken back.
    pub fn amended(&self, of: u32) -> Option<&str> {
        self.told.iter().rev().find_map(|told| match &told.event {
            Event::Amended { seq, text } if *seq == of => Some(text.as_str()),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests;
