//! The log: what the program did, never what people said. No message body, token, one-time link
//! or e-mail address is ever given to it.

use crate::config::{LogFormat, Settings};
use crate::fault;
use crate::trace::Traces;
use desk::span::SPANS;
use std::io::IsTerminal;
use tracing_subscriber::filter::{Directive, LevelFilter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, registry};

/// Begins to log, as the settings say; and to trace, if they say where to.
pub fn begin(settings: &Settings) -> Result<Traces, String> {
    let filter = filter(&settings.log)?;
    let log = fmt::layer::<Registry>().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let log = match settings.log_format {
        LogFormat::Human => log.with_target(false).boxed(),
        LogFormat::Json => log.json().flatten_event(true).boxed(),
    };
    let (traces, layer) = Traces::begin(settings.otlp.as_ref())?;
    let log = registry().with(log.with_filter(filter));
    // Not a layer that is none: every span would be asked for anew.
    let begun = match layer {
        Some(layer) => log.with(layer).try_init(),
        None => log.try_init(),
    };
    begun.map_err(|why| format!("The log cannot begin: {why}."))?;
    fault::log_panics();
    Ok(traces)
}

/// What is logged. Spans are for traces alone: whatever else is asked for, they are not of it, and where there are no
/// traces nobody makes them.
fn filter(asked: &str) -> Result<EnvFilter, String> {
    let filter = EnvFilter::try_new(asked).map_err(|why| {
        format!(
            "The setting `log` (--log, RECADO_LOG) is wrong: `{asked}` is not a filter like info,server=debug: {why}."
        )
    })?;
    let without = format!("{SPANS}={}", LevelFilter::OFF);
    let without = without.parse::<Directive>().map_err(|why| format!("The log cannot begin: {why}."))?;
    Ok(filter.add_directive(without))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_makes_a_span_where_nobody_wants_traces_however_much_is_logged() {
        for asked in ["info", "trace", "recado::spans=trace"] {
            let log = fmt::layer::<Registry>().with_writer(std::io::sink).with_filter(filter(asked).unwrap());
            tracing::subscriber::with_default(registry().with(log), || {
                assert!(desk::span!("request").is_disabled(), "{asked}");
                assert_eq!(tracing::enabled!(tracing::Level::INFO), asked != "recado::spans=trace", "{asked}");
            });
        }
    }
}
