
create trigger audit_is_not_changed before update on audit begin
  select raise(abort, 'the audit log is only ever appended to');
end;
-- A replaced row fires no trigger of deletes.
create trigger audit_is_not_replaced before insert on audit
when exists (select 1 from audit where number = new.number) begin
  select raise(abort, 'the audit log is only ever appended to');
end;
create trigger audit_is_not_cut before delete on audit begin
  select raise(abort, 'the audit log is only ever appended to');
end;
