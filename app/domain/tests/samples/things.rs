//! Chats, tickets, and what is wanted of them and happened to them.

use domain::application::{
    Answer, ApplicationView, Consent, Field, FieldKind, FieldTexts, Kind, Setup, Terms, Texts, WaitAs, WaitShows,
    WhenAway,
};
use domain::article::{ArticleLine, ArticleView, Piece, Vote};
use domain::canned::{Canned, Scope};
use domain::channel::{Channel, ChannelKind};
use domain::customer::{Account, Customer, Deed, Done, Earlier, Talked};
use domain::event::{Destination, Opening, Wish};
use domain::group::{Named, Subject};
use domain::hours::{Closed, Hours};
use domain::house::{House, OwnField, OwnKind, OwnStatus};
use domain::identity::{Attribute, Related};
use domain::launcher::{Drawing, Launcher, Side};
use domain::mention::Mention;
use domain::offline::Message;
use domain::rating::{Rating, Scale, Score};
use domain::ticket::{Birth, Change, Edit, Linked, Pointer, Standing, Via};
use domain::trigger::{
    self, Action, Condition, Cut, Failed, Mischance, Mishap, Sent, Tried, Trigger, Triggered, What, When, Whom,
};
use domain::{
    Act, Chat, Event, Face, File, FileKind, Origin, Reason, Refusal, Span, Stage, Status, Target, Ticket, TicketAct,
    TicketEvent, Time, Told, Trouble,
};

pub const CHAT: &str = "0193c5a1b2c37d4e8f90a1b2c3d4e5f6";
pub const NOW: Time = Time(1_790_000_000_123);

pub fn named(id: &str, name: &str) -> Named {
    Named { id: id.into(), name: name.into() }
}

pub fn carla() -> Face {
    Face { id: "a1".into(), name: "Carla Ríos".into() }
}

pub fn diego() -> Face {
    Face { id: "a2".into(), name: "Diego Peña".into() }
}

pub fn opening() -> Opening {
    Opening {
        number: 1042,
        origin: Origin::Widget,
        application: named("p1", "Casa Nogal"),
        group: named("g1", "Ventas"),
        customer: named("c1", "Ana Núñez"),
        verified: true,
        answers: vec![answer()],
        page: "https://casanogal.example/sillas".into(),
        lang: "es".into(),
        terms: Terms { patience: Span::minutes(2), documents: true, rating: Scale::Stars, files: true },
        attributes: attributes(),
        related: Some(related()),
    }
}

pub fn scales() -> Vec<Scale> {
    vec![Scale::None, Scale::Stars, Scale::Satisfied]
}

pub fn scores() -> Vec<Score> {
    vec![Score::Stars(4), Score::Satisfied(true)]
}

fn rating() -> Rating {
    Rating { score: Score::Stars(4), comment: "Muy amable.".into() }
}

pub fn attributes() -> Vec<Attribute> {
    let attribute = |key: &str, value: &str, signed| Attribute { key: key.into(), value: value.into(), signed };
    vec![attribute("plan", "pro", true), attribute("cart", "129 €", false)]
}

pub fn related() -> Related {
    Related { id: "0193c5a1b2c37d4e8f90a1b2c3d4e5f8".into(), number: 1007, subject: "Sillas".into() }
}

fn answer() -> Answer {
    Answer { key: "name".into(), label: "Nombre".into(), value: "Ana Núñez".into(), version: String::new() }
}

pub fn events() -> Vec<Event> {
    let (by, text) = (carla(), "¿Hola? 👋".to_owned());
    vec![
        Event::Opened(Box::new(opening())),
        Event::Posted { by: None, text: text.clone() },
        Event::Posted { by: Some(by.clone()), text: text.clone() },
        Event::Attended { by: by.clone() },
        Event::Joined { by: by.clone() },
        Event::Parted { by: by.clone() },
        Event::Left { since: NOW },
        Event::Returned,
        Event::AgentGone { by: by.clone(), since: NOW },
        Event::AgentBack { by: by.clone() },
        Event::Redirected { by: by.clone(), to: Destination::Group(named("g2", "Taller")) },
        Event::Redirected { by: by.clone(), to: Destination::Agent(diego()) },
        Event::Ended { reason: Reason::Connection, by: None },
        Event::Ended { reason: Reason::Agent, by: Some(by.clone()) },
        Event::Resumed,
        Event::Watched { by: by.clone() },
        Event::Unwatched { by: by.clone() },
        Event::Noted { by: by.clone(), text: text.clone() },
        Event::Whispered { by: by.clone(), text },
        Event::Invited { by: by.clone(), agent: diego() },
        Event::Attached { by: None, file: file() },
        Event::Attached { by: Some(by), file: file() },
        Event::Rated(rating()),
        Event::Identified { customer: named("c2", "Ana Núñez"), attributes: attributes() },
        Event::Described { attributes: attributes() },
        Event::Assigned { agent: diego(), answer_by: Some(NOW) },
        Event::Unanswered { by: diego() },
        Event::Declined { by: diego() },
        Event::Mentioned { by: carla(), agents: vec![diego()] },
        Event::Amended { seq: 3, text: "¡Hola!".into() },
    ]
}

pub fn acts() -> Vec<Act> {
    vec![
        Act::Post { text: "¿Hola? 👋".into() },
        Act::Leave { since: NOW },
        Act::Return,
        Act::Attend,
        Act::Join,
        Act::Part,
        Act::Close,
        Act::Remove,
        Act::Redirect { to: Target::Group("g2".into()) },
        Act::Watch,
        Act::Unwatch,
        Act::Aside { whisper: false, text: "cliente habitual".into() },
        Act::Aside { whisper: true, text: "ofrece la azul".into() },
        Act::Invite { agent: "a2".into() },
        Act::Abandon,
        Act::Resume,
        Act::LeaveMessage { text: "llámenme".into() },
        Act::Attach { file: file() },
        Act::Rate { score: Score::Satisfied(true), comment: "Muy amable.".into() },
        Act::Identify { customer: named("c2", "Ana Núñez"), attributes: attributes() },
        Act::Describe { attributes: attributes() },
        Act::Assign { agent: "a2".into() },
        Act::HandOver { to: Target::Agent("a2".into()), note: "pidió factura".into() },
        Act::Decline,
        Act::Answer { text: "Enseguida.".into(), seen: 300 },
        Act::Amend { seq: 300, text: "Ahora mismo.".into() },
        Act::Retract { seq: 300 },
        Act::HandOn { to: Target::Agent("a2".into()), note: "pidió factura".into(), seen: Target::Group("g1".into()) },
    ]
}

pub fn file() -> File {
    File {
        id: "5f0e1d2c3b4a59687786a5b4c3d2e1f0".into(),
        name: "lámpara.jpg".into(),
        kind: FileKind::Jpeg,
        size: 123_456,
        width: 1_600,
        height: 1_200,
    }
}

pub fn targets() -> Vec<Target> {
    vec![Target::Group("g2".into()), Target::Agent("a2".into())]
}

pub fn destinations() -> Vec<Destination> {
    vec![Destination::Group(named("g2", "Taller")), Destination::Agent(diego())]
}

pub fn reasons() -> Vec<Reason> {
    vec![Reason::Customer, Reason::Agent, Reason::Connection, Reason::Staff, Reason::AgentLost, Reason::System]
}

pub fn stages() -> Vec<Stage> {
    let ended = reasons().into_iter().map(Stage::Ended);
    [Stage::Waiting, Stage::Attending].into_iter().chain(ended).collect()
}

pub fn origins() -> Vec<Origin> {
    vec![Origin::Widget, Origin::TicketCustomer, Origin::TicketAgent, Origin::AgentAgent]
}

pub fn wishes() -> Vec<Wish> {
    acts().into_iter().map(|act| Wish { id: "0193c5a1b2c37d4e8f90a1b2c3d4e5f7".into(), act }).collect()
}

pub fn told() -> Told {
    let event = Event::Posted { by: None, text: "hola".into() };
    Told { chat: CHAT.into(), seq: 300, after: 300, at: NOW, act: "0193c5a1b2c37d4e8f90a1b2c3d4e5f7".into(), event }
}

/// One that waits, and one that everything has happened to.
pub fn chats() -> Vec<Chat> {
    let waiting = Chat::open(CHAT.into(), NOW, &opening());
    let mut ended = waiting.clone();
    for event in &events()[1..] {
        ended.apply(NOW + Span::secs(5), event);
    }
    vec![waiting, ended]
}

fn birth() -> Birth {
    Birth {
        number: 1042,
        chat: Some(CHAT.into()),
        via: Via::OnlineChat,
        application: named("p1", "Casa Nogal"),
        group: named("g1", "Ventas"),
        customer: named("c1", "Ana Núñez"),
        subject: "Sillas".into(),
        owner: Some(carla()),
        message: None,
    }
}

/// Of an offline message.
fn another_birth() -> Birth {
    let answers = vec![answer(), agreed()];
    let (page, lang) = ("https://casanogal.example/sillas".into(), "es".into());
    let message = Message { text: "¿Abrís el lunes?".into(), answers, page, lang, verified: true };
    domain::offline::birth(1043, named("p1", "Casa Nogal"), named("g1", "Ventas"), named("c1", "Ana Núñez"), message).0
}

fn agreed() -> Answer {
    let consent = consent();
    Answer { key: "policy".into(), label: "Privacidad".into(), value: consent.text, version: consent.version }
}

fn consent() -> Consent {
    let link = "https://casanogal.example/privacidad".into();
    Consent { text: "Acepto la política de privacidad.".into(), version: "2026-11".into(), link }
}

pub fn ticket_events() -> Vec<TicketEvent> {
    let (subject, note) = ("Sillas".to_owned(), "dos".to_owned());
    vec![
        TicketEvent::Born(Box::new(birth())),
        TicketEvent::Born(Box::new(another_birth())),
        TicketEvent::saved_for_nobody(subject.clone()),
        TicketEvent::Saved {
            by: Some(carla()),
            subject: subject.clone(),
            status: Status::Resolved,
            note: note.clone(),
            edits: Vec::new(),
        },
        TicketEvent::Changed { by: diego(), subject, status: Status::Stopped, note, edits: edits() },
        TicketEvent::Rated(rating()),
        TicketEvent::WentOn { chat: CHAT.into(), number: 1051 },
        TicketEvent::Linked { by: carla(), chat: "0193c5a1b2c37d4e8f90a1b2c3d4e5f9".into(), number: 1060 },
        TicketEvent::Unlinked { by: carla(), chat: "0193c5a1b2c37d4e8f90a1b2c3d4e5f9".into(), number: 1060 },
        TicketEvent::Merged { by: carla(), into: pointer() },
        TicketEvent::TookIn {
            by: carla(),
            other: pointer(),
            subject: "Mesa".into(),
            chats: vec![Linked { chat: CHAT.into(), number: 1061, by_hand: true }],
        },
        TicketEvent::Replied { by: carla(), to: "ana@correo.example".into(), text: "Hola.".into() },
        TicketEvent::Triggered(Box::new(triggered())),
        TicketEvent::Cut { trigger: named("t1", "Aviso"), why: Cut::Depth },
        TicketEvent::Undelivered { trigger: named("t1", "Aviso"), host: "hooks.example".into(), tries: 14 },
        TicketEvent::Answered {
            by: named("c1", "Ana Núñez"),
            text: "Gracias.".into(),
            edits: vec![Edit::Status { from: Standing::of(Status::Resolved), to: Standing::of(Status::InAttendance) }],
        },
        TicketEvent::Returned { to: "ana@correo.example".into(), tries: 3 },
    ]
}

fn triggered() -> Triggered {
    let failed = vec![Failed { what: trigger::Deed::Owner, why: Refusal::FieldWrong { field: "owner".into() } }];
    Triggered { trigger: named("t1", "Aviso"), edits: edits(), sent: sents(), failed }
}

pub fn sents() -> Vec<Sent> {
    vec![
        Sent::Mail { to: Whom::Customer, subject: "Recibido".into(), text: "Hola.".into() },
        Sent::Webhook { host: "hooks.example".into() },
    ]
}

pub fn trigger_deeds() -> Vec<trigger::Deed> {
    use trigger::Deed::{Field, Group, Mail, Owner, Status, Tags, Webhook};
    vec![Status, Group, Owner, Tags, Field("Pedido".into()), Mail(Whom::Group), Webhook]
}

pub fn conditions() -> Vec<What> {
    vec![
        What::Via(Via::OfflineMessage),
        What::Group("g1".into()),
        What::Application("p1".into()),
        What::Base(Status::Stopped),
        What::Own("s1".into()),
        What::Tag("rota".into()),
        What::Field { id: "f1".into(), value: "7".into() },
        What::Owned,
        What::Stands { minutes: 90 },
        What::Verified,
    ]
}

pub fn actions() -> Vec<Action> {
    vec![
        Action::Status(Status::Stopped),
        Action::Own { id: "s1".into(), reason: "Taller".into() },
        Action::Group("g2".into()),
        Action::Owner(Some("a1".into())),
        Action::AddTags(vec!["rota".into()]),
        Action::RemoveTags(vec!["nueva".into()]),
        Action::Field { id: "f1".into(), value: "7".into() },
        Action::Mail { to: Whom::Customer, subject: "Recibido".into(), text: "Hola, {{customer}}.".into() },
        Action::Webhook { url: "https://hooks.example/recado".into() },
    ]
}

pub fn trigger() -> Trigger {
    let all = conditions().into_iter().map(|what| Condition { what, is: true }).collect();
    let any = vec![Condition { what: What::Owned, is: false }];
    Trigger { id: "t1".into(), name: "Aviso".into(), on: true, when: When::Changes, all, any, actions: actions() }
}

pub fn mischances() -> Vec<Mischance> {
    vec![Mischance::Cut(Cut::Loop), Mischance::Undelivered, Mischance::TooMany]
}

pub fn trigger_line() -> trigger::Line {
    let mishap = Mishap { at: NOW, what: Mischance::Undelivered, ticket: pointer().id, number: 1061 };
    trigger::Line { trigger: trigger(), waiting: 3, mishap: Some(mishap) }
}

pub fn trigger_kept() -> trigger::Kept {
    trigger::Kept { line: trigger_line(), secret: Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into()) }
}

pub fn tried() -> Tried {
    Tried { ticket: pointer().id, number: 1061, subject: "Sillas".into(), would: triggered() }
}

fn pointer() -> Pointer {
    Pointer { id: "0193c5a1b2c37d4e8f90a1b2c3d4e5fa".into(), number: 1061 }
}

pub fn edits() -> Vec<Edit> {
    let own = Standing { base: Status::Stopped, own: Some(named("s1", "Espera la pieza")), reason: "Taller".into() };
    let (from, to) = ("Silla".to_owned(), "Sillas".to_owned());
    vec![
        Edit::Subject { from, to },
        Edit::Status { from: Standing::of(Status::Resolved), to: own },
        Edit::Group { from: named("g1", "Ventas"), to: named("g2", "Taller") },
        Edit::Owner { from: Some(carla()), to: None },
        Edit::Tags { from: vec![], to: vec!["rota".into()] },
        Edit::Field { id: "f1".into(), label: "Pedido".into(), from: String::new(), to: "7".into() },
    ]
}

pub fn changes() -> Vec<Change> {
    vec![
        Change::Subject("Sillas".into()),
        Change::Status(Status::Canceled),
        Change::Own { id: "s1".into(), reason: "Taller".into() },
        Change::Group("g2".into()),
        Change::Owner(Some("a1".into())),
        Change::Tags(vec!["rota".into()]),
        Change::Field { id: "f1".into(), value: "7".into() },
        Change::Tag("rota".into()),
        Change::Untag("nueva".into()),
        Change::OwnerOf { seen: Some("a1".into()), to: None },
    ]
}

pub fn house() -> House {
    let status = OwnStatus {
        id: "s1".into(),
        name: "Espera la pieza".into(),
        base: Status::Stopped,
        asks: true,
        reasons: vec!["Taller".into()],
    };
    let field = |kind| OwnField {
        id: "f1".into(),
        label: "Pedido".into(),
        kind,
        required: true,
        options: vec!["Nogal".into()],
    };
    House { statuses: vec![status], fields: OwnKind::ALL.map(field).into() }
}

pub fn ticket_acts() -> Vec<TicketAct> {
    vec![
        TicketAct::Save { changes: changes(), note: "dos".into() },
        TicketAct::Keep { owner_gone_since: NOW },
        TicketAct::GoOn { chat: CHAT.into(), number: 1051 },
        TicketAct::Link { number: 1060 },
        TicketAct::Unlink { chat: CHAT.into() },
        TicketAct::Merge { number: 1061 },
        TicketAct::Reply { text: "Hola.".into() },
        TicketAct::Answer { text: "Gracias.".into() },
    ]
}

/// One that waits to be saved, and one that was changed.
pub fn tickets() -> Vec<Ticket> {
    let born = Ticket::open("0193c5a1b2c37d4e8f90a1b2c3d4e5f8".into(), NOW, &birth());
    let mut changed = born.clone();
    for event in &ticket_events()[3..] {
        changed.apply(NOW + Span::secs(60), event);
    }
    vec![born, changed]
}

pub fn vias() -> Vec<Via> {
    Via::ALL.to_vec()
}

pub fn mention() -> Mention {
    Mention {
        chat: CHAT.into(),
        number: 1042,
        customer: named("c1", "Ana Núñez"),
        group: named("g1", "Ventas"),
        by: carla(),
        at: NOW,
        aside: 3,
    }
}

pub fn scopes() -> Vec<Scope> {
    vec![Scope::House, Scope::Group("g1".into()), Scope::Own]
}

pub fn canned() -> Canned {
    let text = "Hola, {{customer}}: soy {{agent}}.".into();
    Canned { id: CHAT.into(), scope: Scope::Group("g1".into()), shortcut: "saludo".into(), text, changed_at: Some(NOW) }
}

pub fn refusals() -> Vec<Refusal> {
    let field = || "email".to_owned();
    vec![
        Refusal::NotYours,
        Refusal::SignedOut,
        Refusal::WrongPassword,
        Refusal::TooMany { seconds: 30 },
        Refusal::ForeignSite,
        Refusal::Malformed,
        Refusal::TooBig { limit: 65_536 },
        Refusal::Empty,
        Refusal::TooLong { limit: 4_000 },
        Refusal::Ended,
        Refusal::AlreadyAttended { by: carla().name },
        Refusal::NotFirst { place: 3 },
        Refusal::NotWaiting,
        Refusal::NotAttended,
        Refusal::NotInside,
        Refusal::OnlyAttendants,
        Refusal::OnlyAdministrators,
        Refusal::LastAgent,
        Refusal::NoSuchTarget,
        Refusal::TooSoon,
        Refusal::AlreadyOpen { chat: CHAT.into() },
        Refusal::NobodyOnline,
        Refusal::FieldMissing { field: field() },
        Refusal::FieldTooLong { field: field(), limit: 200 },
        Refusal::FieldWrong { field: field() },
        Refusal::StillRunning,
        Refusal::LinkUsed,
        Refusal::WeakPassword,
        Refusal::Full { limit: 20 },
        Refusal::Closed { next: None },
        Refusal::Closed { next: Some(NOW) },
        Refusal::NoMessages,
        Refusal::FileKind,
        Refusal::FileBroken,
        Refusal::NotUtf8,
        Refusal::TooManyPixels { limit: 30_000_000 },
        Refusal::TooManyFiles { files: 20, bytes: 104_857_600 },
        Refusal::LinkExpired,
        Refusal::NotEnded,
        Refusal::NotAsked,
        Refusal::TooLate,
        Refusal::NoAddress,
        Refusal::IdentityExpired,
        Refusal::IdentityRefused,
        Refusal::NoFiles,
        Refusal::Blocked,
        Refusal::Overtaken { by: carla().name },
        Refusal::ShortcutTaken,
        Refusal::NoReader { name: diego().name },
        Refusal::HeldBy { by: carla().name },
    ]
}

pub fn troubles() -> Vec<Trouble> {
    vec![Trouble::Refused(Refusal::NotYours), Trouble::Fault { number: "7F3A".into() }]
}

pub fn field_kinds() -> Vec<FieldKind> {
    vec![FieldKind::Name, FieldKind::Email, FieldKind::Phone, FieldKind::Text, FieldKind::Choice, FieldKind::Consent]
}

pub fn wait_shows() -> Vec<WaitShows> {
    vec![WaitShows::Position, WaitShows::Average, WaitShows::Both, WaitShows::Nothing]
}

pub fn subject() -> Subject {
    Subject { id: "g1".into(), name: "Ventas".into(), online: vec![carla()] }
}

pub fn application_view() -> ApplicationView {
    let field = |key: &str, kind| Field {
        key: key.into(),
        label: key.to_uppercase(),
        kind,
        required: true,
        options: Vec::new(),
        consent: None,
    };
    let fields = vec![
        field("name", FieldKind::Name),
        Field { options: vec!["Roble".into(), "Nogal".into()], required: false, ..field("wood", FieldKind::Choice) },
        Field { consent: Some(consent()), ..field("policy", FieldKind::Consent) },
    ];
    ApplicationView {
        id: "p1".into(),
        name: "Casa Nogal".into(),
        accent: "#8a5a2b".into(),
        expanded: true,
        title: "¿Hablamos?".into(),
        fields,
        subjects: vec![subject()],
        wait_shows: WaitShows::Both,
        channels: channels().iter().filter_map(Channel::view).collect(),
        takes_messages: true,
        closed: Some(Closed { next: Some(NOW) }),
        wait_ranges: true,
        kind: Kind::Both,
        rating: Scale::Stars,
        mails: true,
        notices: false,
        greeting: "Buenas, ¿qué necesitas?".into(),
    }
}

pub fn channel_kinds() -> Vec<ChannelKind> {
    vec![ChannelKind::Whatsapp, ChannelKind::Phone, ChannelKind::Email, ChannelKind::Link]
}

fn channels() -> Vec<Channel> {
    let channel = |kind, to: &str| Channel { kind, label: String::new(), to: to.into() };
    let to = ["+34 600 123 456", "+34 910 000 000", "hola@casanogal.example", "https://casanogal.example/ayuda"];
    channel_kinds().into_iter().zip(to).map(|(kind, to)| channel(kind, to)).collect()
}

pub fn hours() -> Hours {
    let hours = r#"{"zone":"America/Sao_Paulo","weekly":[{"days":["mon","fri"],"from":"09:00","to":"18:30"}],
        "holidays":[{"name":"Navidad","date":"2026-12-25","yearly":true}],
        "exceptions":[{"name":"Inventario","from":"2027-01-04","to":"2027-01-05","open":[{"from":"22:00","to":"02:00"}]}]}"#;
    serde_json::from_str(hours).expect("hours as an operator writes them")
}

pub fn kinds() -> Vec<Kind> {
    vec![Kind::Chat, Kind::Knowledge, Kind::Both]
}

fn pieces() -> Vec<Piece> {
    vec![Piece { text: "Devoluciones".into(), hit: true }, Piece { text: " en 30 días".into(), hit: false }]
}

pub fn article_line() -> ArticleLine {
    ArticleLine { id: "a1".into(), title: pieces(), excerpt: pieces() }
}

pub fn article_view() -> ArticleView {
    ArticleView { id: "a1".into(), lang: "es".into(), title: "Devoluciones".into(), html: "<p>30 días</p>".into() }
}

pub fn vote() -> Vote {
    Vote { id: "v1".into(), helped: true }
}

/// As it begins, and with everything set.
pub fn setups() -> Vec<Setup> {
    let set = Setup {
        channels: channels(),
        hours: Some(hours()),
        when_away: WhenAway::Nothing,
        wait_as: WaitAs::Average,
        documents: true,
        kind: Kind::Both,
        rating: Scale::Satisfied,
        transcript_by_mail: false,
        browser_notices: false,
        identity_required: true,
        launcher: Launcher { side: Side::Left, across: 24, up: 96, z: Some(7), drawing: Drawing::Bubble },
        files: false,
        texts: vec![Texts {
            lang: "pt".into(),
            greeting: "Bom dia!".into(),
            fields: vec![FieldTexts {
                key: "wood".into(),
                label: "Madeira".into(),
                options: vec!["Carvalho".into(), "Nogueira".into()],
                consent: String::new(),
                options_of: vec!["Roble".into(), "Nogal".into()],
                consent_of: String::new(),
            }],
            title: "Vamos conversar?".into(),
        }],
    };
    vec![Setup::default(), set]
}

pub fn deeds() -> [Deed; 4] {
    Deed::ALL
}

pub fn customer() -> Customer {
    Customer {
        id: "c1".into(),
        name: "Ana".into(),
        email: "ana@correo.example".into(),
        verified: true,
        since: NOW,
        known_as: vec![Account { application: "Casa Nogal".into(), subject: "ana-1".into() }],
        attributes: attributes(),
        blocked: true,
        erased: false,
        deeds: vec![
            Done { deed: Deed::Blocked, at: NOW, by: Some(carla()), reason: "Insulta".into() },
            Done { deed: Deed::Exported, at: NOW, by: None, reason: String::new() },
        ],
        may_block: true,
        mail: Some("ana@correo.example".into()),
    }
}

pub fn talks() -> [Talked; 2] {
    let over = Talked {
        chat: CHAT.into(),
        number: 7,
        queued_at: NOW,
        subject: Some("La lámpara".into()),
        group: named("g1", "Ventas"),
        stage: Stage::Ended(Reason::Agent),
        agent: Some(carla()),
        lasted: Some(Span::minutes(7)),
    };
    let waits = Talked { subject: None, stage: Stage::Waiting, agent: None, lasted: None, ..over.clone() };
    [over, waits]
}

pub fn earlier() -> Earlier {
    Earlier { at: NOW, id: CHAT.into() }
}
