//! Traces for a collector of OpenTelemetry: off unless `--otlp` names one. They go out as OTLP over HTTP.
//!
//! Of a request they say its method, its route and its status; what the desk adds is in [`desk::span`]. A collector that
//! is away or hangs costs a line of the log: what cannot be sent meanwhile is dropped.

use crate::address;
use crate::program::{Peer, Program};
use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri, header};
use desk::span;
use desk::span::SPANS;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError, Request};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

/// A collector takes what it is sent within this time, or it is dropped.
const PATIENCE: Duration = Duration::from_secs(5);
/// A stop waits so long for the last of it.
const LAST: Duration = Duration::from_secs(1);
/// More than this of an answer nobody reads.
const ANSWER_LIMIT: usize = 64 * 1024;

/// Where traces are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector(Uri);

impl Collector {
    /// The address of a collector, or that at which it takes traces. No password: what is told a collector beside traces
    /// belongs into `OTEL_EXPORTER_OTLP_HEADERS`.
    pub fn read(text: &str) -> Option<Collector> {
        let base = text.trim().trim_end_matches('/');
        let whole = if base.ends_with("/v1/traces") { base.to_owned() } else { [base, "/v1/traces"].concat() };
        let uri: Uri = whole.parse().ok()?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let is_plain = uri.authority().is_some_and(|at| !at.as_str().contains('@')) && uri.query().is_none();
        (is_web && is_plain).then_some(Collector(uri))
    }
}

/// What traces, until it is stopped.
pub struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// None: nobody wants traces. Asked in a runtime, whose tasks then send them.
    pub fn begin<S>(to: Option<&Collector>) -> Result<(Traces, Option<impl Layer<S> + use<S>>), String>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let Some(Collector(uri)) = to else { return Ok((Traces(None), None)) };
        let cannot = |why: &dyn fmt::Display| format!("Traces cannot be sent (--otlp): {why}.");
        let client = Client::new().map_err(|why| cannot(&why))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(uri.to_string())
            .with_timeout(PATIENCE)
            .build()
            .map_err(|why| cannot(&why))?;
        let house = Resource::builder().with_service_name("recado").with_attribute(version()).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(house).build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("recado"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            // What is logged is not sent.
            .with_filter(Targets::new().with_target(SPANS, LevelFilter::TRACE));
        Ok((Traces(Some(provider)), Some(layer)))
    }

    /// Sends the last of them, and waits a moment for it.
    pub async fn stop(self) {
        let Some(provider) = self.0 else { return };
        let done = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST)).await;
        if !matches!(done, Ok(Ok(()))) {
            tracing::warn!("the last traces were not taken in time, and are dropped");
        }
    }
}

fn version() -> opentelemetry::KeyValue {
    opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))
}

/// The span of a request: in the trace that a trusted proxy says it is of, else in one of its own.
pub fn request(program: &Program, peer: Option<&Peer>, headers: &HeaderMap, method: &Method, route: &str) -> Span {
    let method = told(method);
    let span = span!(
        "request",
        otel.name = [method, " ", route].concat(),
        otel.kind = "server",
        otel.status_code = tracing::field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = tracing::field::Empty,
    );
    let trusted = peer.is_some_and(|peer| address::is_proxy(peer.0.ip(), &program.proxies));
    if trusted && !span.is_disabled() {
        // Where it cannot be one, it begins its own.
        let _ = span.set_parent(TraceContextPropagator::new().extract(&Parent(headers)));
    }
    span
}

/// What came of it.
pub fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
}

/// A method that everybody knows; any other is somebody's words.
fn told(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    all.into_iter().find(|known| *known == method.as_str()).unwrap_or("_OTHER")
}

/// Which trace it is of, and nothing else that a request says of itself.
struct Parent<'h>(&'h HeaderMap);

impl Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then(|| self.0.get(key)?.to_str().ok()).flatten()
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

/// Sends by the crates that speak HTTP and TLS here already. It is asked on a thread of the exporter's, and works on the
/// runtime.
struct Client {
    runtime: Handle,
    tls: TlsConnector,
    /// The last one was not taken: that is said once.
    away: AtomicBool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    fn new() -> Result<Client, HttpError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let (runtime, tls) = (Handle::try_current()?, TlsConnector::from(Arc::new(tls)));
        Ok(Client { runtime, tls, away: AtomicBool::new(false) })
    }

    /// Said where it changes, and not for every batch.
    fn note(&self, why: Option<String>) {
        let was_away = self.away.swap(why.is_some(), Ordering::Relaxed);
        match why {
            Some(why) if !was_away => {
                tracing::warn!("the collector of traces does not take them, and until it does they are dropped: {why}");
            }
            None if was_away => tracing::info!("the collector takes traces again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let tls = self.tls.clone();
        let sending = self.runtime.spawn(async move { timeout(PATIENCE, send(&tls, request)).await });
        let answer = match sending.await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err("it does not answer in time".into()),
            Err(why) => Err(why.into()),
        };
        self.note(match &answer {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(response.status().to_string()),
            Err(why) => Some(why.to_string()),
        });
        answer
    }
}

async fn send(tls: &TlsConnector, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let uri = request.uri().clone();
    let host = uri.host().ok_or("its address has no host")?.trim_matches(['[', ']']).to_owned();
    let secure = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    if secure {
        talk(tls.connect(ServerName::try_from(host)?, stream).await?, request).await
    } else {
        talk(stream, request).await
    }
}

async fn talk<S>(stream: S, mut request: Request<Bytes>) -> Result<Response<Bytes>, HttpError>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let uri = request.uri().clone();
    let host = uri.authority().ok_or("its address has no host")?.as_str().parse()?;
    request.headers_mut().insert(header::HOST, host);
    *request.uri_mut() = uri.path().parse()?;
    let answer = async move {
        let (head, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
        let body = Limited::new(body, ANSWER_LIMIT).collect().await?.to_bytes();
        Ok::<_, HttpError>(Response::from_parts(head, body))
    };
    tokio::pin!(connection);
    tokio::pin!(answer);
    // Dropped with the answer: nothing goes on behind it.
    tokio::select! {
        answer = &mut answer => answer,
        ended = &mut connection => {
            ended?;
            answer.await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_is_named_by_its_address_or_by_where_it_takes_traces() {
        let read = |text: &str| Collector::read(text).map(|Collector(uri)| uri.to_string());

        for text in ["http://127.0.0.1:4318", "http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"] {
            assert_eq!(read(text).as_deref(), Some("http://127.0.0.1:4318/v1/traces"), "{text}");
        }
        assert_eq!(read("https://traces.example/otlp").as_deref(), Some("https://traces.example/otlp/v1/traces"));
        for odd in
            ["", "127.0.0.1:4318", "grpc://x.example", "http://", "http://u:p@x.example", "http://x.example/?a=b"]
        {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_method_that_nobody_knows_is_not_repeated() {
        assert_eq!(told(&Method::PATCH), "PATCH");
        assert_eq!(told(&Method::from_bytes(b"ZANAHORIA").unwrap()), "_OTHER");
    }
}
