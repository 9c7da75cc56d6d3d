//! The first run of a house: for who administers the system, and for nobody else.

use super::Answer;
use super::door::Door;
use domain::first_run::FirstRun;
use leptos::prelude::*;

/// What there is of it. Asked again while somebody waits for his site to call in.
#[server(endpoint = "first-run/read", protocol = Door)]
pub async fn read_first_run() -> Answer<FirstRun> {
    let signed = super::caller().await?;
    Ok(super::desk().first_run(&signed.agent).await?)
}

/// Finished or dismissed: nobody is reminded of it any more.
#[server(endpoint = "first-run/end", protocol = Door)]
pub async fn end_first_run() -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().end_first_run(&signed, &super::whence()).await?)
}
