//! Canned answers: whose they are, who may change them, and that a thousand are read page by page.

use crate::world::*;
use domain::canned::{CANNED_LIMIT, CANNED_PAGE, Canned, Scope};
use domain::{Refusal, Span};
use sqlx::{AssertSqlSafe, Executor};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

impl World {
    fn writes(&self, scope: Scope, shortcut: &str, text: &str) -> Canned {
        Canned { id: self.id(), scope, shortcut: shortcut.into(), text: text.into(), changed_at: None }
    }

    async fn keeps_canned(&self, who: &str, canned: &Canned) -> Result<Canned, desk::Error> {
        self.desk.keep_canned(self.session(who), canned, &here()).await
    }

    /// He removes it as he has read it.
    async fn drops(&self, who: &str, scope: &Scope, read: &Canned) -> Result<(), desk::Error> {
        self.desk.drop_canned(self.session(who), scope, &read.id, read.changed_at, &here()).await
    }

    /// The shortcuts of a scope as somebody reads them.
    async fn shortcuts(&self, who: &str, scope: &Scope) -> Vec<String> {
        let all = self.desk.canned(self.agent(who), scope, "").await.unwrap();
        all.into_iter().map(|canned| canned.shortcut).collect()
    }

    async fn has_already(&self, scope: &str, of: &str, count: usize) {
        let pool = self.look().await;
        for first in (0..count).step_by(100) {
            let rows: Vec<String> = (first..count.min(first + 100))
                .map(|n| format!("('{scope}-{n:04}-and-more', '{scope}', '{of}', 'r{n:04}', 'Hola', 0, 'x')"))
                .collect();
            let sql = format!(
                "insert into canned_answers (id, scope, of_id, shortcut, body, changed_at, changed_by) values {}",
                rows.join(", ")
            );
            pool.execute(AssertSqlSafe(sql)).await.unwrap();
        }
    }
}

fn returns() -> Scope {
    Scope::Group("returns".into())
}

#[tokio::test]
async fn one_s_own_are_nobody_else_s_a_group_s_its_members_and_the_house_s_everybody_s() {
    let world = World::empty().await;
    for (who, scope, shortcut) in [
        (INES, Scope::Own, "mía"),
        (TOMAS, Scope::Own, "suya"),
        (INES, returns(), "grupo"),
        (MARTA, Scope::House, "casa"),
    ] {
        world.keeps_canned(who, &world.writes(scope, shortcut, "Hola")).await.unwrap();
    }

    assert_eq!(world.shortcuts(INES, &Scope::Own).await, ["mía"]);
    assert_eq!(world.shortcuts(TOMAS, &Scope::Own).await, ["suya"]);
    assert_eq!(world.shortcuts(TOMAS, &returns()).await, ["grupo"]);
    assert!(world.shortcuts(LUCIA, &Scope::House).await.contains(&"casa".into()));
    let foreign = world.desk.canned(world.agent(LUCIA), &returns(), "").await;
    assert_eq!(refusal(foreign), Refusal::NotYours);
    let nowhere = world.desk.canned(world.agent(MARTA), &Scope::Group("\0".into()), "").await;
    assert_eq!(refusal(nowhere), Refusal::NotYours);
}

#[tokio::test]
async fn only_administrators_change_what_others_use() {
    let world = World::empty().await;
    let of_group = world.keeps_canned(INES, &world.writes(returns(), "plazo", "Quince días.")).await.unwrap();

    for (who, scope, why) in [
        (TOMAS, returns(), Refusal::OnlyAdministrators),
        (LUCIA, returns(), Refusal::NotYours),
        (INES, Scope::House, Refusal::OnlyAdministrators),
    ] {
        let canned = Canned { id: of_group.id.clone(), ..world.writes(scope.clone(), "plazo", "Cien días.") };
        assert_eq!(refusal(world.keeps_canned(who, &canned).await), why);
        assert_eq!(refusal(world.drops(who, &scope, &of_group).await), why);
    }
    let taken_over = Canned { id: of_group.id.clone(), ..world.writes(Scope::Own, "plazo", "Cien días.") };
    assert_eq!(refusal(world.keeps_canned(TOMAS, &taken_over).await), Refusal::NotYours);
    world.drops(TOMAS, &Scope::Own, &of_group).await.unwrap();

    assert_eq!(world.desk.canned(world.agent(TOMAS), &returns(), "").await.unwrap(), std::slice::from_ref(&of_group));
    world.drops(MARTA, &returns(), &of_group).await.unwrap();
    assert_eq!(world.shortcuts(TOMAS, &returns()).await, [""; 0]);
}

#[tokio::test]
async fn a_shortcut_is_there_once_in_a_scope_and_what_is_refused_changes_nothing() {
    let world = World::empty().await;
    let hello = world.keeps_canned(INES, &world.writes(Scope::Own, "Hola", "Hola")).await.unwrap();
    let bye = world.keeps_canned(INES, &world.writes(Scope::Own, "adiós", "Adiós")).await.unwrap();
    world.keeps_canned(INES, &world.writes(returns(), "hola", "Hola del grupo")).await.unwrap();

    assert_eq!(hello.shortcut, "hola");
    assert_eq!(refusal(world.keeps_canned(INES, &world.writes(Scope::Own, "hola", "x")).await), Refusal::ShortcutTaken);
    let renamed = Canned { shortcut: "hola".into(), ..bye.clone() };
    assert_eq!(refusal(world.keeps_canned(INES, &renamed).await), Refusal::ShortcutTaken);
    let nothing = Canned { text: " ".into(), ..bye.clone() };
    assert_eq!(refusal(world.keeps_canned(INES, &nothing).await), Refusal::FieldMissing { field: "text".into() });
    let odd = Canned { id: "x".into(), ..bye.clone() };
    assert_eq!(refusal(world.keeps_canned(INES, &odd).await), Refusal::Malformed);
    assert_eq!(world.desk.canned(world.agent(INES), &Scope::Own, "").await.unwrap(), [bye.clone(), hello.clone()]);

    let longer = Canned { text: "Adiós, {{customer}}".into(), ..bye };
    let kept = world.keeps_canned(INES, &longer).await.unwrap();
    assert_eq!((&kept.text, kept.changed_at > longer.changed_at), (&longer.text, true));
    assert_eq!(world.keeps_canned(INES, &longer).await.unwrap(), kept, "asked again");
    assert_eq!(world.desk.canned(world.agent(INES), &Scope::Own, "").await.unwrap(), [kept, hello]);
}

#[tokio::test]
async fn what_is_told_of_a_new_one_is_what_is_kept_however_fast_the_clock_runs() {
    let world = World::empty().await;
    let (clock, stop) = (world.clock.clone(), Arc::new(AtomicBool::new(false)));
    let stopped = stop.clone();
    let runs = std::thread::spawn(move || {
        while !stopped.load(Ordering::Acquire) {
            clock.advance(Span(1));
        }
    });

    let told = world.keeps_canned(INES, &world.writes(Scope::Own, "hola", "Hola")).await.unwrap();

    stop.store(true, Ordering::Release);
    runs.join().unwrap();
    assert_eq!(world.desk.canned(world.agent(INES), &Scope::Own, "").await.unwrap(), std::slice::from_ref(&told));
    // So it is changed at once, without being read again.
    let longer = Canned { text: "Hola, {{customer}}".into(), ..told };
    assert_eq!(world.keeps_canned(INES, &longer).await.unwrap().text, longer.text);
}

#[tokio::test]
async fn nobody_overwrites_a_colleague_s_change_that_he_has_not_read_or_brings_back_what_was_removed() {
    let world = World::empty().await;
    let first = world.keeps_canned(INES, &world.writes(returns(), "plazo", "Quince días.")).await.unwrap();
    let of_marta = Canned { text: "Treinta días.".into(), ..first.clone() };
    let of_ines = Canned { text: "Diez días.".into(), ..first.clone() };
    let all = async || world.desk.canned(world.agent(TOMAS), &returns(), "").await.unwrap();

    // In the same millisecond: no two changes are one.
    let newer = world.keeps_canned(MARTA, &of_marta).await.unwrap();

    let overtaken = Refusal::Overtaken { by: world.agent(MARTA).face.name.clone() };
    assert_eq!(refusal(world.keeps_canned(INES, &of_ines).await), overtaken);
    let made_anew = Canned { changed_at: None, ..of_ines.clone() };
    assert_eq!(refusal(world.keeps_canned(INES, &made_anew).await), overtaken);
    assert_eq!(all().await, std::slice::from_ref(&newer));
    let now_read = Canned { changed_at: newer.changed_at, ..of_ines.clone() };
    let last = world.keeps_canned(INES, &now_read).await.unwrap();
    assert_eq!(all().await, std::slice::from_ref(&last));

    world.drops(MARTA, &returns(), &last).await.unwrap();
    let late = Canned { text: "Cinco días.".into(), ..last };
    assert_eq!(refusal(world.keeps_canned(INES, &late).await), Refusal::NotYours);
    assert_eq!(all().await, []);
}

#[tokio::test]
async fn nobody_removes_a_colleague_s_change_that_he_has_not_read_and_what_is_gone_is_removed() {
    let world = World::empty().await;
    let first = world.keeps_canned(INES, &world.writes(returns(), "plazo", "Quince días.")).await.unwrap();
    let of_marta = Canned { text: "Treinta días.".into(), ..first.clone() };
    let newer = world.keeps_canned(MARTA, &of_marta).await.unwrap();
    let all = async || world.desk.canned(world.agent(TOMAS), &returns(), "").await.unwrap();

    let overtaken = Refusal::Overtaken { by: world.agent(MARTA).face.name.clone() };
    let never_read = Canned { changed_at: None, ..first.clone() };
    for old in [&first, &never_read] {
        assert_eq!(refusal(world.drops(INES, &returns(), old).await), overtaken);
    }
    assert_eq!(all().await, std::slice::from_ref(&newer));

    // The second time its answer was lost.
    for _ in 0..2 {
        world.drops(INES, &returns(), &newer).await.unwrap();
    }
    world.drops(INES, &returns(), &first).await.unwrap();
    assert_eq!(all().await, []);
}

#[tokio::test]
async fn rights_that_were_taken_while_a_change_waited_change_nothing_of_others() {
    let world = World::empty().await;
    let kept = world.keeps_canned(INES, &world.writes(returns(), "plazo", "Quince días.")).await.unwrap();
    // What she asks was read when she still administered the group.
    let (waits, from) = (&world.signed(INES).await, &here());
    let less = format!("update memberships set administrator = 0 where agent_id = '{}'", waits.agent.face.id);
    let pool = world.look().await;
    pool.execute(AssertSqlSafe(less)).await.unwrap();

    let other = Canned { text: "Cien días.".into(), ..kept.clone() };
    let keeps = world.desk.keep_canned(waits, &other, from).await;
    assert_eq!(refusal(keeps), Refusal::OnlyAdministrators);
    let drops = world.desk.drop_canned(waits, &returns(), &kept.id, kept.changed_at, from).await;
    assert_eq!(refusal(drops), Refusal::OnlyAdministrators);
    assert_eq!(world.desk.canned(world.agent(TOMAS), &returns(), "").await.unwrap(), [kept]);
    // Her own she changes as before, for as long as she is signed in.
    let own = world.desk.keep_canned(waits, &world.writes(Scope::Own, "hola", "Hola"), from).await.unwrap();
    pool.execute(AssertSqlSafe(format!("delete from sessions where id = '{}'", waits.session))).await.unwrap();
    let late = world.desk.drop_canned(waits, &Scope::Own, &own.id, own.changed_at, from).await;
    assert_eq!(refusal(late), Refusal::SignedOut);
    assert_eq!(world.shortcuts(INES, &Scope::Own).await, ["hola"]);
}

#[tokio::test]
async fn what_is_changed_for_others_is_written_down_and_one_s_own_is_not() {
    let world = World::empty().await;
    let noted = async |group: &str| {
        let sql = "select count(*) from audit where kind = 'settings-changed' and about like 'canned answer %' \
                   and address = '203.0.113.0' and group_id = ";
        world.count(&format!("{sql}'{group}'")).await
    };
    let house = world.keeps_canned(MARTA, &world.writes(Scope::House, "casa", "Hola")).await.unwrap();
    let group = world.keeps_canned(INES, &world.writes(returns(), "plazo", "Quince días.")).await.unwrap();
    assert_eq!((noted("").await, noted("returns").await), (1, 1));

    // Nothing is changed: nothing is written down.
    world.keeps_canned(INES, &group).await.unwrap();
    refusal(world.keeps_canned(TOMAS, &Canned { text: "Diez días.".into(), ..group.clone() }).await);
    let own = world.keeps_canned(TOMAS, &world.writes(Scope::Own, "mía", "Hola")).await.unwrap();
    world.drops(TOMAS, &Scope::Own, &own).await.unwrap();
    assert_eq!((noted("").await, noted("returns").await), (1, 1));

    for _ in 0..2 {
        world.drops(INES, &returns(), &group).await.unwrap();
        world.drops(MARTA, &Scope::House, &house).await.unwrap();
    }
    assert_eq!((noted("").await, noted("returns").await), (2, 2));
}

#[tokio::test]
async fn of_many_who_save_at_once_one_is_first_and_the_others_are_told() {
    let world = World::empty().await;
    let first = world.keeps_canned(INES, &world.writes(returns(), "plazo", "Quince días.")).await.unwrap();

    let mut running = Vec::new();
    for n in 0..8 {
        let (desk, signed) = (world.desk.clone(), world.session(if n % 2 == 0 { INES } else { MARTA }).clone());
        let wanted = Canned { text: format!("{n} días."), ..first.clone() };
        running.push(tokio::spawn(async move { desk.keep_canned(&signed, &wanted, &here()).await }));
    }
    let mut kept = Vec::new();
    for one in running {
        match one.await.unwrap() {
            Ok(canned) => kept.push(canned),
            refused => assert!(matches!(refusal(refused), Refusal::Overtaken { .. })),
        }
    }

    assert_eq!(kept.len(), 1);
    assert_eq!(world.desk.canned(world.agent(TOMAS), &returns(), "").await.unwrap(), kept);
}

#[tokio::test]
async fn a_thousand_are_read_page_by_page_and_no_more_are_taken() {
    let world = World::empty().await;
    world.has_already("Group", "returns", CANNED_LIMIT).await;
    let read = async |after: &str| world.desk.canned(world.agent(TOMAS), &returns(), after).await.unwrap();

    let (mut all, mut pages) = (Vec::new(), 0);
    loop {
        let page = read(all.last().map_or("", |canned: &Canned| &canned.shortcut)).await;
        pages += 1;
        let more = page.len() == CANNED_PAGE;
        all.extend(page);
        if !more {
            break;
        }
    }

    assert_eq!((all.len(), pages), (CANNED_LIMIT, CANNED_LIMIT / CANNED_PAGE + 1));
    assert!(all.is_sorted_by(|a, b| a.shortcut < b.shortcut));
    let full = Refusal::Full { limit: CANNED_LIMIT as u32 };
    assert_eq!(refusal(world.keeps_canned(INES, &world.writes(returns(), "otra", "x")).await), full);
    let changed = Canned { text: "Hola de nuevo".into(), ..all[7].clone() };
    let kept = world.keeps_canned(INES, &changed).await.unwrap();
    assert_eq!(kept.text, changed.text, "one that is there may be changed");
}
