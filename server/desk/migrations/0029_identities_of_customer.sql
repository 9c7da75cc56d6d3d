-- Whether his site can say who the customer of a ticket is, is asked whenever the ticket is read.
create index identities_of_customer on identities (customer_id);
