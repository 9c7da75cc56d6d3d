//! What follows its signals, in few types.
//!
//! Every closure is a type of its own, and the framework writes its effect, its updates and its
//! listener once more for each: two kilobytes of module for an attribute. In a box they are all alike,
//! so every view wraps what it draws: `hidden=live(move || …)`, `{drawn(move || …)}`,
//! `{rows(…)}`, `on:click=does(…)`.

use leptos::prelude::*;

pub type Live<T> = Box<dyn FnMut() -> T + Send>;

/// An attribute or a text.
pub fn live<T>(value: impl FnMut() -> T + Send + 'static) -> Live<T> {
    Box::new(value)
}

/// A piece of a view that comes and goes.
pub fn drawn<V: IntoAny>(mut view: impl FnMut() -> V + Send + 'static) -> Live<AnyView> {
    Box::new(move || view().into_any())
}

/// Rows that come, go and move; each is drawn once, as long as its key stays.
pub fn rows<T: Send + 'static, V: IntoAny>(
    all: impl Fn() -> Vec<T> + Send + 'static,
    key: impl Fn(&T) -> String + Send + 'static,
    draw: impl Fn(T) -> V + Clone + Send + 'static,
) -> AnyView {
    let row = move |one: T| {
        let (key, draw) = (key(&one), draw.clone());
        Row { key, draw: Box::new(move || draw(one).into_any()) }
    };
    listed(Box::new(move || all().into_iter().map(&row).collect()))
}

struct Row {
    key: String,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

fn listed(all: Box<dyn Fn() -> Vec<Row> + Send>) -> AnyView {
    view! { <For each=all key=|row| row.key.clone() let:row>{(row.draw)()}</For> }.into_any()
}

/// An act that waits for its answer, in `aria-disabled`: `disabled` would take the focus from whoever has just
/// pressed it. The act itself does nothing meanwhile.
pub fn waits(busy: RwSignal<bool>) -> Live<Option<&'static str>> {
    live(move || busy.get().then_some("true"))
}

/// What happens on an event.
pub fn does<E>(act: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(act)
}

/// A value that is computed anew when what it depends on changes, and told on when it is another.
pub fn memo<T: PartialEq + Send + Sync + 'static>(value: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Memo<T> {
    type Boxed<T> = Box<dyn Fn(Option<&T>) -> T + Send + Sync>;
    Memo::new(Box::new(value) as Boxed<T>)
}

/// A value that is computed whenever somebody looks.
pub fn derived<T: Send + Sync + 'static>(value: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    type Boxed<T> = Box<dyn Fn() -> T + Send + Sync>;
    Signal::derive(Box::new(value) as Boxed<T>)
}
