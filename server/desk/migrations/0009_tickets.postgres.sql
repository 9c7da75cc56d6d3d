
create table ticket_index (
  number bigint primary key,
  words tsvector not null
);
create index tickets_by_word on ticket_index using gin (words);
