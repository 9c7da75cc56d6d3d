//! A webhook: what another program is told of a ticket, how long it is tried, and where it never goes.
//!
//! Headers and signature are those of Standard Webhooks, which many languages have a library for.

use crate::group::Named;
use crate::house::Filled;
use crate::ticket::Via;
use crate::{Face, Span, Status, Ticket, Time};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use serde::Serialize;

/// Somebody who has not taken it by then, or not answered, is tried again later.
pub const PATIENCE: Span = Span::secs(10);
/// More of an answer is not read, in bytes.
pub const ANSWER_LIMIT: usize = 4 * 1024;
/// Tried again after so long, each time twice as long.
pub const PAUSE: Span = Span::secs(30);
pub const LONGEST_PAUSE: Span = Span::hours(6);
/// After so many tries, about a day, it is given up, and that is reported.
pub const TRIES: u32 = 14;
/// The most that wait of one trigger.
pub const WAITING: usize = 10_000;

/// What is sent, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payload<'t> {
    /// Whoever gets it twice knows by this that it is the same.
    pub id: &'t str,
    /// When it was decided, in milliseconds.
    pub at: Time,
    /// An administrator tries the way; nothing happened.
    pub test: bool,
    pub trigger: &'t Named,
    pub ticket: About<'t>,
}

/// A ticket, as others may know of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About<'t> {
    pub id: &'t str,
    pub number: i64,
    pub opened_via: Via,
    pub subject: &'t str,
    pub status: Status,
    /// The status of the house that it has.
    pub own_status: Option<&'t Named>,
    pub reason: &'t str,
    pub application: &'t Named,
    pub group: &'t Named,
    pub owner: Option<&'t Face>,
    pub customer: &'t Named,
    pub customer_verified: bool,
    pub tags: &'t [String],
    pub fields: &'t [Filled],
    pub created_at: Time,
    pub changed_at: Time,
}

impl<'t> About<'t> {
    pub fn of(ticket: &'t Ticket, customer_verified: bool) -> About<'t> {
        About {
            id: &ticket.id,
            number: ticket.number,
            opened_via: ticket.via,
            subject: &ticket.subject,
            status: ticket.status,
            own_status: ticket.own.as_ref(),
            reason: &ticket.reason,
            application: &ticket.application,
            group: &ticket.group,
            owner: ticket.owner.as_ref(),
            customer: &ticket.customer,
            customer_verified,
            tags: &ticket.tags,
            fields: &ticket.fields,
            created_at: ticket.created_at,
            changed_at: ticket.changed_at,
        }
    }
}

/// When it is tried again after so many tries; none: it is given up.
pub fn again(tries: u32, now: Time) -> Option<Time> {
    let pause = Span((PAUSE.0 << tries.saturating_sub(1).min(20)).min(LONGEST_PAUSE.0));
    (tries < TRIES).then_some(now + pause)
}

/// Is this an address of the public internet? Whatever leads into a house, to this machine, to a neighbour or
/// to who runs the cloud around us is none (S61 of quality.md); nor is one that carries another inside it.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_4(v4),
        IpAddr::V6(v6) => is_public_6(v6),
    }
}

fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let kept_back = match (a, b, c) {
        // This network, one's own, the provider's, this machine, and who has none: 169.254 tells secrets of clouds.
        (0 | 10 | 127, ..) | (100, 64..=127, _) | (169, 254, _) | (172, 16..=31, _) | (192, 168, _) => true,
        // Kept for protocols, examples, relays and measuring.
        (192, 0, 0 | 2) | (192, 88, 99) | (192, 31, 196) | (192, 52, 193) | (192, 175, 48) => true,
        (198, 18 | 19, _) | (198, 51, 100) | (203, 0, 113) => true,
        // To many at once, and kept for later.
        (224.., ..) => true,
        _ => false,
    };
    !kept_back
}

fn is_public_6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only what is handed out; not what was kept for protocols and examples, nor what holds an address of
    // version 4: 2001:0::/32 and 2002::/16, as ::ffff:0:0/96 and 64:ff9b::/96 do outside of it.
    let handed_out = (0x2000..=0x3fff).contains(&a);
    let kept_back = match a {
        0x2001 => b < 0x0200 || b == 0x0db8,
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    handed_out && !kept_back
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_the_public_internet_is_public() {
        let inside = [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "3fff::1",
            "4000::1",
        ];
        let outside = [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.169.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
            "2a00:1450::1",
            "3ffe::1",
        ];

        for one in inside {
            assert!(!is_public(one.parse().unwrap()), "{one}");
        }
        for one in outside {
            assert!(is_public(one.parse().unwrap()), "{one}");
        }
    }

    #[test]
    fn each_pause_is_twice_the_last_and_after_a_day_it_is_given_up() {
        let pauses: Vec<i64> = (1..).map_while(|tries| again(tries, Time(0))).map(|at| at.0 / 1000).collect();

        assert_eq!(pauses.len(), TRIES as usize - 1);
        assert_eq!(pauses[..4], [30, 60, 120, 240]);
        assert_eq!(pauses.last(), Some(&(6 * 3_600)));
        let whole: i64 = pauses.iter().sum();
        assert!((20 * 3_600..30 * 3_600).contains(&whole), "{whole}");
        assert_eq!(again(u32::MAX, Time(0)), None);
    }
}
