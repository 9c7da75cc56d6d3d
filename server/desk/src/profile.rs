//! An agent's own account: what he says of himself, and his photo.
//!
//! A photo is made anew from its pixels, in two small squares, and kept in the database: it is smaller than many a
//! conversation, and gone with one statement. Whoever knows an agent's id may see it: customers do, who have talked with
//! him, and ids are not to be guessed.

use crate::audit::{self, Note};
use crate::database::can_hold;
use crate::file::{Incoming, square};
use crate::hub::Topic;
use crate::session::{Signed, Whence};
use crate::{Answer, Desk, Fault, factor, people};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::audit::Kind;
use domain::profile::{Change, PHOTO_LIMIT, Profile};
use domain::wire::{AgentState, Down};
use domain::{FileKind, Refusal, Time};
use sqlx::Row;

/// A photo while it arrives. Dropped, it leaves nothing behind.
pub struct ArrivingPhoto {
    desk: Desk,
    kind: FileKind,
    incoming: Incoming,
}

impl Desk {
    pub async fn profile(&self, signed: &Signed) -> Answer<Profile> {
        let agent = signed.agent.face.id.as_str();
        let row = sqlx::query(
            "select a.name, a.lang, a.languages, p.changed_at from agents a left join photos p on p.agent_id = a.id \
             where a.id = $1",
        )
        .bind(agent)
        .fetch_one(&self.0.database.reader)
        .await?;
        Ok(Profile {
            id: agent.into(),
            name: row.try_get(0)?,
            email: signed.email.clone(),
            lang: row.try_get(1)?,
            languages: serde_json::from_str(row.try_get(2)?)?,
            theme: signed.theme,
            photo: row.try_get::<Option<i64>, _>(3)?.map(Time),
            factor: factor::factor_of(&self.0.database.reader, agent).await?,
        })
    }

    /// Colleagues read his new name at once; conversations of before keep the name that he had in them.
    pub async fn change_profile(&self, signed: &Signed, change: &Change, from: &Whence) -> Answer<()> {
        let (agent, change) = (signed.agent.face.id.as_str(), change.checked()?);
        let mut tx = self.0.database.begin().await?;
        sqlx::query("update agents set name = $1, lang = $2, languages = $3, theme = $4 where id = $5")
            .bind(change.name.as_str())
            .bind(change.lang.as_str())
            .bind(serde_json::to_string(&change.languages)?)
            .bind(change.theme.word())
            .bind(agent)
            .execute(&mut *tx)
            .await?;
        audit::append(&mut tx, self.now(), &[Note::by(agent, Kind::ProfileChanged).from(from)]).await?;
        tx.commit().await?;
        let known = people::agent(&self.0.database.reader, agent).await?.ok_or(Refusal::SignedOut)?;
        let connected = self.0.presence.is_connected(agent);
        let state = AgentState { face: known.face, connected, online: signed.online };
        self.0.hub.tell(&[Topic::Staff], Down::Agent(state));
        Ok(())
    }

    /// May a photo come that is said to be this? Asked before any of it is read.
    pub async fn begin_photo(&self, declared: &str, size: Option<u64>) -> Answer<ArrivingPhoto> {
        let kind = match declared.split(';').next().unwrap_or_default().trim() {
            "image/jpeg" => FileKind::Jpeg,
            "image/png" => FileKind::Png,
            "image/webp" => FileKind::Webp,
            _ => return Err(Refusal::FileKind.into()),
        };
        if size.is_some_and(|size| size > u64::from(PHOTO_LIMIT)) {
            return Err(Refusal::TooBig { limit: PHOTO_LIMIT }.into());
        }
        Ok(ArrivingPhoto { desk: self.clone(), kind, incoming: self.0.files.receive(PHOTO_LIMIT).await? })
    }

    /// His photo is gone; his letters are there again.
    pub async fn remove_photo(&self, signed: &Signed, from: &Whence) -> Answer<()> {
        let agent = signed.agent.face.id.as_str();
        let mut tx = self.0.database.begin().await?;
        sqlx::query("delete from photos where agent_id = $1").bind(agent).execute(&mut *tx).await?;
        audit::append(&mut tx, self.now(), &[Note::by(agent, Kind::ProfileChanged).from(from)]).await?;
        Ok(tx.commit().await?)
    }

    /// The photo of an agent as JPEG, and since when it is; none: he has none, or nobody of that id may sign in.
    pub async fn photo(&self, agent: &str, large: bool) -> Answer<Option<(Vec<u8>, Time)>> {
        if !can_hold(agent) {
            return Ok(None);
        }
        let sql = if large {
            "select p.large, p.changed_at from photos p join agents a on a.id = p.agent_id \
             where p.agent_id = $1 and a.disabled = 0"
        } else {
            "select p.small, p.changed_at from photos p join agents a on a.id = p.agent_id \
             where p.agent_id = $1 and a.disabled = 0"
        };
        let row = sqlx::query(sql).bind(agent).fetch_optional(&self.0.database.reader).await?;
        let Some(row) = row else { return Ok(None) };
        let text: String = row.try_get(0)?;
        let photo = BASE64_STANDARD.decode(text).map_err(|_| Fault::new("a kept photo does not read"))?;
        Ok(Some((photo, Time(row.try_get(1)?))))
    }
}

impl ArrivingPhoto {
    /// The next piece. The first byte too many ends it.
    pub async fn write(&mut self, piece: &[u8]) -> Answer<()> {
        self.incoming.write(piece).await
    }

    /// All of it is here: made anew, and kept in the place of the one before.
    pub async fn finish(self, signed: &Signed, from: &Whence) -> Answer<()> {
        let ArrivingPhoto { desk, kind, incoming } = self;
        let [small, large] = square(&desk, kind, incoming).await?.map(|picture| BASE64_STANDARD.encode(picture));
        let (agent, now) = (signed.agent.face.id.as_str(), desk.now());
        let mut tx = desk.0.database.begin().await?;
        sqlx::query(
            "insert into photos (agent_id, small, large, changed_at) values ($1, $2, $3, $4) on conflict (agent_id) do update \
             set small = excluded.small, large = excluded.large, changed_at = excluded.changed_at",
        )
        .bind(agent)
        .bind(small)
        .bind(large)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, now, &[Note::by(agent, Kind::ProfileChanged).from(from)]).await?;
        Ok(tx.commit().await?)
    }
}
