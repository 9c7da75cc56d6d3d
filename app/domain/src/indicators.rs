//! Indicators: the twelve numbers of a period and what stands beside them (R71-R85, indicators.md).
//!
//! [`figures`] is the rule: a pure function over the facts of all chats. Whoever keeps sums instead
//! ([`Sums`]) must come to the same. Moments are the server's; lengths are shown in whole seconds.

use crate::{Refusal, Span, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(feature = "hours")]
mod calendar;
mod fact;
mod period;
mod sums;

#[cfg(feature = "hours")]
pub use calendar::Zone;
pub use fact::{Again, End, Fact, Message, STILL, Saved, Touched};
pub use period::{Moment, Period};
pub use sums::{KEPT, Spread, Sums};

/// The most values that a filter names of one kind.
pub const CHOICES: usize = 50;
/// The longest id in a filter.
const ID_LIMIT: usize = 64;
/// Rows of one page of what is behind a number.
pub const ROWS: usize = 50;
/// The most steps of a trend.
pub const STEPS: usize = 62;

/// One of the twelve (R74-R85), in the order of the screen. Variants are only ever appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Indicator {
    Attended,
    Resolved,
    Unresolved,
    Offline,
    LongestTalk,
    MeanTalk,
    LongestWait,
    MeanWait,
    Deserted,
    WithMessage,
    LongestDesertion,
    MeanDesertion,
    // What is published besides the twelve, and can be looked behind as they can.
    Unanswered,
    FirstReply,
    UsualWait,
    Removed,
    StillResolved,
    Reopened,
}

impl Indicator {
    pub const ALL: [Indicator; 12] = [
        Indicator::Attended,
        Indicator::Resolved,
        Indicator::Unresolved,
        Indicator::Offline,
        Indicator::LongestTalk,
        Indicator::MeanTalk,
        Indicator::LongestWait,
        Indicator::MeanWait,
        Indicator::Deserted,
        Indicator::WithMessage,
        Indicator::LongestDesertion,
        Indicator::MeanDesertion,
    ];
    /// Those that stand beside the twelve, in the order of the screen.
    pub const BESIDE: [Indicator; 6] = [
        Indicator::Unanswered,
        Indicator::FirstReply,
        Indicator::UsualWait,
        Indicator::Removed,
        Indicator::StillResolved,
        Indicator::Reopened,
    ];

    /// Its word in an address, in JSON and in a table.
    pub fn word(self) -> &'static str {
        match self {
            Indicator::Attended => "attended",
            Indicator::Resolved => "resolved-first-contact",
            Indicator::Unresolved => "unresolved-first-contact",
            Indicator::Offline => "offline-messages",
            Indicator::LongestTalk => "longest-talk",
            Indicator::MeanTalk => "mean-talk",
            Indicator::LongestWait => "longest-wait",
            Indicator::MeanWait => "mean-wait",
            Indicator::Deserted => "desertions",
            Indicator::WithMessage => "desertions-with-message",
            Indicator::LongestDesertion => "longest-wait-of-desertions",
            Indicator::MeanDesertion => "mean-wait-of-desertions",
            Indicator::Unanswered => "attended-without-reply",
            Indicator::FirstReply => "mean-first-reply-time",
            Indicator::UsualWait => "median-wait",
            Indicator::Removed => "removed-by-staff",
            Indicator::StillResolved => "still-resolved-after-seven-days",
            Indicator::Reopened => "reopened-within-seven-days",
        }
    }

    pub fn of_word(word: &str) -> Option<Indicator> {
        Indicator::ALL.into_iter().chain(Indicator::BESIDE).find(|indicator| indicator.word() == word)
    }

    /// Is it a length, in seconds, and not a count?
    pub fn is_length(self) -> bool {
        use Indicator::*;
        let of_twelve =
            matches!(self, LongestTalk | MeanTalk | LongestWait | MeanWait | LongestDesertion | MeanDesertion);
        of_twelve || matches!(self, FirstReply | UsualWait)
    }

    /// Is it said of agents? Of the others a filter by agents leaves nothing to say (e.0).
    pub fn is_of_agents(self) -> bool {
        use Indicator::*;
        !matches!(self, Offline | Deserted | WithMessage | LongestDesertion | MeanDesertion | Removed)
    }

    /// Is it one of the twelve? They have a trend.
    pub fn is_of_twelve(self) -> bool {
        !Indicator::BESIDE.contains(&self)
    }

    /// Is it the length of one chat? What is behind it begins with that one.
    pub fn is_longest(self) -> bool {
        matches!(self, Indicator::LongestTalk | Indicator::LongestWait | Indicator::LongestDesertion)
    }
}

/// From a moment on, and before another: half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    pub from: Time,
    pub to: Time,
}

impl Stretch {
    pub fn holds(&self, at: Time) -> bool {
        self.from <= at && at < self.to
    }

    pub fn is_empty(&self) -> bool {
        self.to <= self.from
    }
}

/// Which chats: conditions of several kinds all hold, of the values of one kind any (e.0). An empty kind asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    pub agents: Vec<String>,
    pub applications: Vec<String>,
    pub groups: Vec<String>,
    /// Conversations that agents began, too: they have no queue (e.0).
    pub begun: bool,
}

impl Filter {
    /// Is what it names not too much, and not too long?
    pub fn is_sound(&self) -> bool {
        [&self.agents, &self.applications, &self.groups].into_iter().all(|ids| are_sound(ids))
    }

    /// Is a chat or a message of this application and this group meant?
    pub fn means(&self, application: &str, group: &str) -> bool {
        is_among(&self.applications, application) && is_among(&self.groups, group)
    }

    /// Is this chat meant, but for agents?
    pub fn shows(&self, fact: &Fact) -> bool {
        self.means(&fact.application, &fact.group) && (self.begun || fact.queues())
    }
}

fn are_sound(ids: &[String]) -> bool {
    ids.len() <= CHOICES && ids.iter().all(|id| id.len() <= ID_LIMIT)
}

/// Nothing asked is everything.
fn is_among(asked: &[String], id: &str) -> bool {
    asked.is_empty() || asked.iter().any(|asked| asked == id)
}

/// What an address asks for: a period, which chats, and the number whose chats are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    pub period: Period,
    pub filter: Filter,
    pub behind: Option<Indicator>,
}

/// What of an address cannot be meant, by the name of its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing is called so.
    Unknown(String),
    /// It says nothing that there is.
    Value(&'static str),
    Twice(String),
    /// More than [`CHOICES`] of them.
    TooMany(&'static str),
    /// A period by its name, and one from a moment to another.
    Both,
    /// The other end of the range is there.
    Missing(&'static str),
    /// The period ends before it begins.
    Turned,
}

impl From<Wrong> for Refusal {
    fn from(_: Wrong) -> Refusal {
        Refusal::Malformed
    }
}

impl Query {
    /// Is it of the same period and the same chats, whichever of its numbers is open?
    pub fn counts_as(&self, other: &Query) -> bool {
        (self.period, &self.filter) == (other.period, &other.filter)
    }

    /// From the parts of an address; what is unknown asks for nothing.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Query {
        let mut query = Query::default();
        let (mut from, mut to) = (None, None);
        for (key, value) in pairs.filter(|(_, value)| !value.is_empty() && value.len() <= ID_LIMIT) {
            let filter = &mut query.filter;
            match key.as_str() {
                "period" => query.period = Period::of_word(&value).unwrap_or_default(),
                "from" => from = Moment::try_from(value).ok(),
                "to" => to = Moment::try_from(value).ok(),
                "agent" if filter.agents.len() < CHOICES => filter.agents.push(value),
                "application" if filter.applications.len() < CHOICES => filter.applications.push(value),
                "group" if filter.groups.len() < CHOICES => filter.groups.push(value),
                "begun" => filter.begun = value == "1",
                "behind" => query.behind = Indicator::of_word(&value),
                _ => {}
            }
        }
        if let (Some(from), Some(to)) = (from, to) {
            query.period = Period::Range { from, to };
        }
        query
    }

    /// As [`Query::of`], for whoever takes the answer away and does not see what was asked: what is unknown, twice there
    /// or too much is refused, and so is one end of a range without the other, and a range that ends before it begins:
    /// its zeros would look like an answer. One that ends where it begins is empty.
    pub fn read(pairs: impl Iterator<Item = (String, String)>) -> Result<Query, Wrong> {
        let mut query = Query::default();
        let (mut from, mut to, mut seen) = (None, None, Vec::new());
        for (key, value) in pairs {
            let filter = &mut query.filter;
            let moment = |name, value: String| Moment::try_from(value).map_err(|_| Wrong::Value(name));
            match key.as_str() {
                "agent" => filter.agents.push(value),
                "application" => filter.applications.push(value),
                "group" => filter.groups.push(value),
                _ if seen.contains(&key) => return Err(Wrong::Twice(key)),
                "period" => query.period = Period::of_word(&value).ok_or(Wrong::Value("period"))?,
                "from" => from = Some(moment("from", value)?),
                "to" => to = Some(moment("to", value)?),
                "begun" if ["0", "1"].contains(&value.as_str()) => filter.begun = value == "1",
                "begun" => return Err(Wrong::Value("begun")),
                "behind" => query.behind = Some(Indicator::of_word(&value).ok_or(Wrong::Value("behind"))?),
                _ => return Err(Wrong::Unknown(key)),
            }
            seen.push(key);
        }
        match (from, to) {
            (None, None) => {}
            _ if seen.iter().any(|key| key == "period") => return Err(Wrong::Both),
            (Some(from), Some(to)) if to < from => return Err(Wrong::Turned),
            (Some(from), Some(to)) => query.period = Period::Range { from, to },
            (Some(_), None) => return Err(Wrong::Missing("to")),
            (None, Some(_)) => return Err(Wrong::Missing("from")),
        }
        let Filter { agents, applications, groups, .. } = &query.filter;
        for (name, ids) in [("agent", agents), ("application", applications), ("group", groups)] {
            if ids.len() > CHOICES {
                return Err(Wrong::TooMany(name));
            }
            if !are_sound(ids) || ids.iter().any(String::is_empty) {
                return Err(Wrong::Value(name));
            }
        }
        Ok(query)
    }

    /// The parts of its address; the usual is not said.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        match self.period {
            Period::ThisMonth => {}
            Period::Range { from, to } => pairs.extend([("from", from.into()), ("to", to.into())]),
            period => pairs.push(("period", period.word().into())),
        }
        let Filter { agents, applications, groups, begun } = &self.filter;
        for (key, ids) in [("agent", agents), ("application", applications), ("group", groups)] {
            pairs.extend(ids.iter().map(|id| (key, id.clone())));
        }
        if *begun {
            pairs.push(("begun", "1".into()));
        }
        pairs.extend(self.behind.map(|indicator| ("behind", indicator.word().into())));
        pairs
    }
}

/// The numbers of a period. Counts are counts, lengths are seconds; none where there is nothing to say it of ("—").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// In the order of [`Indicator::ALL`].
    pub twelve: [Option<u64>; 12],
    pub beside: Beside,
}

impl Figures {
    pub fn of(&self, indicator: Indicator) -> Option<u64> {
        let beside = &self.beside;
        match indicator {
            Indicator::Unanswered => beside.unanswered,
            Indicator::FirstReply => beside.mean_reply,
            Indicator::UsualWait => beside.median_wait,
            Indicator::Removed => beside.removed,
            Indicator::StillResolved => beside.still_resolved,
            Indicator::Reopened => Some(beside.settled?.saturating_sub(beside.still_resolved?)),
            of_twelve => self.twelve[of_twelve as usize],
        }
    }
}

/// What is published besides the twelve. Where a filter names agents, what is not said of agents is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// All who pressed the start button: attended + deserted + removed + waiting (+ lost) (e.4).
    pub requests: Option<u64>,
    /// Staff took them out of the queue.
    pub removed: Option<u64>,
    pub waiting: Option<u64>,
    /// Ended before any agent for a reason of ours. It is 0, or something is wrong (e.4).
    pub lost: Option<u64>,
    /// Attended = resolved + unresolved + cancelled + running + unsaved (e.4).
    pub cancelled: Option<u64>,
    pub running: Option<u64>,
    pub unsaved: Option<u64>,
    /// Attended, and no agent has written.
    pub unanswered: Option<u64>,
    /// From the first agent's entering to the first message of an agent, in seconds.
    pub mean_reply: Option<u64>,
    pub median_reply: Option<u64>,
    pub ninth_reply: Option<u64>,
    /// Of the set of the waits: half waited no longer, and nine of ten.
    pub median_wait: Option<u64>,
    pub ninth_wait: Option<u64>,
    /// Resolved in the first contact at least seven days ago, and of those: not opened again within seven days.
    pub settled: Option<u64>,
    pub still_resolved: Option<u64>,
}

impl Beside {
    /// Is the number of this name a length, in seconds?
    pub fn is_length(name: &str) -> bool {
        name.ends_with("-reply-time") || name.ends_with("-wait")
    }

    /// With the name of each in JSON.
    pub fn named(&self) -> [(&'static str, Option<u64>); 15] {
        [
            ("requests", self.requests),
            ("removed-by-staff", self.removed),
            ("still-waiting", self.waiting),
            ("lost", self.lost),
            ("cancelled", self.cancelled),
            ("in-progress", self.running),
            ("waiting-to-be-saved", self.unsaved),
            ("attended-without-reply", self.unanswered),
            ("mean-first-reply-time", self.mean_reply),
            ("median-first-reply-time", self.median_reply),
            ("ninetieth-first-reply-time", self.ninth_reply),
            ("median-wait", self.median_wait),
            ("ninetieth-wait", self.ninth_wait),
            ("resolved-seven-days-ago", self.settled),
            ("still-resolved-after-seven-days", self.still_resolved),
        ]
    }
}

/// One step of a trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub from: Time,
    /// In the order of [`Indicator::ALL`].
    pub twelve: [Option<u64>; 12],
}

/// All that the screen shows of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub within: Stretch,
    /// The zone in which days begin: a name of the time zone database.
    pub zone: String,
    pub figures: Figures,
    /// Of the period before; its [`Ranks`] are not made.
    pub before: Figures,
    /// Which that is: as much of it as has passed of this one, where this one runs.
    pub earlier: Stretch,
    pub trend: Vec<Step>,
    /// From each step of the trend to the next it is hours, and not days.
    pub hourly: bool,
    pub choices: Choices,
    /// From each step of the trend to the next it is so many days; 0 where it is an hour.
    #[serde(default)]
    pub every: u32,
}

impl Report {
    /// Is it compared with a part of the period before, as far as it has come itself?
    pub fn is_beside_a_part(&self) -> bool {
        self.earlier.to < self.within.from
    }
}

/// What the asker may filter by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    pub agents: Vec<Choice>,
    pub applications: Vec<Choice>,
    pub groups: Vec<Choice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub id: String,
    pub name: String,
    /// He works there no more, or it is retired: its numbers of before can be asked for.
    pub gone: bool,
}

/// A chat, or an offline message, that a number counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Of the chat; of an offline message the id of its ticket.
    pub id: String,
    /// False: an offline message.
    pub is_chat: bool,
    /// The protocol number.
    pub number: i64,
    /// When he was queued, or when it was received.
    pub at: Time,
    /// An empty name: he gave none, or is erased.
    pub customer: crate::group::Named,
    pub group: crate::group::Named,
    pub application: crate::group::Named,
    /// In seconds: until he was attended or gave up; of whoever still waits and of a message none.
    pub wait: Option<u64>,
    /// In seconds, when it is over.
    pub talk: Option<u64>,
    /// In seconds, from the first agent's entering to the first message of an agent.
    pub reply: Option<u64>,
    pub attended: bool,
    /// None: it goes on, or is a message.
    pub end: Option<crate::Reason>,
    pub messages: u32,
    pub ticket: Option<crate::ticket::Pointer>,
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    /// When that was queued or received; behind the longest of a length, its length ([`Fact::place`]).
    pub at: Time,
    pub id: String,
}

/// What is behind a number, the newest first, or the longest where the number is the longest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub rows: Vec<Row>,
    pub after: Option<After>,
}

/// The rule: the numbers of all chats that were queued, and all messages that were received, within a period.
pub fn figures(facts: &[Fact], messages: &[Message], within: Stretch, filter: &Filter, now: Time) -> Figures {
    let asked: Vec<&Fact> = facts.iter().filter(|f| within.holds(f.queued_at) && filter.shows(f)).collect();
    let received = messages.iter().filter(|m| within.holds(m.at) && filter.means(&m.application, &m.group)).count();
    let by = &filter.agents;
    let of_agents = !by.is_empty();
    let twelve = Indicator::ALL.map(|indicator| {
        if of_agents && !indicator.is_of_agents() {
            return None;
        }
        if indicator == Indicator::Offline {
            return Some(received as u64);
        }
        let counted = || asked.iter().filter(|f| f.counts(indicator, by, now));
        if !indicator.is_length() {
            return Some(counted().count() as u64);
        }
        let lengths: Vec<Span> = counted().filter_map(|f| f.length(indicator)).collect();
        if indicator.is_longest() { lengths.iter().max().map(|span| seconds(*span)) } else { mean(&lengths) }
    });
    let many = |is: &dyn Fn(&Fact) -> bool| asked.iter().filter(|f| is(f)).count() as u64;
    let of_all = |is: &dyn Fn(&Fact) -> bool| (!of_agents).then(|| many(is));
    let took_part = |f: &Fact| f.attended_at.is_some() && f.took_part(by);
    let counted = |indicator| many(&|f| f.counts(indicator, by, now));
    let waits = asked.iter().filter(|f| f.entered_first(by)).filter_map(|f| f.length(Indicator::MeanWait)).collect();
    let replies: Vec<Span> = asked.iter().filter(|f| f.entered_first(by)).filter_map(|f| f.reply()).collect();
    let still = counted(Indicator::StillResolved);
    let still = (still + counted(Indicator::Reopened), still);
    Figures {
        twelve,
        beside: Beside {
            requests: of_all(&|_| true),
            removed: of_all(&Fact::is_removed),
            waiting: of_all(&|f| f.attended_at.is_none() && f.end.is_none()),
            lost: of_all(&Fact::is_lost),
            cancelled: Some(many(&|f| f.is_cancelled() && f.was_saved_by(by))),
            running: Some(many(&|f| took_part(f) && f.end.is_none())),
            unsaved: Some(many(&|f| took_part(f) && f.is_unsaved())),
            unanswered: Some(counted(Indicator::Unanswered)),
            mean_reply: mean(&replies),
            ..Beside::default()
        }
        .with(Ranks::of(&waits, &replies.into_iter().collect(), still)),
    }
}

fn seconds(span: Span) -> u64 {
    span.as_secs().max(0) as u64
}

/// Arithmetic, rounded half up to the second; none of nothing.
fn mean(lengths: &[Span]) -> Option<u64> {
    let total: i64 = lengths.iter().map(|span| span.0).sum();
    mean_of(total, lengths.len() as i64)
}

fn mean_of(total: i64, many: i64) -> Option<u64> {
    // Half of `many` seconds is added before it is divided: exact, without a fraction in between.
    (many > 0).then(|| ((2 * total + 1000 * many).div_euclid(2000 * many)).max(0) as u64)
}

/// How many took how long, by the second: as lengths are shown, and few however many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally(BTreeMap<u64, u64>);

impl Tally {
    pub fn add(&mut self, length: Span, many: u64) {
        *self.0.entry(seconds(length)).or_default() += many;
    }

    /// The length that so many of a hundred do not exceed (nearest rank), in seconds: one that somebody had. None of
    /// nothing.
    pub fn rank(&self, of_hundred: u64) -> Option<u64> {
        let place = (self.0.values().sum::<u64>() * of_hundred).div_ceil(100).max(1);
        let mut passed = 0;
        let reaches = |(length, many): (&u64, &u64)| {
            passed += many;
            (passed >= place).then_some(*length)
        };
        self.0.iter().find_map(reaches)
    }
}

impl Extend<Span> for Tally {
    fn extend<T: IntoIterator<Item = Span>>(&mut self, lengths: T) {
        lengths.into_iter().for_each(|length| self.add(length, 1));
    }
}

impl FromIterator<Span> for Tally {
    fn from_iter<T: IntoIterator<Item = Span>>(lengths: T) -> Tally {
        let mut tally = Tally::default();
        tally.extend(lengths);
        tally
    }
}

/// What no sum tells, and only walking all facts of a period does: so it is read on its own, and comes later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranks {
    pub median_reply: Option<u64>,
    pub ninth_reply: Option<u64>,
    pub median_wait: Option<u64>,
    pub ninth_wait: Option<u64>,
    pub settled: Option<u64>,
    pub still_resolved: Option<u64>,
}

impl Ranks {
    /// Of every wait and every reply, and of how many were resolved at least seven days ago and how many still were
    /// after that.
    pub fn of(waits: &Tally, replies: &Tally, still: (u64, u64)) -> Ranks {
        Ranks {
            median_reply: replies.rank(50),
            ninth_reply: replies.rank(90),
            median_wait: waits.rank(50),
            ninth_wait: waits.rank(90),
            settled: Some(still.0),
            still_resolved: Some(still.1),
        }
    }
}

impl Beside {
    pub fn with(self, ranks: Ranks) -> Beside {
        let Ranks { median_reply, ninth_reply, median_wait, ninth_wait, settled, still_resolved } = ranks;
        Beside { median_reply, ninth_reply, median_wait, ninth_wait, settled, still_resolved, ..self }
    }
}

#[cfg(test)]
mod tests;
