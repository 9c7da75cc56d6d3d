//! The doors of the knowledge base: open to whoever has an application's public key.

use crate::document;
use crate::headers::Kind;
use crate::program::{Call, Program};
use app::article;
use app::pages;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::Refusal;
use domain::article::{ArticleView, Vote};
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct Asked {
    q: String,
    #[serde(default)]
    lang: String,
}

/// Articles for a question that is perhaps still being typed.
pub async fn find(
    State(program): State<Arc<Program>>,
    call: Call,
    key: Result<Path<String>, PathRejection>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let answer = async {
        let Path(key) = key.map_err(|_| Refusal::NotYours)?;
        let Query(asked) = asked.map_err(|_| Refusal::Malformed)?;
        program.limits.search(call.address)?;
        let lang = words::of(&asked.lang).lang;
        let found = program.desk.find_articles(&key, lang, &asked.q).await?;
        program.desk.note_search(lang, &asked.q, found.len(), &call.address.to_string());
        Ok(found)
    };
    call.answer(answer.await)
}

type Ids = Result<Path<(String, String)>, PathRejection>;

pub async fn read(State(program): State<Arc<Program>>, call: Call, ids: Ids) -> Response {
    let answer = async {
        let Path((key, id)) = ids.map_err(|_| Refusal::NotYours)?;
        let desk::article::Article { id, lang, title, body, .. } = program.desk.article(&key, &id).await?;
        Ok(ArticleView { id, lang, title, html: article::html(&body) })
    };
    call.answer(answer.await)
}

pub async fn vote(State(program): State<Arc<Program>>, call: Call, ids: Ids, body: Body) -> Response {
    let answer = async {
        let Path((key, id)) = ids.map_err(|_| Refusal::NotYours)?;
        program.limits.vote(call.address)?;
        let vote: Vote = call.read(body).await?;
        program.desk.vote(&key, &id, &vote).await
    };
    call.answer(answer.await)
}

/// The page of an article, for who was sent a link to it.
pub async fn page(State(program): State<Arc<Program>>, call: Call, at: Ids) -> Response {
    let answer = async {
        let Path((lang, slug)) = at.map_err(|_| Refusal::NotYours)?;
        program.limits.search(call.address)?;
        Ok((program.desk.article_at(&lang, &slug).await?, program.desk.organisation().await?))
    };
    match answer.await {
        Ok((desk::article::Article { lang, title, body, .. }, house)) => {
            let style = program.style();
            let page = pages::Article { lang: &lang, style: &style, house: &house, title: &title, body: &body };
            document::page(pages::article(&page), Kind::Page)
        }
        Err(error) => call.page(&program, error),
    }
}
