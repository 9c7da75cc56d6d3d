//! A line as it was written, understood; or everything that is wrong with it.

use super::fields::{Fields, ID_LIMIT};
use super::record::Past;
use super::{Bad, House, json};
use crate::application::Ground;
use domain::group::Named;
use domain::profile::NAME_LIMIT;
use domain::{Origin, Time, id};
use ring::hmac;
use serde_json::{Map, Value};
use std::sync::Arc;

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

impl Line {
    pub fn read(number: u64, text: &str, house: &House) -> Result<Line, Vec<Bad>> {
        let (map, twice) = match json::read(text) {
            Ok((Value::Object(map), twice)) => (map, twice),
            Ok(_) => return Err(vec![Bad::new(number, "", "it is not an object of JSON")]),
            Err(why) => {
                let why = format!("it is not JSON, at column {}", why.column());
                return Err(vec![Bad::new(number, "", why)]);
            }
        };
        // What would be understood of it may not be what was meant.
        if !twice.is_empty() {
            return Err(twice.iter().map(|field| Bad::new(number, field, "it is there twice")).collect());
        }
        let mut fields = Fields { number, map, house, bad: Vec::new() };
        let line = fields.line();
        fields.end();
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

    /// What the line is called with whose ticket it went on.
    pub fn related(&self) -> Option<&str> {
        match &self.kind {
            Kind::Chat(past) => past.related.as_deref(),
            Kind::OfflineMessage(_) => None,
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

impl Fields<'_> {
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
        let has_customer = self.map.get("customer").is_some_and(|given| !given.is_null());
        let customer = self.customer();
        let lang = match self.text("language", ID_LIMIT) {
            None => Some("es".to_owned()),
            Some(lang) if ["es", "pt", "en"].contains(&lang.as_str()) => Some(lang),
            Some(_) => self.wrong("language", "it is none of es, pt and en"),
        };
        let (at, kind) = match is_chat {
            true => {
                let (at, past) = self.chat(group.as_ref())?;
                self.check_customer(&past, has_customer, customer.as_ref());
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

    /// Agents among themselves have none, and whoever goes on with a ticket is known.
    fn check_customer(&mut self, past: &Past, is_given: bool, customer: Option<&Who>) {
        if past.origin == Origin::AgentAgent {
            if is_given {
                self.wrong::<()>("customer", "there was none: agents spoke among themselves");
            }
        } else if past.related.is_some() && customer.is_some_and(|who| who.id.is_none()) {
            self.wrong::<()>("customer.id", "it is missing: whose ticket did he go on with?");
        }
    }

    fn customer(&mut self) -> Option<Who> {
        let map = match self.map.remove("customer") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(map)) => map,
            Some(_) => return self.wrong("customer", "it is not an object"),
        };
        self.part("customer", map, |fields| {
            let id = fields.text("id", ID_LIMIT);
            let name = fields.text("name", NAME_LIMIT).and_then(|given| fields.seen("name", &given));
            let email = fields.text("email", ID_LIMIT).and_then(|given| fields.address("email", &given));
            Some(Who { id, name: name.unwrap_or_default(), email: email.unwrap_or_default() })
        })
    }
}
