//! Applications: for who administers a group, to paste their snippets.

use super::Answer;
use super::door::Door;
use domain::wire::ApplicationLine;
use leptos::prelude::*;

/// May this agent see the applications: does he administer anything?
pub fn may_see(agent: &domain::person::Agent) -> bool {
    agent.system || agent.memberships.iter().any(|m| m.administrator)
}

#[server(endpoint = "application/list", protocol = Door)]
pub async fn list_applications() -> Answer<Vec<ApplicationLine>> {
    let signed = super::caller().await?;
    if !may_see(&signed.agent) {
        return Err(super::refused(domain::Refusal::OnlyAdministrators));
    }
    Ok(super::desk().applications().await?)
}
