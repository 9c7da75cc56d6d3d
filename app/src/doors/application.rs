//! Applications: for who administers a group, to paste their snippets.

use super::Answer;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// An application as the console lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: String,
    pub name: String,
    /// The public key of the snippet.
    pub key: String,
    /// The origins that may show it.
    pub sites: Vec<String>,
    pub accent: String,
    pub title: String,
    pub expanded: bool,
}

/// May this agent see the applications: does he administer anything?
pub fn may_see(agent: &domain::person::Agent) -> bool {
    agent.system || agent.memberships.iter().any(|m| m.administrator)
}

#[server(endpoint = "application/list", input = Json, output = Json)]
pub async fn list_applications() -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    if !may_see(&signed.agent) {
        return Err(super::refused(domain::Refusal::OnlyAdministrators));
    }
    let lines = super::desk().applications().await?;
    Ok(lines
        .into_iter()
        .map(|l| Line {
            id: l.id,
            name: l.name,
            key: l.key,
            sites: l.sites,
            accent: l.accent,
            title: l.title,
            expanded: l.expanded,
        })
        .collect())
}
