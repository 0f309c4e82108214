-- Guarded actions. The rules that must hold whoever writes stand here, not only in the program: which state may follow
-- which, one running action a target, who may approve what, no run without recorded guards, no change of a plan that
-- somebody approved. A mistake in the program, a second program, or a person with a SQL prompt meets the same refusal.
-- What happened is kept twice: in the journal, and in an audit whose rows are chained by their hashes.

create sequence action_numbers;

-- One row for each change of state that is allowed; any other is refused.
create table action_transitions (
  from_state text not null,
  to_state text not null,
  primary key (from_state, to_state)
);
insert into action_transitions (from_state, to_state) values
  ('planning', 'no_plan'), ('planning', 'waiting'), ('planning', 'approved'), ('planning', 'withdrawn'),
  ('no_plan', 'planning'), ('no_plan', 'withdrawn'),
  ('waiting', 'approved'), ('waiting', 'denied'), ('waiting', 'expired'), ('waiting', 'withdrawn'),
  ('approved', 'preflight'), ('approved', 'expired'), ('approved', 'withdrawn'), ('approved', 'denied'), ('approved', 'blocked'),
  ('preflight', 'dispatching'), ('preflight', 'blocked'),
  ('blocked', 'planning'), ('blocked', 'withdrawn'),
  ('dispatching', 'running'), ('dispatching', 'failed'), ('dispatching', 'unknown'),
  ('running', 'verifying'), ('running', 'succeeded'), ('running', 'failed'), ('running', 'stopping'), ('running', 'stopped'), ('running', 'unknown'),
  ('stopping', 'stopped'), ('stopping', 'failed'), ('stopping', 'verifying'), ('stopping', 'succeeded'), ('stopping', 'unknown'),
  ('verifying', 'succeeded'), ('verifying', 'verify_failed'), ('verifying', 'unknown'),
  ('unknown', 'running'), ('unknown', 'settled_done'), ('unknown', 'settled_not_done');

create table actions (
  id integer primary key,
  name text not null,
  verb text not null,
  title text not null,
  target text not null,
  service text not null,
  environment text not null,
  tier smallint not null check (tier between 0 and 3),
  executor text not null,
  params jsonb not null,
  -- The catalogue entry as it was: a changed one needs a new plan.
  entry_sha text not null,
  requested_by text,
  origin jsonb,
  incident text,
  is_private boolean not null,
  home text not null,
  reason text not null check (length(trim(reason)) >= 10),
  standing jsonb not null,
  pings jsonb not null,
  undoes text,
  needs jsonb not null,
  confirms text not null,
  runs_itself boolean not null,
  timeout_seconds integer not null check (timeout_seconds > 0),
  state text not null,
  plan jsonb,
  plan_number integer not null,
  plan_hash text,
  plan_expires_at timestamptz,
  denied jsonb,
  break_glass jsonb,
  review jsonb,
  blocked jsonb,
  guards jsonb,
  run_asked_by text,
  dispatch_key text unique,
  handle jsonb,
  stop jsonb,
  detail text not null,
  tail text not null,
  output jsonb,
  probes jsonb not null,
  reconcile jsonb,
  settlements jsonb not null,
  deputies_asked boolean not null,
  requested_at timestamptz not null,
  planned_at timestamptz,
  approved_at timestamptz,
  dispatched_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz
);
-- The lock of a target. What is unknown keeps it: nobody knows whether it is still at work.
create unique index actions_one_a_target on actions (target)
  where state in ('preflight', 'dispatching', 'running', 'stopping', 'verifying', 'unknown');
create index actions_at_work on actions (id)
  where state in ('planning', 'approved', 'preflight', 'dispatching', 'running', 'stopping', 'verifying', 'unknown');
create index actions_open on actions (id) where ended_at is null;
create index actions_incident on actions (incident) where incident is not null;
create index actions_to_review on actions (id) where review is not null;

create table action_approvals (
  action integer not null references actions (id),
  plan_number integer not null,
  plan_hash text not null,
  person text not null,
  -- The groups of the requirement that this person spoke for.
  groups jsonb not null,
  at timestamptz not null,
  primary key (action, plan_number, person)
);

-- Who works on what just now. Beside the action, because it says nothing about it: it is read by the database's clock.
create table action_leases (
  action integer primary key references actions (id),
  owner text not null,
  until timestamptz not null
);

create sequence hold_numbers;
create table action_holds (
  id integer primary key,
  -- checkout/production, checkout/*, */production or */*
  scope text not null,
  owner text,
  -- The action that left it behind; the one that undoes that action passes.
  action text,
  reason text not null check (length(trim(reason)) >= 3),
  placed_at timestamptz not null,
  until timestamptz not null check (until > placed_at),
  released_at timestamptz,
  released_by text,
  release_reason text,
  check (until <= placed_at + interval '8 days')
);
create index action_holds_active on action_holds (until) where released_at is null;

-- The kill switch: one row.
create table action_switches (
  id text primary key check (id = 'all'),
  is_off boolean not null,
  by text,
  reason text not null,
  at timestamptz not null
);

create function action_covers(scope text, target text) returns boolean language sql immutable as $$
  select (split_part(scope, '/', 1) in ('*', split_part(target, '/', 1)))
     and (split_part(scope, '/', 2) in ('*', split_part(target, '/', 2))) $$;

create function action_guard() returns trigger language plpgsql as $$
declare
  need jsonb;
  guard jsonb;
begin
  if new.name <> old.name or new.target <> old.target or new.requested_by is distinct from old.requested_by
     or new.tier <> old.tier or new.executor <> old.executor or new.incident is distinct from old.incident
     or new.entry_sha <> old.entry_sha or new.needs <> old.needs or new.undoes is distinct from old.undoes
     or new.params <> old.params then
    raise exception 'action %: what was asked for cannot be changed', old.id using errcode = 'check_violation';
  end if;
  if old.dispatch_key is not null and new.dispatch_key is distinct from old.dispatch_key then
    raise exception 'action %: dispatched once and never again', old.id using errcode = 'check_violation';
  end if;
  if (new.plan is distinct from old.plan or new.plan_hash is distinct from old.plan_hash
      or new.plan_number <> old.plan_number or new.plan_expires_at is distinct from old.plan_expires_at)
     and old.state <> 'planning' and new.state <> 'planning' then
    raise exception 'action %: the plan is frozen', old.id using errcode = 'check_violation';
  end if;
  if new.state = old.state then
    return new;
  end if;

  if not exists (select 1 from action_transitions where from_state = old.state and to_state = new.state) then
    raise exception 'action %: % cannot become %', old.id, old.state, new.state using errcode = 'check_violation';
  end if;
  if new.state in ('waiting', 'approved') and (new.plan is null or new.plan_hash is null or new.plan_expires_at is null) then
    raise exception 'action %: there is no plan', old.id using errcode = 'check_violation';
  end if;
  if new.state in ('approved', 'preflight', 'dispatching') and new.plan_expires_at <= clock_timestamp() then
    raise exception 'action %: the plan expired', old.id using errcode = 'check_violation';
  end if;
  if new.state in ('approved', 'preflight', 'dispatching') and new.break_glass is null then
    for need in select * from jsonb_array_elements(new.needs) loop
      if (select count(*) from action_approvals a where a.action = new.id and a.plan_hash = new.plan_hash
          and a.groups ? (need ->> 'group')) < (need ->> 'count')::int then
        raise exception 'action %: not enough approvals of this plan', old.id using errcode = 'check_violation';
      end if;
    end loop;
    if (select count(*) from action_approvals a where a.action = new.id and a.plan_hash = new.plan_hash)
       < (select coalesce(sum((n ->> 'count')::int), 0) from jsonb_array_elements(new.needs) n) then
      raise exception 'action %: not enough approvals of this plan', old.id using errcode = 'check_violation';
    end if;
  end if;
  if new.break_glass is not null and old.break_glass is null and (
     new.incident is null or length(trim(new.break_glass ->> 'reason')) < 20 or coalesce(new.break_glass ->> 'by', '') = ''
     or exists (select 1 from actions other where other.review ->> 'of' = new.break_glass ->> 'by' and other.id <> new.id
                and other.review ->> 'by' is null and (other.review ->> 'dueAt')::timestamptz < clock_timestamp())) then
    raise exception 'action %: the glass may not be broken', old.id using errcode = 'check_violation';
  end if;
  if new.state in ('preflight', 'dispatching') and new.tier > 0 then
    if exists (select 1 from action_switches where is_off) then
      raise exception 'action %: actions are switched off', old.id using errcode = 'check_violation';
    end if;
    if new.break_glass is null and exists (
      select 1 from action_holds h where h.released_at is null and h.until > clock_timestamp()
      and action_covers(h.scope, new.target)
      and (h.owner is null or h.owner is distinct from new.requested_by)
      and (h.action is null or h.action is distinct from new.undoes)) then
      raise exception 'action %: the target is held', old.id using errcode = 'check_violation';
    end if;
  end if;
  if new.state = 'dispatching' then
    if new.dispatch_key is null or new.guards is null or jsonb_array_length(new.guards) = 0 then
      raise exception 'action %: no dispatch without guards', old.id using errcode = 'check_violation';
    end if;
    for guard in select * from jsonb_array_elements(new.guards) loop
      if (guard ->> 'isOk')::boolean is not true then
        raise exception 'action %: a guard says no: %', old.id, guard ->> 'name' using errcode = 'check_violation';
      end if;
    end loop;
  end if;
  return new;
end $$;
create trigger action_guard before update on actions for each row execute function action_guard();

create function action_first_guard() returns trigger language plpgsql as $$
begin
  if new.state <> 'planning' or new.plan is not null or new.dispatch_key is not null or new.break_glass is not null then
    raise exception 'an action begins with planning' using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger action_first_guard before insert on actions for each row execute function action_first_guard();

create function action_stays() returns trigger language plpgsql as $$
begin
  raise exception '% is never deleted from', tg_table_name using errcode = 'check_violation';
end $$;
create trigger action_stays before delete on actions for each row execute function action_stays();
create trigger approval_stays before update or delete on action_approvals for each row execute function action_stays();

create function approval_guard() returns trigger language plpgsql as $$
declare
  asked actions;
begin
  select * into asked from actions where id = new.action for update;
  if asked.state <> 'waiting' then
    raise exception 'action %: it does not wait for approval', new.action using errcode = 'check_violation';
  end if;
  if asked.requested_by = new.person then
    raise exception 'action %: nobody approves their own', new.action using errcode = 'check_violation';
  end if;
  if asked.plan_hash is distinct from new.plan_hash or asked.plan_number <> new.plan_number then
    raise exception 'action %: that plan is not the one that waits', new.action using errcode = 'check_violation';
  end if;
  if asked.plan_expires_at <= clock_timestamp() then
    raise exception 'action %: the plan expired', new.action using errcode = 'check_violation';
  end if;
  if jsonb_typeof(new.groups) <> 'array' or jsonb_array_length(new.groups) = 0 then
    raise exception 'action %: an approval speaks for a group', new.action using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger approval_guard before insert on action_approvals for each row execute function approval_guard();

-- The audit. `payload` is exactly what was hashed, so that anybody can check an export without a database.
create table audit_log (
  seq bigint primary key,
  at timestamptz not null,
  kind text not null,
  subject text not null,
  payload text not null,
  prev_hash text not null,
  hash text not null unique
);
create index audit_subject on audit_log (subject, seq);

create function audit_append(p_kind text, p_subject text, p_body jsonb) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  last audit_log;
  number bigint;
  moment timestamptz := clock_timestamp();
  text_of text;
begin
  -- One writer at a time: a chain has one end.
  perform pg_advisory_xact_lock(hashtextextended('tocsin/audit', 0));
  select * into last from audit_log order by seq desc limit 1;
  number := coalesce(last.seq, 0) + 1;
  text_of := jsonb_build_object('seq', number, 'at', extract(epoch from moment)::text, 'kind', p_kind,
    'subject', p_subject, 'body', p_body, 'prev', coalesce(last.hash, ''))::text;
  insert into audit_log (seq, at, kind, subject, payload, prev_hash, hash)
    values (number, moment, p_kind, p_subject, text_of, coalesce(last.hash, ''),
            encode(sha256(convert_to(text_of, 'UTF8')), 'hex'));
  return number;
end $$;

-- The first row that is not what it was when it was written; none when all is well.
create function audit_verify() returns table (first_bad bigint, checked bigint, head_seq bigint, head_hash text)
language sql stable as $$
  with chained as (
    select a.*, lag(a.hash) over (order by a.seq) as hash_before, lag(a.seq) over (order by a.seq) as seq_before from audit_log a)
  select
    min(seq) filter (where hash <> encode(sha256(convert_to(payload, 'UTF8')), 'hex')
      or prev_hash <> coalesce(hash_before, '') or seq <> coalesce(seq_before, 0) + 1
      or (payload::jsonb ->> 'seq')::bigint <> seq or payload::jsonb ->> 'prev' <> prev_hash
      or payload::jsonb ->> 'kind' <> kind or payload::jsonb ->> 'subject' <> subject
      or payload::jsonb ->> 'at' <> extract(epoch from at)::text),
    count(*), max(seq), (select hash from audit_log order by seq desc limit 1)
  from chained $$;

create function audit_stays() returns trigger language plpgsql as $$
begin
  raise exception 'the audit is only ever added to' using errcode = 'insufficient_privilege';
end $$;
create trigger audit_stays before update or delete on audit_log for each row execute function audit_stays();
create trigger audit_stays_whole before truncate on audit_log for each statement execute function audit_stays();

-- Every journalled line about actions, holds and the switch goes into the audit, refusals too, output never.
create function audit_journal() returns trigger language plpgsql as $$
begin
  if new.type = 'action.progressed' then
    return new;
  end if;
  perform audit_append(new.type, new.feature || '/' || new.subject, jsonb_build_object('journal', new.id, 'actor', new.actor,
    'event', new.event - 'tail' - 'plan', 'cause', new.cause));
  return new;
end $$;
create trigger audit_journal after insert on journal for each row
  when (new.feature in ('actions', 'holds', 'actionSwitch')) execute function audit_journal();

-- And every change of state, whoever made it: one that the journal does not explain is seen for what it is.
create function audit_state() returns trigger language plpgsql as $$
begin
  perform audit_append('state', 'actions/' || new.id, jsonb_build_object(
    'from', case when tg_op = 'UPDATE' then old.state end, 'to', new.state, 'plan', new.plan_hash, 'user', session_user));
  return new;
end $$;
create trigger audit_state_first after insert on actions for each row execute function audit_state();
create trigger audit_state after update on actions for each row when (new.state <> old.state) execute function audit_state();

-- The audit belongs to a role of its own, so that the bot's may add and read, and nothing else. Where the migrating role
-- may make no roles, the triggers above remain, and docs/life-of-an-action.md says what an administrator runs.
do $$
declare
  me text := current_user;
begin
  if not exists (select 1 from pg_roles where rolname = 'tocsin_audit') then
    create role tocsin_audit nologin;
  end if;
  execute format('grant tocsin_audit to %I', me);
  grant usage, create on schema public to tocsin_audit;
  alter table audit_log owner to tocsin_audit;
  alter function audit_append(text, text, jsonb) owner to tocsin_audit;
  revoke create on schema public from tocsin_audit;
  revoke all on audit_log from public;
  revoke execute on function audit_append(text, text, jsonb) from public;
  execute format('grant select on audit_log to %I', me);
  execute format('grant execute on function audit_append(text, text, jsonb) to %I', me);
  execute format('revoke tocsin_audit from %I', me);
exception
  when insufficient_privilege or duplicate_object or unique_violation then
    raise notice 'the audit stays with the migrating role: %', sqlerrm;
end $$;
