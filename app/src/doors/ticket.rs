//! Tickets: listed, read, saved.

use super::Answer;
use domain::wire::TicketRow;
use domain::{Ticket, TicketAct, TicketEvent, Time};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

/// Which tickets a list shows; in the address it is its word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filter {
    /// Not completed (R19).
    #[default]
    Open,
    Mine,
    /// Mine that wait for their first save (R62).
    Unsaved,
    All,
}

/// Where the last page ended: its last row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct After {
    pub changed_at: Time,
    pub id: String,
}

/// One event of a ticket's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: u32,
    pub at: Time,
    pub event: TicketEvent,
}

/// A ticket and all that happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    pub ticket: Ticket,
    pub history: Vec<Entry>,
}

impl Filter {
    pub const ALL: [Filter; 4] = [Filter::Open, Filter::Mine, Filter::Unsaved, Filter::All];

    /// Its word in an address.
    pub fn word(self) -> &'static str {
        match self {
            Filter::Open => "open",
            Filter::Mine => "mine",
            Filter::Unsaved => "unsaved",
            Filter::All => "all",
        }
    }

    /// What an address asks for; an unknown word asks for the usual.
    pub fn of(word: &str) -> Filter {
        Filter::ALL.into_iter().find(|f| f.word() == word).unwrap_or_default()
    }
}

#[server(endpoint = "ticket/save", input = Json, output = Json)]
pub async fn save_ticket(ticket: String, wish: String, act: TicketAct) -> Answer<Ticket> {
    let signed = super::caller().await?;
    Ok(super::desk().save_ticket(&signed.agent, &ticket, &wish, &act).await?)
}

/// A page of the list, last changed first; none after `after`: that was all.
#[server(endpoint = "ticket/list", input = Json, output = Json)]
pub async fn list_tickets(filter: Filter, after: Option<After>) -> Answer<Vec<TicketRow>> {
    let signed = super::caller().await?;
    let filter = match filter {
        Filter::Open => desk::ticket::Filter::Open,
        Filter::Mine => desk::ticket::Filter::Mine,
        Filter::Unsaved => desk::ticket::Filter::Unsaved,
        Filter::All => desk::ticket::Filter::All,
    };
    let after = after.map(|a| desk::ticket::After { changed_at: a.changed_at, id: a.id });
    Ok(super::desk().tickets(&signed.agent, filter, after).await?)
}

#[server(endpoint = "ticket/read", input = Json, output = Json)]
pub async fn read_ticket(ticket: String) -> Answer<Paper> {
    let signed = super::caller().await?;
    let desk = super::desk();
    let history = desk.ticket_history(&signed.agent, &ticket).await?;
    let ticket = desk.ticket(&signed.agent, &ticket).await?;
    let history = history.into_iter().map(|e| Entry { seq: e.seq, at: e.at, event: e.event }).collect();
    Ok(Paper { ticket, history })
}

/// The ticket that a conversation left behind; none: it runs, or none was owed.
#[server(endpoint = "chat/ticket", input = Json, output = Json)]
pub async fn read_ticket_of_chat(chat: String) -> Answer<Option<Ticket>> {
    let signed = super::caller().await?;
    Ok(super::desk().ticket_of_chat(&signed.agent, &chat).await?)
}
