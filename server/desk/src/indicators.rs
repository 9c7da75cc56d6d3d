//! Indicators: who may read which numbers, and how they are read: whole days from sums, what is left from facts,
//! and what still runs from the living. The rule is `domain::indicators::figures`.

mod add;
mod agents;
mod check;
mod compare;
mod fact;
mod fold;
mod keep;
mod list;
mod operator;
mod read;
mod rebuild;
mod zone;

pub use add::Adding;
pub use check::check;
pub use fact::{Bound, bind};
pub use keep::{Change, keep};
pub use operator::{Named, NotFound, Rebuilt, rebuild, show};
pub use rebuild::{rest, settle};
pub use zone::{settle_zone, wanted};

use crate::audit::{self, Note};
use crate::{Answer, Desk, Fault, Whence};
use domain::Refusal;
use domain::audit::{Kind, Sight};
use domain::indicators::{
    After, Choice, Choices, Fact, Filter, Indicator, Page, Period, Query, ROWS, Ranks, Report, Row, Step, Stretch,
    Sums, Tally, Zone,
};
use domain::person::Agent;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

/// The most rows of one export.
pub const EXPORT: usize = 50_000;

impl Desk {
    /// The numbers of a period, of the groups that the asker administers (R71, S19). Also those that walk all chats of
    /// it.
    pub async fn indicators(&self, agent: &Agent, period: Period, filter: &Filter) -> Answer<Report> {
        let filter = sight(agent, filter)?;
        let (mut tx, now) = (self.0.database.snapshot().await?, self.now());
        let mut report = whole(&mut tx, period, filter.as_ref(), now).await?;
        report.choices = choices(&mut tx, &Sight::of(agent)).await?;
        Ok(report)
    }

    /// The same without its [`Ranks`], in a time that hardly grows with the period.
    pub async fn sums(&self, agent: &Agent, period: Period, filter: &Filter) -> Answer<Report> {
        let filter = sight(agent, filter)?;
        let (mut tx, now) = (self.0.database.snapshot().await?, self.now());
        let ground = Ground::read(&mut tx, period, filter.as_ref(), now).await?;
        let mut report = report(&mut tx, &ground, filter.as_ref(), now).await?;
        report.choices = choices(&mut tx, &Sight::of(agent)).await?;
        Ok(report)
    }

    /// What [`Desk::sums`] leaves out.
    pub async fn ranks(&self, agent: &Agent, period: Period, filter: &Filter) -> Answer<Ranks> {
        let filter = sight(agent, filter)?;
        let (mut tx, now) = (self.0.database.snapshot().await?, self.now());
        let ground = Ground::read(&mut tx, period, filter.as_ref(), now).await?;
        Ok(ranks(&mut tx, &ground, filter.as_ref(), now).await?)
    }

    /// What a number counts, the newest first; behind the longest of a length the longest.
    pub async fn behind(
        &self,
        agent: &Agent,
        period: Period,
        filter: &Filter,
        indicator: Indicator,
        after: Option<&After>,
    ) -> Answer<Page> {
        let Some(filter) = sight(agent, filter)? else { return Ok(Page { rows: Vec::new(), after: None }) };
        if after.is_some_and(|after| !crate::database::can_hold(&after.id)) {
            return Err(Refusal::Malformed.into());
        }
        let mut tx = self.0.database.snapshot().await?;
        let (kept, now) = (zone::read(&mut tx).await?, self.now());
        let within = (kept.zone.stretch(period, now), kept.least, now);
        Ok(list::page(&mut tx, within, &filter, indicator, after, ROWS).await?)
    }

    /// All of what a number counts, or a refusal where that is too much for one file. It names customers: that it was
    /// taken is written down (S88), in the group where it is of one alone.
    pub async fn all_behind(
        &self,
        agent: &Agent,
        query: &Query,
        indicator: Indicator,
        from: &Whence,
    ) -> Answer<Vec<Row>> {
        let Some(filter) = sight(agent, &query.filter)? else { return Ok(Vec::new()) };
        let mut tx = self.0.database.snapshot().await?;
        let (kept, now) = (zone::read(&mut tx).await?, self.now());
        let within = (kept.zone.stretch(query.period, now), kept.least, now);
        let page = list::page(&mut tx, within, &filter, indicator, None, EXPORT).await?;
        drop(tx);
        if page.after.is_some() {
            return Err(Refusal::Full { limit: EXPORT as u32 }.into());
        }
        let note = Note::by(&agent.face.id, Kind::Exported).about_thing(indicator.word()).from(from);
        let note = match filter.groups.as_slice() {
            [group] => note.in_group(group),
            _ => note,
        };
        let mut tx = self.0.database.begin().await?;
        audit::append(&mut tx, self.now(), &[note]).await?;
        tx.commit().await?;
        Ok(page.rows)
    }
}

/// The filter as far as the asker may see; none: of what it names nothing is his. What is not his and what is not
/// there are the same nothing.
fn sight(agent: &Agent, filter: &Filter) -> Answer<Option<Filter>> {
    let named = || filter.agents.iter().chain(&filter.applications).chain(&filter.groups);
    if !filter.is_sound() || named().any(|id| !crate::database::can_hold(id)) {
        return Err(Refusal::Malformed.into());
    }
    match Sight::of(agent) {
        Sight::None => Err(Refusal::OnlyAdministrators.into()),
        Sight::All => Ok(Some(filter.clone())),
        Sight::Groups(mut his) => {
            his.retain(|group| filter.groups.is_empty() || filter.groups.contains(group));
            Ok((!his.is_empty()).then(|| Filter { groups: his, ..filter.clone() }))
        }
    }
}

fn named_zone(name: &str) -> Result<Zone, Fault> {
    Zone::of(name).map_err(|_| Fault::new("the sums of indicators are kept in an unknown zone"))
}

/// What the numbers of a period are read of: the zone and the chats that run, once for all of them.
struct Ground {
    kept: zone::Days,
    within: Stretch,
    earlier: Stretch,
    /// Of both stretches. Of nobody nothing is read.
    living: Vec<Fact>,
}

impl Ground {
    async fn read(
        conn: &mut AnyConnection,
        period: Period,
        filter: Option<&Filter>,
        now: domain::Time,
    ) -> Result<Ground, Fault> {
        let kept = zone::read(conn).await?;
        let (within, earlier) = (kept.zone.stretch(period, now), kept.zone.before(period, now));
        let living = match filter.is_some() && !within.is_empty() {
            true => fact::living(conn, earlier.from.min(within.from), earlier.to.max(within.to)).await?,
            false => Vec::new(),
        };
        Ok(Ground { kept, within, earlier, living })
    }
}

/// All numbers of a period; without a filter those of nobody. Its choices are left empty.
async fn whole(
    conn: &mut AnyConnection,
    period: Period,
    filter: Option<&Filter>,
    now: domain::Time,
) -> Result<Report, Fault> {
    let ground = Ground::read(conn, period, filter, now).await?;
    let mut all = report(conn, &ground, filter, now).await?;
    all.figures.beside = all.figures.beside.with(ranks(conn, &ground, filter, now).await?);
    Ok(all)
}

async fn ranks(
    conn: &mut AnyConnection,
    ground: &Ground,
    filter: Option<&Filter>,
    now: domain::Time,
) -> Result<Ranks, Fault> {
    let Some(filter) = filter.filter(|_| !ground.within.is_empty()) else {
        return Ok(Ranks::of(&Tally::default(), &Tally::default(), (0, 0)));
    };
    read::ranks(conn, ground.within, filter, &ground.living, now).await
}

/// All of them but the [`Ranks`].
async fn report(
    conn: &mut AnyConnection,
    ground: &Ground,
    filter: Option<&Filter>,
    now: domain::Time,
) -> Result<Report, Fault> {
    let Ground { kept, within, earlier, living } = ground;
    let (kept, within, earlier) = (*kept, *within, *earlier);
    let zone = kept.zone;
    let (steps, every) = zone.steps(within, now);
    let hourly = every == 0;
    let nothing = Filter::default();
    let (filter, within_read, earlier_read) = match filter {
        Some(filter) => (filter, within, earlier),
        None => (&nothing, Stretch { to: within.from, ..within }, Stretch { to: earlier.from, ..earlier }),
    };
    let now_sums = read::sums(conn, kept, within_read, filter, living, hourly).await?;
    let of_agents = !filter.agents.is_empty();
    let mut trend: Vec<(domain::Time, Sums)> = steps.into_iter().map(|from| (from, Sums::default())).collect();
    for (at, sums) in &now_sums {
        let step = trend.partition_point(|(from, _)| from <= at);
        if let Some((_, step)) = step.checked_sub(1).and_then(|step| trend.get_mut(step)) {
            step.add(sums);
        }
    }
    let figures = |found: &[(domain::Time, Sums)]| {
        let mut all = Sums::default();
        found.iter().for_each(|(_, sums)| all.add(sums));
        all.figures(of_agents)
    };
    let earlier_sums = read::sums(conn, kept, earlier_read, filter, living, false).await?;
    let (figures, before) = (figures(&now_sums), figures(&earlier_sums));
    let trend = trend.into_iter().map(|(from, sums)| Step { from, twelve: sums.twelve(of_agents) }).collect();
    let (zone, choices) = (zone.name().to_owned(), Choices::default());
    Ok(Report { within, zone, figures, before, earlier, trend, hourly, choices, every })
}

/// What somebody may filter by: his groups, who is in them, and the applications that ask for them. Who or what was
/// there and is not any more has numbers all the same; it comes last.
async fn choices(conn: &mut AnyConnection, sight: &Sight) -> Result<Choices, Fault> {
    let groups = offered(conn, "select id, name, retired from groups order by retired, name, id", &[]).await?;
    let his: Vec<Choice> = match sight {
        Sight::All => groups,
        Sight::Groups(ids) => groups.into_iter().filter(|group| ids.contains(&group.id)).collect(),
        Sight::None => Vec::new(),
    };
    let ids: Vec<&str> = his.iter().map(|group| group.id.as_str()).collect();
    if ids.is_empty() {
        return Ok(Choices::default());
    }
    let places: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let places = places.join(", ");
    let choices = |of: &str, is_there: &str, has_numbers: &str| {
        format!(
            "select id, name, gone from (select o.id, o.name, cast(case when {is_there} then 0 else 1 end as bigint) as gone \
             from {of} o) c where gone = 0 or exists (select 1 from {has_numbers} and d.group_id in ({places})) \
             order by gone, name, id"
        )
    };
    let member = format!(
        "o.disabled = 0 and exists (select 1 from memberships m where m.agent_id = o.id and m.group_id in ({places}))"
    );
    let asks = format!(
        "o.retired_at is null and exists (select 1 from application_groups g where g.application_id = o.id and g.group_id in ({places}))"
    );
    let took_part = "indicator_agents d where d.agent_id = c.id";
    let agents = offered(conn, &choices("agents", &member, took_part), &ids).await?;
    let asked = "indicator_days d where d.application_id = c.id";
    let applications = offered(conn, &choices("applications", &asks, asked), &ids).await?;
    Ok(Choices { agents, applications, groups: his })
}

async fn offered(conn: &mut AnyConnection, sql: &str, ids: &[&str]) -> Result<Vec<Choice>, Fault> {
    let mut query = sqlx::query(sqlx::AssertSqlSafe(sql.to_owned()));
    for id in ids {
        query = query.bind((*id).to_owned());
    }
    let rows = query.fetch_all(conn).await?;
    let one = |row: &AnyRow| {
        Ok(Choice { id: row.try_get(0)?, name: row.try_get(1)?, gone: crate::database::is_set(row, 2)? })
    };
    rows.iter().map(one).collect()
}
