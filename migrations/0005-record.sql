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
