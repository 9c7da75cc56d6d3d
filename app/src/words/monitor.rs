//! What is said of the monitor: it comes with its view, in all three languages, and not with the first load.

/// Sentences of the monitor.
pub struct Words {
    pub waiting: &'static str,
    pub oldest: &'static str,
    pub attended: &'static str,
    pub available_of: fn(usize) -> String,
    /// Above the two filters (R87).
    pub choose_filter: &'static str,
    pub group: &'static str,
    pub application: &'static str,
    pub all_groups: &'static str,
    pub all_applications: &'static str,
    // The agents (R88).
    pub agents: &'static str,
    pub agent: &'static str,
    pub state_in_recado: &'static str,
    pub state_in_chat: &'static str,
    pub talks: &'static str,
    pub groups: &'static str,
    pub to_save: &'static str,
    pub connected: &'static str,
    pub disconnected: &'static str,
    pub available: &'static str,
    pub not_available: &'static str,
    pub full: &'static str,
    pub alone_in: fn(&str) -> String,
    /// Of so many as he may have.
    pub of_room: fn(u32, u32) -> String,
    /// With a filter: how many he has in all.
    pub in_all: fn(u32) -> String,
    pub nobody: &'static str,
    // The queues.
    pub queues: &'static str,
    pub in_queue: &'static str,
    pub longest_wait: &'static str,
    pub expected_wait: &'static str,
    pub attendants_available: &'static str,
    pub not_known: &'static str,
    // The conversations.
    pub conversations: &'static str,
    pub customer: &'static str,
    pub last_word: &'static str,
    pub duration: &'static str,
    pub acts: &'static str,
    pub customer_ago: fn(&str) -> String,
    pub agent_ago: fn(&str) -> String,
    /// The customer spoke last, and nobody has answered for long.
    pub unanswered: fn(&str) -> String,
    /// A conversation that went from the table while somebody points at its row.
    pub gone: &'static str,
    pub no_word: &'static str,
    pub watch: &'static str,
    pub no_conversations: &'static str,
    pub closed: &'static str,
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
    waiting: " en espera",
    oldest: ", la más antigua ",
    attended: " en atención. ",
    available_of: |n| {
        [" de ", &n.to_string(), if n == 1 { " agente disponible." } else { " agentes disponibles." }].concat()
    },
    choose_filter: "Selecciona un filtro",
    group: "Grupo",
    application: "Aplicativo",
    all_groups: "Todos los grupos",
    all_applications: "Todos los aplicativos",
    agents: "Agentes",
    agent: "Agente",
    state_in_recado: "Estado en Recado",
    state_in_chat: "Estado en el Chat",
    talks: "Cantidad de Atenciones",
    groups: "Grupos",
    to_save: "Por guardar",
    connected: "Conectado",
    disconnected: "Desconectado",
    available: "Disponible",
    not_available: "No disponible",
    full: "Al límite",
    alone_in: |group| ["Nadie más en ", group].concat(),
    of_room: |n, room| [&*n.to_string(), " de ", &room.to_string()].concat(),
    in_all: |n| [&*n.to_string(), " en total"].concat(),
    nobody: "Ningún agente con este filtro.",
    queues: "Colas",
    in_queue: "En espera",
    longest_wait: "La más antigua",
    expected_wait: "Espera prevista",
    attendants_available: "Quién puede atender",
    not_known: "aún no se sabe",
    conversations: "Conversaciones en atención",
    customer: "Cliente",
    last_word: "Última palabra",
    duration: "Duración",
    acts: "Acciones",
    customer_ago: |time| ["cliente, hace ", time].concat(),
    agent_ago: |time| ["agente, hace ", time].concat(),
    unanswered: |time| ["cliente sin respuesta, hace ", time].concat(),
    gone: "ya no está en atención",
    no_word: "nadie ha escrito",
    watch: "Visualizar",
    no_conversations: "Ahora no se atiende a nadie.",
    closed: "El monitor es para quien administra algún grupo.",
};

static PT: Words = Words {
    waiting: " em espera",
    oldest: ", a mais antiga ",
    attended: " em atendimento. ",
    available_of: |n| {
        [" de ", &n.to_string(), if n == 1 { " agente disponível." } else { " agentes disponíveis." }].concat()
    },
    choose_filter: "Selecione um filtro",
    group: "Grupo",
    application: "Aplicativo",
    all_groups: "Todos os grupos",
    all_applications: "Todos os aplicativos",
    agents: "Agentes",
    agent: "Agente",
    state_in_recado: "Status no Recado",
    state_in_chat: "Status no Chat",
    talks: "Quantidade de Atendimentos",
    groups: "Grupos",
    to_save: "A salvar",
    connected: "Conectado",
    disconnected: "Desconectado",
    available: "Disponível",
    not_available: "Indisponível",
    full: "No limite",
    alone_in: |group| ["Ninguém mais em ", group].concat(),
    of_room: |n, room| [&*n.to_string(), " de ", &room.to_string()].concat(),
    in_all: |n| [&*n.to_string(), " no total"].concat(),
    nobody: "Nenhum agente com este filtro.",
    queues: "Filas",
    in_queue: "Em espera",
    longest_wait: "A mais antiga",
    expected_wait: "Espera prevista",
    attendants_available: "Quem pode atender",
    not_known: "ainda não se sabe",
    conversations: "Conversas em atendimento",
    customer: "Cliente",
    last_word: "Última palavra",
    duration: "Duração",
    acts: "Ações",
    customer_ago: |time| ["cliente, há ", time].concat(),
    agent_ago: |time| ["agente, há ", time].concat(),
    unanswered: |time| ["cliente sem resposta, há ", time].concat(),
    gone: "não está mais em atendimento",
    no_word: "ninguém escreveu",
    watch: "Visualizar",
    no_conversations: "Ninguém está sendo atendido agora.",
    closed: "O monitor é para quem administra algum grupo.",
};

static EN: Words = Words {
    waiting: " waiting",
    oldest: ", the longest for ",
    attended: " being attended. ",
    available_of: |n| {
        [" of ", &n.to_string(), if n == 1 { " agent available." } else { " agents available." }].concat()
    },
    choose_filter: "Select a filter",
    group: "Group",
    application: "Application",
    all_groups: "All groups",
    all_applications: "All applications",
    agents: "Agents",
    agent: "Agent",
    state_in_recado: "Status in Recado",
    state_in_chat: "Status in Chat",
    talks: "Number of conversations",
    groups: "Groups",
    to_save: "To save",
    connected: "Connected",
    disconnected: "Disconnected",
    available: "Available",
    not_available: "Not available",
    full: "At the limit",
    alone_in: |group| ["Nobody else in ", group].concat(),
    of_room: |n, room| [&*n.to_string(), " of ", &room.to_string()].concat(),
    in_all: |n| [&*n.to_string(), " in all"].concat(),
    nobody: "No agent with this filter.",
    queues: "Queues",
    in_queue: "Waiting",
    longest_wait: "Longest wait",
    expected_wait: "Expected wait",
    attendants_available: "Who can attend",
    not_known: "not known yet",
    conversations: "Conversations being attended",
    customer: "Customer",
    last_word: "Last word",
    duration: "Duration",
    acts: "Actions",
    customer_ago: |time| ["customer, ", time, " ago"].concat(),
    agent_ago: |time| ["agent, ", time, " ago"].concat(),
    unanswered: |time| ["customer unanswered, ", time, " ago"].concat(),
    gone: "not being attended any more",
    no_word: "nobody has written",
    watch: "Watch",
    no_conversations: "Nobody is being attended now.",
    closed: "The monitor is for who administers a group.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neglect_is_said_in_words_and_not_by_its_colour_alone() {
        for lang in ["es", "pt", "en"] {
            let says = of(lang);
            assert_ne!((says.unanswered)("02:10"), (says.customer_ago)("02:10"));
            assert!((says.unanswered)("02:10").contains("02:10"));
        }
    }

    #[test]
    fn filters_and_columns_are_named_as_required() {
        let es = of("es");

        assert_eq!([es.choose_filter, es.group, es.application], ["Selecciona un filtro", "Grupo", "Aplicativo"]);
        assert_eq!(
            [es.state_in_recado, es.state_in_chat, es.talks],
            ["Estado en Recado", "Estado en el Chat", "Cantidad de Atenciones"]
        );
    }
}
