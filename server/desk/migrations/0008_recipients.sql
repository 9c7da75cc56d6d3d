-- How many mails went to an address within a day.
create index mails_by_recipient on mails (recipient, created_at);
