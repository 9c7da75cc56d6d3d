//! An application as it would look, for who is changing it: kept in memory for minutes, under a key that only his
//! session knows. Nothing else knows the key, so nothing begins with it: no conversation, no file, no message.

use super::{NotSet, settings, view};
use crate::session::Signed;
use crate::{Answer, Desk, random};
use domain::application::{ApplicationView, Settings};
use domain::group::Subject;
use domain::hours::{Closed, Timetable};
use domain::{Face, Refusal, Span, Time};
use sqlx::Row;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So long is a draft looked at before it must be sent again.
const LIFE: Span = Span::minutes(10);
/// More people than this do not change applications at the same time; the oldest draft makes room.
const DRAFTS: usize = 100;
/// What keys of drafts begin with; those of applications begin otherwise.
const BEGINS: &str = "draft_";

pub struct Draft {
    session: String,
    settings: Settings,
    subjects: Vec<Subject>,
    closed: Option<Closed>,
    until: Time,
}

/// By their keys; one a session.
pub type Drafts = Mutex<HashMap<String, Draft>>;

/// Does a key begin as those of drafts do?
pub fn is_draft(key: &str) -> bool {
    key.starts_with(BEGINS)
}

impl Desk {
    /// Keeps how an application would look with these settings: inside its hours, everybody of its groups there; or
    /// outside of them. Answers with its key. Refused as a save is.
    pub async fn draft_application(&self, signed: &Signed, settings: Settings, closed: bool) -> Answer<String> {
        settings::administers(&signed.agent)?;
        let mut conn = self.0.database.reader.acquire().await?;
        let settings = settings::meant(settings, &settings::offered(&mut conn).await?)?;
        let now = self.now();
        let mut subjects = Vec::new();
        for id in &settings.groups {
            let rows = sqlx::query(
                "select g.name, a.id, a.name from groups g \
                 left join memberships m on m.group_id = g.id and m.attendant = 1 \
                 left join agents a on a.id = m.agent_id and a.disabled = 0 where g.id = $1 order by a.name, a.id",
            )
            .bind(id.as_str())
            .fetch_all(&mut *conn)
            .await?;
            let mut subject = Subject { id: id.clone(), name: String::new(), online: Vec::new() };
            for row in rows {
                subject.name = row.try_get(0)?;
                if let Some(id) = row.try_get::<Option<String>, _>(1)? {
                    subject.online.push(Face { id, name: row.try_get(2)? });
                }
            }
            subjects.push(subject);
        }
        let next = match &settings.setup.hours {
            Some(hours) => {
                Timetable::of(hours).map_err(|wrong| NotSet::Wrong(wrong.within("setup.hours")))?.next_opening(now)
            }
            None => None,
        };
        let closed = closed.then_some(Closed { next });
        let key = format!("{BEGINS}{}", random::token()?);
        let mut drafts = self.drafts(now);
        drafts.retain(|_, draft| draft.session != signed.session);
        if drafts.len() >= DRAFTS {
            let oldest = drafts.iter().min_by_key(|(_, draft)| draft.until).map(|(key, _)| key.clone());
            oldest.into_iter().for_each(|key| drop(drafts.remove(&key)));
        }
        let session = signed.session.clone();
        drafts.insert(key.clone(), Draft { session, settings, subjects, closed, until: now + LIFE });
        Ok(key)
    }

    /// A draft of this session, for its frame. Refused to who administers the system no more.
    pub fn drafted(&self, signed: &Signed, key: &str, lang: &str) -> Answer<ApplicationView> {
        settings::administers(&signed.agent)?;
        let drafts = self.drafts(self.now());
        let mine = drafts.get(key).filter(|draft| draft.session == signed.session);
        Ok(self.view_of(key, mine.ok_or(Refusal::NotYours)?, lang))
    }

    /// Whoever has the key has the draft: it is a secret of 256 bits.
    pub(super) fn draft(&self, key: &str, lang: &str) -> Answer<ApplicationView> {
        let drafts = self.drafts(self.now());
        Ok(self.view_of(key, drafts.get(key).ok_or(Refusal::NotYours)?, lang))
    }

    fn view_of(&self, key: &str, draft: &Draft, lang: &str) -> ApplicationView {
        let Draft { settings, subjects, closed, .. } = draft;
        view(key.into(), settings.clone(), lang, subjects.clone(), *closed, self.0.mails.is_open())
    }

    /// Those that are not over.
    fn drafts(&self, now: Time) -> MutexGuard<'_, HashMap<String, Draft>> {
        let mut drafts = self.0.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|_, draft| draft.until > now);
        drafts
    }
}
