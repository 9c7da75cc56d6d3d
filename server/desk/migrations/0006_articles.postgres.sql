
create index articles_by_word on articles using gin ((
  setweight(to_tsvector('simple', title_words), 'A') || setweight(to_tsvector('simple', body_words), 'B')
));
