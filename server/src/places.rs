//! Places: how many sockets, streams and uploads one person may have open, and one address. Each holds a
//! descriptor, and those belong to everybody.

use domain::Refusal;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who holds a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A socket that has not yet said who it is.
    Stranger(IpAddr),
    /// Everybody behind an address: an office may have only one.
    Address(IpAddr),
    /// By his customer's id.
    Visitor(String),
    /// By his id.
    Agent(String),
    /// Pages that wait to be called, of everybody behind an address: they take no place from a socket.
    Waiting(IpAddr),
    /// And of one customer.
    Waiter(String),
    /// Pages that follow a ticket, of everybody behind an address: however many are open, their customer can be called.
    Following(IpAddr),
    /// And of one customer.
    Follower(String),
    /// Who is sending files: each of them holds a place on the disk.
    Sender(String),
    /// Pictures of articles on their way to everybody behind an address: each holds its bytes.
    Picture(IpAddr),
}

impl Holder {
    /// Places at a time. Nobody has so many tabs by chance.
    fn limit(&self) -> u32 {
        match self {
            Holder::Stranger(_) => 100,
            Holder::Address(_) | Holder::Waiting(_) | Holder::Following(_) => 500,
            Holder::Visitor(_) | Holder::Waiter(_) | Holder::Follower(_) => 20,
            Holder::Agent(_) => 50,
            Holder::Sender(_) => 6,
            Holder::Picture(_) => 30,
        }
    }
}

#[derive(Clone, Default)]
pub struct Places {
    taken: Arc<Mutex<HashMap<Holder, u32>>>,
    /// Counted all the same, and nobody is refused.
    without_limits: bool,
}

impl Places {
    pub fn new(limits: bool) -> Places {
        Places { without_limits: !limits, ..Places::default() }
    }

    pub fn take(&self, holder: Holder) -> Result<Place, Refusal> {
        let (mut taken, limit) = (self.lock(), holder.limit());
        let count = taken.entry(holder.clone()).or_default();
        if *count >= limit && !self.without_limits {
            return Err(Refusal::Full { limit });
        }
        *count += 1;
        drop(taken);
        Ok(Place { places: self.clone(), holder })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Holder, u32>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One place, given up when dropped.
pub struct Place {
    places: Places,
    holder: Holder,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.lock();
        if let Some(count) = taken.get_mut(&self.holder) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Holder {
        Holder::Visitor("ana".into())
    }

    #[test]
    fn nobody_has_more_than_his_places_and_a_place_given_up_is_free() {
        let places = Places::new(true);
        let mut taken: Vec<Place> = std::iter::from_fn(|| places.take(ana()).ok()).collect();

        assert_eq!(taken.len(), 20);
        assert_eq!(places.take(ana()).err(), Some(Refusal::Full { limit: 20 }));
        assert!(places.take(Holder::Agent("ana".into())).is_ok());
        taken.pop();
        assert!(places.take(ana()).is_ok());
        drop(taken);
        assert!(places.lock().is_empty());
    }

    #[test]
    fn switched_off_nobody_is_refused() {
        let places = Places::new(false);

        assert_eq!((0..1_000).filter_map(|_| places.take(ana()).ok()).collect::<Vec<_>>().len(), 1_000);
    }
}
