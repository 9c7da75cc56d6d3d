//! A world in one line: the demo's people, a clock that stands still, and a database of its own.

use desk::application::NotSet;
use desk::demo::SHOP_KEY;
use desk::mail::PostOffice;
use desk::vault::Vault;
use desk::webhook::Allowed;
use desk::{Caller, Clock, Desk, Ear, Error, Heard, Settings, Signed, Step, Whence};
use domain::application::Answer as FormAnswer;
use domain::event::Wish;
use domain::offline::Offline;
use domain::parameters::Parameters;
use domain::person::Agent;
use domain::ticket::Change;
use domain::wire::{Down, NewTicket, Open, Read};
use domain::{Act, Chat, Reason, Refusal, Span, Stage, Thread, Ticket, TicketAct, Time, Told};
use sqlx::{AnyPool, AssertSqlSafe, Executor, Row};
use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

pub const INES: &str = "ines@casanogal.example";
pub const TOMAS: &str = "tomas@casanogal.example";
pub const LUCIA: &str = "lucia@casanogal.example";
pub const MARTA: &str = "marta@casanogal.example";
pub const PASSWORD: &str = "una-clave-de-muestra";

/// A Sunday noon.
const START: Time = Time(1_795_348_800_000);

pub struct World {
    pub desk: Desk,
    pub clock: Clock,
    pub settings: Settings,
    /// Each as he signed in at first.
    staff: HashMap<&'static str, Signed>,
    ears: HashMap<String, Ear>,
    /// Of browsers whose first token was replaced.
    renewed: Mutex<HashSet<String>>,
    last: AtomicU32,
    folder: TempDir,
}

/// The answer of a refused call.
pub fn refusal<T>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(why)) => why,
        Err(Error::Broken(fault)) => panic!("broken: {fault}"),
        Ok(_) => panic!("it was not refused"),
    }
}

/// From where people here do what they do.
pub fn here() -> Whence {
    Whence { address: "203.0.113.0".into(), browser: "Firefox".into(), system: "Linux".into() }
}

impl World {
    /// The demo's people, none of them here yet.
    pub async fn empty() -> World {
        World::after(async |_| {}).await
    }

    /// The same, where somebody else had the database first.
    pub async fn after(before: impl AsyncFnOnce(&str)) -> World {
        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let clock = Clock::hands(START);
        let database = match std::env::var("RECADO_TEST_POSTGRES") {
            Ok(server) => postgres(&server).await,
            Err(_) => format!("sqlite:{}", data.join("recado.db").display()),
        };
        before(&database).await;
        let files = data.join("files");
        let vault = Vault::of([7; 32]).unwrap();
        let webhook_hosts = Allowed::read(&["127.0.0.1".into()]).unwrap();
        let lasts = Default::default();
        let (office, links) = (None, true);
        let settings = Settings { database, files, clock: clock.clone(), office, links, vault, webhook_hosts, lasts };
        let desk = Desk::open(settings.clone()).await.unwrap();
        desk.seed_demo(&["http://shop.example".into()]).await.unwrap();
        let mut world = World {
            desk,
            clock,
            settings,
            staff: HashMap::new(),
            ears: HashMap::new(),
            renewed: Mutex::default(),
            last: AtomicU32::new(0),
            folder,
        };
        for email in [INES, TOMAS, LUCIA, MARTA] {
            let token = world.signs_in(email).await;
            world.staff.insert(email, world.desk.session(&token).await.unwrap());
        }
        world
    }

    /// A session of somebody who has no second factor.
    pub async fn signs_in(&self, email: &str) -> String {
        match self.desk.sign_in(email, PASSWORD, &here()).await.unwrap() {
            Step::Session(token) => token,
            Step::Code(_) => panic!("a code is asked for"),
        }
    }

    pub async fn signed(&self, email: &str) -> Signed {
        self.desk.session(&self.signs_in(email).await).await.unwrap()
    }

    /// Everybody is at his desk, and mail is handed in there.
    pub async fn with_post(post: &crate::post::Post) -> World {
        let mut world = World::empty().await;
        let office = PostOffice::read(&post.url, "Casa Nogal <hola@casanogal.example>").unwrap();
        world.settings.office = Some(office);
        world.restart(Span(0)).await;
        for email in [INES, TOMAS, LUCIA, MARTA] {
            world.comes(email).await;
        }
        world
    }

    /// Returns when this mail was tried so often.
    pub async fn until_tried(&self, mail: &str, tries: i64) {
        let sql = format!("select count(*) from mails where id = '{mail}' and tries >= {tries}");
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while self.count(&sql).await == 0 {
            assert!(std::time::Instant::now() < until, "it was not tried");
            tokio::task::yield_now().await;
        }
    }

    /// Everybody is at his desk.
    pub async fn open() -> World {
        let mut world = World::empty().await;
        for email in [INES, TOMAS, LUCIA, MARTA] {
            world.comes(email).await;
        }
        world
    }

    /// Somebody waits for *returns*, with his widget open; his chat's id.
    pub async fn with_waiting_customer() -> (World, String) {
        let mut world = World::open().await;
        let chat = world.starts("ana", "returns").await;
        (world, chat)
    }

    /// Inés attends him.
    pub async fn with_conversation() -> (World, String) {
        let (world, chat) = World::with_waiting_customer().await;
        world.does(INES, &chat, Act::Attend).await.unwrap();
        (world, chat)
    }

    /// What this browser's token is by now.
    pub fn token(&self, browser: &str) -> String {
        if self.renewed.lock().unwrap().contains(browser) { fresh(browser) } else { token(browser) }
    }

    pub fn takes_the_fresh_token(&self, browser: &str) {
        self.renewed.lock().unwrap().insert(browser.into());
    }

    pub fn agent(&self, email: &str) -> &Agent {
        &self.staff[email].agent
    }

    /// The first session of his.
    pub fn session(&self, email: &str) -> &Signed {
        &self.staff[email]
    }

    /// From now on he administers this group, of which he is a member.
    pub async fn administers(&mut self, email: &'static str, group: &str) {
        let id = &self.agent(email).face.id;
        let more = format!("update memberships set administrator = 1 where agent_id = '{id}' and group_id = '{group}'");
        self.look().await.execute(AssertSqlSafe(more)).await.unwrap();
        let token = self.signs_in(email).await;
        self.staff.insert(email, self.desk.session(&token).await.unwrap());
    }

    /// Sets what is required of this house's tickets, as an administrator would.
    pub async fn requires(&self, field: &str) {
        let more = format!("update ticket_fields set required = 1 where id = '{field}'");
        self.look().await.execute(AssertSqlSafe(more)).await.unwrap();
    }

    /// A ticket opened by hand, of a group and a subject.
    pub async fn opens_ticket(&self, who: &str, group: &str, subject: &str) -> Ticket {
        let changes = vec![Change::Subject(subject.into())];
        self.desk.new_ticket(self.agent(who), &self.new_ticket(group, changes)).await.unwrap()
    }

    pub fn new_ticket(&self, group: &str, changes: Vec<Change>) -> NewTicket {
        let (group, customer, note) = (group.into(), "Ana Belmonte".into(), String::new());
        NewTicket { id: self.id(), group, customer, of_ticket: None, changes, note }
    }

    /// He saves a ticket with these changes.
    pub async fn changes(&self, who: &str, ticket: &Ticket, changes: Vec<Change>) -> Result<Ticket, Error> {
        let act = TicketAct::Save { changes, note: String::new() };
        self.desk.save_ticket(self.agent(who), &ticket.id, &self.id(), &act).await
    }

    /// Returns when all words of tickets can be found.
    pub async fn until_indexed(&self) {
        self.until("select count(*) from tickets_to_index", 0).await;
    }

    /// Returns when the database counts so.
    pub async fn until(&self, sql: &str, many: i64) {
        let until = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while self.count(sql).await != many {
            assert!(std::time::Instant::now() < until, "it was never {many}: {sql}");
            tokio::task::yield_now().await;
        }
    }

    /// A new id, later than all before.
    pub fn id(&self) -> String {
        let n = self.last.fetch_add(1, Ordering::Relaxed);
        let mut random = [0; 10];
        random[..4].copy_from_slice(&n.to_be_bytes());
        domain::id::new(self.desk.now(), &random)
    }

    /// A customer presses the start button and his widget listens.
    pub async fn starts(&mut self, name: &str, group: &str) -> String {
        let chat = self.sends_the_form(name, group).await;
        self.comes(name).await;
        chat
    }

    /// A customer presses the start button, and nothing else.
    pub async fn sends_the_form(&self, name: &str, group: &str) -> String {
        let open = self.form(name, group);
        self.desk.open_chat(&self.token(name), &open).await.unwrap();
        open.id
    }

    /// As [`World::starts`], in the application that asks for a name alone.
    pub async fn starts_without_address(&mut self, name: &str) -> String {
        let open = Open { key: desk::demo::CATALOGUE_KEY.into(), ..self.form(name, "choose") };
        self.desk.open_chat(&token(name), &open).await.unwrap();
        self.comes(name).await;
        open.id
    }

    /// His console follows a chat.
    pub async fn follows(&mut self, who: &str, chat: &str) {
        self.ears.get_mut(who).unwrap().follow(chat).await.unwrap();
    }

    /// He opens the monitor, or closes it.
    pub fn monitors(&mut self, who: &str, open: bool) -> Result<(), Error> {
        self.ears.get_mut(who).unwrap().monitor(open)
    }

    /// He has it before his eyes up to there; answers with what only he is told.
    pub async fn has_read(&self, who: &str, chat: &str, seq: u32) -> Option<Read> {
        self.tries_to_read(who, chat, seq).await.unwrap()
    }

    pub async fn tries_to_read(&self, who: &str, chat: &str, seq: u32) -> Result<Option<Read>, Error> {
        self.ears[who].read(chat, seq).await
    }

    pub fn form(&self, name: &str, group: &str) -> Open {
        let answer =
            |key: &str, value: &str| FormAnswer { key: key.into(), value: value.into(), ..FormAnswer::default() };
        Open {
            id: self.id(),
            key: SHOP_KEY.into(),
            group: group.into(),
            answers: vec![answer("name", name), answer("email", "ana@correo.example")],
            page: "http://shop.example/lampara".into(),
            lang: "es".into(),
            attributes: Vec::new(),
            related: None,
        }
    }

    /// An offline message of hers, for *returns*.
    pub fn message(&self, name: &str, text: &str) -> Offline {
        Offline { open: self.form(name, "returns"), text: text.into(), website: String::new() }
    }

    /// Sets a part of the shop's settings, as an operator would.
    pub async fn sets(&self, change: impl FnOnce(&mut domain::application::Settings)) {
        let (mut settings, revision) = desk::application::settings(&self.settings.database, SHOP_KEY).await.unwrap();
        change(&mut settings);
        desk::application::set(&self.settings.database, SHOP_KEY, revision, &settings).await.unwrap();
    }

    /// Sets the parameters, as an operator would.
    pub async fn sets_parameters(&self, parameters: Parameters) {
        let before = desk::parameters::parameters(&self.settings.database).await.unwrap();
        desk::parameters::set(&self.settings.database, &before, &parameters).await.unwrap();
    }

    /// Sets a group, as an operator would.
    pub async fn sets_group(&self, group: &str, settings: &domain::group::Settings) -> Result<(), NotSet> {
        let before = desk::distribution::settings(&self.settings.database, group).await?;
        desk::distribution::set(&self.settings.database, group, &before, settings).await
    }

    pub async fn caller(&self, who: &str) -> Caller {
        match self.staff.get(who) {
            Some(signed) => Caller::Agent(signed.agent.clone()),
            None => Caller::Visitor(self.desk.visitor(&self.token(who)).await.unwrap()),
        }
    }

    pub async fn does(&self, who: &str, chat: &str, act: Act) -> Result<Vec<Told>, Error> {
        let wish = Wish { id: self.id(), act };
        self.desk.act(&self.caller(who).await, chat, &wish).await
    }

    pub async fn says(&self, who: &str, chat: &str, text: &str) -> Vec<Told> {
        self.does(who, chat, Act::Post { text: text.into() }).await.unwrap()
    }

    /// His socket opens.
    pub async fn comes(&mut self, who: &str) {
        let ear = self.desk.listen(&self.caller(who).await).await.unwrap();
        self.ears.insert(who.into(), ear);
        self.settle().await;
    }

    /// His last socket is gone.
    pub async fn leaves(&mut self, who: &str) {
        drop(self.ears.remove(who));
        self.settle().await;
    }

    pub async fn wait(&self, span: Span) {
        self.clock.advance(span);
        self.settle().await;
    }

    /// Returns when the keeper has seen everything that happened until now.
    pub async fn settle(&self) {
        self.desk.check().await.unwrap();
    }

    /// The server is stopped, and started again after a while.
    pub async fn restart(&mut self, down: Span) {
        self.ears.clear();
        self.desk.stop().await;
        self.clock.advance(down);
        self.desk = Desk::open(self.settings.clone()).await.unwrap();
    }

    /// The desk is opened again, and speaks with its database over another line.
    pub async fn speaks_over(&mut self, line: impl AsyncFnOnce(&str) -> String) {
        self.settings.database = line(&self.settings.database).await;
        self.restart(Span(0)).await;
    }

    /// What somebody hears next; for stories that know something is coming.
    pub async fn hears(&mut self, who: &str) -> Down {
        let ear = self.ears.get_mut(who).unwrap();
        let heard =
            tokio::time::timeout(std::time::Duration::from_secs(10), ear.hear()).await.expect("nothing was heard");
        match heard {
            Heard::Frame(frame) => frame.down().clone(),
            Heard::Slow => panic!("{who} was too slow"),
            Heard::Broken(error) => panic!("{error}"),
        }
    }

    /// The next thing of a kind that somebody hears.
    pub async fn hears_next<T>(&mut self, who: &str, wanted: impl Fn(&Down) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(&self.hears(who).await) {
                return found;
            }
        }
    }

    /// A chat as somebody's screen shows it after reading all of it.
    pub async fn screen(&self, who: &str, chat: &str) -> Thread {
        let mut thread = Thread::default();
        loop {
            let (seq, aside) = thread.heard();
            let page = self.desk.events(&self.caller(who).await, chat, seq, aside).await.unwrap();
            assert!(thread.hear_all(&page.told), "a page has a gap");
            if !page.more {
                return thread;
            }
        }
    }

    /// A chat as Marta sees it, who administers everything.
    pub async fn chat(&self, chat: &str) -> Chat {
        self.screen(MARTA, chat).await.chat.unwrap()
    }

    /// It stands so for exactly so long from now, and is over a moment later.
    pub async fn sees_it_end(&self, chat: &str, after: Span, stands: Stage, reason: Reason) {
        self.wait(after).await;
        assert_eq!(self.chat(chat).await.stage, stands);
        self.wait(Span(1)).await;
        assert_eq!(self.chat(chat).await.stage, Stage::Ended(reason));
    }

    pub fn folder(&self) -> &std::path::Path {
        self.settings.files.parent().unwrap()
    }

    /// A place outside of that folder.
    pub fn beside(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// A pool of one's own, to look at what is really kept.
    pub async fn look(&self) -> AnyPool {
        AnyPool::connect(&self.settings.database).await.unwrap()
    }

    /// On PostgreSQL, that is.
    pub fn is_on_a_server(&self) -> bool {
        !self.settings.database.starts_with("sqlite:")
    }

    pub async fn count(&self, sql: &str) -> i64 {
        self.look().await.fetch_one(AssertSqlSafe(sql.to_string())).await.unwrap().try_get(0).unwrap()
    }
}

/// The first length that is more than this.
pub fn just_over(span: Span) -> Span {
    Span(span.0 + 1)
}

/// A browser's token: 43 characters of its own making, here from a name.
pub fn token(name: &str) -> String {
    format!("{name:-<43}").chars().take(43).collect()
}

/// The one that it makes to be proved with.
pub fn fresh(name: &str) -> String {
    token(&format!("{name}-again"))
}

/// A fresh database on the server that the runner started.
pub async fn postgres(server: &str) -> String {
    sqlx::any::install_default_drivers();
    let name = format!("story_{}", domain::id::new(START, &unique()));
    let pool = AnyPool::connect(server).await.unwrap();
    pool.execute(AssertSqlSafe(format!("create database {name}"))).await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

fn unique() -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..4].copy_from_slice(&std::process::id().to_be_bytes());
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos();
    bytes[4..8].copy_from_slice(&nanos.to_be_bytes());
    bytes
}
