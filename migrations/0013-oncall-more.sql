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

-- What whoever took over was told, so that the post can be drawn again when they say «I have it».
alter table oncall_schedules add column facts jsonb not null default '[]';
