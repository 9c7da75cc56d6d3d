
-- Our words come folded: the index need not know any language.
create virtual table article_index using fts5 (id unindexed, title_words, body_words, tokenize = 'unicode61 remove_diacritics 0');
create trigger article_kept after insert on articles begin
  insert into article_index (id, title_words, body_words) values (new.id, new.title_words, new.body_words);
end;
create trigger article_changed after update on articles begin
  delete from article_index where id = old.id;
  insert into article_index (id, title_words, body_words) values (new.id, new.title_words, new.body_words);
end;
create trigger article_gone after delete on articles begin
  delete from article_index where id = old.id;
end;
