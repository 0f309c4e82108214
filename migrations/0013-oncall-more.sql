-- Who is on call in PagerDuty as it was seen last, so that names and numbers are there when PagerDuty is not; and what a
-- page has beside: the severity it stands for, which PagerDuty knows as a priority.

create table oncall_rosters (
  id text primary key,
  asked_at timestamptz,
  seen_at timestamptz,
  failing_since timestamptz,
  failure text,
  entries jsonb not null
);

alter table oncall_pages add column priority text;
