//! Who comes through which door: every role at every door, compared with a table that is kept beside this file.
//! A door that is not tried here fails the story (quality.md S12, S16, S19).

use crate::client::{Answer, Ask, Knock, Line, Way, get, knock, post};
use crate::world::*;
use domain::act::Target;
use domain::canned::{Canned, Scope};
use domain::monitor::News;
use domain::wire::{Down, Lists, Open, Page, Up, VERSION};
use domain::{Act, TicketAct, Trouble};
use serde_json::{Value, json};
use sqlx::AnyPool;
use std::fmt::Write;

/// Attends *returns*, and is not in the conversation.
const EVA: &str = "eva@casanogal.example";
/// Attended *returns*, and works here no more.
const LEO: &str = "leo@casanogal.example";

/// The roles, in the order of the columns. Tomás attends Ana's conversation in *returns*; Inés administers it.
const ROLES: [(&str, &str); 9] = [
    ("nobody", ""),
    ("customer", "ana"),
    ("other customer", "bruno"),
    ("outside", LUCIA),
    ("group", EVA),
    ("attending", TOMAS),
    ("disabled", LEO),
    ("administrator", INES),
    ("system", MARTA),
];

/// Doors that say the same to everybody, or that know nobody yet.
const OPEN_TO_ALL: [&str; 8] =
    ["/health", "/sign-in", "/sign-in/code", "/set-up/{link}", "/join/{link}", "/w/frame", "/test/clock", "/test/now"];

/// How somebody shows who he is.
enum Pass {
    Nothing,
    /// Of a visitor, and the same person's session in the portal.
    Token(String, String),
    Session(String),
}

/// Canned answers, by their ids.
struct Answers {
    house: Canned,
    returns: Canned,
    choose: Canned,
    /// His who asks; where he can have none, the same as the next.
    own: Canned,
    anothers: Canned,
}

struct Scene {
    world: World,
    pass: Pass,
    chat: String,
    /// Two who wait in *returns*.
    waiting: [String; 2],
    ticket: String,
    /// Of the conversation that runs.
    customer: String,
    file: String,
    /// One of the house's.
    trigger: String,
    /// Of an administrator, what it is called in a list.
    session: String,
    canned: Answers,
    _consoles: Vec<crate::client::Socket>,
}

impl Scene {
    async fn of(who: &str) -> Scene {
        let world = World::with(&[&["--limits", "off"], &SMTP[..]].concat()).await;
        hire(&world).await;
        let leo = world.sign_in(LEO).await;
        let (tomas, console) = world.agent(TOMAS).await;
        let (_, second) = world.agent(INES).await;
        let (old, old_chat) = (new_token(), new_id());
        begin(&world, &old, &old_chat).await;
        world.attends_and_closes(&tomas, &old_chat).await;
        let lists: Lists = world.ask(world.function("console/lists", &tomas, &json!({}))).await.ok();
        let ticket = lists.unsaved[0].id.clone();
        let save = json!({ "ticket": ticket, "wish": new_id(), "act": saved() });
        assert_eq!(world.ask(world.function("ticket/save", &tomas, &save)).await.status, 200);
        let (ana, chat) = (new_token(), new_id());
        begin(&world, &ana, &chat).await;
        let attend = json!({ "chat": chat, "wish": wish(Act::Attend) });
        world.ask(world.function("chat/act", &tomas, &attend)).await.ok::<Page>();
        let waiting = [new_id(), new_id()];
        for chat in &waiting {
            begin(&world, &new_token(), chat).await;
        }
        let file = new_id();
        let sent = put(&format!("/w/v1/chats/{chat}/files/{file}")).bearer(&ana).body("text/plain", "hola");
        assert_eq!(world.ask(sent).await.status, 200);
        pool(&world).await.execute_all("update agents set disabled = 1 where email = 'leo@casanogal.example'").await;
        let customer = world.running.desk.visitor(&ana).await.unwrap().customer;
        let (marta, trigger) = (world.sign_in(MARTA).await, new_id());
        let made = json!({ "wish": new_id(), "trigger": a_trigger(&trigger) });
        assert_eq!(world.ask(world.function("trigger/save", &marta, &made)).await.status, 200);
        let session = world.running.desk.session(&marta).await.unwrap().session;
        let pass = match who {
            "" => Pass::Nothing,
            "ana" => Pass::Token(ana.clone(), come_in(&world, &ana).await),
            "bruno" => Pass::Token(old.clone(), come_in(&world, &old).await),
            LEO => Pass::Session(leo),
            agent => Pass::Session(world.sign_in(agent).await),
        };
        let canned = Answers::of(&world, &marta, &pass).await;
        let _consoles = vec![console, second];
        Scene { world, pass, chat, waiting, ticket, customer, file, trigger, session, canned, _consoles }
    }

    async fn has_canned(&self, id: &str) -> bool {
        let sql = "select 1 from canned_answers where id = $1";
        sqlx::query(sql).bind(id).fetch_optional(&pool(&self.world).await).await.unwrap().is_some()
    }

    async fn says(&self, ask: Ask) -> String {
        let ask = match &self.pass {
            Pass::Nothing => ask,
            Pass::Token(token, guest) => ask.bearer(token).header("cookie", &format!("recado-portal={guest}")),
            Pass::Session(session) => ask.cookie(session),
        };
        told(&self.world.ask(ask.own(self.world.at)).await)
    }

    /// A line of his own, or why he gets none.
    async fn line(&self) -> Result<crate::client::Socket, String> {
        let origin = format!("http://{}", self.world.at);
        let (session, token) = match &self.pass {
            Pass::Session(session) => (Some(session.as_str()), None),
            Pass::Token(token, _) => (None, Some(token.clone())),
            Pass::Nothing => (None, None),
        };
        let hand = Knock { origin: Some(&origin), session, postcard: false, narrow: false };
        let mut socket = match knock(self.world.at, &hand).await {
            Ok(socket) => socket,
            Err(status) => return Err(status.as_u16().to_string()),
        };
        socket.say(&Up::Hello { version: VERSION, token }).await;
        match socket.hear().await {
            Ok(Down::Welcome { .. }) => Ok(socket),
            Ok(Down::Bye(bye)) => Err(format!("{bye:?}")),
            Ok(other) => panic!("{other:?}"),
            Err(code) => Err(code.to_string()),
        }
    }

    /// What he sees of the monitor when he asks for it: of which groups.
    async fn monitors(&self) -> String {
        let mut socket = match self.line().await {
            Ok(socket) => socket,
            Err(why) => return why,
        };
        socket.say(&Up::Monitor { open: true }).await;
        // Who works here is answered. All others who have it open are told in the same round: when an administrator has
        // heard it, and then the echo comes, nothing is told.
        if matches!(self.pass, Pass::Token(..)) {
            let marta = self.world.sign_in(MARTA).await;
            let mut line = Line::of_console(&self.world, Way::Socket, &marta).await;
            line.say(&Up::Monitor { open: true }).await;
            line.until(|down| matches!(down, Down::Monitor { .. }).then_some(())).await;
            socket.say(&Up::Ping(7)).await;
        }
        loop {
            match socket.hear().await.unwrap() {
                Down::Monitor { news } => {
                    return match postcard::from_bytes(&news).unwrap() {
                        News::Whole(table) => {
                            let groups: Vec<_> = table.scope.groups.into_iter().map(|group| group.id).collect();
                            format!("sees {}", groups.join(", "))
                        }
                        other => name(&format!("{other:?}")).to_owned(),
                    };
                }
                Down::Pong(7) => return "nothing".into(),
                _ => {}
            }
        }
    }

    /// What he hears of the conversation on a line of his own when he asks to follow it, and somebody speaks.
    async fn hears(&self) -> String {
        let mut socket = match self.line().await {
            Ok(socket) => socket,
            Err(why) => return why,
        };
        socket.say(&Up::Follow { chat: self.chat.clone() }).await;
        socket.say(&Up::Ping(7)).await;
        loop {
            if let Down::Pong(7) = socket.hear().await.unwrap() {
                break;
            }
        }
        let tomas = self.world.sign_in(TOMAS).await;
        let says = json!({ "chat": self.chat, "wish": wish(words("¿Sigues ahí?")) });
        self.world.ask(self.world.function("chat/act", &tomas, &says)).await.ok::<Page>();
        socket.say(&Up::Ping(8)).await;
        let mut heard = "nothing";
        loop {
            match socket.hear().await.unwrap() {
                Down::Told(told) if told.event.words() == Some("¿Sigues ahí?") => heard = "hears it",
                Down::Card(card) if card.words.contains("¿Sigues ahí?") => heard = "hears it",
                Down::Pong(8) => return heard.into(),
                _ => {}
            }
        }
    }
}

impl Answers {
    async fn of(world: &World, marta: &str, pass: &Pass) -> Answers {
        let keep = async |session: &str, scope: Scope| {
            let signed = world.running.desk.session(session).await.unwrap();
            let (id, shortcut, text) = (new_id(), new_id().split_off(8), "Hola".into());
            let canned = Canned { id, scope, shortcut, text, changed_at: None };
            world.running.desk.keep_canned(&signed, &canned, &Default::default()).await.unwrap()
        };
        let anothers = keep(marta, Scope::Own).await;
        let own = match pass {
            Pass::Session(session) if world.running.desk.session(session).await.is_ok() => {
                keep(session, Scope::Own).await
            }
            _ => anothers.clone(),
        };
        Answers {
            house: keep(marta, Scope::House).await,
            returns: keep(marta, Scope::Group("returns".into())).await,
            choose: keep(marta, Scope::Group("choose".into())).await,
            own,
            anothers,
        }
    }
}

/// What the doors of the console are asked, in this order: what changes more comes later. A function without a
/// line here fails the story.
fn asked(path: &str, scene: &Scene) -> Vec<(&'static str, Value)> {
    let (chat, ticket, customer) = (&scene.chat, &scene.ticket, &scene.customer);
    let act = |act: Act| json!({ "chat": chat, "wish": wish(act) });
    let waits = |n: usize, act: Act| json!({ "chat": scene.waiting[n], "wish": wish(act) });
    let on_ticket = |act: TicketAct| json!({ "ticket": ticket, "wish": new_id(), "act": act });
    let to_lucia = || Act::Redirect { to: Target::Group("choose".into()) };
    match path {
        "application/list" | "console/lists" | "console/me" | "mention/list" => vec![("", json!({}))],
        "canned/drop" => {
            let Answers { house, returns, choose, own, anothers } = &scene.canned;
            let mut all = canned_scopes(|scope| json!({ "scope": scope }));
            all.push(("another's", json!({ "scope": "Own" })));
            for ((_, arguments), canned) in all.iter_mut().zip([house, returns, choose, own, anothers]) {
                (arguments["id"], arguments["read_at"]) = (json!(canned.id), json!(canned.changed_at));
            }
            all
        }
        // Whoever may is told that this is no key.
        "application/add-key" => vec![("", json!({ "application": "shop", "key": new_id(), "public": "none" }))],
        "application/keys" => vec![("", json!({ "application": "shop" }))],
        "application/revoke-key" => vec![("", json!({ "application": "shop", "key": "none" }))],
        "application/create" => vec![("", json!({ "application": new_id(), "settings": an_application() }))],
        "application/duplicate" => vec![("", json!({ "of": "shop", "application": new_id(), "name": "Otra" }))],
        "application/foresee" => {
            let hours = json!({ "zone": "Europe/Madrid", "weekly": [], "holidays": [], "exceptions": [] });
            vec![("", json!({ "hours": hours, "groups": ["returns"], "day": "2026-12-25", "minute": "10:00" }))]
        }
        "application/holidays" => vec![("", json!({ "file": "BEGIN:VCALENDAR", "zone": "UTC" }))],
        "application/preview" => vec![("", json!({ "settings": an_application(), "closed": false }))],
        "application/read" => vec![("", json!({ "application": "shop" }))],
        "application/retire" => {
            let turn = |retired| json!({ "application": "catalogue", "retired": retired });
            vec![("", turn(true)), ("and back", turn(false))]
        }
        // Over a revision that has never been: whoever may is told who was faster, and nothing is changed.
        "application/save" => {
            vec![("", json!({ "application": "shop", "revision": 999, "settings": an_application() }))]
        }
        "audit/verify" => vec![("", json!({}))],
        "canned/keep" => canned_scopes(
            |scope| json!({ "canned": { "id": new_id(), "scope": scope, "shortcut": new_id().split_off(8), "text": "Hola", "changed_at": null } }),
        ),
        "canned/list" => canned_scopes(|scope| json!({ "scope": scope, "after": "" })),
        "audit/list" => vec![("", json!({ "filter": domain::audit::Filter::default(), "before": null }))],
        "chat/act" => vec![
            ("Post", act(words("hola"))),
            ("Answer", act(Act::Answer { text: "hola".into(), seen: 99 })),
            ("Amend", act(Act::Amend { seq: 3, text: "adiós".into() })),
            ("Retract", act(Act::Retract { seq: 3 })),
            ("Attend", act(Act::Attend)),
            ("Aside", act(Act::Aside { whisper: false, text: "nota".into() })),
            ("Aside with a mark", act(Act::Aside { whisper: false, text: "@[nobody] nota".into() })),
            ("Invite", act(Act::Invite { agent: "nobody".into() })),
            ("Decline", act(Act::Decline)),
            ("Watch", act(Act::Watch)),
            ("Unwatch", act(Act::Unwatch)),
            ("Abandon", act(Act::Abandon)),
            ("Assign", act(Act::Assign { agent: "nobody".into() })),
            ("Rate", act(Act::Rate { score: domain::rating::Score::Stars(5), comment: String::new() })),
            ("Remove", act(Act::Remove)),
            ("Join", act(Act::Join)),
            ("Part", act(Act::Part)),
            // From another than has it: whoever may is told who does.
            (
                "HandOn",
                act(Act::HandOn {
                    to: Target::Group("choose".into()),
                    note: String::new(),
                    seen: Target::Agent("nobody".into()),
                }),
            ),
            ("HandOver", act(Act::HandOver { to: Target::Group("choose".into()), note: "nota".into() })),
            ("Redirect", act(to_lucia())),
            ("Close", act(Act::Close)),
            ("Join who waits", waits(0, Act::Join)),
            ("Attend who waits", waits(0, Act::Attend)),
            ("Remove who waits", waits(1, Act::Remove)),
            ("Leave, the customer's", waits(0, Act::LeaveMessage { text: "hola".into() })),
        ],
        "chat/events" => vec![("", json!({ "chat": chat, "after": 0, "asides_after": 0 }))],
        "chat/call" => vec![("", json!({ "ticket": ticket, "id": new_id() }))],
        "chat/inner" => vec![("", json!({ "ticket": ticket, "id": new_id() }))],
        "chat/colleagues" | "chat/readers" => vec![("", json!({ "chat": chat }))],
        "mention/see" => vec![("", json!({ "chat": chat, "aside": 1 }))],
        "chat/ticket" => vec![("", json!({ "chat": chat }))],
        "customer/block" => vec![("", json!({ "customer": customer, "blocks": true, "reason": "x" }))],
        "customer/chats" | "customer/tickets" => vec![("", json!({ "customer": customer, "before": null }))],
        "customer/erase" | "customer/read" => vec![("", json!({ "customer": customer }))],
        // With a password that is not his: whose account it is changes nothing.
        "factor/begin" | "factor/codes" | "factor/end" => vec![("", json!({ "present": "x" }))],
        "factor/confirm" => vec![("", json!({ "code": "123456" }))],
        "indicators/behind" => {
            let filter = domain::indicators::Filter::default();
            vec![("", json!({ "period": "Today", "filter": filter, "indicator": "Attended", "after": null }))]
        }
        "indicators/ranks" | "indicators/read" => {
            vec![("", json!({ "period": "Today", "filter": domain::indicators::Filter::default() }))]
        }
        "agent/list" | "first-run/end" | "first-run/read" | "group/list" | "house/read" | "parameters/read"
        | "tag/list" => {
            vec![("", json!({}))]
        }
        "agent/change" => {
            let of = |change: Value| json!({ "agent": "leo", "change": change });
            let invite = json!({ "Invite": { "name": "Noa", "email": "noa@casanogal.example", "system": false } });
            vec![
                ("Invite", json!({ "agent": new_id(), "change": invite })),
                ("Sequence", of(json!({ "Sequence": false }))),
                ("System", of(json!({ "System": false }))),
                // He has none.
                ("ResetFactor", of(json!("ResetFactor"))),
                ("Disabled", of(json!({ "Disabled": true }))),
                // Nobody makes a link for who may not come in.
                ("Link", of(json!("Link"))),
            ]
        }
        "group/change" => {
            let sheet = |id: &str, applications: &[&str]| json!({ "id": id, "name": id, "distribution": null, "alarm_after": 0, "members": [], "applications": applications });
            let keep = |sheet: Value| json!({ "change": { "Keep": { "sheet": sheet, "read": null } } });
            let retire =
                |id: &str, retired: bool| json!({ "change": { "Retire": { "group": id, "retired": retired } } });
            vec![
                ("Keep a new one", keep(sheet(&new_id(), &[]))),
                // Whoever may is told that there is one already.
                ("Keep returns", keep(sheet("returns", &["shop"]))),
                ("Keep returns elsewhere", keep(sheet("returns", &[]))),
                ("Restore returns", retire("returns", false)),
                // The only subject of an application.
                ("Retire choose", retire("choose", true)),
            ]
        }
        "parameters/keep" => {
            let both = domain::parameters::Parameters::default();
            vec![("", json!({ "parameters": both, "read": both }))]
        }
        // Nobody has it: whoever may is told so.
        "tag/change" => {
            vec![
                ("Rename", json!({ "change": { "Rename": { "tag": "x", "to": "y" } } })),
                ("Merge", json!({ "change": { "Merge": { "tag": "x", "into": "y" } } })),
                ("Retire", json!({ "change": { "Retire": { "tag": "x", "retired": true } } })),
            ]
        }
        "house/change" => {
            let of = |what: &str| json!({ "change": { what: { "list": "Statuses", "id": "workshop", "before": null, "retired": true } } });
            vec![
                ("Keep", json!({ "change": a_house_change() })),
                ("Move", of("Move")),
                ("Retire", of("Retire")),
                ("Drop", of("Drop")),
            ]
        }
        "knowledge/list" => vec![("", json!({}))],
        "knowledge/preview" => vec![("", json!({ "body": "x" }))],
        "knowledge/pictures" | "knowledge/read" => vec![("", json!({ "article": "demo-es-llego-roto" }))],
        // There is none of this id.
        "knowledge/remove-picture" => vec![("", json!({ "picture": new_id() }))],
        "knowledge/retire" => vec![("", json!({ "article": "demo-es-llego-roto", "retired": false }))],
        "knowledge/save" => vec![("", json!({ "revision": 0, "sheet": an_article() }))],
        "knowledge/searches" => vec![("", json!({ "from": "2026-11-01", "to": "2026-11-30" }))],
        // There is none of this id.
        "knowledge/section" => vec![("", json!({ "change": { "Retire": { "id": "x", "retired": true } } }))],
        "me/online" => vec![("", json!({ "online": true }))],
        "password/change" => vec![("", json!({ "present": "x", "fresh": "otra clave bien larga" }))],
        "profile/read" | "profile/remove-photo" => vec![("", json!({}))],
        "profile/save" => {
            vec![("", json!({ "change": { "name": "", "lang": "es", "languages": [], "theme": "System" } }))]
        }
        "session/end" | "session/list" | "session/revoke-others" => vec![("", json!({}))],
        "session/revoke" => vec![("of the system's", json!({ "session": scene.session }))],
        "ticket/choices" => vec![("", json!({}))],
        "ticket/list" => vec![("", json!({ "filter": domain::ticket_list::Filter::default(), "after": null }))],
        "ticket/open" => vec![("", json!({ "new": opened() }))],
        "ticket/reach" => vec![("", json!({ "ticket": ticket }))],
        "ticket/read" => vec![("", json!({ "ticket": ticket }))],
        "ticket/save" => {
            vec![
                ("", json!({ "ticket": ticket, "wish": new_id(), "act": saved() })),
                ("Reply", on_ticket(TicketAct::Reply { text: "hola".into() })),
                ("Link", on_ticket(TicketAct::Link { number: 1 })),
                ("Unlink", on_ticket(TicketAct::Unlink { chat: chat.clone() })),
                ("Merge", on_ticket(TicketAct::Merge { number: 999_999 })),
                ("Answer, the customer's", on_ticket(TicketAct::Answer { text: "hola".into() })),
            ]
        }
        // Of nobody: whoever may is told that it is not there, or that nothing was sent.
        "subscription/again" => vec![("", json!({ "subscription": new_id(), "delivery": new_id() }))],
        "subscription/change" => {
            let sheet = json!({ "id": new_id(), "name": "x", "url": "https://hooks.example/", "occasions": ["Message"], "on": true });
            vec![
                ("Keep", json!({ "change": { "Keep": { "sheet": sheet, "read": null } } })),
                ("Switch", json!({ "change": { "Switch": { "id": new_id(), "on": true } } })),
                ("Renew", json!({ "change": { "Renew": { "id": new_id() } } })),
                ("Drop", json!({ "change": { "Drop": { "id": new_id() } } })),
            ]
        }
        "subscription/deliveries" | "subscription/test" => vec![("", json!({ "subscription": new_id() }))],
        "subscription/list" => vec![("", json!({}))],
        "token/list" => vec![("", json!({}))],
        "token/make" => {
            vec![("", json!({ "new": { "id": new_id(), "name": "x", "scopes": ["ReadChats"], "until": "" } }))]
        }
        // Of nobody: whoever may is told that it is not there.
        "token/revoke" => vec![("", json!({ "token": new_id() }))],
        "trigger/save" => vec![("", json!({ "wish": new_id(), "trigger": a_trigger(&scene.trigger) }))],
        "trigger/try" => vec![("", json!({ "trigger": a_trigger(&scene.trigger) }))],
        "trigger/move" => vec![("", json!({ "trigger": scene.trigger, "before": scene.trigger }))],
        "trigger/switch" => vec![("", json!({ "trigger": scene.trigger, "on": true }))],
        // Whoever may have it made another secret is told that this one has no webhook.
        "trigger/delete" | "trigger/list" | "trigger/renew" | "trigger/see" | "trigger/send" => {
            vec![("", json!({ "trigger": scene.trigger }))]
        }
        other => panic!("/api/{other} is a door that nobody tries: add it here"),
    }
}

/// The same of the house, of the conversation's group, of another one, and of one's own.
fn canned_scopes(of: impl Fn(Value) -> Value) -> Vec<(&'static str, Value)> {
    let scopes = [
        ("house", json!("House")),
        ("returns", json!({ "Group": "returns" })),
        ("choose", json!({ "Group": "choose" })),
        ("own", json!("Own")),
    ];
    scopes.into_iter().map(|(name, scope)| (name, of(scope))).collect()
}

fn saved() -> Value {
    json!({ "Save": { "changes": [{ "Subject": "x" }], "note": "" } })
}

fn opened() -> domain::wire::NewTicket {
    let (group, customer, note) = ("returns".into(), "Ana".into(), String::new());
    domain::wire::NewTicket { id: new_id(), group, customer, of_ticket: None, changes: Vec::new(), note }
}

/// The doors of the widget and of files.
fn doors(scene: &Scene) -> Vec<(&'static str, Ask)> {
    let chat = &scene.chat;
    let at = |end: &str| format!("/w/v1/chats/{chat}/{end}");
    let portal = |end: &str| format!("/portal/tickets/{}{end}", scene.ticket);
    let article = format!("/w/v1/applications/{KEY}/articles/demo-es-llego-roto");
    vec![
        ("/w/v1/applications/{key}", get(format!("/w/v1/applications/{KEY}"))),
        ("/w/v1/applications/{key}/articles", get(format!("/w/v1/applications/{KEY}/articles?lang=es&q=roto"))),
        ("/w/v1/applications/{key}/articles/{article}", get(article.clone())),
        (
            "/w/v1/applications/{key}/articles/{article}/votes",
            post(format!("{article}/votes")).json(&json!({ "id": new_id(), "helped": true })),
        ),
        ("/w/v1/identity", post("/w/v1/identity").json(&json!({ "key": KEY, "jwt": "x.y.z", "fresh": new_token() }))),
        ("/w/v1/tickets", get(format!("/w/v1/tickets?key={KEY}"))),
        ("/w/v1/chat", get("/w/v1/chat")),
        ("/w/v1/chats/{chat}/events", get(at("events?after=0"))),
        ("/w/v1/chats/{chat}/wait", get(at("wait"))),
        ("/w/v1/chats/{chat}/pass", get(at("pass"))),
        ("/w/v1/chats/{chat}/files/{id}", put(&at(&format!("files/{}", new_id()))).body("text/plain", "hola")),
        ("/api/chats/{chat}/pass", get(format!("/api/chats/{chat}/pass"))),
        (
            "/api/chats/{chat}/files/{id}",
            put(&format!("/api/chats/{chat}/files/{}", new_id())).body("text/plain", "hola"),
        ),
        ("/api/me/photo", get("/api/me/photo").method("PUT").body("text/plain", "hola")),
        ("/api/images/{image}", get(format!("/api/images/{}", new_id())).method("PUT").body("text/plain", "hola")),
        ("/images/{image}", get("/images/nobody")),
        ("/help/{lang}/{slug}", get("/help/es/nobody")),
        ("/faces/{agent}", get("/faces/nobody")),
        ("/faces/{agent}/large", get("/faces/nobody/large")),
        ("/w/host", get("/w/host?key=draft_nobody")),
        ("/people/{customer}/export", get(format!("/people/{}/export", scene.customer))),
        ("/indicators/export", get("/indicators/export?behind=attended&format=json")),
        ("/audit/export", get("/audit/export?format=jsonl")),
        ("/files/{file}", get(format!("/files/{}", scene.file))),
        ("/w/v1/chats/{chat}/transcript", get(at("transcript"))),
        ("/w/v1/chats/{chat}/mails", post(at("mails")).json(&json!({ "id": new_id(), "ahead": 0 }))),
        ("/w/v1/chats/{chat}/acts", post(at("acts")).json(&wish(words("hola")))),
        ("/w/v1/chats", post("/w/v1/chats").json(&Open { group: "returns".into(), ..opening(&new_id()) })),
        (
            "/w/v1/messages",
            post("/w/v1/messages").json(&json!({ "open": opening(&new_id()), "text": "hola", "website": "" })),
        ),
        ("/w/v1/call", get("/w/v1/call?have=x")),
        // He was not called: he began it himself.
        ("/w/v1/call: typing", get(format!("/w/v1/call?typing={chat}"))),
        // What customers find there: the ticket is the other one's.
        ("/portal", get("/portal")),
        ("/portal/link", post("/portal/link").form(&[("email", "ana@correo.example")])),
        ("/portal/enter/{secret}", get("/portal/enter/x")),
        ("/portal/identity", post("/portal/identity").form(&[("key", KEY), ("jwt", "x.y.z")])),
        ("/portal/tickets/{ticket}", get(portal(""))),
        ("/portal/tickets/{ticket}/line", get(portal("/line?have=x"))),
        ("/portal/tickets/{ticket}/files/{file}", get(portal(&format!("/files/{}", scene.file)))),
        ("/portal/tickets/{ticket}/replies", post(portal("/replies")).form(&[("id", &new_id()), ("text", "hola")])),
        ("/portal/new", get("/portal/new")),
        (
            "/portal/tickets",
            post("/portal/tickets").form(&[
                ("id", &*new_id()),
                ("topic", "x"),
                ("subject", "Silla"),
                ("text", "Le falta una pata"),
            ]),
        ),
        ("/portal/line", get("/portal/line?have=x")),
        ("/portal/frame", get(format!("/portal/frame?key={KEY}&lang=es"))),
        ("/portal/tickets/{ticket}/chat", post(portal("/chat")).form(&[("id", &new_id())])),
        ("/portal/sign-out", post("/portal/sign-out")),
    ]
}

#[tokio::test]
async fn every_role_finds_at_every_door_what_the_table_says() {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for (column, (_, who)) in ROLES.iter().enumerate() {
        let scene = Scene::of(who).await;
        let mut note = |door: String, says: String| match rows.iter_mut().find(|(name, _)| *name == door) {
            Some((_, all)) => all.push(says),
            None => {
                assert_eq!(column, 0, "{door}");
                rows.push((door, vec![says]));
            }
        };
        note("/socket and /stream/{line}: follow".into(), scene.hears().await);
        note("/socket and /stream/{line}: monitor".into(), scene.monitors().await);
        for (door, ask) in doors(&scene) {
            note(door.into(), scene.says(ask).await);
        }
        let mut functions: Vec<&str> =
            server_fn::axum::server_fn_paths().map(|(path, _)| path.trim_start_matches("/api/")).collect();
        // What ends a session or a conversation comes last.
        functions.sort_unstable_by_key(|path| {
            let last = ["trigger/delete", "chat/act", "session/revoke-others", "session/end"];
            (last.iter().position(|end| end == path), *path)
        });
        for path in functions {
            for (what, arguments) in asked(path, &scene) {
                let mut says = scene.says(post(format!("/api/{path}")).json(&arguments)).await;
                if path == "canned/drop" {
                    let stays = scene.has_canned(arguments["id"].as_str().unwrap()).await;
                    says.push_str(if stays { ", it stays" } else { ", it is gone" });
                }
                note(format!("/api/{path} {what}").trim().to_owned(), says);
            }
        }
    }
    let table = drawn(&rows);
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/rights.txt");
    if std::env::var("RECADO_GOLDEN").as_deref() == Ok("write") {
        std::fs::write(kept, &table).unwrap();
    }
    assert_eq!(table, std::fs::read_to_string(kept).unwrap(), "who comes through which door has changed");
}

/// What people ask of a conversation or a ticket, as its row is called; a new one does not compile until it has a row.
fn tried(act: &Act) -> Option<&'static str> {
    Some(match act {
        Act::Post { .. } => "Post",
        Act::Attend => "Attend who waits",
        Act::Join => "Join",
        Act::Part => "Part",
        Act::Close => "Close",
        Act::Remove => "Remove who waits",
        Act::Redirect { .. } => "Redirect",
        Act::Watch => "Watch",
        Act::Unwatch => "Unwatch",
        Act::Aside { .. } => "Aside",
        Act::Invite { .. } => "Invite",
        Act::Abandon => "Abandon",
        Act::LeaveMessage { .. } => "Leave, the customer's",
        Act::Rate { .. } => "Rate",
        Act::Assign { .. } => "Assign",
        Act::HandOver { .. } => "HandOver",
        Act::HandOn { .. } => "HandOn",
        Act::Decline => "Decline",
        Act::Answer { .. } => "Answer",
        Act::Amend { .. } => "Amend",
        Act::Retract { .. } => "Retract",
        // Made by the server itself: no door takes them, whoever asks.
        Act::Leave { .. }
        | Act::Return
        | Act::Resume
        | Act::Attach { .. }
        | Act::Identify { .. }
        | Act::Describe { .. } => return None,
    })
}

#[test]
fn every_act_has_a_row() {
    let table = include_str!("rights.txt");
    let text = String::new;
    for act in [
        Act::Post { text: text() },
        Act::Attend,
        Act::Remove,
        Act::HandOver { to: Target::Group(text()), note: text() },
        Act::LeaveMessage { text: text() },
        Act::Abandon,
    ] {
        let row = format!("/api/chat/act {}\n", tried(&act).unwrap());
        assert!(table.contains(&row), "nobody tries {row}");
    }
}

#[test]
fn no_address_is_without_a_row() {
    let source = include_str!("../../src/doors/mod.rs");
    let table = include_str!("rights.txt");

    let addresses: Vec<&str> = source.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();

    assert!(addresses.len() > 20, "{addresses:?}");
    for address in addresses.iter().filter(|address| !OPEN_TO_ALL.contains(address) && **address != "/sign-out") {
        assert!(table.contains(address), "{address} is a door that nobody tries: add it here");
    }
}

fn drawn(rows: &[(String, Vec<String>)]) -> String {
    let mut table =
        String::from("# Who comes through which door. RECADO_GOLDEN=write writes it anew; read what changed.\n");
    for (door, says) in rows {
        writeln!(table, "\n{door}").unwrap();
        for ((role, _), says) in ROLES.iter().zip(says) {
            writeln!(table, "  {role:<15}{says}").unwrap();
        }
    }
    table
}

fn told(answer: &Answer) -> String {
    let status = answer.status.as_u16();
    // Turned away to the entry is not let in.
    if status == 303 && answer.header("location") == "/portal" {
        return "303 /portal".into();
    }
    let readable = ["application/json", domain::wire::POSTCARD].contains(&answer.header("content-type"));
    if status < 400 || !readable {
        return status.to_string();
    }
    match answer.value::<Trouble>() {
        Trouble::Refused(why) => format!("{status} {}", name(&format!("{why:?}"))),
        other => format!("{status} {}", name(&format!("{other:?}"))),
    }
}

/// Of what stands in it nothing that differs from run to run.
fn name(shown: &str) -> &str {
    shown.split([' ', '{', '(']).next().unwrap()
}

fn put(path: &str) -> Ask {
    get(path).method("PUT").header("x-file-name", "nota.txt")
}

async fn begin(world: &World, token: &str, chat: &str) {
    let open = Open { group: "returns".into(), ..opening(chat) };
    world.ask(post("/w/v1/chats").bearer(token).postcard(&open)).await.ok::<Page>();
}

async fn pool(world: &World) -> AnyPool {
    sqlx::any::install_default_drivers();
    AnyPool::connect(&format!("sqlite:{}", world.folder.path().join("data/recado.db").display())).await.unwrap()
}

/// A session in the portal for whoever holds this token, as his site would have said who he is.
async fn come_in(world: &World, token: &str) -> String {
    let customer = world.running.desk.visitor(token).await.unwrap().customer;
    let session = new_token();
    let hash = ring::digest::digest(&ring::digest::SHA256, session.as_bytes());
    let hash: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    pool(world)
        .await
        .execute_all(&format!(
            "insert into portal_sessions (token_hash, customer_id, address, created_at, seen_at) \
             select '{hash}', id, null, created_at, created_at from customers where id = '{customer}'"
        ))
        .await;
    session
}

/// Two more who attend *returns*, with everybody's password.
async fn hire(world: &World) {
    let pool = pool(world).await;
    for who in ["eva", "leo"] {
        pool.execute_all(&format!(
            "insert into agents (id, name, email, password, online, created_at) \
             select '{who}', '{who}', '{who}@casanogal.example', password, 1, created_at from agents where email = '{LUCIA}'"
        ))
        .await;
        pool.execute_all(&format!(
            "insert into memberships (group_id, agent_id, attendant, administrator) values ('returns', '{who}', 1, 0)"
        ))
        .await;
    }
}

trait ExecuteAll {
    async fn execute_all(&self, sql: &str);
}

impl ExecuteAll for AnyPool {
    async fn execute_all(&self, sql: &str) {
        sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(self).await.unwrap();
    }
}
