//! A person as two letters on a colour of his own.

use crate::dom;
use domain::Face;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// The first letters of the first and of the last word. The style makes them capitals: what knows the
/// capitals of all alphabets weighs three kilobytes.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let mut letters = String::new();
    letters.extend(words.next());
    letters.extend(words.next_back());
    letters
}

/// The same person has the same hue everywhere.
fn hue(id: &str) -> String {
    let sum = id.bytes().fold(7u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    // Steps of the golden angle: ids that are alike get hues that are not.
    (sum % 360 * 137 % 360).to_string()
}

pub fn avatar(face: &Face, class: &str) -> Element {
    let avatar = dom::said("span", class, &initials(&face.name));
    dom::set(&avatar, "aria-hidden", "true");
    if let Some(avatar) = avatar.dyn_ref::<HtmlElement>() {
        let _ = avatar.style().set_property("--hue", &hue(&face.id));
    }
    avatar
}

/// The first faces of a team, one over the other's edge, in the place with this id.
pub fn fill(id: &str, faces: &[Face], class: &str) {
    let key: Vec<&str> = faces.iter().flat_map(|face| [&*face.id, &face.name]).collect();
    dom::fill(id, &key.join("/"), &|| faces.iter().take(3).map(|face| avatar(face, class)).collect());
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_name_becomes_two_letters() {
        assert_eq!(initials("Inés Robledo"), "IR");
        assert_eq!(initials("ana maría de la o"), "ao");
        assert_eq!(initials("Tomás"), "T");
        assert_eq!(initials(" "), "");
    }
}
