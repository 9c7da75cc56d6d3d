-- What a ticket carries, and what its lists ask for. A status of the house derives from a base, so every
-- rule and number knows only bases.
create table ticket_statuses (
  id text primary key,
  name text not null,
  base text not null check (base in ('New', 'InAttendance', 'Stopped', 'Canceled', 'Resolved', 'Closed')),
  asks bigint not null check (asks in (0, 1)),
  -- JSON: why it may be set; none: in one's own words.
  reasons text not null,
  place bigint not null
);

create table ticket_fields (
  id text primary key,
  label text not null,
  kind text not null check (kind in ('Text', 'Number', 'Choice', 'Date', 'YesNo')),
  required bigint not null check (required in (0, 1)),
  -- JSON: of a choice.
  options text not null,
  place bigint not null
);

alter table tickets add column via text not null default 'OnlineChat' check (via in ('OnlineChat', 'OfflineMessage', 'Agent'));
alter table tickets add column own_id text;

-- Each list and filter is a range of one of these, in the order in which it is shown; where a person sees
-- several groups, each is a range of its own and the ranges are merged. So no list grows slower with the
-- number of tickets, and no page sorts.
create index tickets_of_group on tickets (group_id, changed_at, id);
create index tickets_of_group_by_status on tickets (group_id, status, changed_at, id);
create index tickets_of_group_by_via on tickets (group_id, via, changed_at, id);
create index tickets_of_group_by_application on tickets (group_id, application_id, changed_at, id);
create index tickets_of_nobody on tickets (group_id, status, changed_at, id) where owner_id is null;
create index tickets_of_owner_by_status on tickets (owner_id, status, changed_at, id);
create index tickets_by_own_status on tickets (own_id, changed_at, id) where own_id is not null;
drop index tickets_unsaved;
create index tickets_to_save on tickets (owner_id, changed_at, id) where saved_at is null;

create table ticket_tags (
  tag text not null,
  changed_at bigint not null,
  ticket_id text not null,
  primary key (tag, changed_at, ticket_id)
);
create index tags_of_ticket on ticket_tags (ticket_id);

-- Tickets whose words have changed since they were last indexed: kept with the change, so that none is
-- forgotten, and done a moment later, so that no conversation waits for it.
create table tickets_to_index (
  ticket_id text primary key
);
