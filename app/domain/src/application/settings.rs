//! All that is set of an application, as one value: what an administrator reads, changes and saves.

use super::{Field, Setup, WaitShows, Wrong, check_form, is_line};
use crate::group::{Named, Subject};
use crate::hours::{Closed, Special};
use crate::{Time, site, text};
use serde::{Deserialize, Serialize};

/// The longest name of an application, in characters: a customer reads it above his conversation.
pub const NAME_LIMIT: usize = 60;
/// The longest title beside the launcher, in characters.
pub const TITLE_LIMIT: usize = 40;
/// More sites than this are a slip.
pub const SITES_LIMIT: usize = 50;
/// More groups than this nobody chooses from.
pub const GROUPS_LIMIT: usize = 50;
/// As long may a customer be gone at most before his conversation ends, in seconds: a day (Q1).
pub const PATIENCE_MOST: u32 = 86_400;
/// More applications than this no house has.
pub const APPLICATIONS: usize = 500;

/// All that may be set of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub name: String,
    /// A CSS colour, `#rrggbb`.
    pub accent: String,
    /// What stands beside an expanded launcher (R4), where a language has no title of its own.
    pub title: String,
    pub expanded: bool,
    /// How long a customer may be gone while attended, in seconds; 0: for ever (Q1).
    pub patience: u32,
    /// The origins whose pages may show it; empty: none.
    pub sites: Vec<String>,
    /// The groups that a customer chooses from, by id, in this order (R11).
    pub groups: Vec<String>,
    pub form: Vec<Field>,
    pub wait_shows: WaitShows,
    pub setup: Setup,
}

impl Settings {
    /// As they are kept; or what in them cannot be meant. Whether the time zone exists and the groups do is looked
    /// at where both are known.
    pub fn checked(self) -> Result<Settings, Wrong> {
        let name = text::line(&self.name);
        if !is_line(&name, NAME_LIMIT) {
            return Err(Wrong::at("name", "it is one line of 1 to 60 characters"));
        }
        let title = text::line(&self.title);
        if title.chars().count() > TITLE_LIMIT {
            return Err(Wrong::at("title", "it is one line of at most 40 characters"));
        }
        if self.expanded && title.is_empty() {
            return Err(Wrong::at("title", "an expanded launcher has a title"));
        }
        let accent = self.accent.trim().to_ascii_lowercase();
        if !is_colour(&accent) {
            return Err(Wrong::at("accent", "a colour is written like #2a49b8"));
        }
        if self.patience > PATIENCE_MOST {
            return Err(Wrong::at("patience", "it is at most 86400 seconds, a day"));
        }
        let sites = checked_sites(&self.sites)?;
        if self.groups.len() > GROUPS_LIMIT {
            return Err(Wrong::at("groups", "there are too many of them"));
        }
        for (n, group) in self.groups.iter().enumerate() {
            if self.groups[..n].contains(group) {
                return Err(Wrong::at(&format!("groups[{n}]"), "it stands there twice"));
            }
        }
        check_form(&self.form)?;
        let mut setup = self.setup;
        setup.keep_texts_of(&self.form);
        setup.check_texts(&self.form).and_then(|()| setup.check()).map_err(|wrong| wrong.within("setup"))?;
        Ok(Settings { name, title, accent, sites, setup, ..self })
    }

    /// The names of what another value has otherwise; as they stand in the log, so words of ours only (S88).
    pub fn changed(&self, after: &Settings) -> Vec<&'static str> {
        let (a, b) = (&self.setup, &after.setup);
        let all = [
            ("name", self.name != after.name),
            ("accent", self.accent != after.accent),
            ("title", self.title != after.title),
            ("expanded", self.expanded != after.expanded),
            ("patience", self.patience != after.patience),
            ("sites", self.sites != after.sites),
            ("groups", self.groups != after.groups),
            ("form", self.form != after.form),
            ("wait_shows", self.wait_shows != after.wait_shows),
            ("channels", a.channels != b.channels),
            ("hours", a.hours != b.hours),
            ("when_away", a.when_away != b.when_away),
            ("wait_as", a.wait_as != b.wait_as),
            ("documents", a.documents != b.documents),
            ("kind", a.kind != b.kind),
            ("rating", a.rating != b.rating),
            ("transcript_by_mail", a.transcript_by_mail != b.transcript_by_mail),
            ("browser_notices", a.browser_notices != b.browser_notices),
            ("identity_required", a.identity_required != b.identity_required),
            ("launcher", a.launcher != b.launcher),
            ("files", a.files != b.files),
            ("texts", a.texts != b.texts),
        ];
        all.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect()
    }
}

fn checked_sites(sites: &[String]) -> Result<Vec<String>, Wrong> {
    if sites.len() > SITES_LIMIT {
        return Err(Wrong::at("sites", "there are too many of them"));
    }
    let mut checked: Vec<String> = Vec::new();
    for (n, one) in sites.iter().enumerate() {
        let at = format!("sites[{n}]");
        let origin = site::origin(one).map_err(|slip| Wrong::at(&at, slip.why()))?;
        if checked.contains(&origin) {
            return Err(Wrong::at(&at, "it stands there twice"));
        }
        checked.push(origin);
    }
    Ok(checked)
}

fn is_colour(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// An application as its administrator reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub id: String,
    /// The public key of the snippet.
    pub key: String,
    pub settings: Settings,
    /// Raised with every change: who saves says which one he has read.
    pub revision: u32,
    /// Nobody is shown it any more.
    pub retired: bool,
    /// When its widget was asked for last.
    pub called: Option<Called>,
    /// All groups of the house, by name.
    pub offered: Vec<Named>,
    /// Of its sites, those whose pages have asked for it, each when last; in the order of the sites.
    pub sites_called: Vec<Called>,
}

/// Somebody's browser asked for a widget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    pub at: Time,
    /// One of its sites; empty: the browser did not say from where.
    pub from: String,
}

/// What a customer would see at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    pub at: Time,
    /// None: it is open then.
    pub closed: Option<Closed>,
    /// What he would choose from; who attends is who does now.
    pub subjects: Vec<Subject>,
    /// What decides over that day in the place of its day of the week.
    pub special: Option<Special>,
    /// It is this very minute: who attends now is who he would meet.
    pub is_now: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::{FieldKind, WhenAway};

    fn settings() -> Settings {
        Settings {
            name: "Casa Nogal".into(),
            accent: "#2a49b8".into(),
            title: "¿Hablamos?".into(),
            expanded: true,
            patience: 120,
            sites: vec!["https://shop.example".into()],
            groups: vec!["orders".into()],
            form: Vec::new(),
            wait_shows: WaitShows::Both,
            setup: Setup::default(),
        }
    }

    #[test]
    fn what_is_kept_is_what_a_browser_would_say() {
        let typed = Settings {
            name: "  Casa\u{0} Nogal ".into(),
            accent: " #2A49B8".into(),
            sites: vec!["HTTPS://Shop.example:443/".into()],
            ..settings()
        };

        assert_eq!(typed.checked().unwrap(), settings());
    }

    #[test]
    fn what_cannot_be_meant_is_named_by_its_place() {
        let wrong = |settings: Settings| settings.checked().unwrap_err().path;
        let field = |key: &str| Field {
            key: key.into(),
            label: "A".into(),
            kind: FieldKind::Text,
            required: false,
            options: Vec::new(),
            consent: None,
        };
        let mut far = settings();
        far.setup.launcher.up = 4_000;
        let mut high = settings();
        high.setup.launcher.z = Some(u32::MAX);

        assert_eq!(wrong(Settings { name: " ".into(), ..settings() }), "name");
        assert_eq!(wrong(Settings { name: "a".repeat(61), ..settings() }), "name");
        assert_eq!(wrong(Settings { title: String::new(), ..settings() }), "title");
        assert_eq!(wrong(Settings { accent: "red".into(), ..settings() }), "accent");
        assert_eq!(wrong(Settings { accent: "#12345ñ".into(), ..settings() }), "accent");
        assert_eq!(wrong(Settings { patience: 86_401, ..settings() }), "patience");
        let sites = ["https://a.example", "https://a.example/shop"].map(String::from);
        assert_eq!(wrong(Settings { sites: sites.to_vec(), ..settings() }), "sites[1]");
        let twice = ["https://a.example", "https://A.example/"].map(String::from);
        assert_eq!(wrong(Settings { sites: twice.to_vec(), ..settings() }), "sites[1]");
        let groups = ["orders", "orders"].map(String::from);
        assert_eq!(wrong(Settings { groups: groups.to_vec(), ..settings() }), "groups[1]");
        assert_eq!(wrong(Settings { form: vec![field("a"), field("a")], ..settings() }), "form[1].key");
        assert_eq!(wrong(far), "setup.launcher.up");
        assert_eq!(wrong(high), "setup.launcher.z");
    }

    #[test]
    fn the_log_hears_what_was_changed_and_no_word_of_it() {
        let mut after = Settings { name: "Otra".into(), sites: Vec::new(), ..settings() };
        after.setup.when_away = WhenAway::Nothing;

        assert_eq!(settings().changed(&settings()), [""; 0]);
        assert_eq!(settings().changed(&after), ["name", "sites", "when_away"]);
    }
}
