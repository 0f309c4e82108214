-- A silence that people end or change in Alertmanager is followed here: what became of its copy there, and when all of
-- them were looked at last. An outbreak knows the storm that it came in, for what is over before its turn is not posted.

alter table silences
  add column ended_there boolean not null default false,
  add column changed_there_at timestamptz,
  -- How often its copy was made: one that was lost there is made again.
  add column copies integer not null default 1;

create table silence_watches (
  id text primary key,
  looked_at timestamptz not null,
  -- Why nothing can be seen there; null while it answers.
  trouble text
);

-- Silences that hold already have no timer of the watch's yet; it stops by itself when there is nothing to see.
insert into timers (key, due_at, fire, set_at)
select 'silenceWatches/alertmanager/look', now() + interval '1 minute',
  '{"feature": "silenceWatches", "id": "alertmanager", "command": {"type": "watch.look"}}', now()
where exists (select 1 from silences where status = 'active' and remote_id is not null);

alter table alert_outbreaks add column storm integer;
create index alert_outbreaks_storm on alert_outbreaks (storm) where storm is not null;
