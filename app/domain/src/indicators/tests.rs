//! The worked example of indicators.md, its invariants over random chats, and periods through changes of clock.

use super::*;
use crate::{Origin, Reason, Status};
use proptest::prelude::*;
use proptest::sample::select;

/// Nine o'clock of some day.
const NINE: i64 = 32_400_000;
const NOON: Time = Time(NINE + 10_800_000);
const DAY: Stretch = Stretch { from: Time(0), to: Time(86_400_000) };

fn at(second: i64) -> Time {
    Time(NINE + second * 1000)
}

fn fact(chat: &str, queued: i64) -> Fact {
    Fact {
        chat: chat.into(),
        application: "shop".into(),
        group: "sales".into(),
        requested_group: "sales".into(),
        origin: Origin::Widget,
        queued_at: at(queued),
        attended_at: None,
        attended_by: None,
        first_reply_at: None,
        disconnected_at: None,
        end: None,
        waiting_messages: 0,
        waited_again: Span(0),
        agents: Vec::new(),
        left_with: None,
        saved: None,
    }
}

impl Fact {
    fn attended(self, second: i64) -> Fact {
        let luis = || "luis".to_owned();
        Fact {
            attended_at: Some(at(second)),
            attended_by: Some(luis()),
            first_reply_at: Some(at(second + 3)),
            agents: vec![luis()],
            left_with: Some(luis()),
            ..self
        }
    }

    fn ended(self, second: i64, reason: Reason) -> Fact {
        Fact { end: Some(End { at: at(second), reason }), ..self }
    }

    fn lost(self, second: i64) -> Fact {
        Fact { disconnected_at: Some(at(second)), ..self }
    }

    fn wrote(self, messages: u32) -> Fact {
        Fact { waiting_messages: messages, ..self }
    }

    fn saved(mut self, status: Status) -> Fact {
        let saved = Saved {
            ticket: ["ticket of ", &self.chat].concat(),
            at: self.end.unwrap().at + Span::secs(30),
            status,
            by: None,
            reopened_at: None,
        };
        self.touch(&Touched::Saved { chat: self.chat.clone(), saved });
        self
    }
}

/// indicators.md e.5.
fn worked_example() -> Vec<Fact> {
    use Reason::{Agent, AgentLost, Connection, Customer, Staff};
    let mut c12 = fact("C12", 1000).attended(1005).ended(1105, Agent).saved(Status::Resolved);
    c12.touch(&Touched::Reopened { ticket: "ticket of C12".into(), at: at(86_400) });
    let c10 = fact("C10", 900).attended(935);
    vec![
        fact("C1", 0).attended(30).ended(630, Agent).saved(Status::Resolved),
        fact("C2", 60).attended(180).ended(780, Customer).wrote(2).saved(Status::InAttendance),
        fact("C3", 100).ended(145, Customer),
        fact("C4", 200).ended(320, Customer).wrote(1).saved(Status::New),
        fact("C5", 300).lost(340).ended(361, Connection),
        fact("C6", 400).attended(401).lost(1180).ended(1301, Connection).saved(Status::Stopped),
        fact("C7", 500).attended(560).wrote(1).ended(620, Agent).saved(Status::Canceled),
        fact("C8", 700).attended(790),
        fact("C9", 800).ended(860, Staff),
        Fact { first_reply_at: None, ..c10 }.ended(1535, AgentLost).saved(Status::New),
        fact("C11", 950).lost(1029).wrote(3).ended(1050, Connection).saved(Status::New),
        c12,
    ]
}

fn clock(seconds: Option<u64>) -> String {
    seconds.map_or("—".into(), |s| format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60))
}

#[test]
fn the_worked_example_comes_out_as_it_is_written() {
    let figures = figures(&worked_example(), &[], DAY, &Filter::default(), NOON);

    let counts = [Indicator::Attended, Indicator::Resolved, Indicator::Unresolved, Indicator::Deserted];
    assert_eq!(counts.map(|i| figures.of(i).unwrap()), [7, 2, 3, 4]);
    assert_eq!(figures.of(Indicator::WithMessage), Some(2));
    assert_eq!(figures.of(Indicator::Offline), Some(0));
    assert_eq!(clock(figures.of(Indicator::LongestTalk)), "00:15:00");
    assert_eq!(clock(figures.of(Indicator::MeanTalk)), "00:07:57");
    assert_eq!(clock(figures.of(Indicator::LongestWait)), "00:02:00");
    assert_eq!(clock(figures.of(Indicator::MeanWait)), "00:00:49");
    assert_eq!(clock(figures.of(Indicator::LongestDesertion)), "00:02:00");
    assert_eq!(clock(figures.of(Indicator::MeanDesertion)), "00:01:11");
    let beside = figures.beside;
    assert_eq!((beside.cancelled, beside.running, beside.removed), (Some(1), Some(1), Some(1)));
    assert_eq!((beside.requests, beside.waiting, beside.lost), (Some(12), Some(0), Some(0)));
    assert_eq!((beside.unanswered, beside.unsaved), (Some(1), Some(0)));
    // Waits in order: 1, 5, 30, 35, 60, 90, 120.
    assert_eq!((beside.median_wait, beside.ninth_wait, beside.median_reply), (Some(35), Some(120), Some(3)));
}

#[test]
fn what_was_resolved_and_opened_again_still_counts_and_is_seen_after_seven_days() {
    let after = |days: i64| figures(&worked_example(), &[], DAY, &Filter::default(), at(days * 86_400 + 1200)).beside;

    assert_eq!((after(6).settled, after(6).still_resolved), (Some(0), Some(0)));
    assert_eq!((after(7).settled, after(7).still_resolved), (Some(2), Some(1)));
}

#[test]
fn nothing_is_said_of_nobody() {
    let none = figures(&[], &[], DAY, &Filter::default(), NOON);

    let said: Vec<bool> = Indicator::ALL.map(|i| none.of(i).is_some()).into();
    assert_eq!(said, Indicator::ALL.map(|i| !i.is_length()));
    assert_eq!(none.beside.median_wait, None);
}

#[test]
fn of_agents_only_what_is_theirs_is_said() {
    let mut facts = worked_example();
    facts[0].agents.push("nora".into());
    facts[0].saved.as_mut().unwrap().by = Some("nora".into());
    let of = |agents: &[&str]| {
        let agents = agents.iter().map(|agent| (*agent).to_owned()).collect();
        figures(&facts, &[], DAY, &Filter { agents, ..Filter::default() }, NOON)
    };

    assert_eq!(of(&["luis"]).of(Indicator::Attended), Some(7));
    assert_eq!(of(&["nora"]).of(Indicator::Attended), Some(1));
    // Counted once, however many of them were in it.
    assert_eq!(of(&["luis", "nora"]).of(Indicator::Attended), Some(7));
    assert_eq!((of(&["luis"]).of(Indicator::Resolved), of(&["nora"]).of(Indicator::Resolved)), (Some(1), Some(1)));
    assert_eq!(of(&["nora"]).of(Indicator::MeanWait), None);
    assert_eq!(clock(of(&["nora"]).of(Indicator::LongestTalk)), "00:10:00");
    for indicator in [Indicator::Offline, Indicator::Deserted, Indicator::WithMessage, Indicator::MeanDesertion] {
        assert_eq!(of(&["luis"]).of(indicator), None);
    }
}

#[test]
fn what_agents_began_waits_for_nobody_and_counts_where_it_is_asked_for() {
    let begun = Fact { origin: Origin::TicketAgent, ..fact("inner", 5).attended(5).ended(65, Reason::Agent) };
    let facts = [begun, fact("C1", 0).attended(30).ended(60, Reason::Agent)];
    let of = |begun| figures(&facts, &[], DAY, &Filter { begun, ..Filter::default() }, NOON);

    assert_eq!(of(false).of(Indicator::Attended), Some(1));
    assert_eq!(of(true).of(Indicator::Attended), Some(2));
    assert_eq!(clock(of(true).of(Indicator::LongestTalk)), "00:01:00");
    assert_eq!(clock(of(true).of(Indicator::MeanWait)), "00:00:30");
}

#[test]
fn what_happened_before_what_it_follows_is_found_and_counts_as_nothing() {
    let replied = |second: i64, fact: Fact| Fact { first_reply_at: Some(at(second)), ..fact };
    let right = fact("c", 10).attended(20).ended(30, Reason::Agent);
    let early = fact("c", 10).attended(9).ended(30, Reason::Agent);

    for fact in [right.clone(), replied(20, right.clone()), fact("c", 10), fact("c", 10).ended(10, Reason::Customer)] {
        assert!(!fact.runs_backwards(), "{fact:?}");
    }
    for fact in [
        early.clone(),
        fact("c", 10).attended(20).ended(19, Reason::Agent),
        replied(19, right),
        fact("c", 10).ended(9, Reason::Customer),
    ] {
        assert!(fact.runs_backwards(), "{fact:?}");
    }
    assert_eq!(early.length(Indicator::LongestWait), Some(Span(0)));
}

#[test]
fn means_are_rounded_half_up_to_the_second() {
    let of = |ms: &[i64]| mean(&ms.iter().map(|ms| Span(*ms)).collect::<Vec<_>>());

    assert_eq!(of(&[]), None);
    assert_eq!(of(&[499]), Some(0));
    assert_eq!(of(&[500]), Some(1));
    assert_eq!(of(&[1000, 1999]), Some(1));
    assert_eq!(of(&[1000, 2000]), Some(2));
}

#[test]
fn an_address_says_the_whole_question_and_nothing_usual() {
    let range = |from: &str, to: &str| Period::Range {
        from: Moment::try_from(from.to_owned()).unwrap(),
        to: Moment::try_from(to.to_owned()).unwrap(),
    };
    let filter = Filter {
        agents: vec!["a1".into(), "a2".into()],
        applications: vec!["shop".into()],
        groups: vec!["g".into()],
        begun: true,
    };
    let all = Query { period: range("2026-02-28", "2026-03-01T09:30"), filter, behind: Some(Indicator::WithMessage) };
    let read = |query: &Query| Query::of(query.pairs().into_iter().map(|(key, value)| (key.to_owned(), value)));

    assert_eq!(read(&all), all);
    assert!(Query::default().pairs().is_empty());
    for period in Period::NAMED {
        let query = Query { period, ..Query::default() };
        assert_eq!(read(&query), query);
    }
    for indicator in Indicator::ALL.into_iter().chain(Indicator::BESIDE) {
        let query = Query { behind: Some(indicator), ..Query::default() };
        assert_eq!(read(&query), query);
    }
    let nonsense = [("period", "x"), ("from", "2026-02-30"), ("to", "tomorrow"), ("behind", "y"), ("begun", "2")];
    assert_eq!(Query::of(nonsense.map(|(key, value)| (key.into(), value.into())).into_iter()), Query::default());
}

#[test]
fn whoever_takes_the_answer_away_gets_it_of_what_was_asked_or_none() {
    let read = |address: &str| {
        let pairs = address.split('&').filter_map(|pair| pair.split_once('='));
        Query::read(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())))
    };
    let many = |n: usize| vec!["group=g"; n].join("&");

    for right in [
        "",
        "period=last-year&behind=attended&begun=1",
        "from=2026-02-28&to=2026-03-01T09:30&agent=a1&agent=a2",
        "from=2026-02-28&to=2026-02-28",
        "from=2000-01-01&to=2100-01-01",
    ] {
        let lenient = Query::of(
            right.split('&').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.into(), value.into())),
        );
        assert_eq!(read(right), Ok(lenient), "{right}");
    }
    assert!(read(&many(CHOICES)).is_ok());
    for (address, wrong) in [
        ("period=yesteryear", Wrong::Value("period")),
        ("period=", Wrong::Value("period")),
        ("from=2026-02-30&to=2026-03-01", Wrong::Value("from")),
        ("from=2026-02-28&to=2026-03-01T24:00", Wrong::Value("to")),
        ("from=2026-03-01T09:30&to=2026-03-01T09:29", Wrong::Turned),
        ("from=2026-02-28", Wrong::Missing("to")),
        ("to=2026-02-28", Wrong::Missing("from")),
        ("period=this-month&from=2026-02-27&to=2026-02-28", Wrong::Both),
        ("to=2026-02-28&period=today", Wrong::Both),
        ("period=today&period=yesterday", Wrong::Twice("period".into())),
        ("behind=everything", Wrong::Value("behind")),
        ("begun=2", Wrong::Value("begun")),
        ("grupo=g", Wrong::Unknown("grupo".into())),
        ("group=", Wrong::Value("group")),
        (["agent=", &"x".repeat(ID_LIMIT + 1)].concat().as_str(), Wrong::Value("agent")),
        (many(CHOICES + 1).as_str(), Wrong::TooMany("group")),
    ] {
        assert_eq!(read(address), Err(wrong), "{address}");
    }
}

fn facts() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec(any_fact(), 0..40)
}

fn any_fact() -> impl Strategy<Value = Fact> {
    use Reason::{Agent, AgentLost, Connection, Customer, Staff, System};
    let shape = (0..4_usize, 0..2_usize, 0..2_usize, select(vec![Origin::Widget, Origin::Widget, Origin::AgentAgent]));
    let times = (0..90_000_000_i64, 0..200_000_i64, 0..900_000_i64, 0..20_000_i64);
    let reasons = [Customer, Connection, Staff, Agent, AgentLost, System].map(Some);
    let ends = (select([vec![None], reasons.to_vec()].concat()), 0..3_u32);
    let tickets = (prop::option::of(select(Status::ALL.to_vec())), 0..3_usize, prop::option::of(0..900_000_000_i64));
    (shape, any::<bool>(), times, ends, tickets).prop_map(|(shape, attended, times, ends, tickets)| {
        let (agents, group, application, origin) = shape;
        let (queued, wait, talk, gone) = times;
        // Nobody ends by an agent whom no agent attended, and what agents begin they attend.
        let attended = attended
            || !matches!(ends.0, None | Some(Customer | Connection | Staff | System))
            || origin != Origin::Widget;
        let named = |n: usize| ["luis", "nora", "pia"][n % 3].to_owned();
        let attended_at = attended.then_some(Time(queued + wait));
        let end = ends.0.map(|reason| End { at: Time(queued + wait + talk), reason });
        let saved = tickets.0.filter(|_| end.is_some()).map(|status| Saved {
            ticket: "ticket".into(),
            at: Time(queued + wait + talk + gone),
            status,
            by: (tickets.1 > 0).then(|| named(tickets.1)),
            reopened_at: tickets.2.map(|later| Time(queued + wait + talk + gone + later)),
        });
        Fact {
            group: ["sales", "post"][group].into(),
            application: ["shop", "help"][application].into(),
            origin,
            queued_at: Time(queued),
            attended_at,
            attended_by: attended.then(|| named(agents)),
            first_reply_at: attended_at.filter(|_| gone % 2 == 0).map(|at| Time(at.0 + gone)),
            disconnected_at: Some(Time(queued + wait + talk - gone.min(wait))),
            end,
            waiting_messages: ends.1,
            agents: if attended { (0..=agents).map(named).collect() } else { Vec::new() },
            saved,
            ..fact("chat", 0)
        }
    })
}

/// What a filter asks of one kind: all values in turn.
fn filters() -> impl Strategy<Value = Filter> {
    let some = |of: [&'static str; 2]| select(vec![vec![], vec![of[0].to_owned()], of.map(str::to_owned).to_vec()]);
    (some(["luis", "nora"]), some(["shop", "help"]), some(["post", "sales"]), any::<bool>())
        .prop_map(|(agents, applications, groups, begun)| Filter { agents, applications, groups, begun })
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let one = (0..90_000_000_i64, select(vec!["sales", "post"])).prop_map(|(at, group)| Message {
        ticket: "ticket".into(),
        application: "shop".into(),
        group: group.into(),
        at: Time(at),
    });
    prop::collection::vec(one, 0..9)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// indicators.md e.4.
    #[test]
    fn the_sums_close(facts in facts(), messages in messages(), filter in filters()) {
        let filter = Filter { agents: Vec::new(), ..filter };
        let got = figures(&facts, &messages, DAY, &filter, NOON);
        let of = |indicator| got.of(indicator).unwrap_or(0);
        let beside = |value: Option<u64>| value.unwrap();
        let b = &got.beside;

        prop_assert_eq!(
            beside(b.requests),
            of(Indicator::Attended) + of(Indicator::Deserted) + beside(b.removed) + beside(b.waiting) + beside(b.lost)
        );
        prop_assert_eq!(
            of(Indicator::Attended),
            of(Indicator::Resolved) + of(Indicator::Unresolved) + beside(b.cancelled) + beside(b.running) + beside(b.unsaved)
        );
        prop_assert!(of(Indicator::WithMessage) <= of(Indicator::Deserted));
        for (mean, longest) in [
            (Indicator::MeanTalk, Indicator::LongestTalk),
            (Indicator::MeanWait, Indicator::LongestWait),
            (Indicator::MeanDesertion, Indicator::LongestDesertion),
        ] {
            prop_assert!(got.of(mean) <= got.of(longest));
            prop_assert_eq!(got.of(mean).is_none(), got.of(longest).is_none());
        }
        prop_assert_eq!(got.of(Indicator::MeanDesertion).is_none(), of(Indicator::Deserted) == 0);
        prop_assert!(beside(b.still_resolved) <= beside(b.settled) && beside(b.settled) <= of(Indicator::Resolved));
    }

    #[test]
    fn groups_add_up_to_the_whole(facts in facts(), messages in messages(), filter in filters()) {
        let of = |group: &str| {
            let groups = if group.is_empty() { Vec::new() } else { vec![group.to_owned()] };
            figures(&facts, &messages, DAY, &Filter { groups, ..filter.clone() }, NOON)
        };
        let (all, parts) = (of(""), [of("sales"), of("post")]);

        for indicator in Indicator::ALL.into_iter().filter(|i| !i.is_length()) {
            let sum = parts.iter().map(|part| part.of(indicator)).sum::<Option<u64>>();
            prop_assert_eq!(all.of(indicator), sum, "{:?}", indicator);
        }
    }

    /// Nearest rank: the one at that place of all of them in a row.
    #[test]
    fn a_tally_ranks_as_a_sorted_row_does(mut lengths in prop::collection::vec(0..90_000_i64, 0..60), of_hundred in 0..=100_u64) {
        let tally: Tally = lengths.iter().map(|ms| Span(*ms)).collect();
        lengths.sort_unstable();
        let place = (lengths.len() as u64 * of_hundred).div_ceil(100).max(1) as usize;
        prop_assert_eq!(tally.rank(of_hundred), lengths.get(place - 1).map(|ms| Span(*ms).as_secs() as u64));
    }

    /// What desk keeps comes to what the rule says: also where it is kept, read again and added in parts.
    #[test]
    fn sums_come_to_the_same_as_the_rule(facts in facts(), messages in messages(), filter in filters()) {
        let asked = |fact: &&Fact| DAY.holds(fact.queued_at) && filter.shows(fact);
        let mut sums = Sums::default();
        for fact in facts.iter().filter(asked) {
            let one = Sums::by(fact, &filter.agents);
            let kept = Sums::from_kept(one.kept());
            sums.add(&Sums { running: one.running, waiting: one.waiting, ..kept });
        }
        let received = |m: &&Message| DAY.holds(m.at) && filter.means(&m.application, &m.group);
        messages.iter().filter(received).for_each(|_| sums.add(&Sums::message()));
        let first: Vec<&Fact> = facts.iter().filter(asked).filter(|f| f.entered_first(&filter.agents)).collect();
        let waits: Tally = first.iter().filter_map(|f| f.length(Indicator::MeanWait)).collect();
        let replies: Tally = first.iter().filter_map(|f| f.reply()).collect();
        let wanted = figures(&facts, &messages, DAY, &filter, NOON);
        let still = (wanted.beside.settled.unwrap(), wanted.beside.still_resolved.unwrap());

        let sums = sums.figures(!filter.agents.is_empty());
        let got = Figures { beside: sums.beside.with(Ranks::of(&waits, &replies, still)), ..sums };
        prop_assert_eq!(got, wanted);
    }
}

#[test]
fn a_wait_is_of_whoever_got_in_gave_up_or_was_taken_out_and_of_nobody_whom_we_lost() {
    let waited = |fact: Fact| fact.wait();

    assert_eq!(waited(fact("a", 0).attended(30).ended(90, Reason::Agent)), Some(Span::secs(30)));
    assert_eq!(waited(fact("a", 0).lost(40).ended(60, Reason::Connection)), Some(Span::secs(40)));
    assert_eq!(waited(fact("a", 0).ended(50, Reason::Staff)), Some(Span::secs(50)));
    assert_eq!(waited(fact("a", 0).ended(1_800, Reason::System)), None);
    assert_eq!(waited(fact("a", 0)), None);
}

#[cfg(feature = "hours")]
mod calendar {
    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::of(name).unwrap()
    }

    fn moment(text: &str) -> Moment {
        Moment::try_from(text.to_owned()).unwrap()
    }

    fn range(from: &str, to: &str) -> Period {
        Period::Range { from: moment(from), to: moment(to) }
    }

    const HOUR: i64 = 3_600_000;
    /// 2026-11-28, a Saturday, 15:00 in São Paulo.
    const SATURDAY: Time = Time(1_795_888_800_000);

    #[test]
    fn periods_are_those_of_the_calendar_of_the_house() {
        let zone = zone("America/Sao_Paulo");
        let is = |period, from: &str, to: &str| {
            let wanted = zone.stretch(range(from, to), SATURDAY);
            assert_eq!(zone.stretch(period, SATURDAY), wanted, "{period:?}");
        };

        is(Period::Today, "2026-11-28", "2026-11-29");
        is(Period::Yesterday, "2026-11-27", "2026-11-28");
        is(Period::ThisWeek, "2026-11-23", "2026-11-30");
        is(Period::LastWeek, "2026-11-16", "2026-11-23");
        is(Period::ThisMonth, "2026-11-01", "2026-12-01");
        is(Period::LastMonth, "2026-10-01", "2026-11-01");
        is(Period::ThisQuarter, "2026-10-01", "2027-01-01");
        is(Period::LastQuarter, "2026-07-01", "2026-10-01");
        is(Period::ThisYear, "2026-01-01", "2027-01-01");
        is(Period::LastYear, "2025-01-01", "2026-01-01");
    }

    #[test]
    fn before_a_month_is_the_month_before_and_before_a_range_one_as_long() {
        let zone = zone("America/Sao_Paulo");
        let is = |period, from: &str, to: &str| {
            assert_eq!(zone.before(period, SATURDAY), zone.stretch(range(from, to), SATURDAY), "{period:?}");
        };

        is(Period::Yesterday, "2026-11-26", "2026-11-27");
        is(Period::LastWeek, "2026-11-09", "2026-11-16");
        is(Period::LastMonth, "2026-09-01", "2026-10-01");
        is(Period::LastQuarter, "2026-04-01", "2026-07-01");
        is(Period::LastYear, "2024-01-01", "2025-01-01");
        is(range("2026-11-10", "2026-11-13T12:00"), "2026-11-06T12:00", "2026-11-10");
        // Also where it runs: somebody has said how long it is.
        is(range("2026-11-20", "2026-12-01"), "2026-11-09", "2026-11-20");
    }

    #[test]
    fn a_period_that_runs_is_compared_with_as_much_of_the_one_before() {
        let zone = zone("America/Sao_Paulo");
        let is = |period, now: &str, from: &str, to: &str| {
            let now = zone.moment(moment(now));
            assert_eq!(zone.before(period, now), zone.stretch(range(from, to), now), "{period:?} {now:?}");
        };
        let now = "2026-11-28T15:00";

        is(Period::Today, now, "2026-11-27", "2026-11-27T15:00");
        is(Period::ThisWeek, now, "2026-11-16", "2026-11-21T15:00");
        is(Period::ThisMonth, now, "2026-10-01", "2026-10-28T15:00");
        is(Period::ThisQuarter, now, "2026-07-01", "2026-08-28T15:00");
        is(Period::ThisYear, now, "2025-01-01", "2025-11-28T15:00");
        is(Period::ThisMonth, "2026-12-01", "2026-11-01", "2026-11-01");
        is(Period::ThisMonth, "2026-03-03T09:30", "2026-02-01", "2026-02-03T09:30");
        // It has come further than the whole of the one before.
        is(Period::ThisMonth, "2026-03-30", "2026-02-01", "2026-03-01");
    }

    #[test]
    fn as_much_of_the_one_before_is_said_by_the_clock_on_the_wall_also_where_clocks_changed() {
        let zone = zone("Europe/Madrid");
        let is = |period, now: &str, from: &str, to: &str| {
            let now = zone.moment(moment(now));
            assert_eq!(zone.before(period, now), zone.stretch(range(from, to), now), "{period:?} {now:?}");
        };

        // Clocks went back on 25 October, and forward on 29 March.
        is(Period::ThisQuarter, "2026-11-10T15:00", "2026-07-01", "2026-08-10T15:00");
        is(Period::ThisMonth, "2026-10-28T15:00", "2026-09-01", "2026-09-28T15:00");
        is(Period::ThisYear, "2026-07-01", "2025-01-01", "2025-07-01");
        is(Period::Today, "2026-10-25T15:00", "2026-10-24", "2026-10-24T15:00");
        is(Period::Today, "2026-10-26T15:00", "2026-10-25", "2026-10-25T15:00");
        is(Period::Today, "2026-03-30T15:00", "2026-03-29", "2026-03-29T15:00");
        // An hour that did not take place yesterday: until it would have been over.
        is(Period::Today, "2026-03-30T02:30", "2026-03-29", "2026-03-29T03:00");
    }

    #[test]
    fn a_day_is_as_long_as_the_clock_makes_it() {
        let long = |zone: Zone, from: &str, to: &str| {
            let stretch = zone.stretch(range(from, to), SATURDAY);
            (stretch.to - stretch.from).0 / HOUR
        };
        let madrid = zone("Europe/Madrid");

        assert_eq!(long(madrid, "2026-03-29", "2026-03-30"), 23);
        assert_eq!(long(madrid, "2026-10-25", "2026-10-26"), 25);
        // An hour that does not take place is empty; one that comes twice begins with the first.
        assert_eq!(long(madrid, "2026-03-29T02:00", "2026-03-29T03:00"), 0);
        assert_eq!(long(madrid, "2026-10-25T02:00", "2026-10-25T03:00"), 2);
        // Midnight itself was skipped; a whole day was.
        assert_eq!(long(zone("America/Sao_Paulo"), "2018-11-04", "2018-11-05"), 23);
        assert_eq!(long(zone("Pacific/Apia"), "2011-12-30", "2011-12-31"), 0);
    }

    #[test]
    fn a_range_that_is_turned_round_or_empty_holds_nothing_and_a_hundred_years_hold_all() {
        let zone = zone("America/Sao_Paulo");
        let turned = zone.stretch(range("2026-11-28", "2026-11-01"), SATURDAY);
        let empty = zone.stretch(range("2026-11-28", "2026-11-28"), SATURDAY);
        let century = zone.stretch(range("1950-01-01", "2050-01-01"), SATURDAY);

        assert!(turned.is_empty() && empty.is_empty() && !turned.holds(turned.from));
        assert!(century.holds(Time(0)) && century.holds(SATURDAY));
        assert!(zone.steps(turned, SATURDAY).0.is_empty());
        let (steps, every) = zone.steps(century, SATURDAY);
        assert!(steps.len() <= STEPS && steps.is_sorted());
        assert!(steps.windows(2).all(|two| zone.day(two[1]) - zone.day(two[0]) == i64::from(every)) && every > 400);
        assert_eq!(zone.steps(zone.stretch(Period::ThisQuarter, SATURDAY), SATURDAY).1, 1);
        assert_eq!(zone.steps(zone.stretch(Period::LastQuarter, SATURDAY), SATURDAY).1, 2);
        assert_eq!(zone.steps(zone.stretch(Period::LastYear, SATURDAY), SATURDAY).1, 6);
        assert_eq!(zone.steps(zone.stretch(Period::Today, SATURDAY), SATURDAY).1, 0);
        assert_eq!(zone.steps(zone.stretch(Period::Today, SATURDAY), SATURDAY).0.len(), 16);
        assert_eq!(zone.steps(zone.stretch(Period::ThisMonth, SATURDAY), SATURDAY).0.len(), 28);
    }

    #[test]
    fn where_the_clock_goes_back_over_midnight_no_day_comes_twice() {
        // On that night clocks in Newfoundland went from a minute past midnight to 23:01 of the evening before.
        let zone = zone("America/St_Johns");
        let a_quarter_past_eleven_again = Time(1_289_097_900_000);
        let sunday = zone.day(zone.moment(moment("2010-11-07")));

        assert_eq!(zone.day(a_quarter_past_eleven_again), sunday);
        assert!(zone.start(sunday) < a_quarter_past_eleven_again);
        assert_eq!(zone.day(Time(zone.start(sunday).0 - 1)), sunday - 1);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_moment_is_in_exactly_one_day(
            at in 0..4_000_000_000_000_i64,
            name in select(vec!["UTC", "America/Sao_Paulo", "America/St_Johns", "Pacific/Apia", "Europe/Madrid", "Africa/Cairo"]),
        ) {
            let (zone, at) = (zone(name), Time(at));
            let day = zone.day(at);

            prop_assert!(zone.start(day) <= at && at < zone.start(day + 1), "{at:?} in {day}");
            let within = Stretch { from: at, to: Time(at.0 + 5 * 24 * HOUR) };
            let (first, last) = zone.whole_days(within);
            prop_assert!(within.from <= zone.start(first) && zone.start(last) <= within.to);
            prop_assert!(zone.start(first - 1) < within.from && zone.start(last + 1) > within.to);
        }
    }
}
