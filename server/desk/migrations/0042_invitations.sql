-- A one-time link with which somebody chooses his password: the last that was made for him. Only its hash is kept.
create table invitations (
  agent_id text primary key references agents (id),
  token_hash text not null unique,
  created_at bigint not null
);
