//! The end of a session. Its beginning is a form of the page `/sign-in`.

use super::Answer;
use super::door::Door;
use leptos::prelude::*;

#[server(endpoint = "session/end", protocol = Door)]
pub async fn end_session() -> Answer<()> {
    if let Some(token) = crate::caller::token().await {
        super::desk().sign_out(&token).await?;
    }
    crate::caller::forget();
    Ok(())
}
