//! Sums of facts: what can be added up, so that a period is read from few rows.

use super::{Beside, Fact, Figures, Indicator, mean_of, seconds};
use crate::{Span, Status};

/// How long things took: how many, all together, and the longest, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    pub many: i64,
    pub total: i64,
    pub longest: i64,
}

impl Spread {
    fn of(span: Option<Span>) -> Spread {
        span.map_or(Spread::default(), |Span(ms)| Spread { many: 1, total: ms, longest: ms })
    }

    fn longest(&self) -> Option<u64> {
        (self.many > 0).then(|| seconds(Span(self.longest)))
    }

    fn mean(&self) -> Option<u64> {
        mean_of(self.total, self.many)
    }
}

/// Sums over chats and messages. All but the longest are added; of those the longer stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub requests: i64,
    pub attended: i64,
    pub unanswered: i64,
    pub resolved: i64,
    pub unresolved: i64,
    pub cancelled: i64,
    pub unsaved: i64,
    pub running: i64,
    pub deserted: i64,
    pub with_message: i64,
    pub removed: i64,
    pub lost: i64,
    pub waiting: i64,
    pub offline: i64,
    pub talk: Spread,
    pub wait: Spread,
    pub desertion: Spread,
    pub reply: Spread,
}

/// How many numbers are kept of sums.
pub const KEPT: usize = 22;

impl Sums {
    /// The columns in which they are kept: of chats that are over, so nothing runs and nobody waits.
    pub const COLUMNS: [&'static str; KEPT] = [
        "requests",
        "attended",
        "unanswered",
        "resolved",
        "unresolved",
        "cancelled",
        "unsaved",
        "deserted",
        "with_message",
        "removed",
        "lost",
        "offline",
        "talks",
        "talk_total",
        "waits",
        "wait_total",
        "desertion_total",
        "replies",
        "reply_total",
        "talk_longest",
        "wait_longest",
        "desertion_longest",
    ];
    /// The last so many columns are not added: the longer stays.
    pub const LONGEST: usize = 3;

    /// One chat, as it counts for everybody.
    pub fn of(fact: &Fact) -> Sums {
        Sums::by(fact, &[])
    }

    /// One chat, as it counts for these agents; for none named: for everybody.
    pub fn by(fact: &Fact, agents: &[String]) -> Sums {
        let all = agents.is_empty();
        let attended = fact.attended_at.is_some();
        let took_part = attended && fact.took_part(agents);
        let (over, deserted) = (fact.end.is_some(), all && fact.is_deserted());
        let saved = |is: &dyn Fn(Status) -> bool| {
            let status = fact.saved.as_ref().map(|saved| saved.status);
            i64::from(attended && over && status.is_some_and(is) && fact.was_saved_by(agents))
        };
        let entered = fact.entered_first(agents);
        let length = |indicator, counts: bool| Spread::of(fact.length(indicator).filter(|_| counts));
        Sums {
            requests: i64::from(all),
            attended: i64::from(took_part),
            unanswered: i64::from(took_part && fact.first_reply_at.is_none()),
            resolved: saved(&|status| matches!(status, Status::Resolved | Status::Closed)),
            unresolved: saved(&Status::is_open),
            cancelled: saved(&|status| status == Status::Canceled),
            unsaved: i64::from(took_part && over && fact.saved.is_none()),
            running: i64::from(took_part && !over),
            deserted: i64::from(deserted),
            with_message: i64::from(deserted && fact.waiting_messages > 0),
            removed: i64::from(all && fact.is_removed()),
            lost: i64::from(all && fact.is_lost()),
            waiting: i64::from(all && !attended && !over),
            offline: 0,
            talk: length(Indicator::MeanTalk, took_part),
            wait: length(Indicator::MeanWait, entered),
            desertion: length(Indicator::MeanDesertion, deserted),
            reply: Spread::of(fact.reply().filter(|_| entered)),
        }
    }

    /// What a chat counts for each of those who took part in it: of so many of them as are asked for together, all but
    /// one count it too often. Nobody but one entered first, and one saved it.
    pub fn shared(fact: &Fact) -> Sums {
        let Sums { attended, unanswered, unsaved, talk, .. } = Sums::by(fact, &fact.agents);
        Sums { attended, unanswered, unsaved, talk: Spread { longest: 0, ..talk }, ..Sums::default() }
    }

    /// One offline message.
    pub fn message() -> Sums {
        Sums { offline: 1, ..Sums::default() }
    }

    pub fn kept(&self) -> [i64; KEPT] {
        [
            self.requests,
            self.attended,
            self.unanswered,
            self.resolved,
            self.unresolved,
            self.cancelled,
            self.unsaved,
            self.deserted,
            self.with_message,
            self.removed,
            self.lost,
            self.offline,
            self.talk.many,
            self.talk.total,
            self.wait.many,
            self.wait.total,
            self.desertion.total,
            self.reply.many,
            self.reply.total,
            self.talk.longest,
            self.wait.longest,
            self.desertion.longest,
        ]
    }

    pub fn from_kept(kept: [i64; KEPT]) -> Sums {
        let [requests, attended, unanswered, resolved, unresolved, cancelled, unsaved, ..] = kept;
        let [.., talk_longest, wait_longest, desertion_longest] = kept;
        Sums {
            requests,
            attended,
            unanswered,
            resolved,
            unresolved,
            cancelled,
            unsaved,
            running: 0,
            deserted: kept[7],
            with_message: kept[8],
            removed: kept[9],
            lost: kept[10],
            waiting: 0,
            offline: kept[11],
            talk: Spread { many: kept[12], total: kept[13], longest: talk_longest },
            wait: Spread { many: kept[14], total: kept[15], longest: wait_longest },
            desertion: Spread { many: kept[7], total: kept[16], longest: desertion_longest },
            // Its longest is nowhere shown.
            reply: Spread { many: kept[17], total: kept[18], longest: 0 },
        }
    }

    /// More of them.
    pub fn add(&mut self, more: &Sums) {
        self.merge(more, |mine, theirs| mine + theirs);
    }

    /// From how one fact counted to how it counts now. What was longest once stays so: no length ever shrinks.
    pub fn change(&mut self, was: &Sums, is: &Sums) {
        self.take(was);
        self.add(is);
    }

    /// Fewer of them; the longest stays.
    pub fn take(&mut self, fewer: &Sums) {
        self.merge(fewer, |mine, theirs| mine - theirs);
    }

    fn merge(&mut self, other: &Sums, with: impl Fn(i64, i64) -> i64) {
        let counts = [
            (&mut self.requests, other.requests),
            (&mut self.attended, other.attended),
            (&mut self.unanswered, other.unanswered),
            (&mut self.resolved, other.resolved),
            (&mut self.unresolved, other.unresolved),
            (&mut self.cancelled, other.cancelled),
            (&mut self.unsaved, other.unsaved),
            (&mut self.running, other.running),
            (&mut self.deserted, other.deserted),
            (&mut self.with_message, other.with_message),
            (&mut self.removed, other.removed),
            (&mut self.lost, other.lost),
            (&mut self.waiting, other.waiting),
            (&mut self.offline, other.offline),
        ];
        counts.into_iter().for_each(|(mine, theirs)| *mine = with(*mine, theirs));
        let spreads = [
            (&mut self.talk, other.talk),
            (&mut self.wait, other.wait),
            (&mut self.desertion, other.desertion),
            (&mut self.reply, other.reply),
        ];
        for (mine, theirs) in spreads {
            mine.many = with(mine.many, theirs.many);
            mine.total = with(mine.total, theirs.total);
            mine.longest = mine.longest.max(theirs.longest);
        }
    }

    /// The twelve, where agents were asked for or not.
    pub fn twelve(&self, of_agents: bool) -> [Option<u64>; 12] {
        Indicator::ALL.map(|indicator| {
            let count = |many: i64| Some(many.max(0) as u64);
            match indicator {
                _ if of_agents && !indicator.is_of_agents() => None,
                Indicator::Attended => count(self.attended),
                Indicator::Resolved => count(self.resolved),
                Indicator::Unresolved => count(self.unresolved),
                Indicator::Offline => count(self.offline),
                Indicator::LongestTalk => self.talk.longest(),
                Indicator::MeanTalk => self.talk.mean(),
                Indicator::LongestWait => self.wait.longest(),
                Indicator::MeanWait => self.wait.mean(),
                Indicator::Deserted => count(self.deserted),
                Indicator::WithMessage => count(self.with_message),
                Indicator::LongestDesertion => self.desertion.longest(),
                Indicator::MeanDesertion => self.desertion.mean(),
                // They are not of the twelve.
                Indicator::Unanswered | Indicator::FirstReply | Indicator::UsualWait => None,
                Indicator::Removed | Indicator::StillResolved | Indicator::Reopened => None,
            }
        })
    }

    /// All numbers but those that no sum can say ([`super::Ranks`]).
    pub fn figures(&self, of_agents: bool) -> Figures {
        let count = |many: i64| Some(many.max(0) as u64);
        let of_all = |many: i64| count(many).filter(|_| !of_agents);
        Figures {
            twelve: self.twelve(of_agents),
            beside: Beside {
                requests: of_all(self.requests),
                removed: of_all(self.removed),
                waiting: of_all(self.waiting),
                lost: of_all(self.lost),
                cancelled: count(self.cancelled),
                running: count(self.running),
                unsaved: count(self.unsaved),
                unanswered: count(self.unanswered),
                mean_reply: self.reply.mean(),
                ..Beside::default()
            },
        }
    }
}
