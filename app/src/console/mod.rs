//! The console in a browser: one page, with an address for every view.
//!
//! `board` holds all that lives (who I am, the lists, the rooms); `line` is the socket that feeds it;
//! the other files draw. A room is a conversation in a tab. Nothing is believed but what the server
//! told: a screen changes a thread through `Thread::hear` alone, and in doubt it reads again.

mod account;
mod alarm;
mod alert;
mod amend;
mod application;
mod application_edit;
mod application_editor;
mod application_form;
mod application_hours;
mod application_keys;
mod application_main;
mod application_more;
mod application_preview;
mod application_texts;
mod ask;
mod audit;
mod bar;
mod board;
mod browser;
mod canned;
mod chat;
mod choices;
mod clipboard;
mod clock;
mod composer;
mod customer;
mod face;
mod factor;
mod file;
mod find;
mod find_row;
mod first_run;
mod groupless;
mod guard;
mod hold;
mod icon;
mod indicator_ask;
mod indicator_list;
mod indicators;
mod insert;
mod intervene;
mod knowledge;
mod knowledge_article;
mod knowledge_search;
mod line;
mod live;
mod log;
mod mention;
mod menu;
mod monitor;
mod note;
mod outbox;
mod papers;
mod part;
mod password;
mod past;
mod profile;
mod queue;
mod queue_filter;
mod rail;
mod room;
mod route;
mod session;
mod settings;
mod settings_agent;
mod settings_group;
mod settings_hook;
mod settings_house;
mod settings_menu;
mod settings_parameters;
mod settings_tag;
mod settings_token;
mod step;
mod stock;
mod tabs;
mod talk;
mod targets;
mod text;
mod ticket;
mod ticket_filter;
mod ticket_form;
mod ticket_history;
mod ticket_list;
mod ticket_new;
mod ticket_options;
mod ticket_reply;
mod too_long;
mod trend;
mod trigger;
mod trigger_form;
mod trigger_rows;
mod wish;
mod wrap_up;

use crate::doors::{Failure, me};
use crate::words::Words;
use board::Board;
use domain::wire::{Lists, Me};
use leptos::mount::mount_to_body;
use leptos::prelude::*;

/// Asks who I am, then draws. Until then the document shows its own frame.
pub fn start() {
    browser::show_panics();
    // At once with the question who I am, not after it.
    if let Some(part) = route::View::here().part() {
        part.expect();
    }
    if matches!(route::View::here(), route::View::Chat(Some(_))) {
        part::Part::Talk.expect();
    }
    // The document brings who reads it and the lists, unless they are long: with the first picture there are rows in it.
    // It is believed to whoever was here last, for another may have signed in since; anybody else is asked for.
    let before = browser::kept::read("agent");
    let told = browser::told::<Me>("me").filter(|me| before.as_ref() == Some(&me.agent.face.id));
    match told.as_ref().and_then(|_| browser::told::<Lists>("lists")) {
        Some(lists) => board::ahead::put(Lists { now: lists.now + browser::since_document(), ..lists }),
        None => wasm_bindgen_futures::spawn_local(async {
            if let Ok(lists) = crate::doors::queue::read_lists().await {
                board::ahead::put(lists);
            }
        }),
    }
    // Leptos's own spawning works once something is mounted.
    wasm_bindgen_futures::spawn_local(async {
        let me = match told {
            Some(me) => me,
            None => loop {
                match me::read_me().await {
                    Ok(me) => break me,
                    Err(Failure::Lost) => browser::sleep(1_000).await,
                    Err(Failure::Trouble(trouble)) => return refused(&trouble).await,
                }
            },
        };
        let home = crate::doors::me::home(&me.agent);
        let words = part::words(&me.lang).await;
        route::arrive(home).await;
        browser::leave_shell();
        browser::speak(words.common.lang);
        mount_to_body(move || view! { <Console me=me words=words home=home/> });
    });
}

/// No console without somebody in it.
async fn refused(trouble: &domain::Trouble) {
    if *trouble == domain::Trouble::Refused(domain::Refusal::SignedOut) {
        return browser::sign_in();
    }
    let text = part::words(&browser::language()).await.common.trouble(trouble);
    browser::leave_shell();
    mount_to_body(move || view! { <main class="middle"><p class="empty" role="alert">{text}</p></main> });
}

#[component]
fn Console(me: Me, words: &'static Words, home: &'static str) -> impl IntoView {
    browser::kept::is_of(&me.agent.face.id);
    let board = Board::new(me, words);
    provide_context(board);
    route::start(home);
    clock::start(board);
    line::start(board);
    alert::start(board);
    guard::start(board);
    view! {
        <icon::Sprite/>
        <route::Views/>
        <note::Notes/>
    }
}
