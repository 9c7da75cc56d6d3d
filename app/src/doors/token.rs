//! Tokens of the API: for who administers the system, and for nobody else.

use super::Answer;
use super::door::Door;
use domain::token::{Line, Made, New};
use leptos::prelude::*;

#[server(endpoint = "token/list", protocol = Door)]
pub async fn list_tokens() -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().tokens(&signed.agent).await?)
}

/// Makes one; its secret is told here and never again.
#[server(endpoint = "token/make", protocol = Door)]
pub async fn make_token(new: New) -> Answer<Made> {
    let signed = super::caller().await?;
    Ok(super::desk().make_token(&signed, &new, &super::whence()).await?)
}

#[server(endpoint = "token/revoke", protocol = Door)]
pub async fn revoke_token(token: String) -> Answer<Vec<Line>> {
    let signed = super::caller().await?;
    Ok(super::desk().revoke_token(&signed, &token, &super::whence()).await?)
}
