//! A person as two letters on a colour of his own, or by his photo.

use crate::dom;
use domain::Face;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

pub fn avatar(face: &Face, class: &str) -> Element {
    let avatar = dom::said("span", class, &face.initials());
    dom::set(&avatar, "aria-hidden", "true");
    if let Some(avatar) = avatar.dyn_ref::<HtmlElement>() {
        // A photo, where there is one, covers the letters.
        let style = ["--face:url(/faces/", &face.id, ");--hue:", &face.hue().to_string()].concat();
        avatar.style().set_css_text(&style);
    }
    avatar
}

/// The first faces of a team, one over the other's edge, in the place with this id.
pub fn fill(id: &str, faces: &[Face], class: &str) {
    let key: Vec<&str> = faces.iter().flat_map(|face| [&*face.id, &face.name]).collect();
    dom::fill(id, &key, &|| faces.iter().take(3).map(|face| avatar(face, class)).collect());
}
