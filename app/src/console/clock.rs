//! Time on the screen: the server's second by second, and how moments and lengths are written.

use super::board::Board;
use super::browser;
pub use crate::waiting::{elapsed, machine};
use domain::Time;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// Lets `board.now` follow the server's clock.
pub fn start(board: Board) {
    set_interval(
        move || board.now.set(Time((browser::now() + board.ahead.get_value()) as i64)),
        std::time::Duration::from_secs(1),
    );
}

/// `10:40`.
pub fn hour(lang: &str, at: Time) -> String {
    format(lang, at, &[("hour", "2-digit"), ("minute", "2-digit"), ("hourCycle", "h23")])
}

/// `10:40:07`.
pub fn hour_and_second(lang: &str, at: Time) -> String {
    format(lang, at, &[("hour", "2-digit"), ("minute", "2-digit"), ("second", "2-digit"), ("hourCycle", "h23")])
}

/// `22 de noviembre`, with the year when it is another.
pub fn day(lang: &str, at: Time, now: Time) -> String {
    let mut style = vec![("day", "numeric"), ("month", "long")];
    if date(at).get_full_year() != date(now).get_full_year() {
        style.push(("year", "numeric"));
    }
    format(lang, at, &style)
}

/// `2026-11-25`: a country writes it so.
pub fn iso(at: Time) -> String {
    format("sv", at, &[("dateStyle", "short")])
}

/// All of it, for who points at it.
pub fn whole(lang: &str, at: Time) -> String {
    format(lang, at, &[("dateStyle", "full"), ("timeStyle", "medium")])
}

/// Today the minutes or the hour, yesterday its name, earlier the day: for a column.
pub fn ago(lang: &str, at: Time, now: Time) -> String {
    let minutes = (now - at).0 / 60_000;
    if minutes < 60 {
        return relative(lang, -(minutes.max(0) as f64), "minute");
    }
    match days_between(at, now) {
        0 => hour(lang, at),
        1 => relative(lang, -1.0, "day"),
        _ if date(at).get_full_year() == date(now).get_full_year() => {
            format(lang, at, &[("day", "numeric"), ("month", "short")])
        }
        _ => format(lang, at, &[("dateStyle", "short")]),
    }
}

pub fn is_same_day(one: Time, other: Time) -> bool {
    days_between(one, other) == 0
}

fn days_between(one: Time, other: Time) -> i64 {
    let midnight = |at: Time| {
        let date = date(at);
        date.set_hours(0);
        date.set_minutes(0);
        date.set_seconds(0);
        date.set_milliseconds(0);
        date.get_time()
    };
    ((midnight(other) - midnight(one)) / 86_400_000.0).round() as i64
}

/// The zone of this browser, as the database of time zones calls it; UTC where it does not say.
pub fn zone() -> String {
    let resolved = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
    let zone = Reflect::get(&resolved, &JsValue::from_str("timeZone"));
    zone.ok().and_then(|zone| zone.as_string()).unwrap_or_else(|| "UTC".into())
}

fn date(at: Time) -> Date {
    Date::new(&JsValue::from_f64(at.0 as f64))
}

fn options(style: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in style {
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    options
}

fn format(lang: &str, at: Time, style: &[(&str, &str)]) -> String {
    let locales = Array::of1(&JsValue::from_str(lang));
    let format: Function = Intl::DateTimeFormat::new(&locales, &options(style)).format().unchecked_into();
    let text = format.call1(&JsValue::UNDEFINED, &JsValue::from_f64(at.0 as f64));
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn relative(lang: &str, value: f64, unit: &str) -> String {
    let locales = Array::of1(&JsValue::from_str(lang));
    let style = options(&[("numeric", "auto"), ("style", "short")]);
    Intl::RelativeTimeFormat::new(&locales, &style).format(value, unit).into()
}

/// `22 nov 2026`, in a zone.
pub fn day_in(lang: &str, zone: &str, at: Time) -> String {
    format(lang, at, &[("timeZone", zone), ("dateStyle", "medium")])
}

/// `22 nov 2026, 10:00:03`, in a zone.
pub fn moment_in(lang: &str, zone: &str, at: Time) -> String {
    format(lang, at, &[("timeZone", zone), ("dateStyle", "medium"), ("timeStyle", "medium"), ("hourCycle", "h23")])
}

/// All of it, and the name of the zone.
pub fn whole_in(lang: &str, zone: &str, at: Time) -> String {
    format(lang, at, &[("timeZone", zone), ("dateStyle", "full"), ("timeStyle", "full"), ("hourCycle", "h23")])
}

/// `22/11, 10:00`, in a zone.
pub fn hour_in(lang: &str, zone: &str, at: Time) -> String {
    let style =
        [("timeZone", zone), ("day", "2-digit"), ("month", "2-digit"), ("hour", "2-digit"), ("minute", "2-digit")];
    format(lang, at, &style)
}
