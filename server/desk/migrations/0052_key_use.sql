-- When something that a key signed was believed last, to the minute: whoever changes keys sees when the old one is not
-- used any more.
alter table identity_keys add column used_at bigint;
