//! An application as its administrator reads it.

use super::{application_view, setups};
use domain::Time;
use domain::application::{Called, Foreseen, Kept, Settings, WaitShows};
use domain::group::{Named, Subject};
use domain::hours::{Calendar, Closed, Holiday, Misread, Special, Why};

pub fn application_kept() -> Kept {
    let settings = Settings {
        name: "Casa Nogal".into(),
        accent: "#2a49b8".into(),
        title: "¿Hablamos?".into(),
        expanded: true,
        patience: 120,
        sites: vec!["https://casanogal.example".into()],
        groups: vec!["orders".into()],
        form: application_view().fields,
        wait_shows: WaitShows::Both,
        setup: setups().swap_remove(1),
    };
    Kept {
        id: "p1".into(),
        key: "pk_1".into(),
        settings,
        revision: 7,
        retired: false,
        called: Some(Called { at: Time(9), from: "https://casanogal.example".into() }),
        offered: vec![Named { id: "orders".into(), name: "Pedidos".into() }],
        sites_called: vec![Called { at: Time(8), from: "https://casanogal.example".into() }],
    }
}

pub fn foreseen() -> Foreseen {
    let subject = Subject { id: "orders".into(), name: "Pedidos".into(), online: Vec::new() };
    let [special, _] = specials();
    Foreseen {
        at: Time(9),
        closed: Some(Closed { next: Some(Time(10)) }),
        subjects: vec![subject],
        special: Some(special),
        is_now: true,
    }
}

pub fn specials() -> [Special; 2] {
    [Special::Holiday("Navidad".into()), Special::Exception(String::new())]
}

pub fn calendar() -> Calendar {
    let date = "2026-12-25".to_owned().try_into().expect("it is in the calendar");
    let holidays = vec![Holiday { name: "Navidad".into(), date, yearly: true }];
    Calendar { holidays, faults: whys().into_iter().map(|why| Misread { line: 3, why }).collect() }
}

pub fn whys() -> [Why; 7] {
    [Why::NoCalendar, Why::Unreadable, Why::NoDay, Why::Repeats, Why::TooMany, Why::TooLong, Why::Listed]
}
