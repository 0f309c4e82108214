-- Runbooks themselves are files. Here is what people do with them: runs with their copied steps, the incidents for
-- which one was opened or offered, and whether they helped.
create table runbook_runs (
  id text primary key,
  incident_id text,
  place text not null,
  name text not null,
  title text not null,
  reviewed_at text,
  is_stale boolean not null,
  meaning text not null,
  -- A copy: a later edit of the file never changes a run.
  steps jsonb not null,
  status text not null,
  started_by text,
  started_at timestamptz not null,
  ended_at timestamptz
);
create index runbook_runs_open on runbook_runs (incident_id) where status = 'running';

create table runbook_occasions (
  incident_id text primary key,
  opened jsonb not null,
  offered jsonb not null
);

create table runbook_care (
  name text primary key,
  votes jsonb not null,
  reminded_at timestamptz
);
