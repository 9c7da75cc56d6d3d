//! Tokens of the API: made by who administers the system, shown once, kept as a hash, and revoked at once.

use crate::audit::{self, Note};
use crate::database::{Database, can_hold};
use crate::session::{Signed, Whence};
use crate::settings::{administers, hold, hold_as};
use crate::{Answer, Desk, Error, Fault, parameters, random};
use domain::audit::Kind;
use domain::group::Named;
use domain::hours::Day;
use domain::indicators::{Moment, Zone};
use domain::person::Agent;
use domain::token::{Bearer, LIMIT, Line, Made, New, PREFIX, SHOWN, actor};
use domain::{Face, Refusal, Span, Time};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

/// How exactly the last use is written down.
const TOUCH: Span = Span::minutes(1);

const COLUMNS: &str = "select t.id, t.name, t.prefix, t.scopes, t.created_at, t.agent_id, a.name, t.expires_at, t.revoked_at, t.used_at \
     from api_tokens t left join agents a on a.id = t.agent_id";

/// Made on the command line, or by somebody who administers the system by now.
const ADMINISTERED: &str = "(t.agent_id is null or a.system = 1 and a.disabled = 0)";

fn line(row: &AnyRow) -> Result<Line, Fault> {
    let (agent, name): (Option<String>, Option<String>) = (row.try_get(5)?, row.try_get(6)?);
    let time = |column| Ok::<_, sqlx::Error>(row.try_get::<Option<i64>, _>(column)?.map(Time));
    Ok(Line {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        prefix: row.try_get(2)?,
        scopes: serde_json::from_str(row.try_get(3)?)?,
        created_at: Time(row.try_get(4)?),
        by: agent.map(|id| Face { id, name: name.unwrap_or_default() }),
        expires_at: time(7)?,
        revoked_at: time(8)?,
        used_at: time(9)?,
    })
}

/// What is good first, the newest of it before the others.
async fn lines(conn: &mut AnyConnection, now: Time) -> Result<Vec<Line>, Fault> {
    let rows = sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} order by t.created_at desc, t.id desc")))
        .fetch_all(conn)
        .await?;
    let mut all = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    all.sort_by_key(|line| !line.is_good(now));
    Ok(all)
}

async fn find(conn: &mut AnyConnection, id: &str) -> Result<Option<Line>, Fault> {
    if !can_hold(id) {
        return Ok(None);
    }
    let row =
        sqlx::query(sqlx::AssertSqlSafe(format!("{COLUMNS} where t.id = $1"))).bind(id).fetch_optional(conn).await?;
    row.as_ref().map(line).transpose()
}

/// In a transaction that holds the settings: the token is still good. Whoever was faster may have revoked it, or taken the
/// rights of who made it.
pub(crate) async fn still(conn: &mut AnyConnection, bearer: &Bearer, now: Time) -> Answer<()> {
    let row = sqlx::query(sqlx::AssertSqlSafe([COLUMNS, " where t.id = $1 and ", ADMINISTERED].concat()))
        .bind(bearer.token.id.as_str())
        .fetch_optional(conn)
        .await?;
    let found = row.as_ref().map(line).transpose()?;
    found.filter(|line| line.is_good(now)).map(|_| ()).ok_or_else(|| Refusal::SignedOut.into())
}

/// Until the end of this day on the clock of the house; none: for ever.
async fn end(conn: &mut AnyConnection, until: &str, now: Time) -> Answer<Option<Time>> {
    if until.is_empty() {
        return Ok(None);
    }
    let wrong = || Refusal::FieldWrong { field: "until".into() };
    let day = Day::try_from(until.to_owned()).map_err(|_| wrong())?;
    let zone = Zone::of(&parameters::read(conn).await?.zone).map_err(|_| wrong())?;
    let at = zone.moment(Moment { day, minute: 24 * 60 - 1 }) + Span::minutes(1);
    if at <= now { Err(wrong().into()) } else { Ok(Some(at)) }
}

/// Keeps it, and answers with its secret. One that was made under this id and never used is made anew: whoever asks
/// has not heard its secret.
async fn make(conn: &mut AnyConnection, by: Option<&Agent>, new: &New, now: Time, note: Note) -> Answer<Made> {
    let new = new.checked()?;
    if !can_hold(&new.name) {
        return Err(Refusal::Malformed.into());
    }
    let expires_at = end(&mut *conn, &new.until, now).await?;
    let secret = [PREFIX, &random::token()?].concat();
    let prefix = secret.get(..SHOWN).unwrap_or(PREFIX).to_owned();
    let by = by.map(|agent| agent.face.id.as_str());
    match find(&mut *conn, &new.id).await? {
        Some(old) => {
            let is_his = old.by.as_ref().map(|face| face.id.as_str()) == by;
            if !is_his || old.used_at.is_some() || !old.is_good(now) {
                return Err(Refusal::TooLate.into());
            }
            sqlx::query("delete from api_tokens where id = $1").bind(new.id.as_str()).execute(&mut *conn).await?;
        }
        None => {
            let good = lines(&mut *conn, now).await?.iter().filter(|line| line.is_good(now)).count();
            if good >= LIMIT {
                return Err(Refusal::Full { limit: LIMIT as u32 }.into());
            }
        }
    }
    sqlx::query(
        "insert into api_tokens (id, name, hash, prefix, scopes, created_at, agent_id, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(new.id.as_str())
    .bind(new.name.as_str())
    .bind(random::hash(&secret))
    .bind(prefix.as_str())
    .bind(serde_json::to_string(&new.scopes)?)
    .bind(now.0)
    .bind(by)
    .bind(expires_at.map(|at| at.0))
    .execute(&mut *conn)
    .await?;
    let line = find(&mut *conn, &new.id).await?.ok_or_else(|| Fault::new("a token that was kept is not there"))?;
    audit::append(conn, now, &[note.about_thing(&prefix)]).await?;
    Ok(Made { line, secret })
}

/// It is good no more, at once. Revoked twice, it stays as it was.
async fn revoke(conn: &mut AnyConnection, id: &str, now: Time, note: Note) -> Answer<()> {
    let line = find(&mut *conn, id).await?.ok_or(Refusal::NotYours)?;
    let done = sqlx::query("update api_tokens set revoked_at = $1 where id = $2 and revoked_at is null")
        .bind(now.0)
        .bind(id)
        .execute(&mut *conn)
        .await?;
    if done.rows_affected() > 0 {
        audit::append(conn, now, &[note.about_thing(&line.prefix)]).await?;
    }
    Ok(())
}

impl Desk {
    /// All of them. Only for system administrators, as what follows.
    pub async fn tokens(&self, agent: &Agent) -> Answer<Vec<Line>> {
        administers(agent)?;
        Ok(lines(&mut *self.0.database.reader.acquire().await?, self.now()).await?)
    }

    pub async fn make_token(&self, signed: &Signed, new: &New, from: &Whence) -> Answer<Made> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        let note = Note::by(&agent.face.id, Kind::TokenMade).from(from);
        let made = make(&mut tx, Some(&agent), new, self.now(), note).await?;
        tx.commit().await?;
        Ok(made)
    }

    pub async fn revoke_token(&self, signed: &Signed, id: &str, from: &Whence) -> Answer<Vec<Line>> {
        administers(&signed.agent)?;
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        administers(&agent)?;
        revoke(&mut tx, id, self.now(), Note::by(&agent.face.id, Kind::TokenRevoked).from(from)).await?;
        tx.commit().await?;
        self.tokens(&agent).await
    }

    /// Whose token this is. Asked of the database each time: what was revoked, here or on the command line, opens
    /// nothing any more; nor does what was made by somebody who does not administer the system any more.
    pub async fn bearer(&self, secret: &str) -> Answer<Bearer> {
        let sql = format!("{COLUMNS} where t.hash = $1 and {ADMINISTERED}");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(random::hash(secret))
            .fetch_optional(&self.0.database.reader)
            .await?;
        let now = self.now();
        let found = row.as_ref().map(line).transpose()?.filter(|line| line.is_good(now));
        let line = found.ok_or(Refusal::SignedOut)?;
        if line.used_at.is_none_or(|at| now - at >= TOUCH) {
            let (writer, id) = (self.0.database.writer.clone(), line.id.clone());
            // Nobody waits for it, and who asks is not refused because of it.
            tokio::spawn(async move {
                let done = sqlx::query("update api_tokens set used_at = $1 where id = $2")
                    .bind(now.0)
                    .bind(id.as_str())
                    .execute(&writer)
                    .await;
                if let Err(why) = done {
                    tracing::warn!(token = id, "when it was used last was not written down: {}", Fault::from(why));
                }
            });
        }
        let agent = actor(&line.id, &line.name);
        Ok(Bearer { token: Named { id: line.id, name: line.name }, scopes: line.scopes, agent })
    }
}

/// Tokens for whoever runs this deployment, beside a server that may run.
pub struct Tokens(Database);

impl Tokens {
    pub async fn open(database: &str) -> Result<Tokens, Fault> {
        Ok(Tokens(Database::open_as_it_is(database).await?))
    }

    /// To list them; nothing is made or revoked.
    pub async fn look(database: &str) -> Result<Tokens, Fault> {
        Ok(Tokens(Database::read(database).await?))
    }

    pub async fn close(self) {
        self.0.close().await;
    }

    pub async fn list(&self, now: Time) -> Answer<Vec<Line>> {
        Ok(lines(&mut *self.0.reader.acquire().await?, now).await?)
    }

    /// `new` needs no id.
    pub async fn make(&self, new: &New, now: Time) -> Answer<Made> {
        let new = New { id: random::id(now)?, ..new.clone() };
        let mut tx = self.0.begin().await?;
        hold(&mut tx).await?;
        let made = make(&mut tx, None, &new, now, Note::by_operator(Kind::TokenMade)).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// By its id, or by what its secret begins with where that is one alone.
    pub async fn revoke(&self, which: &str, now: Time) -> Answer<Line> {
        let all = self.list(now).await?;
        let mut found = all.into_iter().filter(|line| line.id == which || line.prefix == which);
        let (Some(line), None) = (found.next(), found.next()) else { return Err(Error::Refused(Refusal::NotYours)) };
        let mut tx = self.0.begin().await?;
        hold(&mut tx).await?;
        revoke(&mut tx, &line.id, now, Note::by_operator(Kind::TokenRevoked)).await?;
        tx.commit().await?;
        Ok(line)
    }
}
