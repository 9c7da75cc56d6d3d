//! Applications: how they are set, and what a widget is told of it.

use crate::world::{INES, MARTA, TOMAS, World, here, refusal, token};
use desk::Error;
use desk::application::{NotSet, drafted_chat};
use desk::demo::{CATALOGUE_KEY, SHOP_KEY};
use domain::application::{Called, Field, FieldKind, FieldTexts, Kept, Kind, Settings, Texts, WaitAs, WaitShows};
use domain::audit::{self, Filter};
use domain::group::change::Change;
use domain::hours::{Hours, Special};
use domain::{Event, Refusal, Span, Stage, Thread};
use sqlx::{AssertSqlSafe, Executor};

async fn set(world: &World, setup: &str) {
    let sql = format!("update applications set setup = '{setup}' where key = '{SHOP_KEY}'");
    world.look().await.execute(AssertSqlSafe(sql)).await.unwrap();
}

#[tokio::test]
async fn a_customer_is_told_where_else_he_may_turn() {
    let world = World::empty().await;

    let shop = world.desk.application(SHOP_KEY, "es").await.unwrap();
    let catalogue = world.desk.application(CATALOGUE_KEY, "es").await.unwrap();

    let told: Vec<_> = shop.channels.iter().map(|channel| (channel.says.as_str(), channel.href.as_str())).collect();
    assert_eq!(told[0], ("WhatsApp", "https://wa.me/34600000123"));
    assert_eq!(told.len(), 3);
    assert!(catalogue.channels.is_empty());
}

#[tokio::test]
async fn a_channel_that_somebody_wrote_into_the_database_is_told_only_if_it_is_safe() {
    let world = World::empty().await;

    set(&world, r#"{"channels":[{"kind":"link","to":"javascript:alert(1)"},{"kind":"phone","to":"910 000 000"}]}"#)
        .await;

    let shop = world.desk.application(SHOP_KEY, "es").await.unwrap();
    assert_eq!(shop.channels.iter().map(|channel| channel.href.as_str()).collect::<Vec<_>>(), ["tel:910000000"]);
}

#[tokio::test]
async fn settings_that_do_not_read_are_a_fault_that_says_where_and_not_what() {
    let world = World::empty().await;

    for setup in [r#"{"channels":"secret"}"#, "secret", ""] {
        set(&world, setup).await;

        let Err(Error::Broken(fault)) = world.desk.application(SHOP_KEY, "es").await else {
            panic!("{setup} was read")
        };
        let fault = fault.to_string();
        assert!(fault.contains("application shop") && fault.contains("column"), "{fault}");
        assert!(!fault.contains("secret"), "{fault}");
        world.desk.application(CATALOGUE_KEY, "es").await.unwrap();
    }
}

impl World {
    /// The demo's shop as Marta reads it.
    async fn reads_shop(&self) -> Kept {
        self.desk.application_settings(self.agent(MARTA), "shop").await.unwrap()
    }

    async fn saves_settings(&self, read: &Kept, change: impl FnOnce(&mut Settings)) -> Result<Kept, Error> {
        let mut settings = read.settings.clone();
        change(&mut settings);
        self.desk.save_application(&self.signed(MARTA).await, &read.id, read.revision, settings, &here()).await
    }

    /// What the log says of applications, the newest first.
    async fn noted(&self) -> Vec<String> {
        let filter = Filter { kind: Some(audit::Kind::SettingsChanged), ..Filter::default() };
        let lines = self.desk.audit(self.agent(MARTA), &filter, None).await.unwrap().lines;
        let thing = |line: audit::Line| match line.about {
            audit::About::Thing(thing) => thing,
            other => panic!("{other:?}"),
        };
        lines.into_iter().map(thing).collect()
    }
}

#[tokio::test]
async fn what_an_administrator_saves_the_next_customer_sees() {
    let world = World::open().await;
    let before = world.reads_shop().await;

    let after = world
        .saves_settings(&before, |settings| {
            settings.name = " Casa Nogal, tienda ".into();
            settings.title = "¿Te ayudamos?".into();
            settings.accent = "#0F5F4B".into();
            settings.patience = 60;
            settings.sites = vec!["https://Tienda.example/".into()];
            settings.groups = vec!["choose".into(), "returns".into()];
            settings.form.truncate(1);
            settings.setup.kind = Kind::Chat;
        })
        .await
        .unwrap();

    assert_eq!(after.revision, before.revision + 1);
    assert_eq!(after, world.reads_shop().await);
    let view = world.desk.application(SHOP_KEY, "es").await.unwrap();
    assert_eq!((view.name.as_str(), view.title.as_str()), ("Casa Nogal, tienda", "¿Te ayudamos?"));
    assert_eq!((view.accent.as_str(), view.fields.len(), view.kind), ("#0f5f4b", 1, Kind::Chat));
    let subjects: Vec<_> = view.subjects.iter().map(|subject| subject.id.as_str()).collect();
    assert_eq!(subjects, ["choose", "returns"]);
    assert_eq!(world.desk.sites(SHOP_KEY).await.unwrap(), ["https://tienda.example"]);
    let why = refusal(world.desk.open_chat(&token("ana"), &world.form("ana", "orders")).await);
    assert_eq!(why, Refusal::NotYours, "a group that is not offered any more is not there");
    let noted = world.noted().await;
    assert_eq!(noted, [format!("application {SHOP_KEY}: name, accent, title, patience, sites, groups, form, kind")]);
}

#[tokio::test]
async fn a_colleague_s_newer_change_is_not_lost_without_a_word() {
    let world = World::empty().await;
    let read = world.reads_shop().await;
    world.saves_settings(&read, |settings| settings.name = "De Marta".into()).await.unwrap();

    let late = world.saves_settings(&read, |settings| settings.title = "Tarde".into()).await;

    assert_eq!(refusal(late), Refusal::Overtaken { by: "Marta Ortiz".into() });
    let kept = world.reads_shop().await;
    assert_eq!((kept.settings.name.as_str(), &kept.settings.title), ("De Marta", &read.settings.title));
    // Over what she has read now, it is taken; nothing changed is no change.
    let again = world.saves_settings(&kept, |settings| settings.title = "A tiempo".into()).await.unwrap();
    assert_eq!(world.saves_settings(&again, |_| {}).await.unwrap().revision, again.revision);
    // What an operator did has no name.
    let (settings, revision) = desk::application::settings(&world.settings.database, SHOP_KEY).await.unwrap();
    let by_operator = Settings { name: "Del servidor".into(), ..settings };
    desk::application::set(&world.settings.database, SHOP_KEY, revision, &by_operator).await.unwrap();
    assert_eq!(
        refusal(world.saves_settings(&again, |settings| settings.name = "x".into()).await),
        Refusal::Overtaken { by: String::new() }
    );
    desk::application::set(&world.settings.database, SHOP_KEY, revision, &by_operator).await.unwrap();
    let other = Settings { name: "Tarde".into(), ..by_operator };
    let late = desk::application::set(&world.settings.database, SHOP_KEY, revision, &other).await;
    assert!(matches!(late, Err(NotSet::Overtaken(by)) if by.is_empty()));
}

#[tokio::test]
async fn what_cannot_be_meant_is_refused_by_its_place_and_nothing_of_it_is_kept() {
    let world = World::empty().await;
    let read = world.reads_shop().await;
    let slip = async |change: fn(&mut Settings)| {
        let Refusal::FieldWrong { field } = refusal(
            world
                .saves_settings(&read, |settings| {
                    settings.title = "Nada de esto".into();
                    change(settings);
                })
                .await,
        ) else {
            panic!("it was refused otherwise")
        };
        field
    };

    assert_eq!(slip(|settings| settings.name.clear()).await, "name");
    assert_eq!(slip(|settings| settings.sites = vec!["https://a.example/b".into()]).await, "sites[0]");
    assert_eq!(slip(|settings| settings.sites = vec!["https://*.a.example".into()]).await, "sites[0]");
    assert_eq!(slip(|settings| settings.sites = vec!["http://a.es".into()]).await, "sites[0]");
    assert_eq!(slip(|settings| settings.groups.push("nowhere".into())).await, "groups[3]");
    assert_eq!(slip(|settings| settings.groups.push("a\0".into())).await, "groups[3]");
    assert_eq!(slip(|settings| settings.setup.launcher.up = 9_999).await, "setup.launcher.up");
    let nowhere = |settings: &mut Settings| {
        settings.setup.hours = Some(serde_json::from_str(r#"{"zone":"Europe/Nowhere"}"#).unwrap());
    };
    assert_eq!(slip(nowhere).await, "setup.hours.zone");

    assert_eq!(world.reads_shop().await, read);
    assert_eq!(world.noted().await, [""; 0]);
}

#[tokio::test]
async fn who_does_not_administer_the_system_knows_of_no_setting() {
    let world = World::empty().await;
    let kept = world.reads_shop().await;

    for who in [INES, TOMAS] {
        let agent = world.agent(who);
        assert_eq!(refusal(world.desk.application_settings(agent, "shop").await), Refusal::NotYours);
        let (signed, from) = (world.signed(who).await, here());
        let save = world.desk.save_application(&signed, "shop", kept.revision, kept.settings.clone(), &from).await;
        assert_eq!(refusal(save), Refusal::NotYours);
        let made = world.desk.create_application(&signed, &world.id(), kept.settings.clone(), &from).await;
        assert_eq!(refusal(made), Refusal::NotYours);
        let made = world.desk.duplicate_application(&signed, "shop", &world.id(), "x", &from).await;
        assert_eq!(refusal(made), Refusal::NotYours);
        assert_eq!(refusal(world.desk.retire_application(&signed, "shop", true, &from).await), Refusal::NotYours);
        assert_eq!(
            refusal(world.desk.draft_application(&signed, kept.settings.clone(), false).await),
            Refusal::NotYours
        );
    }
    for id in ["nowhere", "a\0"] {
        assert_eq!(refusal(world.desk.application_settings(world.agent(MARTA), id).await), Refusal::NotYours);
    }
}

#[tokio::test]
async fn a_copy_has_the_settings_and_the_articles_and_a_key_of_its_own() {
    let world = World::empty().await;
    let (marta, id) = (&world.signed(MARTA).await, world.id());
    let shop = world.reads_shop().await;

    let copy = world.desk.duplicate_application(marta, "shop", &id, "Otra tienda", &here()).await.unwrap();
    let again = world.desk.duplicate_application(marta, "shop", &id, "Otra tienda", &here()).await.unwrap();

    assert_eq!(again, copy, "an answer that was lost is asked for again");
    assert_eq!(copy.settings, Settings { name: "Otra tienda".into(), ..shop.settings });
    assert!(copy.key.starts_with("pk_") && copy.key.len() == 27 && copy.key != shop.key);
    let found = async |key: &str| world.desk.find_articles(key, "es", "roto").await.unwrap().len();
    assert!(found(SHOP_KEY).await > 0);
    assert_eq!(found(&copy.key).await, found(SHOP_KEY).await);
    assert_eq!(world.desk.applications().await.unwrap().len(), 3);
    assert_eq!(world.noted().await, [format!("application {}: created", copy.key)]);
    assert_eq!(
        refusal(world.desk.create_application(marta, "x", copy.settings.clone(), &here()).await),
        Refusal::Malformed
    );
    let nameless = world.desk.duplicate_application(marta, "shop", &world.id(), " ", &here()).await;
    assert_eq!(refusal(nameless), Refusal::FieldWrong { field: "name".into() });
}

#[tokio::test]
async fn where_customers_chat_there_is_a_subject() {
    let world = World::empty().await;
    let read = world.reads_shop().await;
    let nothing = |settings: &mut Settings| settings.groups.clear();

    let refused = world.saves_settings(&read, nothing).await;
    assert_eq!(refusal(refused), Refusal::FieldWrong { field: "groups".into() });
    let help = world
        .saves_settings(&read, |settings| {
            settings.groups.clear();
            settings.setup.kind = Kind::Knowledge;
        })
        .await
        .unwrap();
    let chats = world.saves_settings(&help, |settings| settings.setup.kind = Kind::Chat).await;
    assert_eq!(refusal(chats), Refusal::FieldWrong { field: "groups".into() });
    assert_eq!(world.reads_shop().await, help);
}

#[tokio::test]
async fn a_copy_of_one_whose_last_subject_is_retired_is_none() {
    let world = World::empty().await;
    let marta = &world.signed(MARTA).await;
    world.desk.retire_application(marta, "catalogue", true, &here()).await.unwrap();
    let retire = Change::Retire { group: "choose".into(), retired: true };
    world.desk.change_group(marta, &retire, &here()).await.unwrap();

    let copy = world.desk.duplicate_application(marta, "catalogue", &world.id(), "Otro catálogo", &here()).await;

    assert_eq!(refusal(copy), Refusal::FieldWrong { field: "groups".into() });
    assert_eq!(world.desk.applications().await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_an_administrator_changes_is_written_down_with_where_he_was() {
    let world = World::empty().await;
    let marta = world.signed(MARTA).await;
    let read = world.reads_shop().await;

    world.saves_settings(&read, |settings| settings.name = "De Marta".into()).await.unwrap();
    world.desk.duplicate_application(&marta, "shop", &world.id(), "Otra", &here()).await.unwrap();
    world.desk.retire_application(&marta, "shop", true, &here()).await.unwrap();

    let log = "select count(*) from audit where kind = 'settings-changed' and about like 'application %' and address = '203.0.113.0'";
    assert_eq!(world.count(log).await, 3);
}

#[tokio::test]
async fn a_retired_application_is_not_there_and_what_runs_goes_on() {
    let (world, chat) = World::with_conversation().await;
    let marta = &world.signed(MARTA).await;

    let kept = world.desk.retire_application(marta, "shop", true, &here()).await.unwrap();

    assert!(kept.retired);
    assert_eq!(refusal(world.desk.application(SHOP_KEY, "es").await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.sites(SHOP_KEY).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.asked_for(SHOP_KEY, None).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.open_chat(&token("eva"), &world.form("eva", "returns")).await), Refusal::NotYours);
    assert_eq!(
        refusal(world.desk.leave_message(&token("eva"), &world.message("eva", "Hola")).await),
        Refusal::NotYours
    );
    assert_eq!(refusal(world.desk.find_articles(SHOP_KEY, "es", "roto").await), Refusal::NotYours);
    world.says("ana", &chat, "¿Sigues ahí?").await;
    let listed = world.desk.applications().await.unwrap();
    assert_eq!(listed.iter().map(|line| line.retired).collect::<Vec<_>>(), [false, true]);
    assert_eq!(world.desk.retire_application(marta, "shop", true, &here()).await.unwrap().revision, kept.revision);

    world.desk.retire_application(marta, "shop", false, &here()).await.unwrap();

    world.desk.application(SHOP_KEY, "es").await.unwrap();
    let noted = world.noted().await;
    assert_eq!(noted, [format!("application {SHOP_KEY}: in use again"), format!("application {SHOP_KEY}: retired")]);
}

#[tokio::test]
async fn that_a_widget_was_asked_for_is_written_once_a_minute_and_site_and_with_its_own_sites_only() {
    let world = World::empty().await;
    let called = async || world.reads_shop().await.called;
    let own = Some("http://shop.example");
    assert_eq!(called().await, None);

    world.desk.asked_for(SHOP_KEY, Some("https://evil.example")).await.unwrap();
    let first = world.desk.now();
    assert_eq!(called().await, Some(Called { at: first, from: String::new() }));
    world.clock.advance(Span(1));
    world.desk.asked_for(SHOP_KEY, own).await.unwrap();
    let second = Some(Called { at: world.desk.now(), from: "http://shop.example".into() });
    assert_eq!(called().await, second, "who opened it by hand does not hide a site");
    world.clock.advance(Span(59_999));
    for from in [own, None, Some("https://evil.example")] {
        world.desk.asked_for(SHOP_KEY, from).await.unwrap();
        assert_eq!(called().await, second);
    }
    world.clock.advance(Span(1));
    world.desk.asked_for(SHOP_KEY, own).await.unwrap();

    let last = Called { at: world.desk.now(), from: "http://shop.example".into() };
    assert_eq!(called().await, Some(last.clone()));
    assert_eq!(world.reads_shop().await.revision, 1, "it is no change of anybody's");
    assert_eq!(world.reads_shop().await.sites_called, std::slice::from_ref(&last));

    // Each site has its own, whichever asked last, and keeps it when another comes or goes.
    let kept = world.reads_shop().await;
    world.saves_settings(&kept, |settings| settings.sites.push("https://otra.example".into())).await.unwrap();
    assert_eq!(world.reads_shop().await.sites_called, [last]);
}

#[tokio::test]
async fn what_somebody_would_see_is_what_the_widget_is_told_then() {
    let world = World::open().await;
    let hours: Hours = serde_json::from_str(
        r#"{"zone":"America/Sao_Paulo","weekly":[{"days":["mon"],"from":"09:00","to":"18:00"}],
            "holidays":[{"name":"Fiesta","date":"2026-12-14"}, {"name":"Otra","date":"2026-11-30"}],
            "exceptions":[{"name":"Inventario","from":"2026-11-30","to":"2026-11-30","open":[{"from":"10:00","to":"12:00"}]}]}"#,
    )
    .unwrap();
    let groups = ["returns".to_owned(), "nowhere".to_owned()];
    let at = async |day: &str, minute: &str| {
        let (day, minute) = (day.to_owned().try_into().unwrap(), minute.to_owned().try_into().unwrap());
        world.desk.foresee(world.agent(MARTA), &hours, &groups, day, minute).await.unwrap()
    };

    let open = at("2026-11-30", "11:59").await;
    assert_eq!(open.closed, None);
    let subjects: Vec<_> = open.subjects.iter().map(|one| (one.id.as_str(), one.online.len())).collect();
    assert_eq!(subjects, [("returns", 2)]);
    let shut = at("2026-11-30", "09:30").await;
    assert_eq!(shut.closed.unwrap().next, Some(at("2026-11-30", "10:00").await.at));
    let usual = at("2026-12-07", "09:30").await;
    assert_eq!((usual.closed, usual.special), (None, None));
    // What closes a day has a name.
    assert_eq!(shut.special, Some(Special::Exception("Inventario".into())));
    let holiday = at("2026-12-14", "09:30").await;
    assert!(holiday.closed.is_some());
    assert_eq!(holiday.special, Some(Special::Holiday("Fiesta".into())));

    // The widget at that very moment is told the same.
    world
        .saves_settings(&world.reads_shop().await, |settings| settings.setup.hours = Some(hours.clone()))
        .await
        .unwrap();
    for seen in [&shut, &open] {
        world.clock.advance(seen.at - world.desk.now());
        assert_eq!(world.desk.application(SHOP_KEY, "es").await.unwrap().closed, seen.closed);
    }

    // Who is online now is an answer about now alone.
    let (now, before) = (at("2026-11-30", "11:59").await, at("2026-11-30", "11:58").await);
    assert_eq!((open.is_now, now.is_now, before.is_now), (false, true, false));
}

#[tokio::test]
async fn each_customer_reads_and_answers_the_form_in_his_language() {
    let world = World::open().await;
    let own = |key: &str, label: &str| FieldTexts { key: key.into(), label: label.into(), ..FieldTexts::default() };
    let fields = vec![own("name", "Your name")];
    let texts = Texts { lang: "en".into(), greeting: "Good to see you.".into(), fields, ..Texts::default() };
    world.saves_settings(&world.reads_shop().await, |settings| settings.setup.texts = vec![texts]).await.unwrap();

    let read = world.desk.application(SHOP_KEY, "en").await.unwrap();
    let usual = world.desk.application(SHOP_KEY, "pt").await.unwrap();
    let open = domain::wire::Open { lang: "en".into(), ..world.form("Ann", "returns") };
    let told = world.desk.open_chat(&token("ann"), &open).await.unwrap();

    assert_eq!((read.greeting.as_str(), read.fields[0].label.as_str()), ("Good to see you.", "Your name"));
    assert_eq!((usual.greeting.as_str(), usual.fields[0].label.as_str()), ("Olá, como podemos ajudar?", "Nombre"));
    let Event::Opened(opening) = &told[0].event else { panic!("{told:?}") };
    assert_eq!(opening.answers[0].label, "Your name");
}

#[tokio::test]
async fn the_tag_of_an_application_has_a_title_for_each_language_that_has_one() {
    let world = World::open().await;
    let texts = Texts { lang: "en".into(), title: "Shall we talk?".into(), ..Texts::default() };

    world.saves_settings(&world.reads_shop().await, |settings| settings.setup.texts = vec![texts]).await.unwrap();

    let lines = world.desk.applications().await.unwrap();
    let shop = lines.iter().find(|line| line.key == SHOP_KEY).unwrap();
    assert_eq!(
        (shop.title.as_str(), &shop.titles[..]),
        ("¿Hablamos?", &[("en".to_owned(), "Shall we talk?".to_owned())][..])
    );
}

#[tokio::test]
async fn a_choice_that_was_put_in_another_order_is_read_as_the_house_has_it_until_it_is_translated_again() {
    let world = World::open().await;
    let all = |options: [&str; 2]| options.map(String::from).to_vec();
    let colour = Field {
        key: "colour".into(),
        label: "Color".into(),
        kind: FieldKind::Choice,
        required: false,
        options: all(["Rojo", "Azul"]),
        consent: None,
    };
    let english = |options| {
        let own = FieldTexts { key: "colour".into(), options, ..FieldTexts::default() };
        vec![Texts { lang: "en".into(), fields: vec![own], ..Texts::default() }]
    };
    let offered = async || world.desk.application(SHOP_KEY, "en").await.unwrap().fields.pop().unwrap().options;
    let first = |settings: &mut Settings| {
        settings.form.push(colour);
        settings.setup.texts = english(all(["Red", "Blue"]));
    };
    world.saves_settings(&world.reads_shop().await, first).await.unwrap();
    assert_eq!(offered().await, ["Red", "Blue"]);

    let turned = |settings: &mut Settings| settings.form.last_mut().unwrap().options.reverse();
    world.saves_settings(&world.reads_shop().await, turned).await.unwrap();
    assert_eq!(offered().await, ["Azul", "Rojo"], "none stands for another");

    let again = |settings: &mut Settings| settings.setup.texts = english(all(["Blue", "Red"]));
    world.saves_settings(&world.reads_shop().await, again).await.unwrap();
    assert_eq!(offered().await, ["Blue", "Red"]);
}

#[tokio::test]
async fn a_draft_is_looked_at_by_its_session_for_minutes_and_nothing_begins_with_it() {
    let world = World::open().await;
    let (marta, other) = (world.signed(MARTA).await, world.signed(MARTA).await);
    let settings = Settings { title: "Borrador".into(), ..world.reads_shop().await.settings };

    let key = world.desk.draft_application(&marta, settings.clone(), false).await.unwrap();

    let view = world.desk.drafted(&marta, &key, "es").unwrap();
    assert_eq!((view.title.as_str(), view.closed), ("Borrador", None));
    assert!(view.subjects.iter().all(|subject| !subject.online.is_empty()));
    assert_eq!(world.desk.application(&key, "es").await.unwrap(), view);
    assert_ne!(world.desk.application(SHOP_KEY, "es").await.unwrap().title, "Borrador");
    assert_eq!(refusal(world.desk.drafted(&other, &key, "es")), Refusal::NotYours);
    let mut no_more = marta.clone();
    no_more.agent.system = false;
    assert_eq!(refusal(world.desk.drafted(&no_more, &key, "es")), Refusal::NotYours);
    let open = domain::wire::Open { key: key.clone(), ..world.form("ana", "returns") };
    assert_eq!(refusal(world.desk.open_chat(&token("ana"), &open).await), Refusal::NotYours);
    let message = domain::offline::Offline { open, ..world.message("ana", "Hola") };
    assert_eq!(refusal(world.desk.leave_message(&token("ana"), &message).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.find_articles(&key, "es", "roto").await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.sites(&key).await), Refusal::NotYours);
    let talk_id = format!("{key}-pt");
    let talk = world.desk.talk_of_draft(drafted_chat(&talk_id).unwrap(), ["Oi?", "Oi!"]).unwrap();
    let mut thread = Thread::default();
    assert!(thread.hear_all(&talk.told));
    let shown = thread.chat.unwrap();
    assert_eq!((shown.stage, shown.application.name), (Stage::Attending, settings.name.clone()));
    let said = talk.told.iter().filter_map(|told| match &told.event {
        Event::Posted { by, text } => Some((by.as_ref().map(|by| by.name.as_str()), text.as_str())),
        _ => None,
    });
    assert_eq!(said.collect::<Vec<_>>(), [(None, "Oi?"), (Some(marta.agent.face.name.as_str()), "Oi!")]);

    let closed = world.desk.draft_application(&marta, settings.clone(), true).await.unwrap();
    let view = world.desk.drafted(&marta, &closed, "es").unwrap();
    assert!(view.closed.is_some() && view.fields.is_empty(), "nothing stands before the message");
    let before = drafted_chat(&talk_id).unwrap();
    assert_eq!(refusal(world.desk.talk_of_draft(before, ["", ""])), Refusal::NotYours);
    assert_eq!(refusal(world.desk.wait_of_draft(before)), Refusal::NotYours);
    assert_eq!(refusal(world.desk.application(&key, "es").await), Refusal::NotYours, "a session has one");
    let wrong = Settings { accent: "red".into(), ..settings };
    let why = refusal(world.desk.draft_application(&marta, wrong, true).await);
    assert_eq!(why, Refusal::FieldWrong { field: "accent".into() });
    world.clock.advance(Span::minutes(10));
    assert_eq!(refusal(world.desk.application(&closed, "es").await), Refusal::NotYours);
}

#[tokio::test]
async fn the_tag_of_a_draft_is_told_to_its_own_session_alone_and_until_it_is_over() {
    let world = World::open().await;
    let (marta, other) = (world.signed(MARTA).await, world.signed(MARTA).await);
    let settings = Settings { title: "Borrador".into(), ..world.reads_shop().await.settings };
    let key = world.desk.draft_application(&marta, settings, false).await.unwrap();
    let mut no_more = marta.clone();
    no_more.agent.system = false;

    let line = world.desk.drafted_line(&marta, &key).unwrap();

    assert_eq!((line.key.as_str(), line.title.as_str()), (key.as_str(), "Borrador"));
    for stranger in [&other, &no_more] {
        assert_eq!(refusal(world.desk.drafted_line(stranger, &key)), Refusal::NotYours);
    }
    assert_eq!(refusal(world.desk.drafted_line(&marta, SHOP_KEY)), Refusal::NotYours);
    world.clock.advance(Span::minutes(10));
    assert_eq!(refusal(world.desk.drafted_line(&marta, &key)), Refusal::NotYours);
}

#[tokio::test]
async fn whoever_waits_in_a_draft_is_told_what_its_settings_show() {
    let world = World::open().await;
    let marta = world.signed(MARTA).await;
    let shop = world.reads_shop().await.settings;

    let mut told = Vec::new();
    for (shows, time) in [
        (WaitShows::Position, WaitAs::Average),
        (WaitShows::Average, WaitAs::Average),
        (WaitShows::Both, WaitAs::Range),
        (WaitShows::Nothing, WaitAs::Range),
    ] {
        let mut settings = Settings { wait_shows: shows, ..shop.clone() };
        settings.setup.wait_as = time;
        let id = format!("{}-es-waits", world.desk.draft_application(&marta, settings, false).await.unwrap());
        let chat = drafted_chat(&id).unwrap();
        let mut thread = Thread::default();
        assert!(thread.hear_all(&world.desk.talk_of_draft(chat, ["¿Hola?", ""]).unwrap().told));
        let shown = thread.chat.unwrap();
        assert_eq!((shown.id.as_str(), shown.stage), (id.as_str(), Stage::Waiting));
        let wait = world.desk.wait_of_draft(chat).unwrap();
        assert_eq!((wait.chat.as_str(), wait.away), (id.as_str(), false));
        told.push((wait.place.is_some(), wait.average.is_some(), wait.range.is_some()));
    }

    let both = (true, false, true);
    assert_eq!(told, [(true, false, false), (false, true, false), both, (false, false, false)]);
}
