//! The record of a chat (indicators.md e.0), as a line has it.

use super::Bad;
use super::fields::{Fields, ID_LIMIT};
use domain::group::Named;
use domain::{Face, Origin, Reason, Status, Time};
use serde_json::Value;

/// What stands for words that were not taken along.
pub const NO_WORDS: &str = "[…]";

pub struct Past {
    pub origin: Origin,
    pub requested: Named,
    pub attended: Option<(Time, Face)>,
    /// Who else took part.
    pub agents: Vec<Face>,
    pub disconnected_at: Option<Time>,
    pub ended: (Time, Reason),
    /// What was said, in its order.
    pub said: Vec<Said>,
    pub saved: Option<Saved>,
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

/// How a ticket was saved first, as it was written: when, how, by whom, and when it was opened again.
type Given = (Option<Time>, Status, Option<Face>, Option<Time>);

impl Fields<'_> {
    pub fn chat(&mut self, group: Option<&Named>) -> Option<(Time, Past)> {
        let origin = match self.text("origin", ID_LIMIT).as_deref() {
            None | Some("widget") => Some(Origin::Widget),
            Some("ticket_customer") => Some(Origin::TicketCustomer),
            Some("ticket_agent") => Some(Origin::TicketAgent),
            Some(_) => self.wrong("origin", "it is none of widget, ticket_customer and ticket_agent"),
        };
        let requested = match self.text("requested_group", ID_LIMIT) {
            Some(name) => self.group("requested_group", &name),
            None => group.cloned(),
        };
        let queued_at = self.needed_moment("queued_at");
        let attended_at = self.moment("attended_at");
        let attended_by = self.agent("attended_by");
        let first_reply_at = self.moment("first_reply_at");
        let disconnected_at = self.moment("disconnected_at");
        let ended_at = self.needed_moment("ended_at");
        let reason = self.reason();
        let waiting = self.count("customer_messages_before_end_of_wait");
        let agents = self.agents();
        let said = self.transcript();
        let saved = self.saved();

        let order = [
            ("attended_at", attended_at, "queued_at", queued_at),
            ("first_reply_at", first_reply_at, "attended_at", attended_at),
            ("disconnected_at", disconnected_at, "queued_at", queued_at),
            ("ended_at", ended_at, "queued_at", queued_at),
            ("ended_at", ended_at, "attended_at", attended_at),
            ("ended_at", ended_at, "first_reply_at", first_reply_at),
            ("ended_at", ended_at, "disconnected_at", disconnected_at),
            ("first_saved_at", saved.as_ref().and_then(|saved| saved.0), "ended_at", ended_at),
        ];
        for (later, at, earlier, before) in order {
            if let (Some(at), Some(before)) = (at, before)
                && at < before
            {
                self.wrong::<()>(later, format!("it is before {earlier}"));
            }
        }
        let (queued_at, ended_at, reason) = (queued_at?, ended_at?, reason?);
        let attended = match (attended_at, attended_by) {
            (Some(at), Some(by)) => Some((at, by)),
            (None, None) => None,
            (Some(_), None) => {
                // Said already where it was there and named nobody.
                if !self.bad.iter().any(|bad| bad.field == "attended_by") {
                    self.wrong::<()>("attended_by", "it is missing: who attended?");
                }
                return None;
            }
            (None, Some(_)) => return self.wrong("attended_at", "it is missing: when was it attended?"),
        };
        let is_attended = attended.is_some();
        match reason {
            Reason::Agent | Reason::AgentLost if !is_attended => {
                self.wrong::<()>("end_reason", "nobody attended: it ended by customer, connection or staff");
            }
            Reason::Connection if disconnected_at.is_none() => {
                self.wrong::<()>("disconnected_at", "it is missing: since when was the connection gone?");
            }
            _ => {}
        }
        if origin == Some(Origin::TicketAgent) && !is_attended {
            self.wrong::<()>("attended_at", "it is missing: an agent began it");
        }
        if first_reply_at.is_some() && !is_attended {
            self.wrong::<()>("first_reply_at", "nobody attended");
        }
        if !agents.is_empty() && !is_attended {
            self.wrong::<()>("agents", "nobody attended");
        }
        let span = (queued_at, ended_at);
        let said = self.what_was_said(said, span, attended.as_ref(), waiting, first_reply_at, disconnected_at, reason);
        let waited = said.iter().filter(|said| said.by.is_none() && attended_at.is_none_or(|at| said.at < at)).count();
        let leaves = is_attended || waited > 0 && reason != Reason::Staff;
        let saved = self.first_save(saved, leaves, attended.as_ref(), ended_at, reason);
        let ended = (ended_at, reason);
        let past =
            Past { origin: origin?, requested: requested?, attended, agents, disconnected_at, ended, said, saved };
        Some((queued_at, past))
    }

    /// The transcript; without one, a mark for each message that is known to have been there.
    #[allow(clippy::too_many_arguments)]
    #[allow(clippy::too_many_arguments)]
    fn what_was_said(
        &mut self,
        said: Option<Vec<Said>>,
        (queued_at, ended_at): (Time, Time),
        attended: Option<&(Time, Face)>,
        waiting: Option<u64>,
        first_reply_at: Option<Time>,
        disconnected_at: Option<Time>,
        reason: Reason,
    ) -> Vec<Said> {
        let attended_at = attended.map(|(at, _)| *at);
        let Some(said) = said else {
            let marks = (0..waiting.unwrap_or(0)).map(|_| Said { at: queued_at, by: None, text: NO_WORDS.into() });
            let mut said: Vec<Said> = marks.collect();
            if waiting > Some(0) && attended_at == Some(queued_at) {
                self.wrong::<()>("customer_messages_before_end_of_wait", "he did not wait");
            }
            if let (Some(at), Some((_, by))) = (first_reply_at, attended) {
                said.push(Said { at, by: Some(by.clone()), text: NO_WORDS.into() });
            }
            return said;
        };
        let mut last = queued_at;
        for one in &said {
            if one.at < queued_at || one.at > ended_at {
                self.wrong::<()>("transcript", "something was said before queued_at or after ended_at");
            } else if one.at < last {
                self.wrong::<()>("transcript", "something was said before what stands above it");
            } else if one.by.is_some() && attended_at.is_none_or(|at| one.at < at) {
                self.wrong::<()>("transcript", "an agent wrote before attended_at");
            } else if one.by.is_none()
                && reason == Reason::Connection
                && disconnected_at.is_some_and(|gone| one.at > gone)
            {
                self.wrong::<()>("transcript", "the customer wrote after disconnected_at");
            } else {
                last = one.at;
                continue;
            }
            return said;
        }
        let counted = said.iter().filter(|one| one.by.is_none() && attended_at.is_none_or(|at| one.at < at)).count();
        if waiting.is_some_and(|waiting| waiting != counted as u64) {
            let why = format!("the transcript has {counted}");
            self.wrong::<()>("customer_messages_before_end_of_wait", why);
        }
        let first = said.iter().find(|one| one.by.is_some()).map(|one| one.at);
        if first_reply_at.is_some() && first_reply_at != first {
            self.wrong::<()>("first_reply_at", "it is not when an agent first wrote in the transcript");
        }
        said
    }

    /// How its ticket was saved first.
    fn first_save(
        &mut self,
        given: Option<Given>,
        leaves: bool,
        attended: Option<&(Time, Face)>,
        ended_at: Time,
        reason: Reason,
    ) -> Option<Saved> {
        let Some((at, status, by, reopened_at)) = given else {
            // Nobody was there to save it, so it was saved as new (R63, indicators.md e.1-10).
            let alone = leaves && (attended.is_none() || reason == Reason::AgentLost);
            // Else it would wait for an agent who is long gone, and be saved as new at the first start. Said already
            // where it was there and read as nothing.
            if leaves && !alone && !self.bad.iter().any(|bad| bad.field == "first_saved_base_status") {
                return self.wrong("first_saved_base_status", "it is missing: how was the ticket saved first?");
            }
            return alone.then_some(Saved { at: ended_at, status: Status::New, by: None, reopened_at: None });
        };
        if !leaves {
            return self.wrong("first_saved_base_status", "this chat left no ticket");
        }
        let at = at.unwrap_or(ended_at);
        let alone = attended.is_none() || reason == Reason::AgentLost;
        let by = by.or_else(|| attended.filter(|_| !alone).map(|(_, by)| by.clone()));
        if let Some(reopened) = reopened_at {
            if !matches!(status, Status::Resolved | Status::Closed) {
                self.wrong::<()>("reopened_at", "it was not resolved");
            } else if reopened < at {
                self.wrong::<()>("reopened_at", "it is before first_saved_at");
            } else if by.is_none() {
                self.wrong::<()>("reopened_at", "first_saved_by is missing");
            }
        }
        Some(Saved { at, status, by, reopened_at })
    }

    fn saved(&mut self) -> Option<Given> {
        let status = match self.text("first_saved_base_status", ID_LIMIT) {
            None => None,
            Some(word) => match Status::ALL.into_iter().find(|status| format!("{status:?}") == word) {
                Some(status) => Some(status),
                None => {
                    let all: Vec<String> = Status::ALL.iter().map(|status| format!("{status:?}")).collect();
                    self.wrong("first_saved_base_status", format!("it is none of {}", all.join(", ")))
                }
            },
        };
        let at = self.moment("first_saved_at");
        let by = self.agent("first_saved_by");
        let reopened_at = self.moment("reopened_at");
        if status.is_none() && (at.is_some() || by.is_some() || reopened_at.is_some()) {
            return self.wrong("first_saved_base_status", "it is missing");
        }
        status.map(|status| (at, status, by, reopened_at))
    }

    fn transcript(&mut self) -> Option<Vec<Said>> {
        let all = match self.map.remove("transcript")? {
            Value::Null => return None,
            Value::Array(all) => all,
            _ => return self.wrong("transcript", "it is not a list"),
        };
        let mut said = Vec::with_capacity(all.len());
        for (n, one) in all.into_iter().enumerate() {
            let field = format!("transcript[{n}]");
            let Value::Object(map) = one else { return self.wrong(&field, "it is not an object") };
            let mut fields = Fields { number: self.number, map, house: self.house, bad: Vec::new() };
            let at = fields.needed_moment("at");
            let by = match fields.needed("by", ID_LIMIT).as_deref() {
                Some("customer") => Some(None),
                Some(email) => fields.agent_of("by", email).map(Some),
                None => None,
            };
            let text = fields.needed("text", usize::MAX).and_then(|text| fields.words("text", &text));
            let unknown: Vec<String> = fields.map.keys().cloned().collect();
            for name in unknown {
                fields.wrong::<()>(&name, "there is no such field");
            }
            for bad in fields.bad {
                self.bad.push(Bad { field: format!("{field}.{}", bad.field), ..bad });
            }
            if let (Some(at), Some(by), Some(text)) = (at, by, text) {
                said.push(Said { at, by, text });
            }
        }
        Some(said)
    }

    fn agents(&mut self) -> Vec<Face> {
        let all = match self.map.remove("agents") {
            None | Some(Value::Null) => return Vec::new(),
            Some(Value::Array(all)) => all,
            Some(_) => return self.wrong("agents", "it is not a list").unwrap_or_default(),
        };
        let mut agents = Vec::new();
        for one in all {
            match one.as_str() {
                Some(email) => agents.extend(self.agent_of("agents", email)),
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
