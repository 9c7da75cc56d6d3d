//! The second factor: set up, asked for, and switched off. The algorithm is the library's (RFC 6238); here is what is
//! kept of it, and that each code is good once.

use crate::audit::{self, Note};
use crate::database::{Database, can_hold};
use crate::session::{Signed, Whence};
use crate::{Answer, Desk, Error, Fault, agent, password, random, session};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::audit::Kind;
use domain::factor::{Factor, PAPER, Setup, TRIES, Tries, Typed, WINDOW, read, written};
use domain::{Refusal, Time};
use qrcode::QrCode;
use qrcode::render::svg::Color;
use sqlx::{AnyConnection, AnyExecutor, AnyPool, Row};
use totp_rs::{Builder, Secret, Totp};

pub use domain::factor::PATIENCE;

/// Under whose name a device lists it.
const ISSUER: &str = "Recado";
/// As long as the hash that it is used with.
const SECRET: usize = 20;
/// Of codes on paper: nothing that looks like something else.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

pub(crate) fn used_for(agent: &str) -> String {
    format!("factor {agent}")
}

fn device(secret: Vec<u8>, email: &str) -> Result<Totp, Fault> {
    let builder = Builder::new().with_secret(Secret::from(secret)).with_account_name(email).with_issuer(Some(ISSUER));
    builder.build().map_err(|why| Fault::new(format!("a second factor cannot be: {why}")))
}

/// The step whose code this is, of those that are near.
fn step_of(device: &Totp, digits: &str, now: Time) -> Option<i64> {
    let seconds = u64::try_from(now.0.div_euclid(1000)).ok()?;
    device.check(digits, seconds).and_then(|step| i64::try_from(step).ok())
}

impl Desk {
    /// A new secret for a device; it counts once a code of it was seen. Who has one switches it off first.
    pub async fn begin_factor(&self, signed: &Signed, present: &str, from: &Whence) -> Answer<Setup> {
        let proven = self.prove(signed, present, from).await?;
        let agent = signed.agent.face.id.as_str();
        let secret = random::bytes::<SECRET>()?.to_vec();
        let sealed = self.0.vault.close(&secret, &used_for(agent))?;
        let mut tx = self.0.database.begin().await?;
        proven.hold_with(&mut tx, signed).await?;
        let asked =
            sqlx::query("update agents set factor_asked = $1, factor_asked_at = $2 where id = $3 and factor is null")
                .bind(sealed)
                .bind(self.now().0)
                .bind(agent)
                .execute(&mut *tx)
                .await?;
        if asked.rows_affected() == 0 {
            return Err(Refusal::TooLate.into());
        }
        tx.commit().await?;
        let device = device(secret, &signed.email)?;
        let address =
            device.to_url().map_err(|why| Fault::new(format!("a device's address was not written: {why}")))?;
        let code = QrCode::new(address).map_err(|why| Fault::new(format!("a QR code was not drawn: {why}")))?;
        let drawing = code.render::<Color>().min_dimensions(200, 200).build();
        Ok(Setup {
            secret: device.secret().to_base32(),
            drawing: ["data:image/svg+xml;base64,", &BASE64_STANDARD.encode(drawing)].concat(),
        })
    }

    /// A code of it was seen: from now on it is asked for. Answers with the codes for paper, which are told once. All
    /// other sessions of his end (S9). What was shown longer than [`PATIENCE`] ago is too late.
    pub async fn confirm_factor(&self, signed: &Signed, code: &str, from: &Whence) -> Answer<Vec<String>> {
        let (agent, now) = (signed.agent.face.id.as_str(), self.now());
        self.may_try(agent, "code", from).await?;
        let row =
            sqlx::query("select factor_asked from agents where id = $1 and factor is null and factor_asked_at >= $2")
                .bind(agent)
                .bind(now.0 - PATIENCE.0)
                .fetch_optional(&self.0.database.reader)
                .await?;
        let sealed: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        let sealed = sealed.ok_or(Refusal::TooLate)?;
        let device = device(self.0.vault.open(&sealed, &used_for(agent))?, &signed.email)?;
        let step = match read(code) {
            Some(Typed::Digits(digits)) => step_of(&device, &digits, now),
            _ => None,
        };
        let Some(step) = step else {
            self.count(Note::by(agent, Kind::SignInFailed).from(from));
            return Err(wrong_code());
        };
        let mut tx = self.0.database.begin().await?;
        let done = sqlx::query(
            "update agents set factor = factor_asked, factor_since = $1, factor_step = $2, factor_asked = null, \
             factor_asked_at = null where id = $3 and factor is null and factor_asked = $4",
        )
        .bind(now.0)
        .bind(step)
        .bind(agent)
        .bind(sealed)
        .execute(&mut *tx)
        .await?;
        // Of two at once the second finds another secret, or none.
        if done.rows_affected() == 0 {
            return Err(Refusal::TooLate.into());
        }
        password::hold_session(&mut tx, signed).await?;
        let codes = make_paper(&mut tx, agent).await?;
        let ended = session::end_others(&mut tx, agent, &signed.session).await?;
        forget_tries(&mut *tx, agent, "code").await?;
        audit::append(&mut tx, now, &[Note::by(agent, Kind::FactorOn).from(from)]).await?;
        tx.commit().await?;
        self.tell_ended(ended);
        Ok(codes)
    }

    /// New codes for paper; the ones before are worth nothing.
    pub async fn renew_paper_codes(&self, signed: &Signed, present: &str, from: &Whence) -> Answer<Vec<String>> {
        let proven = self.prove(signed, present, from).await?;
        let agent = signed.agent.face.id.as_str();
        let mut tx = self.0.database.begin().await?;
        proven.hold_with(&mut tx, signed).await?;
        if factor_of(&mut *tx, agent).await?.is_none() {
            return Err(Refusal::TooLate.into());
        }
        let codes = make_paper(&mut tx, agent).await?;
        audit::append(&mut tx, self.now(), &[Note::by(agent, Kind::PaperCodesMade).from(from)]).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Switches it off. All other sessions of his end (S9).
    pub async fn end_factor(&self, signed: &Signed, present: &str, from: &Whence) -> Answer<()> {
        let proven = self.prove(signed, present, from).await?;
        let agent = signed.agent.face.id.as_str();
        let mut tx = self.0.database.begin().await?;
        proven.hold_with(&mut tx, signed).await?;
        if !take_off(&mut tx, agent).await? {
            return Ok(());
        }
        let ended = session::end_others(&mut tx, agent, &signed.session).await?;
        audit::append(&mut tx, self.now(), &[Note::by(agent, Kind::FactorOff).from(from)]).await?;
        tx.commit().await?;
        self.tell_ended(ended);
        Ok(())
    }

    /// The second step of a sign-in: a code of his device or of his paper, with the token of the first. Each code is good
    /// once, and few are tried (S11d). Those of paper are counted apart: who knows only the password, and guesses, does
    /// not shut out the owner with his paper. Answers with the token of a session.
    pub async fn sign_in_with_code(&self, token: &str, code: &str, from: &Whence) -> Answer<String> {
        let now = self.now();
        let row = sqlx::query(
            "select a.id, a.email, a.factor from sign_ins s join agents a on a.id = s.agent_id \
             where s.token_hash = $1 and s.created_at >= $2 and a.disabled = 0 and a.factor is not null",
        )
        .bind(random::hash(token))
        .bind(now.0 - PATIENCE.0)
        .fetch_optional(&self.0.database.reader)
        .await?
        .ok_or(Refusal::SignedOut)?;
        let (agent, email, sealed): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let typed = read(code);
        let what = if matches!(typed, Some(Typed::Paper(_))) { "paper" } else { "code" };
        self.may_try(&agent, what, from).await?;
        let device = device(self.0.vault.open(&sealed, &used_for(&agent))?, &email)?;
        let mut tx = self.0.database.begin().await?;
        let kinds: &[Kind] = match typed {
            Some(Typed::Digits(digits)) => match step_of(&device, &digits, now) {
                Some(step) if take_step(&mut tx, &agent, step).await? => &[Kind::SignedIn],
                _ => &[],
            },
            Some(Typed::Paper(code)) if take_paper(&mut tx, &agent, &code).await? => {
                &[Kind::PaperCodeUsed, Kind::SignedIn]
            }
            _ => &[],
        };
        if kinds.is_empty() {
            self.count(Note::by_nobody(Kind::SignInFailed).about_agent(&agent).from(from));
            return Err(wrong_code());
        }
        let first = sqlx::query("delete from sign_ins where token_hash = $1")
            .bind(random::hash(token))
            .execute(&mut *tx)
            .await?;
        if first.rows_affected() == 0 {
            return Err(Refusal::SignedOut.into());
        }
        forget_tries(&mut *tx, &agent, what).await?;
        let session = self.begin_session_in(&mut tx, &agent, from, kinds).await?;
        tx.commit().await?;
        Ok(session)
    }
}

fn wrong_code() -> Error {
    Refusal::FieldWrong { field: "code".into() }.into()
}

/// What there is of it.
pub async fn factor_of<'c>(on: impl AnyExecutor<'c>, agent: &str) -> Result<Option<Factor>, Fault> {
    let row = sqlx::query(
        "select factor_since, (select count(*) from paper_codes where agent_id = agents.id) from agents \
         where id = $1 and factor is not null",
    )
    .bind(agent)
    .fetch_optional(on)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let since: Option<i64> = row.try_get(0)?;
    Ok(Some(Factor {
        since: Time(since.unwrap_or_default()),
        paper: u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX),
    }))
}

/// Takes a step for good: whoever comes second, with it or with one before, is too late.
async fn take_step(conn: &mut AnyConnection, agent: &str, step: i64) -> Result<bool, Fault> {
    let taken = sqlx::query("update agents set factor_step = $1 where id = $2 and factor_step < $1")
        .bind(step)
        .bind(agent)
        .execute(conn)
        .await?;
    Ok(taken.rows_affected() == 1)
}

async fn take_paper(conn: &mut AnyConnection, agent: &str, code: &str) -> Result<bool, Fault> {
    let taken = sqlx::query("delete from paper_codes where code_hash = $1 and agent_id = $2")
        .bind(random::hash(code))
        .bind(agent)
        .execute(conn)
        .await?;
    Ok(taken.rows_affected() == 1)
}

/// New codes in the place of those before, as they are written on paper. Eighty bits each, so their hash is enough.
async fn make_paper(conn: &mut AnyConnection, agent: &str) -> Result<Vec<String>, Fault> {
    sqlx::query("delete from paper_codes where agent_id = $1").bind(agent).execute(&mut *conn).await?;
    let mut codes = Vec::with_capacity(PAPER);
    for _ in 0..PAPER {
        let random = random::bytes::<16>()?;
        let code: String = random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
        sqlx::query("insert into paper_codes (code_hash, agent_id) values ($1, $2)")
            .bind(random::hash(&code))
            .bind(agent)
            .execute(&mut *conn)
            .await?;
        codes.push(written(&code));
    }
    Ok(codes)
}

/// Nothing is left of it; whether there was any.
async fn take_off(conn: &mut AnyConnection, agent: &str) -> Result<bool, Fault> {
    // The agent first, as everywhere: two of us never wait for each other.
    let off = sqlx::query(
        "update agents set factor = null, factor_since = null, factor_asked = null, factor_asked_at = null \
         where id = $1 and factor is not null",
    )
    .bind(agent)
    .execute(&mut *conn)
    .await?;
    sqlx::query("delete from paper_codes where agent_id = $1").bind(agent).execute(conn).await?;
    Ok(off.rows_affected() == 1)
}

impl Desk {
    /// As [`may_try`]; who is kept out is written down.
    pub(crate) async fn may_try(&self, agent: &str, what: &str, from: &Whence) -> Answer<()> {
        let may = may_try(&self.0.database, agent, what, self.now()).await;
        if matches!(may, Err(Error::Refused(_))) {
            self.count(Note::by_nobody(Kind::LimitHit).about_agent(agent).from(from));
        }
        may
    }
}

/// Counts a try, or says how long to wait. One statement, so that of many at once no more get through.
async fn may_try(database: &Database, agent: &str, what: &str, now: Time) -> Answer<()> {
    let counted = sqlx::query(
        "insert into tries (agent_id, what, count, since) values ($1, $2, 1, $3) \
         on conflict (agent_id, what) do update set \
         count = case when tries.since <= $4 then 1 else tries.count + 1 end, \
         since = case when tries.since <= $4 then excluded.since else tries.since end \
         where tries.since <= $4 or tries.count < $5",
    )
    .bind(agent)
    .bind(what)
    .bind(now.0)
    .bind(now.0 - WINDOW.0)
    .bind(i64::from(TRIES))
    .execute(&database.writer)
    .await?;
    if counted.rows_affected() == 1 {
        return Ok(());
    }
    let row = sqlx::query("select count, since from tries where agent_id = $1 and what = $2")
        .bind(agent)
        .bind(what)
        .fetch_one(&database.writer)
        .await?;
    let count = u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX);
    let tries = Tries { count, since: Time(row.try_get(1)?) };
    // The rule says how long; by now it may be over.
    Err(tries.again(now).err().unwrap_or(Refusal::TooMany { seconds: 1 }).into())
}

/// It was right: nobody is punished for knowing it.
pub(crate) async fn forget_tries<'c>(on: impl AnyExecutor<'c>, agent: &str, what: &str) -> Result<(), Fault> {
    sqlx::query("delete from tries where agent_id = $1 and what = $2").bind(agent).bind(what).execute(on).await?;
    Ok(())
}

/// For who has lost his device and his paper: without it, and signed out everywhere; the hashes of his sessions. Who has
/// none is refused as too late.
pub(crate) async fn take_off_and_end(conn: &mut AnyConnection, agent: &str) -> Answer<Vec<String>> {
    if !take_off(conn, agent).await? {
        return Err(Refusal::TooLate.into());
    }
    agent::drop_link(conn, agent).await?;
    Ok(session::end_others(conn, agent, "").await?)
}

/// Whoever signs in with this address.
pub(crate) async fn id_of(conn: &mut AnyConnection, email: &str) -> Answer<String> {
    if !can_hold(email) {
        return Err(Refusal::NotYours.into());
    }
    let row = sqlx::query("select id from agents where email = $1")
        .bind(email.trim().to_lowercase())
        .fetch_optional(conn)
        .await?
        .ok_or(Refusal::NotYours)?;
    Ok(row.try_get(0)?)
}

/// Tokens of sign-ins that were begun and left, of whoever: cleared away at a start.
pub async fn tidy(on: &AnyPool, now: Time) -> Result<(), Fault> {
    sqlx::query("delete from sign_ins where created_at < $1").bind(now.0 - PATIENCE.0).execute(on).await?;
    Ok(())
}
