//! The two lists (R50).

use super::Answer;
use super::door::Door;
use domain::wire::Lists;
use leptos::prelude::*;

#[server(endpoint = "console/lists", protocol = Door)]
pub async fn read_lists() -> Answer<Lists> {
    let signed = super::caller().await?;
    Ok(super::desk().lists(&signed.agent).await?)
}
