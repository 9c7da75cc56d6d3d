//! Triggers: what they do, in which order, when the clock has them do it, and to whom they write (R41).

use crate::hook::Hook;
use crate::post::Post;
use crate::webhook::webhook;
use crate::world::*;
use domain::audit::{self, About, By, Filter};
use domain::group::Named;
use domain::person::Agent;
use domain::ticket::{Change, Edit, Standing, Via};
use domain::trigger::{
    Action, Condition, Cut, Deed, Failed, Kept, Mischance, Sent, Trigger, Triggered, What, When, Whom,
};
use domain::{Act, Face, Refusal, Span, Status, Ticket, TicketEvent};
use sqlx::{AssertSqlSafe, Executor};

pub fn is(what: What) -> Condition {
    Condition { what, is: true }
}

pub fn offline() -> Vec<Condition> {
    vec![is(What::Via(Via::OfflineMessage))]
}

pub fn tags(tags: &[&str]) -> Vec<String> {
    tags.iter().map(|tag| (*tag).to_owned()).collect()
}

pub fn adds(given: &[&str]) -> Action {
    Action::AddTags(tags(given))
}

pub fn tag(tag: &str) -> Condition {
    is(What::Tag(tag.into()))
}

fn mail(to: Whom, text: &str) -> Action {
    Action::Mail { to, subject: "Sobre {{subject}}".into(), text: text.into() }
}

impl World {
    pub fn a_trigger(&self, name: &str, all: Vec<Condition>, actions: Vec<Action>) -> Trigger {
        Trigger { id: self.id(), name: name.into(), on: true, when: When::Begins, all, any: vec![], actions }
    }

    /// A new one, or another of one as it is now.
    pub async fn keeps_trigger(&self, trigger: Trigger) -> Kept {
        let read = self.trigger(&trigger.id).await;
        self.desk.save_trigger(self.agent(MARTA), &self.id(), trigger, read, &here()).await.unwrap()
    }

    async fn trigger(&self, id: &str) -> Option<Trigger> {
        let all = self.desk.triggers(self.agent(MARTA)).await.unwrap();
        all.into_iter().map(|line| line.trigger).find(|one| one.id == id)
    }

    /// Every ticket has this tag as soon as it begins.
    pub async fn tags_what_begins(&self, tag: &str) {
        self.makes("Al empezar", vec![], vec![adds(&[tag])]).await;
    }

    /// Marta makes one.
    pub async fn makes(&self, name: &str, all: Vec<Condition>, actions: Vec<Action>) -> Kept {
        self.keeps_trigger(self.a_trigger(name, all, actions)).await
    }

    /// Somebody leaves a message for *returns*; its ticket.
    pub async fn is_left(&self, who: &str, text: &str) -> Ticket {
        let receipt = self.desk.leave_message(&self.token(who), &self.message(who, text)).await.unwrap();
        self.ticket_of_number(receipt.number).await
    }

    async fn ticket_of_number(&self, number: i64) -> Ticket {
        use sqlx::Row;
        let row =
            sqlx::query("select id from tickets where number = $1").bind(number).fetch_one(&self.look().await).await;
        let id: String = row.unwrap().try_get(0).unwrap();
        self.now(&id).await
    }

    async fn now(&self, ticket: &str) -> Ticket {
        self.desk.ticket(self.agent(MARTA), ticket).await.unwrap()
    }

    pub async fn happened(&self, ticket: &str) -> Vec<TicketEvent> {
        let history = self.desk.ticket_history(self.agent(MARTA), ticket).await.unwrap();
        history.into_iter().map(|entry| entry.event).collect()
    }

    /// What triggers did to it, in its order.
    pub async fn triggered(&self, ticket: &str) -> Vec<Triggered> {
        let one = |event| if let TicketEvent::Triggered(done) = event { Some(*done) } else { None };
        self.happened(ticket).await.into_iter().filter_map(one).collect()
    }
}

#[tokio::test]
async fn what_was_left_offline_is_sorted_as_it_comes_and_its_history_names_the_trigger() {
    let world = World::empty().await;
    let made = world.makes("Fuera de hora", offline(), vec![Action::Group("orders".into()), adds(&["fuera"])]).await;

    let ticket = world.is_left("ana", "¿Cuándo llega?").await;

    assert_eq!((ticket.group.id.as_str(), ticket.tags.as_slice()), ("orders", &["fuera".to_owned()][..]));
    assert_eq!(made.secret, None);
    let named = |id: &str, name: &str| Named { id: id.into(), name: name.into() };
    let done = Triggered {
        trigger: named(&made.line.trigger.id, "Fuera de hora"),
        edits: vec![
            Edit::Group {
                from: named("returns", "Devoluciones y garantías"), to: named("orders", "Pedidos y envíos")
            },
            Edit::Tags { from: vec![], to: tags(&["fuera"]) },
        ],
        sent: vec![],
        failed: vec![],
    };
    assert_eq!(world.triggered(&ticket.id).await, [done]);
    // Lists and indexes know it as it is now.
    let sorted = "select count(*) from tickets t join ticket_tags g on g.ticket_id = t.id where t.group_id = 'orders' and g.tag = 'fuera'";
    assert_eq!(world.count(sorted).await, 1);
    // Whoever leaves the same message again makes no other ticket, and no trigger runs again.
    let again = world.message("ana", "¿Cuándo llega?");
    let again = domain::offline::Offline { open: domain::wire::Open { id: ticket.id.clone(), ..again.open }, ..again };
    world.desk.leave_message(&world.token("ana"), &again).await.unwrap();
    assert_eq!(world.triggered(&ticket.id).await.len(), 1);
}

#[tokio::test]
async fn a_chat_s_ticket_is_left_alone_until_whoever_attended_has_saved_it() {
    let (world, chat) = World::with_conversation().await;
    world.makes("Del chat", vec![is(What::Via(Via::OnlineChat))], vec![adds(&["chat"])]).await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let waits = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!((waits.is_saved(), waits.tags.as_slice()), (false, &[][..]));

    let saved = world.changes(INES, &waits, vec![Change::Status(Status::Resolved)]).await.unwrap();

    assert_eq!(saved.tags, ["chat"], "whoever saves sees it as the triggers leave it");
    assert_eq!(saved.first_status, Some(Status::Resolved));
    world.changes(INES, &saved, vec![Change::Subject("Otra cosa".into())]).await.unwrap();
    assert_eq!(world.triggered(&waits.id).await.len(), 1, "once: its conditions held before");
}

#[tokio::test]
async fn a_ticket_that_a_deserted_chat_leaves_is_new_at_once() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.makes("Del chat", vec![is(What::Via(Via::OnlineChat))], vec![adds(&["chat"])]).await;
    world.says("ana", &chat, "¿Hay alguien?").await;

    world.leaves("ana").await;
    world.wait(Span::secs(21)).await;

    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!(ticket.tags, ["chat"]);
}

#[tokio::test]
async fn what_a_program_opens_is_not_what_an_agent_opens() {
    let world = World::open().await;
    world.makes("De agentes", vec![is(What::Via(Via::Agent))], vec![adds(&["agente"])]).await;
    world.makes("De programas", vec![is(What::Via(Via::Api))], vec![adds(&["programa"])]).await;
    let bearer = world.bearer().await;
    let client = domain::token::Client::New { name: "Ana".into(), email: String::new() };

    let theirs = world.desk.api_ticket(&bearer, &world.opening(&world.id(), client)).await.unwrap();
    let ours = world.opens_ticket(INES, "orders", "Silla").await;

    assert_eq!(theirs.tags, ["erp", "programa"]);
    assert_eq!(ours.tags, ["agente"]);
}

/// Each kind of condition is met by the same change; each opposite is not.
#[tokio::test]
async fn each_condition_is_asked_of_what_is_kept() {
    let world = World::open().await;
    let ines = world.agent(INES).face.id.clone();
    let field = |value: &str| What::Field { id: "service".into(), value: value.into() };
    let met = [
        What::Via(Via::Agent),
        What::Group("orders".into()),
        What::Application(String::new()),
        What::Base(Status::Stopped),
        What::Own("part".into()),
        What::Tag("rota".into()),
        field("Garantía"),
        What::Owned,
    ];
    let not = [
        What::Via(Via::OnlineChat),
        What::Group("returns".into()),
        What::Application("shop".into()),
        What::Base(Status::New),
        What::Own("workshop".into()),
        What::Tag("nueva".into()),
        field("Montaje"),
        What::Verified,
        What::Stands { minutes: 1 },
    ];
    let both = met.iter().map(|what| (what, true)).chain(not.iter().map(|what| (what, false)));
    let mut expected = Vec::new();
    for (n, (what, holds)) in both.enumerate() {
        let name = format!("c{n}");
        // The only one whose value names nothing that is there.
        let condition = if *what == What::Application(String::new()) {
            Condition { what: What::Application("shop".into()), is: false }
        } else {
            is(what.clone())
        };
        // All of them at once would be more than a ticket has room for.
        let set = Action::Field { id: "order".into(), value: name.clone() };
        let one = Trigger { when: When::Changes, ..world.a_trigger(&name, vec![condition, tag("rota")], vec![set]) };
        world.keeps_trigger(one).await;
        if holds {
            expected.push(name);
        }
    }

    let opened = world.opens_ticket(INES, "orders", "Mesa").await;
    let own = Change::Own { id: "part".into(), reason: "Del almacén".into() };
    let service = Change::Field { id: "service".into(), value: "Garantía".into() };
    world
        .changes(INES, &opened, vec![own, service, Change::Tags(tags(&["rota"])), Change::Owner(Some(ines))])
        .await
        .unwrap();

    let ran: Vec<String> = world.triggered(&opened.id).await.into_iter().map(|done| done.trigger.name).collect();
    assert_eq!(ran, expected);
}

#[tokio::test]
async fn each_action_is_done_by_the_rules_that_hold_for_everybody() {
    let world = World::open().await;
    world.identifies("ana", "ana").await.unwrap();
    let (ines, lucia) = (world.agent(INES).face.clone(), world.agent(LUCIA).face.id.clone());
    let part = || Action::Own { id: "part".into(), reason: "Del almacén".into() };
    let order = |value: &str| Action::Field { id: "order".into(), value: value.into() };
    let standing = Standing {
        base: Status::Stopped,
        own: Some(Named { id: "part".into(), name: "Espera la pieza".into() }),
        reason: "Del almacén".into(),
    };
    let named = |id: &str, name: &str| Named { id: id.into(), name: name.into() };
    let (returns, orders) = (named("returns", "Devoluciones y garantías"), named("orders", "Pedidos y envíos"));
    let nobody = |to: Option<Face>| Edit::Owner { from: None, to };
    for (action, edits) in [
        (
            Action::Status(Status::InAttendance),
            vec![Edit::Status { from: Standing::of(Status::New), to: Standing::of(Status::InAttendance) }],
        ),
        (part(), vec![Edit::Status { from: Standing::of(Status::New), to: standing }]),
        (Action::Group("orders".into()), vec![Edit::Group { from: returns, to: orders }]),
        (Action::Owner(Some(ines.id.clone())), vec![nobody(Some(ines.clone()))]),
        (Action::Owner(None), vec![]),
        (adds(&["a", "b"]), vec![Edit::Tags { from: vec![], to: tags(&["a", "b"]) }]),
        (Action::RemoveTags(tags(&["a"])), vec![]),
        (
            order("10-442"),
            vec![Edit::Field {
                id: "order".into(),
                label: "Número de pedido".into(),
                from: String::new(),
                to: "10-442".into(),
            }],
        ),
    ] {
        let made = world.makes("uno", vec![is(What::Verified)], vec![action.clone()]).await;

        let ticket = world.is_left("ana", "Hola").await;

        let done = world.triggered(&ticket.id).await;
        assert_eq!(done.first().map_or(&[][..], |done| &done.edits), edits, "{action:?}");
        assert!(done.iter().all(|done| done.failed.is_empty()), "{done:?}");
        world.desk.delete_trigger(world.agent(MARTA), &made.line.trigger.id, &here()).await.unwrap();
    }
    // Lucía does not see returns, and nobody can own what he does not see.
    world.makes("uno", offline(), vec![Action::Owner(Some(lucia)), adds(&["x"])]).await;
    let ticket = world.is_left("ana", "Hola").await;
    assert_eq!((ticket.owner, ticket.tags), (None, tags(&["x"])));
    let why = Refusal::FieldWrong { field: "owner".into() };
    assert_eq!(world.triggered(&ticket.id).await[0].failed, [Failed { what: Deed::Owner, why }]);
}

#[tokio::test]
async fn mail_goes_to_the_customer_the_owner_or_the_group_with_what_is_known() {
    let mut post = Post::open([]).await;
    let world = World::with_post(&post).await;
    world.identifies("ana", "ana").await.unwrap();
    let ines = world.agent(INES).face.id.clone();
    world
        .makes(
            "Avisa",
            offline(),
            vec![
                Action::Owner(Some(ines)),
                mail(Whom::Customer, "Hola, {{customer}}: {{ticket}} está con {{agent}}. {{unknown}}"),
                mail(Whom::Owner, "De {{customer}} en {{group}} ({{application}})"),
                mail(Whom::Group, "Uno más"),
            ],
        )
        .await;

    let ticket = world.is_left("ana", "Llegó rota").await;

    let mut letters = Vec::new();
    for _ in 0..5 {
        letters.push(post.letter().await);
    }
    let to = |who: &str| letters.iter().filter(|letter| letter.to == [who]).collect::<Vec<_>>();
    let mine = to("ana@shop.example");
    assert_eq!(mine.len(), 1);
    assert_eq!(
        mine[0].text(),
        format!("Hola, ana of the shop: {} est=C3=A1 con In=C3=A9s Robledo. {{{{unknown}}}}", ticket.number)
    );
    assert!(mine[0].header("Subject").contains("Sobre") && mine[0].header("Auto-Submitted") == "auto-generated");
    assert_eq!((to(INES).len(), to(TOMAS).len(), to(MARTA).len(), to(LUCIA).len()), (2, 1, 1, 0));
    let sent = &world.triggered(&ticket.id).await[0].sent;
    assert_eq!(sent.len(), 3);
    assert!(
        matches!(&sent[0], Sent::Mail { to: Whom::Customer, text, .. } if text.starts_with("Hola, ana of the shop"))
    );
    // An agent's answers to her are counted for themselves.
    assert_eq!(world.count("select count(*) from mails where trigger_id is null").await, 0);
}

/// Words of a stranger, in the name of the house, to whoever he names: not even once.
#[tokio::test]
async fn nothing_that_a_stranger_wrote_is_sent_to_the_address_that_he_typed() {
    let mut post = Post::open([]).await;
    let world = World::with_post(&post).await;
    world.makes("Acuse", offline(), vec![mail(Whom::Customer, "Hola, {{customer}}. Lo leemos: {{subject}}")]).await;

    let mut message = world.message("ana", "Gana un premio en evil.example");
    message.open.answers[0].value = "Gana un premio en evil.example".into();
    let receipt = world.desk.leave_message(&world.token("ana"), &message).await.unwrap();
    let ticket = world.ticket_of_number(receipt.number).await;
    let letter = post.letter().await;
    for (n, address) in ["ANA@correo.example", "Ana@Correo.Example", "ana@CORREO.example"].iter().enumerate() {
        let mut message = world.message("otro", "hola");
        message.open.answers[1].value = (*address).into();
        world.desk.leave_message(&world.token(&format!("otro{n}")), &message).await.unwrap();
    }

    assert_eq!(letter.to, ["ana@correo.example"]);
    assert!(!letter.raw.contains("premio"), "{}", letter.raw);
    assert!(letter.text().starts_with(&format!("Hola, #{}. Lo leemos: Devoluciones", ticket.number)), "{}", letter.raw);
    // And no more than three a day to one address, whoever types it, and however.
    assert_eq!(world.count("select count(*) from mails").await, 3);
    let last = world.ticket_of_number(ticket.number + 3).await;
    let why = Refusal::TooMany { seconds: 86_400 };
    assert_eq!(world.triggered(&last.id).await[0].failed, [Failed { what: Deed::Mail(Whom::Customer), why }]);
}

#[tokio::test]
async fn what_cannot_be_mailed_is_told_and_holds_nothing_up() {
    let world = World::empty().await;
    world.makes("Avisa", offline(), vec![mail(Whom::Owner, "x"), adds(&["x"])]).await;
    let off = world.is_left("ana", "Hola").await;
    let failed = |why| [Failed { what: Deed::Mail(Whom::Owner), why }];
    assert_eq!(world.triggered(&off.id).await[0].failed, failed(Refusal::NotAsked));

    let post = Post::open([]).await;
    let world = World::with_post(&post).await;
    world.makes("Avisa", offline(), vec![mail(Whom::Owner, "x"), adds(&["x"])]).await;
    let nobody = world.is_left("ana", "Hola").await;
    assert_eq!(
        (nobody.tags.as_slice(), world.triggered(&nobody.id).await[0].failed.as_slice()),
        (&["x".to_owned()][..], &failed(Refusal::NoAddress)[..])
    );
}

#[tokio::test]
async fn they_are_asked_in_their_order_which_can_be_changed() {
    let world = World::empty().await;
    let marta = world.agent(MARTA);
    let set = |value: &str| vec![Action::Field { id: "order".into(), value: value.into() }];
    let first = world.makes("primero", offline(), set("1")).await.line.trigger.id;
    let second = world.makes("segundo", offline(), set("2")).await.line.trigger.id;
    let names = async |lines: Vec<domain::trigger::Line>| lines.into_iter().map(|l| l.trigger.name).collect::<Vec<_>>();

    assert_eq!(world.is_left("ana", "Hola").await.filled("order"), "2");
    // Asked twice, as after an answer that was lost, it moves once.
    let third = world.makes("tercero", vec![tag("x")], set("3")).await.line.trigger.id;
    for _ in 0..2 {
        let lines = world.desk.move_trigger(marta, &third, Some(&second), &here()).await.unwrap();
        assert_eq!(names(lines).await, ["primero", "tercero", "segundo"]);
    }
    world.desk.delete_trigger(marta, &third, &here()).await.unwrap();
    assert_eq!(refusal(world.desk.move_trigger(marta, &second, Some(&third), &here()).await), Refusal::NotYours);
    let lines = world.desk.move_trigger(marta, &second, Some(&first), &here()).await.unwrap();
    assert_eq!(names(lines).await, ["segundo", "primero"]);
    assert_eq!(world.is_left("ana", "Hola").await.filled("order"), "1");
    // Where it is already.
    for (id, before) in [(&second, Some(&first)), (&second, Some(&second)), (&first, None)] {
        let lines = world.desk.move_trigger(marta, id, before.map(String::as_str), &here()).await.unwrap();
        assert_eq!(names(lines).await, ["segundo", "primero"]);
    }
    let lines = world.desk.switch_trigger(marta, &first, false, &here()).await.unwrap();
    assert_eq!(lines.iter().map(|l| l.trigger.on).collect::<Vec<_>>(), [true, false]);
    assert_eq!(world.is_left("ana", "Hola").await.filled("order"), "2");
    let lines = world.desk.delete_trigger(marta, &second, &here()).await.unwrap();
    assert_eq!(names(lines).await, ["primero"]);
    assert_eq!(world.is_left("ana", "Hola").await.filled("order"), "");
}

#[tokio::test]
async fn two_that_undo_each_other_are_cut_and_whoever_administers_them_is_told() {
    let world = World::open().await;
    world.makes("ida", vec![tag("a")], vec![Action::RemoveTags(tags(&["a"])), adds(&["b"])]).await;
    world.makes("vuelta", vec![tag("b")], vec![Action::RemoveTags(tags(&["b"])), adds(&["a"])]).await;
    let ticket = world.opens_ticket(INES, "orders", "Mesa").await;

    let changed = world.changes(INES, &ticket, vec![Change::Tags(tags(&["a"]))]).await.unwrap();

    assert_eq!(changed.tags, ["a"]);
    let history = world.happened(&ticket.id).await;
    assert!(
        matches!(history.last(), Some(TicketEvent::Cut { trigger, why: Cut::Loop }) if trigger.name == "ida"),
        "{history:?}"
    );
    let lines = world.desk.triggers(world.agent(MARTA)).await.unwrap();
    let mishap = lines[0].mishap.clone().unwrap();
    assert_eq!((mishap.what, mishap.number, mishap.at), (Mischance::Cut(Cut::Loop), ticket.number, world.desk.now()));
    assert_eq!(lines[1].mishap, None);
    let lines = world.desk.see_mishap(world.agent(MARTA), &lines[0].trigger.id).await.unwrap();
    assert_eq!(lines[0].mishap, None);
}

#[tokio::test]
async fn the_clock_has_it_run_when_a_ticket_has_stood_for_so_long_and_once() {
    let mut world = World::open().await;
    let late = vec![is(What::Stands { minutes: 60 }), is(What::Base(Status::New))];
    world.makes("Tarde", late, vec![adds(&["tarde"])]).await;
    let ticket = world.is_left("ana", "Hola").await;
    let marked = "select count(*) from ticket_tags where tag = 'tarde'";

    world.wait(Span::minutes(59)).await;
    // Another change of it begins nothing anew; one of its status does.
    world.changes(INES, &ticket, vec![Change::Subject("Lámpara".into())]).await.unwrap();
    let other = world.is_left("bea", "Hola").await;
    world.wait(Span(59_999)).await;
    assert_eq!(world.count(marked).await, 0);
    world.wait(Span(1)).await;
    world.until(marked, 1).await;
    let done = world.triggered(&ticket.id).await;
    assert_eq!((done.len(), done[0].trigger.name.as_str()), (1, "Tarde"));

    // Taken away by hand, it is not put there again while the ticket stands as it does.
    world.changes(INES, &ticket, vec![Change::Tags(vec![])]).await.unwrap();
    world.wait(Span::minutes(10)).await;
    world.restart(Span::minutes(10)).await;
    world.wait(Span::minutes(40)).await;
    world.until("select count(*) from ticket_tags where tag = 'tarde'", 1).await;
    assert_eq!(world.now(&other.id).await.tags, ["tarde"]);
    assert_eq!(world.triggered(&ticket.id).await.len(), 1);

    let stopped = world.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap();
    world.changes(INES, &stopped, vec![Change::Status(Status::New)]).await.unwrap();
    world.wait(Span::minutes(59)).await;
    assert_eq!(world.triggered(&ticket.id).await.len(), 1);
    world.wait(Span::minutes(1)).await;
    world.until(marked, 2).await;
    assert_eq!(world.triggered(&ticket.id).await.len(), 2);
}

#[tokio::test]
async fn whoever_stands_longer_already_is_found_too_and_page_by_page() {
    let world = World::open().await;
    for n in 0..120 {
        world.is_left(&format!("c{n}"), "Hola").await;
    }
    let resolved = world.is_left("otra", "Hola").await;
    world.changes(INES, &resolved, vec![Change::Status(Status::Resolved)]).await.unwrap();
    world.wait(Span::hours(5)).await;

    let late = vec![is(What::Stands { minutes: 60 }), Condition { what: What::Base(Status::Resolved), is: false }];
    world.makes("Tarde", late, vec![Action::Status(Status::InAttendance)]).await;

    world.until("select count(*) from tickets where status = 'InAttendance'", 120).await;
    assert_eq!(world.now(&resolved.id).await.status, Status::Resolved);
    // It has looked up to there: what stands so no more is not looked through again.
    let place = format!("select count(*) from triggers where crossed_at >= {}", world.desk.now().0 - Span::hours(1).0);
    world.until(&place, 1).await;
}

impl World {
    /// The clock has looked through all of them up to who has stood for so long.
    async fn until_looked(&self, count: i64, minutes: i64) {
        let until = self.desk.now().0 - Span::minutes(minutes).0;
        self.until(&format!("select count(*) from triggers where crossed_at >= {until}"), count).await;
    }

    async fn until_triggered(&self, count: i64) {
        self.until("select count(*) from ticket_events where body like '%\"Triggered\"%'", count).await;
    }
}

fn stands(minutes: u32) -> Condition {
    is(What::Stands { minutes })
}

#[tokio::test]
async fn a_look_of_the_clock_that_passes_nobody_writes_nothing() {
    let world = World::open().await;
    let resolved = vec![stands(60), is(What::Base(Status::Resolved))];
    let late = world.makes("Tarde", resolved, vec![adds(&["tarde"])]).await.line.trigger;
    world.makes("Pronto", vec![stands(1)], vec![adds(&["pronto"])]).await;
    world.is_left("ana", "Hola").await;
    let moved = format!("select count(*) from triggers where id = '{}' and crossed_at > 0", late.id);

    // Both are looked for at once, and this one first.
    world.wait(Span::minutes(1)).await;
    world.until_triggered(1).await;
    let at_first = world.count(&moved).await;
    // Ana's ticket stands for an hour, in another status than it asks for.
    world.wait(Span::minutes(59)).await;

    world.until(&moved, 1).await;
    assert_eq!(at_first, 0);
}

#[tokio::test]
async fn what_has_run_otherwise_is_not_run_again_by_the_clock() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let made = world.makes("Avisa", vec![tag("vip"), stands(60)], vec![webhook(&hook)]).await.line.trigger;
    let ticket = world.is_left("ana", "Hola").await;
    world.wait(Span::hours(5)).await;

    world.changes(INES, &ticket, vec![Change::Tag("vip".into())]).await.unwrap();
    hook.next().await;
    // Other conditions have the clock look at everything anew.
    world.keeps_trigger(Trigger { all: vec![stands(60), tag("vip")], ..made }).await;
    world.until_looked(1, 60).await;

    world.until("select count(*) from webhooks", 1).await;
    // Nor what answered another one that the clock has let run.
    let other = world.is_left("bea", "Hola").await;
    let late = vec![stands(60), is(What::Base(Status::New))];
    let late = world.makes("Tarde", late, vec![adds(&["vip"])]).await.line.trigger;
    let first = world.desk.triggers(world.agent(MARTA)).await.unwrap().remove(0).trigger.id;
    world.desk.move_trigger(world.agent(MARTA), &late.id, Some(&first), &here()).await.unwrap();
    world.wait(Span::hours(1)).await;
    world.until_looked(2, 60).await;
    assert_eq!(world.now(&other.id).await.tags, ["vip"]);
    assert_eq!(world.count("select count(*) from webhooks").await, 2);
}

#[tokio::test]
async fn triggers_that_the_clock_would_have_chase_each_other_are_cut_and_it_is_told() {
    let world = World::open().await;
    let base = |status| is(What::Base(status));
    world.makes("ida", vec![base(Status::New), stands(1)], vec![Action::Status(Status::Stopped)]).await;
    world.makes("vuelta", vec![base(Status::Stopped), stands(1)], vec![Action::Status(Status::New)]).await;
    let ticket = world.is_left("ana", "Hola").await;

    for n in 1..=domain::trigger::DEPTH as i64 {
        world.wait(Span::minutes(1)).await;
        world.until_triggered(n).await;
    }
    world.wait(Span::minutes(1)).await;
    world.until("select count(*) from ticket_events where body like '%\"Cut\"%'", 1).await;
    for n in 0..3 {
        // The clock writes down that it has looked where it passes somebody: one who is nobody's business here.
        let other = world.is_left(&format!("otra{n}"), "Hola").await;
        world.changes(INES, &other, vec![Change::Status(Status::Resolved)]).await.unwrap();
        world.wait(Span::minutes(10)).await;
        world.until_looked(2, 1).await;
    }

    assert_eq!(world.triggered(&ticket.id).await.len(), domain::trigger::DEPTH);
    let mishap = world.desk.triggers(world.agent(MARTA)).await.unwrap().remove(0).mishap.unwrap();
    assert_eq!((mishap.what, mishap.number), (Mischance::Cut(Cut::Loop), ticket.number));
    // Whoever takes it up by hand begins anew.
    world.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap();
    world.wait(Span::minutes(1)).await;
    world.until_triggered(domain::trigger::DEPTH as i64 + 1).await;
}

#[tokio::test]
async fn its_own_change_of_status_is_no_other_time_to_run() {
    let mut hook = Hook::open([]).await;
    let world = World::open().await;
    let part = Action::Own { id: "part".into(), reason: "Del almacén".into() };
    let stopped = vec![is(What::Base(Status::Stopped)), stands(60)];
    world.makes("Espera", stopped, vec![part, webhook(&hook)]).await;
    let ticket = world.is_left("ana", "Hola").await;
    world.changes(INES, &ticket, vec![Change::Status(Status::Stopped)]).await.unwrap();

    world.wait(Span::hours(1)).await;
    hook.next().await;
    world.wait(Span::hours(1)).await;
    world.until_looked(1, 60).await;

    assert_eq!(world.count("select count(*) from webhooks").await, 1);
}

/// The clock is in the midst of its pages when it is switched off, or asks something else.
#[tokio::test]
async fn whoever_changes_a_trigger_while_the_clock_looks_through_stops_no_other_and_loses_no_ticket() {
    let world = World::open().await;
    for n in 0..60 {
        world.is_left(&format!("c{n}"), "Hola").await;
    }
    world.wait(Span::hours(5)).await;
    let tagged = |tag: &str| format!("select count(*) from ticket_tags where tag = '{tag}'");
    let off = world.makes("Apagado", vec![stands(60)], vec![adds(&["apagado"])]).await.line.trigger;
    world.desk.switch_trigger(world.agent(MARTA), &off.id, false, &here()).await.unwrap();

    let other = world.makes("Otro", vec![stands(60), tag("nunca")], vec![adds(&["otro"])]).await.line.trigger;
    world.keeps_trigger(Trigger { all: vec![stands(60)], ..other }).await;

    world.until(&tagged("otro"), 60).await;
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_stops_one_trigger_and_no_other() {
    let world = World::open().await;
    let (broken, sound) = (world.is_left("ana", "Hola").await, world.is_left("bea", "Hola").await);
    world.changes(INES, &sound, vec![Change::Status(Status::Stopped)]).await.unwrap();
    let damage = format!("update tickets set state = '{{}}' where id = '{}'", broken.id);
    world.look().await.execute(AssertSqlSafe(damage)).await.unwrap();
    world.makes("Nuevos", vec![stands(60), is(What::Base(Status::New))], vec![adds(&["x"])]).await;
    world.makes("Parados", vec![stands(60), is(What::Base(Status::Stopped))], vec![adds(&["y"])]).await;

    world.wait(Span::hours(1)).await;

    world.until("select count(*) from ticket_tags where tag = 'y'", 1).await;
}

#[tokio::test]
async fn a_letter_to_a_group_is_one_letter_and_too_many_are_told() {
    let post = Post::open([]).await;
    let world = World::with_post(&post).await;
    let id = world.makes("Avisa", offline(), vec![mail(Whom::Group, "Uno más")]).await.line.trigger.id;
    let now = world.desk.now().0 - 1;
    let row =
        |ticket: &str, n: i32| format!("('{ticket} {n}', '', '{ticket}', '{id}', 'x', '', '', {now}, 1, null, {now})");
    let sent = async |rows: Vec<String>| {
        let columns =
            "id, chat_id, ticket_id, trigger_id, recipient, subject, body, created_at, tries, due_at, sent_at";
        let sql = format!("insert into mails ({columns}) values {}", rows.join(", "));
        world.look().await.execute(AssertSqlSafe(sql)).await.unwrap();
    };
    sent((0..300).map(|n| row("todos", n)).collect()).await;

    let one = world.is_left("ana", "Hola").await;
    sent((0..198).map(|n| row(&n.to_string(), n)).collect()).await;
    let two = world.is_left("bea", "Hola").await;

    assert_eq!(world.triggered(&one.id).await[0].failed, []);
    let why = Refusal::TooMany { seconds: 3_600 };
    assert_eq!(world.triggered(&two.id).await[0].failed, [Failed { what: Deed::Mail(Whom::Group), why }]);
    let mishap = world.desk.triggers(world.agent(MARTA)).await.unwrap().remove(0).mishap.unwrap();
    assert_eq!((mishap.what, mishap.number), (Mischance::TooMany, two.number));
}

#[tokio::test]
async fn whoever_saves_what_he_saw_switches_nothing_on_and_brings_nothing_back() {
    let world = World::empty().await;
    let marta = world.agent(MARTA);
    let seen = world.makes("Aviso", offline(), vec![adds(&["x"])]).await.line.trigger;
    world.desk.switch_trigger(marta, &seen.id, false, &here()).await.unwrap();

    let kept = world.keeps_trigger(Trigger { name: "Otro".into(), ..seen.clone() }).await.line.trigger;
    assert_eq!((kept.name.as_str(), kept.on), ("Otro", false));
    world.desk.delete_trigger(marta, &seen.id, &here()).await.unwrap();
    assert_eq!(
        refusal(world.desk.save_trigger(marta, &world.id(), seen.clone(), Some(seen), &here()).await),
        Refusal::NotYours
    );
    assert_eq!(world.count("select count(*) from triggers").await, 0);
}

#[tokio::test]
async fn whoever_saves_a_trigger_over_one_that_was_changed_meanwhile_is_told_by_whom() {
    let world = World::empty().await;
    let (marta, ines) = (world.agent(MARTA), &Agent { system: true, ..world.agent(INES).clone() });
    let seen = world.makes("Aviso", offline(), vec![adds(&["x"])]).await.line.trigger;
    let save = async |who: &Agent, wish: &str, trigger: &Trigger, read: &Trigger| {
        world.desk.save_trigger(who, wish, trigger.clone(), Some(read.clone()), &here()).await
    };
    let theirs = Trigger { actions: vec![adds(&["y"])], ..seen.clone() };
    let mine = Trigger { name: "Otro".into(), ..seen.clone() };
    save(ines, &world.id(), &theirs, &seen).await.unwrap();
    // She does something else with it, and was not faster than herself.
    for on in [false, true] {
        world.desk.switch_trigger(marta, &seen.id, on, &here()).await.unwrap();
    }

    let by = ines.face.name.clone();
    assert_eq!(refusal(save(marta, &world.id(), &mine, &seen).await), Refusal::Overtaken { by });
    assert_eq!(world.trigger(&seen.id).await.unwrap(), theirs);
    // Who asks again for what is so already has only not heard the answer; a new one is written over nothing.
    assert_eq!(save(ines, &world.id(), &theirs, &seen).await.unwrap().line.trigger, theirs);
    let new = world.desk.save_trigger(marta, &world.id(), mine.clone(), None, &here()).await;
    assert!(matches!(refusal(new), Refusal::Overtaken { .. }));
    // Whoever has read it now may; that it was switched off in between is another question.
    world.desk.switch_trigger(ines, &seen.id, false, &here()).await.unwrap();
    let kept = save(marta, &world.id(), &mine, &theirs).await.unwrap().line.trigger;
    assert_eq!(kept, Trigger { on: false, ..mine });
}

#[tokio::test]
async fn a_trial_says_what_would_be_done_and_does_nothing() {
    let mut hook = Hook::open([]).await;
    let post = Post::open([]).await;
    let world = World::with_post(&post).await;
    let (first, second) = (world.is_left("ana", "Hola").await, world.is_left("bea", "Adiós").await);
    world.opens_ticket(INES, "orders", "Mesa").await;
    let before = async || {
        let pool = world.look().await;
        let rows = pool.fetch_all("select state from tickets order by id").await.unwrap();
        let states: Vec<String> = rows.iter().map(|row| sqlx::Row::try_get(row, 0).unwrap()).collect();
        let count = "select (select count(*) from mails) + (select count(*) from webhooks) + (select count(*) from triggers) + (select count(*) from ticket_events)";
        (states, world.count(count).await)
    };
    let was = before().await;

    let actions = vec![adds(&["fuera"]), mail(Whom::Customer, "x"), mail(Whom::Owner, "x"), webhook(&hook)];
    let tried =
        world.desk.try_trigger(world.agent(MARTA), world.a_trigger("Ensayo", offline(), actions)).await.unwrap();

    assert_eq!(tried.iter().map(|one| one.number).collect::<Vec<_>>(), [second.number, first.number]);
    let would = &tried[0].would;
    assert_eq!(would.edits, [Edit::Tags { from: vec![], to: tags(&["fuera"]) }]);
    assert!(matches!(&would.sent[..], [Sent::Mail { to: Whom::Customer, .. }, Sent::Webhook { .. }]), "{would:?}");
    assert_eq!(would.failed, [Failed { what: Deed::Mail(Whom::Owner), why: Refusal::NoAddress }]);
    assert_eq!(before().await, was);
    assert!(hook.is_silent());
}

#[tokio::test]
async fn a_trial_writes_to_whom_it_would_have_given_the_ticket() {
    let post = Post::open([]).await;
    let world = World::with_post(&post).await;
    world.is_left("ana", "Hola").await;
    let owner = Action::Owner(Some(world.agent(INES).face.id.clone()));
    let one = world.a_trigger("Ensayo", offline(), vec![mail(Whom::Owner, "Para {{agent}}"), owner]);

    let tried = world.desk.try_trigger(world.agent(MARTA), one).await.unwrap();

    assert!(
        matches!(&tried[0].would.sent[..], [Sent::Mail { to: Whom::Owner, text, .. }] if text == "Para Inés Robledo"),
        "{:?}",
        tried[0].would
    );
}

#[tokio::test]
async fn only_who_administers_the_system_knows_of_triggers() {
    let world = World::empty().await;
    let id = world.makes("Aviso", offline(), vec![adds(&["x"])]).await.line.trigger.id;
    let one = || world.a_trigger("Otro", offline(), vec![adds(&["x"])]);

    // Inés administers a group; that is not enough.
    for who in [INES, TOMAS, LUCIA] {
        let (desk, who) = (&world.desk, world.agent(who));
        for answer in [
            refusal(desk.triggers(who).await),
            refusal(desk.save_trigger(who, &world.id(), one(), None, &here()).await),
            refusal(desk.try_trigger(who, one()).await),
            refusal(desk.move_trigger(who, &id, Some(&id), &here()).await),
            refusal(desk.switch_trigger(who, &id, false, &here()).await),
            refusal(desk.see_mishap(who, &id).await),
            refusal(desk.renew_secret(who, &id, &here()).await),
            refusal(desk.try_webhook(who, &id).await),
            refusal(desk.delete_trigger(who, &id, &here()).await),
        ] {
            assert_eq!(answer, Refusal::NotYours);
        }
    }
    let marta = world.agent(MARTA);
    assert_eq!(refusal(world.desk.switch_trigger(marta, "gone", true, &here()).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.delete_trigger(marta, "gone", &here()).await), Refusal::NotYours);
    assert_eq!(world.desk.triggers(marta).await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_changes_what_is_done_by_itself_is_written_down_once_and_whoever_is_refused_is_not() {
    let world = World::empty().await;
    let marta = world.agent(MARTA);
    let filter = Filter { kind: Some(audit::Kind::SettingsChanged), ..Filter::default() };
    let lines = async || world.desk.audit(marta, &filter, None).await.unwrap().lines;
    let before = lines().await.len();

    let hook = Action::Webhook { url: "http://127.0.0.1:1/".into() };
    let first = world.makes("Primero", offline(), vec![hook]).await.line.trigger;
    let second = world.makes("Segundo", offline(), vec![adds(&["x"])]).await.line.trigger;
    for _ in 0..2 {
        // The second time it is so already: an answer was lost, or two pressed the same.
        let other = Trigger { name: "Otro nombre".into(), ..second.clone() };
        world.desk.save_trigger(marta, &world.id(), other, Some(second.clone()), &here()).await.unwrap();
        world.desk.move_trigger(marta, &second.id, Some(&first.id), &here()).await.unwrap();
        world.desk.switch_trigger(marta, &second.id, false, &here()).await.unwrap();
    }
    world.desk.renew_secret(marta, &first.id, &here()).await.unwrap();
    world.desk.see_mishap(marta, &first.id).await.unwrap();
    refusal(world.desk.delete_trigger(world.agent(INES), &first.id, &here()).await);
    refusal(world.desk.switch_trigger(marta, "gone", true, &here()).await);
    world.desk.delete_trigger(marta, &first.id, &here()).await.unwrap();

    let mut told = lines().await;
    told.truncate(told.len() - before);
    let about: Vec<_> = told.iter().rev().map(|line| line.about.clone()).collect();
    let thing = |id: &str, what: &str| About::Thing(["trigger ", id, what].concat());
    let (one, two) = (|what| thing(&first.id, what), |what| thing(&second.id, what));
    let all = [one(""), two(""), two(""), two(" moved"), two(" switched"), one(" secret"), one("")];
    assert_eq!(about, all);
    let by = |line: &audit::Line| line.by == By::Agent(marta.face.clone()) && line.address == "203.0.113.0";
    assert!(told.iter().all(by), "{told:?}");
}

#[tokio::test]
async fn a_house_has_so_many_triggers_and_what_is_odd_is_refused() {
    let world = World::empty().await;
    let marta = world.agent(MARTA);
    for n in 0..domain::trigger::TRIGGERS {
        world.makes(&n.to_string(), offline(), vec![adds(&["x"])]).await;
    }
    let one = || world.a_trigger("Otro", offline(), vec![adds(&["x"])]);

    let full = Refusal::Full { limit: domain::trigger::TRIGGERS as u32 };
    assert_eq!(refusal(world.desk.save_trigger(marta, &world.id(), one(), None, &here()).await), full);
    for odd in [Trigger { id: "x".into(), ..one() }, Trigger { name: "a\0b".into(), ..one() }] {
        assert_eq!(refusal(world.desk.save_trigger(marta, &world.id(), odd, None, &here()).await), Refusal::Malformed);
    }
}

#[tokio::test]
async fn one_that_does_not_read_stops_no_ticket() {
    let mut world = World::empty().await;
    let broken = world.makes("Roto", offline(), vec![adds(&["x"])]).await.line.trigger.id;
    world.makes("Sano", offline(), vec![adds(&["y"])]).await;
    let damage = format!("update triggers set body = '{{\"of\":\"tomorrow\"}}' where id = '{broken}'");
    world.look().await.execute(AssertSqlSafe(damage)).await.unwrap();
    world.restart(Span(0)).await;

    assert_eq!(world.is_left("ana", "Hola").await.tags, ["y"]);
    // The others are seen, and it can be taken away.
    let marta = world.agent(MARTA);
    assert_eq!(world.desk.triggers(marta).await.unwrap().len(), 1);
    assert_eq!(world.desk.delete_trigger(marta, &broken, &here()).await.unwrap().len(), 1);
    assert_eq!(world.count("select count(*) from triggers").await, 1);
}

#[tokio::test]
async fn what_was_merged_is_changed_by_no_trigger() {
    let world = World::open().await;
    world.makes("Cerrados", vec![is(What::Base(Status::Closed))], vec![adds(&["cerrado"])]).await;
    let (from, into) =
        (world.opens_ticket(INES, "orders", "Mesa").await, world.opens_ticket(INES, "orders", "Silla").await);
    let merge = domain::TicketAct::Merge { number: into.number };

    world.desk.save_ticket(world.agent(INES), &from.id, &world.id(), &merge).await.unwrap();

    let merged = world.now(&from.id).await;
    assert_eq!((merged.status, merged.tags.as_slice()), (Status::Closed, &[][..]));
    let closed = world.a_trigger("Ensayo", vec![is(What::Base(Status::Closed))], vec![adds(&["cerrado"])]);
    assert_eq!(world.desk.try_trigger(world.agent(MARTA), closed).await.unwrap(), [], "nor would it be");
}
