-- When a page of a site asked for its widget last.
alter table application_sites add column called_at bigint;
update application_sites set called_at = (
    select a.called_at from applications a
    where a.id = application_sites.application_id and a.called_from = application_sites.origin
);
