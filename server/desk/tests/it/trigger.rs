//! Triggers: what they do, in which order, and who makes and tries them (R41).

use crate::hook::Hook;
use crate::letter::mail;
use crate::post::Post;
use crate::webhook::webhook;
use crate::world::*;
use desk::Signed;
use domain::audit::{self, About, By, Filter};
use domain::group::Named;
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

impl World {
    pub fn a_trigger(&self, name: &str, all: Vec<Condition>, actions: Vec<Action>) -> Trigger {
        Trigger { id: self.id(), name: name.into(), on: true, when: When::Begins, all, any: vec![], actions }
    }

    /// A new one, or another of one as it is now.
    pub async fn keeps_trigger(&self, trigger: Trigger) -> Kept {
        let read = self.trigger(&trigger.id).await;
        self.desk.save_trigger(self.session(MARTA), &self.id(), trigger, read, &here()).await.unwrap()
    }

    /// He administers the system from now on, or no more.
    async fn makes_administer(&self, email: &str, system: bool) {
        let sql = format!("update agents set system = {} where email = '{email}'", i64::from(system));
        self.look().await.execute(AssertSqlSafe(sql)).await.unwrap();
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

    pub async fn ticket_of_number(&self, number: i64) -> Ticket {
        use sqlx::Row;
        let row =
            sqlx::query("select id from tickets where number = $1").bind(number).fetch_one(&self.look().await).await;
        let id: String = row.unwrap().try_get(0).unwrap();
        self.now(&id).await
    }

    pub async fn now(&self, ticket: &str) -> Ticket {
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
        world.desk.delete_trigger(world.session(MARTA), &made.line.trigger.id, &here()).await.unwrap();
    }
    // Lucía does not see returns, and nobody can own what he does not see.
    world.makes("uno", offline(), vec![Action::Owner(Some(lucia)), adds(&["x"])]).await;
    let ticket = world.is_left("ana", "Hola").await;
    assert_eq!((ticket.owner, ticket.tags), (None, tags(&["x"])));
    let why = Refusal::FieldWrong { field: "owner".into() };
    assert_eq!(world.triggered(&ticket.id).await[0].failed, [Failed { what: Deed::Owner, why }]);
}

#[tokio::test]
async fn they_are_asked_in_their_order_which_can_be_changed() {
    let world = World::empty().await;
    let marta = world.session(MARTA);
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
    let lines = world.desk.see_mishap(world.session(MARTA), &lines[0].trigger.id).await.unwrap();
    assert_eq!(lines[0].mishap, None);
}

#[tokio::test]
async fn whoever_saves_what_he_saw_switches_nothing_on_and_brings_nothing_back() {
    let world = World::empty().await;
    let marta = world.session(MARTA);
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
    world.makes_administer(INES, true).await;
    let (marta, ines) = (world.session(MARTA), &world.signed(INES).await);
    let seen = world.makes("Aviso", offline(), vec![adds(&["x"])]).await.line.trigger;
    let save = async |who: &Signed, wish: &str, trigger: &Trigger, read: &Trigger| {
        world.desk.save_trigger(who, wish, trigger.clone(), Some(read.clone()), &here()).await
    };
    let theirs = Trigger { actions: vec![adds(&["y"])], ..seen.clone() };
    let mine = Trigger { name: "Otro".into(), ..seen.clone() };
    save(ines, &world.id(), &theirs, &seen).await.unwrap();
    // She does something else with it, and was not faster than herself.
    for on in [false, true] {
        world.desk.switch_trigger(marta, &seen.id, on, &here()).await.unwrap();
    }

    let by = ines.agent.face.name.clone();
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
        let (desk, who) = (&world.desk, world.session(who));
        for answer in [
            refusal(desk.triggers(&who.agent).await),
            refusal(desk.save_trigger(who, &world.id(), one(), None, &here()).await),
            refusal(desk.try_trigger(&who.agent, one()).await),
            refusal(desk.move_trigger(who, &id, Some(&id), &here()).await),
            refusal(desk.switch_trigger(who, &id, false, &here()).await),
            refusal(desk.see_mishap(who, &id).await),
            refusal(desk.renew_secret(who, &id, &here()).await),
            refusal(desk.try_webhook(&who.agent, &id).await),
            refusal(desk.delete_trigger(who, &id, &here()).await),
        ] {
            assert_eq!(answer, Refusal::NotYours);
        }
    }
    let marta = world.session(MARTA);
    assert_eq!(refusal(world.desk.switch_trigger(marta, "gone", true, &here()).await), Refusal::NotYours);
    assert_eq!(refusal(world.desk.delete_trigger(marta, "gone", &here()).await), Refusal::NotYours);
    assert_eq!(world.desk.triggers(&marta.agent).await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_administers_no_more_when_his_turn_comes_changes_no_trigger() {
    let world = World::empty().await;
    let kept = world.makes("Aviso", offline(), vec![adds(&["x"])]).await.line.trigger;
    world.makes_administer(INES, true).await;
    // What she asks was read when she still did.
    let waits = &world.signed(INES).await;
    world.makes_administer(INES, false).await;
    let mine = || Trigger { name: "Otro".into(), ..kept.clone() };

    let (desk, id, from) = (&world.desk, &kept.id, &here());
    for answer in [
        refusal(desk.save_trigger(waits, &world.id(), mine(), Some(kept.clone()), from).await),
        refusal(desk.move_trigger(waits, id, None, from).await),
        refusal(desk.switch_trigger(waits, id, false, from).await),
        refusal(desk.see_mishap(waits, id).await),
        refusal(desk.renew_secret(waits, id, from).await),
        refusal(desk.delete_trigger(waits, id, from).await),
    ] {
        assert_eq!(answer, Refusal::NotYours);
    }
    world.makes_administer(INES, true).await;
    let out = format!("delete from sessions where id = '{}'", waits.session);
    world.look().await.execute(AssertSqlSafe(out)).await.unwrap();
    let signed_out = desk.save_trigger(waits, &world.id(), mine(), Some(kept.clone()), from).await;

    assert_eq!(refusal(signed_out), Refusal::SignedOut);
    assert_eq!(world.trigger(id).await.unwrap(), kept);
}

#[tokio::test]
async fn whoever_changes_what_is_done_by_itself_is_written_down_once_and_whoever_is_refused_is_not() {
    let world = World::empty().await;
    let marta = world.session(MARTA);
    let filter = Filter { kind: Some(audit::Kind::SettingsChanged), ..Filter::default() };
    let lines = async || world.desk.audit(&marta.agent, &filter, None).await.unwrap().lines;
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
    refusal(world.desk.delete_trigger(world.session(INES), &first.id, &here()).await);
    refusal(world.desk.switch_trigger(marta, "gone", true, &here()).await);
    world.desk.delete_trigger(marta, &first.id, &here()).await.unwrap();

    let mut told = lines().await;
    told.truncate(told.len() - before);
    let about: Vec<_> = told.iter().rev().map(|line| line.about.clone()).collect();
    let thing = |id: &str, what: &str| About::Thing(["trigger ", id, what].concat());
    let (one, two) = (|what| thing(&first.id, what), |what| thing(&second.id, what));
    let all = [one(""), two(""), two(""), two(" moved"), two(" switched"), one(" secret"), one("")];
    assert_eq!(about, all);
    let by = |line: &audit::Line| line.by == By::Agent(marta.agent.face.clone()) && line.address == "203.0.113.0";
    assert!(told.iter().all(by), "{told:?}");
}

#[tokio::test]
async fn a_house_has_so_many_triggers_and_what_is_odd_is_refused() {
    let world = World::empty().await;
    let marta = world.session(MARTA);
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
    let marta = world.session(MARTA);
    assert_eq!(world.desk.triggers(&marta.agent).await.unwrap().len(), 1);
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
