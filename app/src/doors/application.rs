//! Applications: for who administers a group, to paste their snippets; for who administers the system, to set them.

use super::Answer;
use super::door::Door;
use domain::application::{Foreseen, Kept, Settings};
use domain::hours::{Calendar, Day, Hours, Minute};
use domain::key::{Added, Key};
use domain::wire::Applications;
use leptos::prelude::*;

/// May this agent see the applications: does he administer anything?
pub fn may_see(agent: &domain::person::Agent) -> bool {
    agent.system || agent.memberships.iter().any(|m| m.administrator)
}

#[server(endpoint = "application/list", protocol = Door)]
pub async fn list_applications() -> Answer<Applications> {
    let signed = super::caller().await?;
    if !may_see(&signed.agent) {
        return Err(super::refused(domain::Refusal::OnlyAdministrators));
    }
    Ok(Applications { lines: super::desk().applications().await?, loader: use_context().flatten() })
}

/// All that is set of one; this and what follows only for who administers the system.
#[server(endpoint = "application/read", protocol = Door)]
pub async fn read_application(application: String) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().application_settings(&signed.agent, &application).await?)
}

/// In the place of the revision that was read. Refused with the path of what cannot be meant, or by who changed it
/// since.
#[server(endpoint = "application/save", protocol = Door)]
pub async fn save_application(application: String, revision: u32, settings: Settings) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().save_application(&signed, &application, revision, settings, &super::whence()).await?)
}

/// Makes one; its id is made by who asks, and asked again it is the same.
#[server(endpoint = "application/create", protocol = Door)]
pub async fn create_application(application: String, settings: Settings) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().create_application(&signed, &application, settings, &super::whence()).await?)
}

/// Another one like one that is kept, under another name.
#[server(endpoint = "application/duplicate", protocol = Door)]
pub async fn duplicate_application(of: String, application: String, name: String) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().duplicate_application(&signed, &of, &application, &name, &super::whence()).await?)
}

/// Its widget is not there any more, or is again.
#[server(endpoint = "application/retire", protocol = Door)]
pub async fn retire_application(application: String, retired: bool) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().retire_application(&signed, &application, retired, &super::whence()).await?)
}

/// What a customer would see on this day at this minute, by hours that may not be saved yet.
#[server(endpoint = "application/foresee", protocol = Door)]
pub async fn foresee(hours: Hours, groups: Vec<String>, day: Day, minute: Minute) -> Answer<Foreseen> {
    let signed = super::caller().await?;
    Ok(super::desk().foresee(&signed.agent, &hours, &groups, day, minute).await?)
}

/// The holidays in a calendar, a file of kind `.ics`, on the clock of this zone; nothing is kept.
#[server(endpoint = "application/holidays", protocol = Door)]
pub async fn read_holidays(file: String, zone: String) -> Answer<Calendar> {
    let signed = super::caller().await?;
    Ok(super::desk().read_holidays(&signed.agent, &file, &zone)?)
}

/// Keeps for minutes how one would look with these settings, inside its hours or outside of them. The answer is the
/// key of a frame for this session; nothing can be begun with it.
#[server(endpoint = "application/preview", protocol = Door)]
pub async fn preview_application(settings: Settings, closed: bool) -> Answer<String> {
    let signed = super::caller().await?;
    Ok(super::desk().draft_application(&signed, settings, closed).await?)
}

/// The keys with which its sites say who their customers are.
#[server(endpoint = "application/keys", protocol = Door)]
pub async fn list_keys(application: String) -> Answer<Vec<Key>> {
    let signed = super::caller().await?;
    Ok(super::desk().keys(&signed.agent, &application).await?)
}

/// Another one beside them, by an id that is made where it is asked for: asked again, the answer is the same. Without the
/// public half of one the secret is made here, and told this once.
#[server(endpoint = "application/add-key", protocol = Door)]
pub async fn add_key(application: String, key: String, public: Option<String>) -> Answer<Added> {
    let signed = super::caller().await?;
    Ok(super::desk().add_key(&signed, &application, &key, public.as_deref(), &super::whence()).await?)
}

/// Nothing is believed any more that it signed.
#[server(endpoint = "application/revoke-key", protocol = Door)]
pub async fn revoke_key(application: String, key: String) -> Answer<Vec<Key>> {
    let signed = super::caller().await?;
    Ok(super::desk().revoke_key(&signed, &application, &key, &super::whence()).await?)
}
