//! A world in one line: the program with the demo's people, on a port of its own.

use crate::client::{Answer, Ask, Knock, Socket, Stream, get, knock, post};
use clap::Parser;
use desk::Clock;
use domain::application::Answer as FormAnswer;
use domain::event::Wish;
use domain::house::change::{Change as Settle, Piece};
use domain::house::{OwnField, OwnKind};
use domain::ticket::Via;
use domain::trigger::{Action, Condition, Trigger, What, When};
use domain::wire::{Down, Open, Page, Up, VERSION};
use domain::{Act, Told};
use server::config::{Command, Settings, Verb};
use server::{Running, Site};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

pub const KEY: &str = desk::demo::SHOP_KEY;
pub const INES: &str = "ines@casanogal.example";
pub const TOMAS: &str = "tomas@casanogal.example";
pub const LUCIA: &str = "lucia@casanogal.example";
/// Administers everything and attends nothing.
pub const MARTA: &str = "marta@casanogal.example";
pub const PASSWORD: &str = "una-clave-de-muestra";
/// A server of mail that nobody ever reaches: what is to be sent stays where it is kept.
pub const SMTP: [&str; 4] = ["--smtp", "smtp://127.0.0.1:1", "--mail-from", "Casa Nogal <hola@casanogal.example>"];

static LAST: AtomicU64 = AtomicU64::new(0);

pub fn new_id() -> String {
    format!("{:032x}", LAST.fetch_add(1, Ordering::Relaxed))
}

pub fn new_token() -> String {
    format!("{:0>43}", LAST.fetch_add(1, Ordering::Relaxed))
}

pub struct World {
    pub running: Running,
    pub at: SocketAddr,
    pub folder: TempDir,
}

impl World {
    pub async fn new() -> World {
        World::with(&["--limits", "off"]).await
    }

    pub async fn with(words: &[&str]) -> World {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("site");
        build_site(&site);
        let data = folder.path().join("data").display().to_string();
        let basis =
            ["recado", "serve", "--data", &data, "--demo", "--listen", "127.0.0.1:0", "--shop-listen", "127.0.0.1:0"];
        let command = Command::try_parse_from([&basis, words].concat()).unwrap();
        let Verb::Serve(asked) = command.verb else { panic!("it does not serve") };
        let settings = Settings::understand(*asked).unwrap();
        let running = Running::start(settings, Site::Folder(site), Clock::system()).await.unwrap();
        World { at: running.address, running, folder }
    }

    pub async fn ask(&self, ask: Ask) -> Answer {
        ask.send(self.at).await
    }

    /// Signs in as a browser does, and answers with the session.
    pub async fn sign_in(&self, email: &str) -> String {
        let form = post("/sign-in").own(self.at).form(&[("email", email), ("password", PASSWORD), ("next", "/chat")]);
        let answer = self.ask(form).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.session()
    }

    /// Somebody who works here, with an open console.
    pub async fn agent(&self, email: &str) -> (String, Socket) {
        let session = self.sign_in(email).await;
        let socket = self.console_socket(&session).await;
        (session, socket)
    }

    pub async fn console_socket(&self, session: &str) -> Socket {
        let origin = format!("http://{}", self.at);
        let mut socket =
            knock(self.at, &Knock { origin: Some(&origin), session: Some(session), postcard: false, narrow: false })
                .await
                .unwrap();
        socket.say(&Up::Hello { version: VERSION, token: None }).await;
        assert!(matches!(socket.hear().await, Ok(Down::Welcome { .. })));
        socket
    }

    pub async fn widget_socket(&self, token: &str) -> Socket {
        let origin = format!("http://{}", self.at);
        let mut socket = knock(self.at, &Knock { origin: Some(&origin), session: None, postcard: true, narrow: false })
            .await
            .unwrap();
        socket.say(&Up::Hello { version: VERSION, token: Some(token.into()) }).await;
        assert!(matches!(socket.hear().await, Ok(Down::Welcome { .. })));
        socket
    }

    /// A console where WebSocket is blocked.
    pub async fn console_stream(&self, session: &str) -> Stream {
        let ask = listening("").cookie(session).header("sec-fetch-site", "same-origin");
        let mut stream = ask.listen(self.at, false).await.unwrap();
        assert!(matches!(stream.hear().await, Some(Down::Welcome { .. })));
        stream
    }

    /// A widget where WebSocket is blocked.
    pub async fn widget_stream(&self, token: &str) -> Stream {
        let ask = listening("&postcard=true").bearer(token).header("sec-fetch-site", "same-origin");
        let mut stream = ask.listen(self.at, false).await.unwrap();
        assert!(matches!(stream.hear().await, Some(Down::Welcome { .. })));
        stream
    }

    /// A customer with a chat that waits; somebody must be online.
    pub async fn customer(&self) -> Customer<'_> {
        let (token, chat) = (new_token(), new_id());
        let page: Page = self.ask(post("/w/v1/chats").bearer(&token).postcard(&opening(&chat))).await.ok();
        assert_eq!(page.told.len(), 1);
        Customer { world: self, token, chat }
    }

    /// Somebody who works here attends one who waits, and ends it.
    pub async fn attends_and_closes(&self, session: &str, chat: &str) {
        for act in [Act::Attend, Act::Close] {
            let asked = serde_json::json!({ "chat": chat, "wish": wish(act) });
            self.ask(self.function("chat/act", session, &asked)).await.ok::<Page>();
        }
    }

    /// A server function of the console.
    pub fn function(&self, path: &str, session: &str, arguments: &serde_json::Value) -> Ask {
        post(format!("/api/{path}")).own(self.at).cookie(session).json(arguments)
    }
}

pub struct Customer<'a> {
    pub world: &'a World,
    pub token: String,
    pub chat: String,
}

impl Customer<'_> {
    pub fn acts(&self) -> String {
        format!("/w/v1/chats/{}/acts", self.chat)
    }

    pub async fn wish(&self, act: Act) -> Answer {
        self.world.ask(post(self.acts()).bearer(&self.token).postcard(&wish(act))).await
    }

    /// All that he may read.
    pub async fn told(&self) -> Vec<Told> {
        let path = format!("/w/v1/chats/{}/events?after=0", self.chat);
        self.world.ask(get(path).bearer(&self.token)).await.ok::<Page>().told
    }
}

/// A new stream's request, but for who asks.
pub fn listening(more: &str) -> Ask {
    get(format!("/stream/{}?version={VERSION}{more}", new_id()))
}

pub fn wish(act: Act) -> Wish {
    Wish { id: new_id(), act }
}

/// One that marks what was left offline.
pub fn a_trigger(id: &str) -> Trigger {
    let all = vec![Condition { what: What::Via(Via::OfflineMessage), is: true }];
    let actions = vec![Action::AddTags(vec!["fuera".into()])];
    Trigger { id: id.into(), name: "Fuera de hora".into(), on: true, when: When::Begins, all, any: vec![], actions }
}

/// What may be set of an application, in small.
pub fn an_application() -> serde_json::Value {
    serde_json::json!({
        "name": "Otra", "accent": "#2a49b8", "title": "", "expanded": false, "patience": 120, "sites": [],
        "groups": ["returns"], "form": [], "wait_shows": "Both", "setup": {},
    })
}

/// A new article.
pub fn an_article() -> serde_json::Value {
    let version =
        serde_json::json!({ "lang": "es", "title": "Plazos", "slug": "", "body": "Unos días.", "published": false });
    serde_json::json!({ "id": new_id(), "section": null, "applications": [], "versions": [version] })
}

/// A new field of the house.
pub fn a_house_change() -> Settle {
    let (id, label, options) = (new_id(), format!("Campo {}", new_id()), Vec::new());
    let piece = Piece::Field(OwnField { id, label, kind: OwnKind::Text, required: false, options });
    Settle::Keep { piece, read: None }
}

pub fn words(text: &str) -> Act {
    Act::Post { text: text.into() }
}

pub fn opening(chat: &str) -> Open {
    let answer = |key: &str, value: &str| FormAnswer { key: key.into(), value: value.into(), ..FormAnswer::default() };
    Open {
        id: chat.into(),
        key: KEY.into(),
        group: "orders".into(),
        answers: vec![answer("name", "Ana"), answer("email", "ana@correo.example")],
        page: "http://shop.example/".into(),
        lang: "es".into(),
        attributes: Vec::new(),
        related: None,
    }
}

/// What xtask leaves, in small.
fn build_site(folder: &std::path::Path) {
    std::fs::create_dir_all(folder.join("shop")).unwrap();
    let mut files = serde_json::Map::new();
    for screen in ["console", "widget", "widget-es", "widget-pt", "widget-en"] {
        for end in ["css", "js", "wasm"] {
            let hashed = format!("{screen}-0123456789.{end}");
            std::fs::write(folder.join(&hashed), format!("the {end} of {screen}, which is long enough")).unwrap();
            std::fs::write(folder.join(format!("{hashed}.br")), "brotli").unwrap();
            std::fs::write(folder.join(format!("{hashed}.gz")), "gzip").unwrap();
            files.insert(format!("{screen}.{end}"), hashed.into());
        }
    }
    std::fs::write(folder.join("pages-0123456789.css"), "main {}").unwrap();
    files.insert("pages.css".into(), "pages-0123456789.css".into());
    std::fs::write(folder.join("gone-0123456789.js"), "hides it").unwrap();
    files.insert("gone.js".into(), "gone-0123456789.js".into());
    std::fs::write(folder.join("ahead-0123456789.js"), "lets rows be pressed").unwrap();
    files.insert("ahead.js".into(), "ahead-0123456789.js".into());
    std::fs::write(folder.join("embed.js"), "the loader").unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/../public/favicon.ico"), folder.join("favicon.ico")).unwrap();
    std::fs::write(folder.join("shop/index.html"), "<!doctype html><title>Casa</title>{{snippet}}").unwrap();
    std::fs::write(folder.join("shop/shop.css"), "body {}").unwrap();
    let manifest = serde_json::json!({ "files": files, "integrity": {} });
    std::fs::write(folder.join("manifest.json"), manifest.to_string()).unwrap();
}
