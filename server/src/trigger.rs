//! Triggers on the command line: `recado trigger list`.

use clap::Subcommand;
use desk::trigger::list;
use domain::trigger::{Line, Mischance};

use crate::config::At;

#[derive(Subcommand)]
pub enum Trigger {
    /// Print the triggers in their order, whether each is on, and what went wrong with it last
    List {
        #[command(flatten)]
        at: At,
    },
}

impl Trigger {
    /// Does it, and answers with what is to be printed.
    pub async fn run(self) -> Result<String, String> {
        match self {
            Trigger::List { at } => {
                let lines =
                    list(&at.database()?).await.map_err(|why| format!("The triggers could not be reached: {why}."))?;
                Ok(told(&lines))
            }
        }
    }
}

fn told(lines: &[Line]) -> String {
    if lines.is_empty() {
        return "There are no triggers.".into();
    }
    let one = |(place, line): (usize, &Line)| {
        let state = if line.trigger.on { "on " } else { "off" };
        let waiting = if line.waiting > 0 { format!(", {} to be sent", line.waiting) } else { String::new() };
        let mishap = line.mishap.as_ref().map_or(String::new(), |mishap| {
            let what = match mishap.what {
                Mischance::Cut(_) => "was cut",
                Mischance::Undelivered => "was not delivered",
                Mischance::TooMany => "writes too often",
            };
            format!(", {what} (ticket {})", mishap.number)
        });
        // A name is one line; nothing in it moves what is printed.
        format!("{:>3}  {state}  {}{waiting}{mishap}", place + 1, domain::text::line(&line.trigger.name))
    };
    lines.iter().enumerate().map(one).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Time;
    use domain::trigger::{Mishap, Trigger, When};

    #[test]
    fn each_is_told_in_its_order_with_what_went_wrong() {
        let line = |name: &str, on, waiting, mishap| Line {
            trigger: Trigger {
                id: name.into(),
                name: name.into(),
                on,
                when: When::Begins,
                all: vec![],
                any: vec![],
                actions: vec![],
            },
            waiting,
            mishap,
        };
        let mishap = Mishap { at: Time(0), what: Mischance::Undelivered, ticket: "t".into(), number: 7 };

        assert_eq!(
            told(&[line("Aviso", true, 2, Some(mishap)), line("Otro", false, 0, None)]),
            "  1  on   Aviso, 2 to be sent, was not delivered (ticket 7)\n  2  off  Otro"
        );
        assert_eq!(told(&[]), "There are no triggers.");
    }
}
