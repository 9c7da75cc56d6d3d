//! Tickets: listed, read, saved, opened by hand.

use super::Answer;
use super::door::Door;
use domain::portal::Reach;
use domain::ticket_list::{After, Filter};
use domain::wire::{Choices, NewTicket, Paper, TicketPage};
use domain::{Ticket, TicketAct};
use leptos::prelude::*;

#[server(endpoint = "ticket/save", protocol = Door)]
pub async fn save_ticket(ticket: String, wish: String, act: TicketAct) -> Answer<Ticket> {
    let signed = super::caller().await?;
    Ok(super::desk().save_ticket(&signed.agent, &ticket, &wish, &act).await?)
}

#[server(endpoint = "ticket/open", protocol = Door)]
pub async fn open_ticket(new: NewTicket) -> Answer<Ticket> {
    let signed = super::caller().await?;
    Ok(super::desk().new_ticket(&signed.agent, &new).await?)
}

/// A page of a list, last changed first.
#[server(endpoint = "ticket/list", protocol = Door)]
pub async fn list_tickets(filter: Filter, after: Option<After>) -> Answer<TicketPage> {
    let signed = super::caller().await?;
    Ok(super::desk().tickets(&signed.agent, &signed.lang, &filter, after.as_ref()).await?)
}

/// What a ticket can be given, and what its lists can be asked for.
#[server(endpoint = "ticket/choices", protocol = Door)]
pub async fn read_choices() -> Answer<Choices> {
    super::caller().await?;
    Ok(super::desk().choices().await?)
}

#[server(endpoint = "ticket/read", protocol = Door)]
pub async fn read_ticket(ticket: String) -> Answer<Paper> {
    let signed = super::caller().await?;
    let desk = super::desk();
    let history = desk.ticket_history(&signed.agent, &ticket).await?;
    let ticket = desk.ticket(&signed.agent, &ticket).await?;
    let address = desk.address_of_ticket(&ticket).await?;
    let portal = desk.is_read_in_portal(&ticket).await?;
    Ok(Paper { ticket, history, address, portal })
}

/// Can one begin to speak with its customer now?
#[server(endpoint = "ticket/reach", protocol = Door)]
pub async fn read_reach(ticket: String) -> Answer<Reach> {
    let signed = super::caller().await?;
    Ok(super::desk().reach(&signed, &ticket).await?)
}

/// The ticket that a conversation left behind; none: it runs, or none was owed.
#[server(endpoint = "chat/ticket", protocol = Door)]
pub async fn read_ticket_of_chat(chat: String) -> Answer<Option<Ticket>> {
    let signed = super::caller().await?;
    Ok(super::desk().ticket_of_chat(&signed.agent, &chat).await?)
}
