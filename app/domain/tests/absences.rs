//! The rule of the grace, twenty seconds or what the house sets, against a model that is nothing but sums: ten thousand
//! random schedules of tabs that open and close, and of a server that is down (quality.md R11, R13).

use domain::application::Terms;
use domain::event::Opening;
use domain::group::Named;
use domain::presence::{Graces, Presence};
use domain::{Act, Chat, Face, Origin, Reason, Scene, Seat, Span, Stage, Time, Who};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Turn {
    /// One of his two tabs opens when it was closed, or closes when it was open.
    Tab(bool),
    /// The server goes down, and is back after so many milliseconds; every socket is lost.
    Down(i64),
}

/// How long until the next turn: around the deadline more often than not.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![0..3_000_i64, 19_990..20_010_i64, Just(20_000), Just(20_001), 0..130_000_i64]
}

fn turn() -> impl Strategy<Value = Turn> {
    prop_oneof![9 => any::<bool>().prop_map(Turn::Tab), 1 => (0..90_000_i64).prop_map(Turn::Down)]
}

/// When the absences of a schedule end it, and whether he was last there before we were down: sums, and not a rule in
/// sight.
fn model(schedule: &[(i64, Turn)], hold: Option<i64>, late: i64, until: i64) -> Option<(i64, bool)> {
    let (mut now, mut open, mut absent, mut unseen) = (0, [true, false], None::<i64>, false);
    let over = |absent: Option<i64>, now: i64| Some(absent? + hold? + 1 + late).filter(|end| *end <= now);
    for (pause, turn) in schedule {
        now += pause;
        if let Some(end) = over(absent, now) {
            return Some((end, unseen));
        }
        match turn {
            Turn::Tab(tab) => open[usize::from(*tab)] ^= true,
            Turn::Down(span) => {
                now += span;
                (open, absent, unseen) = ([false, false], None, true);
            }
        }
        absent = if open.contains(&true) { None } else { absent.or(Some(now)) };
        unseen &= absent.is_some();
    }
    over(absent, until).map(|end| (end, unseen))
}

struct World {
    chat: Chat,
    now: Time,
    graces: Graces,
    /// The clock looks so late.
    late: Span,
}

impl World {
    fn new(patience: Option<i64>, grace: i64, late: i64) -> World {
        let named = |id: &str| Named { id: id.into(), name: id.into() };
        let opening = Opening {
            number: 1,
            origin: Origin::Widget,
            application: named("shop"),
            group: named("sales"),
            customer: named("ana"),
            verified: false,
            answers: Vec::new(),
            page: String::new(),
            lang: "es".into(),
            terms: Terms { patience: Span(patience.unwrap_or(1)), ..Terms::default() },
            attributes: Vec::new(),
            related: None,
        };
        let chat = Chat::open("chat".into(), Time(0), &opening);
        let graces = Graces { customer: Span(grace), ..Graces::default() };
        let mut world = World { chat, now: Time(0), graces, late: Span(late) };
        if patience.is_some() {
            world.ask(&carla(), &Act::Attend);
        }
        world
    }

    fn ask(&mut self, who: &Who, act: &Act) {
        let scene = Scene { graces: self.graces, ..Scene::at(self.now) };
        for event in self.chat.decide(who, act, &scene).unwrap_or_default() {
            self.chat.apply(self.now, &event);
        }
    }

    /// Time passes, and the clock looks whenever it has to.
    fn wait_until(&mut self, then: Time) {
        while let Some(look) = self.chat.due(self.graces).map(|due| due + self.late).filter(|look| *look <= then) {
            self.now = look;
            self.ask(&Who::Clock, &Act::Abandon);
        }
        self.now = then;
    }
}

fn ana() -> Who {
    Who::Customer("ana".into())
}

fn carla() -> Who {
    let face = Face { id: "carla".into(), name: "Carla".into() };
    Who::Agent(Seat { face, attendant: true, administrator: false, sequence: false })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whoever_is_gone_for_longer_than_his_time_is_abandoned_and_nobody_else(
        schedule in prop::collection::vec((pause(), turn()), 1..16),
        patience in prop_oneof![4 => Just(None), 1 => Just(Some(0)), 2 => Just(Some(20_000)), 1 => Just(Some(120_000))],
        grace in prop_oneof![2 => Just(20_000), 1 => 20_000..=600_000_i64],
        late in prop_oneof![2 => Just(0), 1 => 0..1_000_i64],
    ) {
        let hold = patience.map_or(Some(grace), |p| Some(p).filter(|p| *p > 0));
        let mut world = World::new(patience, grace, late);
        let mut tabs = Presence::default();
        let mut open = [true, false];
        tabs.come();

        for (pause, turn) in &schedule {
            world.wait_until(world.now + Span(*pause));
            match turn {
                Turn::Tab(tab) => {
                    let tab = &mut open[usize::from(*tab)];
                    *tab = !*tab;
                    if *tab && tabs.come() {
                        world.ask(&ana(), &Act::Return);
                    } else if !*tab && let Some(since) = tabs.go(world.now) {
                        world.ask(&ana(), &Act::Leave { since });
                    }
                }
                Turn::Down(span) => {
                    world.now = world.now + Span(*span);
                    (tabs, open) = (Presence::default(), [false, false]);
                    world.ask(&Who::Clock, &Act::Resume);
                    world.ask(&carla(), &Act::Return);
                }
            }
        }
        let end = world.now + Span::minutes(11);
        world.wait_until(end);

        let foretold = model(&schedule, hold, late, end.0);
        prop_assert_eq!(world.chat.ended_at.map(|at| at.0), foretold.map(|(at, _)| at));
        let stage = match (foretold, patience) {
            (None, None) => Stage::Waiting,
            (None, Some(_)) => Stage::Attending,
            (Some((_, true)), None) => Stage::Ended(Reason::System),
            (Some(_), _) => Stage::Ended(Reason::Connection),
        };
        prop_assert_eq!(world.chat.stage, stage);
    }
}
