//! The numbers of a period: what the rule says of the log, what SQL says of the facts, and what is read from sums are
//! one and the same, whatever happened (indicators.md e.4).

use crate::world::*;
use desk::Error;
use domain::act::Target;
use domain::audit::{About, By, Kind};
use domain::group::change::Change as GroupChange;
use domain::indicators::{
    After, Again, Choice, Choices, Fact, Figures, Filter, Indicator, Message, Moment, Period, Query, Ranks, Report,
    Row, Stretch, Touched, Zone, figures,
};
use domain::parameters::Parameters;
use domain::portal::Guest;
use domain::presence::HOLD;
use domain::ticket::Change;
use domain::wire::Down;
use domain::{Act, Origin, Reason, Refusal, Span, Stage, Status, Thread, Ticket, TicketAct, TicketEvent, Time, Told};
use sqlx::{AssertSqlSafe, Executor, Row as _};

mod rebuild;
mod zones;

/// From long before until long after every story.
fn always() -> Period {
    range("2000-01-01", "2100-01-01")
}

fn range(from: &str, to: &str) -> Period {
    let moment = |text: &str| Moment::try_from(text.to_owned()).unwrap();
    Period::Range { from: moment(from), to: moment(to) }
}

fn only(agents: &[&str], groups: &[&str]) -> Filter {
    let all = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    Filter { agents: all(agents), groups: all(groups), ..Filter::default() }
}

impl World {
    async fn report(&self, who: &str, period: Period, filter: &Filter) -> Report {
        self.desk.indicators(self.agent(who), period, filter).await.unwrap()
    }

    /// Marta's numbers of all time.
    async fn figures(&self) -> Figures {
        self.report(MARTA, always(), &Filter::default()).await.figures
    }

    async fn rows(&self, who: &str, filter: &Filter, indicator: Indicator) -> Vec<Row> {
        let (mut rows, mut after): (_, Option<After>) = (Vec::new(), None);
        loop {
            let page = self.desk.behind(self.agent(who), always(), filter, indicator, after.as_ref()).await.unwrap();
            rows.extend(page.rows);
            match page.after {
                Some(next) => after = Some(next),
                None => return rows,
            }
        }
    }

    /// The ticket of a chat is saved with this status.
    async fn saves(&self, who: &str, chat: &str, status: Status) -> Result<Ticket, Error> {
        let ticket = self.desk.ticket_of_chat(self.agent(who), chat).await?.ok_or(Refusal::NotYours)?;
        self.stands(who, &ticket, status).await
    }

    async fn stands(&self, who: &str, ticket: &Ticket, status: Status) -> Result<Ticket, Error> {
        self.changes(who, ticket, vec![Change::Status(status)]).await
    }

    async fn ids(&self, sql: &str) -> Vec<String> {
        let rows = self.look().await.fetch_all(AssertSqlSafe(sql.to_owned())).await.unwrap();
        rows.iter().map(|row| row.try_get(0).unwrap()).collect()
    }

    /// Everything that was ever kept, folded anew by the rules alone: no fact and no sum is looked at.
    async fn brute_force(&self) -> (Vec<Fact>, Vec<Message>) {
        let pool = self.look().await;
        let mut touched: Vec<Touched> = Vec::new();
        for id in self.ids("select id from tickets order by id").await {
            let sql = format!("select at, body from ticket_events where ticket_id = '{id}' order by seq");
            let mut ticket: Option<Ticket> = None;
            for row in pool.fetch_all(AssertSqlSafe(sql)).await.unwrap() {
                let at = Time(row.try_get(0).unwrap());
                let event: TicketEvent = serde_json::from_str(row.try_get(1).unwrap()).unwrap();
                let was = ticket.as_ref().map_or(Status::New, |ticket| ticket.status);
                match (&mut ticket, &event) {
                    (None, TicketEvent::Born(birth)) => ticket = Some(Ticket::open(id.clone(), at, birth)),
                    (Some(ticket), event) => ticket.apply(at, event),
                    (None, _) => panic!("a ticket without a birth"),
                }
                touched.extend(Touched::by(was, ticket.as_ref().unwrap(), &event, at));
            }
        }
        let mut facts = Vec::new();
        for id in self.ids("select id from chats order by id").await {
            let sql = format!(
                "select aside, seq, after_seq, at, act, body from events where chat_id = '{id}' order by after_seq, aside, seq"
            );
            let rows = pool.fetch_all(AssertSqlSafe(sql)).await.unwrap();
            let told: Vec<Told> = rows
                .iter()
                .map(|row| Told {
                    chat: id.clone(),
                    seq: row.try_get::<i64, _>(1).unwrap() as u32,
                    after: row.try_get::<i64, _>(2).unwrap() as u32,
                    at: Time(row.try_get(3).unwrap()),
                    act: row.try_get(4).unwrap(),
                    event: serde_json::from_str(row.try_get(5).unwrap()).unwrap(),
                })
                .collect();
            let mut thread = Thread::default();
            assert!(thread.hear_all(&told));
            let mut fact = Fact::of(&thread.chat.unwrap(), &Again::of(&told));
            touched.iter().for_each(|touched| fact.touch(touched));
            facts.push(fact);
        }
        let received = touched.into_iter().filter_map(|touched| match touched {
            Touched::Received(message) => Some(message),
            _ => None,
        });
        (facts, received.collect())
    }

    /// The rule, SQL over facts, and what the desk answers with agree on this question, and the lists with the rule.
    async fn agree(&self, zone: Zone, period: Period, filter: &Filter, all: &(Vec<Fact>, Vec<Message>)) {
        let report = self.report(MARTA, period, filter).await;
        let now = self.desk.now();
        let rule = |within| figures(&all.0, &all.1, within, filter, now);
        assert_eq!(report.within, zone.stretch(period, now));
        assert_eq!(report.figures, rule(report.within), "{period:?} {filter:?}");
        let before = rule(report.earlier);
        let before = Figures { beside: before.beside.with(Ranks::default()), ..before };
        assert_eq!(report.before, before, "before {period:?} {filter:?}");
        // Every step of the trend is a period of its own, and the first begins it.
        let begun = report.within.from < report.within.to.min(now + Span(1));
        assert_eq!(report.trend.first().map(|step| step.from), begun.then_some(report.within.from));
        let ends = report.trend.iter().skip(1).map(|step| step.from).chain([report.within.to]);
        for (step, to) in report.trend.iter().zip(ends) {
            let within = Stretch { from: step.from, to };
            assert_eq!(step.twelve, rule(within).twelve, "the step from {:?} of {period:?} {filter:?}", step.from);
        }
        self.sql_agrees(&report, filter, all).await;
    }

    /// All twelve as plain SQL over facts says them, as an operator would write it; of chats that are over.
    async fn sql_agrees(&self, report: &Report, filter: &Filter, all: &(Vec<Fact>, Vec<Message>)) {
        let least = Span::secs(self.desk.parameters(self.agent(MARTA)).await.unwrap().minimum_wait.into()).0;
        let listed = |ids: &[String]| ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
        let within = |column: &str| {
            let mut asked = format!("{column} >= {} and {column} < {}", report.within.from.0, report.within.to.0);
            for (column, ids) in [("group_id", &filter.groups), ("application_id", &filter.applications)] {
                if !ids.is_empty() {
                    asked.push_str(&format!(" and {column} in ({})", listed(ids)));
                }
            }
            asked
        };
        let queued = "origin in ('Widget', 'TicketCustomer')";
        let asked = [within("queued_at"), if filter.begun { String::new() } else { format!(" and {queued}") }].concat();
        let by = |condition: &str| match filter.agents.is_empty() {
            true => "1 = 1".to_owned(),
            false => condition.replace('?', &listed(&filter.agents)),
        };
        let part = by("exists (select 1 from chat_fact_agents a where a.chat_id = c.chat_id and a.agent_id in (?))");
        let (saved, first) = (by("saved_by in (?)"), by("attended_by in (?)"));
        let gave_up = "case when end_reason = 'connection' then coalesce(disconnected_at, ended_at) else ended_at end - queued_at";
        let deserted = format!(
            "attended_at is null and end_reason in ('customer', 'connection') and (waiting_messages > 0 or {gave_up} >= {least})"
        );
        let lengths = [
            (format!("attended_at is not null and {part}"), "ended_at - attended_at"),
            (format!("attended_at is not null and {queued} and {first}"), "attended_at - queued_at"),
            (deserted.clone(), gave_up),
        ];
        let counts = [
            format!("attended_at is not null and {part}"),
            format!("attended_at is not null and first_status in ('Resolved', 'Closed') and {saved}"),
            format!("attended_at is not null and first_status in ('New', 'InAttendance', 'Stopped') and {saved}"),
            format!("{deserted} and waiting_messages > 0"),
        ];
        let mut columns: Vec<String> =
            counts.iter().map(|is| format!("cast(sum(case when {is} then 1 else 0 end) as bigint)")).collect();
        for (is, length) in &lengths {
            columns.push(format!("cast(sum(case when {is} then 1 else 0 end) as bigint)"));
            columns.push(format!("cast(sum(case when {is} then {length} else 0 end) as bigint)"));
            columns.push(format!("max(case when {is} then {length} end)"));
        }
        let sql = format!("select {} from chat_facts c where {asked}", columns.join(", "));
        let row = self.look().await.fetch_one(AssertSqlSafe(sql)).await.unwrap();
        let number = |column: usize| row.try_get::<Option<i64>, _>(column).unwrap();
        let count = |column| Some(number(column).unwrap_or(0) as u64);
        let longest = |column| number(column).map(|ms| Span(ms).as_secs() as u64);
        let mean = |many: usize| match (number(many), number(many + 1)) {
            (Some(many), Some(total)) if many > 0 => Some(((2 * total + 1_000 * many) / (2_000 * many)) as u64),
            _ => None,
        };
        let offline = self.count(&format!("select count(*) from offline_facts where {}", within("at"))).await as u64;
        let mut twelve = [
            count(0),
            count(1),
            count(2),
            Some(offline),
            longest(6),
            mean(4),
            longest(9),
            mean(7),
            count(10),
            count(3),
            longest(12),
            mean(10),
        ];
        for indicator in Indicator::ALL.into_iter().filter(|i| !filter.agents.is_empty() && !i.is_of_agents()) {
            twelve[indicator as usize] = None;
        }
        let over: Vec<Fact> = all.0.iter().filter(|fact| fact.end.is_some()).cloned().collect();
        let rule = figures(&over, &all.1, report.within, filter, self.desk.now());
        assert_eq!(twelve, rule.twelve, "{filter:?}");
    }

    /// What no die throws: somebody goes on with a ticket of his, speaks with its owner, and is called by her.
    async fn speaks_of_a_ticket(&mut self) {
        let related = self.leaves_ticket("phone", "u1", Status::Stopped).await;
        self.wait(Span::secs(77)).await;
        self.identifies("laptop", "u1").await.unwrap();
        let again = self.goes_on("laptop", &related.id).await.unwrap();
        self.wait(Span::secs(31)).await;
        self.does(TOMAS, &again, Act::Attend).await.unwrap();
        let ticket = self.desk.ticket(self.agent(INES), &related.id).await.unwrap();
        let ticket = self.stands(INES, &ticket, Status::Resolved).await.unwrap();
        self.does(TOMAS, &again, Act::Close).await.unwrap();
        let guest = Guest { customer: ticket.customer.clone(), address: None };
        let outer = self.id();
        self.desk.call_owner(&guest, "es", &ticket.id, &outer).await.unwrap();
        self.wait(Span::secs(12)).await;
        self.does(INES, &outer, Act::Close).await.unwrap();
        let called = self.called(&guest, &ticket).await;
        self.does(INES, &called, Act::Close).await.unwrap();
    }

    async fn in_zone(&self, zone: &str) {
        self.sets_parameters(Parameters { zone: zone.into(), ..Parameters::default() }).await;
    }
}

#[tokio::test]
async fn a_chat_is_counted_the_moment_it_happens() {
    let mut world = World::open().await;
    let before = world.figures().await;

    let chat = world.starts("ana", "returns").await;
    world.wait(Span::secs(30)).await;
    let waiting = world.figures().await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let attending = world.figures().await;
    world.wait(Span::secs(60)).await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let over = world.figures().await;
    world.saves(INES, &chat, Status::Resolved).await.unwrap();
    let saved = world.figures().await;

    assert_eq!((before.beside.requests, before.of(Indicator::MeanWait)), (Some(0), None));
    assert_eq!((waiting.beside.requests, waiting.beside.waiting), (Some(1), Some(1)));
    assert_eq!((attending.of(Indicator::Attended), attending.beside.running), (Some(1), Some(1)));
    assert_eq!((attending.of(Indicator::MeanWait), attending.beside.unanswered), (Some(30), Some(1)));
    assert_eq!((over.of(Indicator::LongestTalk), over.beside.unsaved), (Some(60), Some(1)));
    assert_eq!((over.of(Indicator::Resolved), saved.of(Indicator::Resolved)), (Some(0), Some(1)));
    assert_eq!((saved.beside.unsaved, saved.beside.running), (Some(0), Some(0)));
}

#[tokio::test]
async fn who_gives_up_is_counted_with_and_without_a_message_and_not_by_his_grace() {
    let mut world = World::open().await;

    let quiet = world.starts("ana", "returns").await;
    let said = world.starts("bea", "returns").await;
    world.says("bea", &said, "¿Hola?").await;
    world.wait(Span::secs(40)).await;
    world.does("bea", &said, Act::Close).await.unwrap();
    world.leaves("ana").await;
    world.sees_it_end(&quiet, HOLD, Stage::Waiting, Reason::Connection).await;
    let removed = world.starts("eva", "returns").await;
    world.does(INES, &removed, Act::Remove).await.unwrap();
    let numbers = world.figures().await;

    assert_eq!((numbers.of(Indicator::Deserted), numbers.of(Indicator::WithMessage)), (Some(2), Some(1)));
    assert_eq!((numbers.of(Indicator::LongestDesertion), numbers.of(Indicator::MeanDesertion)), (Some(40), Some(40)));
    assert_eq!((numbers.beside.removed, numbers.beside.lost), (Some(1), Some(0)));
    let rows = world.rows(MARTA, &Filter::default(), Indicator::Deserted).await;
    let behind: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(behind, [said.as_str(), quiet.as_str()]);
    assert_eq!((rows[0].customer.name.as_str(), rows[0].messages, rows[0].wait), ("bea", 1, Some(40)));
    assert!(rows[0].ticket.is_some() && rows[1].ticket.is_none());
}

/// indicators.md e.1-9: two close their tabs while we are down, and nobody can say whether they had given up before.
#[tokio::test]
async fn who_waited_when_we_went_down_is_no_deserter_unless_he_came_back_and_left() {
    let mut world = World::open().await;
    let said = world.starts("ana", "returns").await;
    world.says("ana", &said, "Mi pedido no llegó").await;
    let quiet = world.starts("bea", "returns").await;
    let back = world.starts("eva", "returns").await;

    world.restart(Span::minutes(30)).await;
    world.comes("eva").await;
    world.wait(Span::secs(10)).await;
    world.leaves("eva").await;
    world.wait(just_over(HOLD)).await;
    let numbers = world.figures().await;

    for (chat, reason) in [(&said, Reason::System), (&quiet, Reason::System), (&back, Reason::Connection)] {
        assert_eq!(world.chat(chat).await.stage, Stage::Ended(reason));
    }
    assert_eq!((numbers.of(Indicator::Deserted), numbers.of(Indicator::WithMessage)), (Some(1), Some(0)));
    assert_eq!((numbers.beside.requests, numbers.beside.lost, numbers.beside.waiting), (Some(3), Some(2), Some(0)));
    let rows = world.rows(MARTA, &Filter::default(), Indicator::Deserted).await;
    assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [back.as_str()]);
    // What was said is not lost with who said it.
    let ticket = world.desk.ticket_of_chat(world.agent(MARTA), &said).await.unwrap().unwrap();
    assert_eq!((ticket.owner, ticket.first_status), (None, Some(Status::New)));
    assert_eq!(ticket.subject, "Mi pedido no llegó");
    assert_eq!(world.count("select count(*) from tickets").await, 1);
    assert_eq!(world.count("select count(*) from chats where end_reason = 'system'").await, 2);
    assert!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences.is_empty());
}

#[tokio::test]
async fn an_offline_message_is_counted_once_and_is_no_desertion() {
    let world = World::empty().await;
    let message = world.message("ana", "¿Cuándo llega?");

    world.desk.leave_message(&world.token("ana"), &message).await.unwrap();
    world.desk.leave_message(&world.token("ana"), &message).await.unwrap();
    let numbers = world.figures().await;
    let rows = world.rows(MARTA, &Filter::default(), Indicator::Offline).await;

    assert_eq!((numbers.of(Indicator::Offline), numbers.of(Indicator::Deserted)), (Some(1), Some(0)));
    assert_eq!((rows.len(), rows[0].is_chat, rows[0].customer.name.as_str()), (1, false, "ana"));
}

#[tokio::test]
async fn who_administers_a_group_reads_its_numbers_and_no_others() {
    let mut world = World::open().await;
    world.starts("ana", "returns").await;
    world.starts("bea", "choose").await;
    let requests = async |who: &str, groups: &[&str]| {
        world.report(who, always(), &only(&[], groups)).await.figures.beside.requests.unwrap()
    };

    assert_eq!((requests(MARTA, &[]).await, requests(MARTA, &["choose"]).await), (2, 1));
    assert_eq!((requests(INES, &[]).await, requests(INES, &["returns", "choose"]).await), (1, 1));
    // What is not his and what is not there are the same.
    assert_eq!((requests(INES, &["choose"]).await, requests(INES, &["nowhere"]).await), (0, 0));
    assert!(world.rows(INES, &only(&[], &["choose"]), Indicator::Attended).await.is_empty());
    let choices = world.report(INES, always(), &Filter::default()).await.choices;
    assert_eq!(choices.groups.iter().map(|g| g.id.as_str()).collect::<Vec<_>>(), ["returns"]);
    assert!(!choices.agents.iter().any(|agent| agent.id == world.agent(LUCIA).face.id));
    let filter = Filter::default();
    for who in [TOMAS, LUCIA] {
        let agent = world.agent(who);
        let query = Query::default();
        assert_eq!(refusal(world.desk.indicators(agent, always(), &filter).await), Refusal::OnlyAdministrators);
        let behind = world.desk.behind(agent, always(), &filter, Indicator::Attended, None).await;
        assert_eq!(refusal(behind), Refusal::OnlyAdministrators);
        let all = world.desk.all_behind(agent, &query, Indicator::Attended, &here()).await;
        assert_eq!(refusal(all), Refusal::OnlyAdministrators);
    }
    let too_many = Filter { groups: vec!["x".into(); 51], ..Filter::default() };
    let asked = world.desk.indicators(world.agent(MARTA), always(), &too_many).await;
    assert_eq!(refusal(asked), Refusal::Malformed);
}

#[tokio::test]
async fn who_has_left_a_group_and_what_is_retired_can_still_be_asked_for() {
    let (world, chat) = World::with_conversation().await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    let signed = world.signed(MARTA).await;
    let ines = world.agent(INES).face.id.clone();
    let choices = async || world.report(MARTA, always(), &Filter::default()).await.choices;
    let gone = |all: &[Choice], id: &str| all.iter().find(|one| one.id == id).map(|one| one.gone);
    let before = choices().await;

    let read = world.desk.groups(world.agent(MARTA)).await.unwrap().lines;
    for group in ["returns", "orders"] {
        let line = read.iter().find(|line| line.sheet.id == group).unwrap();
        let mut sheet = line.sheet.clone();
        sheet.members.retain(|member| member.agent != ines);
        let change = GroupChange::Keep { sheet, read: Some(line.sheet.clone()) };
        world.desk.change_group(&signed, &change, &here()).await.unwrap();
    }
    let retire = GroupChange::Retire { group: "returns".into(), retired: true };
    world.desk.change_group(&signed, &retire, &here()).await.unwrap();
    for application in ["shop", "catalogue"] {
        world.desk.retire_application(&signed, application, true, &here()).await.unwrap();
    }
    let after = choices().await;

    assert_eq!((gone(&before.agents, &ines), gone(&after.agents, &ines)), (Some(false), Some(true)));
    assert_eq!((gone(&before.groups, "returns"), gone(&after.groups, "returns")), (Some(false), Some(true)));
    let applications = |all: &Choices| ["shop", "catalogue"].map(|id| gone(&all.applications, id));
    assert_eq!((applications(&before), applications(&after)), ([Some(false); 2], [Some(true), None]));
    assert!(after.agents.last().is_some_and(|agent| agent.id == ines), "who is gone comes last");
    let of_ines = world.report(MARTA, always(), &only(&[&ines], &["returns"])).await;
    assert_eq!(of_ines.figures.of(Indicator::Attended), Some(1));
}

#[tokio::test]
async fn a_list_is_read_page_by_page_and_shows_each_once() {
    let world = World::open().await;
    let mut all = Vec::new();
    for n in 0..105 {
        let name = format!("cliente-{n}");
        let chat = world.sends_the_form(&name, "returns").await;
        if n % 2 == 0 {
            world.does(&name, &chat, Act::Close).await.unwrap();
            all.push(chat);
        }
    }

    let rows = world.rows(MARTA, &Filter::default(), Indicator::Deserted).await;

    all.reverse();
    assert_eq!(rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>(), all);
}

#[tokio::test]
async fn behind_the_longest_of_a_length_the_very_chat_comes_first_page_by_page() {
    let world = World::open().await;
    let mut all = Vec::new();
    for n in 0..60 {
        let name = format!("cliente-{n}");
        let chat = world.sends_the_form(&name, "returns").await;
        // Neither as they came nor the other way round, and three of each.
        let waits = Span::secs(n * 7 % 20);
        world.wait(waits).await;
        world.does(&name, &chat, Act::Close).await.unwrap();
        all.push((waits, chat));
    }
    let talks = world.sends_the_form("ana", "returns").await;
    world.does(INES, &talks, Act::Attend).await.unwrap();
    world.wait(Span::secs(5)).await;
    world.does(INES, &talks, Act::Close).await.unwrap();
    let short = world.sends_the_form("eva", "returns").await;
    world.wait(Span::secs(3)).await;
    world.does(INES, &short, Act::Attend).await.unwrap();
    world.wait(Span::secs(1)).await;
    world.does(INES, &short, Act::Close).await.unwrap();
    let runs = world.sends_the_form("bea", "returns").await;
    world.wait(Span::secs(2)).await;
    world.does(INES, &runs, Act::Attend).await.unwrap();

    let behind = async |indicator| world.rows(MARTA, &Filter::default(), indicator).await;
    let ids = |rows: &[Row]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
    let deserted = behind(Indicator::LongestDesertion).await;

    all.sort();
    assert_eq!(ids(&deserted), all.into_iter().rev().map(|(_, chat)| chat).collect::<Vec<_>>());
    assert_eq!(deserted[0].wait, world.figures().await.of(Indicator::LongestDesertion));
    assert_eq!(ids(&behind(Indicator::LongestTalk).await), [talks.clone(), short.clone()]);
    assert_eq!(ids(&behind(Indicator::MeanTalk).await), [short.clone(), talks.clone()]);
    assert_eq!(ids(&behind(Indicator::LongestWait).await), [short, runs, talks]);
}

#[tokio::test]
async fn a_conversation_among_agents_is_counted_the_moment_it_happens() {
    let mut world = World::open().await;
    let (ticket, chat) = (world.opens_ticket(INES, "returns", "Silla").await, world.id());
    world.comes(MARTA).await;
    // She is not in it: that numbers are others is all she hears.
    let counted = |down: &Down| match down {
        Down::Counted => Some(()),
        Down::Told(_) | Down::Card(_) => panic!("she heard of it"),
        _ => None,
    };
    let begun = Filter { begun: true, ..Filter::default() };

    world.begins(INES, &ticket.id, &chat).await.unwrap();
    world.hears_next(MARTA, counted).await;
    let alone = world.report(MARTA, always(), &begun).await.figures;
    world.says(INES, &chat, "¿Qué le decimos?").await;
    world.hears_next(MARTA, counted).await;
    let answered = world.report(MARTA, always(), &begun).await.figures;
    let tomas = world.agent(TOMAS).face.id.clone();
    world.does(INES, &chat, Act::Invite { agent: tomas }).await.unwrap();
    world.does(TOMAS, &chat, Act::Join).await.unwrap();
    world.hears_next(MARTA, counted).await;

    assert_eq!((alone.of(Indicator::Attended), alone.of(Indicator::Unanswered)), (Some(1), Some(1)));
    assert_eq!((answered.beside.running, answered.of(Indicator::Unanswered)), (Some(1), Some(0)));
}

#[tokio::test]
async fn what_was_transferred_belongs_to_the_group_in_which_it_was_attended() {
    let (mut world, chat) = World::with_conversation().await;
    let to = Target::Group("orders".into());
    world.wait(Span::secs(5)).await;
    world.does(INES, &chat, Act::Redirect { to }).await.unwrap();
    world.wait(Span::secs(50)).await;
    world.does(TOMAS, &chat, Act::Attend).await.unwrap();
    world.does(TOMAS, &chat, Act::Close).await.unwrap();

    let of = async |agents: &[&str], groups: &[&str]| {
        world.report(MARTA, always(), &only(agents, groups)).await.figures.of(Indicator::Attended)
    };
    let (ines, tomas) = (world.agent(INES).face.id.clone(), world.agent(TOMAS).face.id.clone());

    assert_eq!((of(&[], &["returns"]).await, of(&[], &["orders"]).await), (Some(1), Some(0)));
    assert_eq!(
        (of(&[&ines], &[]).await, of(&[&tomas], &[]).await, of(&[&ines, &tomas], &[]).await),
        (Some(1), Some(1), Some(1))
    );
    assert_eq!(world.count("select waited_again from chat_facts").await, 50_000);
    world.starts("eva", "orders").await;
}

/// Merged twice while it is spoken of: the status is that of the one that is left, not that of what was closed.
#[tokio::test]
async fn a_chat_about_a_ticket_that_was_merged_counts_with_the_one_that_is_left() {
    let mut world = World::open().await;
    let related = world.leaves_ticket("phone", "u1", Status::Stopped).await;
    world.identifies("laptop", "u1").await.unwrap();
    let chat = world.goes_on("laptop", &related.id).await.unwrap();
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let second = world.opens_ticket(INES, "returns", "Silla").await;
    let third = world.opens_ticket(INES, "returns", "Mesa").await;
    let third = world.stands(INES, &third, Status::InAttendance).await.unwrap();
    for (from, into) in [(&related.id, &second), (&second.id, &third)] {
        let merge = TicketAct::Merge { number: into.number };
        world.desk.save_ticket(world.agent(INES), from, &world.id(), &merge).await.unwrap();
    }
    let before = world.figures().await;

    world.does(INES, &chat, Act::Close).await.unwrap();

    let after = world.figures().await;
    let of = |figures: &Figures| [Indicator::Resolved, Indicator::Unresolved].map(|one| figures.of(one));
    assert_eq!((of(&before), of(&after)), ([Some(0), Some(1)], [Some(0), Some(2)]));
    let kept = format!("select count(*) from chat_facts where chat_id = '{chat}' and ticket_id = '{}'", third.id);
    assert_eq!(world.count(&kept).await, 1);
    let linked = world.desk.ticket(world.agent(INES), &third.id).await.unwrap().chats;
    assert!(linked.iter().any(|linked| linked.chat == chat), "{linked:?}");
}

#[tokio::test]
async fn erasing_somebody_changes_no_number() {
    let (world, chat) = World::with_conversation().await;
    world.says("ana", &chat, "Soy Ana").await;
    world.does(INES, &chat, Act::Close).await.unwrap();
    world.saves(INES, &chat, Status::Stopped).await.unwrap();
    let before = world.figures().await;

    let customer = world.chat(&chat).await.customer.id;
    world.desk.erase_customer(world.agent(MARTA), &customer, &here()).await.unwrap();

    assert_eq!(world.figures().await, before);
    let rows = world.rows(MARTA, &Filter::default(), Indicator::Attended).await;
    assert_eq!((rows[0].id.as_str(), rows[0].customer.name.as_str()), (chat.as_str(), ""));
    assert!(desk::indicators::rebuild(&world.settings.database).await.unwrap().differences.is_empty());
}

/// A chat of Inés alone, and one that she had, gave to Tomás, and Marta joined.
async fn shared(world: &mut World) {
    let alone = world.starts("ana", "returns").await;
    world.does(INES, &alone, Act::Attend).await.unwrap();
    world.does(INES, &alone, Act::Close).await.unwrap();
    let chat = world.starts("bea", "returns").await;
    world.does(INES, &chat, Act::Attend).await.unwrap();
    let tomas = Target::Agent(world.agent(TOMAS).face.id.clone());
    world.does(INES, &chat, Act::Redirect { to: tomas }).await.unwrap();
    world.does(MARTA, &chat, Act::Join).await.unwrap();
    world.wait(Span::secs(60)).await;
    world.does(TOMAS, &chat, Act::Close).await.unwrap();
}

#[tokio::test]
async fn what_several_agents_shared_counts_once_for_all_of_them() {
    let mut world = World::open().await;
    shared(&mut world).await;
    let attended = async |who: &[&str], applications: &[&str]| {
        let agents = who.iter().map(|who| world.agent(who).face.id.clone()).collect();
        let applications = applications.iter().map(|id| (*id).to_owned()).collect();
        let figures =
            world.report(MARTA, always(), &Filter { agents, applications, ..Filter::default() }).await.figures;
        (figures.of(Indicator::Attended).unwrap(), figures.beside.unsaved.unwrap())
    };

    for applications in [&[][..], &["shop"], &["shop", "catalogue"]] {
        assert_eq!(attended(&[INES], applications).await, (2, 2));
        assert_eq!(attended(&[TOMAS, TOMAS], applications).await, (1, 1));
        assert_eq!(attended(&[INES, TOMAS], applications).await, (2, 2));
        assert_eq!(attended(&[MARTA, TOMAS], applications).await, (1, 1));
        assert_eq!(attended(&[TOMAS, INES, LUCIA, MARTA], applications).await, (2, 2));
        assert_eq!(attended(&[LUCIA], applications).await, (0, 0));
    }
    assert_eq!(attended(&[INES, TOMAS], &["catalogue"]).await, (0, 0));
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, of: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % of
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        (!of.is_empty()).then(|| &of[self.roll(of.len())])
    }
}

const AGENTS: [&str; 4] = [INES, TOMAS, LUCIA, MARTA];
/// As what a ticket is saved first.
const SAVED: [Status; 6] =
    [Status::Resolved, Status::Stopped, Status::Resolved, Status::Canceled, Status::InAttendance, Status::Closed];

/// One thing that may happen; what is refused did not.
async fn happens(world: &mut World, dice: &mut Dice, chats: &mut Vec<(String, String)>) {
    let who = AGENTS[dice.roll(4)];
    let group = ["returns", "orders", "choose"][dice.roll(3)];
    let (name, chat) = dice.one(chats).cloned().unwrap_or_default();
    let pick = dice.roll(1_000);
    let ticket =
        async |world: &World| match world.ids("select id from tickets where saved_at is not null order by id").await {
            ids if ids.is_empty() => None,
            ids => world.desk.ticket(world.agent(MARTA), &ids[pick % ids.len()]).await.ok(),
        };
    match dice.roll(24) {
        0..=4 => {
            let name = format!("cliente-{}", chats.len());
            let chat = match pick % 4 {
                0 => world.starts_without_address(&name).await,
                _ => world.starts(&name, group).await,
            };
            chats.push((name, chat));
        }
        5..=8 => drop(world.does(who, &chat, Act::Attend).await),
        9 if !name.is_empty() => drop(world.does(&name, &chat, Act::Post { text: "hola".into() }).await),
        10 => drop(world.does(who, &chat, Act::Post { text: "buenas".into() }).await),
        11 => drop(world.does(who, &chat, Act::Redirect { to: Target::Group(group.into()) }).await),
        12 => {
            let to = Target::Agent(world.agent(AGENTS[dice.roll(4)]).face.id.clone());
            drop(world.does(who, &chat, Act::Redirect { to }).await);
        }
        13 => drop(world.does(who, &chat, Act::Join).await),
        14 | 15 => drop(world.does(who, &chat, Act::Close).await),
        16 if !name.is_empty() => drop(world.does(&name, &chat, Act::Close).await),
        17 => {
            world.leaves(&name).await;
            world.wait(just_over(HOLD)).await;
        }
        18 | 19 => drop(world.saves(who, &chat, SAVED[dice.roll(6)]).await),
        20 => {
            if let Some(ticket) = ticket(world).await {
                let opens = ticket.status == Status::Resolved;
                let status = if opens { Status::InAttendance } else { Status::ALL[dice.roll(6)] };
                drop(world.stands(MARTA, &ticket, status).await);
            }
        }
        21 => {
            if let Some(ticket) = ticket(world).await {
                let (id, customer) = (world.id(), ticket.customer.clone());
                let begun = match pick % 2 {
                    0 => world.begins(who, &ticket.id, &id).await,
                    _ => world.desk.call_owner(&Guest { customer, address: None }, "es", &ticket.id, &id).await,
                };
                if begun.is_ok() {
                    chats.push((String::new(), id));
                }
            }
        }
        22 => {
            let message = world.message("quien-escribe", "¿Hola?");
            drop(world.desk.leave_message(&token(&message.open.id), &message).await);
        }
        _ => world.wait(Span(1_000 * 3_600 * dice.roll(200) as i64 + 777)).await,
    }
    world.wait(Span(dice.roll(90_000) as i64)).await;
}

/// The numbers that a history is made of, in which zone, and so many days later it begins: a few days before the
/// clocks change in Santiago and in Madrid. More of them: `RECADO_SEEDS=7,8,9`.
fn histories() -> Vec<(u64, &'static str, i64)> {
    let fixed = [(1, "America/Santiago", 130), (2, "Europe/Madrid", 123), (3, "Pacific/Kiritimati", 0)];
    let asked = std::env::var("RECADO_SEEDS").unwrap_or_default();
    let more = asked.split(',').filter(|seed| !seed.is_empty()).map(|seed| seed.trim().parse::<u64>().unwrap());
    let more = more.map(|seed| (seed, fixed[seed as usize % 3].1, fixed[seed as usize % 3].2));
    fixed.into_iter().chain(more).collect()
}

#[tokio::test]
async fn the_rule_the_facts_and_the_sums_say_the_same_of_every_history() {
    for (seed, zone, later) in histories() {
        let mut world = World::open().await;
        world.in_zone(zone).await;
        world.wait(Span::hours(24 * later)).await;
        let zone = Zone::of(zone).unwrap();
        let begun = world.desk.now();
        let day = |n: i64| (begun + Span::hours(24 * n)).civil(0).day();
        let lasts = |n| zone.stretch(range(&day(n), &day(n + 1)), begun);
        let turns = (0..8).map(lasts).any(|day| day.to - day.from != Span::hours(24));
        assert_eq!(turns, later > 0, "seed {seed}: the clocks change soon");
        world.speaks_of_a_ticket().await;
        shared(&mut world).await;
        let (mut dice, mut chats) = (Dice(seed), Vec::new());
        for step in 0..240 {
            happens(&mut world, &mut dice, &mut chats).await;
            if step % 80 != 79 {
                continue;
            }
            let all = world.brute_force().await;
            let id = |who: &str| world.agent(who).face.id.clone();
            let [ines, tomas, lucia, marta] = AGENTS.map(id);
            let everything = Filter { begun: true, ..Filter::default() };
            for filter in [
                Filter::default(),
                everything,
                only(&[], &["returns"]),
                only(&[&ines], &[]),
                only(&[&ines, &tomas], &["returns", "orders"]),
                only(&[&ines, &tomas, &lucia, &marta], &[]),
                Filter { applications: vec!["shop".into()], ..only(&[&tomas, &marta], &[]) },
                Filter { applications: vec!["catalogue".into()], ..Filter::default() },
            ] {
                let periods = [always(), Period::ThisMonth, Period::LastMonth, Period::Today, Period::ThisYear];
                let odd = range(&format!("{}T12:34", day(0)), &format!("{}T03:21", day(70)));
                let over_the_change = range(&day(1), &day(7));
                for period in periods.into_iter().chain([odd, over_the_change, range("2027-01-01", "2026-01-01")]) {
                    world.agree(zone, period, &filter, &all).await;
                }
                let (now, whole) = (world.desk.now(), world.report(MARTA, always(), &filter).await.figures);
                for indicator in Indicator::ALL.into_iter().chain(Indicator::BESIDE) {
                    let listed: Vec<String> =
                        world.rows(MARTA, &filter, indicator).await.into_iter().map(|row| row.id).collect();
                    let said = indicator.is_of_agents() || filter.agents.is_empty();
                    let counts = |f: &&Fact| filter.shows(f) && f.counts(indicator, &filter.agents, now) && said;
                    let mut wanted: Vec<(Time, String)> =
                        all.0.iter().filter(counts).map(|f| (f.place(indicator), f.chat.clone())).collect();
                    if indicator == Indicator::Offline && said {
                        let meant = all.1.iter().filter(|m| filter.means(&m.application, &m.group));
                        wanted.extend(meant.map(|m| (m.at, m.ticket.clone())));
                    }
                    wanted.sort();
                    let many = said.then_some(listed.len() as u64);
                    assert!(indicator.is_length() || whole.of(indicator) == many, "{indicator:?} {filter:?}");
                    assert_eq!(listed, wanted.into_iter().rev().map(|(_, id)| id).collect::<Vec<_>>(), "{indicator:?}");
                }
            }
        }
        let chat = world.starts("al-final", "returns").await;
        world.does(INES, &chat, Act::Attend).await.unwrap();
        world.does(INES, &chat, Act::Close).await.unwrap();
        let ticket = world.saves(INES, &chat, Status::Resolved).await.unwrap();
        world.wait(Span::hours(30)).await;
        world.stands(MARTA, &ticket, Status::InAttendance).await.unwrap();
        world.wait(Span::hours(200)).await;
        let all = world.brute_force().await;
        world.agree(zone, always(), &Filter::default(), &all).await;
        let (facts, messages) = all;
        let over = facts.iter().filter(|f| f.end.is_some()).count();
        assert!(over > 10 && !messages.is_empty(), "too little happened: {over} {}", messages.len());
        for origin in [Origin::TicketCustomer, Origin::TicketAgent] {
            assert!(facts.iter().any(|f| f.origin == origin), "no {origin:?}");
        }
        assert!(
            facts.iter().any(|f| f.application == "catalogue" && f.end.is_some()),
            "nothing of another application"
        );
        assert!(facts.iter().any(|f| f.agents.len() > 2), "nothing was shared by more than two");
        let was_reopened = |f: &Fact| f.saved.as_ref().is_some_and(|saved| saved.reopened_at.is_some());
        assert!(facts.iter().any(was_reopened), "nothing was opened again");
        let rebuilt = desk::indicators::rebuild(&world.settings.database).await.unwrap();
        assert_eq!(rebuilt.differences, Vec::<String>::new());
    }
}

/// Somebody comes, is attended and goes, so many times, a week apart.
async fn weeks(world: &mut World, many: usize) {
    for week in 0..many {
        let chat = world.starts(&format!("semana-{week}-{}", world.desk.now().0), "returns").await;
        world.does(INES, &chat, Act::Attend).await.unwrap();
        world.does(INES, &chat, Act::Close).await.unwrap();
        world.wait(Span::hours(7 * 24)).await;
    }
}

/// As many come and go as may until something is done.
async fn meanwhile<T>(world: &mut World, what: impl Future<Output = T>) -> (T, usize) {
    let is_done = std::cell::Cell::new(false);
    let work = async {
        let mut many = 0;
        while !is_done.get() {
            let chat = world.starts(&format!("entretanto-{many}"), "returns").await;
            world.does(INES, &chat, Act::Attend).await.unwrap();
            world.does(INES, &chat, Act::Close).await.unwrap();
            many += 1;
        }
        many
    };
    let what = async {
        let what = what.await;
        is_done.set(true);
        what
    };
    tokio::join!(what, work)
}

#[tokio::test]
async fn that_a_list_of_customers_was_taken_away_is_written_down() {
    let (world, _chat) = World::with_conversation().await;
    let query = Query { period: always(), ..Query::default() };

    let rows = world.desk.all_behind(world.agent(INES), &query, Indicator::Attended, &here()).await.unwrap();
    let page = world.desk.audit(world.agent(MARTA), &Default::default(), None).await.unwrap();

    assert_eq!(rows.len(), 1);
    let line = &page.lines[0];
    assert_eq!((line.kind, line.address.as_str()), (Kind::Exported, "203.0.113.0"));
    assert_eq!((&line.by, &line.about), (&By::Agent(world.agent(INES).face.clone()), &About::Thing("attended".into())));
    assert_eq!(line.group.as_ref().map(|group| group.id.as_str()), Some("returns"));
}

/// e.1-9: by the rule, by sums, by facts and by lists alike, forwards and back.
#[tokio::test]
async fn who_leaves_before_the_minimum_wait_is_counted_nowhere() {
    let mut world = World::open().await;
    for (name, waits, says) in [("ana", 3, ""), ("bruno", 4, "¿Hay alguien?"), ("carlos", 5, ""), ("dora", 60, "")] {
        let chat = world.starts(name, "returns").await;
        if !says.is_empty() {
            world.says(name, &chat, says).await;
        }
        world.clock.advance(Span::secs(waits));
        world.does(name, &chat, Act::Close).await.unwrap();
    }
    // Whose connection is gone gave up when it went, and not when we gave him up.
    let chat = world.starts("eva", "returns").await;
    world.wait(Span::secs(2)).await;
    world.leaves("eva").await;
    world.wait(just_over(HOLD)).await;
    assert!(world.chat(&chat).await.is_over());
    let waiting = world.starts("fede", "returns").await;
    let url = world.settings.database.clone();
    let set = async |minimum_wait| {
        let before = desk::parameters::parameters(&url).await.unwrap();
        let after = Parameters { minimum_wait, ..before.clone() };
        desk::parameters::set(&url, &before, &after).await.unwrap();
    };
    let zone = Zone::of("UTC").unwrap();
    let (facts, messages) = world.brute_force().await;

    for (least, requests, deserted) in [(0, 6, 5), (5, 4, 3), (60, 3, 2), (0, 6, 5)] {
        set(least).await;

        let counted = facts.iter().filter(|fact| !fact.is_brief(Span::secs(least.into()))).cloned().collect();
        let counted: (Vec<Fact>, Vec<Message>) = (counted, messages.clone());
        for period in [always(), Period::Today] {
            world.agree(zone, period, &Filter::default(), &counted).await;
            let report = world.report(MARTA, period, &Filter::default()).await;
            assert_eq!(report.figures.beside.requests, Some(requests), "{least} {period:?}");
            assert_eq!(report.figures.of(Indicator::Deserted), Some(deserted), "{least} {period:?}");
            assert_eq!((report.figures.beside.waiting, report.figures.beside.lost), (Some(1), Some(0)));
        }
        let page = world.desk.behind(world.agent(MARTA), always(), &Filter::default(), Indicator::Deserted, None).await;
        assert_eq!(page.unwrap().rows.len() as u64, deserted, "{least}");
        assert_eq!(desk::indicators::rebuild(&url).await.unwrap().differences, Vec::<String>::new(), "{least}");
    }
    // What ends from now on counts by the same minimum.
    set(5).await;
    world.does("fede", &waiting, Act::Close).await.unwrap();
    assert_eq!(world.figures().await.of(Indicator::Deserted), Some(3));
    assert_eq!(desk::indicators::rebuild(&url).await.unwrap().differences, Vec::<String>::new());
    let wrong = Parameters { minimum_wait: 3_601, ..Parameters::default() };
    assert!(desk::parameters::set(&url, &Parameters::default(), &wrong).await.is_err());
}
