//! Choices above a box in which somebody writes: they narrow while he types, and he steps through them without
//! leaving the box.

use super::browser;
use super::live::{does, drawn, live};
use leptos::prelude::*;
use web_sys::{KeyboardEvent, PointerEvent};

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub id: String,
    pub label: String,
    pub more: String,
}

#[derive(Clone, Copy)]
pub struct Choices {
    pub all: Memo<Vec<Choice>>,
    at: RwSignal<usize>,
    choose: Callback<String>,
    leave: Callback<()>,
    list: StoredValue<String>,
}

impl Choices {
    pub fn new(all: Memo<Vec<Choice>>, choose: Callback<String>, leave: Callback<()>) -> Choices {
        let at = RwSignal::new(0);
        // What fits best comes first.
        Effect::new(move || {
            all.track();
            at.set(0);
        });
        Choices { all, at, choose, leave, list: StoredValue::new(browser::new_id()) }
    }

    pub fn is_open(&self) -> bool {
        !self.all.with(Vec::is_empty)
    }

    /// The id of the list, for the box that it belongs to.
    pub fn list(&self) -> String {
        self.list.get_value()
    }

    /// The id of what Enter would choose.
    pub fn active(&self) -> Option<String> {
        self.is_open().then(|| self.option(self.at.get()))
    }

    fn option(&self, n: usize) -> String {
        [&self.list(), "-", &n.to_string()].concat()
    }

    /// Hears a key before the box does; was it meant for the list? Shift + Tab leaves as ever.
    pub fn hears(&self, event: &KeyboardEvent) -> bool {
        let count = self.all.with_untracked(Vec::len);
        if count == 0 || event.is_composing() {
            return false;
        }
        let at = self.at.get_untracked();
        match event.key().as_str() {
            "ArrowDown" => self.at.set((at + 1) % count),
            "ArrowUp" => self.at.set((at + count - 1) % count),
            "Enter" | "Tab" if !event.shift_key() => {
                if let Some(id) = self.all.with_untracked(|all| all.get(at).map(|choice| choice.id.clone())) {
                    self.choose.run(id);
                }
            }
            "Escape" => self.leave.run(()),
            _ => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }
}

/// The list; the focus stays in the box.
#[component]
pub fn List(choices: Choices, label: Signal<&'static str>) -> impl IntoView {
    let row = move |(n, choice): (usize, Choice)| {
        let id = choice.id;
        let here = move || choices.at.get() == n;
        view! {
            <div
                class="menu__item" class:menu__item--on=live(here) role="option" id=choices.option(n) aria-selected=live(move || here().to_string())
                on:click=does(move |_| choices.choose.run(id.clone()))
            >
                <span class="choices__one">{choice.label}{(!choice.more.is_empty()).then(|| view! { <span class="menu__more choices__more">{choice.more}</span> })}</span>
            </div>
        }
    };
    view! {
        <div
            class="choices__list" role="listbox" aria-label=live(move || label.get()) id=choices.list() hidden=live(move || !choices.is_open())
            on:pointerdown=does(move |event: PointerEvent| event.prevent_default())
        >
            {drawn(move || choices.all.get().into_iter().enumerate().map(row).collect_view())}
        </div>
    }
}
