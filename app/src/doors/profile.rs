//! My own account, as I may change it. My photo comes by a door of its own: `PUT /api/me/photo`.

use super::Answer;
use super::door::Door;
use domain::profile::{Change, Profile};
use leptos::prelude::*;

#[server(endpoint = "profile/read", protocol = Door)]
pub async fn read_profile() -> Answer<Profile> {
    let signed = super::caller().await?;
    Ok(super::desk().profile(&signed).await?)
}

#[server(endpoint = "profile/save", protocol = Door)]
pub async fn save_profile(change: Change) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().change_profile(&signed, &change, &super::whence()).await?)
}

#[server(endpoint = "profile/remove-photo", protocol = Door)]
pub async fn remove_photo() -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().remove_photo(&signed, &super::whence()).await?)
}
