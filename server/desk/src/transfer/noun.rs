//! What there is: of each table whether it goes along, and in which order it is read again.

use domain::application::{Field, Setup};
use domain::identity::Attribute;
use domain::trigger::Trigger;
use domain::{Chat, Event, Ticket, TicketEvent};
use serde::de::DeserializeOwned;

/// A table that goes along: its file, and how its lines are ordered. What names another comes after it.
pub struct Noun {
    /// Of the file, without `.jsonl`.
    pub name: &'static str,
    pub table: &'static str,
    pub order: &'static str,
    /// Columns that hold JSON: they stand in the line as they are.
    pub json: &'static [&'static str],
    /// A new deployment has rows of it already: they are replaced.
    pub replaces: bool,
}

const fn noun(name: &'static str, table: &'static str, order: &'static str) -> Noun {
    Noun { name, table, order, json: &[], replaces: false }
}

impl Noun {
    const fn json(self, json: &'static [&'static str]) -> Noun {
        Noun { json, ..self }
    }

    const fn replaces(self) -> Noun {
        Noun { replaces: true, ..self }
    }

    /// Which rows: of settings only what people have set.
    pub fn condition(&self) -> &'static str {
        if self.table == "settings" { "name = 'parameters'" } else { "1 = 1" }
    }
}

pub const NOUNS: &[Noun] = &[
    noun("parameters", "settings", "name").json(&["value"]).replaces(),
    noun("counters", "counters", "name").replaces(),
    noun("groups", "groups", "id"),
    noun("agents", "agents", "id").json(&["languages"]),
    noun("photos", "photos", "agent_id"),
    noun("paper-codes", "paper_codes", "code_hash"),
    noun("memberships", "memberships", "group_id, agent_id"),
    noun("applications", "applications", "id").json(&["fields", "setup"]),
    noun("application-sites", "application_sites", "application_id, origin"),
    noun("application-groups", "application_groups", "application_id, group_id"),
    noun("identity-keys", "identity_keys", "id"),
    noun("loaders", "loaders", "name").replaces(),
    noun("ticket-statuses", "ticket_statuses", "id").json(&["reasons"]),
    noun("ticket-fields", "ticket_fields", "id").json(&["options"]),
    noun("tags-retired", "tags_retired", "tag"),
    noun("tags-renamed", "tags_renamed", "from_tag"),
    noun("canned-answers", "canned_answers", "id"),
    noun("triggers", "triggers", "id").json(&["body"]),
    noun("triggers-gone", "triggers_gone", "id"),
    noun("article-sections", "article_sections", "id"),
    noun("knowledge", "knowledge", "id"),
    noun("articles", "articles", "id"),
    noun("article-images", "article_images", "id"),
    noun("article-searches", "article_searches", "day, lang, asked"),
    noun("article-applications", "article_applications", "application_id, article_id"),
    noun("article-votes", "article_votes", "id"),
    noun("customers", "customers", "id").json(&["attributes"]),
    noun("customer-deeds", "customer_deeds", "id"),
    noun("identities", "identities", "application_id, subject"),
    noun("addresses", "addresses", "address"),
    noun("visitors", "visitors", "token_hash"),
    noun("chats", "chats", "id").json(&["state"]),
    noun("events", "events", "chat_id, aside, seq").json(&["body"]),
    noun("files", "files", "id"),
    noun("reads", "reads", "chat_id"),
    noun("mentions", "mentions", "agent_id, chat_id, aside_seq"),
    noun("tickets", "tickets", "id").json(&["state"]),
    noun("ticket-events", "ticket_events", "ticket_id, seq").json(&["body"]),
    noun("ticket-tags", "ticket_tags", "tag, changed_at, ticket_id"),
    noun("ticket-chats", "ticket_chats", "chat_id, ticket_id"),
    noun("ticket-guests", "ticket_guests", "customer_id, ticket_id"),
    noun("trigger-crossings", "trigger_crossings", "trigger_id, ticket_id"),
    noun("mails", "mails", "id"),
    noun("webhooks", "webhooks", "id"),
    noun("webhook-subscriptions", "webhook_subscriptions", "id").json(&["occasions"]),
    noun("webhook-deliveries", "webhook_deliveries", "id").json(&["body"]),
    noun("api-tokens", "api_tokens", "id").json(&["scopes"]),
    noun("api-once", "api_once", "token_id, key"),
    noun("api-done", "api_done", "act"),
    noun("imported-chats", "imported_chats", "foreign_id"),
    noun("imported-customers", "imported_customers", "foreign_id"),
    noun("imported-tickets", "imported_tickets", "ticket_id"),
    noun("audit", "audit", "number"),
    noun("audit-head", "audit_head", "one").replaces(),
];

/// Tables that stay: what is made anew from the rest, what ends with a session or within the hour, and what this
/// very program notes for itself.
pub const STAY: &[&str] = &[
    "article_index",
    "chat_fact_agents",
    "chat_facts",
    "chores",
    "erased_files",
    "expired",
    "indicator_agents",
    "indicator_days",
    "indicator_zone",
    "invitations",
    "offline_facts",
    "portal_frames",
    "portal_links",
    "portal_sessions",
    "sessions",
    "sign_ins",
    "ticket_addresses",
    "ticket_index",
    "tickets_to_index",
    "tries",
];

/// Does the JSON of this column read as what it is? What is not listed is JSON of any kind.
pub fn reads(table: &str, column: &str, text: &str) -> bool {
    fn is<T: DeserializeOwned>(text: &str) -> bool {
        serde_json::from_str::<T>(text).is_ok()
    }
    match (table, column) {
        ("chats", "state") => is::<Chat>(text),
        ("events", "body") => is::<Event>(text),
        ("tickets", "state") => is::<Ticket>(text),
        ("ticket_events", "body") => is::<TicketEvent>(text),
        ("triggers", "body") => is::<Trigger>(text),
        ("applications", "fields") => is::<Vec<Field>>(text),
        ("applications", "setup") => is::<Setup>(text),
        ("customers", "attributes") => is::<Vec<Attribute>>(text),
        _ => true,
    }
}
