-- After so many seconds of somebody's waiting the members of a group are told by mail; 0: never.
alter table groups add column alarm_after bigint not null default 0;
-- When they were told last.
alter table groups add column alarmed_at bigint not null default 0;
