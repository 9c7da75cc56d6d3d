-- An article is one thing in several languages, in a section, with one revision: whoever saves says which one he has
-- read. What was there becomes an article in one language. Sections keep their order; nothing is deleted, but retired.
create table article_sections (
  id text primary key,
  es text not null,
  pt text not null,
  en text not null,
  place bigint not null,
  retired bigint not null default 0 check (retired in (0, 1))
);

create table knowledge (
  id text primary key,
  section_id text references article_sections (id),
  revision bigint not null default 1,
  changed_at bigint not null,
  changed_by text,
  retired bigint not null default 0 check (retired in (0, 1))
);
insert into knowledge (id, changed_at) select id, changed_at from articles;

-- An article without an address of its own is found by the search alone.
alter table articles add column knowledge_id text references knowledge (id);
alter table articles add column slug text;
update articles set knowledge_id = id;
create unique index article_in_language on articles (knowledge_id, lang);
create unique index article_address on articles (lang, slug);

-- Pictures of articles, made anew from their pixels: in the database, as photos are.
create table article_images (
  id text primary key,
  media text not null,
  body text not null,
  created_at bigint not null,
  created_by text not null
);
