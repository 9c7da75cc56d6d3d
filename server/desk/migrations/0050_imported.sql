-- What an imported chat was called where it came from: whoever imports the same history again is told so.
create table imported_chats (
  foreign_id text primary key,
  chat_id text not null
);

-- How far the history of such a ticket went when it was imported: triggers that wait for a time leave it alone until
-- somebody touches it.
create table imported_tickets (
  ticket_id text primary key,
  seq bigint not null
);
