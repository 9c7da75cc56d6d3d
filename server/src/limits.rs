//! How often is often enough: on by default, by address, by account, by visitor and by application.
//!
//! Each rate is a leaky bucket kept as one number a key: the moment at which it is empty again.
//! It is taken before the work is done, so tries in parallel count too, and can be given back.

use domain::Refusal;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So many in such a time: as a burst, or spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    times: u32,
    within: Duration,
}

impl Rate {
    const fn new(times: u32, seconds: u64) -> Rate {
        Rate { times, within: Duration::from_secs(seconds) }
    }

    /// `100/min`, `60/h`, `6/12h`, `10/s`.
    pub fn read(text: &str) -> Option<Rate> {
        let (times, within) = text.split_once('/')?;
        let times = times.trim().parse().ok().filter(|n| *n > 0)?;
        let within = within.trim();
        let digits = within.len() - within.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, unit) = within.split_at(digits);
        let count: u64 = if count.is_empty() { 1 } else { count.parse().ok().filter(|n| *n > 0)? };
        let unit = match unit {
            "s" => 1,
            "min" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        Some(Rate { times, within: Duration::from_secs(count.checked_mul(unit).filter(|s| *s <= 86_400 * 366)?) })
    }

    /// How long one of them weighs, in nanoseconds.
    fn each(self) -> u64 {
        u64::try_from(self.within.as_nanos()).unwrap_or(u64::MAX) / u64::from(self.times)
    }
}

/// All the rates of the program.
#[derive(Clone, Debug)]
pub struct Rates {
    /// Requests of one address, to any door.
    pub requests: Rate,
    /// Wrong passwords and wrong links: of one account, and of one address.
    pub sign_in: Rate,
    /// Sockets opened from one address.
    pub sockets: Rate,
    /// Frames up one socket.
    pub frames: Rate,
    /// Chats opened from one address, by one visitor, in one application.
    pub chats: Rate,
    pub visitor_chats: Rate,
    pub application_chats: Rate,
    /// Offline messages from one address.
    pub offline: Rate,
    /// Questions to the knowledge base from one address: each is asked anew while somebody types.
    pub searches: Rate,
    /// Votes on articles from one address.
    pub votes: Rate,
    /// Acts of one visitor, and of one agent.
    pub acts: Rate,
    pub staff_acts: Rate,
    /// Megabytes of files that customers send from one address.
    pub file_megabytes: Rate,
    /// Wrong addresses of files, asked for from one address.
    pub links: Rate,
    /// Mails asked for from one address.
    pub mails: Rate,
    /// Tests of webhooks by one administrator (S62).
    pub webhook_tests: Rate,
    /// Links into the portal: asked for from one address.
    pub portal_links: Rate,
    /// What one guest of the portal writes to tickets, conversations that he begins, and forms for new tickets.
    pub replies: Rate,
    /// Requests with one token of the API.
    pub api: Rate,
    /// What one token of the API writes to customers.
    pub api_replies: Rate,
}

impl Default for Rates {
    fn default() -> Rates {
        Rates {
            requests: Rate::new(3_000, 60),
            sign_in: Rate::new(10, 300),
            sockets: Rate::new(600, 60),
            frames: Rate::new(240, 60),
            chats: Rate::new(60, 3_600),
            visitor_chats: Rate::new(6, 12 * 3_600),
            application_chats: Rate::new(1_200, 3_600),
            offline: Rate::new(5, 3_600),
            searches: Rate::new(240, 60),
            votes: Rate::new(60, 3_600),
            acts: Rate::new(100, 60),
            staff_acts: Rate::new(600, 60),
            file_megabytes: Rate::new(1_024, 86_400),
            links: Rate::new(120, 60),
            mails: Rate::new(10, 3_600),
            webhook_tests: Rate::new(10, 60),
            portal_links: Rate::new(5, 3_600),
            replies: Rate::new(60, 3_600),
            api: Rate::new(600, 60),
            api_replies: Rate::new(60, 3_600),
        }
    }
}

/// One number: when the bucket is empty again, in nanoseconds since `start`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bucket(u64);

impl Bucket {
    /// Takes one, or says how many seconds to wait.
    pub fn take(&mut self, rate: Rate, now: u64) -> Result<(), Refusal> {
        self.pour(rate.each(), rate, now)
    }

    /// The same for more or less than one, in nanoseconds.
    fn pour(&mut self, weight: u64, rate: Rate, now: u64) -> Result<(), Refusal> {
        let empty = self.0.max(now).saturating_add(weight);
        let full = now.saturating_add(rate.each().saturating_mul(u64::from(rate.times)));
        if empty > full {
            let seconds = (empty - full).div_ceil(1_000_000_000);
            return Err(Refusal::TooMany { seconds: u32::try_from(seconds).unwrap_or(u32::MAX).max(1) });
        }
        self.0 = empty;
        Ok(())
    }

    fn give_back(&mut self, rate: Rate) {
        self.0 = self.0.saturating_sub(rate.each());
    }
}

/// The buckets of one rate.
struct Gauge {
    rate: Rate,
    /// By a keyed hash: who asked is not kept.
    buckets: Mutex<HashMap<u64, Bucket>>,
}

/// More buckets than this are looked through for empty ones.
const ROOM: usize = 10_000;

impl Gauge {
    fn new(rate: Rate) -> Gauge {
        Gauge { rate, buckets: Mutex::default() }
    }

    fn with<T>(&self, key: u64, now: u64, act: impl FnOnce(&mut Bucket) -> T) -> T {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        // An empty bucket is the same as none.
        if buckets.len() >= ROOM && buckets.len() == buckets.capacity() {
            buckets.retain(|_, bucket| bucket.0 > now);
        }
        act(buckets.entry(key).or_default())
    }
}

/// Who may go on, and who is asked to slow down.
pub struct Limits {
    gauges: Option<Gauges>,
    start: Instant,
    hasher: RandomState,
}

struct Gauges {
    requests: Gauge,
    accounts: Gauge,
    doorsteps: Gauge,
    sockets: Gauge,
    chats: Gauge,
    visitor_chats: Gauge,
    application_chats: Gauge,
    offline: Gauge,
    searches: Gauge,
    votes: Gauge,
    acts: Gauge,
    staff_acts: Gauge,
    files: Gauge,
    links: Gauge,
    mails: Gauge,
    webhook_tests: Gauge,
    portal_links: Gauge,
    replies: Gauge,
    api: Gauge,
    api_replies: Gauge,
    frames: Rate,
}

impl Limits {
    pub fn new(rates: Option<Rates>) -> Limits {
        let gauges = rates.map(|rates| Gauges {
            requests: Gauge::new(rates.requests),
            accounts: Gauge::new(rates.sign_in),
            doorsteps: Gauge::new(rates.sign_in),
            sockets: Gauge::new(rates.sockets),
            chats: Gauge::new(rates.chats),
            visitor_chats: Gauge::new(rates.visitor_chats),
            application_chats: Gauge::new(rates.application_chats),
            offline: Gauge::new(rates.offline),
            searches: Gauge::new(rates.searches),
            votes: Gauge::new(rates.votes),
            acts: Gauge::new(rates.acts),
            staff_acts: Gauge::new(rates.staff_acts),
            files: Gauge::new(rates.file_megabytes),
            links: Gauge::new(rates.links),
            mails: Gauge::new(rates.mails),
            webhook_tests: Gauge::new(rates.webhook_tests),
            portal_links: Gauge::new(rates.portal_links),
            replies: Gauge::new(rates.replies),
            api: Gauge::new(rates.api),
            api_replies: Gauge::new(rates.api_replies),
            frames: rates.frames,
        });
        Limits { gauges, start: Instant::now(), hasher: RandomState::new() }
    }

    pub fn are_on(&self) -> bool {
        self.gauges.is_some()
    }

    pub fn request(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.requests, address)
    }

    pub fn search(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.searches, address)
    }

    pub fn vote(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.votes, address)
    }

    pub fn socket(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.sockets, address)
    }

    /// A try at a password. Of a hundred at once only the first few are looked at.
    pub fn sign_in(&self, address: IpAddr, account: &str) -> Result<(), Refusal> {
        let account = account.trim().to_lowercase();
        self.take(|g| &g.accounts, &account)?;
        // Whoever is asked to wait has not tried: he shuts nobody out of his account.
        self.knock(address).inspect_err(|_| self.give_back(|g| &g.accounts, &account))
    }

    /// It was the right one: nobody is punished for knowing his password.
    pub fn signed_in(&self, address: IpAddr, account: &str) {
        self.give_back(|g| &g.accounts, account.trim().to_lowercase());
        self.admitted(address);
    }

    /// A try at a one-time link.
    pub fn knock(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.doorsteps, address)
    }

    pub fn admitted(&self, address: IpAddr) {
        self.give_back(|g| &g.doorsteps, address);
    }

    pub fn chat(&self, address: IpAddr, visitor: &str, application: &str) -> Result<(), Refusal> {
        self.take(|g| &g.visitor_chats, visitor)?;
        self.take(|g| &g.chats, address).inspect_err(|_| self.give_back(|g| &g.visitor_chats, visitor))?;
        self.take(|g| &g.application_chats, application).inspect_err(|_| {
            self.give_back(|g| &g.visitor_chats, visitor);
            self.give_back(|g| &g.chats, address);
        })
    }

    /// It was not opened after all.
    pub fn chat_refused(&self, address: IpAddr, visitor: &str, application: &str) {
        self.give_back(|g| &g.visitor_chats, visitor);
        self.give_back(|g| &g.chats, address);
        self.give_back(|g| &g.application_chats, application);
    }

    /// An offline message: an address needs few of them, and a program many (S70).
    pub fn offline(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.offline, address)
    }

    /// It was not left after all.
    pub fn offline_refused(&self, address: IpAddr) {
        self.give_back(|g| &g.offline, address);
    }

    pub fn act(&self, visitor: &str) -> Result<(), Refusal> {
        self.take(|g| &g.acts, visitor)
    }

    pub fn staff_act(&self, session: &str) -> Result<(), Refusal> {
        self.take(|g| &g.staff_acts, session)
    }

    /// A file of so many bytes, before it comes (S39).
    pub fn file(&self, address: IpAddr, bytes: u64) -> Result<(), Refusal> {
        let Some(gauges) = &self.gauges else { return Ok(()) };
        let (gauge, now) = (&gauges.files, self.now());
        let weight = weight(gauge.rate, bytes);
        gauge.with(self.hasher.hash_one(address), now, |bucket| bucket.pour(weight, gauge.rate, now))
    }

    /// So much of it did not come.
    pub fn file_not_sent(&self, address: IpAddr, bytes: u64) {
        if let Some(gauges) = &self.gauges {
            let weight = weight(gauges.files.rate, bytes);
            let give_back = |bucket: &mut Bucket| bucket.0 = bucket.0.saturating_sub(weight);
            gauges.files.with(self.hasher.hash_one(address), self.now(), give_back);
        }
    }

    /// Somebody shows the address of a file; it may be a guess (S38).
    pub fn link(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.links, address)
    }

    /// It was none.
    pub fn link_held(&self, address: IpAddr) {
        self.give_back(|g| &g.links, address);
    }

    /// A conversation by mail.
    pub fn mail(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.mails, address)
    }

    pub fn webhook_test(&self, session: &str) -> Result<(), Refusal> {
        self.take(|g| &g.webhook_tests, session)
    }

    /// A link into the portal. Whoever asks from elsewhere for the same address of e-mail takes none of them: he would
    /// lock its reader out.
    pub fn portal_link(&self, address: IpAddr) -> Result<(), Refusal> {
        self.take(|g| &g.portal_links, address)
    }

    /// What a guest of the portal writes, or is about to, in all of his sessions.
    pub fn reply(&self, customer: &str) -> Result<(), Refusal> {
        self.take(|g| &g.replies, customer)
    }

    /// A request with this token of the API, which may be any.
    pub fn api(&self, token: &str) -> Result<(), Refusal> {
        self.take(|g| &g.api, token)
    }

    /// What is written to a customer with this token of the API, by its id.
    pub fn api_reply(&self, token: &str) -> Result<(), Refusal> {
        self.take(|g| &g.api_replies, token)
    }

    /// A frame up a socket, whose bucket the socket itself carries.
    pub fn frame(&self, bucket: &mut Bucket) -> Result<(), Refusal> {
        match &self.gauges {
            Some(gauges) => bucket.take(gauges.frames, self.now()),
            None => Ok(()),
        }
    }

    fn take(&self, gauge: impl Fn(&Gauges) -> &Gauge, key: impl Hash) -> Result<(), Refusal> {
        let Some(gauges) = &self.gauges else {
            return Ok(());
        };
        let (gauge, now) = (gauge(gauges), self.now());
        gauge.with(self.hasher.hash_one(key), now, |bucket| bucket.take(gauge.rate, now))
    }

    fn give_back(&self, gauge: impl Fn(&Gauges) -> &Gauge, key: impl Hash) {
        if let Some(gauges) = &self.gauges {
            let gauge = gauge(gauges);
            gauge.with(self.hasher.hash_one(key), self.now(), |bucket| bucket.give_back(gauge.rate));
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What so many bytes weigh where a megabyte weighs one.
fn weight(rate: Rate, bytes: u64) -> u64 {
    u64::try_from(u128::from(rate.each()) * u128::from(bytes) / (1 << 20)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_rate_reads_as_it_is_said() {
        assert_eq!(Rate::read("100/min"), Some(Rate::new(100, 60)));
        assert_eq!(Rate::read("6/12h"), Some(Rate::new(6, 43_200)));
        for wrong in ["", "100", "0/s", "10/0s", "ten/s", "10/week", "-1/s", "10/99999999999h"] {
            assert_eq!(Rate::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_burst_is_followed_by_a_wait_that_is_told() {
        let (mut bucket, rate) = (Bucket::default(), Rate::new(3, 60));

        let taken = (0..5).filter(|_| bucket.take(rate, 5 * SECOND).is_ok()).count();

        assert_eq!(taken, 3);
        assert_eq!(bucket.take(rate, 5 * SECOND), Err(Refusal::TooMany { seconds: 20 }));
        assert_eq!(bucket.take(rate, 24 * SECOND), Err(Refusal::TooMany { seconds: 1 }));
        assert_eq!(bucket.take(rate, 25 * SECOND), Ok(()));
    }

    #[test]
    fn a_right_password_costs_nothing_and_wrong_ones_are_counted_by_account_and_by_address() {
        let limits = Limits::new(Some(Rates::default()));
        let address = |n: u8| IpAddr::from([10, 0, 0, n]);

        for _ in 0..50 {
            limits.sign_in(address(1), "ana@example.org").unwrap();
            limits.signed_in(address(1), "ana@example.org");
        }
        let wrong = (0..100u8).filter(|n| limits.sign_in(address(*n), "Ana@example.org ").is_ok()).count();
        let elsewhere = (0..100).filter(|n| limits.sign_in(address(200), &format!("{n}@example.org")).is_ok()).count();

        assert_eq!((wrong, elsewhere), (10, 10));
    }

    #[test]
    fn one_visitor_does_not_use_up_the_place_of_another() {
        let limits = Limits::new(Some(Rates { acts: Rate::new(1, 3_600), ..Rates::default() }));

        assert!(limits.act("one").is_ok());
        assert!(limits.act("one").is_err());
        assert!(limits.act("other").is_ok());
    }

    #[test]
    fn who_is_refused_by_one_limit_has_used_up_none_of_the_others() {
        let one = Rate::new(1, 3_600);
        let limits =
            Limits::new(Some(Rates { chats: one, visitor_chats: one, application_chats: one, ..Rates::default() }));
        let address = |n: u8| IpAddr::from([10, 0, 0, n]);
        limits.chat(address(1), "ana", "shop").unwrap();

        assert!(limits.chat(address(1), "eva", "catalogue").is_err(), "of the address");
        assert!(limits.chat(address(2), "eva", "shop").is_err(), "of the application");

        assert_eq!(limits.chat(address(2), "eva", "catalogue"), Ok(()));
    }

    #[test]
    fn an_address_that_tries_too_often_shuts_nobody_out_of_his_account() {
        let limits = Limits::new(Some(Rates::default()));
        let address = |n: u8| IpAddr::from([10, 0, 0, n]);

        for n in 0..100 {
            let _ = limits.sign_in(address(1), &format!("{n}@example.org"));
            let _ = limits.sign_in(address(1), "ana@example.org");
        }

        assert_eq!((0..10).filter(|_| limits.sign_in(address(2), "ana@example.org").is_ok()).count(), 5);
    }

    #[test]
    fn an_address_sends_so_many_megabytes_a_day_and_what_did_not_come_is_not_counted() {
        let limits = Limits::new(Some(Rates { file_megabytes: Rate::new(20, 86_400), ..Rates::default() }));
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));

        limits.file(one, 10 << 20).unwrap();
        limits.file(one, 10 << 20).unwrap();
        limits.file_not_sent(one, 5 << 20);

        assert!(matches!(limits.file(one, 6 << 20), Err(Refusal::TooMany { seconds }) if seconds > 60));
        assert_eq!((limits.file(one, 5 << 20), limits.file(other, 20 << 20)), (Ok(()), Ok(())));
    }

    #[test]
    fn empty_buckets_are_forgotten() {
        let gauge = Gauge::new(Rate::new(1, 1));

        for key in 0..200_000 {
            let now = key * SECOND;
            gauge.with(key, now, |bucket| bucket.take(gauge.rate, now)).unwrap();
        }

        assert!(gauge.buckets.lock().unwrap().len() < 2 * ROOM);
    }

    #[test]
    fn switched_off_they_ask_nobody_to_wait() {
        let limits = Limits::new(None);

        assert!((0..10_000).all(|_| limits.act("one").is_ok()));
    }
}
