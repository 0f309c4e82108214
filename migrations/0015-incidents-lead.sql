-- Since when an incident wants a lead: whoever accepts it out of triage or begins it again an hour later is asked for
-- a lead from then on, and not as if the hour had been theirs.
alter table incidents add column lead_wanted_at timestamptz;
update incidents set lead_wanted_at = coalesce(
  (select max(at) from journal
    where feature = 'incidents' and subject = incidents.id::text and type = 'incident.statusChanged'
      and event ->> 'from' in ('triage', 'resolved', 'closed', 'canceled', 'merged')
      and event ->> 'to' in ('investigating', 'identified', 'monitoring')),
  declared_at);
update incidents set lead_asked_count =
  (select count(*) from journal
    where feature = 'incidents' and subject = incidents.id::text and type = 'incident.leadAsked' and at > lead_wanted_at)
  where lead_wanted_at > declared_at;
alter table incidents alter column lead_wanted_at set not null;
