//! A chat and its people, for stories: a world in one line.

use crate::application::Terms;
use crate::event::{Destination, Opening};
use crate::group::Named;
use crate::mention;
use crate::person::{Agent, Membership};
use crate::presence::{Graces, PATIENCE};
use crate::{Act, Chat, Event, Face, File, FileKind, Origin, Refusal, Scene, Seat, Span, Target, Time, Told, Who};

pub const START: Time = Time(1_000_000);
pub const CUSTOMER: &str = "ana";
/// Attendant of the chat's group; where a chat is attended, she attends it.
pub const CARLA: &str = "carla";
/// Another attendant of it.
pub const DIEGO: &str = "diego";
/// A third.
pub const FABIO: &str = "fabio";
/// Administrator of it who does not attend.
pub const ELENA: &str = "elena";
/// Attendant and administrator of it.
pub const MARTA: &str = "marta";
/// Attendant of it, in sequence.
pub const SERGIO: &str = "sergio";
/// Attendant and administrator of another group only.
pub const OLGA: &str = "olga";
/// System administrator without any group.
pub const SIMON: &str = "simon";

const TEAM: [(&str, bool, bool); 6] = [
    (CARLA, true, false),
    (DIEGO, true, false),
    (FABIO, true, false),
    (ELENA, false, true),
    (MARTA, true, true),
    (SERGIO, true, false),
];

pub fn named(id: &str) -> Named {
    Named { id: id.into(), name: format!("Group {id}") }
}

pub fn face(id: &str) -> Face {
    Face { id: id.into(), name: format!("Agent {id}") }
}

/// One of the people above, with his rights everywhere.
pub fn agent(id: &str) -> Agent {
    let mine = TEAM.iter().filter(|(who, ..)| *who == id);
    let mut memberships: Vec<Membership> = mine
        .map(|&(_, attendant, administrator)| Membership { group: "sales".into(), attendant, administrator })
        .collect();
    if id == OLGA {
        memberships.push(Membership { group: "post".into(), attendant: true, administrator: true });
    }
    Agent { face: face(id), sequence: id == SERGIO, system: id == SIMON, memberships }
}

pub fn opening() -> Opening {
    Opening {
        number: 7,
        origin: Origin::Widget,
        application: Named { id: "shop".into(), name: "Casa Nogal".into() },
        group: named("sales"),
        customer: Named { id: CUSTOMER.into(), name: "Ana".into() },
        verified: false,
        answers: Vec::new(),
        page: String::new(),
        lang: "es".into(),
        terms: Terms { patience: PATIENCE, ..Terms::default() },
        attributes: Vec::new(),
        related: None,
    }
}

pub fn post(text: &str) -> Act {
    Act::Post { text: text.into() }
}

/// His screen showed the conversation up to there.
pub fn answer(text: &str, seen: u32) -> Act {
    Act::Answer { text: text.into(), seen }
}

pub fn leave_message(text: &str) -> Act {
    Act::LeaveMessage { text: text.into() }
}

/// A file of so many bytes has arrived.
pub fn attach(name: &str, size: u32) -> Act {
    let kind = if name.ends_with(".pdf") { FileKind::Pdf } else { FileKind::Txt };
    Act::Attach { file: File { id: "file".into(), name: name.into(), kind, size, width: 0, height: 0 } }
}

pub fn note(text: &str) -> Act {
    Act::Aside { whisper: false, text: text.into() }
}

pub fn invite(agent: &str) -> Act {
    Act::Invite { agent: agent.into() }
}

pub fn assign(agent: &str) -> Act {
    Act::Assign { agent: agent.into() }
}

pub fn to_agent(id: &str) -> Act {
    Act::Redirect { to: Target::Agent(id.into()) }
}

pub fn hand_over(to: Target, note: &str) -> Act {
    Act::HandOver { to, note: note.into() }
}

pub fn to_group(id: &str) -> Act {
    Act::Redirect { to: Target::Group(id.into()) }
}

/// The first length that is more than this.
pub fn just_over(span: Span) -> Span {
    Span(span.0 + 1)
}

pub type Outcome = Result<Vec<Event>, Refusal>;

#[derive(Clone, Debug)]
pub struct World {
    pub chat: Chat,
    pub now: Time,
    /// The chat's place in its queue.
    pub place: u32,
    /// All that was told, from the first event on.
    pub told: Vec<Told>,
    /// Who is next where the queue hands out, and until when he is to answer.
    pub next: Option<&'static str>,
    pub answer_by: Option<Time>,
    /// As the house has set them by now.
    pub graces: Graces,
}

impl World {
    pub fn waiting() -> World {
        World::opened(&opening())
    }

    pub fn opened(opening: &Opening) -> World {
        let event = Event::Opened(Box::new(opening.clone()));
        let chat = Chat::open("chat".into(), START, opening);
        World {
            now: START,
            place: 1,
            next: None,
            answer_by: None,
            graces: Graces::default(),
            told: vec![Told::of(&chat, START, "act", event)],
            chat,
        }
    }

    /// The customer may be gone for so long while attended.
    pub fn with_patience(patience: Span) -> World {
        World::opened(&Opening { terms: Terms { patience, ..Terms::default() }, ..opening() })
    }

    pub fn attended() -> World {
        World::waiting().then(CARLA, Act::Attend)
    }

    /// The queue hands it to Carla, who is to answer within a minute.
    pub fn assigned() -> World {
        let mut world = World::waiting();
        world.answer_by = Some(world.now + Span::minutes(1));
        world.then("clock", assign(CARLA))
    }

    /// Carla and Diego are inside.
    pub fn with_two() -> World {
        World::attended().then(CARLA, invite(DIEGO)).then(DIEGO, Act::Join)
    }

    pub fn ended() -> World {
        World::attended().then(CARLA, Act::Close)
    }

    /// The same world after somebody did something that must work.
    pub fn then(mut self, who: &str, act: Act) -> World {
        self.act(who, act.clone()).unwrap_or_else(|why| panic!("{who} may not {act:?}: {why:?}"));
        self
    }

    /// Somebody by name wants something now.
    pub fn act(&mut self, who: &str, act: Act) -> Outcome {
        self.act_as(&self.who(who), act)
    }

    pub fn act_as(&mut self, who: &Who, act: Act) -> Outcome {
        let events = self.decide(who, &act)?;
        for event in &events {
            self.chat.apply(self.now, event);
            self.told.push(Told::of(&self.chat, self.now, "act", event.clone()));
        }
        Ok(events)
    }

    pub fn decide(&self, who: &Who, act: &Act) -> Outcome {
        let target = match act {
            Act::HandOn { to, .. } if matches!(who, Who::Agent(seat) if self.chat.is_taken_over(seat, to)) => {
                self.taker(who)
            }
            Act::Redirect { to } | Act::HandOver { to, .. } | Act::HandOn { to, .. } => self.destination(to),
            Act::Invite { agent } | Act::Assign { agent } => self.destination(&Target::Agent(agent.clone())),
            Act::Abandon => self.next.map(|agent| Destination::Agent(face(agent))),
            _ => None,
        };
        let named = match act {
            Act::Aside { text, .. } => mention::named(text).into_iter().map(|id| self.seat(id)).collect(),
            _ => Vec::new(),
        };
        let (now, place, answer_by, graces) = (self.now, self.place, self.answer_by, self.graces);
        let scene = Scene { now, place, target, answer_by, named, graces };
        self.chat.decide(who, act, &scene)
    }

    /// The clock looks now.
    pub fn look(&mut self) -> Outcome {
        self.act("clock", Act::Abandon)
    }

    /// When the clock must look again.
    pub fn due(&self) -> Option<Time> {
        self.chat.due(self.graces)
    }

    pub fn wait(&mut self, span: Span) {
        self.now = self.now + span;
    }

    /// His last socket goes now.
    pub fn loses(mut self, who: &str) -> World {
        let since = self.now;
        self.act(who, Act::Leave { since }).expect("who is here may go");
        self
    }

    pub fn who(&self, name: &str) -> Who {
        match name {
            "clock" => Who::Clock,
            CUSTOMER | "another customer" => Who::Customer(name.into()),
            agent => Who::Agent(self.seat(agent)),
        }
    }

    pub fn seat(&self, id: &str) -> Seat {
        agent(id).seat(&self.chat.group.id)
    }

    pub fn inside(&self) -> Vec<&str> {
        self.chat.agents.iter().map(|a| a.face.id.as_str()).collect()
    }

    /// Whoever takes it over; here everybody is connected.
    fn taker(&self, who: &Who) -> Option<Destination> {
        match who {
            Who::Agent(seat) => Some(Destination::Agent(seat.face.clone())),
            Who::Customer(_) | Who::Clock => None,
        }
    }

    /// As desk finds it: any group that there is, or an attendant of the chat's group.
    fn destination(&self, to: &Target) -> Option<Destination> {
        match to {
            Target::Group(id) => ["sales", "post"].contains(&id.as_str()).then(|| Destination::Group(named(id))),
            Target::Agent(id) => self.seat(id).attendant.then(|| Destination::Agent(face(id))),
        }
    }
}
