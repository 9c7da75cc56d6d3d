-- Whether a site hands its customers over to the portal: who was proved in its widget alone may find no way there, and
-- what is written there for him nobody reads.
alter table applications add column hands_over bigint not null default 0;
update applications set hands_over = 1 where exists (
  select 1 from identities i join portal_sessions s on s.customer_id = i.customer_id and s.address is null
  where i.application_id = applications.id
) or exists (
  select 1 from identities i join tickets t on t.customer_id = i.customer_id and t.via = 'Portal'
  where i.application_id = applications.id and t.application_id = applications.id
);
