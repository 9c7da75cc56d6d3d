//! The end of a session. Its beginning is a form of the page `/sign-in`.

use super::Answer;
use leptos::prelude::*;
use server_fn::codec::Json;

#[server(endpoint = "session/end", input = Json, output = Json)]
pub async fn end_session() -> Answer<()> {
    if let Some(token) = crate::caller::token().await {
        super::desk().sign_out(&token).await?;
    }
    crate::caller::forget();
    Ok(())
}
