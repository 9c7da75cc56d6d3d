-- How a group hands out who waits, as JSON of domain::distribution::Distribution; empty: its agents choose.
alter table groups add column distribution text not null default '';
-- The order of the agents in a group: whose turn comes first.
alter table memberships add column place bigint not null default 0;
-- As many chats may an agent be handed of all groups together; null: he has no limit of his own.
alter table agents add column chat_limit bigint;
