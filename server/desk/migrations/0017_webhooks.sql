-- What other programs are told, kept with the change that it tells of and sent afterwards.
create table webhooks (
  -- Whoever gets it twice knows by this that it is the same.
  id text primary key,
  trigger_id text not null,
  ticket_id text not null,
  url text not null,
  -- JSON of domain::webhook::Payload; empty once it is not needed any more.
  body text not null,
  created_at bigint not null,
  tries bigint not null,
  -- When it is tried; null: it was taken, or given up.
  due_at bigint,
  taken_at bigint
);
create index webhooks_due on webhooks (trigger_id, due_at, id) where due_at is not null;
create index webhooks_of_ticket on webhooks (ticket_id);
create index webhooks_done on webhooks (created_at) where due_at is null;
