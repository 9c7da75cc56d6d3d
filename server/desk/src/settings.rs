//! Settings that administrators change in the console: one after the other, and never over a newer one unseen.

use crate::application::NotSet;
use crate::session::Signed;
use crate::{Answer, Error, Fault, people};
use domain::Refusal;
use domain::audit::Kind;
use domain::person::Agent;
use sqlx::{AnyConnection, Row};

/// Who administers the system, and nobody else.
pub fn administers(agent: &Agent) -> Result<(), Refusal> {
    if agent.system { Ok(()) } else { Err(Refusal::OnlyAdministrators) }
}

/// First of all in a transaction that changes settings: on every database it waits for whoever changes any right
/// now, so that what is compared with what was read is what there is.
pub async fn hold(conn: &mut AnyConnection) -> Result<(), Fault> {
    sqlx::query(
        "insert into settings (name, value) values ('changing', '') on conflict (name) do update set value = excluded.value",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The same, and who asks as he is by now: whoever was faster may have taken his rights, or signed him out.
pub async fn hold_as(conn: &mut AnyConnection, signed: &Signed) -> Answer<Agent> {
    hold(conn).await?;
    let id = signed.agent.face.id.as_str();
    let there = sqlx::query("select 1 from sessions where id = $1 and agent_id = $2")
        .bind(signed.session.as_str())
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    let agent = people::agent_in(conn, id).await?;
    Ok(agent.filter(|_| there.is_some()).ok_or(Refusal::SignedOut)?)
}

/// Says who was faster, as the log knows it; an operator, or somebody without a name, is an empty one.
pub async fn say_who<T>(conn: &mut AnyConnection, about: &str, answer: Result<T, Refusal>) -> Answer<T> {
    match answer {
        Err(Refusal::Overtaken { .. }) => {
            let by = changed_last(conn, about).await?;
            Err(Refusal::Overtaken { by }.into())
        }
        answer => answer.map_err(Error::from),
    }
}

/// The same for who sets something on the command line.
pub async fn overtaken(conn: &mut AnyConnection, about: &str) -> Result<NotSet, Fault> {
    Ok(NotSet::Overtaken(changed_last(conn, about).await?))
}

/// What they call who changed it last. Nothing: an operator did, or another program, and whoever did before is not to be
/// named for it.
async fn changed_last(conn: &mut AnyConnection, about: &str) -> Result<String, Fault> {
    let row = sqlx::query(
        "select a.name from audit l left join agents a on a.id = l.who where l.kind in ($1, $2, $3) and l.about = $4 \
         order by l.number desc limit 1",
    )
    .bind(Kind::SettingsChanged.word())
    .bind(Kind::WebhookOn.word())
    .bind(Kind::WebhookOff.word())
    .bind(about)
    .fetch_optional(conn)
    .await?;
    let name: Option<Option<String>> = row.map(|row| row.try_get(0)).transpose()?;
    Ok(name.flatten().unwrap_or_default())
}
