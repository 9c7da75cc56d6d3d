-- The numbers of a period (R71-R85). One row a chat that is over; nothing of it changes but how its ticket was
-- saved first, once, and when that was opened again. No word and no name of a customer is in it.
create table chat_facts (
  chat_id text primary key,
  application_id text not null,
  group_id text not null,
  requested_group_id text not null,
  origin text not null,
  queued_at bigint not null,
  attended_at bigint,
  attended_by text,
  first_reply_at bigint,
  disconnected_at bigint,
  ended_at bigint not null,
  end_reason text not null,
  waiting_messages bigint not null,
  waited_again bigint not null,
  left_with text,
  ticket_id text,
  first_saved_at bigint,
  first_status text check (first_status in ('New', 'InAttendance', 'Stopped', 'Canceled', 'Resolved', 'Closed')),
  saved_by text,
  reopened_at bigint
);
create index chat_facts_by_time on chat_facts (queued_at, chat_id);
create index chat_facts_of_ticket on chat_facts (ticket_id) where ticket_id is not null;

-- Who took part, and did not merely watch.
create table chat_fact_agents (
  chat_id text not null,
  agent_id text not null,
  primary key (chat_id, agent_id)
);

-- One row an offline message.
create table offline_facts (
  ticket_id text primary key,
  application_id text not null,
  group_id text not null,
  at bigint not null
);
create index offline_facts_by_time on offline_facts (at, ticket_id);

-- Their sums by the day of the house on which somebody was queued, folded with what they sum up. `queued` is 0 for
-- what agents began. The columns are those of domain::indicators::Sums; of the last three the longest stays.
create table indicator_days (
  day bigint not null,
  agent_id text not null,
  group_id text not null,
  application_id text not null,
  queued bigint not null check (queued in (0, 1)),
  requests bigint not null,
  attended bigint not null,
  unanswered bigint not null,
  resolved bigint not null,
  unresolved bigint not null,
  cancelled bigint not null,
  unsaved bigint not null,
  deserted bigint not null,
  with_message bigint not null,
  removed bigint not null,
  lost bigint not null,
  offline bigint not null,
  talks bigint not null,
  talk_total bigint not null,
  waits bigint not null,
  wait_total bigint not null,
  desertion_total bigint not null,
  replies bigint not null,
  reply_total bigint not null,
  talk_longest bigint not null,
  wait_longest bigint not null,
  desertion_longest bigint not null,
  -- An empty agent: everybody's.
  primary key (agent_id, day, group_id, application_id, queued)
);

-- In which zone those days begin. Its row is locked by whoever folds, so that no two zones are ever mixed.
create table indicator_zone (
  one bigint primary key check (one = 1),
  zone text not null
);
insert into indicator_zone (one, zone) values (1, '');

-- What ended before is made from the log at the next start.
insert into chores (name) values ('indicators');
