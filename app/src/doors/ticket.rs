//! Tickets: listed, read, saved.

use super::Answer;
use super::door::Door;
use domain::wire::{After, Filter, Paper, TicketRow};
use domain::{Ticket, TicketAct};
use leptos::prelude::*;

#[server(endpoint = "ticket/save", protocol = Door)]
pub async fn save_ticket(ticket: String, wish: String, act: TicketAct) -> Answer<Ticket> {
    let signed = super::caller().await?;
    Ok(super::desk().save_ticket(&signed.agent, &ticket, &wish, &act).await?)
}

/// A page of the list, last changed first; none after `after`: that was all.
#[server(endpoint = "ticket/list", protocol = Door)]
pub async fn list_tickets(filter: Filter, after: Option<After>) -> Answer<Vec<TicketRow>> {
    let signed = super::caller().await?;
    Ok(super::desk().tickets(&signed.agent, filter, after).await?)
}

#[server(endpoint = "ticket/read", protocol = Door)]
pub async fn read_ticket(ticket: String) -> Answer<Paper> {
    let signed = super::caller().await?;
    let desk = super::desk();
    let history = desk.ticket_history(&signed.agent, &ticket).await?;
    let ticket = desk.ticket(&signed.agent, &ticket).await?;
    Ok(Paper { ticket, history })
}

/// The ticket that a conversation left behind; none: it runs, or none was owed.
#[server(endpoint = "chat/ticket", protocol = Door)]
pub async fn read_ticket_of_chat(chat: String) -> Answer<Option<Ticket>> {
    let signed = super::caller().await?;
    Ok(super::desk().ticket_of_chat(&signed.agent, &chat).await?)
}
