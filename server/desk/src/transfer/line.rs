//! A row as a line of JSON, and back: whole numbers are numbers, texts are texts, and what a column holds as JSON
//! stands there as JSON.

use super::noun::{Noun, reads};
use crate::Fault;
use crate::backup::is_file_id;
use crate::database::Database;
use crate::indicators::Bound;
use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};
use std::collections::BTreeMap;

/// A column as the database knows it.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub number: bool,
    /// It may be empty.
    pub may_lack: bool,
}

/// The columns of a table, in their order.
pub async fn columns(conn: &mut AnyConnection, embedded: bool, table: &str) -> Result<Vec<Column>, Fault> {
    let sql = match embedded {
        true => "select name, lower(type), cast(\"notnull\" as bigint) from pragma_table_info($1) order by cid",
        false => {
            "select cast(column_name as text), cast(data_type as text), \
             cast(case when is_nullable = 'NO' then 1 else 0 end as bigint) from information_schema.columns \
             where table_schema = current_schema() and table_name = $1 order by ordinal_position"
        }
    };
    let rows = sqlx::query(sql).bind(table.to_owned()).fetch_all(conn).await?;
    let mut columns = Vec::new();
    for row in rows {
        let (name, kind): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let number = match kind.as_str() {
            "bigint" => true,
            "text" => false,
            _ => return Err(Fault::new(format!("the column {name} of {table} is neither text nor bigint"))),
        };
        columns.push(Column { name, number, may_lack: row.try_get::<i64, _>(2)? == 0 });
    }
    Ok(columns)
}

/// Writes a row, with its end.
pub fn write(into: &mut Vec<u8>, noun: &Noun, columns: &[Column], row: &AnyRow) -> Result<(), Fault> {
    into.push(b'{');
    for (n, column) in columns.iter().enumerate() {
        if n > 0 {
            into.push(b',');
        }
        serde_json::to_writer(&mut *into, &column.name)?;
        into.push(b':');
        if column.number {
            serde_json::to_writer(&mut *into, &row.try_get::<Option<i64>, _>(n)?)?;
            continue;
        }
        let text: Option<String> = row.try_get(n)?;
        match text {
            Some(text) if noun.json.contains(&column.name.as_str()) => {
                let value: Value = serde_json::from_str(&text)
                    .map_err(|_| Fault::new(format!("{} of {} is not JSON", column.name, noun.table)))?;
                serde_json::to_writer(&mut *into, &value)?;
            }
            text => serde_json::to_writer(&mut *into, &text)?,
        }
    }
    into.extend_from_slice(b"}\n");
    Ok(())
}

/// Reads a line; or which field of it is wrong, and how.
pub fn read(noun: &Noun, columns: &[Column], line: &str) -> Result<Vec<Bound>, String> {
    let mut fields: BTreeMap<String, Value> =
        serde_json::from_str(line).map_err(|_| "it is not an object of JSON".to_owned())?;
    let mut values = Vec::with_capacity(columns.len());
    for column in columns {
        let name = &column.name;
        let value = fields.remove(name).ok_or_else(|| format!("`{name}` is missing"))?;
        let is_json = noun.json.contains(&name.as_str());
        values.push(match value {
            Value::Null if !column.may_lack => return Err(format!("`{name}` is empty")),
            Value::Null if column.number => Bound::NoNumber,
            Value::Null => Bound::NoText,
            value if column.number => match value.as_i64() {
                None => return Err(format!("`{name}` is not a whole number")),
                Some(number) if number < 0 && is_moment(name) => return Err(format!("`{name}` is before 1970")),
                Some(number) => Bound::Number(number),
            },
            value if is_json => {
                let text = value.to_string();
                if !reads(noun.table, name, &text) {
                    return Err(format!("`{name}` does not read as what it should be"));
                }
                Bound::Text(text)
            }
            // It becomes the name of a file on this machine.
            Value::String(text) if (noun.table, name.as_str()) == ("files", "id") && !is_file_id(&text) => {
                return Err(format!("`{name}` is not as files are called"));
            }
            Value::String(text) if crate::database::can_hold(&text) => Bound::Text(text),
            Value::String(_) => return Err(format!("`{name}` has a character in it that no text can hold")),
            _ => return Err(format!("`{name}` is not a text")),
        });
    }
    match fields.keys().next() {
        Some(name) => Err(format!("`{name}` is not known")),
        None => Ok(values),
    }
}

/// Does this column say when something was? Its name does: `at`, `ended_at`, `since`, `stands_since`.
fn is_moment(column: &str) -> bool {
    matches!(column.rsplit('_').next(), Some("at" | "since"))
}

/// Whether this table has a row of these.
pub async fn has_rows(conn: &mut AnyConnection, table: &str, condition: &str) -> Result<bool, Fault> {
    let sql = format!("select 1 from {table} where {condition} limit 1");
    Ok(sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_optional(conn).await?.is_some())
}

/// All tables of a database, of ours.
pub async fn tables(database: &Database) -> Result<Vec<String>, Fault> {
    let sql = match database.embedded {
        true => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name"
        }
        false => {
            "select cast(table_name as text) from information_schema.tables where table_schema = current_schema() \
             and table_type = 'BASE TABLE' order by 1"
        }
    };
    let rows = sqlx::query(sql).fetch_all(&database.reader).await?;
    let names: Vec<String> = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, sqlx::Error>>()?;
    // What SQLite's search keeps beside its own table, and the notes of the migrations.
    let is_ours = |name: &String| {
        name != "_sqlx_migrations" && !["article_index_", "ticket_index_"].iter().any(|start| name.starts_with(start))
    };
    Ok(names.into_iter().filter(is_ours).collect())
}
