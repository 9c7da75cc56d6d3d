//! What follows the end, at the doors: the rating, the conversation to take along, and the mail.

use crate::client::{get, post};
use crate::world::{Customer, INES, World, new_id, new_token, wish, words};
use domain::rating::Score;
use domain::wire::{AskMail, Down, Page, Read, Up};
use domain::{Act, Event, Refusal};
use serde_json::json;

/// A customer whom Inés has attended; her session.
async fn attended(world: &World) -> (Customer<'_>, String) {
    let (session, console) = world.agent(INES).await;
    let ana = world.customer().await;
    world.ask(act(world, &session, &ana.chat, Act::Attend)).await.ok::<Page>();
    drop(console);
    (ana, session)
}

fn act(world: &World, session: &str, chat: &str, act: Act) -> crate::client::Ask {
    world.function("chat/act", session, &json!({ "chat": chat, "wish": wish(act) }))
}

fn transcript(chat: &str, token: &str, ahead: &str) -> crate::client::Ask {
    get(format!("/w/v1/chats/{chat}/transcript?ahead={ahead}")).bearer(token)
}

fn mail(chat: &str, token: &str) -> crate::client::Ask {
    post(format!("/w/v1/chats/{chat}/mails")).bearer(token).postcard(&AskMail { id: new_id(), ahead: 60 })
}

/// S12, S26, S27.
#[tokio::test]
async fn a_transcript_is_for_its_customer_and_holds_nothing_of_staff() {
    let world = World::new().await;
    let (ana, session) = attended(&world).await;
    ana.wish(words("<b>{{7*7}}</b> file:///etc/passwd")).await.ok::<Page>();
    world
        .ask(act(&world, &session, &ana.chat, Act::Aside { whisper: false, text: "SECRETO".into() }))
        .await
        .ok::<Page>();
    let bruno = world.customer().await;

    let mine: String = world.ask(transcript(&ana.chat, &ana.token, "-180")).await.ok();
    let his = world.ask(transcript(&ana.chat, &bruno.token, "0")).await;

    assert!(mine.contains("\n    <b>{{7*7}}</b> file:///etc/passwd\n") && mine.contains("UTC-03:00"), "{mine}");
    assert!(!mine.contains("SECRETO"), "{mine}");
    his.refused(404, Refusal::NotYours);
    world.ask(transcript(&ana.chat, &new_token(), "0")).await.refused(401, Refusal::SignedOut);
    for odd in ["x", "1e9", "99999999999", "[]", "null"] {
        world.ask(transcript(&ana.chat, &ana.token, odd)).await.refused(400, Refusal::Malformed);
    }
}

#[tokio::test]
async fn a_rating_passes_the_door_of_acts_and_nothing_else_does_after_the_end() {
    let world = World::new().await;
    let (ana, _) = attended(&world).await;
    let rate = |score| Act::Rate { score, comment: "Muy amable.".into() };

    ana.wish(rate(Score::Stars(4))).await.refused(409, Refusal::NotEnded);
    ana.wish(Act::Close).await.ok::<Page>();
    ana.wish(rate(Score::Stars(200))).await.refused(400, Refusal::Malformed);
    let told = ana.wish(rate(Score::Stars(4))).await.ok::<Page>().told;
    ana.wish(words("y otra cosa")).await.refused(409, Refusal::Ended);

    assert!(matches!(told[0].event, Event::Rated(_)));
    for body in [r#"{"id":"0123456789abcdef","act":{"Rate":{"score":{"Stars":"5"},"comment":""}}}"#, "{}"] {
        let odd = post(ana.acts()).bearer(&ana.token).body("application/json", body);
        world.ask(odd).await.refused(400, Refusal::Malformed);
    }
}

/// R38 of quality.md: nobody takes the mail here, and nobody waits for it.
#[tokio::test]
async fn mail_is_kept_at_once_to_the_address_of_the_form_and_seldom() {
    let world = World::with(&["--smtp", "smtp://127.0.0.1:1", "--mail-from", "hola@casa.example"]).await;
    let (ana, _) = attended(&world).await;
    let bruno = world.customer().await;

    world.ask(mail(&ana.chat, &ana.token)).await.refused(409, Refusal::NotEnded);
    ana.wish(Act::Close).await.ok::<Page>();
    let to: String = world.ask(mail(&ana.chat, &ana.token)).await.ok();
    world.ask(mail(&ana.chat, &bruno.token)).await.refused(404, Refusal::NotYours);
    for _ in 1..desk::mail::CHAT_LIMIT {
        world.ask(mail(&ana.chat, &ana.token)).await.ok::<String>();
    }
    let full = Refusal::Full { limit: desk::mail::CHAT_LIMIT as u32 };
    world.ask(mail(&ana.chat, &ana.token)).await.refused(409, full);
    let mut last = 0;
    for _ in 0..10 {
        last = world.ask(mail(&ana.chat, &ana.token)).await.status.as_u16();
    }

    assert_eq!((to.as_str(), last), ("ana@correo.example", 429));
}

#[tokio::test]
async fn a_socket_says_how_far_it_has_read_and_hears_how_far_the_other_side_has() {
    let world = World::new().await;
    let (session, mut console) = world.agent(INES).await;
    let ana = world.customer().await;
    let mut widget = world.widget_socket(&ana.token).await;
    world.ask(act(&world, &session, &ana.chat, Act::Attend)).await.ok::<Page>();
    let read = |down| if let Down::Read(read) = down { Some(read) } else { None };

    widget.say(&Up::Read { chat: ana.chat.clone(), seq: 2 }).await;
    let heard = console.until(read).await;
    console.say(&Up::Read { chat: ana.chat.clone(), seq: 1 }).await;
    let both = Read { chat: ana.chat.clone(), customer: 2, agents: 1 };

    assert_eq!(heard, Read { chat: ana.chat.clone(), customer: 2, agents: 0 });
    assert_eq!(widget.until(|down| read(down).filter(|read| read.agents > 0)).await, both);
}
