-- What is retired is offered no more; tickets that carry it keep it.
alter table ticket_statuses add column retired bigint not null default 0 check (retired in (0, 1));
alter table ticket_fields add column retired bigint not null default 0 check (retired in (0, 1));
