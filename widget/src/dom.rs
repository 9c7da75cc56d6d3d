//! The document, as our own markup left it: what is found by its id, shown, filled and said.
//!
//! The markup is a text of our own words and never of anybody's else; what people wrote is set as
//! text. Nothing is written that stands there already, so that a screen reader hears only news.

use js_sys::Reflect;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, Event, EventTarget, HtmlElement, Window};

pub fn window() -> Window {
    web_sys::window().expect("a module in a page has a window")
}

pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Something that listens, for as long as it is kept. Of one type, so that it is built once.
pub type Ear = Closure<dyn Fn(Event)>;

pub fn ear(hears: impl Fn(Event) + 'static) -> Ear {
    let hears: Box<dyn Fn(Event)> = Box::new(hears);
    Closure::wrap(hears)
}

/// Listens as long as there is a document.
pub fn listen(to: &EventTarget, kinds: &[&str], hears: impl Fn(Event) + 'static) {
    let ear = ear(hears);
    for kind in kinds {
        let _ = to.add_event_listener_with_callback(kind, ear.as_ref().unchecked_ref());
    }
    ear.forget();
}

pub fn find(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
}

/// Shows or hides it.
pub fn show(id: &str, yes: bool) {
    flag(id, "hidden", !yes);
}

/// Lets it be used, or not.
pub fn enable(id: &str, yes: bool) {
    flag(id, "disabled", !yes);
}

fn flag(id: &str, name: &str, yes: bool) {
    if let Some(element) = find(id) {
        let _ = element.toggle_attribute_with_force(name, yes);
    }
}

/// Words that change.
pub fn say(id: &str, words: &str) {
    if let Some(element) = find(id)
        && element.text_content().as_deref() != Some(words)
    {
        element.set_text_content(Some(words));
    }
}

/// What an element is called where it shows only a drawing.
pub fn call(id: &str, name: &str) {
    if let Some(element) = find(id)
        && element.get_attribute("aria-label").as_deref() != Some(name)
    {
        set(&element, "aria-label", name);
        set(&element, "title", name);
    }
}

/// What stands in something that is filled in.
pub fn value(id: &str) -> String {
    find(id).and_then(|field| Reflect::get(&field, &"value".into()).ok()?.as_string()).unwrap_or_default()
}

pub fn put(id: &str, value: &str) {
    if let Some(field) = find(id)
        && self::value(id) != value
    {
        let _ = Reflect::set(&field, &"value".into(), &value.into());
    }
}

/// A link that leads out of the window and takes nothing along.
pub fn outward(href: &str) -> Element {
    let link = element("a", "");
    for (name, value) in [("href", href), ("target", "_blank"), ("rel", "noopener noreferrer nofollow")] {
        set(&link, name, value);
    }
    link
}

/// Keeps the list with this id filled; `of` is what it is made of, so that it is made once.
pub fn fill(id: &str, of: &[&str], items: &dyn Fn() -> Vec<Element>) {
    // Ids and names are lines: no two lists are told alike.
    let key = of.join("\n");
    if let Some(list) = find(id)
        && list.get_attribute("data-key").as_deref() != Some(&*key)
    {
        set(&list, "data-key", &key);
        list.set_text_content(None);
        within(list.into(), &items().iter().collect::<Vec<_>>());
    }
}

pub fn element(tag: &str, class: &str) -> Element {
    let element = document().create_element(tag).expect("our own tags are sound");
    element.set_class_name(class);
    element
}

/// An element that holds text, whatever it looks like.
pub fn said(tag: &str, class: &str, text: &str) -> Element {
    let element = element(tag, class);
    element.set_text_content(Some(text));
    element
}

pub fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// Fetches a script that looks after this element, in this language.
pub fn fetch(script: &str, element: &Element, lang: &str) {
    let tag = self::element("script", "");
    set(&tag, "src", script);
    set(&tag, "data-lang", lang);
    let _ = element.append_child(&tag);
}

/// Puts elements into another.
pub fn within(outer: Element, inner: &[&Element]) -> Element {
    for one in inner {
        let _ = outer.append_child(one);
    }
    outer
}

/// The element that was meant by an event that the window hears for all that is in it.
pub fn target(event: &Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}
