//! What keeps the module small: everything that is alive on a screen is of one of few types.
//!
//! Each closure in a view costs two kilobytes of generated code, and each kind of list more. So what is
//! shown or hidden is a [`flag`], what is read a [`text`], what is pressed a [`press`], and lists are
//! built by hand, in [`fill`] and in [`crate::log`]. It halved the module.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

/// True or false, for `hidden`, `disabled` and `class:`.
pub fn flag(is: impl Fn() -> bool + Send + Sync + 'static) -> Signal<bool> {
    Signal::derive(is)
}

/// Words that change.
pub fn text(says: impl Fn() -> String + Send + Sync + 'static) -> Signal<String> {
    Signal::derive(says)
}

/// What a button does.
pub fn press(does: impl Fn() + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(move |_| does())
}

/// Does something now and again whenever what it read has changed.
pub fn follow(does: impl Fn() + 'static) {
    let does: Box<dyn Fn()> = Box::new(does);
    Effect::new(does);
}

/// Keeps the list with this id filled with these elements.
pub fn fill(id: &'static str, items: impl Fn() -> Vec<Element> + 'static) {
    follow(move || {
        let items = items();
        if let Some(list) = find(id) {
            list.set_text_content(None);
            for item in &items {
                let _ = list.append_child(item);
            }
        }
    });
}

pub fn find(id: &str) -> Option<HtmlElement> {
    document().get_element_by_id(id)?.dyn_into().ok()
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

/// Puts elements into another.
pub fn within(outer: Element, inner: &[&Element]) -> Element {
    for one in inner {
        let _ = outer.append_child(one);
    }
    outer
}

/// The element that was meant by an event that a list hears for all its members.
pub fn target(event: &web_sys::Event) -> Option<Element> {
    event.target()?.dyn_into().ok()
}
