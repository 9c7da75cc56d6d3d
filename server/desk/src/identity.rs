//! Who a site says its customer is: the keys it signs with, and what is believed of what it signed.
//!
//! The signed form is a JWT. It is read here and not by a library for it: what is left of one, when each key
//! says its own algorithm and time is an argument, is to split a text at its dots; the signatures are ring's,
//! which compares in constant time.

use crate::audit::{self, Note};
use crate::database::{Database, can_hold};
use crate::keeper::{Got, Want};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold_as};
use crate::vault::Vault;
use crate::{Answer, Clock, Desk, Error, Fault, Visitor, application, random, visitor};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use domain::audit::Kind;
use domain::identity::{Attribute, Claims, Related, TOKEN_LIMIT};
use domain::key::PUBLIC_LIMIT;
use domain::person::Agent;
use domain::wire::{Identify, Known};
use domain::{Refusal, Span, Time, id, text};
use ring::{hmac, signature};
use serde::Deserialize;
use sqlx::{AnyConnection, AnyPool, Row};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

pub use domain::key::{Added, Algorithm, KEYS_LIMIT, Key};

/// So long nothing is written down of another use of the same key.
const QUIET: Span = Span::secs(60);

/// So long whoever added a key is told the same again, where he did not hear it.
const AGAIN: Span = Span::minutes(5);

/// Who changes the keys.
enum By<'a> {
    Agent(&'a Signed, &'a Whence),
    Operator,
}

impl By<'_> {
    /// He still may, at the head of the transaction that he changes something in.
    async fn holds(&self, conn: &mut AnyConnection) -> Answer<()> {
        match self {
            By::Agent(signed, _) => Ok(administers(&hold_as(conn, signed).await?)?),
            By::Operator => Ok(()),
        }
    }

    fn note(&self, kind: Kind, id: &str) -> Note {
        match self {
            By::Agent(signed, from) => Note::by(&signed.agent.face.id, kind).from(from),
            By::Operator => Note::by_operator(kind),
        }
        .about_thing(id)
    }
}

/// The keys of all applications.
#[derive(Clone)]
pub struct Keys {
    database: Database,
    vault: Vault,
    clock: Clock,
    /// When the use of a key was written down last.
    noted: Arc<Mutex<HashMap<String, Time>>>,
}

impl Keys {
    pub fn new(database: Database, vault: Vault, clock: Clock) -> Keys {
        Keys { database, vault, clock, noted: Arc::default() }
    }

    /// The keys alone, beside a program that may be running: for the command line.
    /// The key of the house is in this folder, and made there if it was not.
    pub async fn open(database: &str, data: &Path, clock: Clock) -> Result<Keys, Fault> {
        // None is made beside what is not ours.
        let database = Database::open_as_it_is(database).await?;
        match Vault::in_folder(data) {
            Ok(vault) => Ok(Keys::new(database, vault, clock)),
            Err(why) => {
                database.close().await;
                Err(why)
            }
        }
    }

    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Makes a secret, or takes the public half of a key that the site has made. By an operator.
    pub async fn add(&self, application: &str, algorithm: Algorithm, public: Option<&str>) -> Answer<Added> {
        let application = application::id_of(&self.database.reader, application).await?;
        let id = random::id(self.clock.now())?;
        self.add_by(&By::Operator, &application, id, algorithm, public).await
    }

    async fn add_by(
        &self,
        by: &By<'_>,
        application: &str,
        id: String,
        algorithm: Algorithm,
        public: Option<&str>,
    ) -> Answer<Added> {
        let made = match (algorithm, public) {
            (Algorithm::Hs256, None) => Some(BASE64_URL_SAFE_NO_PAD.encode(random::bytes::<32>()?)),
            (Algorithm::EdDsa, Some(_)) => None,
            _ => return Err(Refusal::Malformed.into()),
        };
        self.keep(by, application, id, algorithm, public, made).await
    }

    /// With a secret that everybody may read: for the demo.
    pub(crate) async fn add_known(&self, application: &str, secret: &str) -> Answer<Added> {
        let application = application::id_of(&self.database.reader, application).await?;
        let id = random::id(self.clock.now())?;
        self.keep(&By::Operator, &application, id, Algorithm::Hs256, None, Some(secret.into())).await
    }

    async fn keep(
        &self,
        by: &By<'_>,
        application: &str,
        id: String,
        algorithm: Algorithm,
        public: Option<&str>,
        secret: Option<String>,
    ) -> Answer<Added> {
        let now = self.clock.now();
        let material = match (&secret, public) {
            (Some(secret), _) => self.vault.close(secret.as_bytes(), &used_for(&id))?,
            (None, Some(public)) => {
                let short = Some(public).filter(|public| public.len() <= PUBLIC_LIMIT);
                let public = short.and_then(public_half);
                random::hex(&public.ok_or(Refusal::FieldWrong { field: "public".into() })?)
            }
            (None, None) => return Err(Refusal::Malformed.into()),
        };
        let mut tx = self.database.begin().await?;
        by.holds(&mut tx).await?;
        // Of two at once the second waits here, and counts the key of the first.
        let held = sqlx::query("update applications set revision = revision where id = $1 and retired_at is null")
            .bind(application)
            .execute(&mut *tx)
            .await?;
        if held.rows_affected() == 0 {
            return Err(Refusal::NotYours.into());
        }
        if let Some(added) = self.added_before(&mut tx, by, application, &id, algorithm).await? {
            return Ok(added);
        }
        let hold = sqlx::query("select count(*) from identity_keys where application_id = $1 and revoked_at is null")
            .bind(application)
            .fetch_one(&mut *tx)
            .await?;
        if hold.try_get::<i64, _>(0)? >= KEYS_LIMIT as i64 {
            return Err(Refusal::Full { limit: KEYS_LIMIT as u32 }.into());
        }
        sqlx::query(
            "insert into identity_keys (id, application_id, algorithm, material, created_at) values ($1, $2, $3, $4, $5)",
        )
        .bind(id.as_str())
        .bind(application)
        .bind(algorithm.word())
        .bind(material)
        .bind(now.0)
        .execute(&mut *tx)
        .await?;
        audit::append(&mut tx, now, &[by.note(Kind::KeyAdded, &id)]).await?;
        tx.commit().await?;
        Ok(Added { id, secret })
    }

    /// The answer once more, for who made it and did not hear it. Anybody else, or later, is told no secret: the id is
    /// one that is there.
    async fn added_before(
        &self,
        conn: &mut AnyConnection,
        by: &By<'_>,
        application: &str,
        id: &str,
        algorithm: Algorithm,
    ) -> Answer<Option<Added>> {
        let row = sqlx::query(
            "select algorithm, material, application_id, created_at, revoked_at, \
             (select who from audit where about = identity_keys.id and kind = 'key-added') from identity_keys where id = $1",
        )
        .bind(id)
        .fetch_optional(conn)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let his = match by {
            By::Agent(signed, _) => row.try_get::<Option<&str>, _>(5)? == Some(signed.agent.face.id.as_str()),
            By::Operator => false,
        };
        let fresh = self.clock.now() < Time(row.try_get(3)?) + AGAIN && row.try_get::<Option<i64>, _>(4)?.is_none();
        let same = kept_algorithm(row.try_get(0)?)? == algorithm;
        if !his || !fresh || !same || row.try_get::<&str, _>(2)? != application {
            return Err(Refusal::NotYours.into());
        }
        let secret = match algorithm {
            Algorithm::Hs256 => {
                let secret = self.vault.open(row.try_get(1)?, &used_for(id))?;
                Some(String::from_utf8(secret).map_err(|_| Fault::new("a kept secret is no text"))?)
            }
            Algorithm::EdDsa => None,
        };
        Ok(Some(Added { id: id.into(), secret }))
    }

    /// From now on nothing that it signed is believed (S76).
    pub async fn revoke(&self, application: &str, id: &str) -> Answer<()> {
        let application = application::id_of(&self.database.reader, application).await?;
        match self.revoke_by(&By::Operator, &application, id).await? {
            true => Ok(()),
            false => Err(Refusal::NotYours.into()),
        }
    }

    /// False: it was revoked before.
    async fn revoke_by(&self, by: &By<'_>, application: &str, id: &str) -> Answer<bool> {
        if !can_hold(id) {
            return Err(Refusal::NotYours.into());
        }
        let (mut tx, now) = (self.database.begin().await?, self.clock.now());
        by.holds(&mut tx).await?;
        let done = sqlx::query(
            "update identity_keys set revoked_at = $1 where id = $2 and application_id = $3 and revoked_at is null",
        )
        .bind(now.0)
        .bind(id)
        .bind(application)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            let there = sqlx::query("select 1 from identity_keys where id = $1 and application_id = $2")
                .bind(id)
                .bind(application)
                .fetch_optional(&mut *tx)
                .await?;
            return if there.is_some() { Ok(false) } else { Err(Refusal::NotYours.into()) };
        }
        audit::append(&mut tx, now, &[by.note(Kind::KeyRevoked, id)]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// What a token says, when one of the application's keys signed it and it holds now.
    pub async fn read(&self, application: &str, jwt: &str) -> Answer<Claims> {
        let doubted = |why: &str| {
            // The token is not written down: whoever reads the log could use it.
            tracing::info!(application, why, "an identity was refused");
            Error::Refused(Refusal::IdentityRefused)
        };
        let Some(token) = Token::read(jwt) else { return Err(doubted("it is no token of two known kinds")) };
        let rows = sqlx::query(
            "select k.id, k.algorithm, k.material from identity_keys k join applications a on a.id = k.application_id \
             where a.key = $1 and a.retired_at is null and k.revoked_at is null order by k.id desc",
        )
        .bind(if can_hold(application) { application } else { "" })
        .fetch_all(&self.database.reader)
        .await?;
        let mut signed = None;
        for row in rows {
            let id: String = row.try_get(0)?;
            let meant = token.key.as_ref().is_none_or(|key| *key == id);
            let could = meant && kept_algorithm(row.try_get(1)?)? == token.algorithm;
            if could && self.is_signed(&token, &id, row.try_get(2)?)? {
                signed = Some(id);
            }
        }
        let Some(id) = signed else {
            return Err(doubted("none of the application's keys signed it"));
        };
        let Some(claims) = token.claims() else { return Err(doubted("its claims do not read")) };
        claims.check(application, self.clock.now()).map_err(|doubt| {
            tracing::info!(application, why = ?doubt, "an identity was refused");
            doubt.refusal()
        })?;
        self.note_use(id);
        Ok(claims)
    }

    /// Who is proved is so, whether it can be written down or not: he waits for it no more than for anybody else who
    /// writes.
    fn note_use(&self, id: String) {
        let now = self.clock.now();
        {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted.get(&id).is_some_and(|at| now < *at + QUIET) {
                return;
            }
            noted.insert(id.clone(), now);
        }
        let writer = self.database.writer.clone();
        tokio::spawn(async move {
            let done = sqlx::query(
                "update identity_keys set used_at = $1 where id = $2 and (used_at is null or used_at < $1)",
            )
            .bind(now.0)
            .bind(id)
            .execute(&writer)
            .await;
            if let Err(error) = done {
                tracing::warn!("that a key was used was not written down: {error}");
            }
        });
    }

    fn is_signed(&self, token: &Token, id: &str, material: &str) -> Result<bool, Fault> {
        Ok(match token.algorithm {
            Algorithm::Hs256 => {
                let secret = self.vault.open(material, &used_for(id))?;
                let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
                hmac::verify(&key, token.signed.as_bytes(), &token.signature).is_ok()
            }
            Algorithm::EdDsa => {
                let public = random::unhex(material).ok_or_else(|| Fault::new("a public key is not hex"))?;
                let key = signature::UnparsedPublicKey::new(&signature::ED25519, public);
                key.verify(token.signed.as_bytes(), &token.signature).is_ok()
            }
        })
    }
}

/// All keys of an application, the oldest first, beside a program that may be running: for the command line. None is
/// opened, and nothing is made for it.
pub async fn list(database: &str, application: &str) -> Answer<Vec<Key>> {
    let database = Database::read(database).await?;
    let listed = match application::id_of(&database.reader, application).await {
        Ok(id) => keys_of(&database.reader, &id).await,
        Err(why) => Err(why),
    };
    database.close().await;
    listed
}

async fn keys_of(on: &AnyPool, application: &str) -> Answer<Vec<Key>> {
    let rows = sqlx::query(
        "select id, algorithm, created_at, revoked_at, used_at from identity_keys where application_id = $1 order by created_at, id",
    )
    .bind(application)
    .fetch_all(on)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Key {
                id: row.try_get(0)?,
                algorithm: kept_algorithm(row.try_get(1)?)?,
                created_at: Time(row.try_get(2)?),
                revoked_at: row.try_get::<Option<i64>, _>(3)?.map(Time),
                used_at: row.try_get::<Option<i64>, _>(4)?.map(Time),
            })
        })
        .collect()
}

/// A sealed secret opens as the key it was made for, and as no other.
pub(crate) fn used_for(id: &str) -> String {
    format!("identity {id}")
}

fn kept_algorithm(word: &str) -> Result<Algorithm, Fault> {
    Algorithm::of(word).ok_or_else(|| Fault::new("a kept key has an unknown algorithm"))
}

/// The 32 bytes of an Ed25519 public key: in PEM, as openssl writes it, or bare in base64.
fn public_half(text: &str) -> Option<Vec<u8>> {
    /// What RFC 8410 puts before them.
    const BEFORE: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let inner: String = text.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    let bytes = BASE64_STANDARD.decode(&inner).or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(&inner)).ok()?;
    let key = bytes.strip_prefix(&BEFORE).unwrap_or(&bytes);
    (key.len() == 32).then(|| key.to_vec())
}

/// A token, taken apart.
struct Token<'a> {
    algorithm: Algorithm,
    /// The key that it names.
    key: Option<String>,
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    /// Something that must be understood, and is not.
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Payload {
    sub: String,
    aud: Audience,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    attributes: BTreeMap<String, serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Token<'_> {
    fn read(jwt: &str) -> Option<Token<'_>> {
        if jwt.len() > TOKEN_LIMIT {
            return None;
        }
        let (signed, signature) = jwt.rsplit_once('.')?;
        let (head, payload) = signed.split_once('.')?;
        // Strict: of two texts of the same bytes, only one is read.
        let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).ok();
        let head: Head = serde_json::from_slice(&bytes(head)?).ok()?;
        if head.crit.is_some() {
            return None;
        }
        let algorithm = Algorithm::of(&head.alg)?;
        Some(Token { algorithm, key: head.kid, signed, payload: bytes(payload)?, signature: bytes(signature)? })
    }

    fn claims(&self) -> Option<Claims> {
        let payload: Payload = serde_json::from_slice(&self.payload).ok()?;
        let said = |(key, value): (String, serde_json::Value)| {
            let value = match value {
                serde_json::Value::Null => return None,
                serde_json::Value::String(text) => text::line(&text),
                serde_json::Value::Bool(_) | serde_json::Value::Number(_) => value.to_string(),
                // A list or a table is no line; a value that is too long is refused.
                _ => return Some(None),
            };
            Some(Some(Attribute { key: text::line(&key), value, signed: true }))
        };
        Some(Claims {
            subject: payload.sub,
            name: text::line(&payload.name),
            email: text::line(&payload.email),
            audience: match payload.aud {
                Audience::One(one) => vec![one],
                Audience::Many(many) => many,
            },
            until: moment(payload.exp),
            from: payload.nbf.map(moment),
            issued: payload.iat.map(moment),
            attributes: payload.attributes.into_iter().filter_map(said).collect::<Option<_>>()?,
        })
    }
}

/// Seconds since 1970, however far: what is too far is refused by the rules.
fn moment(seconds: f64) -> Time {
    Time((seconds * 1000.0).clamp(-1e15, 1e15) as i64)
}

impl Desk {
    pub fn identity_keys(&self) -> &Keys {
        &self.0.keys
    }

    /// The keys of an application, by its id, for who administers the system; this and what follows.
    pub async fn keys(&self, agent: &Agent, application: &str) -> Answer<Vec<Key>> {
        administers(agent)?;
        let id = if can_hold(application) { application } else { "" };
        let there = sqlx::query("select 1 from applications where id = $1")
            .bind(id)
            .fetch_optional(&self.0.database.reader)
            .await?;
        there.ok_or(Refusal::NotYours)?;
        keys_of(&self.0.database.reader, id).await
    }

    /// Without a public half the secret is made here, and told this once. Whoever asks names the key, so that he may
    /// ask again.
    pub async fn add_key(
        &self,
        signed: &Signed,
        application: &str,
        id: &str,
        public: Option<&str>,
        from: &Whence,
    ) -> Answer<Added> {
        administers(&signed.agent)?;
        let application = if can_hold(application) { application } else { "" };
        let algorithm = if public.is_some() { Algorithm::EdDsa } else { Algorithm::Hs256 };
        if !id::is_sound(id) {
            return Err(Refusal::Malformed.into());
        }
        self.0.keys.add_by(&By::Agent(signed, from), application, id.to_owned(), algorithm, public).await
    }

    /// Dead at once; asked again it is so.
    pub async fn revoke_key(&self, signed: &Signed, application: &str, id: &str, from: &Whence) -> Answer<Vec<Key>> {
        administers(&signed.agent)?;
        let application = if can_hold(application) { application } else { "" };
        self.0.keys.revoke_by(&By::Agent(signed, from), application, id).await?;
        keys_of(&self.0.database.reader, application).await
    }

    /// The site proves who holds this token (S73-S78): from now on he is that person, on this device as on
    /// his others. Whoever is known already stays who he is: another person needs another token.
    pub async fn identify(&self, token: &str, proof: &Identify) -> Answer<Known> {
        let Identify { key, jwt, fresh } = proof;
        let token_hash = visitor::checked_hash(token)?;
        let fresh_hash = visitor::checked_hash(fresh).map_err(|_| Refusal::Malformed)?;
        if token_hash == fresh_hash {
            return Err(Refusal::Malformed.into());
        }
        let claims = self.0.keys.read(key, jwt).await?;
        let application = application::id_of(&self.0.database.reader, key).await?;
        let want = Want::Identify { token_hash, fresh_hash, application, claims: Box::new(claims) };
        match self.0.keeper.ask(want).await? {
            Got::Known(known) => Ok(known),
            _ => Err(Error::Broken(Fault::new("the keeper answered with something else"))),
        }
    }

    /// The tickets that a visitor may go on with: his own, not completed, and only of whom his site has
    /// identified (R18, R19). Anybody else has none, which is all that he learns.
    pub async fn related(&self, visitor: &Visitor) -> Answer<Vec<Related>> {
        let rows = sqlx::query(
            "select t.state from tickets t join customers c on c.id = t.customer_id \
             where t.customer_id = $1 and c.verified = 1 and t.status in ('New', 'InAttendance', 'Stopped') \
             and t.saved_at is not null order by t.changed_at desc, t.id desc limit 20",
        )
        .bind(visitor.customer.as_str())
        .fetch_all(&self.0.database.reader)
        .await?;
        let mut all = Vec::new();
        for row in rows {
            let ticket: domain::Ticket = serde_json::from_str(row.try_get(0)?)?;
            if ticket.may_go_on(&visitor.customer) {
                all.push(Related { id: ticket.id, number: ticket.number, subject: ticket.subject });
            }
        }
        Ok(all)
    }
}
