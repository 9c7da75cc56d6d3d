-- Who did what, when and from where (S88). No words, no secrets, and no names: those are looked up when it is
-- read, so that whoever is erased is erased here, too. Rows are only ever appended, and each holds the hash of all
-- before it (S89).
create table audit (
  number bigint primary key,
  at bigint not null,
  kind text not null,
  -- An agent's id; `operator`: the command line; empty: nobody who is known.
  who text not null,
  about_kind text not null check (about_kind in ('', 'agent', 'customer', 'chat', 'thing')),
  about text not null,
  -- Of the conversation; empty: of none.
  group_id text not null,
  address text not null,
  times bigint not null,
  hash text not null
);
create index audit_by_kind on audit (kind, number);
create index audit_by_who on audit (who, number);
create index audit_by_group on audit (group_id, number);

-- The last of them. Its row is locked by whoever appends: they append one after the other.
create table audit_head (
  one bigint primary key check (one = 1),
  number bigint not null,
  hash text not null
);
insert into audit_head (one, number, hash) values (1, 0, '');
