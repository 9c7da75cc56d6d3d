-- A ticket may come from another program: until now those were counted as opened by an agent, and stay so. As with the
-- portal (18), another column takes the place of the one that could not hold it.
drop index tickets_of_group_by_via;
alter table tickets add column opened_via text not null default 'OnlineChat'
  check (opened_via in ('OnlineChat', 'OfflineMessage', 'Agent', 'Portal', 'Api'));
update tickets set opened_via = via;
alter table tickets drop column via;
alter table tickets rename column opened_via to via;
create index tickets_of_group_by_via on tickets (group_id, via, changed_at, id);
