//! What an agent sees, and the doors to the server.
//!
//! - `doors`: what the console asks the server, one file per noun; each asks who, asks the desk, answers.
//! - `console`: the console in a browser (feature `csr`).
//! - `encoding`: the two encodings of everything that travels (feature `ssr`).
//! - `article`: Markdown made into HTML that can do nothing (feature `ssr`).
//! - `pages`: what is drawn on the server and works without WASM (feature `ssr`).
//! - `waiting`: who waits, as the queue and its document show it.
//! - `words`: what console and pages say, in three languages; what everybody says is in the crate `words`.
//! - `link`: addresses of the web in what people wrote.
//! - `snippet`: what a site owner pastes into his page.
#![recursion_limit = "256"]

#[cfg(feature = "ssr")]
pub mod article;
#[cfg(feature = "ssr")]
pub mod caller;
#[cfg(feature = "csr")]
pub mod console;
pub mod doors;
#[cfg(feature = "ssr")]
pub mod encoding;
pub mod link;
#[cfg(feature = "ssr")]
pub mod pages;
pub mod snippet;
pub mod waiting;
pub mod words;

/// Where the console starts in a browser. Exported under `csr` alone: an entry drags in all it calls.
#[cfg(feature = "csr")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    console::start();
}
