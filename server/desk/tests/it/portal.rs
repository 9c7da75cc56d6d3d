//! The portal: who comes in and for how long, what he finds, and what is written and opened there (R66).

use crate::post::{Post, Says};
use crate::world::*;
use desk::Error;
use desk::demo::{CATALOGUE_KEY, PEOPLE, SHOP_KEY, sign};
use domain::application::Answer as FormAnswer;
use domain::identity::part_mail;
use domain::portal::{
    ANSWERS, Guest, IDLE, LIFE, LINK, LINKS, OPENED, OPENED_WITHIN, PAGE, Request, SESSIONS, Sheet, What,
};
use domain::ticket::{Change, NOTE_LIMIT, Via, Way};
use domain::trigger::{Action, Condition, Trigger, What as Asks, When};
use domain::wire::{Down, Open};
use domain::{Act, Refusal, Span, Status, Ticket, TicketEvent};
use sqlx::{AssertSqlSafe, Executor, Row};
use std::time::Duration;

/// How long a page waits.
const WAIT: Duration = Duration::from_secs(30);

pub const ANA: &str = "ana@correo.example";

impl World {
    /// Somebody of this address was attended by Inés, and she saved the ticket.
    pub async fn saved_for(&mut self, name: &str, address: &str) -> Ticket {
        let answer =
            |key: &str, value: &str| FormAnswer { key: key.into(), value: value.into(), ..FormAnswer::default() };
        let answers = vec![answer("name", name), answer("email", address)];
        let open = Open { answers, ..self.form(name, "returns") };
        self.desk.open_chat(&self.token(name), &open).await.unwrap();
        self.comes(name).await;
        self.does(INES, &open.id, Act::Attend).await.unwrap();
        self.says(name, &open.id, &format!("{name} dice: llegó rota")).await;
        self.says(INES, &open.id, "Te mando otra.").await;
        self.does(INES, &open.id, Act::Aside { whisper: false, text: "SECRETO".into() }).await.unwrap();
        self.does(INES, &open.id, Act::Close).await.unwrap();
        self.leaves(name).await;
        let ticket = self.desk.ticket_of_chat(self.agent(INES), &open.id).await.unwrap().unwrap();
        let subject = Change::Subject("Lámpara rota".into());
        let ticket = self.changes(INES, &ticket, vec![subject, Change::Status(Status::Stopped)]).await.unwrap();
        self.until_indexed().await;
        ticket
    }

    /// He asks for a link, and it comes; its secret.
    pub async fn link(&self, post: &mut Post, address: &str) -> String {
        self.asks_for_link(address).await;
        let letter = post.letter().await;
        assert_eq!(letter.to, [address.to_lowercase()]);
        letter.text()
    }

    async fn asks_for_link(&self, address: &str) {
        let write = |invitation: &desk::portal::Invitation| ("Tu enlace".into(), invitation.secret.clone());
        self.desk.mail_portal_link(address, write).await.unwrap();
    }

    /// He comes in by mail; his session and who he is.
    pub async fn guest(&self, post: &mut Post, address: &str) -> (String, Guest) {
        let session = self.desk.enter_by_link(&self.link(post, address).await).await.unwrap();
        let guest = self.desk.guest(&session).await.unwrap();
        (session, guest)
    }

    pub async fn sheet(&self, guest: &Guest, ticket: &Ticket) -> Result<Sheet, Error> {
        self.desk.ticket_of_guest(guest, &ticket.id).await
    }

    /// The frame in a page of his opens, with the token that it was given: from then on it is a browser of his.
    pub async fn sees_the_call(&self, guest: &Guest, session: &str) -> (String, String) {
        let call = self.desk.call_of(guest, session).await.unwrap().expect("one runs");
        (call.chat, call.token)
    }
}

pub fn texts(sheet: &Sheet) -> Vec<&str> {
    sheet
        .lines
        .iter()
        .filter_map(|line| match &line.what {
            What::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
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

/// Who may read follows what the site says now, and not what it said when the ticket changed last.
#[tokio::test]
async fn with_the_address_that_a_site_signs_its_reader_changes() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.identifies("laptop", "ana").await.unwrap();
    let chat = world.talks("laptop", "returns", INES, "Soy yo").await;
    let hers = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let hers = world.changes(INES, &hers, vec![Change::Status(Status::Stopped)]).await.unwrap();
    world.until_indexed().await;
    let (_, old) = world.guest(&mut post, "ana@shop.example").await;
    assert!(world.sheet(&old, &hers).await.is_ok());

    world.desk.enter_by_identity(SHOP_KEY, &sign(&PEOPLE[0], world.desk.now())).await.unwrap();

    assert_eq!(refusal(world.sheet(&old, &hers).await), Refusal::NotYours);
    assert_eq!(world.desk.tickets_of_guest(&old, None).await.unwrap(), []);
    assert_eq!(refusal(world.desk.call_owner(&old, "es", &hers.id, &world.id()).await), Refusal::NotYours);
    world.until_indexed().await;
    world.asks_for_link("ana@shop.example").await;
    let (_, new) = world.guest(&mut post, PEOPLE[0].email).await;
    assert_eq!(world.desk.tickets_of_guest(&new, None).await.unwrap().len(), 1);
}

/// On one browser two people are one customer to us.
#[tokio::test]
async fn what_another_said_at_the_same_browser_is_not_in_his_ticket() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let hers = world.saved_for("shop_pc", ANA).await;
    let eva = world.saved_for("shop_pc", "eva@correo.example").await;
    assert_eq!(hers.customer.id, eva.customer.id);
    let (_, ana) = world.guest(&mut post, ANA).await;
    let before = world.sheet(&ana, &hers).await.unwrap().lines.len();

    let merge = domain::TicketAct::Merge { number: hers.number };
    world.desk.save_ticket(world.agent(INES), &eva.id, &world.id(), &merge).await.unwrap();

    let history = world.desk.ticket_history(world.agent(INES), &hers.id).await.unwrap();
    assert!(history.iter().any(|entry| matches!(entry.event, TicketEvent::TookIn { .. })));
    assert_eq!(world.sheet(&ana, &hers).await.unwrap().lines.len(), before);
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

#[tokio::test]
async fn a_file_of_his_ticket_opens_for_him_whenever_he_asks_and_for_nobody_else() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let (hers, his) = (world.saved_for("ana", ANA).await, world.saved_for("bruno", "bruno@correo.example").await);
    let (_, ana) = world.guest(&mut post, ANA).await;
    let (_, bruno) = world.guest(&mut post, "bruno@correo.example").await;
    let chat = world.id();
    world.desk.call_owner(&ana, "es", &hers.id, &chat).await.unwrap();
    let told = world.sends(INES, &chat, "factura.txt", "hola").await.unwrap();
    let found = told.iter().find_map(|told| match &told.event {
        domain::Event::Attached { file, .. } => Some(file.id.clone()),
        _ => None,
    });
    let file = found.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();

    let pass = world.desk.pass_of_guest(&ana, &hers.id, &file).await.unwrap();

    assert!(!pass.is_empty());
    for (who, ticket, file) in [
        (&bruno, &hers.id, file.as_str()),
        (&bruno, &his.id, file.as_str()),
        (&ana, &his.id, file.as_str()),
        (&ana, &hers.id, "nowhere"),
        (&ana, &hers.id, "\0"),
    ] {
        assert_eq!(refusal(world.desk.pass_of_guest(who, ticket, file).await), Refusal::NotYours);
    }
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

/// S82: what a guest wrote is his, wherever the ticket is by now.
#[tokio::test]
async fn a_guest_s_words_are_his_in_a_ticket_that_is_at_his_address_no_more() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    world.identifies("laptop", "ana").await.unwrap();
    let chat = world.talks("laptop", "returns", INES, "Soy yo").await;
    let hers = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let hers = world.changes(INES, &hers, vec![Change::Status(Status::Stopped)]).await.unwrap();
    world.until_indexed().await;
    let (_, guest) = world.guest(&mut post, "ana@shop.example").await;
    world.desk.answer_ticket(&guest, &hers.id, &world.id(), "Escribe zanahoria.").await.unwrap();
    world.desk.enter_by_identity(SHOP_KEY, &sign(&PEOPLE[0], world.desk.now())).await.unwrap();
    world.until_indexed().await;
    let marta = world.agent(MARTA).clone();

    let his = world.desk.export_customer(&marta, &guest.customer.id, &here()).await.unwrap();
    world.desk.erase_customer(&marta, &guest.customer.id, &here()).await.unwrap();
    world.until_indexed().await;

    assert!(his.contains("Escribe zanahoria.") && !his.contains("Soy yo"), "{his}");
    assert_eq!(world.count("select count(*) from ticket_events where body like '%zanahoria%'").await, 0);
    assert_eq!(world.count("select count(*) from ticket_guests").await, 0);
    assert_eq!(world.count("select count(*) from events where body like '%Soy yo%'").await, 1, "hers stay");
}

/// S82: as after an upgrade, when all tickets wait to be indexed.
#[tokio::test]
async fn what_waits_to_be_indexed_is_found_at_its_address_however_that_was_typed() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    // Whoever sat at the same browser first gave another address.
    world.saved_for("ana", "bea@correo.example").await;
    world.saved_for("ana", "Ana@Correo.Example").await;
    world.saved_for("bruno", "bruno@correo.example").await;
    let message = |text: &str, address: &str| {
        let mut message = world.message("otra", text);
        for answer in message.open.answers.iter_mut().filter(|answer| answer.key == "email") {
            answer.value = address.into();
        }
        message
    };
    let (of_another, hers) =
        (message("De otra persona.", "carla@correo.example"), message("Y falta una pata.", "ANA@correo.example"));
    for message in [of_another, hers] {
        world.desk.leave_message(&world.token("otra"), &message).await.unwrap();
    }
    world.until_indexed().await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let pool = world.look().await;
    for sql in
        ["delete from ticket_addresses", "insert into tickets_to_index (ticket_id, seq) select id, seq from tickets"]
    {
        pool.execute(sql).await.unwrap();
    }

    let hers = world.desk.export_customer(world.agent(MARTA), &ana.customer.id, &here()).await.unwrap();

    assert!(hers.contains("ana dice: llegó rota") && hers.contains("Y falta una pata."), "{hers}");
    assert!(!hers.contains("bruno dice") && !hers.contains("De otra persona."), "{hers}");

    // Of what waits for its words alone the row would be there: nobody looks through all of them.
    pool.execute("update tickets_to_index set seq = -1").await.unwrap();
    let hers = world.desk.export_customer(world.agent(MARTA), &ana.customer.id, &here()).await.unwrap();
    assert!(!hers.contains("ana dice: llegó rota"), "{hers}");
}

/// Somebody typed her address and is erased; what she does there is hers.
#[tokio::test]
async fn who_speaks_at_an_address_is_not_erased_with_whoever_typed_it() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let typed = world.saved_for("impostor", ANA).await;
    let (session, ana) = world.guest(&mut post, ANA).await;
    world.desk.call_owner(&ana, "es", &typed.id, &world.id()).await.unwrap();
    let (first, token) = world.sees_the_call(&ana, &session).await;
    world.does(INES, &first, Act::Close).await.unwrap();
    let hers = Open { ..world.form("ana", "returns") };
    world.desk.open_chat(&token, &hers).await.unwrap();
    let marta = world.agent(MARTA).clone();

    let running = world.desk.erase_customer(&marta, &typed.customer.id, &here()).await;
    assert_eq!(refusal(running), Refusal::StillRunning);
    let caller = desk::Caller::Visitor(world.desk.visitor(&token).await.unwrap());
    let ear = world.desk.listen(&caller).await.unwrap();
    world.does(INES, &hers.id, Act::Attend).await.unwrap();
    let wish = domain::event::Wish { id: world.id(), act: Act::Post { text: "Soy Ana.".into() } };
    world.desk.act(&caller, &hers.id, &wish).await.unwrap();
    world.does(INES, &hers.id, Act::Close).await.unwrap();
    drop(ear);
    // Her ticket waits to be saved, and perhaps to be indexed.
    world.desk.erase_customer(&marta, &typed.customer.id, &here()).await.unwrap();

    world.desk.guest(&session).await.unwrap();
    assert_eq!(world.count("select count(*) from events where body like '%Soy Ana.%'").await, 1);
    assert_eq!(world.count("select count(*) from addresses").await, 1);
    // And with her it goes, saved or not.
    world.desk.erase_customer(&marta, &ana.customer.id, &here()).await.unwrap();
    assert_eq!(world.count("select count(*) from events where body like '%Soy Ana.%'").await, 0);
}

#[tokio::test]
async fn he_finds_what_was_said_to_him_and_by_him_and_nobody_else_finds_it() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let (hers, his) = (world.saved_for("ana", ANA).await, world.saved_for("bruno", "bruno@correo.example").await);
    let note = domain::TicketAct::Save { changes: vec![], note: "SECRETO".into() };
    world.desk.save_ticket(world.agent(INES), &hers.id, &world.id(), &note).await.unwrap();
    let mail = domain::TicketAct::Reply { text: "Sale mañana.".into() };
    world.desk.save_ticket(world.agent(INES), &hers.id, &world.id(), &mail).await.unwrap();
    post.letter().await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let (_, bruno) = world.guest(&mut post, "bruno@correo.example").await;

    let sheet = world.sheet(&ana, &hers).await.unwrap();

    assert_eq!(texts(&sheet), ["ana dice: llegó rota", "Te mando otra.", "Sale mañana."]);
    assert!(!format!("{sheet:?}").contains("SECRETO"));
    assert_eq!((sheet.row.status, sheet.may_answer), (Status::Stopped, true));
    for (who, ticket) in [(&ana, &his), (&bruno, &hers)] {
        assert_eq!(refusal(world.sheet(who, ticket).await), Refusal::NotYours);
        assert_eq!(refusal(world.desk.answer_ticket(who, &ticket.id, &world.id(), "x").await), Refusal::NotYours);
        assert_eq!(refusal(world.desk.call_owner(who, "es", &ticket.id, &world.id()).await), Refusal::NotYours);
    }
    assert_eq!(refusal(world.desk.ticket_of_guest(&ana, "nowhere").await), Refusal::NotYours);
    assert_eq!(world.desk.tickets_of_guest(&bruno, None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_long_list_is_read_page_by_page() {
    let mut post = Post::open([]).await;
    let world = World::with_post(&post).await;
    for _ in 0..PAGE + 1 {
        world.clock.advance(Span::secs(1));
        let message = world.message("ana", "Llegó rota");
        world.desk.leave_message(&world.token("ana"), &message).await.unwrap();
    }
    world.until_indexed().await;
    let (_, ana) = world.guest(&mut post, ANA).await;

    let first = world.desk.tickets_of_guest(&ana, None).await.unwrap();
    let last = first.last().unwrap();
    let before = domain::customer::Earlier { at: last.changed_at, id: last.id.clone() };
    let second = world.desk.tickets_of_guest(&ana, Some(before)).await.unwrap();

    assert_eq!((first.len(), second.len()), (PAGE, 1));
    assert!(first[0].changed_at > second[0].changed_at);
}

#[tokio::test]
async fn an_answer_sent_twice_is_one_wakes_its_ticket_and_is_told_to_the_team() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let wish = world.id();

    for _ in 0..2 {
        world.desk.answer_ticket(&ana, &ticket.id, &wish, "Sigue rota.").await.unwrap();
    }

    let heard = world
        .hears_next(TOMAS, |down| match down {
            Down::Ticket(now) if now.id == ticket.id && now.status == Status::InAttendance => Some(now.seq),
            _ => None,
        })
        .await;
    let history = world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap();
    let answers = history.iter().filter(|entry| matches!(entry.event, TicketEvent::Answered { .. })).count();
    assert_eq!((answers, heard), (1, history.last().unwrap().seq));
    assert_eq!(texts(&world.sheet(&ana, &ticket).await.unwrap()).last(), Some(&"Sigue rota."));
    let answer = async |text: &str| world.desk.answer_ticket(&ana, &ticket.id, &world.id(), text).await;
    assert_eq!(refusal(answer(" ").await), Refusal::Empty);
    assert_eq!(refusal(answer(&"a".repeat(NOTE_LIMIT + 1)).await), Refusal::TooLong { limit: NOTE_LIMIT as u32 });
    assert_eq!(refusal(world.desk.answer_ticket(&ana, &ticket.id, "x", "x").await), Refusal::Malformed);
    world.changes(INES, &ticket, vec![Change::Status(Status::Closed)]).await.unwrap();
    assert_eq!(refusal(answer("¿Hola?").await), Refusal::TooLate);
}

#[tokio::test]
async fn an_open_page_of_a_ticket_hears_what_is_said_to_its_customer_and_nothing_that_the_team_says_among_itself() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let anothers = world.saved_for("bruno", "bruno@correo.example").await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    let (desk, reader) = (world.desk.clone(), ana.clone());
    let after = |ticket: &Ticket, mark: String, most: Duration| {
        let (desk, ana, id) = (desk.clone(), reader.clone(), ticket.id.clone());
        async move { desk.ticket_of_guest_after(&ana, &id, &mark, most).await }
    };
    let mark = world.sheet(&ana, &ticket).await.unwrap().mark();
    let note = domain::TicketAct::Save { changes: Vec::new(), note: "SECRETO".into() };
    world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &note).await.unwrap();
    assert_eq!(after(&ticket, mark.clone(), Duration::ZERO).await.unwrap(), None);

    let listened = world.desk.listeners();
    let page = tokio::spawn(after(&ticket, mark.clone(), WAIT));
    let until = std::time::Instant::now() + Duration::from_secs(20);
    while world.desk.listeners() == listened {
        assert!(std::time::Instant::now() < until, "his page does not wait");
        tokio::task::yield_now().await;
    }
    world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &note).await.unwrap();
    world.replies(&ticket, "Sale mañana.").await.unwrap();
    let heard = page.await.unwrap().unwrap().expect("it was answered");
    world.changes(INES, &ticket, vec![Change::Status(Status::Resolved)]).await.unwrap();
    let changed = after(&ticket, heard.mark(), Duration::ZERO).await.unwrap().expect("it is resolved");

    assert_eq!(texts(&heard).last(), Some(&"Sale mañana."));
    assert_eq!((heard.row.status, changed.row.status), (Status::Stopped, Status::Resolved));
    assert_eq!(after(&ticket, changed.mark(), Duration::ZERO).await.unwrap(), None);
    assert_eq!(refusal(after(&anothers, mark, Duration::ZERO).await), Refusal::NotYours);
    assert_eq!(world.desk.listeners(), listened, "whoever was answered listens no more");
}

#[tokio::test]
async fn whoever_is_blocked_reads_on_and_begins_nothing() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("ana", ANA).await;
    let (_, ana) = world.guest(&mut post, ANA).await;
    // Himself, or whoever began the ticket at his address.
    for blocked in [&ana.customer.id, &ticket.customer.id] {
        let block = format!("update customers set blocked_at = case when id = '{blocked}' then 1 end");
        world.look().await.execute(AssertSqlSafe(block)).await.unwrap();

        assert!(world.sheet(&ana, &ticket).await.is_ok());
        assert_eq!(refusal(world.desk.answer_ticket(&ana, &ticket.id, &world.id(), "x").await), Refusal::Blocked);
        assert_eq!(refusal(world.desk.call_owner(&ana, "es", &ticket.id, &world.id()).await), Refusal::Blocked);
    }
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

#[tokio::test]
async fn whom_his_site_has_signed_finds_the_tickets_of_that_person_and_no_address_s() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let typed = world.saved_for("ana", ANA).await;
    let jwt = sign(&PEOPLE[0], world.desk.now());
    let session = world.desk.enter_by_identity(SHOP_KEY, &jwt).await.unwrap();
    let ana = world.desk.guest(&session).await.unwrap();

    assert_eq!((ana.customer.name.as_str(), ana.address.as_deref()), ("Ana Belmonte", None));
    assert_eq!(world.desk.tickets_of_guest(&ana, None).await.unwrap(), []);
    assert_eq!(refusal(world.sheet(&ana, &typed).await), Refusal::NotYours);
    // The same person in the shop's own widget.
    world.identifies("laptop", "ana").await.unwrap();
    let chat = world.talks("laptop", "returns", INES, "Soy yo").await;
    let hers = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!(world.desk.tickets_of_guest(&ana, None).await.unwrap(), [], "it waits to be saved");
    let hers = world.changes(INES, &hers, vec![Change::Status(Status::Stopped)]).await.unwrap();
    let rows = world.desk.tickets_of_guest(&ana, None).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [hers.id.as_str()]);
    // Whoever reads the mail of the address for which the site vouches finds it, too.
    world.until_indexed().await;
    let (_, by_mail) = world.guest(&mut post, "ana@shop.example").await;
    assert!(world.sheet(&by_mail, &hers).await.is_ok());
    for forged in ["", "x.y.z", &jwt[..jwt.len() - 1]] {
        assert_eq!(refusal(world.desk.enter_by_identity(SHOP_KEY, forged).await), Refusal::IdentityRefused);
    }
    assert_eq!(world.count("select count(*) from portal_frames").await, 0);
}

impl World {
    /// Attended by Inés and over; the ticket that she has saved.
    async fn saved_after(&mut self, browser: &str) -> Ticket {
        let chat = self.talks(browser, "returns", INES, "Llegó rota").await;
        let ticket = self.desk.ticket_of_chat(self.agent(INES), &chat).await.unwrap().unwrap();
        self.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap()
    }

    async fn replies(&self, ticket: &Ticket, text: &str) -> Result<Ticket, Error> {
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

#[tokio::test]
async fn whoever_is_erased_is_nobody_in_the_portal_either_and_took_it_along_before() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("zanahoria", "zanahoria@correo.example").await;
    let (session, guest) = world.guest(&mut post, "zanahoria@correo.example").await;
    world.desk.answer_ticket(&guest, &ticket.id, &world.id(), "Sigue zanahoria.").await.unwrap();
    let chat = world.id();
    world.desk.call_owner(&guest, "es", &ticket.id, &chat).await.unwrap();
    world.says(INES, &chat, "Hola, zanahoria.").await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.link(&mut post, "zanahoria@correo.example").await;
    let marta = world.agent(MARTA).clone();

    let mine = world.desk.export_customer(&marta, &guest.customer.id, &here()).await.unwrap();
    world.desk.erase_customer(&marta, &ticket.customer.id, &here()).await.unwrap();

    for word in ["Sigue zanahoria.", "Hola, zanahoria.", "zanahoria dice: llegó rota", "\"sessions\"", "used_at"] {
        assert!(mine.contains(word), "{word} is not in {mine}");
    }
    assert_eq!(refusal(world.desk.guest(&session).await), Refusal::SignedOut);
    for (table, column) in [
        ("customers", "name || email"),
        ("addresses", "address"),
        ("ticket_addresses", "address"),
        ("portal_links", "address"),
        ("mails", "recipient || body"),
        ("tickets", "state"),
        ("ticket_events", "body"),
        ("chats", "state"),
        ("events", "body"),
    ] {
        let found = format!("select count(*) from {table} where {column} like '%zanahoria%'");
        assert_eq!(world.count(&found).await, 0, "{table}");
    }
    assert_eq!(world.count("select count(*) from portal_sessions").await, 0);
}

#[tokio::test]
async fn who_asks_to_be_erased_by_his_address_is_erased_wherever_it_stands() {
    let mut post = Post::open([]).await;
    let mut world = World::with_post(&post).await;
    let ticket = world.saved_for("zanahoria", "zanahoria@correo.example").await;
    let (_, guest) = world.guest(&mut post, "zanahoria@correo.example").await;
    let marta = world.agent(MARTA).clone();
    // He is found by a conversation of his.
    let chat = world.id();
    world.desk.call_owner(&guest, "es", &ticket.id, &chat).await.unwrap();
    world.does(INES, &chat, Act::Close).await.unwrap();

    world.desk.erase_customer(&marta, &guest.customer.id, &here()).await.unwrap();

    let row = world.look().await.fetch_one("select state from tickets").await.unwrap();
    assert!(!row.get::<String, _>(0).contains("zanahoria"));
    assert_eq!(world.count("select count(*) from events where body like '%zanahoria%'").await, 0);
    assert_eq!(world.count("select count(*) from addresses").await, 0);
}

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
    world.desk.save_trigger(world.agent(MARTA), &world.id(), trigger, None, &here()).await.unwrap();
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
