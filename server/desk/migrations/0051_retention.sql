-- What has been kept for as long as the house keeps it is erased (S84). When its words went; a ticket that is changed
-- after that may have new ones, and is null again.
alter table chats add column expired_at bigint;
alter table tickets add column expired_at bigint;
-- Those that still have words, the oldest first: no look reads the whole history.
create index chats_with_words on chats (ended_at, id) where ended_at is not null and expired_at is null;
create index tickets_with_words on tickets (changed_at, id) where expired_at is null;
create index files_by_time on files (created_at, id);

-- How often something was: whoever reads words for the index sees that they are gone meanwhile.
insert into counters (name, n) values ('expired', 0);

-- How much of what is gone and not yet in the log of who did what: one row there for a run, however many transactions
-- it took, and whatever came between.
create table expired (
  what text primary key,
  since bigint not null,
  times bigint not null
);
