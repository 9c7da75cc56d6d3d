//! A customer as agents see him: no more of him than they may read, and who keeps him out.

use crate::world::{INES, LUCIA, MARTA, TOMAS, World, fresh, here, refusal, token};
use desk::Caller;
use domain::customer::{Customer, Deed, Earlier, PAGE};
use domain::{Act, Reason, Refusal, Span, Stage};

impl World {
    /// By what a browser's person is known to us.
    pub async fn customer_of(&self, browser: &str) -> String {
        let Caller::Visitor(visitor) = self.caller(browser).await else { panic!("not a visitor") };
        visitor.customer
    }

    async fn sees_customer(&self, who: &str, id: &str) -> Result<Customer, desk::Error> {
        self.desk.customer(self.agent(who), id).await
    }

    /// The numbers of his conversations that somebody may know of.
    async fn numbers(&self, who: &str, id: &str) -> Vec<i64> {
        let talks = self.desk.chats_of_customer(self.agent(who), id, None).await.unwrap();
        talks.into_iter().map(|talk| talk.number).collect()
    }

    /// Attended by an agent and over.
    pub async fn talks(&mut self, browser: &str, group: &str, with: &str, words: &str) -> String {
        let chat = self.starts(browser, group).await;
        self.says(browser, &chat, words).await;
        self.does(with, &chat, Act::Attend).await.unwrap();
        self.clock.advance(Span::minutes(7));
        self.does(with, &chat, Act::Close).await.unwrap();
        chat
    }
}

#[tokio::test]
async fn an_agent_sees_of_a_customer_what_he_may_read_anyway() {
    let mut world = World::open().await;
    world.talks("ana", "returns", INES, "La lámpara llegó rota.").await;
    world.talks("ana", "choose", LUCIA, "¿Roble o nogal?").await;
    let ana = world.customer_of("ana").await;

    for (who, numbers, tickets) in
        [(INES, vec![1], 1), (TOMAS, vec![1], 1), (LUCIA, vec![2], 1), (MARTA, vec![2, 1], 2)]
    {
        assert_eq!(world.numbers(who, &ana).await, numbers, "{who}");
        let rows = world.desk.tickets_of_customer(world.agent(who), &ana, None).await.unwrap();
        assert_eq!(rows.len(), tickets, "{who}");
    }
    let talk = world.desk.chats_of_customer(world.agent(LUCIA), &ana, None).await.unwrap().remove(0);
    assert_eq!(talk.subject.as_deref(), Some("¿Roble o nogal?"));
    assert_eq!((talk.stage, talk.lasted), (Stage::Ended(Reason::Agent), Some(Span::minutes(7))));
    assert_eq!(talk.agent.map(|face| face.name).as_deref(), Some("Lucía Cano"));
    let seen = world.sees_customer(INES, &ana).await.unwrap();
    assert_eq!((seen.name.as_str(), seen.email.as_str(), seen.verified), ("ana", "ana@correo.example", false));
}

#[tokio::test]
async fn of_whom_an_agent_may_read_nothing_does_not_exist_for_him() {
    let mut world = World::open().await;
    world.talks("ana", "choose", LUCIA, "¿Roble o nogal?").await;
    world.desk.leave_message(&token("eva"), &world.message("eva", "Llegó rota")).await.unwrap();
    let (ana, eva) = (world.customer_of("ana").await, world.customer_of("eva").await);

    for (who, ana_is_there, eva_is_there) in
        [(INES, false, true), (TOMAS, false, true), (LUCIA, true, false), (MARTA, true, true)]
    {
        for (id, is_there) in [(&ana, ana_is_there), (&eva, eva_is_there)] {
            match world.sees_customer(who, id).await {
                Ok(_) => assert!(is_there, "{who}"),
                answer => assert!(!is_there && refusal(answer) == Refusal::NotYours, "{who}"),
            }
        }
    }
    for nobody in ["", "0", "nobody", "\0"] {
        assert_eq!(refusal(world.sees_customer(MARTA, nobody).await), Refusal::NotYours);
        assert!(world.numbers(MARTA, nobody).await.is_empty(), "as for who may read nothing");
    }
}

#[tokio::test]
async fn what_is_said_in_a_running_conversation_is_in_no_list_of_a_colleague() {
    let (world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "La lámpara llegó rota.").await;
    let ana = world.customer_of("ana").await;

    for (who, subject) in
        [(INES, Some("La lámpara llegó rota.")), (TOMAS, None), (MARTA, Some("La lámpara llegó rota."))]
    {
        let talk = world.desk.chats_of_customer(world.agent(who), &ana, None).await.unwrap().remove(0);
        assert_eq!(talk.subject.as_deref(), subject, "{who}");
    }
}

#[tokio::test]
async fn his_past_is_read_page_by_page_the_newest_first() {
    let mut world = World::open().await;
    let many = 2 * PAGE + 3;
    for n in 0..many {
        let (group, with) = if n % 2 == 0 { ("returns", INES) } else { ("choose", LUCIA) };
        world.talks("ana", group, with, "Hola.").await;
    }
    let ana = world.customer_of("ana").await;

    for (who, expected) in [(MARTA, many), (INES, many.div_ceil(2)), (LUCIA, many / 2)] {
        let (mut talks, mut rows) = (Vec::new(), Vec::new());
        loop {
            let before =
                talks.last().map(|t: &domain::customer::Talked| Earlier { at: t.queued_at, id: t.chat.clone() });
            let page = world.desk.chats_of_customer(world.agent(who), &ana, before).await.unwrap();
            let before = rows.last().map(|t: &domain::wire::TicketRow| Earlier { at: t.changed_at, id: t.id.clone() });
            let more = world.desk.tickets_of_customer(world.agent(who), &ana, before).await.unwrap();
            assert_eq!(page.len(), more.len(), "each of these chats has its ticket");
            talks.extend(page.clone());
            rows.extend(more);
            if page.len() < PAGE {
                break;
            }
        }
        let numbers: Vec<i64> = talks.iter().map(|t| t.number).collect();
        assert_eq!((numbers.len(), rows.len()), (expected, expected), "{who}");
        assert!(numbers.is_sorted_by(|a, b| a > b), "{numbers:?}");
        assert!(rows.is_sorted_by(|a, b| a.changed_at >= b.changed_at));
    }
    let odd = Some(Earlier { at: world.desk.now(), id: "\0".into() });
    assert_eq!(refusal(world.desk.chats_of_customer(world.agent(MARTA), &ana, odd).await), Refusal::Malformed);
}

#[tokio::test]
async fn whoever_was_nobody_until_his_site_named_him_is_one_person() {
    let mut world = World::open().await;
    world.talks("ana", "returns", INES, "Todavía no soy nadie.").await;
    let before = world.customer_of("ana").await;
    world.identifies("ana", "u1").await.unwrap();
    world.talks("ana", "returns", INES, "Ahora sí.").await;
    // Another browser with the same name and address is another person.
    world.talks("bruno", "returns", INES, "Soy otro.").await;

    let person = world.sees_customer(INES, &before).await.unwrap();

    assert_eq!(person.id, world.customer_of("ana").await);
    assert!(person.verified && person.id != before);
    assert_eq!((person.name.as_str(), person.known_as[0].subject.as_str()), ("u1 of the shop", "u1"));
    assert_eq!(world.numbers(INES, &person.id).await, [2, 1]);
    assert_eq!(world.numbers(INES, &before).await, [2, 1]);
    assert!(person.attributes.iter().any(|one| one.key == "plan" && one.signed));
}

#[tokio::test]
async fn who_is_blocked_begins_nothing_and_what_runs_goes_on() {
    let mut world = World::open().await;
    let chat = world.starts("ana", "returns").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let ana = world.customer_of("ana").await;

    let seen = world.desk.block(world.agent(INES), &ana, true, " Insulta\na todos. ", &here()).await.unwrap();

    assert!(seen.blocked);
    let done = &seen.deeds[0];
    assert_eq!((done.deed, done.reason.as_str(), done.at), (Deed::Blocked, "Insulta a todos.", world.desk.now()));
    assert_eq!(done.by.as_ref().map(|face| face.name.as_str()), Some("Inés Robledo"));
    // What runs goes on, and its start is still answered with it.
    world.says("ana", &chat, "¿Sigue ahí?").await;
    world.does("ana", &chat, Act::Close).await.unwrap();
    let again = world.desk.open_chat(&token("ana"), &world.form("ana", "returns")).await;
    assert_eq!(refusal(again), Refusal::Blocked);
    let message = world.message("ana", "Insultos");
    assert_eq!(refusal(world.desk.leave_message(&token("ana"), &message).await), Refusal::Blocked);
    // Nor where his site names him afterwards; others are not touched.
    world.identifies("ana", "u1").await.unwrap();
    let again = world.desk.open_chat(&fresh("ana"), &world.form("ana", "returns")).await;
    assert_eq!(refusal(again), Refusal::Blocked);
    world.starts("bruno", "returns").await;
    world.clock.advance(Span::minutes(1));

    let seen = world.desk.block(world.agent(INES), &ana, false, "Pidió perdón.", &here()).await.unwrap();

    assert!(!seen.blocked);
    let deeds: Vec<_> = seen.deeds.iter().map(|done| (done.deed, done.reason.as_str())).collect();
    assert_eq!(deeds, [(Deed::Unblocked, "Pidió perdón."), (Deed::Blocked, "Insulta a todos.")]);
    world.starts("ana", "returns").await;
}

#[tokio::test]
async fn a_start_that_is_repeated_is_answered_although_he_was_blocked_meanwhile() {
    let mut world = World::open().await;
    let form = world.form("ana", "returns");
    let first = world.desk.open_chat(&token("ana"), &form).await.unwrap();
    world.comes("ana").await;
    let ana = world.customer_of("ana").await;
    world.desk.block(world.agent(MARTA), &ana, true, "Abuso", &here()).await.unwrap();

    assert_eq!(world.desk.open_chat(&token("ana"), &form).await.unwrap(), first);
}

/// Inés administers returns; Tomás attends it; Lucía is of another group; Marta administers all.
#[tokio::test]
async fn who_may_block_export_and_erase() {
    let mut world = World::open().await;
    world.talks("ana", "returns", INES, "Hola.").await;
    world.talks("eva", "choose", LUCIA, "Hola.").await;
    let (ana, eva) = (world.customer_of("ana").await, world.customer_of("eva").await);
    let (administrators, not_there) = (Some(Refusal::OnlyAdministrators), Some(Refusal::NotYours));

    for (who, id, blocks, takes) in [
        (INES, &ana, None, administrators.clone()),
        (TOMAS, &ana, administrators.clone(), administrators.clone()),
        (LUCIA, &ana, not_there.clone(), administrators.clone()),
        (MARTA, &ana, None, None),
        (INES, &eva, not_there, administrators.clone()),
        (LUCIA, &eva, administrators.clone(), administrators.clone()),
        (MARTA, &eva, None, None),
    ] {
        let why = |answer: Result<(), desk::Error>| answer.err().map(|error| refusal::<()>(Err(error)));
        for block in [true, false] {
            let answer = world.desk.block(world.agent(who), id, block, "Abuso", &here()).await.map(|_| ());
            assert_eq!(why(answer), blocks, "{who}");
        }
        assert_eq!(why(world.desk.export_customer(world.agent(who), id, &here()).await.map(|_| ())), takes, "{who}");
        assert_eq!(why(world.desk.erase_customer(world.agent(who), id, &here()).await), takes, "{who}");
    }
    for (reason, why) in
        [("", Refusal::Empty), (" \n", Refusal::Empty), (&"a".repeat(301), Refusal::TooLong { limit: 300 })]
    {
        assert_eq!(refusal(world.desk.block(world.agent(MARTA), &ana, true, reason, &here()).await), why);
    }
}
