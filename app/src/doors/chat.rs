//! A conversation: what is wanted of it, and what happened in it.

use super::Answer;
use domain::event::Wish;
use domain::wire::Page;
use leptos::prelude::*;
use server_fn::codec::Json;

#[server(endpoint = "chat/act", input = Json, output = Json)]
pub async fn act_in_chat(chat: String, wish: Wish) -> Answer<Page> {
    let signed = super::caller().await?;
    let told = super::desk().act(&desk::Caller::Agent(signed.agent), &chat, &wish).await?;
    Ok(Page { told, more: false })
}

#[server(endpoint = "chat/events", input = Json, output = Json)]
pub async fn read_chat(chat: String, after: u32, asides_after: u32) -> Answer<Page> {
    let signed = super::caller().await?;
    Ok(super::desk().events(&desk::Caller::Agent(signed.agent), &chat, after, asides_after).await?)
}
