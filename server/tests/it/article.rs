//! The doors of the knowledge base.

use crate::client::{get, post};
use crate::world::{KEY, World, new_id};
use domain::article::{ArticleLine, ArticleView, Vote};
use domain::{Refusal, Trouble};

const ABOUT: &str = "demo-es-llego-roto";

#[tokio::test]
async fn a_question_is_answered_and_an_article_read_without_being_anybody() {
    let world = World::new().await;

    let found =
        world.ask(get(format!("/w/v1/applications/{KEY}/articles?lang=es&q=ROTO"))).await.ok::<Vec<ArticleLine>>();
    let article =
        world.ask(get(format!("/w/v1/applications/{KEY}/articles/{}", found[0].id))).await.ok::<ArticleView>();

    assert_eq!((found[0].id.as_str(), article.title.as_str()), (ABOUT, "Mi pedido llegó roto"));
    assert!(article.html.contains("<strong>dos fotos</strong>"), "{}", article.html);
    assert!(found[0].title.iter().any(|piece| piece.hit && piece.text == "roto"));
}

#[tokio::test]
async fn what_a_stranger_asks_is_taken_as_words_or_refused() {
    let world = World::new().await;
    for asked in ["%22", "*", "NEAR(a%20b", "a%00b", "%25", "%F0%9F%98%80", "'%20or%201=1", "%FF%FE"] {
        let answer = world.ask(get(format!("/w/v1/applications/{KEY}/articles?q={asked}"))).await;
        assert!(answer.status == 200 || answer.status == 400, "{asked}: {}", answer.status);
    }
    world.ask(get(format!("/w/v1/applications/{KEY}/articles"))).await.refused(400, Refusal::Malformed);
    world.ask(get("/w/v1/applications/nobody/articles?q=roto")).await.refused(404, Refusal::NotYours);
    world.ask(get("/w/v1/applications/pk_casanogal0catalogo1/articles?q=roto")).await.refused(404, Refusal::NotYours);
    for id in ["0", "-1", "%00", "..%2f..%2fetc", &new_id()] {
        world.ask(get(format!("/w/v1/applications/{KEY}/articles/{id}"))).await.refused(404, Refusal::NotYours);
    }
}

#[tokio::test]
async fn a_vote_is_a_vote_and_not_too_many_of_them() {
    let world = World::with(&[]).await;
    let path = format!("/w/v1/applications/{KEY}/articles/{ABOUT}/votes");
    let vote = Vote { id: new_id(), helped: true };

    for _ in 0..2 {
        world.ask(post(path.clone()).json(&vote)).await.ok::<()>();
    }
    for odd in [
        "[]",
        "{\"id\": 7, \"helped\": true}",
        "{\"id\": {\"$ne\": null}, \"helped\": true}",
        "{\"helped\": \"yes\"}",
        "null",
    ] {
        world.ask(post(path.clone()).body("application/json", odd)).await.refused(400, Refusal::Malformed);
    }
    assert_eq!(world.running.desk.votes(ABOUT).await.unwrap(), (1, 0));
    let mut taken = 1;
    while world.ask(post(path.clone()).json(&Vote { id: new_id(), helped: false })).await.status == 200 {
        taken += 1;
        assert!(taken < 100);
    }
    let refused = world.ask(post(path).json(&Vote { id: new_id(), helped: false })).await;
    assert_eq!(refused.status, 429);
    assert!(!refused.header("retry-after").is_empty());
}

#[tokio::test]
async fn whoever_searches_without_end_is_asked_to_wait_and_may_read_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("recado.toml");
    std::fs::write(&file, "[rates]\nsearches = '2/h'").unwrap();
    let world = World::with(&["--config", &file.display().to_string()]).await;
    let search = || get(format!("/w/v1/applications/{KEY}/articles?lang=es&q=roto"));

    for _ in 0..2 {
        world.ask(search()).await.ok::<Vec<ArticleLine>>();
    }

    let refused = world.ask(search()).await;
    assert_eq!(refused.status, 429);
    assert!(!refused.header("retry-after").is_empty());
    assert!(matches!(refused.value(), Trouble::Refused(Refusal::TooMany { seconds: 1_700..=1_800 })), "{refused:?}");
    world.ask(get(format!("/w/v1/applications/{KEY}/articles/{ABOUT}"))).await.ok::<ArticleView>();
}
