//! Numbers for Prometheus, on a listener of their own: off unless `--metrics` names an address, and never at the
//! address that people use (S66). No label holds a name, an id or an address of anybody; a webhook of the house
//! is nobody, and told by its id.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use desk::{Desk, gauge};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;

/// Sockets and streams that are open.
const CONNECTIONS: &str = "recado_connections";
/// And those that were opened.
const CONNECTED: &str = "recado_connections_opened_total";
/// Connections that were cut because they took too slowly what they were told.
const OVERFLOWS: &str = "recado_buffer_overflows_total";

/// What scrapes are answered with.
struct Source {
    desk: Desk,
    /// Where data is kept: of its disk it is told how much is free.
    data: PathBuf,
    counted: PrometheusHandle,
    /// What was measured is added up, whether somebody scrapes or not: else memory holds every one of it.
    _upkeep: Upkeep,
}

/// So often.
const UPKEEP: Duration = Duration::from_secs(5);

/// It ends with the listener.
struct Upkeep(AbortHandle);

impl Upkeep {
    fn start(counted: PrometheusHandle) -> Upkeep {
        let work = async move {
            loop {
                tokio::time::sleep(UPKEEP).await;
                counted.run_upkeep();
            }
        };
        Upkeep(tokio::spawn(work).abort_handle())
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Begins to count, once in a process. From then on every count costs a few nanoseconds; before, nothing.
pub fn begin(desk: &Desk, data: PathBuf) -> Result<Router, String> {
    let cannot = |why: &dyn std::fmt::Display| format!("The numbers for --metrics cannot be counted: {why}.");
    let batch = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];
    let commit = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
    let counted = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(gauge::BATCH.into()), &batch)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Full(gauge::COMMIT.into()), &commit))
        .map_err(|why| cannot(&why))?
        .install_recorder()
        .map_err(|why| cannot(&why))?;
    describe();
    let upkeep = Upkeep::start(counted.clone());
    let source = Source { desk: desk.clone(), data, counted, _upkeep: upkeep };
    Ok(Router::new().route("/metrics", get(scrape)).with_state(Arc::new(source)))
}

fn describe() {
    describe_gauge!(CONNECTIONS, "Sockets and streams that are open.");
    describe_counter!(CONNECTED, "Sockets and streams that were opened.");
    describe_counter!(OVERFLOWS, "Connections cut because they took too slowly what they were told.");
    describe_counter!(gauge::MESSAGES, "Messages that people wrote, kept.");
    let resyncs = "Reads of a conversation from its middle on: after a break, or where something may have been missed.";
    describe_counter!(gauge::RESYNCS, resyncs);
    describe_counter!(gauge::GAPS, "Those of them that brought something: it had been missed.");
    describe_counter!(gauge::CLAIMS, "Agents who wanted a conversation that somebody attended already.");
    describe_counter!(gauge::CONFLICTS, "Writes decided again because another process wrote first.");
    describe_histogram!(gauge::BATCH, "Wishes that one transaction kept.");
    describe_histogram!(gauge::COMMIT, "Seconds from the beginning of a transaction until it was durable.");
    // From the first scrape on, also what has not happened yet.
    for name in [OVERFLOWS, gauge::MESSAGES, gauge::RESYNCS, gauge::GAPS, gauge::CLAIMS, gauge::CONFLICTS] {
        counter!(name).absolute(0);
    }
    for kind in ["socket", "stream"] {
        counter!(CONNECTED, "kind" => kind).absolute(0);
        metrics::gauge!(CONNECTIONS, "kind" => kind).set(0.0);
    }
}

async fn scrape(State(source): State<Arc<Source>>) -> Response {
    match numbers(&source).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(why) => {
            tracing::error!(%why, "the numbers could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn numbers(source: &Source) -> Result<String, String> {
    let now = source.desk.gauges().await.map_err(|why| why.to_string())?;
    source.counted.run_upkeep();
    let mut text = source.counted.render();
    let mut tell = |kind: &str, name: &str, help: &str, values: &[(&str, i64)]| {
        text.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
        values.iter().for_each(|(labels, value)| text.push_str(&format!("{name}{labels} {value}\n")));
    };
    // It is kept, and goes on counting after a restart. Of each by itself: a sum would fall where one is removed, and what
    // was counted then would seem to have happened anew.
    let labels: Vec<String> = now.dropped.iter().map(|(id, _)| format!("{{subscription=\"{id}\"}}")).collect();
    let dropped: Vec<_> = labels.iter().map(String::as_str).zip(now.dropped.iter().map(|(_, n)| *n)).collect();
    tell("counter", "recado_webhooks_dropped_total", "What webhooks were not told, because too much waited.", &dropped);
    let mut say = |name: &str, help: &str, values: &[(&str, i64)]| tell("gauge", name, help, values);
    let stages = [("{stage=\"waiting\"}", now.waiting), ("{stage=\"attending\"}", now.attending)];
    say("recado_chats", "Conversations that are not over.", &stages);
    say("recado_longest_wait_seconds", "How long who waits longest has waited.", &[("", now.waits_longest)]);
    say("recado_tickets_unsaved", "Tickets that wait for their first save.", &[("", now.unsaved)]);
    let outbox = [
        ("{kind=\"mail\"}", now.mails),
        ("{kind=\"webhook\"}", now.webhooks),
        ("{kind=\"subscription\"}", now.subscriptions),
    ];
    say("recado_outbox", "Letters and webhooks that wait to be sent, or to be tried again.", &outbox);
    say("recado_index_backlog", "Tickets whose words are not in the index yet.", &[("", now.to_index)]);
    match rustix::fs::statvfs(&source.data) {
        Ok(disk) => {
            let bytes = |blocks: u64| i64::try_from(blocks.saturating_mul(disk.f_frsize)).unwrap_or(i64::MAX);
            say("recado_disk_free_bytes", "Free on the disk of the data folder.", &[("", bytes(disk.f_bavail))]);
            say("recado_disk_size_bytes", "The size of that disk.", &[("", bytes(disk.f_blocks))]);
        }
        // What is not known is not told as nought.
        Err(why) => tracing::warn!(%why, "how much of the disk is free is not known"),
    }
    Ok(text)
}

/// A connection is open until this is dropped.
pub struct Connection(&'static str);

impl Connection {
    pub fn open(kind: &'static str) -> Connection {
        metrics::gauge!(CONNECTIONS, "kind" => kind).increment(1.0);
        counter!(CONNECTED, "kind" => kind).increment(1);
        Connection(kind)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        metrics::gauge!(CONNECTIONS, "kind" => self.0).decrement(1.0);
    }
}

/// A connection is cut, for it does not keep up.
pub fn overflowed() {
    counter!(OVERFLOWS).increment(1);
}
