-- A customer of whom more is to be known than his name: what was before he was somebody, and whether he
-- may begin anything.

-- The person that this one turned out to be, when his site proved it: one and the same to whoever reads,
-- exports or erases.
alter table customers add column became text;
create index customers_that_became on customers (became) where became is not null;
-- Until it is annulled he starts no conversation and leaves no message.
alter table customers add column blocked_at bigint;

-- What there was with him, newest first; his tickets have their index.
create index chats_of_customer_by_time on chats (customer_id, queued_at, id);

-- What was done about him, by whom and why.
create table customer_deeds (
  id text primary key,
  customer_id text not null,
  deed text not null check (deed in ('Blocked', 'Unblocked', 'Exported', 'Erased')),
  at bigint not null,
  -- None: on the command line of the server.
  agent_id text,
  agent_name text,
  reason text not null
);
create index deeds_about_customer on customer_deeds (customer_id, at, id);
