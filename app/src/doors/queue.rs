//! The two lists (R50).

use super::Answer;
use domain::wire::Lists;
use leptos::prelude::*;
use server_fn::codec::Json;

#[server(endpoint = "console/lists", input = Json, output = Json)]
pub async fn read_lists() -> Answer<Lists> {
    let signed = super::caller().await?;
    Ok(super::desk().lists(&signed.agent).await?)
}
