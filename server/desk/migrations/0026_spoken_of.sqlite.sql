
insert into ticket_chats (chat_id, ticket_id)
  select distinct json_extract(linked.value, '$.chat'), tickets.id from tickets, json_each(tickets.state, '$.chats') as linked;
update chats set related_id = json_extract(state, '$.related.id');
insert into tickets_to_index (ticket_id, seq)
  select id, seq from tickets where number not in (select rowid from ticket_index)
  on conflict (ticket_id) do nothing;
