-- Settings of an application that only rules and screens read, never a query: one text, as JSON of
-- domain::application::Setup. What is not in it has its usual value, so a new setting needs no migration.
alter table applications add column setup text not null default '{}';
