-- What an imported chat was called where it came from: whoever imports the same history again is told so.
create table imported_chats (
  foreign_id text primary key,
  chat_id text not null
);
