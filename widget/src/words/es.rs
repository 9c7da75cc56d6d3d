//! Español.

use super::Words;

pub static WORDS: Words = Words {
    common: &words::es::WORDS,

    hello_known: |name| ["Hola, ", name].concat(),
    team: |count| match count {
        0 => "Ahora no hay nadie en línea".into(),
        1 => "Una persona atiende ahora".into(),
        2 => "Dos personas atienden ahora".into(),
        3 => "Tres personas atienden ahora".into(),
        many => [&many.to_string(), " personas atienden ahora"].concat(),
    },
    start: "Iniciar conversación",
    back_to_chat: "Volver a la conversación",
    not_you: |name| ["¿No eres ", name, "?"].concat(),
    other_person: "Iniciar sesión con otro usuario",
    minimise: "Minimizar",
    unread: |count| match count {
        1 => "1 mensaje nuevo".into(),
        many => [&many.to_string(), " mensajes nuevos"].concat(),
    },
    go_home: "Volver a la pantalla inicial",

    search: "Buscar en la ayuda",
    found: |count| match count {
        0 => "No hay nada con esas palabras. Prueba con otras, o escríbenos.".into(),
        1 => "Un artículo".into(),
        many => [&many.to_string(), " artículos"].concat(),
    },
    did_it_help: "¿Te ha servido?",
    yes: "Sí",
    no: "No",
    it_helped: "Gracias. Nos alegra.",
    it_did_not_help: "Gracias por decirlo. ¿Lo hablamos?",

    form_title: "Antes de empezar",
    form_lead: "Para saber con quién hablamos y poder responderte si se corta.",
    optional: "(opcional)",
    go_on: "Continuar",
    email_slip: "Falta algo: por ejemplo, ana@correo.es",
    phone_slip: "Solo números, por ejemplo 600 123 456",
    consent_slip: "Marca la casilla para continuar.",
    choose: "Elige una opción",
    read_more: "Leer más",

    thanks: "Gracias. Esto es lo que nos has dicho:",
    ask_subject: "¿Sobre qué tema quieres hablar?",
    subject: "Tema",
    confirm: "Confirmar",
    are_here: |names, many| [names, if many { " están en línea" } else { " está en línea" }].concat(),
    start_chat: "Iniciar chat",
    nobody: "Ahora no hay nadie.",
    nobody_in: |group| {
        [
            "Quienes atienden ",
            group,
            " no están en línea en este momento. Puedes elegir otro tema, o volver a intentarlo dentro de un rato.",
        ]
        .concat()
    },
    try_again: "Volver a intentarlo",
    other_subject: "Elegir otro tema",

    closed: "Estamos fuera de horario.",
    back_on: |day, hour| {
        let day = if day.is_empty() { "hoy".into() } else { ["el ", day].concat() };
        let at = if hour.starts_with("1:") { " a la " } else { " a las " };
        ["Volvemos ", &day, at, hour, "."].concat()
    },
    message_lead: |email| match email {
        "" => "Déjanos el recado y te respondemos en cuanto volvamos.".into(),
        email => ["Déjanos el recado y te respondemos a ", email, "."].concat(),
    },
    leave_message: "Dejar mensaje",
    ways: "O por aquí",
    gone: "Ahora no hay nadie. Conservas tu lugar.",
    somebody: "Ya hay alguien en línea.",
    somebody_more: "Sigues en la cola: puedes volver a la conversación, o dejar el mensaje.",

    and: "y",

    go_on_with: "¿Es sobre un ticket que ya tienes?",
    something_new: "Es algo nuevo",

    protocol: |number| ["Protocolo ", number].concat(),
    place: "Tu lugar en la cola",
    wait: "Espera media",
    wait_range: "Espera estimada",
    unknown: "Aún no lo sabemos",
    soon: "Menos de 1 min",
    minutes: |minutes| [minutes, " min"].concat(),
    write_already: "Puedes ir escribiendo. Quien te atienda lo leerá todo.",
    leave_queue: "Dejar la cola",
    leave_queue_ask: "¿Dejar la cola? Perderás tu lugar.",

    write: "Escribe un mensaje",
    message: "Mensaje",
    conversation: "Conversación",
    send: "Enviar",
    will_send: "Se enviará al volver",
    typing: |name| [name, " está escribiendo"].concat(),
    finish: "Terminar la conversación",
    finish_ask: "¿Terminar la conversación?",
    finish_yes: "Terminar",
    stay: "Seguir aquí",
    edit: "Editar",
    attach: "Adjuntar texto o imagen, hasta 10 MB",
    drop_here: "Suelta aquí los archivos",
    cancel: "Cancelar",
    remove: "Quitar",
    cut: "Sin conexión. Volvemos a intentarlo solos; lo que escribas no se pierde.",
    silence: "No hay conexión. Comprueba tu red y vuelve a intentarlo.",

    saved: "Tu mensaje está guardado",
    saved_more: |number, email| match email {
        "" => ["Solicitud ", number, "."].concat(),
        email => ["Solicitud ", number, ". Te respondemos a ", email, "."].concat(),
    },
    again: "Otra conversación",
    rate: "¿Qué tal te hemos atendido?",
    stars_mean: ["Muy mal", "Mal", "Regular", "Bien", "Muy bien"],
    good: "Bien",
    bad: "Mal",
    comment: "¿Algo que mejorar?",
    rate_send: "Enviar valoración",
    rated: "Gracias por tu valoración.",
    change: "Cambiar",
    download: "Descargar",
    mail: "Recibir por correo",
    mailed: |address| ["La conversación va camino de ", address, "."].concat(),
    forget: "Terminar y olvidar",
    forgotten: "Listo: en este navegador no queda nada tuyo.",

    sound: "Sonido",
};
