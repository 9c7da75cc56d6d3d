//! Of an application: the launcher's title, its greeting and its form in each language that a customer may read. What
//! is left empty is read as it stands in the form.

use super::application_edit::{Edit, line, lines, lines_of};
use super::live::{derived, live, rows};
use domain::application::{
    CONSENT_LIMIT, Field, FieldKind, FieldTexts, GREETING_LIMIT, LABEL_LIMIT, Settings, TITLE_LIMIT, Texts,
    usual_greeting,
};
use domain::profile::{TONGUES, tongue};
use leptos::prelude::*;

pub fn texts(edit: Edit) -> AnyView {
    let says = edit.says;
    view! {
        <p class="view__say">{says.texts_say}</p>
        {TONGUES.map(|lang| language(edit, lang)).into_iter().collect_view()}
        <p class="view__say">{says.paste_again}</p>
    }
    .into_any()
}

fn own<'a>(now: &'a Settings, lang: &str, key: &str) -> Option<&'a FieldTexts> {
    now.setup.texts_in(lang).and_then(|texts| texts.fields.iter().find(|own| own.key == key))
}

/// The texts of a language, which begin with the first that is typed.
fn texts_to<'a>(now: &'a mut Settings, lang: &str) -> &'a mut Texts {
    let all = &mut now.setup.texts;
    let at = all.iter().position(|texts| texts.lang == lang).unwrap_or_else(|| {
        all.push(Texts { lang: lang.into(), ..Texts::default() });
        all.len() - 1
    });
    &mut all[at]
}

fn own_to<'a>(now: &'a mut Settings, lang: &str, key: &str) -> &'a mut FieldTexts {
    let all = &mut texts_to(now, lang).fields;
    let at = all.iter().position(|own| own.key == key).unwrap_or_else(|| {
        all.push(FieldTexts { key: key.into(), ..FieldTexts::default() });
        all.len() - 1
    });
    &mut all[at]
}

/// The field of the form, as it stands there now: what is typed for it translates this.
fn asked_as<'a>(now: &'a Settings, key: &str) -> Option<&'a Field> {
    now.form.iter().find(|field| field.key == key)
}

fn language(edit: Edit, lang: &'static str) -> AnyView {
    let says = edit.says;
    let keys = move || edit.now.with(|now| now.form.iter().map(|field| field.key.clone()).collect::<Vec<_>>());
    let greeting = line(
        edit,
        ["setup.texts.", lang, ".greeting"].concat(),
        says.greeting,
        usual_greeting(lang),
        GREETING_LIMIT,
        Box::new(move |now| now.setup.texts_in(lang).map(|texts| texts.greeting.clone()).unwrap_or_default()),
        Box::new(move |now, typed| texts_to(now, lang).greeting = typed),
    );
    let title = line(
        edit,
        ["setup.texts.", lang, ".title"].concat(),
        says.title,
        "",
        TITLE_LIMIT,
        Box::new(move |now| now.setup.texts_in(lang).map(|texts| texts.title.clone()).unwrap_or_default()),
        Box::new(move |now, typed| texts_to(now, lang).title = typed),
    );
    view! {
        <fieldset class="application-form__fieldset application-form__language" lang=lang>
            <legend class="trigger-form__title">{tongue(lang)}</legend>
            {title}
            {greeting}
            {rows(keys, Clone::clone, move |key| field(edit, lang, key))}
        </fieldset>
    }
    .into_any()
}

fn field(edit: Edit, lang: &'static str, key: String) -> AnyView {
    let says = edit.says;
    let Some(kind) = edit.now.with_untracked(|now| asked_as(now, &key).map(|field| field.kind)) else {
        return ().into_any();
    };
    let path = |name: &str| ["setup.texts.", lang, ".", &key, ".", name].concat();
    let (reads, writes) = (key.clone(), key.clone());
    let label = line(
        edit,
        path("label"),
        says.label,
        "",
        LABEL_LIMIT,
        Box::new(move |now| own(now, lang, &reads).map(|own| own.label.clone()).unwrap_or_default()),
        Box::new(move |now, typed| own_to(now, lang, &writes).label = typed),
    );
    let more = match kind {
        FieldKind::Choice => options(edit, lang, &key, path("options")),
        FieldKind::Consent => {
            let (reads, writes) = (key.clone(), key.clone());
            line(
                edit,
                path("consent"),
                says.consent_text,
                "",
                CONSENT_LIMIT,
                Box::new(move |now| own(now, lang, &reads).map(|own| own.consent.clone()).unwrap_or_default()),
                Box::new(move |now: &mut Settings, typed: String| {
                    let version = asked_as(now, &writes).and_then(|field| field.consent.as_ref());
                    let of = version.map(|consent| consent.version.clone()).unwrap_or_default();
                    let own = own_to(now, lang, &writes);
                    own.consent = typed;
                    own.consent_of = of;
                }),
            )
        }
        _ => ().into_any(),
    };
    let called =
        derived(move || edit.now.with(|now| asked_as(now, &key).map(|field| field.label.clone()).unwrap_or_default()));
    view! {
        <div class="application-form__said">
            <p class="view__say">{live(move || called.get())}</p>
            {label}
            {more}
        </div>
    }
    .into_any()
}

/// What a choice offers, one a line, in the order of the form's own.
fn options(edit: Edit, lang: &'static str, key: &str, path: String) -> AnyView {
    let house =
        edit.now.with_untracked(|now| asked_as(now, key).map(|field| field.options.join("\n")).unwrap_or_default());
    let (reads, writes) = (key.to_owned(), key.to_owned());
    lines(
        edit,
        path,
        edit.says.options,
        house,
        lines_of,
        Box::new(move |now| own(now, lang, &reads).map(|own| own.options.clone()).unwrap_or_default()),
        Box::new(move |now, options| {
            let of = asked_as(now, &writes).map(|field| field.options.clone()).unwrap_or_default();
            let own = own_to(now, lang, &writes);
            own.options = options;
            own.options_of = of;
        }),
    )
}
