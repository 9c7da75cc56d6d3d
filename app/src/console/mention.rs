//! Where I was mentioned and have not looked: a count in the bar, and a line for each with the way there.

use super::alert::{Alerts, tell};
use super::board::{Board, board};
use super::clock;
use super::live::{derived, does, live, memo};
use super::menu::{Item, Items, Menu, Sign};
use super::note::Kind;
use super::route::{self, View, place};
use crate::doors::Failure;
use crate::doors::mention::{list_mentions, see_mentions};
use crate::words::mention as says;
use domain::mention::Mention;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn Mentions() -> impl IntoView {
    let board = board();
    let alerts = expect_context::<Alerts>();
    let says = says::of(board.words.common.lang);
    let all = RwSignal::new(Vec::<Mention>::new());
    let menu = Menu::new();
    // What was there when I came is in the count; what comes while I am here is told as well.
    let known = StoredValue::new(0_u32);
    Effect::new(move || {
        board.round.track();
        let count = board.mentioned.get();
        let news = count > known.get_value();
        known.set_value(count);
        spawn_local(async move {
            match list_mentions().await {
                Ok(read) => {
                    let last = read.first().filter(|_| news).cloned();
                    all.try_set(read);
                    if let Some(last) = last.filter(|last| !is_open(board, &last.chat)) {
                        let text = (says.mentioned_you)(&last.by.name);
                        tell(alerts, &text, &about(board, &last), &path(&last));
                        board.note(Kind::Plain, text);
                    }
                }
                // The line reads again when it is back.
                Err(Failure::Lost) => {}
                Err(failure) => board.fail(failure),
            }
        });
    });
    // Whoever looks at the conversation has seen it, and whoever comes back to it as well; be it on its ticket's page.
    let back = RwSignal::new(());
    let focused = window_event_listener(leptos::ev::focus, move |_| back.set(()));
    on_cleanup(move || focused.remove());
    Effect::new(move || {
        back.track();
        let shown = match place().shown.get() {
            View::Chat(chat) => chat,
            _ => board.reads.get(),
        };
        let Some(chat) = shown else { return };
        let last = all.with(|all| all.iter().filter(|one| one.chat == chat).map(|one| one.aside).max());
        if let Some(aside) = last.filter(|_| !super::browser::is_hidden()) {
            all.update(|all| all.retain(|one| one.chat != chat));
            spawn_local(async move {
                match see_mentions(chat, aside).await {
                    // It is news again when the line is back, until he looks again.
                    Ok(()) | Err(Failure::Lost) => {}
                    Err(failure) => board.fail(failure),
                }
            });
        }
    });
    let count = memo(move |_| all.with(Vec::len));
    let items = derived(move || {
        let item = |one: Mention| Item {
            label: (says.mentioned_you)(&one.by.name),
            more: Some(about(board, &one)),
            tag: None,
            sign: Sign::Icon("note"),
            chosen: false,
            barred: false,
            act: Callback::new(move |()| route::go(&path(&one))),
        };
        all.get().into_iter().map(item).collect::<Vec<_>>()
    });
    view! {
        <div class="mentions" hidden=live(move || count.get() == 0)>
            <button
                class="button button--bare button--s" type="button" aria-haspopup="menu" aria-expanded=live(move || menu.is_open().to_string())
                title=says.mentions on:click=does(move |_| menu.toggle())
            >
                <span aria-hidden="true">"@"</span><span class="badge" aria-hidden="true">{live(move || count.get())}</span>
                <span class="visually-hidden">{live(move || (says.count)(count.get()))}</span>
            </button>
            <Items menu=menu label=says.mentions items=items/>
        </div>
    }
}

fn is_open(board: Board, chat: &str) -> bool {
    let here = place().shown.with_untracked(|view| matches!(view, View::Chat(Some(open)) if open == chat));
    let there = board.reads.with_untracked(|read| read.as_deref() == Some(chat));
    (here || there) && !super::browser::is_hidden()
}

fn path(mention: &Mention) -> String {
    ["/chat/", &mention.chat].concat()
}

/// With whom the conversation is, where, and when that was.
fn about(board: Board, mention: &Mention) -> String {
    let name = board.words.common.name(&mention.customer.name, mention.number);
    let ago = clock::ago(board.words.common.lang, mention.at, board.now.get_untracked());
    [name.as_str(), &mention.group.name, &ago].join(" · ")
}
