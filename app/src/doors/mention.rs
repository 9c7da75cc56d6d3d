//! Mentions: where I was named in a note, and whom I may name.

use super::Answer;
use super::door::Door;
use domain::Face;
use domain::mention::Mention;
use leptos::prelude::*;

/// What I have not looked at yet, the newest first.
#[server(endpoint = "mention/list", protocol = Door)]
pub async fn list_mentions() -> Answer<Vec<Mention>> {
    let signed = super::caller().await?;
    Ok(super::desk().mentions(&signed.agent).await?)
}

/// I have looked at this chat, up to this aside.
#[server(endpoint = "mention/see", protocol = Door)]
pub async fn see_mentions(chat: String, aside: u32) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().see_mentions(&signed.agent, &chat, aside).await?)
}

/// Who else may read what is said in this chat.
#[server(endpoint = "chat/readers", protocol = Door)]
pub async fn list_readers(chat: String) -> Answer<Vec<Face>> {
    let signed = super::caller().await?;
    Ok(super::desk().readers(&signed.agent, &chat).await?)
}
