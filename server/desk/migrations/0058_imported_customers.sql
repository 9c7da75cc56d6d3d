-- Who an imported customer was where he came from: the same id there is the same person in every import. Erasing him
-- takes this away, and with it all that led to him: no id of ours is made of another's (S83).
create table imported_customers (
  foreign_id text primary key,
  customer_id text not null
);
create index imported_customers_here on imported_customers (customer_id);
create index imported_chats_here on imported_chats (chat_id);
