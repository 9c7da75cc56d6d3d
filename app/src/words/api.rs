//! What the API and its page say, in all three languages.

/// Sentences of the API.
pub struct Words {
    pub not_json: &'static str,
    pub malformed: &'static str,
    pub no_method: &'static str,
    pub not_utf8: &'static str,
    /// From which line and column on.
    pub bad_json: fn(&str, &str) -> String,
    pub nul: fn(&str) -> String,
    pub missing: fn(&str) -> String,
    pub twice: fn(&str) -> String,
    /// What is called so, and what could be; empty: that is not known.
    pub unknown: fn(&str, &str) -> String,
    pub wrong: fn(&str, &str) -> String,
    /// What is called so, and how many of it there may be.
    pub too_many: fn(&str, &str) -> String,
    pub both: &'static str,
    pub turned: &'static str,
    pub asked_otherwise: &'static str,
    pub out_of_scope: fn(&str) -> String,
    pub reused: &'static str,
    pub proved: &'static str,
    pub no_token: &'static str,
    pub unsaved: &'static str,
    pub title: &'static str,
    pub say: &'static str,
    pub document: &'static str,
    pub token: &'static str,
    pub token_hint: &'static str,
    pub operation: &'static str,
    pub parameters: &'static str,
    pub body: &'static str,
    pub send: &'static str,
    pub answer: &'static str,
    pub needs: &'static str,
    pub needs_script: &'static str,
}

/// In the language of a tag.
pub fn of(lang: &str) -> &'static Words {
    match super::tongue(lang) {
        "pt" => &PT,
        "en" => &EN,
        _ => &ES,
    }
}

/// A sentence more, where there is something to say in it.
fn also(begin: &str, what: &str) -> String {
    if what.is_empty() { String::new() } else { [begin, what, "."].concat() }
}

static ES: Words = Words {
    not_json: "Lo enviado no es JSON: falta `Content-Type: application/json`.",
    malformed: "La petición no se puede leer; cómo se escribe está en `/api/v1/openapi.json`.",
    no_method: "Esta dirección no se pide con ese método; con cuál, está en `/api/v1/openapi.json`.",
    not_utf8: "El cuerpo no está en UTF-8.",
    bad_json: |line, column| {
        ["El cuerpo no es JSON: deja de leerse en la línea ", line, ", columna ", column, "."].concat()
    },
    nul: |name| ["`", name, "` contiene el carácter U+0000, que no se puede guardar."].concat(),
    missing: |name| ["Falta `", name, "`."].concat(),
    twice: |name| ["`", name, "` se envió dos veces."].concat(),
    unknown: |name, known| ["`", name, "` no existe aquí.", &also(" Existen: ", known)].concat(),
    wrong: |name, expected| ["`", name, "` no se entiende como se envió.", &also(" Se espera: ", expected)].concat(),
    too_many: |name, limit| ["`", name, "` está demasiadas veces: como máximo, ", limit, "."].concat(),
    both: "`period` no va junto con `from` y `to`: se pide uno con nombre, o uno de un momento a otro.",
    turned: "El período termina antes de empezar: `to` es anterior a `from`.",
    asked_otherwise: "Ese `after` es de otra consulta: vale con la lista, el orden y los filtros con los que salió.",
    out_of_scope: |scope| ["Este token no alcanza `", scope, "`."].concat(),
    proved: "Lo demostró su sitio o la propia persona: no se cambia desde aquí.",
    reused: "Esa clave de idempotencia ya se usó para otra petición.",
    no_token: "Falta un token, o el que se envió no existe, se revocó o caducó.",
    unsaved: "El ticket espera a que lo guarde quien atendió la conversación.",
    title: "API de Recado",
    say: "Cada operación, y una forma de probarla. El token se queda en esta página y se olvida al cerrarla.",
    document: "El documento OpenAPI",
    token: "Token",
    token_hint: "Se crea en Ajustes → Tokens de API.",
    operation: "Operación",
    parameters: "Parámetros",
    body: "Cuerpo (JSON)",
    send: "Enviar",
    answer: "Respuesta",
    needs: "Alcance",
    needs_script: "Esta página necesita JavaScript. El documento OpenAPI se lee sin él.",
};

static PT: Words = Words {
    not_json: "O que foi enviado não é JSON: falta `Content-Type: application/json`.",
    malformed: "Não foi possível ler a solicitação; como se escreve está em `/api/v1/openapi.json`.",
    no_method: "Este endereço não é pedido com esse método; com qual, está em `/api/v1/openapi.json`.",
    not_utf8: "O corpo não está em UTF-8.",
    bad_json: |line, column| {
        ["O corpo não é JSON: deixa de ser lido na linha ", line, ", coluna ", column, "."].concat()
    },
    nul: |name| ["`", name, "` contém o caractere U+0000, que não pode ser guardado."].concat(),
    missing: |name| ["Falta `", name, "`."].concat(),
    twice: |name| ["`", name, "` foi enviado duas vezes."].concat(),
    unknown: |name, known| ["`", name, "` não existe aqui.", &also(" Existem: ", known)].concat(),
    wrong: |name, expected| ["`", name, "` não se entende como foi enviado.", &also(" Espera-se: ", expected)].concat(),
    too_many: |name, limit| ["`", name, "` está vezes demais: no máximo, ", limit, "."].concat(),
    both: "`period` não vai junto com `from` e `to`: pede-se um com nome, ou um de um momento a outro.",
    turned: "O período termina antes de começar: `to` é anterior a `from`.",
    asked_otherwise: "Esse `after` é de outra consulta: vale com a lista, a ordem e os filtros com que veio.",
    out_of_scope: |scope| ["Este token não alcança `", scope, "`."].concat(),
    proved: "Foi provado pelo site ou pela própria pessoa: não se muda daqui.",
    reused: "Essa chave de idempotência já foi usada para outra solicitação.",
    no_token: "Falta um token, ou o que foi enviado não existe, foi revogado ou expirou.",
    unsaved: "O ticket espera que quem atendeu a conversa o salve.",
    title: "API do Recado",
    say: "Cada operação, e um jeito de experimentá-la. O token fica nesta página e é esquecido ao fechá-la.",
    document: "O documento OpenAPI",
    token: "Token",
    token_hint: "É criado em Ajustes → Tokens de API.",
    operation: "Operação",
    parameters: "Parâmetros",
    body: "Corpo (JSON)",
    send: "Enviar",
    answer: "Resposta",
    needs: "Alcance",
    needs_script: "Esta página precisa de JavaScript. O documento OpenAPI é lido sem ele.",
};

static EN: Words = Words {
    not_json: "What was sent is not JSON: `Content-Type: application/json` is missing.",
    malformed: "The request cannot be read; `/api/v1/openapi.json` says how it is written.",
    no_method: "This address is not asked with that method; `/api/v1/openapi.json` says with which.",
    not_utf8: "The body is not in UTF-8.",
    bad_json: |line, column| {
        ["The body is not JSON: it stops being read at line ", line, ", column ", column, "."].concat()
    },
    nul: |name| ["`", name, "` holds the character U+0000, which cannot be kept."].concat(),
    missing: |name| ["`", name, "` is missing."].concat(),
    twice: |name| ["`", name, "` was sent twice."].concat(),
    unknown: |name, known| ["`", name, "` is not known here.", &also(" Known: ", known)].concat(),
    wrong: |name, expected| {
        ["`", name, "` cannot be understood as it was sent.", &also(" Expected: ", expected)].concat()
    },
    too_many: |name, limit| ["`", name, "` is there too often: at most ", limit, " times."].concat(),
    both: "`period` does not go together with `from` and `to`: it is one by its name, or one between two moments.",
    turned: "The period ends before it begins: `to` is earlier than `from`.",
    asked_otherwise: "This `after` is of another question: it goes with the list, order and filters that it came with.",
    out_of_scope: |scope| ["This token does not reach `", scope, "`."].concat(),
    proved: "It was proved by the site or by that person: it is not changed from here.",
    reused: "That idempotency key was used for another request.",
    no_token: "There is no token, or the one that was sent does not exist, was revoked or has expired.",
    unsaved: "The ticket waits to be saved by who attended the conversation.",
    title: "Recado's API",
    say: "Every operation, and a way to try it. The token stays in this page and is forgotten when it is closed.",
    document: "The OpenAPI document",
    token: "Token",
    token_hint: "It is made in Settings → API tokens.",
    operation: "Operation",
    parameters: "Parameters",
    body: "Body (JSON)",
    send: "Send",
    answer: "Answer",
    needs: "Scope",
    needs_script: "This page needs JavaScript. The OpenAPI document is read without it.",
};
