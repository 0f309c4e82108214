-- What a page became in PagerDuty: an incident made of our event has no key of ours, so what people do there is recognised
-- by its id. And whom of ours PagerDuty knows, by their e-mail addresses, so that names from there are names in Slack.

alter table oncall_pages add column there_id text;
alter table oncall_pages add column there_url text;
create index oncall_pages_there on oncall_pages (there_id) where there_id is not null;
create index oncall_pages_key on oncall_pages (key);

-- When whoever carries a call took it: the evidence of a test page says how soon that was.
alter table oncall_calls add column delivered_at timestamptz;

alter table oncall_rosters add column users jsonb not null default '[]';
alter table oncall_rosters add column users_seen_at timestamptz;
