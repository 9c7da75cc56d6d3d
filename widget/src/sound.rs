//! The two soft tones of `public/sounds/message.wav`, for words that nobody is looking at (R31).

use crate::clock;
use std::cell::RefCell;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

thread_local! {
    /// One for the whole visit: where a sound must begin under somebody's finger, it is this that may
    /// be heard later.
    static SOUND: RefCell<Option<HtmlAudioElement>> = const { RefCell::new(None) };
}

/// Somebody has touched the window: from now on it may be heard, so it is prepared, and unheard.
pub fn unlock() {
    if SOUND.with_borrow(Option::is_none) {
        play(true);
    }
}

/// Where the browser does not let it be heard yet (nobody has touched the window), the badge and the
/// page's title say it.
pub fn ring() {
    play(false);
}

fn play(muted: bool) {
    let Some(sound) = SOUND.with_borrow_mut(|sound| {
        if sound.is_none() {
            *sound = open();
        }
        sound.clone()
    }) else {
        return;
    };
    sound.set_muted(muted);
    sound.set_current_time(0.0);
    if let Ok(plays) = sound.play() {
        // That it may not be heard is no fault.
        clock::spawn(async { drop(JsFuture::from(plays).await) });
    }
}

/// The sound lies beside the script that started us.
fn open() -> Option<HtmlAudioElement> {
    let script = crate::dom::document().query_selector("script[src*=widget]").ok().flatten()?;
    let address = script.get_attribute("src")?;
    let folder = address.rsplit_once('/').map_or("", |(folder, _)| folder);
    let sound = HtmlAudioElement::new_with_src(&[folder, "/sounds/message.wav"].concat()).ok()?;
    sound.set_volume(0.6);
    Some(sound)
}
