//! The tags of the house: for who administers the system, and for nobody else.

use super::Answer;
use super::door::Door;
use domain::tag::{Change, Line};
use leptos::prelude::*;

/// All of them, with how many tickets carry each.
#[server(endpoint = "tag/list", protocol = Door)]
pub async fn list_tags() -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().tags(&signed.agent).await?)
}

/// Changes one, and answers with all; tickets follow in a while.
#[server(endpoint = "tag/change", protocol = Door)]
pub async fn change_tag(change: Change) -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().change_tag(&signed, &change, &super::whence()).await?)
}
