//! A trend: bars for counts, a line for lengths, small enough to stand beside its number. Read without colour; the
//! same is in a table.

use domain::indicators::{Indicator, Step};
use leptos::prelude::*;

/// Of the drawing, in its own units.
const WIDTH: f64 = 104.0;
const HEIGHT: f64 = 28.0;
/// The highest stands so far from the top.
const ROOM: f64 = 3.0;

/// `label` says what it is of.
pub fn trend(indicator: Indicator, steps: &[Step], label: &str) -> AnyView {
    let values: Vec<Option<u64>> = steps.iter().map(|step| step.twelve[indicator as usize]).collect();
    let most = values.iter().flatten().max().copied().unwrap_or_default().max(1) as f64;
    let high = |value: u64| HEIGHT - 1.0 - (HEIGHT - 1.0 - ROOM) * value as f64 / most;
    let (drawn, last) = if indicator.is_length() { line(&values, &high) } else { bars(&values, &high) };
    view! {
        <svg class="trend" viewBox="0 0 104 28" role="img" aria-label=label.to_owned()>
            <path class="trend__base" d="M0 27.5H104"></path>
            {drawn}{last}
        </svg>
    }
    .into_any()
}

/// All but the last, and the last.
fn bars(values: &[Option<u64>], high: &dyn Fn(u64) -> f64) -> (AnyView, AnyView) {
    let wide = WIDTH / values.len().max(1) as f64;
    let bar = |(n, value): (usize, &Option<u64>)| {
        let value = value.unwrap_or_default();
        let top = if value == 0 { HEIGHT - 1.0 } else { high(value) };
        let (left, bar) = (tenth(n as f64 * wide + wide * 0.1), tenth(wide * 0.7));
        ["M", &left, " 27V", &tenth(top), "h", &bar, "V27z"].concat()
    };
    let last = values.len().saturating_sub(1);
    let all: String = values.iter().enumerate().take(last).map(bar).collect();
    let now: String = values.iter().enumerate().skip(last).map(bar).collect();
    (
        view! { <path class="trend__bar" d=all></path> }.into_any(),
        view! { <path class="trend__bar trend__bar--now" d=now></path> }.into_any(),
    )
}

/// Broken where there was nothing to say it of; and where it ends.
fn line(values: &[Option<u64>], high: &dyn Fn(u64) -> f64) -> (AnyView, AnyView) {
    let apart = (WIDTH - 2.0) / values.len().saturating_sub(1).max(1) as f64;
    let (mut path, mut pen_down, mut end) = (String::new(), false, None);
    for (n, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen_down = false;
            continue;
        };
        let (x, y) = (tenth(1.0 + n as f64 * apart), tenth(high(*value)));
        // One alone is a dot: a line of no length with round ends.
        path.push_str(&[if pen_down { "L" } else { "M" }, &x, " ", &y, if pen_down { "" } else { "h0" }].concat());
        pen_down = true;
        end = Some((x, y));
    }
    let end = end.map(|(x, y)| view! { <circle class="trend__now" cx=x cy=y r="2.2"></circle> });
    (view! { <path class="trend__line" d=path></path> }.into_any(), end.into_any())
}

/// With one decimal: what formats any number is several kilobytes.
fn tenth(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    [&*(tenths / 10).to_string(), ".", &(tenths.abs() % 10).to_string()].concat()
}
