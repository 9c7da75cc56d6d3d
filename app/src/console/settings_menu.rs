//! The menu of the settings: where everything is set, beside each of its pages, also those that are views of their own.

use super::board::board;
use super::live::{live, memo};
use super::route::{View, place};
use crate::words::{knowledge, settings, subscription, token};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The address of the page that is shown, without what is open of it.
fn page(view: &View) -> Option<String> {
    Some(match view {
        View::Applications(..) => "/applications".into(),
        View::Answers => "/answers".into(),
        View::Triggers(_) => "/triggers".into(),
        View::Audit(_) => "/audit".into(),
        View::Settings(page, _) => match page.as_str() {
            // Without a page it is the first.
            "" => "/settings/groups".into(),
            "articles" => "/articles".into(),
            page => ["/settings/", page].concat(),
        },
        _ => return None,
    })
}

#[component]
pub fn Menu() -> impl IntoView {
    let board = board();
    let (words, lang) = (board.words, board.words.common.lang);
    let says = settings::of(lang);
    let system = memo(move |_| board.me.with(|me| me.agent.system));
    let begins = memo(move |_| board.me.with(|me| me.first_run));
    // Another view has no page here; the last one stays until this goes.
    let here = memo(move |before: Option<&String>| place().asked.with(page).or(before.cloned()).unwrap_or_default());
    let link = move |path: &'static str, label: &'static str, is_for: Memo<bool>| {
        let is_here = move || here.with(|here| here == path);
        view! {
            <a class="settings__link" href=path hidden=live(move || !is_for.get()) aria-current=live(move || is_here().then_some("page"))>{label}</a>
        }
    };
    let all = memo(|_| true);
    // Where the menu is a line, the page that is shown may stand outside of it.
    Effect::new(move || {
        here.track();
        request_animation_frame(show);
    });
    view! {
        <nav class="settings__menu" aria-label=says.settings>
            {link("/settings/start", words.first_run, begins)}
            <p class="settings__head">{says.chat}</p>
            {link("/applications", words.menu_applications, all)}
            {link("/settings/groups", says.groups, all)}
            {link("/settings/parameters", says.parameters, system)}
            {link("/answers", words.menu_answers, all)}
            {link("/articles", knowledge::of(lang).title, system)}
            <p class="settings__head" hidden=live(move || !system.get())>{says.tickets}</p>
            {link("/settings/statuses", says.statuses, system)}
            {link("/settings/fields", says.fields, system)}
            {link("/settings/tags", says.tags, system)}
            {link("/triggers", words.menu_triggers, system)}
            <p class="settings__head">{says.account}</p>
            {link("/settings/people", says.people, system)}
            {link("/settings/tokens", token::of(lang).tokens, system)}
            {link("/settings/webhooks", subscription::of(lang).webhooks, system)}
            {link("/audit", words.menu_audit, all)}
        </nav>
    }
}

fn show() {
    let Ok(Some(link)) = document().query_selector(".settings__menu [aria-current]") else { return };
    let Ok(link) = link.dyn_into::<HtmlElement>() else { return };
    if let Some(menu) = link.parent_element() {
        menu.set_scroll_left(link.offset_left() - (menu.client_width() - link.offset_width()) / 2);
    }
}
