//! While developing: open pages load again when another process answers. `xtask dev` restarts it.

/// What a document includes for it; nothing in a release.
pub fn tag() -> &'static str {
    #[cfg(debug_assertions)]
    if is_on() {
        return "<script src=\"/dev/reload.js\" defer></script>\n";
    }
    ""
}

#[cfg(debug_assertions)]
pub use debug::add;
#[cfg(debug_assertions)]
use debug::is_on;

#[cfg(debug_assertions)]
mod debug {
    use crate::program::{Program, stopped};
    use axum::body::Body;
    use axum::extract::State;
    use axum::http::header;
    use axum::response::{IntoResponse, Response};
    use axum::{Router, routing::get};
    use futures_util::StreamExt;
    use futures_util::stream::{once, unfold};
    use std::sync::Arc;

    pub fn is_on() -> bool {
        std::env::var_os("RECADO_DEV").is_some_and(|value| value == "1")
    }

    pub fn add(doors: Router<Arc<Program>>) -> Router<Arc<Program>> {
        if !is_on() {
            return doors;
        }
        doors.route("/dev/reload.js", get(script)).route("/dev/reload", get(reload))
    }

    async fn script() -> impl IntoResponse {
        const SCRIPT: &str = "let seen;\nnew EventSource('/dev/reload').onmessage = ({ data }) => seen && seen != data ? location.reload() : seen = data;\n";
        ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
    }

    /// Says the name of this process, then nothing until it stops.
    async fn reload(State(program): State<Arc<Program>>) -> Response {
        let name = format!("retry: 300\ndata: {}\n\n", program.desk.epoch());
        let stop = unfold(program.stopping.subscribe(), |mut stopping| async move {
            stopped(&mut stopping).await;
            None
        });
        let stream = once(async { Ok::<_, std::io::Error>(name) }).chain(stop);
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(stream)).into_response()
    }
}
