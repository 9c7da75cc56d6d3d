-- Tickets are found by the address of their customer, too: all of them are indexed anew, little by little.
insert into tickets_to_index (ticket_id, seq) select id, seq from tickets where true on conflict (ticket_id) do nothing;
