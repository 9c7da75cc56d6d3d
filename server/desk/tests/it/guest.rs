//! The guest of the portal: who comes in by a link, who he is then, and for how long (R66).

use crate::portal::ANA;
use crate::post::{Post, Says};
use crate::world::*;
use domain::application::Answer as FormAnswer;
use domain::identity::part_mail;
use domain::portal::{ANSWERS, Guest, IDLE, LIFE, LINK, LINKS, SESSIONS};
use domain::wire::Open;
use domain::{Act, Refusal, Span};
use sqlx::{AssertSqlSafe, Executor};

impl World {
    /// He asks for a link, and it comes; its secret.
    pub async fn link(&self, post: &mut Post, address: &str) -> String {
        self.asks_for_link(address).await;
        let letter = post.letter().await;
        assert_eq!(letter.to, [address.to_lowercase()]);
        letter.text()
    }

    pub async fn asks_for_link(&self, address: &str) {
        let write = |invitation: &desk::portal::Invitation| ("Tu enlace".into(), invitation.secret.clone());
        self.desk.mail_portal_link(address, write).await.unwrap();
    }

    /// He comes in by mail; his session and who he is.
    pub async fn guest(&self, post: &mut Post, address: &str) -> (String, Guest) {
        let session = self.desk.enter_by_link(&self.link(post, address).await).await.unwrap();
        let guest = self.desk.guest(&session).await.unwrap();
        (session, guest)
    }
}

/// S11.
#[tokio::test]
async fn who_reads_the_mail_of_an_address_comes_in_once_and_within_the_hour() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (first, second) =
        (world.link(&mut post, " Ana@Correo.Example ".trim()).await, world.link(&mut post, ANA).await);

    assert!(world.desk.is_portal_link(&first).await.unwrap());
    let session = world.desk.enter_by_link(&first).await.unwrap();
    let guest = world.desk.guest(&session).await.unwrap();
    world.wait(LINK).await;

    assert_eq!((guest.address.as_deref(), guest.customer.name.as_str()), (Some(ANA), ANA));
    assert_eq!(refusal(world.desk.enter_by_link(&first).await), Refusal::LinkUsed);
    assert!(!world.desk.is_portal_link(&first).await.unwrap() && !world.desk.is_portal_link(&second).await.unwrap());
    assert_eq!(refusal(world.desk.enter_by_link(&second).await), Refusal::LinkUsed, "its hour is over");
    assert_eq!(refusal(world.desk.enter_by_link("0").await), Refusal::LinkUsed);
    let rows = world.desk.tickets_of_guest(&guest, None).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [ticket.id.as_str()]);
    assert_eq!(world.count("select count(*) from addresses").await, 1);
    let kept = format!("select count(*) from portal_links where secret_hash in ('{first}', '{second}')");
    assert_eq!(world.count(&kept).await, 0, "only hashes are kept");
}

#[tokio::test]
async fn an_address_that_nobody_is_known_by_gets_no_letter_and_a_known_one_not_without_end() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.saved_for("ana", ANA).await;

    for stranger in ["eva@correo.example", "ana@otro.example", "ana", "", "a\r\nBcc: x@correo.example"] {
        world.asks_for_link(stranger).await;
    }
    let first = world.link(&mut post, ANA).await;
    for _ in 1..LINKS {
        world.link(&mut post, ANA).await;
    }
    world.asks_for_link(ANA).await;

    assert_eq!(world.count("select count(*) from mails").await, LINKS);
    assert_eq!(world.count("select count(*) from portal_links").await, LINKS);
    // Whoever asked for them in her name has not locked her out: they are hers.
    world.desk.enter_by_link(&first).await.unwrap();
    world.link(&mut post, ANA).await;
    world.asks_for_link(ANA).await;
    assert_eq!(world.count("select count(*) from mails").await, LINKS + 1);
    world.wait(Span(LINK.0 / 2)).await;
    world.link(&mut post, ANA).await;
}

/// Whoever types a name proves nothing of it by reading his own mail.
#[tokio::test]
async fn who_proved_an_address_is_called_by_it_and_is_nobody_whom_a_site_has_signed() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("Belmonte", "m@evil.example").await;
    let (session, mallory) = world.guest(&mut post, "m@evil.example").await;
    let chat = world.id();

    world.desk.call_owner(&mallory, "es", &ticket.id, &chat).await.unwrap();

    let seen = world.chat(&chat).await;
    assert_eq!((seen.customer.name.as_str(), seen.verified), ("m@evil.example", false));
    assert_eq!(part_mail(&seen.attributes).0, Some("m@evil.example"));
    let known = world.desk.customer(world.agent(INES), &mallory.customer.id).await.unwrap();
    assert_eq!((known.verified, known.mail.as_deref()), (false, Some("m@evil.example")));
    // In the frame of his pages he is the same: an application that wants a proof has none.
    let (_, token) = world.sees_the_call(&mallory, &session).await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.sets(|settings| settings.setup.identity_required = true).await;
    let answer = |key: &str, value: &str| FormAnswer { key: key.into(), value: value.into(), ..FormAnswer::default() };
    let answers = vec![answer("name", "Ana Belmonte"), answer("email", ANA)];
    let open = Open { answers, ..world.form("mallory", "returns") };
    world.desk.open_chat(&token, &open).await.unwrap();
    let begun = world.chat(&open.id).await;
    assert_eq!((begun.customer.name.as_str(), begun.verified), ("", false));
    assert_eq!(part_mail(&begun.attributes).0, Some("m@evil.example"));
}

#[tokio::test]
async fn a_page_that_is_only_open_keeps_no_session_alive_and_its_end_ends_the_frame_s_token_by_itself() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (session, ana) = world.guest(&mut post, ANA).await;
    world.desk.call_owner(&ana, "es", &ticket.id, &world.id()).await.unwrap();
    let (_, token) = world.sees_the_call(&ana, &session).await;
    world.desk.visitor(&token).await.unwrap();

    world.wait(IDLE).await;
    world.desk.guest_quietly(&session).await.unwrap();
    world.desk.end_late_sessions().await.unwrap();
    world.desk.visitor(&token).await.unwrap();
    world.wait(Span(1)).await;
    // The browser is closed: nobody comes with that session any more.
    world.desk.end_late_sessions().await.unwrap();

    assert_eq!(refusal(world.desk.visitor(&token).await), Refusal::SignedOut);
    assert_eq!(world.count("select count(*) from portal_sessions").await, 0);
    assert_eq!(refusal(world.desk.guest_quietly(&session).await), Refusal::SignedOut);
}

#[tokio::test]
async fn a_session_that_has_just_ended_gives_its_frame_no_token() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (session, ana) = world.guest(&mut post, ANA).await;
    world.desk.call_owner(&ana, "es", &ticket.id, &world.id()).await.unwrap();
    let visitors = world.count("select count(*) from visitors").await;

    world.desk.leave_portal(&session).await.unwrap();

    assert_eq!(refusal(world.desk.call_of(&ana, &session).await), Refusal::SignedOut);
    assert_eq!(world.count("select count(*) from visitors").await, visitors);
    assert_eq!(world.count("select count(*) from portal_frames").await, 0);
}

#[tokio::test]
async fn who_signs_out_at_one_browser_leaves_the_page_at_another_in_peace() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (phone, ana) = world.guest(&mut post, ANA).await;
    let (laptop, _) = world.guest(&mut post, ANA).await;
    let chat = world.id();
    world.desk.call_owner(&ana, "es", &ticket.id, &chat).await.unwrap();
    world.sees_the_call(&ana, &phone).await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let page = world.waits(&ana, &ticket).await;

    world.desk.leave_portal(&phone).await.unwrap();

    assert_eq!(page.await.unwrap().unwrap(), None, "it asks for itself who he is");
    world.desk.guest(&laptop).await.unwrap();
}

#[tokio::test]
async fn of_very_many_sessions_of_one_guest_the_oldest_end_and_his_answers_have_a_limit() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (first, ana) = world.guest(&mut post, ANA).await;
    for _ in 0..SESSIONS {
        world.clock.advance(Span(1));
        world.guest(&mut post, ANA).await;
    }

    assert_eq!(refusal(world.desk.guest(&first).await), Refusal::SignedOut);
    assert_eq!(world.count("select count(*) from portal_sessions").await, SESSIONS as i64);
    world.desk.answer_ticket(&ana, &ticket.id, &world.id(), "Una").await.unwrap();
    let many = format!("update ticket_guests set answers = {}", ANSWERS - 1);
    world.look().await.execute(AssertSqlSafe(many)).await.unwrap();
    world.desk.answer_ticket(&ana, &ticket.id, &world.id(), "La última").await.unwrap();
    let more = world.desk.answer_ticket(&ana, &ticket.id, &world.id(), "Otra").await;
    assert_eq!(refusal(more), Refusal::Full { limit: ANSWERS as u32 });
    assert_eq!(world.count("select count(*) from ticket_events where body like '%Otra%'").await, 0);
}

/// The letter of a link is none of the alarms, and worth nothing after its hour.
#[tokio::test]
async fn a_letter_that_came_too_late_to_be_sent_is_not_kept() {
    let mut post = Post::open([Says::Busy]).await;
    let mut world = World::with_post(&post).await;
    world.saved_for("ana", ANA).await;
    world.asks_for_link(ANA).await;
    post.refused().await;
    world.until("select count(*) from mails where tries = 1", 1).await;

    world.wait(Span(LINK.0 + 1)).await;

    world.until("select count(*) from mails where due_at is null and sent_at is null and body = ''", 1).await;
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it_and_at_last_anyway() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.saved_for("ana", ANA).await;
    let (left, _) = world.guest(&mut post, ANA).await;
    world.wait(Span(IDLE.0 + 1)).await;
    assert_eq!(refusal(world.desk.guest(&left).await), Refusal::SignedOut);

    let (used, _) = world.guest(&mut post, ANA).await;
    for _ in 0..LIFE.0 / IDLE.0 {
        world.desk.guest(&used).await.unwrap();
        world.wait(IDLE).await;
    }
    world.desk.guest(&used).await.unwrap();
    world.wait(Span(1)).await;

    assert_eq!(refusal(world.desk.guest(&used).await), Refusal::SignedOut);
    assert_eq!(world.count("select count(*) from portal_sessions").await, 0);
}

#[tokio::test]
async fn with_a_session_the_token_of_its_frame_ends() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (session, ana) = world.guest(&mut post, ANA).await;
    world.desk.call_owner(&ana, "es", &ticket.id, &world.id()).await.unwrap();
    let (_, token) = world.sees_the_call(&ana, &session).await;
    let (_, again) = world.sees_the_call(&ana, &session).await;
    let other = world.guest(&mut post, ANA).await.0;
    let (_, elsewhere) = world.sees_the_call(&ana, &other).await;

    world.desk.leave_portal(&session).await.unwrap();

    assert_eq!(token, again, "one page does not forget what another has kept");
    assert_ne!(token, elsewhere);
    assert_eq!(refusal(world.desk.guest(&session).await), Refusal::SignedOut);
    assert_eq!(refusal(world.desk.visitor(&token).await), Refusal::SignedOut);
    world.desk.visitor(&elsewhere).await.unwrap();
    assert_eq!(world.count("select count(*) from portal_frames").await, 1);
}
