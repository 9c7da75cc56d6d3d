//! A conversation: what is wanted of it, and what happened in it.

use super::Answer;
use super::door::Door;
use domain::event::Wish;
use domain::wire::{Attendant, Page};
use leptos::prelude::*;

#[server(endpoint = "chat/act", protocol = Door)]
pub async fn act_in_chat(chat: String, wish: Wish) -> Answer<Page> {
    let signed = super::caller().await?;
    let told = super::desk().act_from(&super::whence(), &desk::Caller::Agent(signed.agent), &chat, &wish).await?;
    Ok(Page { told, more: false })
}

/// Begins a conversation with colleagues about a ticket; `id` is its own, made by who asks.
#[server(endpoint = "chat/inner", protocol = Door)]
pub async fn open_inner(ticket: String, id: String) -> Answer<Page> {
    let signed = super::caller().await?;
    let told = super::desk().open_inner(&signed, &ticket, &id).await?;
    Ok(Page { told, more: false })
}

/// Begins a conversation with the customer of a ticket; `id` is its own, made by who asks.
#[server(endpoint = "chat/call", protocol = Door)]
pub async fn call_customer(ticket: String, id: String) -> Answer<Page> {
    let signed = super::caller().await?;
    let told = super::desk().call_customer(&signed, &ticket, &id).await?;
    Ok(Page { told, more: false })
}

#[server(endpoint = "chat/events", protocol = Door)]
pub async fn read_chat(chat: String, after: u32, asides_after: u32) -> Answer<Page> {
    let signed = super::caller().await?;
    Ok(super::desk().events(&desk::Caller::Agent(signed.agent), &chat, after, asides_after).await?)
}

/// Whom it can be handed to, or who can be asked into it, with their state and what they speak.
#[server(endpoint = "chat/colleagues", protocol = Door)]
pub async fn read_colleagues(chat: String) -> Answer<Vec<Attendant>> {
    let signed = super::caller().await?;
    Ok(super::desk().colleagues(&signed.agent, &chat).await?)
}
