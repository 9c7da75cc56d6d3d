-- Canned answers: of the house, of a group, or of an agent. A shortcut is there once in each.
create table canned_answers (
  id text primary key,
  scope text not null check (scope in ('House', 'Group', 'Agent')),
  -- The group or the agent; empty: the house.
  of_id text not null,
  shortcut text not null,
  body text not null,
  changed_at bigint not null,
  changed_by text not null
);
create unique index canned_answers_in_order on canned_answers (scope, of_id, shortcut);
