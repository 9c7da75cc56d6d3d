-- A retired group is offered to no customer, and nothing is passed to it; what is in it goes on.
alter table groups add column retired bigint not null default 0 check (retired in (0, 1));
