//! Who works here: for who administers the system, and for nobody else.

use super::Answer;
use super::door::Door;
use domain::agent::{Change, Kept, Line};
use leptos::prelude::*;

/// All of them by name, the disabled ones too.
#[server(endpoint = "agent/list", protocol = Door)]
pub async fn list_agents() -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().agents(&signed.agent).await?)
}

/// Changes one, by his id; a new one's id is made by who asks.
#[server(endpoint = "agent/change", protocol = Door)]
pub async fn change_agent(agent: String, change: Change) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().change_agent(&signed, &agent, &change, &super::whence()).await?)
}
