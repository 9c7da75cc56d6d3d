//! The knowledge base: for who administers the system, and for nobody else. Pictures come by a door of their own:
//! `PUT /api/images/{image}`.

use super::Answer;
use super::door::Door;
use domain::hours::Day;
use domain::knowledge::{Base, Change, Kept, Picture, Searches, Sheet};
use leptos::prelude::*;

/// All articles and sections, retired ones too.
#[server(endpoint = "knowledge/list", protocol = Door)]
pub async fn list_articles() -> Answer<Base> {
    let signed = super::caller().await?;
    Ok(super::desk().knowledge(&signed.agent).await?)
}

#[server(endpoint = "knowledge/read", protocol = Door)]
pub async fn read_article(article: String) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().article_kept(&signed.agent, &article).await?)
}

/// In the place of the revision that was read; 0: it is new, under an id that is made by who writes it.
#[server(endpoint = "knowledge/save", protocol = Door)]
pub async fn save_article(revision: u32, sheet: Sheet) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().save_article(&signed, revision, &sheet, &super::whence()).await?)
}

#[server(endpoint = "knowledge/retire", protocol = Door)]
pub async fn retire_article(article: String, retired: bool) -> Answer<Kept> {
    let signed = super::caller().await?;
    Ok(super::desk().retire_article(&signed, &article, retired, &super::whence()).await?)
}

/// Changes a section, and answers with all of the knowledge base.
#[server(endpoint = "knowledge/section", protocol = Door)]
pub async fn change_section(change: Change) -> Answer<Base> {
    let signed = super::caller().await?;
    Ok(super::desk().change_section(&signed, &change, &super::whence()).await?)
}

/// How a text would be shown, by what shows it to customers; nothing is kept.
#[server(endpoint = "knowledge/preview", protocol = Door)]
pub async fn preview_article(body: String) -> Answer<String> {
    let signed = super::caller().await?;
    super::desk().may_write(&signed.agent, &body)?;
    Ok(crate::article::html(&body))
}

/// The pictures that an article shows, and those that none does.
#[server(endpoint = "knowledge/pictures", protocol = Door)]
pub async fn list_pictures(article: String) -> Answer<Vec<Picture>> {
    let signed = super::caller().await?;
    Ok(super::desk().pictures(&signed.agent, &article).await?)
}

#[server(endpoint = "knowledge/remove-picture", protocol = Door)]
pub async fn remove_picture(picture: String) -> Answer<()> {
    let signed = super::caller().await?;
    Ok(super::desk().remove_picture(&signed, &picture, &super::whence()).await?)
}

/// What was asked for in the widgets from one day to another.
#[server(endpoint = "knowledge/searches", protocol = Door)]
pub async fn read_searches(from: Day, to: Day) -> Answer<Searches> {
    let signed = super::caller().await?;
    Ok(super::desk().searches(&signed.agent, from, to).await?)
}
