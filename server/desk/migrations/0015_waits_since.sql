-- Since when somebody waits in the queue in which he is: where a conversation came back into one, since then.
alter table chats add column waits_since bigint;
