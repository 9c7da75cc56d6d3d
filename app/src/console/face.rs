//! Faces: a photo, or initials on a colour of one's own.

use domain::Face;
use leptos::prelude::*;

/// A person's avatar; his name stands beside it, so it is not read aloud. Whoever has a photo is covered by it.
/// Customers have none, and are not asked for one.
#[component]
pub fn Avatar(face: Face, #[prop(optional)] large: bool, #[prop(optional)] customer: bool) -> impl IntoView {
    let class = if large { "avatar" } else { "avatar avatar--s" };
    let photo = if customer { "none".to_owned() } else { ["url(/faces/", &face.id, ")"].concat() };
    view! { <span class=class style:--hue=face.hue().to_string() style:--face=photo aria-hidden="true">{face.initials()}</span> }
}
