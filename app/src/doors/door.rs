//! How a door is called: a POST with postcard in and out for our own console, with JSON for everybody else.
//!
//! What every door does is here once and knows no types; per door only its values are encoded and
//! decoded. The usual protocol of server functions brings ten kilobytes a door into the browser.

use super::Failure;
use http::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use server_fn::Protocol;
use server_fn::client::Client;
use server_fn::server::Server;
use std::future::Future;

pub struct Door;

impl<I, O, C, S> Protocol<I, O, C, S, Failure> for Door
where
    I: Serialize + DeserializeOwned + Send,
    O: Serialize + DeserializeOwned + Send,
    C: Client<Failure>,
    S: Server<Failure>,
{
    const METHOD: Method = Method::POST;

    #[cfg(feature = "ssr")]
    async fn run_server<F, Fut>(request: S::Request, door: F) -> Result<S::Response, Failure>
    where
        F: Fn(I) -> Fut + Send,
        Fut: Future<Output = super::Answer<O>> + Send,
    {
        answering::answer::<I, O, S, F, Fut>(request, door).await
    }

    #[cfg(not(feature = "ssr"))]
    async fn run_server<F, Fut>(_: S::Request, _: F) -> Result<S::Response, Failure>
    where
        F: Fn(I) -> Fut + Send,
        Fut: Future<Output = super::Answer<O>> + Send,
    {
        Err(Failure::Lost)
    }

    #[cfg(feature = "csr")]
    fn run_client(path: &str, input: I) -> impl Future<Output = super::Answer<O>> + Send {
        let answer = asking::ask(path, postcard::to_allocvec(&input));
        async move { postcard::from_bytes(&answer.await?).map_err(|_| Failure::Lost) }
    }

    #[cfg(not(feature = "csr"))]
    async fn run_client(_: &str, _: I) -> super::Answer<O> {
        Err(Failure::Lost)
    }
}

#[cfg(feature = "csr")]
mod asking {
    use super::super::{Answer, Failure};
    use domain::wire::POSTCARD;
    use js_sys::{ArrayBuffer, Uint8Array};
    use send_wrapper::SendWrapper;
    use std::pin::Pin;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Headers, RequestInit, Response};

    type Asking = SendWrapper<Pin<Box<dyn Future<Output = Answer<Vec<u8>>>>>>;

    /// Asks a door; no answer, or one in other words than ours, is the same as nobody there.
    pub fn ask(path: &str, body: postcard::Result<Vec<u8>>) -> Asking {
        let path = path.to_owned();
        SendWrapper::new(Box::pin(async move {
            let (ok, answer) = fetch(&path, &body.map_err(|_| Failure::Lost)?).await.map_err(|_| Failure::Lost)?;
            if ok { Ok(answer) } else { Err(postcard::from_bytes(&answer).map_or(Failure::Lost, Failure::Trouble)) }
        }))
    }

    async fn fetch(path: &str, body: &[u8]) -> Result<(bool, Vec<u8>), JsValue> {
        let headers = Headers::new()?;
        headers.set("Accept", POSTCARD)?;
        headers.set("Content-Type", POSTCARD)?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&Uint8Array::from(body));

        let answer = JsFuture::from(leptos::prelude::window().fetch_with_str_and_init(path, &request)).await?;
        let answer: Response = answer.dyn_into()?;
        let body: ArrayBuffer = JsFuture::from(answer.array_buffer()?).await?.dyn_into()?;
        Ok((answer.ok(), Uint8Array::new(&body).to_vec()))
    }
}

#[cfg(feature = "ssr")]
mod answering {
    use super::super::{Answer, Failure, refused};
    use super::*;
    use crate::encoding::Encoding;
    use domain::{Refusal, Trouble};
    use server_fn::request::Req;
    use server_fn::response::TryRes;

    /// A refusal and a fault are answers too: in the caller's encoding, with the status that
    /// [`refused`] and the fault gave them.
    pub async fn answer<I, O, S, F, Fut>(request: S::Request, door: F) -> Result<S::Response, Failure>
    where
        I: DeserializeOwned,
        O: Serialize,
        S: Server<Failure>,
        F: Fn(I) -> Fut + Send,
        Fut: Future<Output = Answer<O>> + Send,
    {
        let named = |media: &str| Encoding::named(media).unwrap_or(Encoding::Json);
        let sent = request.to_content_type().map_or(Encoding::Json, |media| named(media.as_ref()));
        let wanted = request.accepts().map_or(Encoding::Json, |media| named(media.as_ref()));
        let read = async |request: S::Request| sent.read(&request.try_into_bytes().await.ok()?).ok();
        let written = match read(request).await {
            Some(input) => door(input).await.and_then(|output| write(wanted, &output)),
            None => Err(refused(Refusal::Malformed)),
        };
        let bytes = match written {
            Ok(bytes) => bytes,
            Err(failure) => write(wanted, &Trouble::from(failure))?,
        };
        S::Response::try_from_bytes(wanted.media(), bytes.into())
    }

    fn write<T: Serialize>(encoding: Encoding, value: &T) -> Answer<Vec<u8>> {
        encoding.write(value).map_err(|fault| desk::Error::Broken(fault).into())
    }
}
