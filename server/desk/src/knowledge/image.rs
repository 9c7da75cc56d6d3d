//! Pictures of articles: made anew from their pixels, no larger than a screen, and kept in the database as photos are.
//!
//! Whoever knows an id may see its picture: customers do, who read the article, and ids are not to be guessed.

use super::about;
use crate::audit::{self, Note};
use crate::database::can_hold;
use crate::file::{Incoming, scaled};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as, say_who};
use crate::{Answer, Desk, Fault};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::audit::Kind;
use domain::file::FILE_LIMIT;
use domain::knowledge::{PICTURES, Picture, ids_in};
use domain::person::Agent;
use domain::{FileKind, Refusal, id};
use sqlx::Row;
use std::collections::HashMap;

/// The most that a picture is wide or high, in pixels.
const SIDE: u32 = 1_600;
/// The most that one may weigh as it is kept, in bytes: a photograph of that size has a tenth of it.
const KEPT_LIMIT: usize = 3 * 1024 * 1024;
/// More than this no house has.
const IMAGES: i64 = 5_000;
/// Texts that are looked through at once.
const TEXTS: i64 = 100;

/// A picture while it arrives. Dropped, it leaves nothing behind.
pub struct ArrivingImage {
    desk: Desk,
    id: String,
    kind: FileKind,
    incoming: Incoming,
}

impl Desk {
    /// May a picture come that is said to be this? Asked before any of it is read. Its id is made by who sends it.
    pub async fn begin_image(
        &self,
        signed: &Signed,
        image: &str,
        declared: &str,
        size: Option<u64>,
    ) -> Answer<ArrivingImage> {
        administers(&signed.agent)?;
        if !id::is_sound(image) {
            return Err(Refusal::Malformed.into());
        }
        let kind = match declared.split(';').next().unwrap_or_default().trim() {
            "image/jpeg" => FileKind::Jpeg,
            "image/png" => FileKind::Png,
            "image/webp" => FileKind::Webp,
            _ => return Err(Refusal::FileKind.into()),
        };
        if size.is_some_and(|size| size > u64::from(FILE_LIMIT)) {
            return Err(Refusal::TooBig { limit: FILE_LIMIT }.into());
        }
        Ok(ArrivingImage {
            desk: self.clone(),
            id: image.into(),
            kind,
            incoming: self.0.files.receive(FILE_LIMIT).await?,
        })
    }

    /// The pictures that an article shows as it is kept, and those that none does; the newest first.
    pub async fn pictures(&self, agent: &Agent, article: &str) -> Answer<Vec<Picture>> {
        administers(agent)?;
        let mut tx = self.0.database.snapshot().await?;
        // Whether it is this article that shows it.
        let mut shown: HashMap<String, bool> = HashMap::new();
        let mut after = String::new();
        loop {
            let rows = sqlx::query("select id, knowledge_id, body from articles where id > $1 order by id limit $2")
                .bind(after.as_str())
                .bind(TEXTS)
                .fetch_all(&mut *tx)
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.try_get(0)?;
            for row in &rows {
                let here = row.try_get::<Option<&str>, _>(1)? == Some(article);
                for id in ids_in(row.try_get(2)?) {
                    *shown.entry(id.to_owned()).or_default() |= here;
                }
            }
        }
        // By the ids alone, which an index has: a picture lies behind its row.
        let rows = sqlx::query("select id from article_images order by id desc").fetch_all(&mut *tx).await?;
        let mut pictures = Vec::new();
        for row in &rows {
            let id: String = row.try_get(0)?;
            match shown.get(&id) {
                Some(false) => {}
                here => pictures.push(Picture { used: here.is_some(), id }),
            }
            if pictures.len() == PICTURES {
                break;
            }
        }
        Ok(pictures)
    }

    /// Nobody sees it any more. Of one that is shown by now it is said who did that; once it is gone, it stays so.
    pub async fn remove_picture(&self, signed: &Signed, image: &str, from: &Whence) -> Answer<()> {
        administers(&signed.agent)?;
        if !id::is_sound(image) {
            return Err(Refusal::Malformed.into());
        }
        let mut tx = self.0.database.begin().await?;
        administers(&hold_as(&mut tx, signed).await?)?;
        let shows = sqlx::query("select knowledge_id from articles where body like $1 limit 1")
            .bind(["%", image, "%"].concat())
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(row) = shows {
            let article = row.try_get::<Option<String>, _>(0)?.unwrap_or_default();
            return say_who(&mut tx, &about(&article), Err(Refusal::Overtaken { by: String::new() })).await;
        }
        let gone = sqlx::query("delete from article_images where id = $1").bind(image).execute(&mut *tx).await?;
        if gone.rows_affected() > 0 {
            let note = Note::by(&signed.agent.face.id, Kind::SettingsChanged);
            let note = note.about_thing(&["picture ", image].concat()).from(from);
            audit::append(&mut tx, self.now(), &[note]).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// A picture, and what it is; none: there is none of this id.
    pub async fn image(&self, image: &str) -> Answer<Option<(Vec<u8>, String)>> {
        if !can_hold(image) {
            return Ok(None);
        }
        let row = sqlx::query("select body, media from article_images where id = $1")
            .bind(image)
            .fetch_optional(&self.0.database.reader)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get(0)?;
        let body = BASE64_STANDARD.decode(text).map_err(|_| Fault::new("a kept picture does not read"))?;
        Ok(Some((body, row.try_get(1)?)))
    }
}

impl ArrivingImage {
    /// The next piece. The first byte too many ends it.
    pub async fn write(&mut self, piece: &[u8]) -> Answer<()> {
        self.incoming.write(piece).await
    }

    /// All of it is here: made anew and kept. Answers with its width and height. The same id again is the same picture.
    pub async fn finish(self, signed: &Signed, from: &Whence) -> Answer<(u32, u32)> {
        let ArrivingImage { desk, id, kind, incoming } = self;
        let (body, made) = scaled(&desk, kind, incoming, SIDE).await?;
        if body.len() > KEPT_LIMIT {
            return Err(Refusal::TooBig { limit: KEPT_LIMIT as u32 }.into());
        }
        let mut tx = desk.0.database.begin().await?;
        administers(&hold_as(&mut tx, signed).await?)?;
        let row = sqlx::query("select count(*) from article_images").fetch_one(&mut *tx).await?;
        if row.try_get::<i64, _>(0)? >= IMAGES {
            return Err(Refusal::Full { limit: IMAGES as u32 }.into());
        }
        let kept = sqlx::query(
            "insert into article_images (id, media, body, created_at, created_by) values ($1, $2, $3, $4, $5) \
             on conflict (id) do nothing",
        )
        .bind(id.as_str())
        .bind(made.kind.types()[0])
        .bind(BASE64_STANDARD.encode(body))
        .bind(desk.now().0)
        .bind(signed.agent.face.id.as_str())
        .execute(&mut *tx)
        .await?;
        if kept.rows_affected() > 0 {
            let about = ["article image ", &id].concat();
            let note = Note::by(&signed.agent.face.id, Kind::SettingsChanged).about_thing(&about).from(from);
            audit::append(&mut tx, desk.now(), &[note]).await?;
        }
        tx.commit().await?;
        Ok((made.width, made.height))
    }
}
