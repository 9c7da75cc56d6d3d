//! What is drawn on the server and works without WASM: plain documents with plain forms.

mod article;
mod code;
mod join;
pub mod portal;
mod set_up;
mod shell;
mod sign_in;

pub use article::{Article, article};
pub use code::{CodePage, code};
pub use join::{Join, join};
pub use set_up::{SetUp, set_up};
pub use shell::{Standing, shell};
pub use sign_in::{SignIn, sign_in};

use leptos::prelude::*;

/// A whole document around a page. `style` is the address of its style sheet.
fn document(lang: &str, title: &str, style: &str, body: impl FnOnce() -> AnyView) -> String {
    document_with(lang, title, style, None, body)
}

/// The same with a script of ours, which comes after all that can be read without it.
fn document_with(lang: &str, title: &str, style: &str, script: Option<&str>, body: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new();
    let page = owner.with(|| {
        view! {
            <html lang=lang.to_owned()>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <title>{[title, " · Recado"].concat()}</title>
                    <meta name="color-scheme" content="light dark"/>
                    <meta name="robots" content="noindex"/>
                    <link rel="stylesheet" href=style.to_owned()/>
                    {script.map(|script| view! { <script type="module" src=script.to_owned()></script> })}
                </head>
                <body>{body()}</body>
            </html>
        }
        .to_html()
    });
    ["<!doctype html>", &page].concat()
}

/// The mark: a note with one folded corner.
#[component]
fn Mark(#[prop(default = "icon")] class: &'static str) -> impl IntoView {
    view! {
        <svg class=class viewBox="0 0 24 24" aria-hidden="true">
            <path d="M7 4h10a3 3 0 0 1 3 3v7l-6 6H7a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3zM20 14h-3a3 3 0 0 0-3 3v3"/>
        </svg>
    }
}
