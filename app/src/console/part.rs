//! The parts of the console: what a view needs is loaded when somebody first goes there. Each is a
//! chunk of the module, cut out by xtask at the functions marked here; what several need is shared.
//! So is each language.

use super::{
    alarm, alert, application, audit, browser, canned, chat, customer, find, indicators, mention, monitor, profile,
    settings, settings_menu, talk, ticket_list, trigger, wrap_up,
};
use crate::words::{self, Words};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use std::cell::Cell;
use wasm_bindgen_futures::spawn_local;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Chat,
    /// A conversation that is open in it.
    Talk,
    Tickets,
    Applications,
    /// The ticket of a conversation that is over.
    WrapUp,
    People,
    Answers,
    /// Where I was mentioned: it stands in the bar of every view.
    Mentions,
    /// The search that can be opened in every view.
    Find,
    Triggers,
    Profile,
    Audit,
    Indicators,
    Monitor,
    Settings,
    /// The menu beside each page of the settings; it comes with them.
    Menu,
    /// How I am told of what is new, and what keeps it from me: with the mentions.
    Bell,
    Alarm,
}

/// What draws a view. Its code is in a chunk, so it is known only once that is here.
pub type Draw = fn() -> AnyView;

/// A part did not come: nobody answered, or the server has another version by now.
#[derive(Clone, Copy, Debug)]
pub struct Missing;

impl From<SplitLoaderError> for Missing {
    fn from(_: SplitLoaderError) -> Missing {
        Missing
    }
}

thread_local! {
    static HERE: Cell<[Option<Draw>; 18]> = const { Cell::new([None; 18]) };
}

impl Part {
    /// Has it the menu of the settings beside it?
    pub fn is_setting(self) -> bool {
        matches!(self, Part::Settings | Part::Applications | Part::Triggers | Part::Audit | Part::Answers)
    }

    /// What draws it, if it was loaded.
    pub fn here(self) -> Option<Draw> {
        HERE.get()[self as usize]
    }

    /// Loads it; trying again after a failure begins anew.
    pub async fn load(self) -> Result<(), Missing> {
        let draw = match self {
            Part::Chat => draws_chat().await,
            Part::Talk => draws_talk().await,
            Part::Tickets => draws_tickets().await,
            Part::Applications => administration().await.map(|[applications, ..]| applications),
            Part::WrapUp => draws_wrap_up().await,
            Part::People => draws_people().await,
            Part::Answers => house().await.map(|[answers, ..]| answers),
            Part::Mentions => bar().await.map(|[mentions, ..]| mentions),
            Part::Bell => bar().await.map(|[_, bell, _]| bell),
            Part::Alarm => bar().await.map(|[.., alarm]| alarm),
            Part::Find => draws_find().await,
            Part::Triggers => house().await.map(|[_, triggers, ..]| triggers),
            Part::Profile => house().await.map(|[_, _, profile, ..]| profile),
            Part::Audit => house().await.map(|[_, _, _, audit, _]| audit),
            Part::Indicators => draws_numbers().await.map(|[indicators, _]| indicators),
            Part::Monitor => draws_numbers().await.map(|[_, monitor]| monitor),
            Part::Settings => administration().await.map(|[_, settings, _]| settings),
            Part::Menu => administration().await.map(|[_, _, menu]| menu),
        }?;
        self.put(draw);
        Ok(())
    }

    fn put(self, draw: Draw) {
        let mut here = HERE.get();
        here[self as usize] = Some(draw);
        HERE.set(here);
    }

    /// Begins to load it, since somebody is about to go there. Whether it came is seen then.
    pub fn expect(self) {
        if self.here().is_none() {
            spawn_local(async move {
                let _ = self.load().await;
            });
        }
    }
}

/// Both pieces have pages of the settings, and so the menu beside them.
async fn house() -> Result<[Draw; 5], Missing> {
    let all = draws_house().await?;
    Part::Menu.put(all[4]);
    Ok(all)
}

/// What stands in the bar of every view and is not needed for the first picture.
async fn bar() -> Result<[Draw; 3], Missing> {
    let all = draws_bar().await?;
    Part::Bell.put(all[1]);
    Part::Alarm.put(all[2]);
    Ok(all)
}

async fn administration() -> Result<[Draw; 3], Missing> {
    let all = draws_administration().await?;
    Part::Menu.put(all[2]);
    Ok(all)
}

/// The words of a language. Without them nothing can be said, so they are asked for until they come.
pub async fn words(lang: &str) -> &'static Words {
    loop {
        let words = match words::tongue(lang) {
            "pt" => speaks_pt().await,
            "en" => speaks_en().await,
            _ => speaks_es().await,
        };
        match words {
            Ok(words) => return words,
            Err(Missing) => browser::sleep(1_000).await,
        }
    }
}

#[wasm_split(es, wasm_split_path = leptos::wasm_split, fallible)]
fn speaks_es() -> Result<&'static Words, Missing> {
    Ok(&words::es::WORDS)
}

#[wasm_split(pt, wasm_split_path = leptos::wasm_split, fallible)]
fn speaks_pt() -> Result<&'static Words, Missing> {
    Ok(&words::pt::WORDS)
}

#[wasm_split(en, wasm_split_path = leptos::wasm_split, fallible)]
fn speaks_en() -> Result<&'static Words, Missing> {
    Ok(&words::en::WORDS)
}

#[wasm_split(chat, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_chat() -> Result<Draw, Missing> {
    Ok(|| chat::Chats().into_any())
}

#[wasm_split(talk, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_talk() -> Result<Draw, Missing> {
    Ok(|| talk::Talk().into_any())
}

#[wasm_split(tickets, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_tickets() -> Result<Draw, Missing> {
    Ok(|| ticket_list::Tickets().into_any())
}

#[wasm_split(wrap_up, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_wrap_up() -> Result<Draw, Missing> {
    Ok(|| wrap_up::WrapUp().into_any())
}

#[wasm_split(people, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_people() -> Result<Draw, Missing> {
    Ok(|| customer::People().into_any())
}

#[wasm_split(mentions, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_bar() -> Result<[Draw; 3], Missing> {
    Ok([|| mention::Mentions().into_any(), || alert::Bell().into_any(), || alarm::Alarm().into_any()])
}

#[wasm_split(find, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_find() -> Result<Draw, Missing> {
    Ok(|| find::Find().into_any())
}

/// What is set seldom and by few is one piece: each more would cut what several share into more and smaller ones.
#[wasm_split(house, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_house() -> Result<[Draw; 5], Missing> {
    Ok([
        || canned::Answers().into_any(),
        || trigger::Triggers().into_any(),
        || profile::Profile().into_any(),
        || audit::Audit().into_any(),
        || settings_menu::Menu().into_any(),
    ])
}

/// What administrators set.
#[wasm_split(administration, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_administration() -> Result<[Draw; 3], Missing> {
    Ok([
        || application::Applications().into_any(),
        || settings::Settings().into_any(),
        || settings_menu::Menu().into_any(),
    ])
}

/// What they look at.
#[wasm_split(numbers, wasm_split_path = leptos::wasm_split, fallible)]
fn draws_numbers() -> Result<[Draw; 2], Missing> {
    Ok([|| indicators::Indicators().into_any(), || monitor::Monitor().into_any()])
}
