//! Triggers: for who administers the system, and for nobody else (R41).

use super::Answer;
use super::door::Door;
use domain::trigger::{Kept, Line, Tried, Trigger};
use leptos::prelude::*;

/// All of them, in their order.
#[server(endpoint = "trigger/list", protocol = Door)]
pub async fn list_triggers() -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().triggers(&signed.agent).await?)
}

/// Makes one, or another of the one that was `read`; its id is made by who asks. Whether one that is there is on,
/// `trigger/switch` says. `wish` is made by who asks too: asked again under the same, a secret that it made is told
/// again.
#[server(endpoint = "trigger/save", protocol = Door)]
pub async fn save_trigger(wish: String, trigger: Trigger, read: Option<Trigger>) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().save_trigger(&signed, &wish, trigger, read, &super::whence()).await?)
}

/// Before another one; none: behind all of them.
#[server(endpoint = "trigger/move", protocol = Door)]
pub async fn move_trigger(trigger: String, before: Option<String>) -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().move_trigger(&signed, &trigger, before.as_deref(), &super::whence()).await?)
}

#[server(endpoint = "trigger/switch", protocol = Door)]
pub async fn switch_trigger(trigger: String, on: bool) -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().switch_trigger(&signed, &trigger, on, &super::whence()).await?)
}

/// With what of it waits to be sent.
#[server(endpoint = "trigger/delete", protocol = Door)]
pub async fn delete_trigger(trigger: String) -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().delete_trigger(&signed, &trigger, &super::whence()).await?)
}

/// What went wrong with it was seen.
#[server(endpoint = "trigger/see", protocol = Door)]
pub async fn see_mishap(trigger: String) -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().see_mishap(&signed, &trigger).await?)
}

/// Another secret for its webhooks, told once; what was signed with the old one is not signed any more.
#[server(endpoint = "trigger/renew", protocol = Door)]
pub async fn renew_secret(trigger: String) -> Answer<String> {
    let signed = super::caller().await?;
    Ok(super::desk().renew_secret(&signed, &trigger, &super::whence()).await?)
}

/// What it would do with the tickets that changed last; nothing is done.
#[server(endpoint = "trigger/try", protocol = Door)]
pub async fn try_trigger(trigger: Trigger) -> Answer<Vec<Tried>> {
    let signed = super::caller().await?;
    Ok(super::desk().try_trigger(&signed.agent, trigger).await?)
}

/// Sends one webhook that says it is a test: was it taken? Why not is not told (S62).
#[server(endpoint = "trigger/send", protocol = Door)]
pub async fn send_test(trigger: String) -> Answer<bool> {
    let signed = super::caller().await?;
    Ok(super::desk().try_webhook(&signed.agent, &trigger).await?)
}
