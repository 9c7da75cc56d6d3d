-- What was attached to conversations: one row a file, kept with the event that tells of it. The bytes
-- lie in the data folder under the file's id, which is random.
create table files (
  id text primary key,
  chat_id text not null references chats (id),
  name text not null,
  kind text not null check (kind in ('txt', 'csv', 'log', 'md', 'json', 'png', 'jpg', 'gif', 'webp', 'pdf', 'docx')),
  size bigint not null,
  width bigint not null,
  height bigint not null,
  -- None: the customer.
  agent_id text,
  created_at bigint not null
);
create index files_of_chat on files (chat_id);
