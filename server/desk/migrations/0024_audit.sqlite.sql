
create trigger audit_is_not_changed before update on audit begin
  select raise(abort, 'the audit log is only ever appended to');
end;
create trigger audit_is_not_cut before delete on audit begin
  select raise(abort, 'the audit log is only ever appended to');
end;
