//! What the knowledge base finds, reads and counts.

use crate::world::{World, refusal};
use desk::article::Article;
use desk::demo::{CATALOGUE_KEY, SHOP_KEY};
use domain::Refusal;
use domain::article::{BODY_LIMIT, FOUND_LIMIT, TITLE_LIMIT, Vote};

async fn found(world: &World, lang: &str, asked: &str) -> Vec<String> {
    let found = world.desk.find_articles(SHOP_KEY, lang, asked).await.unwrap();
    found.into_iter().map(|line| line.title.into_iter().map(|piece| piece.text).collect()).collect()
}

fn article(world: &World, title: &str, body: &str) -> Article {
    Article { id: world.id(), lang: "es".into(), title: title.into(), body: body.into(), published: true }
}

#[tokio::test]
async fn the_title_counts_more_than_the_body_and_case_accents_and_plurals_do_not() {
    let world = World::empty().await;

    for asked in ["devolver", "DEVOLVER", "dévolver", "mueble mont"] {
        let found = found(&world, "es", asked).await;
        assert_eq!(found.first().map(String::as_str), Some("Devolver un mueble ya montado"), "{asked}: {found:?}");
    }
    assert_eq!(found(&world, "es", "foto de la rotura").await, ["Mi pedido llegó roto"]);
    assert_eq!(found(&world, "es", "envio gratis").await, ["Envíos y plazos"]);
    assert!(found(&world, "es", "jirafa").await.is_empty());
    let whole = found(&world, "es", "¿Cómo puedo cuidar bien la mesa de nogal?").await;
    assert_eq!(whole.first().map(String::as_str), Some("Cuidar la madera de nogal"), "{whole:?}");
}

#[tokio::test]
async fn the_asked_language_comes_first_and_another_is_better_than_nothing() {
    let world = World::empty().await;

    assert_eq!(found(&world, "pt", "móveis").await, ["Devolver um móvel já montado"]);
    assert_eq!(found(&world, "en", "return").await, ["Returning furniture"]);
    assert_eq!(found(&world, "en", "nogal").await, ["Cuidar la madera de nogal"]);
}

#[tokio::test]
async fn nothing_that_is_asked_breaks_the_search() {
    let world = World::empty().await;
    let long = "devolver ".repeat(500);
    let hostile = [
        "\"",
        "a\" OR b",
        "NEAR(devolver",
        "*",
        "devolver*",
        "-devolver",
        "title_words:devolver",
        "%",
        "_",
        "'",
        "') | ('",
        "&",
        "!",
        "<->",
        "\\",
        "\0",
        "devolver\0",
        "😀",
        "",
        &long,
    ];

    for asked in hostile {
        let answer = world.desk.find_articles(SHOP_KEY, "es", asked).await;
        assert!(answer.is_ok(), "{asked:?}: {:?}", answer.err());
    }
    assert!(found(&world, "es", "%").await.is_empty());
    assert!(!found(&world, "es", "\"devolver\" OR (").await.iter().any(|title| title.contains("madera")));
}

#[tokio::test]
async fn a_draft_and_what_another_application_has_are_not_there() {
    let world = World::empty().await;
    let draft = Article { published: false, ..article(&world, "Secreto de sumario", "Nada todavía.") };
    world.desk.keep_article(&draft, &["shop"]).await.unwrap();
    let other = article(&world, "Secreto ajeno", "De otra aplicación.");
    world.desk.keep_article(&other, &["catalogue"]).await.unwrap();

    assert!(found(&world, "es", "secreto").await.is_empty());
    for id in [&draft.id, &other.id, &"x".into(), &"\0".into()] {
        assert_eq!(refusal(world.desk.article(SHOP_KEY, id).await), Refusal::NotYours);
    }
    // The catalogue has a chat only.
    assert_eq!(refusal(world.desk.find_articles(CATALOGUE_KEY, "es", "secreto").await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.article(CATALOGUE_KEY, &other.id).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.find_articles("nobody's key", "es", "secreto").await), Refusal::NotYours);
}

#[tokio::test]
async fn an_article_that_changes_is_found_by_its_new_words_only() {
    let world = World::empty().await;
    let first = article(&world, "Jirafas", "Altas.");
    world.desk.keep_article(&first, &["shop"]).await.unwrap();
    assert_eq!(found(&world, "es", "jirafa").await, ["Jirafas"]);

    world.desk.keep_article(&Article { title: "Elefantes".into(), ..first.clone() }, &["shop"]).await.unwrap();

    assert!(found(&world, "es", "jirafa").await.is_empty());
    assert_eq!(found(&world, "es", "elefante").await, ["Elefantes"]);
    assert_eq!(world.desk.article(SHOP_KEY, &first.id).await.unwrap().title, "Elefantes");
}

#[tokio::test]
async fn an_answer_is_short() {
    let world = World::empty().await;
    for n in 0..FOUND_LIMIT + 3 {
        world.desk.keep_article(&article(&world, &format!("Jirafa {n}"), "Alta."), &["shop"]).await.unwrap();
    }

    assert_eq!(found(&world, "es", "jirafas").await.len(), FOUND_LIMIT);
}

#[tokio::test]
async fn a_vote_counts_once() {
    let world = World::empty().await;
    let about = "demo-es-llego-roto";
    let vote = |helped| Vote { id: world.id(), helped };
    let first = vote(true);

    for one in [&first, &first, &vote(true), &vote(false)] {
        world.desk.vote(SHOP_KEY, about, one).await.unwrap();
    }

    assert_eq!(world.desk.votes(about).await.unwrap(), (2, 1));
    assert_eq!(refusal(world.desk.vote(SHOP_KEY, "nothing", &vote(true)).await), Refusal::NotYours);
    let odd = Vote { id: "short".into(), helped: true };
    assert_eq!(refusal(world.desk.vote(SHOP_KEY, about, &odd).await), Refusal::Malformed);
}

#[tokio::test]
async fn an_article_that_says_nothing_or_too_much_is_refused() {
    let world = World::empty().await;
    let keep = async |one: Article| refusal(world.desk.keep_article(&one, &["shop"]).await);

    assert_eq!(keep(article(&world, " ", "x")).await, Refusal::Empty);
    assert_eq!(keep(article(&world, "x", " ")).await, Refusal::Empty);
    assert_eq!(
        keep(article(&world, &"ñ".repeat(TITLE_LIMIT + 1), "x")).await,
        Refusal::TooLong { limit: TITLE_LIMIT as u32 }
    );
    assert_eq!(
        keep(article(&world, "x", &"y".repeat(BODY_LIMIT + 1))).await,
        Refusal::TooBig { limit: BODY_LIMIT as u32 }
    );
    assert_eq!(keep(Article { lang: "fr".into(), ..article(&world, "x", "y") }).await, Refusal::Malformed);
    assert_eq!(keep(article(&world, "x", "y\0z")).await, Refusal::Malformed);
}
