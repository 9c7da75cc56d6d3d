//! The hours of an application: every week, exceptions, holidays; and what somebody would see then.

use super::application_edit::{Edit, List, Rows, adds, framed, line, moment, nth, places, row, tick};
use super::browser;
use super::clock;
use super::icon::Icon;
use super::live::{does, drawn, live, memo, rows};
use super::note::Kind as NoteKind;
use crate::doors::application as door;
use domain::application::{Foreseen, Settings, WhenAway};
use domain::hours::{
    CALENDAR_LIMIT, Day, Exception, HOLIDAY_LIMIT, Holiday, Hours, Minute, Misread, Period, Shift, Special, Weekday,
    Why,
};
use js_sys::Reflect;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

fn hours(now: &Settings) -> Option<&Hours> {
    now.setup.hours.as_ref()
}

fn change(now: &mut Settings, change: impl FnOnce(&mut Hours)) {
    if let Some(hours) = &mut now.setup.hours {
        change(hours);
    }
}

fn minute(text: &str) -> Option<Minute> {
    Minute::try_from(text.to_owned()).ok()
}

fn day(text: &str) -> Option<Day> {
    Day::try_from(text.to_owned()).ok()
}

/// As a field of times takes it: it knows no 24:00, and a shift until 00:00 lasts until then.
fn shown(minute: Minute) -> String {
    let text = String::from(minute);
    if text == "24:00" { "00:00".into() } else { text }
}

/// The end of a shift.
fn end(text: &str) -> Option<Minute> {
    minute(if text == "00:00" { "24:00" } else { text })
}

/// Of somebody who sets hours for the first time.
fn usual() -> Option<Hours> {
    let shift = Shift { days: DAYS[..5].to_vec(), from: minute("09:00")?, to: minute("18:00")? };
    Some(Hours { zone: own_zone(), weekly: vec![shift], holidays: Vec::new(), exceptions: Vec::new() })
}

/// Open without an end: what no hours are.
fn always() -> Option<Hours> {
    let shift = Shift { days: DAYS.to_vec(), from: minute("00:00")?, to: minute("24:00")? };
    usual().map(|hours| Hours { weekly: vec![shift], ..hours })
}

/// The zone of this browser.
fn own_zone() -> String {
    let format = js_sys::Intl::DateTimeFormat::new(&js_sys::Array::new(), &js_sys::Object::new());
    let zone = Reflect::get(&format.resolved_options(), &"timeZone".into());
    zone.ok().and_then(|zone| zone.as_string()).unwrap_or_else(|| "UTC".into())
}

/// The zones that this browser knows; none where it does not tell.
fn zones() -> Vec<String> {
    let intl = Reflect::get(&js_sys::global(), &"Intl".into()).unwrap_or(JsValue::UNDEFINED);
    let asked =
        Reflect::get(&intl, &"supportedValuesOf".into()).ok().and_then(|f| f.dyn_into::<js_sys::Function>().ok());
    let all = asked.and_then(|asked| asked.call1(&intl, &"timeZone".into()).ok());
    all.map_or_else(Vec::new, |all| js_sys::Array::from(&all).iter().filter_map(|zone| zone.as_string()).collect())
}

pub fn weekly(edit: Edit) -> AnyView {
    let says = edit.says;
    let has = memo(move |_| edit.now.with(|now| hours(now).is_some()));
    // What was set is there again when it is only switched off and on.
    let before = StoredValue::new(None::<Hours>);
    let turn = move |on: bool| {
        edit.change(|now| {
            if on {
                now.setup.hours = before.get_value().or_else(usual);
            } else {
                before.set_value(now.setup.hours.take());
            }
        });
    };
    view! {
        <label class="choice choice--bare">
            <span class="switch">
                <input class="visually-hidden" type="checkbox" prop:checked=live(move || has.get()) on:change=does(move |event| turn(event_target_checked(&event)))/>
                <span class="switch__track"></span>
            </span>
            <span class="choice__text">{says.has_hours}<span class="choice__more">{says.has_hours_say}</span></span>
        </label>
        {drawn(move || if has.get() { set(edit) } else { ().into_any() })}
        {foresee(edit)}
    }
    .into_any()
}

fn set(edit: Edit) -> AnyView {
    let says = edit.says;
    let weekly: List = |now| now.setup.hours.as_mut().map(|hours| &mut hours.weekly as &mut dyn Rows);
    let exceptions: List = |now| now.setup.hours.as_mut().map(|hours| &mut hours.exceptions as &mut dyn Rows);
    let (shifts, many) = (places(edit, weekly), places(edit, exceptions));
    let names = browser::new_id();
    let zone = edit.with(|now| hours(now).map_or(String::new(), |hours| hours.zone.clone()));
    let list = names.clone();
    let box_of_zone = view! {
        <input class="field__box" type="text" list=list maxlength="60" prop:value=live(move || zone.get())
            on:input=does(move |event| { let typed = event_target_value(&event); edit.change(|now| change(now, |hours| hours.zone = typed)) })/>
    };
    let shift = move |n: usize| row(edit, weekly, String::new(), n, nth(says.shift, n), false, shift(edit, n));
    let exception =
        move |n: usize| row(edit, exceptions, String::new(), n, nth(says.exception, n), true, exception(edit, n));
    let add_shift = move || {
        if let Some(Hours { weekly, .. }) = usual() {
            edit.change(|now| change(now, |hours| hours.weekly.extend(weekly)));
        }
    };
    let add_exception = move || {
        if let Some(today) = day(&clock::iso(domain::Time(browser::now() as i64))) {
            let one = Exception { name: String::new(), from: today, to: today, open: Vec::new() };
            edit.change(|now| change(now, |hours| hours.exceptions.push(one)));
        }
    };
    view! {
        {framed(edit, "setup.hours.zone".into(), says.zone, "", box_of_zone.into_any())}
        <datalist id=names>{zones().into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}</datalist>
        <fieldset data-field="setup.hours.weekly">
            <legend>{says.weekly}</legend>
            <div class="trigger-form__rows">{rows(move || (0..shifts.get()).collect(), |n| n.to_string(), shift)}</div>
            {adds(says.add_shift, add_shift)}
        </fieldset>
        <fieldset data-field="setup.hours.exceptions">
            <legend>{says.exceptions}</legend>
            <p class="view__say">{says.exceptions_say}</p>
            <div class="trigger-form__rows">{rows(move || (0..many.get()).collect(), |n| n.to_string(), exception)}</div>
            {adds(says.add_exception, add_exception)}
        </fieldset>
    }
    .into_any()
}

fn shift(edit: Edit, n: usize) -> AnyView {
    let says = edit.says;
    let path = move |name: &str| ["setup.hours.weekly[", &n.to_string(), "].", name].concat();
    let of = move |now: &Settings| hours(now).and_then(|hours| hours.weekly.get(n).cloned());
    let with = move |now: &mut Settings, act: &dyn Fn(&mut Shift)| {
        change(now, |hours| hours.weekly.get_mut(n).into_iter().for_each(act))
    };
    let one = move |day: Weekday| {
        tick(
            edit,
            (says.weekday)(day),
            Box::new(move |now| of(now).is_some_and(|shift| shift.days.contains(&day))),
            Box::new(move |now, on| {
                with(now, &|shift| {
                    shift.days.retain(|one| *one != day);
                    if on {
                        shift.days.push(day);
                    }
                    shift.days.sort_by_key(|one| DAYS.iter().position(|each| each == one));
                })
            }),
        )
    };
    let (days, begins, ends) = (path("days"), path("from"), path("to"));
    let fault_at = days.clone();
    let why = memo(move |_| {
        edit.fault.with(|fault| fault.as_ref().filter(|(at, _)| *at == fault_at).map(|(_, why)| why.clone()))
    });
    view! {
        <div class="field trigger-row__wide" role="group" aria-label=says.days data-field=days class:field--bad=live(move || why.with(Option::is_some))>
            <span class="application-form__days">{DAYS.map(one).into_iter().collect_view()}</span>
            <span class="field__fault" role="alert">{live(move || why.get())}</span>
        </div>
        {moment(edit, begins, says.from, "time",
            Box::new(move |now| of(now).map_or(String::new(), |shift| shown(shift.from))),
            Box::new(move |now, typed| if let Some(at) = minute(&typed) { with(now, &|shift| shift.from = at) }))}
        {moment(edit, ends, says.to, "time",
            Box::new(move |now| of(now).map_or(String::new(), |shift| shown(shift.to))),
            Box::new(move |now, typed| if let Some(at) = end(&typed) { with(now, &|shift| shift.to = at) }))}
    }
    .into_any()
}

fn exception(edit: Edit, n: usize) -> AnyView {
    let says = edit.says;
    let path = move |name: &str| ["setup.hours.exceptions[", &n.to_string(), "].", name].concat();
    let of = move |now: &Settings| hours(now).and_then(|hours| hours.exceptions.get(n).cloned());
    let with = move |now: &mut Settings, act: &dyn Fn(&mut Exception)| {
        change(now, |hours| hours.exceptions.get_mut(n).into_iter().for_each(act))
    };
    let many = memo(move |_| edit.now.with(|now| of(now).map_or(0, |one| one.open.len())));
    let period = move |m: usize| {
        let at = move |name: &str| {
            ["setup.hours.exceptions[", &n.to_string(), "].open[", &m.to_string(), "].", name].concat()
        };
        let period = move |now: &Settings| of(now).and_then(|one| one.open.get(m).copied());
        let name = [(says.exception)(&(n + 1).to_string()), says.open_then.into(), (m + 1).to_string()].join(", ");
        view! {
            <div class="application-form__period" role="group" aria-label=name.clone()>
                {moment(edit, at("from"), says.from, "time",
                    Box::new(move |now| period(now).map_or(String::new(), |one| shown(one.from))),
                    Box::new(move |now, typed| if let Some(at) = minute(&typed) { with(now, &|one| one.open.get_mut(m).into_iter().for_each(|one| one.from = at)) }))}
                {moment(edit, at("to"), says.to, "time",
                    Box::new(move |now| period(now).map_or(String::new(), |one| shown(one.to))),
                    Box::new(move |now, typed| if let Some(at) = end(&typed) { with(now, &|one| one.open.get_mut(m).into_iter().for_each(|one| one.to = at)) }))}
                <button class="button button--bare button--icon button--s" type="button" aria-label=(says.remove)(&name)
                    on:click=does(move |_| edit.change(|now| with(now, &|one| one.open.drop_at(m))))><Icon name="x" small=true/></button>
            </div>
        }
    };
    let add = move || {
        if let (Some(from), Some(to)) = (minute("09:00"), minute("13:00")) {
            edit.change(|now| with(now, &|one| one.open.push(Period { from, to })));
        }
    };
    view! {
        {line(edit, path("name"), says.called, "", HOLIDAY_LIMIT,
            Box::new(move |now| of(now).map(|one| one.name).unwrap_or_default()),
            Box::new(move |now, typed| with(now, &|one| one.name = typed.clone())))}
        {moment(edit, path("from"), says.first_day, "date",
            Box::new(move |now| of(now).map_or(String::new(), |one| String::from(one.from))),
            Box::new(move |now, typed| if let Some(at) = day(&typed) { with(now, &|one| one.from = at) }))}
        {moment(edit, path("to"), says.last_day, "date",
            Box::new(move |now| of(now).map_or(String::new(), |one| String::from(one.to))),
            Box::new(move |now, typed| if let Some(at) = day(&typed) { with(now, &|one| one.to = at) }))}
        <div class="trigger-row__wide application-form__open">
            <p class="view__say" hidden=live(move || many.get() > 0)>{says.closed_then}</p>
            {rows(move || (0..many.get()).collect(), |m| m.to_string(), period)}
            {adds(says.add_period, add)}
        </div>
    }
    .into_any()
}

/// Asks the server, which answers by the rule that the widget is answered with.
fn foresee(edit: Edit) -> AnyView {
    let says = edit.says;
    let now = domain::Time(browser::now() as i64);
    let (when, hour) = (RwSignal::new(clock::iso(now)), RwSignal::new("10:00".to_owned()));
    let told = RwSignal::new(Vec::<String>::new());
    let ask = move |_| {
        let (day, minute) = (day(&when.get_untracked()), minute(&hour.get_untracked()));
        let (Some(day), Some(minute)) = (day, minute) else {
            let lacks = [(day.is_none(), says.foresee_no_day), (minute.is_none(), says.foresee_no_hour)];
            return told.set(lacks.into_iter().filter(|(lacks, _)| *lacks).map(|(_, says)| says.to_owned()).collect());
        };
        // At whatever hour, and whoever is there.
        if !edit.now.with_untracked(|now| now.setup.kind.has_chat()) {
            return told.set(vec![says.sees_help.into()]);
        }
        let asked = edit.now.with_untracked(|now| Some((now.setup.hours.clone().or_else(always)?, now.groups.clone())));
        let Some((hours, groups)) = asked else { return };
        spawn_local(async move {
            match door::foresee(hours, groups, day, minute).await {
                Ok(seen) => drop(told.try_set(tells(edit, &seen))),
                Err(failure) => {
                    // What was told before is no answer to this. Who has left this page is told nothing of it.
                    if told.try_set(Vec::new()).is_some() {
                        return;
                    }
                    match edit.understand(&failure) {
                        Some((path, why)) if super::application_edit::focus(&path) => {
                            drop(edit.fault.try_set(Some((path, why))))
                        }
                        _ => edit.board.fail(failure),
                    }
                }
            }
        });
    };
    view! {
        <fieldset class="application-form__foresee">
            <legend>{says.foresee}</legend>
            <div class="application-form__period">
                <label class="field"><span class="field__label">{says.foresee_day}</span><input class="field__box" type="date" prop:value=live(move || when.get()) on:change=does(move |event| when.set(event_target_value(&event)))/></label>
                <label class="field"><span class="field__label">{says.foresee_at}</span><input class="field__box" type="time" prop:value=live(move || hour.get()) on:change=does(move |event| hour.set(event_target_value(&event)))/></label>
                <button class="button" type="button" on:click=does(ask)>{says.foresee_ask}</button>
            </div>
            <div role="status" class="application-form__seen">{drawn(move || told.get().into_iter().map(|line| view! { <p>{line}</p> }).collect_view())}</div>
        </fieldset>
    }
    .into_any()
}

/// Line by line. Of who is online now nothing is said about another moment.
fn tells(edit: Edit, seen: &Foreseen) -> Vec<String> {
    let says = edit.says;
    let Some(offers) = edit.now.try_with_untracked(|now| now.setup.when_away == WhenAway::Message) else {
        return Vec::new();
    };
    let Some(closed) = seen.closed else {
        let nobody = if offers { says.sees_form_there } else { says.sees_nothing_there };
        if !seen.is_now {
            return [says.sees_open, says.sees_then, nobody].map(str::to_owned).into();
        }
        let subject = |subject: &domain::group::Subject| {
            let names: Vec<_> = subject.online.iter().map(|face| face.name.as_str()).collect();
            if names.is_empty() {
                (says.sees_nobody)(&subject.name)
            } else {
                (says.sees_group)(&subject.name, &names.join(", "))
            }
        };
        let mut lines = vec![says.sees_open.to_owned()];
        lines.extend(seen.subjects.iter().map(subject));
        if seen.subjects.iter().any(|subject| subject.online.is_empty()) {
            lines.push(nobody.into());
        }
        return lines;
    };
    let next = closed.next.map(|next| clock::whole(edit.board.words.common.lang, next));
    let mut lines = vec![
        next.map_or(says.sees_never.into(), |next| (says.sees_closed)(&next)),
        if offers { says.sees_form } else { says.sees_nothing }.into(),
    ];
    match &seen.special {
        Some(Special::Holiday(name)) => lines.insert(1, (says.sees_holiday)(name)),
        Some(Special::Exception(name)) => lines.insert(1, (says.sees_exception)(name)),
        None => {}
    }
    lines
}

pub fn holidays(edit: Edit) -> AnyView {
    let says = edit.says;
    let has = memo(move |_| edit.now.with(|now| hours(now).is_some()));
    view! {
        {drawn(move || if has.get() { closed_days(edit) } else { view! { <p class="view__say">{says.needs_hours}</p> }.into_any() })}
    }
    .into_any()
}

fn closed_days(edit: Edit) -> AnyView {
    let says = edit.says;
    let all: List = |now| now.setup.hours.as_mut().map(|hours| &mut hours.holidays as &mut dyn Rows);
    let many = places(edit, all);
    let of = |now: &Settings, n: usize| hours(now).and_then(|hours| hours.holidays.get(n).cloned());
    let with = |now: &mut Settings, n: usize, act: &dyn Fn(&mut Holiday)| {
        change(now, |hours| hours.holidays.get_mut(n).into_iter().for_each(act))
    };
    let one = move |n: usize| {
        let path = move |name: &str| ["setup.hours.holidays[", &n.to_string(), "].", name].concat();
        let parts = view! {
            {moment(edit, path("date"), says.day, "date",
                Box::new(move |now| of(now, n).map_or(String::new(), |one| String::from(one.date))),
                Box::new(move |now, typed| if let Some(at) = day(&typed) { with(now, n, &|one| one.date = at) }))}
            {line(edit, path("name"), says.called, "", HOLIDAY_LIMIT,
                Box::new(move |now| of(now, n).map(|one| one.name).unwrap_or_default()),
                Box::new(move |now, typed| with(now, n, &|one| one.name = typed.clone())))}
            {tick(edit, says.yearly,
                Box::new(move |now| of(now, n).is_some_and(|one| one.yearly)),
                Box::new(move |now, on| with(now, n, &|one| one.yearly = on)))}
        };
        row(edit, all, String::new(), n, nth(says.holiday, n), false, parts.into_any())
    };
    let add = move || {
        if let Some(date) = day(&clock::iso(domain::Time(browser::now() as i64))) {
            let one = Holiday { name: String::new(), date, yearly: false };
            edit.change(|now| change(now, |hours| hours.holidays.push(one)));
        }
    };
    let told = RwSignal::new(Vec::<String>::new());
    let take = move |event: web_sys::Event| {
        let input = event.target().and_then(|to| to.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some((input, file)) = input.and_then(|input| Some((input.clone(), input.files()?.get(0)?))) else { return };
        spawn_local(async move {
            import(edit, told, file).await;
            // The same file again is a change, too.
            input.set_value("");
        });
    };
    view! {
        <p class="view__say">{says.holidays_say}</p>
        <div class="trigger-form__rows" data-field="setup.hours.holidays">{rows(move || (0..many.get()).collect(), |n| n.to_string(), one)}</div>
        {adds(says.add_holiday, add)}
        <label class="field"><span class="field__label">{says.import}</span><input class="field__box" type="file" accept=".ics,text/calendar" on:change=does(take)/></label>
        <div role="status" class="application-form__seen">{drawn(move || told.get().into_iter().map(|line| view! { <p>{line}</p> }).collect_view())}</div>
    }
    .into_any()
}

/// What the calendar says comes to what is there; a day that is there is not doubled.
async fn import(edit: Edit, told: RwSignal<Vec<String>>, file: web_sys::File) {
    let says = edit.says;
    if file.size() > CALENDAR_LIMIT as f64 {
        return edit.board.note(NoteKind::Bad, says.calendar_big.into());
    }
    // Who goes to another page while the file is read leaves none.
    let zone = edit.now.try_with_untracked(|now| hours(now).map(|hours| hours.zone.trim().to_owned()));
    let Some(zone) = zone else { return };
    let text = match JsFuture::from(file.text()).await {
        Ok(text) => text.as_string().unwrap_or_default(),
        Err(_) => return edit.board.note(NoteKind::Bad, edit.board.words.not_reached.into()),
    };
    let read = match door::read_holidays(text, zone.unwrap_or_default()).await {
        Ok(read) => read,
        Err(failure) => {
            // What is wrong is on another tab.
            return match edit.understand(&failure) {
                Some((_, why)) => edit.board.note(NoteKind::Bad, why),
                None => edit.board.fail(failure),
            };
        }
    };
    let mut added = 0_usize;
    edit.change(|now| {
        change(now, |hours| {
            for one in read.holidays {
                if !hours.holidays.iter().any(|there| there.date == one.date) {
                    hours.holidays.push(one);
                    added += 1;
                }
            }
        });
    });
    let why = |misread: &Misread| {
        let why = match misread.why {
            Why::NoCalendar => says.why_no_calendar,
            Why::Unreadable => says.why_unreadable,
            Why::NoDay => says.why_no_day,
            Why::Repeats => says.why_repeats,
            Why::TooMany => says.why_too_many,
            Why::TooLong => says.why_too_long,
            Why::Listed => says.why_listed,
        };
        (says.at_line)(&misread.line.to_string(), why)
    };
    let lines = std::iter::once((says.imported)(&added.to_string())).chain(read.faults.iter().map(why)).collect();
    told.try_set(lines);
}
