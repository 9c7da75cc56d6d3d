//! Pictures of articles: made anew from their pixels, no larger than a screen, and kept in the database as photos are.
//!
//! Whoever knows an id may see its picture: customers do, who read the article, and ids are not to be guessed.

use crate::audit::{self, Note};
use crate::database::can_hold;
use crate::file::{Incoming, scaled};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as};
use crate::{Answer, Desk, Fault};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::audit::Kind;
use domain::file::FILE_LIMIT;
use domain::{FileKind, Refusal, id};
use sqlx::Row;

/// The most that a picture is wide or high, in pixels.
const SIDE: u32 = 1_600;
/// The most that one may weigh as it is kept, in bytes: a photograph of that size has a tenth of it.
const KEPT_LIMIT: usize = 3 * 1024 * 1024;
/// More than this no house has.
const IMAGES: i64 = 5_000;

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
