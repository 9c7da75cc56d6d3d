-- A chat may end because we were down. As with a ticket's way (18), another column takes the place of the one that could
-- not hold it.
alter table chats add column ended_by text
  check (ended_by in ('customer', 'agent', 'connection', 'staff', 'agent_lost', 'system'));
update chats set ended_by = end_reason where end_reason is not null;
alter table chats drop column end_reason;
alter table chats rename column ended_by to end_reason;
