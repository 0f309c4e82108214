-- Steps of a runbook can ask for actions and call people now. So a run must know whether its incident is private (then
-- what leaves its channel says nothing of it) and whether it is a test or a drill (then nobody is woken).
alter table runbook_runs add column is_private boolean not null default false;
alter table runbook_runs add column is_drill boolean not null default false;

-- Which alerting rules have a runbook: the newest report of whoever asked.
create table runbook_coverage (
  asked_by text primary key,
  asked_at timestamptz not null,
  reported_at timestamptz,
  coverage jsonb
);
