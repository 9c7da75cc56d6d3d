//! Applications: for who administers a group, to paste their snippets.

use super::Answer;
use super::door::Door;
use domain::wire::Applications;
use leptos::prelude::*;

/// May this agent see the applications: does he administer anything?
pub fn may_see(agent: &domain::person::Agent) -> bool {
    agent.system || agent.memberships.iter().any(|m| m.administrator)
}

#[server(endpoint = "application/list", protocol = Door)]
pub async fn list_applications() -> Answer<Applications> {
    let signed = super::caller().await?;
    if !may_see(&signed.agent) {
        return Err(super::refused(domain::Refusal::OnlyAdministrators));
    }
    Ok(Applications { lines: super::desk().applications().await?, loader: use_context().flatten() })
}
