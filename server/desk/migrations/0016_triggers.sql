-- What is done by itself with tickets (R41).
create table triggers (
  id text primary key,
  place bigint not null,
  -- JSON of domain::trigger::Trigger.
  body text not null,
  -- Sealed: what its webhooks are signed with. None: it has none.
  secret text,
  -- The wish under which that secret was made: whoever did not hear the answer asks again, and hears it again.
  secret_wish text,
  -- Up to which ticket it has looked, in the order in which they came to stand as they do: where it waits for
  -- a time, only those are read that it has not looked at.
  crossed_at bigint not null,
  crossed_id text not null,
  -- JSON of domain::trigger::Mishap: what went wrong last.
  mishap text
);

-- Whoever still has one of these before him does not bring it back by saving it.
create table triggers_gone (
  id text primary key
);

-- This trigger has run for this ticket, which stands so since then: the clock does not let it run again.
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
-- How often somebody was written to is asked whatever letters his address was typed with.
drop index mails_by_recipient;
create index mails_by_recipient on mails (lower(recipient), created_at);
