//! The page on which the API is read and tried: it holds nothing of this house, and keeps no token.

use crate::document::{escaped, page};
use crate::headers::Kind;
use crate::program::{Call, Program};
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use std::sync::Arc;

pub async fn show(State(program): State<Arc<Program>>, call: Call) -> Response<Body> {
    let lang = call.words().lang;
    let says = app::words::api::of(lang);
    let script = program.site.address("api.js").unwrap_or_else(|| "/api.js".into());
    let html = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n<script type=\"module\" src=\"{script}\"></script>\n</head>\n\
         <body><main class=\"portal\"><h1 class=\"portal__title\">{title}</h1><p class=\"portal__say\">{say}</p>\
         <p><a href=\"/api/v1/openapi.json\">{document}</a></p>\
         <noscript><p>{needs_script}</p></noscript>\
         <form class=\"portal__form try__form\" hidden data-needs=\"{needs}\">\
         <label class=\"field\"><span class=\"field__label\">{token} <span class=\"field__hint\">{token_hint}</span></span>\
         <input class=\"field__box\" name=\"token\" type=\"password\" autocomplete=\"off\" spellcheck=\"false\"></label>\
         <label class=\"field\"><span class=\"field__label\">{operation}</span><select class=\"field__box\" name=\"operation\"></select></label>\
         <p class=\"try__about\"></p>\
         <fieldset class=\"try__parameters\"><legend>{parameters}</legend></fieldset>\
         <label class=\"field try__body\"><span class=\"field__label\">{body}</span><textarea class=\"field__box\" name=\"body\" rows=\"8\" spellcheck=\"false\"></textarea></label>\
         <p><button class=\"button button--act\" type=\"submit\">{send}</button></p></form>\
         <section class=\"portal__said try__answer\" aria-live=\"polite\" hidden><h2>{answer}</h2><p><code></code></p><pre tabindex=\"0\"><code></code></pre></section>\
         </main></body>\n</html>\n",
        title = escaped(says.title),
        style = program.style(),
        say = escaped(says.say),
        document = escaped(says.document),
        needs_script = escaped(says.needs_script),
        needs = escaped(says.needs),
        token = escaped(says.token),
        token_hint = escaped(says.token_hint),
        operation = escaped(says.operation),
        parameters = escaped(says.parameters),
        body = escaped(says.body),
        send = escaped(says.send),
        answer = escaped(says.answer),
    );
    page(html, Kind::Portal)
}
