//! What every screen says to people: the words that widget, console and server pages share.
//!
//! What only staff is told is under feature `staff`: a customer's screen has no sentence for it.
//! A language is a value of [`Words`]; a missing word does not compile. Spanish is the reference.
//! A sentence with parts is a function, and its method here has the same name.

use domain::chat::EndText;
use domain::event::Destination;
#[cfg(feature = "staff")]
use domain::ticket::Via;
#[cfg(feature = "staff")]
use domain::{Reason, Status};
use domain::{Refusal, Trouble};

#[cfg(feature = "en")]
pub mod en;
#[cfg(feature = "es")]
pub mod es;
#[cfg(feature = "pt")]
pub mod pt;

#[cfg(not(any(feature = "es", feature = "pt", feature = "en")))]
compile_error!("words needs at least one language: es, pt or en");

/// A language.
pub struct Words {
    decimal: &'static str,
    /// `es`, `pt` or `en`: for `lang` attributes and `Intl`.
    pub lang: &'static str,
    /// Its own name.
    pub language: &'static str,

    // The marks of a message.
    pub sending: &'static str,
    pub sent: &'static str,
    /// An agent said it otherwise, or took it back.
    pub amended: &'static str,
    pub retracted: &'static str,
    /// Somebody of the other side has it before his eyes.
    pub read: &'static str,
    pub not_sent: &'static str,
    pub retry: &'static str,

    // The state of a connection and of a person.
    pub connecting: &'static str,
    pub connection_lost: &'static str,
    pub online: &'static str,
    pub offline: &'static str,

    /// The literal word of the end texts (Q4).
    pub customer: &'static str,
    pub agent: &'static str,

    visitor: fn(&str) -> String,
    joined: fn(&str) -> String,
    parted: fn(&str) -> String,
    redirected: fn(&str) -> String,
    handed: fn(&str) -> String,
    agent_gone: fn(&str) -> String,
    agent_back: fn(&str) -> String,
    end: fn(EndText) -> &'static str,
    #[cfg(feature = "staff")]
    status: fn(Status) -> &'static str,
    #[cfg(feature = "staff")]
    reason: fn(Reason) -> &'static str,
    #[cfg(feature = "staff")]
    via: fn(Via) -> &'static str,
    refusal: fn(&Refusal) -> String,
    fault: fn(&str) -> String,
}

impl Words {
    /// What a customer without a name is called.
    pub fn visitor(&self, number: i64) -> String {
        (self.visitor)(&number.to_string())
    }

    /// A customer's name, or what he is called without one.
    pub fn name(&self, name: &str, number: i64) -> String {
        if name.trim().is_empty() { self.visitor(number) } else { name.into() }
    }

    /// An agent entered the conversation (R30).
    pub fn joined(&self, agent: &str) -> String {
        (self.joined)(agent)
    }

    /// An agent left, others go on.
    pub fn parted(&self, agent: &str) -> String {
        (self.parted)(agent)
    }

    /// Where the conversation goes on: in another group's queue, or with another agent.
    pub fn redirected(&self, to: &Destination) -> String {
        match to {
            Destination::Group(group) => (self.redirected)(&group.name),
            Destination::Agent(agent) => (self.handed)(&agent.name),
        }
    }

    /// The agent's browser is gone; he may be back (Q5).
    pub fn agent_gone(&self, agent: &str) -> String {
        (self.agent_gone)(agent)
    }

    pub fn agent_back(&self, agent: &str) -> String {
        (self.agent_back)(agent)
    }

    /// The sentence that ends a conversation on every screen (R38-R40, Q3).
    pub fn end(&self, text: EndText) -> &'static str {
        (self.end)(text)
    }

    #[cfg(feature = "staff")]
    pub fn status(&self, status: Status) -> &'static str {
        (self.status)(status)
    }

    /// Why a conversation ended, as a word in a list.
    #[cfg(feature = "staff")]
    pub fn reason(&self, reason: Reason) -> &'static str {
        (self.reason)(reason)
    }

    /// How a ticket came to be (R41).
    #[cfg(feature = "staff")]
    pub fn via(&self, via: Via) -> &'static str {
        (self.via)(via)
    }

    /// How big a file is: `812 KB`, `1,4 MB`. Never less than it is.
    pub fn size(&self, bytes: u32) -> String {
        let kilobytes = bytes.div_ceil(1024);
        if kilobytes < 1024 {
            return [&kilobytes.to_string(), " KB"].concat();
        }
        let tenths = (kilobytes * 10).div_ceil(1024);
        let (whole, rest) = ((tenths / 10).to_string(), tenths % 10);
        if rest == 0 { [&whole, " MB"].concat() } else { [&whole, self.decimal, &rest.to_string(), " MB"].concat() }
    }

    /// Why not.
    pub fn refusal(&self, why: &Refusal) -> String {
        (self.refusal)(why)
    }

    /// Something of ours broke, and was written down under this number.
    pub fn fault(&self, number: &str) -> String {
        (self.fault)(number)
    }

    /// Whatever a door answered instead of an answer.
    pub fn trouble(&self, trouble: &Trouble) -> String {
        match trouble {
            Trouble::Refused(why) => self.refusal(why),
            Trouble::Fault { number } => self.fault(number),
        }
    }
}

/// How long somebody is to wait: `45 s`, `60 min`, `24 h`. Never less than it is; the signs are the same in
/// every language.
fn wait(seconds: u32) -> String {
    let (one, sign) = match seconds {
        0..=90 => (1, " s"),
        91..=5_400 => (60, " min"),
        _ => (3_600, " h"),
    };
    [&seconds.div_ceil(one).to_string(), sign].concat()
}

/// The languages of this build, the reference first.
pub const ALL: &[&Words] = &[
    #[cfg(feature = "es")]
    &es::WORDS,
    #[cfg(feature = "pt")]
    &pt::WORDS,
    #[cfg(feature = "en")]
    &en::WORDS,
];

/// The words of a language tag (`pt`, `pt-BR`); of the first language where we do not speak it.
pub fn of(lang: &str) -> &'static Words {
    spoken(lang).unwrap_or(ALL[0])
}

/// The words that an `Accept-Language` header asks for, in its order.
pub fn accepted(header: &str) -> &'static Words {
    header.split(',').find_map(|part| spoken(part.trim())).unwrap_or(ALL[0])
}

fn spoken(tag: &str) -> Option<&'static Words> {
    let lang = tag.split(['-', '_', ';']).next().unwrap_or(tag);
    ALL.iter().copied().find(|words| words.lang.eq_ignore_ascii_case(lang))
}

#[cfg(all(test, feature = "staff", feature = "es", feature = "pt", feature = "en"))]
mod tests;
