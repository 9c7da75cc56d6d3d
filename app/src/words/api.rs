//! What the API and its page say, in all three languages.

/// Sentences of the API.
pub struct Words {
    pub not_json: &'static str,
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

static ES: Words = Words {
    not_json: "Lo enviado no es JSON: falta `Content-Type: application/json`.",
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
