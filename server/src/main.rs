//! The program `recado`.

use clap::Parser;
use server::config::{Command, Settings, Verb};
use server::{Running, Site};
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Runtime;

/// A message is a few hundred small pieces of memory; the system's allocator took a seventh of the
/// processor for them.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is still asked of the system when everything has stopped, as the address of a host that nobody knows, is waited
/// for no longer.
const LAST: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let runtime = match Runtime::new() {
        Ok(runtime) => runtime,
        Err(why) => {
            eprintln!("The program cannot start its threads: {why}.");
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run());
    runtime.shutdown_timeout(LAST);
    code
}

async fn run() -> ExitCode {
    let done = match Command::parse().verb {
        Verb::Serve(asked) => serve(Settings::understand(*asked)).await,
        Verb::Application(verb) => server::application::run(verb).await.map(|says| {
            // Whoever asked may have stopped listening.
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Group(verb) => server::group::run(verb).await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Parameters(verb) => server::parameters::run(verb).await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Identity(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Trigger(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Person(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Agent(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Audit(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Health(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Token(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Indicators(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Backup(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Restore(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Doctor(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Export(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::Import(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
        Verb::ImportHistory(verb) => verb.run().await.map(|says| {
            let _ = writeln!(std::io::stdout(), "{says}");
        }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: Result<Settings, String>) -> Result<(), String> {
    let settings = settings?;
    let traces = server::log(&settings)?;
    let running = Running::start(settings, Site::own(), clock()).await?;
    // First of all: whoever reads that it is ready may ask it to stop at once.
    let told = told_to_stop()?;
    // Whoever started it may have stopped listening to it.
    let _ = writeln!(std::io::stdout(), "{}", welcome(&running));
    let lost = tokio::select! {
        told = told => {
            told?;
            false
        }
        () = running.lost() => true,
    };
    tracing::info!("stopping");
    running.stop().await;
    // Last of all: what the stop did is in them.
    traces.stop().await;
    tracing::info!("stopped");
    if lost { Err("Another server has taken this database (--database).".into()) } else { Ok(()) }
}

/// The machine's own; for browser stories, if they wish, one that stands still until it is moved.
fn clock() -> desk::Clock {
    let clock = desk::Clock::system();
    #[cfg(feature = "test-clock")]
    if std::env::var_os("RECADO_TEST_CLOCK").is_some_and(|kind| kind == "still") {
        return desk::Clock::hands(clock.now());
    }
    clock
}

/// What the operator reads first. The one place that tells the set-up link and the demo's logins.
fn welcome(running: &Running) -> String {
    let mut lines = vec![format!("Recado is ready: {}", running.url)];
    if let Some(link) = &running.set_up {
        lines.push(format!("Nobody works here yet. Make the first administrator, once: {}/set-up/{link}", running.url));
    }
    if let Some(shop) = running.shop {
        lines.push(format!("The demo shop, another site with the widget: http://{shop}"));
        lines.push("Sign in to the console as one of:".into());
        lines.extend(
            running
                .logins
                .iter()
                .map(|login| format!("  {:<26} {}   {}, {}", login.email, login.password, login.name, login.role)),
        );
    }
    lines.join("\n")
}

/// Listens from now on, and returns when somebody asks the program to stop.
fn told_to_stop() -> Result<impl Future<Output = Result<(), String>>, String> {
    let cannot = |why: std::io::Error| format!("The program cannot hear when it shall stop: {why}.");
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
        Ok(async move {
            tokio::select! {
                _ = terminate.recv() => Ok(()),
                stopped = tokio::signal::ctrl_c() => stopped.map_err(cannot),
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async move { tokio::signal::ctrl_c().await.map_err(cannot) })
}
