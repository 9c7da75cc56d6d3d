//! The settings of an application on the command line: `recado application show` and `set`.

use crate::config::{ApplicationVerb, Of};
use desk::application::{NotSet, set, settings};
use domain::application::{Settings, Wrong};
use serde_json::Value;
use std::io::Read;
use std::path::Path;

/// Does it, and answers with what is to be printed.
pub async fn run(verb: ApplicationVerb) -> Result<String, String> {
    match verb {
        ApplicationVerb::Show { of } => {
            let (settings, _) = settings(&of.at.database()?, &of.key).await.map_err(|why| sentence(&of, why))?;
            serde_json::to_string_pretty(&settings).map_err(|why| format!("The settings cannot be written: {why}."))
        }
        ApplicationVerb::Set { of, file } => {
            let (database, asked) = (of.at.database()?, read(&file)?);
            let (before, revision) = settings(&database, &of.key).await.map_err(|why| sentence(&of, why))?;
            let after = changed(&before, asked)?;
            set(&database, &of.key, revision, &after).await.map_err(|why| sentence(&of, why))?;
            Ok(format!("The settings of {} are set.", of.key))
        }
    }
}

fn sentence(of: &Of, why: NotSet) -> String {
    match why {
        NotSet::NoSuch | NotSet::Several(_) => format!("There is no application with the key `{}`.", of.key),
        NotSet::Wrong(Wrong { path, why }) => format!("Nothing was set. `{path}` is wrong: {why}."),
        NotSet::Overtaken(_) => "Nothing was set: somebody else has just changed them. Look at them again.".into(),
        NotSet::Broken(fault) => format!("The settings could not be reached: {fault}."),
    }
}

pub(crate) fn read(file: &Path) -> Result<Value, String> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map_err(|why| format!("The input cannot be read: {why}."))?;
    } else {
        text = std::fs::read_to_string(file).map_err(|why| format!("{} cannot be read: {why}.", file.display()))?;
    }
    serde_json::from_str(&text).map_err(|why| format!("{} is no JSON: {why}.", file.display()))
}

/// What stands in the file over what is set already: a part of the setup may be named alone.
fn changed(before: &Settings, asked: Value) -> Result<Settings, String> {
    let wrong = |path: &str, why: &str| format!("Nothing was set. `{path}` is wrong: {why}.");
    let Value::Object(asked) = asked else { return Err(wrong(".", "the file must hold an object")) };
    let mut whole = serde_json::to_value(before).map_err(|why| format!("The settings cannot be written: {why}."))?;
    for (name, value) in asked {
        match (name.as_str(), value) {
            ("setup", Value::Object(parts)) => parts.into_iter().for_each(|(part, value)| whole["setup"][part] = value),
            (_, value) => whole[name] = value,
        }
    }
    let settings: Settings = serde_path_to_error::deserialize(&whole)
        .map_err(|why| wrong(&why.path().to_string(), &why.inner().to_string()))?;
    // A name that nobody knows is a slip, and would be kept by nobody.
    let understood =
        serde_json::to_value(&settings).map_err(|why| format!("The settings cannot be written: {why}."))?;
    match unknown(&whole, &understood, "") {
        Some(path) => Err(wrong(&path, "there is no such setting")),
        None => Ok(settings),
    }
}

/// The first name in `asked` that was not understood.
fn unknown(asked: &Value, understood: &Value, at: &str) -> Option<String> {
    match (asked, understood) {
        (Value::Object(asked), Value::Object(known)) => asked.iter().find_map(|(name, value)| {
            let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            known.get(name).map_or(Some(path.clone()), |known| unknown(value, known, &path))
        }),
        (Value::Array(asked), Value::Array(known)) => asked
            .iter()
            .zip(known)
            .enumerate()
            .find_map(|(n, (asked, known))| unknown(asked, known, &format!("{at}[{n}]"))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::application::{Setup, WaitShows, WhenAway};
    use serde_json::json;

    fn before() -> Settings {
        Settings {
            name: "Casa Nogal".into(),
            accent: "#2a49b8".into(),
            title: "¿Hablamos?".into(),
            expanded: true,
            patience: 120,
            sites: vec!["https://shop.example".into()],
            groups: vec!["orders".into()],
            form: Vec::new(),
            wait_shows: WaitShows::Both,
            setup: Setup::default(),
        }
    }

    #[test]
    fn what_the_file_does_not_name_stays_as_it_is() {
        let first = changed(&before(), json!({"setup": {"when_away": "nothing"}})).unwrap();

        let second = changed(&first, json!({"wait_shows": "Position", "setup": {"hours": {"zone": "Europe/Madrid"}}}));

        let second = second.unwrap();
        assert_eq!((second.wait_shows, second.setup.when_away), (WaitShows::Position, WhenAway::Nothing));
        assert_eq!(second.setup.hours.unwrap().zone, "Europe/Madrid");
    }

    #[test]
    fn what_does_not_read_is_named_by_its_place() {
        let shift = |from: &str| json!({"days": ["mon"], "from": from, "to": "18:00"});
        for (asked, path) in [
            (json!([]), "`.`"),
            (json!({"colour": "red"}), "`colour`"),
            (json!({"patience": "long"}), "`patience`"),
            (json!({"setup": {"chanels": []}}), "`setup.chanels`"),
            (json!({"setup": {"when_away": "never"}}), "`setup.when_away`"),
            (
                json!({"setup": {"hours": {"zone": "Europe/Madrid", "weekly": [shift("9:00")]}}}),
                "`setup.hours.weekly[0].from`",
            ),
            (json!({"setup": {"hours": {"zone": "Europe/Madrid", "wekly": []}}}), "`setup.hours.wekly`"),
            (json!({"setup": {"channels": [{"kind": "fax", "to": "1"}]}}), "`setup.channels[0].kind`"),
            (
                json!({"form": [{"key": "a", "label": "A", "kind": "Name", "required": true, "max": 3}]}),
                "`form[0].max`",
            ),
            (json!({"form": [{"key": "a", "label": "A", "kind": "Name", "required": "yes"}]}), "`form[0].required`"),
        ] {
            let why = changed(&before(), asked.clone()).unwrap_err();
            assert!(why.contains(path), "{asked}: {why}");
        }
    }
}
