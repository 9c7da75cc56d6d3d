//! The doors of the server: postcard in, postcard out, an answer or a trouble.

use crate::clock;
use crate::words::Words;
use domain::application::ApplicationView;
use domain::article::{ArticleLine, ArticleView, Vote};
use domain::event::Wish;
use domain::identity::Related;
use domain::offline::{Offline, Receipt};
use domain::wire::{AskMail, Identify, Known, Open, POSTCARD, Page, Wait};
use domain::{Act, Refusal, Trouble};
use js_sys::{ArrayBuffer, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use std::marker::PhantomData;
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

    /// Whose token it was is nobody, or nobody there: it may have been replaced.
    pub fn is_of_a_stranger(&self) -> bool {
        matches!(self.refusal(), Some(Refusal::NotYours | Refusal::SignedOut))
    }

    pub fn words(&self, words: &Words) -> String {
        match self {
            Snag::Trouble(trouble) => words.common.trouble(trouble),
            Snag::Silence => words.silence.into(),
        }
    }
}

pub type Answer<T> = Result<T, Snag>;

pub fn application(key: &str, lang: &str) -> Asked<ApplicationView> {
    get(&["applications/", key, "?lang=", lang], "")
}

pub fn find_articles(key: &str, lang: &str, asked: &str) -> Asked<Vec<ArticleLine>> {
    let asked: String = js_sys::encode_uri_component(asked).into();
    get(&["applications/", key, "/articles?lang=", lang, "&q=", &asked], "")
}

pub fn article(key: &str, id: &str) -> Asked<ArticleView> {
    get(&["applications/", key, "/articles/", id], "")
}

pub fn vote(key: &str, id: &str, vote: &Vote) -> Asked<()> {
    post(&["applications/", key, "/articles/", id, "/votes"], "", vote)
}

pub fn open(token: &str, open: &Open) -> Asked<Page> {
    post(&["chats"], token, open)
}

pub fn leave_message(token: &str, offline: &Offline) -> Asked<Receipt> {
    post(&["messages"], token, offline)
}

/// The proof of who he is.
pub fn identify(token: &str, proof: &Identify) -> Asked<Known> {
    post(&["identity"], token, proof)
}

/// His tickets to go on with.
pub fn tickets(token: &str) -> Asked<Vec<Related>> {
    get(&["tickets"], token)
}

pub fn events(token: &str, chat: &str, after: u32) -> Asked<Page> {
    get(&["chats/", chat, "/events?after=", &after.to_string()], token)
}

pub fn wait(token: &str, chat: &str) -> Asked<Wait> {
    get(&["chats/", chat, "/wait"], token)
}

/// Under an id that no other act has: asked again with it, it is done once.
pub fn act(token: &str, chat: &str, id: String, act: Act) -> Asked<Page> {
    post(&["chats/", chat, "/acts"], token, &Wish { id, act })
}

/// The conversation as text, in the times of this browser's zone.
pub fn transcript(token: &str, chat: &str) -> Asked<String> {
    get(&["chats/", chat, "/transcript?ahead=", &clock::ahead().to_string()], token)
}

/// The same by mail: the address that it goes to.
pub fn mail(token: &str, chat: &str) -> Asked<String> {
    post(&["chats/", chat, "/mails"], token, &AskMail { id: clock::id(), ahead: clock::ahead() })
}

/// Ends a conversation that nobody here takes part in any more.
pub async fn leave(token: String, chat: String) {
    // If nobody answers, his absence ends it.
    let _ = act(&token, &chat, clock::id(), Act::Close).insist(3).await;
}

/// A request, and what its answer is read as. It holds all that is sent, so that it can be repeated as it is.
pub struct Asked<T> {
    request: Request,
    answer: PhantomData<fn() -> T>,
}

struct Request {
    path: String,
    token: String,
    body: Option<Vec<u8>>,
}

fn get<T>(path: &[&str], token: &str) -> Asked<T> {
    asked(path, token, None)
}

fn post<T>(path: &[&str], token: &str, body: &impl Serialize) -> Asked<T> {
    asked(path, token, Some(postcard::to_allocvec(body).expect("what we say can be written")))
}

fn asked<T>(path: &[&str], token: &str, body: Option<Vec<u8>>) -> Asked<T> {
    Asked { request: Request { path: path.concat(), token: token.into(), body }, answer: PhantomData }
}

impl<T: DeserializeOwned> Asked<T> {
    /// Asks once.
    pub async fn once(self) -> Answer<T> {
        self.insist(1).await
    }

    /// Asks again while nobody answers, and gives up on an answer only. Reading it is all that is built once
    /// a type; the rest is boxed.
    pub async fn insist(self, most: u32) -> Answer<T> {
        let asks: Pin<Box<dyn Future<Output = Answer<Vec<u8>>>>> = Box::pin(self.request.insist(most));
        line::read(&asks.await?).ok_or(Snag::Trouble(Refusal::Malformed.into()))
    }
}

/// Whether it is a yes, and its bytes; none: nobody answered.
pub fn answered(answer: Option<(bool, Vec<u8>)>) -> Answer<Vec<u8>> {
    match answer {
        Some((true, body)) => Ok(body),
        // What stands between may answer in its own words: then it is as if nobody had.
        Some((false, body)) => Err(line::read(&body).map_or(Snag::Silence, Snag::Trouble)),
        None => Err(Snag::Silence),
    }
}

impl Request {
    async fn insist(self, most: u32) -> Answer<Vec<u8>> {
        let mut tries = 0;
        loop {
            let answer = answered(self.fetch().await.ok());
            tries += 1;
            if tries >= most || !matches!(answer, Err(Snag::Silence)) {
                return answer;
            }
            clock::sleep(clock::back_off(tries)).await;
        }
    }

    async fn fetch(&self) -> Result<(bool, Vec<u8>), JsValue> {
        let headers = Headers::new()?;
        headers.set("Accept", POSTCARD)?;
        if !self.token.is_empty() {
            headers.set("Authorization", &["Bearer ", &self.token].concat())?;
        }
        let request = RequestInit::new();
        if let Some(body) = &self.body {
            headers.set("Content-Type", POSTCARD)?;
            request.set_method("POST");
            request.set_body(&Uint8Array::from(body.as_slice()));
        }
        request.set_headers(&headers);
        request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));

        let window = crate::dom::window();
        let answer = JsFuture::from(window.fetch_with_str_and_init(&["/w/v1/", &self.path].concat(), &request)).await?;
        let answer: Response = answer.dyn_into()?;
        let body: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.dyn_into()?;
        Ok((answer.ok(), Uint8Array::new(&body).to_vec()))
    }
}
