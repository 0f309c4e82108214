-- On call: pages that climb until somebody answers, schedules with their overrides, what PagerDuty said last, and the
-- escalation of an incident. And one random text of this installation, which signs links in mails.

create table installation (secret text not null);
insert into installation values (replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

create table oncall_pages (
  id text primary key,
  -- How often this has been paged about; a thing that comes back is called again.
  round integer not null,
  status text not null,
  key text not null,
  team text,
  summary text not null,
  severity text not null,
  link text,
  about jsonb,
  is_test boolean not null,
  steps jsonb not null,
  next_step integer not null,
  calls jsonb not null,
  sent_by text,
  sent_at timestamptz not null,
  acknowledged_by text,
  acknowledged_via text,
  acknowledged_at timestamptz,
  closed_at timestamptz
);
create index oncall_pages_open on oncall_pages (sent_at) where closed_at is null;

-- One row each time that somebody was called: load, evidence of test pages, «who was woken and how often».
create table oncall_calls (
  page text not null,
  round integer not null,
  person text not null,
  way text not null,
  called_at timestamptz not null,
  is_test boolean not null,
  acknowledged_at timestamptz,
  primary key (page, round, person, way)
);
create index oncall_calls_recent on oncall_calls (called_at);

create table oncall_schedules (
  id text primary key,
  on_call text,
  shift_began_at timestamptz,
  shift_number integer not null,
  accepted_by text,
  overrides jsonb not null
);

create table escalations (
  id text primary key,
  state jsonb not null,
  updated_at timestamptz not null
);
