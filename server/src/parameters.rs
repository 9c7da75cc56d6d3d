//! The parameters of this house on the command line: `recado parameters show` and `set`.

use crate::application::read;
use crate::config::ParametersVerb;
use crate::group::{changed, wrong};
use desk::application::NotSet;
use desk::parameters::{parameters, set};

/// Does it, and answers with what is to be printed.
pub async fn run(verb: ParametersVerb) -> Result<String, String> {
    match verb {
        ParametersVerb::Show { at } => {
            let parameters = parameters(&at.database()?).await.map_err(sentence)?;
            serde_json::to_string_pretty(&parameters).map_err(|why| format!("The parameters cannot be written: {why}."))
        }
        ParametersVerb::Set { at, file } => {
            let (database, asked) = (at.database()?, read(&file)?);
            let before = parameters(&database).await.map_err(sentence)?;
            set(&database, &before, &changed(&before, asked)?).await.map_err(sentence)?;
            Ok("The parameters are set.".into())
        }
    }
}

fn sentence(why: NotSet) -> String {
    match why {
        NotSet::NoSuch | NotSet::Several(_) => "There are no parameters.".into(),
        NotSet::Wrong(slip) => wrong(&slip.path, slip.why),
        NotSet::Overtaken(_) => "Nothing was set: somebody else has just changed it. Look at it again.".into(),
        NotSet::Broken(fault) => format!("The parameters could not be reached: {fault}."),
    }
}
