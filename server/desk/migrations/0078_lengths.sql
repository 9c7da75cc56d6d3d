-- How many waits and first replies took how long stands beside the sums of everybody's day (`12 57*3 `: one took 12
-- seconds, three took 57), so that medians are read from few rows as well. How many are still resolved is told from sums
-- and from the few that are of the last days or were opened again.
-- All sums are made anew from the facts at the next start.
alter table indicator_days add column wait_lengths text not null default '';
alter table indicator_days add column reply_lengths text not null default '';
create index chat_facts_by_save on chat_facts (first_saved_at, queued_at) where first_saved_at is not null;
create index chat_facts_reopened on chat_facts (queued_at) where reopened_at is not null;
delete from indicator_days;
delete from indicator_agents;
delete from settings where name = 'indicators';
update indicator_zone set zone = '' where one = 1;
insert into chores (name) values ('indicators') on conflict (name) do nothing;
