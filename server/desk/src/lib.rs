//! Applies the rules, remembers, tells.
//!
//! One transaction keeps what a batch of acts led to; only then does the hub tell it. Whoever
//! wants something calls a method of [`Desk`]; who may do what is decided in `domain`.

mod agent;
pub mod alarm;
pub mod alone;
pub mod api;
pub mod application;
pub mod article;
pub mod audit;
pub mod backup;
mod canned;
pub mod chat;
pub mod clock;
pub mod customer;
mod database;
pub mod demo;
pub mod distribution;
pub mod doctor;
pub mod factor;
mod fault;
pub mod file;
mod first_run;
pub mod gauge;
mod group;
pub mod history;
mod house;
pub mod hub;
pub mod identity;
pub mod indicators;
mod keeper;
pub mod knowledge;
mod lately;
mod loader;
pub mod mail;
mod mention;
mod monitor;
pub mod parameters;
mod password;
pub mod people;
pub mod portal;
mod presence;
pub mod profile;
mod queue;
mod random;
mod read;
mod retention;
mod search;
pub mod session;
mod settings;
pub mod span;
mod tag;
pub mod ticket;
mod ticket_index;
mod ticket_list;
pub mod token;
pub mod transfer;
pub mod trigger;
pub mod vault;
pub mod visitor;
pub mod webhook;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use chat::Caller;
pub use clock::Clock;
pub use database::{make_as_of, must_be_deployed};
pub use fault::{Answer, Error, Fault, fault_number};
pub use hub::{Ear, Frame, Heard};
pub use session::{First, Signed, Step, Whence};
pub use visitor::Visitor;

use database::Database;
use domain::Time;
use domain::parameters::Parameters;

/// So long a stop takes at most. Connections have ten seconds before it: together they are less than whoever takes the
/// place of a server waits for it ([`alone`]), and than a service manager does that kills it then.
const LAST: Duration = Duration::from_secs(9);

/// What a desk is opened with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// The folder for what is attached to conversations.
    pub files: PathBuf,
    pub clock: Clock,
    /// Where mail is handed in; none: nothing is ever mailed.
    pub office: Option<mail::PostOffice>,
    /// It is known where our customers find us, so that a letter can lead into the portal.
    pub links: bool,
    /// Closes the secrets that are kept.
    pub vault: vault::Vault,
    /// Where webhooks may go besides the public internet.
    pub webhook_hosts: webhook::Allowed,
    /// How long sessions last.
    pub lasts: domain::session::Lasts,
}

impl Settings {
    /// The embedded database in this folder.
    pub fn embedded(folder: impl Into<PathBuf>, clock: Clock) -> Result<Settings, Fault> {
        let folder = folder.into();
        Ok(Settings {
            database: format!("sqlite:{}", folder.join("recado.db").display()),
            files: folder.join("files"),
            clock,
            office: None,
            links: false,
            vault: vault::Vault::in_folder(&folder)?,
            webhook_hosts: webhook::Allowed::default(),
            lasts: Default::default(),
        })
    }
}

/// The desk: cheap to clone, the same for all.
#[derive(Clone)]
pub struct Desk(Arc<Inside>);

struct Inside {
    database: Database,
    clock: Clock,
    hub: hub::Hub,
    keeper: keeper::Door,
    presence: presence::Room,
    queues: queue::Teller,
    monitor: monitor::Monitor,
    visitors: visitor::Known,
    reads: read::Reads,
    mails: mail::Mails,
    links: bool,
    hooks: webhook::Hooks,
    crossings: trigger::Crossings,
    retagger: tag::Retagger,
    retention: retention::Retention,
    words: ticket_index::Indexer,
    keys: identity::Keys,
    hashing: tokio::sync::Semaphore,
    files: file::Store,
    seal: file::Seal,
    drawing: Arc<tokio::sync::Semaphore>,
    epoch: String,
    vault: vault::Vault,
    lasts: domain::session::Lasts,
    tally: audit::Tally,
    /// Which agents were shown what.
    shown: lately::Lately,
    /// Where pages of conversations ended that are not their last.
    pages: lately::Lately,
    /// The hashes of sessions that have just ended.
    ended: tokio::sync::broadcast::Sender<Arc<str>>,
    /// Whose rights have just changed; none: everybody's, or what there is to see.
    rights: tokio::sync::broadcast::Sender<Option<Arc<str>>>,
    /// As they were last looked at.
    parameters: std::sync::Mutex<Parameters>,
    /// Held by who looks: what was read earlier is put over nothing that was read later.
    following: tokio::sync::Mutex<()>,
    /// How groups hand out, as it was last looked at.
    handed_by: std::sync::Mutex<String>,
    calls: application::Calls,
    drafts: application::Drafts,
    searches: knowledge::Waiting,
}

impl Desk {
    /// Opens the database, brings its schema up to date and everybody a fresh grace (Q8), and
    /// starts the keeper. Fails with a sentence that says what is wrong.
    pub async fn open(settings: Settings) -> Result<Desk, Fault> {
        let database = Database::open(&settings.database).await?;
        let files = file::Store::open(&settings.files).await?;
        file::tidy(&files, &database.reader).await?;
        customer::sweep(&database.writer, &files).await?;
        indicators::settle(&database, false).await?;
        let parameters = parameters::read(&database.reader).await?;
        let seal = file::Seal::open(&database.writer, &settings.vault).await?;
        doctor::warn_of_seals(&database, &settings.vault).await?;
        let drawing = Arc::new(tokio::sync::Semaphore::new(file::AT_ONCE));
        let clock = settings.clock;
        clock.not_before(clock::last_kept(&database.reader).await?);
        factor::tidy(&database.writer, clock.now()).await?;
        let hub = hub::Hub::default();
        let presence = presence::Room::new(clock.clone());
        presence.allow(parameters.graces());
        let queues = queue::Teller::start(database.clone(), hub.clone(), clock.clone(), presence.clone());
        let monitor =
            monitor::Monitor::start(database.clone(), hub.clone(), clock.clone(), presence.clone(), settings.lasts);
        let visitors = visitor::Known::default();
        let words = ticket_index::Indexer::start(database.clone());
        let mails = mail::Mails::new(database.clone(), clock.clone(), settings.office);
        let hooks =
            webhook::Hooks::new(database.clone(), clock.clone(), settings.vault.clone(), settings.webhook_hosts)?;
        let keeper = {
            let (queues, presence) = (queues.clone(), presence.clone());
            let (database, clock, hub, visitors) = (database.clone(), clock.clone(), hub.clone(), visitors.clone());
            let outgoing = keeper::Outgoing { words: words.clone(), mails: mails.clone(), hooks: hooks.clone() };
            keeper::start(database, clock, hub, queues, presence, visitors, outgoing).await?
        };
        mails.start(keeper.clone())?;
        hooks.start(keeper.clone());
        let crossings = trigger::Crossings::start(database.clone(), clock.clone(), keeper.clone());
        let retagger = tag::Retagger::start(database.clone(), keeper.clone(), crossings.clone());
        let retention =
            retention::Retention::start(database.clone(), clock.clone(), keeper.clone(), files.clone(), words.clone());
        let epoch = random::id(clock.now())?;
        let hashing = tokio::sync::Semaphore::new(2);
        let reads = read::Reads::start(database.clone());
        let keys = identity::Keys::new(database.clone(), settings.vault.clone(), clock.clone());
        let tally = audit::Tally::start(database.clone(), clock.clone());
        let searches = knowledge::Waiting::start(database.clone(), clock.clone());
        Ok(Desk(Arc::new(Inside {
            database,
            clock,
            hub,
            keeper,
            presence,
            queues,
            monitor,
            visitors,
            hashing,
            files,
            seal,
            drawing,
            reads,
            mails,
            hooks,
            crossings,
            retagger,
            retention,
            words,
            keys,
            epoch,
            vault: settings.vault,
            lasts: settings.lasts,
            links: settings.links,
            tally,
            shown: Default::default(),
            pages: Default::default(),
            ended: tokio::sync::broadcast::channel(session::ENDED).0,
            rights: tokio::sync::broadcast::channel(session::ENDED).0,
            parameters: std::sync::Mutex::new(parameters),
            following: Default::default(),
            handed_by: Default::default(),
            calls: Default::default(),
            drafts: Default::default(),
            searches,
        })))
    }

    /// Lets the keeper finish what it has, then closes the database. What is not done in time, as where the database does
    /// not answer, is left as whatever kills all of us would leave it: what was acknowledged is kept.
    pub async fn stop(&self) {
        if !self.stop_within(LAST).await {
            tracing::warn!("the desk did not end in time, and is cut: what it still had to do is left");
        }
    }

    async fn stop_within(&self, patience: Duration) -> bool {
        tokio::time::timeout(patience, self.end()).await.is_ok()
    }

    async fn end(&self) {
        // First those who ask the keeper; and before him nobody who waits for the database.
        self.0.hooks.stop().await;
        self.0.mails.stop().await;
        self.0.crossings.stop().await;
        self.0.retagger.stop().await;
        self.0.retention.stop().await;
        self.0.keeper.stop().await;
        self.0.searches.stop().await;
        self.0.queues.stop().await;
        self.0.monitor.stop().await;
        self.0.words.stop().await;
        self.0.reads.stop().await;
        self.0.tally.stop().await;
        self.0.database.close().await;
    }

    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Another one after every start: a client that sees it change reads again.
    pub fn epoch(&self) -> &str {
        &self.0.epoch
    }

    /// Tries the whole path: a write that becomes durable, then a telling that is heard.
    pub async fn check(&self) -> Answer<()> {
        let mut ear = self.0.hub.listen(vec![hub::Topic::Check]);
        self.0.keeper.check().await?;
        let heard = tokio::time::timeout(Duration::from_secs(5), ear.hear()).await;
        match heard {
            Ok(Heard::Frame(_)) => Ok(()),
            _ => Err(Fault::new("what was published was not heard").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is asked of the database and not answered is not given back to it, and it closes no sooner.
    #[tokio::test]
    async fn a_stop_does_not_wait_for_a_database_that_does_not_answer() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::embedded(folder.path(), Clock::hands(Time(1_795_348_800_000))).unwrap();
        let desk = Desk::open(settings).await.unwrap();
        let unanswered = desk.0.database.reader.acquire().await.unwrap();

        let stopping = tokio::time::timeout(LAST, desk.stop_within(Duration::from_millis(100)));

        assert_eq!(stopping.await, Ok(false));
        drop(unanswered);
    }
}
