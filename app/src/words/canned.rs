//! What is said of canned answers alone: it comes with the views that say it, in all three languages, and not
//! with the first load.

/// Sentences of the canned answers.
pub struct Words {
    pub say: &'static str,
    pub insert: &'static str,
    pub search: &'static str,
    pub canned: &'static str,
    pub none_found: &'static str,
    pub none: &'static str,
    pub whose: &'static str,
    pub own: &'static str,
    pub house: &'static str,
    pub shortcut: &'static str,
    pub shortcut_hint: &'static str,
    pub text: &'static str,
    pub text_hint: &'static str,
    pub new: &'static str,
    pub edit: &'static str,
    pub remove: &'static str,
    pub remove_ask: fn(&str) -> String,
    pub remove_say: &'static str,
    /// Who changed it (perhaps nobody who is known), and its shortcut and text now.
    pub overtaken: fn(&str, &str, &str) -> String,
    pub gone: &'static str,
    /// The same where it was to be removed.
    pub changed: fn(&str, &str, &str) -> String,
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
    say: "Lo que se dice a menudo, con un atajo: al escribir a un cliente, / lo ofrece.",
    insert: "Insertar una respuesta",
    search: "Buscar una respuesta",
    canned: "Respuestas guardadas",
    none_found: "Ninguna respuesta con esas palabras.",
    none: "Todavía no hay ninguna.",
    whose: "De quién",
    own: "Mías",
    house: "De la casa",
    shortcut: "Atajo",
    shortcut_hint: "una palabra, sin la barra",
    text: "Texto",
    text_hint: "{{customer}}, {{agent}}, {{ticket}} y {{group}} se sustituyen al insertar",
    new: "Nueva respuesta",
    edit: "Editar respuesta",
    remove: "Eliminar",
    remove_ask: |shortcut| ["¿Eliminar /", shortcut, "?"].concat(),
    remove_say: "Nadie la podrá insertar más. Lo que ya se envió con ella no cambia.",
    overtaken: |by, shortcut, text| {
        let by = if by.is_empty() { "Alguien" } else { by };
        [
            by,
            " la cambió mientras la editabas. Ahora dice /",
            shortcut,
            ": «",
            text,
            "». Guarda otra vez para dejar la tuya.",
        ]
        .concat()
    },
    gone: "Alguien la eliminó mientras la editabas. Guarda otra vez para crearla de nuevo.",
    changed: |by, shortcut, text| {
        let by = if by.is_empty() { "Alguien" } else { by };
        [by, " la cambió mientras tanto. Ahora dice /", shortcut, ": «", text, "». Elimina otra vez si aún quieres."]
            .concat()
    },
};

static PT: Words = Words {
    say: "O que se diz com frequência, com um atalho: ao escrever a um cliente, / o oferece.",
    insert: "Inserir uma resposta",
    search: "Buscar uma resposta",
    canned: "Respostas salvas",
    none_found: "Nenhuma resposta com essas palavras.",
    none: "Ainda não há nenhuma.",
    whose: "De quem",
    own: "Minhas",
    house: "Da casa",
    shortcut: "Atalho",
    shortcut_hint: "uma palavra, sem a barra",
    text: "Texto",
    text_hint: "{{customer}}, {{agent}}, {{ticket}} e {{group}} são substituídos ao inserir",
    new: "Nova resposta",
    edit: "Editar resposta",
    remove: "Excluir",
    remove_ask: |shortcut| ["Excluir /", shortcut, "?"].concat(),
    remove_say: "Ninguém poderá mais inseri-la. O que já foi enviado com ela não muda.",
    overtaken: |by, shortcut, text| {
        let by = if by.is_empty() { "Alguém" } else { by };
        [
            by,
            " a mudou enquanto você editava. Agora diz /",
            shortcut,
            ": “",
            text,
            "”. Salve de novo para deixar a sua.",
        ]
        .concat()
    },
    gone: "Alguém a excluiu enquanto você editava. Salve de novo para criá-la outra vez.",
    changed: |by, shortcut, text| {
        let by = if by.is_empty() { "Alguém" } else { by };
        [by, " a mudou enquanto isso. Agora diz /", shortcut, ": “", text, "”. Exclua de novo se ainda quiser."]
            .concat()
    },
};

static EN: Words = Words {
    say: "What is said often, under a shortcut: while writing to a customer, / offers it.",
    insert: "Insert an answer",
    search: "Search the answers",
    canned: "Canned answers",
    none_found: "No answer with those words.",
    none: "There are none yet.",
    whose: "Whose",
    own: "Mine",
    house: "The house's",
    shortcut: "Shortcut",
    shortcut_hint: "one word, without the slash",
    text: "Text",
    text_hint: "{{customer}}, {{agent}}, {{ticket}} and {{group}} are filled in when it is inserted",
    new: "New answer",
    edit: "Edit answer",
    remove: "Delete",
    remove_ask: |shortcut| ["Delete /", shortcut, "?"].concat(),
    remove_say: "Nobody can insert it any more. What was sent with it stays as it is.",
    overtaken: |by, shortcut, text| {
        let by = if by.is_empty() { "Somebody" } else { by };
        [by, " changed it while you were editing. It now says /", shortcut, ": “", text, "”. Save again to keep yours."]
            .concat()
    },
    gone: "Somebody deleted it while you were editing. Save again to make it anew.",
    changed: |by, shortcut, text| {
        let by = if by.is_empty() { "Somebody" } else { by };
        [by, " changed it meanwhile. It now says /", shortcut, ": “", text, "”. Delete again if you still want to."]
            .concat()
    },
};
