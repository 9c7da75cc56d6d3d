//! What the console's document shows until the console itself is there: the frame of the page,
//! with the shape of what comes.

use super::Mark;
use crate::words;
use leptos::prelude::*;

/// The inside of the console's `<body>`, to be put before its scripts. The console takes `#shell`
/// away when it is ready to draw.
pub fn shell(lang: &str) -> String {
    let words = words::of(lang);
    let row = || {
        view! {
            <div class="call">
                <span></span>
                <span class="call__who"><span class="bone"></span></span>
                <span></span>
                <span class="call__words"><span class="bone"></span></span>
            </div>
        }
    };
    Owner::new().with(|| {
        view! {
            <div class="desk" id="shell" aria-busy="true">
                <div class="rail"><span class="rail__mark"><Mark/></span></div>
                <header class="bar"><p class="bar__title">"Recado"</p></header>
                <div class="desk__work desk__work--chat">
                    <div class="queue" aria-hidden="true">{row()}{row()}{row()}</div>
                    <div class="middle"><p class="visually-hidden" role="status">{words.loading}</p></div>
                </div>
                <noscript><p class="banner banner--wait">{words.needs_script}</p></noscript>
            </div>
        }
        .to_html()
    })
}
