//! Webhooks: kept with the change that they tell of, sent afterwards by a task of their own, tried again until
//! somebody takes them or they are given up. No chat ever waits for one. At least once, and always under the
//! same id.
//!
//! They go to the public internet alone, and to the hosts of his own network that the operator allows: a name
//! is resolved once, what it stands for is looked at, and that very address is connected to (S61).

pub(crate) mod subscription;

pub use subscription::{Watched, keep as keep_for_house, watch as subscriptions};

use crate::database::Database;
use crate::keeper::{Door, Want};
use crate::vault::Vault;
use crate::worker::Worker;
use crate::{Answer, Clock, Fault, random};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use domain::group::Named;
use domain::ticket::{Birth, Via};
use domain::webhook::{ANSWER_LIMIT, About, PATIENCE, Payload, WAITING, again, is_public};
use domain::{Refusal, Span, Ticket, Time};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use ring::hmac;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;
use std::io::{Error as Io, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, Notify, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tracing::Instrument;
use url::{Host, Url};

/// What a secret begins with, as Standard Webhooks has it.
const PREFIX: &str = "whsec_";
/// What stands before the id of a webhook of the house where turns are given.
const OF_HOUSE: &str = "house ";
/// So many triggers send at once, each one after the other; and so many beside them whose receivers hang.
const AT_ONCE: usize = 16;
/// The most that one trigger sends before another has its turn; to who hangs, all of it at once.
const TURN: i64 = 20;
/// The most that is read of an answer before its body, in bytes.
const HEAD_LIMIT: usize = 16 * 1024;
/// The most addresses of one name that are tried.
const ADDRESSES: usize = 4;
/// What was taken or given up is kept without its words for so long, for who looks for it.
const KEPT: Span = Span::hours(24 * 7);
/// What it answered counts; how long the rest of its answer is read, so that nobody is hung up on who speaks.
const COURTESY: Duration = Duration::from_secs(1);
/// After a fault they are looked through again this much later.
const PAUSE: Span = Span::secs(5);

/// Hosts of the operator's own network that webhooks may go to, also without TLS: `host` or `host:port`.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Vec<(String, Option<u16>)>);

impl Allowed {
    /// None: one of them is no host.
    pub fn read(hosts: &[String]) -> Option<Allowed> {
        let one = |text: &String| {
            let url = Url::parse(&["http://", text.trim(), "/"].concat()).ok()?;
            let plain =
                url.username().is_empty() && url.password().is_none() && url.path() == "/" && url.query().is_none();
            // The parser leaves out the port that it takes for granted.
            let port = text.trim().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
            Some((url.host_str()?.to_owned(), url.port().or(port))).filter(|_| plain)
        };
        hosts.iter().map(one).collect::<Option<_>>().map(Allowed)
    }

    fn holds(&self, host: &str, port: u16) -> bool {
        self.0.iter().any(|(name, only)| name == host && only.is_none_or(|only| only == port))
    }
}

/// Where one goes.
#[derive(Clone, Debug)]
pub struct Target {
    url: Url,
    port: u16,
    /// The operator allows this host, wherever it is.
    allowed: bool,
}

impl Target {
    /// None: not an address of the web, or one that leads where no webhook goes. Of a name it says nothing
    /// about what that stands for: that is seen when it is connected to.
    pub fn read(url: &str, allowed: &Allowed) -> Option<Target> {
        let url = Url::parse(url).ok()?;
        let port = url.port_or_known_default()?;
        let allowed = allowed.holds(url.host_str()?, port);
        let is_web = url.scheme() == "https" || url.scheme() == "http" && allowed;
        let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let target = Target { url, port, allowed };
        let leads_outside = target.literal().is_none_or(|address| target.may_reach(address));
        (is_web && is_plain && leads_outside && port != 0).then_some(target)
    }

    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Its host, for people; an unusual port with it.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    fn literal(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
            Host::Domain(_) => None,
        }
    }

    fn may_reach(&self, address: IpAddr) -> bool {
        self.allowed || is_public(address)
    }

    /// Connects to what its name stands for, which is asked once: whoever answers otherwise afterwards is not
    /// asked again. One address that is none of the public internet, and it is not trusted at all.
    async fn connect(
        &self,
        lookup: impl AsyncFnOnce(&str, u16) -> Result<Vec<SocketAddr>, Io>,
    ) -> Result<TcpStream, Io> {
        let addresses = match self.literal() {
            Some(address) => vec![SocketAddr::new(address, self.port)],
            None => lookup(self.url.host_str().unwrap_or_default(), self.port).await?,
        };
        if addresses.iter().any(|address| !self.may_reach(address.ip())) {
            return Err(Io::new(ErrorKind::PermissionDenied, "it leads into a network that is not public"));
        }
        let mut why = Io::new(ErrorKind::NotFound, "its name stands for nothing");
        for address in addresses.into_iter().take(ADDRESSES) {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => why = error,
            }
        }
        Err(why)
    }
}

async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Io> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// With this status.
    Taken(u16),
    /// With this status; none: there was no answer.
    NotTaken(Option<u16>),
    /// For as long as one waits there was no answer.
    Hung,
    /// It says that it will never take one again.
    Gone,
}

impl Outcome {
    /// What was answered, if anything was.
    fn status(self) -> Option<u16> {
        match self {
            Outcome::Taken(status) => Some(status),
            Outcome::NotTaken(status) => status,
            Outcome::Hung => None,
            Outcome::Gone => Some(StatusCode::GONE.as_u16()),
        }
    }
}

/// One as it goes out.
struct Post<'p> {
    id: &'p str,
    body: &'p str,
    at: Time,
}

/// Sends one, and tells nobody why it was not taken. Answers within [`PATIENCE`].
async fn send(connector: &TlsConnector, target: &Target, secret: &[u8], post: &Post<'_>) -> Outcome {
    let patience = Duration::from_millis(PATIENCE.0.unsigned_abs());
    let heard = OnceLock::new();
    let span = crate::span!("webhook", otel.kind = "client");
    // Whatever becomes of the line after its status came: the status is the answer.
    let said = tokio::time::timeout(patience, say(connector, target, secret, post, &heard));
    let in_time = said.instrument(span).await;
    match heard.get() {
        Some(status) if status.is_success() => Outcome::Taken(status.as_u16()),
        Some(&StatusCode::GONE) => Outcome::Gone,
        // Also where it says that it has moved: what is behind another address was not looked at.
        Some(status) => Outcome::NotTaken(Some(status.as_u16())),
        None if in_time.is_err() => Outcome::Hung,
        None => Outcome::NotTaken(None),
    }
}

/// Sends these one after the other, the oldest first. To a receiver that hangs the rest goes at once: one by one he
/// would be waited for so long that most of it missed its time, and he is to be tried by the same plan as who says no.
/// `hung`: he did in his last turn. Does he now?
async fn in_turn<F>(ids: Vec<String>, hung: bool, send: impl Fn(String) -> F) -> Answer<bool>
where
    F: Future<Output = Answer<Option<Outcome>>> + Send + 'static,
{
    let (mut ids, mut hangs) = (ids.into_iter(), hung);
    while !hangs {
        let Some(id) = ids.next() else { return Ok(false) };
        hangs = send(id).await? == Some(Outcome::Hung);
    }
    let (mut rest, mut broken) = (JoinSet::new(), None);
    ids.for_each(|id| drop(rest.spawn(send(id))));
    while let Some(sent) = rest.join_next().await {
        match sent.unwrap_or_else(|why| Err(Fault::new(format!("a webhook was not sent: {why}")).into())) {
            Ok(outcome) => hangs &= outcome.is_none_or(|outcome| outcome == Outcome::Hung),
            Err(error) => broken = Some(error),
        }
    }
    broken.map_or(Ok(hangs), Err)
}

/// Whose turn it is: each has one after the other, and nobody waits for another that hangs.
#[derive(Default)]
struct Round {
    /// Whose it is now, and whether he hung in his last.
    busy: HashMap<String, bool>,
    /// Who had one, as the how many-th of all, and whether he hung in it.
    had: HashMap<String, (u64, bool)>,
    count: u64,
}

impl Round {
    /// Who had none for longest comes first.
    fn order(&self, all: &mut [(String, Time)]) {
        all.sort_by_key(|(of, due)| (self.had.get(of).map_or(0, |(turn, _)| *turn), *due));
    }

    fn is_busy(&self, of: &str) -> bool {
        self.busy.contains_key(of)
    }

    /// Gives him his turn, and says whether he hung in his last. None: there is no place; those who hang have their own.
    fn begins(&mut self, of: &str) -> Option<bool> {
        let hung = self.had.get(of).is_some_and(|(_, hung)| *hung);
        let taken = self.busy.values().filter(|one| **one == hung).count();
        (taken < AT_ONCE).then(|| {
            self.busy.insert(of.into(), hung);
            hung
        })
    }

    fn ends(&mut self, of: String, hung: bool) {
        self.busy.remove(&of);
        self.count += 1;
        self.had.insert(of, (self.count, hung));
    }
}

async fn say(
    connector: &TlsConnector,
    target: &Target,
    secret: &[u8],
    post: &Post<'_>,
    heard: &OnceLock<StatusCode>,
) -> Result<(), Io> {
    let stream = target.connect(resolve).await?;
    if target.url.scheme() == "http" {
        return talk(stream, target, secret, post, heard).await;
    }
    let name = match target.literal() {
        Some(address) => ServerName::from(address),
        None => ServerName::try_from(target.url.host_str().unwrap_or_default().to_owned()).map_err(Io::other)?,
    };
    talk(connector.connect(name, stream).await?, target, secret, post, heard).await
}

async fn talk<S>(
    stream: S,
    target: &Target,
    secret: &[u8],
    post: &Post<'_>,
    heard: &OnceLock<StatusCode>,
) -> Result<(), Io>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(HEAD_LIMIT).handshake(TokioIo::new(stream)).await.map_err(Io::other)?;
    let (path, seconds) = (&target.url[url::Position::BeforePath..], (post.at.0 / 1000).to_string());
    let request = Request::post(path)
        .header(header::HOST, target.host())
        .header(header::USER_AGENT, "Recado")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONNECTION, "close")
        .header("webhook-id", post.id)
        .header("webhook-timestamp", &seconds)
        .header("webhook-signature", signature(secret, post.id, &seconds, post.body))
        .body(Full::new(Bytes::from(post.body.to_owned())))
        .map_err(Io::other)?;
    let answer = async move {
        let response = sender.send_request(request).await.map_err(Io::other)?;
        let _ = heard.set(response.status());
        let (mut body, mut read) = (response.into_body(), 0);
        let rest = async {
            while read < ANSWER_LIMIT
                && let Some(Ok(frame)) = body.frame().await
            {
                read += frame.data_ref().map_or(0, Bytes::len);
            }
        };
        let _ = tokio::time::timeout(COURTESY, rest).await;
        Ok(())
    };
    tokio::pin!(connection);
    tokio::pin!(answer);
    // Dropped with the answer: nothing goes on behind it.
    tokio::select! {
        said = &mut answer => said,
        ended = &mut connection => match ended {
            Ok(()) => answer.await,
            Err(why) => Err(Io::other(why)),
        },
    }
}

/// As Standard Webhooks has it: version, and HMAC-SHA256 of id, time and body.
fn signature(secret: &[u8], id: &str, seconds: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, [id, ".", seconds, ".", body].concat().as_bytes());
    ["v1,", &BASE64_STANDARD.encode(tag.as_ref())].concat()
}

/// What is sent of a ticket.
fn payload(id: &str, at: Time, trigger: &Named, ticket: &Ticket, verified: bool, test: bool) -> Result<String, Fault> {
    let ticket = About::of(ticket, verified);
    Ok(serde_json::to_string(&Payload { id, at, test, trigger, ticket })?)
}

/// A webhook that is to be sent, with all that it will say.
pub async fn keep(
    conn: &mut AnyConnection,
    trigger: &Named,
    ticket: &Ticket,
    verified: bool,
    target: &Target,
    now: Time,
) -> Answer<Result<(), Refusal>> {
    let limit = WAITING;
    let waiting = sqlx::query(
        "select count(*) from (select 1 as one from webhooks where trigger_id = $1 and due_at is not null limit $2) as few",
    )
    .bind(trigger.id.as_str())
    .bind(limit as i64)
    .fetch_one(&mut *conn)
    .await?
    .try_get::<i64, _>(0)?;
    if waiting >= limit as i64 {
        return Ok(Err(Refusal::Full { limit: limit as u32 }));
    }
    let id = random::id(now)?;
    sqlx::query(
        "insert into webhooks (id, trigger_id, ticket_id, url, body, created_at, tries, due_at, taken_at) \
         values ($1, $2, $3, $4, $5, $6, 0, $6, null)",
    )
    .bind(id.as_str())
    .bind(trigger.id.as_str())
    .bind(ticket.id.as_str())
    .bind(target.url())
    .bind(payload(&id, now, trigger, ticket, verified, false)?)
    .bind(now.0)
    .execute(conn)
    .await?;
    Ok(Ok(()))
}

/// What is sealed for the webhooks of a trigger opens for them only.
pub(crate) fn used_for(trigger: &str) -> String {
    ["webhook ", trigger].concat()
}

/// The task that sends them.
#[derive(Clone)]
pub struct Hooks(Arc<Inside>);

struct Inside {
    database: Database,
    clock: Clock,
    vault: Vault,
    allowed: Allowed,
    connector: TlsConnector,
    wake: Notify,
    worker: Worker,
    keeper: OnceLock<Door>,
    /// Held by whoever notes what came of one: where receivers hang hundreds end at once, and the keeper is to wait
    /// behind one of them, not behind all.
    noting: Mutex<()>,
    /// Held by every turn, and by all that is under way in it.
    turns: watch::Sender<()>,
}

/// One as it is kept.
struct Kept {
    id: String,
    url: String,
    body: String,
    tries: u32,
    /// What it is signed with; none: its trigger has no webhook any more.
    sealed: Option<String>,
}

impl Hooks {
    pub fn new(database: Database, clock: Clock, vault: Vault, allowed: Allowed) -> Result<Hooks, Fault> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|why| Fault::new(format!("TLS cannot be spoken: {why}")))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Hooks(Arc::new(Inside {
            database,
            clock,
            vault,
            allowed,
            connector: TlsConnector::from(Arc::new(tls)),
            wake: Notify::new(),
            worker: Worker::default(),
            keeper: OnceLock::new(),
            noting: Mutex::new(()),
            turns: watch::Sender::new(()),
        })))
    }

    /// Begins to send; what is given up is told to the keeper.
    pub fn start(&self, keeper: Door) {
        let _ = self.0.keeper.set(keeper);
        self.0.worker.start(self.clone().run());
    }

    /// Something new is to be sent.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// What is under way is cut, and sent again after the next start, under the same id. Returns when all of it is gone.
    pub async fn stop(&self) {
        self.0.worker.stop().await;
        self.0.turns.closed().await;
    }

    /// Whoever stops them waits until this has ended, also where it is cut.
    fn held<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        let held = self.0.turns.subscribe();
        async move {
            let done = work.await;
            drop(held);
            done
        }
    }

    pub fn target(&self, url: &str) -> Result<Target, Refusal> {
        Target::read(url, &self.0.allowed).ok_or_else(|| Refusal::FieldWrong { field: "webhook".into() })
    }

    /// The host of an address that a webhook may go to.
    pub fn host(&self, url: &str) -> Result<String, Refusal> {
        self.target(url).map(|target| target.host())
    }

    /// A secret for the webhooks of this trigger, and the same sealed.
    pub fn new_secret(&self, trigger: &str) -> Result<(String, String), Fault> {
        let bytes = random::bytes::<32>()?;
        let sealed = self.0.vault.close(&bytes, &used_for(trigger))?;
        Ok(([PREFIX, &BASE64_STANDARD.encode(bytes)].concat(), sealed))
    }

    /// What the webhooks of this trigger are signed with now, for who made it and did not hear the answer.
    pub async fn secret(&self, trigger: &str) -> Result<Option<String>, Fault> {
        let row = sqlx::query("select secret from triggers where id = $1")
            .bind(trigger)
            .fetch_optional(&self.0.database.reader)
            .await?;
        let sealed = row.map(|row| row.try_get::<Option<String>, _>(0)).transpose()?.flatten();
        let open = |sealed: String| self.0.vault.open(&sealed, &used_for(trigger));
        Ok(sealed.map(open).transpose()?.map(|bytes| [PREFIX, &BASE64_STANDARD.encode(bytes)].concat()))
    }

    /// Sends one that says it is a test, at once and once. Was it taken?
    pub async fn tries(&self, trigger: &str) -> Answer<bool> {
        let row = sqlx::query("select body, secret from triggers where id = $1")
            .bind(if crate::database::can_hold(trigger) { trigger } else { "" })
            .fetch_optional(&self.0.database.reader)
            .await?
            .ok_or(Refusal::NotYours)?;
        let kept: domain::trigger::Trigger = serde_json::from_str(row.try_get(0)?)?;
        let (Some(url), Some(sealed)) = (kept.url(), row.try_get::<Option<String>, _>(1)?) else {
            return Err(Refusal::NotAsked.into());
        };
        let Ok(target) = self.target(url) else { return Ok(false) };
        let secret = self.0.vault.open(&sealed, &used_for(trigger))?;
        let at = self.0.clock.now();
        let id = random::id(at)?;
        let body = payload(&id, at, &kept.named(), &example(at), false, true)?;
        let outcome = send(&self.0.connector, &target, &secret, &Post { id: &id, body: &body, at }).await;
        Ok(matches!(outcome, Outcome::Taken(_)))
    }

    async fn run(self) {
        let mut round = Round::default();
        let mut turns: JoinSet<(String, bool)> = JoinSet::new();
        loop {
            let next = match self.look(&mut round, &mut turns).await {
                Ok(next) => next,
                Err(fault) => {
                    tracing::error!("the webhooks were not looked through: {fault}");
                    Some(self.0.clock.now() + PAUSE)
                }
            };
            tokio::select! {
                () = self.0.wake.notified() => {}
                () = self.0.clock.wait_until(next) => {}
                Some(done) = turns.join_next() => match done {
                    Ok((trigger, hung)) => round.ends(trigger, hung),
                    Err(why) => {
                        tracing::error!("webhooks were not sent: {why}");
                        // Whose turn it was is not known any more; all of them begin anew.
                        turns.shutdown().await;
                        round.busy.clear();
                    }
                },
            }
        }
    }

    /// Gives a turn to every trigger that has something due; answers when another will have.
    async fn look(&self, round: &mut Round, turns: &mut JoinSet<(String, bool)>) -> Result<Option<Time>, Fault> {
        let rows =
            sqlx::query("select trigger_id, min(due_at) from webhooks where due_at is not null group by trigger_id")
                .fetch_all(&self.0.database.reader)
                .await?;
        let now = self.0.clock.now();
        let mut next = None::<Time>;
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            all.push((row.try_get::<String, _>(0)?, Time(row.try_get(1)?)));
        }
        let of_house = self.due_of_house().await?.into_iter();
        all.extend(of_house.map(|(subscription, due)| ([OF_HOUSE, &subscription].concat(), due)));
        round.order(&mut all);
        for (trigger, due) in all {
            if round.is_busy(&trigger) {
                continue;
            }
            if due > now {
                next = Some(next.map_or(due, |next| next.min(due)));
            } else if let Some(hung) = round.begins(&trigger) {
                let hooks = self.clone();
                turns.spawn(self.held(async move {
                    let done = match trigger.strip_prefix(OF_HOUSE) {
                        Some(subscription) => hooks.turn_of_house(subscription, hung).await,
                        None => hooks.turn(&trigger, hung).await,
                    };
                    let hung = match done {
                        Ok(hung) => hung,
                        Err(error) => {
                            tracing::error!(trigger, "a webhook was not sent: {error}");
                            tokio::time::sleep(Duration::from_millis(PAUSE.0.unsigned_abs())).await;
                            hung
                        }
                    };
                    (trigger, hung)
                }));
            }
        }
        Ok(next)
    }

    /// What is due of one trigger. `hung`: its receiver did in its last turn; does he now?
    async fn turn(&self, trigger: &str, hung: bool) -> Answer<bool> {
        let database = &self.0.database;
        let rows =
            sqlx::query("select id from webhooks where trigger_id = $1 and due_at <= $2 order by due_at, id limit $3")
                .bind(trigger)
                .bind(self.0.clock.now().0)
                .bind(TURN)
                .fetch_all(&database.reader)
                .await?;
        let ids: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?;
        let hung = in_turn(ids, hung, |id| {
            let (hooks, trigger) = (self.clone(), trigger.to_owned());
            self.held(async move { hooks.send_one(&trigger, &id).await })
        });
        let hung = hung.await?;
        sqlx::query("delete from webhooks where due_at is null and created_at < $1")
            .bind(self.0.clock.now().0 - KEPT.0)
            .execute(&database.writer)
            .await?;
        Ok(hung)
    }

    /// Read when its turn comes: those before it may have taken long. Who was erased meanwhile is told of no more, and
    /// another address or secret holds at once.
    async fn send_one(&self, trigger: &str, id: &str) -> Answer<Option<Outcome>> {
        let Some(kept) = self.kept(id).await? else { return Ok(None) };
        let at = self.0.clock.now();
        let outcome = match (&kept.sealed, self.target(&kept.url)) {
            (Some(sealed), Ok(target)) => {
                let secret = self.0.vault.open(sealed, &used_for(trigger))?;
                send(&self.0.connector, &target, &secret, &Post { id: &kept.id, body: &kept.body, at }).await
            }
            // It has none any more, or goes where none may go by now.
            _ => Outcome::Gone,
        };
        self.note(&kept, at, outcome).await?;
        Ok(Some(outcome))
    }

    /// None: it is not to be sent any more.
    async fn kept(&self, id: &str) -> Result<Option<Kept>, Fault> {
        let row = sqlx::query(
            "select w.id, w.url, w.body, w.tries, t.secret from webhooks w left join triggers t on t.id = w.trigger_id \
             where w.id = $1 and w.due_at is not null",
        )
        .bind(id)
        .fetch_optional(&self.0.database.reader)
        .await?;
        let read = |row: AnyRow| -> Result<Kept, Fault> {
            Ok(Kept {
                id: row.try_get(0)?,
                url: row.try_get(1)?,
                body: row.try_get(2)?,
                tries: u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(u32::MAX),
                sealed: row.try_get(4)?,
            })
        };
        row.map(read).transpose()
    }

    /// What came of a try that began at this moment, from which on the next one is counted.
    async fn note(&self, kept: &Kept, at: Time, outcome: Outcome) -> Answer<()> {
        let _alone = self.0.noting.lock().await;
        let (now, tries) = (self.0.clock.now(), kept.tries.saturating_add(1));
        let due = match outcome {
            Outcome::Taken(_) => {
                // Its words are kept no longer than they are needed; the ticket has its own.
                sqlx::query("update webhooks set tries = $1, due_at = null, taken_at = $2, body = '' where id = $3")
                    .bind(i64::from(tries))
                    .bind(now.0)
                    .bind(kept.id.as_str())
                    .execute(&self.0.database.writer)
                    .await?;
                return Ok(());
            }
            Outcome::NotTaken(_) | Outcome::Hung => {
                let status = outcome.status();
                tracing::warn!(webhook = kept.id, status, tries, "a webhook was not taken");
                again(tries, at)
            }
            Outcome::Gone => None,
        };
        let Some(due) = due else {
            let keeper = self.0.keeper.get().ok_or_else(|| Fault::new("the webhooks were not started"))?;
            keeper.ask(Want::GiveUp { webhook: kept.id.clone(), tries }).await?;
            return Ok(());
        };
        sqlx::query("update webhooks set tries = $1, due_at = $2 where id = $3")
            .bind(i64::from(tries))
            .bind(due.0)
            .bind(kept.id.as_str())
            .execute(&self.0.database.writer)
            .await?;
        Ok(())
    }
}

/// A ticket that never was.
fn example(at: Time) -> Ticket {
    let named = |id: &str, name: &str| Named { id: id.into(), name: name.into() };
    let birth = Birth {
        number: 0,
        chat: None,
        via: Via::OfflineMessage,
        application: named("example", "Recado"),
        group: named("example", "Recado"),
        customer: named("example", "Recado"),
        subject: "Recado".into(),
        owner: None,
        message: None,
    };
    Ticket::open("example".into(), at, &birth)
}

#[cfg(test)]
mod tests;
