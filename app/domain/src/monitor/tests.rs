use super::*;
use crate::Origin;
use crate::act::Act;
use crate::person::Membership;
use crate::world::*;

const SALES: &str = "sales";
const POST: &str = "post";

/// Two groups that one application uses, and one more that only sales; carla and diego attend sales, olga both
/// administers and attends post, elena administers sales, simon everything.
fn facts() -> Facts {
    let group = |id: &str, limit| Group { id: id.into(), name: named(id).name, limit, average: None };
    let people = [CARLA, DIEGO, ELENA, OLGA, SIMON];
    let person = |id: &str| Person { agent: agent(id), connected: true, online: true, limit: None };
    Facts {
        groups: vec![group(POST, None), group(SALES, Some(2))],
        applications: vec![served("shop", &[SALES, POST]), served("catalogue", &[SALES])],
        people: people.into_iter().map(person).collect(),
        ..Facts::default()
    }
}

fn served(id: &str, groups: &[&str]) -> Served {
    Served { id: id.into(), name: id.into(), groups: groups.iter().map(|g| g.to_string()).collect() }
}

/// A conversation of this group with these.
fn talk(id: &str, group: &str, application: &str, agents: &[&str]) -> Talk {
    Talk {
        chat: id.into(),
        number: 1,
        application: Named { id: application.into(), name: application.into() },
        group: named(group),
        customer: Named { id: format!("of {id}"), name: format!("Customer {id}") },
        agents: agents.iter().map(|id| face(id)).collect(),
        since: START,
        gone_since: None,
        last: None,
    }
}

fn person<'f>(facts: &'f mut Facts, id: &str) -> &'f mut Person {
    facts.people.iter_mut().find(|person| person.agent.face.id == id).unwrap()
}

fn names(table: &Table, filter: &Filter) -> Vec<String> {
    table.agents_in(filter, None).into_iter().map(|row| row.face.id.clone()).collect()
}

fn row<'t>(table: &'t Table, id: &str) -> &'t Row {
    table.agents.iter().find(|row| row.face.id == id).unwrap()
}

fn of_group(id: &str) -> Filter {
    Filter { group: Some(id.into()), application: None }
}

fn of_application(id: &str) -> Filter {
    Filter { group: None, application: Some(id.into()) }
}

#[test]
fn in_the_table_is_once_who_attends_or_administers_a_group_that_the_viewer_administers() {
    let mut facts = facts();
    person(&mut facts, CARLA).agent.memberships.push(Membership {
        group: POST.into(),
        attendant: true,
        administrator: false,
    });

    let seen = |viewer: &str| facts.seen_by(viewer).map(|table| names(&table, &Filter::default()));

    assert_eq!(seen(ELENA), Some(vec![CARLA.into(), DIEGO.into(), ELENA.into()]));
    assert_eq!(seen(OLGA), Some(vec![CARLA.into(), OLGA.into()]));
    assert_eq!(seen(SIMON), Some(vec![CARLA.into(), DIEGO.into(), ELENA.into(), OLGA.into()]));
}

#[test]
fn who_administers_nothing_or_works_here_no_more_sees_nothing() {
    let facts = facts();

    assert_eq!((facts.seen_by(CARLA), facts.seen_by("nobody")), (None, None));
    assert!(!may_monitor(&agent(CARLA)) && may_monitor(&agent(ELENA)) && may_monitor(&agent(SIMON)));
}

#[test]
fn a_membership_of_neither_flag_is_none() {
    let mut facts = facts();
    person(&mut facts, CARLA).agent.memberships[0].attendant = false;

    assert_eq!(names(&facts.seen_by(ELENA).unwrap(), &Filter::default()), [DIEGO, ELENA]);
}

#[test]
fn disconnected_is_not_available_whatever_he_chose_and_the_choice_comes_back() {
    for (connected, online, available) in
        [(true, true, true), (true, false, false), (false, true, false), (false, false, false)]
    {
        let mut facts = facts();
        let carla = person(&mut facts, CARLA);
        (carla.connected, carla.online) = (connected, online);

        let table = facts.seen_by(ELENA).unwrap();

        assert_eq!(row(&table, CARLA).is_available(), available);
        assert_eq!(row(&table, CARLA).online, online);
    }
}

#[test]
fn a_conversation_counts_for_each_who_is_in_it_and_for_nobody_who_looks_on_was_invited_or_went() {
    let mut world = World::attended();
    world.act(ELENA, Act::Watch).unwrap();
    world.act(ELENA, Act::Aside { whisper: true, text: "psst".into() }).unwrap();
    world.act(CARLA, invite(FABIO)).unwrap();
    world.act(CARLA, invite(DIEGO)).unwrap();
    let with = |world: &World| -> Vec<String> {
        let talk = Talk::of(&world.chat, None).unwrap();
        talk.agents.into_iter().map(|face| face.id).collect()
    };

    assert_eq!(with(&world), [CARLA]);
    world.act(DIEGO, Act::Join).unwrap();
    assert_eq!(with(&world), [CARLA, DIEGO]);
    let facts = Facts { talks: vec![Talk::of(&world.chat, None).unwrap()], ..facts() };
    let table = facts.seen_by(ELENA).unwrap();
    let talks = |id: &str| row(&table, id).talks(&Filter::default());
    assert_eq!((talks(CARLA), talks(DIEGO), talks(ELENA), table.talks.len()), (1, 1, 0, 1));
    world.act(CARLA, Act::Part).unwrap();
    assert_eq!(with(&world), [DIEGO]);
}

#[test]
fn what_waits_is_over_or_is_among_agents_is_no_attention() {
    let mut world = World::waiting();
    assert_eq!((Talk::of(&world.chat, None), Waiting::of(&world.chat).is_some()), (None, true));

    world.act(CARLA, Act::Attend).unwrap();
    assert_eq!((Talk::of(&world.chat, None).is_some(), Waiting::of(&world.chat)), (true, None));
    let inner = Chat { origin: Origin::AgentAgent, ..world.chat.clone() };
    assert_eq!((Talk::of(&inner, None), Waiting::of(&inner)), (None, None));

    world.act(CARLA, Act::Close).unwrap();
    assert_eq!((Talk::of(&world.chat, None), Waiting::of(&world.chat)), (None, None));
}

#[test]
fn who_is_sent_back_into_a_queue_waits_since_then_and_who_is_sent_on_while_he_waits_since_he_came() {
    let mut attended = World::attended();
    attended.wait(Span::secs(30));
    attended.act(CARLA, to_group(POST)).unwrap();
    let mut waits = World::waiting();
    waits.wait(Span::secs(30));
    waits.act(ELENA, to_group(POST)).unwrap();

    assert_eq!(Waiting::of(&attended.chat).unwrap().since, attended.now);
    assert_eq!(Waiting::of(&waits.chat).unwrap().since, START);
}

#[test]
fn with_a_filter_only_its_conversations_count_and_without_one_all_of_them() {
    let talks = vec![
        talk("a", SALES, "shop", &[CARLA]),
        talk("b", SALES, "catalogue", &[CARLA, DIEGO]),
        talk("c", POST, "shop", &[CARLA]),
    ];
    let unsaved =
        |group: &str, count| Unsaved { agent: CARLA.into(), group: group.into(), application: "shop".into(), count };
    let facts = Facts { talks, unsaved: vec![unsaved(SALES, 2), unsaved(POST, 1)], ..facts() };

    let table = facts.seen_by(ELENA).unwrap();
    let carla = row(&table, CARLA);

    let both = Filter { group: Some(SALES.into()), application: Some("catalogue".into()) };
    let counts = |filter: &Filter| (carla.talks(filter), carla.to_save(filter));
    assert_eq!(counts(&Filter::default()), (3, 3));
    assert_eq!(counts(&of_group(SALES)), (2, 2));
    assert_eq!(counts(&of_application("shop")), (1, 2));
    assert_eq!(counts(&both), (1, 0));
    assert_eq!(carla.all_talks(), 3);
    // Of what happens where the viewer does not administer there is a number, and nothing else.
    assert!(table.talks.iter().all(|talk| talk.group.id == SALES));
    assert!(carla.loads.iter().all(|load| load.group == SALES));
}

#[test]
fn one_group_must_satisfy_both_filters() {
    let mut facts = facts();
    facts.people.retain(|person| [CARLA, OLGA, SIMON].contains(&&*person.agent.face.id));
    let table = facts.seen_by(SIMON).unwrap();
    let asks = |group: Option<&str>, application: Option<&str>| {
        let filter = Filter { group: group.map(Into::into), application: application.map(Into::into) };
        names(&table, &filter)
    };

    assert_eq!(asks(None, None), [CARLA, OLGA]);
    assert_eq!(asks(Some(SALES), None), [CARLA]);
    assert_eq!(asks(None, Some("catalogue")), [CARLA]);
    assert_eq!(asks(Some(POST), Some("shop")), [OLGA]);
    // Olga's group is used by no catalogue, Carla's group is not post.
    assert!(asks(Some(POST), Some("catalogue")).is_empty());
    assert!(asks(Some("x"), None).is_empty() && asks(None, Some("x")).is_empty());
}

#[test]
fn full_is_who_has_as_many_as_the_group_or_he_may_have() {
    let full = |talks: Vec<Talk>, own: Option<u32>, filter: Filter| {
        let mut facts = Facts { talks, ..facts() };
        person(&mut facts, CARLA).limit = own;
        let table = facts.seen_by(ELENA).unwrap();
        (row(&table, CARLA).is_full(&filter, &table.scope), row(&table, CARLA).room(&filter, &table.scope))
    };
    let one = || vec![talk("a", SALES, "shop", &[CARLA])];
    let two = || vec![talk("a", SALES, "shop", &[CARLA]), talk("b", SALES, "shop", &[CARLA])];
    let elsewhere = || vec![talk("a", SALES, "shop", &[CARLA]), talk("b", POST, "shop", &[CARLA])];

    assert_eq!(full(one(), None, Filter::default()), (false, Some(2)));
    assert_eq!(full(two(), None, Filter::default()), (true, Some(2)));
    assert_eq!(full(two(), None, of_group(SALES)), (true, Some(2)));
    assert_eq!(full(one(), Some(1), Filter::default()), (true, Some(1)));
    // The group has room for him, and he has none left.
    assert_eq!(full(elsewhere(), Some(2), Filter::default()), (true, Some(2)));
    assert_eq!(full(elsewhere(), None, Filter::default()), (false, Some(2)));
}

#[test]
fn what_somebody_has_to_save_fills_him_where_the_house_wants_it_and_is_no_conversation_of_his() {
    let unsaved = |group: &str| {
        let (agent, group, application) = (CARLA.into(), group.into(), "shop".into());
        vec![Unsaved { agent, group, application, count: 1 }]
    };
    let full = |unsaved: Vec<Unsaved>, unsaved_takes_room: bool, own: Option<u32>| {
        let talks = vec![talk("a", SALES, "shop", &[CARLA])];
        let mut facts = Facts { talks, unsaved, unsaved_takes_room, ..facts() };
        person(&mut facts, CARLA).limit = own;
        let table = facts.seen_by(ELENA).unwrap();
        let (row, all) = (row(&table, CARLA), Filter::default());
        assert_eq!(row.talks(&all), 1);
        (row.is_full(&all, &table.scope), row.busy(&all), row.busy(&of_group(SALES)))
    };
    let both = |unsaved: Vec<Unsaved>, own| [false, true].map(|takes| full(unsaved.clone(), takes, own));

    // Two of one group may he have at once.
    assert_eq!(both(unsaved(SALES), None), [(false, 1, 1), (true, 2, 2)]);
    assert_eq!(both(unsaved(POST), None), [(false, 1, 1), (false, 2, 1)]);
    assert_eq!(both(unsaved(POST), Some(2)), [(false, 1, 1), (true, 2, 1)]);
}

#[test]
fn what_is_among_agents_counts_where_the_house_wants_it_for_no_filter_and_fills_nobody() {
    let talks = vec![talk("a", SALES, "shop", &[CARLA])];
    let facts = Facts { talks, inner: vec![CARLA.into(), DIEGO.into(), CARLA.into()], ..facts() };
    let table = facts.seen_by(ELENA).unwrap();
    let (carla, all) = (row(&table, CARLA), Filter::default());

    assert_eq!((carla.talks(&all), carla.all_talks(), row(&table, DIEGO).talks(&all)), (3, 3, 1));
    assert_eq!((carla.talks(&of_group(SALES)), carla.talks(&of_application("shop"))), (1, 1));
    assert!(!carla.is_full(&all, &table.scope), "two of the group may she have");
    assert_eq!((carla.busy(&all), carla.busy(&of_group(SALES)), row(&table, DIEGO).busy(&all)), (1, 1, 0));
    assert_eq!(table.talks.len(), 1, "nobody watches them");
}

#[test]
fn where_nothing_is_handed_out_nobody_is_full_and_who_does_not_attend_is_not_either() {
    let facts = Facts { talks: vec![talk("a", POST, "shop", &[OLGA]), talk("b", SALES, "shop", &[ELENA])], ..facts() };
    let table = facts.seen_by(SIMON).unwrap();
    let none = Filter::default();

    for id in [OLGA, ELENA] {
        assert_eq!(
            (row(&table, id).is_full(&none, &table.scope), row(&table, id).room(&none, &table.scope)),
            (false, None)
        );
    }
}

#[test]
fn alone_is_the_only_attendant_who_is_available_and_administrators_do_not_help_him() {
    let mut facts = facts();
    let alone = |facts: &Facts, id: &str| {
        let table = facts.seen_by(SIMON).unwrap();
        let (none, scope) = (Filter::default(), table.scope.clone());
        row(&table, id).alone_in(&none, &scope).map(|place| place.group.clone()).collect::<Vec<_>>()
    };

    assert!(alone(&facts, CARLA).is_empty());
    person(&mut facts, DIEGO).online = false;
    assert_eq!(alone(&facts, CARLA), [SALES]);
    assert!(alone(&facts, DIEGO).is_empty() && alone(&facts, ELENA).is_empty());
    person(&mut facts, CARLA).connected = false;
    assert!(alone(&facts, CARLA).is_empty());
}

#[test]
fn a_queue_tells_how_many_wait_and_since_when_and_who_could_attend_them() {
    let waiting = |group: &str, application: &str, at| Waiting {
        group: group.into(),
        application: application.into(),
        since: Time(at),
    };
    let mut facts = Facts {
        waiting: vec![waiting(SALES, "shop", 30), waiting(SALES, "catalogue", 20), waiting(SALES, "shop", 10)],
        ..facts()
    };
    facts.groups[1].average = Some(Span::secs(90));
    person(&mut facts, DIEGO).connected = false;

    let table = facts.seen_by(SIMON).unwrap();

    let [post, sales] = &table.queues[..] else { panic!() };
    assert_eq!((post.waiting(&Filter::default()), post.oldest(&Filter::default()), post.available), (0, None, 1));
    let counts = |filter: &Filter| (sales.waiting(filter), sales.oldest(filter));
    assert_eq!(counts(&Filter::default()), (3, Some(Time(10))));
    assert_eq!(counts(&of_application("catalogue")), (1, Some(Time(20))));
    assert_eq!((sales.available, sales.average), (1, Some(Span::secs(90))));
    let sum = table.sum(&of_application("shop"));
    assert_eq!((sum.waiting, sum.oldest, sum.available, sum.agents), (2, Some(Time(10)), 3, 4));
    assert_eq!(facts.seen_by(OLGA).unwrap().queues, std::slice::from_ref(post));
}

#[test]
fn only_what_changed_is_told_in_whole_rows_and_nothing_where_nothing_did() {
    let before = Facts { talks: vec![talk("a", SALES, "shop", &[CARLA]), talk("b", POST, "shop", &[OLGA])], ..facts() };
    let mut after = before.clone();
    after.talks[0].agents.push(face(DIEGO));
    let tables = |viewer: &str| (before.seen_by(viewer).unwrap(), after.seen_by(viewer).unwrap());

    let (was, is) = tables(ELENA);
    let Some(News::Changed(changes)) = is.news_since(&was) else { panic!() };

    assert_eq!(changes.agents, [row(&is, DIEGO).clone()]);
    assert_eq!(changes.talks, is.talks);
    assert!(changes.gone.is_empty() && changes.over.is_empty() && changes.queues.is_empty());
    assert_eq!(is.news_since(&is), None);
    // Somebody of another group hears nothing of it.
    let (was, is) = tables(OLGA);
    assert_eq!(is.news_since(&was), None);
}

#[test]
fn who_hears_all_changes_has_the_same_table() {
    let mut first = facts();
    first.talks = vec![talk("a", SALES, "shop", &[CARLA]), talk("b", SALES, "shop", &[DIEGO])];
    let mut second = first.clone();
    second.talks.remove(0);
    second.talks.push(Talk { since: Time(1), ..talk("c", SALES, "catalogue", &[DIEGO]) });
    second.people.retain(|person| person.agent.face.id != CARLA);
    second.waiting.push(Waiting { group: SALES.into(), application: "shop".into(), since: START });
    let (mut screen, now) = (first.seen_by(ELENA).unwrap(), second.seen_by(ELENA).unwrap());

    let Some(News::Changed(changes)) = now.news_since(&screen) else { panic!() };
    screen.hear(changes);

    assert_eq!(screen, now);
}

#[test]
fn other_rights_are_another_table_and_it_is_told_whole() {
    let facts = facts();
    let before = facts.seen_by(ELENA).unwrap();
    let mut more = facts.clone();
    person(&mut more, ELENA).agent.memberships.push(Membership {
        group: POST.into(),
        attendant: false,
        administrator: true,
    });
    let mut less = facts.clone();
    person(&mut less, ELENA).agent.memberships[0].administrator = false;

    let now = more.seen_by(ELENA).unwrap();

    assert_eq!(now.news_since(&before), Some(News::Whole(now.clone())));
    assert_eq!(less.seen_by(ELENA), None);
}

#[test]
fn rows_stand_by_name_until_a_column_is_chosen() {
    let facts =
        Facts { talks: vec![talk("a", SALES, "shop", &[DIEGO]), talk("b", SALES, "shop", &[DIEGO, ELENA])], ..facts() };
    let table = facts.seen_by(ELENA).unwrap();
    let by = |order| -> Vec<&str> {
        let rows = table.agents_in(&Filter::default(), order);
        rows.into_iter().map(|row| row.face.id.as_str()).collect()
    };

    assert_eq!(by(None), [CARLA, DIEGO, ELENA]);
    assert_eq!(by(Some(Order { by: Column::Talks, down: true })), [DIEGO, ELENA, CARLA]);
    assert_eq!(by(Some(Order { by: Column::Talks, down: false })), [CARLA, ELENA, DIEGO]);
    // Those of whom it says the same stay by name, whichever way.
    assert_eq!(by(Some(Order { by: Column::Available, down: true })), [CARLA, DIEGO, ELENA]);
}

#[test]
fn conversations_stand_by_their_length_until_a_column_is_chosen() {
    let last = |at| Some(LastWord { by_customer: true, at: Time(at) });
    let talks = vec![
        Talk { since: Time(3), last: last(9), ..talk("a", SALES, "shop", &[CARLA]) },
        Talk { since: Time(1), last: None, ..talk("c", SALES, "catalogue", &[CARLA]) },
        Talk { since: Time(2), last: last(5), ..talk("b", SALES, "shop", &[CARLA]) },
    ];
    let table = Facts { talks, ..facts() }.seen_by(ELENA).unwrap();
    let by = |filter: &Filter, order| -> Vec<&str> {
        table.talks_in(filter, order).into_iter().map(|talk| talk.chat.as_str()).collect()
    };
    let none = Filter::default();

    assert_eq!(by(&none, None), ["c", "b", "a"]);
    assert_eq!(by(&none, Some(Order { by: TalkColumn::Last, down: false })), ["c", "b", "a"]);
    assert_eq!(by(&none, Some(Order { by: TalkColumn::Customer, down: false })), ["a", "b", "c"]);
    assert_eq!(by(&of_application("shop"), Some(Order { by: TalkColumn::Since, down: true })), ["a", "b"]);
}

#[test]
fn a_customer_whom_nobody_answers_for_two_minutes_is_neglected() {
    let said = |by_customer| LastWord { by_customer, at: START };

    assert!(!said(true).is_neglected(START + Span(119_999)) && said(true).is_neglected(START + Span::minutes(2)));
    assert!(!said(false).is_neglected(START + Span::hours(1)));
}

#[test]
fn an_address_says_what_is_seen_and_what_it_says_besides_is_nothing() {
    let look = Look {
        filter: Filter { group: Some("g".into()), application: Some("a".into()) },
        agents: Some(Order { by: Column::ToSave, down: true }),
        talks: Some(Order { by: TalkColumn::Last, down: false }),
    };

    assert_eq!(look.path(), "/monitor?group=g&application=a&agents=-to-save&talks=last");
    assert_eq!(Look::read(look.path().strip_prefix("/monitor?").unwrap()), look);
    assert_eq!(Look::default().path(), "/monitor");
    for nothing in ["", "group=", "agents=sideways", "agents=--talks", "talks=name", "x=y&=&&", "agents"] {
        assert_eq!(Look::read(nothing), Look::default(), "{nothing}");
    }
}

#[test]
fn a_column_is_sorted_by_up_then_down_then_not_at_all() {
    let first = Order::pressed(None, Column::Talks);
    let second = Order::pressed(first, Column::Talks);

    assert_eq!(first, Some(Order { by: Column::Talks, down: false }));
    assert_eq!(second, Some(Order { by: Column::Talks, down: true }));
    assert_eq!(Order::pressed(second, Column::Talks), None);
    assert_eq!(Order::pressed(second, Column::Name), Some(Order { by: Column::Name, down: false }));
}

fn standing(of: Filter, by: Option<Column>, keys: &[&str]) -> Standing<Column> {
    let order = by.map(|by| Order { by, down: false });
    Standing { filter: of, order, keys: keys.iter().map(|key| key.to_string()).collect() }
}

#[test]
fn under_a_pointer_nothing_moves_what_went_keeps_its_place_and_what_is_new_comes_last() {
    let of = |keys: &[&str]| standing(Filter::default(), None, keys);
    let first = of(&["a", "b", "c"]);

    let held = of(&["d", "c", "a"]).after(Some(&first), Held::Here);
    let longer = of(&["d", "c"]).after(Some(&held), Held::Here);

    assert_eq!(held, of(&["a", "b", "c", "d"]));
    assert_eq!(longer, held);
    assert_eq!(of(&["d", "c"]).after(Some(&longer), Held::Nothing), of(&["d", "c"]));
    assert_eq!(of(&["b", "a"]).after(None, Held::Here), of(&["b", "a"]));
}

#[test]
fn a_table_above_the_pointer_neither_grows_nor_shrinks() {
    let of = |keys: &[&str]| standing(Filter::default(), None, keys);
    let first = of(&["a", "b"]);

    let held = of(&["c", "b", "d"]).after(Some(&first), Held::Below);

    assert_eq!(held, first);
    assert_eq!(of(&["c", "b", "d"]).after(Some(&held), Held::Nothing), of(&["c", "b", "d"]));
}

#[test]
fn what_is_chosen_under_a_pointer_is_obeyed_at_once() {
    let first = standing(Filter::default(), None, &["a", "b", "c"]);

    for chosen in [
        standing(Filter::default(), Some(Column::Talks), &["c", "a", "b"]),
        standing(of_group(SALES), None, &["c", "b"]),
    ] {
        for held in [Held::Here, Held::Below] {
            assert_eq!(chosen.clone().after(Some(&first), held), chosen);
        }
    }
}

#[test]
fn a_filter_for_what_the_viewer_cannot_choose_is_none() {
    let scope = facts().seen_by(OLGA).unwrap().scope;
    let both =
        |group: &str, application: &str| Filter { group: Some(group.into()), application: Some(application.into()) };

    assert_eq!(both(POST, "shop").within(&scope), both(POST, "shop"));
    assert_eq!(both(SALES, "shop").within(&scope), of_application("shop"));
    assert_eq!(both(POST, "catalogue").within(&scope), of_group(POST));
    assert!(both(SALES, "catalogue").within(&scope).is_none());
}

#[test]
fn who_was_sent_on_to_a_group_that_his_application_does_not_use_still_waits_under_its_filter() {
    let waits = Waiting { group: POST.into(), application: "catalogue".into(), since: Time(10) };
    let facts = Facts { waiting: vec![waits], ..facts() };
    let table = facts.seen_by(SIMON).unwrap();
    let queues = |filter: &Filter| -> Vec<&str> {
        table.queues_in(filter).into_iter().map(|queue| queue.group.as_str()).collect()
    };

    assert_eq!(queues(&of_application("catalogue")), [POST, SALES]);
    let sum = table.sum(&of_application("catalogue"));
    assert_eq!((sum.waiting, sum.oldest), (1, Some(Time(10))));
    // Of another group or another application it is not.
    assert_eq!((queues(&of_group(SALES)), table.sum(&of_group(SALES)).waiting), (vec![SALES], 0));
    assert_eq!(table.sum(&of_application("shop")).waiting, 0);
}

#[test]
fn an_address_holds_any_identifier() {
    let id = "a&group=b c%20ñ#/?+";
    let look = Look { filter: Filter { group: Some(id.into()), application: Some(id.into()) }, ..Look::default() };

    let path = look.path();

    assert!(path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/?=&%-._~".contains(&b)), "{path}");
    assert_eq!(Look::read(path.strip_prefix("/monitor?").unwrap()), look);
}
