//! The log: what the program did, never what people said. No message body, token, one-time link
//! or e-mail address is ever given to it.

use crate::config::{LogFormat, Settings};
use crate::fault;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Begins to log, as the settings say.
pub fn begin(settings: &Settings) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|why| {
        format!(
            "The setting `log` (--log, RECADO_LOG) is wrong: `{}` is not a filter like info,server=debug: {why}.",
            settings.log
        )
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let begun = match settings.log_format {
        LogFormat::Human => log.with_target(false).try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    begun.map_err(|why| format!("The log cannot begin: {why}."))?;
    fault::log_panics();
    Ok(())
}
