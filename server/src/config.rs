//! How the program is told what to do: flags, then the environment, then a file, then defaults.

use crate::address::{Keeps, Network};
use crate::agent::Agent;
use crate::audit::Audit;
use crate::backup::{Backup, Doctor, Restore};
use crate::customer::Person;
use crate::health::Health;
use crate::history::ImportHistory;
use crate::identity::Identity;
use crate::indicators::Indicators;
use crate::limits::{Rate, Rates};
use crate::origin::Origin;
use crate::token::Token;
use crate::trace::Collector;
use crate::transfer::{Export, Import};
use crate::trigger::Trigger;
use clap::builder::BoolishValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use desk::mail::{PostOffice, Wrong};
use desk::webhook::Allowed;
use domain::Span;
use domain::session::Lasts;
use serde::Deserialize;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

#[derive(Parser)]
#[command(
    name = "recado",
    version,
    about = "A live chat with tickets, for your own site and on your own machine.",
    max_term_width = 100
)]
pub struct Command {
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Serve the widget, the console and their doors until told to stop
    #[command(after_help = AFTER)]
    Serve(Box<Asked>),
    /// Show or set the form, the hours and the other settings of an application
    #[command(subcommand)]
    Application(ApplicationVerb),
    /// Show or set how a group hands out who waits, and in which order its agents have their turn
    #[command(subcommand)]
    Group(GroupVerb),
    /// Show or set what this house allows
    #[command(subcommand)]
    Parameters(ParametersVerb),
    /// The keys with which your own server proves to us who its customers are
    #[command(subcommand)]
    Identity(Identity),
    /// Everything about one person: taken along, or erased
    #[command(subcommand)]
    Person(Person),
    /// What is done by itself with tickets
    #[command(subcommand)]
    Trigger(Trigger),
    /// Who works here, and the way back in for who is locked out
    #[command(subcommand)]
    Agent(Agent),
    /// The log of who did what
    #[command(subcommand)]
    Audit(Audit),
    /// The numbers of a period
    #[command(subcommand)]
    Indicators(Indicators),
    /// Copy everything into a new folder, beside a running server
    Backup(Backup),
    /// Put a backup back into an empty data folder
    Restore(Restore),
    /// Look whether everything is in order, and say what to do where it is not
    Doctor(Doctor),
    /// Write everything into a new folder as JSON Lines, beside a running server
    Export(Export),
    /// Take an export into a deployment in which there is nothing yet
    Import(Import),
    /// Take chats of before from a file of JSON Lines: all of them, or none
    ImportHistory(ImportHistory),
    /// Ask a server that runs whether it is well
    Health(Health),
    /// With what other programs use the API
    #[command(subcommand)]
    Token(Token),
}

#[derive(Subcommand)]
pub enum ApplicationVerb {
    /// Print the settings of an application as JSON
    Show {
        #[command(flatten)]
        of: Of,
    },
    /// Take settings from a file; what it does not name stays as it is. A running server follows at once
    #[command(after_help = "What may stand in the file is told in docs/settings.md.")]
    Set {
        #[command(flatten)]
        of: Of,
        /// A file of JSON, or `-` for the standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum GroupVerb {
    /// Print the settings of a group as JSON
    Show {
        #[command(flatten)]
        of: OfGroup,
    },
    /// Take settings from a file; what it does not name stays as it is. A running server follows at once
    #[command(after_help = "What may stand in the file is told in docs/settings.md.")]
    Set {
        #[command(flatten)]
        of: OfGroup,
        /// A file of JSON, or `-` for the standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum ParametersVerb {
    /// Print the parameters as JSON
    Show {
        #[command(flatten)]
        at: At,
    },
    /// Take parameters from a file; what it does not name stays as it is. A running server follows at once
    #[command(after_help = "What may stand in the file is told in docs/settings.md.")]
    Set {
        #[command(flatten)]
        at: At,
        /// A file of JSON, or `-` for the standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Which group, and where it is kept.
#[derive(Args)]
pub struct OfGroup {
    /// The name of the group; where several are called so, or it is retired, its id
    #[arg(long, value_name = "NAME")]
    pub group: String,
    #[command(flatten)]
    pub at: At,
}

/// Which application, and where it is kept.
#[derive(Args)]
pub struct Of {
    /// The public key of the application, as in its snippet
    #[arg(long, value_name = "KEY")]
    pub key: String,
    #[command(flatten)]
    pub at: At,
}

/// Where everything is kept.
#[derive(Args)]
pub struct At {
    /// The folder for everything that is kept [default: recado-data]
    #[arg(long, env = "RECADO_DATA", value_name = "DIR")]
    data: Option<String>,
    /// Where it is remembered [default: recado.db in the data folder]
    #[arg(long, env = "RECADO_DATABASE", value_name = "URL", hide_env_values = true)]
    database: Option<String>,
    /// The server's file with settings
    #[arg(long, env = "RECADO_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

impl At {
    /// The database, as the server would understand the same flags.
    pub fn database(&self) -> Result<String, String> {
        self.place().map(|(_, database)| database)
    }

    /// The data folder, and the database.
    pub fn place(&self) -> Result<(PathBuf, String), String> {
        let (data, database, config) = (self.data.clone(), self.database.clone(), self.config.clone());
        let settings = Settings::understand(Asked { data, database, config, ..Asked::default() })?;
        Ok((settings.data, settings.database))
    }

    /// The same of a server that was started there, for what needs something of the folder: whoever mistyped its name is
    /// told so. Who needs the database alone is told by whoever opens that.
    pub fn deployed(&self) -> Result<(PathBuf, String), String> {
        let (data, database) = self.place()?;
        desk::must_be_deployed(&data, &database).map_err(|why| format!("Nothing was done: {why}."))?;
        Ok((data, database))
    }
}

const AFTER: &str = "\
Every setting has three places: a flag, an environment variable (shown above), and a key of the same
name in the file that --config names (TOML). The first of them that says something decides.

    data = \"/var/lib/recado\"
    url = \"https://chat.example.com\"
    trusted-proxy = [\"127.0.0.1\"]

    [rates]              # at most so many in such a time
    acts = \"100/min\"     # of one visitor
    chats = \"60/h\"       # opened from one address
    file-megabytes = \"1024/d\"   # that customers send from one address

The other rates: requests, sign-in, sockets, frames, visitor-chats, application-chats, offline, staff-acts,
links (wrong addresses of files), mails, portal-links (from one address), replies, api and api-replies (of one token),
webhook-tests.
Behind a proxy that speaks TLS, set --url to the address people use and --trusted-proxy to the proxy's.";

/// What was asked for, as it was written: on the command line, in the environment or in the file.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Asked {
    /// The folder for everything that is kept; made when it is missing [default: recado-data]
    #[arg(long, env = "RECADO_DATA", value_name = "DIR")]
    pub data: Option<String>,
    /// The address to listen on [default: 127.0.0.1:8080]
    #[arg(long, env = "RECADO_LISTEN", value_name = "ADDR")]
    pub listen: Option<String>,
    /// Where to remember: `sqlite:PATH` or `postgres://…` [default: recado.db in the data folder]
    #[arg(long, env = "RECADO_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,
    /// The address people know this server by, like https://chat.example.com
    #[arg(long, env = "RECADO_URL", value_name = "URL")]
    pub url: Option<String>,
    /// Begin with a small believable world and its logins, and serve a demo shop beside it
    #[arg(long, env = "RECADO_DEMO", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub demo: Option<bool>,
    /// The address of the demo shop: another site, as far as browsers know [default: 127.0.0.1:8081]
    #[arg(long, env = "RECADO_SHOP_LISTEN", value_name = "ADDR")]
    pub shop_listen: Option<String>,
    /// Proxies whose X-Forwarded-For is believed: addresses or networks like 10.0.0.0/8
    #[arg(long, env = "RECADO_TRUSTED_PROXY", value_name = "NETWORK", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<String>>,
    /// Where mail is handed in: smtp://USER:PASSWORD@HOST:587 or smtps://… [default: none, and nothing is mailed]
    #[arg(long, env = "RECADO_SMTP", value_name = "URL", hide_env_values = true)]
    pub smtp: Option<String>,
    /// In whose name mail is sent, like `Casa Nogal <hola@casanogal.example>`
    #[arg(long, env = "RECADO_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
    /// Hosts of your own network that webhooks may go to, also without TLS: `host` or `host:port`. Without it they
    /// go to the public internet alone, by https
    #[arg(long, env = "RECADO_WEBHOOK_HOST", value_name = "HOST", value_delimiter = ',')]
    pub webhook_host: Option<Vec<String>>,
    /// How long a session of an agent lasts that nobody uses; an open console uses it [default: 30min]
    #[arg(long, env = "RECADO_SESSION_IDLE", value_name = "TIME")]
    pub session_idle: Option<String>,
    /// How long it lasts however it is used [default: 12h]
    #[arg(long, env = "RECADO_SESSION_LIFE", value_name = "TIME")]
    pub session_life: Option<String>,
    /// The most that is kept of addresses, whatever the parameters of the house say: of agents in sessions and in the
    /// log of who did what, of everybody in what the program writes of itself [default: as they say]
    #[arg(long, env = "RECADO_KEEP_ADDRESSES", value_name = "WHAT")]
    pub keep_addresses: Option<Keeps>,
    /// Where Prometheus finds /metrics, like 127.0.0.1:9100: an address that only it can reach [default: nowhere]
    #[arg(long, env = "RECADO_METRICS", value_name = "ADDR")]
    pub metrics: Option<String>,
    /// Start although another server has the same database. At your own risk: it ends the other's conversations
    #[arg(long, env = "RECADO_BESIDE_ANOTHER", num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = BoolishValueParser::new())]
    pub beside_another: Option<bool>,
    /// Where traces are sent, as OTLP over HTTP: the address of a collector like http://127.0.0.1:4318 [default: nowhere]
    #[arg(long, env = "RECADO_OTLP", value_name = "URL", hide_env_values = true)]
    pub otlp: Option<String>,
    /// Whether anybody may be asked to slow down [default: on]
    #[arg(long, env = "RECADO_LIMITS", value_name = "on|off")]
    pub limits: Option<String>,
    /// What to log: a level, or a filter like info,server=debug [default: info]
    #[arg(long, env = "RECADO_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How to log
    #[arg(long, env = "RECADO_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// A file with settings
    #[serde(skip)]
    #[arg(long, env = "RECADO_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The rates of the file.
    #[arg(skip)]
    pub rates: AskedRates,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct AskedRates {
    requests: Option<String>,
    sign_in: Option<String>,
    sockets: Option<String>,
    frames: Option<String>,
    chats: Option<String>,
    visitor_chats: Option<String>,
    application_chats: Option<String>,
    offline: Option<String>,
    searches: Option<String>,
    votes: Option<String>,
    acts: Option<String>,
    staff_acts: Option<String>,
    file_megabytes: Option<String>,
    links: Option<String>,
    mails: Option<String>,
    webhook_tests: Option<String>,
    portal_links: Option<String>,
    replies: Option<String>,
    api: Option<String>,
    api_replies: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people
    #[default]
    Human,
    /// For machines: one JSON object a line
    Json,
}

/// What was understood.
#[derive(Clone, Debug)]
pub struct Settings {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub database: String,
    /// None: whatever name a browser found us by.
    pub url: Option<Origin>,
    /// The demo's shop, when there is a demo.
    pub shop: Option<SocketAddr>,
    pub proxies: Vec<Network>,
    /// Where mail is handed in; none: nothing is mailed.
    pub office: Option<PostOffice>,
    /// Where webhooks may go besides the public internet.
    pub webhook_hosts: Allowed,
    /// None: nobody is ever asked to slow down.
    pub rates: Option<Rates>,
    pub log: String,
    pub log_format: LogFormat,
    /// Sessions of agents.
    pub lasts: Lasts,
    /// None: as the house says.
    pub keeps: Option<Keeps>,
    /// Where numbers for machines are; none: nowhere.
    pub metrics: Option<SocketAddr>,
    /// Another server may have the same database.
    pub beside_another: bool,
    /// Where traces are sent; none: nowhere, and none are made.
    pub otlp: Option<Collector>,
}

impl Settings {
    /// Reads the file, if one is named, and understands everything; or says in one sentence
    /// which setting is wrong.
    pub fn understand(asked: Asked) -> Result<Settings, String> {
        let asked = asked.or_file()?;
        let data = PathBuf::from(given(asked.data).unwrap_or_else(|| "recado-data".into()));
        let database = match given(asked.database) {
            Some(url) if ["sqlite:", "postgres://", "postgresql://"].iter().any(|kind| url.starts_with(kind)) => url,
            // It may hold a password: it is not repeated.
            Some(_) => return Err(wrong("database", "must begin with `sqlite:` or `postgres://`")),
            None => format!("sqlite:{}", data.join("recado.db").display()),
        };
        let url = given(asked.url)
            .map(|url| {
                Origin::read(&url).ok_or_else(|| {
                    wrong("url", &format!("`{url}` is not an address like https://chat.example.com, without a path"))
                })
            })
            .transpose()?;
        let mut proxies = Vec::new();
        for network in asked.trusted_proxy.unwrap_or_default().iter().filter(|text| !text.trim().is_empty()) {
            proxies.push(Network::read(network).ok_or_else(|| {
                wrong("trusted-proxy", &format!("`{network}` is not an address or a network like 10.0.0.0/8"))
            })?);
        }
        let hosts: Vec<String> = asked.webhook_host.unwrap_or_default();
        let hosts: Vec<String> = hosts.into_iter().filter(|text| !text.trim().is_empty()).collect();
        let webhook_hosts = Allowed::read(&hosts).ok_or_else(|| {
            wrong(
                "webhook-host",
                &format!("one of `{}` is not a host like intranet or 10.0.0.8:8080", hosts.join(", ")),
            )
        })?;
        let rates = match given(asked.limits).as_deref() {
            Some("off") => None,
            Some("on") | None => Some(asked.rates.understand()?),
            Some(other) => return Err(wrong("limits", &format!("`{other}` is neither `on` nor `off`"))),
        };
        Ok(Settings {
            data,
            listen: address("listen", given(asked.listen), "127.0.0.1:8080")?,
            database,
            url,
            shop: if asked.demo == Some(true) {
                Some(address("shop-listen", given(asked.shop_listen), "127.0.0.1:8081")?)
            } else {
                None
            },
            proxies,
            office: office(given(asked.smtp), given(asked.mail_from))?,
            webhook_hosts,
            rates,
            log: given(asked.log).unwrap_or_else(|| "info".into()),
            log_format: asked.log_format.unwrap_or_default(),
            lasts: lasts(given(asked.session_idle), given(asked.session_life))?,
            keeps: asked.keep_addresses,
            metrics: given(asked.metrics).map(|text| address("metrics", Some(text), "")).transpose()?,
            beside_another: asked.beside_another == Some(true),
            otlp: given(asked.otlp).map(|text| collector(&text)).transpose()?,
        })
    }
}

impl Asked {
    /// Fills what nobody said from the file.
    fn or_file(self) -> Result<Asked, String> {
        let Some(path) = &self.config else {
            return Ok(self);
        };
        let text = std::fs::read_to_string(path)
            .map_err(|why| wrong("config", &format!("{} cannot be read: {why}", path.display())))?;
        let file: Asked = toml::from_str(&text)
            .map_err(|why| wrong("config", &format!("{} does not read: {why}", path.display())))?;
        Ok(Asked {
            data: given(self.data).or(file.data),
            listen: given(self.listen).or(file.listen),
            database: given(self.database).or(file.database),
            url: given(self.url).or(file.url),
            demo: self.demo.or(file.demo),
            shop_listen: given(self.shop_listen).or(file.shop_listen),
            trusted_proxy: self.trusted_proxy.or(file.trusted_proxy),
            smtp: given(self.smtp).or(file.smtp),
            mail_from: given(self.mail_from).or(file.mail_from),
            webhook_host: self.webhook_host.or(file.webhook_host),
            session_idle: given(self.session_idle).or(file.session_idle),
            session_life: given(self.session_life).or(file.session_life),
            keep_addresses: self.keep_addresses.or(file.keep_addresses),
            metrics: given(self.metrics).or(file.metrics),
            beside_another: self.beside_another.or(file.beside_another),
            otlp: given(self.otlp).or(file.otlp),
            limits: given(self.limits).or(file.limits),
            log: given(self.log).or(file.log),
            log_format: self.log_format.or(file.log_format),
            config: self.config,
            rates: file.rates,
        })
    }
}

impl AskedRates {
    fn understand(self) -> Result<Rates, String> {
        let mut rates = Rates::default();
        let all = [
            ("requests", self.requests, &mut rates.requests),
            ("sign-in", self.sign_in, &mut rates.sign_in),
            ("sockets", self.sockets, &mut rates.sockets),
            ("frames", self.frames, &mut rates.frames),
            ("chats", self.chats, &mut rates.chats),
            ("visitor-chats", self.visitor_chats, &mut rates.visitor_chats),
            ("application-chats", self.application_chats, &mut rates.application_chats),
            ("offline", self.offline, &mut rates.offline),
            ("searches", self.searches, &mut rates.searches),
            ("votes", self.votes, &mut rates.votes),
            ("acts", self.acts, &mut rates.acts),
            ("staff-acts", self.staff_acts, &mut rates.staff_acts),
            ("file-megabytes", self.file_megabytes, &mut rates.file_megabytes),
            ("links", self.links, &mut rates.links),
            ("mails", self.mails, &mut rates.mails),
            ("webhook-tests", self.webhook_tests, &mut rates.webhook_tests),
            ("portal-links", self.portal_links, &mut rates.portal_links),
            ("replies", self.replies, &mut rates.replies),
            ("api", self.api, &mut rates.api),
            ("api-replies", self.api_replies, &mut rates.api_replies),
        ];
        for (name, asked, rate) in all {
            if let Some(text) = given(asked) {
                *rate = Rate::read(&text)
                    .ok_or_else(|| format!("The rate `{name}` in the file is wrong: `{text}` does not read like `100/min`, `60/h` or `6/12h`."))?;
            }
        }
        Ok(rates)
    }
}

fn office(smtp: Option<String>, from: Option<String>) -> Result<Option<PostOffice>, String> {
    let (smtp, from) = match (smtp, from) {
        (None, _) => return Ok(None),
        (Some(_), None) => return Err(wrong("mail-from", "it is missing, and mail needs a sender")),
        (Some(smtp), Some(from)) => (smtp, from),
    };
    PostOffice::read(&smtp, &from).map(Some).map_err(|why| match why {
        // It may hold a password: it is not repeated.
        Wrong::Url => wrong("smtp", "it is not an address like smtp://USER:PASSWORD@mail.example.com:587"),
        Wrong::From => wrong("mail-from", &format!("`{from}` is not an address like `Casa <hola@casa.example>`")),
    })
}

/// It may hold a password: it is not repeated.
fn collector(text: &str) -> Result<Collector, String> {
    Collector::read(text)
        .ok_or_else(|| wrong("otlp", "it is not an address like http://127.0.0.1:4318, without a name and a password"))
}

fn lasts(idle: Option<String>, life: Option<String>) -> Result<Lasts, String> {
    let usual = Lasts::default();
    let read = |name: &str, asked: Option<String>, usual: Span| {
        let Some(text) = asked else { return Ok(usual) };
        let slip = || wrong(name, &format!("`{text}` is not a time like 30min, 12h or 7d, of thirty days at the most"));
        span(&text).filter(|span| (Span::minutes(1)..=Span::hours(24 * 30)).contains(span)).ok_or_else(slip)
    };
    let lasts = Lasts { idle: read("session-idle", idle, usual.idle)?, life: read("session-life", life, usual.life)? };
    if lasts.idle > lasts.life {
        return Err(wrong("session-idle", "it is longer than --session-life"));
    }
    Ok(lasts)
}

/// `30min`, `12h`, `7d`.
fn span(text: &str) -> Option<Span> {
    let text = text.trim();
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let number: i64 = number.parse().ok()?;
    let minutes = match unit {
        "min" => number,
        "h" => number.checked_mul(60)?,
        "d" => number.checked_mul(24 * 60)?,
        _ => return None,
    };
    (minutes < 60 * 24 * 366).then(|| Span::minutes(minutes))
}

/// An empty variable is one that nobody set: compose files pass them so.
fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

fn address(name: &str, asked: Option<String>, default: &str) -> Result<SocketAddr, String> {
    let text = asked.unwrap_or_else(|| default.into());
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| wrong(name, &format!("`{text}` is not an address and a port like {default}")))
}

pub fn wrong(name: &str, why: &str) -> String {
    let variable = name.to_uppercase().replace('-', "_");
    format!("The setting `{name}` (--{name}, RECADO_{variable}) is wrong: {why}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Asked {
        let command = Command::try_parse_from([&["recado", "serve"], words].concat()).unwrap();
        let Verb::Serve(asked) = command.verb else { panic!("it does not serve") };
        *asked
    }

    fn file(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recado.toml");
        std::fs::write(&path, text).unwrap();
        let path = path.display().to_string();
        (folder, path)
    }

    #[test]
    fn a_flag_decides_over_the_file_and_the_file_over_the_default() {
        let (_folder, path) =
            file("listen = '127.0.0.1:3000'\nurl = 'https://file.example'\ndemo = true\n[rates]\nacts = '7/min'");

        let settings = Settings::understand(asked(&["--config", &path, "--listen", "127.0.0.1:4000"])).unwrap();

        assert_eq!(settings.listen.port(), 4000);
        assert_eq!(settings.url.unwrap().to_string(), "https://file.example");
        assert_eq!(settings.shop.unwrap().port(), 8081);
        assert_eq!(settings.rates.unwrap().acts, Rate::read("7/min").unwrap());
        assert_eq!(settings.database, "sqlite:recado-data/recado.db");
    }

    #[test]
    fn a_wrong_setting_is_named() {
        let (_folder, unknown) = file("colour = 'red'");
        let (_folder, rate) = file("[rates]\nacts = 'many'");
        for (words, named) in [
            (vec!["--listen", "here"], "--listen"),
            (vec!["--url", "chat.example"], "RECADO_URL"),
            (vec!["--url", "https://chat.example/path"], "--url"),
            (vec!["--database", "mysql://root:secret@db"], "--database"),
            (vec!["--trusted-proxy", "10.0.0.0/99"], "RECADO_TRUSTED_PROXY"),
            (vec!["--limits", "maybe"], "--limits"),
            (vec!["--session-idle", "soon"], "--session-idle"),
            (vec!["--session-life", "400d"], "RECADO_SESSION_LIFE"),
            (vec!["--session-idle", "13h"], "--session-life"),
            (vec!["--smtp", "smtp://u:secret@mail.example"], "--mail-from"),
            (vec!["--smtp", "imap://u:secret@mail.example", "--mail-from", "a@b.example"], "--smtp"),
            (vec!["--smtp", "smtp://mail.example", "--mail-from", "a@b\r\nBcc: c@d.example"], "RECADO_MAIL_FROM"),
            (vec!["--webhook-host", "http://intranet"], "RECADO_WEBHOOK_HOST"),
            (vec!["--otlp", "127.0.0.1:4318"], "--otlp"),
            (vec!["--otlp", "http://u:secret@traces.example"], "RECADO_OTLP"),
            (vec!["--config", "/nowhere/recado.toml"], "--config"),
            (vec!["--config", &unknown], "colour"),
            (vec!["--config", &rate], "acts"),
        ] {
            let why = Settings::understand(asked(&words)).unwrap_err();
            assert!(why.contains(named), "{words:?}: {why}");
            assert!(!why.contains("secret"), "{why}");
        }
    }

    #[test]
    fn a_session_lasts_as_long_as_it_is_told() {
        let lasts = |words: &[&str]| Settings::understand(asked(words)).unwrap().lasts;

        assert_eq!(lasts(&[]), Lasts::default());
        let told = Lasts { idle: Span::minutes(90), life: Span::hours(48) };
        assert_eq!(lasts(&["--session-idle", "90min", "--session-life", "2d"]), told);
    }

    #[test]
    fn a_switch_may_be_given_a_value() {
        assert_eq!(asked(&["--demo"]).demo, Some(true));
        assert_eq!(asked(&["--demo=off"]).demo, Some(false));
        assert_eq!(asked(&[]).demo, None);
    }
}
