//! Stories of triggers: when they answer, in which order, what they change, and what cuts them.

use super::check::{missing, wrong};
use super::*;
use crate::TicketEvent;
use crate::house;
use crate::house::{OwnField, OwnKind, OwnStatus};
use crate::ticket::{Birth, Standing};
use crate::wire::Choices;
use crate::world::{CARLA, OLGA, agent, face, named};

const NOW: Time = Time(10_000_000);

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn house() -> House {
    let status = OwnStatus {
        id: "part".into(),
        name: "Espera la pieza".into(),
        base: Status::Stopped,
        asks: true,
        reasons: texts(&["Proveedor"]),
    };
    let field = OwnField {
        id: "wood".into(),
        label: "Madera".into(),
        kind: OwnKind::Choice,
        required: false,
        options: texts(&["Nogal", "Roble"]),
    };
    House { statuses: vec![status], fields: vec![field] }
}

fn known() -> Known {
    let groups = vec![named("sales"), named("post")];
    Known { now: NOW, house: house(), groups, owners: vec![agent(CARLA), agent(OLGA)], verified: false }
}

/// A ticket of *sales*, saved a minute ago.
fn ticket() -> Ticket {
    let birth = Birth {
        number: 7,
        chat: None,
        via: Via::OfflineMessage,
        application: named("shop"),
        group: named("sales"),
        customer: named("ana"),
        subject: "Mesa".into(),
        owner: None,
        message: None,
    };
    let mut ticket = Ticket::open("t".into(), Time(NOW.0 - 60_000), &birth);
    ticket.apply(Time(NOW.0 - 60_000), &TicketEvent::saved_for_nobody("Mesa".into()));
    ticket
}

/// The same after these edits.
fn edited(ticket: &Ticket, edits: &[Edit]) -> Ticket {
    let event = Triggered { trigger: named("x"), edits: edits.to_vec(), sent: Vec::new(), failed: Vec::new() };
    let mut after = ticket.clone();
    after.apply(NOW, &TicketEvent::Triggered(Box::new(event)));
    after
}

fn tagged(tags: &[&str]) -> Ticket {
    edited(&ticket(), &[Edit::Tags { from: Vec::new(), to: texts(tags) }])
}

fn is(what: What) -> Condition {
    Condition { what, is: true }
}

fn not(what: What) -> Condition {
    Condition { what, is: false }
}

fn tag(tag: &str) -> What {
    What::Tag(tag.into())
}

fn trigger(id: &str, all: Vec<Condition>, actions: Vec<Action>) -> Trigger {
    Trigger { id: id.into(), name: id.into(), on: true, when: When::Begins, all, any: Vec::new(), actions }
}

fn adds(tags: &[&str]) -> Action {
    Action::AddTags(texts(tags))
}

fn removes(tags: &[&str]) -> Action {
    Action::RemoveTags(texts(tags))
}

/// What followed: who ran, with what tags it left; who was cut.
fn told(triggers: &[Trigger], occasion: &Occasion) -> Vec<String> {
    let tell = |step: Step| match step {
        Step::Ran { place, edits, .. } => {
            let tags = edits.iter().find_map(|edit| match edit {
                Edit::Tags { to, .. } => Some(to.join(",")),
                _ => None,
            });
            [&triggers[place].id, " ", &tags.unwrap_or_default()].concat().trim().to_owned()
        }
        Step::Cut { place, why } => format!("{} cut: {why:?}", triggers[place].id),
    };
    cycle(triggers, occasion, &known()).into_iter().map(tell).collect()
}

fn created(ticket: &Ticket) -> Occasion<'_> {
    Occasion::Changed { before: None, after: ticket }
}

#[test]
fn each_condition_holds_for_what_it_names_and_its_opposite_for_all_else() {
    let named = edited(
        &ticket(),
        &[
            Edit::Tags { from: Vec::new(), to: texts(&["rota"]) },
            Edit::Owner { from: None, to: Some(face(CARLA)) },
            Edit::Field { id: "wood".into(), label: "Madera".into(), from: String::new(), to: "Nogal".into() },
            Edit::Status {
                from: Standing::of(Status::New),
                to: Standing {
                    base: Status::Stopped,
                    own: Some(crate::group::Named { id: "part".into(), name: "x".into() }),
                    reason: String::new(),
                },
            },
        ],
    );
    let field = |value: &str| What::Field { id: "wood".into(), value: value.into() };
    for (what, of_the_first, of_the_other) in [
        (What::Via(Via::OfflineMessage), true, true),
        (What::Via(Via::OnlineChat), false, false),
        (What::Group("sales".into()), true, true),
        (What::Group("post".into()), false, false),
        (What::Application("shop".into()), true, true),
        (What::Base(Status::Stopped), true, false),
        (What::Base(Status::New), false, true),
        (What::Own("part".into()), true, false),
        (tag("rota"), true, false),
        (tag("rot"), false, false),
        (field("Nogal"), true, false),
        (field(""), false, true),
        (What::Owned, true, false),
        (What::Stands { minutes: 1 }, false, true),
        (What::Stands { minutes: 2 }, false, false),
        (What::Verified, false, false),
    ] {
        for (one, holds) in [(&named, of_the_first), (&ticket(), of_the_other)] {
            assert_eq!(is(what.clone()).holds(one, NOW, false), holds, "{what:?}");
            assert_eq!(not(what.clone()).holds(one, NOW, false), !holds, "not {what:?}");
        }
    }
    assert!(is(What::Verified).holds(&named, NOW, true));
}

#[test]
fn all_must_hold_and_one_of_any() {
    let ticket = tagged(&["a", "b"]);
    for (all, any, holds) in [
        (vec![], vec![], true),
        (vec!["a", "b"], vec![], true),
        (vec!["a", "c"], vec![], false),
        (vec![], vec!["c", "b"], true),
        (vec![], vec!["c", "d"], false),
        (vec!["a"], vec!["c", "b"], true),
        (vec!["c"], vec!["a"], false),
    ] {
        let conditions = |tags: &[&str]| tags.iter().map(|t| is(tag(t))).collect::<Vec<_>>();
        let one = Trigger { any: conditions(&any), ..trigger("one", conditions(&all), vec![]) };

        assert_eq!(one.holds(&ticket, NOW, false), holds, "all {all:?}, any {any:?}");
    }
}

#[test]
fn it_runs_when_its_conditions_begin_to_hold_or_at_every_change_as_it_was_asked() {
    let (plain, rota) = (ticket(), tagged(&["rota"]));
    let begins = trigger("begins", vec![is(tag("rota"))], vec![adds(&["x"])]);
    let changes = Trigger { when: When::Changes, id: "changes".into(), ..begins.clone() };
    let unsaved = Ticket { saved_at: None, ..rota.clone() };
    for (before, after, begun, changed) in [
        (None, &rota, true, true),
        (Some(&plain), &rota, true, true),
        (Some(&rota), &rota, false, true),
        (Some(&rota), &plain, false, false),
        // What waited to be saved is created by its first save.
        (Some(&unsaved), &rota, true, true),
        (None, &unsaved, false, false),
    ] {
        let occasion = Occasion::Changed { before, after };
        let ran = |one: &Trigger| !told(std::slice::from_ref(one), &occasion).is_empty();

        assert_eq!((ran(&begins), ran(&changes)), (begun, changed), "{before:?} → {after:?}");
        assert_eq!(is_answered(std::slice::from_ref(&begins), &occasion, NOW, false), begun);
    }
    let off = Trigger { on: false, ..begins };
    assert_eq!(told(&[off], &created(&rota)), [""; 0]);
}

#[test]
fn what_was_merged_changes_no_more() {
    let mut merged = tagged(&["rota"]);
    merged.merged = Some(crate::ticket::Pointer { id: "other".into(), number: 8 });

    assert_eq!(told(&[trigger("one", vec![is(tag("rota"))], vec![adds(&["x"])])], &created(&merged)), [""; 0]);
}

#[test]
fn each_sees_what_those_before_it_have_done() {
    let first = trigger("first", vec![is(tag("a"))], vec![adds(&["b"])]);
    let second = trigger("second", vec![is(tag("b"))], vec![adds(&["c"])]);
    let third = trigger("third", vec![not(tag("c"))], vec![adds(&["never"])]);
    let occasion = tagged(&["a"]);

    assert_eq!(
        told(&[first.clone(), second.clone(), third.clone()], &created(&occasion)),
        ["first a,b", "second a,b,c"]
    );
    // Another order, another outcome: the first of the list is asked first, and again after each change.
    assert_eq!(
        told(&[third, second, first], &created(&occasion)),
        ["third a,never", "first a,never,b", "second a,never,b,c"]
    );
}

#[test]
fn each_action_is_an_ordinary_change() {
    let all = trigger(
        "all",
        vec![],
        vec![
            Action::Owner(Some(OLGA.into())),
            Action::Own { id: "part".into(), reason: "Proveedor".into() },
            adds(&["b", "a"]),
            removes(&["gone"]),
            Action::Field { id: "wood".into(), value: "Roble".into() },
            // Olga sees no other: the group is changed first, wherever it stands.
            Action::Group("post".into()),
        ],
    );
    let before = tagged(&["gone", "a"]);
    let (edits, failed) = all.edits(&before, &known());

    let part = crate::group::Named { id: "part".into(), name: "Espera la pieza".into() };
    let standing = Standing { base: Status::Stopped, own: Some(part), reason: "Proveedor".into() };
    assert_eq!(failed, []);
    assert_eq!(
        edits,
        [
            Edit::Group { from: named("sales"), to: named("post") },
            Edit::Owner { from: None, to: Some(face(OLGA)) },
            Edit::Status { from: Standing::of(Status::New), to: standing },
            Edit::Field { id: "wood".into(), label: "Madera".into(), from: String::new(), to: "Roble".into() },
            Edit::Tags { from: texts(&["gone", "a"]), to: texts(&["a", "b"]) },
        ]
    );
}

#[test]
fn what_the_rules_of_tickets_refuse_is_left_out_and_told() {
    let one = trigger(
        "one",
        vec![],
        vec![
            Action::Owner(Some(OLGA.into())),
            Action::Field { id: "wood".into(), value: "Pino".into() },
            Action::Own { id: "gone".into(), reason: String::new() },
            adds(&["kept"]),
        ],
    );
    let (edits, failed) = one.edits(&ticket(), &known());

    assert_eq!(edits, [Edit::Tags { from: vec![], to: texts(&["kept"]) }]);
    let wrong = |field: &str| Refusal::FieldWrong { field: field.into() };
    let told = |what, field: &str| Failed { what, why: wrong(field) };
    assert_eq!(
        failed,
        [told(Deed::Owner, "owner"), told(Deed::Field("Madera".into()), "wood"), told(Deed::Status, "status"),]
    );
}

/// What the house asks of people who save, it asks of triggers.
#[test]
fn nothing_is_closed_while_a_required_answer_is_missing_and_none_is_taken_away() {
    let mut known = known();
    known.house.fields[0].required = true;
    let wood = |value: &str| Action::Field { id: "wood".into(), value: value.into() };
    let (closes, waits) = (Action::Status(Status::Resolved), Action::Status(Status::Stopped));
    let filled = edited(
        &ticket(),
        &[Edit::Field { id: "wood".into(), label: "Madera".into(), from: String::new(), to: "Nogal".into() }],
    );
    let failed = |ticket: &Ticket, actions: Vec<Action>| {
        trigger("one", vec![], actions).edits(ticket, &known).1.into_iter().map(|f| (f.what, f.why)).collect::<Vec<_>>()
    };
    let why = || Refusal::FieldMissing { field: "wood".into() };

    assert_eq!(failed(&ticket(), vec![closes.clone()]), [(Deed::Status, why())]);
    assert_eq!(failed(&ticket(), vec![waits]), []);
    assert_eq!(failed(&filled, vec![closes.clone()]), []);
    assert_eq!(failed(&ticket(), vec![closes.clone(), wood("Roble")]), [], "it answers that itself");
    let emptied = (Deed::Field("Madera".into()), why());
    assert_eq!(failed(&filled, vec![wood("")]), std::slice::from_ref(&emptied));
    assert_eq!(failed(&filled, vec![wood(""), closes.clone()]), [emptied], "it keeps its answer, and so it is closed");
    let over = edited(&ticket(), &[Edit::Status { from: Standing::of(Status::New), to: Standing::of(Status::Closed) }]);
    assert_eq!(failed(&over, vec![closes]), [], "it is closed already");
    let choices = Choices { house: known.house.clone(), ..choices() };
    assert_eq!(trigger("one", vec![], vec![wood("")]).checked(&choices), Err(missing("actions.0")));
}

#[test]
fn who_does_not_see_the_group_where_it_goes_owns_it_no_more() {
    let owned = |by: &str| edited(&ticket(), &[Edit::Owner { from: None, to: Some(face(by)) }]);
    let goes = |actions: Vec<Action>| trigger("one", vec![], [vec![Action::Group("post".into())], actions].concat());
    let moved = Edit::Group { from: named("sales"), to: named("post") };

    let (edits, failed) = goes(vec![]).edits(&owned(CARLA), &known());
    assert_eq!(edits, [moved.clone(), Edit::Owner { from: Some(face(CARLA)), to: None }]);
    assert_eq!(failed, []);
    assert_eq!(goes(vec![]).edits(&owned(OLGA), &known()).0, std::slice::from_ref(&moved));
    let (edits, _) = goes(vec![Action::Owner(Some(OLGA.into()))]).edits(&owned(CARLA), &known());
    assert_eq!(edits, [moved, Edit::Owner { from: Some(face(CARLA)), to: Some(face(OLGA)) }]);
}

#[test]
fn a_trigger_does_not_answer_what_it_has_done_itself() {
    let one = Trigger { when: When::Changes, ..trigger("one", vec![], vec![adds(&["x"]), removes(&["a"])]) };

    assert_eq!(told(&[one], &created(&tagged(&["a"]))), ["one x"]);
}

#[test]
fn two_that_undo_each_other_are_cut_and_it_is_told() {
    let there = trigger("there", vec![is(tag("a"))], vec![removes(&["a"]), adds(&["b"])]);
    let back = trigger("back", vec![is(tag("b"))], vec![removes(&["b"]), adds(&["a"])]);
    let always = Trigger { when: When::Changes, ..trigger("always", vec![not(tag("x"))], vec![adds(&["x"])]) };
    let never = trigger("never", vec![is(tag("x"))], vec![removes(&["x"])]);

    assert_eq!(told(&[there, back], &created(&tagged(&["a"]))), ["there b", "back a", "there cut: Loop"]);
    assert_eq!(told(&[always, never], &created(&ticket())), ["always x", "never", "always cut: Loop"]);
}

#[test]
fn one_that_has_nothing_more_to_do_is_no_loop() {
    let told_of_all = Trigger { when: When::Changes, ..trigger("webhook", vec![], vec![]) };
    let one = trigger("one", vec![is(tag("a"))], vec![adds(&["b"])]);

    assert_eq!(told(&[told_of_all, one], &created(&tagged(&["a"]))), ["webhook", "one a,b"]);
}

#[test]
fn so_many_follow_from_each_other_and_no_more() {
    let step = |n: usize| trigger(&n.to_string(), vec![is(tag(&n.to_string()))], vec![adds(&[&(n + 1).to_string()])]);
    let long: Vec<Trigger> = (0..DEPTH + 2).map(step).collect();
    // As many that all answer the same thing are none that follow from each other.
    let wide: Vec<Trigger> = (0..20)
        .map(|n: usize| trigger(&n.to_string(), vec![is(tag("0"))], vec![adds(&[&["n", &n.to_string()].concat()])]))
        .collect();
    let wide = &wide[..house::TAGS - 1];

    let deep = told(&long, &created(&tagged(&["0"])));
    assert_eq!(deep.len(), DEPTH + 1);
    assert_eq!(deep.last().unwrap(), &format!("{DEPTH} cut: Depth"));
    assert_eq!(told(wide, &created(&tagged(&["0"]))).len(), wide.len());
    assert!(told(wide, &created(&tagged(&["0"]))).iter().all(|one| !one.contains("cut")));
}

#[test]
fn the_clock_looks_when_it_will_have_stood_for_so_long_and_once() {
    let late =
        trigger("late", vec![is(What::Stands { minutes: 60 }), is(What::Base(Status::New))], vec![adds(&["late"])]);
    let then = trigger("then", vec![is(tag("late"))], vec![adds(&["then"])]);
    let stands = ticket();
    let due = Time(NOW.0 - 60_000) + Span::minutes(60);

    assert_eq!(late.due(&stands), Some(due));
    assert_eq!(then.due(&stands), None);
    assert_eq!(Trigger { on: false, ..late.clone() }.due(&stands), None);
    assert!(!late.holds(&stands, Time(due.0 - 1), false) && late.holds(&stands, due, false));
    // A change of status begins anew; another change does not.
    let (stopped, noted) = (Standing::of(Status::Stopped), tagged(&["x"]));
    let moved = edited(&stands, &[Edit::Status { from: stands.standing(), to: stopped }]);
    assert_eq!((late.due(&moved), late.due(&noted)), (Some(NOW + Span::minutes(60)), Some(due)));

    let all = [then, late];
    let known = Known { now: due, ..known() };
    let crossed = Occasion::Crossed { trigger: "late", ticket: &stands };
    let places = |steps: Vec<Step>| steps.iter().map(|s| matches!(s, Step::Ran { place: 0, .. })).collect::<Vec<_>>();
    assert_eq!(places(cycle(&all, &crossed, &known)), [false, true]);
    // Somebody does something else with it afterwards: it has run.
    let after = edited(&stands, &[Edit::Tags { from: vec![], to: texts(&["y"]) }]);
    assert_eq!(cycle(&all, &Occasion::Changed { before: Some(&stands), after: &after }, &known), []);
}

#[test]
fn an_old_ticket_stands_since_it_last_changed() {
    let mut old = Ticket { stands_since: None, ..ticket() };
    let since = old.changed_at;
    assert_eq!(old.stands_since(), since);

    old.apply(
        NOW,
        &TicketEvent::Rated(crate::rating::Rating { score: crate::rating::Score::Stars(5), comment: String::new() }),
    );

    assert_eq!(old.stands_since(), since);
}

fn choices() -> Choices {
    let known = known();
    let applications = vec![named("shop")];
    Choices {
        house: known.house,
        groups: known.groups,
        owners: known.owners,
        applications,
        mails: true,
        talks: true,
        tags: Vec::new(),
        links: true,
    }
}

#[test]
fn what_is_kept_is_clean() {
    let given = trigger(
        "one",
        vec![is(tag(" ROTA "))],
        vec![
            adds(&["A", "a ", ""]),
            Action::Mail { to: Whom::Owner, subject: " Hola\n".into(), text: " uno\ndos ".into() },
        ],
    );
    let kept = Trigger { name: " Un\nnombre ".into(), ..given }.checked(&choices()).unwrap();

    assert_eq!(kept.name, "Un nombre");
    assert_eq!(kept.all, [is(tag("rota"))]);
    let mail = Action::Mail { to: Whom::Owner, subject: "Hola".into(), text: "uno\ndos".into() };
    assert_eq!(kept.actions, [adds(&["a"]), mail]);
}

#[test]
fn what_is_wrong_with_a_trigger_is_told_at_its_place() {
    let good = || trigger("one", vec![is(tag("rota"))], vec![adds(&["a"])]);
    let with = |conditions: Vec<Condition>| Trigger { all: conditions, ..good() };
    let doing = |actions: Vec<Action>| Trigger { actions, ..good() };
    let mail = |text: &str| Action::Mail { to: Whom::Customer, subject: "x".into(), text: text.into() };
    let stands = |minutes| is(What::Stands { minutes });
    let long = |n: usize| "x".repeat(n);
    let full = |limit: usize| Refusal::Full { limit: limit as u32 };
    let too_long = |field: &str, limit: usize| Refusal::FieldTooLong { field: field.into(), limit: limit as u32 };

    for (given, why) in [
        (Trigger { name: " \n".into(), ..good() }, missing("name")),
        (Trigger { name: long(NAME_LIMIT + 1), ..good() }, too_long("name", NAME_LIMIT)),
        (doing(vec![]), missing("actions")),
        (doing(vec![adds(&["a"]); ACTIONS + 1]), full(ACTIONS)),
        (with(vec![is(tag("a")); CONDITIONS + 1]), full(CONDITIONS)),
        (with(vec![is(tag("a")), is(What::Group("gone".into()))]), wrong("all.1")),
        (Trigger { any: vec![is(What::Application("gone".into()))], ..good() }, wrong("any.0")),
        (with(vec![is(What::Own("gone".into()))]), wrong("all.0")),
        (with(vec![is(tag(" "))]), missing("all.0")),
        (with(vec![is(tag(&long(house::TAG_LIMIT + 1)))]), too_long("all.0", house::TAG_LIMIT)),
        (with(vec![is(What::Field { id: "wood".into(), value: "Pino".into() })]), wrong("all.0")),
        (with(vec![is(What::Field { id: "gone".into(), value: String::new() })]), wrong("all.0")),
        (with(vec![stands(0)]), wrong("all.0")),
        (with(vec![stands(LONGEST + 1)]), wrong("all.0")),
        (with(vec![not(What::Stands { minutes: 5 })]), wrong("all.0")),
        (Trigger { any: vec![stands(6)], ..with(vec![stands(5)]) }, wrong("any.0")),
        (doing(vec![adds(&["a"]), adds(&["b"])]), wrong("actions.1")),
        (
            doing(vec![Action::Status(Status::New), Action::Own { id: "part".into(), reason: "Proveedor".into() }]),
            wrong("actions.1"),
        ),
        (doing(vec![Action::Own { id: "part".into(), reason: String::new() }]), missing("actions.0")),
        (doing(vec![Action::Owner(Some("gone".into()))]), wrong("actions.0")),
        (doing(vec![Action::Group("gone".into())]), wrong("actions.0")),
        (doing(vec![removes(&[" "])]), missing("actions.0")),
        (doing(vec![Action::Field { id: "wood".into(), value: "Pino".into() }]), wrong("actions.0")),
        (doing(vec![mail(" ")]), missing("actions.0")),
        (doing(vec![mail(&long(MAIL_LIMIT + 1))]), too_long("actions.0", MAIL_LIMIT)),
        (doing(vec![Action::Webhook { url: String::new() }]), missing("actions.0")),
        (doing(vec![Action::Webhook { url: long(ADDRESS_LIMIT + 1) }]), too_long("actions.0", ADDRESS_LIMIT)),
    ] {
        assert_eq!(given.clone().checked(&choices()), Err(why), "{given:?}");
    }
    let two_mails = doing(vec![mail("x"), Action::Mail { to: Whom::Group, subject: "x".into(), text: "y".into() }]);
    assert!(two_mails.checked(&choices()).is_ok());
}
