//! What is said of words that are changed or taken back: it comes with the views that say it, in all three
//! languages, and not with the first load.

/// Sentences of amendments.
pub struct Words {
    pub edit: &'static str,
    pub edit_title: &'static str,
    pub message: &'static str,
    pub retract: &'static str,
    pub retract_ask: &'static str,
    pub retract_say: &'static str,
    pub said: &'static str,
    pub was: fn(&str) -> String,
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
    edit: "Editar",
    edit_title: "Editar mensaje",
    message: "Mensaje",
    retract: "Eliminar",
    retract_ask: "¿Eliminar el mensaje?",
    retract_say: "El cliente verá que se eliminó. Tu equipo sigue viendo lo que decía.",
    said: "Lo que decía",
    was: |text| ["Antes: «", text, "»"].concat(),
};

static PT: Words = Words {
    edit: "Editar",
    edit_title: "Editar mensagem",
    message: "Mensagem",
    retract: "Apagar",
    retract_ask: "Apagar a mensagem?",
    retract_say: "O cliente verá que foi apagada. Sua equipe continua vendo o que dizia.",
    said: "O que dizia",
    was: |text| ["Antes: «", text, "»"].concat(),
};

static EN: Words = Words {
    edit: "Edit",
    edit_title: "Edit message",
    message: "Message",
    retract: "Delete",
    retract_ask: "Delete the message?",
    retract_say: "The customer will see that it was deleted. Your team still sees what it said.",
    said: "What it said",
    was: |text| ["Before: “", text, "”"].concat(),
};
