//! Frames of the socket and bodies of the doors.

use super::things::{
    CHAT, NOW, attributes, carla, changes, chats, house, named, related, subject, ticket_events, tickets, told,
};
use domain::application::Answer;
use domain::hours::Closed;
use domain::launcher::Launcher;
use domain::monitor::{
    Changes, LastWord, Load, News, Place, Queue as MonitorQueue, QueueLine, Row, Scope, Served, Table, Talk,
};
use domain::offline::{Offline, Receipt};
use domain::person::{Agent, Membership};
use domain::queue::Range;
use domain::ticket::Via;
use domain::ticket_list::{After, Filter, Queue, Wanted};
use domain::wire::{
    AgentState, ApplicationLine, Applications, AskMail, Attendant, Bye, Card, Choices, Down, Entry, Identify, Known,
    Lists, Loader, Me, NewTicket, Open, Page, Paper, Read, TicketPage, TicketRow, Up, VERSION, Wait,
};
use domain::{Refusal, Span, Status};

pub fn ups() -> Vec<Up> {
    vec![
        Up::Hello { version: VERSION, token: None },
        Up::Hello { version: VERSION, token: Some("t".repeat(domain::wire::TOKEN_LENGTH)) },
        Up::Ping(300),
        Up::Typing { chat: CHAT.into() },
        Up::Follow { chat: CHAT.into() },
        Up::Unfollow { chat: CHAT.into() },
        Up::Read { chat: CHAT.into(), seq: 300 },
        Up::Monitor { open: true },
    ]
}

pub fn downs() -> Vec<Down> {
    vec![
        Down::Welcome { epoch: "e1".into(), now: NOW },
        Down::Pong(300),
        Down::Told(told()),
        Down::Typing { chat: CHAT.into(), by: None },
        Down::Typing { chat: CHAT.into(), by: Some(carla()) },
        Down::Wait(waits().remove(0)),
        Down::Card(cards().remove(0)),
        Down::Ticket(Box::new(tickets().remove(0))),
        Down::Agent(agent_state()),
        Down::Subject(subject()),
        Down::Bye(Bye::Slow),
        Down::Read(Read { chat: CHAT.into(), customer: 299, agents: 300 }),
        Down::Monitor { news: vec![2] },
        Down::Rights,
        Down::Counted,
    ]
}

/// What is told of the monitor, before it is closed up in a frame.
pub fn monitor_news() -> Vec<News> {
    let row = Row {
        face: carla(),
        connected: true,
        online: true,
        limit: Some(4),
        places: vec![Place { group: "g1".into(), attendant: true, limit: Some(3), full: false, alone: true }],
        loads: vec![Load { group: "g1".into(), application: "a1".into(), talks: 2, to_save: 1 }],
        elsewhere: 1,
        to_save_elsewhere: 0,
        inner: 1,
        unsaved_takes_room: true,
    };
    let talk = Talk {
        chat: CHAT.into(),
        number: 7,
        application: named("a1", "Casa Nogal"),
        group: named("g1", "Ventas"),
        customer: named("u1", "Ana"),
        agents: vec![carla()],
        since: NOW,
        gone_since: None,
        last: Some(LastWord { by_customer: true, at: NOW }),
    };
    let lines = vec![QueueLine { application: "a1".into(), waiting: 2, oldest: NOW }];
    let queue = MonitorQueue { group: "g1".into(), average: Some(Span::secs(90)), available: 1, lines };
    let (agents, talks, queues) = (vec![row], vec![talk], vec![queue]);
    let applications = vec![Served { id: "a1".into(), name: "Casa Nogal".into(), groups: vec!["g1".into()] }];
    let scope = Scope { groups: vec![named("g1", "Ventas")], applications };
    let changes = Changes {
        agents: agents.clone(),
        gone: vec!["x".into()],
        talks: talks.clone(),
        over: vec!["y".into()],
        queues: queues.clone(),
    };
    vec![News::Whole(Table { scope, agents, talks, queues }), News::Changed(changes), News::Closed]
}

pub fn byes() -> Vec<Bye> {
    vec![Bye::Version, Bye::Refused(Refusal::SignedOut), Bye::Slow, Bye::Restart { after: 1_500 }]
}

pub fn open() -> Open {
    Open {
        id: CHAT.into(),
        key: "k1".into(),
        group: "g1".into(),
        answers: vec![Answer { key: "name".into(), value: "Ana".into(), ..Answer::default() }],
        page: "https://casanogal.example/".into(),
        lang: "es".into(),
        attributes: attributes(),
        related: Some(related().id),
    }
}

pub fn offline() -> Offline {
    Offline { open: open(), text: "¿Abrís el lunes?".into(), website: String::new() }
}

pub fn receipt() -> Receipt {
    Receipt { number: 1042 }
}

pub fn ask_mail() -> AskMail {
    AskMail { id: CHAT.into(), ahead: -180 }
}

pub fn identify() -> Identify {
    Identify { key: "k1".into(), jwt: "e30.e30.c2ln".into(), fresh: "f".repeat(domain::wire::TOKEN_LENGTH) }
}

pub fn known() -> Known {
    Known { name: "Ana Núñez".into(), email: "ana@correo.example".into(), chat: Some(CHAT.into()), renewed: true }
}

pub fn pages() -> Vec<Page> {
    vec![Page { told: vec![], more: false }, Page { told: vec![told()], more: true }]
}

pub fn waits() -> Vec<Wait> {
    vec![
        Wait { chat: CHAT.into(), place: Some(3), average: Some(Span::secs(95)), ..Wait::default() },
        Wait { chat: CHAT.into(), ..Wait::default() },
        Wait {
            chat: CHAT.into(),
            place: Some(1),
            average: None,
            range: Some(Range { least: Span::minutes(4), most: Span::minutes(6) }),
            away: true,
            closed: Some(Closed { next: Some(NOW) }),
        },
    ]
}

pub fn cards() -> Vec<Card> {
    let mut moved = Card::of(&chats()[1]);
    moved.was_group = Some("g1".into());
    vec![Card::of(&chats()[0]), moved]
}

pub fn attendant() -> Attendant {
    Attendant { state: agent_state(), languages: vec!["es".into(), "gn".into()] }
}

pub fn agent_state() -> AgentState {
    AgentState { face: carla(), connected: true, online: false }
}

pub fn me() -> Me {
    let memberships = vec![Membership { group: "g1".into(), attendant: true, administrator: false }];
    Me {
        agent: Agent { face: carla(), sequence: true, system: false, memberships },
        email: "carla@casanogal.example".into(),
        online: true,
        groups: vec![named("g1", "Ventas")],
        lang: "es".into(),
        first_run: true,
    }
}

pub fn lists() -> Lists {
    Lists { cards: cards(), unsaved: tickets(), now: NOW }
}

pub fn ticket_row() -> TicketRow {
    TicketRow {
        id: "0193c5a1b2c37d4e8f90a1b2c3d4e5f8".into(),
        number: 1042,
        subject: "Sillas".into(),
        status: Status::InAttendance,
        customer: named("c1", "Ana Núñez"),
        group: named("g1", "Ventas"),
        owner: Some(carla()),
        changed_at: NOW,
        via: Via::OnlineChat,
        saved: true,
        own: Some(named("s1", "Espera la pieza")),
        tags: vec!["rota".into()],
    }
}

pub fn ticket_page() -> TicketPage {
    TicketPage { rows: vec![ticket_row()], next: Some(after()) }
}

pub fn wanted() -> Vec<Wanted> {
    vec![Wanted::Open, Wanted::Any, Wanted::Base(Status::Stopped), Wanted::Own("s1".into()), Wanted::Unsaved]
}

pub fn filter() -> Filter {
    Filter {
        queue: Queue::Unassigned,
        status: Wanted::Any,
        group: Some("g1".into()),
        owner: None,
        tag: Some("rota".into()),
        via: Some(Via::Agent),
        application: Some("p1".into()),
        from: Some(NOW),
        until: None,
        words: "lámpara".into(),
    }
}

pub fn choices() -> Choices {
    let (groups, applications) = (vec![named("g1", "Ventas")], vec![named("p1", "Casa Nogal")]);
    let (owners, tags) = (vec![me().agent], vec!["rota".into()]);
    Choices { house: house(), groups, owners, applications, mails: true, talks: true, tags, links: true }
}

pub fn new_ticket() -> NewTicket {
    NewTicket {
        id: "0193c5a1b2c37d4e8f90a1b2c3d4e5fb".into(),
        group: "g1".into(),
        customer: "Ana Núñez".into(),
        of_ticket: Some("0193c5a1b2c37d4e8f90a1b2c3d4e5f8".into()),
        changes: changes(),
        note: "dos".into(),
    }
}

pub fn after() -> After {
    After { at: NOW.0, id: "0193c5a1b2c37d4e8f90a1b2c3d4e5f8".into() }
}

pub fn paper() -> Paper {
    let entry = |(n, event)| Entry { seq: n, at: NOW, event };
    let history = (1..).zip(ticket_events()).map(entry).collect();
    Paper { ticket: tickets().remove(1), history, address: Some("ana@correo.example".into()), portal: true }
}

pub fn application_lines() -> Applications {
    let line = ApplicationLine {
        id: "p1".into(),
        name: "Casa Nogal".into(),
        key: "pk_1".into(),
        sites: vec!["https://casanogal.example".into()],
        accent: "#8a5a2b".into(),
        title: "¿Hablamos?".into(),
        expanded: true,
        launcher: Launcher::default(),
        retired: false,
        titles: vec![("pt".into(), "Vamos conversar?".into())],
    };
    let loader = Loader { path: "/embed-0a1b2c3d4e.js".into(), integrity: "sha384-abc".into() };
    Applications { lines: vec![line], loader: Some(loader) }
}
