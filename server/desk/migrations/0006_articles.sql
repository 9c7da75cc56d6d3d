-- The knowledge base. `plain` is the body without its marks, for excerpts; the `_words` columns hold
-- every form that a word is found by: without case and accents, and its stem (desk/src/search.rs).
create table articles (
  id text primary key,
  lang text not null check (lang in ('es', 'pt', 'en')),
  title text not null,
  body text not null,
  plain text not null,
  title_words text not null,
  body_words text not null,
  published bigint not null check (published in (0, 1)),
  changed_at bigint not null
);

create table article_applications (
  application_id text not null references applications (id),
  article_id text not null references articles (id),
  primary key (application_id, article_id)
);

create table article_votes (
  id text primary key,
  article_id text not null references articles (id),
  helped bigint not null check (helped in (0, 1)),
  at bigint not null
);
create index votes_of_article on article_votes (article_id);
