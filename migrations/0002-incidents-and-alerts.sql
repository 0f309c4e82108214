-- The first two features: incidents, and the alert groups that open them. Columns for what people will ask about.

create sequence incident_numbers;

create table incidents (
  id integer primary key,
  title text not null,
  severity text not null,
  status text not null,
  lead text,
  declared_by text,
  origin jsonb,
  channel_id text,
  channel_name text,
  channel_trouble text,
  note_count integer not null,
  lead_asked_count integer not null,
  resolution text not null,
  declared_at timestamptz not null,
  lead_taken_at timestamptz,
  resolved_at timestamptz
);
create unique index incidents_channel on incidents (channel_id) where channel_id is not null;
create index incidents_open on incidents (id) where status <> 'resolved';

create table alert_groups (
  id text primary key,
  source text not null,
  title text not null,
  summary text not null,
  labels jsonb not null,
  link text,
  status text not null,
  started_at timestamptz not null,
  resolved_at timestamptz,
  -- The newest moment heard of: what is older changes nothing any more.
  last_at timestamptz not null,
  fired_count integer not null,
  -- Which of its messages in Slack is the live one.
  message_number integer not null,
  -- The incident that runs because of this alert.
  incident_id text
);
create index alert_groups_firing on alert_groups (started_at) where status = 'firing';
create index alert_groups_incident on alert_groups (incident_id) where incident_id is not null;
