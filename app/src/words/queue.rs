//! What is said of the queue's filter and of rows that are gone from it: it comes with the view that says it, in all
//! three languages, and not with the first load.

/// Sentences of the queue.
pub struct Words {
    pub filter: &'static str,
    pub search: &'static str,
    pub any_group: &'static str,
    pub any_application: &'static str,
    pub no_filter: &'static str,
    /// So many of so many who wait.
    pub shown: fn(usize, usize) -> String,
    pub more: fn(usize) -> String,
    pub more_say: &'static str,
    pub gone: &'static str,
    pub gone_talk: &'static str,
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
    filter: "Filtrar la cola",
    search: "Buscar por nombre, asunto o respuesta",
    any_group: "Todos los grupos",
    any_application: "Todas las aplicaciones",
    no_filter: "Quitar el filtro",
    shown: |n, all| [n.to_string().as_str(), " de ", &all.to_string(), " en espera"].concat(),
    more: |n| [n.to_string().as_str(), " más"].concat(),
    more_say: "Aparecerán cuando el puntero o el foco salga de las filas",
    gone: "Ya no espera",
    gone_talk: "Ya no está en atención",
};

static PT: Words = Words {
    filter: "Filtrar a fila",
    search: "Buscar por nome, assunto ou resposta",
    any_group: "Todos os grupos",
    any_application: "Todos os aplicativos",
    no_filter: "Remover o filtro",
    shown: |n, all| [n.to_string().as_str(), " de ", &all.to_string(), " em espera"].concat(),
    more: |n| [n.to_string().as_str(), " a mais"].concat(),
    more_say: "Aparecem quando o ponteiro ou o foco sair das linhas",
    gone: "Não espera mais",
    gone_talk: "Não está mais em atendimento",
};

static EN: Words = Words {
    filter: "Filter the queue",
    search: "Search by name, subject or answer",
    any_group: "All groups",
    any_application: "All applications",
    no_filter: "Clear the filter",
    shown: |n, all| [n.to_string().as_str(), " of ", &all.to_string(), " waiting"].concat(),
    more: |n| [n.to_string().as_str(), " more"].concat(),
    more_say: "They appear when pointer and focus have left the rows",
    gone: "Waits no more",
    gone_talk: "Not being attended any more",
};
