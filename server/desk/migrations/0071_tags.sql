-- Tags that are offered no more; tickets that carry one keep it.
create table tags_retired (
  tag text primary key
);

-- Tags that are getting another name: kept with what decided it, and done in small pieces beside everybody who works.
create table tags_renamed (
  from_tag text primary key,
  to_tag text not null
);
