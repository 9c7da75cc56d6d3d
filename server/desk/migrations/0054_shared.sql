-- When a chat was queued in which more than one agent took part; none for the many that had one. The sums of several
-- agents are added, and these few are read, since they were counted for each.
alter table chat_fact_agents add column shared_at bigint;
update chat_fact_agents set shared_at = (select f.queued_at from chat_facts f where f.chat_id = chat_fact_agents.chat_id)
where chat_id in (select chat_id from chat_fact_agents group by chat_id having count(*) > 1);
create index chat_facts_shared on chat_fact_agents (agent_id, shared_at, chat_id) where shared_at is not null;
