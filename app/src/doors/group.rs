//! Groups: who attends one, and what is set of those that one administers.

use super::Answer;
use super::door::Door;
use domain::group::change::{Change, Groups};
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

/// Those that he administers, and what they can be made of.
#[server(endpoint = "group/list", protocol = Door)]
pub async fn list_groups() -> Answer<Groups> {
    let signed = super::caller().await?;
    Ok(super::desk().groups(&signed.agent).await?)
}

/// Changes one, and answers with all that he administers then.
#[server(endpoint = "group/change", protocol = Door)]
pub async fn change_group(change: Change) -> Answer<Groups> {
    let signed = super::caller().await?;
    Ok(super::desk().change_group(&signed, &change, &super::whence()).await?)
}
