-- What an agent says of himself, how his console is, and the second factor of his sign-in.
alter table agents add column languages text not null default '[]';
alter table agents add column theme text not null default 'system' check (theme in ('system', 'light', 'dark'));
-- The secret of his device, sealed with a key that is not in this database; null: he has none.
alter table agents add column factor text;
alter table agents add column factor_since bigint;
-- The step of the last code that was taken: a code is good once.
alter table agents add column factor_step bigint not null default 0;
-- One that was shown, and of which no code has been seen yet.
alter table agents add column factor_asked text;
-- Since when: who does not go on soon begins again.
alter table agents add column factor_asked_at bigint;

-- Codes for when the device is lost; what is used is gone.
create table paper_codes (
  code_hash text primary key,
  agent_id text not null references agents (id)
);
create index paper_codes_of_agent on paper_codes (agent_id);

-- Between a right password and a right code.
create table sign_ins (
  token_hash text primary key,
  agent_id text not null references agents (id),
  created_at bigint not null
);
create index sign_ins_of_agent on sign_ins (agent_id);

-- How often it was tried since when: here, so that neither a restart nor many at once give more.
create table tries (
  agent_id text not null references agents (id),
  what text not null check (what in ('code', 'paper', 'password')),
  count bigint not null,
  since bigint not null,
  primary key (agent_id, what)
);

-- His photo in two sizes, JPEG in base64: small, and gone with one statement.
create table photos (
  agent_id text primary key references agents (id),
  small text not null,
  large text not null,
  changed_at bigint not null
);

-- What a session is called in a list: its hash would be too much to tell.
alter table sessions add column id text not null default '';
update sessions set id = substr(token_hash, 1, 32);
create unique index sessions_by_id on sessions (id);
alter table sessions add column browser text not null default '';
alter table sessions add column system text not null default '';
alter table sessions add column address text not null default '';
