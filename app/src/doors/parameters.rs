//! The parameters of this house (R66): for who administers the system, and for nobody else.

use super::Answer;
use super::door::Door;
use domain::parameters::Parameters;
use leptos::prelude::*;

#[server(endpoint = "parameters/read", protocol = Door)]
pub async fn read_parameters() -> Answer<Parameters> {
    let signed = super::caller().await?;
    Ok(super::desk().parameters(&signed.agent).await?)
}

/// Keeps all of them; `read`: as they were before the asker's eyes.
#[server(endpoint = "parameters/keep", protocol = Door)]
pub async fn keep_parameters(parameters: Parameters, read: Parameters) -> Answer<Parameters> {
    let signed = super::caller().await?;
    Ok(super::desk().keep_parameters(&signed, &parameters, &read, &super::whence()).await?)
}
