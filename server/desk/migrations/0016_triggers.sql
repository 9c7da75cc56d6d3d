-- What is done by itself with tickets (R41).
create table triggers (
  id text primary key,
  place bigint not null,
  -- JSON of domain::trigger::Trigger.
  body text not null,
  -- Sealed: what its webhooks are signed with. None: it has none.
  secret text,
  -- Up to which ticket it has looked, in the order in which they came to stand as they do: where it waits for
  -- a time, only those are read that it has not looked at.
  crossed_at bigint not null,
  crossed_id text not null,
  -- JSON of domain::trigger::Mishap: what went wrong last.
  mishap text
);

-- The clock has let this trigger run for this ticket, which stands so since then: it does so once.
create table trigger_crossings (
  trigger_id text not null,
  ticket_id text not null,
  since bigint not null,
  primary key (trigger_id, ticket_id)
);

-- Since when a ticket has its status; of what changed before this was kept, since then.
alter table tickets add column stands_since bigint not null default 0;
update tickets set stands_since = changed_at;
create index tickets_by_standing on tickets (stands_since, id);

-- What a trigger writes goes the way of all mail, and is none of what people wrote.
alter table mails add column trigger_id text;
create index mails_of_trigger on mails (trigger_id, created_at) where trigger_id is not null;
