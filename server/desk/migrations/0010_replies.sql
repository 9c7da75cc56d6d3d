-- What an agent writes to the customer of a ticket goes the way of all mail, and is none of those that the
-- customer asked for himself.
alter table mails add column ticket_id text;
create index replies_of_ticket on mails (ticket_id, created_at) where ticket_id is not null;
