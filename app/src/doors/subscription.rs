//! Webhooks of the house: for who administers the system, and for nobody else.

use super::Answer;
use super::door::Door;
use domain::subscription::{Change, Delivery, Kept, Line};
use leptos::prelude::*;

#[server(endpoint = "subscription/list", protocol = Door)]
pub async fn list_subscriptions() -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().subscriptions(&signed.agent).await?)
}

/// Sets one, switches it, gives it another secret, or takes it away.
#[server(endpoint = "subscription/change", protocol = Door)]
pub async fn change_subscription(change: Change) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().change_subscription(&signed, &change, &super::whence()).await?)
}

/// The last that were sent to one, or are to be.
#[server(endpoint = "subscription/deliveries", protocol = Door)]
pub async fn list_deliveries(subscription: String) -> Answer<Vec<Delivery>> {
    let signed = super::caller().await?;
    Ok(super::desk().deliveries(&signed.agent, &subscription).await?)
}

/// Sends one that says it is a test.
#[server(endpoint = "subscription/test", protocol = Door)]
pub async fn test_subscription(subscription: String) -> Answer<Vec<Delivery>> {
    let signed = super::caller().await?;
    Ok(super::desk().test_subscription(&signed, &subscription, &super::whence()).await?)
}

#[server(endpoint = "subscription/again", protocol = Door)]
pub async fn send_again(subscription: String, delivery: String) -> Answer<Vec<Delivery>> {
    let signed = super::caller().await?;
    Ok(super::desk().send_again(&signed, &subscription, &delivery, &super::whence()).await?)
}
