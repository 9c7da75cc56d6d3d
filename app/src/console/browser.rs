//! What the console asks of the browser itself.

use super::board::ahead::{self, Left};
use domain::{Span, Time};
use js_sys::Reflect;
use leptos::prelude::{document, window};
use serde::de::DeserializeOwned;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, History, HtmlElement};

/// A panic is a fault of ours: while developing it says where.
pub fn show_panics() {
    #[cfg(debug_assertions)]
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
}

/// The browser's own clock; the server's is in `board.now`.
pub fn now() -> f64 {
    js_sys::Date::now()
}

/// A new id, made here so that every retry repeats it.
pub fn new_id() -> String {
    let mut random = [0_u8; 10];
    if window().crypto().and_then(|c| c.get_random_values_with_u8_array(&mut random)).is_err() {
        random.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    domain::id::new(Time(now() as i64), &random)
}

/// Somewhere between nothing and `most`.
pub fn up_to(most: u32) -> u32 {
    (js_sys::Math::random() * f64::from(most)) as u32
}

pub async fn sleep(millis: i32) {
    let promise = js_sys::Promise::new(&mut |done, _| {
        // Without a timer there is nothing to wait for: go on at once.
        if window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis).is_err() {
            let _ = done.call0(&JsValue::NULL);
        }
    });
    let _ = JsFuture::from(promise).await;
}

pub fn language() -> String {
    window().navigator().language().unwrap_or_default()
}

/// Does one press the command key here where others press Control?
pub fn is_mac() -> bool {
    window().navigator().platform().is_ok_and(|name| name.starts_with("Mac") || name.starts_with("iP"))
}

/// The language of the document, for readers aloud.
pub fn speak(lang: &str) {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", lang);
    }
}

/// Takes the frame away that the document showed; what somebody did in it before is kept for who goes on with it.
pub fn leave_shell() {
    let Some(shell) = document().get_element_by_id("shell") else { return };
    let focus = document().active_element().filter(|at| shell.contains(Some(at)));
    let named = |at: &Element, attribute: &str| {
        let value = at.get_attribute(attribute)?;
        Some([".queue [", attribute, "='", &value, "']"].concat())
    };
    let wishes = shell.query_selector_all("[data-wish]").map_or(Vec::new(), |all| {
        let pressed = (0..all.length()).filter_map(|n| all.get(n)?.dyn_into::<Element>().ok());
        pressed.filter_map(|at| at.get_attribute("data-chat").zip(at.get_attribute("data-wish"))).collect()
    });
    ahead::leave(Left { wishes, focus: focus.and_then(|at| named(&at, "data-chat").or_else(|| named(&at, "href"))) });
    shell.remove();
}

/// What the document was given with it, when that was written.
pub fn told<T: DeserializeOwned>(name: &str) -> Option<T> {
    let meta = document().query_selector(&["meta[name=", name, "]"].concat()).ok()??;
    let bytes: Vec<u8> = window().atob(&meta.get_attribute("content")?).ok()?.chars().map(|byte| byte as u8).collect();
    postcard::from_bytes(&bytes).ok()
}

/// How long ago the document came.
pub fn since_document() -> Span {
    let read = |of: &JsValue, name: &str| Reflect::get(of, &JsValue::from_str(name)).ok();
    let timing = read(&window(), "performance").and_then(|performance| read(&performance, "timing"));
    let came = timing.and_then(|timing| read(&timing, "responseStart")).and_then(|came| came.as_f64());
    Span(came.filter(|came| *came > 0.0).map_or(0, |came| (now() - came).max(0.0) as i64))
}

pub fn focus(selector: &str) {
    let element = document().query_selector(selector).ok().flatten().and_then(|at| at.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// The title of the view that is shown.
pub const TITLE: &str = "main :is(h1, h2)";

/// For so many looks it is waited for where somebody goes on, and so long between two, in milliseconds.
const LOOKS: u32 = 40;
const BETWEEN: i32 = 50;

/// What had the focus is gone, or about to go: whoever uses no mouse goes on at the first of these that is seen,
/// once it is there, and not at the top of the page.
pub fn hold_focus(places: &str) {
    let places = places.to_owned();
    spawn_local(async move {
        for _ in 0..LOOKS {
            sleep(BETWEEN).await;
            let here = document().query_selector(":focus:not(body, :disabled)").ok().flatten();
            if here.is_some_and(|here| seen(here).is_some()) {
                return;
            }
            let Ok(all) = document().query_selector_all(&places) else { return };
            let place = (0..all.length()).find_map(|n| seen(all.get(n)?.unchecked_into()));
            if let Some(place) = place {
                if place.tab_index() < 0 {
                    place.set_tab_index(-1);
                }
                // Who uses a mouse keeps his place.
                let still = js_sys::Object::new();
                let _ = js_sys::Reflect::set(&still, &"preventScroll".into(), &true.into());
                let focus = js_sys::Reflect::get(&place, &"focus".into()).ok();
                if let Some(focus) = focus.and_then(|focus| focus.dyn_into::<js_sys::Function>().ok()) {
                    let _ = focus.call1(&place, &still);
                }
                return;
            }
        }
    });
}

fn seen(element: Element) -> Option<HtmlElement> {
    element.dyn_into::<HtmlElement>().ok().filter(|element| element.offset_width() > 0)
}

pub fn is_hidden() -> bool {
    document().hidden()
}

pub fn history() -> History {
    window().history().expect("a document has a history")
}

/// The address of this page, from the first slash.
pub fn path() -> String {
    let here = window().location();
    [here.pathname().unwrap_or_default(), here.search().unwrap_or_default()].concat()
}

pub fn reload() {
    let _ = window().location().reload();
}

thread_local! {
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// From now on the way to the sign-in page is not the way back here. Said before the session is
/// ended: what hears of its end, like the line, may be here before the answer.
pub fn leaves(leaving: bool) {
    LEAVING.set(leaving);
}

/// To the sign-in page, and back here afterwards unless the agent leaves.
pub fn sign_in() {
    let next = String::from(js_sys::encode_uri_component(&path()));
    let way = if LEAVING.get() { "/sign-in".to_owned() } else { ["/sign-in?next=", &next].concat() };
    let _ = window().location().set_href(&way);
}

/// Another page of ours, loaded anew.
pub fn goes_to(path: &str) {
    let _ = window().location().set_href(path);
}

pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// What this browser keeps between visits; a browser that refuses keeps nothing.
pub mod kept {
    use leptos::prelude::window;

    fn storage() -> Option<web_sys::Storage> {
        window().local_storage().ok().flatten()
    }

    pub fn read(name: &str) -> Option<String> {
        storage()?.get_item(&["recado.", name].concat()).ok().flatten()
    }

    /// What was kept of conversations is of one agent. Another who signs in here neither finds it nor sends it.
    pub fn is_of(agent: &str) {
        if read("agent").as_deref() != Some(agent) {
            forget();
            write("agent", agent);
        }
    }

    /// Forgets what was kept of conversations, and of whom was looked for; choices like the sound stay.
    pub fn forget() {
        for kind in ["draft.", "unsent.", "wrap.", "seen.", "queue."] {
            for rest in names(kind) {
                write(&[kind, &rest].concat(), "");
            }
        }
    }

    /// What there is of a kind, by the rest of its name.
    pub fn names(kind: &str) -> Vec<String> {
        let Some(storage) = storage() else { return Vec::new() };
        let count = storage.length().unwrap_or(0);
        let all = (0..count).filter_map(|n| storage.key(n).ok().flatten());
        all.filter_map(|name| name.strip_prefix("recado.")?.strip_prefix(kind).map(str::to_owned)).collect()
    }

    /// An empty value is none.
    pub fn write(name: &str, value: &str) {
        let Some(storage) = storage() else { return };
        let name = ["recado.", name].concat();
        let _ = if value.is_empty() { storage.remove_item(&name) } else { storage.set_item(&name, value) };
    }
}
