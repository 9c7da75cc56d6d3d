//! Every view has an address: the browser's own history, and links that do not leave the page.

use super::bar::{Banner, Bar};
use super::board::board;
use super::browser;
use super::live::{derived, does, drawn, live, memo, waits};
use super::part::Part;
use super::rail::Rail;
use crate::doors::application::may_see;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// What an address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum View {
    Home,
    /// The chat that is open.
    Chat(Option<String>),
    /// The ticket that is open, and which are listed: as the address says it, for the part that reads it.
    Tickets(Option<String>, String),
    /// The one that is open, and its tab.
    Applications(Option<String>, Option<String>),
    Customer(String),
    /// Canned answers.
    Answers,
    /// The one that is open; `new`: one that is not kept yet.
    Triggers(Option<String>),
    Profile,
    /// Which rows of the log: as the address says it, for the part that reads it.
    Audit(String),
    /// Which numbers: as the address says it, for the part that reads it.
    Indicators(String),
    /// Which of the monitor: likewise.
    Monitor(String),
    /// Which page of the settings, and which one of it: as the address says it, for the part that reads it.
    Settings(String, Option<String>),
    Nowhere,
}

impl View {
    fn of(path: &str, search: &str) -> View {
        let mut steps = path.split('/').filter(|step| !step.is_empty());
        let view = (steps.next(), steps.next().map(str::to_owned), steps.next());
        let is_last = steps.next().is_none();
        match view {
            (None, ..) => View::Home,
            (Some("chat"), chat, None) => View::Chat(chat),
            (Some("tickets"), ticket, None) => View::Tickets(ticket, search.trim_start_matches('?').to_owned()),
            (Some("applications"), open, tab) if steps.next().is_none() => {
                View::Applications(open, tab.map(str::to_owned))
            }
            (Some("people"), Some(customer), None) => View::Customer(customer),
            (Some("answers"), None, None) => View::Answers,
            (Some("triggers"), trigger, None) => View::Triggers(trigger),
            (Some("profile"), None, None) => View::Profile,
            (Some("audit"), None, None) => View::Audit(search.trim_start_matches('?').to_owned()),
            (Some("indicators"), None, None) => View::Indicators(search.trim_start_matches('?').to_owned()),
            (Some("monitor"), None, None) => View::Monitor(search.trim_start_matches('?').to_owned()),
            // A page of the settings with an address of its own.
            (Some("articles"), one, None) => View::Settings("articles".into(), one),
            (Some("settings"), page, one) if is_last => {
                View::Settings(page.unwrap_or_default(), one.map(str::to_owned))
            }
            _ => View::Nowhere,
        }
    }

    /// What the browser's address asks for.
    pub fn here() -> View {
        let here = window().location();
        View::of(&here.pathname().unwrap_or_default(), &here.search().unwrap_or_default())
    }

    /// Is one conversation or one ticket shown, beside a list?
    fn is_of_one(&self) -> bool {
        matches!(self, View::Chat(Some(_)) | View::Tickets(Some(_), _))
    }

    pub fn part(&self) -> Option<Part> {
        match self {
            View::Chat(_) => Some(Part::Chat),
            View::Tickets(..) => Some(Part::Tickets),
            View::Applications(..) => Some(Part::Applications),
            View::Customer(_) => Some(Part::People),
            View::Answers => Some(Part::Answers),
            View::Triggers(_) => Some(Part::Triggers),
            View::Profile => Some(Part::Profile),
            View::Audit(_) => Some(Part::Audit),
            View::Indicators(_) => Some(Part::Indicators),
            View::Monitor(_) => Some(Part::Monitor),
            View::Settings(..) => Some(Part::Settings),
            View::Home | View::Nowhere => None,
        }
    }
}

/// Where we are.
#[derive(Clone, Copy)]
pub struct Place {
    /// What the address asks for.
    pub asked: RwSignal<View>,
    /// What is shown. It stays until the part is here that the address needs: nothing flickers.
    pub shown: RwSignal<View>,
    /// The part did not come.
    missing: RwSignal<bool>,
    /// Where an agent begins.
    home: &'static str,
}

thread_local! {
    // Tabs are closed and chats attended outside of any view: where we are is kept here.
    static PLACE: Cell<Option<Place>> = const { Cell::new(None) };
}

/// Where we are; the console begins with [`start`].
pub fn place() -> Place {
    PLACE.get().expect("the console has started")
}

/// Before anything is drawn: an address that says no view becomes `home`, and the part of the view
/// has come. One that does not come is told in its place.
pub async fn arrive(home: &str) {
    if View::here() == View::Home {
        replace(home);
    }
    if let Some(part) = View::here().part() {
        let _ = part.load().await;
    }
}

/// Begins at the address of the page.
pub fn start(home: &'static str) {
    let here = View::here();
    let missing = here.part().is_some_and(|part| part.here().is_none());
    let place =
        Place { asked: RwSignal::new(here.clone()), shown: RwSignal::new(here), missing: RwSignal::new(missing), home };
    PLACE.set(Some(place));
    let _ = window_event_listener(leptos::ev::popstate, move |_| place.follow());
    let _ = window_event_listener(leptos::ev::click, |event| {
        if let Some(path) = inside(&event) {
            event.prevent_default();
            go(&path);
        }
    });
}

/// Goes to another view.
pub fn go(path: &str) {
    // The same address again is no step to come back from.
    if path == browser::path() {
        replace(path);
    } else {
        let _ = browser::history().push_state_with_url(&JsValue::NULL, "", Some(path));
    }
    place().follow();
}

fn replace(path: &str) {
    let _ = browser::history().replace_state_with_url(&JsValue::NULL, "", Some(path));
}

/// The address behind a click, if it is one of ours and meant to be opened here.
fn inside(event: &MouseEvent) -> Option<String> {
    let elsewhere = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || elsewhere {
        return None;
    }
    let link = event.target()?.dyn_into::<Element>().ok()?.closest("a[href]").ok()??;
    let link: HtmlAnchorElement = link.dyn_into().ok()?;
    let (path, search) = (link.pathname(), link.search());
    let ours = link.target().is_empty() && link.origin() == browser::origin();
    (ours && View::of(&path, &search) != View::Nowhere).then(|| [path, search].concat())
}

impl Place {
    /// Shows what the address asks for, when its part is here.
    fn follow(self) {
        if View::here() == View::Home {
            replace(self.home);
        }
        let view = View::here();
        self.asked.set(view.clone());
        match view.part().filter(|part| part.here().is_none()) {
            Some(part) => self.fetch(part),
            None => self.show(false),
        }
    }

    fn fetch(self, part: Part) {
        spawn_local(async move {
            self.tried(part, part.load().await.is_err());
        });
    }

    fn tried(self, part: Part, missing: bool) {
        // Somebody may have gone elsewhere meanwhile.
        if self.asked.with_untracked(View::part) == Some(part) {
            self.show(missing);
        }
    }

    fn show(self, missing: bool) {
        self.missing.set(missing);
        self.shown.set(self.asked.get_untracked());
        // What led here may have gone with the view before.
        browser::hold_focus(match self.shown.with_untracked(View::is_of_one) {
            true => ".room h2",
            false => browser::TITLE,
        });
    }

    /// The part that the address needs is on its way.
    fn is_coming(&self) -> bool {
        self.asked.with(View::part) != self.shown.with(View::part)
    }
}

/// The frame around every view: rail, bar, work.
#[component]
pub fn Views() -> impl IntoView {
    let words = board().words;
    let place = place();
    let part = memo(move |_| (place.shown.with(View::part), place.missing.get()));
    let title = derived(move || match part.get().0 {
        Some(Part::Chat | Part::Talk | Part::WrapUp) => words.menu_chat,
        Some(Part::Tickets) => words.menu_tickets,
        Some(Part::Applications) => words.menu_applications,
        Some(Part::People) => words.customer,
        Some(Part::Answers) => words.menu_answers,
        Some(Part::Triggers) => words.menu_triggers,
        Some(Part::Profile) => words.menu_profile,
        Some(Part::Audit) => words.menu_audit,
        Some(Part::Indicators) => words.menu_indicators,
        Some(Part::Monitor) => words.menu_monitor,
        Some(Part::Settings) => words.menu_settings,
        Some(Part::Mentions | Part::Bell | Part::Alarm | Part::Find | Part::Menu) | None => "Recado",
    });
    let work = move || match (part.get().0, part.get().0.and_then(Part::here)) {
        (_, Some(draw)) => draw(),
        (Some(part), None) => {
            view! { <Gone part=part tried=Callback::new(move |came: bool| place.tried(part, !came))/> }.into_any()
        }
        (None, None) => view! { <div class="middle"><p class="empty">{words.no_such_view}</p></div> }.into_any(),
    };
    // It stays while its pages change: nobody loses his place in it.
    let me = super::board::board().me;
    let menu = memo(move |_| {
        part.get().0.is_some_and(Part::is_setting) && Part::Menu.here().is_some() && me.with(|me| may_see(&me.agent))
    });
    view! {
        <div class="desk">
            <Rail/>
            <Bar title=title/>
            <main class="desk__stage" class:desk__stage--settings=live(move || menu.get()) aria-busy=live(move || place.is_coming().to_string())>
                <Banner/>{drawn(move || menu.get().then(|| Part::Menu.here()).flatten().map(|draw| draw()))}{work}
            </main>
        </div>
    }
}

/// Instead of what its part would draw, which did not come; when it was tried again, whether it did.
#[component]
pub fn Gone(part: Part, tried: Callback<bool>) -> impl IntoView {
    let words = board().words;
    let trying = RwSignal::new(false);
    let again = move |_| {
        if trying.get_untracked() {
            return;
        }
        trying.set(true);
        spawn_local(async move {
            let came = part.load().await.is_ok();
            trying.try_set(false);
            // He may have gone elsewhere meanwhile.
            let _ = tried.try_run(came);
        });
    };
    view! {
        <div class="middle">
            <div class="empty" role="alert">
                <h2>{words.part_missing}</h2>
                <p>{words.part_missing_say}</p>
                <p>
                    <button class="button button--act" type="button" aria-disabled=waits(trying) on:click=again>{words.common.retry}</button>" "
                    <button class="button" type="button" on:click=does(move |_| browser::reload())>{words.reload}</button>
                </p>
            </div>
        </div>
    }
}
