//! An application as it would look, for who is changing it: kept in memory for minutes, under a key that only his
//! session knows. Nothing else knows the key, so nothing begins with it: no conversation, no file, no message.

use super::{NotSet, settings, view};
use crate::session::Signed;
use crate::{Answer, Desk, queue, random};
use domain::application::{ApplicationView, Settings, Terms};
use domain::event::Opening;
use domain::group::{Named, Subject};
use domain::hours::{Closed, Timetable};
use domain::wire::{ApplicationLine, Page, Wait};
use domain::{Event, Face, Origin, Refusal, Span, Time, Told};
use sqlx::Row;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So long is a draft looked at before it must be sent again.
const LIFE: Span = Span::minutes(10);
/// More people than this do not change applications at the same time; the oldest draft makes room.
const DRAFTS: usize = 100;
/// What keys of drafts begin with; those of applications begin otherwise.
const BEGINS: &str = "draft_";
/// What ids of conversations end in that nobody has attended yet.
const WAITS: &str = "-waits";

pub struct Draft {
    session: String,
    /// Who looks at it, and answers in its conversation.
    agent: Face,
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

/// A conversation of a draft, as its id says it: the key and the language with a dash between them, and whether
/// somebody still waits in it.
#[derive(Clone, Copy)]
pub struct Drafted<'a> {
    pub id: &'a str,
    pub key: &'a str,
    pub lang: &'a str,
    pub waits: bool,
}

pub fn drafted_chat(id: &str) -> Option<Drafted<'_>> {
    let attended = id.strip_suffix(WAITS);
    let (key, lang) = attended.unwrap_or(id).rsplit_once('-').filter(|(key, _)| is_draft(key))?;
    Some(Drafted { id, key, lang, waits: attended.is_some() })
}

impl Desk {
    /// Keeps how an application would look with these settings: inside its hours, everybody of its groups there; or
    /// outside of them, for somebody who has been asked by its form before. Answers with its key. Refused as a save is.
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
        let (session, agent) = (signed.session.clone(), signed.agent.face.clone());
        drafts.insert(key.clone(), Draft { session, agent, settings, subjects, closed, until: now + LIFE });
        Ok(key)
    }

    /// A draft of this session, for its frame. Refused to who administers the system no more.
    pub fn drafted(&self, signed: &Signed, key: &str, lang: &str) -> Answer<ApplicationView> {
        self.own_draft(signed, key, |draft| self.view_of(key, draft, lang))
    }

    /// What its tag says, for who may see its frame.
    pub fn drafted_line(&self, signed: &Signed, key: &str) -> Answer<ApplicationLine> {
        self.own_draft(signed, key, |draft| ApplicationLine::of(key.into(), key.into(), draft.settings.clone(), false))
    }

    /// What is read of a draft by the session that it belongs to.
    fn own_draft<T>(&self, signed: &Signed, key: &str, read: impl FnOnce(&Draft) -> T) -> Answer<T> {
        settings::administers(&signed.agent)?;
        let drafts = self.drafts(self.now());
        let own = drafts.get(key).filter(|draft| draft.session == signed.session);
        Ok(read(own.ok_or(Refusal::NotYours)?))
    }

    /// Whoever has the key has the draft: it is a secret of 256 bits.
    pub(super) fn draft(&self, key: &str, lang: &str) -> Answer<ApplicationView> {
        let drafts = self.drafts(self.now());
        Ok(self.view_of(key, drafts.get(key).ok_or(Refusal::NotYours)?, lang))
    }

    fn view_of(&self, key: &str, draft: &Draft, lang: &str) -> ApplicationView {
        let Draft { settings, subjects, closed, .. } = draft;
        let mut view = view(key.into(), settings.clone(), lang, subjects.clone(), *closed, self.0.mails.is_open());
        if view.closed.is_some() {
            // Nothing stands before the message then.
            view.fields.clear();
        }
        view
    }

    /// A conversation as it would look with a draft, kept nowhere: what somebody asks, and, where he does not wait any
    /// more, the answer of who looks at it. Whoever has the key has it, as above.
    pub fn talk_of_draft(&self, chat: Drafted<'_>, [asks, answers]: [&str; 2]) -> Answer<Page> {
        let Drafted { id, key, lang, waits } = chat;
        let now = self.now();
        let drafts = self.drafts(now);
        let Draft { settings, subjects, agent, .. } = drafts.get(key).ok_or(Refusal::NotYours)?;
        let application = Named { id: key.into(), name: settings.name.clone() };
        let setup = &settings.setup;
        let opening = Opening {
            number: 1,
            origin: Origin::Widget,
            group: subjects.first().map_or_else(
                || application.clone(),
                |subject| Named { id: subject.id.clone(), name: subject.name.clone() },
            ),
            application,
            customer: Named { id: key.into(), name: String::new() },
            verified: false,
            answers: Vec::new(),
            page: String::new(),
            lang: lang.into(),
            terms: Terms { documents: setup.documents, rating: setup.rating, files: setup.files, ..Terms::default() },
            attributes: Vec::new(),
            related: None,
        };
        let events = [
            Event::Opened(Box::new(opening)),
            Event::Posted { by: None, text: asks.into() },
            Event::Attended { by: agent.clone() },
            Event::Posted { by: Some(agent.clone()), text: answers.into() },
        ];
        let told = (1..).zip(events).map(|(seq, event)| {
            let act = format!("{id}-{seq}");
            Told { chat: id.into(), seq, after: seq, at: now, act, event }
        });
        let until = if waits { 2 } else { usize::MAX };
        Ok(Page { told: told.take(until).collect(), more: false })
    }

    /// What would be told of the wait in it (R22). Whoever has the key has it, as above.
    pub fn wait_of_draft(&self, chat: Drafted<'_>) -> Answer<Wait> {
        let drafts = self.drafts(self.now());
        let draft = drafts.get(chat.key).ok_or(Refusal::NotYours)?;
        Ok(queue::sample(&draft.settings, chat.id))
    }

    /// Those that are not over.
    fn drafts(&self, now: Time) -> MutexGuard<'_, HashMap<String, Draft>> {
        let mut drafts = self.0.drafts.lock().unwrap_or_else(PoisonError::into_inner);
        drafts.retain(|_, draft| draft.until > now);
        drafts
    }
}
