//! The texts that the requirements fix, word for word.

use super::*;
use domain::group::Named;

#[test]
fn the_end_texts_are_the_required_ones() {
    let texts = |lang: &str| {
        let words = of(lang);
        [EndText::Customer, EndText::Agent, EndText::Connection, EndText::QueueCustomer, EndText::QueueAgent]
            .map(|t| words.end(t))
    };

    assert_eq!(
        texts("es"),
        [
            "Usuario final finalizó la conversación",
            "Agente finalizó la conversación",
            "Chat finalizado por falla en la conexión con el Usuario final",
            "Usuario final finalizó el chat",
            "Agente finalizó el chat",
        ]
    );
    assert_eq!(texts("pt")[2], "Chat finalizado por falha na conexão com o Usuário final");
    assert_eq!(texts("en")[2], "Chat ended due to a connection failure with the End user");
}

#[test]
fn an_agent_enters_in_the_required_words() {
    assert_eq!(of("es").joined("Diego Ruiz"), "Diego Ruiz ha ingresado a la conversación");
    assert_eq!(of("pt").joined("Diego Ruiz"), "Diego Ruiz entrou na conversa");
    assert_eq!(of("en").joined("Diego Ruiz"), "Diego Ruiz has joined the conversation");
}

#[test]
fn the_base_statuses_are_named_as_required() {
    let names = |lang: &str| Status::ALL.map(|s| of(lang).status(s));

    assert_eq!(names("es"), ["Nuevo", "En atención", "Parado", "Cancelado", "Resuelto", "Cerrado"]);
    assert_eq!(names("pt"), ["Novo", "Em atendimento", "Parado", "Cancelado", "Resolvido", "Fechado"]);
    assert_eq!(names("en"), ["New", "In service", "On hold", "Canceled", "Resolved", "Closed"]);
}

#[test]
fn a_language_we_do_not_speak_is_answered_in_spanish() {
    assert_eq!(of("fr").lang, "es");
    assert_eq!(of("").lang, "es");
    assert_eq!(of("pt-BR").lang, "pt");
    assert_eq!(accepted("fr-CH, en;q=0.9, pt;q=0.8").lang, "en");
    assert_eq!(accepted("").lang, "es");
}

#[test]
fn a_customer_without_a_name_has_his_number() {
    assert_eq!(of("es").name(" ", 1042), "Visitante 1042");
    assert_eq!(of("es").name("Ana", 1042), "Ana");
}

#[test]
fn a_redirection_says_where_to() {
    let group = Destination::Group(Named { id: "g".into(), name: "Ventas".into() });

    assert_eq!(of("es").redirected(&group), "La conversación pasa a Ventas");
}

#[test]
fn a_size_is_told_as_people_tell_it() {
    let sizes = |lang: &str| [0, 1, 1_025, 831_488, 1_048_576, 1_400_000, 10_485_760].map(|n| of(lang).size(n));

    assert_eq!(sizes("es"), ["0 KB", "1 KB", "2 KB", "812 KB", "1 MB", "1,4 MB", "10 MB"]);
    assert_eq!(sizes("en")[5], "1.4 MB");
}

#[test]
fn a_wait_is_told_as_people_tell_it() {
    let waits = [0, 1, 90, 91, 1_800, 3_600, 5_400, 5_401, 86_400].map(wait);

    assert_eq!(waits, ["0 s", "1 s", "90 s", "2 min", "30 min", "60 min", "90 min", "2 h", "24 h"]);
    let day = Refusal::TooMany { seconds: 86_400 };
    assert_eq!(of("es").refusal(&day), "Demasiados intentos. Espera 24 h y vuelve a intentarlo.");
    assert_eq!(of("pt").refusal(&day), "Tentativas demais. Espere 24 h e tente de novo.");
    assert_eq!(of("en").refusal(&day), "Too many tries. Wait 24 h and try again.");
}

#[test]
fn why_a_file_was_refused_is_a_sentence_with_its_limit() {
    let too_big = Refusal::TooBig { limit: domain::file::FILE_LIMIT };

    assert_eq!(of("es").refusal(&too_big), "Es demasiado grande: el máximo es 10 MB.");
    assert_eq!(of("pt").refusal(&too_big), "É grande demais: o máximo é 10 MB.");
    assert_eq!(of("en").refusal(&too_big), "It is too big: the most is 10 MB.");
}
