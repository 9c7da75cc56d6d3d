//! A site: the exact origin of the pages that may show a widget, as browsers write it.

/// The longest address of a site, in bytes: as long as a name may be, with its scheme and its port.
pub const SITE_LIMIT: usize = 270;

/// Why an address is no site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// It begins neither with `https://` nor with `http://`.
    Scheme,
    /// It goes on after the host.
    Path,
    /// Each host is named for itself.
    Wildcard,
    /// Without TLS on a host that others reach.
    Plain,
    /// No name of a host, or no port.
    Host,
}

impl Slip {
    /// For who works on the command line.
    pub fn why(self) -> &'static str {
        match self {
            Slip::Scheme => "a site begins with https://",
            Slip::Path => "a site ends after its host: pages and paths are not told apart",
            Slip::Wildcard => "a site has no *: name each host",
            Slip::Plain => "a site that others reach begins with https://, and not with http://",
            Slip::Host => {
                "a site is https://, the name of a host as browsers write it, and a port where it has its own"
            }
        }
    }
}

/// The origin that somebody typed, as browsers write it: scheme, host, and the port where it is not the scheme's.
pub fn origin(typed: &str) -> Result<String, Slip> {
    let typed = typed.trim();
    let (scheme, rest) = typed.split_once("://").ok_or(Slip::Scheme)?;
    let scheme = scheme.to_ascii_lowercase();
    let own_port = match scheme.as_str() {
        "https" => "443",
        "http" => "80",
        _ => return Err(Slip::Scheme),
    };
    if rest.contains('*') {
        return Err(Slip::Wildcard);
    }
    let place = rest.strip_suffix('/').unwrap_or(rest);
    if place.contains(['/', '?', '#']) {
        return Err(Slip::Path);
    }
    if typed.len() > SITE_LIMIT {
        return Err(Slip::Host);
    }
    let place = place.to_ascii_lowercase();
    // The colons of an address of six parts are no port.
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (place.as_str(), None),
    };
    if !is_host(host) || port.is_some_and(|port| !is_port(port)) {
        return Err(Slip::Host);
    }
    if scheme == "http" && !is_inside(host) {
        return Err(Slip::Plain);
    }
    Ok(match port.filter(|port| *port != own_port) {
        Some(port) => [&scheme, "://", host, ":", port].concat(),
        None => [&scheme, "://", host].concat(),
    })
}

fn is_port(port: &str) -> bool {
    !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

/// A name of the net, or an address. One with other letters is written with `xn--`, as browsers do.
fn is_host(host: &str) -> bool {
    if let Some(six) = host.strip_prefix('[') {
        return six.strip_suffix(']').is_some_and(|six| six.parse::<std::net::Ipv6Addr>().is_ok());
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    // Nothing but digits at the end is an address, and then all of it is.
    let is_number = last.bytes().all(|b| b.is_ascii_digit());
    host.len() <= 253 && host.split('.').all(is_label) && (!is_number || host.parse::<std::net::Ipv4Addr>().is_ok())
}

/// Nobody reaches it from outside: this machine, a private network, or a name that the public net does not have.
fn is_inside(host: &str) -> bool {
    if let Ok(address) = host.parse::<std::net::Ipv4Addr>() {
        return address.is_loopback() || address.is_private() || address.is_link_local();
    }
    if host.starts_with('[') {
        let six = host.trim_matches(['[', ']']).parse::<std::net::Ipv6Addr>();
        return six.is_ok_and(|six| six.is_loopback() || six.is_unique_local());
    }
    // RFC 2606, 6761, 6762, 8375 and 9476: names that lead nowhere but at home.
    let ends = [".localhost", ".local", ".test", ".example", ".internal", ".home.arpa"];
    !host.contains('.') || ends.iter().any(|end| host.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_written_as_browsers_do() {
        for (typed, kept) in [
            ("https://shop.example", "https://shop.example"),
            (" HTTPS://Shop.Example/ ", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("https://shop.example:8443/", "https://shop.example:8443"),
            ("http://localhost:80", "http://localhost"),
            ("http://127.0.0.1:8081", "http://127.0.0.1:8081"),
            ("http://[::1]:8081", "http://[::1]:8081"),
            ("http://192.168.1.20", "http://192.168.1.20"),
            ("http://intranet", "http://intranet"),
            ("https://xn--espaa-rta.example", "https://xn--espaa-rta.example"),
        ] {
            assert_eq!(origin(typed).as_deref(), Ok(kept), "{typed}");
        }
    }

    #[test]
    fn what_is_no_site_says_why() {
        for (typed, slip) in [
            ("", Slip::Scheme),
            ("shop.example", Slip::Scheme),
            ("ftp://shop.example", Slip::Scheme),
            ("javascript://shop.example", Slip::Scheme),
            ("https://shop.example/tienda", Slip::Path),
            ("https://shop.example//", Slip::Path),
            ("https://shop.example?x=1", Slip::Path),
            ("https://*.shop.example", Slip::Wildcard),
            ("https://*", Slip::Wildcard),
            ("http://shop.es", Slip::Plain),
            ("http://8.8.8.8", Slip::Plain),
            ("http://[2001:db8::1]", Slip::Plain),
            ("https://", Slip::Host),
            ("https://a b.example", Slip::Host),
            ("https://ana@shop.example", Slip::Host),
            ("https://españa.example", Slip::Host),
            ("https://shop.example:", Slip::Host),
            ("https://shop.example:99999", Slip::Host),
            ("https://shop.example; script-src x", Slip::Host),
            ("https://-shop.example", Slip::Host),
            ("https://shop..example", Slip::Host),
            ("https://1.2.3", Slip::Host),
            ("https://[::g]", Slip::Host),
        ] {
            assert_eq!(origin(typed), Err(slip), "{typed}");
        }
        assert_eq!(origin(&["https://", &"a.".repeat(200), "example"].concat()), Err(Slip::Host));
    }
}
