-- A delivery is written once, and its row does not change any more. What changes while it is worked on (who holds it, how
-- often it was tried) stands beside it, in a small row that goes when the work is done. Before, closing a delivery wrote
-- its whole body a second time and put it into four indexes again: half of what a webhook cost the database.
create table inbox_work (
  id bigint primary key,
  not_before timestamptz not null,
  attempts integer not null default 0,
  leased_by text,
  leased_until timestamptz,
  last_error text
  -- Rows live for a blink; a table of the usual patience would be mostly dead ones.
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

insert into inbox_work (id, not_before, attempts, leased_by, leased_until, last_error)
  select id, not_before, attempts, leased_by, leased_until, last_error from inbox where closed_at is null;

-- Why nobody works on it any more, where that is not because it was done.
alter table inbox add column gave_up text;
update inbox set gave_up = coalesce(last_error, '') where outcome = 'dead';

alter table inbox
  drop column not_before,
  drop column attempts,
  drop column leased_by,
  drop column leased_until,
  drop column closed_at,
  drop column outcome,
  drop column last_error;

-- What arrived together is written by one statement, and its rows are leased at once to the process that took them in. A
-- function, because its plan is kept: planning was a third of what this costs, and statements that are prepared by name
-- do not live behind every pooler.
create function accept_deliveries(
  sources text[], keys text[], bodies text[], at timestamptz, worker text, lease interval
) returns table (id bigint, source text, key text) language plpgsql as $$
#variable_conflict use_column
begin
  return query
    with new as (
      insert into inbox (source, key, body, received_at)
        select source, key, body, at from unnest(sources, keys, bodies) as given (source, key, body)
        on conflict (source, key) do nothing
        returning inbox.id, inbox.source, inbox.key),
    work as (
      insert into inbox_work (id, not_before, attempts, leased_by, leased_until)
        select new.id, at, case when worker is null then 0 else 1 end, worker,
          case when worker is null then null else now() + lease end from new)
    select new.id, new.source, new.key from new;
end $$;
