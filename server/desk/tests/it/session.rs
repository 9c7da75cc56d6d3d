//! Signing in and out, and the first start.

use crate::world::*;
use desk::{Desk, Error, First};
use domain::{Refusal, Span};

async fn set_up(desk: &Desk, link: &str, name: &str, email: &str, password: &str) -> Result<String, Error> {
    desk.set_up(link, &First { name, email, password, lang: "pt" }, &here()).await
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_get_the_same_answer() {
    let world = World::empty().await;

    assert_eq!(refusal(world.desk.sign_in(INES, "no es esta", &here()).await), Refusal::WrongPassword);
    assert_eq!(refusal(world.desk.sign_in("nadie@casanogal.example", PASSWORD, &here()).await), Refusal::WrongPassword);
}

#[tokio::test]
async fn a_session_that_was_left_ends_and_a_used_one_lives_until_evening() {
    let world = World::empty().await;
    let (left, used) = (world.signs_in(INES).await, world.signs_in(INES).await);

    for _ in 0..35 {
        world.wait(Span::minutes(20)).await;
        world.desk.session(&used).await.unwrap();
    }
    assert_eq!(refusal(world.desk.session(&left).await), Refusal::SignedOut);
    world.wait(Span::minutes(21)).await;
    assert_eq!(refusal(world.desk.session(&used).await), Refusal::SignedOut);
}

#[tokio::test]
async fn signed_out_means_signed_out() {
    let world = World::empty().await;
    let token = world.signs_in(INES).await;

    world.desk.sign_out(&token, &here()).await.unwrap();

    assert_eq!(refusal(world.desk.session(&token).await), Refusal::SignedOut);
}

#[tokio::test]
async fn no_secret_is_kept_as_it_is() {
    let (world, _) = World::with_waiting_customer().await;
    let session = world.signs_in(INES).await;

    for (sql, secret) in [
        (
            "select count(*) from agents where password like '%muestra%' or password not like '$argon2id$%'",
            PASSWORD.to_string(),
        ),
        (&*format!("select count(*) from sessions where token_hash = '{session}'"), session.clone()),
        (&*format!("select count(*) from visitors where token_hash = '{}'", token("ana")), token("ana")),
    ] {
        assert_eq!(world.count(sql).await, 0, "{secret}");
    }
}

#[tokio::test]
async fn the_set_up_link_works_once() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), desk::Clock::system());
    let desk = desk::Desk::open(desk::Settings::embedded(folder.path(), clock).unwrap()).await.unwrap();
    let link = desk.set_up_link().await.unwrap().unwrap();

    assert_eq!(
        refusal(set_up(&desk, "another", "Eva", "eva@casa.example", "una buena clave").await),
        Refusal::LinkUsed
    );
    assert_eq!(refusal(set_up(&desk, &link, "Eva", "eva@casa.example", "corta").await), Refusal::WeakPassword);
    let session = set_up(&desk, &link, "Eva", "eva@casa.example", "una buena clave").await.unwrap();
    assert!(desk.session(&session).await.unwrap().agent.system);
    assert_eq!(refusal(set_up(&desk, &link, "Eva", "eva2@casa.example", "una buena clave").await), Refusal::LinkUsed);
    assert_eq!(desk.set_up_link().await.unwrap(), None);
    desk.stop().await;
}

#[tokio::test]
async fn the_set_up_link_opens_nothing_once_somebody_works_here() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), desk::Clock::system());
    let desk = desk::Desk::open(desk::Settings::embedded(folder.path(), clock).unwrap()).await.unwrap();
    let link = desk.set_up_link().await.unwrap().unwrap();
    assert!(desk.is_set_up_link(&link).await.unwrap());

    // Whoever prepares the house otherwise leaves the link where it was printed.
    desk.seed_demo(&[]).await.unwrap();

    assert!(!desk.is_set_up_link(&link).await.unwrap());
    assert_eq!(refusal(set_up(&desk, &link, "Eva", "eva@casa.example", "una buena clave").await), Refusal::LinkUsed);
    let signed = desk.sign_in("eva@casa.example", "una buena clave", &here()).await;
    assert_eq!(refusal(signed), Refusal::WrongPassword, "nobody was made");
    desk.stop().await;
}

#[tokio::test]
async fn of_two_who_use_the_set_up_link_at_once_one_is_the_first() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), desk::Clock::system());
    let desk = desk::Desk::open(desk::Settings::embedded(folder.path(), clock).unwrap()).await.unwrap();
    let link = desk.set_up_link().await.unwrap().unwrap();

    let (eva, luis) = tokio::join!(
        set_up(&desk, &link, "Eva", "eva@casa.example", "una buena clave"),
        set_up(&desk, &link, "Luis", "luis@casa.example", "una buena clave"),
    );

    let (first, other) = if eva.is_ok() { (eva, luis) } else { (luis, eva) };
    assert!(desk.session(&first.unwrap()).await.unwrap().agent.system);
    assert_eq!(refusal(other), Refusal::LinkUsed);
    desk.stop().await;
}

#[tokio::test]
async fn a_browsers_token_that_is_not_one_is_nobody() {
    let world = World::open().await;

    for bad in ["", "short", &"x".repeat(44), &format!("{}'", "x".repeat(42))] {
        assert_eq!(refusal(world.desk.visitor(bad).await), Refusal::SignedOut);
        assert_eq!(refusal(world.desk.open_chat(bad, &world.form("ana", "returns")).await), Refusal::SignedOut);
    }
}

#[tokio::test]
async fn sessions_that_were_left_are_cleared_away_with_the_next_one() {
    let world = World::empty().await;
    for _ in 0..3 {
        world.signs_in(LUCIA).await;
    }
    world.wait(Span::minutes(31)).await;

    let session = world.signs_in(LUCIA).await;

    let lucia = world.agent(LUCIA).face.id.clone();
    assert_eq!(world.count(&format!("select count(*) from sessions where agent_id = '{lucia}'")).await, 1);
    assert_eq!(world.desk.session(&session).await.unwrap().agent.face.id, lucia);
}

#[tokio::test]
async fn a_name_of_ours_is_one_line_that_every_screen_can_show() {
    let (folder, clock) = (tempfile::tempdir().unwrap(), desk::Clock::system());
    let desk = desk::Desk::open(desk::Settings::embedded(folder.path(), clock).unwrap()).await.unwrap();
    let link = desk.set_up_link().await.unwrap().unwrap();

    let session =
        set_up(&desk, &link, "Eva\r\n\u{0}\u{202e}Sanz", "eva@casa.example", "una buena clave").await.unwrap();

    assert_eq!(desk.session(&session).await.unwrap().agent.face.name, "Eva Sanz");
    desk.stop().await;
}

#[tokio::test]
async fn he_sees_his_sessions_and_ends_them_and_nobody_else_s() {
    let world = World::empty().await;
    let first = world.signs_in(INES).await;
    world.wait(Span::minutes(5)).await;
    let second = world.signs_in(INES).await;
    let (ines, tomas) = (world.desk.session(&second).await.unwrap(), world.signed(TOMAS).await);
    let mut ended = world.desk.ended_sessions();

    let listed = world.desk.sessions(&ines).await.unwrap();

    let shown: Vec<_> = listed.iter().map(|one| (one.here, one.browser.as_str(), one.system.as_str())).collect();
    assert_eq!(shown[..2], [(true, "Firefox", "Linux"), (false, "Firefox", "Linux")]);
    assert_eq!((listed[0].since, listed[0].address.as_str()), (world.desk.now(), "203.0.113.0"));
    let his = world.desk.session(&first).await.unwrap().session;
    for (who, id) in [(&tomas, his.as_str()), (&ines, "nobody"), (&ines, "a\0b"), (&ines, "' or 1 = 1 --")] {
        assert_eq!(refusal(world.desk.revoke_session(who, id, &here()).await), Refusal::NotYours, "{id}");
    }
    world.desk.revoke_session(&ines, &his, &here()).await.unwrap();
    assert_eq!(ended.try_recv().unwrap().to_string(), desk::session::hash(&first));
    assert_eq!(refusal(world.desk.session(&first).await), Refusal::SignedOut);

    let third = world.signs_in(INES).await;
    world.desk.revoke_other_sessions(&ines, &here()).await.unwrap();
    assert_eq!(refusal(world.desk.session(&third).await), Refusal::SignedOut);
    let left = world.desk.sessions(&ines).await.unwrap();
    assert!(left.len() == 1 && left[0].here, "{left:?}");
    world.desk.session(&world.signs_in(TOMAS).await).await.unwrap();
}

#[tokio::test]
async fn a_session_lasts_as_long_as_the_house_says() {
    let mut world = World::empty().await;
    world.settings.lasts = domain::session::Lasts { idle: Span::minutes(5), life: Span::hours(1) };
    world.restart(Span(0)).await;
    let (left, used) = (world.signs_in(INES).await, world.signs_in(INES).await);

    for _ in 0..15 {
        world.wait(Span::minutes(4)).await;
        world.desk.session(&used).await.unwrap();
    }

    assert_eq!(refusal(world.desk.session(&left).await), Refusal::SignedOut);
    world.wait(Span(1)).await;
    assert_eq!(refusal(world.desk.session(&used).await), Refusal::SignedOut);
}

#[tokio::test]
async fn a_session_of_a_minute_lives_as_long_as_it_is_used() {
    let mut world = World::empty().await;
    world.settings.lasts = domain::session::Lasts { idle: Span::minutes(1), life: Span::hours(1) };
    world.restart(Span(0)).await;
    let used = world.signs_in(INES).await;

    for _ in 0..15 {
        world.wait(Span::secs(20)).await;
        world.desk.session(&used).await.unwrap();
    }

    world.wait(Span::secs(61)).await;
    assert_eq!(refusal(world.desk.session(&used).await), Refusal::SignedOut);
}
