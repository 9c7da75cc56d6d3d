//! Drawings: one stroke on a grid of 24, as in `public/icons.svg`. In the module, to save a request.

use crate::dom;
use web_sys::Element;

pub const ALERT: &str = "M12 3.5a8.5 8.5 0 0 1 0 17a8.5 8.5 0 0 1 0-17zM12 7.5v5M12 16v.2";
pub const BACK: &str = "M19.5 12H5M11 6l-6 6 6 6";
pub const CHAT: &str = "M6.5 4.5h11A2.5 2.5 0 0 1 20 7v7a2.5 2.5 0 0 1-2.5 2.5h-5.7L7.5 20v-3.5h-1A2.5 2.5 0 0 1 4 14V7a2.5 2.5 0 0 1 2.5-2.5z";
pub const BELL: &str = "M4.5 17.5 6 15.5V11a6 6 0 0 1 12 0v4.5l1.5 2zM10 20.5a2.3 2.3 0 0 0 4 0";
pub const CHECK: &str = "m5 12.5 4.7 4.7L19 7.5";
pub const CHECKS: &str = "M2 12.5 6.5 17l8-9.5M11.5 16l1 1 8.5-9.5";
pub const CLIP: &str =
    "m19.5 11-8 8a4.8 4.8 0 0 1-6.8-6.8l8.3-8.3a3.2 3.2 0 0 1 4.5 4.5l-8.2 8.2a1.6 1.6 0 0 1-2.3-2.3L14.5 7";
pub const CLOCK: &str = "M12 3.5a8.5 8.5 0 0 1 0 17a8.5 8.5 0 0 1 0-17zM12 7.3V12l3.2 2";
pub const FILE: &str = "M7.5 3H14l5 5v11a2 2 0 0 1-2 2H7.5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM14 3v5h5M9 13h6M9 17h4";
pub const LEAVE: &str = "M10 4H6.5A2.5 2.5 0 0 0 4 6.5v11A2.5 2.5 0 0 0 6.5 20H10M16 16l4-4-4-4M20 12H9.5";
pub const MAIL: &str =
    "M5.5 5.5h13a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-13a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2zM4.5 7.5 12 13l7.5-5.5";
pub const MINUS: &str = "M6 12h12";
pub const OFFLINE: &str = "m4 4 16 16M9 16a4.5 4.5 0 0 1 6 0M5.8 12.6a9 9 0 0 1 4-2.4M14 10.2a9 9 0 0 1 4.2 2.4M2.8 9.2a13.5 13.5 0 0 1 3.7-2.5M10.3 5.6a13.5 13.5 0 0 1 10.9 3.6M12 19.5v.1";
pub const PHONE: &str =
    "M6 4h3l1.5 4.5-2 1.5a11 11 0 0 0 5.5 5.5l1.5-2L20 15v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z";
pub const SEARCH: &str = "M10.5 4.5a6 6 0 0 1 0 12a6 6 0 0 1 0-12zM15 15l4.5 4.5";
pub const SEND: &str = "M12 19.5V5M6 11l6-6 6 6";
pub const SMILE: &str = "M12 3.5a8.5 8.5 0 0 1 0 17a8.5 8.5 0 0 1 0-17zM8.5 14a4 4 0 0 0 7 0M9 9.5v.5M15 9.5v.5";
pub const STAR: &str = "m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z";
pub const SWAP: &str = "M4 8.5h14M14 4.5l4 4-4 4M20 15.5H6.5M10.5 19.5l-4-4 4-4";

pub fn markup(path: &str) -> String {
    ["<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"", path, "\"/></svg>"].concat()
}

/// The same, for what is built by hand.
pub fn drawn(path: &str) -> Option<Element> {
    let holder = dom::element("i", "");
    // Our own constants: nobody's words are ever made into markup.
    holder.set_inner_html(&markup(path));
    holder.first_element_child()
}
