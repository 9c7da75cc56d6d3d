//! Português do Brasil.

use super::Words;

pub static WORDS: Words = Words {
    common: &words::pt::WORDS,

    hello_known: |name| ["Olá, ", name].concat(),
    team: |count| match count {
        0 => "Não há ninguém online agora".into(),
        1 => "Uma pessoa atende agora".into(),
        2 => "Duas pessoas atendem agora".into(),
        3 => "Três pessoas atendem agora".into(),
        many => [&many.to_string(), " pessoas atendem agora"].concat(),
    },
    start: "Iniciar conversa",
    back_to_chat: "Voltar à conversa",
    not_you: |name| ["Não é ", name, "?"].concat(),
    other_person: "Entrar com outro usuário",
    minimise: "Minimizar",
    unread: |count| match count {
        1 => "1 mensagem nova".into(),
        many => [&many.to_string(), " mensagens novas"].concat(),
    },
    go_home: "Voltar à tela inicial",

    search: "Buscar na ajuda",
    found: |count| match count {
        0 => "Não há nada com essas palavras. Tente outras, ou escreva para nós.".into(),
        1 => "Um artigo".into(),
        many => [&many.to_string(), " artigos"].concat(),
    },
    did_it_help: "Isto ajudou?",
    yes: "Sim",
    no: "Não",
    it_helped: "Obrigado. Que bom.",
    it_did_not_help: "Obrigado por dizer. Vamos conversar?",

    form_title: "Antes de começar",
    form_lead: "Para sabermos com quem falamos e podermos responder se a conexão cair.",
    optional: "(opcional)",
    go_on: "Continuar",
    email_slip: "Falta algo: por exemplo, ana@correio.com.br",
    phone_slip: "Só números, por exemplo 11 91234 5678",
    consent_slip: "Marque a caixa para continuar.",
    choose: "Escolha uma opção",
    read_more: "Saiba mais",

    thanks: "Obrigado. Foi isto que você nos contou:",
    ask_subject: "Sobre qual assunto você quer falar?",
    subject: "Assunto",
    confirm: "Confirmar",
    are_here: |names, many| [names, if many { " estão online" } else { " está online" }].concat(),
    start_chat: "Iniciar chat",
    nobody: "Não há ninguém agora.",
    nobody_in: |group| {
        [
            "Quem atende ",
            group,
            " não está online neste momento. Você pode escolher outro assunto ou tentar de novo daqui a pouco.",
        ]
        .concat()
    },
    try_again: "Tentar de novo",
    other_subject: "Escolher outro assunto",

    closed: "Estamos fora do horário.",
    back_on: |day, hour| {
        let on = if day.starts_with("sá") || day.starts_with('d') { "no " } else { "na " };
        let day = if day.is_empty() { "hoje".into() } else { [on, day].concat() };
        let at = if hour.starts_with("1:") || hour.starts_with("01:") { " à " } else { " às " };
        ["Voltamos ", &day, at, hour, "."].concat()
    },
    message_lead: |email| match email {
        "" => "Deixe um recado e respondemos assim que voltarmos.".into(),
        email => ["Deixe um recado e respondemos em ", email, "."].concat(),
    },
    leave_message: "Deixar mensagem",
    ways: "Ou por aqui",
    gone: "Agora não há ninguém. Seu lugar está guardado.",
    somebody: "Já há alguém on-line.",
    somebody_more: "Você continua na fila: pode voltar à conversa ou deixar a mensagem.",

    and: "e",

    go_on_with: "É sobre um ticket que você já tem?",
    something_new: "É algo novo",

    protocol: |number| ["Protocolo ", number].concat(),
    place: "Seu lugar na fila",
    wait: "Espera média",
    wait_range: "Espera estimada",
    unknown: "Ainda não sabemos",
    soon: "Menos de 1 min",
    minutes: |minutes| [minutes, " min"].concat(),
    write_already: "Você já pode escrever. Quem atender vai ler tudo.",
    leave_queue: "Sair da fila",
    leave_queue_ask: "Sair da fila? Você vai perder seu lugar.",

    write: "Escreva uma mensagem",
    message: "Mensagem",
    conversation: "Conversa",
    send: "Enviar",
    will_send: "Será enviada quando a conexão voltar",
    typing: |name| [name, " está escrevendo"].concat(),
    finish: "Encerrar a conversa",
    finish_ask: "Encerrar a conversa?",
    finish_yes: "Encerrar",
    stay: "Continuar aqui",
    edit: "Editar",
    attach: "Anexar texto ou imagem, até 10 MB",
    drop_here: "Solte os arquivos aqui",
    cancel: "Cancelar",
    remove: "Remover",
    cut: "Sem conexão. Tentamos de novo sozinhos; o que você escrever não se perde.",
    silence: "Sem conexão. Verifique sua rede e tente de novo.",

    saved: "Sua mensagem está guardada",
    saved_more: |number, email| match email {
        "" => ["Solicitação ", number, "."].concat(),
        email => ["Solicitação ", number, ". Vamos responder para ", email, "."].concat(),
    },
    again: "Outra conversa",
    rate: "Como foi o atendimento?",
    stars_mean: ["Muito ruim", "Ruim", "Regular", "Bom", "Muito bom"],
    good: "Bom",
    bad: "Ruim",
    comment: "Algo a melhorar?",
    rate_send: "Enviar avaliação",
    rated: "Obrigado pela avaliação.",
    change: "Alterar",
    download: "Baixar",
    mail: "Receber por e-mail",
    mailed: |address| ["A conversa está a caminho de ", address, "."].concat(),
    forget: "Encerrar e esquecer",
    forgotten: "Pronto: não ficou nada seu neste navegador.",

    sound: "Som",
};
