//! What a house allows of its own.

use serde::{Deserialize, Serialize};

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
}

impl Default for Parameters {
    fn default() -> Parameters {
        Parameters { invite_customer: true, invite_owner: true, zone: "UTC".into() }
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
}
