//! The log of who did what: all of it for system administrators, and for who administers a group what was done in its
//! conversations.

use super::Answer;
use super::door::Door;
use domain::audit::{Filter, Page, Verdict};
use leptos::prelude::*;

/// A page before this number, the newest first.
#[server(endpoint = "audit/list", protocol = Door)]
pub async fn list_audit(filter: Filter, before: Option<i64>) -> Answer<Page> {
    let signed = super::caller().await?;
    Ok(super::desk().audit(&signed.agent, &filter, before).await?)
}

/// Was any row changed, taken out or cut off? For who administers the system.
#[server(endpoint = "audit/verify", protocol = Door)]
pub async fn verify_audit() -> Answer<Verdict> {
    let signed = super::caller().await?;
    Ok(super::desk().verify_audit(&signed.agent).await?)
}
