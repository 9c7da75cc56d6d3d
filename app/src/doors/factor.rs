//! The second factor of my sign-in.

use super::Answer;
use super::door::Door;
use domain::factor::Setup;
use leptos::prelude::*;

/// What a device needs; it counts once a code of it was seen.
#[server(endpoint = "factor/begin", protocol = Door)]
pub async fn begin_factor(present: String) -> Answer<Setup> {
    let signed = super::caller().await?;
    Ok(super::desk().begin_factor(&signed, &present, &super::whence()).await?)
}

/// Answers with the codes for paper, which are told once; my other sessions end.
#[server(endpoint = "factor/confirm", protocol = Door)]
pub async fn confirm_factor(code: String) -> Answer<Vec<String>> {
    let signed = super::caller().await?;
    Ok(super::desk().confirm_factor(&signed, &code, &super::whence()).await?)
}

/// New codes for paper in the place of those before.
#[server(endpoint = "factor/codes", protocol = Door)]
pub async fn renew_paper_codes(present: String) -> Answer<Vec<String>> {
    let signed = super::caller().await?;
    Ok(super::desk().renew_paper_codes(&signed, &present, &super::whence()).await?)
}

#[server(endpoint = "factor/end", protocol = Door)]
pub async fn end_factor(present: String) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().end_factor(&signed, &present, &super::whence()).await?)
}
