//! Groups: who attends one, and what is set of those that one administers.

use super::Answer;
use super::door::Door;
use domain::group::change::{Change, Groups};
use leptos::prelude::*;

/// Those that he administers, and what they can be made of.
#[server(endpoint = "group/list", protocol = Door)]
pub async fn list_groups() -> Answer<Groups> {
    let signed = super::caller().await?;
    Ok(super::desk().groups(&signed.agent).await?)
}

/// Changes one, and answers with all that he administers then.
#[server(endpoint = "group/change", protocol = Door)]
pub async fn change_group(change: Change) -> Answer<Groups> {
    let signed = super::caller().await?;
    Ok(super::desk().change_group(&signed, &change, &super::whence()).await?)
}
