//! Applications over HTTP: who sets them, what a browser is shown of a draft, and whether a snippet was heard of.

use crate::client::{get, post};
use crate::world::*;
use domain::Refusal;
use domain::application::{Foreseen, Kept, Settings};
use domain::hours::{Calendar, Why};
use domain::wire::{Applications, Page, Wait};
use serde_json::json;

impl World {
    async fn reads(&self, session: &str) -> Kept {
        self.ask(self.function("application/read", session, &json!({ "application": "shop" }))).await.ok()
    }

    async fn listed(&self, session: &str) -> Vec<(String, bool)> {
        let all: Applications = self.ask(self.function("application/list", session, &json!({}))).await.ok();
        all.lines.into_iter().map(|line| (line.name, line.retired)).collect()
    }
}

#[tokio::test]
async fn an_application_is_made_set_and_retired_by_who_administers_the_system() {
    let world = World::new().await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let kept = world.reads(&marta).await;
    let settings =
        Settings { title: "¿Te ayudamos?".into(), sites: vec!["https://Nueva.example/".into()], ..kept.settings };
    let save = json!({ "application": "shop", "revision": kept.revision, "settings": settings });

    world.ask(world.function("application/save", &ines, &save)).await.refused(404, Refusal::NotYours);
    let saved: Kept = world.ask(world.function("application/save", &marta, &save)).await.ok();

    assert_eq!(
        (saved.revision, saved.settings.sites.as_slice()),
        (kept.revision + 1, &["https://nueva.example".to_owned()][..])
    );
    // Asked again it is as it is; another change over what was read before is not taken.
    assert_eq!(world.ask(world.function("application/save", &marta, &save)).await.ok::<Kept>(), saved);
    let why = Refusal::Overtaken { by: "Marta Ortiz".into() };
    let mut other = save.clone();
    other["settings"]["title"] = "Tarde".into();
    world.ask(world.function("application/save", &marta, &other)).await.refused(409, why);
    let frame = world.ask(get(format!("/w/frame?key={KEY}"))).await;
    assert!(frame.header("content-security-policy").contains("frame-ancestors https://nueva.example;"), "{frame:?}");
    let id = new_id();
    let copy = json!({ "of": "shop", "application": id, "name": "Otra" });
    let made: Kept = world.ask(world.function("application/duplicate", &marta, &copy)).await.ok();
    assert_eq!(world.ask(get(format!("/w/frame?key={}", made.key))).await.status, 200);
    let retire = json!({ "application": id, "retired": true });
    world.ask(world.function("application/retire", &marta, &retire)).await.ok::<Kept>();
    let gone = world.ask(get(format!("/w/frame?key={}", made.key))).await;
    assert_eq!((gone.status.as_u16(), gone.text().contains("/gone-0123456789.js")), (404, true), "{gone:?}");
    assert!(gone.header("content-security-policy").contains("frame-ancestors https://nueva.example;"), "{gone:?}");
    // Who talks there goes on talking.
    for (says, is_known) in [("true", true), ("1", true), ("false", false), ("undefined", false)] {
        let known = world.ask(get(format!("/w/frame?key={}&known={says}", made.key))).await;
        let status = if is_known { 200 } else { 404 };
        assert_eq!(known.status.as_u16(), status, "{says}: {known:?}");
        assert_ne!(known.text().contains("/gone-0123456789.js"), is_known, "{says}: {known:?}");
        assert!(
            known.header("content-security-policy").contains("frame-ancestors https://nueva.example;"),
            "{known:?}"
        );
    }
    assert_eq!(world.ask(get(format!("/w/v1/applications/{}", made.key))).await.status, 404);
    assert!(world.listed(&ines).await.contains(&("Otra".into(), true)));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_its_place() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let kept = world.reads(&marta).await;
    let save = |settings: &Settings| {
        let save = json!({ "application": "shop", "revision": kept.revision, "settings": settings });
        world.function("application/save", &marta, &save)
    };
    let with = |site: &str| Settings { sites: vec![site.into()], ..kept.settings.clone() };

    for site in
        ["https://a.example/tienda", "https://*.a.example", "http://tienda.es", "a.example", "https://a.example;x"]
    {
        world.ask(save(&with(site))).await.refused(422, Refusal::FieldWrong { field: "sites[0]".into() });
    }
    let odd = json!({ "application": "shop", "revision": 1, "settings": { "name": { "$ne": null } } });
    world.ask(world.function("application/save", &marta, &odd)).await.refused(400, Refusal::Malformed);
    let long = json!({ "application": "shop", "revision": -1, "settings": kept.settings });
    world.ask(world.function("application/save", &marta, &long)).await.refused(400, Refusal::Malformed);
    assert_eq!(world.reads(&marta).await.settings, kept.settings);
}

#[tokio::test]
async fn a_draft_is_shown_to_its_own_console_and_nothing_is_begun_with_it() {
    let world = World::new().await;
    let (marta, ines) = (world.sign_in(MARTA).await, world.sign_in(INES).await);
    let kept = world.reads(&marta).await;
    let settings = Settings { title: "Borrador".into(), ..kept.settings };
    let draft = json!({ "settings": settings, "closed": false });
    let key: String = world.ask(world.function("application/preview", &marta, &draft)).await.ok();
    let frame = || get(format!("/w/frame?key={key}"));

    let shown = world.ask(frame().cookie(&marta).own(world.at)).await;

    assert_eq!(shown.status, 200, "{shown:?}");
    let policy = shown.header("content-security-policy");
    assert!(policy.contains(&format!("frame-ancestors http://{};", world.at)), "{policy}");
    assert_eq!(shown.header("x-frame-options"), "");
    for stranger in [frame(), frame().cookie(&ines)] {
        assert!([401, 404].contains(&world.ask(stranger).await.status.as_u16()));
    }
    let open = domain::wire::Open { key: key.clone(), ..opening(&new_id()) };
    world.ask(post("/w/v1/chats").bearer(&new_token()).json(&open)).await.refused(404, Refusal::NotYours);
    let left = json!({ "open": open, "text": "hola", "website": "" });
    world.ask(post("/w/v1/messages").bearer(&new_token()).json(&left)).await.refused(404, Refusal::NotYours);
    world.ask(get(format!("/w/v1/applications/{key}/articles?lang=es&q=roto"))).await.refused(404, Refusal::NotYours);
    let talk: Page = world.ask(get(format!("/w/v1/chats/{key}-pt/events?after=0"))).await.ok();
    assert_eq!(
        talk.told.last().and_then(|told| told.event.words()),
        Some("Olá! Claro, me conte: em que posso ajudar?")
    );
    let waits: Page = world.ask(get(format!("/w/v1/chats/{key}-pt-waits/events?after=0"))).await.ok();
    assert_eq!(waits.told.last().and_then(|told| told.event.words()), Some("Olá, tenho uma pergunta."));
    let wait: Wait = world.ask(get(format!("/w/v1/chats/{key}-pt-waits/wait"))).await.ok();
    assert_eq!(wait.place, Some(3));
    let other = key.replace(['1', '2', '3'], "4");
    for path in ["-pt/events?after=0", "-pt-waits/events?after=0", "-pt-waits/wait"] {
        world.ask(get(format!("/w/v1/chats/{other}{path}"))).await.refused(404, Refusal::NotYours);
    }
    let console = world.ask(get("/applications/shop/look").cookie(&marta)).await;
    assert!(console.header("content-security-policy").contains("frame-src 'self';"), "{console:?}");
}

#[tokio::test]
async fn a_draft_draws_its_launcher_in_its_own_console_and_its_page_runs_nothing_but_the_loader() {
    let world = World::new().await;
    let (marta, ines, again) = (world.sign_in(MARTA).await, world.sign_in(INES).await, world.sign_in(MARTA).await);
    let settings = Settings { title: "Borrador".into(), ..world.reads(&marta).await.settings };
    let draft = json!({ "settings": settings, "closed": false });
    let key: String = world.ask(world.function("application/preview", &marta, &draft)).await.ok();
    let host = || get(format!("/w/host?key={key}&lang=pt"));

    let shown = world.ask(host().cookie(&marta).own(world.at)).await;

    assert_eq!(shown.status, 200, "{shown:?}");
    let tag = format!("<script src=\"/embed.js\" data-key=\"{key}\" data-accent=\"#2a49b8\" data-title=\"Borrador\"");
    assert!(shown.text().contains(&tag) && shown.text().contains("<html lang=\"pt\" inert>"), "{shown:?}");
    assert_eq!(
        shown.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'self'; form-action 'none'"
    );
    assert_eq!(shown.header("x-frame-options"), "");
    let ours = get(format!("/w/host?key={KEY}")).cookie(&marta);
    for stranger in [host(), host().cookie(&ines), host().cookie(&again), ours] {
        assert!([401, 404].contains(&world.ask(stranger).await.status.as_u16()));
    }
    assert_eq!(world.ask(world.function("session/end", &marta, &json!({}))).await.status, 200);
    assert!([401, 404].contains(&world.ask(host().cookie(&marta)).await.status.as_u16()), "its session is over");
}

#[tokio::test]
async fn a_site_that_asked_for_the_widget_is_told_to_who_pasted_it() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let kept = world.reads(&marta).await;
    assert_eq!(kept.called, None);
    let settings = Settings { sites: vec!["https://tienda.example".into()], ..kept.settings };
    let save = json!({ "application": "shop", "revision": kept.revision, "settings": settings });
    world.ask(world.function("application/save", &marta, &save)).await.ok::<Kept>();

    let frame = get(format!("/w/frame?key={KEY}")).header("referer", "https://tienda.example/");
    assert_eq!(world.ask(frame).await.status, 200);

    assert_eq!(world.reads(&marta).await.called.unwrap().from, "https://tienda.example");
}

#[tokio::test]
async fn holidays_and_hours_are_read_in_both_encodings() {
    let world = World::new().await;
    let marta = world.sign_in(MARTA).await;
    let file = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Navidad\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    let asked = json!({ "file": file, "zone": "Europe/Madrid" });
    let read: Calendar = world.ask(world.function("application/holidays", &marta, &asked)).await.ok();

    assert_eq!((read.holidays.len(), read.holidays[0].name.as_str()), (1, "Navidad"));
    assert_eq!((read.faults[0].line, read.faults[0].why), (6, Why::NoDay));
    let hours: domain::hours::Hours =
        serde_json::from_value(json!({ "zone": "Europe/Madrid", "holidays": [{ "date": "2026-12-25" }] })).unwrap();
    let day: domain::hours::Day = "2026-12-25".to_owned().try_into().unwrap();
    let minute: domain::hours::Minute = "10:00".to_owned().try_into().unwrap();
    let asked = (hours, vec!["returns".to_owned()], day, minute);
    let ask = post("/api/application/foresee").own(world.at).cookie(&marta).postcard(&asked);
    let seen: Foreseen = world.ask(ask).await.ok();
    assert!(seen.closed.is_some() && seen.subjects.len() == 1);
    let big = json!({ "file": "x".repeat(domain::hours::CALENDAR_LIMIT + 1), "zone": "UTC" });
    let limit = domain::hours::CALENDAR_LIMIT as u32;
    world.ask(world.function("application/holidays", &marta, &big)).await.refused(413, Refusal::TooBig { limit });
    let nowhere = json!({ "file": file, "zone": "Europe/Nowhere" });
    let refusal = Refusal::FieldWrong { field: "setup.hours.zone".into() };
    world.ask(world.function("application/holidays", &marta, &nowhere)).await.refused(422, refusal);
}
