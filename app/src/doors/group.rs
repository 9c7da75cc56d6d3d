//! Groups: who attends one.

use super::Answer;
use super::door::Door;
use domain::wire::Attendant;
use leptos::prelude::*;

/// To whom a chat of this group may be handed: its attendants, with their state and what they speak.
#[server(endpoint = "group/attendants", protocol = Door)]
pub async fn read_attendants(group: String) -> Answer<Vec<Attendant>> {
    let signed = super::caller().await?;
    if !signed.agent.sees(&group) {
        return Err(super::refused(domain::Refusal::NotYours));
    }
    Ok(super::desk().attendants(&group).await?)
}
