-- The portal: who has come in and by what, and which tickets are his.

-- Where the customer of a ticket can be written to, in small letters: made anew with its words, a moment
-- after it has changed. Whoever reads the mail of that address may read the ticket.
create table ticket_addresses (
  ticket_id text primary key,
  address text not null,
  changed_at bigint not null
);
create index tickets_at_address on ticket_addresses (address, changed_at, ticket_id);
insert into tickets_to_index (ticket_id)
  select id from tickets where id not in (select ticket_id from tickets_to_index);

-- Whoever has proved that he reads the mail of an address: a customer of his own. Not the one of whom
-- somebody typed that address: his browser would hear what is said here.
create table addresses (
  address text primary key,
  customer_id text not null references customers (id)
);
create index addresses_of_customer on addresses (customer_id);

-- What a guest wrote to which tickets: how often. His words are found by this when a ticket is at his address no more.
create table ticket_guests (
  customer_id text not null references customers (id),
  ticket_id text not null,
  answers bigint not null,
  primary key (customer_id, ticket_id)
);

-- The letter of a link: of no use once that is over, and no alarm.
alter table mails add column link_hash text;

-- Links that were mailed: of each the hash of its secret, until it is used or its hour is over.
create table portal_links (
  secret_hash text primary key,
  address text not null,
  created_at bigint not null,
  used_at bigint
);
create index portal_links_to_address on portal_links (address, created_at);

create table portal_sessions (
  token_hash text primary key,
  customer_id text not null references customers (id),
  -- None: his site has said who he is.
  address text,
  created_at bigint not null,
  seen_at bigint not null
);
create index portal_sessions_of_customer on portal_sessions (customer_id);

-- The tokens with which the frame in its pages speaks: they end with the session.
create table portal_frames (
  visitor_hash text primary key,
  session_hash text not null
);
create index frames_of_session on portal_frames (session_hash);
