//! The knowledge base as its administrators keep it: nothing is overwritten unseen, and nothing is deleted.

use crate::article::plain;
use crate::audit::{self, Note};
use crate::database::{can_hold, flag, is_set};
use crate::search::{indexed, slug};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as, say_who};
use crate::{Answer, Desk, Fault, random};
use domain::article::BODY_LIMIT;
use domain::audit::Kind;
use domain::knowledge::{ARTICLES, Base, Change, Entry, Kept, Line, SLUG_LIMIT, Section, Sheet, Shelf, Title, Version};
use domain::person::Agent;
use domain::{Refusal, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

mod image;
mod searches;

pub use image::ArrivingImage;
pub use searches::Waiting;

async fn sections(conn: &mut AnyConnection) -> Result<Vec<Entry>, Fault> {
    let rows =
        sqlx::query("select id, es, pt, en, retired from article_sections order by place, id").fetch_all(conn).await?;
    let entry = |row: &AnyRow| {
        let (id, es) = (row.try_get(0)?, row.try_get(1)?);
        let section = Section { id, es, pt: row.try_get(2)?, en: row.try_get(3)? };
        Ok(Entry { section, retired: is_set(row, 4)? })
    };
    rows.iter().map(entry).collect()
}

async fn keep_sections(conn: &mut AnyConnection, before: &[Entry], after: &[Entry]) -> Result<(), Fault> {
    for (place, entry) in after.iter().enumerate().filter(|(place, entry)| before.get(*place) != Some(*entry)) {
        sqlx::query(
            "insert into article_sections (id, es, pt, en, place, retired) values ($1, $2, $3, $4, $5, $6) \
             on conflict (id) do update set es = excluded.es, pt = excluded.pt, en = excluded.en, \
             place = excluded.place, retired = excluded.retired",
        )
        .bind(entry.section.id.as_str())
        .bind(entry.section.es.as_str())
        .bind(entry.section.pt.as_str())
        .bind(entry.section.en.as_str())
        .bind(place as i64)
        .bind(flag(entry.retired))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// All articles, the last changed first: in two statements however many they are.
async fn lines(conn: &mut AnyConnection) -> Result<Vec<Line>, Fault> {
    let rows = sqlx::query(
        "select a.knowledge_id, a.lang, a.title, a.published, \
         (select count(*) from article_votes v where v.article_id = a.id and v.helped = 1), \
         (select count(*) from article_votes v where v.article_id = a.id and v.helped = 0) \
         from articles a where a.knowledge_id is not null order by case a.lang when 'es' then 0 when 'pt' then 1 else 2 end",
    )
    .fetch_all(&mut *conn)
    .await?;
    let count =
        |row: &AnyRow, column| Ok::<_, Fault>(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or(u32::MAX));
    let mut titles: HashMap<String, Vec<Title>> = HashMap::new();
    for row in &rows {
        let (lang, title) = (row.try_get(1)?, row.try_get(2)?);
        let (helped, missed) = (count(row, 4)?, count(row, 5)?);
        titles.entry(row.try_get(0)?).or_default().push(Title {
            lang,
            title,
            published: is_set(row, 3)?,
            helped,
            missed,
        });
    }
    let rows = sqlx::query(
        "select k.id, k.section_id, k.retired, k.changed_at, coalesce(g.name, 'API · ' || t.name) from knowledge k \
         left join agents g on g.id = k.changed_by left join api_tokens t on k.changed_by = 'api-' || t.id order by k.changed_at desc, k.id limit $1",
    )
    .bind(ARTICLES as i64)
    .fetch_all(conn)
    .await?;
    let line = |row: &AnyRow| {
        let id: String = row.try_get(0)?;
        Ok(Line {
            titles: titles.remove(&id).unwrap_or_default(),
            id,
            section: row.try_get(1)?,
            retired: is_set(row, 2)?,
            changed_at: Time(row.try_get(3)?),
            changed_by: row.try_get::<Option<String>, _>(4)?.unwrap_or_default(),
        })
    };
    rows.iter().map(line).collect()
}

async fn shelves(conn: &mut AnyConnection) -> Result<Vec<Shelf>, Fault> {
    let rows = sqlx::query("select id, name, setup from applications where retired_at is null order by name, id")
        .fetch_all(conn)
        .await?;
    let shelf = |row: &AnyRow| {
        let id: String = row.try_get(0)?;
        let searches = crate::application::read_setup(&id, row.try_get(2)?)?.kind.has_knowledge();
        Ok(Shelf { id, name: row.try_get(1)?, searches })
    };
    rows.iter().map(shelf).collect()
}

pub(crate) async fn find(conn: &mut AnyConnection, id: &str) -> Result<Option<Kept>, Fault> {
    if !can_hold(id) {
        return Ok(None);
    }
    let row = sqlx::query(
        "select k.section_id, k.revision, k.retired, k.changed_at, coalesce(g.name, 'API · ' || t.name) from knowledge k \
         left join agents g on g.id = k.changed_by left join api_tokens t on k.changed_by = 'api-' || t.id \
         where k.id = $1",
    )
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let versions = sqlx::query(
        "select lang, title, coalesce(slug, ''), body, published from articles where knowledge_id = $1 \
         order by case lang when 'es' then 0 when 'pt' then 1 else 2 end",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let version = |row: &AnyRow| {
        let (lang, title, slug) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        Ok(Version { lang, title, slug, body: row.try_get(3)?, published: is_set(row, 4)? })
    };
    let versions = versions.iter().map(version).collect::<Result<Vec<_>, Fault>>()?;
    let shown = sqlx::query(
        "select distinct aa.application_id from article_applications aa join articles a on a.id = aa.article_id \
         where a.knowledge_id = $1 order by aa.application_id",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    let applications = shown.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(Some(Kept {
        sheet: Sheet { id: id.into(), section: row.try_get(0)?, applications, versions },
        revision: u32::try_from(row.try_get::<i64, _>(1)?).map_err(|_| Fault::new("a revision is out of its range"))?,
        retired: is_set(&row, 2)?,
        changed_at: Time(row.try_get(3)?),
        changed_by: row.try_get::<Option<String>, _>(4)?.unwrap_or_default(),
    }))
}

/// An address for a title, one that no other article of this language has.
async fn free_slug(conn: &mut AnyConnection, version: &Version, of: &str) -> Answer<String> {
    let wanted = if version.slug.is_empty() { slug(&version.title, SLUG_LIMIT) } else { version.slug.clone() };
    for n in 1..100 {
        let tried = if n == 1 { wanted.clone() } else { numbered(&wanted, n) };
        let taken = sqlx::query("select 1 from articles where lang = $1 and slug = $2 and knowledge_id <> $3")
            .bind(version.lang.as_str())
            .bind(tried.as_str())
            .bind(of)
            .fetch_optional(&mut *conn)
            .await?;
        if taken.is_none() {
            return Ok(tried);
        }
        // What somebody has typed himself is not changed under his hands.
        if !version.slug.is_empty() {
            break;
        }
    }
    Err(Refusal::FieldWrong { field: [&version.lang, ".slug"].concat() }.into())
}

fn numbered(slug: &str, n: u32) -> String {
    let end = format!("-{n}");
    let room = SLUG_LIMIT - end.len();
    let cut: String = slug.chars().take(room).collect();
    [cut.trim_end_matches('-'), &end].concat()
}

/// Puts what is written where it is found. A language in which nothing is written any more goes, with its votes.
async fn put(conn: &mut AnyConnection, sheet: &Sheet, now: Time) -> Answer<()> {
    let before = sqlx::query("select id, lang from articles where knowledge_id = $1")
        .bind(sheet.id.as_str())
        .fetch_all(&mut *conn)
        .await?;
    let mut ids: HashMap<String, String> = HashMap::new();
    for row in &before {
        ids.insert(row.try_get(1)?, row.try_get(0)?);
    }
    for (lang, id) in &ids {
        sqlx::query("delete from article_applications where article_id = $1")
            .bind(id.as_str())
            .execute(&mut *conn)
            .await?;
        if sheet.version(lang).is_none() {
            for sql in ["delete from article_votes where article_id = $1", "delete from articles where id = $1"] {
                sqlx::query(sql).bind(id.as_str()).execute(&mut *conn).await?;
            }
        }
    }
    for version in &sheet.versions {
        let id = match ids.get(&version.lang) {
            Some(id) => id.clone(),
            None => random::id(now)?,
        };
        let says = plain(&version.body);
        sqlx::query(
            "insert into articles (id, lang, title, body, plain, title_words, body_words, published, changed_at, knowledge_id, slug) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do update set title = excluded.title, \
             body = excluded.body, plain = excluded.plain, title_words = excluded.title_words, body_words = excluded.body_words, \
             published = excluded.published, changed_at = excluded.changed_at, slug = excluded.slug",
        )
        .bind(id.as_str())
        .bind(version.lang.as_str())
        .bind(version.title.as_str())
        .bind(version.body.as_str())
        .bind(says.as_str())
        .bind(indexed(&version.lang, &version.title))
        .bind(indexed(&version.lang, &says))
        .bind(flag(version.published))
        .bind(now.0)
        .bind(sheet.id.as_str())
        .bind(version.slug.as_str())
        .execute(&mut *conn)
        .await?;
        for application in &sheet.applications {
            sqlx::query("insert into article_applications (application_id, article_id) values ($1, $2)")
                .bind(application.as_str())
                .bind(id.as_str())
                .execute(&mut *conn)
                .await?;
        }
    }
    Ok(())
}

/// As the log names it.
fn about(id: &str) -> String {
    ["article ", id].concat()
}

/// Keeps it in the place of that revision, for who holds the settings and administers: an agent, or a program. `by` is
/// the id of who does it.
pub(crate) async fn keep(
    conn: &mut AnyConnection,
    by: &str,
    revision: u32,
    sheet: &Sheet,
    now: Time,
    from: &Whence,
) -> Answer<Kept> {
    let mut sheet = sheet.checked()?;
    let wrong = |field: &str| Refusal::FieldWrong { field: field.into() };
    if let Some(section) = &sheet.section
        && !sections(&mut *conn).await?.iter().any(|entry| entry.section.id == *section)
    {
        return Err(wrong("section").into());
    }
    let before = find(&mut *conn, &sheet.id).await?;
    let there = shelves(&mut *conn).await?;
    // One that is retired meanwhile keeps what it had.
    let had = |id: &String| before.as_ref().is_some_and(|kept| kept.sheet.applications.contains(id));
    if sheet.applications.iter().any(|id| !had(id) && there.iter().all(|shelf| shelf.id != *id)) {
        return Err(wrong("applications").into());
    }
    let own = sheet.id.clone();
    for version in &mut sheet.versions {
        version.slug = free_slug(&mut *conn, version, &own).await?;
    }
    match &before {
        // Asked again after a lost answer: it is so already, whatever revision it has by now.
        Some(kept) if kept.sheet == sheet => return Ok(kept.clone()),
        Some(kept) if kept.revision != revision => {
            return say_who(&mut *conn, &about(&own), Err(Refusal::Overtaken { by: String::new() })).await;
        }
        Some(_) => {}
        None if revision != 0 => return Err(Refusal::NotYours.into()),
        None => {
            let row = sqlx::query("select count(*) from knowledge").fetch_one(&mut *conn).await?;
            if row.try_get::<i64, _>(0)? >= ARTICLES as i64 {
                return Err(Refusal::Full { limit: ARTICLES as u32 }.into());
            }
        }
    }
    sqlx::query(
        "insert into knowledge (id, section_id, revision, changed_at, changed_by) values ($1, $2, 1, $3, $4) \
         on conflict (id) do update set section_id = excluded.section_id, revision = knowledge.revision + 1, \
         changed_at = excluded.changed_at, changed_by = excluded.changed_by",
    )
    .bind(own.as_str())
    .bind(sheet.section.as_deref())
    .bind(now.0)
    .bind(by)
    .execute(&mut *conn)
    .await?;
    put(&mut *conn, &sheet, now).await?;
    let note = Note::by(by, Kind::SettingsChanged).about_thing(&about(&own)).from(from);
    audit::append(&mut *conn, now, &[note]).await?;
    Ok(find(conn, &own).await?.ok_or_else(|| Fault::new("an article that was just kept is not there"))?)
}

impl Desk {
    /// All of it, without what the articles say. Only for system administrators, as all that follows.
    pub async fn knowledge(&self, agent: &Agent) -> Answer<Base> {
        administers(agent)?;
        // In one picture: an article that comes in between would have no title.
        let mut conn = self.0.database.snapshot().await?;
        Ok(Base {
            sections: sections(&mut conn).await?,
            lines: lines(&mut conn).await?,
            shelves: shelves(&mut conn).await?,
        })
    }

    /// May he be shown how this would read?
    pub fn may_write(&self, agent: &Agent, body: &str) -> Answer<()> {
        administers(agent)?;
        if body.len() > BODY_LIMIT { Err(Refusal::TooBig { limit: BODY_LIMIT as u32 }.into()) } else { Ok(()) }
    }

    /// One article, in all its languages.
    pub async fn article_kept(&self, agent: &Agent, id: &str) -> Answer<Kept> {
        administers(agent)?;
        Ok(find(&mut *self.0.database.snapshot().await?, id).await?.ok_or(Refusal::NotYours)?)
    }

    /// In the place of the revision that was read; 0: it is new. Refused with the place of what cannot be meant, or
    /// `Overtaken` by who changed it since.
    pub async fn save_article(&self, signed: &Signed, revision: u32, sheet: &Sheet, from: &Whence) -> Answer<Kept> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let kept = keep(&mut tx, &agent.face.id, revision, sheet, self.now(), from).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Nobody finds it any more, or they do again.
    pub async fn retire_article(&self, signed: &Signed, id: &str, retired: bool, from: &Whence) -> Answer<Kept> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let before = find(&mut tx, id).await?.ok_or(Refusal::NotYours)?;
        if before.retired == retired {
            return Ok(before);
        }
        let now = self.now();
        sqlx::query(
            "update knowledge set retired = $1, revision = revision + 1, changed_at = $2, changed_by = $3 where id = $4",
        )
        .bind(flag(retired))
        .bind(now.0)
        .bind(agent.face.id.as_str())
        .bind(id)
        .execute(&mut *tx)
        .await?;
        let note = Note::by(&agent.face.id, Kind::SettingsChanged).about_thing(&about(id)).from(from);
        audit::append(&mut tx, now, &[note]).await?;
        let kept = find(&mut tx, id).await?.ok_or(Refusal::NotYours)?;
        tx.commit().await?;
        Ok(kept)
    }

    /// Changes a section; answers with all of it as it is then.
    pub async fn change_section(&self, signed: &Signed, change: &Change, from: &Whence) -> Answer<Base> {
        administers(&signed.agent)?;
        if !can_hold(change.id()) {
            return Err(Refusal::NotYours.into());
        }
        let mut tx = self.0.database.begin().await?;
        administers(&hold_as(&mut tx, signed).await?)?;
        let about = ["section ", change.id()].concat();
        let before = sections(&mut tx).await?;
        let after = say_who(&mut tx, &about, change.apply(&before)).await?;
        if after != before {
            keep_sections(&mut tx, &before, &after).await?;
            // Who saves over another is told who named it, and not who moved it or retired it.
            let what = match change {
                Change::Keep { .. } => "",
                Change::Move { .. } => " moved",
                Change::Retire { retired: true, .. } => " retired",
                Change::Retire { retired: false, .. } => " restored",
            };
            let said = [about.as_str(), what].concat();
            let note = Note::by(&signed.agent.face.id, Kind::SettingsChanged).about_thing(&said).from(from);
            audit::append(&mut tx, self.now(), &[note]).await?;
            tx.commit().await?;
        }
        self.knowledge(&signed.agent).await
    }
}
