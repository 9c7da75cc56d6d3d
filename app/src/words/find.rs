//! What is said while one looks for something everywhere: it comes with the part that does it, in all three languages,
//! and not with the first load.

/// Sentences of the search.
pub struct Words {
    pub chats: &'static str,
    pub people: &'static str,
    pub tickets: &'static str,
    /// Before anything is typed.
    pub hint: &'static str,
    pub searching: &'static str,
    pub none: fn(&str) -> String,
    /// The server is not reached.
    pub lost: &'static str,
    pub all: fn(&str) -> String,
    pub close: &'static str,
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
    chats: "Conversaciones",
    people: "Personas",
    tickets: "Tickets",
    hint: "Busca conversaciones y personas por su nombre, y tickets por su número, el correo de su cliente o lo que se dijo en ellos.",
    searching: "Buscando…",
    none: |words| ["No hay nada con «", words, "»."].concat(),
    lost: "Sin conexión: solo se ve lo que ya estaba aquí. Al volver se busca otra vez.",
    all: |words| ["Ver todos los tickets con «", words, "»"].concat(),
    close: "Cerrar la búsqueda",
};

static PT: Words = Words {
    chats: "Conversas",
    people: "Pessoas",
    tickets: "Tickets",
    hint: "Busque conversas e pessoas pelo nome, e tickets pelo número, pelo e-mail do cliente ou pelo que foi dito neles.",
    searching: "Buscando…",
    none: |words| ["Não há nada com “", words, "”."].concat(),
    lost: "Sem conexão: só se vê o que já estava aqui. Quando ela voltar, a busca é feita de novo.",
    all: |words| ["Ver todos os tickets com “", words, "”"].concat(),
    close: "Fechar a busca",
};

static EN: Words = Words {
    chats: "Conversations",
    people: "People",
    tickets: "Tickets",
    hint: "Find conversations and people by name, and tickets by their number, their customer's e-mail or what was said in them.",
    searching: "Searching…",
    none: |words| ["There is nothing with “", words, "”."].concat(),
    lost: "No connection: only what was here already is shown. The search is repeated when it is back.",
    all: |words| ["See all tickets with “", words, "”"].concat(),
    close: "Close the search",
};
