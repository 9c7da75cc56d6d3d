-- Who was mentioned in a note, until he has looked; what was said stands in the events alone.
create table mentions (
  agent_id text not null,
  chat_id text not null,
  aside_seq bigint not null,
  at bigint not null,
  by_id text not null,
  by_name text not null,
  seen bigint not null check (seen in (0, 1)),
  primary key (agent_id, chat_id, aside_seq)
);
create index mentions_not_seen on mentions (agent_id, at) where seen = 0;
