//! What a house allows of its own.

use serde::{Deserialize, Serialize};

/// The parameters of a deployment (R66). What is not set is as here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Parameters {
    /// From a ticket, its owner and other agents may be invited to a conversation.
    pub invite_owner: bool,
}

impl Default for Parameters {
    fn default() -> Parameters {
        Parameters { invite_owner: true }
    }
}
