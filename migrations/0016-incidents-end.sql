-- Two things that the end of an incident leaves behind. Whether data was lost has to be said of the gravest, and is asked
-- until it is: a column of its own, because people ask for it. And a task that the end turned into a follow-up is a task
-- again when the incident is reopened, so it remembers where it comes from.
alter table incidents add column data_loss text check (data_loss in ('none', 'some', 'unknown'));
alter table tasks add column left_for_later boolean not null default false;
update tasks set left_for_later = true from journal
  where journal.feature = 'tasks' and journal.subject = tasks.incident_id and journal.type = 'tasks.leftForLater'
    and journal.event -> 'numbers' @> to_jsonb(tasks.number);
