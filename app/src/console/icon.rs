//! Icons: one sprite in the document, which every icon points into.

use leptos::prelude::*;

/// The drawings, once. They are a file of ours, so they may be markup; people's words never are.
#[component]
pub fn Sprite() -> impl IntoView {
    view! { <div hidden aria-hidden="true" inner_html=include_str!("../../../public/icons.svg")></div> }
}

#[component]
pub fn Icon(name: &'static str, #[prop(optional)] small: bool) -> impl IntoView {
    let class = if small { "icon icon--s" } else { "icon" };
    view! { <svg class=class aria-hidden="true"><use href=["#", name].concat()></use></svg> }
}
