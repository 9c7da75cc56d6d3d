//! The first run: from the first administrator to a site that has called in, one step after the other.
//!
//! Each step is saved by the doors that set the same thing elsewhere; which of them are missing is found in what is
//! kept. So any step may be left, gone on with another day, or done on its own page.

use super::application::{Codes, usual};
use super::application_edit::slip_says;
use super::ask::Ask;
use super::board::{Board, board};
use super::browser;
use super::clock;
use super::icon::Icon;
use super::live::{derived, does, drawn, live, memo, waits};
use super::note::{self, Kind};
use super::route;
use super::settings::{Fault, Read, fetch, field, of, once, switch};
use super::settings_parameters::tongues;
use super::ticket_form::{select, typed};
use super::trigger::{field_of, focus};
use crate::doors::application::{create_application, list_applications, read_application, save_application};
use crate::doors::first_run::{end_first_run, read_first_run};
use crate::doors::group::{change_group, list_groups};
use crate::doors::parameters::{keep_parameters, read_parameters};
use crate::doors::profile::{read_profile, save_profile};
use crate::doors::{Answer, Failure};
use crate::words::first_run::{self as says, Words};
use crate::words::{application, settings};
use domain::application::{Kept, NAME_LIMIT};
use domain::first_run::{FirstRun, Step, guessed_name, guessed_site};
use domain::group::change::{self, Change, Groups, Member, Sheet};
use domain::parameters::{ORGANISATION_LIMIT, Parameters};
use domain::profile::Change as ProfileChange;
use domain::site::{self, SITE_LIMIT};
use domain::wire::{ApplicationLine, Loader};
use domain::{Refusal, Trouble};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use wasm_bindgen::JsCast;
use web_sys::SubmitEvent;

const PATH: &str = "/settings/start";
/// So often is asked whether a site has called in while somebody waits for it.
const LOOK: i32 = 2_000;

#[derive(Clone, Copy)]
struct Run {
    board: Board,
    says: &'static Words,
    read: Read<FirstRun>,
}

impl Run {
    /// As it was read last.
    fn now(self) -> FirstRun {
        of(self.read)
    }

    /// What is there by now, and then the first that is missing.
    async fn go_on(self) {
        match read_first_run().await {
            Ok(now) => {
                let next = now.next().unwrap_or(Step::Site);
                self.read.try_set(Some(Ok(now)));
                route::go(&path_of(next));
            }
            Err(failure) => self.board.fail(failure),
        }
    }
}

fn path_of(step: Step) -> String {
    [PATH, "/", step.word()].concat()
}

#[component]
pub fn Start(open: Memo<Option<String>>) -> impl IntoView {
    let board = board();
    let run = Run { board, says: says::of(board.words.common.lang), read: RwSignal::new(None) };
    fetch(board, run.read, || Box::pin(read_first_run()));
    once(board, run.read, move || view! { <Steps run=run open=open/> }.into_any())
}

#[component]
fn Steps(run: Run, open: Memo<Option<String>>) -> impl IntoView {
    let says = run.says;
    // Without one in the address it is the first that is missing; it stays while something comes in.
    let step = memo(move |before: Option<&Step>| {
        let asked = open.with(|open| open.as_deref().and_then(Step::of));
        asked.or(before.copied()).or_else(|| untrack(|| run.now().next())).unwrap_or(Step::Site)
    });
    let link = move |(n, one): (usize, Step)| {
        let is_done = memo(move |_| run.now().is_done(one));
        view! {
            <li class="steps__one">
                <a class="steps__link" href=path_of(one) aria-current=live(move || (step.get() == one).then_some("step"))>
                    <span class="steps__mark" class:steps__mark--done=live(move || is_done.get()) aria-hidden="true">
                        {drawn(move || match is_done.get() {
                            true => view! { <Icon name="check" small=true/> }.into_any(),
                            false => (n + 1).to_string().into_any(),
                        })}
                    </span>
                    {name(says, one)}
                    <span class="visually-hidden">{live(move || [", ", if is_done.get() { says.done } else { says.missing }].concat())}</span>
                </a>
            </li>
        }
    };
    view! {
        <div class="view view--paper">
            <header class="view__head">
                <h2>{says.title}</h2>
                <span class="push" hidden=live(move || !run.now().begun)>
                    <Ask class="button button--s" label=says.dismiss of=derived(move || says.title.to_owned()) question=derived(move || says.dismiss_ask.to_owned()) say=says.dismiss_say act=Callback::new(move |_: String| finish(run))/>
                </span>
            </header>
            <p class="view__say">{says.say}</p>
            <nav aria-label=says.steps><ol class="steps">{Step::ALL.into_iter().enumerate().map(link).collect_view()}</ol></nav>
            {drawn(move || match step.get() {
                Step::House => house(run),
                Step::Group => team(run),
                Step::Application => window(run),
                Step::Site => site(run),
            })}
        </div>
    }
}

fn name(says: &'static Words, step: Step) -> &'static str {
    match step {
        Step::House => says.house,
        Step::Group => says.group,
        Step::Application => says.application,
        Step::Site => says.site,
    }
}

/// It is over, and the console says nothing of it any more.
fn finish(run: Run) {
    spawn_local(async move {
        match end_first_run().await {
            Ok(()) => {
                run.board.me.update(|me| me.first_run = false);
                run.board.note(Kind::Plain, run.says.finished.into());
                route::go(crate::doors::me::home(&run.board.me.get_untracked().agent));
            }
            Err(failure) => run.board.fail(failure),
        }
    });
}

/// What is said of a place that was refused, where it is said better than on every screen.
type Wrong = fn(Run, &str) -> Option<&'static str>;

/// What one step is filled in with.
#[derive(Clone, Copy)]
struct Form {
    run: Run,
    /// Its fields: what is refused elsewhere is told where every fault is.
    places: &'static [&'static str],
    fault: Fault,
    busy: RwSignal<bool>,
}

impl Form {
    fn of(run: Run, places: &'static [&'static str]) -> Form {
        Form { run, places, fault: RwSignal::new(None), busy: RwSignal::new(false) }
    }

    /// Saves, and goes on to what is missing then; or tells beside its field why not. Where somebody was faster, what
    /// is kept now is read `again`, and what was typed stays: who has been told may go on over it.
    fn save<T>(
        self,
        wrong: Wrong,
        saving: impl Future<Output = Answer<T>> + 'static,
        again: impl Future<Output = Answer<()>> + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            match saving.await {
                Ok(_) => self.run.go_on().await,
                Err(failure) => {
                    let is_overtaken = matches!(failure, Failure::Trouble(Trouble::Refused(Refusal::Overtaken { .. })));
                    self.refuse(wrong, failure);
                    if is_overtaken && let Err(failure) = again.await {
                        self.run.board.fail(failure);
                    }
                }
            }
            self.busy.try_set(false);
        });
    }

    fn refuse(self, wrong: Wrong, failure: Failure) {
        let shape = field_of(&failure).and_then(|place| {
            let shape = place.split(['[', '.']).next().unwrap_or_default();
            self.places.contains(&shape).then(|| shape.to_owned())
        });
        let Some(shape) = shape else { return self.run.board.fail(failure) };
        let why = wrong(self.run, &shape).map_or_else(|| note::why(self.run.board.words, &failure), str::to_owned);
        self.tell(&shape, why);
    }

    fn tell(self, place: &str, why: String) {
        self.fault.try_set(Some((place.to_owned(), why)));
        focus(place);
    }
}

/// A step: its name, what it is for, its fields, and the way on. Nothing but Enter is needed where all is as it
/// should be.
fn step(form: Form, step: Step, say: &'static str, fields: AnyView, save: impl Fn() + 'static) -> AnyView {
    let (words, says) = (form.run.board.words, form.run.says);
    let on = move |event: SubmitEvent| {
        event.prevent_default();
        save();
    };
    // Whoever came by the keyboard goes on there: Enter in a field is the way on.
    request_animation_frame(|| focus("step"));
    view! {
        <form class="trigger-form" novalidate data-field="step" on:submit=does(on)>
            <h3 class="steps__title">{name(says, step)}</h3>
            <p class="view__say">{say}</p>
            {fields}
            <div class="trigger-form__acts">
                <button class="button button--act" type="submit" aria-disabled=waits(form.busy)>{live(move || if form.busy.get() { words.saving } else { says.go_on })}</button>
            </div>
        </form>
    }
    .into_any()
}

fn line(
    form: Form,
    place: &'static str,
    label: &'static str,
    hint: &'static str,
    value: RwSignal<String>,
    most: usize,
) -> AnyView {
    let set = Callback::new(move |typed: String| {
        form.fault.set(None);
        value.set(typed);
    });
    field(form.fault, place, label, hint, typed(derived(move || value.get()), set, "text", "text", most))
}

fn tongue(form: Form, label: &'static str, hint: &'static str, value: RwSignal<String>) -> AnyView {
    let control = select(derived(tongues), derived(move || value.get()), Callback::new(move |tag| value.set(tag)));
    field(form.fault, "language", label, hint, control)
}

fn settings_says(run: Run) -> &'static settings::Words {
    settings::of(run.board.words.common.lang)
}

fn application_says(run: Run) -> &'static application::Words {
    application::of(run.board.words.common.lang)
}

fn house(run: Run) -> AnyView {
    let read: Read<Parameters> = RwSignal::new(None);
    fetch(run.board, read, || Box::pin(read_parameters()));
    once(run.board, read, move || house_form(run, untrack(|| of(read))))
}

fn house_form(run: Run, read: Parameters) -> AnyView {
    let (board, says, form) = (run.board, run.says, Form::of(run, &["organisation", "zone", "language"]));
    let (email, lang) = board.me.with_untracked(|me| (me.email.clone(), me.lang.clone()));
    // What nobody has said yet is guessed: the house by its address, the rest by this browser.
    let is_new = read.organisation.is_empty();
    let organisation = RwSignal::new(if is_new { guessed_name(&email) } else { read.organisation.clone() });
    let zone = RwSignal::new(if is_new && read.zone == "UTC" { clock::zone() } else { read.zone.clone() });
    let offered = if is_new { lang } else { read.language.clone() };
    let language = RwSignal::new(offered.clone());
    let read = RwSignal::new(read);
    let save = move || {
        if organisation.with_untracked(|typed| typed.trim().is_empty()) {
            return form.tell("organisation", says.wrong_organisation.into());
        }
        let wanted = Parameters {
            organisation: organisation.get_untracked(),
            zone: zone.get_untracked(),
            language: language.get_untracked(),
            ..read.get_untracked()
        };
        // Only who chose another language for the house reads it himself from now on.
        let is_chosen = wanted.language != offered;
        let lang = board.me.with_untracked(|me| me.lang.clone());
        let before = read.get_untracked();
        form.save(
            |run, place| match place {
                "zone" => Some(settings_says(run).zone_wrong),
                "organisation" => Some(run.says.wrong_organisation),
                _ => None,
            },
            async move {
                let kept = keep_parameters(wanted, before).await?;
                if is_chosen && kept.language != lang {
                    speak(kept.language).await?;
                }
                Ok(())
            },
            async move {
                read.try_set(read_parameters().await?);
                Ok(())
            },
        );
    };
    let fields = view! {
        {line(form, "organisation", says.organisation, "", organisation, ORGANISATION_LIMIT)}
        {line(form, "zone", settings_says(run).zone, settings_says(run).zone_hint, zone, 60)}
        {tongue(form, says.language, says.language_say, language)}
    };
    step(form, Step::House, says.house_say, fields.into_any(), save)
}

/// My console speaks another language from the next page on.
async fn speak(lang: String) -> Answer<()> {
    let profile = read_profile().await?;
    save_profile(ProfileChange { name: profile.name, lang, languages: profile.languages, theme: profile.theme })
        .await?;
    browser::goes_to(PATH);
    Ok(())
}

fn team(run: Run) -> AnyView {
    let read: Read<Groups> = RwSignal::new(None);
    fetch(run.board, read, || Box::pin(list_groups()));
    once(run.board, read, move || team_form(run, untrack(|| of(read))))
}

fn team_form(run: Run, groups: Groups) -> AnyView {
    let (says, form) = (run.says, Form::of(run, &["name"]));
    let me = run.board.me.with_untracked(|me| me.agent.face.id.clone());
    let kept = untrack(|| run.now().group);
    let kept = groups
        .lines
        .into_iter()
        .map(|line| line.sheet)
        .find(|sheet| kept.as_ref().is_some_and(|kept| kept.id == sheet.id));
    let group_name =
        RwSignal::new(kept.as_ref().map_or_else(|| says.usual_group.to_owned(), |sheet| sheet.name.clone()));
    let inside = RwSignal::new(kept.as_ref().is_none_or(|sheet| sheet.member(&me).is_some()));
    let new = StoredValue::new(browser::new_id());
    let kept = RwSignal::new(kept);
    let save = move || {
        let kept_now = kept.get_untracked();
        let id = kept_now.as_ref().map_or_else(|| new.get_value(), |sheet| sheet.id.clone());
        let mut sheet = kept_now.clone().unwrap_or_else(|| Sheet {
            id: new.get_value(),
            name: String::new(),
            distribution: None,
            alarm_after: 0,
            members: Vec::new(),
            applications: Vec::new(),
        });
        sheet.name = group_name.get_untracked();
        let is_in = sheet.member(&me).is_some();
        if inside.get_untracked() && !is_in {
            sheet.members.push(Member { agent: me.clone(), attendant: true, administrator: true, limit: None });
        } else if !inside.get_untracked() {
            sheet.members.retain(|member| member.agent != me);
        }
        let change = Change::Keep { sheet, read: kept_now };
        form.save(
            |run, place| (place == "name").then(|| settings_says(run).name_taken),
            change_group(change),
            async move {
                let mut sheets = list_groups().await?.lines.into_iter().map(|line| line.sheet);
                kept.try_set(sheets.find(|sheet| sheet.id == id));
                Ok(())
            },
        );
    };
    let fields = view! {
        {line(form, "name", says.group_name, "", group_name, change::NAME_LIMIT)}
        {switch(inside, says.me_too, says.me_too_say)}
    };
    step(form, Step::Group, says.group_say, fields.into_any(), save)
}

fn window(run: Run) -> AnyView {
    let read: Read<Option<Kept>> = RwSignal::new(None);
    let kept = untrack(|| run.now().application);
    fetch(run.board, read, move || {
        let kept = kept.clone();
        Box::pin(async move {
            match kept {
                Some(kept) => read_application(kept.id).await.map(Some),
                None => Ok(None),
            }
        })
    });
    once(run.board, read, move || {
        let (kept, group) = untrack(|| (of(read), run.now().group));
        match (kept, group) {
            (None, None) => first(run.says.group_first, run.says.group, Step::Group),
            (kept, group) => window_form(run, kept, group.map(|group| group.id)),
        }
    })
}

/// What must be there before.
fn first(say: &'static str, label: &'static str, step: Step) -> AnyView {
    view! { <p class="banner banner--wait" role="status"><span class="banner__text">{say}</span><a class="button button--s" href=path_of(step)>{label}</a></p> }
        .into_any()
}

fn window_form(run: Run, kept: Option<Kept>, group: Option<String>) -> AnyView {
    let (board, says, form) = (run.board, run.says, Form::of(run, &["name", "accent", "sites"]));
    let labels = application_says(run);
    let settings = kept.as_ref().map(|kept| kept.settings.clone());
    let organisation = untrack(|| run.now().organisation);
    let of = |what: fn(&domain::application::Settings) -> String, usual: &str| {
        RwSignal::new(settings.as_ref().map_or_else(|| usual.to_owned(), what))
    };
    let application_name = of(|settings| settings.name.clone(), &organisation);
    let accent = of(|settings| settings.accent.clone(), "#2a49b8");
    let page = of(|settings| settings.sites.first().cloned().unwrap_or_default(), "");
    let language = RwSignal::new(board.words.common.lang.to_owned());
    let new = StoredValue::new(browser::new_id());
    // As it is kept by now: who goes on a second time, as without a site, changes what he made the first time.
    let kept = RwSignal::new(kept);
    let is_new = memo(move |_| kept.with(Option::is_none));
    let save = move || {
        let kept_now = kept.get_untracked();
        let asked = guessed_site(&page.get_untracked());
        if let Err(slip) = if asked.is_empty() { Ok(String::new()) } else { site::origin(&asked) } {
            return form.tell("sites", slip_says(labels, slip).into());
        }
        let texts = application::of(&language.get_untracked());
        let mut settings = match &kept_now {
            Some(kept) => kept.settings.clone(),
            None => usual(texts, board.words, String::new()),
        };
        settings.name = application_name.get_untracked();
        settings.accent = accent.get_untracked();
        let others: Vec<String> = settings.sites.iter().skip(1).filter(|site| **site != asked).cloned().collect();
        settings.sites = Some(asked).filter(|site| !site.is_empty()).into_iter().chain(others).collect();
        if settings.groups.is_empty() {
            settings.groups.extend(group.clone());
        }
        let over = kept_now.map(|kept| (kept.id, kept.revision));
        let id = new.get_value();
        let again = over.as_ref().map_or_else(|| id.clone(), |(id, _)| id.clone());
        form.save(
            |run, place| match place {
                "name" => Some(application_says(run).wrong_name),
                "accent" => Some(application_says(run).wrong_accent),
                _ => None,
            },
            async move {
                let answer = match over {
                    Some((id, revision)) => save_application(id, revision, settings).await,
                    None => create_application(id, settings).await,
                };
                kept.try_set(Some(answer?));
                Ok(())
            },
            async move {
                kept.try_set(Some(read_application(again).await?));
                Ok(())
            },
        );
    };
    let set_accent = Callback::new(move |typed: String| {
        form.fault.set(None);
        accent.set(typed);
    });
    let colour = view! {
        <span class="application-form__colour">
            <input class="field__box" type="text" maxlength="7" prop:value=live(move || accent.get()) on:input=does(move |event| set_accent.run(event_target_value(&event)))/>
            <input type="color" aria-label=labels.accent_pick prop:value=live(move || accent.get()) on:input=does(move |event| set_accent.run(event_target_value(&event)))/>
        </span>
    };
    let fields = view! {
        <div class="trigger-form__pair">
            {line(form, "name", board.words.name, "", application_name, NAME_LIMIT)}
            {field(form.fault, "accent", labels.accent, "", colour.into_any())}
        </div>
        {line(form, "sites", says.site_of, says.site_hint, page, SITE_LIMIT)}
        {drawn(move || is_new.get().then(|| tongue(form, says.texts, says.texts_say, language)))}
    };
    step(form, Step::Application, says.application_say, fields.into_any(), save)
}

fn site(run: Run) -> AnyView {
    let says = run.says;
    let now = untrack(|| run.now());
    let Some(application) = now.application else {
        return first(says.application_first, says.application, Step::Application);
    };
    if !now.has_site {
        return first(says.no_site, says.application, Step::Application);
    }
    let shown: Read<Option<(ApplicationLine, Option<Loader>)>> = RwSignal::new(None);
    let id = application.id;
    fetch(run.board, shown, move || {
        let id = id.clone();
        Box::pin(async move {
            let all = list_applications().await?;
            Ok(all.lines.into_iter().find(|line| line.id == id).map(|line| (line, all.loader)))
        })
    });
    look(run);
    request_animation_frame(|| {
        if let Some(title) =
            document().get_element_by_id("step").and_then(|title| title.dyn_into::<web_sys::HtmlElement>().ok())
        {
            let _ = title.focus();
        }
    });
    let from = memo(move |_| run.now().called.map(|called| called.from).filter(|from| !from.is_empty()));
    let told = move || {
        match from.get() {
        None => view! { <p class="banner banner--wait" role="status"><Icon name="hourglass" small=true/><span class="banner__text">{says.waits}</span></p> }.into_any(),
        Some(from) => view! {
            <p class="banner banner--good" role="status"><Icon name="check" small=true/><span class="banner__text"><b>{(says.called)(&from)}</b>" "{says.called_say}</span></p>
        }
        .into_any(),
    }
    };
    let codes = once(run.board, shown, move || match untrack(|| of(shown)) {
        Some((line, loader)) => view! { <Codes line=line loader=loader/> }.into_any(),
        None => ().into_any(),
    });
    view! {
        <section class="trigger-form">
            <h3 class="steps__title" id="step" tabindex="-1">{says.site}</h3>
            <p class="view__say">{says.site_say}</p>
            {drawn(told)}
            <div class="trigger-form__acts">
                <a class="button" href="/chat" hidden=live(move || !run.board.me.with(|me| me.agent.may_chat()))>{says.to_chat}</a>
                <button class="button" class:button--act=live(move || from.with(Option::is_some)) type="button" hidden=live(move || !run.now().begun) on:click=does(move |_| finish(run))>{says.finish}</button>
            </div>
            {codes}
        </section>
    }
    .into_any()
}

/// Asks again and again whether a site has called in, as long as this is shown and none has.
fn look(run: Run) {
    let here = RwSignal::new(());
    spawn_local(async move {
        loop {
            browser::sleep(LOOK).await;
            let goes_on = here.try_get_untracked().is_some() && untrack(|| !run.now().is_done(Step::Site));
            if !goes_on {
                return;
            }
            // While nobody answers the line says so, and this goes on.
            if let Ok(now) = read_first_run().await {
                run.read.try_set(Some(Ok(now)));
            }
        }
    });
}
