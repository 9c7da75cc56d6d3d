//! By which way the customer of a ticket reads what an agent writes on it: by mail, in the portal, or by both (R66).

use crate::portal::texts;
use crate::post::Post;
use crate::world::*;
use desk::Error;
use desk::demo::SHOP_KEY;
use domain::ticket::{Change, Way};
use domain::{Refusal, Span, Status, Ticket, TicketEvent};
use sqlx::{AssertSqlSafe, Executor};

impl World {
    /// Attended by Inés and over; the ticket that she has saved.
    async fn saved_after(&mut self, browser: &str) -> Ticket {
        let chat = self.talks(browser, "returns", INES, "Llegó rota").await;
        let ticket = self.desk.ticket_of_chat(self.agent(INES), &chat).await.unwrap().unwrap();
        self.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap()
    }

    pub async fn replies(&self, ticket: &Ticket, text: &str) -> Result<Ticket, Error> {
        let reply = domain::TicketAct::Reply { text: text.into() };
        self.desk.save_ticket(self.agent(INES), &ticket.id, &self.id(), &reply).await
    }
}

/// R66: he has no address, or mail is not set up, and reads it all the same.
#[tokio::test]
async fn whom_his_site_has_signed_is_answered_in_the_portal_where_no_mail_goes() {
    let mut world = World::open().await;
    let jwt = world.signed_without_address("u1");
    world.shows("ana", &jwt).await.unwrap();
    let session = world.desk.enter_by_identity(SHOP_KEY, &jwt).await.unwrap();
    let ana = world.desk.guest(&session).await.unwrap();
    let hers = world.saved_after("ana").await;
    let typed = world.saved_after("bruno").await;

    let reply = domain::TicketAct::Reply { text: "Te mando otra.".into() };
    let wish = world.id();
    world.desk.save_ticket(world.agent(INES), &hers.id, &wish, &reply).await.unwrap();

    assert_eq!(world.desk.way_of_reply(&hers, &wish).await.unwrap(), Some(Way::Portal));
    assert_eq!(world.desk.way_of_reply(&hers, &world.id()).await.unwrap(), None);
    let sheet = world.sheet(&ana, &hers).await.unwrap();
    assert_eq!(texts(&sheet), ["Llegó rota", "Te mando otra."]);
    let history = world.desk.ticket_history(world.agent(INES), &hers.id).await.unwrap();
    let last = &history.last().unwrap().event;
    assert!(matches!(last, TicketEvent::Replied { to, .. } if to.is_empty()), "{last:?}");
    assert_eq!(world.count("select count(*) from mails").await, 0);
    let reads = async |ticket: &Ticket| world.desk.is_read_in_portal(ticket).await.unwrap();
    assert_eq!((reads(&hers).await, reads(&typed).await), (true, false));
    assert_eq!(refusal(world.replies(&typed, "x").await), Refusal::NotAsked, "what was typed lets nobody in");

    // Her site can say who she is no more.
    world.look().await.execute("update identity_keys set revoked_at = 1").await.unwrap();

    assert!(!reads(&hers).await);
    assert_eq!(refusal(world.replies(&hers, "x").await), Refusal::NotAsked);
}

/// His site proves in its widget who he is, and nothing of it leads to the portal.
#[tokio::test]
async fn whose_site_hands_nobody_over_is_not_answered_in_the_portal() {
    let mut world = World::open().await;
    world.shows("ana", &world.signed_without_address("u1")).await.unwrap();
    let ticket = world.saved_after("ana").await;
    let reads = async || world.desk.is_read_in_portal(&ticket).await.unwrap();

    assert!(!reads().await);
    assert_eq!(refusal(world.replies(&ticket, "Te mando otra.").await), Refusal::NotAsked);

    // Another customer of that site is: it has a form.
    world.desk.enter_by_identity(SHOP_KEY, &world.signed_without_address("u2")).await.unwrap();

    assert!(reads().await);
    world.replies(&ticket, "Te mando otra.").await.unwrap();
}

/// His site learns his address, and he comes in by its mail.
#[tokio::test]
async fn what_stood_in_the_portal_alone_is_there_for_whoever_reads_the_address_that_his_site_has_signed() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let jwt = world.signed_without_address("u1");
    world.shows("ana", &jwt).await.unwrap();
    world.desk.enter_by_identity(SHOP_KEY, &jwt).await.unwrap();
    let ticket = world.saved_after("ana").await;
    world.replies(&ticket, "Te mando otra.").await.unwrap();
    let known = format!("update customers set email = 'u1@shop.example' where id = '{}'", ticket.customer.id);
    world.look().await.execute(AssertSqlSafe(known)).await.unwrap();
    world.changes(INES, &ticket, vec![Change::Subject("Lámpara".into())]).await.unwrap();
    world.until_indexed().await;

    let (_, by_mail) = world.guest(&mut post, "u1@shop.example").await;

    assert_eq!(texts(&world.sheet(&by_mail, &ticket).await.unwrap()), ["Llegó rota", "Te mando otra."]);
}

/// However he reads it, nobody writes to him without end.
#[tokio::test]
async fn a_customer_is_written_to_so_often_a_day_by_both_ways_together() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let jwt = world.signed_without_address("u1");
    world.shows("ana", &jwt).await.unwrap();
    world.desk.enter_by_identity(SHOP_KEY, &jwt).await.unwrap();
    let ticket = world.saved_after("ana").await;
    for _ in 0..15 {
        world.replies(&ticket, "Solo en el portal.").await.unwrap();
    }
    let known = format!("update customers set email = 'u1@shop.example' where id = '{}'", ticket.customer.id);
    world.look().await.execute(AssertSqlSafe(known)).await.unwrap();
    for _ in 0..15 {
        world.replies(&ticket, "Por correo también.").await.unwrap();
    }

    assert_eq!(refusal(world.replies(&ticket, "Una más.").await), Refusal::TooMany { seconds: 86_400 });

    assert_eq!(world.count("select count(*) from mails").await, 15);
    world.wait(Span::hours(25)).await;
    world.replies(&ticket, "Al día siguiente.").await.unwrap();
}

#[tokio::test]
async fn whoever_has_an_address_is_written_to_there_as_well_and_whoever_has_none_reads_it() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.identifies("laptop", "u1").await.unwrap();
    let known = world.saved_after("laptop").await;
    let jwt = world.signed_without_address("u2");
    world.shows("ana", &jwt).await.unwrap();
    let session = world.desk.enter_by_identity(SHOP_KEY, &jwt).await.unwrap();
    let ana = world.desk.guest(&session).await.unwrap();
    let unknown = world.saved_after("ana").await;

    world.replies(&known, "Te mando otra.").await.unwrap();
    world.replies(&unknown, "Y a ti una lámpara.").await.unwrap();

    assert_eq!(post.letter().await.to, ["u1@shop.example"]);
    assert_eq!(world.count("select count(*) from mails").await, 1);
    assert_eq!(texts(&world.sheet(&ana, &unknown).await.unwrap()), ["Llegó rota", "Y a ti una lámpara."]);
    world.until_indexed().await;
    let (_, by_mail) = world.guest(&mut post, "u1@shop.example").await;
    assert_eq!(texts(&world.sheet(&by_mail, &known).await.unwrap()), ["Llegó rota", "Te mando otra."]);
}

/// Without an address of ours no letter leads there; a site still does.
#[tokio::test]
async fn the_portal_is_promised_beside_a_letter_only_where_its_reader_comes_in() {
    let post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let typed = world.saved_for("bruno", "bruno@correo.example").await;
    world.identifies("laptop", "u1").await.unwrap();
    let known = world.saved_after("laptop").await;
    let promised = async |world: &World| {
        let links = world.desk.choices().await.unwrap().links;
        let mut promised = Vec::new();
        for ticket in [&typed, &known] {
            let portal = world.desk.is_read_in_portal(ticket).await.unwrap();
            promised.push(Way::of(true, true, portal).unwrap().is_in_portal(links, portal));
        }
        promised
    };
    assert_eq!(promised(&world).await, [true, true]);

    world.settings.links = false;
    world.restart(Span(0)).await;

    assert_eq!(promised(&world).await, [false, false]);
    world.desk.enter_by_identity(SHOP_KEY, &world.signed_without_address("u2")).await.unwrap();
    assert_eq!(promised(&world).await, [false, true]);
    world.settings.links = true;
    world.settings.office = None;
    world.restart(Span(0)).await;
    assert!(!world.desk.choices().await.unwrap().links, "nothing is mailed at all");
}
