//! What an agent sees of his own account, and the log.

use super::things::{NOW, carla, diego, named};
use domain::audit::{About, By, Filter, Kind, Line, Page};
use domain::factor::{Factor, Setup};
use domain::profile::{Change, Profile, Theme};
use domain::session::Session;

pub fn profile() -> Profile {
    Profile {
        id: "a1".into(),
        name: "Carla Ruiz".into(),
        email: "carla@casanogal.example".into(),
        lang: "pt".into(),
        languages: vec!["es".into(), "pt".into()],
        theme: Theme::Dark,
        photo: Some(NOW),
        factor: Some(Factor { since: NOW, paper: 9 }),
    }
}

pub fn profile_change() -> Change {
    Change { name: "Carla Ruiz".into(), lang: "en".into(), languages: vec!["en".into()], theme: Theme::Light }
}

pub fn factor_setup() -> Setup {
    Setup { secret: "JBSWY3DPEHPK3PXP".into(), drawing: "data:image/svg+xml;base64,PHN2Zy8+".into() }
}

pub fn session() -> Session {
    Session {
        id: "s1".into(),
        browser: "Firefox".into(),
        system: "Linux".into(),
        address: "203.0.113.0".into(),
        since: NOW,
        seen_at: NOW,
        here: true,
    }
}

pub fn audit_kinds() -> Vec<Kind> {
    let mut all: Vec<Kind> = Kind::ALL.into_iter().chain([Kind::Other]).collect();
    all.sort_by_key(|kind| *kind as u8);
    all
}

pub fn audit_by() -> [By; 5] {
    let token = domain::group::Named { id: "t1".into(), name: "ERP".into() };
    [By::Agent(carla()), By::Operator, By::Nobody, By::Clock, By::Token(token)]
}

pub fn audit_about() -> [About; 5] {
    [
        About::Nothing,
        About::Agent(diego()),
        About::Customer(named("c1", "Ana Núñez")),
        About::Chat("chat".into()),
        About::Thing("acts".into()),
    ]
}

pub fn audit_page() -> Page {
    let line = Line {
        number: 7,
        at: NOW,
        kind: Kind::Whispered,
        by: By::Agent(carla()),
        about: About::Chat("chat".into()),
        group: Some(named("g1", "Ventas")),
        address: String::new(),
        times: 1,
        word: Kind::Whispered.word().into(),
        by_email: "carla@example.com".into(),
        about_email: String::new(),
    };
    let emails = ["carla@example.com", "diego@example.com"].map(String::from).to_vec();
    Page { lines: vec![line], before: Some(7), people: vec![carla(), diego()], emails }
}

pub fn audit_filter() -> Filter {
    let day = |text: &str| Some(text.to_owned().try_into().unwrap());
    Filter {
        kind: Some(Kind::Redirected),
        by: Some("a1".into()),
        about: Some("chat".into()),
        from: day("2026-11-01"),
        to: day("2026-11-30"),
    }
}
