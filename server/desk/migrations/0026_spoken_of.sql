-- Where a person is spoken of, so that nobody who erases him reads every ticket: which conversations a ticket
-- holds besides the one that it came from, and which ticket a conversation is about.
create table ticket_chats (
  chat_id text not null,
  ticket_id text not null,
  primary key (chat_id, ticket_id)
);
create index chats_of_ticket on ticket_chats (ticket_id);
alter table chats add column related_id text;
create index chats_about_ticket on chats (related_id) where related_id is not null;

-- A ticket that changes while its words are made waits again: which state of it waits is kept. Those from before
-- there was an index wait too.
alter table tickets_to_index add column seq bigint not null default 0;
update tickets_to_index set seq = (select seq from tickets where id = ticket_id);
update tickets set via = 'OfflineMessage' where via = 'OnlineChat' and state like '%"via":"OfflineMessage"%';

-- What is to be done before anything else at a start, because a stop came between.
create table chores (
  name text primary key
);
