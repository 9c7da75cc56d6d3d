//! What a customer sees, in the order he meets it: [`home`], from which he may read an [`article`],
//! → [`form`] → [`subject`] → [`chat`], or [`offline`] where nobody attends.
//!
//! Each screen has two halves: `markup`, the text it is laid out with once, and `paint`, which brings
//! what changes to how things stand. [`state`] is what the screens share, and [`visit`] what is done
//! with it; whenever it has changed, all is painted. [`press`] hears what is pressed and typed.
//!
//! Files go their own way, [`file`], and are drawn in the same lines.
//!
//! A message goes [`composer`] → [`outbox`] → [`door`] (HTTP, with its id), comes back by [`socket`] and
//! is heard by the thread, from which [`log`] draws. [`page`] speaks with the page around the frame, and
//! [`person`] does what it says of its visitor.

mod article;
mod ask;
mod avatar;
mod chat;
mod clock;
mod composer;
mod dom;
mod door;
mod emoji;
mod end;
mod file;
mod form;
mod home;
mod icon;
mod keep;
mod line;
mod link;
mod log;
mod notice;
mod offline;
mod outbox;
mod page;
mod person;
mod place;
mod press;
mod socket;
mod sound;
mod state;
mod subject;
mod topbar;
mod visit;
mod words;

use state::Screen;
use visit::Visit;
use wasm_bindgen::prelude::wasm_bindgen;
use words::Words;

#[wasm_bindgen(start)]
pub fn start() {
    let ask = ask::read();
    let visit = Visit::new(&ask, paint);
    if let Some(body) = dom::document().body() {
        body.set_inner_html(&markup(visit.words));
    }
    if page::is_alone()
        && let Some(widget) = dom::find("widget")
    {
        widget.set_class_name("widget widget--alone");
    }
    press::listen(visit);
    file::listen(visit);
    page::listen(visit);
    socket::watch(visit);
    visit.load();
}

/// The whole window. Every screen is there from the start and only one is shown: toggling is
/// smaller than building, and nothing jumps.
fn markup(words: &Words) -> String {
    [
        "<main class=\"widget\" id=\"widget\">",
        "<div class=\"widget__screen\" id=\"loading\">",
        &topbar::markup(words, "brand-loading", false),
        // The shape of what is coming.
        "<div class=\"widget__body\" aria-busy=\"true\" id=\"bones\"><i class=\"bone bone--bubble loading__one\"></i>",
        "<i class=\"bone bone--bubble loading__two\"></i><i class=\"bone bone--bubble loading__three\"></i></div></div>",
        &home::markup(words),
        &form::markup(words),
        &subject::markup(words),
        &offline::markup(words),
        &chat::markup(words),
        &article::markup(words),
        "<p class=\"banner banner--bad\" role=\"alert\" id=\"trouble\" hidden>",
        &icon::markup(icon::ALERT),
        "<span class=\"banner__text\" id=\"trouble-says\"></span>",
        "<button class=\"button button--bare button--s\" type=\"button\" id=\"reload\" data-do=\"reload\">",
        words.common.retry,
        "</button></p><p class=\"banner banner--good\" role=\"status\" id=\"said\"></p></main>",
    ]
    .concat()
}

fn paint(visit: Visit) {
    let state = &*visit.peek();
    for (screen, id) in Screen::ALL {
        dom::show(id, state.screen == screen);
    }
    let troubled = !state.trouble.is_empty();
    dom::show("bones", !troubled);
    dom::show("trouble", troubled);
    dom::say("trouble-says", &state.trouble);
    dom::say("said", &state.said);
    dom::show("reload", state.application.is_none());
    topbar::paint(state);
    home::paint(visit.words, state);
    form::paint(visit.words, state);
    subject::paint(visit.words, state);
    offline::paint(visit.words, state);
    chat::paint(visit.words, state);
    article::paint(visit.words, state);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word with a quote or a bracket of its own would break what it stands in.
    #[test]
    fn the_markup_is_sound_in_every_language() {
        for lang in ["es", "pt", "en"] {
            let markup = markup(words::of(lang));
            let mut open = Vec::new();
            for tag in markup.split('<').skip(1) {
                let (tag, _) = tag.split_once('>').expect("every tag ends");
                assert_eq!(tag.matches('"').count() % 2, 0, "{lang}: {tag}");
                let name = tag.split([' ', '/']).next().unwrap_or_default();
                match tag.strip_prefix('/') {
                    Some(name) => assert_eq!(open.pop(), Some(name), "{lang}: {tag}"),
                    None if tag.ends_with('/') || name == "input" => {}
                    None => open.push(name),
                }
            }
            assert!(open.is_empty(), "{lang}: {open:?}");
        }
    }
}
