
create function audit_is_kept() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only ever appended to';
end
$$;
create trigger audit_is_not_changed before update or delete or truncate on audit
  for each statement execute function audit_is_kept();
