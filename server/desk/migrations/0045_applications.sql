-- An application is changed by several people: a save says which revision it has read, and one that was
-- overtaken is told by whom. Who is shown no application any more keeps its conversations, so it is retired
-- and never deleted. When its widget was asked for last, and from which of its sites, tells whether a
-- snippet works.
alter table applications add column revision bigint not null default 1;
alter table applications add column changed_by text;
alter table applications add column retired_at bigint;
alter table applications add column called_at bigint;
alter table applications add column called_from text not null default '';
