//! Who is here. Comings and goings are noted per person and fetched by the keeper, so a person
//! who flickers costs one note, and no queue can grow.

use crate::Clock;
use domain::Time;
use domain::presence::{HOLD, Presence};
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
    Went { since: Time },
}

#[derive(Clone)]
pub struct Room(Arc<Inside>);

struct Inside {
    people: Mutex<People>,
    noted: Arc<Notify>,
    clock: Clock,
}

#[derive(Default)]
struct People {
    here: HashMap<Person, Presence>,
    gone_since: HashMap<Person, Time>,
    notes: HashMap<Person, Note>,
}

impl Room {
    pub fn new(clock: Clock) -> Room {
        Room(Arc::new(Inside { people: Mutex::default(), noted: Arc::new(Notify::new()), clock }))
    }

    /// Another socket of his.
    pub fn come(&self, person: Person) {
        let mut people = self.lock();
        if people.here.entry(person.clone()).or_default().come() {
            people.gone_since.remove(&person);
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
        people.notes.insert(person, Note::Went { since });
        self.0.noted.notify_one();
    }

    /// Is an agent connected? A change of page is not yet an absence.
    pub fn is_connected(&self, agent: &str) -> bool {
        let person = Person::Agent(agent.into());
        let people = self.lock();
        people.here.contains_key(&person)
            || people.gone_since.get(&person).is_some_and(|since| self.0.clock.now() - *since <= HOLD)
    }

    /// What the keeper has not heard yet.
    pub fn take_notes(&self) -> Vec<(Person, Note)> {
        self.lock().notes.drain().collect()
    }

    /// A note that could not be kept; a newer one of the same person stands. Nobody is woken:
    /// the keeper comes back by himself after a fault.
    pub fn put_back(&self, person: Person, note: Note) {
        self.lock().notes.entry(person).or_insert(note);
    }

    /// Returns when there is something to fetch.
    pub async fn noted(&self) {
        self.0.noted.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, People> {
        self.0.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
