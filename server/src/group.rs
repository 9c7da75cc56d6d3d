//! The settings of a group on the command line: `recado group show` and `set`.

use crate::agent::namesakes;
use crate::application::read;
use crate::config::{GroupVerb, OfGroup};
use desk::application::NotSet;
use desk::distribution::{set, settings};
use domain::application::Wrong;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Does it, and answers with what is to be printed.
pub async fn run(verb: GroupVerb) -> Result<String, String> {
    match verb {
        GroupVerb::Show { of } => {
            let settings = settings(&of.at.database()?, &of.group).await.map_err(|why| sentence(&of, why))?;
            serde_json::to_string_pretty(&settings).map_err(|why| format!("The settings cannot be written: {why}."))
        }
        GroupVerb::Set { of, file } => {
            let (database, asked) = (of.at.database()?, read(&file)?);
            let before = settings(&database, &of.group).await.map_err(|why| sentence(&of, why))?;
            let after = changed(&before, asked)?;
            set(&database, &of.group, &before, &after).await.map_err(|why| sentence(&of, why))?;
            Ok(format!("The settings of {} are set.", of.group))
        }
    }
}

fn sentence(of: &OfGroup, why: NotSet) -> String {
    match why {
        NotSet::NoSuch => format!("There is no group called `{}`.", of.group),
        NotSet::Several(all) => namesakes(&of.group, &all),
        NotSet::Wrong(Wrong { path, why }) => wrong(&path, why),
        NotSet::Overtaken(_) => "Nothing was set: somebody else has just changed it. Look at it again.".into(),
        NotSet::Broken(fault) => format!("The settings could not be reached: {fault}."),
    }
}

pub(crate) fn wrong(path: &str, why: &str) -> String {
    format!("Nothing was set. `{path}` is wrong: {why}.")
}

/// What stands in the file over what is set already.
pub(crate) fn changed<T: Serialize + DeserializeOwned>(before: &T, asked: Value) -> Result<T, String> {
    let Value::Object(asked) = asked else { return Err(wrong(".", "the file must hold an object")) };
    let mut whole = serde_json::to_value(before).map_err(|why| format!("The settings cannot be written: {why}."))?;
    asked.into_iter().for_each(|(name, value)| whole[name] = value);
    serde_path_to_error::deserialize(&whole).map_err(|why| wrong(&why.path().to_string(), &why.inner().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::distribution::Order;
    use domain::group::Settings;
    use serde_json::json;

    #[test]
    fn what_the_file_does_not_name_stays_as_it_is() {
        let team = json!({"team": [{"email": "ines@casa.example", "limit": 4}]});
        let first = changed(&Settings::default(), team).unwrap();

        let second = changed(&first, json!({"distribution": {"order": "least_busy"}})).unwrap();

        assert_eq!(second.team, first.team);
        let distribution = second.distribution.unwrap();
        assert_eq!((distribution.order, distribution.limit), (Order::LeastBusy, 3));
    }

    #[test]
    fn what_does_not_read_is_named_by_its_place() {
        for (asked, path) in [
            (json!([]), "`.`"),
            (json!({"colour": "red"}), "`colour`"),
            (json!({"distribution": {"order": "random"}}), "`distribution.order`"),
            (json!({"distribution": {"limits": 3}}), "`distribution.limits`"),
            (json!({"team": [{"mail": "x"}]}), "`team[0].mail`"),
        ] {
            let why = changed(&Settings::default(), asked.clone()).unwrap_err();
            assert!(why.contains(path), "{asked}: {why}");
        }
    }
}
