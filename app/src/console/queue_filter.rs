//! Which rows of the queue are shown, and which groups are folded up: a choice of this browser, kept between visits.

use super::board::{Board, board};
use super::browser::kept;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo};
use crate::words::queue as says;
use domain::canned::folded;
use domain::group::Named;
use domain::wire::Card;
use leptos::prelude::*;

/// What is asked for, all of it at once; none: anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    group: Option<String>,
    application: Option<Named>,
    words: String,
}

impl Filter {
    pub fn is_none(&self) -> bool {
        *self == Filter::default()
    }

    pub fn takes(&self, board: Board, card: &Card) -> bool {
        // One that he sees no more narrows nothing.
        let sees = |id: &String| board.me.with(|me| me.groups.iter().any(|group| group.id == *id));
        self.group.as_ref().is_none_or(|id| *id == card.group.id || !sees(id))
            && self.application.as_ref().is_none_or(|one| one.id == card.application.id)
            && self.finds(board, card)
    }

    /// Who has no name is found by the one that he has here.
    fn finds(&self, board: Board, card: &Card) -> bool {
        card.is_about(&self.words) || folded(&board.customer(card)).contains(&folded(self.words.trim()))
    }
}

#[derive(Clone, Copy)]
pub struct Narrows {
    pub filter: RwSignal<Filter>,
    folded: RwSignal<Vec<String>>,
    open: RwSignal<bool>,
}

impl Narrows {
    /// As they were left. A group that he does not see any more is none.
    pub fn read(board: Board) -> Narrows {
        let sees = |id: &String| board.me.with_untracked(|me| me.groups.iter().any(|group| group.id == *id));
        let named = |kept: String| {
            let (id, name) = kept.split_once(' ')?;
            Some(Named { id: id.into(), name: name.into() })
        };
        let filter = Filter {
            group: kept::read("queue.group").filter(sees),
            application: kept::read("queue.application").and_then(named),
            words: kept::read("queue.words").unwrap_or_default(),
        };
        let folded = kept::read("queue.folded").unwrap_or_default();
        Narrows {
            open: RwSignal::new(!filter.is_none()),
            filter: RwSignal::new(filter),
            folded: RwSignal::new(folded.split_whitespace().map(str::to_owned).collect()),
        }
    }

    fn set(self, change: impl FnOnce(&mut Filter)) {
        self.filter.update(change);
        self.filter.with_untracked(|filter| {
            kept::write("queue.group", filter.group.as_deref().unwrap_or_default());
            let application = filter.application.as_ref().map(|one| [one.id.as_str(), " ", &one.name].concat());
            kept::write("queue.application", &application.unwrap_or_default());
            kept::write("queue.words", &filter.words);
        });
    }

    /// This one is to be seen: his group is opened, and nothing is asked for that he is not.
    pub fn show(self, board: Board, card: &Card) {
        if untrack(|| self.is_folded(&card.group.id)) {
            self.fold(&card.group.id);
        }
        if untrack(|| self.filter.with(|filter| !filter.takes(board, card))) {
            self.set(|filter| *filter = Filter::default());
        }
    }

    pub fn is_folded(self, group: &str) -> bool {
        self.folded.with(|folded| folded.iter().any(|id| id == group))
    }

    /// Folds a group up, or opens it again.
    pub fn fold(self, group: &str) {
        self.folded.update(|folded| match folded.iter().position(|id| id == group) {
            Some(at) => drop(folded.remove(at)),
            None => folded.push(group.to_owned()),
        });
        kept::write("queue.folded", &self.folded.with_untracked(|folded| folded.join(" ")));
    }
}

/// Opens and closes what narrows the lists.
#[component]
pub fn Tune(narrows: Narrows) -> impl IntoView {
    let says = says::of(board().words.common.lang);
    view! {
        <button
            class="button button--bare button--icon button--s" type="button" aria-label=says.filter title=says.filter aria-expanded=live(move || narrows.open.get().to_string())
            on:click=does(move |_| narrows.open.update(|open| *open = !*open))
        >
            <Icon name="tune" small=true/>
        </button>
    }
}

/// What narrows the lists, and how many are left of how many.
#[component]
pub fn Narrowing(narrows: Narrows, count: Memo<usize>, all: Memo<usize>) -> impl IntoView {
    let says = says::of(board().words.common.lang);
    let narrowed = memo(move |_| !narrows.filter.with(Filter::is_none));
    view! {
        {drawn(move || narrows.open.get().then(|| view! { <Fields narrows=narrows/> }))}
        <p class="queue__narrowed" hidden=live(move || !narrowed.get())>
            <span>{live(move || (says.shown)(count.get(), all.get()))}</span>
            <button class="button button--bare button--s" type="button" on:click=does(move |_| narrows.set(|filter| *filter = Filter::default()))>{says.no_filter}</button>
        </p>
    }
}

type Choice = (String, String);

#[component]
fn Fields(narrows: Narrows) -> impl IntoView {
    let board = board();
    let (words, says) = (board.words, says::of(board.words.common.lang));
    let groups = memo(move |_| {
        board.me.with(|me| me.groups.iter().map(|g| (g.id.clone(), g.name.clone())).collect::<Vec<Choice>>())
    });
    // Those that somebody comes from at this moment, and the one that is asked for.
    let applications = memo(move |_| {
        let mut all: Vec<Choice> = board
            .cards
            .with(|cards| cards.iter().map(|c| (c.application.id.clone(), c.application.name.clone())).collect());
        all.extend(narrows.filter.with(|filter| filter.application.clone()).map(|one| (one.id, one.name)));
        all.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        all.dedup_by(|a, b| a.0 == b.0);
        all
    });
    let group = derived(move || narrows.filter.with(|filter| filter.group.clone()).unwrap_or_default());
    let application =
        derived(move || narrows.filter.with(|f| f.application.as_ref().map(|one| one.id.clone())).unwrap_or_default());
    let choose_group =
        Callback::new(move |id: String| narrows.set(|filter| filter.group = Some(id).filter(|id| !id.is_empty())));
    let choose_application = Callback::new(move |id: String| {
        let named = applications.with_untracked(|all| all.iter().find(|one| one.0 == id).cloned());
        narrows.set(|filter| filter.application = named.map(|(id, name)| Named { id, name }));
    });
    view! {
        <div class="queue__filter" role="group" aria-label=says.filter>
            <label class="field__box">
                <Icon name="search" small=true/>
                <input type="search" aria-label=says.search placeholder=says.search maxlength="120" prop:value=live(move || narrows.filter.with(|filter| filter.words.clone()))
                    on:input=does(move |event| narrows.set(|filter| filter.words = event_target_value(&event)))/>
            </label>
            {choice(words.group, says.any_group, groups, group, choose_group)}
            {choice(words.application, says.any_application, applications, application, choose_application)}
        </div>
    }
}

fn choice(
    label: &'static str,
    any: &'static str,
    options: Memo<Vec<Choice>>,
    chosen: Signal<String>,
    choose: Callback<String>,
) -> AnyView {
    view! {
        <select class="field__box" aria-label=label on:change=does(move |event| choose.run(event_target_value(&event)))>
            {drawn(move || {
                let mut offered = vec![(String::new(), any.to_owned())];
                offered.extend(options.get());
                offered.into_iter().map(|(id, name)| view! { <option value=id.clone() selected={chosen.get() == id}>{name}</option> }).collect_view()
            })}
        </select>
    }
    .into_any()
}
