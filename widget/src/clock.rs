//! What the browser knows of time and chance: the moment, a wait, an hour as people write it, an id.

use crate::dom;
use domain::Time;
use js_sys::{Date, Object, Promise, Reflect};
use std::pin::Pin;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Only for naming things and for waits: what is shown comes from the server's clock.
pub fn now() -> Time {
    Time(Date::now() as i64)
}

/// `10:42`, in the reader's time zone and his language's manner.
pub fn hour(at: Time, lang: &str) -> String {
    format(&date(at), lang, &[("hour", "numeric"), ("minute", "2-digit")])
}

/// `jueves`, or `jueves, 3 de diciembre` where that is not within a week; empty: today.
pub fn day(at: Time, lang: &str) -> String {
    const DAY: [(&str, &str); 3] = [("weekday", "long"), ("day", "numeric"), ("month", "long")];
    let whole = format(&date(at), lang, &DAY);
    match at.0 - now().0 {
        _ if whole == format(&date(now()), lang, &DAY) => String::new(),
        ahead if ahead < 6 * 86_400_000 => format(&date(at), lang, &DAY[..1]),
        _ => whole,
    }
}

fn date(at: Time) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

/// As the browser writes it in this language.
fn format(date: &Date, lang: &str, parts: &[(&str, &str)]) -> String {
    let options = Object::new();
    for (name, value) in parts {
        let _ = Reflect::set(&options, &(*name).into(), &(*value).into());
    }
    date.to_locale_string(lang, &options).into()
}

/// What this clock is ahead of UTC, in minutes.
pub fn ahead() -> i32 {
    -(Date::new_0().get_timezone_offset() as i32)
}

/// Does it beside everything else. Boxed, so that what runs it is built once.
pub fn spawn(does: impl Future<Output = ()> + 'static) {
    let does: Pin<Box<dyn Future<Output = ()>>> = Box::pin(does);
    wasm_bindgen_futures::spawn_local(does);
}

/// Does it after so many milliseconds.
pub fn later(millis: i32, does: impl FnOnce() + 'static) {
    let does = Closure::once_into_js(Box::new(does) as Box<dyn FnOnce()>);
    let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(does.unchecked_ref(), millis);
}

/// Comes back after so many milliseconds.
pub async fn sleep(millis: i32) {
    let promise = Promise::new(&mut |done, _| {
        let _ = dom::window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis);
    });
    let _ = JsFuture::from(promise).await;
}

/// How long to wait before try number `tries`: full jitter up to half a second, doubled each time
/// up to thirty. Where thousands lost the same server, their returns are spread evenly.
pub fn back_off(tries: u32) -> i32 {
    let most = 500 << tries.min(6);
    (js_sys::Math::random() * f64::from(most.min(30_000))) as i32
}

/// Random bytes that nobody can guess.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Ok(crypto) = dom::window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes
}

/// A name for a chat or for an act.
pub fn id() -> String {
    domain::id::new(now(), &random())
}

/// A visitor's token: 32 random bytes in base64url, 43 characters.
pub fn token() -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bytes: [u8; 32] = random();
    let mut text = String::with_capacity(domain::wire::TOKEN_LENGTH);
    for three in bytes.chunks(3) {
        let number = three.iter().enumerate().fold(0u32, |sum, (i, byte)| sum | u32::from(*byte) << (16 - 8 * i));
        for letter in 0..=three.len() {
            let at = (number >> (18 - 6 * letter)) & 63;
            text.push(LETTERS.get(at as usize).map_or('A', |letter| char::from(*letter)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_wait_grows_to_half_a_minute_at_the_most() {
        let most = |tries: u32| (500 << tries.min(6)).min(30_000);

        assert_eq!((most(0), most(3), most(6), most(90)), (500, 4_000, 30_000, 30_000));
    }
}
