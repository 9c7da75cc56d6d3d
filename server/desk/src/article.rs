//! Articles of the knowledge base: kept, found, read, judged.

use crate::database::{can_hold, flag};
use crate::search::{Question, indexed};
use crate::{Answer, Desk};
use domain::article::{ArticleLine, BODY_LIMIT, FOUND_LIMIT, TITLE_LIMIT, Vote};
use domain::{Refusal, id, text};
use pulldown_cmark::{Event, Parser, TagEnd};
use sqlx::{AnyConnection, Row};

/// An article as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    pub id: String,
    /// `es`, `pt` or `en`.
    pub lang: String,
    pub title: String,
    /// Markdown.
    pub body: String,
    pub published: bool,
}

impl Article {
    /// A published one whose first heading is its title.
    pub fn of_markdown(id: &str, lang: &str, text: &str) -> Article {
        let text = text.trim_start();
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let (title, body) = match first.strip_prefix("# ") {
            Some(title) => (title, rest),
            None => ("", text),
        };
        Article { id: id.into(), lang: lang.into(), title: title.into(), body: body.trim().into(), published: true }
    }
}

impl Desk {
    /// Keeps an article, in place of an older one of its id, and shows it in these applications only.
    pub async fn keep_article(&self, article: &Article, applications: &[&str]) -> Answer<()> {
        let mut tx = self.0.database.begin().await?;
        keep(&mut tx, article, applications, self.now().0).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What an application knows about a question, the best first: all its words in the asked language,
    /// else in any, else some of its words.
    pub async fn find_articles(&self, key: &str, lang: &str, asked: &str) -> Answer<Vec<ArticleLine>> {
        let application = self.knowing(key).await?;
        let Some(question) = Question::new(lang, asked) else { return Ok(Vec::new()) };
        for (lang, any) in [(lang, false), ("", false), (lang, true)] {
            let found = self.find(&application, lang, &question, any).await?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    async fn find(&self, application: &str, lang: &str, question: &Question, any: bool) -> Answer<Vec<ArticleLine>> {
        let (sql, words) = if self.0.database.embedded {
            (IN_SQLITE, question.for_sqlite(any))
        } else {
            (IN_POSTGRES, question.for_postgres(any))
        };
        let rows = sqlx::query(sql)
            .bind(words)
            .bind(application)
            .bind(lang)
            .bind(FOUND_LIMIT as i64)
            .fetch_all(&self.0.database.reader)
            .await?;
        let line = |row: &sqlx::any::AnyRow| {
            let (title, plain): (String, String) = (row.try_get(1)?, row.try_get(2)?);
            Ok(ArticleLine { id: row.try_get(0)?, title: question.marked(&title), excerpt: question.excerpt(&plain) })
        };
        Ok(rows.iter().map(line).collect::<Result<_, sqlx::Error>>()?)
    }

    /// A published article of this application.
    pub async fn article(&self, key: &str, article: &str) -> Answer<Article> {
        let application = self.knowing(key).await?;
        let sql = "select a.id, a.lang, a.title, a.body from articles a \
             join article_applications aa on aa.article_id = a.id \
             join knowledge k on k.id = a.knowledge_id and k.retired = 0 \
             where a.id = $1 and aa.application_id = $2 and a.published = 1";
        let row = match can_hold(article) {
            true => sqlx::query(sql).bind(article).bind(application).fetch_optional(&self.0.database.reader).await?,
            false => None,
        };
        read_published(&row.ok_or(Refusal::NotYours)?)
    }

    /// A published article by its address, where any application shows it.
    pub async fn article_at(&self, lang: &str, slug: &str) -> Answer<Article> {
        if !can_hold(slug) || !can_hold(lang) {
            return Err(Refusal::NotYours.into());
        }
        let rows = sqlx::query(
            "select a.id, a.lang, a.title, a.body, p.id, p.setup from articles a \
             join article_applications aa on aa.article_id = a.id \
             join applications p on p.id = aa.application_id and p.retired_at is null \
             join knowledge k on k.id = a.knowledge_id and k.retired = 0 \
             where a.lang = $1 and a.slug = $2 and a.published = 1",
        )
        .bind(lang)
        .bind(slug)
        .fetch_all(&self.0.database.reader)
        .await?;
        for row in &rows {
            if crate::application::read_setup(row.try_get(4)?, row.try_get(5)?)?.kind.has_knowledge() {
                return read_published(row);
            }
        }
        Err(Refusal::NotYours.into())
    }

    /// Did it help? The same vote again changes nothing.
    pub async fn vote(&self, key: &str, article: &str, vote: &Vote) -> Answer<()> {
        if !id::is_sound(&vote.id) {
            return Err(Refusal::Malformed.into());
        }
        let article = self.article(key, article).await?;
        sqlx::query(
            "insert into article_votes (id, article_id, helped, at) values ($1, $2, $3, $4) on conflict (id) do nothing",
        )
        .bind(vote.id.as_str())
        .bind(article.id)
        .bind(flag(vote.helped))
        .bind(self.now().0)
        .execute(&self.0.database.writer)
        .await?;
        Ok(())
    }

    /// How many said that it helped, and how many that it did not.
    pub async fn votes(&self, article: &str) -> Answer<(i64, i64)> {
        let row = sqlx::query(
            "select count(case when helped = 1 then 1 end), count(case when helped = 0 then 1 end) from article_votes \
             where article_id = $1",
        )
        .bind(article)
        .fetch_one(&self.0.database.reader)
        .await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// The id of the application with this key, if it has a knowledge base (R5).
    async fn knowing(&self, key: &str) -> Answer<String> {
        let ground = crate::application::ground(&self.0.database.reader, key, "").await?.ok_or(Refusal::NotYours)?;
        if ground.setup.kind.has_knowledge() { Ok(ground.application.id) } else { Err(Refusal::NotYours.into()) }
    }
}

fn read_published(row: &sqlx::any::AnyRow) -> Answer<Article> {
    let (id, lang, title) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    Ok(Article { id, lang, title, body: row.try_get(3)?, published: true })
}

const IN_SQLITE: &str = "select a.id, a.title, a.plain from article_index i join articles a on a.id = i.id \
     join article_applications aa on aa.article_id = a.id \
     join knowledge k on k.id = a.knowledge_id and k.retired = 0 \
     where article_index match $1 and a.published = 1 and aa.application_id = $2 and ($3 = '' or a.lang = $3) \
     order by bm25(article_index, 0.0, 6.0, 1.0), a.title, a.id limit $4";

const IN_POSTGRES: &str = "select a.id, a.title, a.plain from articles a \
     join article_applications aa on aa.article_id = a.id \
     join knowledge k on k.id = a.knowledge_id and k.retired = 0 \
     where (setweight(to_tsvector('simple', a.title_words), 'A') || setweight(to_tsvector('simple', a.body_words), 'B')) \
       @@ to_tsquery('simple', $1) and a.published = 1 and aa.application_id = $2 and ($3 = '' or a.lang = $3) \
     order by ts_rank(setweight(to_tsvector('simple', a.title_words), 'A') \
       || setweight(to_tsvector('simple', a.body_words), 'B'), to_tsquery('simple', $1)) desc, a.title, a.id limit $4";

pub async fn keep(conn: &mut AnyConnection, article: &Article, applications: &[&str], now: i64) -> Answer<()> {
    let title = text::line(&article.title);
    if title.is_empty() || article.body.trim().is_empty() {
        return Err(Refusal::Empty.into());
    }
    if title.chars().count() > TITLE_LIMIT {
        return Err(Refusal::TooLong { limit: TITLE_LIMIT as u32 }.into());
    }
    if article.body.len() > BODY_LIMIT {
        return Err(Refusal::TooBig { limit: BODY_LIMIT as u32 }.into());
    }
    if !id::is_sound(&article.id) || !["es", "pt", "en"].contains(&article.lang.as_str()) || !can_hold(&article.body) {
        return Err(Refusal::Malformed.into());
    }
    let plain = plain(&article.body);
    sqlx::query("insert into knowledge (id, changed_at) values ($1, $2) on conflict (id) do nothing")
        .bind(article.id.as_str())
        .bind(now)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "insert into articles (id, lang, title, body, plain, title_words, body_words, published, changed_at, knowledge_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $1) on conflict (id) do update set lang = excluded.lang, \
         title = excluded.title, body = excluded.body, plain = excluded.plain, title_words = excluded.title_words, \
         body_words = excluded.body_words, published = excluded.published, changed_at = excluded.changed_at",
    )
    .bind(article.id.as_str())
    .bind(article.lang.as_str())
    .bind(title.as_str())
    .bind(article.body.as_str())
    .bind(plain.as_str())
    .bind(indexed(&article.lang, &title))
    .bind(indexed(&article.lang, &plain))
    .bind(flag(article.published))
    .bind(now)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from article_applications where article_id = $1")
        .bind(article.id.as_str())
        .execute(&mut *conn)
        .await?;
    for application in applications {
        sqlx::query("insert into article_applications (application_id, article_id) values ($1, $2)")
            .bind(*application)
            .bind(article.id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The words of a Markdown text in one line.
pub(crate) fn plain(body: &str) -> String {
    let mut plain = String::new();
    for event in Parser::new(body) {
        match event {
            Event::Text(words) | Event::Code(words) => plain.push_str(&words),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(
                TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::TableCell,
            ) => {
                plain.push(' ');
            }
            _ => {}
        }
    }
    text::line(&plain)
}
