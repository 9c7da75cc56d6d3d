-- When a customer was here last, to the hour: a house may keep those for a time only who do not come back. Of those of
-- before it is known when they spoke last, or something of theirs changed.
alter table customers add column seen_at bigint;
update customers set seen_at = created_at;
update customers set seen_at = (select max(coalesce(h.ended_at, h.queued_at)) from chats h where h.customer_id = customers.id)
  where exists (select 1 from chats h where h.customer_id = customers.id and coalesce(h.ended_at, h.queued_at) > customers.seen_at);
update customers set seen_at = (select max(t.changed_at) from tickets t where t.customer_id = customers.id)
  where exists (select 1 from tickets t where t.customer_id = customers.id and t.changed_at > customers.seen_at);
update customers set seen_at = (select max(v.created_at) from visitors v where v.customer_id = customers.id)
  where exists (select 1 from visitors v where v.customer_id = customers.id and v.created_at > customers.seen_at);
update customers set seen_at = (select max(s.seen_at) from portal_sessions s where s.customer_id = customers.id)
  where exists (select 1 from portal_sessions s where s.customer_id = customers.id and s.seen_at > customers.seen_at);
-- Who nobody knew yet was the one that he turned out to be.
update customers set seen_at = (select max(b.seen_at) from customers b where b.became = customers.id)
  where exists (select 1 from customers b where b.became = customers.id and b.seen_at > customers.seen_at);
create index customers_by_seen on customers (seen_at, id) where erased_at is null and became is null;
