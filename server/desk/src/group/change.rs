//! Groups as an administrator changes them; whoever is concerned feels it at once.

use crate::audit::{self, Note};
use crate::database::{can_hold, flag, is_set};
use crate::keeper::Want;
use crate::session::{Signed, Whence};
use crate::settings::{hold_as, say_who};
use crate::{Answer, Desk, Fault, application, distribution, house};
use domain::Refusal;
use domain::audit::Kind;
use domain::group::Named;
use domain::group::change::{Change, Groups, Line, Member, Sheet};
use domain::person::Agent;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::HashMap;

/// All groups by name, retired ones too, in three statements however many they are.
async fn lines(conn: &mut AnyConnection) -> Result<Vec<Line>, Fault> {
    let mut members: HashMap<String, Vec<Member>> = HashMap::new();
    let rows = sqlx::query(
        "select m.group_id, a.id, m.attendant, m.administrator, a.chat_limit from memberships m \
         join agents a on a.id = m.agent_id where a.disabled = 0 order by m.group_id, m.place, a.name, a.id",
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in &rows {
        let limit: Option<i64> = row.try_get(4)?;
        let member = Member {
            agent: row.try_get(1)?,
            attendant: is_set(row, 2)?,
            administrator: is_set(row, 3)?,
            limit: limit.and_then(|limit| u32::try_from(limit).ok()),
        };
        members.entry(row.try_get(0)?).or_default().push(member);
    }
    let mut applications: HashMap<String, Vec<String>> = HashMap::new();
    let rows = sqlx::query("select group_id, application_id from application_groups").fetch_all(&mut *conn).await?;
    for row in &rows {
        applications.entry(row.try_get(0)?).or_default().push(row.try_get(1)?);
    }
    let rows = sqlx::query("select id, name, distribution, alarm_after, retired from groups order by name, id")
        .fetch_all(conn)
        .await?;
    let line = |row: &AnyRow| {
        let (id, rule): (String, String) = (row.try_get(0)?, row.try_get(2)?);
        let mut applications: Vec<String> = applications.remove(&id).into_iter().flatten().collect();
        applications.sort_unstable();
        let sheet = Sheet {
            name: row.try_get(1)?,
            distribution: if rule.is_empty() { None } else { distribution::understood(&id, &rule) },
            alarm_after: u32::try_from(row.try_get::<i64, _>(3)?).unwrap_or(u32::MAX),
            members: members.remove(&id).into_iter().flatten().collect(),
            applications,
            id,
        };
        Ok(Line { sheet, retired: is_set(row, 4)? })
    };
    rows.iter().map(line).collect()
}

/// Keeps a group as it is to be, over what it was; `limits`: whose is another.
async fn keep(
    conn: &mut AnyConnection,
    by: &str,
    before: Option<&Line>,
    after: &Line,
    limits: &[(&str, Option<u32>)],
) -> Answer<()> {
    let sheet = &after.sheet;
    sqlx::query(
        "insert into groups (id, name, retired) values ($1, $2, $3) \
         on conflict (id) do update set name = excluded.name, retired = excluded.retired",
    )
    .bind(sheet.id.as_str())
    .bind(sheet.name.as_str())
    .bind(flag(after.retired))
    .execute(&mut *conn)
    .await?;
    distribution::keep(&mut *conn, &sheet.id, sheet.distribution.as_ref(), sheet.alarm_after).await?;
    let was = before.map_or(&[][..], |before| &before.sheet.members[..]);
    for gone in was.iter().filter(|one| sheet.members.iter().all(|other| other.agent != one.agent)) {
        sqlx::query("delete from memberships where group_id = $1 and agent_id = $2")
            .bind(sheet.id.as_str())
            .bind(gone.agent.as_str())
            .execute(&mut *conn)
            .await?;
    }
    // All of them where any is otherwise: on rows that an older release or an operator wrote, places say nothing.
    if was != sheet.members {
        for (place, member) in sheet.members.iter().enumerate() {
            keep_member(conn, &sheet.id, member, place as i64).await?;
        }
    }
    for (agent, limit) in limits {
        sqlx::query("update agents set chat_limit = $1 where id = $2")
            .bind(limit.map(i64::from))
            .bind(*agent)
            .execute(&mut *conn)
            .await?;
    }
    let here = before.map_or(&[][..], |before| &before.sheet.applications[..]);
    for gone in here.iter().filter(|one| !sheet.applications.contains(one)) {
        sqlx::query("delete from application_groups where application_id = $1 and group_id = $2")
            .bind(gone.as_str())
            .bind(sheet.id.as_str())
            .execute(&mut *conn)
            .await?;
    }
    for application in sheet.applications.iter().filter(|one| !here.contains(one)) {
        let kept = sqlx::query(
            "insert into application_groups (application_id, group_id, place) select a.id, $1, \
             coalesce((select max(place) + 1 from application_groups where application_id = a.id), 0) \
             from applications a where a.id = $2",
        )
        .bind(sheet.id.as_str())
        .bind(application.as_str())
        .execute(&mut *conn)
        .await?;
        if kept.rows_affected() == 0 {
            return Err(Refusal::FieldWrong { field: "applications".into() }.into());
        }
    }
    // Who has one of these applications open learns that it is another by now, also where its subject was retired or
    // is back: saved as it was read it would lose it.
    let turned = before.is_some_and(|before| before.retired != after.retired);
    let otherwise = |one: &&String| turned || here.contains(*one) != sheet.applications.contains(*one);
    for application in here.iter().chain(sheet.applications.iter().filter(|one| !here.contains(one))).filter(otherwise)
    {
        sqlx::query("update applications set revision = revision + 1, changed_by = $1 where id = $2")
            .bind(by)
            .bind(application.as_str())
            .execute(&mut *conn)
            .await?;
    }
    // Where customers could choose it they find another subject: a window without one is a dead end.
    let lost = |one: &&String| turned && after.retired || !sheet.applications.contains(*one);
    for application in here.iter().filter(lost) {
        let row = sqlx::query("select setup from applications where id = $1 and retired_at is null")
            .bind(application.as_str())
            .fetch_optional(&mut *conn)
            .await?;
        // Where nobody can begin a chat nobody needs a subject.
        let Some(row) = row else { continue };
        if !application::read_setup(application, row.try_get(0)?)?.kind.has_chat() {
            continue;
        }
        let row = sqlx::query(
            "select 1 from application_groups ag join groups g on g.id = ag.group_id \
             where ag.application_id = $1 and g.retired = 0 limit 1",
        )
        .bind(application.as_str())
        .fetch_optional(&mut *conn)
        .await?;
        if row.is_none() {
            return Err(Refusal::FieldWrong { field: "applications".into() }.into());
        }
    }
    Ok(())
}

async fn keep_member(conn: &mut AnyConnection, group: &str, member: &Member, place: i64) -> Answer<()> {
    // Somebody may have been disabled meanwhile.
    let works = sqlx::query("select 1 from agents where id = $1 and disabled = 0")
        .bind(member.agent.as_str())
        .fetch_optional(&mut *conn)
        .await?;
    if works.is_none() {
        return Err(Refusal::FieldWrong { field: "members".into() }.into());
    }
    sqlx::query(
        "insert into memberships (group_id, agent_id, attendant, administrator, place) values ($1, $2, $3, $4, $5) \
         on conflict (group_id, agent_id) do update set attendant = excluded.attendant, \
         administrator = excluded.administrator, place = excluded.place",
    )
    .bind(group)
    .bind(member.agent.as_str())
    .bind(flag(member.attendant))
    .bind(flag(member.administrator))
    .bind(place)
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of the two flags of a membership were given and taken, as the log names it (S88).
fn flags(before: Option<(bool, bool)>, after: Option<(bool, bool)>) -> impl Iterator<Item = Kind> {
    let ((attended, administered), (attends, administers)) = (before.unwrap_or_default(), after.unwrap_or_default());
    let attending = if attends { Kind::AttendingGiven } else { Kind::AttendingTaken };
    let administering = if administers { Kind::AdministeringGiven } else { Kind::AdministeringTaken };
    let all = [(attended != attends, attending), (administered != administers, administering)];
    all.into_iter().filter(|(otherwise, _)| *otherwise).map(|(_, kind)| kind)
}

/// What PostgreSQL could not even compare.
fn can_be_held(change: &Change) -> bool {
    let Change::Keep { sheet, .. } = change else { return can_hold(change.group()) };
    let ids = sheet.members.iter().map(|member| &member.agent).chain(&sheet.applications);
    can_hold(change.group()) && ids.into_iter().all(|id| can_hold(id))
}

impl Desk {
    /// The groups that he administers, and what they can be made of; whoever administers none is refused.
    pub async fn groups(&self, agent: &Agent) -> Answer<Groups> {
        if !agent.system && agent.memberships.iter().all(|member| !member.administrator) {
            return Err(Refusal::OnlyAdministrators.into());
        }
        let mut conn = self.0.database.snapshot().await?;
        let mut lines = lines(&mut conn).await?;
        lines.retain(|line| agent.seat(&line.sheet.id).administrator);
        let choices = house::choices(&mut conn).await?;
        let people = choices.owners.into_iter().map(|owner| owner.face).collect();
        let rows =
            sqlx::query("select id, chat_limit from agents where disabled = 0 and chat_limit is not null order by id")
                .fetch_all(&mut *conn)
                .await?;
        let limit = |row: &AnyRow| -> Result<(String, u32), sqlx::Error> {
            Ok((row.try_get(0)?, u32::try_from(row.try_get::<i64, _>(1)?).unwrap_or(u32::MAX)))
        };
        let limits = rows.iter().map(limit).collect::<Result<Vec<_>, _>>()?;
        Ok(Groups { lines, people, applications: choices.applications, limits })
    }

    /// Changes one. Whose rights are others feels it at once, wherever he is signed in; so does who waits.
    pub async fn change_group(&self, signed: &Signed, change: &Change, from: &Whence) -> Answer<Groups> {
        if !can_be_held(change) {
            return Err(Refusal::NotYours.into());
        }
        let (by, id) = (&signed.agent.face.id, change.group().to_owned());
        let mut tx = self.0.database.begin().await?;
        let agent = hold_as(&mut tx, signed).await?;
        let all = lines(&mut tx).await?;
        let now = all.iter().find(|line| line.sheet.id == id);
        let others: Vec<Named> =
            all.iter().filter(|line| line.sheet.id != id && !line.retired).map(|line| line.sheet.named()).collect();
        let about = ["group ", &id].concat();
        let then = say_who(&mut tx, &about, change.apply(&agent, now, &others)).await?;
        if let Some(then) = then {
            let limits = then.sheet.limits(&agent, now.map(|now| &now.sheet), &all)?;
            keep(&mut tx, by, now, &then, &limits).await?;
            let concerned = then.sheet.concerned(now.map(|now| &now.sheet));
            // Who saves over another is told who changed what stands in it, and that is not who retired it.
            let what = match change {
                Change::Keep { .. } => "",
                Change::Retire { retired: true, .. } => " retired",
                Change::Retire { retired: false, .. } => " restored",
            };
            let said = [about.as_str(), what].concat();
            let mut notes = vec![Note::by(by, Kind::SettingsChanged).about_thing(&said).from(from)];
            for one in &concerned {
                let kinds = flags(now.and_then(|now| now.sheet.member(one)), then.sheet.member(one));
                notes.extend(kinds.map(|kind| Note::by(by, kind).about_agent(one).in_group(&id).from(from)));
            }
            notes.extend(limits.iter().map(|(one, _)| Note::by(by, Kind::RightsChanged).about_agent(one).from(from)));
            audit::append(&mut tx, self.now(), &notes).await?;
            tx.commit().await?;
            // What groups there are, and what they are called, everybody reads who sees them.
            let all_see_it = now.is_none_or(|now| now.sheet.name != then.sheet.name || now.retired != then.retired);
            self.tell_rights(if all_see_it { None } else { Some(&concerned) });
            self.0.queues.changed([id].into());
            self.0.keeper.ask(Want::HandOut).await?;
        }
        // He may have taken himself out: what he reads is what he may read now.
        let me = crate::people::agent(&self.0.database.reader, by).await?.ok_or(Refusal::SignedOut)?;
        match self.groups(&me).await {
            Err(crate::Error::Refused(Refusal::OnlyAdministrators)) => Ok(Groups::default()),
            groups => groups,
        }
    }
}
