//! Files: how they arrive, are looked at, kept and opened again.
//!
//! Received in pieces into the data folder, never held in memory; told only once the row and the event
//! are kept. What is refused or cut off leaves nothing behind.

mod look;
mod pass;
mod picture;
mod store;

pub use pass::Seal;
pub use store::{Incoming, Store};

use crate::keeper::{Asker, Want};
use crate::{Answer, Caller, Desk, Error, Fault, chat, database, random};
use domain::event::Wish;
use domain::file::{self, FILE_LIMIT};
use domain::{Act, Event, File, FileKind, Refusal, Scene, Span, Told, Who};
use pass::{Holder, Shown};
use picture::Made;
use sqlx::{AnyConnection, AnyExecutor, AnyPool, AssertSqlSafe, Row};
use std::sync::Arc;
use store::{Draft, fault};
use tokio::io::AsyncWriteExt;

/// Pictures that are made anew at a time: each unpacks to a hundred megabytes and more.
pub const AT_ONCE: usize = 2;
/// The sides of a photo, in pixels.
const PHOTO: [u32; 2] = [96, 256];
/// By then a commit that was asked for is done, or never will be.
const DOUBT: Span = Span::minutes(1);

/// What its sender says of a file before it comes.
#[derive(Clone, Debug)]
pub struct Announced {
    /// The act's id; a repeated one is answered with the first result.
    pub id: String,
    pub name: String,
    /// The media type.
    pub declared: String,
    /// In bytes; none: he does not say.
    pub size: Option<u64>,
}

/// What to do with what comes.
pub enum Begun {
    /// It has come before.
    Told(Vec<Told>),
    Arriving(Box<Arriving>),
}

/// A file while it arrives. Dropped, it leaves nothing behind.
pub struct Arriving {
    desk: Desk,
    asker: Asker,
    chat: String,
    act: String,
    name: String,
    kind: FileKind,
    draft: Draft,
    file: tokio::fs::File,
    size: u32,
}

/// A kept file, to be read.
pub struct Opened {
    pub file: File,
    pub body: tokio::fs::File,
}

impl Desk {
    /// May this file come? Asked before any of it is read, by the rules that decide at its end.
    pub async fn begin_file(&self, caller: &Caller, chat: &str, said: &Announced) -> Answer<Begun> {
        let (asker, chat, who) = match caller {
            Caller::Visitor(visitor) => {
                let chat = self.chat_of(visitor, chat).await?;
                (Asker::ItsCustomer, chat, Who::Customer(visitor.customer.clone()))
            }
            Caller::Agent(agent) => {
                let chat = self.seen_by(agent, chat).await?;
                let who = Who::Agent(agent.seat(&chat.group.id));
                (Asker::Agent(agent.clone()), chat, who)
            }
        };
        if !domain::id::is_sound(&said.id) {
            return Err(Refusal::Malformed.into());
        }
        let told = chat::told_of_act(&self.0.database.reader, &chat.id, &said.id).await?;
        if !told.is_empty() {
            return Ok(Begun::Told(told.into_iter().filter(|t| !t.event.is_aside()).collect()));
        }
        let too_big = said.size.is_some_and(|size| size > u64::from(FILE_LIMIT));
        let size = said.size.and_then(|size| u32::try_from(size).ok()).unwrap_or(0);
        let kind = FileKind::of(&said.name, &said.declared, &chat.terms);
        let kind = if too_big { Err(Refusal::TooBig { limit: FILE_LIMIT }) } else { kind }?;
        let claimed = File { id: String::new(), name: String::new(), kind, size, width: 0, height: 0 };
        chat.decide(&who, &Act::Attach { file: claimed }, &Scene::at(self.now()))?;
        let (draft, file) = self.0.files.begin().await?;
        Ok(Begun::Arriving(Box::new(Arriving {
            desk: self.clone(),
            asker,
            chat: chat.id,
            act: said.id.clone(),
            name: said.name.clone(),
            kind,
            draft,
            file,
            size: 0,
        })))
    }

    /// A pass for the files of a conversation, for who may read it; of an agent for this session.
    pub async fn pass(&self, caller: &Caller, session: Option<&str>, chat: &str) -> Answer<String> {
        let now = self.now();
        match caller {
            Caller::Visitor(visitor) => {
                let chat = self.chat_of(visitor, chat).await?;
                Ok(self.0.seal.write(&chat.id, Holder::Customer, now))
            }
            Caller::Agent(agent) => {
                let chat = self.seen_by(agent, chat).await?;
                let session = random::hash(session.ok_or(Refusal::SignedOut)?);
                Ok(self.0.seal.write(&chat.id, Holder::Session(&session), now))
            }
        }
    }

    /// As [`Desk::pass`], for the customer of a conversation that whoever asks has found to be his.
    pub(crate) fn pass_for_customer(&self, chat: &str) -> String {
        self.0.seal.write(chat, Holder::Customer, self.now())
    }

    /// Opens a file for who shows a pass for it. Not there and not his are the same answer.
    pub async fn open_file(&self, id: &str, pass: &str, session: Option<&str>) -> Answer<Opened> {
        let (chat, file) = load(&self.0.database.reader, id).await?.ok_or(Refusal::NotYours)?;
        let shown = Shown::read(pass).ok_or(Refusal::NotYours)?;
        let ours = if shown.by_session {
            let session = session.ok_or(Refusal::NotYours)?;
            let hash = random::hash(session);
            let ours = self.0.seal.is_ours(&chat, Holder::Session(&hash), &shown);
            if ours {
                let agent = self.session(session).await?.agent;
                self.seen_by(&agent, &chat).await?;
            }
            ours
        } else {
            self.0.seal.is_ours(&chat, Holder::Customer, &shown)
        };
        if !ours {
            return Err(Refusal::NotYours.into());
        }
        if shown.until <= self.now() {
            return Err(Refusal::LinkExpired.into());
        }
        Ok(Opened { body: self.0.files.read(&file.id).await?, file })
    }
}

impl Arriving {
    /// The next piece. The first byte too many ends it (S32).
    pub async fn write(&mut self, piece: &[u8]) -> Answer<()> {
        let size = u32::try_from(piece.len()).ok().and_then(|more| self.size.checked_add(more));
        self.size = size.filter(|size| *size <= FILE_LIMIT).ok_or(Refusal::TooBig { limit: FILE_LIMIT })?;
        Ok(self.file.write_all(piece).await.map_err(|why| fault("a file was not written", &why))?)
    }

    pub fn size(&self) -> u32 {
        self.size
    }

    /// All of it is here: looks at it, makes a picture anew, keeps it and tells of it.
    pub async fn finish(self) -> Answer<Vec<Told>> {
        let Arriving { desk, asker, chat, act, name, kind, draft, mut file, .. } = self;
        let synced = async {
            file.flush().await?;
            file.sync_all().await
        };
        synced.await.map_err(|why| fault("a file was not written", &why))?;
        let (made, draft) = if kind.is_picture() {
            redrawn(&desk, kind, draft).await?
        } else {
            let path = draft.path.clone();
            aside(move || look::check(kind, &path)).await?;
            (Made { kind, width: 0, height: 0 }, draft)
        };
        desk.0.files.sync().await?;
        let Made { kind, width, height } = made;
        let size = draft.size().await?;
        // Made anew it may be a little larger; of what grows many times it was made to.
        if size > 2 * FILE_LIMIT {
            return Err(Refusal::TooBig { limit: FILE_LIMIT }.into());
        }
        let file = File { id: draft.name.clone(), name: file::name(&name, kind), kind, size, width, height };
        let wish = Wish { id: act, act: Act::Attach { file } };
        let want = Want::Act { asker, from: String::new(), chat, wish };
        // Whoever hangs up now has sent it all the same: it is kept to its end.
        let kept = tokio::spawn(keep(desk, want, draft)).await;
        kept.map_err(|_| Fault::new("the keeping of a file broke off"))?
    }
}

/// A picture in a file of its own, made of the pixels of the one that has arrived.
async fn redrawn(desk: &Desk, kind: FileKind, arrived: Draft) -> Answer<(Made, Draft)> {
    let permit = Arc::clone(&desk.0.drawing).acquire_owned().await;
    let permit = permit.map_err(|_| Fault::new("nobody draws pictures any more"))?;
    let (draft, _) = desk.0.files.begin().await?;
    // Who hangs up meanwhile takes neither from under the brush, and no other begins before this one ends.
    aside(move || {
        let _permit = permit;
        look::check(kind, &arrived.path)?;
        let made = picture::make_anew(kind, &arrived.path, &draft.path)?;
        Ok((made, draft))
    })
    .await
}

/// A photo in its two squares, for twice as many pixels as it is shown in.
pub(crate) async fn square(desk: &Desk, kind: FileKind, incoming: Incoming) -> Answer<[Vec<u8>; 2]> {
    let permit = Arc::clone(&desk.0.drawing).acquire_owned().await;
    let permit = permit.map_err(|_| Fault::new("nobody draws pictures any more"))?;
    let draft = incoming.whole().await?;
    aside(move || {
        let _permit = permit;
        look::check(kind, &draft.path)?;
        picture::squares(kind, &draft.path, PHOTO)
    })
    .await
}

/// A picture no wider and no higher than this, in memory.
pub(crate) async fn scaled(desk: &Desk, kind: FileKind, incoming: Incoming, side: u32) -> Answer<(Vec<u8>, Made)> {
    let permit = Arc::clone(&desk.0.drawing).acquire_owned().await;
    let permit = permit.map_err(|_| Fault::new("nobody draws pictures any more"))?;
    let draft = incoming.whole().await?;
    aside(move || {
        let _permit = permit;
        look::check(kind, &draft.path)?;
        picture::scaled(kind, &draft.path, side)
    })
    .await
}

/// Beside the threads that answer. A panic of who reads strangers' bytes is their fault.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Refusal::FileBroken.into()))
}

async fn keep(desk: Desk, want: Want, draft: Draft) -> Answer<Vec<Told>> {
    match desk.0.keeper.ask(want).await.and_then(|got| desk.told(got)) {
        Ok(told) => {
            // The same file, sent twice at once: the first one is kept.
            if told.iter().any(|t| matches!(&t.event, Event::Attached { file, .. } if file.id == draft.name)) {
                let name = draft.stay();
                desk.0.files.settle(&name).await;
            }
            Ok(told)
        }
        // It may be kept all the same, by a commit whose answer was lost.
        Err(broken @ Error::Broken(_)) => {
            tokio::spawn(find_out(desk, draft.stay()));
            Err(broken)
        }
        Err(refused) => Err(refused),
    }
}

/// Waits until nothing is on its way any more, then sees whether this was kept. Every try that breaks
/// leaves one: they must not pile up until the next start.
async fn find_out(desk: Desk, name: String) {
    let mut due = desk.now() + DOUBT;
    loop {
        while desk.now() < due {
            desk.0.clock.wait_until(Some(due)).await;
        }
        match sort(&desk.0.files, &desk.0.database.reader, &name).await {
            Ok(()) => return,
            Err(_) => due = desk.now() + DOUBT,
        }
    }
}

/// Sorts out what a crash left.
pub async fn tidy(store: &Store, on: &AnyPool) -> Result<(), Fault> {
    for name in store.left().await? {
        sort(store, on, &name).await?;
    }
    Ok(())
}

/// What was kept moves up; what was not was never told to anybody, and goes.
async fn sort(store: &Store, on: &AnyPool, name: &str) -> Result<(), Fault> {
    match load(on, name).await? {
        Some(_) => store.settle(name).await,
        None => store.remove(name).await,
    }
    Ok(())
}

/// A file and the chat it belongs to.
async fn load<'c>(on: impl AnyExecutor<'c>, id: &str) -> Result<Option<(String, File)>, Fault> {
    if !database::can_hold(id) {
        return Ok(None);
    }
    let row = sqlx::query("select chat_id, name, kind, size, width, height from files where id = $1")
        .bind(id)
        .fetch_optional(on)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let number =
        |column| u32::try_from(row.try_get::<i64, _>(column)?).map_err(|_| Fault::new("a file has an impossible size"));
    let word: String = row.try_get(2)?;
    let kind = FileKind::ALL.into_iter().find(|kind| kind.ends()[0] == word);
    let kind = kind.ok_or_else(|| Fault::new("a file is of a kind that nobody knows"))?;
    let file =
        File { id: id.into(), name: row.try_get(1)?, kind, size: number(3)?, width: number(4)?, height: number(5)? };
    Ok(Some((row.try_get(0)?, file)))
}

/// Keeps the rows of what was attached.
pub async fn keep_rows(conn: &mut AnyConnection, told: &[Told]) -> Result<(), Fault> {
    let attached: Vec<_> = told
        .iter()
        .filter_map(|t| match &t.event {
            Event::Attached { by, file } => Some((t, by, file)),
            _ => None,
        })
        .collect();
    for part in attached.chunks(database::ROWS) {
        let sql = format!(
            "insert into files (id, chat_id, name, kind, size, width, height, agent_id, created_at) values {}",
            database::places(part.len(), 9)
        );
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (told, by, file) in part {
            query = query
                .bind(file.id.clone())
                .bind(told.chat.clone())
                .bind(file.name.clone())
                .bind(file.kind.ends()[0])
                .bind(i64::from(file.size))
                .bind(i64::from(file.width))
                .bind(i64::from(file.height))
                .bind(by.as_ref().map(|face| face.id.clone()))
                .bind(told.at.0);
        }
        query.execute(&mut *conn).await?;
    }
    Ok(())
}
