//! What is said of indicators: it comes with their view, in all three languages, and not with the first load.

use domain::Reason;
use domain::indicators::{Indicator, Period};

/// Sentences of the indicators.
pub struct Words {
    pub title: &'static str,
    pub filter: &'static str,
    pub agents: &'static str,
    pub applications: &'static str,
    pub groups: &'static str,
    pub begun: &'static str,
    /// Who works there no more, or what is retired.
    pub gone: fn(&str) -> String,
    pub remove: fn(&str) -> String,
    pub remove_all: &'static str,
    pub other_period: &'static str,
    pub from: &'static str,
    pub until: &'static str,
    pub apply: &'static str,
    pub turned: &'static str,
    pub zone: fn(&str) -> String,
    pub result: &'static str,
    pub time: &'static str,
    pub desertion: &'static str,
    pub requests: &'static str,
    pub attended: &'static str,
    pub desertions: &'static str,
    pub removed: &'static str,
    pub waiting: &'static str,
    pub lost: &'static str,
    pub resolved: &'static str,
    pub unresolved: &'static str,
    pub cancelled: &'static str,
    pub running: &'static str,
    pub unsaved: &'static str,
    pub before: fn(&str) -> String,
    /// The same where the period runs.
    pub before_so_far: fn(&str) -> String,
    pub median: &'static str,
    pub of: &'static str,
    pub besides: &'static str,
    pub wait: &'static str,
    pub mean: &'static str,
    pub ninth: &'static str,
    /// Each step of a trend is so many days.
    pub by_days: fn(u32) -> String,
    pub by_hour: &'static str,
    pub as_table: &'static str,
    pub when: &'static str,
    pub value: &'static str,
    pub how: &'static str,
    pub queued: &'static str,
    pub received: &'static str,
    pub customer: &'static str,
    pub group: &'static str,
    pub application: &'static str,
    pub talk: &'static str,
    pub end: &'static str,
    pub messages: &'static str,
    pub ticket: &'static str,
    pub is_waiting: &'static str,
    pub is_running: &'static str,
    pub message: &'static str,
    pub nothing: &'static str,
    pub choose: &'static str,
    pub name: fn(Indicator) -> &'static str,
    /// How it is made, in words.
    pub formula: fn(Indicator) -> &'static str,
    pub period: fn(Period) -> &'static str,
    pub ended: fn(Reason) -> &'static str,
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
    title: "Principales indicadores del chat",
    filter: "Seleccione un filtro",
    agents: "Agentes",
    applications: "Aplicaciones",
    groups: "Grupos",
    begun: "Incluir las conversaciones que iniciaron los agentes",
    gone: |name| [name, " (ya no está)"].concat(),
    remove: |what| ["Quitar el filtro: ", what].concat(),
    remove_all: "Quitar los filtros",
    other_period: "Otro período",
    from: "Desde",
    until: "Hasta",
    apply: "Aplicar",
    turned: "El período termina antes de empezar.",
    zone: |zone| ["Los días empiezan según ", zone, "."].concat(),
    result: "Resultado",
    time: "Tiempo",
    desertion: "Deserción",
    requests: "solicitudes",
    attended: "atendidas",
    desertions: "deserciones",
    removed: "retiradas",
    waiting: "en espera",
    lost: "perdidas",
    resolved: "resueltas",
    unresolved: "no resueltas",
    cancelled: "canceladas",
    running: "en curso",
    unsaved: "por guardar",
    before: |value| [value, " en el período anterior"].concat(),
    before_so_far: |value| [value, " a esta altura del período anterior"].concat(),
    median: "mediana",
    of: "de",
    besides: "Además",
    wait: "Espera",
    mean: "promedio",
    ninth: "9 de cada 10 en",
    by_days: |days| match days {
        1 => "por día".into(),
        _ => ["cada ", &days.to_string(), " días"].concat(),
    },
    by_hour: "por hora",
    as_table: "La tendencia como tabla",
    when: "Cuándo",
    value: "Valor",
    how: "Cómo se calcula",
    queued: "En cola desde",
    received: "Recibido",
    customer: "Cliente",
    group: "Grupo",
    application: "Aplicación",
    talk: "Duración",
    end: "Final",
    messages: "Mensajes",
    ticket: "Ticket",
    is_waiting: "En espera",
    is_running: "En curso",
    message: "Mensaje offline",
    nothing: "Nada que mostrar.",
    choose: "Elige un número para ver lo que cuenta.",
    name: |indicator| match indicator {
        Indicator::Attended => "Chats atendidos",
        Indicator::Resolved => "Chats resueltos en el primer contacto",
        Indicator::Unresolved => "Chats no resueltos en el primer contacto",
        Indicator::Offline => "Mensajes offline recibidos",
        Indicator::LongestTalk => "Mayor duración de atención",
        Indicator::MeanTalk => "Tiempo promedio de duración de las atenciones",
        Indicator::LongestWait => "Mayor tiempo de espera en cola",
        Indicator::MeanWait => "Tiempo promedio de espera en cola",
        Indicator::Deserted => "Cantidad de deserciones",
        Indicator::WithMessage => "Cantidad de deserciones (Dejando mensaje)",
        Indicator::LongestDesertion => "Mayor tiempo de espera hasta ocurrir la deserción",
        Indicator::MeanDesertion => "Tiempo promedio de espera hasta ocurrir la deserción",
        Indicator::Unanswered => "Atendidos sin respuesta de un agente",
        Indicator::FirstReply => "Tiempo hasta la primera respuesta",
        Indicator::UsualWait => "Espera habitual",
        Indicator::Removed => "Retirados de la cola",
        Indicator::StillResolved => "Siguen resueltos después de 7 días",
        Indicator::Reopened => "Abiertos de nuevo antes de 7 días",
    },
    formula: |indicator| match indicator {
        Indicator::Attended => "Chats en los que entró al menos un agente; cada chat cuenta una vez.",
        Indicator::Resolved => {
            "Chats atendidos y finalizados cuyo ticket se guardó por primera vez como Resuelto (o Cerrado)."
        }
        Indicator::Unresolved => {
            "Chats atendidos y finalizados cuyo ticket se guardó por primera vez como Nuevo, En atención o Parado."
        }
        Indicator::Offline => "Formularios offline aceptados, fuera de horario o con todos los agentes desconectados.",
        Indicator::LongestTalk => {
            "La mayor diferencia entre el final y la entrada del primer agente, en chats finalizados."
        }
        Indicator::MeanTalk => "La suma de las duraciones entre el número de chats atendidos y finalizados.",
        Indicator::LongestWait => "La mayor diferencia entre la entrada del primer agente y la entrada en la cola.",
        Indicator::MeanWait => "La suma de las esperas entre el número de chats atendidos.",
        Indicator::Deserted => "Chats cerrados por el cliente, o por su conexión, antes de que entrara un agente.",
        Indicator::WithMessage => "De las deserciones, las que dejaron al menos un mensaje; cada una deja un ticket.",
        Indicator::LongestDesertion => "La mayor espera de quien desertó, hasta que se fue.",
        Indicator::MeanDesertion => "La suma de esas esperas entre el número de deserciones.",
        Indicator::Unanswered => "Chats atendidos en los que ningún agente ha escrito todavía.",
        Indicator::FirstReply => {
            "Desde que entró el primer agente hasta el primer mensaje de un agente, en chats que lo tienen: promedio, mediana y 9 de cada 10."
        }
        Indicator::UsualWait => {
            "De las esperas de los chats atendidos: la que no superó la mitad (mediana) y la que no superaron 9 de cada 10."
        }
        Indicator::Removed => "Chats que un agente o administrador retiró de la cola antes de que entrara un agente.",
        Indicator::StillResolved => {
            "De los resueltos en el primer contacto hace al menos 7 días, los que no se abrieron de nuevo en 7 días."
        }
        Indicator::Reopened => {
            "De los resueltos en el primer contacto hace al menos 7 días, los que se abrieron de nuevo antes de que pasaran 7 días."
        }
    },
    period: |period| match period {
        Period::Today => "Hoy",
        Period::Yesterday => "Ayer",
        Period::ThisWeek => "Esta semana",
        Period::LastWeek => "La semana pasada",
        Period::ThisMonth => "Este mes",
        Period::LastMonth => "El mes pasado",
        Period::ThisQuarter => "Este trimestre",
        Period::LastQuarter => "El trimestre pasado",
        Period::ThisYear => "Este año",
        Period::LastYear => "El año pasado",
        Period::Range { .. } => "Otro período",
    },
    ended: |reason| match reason {
        Reason::Customer => "Usuario final finalizó el chat",
        Reason::Agent => "Agente finalizó el chat",
        Reason::Connection => "Chat finalizado por falla en la conexión con el Usuario final",
        Reason::Staff => "Retirado de la cola",
        Reason::AgentLost => "Se perdió la conexión del agente",
        Reason::System => "Chat finalizado por una interrupción del servicio",
    },
};

static PT: Words = Words {
    title: "Principais indicadores do chat",
    filter: "Selecione um filtro",
    agents: "Agentes",
    applications: "Aplicativos",
    groups: "Grupos",
    begun: "Incluir as conversas que os agentes iniciaram",
    gone: |name| [name, " (não está mais)"].concat(),
    remove: |what| ["Remover o filtro: ", what].concat(),
    remove_all: "Remover os filtros",
    other_period: "Outro período",
    from: "De",
    until: "Até",
    apply: "Aplicar",
    turned: "O período termina antes de começar.",
    zone: |zone| ["Os dias começam conforme ", zone, "."].concat(),
    result: "Resultado",
    time: "Tempo",
    desertion: "Desistência",
    requests: "solicitações",
    attended: "atendidas",
    desertions: "desistências",
    removed: "retiradas",
    waiting: "em espera",
    lost: "perdidas",
    resolved: "resolvidas",
    unresolved: "não resolvidas",
    cancelled: "canceladas",
    running: "em andamento",
    unsaved: "por salvar",
    before: |value| [value, " no período anterior"].concat(),
    before_so_far: |value| [value, " a esta altura do período anterior"].concat(),
    median: "mediana",
    of: "de",
    besides: "Além disso",
    wait: "Espera",
    mean: "média",
    ninth: "9 de cada 10 em",
    by_days: |days| match days {
        1 => "por dia".into(),
        _ => ["a cada ", &days.to_string(), " dias"].concat(),
    },
    by_hour: "por hora",
    as_table: "A tendência como tabela",
    when: "Quando",
    value: "Valor",
    how: "Como é calculado",
    queued: "Na fila desde",
    received: "Recebida",
    customer: "Cliente",
    group: "Grupo",
    application: "Aplicativo",
    talk: "Duração",
    end: "Final",
    messages: "Mensagens",
    ticket: "Ticket",
    is_waiting: "Em espera",
    is_running: "Em andamento",
    message: "Mensagem offline",
    nothing: "Nada para mostrar.",
    choose: "Escolha um número para ver o que ele conta.",
    name: |indicator| match indicator {
        Indicator::Attended => "Chats atendidos",
        Indicator::Resolved => "Chats resolvidos no primeiro contato",
        Indicator::Unresolved => "Chats não resolvidos no primeiro contato",
        Indicator::Offline => "Mensagens offline recebidas",
        Indicator::LongestTalk => "Maior duração de atendimento",
        Indicator::MeanTalk => "Tempo médio de duração dos atendimentos",
        Indicator::LongestWait => "Maior tempo de espera na fila",
        Indicator::MeanWait => "Tempo médio de espera na fila",
        Indicator::Deserted => "Quantidade de desistências",
        Indicator::WithMessage => "Quantidade de desistências (Deixando mensagem)",
        Indicator::LongestDesertion => "Maior tempo de espera até ocorrer a desistência",
        Indicator::MeanDesertion => "Tempo médio de espera até ocorrer a desistência",
        Indicator::Unanswered => "Atendidos sem resposta de um agente",
        Indicator::FirstReply => "Tempo até a primeira resposta",
        Indicator::UsualWait => "Espera habitual",
        Indicator::Removed => "Retirados da fila",
        Indicator::StillResolved => "Continuam resolvidos depois de 7 dias",
        Indicator::Reopened => "Abertos de novo antes de 7 dias",
    },
    formula: |indicator| match indicator {
        Indicator::Attended => "Chats em que entrou ao menos um agente; cada chat conta uma vez.",
        Indicator::Resolved => {
            "Chats atendidos e finalizados cujo ticket foi salvo pela primeira vez como Resolvido (ou Fechado)."
        }
        Indicator::Unresolved => {
            "Chats atendidos e finalizados cujo ticket foi salvo pela primeira vez como Novo, Em atendimento ou Parado."
        }
        Indicator::Offline => "Formulários offline aceitos, fora do horário ou com todos os agentes desconectados.",
        Indicator::LongestTalk => "A maior diferença entre o fim e a entrada do primeiro agente, em chats finalizados.",
        Indicator::MeanTalk => "A soma das durações dividida pelo número de chats atendidos e finalizados.",
        Indicator::LongestWait => "A maior diferença entre a entrada do primeiro agente e a entrada na fila.",
        Indicator::MeanWait => "A soma das esperas dividida pelo número de chats atendidos.",
        Indicator::Deserted => "Chats fechados pelo cliente, ou pela conexão dele, antes de entrar um agente.",
        Indicator::WithMessage => "Das desistências, as que deixaram ao menos uma mensagem; cada uma deixa um ticket.",
        Indicator::LongestDesertion => "A maior espera de quem desistiu, até sair.",
        Indicator::MeanDesertion => "A soma dessas esperas dividida pelo número de desistências.",
        Indicator::Unanswered => "Chats atendidos em que nenhum agente escreveu ainda.",
        Indicator::FirstReply => {
            "Desde a entrada do primeiro agente até a primeira mensagem de um agente, em chats que a têm: média, mediana e 9 de cada 10."
        }
        Indicator::UsualWait => {
            "Das esperas dos chats atendidos: a que a metade não superou (mediana) e a que 9 de cada 10 não superaram."
        }
        Indicator::Removed => "Chats que um agente ou administrador retirou da fila antes de entrar um agente.",
        Indicator::StillResolved => {
            "Dos resolvidos no primeiro contato há pelo menos 7 dias, os que não foram abertos de novo em 7 dias."
        }
        Indicator::Reopened => {
            "Dos resolvidos no primeiro contato há pelo menos 7 dias, os que foram abertos de novo antes de 7 dias."
        }
    },
    period: |period| match period {
        Period::Today => "Hoje",
        Period::Yesterday => "Ontem",
        Period::ThisWeek => "Esta semana",
        Period::LastWeek => "A semana passada",
        Period::ThisMonth => "Este mês",
        Period::LastMonth => "O mês passado",
        Period::ThisQuarter => "Este trimestre",
        Period::LastQuarter => "O trimestre passado",
        Period::ThisYear => "Este ano",
        Period::LastYear => "O ano passado",
        Period::Range { .. } => "Outro período",
    },
    ended: |reason| match reason {
        Reason::Customer => "Usuário final finalizou o chat",
        Reason::Agent => "Agente finalizou o chat",
        Reason::Connection => "Chat finalizado por falha na conexão com o Usuário final",
        Reason::Staff => "Retirado da fila",
        Reason::AgentLost => "A conexão do agente foi perdida",
        Reason::System => "Chat finalizado por uma interrupção do serviço",
    },
};

static EN: Words = Words {
    title: "Main chat indicators",
    filter: "Select a filter",
    agents: "Agents",
    applications: "Applications",
    groups: "Groups",
    begun: "Include conversations that agents began",
    gone: |name| [name, " (no longer here)"].concat(),
    remove: |what| ["Remove the filter: ", what].concat(),
    remove_all: "Remove the filters",
    other_period: "Another period",
    from: "From",
    until: "Until",
    apply: "Apply",
    turned: "The period ends before it begins.",
    zone: |zone| ["Days begin as in ", zone, "."].concat(),
    result: "Result",
    time: "Time",
    desertion: "Desertion",
    requests: "requests",
    attended: "attended",
    desertions: "desertions",
    removed: "removed",
    waiting: "waiting",
    lost: "lost",
    resolved: "resolved",
    unresolved: "not resolved",
    cancelled: "canceled",
    running: "in progress",
    unsaved: "to be saved",
    before: |value| [value, " in the period before"].concat(),
    before_so_far: |value| [value, " at this point of the period before"].concat(),
    median: "median",
    of: "of",
    besides: "Besides",
    wait: "Wait",
    mean: "average",
    ninth: "9 of 10 within",
    by_days: |days| match days {
        1 => "by day".into(),
        _ => ["every ", &days.to_string(), " days"].concat(),
    },
    by_hour: "by hour",
    as_table: "The trend as a table",
    when: "When",
    value: "Value",
    how: "How it is made",
    queued: "In the queue since",
    received: "Received",
    customer: "Customer",
    group: "Group",
    application: "Application",
    talk: "Duration",
    end: "End",
    messages: "Messages",
    ticket: "Ticket",
    is_waiting: "Waiting",
    is_running: "In progress",
    message: "Offline message",
    nothing: "Nothing to show.",
    choose: "Choose a number to see what it counts.",
    name: |indicator| match indicator {
        Indicator::Attended => "Chats attended",
        Indicator::Resolved => "Chats resolved on first contact",
        Indicator::Unresolved => "Chats not resolved on first contact",
        Indicator::Offline => "Offline messages received",
        Indicator::LongestTalk => "Longest service duration",
        Indicator::MeanTalk => "Average service duration",
        Indicator::LongestWait => "Longest queue wait",
        Indicator::MeanWait => "Average queue wait",
        Indicator::Deserted => "Number of desertions",
        Indicator::WithMessage => "Number of desertions (leaving a message)",
        Indicator::LongestDesertion => "Longest wait before desertion",
        Indicator::MeanDesertion => "Average wait before desertion",
        Indicator::Unanswered => "Attended without an agent's reply",
        Indicator::FirstReply => "Time to first reply",
        Indicator::UsualWait => "Usual wait",
        Indicator::Removed => "Removed from the queue",
        Indicator::StillResolved => "Still resolved after 7 days",
        Indicator::Reopened => "Opened again within 7 days",
    },
    formula: |indicator| match indicator {
        Indicator::Attended => "Chats that at least one agent entered; each chat counts once.",
        Indicator::Resolved => "Attended chats that are over and whose ticket was first saved as Resolved (or Closed).",
        Indicator::Unresolved => {
            "Attended chats that are over and whose ticket was first saved as New, In service or On hold."
        }
        Indicator::Offline => "Accepted offline forms, outside the hours or while all agents were offline.",
        Indicator::LongestTalk => {
            "The longest time from the first agent's entering to the end, of chats that are over."
        }
        Indicator::MeanTalk => "The sum of the durations, divided by the number of attended chats that are over.",
        Indicator::LongestWait => "The longest time from the start in the queue to the first agent's entering.",
        Indicator::MeanWait => "The sum of the waits, divided by the number of attended chats.",
        Indicator::Deserted => "Chats closed by the customer, or by their connection, before any agent entered.",
        Indicator::WithMessage => "Of the desertions, those that left at least one message; each leaves a ticket.",
        Indicator::LongestDesertion => "The longest wait of whoever deserted, until they left.",
        Indicator::MeanDesertion => "The sum of those waits, divided by the number of desertions.",
        Indicator::Unanswered => "Attended chats in which no agent has written yet.",
        Indicator::FirstReply => {
            "From the first agent's entering to the first message of an agent, in chats that have one: average, median and 9 of 10."
        }
        Indicator::UsualWait => {
            "Of the waits of attended chats: the one that half did not exceed (median), and the one that 9 of 10 did not exceed."
        }
        Indicator::Removed => "Chats that an agent or administrator took out of the queue before any agent entered.",
        Indicator::StillResolved => {
            "Of those resolved on first contact at least 7 days ago, the ones that were not opened again within 7 days."
        }
        Indicator::Reopened => {
            "Of those resolved on first contact at least 7 days ago, the ones that were opened again within 7 days."
        }
    },
    period: |period| match period {
        Period::Today => "Today",
        Period::Yesterday => "Yesterday",
        Period::ThisWeek => "This week",
        Period::LastWeek => "Last week",
        Period::ThisMonth => "This month",
        Period::LastMonth => "Last month",
        Period::ThisQuarter => "This quarter",
        Period::LastQuarter => "Last quarter",
        Period::ThisYear => "This year",
        Period::LastYear => "Last year",
        Period::Range { .. } => "Another period",
    },
    ended: |reason| match reason {
        Reason::Customer => "End user ended the chat",
        Reason::Agent => "Agent ended the chat",
        Reason::Connection => "Chat ended by a failure of the connection with the End user",
        Reason::Staff => "Removed from the queue",
        Reason::AgentLost => "The agent's connection was lost",
        Reason::System => "Chat ended by an interruption of the service",
    },
};
