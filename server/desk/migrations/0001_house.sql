-- The house as it begins. Ids are text, moments bigint milliseconds, choices text with a check,
-- yes and no bigint 1 and 0: the same words on SQLite and on PostgreSQL.

create table settings (
  name text primary key,
  value text not null
);

-- Numbers that people read (protocol). One row each, raised in the transaction that uses it.
create table counters (
  name text primary key,
  n bigint not null
);
insert into counters (name, n) values ('protocol', 0);

create table agents (
  id text primary key,
  name text not null,
  email text not null unique,
  password text not null,
  lang text not null default 'es',
  sequence bigint not null default 0 check (sequence in (0, 1)),
  system bigint not null default 0 check (system in (0, 1)),
  -- What he chose; it counts only while he is connected, and comes back with the connection.
  online bigint not null default 0 check (online in (0, 1)),
  disabled bigint not null default 0 check (disabled in (0, 1)),
  created_at bigint not null
);

create table sessions (
  token_hash text primary key,
  agent_id text not null references agents (id),
  created_at bigint not null,
  seen_at bigint not null
);
create index sessions_of_agent on sessions (agent_id);

create table groups (
  id text primary key,
  name text not null
);

-- Two independent flags (R51, R52, Q10).
create table memberships (
  group_id text not null references groups (id),
  agent_id text not null references agents (id),
  attendant bigint not null check (attendant in (0, 1)),
  administrator bigint not null check (administrator in (0, 1)),
  primary key (group_id, agent_id)
);
create index memberships_of_agent on memberships (agent_id);

create table applications (
  id text primary key,
  -- The public key of the snippet.
  key text not null unique,
  name text not null,
  accent text not null,
  expanded bigint not null check (expanded in (0, 1)),
  title text not null,
  -- The form, as JSON of domain::application::Field.
  fields text not null,
  wait_shows text not null check (wait_shows in ('Position', 'Average', 'Both', 'Nothing')),
  -- Q1, in milliseconds; 0: for ever.
  patience bigint not null,
  created_at bigint not null
);

create table application_sites (
  application_id text not null references applications (id),
  origin text not null,
  primary key (application_id, origin)
);

create table application_groups (
  application_id text not null references applications (id),
  group_id text not null references groups (id),
  place bigint not null,
  primary key (application_id, group_id)
);

create table customers (
  id text primary key,
  name text not null,
  email text not null,
  verified bigint not null check (verified in (0, 1)),
  created_at bigint not null
);

-- A browser that has acted. Only the hash of its token is kept.
create table visitors (
  token_hash text primary key,
  customer_id text not null references customers (id),
  application_id text not null references applications (id),
  created_at bigint not null
);

-- One row a chat: `state` is the chat as its events left it, the columns are what lists and
-- numbers ask for.
create table chats (
  id text primary key,
  number bigint not null unique,
  application_id text not null references applications (id),
  group_id text not null references groups (id),
  requested_group_id text not null references groups (id),
  origin text not null check (origin in ('Widget', 'TicketCustomer', 'TicketAgent', 'AgentAgent')),
  customer_id text not null,
  stage text not null check (stage in ('waiting', 'attending', 'ended')),
  end_reason text check (end_reason in ('customer', 'agent', 'connection', 'staff', 'agent_lost')),
  queued_at bigint not null,
  attended_at bigint,
  attended_by text,
  first_reply_at bigint,
  disconnected_at bigint,
  ended_at bigint,
  waiting_messages bigint not null,
  seq bigint not null,
  aside_seq bigint not null,
  state text not null
);
-- The queue of a group, and the average of those it attended last.
create index chats_in_queue on chats (group_id, stage, queued_at, id);
create index chats_attended on chats (group_id, attended_at);
create index chats_of_customer on chats (customer_id, stage);

-- The transcript. Asides have numbers of their own; `after_seq` says after which public event one
-- came. The unique index is also the guard: of two writers only one can be number n.
create table events (
  chat_id text not null,
  aside bigint not null check (aside in (0, 1)),
  seq bigint not null,
  after_seq bigint not null,
  at bigint not null,
  act text not null,
  body text not null
);
create unique index events_in_order on events (chat_id, aside, seq);

create table tickets (
  id text primary key,
  number bigint not null unique,
  chat_id text unique,
  group_id text not null references groups (id),
  application_id text not null,
  customer_id text not null,
  owner_id text,
  status text not null check (status in ('New', 'InAttendance', 'Stopped', 'Canceled', 'Resolved', 'Closed')),
  first_status text check (first_status in ('New', 'InAttendance', 'Stopped', 'Canceled', 'Resolved', 'Closed')),
  created_at bigint not null,
  changed_at bigint not null,
  saved_at bigint,
  seq bigint not null,
  state text not null
);
create index tickets_by_change on tickets (changed_at, id);
create index tickets_of_owner on tickets (owner_id, changed_at, id);

create table ticket_events (
  ticket_id text not null,
  seq bigint not null,
  at bigint not null,
  act text not null,
  body text not null
);
create unique index ticket_events_in_order on ticket_events (ticket_id, seq);
