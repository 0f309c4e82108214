-- Alerts come together in groups now: a group has members, and outbreaks that are counted and judged. Silences keep
-- alerts quiet, and in a storm their messages wait.

-- What one of the first kind was, one row an alert, cannot say what its group is. No release ever wrote it; what fires
-- is sent again by its source and then stands in its new place.
drop table alert_groups;
delete from journal where feature = 'alerts';

create table alert_groups (
  id text primary key,
  source text not null,
  route text not null,
  key jsonb not null,
  service text,
  status text not null,
  -- When alerts of it began to fire within the last hour that it knows of.
  firings jsonb not null,
  dropped jsonb not null,
  outbreak integer not null,
  incident_id text,
  incident_status text,
  incident_severity text,
  -- What keeps some of its alerts quiet, as «silence S-7», for whoever ends it.
  held_by jsonb not null,
  changed_at timestamptz not null default now()
);
create index alert_groups_firing on alert_groups (id) where status = 'firing';
create index alert_groups_incident on alert_groups (incident_id) where incident_id is not null;
create index alert_groups_held on alert_groups using gin (held_by) where held_by <> '[]';

create table alert_members (
  group_id text not null,
  fingerprint text not null,
  source text not null,
  title text not null,
  labels jsonb not null,
  annotations jsonb not null,
  links jsonb not null,
  extra jsonb not null,
  status text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  -- The newest moment heard of: what is older came late and changes nothing.
  last_at timestamptz not null,
  holds jsonb not null,
  inhibits boolean not null,
  primary key (group_id, fingerprint)
);
-- Where an alert fires, so that its end finds it also when the routes have changed meanwhile.
create index alert_members_firing on alert_members (source, fingerprint) where status = 'firing';
create index alert_members_inhibiting on alert_members (group_id) where status = 'firing' and inhibits;

-- One row for each time that a group broke out: what the noise report counts.
create table alert_outbreaks (
  group_id text not null,
  number integer not null,
  rule text not null,
  began_at timestamptz not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  fired_count integer not null,
  is_shown boolean not null,
  is_acted boolean not null,
  paged text,
  acknowledged_by text,
  acknowledged_at timestamptz,
  led_to text,
  is_declined boolean not null,
  verdict text,
  clear_asked_count integer not null,
  -- When we heard of it, which may be long after it began: many at once are a storm.
  noted_at timestamptz not null default now(),
  primary key (group_id, number)
);
create index alert_outbreaks_noted on alert_outbreaks (noted_at) where number > 0;
create index alert_outbreaks_began on alert_outbreaks (began_at) where number > 0;

create sequence silence_numbers;

create table silences (
  id text primary key,
  match jsonb not null,
  reason text not null,
  created_by text,
  created_at timestamptz not null,
  until timestamptz not null,
  status text not null,
  ended_by text,
  ended_at timestamptz,
  -- What Alertmanager calls its copy, and why it has none.
  remote_id text,
  remote_trouble text
);
create index silences_active on silences (until) where status = 'active';

create table alert_storms (
  id text primary key,
  number integer not null,
  status text not null,
  began_at timestamptz not null,
  last_at timestamptz not null,
  ended_at timestamptz,
  group_count integer not null,
  alert_count integer not null
);

-- Between an alert that wants an incident and the incident: whoever wants one for the same thing meanwhile joins it.
create table alert_openings (
  id text primary key,
  status text not null,
  severity text not null,
  as_triage boolean not null,
  opener text not null,
  waiting jsonb not null,
  incident_id text,
  began_at timestamptz not null
);

-- Senders that said the same over and over, and when somebody was told of it.
create table alert_senders (
  id text primary key,
  noticed_at timestamptz not null,
  received integer not null,
  unchanged integer not null
);
