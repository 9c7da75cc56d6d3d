//! Groups: who attends one.

use super::Answer;
use domain::wire::AgentState;
use leptos::prelude::*;
use server_fn::codec::Json;

/// To whom a chat of this group may be handed: its attendants, with their state.
#[server(endpoint = "group/attendants", input = Json, output = Json)]
pub async fn read_attendants(group: String) -> Answer<Vec<AgentState>> {
    let signed = super::caller().await?;
    if !signed.agent.may_chat() {
        return Err(super::refused(domain::Refusal::NotYours));
    }
    Ok(super::desk().attendants(&group).await?)
}
