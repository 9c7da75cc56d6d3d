//! The doors of the widget, `/w/v1`: for customers, in postcard or JSON, by the token of a visitor.

use super::{Id, id};
use crate::encoding::Encoding;
use crate::program::{Call, Program};
use crate::{document, letter, origin};
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use desk::application::{drafted_chat, is_draft};
use desk::mail::Mail;
use desk::{Caller, Error, Signed, Visitor};
use domain::Refusal;
use domain::application::ApplicationView;
use domain::event::Wish;
use domain::offline::Offline;
use domain::wire::{AskMail, Identify, Open, Page};
use serde::Deserialize;
use std::sync::Arc;
use words::Words;

async fn visitor(program: &Program, call: &Call) -> Result<Visitor, Error> {
    program.desk.visitor(call.token()?).await
}

#[derive(Deserialize)]
pub struct Spoken {
    #[serde(default)]
    lang: String,
}

/// What the widget needs before anybody is asked for anything, in the language that it asks for, or its browser's.
pub async fn application(
    State(program): State<Arc<Program>>,
    call: Call,
    key: Id,
    spoken: Result<Query<Spoken>, QueryRejection>,
) -> Response {
    let answer = async {
        let Query(Spoken { lang }) = spoken.map_err(|_| Refusal::Malformed)?;
        let words = if lang.is_empty() { call.words() } else { words::of(&lang) };
        program.desk.application(&id(key)?, words.lang).await
    };
    call.answer(answer.await)
}

/// Starts a chat. The same id again is answered with the same chat, and costs nobody his turn.
pub async fn open(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response {
    let answer = async {
        let token = call.token()?;
        let open: Open = call.read(body).await?;
        let counts = !has_begun(&program, token, &open.id).await?;
        if counts {
            program.limits.chat(call.address, token, &open.key)?;
        }
        let opened = program.desk.open_chat(token, &open).await;
        // What was never taken is not given back.
        if counts && matches!(opened, Err(Error::Refused(_))) {
            program.limits.chat_refused(call.address, token, &open.key);
        }
        Ok(Page { told: opened?, more: false })
    };
    call.answer(answer.await)
}

/// Leaves a message while nobody attends. The same id again is answered with the same number.
pub async fn leave_message(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response {
    let answer = async {
        let token = call.token()?;
        let offline: Offline = call.read(body).await?;
        let counts = !has_left(&program, token, &offline.open.id).await?;
        if counts {
            program.limits.offline(call.address)?;
        }
        let left = program.desk.leave_message(token, &offline).await;
        // What was refused was not left, and he may mend it; a program that shows itself has had its turn.
        if counts && matches!(&left, Err(Error::Refused(why)) if *why != Refusal::Malformed) {
            program.limits.offline_refused(call.address);
        }
        left
    };
    call.answer(answer.await)
}

async fn has_left(program: &Program, token: &str, message: &str) -> Result<bool, Error> {
    match program.desk.visitor(token).await {
        Ok(visitor) => program.desk.has_message(&visitor, message).await,
        Err(Error::Refused(_)) => Ok(false),
        Err(broken) => Err(broken),
    }
}

async fn has_begun(program: &Program, token: &str, chat: &str) -> Result<bool, Error> {
    match program.desk.visitor(token).await {
        Ok(visitor) => match program.desk.wait(&visitor, chat).await {
            Ok(_) => Ok(true),
            Err(Error::Refused(_)) => Ok(false),
            Err(broken) => Err(broken),
        },
        Err(Error::Refused(_)) => Ok(false),
        Err(broken) => Err(broken),
    }
}

/// The site proves who holds the visitor's token.
pub async fn identify(State(program): State<Arc<Program>>, call: Call, body: Body) -> Response {
    let answer = async {
        let token = call.token()?;
        let proof: Identify = call.read(body).await?;
        program.desk.identify(token, &proof).await
    };
    call.answer(answer.await)
}

/// What the visitor may go on with; of who is not identified nothing, and no word of it.
pub async fn tickets(State(program): State<Arc<Program>>, call: Call) -> Response {
    let answer = async { program.desk.related(&visitor(&program, &call).await?).await };
    call.answer(answer.await)
}

/// The visitor's open chat, if there is one.
pub async fn chat(State(program): State<Arc<Program>>, call: Call) -> Response {
    let answer = async { program.desk.open_chat_of(&visitor(&program, &call).await?).await };
    call.answer(answer.await)
}

#[derive(Deserialize)]
pub struct After {
    #[serde(default)]
    after: u32,
}

pub async fn events(
    State(program): State<Arc<Program>>,
    call: Call,
    chat: Id,
    after: Result<Query<After>, QueryRejection>,
) -> Response {
    let answer = async {
        let chat = id(chat)?;
        if let Some(drafted) = drafted_chat(&chat) {
            return program.desk.talk_of_draft(drafted, letter::sample(words::of(drafted.lang)));
        }
        let caller = Caller::Visitor(visitor(&program, &call).await?);
        let Query(After { after }) = after.map_err(|_| Refusal::Malformed)?;
        program.desk.events(&caller, &chat, after, 0).await
    };
    call.answer(answer.await)
}

pub async fn wait(State(program): State<Arc<Program>>, call: Call, chat: Id) -> Response {
    let answer = async {
        let chat = id(chat)?;
        if let Some(drafted) = drafted_chat(&chat) {
            return program.desk.wait_of_draft(drafted);
        }
        program.desk.wait(&visitor(&program, &call).await?, &chat).await
    };
    call.answer(answer.await)
}

/// A customer wants something: to write, or to end it.
pub async fn act(State(program): State<Arc<Program>>, call: Call, chat: Id, body: Body) -> Response {
    let answer = async {
        let token = call.token()?;
        program.limits.act(token)?;
        let caller = Caller::Visitor(program.desk.visitor(token).await?);
        let wish: Wish = call.read(body).await?;
        let told = program.desk.act(&caller, &id(chat)?, &wish).await?;
        Ok(Page { told, more: false })
    };
    call.answer(answer.await)
}

#[derive(Deserialize)]
pub struct Zone {
    /// What his clock is ahead of UTC, in minutes.
    #[serde(default)]
    ahead: i32,
}

/// The conversation as plain text, with the times of his zone.
pub async fn transcript(
    State(program): State<Arc<Program>>,
    call: Call,
    chat: Id,
    zone: Result<Query<Zone>, QueryRejection>,
) -> Response {
    let answer = async {
        let visitor = visitor(&program, &call).await?;
        let Query(Zone { ahead }) = zone.map_err(|_| Refusal::Malformed)?;
        let (chat, told) = program.desk.transcript(&visitor, &id(chat)?).await?;
        Ok(letter::transcript(&chat, &told, ahead))
    };
    call.answer(answer.await)
}

/// Sends it to the address that is known of him, which is the answer.
pub async fn mail(State(program): State<Arc<Program>>, call: Call, chat: Id, body: Body) -> Response {
    let answer = async {
        let token = call.token()?;
        program.limits.act(token)?;
        let visitor = program.desk.visitor(token).await?;
        let ask: AskMail = call.read(body).await?;
        let chat = id(chat)?;
        program.limits.mail(call.address)?;
        let (about, told) = program.desk.transcript(&visitor, &chat).await?;
        let (subject, text) = letter::mail(&about, &told, ask.ahead);
        program.desk.mail(&visitor, &chat, &Mail { id: ask.id, subject, text }).await
    };
    call.answer(answer.await)
}

#[derive(Deserialize)]
pub struct Asked {
    key: String,
    #[serde(default)]
    lang: String,
    /// The page keeps somebody's token: he may be called to a conversation. Loaders of before, which pages have pinned,
    /// say `1` or `undefined`.
    #[serde(default)]
    known: String,
}

impl Asked {
    fn is_known(&self) -> bool {
        matches!(self.known.as_str(), "true" | "1")
    }

    /// In the language that is named; none: in that of the browser.
    fn words(&self, call: &Call) -> &'static Words {
        if self.lang.is_empty() { call.words() } else { words::of(&self.lang) }
    }
}

/// How an application would look: for the session that is changing it, inside of its own console.
async fn drafted(
    program: &Program,
    call: &Call,
    key: &str,
    lang: &str,
) -> Result<(Vec<String>, ApplicationView), Error> {
    let signed = signed(program, call).await?;
    let own = program.own(&call.headers).map(|own| own.to_string());
    Ok((own.into_iter().collect(), program.desk.drafted(&signed, key, lang)?))
}

/// Who looks at a draft.
async fn signed(program: &Program, call: &Call) -> Result<Signed, Error> {
    let session = program.session(&call.headers).ok_or(Refusal::NotYours)?;
    program.desk.session(&session).await
}

/// Which site asked for a widget last. Whether that is kept is nothing to who asks.
async fn remember(program: &Program, call: &Call, key: &str) {
    if let Err(Error::Broken(fault)) = program.desk.asked_for(key, origin::of_page(&call.headers).as_deref()).await {
        tracing::error!(%fault, "that a widget was asked for was not kept");
    }
}

/// The document of the frame, which only the sites of the application may show.
pub async fn frame(
    State(program): State<Arc<Program>>,
    call: Call,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let answer = async {
        let Query(asked) = asked.map_err(|_| Refusal::NotYours)?;
        let words = asked.words(&call);
        let (sites, application) = if is_draft(&asked.key) {
            drafted(&program, &call, &asked.key, words.lang).await?
        } else if let Some(sites) = program.desk.sites_of_retired(&asked.key).await? {
            // Who is known may be in the middle of a conversation, which goes on.
            if !asked.is_known() {
                return document::gone(&program.site, sites).ok_or_else(|| Refusal::NotYours.into());
            }
            (sites, program.desk.retired_application(&asked.key, words.lang).await?)
        } else {
            let application = program.desk.application(&asked.key, words.lang).await?;
            let both = (program.desk.sites(&asked.key).await?, application);
            remember(&program, &call, &asked.key).await;
            both
        };
        let frame = document::frame(
            &program.site,
            words.lang,
            sites,
            &Encoding::Postcard.write(&application)?,
            asked.is_known(),
        );
        frame.ok_or_else(|| Error::Broken(desk::Fault::new("the widget was not built into this program")))
    };
    answer.await.unwrap_or_else(|error| call.page(&program, error))
}

/// The page on which the console draws the launcher of a draft, by the tag that a site would paste: for its session.
pub async fn host(
    State(program): State<Arc<Program>>,
    call: Call,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let answer = async {
        let Query(asked) = asked.map_err(|_| Refusal::NotYours)?;
        let words = asked.words(&call);
        let signed = signed(&program, &call).await?;
        let line = program.desk.drafted_line(&signed, &asked.key)?;
        Ok::<_, Error>(document::host(words.lang, &app::snippet::snippet("", &line, None)))
    };
    answer.await.unwrap_or_else(|error| call.page(&program, error))
}
