-- The log is asked about somebody or something, and for a stretch of time.
create index audit_by_about on audit (about, number);
create index audit_by_time on audit (at);
