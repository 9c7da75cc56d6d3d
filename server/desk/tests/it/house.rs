//! The house's own statuses and fields, as an administrator changes them, and as agents meet them.

use crate::world::*;
use desk::Error;
use domain::house::change::{Change as Settle, Entry, List, Piece};
use domain::house::{OwnField, OwnKind, OwnStatus};
use domain::ticket::Change;
use domain::{Refusal, Status};

impl World {
    async fn settles_house(&self, who: &str, change: &Settle) -> Result<Vec<Entry>, Error> {
        self.desk.change_house(&self.signed(who).await, change, &here()).await
    }

    async fn pieces(&self, list: List) -> Vec<Entry> {
        let all = self.desk.house(self.agent(MARTA)).await.unwrap();
        all.into_iter().filter(|entry| entry.piece.list() == list).collect()
    }
}

const WAITS: &str = "waits-for-the-bank-0001";

fn waits(name: &str) -> OwnStatus {
    let reasons = vec!["Del banco".into()];
    OwnStatus { id: WAITS.into(), name: name.into(), base: Status::Stopped, asks: true, reasons }
}

fn keep(piece: Piece, read: Option<Piece>) -> Settle {
    Settle::Keep { piece, read }
}

fn names(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.piece.name()).collect()
}

#[tokio::test]
async fn whoever_saves_a_ticket_meets_what_an_administrator_has_just_made() {
    let world = World::open().await;
    let ticket = world.opens_ticket(INES, "returns", "Mesa coja").await;
    let wood = OwnField {
        id: "kind-of-wood-0000001".into(),
        label: "Madera".into(),
        kind: OwnKind::Choice,
        required: true,
        options: vec!["Nogal".into(), "Roble".into()],
    };
    world.settles_house(MARTA, &keep(Piece::Field(wood.clone()), None)).await.unwrap();
    world.settles_house(MARTA, &keep(Piece::Status(waits("Espera el pago")), None)).await.unwrap();
    let own = |reason: &str| Change::Own { id: WAITS.into(), reason: reason.into() };
    let filled = |value: &str| Change::Field { id: wood.id.clone(), value: value.into() };

    let without = world.changes(INES, &ticket, vec![own("Del banco")]).await;
    assert_eq!(refusal(without), Refusal::FieldMissing { field: wood.id.clone() });
    let wrong = world.changes(INES, &ticket, vec![own("Del banco"), filled("Pino")]).await;
    assert_eq!(refusal(wrong), Refusal::FieldWrong { field: wood.id.clone() });
    let no_reason = world.changes(INES, &ticket, vec![own(""), filled("Nogal")]).await;
    assert_eq!(refusal(no_reason), Refusal::FieldMissing { field: "reason".into() });

    let saved = world.changes(INES, &ticket, vec![own("Del banco"), filled("Nogal")]).await.unwrap();
    assert_eq!((saved.status, saved.own.unwrap().name.as_str()), (Status::Stopped, "Espera el pago"));
    assert!(world.desk.choices().await.unwrap().house.status(WAITS).is_some());
}

#[tokio::test]
async fn what_tickets_carry_is_retired_and_they_keep_it() {
    let world = World::open().await;
    world.settles_house(MARTA, &keep(Piece::Status(waits("Espera el pago")), None)).await.unwrap();
    let drop = Settle::Drop { list: List::Statuses, id: WAITS.into() };
    let own = || Change::Own { id: WAITS.into(), reason: "Del banco".into() };
    let ticket = world.opens_ticket(INES, "returns", "Mesa coja").await;
    world.changes(INES, &ticket, vec![own()]).await.unwrap();

    assert_eq!(refusal(world.settles_house(MARTA, &drop).await), Refusal::TooLate);
    let read = Some(Piece::Status(waits("Espera el pago")));
    let other_base = Piece::Status(OwnStatus { base: Status::Resolved, ..waits("Espera el pago") });
    let answer = world.settles_house(MARTA, &keep(other_base, read)).await;
    assert_eq!(refusal(answer), Refusal::FieldWrong { field: "base".into() });
    let retire = |retired| Settle::Retire { list: List::Statuses, id: WAITS.into(), retired };
    world.settles_house(MARTA, &retire(true)).await.unwrap();

    let other = world.opens_ticket(INES, "returns", "Otra mesa").await;
    let refused = world.changes(INES, &other, vec![own()]).await;
    assert_eq!(refusal(refused), Refusal::FieldWrong { field: "status".into() });
    assert!(world.desk.choices().await.unwrap().house.status(WAITS).is_none());
    let kept = world.changes(INES, &ticket, vec![Change::Subject("Mesa muy coja".into())]).await.unwrap();
    assert_eq!(kept.own.unwrap().id, WAITS);
    world.settles_house(MARTA, &retire(false)).await.unwrap();
    world.changes(INES, &other, vec![own()]).await.unwrap();

    // One that nothing carries is gone for good.
    let unused = OwnStatus { id: "nobody-has-this-one-01".into(), ..waits("Nunca") };
    world.settles_house(MARTA, &keep(Piece::Status(unused.clone()), None)).await.unwrap();
    let drop = Settle::Drop { list: List::Statuses, id: unused.id.clone() };
    world.settles_house(MARTA, &drop).await.unwrap();
    assert!(!names(&world.pieces(List::Statuses).await).contains(&"Nunca"));
}

#[tokio::test]
async fn two_who_change_the_same_at_once_lose_nothing_and_the_second_learns_who_was_first() {
    let world = World::open().await;
    let read = Piece::Status(waits("Espera el pago"));
    world.settles_house(MARTA, &keep(read.clone(), None)).await.unwrap();
    let renamed = |name: &str| keep(Piece::Status(waits(name)), Some(read.clone()));

    let (first, second) = (renamed("Espera al banco"), renamed("Espera a la caja"));
    let answers = tokio::join!(world.settles_house(MARTA, &first), world.settles_house(MARTA, &second));

    let (kept, told) = match answers {
        (Ok(kept), told) => (kept, told),
        (told, Ok(kept)) => (kept, told),
        (_, other) => panic!("{:?}", refusal(other)),
    };
    let by = world.agent(MARTA).face.name.clone();
    assert_eq!(refusal(told), Refusal::Overtaken { by });
    assert_eq!(
        world.pieces(List::Statuses).await,
        kept.iter().filter(|e| e.piece.list() == List::Statuses).cloned().collect::<Vec<_>>()
    );
    let log = "select count(*) from audit where kind = 'settings-changed' and about = 'status waits-for-the-bank-0001'";
    assert_eq!(world.count(log).await, 2);
}

#[tokio::test]
async fn their_order_is_kept_and_only_who_administers_the_system_changes_anything() {
    let world = World::open().await;
    let before = world.pieces(List::Fields).await;
    let ids: Vec<String> = before.iter().map(|entry| entry.piece.id().to_owned()).collect();
    let forward = Settle::Move { list: List::Fields, id: ids[4].clone(), before: Some(ids[0].clone()) };

    for who in [INES, TOMAS] {
        assert_eq!(refusal(world.settles_house(who, &forward).await), Refusal::OnlyAdministrators);
        assert_eq!(refusal(world.desk.house(world.agent(who)).await), Refusal::OnlyAdministrators);
    }
    assert_eq!(world.pieces(List::Fields).await, before);
    world.settles_house(MARTA, &forward).await.unwrap();
    let nowhere = Settle::Move { list: List::Fields, id: "\0".into(), before: None };
    assert_eq!(refusal(world.settles_house(MARTA, &nowhere).await), Refusal::NotYours);

    let moved = world.pieces(List::Fields).await;
    assert_eq!(moved[0].piece.id(), ids[4]);
    let offered = world.desk.choices().await.unwrap().house.fields;
    assert_eq!(
        offered.iter().map(|field| field.id.as_str()).collect::<Vec<_>>(),
        moved.iter().map(|e| e.piece.id()).collect::<Vec<_>>()
    );
}
