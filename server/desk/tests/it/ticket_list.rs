//! Lists of tickets: what each shows and to whom, and that none is read whole.

use crate::world::*;
use domain::ticket::{Change, Via};
use domain::ticket_list::{Filter, Queue, ROWS, Wanted};
use domain::{Act, Refusal, Span, Status, Ticket};

/// Every list and filter that the console asks for, as somebody of two groups sees it.
fn filters() -> Vec<Filter> {
    let usual = Filter::default;
    let mut filters = Vec::new();
    for queue in Queue::ALL {
        for status in
            [Wanted::Open, Wanted::Any, Wanted::Base(Status::Resolved), Wanted::Own("part".into()), Wanted::Unsaved]
        {
            filters.push(Filter { queue, status, ..usual() });
        }
        filters.extend([
            Filter { queue, group: Some("orders".into()), ..usual() },
            Filter { queue, owner: Some("somebody".into()), ..usual() },
            Filter { queue, tag: Some("rota".into()), ..usual() },
            Filter { queue, via: Some(Via::Agent), status: Wanted::Any, ..usual() },
            Filter { queue, application: Some("shop".into()), status: Wanted::Any, ..usual() },
            Filter { queue, from: Some(domain::Time(1)), until: Some(domain::Time(2)), ..usual() },
        ]);
    }
    filters
}

pub async fn numbers(world: &World, who: &str, filter: &Filter) -> Vec<i64> {
    let mut numbers: Vec<i64> = Vec::new();
    let mut after = None;
    loop {
        let page = world.desk.tickets(world.agent(who), "es", filter, after.as_ref()).await.unwrap();
        numbers.extend(page.rows.iter().map(|row| row.number));
        after = page.next;
        if after.is_none() {
            return numbers;
        }
    }
}

async fn numbers_by_change(world: &World, who: &str, filter: &Filter, limit: usize) -> Vec<i64> {
    let (mut numbers, mut after) = (Vec::new(), None);
    loop {
        let page = world.desk.tickets_by_change(world.agent(who), filter, after.as_ref(), limit).await.unwrap();
        assert!(page.rows.len() <= limit);
        numbers.extend(page.rows.iter().map(|row| row.number));
        after = page.next;
        if after.is_none() {
            return numbers;
        }
    }
}

/// Tickets of every kind: of three groups, owned and not, tagged, of the house's own status, merged, old.
async fn many() -> (World, Vec<Ticket>) {
    let mut world = World::open().await;
    let mut made = Vec::new();
    for n in 0..12 {
        let (who, group) = [(INES, "orders"), (TOMAS, "returns"), (LUCIA, "choose"), (INES, "returns")][n % 4];
        let mut ticket = world.opens_ticket(who, group, &format!("Mesa {n}")).await;
        world.wait(Span::secs(7)).await;
        let more = match n % 6 {
            0 => vec![Change::Owner(None)],
            1 => vec![Change::Tags(vec!["rota".into()])],
            2 => vec![Change::Own { id: "part".into(), reason: "Del almacén".into() }],
            3 => vec![Change::Status(Status::Resolved), Change::Owner(None)],
            4 => vec![Change::Group("choose".into())],
            _ => vec![],
        };
        ticket = world.changes(who, &ticket, more).await.unwrap();
        world.wait(Span::secs(7)).await;
        made.push(ticket);
    }
    for (name, group) in [("ana", "orders"), ("eva", "returns")] {
        let chat = world.starts(name, group).await;
        world.says(name, &chat, "¿Hola?").await;
        world.does(name, &chat, Act::Close).await.unwrap();
        made.push(world.desk.ticket_of_chat(world.agent(MARTA), &chat).await.unwrap().unwrap());
        world.wait(Span::secs(7)).await;
    }
    (world, made)
}

#[tokio::test]
async fn a_list_shows_what_its_rule_says_to_whoever_reads_it() {
    let (world, made) = many().await;
    let middle = made[6].changed_at;
    let period = Filter { status: Wanted::Any, until: Some(middle), ..Filter::default() };

    for who in [INES, TOMAS, LUCIA, MARTA] {
        let agent = world.agent(who);
        let mine = Filter { owner: Some(agent.face.id.clone()), ..Filter::default() };
        let since = Filter { from: Some(middle), ..period.clone() };
        for filter in filters().into_iter().chain([mine, period.clone(), Filter { until: None, ..since }]) {
            let mut shown: Vec<&Ticket> = made.iter().filter(|ticket| filter.shows(ticket, agent)).collect();
            shown.sort_by_key(|ticket| std::cmp::Reverse((ticket.changed_at, ticket.id.clone())));

            let listed = numbers(&world, who, &filter).await;

            assert_eq!(listed, shown.iter().map(|t| t.number).collect::<Vec<_>>(), "{who}: {filter:?}");
        }
    }
}

#[tokio::test]
async fn a_page_is_not_moved_by_what_arrives() {
    let world = World::open().await;
    for n in 0..ROWS + 10 {
        world.opens_ticket(INES, ["orders", "returns"][n % 2], &format!("Mesa {n}")).await;
        world.wait(Span(1)).await;
    }
    let usual = Filter::default();
    let first = world.desk.tickets(world.agent(INES), "es", &usual, None).await.unwrap();

    let new = world.opens_ticket(INES, "orders", "Nueva").await;
    let second = world.desk.tickets(world.agent(INES), "es", &usual, first.next.as_ref()).await.unwrap();

    let mut seen: Vec<i64> = first.rows.iter().chain(&second.rows).map(|row| row.number).collect();
    assert_eq!((first.rows.len(), second.rows.len(), second.next), (ROWS, 10, None));
    assert!(!seen.contains(&new.number));
    seen.dedup();
    assert_eq!(seen.len(), ROWS + 10);
}

#[tokio::test]
async fn the_first_changed_first_is_the_same_list_the_other_way_round() {
    let (world, made) = many().await;
    let since = Filter { status: Wanted::Any, from: Some(made[6].changed_at), ..Filter::default() };
    for who in [INES, LUCIA, MARTA] {
        for filter in filters().into_iter().chain([since.clone()]) {
            let mut listed = numbers(&world, who, &filter).await;
            listed.reverse();

            assert_eq!(numbers_by_change(&world, who, &filter, 2).await, listed, "{who}: {filter:?}");
        }
    }
}

/// As a program reads them all: a page of one, and after each a ticket that was read and one that was not are changed.
#[tokio::test]
async fn who_reads_the_first_changed_first_sees_each_whatever_is_changed_meanwhile() {
    let world = World::open().await;
    let mut made = Vec::new();
    for n in 0..6 {
        made.push(world.opens_ticket(INES, "orders", &format!("Mesa {n}")).await);
        world.wait(Span(1)).await;
    }
    let any = Filter { status: Wanted::Any, ..Filter::default() };

    let (mut seen, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = world.desk.tickets_by_change(world.agent(MARTA), &any, after.as_ref(), 1).await.unwrap();
        seen.extend(page.rows.iter().map(|row| (row.number, row.subject.clone())));
        after = page.next;
        if after.is_none() {
            break;
        }
        if pages < 3 {
            for n in [pages, 5 - pages] {
                let subject = vec![Change::Subject(format!("Silla {n}"))];
                made[n] = world.changes(INES, &made[n], subject).await.unwrap();
                world.wait(Span(1)).await;
            }
        }
        pages += 1;
    }

    for ticket in &made {
        assert!(seen.contains(&(ticket.number, ticket.subject.clone())), "{}: {seen:?}", ticket.subject);
    }
}

/// Tickets of one moment are in the order of their ids, and one that comes to them may be before all that were read.
#[tokio::test]
async fn what_is_changed_at_this_very_moment_is_on_a_later_page_of_the_first_changed_first() {
    let world = World::open().await;
    let any = Filter { status: Wanted::Any, ..Filter::default() };
    let before = world.opens_ticket(INES, "orders", "Mesa").await.number;
    world.wait(Span(1)).await;
    let mut now = Vec::new();
    for subject in ["Silla", "Sofá"] {
        now.push(world.opens_ticket(INES, "orders", subject).await.number);
    }

    let first = numbers_by_change(&world, MARTA, &any, 2).await;
    world.wait(Span(1)).await;
    let mut second = numbers_by_change(&world, MARTA, &any, 2).await;

    second.sort_unstable();
    assert_eq!((first, second), (vec![before], [vec![before], now].concat()));
}

/// What few of very many have is found on however many pages it takes, and each looks at so much only.
#[tokio::test]
async fn a_rare_thing_among_many_is_found_page_by_page() {
    let world = World::open().await;
    let rare = world.opens_ticket(INES, "orders", "Mesa").await;
    world.changes(INES, &rare, vec![Change::Tags(vec!["rota".into()]), Change::Group("returns".into())]).await.unwrap();
    world.wait(Span(1)).await;
    // Copies of it in the other group, all younger.
    let copies = "insert into tickets (id, number, group_id, application_id, customer_id, owner_id, status, created_at, \
         changed_at, saved_at, seq, state, via) select id || '-' || n, number + n, 'orders', application_id, customer_id, owner_id, \
         status, created_at, changed_at + n, saved_at, seq, state, via from tickets, \
         (with recursive c(n) as (select 1 union all select n + 1 from c where n < 4500) select n from c) c where number = 1";
    let tags = "insert into ticket_tags (tag, changed_at, ticket_id) select 'rota', changed_at, id from tickets where number > 1";
    for sql in [copies, tags] {
        sqlx::Executor::execute(&world.look().await, sqlx::AssertSqlSafe(sql)).await.unwrap();
    }
    let filter = Filter { tag: Some("rota".into()), group: Some("returns".into()), ..Filter::default() };

    let first = world.desk.tickets(world.agent(INES), "es", &filter, None).await.unwrap();

    assert!(first.rows.is_empty() && first.next.is_some());
    assert_eq!(numbers(&world, INES, &filter).await, [rare.number]);
}

#[tokio::test]
async fn no_list_is_read_whole_and_none_is_sorted() {
    let (world, _) = many().await;

    for who in [INES, MARTA] {
        for filter in filters() {
            let plan = world.desk.explain(world.agent(who), &filter).await.unwrap().join("\n");

            assert!(!plan.contains("TEMP B-TREE") && !plan.contains("Sort"), "{filter:?}\n{plan}");
            assert!(
                !plan.contains("SCAN t") && !plan.contains("SCAN x") && !plan.contains("Seq Scan"),
                "{filter:?}\n{plan}"
            );
            let nothing_to_read = plan.is_empty() || plan.contains("One-Time Filter: false");
            assert!(nothing_to_read || plan.contains("SEARCH t") || plan.contains("Index"), "{filter:?}\n{plan}");
        }
    }
}

#[tokio::test]
async fn words_are_found_whatever_their_accents_and_their_number() {
    let (mut world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "Las pantallas de la lámpara llegaron rotas").await;
    world.says(INES, &chat, "Le mandamos un camión").await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let other = world.opens_ticket(INES, "orders", "Devolución de una silla").await;
    world.until_indexed().await;
    let find = async |words: &str| {
        numbers(&world, INES, &Filter { words: words.into(), status: Wanted::Any, ..Filter::default() }).await
    };
    let number = world.chat(&chat).await.number;

    for words in ["lampara", "PANTALLA rota", "camiones", "lámp", &number.to_string()] {
        assert_eq!(find(words).await, [number], "{words}");
    }
    assert_eq!(find("devoluciones").await, [other.number]);
    assert_eq!(find("belmonte").await, [other.number], "by its customer");
    assert!(find("sofá").await.is_empty() && find("\"").await.is_empty() && find("lampara silla").await.is_empty());
    world.leaves("ana").await;
}

#[tokio::test]
async fn a_ticket_is_found_by_the_address_of_its_customer() {
    let mut world = World::open().await;
    let hers = world.saved_for("ana", "ana.belmonte@correo.example").await;
    let his = world.saved_for("bruno", "Bruno@correo.example").await;
    let other = world.saved_for("eva", "lopez@correo.example").await;
    let find = async |who: &str, words: &str| {
        numbers(&world, who, &Filter { words: words.into(), status: Wanted::Any, ..Filter::default() }).await
    };

    assert_eq!(find(INES, "Ana.Belmonte@correo.example").await, [hers.number]);
    assert_eq!(find(INES, "bruno@correo").await, [his.number], "the rest of it is still being typed");
    assert_eq!(find(INES, "lampara <ana.belmonte@correo.example>").await, [hers.number]);
    assert_eq!(find(INES, "ana.belmonte@correo.example lamp").await, [hers.number]);
    assert_eq!(find(INES, "eva").await, [other.number], "by her name");
    // It is one word: nobody is found by a piece of it, nor by another's that begins or ends otherwise.
    for words in ["correo", "lopez", "eva@correo.example", "bruno@otro.example", "silla bruno@correo.example"] {
        assert_eq!(find(INES, words).await, [0; 0], "{words}");
    }
    // Said in a ticket it finds that, unless only its customer is meant.
    let said = world.opens_ticket(INES, "returns", "Escribe desde eva.luna@otro.example").await;
    world.until_indexed().await;
    assert_eq!(find(INES, "mailto:eva.luna@otro.example").await, [said.number]);
    assert_eq!(find(INES, "<eva.luna@otro.example>").await, [0; 0]);
    assert_eq!(find(INES, "<lopez@correo.example>").await, [other.number]);
    // Who may not read the ticket learns no address by guessing it.
    assert_eq!(find(MARTA, "bruno@correo.example").await, [his.number]);
    assert_eq!(find(LUCIA, "bruno@correo.example").await, [0; 0]);
}

/// S82
#[tokio::test]
async fn whoever_is_erased_is_not_found_by_the_address_that_he_had() {
    let mut world = World::open().await;
    let hers = world.saved_for("ana", "ana@correo.example").await;
    let find = async |words: &str| {
        numbers(&world, MARTA, &Filter { words: words.into(), status: Wanted::Any, ..Filter::default() }).await
    };
    assert_eq!(find("ana@correo.example").await, [hers.number]);

    world.desk.erase_customer(world.agent(MARTA), &hers.customer.id, &here()).await.unwrap();
    world.until_indexed().await;

    assert_eq!(find("ana@correo.example").await, [0; 0]);
    assert_eq!(find(&hers.number.to_string()).await, [hers.number], "the ticket stays");
}

#[tokio::test]
async fn a_word_that_is_written_is_meant_as_a_whole_and_another_as_a_beginning() {
    let world = World::open().await;
    let lamp = world.opens_ticket(INES, "orders", "Lámparas de pie").await;
    world.until_indexed().await;
    let find = async |who: &str, words: &str| {
        numbers(&world, who, &Filter { words: words.into(), status: Wanted::Any, ..Filter::default() }).await
    };
    assert_eq!(find(INES, "lam").await, [lamp.number], "nobody has written it, so it is the beginning of one");
    assert_eq!(find(INES, "pie lam").await, [lamp.number]);
    assert!(find(INES, "la").await.is_empty(), "too short to be one");

    // Of a group that Inés does not see: for her nothing changes.
    let lam = world.opens_ticket(MARTA, "choose", "Lam S.A. pide").await;
    world.until_indexed().await;
    assert_eq!(find(INES, "lam").await, [lamp.number]);
    assert_eq!(find(MARTA, "lam").await, [lam.number]);
    assert_eq!(find(MARTA, "lámpara").await, [lamp.number], "in all its forms");
}

#[tokio::test]
async fn what_an_agent_may_not_read_is_not_found() {
    let world = World::open().await;
    let ticket = world.opens_ticket(INES, "returns", "Factura confidencial").await;
    world.until_indexed().await;
    let filter = Filter { words: "confidencial".into(), ..Filter::default() };

    assert_eq!(numbers(&world, TOMAS, &filter).await, [ticket.number]);
    assert_eq!(numbers(&world, MARTA, &filter).await, [ticket.number]);
    assert!(numbers(&world, LUCIA, &filter).await.is_empty());

    // It goes to her group: from then on she finds it, and who is left out does not.
    world.changes(INES, &ticket, vec![Change::Group("choose".into())]).await.unwrap();
    assert!(numbers(&world, TOMAS, &filter).await.is_empty(), "before it is indexed again too");
    world.until_indexed().await;
    assert_eq!(numbers(&world, LUCIA, &filter).await, [ticket.number]);
    assert!(numbers(&world, TOMAS, &filter).await.is_empty());
    assert_eq!(numbers(&world, INES, &filter).await, [ticket.number], "she owns it");
}

#[tokio::test]
async fn what_was_said_in_another_group_is_not_guessed_by_who_has_the_ticket_now() {
    let (world, chat) = World::with_conversation().await;
    world.says(INES, &chat, "El palisandro no se vende").await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let ticket = world.desk.lists(world.agent(INES)).await.unwrap().unsaved.pop().unwrap();
    world.changes(INES, &ticket, vec![Change::Subject("Madera".into())]).await.unwrap();
    world.until_indexed().await;
    let filter = Filter { words: "palisandro".into(), ..Filter::default() };
    assert_eq!(numbers(&world, TOMAS, &filter).await, [ticket.number]);

    world.changes(INES, &ticket, vec![Change::Group("choose".into())]).await.unwrap();
    world.until_indexed().await;

    assert!(numbers(&world, LUCIA, &filter).await.is_empty(), "she may not open it either");
    assert_eq!(refusal(world.desk.events(&world.caller(LUCIA).await, &chat, 0, 0).await), Refusal::NotYours);
    let subject = Filter { words: "madera".into(), ..Filter::default() };
    assert_eq!(numbers(&world, LUCIA, &subject).await, [ticket.number]);
}

#[tokio::test]
async fn a_tag_and_what_i_have_to_save_go_together() {
    let world = World::open().await;
    let saved = world.opens_ticket(INES, "orders", "Mesa").await;
    world.changes(INES, &saved, vec![Change::Tags(vec!["urgente".into()])]).await.unwrap();
    let tagged = Filter { tag: Some("urgente".into()), ..Filter::default() };
    assert_eq!(numbers(&world, INES, &tagged).await, [saved.number]);

    let unsaved = Filter { status: Wanted::Unsaved, ..tagged.clone() };
    assert!(numbers(&world, INES, &unsaved).await.is_empty());
    let mine = Filter { queue: Queue::Mine, ..tagged };
    assert!(numbers(&world, TOMAS, &mine).await.is_empty(), "it is not his");
}

#[tokio::test]
async fn words_and_filters_go_together() {
    let (world, made) = many().await;
    world.until_indexed().await;
    let words = |filter: Filter| Filter { words: "mesa".into(), ..filter };

    for filter in filters() {
        let agent = world.agent(INES);
        let named = |ticket: &&Ticket| ticket.subject.starts_with("Mesa") && filter.shows(ticket, agent);
        let mut shown: Vec<i64> = made.iter().filter(named).map(|ticket| ticket.number).collect();
        shown.sort_unstable_by(|a, b| b.cmp(a));

        assert_eq!(numbers(&world, INES, &words(filter.clone())).await, shown, "{filter:?}");
    }
}

#[tokio::test]
async fn what_was_not_indexed_before_a_stop_is_indexed_after_the_start() {
    let mut world = World::open().await;
    let ticket = world.opens_ticket(INES, "orders", "Mesa").await;
    world.until_indexed().await;
    let again = format!("insert into tickets_to_index (ticket_id) values ('{}')", ticket.id);
    sqlx::Executor::execute(&world.look().await, sqlx::AssertSqlSafe(again)).await.unwrap();

    world.restart(Span(0)).await;

    world.until_indexed().await;
}

#[tokio::test]
async fn the_ticket_whose_number_is_looked_for_comes_first_and_once() {
    let world = World::open().await;
    let meant = world.opens_ticket(INES, "returns", "Mesa").await;
    for _ in 0..=ROWS {
        world.opens_ticket(INES, "returns", &format!("Como en el {}", meant.number)).await;
    }
    world.until_indexed().await;
    let any = |words: String| Filter { words, status: Wanted::Any, ..Filter::default() };
    let number = meant.number.to_string();
    let filter = any(number.clone());

    let first = world.desk.tickets(world.agent(INES), "es", &filter, None).await.unwrap();
    let mut all = numbers(&world, INES, &filter).await;

    assert_eq!((first.rows[0].number, first.rows.len()), (meant.number, ROWS));
    assert_eq!((all[0], all.len()), (meant.number, ROWS + 2));
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), ROWS + 2, "none twice");
    assert_eq!(numbers(&world, INES, &any(format!("#{number}"))).await[0], meant.number);
    // It is no other way in.
    assert_eq!(numbers(&world, LUCIA, &filter).await, [0; 0]);
    let resolved = Filter { status: Wanted::Base(Status::Resolved), ..filter };
    assert_eq!(numbers(&world, INES, &resolved).await, [0; 0]);
    assert!(
        !numbers(&world, INES, &any(format!("como {number}"))).await.contains(&meant.number),
        "that it does not say"
    );
}

/// After an upgrade all may wait, and who came today does not wait behind them.
#[tokio::test]
async fn of_the_tickets_that_wait_to_be_indexed_the_newest_is_the_first() {
    let mut world = World::open().await;
    for n in 0..3 {
        world.opens_ticket(INES, "orders", &format!("Mesa {n}")).await;
    }
    world.until_indexed().await;
    let pool = world.look().await;
    // Whatever is done before a newer one is refused.
    let refuses = match world.is_on_a_server() {
        true => {
            "create function newest_first() returns trigger language plpgsql as $$ begin \
             if exists (select 1 from tickets_to_index where ticket_id > old.ticket_id) then raise exception 'older first'; end if; \
             return old; end $$; \
             create trigger newest_first before delete on tickets_to_index for each row execute function newest_first()"
        }
        false => {
            "create trigger newest_first before delete on tickets_to_index \
             when exists (select 1 from tickets_to_index where ticket_id > old.ticket_id) \
             begin select raise(abort, 'older first'); end"
        }
    };
    for sql in ["insert into tickets_to_index (ticket_id, seq) select id, seq from tickets", refuses] {
        sqlx::Executor::execute(&pool, sql).await.unwrap();
    }

    world.restart(Span(0)).await;

    world.until_indexed().await;
}

/// What is tried where words, ids and places are expected (S21, S22).
const HOSTILE: [&str; 24] = [
    "' or '1'='1",
    "\" or \"\"=\"",
    "1' union select password from agents --",
    "'; drop table tickets; --",
    "') or 1=1 --",
    "$1",
    "?1",
    ":a",
    "%",
    "_",
    "*",
    "mesa*",
    "\"mesa",
    "NEAR(mesa, 0)",
    "words:mesa",
    "rowid:1",
    "mesa OR 1",
    "NOT mesa",
    "-mesa",
    "mesa & !mesa | mesa",
    "mesa:*",
    "a <-> b",
    "\\",
    "\0",
];

#[tokio::test]
async fn whatever_a_filter_says_it_is_a_word_and_shows_nothing_more() {
    let (world, _) = many().await;
    world.until_indexed().await;
    let any = || Filter { status: Wanted::Any, ..Filter::default() };
    let all = numbers(&world, LUCIA, &any()).await;
    for said in HOSTILE {
        let said = || said.to_owned();
        for filter in [
            Filter { status: Wanted::Own(said()), ..any() },
            Filter { group: Some(said()), ..any() },
            Filter { owner: Some(said()), ..any() },
            Filter { tag: Some(said()), ..any() },
            Filter { application: Some(said()), ..any() },
            Filter { words: said(), ..any() },
        ] {
            for who in [LUCIA, MARTA] {
                let agent = world.agent(who);
                match world.desk.tickets(agent, "es", &filter, None).await {
                    Ok(page) if who == LUCIA => {
                        let foreign: Vec<i64> =
                            page.rows.iter().map(|row| row.number).filter(|number| !all.contains(number)).collect();
                        assert!(foreign.is_empty(), "{filter:?} shows {foreign:?}");
                        assert!(!filter.words.is_empty() || page.rows.is_empty(), "{filter:?} names nothing");
                    }
                    Ok(_) | Err(desk::Error::Refused(_)) => {}
                    Err(broken) => panic!("{filter:?}: {broken}"),
                }
            }
        }
        let place = domain::ticket_list::After { at: 0, id: said() };
        match world.desk.tickets(world.agent(LUCIA), "es", &any(), Some(&place)).await {
            Ok(page) => assert!(page.rows.iter().all(|row| all.contains(&row.number))),
            Err(desk::Error::Refused(_)) => {}
            Err(broken) => panic!("{place:?}: {broken}"),
        }
        let earlier = domain::customer::Earlier { at: domain::Time(i64::MAX), id: said() };
        for customer in [said(), world.customer_of("ana").await] {
            for answer in [
                world.desk.chats_of_customer(world.agent(MARTA), &customer, Some(earlier.clone())).await.map(|_| ()),
                world.desk.tickets_of_customer(world.agent(MARTA), &customer, Some(earlier.clone())).await.map(|_| ()),
                world.desk.customer(world.agent(MARTA), &customer).await.map(|_| ()),
            ] {
                assert!(!matches!(answer, Err(desk::Error::Broken(_))), "{customer:?}: {answer:?}");
            }
        }
    }
    assert_eq!(numbers(&world, LUCIA, &any()).await, all);
}
