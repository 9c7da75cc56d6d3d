//! Lists of tickets: whose, which of them, and how an address says it.

#[cfg(feature = "staff")]
use crate::find::number;
use crate::person::Agent;
use crate::ticket::Via;
#[cfg(feature = "staff")]
use crate::wire::TicketRow;
use crate::{Status, Ticket, Time};
use serde::{Deserialize, Serialize};

/// Rows of one page.
pub const ROWS: usize = 50;
/// The place of the ticket whose number was typed.
pub const FIRST: i64 = i64::MAX;

/// Whose tickets. Variants are only ever appended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Queue {
    /// All that he may read.
    #[default]
    All,
    Mine,
    /// Of the groups that he sees.
    Groups,
    /// Nobody's, of those groups.
    Unassigned,
}

/// Which of them, by status. Variants are only ever appended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// Not completed (R19).
    #[default]
    Open,
    Any,
    Base(Status),
    /// A status of the house, by id.
    Own(String),
    /// Waiting for their first save (R62): the asker's own, whatever the queue.
    Unsaved,
}

/// Which tickets a list shows. It is its address: linked and loaded again, it is the same list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    pub queue: Queue,
    pub status: Wanted,
    pub group: Option<String>,
    pub owner: Option<String>,
    pub tag: Option<String>,
    pub via: Option<Via>,
    pub application: Option<String>,
    /// Last changed from then on.
    pub from: Option<Time>,
    /// And before then.
    pub until: Option<Time>,
    /// What is said in them; empty: whatever.
    pub words: String,
}

/// Where a page ended: the place of its last row in the order of the list, and its id.
///
/// Tickets are in the order of their last change; those with words in that of their numbers, and the one whose number
/// was typed is the first of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    pub at: i64,
    pub id: String,
}

impl After {
    /// The place of a row in the list of a filter.
    #[cfg(feature = "staff")]
    pub fn row(filter: &Filter, row: &TicketRow) -> After {
        let at = match filter.words.trim() {
            "" => row.changed_at.0,
            words if number(words) == Some(row.number) => FIRST,
            _ => row.number,
        };
        After { at, id: row.id.clone() }
    }
}

impl Queue {
    pub const ALL: [Queue; 4] = [Queue::All, Queue::Mine, Queue::Groups, Queue::Unassigned];

    /// Its word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Queue::All => "all",
            Queue::Mine => "mine",
            Queue::Groups => "groups",
            Queue::Unassigned => "unassigned",
        }
    }
}

impl Wanted {
    fn word(&self) -> String {
        match self {
            Wanted::Open => "open".into(),
            Wanted::Any => "any".into(),
            Wanted::Unsaved => "unsaved".into(),
            Wanted::Base(status) => status_word(*status).into(),
            Wanted::Own(id) => ["own-", id].concat(),
        }
    }

    fn of(word: &str) -> Wanted {
        let base = || Status::ALL.into_iter().find(|s| status_word(*s) == word).map(Wanted::Base);
        match word {
            "any" => Wanted::Any,
            "unsaved" => Wanted::Unsaved,
            _ => match word.strip_prefix("own-") {
                Some(id) => Wanted::Own(id.into()),
                None => base().unwrap_or_default(),
            },
        }
    }
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::InAttendance => "in-attendance",
        Status::Stopped => "stopped",
        Status::Canceled => "canceled",
        Status::Resolved => "resolved",
        Status::Closed => "closed",
    }
}

fn via_word(via: Via) -> &'static str {
    match via {
        Via::OnlineChat => "chat",
        Via::OfflineMessage => "offline",
        Via::Agent => "agent",
        Via::Portal => "portal",
        Via::Api => "api",
    }
}

impl Filter {
    /// What an address asks for, from its parts; what is unknown asks for nothing.
    pub fn of(pairs: impl Iterator<Item = (String, String)>) -> Filter {
        let mut filter = Filter::default();
        let time = |value: &str| value.parse().ok().map(Time);
        for (key, value) in pairs.filter(|(_, value)| !value.is_empty()) {
            match key.as_str() {
                "queue" => filter.queue = Queue::ALL.into_iter().find(|q| q.word() == value).unwrap_or_default(),
                "status" => filter.status = Wanted::of(&value),
                "group" => filter.group = Some(value),
                "owner" => filter.owner = Some(value),
                "tag" => filter.tag = Some(value),
                "via" => filter.via = Via::ALL.into_iter().find(|via| via_word(*via) == value),
                "application" => filter.application = Some(value),
                "from" => filter.from = time(&value),
                "until" => filter.until = time(&value),
                "words" => filter.words = value,
                _ => {}
            }
        }
        filter
    }

    /// The parts of its address; the usual is not said.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if self.queue != Queue::default() {
            pairs.push(("queue", self.queue.word().into()));
        }
        if self.status != Wanted::default() {
            pairs.push(("status", self.status.word()));
        }
        let texts =
            [("group", &self.group), ("owner", &self.owner), ("tag", &self.tag), ("application", &self.application)];
        pairs.extend(texts.into_iter().filter_map(|(key, value)| value.clone().map(|value| (key, value))));
        pairs.extend(self.via.map(|via| ("via", via_word(via).into())));
        let times = [("from", self.from), ("until", self.until)];
        pairs.extend(times.into_iter().filter_map(|(key, time)| time.map(|time| (key, time.0.to_string()))));
        if !self.words.is_empty() {
            pairs.push(("words", self.words.clone()));
        }
        pairs
    }

    /// How many of its conditions were chosen besides queue, status and words.
    pub fn chosen(&self) -> usize {
        let texts = [&self.group, &self.owner, &self.tag, &self.application];
        let period = self.from.is_some() || self.until.is_some();
        texts.into_iter().flatten().count() + usize::from(self.via.is_some()) + usize::from(period)
    }

    /// Is this ticket in the list, as this agent sees it? What is said in it only the server knows.
    pub fn shows(&self, ticket: &Ticket, agent: &Agent) -> bool {
        let mine = ticket.is_owned_by(&agent.face.id);
        let sees = agent.sees(&ticket.group.id);
        let queue = match self.queue {
            Queue::All => mine || sees,
            Queue::Mine => mine,
            Queue::Groups => sees,
            Queue::Unassigned => sees && ticket.owner.is_none(),
        };
        let status = match &self.status {
            Wanted::Any => true,
            Wanted::Open => ticket.status.is_open(),
            Wanted::Base(status) => ticket.status == *status,
            Wanted::Own(id) => ticket.own.as_ref().is_some_and(|own| own.id == *id),
            Wanted::Unsaved => return mine && !ticket.is_saved(),
        };
        let is = |wanted: &Option<String>, id: &str| wanted.as_ref().is_none_or(|wanted| wanted == id);
        let owner = ticket.owner.as_ref().map_or("", |owner| &owner.id);
        queue
            && status
            && is(&self.group, &ticket.group.id)
            && is(&self.owner, owner)
            && is(&self.application, &ticket.application.id)
            && self.via.is_none_or(|via| via == ticket.via)
            && self.tag.as_ref().is_none_or(|tag| ticket.tags.contains(tag))
            && self.from.is_none_or(|from| ticket.changed_at >= from)
            && self.until.is_none_or(|until| ticket.changed_at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(pairs: &[(&str, &str)]) -> Filter {
        Filter::of(pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn an_address_says_the_whole_list_and_nothing_usual() {
        let all = Filter {
            queue: Queue::Unassigned,
            status: Wanted::Own("part".into()),
            group: Some("g1".into()),
            owner: Some("a1".into()),
            tag: Some("envío lento".into()),
            via: Some(Via::OfflineMessage),
            application: Some("shop".into()),
            from: Some(Time(5)),
            until: Some(Time(9)),
            words: "lámpara".into(),
        };
        let again = Filter::of(all.pairs().into_iter().map(|(key, value)| (key.to_owned(), value)));

        assert_eq!(again, all);
        assert_eq!(all.chosen(), 6);
        assert!(Filter::default().pairs().is_empty());
        for status in Status::ALL {
            let filter = Filter { status: Wanted::Base(status), ..Filter::default() };
            assert_eq!(Filter::of(filter.pairs().into_iter().map(|(k, v)| (k.to_owned(), v))), filter);
        }
    }

    #[test]
    fn an_address_of_nonsense_asks_for_the_usual() {
        let nonsense =
            owned(&[("queue", "x"), ("status", "y"), ("via", "z"), ("from", "?"), ("group", ""), ("q", "1")]);

        assert_eq!(nonsense, Filter::default());
    }
}
