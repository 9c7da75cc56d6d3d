-- Webhooks of the house: which programs are told of what.
create table webhook_subscriptions (
  id text primary key,
  name text not null,
  url text not null,
  -- JSON of domain::subscription::Occasion.
  occasions text not null,
  is_on bigint not null check (is_on in (0, 1)),
  -- Sealed; what it is signed with.
  secret text not null,
  created_at bigint not null,
  -- Since when so many wait that no more are taken.
  full_since bigint,
  -- So many were not taken because of that.
  dropped bigint not null default 0
);

-- What they are told, kept with what it tells of and sent afterwards. It names things by their ids, and nobody.
create table webhook_deliveries (
  -- Whoever gets it twice knows by this that it is the same.
  id text primary key,
  subscription_id text not null references webhook_subscriptions (id),
  -- Its place among those of its subscription, in the order in which things happened.
  ordinal bigint not null,
  -- Empty: an administrator tries the way.
  occasion text not null,
  -- The protocol number of what it tells of.
  number bigint not null,
  body text not null,
  created_at bigint not null,
  tries bigint not null,
  -- When it is tried; null: it was taken, or given up.
  due_at bigint,
  taken_at bigint,
  -- The status of the last answer; null: there was none.
  answer bigint
);
create index deliveries_due on webhook_deliveries (subscription_id, due_at, ordinal) where due_at is not null;
create index deliveries_by_time on webhook_deliveries (subscription_id, created_at, id);
create index deliveries_in_order on webhook_deliveries (subscription_id, ordinal);
create index deliveries_done on webhook_deliveries (created_at) where due_at is null;
