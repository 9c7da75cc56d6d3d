-- What was asked for in the help of the widgets: by day, in the zone of the house, and never by whom. Words that could
-- say who asked are left out before this (domain/src/knowledge.rs). An empty question: all that a day has no room for.
create table article_searches (
  day bigint not null,
  lang text not null,
  asked text not null,
  times bigint not null,
  missed bigint not null,
  primary key (day, lang, asked)
);
