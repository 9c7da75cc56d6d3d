//! My sessions: which there are, and their end. Their beginning is a form of the page `/sign-in`.

use super::Answer;
use super::door::Door;
use domain::session::Session;
use leptos::prelude::*;

#[server(endpoint = "session/end", protocol = Door)]
pub async fn end_session() -> Answer<()> {
    if let Some(token) = crate::caller::token().await {
        super::desk().sign_out(&token, &super::whence()).await?;
    }
    crate::caller::forget();
    Ok(())
}

/// The one that was used last first.
#[server(endpoint = "session/list", protocol = Door)]
pub async fn list_sessions() -> Answer<Vec<Session>> {
    let signed = super::caller().await?;
    Ok(super::desk().sessions(&signed).await?)
}

/// Ends one of mine, wherever it is.
#[server(endpoint = "session/revoke", protocol = Door)]
pub async fn revoke_session(session: String) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().revoke_session(&signed, &session, &super::whence()).await?)
}

/// Ends all of mine but this one.
#[server(endpoint = "session/revoke-others", protocol = Door)]
pub async fn revoke_other_sessions() -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().revoke_other_sessions(&signed, &super::whence()).await?)
}
