//! The form of an application: what is asked before the conversation, in which order (R8).

use super::application_edit::{Edit, List, Rows, adds, chosen, line, lines, lines_of, nth, places, row, tick};
use super::application_main::{at, numbered, one_of};
use super::live::{drawn, live, memo, rows};
use domain::application::{ANSWERS_LIMIT, CONSENT_LIMIT, Consent, Field, FieldKind, LABEL_LIMIT, Settings};
use domain::channel::CHANNEL_LIMIT;
use leptos::prelude::*;

const KINDS: [FieldKind; 6] =
    [FieldKind::Name, FieldKind::Email, FieldKind::Phone, FieldKind::Text, FieldKind::Choice, FieldKind::Consent];

pub fn fields(edit: Edit) -> AnyView {
    let says = edit.says;
    let form: List = |now| Some(&mut now.form as &mut dyn Rows);
    let many = places(edit, form);
    let one = move |n: usize| {
        let label =
            memo(move |_| edit.now.with(|now| now.form.get(n).map(|field| field.label.clone()).unwrap_or_default()));
        let called = super::live::derived(move || {
            let label = label.get();
            if label.is_empty() { nth(says.field, n).get() } else { label }
        });
        row(edit, form, ["form[", &n.to_string(), "]"].concat(), n, called, true, parts(edit, n))
    };
    let add = move || {
        edit.change(|now| {
            let key = free_key(&now.form);
            now.form.push(Field {
                key,
                label: String::new(),
                kind: FieldKind::Text,
                required: false,
                options: Vec::new(),
                consent: None,
            });
        });
    };
    view! {
        <p class="view__say">{says.form_say}</p>
        <div class="trigger-form__rows" data-field="form">{rows(move || (0..many.get()).collect(), |n| n.to_string(), one)}</div>
        <div hidden=live(move || many.get() >= ANSWERS_LIMIT)>{adds(says.add_field, add)}</div>
    }
    .into_any()
}

/// `field-1`, `field-2`: one that no field has.
fn free_key(form: &[Field]) -> String {
    let key = |n: usize| ["field-", &n.to_string()].concat();
    (1..).map(key).find(|key| form.iter().all(|field| field.key != *key)).unwrap_or_default()
}

fn of(now: &Settings, n: usize) -> Option<&Field> {
    now.form.get(n)
}

fn parts(edit: Edit, n: usize) -> AnyView {
    let says = edit.says;
    let path = move |name: &str| ["form[", &n.to_string(), "].", name].concat();
    let kind = memo(move |_| edit.now.with(|now| of(now, n).map_or(FieldKind::Text, |field| field.kind)));
    let kinds = numbered(&[
        says.kind_name,
        says.kind_email,
        says.kind_phone,
        says.kind_text,
        says.kind_choice,
        says.kind_consent,
    ]);
    view! {
        {line(edit, path("label"), says.label, "", LABEL_LIMIT,
            Box::new(move |now| of(now, n).map(|field| field.label.clone()).unwrap_or_default()),
            Box::new(move |now, typed| with(now, n, |field| field.label = typed)))}
        {chosen(edit, path("kind"), says.field_kind, kinds,
            Box::new(move |now| one_of(&KINDS, of(now, n).map_or(FieldKind::Text, |field| field.kind))),
            Box::new(move |now, value| with(now, n, |field| turn(field, at(&KINDS, &value).unwrap_or(FieldKind::Text)))))}
        {line(edit, path("key"), says.field_key, "", 40,
            Box::new(move |now| of(now, n).map(|field| field.key.clone()).unwrap_or_default()),
            Box::new(move |now, typed| with(now, n, |field| field.key = typed)))}
        {tick(edit, says.required,
            Box::new(move |now| of(now, n).is_some_and(|field| field.required)),
            Box::new(move |now, on| with(now, n, |field| field.required = on)))}
        {drawn(move || match kind.get() {
            FieldKind::Choice => options(edit, n),
            FieldKind::Consent => consent(edit, n),
            _ => ().into_any(),
        })}
    }
    .into_any()
}

fn with(now: &mut Settings, n: usize, change: impl FnOnce(&mut Field)) {
    if let Some(field) = now.form.get_mut(n) {
        change(field);
    }
}

/// Only a choice has options, and only a consent a text.
fn turn(field: &mut Field, kind: FieldKind) {
    field.kind = kind;
    field.options = if kind == FieldKind::Choice { vec![String::new()] } else { Vec::new() };
    field.consent =
        (kind == FieldKind::Consent).then(|| Consent { text: String::new(), version: "1".into(), link: String::new() });
}

/// What a choice offers, one a line.
fn options(edit: Edit, n: usize) -> AnyView {
    let path = ["form[", &n.to_string(), "].options"].concat();
    lines(
        edit,
        path,
        edit.says.options,
        String::new(),
        read,
        Box::new(move |now| of(now, n).map(|field| field.options.clone()).unwrap_or_default()),
        Box::new(move |now, options| with(now, n, |field| field.options = options)),
    )
}

fn read(text: &str) -> Vec<String> {
    let all = lines_of(text);
    // A choice without any is told so, at its place.
    if all.is_empty() { vec![String::new()] } else { all }
}

fn consent(edit: Edit, n: usize) -> AnyView {
    let says = edit.says;
    let path = move |name: &str| ["form[", &n.to_string(), "].consent.", name].concat();
    let part = move |what: fn(&Consent) -> &String| {
        Box::new(move |now: &Settings| {
            of(now, n).and_then(|field| field.consent.as_ref()).map(|consent| what(consent).clone()).unwrap_or_default()
        })
    };
    let put = move |what: fn(&mut Consent) -> &mut String| {
        Box::new(move |now: &mut Settings, typed: String| {
            with(now, n, |field| {
                if let Some(consent) = &mut field.consent {
                    *what(consent) = typed;
                }
            })
        })
    };
    view! {
        <div class="trigger-row__wide">{line(edit, path("text"), says.consent_text, "", CONSENT_LIMIT, part(|c| &c.text), put(|c| &mut c.text))}</div>
        {line(edit, path("version"), says.consent_version, says.consent_version_say, 40, part(|c| &c.version), put(|c| &mut c.version))}
        {line(edit, path("link"), says.consent_link, "", CHANNEL_LIMIT, part(|c| &c.link), put(|c| &mut c.link))}
    }
    .into_any()
}
