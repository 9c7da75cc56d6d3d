//! Everything that is pressed, chosen and typed in the window, heard in one place.
//!
//! What can be pressed says in `data-do` what it does; whatever else is needed stands beside it.

use crate::state::Screen;
use crate::visit::Visit;
use crate::{article, composer, dom, emoji, file, form, offline, page, sound};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, KeyboardEvent};

const HEARD: [&str; 9] = ["click", "submit", "input", "change", "keydown", "paste", "dragover", "dragleave", "drop"];

pub fn listen(visit: Visit) {
    if let Some(body) = dom::document().body() {
        dom::listen(&body, &HEARD, move |event| hear(visit, &event));
    }
}

fn hear(visit: Visit, event: &Event) {
    let Some(target) = dom::target(event) else { return };
    match event.type_().as_str() {
        "click" => {
            sound::unlock();
            if let Ok(Some(pressed)) = target.closest("[data-do]") {
                let does = pressed.get_attribute("data-do").unwrap_or_default();
                press(visit, &does, &pressed.get_attribute("data-act").unwrap_or_default());
            }
        }
        "submit" => {
            event.prevent_default();
            match &*target.id() {
                "form" => form::send(visit),
                "rate" => visit.rate(),
                "message" => offline::send(visit),
                _ => composer::send(visit),
            }
        }
        "paste" | "dragover" | "dragleave" | "drop" => file::carried(visit, event),
        // The browser's choice of files says both.
        "change" if target.id() == "files" => visit.attach(::line::upload::brought(event)),
        "input" if target.id() == "files" => {}
        "input" if matches!(&*target.id(), "text" | "words") => composer::typed(visit, &target.id()),
        "input" if target.id() == "search" => article::typed(visit),
        "input" => form::typed(visit),
        "change" => {
            let Some(input) = target.dyn_ref::<HtmlInputElement>() else { return };
            match &*input.name() {
                "subject" => visit.change().chosen = input.value(),
                "ticket" => visit.change().related = input.value(),
                "score" => visit.change().score = input.value().parse().unwrap_or(0),
                _ => {}
            }
        }
        _ => {
            if let Some(key) = event.dyn_ref::<KeyboardEvent>() {
                match key.key().as_str() {
                    "Escape" if visit.peek().asks.is_empty() => page::minimise(),
                    "Escape" => visit.ask_to_leave(false),
                    "Enter" if target.id() == "text" => composer::enter(visit, key),
                    _ => {}
                }
            }
        }
    }
}

fn press(visit: Visit, does: &str, act: &str) {
    match does {
        "minimise" => page::minimise(),
        "home" => visit.go(Screen::Home),
        "reload" => visit.load(),
        "begin" => visit.begin(),
        "article" => article::open(visit, act),
        "helped" => article::judge(visit, true),
        "missed" => article::judge(visit, false),
        "other" => visit.forget(),
        "wipe" => visit.wipe(),
        "sound" => visit.keep(|kept| kept.mute = !kept.mute),
        "emoji" => emoji::open(visit.words),
        "rate-again" => visit.change().rates_again = true,
        "download" => visit.take_along(false),
        "mail" => visit.take_along(true),
        "confirm" => visit.confirm(),
        "choose" => visit.choose_again(),
        "start" => visit.start(),
        "message" => visit.go(Screen::Offline),
        "leave" => visit.ask_to_leave(true),
        "stay" => visit.ask_to_leave(false),
        "end" => visit.end(),
        "again" => {
            visit.leave();
            visit.save();
        }
        "retry" => visit.retry(act),
        "edit" => visit.take_back(act),
        "resend" => visit.send_file(act),
        "withdraw" => visit.withdraw(act),
        _ => {}
    }
}
