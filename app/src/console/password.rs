//! My password: a new one for the present one.

use super::board::board;
use super::live::{does, drawn, waits};
use super::note::Kind;
use super::profile::{Fault, Part, Secret, holds_focus, says, why};
use crate::doors::password::change_password;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::SubmitEvent;

#[component]
pub fn Password(changed: Callback<()>) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says(board));
    let (present, fresh) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (open, saving, fault) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(String::new()));
    let shut = move || {
        present.set(String::new());
        fresh.set(String::new());
        fault.set(String::new());
        open.set(false);
        holds_focus(says.password_change);
    };
    let change = move |event: SubmitEvent| {
        event.prevent_default();
        if saving.get_untracked() {
            return;
        }
        saving.set(true);
        spawn_local(async move {
            let answer = change_password(present.get_untracked(), fresh.get_untracked()).await;
            saving.try_set(false);
            match answer {
                Ok(()) => {
                    shut();
                    let _ = changed.try_run(());
                    board.note(Kind::Plain, says.password_changed.into());
                }
                Err(failure) => drop(fault.try_set(why(board, &failure))),
            }
        });
    };
    view! {
        <Part title=says.password_change say=says.password_say>
            {drawn(move || if open.get() {
                view! {
                    <form class="account__fields account__fields--narrow" on:submit=does(change)>
                        <Fault fault=fault/>
                        <Secret label=says.password_present value=present/>
                        <Secret label=says.password_fresh value=fresh hint=words.password_hint fresh=true/>
                        <div class="account__acts">
                            <button class="button button--act" type="submit" aria-disabled=waits(saving)>{words.save}</button>
                            <button class="button" type="button" on:click=does(move |_| shut())>{words.cancel}</button>
                        </div>
                    </form>
                }.into_any()
            } else {
                view! { <div class="account__fields"><div class="account__acts"><button class="button" type="button" on:click=does(move |_| open.set(true))>{says.password_fresh}</button></div></div> }.into_any()
            })}
        </Part>
    }
}
