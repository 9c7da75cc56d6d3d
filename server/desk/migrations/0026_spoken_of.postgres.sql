
insert into ticket_chats (chat_id, ticket_id)
  select distinct linked ->> 'chat', tickets.id from tickets, jsonb_array_elements(coalesce(tickets.state::jsonb -> 'chats', '[]')) as linked;
update chats set related_id = state::jsonb -> 'related' ->> 'id';
insert into tickets_to_index (ticket_id, seq)
  select id, seq from tickets where number not in (select number from ticket_index)
  on conflict (ticket_id) do nothing;
