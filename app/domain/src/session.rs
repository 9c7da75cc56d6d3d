//! Sessions of agents: how long one lasts, and how it is told apart from another.

use crate::{Span, Time};
use serde::{Deserialize, Serialize};

/// A session that nobody used for so long has ended. A console that is open uses it, so nobody is sent away
/// from his work.
pub const IDLE: Span = Span::minutes(30);
/// However busy it was: a day's work and its breaks.
pub const LIFE: Span = Span::hours(12);

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasts {
    pub idle: Span,
    pub life: Span,
}

impl Default for Lasts {
    fn default() -> Lasts {
        Lasts { idle: IDLE, life: LIFE }
    }
}

impl Lasts {
    /// Has a session ended by itself that began and was last used then?
    pub fn is_over(&self, since: Time, seen_at: Time, now: Time) -> bool {
        now - since > self.life || now - seen_at > self.idle
    }
}

/// A session as the person it belongs to sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: String,
    /// `Firefox`, `Chrome`; empty: we do not know it.
    pub browser: String,
    /// `Windows`, `Android`; empty: we do not know it.
    pub system: String,
    /// As far as it is kept; empty: not at all.
    pub address: String,
    pub since: Time,
    pub seen_at: Time,
    /// The one that asks.
    pub here: bool,
}

/// What a browser says that it is, as far as we know it: browser and system. Of what we do not know nothing is
/// kept, so nothing that a stranger wrote stands in a list.
pub fn device(user_agent: &str) -> (&'static str, &'static str) {
    // The first that fits: nearly all say that they are Safari, and many that they are Chrome.
    const BROWSERS: [(&str, &str); 9] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let first = |all: &[(&str, &'static str)]| {
        all.iter().find(|(mark, _)| user_agent.contains(mark)).map_or("", |(_, name)| name)
    };
    (first(&BROWSERS), first(&SYSTEMS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_it_is_left_and_in_the_evening() {
        let (lasts, start) = (Lasts::default(), Time(0));

        assert!(!lasts.is_over(start, start, start + IDLE));
        assert!(lasts.is_over(start, start, start + IDLE + Span(1)));
        let late = start + LIFE;
        assert!(!lasts.is_over(start, late, late));
        assert!(lasts.is_over(start, late, late + Span(1)));
    }

    #[test]
    fn a_device_is_told_by_what_we_know_and_by_nothing_else() {
        for (said, known) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", ("Firefox", "Linux")),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0",
                ("Edge", "Windows"),
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15",
                ("Safari", "macOS"),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile Safari/604.1",
                ("Chrome", "iOS"),
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
                ("Samsung Internet", "Android"),
            ),
            ("<script>alert(1)</script>", ("", "")),
            ("", ("", "")),
        ] {
            assert_eq!(device(said), known, "{said}");
        }
    }
}
