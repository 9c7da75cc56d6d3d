//! Of an application: what it is, where it may stand and who answers; and how it looks (R3-R5, R11).

use super::application_edit::{Edit, List, adds, chosen, digits, line, number, number_of, pair, places, row, segment};
use super::live::{derived, does, live, rows};
use super::ticket_form::{Option2, select};
use domain::application::{Kind, NAME_LIMIT, Settings, TITLE_LIMIT};
use domain::colour;
use domain::launcher::{Drawing, Side};
use domain::site::SITE_LIMIT;
use leptos::prelude::*;

/// Choices of the wire as the values of options, by their places.
pub fn one_of<T: Copy + PartialEq>(all: &[T], one: T) -> String {
    all.iter().position(|each| *each == one).unwrap_or(0).to_string()
}

pub fn at<T: Copy>(all: &[T], value: &str) -> Option<T> {
    value.parse::<usize>().ok().and_then(|place| all.get(place).copied())
}

/// Options whose values are their places.
pub fn numbered(labels: &[&'static str]) -> Vec<Option2> {
    labels.iter().enumerate().map(|(n, label)| pair(n.to_string(), *label)).collect()
}

pub fn main(edit: Edit) -> AnyView {
    const KINDS: [Kind; 3] = [Kind::Chat, Kind::Knowledge, Kind::Both];
    let (words, says) = (edit.board.words, edit.says);
    let sites: List = |now| Some(&mut now.sites);
    let groups: List = |now| Some(&mut now.groups);
    let (many_sites, many_groups) = (places(edit, sites), places(edit, groups));
    let site = move |n: usize| {
        let input = line(
            edit,
            ["sites[", &n.to_string(), "]"].concat(),
            says.site,
            "",
            SITE_LIMIT,
            Box::new(move |now| now.sites.get(n).cloned().unwrap_or_default()),
            Box::new(move |now, typed| {
                if let Some(site) = now.sites.get_mut(n) {
                    *site = typed;
                }
            }),
        );
        row(
            edit,
            sites,
            String::new(),
            n,
            derived(move || [says.site, " ", &(n + 1).to_string()].concat()),
            false,
            input,
        )
    };
    let offered = move || {
        edit.kept.with(|kept| kept.offered.iter().map(|group| pair(&group.id, &group.name)).collect::<Vec<_>>())
    };
    let name_of = move |id: &str| {
        edit.kept.with(|kept| {
            kept.offered.iter().find(|group| group.id == id).map_or_else(|| id.to_owned(), |group| group.name.clone())
        })
    };
    let group = move |n: usize| {
        let name = derived(move || {
            edit.now.with(|now| now.groups.get(n).cloned()).map_or_else(String::new, |id| name_of(&id))
        });
        let shown = view! { <span class="application-form__name">{live(move || name.get())}</span> }.into_any();
        row(edit, groups, ["groups[", &n.to_string(), "]"].concat(), n, name, true, shown)
    };
    let free = derived(move || {
        let mut all = vec![pair("", says.choose)];
        let taken = edit.now.with(|now| now.groups.clone());
        all.extend(offered().into_iter().filter(|(id, _)| !taken.contains(id)));
        all
    });
    let add_group = Callback::new(move |id: String| {
        if !id.is_empty() {
            edit.change(|now| now.groups.push(id));
        }
    });
    view! {
        {line(edit, "name", words.name, "", NAME_LIMIT, Box::new(|now| now.name.clone()), Box::new(|now, typed| now.name = typed))}
        {chosen(edit, "setup.kind", says.kind, numbered(&[says.kind_chat, says.kind_knowledge, says.kind_both]),
            Box::new(|now| one_of(&KINDS, now.setup.kind)),
            Box::new(|now, value| now.setup.kind = at(&KINDS, &value).unwrap_or_default()))}
        <fieldset data-field="sites">
            <legend>{words.sites}</legend>
            <p class="view__say">{says.sites_say}</p>
            <div class="trigger-form__rows">{rows(move || (0..many_sites.get()).collect(), |n| n.to_string(), site)}</div>
            {adds(says.add_site, move || edit.change(|now| now.sites.push("https://".into())))}
        </fieldset>
        <fieldset data-field="groups">
            <legend>{says.groups}</legend>
            <p class="view__say">{says.groups_say}</p>
            <p class="view__say" hidden=live(move || many_groups.get() > 0)>{says.no_groups}</p>
            <div class="trigger-form__rows">{rows(move || (0..many_groups.get()).collect(), |n| n.to_string(), group)}</div>
            <label class="field" hidden=live(move || free.with(|free| free.len() < 2))><span class="field__label">{says.add_group}</span>
                {select(free, derived(String::new), add_group)}
            </label>
        </fieldset>
    }
    .into_any()
}

pub fn look(edit: Edit) -> AnyView {
    const SIDES: [Side; 3] = [Side::Left, Side::Center, Side::Right];
    const DRAWINGS: [Drawing; 4] = [Drawing::Note, Drawing::Bubble, Drawing::Question, Drawing::Letter];
    let says = edit.says;
    let accent = edit.with(|now| now.accent.clone());
    let set_accent = Callback::new(move |typed: String| edit.change(|now| now.accent = typed));
    let contrast = derived(move || accent.with(|accent| colour::contrast(accent.trim())));
    let figure = move || {
        contrast.get().map(|tenths| {
            let point = if edit.board.words.common.lang == "en" { "." } else { "," };
            (says.contrast)(&[&(tenths / 10).to_string(), point, &(tenths % 10).to_string()].concat())
        })
    };
    let wrong = edit.why("accent".into());
    let colours = view! {
        <div class="field" role="group" aria-label=says.accent data-field="accent" class:field--bad=live(move || wrong.with(Option::is_some))>
            <span class="field__label" aria-hidden="true">{says.accent}</span>
            <span class="application-form__colour">
                <input class="field__box" type="text" aria-label=says.accent maxlength="7" prop:value=live(move || accent.get()) on:input=does(move |event| set_accent.run(event_target_value(&event)))/>
                <input type="color" aria-label=says.accent_pick prop:value=live(move || accent.get()) on:input=does(move |event| set_accent.run(event_target_value(&event)))/>
                <span class="tag" class:tag--good=live(move || contrast.get().is_some_and(|tenths| tenths >= 45)) class:tag--bad=live(move || contrast.get().is_some_and(|tenths| tenths < 45))>{live(figure)}</span>
            </span>
            <span class="field__fault" role="alert">{live(move || wrong.get())}</span>
        </div>
    };
    let z = |now: &Settings| now.setup.launcher.z.map_or(String::new(), digits);
    view! {
        <div class="application-form__pair">
            {segment(edit, "expanded", says.icon, vec![pair("", says.collapsed), pair("x", says.expanded)],
                Box::new(|now| if now.expanded { "x".into() } else { String::new() }),
                Box::new(|now, value| now.expanded = !value.is_empty()))}
            {line(edit, "title", says.title, "", TITLE_LIMIT, Box::new(|now| now.title.clone()), Box::new(|now, typed| now.title = typed))}
        </div>
        <div class="application-form__pair">
            {segment(edit, "setup.launcher.side", says.side, numbered(&[says.left, says.center, says.right]),
                Box::new(|now| one_of(&SIDES, now.setup.launcher.side)),
                Box::new(|now, value| now.setup.launcher.side = at(&SIDES, &value).unwrap_or_default()))}
            {segment(edit, "setup.launcher.drawing", says.drawing, numbered(&[says.drawing_note, says.drawing_bubble, says.drawing_question, says.drawing_letter]),
                Box::new(|now| one_of(&DRAWINGS, now.setup.launcher.drawing)),
                Box::new(|now, value| now.setup.launcher.drawing = at(&DRAWINGS, &value).unwrap_or_default()))}
        </div>
        <div class="application-form__pair application-form__pair--three">
            {number(edit, "setup.launcher.across", says.across, "", Box::new(|now| digits(now.setup.launcher.across)), Box::new(|now, typed| now.setup.launcher.across = number_of(&typed)))}
            {number(edit, "setup.launcher.up", says.rise, "", Box::new(|now| digits(now.setup.launcher.up)), Box::new(|now, typed| now.setup.launcher.up = number_of(&typed)))}
            {number(edit, "setup.launcher.z", says.layer, says.layer_say, Box::new(z), Box::new(|now, typed| now.setup.launcher.z = (!typed.trim().is_empty()).then(|| number_of(&typed))))}
        </div>
        {colours}
        <p class="view__say">{says.paste_again}</p>
    }
    .into_any()
}
