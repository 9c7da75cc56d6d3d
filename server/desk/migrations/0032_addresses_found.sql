-- Tickets are found by the address of their customer, too: those that have one are indexed anew, little by little.
-- Their row of it is right, and only words are missing: -1 says so (ticket_index.rs).
insert into tickets_to_index (ticket_id, seq)
  select tickets.id, -1 from ticket_addresses join tickets on tickets.id = ticket_addresses.ticket_id where true
  on conflict (ticket_id) do nothing;
