//! Tickets: born with the end, saved once for the first time, never lost.

use crate::world::*;
use domain::group::Named;
use domain::ticket::{Change, Edit, Standing, Via};
use domain::ticket_list::Filter;
use domain::{Act, Refusal, Span, Status, Ticket, TicketAct, TicketEvent};

fn save(subject: &str, status: Status) -> TicketAct {
    TicketAct::Save { changes: vec![Change::Subject(subject.into()), Change::Status(status)], note: String::new() }
}

async fn wrap_up() -> (World, Ticket) {
    let (world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "La lámpara llegó rota").await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    (world, ticket)
}

#[tokio::test]
async fn there_is_no_ticket_until_the_end() {
    let (world, chat) = World::with_conversation().await;

    assert_eq!(world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap(), None);
    world.does(INES, &chat, Act::Close).await.unwrap();
    assert!(world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().is_some());
}

#[tokio::test]
async fn a_ticket_is_called_by_his_first_words_and_waits_to_be_saved() {
    let (world, ticket) = wrap_up().await;

    assert_eq!((ticket.subject.as_str(), ticket.is_saved()), ("La lámpara llegó rota", false));
    assert_eq!(world.desk.lists(world.agent(INES)).await.unwrap().unsaved, [ticket]);
}

#[tokio::test]
async fn a_chats_ticket_may_be_resolved_or_cancelled_at_its_first_save() {
    for status in [Status::Resolved, Status::Canceled] {
        let (world, ticket) = wrap_up().await;

        let saved =
            world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &save("Lámpara", status)).await.unwrap();

        assert_eq!((saved.status, saved.first_status), (status, Some(status)));
        assert!(world.desk.lists(world.agent(INES)).await.unwrap().unsaved.is_empty());
    }
}

#[tokio::test]
async fn the_first_saved_status_is_kept_for_ever() {
    let (world, ticket) = wrap_up().await;
    let ines = world.agent(INES);
    world.desk.save_ticket(ines, &ticket.id, &world.id(), &save("Lámpara", Status::Resolved)).await.unwrap();

    let reopened =
        world.desk.save_ticket(ines, &ticket.id, &world.id(), &save("Lámpara", Status::InAttendance)).await.unwrap();

    assert_eq!((reopened.status, reopened.first_status), (Status::InAttendance, Some(Status::Resolved)));
}

#[tokio::test]
async fn a_repeated_save_is_one_save() {
    let (world, ticket) = wrap_up().await;
    let wish = world.id();

    let first =
        world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &save("Lámpara", Status::Resolved)).await.unwrap();
    let again =
        world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &save("Lámpara", Status::Canceled)).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn closing_twice_makes_one_ticket() {
    let (world, chat) = World::with_conversation().await;

    let (one, other) = tokio::join!(world.does(INES, &chat, Act::Close), world.does("ana", &chat, Act::Close));

    assert!(one.is_ok() != other.is_ok());
    assert_eq!(world.count("select count(*) from tickets").await, 1);
}

#[tokio::test]
async fn a_deserter_who_wrote_leaves_a_ticket_for_the_team() {
    let (mut world, chat) = World::with_waiting_customer().await;
    world.says("ana", &chat, "¿Hay alguien?").await;

    world.leaves("ana").await;
    world.wait(Span::secs(21)).await;

    let ticket = world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap().unwrap();
    assert_eq!((ticket.status, ticket.owner.clone(), ticket.is_saved()), (Status::New, None, true));
}

#[tokio::test]
async fn a_deserter_who_wrote_nothing_leaves_none() {
    let (world, chat) = World::with_waiting_customer().await;

    world.does("ana", &chat, Act::Close).await.unwrap();

    assert_eq!(world.desk.ticket_of_chat(world.agent(INES), &chat).await.unwrap(), None);
}

#[tokio::test]
async fn nobody_else_saves_an_agents_wrap_up() {
    let (world, ticket) = wrap_up().await;

    for who in [TOMAS, LUCIA] {
        let refused =
            world.desk.save_ticket(world.agent(who), &ticket.id, &world.id(), &save("x", Status::Resolved)).await;
        assert_eq!(refusal(refused), Refusal::NotYours);
    }
}

#[tokio::test]
async fn a_ticket_without_a_subject_is_not_saved() {
    let (world, ticket) = wrap_up().await;

    let refused =
        world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &save("  ", Status::Resolved)).await;

    assert_eq!(refusal(refused), Refusal::Empty);
    assert!(!world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap().is_saved());
}

#[tokio::test]
async fn the_list_is_read_page_by_page_without_holes_or_doubles() {
    let mut world = World::open().await;
    for n in 0..120 {
        let name = format!("customer{n}");
        let chat = world.starts(&name, "orders").await;
        world.says(&name, &chat, &format!("mensaje {n}")).await;
        world.does(&name, &chat, Act::Close).await.unwrap();
    }

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = world.desk.tickets(world.agent(INES), "es", &Filter::default(), after.as_ref()).await.unwrap();
        seen.extend(page.rows.into_iter().map(|row| row.number));
        after = page.next;
        if after.is_none() {
            break;
        }
    }

    seen.sort_unstable();
    assert_eq!(seen, (1..=120).collect::<Vec<_>>());
    assert!(world.desk.tickets(world.agent(LUCIA), "es", &Filter::default(), None).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_save_that_is_repeated_by_somebody_else_shows_him_nothing() {
    let (world, ticket) = wrap_up().await;
    let (wish, act) = (world.id(), save("Lámpara", Status::Resolved));
    world.desk.save_ticket(world.agent(INES), &ticket.id, &wish, &act).await.unwrap();

    let replayed = world.desk.save_ticket(world.agent(LUCIA), &ticket.id, &wish, &act).await;

    assert_eq!(refusal(replayed), Refusal::NotYours);
}

#[tokio::test]
async fn a_required_field_is_asked_for_before_the_first_save_and_nothing_is_half_saved() {
    let (world, ticket) = wrap_up().await;
    world.requires("order").await;
    let resolved = || vec![Change::Subject("Lámpara".into()), Change::Status(Status::Resolved)];

    let refused = world.changes(INES, &ticket, resolved()).await;

    assert_eq!(refusal(refused), Refusal::FieldMissing { field: "order".into() });
    assert_eq!(world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap(), ticket);
    let order = Change::Field { id: "order".into(), value: "10-442".into() };
    let saved = world.changes(INES, &ticket, [resolved(), vec![order]].concat()).await.unwrap();
    assert_eq!((saved.status, saved.filled("order")), (Status::Resolved, "10-442"));
}

#[tokio::test]
async fn a_wrap_up_of_somebody_who_is_gone_is_kept_whatever_the_house_requires() {
    let (mut world, ticket) = wrap_up().await;
    world.requires("order").await;

    world.leaves(INES).await;
    world.wait(Span::secs(21)).await;

    assert!(world.desk.ticket(world.agent(MARTA), &ticket.id).await.unwrap().is_saved());
}

#[tokio::test]
async fn a_status_of_the_house_counts_as_its_base_and_says_why() {
    let (world, ticket) = wrap_up().await;
    let own = |reason: &str| vec![Change::Own { id: "part".into(), reason: reason.into() }];

    assert_eq!(refusal(world.changes(INES, &ticket, own("")).await), Refusal::FieldMissing { field: "reason".into() });
    assert_eq!(
        refusal(world.changes(INES, &ticket, own("porque sí")).await),
        Refusal::FieldWrong { field: "reason".into() }
    );
    let saved = world.changes(INES, &ticket, own("Del proveedor")).await.unwrap();

    assert_eq!((saved.status, saved.first_status), (Status::Stopped, Some(Status::Stopped)));
    assert_eq!(world.count("select count(*) from tickets where status = 'Stopped' and own_id = 'part'").await, 1);
}

#[tokio::test]
async fn every_change_is_in_the_history_with_who_when_and_from_what_to_what() {
    let (world, ticket) = wrap_up().await;
    world.changes(INES, &ticket, vec![Change::Status(Status::New)]).await.unwrap();
    world.wait(Span::secs(60)).await;
    let tomas = world.agent(TOMAS).face.clone();

    world
        .changes(
            TOMAS,
            &ticket,
            vec![
                Change::Owner(Some(tomas.id.clone())),
                Change::Tags(vec![" Rota".into()]),
                Change::Own { id: "workshop".into(), reason: String::new() },
            ],
        )
        .await
        .unwrap();

    let history = world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap();
    let last = history.last().unwrap();
    let TicketEvent::Changed { by, edits, .. } = &last.event else { panic!("{last:?}") };
    assert_eq!((by, last.at), (&tomas, world.desk.now()));
    let own = Some(Named { id: "workshop".into(), name: "En el taller".into() });
    let standing = Standing { base: Status::InAttendance, own, reason: String::new() };
    assert_eq!(
        edits.as_slice(),
        [
            Edit::Owner { from: Some(world.agent(INES).face.clone()), to: Some(tomas.clone()) },
            Edit::Tags { from: vec![], to: vec!["rota".into()] },
            Edit::Status { from: Standing::of(Status::New), to: standing },
        ]
    );
}

#[tokio::test]
async fn of_fifty_who_take_one_ticket_at_once_one_has_it_and_the_others_are_told_who() {
    let (world, ticket) = wrap_up().await;
    world.changes(INES, &ticket, vec![Change::Owner(None), Change::Status(Status::New)]).await.unwrap();
    let world = std::sync::Arc::new(world);
    let mut tasks = tokio::task::JoinSet::new();

    for who in [INES, TOMAS, MARTA].into_iter().cycle().take(50) {
        let (world, ticket) = (world.clone(), ticket.clone());
        tasks.spawn(async move {
            let me = world.agent(who).face.clone();
            let take = Change::OwnerOf { seen: None, to: Some(me.id.clone()) };
            (me, world.changes(who, &ticket, vec![take]).await)
        });
    }
    let answers = tasks.join_all().await;

    let owner = world.desk.ticket(world.agent(MARTA), &ticket.id).await.unwrap().owner.unwrap();
    for (me, answer) in answers {
        // Who tries again in another tab has it already.
        match answer {
            Ok(_) => assert_eq!(me, owner),
            lost => assert_eq!(refusal(lost), Refusal::HeldBy { by: owner.name.clone() }),
        }
    }
    let history = world.desk.ticket_history(world.agent(MARTA), &ticket.id).await.unwrap();
    let given = |event: &TicketEvent| matches!(event, TicketEvent::Changed { edits, .. } if edits.iter().any(|edit| matches!(edit, Edit::Owner { to: Some(_), .. })));
    assert_eq!(history.iter().filter(|entry| given(&entry.event)).count(), 1);
}

#[tokio::test]
async fn two_who_each_put_a_tag_there_find_both() {
    let (world, ticket) = wrap_up().await;
    world.changes(INES, &ticket, vec![Change::Tag("vieja".into())]).await.unwrap();
    let (mine, hers) = (Change::Tag("Rota".into()), [Change::Tag("urgente".into()), Change::Untag("vieja".into())]);

    let (one, other) = tokio::join!(
        world.changes(INES, &ticket, vec![mine]),
        world.changes(TOMAS, &ticket, hers.into_iter().collect())
    );

    one.unwrap();
    other.unwrap();
    let mut now = world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap().tags;
    now.sort_unstable();
    assert_eq!(now, ["rota", "urgente"]);
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_stays() {
    let (world, ticket) = wrap_up().await;
    world.changes(INES, &ticket, vec![]).await.unwrap();
    let tags = vec![Change::Tags(vec!["rota".into()])];

    let (one, other) = tokio::join!(
        world.changes(TOMAS, &ticket, vec![Change::Subject("Pantalla".into())]),
        world.changes(INES, &ticket, tags)
    );

    assert!(one.is_ok() && other.is_ok());
    let now = world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap();
    assert_eq!((now.subject.as_str(), now.tags.as_slice()), ("Pantalla", &["rota".to_owned()][..]));
}

#[tokio::test]
async fn a_ticket_opened_by_hand_goes_through_attention_first() {
    let world = World::open().await;
    let new = |status| world.new_ticket("orders", vec![Change::Subject("Mesa".into()), Change::Status(status)]);

    for status in [Status::Resolved, Status::Canceled, Status::Closed] {
        let refused = world.desk.new_ticket(world.agent(INES), &new(status)).await;
        assert_eq!(refusal(refused), Refusal::FieldWrong { field: "status".into() });
    }
    assert_eq!(world.count("select count(*) from tickets").await, 0);
    let asked = new(Status::InAttendance);
    let opened = world.desk.new_ticket(world.agent(INES), &asked).await.unwrap();
    let again = world.desk.new_ticket(world.agent(INES), &asked).await.unwrap();

    assert_eq!((opened.id.clone(), opened.number), (again.id, again.number));
    assert_eq!((opened.via, opened.status, opened.is_saved()), (Via::Agent, Status::InAttendance, true));
    assert_eq!(opened.customer.name, "Ana Belmonte");
    world.changes(INES, &opened, vec![Change::Status(Status::Resolved)]).await.unwrap();
}

#[tokio::test]
async fn nobody_opens_a_ticket_where_he_does_not_work_or_about_whom_he_may_not_know() {
    let (world, ticket) = wrap_up().await;

    let foreign = world.desk.new_ticket(world.agent(LUCIA), &world.new_ticket("orders", vec![])).await;
    let mut about = world.new_ticket("choose", vec![]);
    about.of_ticket = Some(ticket.id.clone());
    let unknown = world.desk.new_ticket(world.agent(LUCIA), &about).await;

    assert_eq!((refusal(foreign), refusal(unknown)), (Refusal::NotYours, Refusal::NotYours));
    about.group = "returns".into();
    let opened = world.desk.new_ticket(world.agent(INES), &about).await.unwrap();
    assert_eq!(opened.customer, ticket.customer);
}

#[tokio::test]
async fn two_merged_tickets_lose_nothing() {
    let (world, ticket) = wrap_up().await;
    world.changes(INES, &ticket, vec![]).await.unwrap();
    let other = world.opens_ticket(INES, "orders", "Pantalla").await;
    let merge = |number| TicketAct::Merge { number };
    let save =
        async |who, ticket: &Ticket, act| world.desk.save_ticket(world.agent(who), &ticket.id, &world.id(), &act).await;

    let foreign = save(LUCIA, &ticket, merge(other.number)).await;
    assert_eq!(refusal(foreign), Refusal::NotYours);
    let whole = save(INES, &ticket, merge(other.number)).await.unwrap();

    assert_eq!((whole.id.as_str(), whole.chats.first().map(|l| &l.chat)), (other.id.as_str(), ticket.chat.as_ref()));
    let merged = world.desk.ticket(world.agent(INES), &ticket.id).await.unwrap();
    assert_eq!((merged.status, merged.merged.as_ref().map(|into| into.number)), (Status::Closed, Some(other.number)));
    assert_eq!(world.desk.ticket_history(world.agent(INES), &ticket.id).await.unwrap().len(), 3);
    for (from, into) in [(&ticket, other.number), (&other, ticket.number)] {
        assert_eq!(refusal(save(INES, from, merge(into)).await), Refusal::TooLate);
    }
}

#[tokio::test]
async fn a_conversation_that_is_over_is_linked_by_its_number_and_unlinked() {
    let (mut world, ticket) = wrap_up().await;
    world.changes(INES, &ticket, vec![]).await.unwrap();
    let runs = world.starts("eva", "returns").await;
    let foreign = world.starts("bea", "choose").await;
    world.does("bea", &foreign, Act::Close).await.unwrap();
    let number = async |chat: &str| world.chat(chat).await.number;
    let link = async |number| {
        world.desk.save_ticket(world.agent(INES), &ticket.id, &world.id(), &TicketAct::Link { number }).await
    };

    assert_eq!(refusal(link(number(&runs).await).await), Refusal::NotYours, "it runs");
    assert_eq!(refusal(link(number(&foreign).await).await), Refusal::NotYours, "another group's");
    assert_eq!(refusal(link(99_999).await), Refusal::NotYours);
    world.does("eva", &runs, Act::Close).await.unwrap();
    let linked = link(number(&runs).await).await.unwrap();
    assert_eq!(linked.chats.iter().map(|l| (l.chat.as_str(), l.by_hand)).collect::<Vec<_>>(), [(runs.as_str(), true)]);
    let unlink = TicketAct::Unlink { chat: runs.clone() };
    let unlinked = world.desk.save_ticket(world.agent(TOMAS), &ticket.id, &world.id(), &unlink).await.unwrap();
    assert!(unlinked.chats.is_empty());
}
