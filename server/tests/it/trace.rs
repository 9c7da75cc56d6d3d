//! Traces, as a collector is sent them: what they tell, what never is in them, and what one that hangs costs.

use crate::client::get;
use crate::program::{start, stop};
use crate::world::{INES, World, wish, words};
use clap::Parser;
use domain::Act;
use domain::wire::Page;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::json;
use server::Traces;
use server::config::{Command, Settings, Verb};
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Takes traces, and keeps what it was sent.
struct Receiver {
    url: String,
    sent: Arc<Mutex<Vec<(String, Bytes)>>>,
}

impl Receiver {
    async fn open() -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sent = Arc::new(Mutex::new(Vec::new()));
        let kept = sent.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let kept = kept.clone();
                let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                    let kept = kept.clone();
                    async move {
                        let path = request.uri().path().to_owned();
                        let body = request.into_body().collect().await.unwrap().to_bytes();
                        kept.lock().unwrap().push((path, body));
                        Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Receiver { url, sent }
    }

    /// All that it was sent, as bytes and as spans.
    fn all(&self) -> (Vec<u8>, Vec<Span>) {
        let sent = self.sent.lock().unwrap();
        assert!(!sent.is_empty() && sent.iter().all(|(path, _)| path == "/v1/traces"), "{sent:?}");
        let bodies = sent.iter().map(|(_, body)| ExportTraceServiceRequest::decode(body.clone()).unwrap());
        let scopes = bodies.flat_map(|body| body.resource_spans).flat_map(|of| of.scope_spans);
        (sent.iter().flat_map(|(_, body)| body.to_vec()).collect(), scopes.flat_map(|scope| scope.spans).collect())
    }
}

/// What the program begins before it starts.
fn traces(url: &str) -> Traces {
    let command = Command::try_parse_from(["recado", "serve", "--log", "warn", "--otlp", url]).unwrap();
    let Verb::Serve(asked) = command.verb else { panic!("it does not serve") };
    server::log(&Settings::understand(*asked).unwrap()).unwrap()
}

fn said(span: &Span, key: &str) -> Option<String> {
    let value = span.attributes.iter().find(|one| one.key == key)?.value.as_ref()?.value.as_ref()?;
    Some(match value {
        opentelemetry_proto::tonic::common::v1::any_value::Value::StringValue(text) => text.clone(),
        opentelemetry_proto::tonic::common::v1::any_value::Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_is_traced_from_its_door_to_who_hears_it_and_no_word_of_anybody_is_sent() {
    let receiver = Receiver::open().await;
    let traces = traces(&receiver.url);
    let world = World::new().await;
    let (ines, _console) = world.agent(INES).await;
    let ana = world.customer().await;
    let act = |act| world.function("chat/act", &ines, &json!({ "chat": ana.chat, "wish": wish(act) }));
    world.ask(act(Act::Attend)).await.ok::<Page>();
    ana.wish(words("una zanahoria")).await.ok::<Page>();
    world.ask(act(words("otra zanahoria"))).await.ok::<Page>();
    world.ask(get("/portal/enter/zanahoria-secret?zanahoria=1").header("referer", "http://zanahoria.example")).await;
    let odd = get("/health").method("ZANAHORIA").header("traceparent", "zanahoria");
    world.ask(odd.header("tracestate", "zanahoria=1").header("user-agent", "zanahoria")).await;
    let (customer, chat) = (ana.token.clone(), ana.chat.clone());
    world.running.stop().await;
    traces.stop().await;

    let (bytes, spans) = receiver.all();

    // Of its customer and of the agent, each in a trace of its own.
    let posts: Vec<&Span> = spans.iter().filter(|span| said(span, "wish").as_deref() == Some("Post")).collect();
    assert_eq!(posts.len(), 2, "{spans:#?}");
    let door = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {spans:#?}"));
    let theirs = door("POST /w/v1/chats/{chat}/acts");
    let (status, route) = (said(theirs, "http.response.status_code"), said(theirs, "http.route"));
    assert_eq!((status.as_deref(), route.as_deref()), (Some("200"), Some("/w/v1/chats/{chat}/acts")));
    let under = |above: &Span, name: &str| {
        let is_it = |span: &&Span| span.name == name && span.parent_span_id == above.span_id;
        spans.iter().find(is_it).unwrap_or_else(|| panic!("no {name} under {}: {spans:#?}", above.name)).clone()
    };
    let kept = under(&under(theirs, "keeper"), "transaction");
    assert_eq!(kept.trace_id, theirs.trace_id);
    assert!(under(&kept, "fan-out").attributes.iter().any(|one| one.key == "frames"));
    assert_eq!(door("_OTHER /health").parent_span_id, Vec::<u8>::new());
    assert!(spans.iter().any(|span| span.name == "index"), "what goes on beside is traced, too: {spans:#?}");

    let text = String::from_utf8_lossy(&bytes).to_lowercase();
    for secret in [
        "zanahoria",
        "ana@",
        "ines",
        "inés",
        "casanogal",
        "una-clave",
        &customer,
        &ines,
        &chat,
        "127.0.0",
        "shop.example",
    ] {
        assert!(!text.contains(&secret.to_lowercase()), "{secret} was sent: {spans:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_on_where_a_trusted_proxy_says_so_and_where_nobody_else_does() {
    let receiver = Receiver::open().await;
    let traces = traces(&receiver.url);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let ask = |path: &str| get(path).header("traceparent", &format!("00-{trace}-b7ad6b7169203331-01"));
    let behind = World::with(&["--limits", "off", "--trusted-proxy", "127.0.0.0/8"]).await;
    let open = World::with(&["--limits", "off", "--trusted-proxy", "10.0.0.0/8"]).await;
    behind.ask(ask("/health")).await;
    behind.ask(get("/sign-in").header("traceparent", "00-zz-b7ad6b7169203331-01")).await;
    open.ask(ask("/portal")).await;
    behind.running.stop().await;
    open.running.stop().await;
    traces.stop().await;

    let (_, spans) = receiver.all();

    let of = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name}: {spans:#?}"));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(
        (hex(&of("GET /health").trace_id), hex(&of("GET /health").parent_span_id)),
        (trace.to_owned(), "b7ad6b7169203331".to_owned())
    );
    for name in ["GET /portal", "GET /sign-in"] {
        assert_ne!(hex(&of(name).trace_id), trace, "{name}");
        assert_eq!(of(name).parent_span_id, Vec::<u8>::new(), "{name}");
    }
}

/// The program itself: a stop asks for the last of what was traced.
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_sends_what_was_traced_last() {
    let (receiver, folder) = (Receiver::open().await, tempfile::tempdir().unwrap());
    let (child, at, _lines) = start(&folder.path().join("data"), &["--otlp", &receiver.url]);
    assert_eq!(get("/health").send(at).await.status, 200);

    let code = tokio::task::spawn_blocking(move || stop(child)).await.unwrap();

    let (_, spans) = receiver.all();
    assert_eq!(code, Some(0));
    assert!(spans.iter().any(|span| span.name == "GET /health"), "{spans:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_hangs_or_is_away_delays_no_answer_and_no_stop() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hangs = format!("http://{}", silent.local_addr().unwrap());
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    for url in [hangs, away] {
        let folder = tempfile::tempdir().unwrap();
        let (child, at, _lines) = start(&folder.path().join("data"), &["--limits", "off", "--otlp", &url]);
        // Longer than what was traced waits to be sent.
        let began = Instant::now();
        let mut slowest = Duration::ZERO;
        while began.elapsed() < Duration::from_secs(6) {
            let asked = Instant::now();
            assert_eq!(get("/nothing").send(at).await.status, 404);
            slowest = slowest.max(asked.elapsed());
        }
        let began = Instant::now();
        let code = tokio::task::spawn_blocking(move || stop(child)).await.unwrap();

        assert_eq!(code, Some(0), "{url}");
        assert!(slowest < Duration::from_secs(2), "{url}: {slowest:?}");
        assert!(began.elapsed() < Duration::from_secs(4), "{url}: the stop took {:?}", began.elapsed());
    }
}
