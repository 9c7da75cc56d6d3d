//! Of an application: where else a customer may turn (R16), and what he is told and may do (R22, R24).

use super::application_edit::{
    Edit, List, Rows, adds, chosen, digits, line, nth, number, number_of, places, row, segment, switch,
};
use super::application_main::{at, numbered, one_of};
use super::live::{live, rows};
use super::ticket_form;
use domain::application::{Settings, WaitAs, WaitShows, WhenAway};
use domain::channel::{CHANNEL_LIMIT, CHANNELS_LIMIT, Channel, ChannelKind};
use domain::rating::Scale;
use leptos::prelude::*;

pub fn channels(edit: Edit) -> AnyView {
    const AWAY: [WhenAway; 2] = [WhenAway::Message, WhenAway::Nothing];
    let says = edit.says;
    let all: List = |now| Some(&mut now.setup.channels as &mut dyn Rows);
    let many = places(edit, all);
    let one = move |n: usize| row(edit, all, String::new(), n, nth(says.channel, n), true, channel(edit, n));
    let add = move || {
        let fresh = Channel { kind: ChannelKind::Whatsapp, label: String::new(), to: String::new() };
        edit.change(|now| now.setup.channels.push(fresh));
    };
    // Whether mail is sent from here: until that is known nothing is said.
    ticket_form::fetch(edit.board);
    let mails = move || ticket_form::offered(edit.board).with(|all| all.as_ref().is_none_or(|all| all.mails));
    let promises = edit.with(|now| now.setup.when_away == WhenAway::Message);
    view! {
        {segment(edit, "setup.when_away", says.when_away, numbered(&[says.away_message, says.away_nothing]),
            Box::new(|now| one_of(&AWAY, now.setup.when_away)),
            Box::new(|now, value| now.setup.when_away = at(&AWAY, &value).unwrap_or_default()))}
        <p class="banner banner--wait" role="status" hidden=live(move || mails() || !promises.get())><span class="banner__text">{says.away_no_mail}</span></p>
        <p class="view__say">{says.channels_say}</p>
        <div class="trigger-form__rows" data-field="setup.channels">{rows(move || (0..many.get()).collect(), |n| n.to_string(), one)}</div>
        <div hidden=live(move || many.get() >= CHANNELS_LIMIT)>{adds(says.add_channel, add)}</div>
    }
    .into_any()
}

fn channel(edit: Edit, n: usize) -> AnyView {
    const KINDS: [ChannelKind; 4] = [ChannelKind::Whatsapp, ChannelKind::Phone, ChannelKind::Email, ChannelKind::Link];
    let says = edit.says;
    let path = move |name: &str| ["setup.channels[", &n.to_string(), "].", name].concat();
    let of = move |now: &Settings| now.setup.channels.get(n).cloned();
    let with =
        move |now: &mut Settings, act: &dyn Fn(&mut Channel)| now.setup.channels.get_mut(n).into_iter().for_each(act);
    view! {
        {chosen(edit, path("kind"), says.channel_kind, numbered(&["WhatsApp", says.channel_phone, says.channel_email, says.channel_link]),
            Box::new(move |now| one_of(&KINDS, of(now).map_or(ChannelKind::Whatsapp, |one| one.kind))),
            Box::new(move |now, value| with(now, &|one| one.kind = at(&KINDS, &value).unwrap_or(ChannelKind::Whatsapp))))}
        {line(edit, path("to"), says.channel_to, "", CHANNEL_LIMIT,
            Box::new(move |now| of(now).map(|one| one.to).unwrap_or_default()),
            Box::new(move |now, typed| with(now, &|one| one.to = typed.clone())))}
        {line(edit, path("label"), says.channel_label, "", CHANNEL_LIMIT,
            Box::new(move |now| of(now).map(|one| one.label).unwrap_or_default()),
            Box::new(move |now, typed| with(now, &|one| one.label = typed.clone())))}
    }
    .into_any()
}

pub fn parameters(edit: Edit) -> AnyView {
    const SHOWS: [WaitShows; 4] = [WaitShows::Position, WaitShows::Average, WaitShows::Both, WaitShows::Nothing];
    const TIMES: [WaitAs; 2] = [WaitAs::Range, WaitAs::Average];
    const SCALES: [Scale; 3] = [Scale::Stars, Scale::Satisfied, Scale::None];
    let says = edit.says;
    view! {
        {segment(edit, "wait_shows", says.wait_shows, numbered(&[says.wait_position, says.wait_average, says.wait_both, says.wait_nothing]),
            Box::new(|now| one_of(&SHOWS, now.wait_shows)),
            Box::new(|now, value| now.wait_shows = at(&SHOWS, &value).unwrap_or(WaitShows::Both)))}
        {segment(edit, "setup.wait_as", says.wait_as, numbered(&[says.wait_range, says.wait_mean]),
            Box::new(|now| one_of(&TIMES, now.setup.wait_as)),
            Box::new(|now, value| now.setup.wait_as = at(&TIMES, &value).unwrap_or_default()))}
        {segment(edit, "setup.rating", says.rating, numbered(&[says.rating_stars, says.rating_satisfied, says.rating_none]),
            Box::new(|now| one_of(&SCALES, now.setup.rating)),
            Box::new(|now, value| now.setup.rating = at(&SCALES, &value).unwrap_or_default()))}
        {number(edit, "patience", says.patience, says.patience_say, Box::new(|now| digits(now.patience)), Box::new(|now, typed| now.patience = number_of(&typed)))}
        {switch(edit, says.files, says.files_say, |now| now.setup.files, |now, on| now.setup.files = on)}
        {switch(edit, says.documents, says.documents_say, |now| now.setup.documents, |now, on| now.setup.documents = on)}
        {switch(edit, says.by_mail, says.by_mail_say, |now| now.setup.transcript_by_mail, |now, on| now.setup.transcript_by_mail = on)}
        {switch(edit, says.notices, says.notices_say, |now| now.setup.browser_notices, |now, on| now.setup.browser_notices = on)}
        {switch(edit, says.identity, says.identity_say, |now| now.setup.identity_required, |now, on| now.setup.identity_required = on)}
    }
    .into_any()
}
