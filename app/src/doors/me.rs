//! Who I am, and whether I attend.

use super::Answer;
use super::door::Door;
use domain::wire::Me;
use leptos::prelude::*;

/// Where the console goes by itself.
pub fn home(agent: &domain::person::Agent) -> &'static str {
    if agent.may_chat() { "/chat" } else { "/tickets" }
}

#[server(endpoint = "console/me", protocol = Door)]
pub async fn read_me() -> Answer<Me> {
    let signed = super::caller().await?;
    Ok(super::desk().me(&signed).await?)
}

/// The chat status of the top bar (R49).
#[server(endpoint = "me/online", protocol = Door)]
pub async fn set_online(online: bool) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().set_online(&signed.agent.face.id, online).await?)
}
