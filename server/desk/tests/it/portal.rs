//! The portal: what a guest finds there, answers and is told, and what stays of him when he is erased (R66).

use crate::post::Post;
use crate::world::*;
use desk::Error;
use desk::demo::{PEOPLE, SHOP_KEY, sign};
use domain::application::Answer as FormAnswer;
use domain::portal::{Guest, PAGE, Sheet, What};
use domain::ticket::{Change, NOTE_LIMIT};
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
