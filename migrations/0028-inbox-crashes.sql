-- A process that dies says nothing about the deliveries it held: what failed is counted apart from what was taken over.
-- Before, every kill used up an attempt, and six in a row gave up a delivery that nobody had ever failed at.
alter table inbox_work rename column attempts to failures;
alter table inbox_work add column takeovers integer not null default 0;
update inbox_work set failures = 0;

create or replace function accept_deliveries(
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
      insert into inbox_work (id, not_before, leased_by, leased_until)
        select new.id, at, worker, case when worker is null then null else now() + lease end from new)
    select new.id, new.source, new.key from new;
end $$;
