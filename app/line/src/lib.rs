//! A browser's line to the server: a socket, or where those are blocked a stream of events that has
//! a socket's manners (`public/stream.js`, fetched when it is wanted). What the frames say, and when
//! to call again, is for who opened it. Files go up beside it ([`upload`]).

mod read;
pub mod upload;
mod way;

pub use read::{Reader, read};
pub use way::{Way, Ways};

use domain::wire::{POSTCARD, PROTOCOL_POSTCARD, Up, VERSION};
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BinaryType, Event, MessageEvent, WebSocket, Window};

/// What comes down a line.
pub enum Heard {
    /// A frame in postcard.
    Frame(Vec<u8>),
    /// Nothing will come any more.
    Closed,
}

/// An open line; dropped, it is closed, and nothing more is heard of it.
pub struct Line {
    socket: WebSocket,
    hears: Option<Closure<dyn Fn(Event)>>,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = WebSocket)]
    type RecadoStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(path: &str, query: &str, sign: &[u8], kind: &str, token: Option<&str>) -> Result<RecadoStream, JsValue>;
}

impl Line {
    /// Calls, and says who is there: a visitor by his token, an agent by the cookie that the browser
    /// sends. `name` is an id that no other line has. None: it cannot even be tried.
    pub fn open(way: Way, name: &str, token: Option<&str>, hears: Box<dyn Fn(Heard)>) -> Option<Line> {
        let socket = match way {
            Way::Socket => socket()?,
            Way::Stream => {
                let query = ["?postcard=true&version=", &VERSION.to_string()].concat();
                let sign = postcard::to_allocvec(&Up::Ping(0)).ok()?;
                RecadoStream::new(&["/stream/", name].concat(), &query, &sign, POSTCARD, token).ok()?.into()
            }
        };
        let hello = Up::Hello { version: VERSION, token: token.map(Into::into) };
        let hello = postcard::to_allocvec(&hello).ok()?;
        let there = socket.clone();
        let hears: Box<dyn Fn(Event)> = Box::new(move |event| match event.type_().as_str() {
            // A stream is open from the start, and has said hello in its address.
            "open" => {
                let _ = there.send_with_u8_array(&hello);
            }
            "close" => hears(Heard::Closed),
            _ => {
                let message: MessageEvent = event.unchecked_into();
                if let Ok(bytes) = message.data().dyn_into::<ArrayBuffer>() {
                    hears(Heard::Frame(Uint8Array::new(&bytes).to_vec()));
                }
            }
        });
        let hears = Closure::wrap(hears);
        let function = Some(hears.as_ref().unchecked_ref());
        socket.set_onopen(function);
        socket.set_onmessage(function);
        socket.set_onclose(function);
        Some(Line { socket, hears: Some(hears) })
    }

    /// Says something, if there is anybody to hear it: life signs and hints may be lost.
    pub fn say(&self, up: &Up) {
        if let Ok(frame) = postcard::to_allocvec(up)
            && self.socket.ready_state() == WebSocket::OPEN
        {
            let _ = self.socket.send_with_u8_array(&frame);
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
        // Who drops the line may have been called by it: let that finish first.
        let hears = self.hears.take();
        wasm_bindgen_futures::spawn_local(async move { drop(hears) });
    }
}

fn socket() -> Option<WebSocket> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss://" } else { "ws://" };
    let address = [scheme, &location.host().ok()?, "/socket"].concat();
    let socket = WebSocket::new_with_str(&address, PROTOCOL_POSTCARD).ok()?;
    socket.set_binary_type(BinaryType::Arraybuffer);
    Some(socket)
}

/// Fetches what makes a stream look like a socket.
fn fetch_stream() {
    fetch("/stream.js");
}

fn fetch(address: &str) {
    if let Some(document) = window().document()
        && let (Ok(script), Some(head)) = (document.create_element("script"), document.head())
    {
        let _ = script.set_attribute("src", address);
        let _ = head.append_child(&script);
    }
}

fn window() -> Window {
    web_sys::window().expect("a module in a page has a window")
}
