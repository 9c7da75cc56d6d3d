//! Articles as another program reads and writes them: one language at a time, by the rules of who administers.

use super::{Page, is_first, paged};
use crate::database::{can_hold, is_set};
use crate::knowledge;
use crate::settings::hold;
use crate::token::still;
use crate::{Answer, Desk, Whence};
use domain::knowledge::{Edit, Sheet, Version};
use domain::profile::TONGUES;
use domain::token::Bearer;
use domain::{Refusal, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

/// An article in one language, as a list says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleLine {
    pub id: String,
    pub lang: String,
    pub title: String,
    pub published: bool,
    pub changed_at: Time,
    /// The end of its address.
    pub slug: Option<String>,
    /// The same for all its languages.
    pub knowledge: String,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleWhole {
    pub line: ArticleLine,
    /// Markdown.
    pub body: String,
    /// The applications that show it, by id.
    pub applications: Vec<String>,
    pub section: Option<String>,
}

const LINE: &str = "a.id, a.lang, a.title, a.published, a.changed_at, a.slug, coalesce(a.knowledge_id, a.id)";

fn line(row: &AnyRow) -> Result<ArticleLine, sqlx::Error> {
    Ok(ArticleLine {
        id: row.try_get(0)?,
        lang: row.try_get(1)?,
        title: row.try_get(2)?,
        published: is_set(row, 3)?,
        changed_at: Time(row.try_get(4)?),
        slug: row.try_get(5)?,
        knowledge: row.try_get(6)?,
    })
}

async fn read(conn: &mut AnyConnection, id: &str) -> Answer<ArticleWhole> {
    if !can_hold(id) {
        return Err(Refusal::NotYours.into());
    }
    let row = sqlx::query(AssertSqlSafe(format!(
        "select {LINE}, a.body, k.section_id from articles a left join knowledge k on k.id = a.knowledge_id where a.id = $1"
    )))
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or(Refusal::NotYours)?;
    let shown =
        sqlx::query("select application_id from article_applications where article_id = $1 order by application_id")
            .bind(id)
            .fetch_all(conn)
            .await?;
    let applications = shown.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(ArticleWhole { line: line(&row)?, body: row.try_get(7)?, applications, section: row.try_get(8)? })
}

/// In this language, of the article in all of them.
async fn read_in(conn: &mut AnyConnection, knowledge: &str, lang: &str) -> Answer<ArticleWhole> {
    let row = sqlx::query("select id from articles where knowledge_id = $1 and lang = $2")
        .bind(knowledge)
        .bind(lang)
        .fetch_optional(&mut *conn)
        .await?
        .ok_or(Refusal::NotYours)?;
    read(conn, row.try_get(0)?).await
}

/// Would nothing of what is kept be otherwise? An end of its address that nobody asked for is made of the title.
fn is_so(kept: &Sheet, asked: &Version, around: &Edit) -> Result<bool, Refusal> {
    let mut wanted = around.apply(kept, &asked.lang);
    for version in wanted.versions.iter_mut().filter(|version| version.lang == asked.lang) {
        let slug = if asked.slug.trim().is_empty() { version.slug.clone() } else { asked.slug.clone() };
        *version = Version { slug, ..asked.clone() };
    }
    Ok(wanted.checked()? == *kept)
}

impl Desk {
    /// Articles, whether they are published or not, by id.
    pub async fn api_articles(&self, after: &str, limit: usize) -> Answer<Page<ArticleLine, String>> {
        if !can_hold(after) {
            return Err(Refusal::Malformed.into());
        }
        let sql = format!("select {LINE} from articles a where a.id > $1 order by a.id limit {}", limit + 1);
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(after).fetch_all(&self.0.database.reader).await?;
        let articles = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        Ok(paged(articles, limit, |article| article.id.clone()))
    }

    pub async fn api_article(&self, id: &str) -> Answer<ArticleWhole> {
        read(&mut *self.0.database.snapshot().await?, id).await
    }

    /// Writes a new article under this id, once; or, once under it, `of` one that is there in another language. What is
    /// refused is named as by [`Sheet::checked`].
    pub async fn api_write_article(
        &self,
        bearer: &Bearer,
        id: &str,
        of: Option<&str>,
        version: &Version,
        around: &Edit,
        from: &Whence,
    ) -> Answer<ArticleWhole> {
        let wrong = |field: &str| Refusal::FieldWrong { field: field.into() };
        if !TONGUES.contains(&version.lang.as_str()) {
            return Err(wrong("lang").into());
        }
        let mut tx = self.0.database.begin().await?;
        hold(&mut tx).await?;
        let now = self.now();
        still(&mut tx, bearer, now).await?;
        let kept = knowledge::find(&mut tx, of.unwrap_or(id)).await?;
        let (mut sheet, revision) = match (kept, of) {
            (Some(kept), _) => (kept.sheet, kept.revision),
            (None, Some(_)) => return Err(wrong("translations").into()),
            (None, None) => (Sheet { id: id.into(), ..Sheet::default() }, 0),
        };
        let first = of.is_none() || is_first(&mut tx, id, now).await?;
        match sheet.version(&version.lang) {
            // Asked again after a lost answer: it is written, whatever became of it since.
            Some(_) if of.is_none() || !first => {}
            // The same without a key.
            Some(_) if is_so(&sheet, version, around)? => {}
            Some(_) => return Err(wrong("lang").into()),
            None if version.is_blank() => return Err(Refusal::FieldMissing { field: "title".into() }.into()),
            None => {
                sheet.versions.push(version.clone());
                let sheet = around.apply(&sheet, &version.lang);
                let by = bearer.agent.face.id.as_str();
                knowledge::keep(&mut tx, by, revision, &sheet, now, from).await?;
            }
        }
        let written = read_in(&mut tx, &sheet.id, &version.lang).await?;
        tx.commit().await?;
        Ok(written)
    }

    /// Changes one in its language, and what all its languages share, once under this `act`.
    pub async fn api_change_article(
        &self,
        bearer: &Bearer,
        act: &str,
        id: &str,
        edit: &Edit,
        from: &Whence,
    ) -> Answer<ArticleWhole> {
        let mut tx = self.0.database.begin().await?;
        hold(&mut tx).await?;
        let now = self.now();
        still(&mut tx, bearer, now).await?;
        let before = read(&mut tx, id).await?;
        if !is_first(&mut tx, act, now).await? {
            return Ok(before);
        }
        let kept = knowledge::find(&mut tx, &before.line.knowledge).await?.ok_or(Refusal::NotYours)?;
        let sheet = edit.apply(&kept.sheet, &before.line.lang);
        // All of it was blank: that is no article any more, and nobody has said that it shall go.
        if sheet.version(&before.line.lang).is_none_or(Version::is_blank) {
            return Err(Refusal::FieldMissing { field: "title".into() }.into());
        }
        knowledge::keep(&mut tx, &bearer.agent.face.id, kept.revision, &sheet, now, from).await?;
        let changed = read(&mut tx, id).await?;
        tx.commit().await?;
        Ok(changed)
    }
}
