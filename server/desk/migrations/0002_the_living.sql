-- Chats that run are few and asked for all the time: by every console, by the clock, by a start of
-- ours. Without an index of their own each of these questions reads the whole history.
create index chats_running on chats (queued_at, id) where ended_at is null;
-- When the last one ended: time never begins before it.
create index chats_by_end on chats (ended_at) where ended_at is not null;
-- Tickets that wait for their first save: a handful among all.
create index tickets_unsaved on tickets (owner_id, created_at, id) where saved_at is null;
