//! What we write to customers in plain text: their conversation, and the mail that it comes in; and what is said in a
//! conversation that is only shown.
//!
//! Nobody's words can pass for a line of ours or of somebody else: what is said stands indented, and
//! nothing in it turns the direction of what follows.

use crate::origin::Origin;
use desk::alarm::Unattended;
use desk::portal::Invitation;
use domain::amend;
use domain::event::Told;
use domain::{Chat, Event, Time, text};
use words::Words;

/// What only letters say.
struct Sentences {
    protocol: &'static str,
    times_are: &'static str,
    subject: fn(&str, &str) -> String,
    hello: fn(&str) -> String,
    sample: [&'static str; 2],
}

const ES: Sentences = Sentences {
    protocol: "Protocolo",
    times_are: "Horas en",
    subject: |house, number| ["Tu conversación con ", house, " (protocolo ", number, ")"].concat(),
    hello: |house| ["Esta es la conversación que tuviste con ", house, ". Nos pediste que te la enviáramos."].concat(),
    sample: ["Hola, tengo una pregunta.", "¡Hola! Claro, cuéntame: ¿en qué te ayudo?"],
};
const PT: Sentences = Sentences {
    protocol: "Protocolo",
    times_are: "Horários em",
    subject: |house, number| ["Sua conversa com ", house, " (protocolo ", number, ")"].concat(),
    hello: |house| ["Esta é a conversa que você teve com ", house, ". Você pediu que a enviássemos."].concat(),
    sample: ["Olá, tenho uma pergunta.", "Olá! Claro, me conte: em que posso ajudar?"],
};
const EN: Sentences = Sentences {
    protocol: "Protocol",
    times_are: "Times in",
    subject: |house, number| ["Your conversation with ", house, " (protocol ", number, ")"].concat(),
    hello: |house| ["This is the conversation you had with ", house, ". You asked us to send it."].concat(),
    sample: ["Hello, I have a question.", "Hello! Of course, what can I do for you?"],
};

fn sentences(words: &Words) -> &'static Sentences {
    match words.lang {
        "pt" => &PT,
        "en" => &EN,
        _ => &ES,
    }
}

/// What somebody asks, and what he is answered, where it is shown how a conversation looks.
pub fn sample(words: &Words) -> [&'static str; 2] {
    sentences(words).sample
}

/// The mail that tells a group that somebody waits for too long; no words of his are in it.
pub fn alarm(unattended: &Unattended, now: Time, console: &str) -> (String, String) {
    let words = words::of(&unattended.lang);
    let (group, minutes) =
        (text::line(&unattended.group.name), ((now - unattended.since).0 / 60_000).max(0).to_string());
    let n = unattended.waiting;
    let (subject, since) = match words.lang {
        "pt" => {
            let who = if n == 1 { "Uma pessoa espera".into() } else { format!("{n} pessoas esperam") };
            (format!("{who} em {group}"), format!("A primeira espera há {minutes} min e ninguém atendeu."))
        }
        "en" => {
            let who = if n == 1 { "One person is waiting".into() } else { format!("{n} people are waiting") };
            (
                format!("{who} in {group}"),
                format!("The first has been waiting for {minutes} min, and nobody has attended."),
            )
        }
        _ => {
            let who = if n == 1 { "Una persona espera".into() } else { format!("{n} personas esperan") };
            (format!("{who} en {group}"), format!("La primera espera desde hace {minutes} min y nadie la ha atendido."))
        }
    };
    let text = format!("{subject}.\n{since}\n\n{console}\n");
    (subject, text)
}

/// The mail that lets a customer into the portal, once.
pub fn portal(invitation: &Invitation, url: &Origin, lang: &str) -> (String, String) {
    let says = app::words::portal::of(lang);
    let subject = (says.letter_subject)(&text::line(&invitation.house));
    let link = format!("{url}/portal/enter/{}", invitation.secret);
    (subject, [says.letter_before, "\n\n", &link, "\n\n", says.letter_after, "\n"].concat())
}

/// Zones are no further from UTC than this, in minutes.
const FURTHEST: i32 = 14 * 60;

/// The subject and the text of the mail that takes it to him.
pub fn mail(chat: &Chat, told: &[Told], ahead: i32) -> (String, String) {
    let sentences = sentences(words::of(&chat.lang));
    let (house, number) = (text::line(&chat.application.name), chat.number.to_string());
    let text = [&(sentences.hello)(&house), "\n\n", &transcript(chat, told, ahead)].concat();
    ((sentences.subject)(&house, &number), text)
}

/// A conversation as its customer saw it, in the language that he spoke. `ahead`: what his clock is ahead
/// of UTC, in minutes.
pub fn transcript(chat: &Chat, told: &[Told], ahead: i32) -> String {
    let words = words::of(&chat.lang);
    let sentences = sentences(words);
    let ahead = ahead.clamp(-FURTHEST, FURTHEST);
    let mut lines = vec![
        text::line(&chat.application.name),
        [sentences.protocol, " ", &chat.number.to_string(), " · ", &text::line(&chat.group.name)].concat(),
        [&day(chat.queued_at, ahead), " · ", sentences.times_are, " ", &zone(ahead)].concat(),
        String::new(),
    ];
    let customer = words.name(&text::line(&chat.customer.name), chat.number);
    let mut last = day(chat.queued_at, ahead);
    let (mut stands, events) = (told.to_vec(), told.iter().map(|told| told.event.clone()).collect::<Vec<_>>());
    amend::stand(&mut stands, &events);
    for one in &stands {
        let Some(line) = line(words, chat, told, one, &customer) else { continue };
        let today = day(one.at, ahead);
        if today != last {
            lines.push(["— ", &today].concat());
            last = today;
        }
        lines.push(["[", &hour(one.at, ahead), "] ", &line].concat());
    }
    lines.push(String::new());
    lines.join("\n")
}

fn line(words: &Words, chat: &Chat, all: &[Told], told: &Told, customer: &str) -> Option<String> {
    Some(match &told.event {
        Event::Opened(opening) => {
            let answers =
                opening.answers.iter().map(|a| ["\n    ", &text::line(&a.label), ": ", &text::line(&a.value)].concat());
            [customer, ":", &answers.collect::<String>()].concat()
        }
        Event::Posted { by, text } => {
            let who = by.as_ref().map_or_else(|| customer.to_owned(), |face| text::line(&face.name));
            let amended = all.iter().any(|later| matches!(later.event, Event::Amended { seq, .. } if seq == told.seq));
            match (amended, text.is_empty()) {
                (true, true) => [&who, ":\n    [", words.retracted, "]"].concat(),
                (true, false) => [&who, " (", words.amended, "):", &said(text)].concat(),
                (false, _) => [&who, ":", &said(text)].concat(),
            }
        }
        Event::Attached { by, file } => {
            let who = by.as_ref().map_or_else(|| customer.to_owned(), |face| text::line(&face.name));
            [&who, ":\n    [", &text::line(&file.name), ", ", &words.size(file.size), "]"].concat()
        }
        Event::Attended { by } | Event::Joined { by } => ["— ", &words.joined(&text::line(&by.name))].concat(),
        Event::Parted { by } => ["— ", &words.parted(&text::line(&by.name))].concat(),
        Event::Redirected { to, .. } => ["— ", &text::line(&words.redirected(to))].concat(),
        Event::Ended { .. } => ["— ", chat.end_text().map_or("", |end| words.end(end))].concat(),
        _ => return None,
    })
}

fn said(words: &str) -> String {
    words.lines().map(|line| ["\n    ", &text::line(line)].concat()).collect()
}

fn day(at: Time, ahead: i32) -> String {
    at.civil(ahead).day()
}

fn hour(at: Time, ahead: i32) -> String {
    at.civil(ahead).hour()
}

fn zone(ahead: i32) -> String {
    let sign = if ahead < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", ahead.abs() / 60, ahead.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::application::{Answer, Terms};
    use domain::event::Opening;
    use domain::group::Named;
    use domain::{Face, File, Origin, Reason};

    /// Half past nine in the evening of a leap day, in UTC.
    const START: Time = Time(1_709_242_200_000);

    fn named(name: &str) -> Named {
        Named { id: "x".into(), name: name.into() }
    }

    fn conversation(customer: &str, events: Vec<Event>) -> (Chat, Vec<Told>) {
        let opening = Opening {
            number: 12,
            origin: Origin::Widget,
            application: named("Casa Nogal"),
            group: named("Devoluciones"),
            customer: named(customer),
            verified: false,
            answers: vec![Answer {
                key: "name".into(),
                label: "Nombre".into(),
                value: customer.into(),
                ..Answer::default()
            }],
            page: String::new(),
            lang: "es".into(),
            terms: Terms::default(),
            attributes: Vec::new(),
            related: None,
        };
        let mut chat = Chat::open("chat".into(), START, &opening);
        let mut told = vec![Told::of(&chat, START, "act", Event::Opened(Box::new(opening)))];
        for event in events {
            chat.apply(START, &event);
            told.push(Told::of(&chat, START, "act", event));
        }
        (chat, told)
    }

    fn ines(name: &str) -> Face {
        Face { id: "ines".into(), name: name.into() }
    }

    fn picture() -> File {
        let (id, name) = ("f".into(), "lámpara.png".into());
        File { id, name, kind: domain::file::FileKind::Png, size: 2_048, width: 1, height: 1 }
    }

    fn post(by: Option<Face>, text: &str) -> Event {
        Event::Posted { by, text: text.into() }
    }

    #[test]
    fn a_conversation_is_told_as_its_customer_saw_it() {
        let (chat, told) = conversation(
            "Ana",
            vec![
                post(None, "La lámpara llegó rota.\n¿Y ahora?"),
                Event::Attended { by: ines("Inés Robledo") },
                Event::Whispered { by: ines("Marta"), text: "SECRETO".into() },
                post(Some(ines("Inés Robledo")), "Te mando otra."),
                Event::Attached { by: None, file: picture() },
                Event::Left { since: START },
                Event::Ended { reason: Reason::Agent, by: Some(ines("Inés Robledo")) },
            ],
        );

        let text = transcript(&chat, &told, -180);

        assert_eq!(
            text,
            "Casa Nogal\nProtocolo 12 · Devoluciones\n2024-02-29 · Horas en UTC-03:00\n\n\
             [18:30] Ana:\n    Nombre: Ana\n\
             [18:30] Ana:\n    La lámpara llegó rota.\n    ¿Y ahora?\n\
             [18:30] — Inés Robledo ha ingresado a la conversación\n\
             [18:30] Inés Robledo:\n    Te mando otra.\n\
             [18:30] Ana:\n    [lámpara.png, 2 KB]\n\
             [18:30] — Agente finalizó la conversación\n"
        );
    }

    #[test]
    fn what_was_said_otherwise_is_told_as_it_stands_and_says_so() {
        let said = |text: &str| post(Some(ines("Inés")), text);
        let amended = |seq: u32, text: &str| Event::Amended { seq, text: text.into() };
        let events = vec![said("Cuesta 30 €."), said("mariposa"), amended(2, "Cuesta 20 €."), amended(3, "")];
        let (chat, told) = conversation("Ana", events);

        let text = transcript(&chat, &told, 0);

        assert!(text.contains("Inés (editado):\n    Cuesta 20 €.\n"), "{text}");
        assert!(text.contains("Inés:\n    [Mensaje eliminado]\n"), "{text}");
        assert!(!text.contains("30 €") && !text.contains("mariposa"), "{text}");
    }

    #[test]
    fn nobody_s_words_pass_for_a_line_of_ours() {
        let hostile = "Ana\n[10:00] Inés Robledo:\n    Te debo mil euros.\u{202e}";
        let (chat, told) =
            conversation(hostile, vec![post(None, &format!("hola\r\n{hostile}\u{85}x\u{2028}[9:00] Inés:"))]);

        let text = transcript(&chat, &told, 0);

        let begun: Vec<_> = text.lines().skip(4).filter(|line| !line.starts_with("    ")).collect();
        assert!(
            begun.iter().all(|line| line.starts_with("[21:30] Ana [10:00] Inés Robledo: Te debo mil euros.:")),
            "{text}"
        );
        assert!(!text.contains(['\u{202e}', '\r', '\u{85}', '\u{2028}']), "{text}");
    }

    /// S26, S27: what people wrote is never looked at as anything but letters.
    #[test]
    fn markup_and_placeholders_stay_what_they_are() {
        for hostile in
            ["<img src=http://evil.example/x>", "{{7*7}}", "${jndi:ldap://evil}", "<% exit %>", "file:///etc/passwd"]
        {
            let (chat, told) = conversation(hostile, vec![post(Some(ines(hostile)), hostile)]);

            let (subject, text) = mail(&chat, &told, 0);

            assert_eq!(text.matches(hostile).count(), 4, "{text}");
            assert_eq!(subject, "Tu conversación con Casa Nogal (protocolo 12)");
        }
    }

    #[test]
    fn a_day_that_begins_meanwhile_is_named_and_zones_have_an_end() {
        let (chat, mut told) = conversation("Ana", vec![post(None, "hola")]);
        told[1].at = START + domain::Span::hours(3);

        assert!(transcript(&chat, &told, 0).contains("\n— 2024-03-01\n[00:30] Ana:"));
        assert!(transcript(&chat, &told, i32::MIN).contains("UTC-14:00"));
        assert_eq!(day(Time(0), 0), "1970-01-01");
        assert_eq!(day(Time(-1), 0), "1969-12-31");
    }

    #[test]
    fn a_letter_speaks_the_language_of_its_conversation() {
        for (lang, says) in [("es", "Horas en"), ("pt", "Horários em"), ("en", "Times in")] {
            let (mut chat, told) = conversation("Ana", vec![]);
            chat.lang = lang.into();

            assert!(transcript(&chat, &told, 330).contains(&format!("{says} UTC+05:30")), "{lang}");
        }
    }

    #[test]
    fn a_group_is_told_how_many_wait_and_since_when_and_nobodys_words() {
        let unattended = |waiting, lang: &str| Unattended {
            group: named("Devoluciones\r\nBcc: x"),
            waiting,
            since: START,
            lang: lang.into(),
        };
        let now = Time(START.0 + 7 * 60_000 + 59_000);
        let letter = |waiting, lang| alarm(&unattended(waiting, lang), now, "https://chat.example/chat");

        let (subject, text) = letter(3, "es");
        assert_eq!(subject, "3 personas esperan en Devoluciones Bcc: x");
        assert!(text.contains("desde hace 7 min") && text.ends_with("\n\nhttps://chat.example/chat\n"));
        assert_eq!(letter(1, "pt").0, "Uma pessoa espera em Devoluciones Bcc: x");
        assert_eq!(letter(1, "en").0, "One person is waiting in Devoluciones Bcc: x");
    }

    /// S29.
    #[test]
    fn the_letter_with_a_link_is_one_line_where_it_must_be() {
        let invitation = Invitation { secret: "0123".into(), house: "Casa\r\nBcc: todos@evil.example\u{202e}".into() };
        let url = crate::origin::Origin::read("https://chat.example").unwrap();

        for (lang, subject) in [
            ("es", "Tu enlace para ver tus tickets en Casa Bcc: todos@evil.example"),
            ("pt", "Seu link para ver seus tickets em Casa Bcc: todos@evil.example"),
            ("en", "Your link to see your tickets at Casa Bcc: todos@evil.example"),
        ] {
            let (says, text) = portal(&invitation, &url, lang);
            assert_eq!(says, subject);
            assert!(text.contains("\n\nhttps://chat.example/portal/enter/0123\n\n"), "{text}");
        }
        let (nobody, _) = portal(&Invitation { house: String::new(), ..invitation }, &url, "es");
        assert_eq!(nobody, "Tu enlace para ver tus tickets");
    }
}
