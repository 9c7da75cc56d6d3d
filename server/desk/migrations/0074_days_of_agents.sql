-- An agent's day in a group is one row: its sums, and inside what each application has of them (`parts`) and what of
-- them he shares with whom (`teams`). The numbers of several agents are so read from sums alone, and rows are few.
-- All sums are made anew from the facts at the next start.
drop table indicator_days;
create table indicator_days (
  day bigint not null,
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
  primary key (day, group_id, application_id, queued)
);
create index indicator_days_of_group on indicator_days (group_id, application_id);

-- The columns are the sums of its parts. `parts`: a line for each application: the day, the application, and the numbers
-- in the order of these columns. `teams`: a line for each team in which he was, but where he is the last of it (whoever
-- is asked for beside him has it): the day, he, the others, the application, and attended, unanswered, unsaved and
-- talk_total of what they shared.
create table indicator_agents (
  agent_id text not null,
  day bigint not null,
  group_id text not null,
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
  parts text not null,
  teams text not null,
  primary key (agent_id, day, group_id, queued)
);
create index indicator_agents_by_day on indicator_agents (day);
-- Who has numbers in a group is asked with every look at them.
create index indicator_agents_of_group on indicator_agents (group_id, agent_id);

-- Did more than one agent take part? Of the many others it is known by who attended.
alter table chat_facts add column several bigint not null default 0 check (several in (0, 1));
update chat_facts set several = 1 where chat_id in (select chat_id from chat_fact_agents where shared_at is not null);
drop index chat_facts_shared;
alter table chat_fact_agents drop column shared_at;
delete from settings where name = 'indicators';
update indicator_zone set zone = '' where one = 1;
insert into chores (name) values ('indicators') on conflict (name) do nothing;
