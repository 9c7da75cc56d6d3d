//! A small town for random histories: two groups, seven agents, customers who come, and time.
//! It does in memory what desk does: decide, apply, number, and let the ended chat bear its ticket.

pub mod laws;
mod steps;

pub use steps::steps;

use domain::application::Terms;
use domain::event::{Destination, Opening};
use domain::group::Named;
use domain::person::{Agent, Membership};
use domain::presence::Graces;
use domain::queue::position;
use domain::rating::Scale;
use domain::{Act, Chat, Event, Face, Origin, Refusal, Scene, Seat, Span, Stage, Target, Ticket, Time, Told, Who};

pub const GROUPS: [&str; 2] = ["sales", "post"];
/// Is he attendant, and is he administrator of a group?
type Rights = (bool, bool);
/// The rights of each in each of the two groups.
const TEAM: [(&str, [Rights; 2]); 7] = [
    ("luis", [(true, false), (false, false)]),
    ("nora", [(true, false), (true, false)]),
    ("pia", [(false, true), (false, false)]),
    ("raul", [(false, false), (true, true)]),
    (IN_SEQUENCE, [(true, false), (true, false)]),
    ("tom", [(false, false), (false, false)]),
    (OF_THE_SYSTEM, [(false, false), (false, false)]),
];
const IN_SEQUENCE: &str = "sol";
const OF_THE_SYSTEM: &str = "uma";
pub const AGENTS: usize = TEAM.len();
pub const PATIENCE: Span = Span::secs(60);

/// A chat with all that was told of it and all that it left behind.
#[derive(Clone, Debug)]
pub struct Kept {
    pub chat: Chat,
    pub told: Vec<Told>,
    pub tickets: Vec<Ticket>,
}

#[derive(Clone, Debug)]
pub struct Town {
    pub now: Time,
    pub kept: Vec<Kept>,
}

pub fn named(id: &str) -> Named {
    Named { id: id.into(), name: id.to_uppercase() }
}

pub fn agent(n: usize) -> Agent {
    let (id, rights) = TEAM[n % AGENTS];
    let (sequence, system) = (id == IN_SEQUENCE, id == OF_THE_SYSTEM);
    let memberships = GROUPS.iter().zip(rights).map(|(group, (attendant, administrator))| Membership {
        group: (*group).into(),
        attendant,
        administrator,
    });
    Agent {
        face: Face { id: id.into(), name: id.to_uppercase() },
        sequence,
        system,
        memberships: memberships.collect(),
    }
}

impl Town {
    pub fn new() -> Town {
        Town { now: Time(1_000_000), kept: Vec::new() }
    }

    pub fn open(&mut self, group: usize) {
        let n = self.kept.len();
        let opening = Opening {
            number: n as i64 + 1,
            origin: Origin::Widget,
            application: named("shop"),
            group: named(GROUPS[group % GROUPS.len()]),
            customer: named(&format!("customer {n}")),
            verified: false,
            answers: Vec::new(),
            page: String::new(),
            lang: "es".into(),
            terms: Terms { patience: PATIENCE, documents: false, rating: Scale::Stars, files: true },
            attributes: Vec::new(),
            related: None,
        };
        let chat = Chat::open(format!("chat {n:03}"), self.now, &opening);
        let first = Told::of(&chat, self.now, "open", Event::Opened(Box::new(opening)));
        self.kept.push(Kept { chat, told: vec![first], tickets: Vec::new() });
    }

    /// Somebody wants something: what desk does with it, and the laws of a single act.
    pub fn act(&mut self, who: &Who, n: usize, act: &Act) -> Result<Vec<Event>, Refusal> {
        let before = self.kept[n].chat.clone();
        let scene = self.scene(n, act);
        let events = before.decide(who, act, &scene)?;
        laws::of_a_decision(&before, who, &scene, &events);
        laws::of_an_answer(&self.kept[n].told, who, act);
        laws::of_an_amendment(&self.kept[n].told, who, self.now, &events);
        let now = self.now;
        let kept = &mut self.kept[n];
        for event in &events {
            kept.chat.apply(now, event);
            kept.told.push(Told::of(&kept.chat, now, "act", event.clone()));
        }
        if let Some(owed) = kept.chat.ticket_owed().filter(|_| events.iter().any(Event::is_end)) {
            let mut ticket = Ticket::open(format!("ticket {n}"), now, &owed.birth);
            owed.saved.iter().for_each(|event| ticket.apply(now, event));
            kept.tickets.push(ticket);
        }
        self.again(who, n, act);
        Ok(events)
    }

    /// Wanted once more, it is so already or it is refused, but for what may be repeated.
    fn again(&self, who: &Who, n: usize, act: &Act) {
        let mut chat = self.kept[n].chat.clone();
        // Words are said twice, and who is asked in again is told again.
        use Act::{Amend, Answer, Aside, Invite, Post, Resume};
        if matches!(act, Post { .. } | Answer { .. } | Amend { .. } | Aside { .. } | Invite { .. } | Resume) {
            return;
        }
        // An administrator inside hands over and is outside: once more means to him alone.
        let repeats = if matches!(act, Act::Redirect { .. } | Act::HandOver { .. }) { 2 } else { 1 };
        for repeat in 1..=repeats {
            let Ok(events) = chat.decide(who, act, &self.scene(n, act)) else { return };
            assert!(repeat < repeats || events.is_empty(), "{who:?} again: {act:?} leads to {events:?}");
            events.iter().for_each(|event| chat.apply(self.now, event));
        }
    }

    /// The clock looks at whatever is due.
    pub fn look(&mut self) {
        for n in 0..self.kept.len() {
            if self.kept[n].chat.due(Graces::default()).is_some_and(|due| due <= self.now) {
                self.act(&Who::Clock, n, &Act::Abandon).expect("what is due happens");
                assert!(
                    self.kept[n].chat.due(Graces::default()).is_none_or(|due| due > self.now),
                    "the clock would spin"
                );
            }
        }
    }

    pub fn place(&self, n: usize) -> Option<u32> {
        position(self.kept.iter().map(|k| &k.chat), &self.kept[n].chat)
    }

    fn scene(&self, n: usize, act: &Act) -> Scene {
        let target = match act {
            Act::Redirect { to } | Act::HandOver { to, .. } | Act::HandOn { to, .. } => self.destination(n, to),
            Act::Invite { agent } | Act::Assign { agent } => self.destination(n, &Target::Agent(agent.clone())),
            Act::Abandon => self.next(n),
            _ => None,
        };
        // Every other one is to be answered soon; the others may be left for ever.
        let answer_by = n.is_multiple_of(2).then(|| self.now + Span::secs(15));
        let named = match act {
            Act::Aside { text, .. } => {
                let seat = |id: &str| {
                    (0..AGENTS).map(agent).find(|a| a.face.id == id).map(|a| a.seat(&self.kept[n].chat.group.id))
                };
                domain::mention::named(text).into_iter().filter_map(seat).collect()
            }
            _ => Vec::new(),
        };
        Scene { now: self.now, place: self.place(n).unwrap_or(1), target, answer_by, named, graces: Graces::default() }
    }

    /// Who gets one that was left unanswered.
    fn next(&self, n: usize) -> Option<Destination> {
        let chat = &self.kept[n].chat;
        let able = |agent: &Face| !chat.is_inside(&agent.id) && chat.passed.iter().all(|had| had.id != agent.id);
        let mut attendants = (0..AGENTS).map(|a| agent(a).seat(&chat.group.id)).filter(|seat| seat.attendant);
        attendants.find(|seat| able(&seat.face)).map(|seat| Destination::Agent(seat.face))
    }

    fn destination(&self, n: usize, to: &Target) -> Option<Destination> {
        match to {
            Target::Group(id) => GROUPS.contains(&id.as_str()).then(|| Destination::Group(named(id))),
            Target::Agent(id) => {
                let agent = (0..AGENTS).map(agent).find(|a| a.face.id == *id)?;
                let seat: Seat = agent.seat(&self.kept[n].chat.group.id);
                seat.attendant.then_some(Destination::Agent(seat.face))
            }
        }
    }

    /// Requests = attended + desertions + removed + lost by us + still waiting (indicators.md e.4).
    pub fn sums_close(&self) {
        let count = |is: fn(&Chat) -> bool| self.kept.iter().filter(|k| is(&k.chat)).count();
        let attended = count(|c| c.attended_at.is_some());
        let waiting = count(|c| c.attended_at.is_none() && c.stage == Stage::Waiting);
        let deserted = count(|c| {
            use domain::Reason::{Connection, Customer};
            c.attended_at.is_none() && matches!(c.stage, Stage::Ended(Customer | Connection))
        });
        let removed = count(|c| c.attended_at.is_none() && c.stage == Stage::Ended(domain::Reason::Staff));
        let lost = count(|c| c.attended_at.is_none() && c.stage == Stage::Ended(domain::Reason::System));
        assert_eq!(self.kept.len(), attended + deserted + removed + lost + waiting);
    }
}
