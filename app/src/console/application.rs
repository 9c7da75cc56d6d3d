//! Applications: what a site owner pastes, and what his page must allow.

use super::board::board;
use super::browser;
use super::clipboard;
use super::icon::Icon;
use super::live::{does, drawn};
use super::note;
use crate::doors::application::list_applications;
use crate::snippet::{policy, snippet};
use domain::wire::{ApplicationLine, Applications as All, Loader};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Applications() -> impl IntoView {
    let board = board();
    let words = board.words;
    let lines = RwSignal::new(None::<Result<All, String>>);
    spawn_local(async move {
        let read = list_applications().await;
        lines.try_set(Some(read.map_err(|failure| note::why(words, &failure))));
    });
    view! {
        <div class="desk__work">
            <div class="view view--paper">
                <p class="view__say">{words.applications_say}</p>
                {drawn(move || match lines.get() {
                    None => view! { <p class="visually-hidden" role="status">{words.loading}</p> }.into_any(),
                    Some(Err(why)) => view! { <p class="banner banner--bad" role="alert"><span class="banner__text">{why}</span></p> }.into_any(),
                    Some(Ok(All { lines, .. })) if lines.is_empty() => view! { <div class="empty empty--s"><p>{words.no_applications}</p></div> }.into_any(),
                    Some(Ok(All { lines, loader })) => lines.into_iter().map(|line| view! { <Sheet line=line loader=loader.clone()/> }).collect_view().into_any(),
                })}
            </div>
        </div>
    }
}

#[component]
fn Sheet(line: ApplicationLine, loader: Option<Loader>) -> impl IntoView {
    let words = board().words;
    let origin = browser::origin();
    let tag = snippet(&origin, &line, None);
    let pinned = loader.map(|loader| snippet(&origin, &line, Some(&loader)));
    view! {
        <section class="sheet application" aria-label=line.name.clone()>
            <header class="sheet__head"><h2>{line.name.clone()}</h2></header>
            <div class="application__body">
                <Code label=words.snippet say=words.snippet_say text=tag/>
                {pinned.map(|tag| view! { <Code label=words.pinned say=words.pinned_say text=tag/> })}
                <Code label=words.policy say=words.policy_say text=policy(&origin)/>
                <h3 class="papers__title">{words.sites}</h3>
                <ul class="application__sites">
                    {line.sites.into_iter().map(|site| view! { <li><code>{site}</code></li> }).collect_view()}
                </ul>
            </div>
        </section>
    }
}

#[component]
fn Code(label: &'static str, say: &'static str, text: String) -> impl IntoView {
    let board = board();
    let words = board.words;
    let copied = text.clone();
    view! {
        <div class="application__code">
            <div class="application__label">
                <h3 class="papers__title">{label}</h3>
                <button class="button button--s" type="button" aria-label=[words.copy, ": ", label].concat() on:click=does(move |_| clipboard::copy(board, copied.clone()))><Icon name="copy" small=true/>{words.copy}</button>
            </div>
            <p class="view__say">{say}</p>
            <pre class="code" tabindex="0"><code>{text}</code></pre>
        </div>
    }
}
