//! What a house is called, and what it allows of its own.

use crate::application::Wrong;
use crate::presence::{Graces, HOLD};
use crate::{Span, Time, profile, text};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// The longest name of a house, in characters: as long as that of an application, which begins with it.
pub const ORGANISATION_LIMIT: usize = 60;

/// What is kept of somebody's address (S85), from the least to the most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Addresses {
    Nothing,
    /// Its network: enough to tell the office from elsewhere.
    #[default]
    Network,
    Whole,
}

impl Addresses {
    pub const ALL: [Addresses; 3] = [Addresses::Nothing, Addresses::Network, Addresses::Whole];
}

/// The parameters of a deployment (R66). What is not set is as here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// `Permitir invitar al cliente del ticket a una conversación a través del chat`: an agent begins one
    /// with him (R67).
    pub invite_customer: bool,
    /// `Permitir invitar al responsable del ticket a una conversación a través del chat`: other agents do (R69,
    /// R70), and the ticket's customer in the portal (R68).
    pub invite_owner: bool,
    /// The zone in which the days of its indicators begin: a name of the time zone database, like
    /// `America/Sao_Paulo`.
    pub zone: String,
    /// What the house is called; empty: nobody has said so.
    pub organisation: String,
    /// In which somebody new reads his console until he chooses: `es`, `pt` or `en`.
    pub language: String,
    /// Who deserted without a message before he had waited for so many seconds is counted nowhere (e.1-9).
    pub minimum_wait: u32,
    /// For how many days after its end the words, form and files of a conversation are kept (S84); 0: for ever.
    pub keep_messages: u32,
    /// The same of the files alone, from when they were sent.
    pub keep_files: u32,
    /// The same of the words of a ticket, from when it was changed last, once it is resolved, closed or cancelled.
    pub keep_tickets: u32,
    /// Of addresses, from the next act on; who runs the server may keep less of them, and never more.
    pub keep_addresses: Addresses,
    /// The same of everything about who does not come back, from when he was here last, once nothing of his is still
    /// to be done.
    pub keep_people: u32,
    /// Who waits in a queue may be gone for so many seconds before he counts as having left (R34, Q1).
    pub customer_grace: u32,
    /// An agent may be gone for so many before his conversations are ended and saved for him (R63, Q5).
    pub agent_grace: u32,
    /// What somebody has ended and not saved counts in what he may have at once (indicators.md e.3).
    pub unsaved_takes_room: bool,
    /// Conversations of agents among themselves count in how many each has (indicators.md e.3), and take no room.
    pub count_inner: bool,
}

/// The longest that can be asked for, in days.
pub const KEEP_LIMIT: u32 = 36_500;
/// The longest minimum of a wait, in seconds.
pub const WAIT_LIMIT: u32 = 3_600;
/// How long somebody may be gone, in seconds. No less than [`HOLD`]: a dead line is noticed after 5 to 16 seconds, who
/// stands behind a proxy that swallows WebSockets finds another way after 16 to 17.5, and after an outage everybody
/// pauses before he tries again (Q7). Whoever is there would be ended as gone.
pub const GRACES: RangeInclusive<u32> = GRACE..=600;

impl Parameters {
    /// Which of them cannot be meant; of the zone only a calendar knows.
    pub fn wrong(&self) -> Option<&'static str> {
        let days = self.kept().into_iter().find(|(_, days)| *days > KEEP_LIMIT).map(|(name, _)| name);
        let seconds = self.seconds().into_iter().find(|(_, seconds, within)| !within.contains(seconds));
        days.or(seconds.map(|(name, ..)| name))
    }

    /// What is a number of seconds, by its name, and from where to where it can be meant.
    pub fn seconds(&self) -> [(&'static str, u32, RangeInclusive<u32>); 3] {
        [
            ("minimum_wait", self.minimum_wait, 0..=WAIT_LIMIT),
            ("customer_grace", self.customer_grace, GRACES),
            ("agent_grace", self.agent_grace, GRACES),
        ]
    }

    pub fn graces(&self) -> Graces {
        let span = |seconds: u32| Span::secs(i64::from(seconds));
        Graces { customer: span(self.customer_grace), agent: span(self.agent_grace) }
    }

    /// What is kept for how many days, by its name.
    pub fn kept(&self) -> [(&'static str, u32); 4] {
        [
            ("keep_messages", self.keep_messages),
            ("keep_files", self.keep_files),
            ("keep_tickets", self.keep_tickets),
            ("keep_people", self.keep_people),
        ]
    }
}

/// Before this moment nothing is kept that is kept for so many days; none: it is kept for ever.
pub fn kept_since(days: u32, now: Time) -> Option<Time> {
    (days > 0).then(|| Time(now.0 - Span::hours(24).0 * i64::from(days)))
}

const GRACE: u32 = (HOLD.0 / 1_000) as u32;

impl Default for Parameters {
    fn default() -> Parameters {
        Parameters {
            invite_customer: true,
            invite_owner: true,
            zone: "UTC".into(),
            organisation: String::new(),
            language: "es".into(),
            minimum_wait: 0,
            keep_messages: 0,
            keep_files: 0,
            keep_tickets: 0,
            keep_addresses: Addresses::default(),
            keep_people: 0,
            customer_grace: GRACE,
            agent_grace: GRACE,
            unsaved_takes_room: false,
            count_inner: false,
        }
    }
}

impl Parameters {
    /// As they are kept; or what in them cannot be meant. Whether the zone exists is looked at where zones are known.
    pub fn checked(self) -> Result<Parameters, Wrong> {
        let organisation = text::line(&self.organisation);
        if organisation.chars().count() > ORGANISATION_LIMIT {
            return Err(Wrong::at("organisation", "it is one line of at most 60 characters"));
        }
        if !profile::TONGUES.contains(&self.language.as_str()) {
            return Err(Wrong::at("language", "it is es, pt or en"));
        }
        Ok(Parameters { organisation, zone: self.zone.trim().into(), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_are_two_and_what_an_older_house_has_kept_still_reads() {
        let kept: Parameters = serde_json::from_str(r#"{"invite_owner":false}"#).unwrap();

        assert_eq!(kept, Parameters { invite_owner: false, ..Parameters::default() });
    }

    #[test]
    fn a_house_has_one_line_for_a_name_and_a_language_of_ours() {
        let of = |organisation: &str, language: &str| {
            let (organisation, language) = (organisation.into(), language.into());
            Parameters { organisation, language, ..Parameters::default() }.checked()
        };

        assert_eq!(of(" Casa\u{0} Nogal\n", "pt").unwrap().organisation, "Casa Nogal");
        assert_eq!(of(&"a".repeat(61), "es").unwrap_err().path, "organisation");
        assert_eq!(of("Casa Nogal", "fr").unwrap_err().path, "language");
    }

    #[test]
    fn what_is_not_said_is_kept_for_ever_and_nothing_for_longer_than_somebody_can_mean() {
        let day = Span::hours(24).0;

        assert!(Parameters::default().kept().into_iter().all(|(_, days)| kept_since(days, Time(0)).is_none()));
        assert_eq!(kept_since(30, Time(31 * day)), Some(Time(day)));
        let long = |days| Parameters { keep_files: days, ..Parameters::default() }.wrong();
        assert_eq!((long(KEEP_LIMIT), long(KEEP_LIMIT + 1)), (None, Some("keep_files")));
        let waits = |minimum_wait| Parameters { minimum_wait, ..Parameters::default() }.wrong();
        assert_eq!((waits(WAIT_LIMIT), waits(WAIT_LIMIT + 1)), (None, Some("minimum_wait")));
    }

    #[test]
    fn a_grace_is_twenty_seconds_as_it_comes_and_no_less_than_we_need_to_see_who_is_there() {
        let customer = |customer_grace| Parameters { customer_grace, ..Parameters::default() }.wrong();
        let agent = |agent_grace| Parameters { agent_grace, ..Parameters::default() }.wrong();

        assert_eq!(Parameters::default().graces(), Graces::default());
        assert_eq!([19, 20, 600, 601].map(customer), [Some("customer_grace"), None, None, Some("customer_grace")]);
        assert_eq!([19, 20, 600, 601].map(agent), [Some("agent_grace"), None, None, Some("agent_grace")]);
    }
}
