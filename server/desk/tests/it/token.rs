//! Tokens of the API, and what is done with them: on either database.

use crate::post::Post;
use crate::world::*;
use desk::api::ChatFilter;
use desk::token::Tokens;
use domain::audit::{By, Filter, Kind};
use domain::knowledge::{Edit, Version};
use domain::ticket::{Change, Via};
use domain::token::{Bearer, Client, LIMIT, Made, New, Opening, Scope};
use domain::{Act, Refusal, Span, Status, TicketAct, TicketEvent};
use sqlx::Executor;

impl World {
    fn wanted(&self, name: &str, until: &str) -> New {
        let scopes = vec![Scope::ReadTickets, Scope::WriteTickets];
        New { id: self.id(), name: name.into(), scopes, until: until.into() }
    }

    async fn makes_token(&self, who: &str, new: &New) -> Result<Made, desk::Error> {
        self.desk.make_token(&self.signed(who).await, new, &here()).await
    }

    /// It is written down by nobody who waits for it.
    async fn until_used(&self, tokens: i64) {
        self.until("select count(*) from api_tokens where used_at is not null", tokens).await;
    }

    pub async fn bearer(&self) -> Bearer {
        let made = self.makes_token(MARTA, &self.wanted("ERP", "")).await.unwrap();
        self.desk.bearer(&made.secret).await.unwrap()
    }

    pub fn opening(&self, id: &str, client: Client) -> Opening {
        let changes = vec![Change::Subject("Silla coja".into()), Change::Tag("erp".into())];
        let (group, note) = ("returns".into(), "Pedido 12".into());
        Opening { id: id.into(), group, application: Some("shop".into()), client, changes, note }
    }
}

fn ana() -> Client {
    Client::New { name: "Ana".into(), email: "Ana@Correo.example".into() }
}

#[tokio::test]
async fn a_token_opens_until_it_is_revoked_and_its_secret_is_kept_nowhere() {
    let world = World::open().await;
    let made = world.makes_token(MARTA, &world.wanted("ERP", "")).await.unwrap();

    let bearer = world.desk.bearer(&made.secret).await.unwrap();
    assert_eq!(
        (bearer.token.name.as_str(), bearer.may(Scope::ReadTickets), bearer.may(Scope::ReadChats)),
        ("ERP", true, false)
    );
    assert_eq!(bearer.agent.face.name, "API · ERP");
    world.until_used(1).await;
    let line = world.desk.tokens(world.agent(MARTA)).await.unwrap().remove(0);
    assert!(made.secret.starts_with(&line.prefix) && line.prefix.len() < made.secret.len() / 3);
    assert_eq!((line.used_at, line.by.map(|by| by.name)), (Some(world.clock.now()), Some("Marta Ortiz".into())));
    let kept =
        format!("select count(*) from api_tokens where hash = '{0}' or name = '{0}' or prefix = '{0}'", made.secret);
    assert_eq!(world.count(&kept).await, 0);
    assert_eq!(refusal(world.desk.bearer("recado_0").await), Refusal::SignedOut);

    world.desk.revoke_token(&world.signed(MARTA).await, &line.id, &here()).await.unwrap();
    let again = world.desk.revoke_token(&world.signed(MARTA).await, &line.id, &here()).await.unwrap();
    assert_eq!(refusal(world.desk.bearer(&made.secret).await), Refusal::SignedOut);
    assert!(again[0].revoked_at.is_some());
    let log = |kind: &str| format!("select count(*) from audit where kind = '{kind}' and about = '{}'", line.prefix);
    assert_eq!((world.count(&log("token-made")).await, world.count(&log("token-revoked")).await), (1, 1));
}

#[tokio::test]
async fn a_token_ends_with_its_last_day() {
    let world = World::open().await;
    let made = world.makes_token(MARTA, &world.wanted("ERP", "2026-11-23")).await.unwrap();
    let end = made.line.expires_at.unwrap();

    world.clock.advance(Span((end - world.clock.now()).0 - 1));
    world.desk.bearer(&made.secret).await.unwrap();
    world.clock.advance(Span(1));

    assert_eq!(refusal(world.desk.bearer(&made.secret).await), Refusal::SignedOut);
    for odd in ["2026-11-22", "2026-13-01", "mañana"] {
        let why = refusal(world.makes_token(MARTA, &world.wanted("ERP", odd)).await);
        assert_eq!(why, Refusal::FieldWrong { field: "until".into() }, "{odd}");
    }
}

#[tokio::test]
async fn only_who_administers_the_system_makes_lists_and_revokes_tokens() {
    let world = World::open().await;
    let made = world.makes_token(MARTA, &world.wanted("ERP", "")).await.unwrap();

    for who in [INES, TOMAS] {
        assert_eq!(refusal(world.makes_token(who, &world.wanted("x", "")).await), Refusal::OnlyAdministrators);
        assert_eq!(refusal(world.desk.tokens(world.agent(who)).await), Refusal::OnlyAdministrators);
        let revoked = world.desk.revoke_token(&world.signed(who).await, &made.line.id, &here()).await;
        assert_eq!(refusal(revoked), Refusal::OnlyAdministrators);
    }
    world.desk.bearer(&made.secret).await.unwrap();
}

#[tokio::test]
async fn whoever_did_not_hear_the_secret_asks_again_and_one_that_is_used_stays() {
    let world = World::open().await;
    let wanted = world.wanted("ERP", "");

    let lost = world.makes_token(MARTA, &wanted).await.unwrap();
    let heard = world.makes_token(MARTA, &wanted).await.unwrap();
    assert_eq!(refusal(world.desk.bearer(&lost.secret).await), Refusal::SignedOut);
    world.desk.bearer(&heard.secret).await.unwrap();
    world.until_used(1).await;

    assert_eq!(refusal(world.makes_token(MARTA, &wanted).await), Refusal::TooLate);
    assert_eq!(world.desk.tokens(world.agent(MARTA)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn there_are_no_more_than_anybody_can_look_after() {
    let world = World::open().await;
    let tokens = Tokens::open(&world.settings.database).await.unwrap();
    let first = tokens.make(&world.wanted("0", ""), world.clock.now()).await.unwrap();
    for n in 1..LIMIT {
        tokens.make(&world.wanted(&n.to_string(), ""), world.clock.now()).await.unwrap();
    }

    let why = refusal(world.makes_token(MARTA, &world.wanted("x", "")).await);
    assert_eq!(why, Refusal::Full { limit: LIMIT as u32 });
    // One that is revoked on the command line makes room, and opens nothing in a server that runs.
    tokens.revoke(&first.line.prefix, world.clock.now()).await.unwrap();
    assert_eq!(refusal(world.desk.bearer(&first.secret).await), Refusal::SignedOut);
    world.makes_token(MARTA, &world.wanted("x", "")).await.unwrap();
    assert_eq!(refusal(tokens.revoke("recado_", world.clock.now()).await), Refusal::NotYours);
    tokens.close().await;
}

#[tokio::test]
async fn a_program_opens_a_ticket_of_nobody_s_once_and_the_history_says_who() {
    let world = World::open().await;
    let (bearer, id) = (world.bearer().await, world.id());

    let ticket = world.desk.api_ticket(&bearer, &world.opening(&id, ana())).await.unwrap();
    let again = world.desk.api_ticket(&bearer, &world.opening(&id, ana())).await.unwrap();

    assert_eq!((again.id.as_str(), again.number), (id.as_str(), ticket.number));
    assert_eq!((ticket.owner.clone(), ticket.subject.as_str(), ticket.status), (None, "Silla coja", Status::New));
    assert_eq!((ticket.application.id.as_str(), ticket.tags.clone()), ("shop", vec!["erp".to_owned()]));
    let history = world.desk.ticket_history(world.agent(MARTA), &id).await.unwrap();
    assert_eq!(ticket.via, Via::Api);
    let TicketEvent::Saved { by: Some(by), note, .. } = &history[1].event else { panic!("{history:?}") };
    assert_eq!((by.name.as_str(), note.as_str()), ("API · ERP", "Pedido 12"));
    assert_eq!(
        world.count("select count(*) from customers where email = 'ana@correo.example' and verified = 0").await,
        1
    );
    // Of somebody who is known there is no other.
    let known = world.opening(&world.id(), Client::Known(ticket.customer.id.clone()));
    let second = world.desk.api_ticket(&bearer, &known).await.unwrap();
    assert_eq!(second.customer, ticket.customer);
}

#[tokio::test]
async fn a_program_writes_to_the_customer_at_the_address_it_has_given_once() {
    let mut post = Post::open([]).await;
    let world = World::with_post(&post).await;
    let (bearer, id, wish) = (world.bearer().await, world.id(), world.id());
    let ticket = world.desk.api_ticket(&bearer, &world.opening(&id, ana())).await.unwrap();
    let reply = TicketAct::Reply { text: "Va de camino".into() };

    for _ in 0..2 {
        world.desk.save_ticket(&bearer.agent, &id, &wish, &reply).await.unwrap();
    }

    let letter = post.letter().await;
    assert_eq!(letter.to, ["ana@correo.example"]);
    assert!(letter.text().contains("Va de camino"), "{}", letter.text());
    // Which program it was is nobody's business.
    assert!(!letter.text().contains("ERP") && letter.text().contains(&ticket.application.name), "{}", letter.text());
    assert_eq!(world.count("select count(*) from mails").await, 1);
}

#[tokio::test]
async fn what_a_program_gets_wrong_is_said_by_its_name_and_leaves_nobody_behind() {
    let world = World::open().await;
    let bearer = world.bearer().await;
    let before = world.count("select count(*) from customers").await;
    let new = |name: &str, email: &str| Client::New { name: name.into(), email: email.into() };
    let of = |client: Client| world.opening(&world.id(), client);
    let elsewhere = Opening { group: "nowhere".into(), ..of(ana()) };
    let unknown = Opening { application: Some("nothing".into()), ..of(ana()) };
    let odd = Opening { changes: vec![Change::Owner(Some("nobody".into()))], ..of(ana()) };

    for (opening, field) in [
        (of(new("", "")), "client.businessName"),
        (of(new("Ana", "x")), "client.email"),
        (of(Client::Known("nobody".into())), "client.id"),
        (elsewhere, "ownerTeamId"),
        (unknown, "chatWidgetId"),
        (odd, "owner"),
    ] {
        let why = refusal(world.desk.api_ticket(&bearer, &opening).await);
        assert!(
            matches!(&why, Refusal::FieldWrong { field: at } | Refusal::FieldMissing { field: at } if at == field),
            "{field}: {why:?}"
        );
    }
    assert_eq!(world.count("select count(*) from customers").await, before);
    assert_eq!(world.count("select count(*) from tickets").await, 0);
}

#[tokio::test]
async fn a_ticket_that_waits_for_its_first_save_is_in_no_program_s_hands() {
    let (world, chat) = World::with_conversation().await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let bearer = world.bearer().await;
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    let note = TicketAct::Save { changes: Vec::new(), note: "x".into() };

    let why = refusal(world.desk.save_ticket(&bearer.agent, &ticket.id, &world.id(), &note).await);

    assert_eq!(why, Refusal::StillRunning);
    assert!(!world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap().is_saved());
}

#[tokio::test]
async fn a_key_stands_for_one_request_of_one_token_and_its_answer_stays() {
    let world = World::open().await;
    let (bearer, other) = (world.bearer().await, world.bearer().await);

    let first = world.desk.api_once(&bearer, "k", "one").await.unwrap().unwrap();
    // Stopped before it was answered: the same is done, under the same id.
    assert_eq!(world.desk.api_once(&bearer, "k", "one").await.unwrap().unwrap(), first);
    assert_eq!(world.desk.api_answered(&bearer, "k", "one", &first, "yes").await.unwrap(), "yes");
    assert_eq!(world.desk.api_answered(&bearer, "k", "one", &first, "no").await.unwrap(), "yes");
    assert_eq!(world.desk.api_once(&bearer, "k", "one").await.unwrap().unwrap().answer.as_deref(), Some("yes"));

    assert_eq!(world.desk.api_once(&bearer, "k", "two").await.unwrap(), None);
    let of_other = world.desk.api_once(&other, "k", "two").await.unwrap().unwrap();
    assert!(of_other.answer.is_none() && of_other.act != first.act && domain::id::is_sound(&first.act));
    assert!(world.desk.api_once(&bearer, &"k".repeat(256), "one").await.is_err());
    // Forgotten after a week: under the same key something else may be asked then, and the same is done anew.
    world.clock.advance(Span(desk::api::KNOWN.0 + 1));
    let later = world.desk.api_once(&bearer, "k", "one").await.unwrap().unwrap();
    assert!(later.answer.is_none() && later.act != first.act);
}

#[tokio::test]
async fn what_was_refused_leaves_its_key_to_another_request_and_what_was_done_does_not() {
    let world = World::open().await;
    let bearer = world.bearer().await;

    let odd = world.desk.api_once(&bearer, "k", "odd").await.unwrap().unwrap();
    world.desk.api_refused(&bearer, "k", &odd).await.unwrap();
    let better = world.desk.api_once(&bearer, "k", "better").await.unwrap().unwrap();
    world.desk.api_answered(&bearer, "k", "better", &better, "yes").await.unwrap();
    world.desk.api_refused(&bearer, "k", &better).await.unwrap();

    assert_eq!(world.desk.api_once(&bearer, "k", "better").await.unwrap().unwrap().answer.as_deref(), Some("yes"));
    // Asked twice at once, refused once and then done: it was done.
    let one = world.desk.api_once(&bearer, "l", "one").await.unwrap().unwrap();
    world.desk.api_refused(&bearer, "l", &one).await.unwrap();
    world.desk.api_answered(&bearer, "l", "one", &one, "done").await.unwrap();
    assert_eq!(world.desk.api_once(&bearer, "l", "one").await.unwrap().unwrap().answer.as_deref(), Some("done"));
}

#[tokio::test]
async fn a_token_of_somebody_who_does_not_administer_any_more_opens_nothing() {
    let world = World::open().await;
    let made = world.makes_token(MARTA, &world.wanted("ERP", "")).await.unwrap();
    let id = &world.agent(MARTA).face.id;
    let set = async |what: &str| {
        let sql = format!("update agents set {what} where id = '{id}'");
        world.look().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        world.desk.bearer(&made.secret).await
    };

    assert_eq!(refusal(set("disabled = 1").await), Refusal::SignedOut);
    assert_eq!(refusal(set("disabled = 0, system = 0").await), Refusal::SignedOut);
    assert!(set("system = 1").await.is_ok());
}

#[tokio::test]
async fn who_turned_out_to_be_somebody_is_found_as_him_and_kept_out_as_him() {
    let (world, chat) = World::with_conversation().await;
    let set = async |sql: String| {
        world.look().await.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    };
    let before = world.desk.api_chat(&chat).await.unwrap().customer.id;
    set("insert into customers (id, name, email, verified, created_at) values ('ana', 'Ana', '', 1, 1)".into()).await;
    set(format!("update customers set became = 'ana', blocked_at = 5 where id = '{before}'")).await;

    for id in ["ana", &before] {
        let his = ChatFilter { customer: Some(id.into()), ..ChatFilter::default() };
        let (found, _) = world.desk.api_chats(&his, None, 10).await.unwrap();
        assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), [chat.as_str()], "{id}");
    }
    let nobody = ChatFilter { customer: Some("nobody".into()), ..ChatFilter::default() };
    assert_eq!(world.desk.api_chats(&nobody, None, 10).await.unwrap(), (Vec::new(), None));
    let (people, _) = world.desk.api_people(None, 10).await.unwrap();
    assert!(people.iter().find(|one| one.id == "ana").unwrap().blocked);
}

#[tokio::test]
async fn pages_of_conversations_follow_each_other_and_what_colleagues_say_is_in_none() {
    let (mut world, first) = World::with_conversation().await;
    let second = world.starts("bruno", "returns").await;
    world.says("ana", &first, "Hola").await;
    let bearer = world.bearer().await;
    let ticket = world.desk.api_ticket(&bearer, &world.opening(&world.id(), ana())).await.unwrap();
    world.desk.open_inner(&world.signed(MARTA).await, &ticket.id, &world.id()).await.unwrap();

    let (newest, next) = world.desk.api_chats(&ChatFilter::default(), None, 1).await.unwrap();
    let (rest, end) = world.desk.api_chats(&ChatFilter::default(), next.as_ref(), 1).await.unwrap();
    let ids: Vec<&str> = newest.iter().chain(&rest).map(|chat| chat.id.as_str()).collect();
    assert_eq!(ids.len(), 2);
    assert!(ids.contains(&first.as_str()) && ids.contains(&second.as_str()) && end.is_none());
    let (waiting, _) =
        world.desk.api_chats(&ChatFilter { stage: Some("waiting"), ..ChatFilter::default() }, None, 10).await.unwrap();
    assert_eq!(waiting.iter().map(|chat| chat.id.as_str()).collect::<Vec<_>>(), [second.as_str()]);
    let attending = ChatFilter { stage: Some("attending"), ..ChatFilter::default() };
    let (attended, _) = world.desk.api_chats(&attending, None, 10).await.unwrap();
    assert_eq!(attended.iter().map(|chat| chat.id.as_str()).collect::<Vec<_>>(), [first.as_str()]);

    let chat = world.desk.api_chat(&first).await.unwrap();
    let (mut told, mut next) = world.desk.api_events(&chat, None, 1).await.unwrap();
    while let Some(after) = next {
        let (more, then) = world.desk.api_events(&chat, Some(after), 1).await.unwrap();
        told.extend(more);
        next = then;
    }
    let (whole, _) = world.desk.api_events(&chat, None, 100).await.unwrap();
    assert_eq!(told, whole);
    assert!(told.iter().any(|told| told.event.words() == Some("Hola")));
}

#[tokio::test]
async fn the_log_knows_a_program_by_the_name_of_its_token() {
    let world = World::open().await;
    let bearer = world.bearer().await;
    let note = desk::audit::Note::by(&bearer.agent.face.id, Kind::Denied).about_thing("/api/v1/chats");

    world.desk.count(note);

    let filter = Filter { kind: Some(Kind::Denied), ..Filter::default() };
    let page = world.desk.audit(world.agent(MARTA), &filter, None).await.unwrap();
    assert_eq!(page.lines[0].by, By::Token(bearer.token));
}

#[tokio::test]
async fn the_monitor_is_the_one_of_who_administers_all_of_it() {
    let (world, chat) = World::with_conversation().await;
    let bearer = world.bearer().await;

    let table = world.desk.monitored(&bearer.agent).await.unwrap().unwrap();

    assert_eq!(table.talks.iter().map(|talk| talk.chat.as_str()).collect::<Vec<_>>(), [chat.as_str()]);
    assert!(table.agents.iter().all(|row| row.face.id != bearer.agent.face.id) && table.agents.len() >= 3);
}

#[tokio::test]
async fn what_was_proved_of_somebody_is_not_changed_by_a_program_and_the_rest_is() {
    let mut world = World::open().await;
    let bearer = world.bearer().await;
    let id = world.id();
    for _ in 0..2 {
        world.desk.api_person(&bearer, &id, "Bruno", "bruno@correo.example", &here()).await.unwrap();
    }
    let change = async |who: &str, name: Option<&str>, email: Option<&str>| {
        world.desk.api_change_person(&bearer, &world.id(), who, name, email, &here()).await
    };

    assert!(change(&id, Some("Bruno Gil"), None).await.unwrap());
    let (people, _) = world.desk.api_people(None, 10).await.unwrap();
    let bruno = people.iter().find(|one| one.id == id).unwrap();
    assert_eq!((bruno.name.as_str(), bruno.email.as_str()), ("Bruno Gil", "bruno@correo.example"));
    let filter = Filter { kind: Some(Kind::PersonChanged), ..Filter::default() };
    let lines = world.desk.audit(world.agent(MARTA), &filter, None).await.unwrap().lines;
    assert_eq!(lines.iter().map(|line| line.address.clone()).collect::<Vec<_>>(), [here().address, here().address]);
    assert!(change(&id, Some("Bruno Gil"), None).await.unwrap(), "it is so already");
    assert_eq!(world.desk.audit(world.agent(MARTA), &filter, None).await.unwrap().lines.len(), 2);
    world.look().await.execute("update customers set verified = 1 where name = 'Bruno Gil'").await.unwrap();
    assert!(!change(&id, Some("Otro"), None).await.unwrap());
    assert!(!change(&id, None, Some("otro@correo.example")).await.unwrap());
    // Nor of whom only the mail of his address was proved.
    let reads = format!("insert into addresses (address, customer_id) values ('bruno@correo.example', '{id}')");
    world.look().await.execute("update customers set verified = 0").await.unwrap();
    world.look().await.execute(sqlx::AssertSqlSafe(reads)).await.unwrap();
    assert!(!change(&id, Some("Otro"), None).await.unwrap());
    assert_eq!(refusal(change("nobody", Some("x"), None).await), Refusal::NotYours);

    // He whom a proved one turned out to be is him.
    let chat = world.starts("ana", "returns").await;
    let before = world.desk.api_chat(&chat).await.unwrap().customer.id;
    world
        .look()
        .await
        .execute(sqlx::AssertSqlSafe(format!("update customers set became = '{id}' where id = '{before}'")))
        .await
        .unwrap();
    assert!(!world.desk.api_change_person(&bearer, &world.id(), &before, Some("Otra"), None, &here()).await.unwrap());
}

#[tokio::test]
async fn a_new_address_of_somebody_is_where_his_tickets_are() {
    let world = World::open().await;
    let (bearer, id) = (world.bearer().await, world.id());
    let ticket = world.desk.api_ticket(&bearer, &world.opening(&id, ana())).await.unwrap();
    world.until_indexed().await;
    let at = async |address: &str| {
        world.count(&format!("select count(*) from ticket_addresses where address = '{address}'")).await
    };
    assert_eq!((at("ana@correo.example").await, at("ana@otra.example").await), (1, 0));

    let who = &ticket.customer.id;
    world.desk.api_change_person(&bearer, &world.id(), who, None, Some("ana@otra.example"), &here()).await.unwrap();
    world.until_indexed().await;

    assert_eq!((at("ana@correo.example").await, at("ana@otra.example").await), (0, 1));
}

#[tokio::test]
async fn an_article_of_a_program_is_written_once_and_changed_where_it_says_so() {
    let world = World::open().await;
    let (bearer, id) = (world.bearer().await, world.id());
    let es = Version { lang: "es".into(), title: "Plazos".into(), body: "Dos días.".into(), ..Version::default() };
    let around = Edit { applications: Some(vec!["shop".into()]), ..Edit::default() };
    let write = async |of: Option<&str>, version: &Version| {
        world.desk.api_write_article(&bearer, &id, of, version, &around, &here()).await
    };

    let first = write(None, &es).await.unwrap();
    let again = write(None, &es).await.unwrap();
    let pt = Version { lang: "pt".into(), title: "Prazos".into(), ..es.clone() };
    let translated = write(Some(&id), &pt).await.unwrap();
    // Without a key it is asked again under another id: what would change anything is another article.
    let again_as = async |asked: Version| {
        world.desk.api_write_article(&bearer, &world.id(), Some(&id), &asked, &around, &here()).await
    };
    let typed = Version { title: " Prazos ".into(), body: "Dos días.\r\n".into(), ..pt.clone() };
    assert_eq!(again_as(typed).await.unwrap(), translated);
    for other in [Version { published: true, ..pt.clone() }, Version { slug: "x".into(), ..pt.clone() }] {
        assert_eq!(refusal(again_as(other).await), Refusal::FieldWrong { field: "lang".into() });
    }
    let edit = Edit { published: Some(true), ..Edit::default() };
    let published =
        world.desk.api_change_article(&bearer, &world.id(), &translated.line.id, &edit, &here()).await.unwrap();

    assert_eq!(first, again);
    assert_eq!((first.line.knowledge.as_str(), translated.line.knowledge.as_str()), (id.as_str(), id.as_str()));
    assert_eq!(first.applications, ["shop"]);
    assert_eq!((published.line.published, published.body.as_str()), (true, "Dos días."));
    assert!(!world.desk.api_article(&first.line.id).await.unwrap().line.published);
    let kept = world.desk.article_kept(world.agent(MARTA), &id).await.unwrap();
    assert_eq!((kept.revision, kept.changed_by.as_str()), (3, "API · ERP"));
    let nothing = world.desk.api_change_article(&bearer, &world.id(), "nothing", &edit, &here()).await;
    assert_eq!(refusal(nothing), Refusal::NotYours);

    // Revoked after it came in, and before it wrote.
    world.desk.revoke_token(&world.signed(MARTA).await, &bearer.token.id, &here()).await.unwrap();
    let late = world.desk.api_change_article(&bearer, &world.id(), &id, &edit, &here()).await;
    assert_eq!(refusal(late), Refusal::SignedOut);
    assert_eq!(refusal(write(None, &es).await), Refusal::SignedOut);
}
