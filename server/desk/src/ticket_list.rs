//! Lists of tickets: pages of what an agent may read, the last changed first, or for who reads them all the first
//! changed first.
//!
//! A list is read in ranges of an index, one for each group (or owner, tag, word) and status that it
//! shows, and the ranges are merged. Whatever else was asked for is looked at within a range, and a page
//! looks at so much at the most: it may then be shorter than it could, and says where it ended.

use crate::database::{can_hold, is_set};
use crate::search::Question;
use crate::ticket::{read_state, status_word, via_word};
use crate::{Answer, Desk, Fault, ticket_index};
use domain::find::number;
use domain::person::Agent;
use domain::ticket_list::{After, FIRST, Filter, Queue, ROWS, Wanted};
use domain::wire::{TicketPage, TicketRow};
use domain::{Refusal, Status, Ticket};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::{HashMap, HashSet};

/// Rows that a page looks at where it cannot know which it wants, in all its ranges together.
const LOOK: usize = 2_000;
/// Ranges of one statement: SQLite takes five hundred, and is slow to plan them.
const RANGES: usize = 50;
/// What is looked at within a range.
const COLUMNS: &str =
    "t.id, t.changed_at, t.group_id, t.owner_id, t.status, t.own_id, t.via, t.application_id, t.saved_at";

/// A place of a statement.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(i64),
}

/// A condition on a column.
#[derive(Clone, Debug)]
enum Is {
    One(&'static str, String),
    Among(&'static str, Vec<String>),
    So(&'static str),
    /// His, or of these groups.
    Readable(String, Vec<String>),
    Tagged(String),
    /// Last changed from then on, and before then, where that is not the order of the list.
    Since(i64),
    Before(i64),
    /// Not this number, where that is the order of the list.
    Not(i64),
}

/// Where ranges are read.
#[derive(Clone, Debug)]
enum Source {
    Tickets,
    Tags(String),
    /// A question as the database takes it. By number, not by change: nothing would be in order.
    Words(String),
}

struct Plan {
    source: Source,
    /// Each a range of an index.
    ranges: Vec<Vec<Is>>,
    /// What is left to look at.
    rest: Vec<Is>,
    start: After,
    from: Option<i64>,
    embedded: bool,
}

/// A statement and its values, numbered as they come.
#[derive(Default)]
struct Sql(Vec<Value>);

impl Sql {
    fn text(&mut self, value: &str) -> String {
        self.put(Value::Text(value.into()))
    }

    fn number(&mut self, value: i64) -> String {
        self.put(Value::Number(value))
    }

    fn put(&mut self, value: Value) -> String {
        self.0.push(value);
        format!("${}", self.0.len())
    }

    fn all(&mut self, conditions: &[Is]) -> String {
        let all: Vec<String> = conditions.iter().map(|is| self.one(is)).collect();
        if all.is_empty() { "1 = 1".into() } else { all.join(" and ") }
    }

    fn one(&mut self, is: &Is) -> String {
        match is {
            Is::One(column, value) => format!("{column} = {}", self.text(value)),
            Is::Among(column, values) => self.among(column, values),
            Is::So(so) => (*so).into(),
            Is::Readable(agent, groups) => {
                let owner = self.text(agent);
                format!("(owner_id = {owner} or {})", self.among("group_id", groups))
            }
            Is::Tagged(tag) => {
                let tag = self.text(tag);
                format!("exists (select 1 from ticket_tags x where x.ticket_id = r.id and x.tag = {tag})")
            }
            Is::Since(from) => format!("changed >= {}", self.number(*from)),
            Is::Before(until) => format!("changed < {}", self.number(*until)),
            Is::Not(number) => format!("changed_at <> {}", self.number(*number)),
        }
    }

    fn among(&mut self, column: &str, values: &[String]) -> String {
        if values.is_empty() {
            return "1 = 0".into();
        }
        let places: Vec<String> = values.iter().map(|value| self.text(value)).collect();
        format!("{column} in ({})", places.join(", "))
    }

    async fn rows(self, conn: &mut AnyConnection, sql: String) -> Result<Vec<AnyRow>, Fault> {
        // Names and places are all that is put together; values are bound.
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in self.0 {
            query = match value {
                Value::Text(text) => query.bind(text),
                Value::Number(number) => query.bind(number),
            };
        }
        Ok(query.fetch_all(conn).await?)
    }
}

impl Plan {
    fn new(agent: &Agent, groups: Vec<String>, filter: &Filter, after: Option<&After>, embedded: bool) -> Plan {
        let me = agent.face.id.clone();
        let readable = |all: bool| match (filter.queue, all) {
            (Queue::All, true) => None,
            (Queue::All, false) => Some(Is::Readable(me.clone(), groups.clone())),
            (Queue::Mine, _) => Some(Is::One("owner_id", me.clone())),
            (Queue::Groups | Queue::Unassigned, _) => Some(Is::Among("group_id", groups.clone())),
        };
        let unassigned = filter.queue == Queue::Unassigned;
        let mut rest: Vec<Is> = Vec::new();
        rest.extend(filter.group.clone().map(|group| Is::One("group_id", group)));
        rest.extend(filter.owner.clone().map(|owner| Is::One("owner_id", owner)));
        rest.extend(filter.via.map(|via| Is::One("via", via_word(via).into())));
        rest.extend(filter.application.clone().map(|application| Is::One("application_id", application)));
        if let Wanted::Own(id) = &filter.status {
            rest.push(Is::One("own_id", id.clone()));
        }
        let statuses: Option<Vec<String>> = match &filter.status {
            Wanted::Open => {
                Some(Status::ALL.into_iter().filter(|s| s.is_open()).map(|s| status_word(s).into()).collect())
            }
            Wanted::Base(status) => Some(vec![status_word(*status).into()]),
            Wanted::Any | Wanted::Own(_) | Wanted::Unsaved => None,
        };
        let of_status = |range: Vec<Is>| match &statuses {
            Some(statuses) => {
                statuses.iter().map(|s| [range.clone(), vec![Is::One("status", s.clone())]].concat()).collect()
            }
            None => vec![range],
        };
        let also_status = statuses.clone().map(|statuses| Is::Among("status", statuses));
        let whole = |rest: &mut Vec<Is>| {
            rest.extend(readable(agent.system));
            rest.extend(unassigned.then_some(Is::So("owner_id is null")));
            rest.extend(also_status.clone());
        };
        let owner = filter.owner.clone().or_else(|| (filter.queue == Queue::Mine).then(|| me.clone()));
        let mut source = Source::Tickets;
        let ranges: Vec<Vec<Is>> = if let Some(tag) = &filter.tag {
            source = Source::Tags(tag.clone());
            whole(&mut rest);
            if filter.status == Wanted::Unsaved {
                rest.extend([Is::One("owner_id", me), Is::So("saved_at is null")]);
            } else if let Some(owner) = owner {
                rest.push(Is::One("owner_id", owner));
            }
            vec![vec![]]
        } else if filter.status == Wanted::Unsaved {
            vec![vec![Is::One("owner_id", me), Is::So("saved_at is null")]]
        } else if let Wanted::Own(id) = &filter.status {
            rest.retain(|is| !matches!(is, Is::One("own_id", _)));
            whole(&mut rest);
            vec![vec![Is::One("own_id", id.clone()), Is::So("own_id is not null")]]
        } else if let Some(owner) = owner {
            rest.retain(|is| !matches!(is, Is::One("owner_id", _)));
            if owner != me || filter.queue != Queue::Mine {
                rest.extend(readable(agent.system || owner == me));
            }
            rest.extend(unassigned.then_some(Is::So("owner_id is null")));
            of_status(vec![Is::One("owner_id", owner)])
        } else {
            of_groups(agent, &groups, filter, &mut rest, &of_status)
        };
        let (at, id) = after.map_or((i64::MAX, String::new()), |after| (after.at, after.id.clone()));
        let until = filter.until.map_or(i64::MAX, |until| until.0);
        let start =
            if until < at || after.is_none() { After { at: until, id: String::new() } } else { After { at, id } };
        Plan { source, ranges, rest, start, from: filter.from.map(|from| from.0), embedded }
    }

    /// One range in its order, or the row at which a look at it ends.
    fn range(&self, sql: &mut Sql, keys: &[Is], limit: usize, ended: bool) -> String {
        let (limit, offset) = if ended { (1, format!(" offset {}", limit - 1)) } else { (limit, String::new()) };
        let from = |sql: &mut Sql, column: &str| {
            self.from.map_or(String::new(), |from| format!(" and {column} >= {}", sql.number(from)))
        };
        match &self.source {
            Source::Tickets => {
                let keys = sql.all(keys);
                let (at, id) = (sql.number(self.start.at), sql.text(&self.start.id));
                let from = from(sql, "t.changed_at");
                format!(
                    "select {COLUMNS} from tickets t where {keys} and (t.changed_at, t.id) < ({at}, {id}){from} \
                     order by t.changed_at desc, t.id desc limit {limit}{offset}"
                )
            }
            Source::Tags(tag) => {
                let (tag, at, id) = (sql.text(tag), sql.number(self.start.at), sql.text(&self.start.id));
                let from = from(sql, "x.changed_at");
                // A cross join is read as it is written: the tag first.
                format!(
                    "select {COLUMNS} from ticket_tags x cross join tickets t where t.id = x.ticket_id and x.tag = {tag} \
                     and (x.changed_at, x.ticket_id) < ({at}, {id}){from} \
                     order by x.changed_at desc, x.ticket_id desc limit {limit}{offset}"
                )
            }
            Source::Words(question) => {
                let (question, at) = (sql.text(question), sql.number(self.start.at));
                let (matches, number) = if self.embedded {
                    (format!("ticket_index match {question}"), "rowid")
                } else {
                    (format!("words @@ to_tsquery('simple', {question})"), "number")
                };
                // PostgreSQL joins in the order that it likes; SQLite in the one that is written.
                let order = if self.embedded { "" } else { " order by i.n desc" };
                let columns = COLUMNS.replace("t.changed_at", "t.number as changed_at");
                format!(
                    "select {columns}, t.changed_at as changed from (select {number} as n from ticket_index \
                     where {matches} and {number} < {at} order by {number} desc limit {limit}{offset}) i \
                     cross join tickets t where t.number = i.n{order}"
                )
            }
        }
    }

    /// How many rows of a range are looked at.
    fn look(&self) -> usize {
        if self.rest.is_empty() && !matches!(self.source, Source::Words(_)) {
            ROWS + 1
        } else {
            (LOOK / self.ranges.len().max(1)).max(ROWS + 1)
        }
    }

    /// The first rows of some ranges, each with the number of its range.
    fn first(&self, ranges: &[Vec<Is>]) -> (Sql, String) {
        let mut sql = Sql::default();
        let mut parts = Vec::new();
        for (n, keys) in ranges.iter().enumerate() {
            let range = self.range(&mut sql, keys, self.look(), false);
            let rest = sql.all(&self.rest);
            // What is within comes in its order, and nothing without changes it.
            parts.push(format!(
                "select * from (select {n} as n, id, changed_at from ({range}) r where {rest} limit {}) p{n}",
                ROWS + 1
            ));
        }
        (sql, parts.join(" union all "))
    }

    /// Where the look at some ranges ended; none of a range that was looked at whole.
    fn ends(&self, ranges: &[(usize, &Vec<Is>)]) -> (Sql, String) {
        let mut sql = Sql::default();
        let mut parts = Vec::new();
        for (n, keys) in ranges {
            let range = self.range(&mut sql, keys, self.look(), true);
            parts.push(format!("select * from (select {n} as n, id, changed_at from ({range}) r) p{n}"));
        }
        (sql, parts.join(" union all "))
    }
}

/// Each group that he sees, and what is his own elsewhere.
fn of_groups(
    agent: &Agent,
    groups: &[String],
    filter: &Filter,
    rest: &mut Vec<Is>,
    of_status: &dyn Fn(Vec<Is>) -> Vec<Vec<Is>>,
) -> Vec<Vec<Is>> {
    let mine = Is::One("owner_id", agent.face.id.clone());
    let mut shown = groups.to_vec();
    if let Some(group) = &filter.group {
        rest.retain(|is| !matches!(is, Is::One("group_id", _)));
        shown.retain(|shown| shown == group);
        if shown.is_empty() {
            // None that he sees: of it he may read what is his own.
            if filter.queue != Queue::All {
                return Vec::new();
            }
            rest.push(Is::One("group_id", group.clone()));
            return of_status(vec![mine]);
        }
    }
    let open = filter.status == Wanted::Open;
    let unassigned = filter.queue == Queue::Unassigned;
    let own = filter.queue == Queue::All && !agent.system && filter.group.is_none();
    // By how it came or by its application where that narrows more than a status that most have.
    let narrow = (!open && !unassigned && !own)
        .then(|| rest.iter().position(|is| matches!(is, Is::One("via" | "application_id", _))))
        .flatten()
        .map(|at| rest.remove(at));
    let of_group = |group: &String| {
        let range = vec![Is::One("group_id", group.clone())];
        match &narrow {
            Some(narrow) => vec![[range, vec![narrow.clone()]].concat()],
            None if unassigned => of_all_statuses(filter, [range, vec![Is::So("owner_id is null")]].concat()),
            None => of_status(range),
        }
    };
    let mut ranges: Vec<Vec<Is>> = shown.iter().flat_map(of_group).collect();
    if own {
        ranges.extend(of_status(vec![mine]));
    }
    if narrow.is_some()
        && let Wanted::Base(status) = &filter.status
    {
        rest.push(Is::One("status", status_word(*status).into()));
    }
    ranges
}

/// The index of what is nobody's is by status: where any is wanted, each is a range.
fn of_all_statuses(filter: &Filter, range: Vec<Is>) -> Vec<Vec<Is>> {
    let wanted = |status: &Status| match &filter.status {
        Wanted::Open => status.is_open(),
        Wanted::Base(base) => base == status,
        Wanted::Any | Wanted::Own(_) | Wanted::Unsaved => true,
    };
    let of = |status: Status| [range.clone(), vec![Is::One("status", status_word(status).into())]].concat();
    Status::ALL.into_iter().filter(wanted).map(of).collect()
}

/// Nothing in it is what no database holds.
fn must_be_sound(filter: &Filter, after: Option<&After>) -> Result<(), Refusal> {
    let texts = [&filter.group, &filter.owner, &filter.tag, &filter.application];
    let sound = texts.into_iter().flatten().chain(after.map(|after| &after.id)).all(|text| can_hold(text));
    match sound && !matches!(&filter.status, Wanted::Own(id) if !can_hold(id)) {
        true => Ok(()),
        false => Err(Refusal::Malformed),
    }
}

/// A row's place in its list.
type Place = (i64, String);

impl Desk {
    /// A page of the tickets that an agent may read and a filter shows, last changed first; of words, the
    /// newest first, and before them the one whose number they are. What he may not read is in no list and not found.
    pub async fn tickets(
        &self,
        agent: &Agent,
        lang: &str,
        filter: &Filter,
        after: Option<&After>,
    ) -> Answer<TicketPage> {
        must_be_sound(filter, after)?;
        let groups: Vec<String> = self.groups_seen_by(agent).await?.into_iter().map(|group| group.id).collect();
        let mut plan = Plan::new(agent, groups.clone(), filter, after, self.0.database.embedded);
        // In one picture: a ticket that is changed meanwhile would be there twice, or not at all, or be shown where it
        // does not belong any more.
        let mut conn = self.0.database.snapshot().await?;
        let mut meant = None;
        if !filter.words.trim().is_empty() {
            let Some(question) = Question::of_tickets(lang, &filter.words) else {
                return Ok(TicketPage { rows: Vec::new(), next: None });
            };
            plan = self.by_words(&mut conn, agent, groups, filter, after, &question).await?;
            if let Some(number) = number(&filter.words) {
                if after.is_none() {
                    meant = numbered(&mut conn, &plan, number).await?;
                }
                // It is the first, and nowhere else.
                plan.rest.push(Is::Not(number));
            }
        }
        let (mut places, mut next) = places(&mut conn, &plan).await?;
        if let Some(id) = meant {
            places.insert(0, (FIRST, id));
            if places.len() > ROWS {
                places.truncate(ROWS);
                next = places.last().cloned().map(|(at, id)| After { at, id });
            }
        }
        let rows = rows_at(&mut conn, &places).await?;
        Ok(TicketPage { rows, next })
    }

    /// A page of the same tickets, the first changed first: what is changed between two pages is in a later one, so that
    /// whoever reads to the end has read each of them, but for those of this very moment. Nothing is looked for in it by
    /// words.
    pub async fn tickets_by_change(
        &self,
        agent: &Agent,
        filter: &Filter,
        after: Option<&After>,
        limit: usize,
    ) -> Answer<TicketPage> {
        must_be_sound(filter, after)?;
        if !filter.words.trim().is_empty() {
            return Err(Refusal::Malformed.into());
        }
        let groups: Vec<String> = self.groups_seen_by(agent).await?.into_iter().map(|group| group.id).collect();
        // As if it were of a tag: all conditions are left to look at.
        let asked = Filter { tag: Some(String::new()), ..filter.clone() };
        let mut rest = Plan::new(agent, groups, &asked, None, self.0.database.embedded).rest;
        rest.extend(filter.tag.clone().map(Is::Tagged));
        let look = if rest.is_empty() { limit + 1 } else { LOOK.max(limit + 1) };
        let from = After { at: filter.from.map_or(i64::MIN, |from| from.0), id: String::new() };
        let start = after.filter(|after| after.at >= from.at).unwrap_or(&from);
        let mut sql = Sql::default();
        let (at, id) = (sql.number(start.at), sql.text(&start.id));
        // What is changed at this very moment may get a neighbour of the same moment and an earlier id, which nobody who
        // is past it would see: so it is left for a later page.
        let now = self.now();
        let until = sql.number(filter.until.map_or(now, |until| until.min(now)).0);
        let is_wanted = sql.all(&rest);
        // What is within comes in its order, and nothing without changes it.
        let text = format!(
            "select id, changed_at, cast(case when {is_wanted} then 1 else 0 end as bigint) from (select {COLUMNS} \
             from tickets t where (t.changed_at, t.id) > ({at}, {id}) and t.changed_at < {until} \
             order by t.changed_at, t.id limit {look}) r"
        );
        let mut conn = self.0.database.snapshot().await?;
        let found = sql.rows(&mut conn, text).await?;
        let (mut places, mut last) = (Vec::new(), None);
        let mut more = found.len() == look;
        for row in &found {
            if places.len() == limit {
                more = true;
                break;
            }
            let place: Place = (row.try_get(1)?, row.try_get(0)?);
            if is_set(row, 2)? {
                places.push(place.clone());
            }
            last = Some(place);
        }
        let next = last.filter(|_| more).map(|(at, id)| After { at, id });
        Ok(TicketPage { rows: rows_at(&mut conn, &places).await?, next })
    }

    /// Who may read what is in the index too: so a word that many tickets have is found in his own at once.
    /// The last word is taken for the beginning of one only where it is none itself.
    async fn by_words(
        &self,
        conn: &mut AnyConnection,
        agent: &Agent,
        groups: Vec<String>,
        filter: &Filter,
        after: Option<&After>,
        question: &Question,
    ) -> Result<Plan, Fault> {
        let embedded = self.0.database.embedded;
        let mut readers: Vec<String> = groups.iter().map(|group| ticket_index::of_group(group)).collect();
        readers.push(ticket_index::of_owner(&agent.face.id));
        let readers = (!agent.system).then_some(readers);
        let begun = match question.last_for_readers(embedded, readers.as_deref()) {
            Some(last) => {
                let sql = match embedded {
                    true => "select 1 from ticket_index where ticket_index match $1 limit 1",
                    false => "select 1 from ticket_index where words @@ to_tsquery('simple', $1) limit 1",
                };
                sqlx::query(sql).bind(last).fetch_optional(conn).await?.is_none()
            }
            None => false,
        };
        // As if it were of a tag: all conditions are left to look at.
        let asked = Filter { tag: Some(String::new()), ..filter.clone() };
        let mut plan = Plan::new(agent, groups, &asked, None, embedded);
        plan.rest.extend(filter.tag.clone().map(Is::Tagged));
        plan.rest.extend(filter.from.map(|from| Is::Since(from.0)));
        plan.rest.extend(filter.until.map(|until| Is::Before(until.0)));
        plan.source = Source::Words(question.for_readers(embedded, readers.as_deref(), begun));
        plan.start = after.cloned().unwrap_or(After { at: i64::MAX, id: String::new() });
        plan.from = None;
        Ok(plan)
    }

    /// How the database would read a list of very many, in its own words: for the story that it reads none
    /// of them whole, and sorts none.
    pub async fn explain(&self, agent: &Agent, filter: &Filter) -> Answer<Vec<String>> {
        let groups: Vec<String> = self.groups_seen_by(agent).await?.into_iter().map(|group| group.id).collect();
        let embedded = self.0.database.embedded;
        let plan = Plan::new(agent, groups, filter, None, embedded);
        let (sql, text) = plan.first(&plan.ranges);
        let mut tx = self.0.database.reader.begin().await.map_err(Fault::from)?;
        if !embedded {
            // It takes no index for a handful of rows, if it may choose.
            for off in
                ["set local enable_seqscan = off", "set local enable_sort = off", "set local enable_bitmapscan = off"]
            {
                sqlx::query(off).execute(&mut *tx).await?;
            }
        }
        let (explain, column) = if embedded { ("explain query plan", 3) } else { ("explain", 0) };
        let rows = sql.rows(&mut tx, format!("{explain} {text}")).await?;
        Ok(rows.iter().map(|row| row.try_get(column)).collect::<Result<_, _>>()?)
    }
}

/// The id of the ticket of a number, where it fulfils what is left to look at.
async fn numbered(conn: &mut AnyConnection, plan: &Plan, number: i64) -> Result<Option<String>, Fault> {
    let mut sql = Sql::default();
    let (number, rest) = (sql.number(number), sql.all(&plan.rest));
    let text = format!(
        "select id from (select {COLUMNS}, t.changed_at as changed from tickets t where t.number = {number}) r where {rest}"
    );
    let rows = sql.rows(conn, text).await?;
    Ok(rows.first().map(|row| row.try_get(0)).transpose()?)
}

async fn places(conn: &mut AnyConnection, plan: &Plan) -> Result<(Vec<Place>, Option<After>), Fault> {
    let mut found: Vec<Vec<Place>> = vec![Vec::new(); plan.ranges.len()];
    for (at, ranges) in plan.ranges.chunks(RANGES).enumerate() {
        let (sql, text) = plan.first(ranges);
        for row in sql.rows(&mut *conn, text).await? {
            let (n, place) = read_place(&row)?;
            found[at * RANGES + n].push(place);
        }
    }
    // However little each range looks at: what it has not looked at is not left out.
    let looks = !plan.rest.is_empty() || matches!(plan.source, Source::Words(_));
    let mut ends: Vec<Place> =
        found.iter().filter(|places| places.len() > ROWS).filter_map(|p| p.last().cloned()).collect();
    let short: Vec<(usize, &Vec<Is>)> =
        plan.ranges.iter().enumerate().filter(|(n, _)| looks && found[*n].len() <= ROWS).collect();
    for ranges in short.chunks(RANGES) {
        let (sql, text) = plan.ends(ranges);
        for row in sql.rows(&mut *conn, text).await? {
            ends.push(read_place(&row)?.1);
        }
    }
    Ok(merged(found, ends.into_iter().max()))
}

async fn rows_at(conn: &mut AnyConnection, places: &[Place]) -> Result<Vec<TicketRow>, Fault> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::default();
    let ids: Vec<String> = places.iter().map(|(_, id)| id.clone()).collect();
    let among = sql.among("id", &ids);
    let rows = sql.rows(conn, format!("select state from tickets where {among}")).await?;
    let mut tickets: HashMap<String, Ticket> = HashMap::new();
    for row in rows {
        let ticket = read_state(&row)?;
        tickets.insert(ticket.id.clone(), ticket);
    }
    Ok(ids.iter().filter_map(|id| tickets.get(id)).map(TicketRow::of).collect())
}

fn read_place(row: &AnyRow) -> Result<(usize, Place), Fault> {
    // A number that stands in the statement itself is a smaller one to PostgreSQL.
    let n = row.try_get::<i64, _>(0).or_else(|_| row.try_get::<i32, _>(0).map(i64::from))?;
    let n = usize::try_from(n).map_err(|_| Fault::new("a range has an impossible number"))?;
    Ok((n, (row.try_get(2)?, row.try_get(1)?)))
}

/// One page of all ranges: no row twice, and none from beyond the newest end of a look, for there another
/// range may have rows that were not looked at yet.
fn merged(found: Vec<Vec<Place>>, end: Option<Place>) -> (Vec<Place>, Option<After>) {
    let mut places: Vec<Place> = found.into_iter().flatten().collect::<HashSet<_>>().into_iter().collect();
    places.sort_unstable_by(|a, b| b.cmp(a));
    if let Some(end) = &end {
        places.retain(|place| place >= end);
    }
    let more = places.len() > ROWS;
    places.truncate(ROWS);
    let last = if more { places.last().cloned() } else { end };
    (places, last.map(|(at, id)| After { at, id }))
}
