//! The loaders that pages have pinned: each that was ever served, so that our next release breaks none.

use crate::database::can_hold;
use crate::{Answer, Desk};
use sqlx::Row;

impl Desk {
    /// Keeps what is served under this name, whose content never changes.
    pub async fn keep_loader(&self, name: &str, body: &str) -> Answer<()> {
        sqlx::query("insert into loaders (name, body) values ($1, $2) on conflict (name) do nothing")
            .bind(name)
            .bind(body)
            .execute(&self.0.database.writer)
            .await?;
        Ok(())
    }

    pub async fn loader(&self, name: &str) -> Answer<Option<String>> {
        if !can_hold(name) {
            return Ok(None);
        }
        let row = sqlx::query("select body from loaders where name = $1")
            .bind(name)
            .fetch_optional(&self.0.database.reader)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}
