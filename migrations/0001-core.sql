-- The spine: what happened (journal), what came in (inbox), what must go out (things, outbox), what is due (timers),
-- and what fires once over all replicas (schedules). Every feature stands on these six tables and adds its own.

-- What happened, for ever and in order. Folding a subject's rows gives its state.
create table journal (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  feature text not null,
  subject text not null,
  type text not null,
  event jsonb not null,
  actor jsonb not null,
  -- What made it happen: an inbox row, a timer, an effect. The same cause never happens twice.
  cause text,
  cause_part integer not null default 0
);
create index journal_subject on journal (feature, subject, id);
create unique index journal_cause on journal (cause, cause_part) where cause is not null;

-- What came in, durable before it was acknowledged. The body is text, not jsonb: it is kept exactly as it came.
create table inbox (
  id bigint generated always as identity primary key,
  source text not null,
  key text not null,
  body text not null,
  received_at timestamptz not null,
  not_before timestamptz not null,
  attempts integer not null default 0,
  leased_by text,
  leased_until timestamptz,
  closed_at timestamptz,
  outcome text,
  last_error text,
  unique (source, key)
);
create index inbox_open on inbox (id) where closed_at is null;
create index inbox_closed on inbox (closed_at) where closed_at is not null;

-- Things outside that have a name here (a card, a channel): how they should be, and how we last left them.
create table things (
  name text primary key,
  port text not null,
  desired jsonb not null,
  observed jsonb,
  updated_at timestamptz not null
);
-- Which of our things a channel is: asked at every command that names no subject.
create index things_channel on things ((observed ->> 'channelId')) where observed is not null;

-- What must go out. One row an effect; the oldest open row of a stream is delivered first, and alone.
create table outbox (
  id bigint generated always as identity primary key,
  port text not null,
  stream text not null,
  priority smallint not null,
  effect jsonb not null,
  -- Set for effects that bring a named thing up to date; what to deliver is then read from `things`.
  thing text references things (name),
  decided_at timestamptz not null,
  not_before timestamptz not null,
  attempts integer not null default 0,
  -- Attempts that failed for a reason of the effect's own, not because the outside was away.
  failures integer not null default 0,
  -- An attempt began and its outcome is not known. Set before the outside is called.
  in_doubt boolean not null default false,
  leased_by text,
  leased_until timestamptz,
  closed_at timestamptz,
  outcome text,
  last_error text
);
create index outbox_open on outbox (port, priority, id) where closed_at is null;
create index outbox_stream on outbox (stream, id) where closed_at is null;
create index outbox_closed on outbox (closed_at) where closed_at is not null;
-- A storm of changes to one thing is one delivery: only one undelivered row a thing.
create unique index outbox_thing_waiting on outbox (thing)
  where thing is not null and closed_at is null and leased_by is null;

-- What is due. Set and cancelled in the transaction of the change that asks for it.
create table timers (
  key text primary key,
  due_at timestamptz not null,
  fire jsonb not null,
  set_at timestamptz not null
);
create index timers_due on timers (due_at);

-- What fires once over all replicas by the calendar.
create table schedules (
  name text primary key,
  last_slot timestamptz not null
);
