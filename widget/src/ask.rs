//! What the address of the frame asks for, `?key=…&lang=…&accent=…`, and what its document tells.

use domain::application::ApplicationView;
use web_sys::UrlSearchParams;

pub struct Ask {
    /// The application's public key.
    pub key: String,
    pub lang: String,
}

/// Reads the address, and gives the document its language and its colour.
pub fn read() -> Ask {
    let window = crate::dom::window();
    let search = window.location().search().unwrap_or_default();
    let part = |name| UrlSearchParams::new_with_str(&search).ok().and_then(|parts| parts.get(name));

    let lang = part("lang").or_else(|| window.navigator().language()).unwrap_or_default();
    if let Some(root) = crate::dom::document().document_element() {
        let _ = root.set_attribute("lang", crate::words::of(&lang).common.lang);
    }
    if let Some(accent) = part("accent") {
        paint(&accent);
    }
    Ask { key: part("key").unwrap_or_default(), lang }
}

/// The application as it stood when the document was written.
pub fn told() -> Option<ApplicationView> {
    let told = crate::dom::document().query_selector("meta[name=application]").ok()??.get_attribute("content")?;
    let bytes: Vec<u8> = crate::dom::window().atob(&told).ok()?.chars().map(|byte| byte as u8).collect();
    line::read(&bytes)
}

/// Gives the whole window the tenant's colour. Through CSSOM: the policy allows no inline style.
pub fn paint(accent: &str) {
    let is_colour =
        accent.strip_prefix('#').is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    let root = crate::dom::document().document_element();
    if let (true, Some(root)) =
        (is_colour, root.and_then(|root| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(root).ok()))
    {
        let _ = root.style().set_property("--accent", accent);
    }
}
