//! `recado indicators`: the numbers of a period for an operator, and whether they are as the log says. And how
//! numbers are written for programs: JSON, and tables whose cells are safe to open.

use crate::config::At;
use clap::{Args, Subcommand};
use desk::indicators::{Named, NotFound};
use domain::Reason;
use domain::indicators::{Beside, Figures, Indicator, Moment, Period, Report, Row};
use serde_json::{Map, Value, json};

#[derive(Subcommand)]
pub enum Indicators {
    /// Make facts and sums anew from the log, and print what was otherwise; beside a running server, too
    Rebuild {
        #[command(flatten)]
        at: At,
    },
    /// Print the numbers of a period
    #[command(after_help = "Days begin in the zone of the house: `recado parameters`, zone.")]
    Show(Asked),
}

#[derive(Args)]
pub struct Asked {
    #[command(flatten)]
    at: At,
    /// From then on, like 2026-11-01 or 2026-11-01T09:30
    #[arg(long, value_name = "MOMENT", requires = "to")]
    from: Option<String>,
    /// And before then
    #[arg(long, value_name = "MOMENT", requires = "from")]
    to: Option<String>,
    /// Instead: today, yesterday, this-week, last-week, this-month … last-year [default: this-month]
    #[arg(long, value_name = "PERIOD", conflicts_with = "from")]
    period: Option<String>,
    /// Of this group, by its name; several: of any of them
    #[arg(long, value_name = "NAME")]
    group: Vec<String>,
    /// Of this application, by its public key
    #[arg(long, value_name = "KEY")]
    application: Vec<String>,
    /// Of this agent, by the address he signs in with
    #[arg(long, value_name = "EMAIL")]
    agent: Vec<String>,
    /// With conversations that agents began
    #[arg(long)]
    begun: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl Indicators {
    /// Does it, and answers with what to print.
    pub async fn run(self) -> Result<String, String> {
        match self {
            Indicators::Rebuild { at } => {
                let rebuilt = desk::indicators::rebuild(&at.database()?).await.map_err(broken)?;
                let mut lines = vec![format!("{} chats, {} offline messages.", rebuilt.chats, rebuilt.messages)];
                match rebuilt.differences.is_empty() {
                    true => lines.push("Differences: none.".into()),
                    false => {
                        lines.push(format!("Differences, put right: {}.", rebuilt.differences.len()));
                        lines.extend(rebuilt.differences);
                    }
                }
                Ok(lines.join("\n"))
            }
            Indicators::Show(asked) => asked.show().await,
        }
    }
}

impl Asked {
    async fn show(self) -> Result<String, String> {
        let moment = |text: String| Moment::try_from(text.clone()).map_err(|why| format!("`{text}`: {why}."));
        let period = match (self.from, self.to, self.period) {
            (Some(from), Some(to), _) => {
                let (from, to) = (moment(from)?, moment(to)?);
                if to < from {
                    return Err("The period ends before it begins.".into());
                }
                Period::Range { from, to }
            }
            (_, _, Some(word)) => Period::of_word(&word).ok_or_else(|| {
                let all: Vec<&str> = Period::NAMED.iter().map(|period| period.word()).collect();
                format!("There is no period `{word}`. There are: {}.", all.join(", "))
            })?,
            _ => Period::default(),
        };
        let named = Named { groups: self.group, applications: self.application, agents: self.agent, begun: self.begun };
        let now = desk::Clock::system().now();
        let shown = desk::indicators::show(&self.at.database()?, period, &named, now).await;
        let report = shown.map_err(|why| match why {
            NotFound::NoSuch(name) => format!("There is nothing called `{name}`."),
            NotFound::Broken(fault) => broken(fault),
        })?;
        if self.json {
            return serde_json::to_string_pretty(&json(&report)).map_err(|why| format!("It cannot be written: {why}."));
        }
        let mut lines = vec![format!("{} – {} ({})", report.within.from.utc(), report.within.to.utc(), report.zone)];
        for (word, value, is_length) in all(&report.figures) {
            let shown = match value {
                None => "—".into(),
                Some(value) if is_length => clock(value),
                Some(value) => value.to_string(),
            };
            lines.push(format!("{word:<32}{shown:>10}"));
        }
        Ok(lines.join("\n"))
    }
}

fn broken(fault: desk::Fault) -> String {
    format!("The numbers cannot be reached: {fault}.")
}

/// `00:07:57`; hours go on after 24.
pub fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Every number with its word, and whether it is a length in seconds.
pub fn all(figures: &Figures) -> Vec<(&'static str, Option<u64>, bool)> {
    let twelve = Indicator::ALL.into_iter().map(|i| (i.word(), figures.of(i), i.is_length()));
    twelve.chain(figures.beside.named().map(|(word, value)| (word, value, Beside::is_length(word)))).collect()
}

/// Numbers for programs: counts, and lengths in seconds; null where there is nothing to say it of.
pub fn json(report: &Report) -> Value {
    let named = |figures: &Figures| -> Map<String, Value> {
        all(figures).into_iter().map(|(word, value, _)| (word.to_owned(), json!(value))).collect()
    };
    json!({
        "from": report.within.from.utc(),
        "to": report.within.to.utc(),
        "zone": report.zone,
        "figures": named(&report.figures),
        "before": named(&report.before),
        "earlier": { "from": report.earlier.from.utc(), "to": report.earlier.to.utc() },
    })
}

/// The same as a table: of which periods, and a row for each number.
pub fn figures_table(report: &Report) -> String {
    let (within, earlier) = (report.within, report.earlier);
    let mut rows = vec![
        ["indicator", "value", "before"].map(str::to_owned).to_vec(),
        vec!["from".into(), within.from.utc(), earlier.from.utc()],
        vec!["to".into(), within.to.utc(), earlier.to.utc()],
        vec!["zone".into(), report.zone.clone(), report.zone.clone()],
    ];
    let said = |value: Option<u64>| value.map_or(String::new(), |value| value.to_string());
    for ((word, value, _), (_, before, _)) in all(&report.figures).into_iter().zip(all(&report.before)) {
        rows.push(vec![word.to_owned(), said(value), said(before)]);
    }
    table(&rows)
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Customer => "customer",
        Reason::Agent => "agent",
        Reason::Connection => "connection",
        Reason::Staff => "staff",
        Reason::AgentLost => "agent-lost",
        Reason::System => "system",
    }
}

/// The columns of what is behind a number.
const COLUMNS: [&str; 13] = [
    "id",
    "number",
    "at",
    "customer",
    "group",
    "application",
    "wait_seconds",
    "talk_seconds",
    "attended",
    "end",
    "messages_while_waiting",
    "ticket",
    "first_reply_seconds",
];

fn cells(row: &Row) -> [Value; 13] {
    [
        json!(row.id),
        json!(row.number),
        json!(row.at.utc()),
        json!(row.customer.name),
        json!(row.group.name),
        json!(row.application.name),
        json!(row.wait),
        json!(row.talk),
        json!(row.attended),
        json!(row.end.map(reason)),
        json!(row.messages),
        json!(row.ticket.as_ref().map(|ticket| ticket.number)),
        json!(row.reply),
    ]
}

pub fn rows_json(rows: &[Row]) -> Value {
    let one = |row| COLUMNS.iter().map(|name| (*name).to_owned()).zip(cells(row)).collect::<Map<String, Value>>();
    Value::Array(rows.iter().map(|row| Value::Object(one(row))).collect())
}

pub fn rows_table(rows: &[Row]) -> String {
    let text = |value: Value| match value {
        Value::String(text) => text,
        Value::Null => String::new(),
        other => other.to_string(),
    };
    let mut all = vec![COLUMNS.map(str::to_owned).to_vec()];
    all.extend(rows.iter().map(|row| cells(row).map(text).to_vec()));
    table(&all)
}

/// Comma-separated, as RFC 4180 has it, and marked as UTF-8 for programs that would guess.
pub fn table(rows: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| row.iter().map(|text| cell(text)).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = rows.iter().map(line).collect();
    ["\u{feff}", &lines.join("\r\n"), "\r\n"].concat()
}

/// One cell. Where a spreadsheet would calculate what somebody typed, an apostrophe says that it is text (S28).
fn cell(text: &str) -> String {
    let calculates = text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']);
    let safe = if calculates { ["'", text].concat() } else { text.to_owned() };
    if calculates || safe.contains([',', '"', '\r', '\n', ';', '\'']) {
        return ["\"", &safe.replace('"', "\"\""), "\""].concat();
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_calculated_and_none_breaks_out_of_its_row() {
        for (text, wanted) in [
            ("Ana", "Ana"),
            ("", ""),
            ("Nieto, Carla", "\"Nieto, Carla\""),
            ("di \"hola\"", "\"di \"\"hola\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("+34", "\"'+34\""),
            ("-1", "\"'-1\""),
            ("@cmd", "\"'@cmd\""),
            ("  =1", "\"'  =1\""),
            ("\t=1", "\"'\t=1\""),
            ("\r=1", "\"'\r=1\""),
            ("a\nb", "\"a\nb\""),
        ] {
            assert_eq!(cell(text), wanted);
        }
    }

    #[test]
    fn lengths_are_shown_as_clocks_that_go_on_after_a_day() {
        assert_eq!([clock(0), clock(477), clock(90_061)], ["00:00:00", "00:07:57", "25:01:01"]);
    }
}
