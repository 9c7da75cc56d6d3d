//! Golden files: everything that travels, in both encodings, as it was last agreed. A change of
//! the wire shows in review. `RECADO_GOLDEN=write` writes the files anew.

mod samples;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::{Debug, Write};
use std::path::PathBuf;
use std::sync::LazyLock;

/// More zeros than any value here needs to be whole: every variant can be read from them.
const ZEROS: usize = 256;

trait Wire: Serialize + DeserializeOwned + PartialEq + Debug {}
impl<T: Serialize + DeserializeOwned + PartialEq + Debug> Wire for T {}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes more text");
        text
    })
}

/// Compares the samples of one type with its file, and reads them back.
fn agreed<T: Wire>(name: &str, samples: &[T]) {
    let mut text = String::new();
    for sample in samples {
        let postcard = postcard::to_allocvec(sample).expect("it can be written");
        let json = serde_json::to_string(sample).expect("it can be written");
        assert_eq!(postcard::from_bytes::<T>(&postcard).as_ref(), Ok(sample));
        assert_eq!(&serde_json::from_str::<T>(&json).expect("it can be read back"), sample);
        writeln!(text, "{json}\n{}\n", hex(&postcard)).expect("a text takes more text");
    }
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.txt"));
    if std::env::var("RECADO_GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::write(&file, &text).expect("the golden files can be written");
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
    assert_eq!(text, golden, "the wire of {name} has changed; if that is meant: RECADO_GOLDEN=write");
}

/// The same for a choice: its samples show every variant in the order of the wire.
fn agreed_choice<T: Wire>(name: &str, samples: &[T]) {
    agreed(name, samples);
    let tags: Vec<u8> = samples.iter().map(|s| postcard::to_allocvec(s).expect("it can be written")[0]).collect();
    let mut shown = tags.clone();
    shown.dedup();
    let all: Vec<u8> = (0..shown.len() as u8).collect();
    assert_eq!(shown, all, "{name}: a sample of every variant, in the order of the wire");
    let mut next = vec![shown.len() as u8];
    next.resize(ZEROS, 0);
    assert!(postcard::take_from_bytes::<T>(&next).is_err(), "{name}: the newest variant has no sample");
}

macro_rules! golden {
    ($($test:ident: $check:ident($name:literal, $samples:expr);)*) => {
        $(#[test] fn $test() { $check($name, &$samples); })*
    };
}

golden! {
    events: agreed_choice("event", samples::events());
    acts: agreed_choice("act", samples::acts());
    targets: agreed_choice("target", samples::targets());
    destinations: agreed_choice("destination", samples::destinations());
    stages: agreed_choice("stage", samples::stages());
    reasons: agreed_choice("reason", samples::reasons());
    origins: agreed_choice("origin", samples::origins());
    ticket_events: agreed_choice("ticket-event", samples::ticket_events());
    ticket_acts: agreed_choice("ticket-act", samples::ticket_acts());
    changes: agreed_choice("change", samples::changes());
    edits: agreed_choice("edit", samples::edits());
    houses: agreed("house", [samples::house()]);
    statuses: agreed_choice("status", domain::Status::ALL);
    vias: agreed_choice("via", samples::vias());
    refusals: agreed_choice("refusal", samples::refusals());
    file_kinds: agreed_choice("file-kind", domain::FileKind::ALL);
    troubles: agreed_choice("trouble", samples::troubles());
    scales: agreed_choice("scale", samples::scales());
    scores: agreed_choice("score", samples::scores());
    field_kinds: agreed_choice("field-kind", samples::field_kinds());
    waits_shown: agreed_choice("wait-shows", samples::wait_shows());
    frames_up: agreed_choice("up", samples::ups());
    frames_down: agreed_choice("down", samples::downs());
    goodbyes: agreed_choice("bye", samples::byes());
    told: agreed("told", [samples::told()]);
    wishes: agreed("wish", samples::wishes());
    opens: agreed("open", [samples::open()]);
    offline: agreed("offline", [samples::offline()]);
    receipts: agreed("receipt", [samples::receipt()]);
    mails_asked_for: agreed("ask-mail", [samples::ask_mail()]);
    identities: agreed("identify", [samples::identify()]);
    known: agreed("known", [samples::known()]);
    related: agreed("related", [samples::related()]);
    pages: agreed("page", samples::pages());
    waits: agreed("wait", samples::waits());
    cards: agreed("card", samples::cards());
    agent_states: agreed("agent-state", [samples::agent_state()]);
    me: agreed("me", [samples::me()]);
    lists: agreed("lists", [samples::lists()]);
    ticket_rows: agreed("ticket-row", [samples::ticket_row()]);
    ticket_queues: agreed_choice("queue", domain::ticket_list::Queue::ALL);
    ticket_statuses_wanted: agreed_choice("wanted", samples::wanted());
    ticket_filters: agreed("filter", [samples::filter()]);
    ticket_pages: agreed("ticket-page", [samples::ticket_page()]);
    ticket_choices: agreed("choices", [samples::choices()]);
    new_tickets: agreed("new-ticket", [samples::new_ticket()]);
    ticket_list_ends: agreed("after", [samples::after()]);
    ticket_papers: agreed("paper", [samples::paper()]);
    applications: agreed("application-view", [samples::application_view()]);
    channel_kinds: agreed_choice("channel-kind", samples::channel_kinds());
    kinds: agreed_choice("kind", samples::kinds());
    article_lines: agreed("article-line", [samples::article_line()]);
    article_views: agreed("article-view", [samples::article_view()]);
    votes: agreed("vote", [samples::vote()]);
    application_lines: agreed("applications", [samples::application_lines()]);
    // Not on the wire, but on the disk.
    setups: agreed("setup", samples::setups());
    chats: agreed("chat", samples::chats());
    tickets: agreed("ticket", samples::tickets());
    customers: agreed("customer", [samples::customer()]);
    reaches: agreed_choice("reach", domain::portal::Reach::ALL);
    deeds: agreed_choice("deed", samples::deeds());
    talks: agreed("talked", samples::talks());
    list_ends: agreed("earlier", [samples::earlier()]);
    attendants: agreed("attendant", [samples::attendant()]);
    mentions: agreed("mention", [samples::mention()]);
    canned_scopes: agreed_choice("canned-scope", samples::scopes());
    canned: agreed("canned", [samples::canned()]);
    triggers: agreed("trigger", [samples::trigger()]);
    conditions: agreed_choice("condition", samples::conditions());
    actions: agreed_choice("action", samples::actions());
    trigger_times: agreed_choice("when", [domain::trigger::When::Begins, domain::trigger::When::Changes]);
    recipients: agreed_choice("whom", domain::trigger::Whom::ALL);
    what_is_sent: agreed_choice("sent", samples::sents());
    trigger_deeds: agreed_choice("trigger-deed", samples::trigger_deeds());
    cuts: agreed_choice("cut", [domain::trigger::Cut::Loop, domain::trigger::Cut::Depth]);
    mischances: agreed_choice("mischance", samples::mischances());
    trigger_lines: agreed("trigger-line", [samples::trigger_line()]);
    triggers_kept: agreed("trigger-kept", [samples::trigger_kept()]);
    trials: agreed("tried", [samples::tried()]);
    profiles: agreed("profile", [samples::profile()]);
    profile_changes: agreed("profile-change", [samples::profile_change()]);
    themes: agreed_choice("theme", domain::profile::Theme::ALL);
    factors: agreed("factor-setup", [samples::factor_setup()]);
    sessions: agreed("session", [samples::session()]);
    audit_kinds: agreed_choice("audit-kind", samples::audit_kinds());
    audit_authors: agreed_choice("audit-by", samples::audit_by());
    audit_subjects: agreed_choice("audit-about", samples::audit_about());
    audit_pages: agreed("audit-page", [samples::audit_page()]);
    audit_filters: agreed("audit-filter", [samples::audit_filter()]);
    monitor_news: agreed_choice("monitor-news", samples::monitor_news());
    applications_kept: agreed("application-kept", [samples::application_kept()]);
    what_is_foreseen: agreed("foreseen", [samples::foreseen()]);
    special_days: agreed_choice("special-day", samples::specials());
    calendars: agreed("calendar", [samples::calendar()]);
    misreadings: agreed_choice("misread", samples::whys());
    house_pieces: agreed_choice("house-piece", samples::pieces());
    house_entries: agreed("house-entry", [samples::house_entry()]);
    house_changes: agreed_choice("house-change", samples::house_changes());
    groups: agreed("groups", [samples::groups()]);
    group_changes: agreed_choice("group-change", samples::group_changes());
    agents_kept: agreed("agents", [samples::agents_kept()]);
    agent_changes: agreed_choice("agent-change", samples::agent_changes());
    first_runs: agreed("first-run", [samples::first_run()]);
    articles_kept: agreed("article-kept", [samples::article_kept()]);
    knowledge_bases: agreed("knowledge", [samples::knowledge()]);
    section_changes: agreed_choice("section-change", samples::section_changes());
    pictures: agreed("picture", samples::pictures());
    searches: agreed("searches", [samples::searches()]);
    parameters: agreed("parameters", [samples::parameters()]);
    tag_lines: agreed("tag-line", [samples::tag_line()]);
    tag_changes: agreed_choice("tag-change", samples::tag_changes());
}

fn longest<T: Wire>(value: &T) -> usize {
    let json = serde_json::to_vec(value).expect("it can be written").len();
    postcard::to_allocvec(value).expect("it can be written").len().max(json)
}

#[test]
fn the_longest_message_passes_its_door() {
    // Four bytes in UTF-8, and six in JSON where a browser escapes it.
    for letter in ["👋", "\u{1}"] {
        let act = domain::Act::Post { text: letter.repeat(domain::act::MESSAGE_LIMIT) };
        let wish = domain::event::Wish { id: "x".repeat(domain::id::LIMIT), act };

        assert!(longest(&wish) <= domain::wire::BODY_LIMIT);
    }
}

#[test]
fn every_frame_of_a_client_passes_the_socket() {
    assert!(samples::ups().iter().all(|up| longest(up) <= domain::wire::FRAME_LIMIT));
}

static SOUND: LazyLock<Vec<Vec<u8>>> = LazyLock::new(samples::sound);

/// Reads bytes as everything that a door, a socket or the disk may be asked to read.
fn read_all(bytes: &[u8]) {
    fn read<T: Wire>(bytes: &[u8]) {
        if let Ok(value) = postcard::from_bytes::<T>(bytes) {
            let again = postcard::to_allocvec(&value).expect("what was read can be written");
            assert_eq!(postcard::from_bytes::<T>(&again), Ok(value));
        }
        if let Ok(value) = serde_json::from_slice::<T>(bytes) {
            let again = serde_json::to_vec(&value).expect("what was read can be written");
            assert_eq!(serde_json::from_slice::<T>(&again).expect("and read again"), value);
        }
    }
    read::<domain::wire::Up>(bytes);
    read::<domain::wire::Down>(bytes);
    read::<domain::wire::Open>(bytes);
    read::<domain::offline::Offline>(bytes);
    read::<domain::application::Setup>(bytes);
    read::<domain::application::Settings>(bytes);
    read::<domain::wire::Page>(bytes);
    read::<domain::event::Wish>(bytes);
    read::<domain::TicketAct>(bytes);
    read::<domain::TicketEvent>(bytes);
    read::<domain::trigger::Trigger>(bytes);
    read::<domain::Trouble>(bytes);
    read::<domain::Event>(bytes);
    read::<domain::Chat>(bytes);
    read::<domain::wire::Lists>(bytes);
    read::<domain::application::ApplicationView>(bytes);
    read::<domain::article::Vote>(bytes);
    read::<domain::monitor::News>(bytes);
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn whatever_bytes_come_reading_them_never_panics(bytes in vec(any::<u8>(), 0..200)) {
        read_all(&bytes);
    }

    /// A byte of something sound is changed, or its end is cut off.
    #[test]
    fn damaged_words_never_panic(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte: u8, cut: bool) {
        let mut bytes = which.get(&SOUND).clone();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] = byte;
        }
        read_all(&bytes);
    }
}
