//! Faces: initials on a colour of one's own.

use domain::Face;
use leptos::prelude::*;

/// A person's avatar; his name stands beside it, so it is not read aloud.
#[component]
pub fn Avatar(face: Face, #[prop(optional)] large: bool) -> impl IntoView {
    let class = if large { "avatar" } else { "avatar avatar--s" };
    view! { <span class=class style:--hue=face.hue().to_string() aria-hidden="true">{face.initials()}</span> }
}
