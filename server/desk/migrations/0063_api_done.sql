-- What the API has changed, by the id under which it was done. Kept with the change: who asks again under his key, after
-- an answer that was lost, finds it done, whatever became of it since.
create table api_done (
  act text primary key,
  at bigint not null
);
create index api_done_by_time on api_done (at);
