-- Tokens of the API. Only the hash of a secret is kept, and how it begins; what was revoked stays, for the log names it.
create table api_tokens (
  id text primary key,
  name text not null,
  hash text not null unique,
  prefix text not null,
  -- JSON of domain::token::Scope.
  scopes text not null,
  created_at bigint not null,
  -- None: on the command line of the server.
  agent_id text,
  expires_at bigint,
  revoked_at bigint,
  used_at bigint
);

-- What was asked once under a key is not done twice. The answer is kept as it was given.
create table api_once (
  token_id text not null,
  -- The hash of what the caller sent.
  key text not null,
  -- The hash of method, address and body: under the same key nothing else is asked.
  request text not null,
  created_at bigint not null,
  -- None: it was not answered yet, and will be done under the same id.
  answer text,
  primary key (token_id, key)
);
create index api_once_by_time on api_once (created_at);

-- The token with which a program gave his address: he is written to there, and has not proved that it is his.
alter table customers add column given_by text;

-- Lists of the API: pages by the moment at which somebody was queued, or known first.
create index chats_by_queueing on chats (queued_at, id);
create index chats_of_group_by_queueing on chats (group_id, queued_at, id);
create index chats_of_application_by_queueing on chats (application_id, queued_at, id);
create index customers_by_birth on customers (created_at, id) where became is null;
