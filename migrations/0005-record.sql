-- What is written down while an incident runs: its timeline, its tasks, its updates. And what of theirs is shown on
-- its card, so that the card is still drawn from the incident's own state.

-- Which incident a line of the journal speaks of, so that one page of a timeline costs the same however long it is.
-- Null for what no timeline shows: refusals, what only repaints the card, and the notes, which have a table of their own.
alter table journal add column incident text generated always as (
  case
    when type like '%.refused' or type = 'incident.cardFactsSet' or feature = 'timeline' then null
    when feature = 'incidents' then subject
    else event ->> 'incident'
  end
) stored;
create index journal_incident on journal (incident, at, id) where incident is not null;

-- What features beside the incident want shown on its card, by feature.
alter table incidents add column card_facts jsonb not null default '{}';

-- What the boards of tasks and of updates know about the incident they belong to: a copy of a few words of it, kept up
-- by its events, so that a timer may decide and speak without looking anywhere else.
create table task_boards (
  incident_id text primary key,
  about jsonb not null
);

create table tasks (
  incident_id text not null references task_boards (incident_id),
  number integer not null,
  kind text not null,
  text text not null,
  owner text,
  created_by text,
  created_at timestamptz not null,
  due_at timestamptz,
  status text not null,
  closed_by text,
  closed_at timestamptz,
  reminded_count integer not null,
  -- The message in Slack that it was made from.
  source jsonb,
  primary key (incident_id, number)
);
create index tasks_of_owner on tasks (owner, due_at) where status = 'open';

create table update_plans (
  incident_id text primary key,
  about jsonb not null,
  update_count integer not null,
  known text not null,
  doing text not null,
  needed text not null,
  posted_by text,
  posted_at timestamptz,
  -- When the next one is due; null while none is.
  next_at timestamptz,
  -- How often somebody was asked for the one that is due.
  asked_count integer not null
);
create index update_plans_due on update_plans (next_at) where next_at is not null;

-- Who was told where an incident stands when they came into its channel: each person once.
create table newcomers (
  id text primary key,
  incident_id text not null,
  person text not null,
  told_at timestamptz not null
);
