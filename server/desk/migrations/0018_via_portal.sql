-- A ticket may come from the portal. What a column may hold is changed by another column that takes its place: both
-- databases know how to do that, and the rest of the table stays as it is.
drop index tickets_of_group_by_via;
alter table tickets add column came_via text not null default 'OnlineChat'
  check (came_via in ('OnlineChat', 'OfflineMessage', 'Agent', 'Portal'));
update tickets set came_via = via;
alter table tickets drop column via;
alter table tickets rename column came_via to via;
create index tickets_of_group_by_via on tickets (group_id, via, changed_at, id);
