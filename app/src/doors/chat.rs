//! A conversation: what is wanted of it, and what happened in it.

use super::Answer;
use super::door::Door;
use domain::event::Wish;
use domain::wire::Page;
use leptos::prelude::*;

#[server(endpoint = "chat/act", protocol = Door)]
pub async fn act_in_chat(chat: String, wish: Wish) -> Answer<Page> {
    let signed = super::caller().await?;
    let told = super::desk().act(&desk::Caller::Agent(signed.agent), &chat, &wish).await?;
    Ok(Page { told, more: false })
}

/// A pass for the files of a conversation: good for ten minutes, and with this session only.
#[server(endpoint = "chat/pass", protocol = Door)]
pub async fn pass_for_chat(chat: String) -> Answer<String> {
    let signed = super::caller().await?;
    let session = crate::caller::token().await;
    Ok(super::desk().pass(&desk::Caller::Agent(signed.agent), session.as_deref(), &chat).await?)
}

#[server(endpoint = "chat/events", protocol = Door)]
pub async fn read_chat(chat: String, after: u32, asides_after: u32) -> Answer<Page> {
    let signed = super::caller().await?;
    Ok(super::desk().events(&desk::Caller::Agent(signed.agent), &chat, after, asides_after).await?)
}
