//! A button that asks once more, and for a reason where one is kept: what it does cannot be undone.

use super::board::board;
use super::browser;
use super::icon::Icon;
use super::live::{does, live};
use domain::customer::REASON_LIMIT;
use leptos::html;
use leptos::prelude::*;
use web_sys::SubmitEvent;

/// `sure`: the key of the dialog is on doing it, and not on the way out.
#[component]
pub fn Ask(
    class: &'static str,
    label: &'static str,
    /// Drawn in the place of its words.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// What it is about, for whoever hears the button among others of its name.
    #[prop(optional)]
    of: Option<Signal<String>>,
    #[prop(into)] question: Signal<String>,
    say: &'static str,
    #[prop(optional)] hidden: Option<Signal<bool>>,
    #[prop(optional)] sure: bool,
    #[prop(optional)] reason: bool,
    /// With the reason, where one is asked for.
    act: Callback<String>,
) -> impl IntoView {
    let words = board().words;
    let dialog: NodeRef<html::Dialog> = NodeRef::new();
    let given = RwSignal::new(String::new());
    let show = move |_| {
        given.set(String::new());
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let ready = move || !reason || !given.with(|given| given.trim().is_empty());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if untrack(ready) {
            close();
            act.run(given.get_untracked());
        }
    };
    let (title, text) = (browser::new_id(), browser::new_id());
    view! {
        <button
            class=class type="button" aria-haspopup="dialog" aria-label=live(move || of.map(|of| [label, ": ", &of.get()].concat()))
            hidden=live(move || hidden.is_some_and(|hidden| hidden.get())) on:click=does(show)
        >{icon.map_or_else(|| label.into_any(), |name| view! { <Icon name=name small=true/> }.into_any())}</button>
        <dialog class="dialog" node_ref=dialog aria-labelledby=title.clone() aria-describedby=text.clone()>
            <h2 id=title.clone()>{live(move || question.get())}</h2>
            <p id=text.clone()>{say}</p>
            <form class="dialog__fields" on:submit=does(submit)>
                {reason.then(|| view! {
                    <label class="field">
                        <span class="field__label">{words.reason}</span>
                        <input class="field__box" type="text" required autofocus maxlength=REASON_LIMIT.to_string() prop:value=live(move || given.get()) on:input=does(move |event| given.set(event_target_value(&event)))/>
                    </label>
                })}
                <div class="dialog__acts">
                    <button class="button" type="button" autofocus={!sure && !reason} on:click=does(move |_| close())>{words.cancel}</button>
                    <button class="button button--act" type="submit" autofocus=sure disabled=live(move || !ready())>{label}</button>
                </div>
            </form>
        </dialog>
    }
}
