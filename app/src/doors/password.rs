//! My password.

use super::Answer;
use super::door::Door;
use leptos::prelude::*;

/// A new one for the present one; my other sessions end (S9).
#[server(endpoint = "password/change", protocol = Door)]
pub async fn change_password(present: String, fresh: String) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().change_password(&signed, &present, &fresh, &super::whence()).await?)
}
