//! The record of a chat (indicators.md e.0), as a line has it.

use super::fields::{Fields, ID_LIMIT};
use domain::group::Named;
use domain::{Face, Origin, Reason, Status, Time};
use std::collections::HashSet;

/// The longest transcript, the most transfers, and the most agents who took part, in whichever field they stand: far more
/// than a conversation has, and few enough to be held at once.
const TRANSCRIPT_LIMIT: usize = 20_000;
const TRANSFERS_LIMIT: usize = 1_000;
const AGENTS_LIMIT: usize = 50;

/// What stands for words that were not taken along.
pub const NO_WORDS: &str = "[…]";

pub struct Past {
    pub origin: Origin,
    pub requested: Named,
    /// What the line is called with whose ticket it went on (R18).
    pub related: Option<String>,
    pub course: Course,
    /// Who else took part.
    pub agents: Vec<Face>,
    /// What was said, in its order.
    pub said: Vec<Said>,
    pub left: Left,
}

/// What became of its ticket.
pub enum Left {
    /// There is none.
    Nothing,
    /// It waits to be saved.
    Unsaved,
    Saved(Saved),
    /// Its words belong to the ticket that it went on with.
    WentOn(WentOn),
}

/// How that ticket stood when the chat was over; without a status as before.
pub struct WentOn {
    pub status: Option<Status>,
    /// Who changed it, if somebody did.
    pub by: Option<Face>,
    pub reopened_at: Option<Time>,
}

/// From the queue to the end.
pub struct Course {
    pub queued_at: Time,
    pub attended: Option<(Time, Face)>,
    /// How it went on after that, in its order.
    pub transfers: Vec<Transfer>,
    /// Since when the customer's line was gone.
    pub disconnected_at: Option<Time>,
    pub ended: (Time, Reason),
}

/// Back into a queue after it was attended.
pub struct Transfer {
    pub at: Time,
    pub to: Named,
    /// Again, when and by whom. None: it ended in that queue.
    pub attended: Option<(Time, Face)>,
}

/// Words of the customer's, where `by` is none.
pub struct Said {
    pub at: Time,
    pub by: Option<Face>,
    pub text: String,
}

pub struct Saved {
    pub at: Time,
    pub status: Status,
    pub by: Option<Face>,
    pub reopened_at: Option<Time>,
}

impl Course {
    /// Did he wait for the first agent then?
    fn waits_at(&self, at: Time) -> bool {
        self.attended.as_ref().is_none_or(|(attended_at, _)| at < *attended_at)
    }

    /// Who had it then; none: a queue.
    fn held_at(&self, at: Time) -> Option<&Face> {
        let before = self.transfers.iter().rfind(|transfer| transfer.at < at);
        let attended = before.map_or(&self.attended, |transfer| &transfer.attended);
        attended.as_ref().filter(|(from, _)| *from <= at).map(|(_, by)| by)
    }

    /// Who had it when it ended.
    pub fn holder(&self) -> Option<&Face> {
        let attended = self.transfers.last().map_or(&self.attended, |transfer| &transfer.attended);
        attended.as_ref().map(|(_, by)| by)
    }

    /// Was nobody there any more to save its ticket (R63, indicators.md e.1-10)?
    fn is_left_alone(&self) -> bool {
        self.holder().is_none() || self.ended.1 == Reason::AgentLost
    }
}

/// A record field by field.
struct Written {
    origin: Option<Origin>,
    requested: Option<Named>,
    related: Option<String>,
    queued_at: Option<Time>,
    /// When and by whom. None: what is said of it says nothing.
    attended: Option<Option<(Time, Face)>>,
    transfers: Vec<Transfer>,
    first_reply_at: Option<Time>,
    disconnected_at: Option<Time>,
    ended_at: Option<Time>,
    reason: Option<Reason>,
    waiting: Option<u64>,
    agents: Vec<Face>,
    said: Option<Vec<Said>>,
    save: Option<Save>,
}

/// How its ticket was saved first, or that it was not yet.
struct Save {
    unsaved: bool,
    status: Option<Status>,
    at: Option<Time>,
    by: Option<Face>,
    reopened_at: Option<Time>,
}

impl Fields<'_> {
    pub fn chat(&mut self, group: Option<&Named>) -> Option<(Time, Past)> {
        let mut written = self.written(group);
        self.check_order(&written);
        let queued_at = written.queued_at?;
        let course = Course {
            queued_at,
            attended: written.attended.clone()?,
            transfers: std::mem::take(&mut written.transfers),
            disconnected_at: written.disconnected_at,
            ended: (written.ended_at?, written.reason?),
        };
        self.check_transfers(&course);
        self.check_end(&course);
        self.check_attended(&written, &course);
        if written.origin == Some(Origin::AgentAgent) {
            self.check_inner(&written, &course, group);
        }
        let said = match written.said.take() {
            Some(said) => self.transcribed(said, &written, &course),
            None => self.marked(&written, &course),
        };
        self.check_agents(&written.agents, &course, &said);
        let waited = said.iter().any(|said| said.by.is_none() && course.waits_at(said.at));
        let leaves = course.attended.is_some() || waited && course.ended.1 != Reason::Staff;
        let left = written.save.and_then(|save| match written.related.is_some() && leaves {
            true => self.went_on(save, &course),
            false => self.first_save(save, &course, leaves),
        });
        let past = Past {
            origin: written.origin?,
            requested: written.requested?,
            related: written.related,
            course,
            agents: written.agents,
            said,
            left: left?,
        };
        Some((queued_at, past))
    }

    fn written(&mut self, group: Option<&Named>) -> Written {
        Written {
            origin: self.origin(),
            requested: match self.text("requested_group", ID_LIMIT) {
                Some(name) => self.group("requested_group", &name),
                None => group.cloned(),
            },
            related: self.text("related", ID_LIMIT),
            queued_at: self.needed_moment("queued_at"),
            attended: self.attendance(),
            transfers: self.transfers(),
            first_reply_at: self.moment("first_reply_at"),
            disconnected_at: self.moment("disconnected_at"),
            ended_at: self.needed_moment("ended_at"),
            reason: self.reason(),
            waiting: self.count("customer_messages_before_end_of_wait"),
            agents: self.agents(),
            said: self.transcript(),
            save: self.save(),
        }
    }

    fn check_order(&mut self, written: &Written) {
        let Written { queued_at, first_reply_at, disconnected_at, ended_at, .. } = *written;
        let attended_at = written.attended.as_ref().and_then(|attended| attended.as_ref()).map(|(at, _)| *at);
        let order = [
            ("attended_at", attended_at, "queued_at", queued_at),
            ("first_reply_at", first_reply_at, "attended_at", attended_at),
            ("disconnected_at", disconnected_at, "queued_at", queued_at),
            ("ended_at", ended_at, "queued_at", queued_at),
            ("ended_at", ended_at, "attended_at", attended_at),
            ("ended_at", ended_at, "first_reply_at", first_reply_at),
            ("ended_at", ended_at, "disconnected_at", disconnected_at),
            ("first_saved_at", written.save.as_ref().and_then(|save| save.at), "ended_at", ended_at),
        ];
        for (later, at, earlier, before) in order {
            if let (Some(at), Some(before)) = (at, before)
                && at < before
            {
                self.wrong::<()>(later, format!("it is before {earlier}"));
            }
        }
    }

    /// Each begins while somebody has it, and ends before the next begins.
    fn check_transfers(&mut self, course: &Course) {
        let Some((mut last, _)) = course.attended else {
            if !course.transfers.is_empty() {
                self.wrong::<()>("transfers", "nobody attended: `requested_group` says where it was sent from");
            }
            return;
        };
        for (n, Transfer { at, attended, .. }) in course.transfers.iter().enumerate() {
            let ends = attended.as_ref().map(|(at, _)| *at);
            let why = if *at < last {
                "it is before somebody attended"
            } else if ends.is_some_and(|ends| ends < *at) {
                "it is after its `attended_at`"
            } else if ends.unwrap_or(*at) > course.ended.0 {
                "it is after ended_at, or its `attended_at` is"
            } else if ends.is_none() && n + 1 < course.transfers.len() {
                "nobody attended after it, and it was transferred again"
            } else {
                last = ends.unwrap_or(*at);
                continue;
            };
            self.wrong::<()>(&format!("transfers[{n}].at"), why);
            return;
        }
    }

    fn check_end(&mut self, course: &Course) {
        match course.ended.1 {
            Reason::Agent | Reason::AgentLost if course.attended.is_none() => {
                self.wrong::<()>("end_reason", "nobody attended: it ended by customer, connection or staff");
            }
            Reason::Agent | Reason::AgentLost if course.holder().is_none() => {
                self.wrong::<()>("end_reason", "it waited again: it ended by customer, connection or staff");
            }
            Reason::Connection if course.disconnected_at.is_none() => {
                self.wrong::<()>("disconnected_at", "it is missing: since when was the connection gone?");
            }
            _ => {}
        }
    }

    /// Is nothing said of agents where none attended?
    fn check_attended(&mut self, written: &Written, course: &Course) {
        if course.attended.is_some() {
            return;
        }
        if matches!(written.origin, Some(Origin::TicketAgent | Origin::AgentAgent)) {
            self.wrong::<()>("attended_at", "it is missing: an agent began it");
        }
        if written.first_reply_at.is_some() {
            self.wrong::<()>("first_reply_at", "nobody attended");
        }
        if !written.agents.is_empty() {
            self.wrong::<()>("agents", "nobody attended");
        }
    }

    /// In one of ours there are fewer at once; of these nobody wrote down when each of them went.
    fn check_agents(&mut self, agents: &[Face], course: &Course, said: &[Said]) {
        let attended = course.transfers.iter().map(|transfer| &transfer.attended).chain([&course.attended]);
        let attended = attended.flatten().map(|(_, by)| by);
        let all: HashSet<&str> = agents
            .iter()
            .chain(attended)
            .chain(said.iter().filter_map(|said| said.by.as_ref()))
            .map(|by| by.id.as_str())
            .collect();
        if all.len() > AGENTS_LIMIT {
            self.wrong::<()>("agents", format!("more than {AGENTS_LIMIT} took part"));
        }
    }

    /// Agents among themselves have neither a customer nor a queue, but a ticket of which they speak (R66).
    fn check_inner(&mut self, written: &Written, course: &Course, group: Option<&Named>) {
        let by_customer = written.said.iter().flatten().any(|said| said.by.is_none());
        let wrong = [
            (written.related.is_none(), "related", "it is missing: of which ticket did they speak?"),
            (written.requested.as_ref() != group, "requested_group", "agents among themselves have no queue"),
            (!course.transfers.is_empty(), "transfers", "agents among themselves have no queue"),
            (course.disconnected_at.is_some(), "disconnected_at", "agents among themselves have no customer"),
            (by_customer, "transcript", "agents among themselves have no customer"),
            (
                written.waiting > Some(0),
                "customer_messages_before_end_of_wait",
                "agents among themselves have no customer",
            ),
            (
                !matches!(course.ended.1, Reason::Agent | Reason::AgentLost),
                "end_reason",
                "among agents it ended by agent or agent_lost",
            ),
        ];
        for (is_wrong, field, why) in wrong {
            if is_wrong {
                self.wrong::<()>(field, why);
            }
        }
    }

    /// A mark for each message that is known to have been there.
    fn marked(&mut self, written: &Written, course: &Course) -> Vec<Said> {
        let waiting = written.waiting.unwrap_or(0);
        let marks = (0..waiting).map(|_| Said { at: course.queued_at, by: None, text: NO_WORDS.into() });
        let mut said: Vec<Said> = marks.collect();
        if waiting > 0 && !course.waits_at(course.queued_at) {
            self.wrong::<()>("customer_messages_before_end_of_wait", "he did not wait");
        }
        let Some(at) = written.first_reply_at.filter(|_| course.attended.is_some()) else { return said };
        match course.held_at(at) {
            Some(by) => said.push(Said { at, by: Some(by.clone()), text: NO_WORDS.into() }),
            None if course.waits_at(at) => {}
            None => {
                self.wrong::<()>("first_reply_at", "it waited again then, and nobody had it");
            }
        }
        said
    }

    /// The transcript, if it can have been so.
    fn transcribed(&mut self, said: Vec<Said>, written: &Written, course: &Course) -> Vec<Said> {
        let (ended_at, reason) = course.ended;
        let mut last = course.queued_at;
        for one in &said {
            if one.at < course.queued_at || one.at > ended_at {
                self.wrong::<()>("transcript", "something was said before queued_at or after ended_at");
            } else if one.at < last {
                self.wrong::<()>("transcript", "something was said before what stands above it");
            } else if one.by.is_some() && course.waits_at(one.at) {
                self.wrong::<()>("transcript", "an agent wrote before attended_at");
            } else if one.by.is_some() && course.held_at(one.at).is_none() {
                self.wrong::<()>("transcript", "an agent wrote while it waited again");
            } else if one.by.is_none()
                && reason == Reason::Connection
                && course.disconnected_at.is_some_and(|gone| one.at > gone)
            {
                self.wrong::<()>("transcript", "the customer wrote after disconnected_at");
            } else {
                last = one.at;
                continue;
            }
            return said;
        }
        let counted = said.iter().filter(|one| one.by.is_none() && course.waits_at(one.at)).count();
        if written.waiting.is_some_and(|waiting| waiting != counted as u64) {
            let why = format!("the transcript has {counted}");
            self.wrong::<()>("customer_messages_before_end_of_wait", why);
        }
        let first = said.iter().find(|one| one.by.is_some()).map(|one| one.at);
        if written.first_reply_at.is_some() && written.first_reply_at != first {
            self.wrong::<()>("first_reply_at", "it is not when an agent first wrote in the transcript");
        }
        said
    }

    /// How its ticket was saved first; `leaves`: does it leave one?
    fn first_save(&mut self, save: Save, course: &Course, leaves: bool) -> Option<Left> {
        let (ended_at, alone) = (course.ended.0, course.is_left_alone());
        let Save { unsaved, status, at, by, reopened_at } = save;
        if unsaved {
            return self.waits_to_be_saved(course, leaves);
        }
        let Some(status) = status else {
            // That it still waits to be saved is to be said: nobody who forgot a field has then to save it.
            if leaves && !alone {
                return self.wrong("first_saved_base_status", "it is missing: how was the ticket saved first?");
            }
            let as_new = Saved { at: ended_at, status: Status::New, by: None, reopened_at: None };
            return Some(if leaves { Left::Saved(as_new) } else { Left::Nothing });
        };
        if !leaves {
            return self.wrong("first_saved_base_status", "this chat left no ticket");
        }
        let at = at.unwrap_or(ended_at);
        let by = by.or_else(|| course.holder().filter(|_| !alone).cloned());
        if let Some(reopened) = reopened_at {
            if !matches!(status, Status::Resolved | Status::Closed) {
                self.wrong::<()>("reopened_at", "it was not resolved");
            } else if reopened < at {
                self.wrong::<()>("reopened_at", "it is before first_saved_at");
            } else if by.is_none() {
                self.wrong::<()>("reopened_at", "first_saved_by is missing");
            }
        }
        Some(Left::Saved(Saved { at, status, by, reopened_at }))
    }

    /// How the ticket stood that it went on with (indicators.md e.0).
    fn went_on(&mut self, save: Save, course: &Course) -> Option<Left> {
        let Save { unsaved, status, at, by, reopened_at } = save;
        if unsaved {
            return self.wrong("unsaved", "its words belong to the ticket of `related`, which was saved");
        }
        if at.is_some() {
            return self.wrong("first_saved_at", "with `related` it is how that ticket stood at ended_at");
        }
        if by.is_some() {
            return self.wrong("first_saved_by", "with `related` it is who had the chat at its end");
        }
        let by = course.holder().or(course.attended.as_ref().map(|(_, by)| by)).cloned();
        match reopened_at {
            Some(_) if !matches!(status, Some(Status::Resolved | Status::Closed)) => {
                self.wrong("reopened_at", "it was not resolved")
            }
            Some(at) if at < course.ended.0 => self.wrong("reopened_at", "it is before ended_at"),
            _ => Some(Left::WentOn(WentOn { status, by, reopened_at })),
        }
    }

    /// Whoever had it at its end finds it in his list, as any other, and the clock saves it if he does not come (R63).
    fn waits_to_be_saved(&mut self, course: &Course, leaves: bool) -> Option<Left> {
        match course.holder().filter(|_| !course.is_left_alone()) {
            _ if !leaves => self.wrong("unsaved", "this chat left no ticket"),
            None => self.wrong("unsaved", "nobody had it at its end: then its ticket was saved as new"),
            Some(by) if self.house.gone.contains(&by.id) => {
                self.wrong("unsaved", "who had it at its end works here no more, and will not save it")
            }
            Some(_) => Some(Left::Unsaved),
        }
    }

    fn save(&mut self) -> Option<Save> {
        let before = self.bad.len();
        let unsaved = self.flag("unsaved");
        let status = self.text("first_saved_base_status", ID_LIMIT).and_then(|word| {
            Status::ALL.into_iter().find(|status| format!("{status:?}") == word).or_else(|| {
                let all = Status::ALL.map(|status| format!("{status:?}")).join(", ");
                self.wrong("first_saved_base_status", format!("it is none of {all}"))
            })
        });
        let at = self.moment("first_saved_at");
        let by = self.agent("first_saved_by");
        let reopened_at = self.moment("reopened_at");
        if self.bad.len() > before {
            return None;
        }
        let is_saved = status.is_some() || at.is_some() || by.is_some() || reopened_at.is_some();
        if unsaved && is_saved {
            return self.wrong("unsaved", "the line says how it was saved");
        }
        if is_saved && status.is_none() {
            return self.wrong("first_saved_base_status", "it is missing");
        }
        Some(Save { unsaved, status, at, by, reopened_at })
    }

    fn origin(&mut self) -> Option<Origin> {
        match self.text("origin", ID_LIMIT).as_deref() {
            None | Some("widget") => Some(Origin::Widget),
            Some("ticket_customer") => Some(Origin::TicketCustomer),
            Some("ticket_agent") => Some(Origin::TicketAgent),
            Some("agent_agent") => Some(Origin::AgentAgent),
            Some(_) => self.wrong("origin", "it is none of widget, ticket_customer, ticket_agent and agent_agent"),
        }
    }

    /// When somebody attended, and who. None: what is said of it says nothing.
    fn attendance(&mut self) -> Option<Option<(Time, Face)>> {
        let before = self.bad.len();
        match (self.moment("attended_at"), self.agent("attended_by")) {
            (Some(at), Some(by)) => Some(Some((at, by))),
            _ if self.bad.len() > before => None,
            (None, None) => Some(None),
            (Some(_), None) => self.wrong("attended_by", "it is missing: who attended?"),
            (None, Some(_)) => self.wrong("attended_at", "it is missing: when was it attended?"),
        }
    }

    fn transfers(&mut self) -> Vec<Transfer> {
        let all = self.parts("transfers", TRANSFERS_LIMIT, |fields| {
            let at = fields.needed_moment("at");
            let to = fields.needed("group", ID_LIMIT).and_then(|name| fields.group("group", &name));
            Some(Transfer { attended: fields.attendance()?, at: at?, to: to? })
        });
        all.into_iter().flatten().collect()
    }

    fn transcript(&mut self) -> Option<Vec<Said>> {
        self.parts("transcript", TRANSCRIPT_LIMIT, |fields| {
            let at = fields.needed_moment("at");
            let by = match fields.needed("by", ID_LIMIT).as_deref() {
                Some("customer") => Some(None),
                Some(email) => fields.agent_of("by", email).map(Some),
                None => None,
            };
            let text = fields.message();
            Some(Said { at: at?, by: by?, text: text? })
        })
    }

    /// Words, or a file: of that there is no more than its name, and it counts as a message (indicators.md e.1-10).
    fn message(&mut self) -> Option<String> {
        let Some(file) = self.text("file", ID_LIMIT) else {
            return self.needed("text", usize::MAX).and_then(|text| self.words("text", &text));
        };
        if self.text("text", usize::MAX).is_some() {
            return self.wrong("file", "a message is words or a file, and not both");
        }
        let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
        self.seen("file", name).map(|name| ["[", &name, "]"].concat())
    }

    fn agents(&mut self) -> Vec<Face> {
        let mut agents: Vec<Face> = Vec::new();
        for one in self.list("agents", AGENTS_LIMIT).into_iter().flatten() {
            match one.as_str() {
                Some(email) => {
                    let is_new = |agent: &Face| agents.iter().all(|other| other.id != agent.id);
                    let agent = self.agent_of("agents", email).filter(is_new);
                    agents.extend(agent);
                }
                None => {
                    self.wrong::<()>("agents", "one of them is not an address");
                }
            }
        }
        agents
    }

    fn reason(&mut self) -> Option<Reason> {
        let all = [Reason::Customer, Reason::Agent, Reason::Connection, Reason::Staff, Reason::AgentLost];
        let word = self.needed("end_reason", ID_LIMIT)?;
        match all.into_iter().find(|reason| crate::chat::reason_word(*reason) == word) {
            Some(reason) => Some(reason),
            None => self.wrong("end_reason", "it is none of customer, agent, connection, staff and agent_lost"),
        }
    }
}
