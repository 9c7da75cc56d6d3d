//! Who is here. Comings and goings are noted per person and fetched by the keeper, so a person
//! who flickers costs one note, and no queue can grow. Whoever acts before he is here is awaited:
//! one who never comes has gone, too.

use crate::Clock;
use domain::presence::{ARRIVAL, Graces, HOLD, Presence, past};
use domain::{Span, Time};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Somebody whose sockets are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Person {
    Customer(String),
    Agent(String),
}

/// Somebody's last socket went, or his first came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    Came,
    /// `back`: he had come before, and the keeper has not heard of that: whatever absence he
    /// knows of is annulled (R37).
    Went {
        since: Time,
        back: bool,
    },
}

impl Note {
    /// Has he gone, longer ago than that?
    pub fn is_past(&self, span: Span, now: Time) -> bool {
        matches!(self, Note::Went { since, .. } if past(*since, span) <= now)
    }

    fn was_here(&self) -> bool {
        matches!(self, Note::Came | Note::Went { back: true, .. })
    }
}

#[derive(Clone)]
pub struct Room(Arc<Inside>);

struct Inside {
    people: Mutex<People>,
    noted: Arc<Notify>,
    clock: Clock,
    /// When it was opened: before that we know of nobody.
    since: Time,
    /// For the keeper: how long one may be gone, as the house has set it.
    graces: Mutex<Graces>,
}

#[derive(Default)]
struct People {
    here: HashMap<Person, Presence>,
    gone_since: HashMap<Person, Time>,
    awaited: HashMap<Person, Awaited>,
    notes: HashMap<Person, Note>,
    /// Customers with a page of ours open and no conversation in it: how many wait to be called, and until when
    /// one was heard who may be on his way to the next page.
    visiting: HashMap<String, (u32, Time)>,
}

/// More than this are looked through for who has gone.
const VISITING: usize = 1_000;

/// Somebody who should be here, and was last known of at `since`.
struct Awaited {
    since: Time,
    until: Time,
}

impl Room {
    pub fn new(clock: Clock) -> Room {
        let since = clock.now();
        let (people, graces) = (Mutex::default(), Mutex::default());
        Room(Arc::new(Inside { people, noted: Arc::new(Notify::new()), clock, since, graces }))
    }

    /// One may be gone for so long from now on, also who is gone already.
    pub fn allow(&self, graces: Graces) {
        let before = std::mem::replace(&mut *self.0.graces.lock().unwrap_or_else(PoisonError::into_inner), graces);
        if before != graces {
            self.0.noted.notify_one();
        }
    }

    pub fn graces(&self) -> Graces {
        *self.0.graces.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another socket of his.
    pub fn come(&self, person: Person) {
        let mut people = self.lock();
        if people.here.entry(person.clone()).or_default().come() {
            people.gone_since.remove(&person);
            people.awaited.remove(&person);
            people.notes.insert(person, Note::Came);
            self.0.noted.notify_one();
        }
    }

    /// A socket of his has ended; he was heard on it until `since`.
    pub fn go(&self, person: Person, since: Time) {
        let mut people = self.lock();
        let Some(presence) = people.here.get_mut(&person) else { return };
        let Some(since) = presence.go(since) else { return };
        people.here.remove(&person);
        if let Person::Agent(_) = person {
            people.gone_since.insert(person.clone(), since);
        }
        let back = people.notes.get(&person).is_some_and(Note::was_here);
        people.notes.insert(person, Note::Went { since, back });
        self.0.noted.notify_one();
    }

    /// His session has ended, which is no change of page: unless another socket of his is open, he is not connected
    /// from now on.
    pub fn sign_out(&self, agent: &str) {
        self.lock().gone_since.remove(&Person::Agent(agent.into()));
    }

    /// Is an agent connected? A change of page is not yet an absence, however long the house waits for him.
    pub fn is_connected(&self, agent: &str) -> bool {
        let person = Person::Agent(agent.into());
        let people = self.lock();
        people.here.contains_key(&person)
            || people.gone_since.get(&person).is_some_and(|since| self.0.clock.now() - *since <= HOLD)
    }

    /// Is a socket of his open at this moment?
    pub fn is_here(&self, person: &Person) -> bool {
        self.lock().here.contains_key(person)
    }

    /// He has a page open and waits to be called, until what is answered is dropped.
    pub fn visits(&self, customer: &str) -> Visiting {
        let (mut people, now) = (self.lock(), self.0.clock.now());
        if people.visiting.len() >= VISITING {
            people.visiting.retain(|_, (count, seen)| *count > 0 || past(*seen, ARRIVAL) > now);
        }
        people.visiting.entry(customer.into()).or_insert((0, now)).0 += 1;
        Visiting { room: self.clone(), customer: customer.into() }
    }

    /// Can a conversation begin before his eyes? From one page to the next nobody is gone yet.
    pub fn is_reachable(&self, customer: &str) -> bool {
        let (people, now) = (self.lock(), self.0.clock.now());
        people.here.contains_key(&Person::Customer(customer.into()))
            || people.visiting.get(customer).is_some_and(|(count, seen)| *count > 0 || past(*seen, ARRIVAL) > now)
    }

    /// From when on it can be said that nobody is here: after a start of ours everybody has a fresh
    /// grace to come back (Q8).
    pub fn settles_at(&self) -> Time {
        past(self.0.since, HOLD)
    }

    /// He acted, or was named, and should be here. True when he is not: if he does not come in
    /// time, he has been gone since then. One lock for the look and the note, so that nobody can
    /// come in between.
    pub fn expect(&self, person: &Person, since: Time) -> bool {
        let mut people = self.lock();
        if people.here.contains_key(person) || people.notes.contains_key(person) {
            return false;
        }
        let new = Awaited { since, until: since + ARRIVAL };
        people.awaited.entry(person.clone()).or_insert(new).since = since;
        true
    }

    /// He is on his way, and heard of until then: he has not gone before. Whoever was taken for gone has come.
    pub fn wait_until(&self, person: &Person, until: Time) {
        let (mut people, since) = (self.lock(), self.0.clock.now());
        if people.here.contains_key(person) {
            return;
        }
        if people.awaited.insert(person.clone(), Awaited { since, until }).is_none() {
            people.notes.insert(person.clone(), Note::Came);
            self.0.noted.notify_one();
        }
    }

    /// What the keeper has not heard yet.
    pub fn take_notes(&self) -> Vec<(Person, Note)> {
        let (mut people, now) = (self.lock(), self.0.clock.now());
        let late: Vec<_> = people.awaited.extract_if(|_, awaited| awaited.until <= now).collect();
        for (person, Awaited { since, .. }) in late {
            people.notes.entry(person).or_insert(Note::Went { since, back: false });
        }
        people.notes.drain().collect()
    }

    /// When somebody who is awaited will be late.
    pub fn next_late(&self) -> Option<Time> {
        self.lock().awaited.values().map(|awaited| awaited.until).min()
    }

    /// The machine slept: who is away has been so since now, and who is here has come.
    pub fn wake(&self) {
        let (mut people, now) = (self.lock(), self.0.clock.now());
        people.gone_since.values_mut().for_each(|since| *since = now);
        people.awaited.values_mut().for_each(|awaited| *awaited = Awaited { since: now, until: now + ARRIVAL });
        for note in people.notes.values_mut() {
            if let Note::Went { since, .. } = note {
                *since = now;
            }
        }
        let here: Vec<Person> = people.here.keys().cloned().collect();
        people.notes.extend(here.into_iter().map(|person| (person, Note::Came)));
    }

    /// Is there something to fetch?
    pub fn is_noted(&self) -> bool {
        !self.lock().notes.is_empty()
    }

    /// A note that could not be kept; a newer one of the same person stands. Nobody is woken:
    /// the keeper comes back by himself while there are notes.
    pub fn put_back(&self, person: Person, note: Note) {
        let was_here = note.was_here();
        if let Note::Went { back, .. } = self.lock().notes.entry(person).or_insert(note) {
            *back |= was_here;
        }
    }

    /// Returns when there is something to fetch, or the graces are others.
    pub async fn noted(&self) {
        self.0.noted.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, People> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A page that waits.
pub struct Visiting {
    room: Room,
    customer: String,
}

impl Drop for Visiting {
    fn drop(&mut self) {
        let now = self.room.0.clock.now();
        if let Some((count, seen)) = self.room.lock().visiting.get_mut(&self.customer) {
            *count = count.saturating_sub(1);
            *seen = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signs_out_is_gone_at_once_and_who_changes_the_page_is_not() {
        let room = Room::new(Clock::hands(Time(0)));
        let ines = || Person::Agent("ines".into());
        let signs_out = || {
            room.go(ines(), Time(0));
            room.sign_out("ines");
            room.is_connected("ines")
        };

        room.come(ines());
        room.go(ines(), Time(0));
        assert!(room.is_connected("ines"));
        room.come(ines());
        room.come(ines());
        assert!(signs_out(), "another of her sessions is here");
        assert!(!signs_out());
    }

    #[test]
    fn who_goes_from_one_page_to_the_next_is_reachable_and_who_has_gone_is_not() {
        let clock = Clock::hands(Time(0));
        let room = Room::new(clock.clone());
        assert!(!room.is_reachable("ana"));
        let (one, other) = (room.visits("ana"), room.visits("ana"));

        drop(one);
        clock.advance(Span::minutes(1));
        assert!(room.is_reachable("ana"), "another page of hers is open");
        drop(other);
        clock.advance(ARRIVAL);
        assert!(room.is_reachable("ana"));
        clock.advance(Span(1));
        assert!(!room.is_reachable("ana"));
    }
}
