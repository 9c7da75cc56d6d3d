//! Start and stop: the data folder, the desk, the listeners, and the way down again.

use crate::alarm;
use crate::assets::{LOADER, Site};
use crate::config::Settings;
use crate::doors::{self, shop::Shop};
use crate::limits::Limits;
use crate::listener;
use crate::metrics;
use crate::origin::{self, Origin};
use crate::places::Places;
use crate::program::Program;
use desk::alone::Alone;
use desk::demo::Login;
use desk::vault::Vault;
use desk::{Clock, Desk};
use domain::parameters::Addresses;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long a stop waits for what is under way.
const LAST_ROUND: Duration = Duration::from_secs(10);

/// The program while it runs.
pub struct Running {
    /// Where it listens; the port may have been chosen by the system.
    pub address: SocketAddr,
    /// The demo's shop.
    pub shop: Option<SocketAddr>,
    /// Numbers for machines.
    pub metrics: Option<SocketAddr>,
    /// Our public address, for people.
    pub url: Origin,
    /// The one-time link of a first start.
    pub set_up: Option<String>,
    pub logins: Vec<Login>,
    pub desk: Desk,
    stopping: watch::Sender<bool>,
    program: Arc<Program>,
    /// And who looks at the queues.
    listeners: Vec<JoinHandle<()>>,
    /// None: the operator wants it beside another.
    alone: Option<Alone>,
}

impl Running {
    /// Opens everything, or says in one sentence what is in the way.
    pub async fn start(settings: Settings, site: Site, clock: Clock) -> Result<Running, String> {
        make_folder(&settings.data)?;
        make_file(&settings.database)?;
        // Before it listens: where it takes another's place the other has the address until it has left.
        let alone = if settings.beside_another { None } else { Some(alone(&settings.database).await?) };
        let listener = bind("listen", settings.listen).await?;
        let address = here(&listener)?;
        let shop_listener = match settings.shop {
            Some(address) => Some(bind("shop-listen", address).await?),
            None => None,
        };
        let metrics_listener = match settings.metrics {
            Some(address) => Some(bind("metrics", address).await?),
            None => None,
        };
        let metrics = metrics_listener.as_ref().map(here).transpose()?;
        let shop = shop_listener.as_ref().map(here).transpose()?.map(reachable);
        let vault =
            Vault::in_folder(&settings.data).map_err(|why| format!("The program cannot keep secrets: {why}."))?;
        let data = settings.data.clone();
        let (database, files, office) = (settings.database, settings.data.join("files"), settings.office);
        let (webhook_hosts, lasts) = (settings.webhook_hosts, settings.lasts);
        // What is known before anybody calls: of who calls us by the address on which we listen. Behind a proxy that was
        // not named customers come by another name, and without `url` none of them is mailed a link.
        let called = Origin::plain(&address.to_string());
        let links = origin::in_letters(settings.url.as_ref(), address, &settings.proxies, called).is_some();
        if office.is_some() && !links {
            tracing::warn!("nobody is mailed a link into the portal: the setting `url` says not where we are (--url)");
        } else if office.is_some() && settings.url.is_none() && settings.shop.is_none() {
            tracing::warn!(
                "only who calls us by a name of this machine is mailed a link into the portal, and agents are told that \
                 everybody is: behind a proxy the setting `url` has to say where we are (--url)"
            );
        }
        let desk = Desk::open(desk::Settings { database, files, clock, office, links, vault, webhook_hosts, lasts })
            .await
            .map_err(|why| format!("The desk does not open: {why}."))?;

        let house = desk.addresses();
        if settings.keeps.is_some_and(|most| most.at_most(Addresses::Whole) > house) {
            tracing::warn!(
                "--keep-addresses lets more be kept of addresses than the parameter keep_addresses of the house says \
                 ({house:?}), and so much is kept: `recado parameters` and the console change it"
            );
        }

        let shops = shop.map_or(Vec::new(), names);
        let logins = if shop.is_some() {
            desk.seed_demo(&shops).await.map_err(|why| format!("The demo was not made: {why}."))?
        } else {
            Vec::new()
        };
        if let Some(loader) = site.loader() {
            let (name, body) = (loader.path.trim_start_matches('/'), site.text(LOADER).unwrap_or_default());
            desk.keep_loader(name, &body).await.map_err(|why| format!("The loader was not kept: {why}."))?;
        }
        let set_up = desk.set_up_link().await.map_err(|why| format!("The set-up link was not made: {why}."))?;

        let url = settings
            .url
            .clone()
            .or_else(|| Origin::plain(&reachable(address).to_string()))
            .ok_or("This address has no name.")?;
        if !url.is_secure() && !url.is_local() {
            tracing::warn!(%url, "people reach this server without TLS: what they write can be read on its way, and browsers hold back");
        }
        // Before anybody comes in who would be counted.
        let numbers = match metrics_listener {
            Some(listener) => Some((listener, metrics::begin(&desk, data)?)),
            None => None,
        };
        let (stopping, _) = watch::channel(false);
        let limits = Limits::new(settings.rates);
        let program = Arc::new(Program {
            desk: desk.clone(),
            site,
            url: settings.url,
            listens: address,
            proxies: settings.proxies,
            places: Places::new(limits.are_on()),
            limits,
            streams: Default::default(),
            keeps: settings.keeps,
            stopping: stopping.clone(),
            here: Default::default(),
            health: Default::default(),
            strays: Default::default(),
        });
        let mut listeners =
            vec![tokio::spawn(listener::accept(listener, doors::all(program.clone()), stopping.subscribe()))];
        if let Some(shop_listener) = shop_listener {
            let shop = doors::shop::all(Shop { program: program.clone(), recado: url.clone() });
            listeners.push(tokio::spawn(listener::accept(shop_listener, shop, stopping.subscribe())));
        }
        if let Some((listener, numbers)) = numbers {
            listeners.push(tokio::spawn(listener::accept(listener, numbers, stopping.subscribe())));
        }
        listeners.push(tokio::spawn(alarm::watch(desk.clone(), url.clone(), stopping.subscribe())));
        Ok(Running { address, shop, metrics, url, set_up, logins, desk, stopping, program, listeners, alone })
    }

    /// Returns when another server has taken the database: this one has to stop.
    pub fn lost(&self) -> impl Future<Output = ()> + Send + use<> {
        let lost = self.alone.as_ref().map(Alone::lost);
        async move {
            match lost {
                Some(lost) => lost.await,
                None => std::future::pending().await,
            }
        }
    }

    /// Accepts nobody any more, says goodbye to the sockets, lets requests finish, and closes the
    /// desk with everything it has.
    pub async fn stop(self) {
        self.stopping.send_replace(true);
        for listener in self.listeners {
            // It ends by itself; were it to panic, there is nothing left to stop.
            let _ = listener.await;
        }
        if tokio::time::timeout(LAST_ROUND, self.stopping.closed()).await.is_err() {
            tracing::warn!("some connections did not end in time, and are cut");
        }
        self.desk.stop().await;
        drop(self.program);
        if let Some(alone) = self.alone {
            alone.let_go().await;
        }
    }
}

async fn alone(database: &str) -> Result<Alone, String> {
    let held = Alone::hold(database).await.map_err(|why| format!("The program does not start: {why}."))?;
    held.ok_or_else(|| {
        "Another server has this database (--database), and a second one would end its conversations: stop that one \
         first, or start with --beside-another at your own risk."
            .into()
    })
}

async fn bind(name: &str, address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|why| format!("The program cannot listen on {address} (--{name}): {why}."))
}

fn here(listener: &TcpListener) -> Result<SocketAddr, String> {
    listener.local_addr().map_err(|why| format!("The program does not know where it listens: {why}."))
}

/// `0.0.0.0` is every address of this machine, and none that a browser can go to.
fn reachable(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(all) if all.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, all.port()).into(),
        SocketAddr::V6(all) if all.ip().is_unspecified() => (Ipv6Addr::LOCALHOST, all.port()).into(),
        one => one,
    }
}

/// What a browser on this machine may call it.
fn names(address: SocketAddr) -> Vec<String> {
    vec![format!("http://{address}"), format!("http://localhost:{}", address.port())]
}

/// The folder for everything that is kept: for the user of this program alone.
pub fn make_folder(folder: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let cannot = |why| format!("The data folder {} (--data) cannot be made: {why}.", folder.display());
    builder.create(folder).map_err(cannot)
}

/// The embedded database is nobody else's business, whoever made the folder around it. What
/// SQLite puts beside it gets the same rights.
pub fn make_file(database: &str) -> Result<(), String> {
    let Some(path) = database.strip_prefix("sqlite:") else {
        return Ok(());
    };
    let path = path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default();
    if path.is_empty() || path.starts_with(':') {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let cannot = |why| format!("The database {path} (--data or --database) cannot be opened: {why}.");
    let file = options.open(path).map_err(cannot)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().map_err(cannot)?.permissions());
        if mode & 0o007 != 0 {
            return Err(format!(
                "The database {path} (--database) is open to everybody on this machine: run `chmod 600 {path}*` first."
            ));
        }
    }
    drop(file);
    Ok(())
}
