//! What may happen next in the town.

use super::{AGENTS, GROUPS, Town, agent};
use domain::rating::Score;
use domain::{Act, Span, Target, Time, Who};
use proptest::prelude::*;
use proptest::sample::Index;

/// The words of asides hold this, and no customer ever hears it.
pub const SECRET: &str = "SECRET";

#[derive(Clone, Debug)]
pub enum Step {
    Open {
        group: usize,
    },
    /// Somebody asks something of one of the chats.
    Ask {
        who: Asker,
        chat: Index,
        act: Wanted,
    },
    Wait(i64),
    /// The queue hands a chat to somebody.
    Assign {
        agent: usize,
        chat: Index,
    },
    /// The clock looks at what is due.
    Look,
    /// It looks at a chat that may not be due.
    LookEarly(Index),
    /// The server was down for so long.
    Restart(i64),
}

#[derive(Clone, Copy, Debug)]
pub enum Asker {
    Agent(usize),
    /// An agent who is inside, if there is one.
    Inside(usize),
    Customer,
    AnotherCustomer,
}

#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    Post,
    /// Gone now, last heard so long ago.
    Leave(i64),
    Return,
    Attend,
    Join,
    Part,
    Close,
    LeaveMessage(bool),
    Remove,
    ToGroup(usize),
    ToAgent(usize),
    Watch,
    Unwatch,
    Note,
    /// A note that names somebody.
    Mention(usize),
    Whisper,
    Invite(usize),
    Decline,
    HandOver(usize),
    Rate(u8),
    /// An agent answers, and has not seen so many of the last events.
    Answer(u32),
    /// He says otherwise, or takes back, one of the last things that were said.
    Amend(u32),
    Retract(u32),
}

impl Step {
    pub fn happen(&self, town: &mut Town) {
        match self {
            Step::Open { group } => town.open(*group),
            Step::Wait(span) => town.now = town.now + Span(*span),
            Step::Look => town.look(),
            Step::Restart(down) => {
                town.now = town.now + Span(*down);
                for n in 0..town.kept.len() {
                    town.act(&Who::Clock, n, &Act::Resume).expect("everybody is given a fresh grace");
                }
            }
            Step::LookEarly(chat) => {
                if !town.kept.is_empty() {
                    let _ = town.act(&Who::Clock, chat.index(town.kept.len()), &Act::Abandon);
                }
            }
            Step::Assign { agent: a, chat } => {
                if !town.kept.is_empty() {
                    let act = Act::Assign { agent: agent(*a).face.id };
                    let _ = town.act(&Who::Clock, chat.index(town.kept.len()), &act);
                }
            }
            Step::Ask { who, chat, act } => {
                if !town.kept.is_empty() {
                    let n = chat.index(town.kept.len());
                    let act = act.act(town.now, town.kept[n].chat.seq);
                    let _ = town.act(&who.who(town, n), n, &act);
                }
            }
        }
    }
}

impl Asker {
    fn who(self, town: &Town, n: usize) -> Who {
        let chat = &town.kept[n].chat;
        let by_id = |id: &str| (0..AGENTS).map(agent).find(|a| a.face.id == id);
        match self {
            Asker::Agent(a) => Who::Agent(agent(a).seat(&chat.group.id)),
            Asker::Inside(i) => {
                let inside = chat.agents.get(i % chat.agents.len().max(1)).and_then(|a| by_id(&a.face.id));
                Who::Agent(inside.unwrap_or_else(|| agent(i)).seat(&chat.group.id))
            }
            Asker::Customer => Who::Customer(chat.customer.id.clone()),
            Asker::AnotherCustomer => Who::Customer("somebody".into()),
        }
    }
}

impl Wanted {
    /// `seq`: of the chat that it is asked of.
    fn act(self, now: Time, seq: u32) -> Act {
        match self {
            Wanted::Post => Act::Post { text: "hola".into() },
            Wanted::Leave(ago) => Act::Leave { since: now + Span(-ago) },
            Wanted::Return => Act::Return,
            Wanted::Attend => Act::Attend,
            Wanted::Join => Act::Join,
            Wanted::Part => Act::Part,
            Wanted::Close => Act::Close,
            Wanted::LeaveMessage(says) => Act::LeaveMessage { text: if says { "llámenme" } else { "" }.into() },
            Wanted::Remove => Act::Remove,
            Wanted::ToGroup(g) => Act::Redirect { to: Target::Group(GROUPS[g % GROUPS.len()].into()) },
            Wanted::ToAgent(a) => Act::Redirect { to: Target::Agent(agent(a).face.id) },
            Wanted::Watch => Act::Watch,
            Wanted::Unwatch => Act::Unwatch,
            Wanted::Note => Act::Aside { whisper: false, text: SECRET.into() },
            Wanted::Mention(a) => Act::Aside { whisper: false, text: [SECRET, " @[", &agent(a).face.id, "]"].concat() },
            Wanted::Whisper => Act::Aside { whisper: true, text: SECRET.into() },
            Wanted::Invite(a) => Act::Invite { agent: agent(a).face.id },
            Wanted::Decline => Act::Decline,
            Wanted::HandOver(a) => Act::HandOver { to: Target::Agent(agent(a).face.id), note: SECRET.into() },
            Wanted::Answer(behind) => Act::Answer { text: "claro".into(), seen: seq.saturating_sub(behind) },
            Wanted::Amend(behind) => Act::Amend { seq: seq.saturating_sub(behind), text: "mejor así".into() },
            Wanted::Retract(behind) => Act::Retract { seq: seq.saturating_sub(behind) },
            Wanted::Rate(stars) => Act::Rate { score: Score::Stars(stars), comment: String::new() },
        }
    }
}

/// A history: often what keeps a conversation going, seldom what ends it.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 10..120)
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..GROUPS.len()).prop_map(|group| Step::Open { group }),
        24 => (asker(), any::<Index>(), wanted()).prop_map(|(who, chat, act)| Step::Ask { who, chat, act }),
        4 => prop_oneof![0..3_000_i64, 19_000..21_000_i64, Just(60_001)].prop_map(Step::Wait),
        2 => (0..AGENTS, any::<Index>()).prop_map(|(agent, chat)| Step::Assign { agent, chat }),
        4 => Just(Step::Look),
        1 => any::<Index>().prop_map(Step::LookEarly),
        1 => (0..90_000_i64).prop_map(Step::Restart),
    ]
}

fn asker() -> impl Strategy<Value = Asker> {
    prop_oneof![
        8 => (0..AGENTS).prop_map(Asker::Agent),
        6 => (0..AGENTS).prop_map(Asker::Inside),
        6 => Just(Asker::Customer),
        1 => Just(Asker::AnotherCustomer),
    ]
}

fn wanted() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        5 => Just(Wanted::Post),
        5 => (0..4_u32).prop_map(Wanted::Answer),
        4 => (0..4_u32).prop_map(Wanted::Amend),
        3 => (0..4_u32).prop_map(Wanted::Retract),
        3 => (0..8_000_i64).prop_map(Wanted::Leave),
        3 => Just(Wanted::Return),
        5 => Just(Wanted::Attend),
        3 => Just(Wanted::Join),
        2 => Just(Wanted::Part),
        1 => Just(Wanted::Close),
        1 => any::<bool>().prop_map(Wanted::LeaveMessage),
        1 => Just(Wanted::Remove),
        2 => (0..GROUPS.len()).prop_map(Wanted::ToGroup),
        3 => (0..AGENTS).prop_map(Wanted::ToAgent),
        2 => Just(Wanted::Watch),
        1 => Just(Wanted::Unwatch),
        1 => Just(Wanted::Note),
        3 => (0..AGENTS).prop_map(Wanted::Mention),
        1 => Just(Wanted::Whisper),
        4 => (0..AGENTS).prop_map(Wanted::Invite),
        1 => Just(Wanted::Decline),
        1 => (0..AGENTS).prop_map(Wanted::HandOver),
        2 => (0..7_u8).prop_map(Wanted::Rate),
    ]
}
