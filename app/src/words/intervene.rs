//! What is said before and after somebody goes into a conversation, takes it over or hands it on (R46, R59): it comes
//! with the views that say it, in all three languages, and not with the first load.

/// Sentences of who goes in and who goes on.
pub struct Words {
    pub ask: fn(&str) -> String,
    pub take: &'static str,
    pub ask_take: fn(&str) -> String,
    /// Before who leaves.
    pub if_taken: &'static str,
    /// Of who is in it already: who is in it besides, and how many they are.
    pub taken_beside: fn(&str, usize) -> String,
    /// Who is in it, and how many they are.
    pub stay: fn(&str, usize) -> String,
    /// Who was in it, and how many they were.
    pub leave: fn(&str, usize) -> String,
    pub you_leave: &'static str,
    pub all_leave: &'static str,
    pub waits: &'static str,
    pub reads: fn(&str) -> String,
    /// What was said, and to whom.
    pub told: fn(&str, &str) -> String,
    pub and: &'static str,
}

impl Words {
    /// All of them in one breath.
    pub fn all(&self, names: &[String]) -> String {
        match names {
            [rest @ .., last] if !rest.is_empty() => [&*rest.join(", "), self.and, last].concat(),
            names => names.concat(),
        }
    }
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
    ask: |customer| ["¿Intervenir en la conversación con ", customer, "?"].concat(),
    take: "Tomar la conversación",
    ask_take: |customer| ["¿Tomar la conversación con ", customer, "?"].concat(),
    if_taken: "Si la tomas, es tuya:",
    taken_beside: |agents, n| {
        [agents, if n == 1 { " sigue en ella, y es tuya." } else { " siguen en ella, y es tuya." }].concat()
    },
    stay: |agents, n| {
        let stay = if n == 1 { " sigue en la conversación" } else { " siguen en la conversación" };
        [agents, stay, ", y tú respondes a su lado."].concat()
    },
    leave: |agents, n| [agents, if n == 1 { " deja la conversación." } else { " dejan la conversación." }].concat(),
    you_leave: "Dejas la conversación.",
    all_leave: "Todos los agentes dejan la conversación.",
    waits: "El cliente vuelve a esperar.",
    reads: |said| ["El cliente leerá: «", said, "»."].concat(),
    told: |said, people| [said, ". Lo ven: ", people, "."].concat(),
    and: " y ",
};

static PT: Words = Words {
    ask: |customer| ["Intervir na conversa com ", customer, "?"].concat(),
    take: "Assumir a conversa",
    ask_take: |customer| ["Assumir a conversa com ", customer, "?"].concat(),
    if_taken: "Se você a assumir, ela é sua:",
    taken_beside: |agents, n| {
        [agents, if n == 1 { " continua nela, e ela é sua." } else { " continuam nela, e ela é sua." }].concat()
    },
    stay: |agents, n| {
        let stay = if n == 1 { " continua na conversa" } else { " continuam na conversa" };
        [agents, stay, ", e você responde ao lado."].concat()
    },
    leave: |agents, n| [agents, if n == 1 { " sai da conversa." } else { " saem da conversa." }].concat(),
    you_leave: "Você sai da conversa.",
    all_leave: "Todos os agentes saem da conversa.",
    waits: "O cliente volta a esperar.",
    reads: |said| ["O cliente lerá: “", said, "”."].concat(),
    told: |said, people| [said, ". Quem vê isso: ", people, "."].concat(),
    and: " e ",
};

static EN: Words = Words {
    ask: |customer| ["Intervene in the conversation with ", customer, "?"].concat(),
    take: "Take over the conversation",
    ask_take: |customer| ["Take over the conversation with ", customer, "?"].concat(),
    if_taken: "If you take it over, it is yours:",
    taken_beside: |agents, n| {
        [agents, if n == 1 { " stays in it, and it is yours." } else { " stay in it, and it is yours." }].concat()
    },
    stay: |agents, n| {
        let stay = if n == 1 { " stays in the conversation" } else { " stay in the conversation" };
        [agents, stay, ", and you answer beside them."].concat()
    },
    leave: |agents, n| [agents, if n == 1 { " leaves the conversation." } else { " leave the conversation." }].concat(),
    you_leave: "You leave the conversation.",
    all_leave: "All agents leave the conversation.",
    waits: "The customer waits again.",
    reads: |said| ["The customer will read: “", said, "”."].concat(),
    told: |said, people| [said, ". Seen by: ", people, "."].concat(),
    and: " and ",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_stays_is_said_of_one_and_of_several() {
        let names = ["Inés", "Tomás", "Lucía"].map(str::to_owned);

        let said = |lang: &str, n: usize| {
            let says = of(lang);
            (says.stay)(&says.all(&names[..n]), n)
        };

        assert_eq!(said("es", 1), "Inés sigue en la conversación, y tú respondes a su lado.");
        assert_eq!(said("pt", 2), "Inés e Tomás continuam na conversa, e você responde ao lado.");
        assert_eq!(said("en", 3), "Inés, Tomás and Lucía stay in the conversation, and you answer beside them.");
    }
}
