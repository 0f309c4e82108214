-- Heartbeats: signs of life that are expected, and the alert when one stays away. What a heartbeat became is state of its
-- own, with a journal; when it last beat is only a moment, written with every beat, and would drown the journal.

create table heartbeats (
  name text primary key,
  status text not null,
  missing_since timestamptz,
  silent_since timestamptz,
  has_waited boolean not null
);

create table heartbeat_beats (
  name text primary key,
  last_at timestamptz not null
);
