//! A customer as agents see him.

use super::Answer;
use super::door::Door;
use domain::customer::{Customer, Earlier, Talked};
use domain::wire::TicketRow;
use leptos::prelude::*;

#[server(endpoint = "customer/read", protocol = Door)]
pub async fn read_customer(customer: String) -> Answer<Customer> {
    let signed = super::caller().await?;
    Ok(super::desk().customer(&signed.agent, &customer).await?)
}

/// A page of his conversations, the newest first; a shorter one is the last.
#[server(endpoint = "customer/chats", protocol = Door)]
pub async fn list_chats(customer: String, before: Option<Earlier>) -> Answer<Vec<Talked>> {
    let signed = super::caller().await?;
    Ok(super::desk().chats_of_customer(&signed.agent, &customer, before).await?)
}

/// A page of his tickets, last changed first; a shorter one is the last.
#[server(endpoint = "customer/tickets", protocol = Door)]
pub async fn list_tickets_of(customer: String, before: Option<Earlier>) -> Answer<Vec<TicketRow>> {
    let signed = super::caller().await?;
    Ok(super::desk().tickets_of_customer(&signed.agent, &customer, before).await?)
}

/// Keeps him out, or lets him in again.
#[server(endpoint = "customer/block", protocol = Door)]
pub async fn block_customer(customer: String, blocks: bool, reason: String) -> Answer<Customer> {
    let signed = super::caller().await?;
    Ok(super::desk().block(&signed.agent, &customer, blocks, &reason, &super::whence()).await?)
}

/// Takes away what he said, and who he is (S82).
#[server(endpoint = "customer/erase", protocol = Door)]
pub async fn erase_customer(customer: String) -> Answer<Customer> {
    let signed = super::caller().await?;
    let desk = super::desk();
    desk.erase_customer(&signed.agent, &customer, &super::whence()).await?;
    Ok(desk.customer(&signed.agent, &customer).await?)
}
