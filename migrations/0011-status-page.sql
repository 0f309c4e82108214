-- The status page reads what comms published. Kept for itself: when somebody watched a component (a day of which nobody
-- knows anything is grey, not green), and what a subscriber is asked to confirm.
create table status_watches (
  component text not null,
  from_at timestamptz not null,
  until_at timestamptz not null,
  primary key (component, from_at)
);

-- What they chose and have not confirmed yet; until then the choice before it stands.
alter table comms_subscribers add column pending text[];
-- Counts the mails with a link to confirm: a link is good for the newest one only.
alter table comms_subscribers add column round integer not null default 0;
-- How many of them nobody answered: each makes the next one wait longer, so that nobody's mailbox is flooded through us.
alter table comms_subscribers add column unanswered integer not null default 0;
create index comms_subscribers_asked on comms_subscribers (asked_at);
