//! A line as it was written, understood; or everything that is wrong with it.

use super::{Bad, House};
use crate::application::Ground;
use domain::act::MESSAGE_LIMIT;
use domain::group::Named;
use domain::profile::NAME_LIMIT;
use domain::{Face, Origin, Reason, Status, Time, id, text};
use ring::hmac;
use serde_json::{Map, Value};
use std::sync::Arc;

/// What stands for words that were not taken along.
pub const NO_WORDS: &str = "[…]";
/// The most words of an id, a name or an address.
const ID_LIMIT: usize = 200;
const MANY_LIMIT: u64 = 1_000;

pub struct Line {
    /// As it was called where it comes from.
    pub id: String,
    pub application: Arc<Ground>,
    pub group: Named,
    pub customer: Who,
    pub lang: String,
    pub at: Time,
    pub kind: Kind,
    secret: hmac::Key,
}

pub enum Kind {
    Chat(Box<Past>),
    /// Its words.
    OfflineMessage(String),
}

/// The customer, as far as he is known.
pub struct Who {
    pub id: Option<String>,
    pub name: String,
    pub email: String,
}

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

impl Line {
    pub fn read(number: u64, text: &str, house: &House) -> Result<Line, Vec<Bad>> {
        let map: Map<String, Value> = match serde_json::from_str(text) {
            Ok(Value::Object(map)) => map,
            Ok(_) => return Err(vec![Bad::new(number, "", "it is not an object of JSON")]),
            Err(why) => {
                let why = format!("it is not JSON, at column {}", why.column());
                return Err(vec![Bad::new(number, "", why)]);
            }
        };
        let mut fields = Fields { number, map, house, bad: Vec::new() };
        let line = fields.line();
        for name in fields.map.keys() {
            fields.bad.push(Bad::new(number, name, "there is no such field"));
        }
        match line {
            Some(line) if fields.bad.is_empty() => Ok(line),
            _ => Err(fields.bad),
        }
    }

    /// The id that it gets here.
    pub fn kept_as(&self) -> String {
        match self.kind {
            Kind::Chat(_) => self.name("chat"),
            Kind::OfflineMessage(_) => self.ticket(),
        }
    }

    pub fn ticket(&self) -> String {
        self.name("ticket")
    }

    /// Of a customer who is named nowhere else.
    pub fn stranger(&self) -> String {
        self.name("customer")
    }

    /// An id of ours, ordered by its moment: the same for both looks at this line, and for nobody who knows only what
    /// it was called.
    fn name(&self, what: &str) -> String {
        let tag = hmac::sign(&self.secret, [what, " ", &self.id].concat().as_bytes());
        let mut random = [0; 10];
        random.copy_from_slice(&tag.as_ref()[..10]);
        id::new(self.at, &random)
    }
}

/// The fields that are left, and what was wrong with those before.
struct Fields<'a> {
    number: u64,
    map: Map<String, Value>,
    house: &'a House,
    bad: Vec<Bad>,
}

impl Fields<'_> {
    fn wrong<T>(&mut self, field: &str, why: impl Into<String>) -> Option<T> {
        self.bad.push(Bad::new(self.number, field, why));
        None
    }

    fn line(&mut self) -> Option<Line> {
        let kind = self.text("kind", ID_LIMIT);
        let is_chat = match kind.as_deref() {
            None | Some("chat") => true,
            Some("offline_message") => false,
            Some(_) => {
                self.wrong::<()>("kind", "it is neither `chat` nor `offline_message`");
                true
            }
        };
        let id = self.needed("id", ID_LIMIT);
        let application =
            self.needed("application", ID_LIMIT).and_then(|key| match self.house.applications.get(&key) {
                Some(ground) => Some(ground.clone()),
                None => {
                    self.wrong("application", "there is no application of this key, or nobody is shown it any more")
                }
            });
        let group = self.needed("group", ID_LIMIT).and_then(|name| self.group("group", &name));
        let customer = self.customer();
        let lang = match self.text("language", ID_LIMIT) {
            None => Some("es".to_owned()),
            Some(lang) if ["es", "pt", "en"].contains(&lang.as_str()) => Some(lang),
            Some(_) => self.wrong("language", "it is none of es, pt and en"),
        };
        let (at, kind) = match is_chat {
            true => {
                let (at, past) = self.chat(group.as_ref())?;
                (Some(at), Some(Kind::Chat(Box::new(past))))
            }
            false => {
                let at = self.needed_moment("received_at");
                let words = self.needed("text", usize::MAX).and_then(|words| self.words("text", &words));
                (at, words.map(Kind::OfflineMessage))
            }
        };
        Some(Line {
            id: id?,
            application: application?,
            group: group?,
            customer: customer?,
            lang: lang?,
            at: at?,
            kind: kind?,
            secret: self.house.secret.clone(),
        })
    }

    fn chat(&mut self, group: Option<&Named>) -> Option<(Time, Past)> {
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

    fn customer(&mut self) -> Option<Who> {
        let map = match self.map.remove("customer") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(map)) => map,
            Some(_) => return self.wrong("customer", "it is not an object"),
        };
        let mut fields = Fields { number: self.number, map, house: self.house, bad: Vec::new() };
        let id = fields.text("id", ID_LIMIT);
        let name = fields.text("name", NAME_LIMIT);
        let email = fields.text("email", ID_LIMIT);
        let unknown: Vec<String> = fields.map.keys().cloned().collect();
        for name in unknown {
            fields.wrong::<()>(&name, "there is no such field");
        }
        let is_good = fields.bad.is_empty();
        for bad in fields.bad {
            self.bad.push(Bad { field: format!("customer.{}", bad.field), ..bad });
        }
        is_good.then(|| Who { id, name: name.unwrap_or_default(), email: email.unwrap_or_default() })
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

    fn group(&mut self, field: &str, name: &str) -> Option<Named> {
        match self.house.groups.get(name).map(Vec::as_slice) {
            Some([group]) => Some(group.clone()),
            Some(_) => self.wrong(field, "several groups are called so"),
            None => self.wrong(field, "there is no group of this name"),
        }
    }

    fn agent(&mut self, field: &str) -> Option<Face> {
        let email = self.text(field, ID_LIMIT)?;
        self.agent_of(field, &email)
    }

    fn agent_of(&mut self, field: &str, email: &str) -> Option<Face> {
        match self.house.agents.get(&email.trim().to_lowercase()) {
            Some(face) => Some(face.clone()),
            None => self.wrong(field, "nobody signs in with this address"),
        }
    }

    /// Words as they are kept.
    fn words(&mut self, field: &str, given: &str) -> Option<String> {
        let words = text::words(given);
        if words.is_empty() {
            return self.wrong(field, "it is empty");
        }
        if words.chars().count() > MESSAGE_LIMIT {
            return self.wrong(field, format!("it has more than {MESSAGE_LIMIT} characters"));
        }
        Some(words)
    }

    fn needed(&mut self, field: &str, limit: usize) -> Option<String> {
        match self.map.get(field) {
            None | Some(Value::Null) => {
                self.map.remove(field);
                self.wrong(field, "it is missing")
            }
            Some(_) => self.text(field, limit),
        }
    }

    fn text(&mut self, field: &str, limit: usize) -> Option<String> {
        match self.map.remove(field)? {
            Value::Null => None,
            Value::String(text) if text.trim().is_empty() => self.wrong(field, "it is empty"),
            Value::String(text) if text.contains('\0') => self.wrong(field, "it has a NUL in it"),
            Value::String(text) if text.chars().count() > limit => {
                self.wrong(field, format!("it has more than {limit} characters"))
            }
            Value::String(text) => Some(text),
            _ => self.wrong(field, "it is not a text"),
        }
    }

    fn count(&mut self, field: &str) -> Option<u64> {
        match self.map.remove(field)? {
            Value::Null => None,
            value => match value.as_u64() {
                Some(number) if number <= MANY_LIMIT => Some(number),
                _ => self.wrong(field, format!("it is not a number from 0 to {MANY_LIMIT}")),
            },
        }
    }

    fn needed_moment(&mut self, field: &str) -> Option<Time> {
        match self.map.get(field) {
            None | Some(Value::Null) => {
                self.map.remove(field);
                self.wrong(field, "it is missing")
            }
            Some(_) => self.moment(field),
        }
    }

    /// A moment of RFC 3339, or milliseconds since 1970.
    fn moment(&mut self, field: &str) -> Option<Time> {
        let at = match self.map.remove(field)? {
            Value::Null => return None,
            Value::Number(number) => number.as_i64(),
            Value::String(text) => {
                chrono::DateTime::parse_from_rfc3339(&text).ok().map(|moment| moment.timestamp_millis())
            }
            _ => None,
        };
        match at {
            None => self.wrong(field, "it is no moment like 2026-11-01T09:00:30Z, nor milliseconds since 1970"),
            Some(at) if at < 0 => self.wrong(field, "it is negative: nothing was before 1970"),
            Some(at) if at > self.house.now.0 => self.wrong(field, "it is in the future"),
            Some(at) => Some(Time(at)),
        }
    }
}

/// How a ticket was saved first, as it was written: when, how, by whom, and when it was opened again.
type Given = (Option<Time>, Status, Option<Face>, Option<Time>);
