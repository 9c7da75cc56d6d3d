//! The monitor: who works here at this moment, on what, and who waits (R45, R86-R88, indicators.md e.3).
//!
//! [`Facts`] are all there is. What one viewer may see of them is a [`Table`], what of that is another by now a
//! [`News`]; what he chose to see of it is a [`Look`], which his browser's address holds.

use crate::group::Named;
use crate::person::Agent;
use crate::{Chat, Face, Span, Stage, Time};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::HashMap;

mod look;

pub use crate::standing::Held;
pub use look::{Column, Filter, Look, Order, Standing, TalkColumn};

/// The monitor shows a change within a second: rounds of telling are at least this far apart.
pub const PAUSE: Span = Span(250);
/// What nobody tells (rights that an operator took away, an absence that has become long) is looked for so often.
pub const LOOK_EVERY: Span = Span::secs(5);

/// All that the monitors of everybody are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// In the order of their names, as are applications and people.
    pub groups: Vec<Group>,
    pub applications: Vec<Served>,
    /// Everybody who may sign in.
    pub people: Vec<Person>,
    /// Conversations that are being attended. Those among agents are nobody's to watch.
    pub talks: Vec<Talk>,
    pub waiting: Vec<Waiting>,
    pub unsaved: Vec<Unsaved>,
    /// These count in what their agents may have at once.
    pub unsaved_takes_room: bool,
    /// Who is in a conversation among agents, once for each; nobody, where the house does not count them.
    pub inner: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: String,
    pub name: String,
    /// As many of its conversations may an agent be handed; none: it hands nothing out.
    pub limit: Option<u32>,
    /// How long one waits, as its customers are told (R22).
    pub average: Option<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub agent: Agent,
    /// A session of his is signed in, and its socket answered a moment ago.
    pub connected: bool,
    /// What he chose; counts only while he is connected.
    pub online: bool,
    /// As many conversations may he be handed of all groups together.
    pub limit: Option<u32>,
}

/// Somebody in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub group: String,
    pub application: String,
    pub since: Time,
}

/// Tickets of ended conversations that wait for their first save by this agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsaved {
    pub agent: String,
    pub group: String,
    pub application: String,
    pub count: u32,
}

/// An application, and the groups that its customers may choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    pub id: String,
    pub name: String,
    pub groups: Vec<String>,
}

/// What can be chosen in the filters: the groups that the viewer administers, and the applications that use one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub groups: Vec<Named>,
    pub applications: Vec<Served>,
}

/// An agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub face: Face,
    /// *Estado en Recado*.
    pub connected: bool,
    /// What he chose; see [`Row::is_available`].
    pub online: bool,
    /// Of all groups together; none: he has no limit of his own.
    pub limit: Option<u32>,
    /// His groups, as far as the viewer administers them, in the order of their names.
    pub places: Vec<Place>,
    /// What he has in them, where that is anything.
    pub loads: Vec<Load>,
    /// How many conversations he is in besides, and how many tickets he has to save: of groups that the viewer does not
    /// administer he learns no more than that somebody of his is busy. Those among agents are of no group.
    pub elsewhere: u32,
    pub to_save_elsewhere: u32,
    /// As many of those elsewhere are among agents: they take no room.
    pub inner: u32,
    /// What he has to save does; see [`Row::busy`].
    pub unsaved_takes_room: bool,
}

/// A group of an agent's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub group: String,
    pub attendant: bool,
    /// As many of its conversations may he be handed; none: it hands nothing out.
    pub limit: Option<u32>,
    /// He has as many as he may have; where the house counts them, with those that he has to save.
    pub full: bool,
    /// Nobody else of those who attend it is available.
    pub alone: bool,
}

/// What an agent has of one group and one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub group: String,
    pub application: String,
    pub talks: u32,
    pub to_save: u32,
}

/// A conversation that is being attended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    pub chat: String,
    /// Its protocol number.
    pub number: i64,
    pub application: Named,
    pub group: Named,
    pub customer: Named,
    pub agents: Vec<Face>,
    pub since: Time,
    /// The customer's last socket is gone since then.
    pub gone_since: Option<Time>,
    pub last: Option<LastWord>,
}

/// Who spoke last, and when. What he said is for who opens the conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastWord {
    pub by_customer: bool,
    pub at: Time,
}

/// So long may a customer's last word stand without an answer.
const NEGLECT: Span = Span::minutes(2);

impl LastWord {
    /// The customer spoke, and nobody has answered for long.
    pub fn is_neglected(&self, now: Time) -> bool {
        self.by_customer && now - self.at >= NEGLECT
    }
}

/// The health of a group's queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    pub group: String,
    /// How long one waits, as its customers are told (R22); none: we do not know yet.
    pub average: Option<Span>,
    /// Attendants who are online and connected (R15); full ones count (Q12).
    pub available: u32,
    /// Who waits, by application; an empty queue has none.
    pub lines: Vec<QueueLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueLine {
    pub application: String,
    pub waiting: u32,
    /// Since when the first of them waits.
    pub oldest: Time,
}

/// All that one viewer sees. Agents by name, conversations by their length, queues by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub scope: Scope,
    pub agents: Vec<Row>,
    pub talks: Vec<Talk>,
    pub queues: Vec<Queue>,
}

/// What is told of it. Variants are only ever appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// All of it: at first, after every reconnection, and when the viewer's rights are others.
    Whole(Table),
    /// Whole rows, of what is another by now.
    Changed(Changes),
    /// He administers nothing, or nothing any more.
    Closed,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    pub agents: Vec<Row>,
    /// Agents who are not in it any more.
    pub gone: Vec<String>,
    pub talks: Vec<Talk>,
    /// Conversations that nobody attends any more, or that went where he may not look.
    pub over: Vec<String>,
    pub queues: Vec<Queue>,
}

/// May he watch anybody at all?
pub fn may_monitor(agent: &Agent) -> bool {
    agent.system || agent.memberships.iter().any(|m| m.administrator)
}

impl Talk {
    /// None where nobody attends it, or where agents are among themselves.
    pub fn of(chat: &Chat, last: Option<LastWord>) -> Option<Talk> {
        if chat.stage != Stage::Attending || chat.is_inner() {
            return None;
        }
        Some(Talk {
            chat: chat.id.clone(),
            number: chat.number,
            application: chat.application.clone(),
            group: chat.group.clone(),
            customer: chat.customer.clone(),
            // Who only watches, was invited or went is not in it.
            agents: chat.agents.iter().map(|inside| inside.face.clone()).collect(),
            since: chat.attended_at.unwrap_or(chat.queued_at),
            gone_since: chat.gone_since,
            last,
        })
    }
}

impl Waiting {
    /// None where nobody waits. Redirected from queue to queue, one has waited since he came; back in one after he was
    /// attended, since then.
    pub fn of(chat: &Chat) -> Option<Waiting> {
        (chat.stage == Stage::Waiting && !chat.is_inner()).then(|| Waiting {
            group: chat.group.id.clone(),
            application: chat.application.id.clone(),
            since: chat.requeued_at.unwrap_or(chat.queued_at),
        })
    }
}

impl Person {
    /// *Estado en el Chat*: what he chose, while he is connected.
    fn is_available(&self) -> bool {
        self.connected && self.online
    }
}

/// What is asked of all rows alike, counted once.
struct Counts<'f> {
    /// The conversations that each agent is in.
    talks: HashMap<&'f str, Vec<&'f Talk>>,
    /// How many could attend each group: administrators who do not attend cannot (R15).
    available: HashMap<&'f str, u32>,
}

impl Counts<'_> {
    fn of(facts: &Facts) -> Counts<'_> {
        let (mut talks, mut available) = (HashMap::<&str, Vec<&Talk>>::new(), HashMap::new());
        for talk in &facts.talks {
            for face in &talk.agents {
                talks.entry(&face.id).or_default().push(talk);
            }
        }
        for person in facts.people.iter().filter(|person| person.is_available()) {
            for member in person.agent.memberships.iter().filter(|m| m.attendant) {
                *available.entry(member.group.as_str()).or_default() += 1;
            }
        }
        Counts { talks, available }
    }

    fn talks(&self, agent: &str) -> &[&Talk] {
        self.talks.get(agent).map_or(&[], Vec::as_slice)
    }

    fn available(&self, group: &str) -> u32 {
        self.available.get(group).copied().unwrap_or(0)
    }
}

impl Facts {
    /// What this agent sees, with the rights that he has by now; none: he administers nothing, or works here no more.
    pub fn seen_by(&self, viewer: &str) -> Option<Table> {
        let viewer = &self.people.iter().find(|person| person.agent.face.id == viewer)?.agent;
        let groups: Vec<&Group> = self.groups.iter().filter(|group| viewer.seat(&group.id).administrator).collect();
        // Of one whose only group is retired the table is empty.
        if !may_monitor(viewer) {
            return None;
        }
        let (counts, sees) = (Counts::of(self), |group: &str| groups.iter().any(|seen| seen.id == group));
        let mut talks: Vec<Talk> = self.talks.iter().filter(|talk| sees(&talk.group.id)).cloned().collect();
        talks.sort_by(|one, other| (one.since, &one.chat).cmp(&(other.since, &other.chat)));
        Some(Table {
            scope: self.scope(&groups),
            agents: self.people.iter().filter_map(|person| self.row(person, &groups, &counts)).collect(),
            talks,
            queues: groups.iter().map(|group| self.queue(group, &counts)).collect(),
        })
    }

    fn scope(&self, groups: &[&Group]) -> Scope {
        let named = groups.iter().map(|group| Named { id: group.id.clone(), name: group.name.clone() });
        let served = self.applications.iter().map(|application| Served {
            groups: groups.iter().map(|g| &g.id).filter(|id| application.groups.contains(id)).cloned().collect(),
            ..application.clone()
        });
        Scope { groups: named.collect(), applications: served.filter(|served| !served.groups.is_empty()).collect() }
    }

    /// None: he is in none of these groups.
    fn row(&self, person: &Person, groups: &[&Group], counts: &Counts) -> Option<Row> {
        let (id, mut loads) = (&person.agent.face.id, Vec::new());
        let unsaved: Vec<&Unsaved> = self.unsaved.iter().filter(|unsaved| unsaved.agent == *id).collect();
        let held: &[&Unsaved] = if self.unsaved_takes_room { &unsaved } else { &[] };
        let places: Vec<Place> = groups.iter().filter_map(|group| place(person, group, counts, held)).collect();
        if places.is_empty() {
            return None;
        }
        let among_agents = self.inner.iter().filter(|agent| *agent == id).count();
        let inner = u32::try_from(among_agents).unwrap_or(u32::MAX);
        let (mut elsewhere, mut to_save_elsewhere) = (inner, 0);
        for talk in counts.talks(id) {
            match groups.iter().any(|group| group.id == talk.group.id) {
                true => load(&mut loads, &talk.group.id, &talk.application.id).talks += 1,
                false => elsewhere += 1,
            }
        }
        for unsaved in unsaved {
            match groups.iter().any(|group| group.id == unsaved.group) {
                true => load(&mut loads, &unsaved.group, &unsaved.application).to_save += unsaved.count,
                false => to_save_elsewhere += unsaved.count,
            }
        }
        // So that a row that says the same is the same.
        loads.sort_by(|one, other| (&one.group, &one.application).cmp(&(&other.group, &other.application)));
        let face = person.agent.face.clone();
        let (connected, online, limit) = (person.connected, person.online, person.limit);
        let unsaved_takes_room = self.unsaved_takes_room;
        Some(Row {
            face,
            connected,
            online,
            limit,
            places,
            loads,
            elsewhere,
            to_save_elsewhere,
            inner,
            unsaved_takes_room,
        })
    }

    fn queue(&self, group: &Group, counts: &Counts) -> Queue {
        let mut lines: Vec<QueueLine> = Vec::new();
        for waiting in self.waiting.iter().filter(|waiting| waiting.group == group.id) {
            match lines.iter_mut().find(|line| line.application == waiting.application) {
                Some(line) => {
                    line.waiting += 1;
                    line.oldest = line.oldest.min(waiting.since);
                }
                None => {
                    let application = waiting.application.clone();
                    lines.push(QueueLine { application, waiting: 1, oldest: waiting.since });
                }
            }
        }
        lines.sort_by(|one, other| one.application.cmp(&other.application));
        Queue { group: group.id.clone(), average: group.average, available: counts.available(&group.id), lines }
    }
}

/// None: he is not of this group. `held`: what takes room of his besides his conversations.
fn place(person: &Person, group: &Group, counts: &Counts, held: &[&Unsaved]) -> Option<Place> {
    let member = person.agent.memberships.iter().find(|m| m.group == group.id)?;
    if !member.attendant && !member.administrator {
        return None;
    }
    let mine = counts.talks(&person.agent.face.id);
    let count = |here: &dyn Fn(&str) -> bool| {
        let held: u32 = held.iter().filter(|unsaved| here(&unsaved.group)).map(|unsaved| unsaved.count).sum();
        mine.iter().filter(|talk| here(&talk.group.id)).count() + held as usize
    };
    let reached = |limit: Option<u32>, count: usize| limit.is_some_and(|limit| count >= limit as usize);
    let (here, busy) = (count(&|id| id == group.id), count(&|_| true));
    Some(Place {
        group: group.id.clone(),
        attendant: member.attendant,
        limit: group.limit,
        full: member.attendant && (reached(group.limit, here) || reached(person.limit, busy)),
        alone: member.attendant && person.is_available() && counts.available(&group.id) == 1,
    })
}

fn load<'l>(loads: &'l mut Vec<Load>, group: &str, application: &str) -> &'l mut Load {
    let at = loads.iter().position(|load| load.group == group && load.application == application);
    let at = at.unwrap_or_else(|| {
        loads.push(Load { group: group.into(), application: application.into(), talks: 0, to_save: 0 });
        loads.len() - 1
    });
    &mut loads[at]
}

/// Of these two lists: the rows that are new or say something else, and the keys of those that went.
fn compared<R: Clone + PartialEq>(before: &[R], now: &[R], key: impl Fn(&R) -> &str) -> (Vec<R>, Vec<String>) {
    let mut left: HashMap<&str, &R> = before.iter().map(|row| (key(row), row)).collect();
    let changed = now.iter().filter(|row| left.remove(key(row)) != Some(*row)).cloned().collect();
    let mut gone: Vec<String> = left.into_keys().map(Into::into).collect();
    gone.sort_unstable();
    (changed, gone)
}

fn placed<R>(rows: &mut Vec<R>, new: Vec<R>, gone: &[String], key: impl Fn(&R) -> &str) {
    rows.retain(|row| gone.iter().all(|gone| gone != key(row)));
    for row in new {
        match rows.iter_mut().find(|old| key(old) == key(&row)) {
            Some(old) => *old = row,
            None => rows.push(row),
        }
    }
}

impl Table {
    /// What is to be told to whoever was told `before`; none: nothing.
    pub fn news_since(&self, before: &Table) -> Option<News> {
        if self.scope != before.scope {
            return Some(News::Whole(self.clone()));
        }
        let (agents, gone) = compared(&before.agents, &self.agents, |row| &row.face.id);
        let (talks, over) = compared(&before.talks, &self.talks, |talk| &talk.chat);
        let (queues, _) = compared(&before.queues, &self.queues, |queue| &queue.group);
        let changes = Changes { agents, gone, talks, over, queues };
        (changes != Changes::default()).then_some(News::Changed(changes))
    }

    /// Takes in what was told; whoever was told nothing whole yet has nothing to change.
    pub fn hear(&mut self, changes: Changes) {
        placed(&mut self.agents, changes.agents, &changes.gone, |row| &row.face.id);
        placed(&mut self.talks, changes.talks, &changes.over, |talk| &talk.chat);
        placed(&mut self.queues, changes.queues, &[], |queue| &queue.group);
        self.agents.sort_by(|one, other| by_name(&one.face, &other.face));
        self.talks.sort_by(|one, other| (one.since, &one.chat).cmp(&(other.since, &other.chat)));
    }

    /// The agents whom a filter takes in, in this order; without one by name.
    pub fn agents_in(&self, filter: &Filter, order: Option<Order<Column>>) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.agents.iter().filter(|row| row.is_in(filter, &self.scope)).collect();
        rows.sort_by(|one, other| {
            let chosen = order.map_or(Ordering::Equal, |order| {
                order.of(match order.by {
                    Column::Name => by_name(&one.face, &other.face),
                    Column::Connected => other.connected.cmp(&one.connected),
                    Column::Available => other.is_available().cmp(&one.is_available()),
                    Column::Talks => one.talks(filter).cmp(&other.talks(filter)),
                    Column::ToSave => one.to_save(filter).cmp(&other.to_save(filter)),
                })
            });
            chosen.then_with(|| by_name(&one.face, &other.face))
        });
        rows
    }

    /// The conversations that it takes in, in this order; without one the longest first.
    pub fn talks_in(&self, filter: &Filter, order: Option<Order<TalkColumn>>) -> Vec<&Talk> {
        let taken = |talk: &&Talk| filter.takes(&talk.group.id, &talk.application.id);
        let mut talks: Vec<&Talk> = self.talks.iter().filter(taken).collect();
        talks.sort_by(|one, other| {
            let chosen = order.map_or(Ordering::Equal, |order| {
                order.of(match order.by {
                    TalkColumn::Customer => lower(&one.customer.name).cmp(&lower(&other.customer.name)),
                    TalkColumn::Group => lower(&one.group.name).cmp(&lower(&other.group.name)),
                    TalkColumn::Last => one.last.as_ref().map(|l| l.at).cmp(&other.last.as_ref().map(|l| l.at)),
                    TalkColumn::Since => one.since.cmp(&other.since),
                })
            });
            chosen.then_with(|| (one.since, &one.chat).cmp(&(other.since, &other.chat)))
        });
        talks
    }

    /// The queues that it takes in, and those where somebody waits whom it takes in: one is sent on to groups that his
    /// application does not use, too.
    pub fn queues_in(&self, filter: &Filter) -> Vec<&Queue> {
        let taken = |queue: &&Queue| self.scope.takes(filter, &queue.group) || queue.waiting(filter) > 0;
        self.queues.iter().filter(taken).collect()
    }

    /// All of what it takes in, in a line.
    pub fn sum(&self, filter: &Filter) -> Sum {
        let queues = self.queues_in(filter);
        let agents = self.agents_in(filter, None);
        Sum {
            waiting: queues.iter().map(|queue| queue.waiting(filter)).sum(),
            oldest: queues.iter().filter_map(|queue| queue.oldest(filter)).min(),
            talks: self.talks_in(filter, None).len(),
            available: agents.iter().filter(|row| row.is_available()).count(),
            agents: agents.len(),
        }
    }
}

/// What stands above the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub waiting: u32,
    pub oldest: Option<Time>,
    pub talks: usize,
    pub available: usize,
    pub agents: usize,
}

impl Row {
    /// *Estado en el Chat*: disconnected is not available, whatever he chose.
    pub fn is_available(&self) -> bool {
        self.connected && self.online
    }

    /// One of his groups must fit all of the filter.
    fn is_in(&self, filter: &Filter, scope: &Scope) -> bool {
        self.places.iter().any(|place| scope.takes(filter, &place.group))
    }

    /// *Cantidad de Atenciones*: the conversations he is in now; with a filter, those that it takes in.
    pub fn talks(&self, filter: &Filter) -> u32 {
        let here: u32 = self.taken(filter).map(|load| load.talks).sum();
        if filter.is_none() { here + self.elsewhere } else { here }
    }

    /// Whatever the filter.
    pub fn all_talks(&self) -> u32 {
        self.talks(&Filter::default())
    }

    /// Tickets of his conversations that wait for their first save.
    pub fn to_save(&self, filter: &Filter) -> u32 {
        let here: u32 = self.taken(filter).map(|load| load.to_save).sum();
        if filter.is_none() { here + self.to_save_elsewhere } else { here }
    }

    /// What takes room of what he may have: his conversations without those among agents and, where the house counts
    /// them, what he has to save.
    pub fn busy(&self, filter: &Filter) -> u32 {
        let inner = if filter.is_none() { self.inner } else { 0 };
        let unsaved = if self.unsaved_takes_room { self.to_save(filter) } else { 0 };
        self.talks(filter).saturating_sub(inner) + unsaved
    }

    fn taken(&self, filter: &Filter) -> impl Iterator<Item = &Load> {
        self.loads.iter().filter(|load| filter.takes(&load.group, &load.application))
    }

    /// Those of his groups that the filter takes in.
    pub fn places_in<'r>(&'r self, filter: &'r Filter, scope: &'r Scope) -> impl Iterator<Item = &'r Place> {
        self.places.iter().filter(|place| scope.takes(filter, &place.group))
    }

    /// *Al límite*: he attends, and has as many as he may have wherever he does.
    pub fn is_full(&self, filter: &Filter, scope: &Scope) -> bool {
        let mut attended = self.places_in(filter, scope).filter(|place| place.attendant).peekable();
        attended.peek().is_some() && attended.all(|place| place.full)
    }

    /// The groups in which nobody else is available.
    pub fn alone_in<'r>(&'r self, filter: &'r Filter, scope: &'r Scope) -> impl Iterator<Item = &'r Place> {
        self.places_in(filter, scope).filter(|place| place.alone)
    }

    /// As many could he be handed together; none: there is no limit.
    pub fn room(&self, filter: &Filter, scope: &Scope) -> Option<u32> {
        let mut attended = self.places_in(filter, scope).filter(|place| place.attendant).peekable();
        attended.peek()?;
        let of_groups = attended.map(|place| place.limit).sum::<Option<u32>>();
        match (self.limit, of_groups) {
            (Some(own), Some(all)) => Some(own.min(all)),
            (own, all) => own.or(all),
        }
    }
}

impl Queue {
    fn taken(&self, filter: &Filter) -> impl Iterator<Item = &QueueLine> {
        self.lines.iter().filter(|line| filter.takes(&self.group, &line.application))
    }

    pub fn waiting(&self, filter: &Filter) -> u32 {
        self.taken(filter).map(|line| line.waiting).sum()
    }

    /// Since when the first of them waits.
    pub fn oldest(&self, filter: &Filter) -> Option<Time> {
        self.taken(filter).map(|line| line.oldest).min()
    }
}

impl Scope {
    /// Does the filter take in this group? By an application it does where that uses the group.
    pub fn takes(&self, filter: &Filter, group: &str) -> bool {
        let uses = |application: &String| {
            self.applications.iter().any(|s| s.id == *application && s.groups.iter().any(|id| id == group))
        };
        filter.group.as_ref().is_none_or(|id| id == group) && filter.application.as_ref().is_none_or(uses)
    }
}

fn by_name(one: &Face, other: &Face) -> Ordering {
    (lower(&one.name), &one.id).cmp(&(lower(&other.name), &other.id))
}

fn lower(name: &str) -> String {
    name.to_lowercase()
}

#[cfg(test)]
mod tests;
