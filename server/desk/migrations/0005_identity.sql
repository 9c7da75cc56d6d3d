-- Keys with which the program of a site signs who its customer is (S73-S78). Several hold at once, so that a
-- site changes from one to the next without a gap; a revoked one is dead at once.
create table identity_keys (
  -- The `kid` of what it signs.
  id text primary key,
  application_id text not null references applications (id),
  algorithm text not null check (algorithm in ('HS256', 'EdDSA')),
  -- Of HS256 the secret, sealed with a key that is not in this database; of EdDSA the public half.
  material text not null,
  created_at bigint not null,
  revoked_at bigint
);
create index identity_keys_of_application on identity_keys (application_id);

-- By what a site knows a person: the same customer on all his devices.
create table identities (
  application_id text not null references applications (id),
  subject text not null,
  customer_id text not null references customers (id),
  primary key (application_id, subject)
);

-- What his site signed about him besides: JSON of domain::identity::Attribute.
alter table customers add column attributes text not null default '[]';

-- His tickets that are not completed, to go on with (R18, R19).
create index tickets_of_customer on tickets (customer_id, changed_at, id);

-- Every loader that this deployment ever served: a page that pins one by its hash keeps it when we change.
create table loaders (
  name text primary key,
  body text not null
);
