
-- Under the ticket's number: the newest are found first, and nothing is sorted.
create virtual table ticket_index using fts5(words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0');
