-- The whole life of an incident: kind, privacy, service, roles, members, hand-over, and when what happened.
alter table incidents
  add column kind text not null default 'real',
  add column is_private boolean not null default false,
  add column service text,
  add column summary text not null default '',
  add column impact text not null default '',
  add column roles jsonb not null default '{}',
  add column members jsonb not null default '[]',
  add column handover jsonb,
  add column is_archived boolean not null default false,
  add column close_asked_count integer not null default 0,
  add column started_at timestamptz,
  add column detected_at timestamptz,
  add column mitigated_at timestamptz,
  add column closed_at timestamptz,
  add column merged_at timestamptz,
  add column status_before_merge text,
  add column assumed_times jsonb not null default '[]',
  add column merged_into text,
  add column absorbed jsonb not null default '[]';
alter table incidents rename column lead_taken_at to acknowledged_at;
update incidents set started_at = declared_at, detected_at = declared_at;
alter table incidents alter column started_at set not null, alter column detected_at set not null;

drop index incidents_open;
create index incidents_open on incidents (id) where status in ('triage', 'investigating', 'identified', 'monitoring');
create index incidents_declared on incidents (declared_at);
-- For «mine», and for whoever may see a private one. Those of before had only a declarer and a lead.
update incidents set members = (
  select coalesce(jsonb_agg(distinct person), '[]') from unnest(array[declared_by, lead]) as person where person is not null
);
create index incidents_members on incidents using gin (members);
-- For finding one by what was wrong, and for «was there something like it before».
create index incidents_words on incidents using gin
  (to_tsvector('english', title || ' ' || summary || ' ' || impact || ' ' || resolution));

-- Numbers are given under a lock, without gaps.
drop sequence incident_numbers;
