//! The house's own statuses and fields: for who administers the system, and for nobody else.

use super::Answer;
use super::door::Door;
use domain::house::change::{Change, Entry};
use leptos::prelude::*;

/// All of them, retired ones too.
#[server(endpoint = "house/read", protocol = Door)]
pub async fn read_house() -> Answer<Vec<Entry>> {
    let signed = super::caller().await?;
    Ok(super::desk().house(&signed.agent).await?)
}

/// Changes one, and answers with all.
#[server(endpoint = "house/change", protocol = Door)]
pub async fn change_house(change: Change) -> Answer<Vec<Entry>> {
    let signed = super::caller().await?;
    Ok(super::desk().change_house(&signed, &change, &super::whence()).await?)
}
