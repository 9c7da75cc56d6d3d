//! Articles by the API: read, written, and published or not, in one language at a time.

use super::cursor::Asked;
use super::lists::Pages;
use super::once::{Key, Write, renamed, write};
use super::problem::{No, NotWritten, Refused, json, with};
use super::view::{Page, moment};
use super::{limit, query};
use crate::doors::{Id, id};
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use desk::Error;
use desk::api::ArticleLine;
use domain::knowledge::{Edit, Version};
use domain::token::{Bearer, Scope};
use domain::{article, wire};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

type At = State<Arc<Program>>;

/// The largest body of a write: an article, and what is around it.
const LIMIT: usize = article::BODY_LIMIT + wire::BODY_LIMIT;

/// An article of the knowledge base.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Article {
    id: String,
    lang: String,
    title: String,
    /// The end of its address, `/help/{lang}/{slug}`; null: it has none.
    slug: Option<String>,
    published: bool,
    /// The same for one article in all its languages.
    translations_id: String,
    last_update: String,
}

impl From<&ArticleLine> for Article {
    fn from(line: &ArticleLine) -> Article {
        Article {
            id: line.id.clone(),
            lang: line.lang.clone(),
            title: line.title.clone(),
            slug: line.slug.clone(),
            published: line.published,
            translations_id: line.knowledge.clone(),
            last_update: moment(line.changed_at),
        }
    }
}

/// An article that was written. What it is called is told to a token that reads articles, and to no other: there are
/// drafts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WrittenArticle {
    id: String,
    lang: String,
    published: bool,
    /// The same for one article in all its languages.
    translations_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The end of its address, `/help/{lang}/{slug}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_update: Option<String>,
}

impl WrittenArticle {
    fn of(line: &ArticleLine, bearer: &Bearer) -> WrittenArticle {
        let reads = bearer.may(Scope::ReadArticles);
        WrittenArticle {
            id: line.id.clone(),
            lang: line.lang.clone(),
            published: line.published,
            translations_id: line.knowledge.clone(),
            title: reads.then(|| line.title.clone()),
            slug: line.slug.clone().filter(|_| reads),
            last_update: reads.then(|| moment(line.changed_at)),
        }
    }
}

/// An article with its words.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ArticleWhole {
    #[serde(flatten)]
    article: Article,
    /// Markdown.
    body: String,
    /// The applications that show it, in all its languages.
    chat_widget_ids: Vec<String>,
    /// Its section, in all its languages.
    section_id: Option<String>,
}

impl From<desk::api::ArticleWhole> for ArticleWhole {
    fn from(whole: desk::api::ArticleWhole) -> ArticleWhole {
        ArticleWhole {
            article: (&whole.line).into(),
            body: whole.body,
            chat_widget_ids: whole.applications,
            section_id: whole.section,
        }
    }
}

/// Lists the articles, published or not.
#[utoipa::path(
    get,
    path = "/api/v1/articles",
    tag = "articles",
    params(Pages),
    security(("token" = ["articles:read"])),
    responses((status = 200, body = Page<Article>), Refused)
)]
pub async fn list(State(program): At, call: Call, uri: Uri) -> Response<Body> {
    with(&program, &call, Scope::ReadArticles, async |_| {
        let pages: Pages = query(&uri)?;
        let asked = Asked::of(&["articles"]);
        let after = asked.place(pages.after.as_deref())?.unwrap_or_default();
        let (rows, next) = program.desk.api_articles(after, limit(pages.limit)?).await?;
        let next = next.map(|id| asked.next(id));
        json(&Page { items: rows.iter().map(Article::from).collect(), next })
    })
    .await
}

/// Reads an article.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{article}",
    tag = "articles",
    params(("article" = String, Path)),
    security(("token" = ["articles:read"])),
    responses((status = 200, body = ArticleWhole), Refused)
)]
pub async fn read(State(program): At, call: Call, article: Id) -> Response<Body> {
    with(&program, &call, Scope::ReadArticles, async |_| {
        json(&ArticleWhole::from(program.desk.api_article(&id(article)?).await?))
    })
    .await
}

/// An article that is to be written, in one language.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct NewArticle {
    /// `es`, `pt` or `en`.
    lang: String,
    title: String,
    /// Markdown.
    body: String,
    /// The end of its address: small letters, digits and hyphens; empty: made of the title.
    #[serde(default)]
    slug: String,
    /// Customers find it; without, it is a draft.
    #[serde(default)]
    published: bool,
    /// The article that is written here in another language.
    translations_id: Option<String>,
    /// The applications that show it, by id; of a translation left out, they stay as they are.
    chat_widget_ids: Option<Vec<String>>,
    /// Its section, by id; of a translation left out, it stays as it is.
    section_id: Option<String>,
}

/// Writes an article, or one that is there in another language.
#[utoipa::path(
    post,
    path = "/api/v1/articles",
    tag = "articles",
    params(Key),
    request_body = NewArticle,
    security(("token" = ["articles:write"])),
    responses((status = 201, body = WrittenArticle), Refused, NotWritten)
)]
pub async fn add(State(program): At, call: Call, sent: Body) -> Response<Body> {
    let from = call.whence(&program);
    let act = async |bearer: &Bearer, act: &str, new: NewArticle| {
        let NewArticle { lang, title, slug, body, published, .. } = new;
        let version = Version { lang, title, slug, body, published };
        let around = Edit { applications: new.chat_widget_ids, section: new.section_id, ..Edit::default() };
        let of = new.translations_id.as_deref();
        let written = program.desk.api_write_article(bearer, act, of, &version, &around, &from).await;
        written.map(|whole| WrittenArticle::of(&whole.line, bearer)).map_err(as_sent)
    };
    let what = Write { limit: LIMIT, ..Write::new(Scope::WriteArticles, "POST /api/v1/articles") };
    write(&program, &call, what, sent, act).await
}

/// What is to be otherwise of an article; what is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ArticleChanges {
    title: Option<String>,
    /// Markdown.
    body: Option<String>,
    /// The end of its address; empty: made of the title.
    slug: Option<String>,
    /// Customers find it, or it is a draft.
    published: Option<bool>,
    /// All applications that show it, by id, in all its languages.
    chat_widget_ids: Option<Vec<String>>,
    /// Its section, by id, in all its languages; empty: none.
    section_id: Option<String>,
}

/// Changes an article, publishes it, or takes it back.
#[utoipa::path(
    patch,
    path = "/api/v1/articles/{article}",
    tag = "articles",
    params(("article" = String, Path), Key),
    request_body = ArticleChanges,
    security(("token" = ["articles:write"])),
    responses((status = 200, body = WrittenArticle), Refused, NotWritten)
)]
pub async fn change(State(program): At, call: Call, article: Id, sent: Body) -> Response<Body> {
    let (article, from) = (id(article).unwrap_or_default(), call.whence(&program));
    let act = async |bearer: &Bearer, act: &str, changes: ArticleChanges| {
        let ArticleChanges { title, body, slug, published, chat_widget_ids, section_id } = changes;
        let edit = Edit { title, body, slug, published, applications: chat_widget_ids, section: section_id };
        let changed = program.desk.api_change_article(bearer, act, &article, &edit, &from).await;
        changed.map(|whole| WrittenArticle::of(&whole.line, bearer)).map_err(as_sent)
    };
    let name = ["PATCH article ", &article].concat();
    let what = Write { limit: LIMIT, ..Write::of(Scope::WriteArticles, &name) };
    write(&program, &call, what, sent, act).await
}

/// `es.title` was sent as `title`.
fn as_sent(why: Error) -> No {
    renamed(why, |field| match field.as_str() {
        "applications" => "chatWidgetIds".into(),
        "section" => "sectionId".into(),
        "translations" => "translationsId".into(),
        field => field.rsplit_once('.').map_or(field, |(_, name)| name).into(),
    })
}

/// A section of the knowledge base; its name in each language, empty where it has none.
#[derive(Serialize, ToSchema)]
pub struct Section {
    /// The `sectionId` of an article.
    id: String,
    es: String,
    pt: String,
    en: String,
    /// Nobody is shown it any more.
    retired: bool,
}

/// Lists the sections of the knowledge base, in their order.
#[utoipa::path(
    get,
    path = "/api/v1/sections",
    tag = "articles",
    security(("token" = ["articles:read"])),
    responses((status = 200, body = Page<Section>), Refused)
)]
pub async fn sections(State(program): At, call: Call) -> Response<Body> {
    with(&program, &call, Scope::ReadArticles, async |bearer| {
        let all = program.desk.knowledge(&bearer.agent).await?.sections;
        let one = |entry: domain::knowledge::Entry| {
            let domain::knowledge::Section { id, es, pt, en } = entry.section;
            Section { id, es, pt, en, retired: entry.retired }
        };
        json(&Page { items: all.into_iter().map(one).collect(), next: None })
    })
    .await
}
