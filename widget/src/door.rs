//! The doors of the server: postcard in, postcard out, an answer or a trouble.

use crate::clock;
use crate::words::Words;
use domain::application::ApplicationView;
use domain::article::{ArticleLine, ArticleView, Vote};
use domain::identity::Related;
use domain::offline::{Offline, Receipt};
use domain::wire::{AskMail, Identify, Known, Open, POSTCARD, Page, Wait};
use domain::{Refusal, Trouble};
use js_sys::{ArrayBuffer, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use std::pin::Pin;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

/// A request that has no answer after so long is repeated.
const PATIENCE: u32 = 15_000;

/// Why there is no answer.
#[derive(Clone)]
pub enum Snag {
    /// The server answered: no, or that something broke.
    Trouble(Trouble),
    /// Nobody answered.
    Silence,
}

impl Snag {
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Snag::Trouble(Trouble::Refused(why)) => Some(why),
            _ => None,
        }
    }

    pub fn words(&self, words: &Words) -> String {
        match self {
            Snag::Trouble(trouble) => words.common.trouble(trouble),
            Snag::Silence => words.silence.into(),
        }
    }
}

pub type Answer<T> = Result<T, Snag>;

pub async fn application(key: &str, lang: &str) -> Answer<ApplicationView> {
    get(&["applications/", key, "?lang=", lang].concat(), "").await
}

pub async fn find_articles(key: &str, lang: &str, asked: &str) -> Answer<Vec<ArticleLine>> {
    let asked: String = js_sys::encode_uri_component(asked).into();
    get(&["applications/", key, "/articles?lang=", lang, "&q=", &asked].concat(), "").await
}

pub async fn article(key: &str, id: &str) -> Answer<ArticleView> {
    get(&["applications/", key, "/articles/", id].concat(), "").await
}

pub async fn vote(key: &str, id: &str, vote: &Vote) -> Answer<()> {
    post(&["applications/", key, "/articles/", id, "/votes"].concat(), "", vote).await
}

pub async fn open(token: &str, open: &Open) -> Answer<Page> {
    post("chats", token, open).await
}

pub async fn leave_message(token: &str, offline: &Offline) -> Answer<Receipt> {
    post("messages", token, offline).await
}

/// The proof of who he is.
pub async fn identify(token: &str, proof: &Identify) -> Answer<Known> {
    post("identity", token, proof).await
}

/// His tickets to go on with.
pub async fn tickets(token: &str) -> Answer<Vec<Related>> {
    get("tickets", token).await
}

pub async fn events(token: &str, chat: &str, after: u32) -> Answer<Page> {
    get(&["chats/", chat, "/events?after=", &after.to_string()].concat(), token).await
}

pub async fn wait(token: &str, chat: &str) -> Answer<Wait> {
    get(&["chats/", chat, "/wait"].concat(), token).await
}

pub async fn act(token: &str, chat: &str, wish: &domain::event::Wish) -> Answer<Page> {
    post(&["chats/", chat, "/acts"].concat(), token, wish).await
}

/// The conversation as text, in the times of this browser's zone; or, asked to mail it, the address it
/// goes to.
pub async fn letter(token: &str, chat: &str, mail: Option<&AskMail>) -> Answer<String> {
    let Some(ask) = mail else {
        return get(&["chats/", chat, "/transcript?ahead=", &clock::ahead().to_string()].concat(), token).await;
    };
    post(&["chats/", chat, "/mails"].concat(), token, ask).await
}

/// Ends a conversation that nobody here takes part in any more.
pub async fn leave(token: String, chat: String) {
    let wish = domain::event::Wish { id: clock::id(), act: domain::Act::Close };
    // If nobody answers, his absence ends it.
    let _ = insist(&|| Box::pin(act(&token, &chat, &wish)), 3).await;
}

async fn get<T: DeserializeOwned>(path: &str, token: &str) -> Answer<T> {
    read(fetch(path, token, None).await)
}

async fn post<T: DeserializeOwned>(path: &str, token: &str, body: &impl Serialize) -> Answer<T> {
    let Ok(body) = postcard::to_allocvec(body) else { return Err(Snag::Silence) };
    read(fetch(path, token, Some(body)).await)
}

/// Out of [`fetch`] so that it is the only part built once per type.
fn read<T: DeserializeOwned>(answer: Result<(bool, Vec<u8>), JsValue>) -> Answer<T> {
    let Ok((ok, body)) = answer else { return Err(Snag::Silence) };
    if ok {
        return postcard::from_bytes(&body).map_err(|_| Snag::Trouble(Refusal::Malformed.into()));
    }
    // What stands between may answer in its own words: then it is as if nobody had.
    Err(postcard::from_bytes(&body).map_or(Snag::Silence, Snag::Trouble))
}

async fn fetch(path: &str, token: &str, body: Option<Vec<u8>>) -> Result<(bool, Vec<u8>), JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", POSTCARD)?;
    if !token.is_empty() {
        headers.set("Authorization", &["Bearer ", token].concat())?;
    }
    let request = RequestInit::new();
    if let Some(body) = body {
        headers.set("Content-Type", POSTCARD)?;
        request.set_method("POST");
        request.set_body(&Uint8Array::from(body.as_slice()));
    }
    request.set_headers(&headers);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));

    let window = crate::dom::window();
    let answer = JsFuture::from(window.fetch_with_str_and_init(&["/w/v1/", path].concat(), &request)).await?;
    let answer: Response = answer.dyn_into()?;
    let body: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.dyn_into()?;
    Ok((answer.ok(), Uint8Array::new(&body).to_vec()))
}

/// A request, so that what repeats it is built once a type of answer.
type Asked<'a, T> = Pin<Box<dyn Future<Output = Answer<T>> + 'a>>;

/// Asks again while nobody answers, and gives up on an answer only.
pub async fn insist<'a, T>(ask: &(dyn Fn() -> Asked<'a, T> + 'a), most: u32) -> Answer<T> {
    let mut tries = 0;
    loop {
        let answer = ask().await;
        tries += 1;
        if tries >= most || !matches!(answer, Err(Snag::Silence)) {
            return answer;
        }
        clock::sleep(clock::back_off(tries)).await;
    }
}
