//! What can be inserted while one writes: canned answers after a slash at the start, or at the press of a button;
//! in a note whoever may read it, after an at sign.

use super::board::{Board, board};
use super::choices::{Choice, Choices, List};
use super::composer::Mode;
use super::live::{derived, does, drawn, live, memo};
use super::room::Room;
use super::stock::{Stock, stock};
use crate::doors::Failure;
use crate::doors::mention::list_readers;
use crate::words::canned::{self as says, Words};
use domain::Face;
use domain::canned::{Values, filled, folded};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

/// So many are offered at once.
const OFFERED: usize = 7;
/// How much of an answer the list shows, in characters.
const SHOWN: usize = 90;

/// What is being looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wanted {
    Nothing,
    /// Typed after a slash, up to the caret.
    Slash(String),
    /// Typed in the list's own box.
    Search(String),
    /// Typed after an at sign in a note, and where that stands.
    Name(u32, String),
}

#[derive(Clone, Copy)]
pub struct Offers {
    board: Board,
    room: Room,
    text: NodeRef<html::Textarea>,
    search: NodeRef<html::Input>,
    stock: Stock,
    wanted: RwSignal<Wanted>,
    /// He left the list with Escape, and goes on with what he typed.
    left: StoredValue<bool>,
    /// Who may be mentioned is being asked for.
    reading: StoredValue<bool>,
    pub choices: Choices,
    pub says: &'static Words,
}

impl Offers {
    pub fn new(room: Room, name: Memo<String>, text: NodeRef<html::Textarea>) -> Offers {
        let board = board();
        let stock = stock(board, &untrack(|| room.of(|chat| chat.group.id.clone())).unwrap_or_default());
        let wanted = RwSignal::new(Wanted::Nothing);
        let (left, reading) = (StoredValue::new(false), StoredValue::new(false));
        let search = NodeRef::new();
        let all = memo(move |_| match wanted.get() {
            Wanted::Nothing => Vec::new(),
            Wanted::Slash(typed) | Wanted::Search(typed) => offered(stock, &typed),
            Wanted::Name(_, typed) => room.readers.with(|all| named(all.as_deref().unwrap_or_default(), &typed)),
        });
        let choose = Callback::new(move |id: String| choose(board, room, name, text, stock, wanted, &id));
        let leave = Callback::new(move |()| {
            left.set_value(true);
            let searched = matches!(wanted.get_untracked(), Wanted::Search(_));
            wanted.set(Wanted::Nothing);
            if let Some(text) = text.get_untracked().filter(|_| searched) {
                let _ = text.focus();
            }
        });
        let choices = Choices::new(all, choose, leave);
        Offers {
            board,
            room,
            text,
            search,
            stock,
            wanted,
            left,
            reading,
            choices,
            says: says::of(board.words.common.lang),
        }
    }

    /// Looks at what stands before the caret.
    pub fn look(&self) {
        let before = self.text.get_untracked().map(|text| before_caret(&text)).unwrap_or_default();
        let wanted = match self.room.mode.get_untracked() {
            Mode::Reply => slash(&before),
            Mode::Note => name(&before),
            Mode::Whisper => Wanted::Nothing,
        };
        if wanted == Wanted::Nothing {
            self.left.set_value(false);
        }
        match wanted {
            Wanted::Name(..) => self.read_readers(),
            // Where they did not come they are asked for again.
            Wanted::Slash(_) => self.stock.refresh(self.board),
            _ => {}
        }
        self.want(if self.left.get_value() { Wanted::Nothing } else { wanted });
    }

    /// Who may be mentioned may be others by now: asked again with every name that is begun.
    fn read_readers(&self) {
        let (board, room, reading) = (self.board, self.room, self.reading);
        let known = room.readers.with_untracked(Option::is_some);
        if known && !matches!(self.wanted.get_untracked(), Wanted::Nothing) || reading.get_value() {
            return;
        }
        reading.set_value(true);
        spawn_local(async move {
            let read = list_readers(room.chat()).await;
            reading.try_set_value(false);
            match read {
                Ok(mut read) => {
                    // Whom I chose before stays before another of his name.
                    let before = room.readers.get_untracked().unwrap_or_default();
                    let known = |face: &Face| before.iter().position(|other| other.id == face.id);
                    read.sort_by_key(|face| known(face).unwrap_or(usize::MAX));
                    room.readers.set(Some(read));
                }
                // The names of before are better than none.
                Err(Failure::Lost) => {}
                Err(failure) => board.fail(failure),
            }
        });
    }

    fn want(&self, wanted: Wanted) {
        if self.wanted.with_untracked(|before| *before != wanted) {
            self.wanted.set(wanted);
        }
    }

    /// At the press of the button: with a box of its own, whatever is written already.
    pub fn open(&self) {
        self.want(Wanted::Search(String::new()));
        let search = self.search;
        request_animation_frame(move || {
            if let Some(search) = search.try_get_untracked().flatten() {
                let _ = search.focus();
            }
        });
    }

    /// The focus went elsewhere, or with the box itself: then nothing of it is left to be asked.
    pub fn close(&self) {
        if matches!(self.wanted.try_get_untracked(), Some(Wanted::Slash(_) | Wanted::Name(..))) {
            self.wanted.set(Wanted::Nothing);
        }
    }

    /// Hears a key before the box does. What begins like a shortcut is not sent while the list is on its way.
    pub fn hears(&self, event: &KeyboardEvent) -> bool {
        let comes = match self.wanted.get_untracked() {
            Wanted::Slash(_) => self.stock.comes(),
            Wanted::Name(..) => self.reading.get_value() && self.room.readers.with_untracked(Option::is_none),
            _ => false,
        };
        if comes && event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            return true;
        }
        self.choices.hears(event)
    }

    /// A key in the list's own box: Escape leaves it even where nothing is found, and Enter sends nothing.
    fn hears_search(&self, event: &KeyboardEvent) {
        let ours = ["Escape", "Enter"].contains(&event.key().as_str());
        if self.choices.hears(event) || !ours || event.is_composing() {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        if event.key() == "Escape" {
            self.wanted.set(Wanted::Nothing);
            if let Some(text) = self.text.get_untracked() {
                let _ = text.focus();
            }
        }
    }
}

/// A shortcut is typed at the start, and has no blank.
fn slash(before: &str) -> Wanted {
    let typed = before.strip_prefix('/').filter(|typed| !typed.contains(char::is_whitespace));
    typed.map_or(Wanted::Nothing, |typed| Wanted::Slash(typed.to_owned()))
}

/// A name is begun after a blank, a bracket or at the start, and up to the caret it has no blank.
fn name(before: &str) -> Wanted {
    let Some((start, typed)) = before.rsplit_once('@') else { return Wanted::Nothing };
    let begins = start.chars().next_back().is_none_or(|c| c.is_whitespace() || "(¿¡".contains(c));
    if !begins || typed.contains(char::is_whitespace) {
        return Wanted::Nothing;
    }
    Wanted::Name(start.encode_utf16().count() as u32, typed.to_owned())
}

/// Those of whose names a word begins so.
fn named(all: &[Face], typed: &str) -> Vec<Choice> {
    let typed = folded(typed);
    let fits = |face: &&Face| folded(&face.name).split_whitespace().any(|word| word.starts_with(&typed));
    let choice = |face: &Face| Choice { id: face.id.clone(), label: face.name.clone(), more: String::new() };
    all.iter().filter(fits).take(OFFERED).map(choice).collect()
}

fn offered(stock: Stock, typed: &str) -> Vec<Choice> {
    stock.index.with(|index| {
        let choice = |canned: &domain::canned::Canned| Choice {
            id: canned.id.clone(),
            label: ["/", &canned.shortcut].concat(),
            more: canned.text.chars().take(SHOWN).collect(),
        };
        index.find(typed, OFFERED).into_iter().map(choice).collect()
    })
}

/// Puts it in the place of what was typed, or where the caret is, with its variables filled.
fn choose(
    board: Board,
    room: Room,
    name: Memo<String>,
    text: NodeRef<html::Textarea>,
    stock: Stock,
    wanted: RwSignal<Wanted>,
    id: &str,
) {
    let Some(area) = text.get_untracked() else { return };
    if let Wanted::Name(from, _) = wanted.get_untracked() {
        wanted.set(Wanted::Nothing);
        return mention(room, &area, from, id);
    }
    let Some(canned) = stock.index.with_untracked(|index| index.get(id).cloned()) else { return };
    let about = untrack(|| room.of(|chat| (chat.number.to_string(), chat.group.name.clone())));
    let Some((ticket, group)) = about else { return };
    let (customer, agent) = (name.get_untracked(), board.me.with_untracked(|me| me.agent.face.name.clone()));
    let values = Values { customer: &customer, agent: &agent, ticket: &ticket, group: &group };
    let caret = caret(&area);
    let from = match wanted.get_untracked() {
        Wanted::Slash(_) => 0,
        _ => area.selection_start().ok().flatten().unwrap_or(caret),
    };
    wanted.set(Wanted::Nothing);
    put(room, &area, from, caret, &filled(&canned.text, &values));
}

/// Of two of one name it is the one who was chosen.
fn mention(room: Room, area: &HtmlTextAreaElement, from: u32, id: &str) {
    let Some(mut readers) = room.readers.get_untracked() else { return };
    let Some(at) = readers.iter().position(|face| face.id == id) else { return };
    let face = readers.remove(at);
    let name = ["@", &face.name, " "].concat();
    readers.insert(0, face);
    room.readers.set(Some(readers));
    put(room, area, from, caret(area), &name);
}

fn caret(area: &HtmlTextAreaElement) -> u32 {
    area.selection_end().ok().flatten().unwrap_or(u32::MAX)
}

/// What stands before the caret.
fn before_caret(area: &HtmlTextAreaElement) -> String {
    // Browsers count in halves of UTF-16.
    let before: Vec<u16> = area.value().encode_utf16().take(caret(area) as usize).collect();
    String::from_utf16_lossy(&before)
}

/// Puts words in the place of what stands between the two, and the caret after them.
fn put(room: Room, area: &HtmlTextAreaElement, from: u32, until: u32, words: &str) {
    let all: Vec<u16> = area.value().encode_utf16().collect();
    let until = (until as usize).min(all.len());
    let from = (from as usize).min(until);
    let words: Vec<u16> = words.encode_utf16().collect();
    let text = String::from_utf16_lossy(&[&all[..from], &words, &all[until..]].concat());
    let caret = (from + words.len()) as u32;
    // At once: what is typed in the next moment comes after it.
    area.set_value(&text);
    let _ = area.focus();
    let _ = area.set_selection_range(caret, caret);
    room.write(room.mode.get_untracked(), &text);
}

/// The list above the box, with its own box where it was opened by the button.
#[component]
pub fn Offered(offers: Offers) -> impl IntoView {
    let says = offers.says;
    let searches = memo(move |_| matches!(offers.wanted.get(), Wanted::Search(_)));
    let colleagues = crate::words::mention::of(offers.board.words.common.lang).colleagues;
    let names = move || offers.room.mode.get() == Mode::Note;
    let label = derived(move || if names() { colleagues } else { says.canned });
    let none = move || searches.get() && !offers.choices.is_open();
    let left = move |_| {
        if matches!(offers.wanted.try_get_untracked(), Some(Wanted::Search(_))) {
            offers.wanted.set(Wanted::Nothing);
        }
    };
    view! {
        <div class="menu choices" hidden=live(move || !searches.get() && !offers.choices.is_open())>
            {drawn(move || searches.get().then(|| view! {
                <input
                    class="field__box" type="search" node_ref=offers.search aria-label=says.search placeholder=says.search maxlength="60"
                    aria-autocomplete="list" aria-controls=offers.choices.list() aria-activedescendant=live(move || offers.choices.active())
                    on:input=does(move |event| offers.want(Wanted::Search(event_target_value(&event))))
                    on:keydown=does(move |event: KeyboardEvent| offers.hears_search(&event)) on:blur=does(left)
                />
            }))}
            <List choices=offers.choices label=label/>
            <p class="choices__none" role="status" hidden=live(move || !none())>{live(move || if offers.stock.here.get() { says.none_found } else { offers.board.words.loading })}</p>
        </div>
    }
}
