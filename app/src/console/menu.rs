//! A menu: a few acts that float above what they act on. Arrows move, Esc closes and gives the focus back.

use super::icon::Icon;
use super::live::{does, drawn, live};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlElement, KeyboardEvent, Node};

/// One act of a menu.
#[derive(Clone)]
pub struct Item {
    pub label: String,
    pub more: Option<String>,
    /// By its name, and smaller.
    pub tag: Option<String>,
    /// A drawing before it, or the class of a dot.
    pub sign: Sign,
    pub chosen: bool,
    /// It is there to be read, and cannot be chosen now.
    pub barred: bool,
    pub act: Callback<()>,
}

#[derive(Clone, Copy)]
pub enum Sign {
    None,
    Icon(&'static str),
    Dot(&'static str),
}

/// The state of one menu: who opens it draws its own button.
#[derive(Clone, Copy)]
pub struct Menu {
    open: RwSignal<bool>,
    whole: NodeRef<html::Div>,
    /// The item that had the focus last; its element goes when the items are drawn anew.
    at: StoredValue<Option<usize>>,
}

impl Menu {
    pub fn new() -> Menu {
        Menu { open: RwSignal::new(false), whole: NodeRef::new(), at: StoredValue::new(None) }
    }

    pub fn is_open(&self) -> bool {
        self.open.get()
    }

    pub fn toggle(&self) {
        let open = !self.open.get_untracked();
        self.open.set(open);
        if open {
            let menu = *self;
            self.at.set_value(None);
            request_animation_frame(move || menu.focus(0));
        }
    }

    fn close(&self) {
        self.open.set(false);
        // The button before the list gets the focus back.
        let button = self
            .whole
            .try_get_untracked()
            .flatten()
            .and_then(|menu| menu.previous_element_sibling())
            .and_then(|b| b.dyn_into::<HtmlElement>().ok());
        if let Some(button) = button {
            let _ = button.focus();
        }
    }

    fn items(&self) -> Vec<HtmlElement> {
        let Some(menu) = self.whole.try_get_untracked().flatten() else { return Vec::new() };
        let Ok(found) = menu.query_selector_all("[role^=menuitem]") else { return Vec::new() };
        (0..found.length()).filter_map(|n| found.get(n)?.dyn_into().ok()).collect()
    }

    fn focus(&self, step: i32) {
        let items = self.items();
        // Its items may still be on their way; Esc and arrows are heard meanwhile.
        if items.is_empty()
            && let Some(menu) = self.whole.try_get_untracked().flatten()
        {
            let _ = menu.focus();
            return;
        }
        let active = document().active_element();
        let here = items.iter().position(|item| active.as_ref().is_some_and(|a| a.is_same_node(Some(item))));
        let count = items.len() as i32;
        let next = match here {
            Some(here) if count > 0 => (here as i32 + step).rem_euclid(count),
            _ => {
                items.iter().position(|item| item.get_attribute("aria-checked").as_deref() == Some("true")).unwrap_or(0)
                    as i32
            }
        };
        self.go_to(&items, next as usize);
    }

    fn go_to(&self, items: &[HtmlElement], at: usize) {
        self.at.set_value(Some(at));
        if let Some(item) = items.get(at) {
            let _ = item.focus();
        }
    }

    /// Its items were drawn anew while it is open: who was at one is at the one in its place, and who waited for
    /// them is where he would have been.
    fn stay(&self) {
        let active = document().active_element();
        let lost = active.is_none_or(|active| {
            let menu = self.whole.try_get_untracked().flatten();
            active.tag_name() == "BODY" || menu.is_some_and(|menu| menu.is_same_node(Some(&active)))
        });
        let items = self.items();
        if !lost || items.is_empty() || self.open.try_get_untracked() != Some(true) {
            return;
        }
        match self.at.get_value() {
            Some(at) => self.go_to(&items, at.min(items.len() - 1)),
            None => self.focus(0),
        }
    }

    fn key(&self, event: &KeyboardEvent) {
        match event.key().as_str() {
            "Escape" => self.close(),
            "ArrowDown" => self.focus(1),
            "ArrowUp" => self.focus(-1),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }

    /// The focus went elsewhere: so does the menu.
    fn left(&self, event: &FocusEvent) {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let inside = self.whole.try_get_untracked().flatten().is_some_and(|menu| {
            let opener = menu.previous_element_sibling();
            menu.contains(to.as_ref())
                || to.as_ref().is_some_and(|to| opener.is_some_and(|opener| opener.contains(Some(to))))
        });
        if !inside {
            self.open.try_set(false);
        }
    }
}

/// The list of a menu; it stands right after its button.
#[component]
pub fn Items(
    menu: Menu,
    label: &'static str,
    #[prop(into)] items: Signal<Vec<Item>>,
    #[prop(optional)] choice: bool,
) -> impl IntoView {
    let role = if choice { "menuitemradio" } else { "menuitem" };
    let draw = move |item: Item| {
        let act = item.act;
        view! {
            <button
                class="menu__item" class:menu__item--on=item.chosen type="button" role=role tabindex="-1"
                aria-checked=choice.then(|| item.chosen.to_string()) aria-disabled=item.barred.then_some("true")
                on:click=does(move |_| if !item.barred { menu.close(); act.run(()) })
            >
                {match item.sign {
                    Sign::None => None,
                    Sign::Icon(name) => Some(view! { <Icon name=name small=true/> }.into_any()),
                    Sign::Dot(class) => Some(view! { <span class=class></span> }.into_any()),
                }}
                <span>{item.label}{item.tag.map(|tag| view! { " "<span class="tag">{tag}</span> })}{item.more.map(|more| view! { <span class="menu__more">{more}</span> })}</span>
                {item.chosen.then(|| view! { <Icon name="check" small=true/> })}
            </button>
        }
    };
    Effect::new(move |was_open: Option<bool>| {
        items.track();
        let open = menu.is_open();
        if open && was_open == Some(true) {
            request_animation_frame(move || menu.stay());
        }
        open
    });
    view! {
        <div
            class="menu" role="menu" tabindex="-1" aria-label=label node_ref=menu.whole hidden=live(move || !menu.is_open())
            on:keydown=does(move |event| menu.key(&event)) on:focusout=does(move |event| menu.left(&event))
        >
            <p class="menu__title" aria-hidden="true">{label}</p>
            {drawn(move || menu.is_open().then(|| items.get().into_iter().map(draw).collect_view()))}
        </div>
    }
}
