//! The knowledge base as administrators keep it, and what is counted of searches, on either database.

use crate::world::*;
use desk::Error;
use desk::demo::SHOP_KEY;
use domain::audit::{About, Filter};
use domain::hours::Day;
use domain::knowledge::{Asked, Change, Kept, Searches, Section, Sheet, Version};
use domain::{Refusal, Span};
use sqlx::Executor;

fn version(lang: &str, title: &str, published: bool) -> Version {
    Version {
        lang: lang.into(),
        title: title.into(),
        body: format!("{title}, en **detalle**."),
        published,
        ..Version::default()
    }
}

fn sheet(world: &World, versions: Vec<Version>) -> Sheet {
    Sheet { id: world.id(), section: None, applications: vec!["shop".into()], versions }
}

impl World {
    async fn saves_article(&self, revision: u32, sheet: &Sheet) -> Result<Kept, Error> {
        self.desk.save_article(&self.signed(MARTA).await, revision, sheet, &here()).await
    }

    async fn finds_articles(&self, lang: &str, asked: &str) -> Vec<String> {
        let found = self.desk.find_articles(SHOP_KEY, lang, asked).await.unwrap();
        found.into_iter().map(|line| line.title.into_iter().map(|piece| piece.text).collect()).collect()
    }

    fn asks_help(&self, asked: &str, found: usize, asker: &str) {
        self.desk.note_search("es", asked, found, asker);
    }

    async fn help_searches(&self) -> Searches {
        let day = |day: &str| Day::try_from(day.to_owned()).unwrap();
        self.desk.searches(self.agent(MARTA), day("2000-01-01"), day("2100-01-01")).await.unwrap()
    }
}

fn counted(searches: &[Asked]) -> Vec<(&str, u32, u32)> {
    searches.iter().map(|asked| (asked.words.as_str(), asked.times, asked.missed)).collect()
}

#[tokio::test]
async fn an_article_is_found_once_it_is_published_and_not_when_it_is_a_draft_or_retired() {
    let world = World::empty().await;
    let draft = sheet(&world, vec![version("es", "Jirafas de nogal", false), version("pt", "Girafas", true)]);

    let kept = world.saves_article(0, &draft).await.unwrap();
    assert_eq!((kept.revision, kept.changed_by.as_str()), (1, "Marta Ortiz"));
    assert_eq!(kept.sheet.version("es").unwrap().slug, "jirafas-de-nogal");
    assert!(world.finds_articles("es", "jirafas").await.is_empty());
    assert_eq!(world.finds_articles("pt", "girafa").await, ["Girafas"]);
    let mut published = kept.sheet.clone();
    published.versions[0].published = true;
    let kept = world.saves_article(1, &published).await.unwrap();
    assert_eq!(world.finds_articles("es", "jirafas").await, ["Jirafas de nogal"]);
    let id = kept.sheet.id.clone();
    for (retired, found) in [(true, 0), (false, 1)] {
        world.desk.retire_article(&world.signed(MARTA).await, &id, retired, &here()).await.unwrap();
        assert_eq!(world.finds_articles("es", "jirafas").await.len(), found);
        assert_eq!(world.desk.article_at("es", "jirafas-de-nogal").await.is_ok(), !retired);
    }

    let log = world.desk.audit(world.agent(MARTA), &Filter::default(), None).await.unwrap();
    let about = About::Thing(format!("article {id}"));
    assert_eq!(log.lines.iter().filter(|line| line.about == about).count(), 4);
}

#[tokio::test]
async fn a_newer_change_of_an_article_is_never_overwritten_unseen() {
    let world = World::empty().await;
    let first = world.saves_article(0, &sheet(&world, vec![version("es", "Jirafas", true)])).await.unwrap();
    let mut mine = first.sheet.clone();
    mine.versions[0].title = "Jirafas altas".into();
    let mut theirs = first.sheet.clone();
    theirs.versions[0].title = "Jirafas bajas".into();

    let kept = world.saves_article(first.revision, &mine).await.unwrap();
    assert_eq!(
        refusal(world.saves_article(first.revision, &theirs).await),
        Refusal::Overtaken { by: "Marta Ortiz".into() }
    );
    assert_eq!(world.saves_article(first.revision, &mine).await.unwrap(), kept, "a lost answer, asked again");
    assert_eq!(world.desk.article_kept(world.agent(MARTA), &mine.id).await.unwrap(), kept);
    assert_eq!(
        refusal(world.saves_article(3, &sheet(&world, vec![version("es", "Otra", true)])).await),
        Refusal::NotYours
    );
}

#[tokio::test]
async fn who_read_an_article_before_its_application_was_duplicated_does_not_take_it_from_the_copy() {
    let world = World::empty().await;
    let read = world.saves_article(0, &sheet(&world, vec![version("es", "Jirafas", true)])).await.unwrap();
    let (marta, copy) = (world.signed(MARTA).await, world.id());

    world.desk.duplicate_application(&marta, "shop", &copy, "Outlet", &here()).await.unwrap();

    let changed = Sheet { versions: vec![version("es", "Jirafas altas", true)], ..read.sheet.clone() };
    let by = "Marta Ortiz".into();
    assert_eq!(refusal(world.saves_article(read.revision, &changed).await), Refusal::Overtaken { by });
    let kept = world.desk.article_kept(&marta.agent, &read.sheet.id).await.unwrap();
    assert_eq!(kept.revision, read.revision + 1);
    assert!(kept.sheet.applications.contains(&copy));
}

#[tokio::test]
async fn an_address_is_made_of_the_title_and_is_nobody_else_s() {
    let world = World::empty().await;
    let one = world.saves_article(0, &sheet(&world, vec![version("es", "¿Envíos, y plazos?", true)])).await.unwrap();
    let two = world.saves_article(0, &sheet(&world, vec![version("es", "Envios y plazos", true)])).await.unwrap();
    let slug = |kept: &Kept| kept.sheet.versions[0].slug.clone();

    assert_eq!((slug(&one), slug(&two)), ("envios-y-plazos".into(), "envios-y-plazos-2".into()));
    let mut taken = two.sheet.clone();
    taken.versions[0].slug = slug(&one);
    assert_eq!(refusal(world.saves_article(1, &taken).await), Refusal::FieldWrong { field: "es.slug".into() });
    let wordless = world.saves_article(0, &sheet(&world, vec![version("es", "¿…?", true)])).await.unwrap();
    assert_eq!(slug(&wordless), "articulo");
    assert_eq!(world.desk.article_at("es", "envios-y-plazos-2").await.unwrap().title, "Envios y plazos");
    assert_eq!(refusal(world.desk.article_at("pt", "envios-y-plazos").await), Refusal::NotYours);
}

#[tokio::test]
async fn what_was_there_before_is_an_article_in_one_language_and_goes_on() {
    let world = World::empty().await;

    let base = world.desk.knowledge(world.agent(MARTA)).await.unwrap();
    let line = base.lines.iter().find(|line| line.id == "demo-es-llego-roto").unwrap();
    assert_eq!((line.titles.len(), line.titles[0].title.as_str(), line.retired), (1, "Mi pedido llegó roto", false));
    let kept = world.desk.article_kept(world.agent(MARTA), &line.id).await.unwrap();
    let mut more = kept.sheet.clone();
    more.versions.push(version("en", "My order arrived broken", true));
    world.saves_article(kept.revision, &more).await.unwrap();

    assert_eq!(world.finds_articles("en", "broken order").await, ["My order arrived broken"]);
    assert_eq!(world.finds_articles("es", "roto").await[0], "Mi pedido llegó roto");
    let shop = base.shelves.iter().find(|shelf| shelf.id == "shop").unwrap();
    assert!(shop.searches);
}

#[tokio::test]
async fn a_language_that_is_emptied_goes_and_the_others_stay() {
    let world = World::empty().await;
    let both = sheet(&world, vec![version("es", "Jirafas", true), version("pt", "Girafas", true)]);
    let kept = world.saves_article(0, &both).await.unwrap();
    let only = Sheet { versions: vec![kept.sheet.versions[0].clone()], ..kept.sheet.clone() };

    world.saves_article(1, &only).await.unwrap();

    assert!(world.finds_articles("pt", "girafas").await.is_empty());
    assert_eq!(world.finds_articles("es", "jirafas").await, ["Jirafas"]);
}

#[tokio::test]
async fn sections_have_an_order_and_a_retired_one_keeps_its_articles() {
    let world = World::empty().await;
    let (one, two) = (world.id(), world.id());
    let change = async |change: Change| world.desk.change_section(&world.signed(MARTA).await, &change, &here()).await;
    let keep = |id: &str, name: &str| {
        let section = Section { id: id.into(), es: name.into(), ..Section::default() };
        Change::Keep { section, read: None }
    };
    change(keep(&one, "Envíos")).await.unwrap();
    change(keep(&two, "Pagos")).await.unwrap();

    let base = change(Change::Move { id: two.clone(), before: Some(one.clone()) }).await.unwrap();
    assert_eq!(base.sections.iter().map(|entry| entry.section.es.as_str()).collect::<Vec<_>>(), ["Pagos", "Envíos"]);
    let inside = Sheet { section: Some(one.clone()), ..sheet(&world, vec![version("es", "Plazos", true)]) };
    let kept = world.saves_article(0, &inside).await.unwrap();
    let base = change(Change::Retire { id: one.clone(), retired: true }).await.unwrap();
    assert!(base.sections[1].retired);
    assert_eq!(world.desk.article_kept(world.agent(MARTA), &kept.sheet.id).await.unwrap().sheet.section, Some(one));
    let nowhere = Sheet { section: Some("nowhere".into()), ..sheet(&world, vec![version("es", "Otra", true)]) };
    assert_eq!(refusal(world.saves_article(0, &nowhere).await), Refusal::FieldWrong { field: "section".into() });
    let foreign = Sheet { applications: vec!["x".into()], ..sheet(&world, vec![version("es", "Otra", true)]) };
    assert_eq!(refusal(world.saves_article(0, &foreign).await), Refusal::FieldWrong { field: "applications".into() });
}

#[tokio::test]
async fn whoever_does_not_administer_the_system_neither_reads_nor_writes_the_knowledge_base() {
    let world = World::empty().await;
    let ines = world.signed(INES).await;
    let day = || Day::try_from("2026-11-29".to_owned()).unwrap();
    let new = sheet(&world, vec![version("es", "Jirafas", true)]);
    let retire = Change::Retire { id: "x".into(), retired: true };

    let refused = [
        refusal(world.desk.knowledge(&ines.agent).await),
        refusal(world.desk.article_kept(&ines.agent, "demo-es-llego-roto").await),
        refusal(world.desk.save_article(&ines, 0, &new, &here()).await),
        refusal(world.desk.retire_article(&ines, "demo-es-llego-roto", true, &here()).await),
        refusal(world.desk.change_section(&ines, &retire, &here()).await),
        refusal(world.desk.searches(&ines.agent, day(), day()).await),
        refusal(world.desk.may_write(&ines.agent, "x")),
        refusal(world.desk.begin_image(&ines, &world.id(), "image/png", None).await.map(|_| ())),
        refusal(world.desk.pictures(&ines.agent, "demo-es-llego-roto").await),
        refusal(world.desk.remove_picture(&ines, &world.id(), &here()).await),
    ];

    assert!(refused.iter().all(|why| *why == Refusal::OnlyAdministrators), "{refused:?}");
}

#[tokio::test]
async fn a_question_counts_once_when_it_was_typed_to_its_end() {
    let world = World::empty().await;
    for typed in ["dev", "devol", "devolver sill", "devolver silla", "devolver sill"] {
        world.asks_help(typed, 1, "203.0.113.7");
        world.clock.advance(Span::secs(1));
    }
    world.asks_help("jirafas", 0, "203.0.113.8");
    assert_eq!(world.help_searches().await, Searches::default(), "they are perhaps still typing");
    world.clock.advance(Span::secs(5));

    let read = world.help_searches().await;
    assert_eq!(counted(&read.all), [("devolver silla", 1, 0), ("jirafas", 1, 1)]);
    assert_eq!((counted(&read.missed), read.times, read.without), (vec![("jirafas", 1, 1)], 2, 1));
    world.asks_help("Jirafas", 0, "203.0.113.7");
    world.asks_help("otra cosa", 1, "203.0.113.7");
    world.clock.advance(Span::secs(5));
    assert_eq!(counted(&world.help_searches().await.missed), [("jirafas", 2, 2)], "both that were asked count");
}

#[tokio::test]
async fn who_asked_is_not_kept_and_neither_is_what_could_say_so() {
    let world = World::empty().await;
    let asked = [
        "pedido 20714 de ana@correo.example",
        "ana.perez@correo.example",
        "600 000 123",
        "+34600123999",
        "20714",
        "ana.perez @ correo.example",
    ];
    let letters = asked.iter().map(|line| line.chars().count()).max().unwrap();

    // Letter by letter, all of them at once behind one address, as an office does.
    for n in 1..=letters {
        for line in asked.iter().filter(|line| line.chars().count() >= n) {
            world.asks_help(&line.chars().take(n).collect::<String>(), 0, "203.0.113.7");
        }
        world.clock.advance(Span(300));
    }
    world.clock.advance(Span::secs(5));

    assert_eq!(counted(&world.help_searches().await.all), [("pedido de", 1, 1)]);
    assert_eq!(world.count("select count(*) from article_searches").await, 1);
}

#[tokio::test]
async fn a_number_that_was_taken_away_again_is_not_kept_either() {
    let world = World::empty().await;

    for typed in ["pedido 207", "pedido 20714", "pedido 207", "pedido 20999", "pedido 2", "pedido"] {
        world.asks_help(typed, 0, "203.0.113.7");
    }
    world.clock.advance(Span::secs(5));

    assert_eq!(counted(&world.help_searches().await.all), [("pedido", 2, 2)]);
}

#[tokio::test]
async fn a_day_has_room_for_so_many_questions_and_they_are_kept_for_so_long() {
    let world = World::empty().await;
    for n in 0..520 {
        let letters: String = format!("{n:03}").bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        world.asks_help(&format!("silla {letters}"), 0, &format!("asker {n}"));
    }
    world.clock.advance(Span::secs(5));

    let read = world.help_searches().await;
    assert_eq!((read.times, read.all.len()), (520, 100));
    assert_eq!(world.count("select count(*) from article_searches").await, 501);
    assert_eq!(world.count("select times from article_searches where asked = ''").await, 20);
    world.clock.advance(Span::hours(24 * 402));
    world.asks_help("mesa", 1, "x");
    world.clock.advance(Span::secs(5));
    assert_eq!(counted(&world.help_searches().await.all), [("mesa", 1, 0)]);
}

#[tokio::test]
async fn what_waits_to_be_counted_is_counted_before_a_stop() {
    let world = World::empty().await;
    world.asks_help("jirafas", 0, "203.0.113.7");

    world.desk.stop().await;

    let pool = world.look().await;
    let row = pool.fetch_one("select times from article_searches where asked = 'jirafas'").await.unwrap();
    assert_eq!(sqlx::Row::get::<i64, _>(&row, 0), 1);
}

#[tokio::test]
async fn nobody_who_searches_waits_until_it_is_counted_and_what_cannot_be_counted_is_counted_later() {
    let world = World::empty().await;
    let pool = world.look().await;
    let mut held = pool.begin().await.unwrap();
    held.execute("update counters set n = n where name = 'protocol'").await.unwrap();

    world.asks_help("jirafas", 0, "203.0.113.7");
    let found = world.finds_articles("es", "roto").await;
    held.rollback().await.unwrap();
    assert_eq!(found[0], "Mi pedido llegó roto");
    pool.execute("alter table article_searches rename to away").await.unwrap();
    world.clock.advance(Span::secs(5));
    let day = || Day::try_from("2026-11-29".to_owned()).unwrap();
    assert!(world.desk.searches(world.agent(MARTA), day(), day()).await.is_err());
    pool.execute("alter table away rename to article_searches").await.unwrap();

    assert_eq!(counted(&world.help_searches().await.all), [("jirafas", 1, 1)]);
}

#[tokio::test]
async fn what_was_left_alone_is_counted_though_nobody_looks_or_searches() {
    let world = World::empty().await;
    for asked in ["sillas", "mesas"] {
        world.asks_help(asked, 1, "203.0.113.7");
    }

    world.clock.advance(Span::secs(5));

    world.until("select count(*) from article_searches where times = 1", 2).await;
}
