-- Whose words are gone, and since when. His row stays: numbers point to it.
alter table customers add column erased_at bigint;

-- Files whose rows are erased and whose bytes are not yet: a start finds here what a crash left.
create table erased_files (
  id text primary key
);
