//! Canned answers: of the house, of a group, one's own.

use super::Answer;
use super::door::Door;
use domain::Time;
use domain::canned::{Canned, Scope};
use leptos::prelude::*;

/// A page of one scope after this shortcut; a shorter one is the last.
#[server(endpoint = "canned/list", protocol = Door)]
pub async fn list_canned(scope: Scope, after: String) -> Answer<Vec<Canned>> {
    let signed = super::caller().await?;
    Ok(super::desk().canned(&signed.agent, &scope, &after).await?)
}

#[server(endpoint = "canned/keep", protocol = Door)]
pub async fn keep_canned(canned: Canned) -> Answer<Canned> {
    let signed = super::caller().await?;
    Ok(super::desk().keep_canned(&signed, &canned, &super::whence()).await?)
}

/// `read_at`: when it was changed last, as whoever removes it has read it.
#[server(endpoint = "canned/drop", protocol = Door)]
pub async fn drop_canned(scope: Scope, id: String, read_at: Option<Time>) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().drop_canned(&signed, &scope, &id, read_at, &super::whence()).await?)
}
