//! Who is at the other end: the peer, or whom a trusted proxy says it speaks for.

use axum::http::HeaderMap;
use clap::ValueEnum;
use domain::parameters::Addresses;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network of proxies that are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: u128,
    mask: u128,
}

impl Network {
    /// `10.0.0.0/8`, `fd00::/8`, or one address.
    pub fn read(text: &str) -> Option<Network> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let whole = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(whole);
        if bits > whole {
            return None;
        }
        // Both families are compared as one: an IPv4 address is the end of an IPv6 one.
        let bits = bits + 128 - whole;
        let mask = if bits == 0 { 0 } else { u128::MAX << (128 - bits) };
        Some(Network { base: number(address) & mask, mask })
    }

    fn holds(&self, address: IpAddr) -> bool {
        number(address) & self.mask == self.base
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().to_bits(),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// The address of whoever asks. A forwarded one counts only when everybody between him and us
/// is a trusted proxy: the list is read from its end.
pub fn of(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let trusted = |address: IpAddr| proxies.iter().any(|network| network.holds(address));
    let mut asker = peer.to_canonical();
    let lists = headers.get_all("x-forwarded-for").iter().rev().filter_map(|value| value.to_str().ok());
    for hop in lists.flat_map(|list| list.rsplit(',')) {
        if !trusted(asker) {
            break;
        }
        let Ok(before) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        asker = before.to_canonical();
    }
    asker
}

/// Is the other end of a connection a proxy that is believed?
pub fn is_proxy(peer: IpAddr, proxies: &[Network]) -> bool {
    proxies.iter().any(|network| network.holds(peer.to_canonical()))
}

/// What limits count by: an IPv6 visitor commands a whole /64.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
    }
}

/// The most that may be kept of somebody's address (S85), whatever the house says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keeps {
    /// Nothing
    Nothing,
    /// Its network: enough to tell the office from elsewhere
    Network,
    /// All of it
    Whole,
}

impl Keeps {
    /// Of what the house wants to keep so much is kept.
    pub fn at_most(self, house: Addresses) -> Addresses {
        house.min(match self {
            Keeps::Nothing => Addresses::Nothing,
            Keeps::Network => Addresses::Network,
            Keeps::Whole => Addresses::Whole,
        })
    }
}

/// What is kept of this address.
pub fn kept(keeps: Addresses, address: IpAddr) -> String {
    match (keeps, address) {
        (Addresses::Nothing, _) => String::new(),
        (Addresses::Network, IpAddr::V4(v4)) => Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8)).to_string(),
        (Addresses::Network, IpAddr::V6(v6)) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80)).to_string(),
        (Addresses::Whole, address) => address.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_no_more_is_kept_than_was_asked_for() {
        let (v4, v6): (IpAddr, IpAddr) = ("203.0.113.9".parse().unwrap(), "2001:db8:1:2::4".parse().unwrap());

        let both = |keeps| [kept(keeps, v4), kept(keeps, v6)];
        assert_eq!(both(Addresses::Nothing), ["", ""]);
        assert_eq!(both(Addresses::Network), ["203.0.113.0", "2001:db8:1::"]);
        assert_eq!(both(Addresses::Whole), ["203.0.113.9", "2001:db8:1:2::4"]);
    }

    #[test]
    fn who_runs_the_server_keeps_no_more_than_the_house_wants() {
        assert_eq!(Keeps::Whole.at_most(Addresses::Network), Addresses::Network);
        assert_eq!(Keeps::Network.at_most(Addresses::Whole), Addresses::Network);
        assert_eq!(Keeps::Nothing.at_most(Addresses::Whole), Addresses::Nothing);
    }

    fn asker(peer: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for list in forwarded {
            headers.append("x-forwarded-for", list.parse().unwrap());
        }
        let proxies: Vec<_> = proxies.iter().map(|text| Network::read(text).unwrap()).collect();
        of(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn what_a_stranger_forwards_is_not_believed() {
        assert_eq!(asker("203.0.113.9", &["10.0.0.1"], &[]), "203.0.113.9");
        assert_eq!(asker("203.0.113.9", &["10.0.0.1"], &["127.0.0.1"]), "203.0.113.9");
    }

    #[test]
    fn the_list_is_read_from_its_end_up_to_the_first_stranger() {
        let proxies = ["127.0.0.1", "10.0.0.0/8"];

        assert_eq!(asker("127.0.0.1", &["1.1.1.1, 203.0.113.9, 10.2.3.4"], &proxies), "203.0.113.9");
        assert_eq!(asker("127.0.0.1", &["1.1.1.1", "203.0.113.9"], &proxies), "203.0.113.9");
        assert_eq!(asker("127.0.0.1", &["not an address"], &proxies), "127.0.0.1");
        assert_eq!(asker("::ffff:127.0.0.1", &["2001:db8::1"], &proxies), "2001:db8::1");
    }

    #[test]
    fn a_network_may_be_of_either_family() {
        assert!(Network::read("fd00::/8").unwrap().holds("fd12::1".parse().unwrap()));
        assert!(!Network::read("10.0.0.0/8").unwrap().holds("11.0.0.1".parse().unwrap()));
        assert!(Network::read("0.0.0.0/0").unwrap().holds("8.8.8.8".parse().unwrap()));
        assert!(!Network::read("0.0.0.0/0").unwrap().holds("2001:db8::1".parse().unwrap()));
        assert_eq!(Network::read("10.0.0.0/33"), None);
        assert_eq!(Network::read("proxy"), None);
    }

    #[test]
    fn an_ipv6_visitor_is_counted_by_his_network() {
        let one = neighbourhood("2001:db8:1:2:3::4".parse().unwrap());

        assert_eq!(one, neighbourhood("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert_ne!(one, neighbourhood("2001:db8:1:3::4".parse().unwrap()));
    }
}
