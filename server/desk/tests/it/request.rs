//! What a guest of the portal asks for: a ticket that he opens, about what, and how many (R66).

use crate::portal::{ANA, texts};
use crate::post::Post;
use crate::world::*;
use desk::demo::{CATALOGUE_KEY, PEOPLE, SHOP_KEY, sign};
use domain::portal::{Guest, OPENED, OPENED_WITHIN, Request};
use domain::ticket::{Change, Via};
use domain::trigger::{Action, Condition, Trigger, What as Asks, When};
use domain::wire::Open;
use domain::{Act, Refusal, Span, Status};
use sqlx::Executor;

impl World {
    fn request(&self, topic: &str, subject: &str, text: &str) -> Request {
        let (topic, subject, text) = (topic.into(), subject.into(), text.into());
        Request { id: self.id(), topic, subject, text, lang: "es".into() }
    }

    /// The word of his subject that is of this group.
    async fn topic(&self, guest: &Guest, group: &str) -> String {
        let topics = self.desk.topics_of_guest(guest).await.unwrap();
        topics.iter().find(|topic| topic.group.id == group).unwrap().word()
    }
}

/// R66: a direct ticket (R65), found by "Abierto vía Portal" (R41).
#[tokio::test]
async fn a_guest_opens_a_ticket_which_his_team_has_and_triggers_answer() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.saved_for("ana", ANA).await;
    world.saved_for("bruno", "bruno@correo.example").await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let (_, bruno) = world.guest(&mut post, "bruno@correo.example").await;
    let trigger = Trigger {
        id: world.id(),
        name: "Portal".into(),
        on: true,
        when: When::Begins,
        all: vec![Condition { what: Asks::Via(Via::Portal), is: true }],
        any: Vec::new(),
        actions: vec![Action::AddTags(vec!["portal".into()])],
    };
    world.desk.save_trigger(world.session(MARTA), &world.id(), trigger, None, &here()).await.unwrap();
    let request = world.request(&world.topic(&ana, "returns").await, "Silla coja", "Le falta una pata.");

    let opened = world.desk.open_ticket_of_guest(&ana, request.clone()).await.unwrap();
    let again = world.desk.open_ticket_of_guest(&ana, request.clone()).await.unwrap();
    let stolen = world.desk.open_ticket_of_guest(&bruno, request.clone()).await;
    world.until_indexed().await;

    assert_eq!(again.number, opened.number);
    assert_eq!(refusal(stolen), Refusal::NotYours);
    let ticket = world.desk.ticket(world.agent(INES), &opened.id).await.unwrap();
    assert_eq!((ticket.via, ticket.status, ticket.first_status), (Via::Portal, Status::New, Some(Status::New)));
    assert_eq!(
        (ticket.group.id.as_str(), ticket.owner.clone(), ticket.tags.clone()),
        ("returns", None, vec!["portal".into()])
    );
    assert_eq!(refusal(world.desk.ticket(world.agent(LUCIA), &opened.id).await), Refusal::NotYours);
    assert_eq!(world.count("select count(*) from tickets where via = 'Portal'").await, 1);
    // It is hers at once and in her list; an answer by mail goes to the address that she proved.
    assert_eq!(texts(&world.sheet(&ana, &ticket).await.unwrap()), ["Le falta una pata."]);
    assert_eq!(refusal(world.sheet(&bruno, &ticket).await), Refusal::NotYours);
    assert_eq!(world.desk.tickets_of_guest(&ana, None).await.unwrap().len(), 2);
    assert_eq!(world.desk.address_of_ticket(&ticket).await.unwrap().as_deref(), Some(ANA));
    // What is retired is a subject no more, for who had read it, too.
    world.look().await.execute("update groups set retired = 1 where id = 'returns'").await.unwrap();
    assert!(world.desk.topics_of_guest(&ana).await.unwrap().iter().all(|topic| topic.group.id != "returns"));
    let late = Request { id: world.id(), ..request };
    assert!(world.desk.open_ticket_of_guest(&ana, late).await.is_err());
}

#[tokio::test]
async fn a_guest_opens_no_ticket_elsewhere_nor_without_end_nor_when_he_is_blocked() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let topic = world.topic(&ana, "returns").await;
    let field = |name: &str| name.to_owned();

    for (request, why) in [
        (world.request("nowhere returns", "Silla", "Coja"), Refusal::FieldWrong { field: field("topic") }),
        (world.request(&topic, " ", "Coja"), Refusal::FieldMissing { field: field("subject") }),
        (world.request(&topic, "Silla", "\u{200b}"), Refusal::FieldMissing { field: field("text") }),
        (Request { id: "x".into(), ..world.request(&topic, "Silla", "Coja") }, Refusal::Malformed),
        (world.request(&topic, "Silla\0", "Coja"), Refusal::Malformed),
    ] {
        assert_eq!(refusal(world.desk.open_ticket_of_guest(&ana, request).await), why);
    }
    for _ in 0..OPENED {
        world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await.unwrap();
    }
    let more = world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await;
    assert_eq!(refusal(more), Refusal::Full { limit: OPENED as u32 });
    world.wait(OPENED_WITHIN).await;
    world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await.unwrap();
    world.desk.block(world.agent(MARTA), &ana.customer.id, true, "Insulta", &here()).await.unwrap();
    let blocked = world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await;
    assert_eq!(refusal(blocked), Refusal::Blocked);
}

/// Reading the mail of an address lets nobody begin what was forbidden to whoever wrote from there.
#[tokio::test]
async fn who_was_kept_out_as_nobody_opens_no_ticket_by_his_address() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let topic = world.topic(&ana, "returns").await;
    world.desk.block(world.agent(MARTA), &ticket.customer.id, true, "Insulta", &here()).await.unwrap();

    let blocked = world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await;
    let elsewhere = world.desk.open_ticket_of_guest(&ana, world.request("catalogue choose", "Silla", "Coja")).await;
    let offered = world.desk.topics_of_guest(&ana).await.unwrap();
    // Of somebody else who wrote from there nobody said anything.
    world.saved_for("eva", ANA).await;
    let opened = world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await;

    assert_eq!(refusal(blocked), Refusal::Blocked);
    assert_eq!(refusal(elsewhere), Refusal::FieldWrong { field: "topic".into() });
    assert_eq!(offered, []);
    assert_eq!(opened.unwrap().customer, ana.customer);
}

/// A busy customer of one application is still one of another.
#[tokio::test]
async fn many_newer_tickets_in_one_application_hide_no_other() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let asks_alike = "update applications set fields = (select fields from applications where id = 'shop')";
    world.look().await.execute(asks_alike).await.unwrap();
    let old = Open { key: CATALOGUE_KEY.into(), ..world.form("ana_pc", "choose") };
    world.desk.open_chat(&world.token("ana_pc"), &old).await.unwrap();
    world.comes("ana_pc").await;
    world.does(LUCIA, &old.id, Act::Attend).await.unwrap();
    world.does(LUCIA, &old.id, Act::Close).await.unwrap();
    world.leaves("ana_pc").await;
    let ticket = world.desk.ticket_of_chat(world.agent(LUCIA), &old.id).await.unwrap().unwrap();
    world.changes(LUCIA, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap();
    world.wait(Span::minutes(1)).await;
    world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let topic = world.topic(&ana, "returns").await;
    for _ in 0..OPENED {
        world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await.unwrap();
    }
    world.until_indexed().await;

    let topics = world.desk.topics_of_guest(&ana).await.unwrap();
    world.wait(OPENED_WITHIN).await;
    let there = world.desk.open_ticket_of_guest(&ana, world.request("catalogue choose", "Mesa", "Coja")).await.unwrap();

    let mut houses: Vec<&str> = topics.iter().map(|topic| topic.application.id.as_str()).collect();
    houses.dedup();
    assert_eq!(houses, ["shop", "catalogue"], "the last first");
    assert_eq!((there.application.id.as_str(), there.group.id.as_str()), ("catalogue", "choose"));
}

/// Who may open no more costs no look at his tickets.
#[tokio::test]
async fn how_many_he_has_opened_is_asked_before_what_about() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let topic = world.topic(&ana, "returns").await;
    for _ in 0..OPENED {
        world.desk.open_ticket_of_guest(&ana, world.request(&topic, "Silla", "Coja")).await.unwrap();
    }

    let more = world.desk.open_ticket_of_guest(&ana, world.request("nowhere returns", "Silla", "Coja")).await;

    assert_eq!(refusal(more), Refusal::Full { limit: OPENED as u32 });
}

/// Whom a site has signed may choose among the subjects of that site, though he has no ticket yet.
#[tokio::test]
async fn whom_his_site_has_signed_opens_a_ticket_there() {
    let world = World::open().await;
    let session = world.desk.enter_by_identity(SHOP_KEY, &sign(&PEOPLE[0], world.desk.now())).await.unwrap();
    let ana = world.desk.guest(&session).await.unwrap();
    let nobody = Guest { customer: domain::group::Named { id: "nobody".into(), name: String::new() }, address: None };

    let ticket =
        world.desk.open_ticket_of_guest(&ana, world.request(&world.topic(&ana, "returns").await, "Silla", "Coja"));
    let ticket = ticket.await.unwrap();

    assert_eq!((ticket.customer.clone(), ticket.via), (ana.customer.clone(), Via::Portal));
    assert_eq!(world.desk.tickets_of_guest(&ana, None).await.unwrap().len(), 1);
    assert_eq!(world.desk.topics_of_guest(&nobody).await.unwrap(), []);
    // Her words go with her.
    world.desk.erase_customer(world.agent(MARTA), &ana.customer.id, &here()).await.unwrap();
    assert_eq!(world.count("select count(*) from ticket_events where body like '%Coja%'").await, 0);
}
