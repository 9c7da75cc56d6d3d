//! Are facts as the log says, and sums as the facts say? Only looked at: nothing is put right.

use super::compare::{self, ANEW, Noun};
use super::zone::{self, DAYS};
use crate::Fault;
use crate::database::Database;

/// Chats that are looked at in one picture of the database: a long one would keep its log from being folded in.
const MANY: usize = 500;

/// What is otherwise than it should be, a line each, up to so many.
pub async fn check(database: &Database, most: usize) -> Result<Vec<String>, Fault> {
    let mut differences = Vec::new();
    for noun in Noun::ALL {
        facts(database, noun, most, &mut differences).await?;
    }
    sums(database, most, &mut differences).await?;
    differences.truncate(most);
    Ok(differences)
}

async fn facts(database: &Database, noun: Noun, most: usize, differences: &mut Vec<String>) -> Result<(), Fault> {
    let mut after = String::new();
    while differences.len() < most {
        let mut tx = database.snapshot().await?;
        let ids = noun.after(&mut tx, &after, MANY).await?;
        let Some(last) = ids.last().cloned() else { break };
        for id in ids {
            differences.extend(noun.look(&mut tx, &id).await?.map(|wrong| wrong.said));
        }
        after = last;
    }
    let alone = noun.alone(&mut *database.reader.acquire().await?, MANY).await?;
    differences.extend(alone.into_iter().map(|wrong| wrong.said));
    Ok(())
}

async fn sums(database: &Database, most: usize, differences: &mut Vec<String>) -> Result<(), Fault> {
    let mut tx = database.snapshot().await?;
    if !zone::are_made(&mut tx).await? {
        differences.push("sums: they are not made yet; the next start of the server makes them".into());
        return Ok(());
    }
    let days = zone::read(&mut tx).await?;
    let all = compare::all_days(&mut tx, days).await?;
    drop(tx);
    let Some((mut from, to)) = all else { return Ok(()) };
    while from <= to && differences.len() < most {
        let end = from + DAYS;
        let mut tx = database.snapshot().await?;
        if zone::read(&mut tx).await? != days {
            differences.push(ANEW.into());
            return Ok(());
        }
        differences.extend(compare::sums(&mut tx, days, (from, end)).await?.1);
        from = end;
    }
    Ok(())
}
