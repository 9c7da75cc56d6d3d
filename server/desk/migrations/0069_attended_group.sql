-- In which group somebody was attended first: how long one waits there is said of it, wherever he went on to (R22). Of
-- what was long ago it is not asked.
alter table chats add column attended_group_id text;
update chats set attended_group_id = coalesce((select f.group_id from chat_facts f where f.chat_id = chats.id), group_id)
where attended_at > (select max(c.attended_at) from chats c) - 172800000;
drop index chats_attended;
create index chats_attended on chats (attended_group_id, attended_at);
