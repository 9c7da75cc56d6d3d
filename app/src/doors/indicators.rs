//! The numbers of a period, and the chats behind one: for who administers a group, of his groups (R71, S19).

use super::Answer;
use super::door::Door;
use domain::indicators::{After, Filter, Indicator, Page, Period, Ranks, Report};
use leptos::prelude::*;

/// All numbers but their ranks, with those of the period before.
#[server(endpoint = "indicators/read", protocol = Door)]
pub async fn read_indicators(period: Period, filter: Filter) -> Answer<Report> {
    let signed = super::caller().await?;
    Ok(super::desk().sums(&signed.agent, period, &filter).await?)
}

/// Medians and whatever else walks all chats of the period: it may take seconds.
#[server(endpoint = "indicators/ranks", protocol = Door)]
pub async fn read_ranks(period: Period, filter: Filter) -> Answer<Ranks> {
    let signed = super::caller().await?;
    Ok(super::desk().ranks(&signed.agent, period, &filter).await?)
}

/// A page of what a number counts, the newest first.
#[server(endpoint = "indicators/behind", protocol = Door)]
pub async fn list_behind(period: Period, filter: Filter, indicator: Indicator, after: Option<After>) -> Answer<Page> {
    let signed = super::caller().await?;
    Ok(super::desk().behind(&signed.agent, period, &filter, indicator, after.as_ref()).await?)
}
