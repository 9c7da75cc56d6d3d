//! The knowledge base as its administrators keep it.

use domain::Time;
use domain::knowledge::{
    Asked, Base, Change, Entry, Kept, Line, Picture, Searches, Section, Sheet, Shelf, Title, Version,
};

fn section() -> Section {
    Section { id: "s1".into(), es: "Envíos".into(), pt: "Envios".into(), en: String::new() }
}

pub fn article_kept() -> Kept {
    let version = Version {
        lang: "es".into(),
        title: "Plazos".into(),
        slug: "plazos".into(),
        body: "**30** días.".into(),
        published: true,
    };
    let (id, section) = ("k1".into(), Some("s1".into()));
    let sheet = Sheet { id, section, applications: vec!["p1".into()], versions: vec![version] };
    Kept { sheet, revision: 3, retired: false, changed_at: Time(9), changed_by: "Carla Ruiz".into() }
}

pub fn knowledge() -> Base {
    let title = Title { lang: "es".into(), title: "Plazos".into(), published: true, helped: 5, missed: 1 };
    let line = Line {
        id: "k1".into(),
        section: Some("s1".into()),
        titles: vec![title],
        retired: false,
        changed_at: Time(9),
        changed_by: "Carla Ruiz".into(),
    };
    Base {
        sections: vec![Entry { section: section(), retired: true }],
        lines: vec![line],
        shelves: vec![Shelf { id: "p1".into(), name: "Casa Nogal".into(), searches: true }],
    }
}

pub fn section_changes() -> [Change; 3] {
    [
        Change::Keep { section: section(), read: Some(section()) },
        Change::Move { id: "s1".into(), before: Some("s2".into()) },
        Change::Retire { id: "s1".into(), retired: true },
    ]
}

pub fn pictures() -> [Picture; 1] {
    [Picture { id: "i1".into(), used: true }]
}

pub fn searches() -> Searches {
    let (words, lang, last) = ("jirafas".into(), "es".into(), "2026-11-29".into());
    let asked = Asked { words, lang, times: 7, missed: 2, last };
    Searches { all: vec![asked.clone()], missed: vec![asked], times: 9, without: 2 }
}
