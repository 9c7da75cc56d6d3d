-- Who has numbers in a group, and which application has, is asked with every look at them.
create index indicator_days_of_group on indicator_days (group_id, agent_id, application_id);
